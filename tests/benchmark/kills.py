"""Ends a writing process with SIGKILL: at random instants, before every line that writes, and in the midst of the log.

The process that directs never does any of the work, so what it forks starts with whole libraries. Each trial is planned
and judged by one child and acted by another, which is killed.
"""

import hashlib
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from etl import build, commit, desk, keep, publish, replica
from store import books, ledger, mirror, snapshot
from store.settings import FILES, Settings
from tests import builders
from tests.benchmark import invariants
from tests.benchmark.forked import Child, answer, forked
from tests.benchmark.invariants import SPACE

DAY = date(2025, 6, 1)
COMMUNES = ("01837", "02017", "01912", "01951")
INDICATORS = ("pay_rate", "device_rate", "job_rate", "twin_one", "twin_two")
QUARTERS = tuple(f"{year}-Q{quarter}" for year in range(2021, 2025) for quarter in (1, 2, 3, 4))
ACTS = ("submit", "replace", "send", "accept", "load", "withdraw", "rollback", "publish", "build", "prune")
TRIALS_PER_INSTALLATION = 12  # a long log makes every trial slower and none harder
WRITERS = (
    commit.space_lock.__wrapped__,
    commit._put_right,
    commit.write,
    commit.flush,
    desk._keep,
    desk._count,
    publish.publish,
    publish.rollback,
    publish.turn,
    publish.load_bytes,
    build.build,
    build._write,
    keep.prune,
    commit.remove_snapshot,
    ledger.append_together,
    ledger._write,
    ledger.extend,
    books.Together.append,
    books.Together.keep,
    books.append,
    books.write,
    books.put,
    mirror.extend,
    replica.writing.__wrapped__,
    replica.bring,
    snapshot.point_to,
)
CLEAN_UP = (commit._put_right, snapshot.point_to)


@dataclass
class Plan:
    """One act with what it acts on, and the uploads that ought to count before and after it."""

    act: str
    files: list[tuple[str, str]] = field(default_factory=list)
    target: str = ""
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Fault:
    """How a process is ended: after a share of the act's usual time, before the ``line``-th line that writes, or inside
    the log's ``line``-th writing, of which a share is left."""

    kind: str
    line: int = 0
    share: float = 0.0


# ---------------------------------------------------------------- what is done


def upload(figures: list[tuple[str, str, str, int]]) -> str:
    """A file with some figures (commune, indicator, quarter, per mille)."""
    return builders.rows(*(f"{a},{i},{p},{n},1000,," for a, i, p, n in figures)).decode()


def _new_files(chance: random.Random, count: int) -> list[tuple[str, str]]:
    """Files nobody sent yet: some of their figures alter others. Files of one delivery speak of different communes."""
    return [
        (
            f"tep{chance.randrange(10**9)}.csv",
            upload(
                [
                    (commune, indicator, chance.choice(QUARTERS[:6]), chance.randrange(1000))
                    for indicator in chance.sample(INDICATORS, 2)
                ]
            ),
        )
        for commune in chance.sample(COMMUNES, count)
    ]


def _named(files: list[tuple[str, str]]) -> list[tuple[str, bytes]]:
    return [(name, text.encode()) for name, text in files]


def _ids(files: list[tuple[str, str]]) -> list[str]:
    return [hashlib.sha256(text.encode()).hexdigest()[:16] for _, text in files]


def _two(settings: Settings) -> Settings:
    """The same installation where a second person decides."""
    return replace(settings, second_person=True)


def _submit(settings: Settings, files: list[tuple[str, bytes]], replaces: tuple[str, ...] = ()) -> Callable:
    """What is left of a submission once the person has seen what it changes."""
    proposal = desk.propose(settings, SPACE, files, builders.LAN, replaces, DAY)
    assert proposal.changes is not None, [
        item.code for report in proposal.reports for item in report.findings
    ]
    seen, given = proposal.changes.digest, {"acknowledged": proposal.warnings, "note": "đính chính"}
    return lambda: desk.submit(
        settings, SPACE, files, builders.LAN, seen=seen, replaces=replaces, on=DAY, **given
    )


