"""Puts an accepted file into a space: its bytes, its typed rows and where they came from; never half of it.

The folder is written aside and renamed, and a file counts only once the ledger names it; what belongs together is
one write to the ledger, and the pointer follows it. A kill at any instant leaves either the state before or the state
after; what a killed process left is put right by whoever locks next. Where several servers share a store, all this is
one server's copy, and who writes takes ``replica.writing`` around it.
"""

import itertools
import json
import math
import os
import shutil
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from etl.check import Report
from store import books, disk, layout, ledger
from store.errors import BoardError, SnapshotError, UploadRejected
from store.settings import Settings
from store.snapshot import patiently, point_to, pointed, snapshot_path
from watch import counts

ORIGINAL, ROWS, META = "original.csv", "rows.parquet", "meta.json"
PATIENCE_SECONDS = 300  # some hundred buildings: whoever waits is told so only when a holder hangs
EAGERNESS = (
    (2, 0.1),
    (10, 0.03),
    (math.inf, 0.005),
)  # (who waits until then, looks again after so many seconds)


@contextmanager
def space_lock(settings: Settings, space: str) -> Iterator[None]:
    """One writer of this folder's space, over threads and processes; whoever holds it may take it again."""
    folder = settings.space_dir(space)
    with disk.told():
        layout.stamp_new(settings)
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock", is_singleton=True)
        begun = time.monotonic()
        taken = _taken(lock)
        counts.LOCK_WAITS.observe(time.monotonic() - begun, space=space)
        if not taken:
            raise BoardError("lock.busy", space=space)
        try:
            if lock.lock_counter == 1:
                _put_right(settings, space)
            yield
        finally:
            lock.release()


def _taken(lock: FileLock) -> bool:
    """Wait for the lock; False when patience ends. Whoever looks first after a release has it, so who has waited longer
    looks more often: nearly the order of arrival, where chance alone would let somebody wait ten times as long."""
    begun = time.monotonic()
    for until, pause in EAGERNESS:
        left = max(0, min(until, PATIENCE_SECONDS) - (time.monotonic() - begun))
        try:
            lock.acquire(timeout=left, poll_interval=pause)
        except Timeout:
            continue
        return True
    return False


def _put_right(settings: Settings, space: str) -> None:
    """Clear what was written aside, and finish the publication that was logged before the pointer could move."""
    folder = settings.space_dir(space)
    for aside in (*folder.glob("uploads/.*"), *folder.glob("snapshots/.*"), *folder.glob("CURRENT.*")):
        if aside.is_dir():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.unlink(missing_ok=True)
    wanted, line = unfinished(settings, space)
    if wanted:
        point_to(settings, space, wanted, line)


def unfinished(settings: Settings, space: str) -> tuple[str, int]:
    """(snapshot, number of its line) of a publication that stands in the log while the pointer still names the one it
    replaces; empty when there is none. The log is written first, so what the pointer knows beyond it was cut away."""
    entries = enumerate(ledger.read(ledger_path(settings, space)), start=1)
    turns = [(line, entry) for line, entry in entries if entry["act"] in ledger.TURNS]
    if not turns:
        return "", 0
    try:
        present, seen = pointed(settings, space)
    except SnapshotError:
        present, seen = "", 0
    line, last = turns[-1]
    there = snapshot_path(settings, space, last["snapshot_id"]).exists()
    behind = line > seen and present in ("", last["replaces"])  # a pointer that was lost is written anew
    return (last["snapshot_id"], line) if behind and there else ("", 0)


def ledger_path(settings: Settings, space: str) -> Path:
    """The audit log of a space."""
    return settings.space_dir(space) / "ledger.jsonl"


def upload_dir(settings: Settings, space: str, folder: str) -> Path:
    """Where an accepted file lies; the folder of a first arrival is called like the upload."""
    return settings.space_dir(space) / "uploads" / folder


def accepted_ids(settings: Settings, space: str) -> list[str]:
    """Uploads that count, in order of arrival."""
    return ledger.accepted_uploads(ledger_path(settings, space))


def accepted_folders(settings: Settings, space: str, until: date | None = None) -> dict[str, str]:
    """Upload -> folder of its last arrival, for the uploads that count, in order of arrival; ``until``: that counted at
    the end of that day in Viet Nam."""
    entries = ledger.read(ledger_path(settings, space))
    if until is not None:
        entries = entries[: bisect_right(ledger.days(entries), until)]
    return folders_of(entries)


def folders_of(entries: Iterable[dict]) -> dict[str, str]:
    """Upload -> folder of its last arrival, for the uploads that count after some lines."""
    return {upload_id: _folder(entry) for upload_id, entry in ledger.standing(entries).items()}


def _folder(entry: dict) -> str:
    """Folder that an acceptance line speaks of."""
    return entry.get("folder", entry["upload_id"])


def _free_folder(settings: Settings, space: str, upload_id: str) -> str:
    """A name that no line of the ledger uses: what was accepted once is never written over."""
    used = _used_folders(settings, space)
    names = (f"{upload_id}-{number}" if number > 1 else upload_id for number in itertools.count(1))
    return next(name for name in names if name not in used)


