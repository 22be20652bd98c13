"""Pilot against comparison communes: who is compared, four sums worked by hand, a lot, and the paths before."""

import math
from datetime import date
from fractions import Fraction
from itertools import combinations

import pandas as pd
import pytest

from metrics.change import DoubleDifference, PermutationTest
from metrics.rates import wilson_interval
from tests.unit.views.hand import (
    AFTER,
    BEFORE,
    DUC_VAN,
    OTHER,
    QUANG_THUAN,
    SONG_CAU,
    THUONG_GIAO,
    figure,
    frame,
    pay,
)
from views import comparison, pathchart

PILOTS, OTHERS = (SONG_CAU, QUANG_THUAN), (THUONG_GIAO, DUC_VAN, OTHER)
START = date(2023, 6, 14)
# (before n/N, after n/N). Pilot 20/100 + 28/60 -> 48/160; others 10/90 + 26/70 + 0/40.
COUNTS = {
    SONG_CAU: ((8, 100), (30, 100)),
    QUANG_THUAN: ((4, 60), (18, 60)),
    THUONG_GIAO: ((9, 90), (12, 90)),
    DUC_VAN: ((7, 70), (14, 80)),
    OTHER: ((0, 40), (2, 50)),
}


def board(counts=COUNTS, *more, among=None, before=BEFORE, after=AFTER):
    rows = [
        figure(area, period, *pair)
        for area, ends in counts.items()
        for period, pair in zip((before, after), ends, strict=True)
    ]
    return comparison.members(
        frame(*rows, *more), pay(), "local_report", before, after, PILOTS, OTHERS, among
    )


# ---------------------------------------------------------------- who can be compared


def test_candidates_are_of_the_pilot_s_province_level_and_time(demo):
    found = comparison.candidates(demo.ctx.catalogue)
    assert len(found) == 100, "108 communes of Bắc Kạn less the pilot's eight"
    assert {area.province_id for area in found} == {"06-2020"} and {area.level for area in found} == {3}
    assert not {area.id for area in found} & set(demo.ctx.area_ids)
    assert not any(area.id.endswith("-2025") for area in found), "communes made in 2025 did not exist then"


def test_why_a_commune_is_not_compared_is_told_by_period():
    rows = (
        figure(SONG_CAU, BEFORE, 8, 100), figure(SONG_CAU, AFTER, 30, 100),
        figure(QUANG_THUAN, BEFORE, value=2.0), figure(QUANG_THUAN, AFTER, 18, 60),
        figure(THUONG_GIAO, BEFORE, status="no_cases"), figure(THUONG_GIAO, AFTER, 12, 11),
        figure(DUC_VAN, BEFORE, 7, 70, definition="other"), figure(DUC_VAN, AFTER, 14, 80),
    )  # fmt: skip
    found = comparison.members(frame(*rows), pay(), "local_report", BEFORE, AFTER, PILOTS, OTHERS)
    assert found["why_before"].tolist() == ["", "no_counts", "no_cases", "other_way", "missing"]
    assert found["why_after"].tolist() == ["", "", "not_a_share", "", "missing"]
    assert found["in"].tolist() == [True, False, False, False, False]
    assert comparison.sums(found).empty, "no comparison commune has counts in both periods"


def test_only_the_chosen_are_compared_and_the_pilot_always_is():
    found = board(among=[OTHER])
    assert found.index[found["in"]].tolist() == [*PILOTS, OTHER]
    assert found["known"].all()
    assert comparison.sums(board(among=[])).empty


@pytest.mark.parametrize(
    ("period", "administrative", "expected"),
    [
        ("2023-Q2", True, "before"),  # ends on 14 June, the day of the plan
        ("2023-Q2", False, "during"),  # ends on 30 June
        ("2023-Q3", True, "during"),
        ("2023-before", True, "before"),
        ("2023", True, "during"),
        ("2023-about", True, ""),
    ],
)
def test_a_period_lies_before_the_pilot_when_it_ends_by_its_first_day(period, administrative, expected):
    assert comparison.phase(period, START, administrative) == expected
    assert comparison.phase("2023-Q1", None, True) == ""


