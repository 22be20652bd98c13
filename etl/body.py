"""The rows below a heading: which hold figures, and which are repeated headings, groups, totals, notes, signatures."""

import re
from collections.abc import Sequence

from etl.findings import Collector
from etl.grid import Grid
from etl.headings import MEASURES, Heading, Words
from etl.numbers import decimal_mark, looks_like_figure, read, tidy
from etl.origins import TYPED
from etl.region import Region, same_heading
from etl.spelling import plain

TOTALS = (
    "tong cong",
    "cong",
    "tong so",
    "tong",
    "toan tinh",
    "toan huyen",
    "total",
    "cong chung",
    "binh quan chung",
)
_ROMAN = re.compile(r"(?:x{0,3}(?:ix|iv|v?i{0,3}))|[a-h]", re.IGNORECASE)
_FOOTER = re.compile(
    r"ghi chu|nguon|nguoi lap|nguoi tong hop|noi nhan|thu truong|chu tich|pho chu tich|tm |kt |ky |da ky|truong phong"
    r"|so lieu|don vi tinh|luu y|.*ngay .* thang .* nam"
)
UNUSUAL = ("tổn", "tôn", "ton", "cộn", "côn", "con", "toà", "toa", "tot", "bìn", "bin", "(", "*")
_NOWHERE = 1_000_000  # beyond any row


class _Sums:
    """Adds up what totals rows claim, since the last subtotal and since the beginning."""

    def __init__(self, headings: Sequence[Heading], found: Collector) -> None:
        wide = [
            item
            for item in headings
            if item.role == "figure" and item.measure in ("numerator", "denominator")
        ]
        self._places = [item.position for item in wide] or [
            item.position for item in headings if item.role in ("numerator", "denominator")
        ]
        self._whole: dict[int, float] = dict.fromkeys(self._places, 0.0)
        self._part: dict[int, float] = dict.fromkeys(self._places, 0.0)
        self._names = {item.position: item.text for item in headings}
        self._waiting: list[Sequence[str]] = []
        self._found = found

    def add(self, row: Sequence[str]) -> None:
        self._waiting.append(row)

    def _add_up(self) -> None:
        """Only a totals row asks for sums: most tables have none."""
        for row in self._waiting:
            for place in self._places:
                number = _number(row[place]) if place < len(row) and row[place] else None
                if number is not None:
                    self._whole[place] += number
                    self._part[place] += number
        self._waiting = []

    def judge(self, line: int, row: Sequence[str]) -> None:
        """Compare a totals row and leave it out."""
        self._add_up()
        differs = False
        for place in self._places:
            number = _number(row[place]) if place < len(row) and row[place] else None
            if number is None or number in (self._whole[place], self._part[place]):
                continue
            differs = True
            self._found.add(
                "total.differs",
                line,
                self._names[place],
                row[place],
                position=place,
                sum=_shown(self._whole[place]),
            )
        self._part = dict.fromkeys(self._places, 0.0)
        if not differs:
            label = next((text for text in row if text and not looks_like_figure(text)), "")
            self._found.add("row.total", line, None, label)


def _number(text: str) -> float | None:
    """A count for adding up; a point between groups of three counts as Vietnamese writes it."""
    bare = tidy(text.removesuffix(TYPED))
    mark = decimal_mark(bare)
    if mark is None or len(bare) > 18:
        return None
    if mark == "?":
        return float(re.sub("[.,]", "", bare))
    return read(bare, mark or ",")[0]


def _shown(number: float) -> str:
    return f"{number:.10g}".replace(".", ",")


