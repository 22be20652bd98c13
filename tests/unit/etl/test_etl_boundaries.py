"""Import of real boundaries, on small invented squares: placed, matched, simplified, stored with their origin."""

import json
import zipfile
from datetime import date
from pathlib import Path

import geopandas
import pytest
import shapely

from etl import boundaries, cli
from etl.boundaries import BoundariesError, import_file
from etl.publish import refresh
from tests import builders

TERMS = {"level": "commune", "source": "Sở", "licence": "CC BY"}


def _squares(**columns: list) -> geopandas.GeoDataFrame:
    """Two neighbouring squares of 0.1 degree and one some way off."""
    boxes = [
        shapely.box(105.0, 22.0, 105.1, 22.1),
        shapely.box(105.1, 22.0, 105.2, 22.1),
        shapely.box(105.2, 22, 105.3, 22.1),
    ]
    size = len(next(iter(columns.values())))
    return geopandas.GeoDataFrame(columns, geometry=boxes[:size], crs=4326)


def _write(frame: geopandas.GeoDataFrame, path: Path, **more: object) -> Path:
    frame.to_file(path, engine="pyogrio", **more)
    return path


def _stored(settings: builders.Settings, level: str = "commune") -> dict[str, dict]:
    text = (settings.runtime_dir / "boundaries" / f"{level}.geojson").read_text(encoding="utf-8")
    return {item["properties"]["area_id"]: item["geometry"] for item in json.loads(text)["features"]}


