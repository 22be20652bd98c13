"""The form: made from the definitions, fit to be filled in and printed, and understood by the reader of reports."""

import csv
import io
import re
from collections import Counter
from datetime import date

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from etl.normalise import QUALIFIERS as READ_QUALIFIERS
from etl.spelling import plain
from reports import template
from reports.template import COLUMNS, FIRST, PLACE, blank_form, sheet_name
from store import periods
from store.exchange import READING_COLUMNS, READING_SHEET, worded
from tests.unit.reports import forms

QUARTER = periods.from_id("2024-Q4")
PAYMENT = {"area_id": "01837-2020", "indicator_id": "gov_online_payment_rate", "definition": "local_report"}
BEFORE = pd.DataFrame(
    [
        PAYMENT
        | {"numerator": 119.0, "denominator": 1112.0, "value": 100 * 119 / 1112, "status": "reported"},
        {
            **PAYMENT,
            "indicator_id": "gov_dossiers_received",
            "definition": "online",
            "value": 1200.0,
            "status": "reported",
        },
        {**PAYMENT, "indicator_id": "gov_ontime_rate", "definition": "resolved_only", "status": "no_cases"},
    ]
)


def form(code: str = "vi", areas: int = 1, administrative: bool = True, **more: object) -> bytes:
    own = forms.catalogue(administrative)
    period = periods.from_id("2024-Q4", administrative)
    return blank_form(own, own.pilots[:areas], period, forms.language(code).text, code, **more)


def opened(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data))


def rows_by_code(page) -> dict[str, int]:
    """Indicator -> its row in the sheet."""
    place = PLACE["code"] + 1
    return {
        page.cell(row, place).value: row
        for row in range(FIRST + 1, page.max_row + 1)
        if page.cell(row, PLACE["name"] + 1).value
    }


def own_cell(page, code: str, key: str):
    return page.cell(rows_by_code(page)[code], PLACE[key] + 1)


def test_every_indicator_that_communes_report_has_one_row_under_its_pillar():
    page = opened(form())["Biểu mẫu"]
    catalogue = forms.catalogue()
    expected = {item.id for item in catalogue.indicators if item.uploaded}
    codes = [page.cell(row, 2).value for row in range(FIRST + 1, page.max_row + 1)]
    counted = Counter(code for code in codes if code in catalogue.indicator_by_id)
    assert set(counted) == expected and set(counted.values()) == {1}
    groups = [code for code in codes if code and code not in expected]
    assert groups == [pillar.name.to("vi") for pillar in catalogue.pillars]


def test_the_title_says_who_when_and_until_when():
    page = opened(form())["Biểu mẫu"]
    texts = [str(cell.value) for row in page.iter_rows(max_row=3) for cell in row if cell.value]
    assert "Đơn vị báo cáo: Phường Sông Cầu (mã 01837)" in texts
    assert "Kỳ báo cáo: Quý IV/2024 (15/9/2024 đến 14/12/2024)" in texts
    assert "Hạn gửi: 28/1/2025" in texts
    calendar = opened(form(administrative=False))["Biểu mẫu"]
    texts = [str(cell.value) for row in calendar.iter_rows(max_row=3) for cell in row if cell.value]
    assert "Kỳ báo cáo: Quý IV/2024" in texts and "Hạn gửi: 14/2/2025" in texts


def test_an_empty_form_is_read_with_notes_only_in_every_language():
    for code in ("vi", "en"):
        for areas in (1, 8):
            report = forms.judged(form(code, areas, previous=BEFORE))
            assert {item.severity for item in report.findings} == {"note"}, report.findings
            seen = Counter(item.code for item in report.findings)
            assert set(seen) == {
                "context.commune",
                "context.period",
                "row.group",
                "row.not_reported",
                "row.text",
            }
            assert report.accepted == 0 and seen["context.commune"] == areas


def test_the_figures_before_stand_beside_the_cells_and_are_not_read():
    data = form(previous=BEFORE)
    page = opened(data)["Biểu mẫu"]
    assert own_cell(page, "gov_online_payment_rate", "before_value").value == pytest.approx(100 * 119 / 1112)
    assert own_cell(page, "gov_online_payment_rate", "before_counts").value == "119/1112"
    assert own_cell(page, "gov_dossiers_received", "before_value").value == 1200
    assert own_cell(page, "gov_dossiers_received", "definition").value == "Hồ sơ tiếp nhận trực tuyến"
    assert own_cell(page, "gov_ontime_rate", "before_value").value == "KPS"
    assert own_cell(page, "gov_docs_processed", "before_value").value == "chưa có"
    head = [page.cell(template.SUBHEAD + 1, place + 1).value for place in range(len(COLUMNS))]
    assert head[PLACE["before_value"]] == "Quý III/2024: giá trị"
    assert forms.judged(data).table.empty


def test_two_definitions_reported_before_give_two_rows():
    both = pd.concat([BEFORE, BEFORE.assign(definition="received")])
    both = both[both["indicator_id"] == "gov_dossiers_received"]
    page = opened(form(previous=both))["Biểu mẫu"]
    codes = [page.cell(row, 2).value for row in range(FIRST + 1, page.max_row + 1)]
    assert codes.count("gov_dossiers_received") == 2


def test_only_the_cells_to_be_filled_in_are_open():
    page = opened(form())["Biểu mẫu"]
    assert page.protection.sheet and not page.protection.password
    inputs = {place + 1 for place, column in enumerate(COLUMNS) if column.input}
    for row in page.iter_rows():
        for cell in row:
            if not cell.protection.locked:
                assert cell.column in inputs and cell.row > FIRST
    for code, key in (
        ("gov_online_payment_rate", "numerator"),
        ("gov_online_payment_rate", "value"),
        ("gov_dossiers_received", "value"),
        ("gov_visit_minutes", "denominator"),
    ):
        assert not own_cell(page, code, key).protection.locked
    assert own_cell(page, "gov_dossiers_received", "numerator").protection.locked


