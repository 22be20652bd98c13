"""Drawings -> SVG text in the product's own hand: no browser, no network, the same lines on slides, paper and pictures.

Every text of a drawing is escaped here. Sizes are in pixels of the drawing; ``size`` is that of its smallest letters.
"""

import itertools
from collections.abc import Mapping
from html import escape

from reports.measure import width as measured
from reports.measure import wrapped
from reports.story import Drawing, Dumbbell, Lines, Map, Shape, Stacks

FACE = "IBM Plex Sans"
# The typesetter finds the semi-bold face under a family name of its own, a browser by its weight.
BOLD = ' font-family="IBM Plex Sans SmBld, IBM Plex Sans, Arial, sans-serif" font-weight="600"'
ROW = 1.22  # of the size: from one line of a label to the next
NAMES, REMARKS = 0.3, 0.34  # of the width: most that names on the left and words on the right may take


def svg(drawing: Drawing, colours: Mapping[str, str], width: int, height: int, size: int) -> str:
    """A drawing as one SVG element with title for those who listen. ``colours``: roles of theme.toml."""
    make = {Dumbbell: _dumbbell, Map: _map, Stacks: _stacks, Lines: _lines}[type(drawing)]
    body = make(drawing, colours, width, height, size)
    hatch = (
        f'<pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="8" height="8" fill="{colours["paper"]}"/>'
        f'<path d="M0 0V8" stroke="{colours["hatch"]}" stroke-width="4"/></pattern>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{escape(drawing.alt)}" font-family="{FACE}, Arial, sans-serif" font-size="{size}">'
        f"<title>{escape(drawing.alt)}</title><defs>{hatch}</defs>{body}</svg>"
    )


def rows_that_fit(drawing: Drawing, width: int, height: int, size: int) -> int:
    """How many of its rows (or labels of a map) a drawing of this size can hold; the caller parts it where it has more."""
    if isinstance(drawing, Dumbbell):
        names, said, _ = _columns(drawing, width, size)
        rows = [max(len(name), len(word)) for name, word in zip(names, said, strict=True)]
        # A label of several lines may lean into the room of a neighbour of one line.
        lines = (
            max((a + b) / 2 for a, b in itertools.pairwise(rows)) if len(rows) > 1 else max(rows, default=1)
        )
        room = height - size * (2.8 + ROW * _legend_width(drawing, width, size)[2])
        return max(1, int(room / (size * max(lines * ROW + 0.15, 1.9))))
    if isinstance(drawing, Stacks):
        lines = max((len(wrapped(row.name, size, width * NAMES)) for row in drawing.rows), default=1)
        return max(1, int((height - size * 2.9) / (size * (lines * ROW + 0.3))))
    if isinstance(drawing, Map):
        room = height - _legend_map(drawing, {}, width, height, size)[1]
        beside = width * (1 - MAP) / 2 - size * 1.5
        tall = max((_label_height(item, beside, size) for item in drawing.shapes if item.label), default=1)
        return max(1, 2 * int(room / tall))
    return len(drawing.lines)


def _text(
    x: float,
    y: float,
    words: str,
    fill: str,
    anchor: str = "start",
    size: float = 0,
    bold: bool = False,
    halo: str = "",
) -> str:
    if not words:
        return ""
    style = (f' font-size="{size:.1f}"' if size else "") + (BOLD if bold else "")
    style += f' stroke="{halo}" stroke-width="7" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" text-anchor="{anchor}"{style}>{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, width: float = 1.0) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{stroke}" stroke-width="{width}" fill="none"/>'


def _lines_at(
    x: float, y: float, lines: list[str], fill: str, anchor: str, size: float, bold: bool = False
) -> str:
    """Lines of one label, their middle at ``y``."""
    first = y + size * 0.34 - size * ROW * (len(lines) - 1) / 2
    return "".join(
        _text(x, first + size * ROW * number, line, fill, anchor, bold=bold)
        for number, line in enumerate(lines)
    )


def _widest(words: list[str], size: float, bold: bool = False) -> float:
    return max((measured(text, size, bold) for text in words), default=0.0)


