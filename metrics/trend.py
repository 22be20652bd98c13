"""Trend over more than two periods: tests that say whether a series rises, and how fast.

Quarters are seasonal and depend on one another, so a test for plain years must not be laid over them:
:func:`quarterly_trend` chooses the test, or refuses and says why. Periods must be single ones: cumulative
figures ("since January") rise by construction.
"""

from collections.abc import Iterable
from math import erfc, factorial, isnan, prod, sqrt
from typing import NamedTuple

import numpy as np
import pandas as pd

from metrics.arrays import refuse_negative, unpack

EXACT_UP_TO = 50  # values in a season; beyond, the normal approximation is as good
LEAST_YEARS = 3  # of several quarters
LEAST_YEARS_OF_ONE = 5  # of one and the same quarter
LEAST_SHARE = 0.75  # of the expected quarters that must be there


class ProportionTrend(NamedTuple):
    """Statistic, two-sided p and "rise", "fall", "level" or "unknown"."""

    chi2: float
    p: float
    direction: str


class MannKendall(NamedTuple):
    """Score S, its variance, z, two-sided p, number of values, and whether p is exact."""

    s: float
    variance: float
    z: float
    p: float
    n: int
    exact: bool


class QuarterlyTrend(NamedTuple):
    """What :func:`quarterly_trend` found; ``reason`` is empty unless the verdict is "refused"."""

    verdict: str
    reason: str
    p: float
    slope: float
    test: str
    n: int


def cochran_armitage(
    numerator: pd.Series, denominator: pd.Series, scores: pd.Series | None = None
) -> ProportionTrend:
    """Test whether a proportion rises or falls along ordered groups, such as years.

    Parameters
    ----------
    numerator, denominator : Series
        x cases of n, one row for each group, in order. A group without a rate (x or n missing, n = 0) is left
        out and keeps its place in the order.
    scores : Series of float, optional
        Places of the groups, same index, nothing missing; by default 1, 2, 3, … A change of unit or of
        starting point changes nothing.

    Returns
    -------
    ProportionTrend
        χ² with one degree of freedom and its two-sided p, NaN with fewer than two groups, equal scores, or
        when no case or every case counts; direction "rise", "fall", "level" (slope exactly 0) or "unknown".

    Raises
    ------
    ValueError
        If a count is negative, x > n, or a score is missing.

    References
    ----------
    Armitage, Biometrics 1955;11:375-386, with N and not N − 1:
    χ² = N[NΣxt − XΣnt]² / (X(N − X)[NΣnt² − (Σnt)²]). R's ``prop.trend.test`` and Fingertips' "recent trend"
    use the same. Not for quarters: they are seasonal and depend on one another.

    Examples
    --------
    >>> found = cochran_armitage(pd.Series([83, 90, 129, 70]), pd.Series([86, 93, 136, 82]))
    >>> round(found.chi2, 4), round(found.p, 6), found.direction
    (8.2249, 0.004132, 'fall')
    """
    places = (
        pd.Series(np.arange(1.0, len(numerator) + 1), index=numerator.index) if scores is None else scores
    )
    (x, n, t), _ = unpack(numerator, denominator, places)
    refuse_negative(numerator=x, denominator=n)
    if np.isnan(t).any():
        raise ValueError("a score is missing")
    counted = ~np.isnan(x) & (n > 0)
    x, n, t = x[counted], n[counted], t[counted]
    if (x > n).any():
        raise ValueError("more cases than the denominator holds: a rate above 1 is no proportion")
    if len(x) < 2 or not 0 < x.sum() < n.sum() or np.ptp(t) == 0:
        return ProportionTrend(np.nan, np.nan, "unknown")
    t = t - t[0]  # a year such as 2023 squared would cost digits
    cases, total = x.sum(), n.sum()
    covariance = total * (x @ t) - cases * (n @ t)
    spread = total * (n @ t**2) - (n @ t) ** 2
    chi2 = float(total * covariance**2 / (cases * (total - cases) * spread))
    direction = "level" if covariance == 0 else "rise" if covariance > 0 else "fall"
    return ProportionTrend(chi2, erfc(sqrt(chi2 / 2)), direction)


def mann_kendall(values: pd.Series) -> MannKendall:
    """Test whether a series of single years rises or falls, whatever the shape of the rise.

    Parameters
    ----------
    values : Series of float
        In order of time, any unit; missing ones are left out.

    Returns
    -------
    MannKendall
        p is exact up to 50 values without ties, else from the normal distribution with the tied variance
        and a continuity correction. z and p are NaN with fewer than two values or when all are equal.

    Raises
    ------
    ValueError
        If a value is infinite.

    References
    ----------
    Mann, Econometrica 1945;13:245-259; Kendall, Rank Correlation Methods, 1975. S = Σ sign(xⱼ − xᵢ);
    var = [n(n − 1)(2n + 5) − Σt(t − 1)(2t + 5)]/18; z = (S ∓ 1)/√var. With four values no two-sided result
    at 5 % is possible: p is 0.083 at best.

    Examples
    --------
    >>> found = mann_kendall(pd.Series([0.10, 0.15, 0.30, 0.42]))
    >>> found.s, round(found.p, 3), found.exact
    (6.0, 0.083, True)
    """
    (array,), _ = unpack(values)
    return _test([array[~np.isnan(array)]])


