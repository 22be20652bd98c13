"""Orders of many: places in many rankings at once, and pairs that stand the wrong way round, without comparing every
pair."""

import numpy as np


def places_of(scores: np.ndarray) -> np.ndarray:
    """Rank each column of scores, highest first, ties sharing the better place.

    Parameters
    ----------
    scores : float array, areas × rankings
        Nothing missing.

    Returns
    -------
    int32 array, areas × rankings
        Competition ranks ("1224"), 1 is best.

    References
    ----------
    As :func:`metrics.ranks.rank_areas`, by sorting instead of comparing each area with each.

    Examples
    --------
    >>> places_of(np.array([[3.0, 1.0], [5.0, 1.0], [3.0, 0.0]])).tolist()
    [[2, 1], [1, 1], [2, 3]]
    """
    count, rankings = scores.shape
    found = np.empty((rankings, count), dtype="int32")
    turned = np.ascontiguousarray(-scores.T)
    order = np.argsort(turned, axis=1)
    ordered = np.take_along_axis(turned, order, axis=1)
    new = np.ones(ordered.shape, dtype=bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    seats = np.where(new, np.arange(1, count + 1, dtype="int32"), np.int32(0))
    np.put_along_axis(found, order, np.maximum.accumulate(seats, axis=1) if count else seats, axis=1)
    return found.T


def inversions(ranks: np.ndarray) -> int:
    """Count the pairs of which the earlier one is the greater.

    Parameters
    ----------
    ranks : int array
        Not negative; the smaller the largest one, the better.

    Returns
    -------
    int

    References
    ----------
    Merge counting as in Knight, J Am Stat Assoc 1966;61:436-439: n·log²n steps instead of n²/2 pairs.

    Examples
    --------
    >>> inversions(np.array([2, 0, 1, 1])), inversions(np.array([], dtype=int))
    (3, 0)
    """
    count, width, found = len(ranks), 1, 0
    place = np.arange(count)
    step = int(ranks.max(initial=0)) + 1
    while width < count:
        block = place // (2 * width)
        left = (place // width) % 2 == 0
        keys = block * step + ranks  # blocks one after another, ranks within them
        earlier, later = np.sort(keys[left]), keys[~left]
        until = np.searchsorted(earlier, (block[~left] + 1) * step)
        found += int((until - np.searchsorted(earlier, later, side="right")).sum())
        width *= 2
    return found
