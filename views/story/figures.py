"""The figures of a snapshot as the data package: every unit, indicator and period, for those who compute themselves."""

from __future__ import annotations

from collections.abc import Mapping

from reports import package as packing
from reports.story import Citation
from store import catalogue, periods, read
from store.settings import Settings
from store.snapshot import Snapshot, snapshot_path
from views import format as fmt
from views.text import Language

LANGUAGES = ("vi", "en")
PROVENANCES = {"demo": ("uploaded", "illustrative"), "official": ("uploaded", "published")}


def packed(
    settings: Settings,
    known: Mapping[str, Language],
    space: str,
    snapshot_id: str,
    language: str,
    area: str = "",
) -> bytes:
    """The package as a ZIP; ``language`` leads. ``area``: one unit only, by code or id."""
    snapshot = Snapshot(snapshot_path(settings, space, snapshot_id))
    try:
        defined = catalogue.load(read.definition_files(snapshot))
        areas = [one.id for one in defined.areas if area in ("", one.code, one.id)]
        figures = read.figures(snapshot, areas=areas, provenances=PROVENANCES[space])
        built = periods.day_in_viet_nam(read.meta(snapshot)["built"]).isoformat()
    finally:
        snapshot.close()
    ordered = sorted(LANGUAGES, key=lambda code: code != language)
    cited, marks = {}, {}
    for code in ordered:
        say, day = known[code].text, fmt.day(built, known[code])
        cited[code] = Citation("", "", day, say("package.citation", snapshot=snapshot_id, day=day))
        if space == "demo":
            marks[code] = say("package.mark")
    content = packing.Content(figures, defined, snapshot_id, space, marks, cited)
    return packing.package(content, {code: known[code].text for code in ordered})
