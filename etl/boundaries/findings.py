"""What is wrong with a map file, as values; the sentences live in ``map_findings.toml``."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from etl.findings import FIRST_LANGUAGE, LIMIT_PER_CODE, Severity

REGISTER = Path(__file__).resolve().parents[2] / "data" / "reference" / "map_findings.toml"
SHORT = 60  # a cell's text in a sentence


@dataclass(frozen=True)
class Finding:
    """One thing found. ``feature``: number in its layer from 1, None for the file as a whole; ``column``: the file's own
    heading; ``value``: the cell's text."""

    code: str
    severity: Severity
    feature: int | None = None
    column: str | None = None
    value: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@cache
def _register() -> dict[str, Any]:
    return tomllib.loads(REGISTER.read_text(encoding="utf-8"))["code"]


@cache
def codes() -> dict[str, Severity]:
    """Every code of the register with its severity."""
    return {code: Severity(entry["severity"]) for code, entry in _register().items()}


class Collector:
    """Collects findings; of one code the first thousand are kept and the rest counted."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._counts: Counter[str] = Counter()

    def add(
        self,
        code: str,
        feature: int | None = None,
        column: str | None = None,
        value: object = None,
        **details: Any,
    ) -> None:
        """Record one; KeyError for a code that has no text."""
        self._counts[code] += 1
        if self._counts[code] <= LIMIT_PER_CODE:
            text = None if value is None else str(value)
            self._kept.append(Finding(code, codes()[code], feature, column, text, details))

    @property
    def blocked(self) -> bool:
        """Whether anything keeps the file out."""
        return any(codes()[code] is Severity.BLOCK for code in self._counts)

    def all(self) -> tuple[Finding, ...]:
        """Everything kept: what blocks first, then by feature; then what the limit cut."""
        order = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.NOTE: 2}
        more = [
            Finding("file.more", codes()["file.more"], value=code, details={"count": count - LIMIT_PER_CODE})
            for code, count in self._counts.items()
            if count > LIMIT_PER_CODE
        ]
        return tuple(
            sorted(
                [*self._kept, *more], key=lambda item: (order[item.severity], item.feature or 0, item.code)
            )
        )


class MapRefused(Exception):
    """Raised where nothing further can be read; the collector has the reason."""


def wording(finding: Finding, language: str) -> tuple[str, str]:
    """(what is wrong, what to do instead) in a language, Vietnamese where that one has no text."""
    entry = _register()[finding.code]
    filled = {key: _said(item, language) for key, item in finding.details.items()}
    filled |= {"value": _short(finding.value or ""), "feature": finding.feature, "column": finding.column}
    wrong, remedy = (
        (entry[part].get(language) or entry[part][FIRST_LANGUAGE]).format_map(filled)
        for part in ("message", "remedy")
    )
    return wrong, remedy.strip()


def message(finding: Finding, language: str) -> str:
    """Both parts of ``wording`` as one text."""
    return " ".join(part for part in wording(finding, language) if part)


def _said(item: Any, language: str) -> Any:
    """A detail in the reader's words: a text in several languages, a number with the language's comma, a list."""
    if isinstance(item, Mapping):
        return item.get(language) or item[FIRST_LANGUAGE]
    if isinstance(item, float):
        text = f"{item:.1f}"
        return text.replace(".", ",") if language == FIRST_LANGUAGE else text
    if isinstance(item, list | tuple):
        return ", ".join(str(_said(part, language)) for part in item)
    return item


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"
