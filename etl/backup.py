"""One file from which an installation can be made again: ``python -m etl backup``.

Taken while the board runs. Writers of both spaces wait until it is done, so that logs, uploads, snapshots and pointers are
of one moment; readers, sign-ins and citations go on: accounts are copied in one transaction, and of the book of citations
the lines finished by then, whose snapshots nobody can remove meanwhile. Several servers share one truth, and a backup of it
has the same form, so that either kind of installation can be made from it.
"""

import io
import os
import re
import shutil
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from etl import archive, commit, keep, migrate, replica
from store import accounts_file, boundaries, citations, layout, ledger, postgres, shows, version
from store.errors import BackupError
from store.settings import FILES, SPACES, Settings
from store.snapshot import patiently, pointer_path

# Settings that are no secret: a restored installation should behave as the one that was lost.
SETTINGS = (
    "language",
    "space",
    "reading",
    "second_person",
    "sign_in",
    "address",
    "log",
    "log_level",
    "engine",
)
NAME = re.compile(r"board-\d{8}-\d{6}\.zip")
UNFINISHED = re.compile(r"\.board-\d{8}-\d{6}\.zip\.\d+")
LONG_AGO_SECONDS = 86_400  # nobody writes a backup for a day
FORGOTTEN = ("session", "attempt", "first_code")  # who is signed in and who tried in vain is of that day


def _free(folder: Path, moment: datetime) -> Path:
    """A name with the time; where two are made in one second the later one bears the next second."""
    while (path := folder / f"board-{moment:%Y%m%d-%H%M%S}.zip").exists():
        moment += timedelta(seconds=1)
    return path


def backup(settings: Settings, target: Path, keep_newest: int = 0) -> tuple[Path, archive.Told, list[Path]]:
    """Write a backup to a file, or into a folder under a name with the time; gives the file, what it holds, and the older
    ones that were removed from the folder (``keep_newest``: how many stay, 0: all).

    BackupError: the file is there already, the folder is not, a log is not whole, nothing is there to keep.
    """
    layout.require(settings, older=True)
    if layout.found(settings) == 0 and not settings.is_shared:
        raise BackupError("backup.empty", folder=str(settings.runtime_dir))
    folder = target if target.is_dir() else target.parent
    moment = datetime.now(UTC)
    path = _free(target, moment) if target.is_dir() else target
    if not folder.is_dir():
        raise BackupError("backup.no_folder", folder=str(folder))
    if path.exists():
        raise BackupError("backup.there", file=str(path))
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # Hashes of passwords are inside: nobody else's from the first byte on.
        with os.fdopen(
            os.open(aside, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o600), "w+b"
        ) as file:
            with zipfile.ZipFile(file, "w", allowZip64=True) as zipped:
                _write(settings, archive.Writer(zipped), moment)
            file.flush()
            os.fsync(file.fileno())
        told = archive.check(aside)  # a backup that nobody has read is none
        patiently(lambda: aside.replace(path))
    finally:
        aside.unlink(missing_ok=True)
    archive.flush_folder(folder)
    return path, told, _remove_older(path, keep_newest) if target.is_dir() and keep_newest else []


def _remove_older(made: Path, keep_newest: int) -> list[Path]:
    """Leave the backup that was just made, whatever time a clock that was put back has named it by, and the newest others."""
    folder = made.parent
    others = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name) and path != made)
    gone = others[: max(0, len(others) + 1 - keep_newest)]
    killed = [
        path
        for path in folder.iterdir()
        if UNFINISHED.fullmatch(path.name) and path.stat().st_mtime < time.time() - LONG_AGO_SECONDS
    ]
    for path in (*gone, *killed):
        path.unlink(missing_ok=True)
    return gone


def _write(settings: Settings, writer: archive.Writer, moment: datetime) -> None:
    with _held(settings):
        lines = {}
        for space in SPACES:
            state, line = keep.verify_log(settings, space)
            if state != "whole":
                raise BackupError("backup.log_broken", book=space, line=line)
            lines[space] = ledger.length(commit.ledger_path(settings, space))
        # First the citations: what is cited later may be missing, what is cited here is not.
        cited = ledger.whole(citations.file_path(settings))
        _add_log(settings, citations.file_path(settings), cited, writer)
        lines |= _accounts(settings, writer)
        if layout.path(settings).exists():
            writer.add(layout.FILE, io.BytesIO(layout.path(settings).read_bytes()))
        for space in SPACES:
            _space(settings, space, writer)
        _maps(settings, writer)
        lines["citations"] = cited.count(b"\n")
        facts = {
            "made": moment.isoformat(timespec="seconds"),
            "layout": layout.found(settings),
            "version": version.version(),
            "build": version.build(),
            "settings": {name: str(getattr(settings, name)) for name in SETTINGS},
            "lines": lines,
        }
        writer.close(facts)


