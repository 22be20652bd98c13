"""Pointer -> read-only connection. A snapshot never changes, so what is cached by its id never goes stale.

The engine is imported where it is used: a server that starts asks only for pointers and paths.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from store.errors import SnapshotError
from store.settings import Settings

if TYPE_CHECKING:
    import duckdb

Result = TypeVar("Result")

# Windows refuses for an instant to replace or to open a file that somebody else has open.
ATTEMPTS, PAUSE_SECONDS = 6, 0.05

_ID = re.compile(r"[0-9A-Za-z-]{1,40}-[0-9a-f]{12}")

# Text from files may reach bound parameters; no statement may reach the disk, the network or these settings.
CLOSED = {"enable_external_access": "false", "lock_configuration": "true"}


def patiently(act: Callable[[], Result]) -> Result:
    """Do it; where the system refuses, wait a little and try again, a few times."""
    for _ in range(ATTEMPTS - 1):
        try:
            return act()
        except PermissionError:
            time.sleep(PAUSE_SECONDS)
    return act()


def pointer_path(settings: Settings, space: str) -> Path:
    """File whose one line names the published snapshot of a space."""
    return settings.space_dir(space) / "CURRENT"


def snapshot_path(settings: Settings, space: str, snapshot_id: str) -> Path:
    """Database file of a snapshot; SnapshotError for an id that is none (ids arrive from addresses too)."""
    if not _ID.fullmatch(snapshot_id):
        raise SnapshotError("snapshot.unknown", snapshot_id=snapshot_id)
    return settings.space_dir(space) / "snapshots" / f"{snapshot_id}.duckdb"


def current_id(settings: Settings, space: str) -> str:
    """Id of the published snapshot; SnapshotError when nothing was published in this space."""
    return pointed(settings, space)[0]


def pointed(settings: Settings, space: str) -> tuple[str, int]:
    """(id of the published snapshot, number of the log's line that published it); see ``current_id``."""
    try:
        pointer = pointer_path(settings, space)
        words = patiently(lambda: pointer.read_text(encoding="ascii")).split()
    except FileNotFoundError:
        raise SnapshotError("snapshot.none", space=space) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SnapshotError("snapshot.pointer", space=space) from error
    if not words:
        raise SnapshotError("snapshot.none", space=space)
    if not _ID.fullmatch(words[0]) or not all(word.isdigit() for word in words[1:]):
        raise SnapshotError("snapshot.pointer", space=space)
    return words[0], int(words[1]) if len(words) > 1 else 0


def point_to(settings: Settings, space: str, snapshot_id: str, line: int = 0) -> None:
    """Make a snapshot the published one, atomically: readers see the old line or the new one, never half. ``line`` is
    the number of the log's line that says so: a pointer that knows of more lines than the log has shows a cut."""
    if not snapshot_path(settings, space, snapshot_id).exists():
        raise SnapshotError("snapshot.unknown", snapshot_id=snapshot_id)
    pointer = pointer_path(settings, space)
    aside = pointer.with_name(f"CURRENT.{os.getpid()}")
    with aside.open("w", encoding="ascii") as file:
        file.write(f"{snapshot_id} {line}\n")
        file.flush()
        os.fsync(file.fileno())
    patiently(lambda: aside.replace(pointer))


def damages(error: BaseException) -> bool:
    """Whether an error came from the engine, so that the file may be spoiled."""
    import duckdb

    return isinstance(error, duckdb.Error)


def is_whole(path: Path) -> bool:
    """Whether every table of a snapshot can be read to its end: the engine keeps a checksum of every block."""
    import duckdb

    try:
        with duckdb.connect(str(path), read_only=True, config=CLOSED) as connection:
            for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                connection.execute(f'SELECT max(hash(t)) FROM "{table}" t').fetchall()
    except (duckdb.Error, OSError):
        return False
    return True


class Snapshot:
    """One open snapshot. ``cursor()`` gives each call its own cursor: a shared connection answers wrongly
    under threads, cursors do not."""

    def __init__(self, path: Path) -> None:
        import duckdb

        if not path.exists():
            raise SnapshotError("snapshot.unknown", snapshot_id=path.stem)
        try:
            # Set while connecting: a second connection of this process must carry the same settings.
            self._connection = duckdb.connect(str(path), read_only=True, config=CLOSED)
        except duckdb.Error as error:
            raise SnapshotError("snapshot.unreadable", snapshot_id=path.stem, reason=str(error)) from error
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], bool] = {}
        self.path = path
        self.id = path.stem

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for one call."""
        with self._lock:
            return self._connection.cursor()

    def has(self, table: str, column: str) -> bool:
        """Whether a table has a column: a snapshot that was built before it was kept has not, nor perhaps the table."""
        key = (table, column)
        if key not in self._known:
            found = self.cursor().execute(
                "SELECT count(*) FROM information_schema.columns WHERE table_name = ? AND column_name = ?",
                key,
            )
            self._known[key] = bool(found.fetchone()[0])
        return self._known[key]

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()
