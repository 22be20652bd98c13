"""Where communes stand: criteria and tiers, points, the composite index, printed targets. Calls of ``metrics`` only.

As in ``views.boards``: one row per area, in the order given; what was not measured is never judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from metrics.arrays import Numbers
from metrics.index import aggregate_arithmetic, aggregate_geometric, observed_weight
from metrics.margins import best_and_worst
from metrics.normalisation import normalise_goalposts
from metrics.ranks import rank_areas
from metrics.rates import rate
from metrics.tiers import Criterion, Scheme, assess, criteria_states, points
from store.definitions import Catalogue, Indicator, SchemeSpec
from views.boards import certain, one, shares

# What a figure with a qualifier cannot decide, where more is asked for and where less is asked for.
UNDECIDED_FROM = {"gt": {"not_met"}, "lt": {"met"}, "approx_below": {"met"}}
UNDECIDED_UP_TO = {"gt": {"met"}, "lt": {"not_met"}, "approx_below": {"not_met"}}
SURE = ("exact", "counted", "derived", "")
UNDECIDED = {"approx": {"met", "not_met"}, "implausible": {"met", "not_met"}}


def _unsure(states: pd.DataFrame, rows: pd.DataFrame, criteria: Sequence[Criterion]) -> pd.DataFrame:
    """Take back what a printed figure cannot decide: "hơn 79" neither fails nor meets "từ 80", "gần 80" does not
    meet it, "khoảng 80" decides nothing; for "đến 5" the other way round. Counts always decide."""
    printed = rows[rows["numerator"].isna() | rows["denominator"].isna()]
    printed = printed[~printed["qualifier"].isin(SURE)]
    if printed.empty or states.empty:
        return states
    by_id = {criterion.id: criterion for criterion in criteria}
    asked = states["criterion"].map(
        {key: (item.indicator_id, item.definition) for key, item in by_id.items()}
    )
    said = printed.drop_duplicates(["area_id", "indicator_id", "definition"], keep="last")
    seats = pd.MultiIndex.from_frame(said[["area_id", "indicator_id", "definition"]].astype(object))
    wanted = pd.MultiIndex.from_arrays([states["area_id"], asked.str[0], asked.str[1]])
    found = seats.get_indexer(wanted)
    qualifier = pd.Series(
        np.where(found >= 0, said["qualifier"].to_numpy(dtype=object)[found], ""), states.index
    )
    down = states["criterion"].map({key: item.operator == "le" for key, item in by_id.items()}).astype(bool)
    doubtful = pd.Series(False, index=states.index)
    for way, table in ((~down, UNDECIDED_FROM | UNDECIDED), (down, UNDECIDED_UP_TO | UNDECIDED)):
        for word, open_to in table.items():
            doubtful |= way & (qualifier == word) & states["state"].isin(open_to)
    # More than 5 is not "up to 5", but the printed 5 would be.
    edge = states["criterion"].map({key: item.threshold for key, item in by_id.items()})
    at = states["value"] == edge.map(lambda item: np.nan if item is None else float(item)).astype(float)
    doubtful |= down & (qualifier == "gt") & at
    return states.assign(
        state=states["state"].where(~doubtful, "unknown"), cases_short=states["cases_short"].where(~doubtful)
    )


def scheme_of(spec: SchemeSpec, catalogue: Catalogue) -> Scheme:
    """The scheme in the terms of ``metrics``."""
    criteria = []
    for item in spec.criteria:
        indicator = catalogue.indicator_by_id.get(item.indicator)
        criteria.append(
            Criterion(
                id=item.no,
                operator=item.operator,
                threshold=item.threshold or None,
                indicator_id=item.indicator or None,
                definition=item.definition or (indicator.default_definition if indicator else None),
                group=item.group or "mandatory",
                status=item.status,
                max_points=None if item.max_points is None else str(item.max_points),
                scale=100 if indicator is None or indicator.unit == "percent" else 1,
            )
        )
    return Scheme(spec.id, spec.rule, criteria, extended_share=spec.extended_share or None, size=spec.size)


def judges(spec: SchemeSpec) -> bool:
    """Whether figures can be held against a scheme: it counts criteria, and some name an indicator and a threshold."""
    return spec.kind == "criteria" and any(item.indicator and item.threshold for item in spec.criteria)


def tier_board(
    figures: pd.DataFrame, spec: SchemeSpec, catalogue: Catalogue, areas: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(states, tiers): one row per area and criterion, and one row per area, for figures of one period. In the states
    ``why`` says of an unknown one what became of its figure (unknown, no_cases, suppressed); else it is the state."""
    scheme = scheme_of(spec, catalogue)
    rows = figures[figures["status"] == "reported"]
    states = _unsure(criteria_states(rows, scheme, list(areas)), rows, scheme.criteria)
    told = figures[figures["status"].isin(("no_cases", "suppressed"))]
    states["why"] = states["state"]
    unknown = states.index[states["state"] == "unknown"]
    if len(told) and len(unknown):
        told = {(row.area_id, row.indicator_id, row.definition): row.status for row in told.itertuples()}
        by_id = {item.id: (item.indicator_id, item.definition) for item in scheme.criteria}
        keys = zip(states.loc[unknown, "area_id"], states.loc[unknown, "criterion"], strict=True)
        states.loc[unknown, "why"] = [told.get((area, *by_id[item]), "unknown") for area, item in keys]
    return states, assess(states, scheme, list(areas))