def prepared(settings: Settings, plan: Plan) -> Callable[[], object]:
    """The act of a plan, ready to be done: what only reads has been done."""
    invariants.shown(settings, publish.published_id(settings, SPACE))  # so that libraries are awake
    files, two = _named(plan.files), _two(settings)
    by_act: dict[str, Callable[[], Callable]] = {
        "submit": lambda: _submit(settings, files),
        "replace": lambda: _submit(settings, files, (plan.target,)),
        "send": lambda: _submit(two, files),
        "accept": lambda: lambda: desk.accept(two, SPACE, [plan.target], builders.HOA, on=DAY),
        "load": lambda: lambda: publish.load_bytes(settings, SPACE, files, builders.LAN, DAY),
        "withdraw": lambda: lambda: desk.withdraw(settings, SPACE, plan.target, builders.HOA, "sai kỳ"),
        "rollback": lambda: lambda: publish.rollback(settings, SPACE, builders.HOA),
        "publish": lambda: lambda: publish.publish(settings, SPACE, plan.target, builders.HOA),
        "build": lambda: lambda: build.build(settings, SPACE, without=[plan.target]),
        "prune": lambda: lambda: keep.prune(settings, SPACE, 2, builders.HOA),
    }
    return by_act[plan.act]()


def planned(settings: Settings, act: str, seed: int) -> Plan:
    """Something to do of this kind, given what stands; what it needs beforehand is done here, undisturbed."""
    chance = random.Random(seed)
    while len(invariants.accepted(settings)) < 2 or not _way_back(settings):
        _submit(settings, _named(_new_files(chance, 1)))()
    plan = Plan(act)
    if act == "accept":
        if not invariants.waiting(settings):
            _submit(_two(settings), _named(_new_files(chance, 1)))()
        plan.target = chance.choice(invariants.waiting(settings))
    elif act in ("submit", "replace", "send", "load"):
        plan.files = _new_files(chance, 1 if act == "send" else chance.choice((1, 2)))
    before = plan.before = invariants.accepted(settings)
    plan.waiting = invariants.waiting(settings)
    if act in ("withdraw", "replace", "build"):
        plan.target = chance.choice(before)
    if act == "rollback":
        plan.target = _way_back(settings)
    elif act == "publish":
        plan.target = chance.choice(_others(settings))  # the way back is one of them
    plan.after = _after(settings, plan)
    return plan


def _way_back(settings: Settings) -> str:
    """The snapshot that a roll-back returns to; empty when there is none."""
    name = (["", "", *ledger.publications(commit.ledger_path(settings, SPACE))])[-2]
    return name if name and snapshot.snapshot_path(settings, SPACE, name).exists() else ""


def _others(settings: Settings) -> list[str]:
    """Snapshots that may be published instead of the present one: kills leave some that hold files which were never
    accepted."""
    lines = ledger.read(commit.ledger_path(settings, SPACE))
    known = {entry["upload_id"] for entry in lines if entry["act"] == "accept"}
    every = {path.stem for path in (settings.space_dir(SPACE) / "snapshots").glob("[!.]*.duckdb")}
    every -= {publish.published_id(settings, SPACE)}
    return sorted(name for name in every if known.issuperset(invariants.uploads(settings, name)))


def _after(settings: Settings, plan: Plan) -> list[str]:
    """Uploads that count once the act is done, in order."""
    if plan.act in ("send", "build", "prune"):
        return plan.before
    if plan.act in ("rollback", "publish"):
        return invariants.uploads(settings, plan.target)
    new = _ids(plan.files)
    if plan.act == "accept":
        new = [item.upload_id for item in desk.submissions(settings, SPACE) if item.id == plan.target]
    gone = {plan.target, *new} if plan.act in ("withdraw", "replace") else set(new)
    return [name for name in plan.before if name not in gone] + new


