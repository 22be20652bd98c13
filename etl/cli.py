"""What ``python -m etl`` does: reads arguments, calls the same functions as the pages, speaks plain sentences."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from etl import commit, desk_cli, doctor, keep, keep_cli, publish, replica, store_cli, users_cli
from etl.actor import signed_in_actor
from etl.arguments import parser
from etl.build import build
from etl.check import today
from etl.findings import Finding, Severity, column_label, message, words
from store import disk, layout, ledger
from store.errors import BoardError, StoreError
from store.settings import SPACES, Settings, read_settings
from store.snapshot import snapshot_path

# Of a path that somebody wrote, or of a file that was taken away.
WRONG_PATH = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (argparse itself leaves with 2 for wrong use)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # what is redirected on Windows may not be UTF-8
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    grammar = parser(RUNS, keep_cli.version_line(_language()))
    arguments = grammar.parse_args(argv)
    for file in getattr(arguments, "files", []):
        if not file.is_file():
            grammar.error(_say(_language(), "no_file", file=file))
    say: dict[str, str] = {}
    try:
        settings = read_settings()
        say = words(settings.language)
        if arguments.run not in OF_ANY_LAYOUT:
            layout.require(settings)
        if settings.is_shared and arguments.run not in NOT_FOLLOWING:
            _follow(settings, say)
        return arguments.run(arguments, settings)
    except BoardError as error:
        return _told(error, arguments, say or words("vi"))
    except OSError as error:
        say = say or words("vi")
        if isinstance(error, WRONG_PATH) and error.filename is not None:
            return _told(BoardError("no_file", file=error.filename), arguments, say)
        refused = disk.plain(error)
        if refused is None:
            raise
        return _told(refused, arguments, say)


def _told(error: BoardError, arguments: argparse.Namespace, say: dict[str, str]) -> int:
    if getattr(arguments, "json", False):
        _print_error_objects(error, arguments.files, say)
    _print_error(error, say)
    return 1


def _language() -> str:
    """Of what is said before settings are read: theirs, Vietnamese where they are wrong."""
    try:
        return read_settings().language
    except BoardError:
        return "vi"


def _follow(settings: Settings, say: dict[str, str]) -> None:
    """One of several servers catches up before it speaks; where it cannot, it says so and speaks of what it has."""
    for space in SPACES:
        try:
            replica.follow(settings, space)
        except StoreError as error:
            print(say["store_copy"].format(reason=_reason(error, say)), file=sys.stderr)
            return


def _say(language: str, key: str, **facts: object) -> str:
    return words(language)[key].format_map(facts)


def _print_error(error: BoardError, say: dict[str, str]) -> None:
    """One sentence, then the list the error carries (mistakes of definitions, faults of committed files)."""
    print(say["error"].format(reason=_reason(error, say)), file=sys.stderr)
    for item in [*error.details.get("mistakes", ()), *error.details.get("findings", ())]:
        print("  " + " · ".join(str(part) for part in item if part not in (None, "")), file=sys.stderr)


def _reason(error: BoardError, say: dict[str, str]) -> str:
    """The sentence of an error; code and facts where it has none."""
    facts = {key: _fact(item, say) for key, item in error.details.items()}
    return say[error.code].format_map(facts) if error.code in say else str(error)


def _fact(item: object, say: dict[str, str]) -> object:
    if isinstance(item, datetime):
        return users_cli.shown(item, say)
    return ", ".join(map(str, item)) if isinstance(item, list) else item


def _print_error_objects(error: BoardError, files: Sequence[Path], say: dict[str, str]) -> None:
    """Who reads ``--json`` gets one object per file also when an error stopped the command."""
    for path in files:
        file = path.name.encode("utf-8", "replace").decode()
        item = {"file": file, "encoding": "", "rows": 0, "accepted": 0, "findings": []}
        item |= {"upload_id": None, "snapshot_id": None}
        item["error"] = {"code": error.code, "message": _reason(error, say)}
        print(json.dumps(item, ensure_ascii=False))


def _spaces(arguments: argparse.Namespace) -> Sequence[str]:
    return (arguments.space,) if arguments.space else SPACES


def _check(arguments: argparse.Namespace, settings: Settings) -> int:
    files = [(path.name, path.read_bytes()) for path in arguments.files]
    reports = publish.check_files(settings, arguments.space, files, today())
    _print_all(
        [publish.Loaded(report) for report in reports], arguments.json, settings.language, checking=True
    )
    return int(any(report.blocked for report in reports))


def _load(arguments: argparse.Namespace, settings: Settings) -> int:
    outcomes = publish.load(
        settings, arguments.space, arguments.files, signed_in_actor(settings, arguments.by)
    )
    _print_all(outcomes, arguments.json, settings.language, checking=False)
    return int(any(outcome.report.blocked for outcome in outcomes))


def _print_all(outcomes: Sequence[publish.Loaded], as_json: bool, language: str, checking: bool) -> None:
    for outcome in outcomes:
        if as_json:
            print(json.dumps(as_object(outcome, language), ensure_ascii=False))
        else:
            print_report(outcome, language, checking)


def as_object(outcome: publish.Loaded, language: str) -> dict:
    """One file's outcome as the command line prints it under ``--json``."""
    report = outcome.report
    return {
        "file": report.file,
        "encoding": report.encoding,
        "rows": report.rows,
        "accepted": report.accepted,
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity.value,
                "line": finding.line,
                "column": finding.column,
                "value": finding.value,
                "message": message(finding, language),
                "sheet": finding.sheet,
                "cell": finding.cell,
            }
            for finding in report.findings
        ],
        "upload_id": outcome.upload_id or None,
        "snapshot_id": outcome.snapshot_id or None,
    }


