"""What is known of people who no longer work here goes after a while; what they did stays in the log.

Logs name people by the name of their account and by nothing else, for a chain of hashes forgets nothing. Who that is says
the account alone: its display name, its address at the sign-in service, its password and when it was last used. Those four
are erased here, so that the account's name is a pseudonym from then on; it stays taken, so that nobody else's acts are ever
mistaken for theirs.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from store import access
from store.account_rows import attempts_on, end_sessions, moment
from store.accounts_file import entries, logged, note
from store.attempts import clear
from store.sessions import IDLE, LONGEST
from store.settings import Settings


@dataclass(frozen=True)
class Retained:
    """Accounts whose personal part was erased, and how many ended sessions and forgotten attempts were cleared."""

    names: tuple[str, ...]
    sessions: int
    attempts: int


def retain(settings: Settings, actor: access.User, now: datetime | None = None) -> Retained:
    """Erase the personal part of accounts that were switched off longer ago than ``settings.keep_personal_days``, and
    clear what has ended by itself: sessions, failed attempts, an unused first code. One line in the log of accounts, where
    something was erased. NotPermitted unless ``actor`` manages accounts."""
    access.require_manage(actor)
    at = moment(now)
    with logged(settings) as db:
        since = _last_acts(entries(settings))
        before = (at - timedelta(days=settings.keep_personal_days)).timestamp()
        gone = tuple(row["name"] for row in _switched_off(db) if _last(row, since) < before)
        for name in gone:
            erased = "UPDATE account SET display = '', identity = '', password = '', last_sign_in = NULL WHERE name = ?"
            db.execute(erased, (name,))
            end_sessions(db, name)
            clear(db, attempts_on(name))
        ended = ((at - LONGEST).timestamp(), (at - IDLE).timestamp())
        sessions = _cleared(db, "session", "opened < ? OR seen < ?", ended)
        attempts = _cleared(db, "attempt", "forgotten < ?", (at.timestamp(),))
        _cleared(db, "first_code", "expires < ?", (at.timestamp(),))
        if gone:
            note(settings, db, "retain", actor.name, names=list(gone), days=settings.keep_personal_days)
    return Retained(gone, sessions, attempts)


def _switched_off(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """Accounts that are switched off and of which something personal is left."""
    asked = (
        "SELECT * FROM account WHERE active = 0 AND (display <> '' OR identity <> '' OR password <> '' "
        "OR last_sign_in IS NOT NULL) ORDER BY name"
    )
    return db.execute(asked).fetchall()


def _last_acts(lines: list[dict]) -> dict[str, float]:
    """Account -> when something was last done by it or about it."""
    found: dict[str, float] = {}
    for line in lines:
        for name in {line["by"], line.get("name", "")}:
            found[name] = max(found.get(name, 0.0), datetime.fromisoformat(line["at"]).timestamp())
    return found


def _last(row: sqlite3.Row, since: dict[str, float]) -> float:
    return max(since.get(row["name"], 0.0), row["created"], row["last_sign_in"] or 0.0)


def _cleared(db: sqlite3.Connection, table: str, where: str, given: tuple) -> int:
    """Delete rows; how many there were. ``table`` and ``where`` are words of this module."""
    count = db.execute(f"SELECT count(*) AS rows FROM {table} WHERE {where}", given).fetchone()[0]
    db.execute(f"DELETE FROM {table} WHERE {where}", given)
    return count
