"""Keeps one of several servers up to date, in the background: a thread that listens and, in case a word was lost, asks.

Pages never wait for it. When what is shared cannot be reached, or cannot be built here, the server goes on showing what it
has, and says so to whoever works with the figures (``mirror.trouble``).
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress

from etl import replica
from store import citations, mirror, postgres, shows
from store.errors import BoardError, StoreError
from store.settings import SPACES, Settings
from watch import lines

ASK_SECONDS = 2.0  # a question about four rows
RETRY_SECONDS = 2.0

_RUNNING: dict[tuple[int, str, str], threading.Thread] = {}
_LOCK = threading.Lock()


def start(settings: Settings) -> None:
    """Follow from now on, once per process; nothing for the files of one machine."""
    if not settings.is_shared:
        return
    key = (os.getpid(), settings.store, str(settings.runtime_dir))
    with _LOCK:
        if key not in _RUNNING:
            _RUNNING[key] = threading.Thread(target=_run, args=(settings,), name="follow", daemon=True)
            _RUNNING[key].start()


def _run(settings: Settings) -> None:
    pause = threading.Event()
    while True:
        try:
            with postgres.server(settings).connection() as db:
                try:
                    db.execute(f"LISTEN {postgres.CHANNEL}")
                    while True:
                        look(settings)
                        for _ in db.notifies(timeout=ASK_SECONDS, stop_after=1):
                            pass
                finally:
                    with suppress(Exception):  # a connection that is gone listens no more
                        db.execute("UNLISTEN *")
        except BoardError as error:
            mirror.tell(settings, error)
        except Exception:
            lines.unexpected("", part="follow")
            mirror.tell(settings, StoreError("store.failed"))
        pause.wait(RETRY_SECONDS)


def look(settings: Settings) -> None:
    """Catch up with everything that is shared, and note how it went: one part that fails keeps no other from it. StoreError
    when nothing can be reached."""
    first: BoardError | None = None
    for part in (
        *(lambda space=space: replica.follow(settings, space) for space in SPACES),
        lambda: citations.follow(settings),
        *(lambda space=space: shows.follow(settings, space) for space in SPACES),
        *(lambda space=space: replica.share_cited(settings, space) for space in SPACES),
    ):
        try:
            part()
        except BoardError as error:
            if getattr(error, "code", "") == "store.unreachable":
                raise
            first = first or error
            lines.error(error.code, "", error.details, part="follow")
    mirror.tell(settings, first)
