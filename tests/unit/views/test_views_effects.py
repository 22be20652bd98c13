"""What a delivery would do to rates, places and criteria: figures written out by hand before and after."""

import pandas as pd
import pytest

from store import catalogue as definitions
from tests import builders
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
from views import effects
from views.effects import KEY, Effect

SCHEME = """
id = "own"
name = { vi = "Bộ thử" }
kind = "criteria"
status = "published_threshold"
rule = "all"
[[criterion]]
no = "1"
name = { vi = "Từ 50%" }
indicator = "pay_rate"
definition = "local_report"
operator = "ge"
threshold = "50"
status = "published_threshold"
[[criterion]]
no = "2"
name = { vi = "Điều chưa đo" }
operator = "ge"
status = "published_threshold"
"""
INDEX = """
[index]
mean = "arithmetic"
least_weight = 0.5
[[pillar]]
id = "gov"
weight = 1.0
indicators = [{ id = "pay_rate", weight = 1 }]
"""
NO_ROWS = frame()
CATALOGUE = definitions.load(builders.definition_texts())


@pytest.fixture(scope="module")
def own():
    """The small world with one headline rate, one scheme and an index of that rate."""
    files = builders.definition_texts()
    name = "indicators/pay_rate.toml"
    top = 'headline = true\ngoalposts = { worst = 0, best = 100, status = "proposed" }\n'
    return definitions.load(files | {name: top + files[name], "tiers/own.toml": SCHEME, "index.toml": INDEX})


def sent(*rows):
    """Rows as a file gives them: no provenance, no source."""
    return frame(*rows)[[*KEY, "numerator", "denominator", "value", "status", "line"]]


def shown(before, after, own, period=AFTER):
    return effects.effects(before, after, own, period, PILOTS, own.schemes)


def kinds(found):
    return [(item.kind, item.area) for item in found]


# ---------------------------------------------------------------- overlay


def test_what_comes_in_takes_the_place_of_the_same_key_and_leaves_the_rest():
    before = frame(figure(SONG_CAU, AFTER, 10, 100), figure(QUANG_THUAN, AFTER, 5, 100))
    after = effects.overlay(before, sent(figure(SONG_CAU, AFTER, 12, 100)), NO_ROWS, {}, CATALOGUE)
    assert dict(zip(after["area_id"], after["numerator"], strict=True)) == {SONG_CAU: 12, QUANG_THUAN: 5}
    assert list(after.columns) == [name for name in before.columns if name in after.columns]
    row = after.set_index("area_id").loc[SONG_CAU]
    assert (row["provenance"], row["qualifier"]) == ("uploaded", "exact") and row["value_given"]
    assert before["numerator"].tolist() == [10, 5], "what is on show is not altered"


def test_what_is_removed_goes_and_other_periods_and_roles_stay():
    rows = [
        figure(SONG_CAU, AFTER, 10, 100),
        figure(SONG_CAU, BEFORE, 8, 100),
        figure(DUC_VAN, AFTER, 1, 100),
    ]
    gone = frame(rows[0])
    after = effects.overlay(frame(*rows), sent(), gone, {}, CATALOGUE)
    assert list(zip(after["area_id"], after["period"], strict=True)) == [(SONG_CAU, BEFORE), (DUC_VAN, AFTER)]
    target = frame(figure(SONG_CAU, AFTER, 10, 100, role="target"))
    assert len(effects.overlay(frame(*rows), sent(), target, {}, CATALOGUE)) == 3


def test_only_what_is_counted_as_the_pages_count_is_laid_over():
    before = frame(figure(SONG_CAU, AFTER, 10, 100))
    other = sent(
        figure(SONG_CAU, AFTER, 90, 100, definition="766_portal"),
        figure(SONG_CAU, AFTER, 95, 100, role="target"),
    )
    after = effects.overlay(before, other, NO_ROWS, {"pay_rate": "local_report"}, CATALOGUE)
    assert after["numerator"].tolist() == [10]
    nobody = effects.overlay(NO_ROWS, other, NO_ROWS, {}, CATALOGUE)
    assert nobody["numerator"].tolist() == [90], "where nothing was counted yet, the file's own way counts"


def test_a_file_over_nothing_is_all_there_is():
    after = effects.overlay(NO_ROWS, sent(figure(SONG_CAU, AFTER, 12, 100)), NO_ROWS, {}, CATALOGUE)
    assert after["area_id"].tolist() == [SONG_CAU] and after["value"].tolist() == [12.0]


# ---------------------------------------------------------------- differences


def test_the_same_figures_have_no_effect(own):
    before = frame(figure(SONG_CAU, AFTER, 10, 100), figure(QUANG_THUAN, AFTER, 5, 100))
    assert shown(before, before.copy(), own) == []
    assert shown(NO_ROWS, NO_ROWS, own) == []


