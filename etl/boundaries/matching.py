"""Which area of the list each feature is: by hand, by code, then by name where only one can be meant; never by likeness."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely

from etl.boundaries import naming
from etl.boundaries.findings import Collector, MapRefused
from etl.boundaries.reading import Layer
from etl.places import label
from etl.spelling import plain
from store.boundaries import LEVELS
from store.definitions import Area, Catalogue

CODE_COLUMNS = (
    "gso_code", "area_code", "ma_xa", "maxa", "ma_phuong_xa", "ma_px", "ma_huyen", "mahuyen", "ma_tinh", "matinh",
    "ma_dvhc", "madvhc", "ma_gso", "ward_code", "district_code", "province_code", "ma", "code",
)  # fmt: skip
_NAMES = {
    "province": ("ten_tinh", "tentinh", "name_1", "province", "tinh"),
    "district": ("ten_huyen", "tenhuyen", "name_2", "district", "huyen"),
    "commune": ("ten_xa", "tenxa", "name_3", "commune", "xa", "phuong_xa", "ward"),
}
_ANY_NAME = ("full_name_vi", "name_vi", "ten_dvhc", "tendvhc", "ten", "name", "ten_day_du")
_KINDS = {"province": ("type_1",), "district": ("type_2",), "commune": ("type_3", "type_vi", "loai", "type")}
NO_COLUMN = "-"
FAR_DEGREES = 0.02  # label points are rounded to 0.01 degree
OVERLAP = 0.01  # of the smaller one: more than a common border
HOW = {
    "accents": {"vi": "", "en": ""},
    "bare": {"vi": " (không xét dấu)", "en": " (ignoring accents)"},
}


@dataclass(frozen=True)
class Columns:
    """Which column says what; empty where none does."""

    code: str = ""
    name: str = ""
    kind: str = ""
    parents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matched:
    """``area_ids``: one per feature, empty where it is none of the list's; ``how``: code, name or hand, likewise."""

    area_ids: tuple[str, ...]
    how: tuple[str, ...]


def valid_areas(catalogue: Catalogue, level: str, day: date) -> list[Area]:
    """Areas of a level on the day of the map; units without a code are examples of other places, not of the list."""
    number = LEVELS[level]
    return [area for area in catalogue.areas if area.level == number and area.code and area.valid_on(day)]


def columns(
    layer: Layer, level: str, areas: Iterable[Area], code: str, name: str, told: Collector
) -> Columns:
    """Columns as chosen, else by their headings and by what stands in them; MapRefused when there is nothing to go by."""
    headings = {plain(column).replace(" ", "_"): column for column in layer.table.columns}
    for wanted in (code, name):
        if wanted and wanted != NO_COLUMN and wanted not in layer.table.columns:
            told.add("column.unknown", value=wanted, columns=list(layer.table.columns))
    if told.blocked:
        raise MapRefused
    codes = {area.code for area in areas}
    own = _NAMES[level]
    found = Columns(
        code=_said(code, lambda: _code_column(layer, headings, codes, len(next(iter(codes), "")))),
        name=_said(name, lambda: _first(headings, (*own, *_ANY_NAME))),
        kind=_first(headings, _KINDS[level]),
        parents=tuple(
            heading
            for above in list(_NAMES)[: list(_NAMES).index(level)]
            if (heading := _first(headings, _NAMES[above]))
        ),
    )
    if not found.code and not found.name:
        told.add("column.none", columns=list(layer.table.columns))
        raise MapRefused
    told.add("column.used", codes=found.code or "–", names=found.name or "–")
    return found


def _said(wanted: str, look: object) -> str:
    return "" if wanted == NO_COLUMN else wanted or look()


def _first(headings: Mapping[str, str], names: Iterable[str]) -> str:
    return next((headings[name] for name in names if name in headings), "")


def _code_column(layer: Layer, headings: Mapping[str, str], codes: set[str], digits: int) -> str:
    """The column called so with the most codes of the list; else one of which half of the cells are codes: numbers that
    are none (a count, an id) hit some by chance. A file may also hold its units' later codes under another heading."""
    named = [headings[name] for name in CODE_COLUMNS if name in headings]

    def hits(column: str) -> int:
        return sum(_code(text, digits) in codes for text in layer.table[column])

    best = max(named, key=hits, default="")
    if not best or not hits(best):
        other = max(layer.table.columns, key=hits, default="")
        best = other if other and 2 * hits(other) >= max(len(layer.numbers), 1) else best
    return best


def _code(text: str, digits: int) -> str:
    return text.zfill(digits) if text.isdigit() else text


def match(
    layer: Layer,
    found: Columns,
    areas: list[Area],
    catalogue: Catalogue,
    hand: Mapping[int, str],
    told: Collector,
) -> Matched:
    """An area for every feature that certainly is one. ``hand``: feature number -> area id (empty: leave it out)."""
    size = len(layer.numbers)
    ids, how = [""] * size, [""] * size
    for place, number in enumerate(layer.numbers):
        if int(number) in hand:
            ids[place], how[place] = hand[int(number)], "hand"
    if hand:
        told.add("match.by_hand", count=sum(word == "hand" for word in how))
    if found.code:
        _by_code(layer, found, areas, ids, how, told)
    taken = {area_id for area_id in ids if area_id}
    left = [place for place in range(size) if not how[place]]
    if left:
        _by_name(
            layer, found, [area for area in areas if area.id not in taken], catalogue, left, ids, how, told
        )
    return Matched(tuple(ids), tuple(how))


