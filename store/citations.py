"""Citations: a short code that always stands for the same view: space, snapshot, page, choices.

Kept in one append-only log of the installation (see ``store.ledger``), beside the spaces: a code is a promise to whoever
has it on paper, so no line is ever changed or removed, and ``prune`` keeps every snapshot that a line names. The code is
made from what it stands for, so the same view has the same code and the day on which it was first cited.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from store import books, disk, ledger, mirror, periods
from store.access import User, require_read
from store.errors import CitationError, SnapshotError, StoreError
from store.settings import SPACES, Settings
from store.snapshot import snapshot_path

# Read out over a telephone and typed from paper: no letter that looks like a digit, none that looks like another.
ALPHABET = "23456789ACDEFGHJKMNPQRTVWXY"
LENGTH = 8
MISREAD = str.maketrans({"B": "8", "S": "5", "Z": "2", "U": "V"})
# What people cite in an hour of a conference is far less; nobody can fill the disk with codes.
HOURLY, ALTOGETHER = 300, 50_000
MOST_CHOICES = 24
PATIENCE_SECONDS = 30

_PAGE = re.compile(r"[a-z][a-z_]{0,29}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,79}")
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,399}")  # a choice of 37 communes is a long word
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class Citation:
    """A view that was cited. ``choices``: (key, value), sorted, as in the page's address but for language and space;
    ``language``: in which it was first cited; ``made``: the day in Viet Nam."""

    code: str
    space: str
    snapshot_id: str
    page: str
    choices: tuple[tuple[str, str], ...]
    language: str
    made: date

    @property
    def shown(self) -> str:
        """The code as it is printed: ACDE-2345."""
        return f"{self.code[:4]}-{self.code[4:]}"

    @property
    def day(self) -> date:
        """The day as of which the view was shown: what was overdue then depends on it."""
        return date.fromisoformat(dict(self.choices).get("asof", "") or self.made.isoformat())


def file_path(settings: Settings) -> Path:
    """The log of citations; absent until somebody cites."""
    return settings.runtime_dir / "citations.jsonl"


def code_of(text: str) -> str:
    """A code as somebody typed it -> as it is kept: small letters, spaces, dashes and look-alikes are forgiven. Empty
    for what cannot be one.

    >>> code_of(" acde-2345"), code_of("ACDE 23 4S"), code_of("../etc")
    ('ACDE2345', 'ACDE2345', '')
    """
    code = re.sub(r"[\s\u2010-\u2015-]", "", text[:40]).upper().translate(MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def find(settings: Settings, code: str) -> Citation | None:
    """The view behind a code as it was typed; None where nobody made it."""
    wanted = code_of(code)
    known = _all(settings).get(wanted) if wanted else None
    if known is None and wanted and settings.is_shared:  # made on another server an instant ago?
        with suppress(StoreError):
            follow(settings)
        return _all(settings).get(wanted)
    return known


def follow(settings: Settings) -> None:
    """Bring this server's copy of the book up to date; StoreError when what is shared cannot be reached."""
    mirror.follow_citations(settings, file_path(settings), lambda: _file_lock(settings))


def same(
    settings: Settings, space: str, snapshot_id: str, page: str, choices: Mapping[str, str]
) -> Citation | None:
    """The citation of a view that was cited before; None otherwise. Writes nothing."""
    known = _all(settings)
    for code in _codes(space, snapshot_id, page, _sorted(choices)):
        found = known.get(code)
        if found is None or _is(found, space, snapshot_id, page, choices):
            return found
    return None


def cite(
    settings: Settings,
    user: User | None,
    space: str,
    snapshot_id: str,
    page: str,
    choices: Mapping[str, str],
    language: str,
    now: datetime | None = None,
) -> Citation:
    """The citation of a view: the one that was made before, else a new line in the log.

    NotPermitted for who may not read; SnapshotError for a snapshot that is not there; CitationError for choices that
    are no plain words (``citations.invalid``) and when far too many are made (``citations.many``, ``citations.full``).
    """
    require_read(user, settings.reading)
    _require_plain(space, page, choices, language)
    if settings.is_shared and (known := same(settings, space, snapshot_id, page, choices)):
        return known  # asked of this server's own copy: nobody else need answer
    with held(settings) as known:
        if not snapshot_path(settings, space, snapshot_id).exists():
            raise SnapshotError("snapshot.unknown", snapshot_id=snapshot_id)
        for code in _codes(space, snapshot_id, page, _sorted(choices)):
            found = known.get(code)
            if found is None:
                break
            if _is(found, space, snapshot_id, page, choices):
                return found
        moment = now or datetime.now(UTC)
        by = user.name if user else ""
        _require_few(settings, by, moment)
        facts = {
            "code": code,
            "space": space,
            "snapshot_id": snapshot_id,
            "page": page,
            "choices": dict(_sorted(choices)),
            "language": language,
        }
        way = books.books(settings)
        return _citation(way.append(mirror.CITATIONS, file_path(settings), by, [("cite", facts)])[0])


