"""Append-only audit log: one JSON line per act, each carrying the hash of the line before.

What it can see: a line changed, removed or put in breaks the chain from there on, and ``verify`` says at which
line; lines cut from the end, or a chain computed anew, are seen as far as a published snapshot remembers how many
lines there were and how the last one ended (``known``). What it cannot see: lines cut after that which no
snapshot remembers, and a log and a snapshot that were both replaced by somebody who may write to the folder.
"""

import hashlib
import json
import os
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from store import periods
from store.errors import LedgerBroken

GENESIS = "0" * 64
TURNS = ("publish", "rollback")  # acts that say which snapshot is shown
MORE = b'"more": true'  # the next line belongs to the same act; a quote inside a text would be escaped


def _digest(previous: str, entry: dict) -> str:
    """SHA-256 over the previous hash and the entry's canonical JSON."""
    canonical = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def _finished(data: bytes) -> bytes:
    """The part of a log that counts: whole lines, and of the lines that were written together all or none. What a
    killed process left without its end was never confirmed."""
    whole = data[: data.rfind(b"\n") + 1]
    while whole:
        start = whole.rfind(b"\n", 0, len(whole) - 1) + 1
        if MORE not in whole[start:]:
            break
        whole = whole[:start]
    return whole


def whole(path: Path) -> bytes:
    """The bytes of all lines that count; an absent log is an empty one."""
    return _finished(path.read_bytes()) if path.exists() else b""


def _lines(path: Path) -> list[str]:
    return [line for line in whole(path).decode("utf-8", "replace").split("\n") if line]


def read(path: Path) -> list[dict]:
    """All entries in order; an absent log is an empty one. LedgerBroken names the first line that is none."""
    return [_entry(path, number, line) for number, line in enumerate(_lines(path), start=1)]


def _entry(path: Path, number: int, line: str | bytes) -> dict:
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    if not isinstance(entry, dict) or not {"act", "by", "at", "hash"} <= entry.keys():
        raise LedgerBroken("ledger.broken", file=path.name, line=number)
    return entry


def readable(path: Path) -> list[dict]:
    """The entries that can be read, for showing what was published also when others are spoiled; never for writing."""
    found = []
    for number, line in enumerate(_lines(path), start=1):
        with suppress(LedgerBroken):
            found.append(_entry(path, number, line))
    return found


def days(entries: Sequence[Mapping]) -> list[date]:
    """The day in Viet Nam of each entry, never earlier than that of an entry before.

    The order of a log is true, its times are those of a clock that may have been wrong for a while. The longest run of
    entries whose times agree with the order is believed; an entry between takes the day of the one before it (the first
    ones that of the first believed).
    """
    times = [datetime.fromisoformat(entry["at"]) for entry in entries]
    believed = _in_order(times)
    last = times[believed[0]] if believed else None
    kept, found = set(believed), []
    for place, moment in enumerate(times):
        last = moment if place in kept else last
        found.append(last.astimezone(periods.VIET_NAM).date())
    return found


def out_of_order(entries: Sequence[Mapping]) -> list[int]:
    """Numbers (from 1) of the entries whose times contradict the order of the others: a clock was wrong."""
    times = [datetime.fromisoformat(entry["at"]) for entry in entries]
    kept = set(_in_order(times))
    return [place + 1 for place in range(len(times)) if place not in kept]


def _in_order(times: Sequence[datetime]) -> list[int]:
    """Places of a longest run of times that never go back (patience sorting: the smallest possible end of every length)."""
    ends: list[datetime] = []
    last: list[int] = []
    before: list[int] = []
    for place, moment in enumerate(times):
        length = bisect_right(ends, moment)
        ends[length : length + 1], last[length : length + 1] = [moment], [place]
        before.append(last[length - 1] if length else -1)
    found, place = [], last[-1] if last else -1
    while place >= 0:
        found.append(place)
        place = before[place]
    return found[::-1]


def accepted_uploads(path: Path) -> list[str]:
    """Uploads that count, in order of arrival: acceptances and withdrawals replayed in the order of the log.

    An upload accepted again arrives again, so its place is that of its last acceptance.
    """
    return list(acceptances(path))


def acceptances(path: Path) -> dict[str, dict]:
    """The last acceptance line of each upload that counts, in order of arrival; see ``accepted_uploads``."""
    return standing(read(path))


def standing(entries: Iterable[Mapping]) -> dict[str, dict]:
    """``acceptances`` of entries that were read already."""
    counts: dict[str, dict] = {}
    for entry in entries:
        if entry["act"] == "accept":
            counts.pop(entry["upload_id"], None)
            counts[entry["upload_id"]] = dict(entry)
        elif entry["act"] == "withdraw":
            for upload_id in entry["upload_ids"]:
                counts.pop(upload_id, None)
    return counts


