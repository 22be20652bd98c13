"""Many readers at once, each clicking every two seconds: ``python tests/benchmark/bench_sessions.py [--full]``.

Every reader speaks the framework's own protocol over its websocket (``tests/benchmark/wire.py``) and clicks by turns on a
page of the menu and on a box of that page (one of its first OPTIONS options: readers in one room look at much the same,
so what they look at has been built once before the clock starts; ``--anything`` lets them choose any option, and then it
is mostly building that is measured). Measured from the click until the script has finished and everything it
sent was received, against a floor under the same load in the same run: a page with a title, one box and one static Plotly
chart, served by the same Streamlit with its own settings (``floor``), and once more with the product's settings and
listening socket (``tuned``), where no page can be cheaper. ``two`` are two processes of the product behind nginx
(``--only product two --readers 40 --every 0.2`` asks what each carries).

Columns: clicks made each second, p50 and p95 in milliseconds, ratio of p95, processor milliseconds of the server for each
click, what went wrong, resident memory of the process and of one session more. Readers and server share the machine:
``reader %`` is the processor that the readers took; with two cores it is not what limits one server process.

Bounded: at most 100 readers and 60 seconds for each step; addresses of this machine alone.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmark import collected, proxied  # noqa: E402
from tests.benchmark.wire import Box, Reader, ReaderError  # noqa: E402
from tests.browser import driver  # noqa: E402

EVERY_S = 2.0
OPTIONS = 3
RUN_IN_S = 20
QUICK, FULL = (1, 10), (1, 10, 25, 50, 100)
MOST_READERS, MOST_SECONDS = 100, 60
# Pages of readers, by their address; the others ask to sign in first.
PAGES = (
    "", "ban-do", "truoc-sau", "doi-chung", "xep-hang", "muc-tieu", "chi-so-tong-hop", "ho-so-xa", "chi-tieu",
    "tham-chieu", "phuong-phap", "trinh-chieu", "bao-cao", "tinh-hinh-bao-cao",
)  # fmt: skip
KEPT = ("w:lang", "w:space", "w:asof")  # boxes that change every page at once
NAMES = ("product", "floor", "tuned", "two")
FLOOR = """\
import plotly.graph_objects as go
import streamlit as st

st.set_page_config(page_title="Floor", layout="wide")
st.title("Floor")
st.selectbox("choice", ["a", "b", "c", "d"], key="choice")
st.plotly_chart(go.Figure(go.Scatter(x=list(range(40)), y=[n * 7 % 11 for n in range(40)], mode="lines")))
"""


@dataclass(frozen=True)
class Habits:
    """How readers click: every so many seconds, on the first so many options of a box."""

    every: float = EVERY_S
    options: int = OPTIONS


@dataclass
class Step:
    """What one number of readers met on one server."""

    server: str
    readers: int
    clicks: int
    seconds: float
    p50: float
    p95: float
    worst: float
    cpu_ms: float | None
    errors: list[str] = field(default_factory=list)
    memory_mb: float | None = None
    session_mb: float | None = None
    reader_share: float = 0.0


@dataclass
class Place:
    """Where readers go: one address, the processes behind it, their pages."""

    name: str
    url: str
    pids: list[int]
    pages: Sequence[str] = ("",)

    def memory(self) -> float | None:
        """Resident memory of all processes."""
        known = [memory_mb(pid) for pid in self.pids]
        return None if None in known else sum(known)

    def cpu(self) -> float | None:
        """Processor time of all processes."""
        known = [cpu_seconds(pid) for pid in self.pids]
        return None if None in known else sum(known)


def memory_mb(pid: int) -> float | None:
    """Resident memory of a process; None where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def cpu_seconds(pid: int) -> float | None:
    """Processor time of a process; None where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def turnable(reader: Reader) -> list[Box]:
    """Boxes that a reader may turn."""
    return [box for box in reader.boxes.values() if len(box.options) > 1 and not box.key.endswith(KEPT)]


def others(box: Box, options: int) -> list[str]:
    """What a box may be turned to."""
    held = box.state.string_value or next(iter(box.state.string_array_value.data), "")
    return [name for name in box.options[:options] if name != held]


async def click(reader: Reader, dice: random.Random, on_box: bool, pages: Sequence[str], options: int):
    """One click: another option of a box where there is one, else another page."""
    boxes = turnable(reader) if on_box or len(reader.pages) < 2 else []
    if boxes:
        box = dice.choice(boxes)
        return await reader.turn(box.key, dice.choice(others(box, options)))
    return await reader.go(
        dice.choice([page for page in pages if page != reader.path and page in reader.pages])
    )


async def read(
    reader: Reader, number: int, seconds: float, place: Place, habits: Habits, found: list, errors: list
) -> None:
    """One reader's clicks, the first at a moment of its own, then every two seconds or when the answer has come."""
    dice = random.Random(number)
    begin = time.perf_counter()
    due = begin + dice.uniform(0, habits.every)
    turn = number
    while due < begin + seconds:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asked = time.perf_counter()
        try:
            answer = await click(reader, dice, turn % 2 == 1, place.pages, habits.options)
        except ReaderError as error:
            errors.append(str(error))
            return
        found.append(answer.seconds)
        errors += answer.errors
        turn += 1
        due = max(asked + habits.every, time.perf_counter())


