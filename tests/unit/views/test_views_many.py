"""Groups of communes, long tables and spreads: what a page shows when it cannot show everybody."""

import dataclasses
import itertools
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.spread import bins, quantiles
from store import catalogue as definitions
from store import citations, groups, read
from store.snapshot import Snapshot, current_id, snapshot_path
from views import bands, boards, load, many, spread
from views.frame import Context
from views.load import PROVENANCES
from views.screens import indicator_many

DEMO = "demo"


@pytest.fixture(scope="module")
def opened(built):
    """The illustrative snapshot and its definitions."""
    snapshot = Snapshot(snapshot_path(built, DEMO, current_id(built, DEMO)))
    yield snapshot, definitions.load(read.definition_files(snapshot))
    snapshot.close()


@pytest.fixture(scope="module")
def known(opened):
    """Every group of the product's own areas."""
    return groups.groups(opened[1])


# ---------------------------------------------------------------- groups


def test_the_groups_of_the_product_are_the_pilot_its_successors_and_both_lists_of_the_province(known):
    assert {name: len(group.areas) for name, group in known.items()} == {
        "pilot": 8,
        "pilot-after": 8,
        "19-2025": 37,
        "06-2020": 108,
    }
    assert [name for name, group in known.items() if group.first] == ["pilot"]
    assert known["06-2020"].until == date(2025, 6, 30) and known["19-2025"].since == date(2025, 7, 1)


def test_units_of_a_group_lived_at_the_same_time(known):
    for group in known.values():
        starts = [area.valid_from for area in group.areas if area.valid_from]
        ends = [area.valid_to for area in group.areas if area.valid_to]
        assert not starts or not ends or max(starts) <= min(ends), group.id


def test_places_that_are_only_quoted_are_in_no_group(known):
    assert all(area.role != "reference" for group in known.values() for area in group.areas)


def test_two_provinces_make_a_country_on_each_list(opened):
    catalogue = opened[1]
    moved = tuple(
        dataclasses.replace(area, province_id="elsewhere")
        if area.id in ("01834-2020", "01840-2025")
        else area
        for area in catalogue.areas
    )
    found = groups.groups(dataclasses.replace(catalogue, areas=moved))
    assert len(found["vn-now"].areas) == 37 and len(found["vn-2025-06-30"].areas) == 108
    assert len(found["06-2020"].areas) == 107


def test_a_province_that_outlived_its_communes_has_a_group_for_each_list_that_can_be_cited(opened):
    catalogue = opened[1]
    stayed = tuple(
        dataclasses.replace(area, province_id="06-2020") if area.province_id == "19-2025" else area
        for area in catalogue.areas
    )
    found = groups.groups(dataclasses.replace(catalogue, areas=stayed))
    both = {name: len(group.areas) for name, group in found.items() if group.kind == "province"}
    assert both == {"06-2020_now": 37, "06-2020_2025-06-30": 108}
    for name in found:
        citations._require_plain("demo", "change", {"group": name}, "vi")


def test_ids_of_a_group_are_known_by_its_name(known):
    ids = known["06-2020"].area_ids
    assert ids == groups.AreaIds("06-2020", ids) and hash(ids) == hash(groups.AreaIds("06-2020", ids))
    assert ids != groups.AreaIds("other", ids) and ids == tuple(ids)


# ---------------------------------------------------------------- long tables

orders = st.lists(st.integers(0, 400).map(str), unique=True, max_size=120)


@given(orders, st.data())
def test_a_long_table_hides_nobody_without_saying_how_many(order, data):
    marked = data.draw(st.lists(st.sampled_from(order), max_size=8)) if order else []
    found = many.shown(order, marked)
    assert sum(item if isinstance(item, int) else 1 for item in found) == len(order)
    named = [item for item in found if isinstance(item, str)]
    assert named == [item for item in order if item in named], "the order is kept"
    assert set(marked) <= set(named) and set(order[: many.ENDS]) <= set(named)
    assert set(order[-many.ENDS :]) <= set(named) or not order
    assert not any(isinstance(a, int) and isinstance(b, int) for a, b in itertools.pairwise(found))


# ---------------------------------------------------------------- spreads

numbers = st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=60)


@given(numbers)
def test_quantiles_are_those_of_a_plain_sort(values):
    series = pd.Series(values, dtype=float)
    known = sorted(value for value in values if value is not None)
    for share, found in zip((0.0, 0.25, 0.5, 1.0), quantiles(series, (0.0, 0.25, 0.5, 1.0)), strict=True):
        if not known:
            assert np.isnan(found)
            continue
        place = share * (len(known) - 1)
        low, rest = int(place), place - int(place)
        above = known[min(low + 1, len(known) - 1)]
        assert found == pytest.approx(known[low] * (1 - rest) + above * rest, rel=1e-9, abs=1e-6)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=80))
