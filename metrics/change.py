"""Change between two periods: points first, ratios beside them, and whether chance alone could explain it."""

from functools import lru_cache
from itertools import chain, combinations
from math import comb, erfc, sqrt
from typing import NamedTuple

import numpy as np
import pandas as pd

from metrics.arrays import Numbers, pack, quotient, refuse_negative, unpack
from metrics.exact import clear_noise
from metrics.rates import Interval, wilson_interval, wilson_lower

FARTHEST_Z = 40.0  # beyond it p is 0 in double precision
BISECTIONS = 60  # halvings of 0..40: z to the last digits


class DoubleDifference(NamedTuple):
    """Estimate, standard error and interval, percentage points; floats for scalars, else Series."""

    estimate: Numbers
    standard_error: Numbers
    lower: Numbers
    upper: Numbers


class PermutationTest(NamedTuple):
    """Difference of the means, two-sided p, number of arrangements looked at, and whether these were all."""

    difference: float
    p: float
    arrangements: int
    exact: bool


def change_points(after: Numbers, before: Numbers) -> Numbers:
    """Give the change of a rate in percentage points, the figure to lead with.

    Parameters
    ----------
    after, before : float or Series
        Fractions, one index. Missing where either is missing.

    Returns
    -------
    float or Series of float
        Percentage points, signed.

    References
    ----------
    100(p₁ − p₀). "+20 points" and "+50 %" are the same rise from 40 % to 60 %.

    Examples
    --------
    >>> round(change_points(0.107, 0.001), 9)
    10.6
    """
    (p1, p0), index = unpack(after, before)
    return pack(100 * (p1 - p0), index)


def relative_change_pct(after: Numbers, before: Numbers) -> Numbers:
    """Give the change in per cent of where it started, for amounts and counts.

    Parameters
    ----------
    after, before : float or Series
        Fractions, counts or amounts in one unit, one index, not negative.

    Returns
    -------
    float or Series of float
        Per cent, signed; missing where either is missing or ``before`` is 0.

    Raises
    ------
    ValueError
        If a value is negative.

    References
    ----------
    100(p₁ − p₀)/p₀.

    Examples
    --------
    >>> relative_change_pct(60, 40)
    50.0
    """
    (p1, p0), index = unpack(after, before)
    refuse_negative(after=p1, before=p0)
    return pack(100 * quotient(p1 - p0, p0), index)


def times(after: Numbers, before: Numbers) -> Numbers:
    """Say how many times the earlier value the later one is.

    Parameters
    ----------
    after, before : float or Series
        Fractions, counts or amounts in one unit, one index, not negative.

    Returns
    -------
    float or Series of float
        A ratio; missing where either is missing or ``before`` is 0. From a tiny start it sounds larger
        than it is: never without :func:`change_points`.

    Raises
    ------
    ValueError
        If a value is negative.

    References
    ----------
    p₁/p₀.

    Examples
    --------
    >>> round(times(0.107, 0.001), 9)
    107.0
    """
    (p1, p0), index = unpack(after, before)
    refuse_negative(after=p1, before=p0)
    return pack(quotient(p1, p0), index)


def shortfall_closed_pct(after: Numbers, before: Numbers) -> Numbers:
    """Say which part of the way to 100 % was covered: fair to those who started high.

    Parameters
    ----------
    after, before : float or Series
        Fractions, one index, not negative.

    Returns
    -------
    float or Series of float
        Per cent of the gap that ``before`` left to 1; negative after a fall. Missing where either is
        missing, or where ``before`` is 1 or more: nothing was left to close.

    Raises
    ------
    ValueError
        If a value is negative.

    References
    ----------
    100(p₁ − p₀)/(1 − p₀).

    Examples
    --------
    >>> shortfall_closed_pct(0.75, 0.5)
    50.0
    """
    (p1, p0), index = unpack(after, before)
    refuse_negative(after=p1, before=p0)
    return pack(100 * quotient(p1 - p0, np.where(p0 < 1, 1 - p0, np.nan)), index)


