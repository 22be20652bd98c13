"""Whether something the product made holds only markup of its own: pages' HTML, labels, charts, and files."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser

from tests.benchmark import hostile
from tests.benchmark.hostile_world import TOKEN, plain
from tests.pages.visit import strings

ELEMENTS = frozenset(
    [
        "a",
        "article",
        "b",
        "br",
        "button",
        "caption",
        "circle",
        "clippath",
        "code",
        "col",
        "colgroup",
        "dd",
        "defs",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "g",
        "h2",
        "h3",
        "h4",
        "i",
        "img",
        "input",
        "label",
        "li",
        "line",
        "ol",
        "p",
        "path",
        "pattern",
        "polygon",
        "polyline",
        "rect",
        "section",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "svg",
        "table",
        "tbody",
        "td",
        "text",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "tspan",
        "ul",
        "use",
    ]
)
RUNS = ("javascript:", "vbscript:", "data:text")
TEXT_OF_CHARTS = ("text", "hovertext", "ticktext", "name", "hovertemplate", "texttemplate", "label", "labels")
OWN_IN_CHARTS = re.compile(r"</?(?:b|i|br|sub|sup|extra)>|<span style=[\"'][a-z\-:#0-9; ]*[\"']>|</span>")
ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]")
SIGNS = re.compile(r"[<>\[\]`*$#~|]|:[a-z_]+:|:[a-z-]+\[|www\.|https?://")
SPREADSHEET_RUNS = ("=", "+", "-", "@", "\t", "\r")


class _Reader(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.faults.append(f"element {tag}")
        for name, value in attrs:
            text = "".join((value or "").split()).casefold()
            if name.startswith("on") or hostile.MARKER in name:
                self.faults.append(f"attribute {name} of {tag}")
            elif (name in ("href", "src", "xlink:href", "action") and text.startswith(RUNS)) or (
                name in ("src", "srcset", "style") and "outside.invalid" in text
            ):
                self.faults.append(f"{name}={value}")
            elif value:
                self.words.append(value)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data[:40]}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"declaration {decl[:40]}")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"declaration {data[:40]}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"instruction {data[:40]}")


def page(body: str) -> tuple[list[str], str]:
    """(what is not the product's own, the text that is read) of a piece of HTML."""
    reader = _Reader()
    reader.feed(body)
    reader.close()
    return reader.faults, "\n".join(reader.words)


def label(text: str) -> list[str]:
    """What would be more than text where the framework reads Markdown: signs behind a stored text's number that no
    backslash holds."""
    faults = []
    for found in TOKEN.finditer(text):
        rest = ESCAPED.sub("", text[found.end() : found.end() + 120])
        sign = SIGNS.search(rest.split("·")[0])
        if sign:
            faults.append(f"{sign.group()} in {text[found.start() : found.end() + 60]!r}")
    return faults


def chart(spec: str) -> tuple[list[str], str]:
    """The same of a figure: its texts know a few elements of HTML, and templates their own placeholders."""
    faults, words = [], []
    for key, text in strings(json.loads(spec)):
        if not TOKEN.search(text):
            continue
        words.append(text)
        if key in TEXT_OF_CHARTS and re.search(r"<[a-zA-Z!/]", OWN_IN_CHARTS.sub("", text)):
            faults.append(f"element in {key}: {text[:120]}")
        if key in ("hovertemplate", "texttemplate"):
            faults.append(f"stored text in a template: {text[:120]}")
    return faults, "\n".join(words)


def tokens(text: str) -> set[str]:
    """Numbers of the stored texts in it."""
    return set(TOKEN.findall(text))


def lost(text: str, given: dict[str, str]) -> list[str]:
    """Stored texts of which the number is there and the beginning of what follows is not: eaten as markup."""
    there = plain(text)
    faults = []
    for token in tokens(text):
        whole = plain(given.get(token, ""))
        follows = whole.partition(token)[2][:6]
        if follows and not any(
            follows in there[at : at + 40] or there[at:].startswith("…") for at in _ends(there, token)
        ):
            faults.append(f"{given[token][:80]!r} is not there as text")
    return faults


def _ends(text: str, token: str) -> Iterator[int]:
    place = text.find(token)
    while place >= 0:
        yield place + len(token)
        place = text.find(token, place + 1)


def table(data: bytes) -> tuple[list[str], str]:
    """A CSV: no cell that a spreadsheet would run."""
    faults, words = [], []
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        for cell in row:
            if cell.startswith(SPREADSHEET_RUNS) and TOKEN.search(cell):
                faults.append(f"formula {cell[:60]!r}")
            words.append(cell)
    return faults, "\n".join(words)


def office(data: bytes) -> tuple[list[str], str]:
    """A file of an office suite: well-formed parts, no formula out of a stored text, nothing fetched, nothing run."""
    from xml.etree import ElementTree

    faults, words = [], []
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for name in packed.namelist():
            if name.endswith(("vbaProject.bin", ".ole")) or "externalLinks" in name:
                faults.append(f"part {name}")
            if not name.endswith((".xml", ".rels")):
                continue
            try:
                tree = ElementTree.fromstring(packed.read(name))
            except ElementTree.ParseError as error:
                faults.append(f"{name}: {error}")
                continue
            for node in tree.iter():
                tag = node.tag.rpartition("}")[2]
                if tag == "Relationship" and node.get("TargetMode") == "External":
                    target = node.get("Target", "")
                    if "outside.invalid" in target or target.casefold().startswith(RUNS):
                        faults.append(f"{name} leads to {target[:60]}")
                if tag in ("f", "instrText") and "charts/" not in name and TOKEN.search(node.text or ""):
                    faults.append(f"{name}: formula {node.text[:60]!r}")
                if hostile.MARKER in tag or any(hostile.MARKER in key for key in node.attrib):
                    faults.append(f"{name}: element {tag}")
                words.extend(filter(None, (node.text, node.tail)))
    return faults, "\n".join(words)


LINK_OUT = re.compile(
    rb"/URI\s*\((?:javascript|[a-z]+://outside\.invalid)|/(?:JavaScript|Launch|EmbeddedFile)\b"
)


def document(data: bytes) -> tuple[list[str], str]:
    """A PDF: no link to where a stored text points, no script. A bookmark may well be called ``[x](javascript:...)``."""
    return [found.decode() for found in LINK_OUT.findall(data)], ""


def alone(text: str) -> tuple[list[str], str]:
    """A show in one file: it has scripts and styles of its own, which hold stored texts as data only."""
    reader = _Show()
    reader.feed(text)
    reader.close()
    return reader.faults, "\n".join(reader.words)


class _Show(_Reader):
    """Elements that only a page of its own has are allowed here."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        before = len(self.faults)
        super().handle_starttag(tag, attrs)
        if tag in OWN_OF_SHOWS and not any(hostile.MARKER in name for name, _ in attrs):
            self.faults[before:] = [item for item in self.faults[before:] if item != f"element {tag}"]

    def handle_decl(self, decl: str) -> None:
        if decl.casefold() != "doctype html":
            super().handle_decl(decl)


OWN_OF_SHOWS = frozenset(
    [
        "html",
        "head",
        "body",
        "meta",
        "title",
        "style",
        "script",
        "header",
        "footer",
        "main",
        "nav",
        "aside",
        "h1",
        "template",
        "noscript",
        "link",
        "symbol",
        "marker",
        "lineargradient",
        "stop",
        "textarea",
        "select",
        "option",
        "form",
        "kbd",
        "time",
        "dialog",
    ]
)
