"""Areas that are alike, so that a commune is held against its equals."""

import numpy as np
import pandas as pd

from metrics.exact import clear_noise
from metrics.normalisation import normalise_zscore


def nearest(features: pd.DataFrame, area: object, count: int = 3) -> pd.DataFrame:
    """Find the areas most like one area.

    Parameters
    ----------
    features : DataFrame of float
        Areas × features (population, share of highland, …), any units; missing where not known. Features
        that are the same everywhere tell nobody apart and are left out.
    area : label
        One of the index.
    count : int
        How many to return, at least 1; areas without a common feature are never returned.

    Returns
    -------
    DataFrame
        Nearest first, index of the areas: ``distance`` (standard deviations, not negative) and ``features``
        (int: on how many features it rests; a distance on few deserves little trust). Equal distances (12
        significant digits) are ordered by the text of the name.

    Raises
    ------
    ValueError
        If the area is not there, an area is named twice, count is below 1, or a feature is infinite.

    References
    ----------
    Euclidean distance of z-scores (divisor k − 1), as in CIPFA's and ONS's statistical nearest neighbours;
    pairs with gaps: √(F/f · Σ d²) over the f of F features that both have: Dixon, IEEE Trans Syst Man Cybern
    1979;9:617-621.

    Examples
    --------
    >>> table = pd.DataFrame({"people": [1.0, 2.0, 3.0, 9.0], "hills": [5.0, 5.0, None, 1.0]}, index=list("abcd"))
    >>> nearest(table, "a", 2).round(3).reset_index().values.tolist()
    [['b', 0.278, 2], ['c', 0.787, 1]]
    """
    if not features.index.is_unique:
        raise ValueError(f"areas named twice: {features.index[features.index.duplicated()].tolist()}")
    if area not in features.index:
        raise ValueError(f"no such area: {area!r}")
    if count < 1:
        raise ValueError(f"count must be at least 1: {count}")
    scores = np.array([normalise_zscore(features[name]).to_numpy() for name in features.columns])
    scores = scores.reshape(len(features.columns), len(features))
    scores = scores[~np.isnan(scores).all(axis=1)]
    gaps = scores - scores[:, [features.index.get_loc(area)]]
    used = (~np.isnan(gaps)).sum(axis=0)
    total = np.where(np.isnan(gaps), 0.0, gaps**2).sum(axis=0)
    found = pd.DataFrame({"features": used}, index=features.index)
    found.insert(0, "distance", clear_noise(np.sqrt(total * len(scores) / np.maximum(used, 1))))
    found = found[(found.index != area) & (used > 0)]
    order = sorted(range(len(found)), key=lambda row: (found["distance"].iloc[row], str(found.index[row])))
    return found.iloc[order[:count]]
