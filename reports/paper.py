"""What the DOCX and the PDF of a report share: the page and sizes of Decree 30/2020/NĐ-CP (Appendix I), widths of columns
measured in the very letters, heights of drawings, and how small a one-page report must be set.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from math import ceil
from pathlib import Path
from typing import Any

from reports import typeset
from reports.drawings import svg
from reports.story import Cell, Column, Drawing, Dumbbell, Lines, Map, Part, Report, Stacks, Table

PAGE = (210.0, 297.0)  # mm; margins are inside the Decree's ranges
TOP, BOTTOM, LEFT, RIGHT = 20.0, 20.0, 30.0, 15.0
ROOM = PAGE[0] - LEFT - RIGHT
TALL = PAGE[1] - TOP - BOTTOM
LETTERHEAD = (72.0, 93.0)  # mm: the issuing body, the nation
CLOSING = (82.5, 82.5)  # mm: receivers, signature
READABLE = 9.5  # points below which letters are not taken for comfort
FEW_LINES, TOO_MANY_LINES, MOST_LINES = 3, 6, 60  # of a usual cell
RAGGED = 1.1  # how unevenly words fill lines
PAD = 1.2  # mm on either side of a cell
SIZES = (11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)  # letters of tables, points
FONTS = Path(__file__).resolve().parent / "fonts"
UNDER = 0.88  # of a cell's letters: those of its second line
MM = 72 / 25.4  # points in a millimetre
WIDE, LETTER = (
    1248,
    25,
)  # a drawing's pixels over the width of the text, and its smallest letters: 9.4 points on paper
TOGETHER = 125.0  # mm of a table that is not divided between pages


@dataclass(frozen=True)
class Setting:
    """How large a report is set: points of the text, the largest letters of tables, height of drawings in parts of
    what they would like (0: none), points between paragraphs, lines of text apart, points above and below the words
    of a cell; ``close``: the smaller line of a cell goes on in its first."""

    text: float = 13.0
    table: float = 11.0
    drawing: float = 1.0
    gap: float = 6.0
    lines: float = 1.15
    pad: float = 2.4
    close: bool = False


# From the Decree's own sizes down; a one-page report takes the first that fits.
BRIEF = (
    Setting(),
    Setting(13.0, 10.0, 0.8, 4.0, 1.0),
    Setting(13.0, 9.0, 0.6, 3.0, 1.0, 1.5),
    Setting(13.0, 9.0, 0.0, 3.0, 1.0, 1.5),
    Setting(12.0, 9.0, 0.0, 2.0, 1.0, 1.0),
    Setting(11.0, 8.0, 0.0, 1.0, 1.0, 0.6, True),
    Setting(10.0, 7.5, 0.0, 0.0, 1.0, 0.3, True),
    Setting(9.0, 7.0, 0.0, 0.0, 1.0, 0.0, True),
)


def plain(text: str) -> str:
    """Text as a document can hold it: composed, without signs that have no place on paper."""
    return "".join(
        char
        for char in unicodedata.normalize("NFC", text)
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs", "Cn")
    )


@cache
def _advance(char: str, bold: bool) -> float:
    if unicodedata.category(char) in ("Cc", "Zl", "Zp"):  # the end of a line is no letter
        return 0.0
    return _face(bold).getlength(char) / 1000


@cache
def _face(bold: bool) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(str(FONTS / f"Tinos_{'700Bold' if bold else '400Regular'}.ttf"), 1000)


def wide(text: str, size: float, bold: bool = False) -> float:
    """How many mm a line of text takes in Tinos, whose widths are those of Times New Roman; letters are not drawn
    together, as in a word processor that was told nothing else."""
    return sum(_advance(char, bold) for char in text) * size / MM


@dataclass(frozen=True)
class Fitted:
    """A table's widths in mm and the points of its letters."""

    widths: tuple[float, ...]
    size: float


def fitted(table: Table, setting: Setting, room: float = ROOM) -> Fitted:
    """The letters of a table and its columns: the largest well readable letters at which a usual cell takes one line, or
    a few lines; else the largest at which no word is cut."""
    at_one, found, tried = _needs(table, setting.close), None, {}
    for size in (item for item in SIZES if item <= setting.table):
        least, usual, most = (
            [width * size + 2 * PAD for width in widths] for widths in zip(*at_one, strict=True)
        )
        if sum(least) > room:
            continue
        if found is not None and size < READABLE and min(tried) <= TOO_MANY_LINES:
            break
        lines = next(n for n in count(1) if sum(_asked(least, usual, n)) <= room or n == MOST_LINES)
        found = Fitted(_shared(_asked(least, usual, lines), least, most, room), size)
        tried.setdefault(lines, found)
        if lines == 1:
            break
    if tried:
        return tried[1] if 1 in tried else next((one for n, one in tried.items() if n <= FEW_LINES), found)
    # Words longer than any page: they are broken inside.
    return Fitted(tuple(width * room / sum(least) for width in least), size)


def _asked(least: list[float], most: list[float], lines: int) -> list[float]:
    """What columns need so that no cell takes more than so many lines; lines do not break exactly where one would like."""
    slack = 1.0 if lines == 1 else RAGGED
    return [max(low, high * slack / lines) for low, high in zip(least, most, strict=True)]


