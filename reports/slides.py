"""A story -> an editable PowerPoint deck: native charts, shapes and tables, speaker's notes, source and citation on each slide.

What does not fit is first made smaller, then moved to a further slide of the same title; nothing is cut or hidden. The
same story gives the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from reports import deck, measure, native
from reports.deck import BODY, CHART, CITATION, MARK, NUMBER, SOURCE, SUBTITLE, TABLE, TITLE, Box, tag, units
from reports.story import Cell, Drawing, Number, Slide, Story, Table
from store import version

GAP = 10.0
PER_SLIDE, BESIDE = 6, 3  # headline figures on a slide, and in the column beside a drawing
CELL_SIDE, CELL_ABOVE = 5.0, 2.5  # margins inside a cell of a table, points
TEXT_SIZES, ALONE_SIZES, TABLE_SIZES = (18.0, 13.0), (22.0, 14.0), (14.0, 10.0)


@dataclass(frozen=True)
class Face:
    """What stands on one slide of the file: a part of one slide of the story."""

    slide: Slide
    sentences: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    drawing: Drawing | None = None
    table: "Laid | None" = None


@dataclass(frozen=True)
class Laid:
    """Rows of a table that fit one slide, at one size; ``last``: whether the pilot's row is among them."""

    table: Table
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    size: float
    last: bool


def slides(story: Story) -> bytes:
    """The deck as a PPTX file."""
    names = {name: story.words.get(f"layout_{name}", name) for name in deck.LAYOUTS}
    made = deck.blank(story.colours, story.language, story.title, names, bool(story.mark))
    about = made.core_properties
    about.subject, about.identifier, about.keywords = story.subtitle, story.snapshot_id, story.citation.code
    about.category, about.version = story.mark, version.version()
    for slide in story.slides:
        faces = _faces(_with_remark(slide))
        for number, face in enumerate(faces, start=1):
            _draw(made, story, face, f" ({number}/{len(faces)})" if len(faces) > 1 else "", number == 1)
    return deck.settled(made)


# ---------------------------------------------------------------- what goes on which slide


def _with_remark(slide: Slide) -> Slide:
    """The presenter's own line stands before the product's sentences."""
    return replace(slide, sentences=(slide.remark, *slide.sentences)) if slide.remark else slide


def _faces(slide: Slide) -> list[Face]:
    """The slide in as many parts as its contents need: figures and drawing first, then the table, then sentences that
    found no room."""
    room = deck.CONTENT_END - deck.CONTENT_TOP
    drawings = native.parts(slide.drawing) if slide.drawing else []
    alone = not (drawings or slide.numbers)
    if slide.kind in ("title", "closing"):
        _, _, wide, tall = deck.PLACES[slide.kind][BODY]
        wide -= _code_room(slide)
    else:
        wide, tall = deck.ROOM, room if alone and not slide.table else room * 0.3
    sizes = _sizes(slide)
    _, fit = measure.fitting(slide.sentences, wide, tall, sizes, after=0.3)
    faces = []
    numbers = [slide.numbers[n : n + PER_SLIDE] for n in range(0, len(slide.numbers), PER_SLIDE)]
    if drawings and slide.numbers:
        numbers = [slide.numbers[n : n + BESIDE] for n in range(0, len(slide.numbers), BESIDE)]
    first = Face(slide, slide.sentences[:fit])
    for place in range(max(len(drawings), len(numbers), 1)):
        face = replace(
            first if place == 0 else Face(slide),
            numbers=numbers[place] if place < len(numbers) else (),
            drawing=drawings[place] if place < len(drawings) else None,
        )
        faces.append(face)
    if slide.table:
        used = (
            measure.height(first.sentences, _size(slide, first.sentences), wide, after=0.3) if alone else 0.0
        )
        tables = _tables(slide.table, room - used - (GAP if used else 0), room)
        if alone:
            faces[0] = replace(faces[0], table=tables.pop(0))
        faces += [Face(slide, table=table) for table in tables]
    left = slide.sentences[fit:]
    while left:
        _, fit = measure.fitting(left, deck.ROOM, room, ALONE_SIZES, after=0.3)
        fit = max(fit, 1)
        faces.append(Face(slide, left[:fit]))
        left = left[fit:]
    return faces


def _sizes(slide: Slide) -> tuple[float, float]:
    return ALONE_SIZES if slide.kind in ("title", "closing") else TEXT_SIZES


def _code_room(slide: Slide) -> float:
    """Width that the square code takes on the last slide."""
    return 300.0 if slide.key == "code" else 0.0