async def step(place: Place, readers: int, seconds: float, habits: Habits) -> Step:
    """Open the readers, let them click, close them."""
    before = place.memory()
    open_ones = [Reader(place.url) for _ in range(readers)]
    errors: list[str] = []
    for number, reader in enumerate(open_ones):
        answer = await reader.open(place.pages[number % len(place.pages)], "lang=vi&space=demo")
        errors += answer.errors
    found: list[float] = []
    begin, spent, own = time.perf_counter(), place.cpu(), time.process_time()
    await asyncio.gather(
        *(
            read(reader, number, seconds, place, habits, found, errors)
            for number, reader in enumerate(open_ones)
        )
    )
    took, own = time.perf_counter() - begin, time.process_time() - own
    spent = None if spent is None else place.cpu() - spent
    after = place.memory()
    for reader in open_ones:
        await reader.close()
    found.sort()
    return Step(
        server=place.name,
        readers=readers,
        clicks=len(found),
        seconds=took,
        p50=statistics.median(found) * 1000,
        p95=found[min(len(found) - 1, int(len(found) * 0.95))] * 1000,
        worst=found[-1] * 1000,
        cpu_ms=None if spent is None else spent / len(found) * 1000,
        errors=errors,
        memory_mb=after,
        session_mb=None if after is None else (after - before) / readers,
        reader_share=own / took * 100,
    )


async def warm(url: str, pages: Sequence[str]) -> None:
    """Open every page of a process and turn every box to what the readers will turn it to."""
    reader = Reader(url)
    await reader.open("", "lang=vi&space=demo")
    for page in pages:
        if page in reader.pages:
            await reader.go(page)
        for name in [box.key for box in turnable(reader)]:
            for value in others(reader.boxes[name], OPTIONS) if name in reader.boxes else ():
                if name in reader.boxes:
                    await reader.turn(name, value)
    await reader.close()


def line(own: Step, floor: Step | None) -> str:
    """One row of the table."""
    ratio = f"{own.p95 / floor.p95:5.2f}" if floor else "     "
    cpu = f"{own.cpu_ms:7.1f}" if own.cpu_ms is not None else "      –"
    memory = f"{own.memory_mb:6.0f} {own.session_mb:6.2f}" if own.memory_mb is not None else "     –      –"
    return (
        f"{own.readers:4d} {own.server:8s} {own.clicks:6d} {own.clicks / own.seconds:8.2f} {own.p50:8.0f} {own.p95:8.0f} "
        f"{own.worst:8.0f} {ratio} {cpu} {len(own.errors):6d} {memory} {own.reader_share:7.0f}"
    )


HEAD = (
    "readers        clicks clicks/s   p50 ms   p95 ms    worst ratio  cpu ms errors mem MB  each MB reader %"
)


