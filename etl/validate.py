"""Rows x definitions -> findings: what no reader of cells can see. Nothing is corrected, rounded or cut here.

Every rule looks at a whole column at once; a row that was not understood in one cell is still judged by the others.
"""

from collections.abc import Collection
from datetime import date

import numpy as np
import pandas as pd

from etl import distinct, plausible
from etl.findings import Collector
from etl.places import label
from etl.sheet import FIGURES, SLACK, Sheet
from store import periods
from store.definitions import Catalogue

FIRST_YEAR = 2015  # no online public service of this programme is older
INEXACT = ("gt", "lt", "approx", "approx_below", "implausible")
PRINTED_KINDS = ("official", "press", "dataset", "third_party")
FRACTIONS_TO_ASK = 3  # so many percentages, all below 1, look like fractions; fewer may be true


def validate(
    rows: pd.DataFrame,
    catalogue: Catalogue,
    found: Collector,
    *,
    space: str,
    today: date,
    previous: pd.DataFrame | None = None,
    committed: bool = False,
    own_areas: Collection[str] | None = None,
) -> None:
    """Judge normalised rows (see ``normalise.normalise``); ``previous`` holds published figures with KEY and value,
    ``committed`` says that the file comes with the product, ``own_areas`` the communes its sender may report for."""
    sheet = Sheet(rows, catalogue, found)
    sheet.report(rows["blank"].to_numpy(), "row.not_reported", "value")
    _counts(sheet)
    _values(sheet)
    _percentages(sheet)
    _values_against_counts(sheet)
    _periods(sheet, catalogue, today)
    _permitted(sheet, catalogue, space, committed)
    _theirs(sheet, catalogue, own_areas)
    _repeated(sheet)
    plausible.judge(sheet, previous)
    if not committed:  # print counts as it counts
        plausible.definitions(sheet, previous)


def _counts(sheet: Sheet) -> None:
    """Numerator and denominator: whole, not negative, complete, and in the right order."""
    numerator, denominator = sheet.numerator, sheet.denominator
    for column, numbers in (("numerator", numerator), ("denominator", denominator)):
        sheet.report(numbers < 0, "count.negative", column)
        sheet.report(np.isfinite(numbers) & (numbers != np.floor(numbers)), "count.not_whole", column)
    over = sheet.rate & (numerator > denominator) & (denominator > 0)
    details = {"numerator": numerator, "denominator": denominator, "rate": np.round(sheet.rate_percent, 2)}
    sheet.report(over & sheet.exceeds("no"), "count.numerator_over_denominator", "numerator", details)
    sheet.report(over & sheet.exceeds("yes"), "count.over_100_known", "numerator", details)
    sheet.report(over & sheet.exceeds("by_definition"), "count.over_100_by_definition", "numerator", details)
    valued = np.isfinite(sheet.value) | (np.nan_to_num(numerator) > 0)
    sheet.report((denominator == 0) & valued, "count.zero_denominator", "denominator")
    sheet.report((denominator == 0) & ~valued, "count.no_cases", "denominator")
    lonely = sheet.rate & (np.isfinite(numerator) ^ np.isfinite(denominator)) & ~np.isfinite(sheet.value)
    complete = ~sheet.rows["no_cases"].to_numpy() & ~sheet.unread
    sheet.report(lonely & complete, "count.incomplete", "denominator")


