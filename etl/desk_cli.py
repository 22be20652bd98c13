"""The desk from the command line: the same functions as the pages, the same refusals."""

import argparse

from etl import asof, desk, publish
from etl.actor import signed_in_actor
from etl.findings import words
from etl.users_cli import shown_at
from store.errors import UploadRejected
from store.settings import Settings


def _say(settings: Settings, key: str, **facts: object) -> None:
    print(words(settings.language)[key].format_map(facts))


def _submit(arguments: argparse.Namespace, settings: Settings) -> int:
    files = [(path.name, path.read_bytes()) for path in arguments.files]
    return send(arguments, settings, files)


def send(arguments: argparse.Namespace, settings: Settings, files: desk.Files, origin: str = "") -> int:
    """Judge, compare and send files with the options of ``submit``. ``origin``: where computed figures come from; it stands
    in the note, and is no reason for altering what was published."""
    from etl.cli import print_report  # cli imports this module

    user = signed_in_actor(settings, arguments.by)
    proposal = desk.propose(settings, arguments.space, files, user, arguments.replaces)
    for report in proposal.reports:
        print_report(publish.Loaded(report), settings.language, checking=True)
    if proposal.blocked:
        return 1
    _say_changes(settings, proposal)
    if proposal.changes.revises and not arguments.note.strip():
        raise UploadRejected("desk.reason_missing")
    sent = desk.submit(
        settings,
        arguments.space,
        files,
        user,
        seen=proposal.changes.digest,
        acknowledged=proposal.warnings if arguments.acknowledge else (),
        note=". ".join(part for part in (arguments.note.strip(), origin) if part),
        replaces=arguments.replaces,
    )
    for item in sent:
        _say(settings, f"sent_{item.state}", file=item.file, id=item.id)
    return 0


def _say_changes(settings: Settings, proposal: desk.Proposal) -> None:
    counts = proposal.changes.rows["kind"].value_counts()
    facts = {kind: int(counts.get(kind, 0)) for kind in ("added", "changed", "removed")}
    _say(settings, "would_change", same=proposal.changes.same, **facts)


def _submissions(arguments: argparse.Namespace, settings: Settings) -> int:
    items = desk.submissions(settings, arguments.space)
    if not items:
        _say(settings, "no_submissions", space=arguments.space)
    say = words(settings.language)
    for item in items:
        at = shown_at(item.at, say)
        why = f"  ({item.why})" if item.why else ""
        print(f"{item.id}  {say[f'state_{item.state}']}  {at}  {item.by}  {item.file}{why}")
    return 0


def _accept(arguments: argparse.Namespace, settings: Settings) -> int:
    user = signed_in_actor(settings, arguments.by)
    snapshot_id = desk.accept(settings, arguments.space, arguments.ids, user)
    _say(settings, "published", space=arguments.space, snapshot_id=snapshot_id)
    return 0


def _return(arguments: argparse.Namespace, settings: Settings) -> int:
    user = signed_in_actor(settings, arguments.by)
    desk.send_back(settings, arguments.space, arguments.id, user, arguments.why)
    _say(settings, "returned", id=arguments.id)
    return 0


def _take_back(arguments: argparse.Namespace, settings: Settings) -> int:
    desk.take_back(settings, arguments.space, arguments.id, signed_in_actor(settings, arguments.by))
    _say(settings, "taken_back", id=arguments.id)
    return 0


def _withdraw(arguments: argparse.Namespace, settings: Settings) -> int:
    user = signed_in_actor(settings, arguments.by)
    snapshot_id = desk.withdraw(settings, arguments.space, arguments.id, user, arguments.why)
    _say(settings, "published", space=arguments.space, snapshot_id=snapshot_id)
    return 0


def _as_of(arguments: argparse.Namespace, settings: Settings) -> int:
    snapshot_id, shown = asof.snapshot_of(settings, arguments.space, arguments.day)
    day = arguments.day.strftime("%d/%m/%Y")
    _say(settings, "as_of_shown" if shown else "as_of_built", day=day, snapshot_id=snapshot_id)
    return 0


RUNS = {
    "submit": _submit,
    "submissions": _submissions,
    "accept": _accept,
    "return": _return,
    "take-back": _take_back,
    "withdraw": _withdraw,
    "as-of": _as_of,
}
