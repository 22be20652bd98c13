"""How much the composite index can bear: other weights, another mean, another scale; and where its points come from.
Calls of ``metrics`` and ``standings`` only.

Only choices are tried here. Chance between cases (few dossiers) is another matter and is not in these ranges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from metrics.index import decompose, weight_sensitivity
from metrics.normalisation import normalise_minmax
from metrics.ranks import kendall_tau, largest_shift
from store.definitions import Catalogue
from views import standings
from views.boards import one

SPREAD = 0.25  # each pillar's weight from three quarters to five quarters of what is proposed
DRAWS, DRAWS_MANY = 1_000, 200  # sets of weights drawn; with thousands of areas each draw ranks all of them
CHOICES = ("weights", "mean", "scale")
PLACES = ("weights_first", "weights_last", "mean", "scale", "first", "last")
OTHER_MEAN = {"arithmetic": "geometric", "geometric": "arithmetic"}


def pillars(catalogue: Catalogue) -> tuple[str, ...]:
    """Pillars with a weight and an indicator in the index, in the order of the definitions."""
    filled = {catalogue.indicator_by_id[name].pillar for name in catalogue.index.weights}
    return tuple(
        name for name, weight in catalogue.index.pillar_weights.items() if weight > 0 and name in filled
    )


def proposed(catalogue: Catalogue) -> dict[str, int]:
    """The proposed weights of the pillars in whole per cent: where the reader's sliders begin."""
    weights = pd.Series({name: catalogue.index.pillar_weights[name] for name in pillars(catalogue)})
    return {name: int(value) for name, value in (100 * weights / weights.sum()).round().items()}


def shares(catalogue: Catalogue, marks: Mapping[str, int] | None = None) -> pd.Series:
    """Weights of the pillars that add up to 1: those of the sliders where they were moved, else exactly the proposed
    ones. All sliders at 0 say nothing, so that the proposed ones hold."""
    names = pillars(catalogue)
    if not moved(catalogue, marks):
        weights = pd.Series({name: catalogue.index.pillar_weights[name] for name in names}, dtype=float)
    else:
        weights = pd.Series({name: marks[name] for name in names}, dtype=float)
    return weights / weights.sum()


def moved(catalogue: Catalogue, marks: Mapping[str, int] | None) -> bool:
    """Whether the sliders say other weights than the proposed ones: 50, 50, 50, 50 are the same as 25, 25, 25, 25."""
    if not marks or not sum(marks.values()):
        return False
    start = proposed(catalogue)
    return any(marks[name] * sum(start.values()) != start[name] * sum(marks.values()) for name in start)


def places(parts: pd.DataFrame, catalogue: Catalogue, draws: int = DRAWS) -> pd.DataFrame:
    """``standings.combine`` with the places that other choices give: ``weights_first``, ``weights_last`` (5 and 95 per
    cent of random draws of the weights within ±25 %), ``mean`` (the other mean), ``scale`` (between the least and the
    most of the ranked areas instead of goalposts), and over all of these ``first`` and ``last``. Missing without a
    place. ``draws``: how many sets of weights."""
    spec = catalogue.index
    board = standings.combine(parts, catalogue)
    ranked = board.index[board["rank"].notna()]
    own = shares(catalogue)
    if ranked.empty:
        none = pd.array([pd.NA] * len(board), dtype="Int64")
        return board.assign(**dict.fromkeys(PLACES, none))
    drawn = weight_sensitivity(
        board.loc[ranked, own.index], own, SPREAD, draws, mean=standings.MEANS[spec.mean]
    )
    # Scores are linear in the figure and higher is better already: stretched between the areas they are its min-max.
    stretched = parts.loc[ranked].apply(normalise_minmax).dropna(axis=1, how="all")
    found = {
        "weights_first": drawn["low"],
        "weights_last": drawn["high"],
        "mean": standings.combine(parts.loc[ranked], catalogue, OTHER_MEAN[spec.mean])["rank"],
        "scale": standings.combine(stretched, catalogue)["rank"],
    }
    other = pd.DataFrame(found, index=board.index).astype("Int64")
    every = other.assign(rank=board["rank"])
    return board.join(other).assign(first=every.min(axis=1), last=every.max(axis=1))


def movers(row: pd.Series) -> list[str]:
    """Which of the choices give an area another place than it has."""
    ends = {"weights": ("weights_first", "weights_last"), "mean": ("mean",), "scale": ("scale",)}
    return [
        name
        for name in CHOICES
        if any(not pd.isna(row[part]) and row[part] != row["rank"] for part in ends[name])
    ]


def groups(board: pd.DataFrame) -> list[list[str]]:
    """Ranked areas, best first, those whose ranges of places touch together: within a group the index does not tell
    them apart. An area alone in its group keeps its place whatever is chosen."""
    order = board[board["rank"].notna()].sort_values(["rank", "first", "last"], kind="stable")
    if order.empty:
        return []
    first, reach = (
        order["first"].to_numpy(dtype=int),
        np.maximum.accumulate(order["last"].to_numpy(dtype=int)),
    )
    starts = np.flatnonzero(np.concatenate([[True], first[1:] > reach[:-1]]))
    return [[str(name) for name in part] for part in np.split(order.index.to_numpy(), starts[1:])]


def overlaps(board: pd.DataFrame) -> pd.Series:
    """How many others each ranked area's range of places touches: they may stand in either order (Int64, missing without
    a place). Of thousands ``groups`` would chain all into one."""
    own = board[board["rank"].notna()]
    first, last = (own[end].to_numpy(dtype=int) for end in ("first", "last"))
    before = np.searchsorted(np.sort(last), first, side="left")
    behind = len(own) - np.searchsorted(np.sort(first), last, side="right")
    found = pd.Series(len(own) - 1 - before - behind, index=own.index, dtype="Int64")
    return found.reindex(board.index)


