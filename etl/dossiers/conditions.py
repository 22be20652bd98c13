"""The little language of conditions in ``data/reference/dossiers``: what every SQL engine reads in the same way.

A condition is SQL, read here word by word so that nothing else passes: no functions, no division, no text but the words
of the table, no subquery. Engines disagree about those; about these they agree (tested against each other and against
plain Python).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

DATES = ("start", "end", "earliest", "today")
_TOKEN = re.compile(
    r"\s*(?:(?P<name>[a-z][a-z0-9_]*)|(?P<keyword>[A-Z]+)|(?P<number>-?\d{1,18})(?![\w.])|'(?P<word>[a-z_]+)'"
    r"|\{(?P<date>[a-z]+)\}|(?P<sign><=|>=|<>|[=<>(),]))"
)
_COMPARED = ("=", "<>", "<", "<=", ">", ">=")


class WrongCondition(ValueError):
    """A condition that does not belong to the language, with the place where it leaves it."""


@dataclass(frozen=True)
class Condition:
    """A condition that was understood: its SQL (with ``{start}`` and the like) and the columns it looks at."""

    sql: str
    columns: frozenset[str]

    def on(self, days: Mapping[str, str]) -> str:
        """The SQL in brackets, with the days given as literals."""
        return f"({self.sql.format_map(days)})"


def read(text: str, types: Mapping[str, str], words: Mapping[str, frozenset[str]]) -> Condition:
    """Understand a condition about columns of these types (text, date, moment, whole, yes_no, word; ``words``: the
    allowed ones of each word column); WrongCondition says what is wrong with it."""
    parser = _Parser(_tokens(text), types, words)
    parser.either()
    if parser.place < len(parser.tokens):
        raise WrongCondition(f"{parser.tokens[parser.place][1]!r} is not expected here")
    return Condition(" ".join(text.split()), frozenset(parser.seen))


def _tokens(text: str) -> list[tuple[str, str]]:
    found, place, text = [], 0, text.strip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if not match:
            raise WrongCondition(f"{text[place : place + 20].strip()!r} is not known")
        found.append((match.lastgroup or "", match[match.lastgroup or 0]))
        place = match.end()
    return found


class _Parser:
    """OR over AND over NOT over a comparison; every method leaves ``place`` behind what it read."""

    def __init__(
        self, tokens: list[tuple[str, str]], types: Mapping[str, str], words: Mapping[str, frozenset[str]]
    ) -> None:
        self.tokens, self.types, self.words = tokens, types, words
        self.place, self.seen = 0, set[str]()

    def _next_is(self, *texts: str) -> bool:
        kind, text = self.tokens[self.place] if self.place < len(self.tokens) else ("", "")
        return kind in ("keyword", "sign") and text in texts

    def _take(self, *texts: str) -> bool:
        taken = self._next_is(*texts)
        self.place += taken
        return taken

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise WrongCondition(f"{text} is expected {self._here()}")

    def _here(self) -> str:
        return f"before {self.tokens[self.place][1]!r}" if self.place < len(self.tokens) else "at the end"

    def either(self) -> None:
        self._every()
        while self._take("OR"):
            self._every()

    def _every(self) -> None:
        self._negated()
        while self._take("AND"):
            self._negated()

    def _negated(self) -> None:
        if self._take("NOT"):
            self._negated()
        elif self._take("("):
            self.either()
            self._need(")")
        else:
            self._test()

    def _test(self) -> None:
        column = self._column()
        if self._take("IS"):
            self._take("NOT")
            self._need("NULL")
        elif self._next_is(*_COMPARED):
            self._take(*_COMPARED)
            self._value(column)
        elif self._next_is("NOT", "IN", "BETWEEN"):
            self._take("NOT")
            self._set(column)
        elif self.types[column] != "yes_no":
            raise WrongCondition(f"{column} is no yes or no and stands alone")

    def _set(self, column: str) -> None:
        if self._take("BETWEEN"):
            self._value(column)
            self._need("AND")
            self._value(column)
            return
        self._need("IN")
        self._need("(")
        self._value(column)
        while self._take(","):
            self._value(column)
        self._need(")")

    def _column(self) -> str:
        kind, text = self.tokens[self.place] if self.place < len(self.tokens) else ("", "")
        if kind != "name":
            raise WrongCondition(f"a column is expected {self._here()}")
        if text not in self.types:
            raise WrongCondition(f"there is no column {text}")
        self.place += 1
        self.seen.add(text)
        return text

    def _value(self, column: str) -> None:
        """Something that a column may be compared with: of its type, so that no engine has to convert."""
        kind, text = self.tokens[self.place] if self.place < len(self.tokens) else ("", "")
        wanted = self.types[column]
        if kind == "name":
            if self.types[self._column()] != wanted or wanted == "text":
                raise WrongCondition(f"{column} and {text} cannot be compared")
            return
        fits = {
            "date": wanted == "date" and text in DATES,
            "number": wanted == "whole",
            "word": text in self.words.get(column, ()),
            "keyword": wanted == "yes_no" and text in ("TRUE", "FALSE"),
        }
        if not fits.get(kind, False):
            raise WrongCondition(f"{column} ({wanted}) cannot be compared with {text or 'nothing'!r}")
        self.place += 1
