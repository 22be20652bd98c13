"""This server's copy of what several servers share, and how it stands: always an earlier state, never a mixture.

Here is what needs no building: the book of citations and the saved shows. The spaces are followed by ``etl.replica``, which
builds the snapshot before the copy's log and pointer move. A copy never goes back and never branches off.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from store import books, ledger, postgres
from store.errors import BoardError, StoreError
from store.settings import Settings
from store.snapshot import patiently

if TYPE_CHECKING:
    import psycopg

CITATIONS = "citations"


@dataclass(frozen=True)
class Trouble:
    """Why this server's copy may be behind: an error's code, and since when. An empty code: it is not."""

    code: str = ""
    since: datetime | None = None


_TROUBLE: dict[tuple[str, Path], Trouble] = {}
_HEADS: dict[Path, tuple[tuple[int, int], tuple[int, str]]] = {}
_SHELVES: dict[tuple[Path, str], int] = {}
_LOCK = threading.Lock()


def _server(settings: Settings) -> tuple[str, Path]:
    return settings.store, settings.runtime_dir


def trouble(settings: Settings) -> Trouble:
    """What keeps the copy from following, as this process last found it."""
    return _TROUBLE.get(_server(settings), Trouble()) if settings.is_shared else Trouble()


def tell(settings: Settings, error: BoardError | None) -> bool:
    """Note how following went; the moment is that of the first failure in a row. Whether that is news."""
    with _LOCK:
        if trouble(settings).code == (error.code if error else ""):
            return False
        if error is None:
            del _TROUBLE[_server(settings)]
        else:
            _TROUBLE[_server(settings)] = Trouble(error.code, datetime.now(UTC))
        return True


def local_head(path: Path) -> tuple[int, str]:
    """``ledger.head`` of a copy, read anew only when the file has changed."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        return 0, ledger.GENESIS
    stamp = (facts.st_size, facts.st_mtime_ns)
    kept = _HEADS.get(path)
    if kept is None or kept[0] != stamp:
        kept = _HEADS[path] = (stamp, ledger.head(path))
    return kept[1]


def missing(db: psycopg.Connection, book: str, path: Path, head: books.Head) -> list[dict]:
    """The lines that the copy lacks, in order. StoreError when the copy is none of this log: it has lines that the log has
    not, or others."""
    lines, last = local_head(path)
    if (lines, last) == (head.lines, head.hash):
        return []
    found = books.lines_after(db, book, lines)[: max(0, head.lines - lines)]
    if lines > head.lines or not ledger.follows(last, found) or not found or found[-1]["hash"] != head.hash:
        raise StoreError("store.other_copy", book=book, file=path.name)
    return found


def follow_citations(settings: Settings, path: Path, locked: Callable[[], object]) -> None:
    """Bring the copy of the book of citations up to date; ``locked`` gives its file lock."""
    with postgres.server(settings).connection() as db:
        head = books.head(db, CITATIONS)
        if local_head(path) != (head.lines, head.hash):
            with locked():
                extend(path, missing(db, CITATIONS, path, head))


def extend(path: Path, lines: Sequence[dict]) -> None:
    """Append to the copy what was found missing."""
    if lines:
        ledger.extend(path, lines)


def follow_shows(db: psycopg.Connection, space: str, folder: Path) -> None:
    """Make the saved shows of a space those that are shared, where somebody changed one."""
    row = postgres.one(db, "SELECT version FROM shelf WHERE space = %s", space)
    if row is None or _SHELVES.get((folder, space)) == row["version"]:
        return
    with shows_lock(folder):
        _follow_shows(db, space, folder, row["version"])


def shows_lock(folder: Path) -> FileLock:
    """Whoever changes the copies of shows."""
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / ".lock", is_singleton=True)


def _follow_shows(db: psycopg.Connection, space: str, folder: Path, version: int) -> None:
    wanted = dict(db.execute("SELECT file, body FROM show WHERE space = %s", (space,)).fetchall())
    for path in folder.glob("*.json"):
        if path.name not in wanted:
            put_show(path, None)
    for name, body in wanted.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != body.encode():  # spoiled bytes need be no text
            put_show(path, body)
    _SHELVES[(folder, space)] = version


def put_show(path: Path, body: str | None) -> None:
    """Write a show beside its place and move it there; None removes it."""
    if body is None:
        patiently(lambda: path.unlink(missing_ok=True))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    with aside.open("w", encoding="utf-8") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    patiently(lambda: aside.replace(path))


def share_show(db: psycopg.Connection, space: str, name: str, body: str | None) -> None:
    """Change one show for everybody; None removes it."""
    with db.transaction():
        if body is None:
            db.execute("DELETE FROM show WHERE space = %s AND file = %s", (space, name))
        else:
            db.execute(
                "INSERT INTO show VALUES (%s, %s, %s) ON CONFLICT (space, file) DO UPDATE SET body = EXCLUDED.body",
                (space, name, body),
            )
        db.execute(
            "INSERT INTO shelf VALUES (%s, 1) ON CONFLICT (space) DO UPDATE SET version = shelf.version + 1",
            (space,),
        )
        db.execute("SELECT pg_notify(%s, %s)", (postgres.CHANNEL, f"shows {space}"))
