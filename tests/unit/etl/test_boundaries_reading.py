"""Reading and placing map files: every format and coordinate system, letters of old fonts, and what is refused."""

import json
import socket
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import CRS

from etl import legacy
from etl.boundaries import archive, placing
from etl.boundaries.findings import codes, message
from etl.boundaries.journey import Asked, Examined, examine
from tests import builders
from tests.maps import make_maps as make

BEFORE = date(2024, 6, 30)


def looked_at(tmp_path: Path, path: Path, **more: object) -> Examined:
    asked = Asked(**{"vintage": BEFORE, "source": "Sở", "licence": "CC BY", **more})
    return examine(builders.settings(tmp_path), path, asked)


def told(examined: Examined) -> set[str]:
    return {item.code for item in examined.findings}


def matched(examined: Examined) -> dict[str, str]:
    """Code of the area -> how it was matched."""
    return {pair.area_id.split("-")[0]: pair.how for pair in examined.pairs if pair.area_id}


BY_CODE = dict.fromkeys(make.ROW, "code")


def test_every_format_gives_the_same_areas(tmp_path: Path) -> None:
    own = make.coded()
    paths = [
        make.write(own, tmp_path / "xa.geojson"),
        make.write(own, tmp_path / "xa.json", driver="GeoJSON"),
        make.write(own, tmp_path / "xa.gpkg"),
        make.shapefile(own, tmp_path / "xa.zip"),
        make.shapefile(own, tmp_path / "deep.zip", folder="Bản đồ/2024/"),
    ]
    inside = tmp_path / "inside.zip"
    with zipfile.ZipFile(inside, "w") as packed:
        packed.write(paths[2], "xa.gpkg")
    for path in [*paths, inside]:
        examined = looked_at(tmp_path, path)
        assert matched(examined) == BY_CODE and not examined.blocked, path.name
        assert examined.shapes.km2 == pytest.approx(looked_at(tmp_path, paths[0]).shapes.km2, rel=1e-4)


@pytest.mark.parametrize("epsg", [4326, 4756, 9213, 3405, 32648, 5897])
def test_coordinate_systems_of_the_file(tmp_path: Path, epsg: int) -> None:
    for path in (
        make.write(make.coded().to_crs(epsg), tmp_path / "xa.gpkg"),
        make.shapefile(make.coded().to_crs(epsg), tmp_path / f"{epsg}.zip"),
    ):
        examined = looked_at(tmp_path, path)
        assert matched(examined) == BY_CODE
        away = shapely.hausdorff_distance(
            examined.shapes.full, [make.square(0), make.square(1), make.square(2)]
        )
        assert away.max() < 2e-5, f"{epsg}: {away.max()} degrees off"


@pytest.mark.parametrize(
    ("meridian", "scale", "epsg"), [(106.5, 0.9999, 9213), (105.75, 0.9999, 9210), (105.0, 0.9996, 3405)]
)
def test_a_projection_file_without_datum_shift_is_read_by_its_central_meridian(
    tmp_path: Path, meridian: float, scale: float, epsg: int
) -> None:
    prj = make.VN2000_WITHOUT_SHIFT.format(meridian=meridian, scale=scale)
    path = make.shapefile(make.coded().to_crs(epsg), tmp_path / "xa.zip", prj=prj)
    examined = looked_at(tmp_path, path)
    away = shapely.hausdorff_distance(examined.shapes.full, [make.square(0), make.square(1), make.square(2)])
    assert away.max() < 2e-5  # read as WGS 84 it would be 0.002 degree
    if "crs.read_as" in told(examined):
        item = next(item for item in examined.findings if item.code == "crs.read_as")
        assert item.details["epsg"] == epsg and str(epsg) in message(item, "vi")
    else:  # the library knows some of these files by itself
        assert CRS.from_user_input(examined.crs).to_epsg() == epsg


def test_the_central_meridian_alone_decides() -> None:
    for meridian, epsg in placing.TM3.items():
        prj = make.VN2000_WITHOUT_SHIFT.format(meridian=meridian, scale=0.9999)
        assert placing.without_shift(CRS.from_wkt(prj)) == epsg
        assert placing._meridian(CRS.from_epsg(epsg)) == meridian
        assert placing.without_shift(CRS.from_epsg(epsg)) is None
    assert (
        placing.without_shift(CRS.from_epsg(32648)) is None
        and placing.without_shift(CRS.from_epsg(3857)) is None
    )


