"""Trend, many comparisons, double difference and permutation against slow twins in plain Python."""

from fractions import Fraction
from itertools import combinations, permutations, product
from math import comb, isnan
from statistics import fmean, median

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from metrics.change import (
    benjamini_hochberg,
    change_verdict,
    difference_in_differences,
    difference_p_value,
    newcombe_interval,
    permutation_over_areas,
)
from metrics.trend import (
    cochran_armitage,
    mann_kendall,
    quarterly_trend,
    seasonal_mann_kendall,
    seasonal_sen_slope,
    sen_slope,
)

modest = settings(max_examples=100, deadline=None)  # a busy machine must not fail a test
few = settings(max_examples=30, deadline=None)

proportions = st.integers(1, 3_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
gappy = st.lists(st.one_of(st.none(), st.integers(0, 12)), max_size=14)


def sign(number):
    return (number > 0) - (number < 0)


def slow_score(values):
    return sum(sign(later - earlier) for earlier, later in combinations(values, 2))


def slow_variance(values):
    n = len(values)
    ties = [values.count(value) for value in set(values)]
    return Fraction(n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties), 18)


@modest
@given(st.lists(proportions, min_size=2, max_size=8))
def test_trend_of_proportions_equals_its_slow_twin(rows):
    x, n = pd.Series([x for x, _ in rows]), pd.Series([n for _, n in rows])
    found = cochran_armitage(x, n)
    total, cases = sum(n), sum(x)
    if cases in (0, total):
        assert isnan(found.p) and found.direction == "unknown"
        return
    # By its definition: the squared slope over its variance under one common rate.
    rate = Fraction(int(cases), int(total))
    centre = Fraction(sum(t * b for t, (_, b) in enumerate(rows)), int(total))
    slope = sum((t - centre) * (a - b * rate) for t, (a, b) in enumerate(rows))
    spread = sum(b * (t - centre) ** 2 for t, (_, b) in enumerate(rows))
    assert found.chi2 == pytest.approx(float(slope**2 / (rate * (1 - rate) * spread)), rel=1e-9, abs=1e-12)
    assert found.direction == {1: "rise", 0: "level", -1: "fall"}[sign(slope)]
    assert 0 <= found.p <= 1
    other = cochran_armitage(n - x, n)
    assert other.chi2 == pytest.approx(found.chi2, rel=1e-9, abs=1e-12)
    moved = cochran_armitage(
        x[::-1], n[::-1], pd.Series(range(2024, 2024 - len(x), -1), index=x.index[::-1]) * 4.0
    )
    assert moved.chi2 == pytest.approx(found.chi2, rel=1e-9, abs=1e-12) and moved.direction == found.direction


@modest
@given(gappy)
def test_mann_kendall_equals_its_slow_twin(values):
    known = [value for value in values if value is not None]
    found = mann_kendall(pd.Series(values, dtype=float))
    assert found.s == slow_score(known) and found.variance == pytest.approx(float(slow_variance(known)))
    assert found.n == len(known)
    if len(set(known)) < 2:
        assert isnan(found.p)
        return
    assert 0 < found.p <= 1
    turned = mann_kendall(pd.Series(values[::-1], dtype=float))
    assert turned.s == -found.s and turned.p == pytest.approx(found.p)
    assert mann_kendall(pd.Series(values, dtype=float) ** 3 + 7) == found  # only the order counts


@few
@given(st.permutations(range(6)))
def test_exact_p_counts_all_orders(values):
    score = abs(slow_score(values))
    share = fmean(abs(slow_score(order)) >= score for order in permutations(range(6)))
    found = mann_kendall(pd.Series(values, dtype=float))
    assert found.exact and found.p == pytest.approx(min(1.0, share))
    assert found.p == pytest.approx(kendalltau(range(6), values, method="exact").pvalue)


@few
@given(st.tuples(st.permutations(range(3)), st.permutations(range(4)), st.permutations(range(2))))
def test_exact_seasonal_p_counts_all_orders(seasons):
    score = abs(sum(slow_score(values) for values in seasons))
    orders = product(*(list(permutations(range(len(values)))) for values in seasons))
    share = fmean(abs(sum(slow_score(values) for values in order)) >= score for order in orders)
    labels = pd.Series(np.repeat([1, 2, 3], [3, 4, 2]))
    found = seasonal_mann_kendall(
        pd.Series([value for values in seasons for value in values], dtype=float), labels
    )
    assert found.exact and found.p == pytest.approx(min(1.0, share))


@modest
@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=6), min_size=1, max_size=4))
def test_seasons_add_up(seasons):
    labels = pd.Series(np.repeat(range(len(seasons)), [len(values) for values in seasons]))
    values = pd.Series([value for values in seasons for value in values], dtype=float)
    found = seasonal_mann_kendall(values, labels)
    assert found.s == sum(map(slow_score, seasons))
    assert found.variance == pytest.approx(float(sum(map(slow_variance, seasons))))
    lifted = seasonal_mann_kendall(values + 100 * labels, labels)  # a season's own level changes nothing
    np.testing.assert_equal(tuple(lifted), tuple(found))


@modest
@given(gappy, st.integers(1, 9), st.integers(-5, 5))
def test_sen_slope_equals_its_slow_twin(values, factor, lift):
    places = [(place, value) for place, value in enumerate(values) if value is not None]
    slopes = [(later[1] - earlier[1]) / (later[0] - earlier[0]) for earlier, later in combinations(places, 2)]
    series = pd.Series(values, dtype=float)
    found = sen_slope(series)
    if not slopes:
        assert isnan(found)
        return
    assert found == pytest.approx(median(slopes)) and min(slopes) - 1e-9 <= found <= max(slopes) + 1e-9
    assert sen_slope(factor * series + lift) == pytest.approx(factor * found)
    assert sen_slope(series[::-1]) == pytest.approx(-found)
    one = pd.Series("a", index=series.index)
    assert (
        seasonal_sen_slope(series, pd.Series(range(len(values)), index=series.index, dtype=float), one)
        == found
    )