def newcombe_interval(
    numerator_after: Numbers,
    denominator_after: Numbers,
    numerator_before: Numbers,
    denominator_before: Numbers,
    confidence: float = 0.95,
) -> Interval:
    """Give the range of a difference of two proportions, from the Wilson limits of both.

    Assumes two independent groups of cases; the same people asked twice need the paired form.

    Parameters
    ----------
    numerator_after, denominator_after, numerator_before, denominator_before : float or Series
        Counts, one index. Missing where any of the four is missing or a denominator is 0.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Interval
        Fractions within −1..1, of after minus before.

    Raises
    ------
    ValueError
        As :func:`metrics.rates.wilson_interval`.

    References
    ----------
    Method 10 of Newcombe, Stat Med 1998;17:873-890.

    Examples
    --------
    >>> [round(end, 4) for end in newcombe_interval(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    counts = (numerator_after, denominator_after, numerator_before, denominator_before)
    (x1, n1, x0, n0), index = unpack(*counts)
    after, before = (
        [end.to_numpy() for end in wilson_interval(pd.Series(x), pd.Series(n), confidence)]
        for x, n in ((x1, n1), (x0, n0))
    )
    p1, p0 = quotient(x1, n1), quotient(x0, n0)
    lower = p1 - p0 - np.hypot(p1 - after[0], before[1] - p0)
    upper = p1 - p0 + np.hypot(after[1] - p1, p0 - before[0])
    return Interval(pack(lower, index), pack(upper, index))


def change_verdict(
    numerator_after: Numbers,
    denominator_after: Numbers,
    numerator_before: Numbers,
    denominator_before: Numbers,
    confidence: float = 0.95,
) -> str | pd.Series:
    """Say in one word whether a rate clearly changed: only when the interval of the change excludes 0.

    Overlap of the two separate intervals is no test: 600/1000 and 550/1000 overlap, yet the rise is clear.

    Parameters
    ----------
    numerator_after, denominator_after, numerator_before, denominator_before : float or Series
        Counts, one index.
    confidence : float
        Between 0 and 1. With many comparisons on one page, say how many.

    Returns
    -------
    str or Series of str
        "rise", "fall", "unclear"; "unknown" where a count is missing or a denominator is 0. Up or down,
        not good or bad.

    Raises
    ------
    ValueError
        As :func:`metrics.rates.wilson_interval`.

    References
    ----------
    :func:`newcombe_interval`.

    Examples
    --------
    >>> change_verdict(600, 1000, 550, 1000), change_verdict(6, 10, 5, 10), change_verdict(6, 10, None, 10)
    ('rise', 'unclear', 'unknown')
    """
    counts = (numerator_after, denominator_after, numerator_before, denominator_before)
    arrays, index = unpack(*counts)
    interval = newcombe_interval(*map(pd.Series, arrays), confidence)
    lower, upper = interval.lower.to_numpy(), interval.upper.to_numpy()
    words = np.select([np.isnan(lower), lower > 0, upper < 0], ["unknown", "rise", "fall"], "unclear")
    return str(words[0]) if index is None else pd.Series(words, index=index, dtype="str")


def difference_p_value(
    numerator_after: Numbers,
    denominator_after: Numbers,
    numerator_before: Numbers,
    denominator_before: Numbers,
) -> Numbers:
    """Give the two-sided p that belongs to :func:`newcombe_interval`, so that verdicts can be corrected.

    It is the level at which the interval just touches 0: p < 0.05 exactly where the 95 % interval excludes 0.

    Parameters
    ----------
    numerator_after, denominator_after, numerator_before, denominator_before : float or Series
        Counts, one index. Missing where any of the four is missing or a denominator is 0.

    Returns
    -------
    float or Series of float
        0 to 1; 1 where the two rates are equal.

    Raises
    ------
    ValueError
        As :func:`metrics.rates.wilson_interval`.

    References
    ----------
    Method 10 of Newcombe, Stat Med 1998;17:873-890, inverted: p = 2Φ(−z) for the z at which
    (p₁ − l₁)² + (u₀ − p₀)² = (p₁ − p₀)² (for a rise), found by bisection; both terms grow with z.

    Examples
    --------
    >>> round(difference_p_value(600, 1000, 550, 1000), 4)
    0.0237
    """
    counts = (numerator_after, denominator_after, numerator_before, denominator_before)
    (x1, n1, x0, n0), index = unpack(*counts)
    wilson_interval(pd.Series(x1), pd.Series(n1))  # refuses what no interval can be given for
    wilson_interval(pd.Series(x0), pd.Series(n0))
    # A fall is the rise of the other outcome: seen from there both are one case.
    rising = quotient(x1, n1) >= quotient(x0, n0)
    x1, x0 = np.where(rising, x1, n1 - x1), np.where(rising, x0, n0 - x0)
    p1, p0 = quotient(x1, n1), quotient(x0, n0)
    gap = p1 - p0
    low, high = np.zeros(gap.shape), np.full(gap.shape, FARTHEST_Z)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        upper0 = 1 - wilson_lower(n0 - x0, n0, middle)
        inside = np.hypot(p1 - wilson_lower(x1, n1, middle), upper0 - p0) < gap
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    found = np.array([erfc(z / sqrt(2)) for z in low])
    return pack(np.where(np.isnan(gap), np.nan, np.where(gap == 0, 1.0, found)), index)


def benjamini_hochberg(p_values: pd.Series, rate: float = 0.05) -> pd.DataFrame:
    """Correct many tests on one page: of those called clear, at most ``rate`` are chance, on average.

    Parameters
    ----------
    p_values : Series of float
        0 to 1, one for each comparison made; a missing one was no comparison and is not counted.
    rate : float
        The false discovery rate, between 0 and 1.

    Returns
    -------
    DataFrame
        Index as given. ``q``: float, the least rate at which the comparison is clear, missing where p is;
        ``clear``: boolean, q ≤ rate, <NA> where p is missing.

    Raises
    ------
    ValueError
        If a p is not within 0..1 or the rate not between 0 and 1.

    References
    ----------
    Benjamini & Hochberg, J R Stat Soc B 1995;57:289-300: qᵢ = min over j ≥ i of m·p₍ⱼ₎/j, at most 1.

    Examples
    --------
    >>> benjamini_hochberg(pd.Series([0.01, 0.04, None, 0.03]))["q"].round(6).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    if not 0 < rate < 1:
        raise ValueError(f"rate must lie between 0 and 1: {rate}")
    (p,), index = unpack(p_values)
    if ((p < 0) | (p > 1)).any():
        raise ValueError(f"p lies outside 0..1: {p[(p < 0) | (p > 1)][0]}")
    known = np.flatnonzero(~np.isnan(p))
    falling = known[np.argsort(-p[known], kind="stable")]
    q = np.full(p.shape, np.nan)
    places = np.arange(len(falling), 0, -1)
    q[falling] = np.minimum.accumulate(np.append(1.0, p[falling] * len(falling) / places))[1:]
    clear = pd.array(clear_noise(q) <= rate, dtype="boolean")
    clear[np.isnan(q)] = pd.NA
    return pd.DataFrame({"q": q, "clear": clear}, index=index)