def test_a_file_that_says_no_system_is_asked_for_one(tmp_path: Path) -> None:
    path = make.shapefile(make.coded().to_crs(9213), tmp_path / "xa.zip", prj="")
    examined = looked_at(tmp_path, path)
    assert told(examined) & {"crs.missing"} and examined.blocked
    said = message(next(item for item in examined.findings if item.code == "crs.missing"), "vi")
    assert "9213" in said
    assert matched(looked_at(tmp_path, path, crs=9213)) == BY_CODE
    assert "crs.unknown" in told(looked_at(tmp_path, path, crs=27700))


def test_wrong_places_are_refused_with_what_would_fit(tmp_path: Path) -> None:
    swapped = make.frame(
        {"ma_xa": make.ROW}, [shapely.transform(make.square(n), np.fliplr) for n in range(3)]
    )
    assert "place.swapped" in told(looked_at(tmp_path, make.write(swapped, tmp_path / "a.geojson")))
    metres = make.coded().to_crs(9213).set_crs(4326, allow_override=True)
    found = looked_at(tmp_path, make.write(metres, tmp_path / "b.gpkg"))
    item = next(item for item in found.findings if item.code == "place.outside")
    assert "9213" in message(item, "vi") and found.blocked and found.shapes is None
    moved = make.frame({"ma_xa": make.ROW}, [make.square(n + 5) for n in range(3)])
    away = looked_at(tmp_path, make.write(moved, tmp_path / "c.geojson"))
    assert {"place.labels", "label.misses"} <= told(away) and away.blocked


def _in_font(text: str, table: dict[str, str]) -> str:
    back = {letter: own for own, letter in table.items()}
    return "".join(back.get(char, char) for char in text)


def test_old_fonts_and_wrong_code_pages_are_converted_where_the_list_proves_it(tmp_path: Path) -> None:
    names = [make.NAMES[code] for code in make.ROW]
    tcvn3 = [_in_font(name, dict(legacy.TCVN3)) for name in names]
    assert tcvn3[0] == "Ph­êng S«ng CÇu"
    read_wrong = [name.encode().decode("latin-1") for name in names]
    cases = {
        "tcvn3": make.shapefile(make.coded(ten_xa=tcvn3), tmp_path / "tcvn3.zip", code_page=False),
        "tcvn3 in unicode": make.write(make.coded(ten_xa=tcvn3), tmp_path / "tcvn3.geojson"),
        "utf-8": make.write(make.coded(ten_xa=read_wrong), tmp_path / "utf8.gpkg"),
    }
    for case, path in cases.items():
        examined = looked_at(tmp_path, path)
        assert "text.converted" in told(examined), case
        assert [pair.name for pair in examined.pairs] == names and matched(examined) == BY_CODE
    fine = looked_at(tmp_path, make.write(make.coded(), tmp_path / "fine.geojson"))
    assert not told(fine) & {"text.converted", "text.broken"}
    odd = make.coded(ten_xa=["Ph¿¿ng", "X» ", "C¿u"], ma_xa=make.ROW)
    assert "text.broken" in told(
        looked_at(tmp_path, make.write(odd, tmp_path / "odd.geojson"), name_column="-")
    )


def test_layers_are_named_and_chosen(tmp_path: Path) -> None:
    path = make.write(make.coded(), tmp_path / "two.gpkg", layer="xa")
    make.write(make.frame({"ma_huyen": ["058"]}), path, layer="huyen")
    asked = looked_at(tmp_path, path)
    assert asked.blocked and asked.layers == ("xa", "huyen")
    item = next(item for item in asked.findings if item.code == "layer.several")
    assert "xa, huyen" in message(item, "vi")
    assert matched(looked_at(tmp_path, path, layer="xa")) == BY_CODE
    assert "layer.unknown" in told(looked_at(tmp_path, path, layer="tinh"))
    packed = tmp_path / "two.zip"
    with zipfile.ZipFile(packed, "w") as archive_:
        archive_.write(path, "two.gpkg")
        archive_.write(make.write(make.coded(), tmp_path / "xa.geojson"), "mot.geojson")
    assert set(looked_at(tmp_path, packed).layers) == {"two.gpkg:xa", "two.gpkg:huyen", "xa"}


