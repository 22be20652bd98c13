"""What is said about dossiers: findings as values, whose sentences stand in ``data/reference/dossiers/table.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from etl.dossiers.table import Table
from etl.findings import Severity
from store.definitions import Words


@dataclass(frozen=True)
class Said:
    """One kind of fault, once for all dossiers that have it. ``count`` is their number (0 where it is about the files),
    ``examples`` some of them, ``facts`` what the sentences name, by language where they are words."""

    code: str
    severity: Severity
    message: Words = field(repr=False)
    remedy: Words = field(repr=False)
    count: int = 0
    examples: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to(self, language: str) -> str:
        """What is wrong, then what to do."""
        facts = {
            name: item.to(language) if isinstance(item, Words) else _written(item, language)
            for name, item in {**self.facts, "count": self.count}.items()
        }
        return " ".join(
            text.to(language).format_map(facts).strip() for text in (self.message, self.remedy)
        ).strip()


def _written(item: object, language: str) -> str:
    if isinstance(item, int):
        return f"{item:,}".replace(",", "." if language == "vi" else ",")
    return ", ".join(map(str, item)) if isinstance(item, (list, tuple)) else str(item)


def say(table: Table, code: str, count: int = 0, **facts: object) -> Said:
    """A finding about the files as a whole."""
    entry = table.said["finding"][code]
    return Said(
        code, Severity(entry["severity"]), Words(entry["message"]), Words(entry["remedy"]), count, (), facts
    )


def sentence(table: Table, key: str, language: str, **facts: object) -> str:
    """A sentence of the command."""
    return (
        Words(table.said["words"][key])
        .to(language)
        .format_map({name: _written(item, language) for name, item in facts.items()})
    )


def about_dossiers(
    table: Table, code: str, what: Words, remedy: Words, count: int, examples: tuple[str, ...], left_out: bool
) -> Said:
    """A finding about so many dossiers, with some of them."""
    entry = table.said["finding"]["dossiers" if left_out else "dossiers_noted"]
    listed = Words(table.said["words"]["example"])
    shown = Words(
        {
            name: listed.to(name).format(list=", ".join(examples)) if examples else ""
            for name in entry["message"]
        }
    )
    facts = {"what": what, "remedy": remedy, "examples": shown}
    message, advice = Words(entry["message"]), Words(entry["remedy"])
    return Said(code, Severity(entry["severity"]), message, advice, count, examples, facts)