def _size(slide: Slide, sentences: Sequence[str], wide: float = deck.ROOM, tall: float = 110.0) -> float:
    return measure.fitting(sentences, wide, tall, _sizes(slide), after=0.3)[0]


def _tables(table: Table, first_room: float, room: float) -> list[Laid]:
    """The table in parts, each with its headings, at the largest size that fits it on one slide, else at one that a room
    can still read."""
    largest, smallest = TABLE_SIZES
    size = largest
    while size > smallest:
        laid = _laid(table, size)
        if sum(laid.heights) <= first_room:
            return [laid]
        size -= 0.5
    size = (largest + smallest) / 2 if len(table.rows) > 14 else smallest
    whole = _laid(table, size)
    parts, start = [], 0
    while start < len(table.rows):
        left = (first_room if not parts else room) - whole.heights[0]
        end = start
        while end < len(table.rows) and whole.heights[end + 1] <= left:
            left -= whole.heights[end + 1]
            end += 1
        end = max(end, start + 1)
        if len(table.rows) - end == 1 and end - start > 1:
            end -= 1  # a last row does not stand alone
        rows = table.rows[start:end]
        heights = (whole.heights[0], *whole.heights[start + 1 : end + 1])
        last = table.total and end == len(table.rows)
        parts.append(Laid(replace(table, rows=rows), whole.widths, heights, size, last))
        start = end
    return parts


def _laid(table: Table, size: float) -> Laid:
    """Widths of the columns and heights of the rows (headings first) at a size of letters."""
    columns = range(len(table.columns))
    heads = [column.label for column in table.columns]
    cells = [[row[n] for row in table.rows] for n in columns]
    sides = 2 * CELL_SIDE
    numeric = [column.kind != "text" for column in table.columns]
    words = [
        max(
            [measure.width(word, size, True) for word in head.split(" ")]
            + [
                measure.width(text, size, True)
                for cell in own
                for whole in (cell.text, cell.under)
                for text in ([whole] if number and not cell.state else whole.split(" "))
            ]
        )
        + sides
        for head, own, number in zip(heads, cells, numeric, strict=True)
    ]
    natural = [
        max(
            [measure.width(cell.text, size, True) for cell in own]
            + [measure.width(cell.under, size) for cell in own]
            + [measure.width(head, size, True) / 2]
        )
        + sides
        for head, own in zip(heads, cells, strict=True)
    ]
    widths = _shared(words, [max(pair) for pair in zip(words, natural, strict=True)], deck.ROOM)
    heights = [max(_lines(Cell(head), width, size, True) for head, width in zip(heads, widths, strict=True))]
    for number, row in enumerate(table.rows):
        bold = table.total and number == len(table.rows) - 1
        heights.append(max(_lines(cell, width, size, bold) for cell, width in zip(row, widths, strict=True)))
    return Laid(table, tuple(widths), tuple(heights), size, table.total)


def _shared(least: Sequence[float], wanted: Sequence[float], room: float) -> list[float]:
    """Widths that fill the room: what each wants and more, or a fair share between least and wanted."""
    if sum(wanted) <= room:
        more = (room - sum(wanted)) / len(wanted)
        return [width + more for width in wanted]
    if sum(least) >= room:
        return [width * room / sum(least) for width in least]
    share = (room - sum(least)) / (sum(wanted) - sum(least))
    return [low + (high - low) * share for low, high in zip(least, wanted, strict=True)]


def _under(size: float) -> float:
    return max(size - 2, 8.0)


def _lines(cell: Cell, width: float, size: float, bold: bool) -> float:
    """Height of a cell in points."""
    room = width - 2 * CELL_SIDE
    tall = measure.height([cell.text], size, room, bold)
    if cell.under:
        tall += measure.height([cell.under], _under(size), room)
    return tall + 2 * CELL_ABOVE


# ---------------------------------------------------------------- drawing one slide


