"""A disk that is full, read-only or failing: at every place that writes, the state before or after, one plain sentence."""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from filelock import FileLock

from etl import build as building
from etl import commit, desk, keep, publish
from etl.findings import words
from store import accounts, citations, ledger, sessions, shows
from store.access import ADMINISTRATOR
from store.errors import DiskError
from store.settings import Settings
from store.snapshot import current_id
from tests import builders
from tests.benchmark import invariants

TODAY = date(2025, 6, 1)
SPACE = "official"
TEN = builders.rows("01837,pay_rate,2024-Q1,10,100,,")
TWELVE = builders.rows("01837,pay_rate,2024-Q1,12,100,,", "02017,pay_rate,2024-Q1,3,50,,")
# What anything of the product writes with; opening for reading is let pass.
DOORS = (
    (os, "fsync"),
    (os, "truncate"),
    (Path, "mkdir"),
    (Path, "write_bytes"),
    (Path, "write_text"),
    (Path, "open"),
    (Path, "replace"),
    (pd.DataFrame, "to_parquet"),
    (duckdb, "connect"),
    (FileLock, "acquire"),
)


class Disk:
    """Counts what is written, and refuses the ``at``-th time with an error number."""

    def __init__(self, number: int, at: int = 0) -> None:
        self.number, self.at, self.count = number, at, 0

    def door(self, name: str, whole: Callable) -> Callable:
        def opened(*given: object, **more: object) -> object:
            if name == "open" and not set(str(given[1] if len(given) > 1 else more.get("mode", "r"))) & set(
                "wax+"
            ):
                return whole(*given, **more)
            if name == "connect" and more.get("read_only"):
                return whole(*given, **more)
            self.count += 1
            if self.count == self.at:
                raise OSError(self.number, os.strerror(self.number))
            return whole(*given, **more)

        return opened


@contextmanager
def disk(number: int = errno.ENOSPC, at: int = 0) -> Iterator[Disk]:
    """A disk that refuses once."""
    made = Disk(number, at)
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in DOORS:
            patch.setattr(owner, name, made.door(name, getattr(owner, name)))
        yield made


@pytest.fixture
def place(tmp_path: Path) -> Callable[[], Settings]:
    """Gives copies of one small installation with one accepted file."""
    settings = builders.settings(tmp_path / "first")
    publish.load_bytes(settings, SPACE, [("tep.csv", TEN)], builders.LAN, TODAY)
    made = 0

    def copy() -> Settings:
        nonlocal made
        made += 1
        folder = tmp_path / f"runtime-{made}"
        shutil.copytree(settings.runtime_dir, folder)
        return replace(settings, runtime_dir=folder)

    return copy


def _send(settings: Settings) -> None:
    files = [("moi.csv", TWELVE)]
    seen = desk.propose(settings, SPACE, files, builders.LAN, on=TODAY)
    given = {"acknowledged": seen.warnings, "note": "đính chính", "on": TODAY}
    desk.submit(settings, SPACE, files, builders.LAN, seen=seen.changes.digest, **given)


def test_a_full_disk_at_any_place_leaves_the_state_before_or_after(place: Callable[[], Settings]) -> None:
    with disk() as whole:
        _send(place())
    assert whole.count > 15
    codes, states = set(), set()
    places = {*range(1, whole.count + 1, 4), *range(whole.count - 2, whole.count + 1)}
    for at in sorted(places):  # a sample; every place takes half a minute
        settings = place()
        before = current_id(settings, SPACE), len(invariants.accepted(settings))
        with disk(at=at) as full:
            try:
                _send(settings)
                refused = ""  # what the full disk kept from being tidied away is tidied next time
            except DiskError as error:
                refused = error.code
        assert full.count >= at
        codes.add(refused)
        with commit.space_lock(settings, SPACE):
            pass
        assert invariants.violations(settings, put_right=True, opened=False) == [], at
        after = current_id(settings, SPACE), len(invariants.accepted(settings))
        states.add(after == before)
        if refused == "disk.full":
            assert after == before, f"nothing may have changed at {at}"
        elif refused == "disk.unsure":
            assert after[1] == before[1] + 1, "what stands in the log is finished by the next writing"
    assert {"disk.full", "disk.unsure"} <= codes and states == {True, False}


