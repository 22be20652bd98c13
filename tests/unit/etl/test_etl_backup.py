"""Backup and restore: destroyed and made again with everything; damaged and hostile archives change nothing; a kill anywhere
leaves the old state or is finished."""

import errno
import hashlib
import json
import os
import shutil
import stat
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from etl import archive, cli, commit, keep, migrate, publish, replica, turnover
from etl.backup import backup
from etl.restore import restore
from store import accounts, accounts_file, books, citations, layout, ledger, postgres, sessions, shows
from store.access import ADMINISTRATOR, User
from store.errors import BackupError, BoardError, LayoutError
from store.periods import VIET_NAM
from store.settings import FILES, Settings
from store.snapshot import current_id
from tests import builders
from tests.cluster import Cluster

SPACE = "official"
TODAY = date(2025, 6, 1)
TEN = builders.rows("01837,pay_rate,2024-Q1,10,100,,")
TWELVE = builders.rows("02017,pay_rate,2024-Q1,12,100,,")
HOST = User("máy chủ", ADMINISTRATOR)
PASSWORD = "mật khẩu đủ dài"


def _load(settings: Settings, data: bytes) -> None:
    publish.load_bytes(settings, SPACE, [("tep.csv", data)], builders.LAN, TODAY)


def _fill(settings: Settings) -> str:
    """Figures, an account, a citation of an earlier snapshot, a show; gives the citation's code."""
    _load(settings, TEN)
    cited = citations.cite(settings, builders.LAN, SPACE, current_id(settings, SPACE), "overview", {}, "vi")
    _load(settings, TWELVE)
    accounts.add(settings, HOST, "lan", "Lan", ADMINISTRATOR, [], PASSWORD)
    sessions.sign_in(settings, "lan", PASSWORD)
    shows.save(
        settings, SPACE, builders.LAN, "Sơ kết", shows.plan_of({"lines": {"title": "Quý I"}}), accounts=False
    )
    return cited.code


def _told(settings: Settings) -> dict[str, object]:
    """What readers and officials see of an installation."""
    figures = publish.published_figures(settings, SPACE)
    return {
        "shown": current_id(settings, SPACE),
        "figures": figures.to_csv(),
        "log": ledger.read(commit.ledger_path(settings, SPACE)),
        "verified": keep.verify_log(settings, SPACE)[0],
        "uploads": {
            name: builders.everything_below(commit.upload_dir(settings, SPACE, name))
            for name in commit.accepted_folders(settings, SPACE).values()
        },
        "accounts": [(item.user, item.has_password, item.active) for item in accounts.listed(settings)],
        "account_log": accounts_file.entries(settings),
        "account_log_verified": accounts_file.verify_log(settings),
        "citations": dict(citations.known(settings)),
        "shows": shows.saved(settings, SPACE),
    }


def _code(act: Callable, *given: object, **named: object) -> str:
    with pytest.raises(BoardError) as refused:
        act(*given, **named)
    return refused.value.code


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Path, dict[str, object], str]:
    """An installation on files, its backup, what it told and the code of its citation; tests copy, none changes it."""
    folder = tmp_path_factory.mktemp("lost")
    settings = builders.settings(folder)
    code = _fill(settings)
    made, _, _ = backup(settings, folder / "keep.zip")
    return settings, made, _told(settings), code


@pytest.fixture
def other(lost: tuple, tmp_path: Path) -> Settings:
    """Another installation by the same definitions, with other figures."""
    settings = replace(lost[0], runtime_dir=tmp_path / "runtime")
    _load(settings, builders.rows("01837,pay_rate,2024-Q1,33,100,,"))
    return settings


# ---------------------------------------------------------------- destroyed and made again


def test_destroyed_and_restored_everything_is_as_it_was(lost: tuple, tmp_path: Path) -> None:
    settings, made, told, code = lost
    again = replace(settings, runtime_dir=tmp_path / "runtime")
    done = restore(again, made)
    assert _told(again) == told and told["verified"] == "whole" and told["account_log_verified"][0] == "whole"
    assert done.before is None and not turnover.staging(again.runtime_dir).exists()
    assert citations.find(again, code).snapshot_id != current_id(again, SPACE)
    assert replica.has(again, SPACE, citations.find(again, code).snapshot_id), "the cited snapshot came along"
    assert sessions.verify(again, "lan", PASSWORD).name == "lan"
    if os.name != "nt":
        assert accounts_file.file_path(again).stat().st_mode & stat.S_IRWXO == 0, "nothing for others"
    _load(again, builders.rows("01837,pay_rate,2024-Q2,5,100,,"))  # and work goes on
    assert keep.verify_log(again, SPACE)[0] == "whole"


