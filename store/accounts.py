"""Accounts of people: who there is, with which role, for which communes; made and changed by administrators only.

Signing in and sessions are in ``store.sessions``. Times are aware; ``now`` is given by tests only.
"""

import hashlib
import hmac
import json
import re
import secrets
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from store import access, attempts, passwords
from store.account_rows import (
    administrators,
    area_ids,
    as_user,
    attempts_on,
    clean,
    end_sessions,
    free_identity,
    good_name,
    insert,
    is_identity,
    known,
    known_as,
    moment,
    require_role,
    write_password,
)
from store.accounts_file import logged, note, reading, remember, remembered
from store.errors import NotPermitted, SignInRefused, StoreError
from store.settings import Settings

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 letters, none like another: 12 of them are 60 bits
CODE_VALID = timedelta(hours=24)
_CODE_ATTEMPTS = attempts.key("code", "first")
SERVER = "máy chủ"  # who is recorded for acts from the command line


@dataclass(frozen=True)
class Account:
    """A person's account. ``identity``: e-mail address at the sign-in service, or empty; ``locked_until`` and
    ``last_sign_in`` are None when there is no lock, or nobody has signed in yet."""

    user: access.User
    active: bool
    identity: str
    has_password: bool
    created: datetime
    locked_until: datetime | None
    last_sign_in: datetime | None


def exists(settings: Settings) -> bool:
    """Whether there is an active administrator: from then on nothing is written without signing in. While a store that
    several servers share cannot be reached, yes: it is the answer that permits nothing."""
    try:
        with reading(settings) as db:
            return db is not None and administrators(db) > 0
    except StoreError:
        return True


def listed(settings: Settings, now: datetime | None = None) -> list[Account]:
    """Every account, by name; none while there is no file."""
    with reading(settings) as db:
        rows = db.execute("SELECT * FROM account ORDER BY name").fetchall() if db else []
        return [_account(db, row, moment(now)) for row in rows]


def by_identity(settings: Settings, identity: str) -> access.User | None:
    """The active person with this address at the sign-in service, whatever its case; the caller has made sure that
    the service vouches for the address."""
    wanted = identity.strip().casefold()
    try:
        with reading(settings) as db:
            if db is None or not is_identity(wanted):
                return None
            row = db.execute("SELECT * FROM account WHERE identity = ? AND active = 1", (wanted,)).fetchone()
    except StoreError:  # as a session: who was known goes on reading
        row = remembered(settings, wanted)
    else:
        remember(settings, wanted, row)
    return as_user(row) if row else None


def new_first_code(settings: Settings, by: str = SERVER, now: datetime | None = None) -> str:
    """A code with which the first administrator's account can be made once, within 24 hours; the code before it is
    void. NotPermitted when there is an administrator."""
    code = "-".join("".join(secrets.choice(CODE_LETTERS) for _ in range(4)) for _ in range(3))
    with logged(settings) as db:
        if administrators(db):
            raise NotPermitted("accounts.first_exists")
        ends = moment(now) + CODE_VALID
        db.execute("DELETE FROM first_code")
        db.execute("INSERT INTO first_code VALUES (1, ?, ?)", (_code_hash(code), ends.timestamp()))
        attempts.clear(db, _CODE_ATTEMPTS)
        note(settings, db, "first_code", by)
    return code


def create_first(
    settings: Settings, code: str, name: str, display: str, password: str, now: datetime | None = None
) -> access.User:
    """Make the first administrator and use the code up, both or neither.

    SignInRefused for a code that is wrong, used or expired, all alike, and after five of them for a while for any;
    NotPermitted when there is an administrator; AccountError for a name or password that will not do.
    """
    name = good_name(name)
    passwords.require_good(name, password)
    with reading(settings) as db:
        if db is None:  # no code was ever asked for; a stranger's attempt makes no file
            raise SignInRefused("accounts.first_code")
    with logged(settings) as db:
        if administrators(db):
            raise NotPermitted("accounts.first_exists")
        attempts.count(db, _CODE_ATTEMPTS, moment(now))
        right = _is_code(db, code, moment(now))
        if right:
            attempts.clear(db, _CODE_ATTEMPTS)
            db.execute("DELETE FROM first_code")
            user = access.User(name, access.ADMINISTRATOR, (), clean(display))
            insert(db, user, "", password, moment(now))
            note(settings, db, "first_administrator", name, name=name)
    if not right:  # said only here: the attempt must be counted, and an error would undo the transaction
        raise SignInRefused("accounts.first_code")
    return user


