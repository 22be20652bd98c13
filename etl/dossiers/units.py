"""Which unit a code means on the day a dossier was received, and for which unit of the period's last day it counts.

Codes were given anew on 1 July 2025 (02173 is another place since): the day decides. A unit that ended before the
period did has no figure of its own; its dossiers count for the one unit that it went into as a whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from store.definitions import Area, Catalogue

COMMUNE_LEVEL = 3
UNKNOWN, SPLIT = "commune_unknown", "commune_split"


@dataclass(frozen=True)
class Found:
    """A unit at the period's end, or why there is none; ``restored``: the code as it should be written, ``carried``: it
    is a successor."""

    area: Area | None
    fault: str = ""
    restored: str = ""
    carried: bool = False


def eras(catalogue: Catalogue, earliest: date, end: date) -> tuple[date, ...]:
    """Days on which communes began or had just ended, from after ``earliest`` to ``end``, in order."""
    days: set[date] = set()
    for area in _communes(catalogue):
        days |= {area.valid_from} if area.valid_from else set()
        days |= {area.valid_to + timedelta(days=1)} if area.valid_to else set()
    return tuple(sorted(day for day in days if earliest < day <= end))


def _communes(catalogue: Catalogue) -> list[Area]:
    return [area for area in catalogue.areas if area.level == COMMUNE_LEVEL and area.code]


class Units:
    """Looks codes up by era (see ``eras``)."""

    def __init__(self, catalogue: Catalogue, starts: Sequence[date], earliest: date, end: date) -> None:
        self._catalogue, self._end = catalogue, end
        self._by_code: list[dict[str, Area]] = [
            {area.code: area for area in _communes(catalogue) if area.valid_on(day)}
            for day in (earliest, *starts)
        ]

    def find(self, code: str | None, era: int) -> Found:
        """The unit of a code written in an era."""
        text = (code or "").strip()
        whole = text.zfill(5) if text.isdecimal() else text
        area = self._by_code[era].get(whole) if era >= 0 else None
        if area is None:
            return Found(None, UNKNOWN)
        heir = self._heir(area)
        restored = whole if whole != text else ""
        return Found(heir, "" if heir else SPLIT, restored, carried=heir is not None and heir is not area)

    def _heir(self, area: Area) -> Area | None:
        while not area.valid_on(self._end):
            links = [link for link in self._catalogue.successors(area.id) if link.effective <= self._end]
            if len(links) != 1 or links[0].share < 1:
                return None
            area = self._catalogue.area_by_id[links[0].new_area_id]
        return area
