"""Small numbers, neighbours, funnels and the other measures of disparity."""

from math import log

import numpy as np
import pandas as pd
import pytest
from scipy.stats import entropy

from metrics.disclosure import suppress, suppress_change
from metrics.disparity import gini, shortfall_ratio, theil
from metrics.neighbours import nearest
from metrics.rates import FUNNEL_Z, PLACES, dispersion, funnel_curve, funnel_limits, wilson_interval


def table(*rows):
    return pd.DataFrame(rows, columns=["numerator", "denominator"], dtype=float)


def reasons(counts, threshold=5, **options):
    found = suppress(counts, threshold, **options)
    hidden = found["status"] != "shown"
    assert found.loc[hidden, ["numerator", "denominator"]].isna().all(axis=None)
    pd.testing.assert_frame_equal(found.loc[~hidden, ["numerator", "denominator"]], counts[~hidden])
    return [word[:1] or status[:1] for word, status in zip(found["reason"], found["status"], strict=True)]


@pytest.mark.parametrize(
    ("rows", "options", "expected"),
    [
        ([(9, 80), (40, 90)], {}, "ss"),
        ([(2, 60), (9, 80), (40, 90)], {}, "pss"),  # "s" of secondary, then of shown
        ([(58, 60), (9, 80), (40, 90)], {}, "pss"),
        ([(1, 4), (9, 80), (40, 90)], {}, "pss"),
        ([(0, 60), (9, 80)], {}, "ss"),
        ([(60, 60), (9, 80)], {}, "ss"),
        ([(0, 60), (9, 80), (40, 90)], {"zero": "hide"}, "pss"),
        ([(2, 60), (9, 80)], {"total_shown": False}, "ps"),
        ([(4, 60), (5, 60)], {"threshold": 1}, "ss"),
        ([(None, 60), (9, 80)], {}, "ms"),
        ([(3, None), (9, 80)], {}, "ps"),
        ([(2, 60)], {}, "p"),
    ],
)
def test_small_numbers_are_hidden(rows, options, expected):
    assert "".join(reasons(table(*rows), **options)) == expected


def words(rows, **options):
    return suppress(table(*rows), 5, **options)["reason"].tolist()


def test_the_smallest_remaining_is_hidden_too():
    assert words([(2, 60), (40, 90), (9, 80)]) == ["primary", "", "secondary"]
    assert words([(2, 60), (9, 90), (9, 80)]) == ["primary", "", "secondary"]
    assert words([(2, 60), (0, 50), (9, 80)]) == ["primary", "", "secondary"]  # a 0 protects nobody


def test_two_small_ones_that_give_themselves_away_take_a_third():
    assert words([(1, 60), (1, 60), (9, 80), (40, 90)]) == ["primary", "primary", "secondary", ""]
    assert words([(3, 60), (3, 60), (9, 80), (40, 90)]) == ["primary", "primary", "", ""]
    assert words([(59, 60), (59, 60), (9, 80), (40, 90)]) == ["primary", "primary", "secondary", ""]


def test_each_group_is_looked_at_alone():
    rows, groups = [(2, 60), (9, 80), (8, 80), (30, 90)], pd.Series(["u", "u", "v", "v"])
    assert words(rows, groups=groups) == ["primary", "secondary", "", ""]
    assert suppress(table(*rows).set_axis(list("abcd")), 5).index.tolist() == list("abcd")


@pytest.mark.parametrize(
    ("rows", "options"),
    [
        ([(1, 2)], {"threshold": 0}),
        ([(1, 2)], {"threshold": 5, "zero": "maybe"}),
        ([(-1, 2)], {"threshold": 5}),
        ([(3, 2)], {"threshold": 5}),
        ([(1, 2)], {"threshold": 5, "groups": pd.Series([None])}),
        ([(1, 2)], {"threshold": 5, "groups": pd.Series(["u"], index=[7])}),
    ],
)
def test_impossible_tables_are_refused(rows, options):
    with pytest.raises(ValueError):
        suppress(table(*rows), **options)


