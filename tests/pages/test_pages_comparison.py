"""The page of pilot and comparison communes, held against the files it is made of."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from fractions import Fraction

import openpyxl
import pytest

from tests import builders
from tests.pages import office, visit

PAY = "gov_online_payment_rate"
DEMO = visit.ROOT / "data" / "demo"
# Nghĩa Tá has not sent the fourth quarter of 2024.
PILOTS = {
    "Phường Sông Cầu": "01837",
    "Xã Quang Thuận": "02017",
    "Xã Thượng Giáo": "01912",
    "Xã Như Cố": "02122",
    "Xã Đức Vân": "01951",
    "Xã Côn Minh": "02173",
    "Xã Giáo Hiệu": "01870",
}
OTHERS = ("01843", "02011", "01927", "02038", "02110", "01948", "02176", "01876")


def show(**address: str) -> visit.Shown:
    address = {"lang": "vi", "space": "demo", **address}
    shown = visit.read(visit.go(visit.start(**address), "comparison", **address))
    assert shown.problems == []
    return shown


def part(shown: visit.Shown, key: str) -> str:
    return visit.plain(shown.panels[key])


def counts(file: str, quarter: tuple[str, str], communes) -> tuple[int, int]:
    """Sum of n and of N of online payment in one of the files, read as a table and nothing else."""
    with (DEMO / file).open(encoding="utf-8-sig") as lines:
        rows = [row[:5] for row in csv.reader(lines)]
    own = [row for row in rows if row[0] in communes and row[1] == PAY and row[2] in quarter]
    assert len(own) == len(communes)
    return sum(int(row[3]) for row in own), sum(int(row[4]) for row in own)


@pytest.fixture(scope="module")
def by_hand() -> dict[str, tuple[int, int]]:
    """The four sums of quarter IV/2022 and IV/2024."""
    codes = {*PILOTS, *PILOTS.values()}
    quarters = {"before": ("2022-Q4", "Quý IV/2022"), "after": ("2024-Q4", "Quý IV/2024")}
    found = {}
    for end, words in quarters.items():
        known = [code for code in codes if code in (DEMO / f"{words[0]}.csv").read_text(encoding="utf-8")]
        found[f"pilot_{end}"] = counts(f"{words[0]}.csv", words, known)
        found[f"other_{end}"] = counts("doi-chung.csv", words, OTHERS)
    return found


def vietnamese(fraction: Fraction) -> str:
    return f"{float(100 * fraction):+.1f}".replace(".", ",").replace("-", "−")


def test_the_four_sums_and_their_difference_are_those_of_the_files(board, by_hand):
    shown = show()
    share = {key: Fraction(*pair) for key, pair in by_hand.items()}
    table = part(shown, "sums")
    for n, of in by_hand.values():
        assert f"{n:,}/{of:,}".replace(",", ".") in table
    change = {group: share[f"{group}_after"] - share[f"{group}_before"] for group in ("pilot", "other")}
    gap = change["pilot"] - change["other"]
    for value in (*change.values(), gap):
        assert f"{vietnamese(value)} điểm" in table
    lead = part(shown, "lead")
    assert f"lệch nhau {vietnamese(gap)} điểm phần trăm" in lead
    assert "7 trong 15 xã, phường" in lead and "đã xét đủ 6.435 cách chọn" in lead
    assert re.search(r"khoảng \d+ lần trong 1(00|\.000) \(p = 0,\d+\)", lead)


def test_the_paths_before_the_pilot_are_judged_on_three_quarters(board):
    shown = show()
    assert "3 quý trước thí điểm (quý IV/2022 đến quý II/2023)" in part(shown, "paths_lead")
    rows = part(shown, "paths_table")
    assert rows.count("trước thí điểm") == 3 and rows.count("từ khi thí điểm") == 6
    assert "trước thí điểm" in shown.text and visit.CHART in "".join(shown.words)


def test_who_is_left_out_is_named_with_the_reason(board):
    shown = show()
    lead = part(shown, "communes_lead")
    assert "7/8 xã, phường thí điểm và 8/100 xã, phường khác của tỉnh Bắc Kạn" in lead
    assert "xã Nghĩa Tá (quý IV/2024: chưa có số liệu)" in lead and "92 xã, phường ngoài thí điểm" in lead


def test_a_narrower_set_is_held_in_the_address(board):
    shown = show(compare="own", communes="01843-02011")
    assert "7 trong 9 xã, phường" in part(shown, "lead")
    assert part(shown, "communes").count("không nằm trong lựa chọn") == 6
    assert "tự chọn" in part(shown, "communes_lead")
    assert "Quá ít xã, phường" in part(show(compare="own", communes="01843"), "lead")
    alike = part(show(compare="alike"), "communes_lead")
    assert "giống nhất" in alike and "8/100" not in alike


def test_communes_picked_on_the_page_land_in_the_address(board):
    at = visit.go(visit.start(lang="vi", space="demo"), "comparison", compare="own")
    box = at.multiselect(key="w:communes")
    assert len(box.value) == 8, "all of them to begin with"
    box.set_value(box.value[:3]).run()
    kept = at.query_params["communes"]
    kept = kept[0] if isinstance(kept, list) else kept
    assert kept == "-".join(item[:5] for item in at.multiselect(key="w:communes").value)
    assert kept.count("-") == 2
    at.multiselect(key="w:communes").set_value([]).run()
    shown = visit.read(at)
    assert shown.problems == [] and "Hãy chọn ít nhất một xã, phường đối chứng" in shown.text


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("2022-Q4", "2024-Q4", None),
        ("2023-Q4", "2024-Q4", "đã nằm trong thời gian thí điểm"),
        ("2022-Q4", "2023-Q2", "không phải kết quả thí điểm"),
    ],
)
def test_periods_that_do_not_frame_the_beginning_are_marked(board, before, after, words):
    shown = show(before=before, after=after)
    assert words in part(shown, "warning") if words else "warning" not in shown.panels


def test_an_indicator_without_comparison_figures_names_those_that_have_them(board):
    shown = show(indicator="gov_signed_docs_rate")
    needed = shown.panels["needed"]
    assert "Đã so được với các chỉ tiêu" in needed and f"indicator={PAY}" in needed
    assert "sums" not in shown.panels and "paths_heading" not in shown.panels


def test_where_nobody_can_be_compared_the_page_says_what_to_load(board):
    shown = show(space="official")
    needed = part(shown, "needed")
    assert "quý IV/2022, quý I/2023, quý II/2023 và quý IV/2023" in needed
    assert "tử số, mẫu số" in needed and "100 xã, phường" in needed and "Phùng Chí Kiên" in needed
    assert "gui-so-lieu" in shown.panels["needed"]
    assert "0/8 xã, phường thí điểm và 0/100" in part(shown, "lead")
    english = show(space="official", lang="en")
    assert "What to load" in part(english, "needed") and "Q4 2022" in part(english, "needed")


@pytest.mark.parametrize("language", sorted(visit.TEXTS))
def test_the_file_to_fill_in_comes_back_filled_and_the_page_compares(office_of, monkeypatch, language):
    from etl import publish
    from reports.workbook import to_xlsx
    from views import frame

    settings = office_of()
    offered = {}
    monkeypatch.setattr(frame, "downloads", lambda ctx, name, make: offered.update({name: make(ctx)}))
    show(space="official", lang=language)
    export = offered[f"doi-chung-can-nap-{PAY}"]
    pilots = set(PILOTS.values())
    rows = [
        [*row[:4], (10 if row[3] < "2023-Q3" else 60 if row[0] in pilots else 20) + n % 5, 100 + n % 3]
        for n, row in enumerate(export.rows)
        if row[0] in pilots or row[0] in OTHERS
    ]
    file = to_xlsx(replace(export, rows=rows))
    assert openpyxl.load_workbook(io.BytesIO(file)).worksheets[0].max_row == len(rows) + 1 == 15 * 4 + 1
    (loaded,) = publish.load_bytes(
        settings, "official", [("can-nap.xlsx", file)], builders.LAN, date(2025, 1, 20)
    )
    assert not loaded.report.blocked
    office.forget()
    shown = show(space="official", lang=language, before="2022-Q4", after="2023-Q4")
    sums = part(shown, "sums")
    expected = {"before": [0, 0], "after": [0, 0]}
    for row in rows:
        if row[0] in pilots and row[3] in ("2022-Q4", "2023-Q4"):
            end = expected["before" if row[3] == "2022-Q4" else "after"]
            end[0], end[1] = end[0] + row[4], end[1] + row[5]
    for n, of in expected.values():
        assert f"{n}/{of}" in sums
    assert "paths_table" in shown.panels
