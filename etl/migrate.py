"""From one machine's files to a store that several servers share, and back; what was moved is compared, hash by hash.

The runtime folder of one machine and the copy of one of several servers look alike, so little has to move: into PostgreSQL
the logs, the bytes that they name, shows and accounts; back only the accounts, once the copy has caught up.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from etl import commit, inputs, keep, replica
from store import (
    accounts_file,
    accounts_shared,
    books,
    boundaries,
    citations,
    ledger,
    mirror,
    postgres,
    shows,
)
from store.errors import BoardError, StoreError
from store.settings import FILES, SPACES, Settings
from store.snapshot import pointed, snapshot_path

if TYPE_CHECKING:
    import psycopg

ACCOUNTS = {
    "account": "name, display, role, areas, identity, password, active, created, last_sign_in",
    "session": "token, name, opened, seen",
    "attempt": "key, count, locked_until, forgotten",
    "first_code": "id, hash, expires",
}
BEFORE = ".before"  # what a move back found in its place


def _logs(settings: Settings) -> Mapping[str, Path]:
    """Book -> its log on one machine."""
    spaces = {space: commit.ledger_path(settings, space) for space in SPACES}
    own = accounts_shared.BOOK, accounts_file.log_path(settings)
    return {**spaces, mirror.CITATIONS: citations.file_path(settings), own[0]: own[1]}


def to_postgresql(settings: Settings, folder: Path | None = None, aside: str = "") -> dict[str, int]:
    """Move one machine's files (``folder``: those of another runtime folder); book -> lines, and ``uploads``. ``aside``:
    the name under which what is shared already stays. StoreError: there is something already and no such name, or a log is
    not whole. Nothing of the files changes; a kill leaves what was shared before."""
    alone = replace(settings, store=FILES, runtime_dir=folder or settings.runtime_dir)
    server = postgres.server(settings)
    _require_whole(alone)
    with ExitStack() as held:
        for book in (*SPACES, mirror.CITATIONS):
            held.enter_context(
                server.held(book, commit.PATIENCE_SECONDS, BoardError("lock.busy", space=book))
            )
        for space in SPACES:
            held.enter_context(commit.space_lock(alone, space))
        with server.connection() as db, db.transaction():
            if books.heads(db):
                if not aside:
                    raise StoreError("store.not_empty")
                postgres.begin_anew(db, aside)
            counted = _fill(alone, db)
        _compare(settings, alone)
    return counted


def _fill(alone: Settings, db: psycopg.Connection) -> dict[str, int]:
    """Everything of one machine's files, inside a transaction of the caller's: all of it or nothing."""
    counted = {"uploads": 0}
    for space in SPACES:
        for folder in sorted(_named(alone, space)):
            books.keep_folder(db, space, commit.upload_dir(alone, space, folder))
            counted["uploads"] += 1
    for facts in boundaries.standing(alone):
        books.keep_folder(db, boundaries.SHELF, boundaries.folder(alone, facts["version"]))
    for book, path in _logs(alone).items():
        lines = ledger.read(path)
        if lines:
            edition = inputs.edition(alone, book) if book in SPACES else ""
            books.write(db, book, 0, ledger.GENESIS, lines, edition)
        counted[book] = len(lines)
    for space in SPACES:
        for path in sorted(shows.folder(alone, space).glob("*.json")):
            mirror.share_show(db, space, path.name, path.read_text(encoding="utf-8"))
        _keep_shown(alone, space, db)
    _accounts_in(alone, db)
    return counted


def _require_whole(settings: Settings) -> None:
    for space in SPACES:
        if keep.verify_log(settings, space)[0] != "whole":
            raise StoreError("store.log_broken", book=space)
    for book, path in _logs(settings).items():
        if ledger.verify(path):
            raise StoreError("store.log_broken", book=book)


def _keep_shown(alone: Settings, space: str, db: psycopg.Connection) -> None:
    """The published snapshot, where other servers could not build it themselves, and those that are cited."""
    entries = ledger.read(commit.ledger_path(alone, space))
    wanted = set(citations.snapshots(citations.known(alone), space))
    if any(entry["act"] in ledger.TURNS for entry in entries):
        shown = pointed(alone, space)[0]
        digest = inputs.gather(alone, space, standing=commit.folders_of(entries)).digest
        wanted |= set() if shown.endswith("-" + digest) else {shown}
    for name in sorted(wanted):
        path = snapshot_path(alone, space, name)
        if path.exists():
            books.keep_snapshot(db, space, name, path)


def _accounts_in(alone: Settings, db: psycopg.Connection) -> None:
    path = accounts_file.file_path(alone)
    if not path.exists():
        return
    with closing(sqlite3.connect(path)) as file, db.cursor() as cursor:
        if not file.execute("PRAGMA user_version").fetchone()[0]:
            return
        for table, columns in ACCOUNTS.items():
            marks = ", ".join(["%s"] * len(columns.split(",")))
            rows = file.execute(f"SELECT {columns} FROM {table}").fetchall()
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def to_files(settings: Settings) -> dict[str, int]:
    """Make this server's copy the truth of one machine: it catches up, and takes the accounts in; book -> lines, and
    ``uploads``. Nothing of what is shared changes; the other servers must be switched off first."""
    server = postgres.server(settings)
    with ExitStack() as held:
        for space in SPACES:
            held.enter_context(replica.writing(settings, space))
        held.enter_context(citations.held(settings))
        for space in SPACES:
            shows.follow(settings, space)
        with server.connection() as db, db.transaction():
            _accounts_out(settings, db)
        _compare(settings)
        counted = {book: ledger.length(path) for book, path in _logs(settings).items()}
        return counted | {"uploads": sum(len(_named(settings, space)) for space in SPACES)}


def _named(settings: Settings, space: str) -> set[str]:
    return commit.named_folders(ledger.read(commit.ledger_path(settings, space)))


def _accounts_out(settings: Settings, db: psycopg.Connection) -> None:
    """The file of accounts and its log, written aside and put in place; what was there keeps another name."""
    with tempfile.TemporaryDirectory(prefix=".accounts.", dir=settings.runtime_dir) as aside:
        alone = replace(settings, store=FILES, runtime_dir=Path(aside))
        if accounts_to(alone, db):
            for made in (accounts_file.log_path(alone), accounts_file.file_path(alone)):
                there = settings.runtime_dir / made.name
                if there.exists():
                    there.replace(there.with_name(there.name + BEFORE))
                made.replace(there)


def accounts_to(alone: Settings, db: psycopg.Connection) -> bool:
    """Write the shared accounts and their log, of one moment, as the files of a folder that has none; whether there were
    any. The first thing in a transaction of the caller's."""
    db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    lines = books.lines_after(db, accounts_shared.BOOK, 0)
    if not lines:
        return False
    with accounts_file.writing(alone) as file:
        for table, columns in ACCOUNTS.items():
            marks = ", ".join(["?"] * len(columns.split(",")))
            rows = db.execute(f"SELECT {columns} FROM {table}").fetchall()
            file.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
        ledger.extend(accounts_file.log_path(alone), lines)
        file.execute("INSERT OR REPLACE INTO log_head VALUES (1, ?, ?)", (len(lines), lines[-1]["hash"]))
    return True


