"""Drawings as PowerPoint's own charts and shapes: each can be taken apart, recoloured and read aloud; none is a picture.

The sheet behind a chart holds its numbers, and names beside them, so that "edit data" shows what belongs to whom. The
labels are the story's own texts: a number changed by hand in the sheet needs its label changed too.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from reports.deck import FACE, MADE, Box, colour, tag, units
from reports.measure import SPACING, width, wrapped
from reports.story import Drawing, Dumbbell, Ends, Lines, Map, Shape, Stacks

ROWS = 12  # communes on one slide: more make lines that nobody at the back can read
SMALLEST, LARGEST = 8.0, 12.0
WITHIN = 1.0001  # what lies exactly on the end of an axis is left out by LibreOffice
GAP = "\u00a0\u00a0"  # between a name and a mark at zero, which would lie on its last letter
_NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)
_SHORTER = 0.926  # a degree of longitude at 22.2 degrees north, in degrees of latitude


def parts(drawing: Drawing) -> list[Drawing]:
    """The drawing in pieces of as many rows as one slide can hold, as even as they come."""
    if not isinstance(drawing, Dumbbell | Stacks) or len(drawing.rows) <= ROWS:
        return [drawing]
    count = -(-len(drawing.rows) // ROWS)
    share, more = divmod(len(drawing.rows), count)
    pieces, first = [], 0
    for number in range(count):
        last = first + share + (number < more)
        pieces.append(replace(drawing, rows=drawing.rows[first:last]))
        first = last
    return pieces


def most(drawing: Drawing) -> float:
    """The height in points beyond which a drawing of few rows only comes apart."""
    return inf if isinstance(drawing, Lines | Map) else 90.0 + 46.0 * len(drawing.rows)


def is_chart(drawing: Drawing) -> bool:
    """Whether it fills a chart's place; a map is drawn as shapes."""
    return not isinstance(drawing, Map) and bool(_rows(drawing))


def _rows(drawing: Drawing) -> Sequence[Any]:
    return (
        drawing.lines if isinstance(drawing, Lines) else drawing.rows if not isinstance(drawing, Map) else ()
    )


def chart(
    place: Any, drawing: Drawing, box: Box, colours: Mapping[str, str], mark: str, language: str
) -> Any:
    """Fill a chart's placeholder; returns the frame. ``mark`` becomes the chart's own title, so that it goes along when
    the chart is copied elsewhere."""
    make = {Dumbbell: _dumbbell, Stacks: _stacks, Lines: _lines}[type(drawing)]
    frame = make(place, drawing, box, colours, bool(mark))
    frame.left, frame.top, frame.width, frame.height = (units(part) for part in box)
    made = frame.chart
    made.font.name = FACE
    if mark:
        made.has_title = True
        frame_of = made.chart_title.text_frame
        frame_of.text = mark
        run = frame_of.paragraphs[0].runs[0]
        _font(run.font, 10, colours["ribbon_ink"], True)
        run._r.get_or_add_rPr().set("lang", tag(language))
        made.chart_title.include_in_layout = False
    else:
        made.has_title = False
    properties = frame._element.nvGraphicFramePr.cNvPr
    properties.set("descr", f"{mark}. {drawing.alt}" if mark else drawing.alt)
    return frame


def _rgb(text: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour(text))


def _font(font: Any, size: float, shade: str, bold: bool = False) -> None:
    from pptx.util import Pt

    font.size, font.bold, font.name = Pt(size), bold, FACE
    font.color.rgb = _rgb(shade)


