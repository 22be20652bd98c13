"""Ranks that treat equals as equals, leave out what was not measured, and say how sure they are."""

from hashlib import sha256
from typing import NamedTuple

import numpy as np
import pandas as pd

from metrics.arrays import refuse_negative, unpack
from metrics.exact import clear_noise
from metrics.orders import inversions, places_of

DRAWS = 10_000
SEED = 20240525
LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95  # the published range of ranks, and the least certainty of an order


class Shift(NamedTuple):
    """Largest number of places moved (NaN when nothing can be compared) and the areas that moved so far."""

    places: float
    areas: tuple


def rank_areas(values: pd.Series, higher_is_better: bool = True) -> pd.Series:
    """Rank areas 1, 2, 2, 4: ties share the better place, the next place is skipped.

    Exact values are ranked, never displayed ones: 10.64 and 10.61 are not a tie because both show 10.6.
    Values equal to 12 significant digits are one value, so that binary noise breaks no tie.

    Parameters
    ----------
    values : Series of float
        One value or score for each area, any unit. A missing value gets no rank: an area that was not
        measured is not last.
    higher_is_better : bool
        False when the smallest value comes first.

    Returns
    -------
    Series of Int64
        1 is best; <NA> where the value is missing; index as given.

    Raises
    ------
    ValueError
        If a value is infinite.

    References
    ----------
    Standard competition ranking ("1224").

    Examples
    --------
    >>> rank_areas(pd.Series([0.3, 0.9, None, 0.1 + 0.2])).tolist()
    [2, 1, <NA>, 2]
    """
    (array,), index = unpack(values)
    cleared = pd.Series(clear_noise(array), index=index)
    return cleared.rank(method="min", ascending=not higher_is_better).astype("Int64")


def rank_uncertainty(
    numerator: pd.Series,
    denominator: pd.Series,
    draws: int = DRAWS,
    seed: int = SEED,
    higher_is_better: bool = True,
) -> pd.DataFrame:
    """Say which places chance alone leaves open to each area.

    Parameters
    ----------
    numerator, denominator : Series
        x cases of n, one row for each area; the index names the areas, each once. An area without a rate
        (x or n missing, n = 0) takes no part.
    draws : int
        Number of random rankings.
    seed : int
        Not negative. Each area's random numbers come from the seed and its own name, so the result depends
        neither on the order of the rows nor on when it is computed.
    higher_is_better : bool
        False when the smallest rate comes first.

    Returns
    -------
    DataFrame
        Index as given. ``median``, ``low`` (5 %), ``high`` (95 %): Int64 places, 1 is best; ``first``,
        ``top_three``: the share of draws in which the area came first, or among the first three. <NA> and
        NaN for an area without a rate.

    Raises
    ------
    ValueError
        If an area is named twice, a count is negative, x > n, or draws is not above 0.

    References
    ----------
    Draws from Beta(x + ½, n − x + ½) (Jeffreys): Goldstein & Spiegelhalter, J R Stat Soc A 1996;159:385-443;
    Marshall & Spiegelhalter, BMJ 1998;316:1701-1705. The draws leave a share of 5 % open by ±0.4 points
    (10,000 draws). Chance between cases only; choices of weights are :func:`metrics.index.weight_sensitivity`.

    Examples
    --------
    >>> cases, base = pd.Series({"a": 97, "b": 14, "c": 1}), pd.Series({"a": 907, "b": 169, "c": 62})
    >>> found = rank_uncertainty(cases, base)
    >>> found[["median", "low", "high"]].values.tolist()
    [[1, 1, 2], [2, 1, 2], [3, 3, 3]]
    """
    x, n, known, names = _counts(numerator, denominator)
    drawn = _draw(x[known], n[known], names[known], draws, seed)
    found = rank_range(places_of(drawn if higher_is_better else -drawn), names[known])
    return found.reindex(names)


