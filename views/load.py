"""The only cached reads. Every function takes the space and the snapshot id first: a snapshot never changes, so
nothing here needs to be invalidated, and a new publication is simply a new id. See ``views.memory``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from store import boundaries as imported
from store import catalogue as definitions
from store import groups as grouping
from store import layout, ledger
from store.settings import Settings, read_settings
from store.snapshot import Snapshot, snapshot_path
from views.memory import Lane, Memory, frozen, kept

if TYPE_CHECKING:
    import pandas as pd

    from store.merged import Refusal

Made = TypeVar("Made")
# What communes sent in; a figure found in print is no report.
REPORTED = {"official": ("uploaded",), "demo": ("illustrative", "uploaded")}
# Illustrative and published figures never meet in one chart, rank or index.
PROVENANCES = {"official": ("published", "uploaded"), "demo": ("illustrative", "uploaded")}
# bytes: a frame is some kilobytes for eight communes, fifty megabytes for a country
ROOM = 256 * 2**20
LANE = Lane()


def _own(table: pd.DataFrame) -> pd.DataFrame:
    """A table for one caller: it shares its columns until somebody writes to one."""
    return table.copy(deep=False)


@kept(1)
def settings() -> Settings:
    """The settings of this process; LayoutError where its runtime folder is another program's."""
    found = read_settings()
    layout.require(found)
    return found


@kept(6, lane=LANE)
def snapshot(space: str, snapshot_id: str) -> Snapshot:
    """An open snapshot."""
    return Snapshot(snapshot_path(settings(), space, snapshot_id))


@kept(6, lane=LANE)
def catalogue(space: str, snapshot_id: str) -> definitions.Catalogue:
    """The definitions the snapshot was built with; illustrative targets stand beside illustrative figures alone."""
    from store import read

    found = definitions.load(read.definition_files(snapshot(space, snapshot_id)))
    return found.for_demo() if space == "demo" else found


@kept(6, lane=LANE)
def groups(space: str, snapshot_id: str) -> dict[str, grouping.Group]:
    """The groups of communes that can be compared, by id."""
    return grouping.groups(catalogue(space, snapshot_id))


@kept(6, lane=LANE)
def meta(space: str, snapshot_id: str) -> dict[str, str]:
    """Facts about the snapshot."""
    from store import read

    return read.meta(snapshot(space, snapshot_id))


def figures(
    space: str,
    snapshot_id: str,
    areas: Sequence[str],
    indicators: Sequence[str] | None = None,
    periods: Sequence[str] | None = None,
    every_definition: bool = False,
) -> pd.DataFrame:
    """Observed figures of some areas, and for areas that others merged into the sums of those before the merger, see
    ``store.merged.figures``; of each indicator only those counted in the definition in use, unless
    ``every_definition``. The frame is the caller's own: what he writes into it, nobody else sees."""
    wanted = tuple(tuple(part) if part is not None else None for part in (indicators, periods))
    known = areas if isinstance(areas, grouping.AreaIds) else tuple(areas)
    key = (space, snapshot_id, known, *wanted, every_definition)
    return _keep(key, lambda: _figures(space, snapshot_id, areas, indicators, periods, every_definition))


def series(space: str, snapshot_id: str, areas: Sequence[str], indicator: str) -> pd.DataFrame:
    """Every period of one indicator for many areas, see ``store.read.series``; the caller's own, as in ``figures``."""
    from store import read

    def make() -> pd.DataFrame:
        return read.series(
            snapshot(space, snapshot_id), areas=areas, indicator=indicator, provenances=PROVENANCES[space]
        )

    return _keep(("series", space, snapshot_id, areas, indicator), make)


def levels(space: str, snapshot_id: str, areas: Sequence[str], period: str) -> pd.DataFrame:
    """Every indicator of one period for many areas in the definition in use, see ``store.read.levels``; the caller's own,
    as in ``figures``."""
    from store import read

    def make() -> pd.DataFrame:
        table = read.levels(
            snapshot(space, snapshot_id), areas=areas, period=period, provenances=PROVENANCES[space]
        )
        in_use = table["indicator_id"].astype(object).map(definitions_in_use(space, snapshot_id, areas))
        return table[table["definition"].astype(object) == in_use].reset_index(drop=True)

    return _keep(("levels", space, snapshot_id, areas, period), make)