def _sheet(
    cells: Sequence[Sequence[object]], formulas: Mapping[tuple[int, int], tuple[str, float]] | None = None
) -> bytes:
    """The workbook behind a chart: rows of cells, and formulas with their values by (row, column)."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": MADE})
    sheet = book.add_worksheet("Sheet1")
    for row, line in enumerate(cells):
        for column, cell in enumerate(line):
            if isinstance(cell, str):
                sheet.write_string(row, column, cell)
            elif cell is not None:
                sheet.write_number(row, column, cell)
    for (row, column), (formula, value) in (formulas or {}).items():
        sheet.write_formula(row, column, formula, None, value)
    book.close()
    return buffer.getvalue()


# ---------------------------------------------------------------- before and after


def _dumbbell(place: Any, drawing: Dumbbell, box: Box, colours: Mapping[str, str], titled: bool) -> Any:
    """An XY chart: rings before, discs after, a line between, the interval under it. Names and conclusions are labels of two
    series without marks, at either end of the axis. Lines are series of their own, and a ring is a disc on a disc: bars of
    error and outlines of marks are lost in other programmes than PowerPoint."""
    from pptx.chart.data import XyChartData
    from pptx.enum.chart import XL_CHART_TYPE

    count, wide, tall = len(drawing.rows), box[2], box[3]
    above, below = (18 if titled else 2) + 24, 22
    step = (tall - above - below) / count
    size = max(SMALLEST, min(LARGEST, step * 0.5))
    names, left = _names([row.name for row in drawing.rows], size, wide * 0.34, step)
    said, right = _names([_said(row) for row in drawing.rows], size, wide * 0.34, step)
    plot = wide - left - right
    ys = [count - number - 0.5 for number in range(count)]
    series = _series(drawing, ys, plot, size, colours, names, said)
    data = XyChartData()
    for item in series:
        made = data.add_series(item["name"])
        for x, y in item["points"]:
            made.add_data_point(x, y)
    frame = place.insert_chart(XL_CHART_TYPE.XY_SCATTER, data)
    made = frame.chart
    _plain_axes(made, drawing, count, colours, size)
    for item, one in zip(series, made.plots[0].series, strict=True):
        _mark_series(one, item, colours)
        _labels(one, item, size)
        _refer(one, *_COLUMNS[item["key"]], 3 * count)
    made.part.chart_workbook.update_from_xlsx_blob(_behind(drawing, series))
    hidden = [number for number, item in enumerate(series) if item["key"] not in ("before", "after")]
    _legend(made, hidden, size, colours)
    _inner(made, left / wide, above / tall, plot / wide, (tall - above - below) / tall)
    return frame


def _said(row: Ends) -> str:
    """What stands at the end of a row: the change and how sure it is, or why there is none."""
    if row.before is None or row.after is None:
        return row.state
    return " · ".join(text for text in (row.change_text, row.word) if text)


def _names(texts: Sequence[str], size: float, most: float, step: float) -> tuple[list[str], float]:
    """Texts in as many lines as a row holds, and the room they take in points."""
    room = min(most, max((width(text, size) for text in texts), default=0.0) + 2)
    allowed = max(1, int(step / (size * SPACING)))
    broken = []
    for text in texts:
        pieces = wrapped(text, size, room)
        if len(pieces) > allowed:
            pieces = pieces[:allowed]
            pieces[-1] = pieces[-1].rstrip() + "…"
        broken.append("\n".join(pieces))
    return broken, room + 18


# Columns of x and y of each series in the sheet: one line for each commune, its name in A; three for each segment.
_COLUMNS = {
    "interval": ("I", "J"),
    "way": ("G", "H"),
    "before": ("B", "D"),
    "ring": ("B", "D"),
    "after": ("C", "D"),
    "names": ("E", "D"),
    "said": ("F", "D"),
}


def _series(
    drawing: Dumbbell,
    ys: Sequence[float],
    plot: float,
    size: float,
    colours: Mapping[str, str],
    names: Sequence[str],
    said: Sequence[str],
) -> list[dict[str, Any]]:
    """What the chart's series hold: points and labels (text, side, colour, weight), (None, None) where a row has none. All
    are as long as the segments, two ends and a gap for each row: LibreOffice loses what is shorter than the longest."""
    drop, nothing = 0.3, (None, None)
    pairs = list(zip(drawing.rows, ys, strict=True))
    gap = [nothing] * (2 * len(pairs))
    segments: dict[str, list[tuple[float | None, float | None]]] = {"interval": [], "way": []}
    for row, y in pairs:
        segments["interval"] += (
            [(_clipped(row.low, drawing.top), y - drop), (_clipped(row.high, drawing.top), y - drop), nothing]
            if _has_interval(row)
            else [nothing] * 3
        )
        changed = row.before is not None and row.after is not None
        segments["way"] += [(row.before, y), (row.after, y), nothing] if changed else [nothing] * 3
    made = [{"key": key, "name": "", "points": points, "labels": []} for key, points in segments.items()]
    for key, name in (("before", drawing.before_label), ("ring", ""), ("after", drawing.after_label)):
        own = "before" if key == "ring" else key
        made.append(
            {
                "key": key,
                "name": name,
                "points": [
                    nothing if getattr(row, own) is None else (getattr(row, own), y) for row, y in pairs
                ]
                + gap,
                "labels": []
                if key == "ring"
                else [_figure(row, key, drawing.top, plot, size, colours) for row in drawing.rows],
            }
        )
    tones = {"rise": colours["met"], "fall": colours["unmet"]}
    made.append(
        {
            "key": "names",
            "name": "",
            "points": [(0.0, y) for y in ys] + gap,
            "labels": [(f"{text}{GAP}" if text else "", "l", colours["ink"], False) for text in names],
        }
    )
    made.append(
        {
            "key": "said",
            "name": "",
            "points": [(drawing.top, y) for y in ys] + gap,
            "labels": [
                (
                    text,
                    "r",
                    colours["muted"] if _said(row) == row.state else tones.get(row.tone, colours["muted"]),
                    False,
                )
                for row, text in zip(drawing.rows, said, strict=True)
            ],
        }
    )
    return made


def _clipped(value: float, top: float) -> float:
    return min(max(value, 0.0), top)


def _has_interval(row: Ends) -> bool:
    return None not in (row.before, row.after, row.low, row.high)


def _figure(
    row: Ends, key: str, top: float, plot: float, size: float, colours: Mapping[str, str]
) -> tuple[str, str, str, bool]:
    """The label of one mark: on the far side of its partner, above where the edge is too near."""
    if getattr(row, key) is None:
        return "", "r", colours["muted"], False
    text = row.before_text if key == "before" else row.after_text
    own, other = (row.before, row.after) if key == "before" else (row.after, row.before)
    right = other is None or own > other or (own == other and key == "after")
    at, need = own / top * plot, width(text, size, True) + 14
    if (right and at + need > plot) or (not right and at < need):
        side = "t"
    else:
        side = "r" if right else "l"
    return text, side, colours["ink" if key == "after" else "muted"], key == "after"


def _plain_axes(made: Any, drawing: Dumbbell, count: int, colours: Mapping[str, str], size: float) -> None:
    from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK

    across, down = made.category_axis, made.value_axis
    down.minimum_scale, down.maximum_scale = 0, count
    down.has_major_gridlines, down.visible = False, False
    across.minimum_scale, across.maximum_scale = 0, drawing.top * WITHIN
    _scale(across, drawing.ticks, colours, size)
    across.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    across.major_tick_mark = XL_TICK_MARK.NONE


def _scale(axis: Any, ticks: Sequence[tuple[float, str]], colours: Mapping[str, str], size: float) -> None:
    """Grid, step and the writing of numbers on a value axis, as the ticks have them."""
    values = [value for value, _ in ticks]
    if len(values) > 1:
        axis.major_unit = values[1] - values[0]
    axis.has_major_gridlines = True
    line = axis.major_gridlines.format.line
    line.color.rgb, line.width = _rgb(colours["line"]), 9525
    axis.format.line.fill.background()
    axis.tick_labels.number_format = _written(ticks)
    axis.tick_labels.number_format_is_linked = False
    _font(axis.tick_labels.font, max(SMALLEST, size - 1), colours["muted"])


def _written(ticks: Sequence[tuple[float, str]]) -> str:
    """How a spreadsheet writes numbers as the ticks have them: a share of 0.2 said ``20%`` is a percentage."""
    value, text = max(ticks, default=(0.0, ""), key=lambda tick: tick[0])
    said = "".join(char for char in text if char.isdigit() or char in ",.")
    percent = text.rstrip().endswith("%")
    number = (
        float(said.replace(",", ".")) if percent and said.count(",") + said.count(".") < 2 and said else value
    )
    share = percent and abs(number - 100 * value) < abs(number - value)
    shown = [100 * one if share else one for one, _ in ticks]
    digits = "#,##0" if all(abs(one - round(one)) < 1e-9 for one in shown) else "#,##0.0"
    return f"{digits}%" if share else f'{digits}"%"' if percent else digits


def _mark_series(one: Any, item: Mapping[str, Any], colours: Mapping[str, str]) -> None:
    from pptx.enum.chart import XL_MARKER_STYLE

    lines = {"interval": (colours["muted"], 1.25), "way": (colours["before"], 2.25)}
    marks = {"before": (colours["before"], 11), "ring": (colours["raised"], 6), "after": (colours["now"], 11)}
    if item["key"] in lines:
        shade, thick = lines[item["key"]]
        one.format.line.color.rgb, one.format.line.width = _rgb(shade), units(thick)
    else:
        one.format.line.fill.background()
    one.smooth = False
    if item["key"] not in marks:
        one.marker.style = XL_MARKER_STYLE.NONE
        return
    shade, wide = marks[item["key"]]
    one.marker.style, one.marker.size = XL_MARKER_STYLE.CIRCLE, wide
    one.marker.format.fill.solid()
    one.marker.format.fill.fore_color.rgb = _rgb(shade)
    one.marker.format.line.fill.background()


def _labels(one: Any, item: Mapping[str, Any], size: float) -> None:
    """The texts of one series, written as one piece of XML: the library needs a millisecond for each."""
    from pptx.oxml import parse_xml

    if not item["labels"]:
        return
    labels = "".join(
        _label(number, text, side, shade, bold, size)
        for number, (text, side, shade, bold) in enumerate(item["labels"])
        if text
    )
    tree = parse_xml(
        f"<c:dLbls {_NAMESPACES}>{labels}<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{_SHOWN.format(0)}</c:dLbls>"
    )
    one._element.insert_element_before(
        tree, "c:trendline", "c:errBars", "c:cat", "c:val", "c:xVal", "c:yVal", "c:smooth"
    )


_SHOWN = (
    '<c:showLegendKey val="0"/><c:showVal val="{}"/><c:showCatName val="0"/><c:showSerName val="0"/>'
    '<c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)


def _label(number: int, text: str, side: str, shade: str, bold: bool, size: float) -> str:
    look = (
        f'sz="{round(size * 100)}" b="{int(bold)}"><a:solidFill><a:srgbClr val="{colour(shade)}"/></a:solidFill>'
        f'<a:latin typeface="{FACE}"/>'
    )
    lines = "".join(
        f"<a:p><a:pPr><a:defRPr {look}</a:defRPr></a:pPr><a:r><a:rPr {look}</a:rPr><a:t>{escape(line)}</a:t></a:r></a:p>"
        for line in text.split("\n")
    )
    return (
        f'<c:dLbl><c:idx val="{number}"/><c:tx><c:rich><a:bodyPr wrap="none" lIns="19050" tIns="0" rIns="19050" bIns="0"/>'
        f"<a:lstStyle/>{lines}</c:rich></c:tx><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f'<c:dLblPos val="{side}"/>{_SHOWN.format(1)}</c:dLbl>'
    )


def _behind(drawing: Dumbbell, series: Sequence[Mapping[str, Any]]) -> bytes:
    """The sheet: name, before, after, place on the chart; beside them the ends of the lines, which follow by formula."""
    of = {item["key"]: item["points"] for item in series}
    cells: list[list[object]] = [["", drawing.before_label, drawing.after_label]]
    formulas = {}
    for line in range(3 * len(drawing.rows)):
        own: list[object] = [None] * 6
        if line < len(drawing.rows):
            row = drawing.rows[line]
            own = [row.name, row.before, row.after, of["names"][line][1], 0.0, drawing.top]
        cells.append([*own, *of["way"][line], *of["interval"][line]])
        x, _ = of["way"][line]
        if x is not None:
            formulas[(line + 1, 6)] = (f"={'BC'[line % 3]}{line // 3 + 2}", x)
    return _sheet(cells, formulas)


def _refer(one: Any, across: str, up: str, count: int) -> None:
    """Point a series to its columns of the sheet, and take out the points that are not there."""
    from pptx.oxml.ns import qn

    own = one._element
    for name, column in (("c:xVal", across), ("c:yVal", up)):
        values = own.find(qn(name))
        next(values.iter(qn("c:f"))).text = f"Sheet1!${column}$2:${column}${count + 1}"
        for point in list(values.iter(qn("c:pt"))):
            if point.find(qn("c:v")).text == "None":
                point.getparent().remove(point)
    next(own.find(qn("c:tx")).iter(qn("c:f"))).text = f"Sheet1!${across}$1"


def _legend(made: Any, hidden: Sequence[int], size: float, colours: Mapping[str, str]) -> None:
    """The legend above the plot, without the series that only carry texts."""
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.oxml import parse_xml

    made.has_legend = True
    made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    _font(made.legend.font, size, colours["ink"])
    for number in hidden:
        entry = parse_xml(
            f'<c:legendEntry {_NAMESPACES}><c:idx val="{number}"/><c:delete val="1"/></c:legendEntry>'
        )
        made.legend._element.insert_element_before(entry, "c:layout", "c:overlay", "c:spPr", "c:txPr")


def _inner(made: Any, x: float, y: float, wide: float, tall: float) -> None:
    """Where the plot itself lies in its frame, in shares of it."""
    from pptx.oxml import parse_xml

    area = made._chartSpace.chart.plotArea
    old = area.find("{http://schemas.openxmlformats.org/drawingml/2006/chart}layout")
    if old is not None:
        area.remove(old)
    area.insert(
        0,
        parse_xml(
            f'<c:layout {_NAMESPACES}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
            f'<c:x val="{x:.4f}"/><c:y val="{y:.4f}"/><c:w val="{wide:.4f}"/><c:h val="{tall:.4f}"/></c:manualLayout></c:layout>'
        ),
    )


# ---------------------------------------------------------------- criteria


def _stacks(place: Any, drawing: Stacks, box: Box, colours: Mapping[str, str], titled: bool) -> Any:
    """Bars in three parts, the first commune on top; the category names carry ``12/17``."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_TICK_MARK
    from pptx.enum.dml import MSO_PATTERN_TYPE

    step = box[3] / max(len(drawing.rows), 1)
    size = max(SMALLEST, min(LARGEST, step * 0.4))
    data = CategoryChartData()
    data.categories = [f"{row.name} · {row.text}" if row.text else row.name for row in drawing.rows]
    counts = [[getattr(row, key) for row in drawing.rows] for key in ("met", "not_met", "unknown")]
    for label, numbers in zip(drawing.labels, counts, strict=True):
        data.add_series(label, numbers)
    frame = place.insert_chart(XL_CHART_TYPE.BAR_STACKED, data)
    made = frame.chart
    plot = made.plots[0]
    plot.gap_width, plot.overlap = 45, 100
    down, across = made.category_axis, made.value_axis
    down.reverse_order, down.major_tick_mark = True, XL_TICK_MARK.NONE
    down.format.line.color.rgb = _rgb(colours["line"])
    _font(down.tick_labels.font, size, colours["ink"])
    across.visible, across.has_major_gridlines = False, False
    across.minimum_scale = 0
    across.maximum_scale = max((row.met + row.not_met + row.unknown for row in drawing.rows), default=1) or 1
    looks = (("met", "met", "raised"), ("raised", "unmet", "unmet"), ("hatch", "unknown", "ink"))
    for one, (inside, edge, letters) in zip(plot.series, looks, strict=True):
        if inside == "hatch":
            one.format.fill.patterned()
            one.format.fill.pattern = MSO_PATTERN_TYPE.WIDE_UPWARD_DIAGONAL
            one.format.fill.fore_color.rgb = _rgb(colours["hatch"])
            one.format.fill.back_color.rgb = _rgb(colours["raised"])
        else:
            one.format.fill.solid()
            one.format.fill.fore_color.rgb = _rgb(colours[inside])
        one.format.line.color.rgb, one.format.line.width = _rgb(colours[edge]), units(1)
        labels = one.data_labels
        labels.show_value, labels.number_format, labels.number_format_is_linked = True, "0;;;", False
        _font(labels.font, size, colours[letters], True)
    rows = [["", *drawing.labels]]
    rows += [
        [name, *numbers] for name, *numbers in zip([c.label for c in data.categories], *counts, strict=True)
    ]
    made.part.chart_workbook.update_from_xlsx_blob(_sheet(rows))
    _legend(made, (), size, colours)
    return frame


