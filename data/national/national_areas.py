"""The invented administrative units of the national set, and a sketch of where they lie.

Nothing here is a real unit: codes only have the official shape, names say "minh họa". The outline is a rough one, drawn by
hand to a twentieth of a degree, so that maps have the country's form; it is no boundary. Only additions, divisions and
square roots are used, which every machine rounds alike.
"""

import csv
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import shapely

# Longitude, latitude; from the north-west along the northern border, down the coast, back along the west.
OUTLINE = """
102.15 22.40  102.45 22.75  103.00 22.45  103.35 22.80  103.95 22.50  104.35 22.75  104.80 22.95  105.35 23.35
105.85 22.95  106.25 22.90  106.75 22.80  106.60 22.35  106.70 21.95  107.35 21.60  108.00 21.50  107.40 21.20
107.00 20.90  106.75 20.65  106.60 20.20  106.10 19.95  105.80 19.40  105.75 18.90  105.95 18.40  106.50 17.90
106.75 17.30  107.20 16.90  107.80 16.50  108.20 16.15  108.45 15.80  108.90 15.30  109.05 14.70  109.25 13.90
109.30 13.30  109.45 12.80  109.25 12.20  109.10 11.60  108.30 10.95  107.60 10.55  107.05 10.35  106.80 10.30
106.70 9.90   106.45 9.60   106.10 9.30   105.50 9.10   105.20 8.75   104.80 8.60   104.80 9.30   104.95 9.85
104.50 10.40  105.05 10.90  105.75 11.00  105.85 11.30  105.95 11.65  106.40 11.70  106.85 12.05  107.45 12.30
107.50 13.40  107.35 14.10  107.50 15.20  107.20 15.85  107.45 16.10  106.90 16.60  106.55 16.90  106.20 17.30
105.70 17.75  105.20 18.30  104.70 18.75  103.90 19.30  104.15 19.65  104.60 19.65  104.40 20.00  104.90 20.20
104.60 20.60  104.00 20.95  103.15 20.90  102.90 21.30  102.95 21.70  102.50 22.05
"""
DENSE = ((105.9, 20.9), (106.4, 10.5))  # more units around the two deltas
NEW, FORMER = 34, 63  # provinces since July 2025, and before
PILOTS = 8
AREAS = Path(__file__).resolve().parent.parent / "reference" / "areas.csv"
HEADER = (
    AREAS.read_text(encoding="utf-8-sig").partition("\n")[0].split(",")
)  # the columns of the product's own list
LINEAGE = ("old_area_id", "new_area_id", "effective", "share", "legal_basis")
COUNTRY_KM2 = 331_000
NOTE_VI = "Đơn vị minh họa do máy tạo ra; không có thật."
NOTE_EN = "Made-up unit; it does not exist."


@dataclass(frozen=True)
class Country:
    """The units: ``points`` (n, 2) in degrees, ``province`` and ``district`` number of each commune (n,), codes."""

    points: np.ndarray
    province: np.ndarray
    district: np.ndarray
    codes: tuple[str, ...]
    former: bool
    since: date | None
    until: date | None

    @property
    def vintage(self) -> str:
        """The end of every id: which list of units it belongs to."""
        return "2020" if self.former else "2025"