def with_gap(states: pd.DataFrame, spec: SchemeSpec, catalogue: Catalogue) -> pd.DataFrame:
    """The states with ``gap``: what a criterion that is not met lacks to its threshold, in points or the indicator's
    unit, 0 where it must be passed and is only reached; missing elsewhere. Counts decide where they are known."""
    by_id = {criterion.id: criterion for criterion in scheme_of(spec, catalogue).criteria}
    threshold, scale, down = (
        states["criterion"].map({key: of(item) for key, item in by_id.items()}).astype(float)
        for of in (
            lambda item: np.nan if item.threshold is None else float(item.threshold),
            lambda item: item.scale,
            lambda item: -1 if item.operator == "le" else 1,
        )
    )
    counted = scale * rate(states["numerator"].astype(float), states["denominator"].astype(float))
    value = counted.where(counted.notna(), states["value"].astype(float))
    return states.assign(gap=(down * (threshold - value)).where(states["state"] == "not_met"))


def outlook(
    states: pd.DataFrame,
    tiers: pd.DataFrame,
    spec: SchemeSpec,
    catalogue: Catalogue,
    close: pd.DataFrame,
    bare: pd.DataFrame,
) -> pd.DataFrame:
    """What the tier of each area would be: ``worst`` and ``best`` (reached, not_reached, undecidable) once the unknown
    criteria are known, with criteria met in either case (``least``, ``most``); and ``sure``, how the tier stands against
    chance: "secure" (no answer near its threshold can turn it), "borderline", "unweighed" (it rests on printed figures
    without counts), "open" (nothing is decided yet). ``close`` and ``bare``: area_id and criterion of the answers given that
    chance could turn, and of those that it cannot be reckoned for; their numbers are ``near`` and ``bare``."""
    scheme, areas = scheme_of(spec, catalogue), list(tiers.index)
    state = tiers["tier_state"]

    keys = pd.MultiIndex.from_frame(states[["area_id", "criterion"]].astype(object))
    seats = [keys.get_indexer(pd.MultiIndex.from_frame(frame.astype(object))) for frame in (close, bare)]

    def without(*doubtful: np.ndarray) -> pd.Series:
        found = np.unique(np.concatenate(doubtful))
        found = found[found >= 0]
        if not len(found):
            return state
        lacking = states["state"].to_numpy(dtype=object, copy=True)
        lacking[found] = "unknown"
        return assess(states.assign(state=lacking), scheme, areas)["tier_state"]

    sure = np.select(
        [~state.isin(["reached", "not_reached"]), without(seats[0]) != state, without(*seats) != state],
        ["open", "borderline", "unweighed"],
        "secure",
    )
    ends = best_and_worst(states, scheme, areas)
    return ends.assign(
        least=tiers["met"],
        most=tiers["met"] + tiers["unknown"],
        sure=sure,
        near=close["area_id"].value_counts().reindex(areas, fill_value=0),
        bare=bare["area_id"].value_counts().reindex(areas, fill_value=0),
    )


def points_board(
    figures: pd.DataFrame, spec: SchemeSpec, catalogue: Catalogue, areas: Sequence[str]
) -> pd.DataFrame:
    """Marks on a points sheet: areas x criteria, missing where the criterion, its maximum or the figure is not known."""
    rows = figures[figures["status"] == "reported"]
    columns = {}
    for criterion in scheme_of(spec, catalogue).criteria:
        column = pd.Series(np.nan, index=list(areas))
        if criterion.max_points is not None and criterion.operator in ("linear", "full_marks_ge_else_linear"):
            indicator = catalogue.indicator_by_id.get(criterion.indicator_id)
            if indicator is not None:
                found = rows[
                    (rows["indicator_id"] == indicator.id) & (rows["definition"] == criterion.definition)
                ]
                found = found.set_index("area_id")
                share = certain(found.assign(share=shares(found, indicator))).reindex(list(areas))
                column = points(criterion, share.clip(upper=1.0))
        columns[criterion.id] = column
    return pd.DataFrame(columns, index=list(areas))


# Share of a scheme's criteria that must be decided before communes are put in order by them.
LEAST_JUDGED = 0.5


def enough_judged(tiers: pd.DataFrame) -> pd.Series:
    """Whether enough criteria of an area could be decided to compare it with others: two of seventeen say nothing."""
    return (tiers["met"] + tiers["not_met"]) >= LEAST_JUDGED * tiers["total"].clip(lower=1)