def double_difference(
    after: Numbers, before: Numbers, comparison_after: Numbers, comparison_before: Numbers
) -> Numbers:
    """Give the change beyond the comparison's change, in the unit of the values.

    Parameters
    ----------
    after, before, comparison_after, comparison_before : float or Series
        Means, rates or amounts in one unit, one index. Missing where any is missing.

    Returns
    -------
    float or Series of float
        Signed, unit of the values (fractions stay fractions).

    References
    ----------
    (y₁₁ − y₁₀) − (y₀₁ − y₀₀); Card & Krueger, Am Econ Rev 1994;84:772-793, table 3.

    Examples
    --------
    >>> round(double_difference(21.03, 20.44, 21.17, 23.33), 2)
    2.75
    """
    (y11, y10, y01, y00), index = unpack(after, before, comparison_after, comparison_before)
    return pack((y11 - y10) - (y01 - y00), index)


def difference_in_differences(
    numerator_after: Numbers,
    denominator_after: Numbers,
    numerator_before: Numbers,
    denominator_before: Numbers,
    comparison_numerator_after: Numbers,
    comparison_denominator_after: Numbers,
    comparison_numerator_before: Numbers,
    comparison_denominator_before: Numbers,
    confidence: float = 0.95,
) -> DoubleDifference:
    """Give the pilot's change beyond that of the comparison communes, in points.

    It is the pilot's effect only if both would have moved alike without it: show the paths before. The
    interval knows chance between cases only; chance between communes comes on top, so it is the least
    interval (see :func:`permutation_over_areas`).

    Parameters
    ----------
    numerator_after, denominator_after, numerator_before, denominator_before : float or Series
        Counts of the pilot, one index.
    comparison_numerator_after, … : float or Series
        Counts of the comparison. Missing where any of the eight is missing or a denominator is 0.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    DoubleDifference
        Percentage points. The standard error is that of the linear model; the interval is not estimate
        ∓ z·se, which fails near 0 and 1 (at 0/62 it takes the rate for certain), but the hybrid score one.

    Raises
    ------
    ValueError
        As :func:`metrics.rates.wilson_interval`.

    References
    ----------
    (p₁₁ − p₁₀) − (p₀₁ − p₀₀); se = √Σp(1 − p)/n, equal to the interaction of the saturated linear model with
    HC0 errors. Interval: Zou & Donner, Stat Med 2008;27:1693-1702, from the two intervals of
    :func:`newcombe_interval`, which is made the same way from Wilson's.

    Examples
    --------
    >>> found = difference_in_differences(56, 70, 48, 80, 40, 80, 36, 80)
    >>> [round(number, 2) for number in found]
    [15.0, 10.73, -6.0, 35.3]
    """
    pilot = (numerator_after, denominator_after, numerator_before, denominator_before)
    comparison = (
        comparison_numerator_after,
        comparison_denominator_after,
        comparison_numerator_before,
        comparison_denominator_before,
    )
    arrays, index = unpack(*pilot, *comparison)
    change, variance, interval = [], np.zeros(arrays[0].shape), []
    for x1, n1, x0, n0 in (arrays[:4], arrays[4:]):
        p1, p0 = quotient(x1, n1), quotient(x0, n0)
        change.append(p1 - p0)
        variance = variance + quotient(p1 * (1 - p1), n1) + quotient(p0 * (1 - p0), n0)
        ends = newcombe_interval(*map(pd.Series, (x1, n1, x0, n0)), confidence)
        interval.append([end.to_numpy() for end in ends])
    (own, other), ((low1, high1), (low0, high0)) = change, interval
    estimate = own - other
    lower = estimate - np.hypot(own - low1, high0 - other)
    upper = estimate + np.hypot(high1 - own, other - low0)
    figures = (estimate, np.sqrt(variance), lower, upper)
    return DoubleDifference(*(pack(100 * figure, index) for figure in figures))


