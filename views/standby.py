"""The last good state: what is shown when the published snapshot, or the file that names it, is missing or spoiled.

Only what was published once and still stands in the log may take its place, the newest first, and the page says so with
both names. A snapshot that fails while it is read is looked through whole before it is given up.
"""

from __future__ import annotations

import threading

from store import ledger
from store.errors import BoardError, SnapshotError
from store.settings import Settings
from store.snapshot import current_id, is_whole, snapshot_path
from views import load

_SPOILED: set[tuple] = set()  # (space, snapshot, size, time of the file): a file put back is tried again
_LOCK = threading.Lock()


def shown(settings: Settings, space: str) -> tuple[str, str | None]:
    """(snapshot to show, the published one in whose place it stands: None when it is that itself, empty where the name
    was lost). SnapshotError where nothing can be shown."""
    try:
        published = current_id(settings, space)
    except SnapshotError:
        found = _newest(settings, space, "")
        if not found:
            raise
        return found, ""
    failed = _why_not(settings, space, published)
    if failed is None:
        return published, None
    found = _newest(settings, space, published)
    if not found:
        raise failed
    return found, published


def spoiled(settings: Settings, space: str, snapshot_id: str) -> bool:
    """Whether a snapshot that failed while it was read is spoiled, told by reading all of it; remembered when it is."""
    mark = _mark(settings, space, snapshot_id)
    if mark is None or is_whole(snapshot_path(settings, space, snapshot_id)):
        return False
    with _LOCK:
        _SPOILED.add(mark)
    load.snapshot.clear()
    return True


def _why_not(settings: Settings, space: str, snapshot_id: str) -> SnapshotError | None:
    """What keeps a snapshot from being shown; None for a good one. What is open already is not opened again."""
    if _SPOILED and _mark(settings, space, snapshot_id) in _SPOILED:
        return SnapshotError("snapshot.unreadable", space=space, snapshot_id=snapshot_id)
    try:
        load.snapshot(space, snapshot_id)
        load.catalogue(space, snapshot_id)
        load.meta(space, snapshot_id)
    except SnapshotError as error:
        return error
    except BoardError:
        raise  # definitions that are wrong are wrong in every snapshot
    except Exception as error:  # what the engine says of a spoiled file names paths
        return SnapshotError(
            "snapshot.unreadable", space=space, snapshot_id=snapshot_id, reason=type(error).__name__
        )
    return None


def _newest(settings: Settings, space: str, but: str) -> str:
    """The newest publication that opens, other than one; empty when there is none."""
    entries = ledger.readable(settings.space_dir(space) / "ledger.jsonl")
    for name in dict.fromkeys(reversed(ledger.published(entries))):
        if name != but and _why_not(settings, space, name) is None:
            return name
    return ""


def _mark(settings: Settings, space: str, snapshot_id: str) -> tuple | None:
    try:
        facts = snapshot_path(settings, space, snapshot_id).stat()
    except (OSError, SnapshotError):
        return None
    return space, snapshot_id, facts.st_size, facts.st_mtime_ns
