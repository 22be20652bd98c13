"""The sender's own file back as XLSX, its faulty cells coloured and commented, with a list of all that was found; the
copy can be corrected and sent again.

A workbook keeps its looks; any other file is written out anew, every cell where it stood. Formulas come back as their
results, and text stays text: nothing that a file says is run.
"""

import io
import math
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from xml.parsers import expat

from reports.template import clean, sheet_name
from reports.workbook import FORMULA_STARTS
from store.exchange import READING_SHEET, TYPED, Mark, is_for_reading, worded

Say = Callable[..., str]
LIMIT_FILLED = 200_000  # beyond that only the list: a library of objects per cell takes gigabytes
LIMIT_ELEMENTS = 800_000  # of XML in a workbook, and cells under its merged ones and links
LIMIT_UNPACKED = 64 * 1024 * 1024
LIMIT_LISTED = 10_000
LIMIT_COVERED = 100_000  # cells under merged ones
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
LONGEST_COMMENT, LONGEST_SHOWN = 2_000, 300
UNCOMPUTED, FAILED = "cell.formula_no_value", "cell.formula_error"
COLOURS = {"block": "FFC7CE", "warn": "FFE699", "note": "E7E6E6"}
SEVERITIES = tuple(COLOURS)
_LISTED = (
    ("severity", 15),
    ("page", 14),
    ("line", 7),
    ("cell", 7),
    ("value", 20),
    ("wrong", 46),
    ("remedy", 46),
)
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_DATE = re.compile(r"(?:(\d{2})/)?(\d{2})/(\d{4})")
_NUMBER = re.compile(r"-?[0-9.]+(?:e[+-]?[0-9]+)?")


class Sheet(Protocol):
    """One sheet as the reader of reports saw it: filled rows of text, their lines, ranges of merged cells."""

    sheet: str
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    merged: Sequence[tuple[int, int, int, int]]


@dataclass(frozen=True)
class _Place:
    """A cell that is marked, in a workbook being written."""

    page: Any
    row: int
    column: int


class _TooMuch(Exception):
    """More than the library should be given."""


def marked_copy(
    data: bytes, kind: str, grids: Sequence[Sheet], marks: Sequence[Mark], say: Say, language: str = "vi"
) -> bytes:
    """XLSX bytes. ``kind`` and ``grids`` are what the reader made of ``data``; without grids, or with too many cells,
    the list alone is given and says so."""
    import openpyxl

    if grids and _filled(grids) <= LIMIT_FILLED and all(map(_fits, grids)):
        if kind == "xlsx":
            try:
                book = _original(data, marks, say)
                pages = {page.title: page for page in book.worksheets}
                if all(grid.sheet in pages and _agrees(pages[grid.sheet], grid) for grid in grids):
                    return _finished(book, pages, marks, "", say, language)
            except (
                Exception
            ):  # whatever a damaged or hostile part makes the library do: the cells themselves were read
                pass
        return _finished(*_rebuilt(grids, say), marks, "", say, language)
    limit = f"{LIMIT_FILLED:,}".replace(",", say("language.thousands"))
    why = say("marked.list_only", limit=limit) if grids else say("marked.unreadable")
    book = openpyxl.Workbook()
    book.remove(book.active)
    return _finished(book, {}, marks, why, say, language)


def _finished(
    book: Any, pages: dict[str, Any], marks: Sequence[Mark], why: str, say: Say, language: str
) -> bytes:
    """The workbook with its marks and its list; ``why`` says why there is nothing but the list."""
    _list(book, marks, _mark(pages, marks, say), why, say, language)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _agrees(page: Any, grid: Sheet) -> bool:
    """Whether the library found something in every cell in which the reader did; of merged ones it keeps the first."""
    from openpyxl.cell.cell import MergedCell

    for line, row in zip(grid.lines, grid.rows, strict=True):
        for place, text in enumerate(row, start=1):
            if text:
                cell = page.cell(line, place)
                if cell.value is None and not isinstance(cell, MergedCell):
                    return False
    return True


def _filled(grids: Iterable[Sheet]) -> int:
    return sum(sum(map(bool, row)) for grid in grids for row in grid.rows)


def _fits(grid: Sheet) -> bool:
    return all(line <= MOST_ROWS for line in grid.lines) and all(
        len(row) <= MOST_COLUMNS for row in grid.rows
    )