# ---------------------------------------------------------------- through the periods


def _lines(place: Any, drawing: Lines, box: Box, colours: Mapping[str, str], titled: bool) -> Any:
    """A line chart in which a gap stays a gap; the chosen commune last, so that it lies in front."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE, XL_TICK_MARK
    from pptx.oxml import parse_xml

    size = LARGEST
    ordered = sorted(drawing.lines, key=lambda line: line.chosen)
    data = CategoryChartData()
    data.categories = list(drawing.periods)
    for line in ordered:
        data.add_series(line.name, line.values)
    frame = place.insert_chart(XL_CHART_TYPE.LINE_MARKERS, data)
    made = frame.chart
    across, up = made.category_axis, made.value_axis
    up.minimum_scale, up.maximum_scale = 0, drawing.top * 1.08  # room for the label of the highest
    _scale(up, drawing.ticks, colours, size)
    up.major_tick_mark = across.major_tick_mark = XL_TICK_MARK.NONE
    across.format.line.color.rgb = _rgb(colours["line"])
    _font(across.tick_labels.font, size - 1, colours["muted"])
    fit = max(1, int(box[2] * 0.85 / (max((width(text, size) for text in drawing.periods), default=1) + 8)))
    every = -(-len(drawing.periods) // fit)
    if every > 1:
        skip = parse_xml(f'<c:tickLblSkip {_NAMESPACES} val="{every}"/>')
        across._element.insert_element_before(skip, "c:tickMarkSkip", "c:noMultiLvlLbl", "c:extLst")
    for line, one in zip(ordered, made.plots[0].series, strict=True):
        one.smooth = False
        shade = colours["now"] if line.chosen else colours["before"]
        one.format.line.color.rgb, one.format.line.width = _rgb(shade), units(3.5 if line.chosen else 1.2)
        one.marker.style = XL_MARKER_STYLE.CIRCLE
        one.marker.size = 8 if line.chosen else 3  # a figure between two gaps has no line to be seen by
        one.marker.format.fill.solid()
        one.marker.format.fill.fore_color.rgb = _rgb(shade)
        one.marker.format.line.color.rgb = _rgb(shade)
        if line.chosen:
            known = [n for n, value in enumerate(line.values) if value is not None]
            ends = {known[0], known[-1]} if known else set()
            texts = [line.texts[n] if n in ends else "" for n in range(len(line.values))]
            _labels(one, {"labels": [(text, "t", colours["ink"], True) for text in texts]}, size)
    rows: list[list[object]] = [["", *(line.name for line in ordered)]]
    rows += [[period, *(line.values[n] for line in ordered)] for n, period in enumerate(drawing.periods)]
    made.part.chart_workbook.update_from_xlsx_blob(_sheet(rows))
    chosen = [number for number, line in enumerate(ordered) if not line.chosen]
    _legend(made, chosen if len(chosen) < len(ordered) else (), size, colours)
    return frame


# ---------------------------------------------------------------- map


def outline(
    number: int,
    name: str,
    rings: Sequence[Sequence[tuple[float, float]]],
    fill: str,
    line: str,
    alt: str = "",
) -> str:
    """A shape with corners in points, as XML. ``fill`` and ``line``: XML of their own."""
    xs = [x for ring in rings for x, _ in ring]
    ys = [y for ring in rings for _, y in ring]
    left, top = min(xs), min(ys)
    w, h = max(units(max(xs) - left), 1), max(units(max(ys) - top), 1)
    path = []
    for ring in rings:
        for place, (x, y) in enumerate(ring):
            step = "moveTo" if place == 0 else "lnTo"
            path.append(f'<a:{step}><a:pt x="{units(x - left)}" y="{units(y - top)}"/></a:{step}>')
        path.append("<a:close/>")
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(name)} descr={quoteattr(alt)}/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{units(left)}" y="{units(top)}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm><a:custGeom><a:avLst/>'
        f'<a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst><a:path w="{w}" h="{h}">{"".join(path)}'
        f"</a:path></a:pathLst></a:custGeom>{fill}{line}</p:spPr></p:sp>"
    )


def solid(shade: str) -> str:
    """A plain fill as XML."""
    return f'<a:solidFill><a:srgbClr val="{colour(shade)}"/></a:solidFill>'


def hatched(colours: Mapping[str, str]) -> str:
    """The fill of what has no figure."""
    return (
        f'<a:pattFill prst="wdUpDiag"><a:fgClr><a:srgbClr val="{colour(colours["hatch"])}"/></a:fgClr>'
        f'<a:bgClr><a:srgbClr val="{colour(colours["raised"])}"/></a:bgClr></a:pattFill>'
    )


def _edge(shade: str, thick: float) -> str:
    return f'<a:ln w="{units(thick)}">{solid(shade)}<a:round/></a:ln>'


def words(
    number: int,
    box: Box,
    lines: Sequence[tuple[str, float, str, bool]],
    language: str,
    side: str = "l",
    anchor: str = "t",
) -> str:
    """A text box of (text, size, colour, bold) lines, as XML."""
    x, y, w, h = (units(part) for part in box)
    text = "".join(
        f'<a:p><a:pPr algn="{side}"/><a:r><a:rPr lang="{tag(language)}" sz="{round(size * 100)}" b="{int(bold)}">{solid(shade)}'
        f"</a:rPr><a:t>{escape(line)}</a:t></a:r></a:p>"
        for line, size, shade, bold in lines
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(lines[0][0])}/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
        "<p:spPr>"
        f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:noFill/></p:spPr><p:txBody><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"/>'
        f"<a:lstStyle/>{text}</p:txBody></p:sp>"
    )


def group(number: int, name: str, alt: str, box: Box, shapes: str) -> Any:
    """Shapes that move together and are read as one."""
    from pptx.oxml import parse_xml

    x, y, w, h = (units(part) for part in box)
    return parse_xml(
        f'<p:grpSp {_NAMESPACES}><p:nvGrpSpPr><p:cNvPr id="{number}" name={quoteattr(name)} descr={quoteattr(alt)}/>'
        "<p:cNvGrpSpPr/>"
        f'<p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/><a:chOff x="{x}" y="{y}"/>'
        f'<a:chExt cx="{w}" cy="{h}"/></a:xfrm></p:grpSpPr>{shapes}</p:grpSp>'
    )


def shapes(drawing: Map, box: Box, colours: Mapping[str, str], mark: str, language: str, first: int) -> Any:
    """A map as one group: an outline for each commune, names in a column on either side, the legend, the mark."""
    left, top, wide, tall = box
    if mark:
        top, tall = top + 18, tall - 18
    points = [point for shape in drawing.shapes for ring in shape.rings for point in ring]
    out: list[str] = []
    numbers = iter(range(first + 1, first + 10_000))
    if mark:
        line = (mark, 10, colours["ribbon_ink"], True)
        out.append(words(next(numbers), (left, box[1], wide, 16), [line], language, "ctr"))
    if points:
        labels = _land(drawing, (left, top, wide, tall), points, colours, out, numbers)
        _callouts(drawing, labels, (left, top, wide, tall), colours, language, out, numbers)
    _map_legend(drawing, (left, top, wide, tall), colours, language, out, numbers)
    alt = f"{mark}. {drawing.alt}" if mark else drawing.alt
    return group(first, drawing.alt[:60], alt, box, "".join(out))


def _land(
    drawing: Map,
    box: Box,
    points: Sequence[tuple[float, float]],
    colours: Mapping[str, str],
    out: list[str],
    numbers: Any,
) -> list[tuple[float, float, Shape]]:
    left, top, wide, tall = box
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    across = max(east - west, 1e-9) * _SHORTER
    scale = min((tall - 4) / max(north - south, 1e-9), wide * 0.44 / across)
    x0, y0 = left + (wide - across * scale) / 2, top + (tall - (north - south) * scale) / 2

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return x0 + (point[0] - west) * _SHORTER * scale, y0 + (north - point[1]) * scale

    labels = []
    strokes = {
        "quiet": (colours["raised"], 0.5),
        "commune": (colours["ink"], 1.0),
        "district": (colours["muted"], 0.75),
        "province": (colours["muted"], 1.5),
    }
    for level in ("quiet", "commune", "district", "province"):
        for shape in (item for item in drawing.shapes if item.level == level):
            rings = [[at(point) for point in ring] for ring in shape.rings if ring]
            if not rings:
                continue
            own = solid(shape.fill) if shape.fill else hatched(colours)
            fill = {"quiet": solid(colours["region"]), "commune": own}.get(level, "<a:noFill/>")
            said = ": ".join(text for text in (shape.label, shape.text) if text)
            out.append(
                outline(next(numbers), shape.label or level, rings, fill, _edge(*strokes[level]), said)
            )
            if shape.label:
                ring = max(rings, key=len)
                labels.append(
                    (sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring), shape)
                )
    return labels


def _callouts(
    drawing: Map, labels: list[tuple[float, float, Shape]], box: Box, colours: Mapping[str, str], language: str,
    out: list[str], numbers: Any,
) -> None:  # fmt: skip
    """Names and figures in a column on either side, half of them on each, joined to their communes by a line."""
    left, top, wide, tall = box
    ordered = sorted(labels, key=lambda item: item[0])
    halves = (ordered[: len(ordered) // 2], ordered[len(ordered) // 2 :])
    column = wide * 0.25
    legend = _legend_height(drawing)
    for side, own in zip((-1, 1), halves, strict=True):
        room = tall - (legend if side == -1 else 0)
        one_line = len(own) * LARGEST * SPACING * 2 > room
        size = max(5.0, min(LARGEST, room / max(len(own), 1) / SPACING / (1 if one_line else 2)))
        step = room / max(len(own), 1)
        for place, (x, y, shape) in enumerate(sorted(own, key=lambda item: item[1])):
            pieces = [": ".join(text for text in (shape.label, shape.text) if text)] if one_line else [
                text for text in (shape.label, shape.text) if text
            ]  # fmt: skip
            fit = min(size, *(size * column / max(width(text, size, True), 1) for text in pieces))
            tall_text = fit * SPACING * len(pieces)
            upper = top + place * step + (step - tall_text) / 2
            edge = left + column + 6 if side == -1 else left + wide - column - 6
            inner = left if side == -1 else left + wide - column
            out.append(_leader(next(numbers), edge, upper + tall_text / 2, x, y, colours))
            lines = [
                (text, fit, colours["ink"], number == len(pieces) - 1) for number, text in enumerate(pieces)
            ]
            out.append(
                words(
                    next(numbers),
                    (inner, upper, column, tall_text),
                    lines,
                    language,
                    "r" if side == -1 else "l",
                )
            )


def _leader(number: int, x1: float, y1: float, x2: float, y2: float, colours: Mapping[str, str]) -> str:
    flips = (' flipH="1"' if x2 < x1 else "") + (' flipV="1"' if y2 < y1 else "")
    return (
        f'<p:cxnSp><p:nvCxnSpPr><p:cNvPr id="{number}" name="–"/><p:cNvCxnSpPr/><p:nvPr/></p:nvCxnSpPr><p:spPr><a:xfrm{flips}>'
        f'<a:off x="{units(min(x1, x2))}" y="{units(min(y1, y2))}"/>'
        f'<a:ext cx="{units(abs(x2 - x1))}" cy="{units(abs(y2 - y1))}"/>'
        '</a:xfrm><a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="6350">'
        f'{solid(colours["muted"])}<a:tailEnd type="oval" w="sm" len="sm"/></a:ln></p:spPr></p:cxnSp>'
    )


def _legend_height(drawing: Map) -> float:
    return 17.0 * (len(drawing.classes) + bool(drawing.note)) + 8


def _map_legend(
    drawing: Map, box: Box, colours: Mapping[str, str], language: str, out: list[str], numbers: Any
) -> None:
    """Classes at the lower left, and what kind of drawing it is."""
    left, top, wide, tall = box
    y = top + tall - _legend_height(drawing) + 8
    for shade, text in drawing.classes:
        square = [[(left, y + 2), (left + 16, y + 2), (left + 16, y + 13), (left, y + 13)]]
        fill = solid(shade) if shade else hatched(colours)
        out.append(outline(next(numbers), text, square, fill, _edge(colours["line"], 0.75)))
        line = (text, 10.0, colours["ink"], False)
        out.append(words(next(numbers), (left + 22, y, wide * 0.25, 15), [line], language, anchor="ctr"))
        y += 17
    if drawing.note:
        size = min(9.0, 9.0 * wide * 0.4 / max(width(drawing.note, 9.0), 1))
        line = (drawing.note, size, colours["muted"], False)
        out.append(words(next(numbers), (left, y, wide * 0.4, 15), [line], language, anchor="ctr"))