def _columns(
    chart: Dumbbell, width: int, size: int
) -> tuple[list[list[str]], list[list[str]], tuple[float, float]]:
    """Names and remarks broken into lines, and the width of the columns they take."""
    names = [wrapped(row.name, size, width * NAMES) for row in chart.rows]
    said = [
        wrapped(f"{row.change_text} {row.word}".strip() or row.state, size, width * REMARKS)
        for row in chart.rows
    ]
    wide = [_widest([line for item in column for line in item], size) for column in (names, said)]
    return names, said, (wide[0], wide[1])


def _dumbbell(chart: Dumbbell, colours: Mapping[str, str], width: int, height: int, size: int) -> str:
    """Names on the left, marks between, the change in words on the right."""
    names, said, (named, remarked) = _columns(chart, width, size)
    left, right = named + size, width - remarked - size * 0.8
    ends = _widest([row.after_text for row in chart.rows], size, bold=True) + size * 1.5
    start = _widest([row.before_text for row in chart.rows], size) + size
    first, last = left + start, right - ends
    top = size * (2.2 + ROW * _legend_width(chart, width, size)[2])
    step = (height - top - size * 0.6) / max(len(chart.rows), 1)

    def at(value: float) -> float:
        return first + (last - first) * value / chart.top

    ring, dot = size * 0.38, size * 0.44
    parts = [_legend_ends(chart, colours, left, width, size)]
    for value, label in _apart(chart.ticks, (last - first) / chart.top, size):
        parts.append(_line(at(value), top - size * 0.4, at(value), height - size * 0.4, colours["line"]))
        parts.append(_text(at(value), top - size * 0.7, label, colours["muted"], "middle"))
    for number, row in enumerate(chart.rows):
        y = top + step * (number + 0.5)
        base = y + size * 0.34
        parts.append(_lines_at(left - size * 0.6, y, names[number], colours["ink"], "end", size))
        if row.before is None or row.after is None:
            box = min(step * 0.6, size * 1.5)
            parts.append(
                f'<rect x="{first:.1f}" y="{y - box / 2:.1f}" width="{max(last - first, 1):.1f}" height="{box:.1f}" '
                f'fill="url(#hatch)"/>'
            )
            only = row.after if row.after is not None else row.before
            if only is not None:
                fill = colours["now"] if row.after is not None else colours["paper"]
                stroke = colours["now"] if row.after is not None else colours["before"]
                parts.append(_circle(at(only), y, dot, fill, stroke))
                parts.append(
                    _text(at(only) + size * 0.8, base, row.after_text or row.before_text, colours["ink"])
                )
            parts.append(_lines_at(right, y, said[number], colours["muted"], "start", size))
            continue
        x0, x1 = at(row.before), at(row.after)
        parts.append(_line(x0, y, x1, y, colours["before"], size * 0.16))
        if row.low is not None and row.high is not None:
            under = y + max(size * 0.72, step * 0.3)
            low, high = at(max(0.0, min(row.low, chart.top))), at(max(0.0, min(row.high, chart.top)))
            parts.append(_line(low, under, high, under, colours["muted"], 2))
            for end in (low, high):
                parts.append(_line(end, under - size * 0.18, end, under + size * 0.18, colours["muted"], 2))
        parts.append(_circle(x0, y, ring, colours["paper"], colours["before"]))
        parts.append(_circle(x1, y, dot, colours["now"], colours["now"]))
        rising = x1 >= x0
        gap = size * 0.8
        parts.append(
            _text(
                x0 - gap if rising else x0 + gap,
                base,
                row.before_text,
                colours["muted"],
                "end" if rising else "start",
            )
        )
        parts.append(
            _text(
                x1 + gap if rising else x1 - gap,
                base,
                row.after_text,
                colours["ink"],
                "start" if rising else "end",
                bold=True,
            )
        )
        tone = {"rise": colours["met"], "fall": colours["unmet"]}.get(row.tone, colours["muted"])
        parts.append(_lines_at(right, y, said[number], tone, "start", size))
    return "".join(parts)


