"""Shows that presenters arranged and saved by name: order, hidden slides, a line of their own per slide, two settings.

One small file per show below the space's folder, written beside and moved into place, so that a reader finds the old one
or the new one; several servers share them through their store, and these files are the copy that pages read. A name is
data: the file is called by its hash. What is saved says nothing about figures; each opening fills it with those on show
then.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from store import accounts as people
from store import books, disk, mirror, postgres
from store.access import User, may_decide, require_arrange
from store.errors import BoardError, NotPermitted, ShowError
from store.settings import Settings
from store.snapshot import patiently

LONGEST_NAME, LONGEST_LINE = 60, 160
MOST = 60  # shows in a space
SLIDES = 200  # slides that a show may speak of
PATIENCE_SECONDS = 30
ADVANCES = (0, 10, 20, 30, 60)  # seconds to the next slide; 0: only by hand
_KEY = re.compile(r"[a-z]+(:[0-9A-Za-z-]{1,40})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]+")


@dataclass(frozen=True)
class Plan:
    """How a show departs from the stock one. ``order``: keys of slides, all or some; ``hidden``: those left out;
    ``lines``: what the presenter put on them; ``by_place``: communes by their figure instead of the usual order."""

    order: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    lines: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    by_place: bool = False
    advance: int = 0


@dataclass(frozen=True)
class Saved:
    """A saved show; ``by``: the account that saved it, empty where the installation has no accounts."""

    name: str
    by: str
    plan: Plan


def tidy(text: object, longest: int) -> str:
    """A text as it is kept: one line, no more than so many letters; anything else is empty."""
    return " ".join(_CONTROL.sub(" ", text).split())[:longest].strip() if isinstance(text, str) else ""


def plan_of(raw: object) -> Plan:
    """What a browser sent or a file holds, as a plan; what is not of the form is left out."""
    raw = raw if isinstance(raw, Mapping) else {}
    lines = raw.get("lines") if isinstance(raw.get("lines"), Mapping) else {}
    kept = {key: tidy(text, LONGEST_LINE) for key, text in list(lines.items())[:SLIDES] if _is_key(key)}
    advance = raw.get("advance")
    return Plan(
        order=tuple(dict.fromkeys(_keys(raw.get("order")))),
        hidden=frozenset(_keys(raw.get("hidden"))),
        lines=MappingProxyType({key: text for key, text in kept.items() if text}),
        by_place=raw.get("by_place") is True,
        advance=advance if type(advance) is int and advance in ADVANCES else 0,
    )


def _is_key(key: object) -> bool:
    return isinstance(key, str) and _KEY.fullmatch(key) is not None


def _keys(raw: object) -> list[str]:
    return [key for key in raw[:SLIDES] if _is_key(key)] if isinstance(raw, (list, tuple)) else []


def folder(settings: Settings, space: str) -> Path:
    """Where a space's shows are kept on this machine."""
    return settings.space_dir(space) / "shows"


def _path(settings: Settings, space: str, name: str) -> Path:
    return folder(settings, space) / f"{hashlib.sha256(name.casefold().encode()).hexdigest()[:24]}.json"


def saved(settings: Settings, space: str) -> list[Saved]:
    """All of them by name; a file that cannot be read is passed over."""
    found = (_read(path) for path in sorted(folder(settings, space).glob("*.json")))
    return sorted((item for item in found if item), key=lambda item: item.name.casefold())


def _read(path: Path) -> Saved | None:
    try:
        raw = json.loads(patiently(lambda: path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
    if not isinstance(raw, dict):
        return None
    name, by = tidy(raw.get("name"), LONGEST_NAME), raw.get("by")
    return Saved(name, by if isinstance(by, str) else "", plan_of(raw.get("plan"))) if name else None


def save(
    settings: Settings, space: str, user: User | None, name: str, plan: Plan, *, accounts: bool
) -> Saved:
    """Keep the show under its name, in place of the person's own of that name. ``accounts``: whether the installation has
    any, as the page knew; asked once more here. NotPermitted for who may not; ShowError: no name, a name of somebody
    else's, too many shows."""
    accounts = accounts or people.exists(settings)
    require_arrange(user, accounts)
    name = tidy(name, LONGEST_NAME)
    if not name:
        raise ShowError("shows.name")
    with _changing(settings, space, name) as change:
        there = _read(_path(settings, space, name))
        if there and not _theirs(there, user, accounts):
            raise ShowError("shows.taken", name=name)
        if there is None and len(list(folder(settings, space).glob("*.json"))) >= MOST:
            raise ShowError("shows.full", count=MOST)
        made = Saved(name, user.name if user else "", plan)
        raw = {
            "order": list(plan.order),
            "hidden": sorted(plan.hidden),
            "lines": dict(plan.lines),
            "by_place": plan.by_place,
            "advance": plan.advance,
        }
        change(json.dumps({"name": made.name, "by": made.by, "plan": raw}, ensure_ascii=False))
    return made


def delete(settings: Settings, space: str, user: User | None, name: str, *, accounts: bool) -> None:
    """Remove a show; one that is gone already is no error. NotPermitted for somebody else's."""
    accounts = accounts or people.exists(settings)
    require_arrange(user, accounts)
    with _changing(settings, space, tidy(name, LONGEST_NAME)) as change:
        there = _read(_path(settings, space, tidy(name, LONGEST_NAME)))
        if there and not _theirs(there, user, accounts):
            raise NotPermitted("access.show", user=user.name if user else "")
        change(None)


def follow(settings: Settings, space: str) -> None:
    """Bring this server's copy up to date with what several servers share."""
    with postgres.server(settings).connection() as db:
        mirror.follow_shows(db, space, folder(settings, space))


@contextmanager
def _changing(settings: Settings, space: str, name: str) -> Iterator[Callable[[str | None], None]]:
    """Gives what changes a show's text, None to remove it; nobody else changes one meanwhile. With several servers what
    stands is known first, and everybody gets it before this server's copy."""
    path, place = _path(settings, space, name), folder(settings, space)
    way = books.books(settings)
    with way.held(f"shows {space}", PATIENCE_SECONDS, BoardError("lock.busy", space=space)) as db:
        if db is not None:
            mirror.follow_shows(db, space, place)

        def change(body: str | None) -> None:
            if db is not None:
                mirror.share_show(db, space, path.name, body)
            mirror.put_show(path, body)

        with disk.told(), mirror.shows_lock(place):
            yield change


def _theirs(item: Saved, user: User | None, accounts: bool) -> bool:
    """Whose it is, and whoever decides about figures; without accounts it is everybody's."""
    return not accounts or (user is not None and (item.by in ("", user.name) or may_decide(user)))
