"""Accounts, sessions and attempts of several servers: in PostgreSQL, asked each time, with their log in the same
transaction. Nothing of them is copied: who was switched off is switched off everywhere at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from store import books, ledger, postgres
from store.errors import BoardError
from store.settings import Settings

BOOK = "accounts"
_ANY = "SELECT EXISTS (SELECT 1 FROM account) OR EXISTS (SELECT 1 FROM first_code) AS there"


@contextmanager
def reading(settings: Settings) -> Iterator[postgres.Statements | None]:
    """For reading; None when there are no accounts yet."""
    with postgres.server(settings).connection() as db:
        found = postgres.one(db, _ANY)
        yield postgres.Statements(db) if found and found["there"] else None


@contextmanager
def writing(settings: Settings, patience: float) -> Iterator[postgres.Statements]:
    """One transaction that nobody else can come between, on any server: all of it or nothing."""
    import psycopg

    with postgres.server(settings).connection() as db, db.transaction():
        db.execute(f"SET LOCAL lock_timeout = {int(patience * 1000)}")
        try:
            db.execute("SELECT pg_advisory_xact_lock(hashtextextended('board accounts', 0))")
        except psycopg.errors.LockNotAvailable:
            raise BoardError("accounts.busy") from None
        yield postgres.Statements(db)


def note(db: postgres.Statements, act: str, by: str, facts: Mapping[str, object]) -> None:
    """An act's line, inside the transaction of the act."""
    head = books.head(db.db, BOOK)
    books.write(db.db, BOOK, head.lines, head.hash, ledger.chained(head.hash, by, [(act, facts)]))


def look(db: postgres.Statements) -> None:
    """What ``note`` reads before it writes."""
    books.head(db.db, BOOK)


def entries(settings: Settings) -> list[dict]:
    """The log, in order."""
    with postgres.server(settings).connection() as db:
        return books.lines_after(db, BOOK, 0)


def verify_log(settings: Settings) -> tuple[str, int]:
    """As for the file: ("whole", lines), ("broken", first altered line) or ("cut", first line missing at the end)."""
    with postgres.server(settings).connection() as db, db.transaction():
        db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        head, lines = books.head(db, BOOK), books.lines_after(db, BOOK, 0)
    return verified(head, lines)


def verified(head: books.Head, lines: list[dict]) -> tuple[str, int]:
    """How a log stands whose head and lines were read at the same instant."""
    previous = ledger.GENESIS
    for number, line in enumerate(lines, start=1):
        if not ledger.follows(previous, [line]):
            return "broken", number
        previous = line["hash"]
    if len(lines) < head.lines:
        return "cut", len(lines) + 1
    if (len(lines), previous) != (head.lines, head.hash):
        return "broken", max(len(lines), 1)
    return "whole", len(lines)
