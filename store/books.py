"""What must be the same for everybody who writes: logs, the bytes they name, who may write now. Two ways to keep it.

``Alone``: the files of the runtime folder are the truth, on one machine. ``Together``: PostgreSQL is, and the runtime
folder of each server is a copy of an earlier state of it, whole in itself: pages read that copy and never wait. What is
written goes to PostgreSQL first and, once it is there, to the copy.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from store import ledger, postgres
from store.errors import BoardError, DiskError, StoreError
from store.settings import Settings

if TYPE_CHECKING:
    import psycopg

PIECE_BYTES = 4 * 1024**2  # as store/shared.sql
ASK_AGAIN = (0.2, 0.5, 1.0, 2.0)  # seconds between looks whether an interrupted writing came through


@dataclass(frozen=True)
class Head:
    """How far a log goes, which snapshot it shows by which line, and by which edition of the definitions."""

    lines: int = 0
    hash: str = ledger.GENESIS
    snapshot_id: str = ""
    shown_by: int = 0
    edition: str = ""


class Books(Protocol):
    """The promises that both ways keep. A ``book`` is a log's name: a space, ``citations`` or ``accounts``."""

    def held(self, book: str, patience: float, busy: BoardError) -> AbstractContextManager[object]:
        """Nobody on another server writes this book meanwhile; ``busy`` is raised when that takes too long."""

    def append(self, book: str, path: Path, by: str, acts: ledger.Acts, edition: str = "") -> list[dict]:
        """Write lines durably, all or none, after the last one. The caller holds the book, and the copy is up to date."""

    def keep(self, space: str, folder: Path, shelf: str = "") -> None:
        """Make the files of a folder durable for everybody, before a line of the space names them. ``shelf``: where they
        lie, else with the space's uploads."""

    def forget(self, space: str, folders: Collection[str]) -> None:
        """Take back folders that no line names."""


class Alone:
    """Files of one machine: the caller's file lock and the log's own durable writing are all there is to it."""

    def held(self, book: str, patience: float, busy: BoardError) -> AbstractContextManager[object]:
        """The caller's file lock does it."""
        return nullcontext()

    def append(self, book: str, path: Path, by: str, acts: ledger.Acts, edition: str = "") -> list[dict]:
        """See ``ledger.append_together``."""
        return ledger.append_together(path, by, acts)

    def keep(self, space: str, folder: Path, shelf: str = "") -> None:
        """The folder is where it belongs."""

    def forget(self, space: str, folders: Collection[str]) -> None:
        """Nothing is kept elsewhere."""


class Together:
    """PostgreSQL, with the files as this server's copy."""

    def __init__(self, settings: Settings) -> None:
        self.server = postgres.server(settings)

    def held(
        self, book: str, patience: float, busy: BoardError
    ) -> AbstractContextManager[psycopg.Connection]:
        """A lock of the server's, bound to the connection that writes."""
        return self.server.held(book, patience, busy)

    def _writing(self, book: str) -> psycopg.Connection:
        """The connection that holds the book; without one nothing may be written."""
        db = self.server.holding(book)
        if db is None:
            raise StoreError("store.refused", state="not held")
        return db

    def append(self, book: str, path: Path, by: str, acts: ledger.Acts, edition: str = "") -> list[dict]:
        """To PostgreSQL in one transaction, then to the copy. A copy that is not up to date writes nothing."""
        db = self._writing(book)
        known, previous = ledger.head(path)
        lines = ledger.chained(previous, by, acts)
        try:
            append(db, book, known, previous, lines, edition)
        except _driver_error() as error:
            self._require_through(book, known + len(lines), lines[-1]["hash"], error)
        try:
            ledger.extend(path, lines)
        except OSError as error:  # everybody has it; this server's copy catches up once there is room
            raise DiskError("disk.unsure") from error
        return lines

    def _require_through(self, book: str, number: int, wanted: str, error: Exception) -> None:
        """The connection broke: whether the lines are there only the server can tell. Raises unless they are."""
        plain = postgres._plain(error)
        if plain.code != "store.unreachable":
            raise plain from None
        for pause in ASK_AGAIN:
            time.sleep(pause)
            with suppress(StoreError), self.server.connection() as db:
                row = postgres.one(db, "SELECT hash FROM line WHERE book = %s AND number = %s", book, number)
                if row and row["hash"] == wanted:
                    return
                raise plain from None
        raise StoreError("store.unsure") from None

    def keep(self, space: str, folder: Path, shelf: str = "") -> None:
        """Their bytes, by hash. A folder of that name that no line names is replaced, as on a disk."""
        db = self._writing(space)
        with db.transaction():
            keep_folder(db, shelf or space, folder)

    def forget(self, space: str, folders: Collection[str]) -> None:
        """The rows go; bytes stay until somebody clears up. A server that is gone is not asked twice."""
        db = self.server.holding(space)
        if db is not None and not db.closed and folders:
            with suppress(_driver_error()):
                db.execute("DELETE FROM upload WHERE space = %s AND folder = ANY(%s)", (space, list(folders)))


def books(settings: Settings) -> Books:
    """The way this installation keeps them."""
    return Together(settings) if settings.is_shared else Alone()


def _driver_error() -> type[Exception]:
    import psycopg

    return psycopg.Error


# ---------------------------------------------------------------- logs in PostgreSQL


def head(db: psycopg.Connection, book: str) -> Head:
    """How far a log goes; nothing for one that has no line yet."""
    row = postgres.one(
        db, "SELECT lines, hash, snapshot_id, shown_by, edition FROM book WHERE name = %s", book
    )
    return Head(**row) if row else Head()


