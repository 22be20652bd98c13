"""From a map file to the published snapshot: what is written, who may, what a refusal leaves, what is pruned."""

import gzip
import json
import threading
from datetime import date
from pathlib import Path

import geopandas
import pytest

from etl import cli, commit, keep, publish
from etl.boundaries import folder, journey
from etl.boundaries.journey import Asked, accept, examine, withdraw
from store import boundaries as layout
from store import ledger, read
from store.access import APPRAISER, User
from store.errors import BoundariesRefused, NotPermitted
from store.settings import Settings
from store.snapshot import Snapshot, current_id, snapshot_path
from tests import builders
from tests.maps import make_maps as make

ASKED = Asked(date(2024, 6, 30), "Sở", "CC BY", attribution="Ranh giới của Sở")


def _facts(settings: Settings, snapshot_id: str) -> dict[str, str]:
    snapshot = Snapshot(snapshot_path(settings, "official", snapshot_id))
    try:
        return read.meta(snapshot)
    finally:
        snapshot.close()


def _import(settings: Settings, path: Path, asked: Asked = ASKED) -> str:
    """Accept a file; gives the snapshot's id."""
    return accept(settings, examine(settings, path, asked), builders.LAN)["official"]


@pytest.fixture
def running(tmp_path: Path) -> Settings:
    settings = builders.settings(tmp_path)
    publish.refresh(settings, "official")
    return settings


def test_an_accepted_map_is_published_with_its_terms(running: Settings, tmp_path: Path) -> None:
    before = current_id(running, "official")
    snapshot_id = _import(running, make.write(make.coded(), tmp_path / "xa.geojson"))
    assert snapshot_id == current_id(running, "official") != before
    versions = layout.versions(_facts(running, snapshot_id))
    [(version, facts)] = versions.items()
    assert (facts["source"], facts["licence"], facts["attribution"]) == ("Sở", "CC BY", "Ranh giới của Sở")
    assert (facts["vintage"], facts["level"], facts["areas"], facts["by"]) == (
        "2024-06-30",
        "commune",
        3,
        "Lan",
    )
    assert (
        facts["tolerances"] == [20, 100, 400] and facts["file"] == "xa.geojson" and len(facts["sha256"]) == 64
    )
    act = ledger.read(commit.ledger_path(running, "official"))[-2]
    assert (act["act"], act["by"], act["version"]) == ("boundaries", "Lan", version)
    assert layout.versions(_facts(running, before)) == {}  # the snapshot before stays as it was


def test_static_files_hold_every_area_at_every_tolerance(running: Settings, tmp_path: Path) -> None:
    _import(running, make.write(make.coded(), tmp_path / "xa.gpkg"))
    [facts] = layout.standing(running)
    folder = layout.folder(running, facts["version"])
    for metres in layout.TOLERANCES:
        data = (folder / f"06-{metres}.geojson").read_bytes()
        assert gzip.decompress((folder / f"06-{metres}.geojson.gz").read_bytes()) == data
        assert [item["id"] for item in json.loads(data)["features"]] == [
            "01837-2020",
            "01840-2020",
            "02017-2020",
        ]
    assert json.loads((folder / "all-400.geojson").read_bytes()) == json.loads(
        (folder / "06-400.geojson").read_bytes()
    )
    assert not (folder / "outlines-20.geojson").exists()  # communes of the province are not in the file
    where = layout.index(running, facts["version"])
    assert where["01837-2020"][0] == "06" and where["01837-2020"][1:3] == pytest.approx(
        [105.05, 22.05], abs=0.02
    )
    kept = geopandas.read_parquet(folder / "shapes.parquet")
    assert list(kept["area_id"]) == ["01837-2020", "01840-2020", "02017-2020"] and kept.crs.to_epsg() == 4326
    shapes = layout.shapes(running, facts["version"], ["06", "37"], 100)
    assert {shape["level"] for shape in shapes} == {"commune"} and len(shapes) == 3


