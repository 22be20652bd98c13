"""What must hold of an installation at any instant, told from its files alone by a second, simpler reading.

The figures that ought to be shown are computed here from the original bytes of the accepted files and the order of the
log, with none of the product's reading, superseding or building.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import duckdb
import pandas as pd

from etl import commit, desk, keep, publish
from store import ledger
from store.settings import Settings
from store.snapshot import Snapshot, pointed, snapshot_path

SPACE = "official"
Key = tuple[str, str, str]
Shown = dict[Key, tuple[float, str]]  # figure -> (numerator, upload that it came with)


def accepted(settings: Settings) -> list[str]:
    """Uploads that count, in order."""
    return commit.accepted_ids(settings, SPACE)


def waiting(settings: Settings) -> list[str]:
    """Submissions nobody decided about, by id."""
    return [item.id for item in desk.submissions(settings, SPACE) if item.state == desk.WAITING]


def shown(settings: Settings, snapshot_id: str) -> Shown:
    """The uploaded figures of a snapshot; AssertionError when one stands there twice."""
    return _content(snapshot_path(settings, SPACE, snapshot_id))[0] if snapshot_id else {}


def uploads(settings: Settings, snapshot_id: str) -> list[str]:
    """The uploads that a snapshot was built with, in order."""
    return _content(snapshot_path(settings, SPACE, snapshot_id))[1] if snapshot_id else []


@lru_cache(maxsize=64)
def _content(path: Path) -> tuple[Shown, list[str]]:
    """A snapshot never changes, and opening one takes most of the time of a look."""
    snapshot = Snapshot(path)
    try:
        every, names = (
            snapshot.cursor().execute(f"{select} WHERE provenance = 'uploaded' {order}").fetchall()
            for select, order in (
                (
                    "SELECT split_part(area_id, '-', 1), indicator_id, period, numerator, upload_id FROM observation",
                    "",
                ),
                ("SELECT upload_id FROM upload", "ORDER BY arrival"),
            )
        )
    finally:
        snapshot.close()
    found = {tuple(row[:3]): tuple(row[3:]) for row in every}
    assert len(found) == len(every), f"{path.stem}: a figure stands there twice"
    return found, [name for (name,) in names]


def ought(settings: Settings, entries: Iterable[Mapping]) -> Shown:
    """The figures that the log's accepted files add up to: later ones win."""
    figures: Shown = {}
    for upload_id, entry in ledger.standing(entries).items():
        data = (commit.upload_dir(settings, SPACE, entry["folder"]) / commit.ORIGINAL).read_bytes()
        for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"))):
            place = (row["commune"], row["indicator"], row["period"])
            figures[place] = (float(row["numerator"]), upload_id)
    return figures


def orphans(settings: Settings) -> list[str]:
    """Folders of uploads that no line of the log names: a kill came before the line. They are left alone, because a log
    that somebody cut must not cost bytes; the same file sent again takes its folder over."""
    named = {entry["folder"] for entry in _entries(settings) if entry["act"] in ("submit", "accept")}
    folder = settings.space_dir(SPACE) / "uploads"
    return sorted(item.name for item in folder.glob("[!.]*") if item.name not in named)


def violations(settings: Settings, put_right: bool, opened: bool = True) -> list[str]:
    """Every promise that does not hold, in words. ``put_right``: the lock was taken since the last kill, so nothing
    may be left aside and no publication unfinished. ``opened``: every snapshot is read, and not only the shown one."""
    mistakes: list[str] = []
    for name, find in (
        ("log", _log),
        ("bytes", _bytes),
        ("snapshots", _snapshots if opened else lambda _: []),
        ("figures", _figures),
        ("aside", _aside if put_right else lambda _: []),
    ):
        try:
            mistakes += [f"{name}: {item}" for item in find(settings)]
        except Exception as error:  # whatever a broken installation raises is the finding
            mistakes.append(f"{name}: {type(error).__name__}: {error}")
    return mistakes


def _entries(settings: Settings) -> list[dict]:
    return ledger.read(commit.ledger_path(settings, SPACE))


def _log(settings: Settings) -> list[str]:
    state, line = keep.verify_log(settings, SPACE)
    return [] if state == "whole" else [f"{state} at line {line}"]


def _bytes(settings: Settings) -> list[str]:
    """Every file that the log names, as it was sent, and its rows and origin readable."""
    mistakes = []
    for entry in _entries(settings):
        if entry["act"] not in ("submit", "accept"):
            continue
        folder = commit.upload_dir(settings, SPACE, entry["folder"])
        data = (folder / commit.ORIGINAL).read_bytes()
        meta = json.loads((folder / commit.META).read_text(encoding="utf-8"))
        rows = pd.read_parquet(folder / commit.ROWS)
        if hashlib.sha256(data).hexdigest() != entry["sha256"] or meta["sha256"] != entry["sha256"]:
            mistakes.append(f"{folder.name} holds other bytes")
        if len(rows) != meta["figures"]:
            mistakes.append(f"{folder.name} has {len(rows)} rows and not {meta['figures']}")
    return mistakes


def _snapshots(settings: Settings) -> list[str]:
    """A snapshot's name never stands for half a file: every one opens, and all of its tables read."""
    mistakes = []
    for path in sorted((settings.space_dir(SPACE) / "snapshots").glob("[!.]*.duckdb")):
        with duckdb.connect(str(path), read_only=True) as connection:
            for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                connection.execute(f"SELECT * FROM {table}").fetchall()
            facts = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        if not path.stem.endswith("-" + facts.get("digest", "?")):
            mistakes.append(f"{path.name} is not what it is called")
    return mistakes


def _figures(settings: Settings) -> list[str]:
    """CURRENT names a snapshot with every accepted file once, in order, and their figures and no others."""
    present = publish.published_id(settings, SPACE)
    entries = _entries(settings)
    turns = [entry for entry in entries if entry["act"] in ledger.TURNS]
    if not present:
        unfinished = commit.unfinished(settings, SPACE)[0]
        return ["nothing is shown though the log says so"] if turns and not unfinished else []
    seen = pointed(settings, SPACE)[1]
    before = entries[:seen] if commit.unfinished(settings, SPACE)[0] else entries
    mistakes = []
    if uploads(settings, present) != list(ledger.standing(before)):
        mistakes.append("the snapshot's uploads are not those that the log accepted")
    if shown(settings, present) != ought(settings, before):
        mistakes.append("the figures shown are not those of the accepted files")
    return mistakes


def _aside(settings: Settings) -> list[str]:
    """Nothing half-written is left, and what the log says is what is shown."""
    place = settings.space_dir(SPACE)
    left: list[Path] = [*place.glob("uploads/.*"), *place.glob("snapshots/.*"), *place.glob("CURRENT.*")]
    mistakes = [f"{path.relative_to(place)} was left" for path in left]
    turns = [entry["snapshot_id"] for entry in _entries(settings) if entry["act"] in ledger.TURNS]
    if turns and turns[-1] != publish.published_id(settings, SPACE):
        mistakes.append("CURRENT is not what was published last")
    return mistakes