def add(
    settings: Settings,
    actor: access.User,
    name: str,
    display: str,
    role: str,
    areas: Iterable[str],
    password: str | None = None,
    identity: str = "",
    now: datetime | None = None,
) -> access.User:
    """Make an account; without a password it can only be entered by ``identity``.

    ``areas``: ids, which the caller has looked up in the catalogue. NotPermitted unless ``actor`` manages accounts;
    AccountError for what will not do.
    """
    access.require_manage(actor)
    user = access.User(good_name(name), role, area_ids(areas), clean(display))
    require_role(role, user.areas)
    if password is not None:
        passwords.require_good(user.name, password)
    with logged(settings) as db:
        own = free_identity(db, identity, user.name)
        insert(db, user, own, password, moment(now))
        facts = {"name": user.name, "role": role, "areas": list(user.areas), "identity": bool(own)}
        note(settings, db, "add", actor.name, **facts)
    return user


def change(
    settings: Settings,
    actor: access.User,
    name: str,
    *,
    display: str | None = None,
    role: str | None = None,
    areas: Iterable[str] | None = None,
    identity: str | None = None,
    active: bool | None = None,
) -> access.User:
    """Change what is given and leave the rest; gives the person as they are afterwards.

    Another role, other communes or switching off end the person's sessions; a reporter who becomes something else
    keeps no communes; switching on opens a lock. NotPermitted unless ``actor`` manages accounts, and for switching off
    or demoting the last active administrator; AccountError for what will not do.
    """
    access.require_manage(actor)
    with logged(settings) as db:
        row = known(db, name)
        before, was_active = as_user(row), bool(row["active"])
        new_role = before.role if role is None else role
        kept = before.areas if new_role == access.REPORTER else ()
        shown = before.display if display is None else clean(display)
        user = access.User(before.name, new_role, kept if areas is None else area_ids(areas), shown)
        require_role(user.role, user.areas)
        is_active = was_active if active is None else active
        stays = is_active and user.role == access.ADMINISTRATOR
        if was_active and before.role == access.ADMINISTRATOR and not stays and administrators(db) == 1:
            raise NotPermitted("accounts.last_administrator", name=user.name)
        own = row["identity"] if identity is None else free_identity(db, identity, user.name)
        db.execute(
            "UPDATE account SET display = ?, role = ?, areas = ?, identity = ?, active = ? WHERE name = ?",
            (user.display, user.role, json.dumps(user.areas), own, int(is_active), user.name),
        )
        if (user.role, user.areas) != (before.role, before.areas) or not is_active:
            end_sessions(db, user.name)
        if active:
            attempts.clear(db, attempts_on(user.name))
        facts = {"display": user.display, "role": user.role, "areas": list(user.areas), "identity": own}
        former = {"display": before.display, "role": before.role, "areas": list(before.areas)}
        former |= {"identity": row["identity"], "active": was_active}
        changed = {key: new for key, new in {**facts, "active": is_active}.items() if new != former[key]}
        if changed or active:
            # A log forgets nothing: that a person is called otherwise is its matter, not how.
            told = changed | {key: bool(changed[key]) for key in ("display", "identity") if key in changed}
            note(settings, db, "change", actor.name, name=user.name, **told)
    return user


def set_password(settings: Settings, actor: access.User, name: str, password: str) -> None:
    """Give an account another password, as an administrator: ends its sessions, opens its lock. NotPermitted and
    AccountError as in ``change``. People change their own with ``sessions.change_password``."""
    access.require_manage(actor)
    passwords.require_good(known_as(name), password)
    kept = passwords.hashed(password)
    with logged(settings) as db:
        row = known(db, name)
        write_password(db, row["name"], kept)
        attempts.clear(db, attempts_on(name))
        note(settings, db, "password", actor.name, name=row["name"])


def _code_hash(code: str) -> str:
    """Hash of a code as somebody types it: spaces, hyphens and case do not matter."""
    bare = re.sub(r"[\s-]", "", code).upper()
    return hashlib.sha256(bare.encode("utf-8", "surrogatepass")).hexdigest()


def _is_code(db: sqlite3.Connection, code: str, now: datetime) -> bool:
    row = db.execute("SELECT hash, expires FROM first_code").fetchone()
    same = hmac.compare_digest(row["hash"] if row else "", _code_hash(code))
    left = row["expires"] - now.timestamp() if row else 0
    return (
        same and 0 < left <= (CODE_VALID + attempts.SKEW).total_seconds()
    )  # more: the clock was put back since


def _account(db: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> Account:
    last = row["last_sign_in"]
    return Account(
        user=as_user(row),
        active=bool(row["active"]),
        identity=row["identity"],
        has_password=bool(row["password"]),
        created=datetime.fromtimestamp(row["created"], UTC),
        locked_until=attempts.locked_until(db, attempts_on(row["name"]), now),
        last_sign_in=None if last is None else datetime.fromtimestamp(last, UTC),
    )
