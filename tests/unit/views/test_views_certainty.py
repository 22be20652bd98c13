"""What the numbers can bear, by hand: comparisons, possible places, thresholds near by, trends, gaps, checks, likeness."""

import dataclasses
import re

import pandas as pd
import pytest

from metrics.change import benjamini_hochberg, difference_p_value
from store import catalogue as definitions
from tests import builders
from tests.pages.visit import plain
from tests.unit.views import hand
from tests.unit.views.hand import (
    AFTER,
    BEFORE,
    DUC_VAN,
    PILOTS,
    QUANG_THUAN,
    SONG_CAU,
    THUONG_GIAO,
    figure,
    frame,
)
from views import boards, certainty, narrative

PAIRS = """
[[pair]]
high = "gov_online_filing_rate"
low = "pay_rate"
gap = 30
question = { vi = "Ai nộp <b>hộ</b>?" }
"""
SCHEME = """
id = "own"
name = { vi = "Bộ thử" }
kind = "criteria"
status = "published_threshold"
rule = "all"
[[criterion]]
no = "1"
name = { vi = "Tiêu chí" }
indicator = "pay_rate"
operator = "ge"
threshold = "50"
status = "published_threshold"
"""


def _world(ctx, **files):
    return dataclasses.replace(ctx, catalogue=definitions.load(builders.definition_texts() | files))


def _areas(ctx):
    return {area.id: area for area in ctx.areas}


def test_many_comparisons_are_counted_and_controlled(small):
    rows = [
        (SONG_CAU, 10, 100, 40, 100),
        (QUANG_THUAN, 50, 100, 64, 100),
        (THUONG_GIAO, 50, 100, 51, 100),
        (DUC_VAN, 50, 100, None, None),
    ]
    figures = frame(
        *(figure(area, BEFORE, x0, n0) for area, x0, n0, _, _ in rows),
        *(figure(area, AFTER, x1, n1) for area, _, _, x1, n1 in rows if n1),
    )
    board = boards.pair(figures, hand.pay(), BEFORE, AFTER, PILOTS)
    text = certainty.comparisons(small, board)
    p = pd.Series([difference_p_value(x1, n1, x0, n0) for _, x0, n0, x1, n1 in rows[:3]])
    left = int(benjamini_hochberg(p)["clear"].sum())
    assert text.startswith("Đã so 3 xã, phường")
    assert text.endswith(f"còn {left}.")
    assert certainty.comparisons(small, board.loc[[SONG_CAU]]) == ""


def test_comparisons_with_the_quarter_just_before_count_too(small):
    """By hand: Sông Cầu 10 -> 40 of 100 is clear, 38 -> 40 is not; Quang Thuận 50 -> 64 of 100 is clear alone
    (z = 2.00, p = 0.045) and is lost among four comparisons; 66 -> 64 is not."""
    beside = "2023-Q4"
    figures = frame(
        figure(SONG_CAU, BEFORE, 10, 100), figure(SONG_CAU, beside, 38, 100), figure(SONG_CAU, AFTER, 40, 100),
        figure(QUANG_THUAN, BEFORE, 50, 100), figure(QUANG_THUAN, beside, 66, 100), figure(QUANG_THUAN, AFTER, 64, 100),
    )  # fmt: skip
    assert boards.quarter_beside(BEFORE, AFTER) == beside
    board, near = (boards.pair(figures, hand.pay(), first, AFTER, PILOTS) for first in (BEFORE, beside))
    assert certainty.comparisons(small, board).startswith("Đã so 2 xã, phường")
    text = certainty.comparisons(small, board, near)
    assert text.startswith("Trang này có 4 phép so") and "(2 với kỳ trước, 2 với quý liền trước;" in text
    assert ": 2 thay đổi rõ." in text and "khoảng 0,2 phép so" in text and text.endswith("còn 1.")
    nothing = boards.pair(figures, hand.pay(), "2022-Q4", AFTER, PILOTS)
    assert certainty.comparisons(small, board, nothing) == certainty.comparisons(small, board)
    assert narrative.tally_parts(small, near) == "2 chưa rõ, 2 chưa đủ số liệu"


def test_places_stay_open_where_counts_are_small(small):
    figures = frame(
        figure(SONG_CAU, AFTER, 900, 1000), figure(QUANG_THUAN, AFTER, 5, 10), figure(THUONG_GIAO, AFTER, 4, 10),
        figure(DUC_VAN, AFTER, value=30),
    )  # fmt: skip
    board = boards.one(figures, hand.pay(), AFTER, PILOTS)
    places = certainty.places(board, hand.pay())
    assert places.loc[SONG_CAU, ["low", "high"]].tolist() == [1, 1]
    assert places.loc[QUANG_THUAN, ["low", "high"]].tolist() == [2, 3]
    assert places.loc[DUC_VAN].isna().all()  # printed without counts: chance has nothing to be reckoned from
    text = certainty.not_told_apart(small, board, hand.pay(), _areas(small))
    assert text.startswith("1/3 cặp") and "xã Quang Thuận và xã Thượng Giáo" in text
    sure = boards.one(
        frame(figure(SONG_CAU, AFTER, 900, 1000), figure(QUANG_THUAN, AFTER, 100, 1000)),
        hand.pay(),
        AFTER,
        PILOTS,
    )
    assert "1 cặp" in certainty.not_told_apart(small, sure, hand.pay(), _areas(small))
    nobody = boards.one(frame(), hand.pay(), AFTER, PILOTS)
    assert certainty.not_told_apart(small, nobody, hand.pay(), _areas(small)) == ""


