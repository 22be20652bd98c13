"""What every fuzz has in common: cases are counted, timed and bounded, and one that fails is kept so that it can be run
again."""

from __future__ import annotations

import argparse
import faulthandler
import gc
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

SECONDS = 5.0  # of this process's own time: others may share the machine
STUCK = 120
LINE = "fuzz-tally "  # how a process tells the one that started it


@dataclass
class Tally:
    """What became of a run. ``slowest``: seconds and which; ``memory``: MB resident at most, and when the first tenth
    was done, from which growth is told."""

    kind: str
    seed: int
    cases: int = 0
    failed: int = 0
    seconds: float = 0.0
    slowest: tuple[float, str] = (0.0, "")
    memory: float = 0.0
    kept: list[str] = field(default_factory=list)
    said: str = ""

    def told(self) -> str:
        """One line for whoever started this process."""
        return LINE + json.dumps(asdict(self))


class Cases:
    """The cases of one run, one after another; ends by itself when all are done or the time is over."""

    def __init__(self, kind: str, seed: int, count: int, folder: Path, minutes: float = 0.0) -> None:
        self.tally = Tally(kind, seed)
        self.count, self.folder = count, folder
        self._began = time.monotonic()
        self._until = self._began + minutes * 60 if minutes else float("inf")
        folder.mkdir(parents=True, exist_ok=True)
        self._last = folder / f"{kind}-last"

    def __iter__(self) -> Iterator[int]:
        number = 0
        try:
            while self.tally.cases < self.count and time.monotonic() < self._until:
                yield number
                number += 1
        finally:  # also where the loop is left early: the alarm would end this process, and with it whatever tests follow
            faulthandler.cancel_dump_traceback_later()
            self._last.unlink(missing_ok=True)
            self.tally.seconds = time.monotonic() - self._began
            gc.collect()
            self.tally.memory = peak()

    def add(self, more: int) -> None:
        """Some more cases that one piece of work answered."""
        self.tally.cases += more

    def fail(self, name: str, data: bytes, why: str) -> None:
        """Keep a case and say what is wrong with it."""
        self.tally.failed += 1
        path = self.folder / f"{self.tally.kind}-{self.tally.seed}-{self.tally.cases}-{name}"[:200]
        path.write_bytes(data)
        self.tally.kept.append(path.name)
        print(f"{path.name}: {why}", flush=True)

    @contextmanager
    def one(self, name: str, data: bytes, seconds: float = SECONDS) -> Iterator[None]:
        """One case: whatever it raises, and more time than it may take, is a failure; a crash leaves its file."""
        self._last.write_bytes(data)
        faulthandler.dump_traceback_later(STUCK, exit=True)
        begun = time.process_time()
        try:
            yield
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            traceback.print_exception(error, limit=-4)
            self.fail(name, data, f"{type(error).__name__}: {str(error)[:300]}")
        took = time.process_time() - begun
        self.tally.slowest = max(self.tally.slowest, (took, name))
        if took > seconds:
            self.fail(name, data, f"{took:.1f} s")
        self.tally.cases += 1


def peak() -> float:
    """The most memory this process has held, MB; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def command(
    description: str, run: Callable[..., Tally], again: Callable[[Path], object] | None = None
) -> int:
    """The command line of one fuzz: ``--count --seed --minutes --out``, and ``--again FILE`` for a case that was kept."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--out", type=Path, default=Path("fuzz-failures"))
    parser.add_argument("--again", type=Path)
    arguments = parser.parse_args()
    os.environ.setdefault("RUST_BACKTRACE", "0")
    logging.disable(logging.WARNING)
    if arguments.again:
        print(again(arguments.again) if again else "cases of this fuzz are run again by --seed and --count")
        return 0
    tally = run(arguments.count, arguments.seed, arguments.out, arguments.minutes)
    print(tally.told(), flush=True)
    sys.stdout.flush()
    return int(tally.failed > 0)
