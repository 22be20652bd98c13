"""Imported boundaries as they lie in the runtime folder: one folder per version, named by its content, never changed.

A snapshot keeps the version's facts; its shapes are read from here, by Python for small drawings and by the browser for
large ones. ``standing.json`` names the versions that the next snapshot takes.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from store.settings import Settings
from store.snapshot import patiently

LEVELS = {"province": 1, "district": 2, "commune": 3}
TOLERANCES = (20, 100, 400)  # metres
COARSE = TOLERANCES[-1]
ALL, OUTLINES = "all", "outlines"  # names of files beside those called like a province
META, INDEX, SHAPES, STANDING = "meta.json", "index.json", "shapes.parquet", "standing.json"
ADDRESS = "maps"  # where the server gives the files out
VERSION = re.compile(r"[0-9a-f]{16}")
FILE = re.compile(r"[0-9A-Za-z_-]{1,40}-(?:20|100|400)\.geojson")
SMALL = 150  # areas: more of them are drawn by the browser from static files
SKETCH = "sketch.version"  # in a snapshot's facts: the version that holds the product's own sketch
SHELF = "boundaries"  # where several servers share the files of versions
KEY = "boundary."  # in a snapshot's facts: boundary.<version> -> its facts


def address(version: str, name: str, tolerance: int) -> str:
    """Address of a file, relative to any page of the product."""
    return f"{ADDRESS}/{version}/{name}-{tolerance}.geojson"


def root(settings: Settings) -> Path:
    """Where all versions lie."""
    return settings.runtime_dir / "boundaries"


def folder(settings: Settings, version: str) -> Path:
    """Folder of a version; ValueError for what is none (versions arrive from addresses too)."""
    if not VERSION.fullmatch(version):
        raise ValueError(version)
    return root(settings) / version


def standing(settings: Settings) -> list[dict]:
    """Facts of the versions in use, oldest first; one whose folder was taken away is none."""
    path = root(settings) / STANDING
    names = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return [facts for name in names if (facts := meta(settings, name))]


def meta(settings: Settings, version: str) -> dict:
    """Facts of a version: level, vintage, source, licence, attribution, file, who and when; empty when it is gone."""
    path = folder(settings, version) / META
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def versions(facts: Mapping[str, str]) -> dict[str, dict]:
    """Version -> its facts, as a snapshot's facts name them, oldest first."""
    return {key.removeprefix(KEY): json.loads(text) for key, text in facts.items() if key.startswith(KEY)}


def index(settings: Settings, version: str) -> dict[str, list]:
    """Area id -> [name of its file, longitude, latitude of a point inside, km2]."""
    return _json(folder(settings, version) / INDEX)


@lru_cache(maxsize=64)
def _json(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def shapes(settings: Settings, version: str, files: Iterable[str], tolerance: int) -> list[dict]:
    """Features of some files of a version, as ``{"level", "area_id", "geometry"}``; a file that is not there has none."""
    found = []
    for name in files:
        path = folder(settings, version) / f"{name}-{tolerance}.geojson"
        if path.exists():
            found += [
                {"level": item["properties"]["level"], "area_id": item["id"], "geometry": item["geometry"]}
                for item in json.loads(path.read_text(encoding="utf-8"))["features"]
            ]
    return found


def stand(settings: Settings, versions: list[str]) -> None:
    """Make these the versions that the next snapshot takes, atomically."""
    path = root(settings) / STANDING
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("w", encoding="utf-8") as file:
        json.dump(versions, file)
        file.flush()
        os.fsync(file.fileno())
    patiently(lambda: aside.replace(path))


def standing_after(names: Sequence[str], entries: Iterable[Mapping]) -> list[str]:
    """The versions in use after some lines of a log, ``names`` before them."""
    found = list(names)
    for entry in entries:
        if entry["act"] == "boundaries":
            gone = {entry["version"], *entry.get("replaces", ())}
            found = [name for name in found if name not in gone]
            found += [] if entry.get("withdrawn") else [entry["version"]]
    return found
