"""Figures that can be read and still look wrong beside others: before, beside and inside the same file.

All of it warns; a person confirms or corrects.
"""

import numpy as np
import pandas as pd

from etl import distinct
from etl.sheet import KEY, SLACK, Sheet, written
from store import periods
from store.definitions import FIRST_LANGUAGE, Identity, Measured

ALIKE = 4  # so many units with one and the same figure look like a cell copied down
SMALL = 20  # every commune having two officers is no wonder
_FALL, _RISE = (50.0, 200.0), (95.0, 105.0)  # a real rise from 0,1 % to 10,7 % is known; a real fall is not


def judge(sheet: Sheet, previous: pd.DataFrame | None) -> None:
    """Every comparison; ``previous`` holds published figures with KEY and value."""
    _all_equal(sheet)
    _identities(sheet)
    _against_before(sheet, previous)


def _shown(sheet: Sheet) -> np.ndarray:
    """The value given, or the rate that the counts give."""
    return np.where(np.isfinite(sheet.value), sheet.value, sheet.rate_percent)


def _complete(sheet: Sheet) -> np.ndarray:
    return sheet.observed & (sheet.key >= 0)


def _all_equal(sheet: Sheet) -> None:
    """One figure for all units of an indicator and period; 0 and 100 % are common and true."""
    shown = _shown(sheet)
    judged = _complete(sheet) & np.isfinite(shown) & (shown != 0) & (shown != 100)
    judged &= sheet.percent | (shown >= SMALL)
    by = ["indicator_id", "definition", "period"]
    figures = pd.Series(shown[judged]).groupby(distinct.combined([sheet.rows[name] for name in by])[judged])
    judged[judged] = figures.transform("min").to_numpy() == figures.transform("max").to_numpy()
    rows = sheet.rows.loc[judged, ["area_id", *by, "denominator"]].assign(
        shown=shown[judged], key=sheet.rows.index[judged]
    )
    if len(rows) < ALIKE:
        return
    facts = rows.groupby(by, sort=False, observed=True).agg(
        units=("area_id", "nunique"),
        counts=("denominator", "nunique"),
        first=("key", "min"),
        value=("shown", "first"),
    )
    alike = facts[(facts["units"] >= ALIKE) & (facts["counts"] <= 1)]
    for item in alike.itertuples():
        sheet.found.add(
            "value.all_equal", int(item.first), "value", written(item.value), count=int(item.units)
        )


def definitions(sheet: Sheet, previous: pd.DataFrame | None) -> None:
    """Figures of one indicator that cannot be compared: counted in two ways by different communes of the file, or
    otherwise than the commune was counted before. A way that all of them give is in order."""
    judged = _complete(sheet) & ~sheet.rows["blank"].to_numpy()  # an empty line of a form says nothing
    ways, indicators = (
        distinct.combined([sheet.rows[name] for name in names])[judged]
        for names in (["indicator_id", "definition"], ["indicator_id"])
    )
    if len(pd.unique(ways)) > len(pd.unique(indicators)):
        rows = sheet.rows.loc[judged, ["area_id", "indicator_id", "definition", "period"]]
        _mixed(sheet, rows.assign(key=sheet.rows.index[judged]))
    if previous is not None and len(previous):
        own = pd.Series(distinct.combined([sheet.rows[name] for name in KEY[:3]])[judged])
        firsts = np.flatnonzero(judged)[~own.duplicated().to_numpy()]
        rows = sheet.rows.iloc[firsts][["area_id", "indicator_id", "definition"]]
        _counted_otherwise(sheet, rows.assign(key=sheet.rows.index[firsts]), previous)


