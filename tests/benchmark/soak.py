"""Four hours of normal use without its pauses: ``python tests/benchmark/soak.py`` (``--share 0.05`` for a twentieth).

Two hours in which the server fills what it keeps, and two in which it must not grow: an office of eight communes on one server,
ten readers who click every 30 seconds (4,800 clicks: pages, choices, every eighth with an earlier day), each of them gone after
40 clicks and another come; an upload every five minutes (48: sent, accepted, published, every third by a second person), every
sixth publication rolled back and published again, every eighth upload withdrawn; a report, a workbook, slides or a show every
ten minutes (24).

Passes when no answer held an error and the log none, every space's log verifies, and the server is flat over the second half:
resident memory after a collection (and after what is free has been given back to the system), open files, threads.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import gc
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

CLICKS, UPLOADS, FILES, READERS, STAY = 4_800, 48, 24, 10, 40
SAMPLES = 20
FLAT = 0.05  # of the memory held: what the second half may grow, by its slope
FEW = 8  # files and threads that the second half may add, by its slope
DAY = date(2025, 6, 1)
PAGES = (
    "", "ban-do", "truoc-sau", "doi-chung", "xep-hang", "muc-tieu", "chi-so-tong-hop", "ho-so-xa", "chi-tieu", "tham-chieu",
    "phuong-phap", "trinh-chieu", "bao-cao", "tinh-hinh-bao-cao", "gui-so-lieu", "duyet-cong-bo",
)  # fmt: skip
HEADING = "commune,indicator,period,numerator,denominator,value,note"
BAD = ("Traceback", '"level": "error"', " ERROR ")
COMMUNES = ("01837", "02017", "01912", "01951")
INDICATORS = ("gov_online_payment_rate", "gov_online_filing_rate", "inf_hh_fibre_rate")
MADE = (("document", ".docx"), ("workbook", ".xlsx"), ("slides", ".pptx"), ("show", ".html"))


@dataclass
class Sample:
    """The server at one moment."""

    clicks: int
    megabytes: float
    files: int
    threads: int
    disk: float
    snapshots: int


@dataclass
class Found:
    """What happened."""

    clicks: int = 0
    errors: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    acts: dict[str, int] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)

    def did(self, act: str) -> None:
        self.acts[act] = self.acts.get(act, 0) + 1


# ---------------------------------------------------------------- the server


def serve(options: list[str]) -> int:
    """The product's server, which collects when it is asked to: what is free goes back to the system."""
    import serve as product

    def collect(*_: object) -> None:
        gc.collect()
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)

    signal.signal(signal.SIGUSR1, collect)
    return product.main(options)


def sample(pid: int, clicks: int, runtime: Path) -> Sample:
    """Ask the server to collect, and look at it from outside."""
    os.kill(pid, signal.SIGUSR1)
    time.sleep(0.5)
    told = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
    )
    size = sum(path.stat().st_size for path in runtime.rglob("*") if path.is_file())
    return Sample(
        clicks,
        int(told["VmRSS"].split()[0]) / 1024,
        len(os.listdir(f"/proc/{pid}/fd")),  # noqa: PTH208 - entries vanish while they are looked at
        int(told["Threads"]),
        size / 2**20,
        len(list(runtime.glob("*/snapshots/[!.]*.duckdb"))),
    )


# ---------------------------------------------------------------- readers


async def reader(url: str, chance: random.Random, share: asyncio.Queue, found: Found) -> None:
    """One seat: readers come, click and go, until all clicks are done."""
    from tests.benchmark import wire

    own, left = None, 0
    while True:
        try:
            share.get_nowait()
        except asyncio.QueueEmpty:
            break
        page, query = chance.choice(PAGES), asked(chance)
        try:
            if own is None or left == 0:
                if own is not None:
                    await own.close()
                own, left = wire.Reader(url, 120), STAY
                answer = await own.open(page, query)
            else:
                box = chance.choice(list(own.boxes.values())) if own.boxes and chance.random() < 0.5 else None
                if box is not None and len(box.options) > 1:
                    answer = await own.turn(box.key, chance.choice(box.options))
                else:
                    answer = await own.go(page, query)
            found.waits.append(answer.seconds)
            found.errors += [f"{page}?{query}: {error}" for error in answer.errors]
        except (wire.ReaderError, OSError) as error:
            found.errors.append(f"{page}?{query}: {error}")
            own = None
        left -= 1
        found.clicks += 1
    if own is not None:
        await own.close()


