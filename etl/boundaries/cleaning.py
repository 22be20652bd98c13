"""Geometry of imported boundaries: valid, one coverage without gaps and overlaps, simplified together, rounded, turned.

All at once over arrays, once at import: a country takes a minute or two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from etl.boundaries.placing import WGS84, moved
from store.boundaries import TOLERANCES

GAP_M = 10.0  # slivers between neighbours; a river that separates them is wider
_DECIMALS = dict.fromkeys(TOLERANCES, 5) | {400: 4}  # about 1 m, and 10 m where a line is 400 m off


@dataclass(frozen=True)
class Cleaned:
    """Arrays beside ``area_ids``. ``full``: every vertex, degrees; ``coarse``: tolerance in metres -> shapes to draw,
    rounded, outer rings clockwise; ``km2``: size on the ellipsoid after cleaning, ``before_km2`` before it."""

    area_ids: tuple[str, ...]
    full: np.ndarray
    coarse: dict[int, np.ndarray]
    km2: np.ndarray
    before_km2: np.ndarray
    repaired: int


def cleaned(geometries: np.ndarray, area_ids: Sequence[str]) -> Cleaned:
    """``geometries``: degrees, one per feature; ``area_ids``: what each is, empty for what stays out."""
    kept = np.array([bool(name) for name in area_ids])
    names = [name for name in area_ids if name]
    plane = plane_of(geometries[kept])
    flat = moved(geometries[kept], WGS84, plane)
    repaired = int((~shapely.is_valid(flat)).sum())
    order, joined = _joined(polygonal(flat), names)
    before = shapely.area(joined) / 1e6
    whole = shapely.coverage_clean(joined, gap_width=GAP_M)
    whole = np.where(shapely.is_empty(whole), joined, polygonal(whole))
    coarse = {metres: _drawn(whole, plane, metres) for metres in TOLERANCES}
    return Cleaned(
        tuple(order), moved(whole, plane, WGS84), coarse, shapely.area(whole) / 1e6, before, repaired
    )


def plane_of(geometries: np.ndarray) -> str:
    """An equal-area plane in metres around the middle of the shapes: sizes in it are those on the ellipsoid."""
    west, south, east, north = shapely.total_bounds(geometries)
    return f"+proj=laea +lat_0={(south + north) / 2:.3f} +lon_0={(west + east) / 2:.3f} +datum=WGS84 +units=m"


def polygonal(geometries: np.ndarray) -> np.ndarray:
    """Valid, and without the points and lines that repairing leaves behind."""
    whole = shapely.make_valid(geometries)
    mixed = np.flatnonzero(~np.isin(shapely.get_type_id(whole), (3, 6)))
    for place in mixed:
        parts = shapely.get_parts(whole[place])
        parts = shapely.get_parts(parts) if (shapely.get_type_id(parts) == 6).any() else parts
        areas = parts[shapely.get_type_id(parts) == 3]
        whole[place] = shapely.union_all(areas) if len(areas) else shapely.Polygon()
    return whole


def _joined(geometries: np.ndarray, names: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """One geometry per area, in the order of their ids."""
    parts = defaultdict(list)
    for place, name in enumerate(names):
        parts[name].append(place)
    order = sorted(parts)
    joined = np.empty(len(order), dtype=object)
    for place, name in enumerate(order):
        own = geometries[parts[name]]
        joined[place] = own[0] if len(own) == 1 else shapely.union_all(own)
    return order, joined


def _drawn(whole: np.ndarray, plane: str, metres: int) -> np.ndarray:
    """Simplified together, so that neighbours keep their common border; a shape that vanishes keeps more corners."""
    simple = shapely.coverage_simplify(whole, metres)
    simple = np.where(shapely.is_empty(simple), whole, simple)
    return finished(moved(simple, plane, WGS84), _DECIMALS[metres])


def finished(degrees: np.ndarray, decimals: int = 5) -> np.ndarray:
    """Rounded, valid, outer rings clockwise: plotly's flat map fills all around a ring that turns the other way."""
    rounded = shapely.transform(degrees, lambda points: np.round(points, decimals))
    valid = polygonal(rounded)
    valid = np.where(shapely.is_empty(valid), degrees, valid)
    return shapely.orient_polygons(valid, exterior_cw=True)


def outline(shapes: np.ndarray) -> object:
    """Common outline of neighbours that share their corners."""
    valid = shapely.coverage_is_valid(shapes)
    whole = shapely.coverage_union_all(shapes) if valid else shapely.union_all(shapes)
    return finished(np.array([whole], dtype=object))[0]
