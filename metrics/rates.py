"""Rates of counted cases and their intervals.

When the counts are complete (all files handled in a quarter), an interval describes the chance variation of
the underlying process, not a sampling error.
"""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pandas as pd

from metrics.arrays import Numbers, pack, quotient, refuse_negative, unpack

FUNNEL_Z = (1.959964, 3.090232)  # 95 % and 99.8 %, as published
PLACES = ("below_outer", "below_inner", "within", "above_inner", "above_outer", "unknown")
BYAR_FROM = 10  # events; below, Byar's approximation is replaced by the exact Poisson limits


class Interval(NamedTuple):
    """Lower and upper end of an interval; floats for scalars, Series with one index for Series."""

    lower: Numbers
    upper: Numbers


def rate(numerator: Numbers, denominator: Numbers) -> Numbers:
    """Divide cases by their base, so that places of different size can be compared.

    Parameters
    ----------
    numerator, denominator : float or Series
        Counts or amounts in one unit; Series share one index. Missing where either is missing.

    Returns
    -------
    float or Series of float
        A fraction (0.107 is 10.7 %). Not clipped: revenue against plan may pass 1. Missing where the
        denominator is 0, whatever the numerator.

    Raises
    ------
    ValueError
        If a count is negative.

    References
    ----------
    Definition of a proportion; the board's rule that 0/0 and x/0 are missing, never 0.

    Examples
    --------
    >>> round(rate(10721, 10749), 4)
    0.9974
    >>> rate(0, 0)
    nan
    """
    (x, n), index = unpack(numerator, denominator)
    refuse_negative(numerator=x, denominator=n)
    return pack(quotient(x, n), index)


def pooled_rate(numerator: Numbers, denominator: Numbers) -> float:
    """Answer "of all cases, which share?": the sum of cases over the sum of bases.

    Parameters
    ----------
    numerator, denominator : Series or float
        Counts, one row for each area. An area without a rate (x or n missing, or n = 0) leaves both sums.

    Returns
    -------
    float
        A fraction; NaN when nothing is left.

    Raises
    ------
    ValueError
        If a count is negative.

    References
    ----------
    Pooled and member rates can move in opposite directions: Bickel, Hammel & O'Connell, Science
    1975;187:398-404.

    Examples
    --------
    >>> import pandas as pd
    >>> pooled_rate(pd.Series([10, 5, None]), pd.Series([20, 80, 100]))
    0.15
    """
    (x, n), _ = unpack(numerator, denominator)
    refuse_negative(numerator=x, denominator=n)
    counted = ~np.isnan(x) & (n > 0)
    return float(x[counted].sum() / n[counted].sum()) if counted.any() else np.nan


def mean_of_rates(numerator: Numbers, denominator: Numbers) -> float:
    """Answer "of the average area, which share?": every area counts alike, however small.

    Parameters
    ----------
    numerator, denominator : Series or float
        Counts, one row for each area. An area without a rate leaves the mean.

    Returns
    -------
    float
        A fraction; NaN when no area has a rate.

    Raises
    ------
    ValueError
        If a count is negative.

    References
    ----------
    Arithmetic mean of x/n; to be named beside :func:`pooled_rate`, which answers another question.

    Examples
    --------
    >>> import pandas as pd
    >>> mean_of_rates(pd.Series([10, 5]), pd.Series([20, 80]))
    0.28125
    """
    (x, n), _ = unpack(numerator, denominator)
    refuse_negative(numerator=x, denominator=n)
    rates = quotient(x, n)
    known = ~np.isnan(rates)
    return float(rates[known].mean()) if known.any() else np.nan


def wilson_interval(numerator: Numbers, denominator: Numbers, confidence: float = 0.95) -> Interval:
    """Give the range in which a proportion lies, honest for small n and near 0 and 1.

    Parameters
    ----------
    numerator, denominator : float or Series
        x cases of n, one index. Missing where either is missing, and where n = 0: no cases, no interval.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Interval
        Fractions within 0..1; the lower end is 0 at x = 0, the upper end 1 at x = n.

    Raises
    ------
    ValueError
        If x < 0, n < 0, x > n (with n > 0), or the confidence is not between 0 and 1. For what may pass 1
        use :func:`byar_interval`.

    References
    ----------
    Wilson, J Am Stat Assoc 1927;22:209-212; method 3 of Newcombe, Stat Med 1998;17:857-872.

    Examples
    --------
    >>> [round(end, 4) for end in wilson_interval(81, 263)]
    [0.2553, 0.3662]
    """
    (x, n), index = unpack(numerator, denominator)
    z = normal_quantile(confidence)
    refuse_negative(numerator=x, denominator=n)
    if (x[n > 0] > n[n > 0]).any():
        raise ValueError("more cases than the denominator holds: a rate above 1 has no Wilson interval")
    lower = wilson_lower(x, n, z)
    upper = 1 - wilson_lower(n - x, n, z)
    return Interval(pack(lower, index), pack(upper, index))