class BodyReader:
    """Judges each row below a heading once, with what the columns are; everything left out is said in ``found``.
    ``gaps``: key columns that the table lacks, which a group row may fill."""

    def __init__(
        self,
        grid: Grid,
        region: Region,
        headings: Sequence[Heading],
        words: Words,
        found: Collector,
        gaps: Sequence[str],
    ) -> None:
        self._grid, self._words, self._found, self._gaps = grid, words, found, gaps
        self._heads = grid.rows[region.start : region.body]
        self._start = region.body
        self._keys = {
            item.role: item.position for item in headings if item.role in ("commune", "indicator", "period")
        }
        self._ordinal = next((item.position for item in headings if item.role == "ordinal"), None)
        self._figures = [item.position for item in headings if item.role == "figure" or item.role in MEASURES]
        self._sums = _Sums(headings, found)
        self._first_key = min(self._keys.values(), default=0)
        self._last = self._last_figure()

    def _last_figure(self) -> int:
        """The last row with a figure: below it stand signatures and notes."""
        for number in range(len(self._grid.rows) - 1, self._start - 1, -1):
            if self._has_figure(self._grid.rows[number]):
                return number
        return self._start - 1

    def _has_figure(self, row: Sequence[str]) -> bool:
        return any(
            place < len(row) and row[place] and looks_like_figure(row[place]) for place in self._figures
        )

    def read(self) -> list[tuple[int, dict[str, str]]]:
        """Rows that hold figures: (index into the grid's rows, what the group row above said by column)."""
        body: list[tuple[int, dict[str, str]]] = []
        group: dict[str, str] = {}
        # Rows that name all three keys are taken at once: a file may have a million of them.
        one, two, three = (*self._keys.values(), *[_NOWHERE] * 3)[:3]
        first, widest = self._first_key, max(one, two, three, 3)
        heading = self._heads[0]
        for number in range(self._start, len(self._grid.rows)):
            row = self._grid.rows[number]
            plain_row = (
                len(row) > widest
                and number <= self._last
                and row[one]
                and row[two]
                and row[three]
                and len(row[0]) > 1
                and row[0] != heading[0]
                and not row[0][:3].casefold().startswith(UNUSUAL)
                and not row[first][:3].casefold().startswith(UNUSUAL)
            )
            kind = "" if plain_row else self._kind(number, row)
            if kind == "":
                body.append((number, group))
                self._sums.add(row)
            elif kind == "group":
                group = {**group, **self._said(row)}
                self._note("row.group", number, row)
            elif kind == "total":
                self._sums.judge(self._grid.lines[number], row)
            else:
                self._note(kind, number, row)
        return body

    def _note(self, code: str, number: int, row: Sequence[str]) -> None:
        self._found.add(code, self._grid.lines[number], None, " ".join(text for text in row if text))

    def _kind(self, number: int, row: Sequence[str]) -> str:
        """Empty for a row of figures, ``group``, ``total``, or the code under which it is left out."""
        if same_heading(row, self._heads):
            return "row.heading_again"
        labels = [
            row[place] for place in range(min(len(row), max([*self._keys.values(), 1]) + 1)) if row[place]
        ]
        if any(bare_label(label) in TOTALS for label in labels):
            return "total"
        if self._has_figure(row) or self._names_something(row):
            return ""
        if self._is_group(row):
            return "group"
        text = " ".join(item for item in row if item)
        filled = sum(bool(item) for item in row)
        few = filled <= 2 or (
            number > self._last and not all(self._at(row, place) for place in self._keys.values())
        )
        if filled == len(row) and filled > 1:
            return ""
        if few and (number > self._last or _FOOTER.match(plain(text)) or text.startswith(("*", "("))):
            return "" if self._lonely(number) else "row.text"
        return ""

    def _lonely(self, number: int) -> bool:
        """A table without any figure: nothing tells a note from a row that lacks its figures."""
        return self._last < self._start and number == self._start

    def _at(self, row: Sequence[str], place: int) -> str:
        return row[place] if place < len(row) else ""

    def _names_something(self, row: Sequence[str]) -> bool:
        """Whether the key cells name a commune or an indicator: a row that lacks its figures, not a note."""
        for column, kind in (("commune", "commune"), ("indicator", "indicator")):
            place = self._keys.get(column)
            if place is not None and self._words.meaning(self._at(row, place)).kind == kind:
                ordinal = self._at(row, self._ordinal) if self._ordinal is not None else ""
                return not (ordinal and _ROMAN.fullmatch(ordinal.strip(". ")) and column in self._gaps)
        return False

    def _is_group(self, row: Sequence[str]) -> bool:
        """``I | Cấp xã``: a Roman number or a letter, then words, no figures."""
        filled = [text for text in row if text]
        first = filled[0].strip(". ") if filled else ""
        head, _, rest = filled[0].partition(" ") if filled else ("", "", "")
        if len(filled) == 1 and rest:
            first = head.strip(".) ")
            return (
                bool(first)
                and _ROMAN.fullmatch(first) is not None
                and head.rstrip(")") != head.strip(".) ").lower()
            )
        return 1 < len(filled) <= 3 and bool(first) and _ROMAN.fullmatch(first) is not None

    def _said(self, row: Sequence[str]) -> dict[str, str]:
        """What a group row says of the columns that the table lacks."""
        said = {}
        for text in row:
            stripped = re.sub(r"^\s*[IVXA-H]{1,4}[.)]\s+", "", text)
            meaning = self._words.meaning(stripped)
            if meaning.kind in self._gaps:
                said[meaning.kind] = meaning.text if meaning.kind != "commune" else stripped
        return said


def bare_label(text: str) -> str:
    """A label without its number and its colon: ``I. Tổng cộng:``."""
    return re.sub(r"^(?:[ivx]+|[0-9]+) ", "", plain(text))
