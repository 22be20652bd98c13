"""The PostgreSQL that several servers share: connections, its schema, locks that end with whoever held them.

Connections are few and kept for the next use. After one that failed nobody tries again for an instant, so that pages which
need nothing from here are not held up by a server that is gone. No error carries an address, a name or a password.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from store.errors import BoardError, StoreError
from store.settings import Settings

if TYPE_CHECKING:
    import psycopg

SCHEMA = Path(__file__).with_name("shared.sql")
VERSION = 1
CONNECT_SECONDS = 3
ASLEEP_SECONDS = 2.0  # after a failure: so long nobody else waits for the same
FRESH_SECONDS = 0.5  # a connection used just now is not asked whether it still lives
KEPT = 4  # idle connections of a process
CHANNEL = "board"
# Durable means durable whatever the server's default, and a holder of a lock whose machine died is found out.
SESSION = {
    "synchronous_commit": "on",
    "search_path": "board, pg_temp",
    "client_min_messages": "error",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
LINK = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "application_name": "board",
}


class Server:
    """One PostgreSQL as this process sees it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: list[tuple[float, psycopg.Connection]] = []
        self._lock = threading.Lock()
        self._asleep_until = 0.0
        self._prepared = False
        self._held = threading.local()

    def __repr__(self) -> str:
        return "Server()"

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """A connection for one use, without a transaction; given back whole or thrown away. StoreError for whatever the
        server or the way to it says."""
        psycopg = _driver()
        db = self._take()
        try:
            yield db
        except psycopg.Error as error:
            self._drop(db)
            raise _plain(error) from None
        except BaseException:
            if db.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                self._drop(db)
            else:
                self._give(db)
            raise
        self._give(db)

    @contextmanager
    def held(self, name: str, patience: float, busy: BoardError) -> Iterator[psycopg.Connection]:
        """Nobody else holds ``name`` meanwhile, on any server; who holds it may take it again. The lock belongs to the
        connection that is given: what is written through it cannot be written once the lock is lost, and the lock of a
        process that was killed ends with it. Waiting is in order of arrival. Raises ``busy`` when patience ends."""
        mine: dict[str, psycopg.Connection] = self._held.__dict__.setdefault("names", {})
        if name in mine:
            yield mine[name]
            return
        psycopg = _driver()
        with self.connection() as db:
            try:
                db.execute(f"SET lock_timeout = {int(patience * 1000)}")
                db.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (f"board {name}",))
                db.execute("SET lock_timeout = 0")
            except psycopg.errors.LockNotAvailable:
                self._drop(db)
                raise busy from None
            mine[name] = db
            try:
                yield db
            finally:
                del mine[name]
                with suppress(psycopg.Error):  # a connection that is gone holds nothing
                    db.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (f"board {name}",))

    def holding(self, name: str) -> psycopg.Connection | None:
        """The connection with which this thread holds ``name``."""
        return self._held.__dict__.get("names", {}).get(name)

    def _take(self) -> psycopg.Connection:
        psycopg = _driver()
        while True:
            with self._lock:
                if not self._idle:
                    break
                used, db = self._idle.pop()
            if time.monotonic() - used < FRESH_SECONDS and not db.closed:
                return db
            try:
                db.execute("SELECT 1")
                return db
            except psycopg.Error:
                self._drop(db)
        return self._connect()

    def _connect(self) -> psycopg.Connection:
        psycopg = _driver()
        if time.monotonic() < self._asleep_until:
            raise StoreError("store.unreachable")
        try:
            db = psycopg.connect(self._url, autocommit=True, **LINK)
            each = ", ".join(["set_config(%s, %s, false)"] * len(SESSION))
            db.execute(f"SELECT {each}", [word for pair in SESSION.items() for word in pair])
            if not self._prepared:
                _prepare(db)
                self._prepared = True
        except psycopg.OperationalError as error:
            self._asleep_until = time.monotonic() + ASLEEP_SECONDS
            raise _plain(error) from None
        except psycopg.Error as error:
            raise _plain(error) from None
        self._asleep_until = 0.0
        return db

    def _give(self, db: psycopg.Connection) -> None:
        if db.closed:
            return
        with self._lock:
            if len(self._idle) < KEPT:
                self._idle.append((time.monotonic(), db))
                return
        self._drop(db)

    def _drop(self, db: psycopg.Connection) -> None:
        with suppress(Exception):
            db.close()


_SERVERS: dict[tuple[int, str], Server] = {}
_SERVERS_LOCK = threading.Lock()


def server(settings: Settings) -> Server:
    """The store of an installation whose ``is_shared``; a process that was forked has connections of its own."""
    key = (os.getpid(), settings.store)
    with _SERVERS_LOCK:
        if key not in _SERVERS:
            _SERVERS[key] = Server(settings.store)
        return _SERVERS[key]


def _driver() -> Any:
    """psycopg, which only installations with several servers need."""
    try:
        import psycopg
    except ImportError:
        raise StoreError("store.driver") from None
    return psycopg


def _plain(error: Exception) -> StoreError:
    """An error of the driver as one of ours: the class of the fault and never its text, which may repeat an address."""
    psycopg = _driver()
    if isinstance(error, psycopg.errors.RaiseException | psycopg.errors.IntegrityError):
        return StoreError("store.refused", state=error.sqlstate or "")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreError("store.unreachable", state=error.sqlstate or "")
    return StoreError("store.failed", state=error.sqlstate or type(error).__name__)


def _prepare(db: psycopg.Connection) -> None:
    """Make the tables, or bring them up to this program's version; StoreError when a newer program made them."""
    found = _version(db)
    if found == VERSION:
        return
    with db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(hashtextextended('board schema', 0))")
        found = _version(db)  # somebody else may have been first
        if found > VERSION:
            raise StoreError("store.newer", found=found, known=VERSION)
        if found == 0:
            _create(db)


def _create(db: psycopg.Connection) -> None:
    db.execute("CREATE SCHEMA IF NOT EXISTS board")
    db.execute(SCHEMA.read_text(encoding="utf-8"))


def begin_anew(db: psycopg.Connection, before: str) -> None:
    """Put everything that is shared aside under another name and make empty tables, inside a transaction of the caller's."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,60}", before):
        raise ValueError(before)
    db.execute(f"ALTER SCHEMA board RENAME TO {before}")
    _create(db)


def _version(db: psycopg.Connection) -> int:
    if db.execute("SELECT to_regclass('board.version')").fetchone()[0] is None:
        return 0
    return db.execute("SELECT number FROM board.version").fetchone()[0]


class Row(dict):
    """A row by name, and by place where a whole number is asked for, as SQLite's are."""

    def __getitem__(self, key: str | int) -> Any:
        return list(self.values())[key] if isinstance(key, int) else super().__getitem__(key)


class Statements:
    """Runs the statements that the file of accounts runs, on PostgreSQL: question marks, and rows by name."""

    def __init__(self, db: psycopg.Connection) -> None:
        self.db = db

    def execute(self, statement: str, given: tuple = ()) -> psycopg.Cursor:
        """As ``sqlite3.Connection.execute``, for statements that both understand."""
        cursor = self.db.cursor(row_factory=_rows)
        return cursor.execute(statement.replace("?", "%s"), given)


def _rows(cursor: Any) -> Any:
    names = [column.name for column in cursor.description or ()]
    return lambda values: Row(zip(names, values, strict=True))


def one(db: psycopg.Connection, statement: str, *given: object) -> Mapping[str, Any] | None:
    """The first row of an answer by name; None when there is none."""
    return db.cursor(row_factory=_rows).execute(statement, given).fetchone()
