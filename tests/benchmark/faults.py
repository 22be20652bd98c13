"""Kills and crowds: ``python tests/benchmark/faults.py --kills 200 --processes 8 --uploads 25 --seed 1``.

Kills writers at random instants of every act and before the lines that write, then looks at what is left, before and
after the next lock, and does the act again; then lets several processes send at once. Exits with 1 when a promise
is broken: every accepted file present once, the log verified, CURRENT valid, the state before or after and never half.
With ``--store postgresql`` every installation has a database, and half of the crowd is on another server. Needs ``fork``,
so not for Windows. The seed decides what is done; instants depend on the machine.
"""

import argparse
import gc
import importlib
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

Store = Callable[[], str]  # gives the store of one more installation
LAZY = (
    "pyarrow.parquet",
    "pyarrow.dataset",
    "pandas.io.parquet",
)  # imported where needed: each child would anew


def measure(folder: Path, arguments: argparse.Namespace, store: Store) -> dict:
    """What the lanes have to know: which acts write in how many lines and take how long."""
    from tests.benchmark.kills import ACTS, Trials, measured

    trials = Trials(folder / "measure", random.Random(arguments.seed), store=store)
    lines, usual = measured(trials, arguments.acts or ACTS)
    return {"lines": lines, "usual": usual, "mistakes": trials.mistakes}


def lane(folder: Path, arguments: argparse.Namespace, number: int, known: dict, store: Store) -> dict:
    """One of several installations on which writers are killed: its share of both kinds."""
    from tests.benchmark.kills import Trials, chosen_points, points, random_kills

    chance, lanes = random.Random(f"{arguments.seed}-{number}"), arguments.lanes
    trials = Trials(folder / f"lane{number}", chance, known["usual"], store)
    every = points(known["lines"])
    chosen = chosen_points(trials, every, arguments.points, number, lanes)
    random_kills(trials, arguments.kills // lanes + (number < arguments.kills % lanes))
    counted = {name: getattr(trials, name) for name in ("done", "orphans", "states", "acts", "mistakes")}
    return {**counted, "chosen": chosen, "every": len(every)}


def killed(folder: Path, arguments: argparse.Namespace, store: Store) -> tuple[str, list[str]]:
    """The part with the kills: how it went, and every promise that was broken."""
    from tests.benchmark.forked import fork, forked

    begun = time.monotonic()
    with forked(measure, folder, arguments, store) as child:
        known = child.result()
    children = [fork(lane, folder, arguments, number, known, store) for number in range(arguments.lanes)]
    try:
        results = [child.result() for child in children]
    finally:
        for child in children:
            child.close()
    states, acts = (sum((Counter(item[name]) for item in results), Counter()) for name in ("states", "acts"))
    chosen, every = sum(item["chosen"] for item in results), results[0]["every"]
    said = (
        f"{arguments.kills} kills at random instants and {chosen} at places that write (of {every}) in "
        f"{time.monotonic() - begun:.0f} s; killed: {_counts(acts)}; found: {_counts(states)}; "
        f"at most {max(item['orphans'] for item in results)} folders without a line, left alone"
    )
    return said, [mistake for item in (known, *results) for mistake in item["mistakes"]]


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counter.items()))


def main() -> int:
    """Run and report; 0 when all promises held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="kills at random instants")
    parser.add_argument(
        "--points", type=int, default=200, help="kills at places that write; 0: at all of them"
    )
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--uploads", type=int, default=25, help="of each process")
    parser.add_argument(
        "--lanes", type=int, default=2, help="installations on which writers are killed at a time"
    )
    parser.add_argument("--acts", nargs="+", metavar="ACT", help="kill these only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=("files", "postgresql"), default="files")
    arguments = parser.parse_args()
    if not hasattr(os, "fork"):
        parser.error("this system has no fork")
    for name in LAZY:
        importlib.import_module(name)
    from tests.benchmark.crowd import crowd
    from tests.cluster import Cluster

    gc.freeze()  # what is imported by now is shared with every child
    folder = Path(tempfile.mkdtemp(prefix="board-faults-"))
    broken, cluster = 0, Cluster() if arguments.store == "postgresql" else None
    store = cluster.database if cluster else lambda: arguments.store
    try:
        for part in (
            lambda: killed(folder, arguments, store),
            lambda: crowd(folder / "crowd", arguments.processes, arguments.uploads, store()),
        ):
            said, mistakes = part()
            print(f"{said}; {len(mistakes)} promises broken", flush=True)
            for mistake in mistakes:
                print(f"  {mistake}", flush=True)
            broken += len(mistakes)
    finally:
        gc.unfreeze()
        shutil.rmtree(folder, ignore_errors=True)
        if cluster:
            cluster.close()
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