def test_a_change_is_hidden_with_either_end():
    after = pd.Series(["shown", "suppressed", "shown", "missing", "missing"], list("abcde"))
    before = pd.Series(["shown", "shown", "suppressed", "suppressed", "shown"], list("abcde"))
    assert suppress_change(after, before).tolist() == ["shown", *["suppressed"] * 3, "missing"]
    with pytest.raises(ValueError, match="index"):
        suppress_change(after, before[::-1])
    with pytest.raises(ValueError, match="status"):
        suppress_change(after, before.replace("shown", "open"))


def test_published_funnel():
    """testdata_funnel_prop_outputs.csv of PHEindicatormethods: limits around 80.642448 %."""
    published = {
        1: (3.204264, 100, 0, 100),
        14: (59.946223, 100, 48.011163, 100),
        20: (63.326743, 97.958152, 53.341156, 100),
        50: (69.691035, 91.593861, 63.375595, 97.909301),
        1008: (78.203374, 83.081521, 76.796814, 84.488082),
        110000: (80.408963, 80.875933, 80.274317, 81.010578),
    }
    found = 100 * funnel_curve(0.80642448, pd.Series([*published], index=[*published]))
    for base, limits in published.items():
        assert found.loc[base].tolist() == pytest.approx(limits, abs=6e-5 if base == 1 else 1e-5)


def test_an_area_lies_outside_where_its_wilson_interval_misses_the_average():
    x = pd.Series([2, 30, 8, 0, 90, None, 0, 40], index=list("abcdefgh"), dtype=float)
    n = pd.Series([40, 60, 20, 30, 100, 50, 0, 90], index=list("abcdefgh"), dtype=float)
    found = funnel_limits(x, n)
    assert found.index.tolist() == list("abcdefgh") and set(found["place"]) <= set(PLACES)
    assert found.loc[["f", "g"], "place"].tolist() == ["unknown"] * 2
    assert found.loc[["f", "g"]].drop(columns="place").isna().all(axis=None)
    for confidence, places in ((0.95, ("within",)), (0.998, ("within", "below_inner", "above_inner"))):
        lower, upper = wilson_interval(x, n, confidence)
        for area in "abcdeh":
            touches = lower[area] <= found.loc[area, "average"] <= upper[area]
            assert touches == (found.loc[area, "place"] in places)
    assert {"below_outer", "above_outer"} < set(found["place"])


@pytest.mark.parametrize(
    ("average", "base", "z"), [(1.1, 5, FUNNEL_Z), (0.5, 0, FUNNEL_Z), (0.5, 5, (3, 2)), (0.5, 5, (0, 2))]
)
def test_impossible_funnels_are_refused(average, base, z):
    with pytest.raises(ValueError):
        funnel_curve(average, pd.Series([base]), z)


def test_dispersion_by_hand():
    """Pooled 40/120 = 1/3: (2 - 40/3)²/(40·2/9) + (30 - 20)²/(60·2/9) + (8 - 20/3)²/(20·2/9) = 14.45 + 7.5 + 0.4, over 2."""
    x, n = pd.Series([2.0, 30, 8, None, 3]), pd.Series([40.0, 60, 20, 10, 0])
    assert dispersion(x, n) == pytest.approx((14.45 + 7.5 + 0.4) / 2)
    assert dispersion(pd.Series([5.0, 10]), pd.Series([50.0, 100])) == 0  # all alike: closer than chance
    for few in ([5.0], [0.0, 0.0], [50.0, 50.0]):
        assert np.isnan(dispersion(pd.Series(few), pd.Series([50.0] * len(few))))
    with pytest.raises(ValueError):
        dispersion(pd.Series([6.0, 1]), pd.Series([5.0, 5]))