def _mixed(sheet: Sheet, rows: pd.DataFrame) -> None:
    by = ["indicator_id", "period"]
    ways = rows.groupby(by, observed=True, sort=False).agg(
        areas=("area_id", "nunique"), ways=("definition", "nunique")
    )
    ways = ways[ways["ways"] > 1]
    if ways.empty:
        return
    facts = rows.groupby([*by, "definition"], observed=True, sort=False).agg(
        units=("area_id", "nunique"), first=("key", "min")
    )
    facts = facts.sort_index()
    for item in ways.itertuples():
        own = facts.loc[item.Index].sort_values("units", kind="stable")
        if own["units"].max() < item.areas:  # no way in which all of them can be compared
            found = ", ".join(f"{name}: {int(units)}" for name, units in own["units"].items())
            rarest = own.index[0]
            sheet.found.add("definition.mixed", int(own["first"].iloc[0]), "definition", rarest, found=found)


def _counted_otherwise(sheet: Sheet, rows: pd.DataFrame, previous: pd.DataFrame) -> None:
    """``rows``: the first of each area, indicator and definition."""
    told = previous[(previous["role"] == "observed") & (previous["provenance"] != "published")]
    for name in ("area_id", "indicator_id"):
        told = told[told[name].isin(distinct.parts(rows[name])[1])]
    own_codes, texts = zip(*(distinct.parts(rows[name]) for name in KEY[:3]), strict=True)
    told_codes = [pd.Index(own).get_indexer(told[name]) for name, own in zip(KEY[:3], texts, strict=True)]
    width = 2 + max(map(len, texts))  # codes begin at -1: a way that no row of the file has
    pairs, ways = {}, {}
    for side, (area, indicator, way) in (("told", told_codes), ("own", own_codes)):
        pairs[side] = (area.astype(np.int64) + 1) * width + indicator + 1
        ways[side] = pairs[side] * width + way + 1
    otherwise = np.isin(pairs["own"], pairs["told"]) & ~np.isin(ways["own"], ways["told"])
    if not otherwise.any():
        return
    before: dict[int, set[str]] = {}
    known = np.isin(pairs["told"], pairs["own"][otherwise])
    for pair, definition in zip(pairs["told"][known], told["definition"][known], strict=True):
        before.setdefault(pair, set()).add(definition)
    for pair, definition, key in zip(
        pairs["own"][otherwise], rows["definition"][otherwise], rows["key"][otherwise], strict=True
    ):
        sheet.found.add("definition.changed", int(key), "definition", definition, known=sorted(before[pair]))


