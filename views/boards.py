"""From figures to the tables that pages show: pivots and calls of ``metrics``, no statistic of its own.

Throughout: one row per area, in the order given; ``share`` is the figure to compare, a fraction for rates (n/N where
both are known, else the printed percentage / 100) and the plain value for everything else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from metrics.change import change_points, change_verdict, newcombe_interval
from metrics.ranks import rank_areas
from metrics.rates import pooled_rate, wilson_interval
from store import merged, periods
from store.definitions import Catalogue, Indicator

PARTS = (
    "numerator",
    "denominator",
    "value",
    "value_given",
    "qualifier",
    "status",
    "source",
    "note",
    "definition",
    "upload_id",
)


def definition_in_use(figures: pd.DataFrame, indicator: Indicator) -> str:
    """The definition these figures can be compared in: the indicator's default when present, else the commonest."""
    found = figures.loc[figures["indicator_id"] == indicator.id, "definition"]
    if found.empty or (found == indicator.default_definition).any():
        return indicator.default_definition
    return found.value_counts().index[0]


CERTAIN = ("exact", "counted", "derived", "")
YEAR_LIKE = ("year", "before", "about")


def comparable(before: str, after: str) -> bool:
    """Whether two periods are of one kind: a quarter is not held against a year. A baseline before a pilot year and a
    figure dated "about" a year count as years."""
    kinds = [periods.from_id(item).kind for item in (before, after)]
    return len({"year" if kind in YEAR_LIKE else kind for kind in kinds}) == 1


def quarter_beside(before: str, after: str) -> str | None:
    """The quarter just before ``after``, to stand beside the comparison with ``before``; None where ``after`` is no
    quarter, or where that quarter is what is compared already."""
    found = periods.from_id(after).previous_quarter()
    return None if found == before else found


def certain(board: pd.DataFrame, suffix: str = "") -> pd.Series:
    """The shares that may be put in order: counted ones, and printed ones without "hơn", "gần", "khoảng" or doubt."""
    counted = board[f"numerator{suffix}"].notna() & board[f"denominator{suffix}"].notna()
    exact = board[f"qualifier{suffix}"].isin(CERTAIN)
    return board[f"share{suffix}"].where((counted | exact) & (board[f"qualifier{suffix}"] != "implausible"))


def one(
    figures: pd.DataFrame,
    indicator: Indicator,
    period: str,
    areas: Sequence[str],
    definition: str | None = None,
) -> pd.DataFrame:
    """One indicator in one period: a row per area, with ``share``; an area without a figure has a row of missing
    values and status ``missing``."""
    definition = definition or definition_in_use(figures, indicator)
    rows = figures[
        (figures["indicator_id"] == indicator.id)
        & (figures["period"] == period)
        & (figures["definition"] == definition)
    ].set_index("area_id")
    board = rows.reindex(list(areas))[list(PARTS)]
    board["status"] = board["status"].astype(object).where(board["status"].notna(), "missing")
    board["qualifier"] = board["qualifier"].astype(object).where(board["qualifier"].notna(), "")
    board["share"] = shares(board, indicator)
    return board


def shares(rows: pd.DataFrame, indicator: Indicator) -> pd.Series:
    """The figure to compare: for percentages n/N where both counts are known, else value / 100; else the value."""
    if indicator.unit != "percent":
        return rows["value"].astype(float)
    return _percent_shares(rows)


def trends(
    rows: pd.DataFrame, indicators: Sequence[Indicator], times: Sequence[str]
) -> dict[str, list[float]]:
    """One area's figures to compare, a list by period for each indicator; NaN where there is none. ``rows``: one for each
    indicator and period."""
    percent = rows["indicator_id"].isin([item.id for item in indicators if item.unit == "percent"])
    found = _percent_shares(rows).where(percent, rows["value"].astype(float))
    place = {time: n for n, time in enumerate(times)}
    lines = {item.id: [np.nan] * len(times) for item in indicators}
    for indicator, period, share in zip(rows["indicator_id"], rows["period"], found, strict=True):
        if indicator in lines and period in place:
            lines[indicator][place[period]] = share
    return lines


