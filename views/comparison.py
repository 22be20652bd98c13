"""The pilot against communes outside it: who can be compared, four sums, their double difference, and the paths of both
groups. Frames in, frames out; every statistic is ``metrics``' own, nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from metrics.change import (
    DoubleDifference,
    PermutationTest,
    change_points,
    change_verdict,
    difference_in_differences,
    newcombe_interval,
    permutation_over_areas,
)
from metrics.neighbours import nearest
from metrics.rates import pooled_rate
from store import periods
from store.definitions import Area, Catalogue, Indicator
from views import boards

PILOT, OTHER = "pilot", "other"
GROUPS = (PILOT, OTHER)
COUNTS = ("numerator", "denominator")
DRAWS = 20_000  # all 12.870 ways to pick 8 of 16 are looked at, not drawn
LEVEL = 0.05
ASKED_BEFORE = 3  # quarters before the pilot that the page asks for


def candidates(catalogue: Catalogue) -> tuple[Area, ...]:
    """Communes outside the pilot that could be held against it: of the pilot's provinces, of the same level, and
    existing at the same time as the pilot communes did."""
    pilots = catalogue.pilots
    provinces, levels = {area.province_id for area in pilots}, {area.level for area in pilots}
    first = max((area.valid_from for area in pilots if area.valid_from), default=date.min)
    last = min((area.valid_to for area in pilots if area.valid_to), default=date.max)
    return tuple(
        area
        for area in catalogue.areas
        if area.role == "other"
        and area.province_id in provinces
        and area.level in levels
        and (area.valid_from or date.min) <= last
        and first <= (area.valid_to or date.max)
    )


def phase(period: str, start: date | None, administrative: bool) -> str:
    """``before`` when the period ends by the day the pilot began, else ``during``; empty when that cannot be told."""
    found = periods.from_id(period, administrative)
    if found.kind == "before":
        return "before" if start and found.year <= start.year else ""
    return "" if start is None or found.end is None else "before" if found.end <= start else "during"


# ---------------------------------------------------------------- who is compared


def members(
    figures: pd.DataFrame,
    indicator: Indicator,
    definition: str,
    before: str,
    after: str,
    pilots: Sequence[str],
    others: Sequence[str],
    among: Collection[str] | None = None,
) -> pd.DataFrame:
    """``boards.pair`` of both groups, with ``group`` and, for each end, ``why_before``/``why_after``: why its counts
    cannot be taken (missing, other_way, no_cases, suppressed, no_counts, not_a_share); empty when they can. ``known``:
    whether both can. ``in``: whether the commune is compared: known, and outside the pilot ``among`` those chosen."""
    areas = [*pilots, *others]
    own = figures[figures["definition"] == definition]
    board = boards.pair(own, indicator, before, after, areas)
    board["group"] = [PILOT] * len(pilots) + [OTHER] * len(others)
    for end, period in (("before", before), ("after", after)):
        board[f"why_{end}"] = _why(figures, board, indicator, period, f"_{end}")
    board["known"] = (board["why_before"] == "") & (board["why_after"] == "")
    board["in"] = board["known"]
    if among is not None:
        board["in"] &= (board["group"] == PILOT) | board.index.isin(list(among))
    return board


def _why(
    figures: pd.DataFrame, board: pd.DataFrame, indicator: Indicator, period: str, suffix: str
) -> np.ndarray:
    """Why the counts of one end cannot be taken, per area."""
    rows = figures[(figures["indicator_id"] == indicator.id) & (figures["period"] == period)]
    elsewhere = board.index.isin(rows["area_id"])
    status, n, of = (board[f"{part}{suffix}"] for part in ("status", *COUNTS))
    return np.select(
        [
            (status == "missing") & elsewhere,
            status != "reported",
            n.isna() | of.isna() | (of == 0),
            n > of,
        ],
        ["other_way", status.astype(str), "no_counts", "not_a_share"],
        default="",
    )


def alike(features: pd.DataFrame, pilots: Sequence[str], others: Sequence[str]) -> list[str]:
    """The commune outside the pilot that is nearest to each pilot commune; one may be nearest to several."""
    found: set[object] = set()
    for area in pilots:
        if others:
            found |= set(nearest(features.loc[[area, *others]], area, 1).index)
    return [area for area in others if area in found]


def features(figures: pd.DataFrame, catalogue: Catalogue, areas: Sequence[str], period: str) -> pd.DataFrame:
    """What communes are alike by: logarithm of the area in km², ward or not, and the share of each headline rate in
    the earlier period; missing where not known."""
    by_id = catalogue.area_by_id
    table = pd.DataFrame(
        {
            "area": [np.log(by_id[area].area_km2 or np.nan) for area in areas],
            "ward": [float(by_id[area].kind == "ward") for area in areas],
        },
        index=list(areas),
    )
    for indicator in catalogue.headline:
        if indicator.unit == "percent":
            table[indicator.id] = boards.one(figures, indicator, period, areas)["share"]
    return table


# ---------------------------------------------------------------- four sums and their difference


def sums(board: pd.DataFrame) -> pd.DataFrame:
    """One row per group over the communes that are compared: ``areas``, n and N of both ends, shares, and the change in
    points with its interval and verdict. Empty unless both groups have a commune."""
    rows = []
    for group in GROUPS:
        own = board[board["in"] & (board["group"] == group)]
        if own.empty:
            return pd.DataFrame()
        row: dict[str, object] = {"areas": len(own)}
        for end in ("before", "after"):
            for part in COUNTS:
                row[f"{part}_{end}"] = float(own[f"{part}_{end}"].astype(float).sum())
            row[f"share_{end}"] = pooled_rate(*(own[f"{part}_{end}"].astype(float) for part in COUNTS))
        counts = [row[f"{part}_{end}"] for end in ("after", "before") for part in COUNTS]
        interval = newcombe_interval(*counts)
        row |= {
            "change": change_points(row["share_after"], row["share_before"]),
            "lower": 100 * interval.lower,
            "upper": 100 * interval.upper,
            "verdict": change_verdict(*counts),
        }
        rows.append(row)
    return pd.DataFrame(rows, index=list(GROUPS))


def beyond(table: pd.DataFrame) -> DoubleDifference:
    """The pilot's change beyond the others', in points, from the four sums."""
    return difference_in_differences(
        *(
            float(table.loc[group, f"{part}_{end}"])
            for group in GROUPS
            for end in ("after", "before")
            for part in COUNTS
        )
    )


def by_lot(board: pd.DataFrame) -> PermutationTest:
    """How often a lot among the communes compared would give as large a difference of the mean changes."""
    own = board[board["in"]]
    changes = [own.loc[own["group"] == group, "change"].astype(float) for group in GROUPS]
    return permutation_over_areas(*changes, draws=DRAWS)


def rarest(pilots: int, others: int, lot: PermutationTest) -> float:
    """The least p that so many communes can give: every way counts, and its mirror too where both groups are as large."""
    return (2 if pilots == others else 1) / lot.arrangements


def verdict(found: DoubleDifference, lot: PermutationTest) -> str:
    """``more`` or ``less`` when neither chance between cases nor a lot among communes explains the difference;
    ``cases`` when it is clear between cases but a lot would often give it; else ``unclear``."""
    if found.lower <= 0 <= found.upper:
        return "unclear"
    if not lot.p <= LEVEL:
        return "cases"
    return "more" if found.estimate > 0 else "less"


# ---------------------------------------------------------------- paths


@dataclass(frozen=True)
class Paths:
    """Both groups through the quarters, over the same communes in all of them. ``table``: a row per quarter with
    ``phase`` and, per group, n, N and share (``numerator_pilot`` …), and ``gap`` in points; quarters that too few
    communes reported are missing. ``areas``: the communes, per group; ``left_out``: compared communes that lack a
    quarter."""

    table: pd.DataFrame
    areas: dict[str, list[str]]
    left_out: list[str]

    @property
    def shares(self) -> pd.Series:
        """The shares of both groups, one below the other."""
        return pd.concat([self.table[f"share_{group}"] for group in GROUPS], ignore_index=True)

    @property
    def before(self) -> list[str]:
        """Quarters with figures that lie before the pilot."""
        known = self.table[self.table["gap"].notna() & (self.table["phase"] == "before")]
        return known.index.tolist()


def paths(
    figures: pd.DataFrame,
    indicator: Indicator,
    definition: str,
    board: pd.DataFrame,
    start: date | None,
    administrative: bool,
) -> Paths | None:
    """Pooled shares per quarter. A quarter is drawn when at least half of each group's communes have counts in it, a
    commune is in when it has counts in every such quarter; None when a group has none."""
    compared = {group: board.index[board["in"] & (board["group"] == group)].tolist() for group in GROUPS}
    rows = figures[
        (figures["indicator_id"] == indicator.id)
        & (figures["definition"] == definition)
        & (figures["status"] == "reported")
        & (figures["denominator"] > 0)
        & (figures["numerator"] <= figures["denominator"])
        & figures["period"].map(lambda item: periods.from_id(item).kind == "quarter")
    ]
    tables = {
        part: rows.pivot(index="period", columns="area_id", values=part).astype(float) for part in COUNTS
    }
    known = tables["denominator"].notna()
    enough = pd.Series(True, index=known.index)
    for group in GROUPS:
        enough &= 2 * known.reindex(columns=compared[group], fill_value=False).sum(axis=1) >= len(
            compared[group]
        )
    kept = known[enough]
    areas = {
        group: [area for area in compared[group] if area in kept and kept[area].all()] for group in GROUPS
    }
    if kept.empty or not all(areas.values()):
        return None
    line = _every_quarter(sorted(kept.index))
    table = pd.DataFrame({"phase": [phase(quarter, start, administrative) for quarter in line]}, index=line)
    for group in GROUPS:
        for part in COUNTS:
            total = tables[part].loc[kept.index, areas[group]].sum(axis=1)
            table[f"{part}_{group}"] = total.reindex(line)
        table[f"share_{group}"] = table[f"numerator_{group}"] / table[f"denominator_{group}"]
    table["gap"] = change_points(table["share_pilot"], table["share_other"])
    left = [area for group in GROUPS for area in compared[group] if area not in areas[group]]
    return Paths(table, areas, left)


def _every_quarter(known: Sequence[str]) -> list[str]:
    """Every quarter from the first to the last, so that one nobody reported shows as a gap."""
    first, last = (4 * int(item[:4]) + int(item[-1]) - 1 for item in (known[0], known[-1]))
    return [f"{n // 4}-Q{n % 4 + 1}" for n in range(first, last + 1)]


def earlier(found: Paths) -> DoubleDifference | None:
    """The double difference between the first and the last quarter before the pilot; None below two quarters."""
    quarters = found.before
    if len(quarters) < 2:
        return None
    first, last = found.table.loc[quarters[0]], found.table.loc[quarters[-1]]
    return difference_in_differences(
        *(float(row[f"{part}_{group}"]) for group in GROUPS for row in (last, first) for part in COUNTS)
    )


def together(found: DoubleDifference) -> bool:
    """Whether the paths before the pilot were not seen to differ."""
    return bool(found.lower <= 0 <= found.upper)


# ---------------------------------------------------------------- what is lacking


def asked_quarters(start: date | None, administrative: bool, chosen: Sequence[str], today: date) -> list[str]:
    """Quarters whose figures are needed: three before the pilot, the chosen ones, and at least one after it: where none
    is chosen the same quarter as the first, one year on."""
    asked = {item for item in chosen if periods.from_id(item).kind == "quarter"}
    if start is not None:
        closed = periods.closed_quarters(f"{start.year - 2}-Q1", today, administrative)
        past = [item for item in closed if phase(item, start, administrative) == "before"][-ASKED_BEFORE:]
        asked |= set(past)
        if past and not any(phase(item, start, administrative) == "during" for item in asked):
            later = f"{int(past[0][:4]) + 1}{past[0][4:]}"
            asked |= {later} & set(closed)
    return sorted(asked)