def _apart(ticks: tuple[tuple[float, str], ...], scale: float, size: float) -> list[tuple[float, str]]:
    """As many ticks, evenly taken from zero on, as can stand beside one another without touching."""
    room = _widest([label for _, label in ticks], size) + size * 0.6
    for every in range(1, len(ticks) + 1):
        kept = list(ticks[::every])
        if all((b[0] - a[0]) * scale >= room for a, b in itertools.pairwise(kept)):
            return kept
    return list(ticks[:1])


def _circle(x: float, y: float, r: float, fill: str, stroke: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="{fill}" stroke="{stroke}" stroke-width="3"/>'


def _legend_ends(chart: Dumbbell, colours: Mapping[str, str], x: float, width: int, size: int) -> str:
    """Which mark is which, above the axis; the interval on a line of its own where the breadth is small."""
    y = size * 1.1
    whole, named, lines = _legend_width(chart, width, size)
    x = max(0.0, min(x, width - whole))
    after = x + size * 2.4 + measured(chart.before_label, size)
    parts = [
        _circle(x + size * 0.4, y - size * 0.32, size * 0.36, colours["paper"], colours["before"]),
        _text(x + size * 1.1, y, chart.before_label, colours["ink"]),
        _circle(after + size * 0.4, y - size * 0.32, size * 0.4, colours["now"], colours["now"]),
        _text(after + size * 1.1, y, chart.after_label, colours["ink"]),
    ]
    if named:
        start = after + size * 2.4 + measured(chart.after_label, size) if lines == 1 else x
        y += (lines - 1) * size * ROW
        end, middle = start + size * 1.6, y - size * 0.32
        parts.append(_line(start, middle, end, middle, colours["muted"], 2))
        for place in (start, end):
            parts.append(_line(place, middle - size * 0.18, place, middle + size * 0.18, colours["muted"], 2))
        parts.append(_text(end + size * 0.5, y, chart.interval_label, colours["ink"]))
    return "".join(parts)


def _legend_width(chart: Dumbbell, width: int, size: int) -> tuple[float, bool, int]:
    """Breadth of the legend's longest line, whether it names the interval, and its lines."""
    ends = measured(chart.before_label, size) + measured(chart.after_label, size) + size * 3.5
    if not chart.interval_label or all(row.low is None for row in chart.rows):
        return ends, False, 1
    own = measured(chart.interval_label, size) + size * 3.5
    return (ends + own, True, 1) if ends + own <= width else (max(ends, own), True, 2)


MAP = 0.46  # of the width: most that the outline takes; labels stand on both sides


def _map(chart: Map, colours: Mapping[str, str], width: int, height: int, size: int) -> str:
    """Outlines in a plain plane (a degree of longitude shortened by the latitude), labels in a column on either side, the
    classes below."""
    points = [point for shape in chart.shapes for ring in shape.rings for point in ring]
    if not points:
        return ""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    shorter = 0.926  # cosine of 22.2 degrees north
    legend, under = _legend_map(chart, colours, width, height, size)
    room = height - under
    scale = min((room - size * 0.5) / (north - south), width * MAP / ((east - west) * shorter))
    wide = (east - west) * shorter * scale
    left, upper = (width - wide) / 2, (room - (north - south) * scale) / 2

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return left + (point[0] - west) * shorter * scale, upper + (north - point[1]) * scale

    parts: list[str] = []
    labels: list[tuple[tuple[float, float], Shape]] = []
    for level in ("quiet", "commune", "district", "province"):
        for shape in (item for item in chart.shapes if item.level == level):
            path = " ".join(
                "M" + "L".join("{:.1f} {:.1f}".format(*at(point)) for point in ring) + "Z"
                for ring in shape.rings
            )
            fill = {"quiet": colours["region"], "commune": shape.fill or "url(#hatch)"}.get(level, "none")
            stroke, thick = {
                "quiet": (colours["paper"], 1),
                "commune": (colours["ink"], 2),
                "district": (colours["muted"], 1.3),
                "province": (colours["muted"], 2.4),
            }[level]
            parts.append(f'<path d="{path}" fill="{fill}" stroke="{stroke}" stroke-width="{thick}"/>')
            if shape.label:
                ring = max(shape.rings, key=len)
                middle = (sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring))
                labels.append((at(middle), shape))
    return "".join([*parts, *_callouts(labels, colours, room, size, left, wide), legend])


