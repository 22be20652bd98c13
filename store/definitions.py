"""What the product's definitions are, once read: frozen objects with the field's own names.

``store.catalogue`` makes them from files; everything else only reads them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

FIRST_LANGUAGE = "vi"


class Words(dict):
    """One text in several languages; a language without its own wording falls back to Vietnamese."""

    def to(self, language: str) -> str:
        """The wording in ``language``, else in Vietnamese, else empty."""
        return self.get(language) or self.get(FIRST_LANGUAGE, "")


@dataclass(frozen=True)
class Area:
    """An administrative unit during one stretch of time; the code alone does not identify it."""

    id: str
    code: str
    kind: str
    level: int
    name: Words
    parent_id: str
    province_id: str
    area_km2: float | None
    area_km2_source: Words
    label_lon: float | None
    label_lat: float | None
    valid_from: date | None
    valid_to: date | None
    role: str
    tile_col: int | None
    tile_row: int | None
    aliases: tuple[str, ...]
    note: Words

    def valid_on(self, day: date) -> bool:
        """Whether the unit existed on ``day``; an unknown end counts as open."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True)
class Lineage:
    """What became of a unit: ``share`` of the old one (0..1) that went to the new one on ``effective``."""

    old_area_id: str
    new_area_id: str
    effective: date
    share: float
    legal_basis: Words


@dataclass(frozen=True)
class GoalpostSpec:
    """Ends of the score scale in the indicator's unit, with how they were decided."""

    worst: float
    best: float
    status: str
    basis: Words


@dataclass(frozen=True)
class TargetSpec:
    """A printed target in the indicator's unit; ``year`` None when none is printed; ``definition`` is the way of
    counting it is about: a figure counted otherwise is not held against it."""

    value: float
    year: int | None
    status: str
    basis: Words
    definition: str


@dataclass(frozen=True)
class DisclosureSpec:
    """Which counts are too small to be shown: from 1 (``zero`` "show") or 0 ("hide") to below ``threshold``, for cases,
    for the others and for N; ``status`` says how the rule was decided, ``basis`` why."""

    threshold: int
    zero: str
    status: str
    basis: Words


@dataclass(frozen=True)
class Definition:
    """One way of counting an indicator; two definitions never share a line."""

    id: str
    name: Words


@dataclass(frozen=True)
class Indicator:
    """Definition of an indicator. ``valid`` is the plausible range in ``unit``: beyond it a figure is flagged,
    never cut. ``direction`` is the only statement of what is better. ``case`` names what the numerator counts, one of
    them (``dossier``) and, under ``<language>_many``, several (``dossiers``); empty where nobody named it.
    ``illustrative_target`` stands in for ``target`` beside illustrative figures alone, see ``Catalogue.for_demo``.
    ``merges``: how the figures of units that merged make the new unit's: "counts" (numerator and denominator add up),
    "amount" (the figure itself does) or "no"."""

    id: str
    order: int
    name: Words
    short: Words
    pillar: str
    topic: Words
    kind: str
    unit: str
    direction: str
    numerator: Words
    denominator: Words
    case: Words
    valid_min: float
    valid_max: float
    can_exceed_100: str
    jump_to_acknowledge: float | None
    goalposts: GoalpostSpec | None
    target: TargetSpec | None
    disclosure: DisclosureSpec | None
    illustrative_target: TargetSpec | None
    legal_basis: Words
    reported_by: Words
    definitions: tuple[Definition, ...]
    default_definition: str
    note: Words
    headline: bool
    uploaded: bool
    status: str
    version: int
    merges: str

    @property
    def is_rate(self) -> bool:
        """Whether it is numerator over denominator, shown as a percentage."""
        return self.kind == "rate"

    @property
    def higher_is_better(self) -> bool | None:
        """True, False, or None where neither end is better."""
        return {"higher_better": True, "lower_better": False, "neutral": None}[self.direction]

    def definition(self, definition_id: str) -> Definition:
        """The definition with this id; KeyError when the indicator has none such."""
        for definition in self.definitions:
            if definition.id == definition_id:
                return definition
        raise KeyError(definition_id)


@dataclass(frozen=True)
class CriterionSpec:
    """One line of a recognition scheme as printed (or proposed). ``threshold`` is decimal text in the
    indicator's unit, so that comparing stays exact."""

    no: str
    name: Words
    indicator: str
    definition: str
    operator: str
    threshold: str
    max_points: float | None
    group: str
    status: str
    source: Words
    note: Words


@dataclass(frozen=True)
class BandSpec:
    """A named range of points, from ``lower`` inclusive."""

    lower: float
    name: Words
    status: str


@dataclass(frozen=True)
class SchemeSpec:
    """A recognition scheme: criteria to be counted, or a sheet of points."""

    id: str
    order: int
    name: Words
    place: Words
    kind: str
    status: str
    rule: str
    extended_share: str
    size: int | None
    note: Words
    source: Words
    bands: tuple[BandSpec, ...]
    criteria: tuple[CriterionSpec, ...]


@dataclass(frozen=True)
class Source:
    """Where a figure was read."""

    id: str
    kind: str
    title: Words
    publisher: Words
    published: str
    url: str
    note: Words


@dataclass(frozen=True)
class Pillar:
    """One of the groups that indicators belong to."""

    id: str
    name: Words
    short: Words


