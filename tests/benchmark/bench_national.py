"""A country's files: check, load, build and the readers' questions beside DuckDB's own work on the same files.

    python tests/benchmark/bench_national.py            # 840 communes x 60 x 10: half a million rows
    python tests/benchmark/bench_national.py --full     # 3,321 x 60 x 40, then 10,600 x 60 x 40; --full 3321: that one alone

Prints ratios and no verdict. The files are those of ``data/national/make_national.py``. Floors, measured in the same run:
``read``, DuckDB's typed ``read_csv`` of the files into a table of a database file; ``index``, the same and a unique index
over commune, indicator, period and file. Check and load are of one quarter's file (floor: its own typed read), build is of
all files: definitions, judgement of every row, corrections, hidden figures, the snapshot. Each task runs in a process of
its own, turn by turn, and the best of the rounds counts; memory is the largest of a whole process. Seconds are of the clock;
``cpu`` is what the processors were busy, which says more where others work on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).parent))

from bench_build import peak_memory  # noqa: E402

from tests.benchmark import collected  # noqa: E402

QUICK = ((840, 60, 10),)
FULL = (3321, 10600)  # communes, each x 60 x 40
COLUMNS = {
    **dict.fromkeys(("commune", "indicator", "period"), "VARCHAR"),
    **dict.fromkeys(("numerator", "denominator"), "DOUBLE"),
    **dict.fromkeys(("value", "note", "source"), "VARCHAR"),  # a value may be the words for "no cases"
}
PROVENANCES = ("illustrative", "uploaded")


def newest(folder: Path) -> Path:
    """The last quarter's file."""
    return max(folder.glob("demo/*-Q?.csv"))


def floor(folder: Path, files: list[str], index: bool) -> dict:
    """DuckDB's own load of files into a table of a database file."""
    import duckdb

    path = folder / "floor.duckdb"
    path.unlink(missing_ok=True)
    began, busy = time.perf_counter(), time.process_time()
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(
            "CREATE TABLE figure AS SELECT * FROM read_csv(?, header = true, columns = ?, filename = true)",
            [files, COLUMNS],
        )
        if index:
            connection.execute("CREATE UNIQUE INDEX one ON figure (commune, indicator, period, filename)")
        connection.execute("CHECKPOINT")
        rows = connection.execute("SELECT count(*) FROM figure").fetchone()[0]
    facts = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - busy, "rows": rows}
    path.unlink()
    return facts


def build(folder: Path) -> dict:
    """The snapshot of all files, in an empty runtime folder."""
    from etl import build as built
    from store.settings import read_settings

    runtime = folder / "runtime"
    shutil.rmtree(runtime, ignore_errors=True)
    settings = read_settings({"BOARD_DATA": str(folder), "BOARD_RUNTIME": str(runtime)})
    began, busy = time.perf_counter(), time.process_time()
    built.build(settings, "demo")
    return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - busy}


def check(folder: Path) -> dict:
    """The judgement of one quarter's file."""
    from etl import check as judged
    from store import catalogue

    known = catalogue.load(catalogue.read_files(folder / "reference"))
    data = newest(folder).read_bytes()
    judged.check("first.csv", b"commune,indicator,period,value\n", known, "demo", judged.today())
    began, busy = time.perf_counter(), time.process_time()
    report = judged.check("quarter.csv", data, known, "demo", judged.today())
    facts = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - busy}
    if report.accepted != report.rows:
        sys.exit(f"the generated file was refused: {report.findings[:3]}")
    return facts | {"rows": report.rows}


def load(folder: Path) -> dict:
    """One quarter sent to an installation that has the quarter before it: checked, kept, built, published."""
    from etl import publish
    from store.access import ADMINISTRATOR, User
    from store.settings import read_settings

    with tempfile.TemporaryDirectory(prefix="board-load-") as name:
        data = Path(name)
        shutil.copytree(folder / "reference", data / "reference")
        settings = read_settings({"BOARD_DATA": str(data), "BOARD_RUNTIME": str(data / "runtime")})
        user = User("benchmark", ADMINISTRATOR)
        before, last = sorted(folder.glob("demo/*-Q?.csv"))[-2:]
        publish.load(settings, "demo", [before], user)
        began, busy = time.perf_counter(), time.process_time()
        outcome = publish.load(settings, "demo", [last], user)[0]
        facts = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - busy}
        if not outcome.new:
            sys.exit(f"the generated file was refused: {outcome.report.findings[:3]}")
        return facts | {"rows": outcome.report.rows}