def heads(db: psycopg.Connection) -> dict[str, Head]:
    """All of them, by name."""
    found = postgres.Statements(db).execute(
        "SELECT name, lines, hash, snapshot_id, shown_by, edition FROM book"
    )
    return {row.pop("name"): Head(**row) for row in found}


def lines_after(db: psycopg.Connection, book: str, number: int) -> list[dict]:
    """The log's lines after one, in order."""
    found = db.execute(
        "SELECT body FROM line WHERE book = %s AND number > %s ORDER BY number", (book, number)
    )
    return [json.loads(body) for (body,) in found]


def append(
    db: psycopg.Connection, book: str, known: int, previous: str, lines: list[dict], edition: str = ""
) -> None:
    """Write lines after line ``known`` with hash ``previous``, and what they make the log show, in one transaction;
    StoreError when the log goes elsewhere by now."""
    with db.transaction():
        write(db, book, known, previous, lines, edition)


def write(
    db: psycopg.Connection, book: str, known: int, previous: str, lines: list[dict], edition: str = ""
) -> None:
    """``append`` inside a transaction of the caller's."""
    db.execute("INSERT INTO book (name) VALUES (%s) ON CONFLICT DO NOTHING", (book,))
    with db.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO line (book, number, previous, hash, body) VALUES (%s, %s, %s, %s, %s)",
            [
                (book, number, line["previous"], line["hash"], ledger.text(line))
                for number, line in enumerate(lines, start=known + 1)
            ],
        )
    turns = [
        (line["snapshot_id"], number)
        for number, line in enumerate(lines, start=known + 1)
        if line["act"] in ledger.TURNS
    ]
    moved = db.execute(
        "UPDATE book SET lines = lines + %s, hash = %s WHERE name = %s AND lines = %s AND hash = %s",
        (len(lines), lines[-1]["hash"], book, known, previous),
    )
    if moved.rowcount != 1:
        raise StoreError("store.moved")
    if turns:
        db.execute("UPDATE book SET snapshot_id = %s, shown_by = %s WHERE name = %s", (*turns[-1], book))
    if edition:
        db.execute("UPDATE book SET edition = %s WHERE name = %s", (edition, book))
    db.execute("SELECT pg_notify(%s, %s)", (postgres.CHANNEL, book))


# ---------------------------------------------------------------- bytes in PostgreSQL


def hash_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_whole(db: psycopg.Connection, hashes: Iterable[str]) -> bool:
    """Whether bytes that were kept are still those of their names."""
    for sha256 in hashes:
        total = hashlib.sha256()
        for data in _pieces(db, sha256):
            total.update(data)
        if total.hexdigest() != sha256:
            return False
    return True


def _pieces(db: psycopg.Connection, sha256: str) -> Iterator[bytes]:
    for number in itertools.count():
        row = db.execute(
            "SELECT data FROM piece WHERE sha256 = %s AND number = %s", (sha256, number), binary=True
        ).fetchone()
        if row is None:
            return
        yield row[0]


def put(db: psycopg.Connection, path: Path) -> str:
    """Keep a file's bytes, in pieces, and give their SHA-256; bytes that are there already are not sent again. Inside a
    transaction of the caller's."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        new = db.execute(
            "INSERT INTO content VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING 1", (sha256, size)
        ).fetchone()
        if new:
            file.seek(0)
            for number, data in enumerate(iter(lambda: file.read(PIECE_BYTES), b"")):
                db.execute("INSERT INTO piece VALUES (%s, %s, %b)", (sha256, number, data))
    return sha256


def get(db: psycopg.Connection, sha256: str, path: Path) -> None:
    """Write kept bytes to a file, durably; StoreError when they are not those of their name."""
    total = hashlib.sha256()
    with path.open("wb") as file:
        for data in _pieces(db, sha256):
            total.update(data)
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if total.hexdigest() != sha256:
        raise StoreError("store.spoiled", sha256=sha256)


def keep_folder(db: psycopg.Connection, shelf: str, folder: Path) -> None:
    """Keep the files of a folder under its name, in the place of what was there. Inside a transaction of the caller's."""
    db.execute("DELETE FROM upload WHERE space = %s AND folder = %s", (shelf, folder.name))
    for path in sorted(folder.iterdir()):
        sha256 = put(db, path)
        db.execute("INSERT INTO upload VALUES (%s, %s, %s, %s)", (shelf, folder.name, path.name, sha256))


def folder_files(db: psycopg.Connection, space: str, folder: str) -> Mapping[str, str]:
    """The files of an upload: name -> SHA-256."""
    found = db.execute("SELECT file, sha256 FROM upload WHERE space = %s AND folder = %s", (space, folder))
    return dict(found.fetchall())


def fetch_folder(db: psycopg.Connection, space: str, folder: str, target: Path) -> None:
    """Bring an upload's files into an empty folder; StoreError when they are not there."""
    files = folder_files(db, space, folder)
    if not files:
        raise StoreError("store.spoiled", sha256=folder)
    for name, sha256 in files.items():
        get(db, sha256, target / name)


def keep_snapshot(db: psycopg.Connection, space: str, snapshot_id: str, path: Path) -> None:
    """Keep a snapshot that servers could no longer build themselves."""
    with db.transaction():
        known = postgres.one(
            db, "SELECT 1 AS x FROM kept_snapshot WHERE space = %s AND snapshot_id = %s", space, snapshot_id
        )
        if not known:
            sha256 = put(db, path)
            db.execute(
                "INSERT INTO kept_snapshot VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                (space, snapshot_id, sha256),
            )


def kept_snapshots(db: psycopg.Connection, space: str) -> Mapping[str, str]:
    """Snapshots that were kept: id -> SHA-256."""
    return dict(
        db.execute("SELECT snapshot_id, sha256 FROM kept_snapshot WHERE space = %s", (space,)).fetchall()
    )
