"""``python -m etl users``: accounts from the command line, for the first one, for every day and when all else is lost."""

import argparse
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from etl.actor import asked_secret, server, typed
from etl.check import today
from etl.findings import words
from etl.places import AreaFinder, label
from store import accounts, catalogue, ledger, retention
from store.accounts_file import entries, verify_log
from store.definitions import Area, Catalogue
from store.errors import AccountError
from store.periods import VIET_NAM, from_id
from store.settings import Settings

COMMUNE_LEVEL = 3
# Communes were made anew on 1 July 2025, and figures of the pilot are of those before: a word may mean either.
BEFORE_MERGER = date(2024, 6, 30)

Say = Mapping[str, str]


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """One of the commands behind ``users``; returns the exit code."""
    return RUNS[arguments.act](arguments, settings, words(settings.language))


def _first_code(arguments: argparse.Namespace, settings: Settings, say: Say) -> int:
    if arguments.if_needed and accounts.exists(settings):
        return 0
    code = accounts.new_first_code(settings, server().name)
    print(say["users_first_code"].format(code=code, hours=int(accounts.CODE_VALID.total_seconds() // 3600)))
    return 0


def _list(arguments: argparse.Namespace, settings: Settings, say: Say) -> int:
    found = accounts.listed(settings)
    if not found:
        print(say["users_none"])
        return 0
    known = {area.id: area for area in _catalogue(settings).areas}
    for account in found:
        print(" · ".join(part for part in _facts(account, known, say) if part))
    return 0


def _facts(account: accounts.Account, known: Mapping[str, Area], say: Say) -> Iterable[str]:
    """What the list says of an account; empty parts are left out."""
    user = account.user
    yield user.name
    yield user.display
    yield say[f"role_{user.role}"]
    yield ", ".join(label(known[area]) if area in known else area for area in user.areas)
    yield account.identity
    yield "" if account.has_password else say["users_no_password"]
    yield "" if account.active else say["users_inactive"]
    if account.locked_until:
        yield say["users_locked"].format(at=shown(account.locked_until, say))
    last = account.last_sign_in
    yield say["users_last"].format(at=shown(last, say)) if last else say["users_never"]


def shown(moment: datetime, say: Say) -> str:
    """A moment by Viet Nam's clock, as people write it."""
    return say["moment"].format(at=moment.astimezone(VIET_NAM))


def shown_at(text: str, say: Say) -> str:
    """The same of a moment as logs write it."""
    return shown(datetime.fromisoformat(text), say)


def _add(arguments: argparse.Namespace, settings: Settings, say: Say) -> int:
    areas = _areas(settings, arguments.areas)
    password = _new_password(say, arguments.name, optional=bool(arguments.identity))
    user = accounts.add(
        settings,
        server(),
        arguments.name,
        arguments.display,
        arguments.role,
        areas,
        password,
        arguments.identity,
    )
    print(say["users_added"].format(name=user.name, role=say[f"role_{user.role}"]))
    return 0


def _change(arguments: argparse.Namespace, settings: Settings, say: Say) -> int:
    user = accounts.change(
        settings,
        server(),
        arguments.name,
        display=arguments.display,
        role=arguments.role,
        areas=_areas(settings, arguments.areas) if arguments.areas else None,
        identity=arguments.identity,
        active=arguments.active,
    )
    print(say["users_changed"].format(name=user.name))
    return 0


def _password(arguments: argparse.Namespace, settings: Settings, say: Say) -> int:
    password = _new_password(say, arguments.name)
    accounts.set_password(settings, server(), arguments.name, password or "")
    print(say["users_password"].format(name=arguments.name))
    return 0


def _log(arguments: argparse.Namespace, settings: Settings, say: Say) -> int:
    if arguments.verify:
        state, line = verify_log(settings)
        print(say[f"users_log_{state}"].format(line=line))
        return int(state != "whole")
    lines = entries(settings)
    if not lines:
        print(say["users_log_empty"])
    for entry in lines:
        print(f"{entry['at']} {entry['act']} {entry['by']} {ledger.facts(entry)}".rstrip())
    return 0


def _retain(arguments: argparse.Namespace, settings: Settings, say: Say) -> int:
    found = retention.retain(settings, server())
    days = settings.keep_personal_days
    text = say["users_retained" if found.names else "users_retained_none"]
    print(text.format(names=", ".join(found.names), days=days))
    print(say["users_cleared"].format(sessions=found.sessions, attempts=found.attempts))
    return 0


def _new_password(say: Say, name: str, optional: bool = False) -> str | None:
    """A new password, asked twice where it is typed; AccountError when the two differ. ``optional``: none is None."""
    prompt = say["ask_new_password_or_none" if optional else "ask_new_password"]
    first = asked_secret(prompt.format(name=name))
    if optional and not first:
        return None
    if typed() and asked_secret(say["ask_again"]) != first:
        raise AccountError("accounts.password_differs")
    return first


def _catalogue(settings: Settings) -> Catalogue:
    return catalogue.load(catalogue.read_files(settings.reference_dir))


def _areas(settings: Settings, texts: Iterable[str]) -> list[str]:
    """Ids of the communes that the texts name."""
    texts = list(texts)
    return commune_ids(_catalogue(settings), texts, today()) if texts else []


def commune_ids(known: Catalogue, texts: Iterable[str], day: date) -> list[str]:
    """Ids of the communes that the texts name: by id, by code or by name, valid on ``day`` or before the merger.

    AccountError for a text that names none, with the nearest name, and for one that names several: nothing is guessed.
    """
    finder = AreaFinder(known)
    return [_commune(known, finder, text, day).id for text in texts]


def _commune(known: Catalogue, finder: AreaFinder, text: str, today_is: date) -> Area:
    for area in known.areas:
        if area.id.casefold() == text.strip().casefold() and area.level == COMMUNE_LEVEL:
            return area
    meant: dict[str, Area] = {}
    near = ""
    for day in (BEFORE_MERGER, today_is):
        match = finder.find(text, from_id(day.isoformat()))
        candidates = [match.area] if match.area else match.candidates if match.reason == "ambiguous" else []
        meant |= {area.id: area for area in candidates if area.level == COMMUNE_LEVEL}
        near = near or match.near
    if len(meant) == 1:
        return next(iter(meant.values()))
    if meant:
        choices = [f"{label(area)} = {area.id}" for area in meant.values()]
        raise AccountError("accounts.area_ambiguous", area=text, choices=choices)
    if near:
        raise AccountError("accounts.area_near", area=text, near=near)
    raise AccountError("accounts.area_unknown", area=text)


RUNS: Mapping[str, Callable[[argparse.Namespace, Settings, Say], int]] = {
    "first-code": _first_code,
    "list": _list,
    "add": _add,
    "change": _change,
    "password": _password,
    "log": _log,
    "retain": _retain,
}