def servers(
    folder: Path, runtime: Path, wanted: Sequence[str], own_pages: Sequence[str]
) -> tuple[list, list[Place]]:
    """What is asked for of the product, the two floors and two processes behind a proxy, each started here on ports of
    its own: (everything to stop, places)."""
    floor = folder / "floor"
    floor.mkdir()
    (floor / "floor.py").write_text(FLOOR, encoding="utf-8")
    plain = [sys.executable, "-m", "streamlit", "run", "floor.py", "--browser.gatherUsageStats", "false"]
    tuned = (
        "import sys; from server import upkeep; upkeep.answer_at_once(); from streamlit.web import cli; "
        "sys.argv = ['streamlit', *sys.argv[1:]]; sys.exit(cli.main())"
    )
    quick = [sys.executable, "-c", tuned, "run", "floor.py", "--runner.postScriptGC", "false"]
    begin = {
        "product": lambda: driver.serve(runtime),
        "floor": lambda: driver.Server(plain, {}, floor),
        "tuned": lambda: driver.Server(quick, {"PYTHONPATH": str(ROOT)}, floor),
        "two": lambda: driver.serve(runtime, STREAMLIT_SERVER_COOKIE_SECRET="one for both"),
    }
    to_stop, places = [], []
    try:
        for name in wanted:
            started = [begin[name]() for _ in range(2 if name == "two" else 1)]
            to_stop += started
            for server in started:
                server.wait(120)
            url = started[0].url
            if name == "two":
                proxy = proxied.Proxy(started, folder / "nginx")
                to_stop.append(proxy)
                proxy.wait()
                url = proxy.url
            pages = own_pages if name in ("product", "two") else ("",)
            places.append(Place(name, url, [server.process.pid for server in started], pages))
            for server in started:
                asyncio.run(warm(server.url, pages))
    except BaseException:
        for server in to_stop:
            server.stop()
        raise
    return to_stop, places


async def measure(
    places: Sequence[Place], counts: Sequence[int], seconds: float, habits: Habits
) -> list[Step]:
    """Every number of readers at every place, one place after the other."""
    found = []
    for (
        place
    ) in places:  # ten readers run it in, unmeasured: a running installation has built what is looked at
        await step(place, 10, RUN_IN_S, habits)
    print(HEAD)
    for count in counts:
        by_name = {}
        for place in places:
            by_name[place.name] = await step(place, count, seconds, habits)
            await asyncio.sleep(1)
        found += by_name.values()
        for name, own in by_name.items():
            print(line(own, by_name.get("floor") if name != "floor" else None), flush=True)
            for error in sorted(set(own.errors))[:5]:
                print(f"       {error}")
    return found


def collect(found: Sequence[Step]) -> None:
    """The same for ``bench_all``: one row per number of readers."""
    by_name = {(item.server, item.readers): item for item in found}
    for (name, readers), own in by_name.items():
        facts = {"errors": len(own.errors), "cpu ms a click": own.cpu_ms, "memory MB": own.memory_mb}
        if name == "product" and (floor := by_name.get(("floor", readers))):
            case = f"{readers} readers, a click every 2 s: p95"
            beside = "a page with one static Plotly chart"
            collected.row("sessions", case, own.p95, floor.p95, "ms", beside, **facts)
            if tuned := by_name.get(("tuned", readers)):
                beside = "the same with our settings of the server"
                collected.row("sessions", case, own.p95, tuned.p95, "ms", beside)
        elif name == "two" and (one := by_name.get(("product", readers))):
            rate, alone = own.clicks / own.seconds, one.clicks / one.seconds
            case = f"{readers} readers: clicks of two processes behind nginx"
            collected.row("sessions", case, rate, alone, "/s", "one process", **facts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help=f"{FULL} readers instead of {QUICK}")
    parser.add_argument("--readers", type=int, nargs="+", help="these numbers of readers")
    parser.add_argument("--seconds", type=float, default=20, help="how long each number of readers clicks")
    parser.add_argument("--every", type=float, default=EVERY_S, help="seconds between a reader's clicks")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES[:3], help="these servers alone")
    parser.add_argument("--pages", nargs="+", default=PAGES, help="addresses of the product's pages")
    parser.add_argument("--anything", action="store_true", help="readers choose any option of a box")
    asked = parser.parse_args()
    counts = [min(count, MOST_READERS) for count in asked.readers or (FULL if asked.full else QUICK)]
    habits = Habits(max(asked.every, 0.1), 999 if asked.anything else OPTIONS)
    if "two" in asked.only and proxied.nginx() is None:
        sys.exit("nginx is not installed")
    folder = Path(tempfile.mkdtemp(prefix="board-sessions-"))
    to_stop: list = []
    try:
        runtime = folder / "runtime"
        subprocess.run(
            [sys.executable, "-m", "etl", "init"],
            cwd=ROOT, env={**os.environ, "BOARD_RUNTIME": str(runtime)}, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, pilot set")
        to_stop, places = servers(folder, runtime, asked.only, asked.pages)
        found = asyncio.run(measure(places, counts, min(asked.seconds, MOST_SECONDS), habits))
        collect(found)
        return 1 if any(item.errors for item in found) else 0
    finally:
        for server in reversed(to_stop):
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
