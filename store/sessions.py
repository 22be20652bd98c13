"""Signing in: proof by password, sessions that end, and nothing to be learned from a refusal.

Only hashes of session tokens are kept, so the file opens nobody's session. Times are aware; ``now`` is given by tests.
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from store import attempts, passwords
from store.access import User
from store.account_rows import as_user, attempts_on, find, known_as, moment, write_password
from store.accounts import by_identity
from store.accounts_file import logged, look, note, reading, remember, remembered, writing
from store.errors import BoardError, SignInRefused, StoreError
from store.settings import Settings

IDLE = timedelta(minutes=60)  # a session ends after so long without a page being asked for
LONGEST = timedelta(hours=10)  # and so long after signing in, whatever was done: a working day
FRESH = timedelta(
    minutes=5
)  # the answer of a sign-in service opens a session so long, its clock being ahead or behind
TOUCH = timedelta(minutes=1)  # use is written down at most this often, so IDLE may be up to a minute shorter


def sign_in(settings: Settings, name: str, password: str, now: datetime | None = None) -> str:
    """Open a session and give its token, which is kept nowhere in clear.

    SignInRefused: ``accounts.sign_in`` alike for an unknown name, a wrong password, an account without one and one
    that is switched off; ``accounts.locked`` after five failures in a row, with ``until``, alike for every name.
    """
    at, token = moment(now), secrets.token_urlsafe(32)
    row = _proved(settings, name, password, at)
    with logged(settings) as db:
        _settle(db, row, password)
        _open(db, row["name"], token, at)
        note(settings, db, "sign_in", row["name"])
    return token


def sign_in_proved(
    settings: Settings, identity: str, proof: str, proved: datetime, now: datetime | None = None
) -> str:
    """Open a session for whom a sign-in service has just vouched for, and give its token as ``sign_in`` does.

    ``identity``: the address, which the service calls verified; ``proof``: what is different at each of its answers;
    ``proved``: when it answered. SignInRefused: ``accounts.proof`` for an answer that is old or opened a session before,
    since the framework keeps it in the browser for a month; ``accounts.no_identity`` for an address of no active account.
    """
    at, token = moment(now), secrets.token_urlsafe(32)
    if abs(at - proved) > FRESH:
        raise SignInRefused("accounts.proof")
    if by_identity(settings, identity) is None:
        raise SignInRefused("accounts.no_identity", name=identity)
    with logged(settings) as db:
        used = db.execute("SELECT 1 FROM session WHERE token = ?", (_hash(proof),)).fetchone()
        asked = "SELECT name FROM account WHERE identity = ? AND active = 1"
        row = db.execute(asked, (identity.strip().casefold(),)).fetchone()
        if used:
            raise SignInRefused("accounts.proof")
        if row is None:
            raise SignInRefused("accounts.no_identity", name=identity)
        _open(db, row["name"], token, at)
        # The used proof is a session of nobody, and so is forgotten with the sessions: long after it is fresh no more.
        db.execute("INSERT INTO session VALUES (?, '', ?, ?)", (_hash(proof), at.timestamp(), at.timestamp()))
        note(settings, db, "sign_in", row["name"])
    return token


def _open(db: sqlite3.Connection, name: str, token: str, at: datetime) -> None:
    over = ((at - LONGEST).timestamp(), (at - IDLE).timestamp())
    db.execute("DELETE FROM session WHERE opened < ? OR seen < ?", over)
    db.execute(
        "INSERT INTO session VALUES (?, ?, ?, ?)", (_hash(token), name, at.timestamp(), at.timestamp())
    )
    db.execute("UPDATE account SET last_sign_in = ? WHERE name = ?", (at.timestamp(), name))


def verify(settings: Settings, name: str, password: str, now: datetime | None = None) -> User:
    """The person, proved as in ``sign_in``, without a session: for one command of the command line."""
    row = _proved(settings, name, password, moment(now))
    with logged(settings) as db:
        present = _settle(db, row, password)
        note(settings, db, "verify", row["name"])
    return as_user(present)


def session(settings: Settings, token: str, now: datetime | None = None) -> User | None:
    """Who holds the token, with role and communes as they are now; None when it is nobody's, an hour unused, ten hours
    old, or its account is switched off."""
    at = moment(now).timestamp()
    asked = (
        "SELECT account.*, opened, seen FROM session JOIN account USING (name) WHERE token = ? AND active = 1"
    )
    try:
        with reading(settings) as db:
            row = db.execute(asked, (_hash(token),)).fetchone() if db else None
    except StoreError:  # who was signed in goes on reading; whatever they would write is refused anyway
        row = remembered(settings, _hash(token))
    else:
        remember(settings, _hash(token), row)
    if row is None or not _lasts(row, at):
        return None
    if at - row["seen"] >= TOUCH.total_seconds():
        with suppress(BoardError), writing(settings) as db:  # a page is shown also when the file is busy
            db.execute("UPDATE session SET seen = ? WHERE token = ? AND seen < ?", (at, _hash(token), at))
    return as_user(row)


def _lasts(row: Mapping, at: float) -> bool:
    """Whether a session goes on at a moment. One that begins or was used later than now was written by a clock that was
    put back since: nobody knows how old it is, so it is over."""
    ahead = max(row["seen"], row["opened"]) - at
    idle, age = at - row["seen"], at - row["opened"]
    return (
        ahead <= attempts.SKEW.total_seconds()
        and idle < IDLE.total_seconds()
        and age < LONGEST.total_seconds()
    )


def sign_out(settings: Settings, token: str) -> None:
    """End the session of the token; a token that is nobody's is no error."""
    remember(settings, _hash(token), None)
    with reading(settings) as db:
        held = db and db.execute("SELECT 1 FROM session WHERE token = ?", (_hash(token),)).fetchone()
    if held:
        with writing(settings) as db:
            db.execute("DELETE FROM session WHERE token = ?", (_hash(token),))