def test_codes_are_matched_and_district_made_from_its_communes(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    path = _write(_squares(MA_XA=[1837, 1840, 99999]), tmp_path / "map.geojson")
    result = import_file(settings, path, **TERMS)
    assert (result.count, result.unmatched, result.duplicates, result.far) == (2, ("99999",), (), ())
    assert "02017" in result.missing and "30001" not in result.missing
    assert result.derived == ()  # half the published area: other communes of the city are not in the file
    shapes = _stored(settings)
    assert set(shapes) == {"01837-2020", "01840-2020"}
    ring = shapes["01837-2020"]["coordinates"][0]
    assert not shapely.LinearRing(ring).is_ccw
    meta = json.loads((settings.runtime_dir / "boundaries" / "commune.meta.json").read_text(encoding="utf-8"))
    assert (meta["source"], meta["licence"], meta["attribution"], meta["valid_on"]) == (
        "Sở",
        "CC BY",
        "Sở",
        "2024-06-30",
    )


def test_outlines_are_made_only_where_the_area_is_whole(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    areas = settings.reference_dir / "areas.csv"
    areas.write_text(
        areas.read_text(encoding="utf-8").replace("058-2020,06-2020,121", "058-2020,06-2020,228"),
        encoding="utf-8",
    )
    text = areas.read_text(encoding="utf-8")
    areas.write_text(
        text.replace(",06-2020,06-2020,121,", ",06-2020,06-2020,229,").replace(
            "30005-2020,30005,commune,3,Đồng Tâm,,058-2020", "30005-2020,30005,commune,3,Đồng Tâm,,37-2020"
        ),
        encoding="utf-8",
    )
    path = _write(_squares(code=["01837", "01840"]), tmp_path / "map.geojson")
    assert import_file(settings, path, **TERMS).derived == ("district",)
    assert set(_stored(settings, "district")) == {"058-2020"}
    assert import_file(settings, path, **TERMS).derived == (
        "district",
    )  # made again, since it was only derived
    own = _write(_squares(code=["058"]), tmp_path / "district.geojson")
    import_file(settings, own, **{**TERMS, "level": "district"})
    assert import_file(settings, path, **TERMS).derived == ()  # the installation's own outline stays
    snapshot_id, _ = refresh(settings, "official")
    assert snapshot_id


def test_projected_shapefile_in_a_zip(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    folder = tmp_path / "shape"
    folder.mkdir()
    _write(_squares(gso_code=["01837", "01840"]).to_crs(9213), folder / "xa.shp")
    for keep_crs in (True, False):
        archive = tmp_path / f"xa{keep_crs}.zip"
        with zipfile.ZipFile(archive, "w") as packed:
            for part in folder.iterdir():
                if keep_crs or part.suffix != ".prj":
                    packed.write(part, part.name)
        if not keep_crs:
            with pytest.raises(BoundariesError, match="no_crs"):
                import_file(settings, archive, **TERMS)
        result = import_file(settings, archive, crs=9213, **TERMS)
        assert (result.count, result.far) == (2, ())


def test_a_wrong_coordinate_system_is_seen(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    away = _squares(code=["01837"]).translate(-10, 0)
    path = _write(
        geopandas.GeoDataFrame({"code": ["01837"]}, geometry=away, crs=4326), tmp_path / "away.geojson"
    )
    with pytest.raises(BoundariesError, match="outside"):
        import_file(settings, path, **TERMS)
    near = _squares(code=["01837"]).translate(0.5, 0)
    path = _write(
        geopandas.GeoDataFrame({"code": ["01837"]}, geometry=near, crs=4326), tmp_path / "near.geojson"
    )
    assert import_file(settings, path, **TERMS).far == ("01837",)


def test_parts_of_one_commune_and_broken_rings_become_one_valid_shape(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    bow_tie = shapely.Polygon([(105, 22), (105.1, 22.1), (105.1, 22), (105, 22.1), (105, 22)])
    frame = geopandas.GeoDataFrame(
        {"code": ["01837", "01837", "01837"]},
        geometry=[bow_tie, shapely.box(105.2, 22, 105.3, 22.1), shapely.Point(105, 22)],
        crs=4326,
    )
    frame.loc[len(frame)] = {"code": "02017", "geometry": None}
    result = import_file(settings, _write(frame, tmp_path / "parts.gpkg"), **TERMS)
    assert result.duplicates == ("01837",)
    assert shapely.from_geojson(json.dumps(_stored(settings)["01837-2020"])).is_valid


def test_the_same_code_means_another_commune_after_the_merger(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    path = _write(_squares(code=["01912"]), tmp_path / "map.geojson")
    import_file(settings, path, valid_on=date(2025, 8, 1), **TERMS)
    assert set(_stored(settings)) == {"01912-2025"}


def test_what_cannot_be_used_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    nameless = _write(_squares(ten=["a", "b"]), tmp_path / "nameless.geojson")
    strangers = _write(_squares(code=["9", "8"]), tmp_path / "strangers.geojson")
    points = geopandas.GeoDataFrame({"code": ["01837"]}, geometry=[shapely.Point(105, 22)], crs=4326)
    two = _write(_squares(code=["01837"]), tmp_path / "two.gpkg", layer="one")
    _write(_squares(code=["01837"]), two, layer="other")
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK no archive")
    tricky = tmp_path / "tricky.zip"
    with zipfile.ZipFile(tricky, "w") as packed:
        packed.writestr("../evil.shp", "x")
    text = tmp_path / "text.geojson"
    text.write_text("no map", encoding="utf-8")
    for path, code in (
        (nameless, "no_code_column"),
        (strangers, "none_matched"),
        (_write(points, tmp_path / "points.geojson"), "no_polygons"),
        (two, "layers"),
        (broken, "unreadable"),
        (tricky, "unreadable"),
        (text, "unreadable"),
    ):
        with pytest.raises(BoundariesError, match=code):
            import_file(settings, path, **TERMS)
    with pytest.raises(BoundariesError, match="no_code_column"):
        import_file(settings, strangers, code_column="absent", **TERMS)
    assert not settings.runtime_dir.exists()
    assert import_file(settings, two, layer="other", code_column="code", **TERMS).count == 1


def test_an_archive_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundaries, "ZIP_LIMIT_BYTES", 10)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.shp", "0" * 1000)
    with pytest.raises(BoundariesError, match="too_large"):
        import_file(builders.settings(tmp_path), path, **TERMS)


def test_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = builders.settings(tmp_path)
    monkeypatch.setenv("BOARD_DATA", str(settings.reference_dir.parent))
    monkeypatch.setenv("BOARD_RUNTIME", str(settings.runtime_dir))
    path = str(_write(_squares(code=["01837", "77777"]), tmp_path / "map.geojson"))
    with pytest.raises(SystemExit):
        cli.main(["boundaries", path])
    assert cli.main(["boundaries", path, "--source", "Sở", "--licence", "MIT"]) == 0
    said = capsys.readouterr().out
    assert "Đã nhập 1 hình" in said and "Không khớp danh mục: 77777." in said
    assert cli.main(["boundaries", path, "--source", "S", "--licence", "M", "--code-column", "x"]) == 1
    assert "--code-column" in capsys.readouterr().err
