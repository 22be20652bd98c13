"""The file of accounts: SQLite, one short transaction per act, and beside it the log of who did what.

A roll-back journal, not WAL: the file may lie on a network drive, and one file is easily copied. A killed process
leaves the state before its act; whoever opens the file next clears its journal. An act that is logged holds the lock
file, then the transaction; its line is written last, before the transaction is confirmed, so a kill in between leaves
a line too many and never an act without a line.

Where several servers share a store, accounts and their log are there and nowhere else (``store.accounts_shared``), and the
same statements run on both: what they may say is what SQLite and PostgreSQL both understand.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from store import accounts_shared, disk, layout, ledger
from store.errors import BoardError, DiskError
from store.settings import Settings

PATIENCE_SECONDS = 30
VERSION = 1
SCHEMA = (
    """CREATE TABLE account (
        name TEXT PRIMARY KEY, display TEXT NOT NULL, role TEXT NOT NULL, areas TEXT NOT NULL,
        identity TEXT NOT NULL, password TEXT NOT NULL, active INTEGER NOT NULL,
        created REAL NOT NULL, last_sign_in REAL)""",
    "CREATE UNIQUE INDEX account_identity ON account (identity) WHERE identity <> ''",
    "CREATE TABLE session (token TEXT PRIMARY KEY, name TEXT NOT NULL, opened REAL NOT NULL, seen REAL NOT NULL)",
    "CREATE TABLE attempt (key TEXT PRIMARY KEY, count INTEGER NOT NULL, locked_until REAL NOT NULL, "
    "forgotten REAL NOT NULL)",
    "CREATE INDEX attempt_forgotten ON attempt (forgotten)",
    "CREATE TABLE first_code (id INTEGER PRIMARY KEY CHECK (id = 1), hash TEXT NOT NULL, expires REAL NOT NULL)",
    "CREATE TABLE log_head (id INTEGER PRIMARY KEY CHECK (id = 1), lines INTEGER NOT NULL, hash TEXT NOT NULL)",
    f"PRAGMA user_version = {VERSION}",
)


# What SQLite says of the disk beneath it.
DISK = {
    sqlite3.SQLITE_FULL: "disk.full",
    sqlite3.SQLITE_READONLY: "disk.refused",
    sqlite3.SQLITE_IOERR: "disk.failed",
}


def file_path(settings: Settings) -> Path:
    """The database; absent until the first account or first code."""
    return settings.runtime_dir / "accounts.sqlite"


def log_path(settings: Settings) -> Path:
    """The log of every act on accounts."""
    return settings.runtime_dir / "accounts.jsonl"


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection of its own for each use: none travels between threads. BoardError when the file is busy or broken."""
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None)) as db:
            db.row_factory = sqlite3.Row
            yield db
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BoardError("accounts.busy") from error
        refused = DISK.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if refused:
            raise DiskError(refused) from error
        raise BoardError("accounts.unreadable", file=path.name, reason=str(error)) from error


@contextmanager
def reading(settings: Settings) -> Iterator[sqlite3.Connection | None]:
    """The database for reading; None when there are no accounts yet. Nothing is created."""
    if settings.is_shared:
        with accounts_shared.reading(settings) as db:
            yield db
        return
    path = file_path(settings)
    if not path.exists():
        yield None
        return
    with _opened(path) as db:  # not as read-only: what a killed process left must be cleared first
        yield db if db.execute("PRAGMA user_version").fetchone()[0] else None


@contextmanager
def writing(settings: Settings) -> Iterator[sqlite3.Connection]:
    """One transaction that nobody else can come between: all of it or nothing."""
    if settings.is_shared:
        with accounts_shared.writing(settings, PATIENCE_SECONDS) as db:
            yield db
        return
    path = file_path(settings)
    with disk.told():
        layout.stamp_new(settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(
            os.open(path, os.O_CREAT | os.O_RDWR, 0o660)
        )  # hashes are nothing for other accounts of the machine
    with disk.told(), _opened(path) as db:
        db.execute("BEGIN IMMEDIATE")
        try:
            if not db.execute("PRAGMA user_version").fetchone()[0]:
                for statement in SCHEMA:
                    db.execute(statement)
            yield db
            db.execute("COMMIT")
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")


@contextmanager
def logged(settings: Settings) -> Iterator[sqlite3.Connection]:
    """``writing``, for an act that ends with ``note``."""
    if settings.is_shared:
        with writing(settings) as db:
            yield db
        return
    lock = FileLock(settings.runtime_dir / "accounts.lock")
    try:
        with disk.told():
            settings.runtime_dir.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=PATIENCE_SECONDS)
    except Timeout as error:
        raise BoardError("accounts.busy") from error
    try:
        with writing(settings) as db:
            yield db
    finally:
        lock.release()


def note(settings: Settings, db: sqlite3.Connection, act: str, by: str, **facts: object) -> None:
    """Write an act's line, the last thing inside ``logged``; the database remembers how far the log goes."""
    if settings.is_shared:
        accounts_shared.note(db, act, by, facts)
        return
    path = log_path(settings)
    try:
        line = ledger.append(path, act, by, **facts)
    except ValueError as error:
        raise BoardError("accounts.log_broken", file=path.name) from error
    db.execute("INSERT OR REPLACE INTO log_head VALUES (1, ?, ?)", (ledger.length(path), line["hash"]))


def look(settings: Settings, db: sqlite3.Connection) -> None:
    """As much reading as ``note`` does, for an act that leaves no line."""
    if settings.is_shared:
        accounts_shared.look(db)
        return
    with suppress(ValueError):  # a log that cannot be read is told to those who act, not to strangers
        ledger.head(log_path(settings))


def entries(settings: Settings) -> list[dict]:
    """The log of every act on accounts, in order."""
    return accounts_shared.entries(settings) if settings.is_shared else ledger.read(log_path(settings))


def verify_log(settings: Settings) -> tuple[str, int]:
    """("whole", lines), ("broken", first altered line) or ("cut", first line missing at the end)."""
    if settings.is_shared:
        return accounts_shared.verify_log(settings)
    path = log_path(settings)
    with reading(settings) as db:
        row = db.execute("SELECT lines, hash FROM log_head").fetchone() if db else None
    line, lines = ledger.verify(path, (row["lines"], row["hash"]) if row else None), ledger.length(path)
    return ("whole", lines) if line is None else ("cut" if line > lines else "broken", line)


def remember(settings: Settings, key: str, row: Mapping | None) -> None:
    """How somebody stood when this process last asked a store that several servers share, for when it cannot be reached.
    Nothing for files: they are always there."""
    if not settings.is_shared:
        return
    _REMEMBERED.pop((settings.store, key), None)
    if row is not None:
        _REMEMBERED[settings.store, key] = row
    while len(_REMEMBERED) > MOST_REMEMBERED:
        with suppress(KeyError, RuntimeError):  # other threads do the same
            del _REMEMBERED[next(iter(_REMEMBERED))]


def remembered(settings: Settings, key: str) -> Mapping | None:
    """What ``remember`` was given last; None when it was nothing."""
    return _REMEMBERED.get((settings.store, key))


_REMEMBERED: dict[tuple[str, str], Mapping] = {}
MOST_REMEMBERED = 4096