def _draw(made: Any, story: Story, face: Face, part: str, first: bool) -> None:
    slide = face.slide
    kind = slide.kind if first and slide.kind in ("title", "closing") else ""
    if not kind:
        kind = (
            "chart"
            if face.drawing and native.is_chart(face.drawing)
            else "table"
            if face.table
            else "numbers"
        )
    layout = made.slide_layouts[deck.LAYOUTS.index(kind)]
    page = made.slides.add_slide(layout)
    places = {item.placeholder_format.idx: item for item in page.placeholders}
    _frame(page, places, story, face, part, kind)
    _, top, _, _ = deck.PLACES[kind][BODY]
    used = 0.0
    if face.sentences:
        used = _sentences(places[BODY], story, face, kind) + GAP
    else:
        _remove(places[BODY])
    box: Box = (deck.LEFT, top + used, deck.ROOM, deck.CONTENT_END - top - used)
    if face.drawing and face.numbers:
        left, y, wide, tall = box
        _cards(page, story, face.numbers, (left, y, 250, tall), 1)
        box = (left + 270, y, wide - 270, tall)
    elif face.numbers:
        _cards(page, story, face.numbers, box, 3 if len(face.numbers) != 4 else 2)
    if face.drawing:
        if kind == "chart":
            box = (*box[:3], min(box[3], native.most(face.drawing)))
            native.chart(places[CHART], face.drawing, box, story.colours, story.mark, story.language)
        elif not isinstance(face.drawing, native.Map):
            _empty(page, story, face.drawing.alt, box)
        else:
            number = _next(page)
            page.shapes._spTree.append(
                native.shapes(face.drawing, box, story.colours, story.mark, story.language, number)
            )
    elif CHART in places:
        _remove(places[CHART])
    if face.table:
        _table(places[TABLE], story, face.table, box)
    elif TABLE in places:
        _remove(places[TABLE])
    if slide.key == "code" and first:
        _code(page, story)
    if first or slide.notes:
        _notes(page, story, slide)


def _frame(page: Any, places: dict[int, Any], story: Story, face: Face, part: str, kind: str) -> None:
    """Title, subtitle, mark, source, citation and number: on every slide, in the same places."""
    slide = face.slide
    sizes = {TITLE: (26.0, 16.0), SUBTITLE: (15.0, 10.0)}
    if kind == "title":
        sizes = {TITLE: (40.0, 22.0), SUBTITLE: (22.0, 12.0)}
    for place, text in ((TITLE, slide.title), (SUBTITLE, slide.subtitle)):
        more = part if place == TITLE else ""
        if not text:
            _remove(places[place])
            continue
        _, _, wide, tall = deck.PLACES[kind][place]
        fitted, size = measure.shrunk(text.strip() + more, wide, tall, sizes[place], bold=place == TITLE)
        if more and not fitted.endswith(more):
            fitted = fitted[: -len(more) - 1].rstrip(" …") + "…" + more
        _say(places[place].text_frame, [fitted], size, story)
    if story.mark:
        _, _, wide, tall = deck.FOOT[MARK]
        fitted, size = measure.shrunk(story.mark, wide - 20, tall, (12.0, 9.0), bold=True)
        _say(places[MARK].text_frame, [fitted], size, story)
    else:
        _remove(places[MARK])
    if slide.source:
        _, _, wide, tall = deck.FOOT[SOURCE]
        fitted, size = measure.shrunk(slide.source, wide, tall, (10.0, 7.0))
        _say(places[SOURCE].text_frame, [fitted], size, story)
    else:
        _remove(places[SOURCE])
    for place in (CITATION, NUMBER):
        _foot(page, place, story)


def _foot(page: Any, place: int, story: Story) -> None:
    """Footer and number of a slide: the library leaves them on the layout, where nobody sees them."""
    from copy import deepcopy

    from pptx.oxml.ns import qn

    own = next(shape for shape in page.slide_layout.placeholders if shape.placeholder_format.idx == place)
    shape = deepcopy(own._element)
    shape.nvSpPr.cNvPr.set("id", str(_next(page)))
    properties = shape.spPr
    for child in list(properties):
        properties.remove(child)
    style = shape.txBody.find(qn("a:lstStyle"))
    for child in list(style):
        style.remove(child)
    page.shapes._spTree.append(shape)
    if place == CITATION:
        for run in list(shape.txBody.iter(qn("a:r"))):
            run.getparent().remove(run)
        placed = next(item for item in page.placeholders if item.placeholder_format.idx == place)
        _, _, wide, tall = deck.FOOT[CITATION]
        fitted, size = measure.shrunk(story.citation.line, wide, tall, (10.0, 7.0))
        _say(placed.text_frame, [fitted], size, story)
        if story.citation.link.startswith("http"):
            placed.text_frame.paragraphs[0].runs[0].hyperlink.address = story.citation.link


def _next(page: Any) -> int:
    """An id that no shape of the slide has."""
    return 1 + max(
        int(item.get("id", 0)) for item in page.shapes._spTree.iter() if item.tag.endswith("}cNvPr")
    )


def _remove(shape: Any) -> None:
    shape._element.getparent().remove(shape._element)


