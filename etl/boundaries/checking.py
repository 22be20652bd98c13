"""Whether matched shapes are what the list of areas says: in the right place, of the right size, none lacking."""

from collections.abc import Iterable, Mapping

import numpy as np
import shapely

from etl.boundaries.cleaning import Cleaned
from etl.boundaries.findings import Collector
from etl.boundaries.matching import FAR_DEGREES
from etl.places import label
from store.definitions import Area

AREA_DIFFERS = (
    0.10  # published sizes of mountain communes were measured in several ways; Giáo Hiệu differs by 6 %
)
AREA_SMALL_KM2 = 0.5
MOST = 1 / 3  # of the areas that can be checked: beyond this something is wrong with all of them
FEWEST = 3
CLEANED_AWAY = 0.01
KM_PER_DEGREE = 111.2
NAMED = 12


def check(cleaned: Cleaned, areas: Iterable[Area], told: Collector) -> None:
    """Everything about the shapes as areas."""
    by_id = {area.id: area for area in areas}
    if cleaned.repaired:
        told.add("shape.repaired", count=cleaned.repaired)
    _places(cleaned, by_id, told)
    _sizes(cleaned, by_id, told)
    _overlaps(cleaned, by_id, told)
    _missing(cleaned, by_id, told)


def _places(cleaned: Cleaned, by_id: Mapping[str, Area], told: Collector) -> None:
    own = [by_id[name] for name in cleaned.area_ids]
    known = [
        place for place, area in enumerate(own) if area.label_lon is not None and area.label_lat is not None
    ]
    if not known:
        return
    spots = shapely.points([[own[place].label_lon, own[place].label_lat] for place in known])
    away = shapely.distance(cleaned.full[known], spots)
    far = [(place, miss) for place, miss in zip(known, away, strict=True) if miss > FAR_DEGREES]
    if len(far) >= FEWEST and len(far) > MOST * len(known):
        told.add("place.labels", count=len(far), total=len(known))
    for place, miss in far:
        told.add("label.misses", listed=label(own[place]), km=float(miss) * KM_PER_DEGREE)


def _sizes(cleaned: Cleaned, by_id: Mapping[str, Area], told: Collector) -> None:
    known = [
        (by_id[name], float(km2))
        for name, km2 in zip(cleaned.area_ids, cleaned.km2, strict=True)
        if by_id[name].area_km2
    ]
    other = [
        (area, km2)
        for area, km2 in known
        if abs(km2 - area.area_km2) > max(AREA_DIFFERS * area.area_km2, AREA_SMALL_KM2)
    ]
    if len(other) >= FEWEST and len(other) > MOST * len(known):
        told.add("area.differs_most", count=len(other), total=len(known), limit=round(AREA_DIFFERS * 100))
    for area, km2 in other:
        told.add("area.differs", listed=label(area), drawn=km2, published=float(area.area_km2))


def _overlaps(cleaned: Cleaned, by_id: Mapping[str, Area], told: Collector) -> None:
    change = np.abs(cleaned.km2 - cleaned.before_km2)
    for place in np.flatnonzero(change > CLEANED_AWAY * np.maximum(cleaned.before_km2, 1.0)):
        before, after = float(cleaned.before_km2[place]), float(cleaned.km2[place])
        told.add("shape.overlaps", listed=label(by_id[cleaned.area_ids[place]]), before=before, after=after)


def _missing(cleaned: Cleaned, by_id: Mapping[str, Area], told: Collector) -> None:
    """Areas of the same provinces without a shape: a map of one province lacks nothing of the others."""
    there = set(cleaned.area_ids)
    provinces = {by_id[name].province_id for name in there}
    lacking = [area for area in by_id.values() if area.id not in there and area.province_id in provinces]
    if lacking:
        names = [label(area) for area in lacking[:NAMED]] + (["…"] if len(lacking) > NAMED else [])
        told.add("area.missing", count=len(lacking), names=names)