def test_outlines_are_made_only_where_the_area_is_whole(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    areas = settings.reference_dir / "areas.csv"
    text = areas.read_text(encoding="utf-8").replace(",058-2020,06-2020,4.06,", ",058-2020,06-2020,114.8,")
    text = text.replace(",06-2020,06-2020,121,", ",06-2020,06-2020,229,")
    areas.write_text(text.replace("Đồng Tâm,,058-2020", "Đồng Tâm,,37-2020"), encoding="utf-8")
    publish.refresh(settings, "official")
    _import(settings, make.write(make.coded(), tmp_path / "xa.geojson"))
    [facts] = layout.standing(settings)
    found = layout.shapes(settings, facts["version"], [layout.OUTLINES], 20)
    assert [(item["level"], item["area_id"]) for item in found] == [("district", "058-2020")]


def test_a_refused_file_changes_nothing(running: Settings, tmp_path: Path) -> None:
    before = builders.everything_below(running.runtime_dir)
    wrong = make.frame({"ma_xa": ["01912"], "ten_xa": ["Chợ Rã"]})
    examined = examine(running, make.write(wrong, tmp_path / "wrong.geojson"), ASKED)
    with pytest.raises(BoundariesRefused):
        accept(running, examined, builders.LAN)
    right = examine(running, make.write(make.coded(), tmp_path / "xa.geojson"), ASKED)
    with pytest.raises(NotPermitted):
        accept(running, right, User("Mai", APPRAISER))
    with pytest.raises(NotPermitted):
        withdraw(running, "0" * 16, User("Mai", APPRAISER))
    assert builders.everything_below(running.runtime_dir) == before


def test_a_failing_build_leaves_what_stood(
    running: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examined = examine(running, make.write(make.coded(), tmp_path / "xa.geojson"), ASKED)
    before = current_id(running, "official")

    def fail(*_: object) -> str:
        raise OSError("disk full")

    monkeypatch.setattr(journey, "build", fail)
    with pytest.raises(OSError, match="disk full"):
        accept(running, examined, builders.LAN)
    assert layout.standing(running) == [] and current_id(running, "official") == before


def test_a_disk_that_fills_up_leaves_no_half_version(running: Settings) -> None:
    def full(_: Path) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        folder.place(running, "0123456789abcdef", {"vn-400": b"{}"}, {layout.META: b"{}"}, full)
    assert not list(layout.root(running).iterdir())


def test_the_same_file_again_is_the_same_version(running: Settings, tmp_path: Path) -> None:
    path = make.write(make.coded(), tmp_path / "xa.geojson")
    first, again = _import(running, path), _import(running, path)
    assert first == again and len(layout.standing(running)) == 1


def test_a_newer_map_takes_the_place_of_one_with_the_same_areas(running: Settings, tmp_path: Path) -> None:
    _import(running, make.write(make.coded(), tmp_path / "xa.geojson"))
    fewer = examine(running, make.write(make.frame({"ma_xa": ["01837"]}), tmp_path / "one.geojson"), ASKED)
    assert [item.code for item in fewer.findings].count("replaces.fewer") == 1 and len(fewer.replaces) == 1
    after = Asked(date(2025, 8, 1), "Sở", "CC BY")
    _import(running, make.write(make.frame({"ma_xa": ["01912"]}), tmp_path / "new.geojson"), after)
    assert [facts["vintage"] for facts in layout.standing(running)] == ["2024-06-30", "2025-08-01"]
    accept(running, fewer, builders.LAN)
    assert sorted((facts["vintage"], facts["areas"]) for facts in layout.standing(running)) == [
        ("2024-06-30", 1),
        ("2025-08-01", 1),
    ]


def test_maps_of_snapshots_that_stay_are_not_pruned(running: Settings, tmp_path: Path) -> None:
    first = _import(running, make.write(make.coded(), tmp_path / "xa.geojson"))
    [(old, _)] = layout.versions(_facts(running, first)).items()
    one = make.write(make.frame({"ma_xa": ["01837"]}), tmp_path / "one.geojson")
    second = _import(running, one)
    [(new, _)] = layout.versions(_facts(running, second)).items()
    keep.prune(running, "official", 2, builders.LAN)
    assert layout.folder(running, old).exists() and layout.shapes(running, old, ["06"], 20)
    keep.prune(running, "official", 1, builders.LAN)
    assert not layout.folder(running, old).exists() and layout.folder(running, new).exists()
    assert ledger.read(commit.ledger_path(running, "official"))[-1]["boundaries"] == [old]
    last = withdraw(running, new, builders.LAN)["official"]
    assert layout.standing(running) == [] and layout.versions(_facts(running, last)) == {}
    with pytest.raises(BoundariesRefused, match="not_standing"):
        withdraw(running, new, builders.LAN)


def test_readers_never_see_half_a_version(running: Settings, tmp_path: Path) -> None:
    """While versions come and go, whoever reads what stands finds every file of it."""
    paths = [
        make.write(make.frame({"ma_xa": list(make.ROW[:count])}), tmp_path / f"{count}.geojson")
        for count in (1, 2, 3)
    ]
    examined = [examine(running, path, ASKED) for path in paths]
    done, torn = threading.Event(), []

    def look() -> None:
        while not done.is_set():
            for facts in layout.standing(running):
                folder = layout.folder(running, facts["version"])
                torn.extend(name for name in facts["files"] if not (folder / f"{name}.geojson.gz").exists())

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for item in examined:
            accept(running, item, builders.LAN)
    finally:
        done.set()
        reader.join()
    assert not torn


def test_names_of_versions_and_files_lead_nowhere_else(running: Settings) -> None:
    for name in ("..", "../official", "0" * 15, "0" * 16 + "/", "0" * 15 + "G", ""):
        with pytest.raises(ValueError):
            layout.folder(running, name)
    for name in (
        "../x-20.geojson",
        "a/b-20.geojson",
        "06-30.geojson",
        "06-20.geojson.gz",
        "-20.geojson",
        "meta.json",
    ):
        assert not layout.FILE.fullmatch(name)
    assert layout.FILE.fullmatch("06-20.geojson") and layout.FILE.fullmatch("outlines-400.geojson")


def test_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = builders.settings(tmp_path)
    monkeypatch.setenv("BOARD_DATA", str(settings.reference_dir.parent))
    monkeypatch.setenv("BOARD_RUNTIME", str(settings.runtime_dir))
    own = make.frame({"ten_xa": ["Phường Sông Cầu", "Khu 2"]})
    path = str(make.write(own, tmp_path / "map.geojson"))
    terms = ["--source", "Sở", "--licence", "MIT"]
    for wrong in ([], terms, [*terms, "--vintage", "2024"]):
        with pytest.raises(SystemExit):
            cli.main(["boundaries", path, *wrong])
    capsys.readouterr()
    full = ["boundaries", path, *terms, "--vintage", "2024-06"]
    assert cli.main([*full, "--check"]) == 0 and not settings.runtime_dir.exists()
    assert cli.main(full) == 0
    said = capsys.readouterr().out
    assert "khớp theo mã 0, theo tên 1" in said and "“Khu 2” không có trong danh mục" in said
    assert "hình 1, ten_xa: “Phường Sông Cầu” được khớp theo tên" in said
    assert "python -m etl init" in said  # nothing was published yet, so the map waits for the first snapshot
    publish.refresh(settings, "official")
    table = tmp_path / "match.csv"
    table.write_text("feature,area\n2,01840\n", encoding="utf-8")
    assert cli.main([*full, "--match", str(table), "--as", "Lan"]) == 0
    assert "gán bằng tay 1" in capsys.readouterr().out
    assert ledger.read(commit.ledger_path(settings, "official"))[-1]["by"] == "Lan"
    assert cli.main([*full, "--code-column", "x"]) == 1
    assert "Không có cột “x”" in capsys.readouterr().out
