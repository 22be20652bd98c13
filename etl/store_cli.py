"""``python -m etl store``: the store that several servers share: check it, move to it and back, adopt an edition."""

import argparse

from etl import migrate, publish
from etl.actor import signed_in_actor
from etl.findings import words
from store.errors import StoreError
from store.settings import SPACES, Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """One of the commands behind ``store``; returns the exit code."""
    if not settings.is_shared:
        raise StoreError("store.none")
    return RUNS[arguments.act](arguments, settings, words(settings.language))


def _check(arguments: argparse.Namespace, settings: Settings, say: dict[str, str]) -> int:
    found = migrate.checked(settings)
    for _, key, facts in found:
        print(say[key].format_map(facts))
    return int(any(state == "bad" for state, _, _ in found))


def _migrate(arguments: argparse.Namespace, settings: Settings, say: dict[str, str]) -> int:
    move = migrate.to_postgresql if arguments.to == "postgresql" else migrate.to_files
    counted = move(settings)
    for book, lines in counted.items():
        if book != "uploads":
            print(say["store_moved_log"].format(book=book, lines=lines))
    print(say["store_moved_uploads"].format(count=counted["uploads"]))
    print(say[f"store_moved_{arguments.to}"])
    return 0


def _adopt(arguments: argparse.Namespace, settings: Settings, say: dict[str, str]) -> int:
    actor = signed_in_actor(settings, arguments.by)
    for space in SPACES:
        snapshot_id = publish.adopt(settings, space, actor)
        print(say["published"].format(space=space, snapshot_id=snapshot_id))
    return 0


RUNS = {"check": _check, "migrate": _migrate, "adopt": _adopt}