def test_osm_extracts_ask_for_the_level_and_carry_their_terms(tmp_path: Path) -> None:
    names = ["Phường Sông Cầu", "Phường Phùng Chí Kiên"]
    path = make.osm([(name, "8") for name in names] + [("Thành phố Bắc Kạn", "6")], tmp_path / "map.osm")
    asked = looked_at(tmp_path, path)
    assert asked.blocked and "osm.levels" in told(asked)
    chosen = looked_at(tmp_path, path, admin_level="8")
    assert matched(chosen) == {"01837": "name", "01840": "name"} and not chosen.blocked
    assert "OpenStreetMap" in chosen.terms and "terms.osm" in told(chosen)
    kept = looked_at(tmp_path, path, admin_level="8", attribution="© OpenStreetMap contributors")
    assert kept.terms == "© OpenStreetMap contributors"


def test_gadm_names_without_blanks_in_their_district(tmp_path: Path) -> None:
    own = make.frame(
        {
            "GID_1": ["VNM.1", "VNM.1", "VNM.2"],
            "NAME_1": ["BắcKạn", "BắcKạn", "TỉnhKhác"],
            "NAME_2": ["BắcKạn", "BạchThông", ""],
            "NAME_3": ["SôngCầu", "TânLập", "TânLập"],
            "TYPE_3": ["Phường", "Xã", "Xã"],
        }
    )
    examined = looked_at(tmp_path, make.write(own, tmp_path / "gadm41_VNM_3.json", driver="GeoJSON"))
    assert matched(examined) == {"01837": "name", "02100": "name", "30001": "name"}
    assert "terms.gadm" in told(examined)


def _zip(path: Path, entries: dict[str, bytes], **more: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = more.get("external_attr", 0)
            packed.writestr(info, data, zipfile.ZIP_DEFLATED)
    return path


def test_archives_are_looked_at_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "SMALL_BYTES", 10_000)
    link = _zip(tmp_path / "link.zip", {"a.shp": b"/etc/passwd"}, external_attr=0xA1FF0000)
    text = tmp_path / "broken.zip"
    text.write_bytes(b"PK no archive")
    cut = make.shapefile(make.coded(), tmp_path / "cut.zip")
    data = bytearray(cut.read_bytes())
    with zipfile.ZipFile(cut) as whole:
        place = next(entry.header_offset for entry in whole.infolist() if entry.filename.endswith(".shp"))
    data[place + 43 : place + 60] = bytes(range(200, 217))  # in the midst of what is packed
    cut.write_bytes(data)
    cases = {
        "archive.path": [
            _zip(tmp_path / "up.zip", {"../evil.shp": b"x"}),
            _zip(tmp_path / "c.zip", {"C:/a.shp": b"x"}),
            link,
        ],
        "archive.nested": [_zip(tmp_path / "in.zip", {"a.geojson": b"{}", "b.zip": b"x"})],
        "archive.too_large": [_zip(tmp_path / "bomb.zip", {"a.geojson": b"{" + b" " * 5_000_000})],
        "archive.broken": [text, cut],
        "archive.empty": [_zip(tmp_path / "none.zip", {"readme.txt": b"x"})],
        "file.kind": [_zip(tmp_path / "vrt.zip", {"a.shp": b"<OGRVRTDataSource/>"})],
    }
    for code, paths in cases.items():
        for path in paths:
            examined = looked_at(tmp_path, path)
            assert code in told(examined) and examined.blocked, path.name


def test_a_file_is_what_its_ending_says(tmp_path: Path) -> None:
    secret = tmp_path / "secret.geojson"
    make.write(make.coded(), secret)
    pointing = f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    for name, content in (
        ("a.geojson", pointing), ("a.json", "no map"), ("a.gpkg", pointing), ("a.osm", pointing), ("a.kml", "<kml/>"),
        ("a.vrt", pointing),
    ):  # fmt: skip
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        assert told(looked_at(tmp_path, path)) == {"file.kind"}, name
    path.with_suffix(".geojson").write_text('{"a": 1}', encoding="utf-8")
    assert told(looked_at(tmp_path, path.with_suffix(".geojson"))) & {"file.unreadable", "shape.none"}


