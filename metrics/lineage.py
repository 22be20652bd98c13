"""Figures of a unit before it existed: what the units that it was made of reported, added up, or why it cannot be.

Counts of whole units add up; shares, scores and averages without counts do not. Nothing is estimated: a sum exists
where every part has its counts, and else there is none.
"""

import numpy as np
import pandas as pd

STATUSES = ("reported", "no_cases", "suppressed")
REASONS = ("lacking", "uncounted", "suppressed")


def add_parts(rows: pd.DataFrame, wholes: pd.Series, expected: pd.Series) -> pd.DataFrame:
    """Add the figures of the parts of each whole, where every part has one.

    Parameters
    ----------
    rows : DataFrame
        One row for each part that has a figure: ``status`` (one of ``STATUSES``) and the numbers that add up, each of
        them a column of floats in its own unit: numerator and denominator of a rate, the amount of a count. Numbers of
        rows whose status is not "reported" are not looked at.
    wholes : Series
        Which whole each row belongs to; index of ``rows``, nothing missing.
    expected : Series of int
        Of how many parts each whole consists, at least 1; the index names the wholes, each once.

    Returns
    -------
    DataFrame
        Index of ``expected``; the numbers added up, missing unless ``status`` is "reported"; ``parts`` (how many have a
        figure, Int64), ``status`` and ``reason``.

        In this order: a part without a figure leaves the whole without one (status "missing", reason "lacking"); so
        does a reported part of which any number is missing ("uncounted"); a hidden part hides the sum ("suppressed",
        for the sum minus the other parts would give it back); where no part had a case the whole had none
        ("no_cases"); else the sum stands ("reported", reason ""), parts without a case counting as 0.

    Raises
    ------
    ValueError
        If indexes differ, a status is not known, a number is infinite, a whole is not expected or expected twice, has
        fewer than one part, or more figures than parts.

    References
    ----------
    The rate of a union of populations is the ratio of its sums: Rothman, Greenland & Lash, Modern Epidemiology, 3rd ed.,
    2008, chapter 3. That a published sum gives back its only hidden part: Hundepool et al., Statistical Disclosure
    Control, Wiley 2012, chapter 4.

    Examples
    --------
    >>> rows = pd.DataFrame({"numerator": [2.0, 9, 1], "denominator": [60.0, 90, 5], "status": "reported"})
    >>> add_parts(rows, pd.Series(["a", "a", "b"]), pd.Series({"a": 2, "b": 3}))[["numerator", "status"]].values.tolist()
    [[11.0, 'reported'], [nan, 'missing']]
    """
    if not rows.index.equals(wholes.index):
        raise ValueError("every row needs its whole: the indexes differ")
    if not expected.index.is_unique:
        raise ValueError("a whole is expected twice")
    if len(expected) and expected.min() < 1:
        raise ValueError("a whole has at least one part")
    if unknown := sorted(set(rows["status"].unique()) - set(STATUSES)):
        raise ValueError(f"no such status: {unknown}")
    place = expected.index.get_indexer(wholes)
    if (place < 0).any():
        raise ValueError("a row belongs to a whole that is not expected")
    size = len(expected)

    def count(which: np.ndarray) -> np.ndarray:
        return np.bincount(place, weights=which, minlength=size)

    names = [name for name in rows.columns if name != "status"]
    numbers = rows[names].to_numpy(dtype="float64", na_value=np.nan)
    if np.isinf(numbers).any():
        raise ValueError("a number is infinite")
    status = rows["status"].to_numpy(dtype=object)
    reported = status == "reported"
    known = count(np.ones(len(rows)))
    if (known > expected.to_numpy()).any():
        raise ValueError("a whole has more figures than parts")
    lacking = known < expected.to_numpy()
    uncounted = count(reported & np.isnan(numbers).any(axis=1)) > 0
    hidden = count(status == "suppressed") > 0
    reason = np.select([lacking, uncounted, hidden], REASONS, "")
    state = np.select(
        [lacking | uncounted, hidden, count(reported) == 0], ["missing", "suppressed", "no_cases"], "reported"
    )
    sums = {
        name: np.where(
            state == "reported", count(np.where(reported, np.nan_to_num(numbers[:, n]), 0.0)), np.nan
        )
        for n, name in enumerate(names)
    }
    return pd.DataFrame(
        {
            **sums,
            "parts": pd.array(known.astype("int64"), dtype="Int64"),
            "status": pd.array(state, dtype="str"),
            "reason": pd.array(reason, dtype="str"),
        },
        index=expected.index,
    )