def sen_slope(values: pd.Series) -> float:
    """Give the typical change from one period to the next, not moved by single outliers.

    Parameters
    ----------
    values : Series of float
        One row for each period, in order, none left out: a missing value is a gap and keeps its place.

    Returns
    -------
    float
        Unit of ``values`` per step; NaN with fewer than two values.

    Raises
    ------
    ValueError
        If a value is infinite.

    References
    ----------
    Sen, J Am Stat Assoc 1968;63:1379-1389: the median of (xⱼ − xᵢ)/(j − i) over all pairs.

    Examples
    --------
    >>> sen_slope(pd.Series([1.0, 2.0, None, 4.0, 5.0, 50.0]))
    1.0
    """
    (array,), _ = unpack(values)
    return _median(_slopes(array, np.arange(len(array), dtype="float64")))


def seasonal_mann_kendall(values: pd.Series, seasons: pd.Series) -> MannKendall:
    """Test a series with seasons for a rise or a fall: each season is compared with itself only.

    Parameters
    ----------
    values : Series of float
        In order of time, any unit; missing ones are left out.
    seasons : Series
        The season of each value (quarter 1 to 4, month, …), same index, nothing missing.

    Returns
    -------
    MannKendall
        S and variance summed over the seasons. p is exact (the seasons' distributions convolved) when no
        season has ties or more than 50 values, else normal with a continuity correction. z and p are NaN
        when no season has two different values.

    Raises
    ------
    ValueError
        If the indexes differ, a season is missing, or a value is infinite.

    References
    ----------
    Hirsch, Slack & Smith, Water Resour Res 1982;18:107-121. Three values for each season are the least they
    use; :func:`quarterly_trend` holds to it. The seasons are taken as independent: quarters of one year that
    move together make p too small, and the correction (Hirsch & Slack 1984) needs ten years.

    Examples
    --------
    >>> found = seasonal_mann_kendall(pd.Series([1.0, 5, 2, 6, 3, 7]), pd.Series([1, 2, 1, 2, 1, 2]))
    >>> found.s, round(found.p, 4)
    (6.0, 0.0556)
    """
    (array,), index = unpack(values)
    _refuse_other_index(index, seasons)
    labels = seasons.to_numpy()
    known = ~np.isnan(array)
    return _test(array[known & (labels == season)] for season in pd.unique(labels))


def seasonal_sen_slope(values: pd.Series, years: pd.Series, seasons: pd.Series) -> float:
    """Give the typical change from a season to the same season of the next year.

    Parameters
    ----------
    values : Series of float
        Any unit and order; missing ones are left out.
    years, seasons : Series
        The year (a number) and the season of each value, same index, nothing missing.

    Returns
    -------
    float
        Unit of ``values`` per year; NaN when no season has two values.

    Raises
    ------
    ValueError
        If the indexes differ, a year or season is missing, a season occurs twice in a year, or a value is
        infinite.

    References
    ----------
    Hirsch, Slack & Smith, Water Resour Res 1982;18:107-121: the median of (xⱼ − xᵢ)/(j − i) over all pairs
    of years within each season.

    Examples
    --------
    >>> seasonal_sen_slope(pd.Series([1.0, 5, 2, 9]), pd.Series([2021, 2021, 2022, 2023]),
    ...     pd.Series(["dry", "wet", "dry", "wet"]))
    1.5
    """
    (array, year), index = unpack(values, years)
    _refuse_other_index(index, seasons)
    if np.isnan(year).any():
        raise ValueError("a year is missing")
    labels = seasons.to_numpy()
    if pd.DataFrame({"year": year, "season": labels}).duplicated().any():
        raise ValueError("a season occurs twice in a year")
    own = [labels == season for season in pd.unique(labels)]
    return _median(np.concatenate([_slopes(array[rows], year[rows]) for rows in own] or [array]))