def publications(path: Path) -> list[str]:
    """Publications that still stand, oldest first: each roll-back takes the last one away."""
    return published(read(path))


def published(entries: Iterable[Mapping]) -> list[str]:
    """``publications`` of entries that were read already."""
    standing: list[str] = []
    for entry in entries:
        if entry["act"] == "publish":
            standing.append(entry["snapshot_id"])
        elif entry["act"] == "rollback" and standing:
            standing.pop()
    return standing


def facts(entry: Mapping) -> str:
    """What an act says beyond who and when, as ``key=value``; lists with commas."""
    own = {key: entry[key] for key in entry if key not in ("act", "by", "at", "previous", "hash", "more")}
    return " ".join(
        f"{key}={','.join(value) if isinstance(value, list) else value}" for key, value in own.items()
    )


def length(path: Path) -> int:
    """Number of finished lines, readable or not."""
    return len(_lines(path))


def head(path: Path) -> tuple[int, str]:
    """(number of lines, hash of the last one): what a snapshot remembers of the log."""
    entries = read(path)
    return len(entries), entries[-1]["hash"] if entries else GENESIS


def append(path: Path, act: str, by: str, **facts: object) -> dict:
    """Write one entry durably (fsync) and return it. The caller holds the space's lock."""
    return append_together(path, by, [(act, facts)])[0]


Acts = Sequence[tuple[str, Mapping[str, object]]]


def append_together(path: Path, by: str, acts: Acts) -> list[dict]:
    """Write several entries durably, all or none: after a kill in the midst of writing none of them counts."""
    return _write(path, lambda previous: chained(previous, by, acts))


def extend(path: Path, lines: Sequence[Mapping]) -> None:
    """Write lines that were chained elsewhere to the end of a copy; ValueError when they do not follow from it."""

    def following(previous: str) -> list[dict]:
        if not follows(previous, lines):
            raise ValueError(path.name)
        return [dict(line) for line in lines]

    _write(path, following)


def chained(previous: str, by: str, acts: Acts) -> list[dict]:
    """The lines of some acts that belong together, after a line with the hash ``previous``."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    lines = []
    for place, (act, facts) in enumerate(acts, start=1):
        entry = {"act": act, "by": by, "at": at, **facts}
        if place < len(acts):
            entry["more"] = True
        lines.append({**entry, "previous": previous, "hash": _digest(previous, entry)})
        previous = lines[-1]["hash"]
    return lines


def follows(previous: str, lines: Iterable[Mapping]) -> bool:
    """Whether each line's hash follows from the lines before, the first from ``previous``."""
    for line in lines:
        entry = {key: value for key, value in line.items() if key not in ("previous", "hash")}
        if line.get("previous") != previous or line.get("hash") != _digest(previous, entry):
            return False
        previous = line["hash"]
    return True


def text(line: Mapping) -> str:
    """A line as it is kept."""
    return json.dumps(line, ensure_ascii=False)


def _write(path: Path, made: Callable[[str], list[dict]]) -> list[dict]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open(
        "a+b", buffering=0
    ) as log:  # what a full disk did not take must not be tried again at closing
        log.seek(0)
        kept = _finished(log.read())
        last = kept[kept.rfind(b"\n", 0, len(kept) - 1) + 1 :]
        lines = made(_entry(path, kept.count(b"\n"), last)["hash"] if last else GENESIS)
        log.truncate(len(kept))
        left = b"".join(text(line).encode() + b"\n" for line in lines)
        try:
            while left:
                left = left[log.write(left) :]
            os.fsync(log.fileno())
        except OSError:  # told as not written, so it must not stand there
            with suppress(OSError):
                log.truncate(len(kept))
            raise
    return lines


def verify(path: Path, known: tuple[int, str] | None = None) -> int | None:
    """Number (from 1) of the first line whose hash does not follow from the lines before; None when whole.

    ``known`` is what ``head`` gave earlier: a log that has fewer lines is broken at the first line missing, one
    whose line of that number has another hash is broken there.
    """
    previous, number = GENESIS, 0
    lines, wanted = known or (0, GENESIS)
    for number, text in enumerate(_lines(path), start=1):
        try:
            line = dict(json.loads(text))
        except (ValueError, TypeError):
            return number
        entry = {key: value for key, value in line.items() if key not in ("previous", "hash")}
        if line.get("previous") != previous or line.get("hash") != _digest(previous, entry):
            return number
        previous = line["hash"]
        if number == lines and previous != wanted:
            return number
    return number + 1 if number < lines else None
