"""The reporting page: what came and what did not, on a day that the test names."""

import re
from datetime import date

import pytest

from store import periods
from tests.pages import visit

LETTERS = {language: texts["letter.close"] for language, texts in visit.TEXTS.items()}


@pytest.fixture
def on(board, monkeypatch):
    """The reporting page as it is on a day."""

    def show(day: str, **address: str) -> visit.Shown:
        monkeypatch.setattr(periods, "today_in_viet_nam", lambda: date.fromisoformat(day))
        address = {"lang": "vi", "space": "demo", **address}
        shown = visit.read(visit.go(visit.start(**address), "quality", **address))
        assert shown.problems == []
        return shown

    return show


def part(shown: visit.Shown, key: str) -> str:
    return visit.plain(shown.panels[key])


def test_the_newest_quarter_with_reports_opens(on):
    shown = on("2025-07-20")
    assert (
        "Quý IV/2024: đã nhận 297/344 số liệu (8 xã, phường, mỗi nơi 43 chỉ tiêu), đạt 86,3%." in shown.text
    )
    assert "xã Nghĩa Tá 43, xã Côn Minh 2, phường Sông Cầu 1, xã Quang Thuận 1" in shown.text
    assert "quý I/2025 và quý II/2025" in part(shown, "notes"), "quarters nobody reported are named"
    assert "Từ 1/7/2025" in part(shown, "notes")
    assert "đã qua hạn gửi 173 ngày" in part(shown, "chase")
    assert "Chưa có 43/43: chưa có chỉ tiêu nào" in part(shown, "chase")


def test_before_the_due_day_nothing_is_overdue(on):
    shown = on("2025-01-20")
    assert "còn 8 ngày" in part(shown, "notes") and "đề xuất" in part(shown, "notes")
    assert "Kỳ đã khép lại" not in shown.text and "đơn vị mới" not in shown.text
    assert "chưa đến hạn" in part(shown, "matrix") and "chưa có" not in part(shown, "matrix")
    assert "Kính gửi: Ủy ban nhân dân các xã, phường: phường Sông Cầu; xã Giáo Hiệu" in part(shown, "letter")
    assert "cũ)" not in part(shown, "letter").split("Về việc")[0]


def test_a_quarter_that_nobody_reported_reads_without_blame(on):
    for language in visit.TEXTS:
        shown = on("2026-11-22", lang=language, space="official")
        assert "0/344" in shown.text and "matrix" not in shown.panels and "cards" not in shown.panels
        assert "history" not in shown.panels, "one quarter is no history"
        assert LETTERS[language] in shown.text
    assert "2025-Q2" not in shown.text


def test_what_came_late_is_late_and_a_correction_is_not(on):
    """Nghĩa Tá sent quarter III on 22/11/2024; Côn Minh corrected quarter II after the due day."""
    third = on("2025-07-20", quarter="2024-Q3")
    assert "Nhận sau hạn: 42/340 số liệu đã gửi." in third.text
    assert "nhận 22/11/2024, muộn 24 ngày" in third.panels["matrix"]
    second = on("2025-07-20", quarter="2024-Q2")
    assert "muộn" not in part(second, "matrix")
    assert "III/24" in part(second, "history") and "muộn 42" in part(second, "history")


@pytest.mark.parametrize("language", sorted(visit.TEXTS))
def test_the_reminder_to_one_commune_names_every_figure(on, language):
    shown = on("2026-11-22", lang=language, remind="02173-2020")
    letter = part(shown, "letter")
    texts = visit.TEXTS[language]
    assert (
        texts["letter.lacking"] in letter
        and texts["letter.doubtful"] in letter
        and LETTERS[language] in letter
    )
    assert "28/1/2025" in letter and "1/7/2025" in letter, "the due day, and the unit that is asked now"
    assert letter.startswith(texts["ribbon.plain"]), (
        "nobody is reminded by mistake because of illustrative figures"
    )
    numbered = re.findall(r"(?m)^ ?(\d)\. \S.+$", letter)
    assert numbered == ["1", "2", "1"]


def test_a_quarter_in_the_history_can_be_chosen(on):
    shown = on("2025-07-20")
    assert 'data-go="quality|quarter=2024-Q3"' in shown.panels["history"]
    assert 'data-go="area|area=02071-2020"' in shown.panels["chase"]


def test_the_copy_is_the_letter(on):
    """The button copies what stands before it."""
    panel = on("2025-07-20").panels["letter"]
    assert re.search(
        r'<div class="letter"[^>]*>.*</div><button type="button" class="copy" data-copy', panel, re.S
    )
