"""The words of the targets page and the programme's list."""

import dataclasses
from datetime import date

import pandas as pd
import pytest

from store.definitions import ProgrammeItem, Words
from views.screens import plan, programme

DAY = date(2025, 1, 15)


@pytest.mark.parametrize(
    ("kind", "dates", "words"),
    [
        ("dated", (6, 3, 5), "khoảng quý III/2025 đến quý I/2026"),
        ("dated", (4, 4, 4), "khoảng quý IV/2025"),
        ("dated", (9, 5, 60), "sớm nhất quý I/2026; muộn nhất hơn mười năm nữa"),
        ("dated", (60, 50, 70), "với nhịp này thì hơn mười năm nữa"),
        ("open", (9, 5, None), "sớm nhất quý I/2026; có thể không tới vì thay đổi chưa rõ"),
        ("never", (None, 5, None), "với nhịp này thì không tới"),
        ("reached", (0, 0, 0), "đã tới"),
        ("too_early", (None, None, None), "chưa đủ bốn quý để dự kiến"),
        ("unknown", (None, None, None), "chưa đủ số liệu"),
    ],
)
def test_when_in_words(small, kind, dates, words):
    row = pd.Series({"arrival": kind, **dict(zip(("expected", "earliest", "latest"), dates, strict=True))})
    assert plan.arrival_text(small, row, "2024-Q4") == words


def test_the_illustrative_programme_counts_as_its_list_says(demo):
    found = programme.items(demo.ctx)
    kinds = {kind: [item for item in found if item.kind == kind] for kind in programme.KINDS}
    assert {kind: len(own) for kind, own in kinds.items()} == {"objective": 12, "task": 17}
    end = date(2024, 12, 31)
    assert {kind: programme.counts(own, end)["done"] for kind, own in kinds.items()} == {
        "objective": 10,
        "task": 10,
    }
    assert programme.counts(found, end)["late"] == 0
    assert programme.counts(found, DAY)["late"] == 2, "two were due at the end of 2024"
    assert programme.counts(found, date(2023, 7, 1))["done"] == 0


def test_the_official_programme_says_done_only_with_its_paper(worlds):
    found = programme.items(worlds["official"].ctx)
    assert {item.source for item in found} and all(item.due is None for item in found)
    assert [item.id for item in found if item.status == "done"] == ["assignment"]
    assert {item.status for item in found} == {"done", "unknown"}


def test_states_carry_a_mark_and_a_word(demo, small):
    for state in programme.STATES:
        sign = programme.sign(small, state)
        assert "<svg" in sign and small.text(f"programme.state.{state}") in sign


def test_no_text_of_the_list_becomes_markup(small, changed):
    evil = Words({"vi": "<script>alert(1)</script>"})
    item = ProgrammeItem(
        "x", "official", "task", evil, evil, date(2024, 1, 1), "done", date(2024, 2, 1), evil, evil["vi"], ""
    )
    ctx = changed(small, catalogue=dataclasses.replace(small.catalogue, programme=(item,)))
    shown = programme.build.__wrapped__(ctx, "all", DAY)
    assert "<script" not in shown.table and shown.table.count("&lt;script&gt;") == 4
    assert "ngày 1/2/2024, sau hạn 31 ngày" in shown.table
    assert programme.build.__wrapped__(ctx, "late", DAY).table == ""
    assert shown.sentences == ["Đã xong 1/1 nhiệm vụ."] and shown.cards == ""
    none = changed(small, catalogue=dataclasses.replace(small.catalogue, programme=()))
    assert programme.build.__wrapped__(none, "all", DAY).sentences == [
        "Chưa có danh mục mục tiêu, nhiệm vụ nào."
    ]
