"""A drawing as a picture that stands by itself: title, source, citation and mark are part of it, wherever it is pasted."""

import struct
import zlib
from collections.abc import Mapping
from html import escape

from reports import drawings, measure, typeset
from reports.story import Drawing, Dumbbell, Stacks

WIDE, SIZE, EDGE = 1200, 20, 36
DOTS = 300  # to the inch, as printers ask
KINDS = ("svg", "png")


def picture(
    drawing: Drawing,
    title: str,
    subtitle: str,
    source: str,
    mark: str,
    citation: str,
    colours: Mapping[str, str],
    kind: str = "svg",
) -> bytes:
    """SVG or PNG bytes. 1,200 pixels wide (12.5 inches at 96 to the inch); as high as its rows need."""
    if kind not in KINDS:
        raise ValueError(kind)
    room = WIDE - 2 * EDGE
    parts: list[str] = []
    y = 0.0
    if mark:
        lines = measure.wrapped(mark, SIZE, room, bold=True)
        tall = len(lines) * SIZE * 1.3 + 14
        parts.append(f'<rect x="0" y="0" width="{WIDE}" height="{tall:.1f}" fill="{colours["ribbon"]}"/>')
        _, made = _paragraph(lines, EDGE, 8, SIZE, colours["ribbon_ink"], True)
        parts.append(made)
        y = tall
    y += 22
    for text, size, shade, bold in ((title, 30, "ink", True), (subtitle, 20, "muted", False)):
        if text:
            y, made = _paragraph(measure.wrapped(text, size, room, bold), EDGE, y, size, colours[shade], bold)
            parts.append(made)
            y += 6
    y += 12
    tall = _height(drawing)
    inner = drawings.svg(drawing, colours, room, tall, SIZE)
    parts.append(inner.replace("<svg ", f'<svg x="{EDGE}" y="{y:.1f}" ', 1))
    y += tall + 18
    for text in (source, citation):
        if text:
            y, made = _paragraph(measure.wrapped(text, 15, room), EDGE, y, 15, colours["muted"], False)
            parts.append(made)
    high = round(y + 20)
    alt = ". ".join(text for text in (mark, title, drawing.alt, source, citation) if text)
    whole = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{high}" viewBox="0 0 {WIDE} {high}" role="img" '
        f'aria-label="{escape(alt)}" font-family="{drawings.FACE}, Arial, sans-serif"><title>{escape(title)}</title>'
        f'<rect width="{WIDE}" height="{high}" fill="{colours["raised"]}"/>{"".join(parts)}</svg>'
    )
    return _sized(typeset.png(whole, WIDE, high, DOTS)) if kind == "png" else whole.encode()


def _sized(png: bytes) -> bytes:
    """Say in the file how many dots make an inch: a document that takes the picture in then gives it its true size."""
    body = struct.pack(">IIB", *2 * [round(DOTS / 0.0254)], 1)
    chunk = struct.pack(">I", len(body)) + b"pHYs" + body + struct.pack(">I", zlib.crc32(b"pHYs" + body))
    head = 8 + 4 + 4 + 13 + 4  # signature and the first chunk, IHDR
    return png[:head] + chunk + png[head:]


def _height(drawing: Drawing) -> int:
    """Pixels that a drawing needs: by its rows, or that of a page across."""
    if isinstance(drawing, Dumbbell | Stacks):
        return round(SIZE * 4.5 + max(len(drawing.rows), 3) * SIZE * 2.6)
    return 640


def _paragraph(lines: list[str], x: float, y: float, size: float, fill: str, bold: bool) -> tuple[float, str]:
    """Lines of text from ``y`` down; returns where the next may begin."""
    weight = drawings.BOLD if bold else ""
    out = []
    for line in lines:
        y += size * 1.3
        out.append(
            f'<text x="{x:.1f}" y="{y - size * 0.3:.1f}" font-size="{size}" fill="{fill}"{weight}>{escape(line)}</text>'
        )
    return y, "".join(out)