@contextmanager
def _held(settings: Settings) -> Iterator[None]:
    """Nobody publishes, accepts or removes anything meanwhile; one of several servers has caught up with the others."""
    with ExitStack() as stack:
        for space in SPACES:
            stack.enter_context(replica.writing(settings, space))
        if settings.is_shared:
            citations.follow(settings)
            for space in SPACES:
                shows.follow(settings, space)
                replica.share_cited(settings, space)
        yield


def _add_log(settings: Settings, path: Path, data: bytes, writer: archive.Writer) -> None:
    if data:
        writer.add(_name(settings, path), io.BytesIO(data))


def _accounts(settings: Settings, writer: archive.Writer) -> dict[str, int]:
    """Accounts and their log, of one moment; without sessions, attempts and one-time codes."""
    if not settings.is_shared and not accounts_file.file_path(settings).exists():
        return {}
    with tempfile.TemporaryDirectory(prefix="board-backup-") as folder:
        alone = replace(settings, store=FILES, runtime_dir=Path(folder))
        copy, log = accounts_file.file_path(alone), accounts_file.log_path(alone)
        if settings.is_shared:
            with postgres.server(settings).connection() as db, db.transaction():
                if not migrate.accounts_to(alone, db):
                    return {}
        else:
            with accounts_file.logged(settings):
                source = accounts_file.file_path(settings)
                with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(copy)) as there:
                    here.backup(there)
                if accounts_file.log_path(settings).exists():
                    shutil.copyfile(accounts_file.log_path(settings), log)
        if accounts_file.verify_log(alone)[0] != "whole":
            raise BackupError("backup.log_broken", book="accounts", line=accounts_file.verify_log(alone)[1])
        with closing(sqlite3.connect(copy, isolation_level=None)) as db:
            for table in FORGOTTEN:
                db.execute(f"DELETE FROM {table}")
            db.execute("VACUUM")  # or the bytes of what was forgotten would go along
        for path in (copy, log):
            if path.exists():
                with path.open("rb") as file:
                    writer.add(path.name, file)
        return {"accounts": ledger.length(log)}


def _space(settings: Settings, space: str, writer: archive.Writer) -> None:
    """Pointer, log, every upload that a line names, every snapshot, every show."""
    log, pointer = commit.ledger_path(settings, space), pointer_path(settings, space)
    _add_log(settings, log, ledger.whole(log), writer)
    if pointer.exists():
        writer.add(f"{space}/CURRENT", io.BytesIO(pointer.read_bytes()))
    for folder in sorted(commit.named_folders(ledger.read(commit.ledger_path(settings, space)))):
        for name in (commit.ORIGINAL, commit.ROWS, commit.META):
            path = commit.upload_dir(settings, space, folder) / name
            if not path.exists():
                raise BackupError("backup.upload_lost", space=space, upload=folder)
            _add(settings, path, writer)
    for path in sorted((settings.space_dir(space) / "snapshots").glob("*.duckdb")):
        _add(settings, path, writer)
    for path in sorted(shows.folder(settings, space).glob("*.json")):
        try:
            writer.add(_name(settings, path), io.BytesIO(path.read_bytes()))
        except FileNotFoundError:  # removed by its presenter just now
            continue


def _maps(settings: Settings, writer: archive.Writer) -> None:
    for path in sorted(boundaries.root(settings).rglob("*")):
        if path.is_file() and archive.NAMES.fullmatch(_name(settings, path)):
            _add(settings, path, writer)


def _name(settings: Settings, path: Path) -> str:
    return path.relative_to(settings.runtime_dir).as_posix()


def _add(settings: Settings, path: Path, writer: archive.Writer) -> None:
    if archive.NAMES.fullmatch(_name(settings, path)):
        with path.open("rb") as file:
            writer.add(_name(settings, path), file)
