"""Many at once: several processes send, have accepted and load files of one space, as officials and commands do.

Whoever is told that the comparison is stale looks at the new one and sends again, as the page offers. Every fifth file
alters the same figure, so that this happens.
"""

import contextlib
import io
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

from etl import cli, commit, desk, keep, publish, replica
from store import ledger
from store.errors import StaleDiff
from store.settings import FILES, Settings
from tests import builders
from tests.benchmark import invariants
from tests.benchmark.forked import answer, fork
from tests.benchmark.invariants import SPACE
from tests.benchmark.kills import COMMUNES, DAY, INDICATORS, QUARTERS, upload

CONTESTED = (COMMUNES[0], INDICATORS[0], QUARTERS[0])
FREE = [(a, i, p) for a in COMMUNES for i in INDICATORS for p in QUARTERS if (a, i, p) != CONTESTED]
WAYS = ("contest", "second person", "load", "submit", "command")


@dataclass
class Sent:
    """One file that arrived. ``old``: the per mille its sender was shown as standing before (-1: none)."""

    way: str
    upload_id: str
    figure: tuple[str, str, str]
    new: int
    old: float
    seconds: float
    stale: int = 0


@dataclass(frozen=True)
class Person:
    """One process: what it sends, and where."""

    settings: Settings
    number: int
    uploads: int
    folder: Path
    go: int

    def work(self) -> dict:
        """Everything it sends, the waits for the lock, and when it was done."""
        os.environ["BOARD_RUNTIME"] = str(self.settings.runtime_dir)
        answer("ready")
        os.read(self.go, 1)  # the start: the other end is closed
        waits: list[float] = []
        sent = []
        with _timed(waits):
            for place in range(self.uploads):
                sent.append(vars(self._send(place)))
        return {"sent": sent, "waits": waits, "ended": time.monotonic()}

    def _send(self, place: int) -> Sent:
        number = self.number * self.uploads + place
        way = WAYS[place % len(WAYS)]
        figure = CONTESTED if way == "contest" else FREE[number % len(FREE)]
        per_mille = 1 + number % 999
        name, data = f"tep{number}.csv", upload([(*figure, per_mille)]).encode()
        begun = time.monotonic()
        item = Sent(way, "", figure, per_mille, -1, 0)
        files = [(name, data)]
        if way == "load":
            item.upload_id = publish.load_bytes(self.settings, SPACE, files, builders.LAN, DAY)[0].upload_id
        elif way == "command":
            item.upload_id = self._command(name, data)
        else:
            two = replace(self.settings, second_person=way == "second person")
            self._submit(two, files, item)
        item.seconds = time.monotonic() - begun
        return item

    def _submit(self, settings: Settings, files: list[tuple[str, bytes]], item: Sent) -> None:
        """Look, send; where it is stale look again."""

        def send() -> desk.Submission:
            proposal = desk.propose(settings, SPACE, files, builders.LAN, on=DAY)
            old = proposal.changes.rows["old_numerator"].fillna(-1).tolist()
            sent = desk.submit(
                settings, SPACE, files, builders.LAN, seen=proposal.changes.digest,
                acknowledged=proposal.warnings, note="đính chính", on=DAY,
            )[0]  # fmt: skip
            item.old = old[0]
            return sent

        submission = _until_fresh(send, item)
        item.upload_id = submission.upload_id

        def accept() -> None:
            proposal = desk.review(settings, SPACE, [submission.id], DAY)
            desk.accept(settings, SPACE, [submission.id], builders.HOA, seen=proposal.changes.digest, on=DAY)

        if settings.second_person:
            _until_fresh(accept, item)

    def _command(self, name: str, data: bytes) -> str:
        """``python -m etl load``, in this process."""
        path = self.folder / name
        path.write_bytes(data)
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = cli.main(["load", str(path), "--space", SPACE, "--as", "Lan"])
        assert code == 0, out.getvalue()
        return publish.check_files(self.settings, SPACE, [(name, data)], DAY)[0].upload_id


def _until_fresh(act: Callable, item: Sent) -> desk.Submission:
    while True:
        try:
            return act()
        except StaleDiff:
            item.stale += 1


@contextmanager
def _timed(waits: list[float]) -> Iterator[None]:
    """Note how long each first taking of the lock waits."""
    whole = commit.FileLock.acquire

    def acquire(lock: commit.FileLock, *given: object, **more: object) -> object:
        begun = time.monotonic()
        first = not lock.is_locked
        done = whole(lock, *given, **more)
        if first:
            waits.append(time.monotonic() - begun)
        return done

    with mock.patch.object(commit.FileLock, "acquire", acquire):
        yield