def asked(chance: random.Random) -> str:
    """The address's choices."""
    words = [f"lang={chance.choice(('vi', 'vi', 'en'))}", f"space={chance.choice(('official', 'demo'))}"]
    if chance.random() < 0.3:
        words.append(f"indicator={chance.choice(INDICATORS)}")
    if chance.random() < 0.2:
        words.append(f"area={chance.choice(COMMUNES)}-2020")
    day = date.fromisoformat("2026-01-01") - timedelta(days=chance.randrange(400))
    words.append(f"asof={day}" if chance.random() < 1 / 8 else "asof=")
    return "&".join(words)


# ---------------------------------------------------------------- the desk


class Desk:
    """The people who send, decide, publish and take files away; one act after another."""

    def __init__(self, settings: object, folder: Path, chance: random.Random, found: Found) -> None:
        from store.access import ADMINISTRATOR, User

        self.settings, self.folder, self.chance, self.found = settings, folder, chance, found
        self.one, self.other = User("Lan", ADMINISTRATOR), User("Hoa", ADMINISTRATOR)
        self.uploads = self.files = 0

    def upload(self) -> None:
        """Send a file and publish it; then perhaps go back, or take it out again."""
        from dataclasses import replace

        from etl import desk, publish

        self.uploads += 1
        two = self.uploads % 3 == 0
        settings = replace(self.settings, second_person=two)
        whole = self.chance.randint(500, 2000)
        line = f"{self.chance.choice(COMMUNES)},{self.chance.choice(INDICATORS)},2024-Q{self.chance.randint(1, 4)}"
        data = f"\ufeff{HEADING}\n{line},{self.chance.randrange(whole)},{whole},,\n"
        files = [(f"tep-{self.uploads}.csv", data.encode())]
        seen = desk.propose(settings, "official", files, self.one, on=DAY)
        if seen.changes is None:
            raise AssertionError([item.code for report in seen.reports for item in report.findings])
        given = {"seen": seen.changes.digest, "acknowledged": seen.warnings, "note": "đính chính", "on": DAY}
        item = desk.submit(settings, "official", files, self.one, **given)[0]
        self.found.did("uploads")
        if two:
            desk.accept(settings, "official", [item.id], self.other, on=DAY)
            self.found.did("accepted by a second person")
        if self.uploads % 6 == 0:
            present = publish.published_id(settings, "official")
            publish.rollback(settings, "official", self.other)
            publish.publish(settings, "official", present, self.other)
            self.found.did("rolled back and published again")
        if self.uploads % 8 == 0:
            desk.withdraw(settings, "official", item.upload_id, self.other, "sai kỳ")
            self.found.did("withdrawn")

    def take(self) -> None:
        """Make a file."""
        from reports import __main__ as reports

        kind, suffix = MADE[self.files % len(MADE)]
        self.files += 1
        path = self.folder / f"made{suffix}"
        with mock.patch("builtins.print"):
            code = reports.main(
                [kind, "--out", str(path), "--space", self.chance.choice(("official", "demo"))]
            )
        if code:
            self.found.errors.append(f"{kind} was not made")
        self.found.did("documents made")


