"""Figures written out by hand -> boards: missing stays missing, definitions never meet, nothing unmeasured is ranked."""

import math

import numpy as np
import pandas as pd
import pytest

from store import catalogue as definitions
from tests import builders
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
from views import boards, standings

SCHEME = """
id = "own"
name = {{ vi = "Bộ thử" }}
kind = "{kind}"
status = "proposed"
rule = "{rule}"
"""
CRITERION = """
[[criterion]]
no = "{no}"
name = {{ vi = "Tiêu chí {no}" }}
indicator = "{indicator}"
operator = "{operator}"
threshold = "{threshold}"
status = "proposed"
"""


def world(criteria="", kind="criteria", rule="all", **texts):
    """The small catalogue with one scheme and changed files."""
    files = builders.definition_texts() | texts
    if criteria:
        files["tiers/own.toml"] = SCHEME.format(kind=kind, rule=rule) + criteria
    return definitions.load(files)


def criterion(no="1", operator="ge", threshold="80", indicator="pay_rate", **more):
    text = CRITERION.format(no=no, operator=operator, threshold=threshold, indicator=indicator)
    return text + "".join(f"{key} = {value!r}\n" for key, value in more.items())


def pair(*rows):
    return boards.pair(frame(*rows), hand.pay(), BEFORE, AFTER, PILOTS)


# ---------------------------------------------------------------- one and pair


def test_the_headline_of_the_pilot_is_computed_as_printed():
    board = pair(
        figure(SONG_CAU, BEFORE, value=0.1), figure(SONG_CAU, AFTER, value=10.7),
        figure(QUANG_THUAN, BEFORE, value=2.0), figure(QUANG_THUAN, AFTER, value=8.3),
    )  # fmt: skip
    assert board.loc[SONG_CAU, "change"] == pytest.approx(10.6)
    assert board.loc[QUANG_THUAN, "change"] == pytest.approx(6.3)
    assert board.loc[SONG_CAU, "share_after"] / board.loc[SONG_CAU, "share_before"] == pytest.approx(107)
    assert list(board["verdict"]) == ["unknown"] * 4 and board["lower"].isna().all()
    assert list(board["direction"]) == ["up", "up", "unknown", "unknown"]


def test_missing_stays_missing():
    board = pair(figure(SONG_CAU, AFTER, 5, 10), figure(QUANG_THUAN, BEFORE, 5, 10))
    assert list(board.index) == list(PILOTS)
    assert list(board["status_after"]) == ["reported", "missing", "missing", "missing"]
    assert board["change"].isna().all() and (board["direction"] == "unknown").all()
    assert (board["verdict"] == "unknown").all()
    assert math.isnan(board.loc[THUONG_GIAO, "share_after"])


def test_no_figures_at_all_is_a_board_too():
    for indicator_id in ("pay_rate", "doc_count"):
        indicator = builders.catalogue().indicator_by_id[indicator_id]
        board = boards.pair(frame(), indicator, BEFORE, AFTER, PILOTS)
        assert len(board) == 4 and (board["direction"] == "unknown").all()
        assert boards.pooled(board) == {"areas": 0}
        assert boards.ranked(boards.one(frame(), indicator, AFTER, PILOTS), indicator).isna().all()


def test_zero_is_a_figure_and_not_a_gap():
    board = pair(figure(SONG_CAU, BEFORE, 0, 50), figure(SONG_CAU, AFTER, 0, 60))
    row = board.loc[SONG_CAU]
    assert row["share_after"] == 0 and row["status_after"] == "reported"
    assert row["direction"] == "same" and row["change"] == 0
    assert row["verdict"] == "unclear" and row["lower"] < 0 < row["upper"]


def test_two_definitions_never_meet():
    board = pair(
        figure(SONG_CAU, BEFORE, value=1), figure(SONG_CAU, AFTER, value=60, definition="766_portal"),
        figure(QUANG_THUAN, BEFORE, value=2, definition="766_portal"), figure(QUANG_THUAN, AFTER, value=3),
    )  # fmt: skip
    assert board["change"].isna().all()
    assert math.isnan(board.loc[SONG_CAU, "share_after"]) and board.loc[
        QUANG_THUAN, "share_after"
    ] == pytest.approx(0.03)
    assert set(board["definition_after"].dropna()) == {"local_report"}