def test_every_value_is_counted_in_its_class(tenths):
    values = pd.Series([number / 1000 for number in tenths])
    found = bins(values, 0.0, 1.0, 0.05)
    slow = [0] * 20
    for number in tenths:
        slow[min(number // 50, 19)] += 1
    assert found.counts.tolist() == slow


def test_what_lies_outside_the_classes_is_an_error_not_a_loss():
    with pytest.raises(ValueError, match="outside"):
        bins(pd.Series([2.0]), 0.0, 1.0, 0.1)


# ---------------------------------------------------------------- reads that do not read everything


def test_reports_counted_by_the_database_are_those_counted_by_hand(opened, known):
    snapshot, catalogue = opened
    areas = known["06-2020"].area_ids
    figures = read.figures(snapshot, areas=areas, provenances=PROVENANCES[DEMO])
    for period in ("2023-Q4", "2024-Q2", "2024-Q4"):
        slow = boards.coverage(figures, catalogue, period, areas)
        counts = read.reported(
            snapshot,
            areas=areas,
            period=period,
            indicators=boards.asked_of(catalogue),
            provenances=PROVENANCES[DEMO],
        )
        fast = boards.coverage_of(counts, catalogue, period, areas)
        pd.testing.assert_frame_equal(fast.fillna("–"), slow.fillna("–"), check_dtype=False)


def test_a_series_holds_the_same_figures_as_the_whole_rows(opened, known):
    snapshot, catalogue = opened
    areas, name = known["06-2020"].area_ids, catalogue.headline[0].id
    whole = read.figures(snapshot, areas=areas, indicators=(name,), provenances=PROVENANCES[DEMO])
    lean = read.series(snapshot, areas=areas, indicator=name, provenances=PROVENANCES[DEMO])
    keys = ["area_id", "definition", "period"]
    columns = [*keys, "numerator", "denominator", "value", "status"]
    left = whole[columns].astype(dict.fromkeys((*keys, "status"), str)).sort_values(keys, ignore_index=True)
    right = lean[columns].astype(dict.fromkeys((*keys, "status"), str)).sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(left, right, check_dtype=False)


# ---------------------------------------------------------------- pages of many


@pytest.fixture
def crowd(demo, known, monkeypatch, opened):
    """A reader before the 108 communes of the former list."""
    snapshot, catalogue = opened
    monkeypatch.setattr(load, "snapshot", lambda *_: snapshot)
    monkeypatch.setattr(load, "catalogue", lambda *_: catalogue)
    monkeypatch.setattr(load, "groups", lambda *_: known)
    return dataclasses.replace(demo.ctx, group=known["06-2020"])


def test_bands_show_a_gap_where_nobody_reported(crowd):
    shares = pd.Series([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    periods = pd.Series(["2024-Q1"] * 3 + ["2024-Q3"] * 3)
    table = bands.through_time(shares, periods, ["2024-Q1", "2024-Q2", "2024-Q3"])
    assert table["known"].tolist() == [3, 0, 3] and table[0.5].isna().tolist() == [False, True, False]
    figure = bands.draw(crowd, table, {}, crowd.catalogue.headline[0])
    fills = [trace for trace in figure.data if trace.fill == "toself"]
    assert len(fills) == 4, "two bands, each in two pieces"


def test_a_value_far_away_is_counted_and_told_and_does_not_press_the_others(crowd):
    values = pd.Series([*np.linspace(0.1, 0.3, 999), 90.0])
    figure = spread.draw(crowd, values, spread.change_writer(crowd), zero=False)
    bars = next(trace for trace in figure.data if trace.type == "bar")
    assert sum(bars.y) == 1000 and figure.layout.xaxis.range[1] < 1
    said = crowd.text("many.beyond", count="")
    assert any(said.strip() in note.text for note in figure.layout.annotations)


def test_marks_of_a_spread_carry_name_figure_and_the_way_to_the_profile(crowd):
    marks = [spread.Mark("Sông Cầu", 0.107, "10,7% (97/907)", "01837-2020")]
    figure = spread.draw(crowd, pd.Series(np.linspace(0, 0.5, 60)), spread.change_writer(crowd), marks)
    dot = next(trace for trace in figure.data if getattr(trace, "mode", "") == "markers+text")
    assert "10,7% (97/907)" in dot.text[0] and dot.customdata[0] == "area|area=01837-2020"


def test_a_province_leads_to_its_own_communes_on_the_same_list(crowd):
    assert many.province_group(crowd, "06-2020") == "06-2020"
    assert many.province_group(crowd, "19-2025") == "", "another list of units"


def test_some_communes_of_a_group_make_a_context_of_their_own(crowd: Context):
    few = crowd.of(("01837-2020", "02017-2020"))
    assert [area.id for area in few.areas] == ["01837-2020", "02017-2020"] and not few.many and crowd.many


def test_two_communes_of_one_name_keep_a_line_each(crowd):
    one, other = crowd.areas[:2]
    areas = [
        dataclasses.replace(area, name=one.name, kind=one.kind) if area.id == other.id else area
        for area in crowd.catalogue.areas
    ]
    twins = dataclasses.replace(crowd, catalogue=dataclasses.replace(crowd.catalogue, areas=tuple(areas)))
    indicator = crowd.catalogue.headline[0]
    lines = indicator_many._lines(
        twins, indicator, indicator.default_definition, (one.id, other.id), ["2024-Q4"]
    )
    assert len(lines) == 2 and all(area.code in name for area, name in zip((one, other), lines, strict=True))
