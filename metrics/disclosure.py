"""Small numbers: which figures must not be shown, because somebody could be recognised in them.

What is hidden must stay hidden everywhere: value, interval, change, rank, tooltip, download and address. Totals
of different groups of areas can still be subtracted from one another; here each group is looked at alone.
"""

import numpy as np
import pandas as pd

from metrics.arrays import refuse_negative, unpack

ZEROS = ("show", "hide")
STATUSES = ("shown", "suppressed", "missing")


def suppress(
    counts: pd.DataFrame,
    threshold: int,
    zero: str = "show",
    total_shown: bool = True,
    groups: pd.Series | None = None,
) -> pd.DataFrame:
    """Hide small counts, and as many others as it takes that a shown total does not give them back.

    Parameters
    ----------
    counts : DataFrame
        Columns numerator and denominator, one row for each area; any index.
    threshold : int
        Smallest count that is shown, at least 1; at 1 nothing is small.
    zero : {"show", "hide"}
        Whether 0 cases, or 0 others, is a small number. "show" for figures in which "nobody did" names nobody.
    total_shown : bool
        Whether the sums of ``counts`` are shown too; without them nothing secondary is hidden.
    groups : Series, optional
        Which rows have a total together, same index, nothing missing; by default all.

    Returns
    -------
    DataFrame
        Index as given: ``numerator``, ``denominator`` (missing unless shown), ``status`` (one of
        ``STATUSES``; "missing": a count is missing and nothing is there to hide) and ``reason`` ("primary",
        "secondary", or "" when not suppressed).

        Primary: x, n − x or n is from 1 to threshold − 1 (from 0, where zero is "hide"). A row with one
        count missing is judged by the other, and hidden when that is small.
        Secondary, in each group with something primary: the total minus what is shown must not give it back,
        so rows are hidden, smallest first (by x, then n, then position; rows with x = 0 last, since a
        known 0 protects nobody), until at least two are, and their x and their n − x each add up to the
        threshold. If the group does not suffice, all of it is hidden, and the total must not be shown.

    Raises
    ------
    ValueError
        If a count is negative, x > n, threshold is below 1, ``zero`` is another word, or the groups' index
        differs or lacks a group.

    References
    ----------
    Minimum frequency rule and secondary suppression: Hundepool et al., Statistical Disclosure Control, Wiley
    2012, chapters 4 and 5; ScotPHO hides measure and limits with the count.

    Examples
    --------
    >>> table = pd.DataFrame({"numerator": [2, 9, 40], "denominator": [60, 80, 90]}, index=["a", "b", "c"])
    >>> suppress(table, threshold=5)[["status", "reason"]].values.tolist()
    [['suppressed', 'primary'], ['suppressed', 'secondary'], ['shown', '']]
    """
    if threshold < 1:
        raise ValueError(f"threshold must be at least 1: {threshold}")
    if zero not in ZEROS:
        raise ValueError(f"zero must be one of {ZEROS}: {zero!r}")
    (x, n), index = unpack(counts["numerator"], counts["denominator"])
    refuse_negative(numerator=x, denominator=n)
    if (x > n).any():
        raise ValueError("more cases than the denominator holds: n − x would be negative")
    if groups is not None and (not groups.index.equals(index) or groups.isna().any()):
        raise ValueError("groups must have the index of the counts, and no gap")
    primary = few(x, n, threshold, zero)
    reason = np.where(primary, "primary", "").astype(object)
    known = ~np.isnan(x) & ~np.isnan(n)
    together = np.zeros(len(x), dtype=int) if groups is None else pd.factorize(groups)[0]
    for group in np.unique(together[primary & known]) if total_shown else ():
        rows = np.flatnonzero((together == group) & known)
        hidden = [row for row in rows if primary[row]]
        spare = sorted(
            (row for row in rows if not primary[row]), key=lambda row: (x[row] == 0, x[row], n[row])
        )
        while spare and not _covered(x[hidden], n[hidden], threshold):
            hidden.append(spare.pop(0))
            reason[hidden[-1]] = "secondary"
    status = np.select([reason != "", ~known], ["suppressed", "missing"], "shown")
    shown = status == "shown"
    return pd.DataFrame(
        {
            "numerator": np.where(shown, x, np.nan),
            "denominator": np.where(shown, n, np.nan),
            "status": pd.array(status, dtype="str"),
            "reason": pd.array(reason, dtype="str"),
        },
        index=index,
    )


def few(numerator: np.ndarray, denominator: np.ndarray, threshold: int, zero: str = "show") -> np.ndarray:
    """Say which counts are too small to be shown by themselves: the primary rule of :func:`suppress`.

    Parameters
    ----------
    numerator, denominator : array of float
        x and n of each area, of one length; NaN where a count is missing.
    threshold, zero
        As in :func:`suppress`.

    Returns
    -------
    array of bool
        Whether x, n − x or n is from 1 to threshold − 1 (from 0, where zero is "hide"); a missing count is not small.

    References
    ----------
    As :func:`suppress`: the minimum frequency rule.

    Examples
    --------
    >>> few(np.array([2.0, 9.0, np.nan]), np.array([60.0, 80.0, 3.0]), threshold=5).tolist()
    [True, False, True]
    """
    least = 1 if zero == "show" else 0
    small = np.zeros(len(numerator), dtype=bool)
    for part in (numerator, denominator - numerator, denominator):
        small |= (part >= least) & (part < threshold)
    return small


def suppress_change(status_after: pd.Series, status_before: pd.Series) -> pd.Series:
    """Say which changes may be shown: a change and one end give the other end back.

    Parameters
    ----------
    status_after, status_before : Series of str
        As :func:`suppress` returns them, one index.

    Returns
    -------
    Series of str
        "suppressed" where either end is, else "missing" where either end is, else "shown".

    Raises
    ------
    ValueError
        If the indexes differ or a status is not known.

    References
    ----------
    As :func:`suppress`: a published difference is a linear relation between cells.

    Examples
    --------
    >>> suppress_change(pd.Series(["shown", "suppressed"]), pd.Series(["shown", "missing"])).tolist()
    ['shown', 'suppressed']
    """
    if not status_after.index.equals(status_before.index):
        raise ValueError("the Series do not share one index: join them into one frame first")
    if unknown := sorted((set(status_after) | set(status_before)) - set(STATUSES)):
        raise ValueError(f"no such status: {unknown}")
    ends = [status_after.to_numpy(dtype=object), status_before.to_numpy(dtype=object)]
    either = {word: (ends[0] == word) | (ends[1] == word) for word in ("suppressed", "missing")}
    words = np.select(list(either.values()), list(either), "shown")
    return pd.Series(words, index=status_after.index, dtype="str")


def _covered(x: np.ndarray, n: np.ndarray, threshold: int) -> bool:
    return len(x) > 1 and x.sum() >= threshold and (n - x).sum() >= threshold