def test_the_definition_in_use_is_the_default_else_the_commonest():
    rate = hand.pay()
    assert boards.definition_in_use(frame(), rate) == "local_report"
    other = frame(figure(SONG_CAU, AFTER, value=1, definition="766_portal"))
    assert boards.definition_in_use(other, rate) == "766_portal"
    assert boards.definition_in_use(frame(figure(SONG_CAU, AFTER, value=1)), rate) == "local_report"
    board = boards.one(other, rate, AFTER, PILOTS)
    assert board.loc[SONG_CAU, "share"] == pytest.approx(0.01)


def test_counts_go_before_the_printed_percentage():
    board = boards.one(frame(figure(SONG_CAU, AFTER, 1, 3, value=33.3)), hand.pay(), AFTER, PILOTS)
    assert board.loc[SONG_CAU, "share"] == 1 / 3


@pytest.mark.parametrize("status", ["no_cases", "suppressed"])
def test_what_was_not_reported_has_no_share(status):
    rows = frame(
        figure(SONG_CAU, AFTER, value=12, status=status), figure(QUANG_THUAN, AFTER, 0, 0, status=status)
    )
    board = boards.one(rows, hand.pay(), AFTER, PILOTS)
    assert board["share"].isna().all()
    assert board.loc[SONG_CAU, "status"] == status


def test_a_denominator_of_nothing_gives_no_rate():
    board = pair(figure(SONG_CAU, BEFORE, 0, 0), figure(SONG_CAU, AFTER, 3, 10))
    row = board.loc[SONG_CAU]
    assert math.isnan(row["share_before"]) and row["direction"] == "unknown" and row["verdict"] == "unknown"
    assert boards.pooled(board) == {"areas": 0}


def test_more_than_all_is_kept_and_gets_no_interval():
    board = pair(figure(SONG_CAU, BEFORE, 90, 100), figure(SONG_CAU, AFTER, 137, 100))
    row = board.loc[SONG_CAU]
    assert row["share_after"] == pytest.approx(1.37) and row["change"] == pytest.approx(47)
    assert math.isnan(row["lower"]) and row["verdict"] == "unknown" and row["direction"] == "up"
    assert boards.pooled(board)["areas"] == 0, "one commune is no pool"
    two = pair(
        figure(SONG_CAU, BEFORE, 90, 100), figure(SONG_CAU, AFTER, 137, 100),
        figure(QUANG_THUAN, BEFORE, 90, 100), figure(QUANG_THUAN, AFTER, 137, 100),
    )  # fmt: skip
    pooled = boards.pooled(two)
    assert pooled["share_after"] == pytest.approx(1.37) and pooled["verdict"] == "unknown"
    one = boards.with_interval(
        boards.one(frame(figure(SONG_CAU, AFTER, 137, 100)), hand.pay(), AFTER, PILOTS), hand.pay()
    )
    assert one["lower"].isna().all() and one.loc[SONG_CAU, "share"] == pytest.approx(1.37)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((1, 100), (30, 100), "rise"),
        ((30, 100), (1, 100), "fall"),
        ((3, 10), (4, 10), "unclear"),
        ((0, 1), (1, 1), "unclear"),
    ],
)
def test_a_change_is_clear_only_when_its_interval_leaves_zero(before, after, verdict):
    row = pair(figure(SONG_CAU, BEFORE, *before), figure(SONG_CAU, AFTER, *after)).loc[SONG_CAU]
    assert row["verdict"] == verdict
    assert (row["lower"] <= 0 <= row["upper"]) == (verdict == "unclear")
    assert row["lower"] <= row["change"] <= row["upper"]


def test_amounts_change_in_their_unit():
    count = builders.catalogue().indicator_by_id["doc_count"]
    rows = frame(
        figure(SONG_CAU, BEFORE, value=100, indicator="doc_count"),
        figure(SONG_CAU, AFTER, value=130, indicator="doc_count"),
    )
    row = boards.pair(rows, count, BEFORE, AFTER, PILOTS).loc[SONG_CAU]
    assert row["change"] == 30 and math.isnan(row["lower"])


# ---------------------------------------------------------------- pooled