def _legend_map(
    chart: Map, colours: Mapping[str, str], width: int, height: int, size: int
) -> tuple[str, float]:
    """The classes side by side in as many lines as they need, at the foot of the drawing; and the height they take."""
    lines: list[list[tuple[float, str, str]]] = [[]]
    x = 0.0
    for colour, words in chart.classes:
        wide = size * 2 + measured(words, size)
        if x + wide > width and lines[-1]:
            lines.append([])
            x = 0.0
        lines[-1].append((x, colour, words))
        x += wide + size * 1.4
    under = len(lines) * size * 1.6 + size * 0.4 if chart.classes else 0.0
    if not colours:
        return "", under
    parts = []
    for number, line in enumerate(lines):
        y = height - under + size * (1.5 + 1.6 * number)
        for x, colour, words in line:
            fill = colour or "url(#hatch)"
            parts.append(
                f'<rect x="{x + 1:.1f}" y="{y - size * 0.8:.1f}" width="{size * 1.4:.1f}" height="{size:.1f}" '
                f'fill="{fill}" stroke="{colours["muted"]}"/>'
                + _text(x + size * 1.9, y, words, colours["ink"])
            )
    return "".join(parts), under


def _label_height(shape: Shape, room: float, size: float) -> float:
    lines = [*wrapped(shape.label, size, room), *wrapped(shape.text, size, room, bold=True)]
    return len(lines) * size * ROW + size * 0.4


def _callouts(
    labels: list[tuple[tuple[float, float], Shape]],
    colours: Mapping[str, str],
    room: float,
    size: int,
    left: float,
    wide: float,
) -> list[str]:
    """Labels in a column on either side of the outline, in the order of their places from north to south, each joined to
    its place. A side that would be too full gives those nearest the middle to the other one."""
    beside = left - size * 1.5
    across = sorted(labels, key=lambda item: item[0][0])
    tall = max((_label_height(shape, beside, size) for _, shape in labels), default=1.0)
    most = max(1, int(room / tall))
    cut = sum(x < left + wide / 2 for (x, _), _ in across)
    cut = min(max(cut, len(across) - most), most) if len(across) <= 2 * most else len(across) // 2
    parts: list[str] = []
    for side, own in ((-1, across[:cut]), (1, across[cut:])):
        own.sort(key=lambda item: item[0][1])
        heights = [_label_height(shape, beside, size) for _, shape in own]
        edge = left - size * 0.9 if side == -1 else left + wide + size * 0.9
        anchor = "end" if side == -1 else "start"
        top = 0.0
        for number, ((x, place), shape) in enumerate(own):
            below = sum(heights[number:])
            top = min(max(top, place - heights[number] / 2), max(room - below, top))
            y, turn = top + heights[number] / 2, edge - side * size * 0.3
            parts.append(
                f'<path d="M{x:.1f} {place:.1f}L{turn:.1f} {y:.1f}" stroke="{colours["muted"]}" fill="none"/>'
                f'<circle cx="{x:.1f}" cy="{place:.1f}" r="4" fill="{colours["ink"]}"/>'
            )
            line = top + size
            for words, bold in ((shape.label, False), (shape.text, True)):
                for piece in wrapped(words, size, beside, bold) if words else []:
                    parts.append(_text(edge, line, piece, colours["ink"], anchor, bold=bold))
                    line += size * ROW
            top += heights[number]
    return parts


