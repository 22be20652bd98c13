"""Cleaned shapes -> one folder of static files, named by its content; written aside, then renamed."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from etl.boundaries import folder
from etl.boundaries.cleaning import Cleaned, outline
from store import boundaries as layout
from store.boundaries import ALL, COARSE, OUTLINES, TOLERANCES
from store.definitions import Area, Catalogue
from store.settings import Settings

AREA_TOLERANCE = 0.05  # of a published area: one missing commune of a dozen is more than this
_COUNTRY = "vn"


def contents(
    cleaned: Cleaned, level: str, by_id: Mapping[str, Area], catalogue: Catalogue
) -> dict[str, bytes]:
    """Name -> GeoJSON of every static file: each province at each tolerance, all at the coarse one, and outlines of
    districts and provinces whose areas are all there."""
    groups = defaultdict(list)
    for place, name in enumerate(cleaned.area_ids):
        groups[group(by_id[name], catalogue)].append(place)
    files = {}
    for metres in TOLERANCES:
        features = [
            _feature(name, level, text)
            for name, text in zip(cleaned.area_ids, shapely.to_geojson(cleaned.coarse[metres]), strict=True)
        ]
        for name, places in groups.items():
            files[f"{name}-{metres}"] = _collection(features[place] for place in places)
        if metres == COARSE:
            files[f"{ALL}-{metres}"] = _collection(features)
        outlines = _outlines(cleaned, metres, level, catalogue, by_id)
        if outlines:
            files[f"{OUTLINES}-{metres}"] = _collection(outlines)
    return files


def group(area: Area, catalogue: Catalogue) -> str:
    """Name of the file an area's shape is in: its province's code."""
    province = catalogue.area_by_id.get(area.province_id)
    name = province.code if province and province.code else area.province_id or area.id
    return "".join(char if char.isascii() and char.isalnum() else "_" for char in name)[:30] or _COUNTRY


def index(cleaned: Cleaned, by_id: Mapping[str, Area], catalogue: Catalogue) -> dict[str, list]:
    """What ``store.boundaries.index`` gives."""
    inside = shapely.get_coordinates(shapely.point_on_surface(cleaned.coarse[COARSE])).round(4)
    return {
        name: [group(by_id[name], catalogue), float(x), float(y), round(float(km2), 3)]
        for name, (x, y), km2 in zip(cleaned.area_ids, inside, cleaned.km2, strict=True)
    }


def _feature(name: str, level: str, geometry: str) -> str:
    return f'{{"type":"Feature","id":{json.dumps(name)},"properties":{{"level":"{level}"}},"geometry":{geometry}}}'


def _collection(features) -> bytes:
    return ('{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n").encode()


def _outlines(
    cleaned: Cleaned, metres: int, level: str, catalogue: Catalogue, by_id: Mapping[str, Area]
) -> list[str]:
    """Outlines of the units above, only where their parts make up the whole: a district with holes would mislead, and
    the list of areas need not hold every commune of a province."""
    if level != "commune" or not cleaned.area_ids:
        return []
    place_of = {name: place for place, name in enumerate(cleaned.area_ids)}
    members = defaultdict(list)
    for area in by_id.values():
        for name in {area.parent_id, area.province_id}:
            members[name].append(area.id)
    found = []
    for level_above in ("district", "province"):
        for unit in catalogue.areas:
            own = members.get(unit.id, [])
            if (
                unit.level != layout.LEVELS[level_above]
                or not own
                or not all(name in place_of for name in own)
            ):
                continue
            places = [place_of[name] for name in own]
            whole = cleaned.km2[places].sum()
            if unit.area_km2 and abs(whole / unit.area_km2 - 1) < AREA_TOLERANCE:
                line = outline(cleaned.coarse[metres][np.array(places)])
                found.append(_feature(unit.id, level_above, shapely.to_geojson(line)))
    return found


def write(settings: Settings, cleaned: Cleaned, files: Mapping[str, bytes], index: dict, meta: dict) -> dict:
    """Write a version and give its facts with ``version`` and ``bytes``. The same content is the same version, and is
    written once. Whoever reads sees the whole folder or none."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(name.encode() + files[name])
    told = {key: meta[key] for key in sorted(meta) if key not in ("imported", "by")}
    total.update(json.dumps([told, index], sort_keys=True, ensure_ascii=False).encode())
    version = total.hexdigest()[:16]
    kept = layout.meta(settings, version)
    if kept:
        return kept
    meta = {**meta, "version": version, "files": {name: len(data) for name, data in sorted(files.items())}}
    own = {
        layout.INDEX: json.dumps(index).encode(),
        layout.META: json.dumps(meta, ensure_ascii=False, indent=1).encode(),
    }
    folder.place(settings, version, files, own, lambda aside: _parquet(aside / layout.SHAPES, cleaned))
    return meta


def _parquet(path: Path, cleaned: Cleaned) -> None:
    """Every vertex, for those who draw or measure elsewhere."""
    import geopandas

    table = pd.DataFrame({"area_id": cleaned.area_ids, "km2": cleaned.km2})
    geopandas.GeoDataFrame(table, geometry=cleaned.full, crs=4326).to_parquet(path)