@contextmanager
def held(settings: Settings) -> Iterator[Mapping[str, Citation]]:
    """Nobody cites meanwhile: every citation so far, by code."""
    busy = CitationError("citations.busy")
    with books.books(settings).held(mirror.CITATIONS, PATIENCE_SECONDS, busy):
        if settings.is_shared:
            follow(settings)
        with _file_lock(settings):
            yield _all(settings)


@contextmanager
def held_here(settings: Settings) -> Iterator[Mapping[str, Citation]]:
    """``held`` on this server only, by its own copy of the book."""
    with _file_lock(settings):
        yield _all(settings)


def known(settings: Settings) -> Mapping[str, Citation]:
    """Every citation so far, by code."""
    return _all(settings)


@contextmanager
def _file_lock(settings: Settings) -> Iterator[None]:
    """One writer of this folder's book."""
    lock = FileLock(settings.runtime_dir / "citations.lock")
    with disk.told():
        settings.runtime_dir.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=PATIENCE_SECONDS)
        except Timeout as error:
            raise CitationError("citations.busy") from error
        try:
            yield
        finally:
            lock.release()


def snapshots(known: Mapping[str, Citation], space: str) -> set[str]:
    """Snapshots of a space that some citation shows."""
    return {item.snapshot_id for item in known.values() if item.space == space}


def _all(settings: Settings) -> Mapping[str, Citation]:
    """Every citation by code, read anew when the log has grown. CitationError for a log that somebody spoiled."""
    path = file_path(settings)
    try:
        facts = path.stat()
    except FileNotFoundError:
        return {}
    stamp = (facts.st_size, facts.st_mtime_ns)
    kept = _READ.get(path)
    if kept is None or kept[0] != stamp:
        try:
            found = [_citation(line) for line in ledger.read(path)]
        except (ValueError, TypeError, KeyError, AttributeError, CitationError) as error:
            raise CitationError("citations.unreadable", file=path.name) from error
        kept = _READ[path] = (stamp, {item.code: item for item in reversed(found)})
    return kept[1]


_READ: dict[Path, tuple[tuple[int, int], dict[str, Citation]]] = {}


def _citation(line: Mapping) -> Citation:
    """A line of the log; ValueError for one that could not have been written here."""
    choices = {str(key): str(value) for key, value in line["choices"].items()}
    if code_of(line["code"]) != line["code"]:
        raise ValueError(line["code"])
    _require_plain(line["space"], line["page"], choices, line["language"])
    return Citation(
        line["code"],
        line["space"],
        str(line["snapshot_id"]),
        line["page"],
        _sorted(choices),
        line["language"],
        periods.day_in_viet_nam(line["at"]),
    )


def _sorted(choices: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(choices.items()))


def _is(found: Citation, space: str, snapshot_id: str, page: str, choices: Mapping[str, str]) -> bool:
    return (found.space, found.snapshot_id, found.page, found.choices) == (
        space,
        snapshot_id,
        page,
        _sorted(choices),
    )


def _codes(space: str, snapshot_id: str, page: str, choices: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """The view's code, and the next ones should another view have it already: one in 10^11."""
    view = json.dumps([space, snapshot_id, page, choices], ensure_ascii=False, separators=(",", ":"))
    for attempt in range(100):
        number = int.from_bytes(hashlib.sha256(f"{attempt}\n{view}".encode()).digest())
        letters = []
        for _ in range(LENGTH):
            number, letter = divmod(number, len(ALPHABET))
            letters.append(ALPHABET[letter])
        yield "".join(letters)


def _require_plain(space: str, page: str, choices: Mapping[str, str], language: str) -> None:
    """Ids and numbers only: nothing that could be markup, a path or a formula when it is shown or used."""
    plain = (
        space in SPACES
        and _PAGE.fullmatch(page)
        and _LANGUAGE.fullmatch(language)
        and len(choices) <= MOST_CHOICES
        and all(_KEY.fullmatch(key) for key in choices)
        and all(_VALUE.fullmatch(value) and ".." not in value for value in choices.values())
        and _is_day(choices.get("asof"))
    )
    if not plain:
        raise CitationError("citations.invalid")


def _is_day(text: str | None) -> bool:
    try:
        return text is None or bool(date.fromisoformat(text))
    except ValueError:
        return False


def _require_few(settings: Settings, by: str, now: datetime) -> None:
    """Whoever signed in is counted alone, all others together: a stranger cannot keep the office from citing."""
    entries = ledger.read(file_path(settings))
    if len(entries) >= ALTOGETHER:
        raise CitationError("citations.full", most=ALTOGETHER)
    lately = [entry for entry in entries if entry["by"] == by][-HOURLY:]
    since = now - datetime.fromisoformat(lately[0]["at"]) if len(lately) == HOURLY else timedelta(hours=1)
    # Before zero the clock was put back since: whoever was counted by the old one would have to wait for it.
    if timedelta(0) <= since < timedelta(hours=1):
        raise CitationError("citations.many")