def _by_code(layer: Layer, found: Columns, areas: list[Area], ids: list, how: list, told: Collector) -> None:
    by_code = {area.code: area for area in areas}
    digits = len(next(iter(by_code), ""))
    short = []
    names = layer.table[found.name] if found.name else None
    for place, text in enumerate(layer.table[found.code]):
        code = _code(text, digits)
        area = by_code.get(code)
        if how[place] or area is None:
            continue
        if code != text:
            short.append((text, code))
        if names is not None and not naming.same(area, names[place]):
            number = int(layer.numbers[place])
            told.add("match.name_differs", number, found.code, code, listed=label(area), named=names[place])
            how[place] = "refused"
            continue
        ids[place], how[place] = area.id, "code"
    if short:
        told.add("code.zeros", None, found.code, short[0][0], count=len(short), after=short[0][1])


def _by_name(
    layer: Layer,
    found: Columns,
    areas: list[Area],
    catalogue: Catalogue,
    left: list[int],
    ids: list,
    how: list,
    told: Collector,
) -> None:
    """Only where one area can be meant, no other feature means the same, and its label point does not lie elsewhere."""
    known, table = naming.Names(areas), layer.table
    outcomes = {}
    for place in left:
        text = table[found.name][place] if found.name else ""
        kind = table[found.kind][place] if found.kind else ""
        candidates, accents = known.find(text, kind) if text else ([], False)
        above = [table[column][place] for column in found.parents]
        candidates = [area for area in candidates if _lies_in(area, above, catalogue)]
        outcomes[place] = (text, candidates, accents)
    claims = Counter(found[0].id for _, found, _ in outcomes.values() if len(found) == 1)
    inside = _suggestions(layer, areas, left)
    for place, (text, candidates, accents) in outcomes.items():
        number = int(layer.numbers[place])
        shown = text or (table[found.code][place] if found.code else "")
        if not candidates:
            near = inside.get(place)
            hint = {
                "vi": f" Trong hình có điểm nhãn của {near}.",
                "en": f" The label point of {near} lies in it.",
            }
            told.add("match.unmatched", number, found.name or found.code, shown, inside=hint if near else "")
            continue
        only = candidates[0]
        if len(candidates) > 1 or claims[only.id] > 1 or _far(layer.geometries[place], only):
            names = [label(area) for area in candidates]
            told.add("match.ambiguous", number, found.name, shown, candidates=names)
            continue
        ids[place], how[place] = only.id, "name"
        told.add(
            "match.by_name",
            number,
            found.name,
            shown,
            listed=label(only),
            how=HOW["accents" if accents else "bare"],
        )


def _lies_in(area: Area, above: Iterable[str], catalogue: Catalogue) -> bool:
    """Whether the units that the file names above a feature are those above the area: one of them must be, and none of
    those that the list knows may be another."""
    names = {area.parent_id, area.province_id} & catalogue.area_by_id.keys()
    own = [catalogue.area_by_id[name] for name in names if catalogue.area_by_id[name].code]
    given = [text for text in above if text]
    if not given or not own:
        return True
    agreed = [any(naming.same(unit, text) or unit.code == text for unit in own) for text in given]
    strange = [
        not said and any(naming.same(unit, text) for unit in catalogue.areas if unit.level in (1, 2))
        for text, said in zip(given, agreed, strict=True)
    ]
    return any(agreed) and not any(strange)


def _far(shape: object, area: Area) -> bool:
    if area.label_lon is None or area.label_lat is None:
        return False
    return bool(shapely.distance(shape, shapely.Point(area.label_lon, area.label_lat)) > FAR_DEGREES)


def _suggestions(layer: Layer, areas: list[Area], places: list[int]) -> dict[int, str]:
    """Feature -> the one area whose label point lies in it: to be offered, never taken."""
    spots = [area for area in areas if area.label_lon is not None and area.label_lat is not None]
    if not spots or not places:
        return {}
    tree = shapely.STRtree(shapely.points([[area.label_lon, area.label_lat] for area in spots]))
    shapes = shapely.make_valid(layer.geometries[places])
    found = defaultdict(list)
    for place, spot in tree.query(shapes, predicate="contains").T:
        found[places[int(place)]].append(spots[int(spot)])
    return {place: label(named[0]) for place, named in found.items() if len(named) == 1}


def one_per_area(layer: Layer, matched: Matched, by_id: Mapping[str, Area], told: Collector) -> None:
    """Several features of one area are its parts, unless they overlap: then nobody knows which is right."""
    places = defaultdict(list)
    for place, area_id in enumerate(matched.area_ids):
        if area_id:
            places[area_id].append(place)
    for area_id, own in places.items():
        if len(own) < 2:
            continue
        shapes = shapely.make_valid(layer.geometries[own])
        sizes = shapely.area(shapes)
        twice = False
        for place in range(1, len(own)):
            common = shapely.area(shapely.intersection(shapes[place], shapes[:place]))
            over = common > OVERLAP * np.minimum(sizes[place], sizes[:place])
            if over.any():
                twice = True
                first = int(layer.numbers[own[int(np.argmax(over))]])
                told.add(
                    "match.twice", int(layer.numbers[own[place]]), listed=label(by_id[area_id]), other=first
                )
        if not twice:
            told.add("match.parts", int(layer.numbers[own[0]]), listed=label(by_id[area_id]), count=len(own))
