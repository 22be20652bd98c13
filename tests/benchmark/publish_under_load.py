"""Publications under load: ``python tests/benchmark/publish_under_load.py --publications 20 --servers 2 --readers 4``.

Two servers with runtime folders of their own and one PostgreSQL. While a publisher publishes revision after revision, readers
on every server ask questions whose answers must agree; then the same through real servers and their pages. Exits with 1
when any answer was an error, a mixture of two publications, or older than one that the same reader had seen.
Each revision says n in one commune and 1000 - n in another, so every answer tells which publication it belongs to.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

SPACE = "official"
TOTAL = 1000
ID = re.compile(r"\b(?:\d{4}-Q\d|none)-[0-9a-f]{12}\b")
ONE, TWO = "01837", "02017"


def revision(number: int, indicator: str = "pay_rate", period: str = "2024-Q1") -> bytes:
    """The file of a publication."""
    from tests import builders

    lines = [
        f"{ONE},{indicator},{period},{number},{TOTAL},,",
        f"{TWO},{indicator},{period},{TOTAL - number},{TOTAL},,",
    ]
    return builders.rows(*lines)


# ---------------------------------------------------------------- readers of functions


@dataclass
class Seen:
    """What the readers of one server found."""

    requests: int = 0
    snapshots: Counter = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)


def ask(settings, seen: Seen, newest: int) -> int:
    """One request, as a page makes it: the id once, then several questions; gives the publication it showed."""
    from store.snapshot import current_id
    from views import load

    name = current_id(settings, SPACE)
    meta = load.meta(SPACE, name)
    figures = load.figures(SPACE, name, (f"{ONE}-2020", f"{TWO}-2020"))
    uploads = load.uploads(SPACE, name)
    again = load.meta(SPACE, name)
    seen.requests += 1
    seen.snapshots[name] += 1
    if figures.empty and uploads.empty:
        return newest  # before the first publication of figures
    shown = dict(zip(figures["area_id"].str[:5], figures["numerator"], strict=True))
    number = int(shown.get(ONE, -1))
    last = uploads[uploads["provenance"] == "uploaded"]["file"].iloc[-1]
    if not (
        name.endswith("-" + meta["digest"])
        and meta == again
        and len(figures) == int(meta["figures"]) == 2
        and shown[ONE] + shown[TWO] == TOTAL
        and last == f"ban{number}.csv"
    ):
        seen.mistakes.append(f"a mixture: {name} shows {shown}, last file {last}, {meta['figures']} figures")
    if number < newest:
        seen.mistakes.append(f"went back: {number} after {newest}")
    return max(number, newest)


def serve_functions(readers: int) -> None:
    """A server without pages: follows, and its readers ask until somebody says stop; prints what they found."""
    from etl import follow
    from views import load

    settings, seen, stop = load.settings(), Seen(), threading.Event()
    follow.start(settings)
    lock = threading.Lock()

    def read() -> None:
        own, newest = Seen(), -1
        while not stop.is_set():
            try:
                newest = ask(settings, own, newest)
            except Exception as error:
                own.mistakes.append(f"{type(error).__name__}: {error}")
            time.sleep(0.005)
        with lock:
            seen.requests += own.requests
            seen.snapshots.update(own.snapshots)
            seen.mistakes += own.mistakes

    crowd = [threading.Thread(target=read) for _ in range(readers)]
    print("ready", flush=True)
    for one in crowd:
        one.start()
    sys.stdin.readline()
    stop.set()
    for one in crowd:
        one.join()
    found = {"requests": seen.requests, "snapshots": len(seen.snapshots), "mistakes": seen.mistakes[:20]}
    print(json.dumps({**found, "count": len(seen.mistakes), "last": follow_last(settings)}), flush=True)


def follow_last(settings) -> str:
    """What this server shows at the end."""
    from store.snapshot import current_id

    return current_id(settings, SPACE)


def environment(settings) -> dict[str, str]:
    """A process's settings."""
    return {
        **os.environ,
        "BOARD_DATA": str(settings.published_dir.parent),
        "BOARD_RUNTIME": str(settings.runtime_dir),
        "BOARD_STORE": settings.store,
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }


