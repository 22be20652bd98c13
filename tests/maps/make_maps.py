"""Invented maps of the small world of ``tests.builders``: squares of a tenth of a degree in a row, in every format.

No line of a real map is in them.
"""

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import geopandas
import shapely

# Squares from west to east; each holds the label point of its commune where that has one.
ROW = ("01837", "01840", "02017")
NAMES = {"01837": "Phường Sông Cầu", "01840": "Phường Phùng Chí Kiên", "02017": "Xã Quang Thuận"}
VN2000_WITHOUT_SHIFT = (
    'PROJCS["VN_2000_TM3_10630",GEOGCS["GCS_VN_2000",DATUM["D_Vietnam_2000",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",{meridian}],'
    'PARAMETER["Scale_Factor",{scale}],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def square(place: int, row: int = 0) -> shapely.Polygon:
    """A square of 0.1 degree; ``place`` counts to the east, ``row`` to the south."""
    west, south = 105.0 + place / 10, 22.0 - row / 10
    return shapely.box(west, south, west + 0.1, south + 0.1)


def frame(
    columns: Mapping[str, Iterable[object]], shapes: Iterable[object] | None = None
) -> geopandas.GeoDataFrame:
    """Features with these columns, on squares from west to east unless shapes are given."""
    columns = {name: list(cells) for name, cells in columns.items()}
    size = len(next(iter(columns.values())))
    return geopandas.GeoDataFrame(columns, geometry=list(shapes or map(square, range(size))), crs=4326)


def coded(**more: Iterable[object]) -> geopandas.GeoDataFrame:
    """The row of communes with code and name."""
    return frame({"ma_xa": ROW, "ten_xa": [NAMES[code] for code in ROW], **more})


def write(own: geopandas.GeoDataFrame, path: Path, **more: object) -> Path:
    """Any format that the ending says."""
    own.to_file(path, engine="pyogrio", **more)
    return path


def shapefile(
    own: geopandas.GeoDataFrame,
    path: Path,
    *,
    prj: str | None = None,
    code_page: bool = True,
    folder: str = "",
) -> Path:
    """A zipped Shapefile at ``path``; ``prj`` replaces what says the coordinate system (empty: none), ``code_page``:
    whether the file that names the code page goes along."""
    loose = path.parent / f"{path.stem}-loose"
    loose.mkdir()
    own.to_file(loose / "ranh_gioi.shp", engine="pyogrio", encoding="UTF-8" if code_page else "ISO-8859-1")
    if prj is not None:
        (loose / "ranh_gioi.prj").write_text(prj, encoding="ascii")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in sorted(loose.iterdir()):
            if (part.suffix != ".prj" or prj != "") and (part.suffix != ".cpg" or code_page):
                packed.write(part, f"{folder}{part.name}")
    return path


def osm(units: Iterable[tuple[str, str]], path: Path) -> Path:
    """An OSM extract: (name, admin_level) on squares from west to east, as closed ways."""
    nodes, ways = [], []
    for place, (name, level) in enumerate(units):
        corners = list(square(place).exterior.coords)[:-1]
        numbers = [place * 10 + number + 1 for number in range(len(corners))]
        nodes += [
            f'<node id="{n}" lat="{y}" lon="{x}" version="1"/>'
            for n, (x, y) in zip(numbers, corners, strict=True)
        ]
        refs = "".join(f'<nd ref="{number}"/>' for number in [*numbers, numbers[0]])
        tags = {"name": name, "admin_level": level, "boundary": "administrative", "area": "yes"}
        told = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        ways.append(f'<way id="{1000 + place}" version="1">{refs}{told}</way>')
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">' + "".join(nodes + ways) + "</osm>"
    path.write_text(text, encoding="utf-8")
    return path


def of_areas(areas: Iterable[object], names: bool = False, extra: int = 0) -> geopandas.GeoDataFrame:
    """Squares of the published size around the label points of areas of the product's list, by code or by name alone;
    ``extra``: so many more that are nobody's."""
    areas = list(areas)
    cells, shapes = [], []
    for area in areas:
        half = (area.area_km2**0.5) / 111.2 / 2
        east = half / 0.927  # a degree east at 22 degrees north
        shapes.append(
            shapely.box(
                area.label_lon - east, area.label_lat - half, area.label_lon + east, area.label_lat + half
            )
        )
        cells.append(area.name.to("vi"))
    for number in range(extra):
        shapes.append(square(number, row=3))
        cells.append(f"Khu {number + 1}")
    if names:
        return frame({"ten_xa": cells}, shapes)
    return frame({"ma_xa": [area.code for area in areas] + ["99999"] * extra, "ten_xa": cells}, shapes)