def _values(sheet: Sheet) -> None:
    """The value by itself: present where it cannot be computed, sign, wholeness, unit, plausible range."""
    value, rows = sheet.value, sheet.rows
    no_cases = rows["no_cases"].to_numpy()
    has_counts = np.isfinite(sheet.numerator) | np.isfinite(sheet.denominator)
    lone = has_counts & ~np.isfinite(value) & ~no_cases & sheet.known & ~sheet.rate & ~sheet.unread
    sheet.report(lone, "value.required", "value")
    arisen = no_cases & ((np.nan_to_num(sheet.numerator) > 0) | (np.nan_to_num(sheet.denominator) > 0))
    sheet.report(arisen, "value.no_cases_with_counts", "value")
    lowest = sheet.of(lambda indicator: indicator.valid_min, np.nan)
    highest = sheet.of(lambda indicator: indicator.valid_max, np.nan)
    sheet.report((value < 0) & ~(lowest < 0), "value.negative", "value")
    counted = sheet.of(lambda indicator: indicator.kind == "count", False)
    sheet.report(counted & np.isfinite(value) & (value != np.floor(value)), "value.not_whole", "value")
    sheet.report(rows["percent"].to_numpy() & sheet.known & ~sheet.percent, "value.not_percent", "value")
    shown = np.where(
        np.isfinite(value), value, np.where(sheet.percent & sheet.rate, sheet.rate_percent, np.nan)
    )
    impossible = _impossible(sheet)
    negative = (shown < 0) & ~(lowest < 0)  # has a finding of its own
    outside = ((shown < lowest) & ~negative) | (shown > highest)
    sheet.report(
        outside & ~impossible, "value.outside_range", "value", {"lowest": lowest, "highest": highest}
    )


def _impossible(sheet: Sheet) -> np.ndarray:
    """Rates above 100 % of something that has no more than all."""
    never = sheet.known & sheet.exceeds("no")
    return sheet.rate & sheet.percent & never & ((sheet.value > 100) | (sheet.rate_percent > 100))


def _percentages(sheet: Sheet) -> None:
    """Above 100, written as fractions, or without the counts that an interval needs."""
    value, percent = sheet.value, sheet.rate & sheet.percent
    alone = percent & np.isfinite(value) & ~(np.isfinite(sheet.numerator) & np.isfinite(sheet.denominator))
    implausible = distinct.among(sheet.rows["qualifier"], ("implausible",))
    over = alone & (value > 100)
    sheet.report(over & sheet.exceeds("no") & ~implausible, "value.over_100", "value")
    sheet.report(over & sheet.exceeds("no") & implausible, "value.implausible_kept", "value")
    sheet.report(over & sheet.exceeds("yes"), "value.over_100_known", "value")
    sheet.report(over & sheet.exceeds("by_definition"), "value.over_100_by_definition", "value")
    sheet.report(alone & sheet.observed & ~sheet.unread, "value.without_counts", "value")
    fractions = percent & (value > 0) & (value < 1) & ~sheet.rows["percent"].to_numpy()
    if fractions.sum() >= FRACTIONS_TO_ASK and not (percent & (value >= 1)).any():
        first = np.zeros(len(value), dtype=bool)
        first[np.argmax(fractions)] = True
        sheet.report(first, "value.fractions", "value", {"count": np.full(len(value), int(fractions.sum()))})


def _values_against_counts(sheet: Sheet) -> None:
    """A printed percentage must be 100 n/N to the decimals printed; words such as "hơn" free it from that."""
    compared = sheet.rate & sheet.percent & np.isfinite(sheet.value) & np.isfinite(sheet.rate_percent)
    compared &= ~distinct.among(sheet.rows["qualifier"], INEXACT)
    half_a_digit = 0.5 * 10.0 ** -sheet.rows["decimals"].to_numpy(dtype=float)
    differs = compared & (np.abs(sheet.value - sheet.rate_percent) > half_a_digit + SLACK)
    details = {"computed": np.round(sheet.rate_percent, 2)}
    near = half_a_digit + SLACK
    with np.errstate(invalid="ignore"):
        scaled = (np.abs(100 * sheet.value - sheet.rate_percent) <= 100 * near) & (sheet.value > 0)
        scaled |= np.abs(sheet.value / 100 - sheet.rate_percent) <= near / 100 + SLACK
    sheet.report(differs & scaled, "value.hundredfold", "value", details)
    sheet.report(differs & ~scaled, "value.differs_from_counts", "value", details)


