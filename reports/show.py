"""A story -> one HTML file that is a show: full screen, by keyboard or remote, without a server and without a network.

Everything is inside: slides, drawings, faces, style and script. Each slide is laid out twice, for 16:9 and for 4:3, because
what is large enough for the last row leaves room for different things on each; the script shows the deck that suits the
window. Texts are measured here, so that nothing runs out of its place and nothing becomes smaller than LEAST; what a slide
cannot hold goes on on a second one, and what was cut from a line is in the speaker's notes whole.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from html import escape
from itertools import count, pairwise
from pathlib import Path
from typing import Any

from reports import measure
from reports.drawings import rows_that_fit, svg
from reports.story import Cell, Drawing, Dumbbell, Map, Number, Slide, Stacks, Story, Table

HERE = Path(__file__).resolve().parent
FACES = {"IBMPlexSans-Regular.woff2": 400, "IBMPlexSans-SemiBold.woff2": 600}
FONTS = HERE.parent / "static" / "fonts"
LEAST = 24  # px: no letter is smaller, on either stage at its own size
CONTRAST = 7.0  # of every text with the paper (WCAG 2.2, level AAA)
SPACING = measure.SPACING
TONES = ("rise", "fall", "unclear")
SPOKEN = (  # words that the script says
    "page", "notes", "next", "last", "timer", "clock", "blocked", "running", "stopped", "unchanged", "revised", "unknown",
)  # fmt: skip
KEYS = (  # what the script listens to, and the word for what it does
    ("→ ↓ Space PageDown Enter", "key_on"), ("← ↑ PageUp", "key_back"), ("Home, End", "key_ends"),
    ("12 Enter", "key_jump"), ("B", "black"), ("F", "key_full"), ("N", "notes"), ("O", "list"),
    ("T, R", "key_timer"), ("A", "key_advance"), ("P", "print"), ("H", "keys"),
)  # fmt: skip
_SENTENCE = re.compile(r"(?<=[.;]) ")
_UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


@dataclass(frozen=True)
class Look:
    """A stage: its size and the sizes of its type in px. ``draw``: letters of drawings and the least of tables."""

    name: str
    width: int
    height: int
    pad: int
    great: int
    title: int
    subtitle: int
    text: int
    small: int
    draw: int

    @property
    def inner(self) -> int:
        """What lies between the margins."""
        return self.width - 2 * self.pad


LOOKS = (
    Look("wide", 1920, 1080, 88, 96, 60, 34, 46, 28, 30),
    Look("square", 1024, 768, 40, 56, 40, 26, 32, 24, 24),
)


@dataclass(frozen=True)
class Page:
    """One slide as it stands on one stage: its HTML, and what the speaker's window and the lists say of it."""

    key: str
    title: str
    notes: tuple[str, ...]
    html: str


def show(story: Story, advance: int = 0, published: str = "") -> bytes:
    """The file. ``advance``: seconds after which slides turn by themselves, 0 for never. ``published``: what names the
    figures that were published when the file was made; the page that opens the show tells it whether they still are."""
    story = replace(_clean(story), colours=_strong(story.colours))
    drawn = count()
    decks = {look.name: _deck(story, look, drawn) for look in LOOKS}
    told = {
        "words": {key: story.words[key] for key in SPOKEN},
        "advance": int(advance),
        "published": published,
        "sizes": {look.name: [look.width, look.height] for look in LOOKS},
        "decks": {
            name: [{"key": page.key, "title": page.title, "notes": page.notes} for page in pages]
            for name, pages in decks.items()
        },
    }
    script = (HERE / "show.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; font-src data:; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    slides = "".join(
        f'<div class="deck {name}">{"".join(page.html for page in pages)}</div>'
        for name, pages in decks.items()
    )
    data = json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")
    words = story.words
    text = (
        f'<!doctype html><html lang="{_esc(story.language)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_esc(story.title)}</title><style>{_faces()}{_variables(story.colours)}"
        f"{(HERE / 'show.css').read_text(encoding='utf-8')}</style></head><body>"
        f'<main id="stage">{slides}</main>'
        f'<div id="heard" role="status" aria-live="polite"></div><div id="say" role="alert" hidden></div>'
        f'<div id="black" hidden></div>'
        f'<dialog id="list" aria-label="{_esc(words["list"])}"><h2>{_esc(words["list"])}</h2><ol></ol></dialog>'
        f'<dialog id="keys" aria-label="{_esc(words["keys"])}"><h2>{_esc(words["keys"])}</h2>{_keys(words)}</dialog>'
        f'<script type="application/json" id="told">{data}</script><script>{script}</script></body></html>'
    )
    return text.encode("utf-8", "replace")


