"""Each question of the screen is one function with its SQL: selects, joins, filters; no statistic is computed here.

Frames come back with ``numerator``, ``denominator`` and ``value`` as floats (NaN where unknown), ``value`` in the
indicator's unit. A figure that was not reported has no row; one that stays hidden has status ``suppressed`` and no
numbers.
"""

import json
from collections.abc import Sequence

import pandas as pd

from store.periods import day_in_viet_nam
from store.snapshot import Snapshot

# A figure that must not be shown arrives as that fact alone, whoever asks: no counts, no value, no note.
FIGURE_COLUMNS = (
    "o.area_id, o.indicator_id, o.definition, o.period, p.sort_key, o.role, {numerator}, {denominator}, {value}, "
    "o.value_given, o.qualifier, if({hidden} = '', o.status, 'suppressed') AS status, o.provenance, o.source, {note}, "
    "o.upload_id, o.line, u.received"
)
OBSERVED = (
    "role = 'observed' AND area_id IN (SELECT unnest($areas)) AND provenance IN (SELECT unnest($provenances))"
)
# The same figures in the tables that were counted when the snapshot was built.
COUNTED = (
    "area_id IN (SELECT unnest($areas)) "
    "AND (other IN (SELECT unnest($provenances)) OR (printed AND list_contains($provenances, 'published')))"
)
# Which observed figures a warning is on, see ``findings``; kept in table ``doubt`` when a snapshot is built.
DOUBTS = (
    "WITH named AS (SELECT f.code, o.* FROM finding f JOIN observation o USING (upload_id, line) "
    "WHERE f.severity = 'warn' AND f.code <> 'figure.replaces') "
    "SELECT area_id, indicator_id, definition, period, provenance, code FROM named WHERE role = 'observed' "
    "UNION SELECT o.area_id, o.indicator_id, o.definition, o.period, o.provenance, n.code "
    "FROM named n JOIN observation o USING (upload_id, indicator_id, definition, period, value) "
    "WHERE n.code = 'value.all_equal' AND o.role = 'observed'"
)
# One row for each figure: the one that came in before the printed one.
FIRST = (
    "QUALIFY row_number() OVER (PARTITION BY o.area_id, o.indicator_id, o.definition, o.period "
    "ORDER BY o.provenance = 'published') = 1 "
)
MASKED = ("numerator", "denominator", "value", "note")


def _columns(snapshot: Snapshot) -> str:
    hidden = "o.hidden" if snapshot.has("observation", "hidden") else "''"
    masked = {column: f"if({hidden} = '', o.{column}, NULL) AS {column}" for column in MASKED}
    return FIGURE_COLUMNS.format(hidden=hidden, **masked)


def _from(snapshot: Snapshot) -> str:
    """Figures with their period and the file that first brought them, so that ``received`` is the day a report came in
    and not the day it was corrected. A snapshot built before that file was kept has the standing one only."""
    first = "first_upload_id" if snapshot.has("observation", "first_upload_id") else "upload_id"
    return f"FROM observation o JOIN period p USING (period) LEFT JOIN upload u ON u.upload_id = o.{first}"


def meta(snapshot: Snapshot) -> dict[str, str]:
    """Facts about the snapshot itself: space, newest period, number of figures, schema."""
    return dict(snapshot.cursor().execute("SELECT key, value FROM meta").fetchall())


def definition_files(snapshot: Snapshot) -> dict[str, str]:
    """The definitions the snapshot was built with, by path."""
    return dict(snapshot.cursor().execute("SELECT path, content FROM definition_file").fetchall())