def criteria_ranks(tiers: pd.DataFrame) -> pd.DataFrame:
    """First and last place (Int64) that each area can have by criteria met, once the unknown ones are known: equal
    where nothing unknown can change it. Only areas of which at least half of the criteria could be decided."""
    judged = enough_judged(tiers).to_numpy()
    least = tiers["met"].to_numpy(dtype="int64")
    most = least + tiers["unknown"].to_numpy(dtype="int64")
    count = int(judged.sum())
    first = 1 + count - np.searchsorted(np.sort(least[judged]), most, side="right")
    above = count - np.searchsorted(np.sort(most[judged]), least, side="right")
    last = 1 + above - (most > least)  # itself is not among the others
    return pd.DataFrame(
        {
            name: pd.Series(places, index=tiers.index, dtype="Int64").where(judged)
            for name, places in (("first", first), ("last", last))
        }
    )


MEANS = {"arithmetic": aggregate_arithmetic, "geometric": aggregate_geometric}


def in_unit(share: Numbers, indicator: Indicator) -> Numbers:
    """A figure as its goalposts measure it: per cent for percentages."""
    return share * 100 if indicator.unit == "percent" else share


def scores(figures: pd.DataFrame, catalogue: Catalogue, period: str, areas: Sequence[str]) -> pd.DataFrame:
    """Scores 0..100 by goalposts: areas x indicators of the index, missing where not measured."""
    columns = {}
    for indicator_id in catalogue.index.weights:
        indicator = catalogue.indicator_by_id[indicator_id]
        share = certain(one(figures, indicator, period, areas))
        columns[indicator_id] = normalise_goalposts(
            in_unit(share, indicator), indicator.goalposts.worst, indicator.goalposts.best
        )
    return pd.DataFrame(columns, index=list(areas))


def index_board(
    figures: pd.DataFrame, catalogue: Catalogue, period: str, areas: Sequence[str]
) -> pd.DataFrame:
    """The index as the definitions have it, see ``combine``."""
    return combine(scores(figures, catalogue, period, areas), catalogue)


def combine(
    parts: pd.DataFrame,
    catalogue: Catalogue,
    mean: str = "",
    pillar_weights: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Pillar scores and the composite index: columns per pillar, ``index``, ``weight`` (share of weight observed)
    and ``rank``. Below the least share of weight there is no score; an area that lacks a pillar has no rank.
    ``parts``: areas x indicators, 0..100; another mean or other weights of the pillars than defined may be tried."""
    spec = catalogue.index
    kind = mean or spec.mean
    pillar_weights = spec.pillar_weights if pillar_weights is None else pillar_weights
    average = MEANS[kind]
    if kind == "geometric":
        parts = 1 + parts * 0.99  # a geometric mean needs scores above 0: the scale becomes 1..100
    weights = pd.Series(spec.weights, dtype=float)
    pillars, seen = {}, {}
    for pillar, weight in pillar_weights.items():
        inside = [name for name in parts if catalogue.indicator_by_id[name].pillar == pillar]
        if inside and weight > 0:
            pillars[pillar] = average(parts[inside], weights[inside], spec.least_weight)
            seen[pillar] = observed_weight(parts[inside], weights[inside])
    board = pd.DataFrame(pillars, index=parts.index)
    used = pd.Series({name: pillar_weights[name] for name in pillars}, dtype=float)
    # A pillar below the floor has no score and carries nothing; its weight does not count as observed.
    carried = pd.DataFrame(seen, index=parts.index).where(board.notna(), 0.0)
    share = carried.mul(used).sum(axis=1) / used.sum()
    index = average(board, used, spec.least_weight)
    whole = board.notna().all(axis=1)  # places only among areas whose index rests on the same pillars
    return board.assign(index=index, weight=share, rank=rank_areas(index.where(whole)))


def target_applies(board: pd.DataFrame, indicator: Indicator) -> bool:
    """Whether these figures are counted the way the printed target counts."""
    goal = indicator.target
    return goal is not None and bool((board["definition"] == goal.definition).any())


def target_state(board: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """Against the printed target: ``state`` (met, not_met, unknown) and ``cases`` (whole cases short, NA unknown)."""
    goal = indicator.target
    if goal is None or indicator.higher_is_better is not True:
        return pd.DataFrame({"state": "none", "cases": pd.NA}, index=board.index)
    rule = Criterion("target", "ge", repr(goal.value), indicator.id, scale=100 if indicator.is_rate else 1)
    rows = board.assign(
        area_id=board.index, indicator_id=indicator.id, definition=board["definition"].fillna("")
    )
    rows = rows[(rows["status"] == "reported") & (rows["definition"] == goal.definition)]
    states = _unsure(criteria_states(rows, Scheme("target", "all", [rule]), list(board.index)), rows, [rule])
    states = states.set_index("area_id")
    return pd.DataFrame({"state": states["state"], "cases": states["cases_short"]}, index=board.index)
