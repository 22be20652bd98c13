"""Colours and faces from ``theme.toml``: for Streamlit's settings, for charts and for our own tables.

``python -m views.theme --write`` regenerates ``.streamlit/config.toml``; a test keeps it current.
"""

import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parent.parent
THEME_FILE = ROOT / "data" / "reference" / "theme.toml"
CONFIG_FILE = ROOT / ".streamlit" / "config.toml"


@dataclass(frozen=True)
class Theme:
    """One palette (``light`` or ``dark``): colours by role, as ``theme["ink"]``."""

    mode: str
    font: str
    colours: MappingProxyType

    def __getitem__(self, role: str) -> str:
        return self.colours[role]


@cache
def _file() -> dict:
    return tomllib.loads(THEME_FILE.read_text(encoding="utf-8"))


@cache
def theme(mode: str) -> Theme:
    """The palette for ``light`` or ``dark``; anything else is light."""
    raw = _file()
    mode = mode if mode in ("light", "dark") else "light"
    font = f'"{raw["font"]["family"]}", {raw["font"]["fallback"]}'
    return Theme(mode, font, MappingProxyType(raw[mode]))


def css_variables(palette: Theme) -> str:
    """The palette as CSS custom properties, for tables drawn by ourselves."""
    flat = {role: value for role, value in palette.colours.items() if isinstance(value, str)}
    flat |= {f"pillar-{name}": value for name, value in palette["pillar"].items()}
    flat |= {f"seq-{n}": value for n, value in enumerate(palette["sequential"])}
    flat |= {f"div-{n}": value for n, value in enumerate(palette["diverging"])}
    return "".join(f"--{name.replace('_', '-')}:{value};" for name, value in flat.items())


def streamlit_config() -> str:
    """Text of ``.streamlit/config.toml``: theme, and the settings the product relies on."""
    raw = _file()
    faces = "".join(
        f'\n[[theme.fontFaces]]\nfamily = "{raw["font"]["family"]}"\nurl = "app/static/fonts/{face["file"]}"\n'
        f'weight = {face["weight"]}\nstyle = "normal"\n'
        for face in raw["font"]["faces"]
    )
    parts = [
        "# Generated from data/reference/theme.toml: python -m views.theme --write",
        "[server]\nenableStaticServing = true\nenableXsrfProtection = true\nmaxUploadSize = 200\n"
        'fileWatcherType = "none"\nrunOnSave = false\nshowEmailPrompt = false\n',
        # Collecting all garbage of the process after every run costs more than a page, see server.upkeep.
        "[runner]\npostScriptGC = false\n",
        "[browser]\ngatherUsageStats = false\n",
        '[client]\nshowErrorDetails = "none"\nshowErrorLinks = false\ntoolbarMode = "minimal"\n'
        "disableDataExport = true\n",
        f"[theme]\nbaseFontSize = {raw['font']['base_px']}\n"
        f"font = \"'{raw['font']['family']}', {raw['font']['fallback']}\"\n"
        'headingFontSizes = ["2rem", "1.45rem", "1.2rem", "1.05rem", "1rem", "1rem"]\n'
        "headingFontWeights = [600, 600, 600, 600, 600, 600]\n"
        'baseRadius = "6px"\nshowSidebarBorder = true\npaddingTop = "2.6rem"\npaddingBottom = "3rem"\n',
    ]
    for mode in ("light", "dark"):
        colours = raw[mode]
        parts.append(
            f'[theme.{mode}]\nprimaryColor = "{colours["now"]}"\nbackgroundColor = "{colours["paper"]}"\n'
            f'secondaryBackgroundColor = "{colours["panel"]}"\ntextColor = "{colours["ink"]}"\n'
            f'borderColor = "{colours["line"]}"\nlinkColor = "{colours["now"]}"\n'
            f'[theme.{mode}.sidebar]\nbackgroundColor = "{colours["panel"]}"\n'
            f'secondaryBackgroundColor = "{colours["raised"]}"\n'
        )
    return "\n".join(parts) + faces


if __name__ == "__main__":
    if "--write" in sys.argv:
        CONFIG_FILE.parent.mkdir(exist_ok=True)
        CONFIG_FILE.write_text(streamlit_config(), encoding="utf-8", newline="\n")
    elif CONFIG_FILE.read_text(encoding="utf-8") != streamlit_config():
        sys.exit("config.toml is not current: python -m views.theme --write")
