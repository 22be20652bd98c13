"""Sheets -> one row of text per commune, indicator and period, each remembering its cell.

Tidy tables (one row each), wide ones (indicators, periods or communes across) and what stands above them. Nothing is
filled in that the file does not say; what was taken from a title is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from etl import distinct
from etl.body import BodyReader
from etl.context import Context
from etl.findings import Collector
from etl.grid import Grid
from etl.headings import COLUMNS, MEASURES, REQUIRED, Heading, Words
from etl.origins import TYPED, Origins
from etl.region import Region, at_first_row, find, headings
from etl.spelling import plain
from store.definitions import Catalogue

_NUMBERS = frozenset(MEASURES)


@dataclass
class Tidy:
    """Text under our columns, with the origin of every row; ``None`` cells of the file are empty texts."""

    columns: dict[str, list[str] | pd.Categorical] = field(
        default_factory=lambda: {column: [] for column in COLUMNS}
    )
    origins: Origins = field(default_factory=Origins)
    rows: int = 0
    tables: int = 0
    whole: bool = True

    def frame(self) -> pd.DataFrame:
        """Index: the number of the row, as ``origins`` counts."""
        index = pd.RangeIndex(self.origins.count, name="line")
        columns = {
            name: cells if isinstance(cells, pd.Categorical) else distinct.column(cells)
            for name, cells in self.columns.items()
        }
        return pd.DataFrame(columns, index=index)


def read_sheets(grids: Sequence[Grid], catalogue: Catalogue, found: Collector) -> Tidy:
    """All tables of a file; not ``whole`` when one of them lacks a needed column. A text file is a table or nothing;
    of a workbook's sheets those without a table are said."""
    words = Words(catalogue)
    tidy = Tidy()
    for grid in grids:
        found.turn_to(grid.sheet)
        region = find(grid, words)
        if region is None and grid.ragged and grid.rows:
            region = at_first_row(grid)
        if region is not None:
            tidy.tables += 1
            tidy.whole &= _read_table(grid, region, words, catalogue, found, tidy)
        elif grid.rows and len(grids) > 1:
            found.add("sheet.no_table", grid.lines[0], None, grid.sheet)
    found.turn_to("")
    if not tidy.tables:
        found.add("file.no_table")
        tidy.whole = False
    _drop_stars(tidy, found)
    return tidy


def _drop_stars(tidy: Tidy, found: Collector) -> None:
    """Asterisks that point to a note under the table are no part of a name or a number."""
    found.origins = tidy.origins
    for column in (*REQUIRED, *MEASURES):
        cells = tidy.columns[column]
        if not any("*" in text for text in set(cells)):
            continue
        starred = [key for key, text in enumerate(cells) if text.replace(TYPED, "").endswith("*")]
        for key in starred:
            cells[key] = cells[key].rstrip("* " + TYPED)
        if starred and tidy.whole:
            found.add("cell.asterisk", starred[0], column, cells[starred[0]] + "*", count=len(starred))
    found.origins = None


def _read_table(
    grid: Grid, region: Region, words: Words, catalogue: Catalogue, found: Collector, tidy: Tidy
) -> bool:
    """Read one table into ``tidy``; False when a needed column is missing."""
    line = grid.lines[region.start]
    context = Context(grid, region.start, words, catalogue.administrative_quarters)
    columns = headings(region, words, context.year())
    figures = [item for item in columns if item.role == "figure"]
    places = _places(grid, region, columns, words, found, wide=bool(figures))
    gaps = [name for name in REQUIRED if name not in places and not _told(figures, name)]
    body = BodyReader(grid, region, columns, words, found, gaps).read()
    tidy.rows += len(body)
    _check_widths(grid, region, [number for number, _ in body], found)
    grouped = {name for _, group in body for name in group}
    taken = {name: context.take(name, found) for name in gaps if name not in grouped}
    missing = [name for name, text in taken.items() if text is None]
    if not figures and "value" not in places and not {"numerator", "denominator"} <= places.keys():
        missing.append("value")
    names = [" ".join(parts) for parts in region.parts if parts]
    for name in missing:
        found.add("header.missing", line, name, found_columns=names)
    unit = context.unit()
    if unit:
        found.add("context.unit", unit.line, None, unit.text)
    if missing or None in taken.values() or "" in taken.values():
        return False
    fixed = {name: text for name, text in taken.items() if text}
    if figures:
        _wide(grid, body, places, figures, fixed, tidy)
    else:
        _tidy(grid, body, places, fixed, tidy)
    return True


def _told(figures: Sequence[Heading], name: str) -> bool:
    """Whether every figure's heading says this part of the key."""
    return bool(figures) and all(
        getattr(item, name) or (item.choices and name == "indicator") for item in figures
    )


def _places(
    grid: Grid, region: Region, columns: Sequence[Heading], words: Words, found: Collector, wide: bool
) -> dict[str, int]:
    """Our column -> position in the file. In a wide table the figures stand under headings of their own."""
    line = grid.lines[region.stop - 1]
    places: dict[str, int] = {}
    first: dict[str, str] = {}
    for item in columns:
        if item.choices:
            found.add(
                "indicator.ambiguous",
                line,
                "indicator",
                item.text,
                position=item.position,
                candidates=item.choices,
            )
        if item.role in ("ordinal", "figure", "aside"):
            continue
        if wide and item.role in MEASURES:
            _left_out(grid, region, item, line, found)
        elif item.role in places:
            found.add(
                "header.duplicate", line, item.role, item.text, position=item.position, first=first[item.role]
            )
        elif item.role:
            places[item.role], first[item.role] = item.position, item.text
        elif plain(item.text):
            _unknown(grid, region, item, line, words, found)
        elif _used(grid, region, item.position):
            found.add("header.empty", line, None, "", position=item.position, number=item.position + 1)
    return places


