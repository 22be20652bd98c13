"""How wide a text will be, so that what does not fit is made smaller or moved on before anybody sees it cut.

Widths are those of IBM Plex Sans, which lies beside this module; Arial, which the files name, is a little narrower.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from reports.typeset import FONTS

REGULAR, BOLD = "IBMPlexSans-Regular.ttf", "IBMPlexSans-SemiBold.ttf"
SPACING = 1.22  # of the size from line to line: room for two marks above a Vietnamese capital
AHEAD = 1.03  # what a renderer may add by rounding each letter


@cache
def _face(name: str) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(str(FONTS / name), 100)


@lru_cache(maxsize=20_000)
def width(text: str, size: float, bold: bool = False) -> float:
    """Width of one line in points at ``size`` points; signs that print nothing count as a space."""
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    return float(_face(BOLD if bold else REGULAR).getlength(text)) * size / 100 * AHEAD


def wrapped(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """The lines of a text in a box ``room`` points wide, broken at spaces, inside a word only where it alone is wider."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if width(longer, size, bold) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            line = word
            while width(line, size, bold) > room and len(line) > 1:
                fit = max((n for n in range(1, len(line)) if width(line[:n], size, bold) <= room), default=1)
                lines.append(line[:fit])
                line = line[fit:]
        lines.append(line)
    return lines


def height(texts: Sequence[str], size: float, room: float, bold: bool = False, after: float = 0.0) -> float:
    """Height of paragraphs one under the other; ``after``: space under each, in sizes."""
    return sum((len(wrapped(text, size, room, bold)) * SPACING + after) * size for text in texts)


def fitting(
    texts: Sequence[str],
    room: float,
    tall: float,
    sizes: tuple[float, float],
    bold: bool = False,
    after: float = 0.0,
) -> tuple[float, int]:
    """(size, how many of the paragraphs fit at it): the largest size from ``sizes`` (largest, smallest) at which all
    fit; at the smallest perhaps not all do."""
    size, smallest = sizes
    while size > smallest:
        if height(texts, size, room, bold, after) <= tall:
            return size, len(texts)
        size -= 0.5
    fit = 0
    while fit < len(texts) and height(texts[: fit + 1], smallest, room, bold, after) <= tall:
        fit += 1
    return smallest, fit


def shrunk(
    text: str, room: float, tall: float, sizes: tuple[float, float], bold: bool = False
) -> tuple[str, float]:
    """One paragraph whole, as small as it must be; at half of the smallest size its end gives way to an ellipsis."""
    size, fit = fitting([text], room, tall, sizes, bold)
    if fit:
        return text, size
    least = sizes[1] / 2
    size, fit = fitting([text], room, tall, (sizes[1], least), bold)
    while not fit and len(text) > 1:
        text = text[: int(len(text) * 0.9)].rstrip(" …") + "…"
        size, fit = fitting([text], room, tall, (least, least), bold)
    return text, size