# The sender's workbook


def _original(data: bytes, marks: Iterable[Mark], say: Say) -> Any:
    """The workbook with results in place of formulas; raises whatever the library does where it cannot open it, and
    _TooMuch where it should not."""
    import openpyxl

    options = {"keep_vba": False, "keep_links": False}
    _measure(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the library leaves out: shapes, extensions
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, **options)
        if any(mark.code == UNCOMPUTED for mark in marks):
            _show_formulas(book, openpyxl.load_workbook(io.BytesIO(data), **options), marks)
    _forget_earlier_marks(book, say)
    return book


def _measure(data: bytes) -> None:
    """Count what the library would make objects of; _TooMuch beyond the limit, or for any entity."""
    total = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal total
        total += 1
        if name.rpartition(":")[2] in ("mergeCell", "hyperlink"):
            total += _area(attributes.get("ref", ""))
        if total > LIMIT_ELEMENTS:
            raise _TooMuch

    def refuse(*_: object) -> None:
        raise _TooMuch

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(member.file_size for member in archive.infolist()) > LIMIT_UNPACKED:
            raise _TooMuch
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels", ".vml")):
                parser = expat.ParserCreate()
                parser.StartElementHandler = start
                parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
                parser.Parse(archive.read(member), True)


def _area(reference: str) -> int:
    corners = [_REFERENCE.fullmatch(part) for part in reference.upper().split(":")[:2]]
    if not all(corners):
        raise _TooMuch
    columns, rows = [_number(corner[1]) for corner in corners], [int(corner[2]) for corner in corners]
    return (abs(columns[-1] - columns[0]) + 1) * (abs(rows[-1] - rows[0]) + 1)


def _number(letters: str) -> int:
    total = 0
    for letter in letters:
        total = 26 * total + ord(letter) - 64
    return total


def _show_formulas(book: Any, formulas: Any, marks: Iterable[Mark]) -> None:
    """A formula without a result is shown as text, so that its cell is not taken for an empty one."""
    for mark in marks:
        if mark.code == UNCOMPUTED and mark.cell and mark.sheet in formulas.sheetnames:
            value = formulas[mark.sheet][mark.cell].value
            _put(book[mark.sheet][mark.cell], str(getattr(value, "text", value) or "="))


def _forget_earlier_marks(book: Any, say: Say) -> None:
    """A copy that comes back loses the marks it was given, and its list."""
    from openpyxl.styles import PatternFill

    for page in list(book.worksheets):
        if page.title.startswith(say("marked.title")) and is_for_reading(str(page["A1"].value or "")):
            book.remove(page)
            continue
        for row in page.iter_rows():
            for cell in row:
                if cell.comment is not None and cell.comment.author == say("marked.author"):
                    cell.comment = None
                    cell.fill = PatternFill()


# Any other file


def _rebuilt(grids: Sequence[Sheet], say: Say) -> tuple[Any, dict[str, Any]]:
    """A new workbook with every cell where it stood, and its sheets by their own names."""
    import openpyxl
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    book.remove(book.active)
    taken = {say("marked.title").casefold()}
    pages: dict[str, Any] = {}
    for grid in grids:
        page = book.create_sheet(sheet_name(grid.sheet or say("marked.sheet"), taken))
        widths: dict[int, int] = {}
        for line, row in zip(grid.lines, grid.rows, strict=True):
            for place, text in enumerate(row, start=1):
                if text:
                    _write(page.cell(line, place), text)
                    widths[place] = max(widths.get(place, 8), min(len(text) + 2, 45))
        for place, width in widths.items():
            page.column_dimensions[get_column_letter(place)].width = width
        _merge(page, grid.merged)
        pages[grid.sheet] = page
    return book, pages


def _merge(page: Any, ranges: Iterable[tuple[int, int, int, int]]) -> None:
    """Merged cells, as far as they do not overlap: programs call a file with such ranges damaged."""
    from openpyxl.worksheet.cell_range import CellRange

    covered: set[tuple[int, int]] = set()
    for top, left, bottom, right in ranges:
        area = (bottom - top + 1) * (right - left + 1)
        if not 1 < area <= LIMIT_COVERED - len(covered) or bottom > MOST_ROWS or right >= MOST_COLUMNS:
            continue
        own = {(row, place) for row in range(top, bottom + 1) for place in range(left, right + 1)}
        if own.isdisjoint(covered):
            covered |= own
            page.merged_cells.add(CellRange(min_row=top, min_col=left + 1, max_row=bottom, max_col=right + 1))


