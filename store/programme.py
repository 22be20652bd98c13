"""Objectives and tasks of the programme as data: ``programme.csv`` -> items, each mistake named with file and row."""

from collections.abc import Mapping, Sequence

from store.definition_files import Reader, row_words
from store.definitions import Indicator, ProgrammeItem, Source

FILE = "programme.csv"
COLUMNS = (
    *("id", "space", "kind", "name_vi", "name_en", "owner_vi", "owner_en", "due", "status", "done_on"),
    *("evidence_vi", "evidence_en", "source", "indicator"),
)
PROGRAMME_SPACES = ("official", "demo")
ITEM_KINDS = ("objective", "task")
STATUSES = ("done", "ongoing", "not_started", "unknown")
ILLUSTRATIVE = "illustrative"


def read_programme(
    reader: Reader, sources: Sequence[Source], indicators: Sequence[Indicator]
) -> tuple[ProgrammeItem, ...]:
    """Items in the order of the file; an installation without the file has none."""
    kinds = {source.id: source.kind for source in sources}
    known = {indicator.id for indicator in indicators}
    items: list[ProgrammeItem] = []
    for place, row in reader.rows(COLUMNS, FILE):
        item = ProgrammeItem(
            id=row["id"],
            space=row["space"],
            kind=row["kind"],
            name=row_words(row, "name"),
            owner=row_words(row, "owner"),
            due=reader.day(place, "due", row["due"]),
            status=row["status"],
            done_on=reader.day(place, "done_on", row["done_on"]),
            evidence=row_words(row, "evidence"),
            source=row["source"],
            indicator=row["indicator"],
        )
        if not item.id or item.id in {other.id for other in items}:
            reader.wrong(place, "id", "the id is missing or stands twice")
        _check(reader, place, item, kinds, known)
        items.append(item)
    return tuple(items)


def _check(
    reader: Reader, place: str, item: ProgrammeItem, sources: Mapping[str, str], indicators: set[str]
) -> None:
    """Every rule an item must keep. Nothing is done without evidence, and nothing illustrative is official."""
    reader.one_of(place, "space", item.space, PROGRAMME_SPACES)
    reader.one_of(place, "kind", item.kind, ITEM_KINDS)
    reader.one_of(place, "status", item.status, STATUSES)
    if not item.name.get("vi"):
        reader.wrong(place, "name_vi", "the name is missing")
    if item.done_on and item.status != "done":
        reader.wrong(place, "done_on", "has a day of completion but is not done")
    if item.status == "done" and not item.evidence:
        reader.wrong(place, "evidence_vi", "is done without evidence")
    if item.source not in sources:
        reader.wrong(place, "source", f"unknown source {item.source!r}")
    elif (sources[item.source] == ILLUSTRATIVE) != (item.space == "demo"):
        reader.wrong(place, "source", f"{item.source!r} does not belong to the space {item.space!r}")
    if item.indicator and item.indicator not in indicators:
        reader.wrong(place, "indicator", f"unknown indicator {item.indicator!r}")