def test_the_pool_holds_only_communes_known_in_both_periods():
    board = pair(
        figure(SONG_CAU, BEFORE, 1, 100), figure(SONG_CAU, AFTER, 11, 100),
        figure(QUANG_THUAN, BEFORE, 4, 50), figure(QUANG_THUAN, AFTER, 4, 100),
        figure(THUONG_GIAO, AFTER, 900, 1000),  # no figure before
        figure(DUC_VAN, BEFORE, 0, 70), figure(DUC_VAN, AFTER, value=99),  # no counts after
    )  # fmt: skip
    pooled = boards.pooled(board)
    assert pooled["areas"] == 2
    assert (pooled["numerator_before"], pooled["denominator_before"]) == (5, 150)
    assert (pooled["numerator_after"], pooled["denominator_after"]) == (15, 200)
    assert pooled["share_after"] == 15 / 200
    assert pooled["change"] == pytest.approx(100 * (15 / 200 - 5 / 150))
    assert pooled["lower"] < pooled["change"] < pooled["upper"]


def test_a_commune_without_cases_does_not_enter_the_pool():
    board = pair(
        figure(SONG_CAU, BEFORE, 1, 10), figure(SONG_CAU, AFTER, 2, 10),
        figure(QUANG_THUAN, BEFORE, 0, 0, status="no_cases"), figure(QUANG_THUAN, AFTER, 5, 10),
        figure(THUONG_GIAO, BEFORE, 1, 10), figure(THUONG_GIAO, AFTER, 3, 10),
    )  # fmt: skip
    assert boards.pooled(board)["areas"] == 2 and boards.pooled(board)["numerator_after"] == 5


# ---------------------------------------------------------------- ranks


def test_nothing_unmeasured_is_ranked():
    rows = frame(
        figure(SONG_CAU, AFTER, 1, 10), figure(QUANG_THUAN, AFTER, 2, 20), figure(DUC_VAN, AFTER, 0, 0)
    )
    ranks = boards.ranked(boards.one(rows, hand.pay(), AFTER, PILOTS), hand.pay())
    assert ranks.to_dict() == {SONG_CAU: 1, QUANG_THUAN: 1, THUONG_GIAO: pd.NA, DUC_VAN: pd.NA} or (
        ranks[SONG_CAU] == ranks[QUANG_THUAN] == 1 and ranks[[THUONG_GIAO, DUC_VAN]].isna().all()
    )


@pytest.mark.parametrize(
    ("direction", "first"), [("higher_better", QUANG_THUAN), ("lower_better", SONG_CAU), ("neutral", None)]
)
def test_the_better_end_is_the_definitions(changed, direction, first):
    indicator = changed(hand.pay(), direction=direction)
    rows = frame(figure(SONG_CAU, AFTER, 1, 10), figure(QUANG_THUAN, AFTER, 9, 10))
    ranks = boards.ranked(boards.one(rows, indicator, AFTER, PILOTS), indicator)
    assert (ranks.index[ranks == 1].tolist() or [None]) == [first]


# ---------------------------------------------------------------- targets and tiers


def target(value=80, definition=""):
    text = builders.definition_texts()["indicators/pay_rate.toml"]
    goal = f'[target]\nvalue = {value}\nyear = 2025\nstatus = "proposed"\n' + (
        f'definition = "{definition}"\n' if definition else ""
    )
    own = world(**{"indicators/pay_rate.toml": text.replace("[[definitions]]", goal + "[[definitions]]", 1)})
    return own.indicator_by_id["pay_rate"]


def test_a_target_is_met_missed_or_unknown():
    indicator = target()
    rows = frame(
        figure(SONG_CAU, AFTER, 80, 100), figure(QUANG_THUAN, AFTER, 7, 9), figure(DUC_VAN, AFTER, value=79)
    )
    found = standings.target_state(boards.one(rows, indicator, AFTER, PILOTS), indicator)
    assert found["state"].to_dict() == {
        SONG_CAU: "met",
        QUANG_THUAN: "not_met",
        THUONG_GIAO: "unknown",
        DUC_VAN: "not_met",
    }
    assert found.loc[QUANG_THUAN, "cases"] == 1 and pd.isna(found.loc[DUC_VAN, "cases"])
    assert (
        standings.target_state(boards.one(rows, hand.pay(), AFTER, PILOTS), hand.pay())["state"] == "none"
    ).all()