def _write(cell: Any, text: str) -> None:
    """A number or date where the file held one, else the text exactly as it was."""
    bare = text.replace(TYPED, "")
    value, shown = _typed(bare) if text.endswith(TYPED) else (None, "")
    if value is None:
        _put(cell, bare)
    else:
        cell.value, cell.number_format = value, shown


def _typed(text: str) -> tuple[float | date | None, str]:
    """Value and number format of a text that stands for a typed cell; None where it is none."""
    written = _DATE.fullmatch(text)
    if written:
        day, month, year = int(written[1] or 1), int(written[2]), int(written[3])
        try:
            value = date(year, month, day)
        except ValueError:
            return None, ""
        return (value, "m/d/yyyy" if written[1] else "mm/yyyy") if year > 1900 else (None, "")
    plain = text.removesuffix("%").replace(",", ".")
    if not _NUMBER.fullmatch(plain) or plain.count(".") > 1 or not any(map(str.isdigit, plain)):
        return None, ""
    number = float(plain)
    if text.endswith("%"):
        return float(f"{number / 100:.15g}"), "0.0##%"
    return int(number) if number.is_integer() and abs(number) < 1e15 else number, "General"


def _put(cell: Any, text: str) -> None:
    """Text that stays text, also when it looks like a formula or like an error."""
    text = clean(text)
    cell.value = text
    cell.data_type = "s"
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True


# Marks