def figures(
    snapshot: Snapshot,
    *,
    areas: Sequence[str],
    indicators: Sequence[str] | None = None,
    periods: Sequence[str] | None = None,
    provenances: Sequence[str],
) -> pd.DataFrame:
    """Observed figures of some areas (and, when given, only some indicators and periods), in time order.

    One row per area, indicator, definition and period: where both a printed and an uploaded figure stand (among the
    ``provenances`` asked for), the uploaded one, for it can be followed to its file; ``published`` has the other.
    ``received`` is an ISO day in Viet Nam, missing where it is not known.
    """
    where, bound = ["o.role = 'observed'", "o.area_id IN (SELECT unnest($areas))"], {"areas": list(areas)}
    where.append("o.provenance IN (SELECT unnest($provenances))")
    bound["provenances"] = list(provenances)
    if indicators is not None:
        where.append("o.indicator_id IN (SELECT unnest($indicators))")
        bound["indicators"] = list(indicators)
    if periods is not None:
        where.append("o.period IN (SELECT unnest($periods))")
        bound["periods"] = list(periods)
    both = "published" in provenances and len(provenances) > 1  # of what came in, each figure stands once
    table = (
        snapshot.cursor()
        .execute(
            f"SELECT {_columns(snapshot)} {_from(snapshot)} WHERE {' AND '.join(where)} {FIRST if both else ''}"
            "ORDER BY p.sort_key, o.period, o.area_id, o.indicator_id, o.definition",
            bound,
        )
        .df()
    )
    days = {text: day_in_viet_nam(text).isoformat() for text in table["received"].dropna().unique() if text}
    return table.assign(
        received=table["received"].map(days).astype(object)
    )  # objects also where none is known


def _numbers(snapshot: Snapshot) -> str:
    """Counts, value and status of a figure for the lean reads; of a hidden one that it is hidden and nothing else."""
    hidden = "o.hidden" if snapshot.has("observation", "hidden") else "''"
    counts = ", ".join(
        f"if({hidden} = '', o.{column}, NULL)::DOUBLE AS {column}"
        for column in ("numerator", "denominator", "value")
    )
    return f"{counts}, if({hidden} = '', o.status, 'suppressed') AS status"


def series(
    snapshot: Snapshot, *, areas: Sequence[str], indicator: str, provenances: Sequence[str]
) -> pd.DataFrame:
    """All observed figures of one indicator as little as a spread needs: ``area_id``, ``definition``, ``period`` and
    ``status`` as categories, ``sort_key``, ``numerator``, ``denominator``, ``value``; which figure stands is decided as in
    ``figures``. For thousands of areas, whose whole rows would fill the memory."""
    table = (
        snapshot.cursor()
        .execute(
            f"SELECT o.area_id, o.definition, o.period, p.sort_key, {_numbers(snapshot)} "
            "FROM observation o JOIN period p USING (period) "
            "WHERE o.role = 'observed' AND o.indicator_id = $indicator AND o.area_id IN (SELECT unnest($areas)) "
            "AND o.provenance IN (SELECT unnest($provenances)) QUALIFY row_number() OVER (PARTITION BY o.area_id, "
            "o.definition, o.period ORDER BY o.provenance = 'published') = 1",
            {"areas": list(areas), "indicator": indicator, "provenances": list(provenances)},
        )
        .df()
    )
    names = ("area_id", "definition", "period", "status")
    return table.astype(dict.fromkeys(names, "category")).sort_values("sort_key", ignore_index=True)


def levels(
    snapshot: Snapshot, *, areas: Sequence[str], period: str, provenances: Sequence[str]
) -> pd.DataFrame:
    """All observed figures of one period as little as a place among many needs: ``area_id``, ``indicator_id``,
    ``definition``, ``status`` and ``qualifier`` as categories, ``numerator``, ``denominator``, ``value``; which figure
    stands is decided as in ``figures``."""
    table = (
        snapshot.cursor()
        .execute(
            f"SELECT o.area_id, o.indicator_id, o.definition, o.qualifier, {_numbers(snapshot)} FROM observation o "
            "WHERE o.role = 'observed' AND o.period = $period AND o.area_id IN (SELECT unnest($areas)) "
            "AND o.provenance IN (SELECT unnest($provenances)) QUALIFY row_number() OVER (PARTITION BY o.area_id, "
            "o.indicator_id, o.definition ORDER BY o.provenance = 'published') = 1",
            {"areas": list(areas), "period": period, "provenances": list(provenances)},
        )
        .df()
    )
    names = ("area_id", "indicator_id", "definition", "status", "qualifier")
    return table.astype(dict.fromkeys(names, "category"))


