"""Trend over several periods, against figures that others have published."""

import numpy as np
import pandas as pd
import pytest

from metrics.trend import (
    cochran_armitage,
    mann_kendall,
    quarterly_trend,
    seasonal_mann_kendall,
    seasonal_sen_slope,
    sen_slope,
)

NONE = float("nan")
# Hollander & Wolfe (1973), p. 187: tuna lightness and panel score, as in R's example of cor.test.
LIGHTNESS = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1]
PANEL = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8]
# USEPA (2009), Unified Guidance, example 14-10: monthly concentrations 1983 to 1985.
MONTHLY = """
    1.99 2.10 2.12 2.12 2.11 2.15 2.19 2.18 2.16 2.08 2.05 2.08
    2.01 2.10 2.17 2.13 2.13 2.18 2.25 2.24 2.22 2.13 2.08 2.16
    2.15 2.17 2.27 2.23 2.24 2.26 2.31 2.32 2.28 2.22 2.19 2.22
"""


def quarters(first, count):
    """Years and quarters of ``count`` quarters in a row from the first quarter of a year."""
    steps = range(count)
    return pd.Series([first + step // 4 for step in steps]), pd.Series([1 + step % 4 for step in steps])


@pytest.mark.parametrize(
    ("x", "n", "chi2", "p", "direction"),
    [
        # R, prop.trend.test, example: smokers among lung patients (Fleiss 1981).
        ([83, 90, 129, 70], [86, 93, 136, 82], 8.2249, 0.004132, "fall"),
        # Carriers of streptococci by size of the tonsils: Holmes & Williams 1954, in Armitage 1955.
        ([19, 29, 24], [516, 589, 293], 7.1927, 0.00732, "rise"),
    ],
)
def test_published_trends_of_proportions(x, n, chi2, p, direction):
    found = cochran_armitage(pd.Series(x), pd.Series(n))
    assert round(found.chi2, 4) == chi2 and round(found.p, 6) == pytest.approx(p, abs=5e-6)
    assert found.direction == direction


def test_a_group_without_a_rate_keeps_its_place():
    x, n = pd.Series([5, None, 20]), pd.Series([100, 100, 100])
    places = pd.Series([1.0, 3.0])
    assert cochran_armitage(x, n) == cochran_armitage(x.dropna().reset_index(drop=True), n[:2], places)
    assert cochran_armitage(pd.Series([5, 0, 20]), pd.Series([100, 0, 100])) == cochran_armitage(x, n)


@pytest.mark.parametrize(
    ("x", "n", "scores"),
    [
        ([5.0, None], [10, 10], None),
        ([0, 0, 0], [9, 9, 9], None),
        ([9, 9], [9, 9], None),
        ([3, 4], [9, 9], [2, 2]),
        ([], [], None),
    ],
)
def test_nothing_to_test(x, n, scores):
    scores = None if scores is None else pd.Series(scores)
    found = cochran_armitage(pd.Series(x, dtype=float), pd.Series(n, dtype=float), scores)
    assert np.isnan(found.chi2) and np.isnan(found.p) and found.direction == "unknown"


def test_a_level_proportion():
    assert cochran_armitage(pd.Series([3, 3]), pd.Series([9, 9])) == (0.0, 1.0, "level")


@pytest.mark.parametrize(
    ("x", "n", "scores"), [([-1, 2], [9, 9], None), ([10, 2], [9, 9], None), ([1, 2], [9, 9], [1, None])]
)
def test_impossible_proportions_are_refused(x, n, scores):
    with pytest.raises(ValueError):
        cochran_armitage(pd.Series(x), pd.Series(n), None if scores is None else pd.Series(scores))


def test_mann_kendall_of_four_values_cannot_reach_five_per_cent():
    found = mann_kendall(pd.Series([1.0, 2.0, 3.0, 4.0]))
    assert found.s == 6 and found.exact and round(found.p, 3) == 0.083


def test_mann_kendall_is_kendalls_test_against_time():
    """R's cor.test, example of Hollander & Wolfe: T = 26 (S = 2·26 − 36), p = 0.1194."""
    found = mann_kendall(pd.Series(PANEL, index=LIGHTNESS).sort_index())
    assert (found.s, round(found.p, 4), found.n, found.exact) == (16.0, 0.1194, 9, True)


def test_mann_kendall_of_a_long_rise():
    """The example of pyMannKendall's own tests: 1 to 100."""
    found = mann_kendall(pd.Series(range(1, 101)))
    assert (found.s, found.variance, found.exact) == (4950, 112750, False)
    assert found.z == pytest.approx(14.73869998208331, rel=1e-14)


def test_seasonal_test_and_slope_of_the_guidance():
    """EnvStats' kendallSeasonalTrendTest of USEPA (2009), example 14-10: z, p and slope."""
    values = pd.Series([float(number) for number in MONTHLY.split()])
    months, years = pd.Series([*range(12)] * 3), pd.Series(np.repeat([1983, 1984, 1985], 12))
    found = seasonal_mann_kendall(values, months)
    assert (round(found.z, 7), found.n, found.exact) == (5.1849514, 36, False)
    assert found.p == pytest.approx(2.160712e-07, rel=5e-7)
    assert seasonal_sen_slope(values, years, months) == pytest.approx(0.06, abs=1e-12)


@pytest.mark.parametrize("values", [[], [1.0], [None, 2.0], [3.0, 3.0, 3.0]])
def test_no_test_without_two_different_values(values):
    found = mann_kendall(pd.Series(values, dtype=float))
    assert np.isnan(found.z) and np.isnan(found.p) and found.s == 0 and not found.exact


def test_slopes_keep_the_place_of_gaps():
    assert sen_slope(pd.Series([1.0, None, None, 4.0])) == 1.0
    assert sen_slope(pd.Series([1.0, 4.0])) == 3.0
    assert np.isnan(sen_slope(pd.Series([None, 4.0])))
    years, seasons = pd.Series([2020, 2021, 2024]), pd.Series(["a", "b", "a"])
    assert seasonal_sen_slope(pd.Series([1.0, 9.0, 3.0]), years, seasons) == 0.5
    assert np.isnan(seasonal_sen_slope(pd.Series([1.0, 9.0, None]), years, seasons))
    nothing = pd.Series([], dtype=float)
    assert np.isnan(seasonal_sen_slope(nothing, nothing, nothing))


def test_seasons_must_fit():
    values, seasons = pd.Series([1.0, 2.0]), pd.Series(["a", "a"])
    for call in (
        lambda: seasonal_mann_kendall(values, pd.Series(["a", "a"], index=[5, 6])),
        lambda: seasonal_mann_kendall(values, pd.Series(["a", None])),
        lambda: seasonal_sen_slope(values, pd.Series([2020, None]), seasons),
        lambda: seasonal_sen_slope(values, pd.Series([2020, 2020]), seasons),
    ):
        with pytest.raises(ValueError):
            call()


def test_three_full_years_that_rise():
    years, quarter = quarters(2021, 12)
    values = pd.Series([0.10 + 0.05 * (step // 4) + 0.3 * (step % 4 == 3) for step in range(12)])
    found = quarterly_trend(values, years, quarter)
    assert found.verdict == "rise" and found.reason == "" and found.test == "seasonal_mann_kendall"
    assert found.slope == pytest.approx(5.0) and found.p == pytest.approx(2 / 6**4) and found.n == 12
    fall = quarterly_trend(-values + 1, years, quarter)
    assert fall.verdict == "fall" and fall.slope == pytest.approx(-5.0) and fall.p == found.p


def test_a_season_alone_is_no_trend():
    years, quarter = quarters(2021, 12)
    values = pd.Series([0.1, 0.2, 0.3, 0.4, 0.2, 0.1, 0.4, 0.3, 0.15, 0.15, 0.35, 0.35])
    found = quarterly_trend(values, years, quarter)
    assert (found.verdict, found.reason) == ("unclear", "") and found.p > 0.05


@pytest.mark.parametrize(
    ("years", "verdict", "reason"),
    [(range(2020, 2025), "rise", ""), (range(2021, 2025), "refused", "too_few_years")],
)
def test_one_quarter_of_several_years(years, verdict, reason):
    years = pd.Series([*years])
    found = quarterly_trend(years / 10_000, years, years * 0 + 4)
    assert (found.verdict, found.reason, found.test) == (verdict, reason, "mann_kendall")
    if verdict == "rise":
        assert found.p == pytest.approx(2 / 120) and found.slope == pytest.approx(0.01)


def refusal(values, count, **options):
    years, quarter = quarters(2021, count)
    found = quarterly_trend(pd.Series(values, dtype=float), years, quarter, **options)
    assert found.verdict == "refused" and np.isnan(found.p) and np.isnan(found.slope)
    return found.reason


def test_reasons_to_refuse():
    rising = [step / 100 for step in range(24)]
    assert refusal([NONE] * 12, 12) == "no_values"
    assert refusal(rising[:8], 8) == "too_few_years"
    assert refusal(rising[:11], 11) == "too_few_years"
    assert (
        refusal([NONE, *rising[1:12]], 12) == "too_few_years"
    )  # the gap stands at the end: nothing spans it
    assert refusal(rising[:12], 12, alpha=0.001) == "too_few_years"
    assert refusal([0.2, 0.3, 0.4, 0.5] * 3, 12) == "all_equal"
    assert refusal([rising[0], *[NONE] * 4, *rising[5:7], *[NONE] * 4, rising[11]], 12) == "gaps"
    # Sixteen quarters of 20 are enough; of the 3 years expected, one season keeps a single value.
    many = [value if step not in (4, 9, 14, 17) else NONE for step, value in enumerate(rising[:20])]
    assert quarterly_trend(pd.Series(many), *quarters(2021, 20)).verdict == "rise"
    assert (
        refusal(
            [value if step not in (4, 5, 8) else NONE for step, value in enumerate(rising[:12])],
            12,
            alpha=0.002,
        )
        == "gaps"
    )


def test_order_and_empty_rows_do_not_matter():
    years, quarter = quarters(2021, 14)
    values = pd.Series([0.1 + step / 50 for step in range(12)] + [NONE, NONE])
    turned = slice(None, None, -1)
    found = quarterly_trend(values, years, quarter)
    assert found == quarterly_trend(values[turned], years[turned], quarter[turned])
    assert found == quarterly_trend(values[:12], years[:12], quarter[:12])


@pytest.mark.parametrize(
    ("years", "quarter", "alpha"),
    [
        ([2021, 2021], [1, 5], 0.05),
        ([2021, 2021], [1, None], 0.05),
        ([2021, 2021.5], [1, 2], 0.05),
        ([2021, None], [1, 2], 0.05),
        ([2021, 2021], [1, 1], 0.05),
        ([2021, 2021], [1, 2], 5),
    ],
)
def test_impossible_quarters_are_refused(years, quarter, alpha):
    with pytest.raises(ValueError):
        quarterly_trend(pd.Series([0.1, 0.2]), pd.Series(years), pd.Series(quarter), alpha)