def change_password(settings: Settings, name: str, old: str, new: str, now: datetime | None = None) -> None:
    """A person's own new password: the old one is proved as in ``sign_in``, with its lock; all their sessions end.
    AccountError for a new one that will not do."""
    passwords.require_good(known_as(name), new)
    row = _proved(settings, name, old, moment(now))
    kept = passwords.hashed(new)
    with logged(settings) as db:
        _settle(db, row, old)
        write_password(db, row["name"], kept)
        note(settings, db, "password", row["name"], name=row["name"])


def _hash(token: str) -> str:
    """What is kept of a token; 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _proved(settings: Settings, name: str, password: str, now: datetime) -> sqlite3.Row:
    """The row of an active account whose password this is; SignInRefused otherwise, after the same work for any name.

    The attempt is counted as failed first and in a transaction of its own, and the slow comparison holds no lock.
    """
    with reading(settings) as db:
        nobody = db is None  # before the first account a stranger's attempt makes no file
    if nobody:
        passwords.matches("", password)
        raise SignInRefused("accounts.sign_in")
    with writing(settings) as db:
        locks = attempts.count(db, attempts_on(name), now)
        row = find(db, name)
    if passwords.matches(row["password"] if row else "", password) and row["active"]:
        return row
    if locks:
        _note_lock(settings, row)
    raise SignInRefused("accounts.sign_in")


def _note_lock(settings: Settings, row: sqlite3.Row | None) -> None:
    """A line for the lock of an account. A stranger's name costs the same reading and leaves none: nobody may make the
    log grow from outside, and what is typed into the wrong box may be a password."""
    with logged(settings) as db:
        if row:
            note(settings, db, "lock", row["name"], name=row["name"])
        else:
            look(settings, db)


def _settle(db: sqlite3.Connection, row: sqlite3.Row, password: str) -> sqlite3.Row:
    """The proof stands: failures are forgotten, and a hash of former costs is renewed; gives the row as it is now.
    SignInRefused when the account was switched off or got another password since."""
    present = find(db, row["name"])
    if present is None or not present["active"] or present["password"] != row["password"]:
        raise SignInRefused("accounts.sign_in")
    attempts.clear(db, attempts_on(row["name"]))
    if passwords.outdated(row["password"]):
        renewed = (passwords.hashed(password), row["name"])
        db.execute("UPDATE account SET password = ? WHERE name = ?", renewed)
    return present
