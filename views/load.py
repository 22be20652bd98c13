"""The only cached reads. Every function takes the space and the snapshot id first: a snapshot never changes, so
nothing here needs to be invalidated, and a new publication is simply a new id."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st
from cachetools import LRUCache

from store import boundaries as imported
from store import catalogue as definitions
from store import groups as grouping
from store.settings import Settings, read_settings
from store.snapshot import Snapshot, snapshot_path

if TYPE_CHECKING:
    import pandas as pd

# What communes sent in; a figure found in print is no report.
REPORTED = {"official": ("uploaded",), "demo": ("illustrative", "uploaded")}
# Illustrative and published figures never meet in one chart, rank or index.
PROVENANCES = {"official": ("published", "uploaded"), "demo": ("illustrative", "uploaded")}
# Ids of a group are known by its name: hashing thousands of them would cost more than most reads.
NAMES = {grouping.AreaIds: lambda areas: areas.name}
FIGURES_KEPT = (
    256 * 2**20
)  # bytes: a frame is some kilobytes for eight communes, fifty megabytes for a country


@st.cache_resource(max_entries=1, show_spinner=False)
def settings() -> Settings:
    """The settings of this process."""
    return read_settings()


@st.cache_resource(max_entries=6, show_spinner=False)
def snapshot(space: str, snapshot_id: str) -> Snapshot:
    """An open snapshot."""
    return Snapshot(snapshot_path(settings(), space, snapshot_id))


@st.cache_resource(max_entries=6, show_spinner=False)
def catalogue(space: str, snapshot_id: str) -> definitions.Catalogue:
    """The definitions the snapshot was built with; illustrative targets stand beside illustrative figures alone."""
    from store import read

    found = definitions.load(read.definition_files(snapshot(space, snapshot_id)))
    return found.for_demo() if space == "demo" else found


@st.cache_resource(max_entries=6, show_spinner=False)
def groups(space: str, snapshot_id: str) -> dict[str, grouping.Group]:
    """The groups of communes that can be compared, by id."""
    return grouping.groups(catalogue(space, snapshot_id))


@st.cache_resource(max_entries=6, show_spinner=False)
def meta(space: str, snapshot_id: str) -> dict[str, str]:
    """Facts about the snapshot."""
    from store import read

    return read.meta(snapshot(space, snapshot_id))


@st.cache_resource(max_entries=1, show_spinner=False)
def _kept() -> tuple[LRUCache, threading.Lock]:
    """The frames of figures that are kept, as many as fit."""
    return LRUCache(FIGURES_KEPT, getsizeof=lambda frame: int(frame.memory_usage().sum())), threading.Lock()


def figures(
    space: str,
    snapshot_id: str,
    areas: Sequence[str],
    indicators: Sequence[str] | None = None,
    periods: Sequence[str] | None = None,
    every_definition: bool = False,
) -> pd.DataFrame:
    """Observed figures of some areas, see ``store.read.figures``; of each indicator only those counted in the
    definition in use, unless ``every_definition``. The frame is the caller's own: what he writes into it, nobody else
    sees."""
    kept, lock = _kept()
    wanted = tuple(tuple(part) if part is not None else None for part in (indicators, periods))
    key = (
        space,
        snapshot_id,
        areas if isinstance(areas, grouping.AreaIds) else tuple(areas),
        *wanted,
        every_definition,
    )
    with lock:
        found = kept.get(key)
    if found is None:
        found = _figures(space, snapshot_id, areas, indicators, periods, every_definition)
        with lock:
            if kept.getsizeof(found) <= kept.maxsize:
                kept[key] = found
    return found.copy(deep=False)  # written to, it parts from what is kept


def _figures(
    space: str,
    snapshot_id: str,
    areas: Sequence[str],
    indicators: Sequence[str] | None,
    periods: Sequence[str] | None,
    every_definition: bool,
) -> pd.DataFrame:
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


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=NAMES)
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


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=NAMES)
def periods(space: str, snapshot_id: str, areas: Sequence[str]) -> pd.DataFrame:
    """Periods with figures of these areas, oldest first."""
    from store import read

    return read.periods(snapshot(space, snapshot_id), areas=areas, provenances=PROVENANCES[space])


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=NAMES)
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


@st.cache_data(max_entries=6, show_spinner=False)
def published(space: str, snapshot_id: str) -> pd.DataFrame:
    """Every figure found in print."""
    from store import read

    return read.published(snapshot(space, snapshot_id))


@st.cache_data(max_entries=6, show_spinner=False)
def revisions(space: str, snapshot_id: str) -> pd.DataFrame:
    """Figures that later files replaced."""
    from store import read

    return read.revisions(snapshot(space, snapshot_id))


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=NAMES)
def findings(space: str, snapshot_id: str, areas: Sequence[str]) -> pd.DataFrame:
    """Warnings that still stand on what these areas reported, see ``store.read.findings``."""
    from store import read

    return read.findings(snapshot(space, snapshot_id), areas=areas, provenances=REPORTED[space])


@st.cache_data(max_entries=6, show_spinner=False)
def uploads(space: str, snapshot_id: str) -> pd.DataFrame:
    """Files behind the snapshot."""
    from store import read

    return read.uploads(snapshot(space, snapshot_id))


@st.cache_resource(max_entries=12, show_spinner=False)
def shapes(space: str, snapshot_id: str, layer: str) -> list[dict]:
    """GeoJSON features of a map layer that lies in the snapshot; shared by all readers, so never changed."""
    from store import read

    return read.shapes(snapshot(space, snapshot_id), layer)


@st.cache_resource(max_entries=6, show_spinner=False)
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


@st.cache_resource(max_entries=24, show_spinner=False)
def boundary_shapes(version: str, files: tuple[str, ...], tolerance: int) -> list[dict]:
    """Shapes of some files of an imported version, for small drawings; shared, so never changed."""
    return imported.shapes(settings(), version, files, tolerance)


@st.cache_resource(max_entries=256, show_spinner=False)
def _made(key: tuple, _make: Callable[[], object]) -> object:
    return _make()


def made(key: tuple, make: Callable[[], object]) -> object:
    """What a page shows, built once per ``key`` (which names the snapshot) and shared by all readers: a figure costs far
    more to build than to send. What is returned must not be changed."""
    return _made(key, make)
