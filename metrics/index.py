"""Composite index: scores of the parts combined by a weighted mean that says how much it rests on."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from metrics.arrays import unpack
from metrics.exact import clear_noise
from metrics.normalisation import Goalposts, normalise_goalposts, normalise_minmax, normalise_zscore
from metrics.orders import places_of
from metrics.ranks import SEED, random_for, rank_areas, rank_range

__all__ = [
    "Decomposition",
    "Goalposts",
    "aggregate_arithmetic",
    "aggregate_geometric",
    "aggregate_harmonic",
    "decompose",
    "normalise_goalposts",
    "normalise_minmax",
    "normalise_zscore",
    "observed_weight",
    "weight_sensitivity",
]

AT_ONCE = 100  # draws; ten thousand areas of all draws at once would take a gigabyte

Step = Callable[[np.ndarray], np.ndarray]


class Decomposition(NamedTuple):
    """Points that each part gives to the index, and points it leaves open; areas × parts."""

    given: pd.DataFrame
    lost: pd.DataFrame


def observed_weight(scores: pd.DataFrame, weights: pd.Series) -> pd.Series:
    """Say on which share of the weight an index rests, area by area.

    Parameters
    ----------
    scores : DataFrame of float
        Areas × parts; missing where a part was not scored.
    weights : Series of float
        One weight for each part, not negative; they need not add to 1.

    Returns
    -------
    Series of float
        A fraction, 0 (nothing observed) to 1; index of ``scores``.

    Raises
    ------
    ValueError
        If parts and weights do not match, a weight is negative or missing, or all are 0.

    References
    ----------
    COINr's ``dat_thresh`` works on the same share.

    Examples
    --------
    >>> observed_weight(pd.DataFrame({"a": [90, None], "b": [50, 70]}), pd.Series({"a": 3, "b": 1})).tolist()
    [1.0, 0.25]
    """
    array, weight = _checked(scores, weights)
    share = np.where(np.isnan(array), 0, weight).sum(axis=1) / weight.sum()
    return pd.Series(clear_noise(share), index=scores.index)


def aggregate_arithmetic(scores: pd.DataFrame, weights: pd.Series, least_weight: float = 1.0) -> pd.Series:
    """Combine part scores into one: a strong part makes up for a weak one.

    Parameters
    ----------
    scores : DataFrame of float
        Areas × parts, points; missing where a part was not scored.
    weights : Series of float
        One weight for each part, not negative; renormalised over the parts that are present.
    least_weight : float
        Least share of weight that must be observed, 0 to 1; below it there is no index. Nothing may be
        missing unless a decision says how much.

    Returns
    -------
    Series of float
        Points, index of ``scores``; missing where too little was observed.

    Raises
    ------
    ValueError
        As :func:`observed_weight`; also if ``least_weight`` is not within 0..1.

    References
    ----------
    Σwᵢsᵢ/Σwᵢ; OECD/JRC Handbook 2008. Decision 766's points sheet is of this kind.

    Examples
    --------
    >>> parts = pd.DataFrame({"a": [90.0, None], "b": [50.0, 70.0]})
    >>> aggregate_arithmetic(parts, pd.Series({"a": 3, "b": 1})).tolist()
    [80.0, nan]
    """
    return _mean(scores, weights, least_weight, *STEPS["arithmetic"])


def aggregate_geometric(scores: pd.DataFrame, weights: pd.Series, least_weight: float = 1.0) -> pd.Series:
    """Combine part scores into one that punishes imbalance.

    Parameters
    ----------
    scores : DataFrame of float
        Areas × parts, points above 0; missing where a part was not scored.
    weights : Series of float
        One weight for each part, not negative; renormalised over the parts that are present.
    least_weight : float
        Least share of weight that must be observed, 0 to 1; below it there is no index.

    Returns
    -------
    Series of float
        Points, index of ``scores``; missing where too little was observed.

    Raises
    ------
    ValueError
        As :func:`aggregate_arithmetic`; also if a score with weight is 0 or less, because one such part
        would make the whole index 0: rescale the parts to 1..100 or set floors first.

    References
    ----------
    exp(Σwᵢ ln sᵢ/Σwᵢ); UNDP, Human Development Report, technical notes.

    Examples
    --------
    >>> parts = pd.DataFrame({"a": [90.0], "b": [40.0]})
    >>> aggregate_geometric(parts, pd.Series({"a": 1, "b": 1})).round(9).tolist()
    [60.0]
    """
    _refuse_not_positive(scores, weights, "geometric")
    return _mean(scores, weights, least_weight, *STEPS["geometric"])


def aggregate_harmonic(scores: pd.DataFrame, weights: pd.Series, least_weight: float = 1.0) -> pd.Series:
    """Combine part scores into one that punishes imbalance hardest.

    Parameters
    ----------
    scores : DataFrame of float
        Areas × parts, points above 0; missing where a part was not scored.
    weights : Series of float
        One weight for each part, not negative; renormalised over the parts that are present.
    least_weight : float
        Least share of weight that must be observed, 0 to 1; below it there is no index.

    Returns
    -------
    Series of float
        Points, index of ``scores``; missing where too little was observed.

    Raises
    ------
    ValueError
        As :func:`aggregate_geometric`.

    References
    ----------
    Σwᵢ/Σ(wᵢ/sᵢ); OECD/JRC Handbook 2008.

    Examples
    --------
    >>> parts = pd.DataFrame({"a": [90.0], "b": [45.0]})
    >>> aggregate_harmonic(parts, pd.Series({"a": 1, "b": 1})).round(9).tolist()
    [60.0]
    """
    _refuse_not_positive(scores, weights, "harmonic")
    return _mean(scores, weights, least_weight, *STEPS["harmonic"])


def weight_sensitivity(
    scores: pd.DataFrame,
    weights: pd.Series,
    share: float = 0.25,
    draws: int = 1_000,
    seed: int = SEED,
    mean: Callable[..., pd.Series] = aggregate_arithmetic,
    least_weight: float = 1.0,
) -> pd.DataFrame:
    """Say which places the choice of weights leaves open to each area.

    Parameters
    ----------
    scores : DataFrame of float
        Areas × parts, points; missing where a part was not scored. Areas and parts are named once each.
    weights : Series of float
        One weight for each part, not negative.
    share : float
        By how much each weight may be off either way, 0 to 1 (0.25: from ¾ to 1¼ of it).
    draws : int
        Number of random sets of weights.
    seed : int
        Not negative. Each part's random numbers come from the seed and its own name: the order of areas and
        parts changes nothing.
    mean : aggregate_arithmetic, aggregate_geometric or aggregate_harmonic
    least_weight : float
        As there, judged by the weights as given, so that an area is in every ranking or in none.

    Returns
    -------
    DataFrame
        Index of ``scores``: ``score`` and ``rank`` (Int64) by the weights as given, then ``median``,
        ``low`` (5 %), ``high`` (95 %), ``first`` and ``top_three`` as :func:`metrics.ranks.rank_range`.
        Missing for an area without an index.

    Raises
    ------
    ValueError
        As the mean, or if share is not within 0..1, draws not above 0, or an area is named twice.

    References
    ----------
    Each weight times an own uniform draw from 1 − share to 1 + share: COINr, ``get_noisy_weights``; Saisana,
    Saltelli & Tarantola, J R Stat Soc A 2005;168:307-323. Choices only; chance between cases is
    :func:`metrics.ranks.rank_uncertainty`.

    Examples
    --------
    >>> parts = pd.DataFrame({"x": [90.0, 60.0, 20.0], "y": [50.0, 79.0, 20.0]}, index=["a", "b", "c"])
    >>> weight_sensitivity(parts, pd.Series({"x": 1, "y": 1}))[["rank", "low", "high"]].values.tolist()
    [[1, 1, 2], [2, 1, 2], [3, 3, 3]]
    """
    if mean not in MEANS:
        raise ValueError(f"mean must be one of {[known.__name__ for known in MEANS]}")
    if not 0 <= share <= 1:
        raise ValueError(f"share must lie within 0..1: {share}")
    if draws < 1:
        raise ValueError(f"draws must be above 0: {draws}")
    if not scores.index.is_unique:
        raise ValueError(f"areas named twice: {scores.index[scores.index.duplicated()].tolist()}")
    score = mean(scores, weights, least_weight)
    array, weight = _checked(scores, weights)
    there = score.notna().to_numpy()
    array = array[there]
    noise = np.array([random_for(name, seed).uniform(1 - share, 1 + share, draws) for name in scores.columns])
    forward, back = STEPS[MEANS[mean]]
    used = ~np.isnan(array) & (weight > 0)
    moved = np.where(used, forward(np.where(used, array, 1.0)), 0.0)
    places = np.empty((len(array), draws), dtype="int32")
    for start in range(0, draws, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        drawn = weight[:, None] * noise[:, part]
        # With share = 1 a draw can leave an area next to no weight at all, but never none: 0 has probability 0.
        places[:, part] = places_of(clear_noise(back(moved @ drawn / (used @ drawn))))
    found = rank_range(places, scores.index[there]).reindex(scores.index)
    found.insert(0, "score", score)
    found.insert(1, "rank", rank_areas(score))
    return found


def decompose(scores: pd.DataFrame, weights: pd.Series, least_weight: float = 1.0) -> Decomposition:
    """Say how many points of the arithmetic index come from each part, and how many each part leaves open.

    Parameters
    ----------
    scores : DataFrame of float
        Areas × parts, points out of 100; missing where a part was not scored.
    weights : Series of float
        One weight for each part, not negative; renormalised over the parts that are present.
    least_weight : float
        As :func:`aggregate_arithmetic`.

    Returns
    -------
    Decomposition
        Labels of ``scores``. ``given`` adds up to :func:`aggregate_arithmetic` in each row, ``lost`` to 100
        minus that (negative for a score above 100). Missing for a part that was not scored, and for a whole
        area without an index.

    Raises
    ------
    ValueError
        As :func:`aggregate_arithmetic`.

    References
    ----------
    wᵢsᵢ/Σw and wᵢ(100 − sᵢ)/Σw; OECD/JRC Handbook 2008, step 8 ("back to the details"). A weight is not a
    share of influence where parts vary unequally: Paruolo, Saisana & Saltelli, J R Stat Soc A 2013;176:609-634.

    Examples
    --------
    >>> parts = decompose(pd.DataFrame({"a": [90.0], "b": [50.0]}), pd.Series({"a": 3, "b": 1}))
    >>> parts.given.values.tolist(), parts.lost.values.tolist()
    ([[67.5, 12.5]], [[7.5, 12.5]])
    """
    there = aggregate_arithmetic(scores, weights, least_weight).notna().to_numpy()
    array, weight = _checked(scores, weights)
    part = np.where(np.isnan(array), np.nan, weight)
    share = np.full(array.shape, np.nan)
    share[there] = part[there] / np.nansum(part[there], axis=1, keepdims=True)
    tables = (share * array, share * (100 - array))
    return Decomposition(*(pd.DataFrame(table, scores.index, scores.columns) for table in tables))


STEPS: dict[str, tuple[Step, Step]] = {
    "arithmetic": (lambda s: s, lambda mean: mean),
    "geometric": (np.log, np.exp),
    "harmonic": (np.reciprocal, np.reciprocal),
}
MEANS = {
    aggregate_arithmetic: "arithmetic",
    aggregate_geometric: "geometric",
    aggregate_harmonic: "harmonic",
}


def _checked(scores: pd.DataFrame, weights: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    names = scores.columns
    if not (names.is_unique and weights.index.is_unique and set(names) == set(weights.index)):
        raise ValueError(f"parts and weights do not match: {list(names)}, {list(weights.index)}")
    (weight,), _ = unpack(weights.loc[names])
    if not (weight >= 0).all() or not weight.sum() > 0:
        raise ValueError(f"weights must be known, not negative and not all 0: {weights.to_dict()}")
    array = scores.to_numpy(dtype="float64", na_value=np.nan)
    if np.isinf(array).any():
        raise ValueError("a score is infinite")
    return array, weight


def _refuse_not_positive(scores: pd.DataFrame, weights: pd.Series, kind: str) -> None:
    array, weight = _checked(scores, weights)
    if (array[:, weight > 0] <= 0).any():
        raise ValueError(f"a {kind} mean needs scores above 0: rescale the parts to 1..100 or set floors")


def _mean(
    scores: pd.DataFrame,
    weights: pd.Series,
    least_weight: float,
    forward: Step,
    back: Step,
) -> pd.Series:
    if not 0 <= least_weight <= 1:
        raise ValueError(f"least_weight must lie within 0..1: {least_weight}")
    array, weight = _checked(scores, weights)
    used = np.where(np.isnan(array) | (weight == 0), 0, weight)
    moved = forward(np.where(used > 0, array, 1.0))  # 1 suits logarithm and reciprocal; its weight is 0
    share = observed_weight(scores, weights).to_numpy()
    enough = (share >= least_weight) & (share > 0)
    mean = (used[enough] * moved[enough]).sum(axis=1) / used[enough].sum(axis=1)
    result = np.full(len(array), np.nan)
    result[enough] = back(mean)
    return pd.Series(result, index=scores.index)