def test_what_a_backup_holds(lost: tuple) -> None:
    settings, made, _, _ = lost
    with zipfile.ZipFile(made) as zipped:
        assert zipped.testzip() is None
        accounts_bytes = zipped.read("accounts.sqlite")
        manifest = json.loads(zipped.read("manifest.json"))
    assert manifest["layout"] == layout.NUMBER and manifest["settings"]["reading"] == "open"
    assert "store" not in manifest["settings"] and "metrics_token" not in manifest["settings"], "no secrets"
    with accounts_file.reading(settings) as db:
        token = db.execute("SELECT token FROM session").fetchone()["token"]
    assert token.encode() not in accounts_bytes, "who is signed in stays behind, also in freed pages"
    if os.name != "nt":
        assert stat.S_IMODE(made.stat().st_mode) == 0o600, "hashes of passwords are nothing for others"


def test_the_command_speaks_and_keeps_the_newest(lost: tuple, tmp_path: Path, monkeypatch, capsys) -> None:
    settings, made, _, _ = lost
    monkeypatch.setenv("BOARD_RUNTIME", str(tmp_path / "runtime"))
    monkeypatch.setenv("BOARD_DATA", str(settings.reference_dir.parent))
    monkeypatch.setenv("BOARD_READING", "members")
    assert cli.main(["restore", str(made)]) == 0
    said = capsys.readouterr().out
    with zipfile.ZipFile(made) as zipped:
        moment = datetime.fromisoformat(json.loads(zipped.read("manifest.json"))["made"])
    assert f"bản sao lưu lúc {moment.astimezone(VIET_NAM):%H:%M ngày %d/%m/%Y}" in said
    assert "BOARD_READING khi sao lưu là open, nay là members" in said and "nhật ký official: 4 dòng" in said
    assert cli.main(["restore", str(made)]) == 1 and "--replace" in capsys.readouterr().err
    nightly = tmp_path / "nightly"
    nightly.mkdir()
    for name in ("board-20250101-000000.zip", "board-20250102-000000.zip", "chuyen-khac.zip"):
        (nightly / name).write_bytes(b"")
    for name, day in ((".board-20250103-000000.zip.7", 0), (".board-20250104-000000.zip.8", 2**33)):
        (nightly / name).write_bytes(b"")  # killed long ago, and being written
        os.utime(nightly / name, (day, day))
    assert cli.main(["backup", str(nightly), "--keep", "2"]) == 0
    left = sorted(path.name for path in nightly.iterdir())
    assert left[:2] == [".board-20250104-000000.zip.8", "board-20250102-000000.zip"]
    assert left[3:] == ["chuyen-khac.zip"]
    assert "Đã xóa bản sao lưu cũ board-20250101-000000.zip" in capsys.readouterr().out
    assert cli.main(["backup", str(made)]) == 1 and "không ghi đè" in capsys.readouterr().err
    assert (
        cli.main(["backup", str(tmp_path / "khong-co" / "a.zip")]) == 1
        and "khong-co" in capsys.readouterr().err
    )


def test_a_clock_that_was_put_back_removes_no_new_backup(lost: tuple, tmp_path: Path) -> None:
    for name in ("board-29990101-000000.zip", "board-29990102-000000.zip"):
        (tmp_path / name).write_bytes(b"")
    for keep_newest, gone in ((2, ["board-29990101-000000.zip"]), (1, ["board-29990102-000000.zip"])):
        made, _, removed = backup(lost[0], tmp_path, keep_newest)
        assert made.exists() and gone[0] in [path.name for path in removed]
        assert len(list(tmp_path.iterdir())) == keep_newest