def test_a_criterion_near_its_threshold_is_named(small):
    ctx = _world(small, **{"tiers/own.toml": SCHEME})
    figures = frame(
        figure(SONG_CAU, AFTER, 52, 100), figure(QUANG_THUAN, AFTER, 90, 100), figure(THUONG_GIAO, AFTER, value=51),
    )  # fmt: skip
    found = certainty.borderline(certainty.weighed(figures, ctx.catalogue.scheme_by_id["own"], ctx))
    assert found.to_dict("records") == [{"area_id": SONG_CAU, "criterion": "1"}]


def _series(*shares: float | None, first: int = 2021) -> pd.DataFrame:
    periods = [f"{first + n // 4}-Q{n % 4 + 1}" for n in range(len(shares))]
    return pd.DataFrame({"share": pd.Series(shares, index=periods, dtype=float)})


def test_a_trend_is_told_only_where_quarters_allow(small):
    rising = _series(*(0.05 * n + 0.02 * (n % 4) for n in range(12)))
    series = {area.id: rising if area.id == SONG_CAU else _series(0.1, 0.2) for area in small.areas}
    table = plain(certainty.trends(small, series, hand.pay()))
    assert re.search(r"Sông Cầu\s+tăng rõ qua 12 quý\s+\+20,0 điểm", table)
    assert "chưa đủ ba năm để kết luận (2 quý)" in table
    few = {area.id: _series(0.1, 0.2) for area in small.areas}
    assert "Chưa kết luận xu hướng" in certainty.trends(small, few, hand.pay())
    years = {area.id: pd.DataFrame({"share": [0.1]}, index=["2023"]) for area in small.areas}
    assert certainty.trends(small, years, hand.pay()) == ""


def test_the_gap_between_communes_needs_three_of_them(small):
    shares = dict(zip(PILOTS, (0.1, 0.2, 0.3, None), strict=True))
    series = {
        area: pd.DataFrame({"share": [share, share]}, index=[BEFORE, AFTER]) for area, share in shares.items()
    }
    series[THUONG_GIAO].loc[AFTER, "share"] = None
    table = plain(certainty.gaps(small, series, hand.pay(), [BEFORE, AFTER]))
    assert re.search(r"Quý I/2023\s+3\s+20,0\s+0,50\s+0,22\s+0,09", table) and "Quý I/2024" not in table
    assert certainty.gaps(small, {area: frame_[:0] for area, frame_ in series.items()}, hand.pay(), []) == ""


def test_figures_that_check_each_other_ask_a_question_as_data(small):
    ctx = _world(small, **{"pairs.toml": PAIRS})
    area = _areas(ctx)[SONG_CAU]
    filed = figure(SONG_CAU, AFTER, 91, 100, indicator="gov_online_filing_rate")
    text = certainty.checks(ctx, frame(filed, figure(SONG_CAU, AFTER, 10, 100)), AFTER, area)
    assert "91,0% (91/100)" in text and "10,0% (10/100)" in text and "81,0 điểm" in text
    assert "Ai nộp &lt;b&gt;hộ&lt;/b&gt;?" in text
    assert certainty.checks(ctx, frame(filed, figure(SONG_CAU, AFTER, 80, 100)), AFTER, area) == ""
    assert certainty.checks(ctx, frame(filed), AFTER, area) == ""


def test_similar_communes_come_from_what_is_known(small):
    figures = frame(*(figure(area, BEFORE, x, 100) for area, x in zip(PILOTS, (10, 11, 50, 90), strict=True)))
    text = certainty.alike(small, figures, _areas(small)[QUANG_THUAN])
    assert "Xã, phường tương tự" in text and text.count("<li>") == 3 and "đặc điểm" in text


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('"pay_rate"', '"x"', "1.low"),
        ('"gov_online_filing_rate"', '"doc_count"', "1.high"),
        ("30", '"ba mươi"', "1.gap"),
        ('{ vi = "Ai nộp <b>hộ</b>?" }', "{}", "1.question"),
    ],
)
def test_mistakes_of_pairs_are_named(old, new, key):
    from store.errors import CatalogueError

    with pytest.raises(CatalogueError) as error:
        definitions.load(builders.definition_texts() | {"pairs.toml": PAIRS.replace(old, new, 1)})
    assert ("pairs.toml", key) in {item[:2] for item in error.value.details["mistakes"]}
