"""The page of targets and tasks, on days that the test names."""

from datetime import date

import pytest

from store import periods
from tests.pages import visit


@pytest.fixture
def on(board, monkeypatch):
    """The page as it is on a day."""

    def show(day: str = "2025-01-15", **address: str) -> visit.Shown:
        monkeypatch.setattr(periods, "today_in_viet_nam", lambda: date.fromisoformat(day))
        address = {"lang": "vi", "space": "demo", **address}
        shown = visit.read(visit.go(visit.start(**address), "plan", **address))
        assert shown.problems == []
        return shown

    return show


def part(shown: visit.Shown, key: str) -> str:
    return visit.plain(shown.panels[key])


def test_an_adopted_target_tells_value_distance_pace_and_quarter(on):
    shown = on(indicator="eco_payment_account_rate")
    assert "Mục tiêu 80% vào năm 2025 (ngưỡng đã công bố)" in part(shown, "goal_heading")
    assert "79,1% (5.843/7.389)" in part(shown, "goals")
    table = part(shown, "goals_table")
    assert "còn 0,9 điểm, cần thêm 69 trường hợp" in table and "chưa đạt" in table
    assert "+3,21" in table and "khoảng quý II/2026 đến quý III/2026" in table
    assert "5/6 nơi" in part(shown, "lead")


def test_a_proposed_mark_judges_nobody(on):
    shown = on(indicator="gov_ontime_rate")
    assert "chưa cơ quan nào thông qua" in part(shown, "warning")
    table = part(shown, "goals_table")
    assert "cần thêm 14 trường hợp" in table and "với nhịp này thì không tới" in table
    assert "chưa đạt" not in table and "mốc đề xuất" in part(shown, "goal_heading")


def test_figures_counted_otherwise_are_not_compared(on):
    shown = on(indicator="soc_ehealth_rate")
    assert "không đối chiếu" in part(shown, "warning")
    assert "cần thêm" not in part(shown, "goals_table")


def test_a_target_whose_year_is_over_needs_no_pace(on):
    shown = on(lang="en", indicator="eco_merchant_qr_rate")
    assert "The target's year (2023) had passed" in part(shown, "lead")
    assert "target year has passed" in part(shown, "goals_table")


def test_seasons_are_named(on):
    assert "mùa vụ" in part(on(before="2023-Q1", after="2024-Q4"), "warning")


def test_published_points_have_no_pace_and_the_page_says_why(on):
    shown = on(space="official")
    assert "không phải là hai quý" in part(shown, "warning")
    table = part(shown, "goals_table")
    assert "10,7%" in table and "không ghi n/N" in table and "mỗi quý" not in table


def test_the_programme_counts_done_and_overdue_on_the_day(on):
    shown = on()
    assert "Đã xong 10/12 mục tiêu và 10/17 nhiệm vụ." in part(shown, "programme_lead")
    assert "Tính đến 15/1/2025, 2/29 việc quá hạn." in part(shown, "programme_lead")
    assert "minh họa" in part(shown, "programme_about")
    assert "2/29" not in part(on("2024-12-31"), "programme_lead")


def test_one_state_alone_is_listed(on):
    listed = part(on(progress="late"), "programme")
    assert listed.count("quá hạn") == 2 and "xong" not in listed
    assert "Lập kế hoạch chuyển đổi số của xã, phường" in part(on(progress="done"), "programme")


def test_the_official_list_says_that_the_plan_was_not_found(on):
    shown = on(space="official")
    assert "Chưa tìm thấy nguyên văn Kế hoạch 369/KH-UBND" in part(shown, "programme_about")
    table = part(shown, "programme")
    assert table.count("chưa rõ") >= 9 and "quá hạn" not in table and "Quyết định 1431/QĐ-UBND" in table