def test_the_most_similar_is_chosen_for_each_pilot_commune():
    table = pd.DataFrame(
        {"size": [1.0, 9.0, 2.0, 8.0, 30.0], "share": [0.1, 0.5, 0.1, 0.5, None]}, index=[*PILOTS, *OTHERS]
    )
    assert comparison.alike(table, PILOTS, OTHERS) == [THUONG_GIAO, DUC_VAN]
    assert comparison.alike(table, PILOTS, []) == []


# ---------------------------------------------------------------- the difference


def test_four_sums_and_their_difference_are_what_the_counts_give_by_hand():
    sums = comparison.sums(board())
    assert sums["areas"].tolist() == [2, 3]
    assert sums["numerator_before"].tolist() == [12, 16] and sums["denominator_before"].tolist() == [160, 200]
    assert sums["numerator_after"].tolist() == [48, 28] and sums["denominator_after"].tolist() == [160, 220]
    own = 100 * (Fraction(48, 160) - Fraction(12, 160))
    other = 100 * (Fraction(28, 220) - Fraction(16, 200))
    assert [round(value, 10) for value in sums["change"]] == [round(float(item), 10) for item in (own, other)]
    found = comparison.beyond(sums)
    assert math.isclose(found.estimate, float(own - other))
    # Square-and-add of the four distances to the Wilson limits (Zou and Donner).
    ends = {}
    for name, (n, of) in {"a": (48, 160), "b": (12, 160), "c": (28, 220), "d": (16, 200)}.items():
        low, high = wilson_interval(n, of)
        ends[name] = (100 * (n / of - low), 100 * (high - n / of))
    down = math.sqrt(ends["a"][0] ** 2 + ends["b"][1] ** 2 + ends["c"][1] ** 2 + ends["d"][0] ** 2)
    up = math.sqrt(ends["a"][1] ** 2 + ends["b"][0] ** 2 + ends["c"][0] ** 2 + ends["d"][1] ** 2)
    assert math.isclose(found.lower, found.estimate - down) and math.isclose(found.upper, found.estimate + up)


def test_the_lot_counts_the_ways_that_give_as_much():
    changes = {area: 100 * (Fraction(*after) - Fraction(*before)) for area, (before, after) in COUNTS.items()}

    def gap(picked):
        rest = [changes[area] for area in changes if area not in picked]
        return abs(sum(changes[area] for area in picked) / len(picked) - sum(rest) / len(rest))

    ways = list(combinations(changes, 2))
    as_much = [picked for picked in ways if gap(picked) >= gap(PILOTS)]
    found = comparison.by_lot(board())
    assert (found.arrangements, found.exact) == (len(ways), True) == (10, True)
    assert math.isclose(found.p, len(as_much) / len(ways))


def test_the_rarest_that_a_lot_can_give_is_known():
    found = comparison.by_lot(board())
    assert comparison.rarest(2, 3, found) == 0.1
    equal = comparison.by_lot(board(among=[THUONG_GIAO, OTHER]))
    assert comparison.rarest(2, 2, equal) == 2 / 6 <= equal.p


def test_eight_of_sixteen_are_all_looked_at_and_not_drawn():
    assert math.comb(16, 8) <= comparison.DRAWS


@pytest.mark.parametrize(
    ("ends", "p", "expected"),
    [
        ((1, 9), 0.01, "more"),
        ((-9, -1), 0.05, "less"),
        ((1, 9), 0.06, "cases"),
        ((-1, 9), 0.01, "unclear"),
        ((1, 9), math.nan, "cases"),
    ],
)
def test_a_clear_difference_needs_cases_and_communes(ends, p, expected):
    found = DoubleDifference(sum(ends) / 2, 1.0, *ends)
    assert comparison.verdict(found, PermutationTest(1.0, p, 100, True)) == expected


# ---------------------------------------------------------------- paths


QUARTERS = ("2022-Q4", "2023-Q1", "2023-Q2", "2023-Q3", "2024-Q1")


def through(rows):
    """Paths of figures given as {area: {quarter: (n, N)}}; the first and the last quarter are compared."""
    figures = frame(
        *(figure(area, quarter, *pair) for area, own in rows.items() for quarter, pair in own.items())
    )
    members = comparison.members(
        figures, pay(), "local_report", QUARTERS[0], QUARTERS[-1], PILOTS, OTHERS
    )  # fmt: skip
    return comparison.paths(figures, pay(), "local_report", members, START, administrative=True)