def test_a_funnel_of_nothing():
    assert funnel_limits(pd.Series([None, 0.0]), pd.Series([5.0, 0.0]))["place"].tolist() == ["unknown"] * 2
    with pytest.raises(ValueError, match="more cases"):
        funnel_limits(pd.Series([6]), pd.Series([5]))


def test_theil_is_the_divergence_of_shares():
    """SciPy's relative entropy of the shares of the amount from those of the weight; ln k at the extreme."""
    values, weights = pd.Series([10.0, 10, 10, 20, 50, None]), pd.Series([3.0, 1, 1, 2, 1, 4])
    assert theil(values) == pytest.approx(entropy(values[:5] / 100, [0.2] * 5), rel=1e-13)
    amounts = values[:5] * weights[:5]
    assert theil(values, weights) == pytest.approx(
        entropy(amounts / amounts.sum(), weights[:5] / 8), rel=1e-13
    )
    assert theil(pd.Series([0.0] * 7 + [5.0])) == pytest.approx(log(8))
    assert theil(pd.Series([3.0, 3.0])) == 0
    for values, weights in (
        ([1.0], None),
        ([0.0, 0.0], None),
        ([1.0, 2.0], [1.0, 0.0]),
        ([1.0, 2.0], [1.0, None]),
    ):
        assert np.isnan(theil(pd.Series(values), None if weights is None else pd.Series(weights)))
    for values, weights in (([-1.0, 2.0], [1.0, 1.0]), ([1.0, 2.0], [1.0, -1.0])):
        with pytest.raises(ValueError, match="negative"):
            theil(pd.Series(values), pd.Series(weights))


def test_gini_of_nine_small_and_one_large():
    """Published with R's ineq: 0.4263158 for nine times 10 and once 100."""
    assert round(gini(pd.Series([10.0] * 9 + [100.0])), 7) == 0.4263158


def test_shortfalls():
    assert shortfall_ratio(pd.Series([0.99, 0.9, None])) == pytest.approx(10)
    assert shortfall_ratio(pd.Series([0.5, 0.5])) == 1
    assert np.isnan(shortfall_ratio(pd.Series([0.5, None]))) and np.isnan(
        shortfall_ratio(pd.Series([1.0, 0.5]))
    )
    for value in (-0.1, 1.1):
        with pytest.raises(ValueError):
            shortfall_ratio(pd.Series([value, 0.5]))


FEATURES = pd.DataFrame(
    {"people": [1.0, 2, 3, 9, None], "hills": [5.0, 5, None, 1, None], "same": [7.0] * 5}, index=list("abcde")
)


def test_neighbours():
    found = nearest(FEATURES, "a", 9)
    assert found.index.tolist() == ["b", "c", "d"] and found["features"].tolist() == [2, 1, 2]
    spread = FEATURES["people"].std()
    assert found.loc["b", "distance"] == pytest.approx(1 / spread)
    assert found.loc["c", "distance"] == pytest.approx(
        np.sqrt(2) * 2 / spread
    )  # one of two features, doubled
    assert nearest(FEATURES, "a").equals(found) and len(nearest(FEATURES, "a", 1)) == 1
    assert (
        nearest(FEATURES, "e").empty
        and nearest(FEATURES[["same"]], "a").empty
        and nearest(FEATURES[[]], "a").empty
    )


def test_equal_neighbours_are_ordered_by_name():
    tied = pd.DataFrame({"people": [5.0, 6, 4, 6, 4]}, index=["m", "z", "y", "b", "a"])
    assert nearest(tied, "m", 4).index.tolist() == ["a", "b", "y", "z"]


@pytest.mark.parametrize(
    ("features", "area", "count"),
    [(FEATURES, "x", 3), (FEATURES, "a", 0), (FEATURES.set_axis(list("aabcd")), "b", 3)],
)
def test_impossible_neighbours_are_refused(features, area, count):
    with pytest.raises(ValueError):
        nearest(features, area, count)
