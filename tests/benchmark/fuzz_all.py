"""Every fuzz: ``python tests/benchmark/fuzz_all.py --count 100000 [--minutes 60] [--seed 1] [--at-once 2]``.

``--count`` is shared out among uploads, map files, addresses and stored texts; beside them every page is opened once in a
browser. Each kind runs as a process of its own, so that a crash of one is a failure and ends no other, ``--at-once`` so many
beside each other. Prints a table of cases, failures, the slowest case and memory; exits with 1 when anything failed. A case
that failed is kept in ``--out`` and is run again by ``fuzz_NAME.py --again FILE`` (uploads: ``python -m etl check FILE``).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.benchmark.fuzzing import LINE, Tally  # noqa: E402

# kind -> (its program, share of the cases, share of the time); the pages end when all were opened, with fewer cases
KINDS = {
    "uploads": ("fuzz_check.py", 0.56, 0.35),
    "boundaries": ("fuzz_boundaries.py", 0.10, 0.25),
    "address": ("fuzz_address.py", 0.15, 0.15),
    "text": ("fuzz_text.py", 0.19, 0.15),
    "dom": ("fuzz_dom.py", 0.05, 0.10),
}


def one(kind: str, count: int, seed: int, minutes: float, out: Path) -> Tally:
    """Run one kind to its end; a process that leaves no figures crashed, which is a failure."""
    program, _, share = KINDS[kind]
    command = [
        sys.executable,
        str(HERE / program),
        "--count",
        str(count),
        "--seed",
        str(seed),
        "--out",
        str(out),
    ]
    command += ["--minutes", str(minutes * share)] if minutes else []
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", errors="replace", cwd=HERE.parents[1]
    )
    told = [line for line in done.stdout.splitlines() if line.startswith(LINE)]
    print(
        "".join(f"  {line}\n" for line in done.stdout.splitlines() if not line.startswith(LINE)),
        end="",
        flush=True,
    )
    if not told:
        print(done.stderr[-3000:], flush=True)
        return Tally(kind, seed, 0, 1, said=f"ended with {done.returncode} before its time")
    return Tally(**json.loads(told[-1][len(LINE) :]))


def main(argv: list[str] | None = None) -> int:
    """Run all and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument(
        "--minutes", type=float, default=0.0, help="end after about so many, whatever is done"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--at-once", type=int, default=1, help="kinds beside each other; 1: one after another"
    )
    parser.add_argument("--out", type=Path, default=Path("fuzz-failures"))
    parser.add_argument("--only", choices=sorted(KINDS), action="append")
    arguments = parser.parse_args(argv)
    begun, kinds = time.monotonic(), arguments.only or list(KINDS)

    def run(kind: str) -> Tally:
        count = max(int(arguments.count * KINDS[kind][1]), 1)
        return one(kind, count, arguments.seed, arguments.minutes, arguments.out.resolve())

    with ThreadPoolExecutor(arguments.at_once) as pool:  # they wait; the work is in processes of their own
        tallies = list(pool.map(run, kinds))
    print(
        f"{'kind':11} {'cases':>8} {'failed':>7} {'seconds':>8} {'slowest':>8} {'MB':>6}  which, and what else"
    )
    for item in tallies:
        slow, which = item.slowest
        figures = f"{item.cases:8} {item.failed:7} {item.seconds:8.0f} {slow:8.2f} {item.memory:6.0f}"
        print(f"{item.kind:11} {figures}  {which}; {item.said}")
    cases, failed = sum(item.cases for item in tallies), sum(item.failed for item in tallies)
    print(f"{'all':11} {cases:8} {failed:7} {time.monotonic() - begun:8.0f}   (seed {arguments.seed})")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
