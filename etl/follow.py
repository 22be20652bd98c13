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

_RUNNING: dict[tuple[int, str, str], tuple[threading.Thread, threading.Event]] = {}
_LOCK = threading.Lock()


def start(settings: Settings) -> None:
    """Follow from now on, once per process; nothing for the files of one machine."""
    if not settings.is_shared:
        return
    with _LOCK:
        if _key(settings) not in _RUNNING:
            over = threading.Event()
            thread = threading.Thread(target=_run, args=(settings, over), name="follow", daemon=True)
            _RUNNING[_key(settings)] = thread, over
            thread.start()


def stop(settings: Settings) -> None:
    """Follow no longer; waits until what was begun is done."""
    with _LOCK:
        thread, over = _RUNNING.pop(_key(settings), (None, None))
    if thread is not None:
        over.set()
        thread.join()


def _key(settings: Settings) -> tuple[int, str, str]:
    return os.getpid(), settings.store, str(settings.runtime_dir)


def _run(settings: Settings, over: threading.Event) -> None:
    while not over.is_set():
        try:
            with postgres.server(settings).connection() as db:
                try:
                    db.execute(f"LISTEN {postgres.CHANNEL}")
                    while not over.is_set():
                        look(settings)
                        for _ in db.notifies(timeout=ASK_SECONDS, stop_after=1):
                            pass
                finally:
                    with suppress(Exception):  # a connection that is gone listens no more
                        db.execute("UNLISTEN *")
        except BoardError as error:
            _tell(settings, error)
        except Exception:
            if mirror.tell(settings, StoreError("store.failed")):
                lines.unexpected("", part="follow")
        over.wait(RETRY_SECONDS)


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
            if error.code == "store.unreachable":
                raise
            first = first or error
    _tell(settings, first)


def _tell(settings: Settings, error: BoardError | None) -> None:
    """Note how it went; the log says so once."""
    if mirror.tell(settings, error) and error is not None:
        lines.error(error.code, "", error.details, part="follow")