def _say(frame: Any, texts: Sequence[str], size: float, story: Story, after: float = 0.0) -> None:
    """Paragraphs into a text frame."""
    from pptx.enum.text import MSO_AUTO_SIZE
    from pptx.util import Pt

    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    for number, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text, run.font.size = text, Pt(size)
        run._r.get_or_add_rPr().set("lang", tag(story.language))
        if after:
            paragraph.space_after = Pt(after * size)


def _sentences(place: Any, story: Story, face: Face, kind: str) -> float:
    """The sentences; returns the height they take in points."""
    x, y, wide, tall = deck.PLACES[kind][BODY]
    wide -= _code_room(face.slide) if kind == "closing" else 0
    own = kind in ("title", "closing") or not (face.drawing or face.numbers or face.table)
    if own and kind not in ("title", "closing"):
        tall = deck.CONTENT_END - y
        size, _ = measure.fitting(face.sentences, wide, tall, ALONE_SIZES, after=0.3)
    elif own:
        size, _ = measure.fitting(face.sentences, wide, tall, ALONE_SIZES, after=0.3)
    else:
        tall = (deck.CONTENT_END - y) * 0.3
        size, _ = measure.fitting(face.sentences, wide, tall, TEXT_SIZES, after=0.3)
    used = tall if own else measure.height(face.sentences, size, wide, after=0.3)
    place.left, place.top, place.width, place.height = units(x), units(y), units(wide), units(used)
    _say(place.text_frame, face.sentences, size, story, after=0.3)
    return used


def _cards(page: Any, story: Story, numbers: Sequence[Number], box: Box, across: int) -> None:
    """Headline figures: name, before and after, counts, and the word for how sure it is; each one text box."""
    colours = story.colours
    tones = {
        "rise": colours["met"],
        "fall": colours["unmet"],
        "met": colours["met"],
        "unmet": colours["unmet"],
    }
    left, top, wide, tall = box
    down = -(-len(numbers) // across)
    w, h = (wide - GAP * (across - 1)) / across, min((tall - GAP * (down - 1)) / down, 190.0)
    for place, item in enumerate(numbers):
        x, y = left + (place % across) * (w + GAP), top + (place // across) * (h + GAP)
        room = w - 24
        figure = " → ".join(text for text in (item.before, item.after) if text)
        rows = (
            (item.name, (15.0, 9.0), 0.34, colours["muted"], False),
            (figure, (34.0, 14.0), 0.30, colours["ink"], True),
            (item.counts, (13.0, 8.0), 0.17, colours["muted"], False),
            (item.word, (14.0, 9.0), 0.17, tones.get(item.tone, colours["muted"]), True),
        )
        lines = []
        for text, sizes, share, shade, bold in rows:
            if text:
                fitted, size = measure.shrunk(text, room, (h - 16) * share, sizes, bold)
                lines.append((fitted, size, shade, bold))
        number = _next(page)
        outer = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h)]]
        shape = native.outline(
            number + 1, item.name, outer, native.solid(colours["panel"]), "<a:ln><a:noFill/></a:ln>"
        )
        text = native.words(number + 2, (x + 12, y + 8, room, h - 16), lines, story.language, anchor="ctr")
        said = " ".join(part for part in (item.name + ":", figure, item.counts, item.word) if part)
        page.shapes._spTree.append(native.group(number, item.name, said, (x, y, w, h), shape + text))


def _empty(page: Any, story: Story, alt: str, box: Box) -> None:
    """A drawing of no communes at all: its place says so in its own words instead of an empty chart."""
    line = (alt, 16.0, story.colours["muted"], False)
    number = _next(page)
    inner = native.words(number + 1, box, [line], story.language, "ctr", "ctr")
    page.shapes._spTree.append(native.group(number, alt[:60], alt, box, inner))


# ---------------------------------------------------------------- tables


def _table(place: Any, story: Story, laid: Laid, box: Box) -> None:
    """A native table: headings flagged as such, the pilot's row as the last one, hatched where there is no figure."""
    table = laid.table
    frame = place.insert_table(len(table.rows) + 1, len(table.columns))
    frame.left, frame.top = units(box[0]), units(box[1])
    frame.width, frame.height = units(sum(laid.widths)), units(sum(laid.heights))
    properties = frame._element.nvGraphicFramePr.cNvPr
    properties.set("descr", f"{story.mark}. {table.caption}" if story.mark else table.caption)
    properties.set("name", table.caption[:80])
    made = frame.table
    made.first_row, made.last_row, made.horz_banding = True, laid.last, False
    made._tbl.tblPr.find(_q("a:tableStyleId")).text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
    for column, width in zip(made.columns, laid.widths, strict=True):
        column.width = units(width)
    for row, height in zip(made.rows, laid.heights, strict=True):
        row.height = units(height)
    for number, column in enumerate(table.columns):
        _cell(made.cell(0, number), Cell(column.label), column.kind, laid.size, story, head=True)
    for line, row in enumerate(table.rows, start=1):
        bold = laid.last and line == len(table.rows)
        for number, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            _cell(made.cell(line, number), cell, column.kind, laid.size, story, bold=bold)


