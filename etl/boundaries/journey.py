"""The way of a map file: examined, shown, accepted or not; then published by the journey of figures.

``examine`` writes nothing. ``accept`` writes the version, builds the snapshots that name it and publishes them; who may is
checked there. A refused file changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import shapely

from etl import publish, replica
from etl.boundaries import assigning, checking, cleaning, lettering, matching, placing, reading, writing
from etl.boundaries.findings import Collector, Finding, MapRefused
from etl.build import build
from etl.findings import Severity
from store import books, catalogue
from store import boundaries as layout
from store.access import User, require_manage
from store.definitions import Catalogue
from store.errors import BoundariesRefused
from store.settings import SPACES, Settings


@dataclass(frozen=True)
class Asked:
    """What a person says about a file. ``vintage``: the day the map shows, because one code means different units at
    different times; ``match``: table of assignments as CSV; the rest as in the command's help."""

    vintage: date
    source: str
    licence: str
    attribution: str = ""
    level: str = "commune"
    crs: int | None = None
    layer: str | None = None
    admin_level: str | None = None
    code_column: str = ""
    name_column: str = ""
    match: str = ""


@dataclass(frozen=True)
class Pair:
    """One feature and what it was taken for; ``how``: code, name, hand or empty."""

    feature: int
    code: str
    name: str
    area_id: str
    how: str


@dataclass(frozen=True)
class Examined:
    """What was read and found. ``shapes`` is None where reading ended before; ``replaces``: versions that it would put
    out of use."""

    file: str
    sha256: str
    asked: Asked
    findings: tuple[Finding, ...]
    layers: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    shapes: cleaning.Cleaned | None = None
    crs: str = ""
    terms: str = ""
    replaces: tuple[str, ...] = ()
    definitions: Catalogue | None = field(default=None, repr=False)

    @property
    def blocked(self) -> bool:
        """Whether anything keeps the file out."""
        return any(item.severity is Severity.BLOCK for item in self.findings)


def examine(settings: Settings, path: Path, asked: Asked, file: str = "") -> Examined:
    """Read, place, match, clean and check a file; everything wrong with it is told at once, as far as it can be read.
    ``file``: what the person calls it."""
    told = Collector()
    definitions = catalogue.load(catalogue.read_files(settings.reference_dir))
    seen: dict = {
        "file": file or path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "asked": asked,
        "definitions": definitions,
    }
    try:
        with suppress(MapRefused):
            _examine(settings, path, asked, definitions, seen, told)
    except shapely.errors.GEOSException:  # figures so far from any shape that the library gives up
        told.add("file.unreadable", value=seen["file"])
        seen.pop("shapes", None)
    return Examined(**seen, findings=told.all())


def _examine(
    settings: Settings, path: Path, asked: Asked, definitions: Catalogue, seen: dict, told: Collector
) -> None:
    seen["layers"] = tuple(name for name, _, _ in reading.layers(path, told))
    layer = reading.read(path, told, asked.layer, asked.admin_level)
    seen["columns"] = tuple(layer.table.columns)
    if layer.kind == "gadm":
        told.add("terms.gadm")
    credit = asked.attribution or asked.source
    seen["terms"] = credit
    if layer.kind == "osm" and "openstreetmap" not in credit.casefold():
        seen["terms"] = f"{credit}. {reading.OSM_TERMS}"
    areas = matching.valid_areas(definitions, asked.level, asked.vintage)
    above = [area for area in definitions.areas if 0 < area.level <= layout.LEVELS[asked.level]]
    layer = lettering.lettered(layer, [area.name.to("vi") for area in above], told)
    found = matching.columns(layer, asked.level, areas, asked.code_column, asked.name_column, told)
    hand = assigning.read(asked.match, areas, int(layer.numbers.max()), told) if asked.match.strip() else {}
    layer = placing.placed(layer, asked.crs, told)
    seen["crs"] = layer.crs.name
    matched = matching.match(layer, found, areas, definitions, hand, told)
    cells = [layer.table[name] if name else [""] * len(layer.numbers) for name in (found.code, found.name)]
    seen["pairs"] = tuple(
        Pair(int(number), code, name, area_id, how if area_id or how == "hand" else "")
        for number, code, name, area_id, how in zip(
            layer.numbers, *cells, matched.area_ids, matched.how, strict=True
        )
    )
    if not any(matched.area_ids):
        words = [pair.code or pair.name for pair in seen["pairs"][:3]]
        told.add("match.none", level=asked.level, vintage=asked.vintage.isoformat(), examples=words)
        raise MapRefused
    matching.one_per_area(layer, matched, definitions.area_by_id, told)
    shapes = seen["shapes"] = cleaning.cleaned(layer.geometries, matched.area_ids)
    checking.check(shapes, areas, told)
    seen["replaces"] = tuple(_replaced(settings, asked.level, set(shapes.area_ids), told))


