"""A backup -> an installation: ``python -m etl restore``. Nothing is replaced before everything was unpacked and checked.

Checked are the archive's own form, every hash, the chain of every log, that every accepted file is there and is the one its
line names, that the published snapshot opens, and the accounts. What was there before is kept aside. Several servers get
the backup into what they share in one transaction.
"""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from etl import archive, commit, keep, migrate, turnover
from etl.backup import SETTINGS
from store import accounts_file, citations, layout, ledger, postgres
from store import books as shared
from store.errors import BackupError, BoardError
from store.settings import FILES, SPACES, Settings
from store.snapshot import Snapshot, pointed, snapshot_path

SPARE_BYTES = 64 * 1024**2  # left free on the disk


@dataclass(frozen=True)
class Restored:
    """``before``: where what was there lies now (None: nothing was); ``schema``: the same in PostgreSQL; ``other``: settings
    of the backup that differ from those of now, name -> (then, now)."""

    told: archive.Told
    folder: Path
    before: Path | None
    schema: str
    other: Mapping[str, tuple[str, str]]


def restore(settings: Settings, file: Path, into: Path | None = None, overwrite: bool = False) -> Restored:
    """Make the installation (``into``: another folder, as one machine's files) that a backup holds. ``overwrite``: also where
    something is; it stays aside. BackupError says what keeps the backup out; nothing has changed then."""
    if not file.is_file():
        raise BackupError("backup.no_file", file=file.name)
    settings = replace(settings, store=FILES, runtime_dir=into) if into else settings
    runtime = settings.runtime_dir
    runtime.mkdir(parents=True, exist_ok=True)
    lock = FileLock(runtime / "restore.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BackupError("backup.busy", folder=str(runtime)) from None
    try:
        turnover.finish(runtime)
        moment = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
        schema = f"board_before_{moment.replace('-', '_')}" if _is_shared_used(settings) else ""
        if ((turnover.present(runtime) and layout.found(settings)) or schema) and not overwrite:
            raise BackupError("backup.not_empty", folder=str(runtime))
        told = _unpacked(settings, file)
        if settings.is_shared:
            if told.layout < layout.NUMBER:
                raise BackupError("backup.older_shared")
            migrate.to_postgresql(settings, turnover.staging(runtime) / turnover.FILES, schema)
            for path in (turnover.staging(runtime) / turnover.FILES).glob("accounts.*"):
                path.unlink()  # shared from now on, and nowhere else
        before = turnover.turn(runtime, moment)
    except BaseException:
        if not (turnover.staging(runtime) / layout.READY).exists():
            turnover.clear(runtime)
        raise
    finally:
        lock.release()
    now = {name: str(getattr(settings, name)) for name in SETTINGS}
    other = {
        name: (word, now[name]) for name, word in told.settings.items() if name in now and now[name] != word
    }
    return Restored(told, runtime, before, schema, other)


def _is_shared_used(settings: Settings) -> bool:
    if not settings.is_shared:
        return False
    with postgres.server(settings).connection() as db:
        return bool(shared.heads(db))


def _unpacked(settings: Settings, file: Path) -> archive.Told:
    """Unpack beside what is there and check all of it."""
    with archive.opened(file) as zipped:
        told = archive.told(zipped, file)
        free = shutil.disk_usage(settings.runtime_dir).free
        if told.size + SPARE_BYTES > free:
            raise BackupError("backup.space", needed=_megabytes(told.size), free=_megabytes(free))
        files = turnover.begin(settings.runtime_dir)
        for name, wanted in told.files.items():
            target = files / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(target, "xb", opener=_closed) as out:
                archive.read(zipped, file, name, wanted, out)
            commit.flush(target)
    require_sound(replace(settings, store=FILES, runtime_dir=files), file)
    return told


def _closed(path: str, flags: int) -> int:
    """Opens a new file that is nothing for other accounts of the machine: hashes of passwords are among them."""
    return os.open(path, flags, 0o660)


def _megabytes(size: int) -> int:
    return -(-size // 1024**2)


def require_sound(alone: Settings, file: Path) -> None:
    """BackupError unless the folder is one that the board can go on with: hashes say that the bytes are those that were
    packed, this says that they make sense."""

    def refuse(what: str) -> BackupError:
        return BackupError("backup.unsound", file=file.name, what=what)

    layout.require(alone, older=True)
    for space in SPACES:
        log = commit.ledger_path(alone, space)
        try:
            if keep.verify_log(alone, space)[0] != "whole":
                raise refuse(f"{space}/ledger.jsonl")
            entries = ledger.read(log)
            for entry in entries:
                if entry["act"] in ("submit", "accept"):
                    folder = commit.upload_dir(alone, space, entry.get("folder", entry["upload_id"]))
                    with (folder / commit.ORIGINAL).open("rb") as upload:
                        if hashlib.file_digest(upload, "sha256").hexdigest() != entry["sha256"]:
                            raise refuse(f"{space}/uploads/{folder.name}")
            if any(entry["act"] in ledger.TURNS for entry in entries):
                snapshot = Snapshot(snapshot_path(alone, space, pointed(alone, space)[0]))
                snapshot.cursor().execute("SELECT count(*) FROM meta").fetchone()
                snapshot.close()
        except BackupError:
            raise
        except (BoardError, OSError, ValueError, KeyError, TypeError, IndexError) as error:
            raise refuse(f"{space}: {error}") from error
    try:
        if ledger.verify(citations.file_path(alone)):
            raise refuse("citations.jsonl")
        citations.known(alone)
        _accounts(alone)
    except (BoardError, sqlite3.Error) as error:
        raise error if isinstance(error, BackupError) else refuse(str(error)) from error


def _accounts(alone: Settings) -> None:
    path = accounts_file.file_path(alone)
    if not path.exists():
        return
    with closing(sqlite3.connect(path)) as db:
        if db.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise BackupError("backup.unsound", file=path.name, what=path.name)
    if accounts_file.verify_log(alone)[0] != "whole":
        raise BackupError("backup.unsound", file=path.name, what=accounts_file.log_path(alone).name)
