"""The table ``dossier`` and the indicators computed from it, read from ``data/reference/dossiers``; every mistake of every
file is named at once."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from etl.dossiers import conditions
from etl.dossiers.conditions import Condition, WrongCondition
from store.definitions import Catalogue, Words
from store.errors import CatalogueError

FOLDER, TABLE = "dossiers", "table.toml"
TYPES = ("text", "date", "moment", "whole", "yes_no", "word")
NUMBER, COMMUNE, RECEIVED, UPDATED = KEYS = ("dossier_no", "commune_code", "received_on", "updated_at")
LEAVE_OUT, NOTE = "leave_out", "note"
_SELECT = re.compile(r"SELECT\s+commune_code\s*,(?P<sums>.*)FROM\s+dossier\s+GROUP\s+BY\s+commune_code", re.S)
_SUM = re.compile(
    r"\s*SUM\s*\(\s*CASE\s+WHEN(?P<when>.*?)THEN\s+(?P<what>1|[a-z_]+)\s+ELSE\s+0\s+END\s*\)\s*AS\s+(?P<name>[a-z]+)\s*",
    re.S,
)
_SAFE_WORD = re.compile(r"[^'\\\n]+")


@dataclass(frozen=True)
class Column:
    """One column: ``always`` in every file, ``blank`` cells allowed, ``words`` that a word column may hold."""

    name: str
    type: str
    meaning: Words
    always: bool
    blank: bool
    words: Mapping[str, Words]


@dataclass(frozen=True)
class Rule:
    """A fault of one dossier (``leave_out``), or what is good to know about it (``note``)."""

    id: str
    when: Condition
    severity: str
    outside: bool
    message: Words
    remedy: Words


@dataclass(frozen=True)
class Count:
    """Sum over the dossiers for which a condition holds: of 1, or of a whole column."""

    when: Condition
    what: str

    @property
    def columns(self) -> frozenset[str]:
        """Every column it looks at."""
        return self.when.columns | ({self.what} - {"1"})


@dataclass(frozen=True)
class Measure:
    """One indicator in one way of counting: ``numerator`` and ``denominator`` of a rate, or ``value`` alone."""

    indicator: str
    definition: str
    counts: Mapping[str, Count]
    text: str

    @property
    def columns(self) -> frozenset[str]:
        """Every column it looks at."""
        return frozenset().union(*(count.columns for count in self.counts.values()))


@dataclass(frozen=True)
class Table:
    """All there is to know about dossiers. ``said``: sentences by group and name; ``digest`` names the definitions."""

    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    measures: tuple[Measure, ...]
    earliest: date
    yes: tuple[str, ...]
    no: tuple[str, ...]
    examples: int
    most_left_out_percent: float
    said: Mapping[str, Mapping[str, Any]] = field(repr=False)
    digest: str

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by name."""
        return {column.name: column for column in self.columns}

    @property
    def cannot(self) -> Mapping[str, Words]:
        """Indicators about dossiers that are not computed, with the reason."""
        return {name: Words(text) for name, text in self.said["cannot"].items()}


