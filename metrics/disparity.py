"""How far apart areas are. For rates near 100 % the gap in points says more than any ratio."""

import numpy as np
import pandas as pd

from metrics.arrays import refuse_negative, unpack


def spread_points(values: pd.Series) -> float:
    """Give the gap between the highest and the lowest area.

    Parameters
    ----------
    values : Series of float
        Fractions, one for each area; missing ones are left out.

    Returns
    -------
    float
        Percentage points; NaN with fewer than two values.

    References
    ----------
    100(max − min).

    Examples
    --------
    >>> round(spread_points(pd.Series([0.107, 0.083, None, 0.910])), 9)
    82.7
    """
    known = _known(values)
    return float(100 * (known.max() - known.min())) if len(known) > 1 else np.nan


def coefficient_of_variation(values: pd.Series) -> float:
    """Give the spread between areas relative to their mean, free of the unit.

    Parameters
    ----------
    values : Series of float
        Not negative, any unit; missing ones are left out.

    Returns
    -------
    float
        Standard deviation (divisor k − 1) over the mean; NaN with fewer than two values or a mean of 0.

    Raises
    ------
    ValueError
        If a value is negative: the mean is then no measure of size.

    References
    ----------
    Cowell, Measuring Inequality, 3rd ed., Oxford 2011.

    Examples
    --------
    >>> coefficient_of_variation(pd.Series([1.0, 2.0, 3.0]))
    0.5
    """
    known = _known(values)
    refuse_negative(values=known)
    return float(known.std(ddof=1) / known.mean()) if len(known) > 1 and known.any() else np.nan


def gini(values: pd.Series) -> float:
    """Give the mean difference between areas as a share of what it could be.

    Parameters
    ----------
    values : Series of float
        Not negative, any unit, every area alike; missing ones are left out.

    Returns
    -------
    float
        0 when all are equal, (k − 1)/k when one of k areas has everything (7/8 with eight): Gini values of
        different numbers of areas compare only after multiplying by k/(k − 1), the unbiased form. NaN with
        fewer than two values or a mean of 0.

    Raises
    ------
    ValueError
        If a value is negative.

    References
    ----------
    Σᵢ Σⱼ |xᵢ − xⱼ| / (2k² mean), computed from the sorted values; Cowell 2011.

    Examples
    --------
    >>> gini(pd.Series([0.0, 0.0, 0.0, 1.0]))
    0.75
    """
    known = np.sort(_known(values))
    refuse_negative(values=known)
    k = len(known)
    if k < 2 or not known.any():
        return np.nan
    return float((2 * np.arange(1, k + 1) - k - 1) @ known / (k * known.sum()))


def theil(values: pd.Series, weights: pd.Series | None = None) -> float:
    """Give the inequality between areas that can be added up over groups of areas.

    Parameters
    ----------
    values : Series of float
        Not negative, any unit; missing ones are left out.
    weights : Series of float, optional
        Population or base of each area, same index, not negative; an area whose weight is missing is left
        out. Without weights every area counts alike.

    Returns
    -------
    float
        0 when all are equal, ln k when one of k equal areas has everything; NaN with fewer than two areas of
        weight or a mean of 0.

    Raises
    ------
    ValueError
        If a value or a weight is negative, or the indexes differ.

    References
    ----------
    Theil, Economics and Information Theory, 1967: T = Σ sᵢ (xᵢ/m) ln(xᵢ/m), s = share of the weight,
    m = Σ sᵢxᵢ, 0·ln 0 = 0; Cowell 2011.

    Examples
    --------
    >>> round(theil(pd.Series([0.0, 0.0, 0.0, 1.0])), 6) == round(float(np.log(4)), 6)
    True
    """
    (x, w), _ = unpack(values, 1.0 if weights is None else weights)
    refuse_negative(values=x, weights=w)
    used = ~np.isnan(x) & (w > 0)
    x, w = x[used], w[used]
    if len(x) < 2 or not x.any():
        return np.nan
    share = w / w.sum()
    ratio = x / (share @ x)
    return float(share @ (ratio * np.log(np.where(ratio > 0, ratio, 1.0))))


def shortfall_ratio(values: pd.Series) -> float:
    """Say how many times the smallest shortfall from 100 % the largest one is.

    Near 100 % it shows what a ratio of the rates hides: 99 % and 90 % are alike as rates, but one area leaves
    ten times as many cases behind as the other.

    Parameters
    ----------
    values : Series of float
        Fractions within 0..1; missing ones are left out.

    Returns
    -------
    float
        1 or more; NaN with fewer than two values or when an area has no shortfall.

    Raises
    ------
    ValueError
        If a value is not within 0..1.

    References
    ----------
    max(1 − p)/min(1 − p); never without :func:`spread_points`.

    Examples
    --------
    >>> round(shortfall_ratio(pd.Series([0.99, 0.90, None])), 9)
    10.0
    """
    known = _known(values)
    if ((known < 0) | (known > 1)).any():
        raise ValueError("a shortfall from 100 % needs fractions within 0..1")
    if len(known) < 2 or known.max() == 1:
        return np.nan
    return float((1 - known.min()) / (1 - known.max()))


def _known(values: pd.Series) -> np.ndarray:
    (array,), _ = unpack(values)
    return array[~np.isnan(array)]