def test_other_acts_say_the_same(place: Callable[[], Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    settings = place()
    publish.load_bytes(settings, SPACE, [("moi.csv", TWELVE)], builders.LAN, TODAY)
    (upload,) = invariants.accepted(settings)[-1:]
    present = current_id(settings, SPACE)
    acts: dict[str, Callable[[], object]] = {
        "withdraw": lambda: desk.withdraw(settings, SPACE, upload, builders.LAN, "sai"),
        "rollback": lambda: publish.rollback(settings, SPACE, builders.LAN),
        "prune": lambda: keep.prune(settings, SPACE, 1, builders.LAN),
        "build": lambda: building.build(settings, SPACE, until=date(2020, 1, 1)),
        "cite": lambda: citations.cite(settings, None, SPACE, present, "map", {}, "vi"),
        "show": lambda: shows.save(settings, SPACE, None, "họp", shows.plan_of({}), accounts=False),
        "account": lambda: accounts.add(
            settings, builders.LAN, "lan", "", ADMINISTRATOR, (), "một câu ngắn dễ nhớ", ""
        ),
    }
    for name, act in acts.items():
        for number, code in (
            (errno.ENOSPC, "disk.full"),
            (errno.EROFS, "disk.refused"),
            (errno.EIO, "disk.failed"),
        ):
            before = builders.everything_below(settings.space_dir(SPACE))
            with disk(number, at=1), pytest.raises(DiskError) as refused:
                act()
            assert refused.value.code == code, name
            assert builders.everything_below(settings.space_dir(SPACE)) == before, name


def test_a_line_of_the_log_that_did_not_fit_does_not_stand_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger.append(path, "publish", "Lan", snapshot_id="a")
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        ledger.append_together(path, "Lan", [("accept", {}), ("publish", {})])
    assert path.read_bytes() == before
    monkeypatch.undo()
    ledger.append(path, "publish", "Lan", snapshot_id="b")
    assert ledger.verify(path) is None and ledger.length(path) == 2


def test_who_is_signed_in_reads_on_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = builders.settings(tmp_path)
    accounts.add(settings, builders.LAN, "lan", "", ADMINISTRATOR, (), "một câu ngắn dễ nhớ", "")
    token = sessions.sign_in(settings, "lan", "một câu ngắn dễ nhớ")

    def refused(*_: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(sessions, "TOUCH", sessions.TOUCH * 0)
    monkeypatch.setattr(os, "open", refused)
    assert sessions.session(settings, token).name == "lan"
    with pytest.raises(DiskError, match=r"disk\.refused"):
        sessions.sign_in(settings, "lan", "một câu ngắn dễ nhớ")


def run(code: str, folder: Path) -> subprocess.CompletedProcess:
    """A command line of its own over the installation below a folder."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("BOARD_")}
    environ |= {
        "BOARD_DATA": str(folder / "data"),
        "BOARD_RUNTIME": str(folder / "runtime"),
        "PYTHONUTF8": "1",
    }
    root = Path(__file__).resolve().parents[3]
    return subprocess.run(
        [sys.executable, "-B", "-c", code],
        cwd=root,
        env=environ,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


LIMITED = """
import resource, sys
from etl import cli
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
sys.exit(cli.main(["load", FILE, "--as", "Lan"]))
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of a process are the system's")
@pytest.mark.of_files
def test_a_real_limit_in_the_midst_of_a_snapshot_is_one_sentence(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    publish.load_bytes(settings, SPACE, [("tep.csv", TEN)], builders.LAN, TODAY)
    file = tmp_path / "moi.csv"
    file.write_bytes(builders.rows("02017,pay_rate,2024-Q1,3,50,,"))
    before = builders.everything_below(settings.runtime_dir)
    done = run(LIMITED.replace("FILE", repr(str(file))), tmp_path)
    reason = words("vi")["disk.full"]
    assert (done.returncode, done.stderr.strip()) == (1, words("vi")["error"].format(reason=reason))
    assert builders.everything_below(settings.runtime_dir) == before


READ_ONLY = """
import os
from etl import cli
cli.main(["check", FILE])  # reads all that a stranger may not read: the libraries of whoever runs the tests
if os.geteuid() == 0:
    os.setuid(65534)
print(cli.main(["status"]), cli.main(["load", FILE, "--as", "Lan"]))
"""


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
@pytest.mark.of_files
def test_a_folder_that_may_only_be_read_is_shown_and_not_written(tmp_path: Path) -> None:
    """Rights do not hold for root, who therefore does it as nobody."""
    folder = Path(tempfile.mkdtemp(prefix="board-read-only-"))
    try:
        settings = builders.settings(folder)
        publish.load_bytes(settings, SPACE, [("tep.csv", TEN)], builders.LAN, TODAY)
        file = folder / "moi.csv"
        file.write_bytes(builders.rows("02017,pay_rate,2024-Q1,3,50,,"))
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        done = run(READ_ONLY.replace("FILE", repr(str(file))), folder)
        assert done.stdout.splitlines()[-1] == "0 1", done.stderr
        assert current_id(settings, SPACE) in done.stdout
        assert words("vi")["disk.refused"] in done.stderr and "Traceback" not in done.stderr
    finally:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        shutil.rmtree(folder)
