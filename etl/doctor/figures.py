"""What the installation keeps: snapshots, logs, uploads, boundaries, locks, and the clock beside the log."""

import hashlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from etl import commit, keep
from etl.doctor import Said, bad, good, warn
from store import accounts_file, boundaries, citations, ledger, read
from store.errors import BoardError, LedgerBroken, SnapshotError
from store.periods import VIET_NAM
from store.settings import SPACES, Settings
from store.snapshot import Snapshot, current_id, is_whole, snapshot_path

AHEAD = timedelta(minutes=5)  # a clock behind the newest line by more than this was put back
LEFT_SECONDS = 3600  # what was written aside so long ago belongs to nobody any more


def _present(settings: Settings) -> list[str]:
    return [space for space in SPACES if settings.space_dir(space).is_dir()]


def _snapshots(settings: Settings) -> Iterator[Said]:
    """The published one is there, is read to its end, and is what it is called; the one before it is there too."""
    if not _present(settings):
        yield bad("nothing_published")
    for space in _present(settings):
        try:
            name = current_id(settings, space)
        except SnapshotError as error:
            key = "pointer_none" if error.code == "snapshot.none" else "pointer_spoiled"
            yield bad(key, space=space, file=settings.space_dir(space) / "CURRENT")
            continue
        path = snapshot_path(settings, space, name)
        if not path.is_file():
            yield bad("snapshot_missing", space=space, snapshot=name, file=path)
        elif not is_whole(path) or not name.endswith("-" + _facts(path).get("digest", "?")):
            yield bad("snapshot_spoiled", space=space, snapshot=name, file=path)
        else:
            yield good("snapshot", space=space, snapshot=name, size=f"{path.stat().st_size / 2**20:.1f}")


def _facts(path: Path) -> dict[str, str]:
    snapshot = Snapshot(path)
    try:
        return read.meta(snapshot)
    finally:
        snapshot.close()


def _logs(settings: Settings) -> Iterator[Said]:
    for space in _present(settings):
        try:
            state, line = keep.verify_log(settings, space)
        except LedgerBroken as error:
            state, line = "broken", error.details["line"]
        except BoardError:  # the snapshot that remembers the end is spoiled, which is said elsewhere
            path = commit.ledger_path(settings, space)
            line = ledger.verify(path)
            state, line = ("broken", line) if line else ("alone", ledger.length(path))
        facts = {"space": space, "line": line, "file": commit.ledger_path(settings, space)}
        yield {"whole": good, "alone": warn}.get(state, bad)(f"log_{state}", **facts)
    for path in (citations.file_path(settings), accounts_file.log_path(settings)):
        line = ledger.verify(path) if path.exists() else None
        if line:
            yield bad("log_other_broken", file=path, line=line)


def _uploads(settings: Settings) -> Iterator[Said]:
    """The bytes of every file that the log names, against the hash in its line."""
    for space in _present(settings):
        try:
            entries = ledger.read(commit.ledger_path(settings, space))
        except LedgerBroken:
            continue
        named = {
            entry.get("folder", entry["upload_id"]): entry["sha256"]
            for entry in entries
            if entry["act"] in ("submit", "accept")
        }
        wrong = [folder for folder, sha256 in named.items() if not _same(settings, space, folder, sha256)]
        if wrong:
            yield bad("uploads_spoiled", space=space, count=len(wrong), folders=", ".join(wrong[:5]))
        elif named:
            yield good("uploads", space=space, count=len(named))


def _same(settings: Settings, space: str, folder: str, sha256: str) -> bool:
    place = commit.upload_dir(settings, space, folder)
    try:
        with (place / commit.ORIGINAL).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return False
    return found == sha256 and (place / commit.ROWS).is_file() and (place / commit.META).is_file()


def _maps(settings: Settings) -> Iterator[Said]:
    """Boundaries that the published snapshots name, and those that the next one takes."""
    named: set[str] = {item["version"] for item in boundaries.standing(settings)}
    for space in _present(settings):
        try:
            facts = _facts(snapshot_path(settings, space, current_id(settings, space)))
        except Exception:  # the snapshot itself is spoken of elsewhere
            continue
        named |= {*boundaries.versions(facts)}
        named |= {facts[boundaries.SKETCH]} if facts.get(boundaries.SKETCH) else set()
    lost = sorted(name for name in named if not boundaries.folder(settings, name).is_dir())
    if lost:
        yield bad("maps_lost", versions=", ".join(lost), folder=boundaries.root(settings))
    elif named:
        yield good("maps", count=len(named))


def _left(settings: Settings) -> Iterator[Said]:
    """Locks that somebody holds now, and what killed processes left aside."""
    held, left = [], []
    for space in _present(settings):
        folder = settings.space_dir(space)
        if _is_held(folder / "lock"):
            held.append(space)
        aside = (*folder.glob("uploads/.*"), *folder.glob("snapshots/.*"), *folder.glob("CURRENT.*"))
        left += [path for path in aside if time.time() - path.stat().st_mtime > LEFT_SECONDS]
    if held:
        yield warn("lock_held", spaces=", ".join(held))
    else:
        yield good("lock_free")
    if left:
        yield warn("left_aside", count=len(left), files=", ".join(str(path) for path in left[:5]))


def _is_held(path: Path) -> bool:
    """Whether a writer holds a lock; the lock file itself stays behind and means nothing."""
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:  # a disk that is read-only is spoken of elsewhere
        return False
    lock.release()
    return False


def _clock(settings: Settings) -> Iterator[Said]:
    """The clock against the newest time of any log, and the times of each log against its order."""
    now, newest = datetime.now(UTC), None
    for space in _present(settings):
        entries = ledger.readable(commit.ledger_path(settings, space))
        wrong = ledger.out_of_order(entries)
        if wrong:
            yield warn("clock_was_wrong", space=space, lines=", ".join(map(str, wrong[:10])))
        newest = max(
            filter(None, [newest, *(datetime.fromisoformat(entry["at"]) for entry in entries)]), default=None
        )
    if newest and newest - now > AHEAD:
        yield bad("clock_behind", now=_shown(now), newest=_shown(newest))
    elif now.year < YEAR:
        yield bad("clock_old", now=_shown(now))
    else:
        local = datetime.now().astimezone().utcoffset()
        same = local == VIET_NAM.utcoffset(None)
        yield good("clock" if same else "clock_zone", now=_shown(now), zone=_offset(local))


YEAR = 2025  # the product is not older


def _shown(moment: datetime) -> str:
    return moment.astimezone(VIET_NAM).strftime("%H:%M %d/%m/%Y")


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    return f"UTC{'+' if minutes >= 0 else '-'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


CHECKS = (_snapshots, _logs, _uploads, _maps, _left, _clock)
