"""Statistics that a first visit waits for, each beside a floor of the same run.

Run: ``python tests/benchmark/bench_statistics.py``.

places  ``rank_uncertainty_many`` for 8 communes and 45 indicators in a process that has computed nothing yet, against
        drawing the same random rates and sorting them once, which no way of doing it can avoid
weights places of the index under 1,000 other sets of weights, against multiplying and sorting as many
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmark import collected  # noqa: E402

ONE = """
import sys, time
import numpy as np, pandas as pd
from metrics.index import aggregate_arithmetic, weight_sensitivity
from metrics.ranks import rank_uncertainty_many
random = np.random.default_rng(1)
areas, indicators = [f"a{n}" for n in range(8)], [f"i{n}" for n in range(45)]
base = pd.DataFrame(random.integers(60, 2000, (8, 45)), areas, indicators)
cases = (base * random.random((8, 45))).astype(int)
scores, weights = cases / base * 100, pd.Series(1.0, indicators)
def timed(work):
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)
def rates():
    drawn = random.beta(cases.to_numpy() + 0.5, (base - cases).to_numpy() + 0.5, size=(2000, 8, 45))
    drawn.argsort(axis=1)
def sums():
    (random.uniform(0.75, 1.25, (1000, 45)) @ scores.to_numpy().T).argsort(axis=1)
print(timed(lambda: rank_uncertainty_many(cases, base)), timed(rates),
      timed(lambda: weight_sensitivity(scores, weights, mean=aggregate_arithmetic)), timed(sums))
"""


def main(runs: int) -> None:
    """Each run in a new process: nothing is cached, nothing is warm but the imports."""
    found = []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, "-c", ONE], cwd=ROOT, capture_output=True, text=True, check=True
        )
        found.append([float(number) for number in done.stdout.split()])
    places, places_floor, weights, weights_floor = (
        statistics.median(row) for row in zip(*found, strict=True)
    )
    print(
        f"{platform.platform()}, Python {platform.python_version()}, {runs} runs, middle of them; milliseconds\n"
    )
    print("| | ours | floor | ratio |\n|---|---|---|---|")
    for name, own, floor in (
        ("places, 8 communes x 45 indicators, 2,000 draws", places, places_floor),
        ("weights, 8 communes x 45 parts, 1,000 draws", weights, weights_floor),
    ):
        print(f"| {name} | {own:.0f} | {floor:.0f} | {own / floor:.1f} |")
        collected.row("statistics", name, own, floor, "ms", "the same draws and sorts alone")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    main(parser.parse_args().runs)
