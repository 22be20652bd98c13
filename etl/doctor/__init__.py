"""``python -m etl doctor``: what is good about an installation, what is wrong, and what to do about it, in words.

Nothing is changed. This module and what it imports at once ask for the standard library alone, so that it also speaks where
the others are missing; each check imports what it needs, and one that fails says so and keeps no other from speaking.
"""

import argparse
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path

from store.settings import Settings

WORDS = Path(__file__).resolve().parents[2] / "data" / "reference" / "doctor.toml"
GOOD, WARN, BAD = "good", "warn", "bad"
LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Said:
    """One thing found: how it stands, the key of its sentence, and the facts in it."""

    state: str
    key: str
    facts: Mapping[str, object]


def good(key: str, **facts: object) -> Said:
    """All is well."""
    return Said(GOOD, key, facts)


def warn(key: str, **facts: object) -> Said:
    """Works, but somebody should look."""
    return Said(WARN, key, facts)


def bad(key: str, **facts: object) -> Said:
    """Wrong: the exit code says so."""
    return Said(BAD, key, facts)


Check = Callable[[Settings], Iterable[Said]]


def checks() -> list[Check]:
    """Every check, in the order in which they are said; for those whose libraries are missing one that says so."""
    found: list[Check] = []
    for name in ("machine", "figures", "people"):
        try:
            found += import_module(f"etl.doctor.{name}").CHECKS
        except ImportError as error:
            found.append(partial(_not_looked, error.name or name))
    return found


def _not_looked(library: str, _: Settings) -> list[Said]:
    return [bad("not_looked", library=library)]


def examined(settings: Settings, every: Sequence[Check] | None = None) -> list[Said]:
    """What all checks say."""
    found: list[Said] = []
    for check in checks() if every is None else every:
        try:
            found += check(settings)
        except Exception as error:  # a check must not hide what the others find
            found.append(
                bad("failed", check=getattr(check, "__name__", "").strip("_"), reason=type(error).__name__)
            )
    return found


def sentences(language: str) -> dict[str, str]:
    """Key -> sentence."""
    register = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    return {key: item[language] for key, item in register.items()}


def told(found: Sequence[Said], language: str) -> list[str]:
    """Lines for a person: each thing with its mark, then the sum."""
    say = sentences(language)
    lines = [f"[{say[item.state]}] {say[item.key].format_map(item.facts)}" for item in found]
    counted = {state: sum(item.state == state for item in found) for state in (GOOD, WARN, BAD)}
    return [*lines, say["sum_bad" if counted[BAD] else "sum_good"].format_map(counted)]


def main(words: Sequence[str]) -> int:
    """The command: 0 when nothing is wrong (warnings are not), 1 when something is, 2 for wrong use."""
    from etl.doctor import machine

    if hasattr(sys.stdout, "reconfigure"):  # a Windows console may not be UTF-8
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    arguments = grammar(argparse.ArgumentParser(prog="python -m etl doctor", description=TEXT)).parse_args(
        words
    )
    settings, found = machine.settings_read()
    found = [*found, *(examined(settings) if settings else examined_without(machine))]
    language = arguments.lang or (settings.language if settings else LANGUAGES[0])
    print("\n".join(told(found, language if language in LANGUAGES else LANGUAGES[0])))
    return int(any(item.state == BAD for item in found))


def examined_without(machine: object) -> list[Said]:
    """What can be said where the settings mean nothing."""
    return [said for check in machine.WITHOUT_SETTINGS for said in check(None)]


TEXT = "check this installation and say what is wrong and what to do"


def grammar(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The command's options."""
    parser.add_argument(
        "--lang", choices=LANGUAGES, help="language of the sentences (BOARD_LANGUAGE, else vi)"
    )
    return parser