def _used(grid: Grid, region: Region, place: int) -> bool:
    """Whether a column holds anything below its heading."""
    return any(len(row) > place and row[place] for row in grid.rows[region.body :])


def _left_out(grid: Grid, region: Region, item: Heading, line: int, found: Collector) -> None:
    if _used(grid, region, item.position):
        found.add("header.ignored", line, item.text, item.text, position=item.position)


def _unknown(grid: Grid, region: Region, item: Heading, line: int, words: Words, found: Collector) -> None:
    """A misspelt heading blocks, because its figures would be lost; a foreign one is left out, and said."""
    near = words.similar(item.text)
    if near:
        found.add("header.unknown", line, item.text, item.text, position=item.position, near=near)
    else:
        _left_out(grid, region, item, line, found)


def _check_widths(grid: Grid, region: Region, numbers: Sequence[int], found: Collector) -> None:
    """In a text file too many cells mean a decimal comma without quotes; too few is what some programs write."""
    if not grid.ragged:
        return
    width = len(region.parts)
    for number in numbers:
        row = grid.rows[number]
        if len(row) > width and any(row[width:]):
            text = grid.delimiter.join(row)
            found.add("row.too_long", grid.lines[number], None, text, cells=len(row), columns=width)
        elif len(row) < width:
            text = grid.delimiter.join(row)
            found.add("row.short", grid.lines[number], None, text, cells=len(row), columns=width)


def _filled_down(grid: Grid, place: int) -> dict[int, str]:
    """Line -> text for the lower cells of vertically merged ones in a key column."""
    row_of = dict(zip(grid.lines, grid.rows, strict=True)) if grid.merged else {}
    texts = {}
    for top, left, bottom, right in grid.merged:
        if (
            left <= place <= right
            and bottom > top
            and bottom - top < 10_000
            and len(row_of.get(top, ())) > place
        ):
            texts.update(dict.fromkeys(range(top + 1, bottom + 1), row_of[top][place]))
    return texts


def _keys(
    grid: Grid, rows: Sequence[tuple[int, dict]], places: dict[str, int], fixed: dict[str, str]
) -> dict[str, list[str]]:
    """Every column but the figures, one text per row of the table."""
    texts: dict[str, list[str]] = {}
    for column in COLUMNS:
        place = places.get(column)
        if column in _NUMBERS:
            continue
        if place is None:
            base = fixed.get(column, "")
            texts[column] = [group.get(column, base) for _, group in rows]
            continue
        below = _filled_down(grid, place) if column in REQUIRED else {}
        own = _column(grid, rows, place)
        if below:
            own = [
                text or below.get(grid.lines[number], "") for text, (number, _) in zip(own, rows, strict=True)
            ]
        texts[column] = own if column == "period" else [text.replace(TYPED, "") for text in own]
    return texts


def _column(grid: Grid, rows: Sequence[tuple[int, dict]], place: int) -> list[str]:
    """One column of the rows of figures; blank where a row ends before it."""
    return [
        row[place] if place < len(row) else ""
        for row in map(grid.rows.__getitem__, (number for number, _ in rows))
    ]


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _tidy(
    grid: Grid, rows: Sequence[tuple[int, dict]], places: dict[str, int], fixed: dict[str, str], tidy: Tidy
) -> None:
    """One row of the table is one row of figures."""
    texts = _keys(grid, rows, places, fixed)
    for column in MEASURES:
        place = places.get(column)
        texts[column] = [""] * len(rows) if place is None else _column(grid, rows, place)
    for column in COLUMNS:
        tidy.columns[column] += texts[column]
    tidy.origins.append(grid.sheet, [grid.lines[number] for number, _ in rows], [places])


def _wide(
    grid: Grid,
    rows: Sequence[tuple[int, dict]],
    places: dict[str, int],
    figures: Sequence[Heading],
    fixed: dict[str, str],
    tidy: Tidy,
) -> None:
    """One row of the table is one row of figures for every indicator, period or commune across."""
    texts = _keys(grid, rows, places, fixed)
    groups: dict[tuple[str, str, str, bool], dict[str, int]] = {}
    for item in figures:
        if not item.choices:
            key = (item.indicator, item.period, item.commune, item.target)
            groups.setdefault(key, {}).setdefault(item.measure, item.position)
    lines: list[int] = []
    where: list[dict[str, int]] = []
    for place, (number, _) in enumerate(rows):
        for (indicator, period, commune, target), measures in groups.items():
            own = {column: texts[column][place] for column in texts}
            own |= {"indicator": indicator or own["indicator"], "period": period or own["period"]}
            own |= {"commune": commune or own["commune"], "role": "mục tiêu" if target else own["role"]}
            for column in MEASURES:
                own[column] = _cell(grid.rows[number], measures[column]) if column in measures else ""
            for column in COLUMNS:
                tidy.columns[column].append(own[column])
            lines.append(grid.lines[number])
            where.append({**places, **measures})
    tidy.origins.append(grid.sheet, lines, where)
