"""A map file -> the features of one layer: numbers, geometries, columns as text, and what the file says of its place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from etl.boundaries import archive
from etl.boundaries.findings import Collector, MapRefused

if TYPE_CHECKING:
    from pyproj import CRS

OSM_LAYER = "multipolygons"
OSM_TERMS = "© OpenStreetMap contributors (ODbL)"
_POLYGONS = (3, 6)  # types of geometry
# A file may name its coordinate system, or its figures, by an address elsewhere: whatever the library would ask for goes
# to a door that nobody opens.
_NO_NETWORK = {
    "GDAL_HTTP_PROXY": "http://127.0.0.1:1",
    "GDAL_HTTPS_PROXY": "http://127.0.0.1:1",
    "GDAL_HTTP_NOPROXY": "none.invalid",
    "GDAL_HTTP_MAX_RETRY": 0,
    "GDAL_HTTP_CONNECTTIMEOUT": 1,
    "GDAL_HTTP_TIMEOUT": 1,
}


@dataclass(frozen=True)
class Layer:
    """Features of one layer. ``numbers``: from 1, in the file's order; ``geometries``: polygons as they stand;
    ``table``: one row per feature, every column as text (empty where there is none); ``kind``: gadm, osm or empty."""

    name: str
    numbers: np.ndarray
    geometries: np.ndarray
    table: pd.DataFrame
    crs: CRS | None
    kind: str = ""

    def only(self, keep: np.ndarray) -> Layer:
        """The features where ``keep`` holds, under their old numbers."""
        return replace(
            self,
            numbers=self.numbers[keep],
            geometries=self.geometries[keep],
            table=self.table[keep].reset_index(drop=True),
        )


def layers(path: Path, told: Collector) -> list[tuple[str, str, str]]:
    """(name to choose by, address, layer) of everything with shapes in a file."""
    import pyogrio

    pyogrio.set_gdal_config_options(_NO_NETWORK)
    found = []
    sources = archive.datasets(path, told)
    for source in sources:
        try:
            listed = pyogrio.list_layers(source)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError):
            # the last: a layer's name in no UTF-8, which the library does not expect of JSON
            told.add("file.unreadable", value=PurePosixPath(source).name)
            continue
        for name, geometry in listed:
            if geometry is not None:
                inside = PurePosixPath(source).name if len(sources) > 1 and len(listed) > 1 else ""
                found.append((f"{inside}:{name}" if inside else str(name), source, str(name)))
    if told.blocked:
        raise MapRefused
    return found


def read(path: Path, told: Collector, layer: str | None = None, admin_level: str | None = None) -> Layer:
    """The one layer of a file, or the one chosen; MapRefused when there are several, none, or none with polygons."""
    found = layers(path, told)
    names = [name for name, _, _ in found]
    osm = path.name.lower().endswith((".osm", ".pbf"))
    wanted = layer or (OSM_LAYER if osm else names[0] if len(names) == 1 else None)
    chosen = next((item for item in found if item[0] == wanted), None)
    if chosen is None:
        if not names:
            told.add("shape.none")
        elif layer:
            told.add("layer.unknown", value=layer, layers=names)
        else:
            told.add("layer.several", layers=names)
        raise MapRefused
    own = _polygons(_opened(chosen, told), told)
    return _of_level(own, admin_level, told) if osm or "admin_level" in own.table else own


def _opened(chosen: tuple[str, str, str], told: Collector) -> Layer:
    name, source, layer = chosen
    frame = _frame(source, layer, told)
    columns: dict[str, pd.Series] = {}
    for place, column in enumerate(frame.columns):
        if frame.dtypes.iloc[place] != "geometry":
            columns.setdefault(str(column), _texts(frame.iloc[:, place]))  # of two of one name the first
    table = pd.DataFrame(
        columns, index=pd.RangeIndex(len(frame))
    )  # as long as the layer also without a column
    geometries = frame.geometry.to_numpy() if "geometry" in frame else np.full(len(frame), None)
    kind = "gadm" if {"GID_1", "NAME_1"} <= set(table.columns) else ""
    return Layer(name, np.arange(1, len(frame) + 1), geometries, table, getattr(frame, "crs", None), kind)


def _frame(source: str, layer: str, told: Collector) -> Any:
    """The layer as the library reads it; text that is not what the file promises is read byte by byte, so that
    ``legacy`` can look at it."""
    import pyogrio
    from pyproj.exceptions import ProjError

    # The library's own slip where a projection file cannot be put into words is an UnboundLocalError.
    broken = (
        *(pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.GeometryError),
        *(pyogrio.errors.CRSError, ProjError, UnboundLocalError),
    )
    for encoding in (None, "ISO-8859-1"):
        try:
            return pyogrio.read_dataframe(source, layer=layer, encoding=encoding, on_invalid="ignore")
        except UnicodeDecodeError:
            continue
        except broken:
            break
    told.add("file.unreadable", value=PurePosixPath(source).name)
    raise MapRefused


def _texts(column: pd.Series) -> pd.Series:
    """Cells as text: a whole number that a table keeps with a decimal point is a whole number."""
    text = column.astype(object).where(column.notna(), "").map(str)
    return text.str.strip().str.replace(r"^(\d+)\.0$", r"\1", regex=True).astype(object)


def _polygons(layer: Layer, told: Collector) -> Layer:
    import shapely

    keep = np.isin(shapely.get_type_id(layer.geometries), _POLYGONS) & ~shapely.is_empty(layer.geometries)
    corners, whose = shapely.get_coordinates(layer.geometries, return_index=True)
    keep[whose[~np.isfinite(corners).all(axis=1)]] = False
    flat = np.flatnonzero(keep)[shapely.area(layer.geometries[keep]) == 0]
    keep[flat] = (
        shapely.area(shapely.make_valid(layer.geometries[flat])) > 0
    )  # a line there and back is no area
    if not keep.any():
        told.add("shape.none")
        raise MapRefused
    if not keep.all():
        told.add("shape.skipped", count=int((~keep).sum()))
    return layer.only(keep)


def _of_level(layer: Layer, wanted: str | None, told: Collector) -> Layer:
    """Administrative units of one level of OpenStreetMap; asked for where there are several."""
    told.add("terms.osm")
    table = layer.table
    levels = table.get("admin_level", pd.Series("", index=table.index))
    units = levels != ""
    if "boundary" in table:
        units &= table["boundary"] == "administrative"
    known = sorted(set(levels[units]), key=lambda text: (len(text), text))
    if wanted not in known and (wanted or len(known) != 1):
        counts = levels[units].value_counts()
        told.add("osm.levels", levels=[f"{level} ({counts[level]})" for level in known])
        raise MapRefused
    return replace(layer.only((units & (levels == (wanted or known[0]))).to_numpy()), kind="osm")