def quarterly_trend(
    values: pd.Series, years: pd.Series, quarters: pd.Series, alpha: float = 0.05
) -> QuarterlyTrend:
    """Say whether quarterly rates rise or fall, with the test that quarters allow, or why nobody can say.

    Parameters
    ----------
    values : Series of float
        Fractions of single quarters (not cumulative, not rolling), any order; missing ones are gaps.
    years, quarters : Series of int
        Same index; quarters 1 to 4. Quarters that nobody reports need no row.
    alpha : float
        Two-sided level of the verdict, between 0 and 1.

    Returns
    -------
    QuarterlyTrend
        verdict "rise", "fall", "unclear" or "refused". p two-sided and slope (percentage points per year,
        :func:`seasonal_sen_slope`) are NaN when refused. test: "mann_kendall" for one quarter of several
        years, "seasonal_mann_kendall" for several; empty without values. n: number of values.
        Reasons to refuse, in this order:

        - "no_values";
        - "too_few_years": from first to last value some quarter in use can occur fewer than 3 times (5 times
          when only one quarter is in use), or not even an unbroken rise could reach ``alpha``;
        - "gaps": less than three quarters of the expected values are there, or so few that not even an
          unbroken rise could reach ``alpha``;
        - "all_equal": no quarter ever differs from itself.

    Raises
    ------
    ValueError
        If the indexes differ, a year or quarter is missing or not whole, a quarter is not 1 to 4 or occurs
        twice, alpha is not between 0 and 1, or a value is infinite.

    References
    ----------
    Hirsch, Slack & Smith, Water Resour Res 1982;18:107-121. Fingertips' "recent trend" excludes quarterly
    data for the same reason: seasonality and dependence. The test takes the quarters of a year as
    independent (see :func:`seasonal_mann_kendall`): a p little below ``alpha`` deserves no weight.

    Examples
    --------
    >>> when = pd.DataFrame([(year, quarter) for year in (2021, 2022, 2023) for quarter in (1, 2, 3, 4)])
    >>> rates = pd.Series([0.1, 0.2, 0.1, 0.3, 0.2, 0.3, 0.2, 0.4, 0.3, 0.4, 0.3, 0.5])
    >>> found = quarterly_trend(rates, when[0], when[1])
    >>> found.verdict, round(found.p, 4), round(found.slope, 6)
    ('rise', 0.0015, 10.0)
    >>> quarterly_trend(rates[:8], when[0][:8], when[1][:8])[:2]
    ('refused', 'too_few_years')
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1: {alpha}")
    (array, year, quarter), _ = unpack(values, years, quarters)
    if not (np.isin(quarter, [1, 2, 3, 4]).all() and (year == np.floor(year)).all()):
        raise ValueError("years must be whole numbers and quarters 1, 2, 3 or 4")
    step = (4 * year + quarter - 1).astype("int64")
    if len(np.unique(step)) < len(step):
        raise ValueError("a quarter occurs twice")
    order = np.argsort(step)
    known = order[~np.isnan(array[order])]
    array, step = array[known], step[known]
    if len(array) == 0:
        return QuarterlyTrend("refused", "no_values", np.nan, np.nan, "", 0)
    season = step % 4
    own = [season == used for used in np.unique(season)]
    span = np.arange(step[0], step[-1] + 1)
    expected = [int((span % 4 == used).sum()) for used in np.unique(season)]
    result = _test(array[rows] for rows in own)
    test = "mann_kendall" if len(own) == 1 else "seasonal_mann_kendall"
    least = LEAST_YEARS_OF_ONE if len(own) == 1 else LEAST_YEARS
    reason = ""
    if min(expected) < least or _best_p(expected) > alpha:
        reason = "too_few_years"
    elif len(array) < LEAST_SHARE * sum(expected) or _best_p(int(rows.sum()) for rows in own) > alpha:
        reason = "gaps"
    elif isnan(result.p):
        reason = "all_equal"
    if reason:
        return QuarterlyTrend("refused", reason, np.nan, np.nan, test, len(array))
    slope = 100 * _median(np.concatenate([_slopes(array[rows], step[rows] // 4) for rows in own]))
    verdict = "unclear" if result.p > alpha else "rise" if result.s > 0 else "fall"
    return QuarterlyTrend(verdict, "", result.p, slope, test, len(array))


def _test(groups: Iterable[np.ndarray]) -> MannKendall:
    # The distributions of the groups' S convolve; all on the steps of 2 on which S moves without ties.
    s, variance, n, exact, law = 0, 0.0, 0, True, np.ones(1)
    for values in groups:
        k = len(values)
        ties = np.unique(values, return_counts=True)[1]
        s += int(np.sign(values[None, :] - values[:, None])[np.triu_indices(k, 1)].sum())
        variance += (k * (k - 1) * (2 * k + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
        n += k
        exact = exact and k <= EXACT_UP_TO and len(ties) == k
        for size in range(2, k + 1) if exact else ():
            law = np.convolve(law, np.full(size, 1 / size))
    if not variance > 0:
        return MannKendall(float(s), float(variance), np.nan, np.nan, n, False)
    z = (s - np.sign(s)) / sqrt(variance)
    if not exact:
        return MannKendall(float(s), float(variance), float(z), erfc(abs(z) / sqrt(2)), n, False)
    most = len(law) - 1  # S runs from −most to most
    tail = law[(most + abs(s)) // 2 :].sum()
    return MannKendall(float(s), float(variance), float(z), float(min(1.0, 2 * tail)), n, True)


def _best_p(sizes: Iterable[int]) -> float:
    return 2 / prod(factorial(size) for size in sizes)


def _slopes(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values)
    values, places = values[known], places[known]
    one, other = np.triu_indices(len(values), 1)
    return (values[other] - values[one]) / (places[other] - places[one])


def _median(slopes: np.ndarray) -> float:
    return float(np.median(slopes)) if len(slopes) else np.nan


def _refuse_other_index(index: pd.Index, seasons: pd.Series) -> None:
    if not index.equals(seasons.index):
        raise ValueError("the Series do not share one index: join them into one frame first")
    if seasons.isna().any():
        raise ValueError("a season is missing")
