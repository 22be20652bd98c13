"""Which places chance leaves open to a few areas among thousands, without drawing every ranking."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from metrics.arrays import refuse_negative, unpack
from metrics.change import newcombe_interval
from metrics.ranks import HIGH

COLUMNS = ("better", "worse", "alike", "first", "last")


def told_from_others(
    numerator: pd.Series,
    denominator: pd.Series,
    areas: Sequence,
    certainty: float = HIGH,
    higher_is_better: bool = True,
) -> pd.DataFrame:
    """Say of some areas how many others are surely better, surely worse, or cannot be told from them.

    Parameters
    ----------
    numerator, denominator : Series
        x cases of n, one row for each area; the index names the areas, each once. An area without a rate (x or n missing,
        n = 0) is nobody's other.
    areas : sequence
        Some of the names, in the order wanted.
    certainty : float
        Between 0.5 and 1: how sure it must be that one of the two rates is the higher.
    higher_is_better : bool
        False when the smallest rate comes first.

    Returns
    -------
    DataFrame
        Index ``areas``, all Int64, <NA> for an area without a rate: ``better``, ``worse``, ``alike`` (numbers of other
        areas), ``first`` and ``last`` (places, 1 is best, that are left to it).

    Raises
    ------
    ValueError
        If an area is named twice, certainty is not between 0.5 and 1, a count is negative, or x > n.

    References
    ----------
    Two areas are told apart where the interval of their difference leaves out 0: Newcombe, Stat Med 1998;17:873-890,
    method 10, at the two-sided confidence 2·certainty − 1. :func:`metrics.ranks.told_apart` draws instead and gives the
    same answer but for pairs on the edge.

    Examples
    --------
    >>> cases, base = pd.Series({"a": 97, "b": 14, "c": 1}), pd.Series({"a": 907, "b": 169, "c": 62})
    >>> told_from_others(cases, base, ["c", "a"])[["better", "alike", "first", "last"]].values.tolist()
    [[2, 0, 3, 3], [0, 1, 1, 2]]
    """
    if not 0.5 < certainty < 1:
        raise ValueError(f"certainty must lie between 0.5 and 1: {certainty}")
    (x, n), names = unpack(numerator, denominator)
    if not names.is_unique:
        raise ValueError(f"areas named twice: {names[names.duplicated()].tolist()}")
    refuse_negative(numerator=x, denominator=n)
    known = ~np.isnan(x) & (n > 0)
    x, n, names = x[known], n[known], names[known]
    rows = []
    for area in areas:
        if area not in names:
            rows.append([pd.NA] * len(COLUMNS))
            continue
        own = names.get_loc(area)
        others = np.arange(len(x)) != own
        mine = (pd.Series(np.full(others.sum(), side[own])) for side in (x, n))
        found = newcombe_interval(
            *mine, pd.Series(x[others]), pd.Series(n[others]), confidence=2 * certainty - 1
        )
        above, below = int((found.upper < 0).sum()), int((found.lower > 0).sum())
        better, worse = (above, below) if higher_is_better else (below, above)
        rows.append([better, worse, len(x) - 1 - better - worse, 1 + better, len(x) - worse])
    table = {
        name: pd.array([row[column] for row in rows], dtype="Int64") for column, name in enumerate(COLUMNS)
    }
    return pd.DataFrame(table, index=pd.Index(list(areas)))