# ---------------------------------------------------------------- the end of a process


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def each_line(functions: tuple[Callable, ...], reach: Callable[[int], None]) -> Iterator[None]:
    """Call ``reach`` with 1, 2, 3 … before each line of some functions; of a loop, the first two rounds and no more."""
    codes = {function.__code__ for function in functions}
    rounds: Counter[tuple[CodeType, int]] = Counter()
    count = 0

    def local(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        place = (frame.f_code, frame.f_lineno)
        if event == "line" and rounds[place] < 2:
            rounds[place] += 1
            count += 1
            reach(count)
        return local

    sys.settrace(lambda frame, *_: local if frame.f_code in codes else None)
    try:
        yield
    finally:
        sys.settrace(None)


@contextmanager
def torn_log(settings: Settings, fault: Fault) -> Iterator[None]:
    """End the process in the midst of a writing to the log: a part of it has reached the file."""
    path, whole = commit.ledger_path(settings, SPACE), os.fsync
    writings = 0
    length = path.stat().st_size

    def fsync(number: int) -> None:
        nonlocal writings, length
        if os.path.samestat(os.fstat(number), path.stat()):
            writings += 1
            written = path.stat().st_size
            if writings == fault.line:
                os.truncate(path, length + round((written - length) * fault.share))
                _die()
            length = written
        whole(number)

    os.fsync = fsync
    try:
        yield
    finally:
        os.fsync = whole


def acted(settings: Settings, plan: Plan, fault: Fault) -> int:
    """What the child that will be killed does; gives the number of lines passed when it was not."""
    act = prepared(settings, plan)
    passed = 0

    def reach(number: int) -> None:
        nonlocal passed
        passed = number
        if fault.kind == "line" and number == fault.line:
            _die()

    answer("ready")
    if fault.kind == "torn":
        with torn_log(settings, fault):
            act()
    elif fault.kind == "instant":
        act()
    else:
        with each_line(WRITERS, reach):
            act()
    return passed


def cleaned(settings: Settings, line: int) -> int:
    """Take the lock, as whoever comes next does, and die before the ``line``-th line of the clean-up."""
    passed = 0

    def reach(number: int) -> None:
        nonlocal passed
        passed = number
        if number == line:
            _die()

    with each_line(CLEAN_UP, reach), replica.writing(settings, SPACE):
        return passed


# ---------------------------------------------------------------- judging what is left


def judged(settings: Settings, plan: Plan) -> dict[str, Any]:
    """What holds after the kill, before and after the next lock, and whether the act can be done again."""
    mistakes = [f"before the lock: {item}" for item in invariants.violations(settings, put_right=False)]
    with replica.writing(settings, SPACE):
        pass
    mistakes += [
        f"after the lock: {item}" for item in invariants.violations(settings, put_right=True, opened=False)
    ]
    state = _state(settings, plan)
    if state == "half":
        mistakes.append(f"neither before nor after: {invariants.accepted(settings)}, {plan}")
    orphans = len(invariants.orphans(settings))
    if state in ("before", "waiting") or plan.act in ("build", "prune"):
        mistakes += _again(settings, plan)
    return {"state": state, "orphans": orphans, "mistakes": mistakes}


def _state(settings: Settings, plan: Plan) -> str:
    """``before`` or ``after`` the act; ``waiting``: the files are sent and nobody decided yet, which is what a building
    that fails leaves too."""
    accepted, waiting = invariants.accepted(settings), invariants.waiting(settings)
    sent = set(waiting) - set(plan.waiting)
    if plan.act == "send":
        return "half" if accepted != plan.before else "after" if sent else "before"
    if plan.act in ("rollback", "publish") and plan.before == plan.after:
        return "after" if publish.published_id(settings, SPACE) == plan.target else "before"
    if accepted == plan.after and not sent and (plan.act != "accept" or plan.target not in waiting):
        return "after" if plan.before != plan.after or plan.act == "accept" else "before"
    if accepted != plan.before or (
        plan.act in ("submit", "replace") and len(sent) not in (0, len(plan.files))
    ):
        return "half"
    if sent:
        return "waiting" if plan.act in ("submit", "replace") else "half"
    return "before"


def _again(settings: Settings, plan: Plan) -> list[str]:
    """Do what was killed once more, as the person would."""
    try:
        prepared(settings, plan)()
    except Exception as error:
        return [f"again: {type(error).__name__}: {error}"]
    mistakes = [
        f"done again: {item}" for item in invariants.violations(settings, put_right=True, opened=False)
    ]
    if invariants.accepted(settings) != plan.after:
        mistakes.append(f"done again: {invariants.accepted(settings)} and not {plan.after}")
    return mistakes


# ---------------------------------------------------------------- trials


class Trials:
    """Kills one after the other, on an installation that is replaced now and then."""

    def __init__(
        self,
        folder: Path,
        chance: random.Random,
        usual: dict[str, float] | None = None,
        store: Callable[[], str] = lambda: FILES,
    ) -> None:
        self.folder, self.chance, self.store = folder, chance, store
        self.count = self.done = self.orphans = 0
        self.states: Counter[str] = Counter()
        self.acts: Counter[str] = Counter()
        self.mistakes: list[str] = []
        self.usual = dict(usual or {})  # seconds an act takes when nobody disturbs it
        self._settings: Settings | None = None

    def settings(self) -> Settings:
        """The installation of the next trial."""
        if self._settings is None or self.count % TRIALS_PER_INSTALLATION == 0:
            place = self.folder / f"installation-{self.count}"
            if self._settings is not None:
                shutil.rmtree(self._settings.runtime_dir.parent)
            self._settings = replace(builders.settings(place), store=self.store())
        self.count += 1
        return self._settings

    def undisturbed(self, act: str) -> int:
        """Do an act to its end: how long it takes, and how many lines write in it (the number given)."""
        settings = self.settings()
        plan = self._plan(settings, act)
        lines = self._act(settings, plan, Fault("none")).result()
        self.judge(settings, plan, killed=False)
        return lines

    def _act(self, settings: Settings, plan: Plan, fault: Fault) -> Child:
        """One act to its end, or to the kill; how long it took counts from when the child was ready."""
        with forked(acted, settings, plan, fault) as child:
            child.expect("ready")
            begun = time.monotonic()
            if fault.kind == "instant":
                child.kill_after(fault.share * self.usual[plan.act])
            if not child.ended_by_kill():
                self.usual[plan.act] = time.monotonic() - begun
        return child

    def kill(self, act: str, fault: Fault, then: int = 0) -> None:
        """One trial; ``then``: whoever puts it right is killed as well, before that line."""
        settings = self.settings()
        plan = self._plan(settings, act)
        killed = self._act(settings, plan, fault).ended_by_kill()
        if then:
            with forked(cleaned, settings, then) as child:
                child.ended_by_kill()
        self.judge(settings, plan, killed, f"{act} {fault}" + (f" then {then}" if then else ""))

    def judge(self, settings: Settings, plan: Plan, killed: bool, said: str = "") -> None:
        """Look at what is left, and count it."""
        with forked(judged, settings, plan) as child:
            found = child.result()
        self.mistakes += [f"{said or plan.act}: {item}" for item in found["mistakes"]]
        if killed:
            self.done += 1
            self.acts[plan.act] += 1
            self.states[found["state"]] += 1
            self.orphans = max(self.orphans, found["orphans"])
        elif found["state"] == "half" or (found["state"] == "before" and plan.act not in ("build", "prune")):
            self.mistakes.append(f"{said or plan.act}: came to its end and is {found['state']}")

    def _plan(self, settings: Settings, act: str) -> Plan:
        with forked(planned, settings, act, self.chance.randrange(2**32)) as child:
            return Plan(**child.result())


def random_kills(trials: Trials, count: int) -> None:
    """So many kills that came before the end, each at an instant of the act's usual duration."""
    wanted = trials.done + count
    while trials.done < wanted:
        act = trials.chance.choice(sorted(trials.usual))
        trials.kill(act, Fault("instant", share=trials.chance.random()))


def points(lines: dict[str, int]) -> list[tuple[str, Fault, int]]:
    """Every place where a write may be cut short: before each line that writes, inside the log's writings, and, once
    the log is ahead of the pointer, in the clean-up of whoever comes next."""
    every = [(act, Fault("line", line=line), 0) for act in lines for line in range(1, lines[act] + 1)]
    for act in lines:
        writings = {"build": 0, "submit": 2, "replace": 2}.get(act, 1)
        every += [
            (act, Fault("torn", number, share), 0)
            for number in range(1, writings + 1)
            for share in (0.0, 0.3, 0.7, 0.999, 1.0)
        ]
    if "withdraw" in lines:
        every += [("withdraw", Fault("torn", 1, 1.0), line) for line in range(1, 24)]
    return every


def measured(trials: Trials, acts: Sequence[str]) -> tuple[dict[str, int], dict[str, float]]:
    """Every act once, undisturbed: how many lines write in each, and how long each takes."""
    return {act: trials.undisturbed(act) for act in acts}, trials.usual


def chosen_points(trials: Trials, every: list, count: int, lane: int, lanes: int) -> int:
    """Kill at ``count`` of the points, spread evenly (0: at all of them), of which this lane takes every
    ``lanes``-th; gives how many it took."""
    count = min(count, len(every)) or len(every)
    mine = range(lane, count, lanes)
    for number in mine:
        act, fault, then = every[number * len(every) // count]
        trials.kill(act, fault, then)
    return len(mine)
