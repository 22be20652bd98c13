"""What a heading says: one of our columns, an indicator, a period, a commune, a measure, or nothing we know.

A heading may stand in several rows (merged cells); its parts are read one by one and must agree.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.origins import TYPED
from etl.places import AreaFinder
from etl.spelling import nearest, plain
from store import periods
from store.definitions import Catalogue
from store.exchange import READING_COLUMNS

REQUIRED = ("commune", "indicator", "period")
MEASURES = ("numerator", "denominator", "value")
_HEADINGS = {
    "commune": "commune|xa phuong|xa|phuong|xa phuong thi tran|ten xa|ten xa phuong|ma xa|don vi|ten don vi|dia ban"
    "|area|area id|ward|xa phuong don vi|don vi hanh chinh|ten don vi hanh chinh|don vi bao cao|ten dia phuong",
    "indicator": "indicator|indicator code|chi tieu|ten chi tieu|ma chi tieu|chi so|ten chi so|noi dung|noi dung chi tieu"
    "|chi so chi so thanh phan|tieu chi",
    "period": "period|ky|ky bao cao|ky so lieu|thoi ky",
    "numerator": "numerator|tu so|tu so n|so dat|so luong dat|so hs|so ho so",
    "denominator": "denominator|mau so|mau so n|tong so|tong so hs|tong hs|tong so ho so",
    "value": "value|gia tri|ket qua|ty le|ti le|so lieu|ty le dat|ket qua thuc hien",
    "note": "note|notes|ghi chu|giai trinh",
    "definition": "definition|cach tinh|dinh nghia",
    "qualifier": "qualifier|muc chinh xac|do chinh xac",
    "source": "source|nguon|nguon so lieu",
    "role": "role|loai|loai so lieu",
}
COLUMN_OF = {heading: column for column, names in _HEADINGS.items() for heading in names.split("|")}
COLUMNS = (*REQUIRED, *MEASURES, "note", "definition", "qualifier", "source", "role")
_ASIDES = frozenset(plain(text) for text in READING_COLUMNS.values())
ORDINALS = ("stt", "tt", "so thu tu", "no", "so tt")
TARGETS = ("muc tieu", "ke hoach", "chi tieu ke hoach")
_OBSERVED = ("thuc hien", "ket qua", "ket qua thuc hien", "dat duoc")
_COMPARISON = re.compile(
    r"\b(tang|giam|so voi|ky truoc|cung ky|luy ke|xep hang|xep loai|chenh lech|thang diem|diem toi da|don vi tinh)\b"
)
_YEARLESS = re.compile(
    r"(?:quy|q) ?(?:iv|i{1,3}|[1-4])|thang (?:0?[1-9]|1[0-2])|[69] thang(?: dau nam| cuoi nam)?"
)
_LONGEST = 200
MOST_SEARCHES = 60


@dataclass(frozen=True)
class Heading:
    """One column. ``role``: our column, ``ordinal``, ``aside`` (the form's own, for reading only), ``figure`` (of the
    indicator, period or commune it names) or empty; ``near`` an indicator it may be a misspelling of; ``choices``
    where it names several."""

    position: int
    text: str
    role: str = ""
    indicator: str = ""
    period: str = ""
    commune: str = ""
    measure: str = "value"
    target: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Meaning:
    """What one part of a heading says: ``kind`` is role, ordinal, aside, indicator, period, yearless, commune, measure,
    target, observed, comparison, ambiguous or empty."""

    kind: str
    text: str = ""
    measure: str = ""
    choices: tuple[str, ...] = ()


class Words:
    """The vocabulary of headings: our own, and what the catalogue names."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._administrative = catalogue.administrative_quarters
        self._finder = AreaFinder(catalogue)
        self._names: dict[str, dict[str, str]] = {}
        for indicator in catalogue.indicators:
            for name in (*indicator.name.values(), *indicator.short.values(), indicator.id):
                self._names.setdefault(plain(name), {})[indicator.id] = ""
            for measure, names in (
                ("numerator", indicator.numerator),
                ("denominator", indicator.denominator),
            ):
                for name in names.values() if indicator.is_rate else ():
                    if len(plain(name)) > 12:
                        self._names.setdefault(plain(name), {}).setdefault(indicator.id, measure)
        self._known: dict[str, Meaning] = {}
        self._searches = MOST_SEARCHES

    @property
    def indicator_names(self) -> dict[str, str]:
        """Plain spelling -> indicator id, for names that only one indicator has."""
        return {
            name: next(iter(ids))
            for name, ids in self._names.items()
            if len(ids) == 1 and not max(ids.values())
        }

    def meaning(self, text: str) -> Meaning:
        """What one cell of a heading says; each text is read once."""
        if text not in self._known:
            self._known[text] = self._read(text.replace(TYPED, "").strip())
        return self._known[text]

    def _read(self, text: str) -> Meaning:
        key = plain(text)
        if not key or len(text) > _LONGEST or text.rstrip().endswith(":"):
            return Meaning("")
        if key in ORDINALS:
            return Meaning("ordinal")
        if key in _ASIDES:
            return Meaning("aside")
        if key in COLUMN_OF:
            return Meaning("role", COLUMN_OF[key])
        if key in TARGETS:
            return Meaning("target")
        if key in _OBSERVED:
            return Meaning("observed")
        if key in self._names:
            ids = self._names[key]
            if len(ids) > 1:
                return Meaning("ambiguous", choices=tuple(sorted(ids)))
            return Meaning("indicator", next(iter(ids)), next(iter(ids.values())))
        if _COMPARISON.search(key):
            return Meaning("comparison")
        return self._period(text, key) or self._commune(text)

    def _period(self, text: str, key: str) -> Meaning | None:
        if _YEARLESS.fullmatch(key):
            return Meaning("yearless", text)
        try:
            return Meaning("period", periods.parse(text, self._administrative).id)
        except ValueError:
            return None

    def _commune(self, text: str) -> Meaning:
        if text.isdigit() and len(text) < 4:
            return Meaning("")
        match = self._finder.find(text, periods.from_id("undated"))
        places = [match.area] if match.area else list(match.candidates)
        if places and match.reason != "unknown" and any(area.level == 3 for area in places):
            return Meaning("commune", text)
        return Meaning("")

    def similar(self, text: str) -> str:
        """One of our columns or an indicator that a heading may be a misspelling of; a hostile file has thousands."""
        self._searches -= 1
        if self._searches < 0 or len(text) > _LONGEST:
            return ""
        near = nearest(text, COLUMN_OF, cutoff=0.75)
        if near:
            return COLUMN_OF[plain(near)]
        return nearest(text, self.indicator_names, cutoff=0.85) if len(text) > 8 else ""

    def is_commune(self, text: str) -> bool:
        """Whether a text names a commune that ever was."""
        return self.meaning(text).kind == "commune"