def print_report(outcome: publish.Loaded, language: str, checking: bool) -> None:
    """Totals first, then every finding by line."""
    report, say = outcome.report, words(language)
    head = say["file"] if report.encoding else say["unread"]
    print(head.format(file=report.file, rows=report.rows, encoding=report.encoding))
    totals = Counter(finding.severity.value for finding in report.findings)
    print("  " + say["totals"].format(**{severity.value: totals[severity.value] for severity in Severity}))
    print("  " + _verdict(outcome, say, checking))
    for finding in report.findings:
        place = _place(finding, say)
        where = f"{place}, {column_label(finding.column, language)}" if finding.column else place
        where += f" ({say['cell'].format(cell=finding.cell)})" if finding.cell else ""
        print(f"  [{say[finding.severity.value]}] {where}: {message(finding, language)} ({finding.code})")


def _place(finding: Finding, say: dict[str, str]) -> str:
    """Where a finding stands: sheet and line, as far as known."""
    if not finding.line:
        return say["whole_file"]
    parts = [say["sheet"].format(sheet=finding.sheet)] if finding.sheet else []
    parts.append(say["line"].format(line=finding.line))
    return ", ".join(parts)


def _verdict(outcome: publish.Loaded, say: dict[str, str], checking: bool) -> str:
    if outcome.report.blocked:
        return say["refused"]
    if checking:
        return say["would_accept"].format(accepted=outcome.report.accepted)
    if not outcome.snapshot_id:
        return say["refused_with_others"]
    facts = {
        "accepted": outcome.report.accepted,
        "upload_id": outcome.upload_id,
        "snapshot_id": outcome.snapshot_id,
    }
    key = "accepted_again" if outcome.again else "accepted" if outcome.new else "already"
    return say[key].format(**facts)


def _build(arguments: argparse.Namespace, settings: Settings) -> int:
    snapshot_id = build(settings, arguments.space)
    print(_say(settings.language, "built", space=arguments.space, snapshot_id=snapshot_id))
    return 0