def test_taken_while_files_are_accepted_it_is_of_one_moment(other: Settings, tmp_path: Path) -> None:
    """Backups beside a writer: each restores, with a whole log and the figures that its log accepts."""
    over = threading.Event()

    def write() -> None:
        number = 0
        while not over.is_set():
            number += 1
            _load(other, builders.rows(f"01837,pay_rate,2024-Q1,{30 + number % 40},100,,"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [backup(other, tmp_path / f"{number}.zip")[0] for number in range(3)]
    finally:
        over.set()
        writer.join()
    for number, path in enumerate(made):
        again = replace(other, runtime_dir=tmp_path / f"again-{number}")
        restore(again, path)
        snapshot = ledger.publications(commit.ledger_path(again, SPACE))[-1]
        assert snapshot == current_id(again, SPACE)
        assert publish.uploads_of(again, SPACE, snapshot) == commit.accepted_ids(again, SPACE)


def test_a_log_that_is_not_whole_is_not_backed_up(other: Settings, tmp_path: Path) -> None:
    log = commit.ledger_path(other, SPACE)
    log.write_bytes(log.read_bytes().replace(b'"rows": 1', b'"rows": 2'))
    assert _code(backup, other, tmp_path / "keep.zip") == "backup.log_broken"
    assert not list(tmp_path.glob("*.zip")) and not list(tmp_path.glob(".*.zip*"))


# ---------------------------------------------------------------- over what is there


def test_what_is_there_is_replaced_only_when_asked_and_stays_aside(lost: tuple, other: Settings) -> None:
    _, made, told, _ = lost
    before = _told(other)
    assert _code(restore, other, made) == "backup.not_empty" and _told(other) == before
    done = restore(other, made, overwrite=True)
    assert _told(other) == told
    assert _told(replace(other, runtime_dir=done.before)) == before, "the old installation is whole, aside"


def test_into_another_folder(lost: tuple, other: Settings, tmp_path: Path) -> None:
    _, made, told, _ = lost
    before = _told(other)
    done = restore(other, made, into=tmp_path / "beside")
    assert _told(replace(other, runtime_dir=done.folder)) == told and _told(other) == before


# ---------------------------------------------------------------- damaged and hostile archives


def _rewritten(made: Path, target: Path, change: Callable[[dict, dict], None]) -> Path:
    """The archive with other members: name or ZipInfo -> bytes, and the manifest."""
    with zipfile.ZipFile(made) as zipped:
        members = {name: zipped.read(name) for name in zipped.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    change(members, manifest)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in members.items():
            zipped.writestr(name, data)
        zipped.writestr("manifest.json", json.dumps(manifest))
    return target


def _put(members: dict, manifest: dict, name: str, data: bytes, member: object = None) -> None:
    """A file that the manifest names too, as somebody who knows the form would."""
    members[member or name] = data
    manifest["files"][name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _link(members: dict, manifest: dict) -> None:
    info = zipfile.ZipInfo("LAYOUT")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    members.pop("LAYOUT")
    _put(members, manifest, "LAYOUT", b"/etc/passwd", info)


def _forged_log(members: dict, manifest: dict) -> None:
    log = members["official/ledger.jsonl"].replace(b'"by": "Lan"', b'"by": "Hoa"')
    _put(members, manifest, "official/ledger.jsonl", log)


def _forged_upload(members: dict, manifest: dict) -> None:
    name = next(name for name in members if name.endswith("original.csv"))
    _put(members, manifest, name, members[name] + b"\n")


def _without_snapshot(members: dict, manifest: dict) -> None:
    for name in [name for name in members if name.endswith(".duckdb")]:
        del members[name], manifest["files"][name]


HOSTILE = {
    "outside": (lambda m, f: _put(m, f, "../outside.txt", b"x"), "backup.foreign"),
    "absolute": (lambda m, f: _put(m, f, "/outside.txt", b"x"), "backup.foreign"),
    "windows path": (lambda m, f: _put(m, f, "official\\..\\..\\a.txt", b"x"), "backup.foreign"),
    "inside, going out": (
        lambda m, f: _put(m, f, "official/snapshots/../../../a-0123456789ab.duckdb", b"x"),
        "backup.foreign",
    ),
    "program": (lambda m, f: _put(m, f, "official/sitecustomize.py", b"x"), "backup.foreign"),
    "link": (_link, "backup.foreign"),
    "not in the manifest": (lambda m, f: m.update({"citations.jsonl.": b"x"}), "backup.foreign"),
    "larger than told": (lambda m, f: m.update({"LAYOUT": b"2\n" * 1000}), "backup.foreign"),
    "other bytes": (lambda m, f: m.update({"LAYOUT": b"1\n"}), "backup.damaged"),
    "lost file": (lambda m, f: m.pop("official/CURRENT"), "backup.damaged"),
    "too large for any disk": (
        lambda m, f: f["files"].update(LAYOUT={"bytes": 10**18, "sha256": "0"}),
        "backup.foreign",
    ),
    "newer layout": (lambda m, f: f.update(layout=layout.NUMBER + 1), "backup.newer"),
    "newer form": (lambda m, f: f.update(form=archive.FORM + 1), "backup.newer"),
    "another product": (lambda m, f: f.update(product="x"), "backup.none"),
    "no facts": (lambda m, f: f.pop("files"), "backup.none"),
    "no moment": (lambda m, f: f.update(made="yesterday"), "backup.none"),
    "no number": (lambda m, f: f.update(layout=float("inf")), "backup.none"),
    "forged log": (_forged_log, "backup.unsound"),
    "forged upload": (_forged_upload, "backup.unsound"),
    "without its snapshot": (_without_snapshot, "backup.unsound"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_an_archive_that_is_not_ours_changes_nothing(case: str, lost: tuple, tmp_path: Path) -> None:
    change, code = HOSTILE[case]
    spoiled = _rewritten(lost[1], tmp_path / "keep.zip", change)
    again = replace(lost[0], runtime_dir=tmp_path / "in" / "runtime")
    assert _code(restore, again, spoiled) == code
    left = {path.name for path in (tmp_path / "in").rglob("*")}
    assert left <= {"runtime", "restore.lock"} and layout.found(again) == 0


def test_a_cut_or_spoiled_file_is_refused_in_a_plain_sentence(
    lost: tuple, tmp_path: Path, monkeypatch, capsys
) -> None:
    whole = lost[1].read_bytes()
    middle = len(whole) // 2
    flipped = (
        whole[:middle] + bytes(255 - byte for byte in whole[middle : middle + 64]) + whole[middle + 64 :]
    )
    for data in (b"", b"PK", whole[: len(whole) * 2 // 3], flipped):
        (tmp_path / "keep.zip").write_bytes(data)
        monkeypatch.setenv("BOARD_RUNTIME", str(tmp_path / "runtime"))
        assert cli.main(["restore", str(tmp_path / "keep.zip")]) == 1
        assert "hỏng" in capsys.readouterr().err and not turnover.present(tmp_path / "runtime")
    assert cli.main(["restore", str(tmp_path / "khong-co.zip")]) == 1
    assert "Không có tệp khong-co.zip" in capsys.readouterr().err


def test_a_full_disk_is_said_before_anything_is_written(lost: tuple, other: Settings, monkeypatch) -> None:
    before = _told(other)
    full = shutil._ntuple_diskusage(10**9, 10**9 - 1000, 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    assert _code(restore, other, lost[1], overwrite=True) == "backup.space"
    assert _told(other) == before


def test_a_disk_that_fills_up_on_the_way_leaves_no_half_file(
    other: Settings,
    lost: tuple,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    before, target = _told(other), tmp_path / "backups"
    target.mkdir()
    monkeypatch.setenv("BOARD_RUNTIME", str(other.runtime_dir))
    monkeypatch.setenv("BOARD_DATA", str(other.reference_dir.parent))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for place, name, words in (
        (archive.Writer, "close", ["backup", str(target)]),
        (commit, "flush", ["restore", str(lost[1]), "--replace"]),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, full)
            assert cli.main(words) == 1
        said = capsys.readouterr().err
        assert "Ổ đĩa đã đầy" in said or "No space left" in said
    assert not list(target.iterdir()) and _told(other) == before
    assert not turnover.staging(other.runtime_dir).exists()


# ---------------------------------------------------------------- killed on the way


class Killed(BaseException):
    """As a kill: nothing is tidied up."""


@pytest.mark.parametrize("stop", (1, 2, 3, 4, 7, 20))
def test_killed_anywhere_the_old_stays_or_the_new_is_finished(
    stop: int, lost: tuple, other: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at the n-th move: before the note of what to move nothing has changed; after it the board says what to do and
    the next command finishes."""
    _, made, told, _ = lost
    before, moves = _told(other), []
    for name in ("replace", "rename"):
        original = getattr(Path, name)

        def moved(path: Path, target: Path, original=original) -> Path:
            if turnover.RESTORING in str(path) or turnover.BEFORE in str(target):
                moves.append(target)
                if len(moves) == stop:
                    raise Killed
            return original(path, target)

        monkeypatch.setattr(Path, name, moved)
    monkeypatch.setattr(turnover, "clear", lambda _: None)  # who is killed clears nothing away
    killed = True
    try:
        restore(other, made, overwrite=True)
        killed = False
    except Killed:
        pass
    finally:
        monkeypatch.undo()
    if not killed:
        assert _told(other) == told and stop > 5, "there were fewer moves than this"
    elif (turnover.staging(other.runtime_dir) / layout.READY).exists():
        with pytest.raises(LayoutError) as refused:
            layout.require(other)
        assert refused.value.code == "layout.restoring"
        half = other.runtime_dir.parent / "half.zip"
        assert _code(backup, other, half) == "layout.restoring" and not half.exists()
        with monkeypatch.context() as patch:
            patch.setenv("BOARD_RUNTIME", str(other.runtime_dir))
            patch.setenv("BOARD_DATA", str(other.reference_dir.parent))
            assert cli.main(["upgrade"]) == 0
        assert _told(other) == told
    else:
        assert _told(other) == before
        assert restore(other, made, overwrite=True) and _told(other) == told


@pytest.mark.parametrize("stop", (1, 2, 5))
@pytest.mark.parametrize("number", (errno.EACCES, errno.EBUSY))
def test_what_the_system_will_not_move_is_told_and_all_is_as_before(
    stop: int, number: int, lost: tuple, other: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where a page holds a snapshot open, or where a space is a disk of its own."""
    before, moves, rename = _told(other), [], Path.rename

    def moved(path: Path, target: Path) -> Path:
        moves.append(target)
        if len(moves) == stop:
            raise OSError(number, "in use")
        return rename(path, target)

    with monkeypatch.context() as patch, pytest.raises((BackupError, OSError)) as refused:
        patch.setattr(Path, "rename", moved)
        restore(other, lost[1], overwrite=True)
    assert number == errno.EBUSY or refused.value.code == "backup.in_use"
    assert _told(other) == before and not list(other.runtime_dir.glob(f"{turnover.BEFORE}*"))
    layout.require(other)


# ---------------------------------------------------------------- several servers


@pytest.fixture
def shared(lost: tuple, tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """One of several servers by the same definitions, on a database of its own."""
    monkeypatch.setattr(postgres, "ASLEEP_SECONDS", 0.0)
    return replace(lost[0], runtime_dir=tmp_path / "server", store=cluster.database())


def test_from_files_into_postgresql_and_back(lost: tuple, shared: Settings, tmp_path: Path) -> None:
    settings, made, told, code = lost
    restore(shared, made)
    assert _told(shared) == told
    assert not accounts_file.file_path(shared).exists(), "accounts are in the store and nowhere else"
    beside = replace(shared, runtime_dir=tmp_path / "second")
    assert (
        replica.follow(beside, SPACE) and publish.published_figures(beside, SPACE).to_csv() == told["figures"]
    )
    assert all(state == "good" for state, _, _ in migrate.checked(shared))
    again, _, _ = backup(shared, tmp_path / "shared.zip")
    alone = replace(settings, runtime_dir=tmp_path / "alone", store=FILES)
    restore(alone, again)
    assert _told(alone) == told and citations.find(alone, code) is not None


def test_shared_accounts_are_of_the_moment_of_their_log(
    shared: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.add(shared, HOST, "lan", "", ADMINISTRATOR, [], PASSWORD)
    read = books.lines_after

    def late(db: object, book: str, number: int) -> list[dict]:
        lines = read(db, book, number)
        if book == "accounts" and len(lines) == 1:  # another server is at work between two questions
            accounts.add(shared, HOST, "muon", "", ADMINISTRATOR, [], PASSWORD)
        return lines

    with monkeypatch.context() as patch:
        patch.setattr(books, "lines_after", late)
        made, _, _ = backup(shared, tmp_path / "keep.zip")
    alone = replace(shared, runtime_dir=tmp_path / "alone", store=FILES)
    restore(alone, made)
    assert [item.user.name for item in accounts.listed(alone)] == ["lan"]
    assert [item.user.name for item in accounts.listed(shared)] == ["lan", "muon"]


def test_the_shared_store_is_replaced_in_one_step_and_stays_aside(
    lost: tuple, shared: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, made, told, _ = lost
    _load(shared, builders.rows("01837,pay_rate,2024-Q1,33,100,,"))
    before = _told(shared)
    assert _code(restore, shared, made) == "backup.not_empty"
    with monkeypatch.context() as patch, pytest.raises(Killed):

        def cut(*_: object) -> None:
            raise Killed

        patch.setattr(migrate, "_accounts_in", cut)  # the last of what goes into the store
        restore(shared, made, overwrite=True)
    assert _told(shared) == before and replica.follow(shared, SPACE) is False
    done = restore(shared, made, overwrite=True)
    assert _told(shared) == told
    with postgres.server(shared).connection() as db:
        kept = db.execute(f"SELECT count(*) FROM {done.schema}.line WHERE book = 'official'").fetchone()[0]
    assert kept == len(before["log"])


def test_a_backup_error_names_no_address(shared: Settings, tmp_path: Path) -> None:
    gone = replace(shared, store="postgresql://board:rat-mat@127.0.0.1:9/x")
    with pytest.raises(BoardError) as refused:
        backup(gone, tmp_path / "keep.zip")
    assert "rat-mat" not in str(refused.value) and not isinstance(refused.value, BackupError)
