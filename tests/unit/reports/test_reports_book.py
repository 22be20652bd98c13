"""The workbook: its formulas give the story's figures, signs are words, nothing typed runs, and LibreOffice agrees."""

import csv
import io
import re
import subprocess
import unicodedata
import zipfile

import openpyxl
import pytest

from reports.book import HEAD_ROW, book
from reports.story import Cell, Column, Part, Table
from tests.unit.reports import office_suite, told

FIRST = HEAD_ROW + 2  # of the rows of figures, as a spreadsheet counts


def opened(report, values=False):
    return openpyxl.load_workbook(io.BytesIO(book(report)), data_only=values)


@pytest.mark.parametrize("count", (1, 8, 37))
def test_rates_are_formulas_and_carry_the_figures_of_the_table(count):
    table = told.table(count)
    live, shown = (opened(told.report(count), values)["Thay đổi từng xã"] for values in (False, True))
    assert [live.cell(HEAD_ROW + 1, n + 1).value for n in range(9)] == [c.label for c in table.columns]
    formulas = 0
    for number, row in enumerate(table.rows):
        for place, cell in enumerate(row):
            own, value = (sheet.cell(FIRST + number, place + 1).value for sheet in (live, shown))
            if cell.state or table.columns[place].kind == "text":
                assert own == cell.text
            else:
                assert value == pytest.approx(cell.value, abs=1e-12)
            formulas += isinstance(own, str) and own.startswith("=")
    assert formulas >= 3
    last = FIRST + len(table.rows) - 1
    assert live.cell(last, 4).value == f'=IF(OR(C{last}="",C{last}=0),"",B{last}/C{last})'
    assert live.cell(last, 8).value == f'=IF(OR(G{last}="",D{last}=""),"",100*(G{last}-D{last}))'


def test_a_printed_rate_that_its_counts_do_not_give_stays_as_printed():
    columns = (Column("Xã"), Column("n", "count"), Column("N", "count"), Column("Tỷ lệ", "rate", (1, 2)))
    row = (Cell("A"), Cell("1", 1.0), Cell("3", 3.0), Cell("33%", 0.33))
    report = told.report()
    part = Part("Một", table=Table("Một", columns, (row,)))
    sheet = opened(type(report)(**{**vars(report), "parts": (part,)}))["Một"]
    assert sheet.cell(FIRST, 4).value == 0.33


def test_four_signs_are_four_words_on_hatched_cells():
    sheet = opened(told.report())["Thay đổi từng xã"]
    marked = {
        cell.value: cell.fill.fill_type
        for row in sheet.iter_rows(min_row=FIRST)
        for cell in row
        if cell.fill.fill_type and cell.row < FIRST + 9
    }
    assert {"chưa có số", "không hiển thị", "không phát sinh", "chưa rõ"} <= set(marked)
    assert all(kind not in ("solid", None) for kind in marked.values())
    assert sheet["B7"].value == 0  # a zero is a zero


def test_every_sheet_carries_mark_and_citation_and_is_set_up_for_paper():
    made = opened(told.report())
    assert made.sheetnames == [
        "Mục lục",
        "Thay đổi từng xã",
        "Tiêu chí",
        "Biểu đồ Tiêu chí",
        "Định nghĩa và nguồn",
    ]
    for sheet in made.chartsheets:
        assert told.MARK in sheet.oddHeader.left.text and "4K7Q-2M" in sheet.oddFooter.left.text
    for sheet in made.worksheets:
        assert sheet["A1"].value == told.MARK and told.CITATION.line in sheet["A3"].value
        assert told.MARK in sheet.oddHeader.left.text and "4K7Q-2M" in sheet.oddFooter.left.text
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
        assert (
            sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.print_title_rows
        ) or sheet.title == "Mục lục"
    assert made["Thay đổi từng xã"].freeze_panes == f"B{FIRST}"
    words = [cell.value for row in made["Định nghĩa và nguồn"].iter_rows() for cell in row]
    assert "Tử số: hồ sơ thanh toán trực tuyến." in words


