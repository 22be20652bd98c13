"""Figures of new units before they existed: those of the units that they were made of, added up; or why there are none.

A sum is made from what anybody may read (``store.read.figures``), never from hidden counts, so it needs no rule of
disclosure of its own: where all parts are shown it shows nothing new, and where one is hidden it is hidden.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from metrics.lineage import add_parts
from store import periods as calendar
from store import read
from store.definitions import Catalogue, Indicator
from store.lineage import Origins, last_day
from store.snapshot import Snapshot

APART = "\x1f"  # no source out of a file holds it: control characters are not read
SUM = (
    f"{APART}sum:"  # how the source of a sum begins: then ids of its parts, then the sources of their figures
)
CERTAIN = ("exact", "counted", "derived", "")
KEY = ["area_id", "indicator_id", "definition", "period"]
NUMBERS = {"counts": ["numerator", "denominator"], "amount": ["value"]}


def is_sum(sources: pd.Series) -> pd.Series:
    """Which figures are sums of former units' figures and no reports of the unit itself."""
    return sources.astype(object).fillna("").astype(str).str.startswith(SUM)


def summed_of(source: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(ids of the units that a sum adds up, sources of their figures) out of its source; both empty for others."""
    if not isinstance(source, str) or not source.startswith(SUM):
        return (), ()
    parts, *sources = source.removeprefix(SUM).split(APART)
    return tuple(parts.split(" ")), tuple(sources)


def figures(
    snapshot: Snapshot,
    catalogue: Catalogue,
    *,
    areas: Sequence[str],
    indicators: Sequence[str] | None = None,
    periods: Sequence[str] | None = None,
    provenances: Sequence[str],
    named: Callable[[pd.DataFrame], pd.Series] | None = None,
) -> pd.DataFrame:
    """As ``store.read.figures``, and for areas that others merged into the sums of those before the merger: rows whose
    ``source`` begins with SUM, whose ``upload_id`` and note are empty and which no file brought (``received`` missing).
    ``named`` gives the sources of reported figures their names.

    A sum adds up figures of one provenance only. Why there is none says ``refusals``.
    """

    def asked_of(some: Sequence[str], which: Sequence[str] | None, kinds: Sequence[str]) -> pd.DataFrame:
        table = read.figures(snapshot, areas=some, indicators=which, periods=periods, provenances=kinds)
        return table if named is None else table.assign(source=named(table))

    own = asked_of(areas, indicators, provenances)
    wholes = [area for area in areas if catalogue.predecessors(area)]
    if not wholes:
        return own
    origins = Origins(catalogue)
    asked = [item for item in catalogue.indicators if item.merges != "no"]
    asked = [item for item in asked if indicators is None or item.id in set(indicators)]
    found = []
    for provenance in sorted(provenances, key=lambda word: (word == "published", word != "uploaded")):
        parts = asked_of(origins.ancestors(wholes), [item.id for item in asked], (provenance,))
        found.append(_sums(parts, catalogue, origins, wholes, provenance))
    sums = pd.concat(found, ignore_index=True)
    if sums.empty:
        return own
    together = pd.concat([own, sums.drop_duplicates(KEY)[own.columns]], ignore_index=True)
    together = together.drop_duplicates(
        KEY
    )  # a figure of its own, should there be one, is never replaced by a sum
    return together.sort_values(["sort_key", *KEY[:3]], ignore_index=True)


def _sums(
    parts: pd.DataFrame, catalogue: Catalogue, origins: Origins, wholes: Sequence[str], provenance: str
) -> pd.DataFrame:
    """The sums that can be made of one provenance's figures (``parts``), in the shape of ``store.read.figures``."""
    rows = _with_wholes(parts, catalogue, origins, wholes)
    if rows.empty:
        return pd.DataFrame(columns=parts.columns)
    by_id = catalogue.indicator_by_id
    way = rows["indicator_id"].map({item: by_id[item].merges for item in rows["indicator_id"].unique()})
    found = []
    for merges, columns in NUMBERS.items():
        own = rows[way == merges].reset_index(drop=True)
        if len(own):
            found.append(_added(own, columns, by_id))
    sums = pd.concat(found, ignore_index=True)
    return sums.assign(
        role="observed",
        value_given=False,
        qualifier="exact",
        provenance=provenance,
        note=None,
        upload_id="",
        line=0,
        received=None,
    )


def _with_wholes(
    rows: pd.DataFrame, catalogue: Catalogue, origins: Origins, wholes: Sequence[str]
) -> pd.DataFrame:
    """The rows (with ``area_id`` and ``period``) of units that one of the wholes was made of in the period, with that
    ``whole``, of how many units it was (``expected``) and their ids (``names``)."""
    eras, found = {}, []
    for item in rows["period"].unique():
        day = last_day(_period(catalogue, item))
        era = origins.era(day) if day else -1
        if day and era not in eras.values():
            found += [(era, *one) for one in _parts_on(origins, wholes, day)]
        eras[item] = era
    columns = ["era", "area_id", "whole", "expected", "names"]
    belongs = pd.DataFrame(found, columns=columns).astype({"era": "int64"})
    return rows.assign(era=rows["period"].map(eras).astype("int64")).merge(belongs, on=["era", "area_id"])


def _parts_on(origins: Origins, wholes: Sequence[str], day: date) -> Iterator[tuple[str, str, int, str]]:
    """(unit, the whole it was part of, of how many units, their ids) on a day; only undivided units."""
    for whole in wholes:
        parts = origins.of(whole, day)
        if parts.whole and parts.ids and parts.ids != (whole,):
            names = " ".join(parts.ids)
            yield from ((part, whole, len(parts.ids), names) for part in parts.ids)


def _added(rows: pd.DataFrame, columns: list[str], by_id: dict[str, Indicator]) -> pd.DataFrame:
    """``metrics.lineage.add_parts`` over every whole, indicator, definition and period at once; only what stands."""
    group = rows.groupby(["whole", *KEY[1:]], sort=False, observed=True).ngroup()
    first = rows.loc[~group.duplicated()].set_index(group[~group.duplicated()])
    numbers = exact_numbers(rows, columns)
    added = add_parts(numbers.assign(status=rows["status"]), group, first["expected"])
    table = first[["indicator_id", "definition", "period", "sort_key"]].assign(
        area_id=first["whole"],
        numerator=np.nan,
        denominator=np.nan,
        value=np.nan,
        status=added["status"].astype(object),
        source=SUM + first["names"] + _sources(rows["source"], group).reindex(first.index),
    )
    for column in columns:
        table[column] = added[column]
    if columns == NUMBERS["counts"]:
        scale = table["indicator_id"].map(
            {item: 100.0 if by_id[item].unit == "percent" else 1.0 for item in table["indicator_id"].unique()}
        )
        table["value"] = scale * table["numerator"] / table["denominator"].where(table["denominator"] > 0)
    return table[table["status"] != "missing"]


def _sources(sources: pd.Series, group: pd.Series) -> pd.Series:
    """Per group its different sources in their order, each after APART."""
    told = pd.DataFrame({"group": group, "said": APART + sources.astype(object)}).drop_duplicates()
    again = told["group"].duplicated(keep=False)
    joined = told[again].groupby("group")["said"].agg("".join)  # most groups have one source
    return pd.concat([told[~again].set_index("group")["said"], joined])


def exact_numbers(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The numbers that may be added up; missing where a source says "hơn", "gần" or "khoảng", or where they cannot be."""
    return rows[list(columns)].astype(float).where(rows["qualifier"].isin(CERTAIN))


def times(
    snapshot: Snapshot, catalogue: Catalogue, *, areas: Sequence[str], provenances: Sequence[str]
) -> pd.DataFrame:
    """As ``store.read.periods``, with the periods before a merger in which every unit that one of the areas was made of
    has some figure; of these ``figures`` counts the parts' own, and ``areas`` the new units."""
    own = read.periods(snapshot, areas=areas, provenances=provenances)
    origins, wholes = Origins(catalogue), [area for area in areas if catalogue.predecessors(area)]
    if not wholes:
        return own
    known = read.areas_by_period(snapshot, areas=origins.ancestors(wholes), provenances=provenances)
    rows = _with_wholes(known, catalogue, origins, wholes)
    each = rows.groupby(["period", "sort_key", "whole"], as_index=False).agg(
        figures=("figures", "sum"), parts=("area_id", "size"), expected=("expected", "first")
    )
    each = each[each["parts"] == each["expected"]]
    before = each.groupby(["period", "sort_key"], as_index=False).agg(
        figures=("figures", "sum"), areas=("whole", "size")
    )
    together = pd.concat([own, before], ignore_index=True)
    return (
        together.groupby(["period", "sort_key"], as_index=False)[["figures", "areas"]]
        .sum()
        .sort_values("sort_key", ignore_index=True)
    )


# ---------------------------------------------------------------- where there is none


@dataclass(frozen=True)
class Refusal:
    """Why an area has no figure in a period in which it did not exist. ``reason``: "ended" (``areas``: what it became),
    "divided" (a unit of which only a part went in: how much of its counts is not known), "not_additive" (scores, and what
    would be counted twice), "lacking" (``areas`` have no figure), "uncounted" (theirs are printed without counts) or
    "mixed" (some are reports, some print)."""

    reason: str
    areas: tuple[str, ...]


def refusals(
    snapshot: Snapshot,
    catalogue: Catalogue,
    *,
    areas: Sequence[str],
    indicators: Mapping[str, str],
    periods: Sequence[str],
    provenances: Sequence[str],
) -> dict[tuple[str, str, str], Refusal]:
    """(area, indicator, period) -> why there is no figure, of every area in every period in which it did not exist and
    has no sum. ``indicators``: id -> the definition they are counted in."""
    origins = Origins(catalogue)
    found: dict[tuple[str, str, str], Refusal] = {}
    open_ones: list[tuple[str, str, tuple[str, ...]]] = []
    for item in periods:
        day = last_day(_period(catalogue, item))
        for area_id in areas if day else ():
            refusal, parts = _standing(catalogue, origins, area_id, day)
            if refusal:
                found |= {(area_id, key, item): refusal for key in indicators}
            elif parts:
                open_ones.append((area_id, item, parts))
    additive = {key for key in indicators if catalogue.indicator_by_id[key].merges != "no"}
    for area_id, item, parts in open_ones:
        found |= {
            (area_id, key, item): Refusal("not_additive", parts) for key in indicators if key not in additive
        }
    if not open_ones or not additive:
        return found
    rows = read.figures(
        snapshot,
        areas=sorted({part for _, _, parts in open_ones for part in parts}),
        indicators=sorted(additive),
        periods=sorted({item for _, item, _ in open_ones}),
        provenances=provenances,
    )
    rows = rows[rows["definition"] == rows["indicator_id"].map(dict(indicators))]
    by_key = {(row["indicator_id"], row["period"], row["area_id"]): row for row in rows.to_dict("records")}
    for area_id, item, parts in open_ones:
        for key in sorted(additive):
            refusal = _short(
                catalogue.indicator_by_id[key], parts, [by_key.get((key, item, part)) for part in parts]
            )
            if refusal:
                found[area_id, key, item] = refusal
    return found


def _period(catalogue: Catalogue, item: str) -> calendar.Period:
    return calendar.from_id(item, catalogue.administrative_quarters)


def _standing(
    catalogue: Catalogue, origins: Origins, area_id: str, day: date
) -> tuple[Refusal | None, tuple[str, ...]]:
    """(why an area can have no figure on a day, the units to be added up for it); nothing where it existed."""
    area = catalogue.area_by_id[area_id]
    if area.valid_on(day):
        return None, ()
    if area.valid_to and area.valid_to < day:
        return Refusal("ended", tuple(link.new_area_id for link in catalogue.successors(area_id))), ()
    parts = origins.of(area_id, day)
    if not parts.whole:
        divided = [link.old_area_id for link in catalogue.predecessors(area_id) if link.share != 1]
        return Refusal("divided", tuple(divided) or parts.ids), ()
    return None, parts.ids


def _short(indicator: Indicator, parts: tuple[str, ...], rows: list[dict | None]) -> Refusal | None:
    """What keeps the figures of the parts (a row each, or None) from being added up; None where nothing does."""
    lacking = tuple(part for part, row in zip(parts, rows, strict=True) if row is None)
    if lacking:
        return Refusal("lacking", lacking)
    if any(row["status"] == "suppressed" for row in rows):
        return None  # the sum is there, and hidden
    table = pd.DataFrame(rows)
    short = exact_numbers(table, NUMBERS[indicator.merges]).isna().any(axis=1) & (
        table["status"] == "reported"
    )
    if short.any():
        return Refusal("uncounted", tuple(table.loc[short, "area_id"]))
    return Refusal("mixed", parts) if table["provenance"].nunique() > 1 else None
