"""The desk: a file's way from the official's hands to the published figures, and its state on that way.

``propose`` judges and compares. ``submit`` keeps the bytes and says so in the log: from then on
nothing is lost. ``accept`` makes the file count, builds and publishes; where the setting asks, a second person does
it. Who may is checked here, where it is written, whatever page, request or command asks.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from etl import commit, publish, replica
from etl.build import build
from etl.check import Report, today
from etl.findings import Severity
from etl.inputs import committed
from etl.revise import FIGURES, Changes, compare, contradictions
from etl.sheet import KEY
from store import books, ledger
from store.access import REPORTER, User, require_decide, require_send
from store.errors import NotPermitted, StaleDiff, SubmissionError, UploadRejected
from store.settings import Settings
from watch import lines

WAITING, ACCEPTED, RETURNED, TAKEN_BACK, WITHDRAWN = STATES = (
    "waiting",
    "accepted",
    "returned",
    "taken_back",
    "withdrawn",
)
_DECIDED = {"accept": ACCEPTED, "return": RETURNED, "take_back": TAKEN_BACK}
Files = Sequence[tuple[str, bytes]]


@dataclass(frozen=True)
class Proposal:
    """What some files would do. ``changes`` is None when one of them is refused."""

    reports: tuple[Report, ...]
    changes: Changes | None
    replaces: tuple[str, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether any file may not enter, and so none does."""
        return any(report.blocked for report in self.reports)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes that a person has to acknowledge before the files are sent, sorted."""
        return _warnings(self.reports)


@dataclass(frozen=True)
class Submission:
    """One file that was sent. ``id`` names its folder, ``upload_id`` its content; ``at`` and ``decided_at`` are ISO
    moments; ``why`` is the reason of a return or withdrawal, ``note`` what its sender said about it."""

    id: str
    upload_id: str
    file: str
    by: str
    at: str
    state: str
    note: str = ""
    areas: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    figures: int = 0
    replaces: tuple[str, ...] = ()
    decided_by: str = ""
    decided_at: str = ""
    why: str = ""


# ---------------------------------------------------------------- what stands


def submissions(settings: Settings, space: str) -> list[Submission]:
    """Every file that was sent, the newest first, with its state: the log replayed."""
    found: dict[str, Submission] = {}
    for entry in ledger.read(commit.ledger_path(settings, space)):
        act, folder = entry["act"], entry.get("folder", entry.get("upload_id", ""))
        if act == "submit" or (act == "accept" and folder not in found):
            found[folder] = _sent(settings, space, folder, entry)
        if act in _DECIDED and folder in found:
            found[folder] = _decided(found[folder], _DECIDED[act], entry)
        elif act == "withdraw":
            for name, item in found.items():
                if item.upload_id in entry["upload_ids"] and item.state == ACCEPTED:
                    found[name] = _decided(item, WITHDRAWN, entry)
    return list(found.values())[::-1]


def _sent(settings: Settings, space: str, folder: str, entry: dict) -> Submission:
    meta = commit.read_meta(settings, space, folder)
    return Submission(
        id=folder,
        upload_id=entry["upload_id"],
        file=entry["file"],
        by=meta["submitted_by"],
        at=meta["received"],
        state=WAITING,
        note=meta["note"],
        areas=tuple(meta.get("areas", ())),
        periods=tuple(meta.get("periods", ())),
        figures=meta.get("figures", meta["rows"]),
        replaces=tuple(entry.get("replaces", ())),
    )


def _decided(item: Submission, state: str, entry: dict) -> Submission:
    return replace(
        item, state=state, decided_by=entry["by"], decided_at=entry["at"], why=entry.get("why", "")
    )


def original(settings: Settings, space: str, item: Submission) -> bytes:
    """The bytes as they were sent."""
    return (commit.upload_dir(settings, space, item.id) / commit.ORIGINAL).read_bytes()


# ---------------------------------------------------------------- what would change


@lines.counted("check", lambda found: "refused" if found.blocked else "fine")
def propose(
    settings: Settings,
    space: str,
    files: Files,
    user: User,
    replaces: Iterable[str] = (),
    on: date | None = None,
) -> Proposal:
    """Judge files and compare them with what is published; nothing is accepted, logged or shown. ``replaces``: uploads
    that they supersede as a whole, so that figures the new files lack go away (a snapshot without them is built
    to compare with). ``on``: the day it is. NotPermitted for who may not send."""
    return _read(settings, space, files, user, replaces, on)


def _read(
    settings: Settings,
    space: str,
    files: Files,
    user: User,
    replaces: Iterable[str],
    on: date | None,
) -> Proposal:
    require_send(user, [])
    own_areas = user.areas if user.role == REPORTER else None
    return _proposal(settings, space, files, tuple(replaces), on or today(), own_areas)


def _proposal(
    settings: Settings,
    space: str,
    files: Files,
    replaces: tuple[str, ...],
    on: date,
    own_areas: Collection[str] | None,
) -> Proposal:
    present = publish.published_id(settings, space)
    reports = _together(publish.check_files(settings, space, files, on, present, own_areas))
    if any(report.blocked for report in reports):
        return Proposal(reports, None, replaces)
    sent = publish.areas_of(report.table for report in reports)
    areas, elsewhere = publish.reach(settings, space, present, sent, replaces)
    before = _uploaded(settings, space, present, areas)
    left = _without(settings, space, replaces, areas) if replaces else before
    own = {
        file.upload_id for file in committed(settings, space)
    }  # what comes with the product brings nothing
    tables = [report.table for report in reports if report.upload_id not in own]
    after = pd.concat([left, *tables]).drop_duplicates(KEY, keep="last")
    found = compare(before, after, present)
    changes = replace(found, same=found.same + elsewhere, warnings=_warnings(reports))
    return Proposal(reports, changes, replaces)


def _warnings(reports: Iterable[Report]) -> tuple[str, ...]:
    found = (item for report in reports for item in report.findings)
    return tuple(sorted({item.code for item in found if item.severity is Severity.WARN}))


def _together(reports: Sequence[Report]) -> tuple[Report, ...]:
    """The reports of one delivery: files that contradict one another are refused, for nobody said which is right."""
    judged = list(reports)
    for place, finding in contradictions([(report.file, report.table) for report in reports]):
        report = judged[place]
        judged[place] = replace(report, findings=(*report.findings, finding), accepted=0)
    return tuple(judged)


def _uploaded(settings: Settings, space: str, present: str, areas: Collection[str]) -> pd.DataFrame:
    """The figures of some areas that came in, as published: what was found in print is never replaced."""
    figures = publish.published_figures(settings, space, present, areas)
    if figures is None:
        return pd.DataFrame(columns=[*KEY, *FIGURES])
    return figures.loc[figures["provenance"] != "published", [*KEY, *FIGURES]]


def _without(
    settings: Settings, space: str, uploads: Collection[str], areas: Collection[str]
) -> pd.DataFrame:
    """The figures of some areas that came in, had some uploads never come."""
    snapshot_id = build(settings, space, without=uploads)
    return _uploaded(settings, space, snapshot_id, areas)


# ---------------------------------------------------------------- sending


@lines.counted("send", lambda sent: sent[0].state if sent else "nothing")
def submit(
    settings: Settings,
    space: str,
    files: Files,
    user: User,
    *,
    seen: str,
    acknowledged: Collection[str] = (),
    note: str = "",
    replaces: Iterable[str] = (),
    on: date | None = None,
) -> list[Submission]:
    """Keep files, all or none, and give them as submissions: waiting where a second person decides, else accepted.

    ``seen``: digest of the changes that the person was shown. Raises NotPermitted, UploadRejected (with the findings,
    or because a warning was not acknowledged, or an alteration has no reason), StaleDiff when what the files would
    change is no longer what was shown (propose again), SubmissionError when they would change nothing.
    """
    replaces = tuple(replaces)
    proposal = _read(settings, space, files, user, replaces, on)
    _require_whole(proposal)
    with replica.writing(settings, space):
        if proposal.changes.snapshot_id != publish.published_id(settings, space):
            proposal = _read(settings, space, files, user, replaces, on)
            _require_whole(proposal)
        _require_theirs(settings, space, proposal, user)
        _require_ready(proposal, seen, acknowledged, note)
        folders = _keep(settings, space, proposal, files, user, note, acknowledged)
        if not settings.second_person:
            _count(settings, space, folders, replaces, user)
    sent = {item.id: item for item in submissions(settings, space)}
    return [sent[folder] for folder in folders]


def _require_whole(proposal: Proposal) -> None:
    if proposal.blocked:
        findings = [item for report in proposal.reports for item in report.findings]
        raise UploadRejected("upload.rejected", file=proposal.reports[0].file, findings=findings)


def _require_theirs(settings: Settings, space: str, proposal: Proposal, user: User) -> None:
    """The communes of the files, and of the uploads that they supersede."""
    require_send(user, publish.areas_of(report.table for report in proposal.reports))
    if proposal.replaces:
        standing = commit.accepted_folders(settings, space)
        unknown = sorted(set(proposal.replaces) - standing.keys())
        if unknown:
            raise SubmissionError("desk.not_standing", uploads=unknown)
        for name in proposal.replaces:
            require_send(user, commit.read_meta(settings, space, standing[name]).get("areas", ()))


def _require_ready(proposal: Proposal, seen: str, acknowledged: Collection[str], note: str) -> None:
    """What a person has to have done before the files are theirs to send. Asked first whether they saw what would
    change: a figure that somebody published meanwhile brings a warning that they could not have acknowledged."""
    if proposal.changes.digest != seen:
        raise StaleDiff("desk.stale", expected=seen, current=proposal.changes.digest)
    missed = sorted(set(proposal.warnings) - set(acknowledged))
    if missed:
        raise UploadRejected("desk.unacknowledged", codes=missed)
    if not proposal.reports or proposal.changes.nothing:
        raise SubmissionError("desk.nothing_new")
    if proposal.changes.revises and not note.strip():
        raise UploadRejected("desk.reason_missing")


def _keep(
    settings: Settings,
    space: str,
    proposal: Proposal,
    files: Files,
    user: User,
    note: str,
    acknowledged: Collection[str],
) -> list[str]:
    """Write the files and name them in the log; gives their folders."""
    folders: list[str] = []
    contents = {
        report.upload_id: (report, data) for report, (_, data) in zip(proposal.reports, files, strict=True)
    }
    try:
        for report, data in contents.values():
            name = commit.write(settings, space, report, data, user.name, note.strip(), sorted(acknowledged))
            folders.append(name)
        acts = [_submission(settings, space, folder, proposal.replaces) for folder in folders]
        books.books(settings).append(space, commit.ledger_path(settings, space), user.name, acts)
    except BaseException:
        commit.discard(settings, space, folders)
        raise
    return folders


def _submission(settings: Settings, space: str, folder: str, replaces: Sequence[str]) -> tuple[str, dict]:
    _, facts = commit.acceptance(settings, space, folder)
    return "submit", {**facts, **({"replaces": list(replaces)} if replaces else {})}


# ---------------------------------------------------------------- deciding


def review(settings: Settings, space: str, ids: Sequence[str], on: date | None = None) -> Proposal:
    """What waiting submissions would change now: what the second person reads before accepting."""
    return _review(settings, space, _waiting(settings, space, ids), on)


def _review(settings: Settings, space: str, items: Sequence[Submission], on: date | None) -> Proposal:
    files = [(item.file, original(settings, space, item)) for item in items]
    replaces = tuple(dict.fromkeys(name for item in items for name in item.replaces))
    return _proposal(settings, space, files, replaces, on or today(), None)


@lines.counted("accept")
def accept(
    settings: Settings,
    space: str,
    ids: Sequence[str],
    user: User,
    *,
    seen: str | None = None,
    on: date | None = None,
) -> str:
    """Make waiting submissions count and publish them, all or none; gives the snapshot's id.

    ``seen``: digest of the changes shown to the person, StaleDiff when they differ now. NotPermitted for who may not
    decide, or sent one of them where a second person is asked for. UploadRejected when a file that was fine when it
    came in no longer is.
    """
    require_decide(user)  # also about no file at all: publishing is deciding
    with replica.writing(settings, space):
        items = _waiting(settings, space, ids)
        for item in items:
            require_decide(user, item.by, second_person=settings.second_person)
        proposal = _review(settings, space, items, on)
        _require_whole(proposal)
        if seen is not None and proposal.changes.digest != seen:
            raise StaleDiff("desk.stale", expected=seen, current=proposal.changes.digest)
        _require_as_sent(settings, space, items, proposal)
        return _count(settings, space, [item.id for item in items], proposal.replaces, user)


def _require_as_sent(settings: Settings, space: str, items: Sequence[Submission], proposal: Proposal) -> None:
    """Definitions may have changed since the file was read: then the figures are not those that were sent."""
    for item, report in zip(items, proposal.reports, strict=True):
        kept = pd.read_parquet(commit.upload_dir(settings, space, item.id) / commit.ROWS)
        if not compare(kept, report.table, "").nothing:
            raise UploadRejected("desk.read_otherwise", file=item.file)


def _count(
    settings: Settings, space: str, folders: Sequence[str], replaces: Sequence[str], user: User
) -> str:
    """Build with the files, then log and publish in one turn. A failing build leaves them waiting."""
    standing = ledger.acceptances(commit.ledger_path(settings, space))
    gone = [name for name in replaces if name in standing]
    snapshot_id = build(settings, space, folders, gone)
    acts = []
    if gone:
        acts.append(("withdraw", {"upload_ids": gone, "files": [standing[name]["file"] for name in gone]}))
    acts += [commit.acceptance(settings, space, folder) for folder in folders]
    publish.turn(settings, space, snapshot_id, user, acts)
    return snapshot_id


@lines.counted("send_back")
def send_back(settings: Settings, space: str, submission_id: str, user: User, why: str) -> None:
    """Return a waiting submission to its sender with a reason; its bytes stay."""
    require_decide(user)
    _close(settings, space, submission_id, user, "return", why)


@lines.counted("take_back")
def take_back(settings: Settings, space: str, submission_id: str, user: User) -> None:
    """The sender changes their mind while it waits."""

    def own(item: Submission) -> None:
        if item.by != user.name:
            raise NotPermitted("access.not_sender", user=user.name)

    _close(settings, space, submission_id, user, "take_back", "", own)


def _close(
    settings: Settings,
    space: str,
    submission_id: str,
    user: User,
    act: str,
    why: str,
    permit: Callable[[Submission], None] = lambda _: None,
) -> None:
    if act == "return" and not why.strip():
        raise SubmissionError("desk.reason_missing")
    with replica.writing(settings, space):
        (item,) = _waiting(settings, space, [submission_id])
        permit(item)
        facts = {"folder": item.id, "upload_id": item.upload_id, "file": item.file}
        reason = {"why": why.strip()} if why else {}
        path = commit.ledger_path(settings, space)
        books.books(settings).append(space, path, user.name, [(act, {**facts, **reason})])


@lines.counted("withdraw")
def withdraw(settings: Settings, space: str, upload_id: str, user: User, why: str) -> str:
    """Take an accepted upload out of the figures and publish without it; gives the snapshot's id. What it had replaced
    stands again. The bytes and the lines of the log stay."""
    require_decide(user)
    if not why.strip():
        raise SubmissionError("desk.reason_missing")
    with replica.writing(settings, space):
        standing = ledger.acceptances(commit.ledger_path(settings, space))
        if upload_id not in standing:
            raise SubmissionError("desk.not_standing", uploads=[upload_id])
        snapshot_id = build(settings, space, without=[upload_id])
        facts = {"upload_ids": [upload_id], "files": [standing[upload_id]["file"]], "why": why.strip()}
        publish.turn(settings, space, snapshot_id, user, [("withdraw", facts)])
        return snapshot_id


def _waiting(settings: Settings, space: str, ids: Sequence[str]) -> list[Submission]:
    """These submissions, by one replay of the log; SubmissionError for one that was never sent or is decided already."""
    sent = {item.id: item for item in submissions(settings, space)}
    for name in ids:
        if name not in sent:
            raise SubmissionError("desk.unknown", id=name)
        if sent[name].state != WAITING:
            raise SubmissionError("desk.not_waiting", id=name, state=sent[name].state)
    return [sent[name] for name in ids]