def test_paths_hold_the_same_communes_in_every_quarter():
    whole = dict.fromkeys(QUARTERS, (10, 100))
    gap = {quarter: pair for quarter, pair in whole.items() if quarter != "2023-Q1"}
    found = through({SONG_CAU: whole, QUANG_THUAN: gap, THUONG_GIAO: whole, DUC_VAN: whole, OTHER: whole})
    assert found.areas == {"pilot": [SONG_CAU], "other": list(OTHERS)} and found.left_out == [QUANG_THUAN]
    assert found.table.index.tolist() == [*QUARTERS[:4], "2023-Q4", "2024-Q1"], (
        "a quarter nobody sent is a gap"
    )
    assert found.table["denominator_pilot"].tolist()[:2] == [100, 100]
    assert found.table.loc["2023-Q4"].drop("phase").isna().all()
    assert found.before == list(QUARTERS[:3])


def test_a_quarter_that_few_reported_is_not_drawn_rather_than_the_communes():
    whole = dict.fromkeys(QUARTERS, (10, 100))
    gap = {quarter: pair for quarter, pair in whole.items() if quarter != "2023-Q1"}
    found = through({SONG_CAU: whole, QUANG_THUAN: whole, THUONG_GIAO: whole, DUC_VAN: gap, OTHER: gap})
    assert found.left_out == [] and math.isnan(found.table.loc["2023-Q1", "gap"])
    assert found.before == ["2022-Q4", "2023-Q2"]


def test_the_time_before_is_judged_between_its_first_and_last_quarter():
    steady = {quarter: (n, 100) for quarter, n in zip(QUARTERS, (10, 50, 12, 40, 60), strict=True)}
    rising = {**steady, "2023-Q2": (70, 100)}
    same = comparison.earlier(through(dict.fromkeys((*PILOTS, *OTHERS), steady)))
    assert same.estimate == 0 and comparison.together(same)
    apart = comparison.earlier(through({**dict.fromkeys(PILOTS, rising), **dict.fromkeys(OTHERS, steady)}))
    assert math.isclose(apart.estimate, 60 - 2) and not comparison.together(apart)


def test_one_quarter_before_the_pilot_judges_nothing():
    late = {"2022-Q4": (10, 100), "2023-Q3": (40, 100), "2024-Q1": (60, 100)}
    found = through(dict.fromkeys((*PILOTS, *OTHERS), late))
    assert found.before == ["2022-Q4"] and comparison.earlier(found) is None


def test_without_a_commune_that_has_every_quarter_there_is_no_path():
    ends = {"2022-Q4": (1, 10), "2024-Q1": (2, 10)}
    first, second = ends | {"2023-Q1": (1, 10)}, ends | {"2023-Q2": (1, 10)}
    assert through({SONG_CAU: first, QUANG_THUAN: second, THUONG_GIAO: ends | first | second}) is None


@pytest.mark.parametrize(
    ("shares", "floor"),
    [
        ((0.004, 0.27), 0.0),
        ((0.95, 0.989), 0.95),
        ((0.952, 0.953), 0.95),
        ((0.31, 0.66), 0.0),
        ((0.62, 0.81), 0.6),
        ((0.02, 0.022), 0.0),
    ],
)
def test_the_axis_begins_at_nothing_unless_all_lies_far_above(shares, floor):
    assert math.isclose(pathchart.floor_of(pd.Series(shares)), floor)


# ---------------------------------------------------------------- what to load


def test_three_quarters_before_the_pilot_and_one_after_are_asked_for():
    today = date(2025, 1, 20)
    past = ["2022-Q4", "2023-Q1", "2023-Q2"]
    assert comparison.asked_quarters(START, True, (), today) == [*past, "2023-Q4"]
    assert comparison.asked_quarters(START, True, ("2022-Q4", "2024-Q4"), today) == [*past, "2024-Q4"]
    assert comparison.asked_quarters(START, True, ("2023-before", "2023"), today) == [*past, "2023-Q4"]
    assert comparison.asked_quarters(START, False, (), today)[:3] == ["2022-Q3", "2022-Q4", "2023-Q1"]
    assert comparison.asked_quarters(None, True, ("2024-Q1",), today) == ["2024-Q1"]
