"""Where each row of figures stood in the file: sheet, spreadsheet line and, for every column, its place in the line."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from store.exchange import TYPED as TYPED

_ALIASES = {"indicator_id": "indicator", "area_id": "commune"}


def letters(position: int) -> str:
    """A column's name in a spreadsheet.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    name, rest = "", position + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        name = chr(65 + place) + name
    return name


def reference(position: int | None, line: int | None) -> str | None:
    """Such as F14; None where either is unknown."""
    return None if position is None or not line else f"{letters(position)}{line}"


@dataclass(frozen=True)
class Origin:
    """One row's place; ``places``: our column -> position in the line."""

    sheet: str
    line: int
    places: Mapping[str, int]

    def cell(self, column: str | None) -> str | None:
        """The cell of one of our columns; the figure's first cell stands for a value that is computed."""
        name = _ALIASES.get(column or "", column)
        place = self.places.get(name)
        if place is None and name == "value":
            place = self.places.get("numerator")
        return reference(place, self.line)


class Origins:
    """Rows are numbered through all sheets, from 0; each part is a run of rows that came out of equal columns."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._parts: list[tuple[str, Sequence[int], Sequence[Mapping[str, int]]]] = []
        self.count = 0

    def append(self, sheet: str, lines: Sequence[int], places: Sequence[Mapping[str, int]]) -> None:
        """One part; ``places`` has one entry for all its rows, or one for each."""
        if len(lines):
            self._starts.append(self.count)
            self._parts.append((sheet, lines, places))
            self.count += len(lines)

    def of(self, key: int) -> Origin:
        """Where the row with this number stood."""
        part = bisect_right(self._starts, key) - 1
        sheet, lines, places = self._parts[part]
        row = key - self._starts[part]
        return Origin(sheet, int(lines[row]), places[row] if len(places) > 1 else places[0])

    def lines(self, keys: np.ndarray) -> np.ndarray:
        """The lines in which the rows with these numbers stood."""
        every = [np.asarray(lines, dtype=np.int64) for _, lines, _ in self._parts]
        return np.concatenate(every)[keys] if every else np.zeros(0, dtype=np.int64)

    def keys_on(self, places: set[tuple[str, int]]) -> set[int]:
        """Rows that stand on these lines of these sheets."""
        if not places:
            return set()
        return {
            start + row
            for start, (sheet, lines, _) in zip(self._starts, self._parts, strict=True)
            for row, line in enumerate(lines)
            if (sheet, line) in places
        }
