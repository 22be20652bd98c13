"""Text columns -> typed columns, one finding per cell that cannot be read with certainty; never a guess.

Each distinct text is read once: a file of a million rows holds few names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from etl import distinct, numbers
from etl.findings import Collector
from etl.origins import TYPED
from etl.places import AreaFinder, label
from etl.spelling import Suggester, plain
from store import periods
from store.definitions import Area, Catalogue, Indicator

QUALIFIERS = {
    "": "exact",
    "exact": "exact",
    "chinh xac": "exact",
    "dung": "exact",
    "bang": "exact",
    "gt": "gt",
    "hon": "gt",
    "tren": "gt",
    "over": "gt",
    "lt": "lt",
    "duoi": "lt",
    "it hon": "lt",
    "under": "lt",
    "approx": "approx",
    "khoang": "approx",
    "uoc": "approx",
    "uoc tinh": "approx",
    "about": "approx",
    "approx below": "approx_below",
    "gan": "approx_below",
    "nearly": "approx_below",
    "counted": "counted",
    "dem": "counted",
    "dem duoc": "counted",
    "dem tu danh sach": "counted",
    "counted from a list": "counted",
    "derived": "derived",
    "tinh ra": "derived",
    "suy ra": "derived",
    "tinh tu so khac": "derived",
    "implausible": "implausible",
    "khong hop ly": "implausible",
    "nghi sai": "implausible",
    "doubtful": "implausible",
}
ROLES = {
    "": "observed",
    "observed": "observed",
    "thuc hien": "observed",
    "ket qua": "observed",
    "target": "target",
    "muc tieu": "target",
    "chi tieu ke hoach": "target",
}


def normalise(table: pd.DataFrame, catalogue: Catalogue, found: Collector) -> pd.DataFrame:
    """Read every column of a tidy text table (index = spreadsheet line).

    Returns area_id, indicator_id, definition, period, role, qualifier, source, note (None where not understood),
    numerator, denominator, value with ``decimals`` printed and ``percent``, ``no_cases``, and ``blank``: a row
    that names its figure and gives none.
    """
    periods_read = _read(table["period"], lambda text: _period(text, catalogue), found)
    indicators = _read(table["indicator"], _indicator_reader(catalogue), found)
    counted = indicators.each(lambda indicator: bool(indicator) and indicator.kind == "count")
    value = numbers.read_column(table["value"], found, allow_words=True, whole=counted)
    counts = {
        column: numbers.read_column(table[column], found, allow_words=False, whole=np.ones(len(table), bool))
        for column in ("numerator", "denominator")
    }
    blank = np.logical_and.reduce([_empty(table[column]) for column in ("numerator", "denominator", "value")])
    return pd.DataFrame(
        {
            "area_id": _areas(table["commune"], periods_read, catalogue, found),
            "indicator_id": indicators.column(_id),
            "definition": _definitions(table["definition"], indicators, found),
            "period": periods_read.column(_id),
            "role": _read(
                table["role"], _word_reader(ROLES, "role.unknown", ("thực hiện", "mục tiêu")), found
            ).column(lambda word: word),
            "numerator": counts["numerator"]["number"],
            "denominator": counts["denominator"]["number"],
            "value": value["number"],
            "decimals": value["decimals"],
            "percent": value["percent"],
            "no_cases": value["no_cases"],
            "qualifier": _read(
                table["qualifier"],
                _word_reader(
                    QUALIFIERS, "qualifier.unknown", ("hơn", "trên", "dưới", "gần", "khoảng", "ước")
                ),
                found,
            ).column(lambda word: word),
            "source": table["source"],
            "note": table["note"],
            "blank": blank,
        },
        index=table.index,
        copy=False,
    )


@dataclass(frozen=True)
class _Column:
    """A column that was read: what each distinct text means (None where not understood), and every row's text."""

    codes: np.ndarray
    meanings: list[Any]

    def each(self, fact: Callable[[Any], bool]) -> np.ndarray:
        """A fact of every row's meaning."""
        return distinct.answers([fact(meaning) for meaning in self.meanings], self.codes, bool)

    def column(self, name: Callable[[Any], str | None]) -> pd.Categorical:
        """The name of every row's meaning."""
        return distinct.renamed(self.codes, [name(meaning) for meaning in self.meanings])


