"""Targets: distance, pace and expected quarter of each commune, on figures written out by hand."""

import dataclasses
import math

import pytest

from store.definitions import TargetSpec, Words
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
    pay,
)
from views import goals


def aimed(
    value: float = 80, year: int | None = 2025, status: str = "published_threshold", way="local_report"
):
    """The rate of the small world with a target."""
    return dataclasses.replace(pay(), target=TargetSpec(value, year, status, Words({"vi": "Nguồn"}), way))


def board(*rows, indicator=None, before=BEFORE, after=AFTER):
    return goals.board(frame(*rows), indicator or aimed(), before, after, PILOTS)


def test_distance_pace_and_arrival_of_a_commune_on_its_way():
    found = board(figure(SONG_CAU, BEFORE, 500, 1000), figure(SONG_CAU, AFTER, 600, 1000)).loc[SONG_CAU]
    assert (found["state"], found["cases"], found["arrival"]) == ("not_met", 200, "dated")
    assert math.isclose(found["gap"], 20) and math.isclose(found["pace"], 2.5), "10 points in 4 quarters"
    assert math.isclose(found["required"], 20 / 7), "seven quarters to the last one of 2025"
    assert (found["expected"], found["earliest"], found["latest"]) == (8, 6, 15)


def test_what_is_there_is_there_and_a_hair_short_is_not():
    found = board(
        *(figure(area, BEFORE, 700, 1000) for area in (SONG_CAU, QUANG_THUAN)),
        figure(SONG_CAU, AFTER, 800, 1000),
        figure(QUANG_THUAN, AFTER, 79999, 100000),
    )
    assert found["state"].tolist()[:2] == ["met", "not_met"], "nothing is rounded before it is compared"
    assert (found.loc[SONG_CAU, "gap"], found.loc[SONG_CAU, "arrival"]) == (0, "reached")
    assert found.loc[QUANG_THUAN, "cases"] == 1
    assert found.loc[THUONG_GIAO, "arrival"] == "unknown" and math.isnan(found.loc[THUONG_GIAO, "gap"])


def test_falling_back_never_arrives_and_an_unclear_rise_has_no_end():
    found = board(
        figure(SONG_CAU, BEFORE, 60, 100),
        figure(SONG_CAU, AFTER, 50, 100),
        figure(DUC_VAN, BEFORE, 10, 20),
        figure(DUC_VAN, AFTER, 11, 20),
    )
    assert found.loc[SONG_CAU, "arrival"] == "never"
    assert found.loc[DUC_VAN, "arrival"] == "open" and math.isnan(found.loc[DUC_VAN, "latest"])


def test_fewer_than_four_quarters_are_not_drawn_out():
    found = board(
        figure(SONG_CAU, "2023-Q3", 50, 100), figure(SONG_CAU, AFTER, 60, 100), before="2023-Q3"
    ).loc[SONG_CAU]
    assert found["arrival"] == "too_early" and math.isclose(found["pace"], 5)


def test_two_published_points_are_no_quarters():
    found = board(
        figure(SONG_CAU, "2023-before", value=0.1, provenance="published"),
        figure(SONG_CAU, "2023", value=10.7, provenance="published"),
        before="2023-before",
        after="2023",
    ).loc[SONG_CAU]
    assert math.isnan(found["pace"]) and math.isnan(found["required"])
    assert (found["state"], found["arrival"]) == ("not_met", "unknown")
    assert math.isclose(found["gap"], 69.3)
    assert str(found["cases"]) in ("<NA>", "nan"), "without counts no cases"


def test_a_figure_counted_otherwise_is_not_held_against_the_target():
    other = aimed(way="766_portal")
    rows = [figure(SONG_CAU, BEFORE, 1, 10), figure(SONG_CAU, AFTER, 9, 10)]
    assert goals.way_of_counting(frame(*rows), other) == "local_report"
    assert goals.way_of_counting(frame(), other) == "766_portal"
    found = board(*rows, indicator=other).loc[SONG_CAU]
    assert (found["state"], found["arrival"]) == ("none", "unknown")
    assert math.isnan(found["gap"]) and math.isclose(found["pace"], 20)


def test_more_than_all_has_a_pace_and_no_date():
    found = board(figure(SONG_CAU, BEFORE, 12, 10), figure(SONG_CAU, AFTER, 7, 10), indicator=aimed(90)).loc[
        SONG_CAU
    ]
    assert found["arrival"] == "unknown" and found["pace"] < 0


def test_after_the_year_of_the_target_nothing_is_required():
    indicator = aimed(year=2023)
    assert goals.steps_left(indicator, AFTER) == -1
    found = board(figure(SONG_CAU, BEFORE, 5, 10), figure(SONG_CAU, AFTER, 6, 10), indicator=indicator)
    assert found["required"].isna().all() and goals.in_time(found).isna().all()


def test_who_is_fast_enough():
    found = board(
        *(figure(area, BEFORE, 500, 1000) for area in PILOTS),
        figure(SONG_CAU, AFTER, 700, 1000),
        figure(QUANG_THUAN, AFTER, 501, 1000),
        figure(THUONG_GIAO, AFTER, 900, 1000),
    )
    assert goals.in_time(found).dropna().to_dict() == {SONG_CAU: True, QUANG_THUAN: False}


def test_a_proposal_judges_nobody():
    assert not goals.judges(aimed(status="proposed")) and not goals.judges(pay())
    assert goals.judges(aimed())


@pytest.mark.parametrize(("before", "after", "steps"), [("2022-Q4", "2024-Q4", 8), ("2024-Q4", "2024-Q4", None),
                                                        ("2023-before", "2023", None), ("2023", "2024-Q1", None)])  # fmt: skip
def test_steps(before, after, steps):
    assert goals.steps_between(before, after) == steps


def test_what_can_be_chosen():
    rows = frame(figure(SONG_CAU, AFTER, 1, 2))
    plain, other = pay(), aimed(way="766_portal")
    assert [item.target for item in goals.choosable(rows, [plain])] == [None], "figures without a target"
    assert goals.choosable(rows, [aimed()])[0].target is not None
    fit = dataclasses.replace(aimed(), id="a")
    chosen = goals.choosable(
        frame(figure(SONG_CAU, AFTER, 1, 2, indicator="a", definition="local_report")), [plain, fit]
    )
    assert [item.id for item in chosen] == ["a"], "where targets can be held against figures, only targets"
    assert goals.choosable(frame(), [plain, other]) == [other]
