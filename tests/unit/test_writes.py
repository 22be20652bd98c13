"""Whoever may not write is refused at the place of writing, called without any page; and no writer is forgotten here."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from etl import commit, desk, keep, publish
from etl.boundaries import journey
from store import accounts, boundaries, citations, ledger, retention, shows
from store.access import ADMINISTRATOR, APPRAISER, REPORTER, VIEWER, User
from store.errors import NotPermitted, UploadRejected
from store.settings import Settings
from store.snapshot import current_id
from tests import builders
from tests.maps import make_maps as make

ROOT = Path(__file__).resolve().parents[2]
SPACE, TODAY = "official", date(2025, 6, 1)
SONG_CAU = User("sc.lan", REPORTER, ("01837-2020",))
STRANGERS = {
    "viewer": User("xem", VIEWER),
    "other_commune": User("qt.mai", REPORTER, ("02017-2020",)),
    "appraiser": User("tinh.hoa", APPRAISER),
}
OWN = [("a.csv", builders.rows("01837,pay_rate,2024-Q1,10,100,,"))]
THEIRS = [("b.csv", builders.rows("01837,pay_rate,2024-Q2,12,100,,"))]


@dataclass(frozen=True)
class Place:
    """An installation in which everything can be done: two publications, a file that waits, a map, a show."""

    settings: Settings
    waiting: str
    upload: str
    first: str
    version: str
    examined: journey.Examined


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder: Path = tmp_path_factory.mktemp("writes")
    settings = builders.settings(folder)
    first = publish.refresh(settings, SPACE)[0]
    [sent] = publish.load_bytes(settings, SPACE, OWN, builders.LAN, TODAY)
    path = make.write(make.coded(), folder / "xa.geojson")
    asked = journey.Asked(date(2025, 6, 30), "Sở", "MIT")
    journey.accept(settings, journey.examine(settings, path, asked), builders.LAN)
    strict = replace(settings, second_person=True)
    proposal = desk.propose(strict, SPACE, THEIRS, SONG_CAU, on=TODAY)
    given = {"seen": proposal.changes.digest, "acknowledged": proposal.warnings, "on": TODAY}
    [waiting] = desk.submit(strict, SPACE, THEIRS, SONG_CAU, **given)
    accounts.add(settings, builders.LAN, "quan.tri", "", ADMINISTRATOR, (), "một câu đủ dài nhé")
    shows.save(settings, SPACE, SONG_CAU, "Hội nghị", shows.Plan(), accounts=True)
    version = boundaries.standing(settings)[0]["version"]
    examined = journey.examine(settings, path, asked)
    return Place(settings, waiting.id, sent.upload_id, first, version, examined)


Act = Callable[[Place, User], Any]
# Every writer with a person; ``may``: which of the strangers may after all.
WRITERS: dict[str, tuple[Act, tuple[str, ...]]] = {
    "etl.desk.propose": (lambda p, u: desk.propose(p.settings, SPACE, THEIRS, u, on=TODAY), ("appraiser", "other_commune")),
    "etl.desk.submit": (lambda p, u: desk.submit(p.settings, SPACE, THEIRS, u, seen="", on=TODAY), ("appraiser",)),
    "etl.desk.accept": (lambda p, u: desk.accept(p.settings, SPACE, [p.waiting], u, on=TODAY), ("appraiser",)),
    "etl.desk.send_back": (lambda p, u: desk.send_back(p.settings, SPACE, p.waiting, u, "x"), ("appraiser",)),
    "etl.desk.take_back": (lambda p, u: desk.take_back(p.settings, SPACE, p.waiting, u), ()),
    "etl.desk.withdraw": (lambda p, u: desk.withdraw(p.settings, SPACE, p.upload, u, "x"), ("appraiser",)),
    "etl.publish.publish": (lambda p, u: publish.publish(p.settings, SPACE, p.first, u), ("appraiser",)),
    "etl.publish.rollback": (lambda p, u: publish.rollback(p.settings, SPACE, u), ("appraiser",)),
    "etl.publish.adopt": (lambda p, u: publish.adopt(p.settings, SPACE, u), ("appraiser",)),
    "etl.publish.load_bytes": (lambda p, u: publish.load_bytes(p.settings, SPACE, THEIRS, u, TODAY), ("appraiser",)),
    "etl.publish.load": (lambda p, u: publish.load(p.settings, SPACE, [_written(p)], u, TODAY), ("appraiser",)),
    "etl.keep.prune": (lambda p, u: keep.prune(p.settings, SPACE, 1, u), ("appraiser",)),
    "etl.boundaries.journey.accept": (lambda p, u: journey.accept(p.settings, p.examined, u), ()),
    "etl.boundaries.journey.withdraw": (lambda p, u: journey.withdraw(p.settings, p.version, u), ()),
    "store.accounts.add": (lambda p, u: accounts.add(p.settings, u, "moi", "", VIEWER, (), "một câu đủ dài"), ()),
    "store.accounts.change": (lambda p, u: accounts.change(p.settings, u, "quan.tri", display="x"), ()),
    "store.accounts.set_password": (lambda p, u: accounts.set_password(p.settings, u, "quan.tri", "một câu đủ dài"), ()),
    "store.retention.retain": (lambda p, u: retention.retain(p.settings, u), ()),
    "store.shows.delete": (lambda p, u: shows.delete(p.settings, SPACE, u, "Hội nghị", accounts=True), ("appraiser",)),
    "store.shows.save": (lambda p, u: shows.save(p.settings, SPACE, None, "x", shows.Plan(), accounts=False), ()),
    "store.citations.cite": (lambda p, u: citations.cite(replace(p.settings, reading="members"), None, SPACE,
                             current_id(p.settings, SPACE), "overview", {}, "vi"), ()),
}  # fmt: skip
# Functions with a person that ask nobody, and why that is right.
ASKED_BEFORE = {
    "etl.publish.turn": "under the lock of a writer that has asked; pages and commands have no way to it",
    "etl.publish.refresh": "the product brings a space up to its own inputs when it starts; publish asks again",
    "store.account_rows.insert": "a row inside a transaction of store.accounts",
}


def _written(place: Place) -> Path:
    path = place.settings.runtime_dir.parent / "b.csv"
    path.write_bytes(THEIRS[0][1])
    return path


def _functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Public functions of the parts that write, by their full name."""
    for path in (*(ROOT / "etl").rglob("*.py"), *(ROOT / "store").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for item in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(item, ast.FunctionDef) and not item.name.startswith("_"):
                yield f"{module}.{item.name}", item


def test_no_writer_is_forgotten() -> None:
    with_a_person = {
        name
        for name, item in _functions()
        if not name.startswith("store.access.")
        and any(
            argument.annotation is not None and "User" in ast.unparse(argument.annotation)
            for argument in (*item.args.args, *item.args.kwonlyargs)
        )
    }
    assert with_a_person == WRITERS.keys() | ASKED_BEFORE.keys()


def test_nothing_is_logged_or_shown_by_functions_without_a_person() -> None:
    """Whatever writes a line of a log or moves the pointer has a person among its arguments, or is one of these."""
    own = {
        "etl.replica",  # one server's copy of what others wrote
        "store.books",
        "store.ledger",
        "store.accounts_file",
        "store.sessions",  # people sign in, out and change their own password: the old one is the proof
        "etl.commit",  # puts right what a killed process left, under the lock
    }
    found = set()
    for name, item in _functions():
        asked = {ast.unparse(part.func) for part in ast.walk(item) if isinstance(part, ast.Call)}
        writes = {"ledger.append", "ledger.append_together", "turn", "publish.turn", "point_to", "note"}
        if asked & writes or any(
            text.endswith("books(settings).append") or text == "way.append" for text in asked
        ):
            found.add(name)
    without = {name for name in found if name not in WRITERS and name.rpartition(".")[0] not in own}
    # The first account is made by whoever holds the code that only the machine's command line gives.
    assert without == {"etl.publish.turn", "store.accounts.new_first_code", "store.accounts.create_first"}


REFUSED = [(name, who) for name, (_, may) in WRITERS.items() for who in STRANGERS if who not in may]


@pytest.mark.parametrize(("name", "who"), REFUSED)
def test_whoever_may_not_is_refused_where_it_is_written(place: Place, name: str, who: str) -> None:
    act = WRITERS[name][0]
    before = builders.everything_below(place.settings.runtime_dir)
    if name.endswith((".load", ".load_bytes")) and who == "other_commune":
        # A reporter may send, but not for this commune: that is a finding, and keeps the file out.
        [found] = act(place, STRANGERS[who])
        assert found.report.blocked
    else:
        foreign = (name, who) == ("etl.desk.submit", "other_commune")
        with pytest.raises(UploadRejected if foreign else NotPermitted):
            act(place, STRANGERS[who])
    assert builders.everything_below(place.settings.runtime_dir) == before
    assert ledger.verify(commit.ledger_path(place.settings, SPACE)) is None


def test_people_do_what_is_theirs(place: Place) -> None:
    """The refusals above are about the person and nothing else: the same calls succeed for whoever may."""
    desk.take_back(place.settings, SPACE, place.waiting, SONG_CAU)
    journey.withdraw(place.settings, place.version, builders.LAN)
    accounts.change(place.settings, builders.LAN, "quan.tri", display="Chị Quản")
    desk.withdraw(place.settings, SPACE, place.upload, STRANGERS["appraiser"], "gửi nhầm")
    shows.delete(place.settings, SPACE, SONG_CAU, "Hội nghị", accounts=True)
    states = {item.id: item.state for item in desk.submissions(place.settings, SPACE)}
    assert states[place.waiting] == desk.TAKEN_BACK
