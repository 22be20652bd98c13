"""Each page with many communes against the same page with eight: ``python tests/benchmark/bench_sizes.py``.

Without a browser (``tests/benchmark/wire.py``): from the click until the script has finished and everything was received.
``switch`` is a change to the page, ``widget`` another option of its first box, each the middle of ``--runs`` after a first
one that builds what is shown (``built``). The eight communes are the product's own demo; other installations are named
by size, with what their addresses hold besides::

    bench_sizes.py --place "3321=FOLDER?space=demo&group=vn-now" --place "10600=FOLDER?space=demo&group=vn-2025-06-30"

FOLDER is a runtime folder in which everything is published already. Prints a table and no verdict.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmark import collected  # noqa: E402
from tests.benchmark.bench_sessions import PAGES, memory_mb, others, turnable  # noqa: E402
from tests.benchmark.wire import Reader  # noqa: E402
from tests.browser import driver  # noqa: E402

AWAY = "gui-so-lieu"  # the page between two switches: it shows no figures
QUERY = "lang=vi&space=demo"


@dataclass
class Times:
    """Milliseconds of one page, and bytes of one switch."""

    built: float
    switch: float
    widget: float | None
    size: int
    errors: list[str]


async def page_times(reader: Reader, page: str, runs: int) -> Times:
    """One page of one installation."""
    await reader.go(AWAY)
    first = await reader.go(page)
    errors, switches, widgets, size = list(first.errors), [], [], 0
    for _ in range(runs):
        await reader.go(AWAY)
        answer = await reader.go(page)
        switches.append(answer.seconds)
        errors += answer.errors
        size = answer.size
    boxes = [box.key for box in turnable(reader)]
    for turn in range(2 + 2 * runs if boxes else 0):  # two options by turns; the first two build them
        box = reader.boxes.get(boxes[0])
        if box is None:
            break
        answer = await reader.turn(box.key, others(box, 2)[0])
        errors += answer.errors
        if turn >= 2:
            widgets.append(answer.seconds)
    return Times(
        first.seconds * 1000,
        statistics.median(switches) * 1000,
        statistics.median(widgets) * 1000 if widgets else None,
        size,
        errors,
    )


async def measured(server: driver.Server, query: str, runs: int) -> dict[str, Times]:
    """Every page of one installation."""
    reader = Reader(server.url, timeout=600)
    await reader.open(AWAY, query)
    found = {page: await page_times(reader, page, runs) for page in PAGES if page in reader.pages}
    await reader.close()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--place", action="append", default=[], help="SIZE=FOLDER or SIZE=FOLDER?QUERY")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}; milliseconds")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="board-sizes-") as folder:
        subprocess.run(
            [sys.executable, "-m", "etl", "init"],
            cwd=ROOT, env={**os.environ, "BOARD_RUNTIME": folder}, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        eight: dict[str, Times] = {}
        print(
            f"{'size':>6} {'page':20} {'built':>7} {'switch':>7} {'ratio':>6} {'widget':>7} {'ratio':>6} {'KB':>6} errors"
        )
        for word in [f"8={folder}", *asked.place]:
            size, _, place = word.partition("=")
            place, _, query = place.partition("?")
            server = driver.serve(Path(place))
            try:
                server.wait(120)
                found = asyncio.run(measured(server, query or QUERY, asked.runs))
                memory = memory_mb(server.process.pid)
            finally:
                server.stop()
            eight = eight or found
            for page, own in found.items():
                base = eight[page]
                failed += bool(own.errors)
                widget = (
                    f"{own.widget:7.0f} {own.widget / base.widget:6.2f}" if own.widget else "      –      –"
                )
                print(
                    f"{size:>6} {page or 'tong-quan':20} {own.built:7.0f} {own.switch:7.0f} {own.switch / base.switch:6.2f} "
                    f"{widget} {own.size / 1000:6.0f} {own.errors[:1]}",
                    flush=True,
                )
                name = page or "tong-quan"
                beside = "the same page at 8"
                facts = {"built ms": own.built, "memory MB": memory, "errors": len(own.errors)}
                collected.row(
                    "sizes", f"{name} at {size}: switch", own.switch, base.switch, "ms", beside, **facts
                )
                if own.widget and base.widget:
                    collected.row("sizes", f"{name} at {size}: widget", own.widget, base.widget, "ms", beside)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