def byar_interval(numerator: Numbers, denominator: Numbers, confidence: float = 0.95) -> Interval:
    """Give the range of a rate that may pass 1, such as events per inhabitant.

    Parameters
    ----------
    numerator, denominator : float or Series
        x events on a base n, one index. Missing where either is missing, and where n = 0.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Interval
        Fractions, not bounded by 1. Byar's approximation from 10 events, exact Poisson limits below.

    Raises
    ------
    ValueError
        If x < 0, n < 0, or the confidence is not between 0 and 1.

    References
    ----------
    Breslow & Day, Statistical Methods in Cancer Research II, IARC 1987, 69; exact: Garwood, Biometrika
    1936;28:437-442; the switch at 10 events: APHO Technical Briefing 3 (2008).

    Examples
    --------
    >>> [round(end, 3) for end in byar_interval(137, 100)]
    [1.15, 1.62]
    >>> [round(end, 3) for end in byar_interval(0, 1)]
    [0.0, 3.689]
    """
    (x, n), index = unpack(numerator, denominator)
    z = normal_quantile(confidence)
    refuse_negative(numerator=x, denominator=n)
    lower, upper = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    many, few = x >= BYAR_FROM, x < BYAR_FROM
    lower[many] = _byar(x[many], -z)
    upper[many] = _byar(x[many] + 1, z)
    if few.any():
        lower[few], upper[few] = _exact_poisson(x[few], (1 - confidence) / 2)
    return Interval(pack(quotient(lower, n), index), pack(quotient(upper, n), index))


def wilson_lower(numerator: np.ndarray, denominator: np.ndarray, z: float | np.ndarray) -> np.ndarray:
    """Give the lower end of Wilson's interval for any multiplier; the upper one is 1 − that of n − x.

    Parameters
    ----------
    numerator, denominator : float arrays
        0 ≤ x ≤ n, not checked here; NaN where missing or n = 0.
    z : float or array of them
        Not negative; at 0 the end is the rate itself.

    Returns
    -------
    float array
        Fractions.

    References
    ----------
    As :func:`wilson_interval`.

    Examples
    --------
    >>> wilson_lower(np.array([0.0, 81.0]), np.array([20.0, 263.0]), 1.959964).round(4).tolist()
    [0.0, 0.2553]
    """
    # The product of the two roots over their larger one: the textbook difference loses digits at small x
    # and misses 0 at x = 0.
    x, n, share = numerator, denominator, quotient(numerator, denominator)
    root = np.sqrt(z**2 + 4 * x * (1 - share), out=np.full(x.shape, np.nan), where=n > 0)
    below = 2 * x + z**2 + z * root
    return np.where((below == 0) & (n > 0), share, quotient(2 * x * share, below))


def funnel_limits(
    numerator: pd.Series, denominator: pd.Series, z: tuple[float, float] = FUNNEL_Z
) -> pd.DataFrame:
    """Give the limits within which areas of their size would lie if all had the same rate.

    A funnel shows; with few areas it does not test.

    Parameters
    ----------
    numerator, denominator : Series
        x cases of n, one row for each area, one index. The average is the pooled rate of those with a rate.
    z : pair of float
        Multipliers of the inner and the outer limits, rising.

    Returns
    -------
    DataFrame
        Index as given. ``rate``, ``average``, ``inner_lower``, ``inner_upper``, ``outer_lower``,
        ``outer_upper``: fractions within 0..1; ``place``: one of ``PLACES``, strictly outside the limits
        or "within". Missing and "unknown" for an area without a rate.

    Raises
    ------
    ValueError
        If a count is negative, x > n, or the multipliers are not above 0 and rising.

    References
    ----------
    The form of PHEindicatormethods (``sigma_adjustment``): av ± z·√(av(1 − av)/n), cut at 0 and 1; the rates
    whose Wilson interval just touches the average. Fingertips' own comparer draws Wilson limits around the
    average instead; the two differ for small n. Spiegelhalter, Stat Med 2005;24:1185-1202.

    Examples
    --------
    >>> found = funnel_limits(pd.Series([2, 30, 8]), pd.Series([40, 60, 20]))
    >>> found["place"].tolist(), found.loc[0, ["average", "inner_lower"]].astype(float).round(4).tolist()
    (['below_outer', 'above_inner', 'within'], [0.3333, 0.1872])
    """
    (x, n), index = unpack(numerator, denominator)
    wilson_interval(pd.Series(x), pd.Series(n))  # refuses what is no proportion
    rates = quotient(x, n)
    average = pooled_rate(pd.Series(x), pd.Series(n))
    table = funnel_curve(average, pd.Series(np.where(np.isnan(rates), np.nan, n)), z)
    found = pd.DataFrame({"rate": rates, "average": np.where(np.isnan(rates), np.nan, average)})
    found = found.join(table)
    # The limits are cut at 0 and 1, where no rate can lie outside them.
    outside = [
        np.isnan(rates),
        rates < found["outer_lower"],
        rates < found["inner_lower"],
        rates > found["outer_upper"],
        rates > found["inner_upper"],
    ]
    words = ["unknown", "below_outer", "below_inner", "above_outer", "above_inner"]
    return found.assign(place=np.select(outside, words, "within")).set_axis(index)


