"""What leaves the screen, as plain values: slides, report parts, tables and drawings whose every text is final.

``views.story`` fills these from the same boards, sentences and formats as the pages; the writers beside this module
(``show``, ``slides``, ``document``, ``printed``, ``book``, ``package``) only lay them out. Nobody computes here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

STATES = ("missing", "no_cases", "suppressed", "rate_unknown")


@dataclass(frozen=True)
class Column:
    """A column of a table. ``kind``: text, count, rate, points, value. A rate names the columns of its numerator and
    denominator in ``of``, a change in points those of its later and earlier rate, so that a workbook can compute it."""

    label: str
    kind: str = "text"
    of: tuple[int, int] | None = None


@dataclass(frozen=True)
class Cell:
    """One cell: the text that is read, and the full number behind it (rates as fractions, changes in points).

    ``state``: one of STATES where there is no figure, and ``text`` says it in words; ``tone``: rise, fall, unclear, met,
    unmet, unknown or empty; ``under``: a second, smaller line (n/N)."""

    text: str
    value: float | None = None
    state: str = ""
    tone: str = ""
    under: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of cells under their columns; ``total``: the last row is the pilot as a whole."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False


# ---------------------------------------------------------------- drawings


@dataclass(frozen=True)
class Ends:
    """One commune before and after; None where there is no figure, and ``state`` says why in words."""

    name: str
    before: float | None
    after: float | None
    before_text: str = ""
    after_text: str = ""
    change_text: str = ""
    word: str = ""
    tone: str = ""
    state: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Dumbbell:
    """Before hollow, after filled, a line between. Numbers in units of the axis, which ends at ``top``; ``low`` and
    ``high`` of a row are the interval of its change laid off from the earlier figure, named by ``interval_label``."""

    rows: tuple[Ends, ...]
    top: float
    ticks: tuple[tuple[float, str], ...]
    before_label: str
    after_label: str
    alt: str
    interval_label: str = ""


@dataclass(frozen=True)
class Shape:
    """An outline of the map in degrees. ``level``: commune, quiet (not compared), district, province; ``fill`` None is
    hatched: no figure. ``label`` stands beside communes that are compared, ``text`` under it."""

    level: str
    rings: tuple[tuple[tuple[float, float], ...], ...]
    fill: str | None = None
    label: str = ""
    text: str = ""


@dataclass(frozen=True)
class Map:
    """Shapes and the classes of the legend (colour, words); ``note`` says what kind of drawing it is."""

    shapes: tuple[Shape, ...]
    classes: tuple[tuple[str, str], ...]
    note: str
    alt: str


@dataclass(frozen=True)
class Stack:
    """One commune's criteria; ``text`` is ``12/17``."""

    name: str
    met: int
    not_met: int
    unknown: int
    text: str


@dataclass(frozen=True)
class Stacks:
    """Criteria met, not met, not known; labels in that order."""

    rows: tuple[Stack, ...]
    labels: tuple[str, str, str]
    alt: str


@dataclass(frozen=True)
class Line:
    """One commune through the periods; None is a gap and stays one. The chosen one is drawn in front."""

    name: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    chosen: bool = False


@dataclass(frozen=True)
class Lines:
    """Several communes through the same periods."""

    periods: tuple[str, ...]
    lines: tuple[Line, ...]
    top: float
    ticks: tuple[tuple[float, str], ...]
    alt: str


Drawing = Dumbbell | Map | Stacks | Lines


@dataclass(frozen=True)
class Picture:
    """A drawing to be taken away, with the words that must go with it."""

    drawing: Drawing
    title: str
    subtitle: str
    source: str


# ---------------------------------------------------------------- slides


@dataclass(frozen=True)
class Number:
    """A headline figure: ``0,1%`` to ``10,7%`` with counts and the word for its certainty."""

    name: str
    before: str
    after: str
    counts: str
    word: str
    tone: str


@dataclass(frozen=True)
class Slide:
    """One slide. ``kind``: title, numbers, drawing, area, closing. ``key`` names it for ordering and hiding
    (``title``, ``headline``, ``map``, ``change``, ``tiers``, ``area:<id>``, ``next``, ``code``); ``notes`` are the
    speaker's: definitions, caveats, what to say."""

    key: str
    kind: str
    title: str
    subtitle: str = ""
    sentences: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    drawing: Drawing | None = None
    table: Table | None = None
    source: str = ""
    notes: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True)
class Citation:
    """The frozen state that is shown: code, link to it, the day it was made as text, and one line that says all three."""

    code: str
    link: str
    day: str
    line: str


@dataclass(frozen=True)
class Story:
    """A show. ``mark``: the words that every slide of illustrative figures carries, empty for real ones; ``colours`` by
    role, as in theme.toml; ``words``: the writers' own labels by short key, in the story's language."""

    title: str
    subtitle: str
    language: str
    snapshot_id: str
    mark: str
    citation: Citation
    slides: tuple[Slide, ...]
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    colours: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


# ---------------------------------------------------------------- report


@dataclass(frozen=True)
class Part:
    """A section of a report: heading (level 1 or 2), sentences, a table, a drawing, the source line."""

    heading: str
    level: int = 1
    sentences: tuple[str, ...] = ()
    table: Table | None = None
    drawing: Drawing | None = None
    source: str = ""


@dataclass(frozen=True)
class Letterhead:
    """The frame of an official document (Decree 30/2020/NĐ-CP): what is not known stays a dotted blank to be filled in."""

    parent: str
    issuer: str
    number: str
    nation: str
    motto: str
    place_day: str
    kind: str
    about: str
    addressee: str
    signer_title: str
    signer_hint: str
    receivers_label: str
    receivers: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """A report. ``kind``: brief (one page) or full; ``annex``: definitions and sources; other fields as in Story."""

    kind: str
    language: str
    snapshot_id: str
    mark: str
    citation: Citation
    head: Letterhead
    parts: tuple[Part, ...]
    annex: tuple[Part, ...] = ()
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    colours: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