def _stacks(chart: Stacks, colours: Mapping[str, str], width: int, height: int, size: int) -> str:
    """Criteria as squares in a row: filled met, crossed not met, hatched not known."""
    names = [wrapped(row.name, size, width * NAMES) for row in chart.rows]
    left = _widest([line for item in names for line in item], size) + size
    right = width - _widest([row.text for row in chart.rows], size, bold=True) - size
    most = max((row.met + row.not_met + row.unknown for row in chart.rows), default=1) or 1
    top = size * 2.4
    step = (height - top - size * 0.5) / max(len(chart.rows), 1)
    box, tall = (right - left) / most, min(step * 0.62, size * 1.8)
    looks = {"met": colours["met"], "not_met": colours["paper"], "unknown": "url(#hatch)"}

    def square(kind: str, x: float, y: float, w: float, h: float) -> str:
        edge = colours["unmet"] if kind == "not_met" else colours["met"] if kind == "met" else colours["line"]
        cell = (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" fill="{looks[kind]}" '
            f'stroke="{edge}" stroke-width="2"/>'
        )
        if kind == "not_met":
            cell += _line(x + w * 0.25, y + h * 0.25, x + w * 0.75, y + h * 0.75, edge, 2)
            cell += _line(x + w * 0.75, y + h * 0.25, x + w * 0.25, y + h * 0.75, edge, 2)
        return cell

    parts, x = [], left
    for kind, words in zip(looks, chart.labels, strict=True):
        parts.append(
            square(kind, x, size * 0.3, size, size)
            + _text(x + size * 1.4, size * 1.15, words, colours["ink"])
        )
        x += size * 2.8 + measured(words, size)
    for number, row in enumerate(chart.rows):
        y = top + step * (number + 0.5)
        parts.append(_lines_at(left - size * 0.6, y, names[number], colours["ink"], "end", size))
        place = left
        for kind, count in (("met", row.met), ("not_met", row.not_met), ("unknown", row.unknown)):
            for _ in range(count):
                parts.append(square(kind, place + 2, y - tall / 2, box - 4, tall))
                place += box
        parts.append(_text(width - size * 0.3, y + size * 0.34, row.text, colours["ink"], "end", bold=True))
    return "".join(parts)


def _lines(chart: Lines, colours: Mapping[str, str], width: int, height: int, size: int) -> str:
    """The chosen commune in front, the others quiet behind; labels at the first and the last known figure."""
    left = _widest([label for _, label in chart.ticks], size) + size
    chosen = next((line for line in chart.lines if line.chosen), None)
    right = width - _widest(list(chosen.texts) if chosen else [], size, bold=True) - size
    top, bottom = size * 1.5, height - size * 2
    last = max(len(chart.periods) - 1, 1)

    def at(number: int, value: float) -> tuple[float, float]:
        return left + (right - left) * number / last, bottom - (bottom - top) * value / chart.top

    parts = []
    for value, label in chart.ticks:
        _, y = at(0, value)
        parts.append(_line(left, y, right, y, colours["line"]))
        parts.append(_text(left - size * 0.5, y + size * 0.34, label, colours["muted"], "end"))
    fit = max(1, int((right - left) / (_widest(list(chart.periods), size) + size)))
    every = -(-len(chart.periods) // fit)
    for number, period in enumerate(chart.periods):
        if (last - number) % every == 0:
            x, _ = at(number, 0)
            anchor = "end" if number == last and last else "middle"
            parts.append(_text(x, bottom + size * 1.5, period, colours["muted"], anchor))
    for line in sorted(chart.lines, key=lambda item: item.chosen):
        stroke, thick = (colours["now"], 5) if line.chosen else (colours["before"], 1.6)
        known = [(n, *at(n, value)) for n, value in enumerate(line.values) if value is not None]
        path, before = "", None
        for n, x, y in known:
            path += f"{'L' if before == n - 1 else 'M'}{x:.1f} {y:.1f}"
            before = n
        parts.append(
            f'<path d="{path}" stroke="{stroke}" stroke-width="{thick}" fill="none" opacity="{1 if line.chosen else 0.45}"/>'
        )
        if line.chosen and known:
            for _, x, y in known:
                parts.append(_circle(x, y, size * 0.26, colours["now"], colours["now"]))
            n, x, y = known[-1]
            words = _text(x + size * 0.5, y + size * 0.34, line.texts[n], colours["ink"], bold=True)
            if len(known) > 1:
                n, x, y = known[0]
                words += _text(x, y - size * 0.7, line.texts[n], colours["ink"], halo=colours["paper"])
            parts.append(words)
    return "".join(parts)
