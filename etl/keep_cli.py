"""``python -m etl backup``, ``restore`` and ``upgrade``: what is kept of an installation, and made of it again."""

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from etl import upgrade as upgrading
from etl import users_cli
from etl.backup import backup
from etl.findings import words
from etl.restore import restore
from store import layout, version
from store.errors import BackupError
from store.settings import Settings

MEGABYTE = 1024**2


def version_line(language: str) -> str:
    """Version and build in one line."""
    say = words(language)
    unknown = say["version_unknown"]
    return say["version"].format(version=version.version() or unknown, build=version.build() or unknown)


@contextmanager
def _disk() -> Iterator[None]:
    """A full, missing or closed disk in one sentence; what was there is as it was."""
    try:
        yield
    except OSError as error:
        file = Path(str(error.filename)).name if error.filename else "–"
        raise BackupError("backup.disk", reason=error.strerror or str(error), file=file) from error


def run_backup(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write one file with everything."""
    say = words(settings.language)
    with _disk():
        path, told, gone = backup(settings, arguments.file, arguments.keep or 0)
    size = -(-path.stat().st_size // MEGABYTE)
    print(say["backup_made"].format(file=path, count=len(told.files), size=size))
    for older in gone:
        print(say["backup_removed"].format(file=older.name))
    return 0


def run_restore(arguments: argparse.Namespace, settings: Settings) -> int:
    """Make the installation that a backup holds."""
    say = words(settings.language)
    with _disk():
        done = restore(settings, arguments.file, arguments.into, arguments.replace)
    made = users_cli.shown(done.told.made, say)
    print(say["restored"].format(folder=done.folder, made=made, version=done.told.version))
    for book, lines in done.told.lines.items():
        print("  " + say["restored_log"].format(book=book, lines=lines))
    if done.before is not None:
        print(say["restored_before"].format(folder=done.before))
    if done.schema:
        print(say["restored_schema"].format(schema=done.schema))
    for name, (then, now) in done.other.items():
        print(
            "  "
            + say["restored_setting"].format(name=f"BOARD_{name.upper()}", then=then or "–", now=now or "–")
        )
    print(say["restored_next"])
    return 0


def run_upgrade(arguments: argparse.Namespace, settings: Settings) -> int:
    """Bring the runtime folder to the present layout."""
    if not bring_up(settings):
        print(words(settings.language)["upgrade_none"].format(number=layout.NUMBER))
    return 0


def bring_up(settings: Settings) -> bool:
    """``upgrade`` with its sentences; whether there was anything to do."""
    say: Mapping[str, str] = words(settings.language)
    with _disk():
        done = upgrading.upgrade(settings)
    if done is None:
        return False
    if done.backup is not None:
        print(say["upgrade_backup"].format(file=done.backup))
    for key, facts in done.said:
        print("  " + say[key].format_map(facts))
    print(say["upgraded"].format(found=done.found, number=layout.NUMBER))
    return True


RUNS = {"backup": run_backup, "restore": run_restore, "upgrade": run_upgrade}