def _read(cells: pd.Series, reader: Callable[[str], tuple[Any, str, dict]], found: Collector) -> _Column:
    """Read each distinct text once; ``reader`` gives (result, code of the finding or empty, details)."""
    codes, texts = distinct.parts(cells)
    results = [reader(text) for text in texts]
    faults = [(code, text, details) for text, (_, code, details) in zip(texts, results, strict=True)]
    distinct.report(cells, codes, faults, found)
    return _Column(codes, [result[0] for result in results])


def _id(meaning: Indicator | periods.Period | None) -> str | None:
    return meaning.id if meaning else None


def _empty(cells: pd.Series) -> np.ndarray:
    codes, texts = distinct.parts(cells)
    return distinct.answers([text == "" for text in texts], codes, bool)


def _period(text: str, catalogue: Catalogue) -> tuple[periods.Period | None, str, dict]:
    if not text:
        return None, "period.blank", {}
    if text.endswith(TYPED) and text.count("/") == 2:
        return None, "period.date_ambiguous", {}
    text = text.removesuffix(TYPED)
    try:
        return periods.parse(numbers.tidy(text), catalogue.administrative_quarters), "", {}
    except ValueError:
        return None, "period.unknown", {}


def _indicator_reader(catalogue: Catalogue) -> Callable[[str], tuple[Indicator | None, str, dict]]:
    """Reader of indicator cells: id, or a name or short name in any language."""
    named: dict[str, dict[str, Indicator]] = {}
    for indicator in catalogue.indicators:
        for name in (*indicator.name.values(), *indicator.short.values()):
            named.setdefault(plain(name), {})[indicator.id] = indicator
    shown = {key: next(iter(items.values())).name.to("vi") for key, items in named.items()}
    shown |= {plain(indicator.id): indicator.id for indicator in catalogue.indicators}

    suggester = Suggester()

    def read(text: str) -> tuple[Indicator | None, str, dict]:
        if not text:
            return None, "indicator.blank", {}
        exact = catalogue.indicator_by_id.get(text.strip().casefold())
        matches = [exact] if exact else list(named.get(plain(text), {}).values())
        if len(matches) == 1:
            return matches[0], "", {}
        if matches:
            return None, "indicator.ambiguous", {"candidates": [indicator.id for indicator in matches]}
        return None, "indicator.unknown", {"near": suggester.nearest(text, lambda: shown)}

    return read


def _word_reader(
    words: dict[str, str], code: str, offered: tuple[str, ...]
) -> Callable[[str], tuple[Any, str, dict]]:
    """Reader of a cell that holds one of a few words."""

    def read(text: str) -> tuple[str | None, str, dict]:
        key = plain(text)
        if key in words and (key or not text):
            return words[key], "", {}
        return None, code, {"offered": offered}

    return read


def _areas(cells: pd.Series, periods_read: _Column, catalogue: Catalogue, found: Collector) -> pd.Categorical:
    """Area ids; each distinct (text, period) is looked up once. Without a readable period a name
    counts as known when it ever was, and is not asked about: the period's own finding comes first."""
    finder = AreaFinder(catalogue)
    codes, texts = distinct.parts(cells)
    closed = periods_read.column(_id)
    period_of = {period.id: period for period in periods_read.meanings if period}
    readable = [*(period_of[name] for name in closed.categories), None]  # -1, no readable period, is the last
    pair, sides, others = distinct.pairs(codes, closed.codes)
    results = [
        _area(texts[text], readable[period], finder, catalogue)
        for text, period in zip(sides, others, strict=True)
    ]
    faults = [(code, texts[side], details) for side, (_, code, details) in zip(sides, results, strict=True)]
    distinct.report(cells, pair, faults, found)
    lost = np.array(
        [
            bool(area_id) and not code and texts[side].isdigit() and len(texts[side]) == 4
            for side, (area_id, code, _) in zip(sides, results, strict=True)
        ],
        dtype=bool,
    )
    if lost.any():
        place = int(np.argmax(lost[pair]))
        read_as = results[pair[place]][0][:5]
        found.add(
            "area.zero_restored", int(cells.index[place]), "commune", texts[codes[place]], read_as=read_as
        )
    return distinct.renamed(pair, [result[0] for result in results])


