"""Who has reported what, and when: presence, timeliness and doubt of every figure that is expected.

The three are kept apart, because they are three questions: a report that there were no cases may still have come
late. ``state`` is the one word that a small table has room for.
"""

from datetime import date

import numpy as np
import pandas as pd

PRESENCE = ("reported", "no_cases", "missing")
TIMELINESS = ("on_time", "late", "unknown", "not_due", "overdue")
STATES = ("reported", "no_cases", "late", "doubtful", "missing", "overdue")
SENT = ("reported", "no_cases", "late", "doubtful")


def due_state(presence: pd.Series, received: pd.Series, due: pd.Series, today: date) -> pd.DataFrame:
    """Hold what came, and what did not, against the due day.

    Parameters
    ----------
    presence : Series of str
        One of ``PRESENCE`` for each expected figure, any index.
    received : Series of datetime64
        The day the figure FIRST came in, same index: a correction after the due day is not a late report. Missing
        where it is not known; ignored where ``presence`` is ``missing``.
    due : Series of datetime64
        The last day that is on time, same index; missing where the end of the period is not known.
    today : date

    Returns
    -------
    DataFrame
        Index as given. ``timeliness``: ``on_time``, ``late`` or ``unknown`` for what came, ``not_due``, ``overdue`` or
        ``unknown`` for what did not. ``days``: Int64, days past the due day of what is late or overdue, else <NA>.

    Raises
    ------
    ValueError
        If a presence is none of the three, or the indexes differ.

    References
    ----------
    Data quality dimensions "completeness" and "timeliness": WHO, Data Quality Review (2017), module 1.

    Examples
    --------
    >>> when = pd.Series(pd.to_datetime(["2025-01-15", "2025-02-02", None]))
    >>> due_state(pd.Series(["reported", "no_cases", "missing"]), when,
    ...     pd.Series(pd.to_datetime(["2025-01-28"] * 3)), date(2025, 2, 7)).to_numpy().tolist()
    [['on_time', <NA>], ['late', 5], ['overdue', 10]]
    """
    unknown = sorted(set(presence) - set(PRESENCE))
    if unknown:
        raise ValueError(f"no such presence: {unknown}")
    if not (presence.index.equals(received.index) and presence.index.equals(due.index)):
        raise ValueError("the Series do not share one index: join them into one frame first")
    absent = presence.eq("missing").to_numpy()
    came = pd.to_datetime(received).to_numpy(dtype="datetime64[D]")
    limit = pd.to_datetime(due).to_numpy(dtype="datetime64[D]")
    at = np.where(absent, np.datetime64(today, "D"), came)
    known = ~(np.isnat(at) | np.isnat(limit))
    past = known & (at > limit)
    timeliness = np.select(
        [~known, absent & past, absent, past], ["unknown", "overdue", "not_due", "late"], default="on_time"
    )
    days = pd.array(
        np.where(past, (at - limit).astype("timedelta64[D]").astype("float64"), np.nan), dtype="Int64"
    )
    return pd.DataFrame({"timeliness": timeliness, "days": days}, index=presence.index)


def figure_state(presence: pd.Series, timeliness: pd.Series, doubt: pd.Series) -> pd.Series:
    """Name each expected figure by the one thing that asks most for somebody's attention.

    Parameters
    ----------
    presence : Series of str
        As for :func:`due_state`.
    timeliness : Series of str
        As :func:`due_state` returns it, same index. ``unknown`` accuses nobody: it counts as not late, not overdue.
    doubt : Series of bool
        Whether a warning still stands on the figure, same index; ignored where there is none.

    Returns
    -------
    Series of str
        One of ``STATES``, index as given: ``doubtful`` before ``late`` before ``no_cases`` and ``reported``;
        ``overdue`` before ``missing`` (not due yet).

    Raises
    ------
    ValueError
        If the indexes differ.

    Examples
    --------
    >>> figure_state(pd.Series(["reported", "no_cases", "missing"]), pd.Series(["late", "on_time", "not_due"]),
    ...     pd.Series([True, False, True])).tolist()
    ['doubtful', 'no_cases', 'missing']
    """
    if not (presence.index.equals(timeliness.index) and presence.index.equals(doubt.index)):
        raise ValueError("the Series do not share one index: join them into one frame first")
    absent = presence.eq("missing")
    state = np.select(
        [
            absent & timeliness.eq("overdue"),
            absent,
            doubt.astype(bool),
            timeliness.eq("late"),
            presence.eq("no_cases"),
        ],
        ["overdue", "missing", "doubtful", "late", "no_cases"],
        default="reported",
    )
    return pd.Series(state, index=presence.index, dtype=object)


def coverage(states: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Count expected figures and what came of them, by commune, indicator, period or any pair of these.

    Parameters
    ----------
    states : DataFrame
        One row per expected figure, with ``presence``, ``timeliness`` and ``doubt`` and the columns of ``by``. What is
        not expected (a commune that no longer exists) has no row, so it lowers no share.
    by : list of str
        Columns to group by; the groups come in order of first appearance.

    Returns
    -------
    DataFrame
        One row per group, indexed by ``by``: ``expected``, ``sent`` (``no_cases`` included: it is a report),
        ``no_cases``, ``late``, ``doubtful``, ``missing``, ``overdue`` (part of ``missing``), all int64; ``share``, float:
        sent / expected as a fraction.

    References
    ----------
    Completeness of reporting = reports received / reports expected: WHO, Data Quality Review (2017), module 1.

    Examples
    --------
    >>> states = pd.DataFrame({"area": ["a", "a", "b"], "presence": ["reported", "no_cases", "missing"],
    ...     "timeliness": ["on_time", "late", "overdue"], "doubt": [True, False, False]})
    >>> coverage(states, ["area"]).loc["a", ["expected", "sent", "late", "doubtful", "share"]].tolist()
    [2.0, 2.0, 1.0, 1.0, 1.0]
    """
    sent = states["presence"].ne("missing")
    marks = pd.DataFrame(
        {
            "expected": 1,
            "sent": sent,
            "no_cases": states["presence"].eq("no_cases"),
            "late": sent & states["timeliness"].eq("late"),
            "doubtful": sent & states["doubt"].astype(bool),
            "missing": ~sent,
            "overdue": ~sent & states["timeliness"].eq("overdue"),
        }
    ).astype("int64")
    counts = marks.groupby([states[column] for column in by], sort=False).sum()
    return counts.assign(share=counts["sent"] / counts["expected"])