def _percent_shares(rows: pd.DataFrame) -> pd.Series:
    """Fractions of percentages: n/N where both counts are known, else value / 100; missing where not reported."""
    counted = rows["numerator"] / rows["denominator"].where(rows["denominator"] > 0)
    return counted.where(counted.notna(), rows["value"] / 100).where(rows["status"] == "reported")


def pair(
    figures: pd.DataFrame, indicator: Indicator, before: str, after: str, areas: Sequence[str]
) -> pd.DataFrame:
    """Before and after of one indicator, see ``pairs``."""
    return pairs(figures, [indicator], before, after, areas)[indicator.id]


def pairs(
    figures: pd.DataFrame, indicators: Sequence[Indicator], before: str, after: str, areas: Sequence[str]
) -> dict[str, pd.DataFrame]:
    """Before and after of several indicators in one pass, a board per indicator: columns ``<part>_before``,
    ``<part>_after``, and ``change`` (points for percentages, units otherwise), ``lower``/``upper`` (points, NaN without
    counts), ``verdict`` (rise, fall, unclear, unknown) and ``direction`` (up, down, same, unknown). Periods of two kinds
    (a quarter and a year) give no change of a count or amount, and no verdict on a rate."""
    index = pd.MultiIndex.from_product(
        [[item.id for item in indicators], list(areas)], names=["indicator_id", "area_id"]
    )
    kinds = pd.DataFrame(
        [(item.unit == "percent", item.is_rate) for item in indicators for _ in areas],
        index=index,
        columns=["percent", "rate"],
    )
    in_use = {item.id: definition_in_use(figures, item) for item in indicators}
    figures = figures[figures["definition"] == figures["indicator_id"].map(in_use)]
    first, last = (_end(figures, period, index, kinds["percent"]) for period in (before, after))
    board = first.add_suffix("_before").join(last.add_suffix("_after"))
    gap = last["share"] - first["share"]
    alike = comparable(before, after)
    if not alike:
        gap = gap.where(kinds["rate"])
    fit = (
        kinds["rate"]
        & alike
        & (last["numerator"] <= last["denominator"])
        & (first["numerator"] <= first["denominator"])
        & (last["denominator"] > 0)
        & (first["denominator"] > 0)
    )
    counts = [
        frame[part].astype(float).where(fit)
        for frame in (last, first)
        for part in ("numerator", "denominator")
    ]
    interval = newcombe_interval(*counts)
    board["change"] = change_points(last["share"], first["share"]).where(kinds["percent"], gap)
    board["lower"], board["upper"] = interval.lower * 100, interval.upper * 100
    board["verdict"] = change_verdict(*counts)
    board["direction"] = np.select(
        [gap.isna(), gap.abs() < 1e-12, gap > 0], ["unknown", "same", "up"], default="down"
    )
    return {item.id: board.xs(item.id, level="indicator_id") for item in indicators}


def _end(figures: pd.DataFrame, period: str, index: pd.MultiIndex, percent: pd.Series) -> pd.DataFrame:
    """One end of the pairs: a row per indicator and area, with ``share``; without a figure status ``missing``."""
    rows = figures[figures["period"] == period].set_index(["indicator_id", "area_id"])
    board = rows.reindex(index)[list(PARTS)]
    board["status"] = board["status"].astype(object).where(board["status"].notna(), "missing")
    board["qualifier"] = board["qualifier"].astype(object).where(board["qualifier"].notna(), "")
    board["share"] = _percent_shares(board).where(percent, board["value"].astype(float))
    return board


