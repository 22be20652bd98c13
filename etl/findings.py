"""What is wrong with a file, as values: a code, a place and the cell; the sentences live in ``findings.toml``.

A code has one severity, so that the register says all there is to know about it.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from etl.origins import TYPED, Origins, reference
from store import periods

REGISTER = Path(__file__).resolve().parent.parent / "data" / "reference" / "findings.toml"
FIRST_LANGUAGE = "vi"
LIMIT_PER_CODE = 1000  # a hostile file has millions of faulty cells; the rest is counted in file.more


class Severity(StrEnum):
    """``block``: nothing enters. ``warn``: enters, a person should look. ``note``: good to know."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing found. ``line`` is the spreadsheet line (header is line 1), ``column`` our column name (the
    file's own heading where it is none of ours), ``value`` the cell's text, ``sheet`` the sheet's name (None in a
    file without sheets), ``cell`` its reference such as F14; all None where not bound."""

    code: str
    severity: Severity
    line: int | None = None
    column: str | None = None
    value: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    sheet: str | None = None
    cell: str | None = None


@cache
def _register() -> dict[str, Any]:
    return tomllib.loads(REGISTER.read_text(encoding="utf-8"))


@cache
def codes() -> dict[str, Severity]:
    """Every code of the register with its severity."""
    return {code: Severity(entry["severity"]) for code, entry in _register()["code"].items()}


def words(language: str) -> dict[str, str]:
    """Sentences of the command line in one language, Vietnamese where that language has none."""
    return {key: text.get(language) or text[FIRST_LANGUAGE] for key, text in _register()["words"].items()}


def column_label(column: str, language: str) -> str:
    """How a column is called in the forms; a heading that is none of ours stays as the file has it."""
    labels = _register()["columns"].get(column, {})
    return labels.get(language) or labels.get(FIRST_LANGUAGE) or column


def found(
    code: str, line: int | None = None, column: str | None = None, value: str | None = None, **details: Any
) -> Finding:
    """Make a finding of a registered code; KeyError for a code that has no text."""
    return Finding(code, codes()[code], line, column, value, details)


def message(finding: Finding, language: str = FIRST_LANGUAGE) -> str:
    """What is wrong, then what to write instead, in one language (Vietnamese where that language has no text)."""
    return " ".join(part for part in wording(finding, language) if part)


def wording(finding: Finding, language: str) -> tuple[str, str]:
    """(what is wrong, what to write instead); the latter may be empty."""
    entry = _register()["code"][finding.code]
    filled: dict[str, Any] = {key: _listed(item) for key, item in finding.details.items()}
    filled["near"] = column_label(filled.get("near", ""), language)
    value = _shortened(finding.value or "")
    if language == FIRST_LANGUAGE:  # a period is said as the office says it
        filled |= {"period": periods.spoken(filled["period"])} if "period" in filled else {}
        value = periods.spoken(value) if finding.column == "period" else value
    filled |= {
        "value": value,
        "line": finding.line,
        "column": column_label(finding.column or "", language),
    }
    wrong, remedy = (
        entry[part].get(language) or entry[part][FIRST_LANGUAGE] for part in ("message", "remedy")
    )
    if finding.details.get("near"):
        near = entry.get("near", {})
        wrong = f"{wrong} {near.get(language) or near.get(FIRST_LANGUAGE, '')}".strip()
    return wrong.format_map(filled), remedy.format_map(filled)


def _listed(item: Any) -> str:
    return ", ".join(str(part) for part in item) if isinstance(item, (list, tuple)) else str(item)


def _shortened(text: str, length: int = 80) -> str:
    """A cell's text short enough for one sentence; line breaks would tear a console line."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


