"""Who was to report what: quarters, communes that are no more, print that is no report, corrections and doubts."""

from datetime import date

import pandas as pd
import pytest

from tests import builders
from tests.unit.views.hand import DUC_VAN, PILOTS, QUANG_THUAN, SONG_CAU, figure, frame
from views import reporting

TODAY = date(2024, 7, 1)  # the second quarter of 2024 ended on 14 June and is due on 29 July
NO_WARNINGS = pd.DataFrame(columns=["area_id", "indicator_id", "definition", "period", "code"], dtype=object)


@pytest.fixture(scope="module")
def world():
    return builders.catalogue()


def one(states: pd.DataFrame, area: str, indicator: str = "pay_rate", period: str = "2024-Q1") -> pd.Series:
    own = states.set_index(["period", "area_id", "indicator_id"])
    return own.loc[(period, area, indicator)]


def test_quarters_run_from_the_first_report_to_the_newest_that_is_over(world):
    rows = frame(
        figure(SONG_CAU, "2023-Q3", 1, 2), figure(SONG_CAU, "2023", 1, 2), figure(SONG_CAU, "2024-Q1", 1, 2)
    )
    assert reporting.expected_quarters(rows, world, TODAY) == ["2023-Q3", "2023-Q4", "2024-Q1", "2024-Q2"]
    assert reporting.expected_quarters(rows, world, date(2024, 6, 14))[-1] == "2024-Q1", (
        "its last day is not over"
    )
    assert reporting.reported_quarters(rows) == {"2023-Q3", "2024-Q1"}


def test_without_any_report_only_the_newest_quarter_is_asked_for(world):
    printed = frame(figure(SONG_CAU, "2023-Q1", 1, 2, provenance="published"))
    assert reporting.expected_quarters(printed, world, TODAY) == ["2024-Q2"]
    assert reporting.expected_quarters(frame(), world, date(2031, 1, 1)) == ["2025-Q2"], (
        "the last before the merger"
    )


def test_nobody_is_asked_about_the_time_after(world):
    assert [area.id for area in reporting.existing(world, "2025-Q2")] == [area.id for area in world.pilots]
    assert reporting.existing(world, "2025-Q3") == []


def test_every_expected_figure_has_one_row(world):
    asked = [item.id for item in world.indicators if item.uploaded]
    states = reporting.states(frame(), NO_WARNINGS, world, ["2024-Q1", "2024-Q2"], TODAY)
    assert len(states) == 2 * len(world.pilots) * len(asked)
    assert set(states.loc[states["period"] == "2024-Q1", "state"]) == {"overdue"}
    assert set(states.loc[states["period"] == "2024-Q2", "state"]) == {"missing"}
    assert states["area_id"].drop_duplicates().tolist() == [area.id for area in world.pilots], (
        "always in one order"
    )


def test_presence_time_and_doubt_stand_side_by_side(world):
    rows = frame(
        figure(SONG_CAU, "2024-Q1", 1, 2, received="2024-04-01"),
        figure(SONG_CAU, "2024-Q1", 1, 2, received="2024-09-01", definition="766_portal"),
        figure(QUANG_THUAN, "2024-Q1", status="no_cases", received="2024-05-01"),
        figure(DUC_VAN, "2024-Q1", 1, 2, provenance="published"),
        figure(SONG_CAU, "2024-Q1", value=3, indicator="doc_count", received=None),
    )
    doubt = {"area_id": SONG_CAU, "definition": "standard", "period": "2024-Q1"}
    warnings = pd.DataFrame(
        [
            {**doubt, "indicator_id": "doc_count", "code": "value.jump"},
            {**doubt, "indicator_id": "doc_count", "code": "value.all_equal"},
            {**doubt, "indicator_id": "pay_rate", "period": "2024-Q2", "code": "value.jump"},
        ]
    )
    states = reporting.states(rows, warnings, world, ["2024-Q1", "2024-Q2"], TODAY)
    early = one(states, SONG_CAU)
    assert (early["presence"], early["timeliness"], early["state"]) == ("reported", "on_time", "reported")
    none = one(states, QUANG_THUAN)
    assert (none["presence"], none["timeliness"], none["days"], none["state"]) == (
        "no_cases",
        "late",
        3,
        "late",
    )
    assert one(states, DUC_VAN)["state"] == "overdue", "print is no report"
    doubtful = one(states, SONG_CAU, "doc_count")
    assert (doubtful["state"], doubtful["timeliness"]) == ("doubtful", "unknown")
    assert doubtful["why"] == ("value.all_equal", "value.jump")
    assert not one(states, SONG_CAU, period="2024-Q2")["doubt"], "nothing came, so nothing is to be checked"


def test_the_pilots_of_the_small_world_are_those_of_the_hand(world):
    assert {area.id for area in world.pilots} >= set(PILOTS)