def _shared(asked: list[float], least: list[float], most: list[float], room: float) -> tuple[float, ...]:
    """Columns as asked for; what is left goes to those that would like more, in parts of what they lack, then to all."""
    if sum(asked) > room:
        asked = least
    left, lacks = room - sum(asked), [max(high - low, 0) for low, high in zip(asked, most, strict=True)]
    given = min(1.0, left / sum(lacks)) if sum(lacks) else 0.0
    widths = [width + lack * given for width, lack in zip(asked, lacks, strict=True)]
    spare = max(room - sum(widths), 0) / len(widths)
    return tuple(width + spare for width in widths)


def together(table: Table, fit: Fitted, setting: Setting) -> bool:
    """Whether a table is short enough to stand on one page as a whole."""
    return sum(_tall(row, fit, setting) for row in table.rows) <= TOGETHER


def _tall(row: Sequence[Cell], fit: Fitted, setting: Setting) -> float:
    """About how many mm a row takes."""
    most = 1
    for cell, width in zip(row, fit.widths, strict=True):
        inside = width - 2 * PAD
        lines = ceil(wide(cell.text, fit.size) * RAGGED / inside) or 1
        lines += ceil(wide(cell.under, fit.size * UNDER) * RAGGED / inside) if cell.under else 0
        most = max(most, lines)
    return (most * fit.size * 1.15 + 2 * setting.pad) / MM


def _needs(table: Table, close: bool) -> list[tuple[float, float, float]]:
    """Per column, in mm at one point: its longest word (its longest figure, which is never broken), what three in four of
    its cells would take on one line, and the longest line."""
    found = []
    for number, column in enumerate(table.columns):
        words = [wide(word, 1, True) for word in column.label.split()]
        lines = []
        for position, row in enumerate(table.rows):
            cell, bold = row[number], table.total and position == len(table.rows) - 1
            whole = column.kind != "text" and not cell.state
            words += (
                [wide(cell.text, 1, bold)] if whole else [wide(word, 1, bold) for word in cell.text.split()]
            )
            words += [wide(word, UNDER) for word in cell.under.split()]
            under = wide(cell.under, UNDER)
            lines.append(
                wide(f"{cell.text} ", 1, bold) + under if close else max(wide(cell.text, 1, bold), under)
            )
        least = max(words, default=1.0)
        heading = wide(column.label, 1, True) / 2  # may stand on two lines
        usual = (
            max(sorted(lines)[len(lines) * 3 // 4], max(lines) / 4) if lines else 0.0
        )  # and a rare one four
        found.append((least, max(least, heading, usual), max(least, heading, *lines)))
    return found


def aligned(column: Column, ordinal: bool) -> str:
    """Words to the left, figures to the right, the running number in the middle."""
    if ordinal:
        return "center"
    return "left" if column.kind == "text" else "right"


def is_ordinal(table: Table, number: int) -> bool:
    """Whether a column is the running number: the first, whole numbers from 1 on."""
    own = [row[0].text for row in table.rows[: -1 if table.total else None]]
    return number == 0 and bool(own) and own == [str(place) for place in range(1, len(own) + 1)]


def drawn(drawing: Drawing, colours: Mapping[str, str], setting: Setting) -> tuple[str, int] | None:
    """A drawing over the width of the text: SVG and its height in pixels; None where there is nothing to draw."""
    if _empty(drawing):
        return None
    rows = len(getattr(drawing, "rows", ())) * LETTER
    liked, least = {
        Map: (WIDE * 0.62, WIDE * 0.4),
        Lines: (WIDE * 0.42, WIDE * 0.25),
        Dumbbell: (rows * 2.3 + 4.5 * LETTER, rows * 1.4 + 4 * LETTER),
        Stacks: (rows * 2.0 + 3 * LETTER, rows * 1.4 + 3 * LETTER),
    }[type(drawing)]
    height = round(min(max(liked * setting.drawing, least), TALL * 0.86 / ROOM * WIDE))
    return typeset.showable(svg(drawing, colours, WIDE, height, LETTER)), height


def numbered(parts: Sequence[Part]) -> Iterator[tuple[str, Part]]:
    """Parts with their numbers: I, II for the first level, 1, 2 inside for the second."""
    outer = inner = 0
    for part in parts:
        if part.level == 1:
            outer, inner = outer + 1, 0
            yield f"{_roman(outer)}.", part
        else:
            inner += 1
            yield f"{inner}.", part


def _roman(number: int) -> str:
    """1..39 as on the headings of official documents."""
    tens, ones = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]


def signature(one: Setting, brief: bool) -> float:
    """Mm left free for signature and seal."""
    return 10 + 8 * one.drawing if brief else 25.0


def _empty(drawing: Drawing) -> bool:
    match drawing:
        case Dumbbell(rows=rows):
            return all(row.before is None and row.after is None for row in rows)
        case Stacks(rows=rows):
            return all(row.met + row.not_met + row.unknown == 0 for row in rows)
        case Lines(lines=lines):
            return all(value is None for line in lines for value in line.values)
        case Map(shapes=shapes):
            return not any(shape.fill for shape in shapes)
    return False


def setting(report: Report, spare: float = 0.0) -> Setting:
    """How a report is set. A brief takes the largest sizes at which it stays on one page with ``spare`` mm left free at
    its foot; where no size is small enough, the smallest."""
    if report.kind != "brief":
        return Setting()
    from reports import printed

    for one in BRIEF[:-1]:
        if typeset.pages(*printed.source(report, one, spare)) == 1:
            return one
    return BRIEF[-1]
