"""The small parts: spellings, encodings, rows, numbers, places, findings."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from etl import decode, findings, numbers
from etl.check import check
from etl.findings import Collector, Finding, Severity
from etl.grid import of_text
from etl.layout import read_sheets
from etl.places import AreaFinder, Match, label
from etl.spelling import Suggester, folded, nearest, plain
from store.periods import parse
from tests import builders

FINDER = AreaFinder(builders.catalogue())


def _find(text: str, period: str = "2024-Q1") -> Match:
    return FINDER.find(text, parse(period))


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("ĐỨC VÂN", "duc van"),
        ("P.Sông  Cầu", "p song cau"),
        ("Phu\u031bo\u031b\u0300ng", "phuong"),
        ("…", ""),
    ],
)
def test_plain(text: str, bare: str) -> None:
    assert plain(text) == bare


def test_folded_keeps_accents_and_composes() -> None:
    assert folded("  Hoa\u0300   Bi\u0300nh ") == "hoà bình"


def test_nearest_offers_what_is_shown() -> None:
    assert nearest("quang thuan 2", {"quang thuan": "Quang Thuận (02017)"}) == "Quang Thuận (02017)"
    assert nearest("Đức Vâm", ["Đức Vân", "Côn Minh"]) == "Đức Vân"
    assert nearest("zzz", ["Đức Vân"]) == ""


@pytest.mark.parametrize(
    ("text", "area_id"),
    [
        ("01837", "01837-2020"),
        ("1837", "01837-2020"),
        ("01837-2020", "01837-2020"),
        ("058", "058-2020"),
        ("06", "06-2020"),
        ("Phường Sông Cầu", "01837-2020"),
        ("P. Sông Cầu", "01837-2020"),
        ("P.Sông Cầu", "01837-2020"),
        ("UBND phường Sông Cầu", "01837-2020"),
        ("Ủy ban nhân dân phường Sông Cầu", "01837-2020"),
        ("SÔNG CẦU", "01837-2020"),
        ("song cau", "01837-2020"),
        ("So\u0302ng Ca\u0302\u0300u", "01837-2020"),
        ("Sông Cầu (TP Bắc Kạn)", "01837-2020"),
        ("thị trấn Sông Cầu", "05656-2020"),
        ("TT Sông Cầu, tỉnh Tỉnh Khác", "05656-2020"),
        ("Bắc Cạn", "06-2020"),
        ("TP Bắc Kạn", "058-2020"),
        ("tỉnh Bắc Kạn", "06-2020"),
        ("yb-minh-tan", "yb-minh-tan"),
        ("Minh Tân", "yb-minh-tan"),
        ("Hòa Bình", "30002-2020"),
        ("Tân Lập, Bạch Thông", "02100-2020"),
        ("Tân Lập (huyện Bạch Thông)", "02100-2020"),
        ("Xã Lũng", "30004-2020"),
        ("xã Xã Lũng", "30004-2020"),
        ("Phường Sông Cầu (mã 01837)", "01837-2020"),
        ("phường Sông Cầu (01837)", "01837-2020"),
        ("P. Sông Cầu, 1837", "01837-2020"),
        ("Song Cau ward (code 01837)", "01837-2020"),
        ("Tân Lập (30001)", "30001-2020"),
    ],
)
def test_names_that_are_understood(text: str, area_id: str) -> None:
    assert _find(text).area and _find(text).area.id == area_id


@pytest.mark.parametrize(
    ("text", "period", "reason"),
    [
        ("Xã Sông Cầu", "2024-Q1", "unknown"),
        ("Sông Cầu, huyện Bạch Thông", "2024-Q1", "unknown"),
        ("99999", "2024-Q1", "unknown"),
        ("Xã Lũng, Bạch Thông", "2024-Q1", "unknown"),
        ("()", "2024-Q1", "unknown"),
        ("Phường Sông Cầu (mã 01840)", "2024-Q1", "unknown"),
        ("Song Cau commune", "2024-Q1", "unknown"),
        ("Tân Lập", "2024-Q1", "ambiguous"),
        ("Bắc Kạn", "2024-Q1", "ambiguous"),
        ("xã Đồng Tâm", "2024-Q1", "ambiguous"),
        ("hoà binh", "2024-Q1", "ambiguous"),
        ("Sông Cầu", "2025-Q4", "not_valid"),
        ("01837-2020", "2025-Q4", "not_valid"),
        ("Sông Cầu", "trước 2010", "not_valid"),
    ],
)
def test_names_that_are_not_guessed(text: str, period: str, reason: str) -> None:
    assert (_find(text, period).area, _find(text, period).reason) == (None, reason)


def test_the_period_decides_what_a_code_and_a_name_mean() -> None:
    assert _find("01912", "2025-Q2").area.id == "01912-2020"
    assert _find("01912", "2025-Q4").area.id == "01912-2025"
    assert FINDER.find("01912", parse("2025-Q3", administrative=False)).area.id == "01912-2025"
    assert _find("Bắc Kạn", "2025-Q4").area.id == "01843-2025"
    assert _find("Thượng Giáo", "trước thí điểm 2023").area.id == "01912-2020"
    assert _find("Chợ Rã", "không ghi ngày").area.id == "01912-2025"


@pytest.mark.parametrize(
    ("period", "old", "new"),
    [
        ("2025", "spans", "spans"),
        ("2025-Q3", "spans", ""),  # from 15 June: sixteen days older than the new unit
        ("2025-9M", "spans", "spans"),
        ("2025-H1", "", "not_valid"),  # to 14 June
        ("2025-06", "", "not_valid"),
        ("2025-07", "not_valid", ""),
    ],
)
def test_a_unit_must_exist_throughout_the_period(period: str, old: str, new: str) -> None:
    for area_id, reason in (("01912-2020", old), ("01912-2025", new)):
        match = _find(area_id, period)
        assert (match.reason, match.area and match.area.id) == (reason, None if reason else area_id)
    calendar = FINDER.find("01912-2025", parse("2025-Q3", administrative=False))
    assert calendar.area.id == "01912-2025"


def test_a_period_across_the_merger_is_said_with_dates_and_successor() -> None:
    data = builders.rows("Phường Sông Cầu,pay_rate,2025,1,2,,")
    item = check("x.csv", data, builders.catalogue(), "official", date(2026, 1, 31)).findings[0]
    assert item.code == "period.spans_merger"
    said = findings.message(item)
    for part in ("01/01/2025 – 31/12/2025", "01/02/2020 – 30/06/2025", "phường Bắc Kạn (01843)"):
        assert part in said


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["1.072", "1.074"], [1072, 1074]),
        (["10,721", "10,749", "12"], [10721, 10749, 12]),
        (["1.072", "1.234.567"], [1072, 1234567]),
        (["1.072", "1,074"], [None, None]),
        (["-1.072", "1.074"], [None, None]),
        (["1.072", "12.5"], [1.072, 12.5]),
    ],
)
def test_groups_of_whole_numbers(cells: list[str], read: list[float | None]) -> None:
    series = pd.Series(cells, name="numerator", index=range(2, 2 + len(cells)), dtype=object)
    whole = np.ones(len(cells), dtype=bool)
    values = numbers.read_column(series, Collector(), allow_words=False, whole=whole)["number"]
    assert [None if pd.isna(value) else value for value in values] == read


def test_the_nearest_name_is_offered() -> None:
    assert _find("Quang Thuân Hai").near == "xã Quang Thuận (02017)"
    assert label(FINDER.find("yb-minh-tan", parse("2023")).area) == "phường Minh Tân"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("phường".encode(), "utf-8"),
        ("\ufeffphường".encode(), "utf-8-sig"),
        ("phường".encode("utf-16"), "utf-16"),
        ("pho\u031b\u0300ng".encode(), "utf-8"),
        ("phươ\u0300ng".encode("cp1258"), "windows-1258"),
    ],
)
def test_encodings(data: bytes, encoding: str) -> None:
    text, name, found = decode.to_text(data)
    assert (name, found) == (encoding, [])
    assert text in ("phường", "phờng")


@pytest.mark.parametrize("data", [b"a\xd2b\xd2\xff\xfe\xd0", b"\xd2", "Ph\xadêng".encode("latin-1")])
def test_bytes_that_are_no_known_encoding(data: bytes) -> None:
    _, _, found = decode.to_text(data)
    assert [item.code for item in found] in (["encoding.unknown"], ["file.not_text"])


def test_mojibake_with_a_hidden_byte() -> None:
    broken = "Phường".encode().decode("latin-1")
    assert [item.code for item in decode.to_text(broken.encode())[2]] == ["encoding.mojibake"]


def test_ordinary_symbols_are_not_mojibake() -> None:
    assert decode.to_text("“Đủ” – 5 °C … 10 m²«CÂ»".encode())[2] == []


@pytest.mark.parametrize(
    ("line", "mark"),
    [("a;b;c,d", ";"), ("a\tb", "\t"), ("a|b", "|"), ("a", ","), ('"a,b";c', ";"), ('"a', ",")],
)
def test_delimiters(line: str, mark: str) -> None:
    assert decode.sniff_delimiter(line) == mark


def test_spreadsheet_lines_count_quoted_breaks_once_and_empty_lines_always() -> None:
    rows, found = decode.to_rows('a,b\r\n\r\n1,"x\r\ny"\r\n,,\r\n2,z\r\n')
    assert (rows.header, rows.header_line, rows.lines, rows.blank, found) == (("a", "b"), 1, (3, 5), 2, [])


def test_a_heading_that_never_ends_is_answered() -> None:
    _, found = decode.to_rows("commune," + "a" * 140_000 + "\n")
    assert [item.code for item in found] == ["row.cell_too_long"]


def test_suggestions_are_limited() -> None:
    suggester = Suggester(limit=1)
    names = {"duc van": "Đức Vân"}
    assert [suggester.nearest("Đức Vâm", lambda: names) for _ in range(2)] == ["Đức Vân", ""]


def test_without_a_period_an_ambiguous_name_is_not_asked_about() -> None:
    report = check(
        "x.csv",
        builders.rows("Tân Lập,pay_rate,lạ,1,2,,"),
        builders.catalogue(),
        "official",
        date(2025, 6, 1),
    )
    assert [item.code for item in report.findings] == ["period.unknown"]


def test_a_table_needs_figures() -> None:
    found = Collector()
    rows, _ = decode.to_rows("commune,indicator,period\n1,2,3\n")
    assert not read_sheets([of_text(rows)], builders.catalogue(), found).whole
    assert [(item.code, item.column) for item in found.all()] == [("header.missing", "value")]


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["10,7", "1.234"], [10.7, 1234]),
        (["10.7", "1.234", "1,234"], [10.7, 1.234, 1234]),
        (["1.234.567", "2,345"], [1234567, 2.345]),
        (["1,234,567", "1.500"], [1234567, 1.5]),
        (["1.234,5", "08"], [1234.5, 8]),
        (["1,234.5", "0,5"], [1234.5, 0.5]),
        (["1 234", "1\u00a0234,5", "\u22125"], [1234, 1234.5, -5]),
        (["10,7 %", "10,70%", ""], [10.7, 10.7, None]),
        (["0.107", "0,123"], [0.107, 0.123]),
        (["1234.567"], [1234.567]),
        (["1.234"], [None]),
        (["1.234", "10,5", "10.5"], [None, 10.5, 10.5]),
        (["1 23", "1.23.4", "1e5", "٣", "--1"], [None] * 5),
    ],
)
def test_numbers_are_decided_per_column(cells: list[str], read: list[float | None]) -> None:
    series = pd.Series(cells, name="value", index=range(2, 2 + len(cells)), dtype=object)
    values = numbers.read_column(series, Collector(), allow_words=True)["number"]
    assert [None if pd.isna(value) else value for value in values] == read


def test_an_empty_column_is_no_trouble() -> None:
    frame = numbers.read_column(pd.Series([], name="value", dtype=object), Collector(), allow_words=True)
    assert frame.empty and frame["number"].dtype == "float64"


def test_message_shortens_long_cells_and_names_columns() -> None:
    item = findings.found("number.unreadable", 2, "value", "x" * 200 + "\n")
    assert "…" in findings.message(item) and len(findings.message(item)) < 300
    assert (
        findings.column_label("numerator", "en") == "numerator" and findings.column_label("Lạ", "vi") == "Lạ"
    )


def test_message_falls_back_to_vietnamese() -> None:
    item = findings.found("area.unknown", 2, "commune", "X", near="xã Y")
    assert findings.message(item, "fr") == findings.message(item, "vi")
    assert "Tên gần nhất: xã Y." in findings.message(item) and "nearest name is xã Y" in findings.message(
        item, "en"
    )
    assert "gần nhất" not in findings.message(findings.found("area.unknown", 2, "commune", "X", near=""))


def test_blocks_looks_at_severity_only() -> None:
    assert findings.blocks([Finding("a", Severity.WARN), Finding("b", Severity.BLOCK)])
    assert not findings.blocks([Finding("a", Severity.NOTE)])


def test_collector_remembers_blocked_lines_beyond_its_limit() -> None:
    found = Collector(limit=1)
    for line in (3, 2):
        found.add("number.placeholder", line, "value", "x")
    assert found.blocked_lines == {2, 3}
    assert [(item.code, item.line) for item in found.all()] == [
        ("file.more", None),
        ("number.placeholder", 3),
    ]


def test_an_identity_names_the_other_figure_in_words() -> None:
    report = check(
        "x.csv",
        builders.rows("01951,gov_dossiers_received,2023,,,100,", "01951,gov_online_filing_rate,2023,1,101,,"),
        builders.catalogue(),
        "official",
        date(2025, 6, 1),
    )
    (told,) = [findings.message(item) for item in report.findings if item.code == "identity.differs"]
    assert "(Số hồ sơ tiếp nhận)" in told and "gov_" not in told


def test_words_that_every_font_writes_alike_are_no_old_font() -> None:
    text = "báo cáo quý"
    assert decode.to_text(text.encode()) == (text, "utf-8", [])