def test_the_common_rate_is_the_sum_of_counts_before_and_after(own):
    before = frame(figure(SONG_CAU, AFTER, 10, 100), figure(QUANG_THUAN, AFTER, 5, 300))
    after = frame(figure(SONG_CAU, AFTER, 12, 100), figure(QUANG_THUAN, AFTER, 5, 300))
    found = shown(before, after, own)
    counted = (2, len(PILOTS))
    ends = (15.0, 400.0, *counted), (17.0, 400.0, *counted)
    assert found == [Effect("pooled", AFTER, "", "pay_rate", "", *ends)]
    assert shown(before, after, own, BEFORE) == [], "another period is not touched"


def test_a_share_without_counts_is_in_no_sum(own):
    before = frame(figure(SONG_CAU, AFTER, 10, 100))
    after = frame(figure(SONG_CAU, AFTER, 10, 100), figure(QUANG_THUAN, AFTER, value=4))
    assert "pooled" not in [item.kind for item in shown(before, after, own)]


def test_the_first_figure_comes_from_nothing_and_has_no_place_among_one(own):
    found = shown(NO_ROWS, frame(figure(SONG_CAU, AFTER, 12, 100)), own)
    ends = {item.kind: (item.before, item.after) for item in found}
    assert ends == {"pooled": (None, (12.0, 100.0, 1, len(PILOTS)))}
    gone = shown(frame(figure(SONG_CAU, AFTER, 12, 100)), NO_ROWS, own)
    assert {item.kind: (item.before, item.after) for item in gone} == {
        kind: ends[::-1] for kind, ends in ends.items()
    }


def test_overtaking_changes_the_places_of_both(own):
    rows = [
        figure(SONG_CAU, AFTER, 10, 100),
        figure(QUANG_THUAN, AFTER, 20, 100),
        figure(DUC_VAN, AFTER, 1, 100),
    ]
    after = effects.overlay(frame(*rows), sent(figure(SONG_CAU, AFTER, 30, 100)), NO_ROWS, {}, CATALOGUE)
    found = [item for item in shown(frame(*rows), after, own) if item.kind == "rank"]
    assert {item.area: (item.before, item.after) for item in found} == {
        SONG_CAU: ((2.0, 3.0), (1.0, 3.0)),
        QUANG_THUAN: ((1.0, 3.0), (2.0, 3.0)),
    }
    index = [item.area for item in shown(frame(*rows), after, own) if item.kind == "index_rank"]
    assert index == [SONG_CAU, QUANG_THUAN]


def test_one_more_place_changes_the_places_of_all(own):
    rows = [figure(SONG_CAU, AFTER, 10, 100), figure(QUANG_THUAN, AFTER, 5, 100)]
    after = effects.overlay(frame(*rows), sent(figure(THUONG_GIAO, AFTER, 1, 100)), NO_ROWS, {}, CATALOGUE)
    found = {item.area: item.after for item in shown(frame(*rows), after, own) if item.kind == "rank"}
    assert found == {SONG_CAU: (1.0, 3.0), QUANG_THUAN: (2.0, 3.0), THUONG_GIAO: (3.0, 3.0)}


@pytest.mark.parametrize(
    ("n", "met"), [(49, 0.0), (50, 1.0), (51, 1.0)], ids=["just below", "just reached", "above"]
)
def test_a_criterion_is_met_exactly_from_its_threshold(own, n, met):
    before = frame(figure(SONG_CAU, AFTER, 49, 100))
    found = [
        item for item in shown(before, frame(figure(SONG_CAU, AFTER, n, 100)), own) if item.kind == "criteria"
    ]
    assert found == ([Effect("criteria", AFTER, SONG_CAU, "", "own", (0.0, 2.0), (1.0, 2.0))] if met else [])


def test_nothing_is_rounded_away_and_nothing_shown_twice(own):
    before = frame(figure(SONG_CAU, AFTER, 499_999, 1_000_000))
    after = frame(figure(SONG_CAU, AFTER, 500_000, 1_000_000))
    assert kinds(shown(before, after, own)) == [("pooled", ""), ("criteria", SONG_CAU)]


def test_a_correction_back_undoes_every_effect(own):
    rows = frame(figure(SONG_CAU, AFTER, 10, 100), figure(QUANG_THUAN, AFTER, 20, 100))
    there = effects.overlay(rows, sent(figure(SONG_CAU, AFTER, 60, 100)), NO_ROWS, {}, CATALOGUE)
    back = effects.overlay(there, sent(figure(SONG_CAU, AFTER, 10, 100)), NO_ROWS, {}, CATALOGUE)
    forth = shown(rows, there, own)
    assert kinds(forth) == kinds(shown(there, back, own)) and shown(rows, back, own) == []
    assert [(item.before, item.after) for item in shown(there, back, own)] == [
        (item.after, item.before) for item in forth
    ]
    assert isinstance(forth[0], Effect) and not pd.isna(forth[0].before[0])
