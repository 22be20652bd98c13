"""What may be written behind ``python -m etl``: commands, options and what they mean."""

import argparse
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from etl import doctor
from store.access import ROLES
from store.settings import ENGINES, SPACES, Settings

Run = Callable[[argparse.Namespace, Settings], int]


def parser(runs: Mapping[str, Run], version: str) -> argparse.ArgumentParser:
    """The whole grammar; ``runs`` says by name what carries a command out."""
    every = argparse.ArgumentParser(
        prog="python -m etl", description="CSV -> findings -> snapshot -> published"
    )
    every.add_argument("--version", action="version", version=version, help="version and build")
    commands = every.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=runs[name])
        return command

    def space(command: argparse.ArgumentParser, default: str | None = "official") -> None:
        text = f"data space ({default or 'both'})"
        command.add_argument("--space", choices=SPACES, default=default, help=text)

    def by(command: argparse.ArgumentParser) -> None:
        command.add_argument(
            "--as", dest="by", default=None, metavar="NAME", help="who is recorded in the log"
        )

    for name, text in (
        ("check", "judge files and write nothing"),
        ("load", "check, accept, build and publish files: all or none"),
    ):
        command = add(name, text)
        command.add_argument("files", nargs="+", type=Path, metavar="FILE")
        command.add_argument("--json", action="store_true", help="one JSON object per file")
        space(command)
        if name == "load":
            by(command)
    _add_desk(add, space, by)
    space(add("build", "build the snapshot of a space, publish nothing"))
    command = add("publish", "publish a snapshot; without an id, build and publish the newest state")
    command.add_argument("snapshot", nargs="?", metavar="SNAPSHOT")
    space(command)
    by(command)
    command = add("rollback", "return to the snapshot published before")
    space(command)
    by(command)
    command = add(
        "prune", "remove snapshots that are neither published nor cited nor among the newest publications"
    )
    command.add_argument(
        "--keep", type=_positive, required=True, metavar="N", help="how many publications stay"
    )
    space(command)
    by(command)
    space(add("status", "what is published"), default=None)
    command = add("log", "the audit log")
    command.add_argument("--verify", action="store_true", help="recompute the chain of hashes")
    space(command, default=None)
    add("init", "build and publish both spaces where something is missing or has changed")
    doctor.grammar(add("doctor", doctor.TEXT))
    _add_boundaries(add("boundaries", "import administrative boundaries and publish them"), by)
    _add_dossiers(
        add("dossiers", "compute a period's figures from dossiers, in the form of an upload"), space, by
    )
    _add_users(add("users", "accounts of people; whoever may write to the runtime folder manages them"))
    _add_store(add("store", "the store that several servers share (BOARD_STORE)"), by)
    for name, text in (
        ("backup", "one file from which the installation can be made again; the board may run meanwhile"),
        ("restore", "make the installation that a backup holds; checked before anything is replaced"),
        ("upgrade", "bring an earlier release's runtime folder to the present layout, after a backup of it"),
    ):
        _add_keeping(add(name, text), name)
    return every


def _add_keeping(command: argparse.ArgumentParser, name: str) -> None:
    if name == "backup":
        command.add_argument(
            "file", type=Path, metavar="FILE", help="file to write; in a folder it is named after the time"
        )
        command.add_argument(
            "--keep", type=_positive, metavar="N", help="in a folder: how many backups stay (all)"
        )
    elif name == "restore":
        command.add_argument("file", type=Path, metavar="FILE", help="a backup")
        command.add_argument(
            "--into",
            type=Path,
            metavar="FOLDER",
            help="instead of BOARD_RUNTIME, always as one machine's files",
        )
        command.add_argument(
            "--replace", action="store_true", help="also where something is already; that stays aside"
        )


def _add_store(command: argparse.ArgumentParser, by: Callable) -> None:
    """What an installation on several servers needs now and then."""
    acts = command.add_subparsers(required=True, metavar="ACT", dest="act")
    text = "verify logs and bytes in the store, and say how this server's copy stands"
    acts.add_parser("check", help=text, description=text)
    text = (
        "move one machine's files into the store, or this server's copy back to files; compared hash by hash"
    )
    move = acts.add_parser("migrate", help=text, description=text)
    move.add_argument("--to", choices=("postgresql", "files"), required=True)
    text = "publish by this server's definitions and program, which are those of all servers from then on"
    by(acts.add_parser("adopt", help=text, description=text))


def _add_desk(add: Callable, space: Callable, by: Callable) -> None:
    """The way of a file step by step, as on the pages."""
    command = add(
        "submit", "send files: they wait for a second person, or are published where none is asked for"
    )
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    _add_sending(command, space, by)
    space(add("submissions", "files that were sent, and their state"))
    command = add("accept", "accept waiting files and publish them: all or none")
    command.add_argument("ids", nargs="+", metavar="ID")
    space(command)
    by(command)
    for name, metavar, text in (
        ("return", "ID", "return a waiting file to its sender"),
        ("withdraw", "UPLOAD", "take an accepted upload out of the figures"),
    ):
        command = add(name, text)
        command.add_argument("id", metavar=metavar)
        command.add_argument("--why", required=True, metavar="TEXT", help="reason, shown and logged")
        space(command)
        by(command)
    command = add("take-back", "take one's own waiting file back")
    command.add_argument("id", metavar="ID")
    space(command)
    by(command)
    command = add("as-of", "the snapshot as it stood at the end of a day")
    command.add_argument("day", type=_day, metavar="YYYY-MM-DD")
    space(command)