def test_the_cells_say_what_they_take():
    book = opened(form())
    page = book["Biểu mẫu"]
    rules = {str(rule.sqref).replace("$", ""): rule for rule in page.data_validations.dataValidation}

    def rule(code: str, key: str):
        return rules[own_cell(page, code, key).coordinate]

    numerator, denominator = (rule("gov_online_payment_rate", key) for key in ("numerator", "denominator"))
    assert (numerator.type, numerator.operator, numerator.formula1) == ("whole", "greaterThanOrEqual", "0")
    assert numerator.prompt.startswith("Số hồ sơ đã thanh toán phí, lệ phí trực tuyến.")
    assert (denominator.type, denominator.errorStyle) == ("custom", "warning")
    free = rule("inf_hh_internet_rate", "denominator")
    assert free.type == "whole"  # this indicator may exceed 100 %
    value = rule("gov_online_payment_rate", "value")
    assert "KPS" in value.formula1 and value.errorStyle == "warning"
    words = rule("gov_online_payment_rate", "qualifier")
    assert words.type == "list" and [
        cell.value for row in book["Hướng dẫn"][words.formula1.split("!")[1].replace("$", "")] for cell in row
    ] == [forms.language("vi").text(f"qualifier_name.{name}") for name in template.QUALIFIERS]
    choice = rule("gov_dossiers_received", "definition")
    assert choice.formula1.startswith("'Hướng dẫn'!$E$")
    for item in rules.values():
        assert len(item.prompt) <= 255 and len(item.promptTitle) <= 32 and len(item.error or "") <= 255


def test_it_is_ready_for_the_screen_and_for_paper():
    book = opened(form())
    page = book["Biểu mẫu"]
    assert page.freeze_panes == "D7" and page.page_setup.orientation == "landscape"
    assert page.page_setup.paperSize == 9 and page.print_title_rows == "$5:$6"
    assert page.sheet_properties.pageSetUpPr.fitToPage and page.page_setup.fitToHeight == 0
    assert page.column_dimensions["C"].width > 25
    assert book.sheetnames == ["Biểu mẫu", "Hướng dẫn"]
    assert book["Hướng dẫn"]["A1"].value == READING_SHEET["vi"]
    assert {cell.font.name for row in page.iter_rows() for cell in row if cell.value} == {"Times New Roman"}


def test_several_communes_have_a_sheet_each():
    names = opened(form(areas=8)).sheetnames
    assert len(names) == 9 and names[-1] == "Hướng dẫn"
    assert names[0] == "Phường Sông Cầu" and "Xã Đức Vân" in names


def test_text_of_figures_is_text():
    figures = pd.DataFrame(
        [
            PAYMENT
            | {"numerator": 1.0, "denominator": 2.0, "value": 50.0, "status": "reported", "note": "=1+1"}
        ]
    )
    data = form(figures=figures, contact="=HYPERLINK(1)")
    for page in opened(data).worksheets:
        assert not [cell for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    assert forms.judged(data).table["note"].tolist() == ["=1+1"]


def test_the_sheet_saved_as_csv_is_understood_too():
    figures = pd.DataFrame(
        [
            PAYMENT | {"numerator": 1.0, "denominator": 2.0, "value": 50.0, "status": "reported"},
            {**PAYMENT, "indicator_id": "gov_docs_processed", "definition": "standard", "value": 4.0},
        ]
    )
    definition = forms.catalogue().indicator_by_id["gov_docs_processed"].default_definition
    figures.loc[1, "definition"] = definition
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(form(figures=figures, previous=BEFORE)))
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(
        [str(cell).removesuffix(".0") for cell in row]
        for row in sheet.get_sheet_by_index(0).to_python(skip_empty_area=False)
    )
    report = forms.judged(text.getvalue().encode("utf-8-sig"), name="bieu-mau.csv")
    assert {item.severity for item in report.findings} == {"note"}
    assert report.table["indicator_id"].tolist() == ["gov_online_payment_rate", "gov_docs_processed"]
    assert report.table["numerator"].tolist()[0] == 1


def test_every_word_of_degree_that_the_form_offers_is_understood():
    for code in ("vi", "en"):
        say = forms.language(code).text
        for name in (*template.QUALIFIERS, "implausible"):
            assert READ_QUALIFIERS[plain(say(f"qualifier_name.{name}"))] == name


def test_the_words_that_keep_the_reader_away_exist_in_the_languages_of_the_reader():
    assert set(READING_SHEET) == set(READING_COLUMNS) == {"vi", "en"}
    assert worded(READING_SHEET, "tyz") == READING_SHEET["vi"]


def test_sheet_names_are_those_that_a_program_accepts():
    taken: set[str] = set()
    names = [
        sheet_name(text, taken)
        for text in ("A/B: [c]?*", "a b   c", "'x'", "", "History", "d" * 40, "d" * 40)
    ]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) and name.casefold() != "history"


def test_a_form_without_quarters_needs_no_period_before():
    own = forms.catalogue()
    year = periods.from_id("2023")
    data = blank_form(own, own.pilots[:1], year, forms.language("vi").text, "vi")
    report = forms.judged(data)
    assert [item.value for item in report.findings if item.code == "context.period"] == ["Năm 2023"]
    assert year.end == date(2023, 12, 31)
