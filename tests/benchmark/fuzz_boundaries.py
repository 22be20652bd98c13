"""Damaged and hostile map files, examined as an upload is: ``python tests/benchmark/fuzz_boundaries.py --count 10000``.

GeoJSON, zipped Shapefiles, GeoPackages and OSM extracts of the small world are cut, shuffled and filled with junk; GeoJSON
also where it is still JSON, archives inside a member, GeoPackages in their tables. Passes when every file ends in findings
(each with its sentence), within five seconds and the memory the system allows, and nobody knocked at the door to which
every address in the files leads.
"""

from __future__ import annotations

import json
import random
import shutil
import socket
import sqlite3
import sys
import tempfile
import threading
import warnings
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmark import fuzz_check, fuzzing, hostile  # noqa: E402

NUMBERS = (
    0,
    -0.0,
    1e308,
    -1e308,
    1e-320,
    10**400,
    180,
    91,
    22.05,
    float("nan"),
    float("inf"),
    None,
    "105",
    [],
    {},
    True,
)
TYPES = (
    "Point",
    "Polygon",
    "MultiPolygon",
    "LineString",
    "GeometryCollection",
    "Feature",
    "FeatureCollection",
    "",
    None,
    7,
)
DAY = date(2024, 6, 30)


class Door:
    """A place where nobody should knock; counts who does."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(50)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.knocks = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._socket.accept()
                self.knocks += 1
                with closing(caller), suppress(OSError):
                    caller.sendall(
                        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    )

    def close(self) -> None:
        """Go away."""
        self._socket.close()


def pointing(url: str, beside: Path) -> tuple[object, ...]:
    """JSON that sends whoever opens it somewhere else: to an address, or to another file of the machine."""
    crs = [
        {"type": kind, "properties": {"href": f"{url}/a", "url": f"{url}/b", "name": f"{url}/c"}}
        for kind in ("link", "url", "name")
    ]
    commands = [
        f"gdal vector pipeline read {beside}",
        f"gdal vector pipeline read /vsicurl/{url}/a.geojson",
        f"gdal vector pipeline ! read {beside} ! write {beside}.out",
    ]
    return (
        *({"crs": item} for item in crs),
        *({"type": "gdal_streamed_alg", "command_line": text} for text in commands),
        {"links": [{"rel": "next", "href": f"{url}/n"}], "next": f"{url}/n", "$schema": f"{url}/s"},
        {"type": "Topology", "objects": {"a": {"type": "Polygon", "arcs": [[0]]}}, "arcs": [[[0, 0]]]},
        {"geometryType": "esriGeometryPolygon", "features": [], "fields": []},
        {"conformsTo": ["[ogc-json-fg-1-0.1:core]"], "coordRefSys": f"{url}/r", "featureSchema": f"{url}/f"},
        {"stac_version": "1.0.0", "links": [{"href": f"{url}/t"}]},
    )


def mutated_json(data: bytes, chance: random.Random, pointing: tuple[object, ...]) -> bytes:
    """GeoJSON that is still JSON, with some of its parts exchanged."""
    whole = json.loads(data)
    for _ in range(chance.randint(1, 5)):
        places = list(_places(whole))
        holder, key = chance.choice(places)
        act = chance.randrange(8)
        if act == 0:
            holder[key] = chance.choice(NUMBERS)
        elif act == 1:
            holder[key] = hostile.text(chance)
        elif act == 2 and isinstance(holder, dict):
            holder[hostile.text(chance)] = holder[key]
        elif act == 3:
            with suppress(KeyError, IndexError, ValueError):
                del holder[key]
        elif act == 4:
            other, name = chance.choice(places)
            with suppress(KeyError, IndexError):
                holder[key] = json.loads(json.dumps(other[name]))
        elif act == 5 and isinstance(holder, list):
            holder.extend(holder[-1:] * chance.choice((1, 3, 500)))
        elif act == 6:
            for inner, name in places:
                if name == "type" and chance.random() < 0.3:
                    inner[name] = chance.choice(TYPES)
        else:
            whole = {**whole, **chance.choice(pointing)} if isinstance(whole, dict) else whole
    if chance.random() < 0.02:
        whole = {"type": "FeatureCollection", "features": _deep(chance.choice((100, 2000, 50_000)))}
    try:
        return json.dumps(whole, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    except RecursionError:
        return b'{"type":"FeatureCollection","features":' + b"[" * 50_000 + b"]" * 50_000 + b"}"


def _deep(levels: int) -> list:
    found: list = []
    for _ in range(levels):
        found = [found]
    return found


def _places(node: object):
    """(holder, key) of every part."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from _places(node[key])