def agreement(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, object]:
    """Two boards of the same areas: Kendall's ``tau`` (NaN without an order), the largest number of ``places`` moved
    and by whom (``areas``)."""
    one_way, other = (
        before["index"].where(before["rank"].notna()),
        after["index"].where(after["rank"].notna()),
    )
    shift = largest_shift(one_way, other)
    return {"tau": kendall_tau(one_way, other), "places": shift.places, "areas": shift.areas}


def measured(
    figures: pd.DataFrame, catalogue: Catalogue, period: str, areas: Sequence[str]
) -> dict[str, pd.DataFrame]:
    """What the scores are made of: per indicator of the index its board of one period, see ``boards.one``."""
    return {
        name: one(figures, catalogue.indicator_by_id[name], period, areas) for name in catalogue.index.weights
    }


STEP_COLUMNS = (
    "kind", "pillar", "indicator", "status", "numerator", "denominator", "qualifier", "value", "worst", "best",
    "score", "weight", "given", "points", "lost",
)  # fmt: skip


def steps(
    known: Mapping[str, pd.DataFrame],
    parts: pd.DataFrame,
    catalogue: Catalogue,
    area: str,
    weights: pd.Series,
) -> pd.DataFrame:
    """The computation of one area's arithmetic index, a row a step: each indicator, under them their pillar, last the
    index. ``value`` in the indicator's unit; ``score`` 0..100; ``weight`` within the pillar (of a pillar: within the
    index), spread over what is known; ``given`` = weight x score, in points of the pillar (of the index); ``points`` and
    ``lost``: points of the index that come from here, and that are missing to 100."""
    least = catalogue.index.least_weight
    board = standings.combine(parts.loc[[area]], catalogue, "arithmetic", weights.to_dict())
    inner = pd.Series(catalogue.index.weights, dtype=float)
    top = decompose(board[weights.index[weights > 0]], weights[weights > 0], least)
    own = _shares_of(
        board[weights.index[weights > 0]].loc[area], weights[weights > 0], board.loc[area, "index"]
    )
    rows = []
    for pillar in own.index:
        inside = [name for name in parts if catalogue.indicator_by_id[name].pillar == pillar]
        score = board.loc[area, pillar]
        split = decompose(parts.loc[[area], inside], inner[inside], least)
        within = _shares_of(parts.loc[area, inside], inner[inside], score)
        for name in inside:
            indicator, row = catalogue.indicator_by_id[name], known[name].loc[area]
            rows.append(
                {
                    "kind": "indicator",
                    "pillar": pillar,
                    "indicator": name,
                    "status": row["status"],
                    "numerator": row["numerator"],
                    "denominator": row["denominator"],
                    "qualifier": row["qualifier"],
                    "value": standings.in_unit(row["share"], indicator),
                    "worst": indicator.goalposts.worst,
                    "best": indicator.goalposts.best,
                    "score": parts.loc[area, name],
                    "weight": within[name],
                    "given": split.given.loc[area, name],
                    "points": own[pillar] * split.given.loc[area, name],
                    "lost": own[pillar] * split.lost.loc[area, name],
                }
            )
        rows.append(
            {
                "kind": "pillar",
                "pillar": pillar,
                "score": score,
                "weight": own[pillar],
                "given": top.given.loc[area, pillar],
                "points": top.given.loc[area, pillar],
                "lost": top.lost.loc[area, pillar],
            }
        )
    whole = board.loc[area, "index"]
    rows.append({"kind": "index", "score": whole, "points": whole, "lost": 100 - whole})
    return pd.DataFrame(rows, columns=list(STEP_COLUMNS))


def _shares_of(scores: pd.Series, weights: pd.Series, score: float) -> pd.Series:
    """Weights spread over the parts that are known; missing for the others, and for all where there is no score."""
    spread = weights.where(scores.notna() & pd.notna(score))
    return spread / spread.sum()


def gaps(parts: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """How many of a pillar's indicators are scored: areas x pillars, and ``all``."""
    inside = {
        pillar: [name for name in parts if catalogue.indicator_by_id[name].pillar == pillar]
        for pillar in pillars(catalogue)
    }
    counts = {pillar: parts[names].notna().sum(axis=1) for pillar, names in inside.items()}
    table = pd.DataFrame(counts, index=parts.index)
    return table.assign(all=table.sum(axis=1))


def sizes(catalogue: Catalogue) -> dict[str, int]:
    """How many indicators of the index a pillar has, and ``all``."""
    found = [catalogue.indicator_by_id[name].pillar for name in catalogue.index.weights]
    counts = {pillar: found.count(pillar) for pillar in pillars(catalogue)}
    return {**counts, "all": sum(counts.values())}


def lacking(row: pd.Series, catalogue: Catalogue) -> list[str]:
    """Pillars that have no score in a row of a board: why the area has no place."""
    return [name for name in pillars(catalogue) if name in row.index and pd.isna(row[name])]


def changed_places(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series:
    """Places won (+) or lost (−) from one board to another (Int64, missing without a place)."""
    return before["rank"] - after["rank"]


def pillar_points(board: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """How many points of the index each pillar gives, areas x pillars; of a geometric index the pillars' own share."""
    weights = shares(catalogue)
    given = decompose(board[weights.index], weights, catalogue.index.least_weight).given
    return given.mul(board["index"] / given.sum(axis=1), axis=0)
