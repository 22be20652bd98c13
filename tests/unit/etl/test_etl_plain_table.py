"""The reader of plain tables and the general reader give one answer; where the first steps aside is a matter of speed."""

import csv
import io
import tomllib
import unicodedata
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl import plain_table
from tests import builders

CATALOGUE = builders.catalogue()
TODAY = date(2025, 6, 1)
CASES = Path(__file__).resolve().parents[2] / "uploads"
HEADING = "commune,indicator,period,numerator,denominator,value,note"
ROWS = (
    "01837,pay_rate,2024-Q1,10,100,,",
    "02017,pay_rate,2024-Q1,20,100,20.0,Số liệu của xã",
    "01837,doc_count,2024-Q1,,,1.234,",
    '01912,pay_rate,Quý II/2024,1,90,,"một, hai"',
    "Xã Đức Vân,pay_rate,2024-Q2,0,0,KPS,",
)


def written(*rows: str, end: str = "\n", heading: str = HEADING) -> bytes:
    return (end.join([heading, *rows]) + end).encode()


def compare(data: bytes, *more: object) -> bool:
    """Both readers' reports are one; whether the reader of plain tables took the file."""
    general, plain = builders.both_readers("x.csv", data, CATALOGUE, "official", TODAY, *more)
    assert builders.same_report(general, plain), (data, general, plain)
    return plain_table.read(data, CATALOGUE) is not None


@pytest.fixture(autouse=True)
def every_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_table, "FROM_BYTES", 0)


