"""Many comparisons at once, and the pilot against others."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, permutation_test

from metrics.change import (
    benjamini_hochberg,
    change_verdict,
    difference_in_differences,
    difference_p_value,
    double_difference,
    newcombe_interval,
    permutation_over_areas,
)

# Benjamini & Hochberg (1995), section 3.2: fifteen p values of a trial of rt-PA and APSAC (Neuhaus et al. 1992).
TRIAL = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
TRIAL += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
# Efron & Tibshirani (1993), table 2.1: survival of sixteen mice in days.
TREATED, CONTROL = [94, 197, 16, 38, 99, 141, 23], [52, 104, 146, 10, 51, 30, 40, 27, 46]


def test_the_trial_has_four_clear_results():
    found = benjamini_hochberg(pd.Series(TRIAL))
    assert found["clear"].tolist() == [True] * 4 + [False] * 11
    assert found["q"].tolist() == pytest.approx(false_discovery_control(TRIAL).tolist(), rel=1e-13)


def test_a_missing_p_was_no_comparison():
    p = pd.Series([0.04, None, 0.02], index=list("abc"))
    found = benjamini_hochberg(p)
    assert found["q"].dropna().tolist() == [0.04, 0.04] and found["clear"].tolist() == [True, pd.NA, True]
    assert found.index.tolist() == list("abc")
    assert benjamini_hochberg(pd.Series([0.05])).loc[0, "clear"]
    assert len(benjamini_hochberg(pd.Series([], dtype=float))) == 0


@pytest.mark.parametrize(("p", "rate"), [(1.1, 0.05), (-0.1, 0.05), (0.5, 0), (0.5, 1)])
def test_impossible_p_values_are_refused(p, rate):
    with pytest.raises(ValueError):
        benjamini_hochberg(pd.Series([p]), rate)


def test_p_belongs_to_the_interval():
    counts = (600, 1000, 550, 1000)
    p = difference_p_value(*counts)
    assert newcombe_interval(*counts, confidence=1 - p).lower == pytest.approx(0, abs=1e-12)
    assert difference_p_value(400, 1000, 450, 1000) == pytest.approx(p, rel=1e-9)
    assert difference_p_value(550, 1000, 600, 1000) == pytest.approx(p, rel=1e-9)


@pytest.mark.parametrize(
    ("counts", "p"),
    [((5, 10, 50, 100), 1.0), ((0, 9, 0, 7), 1.0), ((None, 9, 1, 9), np.nan), ((0, 0, 1, 9), np.nan)],
)
def test_p_at_the_edges(counts, p):
    np.testing.assert_equal(difference_p_value(*counts), p)


def test_p_of_series_keeps_index_and_gaps():
    table = pd.DataFrame(
        {"x1": [56, None, 100_000.0], "n1": [70, 9, 100_000], "x0": [48, 3, 0], "n0": [80, 9, 10**5]}
    )
    p = difference_p_value(*(table.set_axis(list("abc"))[name] for name in table))
    assert p.index.tolist() == list("abc") and np.isnan(p["b"]) and 0 < p["a"] < 0.05 and p["c"] < 1e-300


def test_p_refuses_more_cases_than_there_are():
    with pytest.raises(ValueError, match="more cases"):
        difference_p_value(1, 9, 10, 9)


def test_card_and_krueger():
    """Am Econ Rev 1994, table 3: full-time equivalents 20.44 to 21.03 in New Jersey, 23.33 to 21.17 in
    Pennsylvania; printed 2.76, from unrounded means."""
    assert double_difference(21.03, 20.44, 21.17, 23.33) == pytest.approx(2.76, abs=0.015)
    series = double_difference(pd.Series([3.0, None]), pd.Series([1.0, 1.0]), 2.0, 1.0)
    assert series[0] == 1.0 and np.isnan(series[1])


def test_the_double_difference_is_the_interaction_of_the_linear_model():
    """Estimate and HC0 error of the saturated model, worked by matrices from single cases."""
    cells = {(1, 1): (56, 70), (1, 0): (48, 80), (0, 1): (40, 80), (0, 0): (36, 90)}
    rows = [
        (1, pilot, after, pilot * after, case < x)
        for (pilot, after), (x, n) in cells.items()
        for case in range(n)
    ]
    table = np.array(rows, dtype=float)
    design, outcome = table[:, :4], table[:, 4]
    bread = np.linalg.inv(design.T @ design)
    slope = bread @ design.T @ outcome
    left = outcome - design @ slope
    error = np.sqrt(np.diag(bread @ (design.T * left**2) @ design @ bread))
    counts = [number for cell in cells.values() for number in cell]
    found = difference_in_differences(*counts)
    assert found.estimate == pytest.approx(100 * slope[3]) and found.standard_error == pytest.approx(
        100 * error[3]
    )


def test_a_still_and_endless_comparison_leaves_the_plain_interval():
    found = difference_in_differences(7, 62, 0, 62, 5 * 10**11, 10**12, 5 * 10**11, 10**12)
    plain = newcombe_interval(7, 62, 0, 62)
    assert (found.lower, found.upper) == pytest.approx((100 * plain.lower, 100 * plain.upper), abs=1e-3)


def test_series_and_gaps_of_the_double_difference():
    one = pd.Series([5.0, None, 5.0], index=list("abc"))
    found = difference_in_differences(one, 10, 4, 10, 3, 10, 2, pd.Series([10, 10, 0], index=list("abc")))
    for figure in found:
        assert figure.notna().tolist() == [True, False, False]
    assert found.lower["a"] < 0 < found.upper["a"] and found.estimate["a"] == pytest.approx(0)


def test_mice_and_scipy():
    found = permutation_over_areas(pd.Series(TREATED), pd.Series(CONTROL), draws=20_000)
    assert round(found.difference, 2) == 30.63 and found.exact and found.arrangements == 11_440
    twin = permutation_test(
        (TREATED, CONTROL),
        lambda one, other: abs(np.mean(one) - np.mean(other)),
        n_resamples=np.inf,
        alternative="greater",
    )
    assert found.p == pytest.approx(twin.pvalue, rel=1e-12)
    drawn = permutation_over_areas(pd.Series(TREATED), pd.Series(CONTROL), draws=5_000)
    assert not drawn.exact and drawn.arrangements == 5_000 and drawn.p == pytest.approx(found.p, abs=0.03)
    assert drawn == permutation_over_areas(pd.Series(TREATED[::-1]), pd.Series(CONTROL[::-1]), draws=5_000)
    assert drawn.p != permutation_over_areas(pd.Series(TREATED), pd.Series(CONTROL), draws=5_000, seed=1).p


def test_permutation_at_the_edges():
    nothing = permutation_over_areas(pd.Series([None, None], dtype=float), pd.Series([1.0]))
    assert np.isnan(nothing.difference) and np.isnan(nothing.p) and nothing.arrangements == 0
    assert permutation_over_areas(pd.Series([1.0, None]), pd.Series([1.0, 1.0])).p == 1.0
    with pytest.raises(ValueError, match="draws"):
        permutation_over_areas(pd.Series([1.0]), pd.Series([2.0]), draws=0)


def test_verdicts_and_p_agree_on_the_communes_of_table_one():
    for counts in [(97, 907, 1, 846), (1, 62, 0, 62), (7, 104, 1, 98), (3, 119, 0, 113), (6, 167, 0, 152)]:
        assert (difference_p_value(*counts) < 0.05) == (change_verdict(*counts) != "unclear")
