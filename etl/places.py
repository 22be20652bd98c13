"""Which administrative unit a text means in a period: by code, name or alias, never by likeness.

Codes and names were reused when units merged on 1 July 2025, so only units valid in the period count.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from etl.spelling import Suggester, folded, plain
from store.definitions import Area, Catalogue
from store.lineage import exists_in
from store.periods import Period

KINDS = {
    "commune": ("xa", "x", "commune"),
    "ward": ("phuong", "p", "ward"),
    "township": ("thi tran", "tt", "township"),
    "district": ("huyen", "h", "district"),
    "city": ("thanh pho", "tp", "city"),
    "province": ("tinh", "t", "thanh pho", "tp", "province"),
}
KIND_WORDS_VI = {
    "commune": "xã",
    "ward": "phường",
    "township": "thị trấn",
    "district": "huyện",
    "city": "thành phố",
    "province": "tỉnh",
}
_OFFICE = re.compile(r"^(?:ubnd|uy ban nhan dan|uy ban) ")
_KIND = re.compile(r"^(thi tran|thanh pho|phuong|huyen|tinh|xa|tp|tt|p|x|h|t) (?=.)")
_KIND_BEHIND = re.compile(r"(?<=.) (commune|ward|township|district|city|province)$")
_CODE = re.compile(r"(?:ma |code )?([0-9]{4,5})")
_PARTS = re.compile(r"[,();]| - | – ")


@dataclass(frozen=True)
class Match:
    """Outcome of a search: one area, or why not. ``reason``: empty, unknown, ambiguous, not_valid, spans (the
    period begins before the area did, or ends after it)."""

    area: Area | None
    reason: str = ""
    candidates: tuple[Area, ...] = ()
    near: str = ""


def label(area: Area) -> str:
    """Name with its kind and code, as an official would recognise it."""
    name = " ".join(word for word in (KIND_WORDS_VI.get(area.kind), area.name.to("vi")) if word)
    return f"{name} ({area.code})" if area.code else name


def _split_kind(text: str) -> tuple[str, str]:
    """(kind words or empty, bare name) of an accent-free text; the office in front is dropped.

    >>> _split_kind("ubnd p song cau"), _split_kind("song cau ward")
    (('p', 'song cau'), ('ward', 'song cau'))
    """
    text = _OFFICE.sub("", text)
    kind = _KIND.match(text)
    if kind:
        return kind[1], text[kind.end() :]
    behind = _KIND_BEHIND.search(text)
    return (behind[1], text[: behind.start()]) if behind else ("", text)


class _Index:
    """Every area by id, code, name and alias; nothing in it changes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.areas = catalogue.areas
        self.by_id = {area.id.casefold(): area for area in catalogue.areas}
        self.by_code: dict[str, list[Area]] = defaultdict(list)
        self.by_name: dict[str, list[Area]] = defaultdict(list)
        self.by_alias: dict[str, list[Area]] = defaultdict(list)
        self.own_names = {
            area.id: {plain(name) for name in area.name.values()} for area in catalogue.areas
        }  # bare accent-free names, in every language
        self.parents = {
            area.id: {area.parent_id, area.province_id} - {"", area.id} for area in catalogue.areas
        }
        self.pilot_provinces = {area.province_id for area in catalogue.pilots}
        for area in catalogue.areas:
            if area.code:
                self.by_code[area.code].append(area)
            for name in self.own_names[area.id]:
                self.by_name[name].append(area)
            for alias in area.aliases:
                self.by_alias[plain(alias)].append(area)


