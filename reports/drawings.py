"""Drawings -> SVG text in the product's own hand: no browser, no network, the same lines on slides, paper and pictures.

Every text of a drawing is escaped here. Sizes are in pixels of the drawing; ``size`` is that of its smallest letters.
"""

from collections.abc import Mapping
from html import escape

from reports.story import Drawing, Dumbbell, Lines, Map, Stacks

FACE = "IBM Plex Sans"
WIDE = 0.56  # of the size: how wide a letter is, on the safe side for Vietnamese words


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


def _text(
    x: float, y: float, words: str, fill: str, anchor: str = "start", size: float = 0, bold: bool = False
) -> str:
    if not words:
        return ""
    style = (f' font-size="{size:.1f}"' if size else "") + (' font-weight="600"' if bold else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" text-anchor="{anchor}"{style}>{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, width: float = 1.0) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{stroke}" stroke-width="{width}" fill="none"/>'


def _longest(words: list[str]) -> int:
    return max((len(text) for text in words), default=0)


def _dumbbell(chart: Dumbbell, colours: Mapping[str, str], width: int, height: int, size: int) -> str:
    """Names on the left, marks between, the change in words on the right."""
    letter = size * WIDE
    left = letter * _longest([row.name for row in chart.rows]) + size
    said = [f"{row.change_text} {row.word}".strip() for row in chart.rows]
    right = width - letter * _longest(said) - size
    ends = letter * _longest([row.after_text for row in chart.rows]) + size
    start = letter * _longest([row.before_text for row in chart.rows]) + size
    first, last = left + start, right - ends
    top, step = size * 3.4, (height - size * 4) / max(len(chart.rows), 1)

    def at(value: float) -> float:
        return first + (last - first) * value / chart.top

    ring, dot = size * 0.38, size * 0.44
    parts = [_legend_ends(chart, colours, left, size)]
    for value, label in chart.ticks:
        parts.append(_line(at(value), top - size * 0.4, at(value), height - size * 0.4, colours["line"]))
        parts.append(_text(at(value), top - size * 0.7, label, colours["muted"], "middle"))
    for number, row in enumerate(chart.rows):
        y = top + step * (number + 0.5)
        base = y + size * 0.34
        parts.append(_text(left - size * 0.6, base, row.name, colours["ink"], "end"))
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
            parts.append(_text(width - size * 0.3, base, row.state, colours["muted"], "end"))
            continue
        x0, x1 = at(row.before), at(row.after)
        parts.append(_line(x0, y, x1, y, colours["before"], size * 0.16))
        if row.low is not None and row.high is not None:
            under = y + step * 0.3
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
        parts.append(_text(width - size * 0.3, base, said[number], tone, "end"))
    return "".join(parts)


def _circle(x: float, y: float, r: float, fill: str, stroke: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="{fill}" stroke="{stroke}" stroke-width="3"/>'


def _legend_ends(chart: Dumbbell, colours: Mapping[str, str], x: float, size: int) -> str:
    """Which mark is which period, above the axis."""
    y = size * 1.1
    after = x + size * 2.2 + size * WIDE * len(chart.before_label)
    return (
        _circle(x + size * 0.4, y - size * 0.32, size * 0.36, colours["paper"], colours["before"])
        + _text(x + size * 1.1, y, chart.before_label, colours["ink"])
        + _circle(after + size * 0.4, y - size * 0.32, size * 0.4, colours["now"], colours["now"])
        + _text(after + size * 1.1, y, chart.after_label, colours["ink"])
    )


def _map(chart: Map, colours: Mapping[str, str], width: int, height: int, size: int) -> str:
    """Outlines in a plain plane (a degree of longitude shortened by the latitude), labels in two columns beside them."""
    points = [point for shape in chart.shapes for ring in shape.rings for point in ring]
    if not points:
        return ""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    shorter = 0.926  # cosine of 22.2 degrees north
    legend = size * 1.7 * (len(chart.classes) + 1)
    scale = min((height - size) / (north - south), width * 0.46 / ((east - west) * shorter))
    wide = (east - west) * shorter * scale
    left, upper = (width - wide) / 2, (height - (north - south) * scale) / 2

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return left + (point[0] - west) * shorter * scale, upper + (north - point[1]) * scale

    parts, labels = [], []
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
    parts += _callouts(labels, colours, width, height, size, left, wide, legend)
    y = height - legend + size * 1.6
    for colour, words in chart.classes:
        fill = colour or "url(#hatch)"
        parts.append(
            f'<rect x="0" y="{y - size * 0.8:.1f}" width="{size * 1.4:.1f}" height="{size:.1f}" fill="{fill}" '
            f'stroke="{colours["line"]}"/>' + _text(size * 2, y, words, colours["ink"])
        )
        y += size * 1.6
    return "".join(parts)


def _callouts(labels, colours, width, height, size, left, wide, legend) -> list[str]:
    """Labels in a column on either side, each joined to its commune; the left column ends above the legend."""
    parts: list[str] = []
    middle = left + wide / 2
    for side in (-1, 1):
        own = sorted(
            (item for item in labels if (item[0][0] >= middle) == (side == 1)), key=lambda item: item[0][1]
        )
        room = height - (legend if side == -1 else 0) - size * 3.2  # below the last name stands its figure
        step = max(size * 2.7, room / max(len(own), 1) * 0.8)
        y = size * 1.6
        for number, ((x, shape_y), shape) in enumerate(own):
            rest = len(own) - number - 1
            y = min(max(y, shape_y - size), room - rest * step + size)
            edge = left - size * 0.8 if side == -1 else left + wide + size * 0.8
            anchor = "end" if side == -1 else "start"
            parts.append(
                f'<path d="M{x:.1f} {shape_y:.1f}L{edge + side * 2:.1f} {y:.1f}" stroke="{colours["muted"]}" fill="none"/>'
                f'<circle cx="{x:.1f}" cy="{shape_y:.1f}" r="4" fill="{colours["ink"]}"/>'
            )
            parts.append(_text(edge + side * size * 0.4, y + size * 0.1, shape.label, colours["ink"], anchor))
            parts.append(
                _text(
                    edge + side * size * 0.4, y + size * 1.25, shape.text, colours["ink"], anchor, bold=True
                )
            )
            y += step
    return parts


def _stacks(chart: Stacks, colours: Mapping[str, str], width: int, height: int, size: int) -> str:
    """Criteria as squares in a row: filled met, crossed not met, hatched not known."""
    left = size * WIDE * _longest([row.name for row in chart.rows]) + size
    right = width - size * WIDE * _longest([row.text for row in chart.rows]) - size
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
        x += size * 2.6 + size * WIDE * len(words)
    for number, row in enumerate(chart.rows):
        y = top + step * (number + 0.5)
        parts.append(_text(left - size * 0.6, y + size * 0.34, row.name, colours["ink"], "end"))
        place = left
        for kind, count in (("met", row.met), ("not_met", row.not_met), ("unknown", row.unknown)):
            for _ in range(count):
                parts.append(square(kind, place + 2, y - tall / 2, box - 4, tall))
                place += box
        parts.append(_text(width - size * 0.3, y + size * 0.34, row.text, colours["ink"], "end", bold=True))
    return "".join(parts)


def _lines(chart: Lines, colours: Mapping[str, str], width: int, height: int, size: int) -> str:
    """The chosen commune in front, the others quiet behind; labels at the first and the last known figure."""
    left = size * WIDE * _longest([label for _, label in chart.ticks]) + size
    chosen = next((line for line in chart.lines if line.chosen), None)
    right = width - size * WIDE * _longest(list(chosen.texts) if chosen else [""]) - size
    top, bottom = size * 1.5, height - size * 2
    last = max(len(chart.periods) - 1, 1)

    def at(number: int, value: float) -> tuple[float, float]:
        return left + (right - left) * number / last, bottom - (bottom - top) * value / chart.top

    parts = []
    for value, label in chart.ticks:
        _, y = at(0, value)
        parts.append(_line(left, y, right, y, colours["line"]))
        parts.append(_text(left - size * 0.5, y + size * 0.34, label, colours["muted"], "end"))
    fit = max(1, int((right - left) / (size * WIDE * (_longest(list(chart.periods)) + 2))))
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
            parts.append(_text(x + size * 0.5, y + size * 0.34, line.texts[n], colours["ink"], bold=True))
            if len(known) > 1:
                n, x, y = known[0]
                parts.append(_text(x, y - size * 0.6, line.texts[n], colours["ink"]))
    return "".join(parts)