def _keep(key: tuple, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """A frame that is kept as long as it fits; the caller's copy parts from it when written to."""
    return frames(key, make).copy(deep=False)


def _figures(
    space: str,
    snapshot_id: str,
    areas: Sequence[str],
    indicators: Sequence[str] | None,
    periods: Sequence[str] | None,
    every_definition: bool,
) -> pd.DataFrame:
    from store import merged

    table = merged.figures(
        snapshot(space, snapshot_id),
        catalogue(space, snapshot_id),
        areas=areas,
        indicators=indicators,
        periods=periods,
        provenances=PROVENANCES[space],
        named=lambda own: _reports_named(own, uploads(space, snapshot_id)),
    )
    if every_definition or table.empty:
        return table
    in_use = table["indicator_id"].map(definitions_in_use(space, snapshot_id, areas))
    return table[table["definition"] == in_use].reset_index(drop=True)


def _reports_named(table: pd.DataFrame, files: pd.DataFrame) -> pd.Series:
    """Sources, where a report that names none of its own is named by its file and day: ``upload:<day>|<file>``."""
    by_id = files.set_index("upload_id")
    named = "upload:" + by_id["received"].fillna("").astype(str) + "|" + by_id["file"]
    own = table["source"].fillna("").astype(str)
    return own.where(own != "", table["upload_id"].map(named).fillna(""))


@kept(16, lane=LANE)
def definitions_in_use(space: str, snapshot_id: str, areas: Sequence[str]) -> dict[str, str]:
    """Per indicator the one definition in which these areas are compared on every page: the default where any figure
    is counted so, else the commonest. Decided over the whole snapshot, so that no page depends on what it loaded."""
    from store import read
    from store.lineage import Origins

    defined = catalogue(space, snapshot_id)
    indicators = defined.indicator_by_id
    table = read.definitions(
        snapshot(space, snapshot_id),
        areas=[*areas, *Origins(defined).ancestors(areas)],
        provenances=PROVENANCES[space],
    )
    in_use: dict[str, str] = {}
    for indicator_id, definition in table:
        in_use.setdefault(indicator_id, definition)
        if indicator_id in indicators and definition == indicators[indicator_id].default_definition:
            in_use[indicator_id] = definition
    return in_use


@kept(16, hand_out=_own, lane=LANE)
def periods(space: str, snapshot_id: str, areas: Sequence[str], sent: bool = False) -> pd.DataFrame:
    """Periods with figures of these areas, or of all that one of them was made of, oldest first; ``sent``: with figures of
    their own that came in reports only."""
    from store import merged, read

    if sent:
        return read.periods(snapshot(space, snapshot_id), areas=areas, provenances=REPORTED[space])

    return merged.times(
        snapshot(space, snapshot_id),
        catalogue(space, snapshot_id),
        areas=areas,
        provenances=PROVENANCES[space],
    )


@kept(32, lane=LANE)
def refusals(
    space: str, snapshot_id: str, areas: Sequence[str], indicators: Sequence[str], periods: Sequence[str]
) -> dict[tuple[str, str, str], Refusal]:
    """(area, indicator, period) -> why areas have no figure in periods in which they did not exist, in the definition in
    use, see ``store.merged.refusals``."""
    from store import merged

    defined = catalogue(space, snapshot_id)
    in_use = definitions_in_use(space, snapshot_id, areas)
    return merged.refusals(
        snapshot(space, snapshot_id),
        defined,
        areas=areas,
        indicators={
            key: in_use.get(key, defined.indicator_by_id[key].default_definition) for key in indicators
        },
        periods=periods,
        provenances=PROVENANCES[space],
    )


@kept(16, hand_out=_own, lane=LANE)
def reported(space: str, snapshot_id: str, areas: Sequence[str], period: str) -> pd.DataFrame:
    """How many of the indicators that communes upload each area has in a period, see ``store.read.reported``."""
    from store import read

    asked = [item.id for item in catalogue(space, snapshot_id).indicators if item.uploaded]
    return read.reported(
        snapshot(space, snapshot_id),
        areas=areas,
        period=period,
        indicators=asked,
        provenances=PROVENANCES[space],
    )


@kept(16, hand_out=_own, lane=LANE)
def counted(space: str, snapshot_id: str, areas: Sequence[str], period: str) -> pd.DataFrame:
    """How many different values each indicator has in a period, in the definition in use; see ``store.read.counted``."""
    from store import read

    table = read.counted(
        snapshot(space, snapshot_id), areas=areas, period=period, provenances=PROVENANCES[space]
    )
    in_use = table["indicator_id"].map(definitions_in_use(space, snapshot_id, areas))
    return table[table["definition"] == in_use].reset_index(drop=True)


@kept(16, lane=LANE)
def period_ids(space: str, snapshot_id: str, areas: Sequence[str]) -> tuple[str, ...]:
    """Their ids."""
    return tuple(periods(space, snapshot_id, areas)["period"])


@kept(6, hand_out=_own, lane=LANE)
def published(space: str, snapshot_id: str) -> pd.DataFrame:
    """Every figure found in print."""
    from store import read

    return read.published(snapshot(space, snapshot_id))


@kept(6, hand_out=_own, lane=LANE)
def revisions(space: str, snapshot_id: str) -> pd.DataFrame:
    """Figures that later files replaced."""
    from store import read

    return read.revisions(snapshot(space, snapshot_id))


@kept(16, hand_out=_own, lane=LANE)
def findings(space: str, snapshot_id: str, areas: Sequence[str]) -> pd.DataFrame:
    """Warnings that still stand on what these areas reported, see ``store.read.findings``."""
    from store import read

    return read.findings(snapshot(space, snapshot_id), areas=areas, provenances=REPORTED[space])


@kept(6, hand_out=_own, lane=LANE)
def uploads(space: str, snapshot_id: str) -> pd.DataFrame:
    """Files behind the snapshot."""
    from store import read

    return read.uploads(snapshot(space, snapshot_id))


@kept(12, lane=LANE)
def shapes(space: str, snapshot_id: str, layer: str) -> list[dict]:
    """GeoJSON features of a map layer that lies in the snapshot; shared by all readers, so never changed."""
    from store import read

    return read.shapes(snapshot(space, snapshot_id), layer)


@kept(6, lane=LANE)
def outlines(space: str, snapshot_id: str, layer: str) -> list[dict]:
    """``shapes``, and those of the areas that were made of others, see ``store.outlines``; never changed."""
    from store.outlines import with_merged

    defined = catalogue(space, snapshot_id)
    made = dict.fromkeys(link.new_area_id for link in defined.lineage)
    return with_merged(shapes(space, snapshot_id, layer), defined, made)


@kept(6, lane=LANE)
def layers(space: str, snapshot_id: str) -> list[str]:
    """Map layers that lie in the snapshot."""
    from store import read

    return read.layers(snapshot(space, snapshot_id))


def boundaries(space: str, snapshot_id: str) -> dict[str, dict]:
    """Imported boundaries that the snapshot names, by version, as far as their files are there."""
    named = imported.versions(meta(space, snapshot_id))
    return {name: facts for name, facts in named.items() if imported.meta(settings(), name)}


def boundary_index(version: str) -> dict[str, list]:
    """Where an imported version has its areas, see ``store.boundaries.index``."""
    return imported.index(settings(), version)


@kept(24, lane=LANE)
def boundary_shapes(version: str, files: tuple[str, ...], tolerance: int) -> list[dict]:
    """Shapes of some files of an imported version, for small drawings; shared, so never changed."""
    return imported.shapes(settings(), version, files, tolerance)


def _size(found: object) -> int:
    """Bytes of a frame, or of the frames in a tuple or a dictionary."""
    if isinstance(found, dict):
        return sum(map(_size, found.values()))
    if isinstance(found, tuple):
        return sum(map(_size, found))
    return int(found.memory_usage().sum()) if hasattr(found, "memory_usage") else 0


_BUILT, _TRIED = Memory(512, lane=LANE), Memory(64, lane=LANE)
_FRAMES, _SET_DOWN = Memory(256, ROOM, _size, LANE), Memory(256)


def frames(key: tuple, make: Callable[[], Made]) -> Made:
    """Frames of figures or of what was computed from them, made once per ``key`` (which names the snapshot) while they fit
    with all others into ``ROOM``. What is returned must not be changed."""
    return _FRAMES.get(frozen(list(key)), make)


def made(key: tuple, make: Callable[[], Made]) -> Made:
    """What a page shows, built once per ``key`` (which names the snapshot) and shared by all readers: a figure costs far
    more to build than to send. What is returned must not be changed."""
    return _BUILT.get(frozen(list(key)), make)


def tried(key: tuple, make: Callable[[], Made]) -> Made:
    """The same for what readers try out in endless ways (weights): kept a while, and never in the place of a page."""
    return _TRIED.get(frozen(list(key)), make)


def set_down(key: tuple, make: Callable[[], Made]) -> Made:
    """The same for what writes or waits for files: the snapshot of an earlier day, a citation. Others build meanwhile."""
    return _SET_DOWN.get(frozen(list(key)), make)


def has_reports(space: str) -> bool:
    """Whether any accepted report stands in a space's log. Asked by every run of a page, and the log of a country takes
    a second to read (60,000 lines): it is read anew only when it has grown."""
    log = settings().space_dir(space) / "ledger.jsonl"
    try:
        facts = log.stat()
    except FileNotFoundError:
        return False
    key = ("has reports", log, facts.st_size, facts.st_mtime_ns)
    return set_down(key, lambda: bool(ledger.standing(ledger.readable(log))))
