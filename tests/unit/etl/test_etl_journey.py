"""From files to a published snapshot: commit, build, publish, roll back; all or nothing."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from etl import build as building
from etl import commit, inputs, publish
from etl.build import build, supersede
from etl.check import check
from store import ledger, read
from store.errors import BoardError, CatalogueError, SnapshotError, StaleDiff, UploadRejected
from store.settings import Settings
from store.snapshot import Snapshot, current_id, snapshot_path
from tests import builders

TODAY = date(2025, 6, 1)
FIRST = builders.rows("01837,pay_rate,2024-Q1,10,100,,")
SECOND = builders.rows(
    "01837,pay_rate,2024-Q1,12,100,,", "02017,pay_rate,2024-Q2,,,KPS,", "01912,pay_rate,2024-Q2,,,,"
)
FAULTY = builders.rows("01837,pay_rate,2024-Q1,x,100,,")
PRINTED = builders.rows('Sông Cầu,pay_rate,2023-before,,,"0,1",', "yb-minh-tan,pay_rate,2023,17,17,,")


def _load(settings: Settings, *files: bytes, space: str = "official") -> list[publish.Loaded]:
    named = [(f"tep{number}.csv", data) for number, data in enumerate(files, start=1)]
    return publish.load_bytes(settings, space, named, builders.LAN, TODAY)


def _open(settings: Settings, space: str = "official") -> Snapshot:
    return Snapshot(snapshot_path(settings, space, current_id(settings, space)))


def _observations(settings: Settings, space: str = "official") -> pd.DataFrame:
    snapshot = _open(settings, space)
    frame = snapshot.cursor().execute("SELECT * FROM observation ORDER BY ALL").df()
    snapshot.close()
    return frame


@pytest.mark.usefixtures("each_store")
def test_a_file_reaches_the_published_snapshot(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path, published={"bao.csv": PRINTED, "left_out.csv": b"not figures"})
    outcome = _load(settings, FIRST)[0]
    assert outcome.new and outcome.snapshot_id == current_id(settings, "official")
    assert outcome.snapshot_id.startswith("2024-Q1-")
    frame = _observations(settings).set_index(["area_id", "period"])
    own = frame.loc[("01837-2020", "2024-Q1")]
    assert (own["value"], own["value_given"], own["provenance"], own["line"]) == (10.0, False, "uploaded", 2)
    assert frame.loc[("01837-2020", "2023-before"), "value"] == 0.1
    assert set(frame["provenance"]) == {"uploaded", "published"}
    snapshot = _open(settings)
    assert read.meta(snapshot)["figures"] == "3"
    assert list(read.uploads(snapshot)["file"]) == ["bao.csv", "tep1.csv"]
    assert "areas.csv" in read.definition_files(snapshot)
    snapshot.close()


@pytest.mark.usefixtures("each_store")
def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    first = _load(settings, FIRST)[0]
    before = builders.everything_below(settings.runtime_dir)
    again = _load(settings, FIRST, FIRST)
    assert builders.everything_below(settings.runtime_dir) == before
    assert [(item.snapshot_id, item.new) for item in again] == [(first.snapshot_id, False)] * 2


def test_a_committed_file_sent_again_changes_nothing(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path, published={"bao.csv": PRINTED})
    publish.refresh(settings, "official")
    before = builders.everything_below(settings.runtime_dir)
    assert not _load(settings, PRINTED)[0].new
    assert builders.everything_below(settings.runtime_dir) == before


@pytest.mark.usefixtures("each_store")
def test_one_faulty_file_keeps_all_out_and_touches_nothing(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    _load(settings, FIRST)
    before = builders.everything_below(settings.runtime_dir)
    outcomes = _load(settings, SECOND, FAULTY)
    assert [(item.upload_id, item.snapshot_id) for item in outcomes] == [("", "")] * 2
    assert builders.everything_below(settings.runtime_dir) == before


@pytest.mark.usefixtures("each_store")
def test_a_refused_file_does_not_even_make_the_folder(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    _load(settings, FAULTY)
    assert not settings.runtime_dir.exists()


def test_a_later_file_supersedes_and_the_old_figure_is_kept_as_revision(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    first, second = _load(settings, FIRST)[0], _load(settings, SECOND)[0]
    snapshot = _open(settings)
    revision = read.revisions(snapshot).iloc[0]
    snapshot.close()
    assert (revision["old_value"], revision["new_value"]) == (10.0, 12.0)
    assert (revision["old_upload_id"], revision["new_upload_id"]) == (first.upload_id, second.upload_id)
    frame = _observations(settings).set_index("area_id")
    assert frame.loc["01837-2020", "numerator"] == 12
    assert frame.loc["02017-2020", "status"] == "no_cases" and pd.isna(frame.loc["02017-2020", "value"])
    assert "01912-2020" not in frame.index  # blank is not reported, so it has no row


@pytest.mark.usefixtures("each_store")
def test_a_failing_build_accepts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = builders.settings(tmp_path)
    _load(settings, FIRST)
    log = ledger.read(commit.ledger_path(settings, "official"))

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(building, "_write", fail)
    with pytest.raises(OSError, match="disk full"):
        _load(settings, SECOND)
    assert ledger.read(commit.ledger_path(settings, "official")) == log
    monkeypatch.undo()
    assert _load(settings, SECOND)[0].new


def test_commit_refuses_what_blocks(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    report = check("x.csv", FAULTY, builders.catalogue(), "official", TODAY)
    with pytest.raises(UploadRejected) as refused:
        commit.write(settings, "official", report, FAULTY, "Lan")
    assert refused.value.details["findings"] == report.findings
    assert not settings.runtime_dir.exists()


def test_commit_keeps_the_bytes_the_rows_and_the_origin(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    report = check("x\udce9.csv", SECOND, builders.catalogue(), "official", TODAY)
    upload_id = commit.write(settings, "official", report, SECOND, "Lan", "sửa")
    assert upload_id == report.sha256[:16]
    folder = commit.upload_dir(settings, "official", upload_id)
    assert (folder / commit.ORIGINAL).read_bytes() == SECOND
    assert len(pd.read_parquet(folder / commit.ROWS)) == report.accepted == 2
    meta = commit.read_meta(settings, "official", upload_id)
    assert (meta["file"], meta["submitted_by"], meta["note"], meta["rows"]) == ("x?.csv", "Lan", "sửa", 3)
    assert [item["code"] for item in meta["findings"]] == ["row.not_reported"]
    act, facts = commit.acceptance(settings, "official", upload_id)
    assert (act, facts["upload_id"], facts["folder"], facts["rows"]) == ("accept", upload_id, upload_id, 3)


def test_the_same_inputs_build_nothing_and_other_inputs_another_id(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path, published={"bao.csv": PRINTED})
    first = build(settings, "official")
    stamp = snapshot_path(settings, "official", first).stat().st_mtime_ns
    assert build(settings, "official") == first
    assert snapshot_path(settings, "official", first).stat().st_mtime_ns == stamp
    (settings.reference_dir / "periods.toml").write_text('quarter = "calendar"\n', encoding="utf-8")
    assert build(settings, "official") != first


def test_an_empty_space_has_a_snapshot_too(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    snapshot_id, moved = publish.refresh(settings, "official")
    assert moved and snapshot_id.startswith("none-")
    assert _observations(settings).empty


def test_a_committed_file_with_a_fault_stops_the_build(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path, published={"a.csv": FAULTY, "b.csv": FAULTY + b"\n"})
    with pytest.raises(UploadRejected) as refused:
        build(settings, "official")
    assert [item[:2] for item in refused.value.details["findings"]] == [
        ("a.csv", "number.placeholder"),
        ("b.csv", "number.placeholder"),
    ]
    assert not list(settings.runtime_dir.rglob("*.duckdb"))


def test_a_definition_in_use_may_not_vanish(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    _load(settings, FIRST)
    (settings.reference_dir / "indicators" / "pay_rate.toml").unlink()
    with pytest.raises(CatalogueError) as wrong:
        build(settings, "official")
    assert "pay_rate" in str(wrong.value)


def test_provenance_in_the_demo(tmp_path: Path) -> None:
    columns = (*builders.COLUMNS, "source")
    demo = builders.rows("01837,pay_rate,2024-Q1,1,9,,,invented", columns=columns)
    settings = builders.settings(tmp_path, published={"bao.csv": PRINTED}, demo={"q1.csv": demo})
    own = builders.rows(
        "02017,pay_rate,2024-Q1,1,9,,,invented", "01912,pay_rate,2024-Q1,1,9,,,", columns=columns
    )
    _load(settings, own, space="demo")
    frame = _observations(settings, "demo").set_index("area_id")["provenance"]
    assert set(frame["01837-2020"]) == {"published", "illustrative"}
    assert (frame["02017-2020"], frame["01912-2020"]) == ("illustrative", "uploaded")
    snapshot = _open(settings, "demo")
    assert read.uploads(snapshot)["received"].tolist()[1] == "2024-04-15"
    snapshot.close()


def test_maps_go_into_the_snapshot(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    shape = {"type": "Polygon", "coordinates": [[[105, 22], [105, 23], [106, 22], [105, 22]]]}
    feature = {
        "type": "Feature",
        "properties": {"area_id": "01837-2020", "layer": "commune"},
        "geometry": shape,
    }
    sketch = settings.reference_dir / inputs.SKETCH
    sketch.parent.mkdir(parents=True)
    sketch.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    publish.refresh(settings, "official")
    snapshot = _open(settings)
    assert read.layers(snapshot) == ["sketch"]
    assert read.shapes(snapshot, "sketch")[0] == {
        "level": "commune",
        "area_id": "01837-2020",
        "geometry": shape,
    }
    snapshot.close()


@pytest.mark.usefixtures("each_store")
def test_publish_roll_back_and_the_log(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    with pytest.raises(SnapshotError, match="no_previous"):
        publish.rollback(settings, "official", builders.LAN)
    first, second = _load(settings, FIRST)[0].snapshot_id, _load(settings, SECOND)[0].snapshot_id
    assert not publish.publish(settings, "official", second, builders.LAN)
    with pytest.raises(StaleDiff):
        publish.publish(settings, "official", first, builders.LAN, expected_current=first)
    assert publish.rollback(settings, "official", builders.HOA) == first == current_id(settings, "official")
    facts = publish.status(settings, "official")
    assert (facts["snapshot_id"], facts["by"], facts["uploads"], facts["newer"]) == (first, "Hoa", 1, False)
    with pytest.raises(SnapshotError, match="no_previous"):
        publish.rollback(settings, "official", builders.HOA)
    assert publish.refresh(settings, "official") == (first, False)  # a roll-back stays
    assert publish.publish(settings, "official", second, builders.LAN, expected_current=first)
    assert publish.refresh(settings, "official") == (second, False)
    acts = [entry["act"] for entry in ledger.read(commit.ledger_path(settings, "official"))]
    again = ["withdraw", "rollback", "accept", "publish"]
    assert acts == ["accept", "publish", "accept", "publish", *again]
    assert ledger.verify(commit.ledger_path(settings, "official")) is None


def test_refresh_follows_changed_inputs_and_lost_snapshots(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path, published={"bao.csv": PRINTED})
    first, _ = publish.refresh(settings, "official")
    (settings.published_dir / "moi.csv").write_bytes(FIRST)
    second, moved = publish.refresh(settings, "official")
    assert moved and second != first and publish.status(settings, "official")["newer"] is False
    snapshot_path(settings, "official", second).unlink()
    assert publish.refresh(settings, "official") == (second, False)
    assert snapshot_path(settings, "official", second).exists()


def test_previous_figures_warn_of_a_jump(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    assert publish.published_figures(settings, "official") is None
    _load(settings, FIRST)
    jump = [("x.csv", builders.rows("01837,pay_rate,2024-Q2,91,100,,"))]
    findings = publish.check_files(settings, "official", jump, TODAY)[0].findings
    assert [(item.code, item.details["before"]) for item in findings] == [("value.jump", "10")]


@pytest.mark.usefixtures("each_store")
def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    areas = ("01837", "02017", "01912", "01951")
    files = [builders.rows(f"{area},pay_rate,2024-Q1,1,9,,") for area in areas]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda data: _load(settings, data), files))
    assert len(_observations(settings)) == 4
    assert ledger.verify(commit.ledger_path(settings, "official")) is None


@pytest.mark.usefixtures("each_store")
def test_a_space_that_stays_busy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = builders.settings(tmp_path)
    monkeypatch.setattr(commit, "PATIENCE_SECONDS", 0.05)
    with (
        commit.space_lock(settings, "official"),
        ThreadPoolExecutor(1) as pool,
        pytest.raises(BoardError, match=r"lock\.busy"),
    ):
        pool.submit(build, settings, "official").result()


def test_paths_are_loaded_like_bytes(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    path = tmp_path / "q1.csv"
    path.write_bytes(FIRST)
    assert publish.load(settings, "official", [path], builders.LAN)[0].report.file == "q1.csv"


def test_incremental_build_equals_full_build(tmp_path: Path) -> None:
    one, other = builders.settings(tmp_path / "one"), builders.settings(tmp_path / "other")
    for data in (FIRST, SECOND):
        _load(one, data)
    _load(other, FIRST, SECOND)
    pd.testing.assert_frame_equal(_observations(one), _observations(other))


def test_supersede_of_nothing() -> None:
    columns = [*building.TABLE, "upload_id", "arrival", "provenance"]
    observation, revision = supersede(pd.DataFrame(columns=columns))
    assert observation.empty and revision.empty


def test_the_snapshot_is_whole_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = builders.settings(tmp_path)

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commit, "flush", cut)
    with pytest.raises(KeyboardInterrupt):
        build(settings, "official")
    assert not list(settings.runtime_dir.rglob("*.duckdb"))
    monkeypatch.undo()
    path = snapshot_path(settings, "official", build(settings, "official"))
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM meta").fetchone() == (8,)
