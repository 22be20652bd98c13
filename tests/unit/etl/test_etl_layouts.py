"""Runtime folders of every release, brought to the present layout: figures, log, accounts, citations, shows and maps."""

import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from etl import cli, commit, keep, publish, turnover
from etl import upgrade as upgrading
from etl.restore import restore
from etl.upgrade import FOLDER, upgrade
from server import folder as server_folder
from store import accounts, accounts_file, boundaries, citations, layout, ledger, sessions, shows
from store.errors import BoardError, LayoutError
from store.settings import Settings, read_settings
from store.snapshot import Snapshot, current_id, pointed, snapshot_path
from tests.layouts import make_layouts

ARCHIVES = Path(make_layouts.__file__).parent
SPACE = "official"
# A figure, whatever file it came from: key, counts, value and where it is from.
FIGURES = "SELECT area_id, indicator_id, period, numerator, denominator, value, provenance FROM observation ORDER BY ALL"


def _laid(name: str, folder: Path) -> Settings:
    with zipfile.ZipFile(ARCHIVES / f"{name}.zip") as archive:
        archive.extractall(folder)
    return read_settings({"BOARD_RUNTIME": str(folder)})


def _figures(settings: Settings, snapshot_id: str) -> list[tuple]:
    snapshot = Snapshot(snapshot_path(settings, SPACE, snapshot_id))
    try:
        return snapshot.cursor().execute(FIGURES).fetchall()
    finally:
        snapshot.close()


def test_there_is_an_archive_of_every_release() -> None:
    assert {path.stem for path in ARCHIVES.glob("*.zip")} == set(make_layouts.RELEASES)
    assert all(path.stat().st_size < 300_000 for path in ARCHIVES.glob("*.zip"))


