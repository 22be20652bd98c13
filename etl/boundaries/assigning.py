"""The table of assignments that a person made: feature number and area, ``-`` for a shape that is none."""

import csv
import io
from collections.abc import Iterable

from etl.boundaries.findings import Collector
from etl.spelling import plain
from store.definitions import Area

_FEATURE = ("feature", "hinh", "so hinh")
_AREA = ("area", "area id", "area code", "don vi", "ma", "ma xa", "xa")
LEFT_OUT = "-"


def read(text: str, areas: Iterable[Area], most: int, told: Collector) -> dict[int, str]:
    """Feature number -> area id (empty: leave it out). An area is named by id or code, never by name."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";" if ";" in text else ",")
    headings = {plain(name): name for name in rows.fieldnames or ()}
    feature = next((headings[name] for name in _FEATURE if name in headings), None)
    area = next((headings[name] for name in _AREA if name in headings), None)
    if feature is None or area is None:
        told.add("match.table")
        return {}
    areas = list(areas)
    known = {name: item.id for item in areas for name in (item.id, item.code)}
    digits = max((len(item.code) for item in areas), default=0)
    found = {}
    for row, cells in enumerate(rows, start=2):
        number, name = (cells[feature] or "").strip(), (cells[area] or "").strip()
        if not number and not name:
            continue
        right = number.isdigit() and 0 < int(number) <= most
        name = name.zfill(digits) if name.isdigit() else name
        if not right or (name != LEFT_OUT and name not in known):
            told.add("match.row", row=row, value=name if right else number)
            continue
        found[int(number)] = known.get(name, "")
    return found
