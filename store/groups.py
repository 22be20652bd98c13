"""Which communes are compared with one another: the pilot, the units it has become, one province, or the whole country.

A group never mixes units that did not exist together: a province's group holds its communes of one list, and the country
has a group for every list, named by the last day of the list (``now`` for the one in force).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from store.definitions import Area, Catalogue

COMMUNE = 3  # level of a commune, ward or township
MANY = 40  # communes from which on a page shows how they spread and not each of them
NOW = "now"


class AreaIds(tuple):
    """Ids of the areas of a group, known by the group's name: naming ten thousand ids in a cache would cost more than
    what is cached. The name says what is in it within one snapshot."""

    name: str

    def __new__(cls, name: str, ids: Iterable[str]) -> "AreaIds":
        found = super().__new__(cls, ids)
        found.name = name
        return found

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, AreaIds):
            return self.name == other.name and len(self) == len(other)
        return tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __reduce__(self) -> tuple:
        return AreaIds, (self.name, tuple(self))


@dataclass(frozen=True)
class Group:
    """Communes that are compared. ``kind``: ``pilot``, ``successors`` (of ended pilot communes), ``province``, ``country`` or
    ``chosen`` (picked out of a group); ``since`` and ``until``: first and last day of their list of units, None where open
    or not one."""

    id: str
    kind: str
    areas: tuple[Area, ...]
    area_ids: AreaIds
    until: date | None = None
    since: date | None = None
    province: Area | None = None
    first: bool = False  # the one to begin with
    within: str = ""  # the group that chosen communes were picked out of

    @property
    def named(self) -> str:
        """What an address calls the group: chosen communes stand in it by themselves."""
        return self.within or self.id

    @property
    def many(self) -> bool:
        """Whether there are too many to show each of them."""
        return len(self.areas) > MANY


def groups(catalogue: Catalogue) -> dict[str, Group]:
    """Every group there is, by id, the one to begin with first: the pilot, else the country in force, else a province."""
    communes = [area for area in catalogue.areas if area.level == COMMUNE and area.role != "reference"]
    known = catalogue.area_by_id
    by_list: dict[date | None, dict[str, list[Area]]] = defaultdict(lambda: defaultdict(list))
    for area in communes:
        by_list[area.valid_to][area.province_id].append(area)
    found = [_group("pilot", "pilot", catalogue.pilots)] if catalogue.pilots else []
    became = dict.fromkeys(
        link.new_area_id for area in catalogue.pilots for link in catalogue.successors(area.id)
    )
    found += [_group("pilot-after", "successors", [known[name] for name in became])] if became else []
    lists = sorted(by_list, key=lambda end: (end is not None, -(end or date.max).toordinal()))
    for until in lists:
        provinces = by_list[until]
        if len(provinces) > 1:
            every = [area for own in provinces.values() for area in own]
            found.append(_group(f"vn-{until or NOW}", "country", every))
    for until in lists:
        own = {name: areas for name, areas in by_list[until].items() if name in known}
        for name in sorted(own, key=lambda name: known[name].code or name):
            twice = sum(name in other for other in by_list.values()) > 1
            # plain words only: a citation holds them
            group = _group(f"{name}_{until or NOW}" if twice else name, "province", own[name])
            found.append(replace(group, province=known[name]))
    return {group.id: replace(group, first=not number) for number, group in enumerate(found)}


def chosen(areas: Iterable[Area]) -> Group:
    """Some communes picked out of a group."""
    areas = tuple(areas)
    return _group("chosen:" + ".".join(area.id for area in areas), "chosen", areas)


def alone(area: Area) -> Group:
    """A unit that no group holds, by itself; no address names such a group."""
    return replace(_group(f"alone:{area.id}", "alone", [area]), first=True)


def _group(name: str, kind: str, areas: Iterable[Area]) -> Group:
    areas = tuple(areas)
    ends = {area.valid_to for area in areas}
    starts = {area.valid_from for area in areas}
    return Group(
        id=name,
        kind=kind,
        areas=areas,
        area_ids=AreaIds(name, (area.id for area in areas)),
        until=ends.pop() if len(ends) == 1 else None,
        since=starts.pop() if len(starts) == 1 else None,
    )