def mutated_tables(path: Path, chance: random.Random, url: str) -> bytes:
    """A GeoPackage whose tables say something else than they should."""
    acts = (
        ("UPDATE gpkg_contents SET table_name = ?", 1),
        ("UPDATE gpkg_contents SET data_type = ?", 1),
        ("UPDATE gpkg_contents SET srs_id = ?", 0),
        ("UPDATE gpkg_geometry_columns SET column_name = ?", 1),
        ("UPDATE gpkg_geometry_columns SET geometry_type_name = ?", 1),
        ("UPDATE gpkg_spatial_ref_sys SET definition = ?", 1),
        ("UPDATE gpkg_spatial_ref_sys SET organization = ?", 1),
        ("UPDATE gpkg_spatial_ref_sys SET srs_id = srs_id + ?", 0),
        ("UPDATE xa SET ma_xa = ?", 1),
        ("UPDATE xa SET ten_xa = ?", 1),
        ("UPDATE xa SET geom = ?", 2),
        ("UPDATE xa SET geom = substr(geom, 1, ?)", 0),
        ("DELETE FROM xa WHERE fid > ?", 0),
        ("INSERT INTO gpkg_extensions VALUES ('xa', 'geom', ?, 'x', 'read-write')", 1),
    )
    schemas = (
        f"CREATE VIRTUAL TABLE xa USING VirtualOGR('/vsicurl/{url}/a.geojson')",
        "CREATE VIRTUAL TABLE xa USING VirtualShape('/etc/passwd', 'UTF-8', 4326)",
        "CREATE VIEW xa AS SELECT 1 AS fid, load_extension('x') AS geom, readfile('/etc/passwd') AS ma_xa",
        "CREATE VIEW xa AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS fid, NULL AS geom FROM n",
    )
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA trusted_schema = ON")
        for name in [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]:
            db.execute(f'DROP TRIGGER "{name}"')
        for _ in range(chance.randint(1, 3)):
            sql, kind = chance.choice(acts)
            word = hostile.text(chance).encode("utf-8", "replace").decode()
            value = (
                chance.choice((0, 1, 9, -1, 10**9, 4326)),
                word,
                chance.randbytes(chance.randrange(400)),
            )[kind]
            with suppress(sqlite3.Error):
                db.execute(sql, (value,))
        if chance.random() < 0.1:
            with suppress(sqlite3.Error):
                db.execute("PRAGMA writable_schema = ON")
                kind = chance.choice(schemas)
                db.execute(
                    "UPDATE sqlite_master SET type = ?, rootpage = 0, sql = ? WHERE name = 'xa'",
                    ("view" if "VIEW" in kind else "table", kind),
                )
        with suppress(sqlite3.Error):
            db.commit()
    return path.read_bytes()


def originals(folder: Path) -> dict[str, bytes]:
    """The files that are damaged, by name."""
    from tests.maps import make_maps as make

    folder.mkdir(parents=True, exist_ok=True)
    own = make.coded()
    odd = make.coded(ten_xa=["Ph­êng S«ng CÇu", "X·", None], dan_so=[1.5, None, 3])
    paths = [
        make.write(own, folder / "xa.geojson"),
        make.write(odd, folder / "odd.json", driver="GeoJSON"),
        make.write(own, folder / "xa.gpkg", layer="xa"),
        make.shapefile(own, folder / "xa.zip"),
        make.shapefile(
            own.to_crs(9213),
            folder / "met.zip",
            prj=make.VN2000_WITHOUT_SHIFT.format(meridian=106.5, scale=0.9999),
        ),
        make.osm([("Phường Sông Cầu", "8"), ("Phường Phùng Chí Kiên", "8")], folder / "map.osm"),
    ]
    return {path.name: path.read_bytes() for path in paths}