def test_a_target_of_another_definition_is_not_held_against_a_figure():
    indicator = target(definition="766_portal")
    found = standings.target_state(
        boards.one(frame(figure(SONG_CAU, AFTER, 90, 100)), indicator, AFTER, PILOTS), indicator
    )
    assert (found["state"] == "unknown").all()


QUALIFIERS = [
    # qualifier, printed figure, operator, threshold, state that the words allow
    ("exact", 79, "ge", "80", "not_met"),
    ("exact", 80, "ge", "80", "met"),
    ("gt", 79, "ge", "80", "unknown"),
    ("gt", 80, "ge", "80", "met"),
    ("gt", 81, "ge", "80", "met"),
    ("lt", 79, "ge", "80", "not_met"),
    ("lt", 85, "ge", "80", "unknown"),
    ("approx", 85, "ge", "80", "unknown"),
    ("approx", 75, "ge", "80", "unknown"),
    ("approx_below", 80, "ge", "80", "unknown"),
    ("approx_below", 75, "ge", "80", "not_met"),
    ("implausible", 95, "ge", "80", "unknown"),
    ("implausible", 5, "ge", "80", "unknown"),
    ("gt", 79, "gt", "80", "unknown"),
    ("counted", 80, "gt", "80", "not_met"),
    # Where less is better, "more than 5" cannot meet "up to 5", and "under 6" decides nothing.
    ("exact", 5, "le", "5", "met"),
    ("gt", 4, "le", "5", "unknown"),
    ("gt", 5, "le", "5", "not_met or unknown"),
    ("gt", 6, "le", "5", "not_met or unknown"),
    ("lt", 5, "le", "5", "met or unknown"),
    ("lt", 6, "le", "5", "unknown"),
    ("approx", 4, "le", "5", "unknown"),
]


@pytest.mark.parametrize(("qualifier", "value", "operator", "threshold", "allowed"), QUALIFIERS)
def test_a_criterion_is_judged_only_as_far_as_the_words_go(qualifier, value, operator, threshold, allowed):
    own = world(criterion(operator=operator, threshold=threshold))
    rows = frame(figure(SONG_CAU, AFTER, value=value, qualifier=qualifier))
    states, _ = standings.tier_board(rows, own.scheme_by_id["own"], own, PILOTS)
    assert states.set_index("area_id").loc[SONG_CAU, "state"] in allowed.split(" or ")


def test_counts_decide_whatever_the_words():
    own = world(criterion())
    rows = frame(
        figure(SONG_CAU, AFTER, 79, 100, qualifier="gt"),
        figure(QUANG_THUAN, AFTER, 80, 100, qualifier="approx"),
    )
    states, _ = standings.tier_board(rows, own.scheme_by_id["own"], own, PILOTS)
    assert states["state"].tolist()[:2] == ["not_met", "met"]
    assert states["cases_short"].tolist()[:2] == [1, 0]


def test_a_tier_is_undecidable_while_a_criterion_is_unknown():
    own = world(criterion("1") + criterion("2", indicator="device_rate", threshold="50"))
    rows = frame(
        figure(SONG_CAU, AFTER, 90, 100), figure(SONG_CAU, AFTER, 60, 100, indicator="device_rate"),
        figure(QUANG_THUAN, AFTER, 90, 100),
        figure(THUONG_GIAO, AFTER, 10, 100),
        figure(DUC_VAN, AFTER, 90, 100, status="suppressed"),
    )  # fmt: skip
    _, tiers = standings.tier_board(rows, own.scheme_by_id["own"], own, PILOTS)
    assert tiers["tier_state"].tolist() == ["reached", "undecidable", "not_reached", "undecidable"]
    assert tiers["met"].tolist() == [2, 1, 0, 0] and tiers["unknown"].tolist() == [0, 1, 1, 2]
    ranks = standings.criteria_ranks(tiers)
    assert ranks["first"].tolist()[:3] == [1, 1, 2] and ranks["last"].tolist()[:3] == [1, 2, 3]
    assert ranks.iloc[3].isna().all(), "what was not measured has no place"


def test_a_criterion_takes_the_indicators_default_definition():
    own = world(criterion())
    rows = frame(figure(SONG_CAU, AFTER, 90, 100, definition="766_portal"))
    states, _ = standings.tier_board(rows, own.scheme_by_id["own"], own, PILOTS)
    assert (states["state"] == "unknown").all()


