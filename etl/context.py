"""What the lines above a table say about all of it: period, commune, indicator, year; taken only where one answer is
possible, and always with a finding that says what was taken from where.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from etl.findings import Collector
from etl.grid import Grid
from etl.headings import Words
from etl.spelling import plain
from store import periods

_LABELS = {
    "period": re.compile(r"^(?:ky bao cao|ky so lieu|ky|thoi ky|so lieu ky|reporting period)\b"),
    "commune": re.compile(
        r"^(?:ten don vi bao cao|don vi bao cao|ten don vi|don vi|xa phuong|dia ban|reporting unit)\b"
    ),
    "indicator": re.compile(r"^(?:ten chi tieu|chi tieu|chi so|bieu chi tieu)\b"),
}
_TAKEN = {"period": "context.period", "commune": "context.commune", "indicator": "context.indicator"}
_NOT_OURS = re.compile(r"^(?:don vi nhan|don vi tinh|don vi chu quan|noi nhan)\b")
_DATED = re.compile(r"ngày\s+\S{1,3}\s+tháng\s+\S{1,3}\s+năm\s+\S{4}|\d{1,2}/\d{1,2}/\d{4}", re.IGNORECASE)
_SPOKEN = re.compile(
    r"(?:quý|quí|q)\s*(?:iv|i{1,3}|[1-4])\s*(?:[/,–-]\s*)?(?:năm\s*)?(?:19|20)\d\d"
    r"|[69]\s*tháng(?:\s*đầu|\s*cuối)?\s*(?:của\s*)?(?:năm\s*)?(?:19|20)\d\d"
    r"|tháng\s*\d{1,2}\s*(?:[/-]|năm)\s*(?:19|20)\d\d",
    re.IGNORECASE,
)
_DAYS = re.compile(r"\s*\([^()]*\d{1,2}/\d{1,2}/\d{4}[^()]*\)$")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_YEAR_NAMED = re.compile(r"năm\s*:?\s*((?:19|20)\d\d)", re.IGNORECASE)
_UNIT = re.compile(r"don vi tinh (?:la )?(nghin|trieu|ty|ngan)\b")


@dataclass(frozen=True)
class Said:
    """One thing said above the table: the text taken and the line it was taken from."""

    text: str
    line: int


class Context:
    """The lines above one table, and the sheet's name."""

    def __init__(self, grid: Grid, above: int, words: Words, administrative: bool) -> None:
        self._words, self._administrative = words, administrative
        self._lines = [
            (line, text)
            for line, row in zip(grid.lines[:above], grid.rows[:above], strict=True)
            for text in _joined(row)
        ]
        self._sheet = grid.sheet
        self._first = grid.lines[0] if grid.lines else 1

    def year(self) -> str:
        """The one year named above the table; empty when none or several are."""
        texts = [_DATED.sub(" ", text) for _, text in self._lines] + [self._sheet]
        named = {year for text in texts for year in _YEAR_NAMED.findall(text)}
        years = named or {year for text in texts for year in _YEAR.findall(text)}
        return years.pop() if len(years) == 1 else ""

    def unit(self) -> Said | None:
        """A unit other than the catalogue's: thousands or millions of dong."""
        for line, text in self._lines:
            match = _UNIT.search(plain(text))
            if match:
                return Said(text, line)
        return None

    def take(self, column: str, found: Collector) -> str | None:
        """The text that fills a column which the table lacks; None when nothing says it, empty when several things
        do, which is asked about."""
        said = getattr(self, f"_{column}")()
        texts = {item.text for item in said}
        if len(texts) == 1:
            found.add(_TAKEN[column], said[0].line, column, said[0].text)
            return said[0].text
        if texts:
            found.add("context.ambiguous", said[0].line, column, said[0].text, candidates=sorted(texts))
            return ""
        return None

    def _labelled(self, column: str) -> Iterable[tuple[int, str]]:
        """What stands behind ``Kỳ báo cáo:`` and the like."""
        for line, text in self._lines:
            label, colon, rest = text.partition(":")
            if (
                colon
                and rest.strip()
                and _LABELS[column].match(plain(label))
                and not _NOT_OURS.match(plain(label))
            ):
                yield line, rest.strip(" .;*")

    def _period(self) -> list[Said]:
        named = (
            (line, _DAYS.sub("", text)) for line, text in self._labelled("period")
        )  # its days in brackets
        labelled = [Said(text, line) for line, text in named if self._parsed(text)]
        if labelled:
            return _distinct(labelled, self._parsed)
        spoken = [
            Said(match[0], line)
            for line, text in [*self._lines, (self._first, self._sheet)]
            for match in _SPOKEN.finditer(_DATED.sub(" ", text))
            if self._parsed(match[0])
        ]
        if spoken:
            return _distinct(spoken, self._parsed)
        years = [
            Said(f"năm {match[1]}", line)
            for line, text in self._lines
            for match in _YEAR_NAMED.finditer(_DATED.sub(" ", text))
        ]
        if years:
            return _distinct(years, self._parsed)
        return [Said(self._sheet, self._first)] if self._parsed(self._sheet) else []

    def _parsed(self, text: str) -> str:
        try:
            return periods.parse(text, self._administrative).id
        except ValueError:
            return ""

    def _commune(self) -> list[Said]:
        labelled = [
            Said(text, line) for line, text in self._labelled("commune") if self._words.is_commune(text)
        ]
        if labelled:
            return _distinct(labelled, plain)
        lines = [Said(text, line) for line, text in self._lines if self._words.is_commune(text)]
        if lines:
            return _distinct(lines, plain)
        return [Said(self._sheet, self._first)] if self._sheet and self._words.is_commune(self._sheet) else []

    def _indicator(self) -> list[Said]:
        names = self._words.indicator_names
        labelled = [Said(text, line) for line, text in self._labelled("indicator") if plain(text) in names]
        if labelled:
            return _distinct(labelled, plain)
        found = []
        for line, text in self._lines:
            inside = [name for name in names if len(name) > 8 and f" {name} " in f" {plain(text)} "]
            longest = [
                name for name in inside if not any(name != other and name in other for other in inside)
            ]
            found += [Said(names[name], line) for name in longest]
        return _distinct(found, lambda text: text)


def _joined(row: Iterable[str]) -> Iterable[str]:
    """The texts of a line; a label ending with a colon takes the next cell with it."""
    label = ""
    for text in row:
        if not text:
            continue
        if text.rstrip().endswith(":"):
            label = text
            continue
        yield f"{label} {text}".strip()
        label = ""


def _distinct(said: list[Said], key: Callable[[str], str]) -> list[Said]:
    """One for each different meaning, the first of each."""
    kept: dict[str, Said] = {}
    for item in said:
        kept.setdefault(key(item.text), item)
    return list(kept.values())