def funnel_curve(average: float, denominator: pd.Series, z: tuple[float, float] = FUNNEL_Z) -> pd.DataFrame:
    """Give the limits of :func:`funnel_limits` for bases of any size, to draw the funnel.

    Parameters
    ----------
    average : float
        The common rate, a fraction; a missing one gives missing limits.
    denominator : Series
        Bases above 0, any index; missing ones give missing limits.
    z : pair of float
        Multipliers of the inner and the outer limits, rising.

    Returns
    -------
    DataFrame
        Index as given: ``inner_lower``, ``inner_upper``, ``outer_lower``, ``outer_upper``, within 0..1.

    Raises
    ------
    ValueError
        If the average is not within 0..1, a base is not above 0, or the multipliers are not above 0 and
        rising.

    References
    ----------
    As :func:`funnel_limits`.

    Examples
    --------
    >>> funnel_curve(0.80642448, pd.Series([50, 110_000])).round(6)["inner_lower"].tolist()
    [0.69691, 0.80409]
    """
    if average < 0 or average > 1:
        raise ValueError(f"the average must lie within 0..1: {average}")
    if not 0 < z[0] < z[1]:
        raise ValueError(f"the multipliers must be above 0 and rise: {z}")
    (n,), index = unpack(denominator)
    if (n <= 0).any():
        raise ValueError("a base must be above 0")
    sigma = np.sqrt(average * (1 - average) / n)
    ends = {}
    for name, multiplier in zip(("inner", "outer"), z, strict=True):
        ends[f"{name}_lower"] = np.clip(average - multiplier * sigma, 0, 1)
        ends[f"{name}_upper"] = np.clip(average + multiplier * sigma, 0, 1)
    return pd.DataFrame(ends, index=index)


def dispersion(numerator: pd.Series, denominator: pd.Series) -> float:
    """Say how many times as far apart rates lie as chance alone would put them.

    Parameters
    ----------
    numerator, denominator : Series
        x cases of n, one row for each area, one index. An area without a rate is left out.

    Returns
    -------
    float
        About 1 where all areas share one rate; well above it, funnel limits are narrower than the areas really
        differ (overdispersion). NaN for fewer than two areas, or where the pooled rate is 0 or 1.

    Raises
    ------
    ValueError
        If a count is negative or x > n.

    References
    ----------
    Pearson's X²/(k − 1), the sum of squared z scores of the funnel over its expectation; McCullagh & Nelder,
    Generalized Linear Models, 2nd ed. 1989, 4.5; funnels: Spiegelhalter, Stat Med 2005;24:1185-1202.

    Examples
    --------
    >>> dispersion(pd.Series([40, 60]), pd.Series([100, 100]))
    8.0
    """
    (x, n), _ = unpack(numerator, denominator)
    wilson_interval(pd.Series(x), pd.Series(n))  # refuses what is no proportion
    known = ~np.isnan(x) & (n > 0)
    x, n = x[known], n[known]
    if len(x) < 2 or not 0 < x.sum() < n.sum():
        return np.nan
    average = x.sum() / n.sum()
    squares = (x - n * average) ** 2 / (n * average * (1 - average))
    return float(squares.sum() / (len(x) - 1))


def normal_quantile(confidence: float) -> float:
    """Give z for a two-sided interval, so that every interval of the board uses the same one.

    Parameters
    ----------
    confidence : float
        Between 0 and 1, both excluded.

    Returns
    -------
    float
        1.959964 for 0.95.

    Raises
    ------
    ValueError
        If the confidence is not between 0 and 1.

    References
    ----------
    Quantile of the standard normal distribution, Python's ``statistics.NormalDist``.

    Examples
    --------
    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1: {confidence}")
    return -NormalDist().inv_cdf((1 - confidence) / 2)  # the lower tail keeps its digits near confidence 1


def _byar(events: np.ndarray, z: float) -> np.ndarray:
    return events * (1 - 1 / (9 * events) + z / (3 * np.sqrt(events))) ** 3


def _exact_poisson(events: np.ndarray, tail: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import gammaincinv  # a third of a second to import: only where it is needed

    # The chi-square quantile with 2k degrees of freedom is twice the gamma quantile with shape k.
    lower = np.zeros(events.shape)
    lower[events > 0] = gammaincinv(events[events > 0], tail)
    return lower, gammaincinv(events + 1, 1 - tail)
