"""The number of the runtime folder's layout: what a folder holds and in which form, so that a program knows whether it may
read and write there.

1: every release that kept no number. 2: with this file, and map versions of their own; see ADR 0027. A program that changes
the form raises ``NUMBER`` and adds a step to ``etl.upgrade``.
"""

import os
import threading
from pathlib import Path

from store.errors import LayoutError
from store.settings import SPACES, Settings

NUMBER = 2
UNNUMBERED = 1
FILE = "LAYOUT"
RESTORING = ".restoring"  # where a restore unpacks
READY = "READY"  # in there: everything was checked, and from here on it is finished rather than undone
# Whoever has one of these has figures, accounts or maps; folders and locks alone are nothing yet.
SIGNS = (
    *(f"{space}/{name}" for space in SPACES for name in ("ledger.jsonl", "CURRENT")),
    *("accounts.sqlite", "citations.jsonl", "boundaries"),
)


def path(settings: Settings) -> Path:
    """The file with the number."""
    return settings.runtime_dir / FILE


def found(settings: Settings) -> int:
    """The folder's number; 0 where nothing was kept yet. LayoutError for a number that is none."""
    try:
        text = path(settings).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return UNNUMBERED if any((settings.runtime_dir / sign).exists() for sign in SIGNS) else 0
    except (OSError, UnicodeDecodeError):
        text = ""
    if not text.isdecimal() or not 0 < int(text[:9]) == int(text):
        raise LayoutError("layout.unreadable", file=FILE)
    return int(text)


def stamp(settings: Settings) -> None:
    """Write this program's number, atomically."""
    from store.snapshot import patiently  # brings the database with it, which a server starts without

    settings.runtime_dir.mkdir(parents=True, exist_ok=True)
    aside = path(settings).with_name(f".{FILE}.{os.getpid()}.{threading.get_ident()}")
    with aside.open("w", encoding="ascii") as file:
        file.write(f"{NUMBER}\n")
        file.flush()
        os.fsync(file.fileno())
    patiently(lambda: aside.replace(path(settings)))


def stamp_new(settings: Settings) -> None:
    """Whoever writes first into a folder makes it one of this program's layout; another's is left as it is."""
    if not path(settings).exists() and found(settings) == 0:
        stamp(settings)


def require(settings: Settings, older: bool = False) -> None:
    """LayoutError unless this program may work with the folder. ``older``: a folder of an earlier layout will do. One that
    a restore has half replaced will never do."""
    number = found(settings)
    if number > NUMBER:
        raise LayoutError("layout.newer", found=number, known=NUMBER)
    if (settings.runtime_dir / RESTORING / READY).exists():
        raise LayoutError("layout.restoring")
    if 0 < number < NUMBER and not older:
        raise LayoutError("layout.older", found=number, known=NUMBER)
