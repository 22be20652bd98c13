"""The only cached reads. Every function takes the space and the snapshot id first: a snapshot never changes, so
nothing here needs to be invalidated, and a new publication is simply a new id. See ``views.memory``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from store import catalogue as definitions
from store.settings import Settings, read_settings
from store.snapshot import Snapshot, snapshot_path
from views.memory import Memory, frozen, kept

if TYPE_CHECKING:
    import pandas as pd

Made = TypeVar("Made")
# What communes sent in; a figure found in print is no report.
REPORTED = {"official": ("uploaded",), "demo": ("illustrative", "uploaded")}
# Illustrative and published figures never meet in one chart, rank or index.
PROVENANCES = {"official": ("published", "uploaded"), "demo": ("illustrative", "uploaded")}


def _own(table: pd.DataFrame) -> pd.DataFrame:
    """A table for one caller: it shares its columns until somebody writes to one."""
    return table.copy(deep=False)


@kept(1)
def settings() -> Settings:
    """The settings of this process."""
    return read_settings()


@kept(6)
def snapshot(space: str, snapshot_id: str) -> Snapshot:
    """An open snapshot."""
    return Snapshot(snapshot_path(settings(), space, snapshot_id))


@kept(6)
def catalogue(space: str, snapshot_id: str) -> definitions.Catalogue:
    """The definitions the snapshot was built with; illustrative targets stand beside illustrative figures alone."""
    from store import read

    found = definitions.load(read.definition_files(snapshot(space, snapshot_id)))
    return found.for_demo() if space == "demo" else found


@kept(6)
def meta(space: str, snapshot_id: str) -> dict[str, str]:
    """Facts about the snapshot."""
    from store import read

    return read.meta(snapshot(space, snapshot_id))


@kept(128, hand_out=_own)
def figures(
    space: str,
    snapshot_id: str,
    areas: Sequence[str],
    indicators: Sequence[str] | None = None,
    periods: Sequence[str] | None = None,
    every_definition: bool = False,
) -> pd.DataFrame:
    """Observed figures of some areas, see ``store.read.figures``; of each indicator only those counted in the
    definition in use, unless ``every_definition``."""
    from store import read

    table = read.figures(
        snapshot(space, snapshot_id),
        areas=areas,
        indicators=indicators,
        periods=periods,
        provenances=PROVENANCES[space],
    )
    table["source"] = _reports_named(table, uploads(space, snapshot_id))
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


@kept(16)
def definitions_in_use(space: str, snapshot_id: str, areas: Sequence[str]) -> dict[str, str]:
    """Per indicator the one definition in which these areas are compared on every page: the default where any figure
    is counted so, else the commonest. Decided over the whole snapshot, so that no page depends on what it loaded."""
    from store import read

    indicators = catalogue(space, snapshot_id).indicator_by_id
    table = read.definitions(snapshot(space, snapshot_id), areas=areas, provenances=PROVENANCES[space])
    in_use: dict[str, str] = {}
    for indicator_id, definition in table:
        in_use.setdefault(indicator_id, definition)
        if indicator_id in indicators and definition == indicators[indicator_id].default_definition:
            in_use[indicator_id] = definition
    return in_use


@kept(16, hand_out=_own)
def periods(space: str, snapshot_id: str, areas: Sequence[str]) -> pd.DataFrame:
    """Periods with figures of these areas, oldest first."""
    from store import read

    return read.periods(snapshot(space, snapshot_id), areas=areas, provenances=PROVENANCES[space])


@kept(16)
def period_ids(space: str, snapshot_id: str, areas: Sequence[str]) -> tuple[str, ...]:
    """Their ids."""
    return tuple(periods(space, snapshot_id, areas)["period"])


@kept(6, hand_out=_own)
def published(space: str, snapshot_id: str) -> pd.DataFrame:
    """Every figure found in print."""
    from store import read

    return read.published(snapshot(space, snapshot_id))


@kept(6, hand_out=_own)
def revisions(space: str, snapshot_id: str) -> pd.DataFrame:
    """Figures that later files replaced."""
    from store import read

    return read.revisions(snapshot(space, snapshot_id))


@kept(16, hand_out=_own)
def findings(space: str, snapshot_id: str, areas: Sequence[str]) -> pd.DataFrame:
    """Warnings that still stand on what these areas reported, see ``store.read.findings``."""
    from store import read

    return read.findings(snapshot(space, snapshot_id), areas=areas, provenances=REPORTED[space])


@kept(6, hand_out=_own)
def uploads(space: str, snapshot_id: str) -> pd.DataFrame:
    """Files behind the snapshot."""
    from store import read

    return read.uploads(snapshot(space, snapshot_id))


@kept(12)
def shapes(space: str, snapshot_id: str, layer: str) -> list[dict]:
    """GeoJSON features of a map layer; shared by all readers, so never changed."""
    from store import read

    return read.shapes(snapshot(space, snapshot_id), layer)


@kept(6)
def layers(space: str, snapshot_id: str) -> list[str]:
    """Map layers of the snapshot."""
    from store import read

    return read.layers(snapshot(space, snapshot_id))


_BUILT, _TRIED = Memory(256), Memory(64)


def made(key: tuple, make: Callable[[], Made]) -> Made:
    """What a page shows, built once per ``key`` (which names the snapshot) and shared by all readers: a figure costs far
    more to build than to send. What is returned must not be changed."""
    return _BUILT.get(frozen(list(key)), make)


def tried(key: tuple, make: Callable[[], Made]) -> Made:
    """The same for what readers try out in endless ways (weights): kept a while, and never in the place of a page."""
    return _TRIED.get(frozen(list(key)), make)