@pytest.mark.parametrize("name", make_layouts.RELEASES)
def test_a_release_is_brought_up_with_everything_it_had(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    settings = _laid(name, tmp_path / "runtime")
    monkeypatch.setenv("BOARD_RUNTIME", str(settings.runtime_dir))
    shown, log = current_id(settings, SPACE), commit.ledger_path(settings, SPACE).read_bytes()
    figures = _figures(settings, shown)
    before = ledger.read(commit.ledger_path(settings, SPACE))
    assert layout.found(settings) == layout.UNNUMBERED

    # Until it is brought up nobody works with it, and everybody is told the command.
    assert cli.main(["status"]) == 1 and "python -m etl upgrade" in capsys.readouterr().err
    assert "python -m etl upgrade" in server_folder.refusal()
    by = "init" if name < "2" else "upgrade"  # init also builds the illustrative space: once is enough
    assert cli.main([by]) == 0
    publish.refresh(settings, SPACE)
    said = capsys.readouterr().out
    assert "Đã sao lưu trước khi nâng cấp" in said and "lên kiểu 2" in said
    assert layout.found(settings) == layout.NUMBER and server_folder.refusal() == ""

    # Figures: each stands as it stood, from the same kind of source; later definitions may have added printed ones.
    after = _figures(settings, current_id(settings, SPACE))
    own = [row for row in figures if row[-1] == "uploaded"]
    assert own and [row for row in after if row[-1] == "uploaded"] == own
    assert set(figures) <= set(after)
    # The log goes on where it ended.
    assert commit.ledger_path(settings, SPACE).read_bytes().startswith(log)
    assert keep.verify_log(settings, SPACE)[0] == "whole"
    assert pointed(settings, SPACE)[1] == ledger.length(commit.ledger_path(settings, SPACE))
    assert (
        [entry["act"] for entry in before].count("accept") == 2 == len(commit.accepted_ids(settings, SPACE))
    )
    # The map, with its source and day.
    (facts,) = boundaries.standing(settings)
    assert (facts["source"], facts["vintage"], facts["areas"]) == ("Bản đồ thử", "2024-06-30", 2)
    assert not list(boundaries.root(settings).glob("*.geojson"))

    if accounts_file.file_path(settings).exists():
        assert accounts_file.verify_log(settings) == ("whole", len(accounts_file.entries(settings)))
        assert sessions.verify(settings, "lan", make_layouts.PASSWORD).name == "lan"
    assert accounts.exists(settings) == (name >= "2")
    if name >= "4":
        (cited,) = citations.known(settings).values()
        assert citations.find(settings, cited.shown) == cited and cited.snapshot_id == shown
        assert _figures(settings, cited.snapshot_id) == figures, "what was cited is what it was"
        (show,) = shows.saved(settings, SPACE)
        assert show.name == "Sơ kết" and show.plan.lines == {"title": "Sơ kết quý III"}

    # The backup that was made first gives the folder back as it was.
    (made,) = (settings.runtime_dir / FOLDER).iterdir()
    old = restore(settings, made, into=tmp_path / "old").folder
    again = replace(settings, runtime_dir=old)
    assert layout.found(again) == layout.UNNUMBERED and current_id(again, SPACE) == shown
    assert upgrade(settings) is None, "nothing is done twice"


def test_killed_on_the_way_it_is_finished_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _laid("1-first-board", tmp_path / "runtime")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(layout, "stamp", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        upgrade(settings)
    assert layout.found(settings) == layout.UNNUMBERED and keep.verify_log(settings, SPACE)[0] == "whole"
    done = upgrade(settings)
    assert done is not None and done.said == (), "the steps were done; only the number was missing"
    assert layout.found(settings) == layout.NUMBER and len(boundaries.standing(settings)) == 1


def test_every_step_from_the_number_found_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _laid("1-first-board", tmp_path / "runtime")
    steps = {number: (lambda _, number=number: iter([(f"from {number}", {})]),) for number in (1, 2)}
    monkeypatch.setattr(upgrading, "STEPS", steps)
    monkeypatch.setattr(layout, "NUMBER", 3)
    done = upgrade(settings)
    assert done is not None and [key for key, _ in done.said] == ["from 1", "from 2"]
    assert layout.found(settings) == 3


def test_a_map_that_cannot_be_imported_anew_stays_and_is_named(tmp_path: Path) -> None:
    settings = _laid("1-first-board", tmp_path / "runtime")
    old = boundaries.root(settings) / "commune.geojson"
    old.write_text('{"features": [{"properties": {"area_id": "nowhere"}}]}', encoding="utf-8")
    done = upgrade(settings)
    assert done is not None and ("upgrade_map_left", {"file": "commune.geojson"}) in done.said
    assert old.exists() and layout.found(settings) == layout.NUMBER


def test_a_folder_of_a_newer_program_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    settings = _laid("5-many-areas", tmp_path / "runtime")
    monkeypatch.setenv("BOARD_RUNTIME", str(settings.runtime_dir))
    layout.path(settings).write_text(f"{layout.NUMBER + 1}\n", encoding="ascii")
    before = {path: path.stat().st_mtime_ns for path in settings.runtime_dir.rglob("*")}
    for words in (["init"], ["upgrade"], ["status"], ["backup", str(tmp_path / "a.zip")]):
        assert cli.main(words) == 1 and "phiên bản mới hơn" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in settings.runtime_dir.rglob("*")} == before
    assert "phiên bản mới hơn" in server_folder.refusal()
    monkeypatch.setattr(sys, "argv", ["serve.py"])
    import serve

    assert serve.main([]) == 1, "the server does not start on it"


@pytest.mark.parametrize("text", ["", "x", "-1", "0", "2.5", "99999999999999999999"])
def test_a_number_that_is_none_is_told(text: str, tmp_path: Path) -> None:
    settings = read_settings({"BOARD_RUNTIME": str(tmp_path)})
    layout.path(settings).write_text(text, encoding="ascii")
    with pytest.raises(LayoutError) as refused:
        layout.require(settings)
    assert refused.value.code == "layout.unreadable"


def test_a_new_folder_has_the_present_number_from_its_first_writer(tmp_path: Path) -> None:
    settings = read_settings({"BOARD_RUNTIME": str(tmp_path / "new")})
    assert layout.found(settings) == 0 and upgrade(settings) is None
    layout.require(settings)
    with commit.space_lock(settings, "demo"):
        pass
    assert layout.found(settings) == layout.NUMBER
    assert not turnover.present(tmp_path / "nowhere")
    with pytest.raises(BoardError):
        publish.rollback(settings, SPACE, publish.PRODUCT)
