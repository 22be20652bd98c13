"""How a measure spreads over many areas: quantiles and counts per class."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

FIVE = (0.1, 0.25, 0.5, 0.75, 0.9)


class Bins(NamedTuple):
    """Classes of one width. ``edges`` has one more entry than ``counts``; a value on an edge is in the class above it,
    the highest edge in the last class."""

    edges: np.ndarray
    counts: np.ndarray


def quantiles(values: pd.Series, shares: Sequence[float] = FIVE) -> tuple[float, ...]:
    """Sample quantiles of the known values, in their unit.

    Linear interpolation between order statistics (definition 7 of Hyndman & Fan 1996, "Sample Quantiles in Statistical
    Packages", The American Statistician 50(4), the default of R and NumPy). Missing values are left out; without any
    known value every quantile is NaN. ValueError for a share outside 0..1.

    >>> quantiles(pd.Series([1.0, 2.0, 3.0, None]), (0.25, 0.5))
    (1.5, 2.0)
    """
    if any(not 0 <= share <= 1 for share in shares):
        raise ValueError("a share lies between 0 and 1")
    known = values.dropna().to_numpy(dtype=float)
    if not len(known):
        return tuple(float("nan") for _ in shares)
    return tuple(float(value) for value in np.quantile(known, shares))


def bins(values: pd.Series, low: float, high: float, width: float) -> Bins:
    """How many known values fall into each class of ``width`` from ``low`` to ``high`` (all in the values' unit).

    Missing values are left out. ValueError where ``width`` is not above zero, ``high`` not above ``low``, or a known value
    lies outside: nothing is dropped silently.

    >>> bins(pd.Series([0.0, 0.1, 0.25, 0.3, None]), 0.0, 0.3, 0.1).counts.tolist()
    [1, 1, 2]
    """
    if width <= 0 or high <= low:
        raise ValueError("classes need a width above zero and an upper end above the lower one")
    known = values.dropna().to_numpy(dtype=float)
    number = max(int(np.ceil(round((high - low) / width, 9))), 1)
    edges = low + width * np.arange(number + 1)
    # Rounded before they are placed, so that 0.3 counts as 0.3 whatever binary fractions make of it.
    place = np.floor(np.round((known - low) / width, 9)).astype(int)
    place[place == number] = number - 1
    if ((place < 0) | (place > number)).any():
        raise ValueError("a value lies outside the classes")
    return Bins(edges, np.bincount(place, minlength=number)[:number])