def rank_uncertainty_many(
    numerator: pd.DataFrame,
    denominator: pd.DataFrame,
    higher_is_better: pd.Series | bool = True,
    draws: int = 2_000,
    seed: int = SEED,
) -> pd.DataFrame:
    """Give :func:`rank_uncertainty` for many indicators at once, with fewer draws each.

    Parameters
    ----------
    numerator, denominator : DataFrame
        Areas × indicators, the same labels in the same order.
    higher_is_better : Series of bool, or bool
        One for each indicator, or one for all.
    draws, seed : int
        As there; 2,000 draws leave a share of 5 % open by ±1 point.

    Returns
    -------
    DataFrame
        Index (indicator, area), columns as there. Each indicator has what :func:`rank_uncertainty` gives.

    Raises
    ------
    ValueError
        As there, or if the frames' labels differ, or an indicator has no direction.

    Examples
    --------
    >>> x = pd.DataFrame({"filing": [9, 1], "payment": [1, 9]}, index=["a", "b"])
    >>> rank_uncertainty_many(x, x * 0 + 10)["median"].to_dict()
    {('filing', 'a'): 1, ('filing', 'b'): 2, ('payment', 'a'): 2, ('payment', 'b'): 1}
    """
    if not (numerator.index.equals(denominator.index) and numerator.columns.equals(denominator.columns)):
        raise ValueError("the frames do not share their labels")
    if isinstance(higher_is_better, bool):
        higher_is_better = pd.Series(higher_is_better, index=numerator.columns)
    if absent := [name for name in numerator.columns if name not in higher_is_better.index]:
        raise ValueError(f"indicators without a direction: {absent}")
    found = {
        name: rank_uncertainty(numerator[name], denominator[name], draws, seed, bool(higher_is_better[name]))
        for name in numerator.columns
    }
    if not found:
        return rank_range(np.empty((0, 1), dtype=int), pd.MultiIndex.from_arrays([[], []]))
    return pd.concat(found)


def rank_range(places: np.ndarray, areas: pd.Index) -> pd.DataFrame:
    """Sum up many rankings of the same areas.

    Parameters
    ----------
    places : int array, areas × rankings
        Competition ranks, 1 is best; at least one ranking.
    areas : Index
        Names of the rows.

    Returns
    -------
    DataFrame
        Index ``areas``, columns as :func:`rank_uncertainty`: each quantile is a place that occurs, the
        smallest whose share reaches 5 %, 50 % or 95 %.

    Examples
    --------
    >>> found = rank_range(np.array([[1, 1, 1, 2], [2, 2, 2, 1]]), pd.Index(["a", "b"]))
    >>> found[["median", "high", "first"]].values.tolist()
    [[1, 2, 0.75], [2, 2, 0.25]]
    """
    count, draws = places.shape
    ordered = np.sort(places, axis=1)
    reached = clear_noise(np.arange(1, draws + 1) / draws)
    ends = {
        name: pd.array(ordered[:, np.searchsorted(reached, level)], dtype="Int64")
        for name, level in (("median", MIDDLE), ("low", LOW), ("high", HIGH))
    }
    first, top = (clear_noise((places <= most).sum(axis=1) / draws) for most in (1, min(3, max(count, 1))))
    return pd.DataFrame({**ends, "first": first, "top_three": top}, index=areas)