def _replaced(settings: Settings, level: str, present: set[str], told: Collector) -> Iterator[str]:
    """Versions of the same level that show some of the same areas."""
    for facts in layout.standing(settings):
        before = layout.index(settings, facts["version"]).keys()
        if facts["level"] == level and before & present:
            yield facts["version"]
            if before - present:
                told.add("replaces.fewer", before=len(before), after=len(present), lost=len(before - present))


def accept(settings: Settings, examined: Examined, user: User) -> dict[str, str]:
    """Write the version and publish it in every space that has something to show: space -> snapshot id. NotPermitted for
    who is no administrator, BoundariesRefused for a file that may not enter."""
    require_manage(user)
    if examined.blocked or examined.shapes is None:
        raise BoundariesRefused("boundaries.refused", file=examined.file)
    asked, shapes, definitions = examined.asked, examined.shapes, examined.definitions
    by_id = {area.id: area for area in matching.valid_areas(definitions, asked.level, asked.vintage)}
    meta = {
        "level": asked.level,
        "vintage": asked.vintage.isoformat(),
        "source": asked.source,
        "licence": asked.licence,
        "attribution": examined.terms,
        "crs": examined.crs,
        "tolerances": list(layout.TOLERANCES),
        "file": examined.file,
        "sha256": examined.sha256,
        "areas": len(shapes.area_ids),
        "by_name": sum(pair.how == "name" for pair in examined.pairs),
        "by_hand": sum(pair.how == "hand" and bool(pair.area_id) for pair in examined.pairs),
        "imported": datetime.now(UTC).isoformat(timespec="seconds"),
        "by": user.name,
    }
    files = writing.contents(shapes, asked.level, by_id, definitions)
    where = writing.index(shapes, by_id, definitions)
    with held(settings):
        facts = writing.write(settings, shapes, files, where, meta)
        books.books(settings).keep(SPACES[0], layout.folder(settings, facts["version"]), layout.SHELF)
        present = [item["version"] for item in layout.standing(settings)]
        gone = list(_replaced(settings, asked.level, set(shapes.area_ids), Collector()))
        wanted = [name for name in present if name not in gone and name != facts["version"]]
        told = {key: facts[key] for key in ("version", "level", "vintage", "file", "areas")}
        return _published(settings, user, [*wanted, facts["version"]], {**told, "replaces": gone})


def withdraw(settings: Settings, version: str, user: User) -> dict[str, str]:
    """Put a version out of use; its files stay for the snapshots that name it. NotPermitted for who is no
    administrator, BoundariesRefused when it is not in use."""
    require_manage(user)
    with held(settings):
        present = [item["version"] for item in layout.standing(settings)]
        if version not in present:
            raise BoundariesRefused("boundaries.not_standing", version=version)
        facts = {"version": version, "withdrawn": True}
        return _published(settings, user, [name for name in present if name != version], facts)


@contextmanager
def held(settings: Settings) -> Iterator[None]:
    """Nobody else builds or removes a snapshot meanwhile, in any space: each of them may name a version."""
    with ExitStack() as stack:
        for space in SPACES:
            stack.enter_context(replica.writing(settings, space))
        yield


def _published(settings: Settings, user: User, versions: Sequence[str], facts: dict) -> dict[str, str]:
    """Snapshots with these versions, all built before the first is shown; what stood before stands again when one fails."""
    before = [item["version"] for item in layout.standing(settings)]
    layout.stand(settings, list(versions))
    try:
        showing = [space for space in SPACES if publish.published_id(settings, space)]
        built = {space: build(settings, space) for space in showing}
    except BaseException:
        layout.stand(settings, before)
        raise
    for space, snapshot_id in built.items():
        publish.turn(settings, space, snapshot_id, user, [("boundaries", facts)])
    return built