def definitions(
    snapshot: Snapshot, *, areas: Sequence[str], provenances: Sequence[str]
) -> list[tuple[str, str]]:
    """(indicator_id, definition) of the observed figures of these areas, the commonest definition first."""
    if snapshot.has("way", "periods"):
        table, figures = f"way WHERE {COUNTED}", "sum(periods)"
    else:
        table, figures = f"observation WHERE {OBSERVED}", "count(DISTINCT (area_id, period))"
    return (
        snapshot.cursor()
        .execute(
            f"SELECT indicator_id, definition FROM {table} "
            f"GROUP BY ALL ORDER BY indicator_id, {figures} DESC, definition",
            {"areas": list(areas), "provenances": list(provenances)},
        )
        .fetchall()
    )


def counted(
    snapshot: Snapshot, *, areas: Sequence[str], period: str, provenances: Sequence[str]
) -> pd.DataFrame:
    """How many different values each indicator and way of counting has over these areas in one period: indicator_id,
    definition, ``values``."""
    return (
        snapshot.cursor()
        .execute(
            "SELECT indicator_id, definition, count(DISTINCT value) AS values FROM observation "
            "WHERE role = 'observed' AND period = $period AND area_id IN (SELECT unnest($areas)) "
            "AND provenance IN (SELECT unnest($provenances)) GROUP BY ALL ORDER BY ALL",
            {"areas": list(areas), "provenances": list(provenances), "period": period},
        )
        .df()
    )


def published(snapshot: Snapshot) -> pd.DataFrame:
    """Every figure found in print, targets included: the reference page."""
    return (
        snapshot.cursor()
        .execute(
            f"SELECT {_columns(snapshot)} {_from(snapshot)} WHERE o.provenance = 'published' "
            "ORDER BY o.indicator_id, p.sort_key, o.area_id, o.definition"
        )
        .df()
    )


def periods(snapshot: Snapshot, *, areas: Sequence[str], provenances: Sequence[str]) -> pd.DataFrame:
    """Periods in which these areas have any observed figure, oldest first, with how many figures and areas."""
    if snapshot.has("coverage", "figures"):
        table, figures = f"coverage JOIN period p USING (period) WHERE {COUNTED}", "sum(figures)::BIGINT"
    else:
        table = f"observation JOIN period p USING (period) WHERE {OBSERVED}"
        figures = "count(DISTINCT (area_id, indicator_id, definition))"
    return (
        snapshot.cursor()
        .execute(
            f"SELECT period, any_value(p.sort_key) AS sort_key, {figures} AS figures, "
            f"count(DISTINCT area_id) AS areas FROM {table} GROUP BY period ORDER BY sort_key, period",
            {"areas": list(areas), "provenances": list(provenances)},
        )
        .df()
    )


def areas_by_period(snapshot: Snapshot, *, areas: Sequence[str], provenances: Sequence[str]) -> pd.DataFrame:
    """Which of these areas have any observed figure in which period (with its ``sort_key``), and how many figures."""
    return (
        snapshot.cursor()
        .execute(
            "SELECT period, any_value(p.sort_key) AS sort_key, o.area_id, "
            "count(*) AS figures "
            "FROM observation o JOIN period p USING (period) "
            "WHERE o.role = 'observed' AND o.area_id IN (SELECT unnest($areas)) "
            "AND o.provenance IN (SELECT unnest($provenances)) GROUP BY period, o.area_id",
            {"areas": list(areas), "provenances": list(provenances)},
        )
        .df()
    )


