"""Rows of the account file: how they are found, what may stand in them; right and lock are their callers' matter."""

import json
import re
import sqlite3
import unicodedata
from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from store import access, attempts, passwords
from store.errors import AccountError

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
DISPLAY_LENGTH = 80


def moment(now: datetime | None) -> datetime:
    """``now``, or the clock."""
    return now or datetime.now(UTC)


def known_as(name: str) -> str:
    """A name as accounts are looked up: no spaces around it, lower case."""
    return name.strip().casefold()


def find(db: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    """The row of a name, or None; a text that cannot be a name is nobody's."""
    if not NAME.fullmatch(known_as(name)):
        return None
    return db.execute("SELECT * FROM account WHERE name = ?", (known_as(name),)).fetchone()


def as_user(row: sqlite3.Row) -> access.User:
    """The person of a row."""
    return access.User(row["name"], row["role"], tuple(json.loads(row["areas"])), row["display"])


def end_sessions(db: sqlite3.Connection, name: str) -> None:
    """Whoever is signed in under the name has to sign in again."""
    db.execute("DELETE FROM session WHERE name = ?", (name,))


def attempts_on(name: str) -> str:
    """Under what the attempts to sign in with a name are counted, be it anybody's or not."""
    return attempts.key("name", known_as(name))


def administrators(db: sqlite3.Connection) -> int:
    """Active administrators."""
    asked = "SELECT count(*) FROM account WHERE active = 1 AND role = ?"
    return db.execute(asked, (access.ADMINISTRATOR,)).fetchone()[0]


def known(db: sqlite3.Connection, name: str) -> sqlite3.Row:
    """The row of a name; AccountError when it is nobody's."""
    row = find(db, name)
    if row is None:
        raise AccountError("accounts.unknown", name=name)
    return row


def good_name(name: str) -> str:
    """A new account's name as it is kept; AccountError for one that will not do."""
    if not NAME.fullmatch(known_as(name)):
        raise AccountError("accounts.name", name=name)
    return known_as(name)


def clean(display: str) -> str:
    """One line of readable text; what a terminal could not decode becomes a mark."""
    readable = unicodedata.normalize("NFC", display.encode("utf-8", "replace").decode())
    return " ".join("".join(char if char.isprintable() else " " for char in readable).split())[
        :DISPLAY_LENGTH
    ]


def area_ids(areas: Iterable[str]) -> tuple[str, ...]:
    """Ids in one order, each once."""
    return tuple(sorted(set(areas)))


def require_role(role: str, areas: Collection[str]) -> None:
    """Only reporters have communes, and every reporter has one: communes of anybody else would limit nothing."""
    if role not in access.ROLES:
        raise AccountError("accounts.role", role=role)
    if role == access.REPORTER and not areas:
        raise AccountError("accounts.areas_missing")
    if role != access.REPORTER and areas:
        raise AccountError("accounts.areas_unused")


def is_identity(identity: str) -> bool:
    """Something that looks like an address; whether it is one, the sign-in service knows."""
    return re.fullmatch(r"[^\s@]+@[^\s@]+", identity) is not None and identity.isprintable()


def free_identity(db: sqlite3.Connection, identity: str, name: str) -> str:
    """The address as it is kept; AccountError when it is none or another account has it."""
    own = identity.strip().casefold()
    if own and not is_identity(own):
        raise AccountError("accounts.identity", identity=identity)
    asked = "SELECT 1 FROM account WHERE identity = ? AND name <> ?"
    if own and db.execute(asked, (own, name)).fetchone():
        raise AccountError("accounts.identity_taken", identity=own)
    return own


def insert(
    db: sqlite3.Connection, user: access.User, identity: str, password: str | None, now: datetime
) -> None:
    """A new, active account; AccountError when the name is somebody's already."""
    if find(db, user.name):
        raise AccountError("accounts.name_taken", name=user.name)
    kept = "" if password is None else passwords.hashed(password)
    own = (user.name, user.display, user.role, json.dumps(user.areas), identity, kept, now.timestamp())
    db.execute("INSERT INTO account VALUES (?, ?, ?, ?, ?, ?, 1, ?, NULL)", own)


def write_password(db: sqlite3.Connection, name: str, kept: str) -> None:
    """Replace what is kept of a password and end the sessions it opened; whoever calls has made sure of the right."""
    db.execute("UPDATE account SET password = ? WHERE name = ?", (kept, name))
    end_sessions(db, name)
