"""Areas that ended and what they became: which units existed in a period, and which ones a unit was made of."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from store import periods
from store.definitions import Area, Catalogue, Lineage

YOUNGER_DAYS = 31


def exists_in(area: Area, period: periods.Period) -> bool:
    """Whether a unit existed from a period's first day to its last: half a period's figure is not its figure.
    It may be younger than the period by a few days: quarters begin on the 15th, new units on the 1st."""
    if period.start is None or period.end is None:
        return True
    first = area.valid_from if area.valid_from and period.start < area.valid_from else period.start
    return (first - period.start).days <= YOUNGER_DAYS and area.valid_on(first) and area.valid_on(period.end)


def last_day(period: periods.Period) -> date | None:
    """The day that decides which units a period is about; of a baseline "before 2023" the day before that year. None
    where even that is unknown ("about" a year, undated)."""
    if period.end is None and period.kind == "before":
        return date(period.year - 1, 12, 31)
    return period.end


@dataclass(frozen=True)
class Parts:
    """The units whose land was the land of one unit. ``whole``: none of them was divided."""

    ids: tuple[str, ...]
    whole: bool


class Origins:
    """Which units a unit was made of, each answer looked up once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        days = {link.effective for link in catalogue.lineage}
        days |= {area.valid_from for area in catalogue.areas if area.valid_from}
        days |= {area.valid_to + timedelta(days=1) for area in catalogue.areas if area.valid_to}
        self._days = sorted(days)
        self._known: dict[tuple[str, int], Parts] = {}

    def era(self, day: date) -> int:
        """Number of the stretch of time that a day lies in, within which no unit begins or ends."""
        return bisect_right(self._days, day)

    def of(self, area_id: str, day: date) -> Parts:
        """The units of that day: the unit itself where it existed; none where nothing is known."""
        key = (area_id, self.era(day))
        if key not in self._known:
            self._known[key] = self._find(area_id, day)
        return self._known[key]

    def _find(self, area_id: str, day: date) -> Parts:
        area = self._catalogue.area_by_id.get(area_id)
        if area is None or area.valid_on(day):
            return Parts((area_id,) if area else (), True)
        links = self._catalogue.predecessors(area_id)
        found = [(link, self.of(link.old_area_id, day)) for link in links if day < link.effective]
        if not found or not all(parts.ids for _, parts in found):
            return Parts((), True)
        ids = dict.fromkeys(part for _, parts in found for part in parts.ids)
        return Parts(tuple(ids), all(link.share == 1 and parts.whole for link, parts in found))

    def ancestors(self, area_ids: Iterable[str]) -> list[str]:
        """Every unit of any earlier time that these were made of."""
        found: dict[str, None] = {}
        ahead = [link.old_area_id for area in area_ids for link in self._catalogue.predecessors(area)]
        while ahead:
            area = ahead.pop()
            if area not in found:
                found[area] = None
                ahead += [link.old_area_id for link in self._catalogue.predecessors(area)]
        return list(found)


def merged_on(catalogue: Catalogue, area_id: str) -> Lineage | None:
    """The newest merger that an area came out of; None for an area that was made of none."""
    return max(catalogue.predecessors(area_id), key=lambda link: link.effective, default=None)


def first_after(catalogue: Catalogue, area_id: str, times: Sequence[str]) -> int | None:
    """Place in ``times`` (oldest first) of the first period that an area reports itself after it was made of others, so
    that no line leads there from the sums before it; None where all lie on one side."""
    link = merged_on(catalogue, area_id)
    if link is None:
        return None
    days = [last_day(periods.from_id(item, catalogue.administrative_quarters)) for item in times]
    later = [n for n, day in enumerate(days) if day is not None and day >= link.effective]
    return later[0] if later and later[0] > 0 else None