def watched(settings: Settings, go: int) -> dict:
    """Somebody who only looks, the whole time: the log is whole and what is shown can be read, at every look."""
    answer("ready")
    os.read(go, 1)
    looks, mistakes, done = 0, [], settings.runtime_dir / "done"
    while not done.exists():
        looks += 1
        state, line = keep.verify_log(settings, SPACE)
        if state != "whole":
            mistakes.append(f"a look at the log while others wrote: {state} at line {line}")
        try:
            invariants.shown(settings, publish.published_id(settings, SPACE))
            desk.submissions(settings, SPACE)
        except Exception as error:
            mistakes.append(f"a look while others wrote: {type(error).__name__}: {error}")
        time.sleep(0.05)  # somebody who looks, and not a load of its own
    return {"looks": looks, "mistakes": mistakes}


def crowd(folder: Path, processes: int, uploads: int, store: str = FILES) -> tuple[str, list[str]]:
    """Let them all send; gives a line that says how it went, and every promise that was broken. Where servers share a
    ``store``, every second process is on another one."""
    settings = replace(builders.settings(folder), store=store)
    other = replace(settings, runtime_dir=folder / "other") if settings.is_shared else settings
    os.environ |= {"BOARD_DATA": str(settings.reference_dir.parent), "BOARD_STORE": store}  # for the commands
    (folder / "files").mkdir()
    settings.runtime_dir.mkdir()
    reading, writing = os.pipe()
    people = [
        Person((settings, other)[number % 2], number, uploads, folder / "files", reading)
        for number in range(processes)
    ]
    children = [fork(_unlinked, writing, person.work) for person in people]
    watcher = fork(_unlinked, writing, watched, settings, reading)
    try:
        for child in (*children, watcher):
            child.expect("ready")
        begun = time.monotonic()
        os.close(writing)
        results, mistakes = [], []
        for number, child in enumerate(children):
            try:
                results.append(child.result())
            except RuntimeError as error:
                mistakes.append(f"process {number}: {error}")
        took = time.monotonic() - begun
        (settings.runtime_dir / "done").touch()
        watching = watcher.result()
        judge = fork(_judged, settings, results, processes * uploads)
        mistakes += judge.result()
        judge.close()
    finally:
        for child in (*children, watcher):
            child.close()
        os.close(reading)
    return _said(results, begun, took, watching["looks"]), mistakes + watching["mistakes"]


def _unlinked(writing: int, work: Callable, *given: object) -> object:
    """The start is the closing of a pipe: a child must not hold its end."""
    os.close(writing)
    return work(*given)


def _said(results: list[dict], begun: float, took: float, looks: int) -> str:
    sent = [item for result in results for item in result["sent"]]
    waits = sorted(wait for result in results for wait in result["waits"])
    ends = [result["ended"] - begun for result in results]
    seconds = sorted(item["seconds"] for item in sent)
    if not sent:
        return "nothing arrived"
    return (
        f"{len(results)} processes, {len(sent)} uploads in {took:.0f} s, "
        f"{sum(item['stale'] for item in sent)} stale (one of them {max(item['stale'] for item in sent)} times), "
        f"wait for the lock: median {waits[len(waits) // 2]:.1f} s, 99 % {waits[len(waits) * 99 // 100]:.1f} s, "
        f"worst {waits[-1]:.1f} s; an upload: median {seconds[len(seconds) // 2]:.1f} s, worst {seconds[-1]:.1f} s; "
        f"first process done after {min(ends):.0f} s, last after {max(ends):.0f} s; looked at {looks} times"
    )


def _judged(settings: Settings, results: list[dict], wanted: int) -> list[str]:
    """Every file accepted once, no figure lost, nobody overwrote what they had not seen."""
    replica.follow(settings, SPACE)
    mistakes = invariants.violations(settings, put_right=True)
    sent = [item for result in results for item in result["sent"]]
    lines = ledger.read(commit.ledger_path(settings, SPACE))
    times = Counter(entry["upload_id"] for entry in lines if entry["act"] == "accept")
    if len(sent) != wanted or times != Counter({item["upload_id"]: 1 for item in sent}):
        mistakes.append(f"{len(sent)} of {wanted} arrived; accepted: {sorted(times.values())}")
    shown = invariants.shown(settings, publish.published_id(settings, SPACE))
    by_id = {item["upload_id"]: item for item in sent}
    for item in sent:
        if item["way"] != "contest" and shown.get(tuple(item["figure"])) != (item["new"], item["upload_id"]):
            mistakes.append(f"lost: {item}")
    before = -1.0
    for name in invariants.accepted(settings):
        if name in by_id and by_id[name]["way"] == "contest":
            if by_id[name]["old"] != before:
                mistakes.append(f"altered {before} unseen: {by_id[name]}")
            before = by_id[name]["new"]
    if orphans := invariants.orphans(settings):
        mistakes.append(f"nobody was killed and yet there are folders that no line names: {orphans}")
    return mistakes
