"""The last step of a restore: what was unpacked and checked takes its place, what was there stays aside.

A runtime folder may be a mounted volume, which nobody can rename, so its entries are moved one by one. A note of what is to
be moved is written first: whoever is killed in between is finished by the next ``init``, ``upgrade`` or ``restore``, and
until then the board says so instead of opening half of it.
"""

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path

from etl.archive import flush_folder
from store.errors import BackupError
from store.layout import FILE, READY, RESTORING
from store.settings import SPACES
from store.snapshot import patiently

# What a runtime folder is made of; its locks and the folders of copies stay where they are.
ENTRIES = (
    *SPACES,
    "accounts.sqlite",
    "accounts.jsonl",
    "accounts.sqlite-journal",
    "citations.jsonl",
    "boundaries",
    FILE,
)
BEFORE = "before-restore-"
FILES = "files"  # in the folder of the restore


def staging(runtime: Path) -> Path:
    """Where a restore unpacks: below the runtime folder, so that moving is no copying."""
    return runtime / RESTORING


def begin(runtime: Path) -> Path:
    """An empty folder to unpack into; what a killed restore left there goes."""
    clear(runtime)
    files = staging(runtime) / FILES
    files.mkdir(parents=True)
    return files


def clear(runtime: Path) -> None:
    """Remove what was unpacked and never took its place."""
    shutil.rmtree(staging(runtime), ignore_errors=True)


def present(runtime: Path) -> list[str]:
    """What is there now."""
    return [name for name in ENTRIES if os.path.lexists(runtime / name)]


def turn(runtime: Path, moment: str) -> Path | None:
    """Put what was unpacked in place; gives the folder in which what was there before lies now, None where there was
    nothing. BackupError when something is in use, OSError for whatever else the system refuses: everything is as before
    then."""
    old, new = present(runtime), sorted(path.name for path in (staging(runtime) / FILES).iterdir())
    note = {"before": f"{BEFORE}{moment}", "old": old, "new": new}
    aside = staging(runtime) / f".{READY}"
    with aside.open("w", encoding="utf-8") as file:
        json.dump(note, file)
        file.flush()
        os.fsync(file.fileno())
    patiently(lambda: aside.replace(staging(runtime) / READY))
    flush_folder(staging(runtime))
    try:
        _move(runtime, note)
    except OSError as error:
        _move_back(runtime, note)
        if isinstance(error, PermissionError):  # Windows: somebody has a file open
            raise BackupError("backup.in_use", folder=str(runtime)) from error
        raise
    return runtime / note["before"] if old else None


def finish(runtime: Path) -> bool:
    """End what a killed restore began, where it was past checking; whether there was anything."""
    try:
        note = json.loads((staging(runtime) / READY).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    _move(runtime, note)
    return True


def _move(runtime: Path, note: dict) -> None:
    """All old entries first, then all new ones; may be begun again wherever it was cut off."""
    before, files = runtime / note["before"], staging(runtime) / FILES
    for name in note["old"]:
        before.mkdir(exist_ok=True)
        if os.path.lexists(runtime / name) and not os.path.lexists(before / name):
            (runtime / name).rename(before / name)
    for name in note["new"]:
        if os.path.lexists(files / name):
            (files / name).rename(runtime / name)
    flush_folder(runtime)
    (staging(runtime) / READY).unlink()
    clear(runtime)


def _move_back(runtime: Path, note: dict) -> None:
    before, files = runtime / note["before"], staging(runtime) / FILES
    for name in note["new"]:
        if os.path.lexists(runtime / name) and not os.path.lexists(files / name):
            (runtime / name).rename(files / name)
    for name in note["old"]:
        if os.path.lexists(before / name):
            (before / name).rename(runtime / name)
    with suppress(OSError):
        before.rmdir()
    (staging(runtime) / READY).unlink()
    clear(runtime)