@pytest.mark.parametrize("kind", ["criteria", "counts"])
def test_a_scheme_without_criteria_decides_nothing(kind):
    own = world('note = { vi = "chưa rõ" }\nsize = 17\n', kind=kind, rule="counts_only")
    states, tiers = standings.tier_board(
        frame(figure(SONG_CAU, AFTER, 1, 1)), own.scheme_by_id["own"], own, PILOTS
    )
    assert (
        states.empty
        and (tiers["tier_state"] == "undecidable").all()
        and standings.criteria_ranks(tiers).isna().all().all()
    )


def test_points_are_given_only_where_everything_is_known():
    lines = (
        criterion("1", "linear", "", max_points=10)
        + criterion("2", "full_marks_ge_else_linear", "50", max_points=4)
        + criterion("3", "linear", "", "device_rate", max_points=6)
        + criterion("4", "score", "", "portal_score", max_points=5)
        + criterion("5", "linear", "", "")
    )
    own = world(lines, kind="points", rule="points")
    rows = frame(
        figure(SONG_CAU, AFTER, 25, 100), figure(QUANG_THUAN, AFTER, 60, 100),
        figure(SONG_CAU, AFTER, 137, 100, indicator="device_rate"),
        figure(THUONG_GIAO, AFTER, 5, 0),
    )  # fmt: skip
    board = standings.points_board(rows, own.scheme_by_id["own"], own, PILOTS)
    assert board.loc[SONG_CAU, "1"] == pytest.approx(2.5) and board.loc[SONG_CAU, "2"] == pytest.approx(2)
    assert board.loc[QUANG_THUAN, "2"] == pytest.approx(4) and math.isnan(board.loc[QUANG_THUAN, "3"])
    assert board.loc[SONG_CAU, "3"] == pytest.approx(6)  # never more than the maximum
    assert board["4"].isna().all() and board["5"].isna().all()
    assert board.loc[[THUONG_GIAO, DUC_VAN]].isna().all(axis=None)


# ---------------------------------------------------------------- index and reporting


def index_world(mean="arithmetic", least=0.5):
    texts = builders.definition_texts()
    files = {}
    for name in ("pay_rate", "device_rate"):
        text = texts[f"indicators/{name}.toml"]
        ends = '[goalposts]\nworst = 0\nbest = 100\nstatus = "proposed"\n'
        files[f"indicators/{name}.toml"] = (
            text.replace("[[definitions]]", ends + "[[definitions]]", 1)
            if "[[definitions]]" in text
            else text + ends
        )
    files["index.toml"] = (
        f'[index]\nmean = "{mean}"\nleast_weight = {least}\n[[pillar]]\nid = "gov"\nweight = 1.0\n'
        'indicators = [{ id = "pay_rate", weight = 3 }, { id = "device_rate", weight = 1 }]\n'
    )
    return world(**files)


def test_the_index_is_a_weighted_mean_of_what_is_known():
    own = index_world()
    rows = frame(
        figure(SONG_CAU, AFTER, 40, 100), figure(SONG_CAU, AFTER, 80, 100, indicator="device_rate"),
        figure(QUANG_THUAN, AFTER, 60, 100),
        figure(THUONG_GIAO, AFTER, 99, 100, indicator="device_rate"),
    )  # fmt: skip
    board = standings.index_board(rows, own, AFTER, PILOTS)
    assert board.loc[SONG_CAU, "index"] == pytest.approx(50) and board.loc[SONG_CAU, "weight"] == 1
    assert board.loc[QUANG_THUAN, "index"] == pytest.approx(60) and board.loc[QUANG_THUAN, "weight"] == 0.75
    assert math.isnan(board.loc[THUONG_GIAO, "index"]), "a quarter of the weight is too little"
    assert math.isnan(board.loc[DUC_VAN, "index"]) and board.loc[DUC_VAN, "weight"] == 0
    assert board["rank"].tolist()[:2] == [2, 1] and board["rank"].isna().tolist() == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("mean", ["arithmetic", "geometric"])
def test_scores_stay_between_the_goalposts(mean):
    own = index_world(mean)
    rows = frame(figure(SONG_CAU, AFTER, 137, 100), figure(QUANG_THUAN, AFTER, 0, 100))
    parts = standings.scores(rows, own, AFTER, PILOTS)
    assert parts.loc[SONG_CAU, "pay_rate"] == 100 and parts.loc[QUANG_THUAN, "pay_rate"] == 0
    assert parts["device_rate"].isna().all()
    board = standings.index_board(rows, own, AFTER, PILOTS)
    assert board.loc[SONG_CAU, "index"] == pytest.approx(100)
    assert np.isnan(board.loc[DUC_VAN, "index"])


