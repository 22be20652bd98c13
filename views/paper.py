"""Styles for where a page is not a screen of its own: printed on paper (Ctrl+P), or one chart of it inside another page.

Paper is always light. What our own panels draw takes its colours from variables and is set there; charts carry their
colours in themselves, so each colour of the dark palette is replaced by the same role of the light one.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

from views.theme import Theme, theme

NOT_ON_PAPER = (
    "stSidebar", "stHeader", "stToolbar", "stStatusWidget", "stDecoration", "stBottom", "stDialog", "stToast",
    "stDownloadButton", "stButton", "stFormSubmitButton", "stSelectbox", "stButtonGroup", "stSlider", "stTextInput",
    "stTextArea", "stFileUploader", "stCheckbox", "stRadio", "stMultiSelect", "stDateInput", "stNumberInput",
    "stExpandSidebarButton", "stSidebarCollapsedControl",
)  # fmt: skip

# A map is as wide as its column, so on a phone it is as high as that allows and no higher.
MAP = """
.st-key-map { height: 700px !important; }
@media (max-width: 640px) { .st-key-map { height: 440px !important; } }
"""


def style(mode: str, alone: bool) -> str:
    """The style sheet of one page, as HTML; ``mode``: the colours it is drawn in."""
    rules = [MAP, _printed(), _light_charts() if mode == "dark" else "", _inside() if alone else ""]
    return f"<style>{''.join(rules)}</style>"


@functools.cache
def _printed() -> str:
    gone = ",".join(f'[data-testid="{name}"]' for name in NOT_ON_PAPER)
    paper = theme("light")
    return f"""
@page {{ size: A4; margin: 14mm 12mm 15mm; }}
@media print {{
  {gone} {{ display: none !important; }}
  html, body, #root, .stApp, [data-testid="stAppViewContainer"], [data-testid="stMain"] {{
    position: static !important; display: block !important; height: auto !important; overflow: visible !important;
    width: auto !important; min-height: 0 !important; background: #fff !important; color: {paper["ink"]} !important; }}
  [data-testid="stMainBlockContainer"] {{ padding: 0 !important; max-width: none !important; width: auto !important;
    min-height: 0 !important; }}
  [data-testid="stFullScreenFrame"], [data-testid="stPlotlyChart"], [data-testid="stPlotlyChart"] > div {{
    height: auto !important; }}
  [data-testid="stVerticalBlock"], [data-testid="stHorizontalBlock"], [data-testid="stColumn"],
  [data-testid="stLayoutWrapper"] {{ display: block !important; width: auto !important; height: auto !important; }}
  [data-testid="stElementContainer"] {{ width: auto !important; margin-bottom: 10px; }}
  [data-testid="stVerticalBlock"] > :last-child {{ margin-bottom: 0; }}
  h1, h2, h3, p, label, span {{ color: {paper["ink"]} !important; }}
  h1 {{ font-size: 20pt !important; padding: 0 0 6px !important; }}
  h2 {{ font-size: 14pt !important; padding: 8px 0 4px !important; }}
  h1, h2, h3 {{ break-after: avoid; }}
  * {{ -webkit-print-color-adjust: exact; print-color-adjust: exact; }}
  [data-testid="stPlotlyChart"] {{ break-inside: avoid; overflow: visible !important; }}
}}"""


def _pairs(dark: Theme, light: Theme) -> Iterator[tuple[str, str]]:
    """(dark colour, the same role's light colour), each dark colour once."""
    seen = {}
    for role, value in dark.colours.items():
        if isinstance(value, str):
            seen.setdefault(value, light[role])
        elif isinstance(value, list):
            for old, new in zip(value, light[role], strict=True):
                seen.setdefault(old, new)
        else:
            for name, old in value.items():
                seen.setdefault(old, light[role][name])
    yield from seen.items()


def light_swatches() -> str:
    """The same for what our panels paint in a colour of its own, as the legend of the map: rules for their style."""
    return " ".join(
        f'.board[data-stamp^="dark"] [style*="{old}"] {{ background: {new} !important }}'
        for old, new in _pairs(theme("dark"), theme("light"))
    )


@functools.cache
def _light_charts() -> str:
    """Charts drawn in dark colours, on paper in the light ones."""
    rules = []
    for old, new in _pairs(theme("dark"), theme("light")):
        number = ", ".join(str(int(old[place : place + 2], 16)) for place in (1, 3, 5))
        for part in ("fill", "stroke"):
            rules.append(f'.js-plotly-plot [style*="{part}: rgb({number})"] {{ {part}: {new} !important }}')
    return f"@media print {{ {' '.join(rules)} }}"


def _inside() -> str:
    return """
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stExpandSidebarButton"] { display: none !important }
[data-testid="stMainBlockContainer"] { padding: 10px 14px !important }
[data-testid="stHorizontalBlock"] { flex-direction: column !important; gap: 0 !important }
[data-testid="stColumn"] { width: 100% !important; flex: none !important; min-width: 0 !important }
[data-testid="stHorizontalBlock"]:not(:has([data-testid="stElementContainer"])) { display: none !important }
"""
