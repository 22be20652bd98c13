"""Moves the pointer that says which snapshot a space shows, and back; every act is one line of the audit log."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from etl import commit, inputs, replica
from etl.build import build, built
from etl.check import Report, check, today
from etl.inputs import committed, gather
from etl.revise import FIGURES, stands
from etl.sheet import KEY
from store import books, catalogue, ledger, read
from store.access import ADMINISTRATOR, REPORTER, User, require_decide, require_send
from store.errors import BoardError, DiskError, SnapshotError, StaleDiff, StoreError
from store.settings import Settings
from store.snapshot import Snapshot, current_id, point_to, snapshot_path
from watch import lines

PRODUCT = User("init", ADMINISTRATOR)  # who is recorded when the product brings itself up to its own inputs


@dataclass(frozen=True)
class Loaded:
    """Outcome of one file: its report, and where it went (both ids empty when it was refused).

    ``new``: it arrived, ``again``: for another time, because its figures had been withdrawn or replaced.
    """

    report: Report
    upload_id: str = ""
    snapshot_id: str = ""
    new: bool = False
    again: bool = False


def published_id(settings: Settings, space: str) -> str:
    """Id of the published snapshot, or empty when nothing is published."""
    try:
        return current_id(settings, space)
    except SnapshotError:
        return ""


def publish(
    settings: Settings, space: str, snapshot_id: str, by: User, expected_current: str | None = None
) -> bool:
    """Make a snapshot the one that everybody sees; False when it already is.

    ``expected_current`` is what the person compared with (empty: nothing); StaleDiff when that has moved since.
    From then on the uploads that count are those of this snapshot. NotPermitted for who may not decide.
    """
    require_decide(by)
    with replica.writing(settings, space):
        before = published_id(settings, space)
        if expected_current is not None and expected_current != before:
            raise StaleDiff("publish.stale", expected=expected_current, current=before)
        if before == snapshot_id:
            return False
        turn(settings, space, snapshot_id, by)
        return True


def turn(
    settings: Settings,
    space: str,
    snapshot_id: str,
    by: User,
    acts: Sequence[tuple[str, dict]] = (),
    act: str = "publish",
) -> None:
    """Log ``acts`` and the publication that goes with them in one write, then move the pointer. The caller holds the
    lock. Where the snapshot is shown already, only ``acts`` are logged."""
    path, before = commit.ledger_path(settings, space), published_id(settings, space)
    if before != snapshot_id:
        if not replica.has(settings, space, snapshot_id):  # asked before anything is logged
            raise SnapshotError("snapshot.unknown", snapshot_id=snapshot_id)
        entries = [*ledger.read(path), *({"act": name, **facts} for name, facts in acts)]
        left, wanted = uploads_of(settings, space, before), uploads_of(settings, space, snapshot_id)
        _require_accepted(snapshot_id, wanted, entries)
        returns_to = snapshot_id if act == "rollback" else ""
        agreed = commit.agreement(entries, left, wanted, returns_to)
        after = [*entries, *({"act": name, **facts} for name, facts in agreed)]
        replica.keep_if_lost(settings, space, snapshot_id, after)
        acts = [*acts, *agreed, (act, {"snapshot_id": snapshot_id, "replaces": before})]
    if acts:
        edition = inputs.edition(settings, space) if settings.is_shared and before != snapshot_id else ""
        books.books(settings).append(space, path, by.name, acts, edition)
    if before != snapshot_id:
        try:
            point_to(settings, space, snapshot_id, ledger.length(path))
        except OSError as error:  # the log says so already: whoever writes next moves the pointer
            raise DiskError("disk.unsure") from error


def _require_accepted(snapshot_id: str, uploads: Sequence[str], entries: Sequence[dict]) -> None:
    """A snapshot may have been built with a file whose acceptance was cut short; shown, it would count unaccepted."""
    never = sorted(set(uploads) - {entry["upload_id"] for entry in entries if entry["act"] == "accept"})
    if never:
        raise SnapshotError("snapshot.unaccepted", snapshot_id=snapshot_id, uploads=never)


def uploads_of(settings: Settings, space: str, snapshot_id: str) -> list[str]:
    """Uploads that a snapshot was built with, in order of arrival; none for a snapshot that is no longer there."""
    if not _is_here(settings, space, snapshot_id):
        return []
    snapshot = Snapshot(snapshot_path(settings, space, snapshot_id))
    try:
        table = read.uploads(snapshot)
    finally:
        snapshot.close()
    return table.loc[table["provenance"] == "uploaded", "upload_id"].tolist()


def rollback(settings: Settings, space: str, by: User) -> str:
    """Return to the snapshot published before the present one and give its id; SnapshotError when there is none.

    Uploads that came with the present one are withdrawn, or the next load would bring them back unasked. NotPermitted
    for who may not decide.
    """
    require_decide(by)
    with replica.writing(settings, space):
        standing = ledger.publications(commit.ledger_path(settings, space))
        if len(standing) < 2 or not replica.has(settings, space, standing[-2]):
            raise SnapshotError("snapshot.no_previous", space=space)
        turn(settings, space, standing[-2], by, act="rollback")
        return standing[-2]


def status(settings: Settings, space: str) -> dict:
    """What is published: ``space, snapshot_id`` (empty: nothing), ``at, by, uploads`` and ``newer``: whether inputs
    changed since. Writes nothing."""
    entries = ledger.read(commit.ledger_path(settings, space))
    acts = [entry for entry in entries if entry["act"] in ledger.TURNS]
    present = published_id(settings, space)
    return {
        "space": space,
        "snapshot_id": present,
        "at": acts[-1]["at"] if acts else "",
        "by": acts[-1]["by"] if acts else "",
        "uploads": len(commit.accepted_ids(settings, space)),
        "newer": not present.endswith("-" + gather(settings, space).digest),
    }


def refresh(settings: Settings, space: str, by: User = PRODUCT) -> tuple[str, bool]:
    """Bring a space up to its inputs when it starts: (published id, whether it was moved).

    A roll-back is a person's decision and stays until somebody publishes, also when the program is updated. One of
    several servers catches up first, and where the store cannot be reached it starts with what it has. StoreError when
    it has nothing, or another edition has published.
    """
    try:
        replica.follow(settings, space)
    except StoreError as error:
        present = published_id(settings, space)
        if error.code != "store.unreachable" or not _is_here(settings, space, present):
            raise
        return present, False
    present = published_id(settings, space)
    if _is_here(settings, space, present):
        acts = [
            entry
            for entry in ledger.read(commit.ledger_path(settings, space))
            if entry["act"] in ledger.TURNS
        ]
        if acts and acts[-1]["act"] == "rollback":
            return present, False
        if built(settings, space, gather(settings, space).digest) == present:
            return present, False
    with replica.writing(settings, space):
        snapshot_id = build(settings, space)
        return snapshot_id, publish(settings, space, snapshot_id, by)


def _is_here(settings: Settings, space: str, snapshot_id: str) -> bool:
    return bool(snapshot_id) and snapshot_path(settings, space, snapshot_id).exists()


def adopt(settings: Settings, space: str, by: User) -> str:
    """Publish what counts by this server's definitions and program, and let them be those of all servers from now on;
    gives the snapshot's id. NotPermitted for who may not decide."""
    require_decide(by)
    busy = BoardError("lock.busy", space=space)
    held = books.books(settings).held(space, commit.PATIENCE_SECONDS, busy)
    with held, commit.space_lock(settings, space):
        snapshot_id = replica.adopt(settings, space)
        turn(settings, space, snapshot_id, by)
        return snapshot_id