@modest
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 30)), min_size=1, max_size=24),
    st.integers(0, 3),
    st.randoms(use_true_random=False),
)
def test_quarters_in_any_order_and_unit(values, start, random):
    steps = [start + step for step in range(len(values))]
    frame = pd.DataFrame({"value": pd.Series(values, dtype=float) / 100})
    frame["year"], frame["quarter"] = [2020 + step // 4 for step in steps], [1 + step % 4 for step in steps]
    found = quarterly_trend(frame["value"], frame["year"], frame["quarter"])
    mixed = frame.sample(frac=1, random_state=random.randrange(2**32))
    again = quarterly_trend(mixed["value"], mixed["year"], mixed["quarter"])
    np.testing.assert_equal(tuple(again), tuple(found))
    assert (found.verdict == "refused") == bool(found.reason) == isnan(found.p) == isnan(found.slope)
    if found.verdict == "refused":
        return
    plain = seasonal_mann_kendall(frame["value"], frame["quarter"])
    assert found.p == pytest.approx(plain.p) and found.n == plain.n == frame["value"].notna().sum()
    assert found.slope == pytest.approx(
        100 * seasonal_sen_slope(*(frame[name] for name in ("value", "year", "quarter")))
    )
    assert (found.verdict == "unclear") == (found.p > 0.05)
    turned = quarterly_trend(1 - frame["value"], frame["year"], frame["quarter"])
    assert {found.verdict, turned.verdict} in ({"rise", "fall"}, {"unclear"})


@modest
@given(proportions, proportions)
def test_p_and_interval_are_one_statement(after, before):
    p = difference_p_value(*after, *before)
    assert 0 <= p <= 1
    for confidence in (0.8, 0.95, 0.998):
        if abs(p - (1 - confidence)) > 1e-9:
            clear = change_verdict(*after, *before, confidence) != "unclear"
            assert clear == (p < 1 - confidence)
    assert difference_p_value(*before, *after) == pytest.approx(p, rel=1e-7, abs=1e-300)
    others = [(n - x, n) for x, n in (after, before)]
    assert difference_p_value(*others[0], *others[1]) == pytest.approx(p, rel=1e-7, abs=1e-300)
    assume(1e-9 < p < 1)
    ends = newcombe_interval(*after, *before, confidence=1 - p)
    assert min(abs(ends.lower), abs(ends.upper)) < 1e-6


@modest
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 100).map(lambda number: number / 100)), max_size=12),
    st.sampled_from([0.01, 0.05, 0.2]),
)
def test_false_discoveries_equal_their_slow_twin(values, rate):
    found = benjamini_hochberg(pd.Series(values, dtype=float), rate)
    known = sorted(value for value in values if value is not None)
    m = len(known)
    # Step up: the largest i with p(i) ≤ i/m · rate; all up to it are clear.
    limit = max(
        (p for i, p in enumerate(known, 1) if Fraction(str(p)) * m <= i * Fraction(str(rate))), default=-1
    )
    for value, q, clear in zip(values, found["q"], found["clear"], strict=True):
        if value is None:
            assert isnan(q) and clear is pd.NA
        else:
            assert clear == (value <= limit)
            assert q == pytest.approx(
                min(1, *(known[j] * m / (j + 1) for j in range(m) if known[j] >= value))
            )
            assert value - 1e-12 <= q <= 1


@modest
@given(proportions, proportions, proportions, proportions)
def test_double_difference_equals_its_slow_twin(a, b, c, d):
    found = difference_in_differences(*a, *b, *c, *d)
    p = [Fraction(*cell) for cell in (a, b, c, d)]
    assert found.estimate == pytest.approx(float(100 * (p[0] - p[1] - p[2] + p[3])), abs=1e-9)
    variance = sum(share * (1 - share) / cell[1] for share, cell in zip(p, (a, b, c, d), strict=True))
    assert found.standard_error == pytest.approx(100 * float(variance) ** 0.5)
    assert found.lower <= found.estimate + 1e-9 and found.estimate <= found.upper + 1e-9
    swapped = difference_in_differences(*c, *d, *a, *b)
    assert (swapped.lower, swapped.upper) == pytest.approx((-found.upper, -found.lower), abs=1e-9)
    wider = difference_in_differences(*a, *b, *c, *d, confidence=0.99)
    assert wider.lower <= found.lower and found.upper <= wider.upper


@few
@given(
    st.lists(st.integers(-9, 9), min_size=1, max_size=4), st.lists(st.integers(-9, 9), min_size=1, max_size=4)
)
def test_permutation_equals_its_slow_twin(pilot, comparison):
    values, k = pilot + comparison, len(pilot)
    gap = abs(Fraction(sum(pilot), k) - Fraction(sum(comparison), len(comparison)))
    hits = 0
    for chosen in combinations(range(len(values)), k):
        own = [values[place] for place in chosen]
        rest = [value for place, value in enumerate(values) if place not in chosen]
        hits += abs(Fraction(sum(own), k) - Fraction(sum(rest), len(rest))) >= gap
    found = permutation_over_areas(
        pd.Series(pilot, dtype=float) / 10, pd.Series(comparison, dtype=float) / 10
    )
    arrangements = comb(len(values), k)
    assert found.exact and found.arrangements == arrangements and found.p == hits / arrangements
    turned = permutation_over_areas(pd.Series(comparison, dtype=float), pd.Series(pilot, dtype=float))
    assert turned.p == found.p and turned.difference == pytest.approx(-10 * found.difference)
