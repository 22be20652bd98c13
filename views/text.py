"""``text("tiers.title", ...)`` in the chosen language: every sentence of the product lives in ``texts/*.toml``.

A language is a file. Its ``[language]`` table gives code, name and how numbers are written; a key it lacks falls
back to Vietnamese, the first language of the product.
"""

import re
import string
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

FIRST_LANGUAGE = "vi"
OWN = Path(__file__).resolve().parent.parent / "data" / "reference" / "texts"


@dataclass(frozen=True)
class Language:
    """One language: its texts by dotted key, and its number signs."""

    code: str
    name: str
    decimal: str
    thousands: str
    texts: MappingProxyType
    fallback: MappingProxyType

    def text(self, key: str, /, **values: object) -> str:
        """The text for ``key`` with its placeholders filled; KeyError for a key that no language has."""
        pattern = self.texts.get(key)
        if pattern is None:
            pattern = self.fallback[key]
        return pattern.format(**values) if values else pattern

    def asks(self, key: str) -> set[str]:
        """Names of the placeholders of a text."""
        pattern = self.texts.get(key) or self.fallback[key]
        return {name for _, name, _, _ in string.Formatter().parse(pattern) if name}

    def has(self, key: str) -> bool:
        """Whether the key exists, here or in the first language."""
        return key in self.texts or key in self.fallback


_SIGNS = re.compile(r"([!-/:-@\\[-`{-~])")
# What becomes a link or an arrow even when every sign is escaped: bare addresses, and signs that follow one another.
_LINKED = re.compile(r"(?<=@)|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=<)(?=[-=])|(?<=-)(?=>)|(?<=[>~])(?==)", re.I)
JOINER = "\u2060"  # has no width, and what it parts is no address any more


def as_label(text: str) -> str:
    """Text as data where a widget would read it as Markdown: a file's name or a cell never becomes a link or an icon.

    >>> as_label("[a](b) :x:")
    '\\\\[a\\\\]\\\\(b\\\\) \\\\:x\\\\:'
    >>> as_label("www.a.b") == "www" + JOINER + "\\\\.a\\\\.b"
    True
    """
    return _SIGNS.sub(r"\\\1", _LINKED.sub(JOINER, text))


def flatten(table: dict, prefix: str = "") -> dict[str, str]:
    """Nested tables -> dotted keys."""
    flat = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


@cache
def languages(folder: Path) -> MappingProxyType:
    """Every language by code, Vietnamese first: the product's own texts, and over them those in ``folder``, so that an
    installation with definitions of its own words what it likes and lacks no sentence that a new version brings. Read
    once per process."""
    raw: dict[str, dict[str, str]] = {}
    for path in [*sorted(OWN.glob("*.toml")), *sorted(folder.glob("*.toml"))]:
        raw.setdefault(path.stem, {}).update(flatten(tomllib.loads(path.read_text(encoding="utf-8"))))
    fallback = MappingProxyType(raw[FIRST_LANGUAGE])
    found = {}
    for code in sorted(raw, key=lambda code: (code != FIRST_LANGUAGE, code)):
        own = raw[code]
        found[code] = Language(
            code=code,
            name=own["language.name"],
            decimal=own["language.decimal"],
            thousands=own["language.thousands"],
            texts=MappingProxyType(own),
            fallback=fallback,
        )
    return MappingProxyType(found)