# ---------------------------------------------------------------- colours, faces, words


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours written #RRGGBB."""
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


def _light(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _strong(colours: Mapping[str, str]) -> dict[str, str]:
    """The palette on white paper, the roles that write words darkened until a hall can read them."""
    strong = {**colours, "paper": "#FFFFFF"}
    for role, on in (
        *((role, "paper") for role in ("ink", "muted", "now", "met", "unmet", "unknown")),
        ("ribbon_ink", "ribbon"),
    ):
        while contrast(strong[role], strong[on]) < CONTRAST:
            parts = [int(int(strong[role][place : place + 2], 16) * 0.94) for place in (1, 3, 5)]
            strong[role] = "#{:02X}{:02X}{:02X}".format(*parts)
    return strong


def _variables(colours: Mapping[str, str]) -> str:
    roles = ("paper", "ink", "muted", "line", "met", "unmet", "ribbon", "ribbon_ink", "region")
    own = "".join(f"--{role.replace('_', '-')}:{_esc(colours[role])};" for role in roles)
    return f":root{{{own}--now-colour:{colours['now']};--quiet:{colours['before']};--edge:{colours['ink']}}}"


@cache
def _faces() -> str:
    return "".join(
        f'@font-face{{font-family:"IBM Plex Sans";font-weight:{weight};src:url(data:font/woff2;base64,'
        f'{base64.b64encode((FONTS / name).read_bytes()).decode()}) format("woff2")}}'
        for name, weight in FACES.items()
    )


def _keys(words: Mapping[str, str]) -> str:
    """What each key does, for who presses H."""
    return "<dl>" + "".join(f"<dt>{sign}</dt><dd>{_esc(words[key])}</dd>" for sign, key in KEYS) + "</dl>"


def _clean(thing: Any) -> Any:
    """The story without signs that no page may hold and no measure knows; each text is one line."""
    if isinstance(thing, str):
        return _UNWANTED.sub(" ", thing)
    if isinstance(thing, tuple):
        return tuple(_clean(item) for item in thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{item.name: _clean(getattr(thing, item.name)) for item in fields(thing)})
    return thing


def _esc(text: str) -> str:
    return escape(text)


def _sized(tag: str, text: str, size: float, name: str = "") -> str:
    """A text in its size; nothing for no text."""
    return f'<{tag} class="{name}" style="font-size:{size:g}px">{_esc(text)}</{tag}>' if text else ""


def _cut(text: str, size: float, room: float, lines: int, bold: bool = False) -> str:
    """The text, or as much of it as fills so many lines: whole sentences where one fits, else words."""
    text = text
    if len(measure.wrapped(text, size, room, bold)) <= lines:
        return text
    sentences = _SENTENCE.split(text)
    for kept in range(len(sentences) - 1, 0, -1):
        part = " ".join(sentences[:kept]).rstrip(";")
        if len(measure.wrapped(part, size, room, bold)) <= lines:
            return part
    part = text[: 4 * lines * int(room / size)]  # more letters than this no face sets on so many lines
    while part and len(measure.wrapped(part + " …", size, room, bold)) > lines:
        shorter = part.rsplit(" ", 1)[0]
        part = shorter if shorter != part else part[:-1]
    return part.rstrip() + " …"


def _largest(texts: Sequence[str], room: float, tall: float, sizes: tuple[int, int], after: float = 0) -> int:
    """The largest whole size from ``sizes`` (largest, least) at which the paragraphs fit, else the least."""
    largest, least = sizes
    for size in range(largest, least, -1):
        if measure.height(list(texts), size, room, after=after) <= tall:
            return size
    return least


# ---------------------------------------------------------------- slides


@dataclass(frozen=True)
class Frame:
    """What stands around the body of a slide, and the room it leaves: HTML above and below, height in px, and the texts
    that had to be cut."""

    above: str
    below: str
    tall: float
    cut: tuple[str, ...]


def _deck(story: Story, look: Look, drawn: "count[int]") -> list[Page]:
    """All slides of one stage, numbered, with the last one that says whether the figures still stand."""
    coded = story.citation.link.startswith(
        "http"
    )  # an address that nobody could open is no code to be scanned
    slides = [slide for slide in story.slides if coded or slide.key != "code"]
    parts = [part for slide in slides for part in _parts(slide, story, look)]
    total = len(parts) + 1
    pages = [_page(part, story, look, number, total, drawn) for number, part in enumerate(parts, start=1)]
    return [*pages, _last(story, look, total)]


def _frame(slide: Slide, story: Story, look: Look, place: str) -> Frame:
    """Mark, title, subtitle and the presenter's line above; source, citation and number below."""
    cut: list[str] = []

    def whole(text: str, size: float, lines: int, bold: bool = False, room: float = look.inner) -> str:
        kept = _cut(text, size, room, lines, bold)
        if kept != text:
            cut.append(text)
        return kept

    mark = whole(story.mark, look.small, 1, bold=True)
    tall = look.height - (look.small * SPACING + 9 if mark else 10)
    sizes = (look.title, round(look.title * 0.7))
    own = slide.kind == "title"  # sets its own heading
    size = _largest([slide.title], look.inner * 0.97, sizes[0] * SPACING * 1.01, sizes)
    title = "" if own else whole(slide.title, size, 2, bold=True)
    subtitle = "" if own else whole(slide.subtitle, look.subtitle, 2)
    remark = whole(slide.remark, look.subtitle, 3, bold=True, room=look.inner - look.small)
    source = whole(slide.source, look.small, 2)
    tall -= look.small * 0.6 + _high(title, size, look.inner, bold=True)
    tall -= _high(subtitle, look.subtitle, look.inner) + 4 if subtitle else 0
    if remark:
        tall -= _high(remark, look.subtitle, look.inner - look.small, bold=True) + look.small * 0.5
    tall -= 2 + look.small * 0.85 + _high(source, look.small, look.inner) + look.small * SPACING
    tall -= look.small * 0.7
    above = (
        _sized("p", mark, look.small, "mark")
        + f"<header>{_sized('h2', title, size)}{_sized('p', subtitle, look.subtitle, 'subtitle')}</header>"
        + _sized("p", remark, look.subtitle, "remark")
    )
    cited = f"{story.words['citation']} {story.citation.code}, {story.citation.day}"
    below = (
        f"<footer>{_sized('p', source, look.small, 'source')}"
        f'<p class="foot"><span class="cited">{_esc(_cut(cited, look.small, look.inner * 0.75, 1))}</span>'
        f'<span><span class="time"></span> <span class="place">{place}</span></span></p></footer>'
    )
    return Frame(above, below, tall - 4, tuple(cut))


def _high(text: str, size: float, room: float, bold: bool = False) -> float:
    return measure.height([text], size, room, bold) if text else 0.0


def _parts(slide: Slide, story: Story, look: Look) -> list[Slide]:
    """The slide, or where it holds more than the stage does, several with the same heading."""
    longer = replace(slide, title=f"{slide.title} (99/99)")
    tall = _frame(longer, story, look, "999/999").tall
    found: list[Slide] = [slide]
    if slide.kind == "numbers":
        found = [replace(slide, numbers=group) for group in _groups(slide.numbers, 3)]
    elif slide.kind == "drawing" and slide.drawing is not None:
        tall -= _lead(slide.sentences, look)[1]
        fit = rows_that_fit(slide.drawing, look.inner, int(tall), look.draw)
        found = [replace(slide, drawing=part) for part in _drawings(slide.drawing, fit)]
    elif slide.table is not None:
        room = _beside(slide, look)[0]
        size = _table_size(slide.table, room, tall, look)
        heights = _row_heights(slide.table, room, size)
        groups: list[list[int]] = [[]]
        used = heights[0]
        for number, height in enumerate(heights[1:]):
            if used + height > tall and groups[-1]:
                groups.append([])
                used = heights[0]
            groups[-1].append(number)
            used += height
        rows = slide.table.rows
        found = [
            replace(slide, table=replace(slide.table, rows=tuple(rows[place] for place in group)))
            for group in groups
        ]
    if len(found) == 1:
        return found
    return [
        replace(part, title=f"{slide.title} ({number}/{len(found)})")
        for number, part in enumerate(found, start=1)
    ]


def _groups(items: tuple, most: int) -> list[tuple]:
    """Parts of about the same length, none longer than ``most``."""
    parts = max(1, -(-len(items) // most))
    edges = [round(len(items) * number / parts) for number in range(parts + 1)]
    return [items[a:b] for a, b in pairwise(edges)]


def _drawings(drawing: Drawing, fit: int) -> list[Drawing]:
    """A drawing in parts of at most ``fit`` rows; of a map the outline stays whole and the labels take turns."""
    if isinstance(drawing, (Dumbbell, Stacks)):
        return [replace(drawing, rows=rows) for rows in _groups(drawing.rows, fit)]
    if isinstance(drawing, Map):
        named = tuple(number for number, shape in enumerate(drawing.shapes) if shape.label)
        return [
            replace(
                drawing,
                shapes=tuple(
                    shape if number in group else replace(shape, label="", text="")
                    for number, shape in enumerate(drawing.shapes)
                ),
            )
            for group in _groups(named, fit)
        ]
    return [drawing]


def _page(slide: Slide, story: Story, look: Look, number: int, total: int, drawn: "count[int]") -> Page:
    """One slide of one stage."""
    frame = _frame(slide, story, look, f"{number}/{total}")
    make = {"title": _title, "numbers": _numbers, "drawing": _drawing, "area": _area}.get(
        slide.kind, _closing
    )
    body, dropped = make(slide, story, look, frame.tall, drawn)
    return Page(
        slide.key,
        slide.title,
        tuple(note for note in (slide.remark, *slide.notes, *frame.cut, *dropped) if note),
        _section(slide.key, frame, body, look, story),
    )


def _section(key: str, frame: Frame, body: str, look: Look, story: Story, last: bool = False) -> str:
    marked = (" marked" if story.mark else "") + (" last" if last else "")
    return f'<section class="slide{marked}" data-key="{_esc(key)}">{frame.above}{body}{frame.below}</section>'


Body = tuple[str, tuple[str, ...]]


def _lead(sentences: Sequence[str], look: Look) -> tuple[str, float, tuple[str, ...]]:
    """Sentences above a drawing or table: HTML, height, and what was cut."""
    size = look.subtitle
    kept = [_cut(text, size, look.inner, 2) for text in sentences]
    high = measure.height(kept, size, look.inner) + look.small * 0.4 if kept else 0.0
    html = "".join(f'<p style="font-size:{size}px">{_esc(text)}</p>' for text in kept)
    spaced = f'<div style="padding-bottom:{look.small * 0.4:g}px">{html}</div>' if kept else ""
    return spaced, high, _missing(sentences, kept)


def _drawn(
    drawing: Drawing, story: Story, width: float, height: float, size: int, drawn: "count[int]"
) -> str:
    """A drawing with a hatching of its own: one that lies in a hidden deck would not be painted."""
    text = svg(drawing, story.colours, int(width), int(height), size)
    name = f"hatch{next(drawn)}"
    return text.replace('id="hatch"', f'id="{name}"').replace("url(#hatch)", f"url(#{name})")


def _title(slide: Slide, story: Story, look: Look, tall: float, drawn: "count[int]") -> Body:
    """The title in the middle of the slide, as large as it can be, with periods and names under it."""
    room, high = look.inner, tall - look.small
    size = _largest([slide.title], room, high * 0.4, (look.great, look.title))
    title, subtitle = _cut(slide.title, size, room, 3, bold=True), _cut(slide.subtitle, look.text, room, 2)
    high -= _high(title, size, room, bold=True) + _high(subtitle, look.text, room) + look.text
    least = _largest(slide.sentences, room, high, (look.text, LEAST), after=0.5)
    texts = [_cut(text, least, room, max(1, int(high / least / SPACING))) for text in slide.sentences]
    said = (
        _sized("h1", title, size)
        + _sized("p", subtitle, look.text, "subtitle")
        + f'<div style="height:{look.text}px"></div>'
        + _sentences(texts, least)
    )
    whole = (slide.title, slide.subtitle, *slide.sentences)
    return f'<div class="body middle">{said}</div>', _missing(whole, (title, subtitle, *texts))


def _missing(whole: Sequence[str], kept: Sequence[str]) -> tuple[str, ...]:
    """The texts of which something was cut."""
    return tuple(text for text, part in zip(whole, kept, strict=True) if text != part)


def _sentences(texts: Sequence[str], size: int) -> str:
    lines = "".join(f"<li>{_esc(text)}</li>" for text in texts)
    return f'<ul class="sentences" style="font-size:{size}px">{lines}</ul>'


def _numbers(slide: Slide, story: Story, look: Look, tall: float, drawn: "count[int]") -> Body:
    """Up to three figures in rows, before and after as large as they can be, and what they are beside them."""
    rows = max(len(slide.numbers), 1)
    row = (tall - look.small * 1.2) / rows - look.small * 0.8
    left, right = look.inner * 0.54, look.inner * 0.46 - look.pad
    figures = [f"{item.before} → {item.after}" for item in slide.numbers]
    size = min(look.great * 2, int(row / SPACING))
    while size > look.small and any(measure.width(text, size, bold=True) > left for text in figures):
        size -= 1
    texts = [text for item in slide.numbers for text in (item.name, item.word, item.counts)]
    said = look.text
    while said > LEAST and any(
        measure.height([item.name, item.word, item.counts], said, right, bold=True) > row
        for item in slide.numbers
    ):
        said -= 1
    kept = [_cut(text, said, right, max(1, int(row / 3 / said / SPACING)) + 1, bold=True) for text in texts]

    def one(number: int, item: Number) -> str:
        name, word, counts = kept[number * 3 : number * 3 + 3]
        return (
            f'<div class="number" style="grid-template-columns:{left:g}px 1fr">'
            f'<p class="figure" style="font-size:{size}px"><span class="before">{_esc(item.before)}</span> '
            f'<span class="arrow">→</span> <span class="after">{_esc(item.after)}</span></p>'
            f'<div style="font-size:{said}px"><p class="name">{_esc(name)}</p>'
            f'<p class="{item.tone if item.tone in TONES else "unclear"}">{_esc(word)}</p>'
            f'<p class="unclear">{_esc(counts)}</p></div></div>'
        )

    lines = "".join(one(number, item) for number, item in enumerate(slide.numbers))
    return f'<div class="body"><div class="numbers">{lines}</div></div>', _missing(texts, kept)


def _drawing(slide: Slide, story: Story, look: Look, tall: float, drawn: "count[int]") -> Body:
    """A drawing over the whole breadth."""
    if slide.drawing is None:
        return _closing(slide, story, look, tall, drawn)
    lead, high, cut = _lead(slide.sentences, look)
    return (
        f'<div class="body">{lead}{_drawn(slide.drawing, story, look.inner, tall - high, look.draw, drawn)}</div>',
        cut,
    )


# ---------------------------------------------------------------- a commune: table, and on the broad stage its way


BESIDE = 0.6  # of the breadth for the table where a drawing stands beside it
GAP = 56
FIRST = (0.26, 0.42)  # of a table for its first column: least and most
CELL = (12, 11)  # px right of, and above and below a cell's text, with its line


def _beside(slide: Slide, look: Look) -> tuple[float, float]:
    """Breadth of the table, and of the drawing beside it; on the narrow stage the table takes all of it."""
    if slide.drawing is None or look.name != "wide":
        return look.inner, 0.0
    table = look.inner * BESIDE
    return table, look.inner - table - GAP


def _widths(table: Table, room: float, size: int) -> list[float]:
    """The first column takes what its words need, the others share the rest."""
    others = max(len(table.columns) - 1, 1)
    words = max((measure.width(row[0].text, size) for row in table.rows), default=0.0) + CELL[0] + 8
    first = min(max(words, room * FIRST[0]), room * FIRST[1])
    return [first, *[(room - first) / others] * others]


def _row_heights(table: Table, room: float, size: int) -> list[float]:
    """Height of the heading and of every row, as the browser will lay them out."""
    widths = [width - CELL[0] for width in _widths(table, room, size)]

    def tall(cell: Cell, width: float) -> float:
        under = _high(cell.under, max(LEAST, size * 0.85), width)
        return _high(cell.text or "–", size, width, bold=True) + under

    head = max(_high(column.label or "–", max(LEAST, size * 0.85), width, bold=True)
               for column, width in zip(table.columns, widths, strict=True)) + CELL[1] + 1  # fmt: skip
    rows = [
        max(tall(cell, width) for cell, width in zip(row, widths, strict=True)) + CELL[1]
        for row in table.rows
    ]
    return [head, *rows]


def _table_size(table: Table, room: float, tall: float, look: Look) -> int:
    """The largest type at which the table fits whole, else the least."""
    for size in range(look.text - 2, look.draw, -1):
        if sum(_row_heights(table, room, size)) <= tall:
            return size
    return look.draw


def _area(slide: Slide, story: Story, look: Look, tall: float, drawn: "count[int]") -> Body:
    """A commune's figures; on the broad stage its way through the periods beside them."""
    if slide.table is None:
        return _closing(slide, story, look, tall, drawn)
    room, beside = _beside(slide, look)
    size = _table_size(slide.table, room, tall, look)
    table = _table(slide.table, room, size)
    if not beside or slide.drawing is None:
        lead, high, cut = _lead(slide.sentences, look)
        if sum(_row_heights(slide.table, room, size)) + high > tall:
            return f'<div class="body">{table}</div>', slide.sentences
        return f'<div class="body">{lead}{table}</div>', cut
    said = [_cut(text, look.draw, beside, 3) for text in slide.sentences]
    words = "".join(_sized("p", text, look.draw) for text in said)
    key = f'<p class="key" style="font-size:{look.small}px">{_esc(story.words["others"])}</p>'
    under = measure.height([story.words["others"]], look.small, beside - look.small * 2.2) + 12
    high = min(measure.height(said, look.draw, beside) + under, tall * 0.5)
    chart = _drawn(slide.drawing, story, beside, min(tall - high - 12, beside * 1.05), look.small, drawn)
    return (
        f'<div class="body"><div class="beside" style="grid-template-columns:{room:g}px {beside:g}px">'
        f"<div>{table}</div><div>{words}{chart}{key}</div></div></div>",
        _missing(slide.sentences, said),
    )


def _table(table: Table, room: float, size: int) -> str:
    little = max(LEAST, size * 0.85)
    widths = "".join(f'<col style="width:{width:g}px">' for width in _widths(table, room, size))
    head = "".join(
        f'<th scope="col" style="font-size:{little:g}px">{_esc(column.label)}</th>'
        for column in table.columns
    )

    def one(place: int, cell: Cell) -> str:
        tone = "empty" if cell.state else cell.tone if cell.tone in TONES else ""
        under = (
            f'<span class="under" style="font-size:{little:g}px">{_esc(cell.under)}</span>'
            if cell.under
            else ""
        )
        tag = 'th scope="row"' if place == 0 else "td"
        return f'<{tag} class="{tone}"><span class="text">{_esc(cell.text)}</span>{under}</{tag.split()[0]}>'

    rows = "".join(
        f"<tr>{''.join(one(place, cell) for place, cell in enumerate(row))}</tr>" for row in table.rows
    )
    return (
        f'<table style="font-size:{size}px" aria-label="{_esc(table.caption)}"><colgroup>{widths}</colgroup>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


# ---------------------------------------------------------------- closing, code, last


def _closing(slide: Slide, story: Story, look: Look, tall: float, drawn: "count[int]") -> Body:
    """Sentences; on the slide of the code, the code itself and its address in letters."""
    coded = slide.key == "code"
    texts = list(slide.sentences)
    if coded and not any(story.citation.link in text for text in texts):
        texts.append(story.citation.link)
    room, code = _coded(story, look, tall, slide.title) if coded else (look.inner, "")
    size = _largest(texts, room, tall - look.small * 2, (look.title - 6, LEAST), after=0.5)
    lines = int((tall - look.small * 2) / size / SPACING)
    kept = [_cut(text, size, room, max(2, lines // max(len(texts), 1))) for text in texts]
    return _beside_code(code, _sentences(kept, size)), _missing(texts, kept)


def _coded(story: Story, look: Look, tall: float, title: str) -> tuple[float, str]:
    """The code of the address, as large as it goes, and the breadth that is left beside it."""
    side = int(min(tall - look.small * 2, look.inner * 0.4))
    return look.inner - side - look.small * 1.6, _code(story.citation.link, side, title)


def _beside_code(code: str, said: str) -> str:
    if not code:
        return f'<div class="body middle">{said}</div>'
    return f'<div class="body middle"><div class="scan">{code}<div>{said}</div></div></div>'


def _code(link: str, side: int, title: str) -> str:
    """The QR code of an address as a drawing, with the quiet border that readers of codes need."""
    import segno

    made = segno.make(link, error="m", micro=False)
    wide = made.symbol_size(border=4)[0]
    dark = "".join(
        f"M{x + 4} {y + 4}h1v1h-1z" for y, row in enumerate(made.matrix) for x, on in enumerate(row) if on
    )
    return (
        f'<svg width="{side}" height="{side}" viewBox="0 0 {wide} {wide}" shape-rendering="crispEdges" role="img" '
        f'aria-label="{_esc(title)}: {_esc(link)}"><path d="{dark}" fill="#000"/></svg>'
    )


def _last(story: Story, look: Look, total: int) -> Page:
    """The end: which figures were shown, and whether others were published meanwhile."""
    words = story.words
    slide = Slide("end", "closing", words["end"], subtitle=story.title)
    frame = _frame(slide, story, look, f"{total}/{total}")
    coded = story.citation.link.startswith("http")
    room, code = _coded(story, look, frame.tall, words["end"]) if coded else (look.inner, "")
    statuses = [words["unknown"], words["revised"], words["unchanged"] + " 00:00."]
    size = min(
        _largest([text], room, frame.tall - look.small * 2, (look.title - 6, LEAST)) for text in statuses
    )
    status = f'<p class="status" role="status" style="font-size:{size}px">{_esc(words["unknown"])}</p>'
    html = _section("end", frame, _beside_code(code, status), look, story, last=True)
    return Page("end", words["end"], frame.cut, html)
