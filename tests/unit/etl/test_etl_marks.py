"""What a file is handed on with: words for every finding, and its sheets where a copy would lose nothing."""

import pytest

from etl import findings, marks
from etl.check import check
from etl.findings import Finding, Severity
from etl.headings import Words, understand
from store.exchange import READING_COLUMNS, READING_SHEET, Mark, is_for_reading
from tests import builders
from tests.unit.reports.forms import TODAY
from tests.uploads.make_workbooks import TIDY, archive, members, one, sheet_xml

CATALOGUE = builders.catalogue()


def test_a_mark_says_what_is_wrong_and_what_to_write_apart() -> None:
    finding = findings.found("area.unknown", 3, "commune", "Xã Lạ", near="Xã Lục")
    mark = marks.marks([finding], "vi")[0]
    assert mark == Mark("block", None, 3, None, "Xã Lạ", "area.unknown", mark.message, mark.remedy)
    assert mark.message.endswith("Tên gần nhất: Xã Lục.") and mark.remedy.startswith("Hãy ghi")
    for language in ("vi", "en"):
        assert findings.message(finding, language) == " ".join(findings.wording(finding, language))


def test_a_finding_without_a_remedy_has_none() -> None:
    mark = marks.marks([Finding("count.no_cases", Severity.NOTE)], "en")[0]
    assert mark.remedy == "" and mark.value == "" and mark.severity == "note"


def test_a_text_cut_off_in_the_middle_has_no_sheets() -> None:
    assert marks.opened(b'a;b\n1;2\n"3"x;4\n5;6\n') == ("utf-8", [])
    kind, grids = marks.opened(builders.rows("01837,pay_rate,2024-Q1,1,2,,"))
    assert kind == "utf-8-sig" and len(grids[0].rows) == 2


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_for_reading_says_so_itself(language: str) -> None:
    assert is_for_reading(READING_SHEET[language].upper() + " Xem thêm.")
    assert not is_for_reading("Trang này") and not is_for_reading("")
    words = Words(CATALOGUE)
    parts = (READING_COLUMNS[language], "Tử số")
    assert understand(3, parts, words).role == "aside"
    assert understand(3, parts[:1], words).role == "aside"
    assert understand(3, parts[1:], words).role == "numerator"


def test_a_formula_with_an_empty_result_has_not_been_computed() -> None:
    """As some libraries write formulas; an empty text is a result."""
    page = sheet_xml([TIDY, one("x", 100, None, None)])
    number = page.replace(
        '<c r="D2" t="inlineStr"><is><t xml:space="preserve">x</t></is></c>', '<c r="D2"><f>5+5</f><v/></c>'
    )
    text = number.replace('<c r="D2">', '<c r="D2" t="str">')
    assert number != page
    codes = [
        {
            item.code
            for item in check("x.xlsx", archive(members({"A": own})), CATALOGUE, "official", TODAY).findings
        }
        for own in (number, text)
    ]
    assert "cell.formula_no_value" in codes[0] and "cell.formula_no_value" not in codes[1]