def test_who_reported_how_much():
    own = builders.catalogue()
    rows = frame(
        figure(SONG_CAU, AFTER, 1, 10, received="2024-04-01"),
        figure(SONG_CAU, AFTER, 1, 10, definition="766_portal", received="2024-04-20"),
        figure(SONG_CAU, AFTER, value=3, indicator="doc_count", received="2024-04-02"),
        figure(SONG_CAU, AFTER, value=3, indicator="portal_score"),
        figure(SONG_CAU, BEFORE, 1, 10, indicator="device_rate"),
        figure(QUANG_THUAN, BEFORE, 1, 10),
    )
    board = boards.coverage(rows, own, AFTER, PILOTS)
    assert board["known"].tolist() == [2, 0, 0, 0], "two ways of counting one indicator are one indicator"
    assert board["sent"].tolist() == [2, 0, 0, 0] and not board["late"].any()
    printed = boards.coverage(rows.assign(provenance="published"), own, AFTER, PILOTS)
    assert printed["known"].tolist() == [2, 0, 0, 0] and printed["sent"].tolist() == [0, 0, 0, 0], (
        "print is no report"
    )
    late = boards.coverage(rows.assign(received="2024-09-01"), own, AFTER, PILOTS)
    assert late.loc[SONG_CAU, "late"] and not late.loc[QUANG_THUAN, "late"]
    assert (board["expected"] == sum(item.uploaded for item in own.indicators)).all()
    assert board.loc[SONG_CAU, "received"] == "2024-04-20" and pd.isna(board.loc[QUANG_THUAN, "received"])


def test_a_quarter_is_not_held_against_a_year():
    count = builders.catalogue().indicator_by_id["doc_count"]
    rows = frame(
        figure(SONG_CAU, "2023", value=400, indicator="doc_count"),
        figure(SONG_CAU, AFTER, value=110, indicator="doc_count"),
        figure(SONG_CAU, "2023", 1, 1000),
        figure(SONG_CAU, AFTER, 300, 1000),
    )
    row = boards.pair(rows, count, "2023", AFTER, PILOTS).loc[SONG_CAU]
    assert row["direction"] == "unknown" and math.isnan(row["change"]), (
        "a year's total is no fall to a quarter's"
    )
    row = boards.pair(rows, hand.pay(), "2023", AFTER, PILOTS).loc[SONG_CAU]
    assert row["verdict"] == "unknown" and row["change"] == pytest.approx(29.9)
    assert boards.comparable("2023-before", "2023") and not boards.comparable("2023", "2023-Q4")


@pytest.mark.parametrize(
    ("before", "after", "beside"),
    [
        ("2023-Q4", "2024-Q4", "2024-Q3"),
        ("2023-Q1", "2024-Q1", "2023-Q4"),
        ("2023-Q4", "2024-Q1", None),  # it is what is compared already
        ("2022", "2023", None),
        ("2023-H1", "2024-H1", None),
        ("undated", "undated", None),
    ],
)
def test_the_quarter_just_before_stands_beside(before, after, beside):
    assert boards.quarter_beside(before, after) == beside


def test_trends_of_an_area_are_the_shares_of_each_of_its_figures():
    times = ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4", "2024-Q1"]
    counted, empty = figure(SONG_CAU, "2023-Q1", 1, 846), figure(SONG_CAU, "2023-Q3", 0, 0)
    printed = figure(SONG_CAU, "2024-Q1", value=10.7)
    found = boards.trends(frame(counted, empty, printed), [hand.pay()], times)[hand.pay().id]
    slow = boards.shares(frame(counted, empty, printed).set_index("period"), hand.pay()).reindex(times)
    assert np.array_equal(found, slow.to_numpy(dtype=float), equal_nan=True)
    assert found[0] == 1 / 846 and found[4] == 0.107 and math.isnan(found[1]) and math.isnan(found[2])
    nothing = boards.trends(frame(), [hand.pay()], times)[hand.pay().id]
    assert len(nothing) == 5 and all(math.isnan(value) for value in nothing)