def reported(
    snapshot: Snapshot,
    *,
    areas: Sequence[str],
    period: str,
    indicators: Sequence[str],
    provenances: Sequence[str],
) -> pd.DataFrame:
    """How many of these indicators each area has in a period: one row per area with any, ``known`` (of any provenance),
    ``sent`` (in a report: what is found in print is none) and ``received`` (ISO day in Viet Nam on which the last of them
    came in first; missing where nobody reported)."""
    table = (
        snapshot.cursor()
        .execute(
            "SELECT o.area_id, count(DISTINCT o.indicator_id) AS known, "
            "count(DISTINCT o.indicator_id) FILTER (o.provenance <> 'published') AS sent, "
            "max(u.received) FILTER (o.provenance <> 'published') AS received "
            f"{_from(snapshot)} WHERE o.role = 'observed' AND o.period = $period "
            "AND o.area_id IN (SELECT unnest($areas)) AND o.indicator_id IN (SELECT unnest($indicators)) "
            "AND o.provenance IN (SELECT unnest($provenances)) GROUP BY o.area_id ORDER BY o.area_id",
            {
                "areas": list(areas),
                "period": period,
                "indicators": list(indicators),
                "provenances": list(provenances),
            },
        )
        .df()
        .set_index("area_id")
    )
    days = {text: day_in_viet_nam(text).isoformat() for text in table["received"].dropna().unique() if text}
    return table.assign(received=table["received"].map(days).astype(object))


def revisions(snapshot: Snapshot) -> pd.DataFrame:
    """Figures that a later file replaced, with old and new counts and the files."""
    return (
        snapshot.cursor()
        .execute(
            "SELECT r.*, u.received, u.file, u.note, u.submitted_by FROM revision r "
            "JOIN upload u ON u.upload_id = r.new_upload_id "
            "ORDER BY r.period, r.area_id, r.indicator_id"
        )
        .df()
    )


def findings(snapshot: Snapshot, *, areas: Sequence[str], provenances: Sequence[str]) -> pd.DataFrame:
    """Warnings that still stand on observed figures: area_id, indicator_id, definition, period, code; each once.

    A warning stands while its own file's figure stands: a later file settles it. It is bound by file and spreadsheet
    line, so where one line holds several figures (a wide table, or the same line of two sheets) it is on each of them.
    ``value.all_equal`` names the first of the figures that are alike and is on all of them. ``figure.replaces`` is no
    doubt about the new figure, and warnings about a file as a whole (no line of figures) are on none.
    """
    table = "doubt" if snapshot.has("doubt", "code") else f"({DOUBTS})"
    return (
        snapshot.cursor()
        .execute(
            f"SELECT DISTINCT area_id, indicator_id, definition, period, code FROM {table} "
            "WHERE area_id IN (SELECT unnest($areas)) "
            "AND provenance IN (SELECT unnest($provenances)) ORDER BY ALL",
            {"areas": list(areas), "provenances": list(provenances)},
        )
        .df()
    )


def uploads(snapshot: Snapshot) -> pd.DataFrame:
    """The files behind the snapshot, in order of arrival."""
    return snapshot.cursor().execute("SELECT * FROM upload ORDER BY arrival").df()


def shapes(snapshot: Snapshot, layer: str) -> list[dict]:
    """GeoJSON features of one map layer: ``{"level", "area_id", "geometry"}``."""
    rows = (
        snapshot.cursor()
        .execute(
            "SELECT level, area_id, geometry FROM map_shape WHERE layer = ? ORDER BY level, area_id", [layer]
        )
        .fetchall()
    )
    return [{"level": level, "area_id": area, "geometry": json.loads(text)} for level, area, text in rows]


def layers(snapshot: Snapshot) -> list[str]:
    """Which map layers the snapshot holds."""
    return [
        row[0]
        for row in snapshot.cursor().execute("SELECT DISTINCT layer FROM map_shape ORDER BY 1").fetchall()
    ]