class _Itself:
    """A catalogue as a key: two that are equal are not looked through to find out."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.catalogue is other.catalogue

    def __hash__(self) -> int:
        return id(self.catalogue)


@lru_cache(maxsize=4)
def _indexed(which: _Itself) -> _Index:
    """Once for all files of a delivery: the names of a country take a tenth of a second."""
    return _Index(which.catalogue)


class AreaFinder:
    """Looks areas up for one file: remembers what its texts mean, and how many suggestions it has made."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._index = _indexed(_Itself(catalogue))
        self._suggester = Suggester()
        self._named: dict[str, list[Area]] = {}

    def find(self, text: str, period: Period) -> Match:
        """The one area that ``text`` names in ``period``; more than one or none is an answer, not a guess."""
        if text not in self._named:
            self._named[text] = self._all_named(text)
        candidates = self._named[text]
        if not candidates:
            return Match(None, "unknown", near=self._nearest(text, period))
        valid = [area for area in candidates if self._valid(area, period)]
        if not valid:
            return Match(None, "not_valid", tuple(candidates))
        whole = [area for area in valid if exists_in(area, period)]
        if not whole:
            return Match(None, "spans", tuple(valid))
        chosen = self._narrowed(
            text, whole
        )  # a unit that ended within the period is not what its code means there
        return Match(chosen[0]) if len(chosen) == 1 else Match(None, "ambiguous", tuple(chosen))

    def _all_named(self, text: str) -> list[Area]:
        """Every area, of any time, that the text may name."""
        direct = self._index.by_id.get(text.strip().casefold())
        if direct:
            return [direct]
        if re.fullmatch(r"[0-9]{1,5}", text.strip()):
            code = text.strip()
            return self._index.by_code.get(code) or self._index.by_code.get(code.zfill(5), [])
        key = plain(text)
        found = {area.id: area for area in self._index.by_alias.get(key, ())}
        own, *others = [part for part in (plain(piece) for piece in _PARTS.split(text)) if part] or [""]
        kind, bare = _split_kind(own)
        whole = _OFFICE.sub("", own)
        for area in [*self._index.by_name.get(bare, ()), *self._index.by_alias.get(whole, ())]:
            if (
                not kind or kind in KINDS.get(area.kind, ()) or whole in self._index.own_names[area.id]
            ) and self._lies_in(area, others):
                found[area.id] = area
        for area in self._index.by_name.get(whole, ()) if kind and not found else ():
            if self._lies_in(area, others):  # a name may begin with a kind word
                found[area.id] = area
        return list(found.values())

    def _lies_in(self, area: Area, others: Iterable[str]) -> bool:
        """Whether what stands behind the comma or in brackets is the area's code, or names its district or province."""
        above: set[str] = set()
        for parent in self._index.parents[area.id]:
            above |= self._index.own_names.get(parent, set())
        for other in others:
            code = _CODE.fullmatch(other)
            if code and code[1].zfill(5) != area.code:
                return False
            if not code and _split_kind(other)[1] not in above and other not in above:
                return False
        return True

    def _narrowed(self, text: str, candidates: list[Area]) -> list[Area]:
        """Same accents first; then a pilot; then, for a name written with its kind, the pilots' province."""
        if len(candidates) == 1:
            return candidates
        own = folded(_PARTS.split(text)[0])
        exact = [
            area for area in candidates if any(own.endswith(folded(name)) for name in area.name.values())
        ]
        pool = exact or candidates
        if len(pool) > 1:
            pilots = [area for area in pool if area.role == "pilot"]
            if len(pilots) == 1:
                return pilots
            kind = _split_kind(plain(own))[0]
            near = [area for area in pool if area.province_id in self._index.pilot_provinces]
            if kind and len(near) == 1:
                return near
        return pool

    def _valid(self, area: Area, period: Period) -> bool:
        """Whether the area existed when the period began or closed; where only a year is known, at any time in it."""
        if period.start is not None and period.end is not None:
            return area.valid_on(period.start) or area.valid_on(period.end)
        if period.year is None:
            return True
        return (area.valid_from or date.min) <= date(period.year, 12, 31) and date(period.year, 1, 1) <= (
            area.valid_to or date.max
        )

    def _nearest(self, text: str, period: Period) -> str:
        """The most similar valid name, to be offered, never taken."""
        bare = _split_kind(plain(text))[1]
        return self._suggester.nearest(
            bare,
            lambda: {
                name: label(area)
                for area in self._index.areas
                if self._valid(area, period)
                for name in self._index.own_names[area.id]
            },
        )