def sample(files: dict[str, bytes], chance: random.Random, work: Path, door: str) -> tuple[str, bytes]:
    """One case: a name and what is in the file."""
    name = chance.choices(
        sorted(files), [3 if "json" in name else 2 if name != "map.osm" else 1 for name in sorted(files)]
    )[0]
    data = files[name]
    if name.endswith("json") and chance.random() < 0.75:
        return name, mutated_json(data, chance, pointing(door, work.parent / "beside.geojson"))
    if name.endswith("gpkg") and chance.random() < 0.6:
        own = work.with_suffix(".own")
        own.write_bytes(data)
        return name, mutated_tables(own, chance, door)
    if name.endswith("zip") and chance.random() < 0.85:
        with suppress(ValueError, IndexError, OSError):
            return name, fuzz_check.repacked(data, chance)
    return name, fuzz_check.mutated(data, chance)


def examined(path: Path, settings: object, name: str) -> object:
    """What the product says of a file; every finding must have its sentence, and so must the pairs their area."""
    from etl.boundaries import findings, journey

    asked = journey.Asked(DAY, "Sở", "CC BY", admin_level="8" if name.endswith("osm") else None)
    told = journey.examine(settings, path, asked, name)
    for item in told.findings:
        assert findings.message(item, "vi") and findings.message(item, "en")
    assert told.blocked or (told.shapes is not None and any(pair.area_id for pair in told.pairs)), (
        "accepted without shapes"
    )
    return told


def run(count: int, seed: int, out: Path, minutes: float = 0.0, bounded: bool = True) -> fuzzing.Tally:
    """Examine ``count`` damaged files; ``bounded``: whether this process may hold no more memory than the limit."""
    from etl.boundaries import journey
    from tests import builders

    warnings.simplefilter("ignore")
    folder = Path(tempfile.mkdtemp(prefix="board-fuzz-"))
    door, accepted, codes = Door(), 0, set()
    try:
        settings, files = builders.settings(folder), originals(folder / "files")
        (folder / "work").mkdir()
        (folder / "beside.geojson").write_bytes(files["xa.geojson"].replace(b"ten_xa", b"beside"))
        chance, cases = random.Random(seed), fuzzing.Cases("boundaries", seed, count, out, minutes)
        loaded = builders.catalogue()
        before = {path.name for path in folder.iterdir()}
        with (
            mock.patch.object(journey.catalogue, "load", lambda _: loaded),
            mock.patch.object(journey.catalogue, "read_files", lambda _: {}),
        ):
            first = folder / "work" / "xa.geojson"
            first.write_bytes(files["xa.geojson"])
            examined(first, settings, "xa.geojson")  # the libraries are awake before memory is bounded
            if bounded:
                fuzz_check.bound_memory()
            for _ in cases:
                path = folder / "work" / "case"
                name, data = sample(files, chance, path, door.url)
                path = path.with_suffix(Path(name).suffix)
                path.write_bytes(data)
                knocks = door.knocks
                with cases.one(name, data):
                    told = examined(path, settings, name)
                    codes |= {item.code for item in told.findings}
                    accepted += not told.blocked
                    assert door.knocks == knocks, "an address in the file was asked"
                    assert "beside" not in told.columns, "another file was read"
                for leftover in (folder / "work").iterdir():
                    leftover.unlink()
        assert {path.name for path in folder.iterdir()} == before, "something was written beside the files"
        cases.tally.said = f"{accepted} accepted, {len(codes)} different codes"
        return cases.tally
    finally:
        door.close()
        shutil.rmtree(folder, ignore_errors=True)


def again(path: Path) -> object:
    """Examine a kept case."""
    from tests import builders

    with tempfile.TemporaryDirectory() as folder:
        return examined(path, builders.settings(Path(folder)), path.name).findings


if __name__ == "__main__":
    sys.exit(fuzzing.command(__doc__, run, again))
