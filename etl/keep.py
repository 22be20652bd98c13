"""What stays: removing snapshots nobody can return to, and proving that the log is whole."""

import shutil
from contextlib import ExitStack

from etl import commit, replica
from etl.publish import published_id, uploads_of
from store import books, boundaries, citations, ledger, read
from store.access import User, require_decide
from store.settings import SPACES, Settings
from store.snapshot import Snapshot, pointed, snapshot_path


def prune(settings: Settings, space: str, keep: int, by: User) -> list[str]:
    """Remove snapshots that are neither published nor cited nor among the ``keep`` newest publications; gives their ids.

    Accepted files stay, so any of them can be built again. A file that somebody holds open (Windows) goes next time.
    """
    require_decide(by)
    # Citing is held up too: a code given out meanwhile must find its snapshot.
    with replica.writing(settings, space), citations.held(settings) as cited:
        path = commit.ledger_path(settings, space)
        newest = list(dict.fromkeys(reversed(ledger.publications(path))))[:keep]
        kept = {*newest, published_id(settings, space), *citations.snapshots(cited, space)}
        folder = settings.space_dir(space) / "snapshots"
        gone = sorted(file.stem for file in folder.glob("*.duckdb") if file.stem not in kept)
        if gone:  # logged first: a line too many tells more than a snapshot that vanished
            way = books.books(settings)
            way.append(space, path, by.name, [("prune", {"snapshot_ids": gone, "keep": keep})])
        gone = [name for name in gone if commit.remove_snapshot(settings, space, name)]
    _prune_boundaries(settings, space, by)
    return gone


def _prune_boundaries(settings: Settings, space: str, by: User) -> None:
    """Remove versions of imported boundaries that are neither in use nor named by a snapshot of any space."""
    with ExitStack() as stack:
        for name in SPACES:  # a building may be about to name one
            stack.enter_context(replica.writing(settings, name))
        named = {facts["version"] for facts in boundaries.standing(settings)}
        for name in SPACES:
            for path in (settings.space_dir(name) / "snapshots").glob("*.duckdb"):
                facts = _facts(settings, name, path.stem)
                named |= {*boundaries.versions(facts), facts.get(boundaries.SKETCH, "")}
        folders = [
            path for path in boundaries.root(settings).glob("*") if boundaries.VERSION.fullmatch(path.name)
        ]
        gone = sorted(path for path in folders if path.name not in named)
        if gone:
            versions = [path.name for path in gone]
            path = commit.ledger_path(settings, space)
            books.books(settings).append(space, path, by.name, [("prune", {"boundaries": versions})])
        for path in gone:
            shutil.rmtree(path, ignore_errors=True)


def _facts(settings: Settings, space: str, snapshot_id: str) -> dict[str, str]:
    snapshot = Snapshot(snapshot_path(settings, space, snapshot_id))
    try:
        return read.meta(snapshot)
    finally:
        snapshot.close()


def verify_log(settings: Settings, space: str) -> tuple[str, int]:
    """("whole", lines), ("broken", first altered line) or ("cut", first line missing at the end).

    The end is compared with what the published snapshot remembers of the log, and with what it could not be
    without: the line of its publication and those that accepted its uploads. Takes no lock, so a publication may come
    between two readings: a fault counts when nothing moved while it was looked for.
    """
    while True:
        before = _moment(settings, space)
        answer = _verified(settings, space)
        if answer[0] == "whole" or _moment(settings, space) == before:
            return answer


def _moment(settings: Settings, space: str) -> tuple[str, int, int]:
    """What changes with every act: the pointer, and the log's size and time."""
    path = commit.ledger_path(settings, space)
    facts = path.stat() if path.exists() else None
    return published_id(settings, space), *((facts.st_size, facts.st_mtime_ns) if facts else (0, 0))


def _verified(settings: Settings, space: str) -> tuple[str, int]:
    path, present = commit.ledger_path(settings, space), published_id(settings, space)
    there = bool(present) and snapshot_path(settings, space, present).exists()
    line = ledger.verify(path, _remembered(settings, space, present) if there else None)
    lines = ledger.length(path)
    if line:
        return ("cut" if line > lines else "broken"), line
    pointing = pointed(settings, space)[1] if present else 0
    if pointing > lines:
        return "cut", lines + 1
    entries = ledger.read(path)
    if pointing and entries[pointing - 1].get("snapshot_id") != present:
        return "broken", pointing
    accepted = {entry["upload_id"] for entry in entries if entry["act"] == "accept"}
    unknown = set(uploads_of(settings, space, present)) - accepted
    logged = ledger.publications(path)[-1:] == [present] or commit.unfinished(settings, space)[0]
    if present and (not logged or unknown):
        return "cut", lines + 1
    return "whole", lines


def _remembered(settings: Settings, space: str, snapshot_id: str) -> tuple[int, str] | None:
    """What a snapshot knows of the log: (lines, hash of the last)."""
    facts = _facts(settings, space, snapshot_id)
    return (int(facts["ledger_lines"]), facts["ledger_head"]) if "ledger_head" in facts else None
