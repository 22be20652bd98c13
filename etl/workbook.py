"""Workbooks (XLSX, ODS, XLS) -> sheets of text that says no more and no less than the cell: typed numbers keep their
exactness, percentages their %, dates only what is certain. Read by python-calamine after a first look at the sizes.
"""

import io
import re
import struct
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers.expat import ExpatError

from python_calamine import CalamineError, CalamineWorkbook

from etl import container
from etl.biff import Locked, look_at_xls
from etl.findings import Finding, found
from etl.grid import Grid, of_cells
from etl.origins import TYPED, reference
from etl.sheetscan import LIMIT_CELLS, LIMIT_COLUMNS, Look, TooLarge, look_at_ods, look_at_xlsx
from store.exchange import is_for_reading

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2063]")
_AMBIGUOUS = re.compile(r"(-?)([1-9][0-9]{0,2},[0-9]{3})")


def read(data: bytes) -> tuple[str, list[Grid], list[Finding]]:
    """(kind, sheets, findings); with a blocking finding there are no sheets."""
    if container.kind(data) == "ole":
        return ("xls", *_read_xls(data))
    members, refusal = container.unpack(data)
    if refusal:
        return "", [], [refusal]
    if "xl/workbook.xml" in members:
        return ("xlsx", *_guarded(members, look_at_xlsx))
    if b"encryption-data" in members.get("META-INF/manifest.xml", b""):
        return "", [], [found("file.encrypted")]
    if "content.xml" in members and b"spreadsheet" in members.get("mimetype", b"spreadsheet"):
        return ("ods", *_guarded(members, look_at_ods))
    return "", [], [found("file.workbook")]


def _read_xls(data: bytes) -> tuple[list[Grid], list[Finding]]:
    if container.encrypted(data):
        return [], [found("file.encrypted")]
    return _opened(lambda: look_at_xls(data), lambda: data)


def _guarded(
    members: dict[str, bytes], look: Callable[[dict[str, bytes]], dict[str, Look]]
) -> tuple[list[Grid], list[Finding]]:
    return _opened(lambda: look(members), lambda: container.packed(members))


def _opened(
    look: Callable[[], dict[str, Look]], content: Callable[[], bytes]
) -> tuple[list[Grid], list[Finding]]:
    """Look first, then read; whatever the file does wrong is a finding."""
    try:
        looks = look()
    except TooLarge as error:
        return [], [found(error.args[0], cells=LIMIT_CELLS, columns=LIMIT_COLUMNS)]
    except Locked:
        return [], [found("file.encrypted")]
    except (ExpatError, KeyError, ValueError, struct.error, IndexError):
        return [], [found("file.damaged")]
    try:
        return _sheets(content(), looks)
    except (CalamineError, ValueError, OSError):
        return [], [found("file.damaged")]
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the library's own word for a file it did not expect
            raise
        return [], [found("file.damaged")]


def _sheets(content: bytes, looks: dict[str, Look]) -> tuple[list[Grid], list[Finding]]:
    grids: list[Grid] = []
    findings: list[Finding] = []
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        for place, facts in enumerate(book.sheets_metadata):
            if facts.name not in looks or not looks[facts.name].cells:
                continue
            if not str(facts.visible).endswith(".Visible"):
                findings.append(found("sheet.hidden", value=facts.name))
                continue
            look = looks[facts.name]
            sheet = book.get_sheet_by_index(place)
            values = sheet.to_python(skip_empty_area=False)
            merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
            cells = [
                [cell_text(value, look.formats.get((row, column), "")) for column, value in enumerate(line)]
                for row, line in enumerate(values)
            ]
            if is_for_reading(next((text for line in cells for text in line if text), "")):
                continue  # instructions, or the list of findings of a copy that was sent back
            findings += _troubles(facts.name, look, cells)
            lines = tuple((top + 1, left, bottom + 1, right) for top, left, bottom, right in merged)
            grids.append(of_cells(facts.name, cells, lines))
    return grids, findings


def _troubles(sheet: str, look: Look, cells: list[list[str]]) -> list[Finding]:
    """Formulas without a value, and cells whose formula failed."""
    findings = []
    for row, column in look.uncomputed[:1000]:
        place = {"sheet": sheet, "cell": reference(column, row + 1)}
        findings.append(_at(found("cell.formula_no_value", row + 1), **place))
    for (row, column), text in list(look.errors.items())[:1000]:
        place = {"sheet": sheet, "cell": reference(column, row + 1)}
        findings.append(_at(found("cell.formula_error", row + 1, None, text), **place))
    return findings


def _at(finding: Finding, sheet: str, cell: str | None) -> Finding:
    return Finding(
        finding.code, finding.severity, finding.line, None, finding.value, finding.details, sheet, cell
    )


def cell_text(value: Any, kind: str = "") -> str:
    """A cell's value as an official would write it; TYPED stands behind what needs no guessing.

    >>> cell_text(0.107, "percent").replace(TYPED, ""), cell_text(1837.0).replace(TYPED, "")
    ('10,7%', '1837')
    """
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", _CONTROL.sub(" ", value)).split())
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number_text(value, kind)
    if isinstance(value, (date, datetime)):
        return _date_text(value, kind)
    if isinstance(value, (time, timedelta)):
        return str(value)
    return ""


def _number_text(value: float, kind: str) -> str:
    if kind == "percent":
        return f"{value * 100:.12g}".replace(".", ",") + "%" + TYPED
    return f"{value:.15g}".replace(".", ",") + TYPED


def _date_text(value: date, kind: str) -> str:
    """Month where no day is shown; day where it cannot be a month, or is shown first; else both readings stay open."""
    if kind == "month":
        return f"{value:%m/%Y}" + TYPED
    text = f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    return text if value.day > 12 or kind == "day_first" else text + TYPED