async def work(desk: Desk, found: Found, clicks: int, uploads: int, files: int, until: float) -> None:
    """Uploads and files at their share of the clicks; none once the time is over."""
    done = 0
    while done < uploads + files and time.monotonic() < until:
        due = found.clicks * (uploads + files) / max(clicks, 1)
        if done >= due and found.clicks < clicks:
            await asyncio.sleep(0.05)
            continue
        act = (
            desk.take
            if files and done % max((uploads + files) // files, 1) == 1 and desk.files < files
            else desk.upload
        )
        if act == desk.upload and desk.uploads >= uploads:
            act = desk.take
        try:
            await asyncio.to_thread(act)
        except Exception as error:
            found.errors.append(f"{act.__name__}: {type(error).__name__}: {error}")
        done += 1


async def watch(pid: int, found: Found, clicks: int, runtime: Path, until: float) -> None:
    """A sample after each twentieth."""
    for number in range(1, SAMPLES + 1):
        while found.clicks < clicks * number / SAMPLES:
            if time.monotonic() > until:
                return
            await asyncio.sleep(0.05)
        found.samples.append(await asyncio.to_thread(sample, pid, found.clicks, runtime))


# ---------------------------------------------------------------- the run


def run(
    share: float, seed: int, minutes: float, least: tuple[int, int, int] = (20, 3, 1)
) -> tuple[Found, list[str], dict]:
    """(what happened, what is wrong, figures). ``least``: clicks, uploads and files of a run however short."""
    from etl import keep, publish
    from store.settings import SPACES, read_settings
    from tests.browser import driver

    folder = Path(tempfile.mkdtemp(prefix="board-soak-"))
    found, chance, server = Found(), random.Random(seed), None
    clicks, uploads, files = (
        max(int(number * share), few) for number, few in zip((CLICKS, UPLOADS, FILES), least, strict=True)
    )
    own = {
        "BOARD_RUNTIME": str(folder / "runtime"),
        "BOARD_SPACE": "auto",
        "BOARD_LANGUAGE": "vi",
        "PYTHONUTF8": "1",
    }
    try:
        with mock.patch.dict(os.environ, own):
            settings = read_settings()
            for space in SPACES:
                publish.refresh(settings, space)
            server = driver.Server([sys.executable, str(Path(__file__).resolve()), "--serve"], own)
            server.wait(90)
            begun = time.monotonic()
            found.samples.append(sample(server.process.pid, 0, settings.runtime_dir))
            asyncio.run(
                _all(server, settings, folder, chance, found, (clicks, uploads, files), begun + minutes * 60)
            )
            took = time.monotonic() - begun
            log = [line for line in server.text().splitlines() if any(word in line for word in BAD)]
            found.errors += [f"log: {line[:200]}" for line in log]
            if log:
                whole = Path(tempfile.gettempdir()) / f"board-soak-{os.getpid()}.log"
                whole.write_text(server.text(), encoding="utf-8")
                found.errors.append(f"the whole log: {whole}")
            for space in SPACES:
                state = keep.verify_log(settings, space)
                if state[0] != "whole":
                    found.errors.append(f"log of {space}: {state}")
            before = found.samples[-1]
            gone = keep.prune(settings, "official", 5, Desk(settings, folder, chance, found).one)
            after = sample(server.process.pid, found.clicks, settings.runtime_dir)
            figures = {
                "seconds": round(took),
                "clicks": found.clicks,
                "of": clicks,
                **found.acts,
                "pruned": len(gone),
            }
            figures |= {"disk before and after pruning, MB": (round(before.disk), round(after.disk))}
        return found, [*found.errors, *steady(found.samples)], figures
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _all(server, settings, folder, chance, found, numbers, until) -> None:
    clicks, uploads, files = numbers
    share: asyncio.Queue = asyncio.Queue()
    for _ in range(clicks):
        share.put_nowait(1)
    desk = Desk(settings, folder, chance, found)

    async def stop() -> None:
        while time.monotonic() < until and found.clicks < clicks:
            await asyncio.sleep(0.5)
        while not share.empty():
            share.get_nowait()

    await asyncio.gather(
        stop(),
        watch(server.process.pid, found, clicks, settings.runtime_dir, until),
        work(desk, found, clicks, uploads, files, until),
        *(reader(server.url, random.Random(chance.random()), share, found) for _ in range(READERS)),
    )


def slope(samples: list[Sample], name: str = "megabytes") -> float:
    """What a click adds, by least squares: megabytes, or another thing that was counted."""
    xs, ys = [item.clicks for item in samples], [getattr(item, name) for item in samples]
    middle, height = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle) ** 2 for x in xs)
    return sum((x - middle) * (y - height) for x, y in zip(xs, ys, strict=True)) / spread if spread else 0.0


def steady(samples: list[Sample]) -> list[str]:
    """What grows over the second half; nothing is said of a run too short to tell."""
    half = samples[len(samples) // 2 :]
    if len(half) < 5 or half[-1].clicks < 500:
        return []
    grown, held = (
        slope(half) * (half[-1].clicks - half[0].clicks),
        sum(item.megabytes for item in half) / len(half),
    )
    wrong = (
        []
        if grown <= FLAT * held
        else [f"memory grew by {grown:.0f} MB over the second half, at {held:.0f} MB"]
    )
    for name in (
        "files",
        "threads",
    ):  # sessions come and go, and what they held goes with the next collection
        more = slope(half, name) * (half[-1].clicks - half[0].clicks)
        if more > FEW:
            wrong.append(f"{more:.0f} more {name} over the second half")
    return wrong


def main() -> int:
    """Run, print the table, and say what is wrong."""
    if "--serve" in sys.argv:
        return serve(sys.argv[sys.argv.index("--serve") + 1 :])
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the four hours")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="end after so many, whatever is done")
    arguments = parser.parse_args()
    found, wrong, figures = run(arguments.share, arguments.seed, arguments.minutes)
    print("clicks      MB  files  threads  disk MB  snapshots")
    for item in found.samples:
        print(
            f"{item.clicks:6} {item.megabytes:7.0f} {item.files:6} {item.threads:8} {item.disk:8.0f} {item.snapshots:10}"
        )
    waits = sorted(found.waits)
    half = found.samples[len(found.samples) // 2 :]
    figures |= {"MB per 1000 clicks, second half": round(slope(half) * 1000, 1)} if len(half) > 1 else {}
    figures |= (
        {"seconds, median and 95 %": [round(waits[int(len(waits) * part)], 2) for part in (0.5, 0.95)]}
        if waits
        else {}
    )
    print(json.dumps(figures, ensure_ascii=False))
    print("\n".join(wrong[:40]) or "nothing wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