def questions(folder: Path) -> dict:
    """What pages ask first, warm: milliseconds, the best of seven."""
    from store import catalogue, read
    from store.snapshot import Snapshot

    snapshot = Snapshot(next(folder.glob("runtime/demo/snapshots/*.duckdb")))
    known = catalogue.load(read.definition_files(snapshot))
    every = [area.id for area in known.areas if area.level == 3]
    one = known.indicators[0].id
    names = [
        row[0] for row in snapshot.cursor().execute("SELECT period FROM period ORDER BY sort_key").fetchall()
    ]
    ends = [names[0], names[-1]]

    def asked(function: Callable, areas: list[str], **more: object) -> Callable:
        return lambda: function(snapshot, areas=areas, provenances=PROVENANCES, **more)

    wanted = {
        "one indicator, two periods, all areas": asked(read.figures, every, indicators=[one], periods=ends),
        "one area, all of it": asked(read.figures, every[:1]),
        "a province, two periods": asked(read.figures, every[:98], periods=ends),
        "periods()": asked(read.periods, every),
        "definitions()": asked(read.definitions, every),
        "findings()": asked(read.findings, every),
    }
    found = {}
    for label, ask in wanted.items():
        times = []
        for _ in range(8):
            began, busy = time.perf_counter(), time.process_time()
            ask()
            times.append((time.perf_counter() - began, time.process_time() - busy))
        warm = times[1:]
        found[label] = [1000 * min(item) for item in zip(*warm, strict=True)]
    snapshot.close()
    return {"seconds": 0.0, "cpu": 0.0, "questions": found}


def child(task: str, folder: Path) -> None:
    """One task in this process; prints what it took as JSON."""
    every = sorted(str(path) for path in folder.glob("demo/2*.csv"))
    tasks: dict[str, Callable[[], dict]] = {
        "read one": lambda: floor(folder, [str(newest(folder))], index=False),
        "read": lambda: floor(folder, every, index=False),
        "index": lambda: floor(folder, every, index=True),
        "check": lambda: check(folder),
        "load": lambda: load(folder),
        "build": lambda: build(folder),
        "questions": lambda: questions(folder),
    }
    print(json.dumps(tasks[task]() | {"memory": peak_memory()}))


def run(task: str, folder: Path) -> dict:
    """``child`` in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "child", task, str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return json.loads(done.stdout)


def measure(folder: Path, rounds: int) -> dict[str, dict]:
    """Every task, turn by turn so that a slow minute of the machine meets them all; the best of the rounds each."""
    tasks = ("read one", "check", "load", "read", "index", "build")
    results: dict[str, list[dict]] = {task: [] for task in tasks}
    for _ in range(rounds):
        for task in tasks:
            results[task].append(run(task, folder))
    best = {task: min(found, key=lambda item: item["seconds"]) for task, found in results.items()}
    return best | {"questions": run("questions", folder)}


def show(found: dict[str, dict], rows: int) -> None:
    """The table of one size."""
    line = "  {:<22} {:>9} {:>9} {:>9} {:>10} {:>12} {:>10} {:>7}"
    print(line.format("", "rows", "s", "cpu s", "rows/s", "floor", "ratio", "MiB"))
    beside = {"check": "read one", "load": "read one", "build": "index"}
    for task, facts in found.items():
        if task == "questions":
            continue
        count, base = facts.get("rows", rows), found.get(beside.get(task, ""))
        ratio = f"{facts['seconds'] / base['seconds']:.1f}" if base else ""
        shown = (f"{facts['seconds']:.2f}", f"{facts['cpu']:.2f}", f"{count / facts['seconds']:,.0f}")
        print(line.format(task, count, *shown, beside.get(task, ""), ratio, f"{facts['memory']:.0f}"))
        if base:
            floor_is = (
                "duckdb's typed read" if base is not found["index"] else "duckdb's load into an indexed table"
            )
            least = base.get("rows", count) / base["seconds"]
            memory = {"memory MiB": round(facts["memory"])}
            collected.row(
                "national",
                f"{task}: {count} rows",
                count / facts["seconds"],
                least,
                "rows/s",
                floor_is,
                **memory,
            )
    build = found["build"]
    for base in ("read", "index"):
        clock, busy = (build[kind] / found[base][kind] for kind in ("seconds", "cpu"))
        print(f"  build beside {base}: {clock:.1f} by the clock, {busy:.1f} by the processors")
    for label, (clock, busy) in found["questions"]["questions"].items():
        print(f"  {label:<40} {clock:>7.0f} ms, cpu {busy:>6.0f} ms")


def main() -> None:
    """Make each set, measure, print."""
    parser = argparse.ArgumentParser(
        description="Check, load and build of a country's files beside DuckDB's own."
    )
    parser.add_argument(
        "--full",
        type=int,
        nargs="*",
        help="8 and 25 million rows: some minutes, 4 GB of disk, 6 GB of memory",
    )
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument(
        "--keep", type=Path, help="a folder for the sets, which are made only where they are not there"
    )
    said = parser.parse_args()
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}; best of {said.rounds}"
    )
    full = [(communes, 60, 40) for communes in said.full or FULL]
    for communes, indicators, quarters in QUICK if said.full is None else full:
        home = said.keep or Path(tempfile.mkdtemp(prefix="board-national-"))
        folder = home / f"{communes}-{indicators}-{quarters}"
        try:
            if not folder.exists():
                sizes = (
                    "--communes",
                    str(communes),
                    "--indicators",
                    str(indicators),
                    "--quarters",
                    str(quarters),
                )
                make = ROOT / "data" / "national" / "make_national.py"
                subprocess.run(
                    [sys.executable, str(make), str(folder), *sizes], check=True, capture_output=True
                )
            found = measure(folder, said.rounds)
            print(f"{communes} communes x {indicators} indicators x {quarters} quarters")
            show(found, found["index"]["rows"])
            shutil.rmtree(folder / "runtime", ignore_errors=True)
        finally:
            if not said.keep:
                shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
