"""The marked copy: what was found stands on the cells, and the copy can be corrected and sent again."""

import io
import tomllib
import zipfile
from datetime import date
from pathlib import Path
from xml.parsers.expat import ExpatError

import openpyxl
import pytest

from etl import marks
from etl.check import Report, check
from etl.findings import Severity
from etl.origins import TYPED
from reports import marked
from reports.marked import marked_copy
from reports.template import PLACE, blank_form
from store import periods
from store.exchange import READING_SHEET, Mark
from tests import builders
from tests.unit.reports import forms
from tests.uploads.make_workbooks import archive, csv, members, sheet_xml, xls, xlsx

CASES = Path(__file__).resolve().parents[2] / "uploads"
NAMES = sorted(path.name.removesuffix(".findings.toml") for path in CASES.glob("*.findings.toml"))
# A formula without a result comes back as its text; a line with too many cells becomes cells without a heading.
OTHERWISE = ("cell_formula_not_computed", "cell_ods_formula", "row_too_long")
SAY = forms.language("vi").text
HEAD = "xã/phường;chỉ tiêu;kỳ;tử số;mẫu số;giá trị;ghi chú"
LIST = "Phát hiện"


def judged(data: bytes, wanted: dict | None = None) -> Report:
    wanted = wanted or {}
    day = date.fromisoformat(wanted.get("today", "2025-06-01"))
    space = wanted.get("space", "official")
    return check("x", data, builders.catalogue(), space, day, None, wanted.get("committed", False))


def copy_of(data: bytes, report: Report | None = None, code: str = "vi") -> bytes:
    found = (report or judged(data)).findings
    kind, grids = marks.opened(data)
    return marked_copy(data, kind, grids, marks.marks(found, code), forms.language(code).text, code)


def opened(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data))


def blocking(report: Report) -> list[tuple[str, int, str]]:
    return sorted(
        (item.code, item.line or 0, item.cell or "")
        for item in report.findings
        if item.severity is Severity.BLOCK
    )


def listed(data: bytes) -> list[tuple]:
    rows = list(opened(data)[LIST].iter_rows(values_only=True))
    head = next(place for place, row in enumerate(rows) if row[0] == SAY("marked.severity"))
    return rows[head + 1 :]