def published_figures(
    settings: Settings, space: str, snapshot_id: str | None = None, areas: Collection[str] | None = None
) -> pd.DataFrame | None:
    """What the published snapshot (or the one named) shows, to compare a file with: one row per KEY, the uploaded
    figure before the printed one, with FIGURES and provenance. None without a snapshot. ``areas``: of these alone."""
    present = published_id(settings, space) if snapshot_id is None else snapshot_id
    if not present:
        return None
    where, bound = ("WHERE area_id IN (SELECT unnest(?)) ", [list(areas)]) if areas is not None else ("", [])
    snapshot = Snapshot(snapshot_path(settings, space, present))
    try:
        return (
            snapshot.cursor()
            .execute(
                f"SELECT {', '.join([*KEY, *FIGURES])}, provenance FROM observation {where}QUALIFY row_number() OVER "
                f"(PARTITION BY {', '.join(KEY)} ORDER BY provenance = 'published') = 1",
                bound,
            )
            .df()
        )
    finally:
        snapshot.close()


def reach(
    settings: Settings, space: str, snapshot_id: str, areas: Collection[str], uploads: Collection[str]
) -> tuple[list[str], int]:
    """(these areas and those in which some uploads' figures stand, number of figures that came in from all others)."""
    if not snapshot_id:
        return sorted(areas), 0
    snapshot = Snapshot(snapshot_path(settings, space, snapshot_id))
    try:
        asked = snapshot.cursor().execute
        theirs = asked(
            "SELECT DISTINCT area_id FROM observation WHERE upload_id IN (SELECT unnest(?))", [list(uploads)]
        ).fetchall()
        reached = sorted({*areas, *(area for (area,) in theirs)})
        elsewhere = asked(
            "SELECT count(*) FROM observation WHERE provenance <> 'published' AND NOT list_contains(?, area_id)",
            [reached],
        ).fetchone()[0]
    finally:
        snapshot.close()
    return reached, elsewhere


