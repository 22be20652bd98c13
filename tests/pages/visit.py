"""A reader without a browser: opens app.py, goes to a page, and reads everything that is on it."""

import html
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from streamlit.testing.v1 import AppTest

from views.text import flatten

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    path.stem: f"pages/{path.parent.name}/{path.name}" for path in sorted((ROOT / "pages").rglob("*.py"))
}
PAGES = tuple(FILES)
AT_WORK = (
    "upload",
    "publish",
    "boundaries",
    "accounts",
)  # to a reader who has not signed in they show the way in, and no figure
OF_FIGURES = tuple(page for page in PAGES if page not in AT_WORK)
TEXTS = {
    path.stem: flatten(tomllib.loads(path.read_text(encoding="utf-8")))
    for path in (ROOT / "data" / "reference" / "texts").glob("*.toml")
}
CODES = set(tomllib.loads((ROOT / "data/reference/findings.toml").read_text(encoding="utf-8"))["code"])
RAW_KEY = re.compile(
    rf"\b(?:{'|'.join(sorted({key.split('.')[0] for key in TEXTS['vi']} - {'app'}))})(?:\.[a-z_0-9]+)+\b"
)
FILE = re.compile(r"\.(toml|csv|py|xlsx|geojson)$")
NOTHING = re.compile(r"\b(None|nan|NaN|NaT)\b|<NA>|\{\w*\}|\[object")
PANEL = "bidi_component"
PART = re.compile(r'<section data-part="([^"]+)">(.*?)</section>', re.S)
CHART = "plotly_chart"
HELD = re.compile(
    r"\\([!-/:-@\[-`{-~])|\u2060"
)  # what keeps a sign from being Markdown, see views.text.as_label


@dataclass(frozen=True)
class Shown:
    """One page as it stood. ``panels``: HTML by key; ``words``: every text a reader meets, by where it stands."""

    title: list[str]
    problems: list[str]
    panels: dict[str, str]
    words: dict[str, str]
    address: dict[str, str]

    @property
    def text(self) -> str:
        """Everything a reader meets, one piece a line."""
        return "\n".join(self.words.values())


def plain(markup: str) -> str:
    """HTML or Plotly's own markup as the text that is read."""
    return re.sub(
        r"[ \t]+", " ", html.unescape(re.sub(r"<[^<>]*>", " ", re.sub(r"</?(b|i|span)\b[^<>]*>", "", markup)))
    ).strip()


def slips(shown: "Shown") -> list[tuple[str, str]]:
    """Where a page shows the machine: keys instead of texts, unfilled placeholders, missing values in Python's words.
    Codes of findings are meant to be seen."""
    found = []
    for place, text in shown.words.items():
        for match in RAW_KEY.finditer(text):
            if not FILE.search(match.group()) and match.group() not in CODES:
                found.append((place, match.group()))
        for match in NOTHING.finditer(text):
            found.append((place, text[max(match.start() - 60, 0) : match.end() + 60]))
    return found


def strings(node: object, key: str = "") -> Iterator[tuple[str, str]]:
    """(key, text) of every text in what JSON holds; those of a list have the key of the list."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from strings(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value, key)
    elif isinstance(node, str):
        yield key, node


def _chart_texts(spec: str) -> list[str]:
    """What a figure writes: labels, hovers, annotations."""
    return [
        plain(text) for key, text in strings(json.loads(spec)) if key in ("text", "hovertext", "ticktext")
    ]


def read(at: AppTest) -> Shown:
    """Everything on the page and beside it."""
    panels: dict[str, str] = {}
    words: dict[str, str] = {}
    for place, block in (("main", at.main), ("side", at.sidebar)):
        for number, element in enumerate(block):
            key = f"{place}.{number}.{element.type}"
            if element.type == PANEL:
                name = element.proto.id.rsplit("-", 1)[1]
                whole = json.loads(element.proto.json).get(
                    "html", ""
                )  # what keeps the session has nothing to read
                for part, body in PART.findall(whole):
                    panels[part] = body
                words[f"{place}.{name}"] = plain(whole)
            elif element.type == CHART:
                words[key] = "\n".join([element.proto.alt, *_chart_texts(element.proto.spec)])
            else:
                parts = [getattr(element, name, None) for name in ("label", "body", "message")]
                parts += list(getattr(element, "options", None) or [])
                if element.type in (
                    "title",
                    "header",
                    "subheader",
                    "markdown",
                    "caption",
                    "error",
                    "warning",
                    "info",
                ):
                    parts.append(HELD.sub(r"\1", element.value))
                words[key] = "\n".join(str(part) for part in parts if part)
    problems = [f"{item.message}" for item in at.exception] + [item.value for item in at.error]
    return Shown(
        [HELD.sub(r"\1", item.value) for item in at.title], problems, panels, words, dict(at.query_params)
    )


def start(**address: str) -> AppTest:
    """The product, opened at an address."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for key, value in address.items():
        at.query_params[key] = value
    return at.run()


def go(at: AppTest, page: str, **address: str) -> AppTest:
    """The same reader on another page, with some choices in the address."""
    at.switch_page(FILES[page])
    for key, value in address.items():
        at.query_params[key] = value
    return at.run()


def tour(language: str, space: str) -> dict[str, Shown]:
    """Every page in one sitting."""
    at = start(lang=language, space=space)
    return {page: read(go(at, page)) for page in PAGES}