def test_points_and_empty_shapes_are_left_out_and_told(tmp_path: Path) -> None:
    own = make.frame({"ma_xa": ["01837", "02017", "01840"]}, [make.square(0), shapely.Point(105, 22), None])
    examined = looked_at(tmp_path, make.write(own, tmp_path / "mixed.gpkg"))
    assert matched(examined) == {"01837": "code"} and "shape.skipped" in told(examined)
    points = make.frame({"ma_xa": ["01837"]}, [shapely.Point(105, 22)])
    assert "shape.none" in told(looked_at(tmp_path, make.write(points, tmp_path / "points.geojson")))


def test_every_finding_has_its_sentence_in_both_languages() -> None:
    from etl.boundaries.findings import _register

    for code, entry in _register().items():
        assert set(entry["message"]) == set(entry["remedy"]) == {"vi", "en"}, code
        assert all(entry["message"].values())
        if entry["severity"] == "block":
            assert all(entry["remedy"].values()), code
    assert set(codes()) == set(_register())


def test_nothing_but_the_file_is_read(tmp_path: Path) -> None:
    """GeoJSON may name its coordinate system by an address, and JSON may be a command to read another file."""
    beside = make.write(make.coded(), tmp_path / "beside.geojson")
    own = json.loads(beside.read_text(encoding="utf-8"))
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0.2)
        url = f"http://127.0.0.1:{door.getsockname()[1]}/crs"
        for kind, word in (("link", "href"), ("url", "url")):
            path = tmp_path / f"{kind}.json"
            path.write_text(json.dumps({**own, "crs": {"type": kind, "properties": {word: url}}}))
            looked_at(tmp_path, path)
            with pytest.raises(TimeoutError):
                door.accept()
    for read in (beside.as_posix(), f"/vsicurl/{url}"):
        command = {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline read {read}"}
        for name in ("a.json", "a.gdalg.json"):
            path = tmp_path / name
            path.write_text(json.dumps(command))
            assert told(looked_at(tmp_path, path)) == {"file.unreadable"}


@pytest.mark.filterwarnings("ignore")  # the reading library warns of what is broken
def test_shapes_that_are_none_are_left_out_and_odd_systems_told(tmp_path: Path) -> None:
    own = json.loads(make.write(make.coded(), tmp_path / "own.geojson").read_text(encoding="utf-8"))
    path = tmp_path / "endless.geojson"
    rings = [item["geometry"]["coordinates"] for item in own["features"]]
    rings[0][0][1] = [float("nan"), 22.0]
    rings[1][0] = rings[1][0][:3]  # not closed
    path.write_text(json.dumps(own))
    examined = looked_at(tmp_path, path)
    assert matched(examined) == {"02017": "code"} and "shape.skipped" in told(examined)
    bare = make.shapefile(make.coded(), tmp_path / "bare.zip")
    without = tmp_path / "without.zip"
    with zipfile.ZipFile(bare) as old, zipfile.ZipFile(without, "w") as new:
        for name in old.namelist():
            if not name.endswith(".dbf"):
                new.writestr(name, old.read(name))
    assert "column.none" in told(looked_at(tmp_path, without))
    for number, prj in enumerate(('LOCAL_CS["x"]', 'GEOGCS["x"]', 'PROJCS["x",GEOGCS["y"]]', "x")):
        odd = make.shapefile(make.coded(), tmp_path / f"odd{number}.zip", prj=prj)
        assert looked_at(tmp_path, odd).blocked, prj


def test_a_layer_named_in_no_utf8_is_unreadable_and_said_so(tmp_path: Path) -> None:
    make.write(make.coded(), tmp_path / "a.geojson")
    whole = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    text = json.dumps({"type": "FeatureCollection", "name": "o?-9d", "features": whole["features"]})
    path = tmp_path / "a.json"
    path.write_bytes(text.encode().replace(b"o?-9d", b"o\xb9-9d"))
    assert told(looked_at(tmp_path, path)) == {"file.unreadable"}
