"""A version's folder: files and their packed copies, written aside and renamed, so that readers see all of it or nothing."""

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from store import boundaries as layout
from store.settings import Settings
from store.snapshot import patiently


def place(
    settings: Settings,
    version: str,
    files: Mapping[str, bytes],
    own: Mapping[str, bytes],
    more: Callable[[Path], None] | None = None,
) -> None:
    """``files``: GeoJSON by name, kept plain and packed; ``own``: what stays on the server; ``more`` writes what is large."""
    folder = layout.folder(settings, version)
    aside = folder.with_name(f".{version}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        aside.mkdir(parents=True)
        for name, data in files.items():
            (aside / f"{name}.geojson").write_bytes(data)
            (aside / f"{name}.geojson.gz").write_bytes(gzip.compress(data, 9, mtime=0))
        for name, data in own.items():
            (aside / name).write_bytes(data)
        if more is not None:
            more(aside)
        for path in aside.iterdir():
            with path.open("r+b") as file:
                os.fsync(file.fileno())
        shutil.rmtree(folder, ignore_errors=True)  # what lies there without its facts is no version
        patiently(lambda: aside.replace(folder))
    except BaseException:  # a full disk has no room for half a map
        shutil.rmtree(aside, ignore_errors=True)
        raise


def place_sketch(settings: Settings, path: Path) -> str:
    """The product's sketch as static files, for lists of areas that are too long to send with a page; gives the version,
    empty where the sketch is small enough."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    groups: dict[str, list[str]] = {layout.ALL: [], layout.OUTLINES: []}
    index = {}
    for item in features:
        name, own = item["properties"]["area_id"], item["properties"]
        level = own.get("level") or own.get("layer")
        told = {"type": "Feature", "id": name, "properties": {"level": level}, "geometry": item["geometry"]}
        groups[layout.ALL if level == "commune" else layout.OUTLINES].append(
            json.dumps(told, separators=(",", ":"))
        )
        if level == "commune":
            corners = item["geometry"]["coordinates"]
            ring = corners[0] if item["geometry"]["type"] == "Polygon" else corners[0][0]
            middle = [
                round(sum(point[axis] for point in ring[:-1]) / max(len(ring) - 1, 1), 4) for axis in (0, 1)
            ]
            index[name] = [layout.ALL, *middle, None]
    if len(index) <= layout.SMALL:
        return ""
    files = {
        f"{name}-{layout.COARSE}": (
            '{"type":"FeatureCollection","features":[\n' + ",\n".join(texts) + "\n]}\n"
        ).encode()
        for name, texts in groups.items()
    }
    total = hashlib.sha256()
    for name, data in sorted(files.items()):
        total.update(name.encode() + data)
    version = total.hexdigest()[:16]
    if not layout.meta(settings, version):
        facts = {
            "version": version,
            "sketch": True,
            "level": "commune",
            "areas": len(index),
            "files": sorted(files),
        }
        own = {layout.INDEX: json.dumps(index).encode(), layout.META: json.dumps(facts).encode()}
        place(settings, version, files, own)
    return version