@pytest.mark.parametrize("name", NAMES)
def test_every_file_has_a_copy_that_opens_and_is_judged_alike(name):
    data = next(path for path in CASES.glob(f"{name}.*") if not path.name.endswith(".toml")).read_bytes()
    wanted = tomllib.loads((CASES / f"{name}.findings.toml").read_text(encoding="utf-8"))
    report = judged(data, wanted)
    copy = copy_of(data, report)
    book = opened(copy)
    assert book.sheetnames[0] == LIST and len(listed(copy)) == len(report.findings)
    for page in book.worksheets:
        assert not [cell for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    if marks.opened(data)[1]:
        again = judged(copy, wanted)
        if name in OTHERWISE:
            assert again.blocked
        else:
            assert blocking(again) == blocking(report)
            assert again.accepted == report.accepted
    else:
        assert len(book.sheetnames) == 1


FAULTS = {
    "csv with semicolons": (
        csv(
            HEAD,
            "Sông Cầu;pay_rate;Quý I/2024;119;1.112;10,7;",
            "Xã Lạ;pay_rate;Quý I/2024;17/17;;;=1+1",
            "Đức Vân;pay_rat;Quý I/2024;-5;10;;",
        ),
        {"A3": "Quang Thuận", "D3": 17, "E3": 17, "B4": "pay_rate", "D4": 5},
    ),
    "workbook with merged headings": (
        xlsx(
            ["Kỳ báo cáo: Quý I/2024"],
            ["STT", "Tên đơn vị", "Thanh toán trực tuyến", None, "Ghi chú"],
            [None, None, "Tử số", "Mẫu số", None],
            [1, "Phường Sông Cầu", 119, 1112, None],
            [2, "Xã Không Có", 14.5, 100, "@x"],
            merged=("A2:A3", "B2:B3", "C2:D2", "E2:E3"),
        ),
        {"B5": "Xã Quang Thuận", "C5": 14},
    ),
    "wide table": (
        csv(
            "Tên đơn vị;kỳ;Thanh toán trực tuyến;Số văn bản",
            "Sông Cầu;Quý I/2024;hơn 10,7;1200",
            "Đức Vân;Quý I/2024;x;-3",
        ),
        {"C2": 10.7, "C3": "KPS", "D3": 3},
    ),
    "old workbook": (
        xls(
            [
                ["commune", "indicator", "period", "numerator", "denominator", "value", "note"],
                ["01837", "pay_rate", "2024-Q1", 200, 100, None, None],
                ["02017", "pay_rate", "quý lạ", 10, 100, None, None],
            ]
        ),
        {"D2": 20, "C3": "2024-Q1"},
    ),
    "csv in windows-1258": (
        (  # tones as marks of their own, as that encoding has them
            "xa;chi tieu;ky;tu so;mau so;gia tri;ghi chu\nCôn Sơn;pay_rate;2024-Q1;1;2;;đu\u0309\n"
            "Đư\u0301c;doc_count;2024-Q1;;;x;\n"
        ).encode("cp1258"),
        {"A2": "Sông Cầu", "A3": "Đức Vân", "F3": 12},
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_marked_copy_can_be_corrected_and_sent_again(name):
    data, corrections = FAULTS[name]
    report = judged(data)
    copy = copy_of(data, report)
    assert report.blocked and blocking(judged(copy)) == blocking(report)
    book = opened(copy)
    page = book.worksheets[1]
    for item in report.findings:
        if item.severity is Severity.BLOCK and item.cell:
            cell = page[item.cell]
            assert cell.fill.fgColor.rgb.endswith(marked.COLOURS["block"])
            assert (
                item.code in cell.comment.text and marks.marks([item], "vi")[0].message in cell.comment.text
            )
    for place, value in corrections.items():
        page[place] = value
    out = io.BytesIO()
    book.save(out)
    again = judged(out.getvalue())
    assert not again.blocked and again.accepted == (4 if name == "wide table" else again.rows)


def test_numbers_written_as_text_are_judged_as_in_the_text_file():
    data = csv(HEAD, "Sông Cầu;fee_amount;2024-Q1;;;1.234;", "Đức Vân;pay_rate;2024-Q1;;;10,7;")
    report, again = judged(data), judged(copy_of(data))
    assert report.table["value"].tolist() == again.table["value"].tolist() == [1234, 10.7]
    page = opened(copy_of(data)).worksheets[1]
    assert (page["F2"].value, page["F2"].data_type, page["F3"].value) == ("1.234", "s", "10,7")
    alone = csv(HEAD, "Sông Cầu;fee_amount;2024-Q1;;;1.234;")
    assert blocking(judged(alone)) == blocking(judged(copy_of(alone))) == [("number.ambiguous", 2, "F2")]


def test_a_workbook_keeps_its_looks():
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Báo cáo"
    page.append(["Kỳ báo cáo: Quý I/2024"])
    page.append(["Đơn vị", "Chỉ tiêu", "Tử số", "Mẫu số"])
    page.append(["Xã Lạ", "pay_rate", 1, 2])
    page.append(["Sông Cầu", "pay_rate", "=1+1", 2])
    page["A3"].comment = openpyxl.comments.Comment("cũ", "ai đó")
    page["B3"].comment = openpyxl.comments.Comment("giữ", "ai đó")
    page["A2"].font = openpyxl.styles.Font(name="Times New Roman", bold=True)
    page.merge_cells("A1:D1")
    page.column_dimensions["A"].width = 33
    rule = openpyxl.worksheet.datavalidation.DataValidation(
        type="whole", operator="greaterThan", formula1="0"
    )
    rule.add("C3:C9")
    page.add_data_validation(rule)
    out = io.BytesIO()
    book.save(out)
    copy = opened(copy_of(out.getvalue()))
    own = copy["Báo cáo"]
    assert own.column_dimensions["A"].width == 33 and own["A2"].font.bold
    assert [str(item) for item in own.merged_cells.ranges] == ["A1:D1"]
    assert own.data_validations.dataValidation[0].type == "whole"
    assert own["B3"].comment.text == "giữ" and "area.unknown" in own["A3"].comment.text
    assert "cũ" not in own["A3"].comment.text
    assert own["C4"].value == "=1+1" and own["C4"].data_type == "s" and own["C4"].comment


def test_a_copy_that_comes_back_loses_its_earlier_marks():
    data = csv(HEAD, "Xã Lạ;pay_rate;2024-Q1;1;2;;", "Sông Cầu;pay_rate;2024-Q1;x;2;;")
    book = opened(copy_of(data))
    book.worksheets[1]["A2"] = "Đức Vân"
    out = io.BytesIO()
    book.save(out)
    again = opened(copy_of(out.getvalue()))
    assert again.sheetnames == [LIST, SAY("marked.sheet")]
    page = again.worksheets[1]
    assert page["A2"].comment is None and page["A2"].fill.fill_type is None
    assert page["D3"].comment is not None


def test_the_list_leads_to_the_cells():
    data = csv(
        HEAD,
        "Xã Lạ;pay_rate;2024-Q1;1;2;;",
        "Sông Cầu;pay_rate;2024-Q1;1;2;;",
        "Sông Cầu;pay_rate;2024-Q1;;;;",
    )
    page = opened(copy_of(data))[LIST]
    assert page["A1"].value == READING_SHEET["vi"]
    links = {link.ref: link.location for row in page.iter_rows() for cell in row if (link := cell.hyperlink)}
    assert set(links.values()) == {"'Số liệu'!A2", "'Số liệu'!F4"}
    levels = [row[0] for row in listed(copy_of(data))]
    assert levels == [SAY("marked.level.block"), SAY("marked.level.note")]


def test_several_findings_on_one_cell_are_joined_and_the_worst_colours_it():
    data = csv(HEAD, "Sông Cầu;pay_rate;2024-Q1;1;2;;")
    kind, grids = marks.opened(data)
    found = [
        Mark("note", None, 2, "A2", "", "b", "Hai."),
        Mark("block", None, 2, "A2", "", "a", "Một.", "Sửa."),
        Mark("warn", None, 2, None, "", "c", "Cả dòng."),
        Mark("warn", None, None, None, "", "d", "Cả tệp."),
    ]
    copy = marked_copy(data, kind, grids, found, SAY)
    cell = opened(copy).worksheets[1]["A2"]
    assert cell.fill.fgColor.rgb.endswith(marked.COLOURS["block"])
    assert [cell.comment.text.index(word) for word in ("Một. Sửa. (a)", "Cả dòng.", "Hai.")] == sorted(
        cell.comment.text.index(word) for word in ("Một", "Cả dòng", "Hai")
    )
    assert "Cả tệp" not in cell.comment.text and "Cả tệp." in [row[5] for row in listed(copy)]


def test_beyond_the_limit_only_the_list_is_given_and_says_so(monkeypatch):
    monkeypatch.setattr(marked, "LIMIT_FILLED", 10)
    book = opened(copy_of(csv(HEAD, "Xã Lạ;pay_rate;2024-Q1;1;2;;")))
    assert book.sheetnames == [LIST]
    assert any("10" in str(row[0].value) for row in book[LIST].iter_rows(max_row=4))


def test_a_text_that_could_be_read_only_in_part_is_not_copied():
    data = csv(
        HEAD,
        "Sông Cầu;pay_rate;2024-Q1;1;2;;",
        'Đức Vân;"pay"x;2024-Q1;1;2;;',
        "Quang Thuận;pay_rate;2024-Q1;1;2;;",
    )
    assert opened(copy_of(data)).sheetnames == [LIST]


def _hostile(part: str, content: str) -> bytes:
    parts = members(
        {"A": sheet_xml([["commune", "indicator", "period", "value"], ["Xã Lạ", "pay_rate", "2024-Q1", 1]])}
    )
    if part == "tail":
        name = "xl/worksheets/sheet1.xml"
        parts[name] = str(parts[name]).replace("</sheetData>", "</sheetData>" + content)
    else:
        parts[part] = content
    return archive(parts)


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("tail", '<mergeCells><mergeCell ref="A9:XFD1048576"/></mergeCells>'),
        ("tail", '<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>'),
        ("tail", '<hyperlinks><hyperlink ref="quatsch" location="x"/></hyperlinks>'),
        ("docProps/core.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        ("xl/theme/theme1.xml", "<a:broken"),
    ],
)
def test_what_the_library_should_not_be_given_is_written_anew(part, content):
    data = _hostile(part, content)
    copy = copy_of(data)
    assert len(opened(copy).sheetnames) == 2 and blocking(judged(copy)) == blocking(judged(data))
    with pytest.raises((marked._TooMuch, ExpatError)):
        marked._measure(data)


def test_typed_cells_come_back_typed():
    for text in ("10,7%", "1837", "0,107", "1e+20", "02/2024", "05/03/2024", "-3,5"):
        value, _ = marked._typed(text)
        assert value is not None, text
    for text in ("TRUE", "99/99/2024", "1,2,3", "abc", "", "%"):
        assert marked._typed(text) == (None, ""), text
    book = openpyxl.Workbook()
    for row, text in enumerate(("10,7%" + TYPED, "#DIV/0!", "=1", "a\x00b", "x" * 40_000), start=1):
        marked._write(book.active.cell(row, 1), text)
    cells = [book.active.cell(row, 1) for row in range(1, 6)]
    assert cells[0].value == 0.107 and [cell.data_type for cell in cells[1:]] == ["s"] * 4
    assert cells[2].quotePrefix and cells[3].value == "ab" and len(cells[4].value) == 32_767


def test_a_failed_formula_is_not_taken_for_an_empty_cell():
    data = (CASES / "cell_formula_error.xlsx").read_bytes()
    report = judged(data)
    grids = marks.opened(data)[1]
    copy = marked_copy(b"", "ods", grids, marks.marks(report.findings, "vi"), SAY)
    assert blocking(judged(copy)) == blocking(report) and opened(copy).worksheets[1]["F2"].value == "#DIV/0!"


def test_overlapping_merged_cells_are_left_apart():
    page = openpyxl.Workbook().active
    marked._merge(page, [(1, 0, 2, 0), (2, 0, 3, 0), (5, 0, 5, 0), (7, 0, 9_000_000, 900), (8, 0, 8, 2)])
    assert sorted(str(item) for item in page.merged_cells.ranges) == ["A1:A2", "A8:C8"]


def test_the_copy_speaks_the_chosen_language():
    data = csv(HEAD, "Xã Lạ;pay_rate;2024-Q1;1;2;;")
    book = opened(copy_of(data, code="en"))
    assert book.sheetnames == ["Findings", "Figures"] and book["Findings"]["A1"].value == READING_SHEET["en"]
    assert "There is no administrative unit" in book["Figures"]["A2"].comment.text


def test_no_part_of_a_copy_is_a_macro_or_a_link_outside():
    copy = copy_of((CASES / "wide_three_rows.xlsx").read_bytes())
    with zipfile.ZipFile(io.BytesIO(copy)) as file:
        assert not [name for name in file.namelist() if "vba" in name.lower() or "externalLink" in name]


def test_a_form_goes_out_comes_back_marked_and_is_accepted():
    own = forms.catalogue()
    sent = blank_form(own, own.pilots[:1], periods.from_id("2024-Q4"), SAY, "vi")
    book = opened(sent)
    page = book["Biểu mẫu"]
    line = next(row for row in range(1, 60) if page.cell(row, 2).value == "gov_online_payment_rate")
    page.cell(line, PLACE["numerator"] + 1).value = 1300
    page.cell(line, PLACE["denominator"] + 1).value = 1112
    out = io.BytesIO()
    book.save(out)
    report = forms.judged(out.getvalue())
    assert [item.code for item in report.findings if item.severity is Severity.BLOCK] == [
        "count.numerator_over_denominator"
    ]
    kind, grids = marks.opened(out.getvalue())
    copy = marked_copy(out.getvalue(), kind, grids, marks.marks(report.findings, "vi"), SAY)
    book = opened(copy)
    page = book["Biểu mẫu"]
    assert book.sheetnames == [LIST, "Biểu mẫu", "Hướng dẫn"] and page.protection.sheet
    assert page.data_validations.dataValidation and page.freeze_panes == "D7"
    faulty = page.cell(line, PLACE["numerator"] + 1)
    assert faulty.comment and not faulty.protection.locked
    faulty.value = 119
    out = io.BytesIO()
    book.save(out)
    again = forms.judged(out.getvalue())
    assert not again.blocked and again.table["numerator"].tolist() == [119]