def _q(name: str) -> str:
    from pptx.oxml.ns import qn

    return qn(name)


_TONES = {"rise": "met", "met": "met", "fall": "unmet", "unmet": "unmet"}


def _cell(
    place: Any, cell: Cell, kind: str, size: float, story: Story, head: bool = False, bold: bool = False
) -> None:
    from xml.sax.saxutils import escape

    from pptx.oxml import parse_xml

    colours = story.colours
    shade = colours["muted"] if cell.state else colours[_TONES.get(cell.tone, "ink")]
    side = "l" if kind == "text" or (head and kind == "text") else "r"
    lines = [(cell.text, size, shade, head or bold)]
    if cell.under:
        lines.append((cell.under, _under(size), colours["muted"], False))
    text = "".join(
        f'<a:p><a:pPr algn="{side}"/><a:r><a:rPr lang="{tag(story.language)}" sz="{round(points * 100)}" b="{int(heavy)}">'
        f"{native.solid(tone)}</a:rPr><a:t>{escape(said)}</a:t></a:r></a:p>"
        for said, points, tone, heavy in lines
    )
    edge = "".join(f'<a:{name} w="0"><a:noFill/></a:{name}>' for name in ("lnL", "lnR"))
    above = native.solid(colours["ink"]) if bold else ""
    edge += f'<a:lnT w="12700">{above}</a:lnT>' if above else '<a:lnT w="0"><a:noFill/></a:lnT>'
    edge += f'<a:lnB w="{12700 if head else 6350}">{native.solid(colours["ink" if head else "line"])}</a:lnB>'
    fill = (
        native.hatched(colours) if cell.state else native.solid(colours["panel"]) if head else "<a:noFill/>"
    )
    margins = f'marL="{units(CELL_SIDE)}" marR="{units(CELL_SIDE)}" marT="{units(CELL_ABOVE)}" marB="{units(CELL_ABOVE)}"'
    own = place._tc
    for child in list(own):
        own.remove(child)
    space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    own.append(parse_xml(f"<a:txBody {space}><a:bodyPr/><a:lstStyle/>{text}</a:txBody>"))
    own.append(
        parse_xml(f'<a:tcPr {space} {margins} anchor="{"b" if head else "ctr"}">{edge}{fill}</a:tcPr>')
    )


# ---------------------------------------------------------------- the way back, and what is said


def _code(page: Any, story: Story) -> None:
    """The citation's link as a square code of one native shape, and in letters under it."""
    import segno

    side = 220.0
    left, top = deck.LEFT + deck.ROOM - side - 20, deck.CONTENT_TOP + 10
    matrix = segno.make(story.citation.link, error="m", micro=False).matrix
    module = side / (len(matrix) + 2)
    rings = []
    for row, line in enumerate(matrix, start=1):
        for column, dark in enumerate(line, start=1):
            if dark:
                x, y = left + column * module, top + row * module
                rings.append([(x, y), (x + module, y), (x + module, y + module), (x, y + module)])
    number = _next(page)
    square = native.outline(
        number + 1,
        story.citation.code,
        rings,
        native.solid("#000000"),
        "<a:ln><a:noFill/></a:ln>",
        story.citation.link,
    )
    link, size = measure.shrunk(story.citation.link, side + 60, 34, (11.0, 7.0))
    lines = [
        (story.citation.code, 16.0, story.colours["ink"], True),
        (link, size, story.colours["muted"], False),
    ]
    text = native.words(number + 2, (left - 30, top + side + 4, side + 60, 60), lines, story.language, "ctr")
    box = (left - 30, top, side + 60, side + 64)
    page.shapes._spTree.append(
        native.group(number, story.citation.code, story.citation.link, box, square + text)
    )


def _notes(page: Any, story: Story, slide: Slide) -> None:
    """The speaker's notes: what the story says, the source and the citation, and the mark."""
    texts = [text for text in (story.mark, *slide.notes, slide.source, story.citation.line) if text]
    frame = page.notes_slide.notes_text_frame
    frame.text = "\n".join(texts)
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            run._r.get_or_add_rPr().set("lang", tag(story.language))
