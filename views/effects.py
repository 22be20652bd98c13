"""What a delivery would do to the figures that decide: the pilot's rates, places and criteria, before and after.

Pure: frames in (``store.read.figures``), differences out; nothing is rounded here, so nothing seems to change that
does not and nothing changes unseen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from metrics.rates import pooled_rate
from store import disclosure
from store.definitions import Catalogue, Indicator, SchemeSpec
from views import boards, standings

KEY = ["area_id", "indicator_id", "definition", "period", "role"]
FILLED = {"qualifier": "exact", "value_given": True, "source": "", "note": "", "upload_id": ""}


@dataclass(frozen=True)
class Effect:
    """One difference. ``kind``: pooled (shares with counts), rank, criteria (met of total) or index_rank; ``area`` is
    empty for the pilot as a whole, ``indicator`` or ``scheme`` says of what. ``before`` and ``after`` are
    numbers: n, N of the pilot, communes counted and all; place and places; met and total; None where there was nothing."""

    kind: str
    period: str
    area: str = ""
    indicator: str = ""
    scheme: str = ""
    before: tuple[float, ...] | None = None
    after: tuple[float, ...] | None = None


def overlay(
    figures: pd.DataFrame,
    incoming: pd.DataFrame,
    removed: pd.DataFrame,
    in_use: Mapping[str, str],
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Figures as they would be shown: ``incoming`` rows instead of those of the same key, ``removed`` keys gone. Of each
    indicator only what is counted in the definition in use; what will be hidden is hidden here too."""
    gone = pd.concat([incoming[KEY], removed[KEY]])
    kept = figures[~_keys(figures).isin(_keys(gone))]
    counted = [
        in_use.get(indicator, definition) == definition
        for indicator, definition in zip(incoming["indicator_id"], incoming["definition"], strict=True)
    ]
    own = incoming[pd.Series(counted, index=incoming.index, dtype=bool)]
    own = own[own["role"] == "observed"].assign(provenance="uploaded")
    for column, value in FILLED.items():
        if column not in own:
            own = own.assign(**{column: value})
    own = disclosure.masked(own, disclosure.hidden(own, catalogue))
    shared = [column for column in figures.columns if column in own]
    return pd.concat([kept, own[shared]], ignore_index=True) if len(own) else kept.reset_index(drop=True)


def _keys(table: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(table[KEY].astype(object))


def effects(
    before: pd.DataFrame,
    after: pd.DataFrame,
    catalogue: Catalogue,
    period: str,
    areas: Sequence[str],
    schemes: Sequence[SchemeSpec],
) -> list[Effect]:
    """Differences in one period between two sets of shown figures of the compared communes."""
    found: list[Effect] = []
    for indicator in catalogue.headline:
        old, new = (boards.one(figures, indicator, period, areas) for figures in (before, after))
        found += _pooled(indicator, period, old, new)
        found += _ranks(indicator, period, old, new)
    for scheme in schemes:
        found += _criteria(scheme, catalogue, period, before, after, areas)
    return found + _index(catalogue, period, before, after, areas)


def _pooled(indicator: Indicator, period: str, old: pd.DataFrame, new: pd.DataFrame) -> list[Effect]:
    if not indicator.is_rate:
        return []
    ends = [_sum(board) for board in (old, new)]
    return [Effect("pooled", period, "", indicator.id, "", *ends)] if ends[0] != ends[1] else []


def _sum(board: pd.DataFrame) -> tuple[float, ...] | None:
    """n and N over the communes whose counts are known, and of how many communes these are."""
    rows = board[board["denominator"].fillna(0).astype(float) > 0].dropna(subset=["numerator"])
    if rows.empty or pd.isna(pooled_rate(rows["numerator"].astype(float), rows["denominator"].astype(float))):
        return None
    return float(rows["numerator"].sum()), float(rows["denominator"].sum()), len(rows), len(board)


def _ranks(indicator: Indicator, period: str, old: pd.DataFrame, new: pd.DataFrame) -> list[Effect]:
    before, after = (_places(boards.ranked(board, indicator)) for board in (old, new))
    return [
        Effect("rank", period, area, indicator.id, "", before.get(area), after.get(area))
        for area in old.index
        if before.get(area) != after.get(area)
    ]


def _places(ranks: pd.Series) -> dict[str, tuple[float, float]]:
    """Place and number of places, of whoever has one; the only commune with figures has no place."""
    known = ranks.dropna()
    if len(known) < 2:
        return {}
    return {area: (float(place), float(len(known))) for area, place in known.items()}


def _criteria(
    scheme: SchemeSpec,
    catalogue: Catalogue,
    period: str,
    before: pd.DataFrame,
    after: pd.DataFrame,
    areas: Sequence[str],
) -> list[Effect]:
    old, new = (
        standings.tier_board(figures, scheme, catalogue, areas)[1][["met", "total"]].astype(float)
        for figures in (before, after)
    )
    return [
        Effect("criteria", period, area, "", scheme.id, tuple(old.loc[area]), tuple(new.loc[area]))
        for area in old.index
        if tuple(old.loc[area]) != tuple(new.loc[area])
    ]


def _index(
    catalogue: Catalogue, period: str, before: pd.DataFrame, after: pd.DataFrame, areas: Sequence[str]
) -> list[Effect]:
    old, new = (
        _places(standings.index_board(figures, catalogue, period, areas)["rank"])
        for figures in (before, after)
    )
    return [
        Effect("index_rank", period, area, "", "", old.get(area), new.get(area))
        for area in areas
        if old.get(area) != new.get(area)
    ]
