"""A report -> the committee's workbook: counts as numbers, rates and changes as live formulas, native charts, definitions.

Each formula carries its value, so that a viewer that does not calculate shows the same figure. Text is never a formula.
The same report gives the same bytes.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from reports.deck import MADE
from reports.measure import width, wrapped
from reports.story import Cell, Column, Part, Report, Stacks, Table
from reports.workbook import FORMULA_STARTS

FONT, SIZE = "Arial", 11
WIDEST, NARROWEST = 46, 11  # of a column, in letters
LETTER = 6.0  # points of one letter of a column's width at SIZE
LEAST_ROOM = 110  # letters across a sheet, so that its first lines and its chart have room
MANY = 16  # rows of a chart beyond which letters shrink and bars stand without their figures
PAGE_WIDE, PAGE_TALL = 770.0, 487.0  # of A4 across between its margins, points
HEAD_ROW = 4  # mark, caption, source, blank; headings follow
LONGEST_NAME, LONGEST_HEADER = 31, 240
FORMATS = {"count": "#,##0", "rate": "0.0%", "points": "+#,##0.0;−#,##0.0;0.0", "value": "#,##0.0"}


def book(report: Report) -> bytes:
    """The workbook: contents first, one sheet for each table, definitions and sources last.

    ``report.words``: ``contents``, ``definitions``, ``sheet``, ``about``, ``chart`` name what the workbook adds."""
    import xlsxwriter

    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    made.set_properties(
        {
            "title": report.head.about or report.snapshot_id,
            "category": report.mark,
            "comments": report.citation.line,
            "created": MADE,
        }
    )
    made.set_calc_mode("auto")
    _Book(made, report).write()
    made.close()
    return buffer.getvalue()


def _safe(text: str) -> str:
    """A text cell that a spreadsheet could take for a formula when it is typed again, made harmless. A minus or plus
    before a digit stands in figures that are said in words and is left."""
    return "'" + text if text.startswith(FORMULA_STARTS) and not text[1:2].isdigit() else text


class _Book:
    def __init__(self, book: Any, report: Report) -> None:
        self._book, self._report, self._formats = book, report, {}
        self._names: dict[str, str] = {}

    def _word(self, key: str, otherwise: str) -> str:
        return self._report.words.get(key, otherwise)

    def _format(self, **looks: Any) -> Any:
        key = tuple(sorted(looks.items()))
        if key not in self._formats:
            own = {"font_name": FONT, "font_size": SIZE, "valign": "top", **looks}
            self._formats[key] = self._book.add_format(own)
        return self._formats[key]

    def write(self) -> None:
        """All sheets; their names are settled first, for the contents point to them."""
        report = self._report
        parts = [part for part in report.parts if part.table or isinstance(part.drawing, Stacks)]
        contents = self._named(self._word("contents", "Contents"))
        titles = [self._named(part.heading) for part in parts]
        last = self._named(self._word("definitions", "Definitions"))
        first = self._sheet(contents)
        entries = []
        for title, part in zip(titles, parts, strict=True):
            entries += [(title, part.heading), *self._part(title, part)]
        self._definitions(last)
        self._contents(first, [*entries, (last, last)])

    def _named(self, text: str) -> str:
        """A name for a sheet: without what a spreadsheet forbids, short, used once."""
        plain = "".join(" " if char in "[]:*?/\\'" else char for char in text).strip() or "–"
        name, number = plain[:LONGEST_NAME].strip(), 1
        while name.casefold() in self._names:
            number += 1
            name = f"{plain[: LONGEST_NAME - 4].strip()} {number}"
        self._names[name.casefold()] = name
        return name

    def _sheet(self, name: str) -> Any:
        """A sheet set up for A4 across, as wide as the page."""
        sheet = self._book.add_worksheet(name)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        self._paper(sheet)
        return sheet

    def _paper(self, sheet: Any) -> None:
        """A4 across, with the mark at the head and the citation at the foot of every printed page."""
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        mark, citation = (text.replace("&", "&&") for text in (self._report.mark, self._report.citation.line))
        header = f'&L&"{FONT},Bold"&9{mark}' if mark else ""
        sheet.set_header(header[:LONGEST_HEADER])
        sheet.set_footer(f'&L&"{FONT}"&8{citation}'[:LONGEST_HEADER] + f'&R&"{FONT}"&8&P/&N')

    def _text(self, sheet: Any, row: int, column: int, text: str, look: Any) -> None:
        sheet.write_string(row, column, _safe(text), look)

    def _top(self, sheet: Any, title: str, source: str, widths: Sequence[float]) -> None:
        """The first lines of a sheet over its columns: mark, what the table is, source and citation."""
        colours = self._report.colours
        room = sum(widths) * LETTER
        mark = self._format(
            bold=True, bg_color=colours["ribbon"], font_color=colours["ribbon_ink"], text_wrap=True
        )
        said = " · ".join(text for text in (source, self._report.citation.line) if text)
        for row, text, look, size in (
            (0, self._report.mark, mark, SIZE),
            (1, title, self._format(bold=True, font_size=14, font_color=colours["ink"], text_wrap=True), 14),
            (2, said, self._format(font_size=9, font_color=colours["muted"], text_wrap=True), 9),
        ):
            if not text:
                continue
            if len(widths) > 1:
                sheet.merge_range(row, 0, row, len(widths) - 1, "", look)
            self._text(sheet, row, 0, text, look)
            sheet.set_row(row, len(wrapped(text, size, room, bold=row < 2)) * size * 1.35 + 4)

    def _part(self, name: str, part: Part) -> list[tuple[str, str]]:
        """A table's sheet; returns the sheets made beside it."""
        sheet = self._sheet(name)
        table = part.table or _of_stacks(part, self._word("area", ""))
        widths = [_wide(one, [row[n] for row in table.rows]) for n, one in enumerate(table.columns)]
        widths[0] += max(0.0, LEAST_ROOM - sum(widths))
        self._top(sheet, table.caption or part.heading, part.source, widths)
        head = self._format(
            bold=True, text_wrap=True, bottom=1, bg_color=self._report.colours["panel"], valign="vcenter"
        )
        for column, one in enumerate(table.columns):
            self._text(sheet, HEAD_ROW, column, one.label, head)
            sheet.set_column(column, column, widths[column])
        sheet.set_row(HEAD_ROW, _tall([one.label for one in table.columns], widths, True))
        for number, row in enumerate(table.rows):
            bold = table.total and number == len(table.rows) - 1
            sheet.set_row(HEAD_ROW + 1 + number, _tall([cell.text for cell in row], widths, bold))
            for column, cell in enumerate(row):
                self._cell(sheet, HEAD_ROW + 1 + number, column, table, row, cell, bold)
        sheet.freeze_panes(HEAD_ROW + 1, _names_in(table) + 1)
        sheet.repeat_rows(HEAD_ROW)
        rows = [_tall([cell.text for cell in row], widths, False) for row in table.rows]
        page = PAGE_TALL * max(1.0, sum(widths) * LETTER / PAGE_WIDE)
        return self._chart(sheet, name, table, part, page - sum(rows) - 150)

    def _cell(
        self, sheet: Any, row: int, column: int, table: Table, cells: Sequence[Cell], cell: Cell, bold: bool
    ) -> None:
        kind, of = table.columns[column].kind, table.columns[column].of
        looks: dict[str, Any] = {"bottom": 4, "bottom_color": self._report.colours["line"]}
        if bold:
            looks |= {"bold": True, "top": 1}
        if cell.state:
            looks |= {
                "pattern": 14,
                "fg_color": self._report.colours["hatch"],
                "align": "left" if kind == "text" else "right",
            }
            looks |= {"bg_color": "#FFFFFF", "italic": True, "text_wrap": True}
            self._text(sheet, row, column, cell.text, self._format(**looks))
            return
        if kind == "text" or cell.value is None:
            self._text(
                sheet, row, column, cell.text, self._format(**looks, text_wrap=True, indent=int(column > 0))
            )
            return
        look = self._format(**looks, num_format=FORMATS[kind])
        formula = _formula(kind, of, row, cells, cell.value)
        if formula:
            sheet.write_formula(row, column, formula, look, cell.value)
        else:
            sheet.write_number(row, column, cell.value, look)

    def _chart(self, sheet: Any, name: str, table: Table, part: Part, room: float) -> list[tuple[str, str]]:
        """A native chart of the table: criteria as stacked bars, else the rates side by side. Under the table where
        ``room`` (points) on its page is enough, else on a sheet of its own, so that no page cuts it."""
        colours = self._report.colours
        count = len(table.rows) - table.total
        if count < 1:
            return []
        stacked = isinstance(part.drawing, Stacks) and part.table is None
        shown = [1, 2, 3] if stacked else [n for n, one in enumerate(table.columns) if one.kind == "rate"]
        if not stacked and not any(table.rows[r][n].value is not None for r in range(count) for n in shown):
            return []
        chart = self._book.add_chart({"type": "bar", "subtype": "stacked"} if stacked else {"type": "bar"})
        fills = ("met", "raised", "hatch") if stacked else ("before", "now", "met", "unmet")
        first, last, named = HEAD_ROW + 1, HEAD_ROW + count, _names_in(table)
        if not stacked:  # the earlier rate comes first, in the colour of "before"
            earlier = {one.of[1] for one in table.columns if one.kind == "points" and one.of}
            shown.sort(key=lambda column: column not in earlier)
        for place, column in enumerate(shown):
            shade = colours[fills[place % len(fills)]]
            chart.add_series(
                {
                    "name": [name, HEAD_ROW, column],
                    "categories": [name, first, named, last, named],
                    "values": [name, first, column, last, column],
                    "fill": {"color": shade},
                    "border": {"color": colours["unmet"] if stacked and place == 1 else colours["muted"]},
                    "gap": 60,
                    "data_labels": {
                        "value": count <= MANY or stacked,
                        "font": {
                            "name": FONT,
                            "size": 8,
                            "color": "#FFFFFF" if stacked and not place else colours["ink"],
                        },
                    },
                }
            )
        font = {"name": FONT, "size": 9}
        title = " – ".join(text for text in (self._report.mark, table.caption or part.heading) if text)
        chart.set_title({"name": title, "name_font": {"name": FONT, "size": 10}, "overlay": False})
        names = {**font, "size": 9 if count <= MANY else 6}
        chart.set_y_axis({"reverse": True, "num_font": names, "interval_unit": 1})
        number = FORMATS["count"] if stacked else "0%"
        chart.set_x_axis(
            {"min": 0, "num_font": font, "num_format": number, "major_gridlines": {"visible": True}}
        )
        chart.set_legend({"position": "top", "font": font})
        alt = " ".join(
            text for text in (self._report.mark, part.drawing.alt if part.drawing else table.caption) if text
        )
        tall = 130 + 26 * count * (1 if stacked else len(shown)) // (1 if stacked else 2)
        if tall * 0.75 <= room:
            chart.set_size({"width": 900, "height": tall})
            sheet.insert_chart(HEAD_ROW + len(table.rows) + 2, 0, chart, {"description": alt})
            return []
        own = self._named(f"{self._word('chart', '')} {name}".strip())
        whole = self._book.add_chartsheet(own)
        self._paper(whole)
        whole.set_chart(chart)
        return [(own, part.heading)]

    def _contents(self, sheet: Any, entries: Sequence[tuple[str, str]]) -> None:
        report, colours = self._report, self._report.colours
        title = report.head.about if report.head.about.strip("… ") else self._word("contents", "Contents")
        self._top(sheet, title, "", (34, 90))
        head = self._format(bold=True, bottom=1)
        self._text(sheet, HEAD_ROW, 0, self._word("sheet", ""), head)
        self._text(sheet, HEAD_ROW, 1, self._word("about", ""), head)
        link = self._format(font_color=colours["now"], underline=1)
        row = HEAD_ROW + 1
        for name, heading in entries:
            sheet.write_url(row, 0, f"internal:'{name}'!A1", link, _safe(name))
            self._text(sheet, row, 1, heading, self._format(text_wrap=True))
            sheet.set_row(row, _tall([name, heading], (34, 90), False))
            row += 1
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 90)
        if report.citation.link:
            if report.citation.link.startswith("http"):
                sheet.write_url(row + 1, 0, report.citation.link, link, report.citation.code)
            else:  # the installation knows no address of its own: a link to nowhere is no link
                self._text(sheet, row + 1, 0, report.citation.code, self._format())
            self._text(sheet, row + 1, 1, report.citation.line, self._format(text_wrap=True))

    def _definitions(self, name: str) -> None:
        """Annex and what the report says without a table, one line for each sentence."""
        sheet = self._sheet(name)
        self._top(sheet, name, "", (36, 100))
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, 1, 100)
        row = HEAD_ROW
        words = [part for part in self._report.parts if part.sentences]
        for part in (*words, *self._report.annex):
            self._text(sheet, row, 0, part.heading, self._format(bold=True, text_wrap=True))
            for text in (*part.sentences, *([part.source] if part.source else [])):
                self._text(sheet, row, 1, text, self._format(text_wrap=True))
                sheet.set_row(row, _tall([part.heading, text], (36, 100), False))
                row += 1
            if part.table and part in self._report.annex:
                self._plain(sheet, row, part.table)
                row += len(part.table.rows) + 1
            row += 1
        sheet.repeat_rows(0, 1)

    def _plain(self, sheet: Any, row: int, table: Table) -> None:
        """A table of the annex: its texts as they are read."""
        sheet.set_column(2, max(len(table.columns), 2), 18)
        for place, one in enumerate(table.columns):
            self._text(sheet, row, 1 + place, one.label, self._format(bold=True, text_wrap=True, bottom=1))
        for number, cells in enumerate(table.rows, start=1):
            for place, cell in enumerate(cells):
                self._text(sheet, row + number, 1 + place, cell.text, self._format(text_wrap=True))