PLAIN = {
    "blank lines": written(ROWS[0], "", "", *ROWS[1:], "", ""),
    "blank lines of Windows": written(ROWS[0], "", "", *ROWS[1:], "", "", end="\r\n"),
    "a blank line first": written("", *ROWS),
    "as it is": written(*ROWS),
    "byte order mark": b"\xef\xbb\xbf" + written(*ROWS),
    "windows line ends": written(*ROWS, end="\r\n"),
    "no last line end": written(*ROWS).rstrip(),
    "semicolons": written(*ROWS[:3]).replace(b",", b";"),
    "rows of empty cells": written(ROWS[0], ",,,,,,", *ROWS[1:], " , ,,,,,", ",,,,,,"),
    "spaces": written(" 01837 ,pay_rate , 2024-Q1, 10,100 ,,x", *ROWS[1:]),
    "doubled quotes": written(
        *ROWS, '01951,pay_rate,2024-Q1,1,2,,"a ""b"" c"', '"01951",pay_rate,2024-Q3,1,2,,""""'
    ),
    "quote inside": written(*ROWS[:3], '01951,pay_rate,2024-Q1,1,2,,a"'),
    "faults": written("1837,pay_rate,2024-Q1,x,1 0,,", "Nowhere,pay_rate,2024,11/13,2,,", *ROWS, ROWS[0]),
    "a name that looks like a total": written("Tôn,pay_rate,2024-Q1,1,2,,", *ROWS),
    "no figure in a row": written("01837,doc_count,2024-Q2,,,,", *ROWS),
    "headings in Vietnamese": written(*ROWS, heading="Xã,Chỉ tiêu,Kỳ báo cáo,Tử số,Mẫu số,Giá trị,Ghi chú"),
    "a million decimals": written(
        *ROWS, "01837,fee_amount,2024-Q2,,,1234567.5,", "01837,fee_amount,2024-Q3,,,1,"
    ),
}
OTHER = {
    "a line break inside a cell": written(*ROWS, '01951,pay_rate,2024-Q1,1,2,,"a\nb"'),
    "a blank line and a line break": written(ROWS[0], "", '01951,pay_rate,2024-Q1,1,2,,"a\nb"'),
    "a lone carriage return": written(*ROWS) + b"\r01951,pay_rate,2024-Q1,1,2,,\r",
    "a short row": written(*ROWS, "01951,pay_rate"),
    "a long row": written(*ROWS, "01951,pay_rate,2024-Q1,1,2,,,,x"),
    "text after a quote": written(*ROWS, '"01951"x,pay_rate,2024-Q1,1,2,,'),
    "an empty quote before a text": written(*ROWS, '""01951,pay_rate,2024-Q1,1,2,,'),
    "an open quote": written(*ROWS, '01951,pay_rate,2024-Q1,1,2,,"'),
    "an open quote after a literal one": written(
        '01951,pay_rate,2024-Q1,1,2,,a"', *ROWS, '02017,pay_rate,2023,1,2,,"x'
    ),
    "an open quote that another one closes": written(
        '01951,pay_rate,2024-Q1,1,2,,"', *ROWS, '02017,pay_rate,2023,1,2,,"x"'
    ),
    "a line of spaces": written(ROWS[0], "  ", *ROWS[1:]),
    "a totals row": written(*ROWS, "Tổng cộng,pay_rate,2024-Q1,31,290,,"),
    "a total in another column": written(*ROWS, "01951,Tổng cộng,2024-Q1,31,290,,"),
    "the heading again": written(*ROWS, HEADING, ROWS[0]),
    "a note below": written(*ROWS, "Nguồn: xã,,,,,,"),
    "a note in between": written(ROWS[0], "Ghi chú: tạm tính,,,,,,", ROWS[1]),
    "an asterisk": written("01837*,pay_rate,2024-Q1,10,100,,", *ROWS),
    "letters below the heading": written("A,B,C,1,2,3,4", *ROWS),
    "letters in pieces": unicodedata.normalize("NFD", written(*ROWS).decode()).encode(),
    "letters of no Unicode Vietnamese": written("Ã©,pay_rate,2024-Q1,1,2,,", *ROWS),
    "letters that old fonts share": written(*ROWS[2:3], "01837,pay_rate,2024-Q1,1,2,,báo cáo quý"),
    "French": written(*ROWS[2:3], "01837,pay_rate,2024-Q1,1,2,,déjà"),
    "a control character": written(*ROWS, "01951,pay_rate,2024-Q1,1,2,,\x01"),
    "a cell too long": written(*ROWS, "01951,pay_rate,2024-Q1,1,2,," + "x" * 40_000),
    "no rows": written(),
    "only empty rows": written(",,,,,,"),
    "no figures": written("01837,pay_rate,2024-Q1,,,,"),
    "a foreign column": written(*ROWS, heading=HEADING.replace("note", "remark")),
    "a column twice": written(*ROWS, heading=HEADING.replace("value", "note")),
    "no indicator": written(*ROWS, heading=HEADING.replace("indicator", "source")),
    "a separator line": b"sep=,\n" + written(*ROWS),
    "UTF-16": written(*ROWS).decode().encode("utf-16"),
    "bytes of nothing": written(*ROWS) + b"\xff\xff",
    "nothing": b"",
    "a workbook": (CASES / "container_xlsx.xlsx").read_bytes(),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_table_is_taken_and_reads_the_same(name: str) -> None:
    assert compare(PLAIN[name])


@pytest.mark.parametrize("name", OTHER)
def test_anything_else_is_left_to_the_general_reader(name: str) -> None:
    assert not compare(OTHER[name])


def test_every_case_file_reads_the_same() -> None:
    taken = 0
    for told in sorted(CASES.glob("*.findings.toml")):
        wanted = tomllib.loads(told.read_text(encoding="utf-8"))
        name = told.name.removesuffix(".findings.toml")
        data = next(path for path in CASES.glob(f"{name}.*") if path != told).read_bytes()
        general, plain = builders.both_readers(
            name,
            data,
            CATALOGUE,
            wanted.get("space", "official"),
            TODAY,
            None,
            wanted.get("committed", False),
        )
        assert builders.same_report(general, plain), name
        taken += plain_table.read(data, CATALOGUE) is not None
    assert taken > 50


def test_more_findings_than_the_limit_are_counted_alike() -> None:
    wrong = [f"Nowhere {n},pay_rate,2024-Q{1 + n % 5},{n % 3}x,10,{n}%," for n in range(3000)]
    assert compare(written(*wrong, *ROWS, *wrong, *ROWS))


def test_published_figures_are_compared_alike() -> None:
    keys = {
        "area_id": "01837-2020",
        "indicator_id": "pay_rate",
        "definition": "local_report",
        "role": "observed",
    }
    before = pd.DataFrame(
        [
            {**keys, "period": period, "value": value, "status": "reported", "provenance": "uploaded"}
            for period, value in (("2023-Q4", 90.0), ("2024-Q1", 11.0), ("2022-Q1", 5.0))
        ]
    ).assign(numerator=1.0, denominator=2.0)
    assert compare(written(*ROWS), before)


CELL = st.one_of(
    st.sampled_from(
        [
            *(
                "01837",
                "1837",
                "Sông Cầu",
                "Đồng Tâm",
                "pay_rate",
                "doc_count",
                "Tỷ lệ trùng tên",
                "2024-Q1",
                "2024",
            ),
            *(
                "KPS",
                "10,7",
                "1.234",
                "10",
                "100",
                "",
                " ",
                "x",
                "-",
                "12*",
                "Tổng cộng",
                "I",
                '"',
                "a\nb",
                "hơn 5",
                "5%",
            ),
            *(
                "commune",
                "gov_dossiers_received",
                "gov_online_filing_rate",
                "official",
                "paper",
                "mục tiêu",
                "gần",
            ),
        ]
    ),
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=4),
)
NAMES = (
    "commune",
    "indicator",
    "period",
    "numerator",
    "denominator",
    "value",
    "note",
    "definition",
    "role",
    "source",
)
ROW = st.tuples(
    st.sampled_from(["01837", "02017", "Xã Đức Vân", "Tôn"]),
    st.sampled_from(["pay_rate", "doc_count", "gov_dossiers_received", "gov_online_filing_rate"]),
    st.sampled_from(["2024-Q1", "2024-Q2", "2023"]),
    *[st.sampled_from(["", "1", "10", "100", "1.234", "0,5"])] * 3,
    st.sampled_from(["", "ghi chú, đủ", "a"]),
    *[st.just("")] * 3,
)


@settings(max_examples=150, deadline=None)
@given(
    st.permutations(NAMES),
    st.lists(ROW, min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 9), CELL), max_size=2),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
    st.tuples(st.integers(0, 400), st.binary(max_size=3)),
    st.booleans(),
)
@example(
    NAMES,
    [("01837", "pay_rate", "2024-Q1", "1", "10", "", "", "", "", "")] * 2,
    [],
    ",",
    "\n",
    (0, b""),
    False,
)
def test_any_tidy_table_reads_the_same(
    names: list, rows: list, damages: list, delimiter: str, end: str, junk: tuple[int, bytes], junked: bool
) -> None:
    order = [NAMES.index(name) for name in names]
    cells = [[row[place] for place in order] for row in rows]
    for row, place, text in damages:
        cells[row % len(cells)][place] = text
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows([names, *cells])
    data = text.getvalue().encode()
    if junked:
        data = data[: junk[0]] + junk[1] + data[junk[0] :]
    compare(data)