def _periods(sheet: Sheet, catalogue: Catalogue, today: date) -> None:
    """Observed figures of a period that has not closed, or of one long before the programme."""
    names = sheet.rows["period"]
    read = {
        name: periods.from_id(name, catalogue.administrative_quarters) for name in names.dropna().unique()
    }
    future = {name for name, period in read.items() if _not_closed(period, today)}
    old = {name for name, period in read.items() if period.year is not None and period.year < FIRST_YEAR}
    sheet.report(distinct.among(names, future) & sheet.observed, "period.future", "period")
    sheet.report(
        distinct.among(names, old), "period.old", "period", {"first": np.full(len(names), str(FIRST_YEAR))}
    )


def _not_closed(period: periods.Period, today: date) -> bool:
    if period.end is not None:
        return period.end > today
    return period.year is not None and period.year > today.year


def _permitted(sheet: Sheet, catalogue: Catalogue, space: str, committed: bool) -> None:
    """Only the product's own files may speak for a publication. Invented figures stay out of the official space; so
    do figures that no commune reports, unless printed."""
    of_kind: dict[str, set[str]] = {}
    for source in catalogue.sources:
        of_kind.setdefault(source.kind, set()).add(source.id)
    names = sheet.rows["source"]
    printed = distinct.among(names, set().union(*(of_kind.get(kind, ()) for kind in PRINTED_KINDS)))
    if not committed:
        sheet.report(printed, "source.reserved", "source")
    if space != "official":
        return
    sheet.report(distinct.among(names, of_kind.get("illustrative", ())), "space.illustrative", "source")
    not_theirs = sheet.of(lambda indicator: not indicator.uploaded, False)
    sheet.report(not_theirs & ~printed, "indicator.not_uploaded", "indicator_id")


def _theirs(sheet: Sheet, catalogue: Catalogue, own_areas: Collection[str] | None) -> None:
    """Figures of communes that the sender does not report for."""
    if own_areas is None:
        return
    areas = sheet.rows["area_id"]
    foreign = areas.notna().to_numpy() & ~distinct.among(areas, own_areas)
    own = ", ".join(label(catalogue.area_by_id[name]) for name in own_areas if name in catalogue.area_by_id)
    for place in np.flatnonzero(foreign):
        unit = label(catalogue.area_by_id[areas.iloc[place]])
        sheet.found.add("area.not_yours", int(sheet.rows.index[place]), "commune", unit, own=own)


def _repeated(sheet: Sheet) -> None:
    """The same figure twice: equal ones are counted once, different ones keep the file out and both are named."""
    places = np.flatnonzero(~sheet.rows["blank"].to_numpy() & (sheet.key >= 0))
    ordered = np.sort(sheet.key[places])
    if not (ordered[1:] == ordered[:-1]).any():
        return
    places = places[pd.Series(sheet.key[places]).duplicated(keep=False).to_numpy()]
    rows = sheet.rows.iloc[places]
    firsts = pd.Series(rows.index, index=rows.index).groupby(sheet.key[places]).transform("first")
    reference = rows.loc[firsts.to_numpy(), FIGURES].to_numpy(dtype=float)
    own = rows[FIGURES].to_numpy(dtype=float)
    same = ((own == reference) | (np.isnan(own) & np.isnan(reference))).all(axis=1)
    lines, firsts = rows.index.to_numpy(), firsts.to_numpy()
    against = pd.Series(lines[~same], index=firsts[~same])
    against = against[~against.index.duplicated()]  # first line -> the first line that contradicts it
    later = lines != firsts
    other = np.where(later, firsts, against.reindex(lines).fillna(-1).to_numpy(dtype=np.int64))
    masks = {"row.same_twice": later & same, "row.conflict": (later & ~same) | (~later & (other >= 0))}
    for code in sorted(masks, key=lambda code: int(np.argmax(masks[code]))):
        found = np.flatnonzero(masks[code])

        def one(number: int, found: np.ndarray = found) -> tuple[str, None, dict[str, str]]:
            return "value", None, {"other": sheet.found.where(int(other[found[number]]))}

        sheet.found.add_rows(code, lines[found], one)