def _part(sheet: Sheet, which: Measured, complete: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(areas and periods in the order in which they appear, place of the last row of each) of one side of an
    identity."""
    mask = complete & (sheet.rows["indicator_id"] == which.indicator).to_numpy()
    if which.definition:
        mask &= (sheet.rows["definition"] == which.definition).to_numpy()
    places = np.flatnonzero(mask & np.isfinite(sheet.rows[which.measure].to_numpy(dtype=float)))
    own = distinct.combined([sheet.rows[name] for name in ("area_id", "period")])[places]
    numbers, keys = pd.factorize(own)
    last = np.zeros(len(keys), dtype=np.int64)
    np.maximum.at(last, numbers, places)
    return keys, last


def _identities(sheet: Sheet) -> None:
    """Figures that are parts of one another, where both stand in the file."""
    present = set(sheet.rows["indicator_id"].dropna().unique())
    complete = _complete(sheet)
    for rule in sheet.catalogue.identities:
        if {rule.whole.indicator, rule.part.indicator} <= present:
            _identity(sheet, rule, complete)


def _identity(sheet: Sheet, rule: Identity, complete: np.ndarray) -> None:
    keys, wholes = _part(sheet, rule.whole, complete)
    wanted, parts = _part(sheet, rule.part, complete)
    found = pd.Index(keys).get_indexer(wanted)
    parts, wholes = parts[found >= 0], wholes[found[found >= 0]]
    own, other = (
        sheet.rows[side.measure].to_numpy(dtype=float)[places]
        for side, places in ((rule.part, parts), (rule.whole, wholes))
    )
    broken = own > other + SLACK
    if rule.relation == "equal":
        broken |= own < other - SLACK
    name = sheet.catalogue.indicator_by_id[rule.whole.indicator].name.to(FIRST_LANGUAGE)
    lines = sheet.rows.index.to_numpy()
    places = np.flatnonzero(broken)

    def one(number: int) -> tuple[str, str, dict[str, str]]:
        place = places[number]
        facts = {"other": written(other[place]), "line_other": sheet.found.where(int(lines[wholes[place]]))}
        return rule.part.measure, written(own[place]), {**facts, "name": name}

    code = "identity.differs" if rule.relation == "equal" else "identity.exceeds"
    sheet.found.add_rows(code, lines[parts[broken]], one)


def _against_before(sheet: Sheet, previous: pd.DataFrame | None) -> None:
    """A rate far from the figure of the last period of its kind, in the file itself or as published."""
    shown = _shown(sheet)
    places = np.flatnonzero(_complete(sheet) & np.isfinite(shown) & sheet.percent & sheet.rate)
    if not len(places):
        return
    own = shown[places]
    value, last = _last(sheet.rows[KEY[:4]].iloc[places].assign(value=own), previous)
    limit = sheet.of(lambda indicator: indicator.jump_to_acknowledge, np.nan)[places]
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = np.where(value > 0, own / value, np.nan)
        fall = np.where(rise > 0, 1 / rise, np.nan)
    fallen = (fall >= _FALL[0]) & (fall <= _FALL[1]) & (own < 1) & (value >= 5)
    risen = (rise >= _RISE[0]) & (rise <= _RISE[1]) & (own >= 5)
    far = np.abs(own - value) > limit + SLACK
    keys = sheet.rows.index.to_numpy()[places]
    for code, mask in (("value.hundredfold_before", fallen | risen), ("value.jump", far & ~fallen & ~risen)):
        chosen = np.flatnonzero(mask)

        def one(number: int, chosen: np.ndarray = chosen) -> tuple[str, str, dict[str, str]]:
            place = chosen[number]
            before = written(round(float(value[place]), 2))  # for the eye: compared as they are
            details = {"before": before, "period": last[place], "limit": written(limit[place])}
            return "value", written(round(float(own[place]), 2)), details

        sheet.found.add_rows(code, keys[chosen], one)


def _last(own: pd.DataFrame, previous: pd.DataFrame | None) -> tuple[np.ndarray, np.ndarray]:
    """For each own figure the last one of an earlier period of the same kind, and that period; NaN where there is none.
    Of one period the file's own figure counts, its first, and not the published one.

    Every figure gets a number that grows in time within its area, indicator, definition and kind of period; the one
    before it in order is the answer.
    """
    count, figures = len(own), _with_published(own, previous)
    names = figures["period"].cat.categories
    read = [periods.from_id(name) for name in names]
    kinds, keys = (
        pd.factorize(np.array(facts, dtype=object), sort=True)[0]
        for facts in ([period.kind for period in read], [period.sort_key for period in read])
    )
    codes = figures["period"].cat.codes.to_numpy()
    lane = distinct.combined([figures[name] for name in KEY[:3]]) * (kinds.max() + 1) + kinds[codes]
    _, firsts, places = np.unique(
        lane * (keys.max() + 1) + keys[codes], return_index=True, return_inverse=True
    )
    before = firsts[places[:count] - 1]
    known = (places[:count] > 0) & (lane[before] == lane[:count])
    value = np.where(known, figures["value"].to_numpy(dtype=float)[before], np.nan)
    return value, names.to_numpy(dtype=object)[codes[before]]


def _with_published(own: pd.DataFrame, previous: pd.DataFrame | None) -> pd.DataFrame:
    """The file's figures, then the published ones of the same areas, indicators and definitions."""
    if previous is None or not len(previous):
        return own
    told = previous.loc[previous["value"].notna() & (previous["role"] == "observed"), [*KEY[:4], "value"]]
    for name in KEY[:3]:
        told = told[told[name].isin(own[name].cat.categories)]
    others = pd.Index(told["period"].unique(), dtype=object).difference(
        own["period"].cat.categories, sort=False
    )
    own = own.assign(period=own["period"].cat.add_categories(others))
    kinds = {name: own[name].dtype for name in KEY[:4]} | {"value": float}
    return pd.concat([own, told.astype(kinds)])
