"""Reads definition files cell by cell and collects every mistake instead of stopping at the first."""

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from store.definitions import Words


def row_words(row: Mapping[str, str], stem: str) -> Words:
    """Columns ``stem_vi``, ``stem_en``, ``stem_xx`` of a CSV row as one text."""
    return Words({language: row[key] for language, key in _columns_of(tuple(row), stem) if row[key]})


@lru_cache(maxsize=256)
def _columns_of(columns: tuple[str, ...], stem: str) -> list[tuple[str, str]]:
    """(language, column): looked for once, for a country's list of areas has ten thousand rows."""
    return [(key[len(stem) + 1 :], key) for key in columns if key.startswith(stem + "_")]


# What no page, document or XML can hold, and what would break a line unasked; all but a line's end and a tab.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def printable(value: Any) -> Any:
    """A text, or all texts of a table, with a blank for every sign that nothing can show.

    >>> printable({"name": ["a\\x0bb", 1]})
    {'name': ['a b', 1]}
    """
    if isinstance(value, str):
        return _UNPRINTABLE.sub(" ", value)
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    return [printable(item) for item in value] if isinstance(value, list) else value


@lru_cache(maxsize=256)
def _parsed(text: str) -> dict[str, Any]:
    """A file is read again with every check and every snapshot, and hardly ever changes; what is kept must not be changed,
    ``printable`` makes a copy."""
    return tomllib.loads(text)


class Reader:
    """Reads definition files and collects every mistake instead of stopping at the first."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self.mistakes: list[tuple[str, str, str]] = []

    def wrong(self, file: str, key: str, reason: str) -> None:
        self.mistakes.append((file, key, reason))

    def rows(self, columns: Sequence[str], *names: str) -> Iterator[tuple[str, dict[str, str]]]:
        """(place, row) of CSV files that exist, cells stripped; a file without one of ``columns`` is not read."""
        for name in names:
            if name not in self.files:
                continue
            table = csv.DictReader(io.StringIO(printable(self.files[name])))
            missing = [column for column in columns if column not in (table.fieldnames or ())]
            for column in missing:
                self.wrong(name, column, "column is missing")
            for number, row in enumerate(() if missing else table, start=2):
                yield f"{name}:{number}", {key: (cell or "").strip() for key, cell in row.items() if key}

    def real(self, file: str, key: str, value: Any) -> float:
        """A number from TOML; anything else is a mistake and not a number."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        self.wrong(file, key, f"{value!r} is not a number")
        return float("nan")

    def toml(self, name: str) -> dict[str, Any]:
        """A parsed TOML file; an absent or broken one is a mistake and empty."""
        try:
            return printable(_parsed(self.files[name]))
        except KeyError:
            self.wrong(name, "", "file is missing")
        except tomllib.TOMLDecodeError as error:
            self.wrong(name, "", str(error))
        return {}

    def folder(self, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """(name, content) of each TOML file in a folder."""
        for name in self.files:
            if name.startswith(prefix) and name.endswith(".toml"):
                yield name, self.toml(name)

    def one_of(self, file: str, key: str, value: str, allowed: tuple[str, ...]) -> None:
        if value not in allowed:
            self.wrong(file, key, f"{value!r} is not one of {', '.join(allowed)}")

    def number(self, place: str, key: str, text: str) -> float | None:
        """A number from a CSV cell; blank is None, anything else is a mistake."""
        try:
            return float(text) if text else None
        except ValueError:
            self.wrong(place, key, f"{text!r} is not a number")
            return None

    def day(self, place: str, key: str, text: str) -> date | None:
        """An ISO date from a CSV cell; blank is None."""
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.wrong(place, key, f"{text!r} is not a date")
            return None