def test_text_is_never_a_formula():
    columns = (Column("=1+1"), Column("Ghi chú"))
    typed = ("=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3", "\t=1", "=1+1")
    rows = tuple((Cell(text), Cell(text)) for text in typed)
    report = told.report()
    part = Part("=1+1", table=Table("=A1", columns, rows), sentences=typed)
    data = book(type(report)(**{**vars(report), "parts": (part,)}))
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        for name in box.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in box.read(name)
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"


def test_charts_are_native_and_point_at_the_table():
    data = book(told.report())
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        names = [name for name in box.namelist() if name.startswith("xl/charts/chart")]
        text = [box.read(name).decode() for name in names]
        assert len(names) == 2 and not [name for name in box.namelist() if "media" in name]
    assert all(told.MARK in chart for chart in text)
    assert "Thay đổi từng xã'!$D$6:$D$13" in text[0].replace("&apos;", "'")


def test_the_same_report_gives_the_same_bytes():
    assert book(told.report()) == book(told.report())


@pytest.mark.parametrize("count", (1, 37))
def test_libreoffice_calculates_the_same_and_prints_whole_pages(count, tmp_path):
    data = book(told.report(count))
    path = office_suite.pdf(data, f"book{count}.xlsx", tmp_path)
    pages = office_suite.pages(path)
    everything = unicodedata.normalize("NFC", " ".join(" ".join(pages).split()))
    assert "Cả vùng thí điểm" in everything and "Định nghĩa và nguồn" in everything
    for page in pages:
        assert "SỐ LIỆU MINH HỌA" in unicodedata.normalize("NFC", page)
    for _, left, top, right, bottom, text, wide, tall in office_suite.words(path):
        assert left >= 0 and top >= 0 and right <= wide and bottom <= tall, text
    stripped = tmp_path / f"bare{count}.xlsx"
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stripped, "w") as new:
        for (
            name
        ) in old.namelist():  # without the values that the product wrote, only LibreOffice can give them
            body = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                body = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", body)
            new.writestr(name, body)
    subprocess.run(
        ["soffice", office_suite.profile(), "--headless", "--convert-to",
         "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,2", "--outdir", str(tmp_path),
         str(stripped)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    made = next(tmp_path.glob(f"bare{count}*.csv"))
    rows = list(csv.reader(io.StringIO(made.read_text(encoding="utf-8"))))[FIRST - 1 :]
    checked = 0
    for row, wanted in zip(rows, told.table(count).rows, strict=False):
        for place in (3, 6, 7):
            if not wanted[place].state:
                share = row[place].endswith("%")
                number = float(row[place].rstrip("%")) / (100 if share else 1)
                assert number == pytest.approx(wanted[place].value, abs=1e-9)
                checked += 1
    assert checked >= 6


def test_charts_name_rows_by_name_where_running_numbers_come_first():
    table = told.table()
    numbered = tuple((Cell(str(n)), *row) for n, row in enumerate(table.rows, start=1))
    columns = (Column("TT"), *(
        Column(c.label, c.kind, c.of and (c.of[0] + 1, c.of[1] + 1)) for c in table.columns
    ))  # fmt: skip
    report = told.report()
    part = Part("Một", table=Table("Một", columns, numbered, total=True))
    data = book(type(report)(**{**vars(report), "parts": (part,)}))
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        chart = box.read("xl/charts/chart1.xml").decode()
    assert re.findall(r"<c:f>Một!([^<]*)</c:f>", chart)[:6] == [
        "$E$5", "$B$6:$B$13", "$E$6:$E$13", "$H$5", "$B$6:$B$13", "$H$6:$H$13",
    ]  # fmt: skip
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Một"]
    assert sheet.freeze_panes == f"C{FIRST}" and sheet.cell(FIRST, 5).value.startswith("=IF(OR(D6")