@dataclass(frozen=True)
class IndexSpec:
    """Composite index: weights of pillars and of indicators inside them, and when it may be shown."""

    mean: str
    least_weight: float
    status: str
    note: Words
    pillar_weights: Mapping[str, float]
    weights: Mapping[str, float]


@dataclass(frozen=True)
class Measured:
    """One figure of an identity: an indicator, what of it is meant (value, numerator, denominator), and the
    definition it is counted in (empty: any)."""

    indicator: str
    measure: str
    definition: str


@dataclass(frozen=True)
class Identity:
    """Two figures of one commune and period that must agree: ``relation`` is equal, or at_most (``part`` is not larger
    than ``whole``)."""

    relation: str
    whole: Measured
    part: Measured


@dataclass(frozen=True)
class Pair:
    """Two rates that check each other: where ``high`` is more than ``gap`` points above ``low``, ``question`` is asked."""

    high: str
    low: str
    gap: float
    question: Words


@dataclass(frozen=True)
class ProgrammeItem:
    """One objective or task of the programme. ``status`` is what its source says: done, ongoing, not_started or
    unknown; what is overdue depends on the day, see ``state_on``."""

    id: str
    space: str
    kind: str
    name: Words
    owner: Words
    due: date | None
    status: str
    done_on: date | None
    evidence: Words
    source: str
    indicator: str

    def state_on(self, day: date) -> str:
        """The status as of ``day``: ``late`` where the due day is past and the item is known not to be done; what was
        done later than ``day`` was still going on."""
        status = self.status
        if self.done_on and self.done_on > day:
            status = "ongoing"
        open_still = status in ("ongoing", "not_started")
        return "late" if open_still and self.due and self.due < day else status


@dataclass(frozen=True)
class PilotStart:
    """From which day the pilot counts: a period that ends by then lies before it."""

    start: date
    status: str
    source: str
    basis: Words


@dataclass(frozen=True)
class Catalogue:
    """All definitions of one snapshot. ``calendar_status``: how sure the rule of quarters and due days is. ``pilot`` is
    None where the day of its beginning is not known."""

    areas: tuple[Area, ...]
    lineage: tuple[Lineage, ...]
    indicators: tuple[Indicator, ...]
    schemes: tuple[SchemeSpec, ...]
    sources: tuple[Source, ...]
    pillars: tuple[Pillar, ...]
    index: IndexSpec
    identities: tuple[Identity, ...]
    pairs: tuple[Pair, ...]
    programme: tuple[ProgrammeItem, ...]
    administrative_quarters: bool
    due_days: int
    calendar_status: str
    pilot: PilotStart | None
    files: Mapping[str, str] = field(repr=False)

    @cached_property
    def area_by_id(self) -> dict[str, Area]:
        """Areas by ``area_id``."""
        return {area.id: area for area in self.areas}

    @cached_property
    def indicator_by_id(self) -> dict[str, Indicator]:
        """Indicators by id."""
        return {indicator.id: indicator for indicator in self.indicators}

    @cached_property
    def source_by_id(self) -> dict[str, Source]:
        """Sources by id."""
        return {source.id: source for source in self.sources}

    @cached_property
    def scheme_by_id(self) -> dict[str, SchemeSpec]:
        """Tier schemes by id."""
        return {scheme.id: scheme for scheme in self.schemes}

    @cached_property
    def pilots(self) -> tuple[Area, ...]:
        """The pilot communes, in the order of the areas file: the same order on every page."""
        return tuple(area for area in self.areas if area.role == "pilot")

    @cached_property
    def _links(self) -> tuple[dict[str, tuple["Lineage", ...]], dict[str, tuple["Lineage", ...]]]:
        """Links by old and by new unit."""
        by_old: dict[str, list[Lineage]] = {}
        by_new: dict[str, list[Lineage]] = {}
        for link in self.lineage:
            by_old.setdefault(link.old_area_id, []).append(link)
            by_new.setdefault(link.new_area_id, []).append(link)
        return tuple({key: tuple(own) for key, own in side.items()} for side in (by_old, by_new))

    @cached_property
    def headline(self) -> tuple[Indicator, ...]:
        """Indicators of the overview."""
        return tuple(indicator for indicator in self.indicators if indicator.headline)

    def for_demo(self) -> "Catalogue":
        """The same definitions beside illustrative figures: where no target is printed an illustrative one stands."""
        indicators = (
            replace(item, target=item.target or item.illustrative_target) for item in self.indicators
        )
        return replace(self, indicators=tuple(indicators))

    def successors(self, area_id: str) -> tuple[Lineage, ...]:
        """What became of an area."""
        return self._links[0].get(area_id, ())

    def predecessors(self, area_id: str) -> tuple[Lineage, ...]:
        """Which areas an area was made of."""
        return self._links[1].get(area_id, ())

    @cached_property
    def _by_code(self) -> dict[str, tuple[Area, ...]]:
        found: dict[str, list[Area]] = {}
        for area in self.areas:
            if area.level == 3 and area.code:
                found.setdefault(area.code, []).append(area)
        return {code: tuple(areas) for code, areas in found.items()}

    def with_code(self, code: str) -> tuple[Area, ...]:
        """Every commune, ward or township of any time that has or had this code: codes were given again."""
        return self._by_code.get(code, ())