def pooled(board: pd.DataFrame) -> dict[str, float]:
    """The pilot as a whole, over the areas whose counts are known in BOTH periods, so that the two ends compare the
    same communes: sums, shares, change in points with interval, and how many areas are in."""
    columns = ["numerator_before", "denominator_before", "numerator_after", "denominator_after"]
    rows = board[columns].astype(float)
    rows = rows[rows.notna().all(axis=1) & (rows["denominator_before"] > 0) & (rows["denominator_after"] > 0)]
    if len(rows) < 2:
        return {"areas": 0}
    x0, n0, x1, n1 = (float(rows[column].sum()) for column in columns)
    p0 = pooled_rate(rows["numerator_before"], rows["denominator_before"])
    p1 = pooled_rate(rows["numerator_after"], rows["denominator_after"])
    known = x0 <= n0 and x1 <= n1
    interval = newcombe_interval(x1, n1, x0, n0) if known else (np.nan, np.nan)
    return {
        "areas": len(rows),
        "numerator_before": x0,
        "denominator_before": n0,
        "share_before": p0,
        "numerator_after": x1,
        "denominator_after": n1,
        "share_after": p1,
        "change": change_points(p1, p0),
        "lower": interval[0] * 100,
        "upper": interval[1] * 100,
        "verdict": change_verdict(x1, n1, x0, n0) if known else "unknown",
    }


def with_interval(board: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """Add Wilson limits ``lower``/``upper`` (fractions) where counts are known and n does not pass N."""
    numerator, denominator = board["numerator"].astype(float), board["denominator"].astype(float)
    fit = (numerator <= denominator) & (denominator > 0) & indicator.is_rate
    interval = wilson_interval(numerator.where(fit), denominator.where(fit))
    return board.assign(lower=interval.lower, upper=interval.upper)


def ranked(board: pd.DataFrame, indicator: Indicator, suffix: str = "") -> pd.Series:
    """Competition ranks of the shares; nothing is ranked that was not measured or has no better end."""
    if indicator.higher_is_better is None:
        return pd.Series(pd.NA, index=board.index, dtype="Int64")
    return rank_areas(certain(board, suffix), higher_is_better=indicator.higher_is_better)


def coverage(figures: pd.DataFrame, catalogue: Catalogue, period: str, areas: Sequence[str]) -> pd.DataFrame:
    """How many of the indicators that communes upload have a figure in a period (``known``), how many of them came in
    a report (``sent``; figures found in print are no report, nor are sums of former units' figures), out of how many
    (``expected``), the day the last of them came in first (``received``, NaN when none; a correction is not a late
    report) and whether that was after the due day (``late``)."""
    rows = figures[(figures["period"] == period) & figures["indicator_id"].isin(asked_of(catalogue))]
    sent = rows[(rows["provenance"] != "published") & ~merged.is_sum(rows["source"])]
    counts = pd.DataFrame(
        {
            "known": _kinds(rows, areas),
            "sent": _kinds(sent, areas),
            "received": sent.groupby("area_id")["received"].max().reindex(list(areas)),
        }
    )
    return coverage_of(counts, catalogue, period, areas)


def asked_of(catalogue: Catalogue) -> list[str]:
    """Ids of the indicators that communes upload."""
    return [indicator.id for indicator in catalogue.indicators if indicator.uploaded]


def coverage_of(
    counts: pd.DataFrame, catalogue: Catalogue, period: str, areas: Sequence[str]
) -> pd.DataFrame:
    """``coverage`` out of counts by area: ``known``, ``sent`` (both 0 where an area has no row) and ``received``."""
    counts = counts.reindex(list(areas))
    received = counts["received"]
    due = periods.due_day(period, catalogue.due_days, catalogue.administrative_quarters)
    return pd.DataFrame(
        {
            "known": counts["known"].fillna(0).astype(int),
            "sent": counts["sent"].fillna(0).astype(int),
            "expected": len(asked_of(catalogue)),
            "received": received,
            "late": received.fillna("").astype(str) > (due.isoformat() if due else "9999"),
        }
    )


def _kinds(rows: pd.DataFrame, areas: Sequence[str]) -> pd.Series:
    """Number of different indicators per area."""
    return rows.groupby("area_id")["indicator_id"].nunique().reindex(list(areas)).fillna(0).astype(int)