def functions_part(
    folder: Path, url: str, publications: int, servers: int, readers: int
) -> tuple[str, list[str]]:
    """Publish while readers of functions ask on every server: (how it went, every mistake)."""
    from etl import publish, replica
    from tests import builders
    from tests.benchmark.kills import DAY

    office = replace(builders.settings(folder), store=url)
    publish.refresh(office, SPACE)
    begun, mistakes, said = time.monotonic(), [], []
    with ExitStack() as stack:
        running = []
        for number in range(servers):
            own = replace(office, runtime_dir=folder / f"server{number}")
            replica.follow(own, SPACE)
            process = subprocess.Popen(
                [sys.executable, __file__, "--serve-functions", str(readers)], env=environment(own), cwd=ROOT,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            stack.callback(process.kill)
            running.append(process)
        for process in running:
            assert process.stdout.readline() == "ready\n", "a server did not start"
        for number in range(1, publications + 1):
            files = [(f"ban{number}.csv", revision(number))]
            newest = publish.load_bytes(office, SPACE, files, builders.LAN, DAY)[0].snapshot_id
        took = time.monotonic() - begun
        ends = time.monotonic() + 60
        servers_at = [replace(office, runtime_dir=folder / f"server{number}") for number in range(servers)]
        while time.monotonic() < ends and any(
            publish.published_id(own, SPACE) != newest for own in servers_at
        ):
            time.sleep(0.1)
        for process in running:
            found = json.loads(process.communicate("stop\n", timeout=60)[0])
            said.append(f"{found['requests']} requests over {found['snapshots']} publications")
            mistakes += found["mistakes"]
            if found["last"] != newest:
                mistakes.append(f"a server shows {found['last']} at the end and not {newest}")
            if found["snapshots"] < 2:
                mistakes.append("a server's readers saw no publication change")
    return f"{publications} publications in {took:.0f} s, {servers} servers: {'; '.join(said)}", mistakes


# ---------------------------------------------------------------- real servers and their pages

PAGE, INDICATOR, PERIOD = "chi-tieu", "gov_online_payment_rate", "2024-Q4"
QUERY = f"space={SPACE}&indicator={INDICATOR}&lang=vi"
FIRST = 101
RATE = re.compile(r"\b(\d{1,3})/1\.000\b")


async def visits(url: str, stop: asyncio.Event, known: dict[str, int]) -> tuple[int, set[str], list[str]]:
    """One reader of a page, who comes anew each time: (visits, publications seen, mistakes)."""
    from tests.benchmark.wire import Reader, ReaderError

    class Listening(Reader):
        """Keeps what was sent."""

        def _take(self, data: bytes, answer) -> bool:
            self.heard.append(data.decode("utf-8", "replace"))
            return super()._take(data, answer)

    count, seen, mistakes = 0, set(), []
    while not stop.is_set():
        reader = Listening(url, timeout=120)
        reader.heard = []
        try:
            answer = await reader.open(PAGE, QUERY)
        except (ReaderError, OSError) as error:
            mistakes.append(f"no page: {error}")
            continue
        finally:
            with suppress(Exception):
                await reader.close()
        count += 1
        text = "".join(reader.heard)
        names, numbers = set(ID.findall(text)), {int(found) for found in RATE.findall(text)}
        seen |= names
        mistakes += answer.errors
        if len(names) != 1:
            mistakes.append(f"a page names the publications {sorted(names)}")
        elif not numbers:
            mistakes.append("a page shows none of the figures")
        else:
            name = names.pop()
            # The publisher notes a publication only after others may have read it.
            for _ in range(100):
                if name in known:
                    break
                await asyncio.sleep(0.1)
            number = known.get(name, -1)
            # The page tells the corrections too, so it shows every number up to its own, and none beyond.
            every = range(FIRST, number + 1)
            if numbers != {*every, *(TOTAL - earlier for earlier in every)}:
                mistakes.append(f"a page of {name} ({number}) shows {sorted(numbers)}")
    return count, seen, mistakes


def pages_part(
    folder: Path, url: str, publications: int, servers: int, readers: int, port: int
) -> tuple[str, list[str]]:
    """Publish while readers open a page on every server: (how it went, every mistake)."""
    from etl import publish, replica
    from etl.check import today
    from store.access import ADMINISTRATOR, User
    from store.settings import read_settings

    office = replace(read_settings({"BOARD_RUNTIME": str(folder / "publisher")}), store=url)
    clerk, known = User("Lan", ADMINISTRATOR), {}

    def release(number: int) -> str:
        files = [(f"ban{number}.csv", revision(number, INDICATOR, PERIOD))]
        outcome = publish.load_bytes(office, SPACE, files, clerk, today())[0]
        assert outcome.snapshot_id, [item.code for item in outcome.report.findings]
        known[outcome.snapshot_id] = number
        return outcome.snapshot_id

    publish.refresh(office, SPACE)
    publish.refresh(office, "demo")
    release(FIRST)
    with ExitStack() as stack:
        for number in range(servers):
            own = replace(office, runtime_dir=folder / f"pages{number}")
            for space in (SPACE, "demo"):
                replica.follow(own, space)
            options = {"port": str(port + number), "address": "127.0.0.1", "headless": "true"}
            words = [
                "serve.py",
                *(word for name, value in options.items() for word in (f"--server.{name}", value)),
            ]
            log = stack.enter_context((folder / f"pages{number}.log").open("w"))
            process = subprocess.Popen(
                [sys.executable, *words], env=environment(own), cwd=ROOT, stdout=log, stderr=log
            )
            stack.callback(process.wait, 30)
            stack.callback(process.terminate)
        urls = [f"http://127.0.0.1:{port + number}" for number in range(servers)]

        async def all_of_it() -> list[tuple[int, set[str], list[str]]]:
            await asyncio.gather(*(answering(one) for one in urls))
            stop = asyncio.Event()
            crowd = [asyncio.create_task(visits(one, stop, known)) for one in urls for _ in range(readers)]
            for number in range(FIRST + 1, FIRST + 1 + publications):
                newest = await asyncio.to_thread(release, number)
            ends = time.monotonic() + 60
            while time.monotonic() < ends and any(
                publish.published_id(replace(office, runtime_dir=folder / f"pages{number}"), SPACE) != newest
                for number in range(servers)
            ):
                await asyncio.sleep(0.2)
            await asyncio.sleep(3)
            stop.set()
            return await asyncio.gather(*crowd)

        begun = time.monotonic()
        found = asyncio.run(all_of_it())
        took = time.monotonic() - begun
    seen = set().union(*(names for _, names, _ in found))
    mistakes = [item for _, _, own in found for item in own]
    if len(seen) < 2:
        mistakes.append("no reader saw a publication change")
    count = sum(number for number, _, _ in found)
    return (
        f"{publications} publications under {len(found)} readers of pages on {servers} servers in {took:.0f} s: "
        f"{count} visits, {len(seen)} publications seen"
    ), mistakes


async def answering(url: str) -> None:
    """Wait until a server does."""
    import urllib.request

    for _ in range(600):
        with suppress(OSError):
            await asyncio.to_thread(lambda: urllib.request.urlopen(f"{url}/_stcore/health", timeout=5).read())
            return
        await asyncio.sleep(0.2)
    raise RuntimeError("a server does not answer")


def main() -> int:
    """Run and report; 0 when every request saw the old or the new."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publications", type=int, default=20)
    parser.add_argument("--servers", type=int, default=2)
    parser.add_argument("--readers", type=int, default=4, help="on each server")
    parser.add_argument("--pages", type=int, default=5, help="publications while pages are read; 0: no pages")
    parser.add_argument("--port", type=int, default=8726, help="of the first server with pages")
    parser.add_argument("--serve-functions", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve_functions:
        serve_functions(arguments.serve_functions)
        return 0
    from tests.cluster import Cluster

    folder, cluster, broken = Path(tempfile.mkdtemp(prefix="board-load-")), Cluster(), 0
    try:
        parts = [
            lambda: functions_part(
                folder / "functions",
                cluster.url,
                arguments.publications,
                arguments.servers,
                arguments.readers,
            )
        ]
        if arguments.pages:
            readers = max(1, arguments.readers // 2)
            parts.append(
                lambda: pages_part(
                    folder, cluster.url, arguments.pages, arguments.servers, readers, arguments.port
                )
            )
        for part in parts:
            cluster.empty()
            said, mistakes = part()
            print(f"{said}; {len(mistakes)} mistakes", flush=True)
            for mistake in mistakes[:20]:
                print(f"  {mistake}", flush=True)
            broken += len(mistakes)
    finally:
        cluster.close()
        shutil.rmtree(folder, ignore_errors=True)
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
