"""Where a layer lies: its coordinate system, from the file or as chosen, and everything in WGS 84 degrees.

Files from Vietnamese offices are mostly VN-2000 in a three-degree zone, and their ``.prj`` mostly lacks the datum shift:
such a system is known by its central meridian and told. Read without the shift it would lie some 200 m off.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from etl.boundaries.findings import Collector, MapRefused
from etl.spelling import plain

if TYPE_CHECKING:
    from pyproj import CRS

    from etl.boundaries.reading import Layer

WGS84 = 4326
# Central meridian -> EPSG code of VN-2000 / TM-3 (scale 0.9999).
TM3 = {
    102.0: 5896, 103.0: 9205, 104.0: 9206, 104.5: 9207, 104.75: 9208, 105.0: 5897, 105.5: 9209, 105.75: 9210,
    106.0: 9211, 106.25: 9212, 106.5: 9213, 107.0: 9214, 107.25: 9215, 107.5: 9216, 107.75: 5899, 108.0: 5898,
    108.25: 9217, 108.5: 9218,
}  # fmt: skip
UTM = {105.0: 3405, 111.0: 3406}  # VN-2000 / UTM zones 48 and 49 (scale 0.9996)
KNOWN = (WGS84, 4756, 3405, 3406, 32648, 32649, *sorted(TM3.values()))
# The usual ones first: what a page offers, and what is tried where a file says nothing.
USUAL = (WGS84, 9213, 3405, 3406, 32648)
WEST, SOUTH, EAST, NORTH = 102.0, 6.0, 118.0, 24.0  # Viet Nam with its islands
_FALSE_EASTING = 500_000.0


def placed(layer: Layer, chosen: int | None, told: Collector) -> Layer:
    """The layer in longitude and latitude, flat, inside Viet Nam; MapRefused otherwise."""
    from pyproj.exceptions import ProjError

    try:
        crs = _system(layer, chosen, told)
        geometries = moved(layer.geometries, crs, WGS84)
    except ProjError:  # a system that lies nowhere on the earth says as little as none
        told.add("crs.missing", fits=fitting(layer.geometries))
        raise MapRefused from None
    bounds = shapely.total_bounds(geometries)
    if not _inside(bounds):
        west, south, east, north = bounds
        swapped = _inside(np.array([south, west, north, east]))
        words = ", ".join(f"{edge:.2f}" for edge in bounds)
        told.add(
            "place.swapped" if swapped else "place.outside",
            bounds=words,
            fits={} if swapped else fitting(layer.geometries),
        )
        raise MapRefused
    return replace(layer, geometries=geometries, crs=crs)


def moved(geometries: np.ndarray, start: object, end: object) -> np.ndarray:
    """Geometries in another coordinate system, without heights; all at once."""
    from pyproj import CRS, Transformer

    flat = shapely.force_2d(geometries)
    start, end = CRS.from_user_input(start), CRS.from_user_input(end)
    if start == end:
        return flat
    transformer = Transformer.from_crs(start, end, always_xy=True)
    return shapely.transform(
        flat, lambda points: np.column_stack(transformer.transform(points[:, 0], points[:, 1]))
    )


def fitting(geometries: np.ndarray) -> dict[str, str]:
    """A hint in both languages: which of the usual systems would put the shapes inside Viet Nam."""
    corners = shapely.points([shapely.total_bounds(geometries)[:2], shapely.total_bounds(geometries)[2:]])
    fits = [str(code) for code in USUAL if _inside(shapely.total_bounds(moved(corners, code, WGS84)))]
    if not fits:
        return {"vi": "", "en": ""}
    codes = ", ".join(fits)
    return {"vi": f"Nằm trong Việt Nam nếu là: {codes}.", "en": f"Inside Viet Nam if it is: {codes}."}


def _inside(bounds: np.ndarray) -> bool:
    west, south, east, north = bounds
    return bool(west >= WEST and south >= SOUTH and east <= EAST and north <= NORTH)


def _system(layer: Layer, chosen: int | None, told: Collector) -> CRS:
    from pyproj import CRS

    if chosen is not None:
        if chosen not in KNOWN:
            told.add("crs.unknown", value=chosen, known=[str(code) for code in KNOWN])
            raise MapRefused
        told.add("crs.used", value=f"EPSG:{chosen} ({CRS.from_epsg(chosen).name})")
        return CRS.from_epsg(chosen)
    if layer.crs is None:
        told.add("crs.missing", fits=fitting(layer.geometries))
        raise MapRefused
    crs = CRS.from_user_input(layer.crs)
    read_as = without_shift(crs)
    if read_as:
        told.add("crs.read_as", value=crs.name, epsg=read_as, meridian=f"{_meridian(crs):g}")
        return CRS.from_epsg(read_as)
    told.add("crs.used", value=crs.name)
    return crs


def without_shift(crs: CRS) -> int | None:
    """EPSG code of the VN-2000 zone that a system means without saying how its datum is shifted; None where it is
    whole, or none of VN-2000. Three-degree zones of scale 0.9999 are VN-2000 whatever datum the file writes."""
    if crs.to_json_dict().get("id", {}).get("authority") == "EPSG":
        return None
    named = plain(f"{crs.name} {crs.datum.name if crs.datum else ''}").replace(" ", "")
    vn2000 = "vn2000" in named or "vietnam2000" in named
    if not crs.is_projected:
        return 4756 if vn2000 else None
    scale, meridian = _parameter(crs, "Scale factor"), _meridian(crs)
    if meridian is None or abs((_parameter(crs, "False easting") or 0) - _FALSE_EASTING) > 1:
        return None
    if scale is not None and abs(scale - 0.9999) < 1e-6:
        return TM3.get(round(meridian, 4))
    return UTM.get(round(meridian, 4)) if vn2000 else None


def _meridian(crs: CRS) -> float | None:
    found = _parameter(crs, "Longitude of natural origin")
    return 0.0 if found is None and crs.is_geographic else found


def _parameter(crs: CRS, start: str) -> float | None:
    operation = crs.coordinate_operation
    return (
        next((item.value for item in operation.params if item.name.startswith(start)), None)
        if operation
        else None
    )