def _seen(value: str | None) -> str | None:
    """A cell's text without the mark of a typed value."""
    return None if value is None else value.replace(TYPED, "")


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether anything keeps the file out."""
    return any(finding.severity is Severity.BLOCK for finding in findings)


class Collector:
    """Gathers findings with a limit per code; rows that are blocked are remembered beyond the limit.

    While ``origins`` is None a line is a spreadsheet line. Afterwards the judges speak of rows by their key, and the
    origins say where each came from. ``sheet`` is the sheet being laid out.
    """

    def __init__(self, limit: int = LIMIT_PER_CODE) -> None:
        self._limit = limit
        self._counts: Counter[str] = Counter()
        self._kept: list[Finding] = []
        self._blocked_places: set[tuple[str, int]] = set()
        self.blocked_lines: set[int] = set()
        self.blocked = False
        self.origins: Origins | None = None
        self.sheet = ""
        self._sheets: dict[str, int] = {"": 0}

    def add(
        self,
        code: str,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
        *,
        position: int | None = None,
        **details: Any,
    ) -> None:
        """Record one finding. ``position`` is the place of the cell in its line, from 0, where no column tells."""
        if self.origins is None or line is None:
            place = {"sheet": self.sheet or None, "cell": reference(position, line)} if line else {}
            self.extend([replace(found(code, line, column, _seen(value), **details), **place)])
            return
        if codes()[code] is Severity.BLOCK:
            self.blocked_lines.add(line)
        if self._counts[code] >= self._limit:  # a hostile file has millions: they are counted and no more
            self._counts[code] += 1
            return
        origin = self.origins.of(line)
        item = found(code, origin.line, column, _seen(value), **details)
        self._keep(replace(item, sheet=origin.sheet or None, cell=origin.cell(column)))

    def add_rows(self, code: str, keys: np.ndarray, one: Callable[[int], tuple]) -> None:
        """Record one finding for each of these rows; ``one`` gives (column, value, details) of the row at a place of
        ``keys``, and is asked for those only that the limit keeps."""
        room = max(0, self._limit - self._counts[code])
        for place, key in enumerate(keys[:room].tolist()):
            column, value, details = one(place)
            self.add(code, key, column, value, **details)
        self._counts[code] += len(keys[room:])
        if codes()[code] is Severity.BLOCK:
            self.blocked_lines.update(keys[room:].tolist())

    def count(self, code: str) -> int:
        """How often a code was found, also beyond the limit."""
        return self._counts[code]

    def extend(self, findings: Iterable[Finding]) -> None:
        """Record several findings as they are."""
        for finding in findings:
            if finding.severity is Severity.BLOCK and finding.line is not None:
                self.blocked_lines.add(finding.line)
                self._blocked_places.add((finding.sheet or "", finding.line))
            self._keep(finding)

    def bind(self, origins: Origins) -> None:
        """From now on a line is the key of a row; rows on lines that are blocked already are blocked."""
        self.origins = origins
        self.blocked_lines = origins.keys_on(self._blocked_places)

    def turn_to(self, sheet: str) -> None:
        """The sheet that the next findings speak of; findings are listed in the order of the sheets."""
        self.sheet = sheet
        self._sheets.setdefault(sheet, len(self._sheets))

    def _keep(self, finding: Finding) -> None:
        self.blocked |= finding.severity is Severity.BLOCK
        self._sheets.setdefault(finding.sheet or "", len(self._sheets))
        self._counts[finding.code] += 1
        if self._counts[finding.code] <= self._limit:
            self._kept.append(finding)

    def where(self, key: int) -> str:
        """A row's line as another finding names it, with its sheet where there are several."""
        if self.origins is None:
            return str(key)
        origin = self.origins.of(key)
        return f"{origin.line} ({origin.sheet})" if origin.sheet else str(origin.line)

    def all(self) -> tuple[Finding, ...]:
        """Everything kept, sheet by sheet in line order (the file as a whole first), then what the limit cut."""
        more = [
            found("file.more", value=code, count=count - self._limit)
            for code, count in self._counts.items()
            if count > self._limit
        ]
        return tuple(
            sorted(
                [*self._kept, *more],
                key=lambda item: (
                    self._sheets[item.sheet or ""] if item.line else -1,
                    item.line or 0,
                    item.code,
                    item.column or "",
                ),
            )
        )
