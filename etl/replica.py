"""One of several servers: its runtime folder is a copy of an earlier state of what they share, whole in itself.

What came since is brought in this order: the bytes of the uploads, the snapshot (built here: the same inputs give the same
id), the log, the pointer. So a reader sees the state before or the state after, and a kill leaves the state before. Who
writes holds the space on all servers and has caught up first. A server with other definitions than those by which the
figures were published (another ``edition``) shows what it has, says so, and writes nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from etl import commit, inputs
from etl.build import build
from store import books, boundaries, citations, ledger, mirror, postgres
from store.errors import BoardError, SnapshotError, StoreError
from store.settings import Settings
from store.snapshot import patiently, point_to, pointed, snapshot_path

if TYPE_CHECKING:
    import psycopg


@contextmanager
def writing(settings: Settings, space: str) -> Iterator[None]:
    """One writer per space, over threads, processes and servers; whoever holds it may take it again. StoreError when what
    is shared cannot be reached, or was published by another edition."""
    if not settings.is_shared:
        with commit.space_lock(settings, space):
            yield
        return
    server, busy = postgres.server(settings), BoardError("lock.busy", space=space)
    first = server.holding(space) is None
    # The shared lock first: whoever waits for it must not keep this server from following meanwhile.
    with server.held(space, commit.PATIENCE_SECONDS, busy) as db, commit.space_lock(settings, space):
        if first:
            head = books.head(db, space)
            bring(settings, space, db, head)
            if head.edition and head.edition != inputs.edition(settings, space):
                raise StoreError("store.edition")
        yield


def follow(settings: Settings, space: str) -> bool:
    """Catch up with what is shared; whether there was anything. Nothing to do for files. StoreError when it cannot be
    reached, or this server cannot build what is published."""
    if not settings.is_shared:
        return False
    with postgres.server(settings).connection() as db:
        if _is_level(settings, space, books.head(db, space)):
            return False
        with commit.space_lock(settings, space):
            return bring(settings, space, db, books.head(db, space))


def _is_level(settings: Settings, space: str, head: books.Head) -> bool:
    return (
        mirror.local_head(commit.ledger_path(settings, space)) == (head.lines, head.hash)
        and _pointed(settings, space)[0] == head.snapshot_id
    )


def _pointed(settings: Settings, space: str) -> tuple[str, int]:
    try:
        return pointed(settings, space)
    except SnapshotError:
        return "", 0


def bring(settings: Settings, space: str, db: psycopg.Connection, head: books.Head) -> bool:
    """Move this server's copy on to ``head``; whether it moved. The caller holds the folder's lock."""
    if _is_level(settings, space, head):
        return False
    path = commit.ledger_path(settings, space)
    new, entries = _arrived(settings, space, db, head)
    with _boundaries(settings, db, new):
        if head.snapshot_id:
            obtain(settings, space, head.snapshot_id, entries[: head.shown_by])
    mirror.extend(path, new)
    if head.snapshot_id and _pointed(settings, space) != (head.snapshot_id, head.shown_by):
        point_to(settings, space, head.snapshot_id, head.shown_by)
    _remove_pruned(settings, space, new, head.snapshot_id)
    return True


@contextmanager
def _boundaries(settings: Settings, db: psycopg.Connection, new: Sequence[dict]) -> Iterator[None]:
    """The imported boundaries that new lines put in use or out of it, for the building inside; what stood before stands
    again when that fails."""
    before = [facts["version"] for facts in boundaries.standing(settings)]
    after = boundaries.standing_after(before, new)
    if after == before:
        yield
        return
    for version in set(after) - set(before):
        _fetch(db, boundaries.SHELF, version, boundaries.folder(settings, version))
    boundaries.stand(settings, after)
    try:
        yield
    except BaseException:
        boundaries.stand(settings, before)
        raise


def _arrived(
    settings: Settings, space: str, db: psycopg.Connection, head: books.Head
) -> tuple[list[dict], list[dict]]:
    """(the lines that the copy lacks, all lines); the files that the new ones name are here afterwards."""
    path = commit.ledger_path(settings, space)
    new, known = mirror.missing(db, space, path, head), ledger.read(path)
    there = commit.named_folders(known)
    for folder in sorted(commit.named_folders(new) - there):
        _fetch(db, space, folder, commit.upload_dir(settings, space, folder))
    return new, [*known, *new]


def _fetch(db: psycopg.Connection, shelf: str, folder: str, target: Path) -> None:
    """A folder's files, checked against their hashes, under its name in one step. What lies there was never named by a
    line of this copy: a writer on this server was killed."""
    aside = target.with_name(f".{folder}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    books.fetch_folder(db, shelf, folder, aside)
    shutil.rmtree(target, ignore_errors=True)
    patiently(lambda: aside.replace(target))


def obtain(settings: Settings, space: str, snapshot_id: str, entries: Sequence[dict]) -> None:
    """Have a snapshot here: built from what counted after ``entries``, else as it was kept. StoreError when neither can
    be: another edition published it."""
    path = snapshot_path(settings, space, snapshot_id)
    if path.exists():
        return
    standing = commit.folders_of(entries)
    if snapshot_id.endswith("-" + inputs.gather(settings, space, standing=standing).digest):
        build(settings, space, standing=standing)
    if path.exists():
        return
    with postgres.server(settings).connection() as db:
        sha256 = books.kept_snapshots(db, space).get(snapshot_id)
        if sha256 is None:
            raise StoreError("store.edition", snapshot_id=snapshot_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{snapshot_id}.{os.getpid()}")
        books.get(db, sha256, aside)
        patiently(lambda: aside.replace(path))


def has(settings: Settings, space: str, snapshot_id: str) -> bool:
    """Whether a snapshot is here, or could be brought here because it was published once."""
    if snapshot_path(settings, space, snapshot_id).exists():
        return True
    if not settings.is_shared:
        return False
    entries = ledger.read(commit.ledger_path(settings, space))
    turns = [
        place
        for place, entry in enumerate(entries, start=1)
        if entry["act"] in ledger.TURNS and entry["snapshot_id"] == snapshot_id
    ]
    if not turns:
        return False
    try:
        with commit.space_lock(settings, space):
            obtain(settings, space, snapshot_id, entries[: turns[-1]])
    except StoreError:
        return False
    return True


def keep_if_lost(settings: Settings, space: str, snapshot_id: str, entries: Sequence[dict]) -> None:
    """Before a snapshot is published that other servers could not build from what counts then (an earlier program made
    it), keep its bytes for them. The caller is ``writing``."""
    db = postgres.server(settings).holding(space) if settings.is_shared else None
    if db is not None:
        standing = commit.folders_of(entries)
        if not snapshot_id.endswith("-" + inputs.gather(settings, space, standing=standing).digest):
            books.keep_snapshot(db, space, snapshot_id, snapshot_path(settings, space, snapshot_id))


def share_cited(settings: Settings, space: str) -> None:
    """Cited snapshots are for good and programs change: keep their bytes, and bring those that are not here."""
    cited = citations.snapshots(citations.known(settings), space)
    if not cited:
        return
    with postgres.server(settings).connection() as db:
        kept = books.kept_snapshots(db, space)
        for snapshot_id in sorted(cited):
            path = snapshot_path(settings, space, snapshot_id)
            if path.exists() and snapshot_id not in kept:
                books.keep_snapshot(db, space, snapshot_id, path)
    for snapshot_id in sorted(cited):
        has(settings, space, snapshot_id)


def _remove_pruned(settings: Settings, space: str, lines: Sequence[dict], shown: str) -> None:
    """Snapshots that were removed on another server, where nobody could return to them."""
    gone = {name for line in lines if line["act"] == "prune" for name in line.get("snapshot_ids", ())} - {
        shown
    }
    if gone:
        with citations.held_here(settings) as cited:
            for name in gone - citations.snapshots(cited, space):
                commit.remove_snapshot(settings, space, name)


def adopt(settings: Settings, space: str) -> str:
    """Bring uploads and log here whatever edition published last, and build by this server's own; gives the snapshot's
    id. The caller holds the space on all servers and publishes."""
    db = postgres.server(settings).holding(space)
    if db is None:
        raise StoreError("store.refused", state="not held")
    new, entries = _arrived(settings, space, db, books.head(db, space))
    with _boundaries(settings, db, new):
        snapshot_id = build(settings, space, standing=commit.folders_of(entries))
    mirror.extend(commit.ledger_path(settings, space), new)
    return snapshot_id