def _compare(settings: Settings, here: Settings | None = None) -> None:
    """Every line and every file on both sides is the same; StoreError naming the first that is not."""
    here = here or settings
    with postgres.server(settings).connection() as db:
        for book, path in _logs(here).items():
            if [ledger.text(line) for line in books.lines_after(db, book, 0)] != [
                ledger.text(line) for line in ledger.read(path)
            ]:
                raise StoreError("store.differs", what=book)
        for space in SPACES:
            for folder in sorted(_named(here, space)):
                place = commit.upload_dir(here, space, folder)
                found = {path.name: books.hash_of(path) for path in place.iterdir()}
                if books.folder_files(db, space, folder) != found or not books.is_whole(db, found.values()):
                    raise StoreError("store.differs", what=f"{space}/{folder}")


def checked(settings: Settings) -> list[tuple[str, str, Mapping[str, object]]]:
    """How the store and this server's copy stand: (``good`` or ``bad``, key of a sentence, its facts), in order. Changes
    nothing; StoreError when the store cannot be reached."""
    said: list[tuple[str, str, Mapping[str, object]]] = []
    with postgres.server(settings).connection() as db:
        with db.transaction():
            db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            heads = books.heads(db)
            logs = {book: books.lines_after(db, book, 0) for book in _logs(settings)}
        for book, lines in logs.items():
            state, line = accounts_shared.verified(heads.get(book, books.Head()), lines)
            said.append(
                ("good" if state == "whole" else "bad", f"store_log_{state}", {"book": book, "line": line})
            )
        for space in SPACES:
            folders = sorted(commit.named_folders(logs[space]))
            files = {folder: books.folder_files(db, space, folder) for folder in folders}
            lost = [
                name for name in folders if not files[name] or not books.is_whole(db, files[name].values())
            ]
            facts = {"book": space, "count": len(folders), "lost": ", ".join(lost)}
            said.append(("bad", "store_bytes_lost", facts) if lost else ("good", "store_bytes", facts))
        for space in SPACES:
            said.append(_copy(settings, space, heads.get(space, books.Head())))
    return said


def _copy(settings: Settings, space: str, head: books.Head) -> tuple[str, str, Mapping[str, object]]:
    lines, _ = mirror.local_head(commit.ledger_path(settings, space))
    facts = {"book": space, "behind": head.lines - lines}
    if head.edition and head.edition != inputs.edition(settings, space):
        return "bad", "store_edition", facts
    return "good", "store_level" if facts["behind"] == 0 else "store_behind", facts