def told_apart(
    numerator: pd.Series,
    denominator: pd.Series,
    certainty: float = HIGH,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Say for each pair of areas how probably the one's rate is the higher, and whether that tells them apart.

    Parameters
    ----------
    numerator, denominator : Series
        As :func:`rank_uncertainty`; areas without a rate are in no pair.
    certainty : float
        Between 0.5 and 1.
    draws, seed : int
        As :func:`rank_uncertainty`.

    Returns
    -------
    DataFrame
        One row for each pair, areas in the order of the index: ``one``, ``other``, ``probability`` (that the
        rate of ``one`` is higher), ``apart`` (bool: probability ≥ certainty or ≤ 1 − certainty).

    Raises
    ------
    ValueError
        As :func:`rank_uncertainty`, or if certainty is not between 0.5 and 1.

    References
    ----------
    As :func:`rank_uncertainty`. Twenty-eight pairs of eight areas are twenty-eight comparisons.

    Examples
    --------
    >>> found = told_apart(pd.Series({"a": 97, "b": 1}), pd.Series({"a": 907, "b": 62}))
    >>> found[["one", "other", "apart"]].values.tolist()
    [['a', 'b', True]]
    """
    if not 0.5 < certainty < 1:
        raise ValueError(f"certainty must lie between 0.5 and 1: {certainty}")
    x, n, known, names = _counts(numerator, denominator)
    names = names[known]
    drawn = _draw(x[known], n[known], names, draws, seed)
    one, other = np.triu_indices(len(names), 1)
    above = np.array([(drawn[i] > drawn[j]).mean() for i, j in zip(one, other, strict=True)], dtype=float)
    level = np.array([(drawn[i] == drawn[j]).mean() for i, j in zip(one, other, strict=True)], dtype=float)
    probability = above + level / 2
    apart = np.maximum(probability, 1 - probability) >= certainty
    return pd.DataFrame(
        {"one": names[one], "other": names[other], "probability": probability, "apart": apart}
    )


def kendall_tau(one: pd.Series, other: pd.Series) -> float:
    """Say how far two rankings agree, ties counted as ties.

    Parameters
    ----------
    one, other : Series of float
        Scores or ranks of the same areas, one index; an area missing in either is left out. For a score and
        a rank turn one of them round, or agreement reads as −1.

    Returns
    -------
    float
        −1 (opposite) to 1 (alike); NaN with fewer than two areas or when one side has no order at all.

    Raises
    ------
    ValueError
        If the indexes differ or a value is infinite.

    References
    ----------
    Kendall's τ_b = (C − D)/√((C + D + Tx)(C + D + Ty)), Biometrika 1945;33:239-251. Report
    :func:`largest_shift` beside it: τ = 0.96 can still move a medal.

    Examples
    --------
    >>> round(kendall_tau(pd.Series([12, 2, 1, 12, 2]), pd.Series([1, 4, 7, 1, 0])), 6)
    -0.471405
    """
    (x, y), _ = unpack(one, other)
    known = ~np.isnan(x) & ~np.isnan(y)
    x, y = clear_noise(x[known]), clear_noise(y[known])
    ranks = [np.unique(side, return_inverse=True)[1] for side in (x, y)]
    every = len(x) * (len(x) - 1) // 2
    tied_x, tied_y, tied_both = (
        int((sizes * (sizes - 1) // 2).sum())
        for sizes in (*map(np.bincount, ranks), np.unique(np.stack(ranks), axis=1, return_counts=True)[1])
    )
    # Sorted by x and then y, a pair is discordant exactly where y goes down.
    discordant = inversions(ranks[1][np.lexsort(ranks[::-1])])
    concordant = every - tied_x - tied_y + tied_both - discordant
    untied = (every - tied_x) * (every - tied_y)
    return float(np.clip((concordant - discordant) / np.sqrt(untied), -1, 1)) if untied else np.nan


def largest_shift(one: pd.Series, other: pd.Series, higher_is_better: bool = True) -> Shift:
    """Say by how many places two rankings of the same areas differ at most, and for whom.

    Parameters
    ----------
    one, other : Series of float
        Scores of the same areas, one index; ranked among the areas that have both.
    higher_is_better : bool
        False for ranks and for low-is-good values.

    Returns
    -------
    Shift
        Places (0 when nobody moves, NaN when no area has both) and the areas that move so far, in the order
        of the index; no areas when nobody moves.

    Raises
    ------
    ValueError
        If the indexes differ or a value is infinite.

    References
    ----------
    OECD/JRC Handbook on Constructing Composite Indicators, 2008, step 7; ranks as :func:`rank_areas`.

    Examples
    --------
    >>> largest_shift(pd.Series({"a": 90, "b": 80, "c": 70}), pd.Series({"a": 75, "b": 80, "c": 90}))
    Shift(places=2.0, areas=('a', 'c'))
    """
    (x, y), index = unpack(one, other)
    both = ~np.isnan(x) & ~np.isnan(y)
    if not both.any():
        return Shift(np.nan, ())
    places = [rank_areas(pd.Series(side[both]), higher_is_better).to_numpy(dtype=int) for side in (x, y)]
    moved = np.abs(places[0] - places[1])
    most = int(moved.max())
    return Shift(float(most), tuple(index[both][moved == most]) if most else ())


def _counts(
    numerator: pd.Series, denominator: pd.Series
) -> tuple[np.ndarray, np.ndarray, np.ndarray, pd.Index]:
    (x, n), names = unpack(numerator, denominator)
    if not names.is_unique:
        raise ValueError(f"areas named twice: {names[names.duplicated()].tolist()}")
    refuse_negative(numerator=x, denominator=n)
    known = ~np.isnan(x) & (n > 0)
    if (x[known] > n[known]).any():
        raise ValueError("more cases than the denominator holds: a rate above 1 is no proportion")
    return x, n, known, names


def _draw(x: np.ndarray, n: np.ndarray, names: pd.Index, draws: int, seed: int) -> np.ndarray:
    if draws < 1:
        raise ValueError(f"draws must be above 0: {draws}")
    drawn = np.empty((len(x), draws))
    for row, name in enumerate(names):
        drawn[row] = random_for(name, seed).beta(x[row] + 0.5, n[row] - x[row] + 0.5, size=draws)
    return drawn


def random_for(name: object, seed: int) -> np.random.Generator:
    """Give the random numbers that belong to one name, whatever stands beside it.

    Parameters
    ----------
    name : object
        Told apart by its text.
    seed : int
        Not negative.

    Returns
    -------
    numpy Generator

    Examples
    --------
    >>> random_for("a", 1).random() == random_for("a", 1).random() != random_for("b", 1).random()
    True
    """
    return np.random.default_rng([seed, int.from_bytes(sha256(str(name).encode()).digest()[:8])])