def understand(position: int, parts: Sequence[str], words: Words, year: str = "") -> Heading:
    """One column's heading out of its parts, top to bottom; ``year`` completes a quarter that has none."""
    joined = " ".join(parts)
    whole = words.meaning(joined)
    read = (
        [whole]
        if len(parts) < 2 or whole.kind in ("role", "indicator")
        else [words.meaning(part) for part in parts]
    )
    if any(item.kind == "aside" for item in read):
        return Heading(position, joined, "aside")
    facts: dict[str, str] = {}
    choices: tuple[str, ...] = ()
    target = clash = False
    for place, item in enumerate(read):
        last = place == len(read) - 1
        if item.kind in ("indicator", "period", "commune"):
            clash |= facts.setdefault(item.kind, item.text) != item.text
            if item.measure:
                facts["measure"] = item.measure
        elif item.kind == "yearless" and year:
            facts["period"] = _with_year(item.text, year)
        elif item.kind == "yearless":
            facts["period"] = item.text  # the reader of periods asks for the year
        elif item.kind == "role" and item.text in MEASURES:
            facts["measure"] = item.text
        elif item.kind == "target":
            target = True
        elif item.kind == "ambiguous":
            choices = item.choices
        elif item.kind == "comparison" or (last and item.kind == "" and len(read) > 1):
            clash = True
    if clash:
        return Heading(position, joined)
    return _heading(position, joined, read, facts, target, choices)


def _with_year(text: str, year: str) -> str:
    """A quarter, half year or month completed by the year that stands above the table."""
    return f"{text} {year}" if plain(text).endswith("nam") else f"{text} năm {year}"


def _heading(
    position: int,
    joined: str,
    read: list[Meaning],
    facts: dict[str, str],
    target: bool,
    choices: tuple[str, ...],
) -> Heading:
    if choices and not facts.keys() & {"indicator"}:
        return Heading(position, joined, "figure", choices=choices)
    if facts.keys() & {"indicator", "period", "commune"} or (target and len(read) == 1):
        return Heading(
            position,
            joined,
            "figure",
            facts.get("indicator", ""),
            facts.get("period", ""),
            facts.get("commune", ""),
            facts.get("measure", "value"),
            target,
        )
    if any(item.kind == "ordinal" for item in read):
        return Heading(position, joined, "ordinal")
    roles = [item.text for item in read if item.kind == "role"]
    if roles:
        return Heading(position, joined, roles[-1], target=target)
    return Heading(position, joined, "value" if read[-1:] and read[-1].kind == "observed" else "")