def check_files(
    settings: Settings,
    space: str,
    files: Sequence[tuple[str, bytes]],
    today: date,
    present: str | None = None,
    own_areas: Collection[str] | None = None,
) -> list[Report]:
    """Judge files (name, bytes) against the definitions as they stand and the published figures (of ``present``, where
    a snapshot is named); ``own_areas`` as in ``check``. Writes nothing."""
    definitions = catalogue.load(catalogue.read_files(settings.reference_dir))
    before = published_id(settings, space) if present is None else present
    previous = (lambda areas: published_figures(settings, space, before, areas)) if before else None
    own = {file.sha256 for file in committed(settings, space)}
    return [
        check(
            name,
            data,
            definitions,
            space,
            today,
            previous,
            hashlib.sha256(data).hexdigest() in own,
            own_areas,
        )
        for name, data in files
    ]


def load(
    settings: Settings, space: str, paths: Sequence[Path], by: User, on: date | None = None
) -> list[Loaded]:
    """Check, accept, build and publish files: all of them, or none when one of them blocks. ``on``: the day it is."""
    files = [(path.name, path.read_bytes()) for path in paths]
    return load_bytes(settings, space, files, by, on)


@lines.counted("load", lambda found: "refused" if any(item.report.blocked for item in found) else "accepted")
def load_bytes(
    settings: Settings, space: str, files: Sequence[tuple[str, bytes]], by: User, on: date | None = None
) -> list[Loaded]:
    """``load`` for files that are not on a disk. NotPermitted for who may not send these communes' figures, and where
    a second person has to accept them (``desk.submit`` is the way then)."""
    require_send(by, [])
    if settings.second_person:
        require_decide(by, by.name, second_person=True)
    own_areas = by.areas if by.role == REPORTER else None
    present = published_id(settings, space)
    reports = check_files(settings, space, files, on or today(), present, own_areas)
    if any(report.blocked for report in reports):
        return [Loaded(report) for report in reports]
    with replica.writing(settings, space):
        if (
            published_id(settings, space) != present
        ):  # somebody published: judged once more, by what stands now
            present = published_id(settings, space)
            reports = check_files(settings, space, files, on or today(), present, own_areas)
            if any(report.blocked for report in reports):
                return [Loaded(report) for report in reports]
        require_send(by, areas_of(report.table for report in reports))
        arriving = _arriving(settings, space, reports, present)
        contents = {
            report.upload_id: (report, data) for report, (_, data) in zip(reports, files, strict=True)
        }
        folders: list[str] = []
        try:
            for name in arriving:
                folders.append(commit.write(settings, space, *contents[name], by.name))
            # Built before the ledger names the files: a failing build leaves nothing behind.
            snapshot_id = build(settings, space, folders)
        except BaseException:
            commit.discard(settings, space, folders)
            raise
        acts = [commit.acceptance(settings, space, folder) for folder in folders]
        turn(settings, space, snapshot_id, by, acts)
    return [
        Loaded(
            report,
            report.upload_id,
            snapshot_id,
            new=report.upload_id in arriving,
            again=arriving.get(report.upload_id, False),
        )
        for report in reports
    ]


def areas_of(tables: Iterable[pd.DataFrame]) -> set[str]:
    """The communes that some rows speak of."""
    return {name for table in tables for name in table["area_id"].unique()}


def _arriving(settings: Settings, space: str, reports: Sequence[Report], present: str) -> dict[str, bool]:
    """Uploads that these files bring -> whether they had arrived before. A file that comes with the product brings
    nothing, nor does an upload all of whose figures still stand."""
    own = {file.upload_id for file in committed(settings, space)}
    standing = set(commit.accepted_ids(settings, space))
    entries = ledger.read(commit.ledger_path(settings, space))
    known = {entry["upload_id"] for entry in entries if entry["act"] == "accept"}
    sent_again = any(report.upload_id in standing for report in reports)
    areas = areas_of(report.table for report in reports)
    figures = published_figures(settings, space, present, areas) if sent_again else None
    return {
        report.upload_id: report.upload_id in known
        for report in reports
        if report.upload_id not in own
        and not (report.upload_id in standing and stands(report.table, figures))
    }