def make(communes: int, rng: np.random.Generator, first_day: date) -> Country:
    """So many communes. Up to 5,000 they are units of the list since July 2025, more are units of the one before, with
    districts. ``first_day``: figures begin there, so units exist from then on (see README.md)."""
    former = communes > 5000
    outline = shapely.Polygon(_outline())
    points = _scatter(outline, communes, rng)
    provinces = min(FORMER if former else NEW, max(2, communes // 25))
    province = _regions(points, provinces)
    district = np.zeros(communes, dtype=np.int64)
    if former:
        made = 0
        for number in range(provinces):
            rows = np.flatnonzero(province == number)
            district[rows] = made + _regions(points[rows], max(1, len(rows) // 15))
            made = district[rows].max() + 1
    order = np.lexsort((-points[:, 1], district, province))
    codes = tuple(f"{1 + 3 * place:05d}" for place in range(communes))
    since = first_day if former else min(date(2025, 7, 1), first_day)
    until = date(2025, 6, 30) if former else None
    return Country(points[order], province[order], district[order], codes, former, since, until)


def _outline() -> np.ndarray:
    return np.array(OUTLINE.split(), dtype=float).reshape(-1, 2)


def _scatter(outline: shapely.Polygon, count: int, rng: np.random.Generator) -> np.ndarray:
    """Points inside the outline, nearer to one another in the deltas, to a thousandth of a degree, no two alike."""
    west, south, east, north = outline.bounds
    inner = outline.buffer(-0.03)
    kept = np.zeros((0, 2))
    while len(kept) < count:
        throws = rng.random((8 * count + 64, 3))
        points = np.round(np.array([west, south]) + throws[:, :2] * [east - west, north - south], 3)
        near = np.max([1 / (1 + 3 * ((points - place) ** 2).sum(axis=1)) for place in DENSE], axis=0)
        inside = shapely.contains_xy(inner, points) & (throws[:, 2] < 0.25 + 0.75 * near)
        kept = np.concatenate([kept, points[inside]])
        kept = kept[np.sort(np.unique(kept, axis=0, return_index=True)[1])]
    return kept[:count]


def _regions(points: np.ndarray, count: int) -> np.ndarray:
    """Number of the region of each point, from north to south: far-off points first, then the nearest middle."""
    middles = [points[np.argmax(points[:, 1])]]
    for _ in range(count - 1):
        away = np.min([((points - middle) ** 2).sum(axis=1) for middle in middles], axis=0)
        middles.append(points[np.argmax(away)])
    centres = np.array(middles)
    for _ in range(6):
        own = _nearest(points, centres)
        centres = np.array(
            [points[own == n].mean(axis=0) if (own == n).any() else centres[n] for n in range(len(centres))]
        )
    own = _nearest(points, centres[np.argsort(-centres[:, 1], kind="stable")])
    return np.unique(own, return_inverse=True)[1]


def _nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return np.argmin(((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2), axis=1)


def pilots(country: Country) -> np.ndarray:
    """Places of the communes that are compared where nothing else is chosen: eight of one province."""
    largest = np.argmax(np.bincount(country.province))
    rows = np.flatnonzero(country.province == largest)
    return rows[np.linspace(0, len(rows) - 1, min(PILOTS, len(rows))).astype(int)]


def province_ids(country: Country) -> list[str]:
    """Ids by number; codes lie between 01 and 96 as the official ones do."""
    count = int(country.province.max()) + 1
    return [f"{1 + 95 * number // max(1, count - 1):02d}-{country.vintage}" for number in range(count)]


def district_ids(country: Country) -> list[str]:
    """Ids by number; empty where the list has no districts."""
    count = int(country.district.max()) + 1 if country.former else 0
    return [f"{number + 1:03d}-{country.vintage}" for number in range(count)]


def write(country: Country, folder: Path, rng: np.random.Generator) -> None:
    """areas.csv, areas_reference.csv (the country), an empty lineage.csv and the sketch."""
    provinces, districts = province_ids(country), district_ids(country)
    kinds = np.where(rng.random(len(country.codes)) < 0.2, "ward", "commune")
    sizes = COUNTRY_KM2 / len(country.codes) * (0.4 + 1.2 * rng.random(len(country.codes)))
    chosen = {int(place): number for number, place in enumerate(pilots(country))}
    rows = []
    for number, name in enumerate(provinces):
        own = country.province == number
        rows.append(_unit(country, name, "province", 1, "vn", name, sizes[own].sum(), country.points[own]))
    for number, name in enumerate(districts):
        own = country.district == number
        above = provinces[country.province[own][0]]
        rows.append(_unit(country, name, "district", 2, above, above, sizes[own].sum(), country.points[own]))
    for place, code in enumerate(country.codes):
        above = provinces[country.province[place]]
        parent = districts[country.district[place]] if country.former else above
        row = _unit(
            country, f"{code}-{country.vintage}", str(kinds[place]), 3, parent, above, sizes[place],
            country.points[place : place + 1],
        )  # fmt: skip
        if place in chosen:
            row |= {"role": "pilot", "tile_col": chosen[place] % 3, "tile_row": chosen[place] // 3}
        rows.append(row)
    _table(folder / "areas.csv", HEADER, rows)
    nation = dict.fromkeys(HEADER, "") | {
        "area_id": "vn", "kind": "country", "level": 0, "name_vi": "Cả nước", "name_en": "Viet Nam",
        "role": "reference", "aliases": "Việt Nam|Toàn quốc",
    }  # fmt: skip
    _table(folder / "areas_reference.csv", HEADER, [nation])
    _table(folder / "lineage.csv", LINEAGE, [])
    (folder / "map").mkdir(exist_ok=True)
    (folder / "map" / "sketch.geojson").write_text(_sketch(country), encoding="utf-8", newline="\n")


def _unit(
    country: Country, area_id: str, kind: str, level: int, parent: str, province: str, km2: float, points: np.ndarray
) -> dict:  # fmt: skip
    code = area_id.split("-")[0]
    lon, lat = points[np.argmin(((points - points.mean(axis=0)) ** 2).sum(axis=1))]
    return {
        "area_id": area_id, "area_code": code, "kind": kind, "level": level,
        "name_vi": f"Minh họa {code}", "name_en": f"Illustrative {code}",
        "parent_id": parent, "province_id": province,
        "area_km2": f"{km2:.2f}", "area_km2_source": "Minh họa", "area_km2_source_en": "Illustrative",
        "label_lon": f"{lon:.3f}", "label_lat": f"{lat:.3f}",
        "valid_from": country.since or "", "valid_to": country.until or "", "role": "other",
        "tile_col": "", "tile_row": "", "aliases": "", "note_vi": NOTE_VI, "note_en": NOTE_EN,
    }  # fmt: skip


def _table(path: Path, header: tuple | list, rows: list[dict]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _sketch(country: Country) -> str:
    """Cells around the label points inside the outline; larger units are the cells of their communes together."""
    outline = shapely.Polygon(_outline())
    points = shapely.MultiPoint(country.points)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=outline, ordered=True))
    cells = shapely.set_precision(shapely.intersection(cells, outline), 0.001)
    features = []
    levels = [("province", province_ids(country), country.province)]
    levels += [("district", district_ids(country), country.district)] if country.former else []
    for level, names, numbers in levels:
        for number, name in enumerate(names):
            features.append((level, name, shapely.union_all(cells[numbers == number])))
    features += [
        ("commune", f"{code}-{country.vintage}", cell)
        for code, cell in zip(country.codes, cells, strict=True)
    ]
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"area_id": name, "layer": level},
                "geometry": json.loads(shapely.to_geojson(_clockwise(shape))),
            },
            separators=(",", ":"),
        )
        for level, name, shape in features
    ]
    note = (
        "Sơ đồ minh họa, không phải ranh giới hành chính. Illustrative sketch, not administrative boundaries."
    )
    head = json.dumps({"type": "FeatureCollection", "note": note}, ensure_ascii=False, separators=(",", ":"))
    return f'{head[:-1]},"features":[\n' + ",\n".join(lines) + "\n]}\n"


def _clockwise(shape: shapely.Geometry) -> shapely.Geometry:
    """Exterior rings clockwise, as the charts want them."""
    return shapely.orient_polygons(shapely.normalize(shape), exterior_cw=True)