def read(folder: Path, catalogue: Catalogue) -> Table:
    """Read the folder ``dossiers`` of the definitions; CatalogueError names every mistake."""
    own = folder / FOLDER
    reader = _Reader(catalogue)
    try:
        raw = tomllib.loads((own / TABLE).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError("catalogue.mistakes", mistakes=[(f"{FOLDER}/{TABLE}", "", str(error))]) from None
    columns = reader.columns(raw)
    rules = tuple(rule for item in raw.get("rule", ()) if (rule := reader.rule(item)))
    measures = tuple(
        measure for path in sorted(own.glob("*.sql")) if (measure := reader.measure(path.name, path))
    )
    for name in raw.get("cannot", {}):
        if name not in catalogue.indicator_by_id:
            reader.wrong(TABLE, f"cannot.{name}", "unknown indicator")
    most = raw.get("most_left_out_percent")
    if not isinstance(most, (int, float)) or not 0 <= most <= 100:
        reader.wrong(TABLE, "most_left_out_percent", "not from 0 to 100")
    yes, no = (tuple(raw.get(key, ())) for key in ("yes", "no"))
    if not yes or not no or set(yes) & set(no) or not all(map(_SAFE_WORD.fullmatch, yes + no)):
        reader.wrong(TABLE, "yes, no", "two lists of different words are needed")
    if type(raw.get("earliest")) is not date:
        reader.wrong(TABLE, "earliest", "is not a date")
    if reader.mistakes:
        raise CatalogueError("catalogue.mistakes", mistakes=reader.mistakes)
    return Table(
        columns, rules, measures, raw["earliest"], yes, no, int(raw.get("examples", 3)), float(most),
        {group: raw.get(group, {}) for group in ("fault", "finding", "words", "cannot")}, _digest(own),
    )  # fmt: skip


def _digest(own: Path) -> str:
    """12 hex digits over the texts; line ends do not count."""
    total = hashlib.sha256()
    for path in [*sorted(own.glob("*.sql")), own / TABLE]:
        total.update(path.name.encode() + b"\n" + path.read_bytes().replace(b"\r\n", b"\n"))
    return total.hexdigest()[:12]


class _Reader:
    """Collects every mistake instead of stopping at the first."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.mistakes: list[tuple[str, str, str]] = []
        self._types: dict[str, str] = {}
        self._words: dict[str, frozenset[str]] = {}

    def wrong(self, file: str, key: str, reason: str) -> None:
        self.mistakes.append((f"{FOLDER}/{file}", key, reason))

    def columns(self, raw: Mapping[str, Any]) -> tuple[Column, ...]:
        found = []
        for item in raw.get("column", ()):
            name, kind = str(item.get("name", "")), item.get("type")
            words = {word: Words(text) for word, text in item.get("words", {}).items()}
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in self._types:
                self.wrong(TABLE, name, "is no name of its own")
            if kind not in TYPES:
                self.wrong(TABLE, name, f"{kind!r} is not one of {', '.join(TYPES)}")
            if (kind == "word") != bool(words) or not all(re.fullmatch("[a-z_]+", word) for word in words):
                self.wrong(TABLE, name, "a column of words, and no other, needs words of a-z")
            self._types[name], self._words[name] = str(kind), frozenset(words)
            meaning = Words(item.get("meaning", {}))
            if not all(meaning.get(language) for language in ("vi", "en")):
                self.wrong(TABLE, name, "the meaning is missing in one language")
            found.append(
                Column(name, str(kind), meaning, item.get("always", False), item.get("blank", False), words)
            )
        for name in KEYS:
            if name not in self._types:
                self.wrong(TABLE, name, "column is missing")
        return tuple(found)

    def rule(self, item: Mapping[str, Any]) -> Rule | None:
        name = str(item.get("id", ""))
        when = self._condition(TABLE, name, str(item.get("when", "")))
        if item.get("severity") not in (LEAVE_OUT, NOTE):
            self.wrong(TABLE, name, f"severity is {LEAVE_OUT} or {NOTE}")
        message, remedy = Words(item.get("message", {})), Words(item.get("remedy", {}))
        if not all(message.get(language) for language in ("vi", "en")):
            self.wrong(TABLE, name, "the message is missing in one language")
        if not re.fullmatch("[a-z_]+", name) or when is None:
            return None
        return Rule(name, when, str(item["severity"]), item.get("outside", False), message, remedy)

    def _condition(self, file: str, key: str, text: str) -> Condition | None:
        try:
            return conditions.read(text, self._types, self._words)
        except WrongCondition as error:
            self.wrong(file, key, str(error))
            return None

    def measure(self, file: str, path: Path) -> Measure | None:
        """One file ``<indicator>.<definition>.sql``."""
        before = len(self.mistakes)
        name, _, definition = file.removesuffix(".sql").partition(".")
        indicator = self._catalogue.indicator_by_id.get(name)
        if indicator is None or not indicator.uploaded:
            self.wrong(file, name, "is no indicator that is reported")
        elif definition not in {item.id for item in indicator.definitions}:
            self.wrong(file, definition, f"is no definition of {name}")
        text = path.read_text(encoding="utf-8")
        bare = "\n".join(line.partition("--")[0] for line in text.splitlines()).strip()
        frame = _SELECT.fullmatch(bare)
        if not frame:
            self.wrong(file, "", "is not SELECT commune_code, SUM(…) AS … FROM dossier GROUP BY commune_code")
            return None
        counts = self._counts(file, frame["sums"])
        wanted = {"numerator", "denominator"} if indicator and indicator.is_rate else {"value"}
        if set(counts) != wanted and indicator and len(self.mistakes) == before:
            self.wrong(
                file, "", f"gives {', '.join(counts) or 'nothing'} and not {', '.join(sorted(wanted))}"
            )
        return None if len(self.mistakes) > before else Measure(name, definition, counts, text)

    def _counts(self, file: str, text: str) -> dict[str, Count]:
        counts: dict[str, Count] = {}
        place = 0
        while place <= len(text):
            match = _SUM.match(text, place)
            if not match or (match.end() < len(text) and text[match.end()] != ","):
                self.wrong(
                    file, text[place : place + 40].strip(), "is not SUM(CASE WHEN … THEN 1 ELSE 0 END) AS …"
                )
                break
            when = self._condition(file, match["name"], match["when"].strip())
            if match["what"] != "1" and self._types.get(match["what"]) != "whole":
                self.wrong(file, match["name"], f"{match['what']} is no whole number and cannot be summed")
            if when is not None:
                counts[match["name"]] = Count(when, match["what"])
            place = match.end() + 1
        return counts