def _area(
    text: str, period: periods.Period | None, finder: AreaFinder, catalogue: Catalogue
) -> tuple[str | None, str, dict]:
    if not text:
        return None, "area.blank", {}
    match = finder.find(text, period or periods.from_id("undated"))
    if match.area:
        return match.area.id, "", {}
    if match.reason == "not_valid":
        ended = match.candidates[0]
        facts = {"candidates": [label(ended)], "valid": _validity(ended), "period": period.id}
        return None, "area.not_valid", {**facts, "near": _relatives(ended, period, catalogue)}
    if match.reason == "spans":
        return None, "period.spans_merger", _spanned(match.candidates, period, catalogue)
    if match.reason == "ambiguous":
        if period is None:
            return None, "", {}  # the period decides, and its own finding says that it is unreadable
        return (
            None,
            "area.ambiguous",
            {"candidates": [f"{label(area)} = {area.id}" for area in match.candidates[:6]]},
        )
    return None, "area.unknown", {"near": match.near}


def _spanned(areas: tuple[Area, ...], period: periods.Period, catalogue: Catalogue) -> dict:
    """Facts of ``period.spans_merger``: the period's days, how long each unit lasted, what it became."""
    links = [link for area in areas for link in catalogue.successors(area.id)]
    heirs = dict.fromkeys(link.new_area_id for link in links if link.new_area_id in catalogue.area_by_id)
    return {
        "period": period.id,
        "days": _days(period.start, period.end),
        "candidates": [f"{label(area)}: {_validity(area)}" for area in areas[:6]],
        "near": [label(catalogue.area_by_id[name]) for name in heirs],
    }


def _relatives(area: Area, period: periods.Period, catalogue: Catalogue) -> list[str]:
    """What an area had become, or had been made of, when the period closed; the list of mergers says it."""
    ids = [link.new_area_id for link in catalogue.successors(area.id)]
    ids += [link.old_area_id for link in catalogue.predecessors(area.id)]
    others = [catalogue.area_by_id[name] for name in ids if name in catalogue.area_by_id]
    return [label(other) for other in others if period.end is None or other.valid_on(period.end)]


def _validity(area: Area) -> str:
    return _days(area.valid_from, area.valid_to)


def _days(first: date | None, last: date | None) -> str:
    start, end = (day.strftime("%d/%m/%Y") if day else "…" for day in (first, last))
    return f"{start} – {end}"


def _definitions(cells: pd.Series, indicators: _Column, found: Collector) -> pd.Categorical:
    """Definition ids: by id or name, the indicator's default when blank, None for an unknown indicator."""
    codes, texts = distinct.parts(cells)
    ids = indicators.column(_id)
    indicator_of = {indicator.id: indicator for indicator in indicators.meanings if indicator}
    pair, sides, others = distinct.pairs(codes, ids.codes)
    owners = [indicator_of[ids.categories[other]] if other >= 0 else None for other in others]
    named = [_definition(texts[side], owner) for side, owner in zip(sides, owners, strict=True)]
    faults = [
        ("definition.unknown", texts[side], {"offered": [item.id for item in owner.definitions]})
        if owner and name is None
        else ("", "", {})
        for side, owner, name in zip(sides, owners, named, strict=True)
    ]
    distinct.report(cells, pair, faults, found)
    return distinct.renamed(pair, named)


def _definition(text: str, indicator: Indicator | None) -> str | None:
    if indicator is None:
        return None
    if not text:
        return indicator.default_definition
    matches = [
        definition.id
        for definition in indicator.definitions
        if text == definition.id
        or plain(text) in {plain(name) for name in (definition.id, *definition.name.values())}
    ]
    return matches[0] if len(matches) == 1 else None