def _used_folders(settings: Settings, space: str) -> set[str]:
    """Every folder that was submitted or accepted at any time."""
    return named_folders(ledger.read(ledger_path(settings, space)))


def named_folders(entries: Iterable[dict]) -> set[str]:
    """Folders that some lines submit or accept."""
    return {_folder(entry) for entry in entries if entry["act"] in ("submit", "accept")}


def write(
    settings: Settings,
    space: str,
    report: Report,
    data: bytes,
    by: str,
    note: str = "",
    acknowledged: Sequence[str] = (),
) -> str:
    """Store one file that nothing blocks and return its folder; the caller holds the lock and then accepts.

    A folder that the ledger does not name was never accepted and is replaced. UploadRejected when something
    blocks: the last gate before the disk.
    """
    if report.blocked:
        raise UploadRejected("upload.rejected", file=report.file, findings=report.findings)
    target = upload_dir(settings, space, _free_folder(settings, space, report.upload_id))
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        aside.mkdir(parents=True)
        (aside / ORIGINAL).write_bytes(data)
        report.table.to_parquet(aside / ROWS, index=False)
        (aside / META).write_text(
            json.dumps(_meta(report, by, note, acknowledged), ensure_ascii=False, indent=1), encoding="utf-8"
        )
        for path in aside.iterdir():
            flush(path)
        shutil.rmtree(target, ignore_errors=True)
        patiently(lambda: aside.replace(target))
    except BaseException:  # a full disk has no room for half a file
        shutil.rmtree(aside, ignore_errors=True)
        raise
    books.books(settings).keep(space, target)
    return target.name


def remove_snapshot(settings: Settings, space: str, snapshot_id: str) -> bool:
    """Remove a snapshot's file; False when somebody holds it open (Windows)."""
    try:
        snapshot_path(settings, space, snapshot_id).unlink(missing_ok=True)
    except PermissionError:
        return False
    return True


def discard(settings: Settings, space: str, folders: Iterable[str]) -> None:
    """Take back stored files that the ledger does not name."""
    unnamed = set(folders) - _used_folders(settings, space)
    for folder in unnamed:
        shutil.rmtree(upload_dir(settings, space, folder), ignore_errors=True)
    books.books(settings).forget(space, unnamed)


def _meta(report: Report, by: str, note: str, acknowledged: Sequence[str]) -> dict:
    return {
        "file": report.file,
        "sha256": report.sha256,
        "submitted_by": by,
        "received": datetime.now(UTC).isoformat(timespec="seconds"),
        "provenance": "uploaded",
        "encoding": report.encoding,
        "rows": report.rows,
        "note": note,
        "acknowledged": sorted(acknowledged),
        "areas": sorted(report.table["area_id"].unique()),
        "periods": sorted(report.table["period"].unique()),
        "figures": len(report.table),
        "findings": [
            {
                "code": item.code,
                "severity": item.severity.value,
                "line": item.line,
                "column": item.column,
                "value": item.value,
                "sheet": item.sheet,
                "cell": item.cell,
                "details": {key: str(detail) for key, detail in item.details.items()},
            }
            for item in report.findings
        ],
    }


def flush(path: Path) -> None:
    """Make sure the bytes are on the disk before the ledger says so."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def acceptance(settings: Settings, space: str, folder: str) -> tuple[str, dict]:
    """The line that makes a stored file count from now on, as the latest arrival."""
    meta = read_meta(settings, space, folder)
    facts = {key: meta[key] for key in ("file", "sha256", "rows")}
    return "accept", {"upload_id": meta["sha256"][:16], **facts, "folder": folder}


def agreement(
    entries: Sequence[dict], left: Sequence[str], wanted: Sequence[str], returns_to: str = ""
) -> list[tuple[str, dict]]:
    """Lines that make the uploads that count those of the snapshot that will be shown: the next load must not bring
    back what was taken out of sight.

    ``entries``: the log so far. ``left`` and ``wanted``: uploads of the snapshot being left and of the one to be shown.
    What only the first has is withdrawn by one line (with ``returns_to``, the snapshot a roll-back returns to,
    always written); what only the second has, or has in another order, is accepted again.
    """
    acts: list[tuple[str, dict]] = []
    counting = list(ledger.standing(entries))
    gone = [name for name in counting if name in set(left) - set(wanted)]
    last = {entry["upload_id"]: entry for entry in entries if entry["act"] == "accept"}
    if gone or returns_to:
        files = [last[name]["file"] for name in gone]
        facts = {"returns_to": returns_to} if returns_to else {}
        acts.append(("withdraw", {"upload_ids": gone, "files": files, **facts}))
    wanted = [name for name in wanted if name in last]
    standing = [name for name in counting if name in wanted]
    agreed = next(
        (place for place, pair in enumerate(zip(standing, wanted, strict=False)) if pair[0] != pair[1]),
        len(standing),
    )
    for name in wanted[agreed:]:
        facts = {key: last[name][key] for key in ("upload_id", "file", "sha256", "rows")}
        acts.append(("accept", {**facts, "folder": _folder(last[name])}))
    return acts


def read_meta(settings: Settings, space: str, folder: str) -> dict:
    """What was recorded when the file came in."""
    return json.loads((upload_dir(settings, space, folder) / META).read_text(encoding="utf-8"))