@lru_cache(8)
def _arrangements(size: int, k: int) -> np.ndarray:
    """Every way to pick k of so many places, a row each; the same for all figures, so made once."""
    every = chain.from_iterable(combinations(range(size), k))
    return np.fromiter(every, dtype=np.intp, count=comb(size, k) * k).reshape(-1, k)


def permutation_over_areas(
    change_pilot: pd.Series, change_comparison: pd.Series, draws: int = 10_000, seed: int = 20240525
) -> PermutationTest:
    """Ask how often as large a difference would come if the pilot communes had been picked by lot.

    Parameters
    ----------
    change_pilot, change_comparison : Series of float
        One change for each area, one unit; missing ones are left out.
    draws : int
        All arrangements are looked at when they are not more than this; else this many are drawn.
    seed : int
        Of the drawing; the order of the areas does not matter.

    Returns
    -------
    PermutationTest
        Difference of the mean changes, pilot minus comparison, unit as given; p two-sided: the share of
        arrangements with a difference at least as large either way (drawn: (hits + 1)/(draws + 1)). NaN
        when a group is empty. With few areas p cannot be small: not below 1/arrangements.

    Raises
    ------
    ValueError
        If draws is not above 0 or a value is infinite.

    References
    ----------
    Bertrand, Duflo & Mullainathan, Q J Econ 2004;119:249-275; Fisher's randomisation test; the added one:
    Phipson & Smyth, Stat Appl Genet Mol Biol 2010;9:39.

    Examples
    --------
    >>> permutation_over_areas(pd.Series([8.0, 9.0, 12.0]), pd.Series([1.0, 3.0, 2.0]))
    PermutationTest(difference=7.666666666666666, p=0.1, arrangements=20, exact=True)
    """
    if draws < 1:
        raise ValueError(f"draws must be above 0: {draws}")
    (pilot,), _ = unpack(change_pilot)
    (comparison,), _ = unpack(change_comparison)
    pilot, comparison = pilot[~np.isnan(pilot)], comparison[~np.isnan(comparison)]
    k, size = len(pilot), len(pilot) + len(comparison)
    if not 0 < k < size:
        return PermutationTest(np.nan, np.nan, 0, False)
    values = np.sort(np.concatenate([pilot, comparison]))
    values = values - values.mean()  # the sum of the picked then says it all
    observed, arrangements = abs((pilot - comparison.mean()).sum() * (size - k) / size), comb(size, k)
    exact = arrangements <= draws
    if exact:
        picked = _arrangements(size, k)
    else:
        random = np.random.default_rng(seed)
        picked = np.argsort(random.random((draws, size)), axis=1)[:, :k]
    noise = 1e-12 * np.abs(values).sum()  # equal sums, added up in another order, are as large
    hits = int((np.abs(values[picked].sum(axis=1)) >= observed - noise).sum())
    p = hits / arrangements if exact else (hits + 1) / (draws + 1)
    return PermutationTest(
        float(pilot.mean() - comparison.mean()), p, arrangements if exact else draws, exact
    )