def _formula(kind: str, of: tuple[int, int] | None, row: int, cells: Sequence[Cell], value: float) -> str:
    """The formula of a rate or a change; none where its parts are not all there, or do not give the figure: a printed
    rate with rounded counts stays what was printed."""
    if of is None or kind not in ("rate", "points"):
        return ""
    first, second = (cells[place].value for place in of)
    if first is None or second is None:
        return ""
    a, b = (f"{_letter(place)}{row + 1}" for place in of)
    if kind == "rate":
        if not second or abs(first / second - value) > 1e-9:
            return ""
        return f'=IF(OR({b}="",{b}=0),"",{a}/{b})'
    if abs(100 * (first - second) - value) > 1e-9:
        return ""
    return f'=IF(OR({a}="",{b}=""),"",100*({a}-{b}))'


def _letter(place: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return xl_col_to_name(place)


def _wide(column: Column, cells: Sequence[Cell]) -> float:
    """Width of a column in letters: its longest text, within bounds; longer ones wrap."""
    longest = max([width(cell.text, SIZE) for cell in cells] + [width(column.label, SIZE, True) / 2])
    return min(max(longest / LETTER + 2, NARROWEST), WIDEST)


def _tall(texts: Sequence[str], widths: Sequence[float], bold: bool) -> float:
    """Height of a row whose texts wrap; not every program finds it by itself."""
    lines = max(
        len(wrapped(text, SIZE, wide * LETTER, bold)) for text, wide in zip(texts, widths, strict=True)
    )
    return lines * SIZE * 1.4 + 5


def _names_in(table: Table) -> int:
    """The column that names the rows: the first of texts that are more than running numbers."""
    for place, column in enumerate(table.columns):
        texts = [row[place].text for row in table.rows if row[place].text]
        if column.kind == "text" and not all(text.isdigit() for text in texts):
            return place
    return 0


def _of_stacks(part: Part, area: str) -> Table:
    """The counts of a drawing of criteria as a table, so that its chart has cells to stand on."""
    drawing = part.drawing
    assert isinstance(drawing, Stacks)
    columns = (Column(area), *(Column(label, "count") for label in drawing.labels))
    rows = tuple(
        (Cell(row.name), *(Cell(str(n), float(n)) for n in (row.met, row.not_met, row.unknown)))
        for row in drawing.rows
    )
    return Table(part.heading, columns, rows)


def words_used() -> Mapping[str, str]:
    """Keys of ``Report.words`` that the workbook reads, with what each names."""
    return {
        "contents": "first sheet",
        "definitions": "last sheet",
        "sheet": "heading over the names of sheets",
        "about": "heading over what they hold",
        "chart": "name of a sheet that holds a chart alone, before the name of its table",
        "area": "heading over communes where only a drawing gives the table",
    }
