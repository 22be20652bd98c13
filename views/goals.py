"""How far the communes are from a target, how fast they went, and when they would be there. Calls of ``metrics`` only.

As in ``views.boards``: one row per area, in the order given. A pace is points for each quarter; two periods that are no
quarters have none, and a figure counted otherwise than the target counts is not held against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pandas as pd

from metrics.targets import arrival, pace
from store import periods
from store.definitions import Indicator
from views import boards, standings

HORIZON = 40  # quarters: what lies farther away than ten years is not given a date


def quarter_number(period: str) -> int | None:
    """Quarters since year 0, for counting from one to another; None for what is no quarter."""
    found = periods.from_id(period)
    return 4 * found.year + found.number - 1 if found.kind == "quarter" else None


def quarter_after(period: str, steps: float) -> str:
    """The quarter so many quarters later.

    >>> quarter_after("2024-Q4", 3)
    '2025-Q3'
    """
    number = quarter_number(period) + int(steps)
    return f"{number // 4}-Q{number % 4 + 1}"


def steps_between(before: str, after: str) -> int | None:
    """Quarters from one period to the other; None where one of them is no quarter."""
    first, last = quarter_number(before), quarter_number(after)
    return None if first is None or last is None or last <= first else last - first


def steps_left(indicator: Indicator, after: str) -> int | None:
    """Quarters from ``after`` to the last one of the target's year; None without a year or without a quarter."""
    now = quarter_number(after)
    if indicator.target is None or indicator.target.year is None or now is None:
        return None
    return 4 * indicator.target.year + 3 - now


def judges(indicator: Indicator) -> bool:
    """Whether a commune may be said to meet or miss the target: somebody has printed it, it is no proposal and no
    illustration."""
    return indicator.target is not None and indicator.target.status not in ("proposed", "illustrative")


def way_of_counting(figures: pd.DataFrame, indicator: Indicator) -> str:
    """The target's own definition where there are figures in it or none at all, else the one in use."""
    own = figures[figures["indicator_id"] == indicator.id]
    goal = indicator.target
    if goal is not None and (own.empty or (own["definition"] == goal.definition).any()):
        return goal.definition
    return boards.definition_in_use(figures, indicator)


def choosable(figures: pd.DataFrame, indicators: Sequence[Indicator]) -> list[Indicator]:
    """``choosable_of`` the figures themselves."""
    counted = figures.groupby(["indicator_id", "definition"], as_index=False)["value"].nunique()
    return choosable_of(counted.rename(columns={"value": "values"}), indicators)


def choosable_of(counted: pd.DataFrame, indicators: Sequence[Indicator]) -> list[Indicator]:
    """Rates with a target: first those with figures counted its way, printed targets before proposals, later years
    before earlier ones, and what differs between communes before what does not. Where there are no such figures, first
    those with any figures, target or not. ``counted``: indicator_id, definition, and how many different ``values``."""
    rates = [item for item in indicators if item.is_rate and item.higher_is_better]
    known = set(zip(counted["indicator_id"], counted["definition"], strict=True))
    with_goal = [item for item in rates if item.target is not None]
    fit = [item for item in with_goal if (item.id, item.target.definition) in known]
    differing = counted.groupby("indicator_id")["values"].max()
    fit.sort(key=lambda item: (not judges(item), -(item.target.year or 0), -differing[item.id]))
    seen = {name for name, _ in known}
    some = [item for item in rates if item.id in seen] if not fit else []
    return list({item.id: item for item in (*fit, *some, *with_goal)}.values())


def board(
    figures: pd.DataFrame, indicator: Indicator, before: str, after: str, areas: Sequence[str]
) -> pd.DataFrame:
    """``boards.pair`` in the target's way of counting, and:

    - ``state`` (met, not_met, unknown, none) and ``cases`` short, see ``standings.target_state``;
    - ``gap``: points still missing, 0 where the target is met;
    - ``pace``, ``required``: points for each quarter, so far and from now on to the end of the target's year;
    - ``arrival`` (reached, unknown, too_early, never, open, dated) and ``expected``, ``earliest``, ``latest``: quarters
      from ``after``.
    """
    definition = way_of_counting(figures, indicator)
    own = figures[(figures["indicator_id"] == indicator.id) & (figures["definition"] == definition)]
    table = boards.pair(own, indicator, before, after, areas)
    one = boards.one(own, indicator, after, areas, definition)
    applies = indicator.target is not None and definition == indicator.target.definition
    goal = float(indicator.target.value) if applies else np.nan
    against = standings.target_state(one, indicator) if applies else None
    table["state"] = against["state"] if applies else "none"
    table["cases"] = against["cases"] if applies else pd.NA
    value = boards.certain(table, "_after") * 100
    gap = (goal - value).where(table["state"] == "not_met")
    table["gap"] = gap.mask(table["state"] == "met", 0.0)
    steps, left = steps_between(before, after), steps_left(indicator, after)
    ahead = _ahead(table, value, goal, steps, left)
    return table.join(ahead)


def _ahead(
    table: pd.DataFrame, value: pd.Series, goal: float, steps: int | None, left: int | None
) -> pd.DataFrame:
    """Pace and arrival; nothing but ``unknown`` where the two periods are no quarters."""
    if steps is None:
        nothing = dict.fromkeys(("pace", "required", "expected", "earliest", "latest"), np.nan)
        reached = table["state"].map({"met": "reached"}).fillna("unknown")
        return pd.DataFrame(nothing, index=table.index).assign(arrival=reached)
    base = boards.certain(table, "_before") * 100

    def same(number: float) -> pd.Series:
        return pd.Series(float(number), index=table.index)

    paces = pace(value, base, same(goal), same(steps), same(np.nan if left is None else left))
    counts = table[["numerator_after", "denominator_after", "numerator_before", "denominator_before"]]
    counts = counts.astype(float)
    fit = (counts.iloc[:, 0] <= counts.iloc[:, 1]) & (counts.iloc[:, 2] <= counts.iloc[:, 3])
    counts = counts.where(fit)
    dates = pd.DataFrame(index=table.index, columns=["expected", "earliest", "latest"], dtype=float)
    words = pd.Series("unknown", index=table.index)
    if not np.isnan(goal) and goal <= 100:
        parts = [counts[name] for name in counts]
        found = arrival(*parts, target=Fraction(str(goal)) / 100, steps=same(steps))
        words, dates = found.state, pd.DataFrame(found._asdict()).drop(columns="state")
    words = words.mask(table["state"] == "met", "reached")
    return dates.assign(arrival=words, pace=paces.so_far, required=paces.required)


def in_time(table: pd.DataFrame) -> pd.Series:
    """Communes not yet at the target whose pace is at least the one needed; missing where one of the two is."""
    open_still = table["state"] == "not_met"
    known = table["pace"].notna() & table["required"].notna()
    return (table["pace"] >= table["required"]).astype("boolean").where(open_still & known)