def _add_sending(command: argparse.ArgumentParser, space: Callable, by: Callable) -> None:
    """What whoever sends figures says with them."""
    command.add_argument("--note", default="", metavar="TEXT", help="why, needed where figures are altered")
    command.add_argument("--acknowledge", action="store_true", help="the warnings were looked at")
    command.add_argument(
        "--replaces", action="append", default=[], metavar="UPLOAD", help="upload superseded as a whole"
    )
    space(command)
    by(command)


def _add_dossiers(command: argparse.ArgumentParser, space: Callable, by: Callable) -> None:
    command.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="CSV or Parquet, docs/dossiers.md"
    )
    command.add_argument("--period", required=True, metavar="PERIOD", help="such as 2024-Q4, 2024-10, 2024")
    command.add_argument("--engine", choices=ENGINES, help="instead of BOARD_ENGINE")
    command.add_argument("--out", type=Path, metavar="CSV", help="write the figures in the form of an upload")
    command.add_argument("--submit", action="store_true", help="send them, as the command submit does")
    _add_sending(command, space, by)


def _day(text: str) -> date:
    """A day as 2024-06-30; anything else is wrong use."""
    return date.fromisoformat(text)


_day.__name__ = "day"  # what argparse calls it in a refusal


def _positive(text: str) -> int:
    """A number from 1; anything else is wrong use."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


_positive.__name__ = "number from 1"


def _add_users(command: argparse.ArgumentParser) -> None:
    """Passwords are no options: arguments are seen by every program of the machine."""
    acts = command.add_subparsers(required=True, metavar="ACT", dest="act")

    def add(name: str, text: str, named: bool = True) -> argparse.ArgumentParser:
        act = acts.add_parser(name, help=text, description=text)
        if named:
            act.add_argument("name", metavar="NAME", help="3 to 40 of a-z, 0-9, point, hyphen, underscore")
        return act

    def facts(act: argparse.ArgumentParser, new: bool) -> None:
        unset = "" if new else None
        act.add_argument("--display", default=unset, metavar="TEXT", help="how pages call the person")
        act.add_argument("--role", choices=ROLES, required=new)
        act.add_argument(
            "--area",
            dest="areas",
            action="append",
            default=[],
            metavar="COMMUNE",
            help="id, code or name of a commune a reporter answers for; repeatable",
        )
        act.add_argument("--identity", default=unset, metavar="EMAIL", help="address at the sign-in service")

    act = add(
        "first-code", "a code to make the first administrator's account with, once, within a day", named=False
    )
    act.add_argument("--if-needed", action="store_true", help="say nothing where there is an administrator")
    add("list", "every account", named=False)
    facts(add("add", "make an account; asks for the password"), new=True)
    act = add("change", "change what is given, leave the rest; communes replace those before")
    facts(act, new=False)
    state = act.add_mutually_exclusive_group()
    state.add_argument(
        "--activate", dest="active", action="store_const", const=True, help="switch on, and open a lock"
    )
    state.add_argument("--deactivate", dest="active", action="store_const", const=False, help="switch off")
    add("password", "set another password; asks for it")
    add("log", "the log of accounts", named=False).add_argument(
        "--verify", action="store_true", help="recompute the chain of hashes"
    )
    text = "erase what is personal of accounts switched off longer than BOARD_KEEP_PERSONAL_DAYS; logs stay whole"
    add("retain", text, named=False)


def _day_of_map(text: str) -> date:
    """2024-06-30, or 2024-06 for its first day; a year alone does not say on which side of the mergers it lies."""
    return _day(f"{text}-01" if len(text) == len("2024-06") else text)


_day_of_map.__name__ = "day"


def _add_boundaries(command: argparse.ArgumentParser, by: Callable) -> None:
    command.add_argument(
        "files",
        nargs=1,
        type=Path,
        metavar="FILE",
        help="GeoJSON, zipped Shapefile, GeoPackage, GADM or OSM extract",
    )
    command.add_argument(
        "--vintage", "--valid-on", dest="vintage", type=_day_of_map, required=True, metavar="DAY",
        help="day the map shows, as 2024-06-30 or 2025-07: one code means different units at different times",
    )  # fmt: skip
    command.add_argument("--source", required=True, help="who made the map")
    command.add_argument("--licence", required=True, help="under which terms it may be used")
    command.add_argument(
        "--attribution", default="", help="sentence to show on the map; the source when left out"
    )
    command.add_argument("--level", choices=("commune", "district", "province"), default="commune")
    command.add_argument(
        "--crs",
        type=int,
        metavar="EPSG",
        help="coordinate system, over what the file says: 4326, 9213 and other VN-2000 zones, 3405, 3406, 32648",
    )
    command.add_argument("--code-column", default="", help="column with the official code; - for none")
    command.add_argument("--name-column", default="", help="column with the name; - for none")
    command.add_argument("--layer", help="layer of a file that has several")
    command.add_argument("--admin-level", metavar="LEVEL", help="admin_level of an OSM extract")
    command.add_argument(
        "--match",
        type=Path,
        metavar="CSV",
        help="assignments made by hand: feature,area (- leaves a shape out)",
    )
    command.add_argument("--check", action="store_true", help="report only, import nothing")
    by(command)
