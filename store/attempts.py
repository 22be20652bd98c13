"""How often somebody may try a secret: every attempt counts as failed before it is judged.

So many attempts at once, over threads and processes, get no more tries than one after another. What is tried is kept
by its hash only: the wrong name in the box is sometimes the password.
"""

import hashlib
import sqlite3
from datetime import UTC, datetime, timedelta

from store.errors import SignInRefused

TRIES = 5
SKEW = timedelta(minutes=5)  # by so much the clocks of several servers may differ
FIRST_LOCK, LONGEST_LOCK = timedelta(minutes=15), timedelta(hours=24)
# A day after the last failure, or after the lock it led to, failures count no more: strangers' names must not pile up.
MEMORY = timedelta(hours=24)


def key(kind: str, text: str) -> str:
    """What attempts are counted under; ``kind`` keeps names and codes apart."""
    return hashlib.sha256(f"{kind}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def lock_after(failures: int) -> timedelta:
    """How long that many failures in a row lock: nothing but at each fifth, 15 minutes, doubling up to a day.

    >>> [str(lock_after(failures)) for failures in (4, 5, 6, 10, 15, 500)]
    ['0:00:00', '0:15:00', '0:00:00', '0:30:00', '1:00:00', '1 day, 0:00:00']
    """
    if failures % TRIES:
        return timedelta()
    return min(LONGEST_LOCK, FIRST_LOCK * 2 ** min(failures // TRIES - 1, 20))


def count(db: sqlite3.Connection, tried: str, now: datetime) -> bool:
    """Count one attempt inside a transaction; whether it locks, should it fail. SignInRefused while locked."""
    until = locked_until(db, tried, now)
    if until:
        raise SignInRefused("accounts.locked", until=until)
    db.execute("DELETE FROM attempt WHERE forgotten < ?", (now.timestamp(),))
    row = db.execute("SELECT count FROM attempt WHERE key = ?", (tried,)).fetchone()
    failures = (row["count"] if row else 0) + 1
    lock = lock_after(failures)
    ends = (now + lock).timestamp()
    facts = (tried, failures, ends if lock else 0, ends + MEMORY.total_seconds())
    db.execute("DELETE FROM attempt WHERE key = ?", (tried,))
    db.execute("INSERT INTO attempt VALUES (?, ?, ?, ?)", facts)
    return bool(lock)


def locked_until(db: sqlite3.Connection, tried: str, now: datetime) -> datetime | None:
    """When the lock ends; None when there is none."""
    row = db.execute("SELECT locked_until FROM attempt WHERE key = ?", (tried,)).fetchone()
    if row is None or row["locked_until"] <= now.timestamp():
        return None
    if row["locked_until"] - now.timestamp() > LONGEST_LOCK.total_seconds():
        return None  # no lock is so long: the clock was put back since, and nobody is to wait for it
    return datetime.fromtimestamp(row["locked_until"], UTC)


def clear(db: sqlite3.Connection, tried: str) -> None:
    """Forget the failures: the right secret was given, or somebody who may has opened the lock."""
    db.execute("DELETE FROM attempt WHERE key = ?", (tried,))