def _mark(pages: dict[str, Any], marks: Sequence[Mark], say: Say) -> dict[int, _Place]:
    """Colour and comment; where each mark was put, by its number in the list."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    places: dict[int, _Place] = {}
    on_cell: dict[tuple[str, int, int], list[Mark]] = {}
    tops = {name: _tops(page) for name, page in pages.items()}
    for number, mark in enumerate(marks):
        page = pages.get(mark.sheet or "") or (next(iter(pages.values())) if len(pages) == 1 else None)
        if page is None or not mark.line or mark.line > MOST_ROWS:
            continue
        key = next(name for name, own in pages.items() if own is page)
        row, column = tops[key].get(_where(mark, page), _where(mark, page))
        places[number] = _Place(page, row, column)
        on_cell.setdefault((key, row, column), []).append(mark)
    fills = {name: PatternFill("solid", fgColor=colour) for name, colour in COLOURS.items()}
    for (key, row, column), found in on_cell.items():
        found.sort(key=lambda mark: SEVERITIES.index(mark.severity))
        cell = pages[key].cell(row, column)
        text = "\n\n".join(dict.fromkeys(_commented(mark, say) for mark in found))
        text = text if len(text) <= LONGEST_COMMENT else text[: LONGEST_COMMENT - 1] + "…"
        failed = next((mark for mark in found if mark.code in (UNCOMPUTED, FAILED)), None)
        if cell.value is None and failed:
            _fail(cell, failed)
        cell.fill = fills[found[0].severity]
        cell.comment = Comment(
            text, say("marked.author"), height=min(60 + 18 * (len(text) // 45), 420), width=340
        )
    return places


def _fail(cell: Any, mark: Mark) -> None:
    """A formula of which nothing is left but that it failed: its cell must not be taken for an empty one."""
    from openpyxl.cell.cell import ERROR_CODES

    if mark.value in ERROR_CODES:
        cell.value = mark.value
    else:
        _put(cell, mark.value or "=")


def _commented(mark: Mark, say: Say) -> str:
    words = " ".join(part for part in (mark.message, mark.remedy) if part)
    return clean(f"{say(f'marked.level.{mark.severity}')}: {words} ({mark.code})")


def _tops(page: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """Cells under a merged one -> the cell that shows."""
    tops: dict[tuple[int, int], tuple[int, int]] = {}
    for area in page.merged_cells.ranges:
        if len(tops) < LIMIT_COVERED:
            first = (area.min_row, area.min_col)
            tops |= dict.fromkeys(area.cells, first)
    return tops


def _where(mark: Mark, page: Any) -> tuple[int, int]:
    """Row and column of a mark; the first filled cell of its line where the cell is not known."""
    reference = _REFERENCE.fullmatch(mark.cell or "")
    if reference and int(reference[2]) <= MOST_ROWS and _number(reference[1]) <= MOST_COLUMNS:
        return int(reference[2]), _number(reference[1])
    for column in range(1, min(page.max_column, 200) + 1):
        if page.cell(mark.line, column).value not in (None, ""):
            return mark.line, column
    return mark.line, 1


# The list


def _list(
    book: Any, marks: Sequence[Mark], places: dict[int, _Place], why: str, say: Say, language: str
) -> None:
    """First sheet: everything that was found. Its first cell tells the reader of reports to pass over it."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.hyperlink import Hyperlink
    from openpyxl.worksheet.page import PageMargins

    taken = {name.casefold() for name in book.sheetnames}
    page = book.create_sheet(sheet_name(say("marked.title"), taken), 0)
    counts = {name: sum(mark.severity == name for mark in marks) for name in SEVERITIES}
    top = (
        (worded(READING_SHEET, language), Font(name="Times New Roman", size=11, italic=True, color="595959")),
        (say("marked.heading"), Font(name="Times New Roman", size=15, bold=True)),
        (
            say("marked.totals", **counts) if marks else say("marked.nothing"),
            Font(name="Times New Roman", bold=True),
        ),
        (why or say("marked.how"), Font(name="Times New Roman", size=11)),
    )
    for row, (text, font) in enumerate(top, start=1):
        _put(page.cell(row, 1), text)
        page.cell(row, 1).font = font
        page.row_dimensions[row].height = 18 if row != 2 else 24
    line = Side(style="thin", color="BFBFBF")
    border, wrap = Border(line, line, line, line), Alignment(wrap_text=True, vertical="top")
    middle = Alignment(horizontal="center", vertical="top")
    plain, bold = Font(name="Times New Roman", size=11), Font(name="Times New Roman", size=11, bold=True)
    link = Font(name="Times New Roman", size=11, underline="single", color="0563C1")
    head = len(top) + 2
    columns = (*_LISTED, ("code", 20))
    for column, (key, width) in enumerate(columns, start=1):
        cell = page.cell(head, column)
        _put(cell, say(f"marked.{key}"))
        cell.font, cell.border, cell.alignment = bold, border, wrap
        cell.fill = PatternFill("solid", fgColor="D9D9D9")
        page.column_dimensions[get_column_letter(column)].width = width
    fills = {name: PatternFill("solid", fgColor=colour) for name, colour in COLOURS.items()}
    row = head
    order = sorted(range(len(marks)), key=lambda number: SEVERITIES.index(marks[number].severity))
    for number in order[:LIMIT_LISTED]:
        row += 1
        mark, place = marks[number], places.get(number)
        value = mark.value if len(mark.value) <= LONGEST_SHOWN else mark.value[: LONGEST_SHOWN - 1] + "…"
        texts = (
            say(f"marked.level.{mark.severity}"),
            place.page.title if place else mark.sheet or "",
            str(mark.line or ""),
            mark.cell or "",
            value,
            mark.message,
            mark.remedy,
            mark.code,
        )
        for column, text in enumerate(texts, start=1):
            cell = page.cell(row, column)
            _put(cell, text)
            cell.font, cell.border = plain, border
            cell.alignment = middle if columns[column - 1][0] in ("line", "cell") else wrap
        needed = (len(text) / (0.95 * width) for text, (_, width) in zip(texts, columns, strict=True))
        page.row_dimensions[row].height = 15.5 * min(math.ceil(max(1, *needed)), 20)
        if mark.line:
            page.cell(row, 3).value = mark.line
        page.cell(row, 1).fill = fills[mark.severity]
        if place:
            target = f"{get_column_letter(place.column)}{place.row}"
            cell = page.cell(row, 4)
            _put(cell, mark.cell or target)
            quoted = place.page.title.replace("'", "''")
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{target}")
            cell.font = link
    if len(order) > LIMIT_LISTED:
        _put(page.cell(row + 1, 1), say("marked.more", count=len(order) - LIMIT_LISTED))
    page.freeze_panes = page.cell(head + 1, 1)
    page.sheet_view.showGridLines = False
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToHeight = 0
    page.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{head}:{head}"
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is page
    book.active = 0