def _publish(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.snapshot:  # asked before the lock makes a folder
        snapshot_path(settings, arguments.space, arguments.snapshot)
    snapshot_id = arguments.snapshot or build(settings, arguments.space)
    before = ledger.length(commit.ledger_path(settings, arguments.space))
    moved = publish.publish(settings, arguments.space, snapshot_id, signed_in_actor(settings, arguments.by))
    key = "published" if moved else "current"
    print(_say(settings.language, key, space=arguments.space, snapshot_id=snapshot_id))
    _print_withdrawn(settings, arguments.space, before)
    return 0


def _print_withdrawn(settings: Settings, space: str, before: int) -> None:
    """Which files no longer count, by the lines that the log has got since it had ``before``."""
    entries = ledger.read(commit.ledger_path(settings, space))[before:]
    files = [name for entry in entries if entry["act"] == "withdraw" for name in entry["files"]]
    if files:
        print("  " + _say(settings.language, "withdrawn", files=", ".join(files)))


def _rollback(arguments: argparse.Namespace, settings: Settings) -> int:
    before = ledger.length(commit.ledger_path(settings, arguments.space))
    snapshot_id = publish.rollback(settings, arguments.space, signed_in_actor(settings, arguments.by))
    print(_say(settings.language, "rolled_back", space=arguments.space, snapshot_id=snapshot_id))
    _print_withdrawn(settings, arguments.space, before)
    return 0


def _prune(arguments: argparse.Namespace, settings: Settings) -> int:
    gone = keep.prune(settings, arguments.space, arguments.keep, signed_in_actor(settings, arguments.by))
    key = "pruned" if gone else "pruned_none"
    print(_say(settings.language, key, space=arguments.space, count=len(gone), ids=", ".join(gone)))
    return 0


def _status(arguments: argparse.Namespace, settings: Settings) -> int:
    for space in _spaces(arguments):
        facts = publish.status(settings, space)
        if facts["snapshot_id"]:
            facts["at"] = users_cli.shown_at(facts["at"], words(settings.language))
        print(_say(settings.language, "status" if facts["snapshot_id"] else "nothing_published", **facts))
        if facts["snapshot_id"] and facts["newer"]:
            print("  " + _say(settings.language, "newer"))
    return 0


def _log(arguments: argparse.Namespace, settings: Settings) -> int:
    broken = 0
    for space in _spaces(arguments):
        path = commit.ledger_path(settings, space)
        if arguments.verify:
            state, line = keep.verify_log(settings, space)
            print(_say(settings.language, f"log_{state}", space=space, line=line))
            broken += state != "whole"
        else:
            _print_log(path, space, settings.language)
    return int(broken > 0)


def _print_log(path: Path, space: str, language: str) -> None:
    entries = ledger.read(path)
    if not entries:
        print(_say(language, "log_empty", space=space))
    wrong = ledger.out_of_order(entries)
    if wrong:
        print(_say(language, "log_clock", space=space, lines=", ".join(map(str, wrong))))
    for entry in entries:
        at = users_cli.shown_at(entry["at"], words(language))
        print(f"{at}  {space} {entry['act']} {entry['by']} {ledger.facts(entry)}")


def _init(arguments: argparse.Namespace, settings: Settings) -> int:
    keep_cli.bring_up(settings)
    if settings.is_shared:
        _follow(settings, words(settings.language))
    for space in SPACES:
        snapshot_id, moved = publish.refresh(settings, space)
        print(
            _say(settings.language, "published" if moved else "current", space=space, snapshot_id=snapshot_id)
        )
    return 0


def _boundaries(arguments: argparse.Namespace, settings: Settings) -> int:
    from etl.boundaries import (
        command,
    )  # its libraries take a second to import, and only this command needs them

    return command.run(arguments, settings)


def _dossiers(arguments: argparse.Namespace, settings: Settings) -> int:
    from etl.dossiers import command  # only this command needs the engines

    return command.run(arguments, settings)


def _doctor(arguments: argparse.Namespace, settings: Settings) -> int:
    return doctor.main(["--lang", arguments.lang] if arguments.lang else [])


RUNS = {
    "check": _check,
    "load": _load,
    **desk_cli.RUNS,
    "build": _build,
    "publish": _publish,
    "rollback": _rollback,
    "prune": _prune,
    "status": _status,
    "log": _log,
    "init": _init,
    "doctor": _doctor,
    "boundaries": _boundaries,
    "dossiers": _dossiers,
    "users": users_cli.run,
    "store": store_cli.run,
    **keep_cli.RUNS,
}
# Those that bring a folder of another layout up to the present one, or save it first.
OF_ANY_LAYOUT = (_init, _doctor, *keep_cli.RUNS.values())
# Those that look or change by themselves; the others begin with what the other servers did.
NOT_FOLLOWING = (users_cli.run, store_cli.run, _boundaries, _init, _doctor, *keep_cli.RUNS.values())
