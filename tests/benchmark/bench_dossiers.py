"""Dossiers to a quarter's figures beside DuckDB's plain scan: ``python tests/benchmark/bench_dossiers.py``.

Prints a table and no verdict. The floor is DuckDB reading every column that the computation needs and counting its cells,
on the same files, before and after. The computation is the product's own: all rules, all indicators, repeated numbers,
hashes of the files. With Spark's library and Java the same runs on Spark in this machine, and the counts are compared.
Every task is a process of its own. The communes (3,321) are invented; some dossiers are faulty.

``--rows 100000000 --data FOLDER`` is the large one: 2 GB of files, written once into FOLDER and left there.
``--no-spark`` leaves Spark out; ``tests/benchmark/spark_cluster.py`` tries a cluster and the loss of a worker.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).parent))

from bench_build import definitions, peak_memory  # noqa: E402

from tests.benchmark import collected  # noqa: E402

COMMUNES = 3321
PERIOD = "2024-Q4"
FAULTS = 0.0001
ROWS_IN_A_FILE = 5_000_000


def prepare(folder: Path, rows: int) -> list[Path]:
    """Definitions and dossiers below ``folder``, made where they are missing; the files of dossiers."""
    import make_dossiers

    reference = folder / "data" / "reference"
    if not reference.exists():
        definitions(folder, [f"{90000 + n}" for n in range(COMMUNES)])
    else:  # the newest definitions, beside the same communes
        shutil.copytree(ROOT / "data" / "reference" / "dossiers", reference / "dossiers", dirs_exist_ok=True)
    own = folder / f"rows-{rows}"
    if not (own / "whole").exists():
        files = max(2, -(-rows // ROWS_IN_A_FILE))
        areas = reference / "areas.csv"
        make_dossiers.write(own, rows, 1, files=files, faults=FAULTS, period=PERIOD, areas=areas)
        (own / "whole").touch()
    return sorted(own.glob("*.parquet"))


def floor(paths: list[Path]) -> dict:
    """DuckDB counts the cells of every column that the computation reads (``updated_at`` among them: numbers repeat)."""
    import duckdb

    from etl.dossiers import compose, files, table
    from store import catalogue

    reference = paths[0].parents[1] / "data" / "reference"
    own = table.read(reference, catalogue.load(catalogue.read_files(reference)))
    sources, _ = files.sources(paths, own)
    days = dict.fromkeys(("start", "end", "earliest", "today"), own.earliest)
    columns = compose.plan(own, sources, days, ()).columns
    database = duckdb.connect()
    began, spent = time.perf_counter(), time.process_time()
    counts = ", ".join(f"COUNT({name})" for name in columns)
    row = database.execute(
        f"SELECT {counts} FROM read_parquet(?)", [[str(path) for path in paths]]
    ).fetchone()
    seconds, processor = time.perf_counter() - began, time.process_time() - spent
    return {"seconds": seconds, "processor": processor, "rows": max(row), "columns": len(columns)}


def quarter(paths: list[Path], engine_name: str, master: str) -> dict:
    """The product's computation; ``digest`` is equal where all figures and all counts of faults are."""
    from datetime import date

    from etl.dossiers import compute, engine, table
    from store import catalogue
    from store.settings import read_settings

    reference = paths[0].parents[1] / "data" / "reference"
    known = catalogue.load(catalogue.read_files(reference))
    own = table.read(reference, known)
    settings = read_settings({"BOARD_ENGINE": engine_name, "BOARD_SPARK_MASTER": master})
    began = time.perf_counter()
    with engine.engine(settings) as running:
        ready, spent = time.perf_counter(), time.process_time()
        result = compute.compute(paths, PERIOD, own, known, running, date(2026, 1, 1))
        ended, processor = time.perf_counter(), time.process_time() - spent
    figures = sorted((key, sorted(figure.items())) for key, figure in result.figures.items())
    said = sorted((item.code, item.count, item.examples) for item in result.findings)
    return {
        "seconds": ended - ready,
        "processor": processor,
        "start": ready - began,
        "rows": result.rows,
        "dossiers": result.dossiers,
        "figures": len(figures),
        "faulty": sum(item.count for item in result.findings if item.severity.value == "warn"),
        "digest": hashlib.sha256(repr((figures, said)).encode()).hexdigest()[:16],
    }


def run(task: str, folder: Path, rows: int, master: str = "local[*]", extra: dict | None = None) -> dict:
    """One task in a process of its own."""
    words = [sys.executable, __file__, "--child", task, "--rows", str(rows), "--data", str(folder)]
    done = subprocess.run(
        [*words, "--master", master], capture_output=True, text=True, env={**os.environ, **(extra or {})}
    )
    if done.returncode:
        raise SystemExit(done.stderr[-4000:])
    return json.loads(done.stdout.splitlines()[-1])


def load_average() -> str:
    """How busy the machine is, where it says so."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?"


def main() -> None:
    """Read the words, measure, print."""
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--rows", type=int, default=2_000_000)
    words.add_argument("--data", type=Path)
    words.add_argument("--no-spark", action="store_true")
    words.add_argument("--child", help=argparse.SUPPRESS)
    words.add_argument("--master", default="local[*]", help=argparse.SUPPRESS)
    given, _ = words.parse_known_args()
    if given.child:
        paths = prepare(given.data, given.rows)
        facts = floor(paths) if given.child == "floor" else quarter(paths, given.child, given.master)
        print(json.dumps({**facts, "memory": peak_memory()}))
        return
    folder = given.data or Path(tempfile.mkdtemp(prefix="dossiers-"))
    try:
        paths = prepare(folder, given.rows)
        size = sum(path.stat().st_size for path in paths)
        print(
            f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} processors\n"
            f"{given.rows:,} dossiers in {len(paths)} Parquet files, {size / 1e6:,.0f} MB; {COMMUNES:,} communes"
        )
        table(folder, given.rows, not given.no_spark and importlib.util.find_spec("pyspark") is not None)
    finally:
        if not given.data:
            shutil.rmtree(folder, ignore_errors=True)


def table(folder: Path, rows: int, spark: bool) -> None:
    """Floor, DuckDB, floor again, Spark; ratios to the mean of the two floors, by the clock and by processor time (which
    other work on the machine disturbs less; Spark's is spent in another process)."""
    tasks = [
        ("floor", "floor"),
        ("duckdb", "duckdb"),
        ("floor again", "floor"),
        *([("spark", "spark")] if spark else []),
    ]
    facts = {}
    for name, task in tasks:
        facts[name] = {**run(task, folder, rows), "load": load_average()}
    floors = [facts["floor"], facts["floor again"]]
    clock, processor = (sum(own[key] for own in floors) / 2 for key in ("seconds", "processor"))
    print(f"{'task':<26}{'s':>9}{'ratio':>8}{'processor s':>13}{'ratio':>8}{'MiB':>7}{'load':>7}")
    for name, own in facts.items():
        label = f"{name} ({own['columns']} columns)" if "columns" in own else name
        spent = (
            f"{own['processor']:>13.2f}{own['processor'] / processor:>8.2f}"
            if name != "spark"
            else f"{'–':>13}{'–':>8}"
        )
        print(
            f"{label:<26}{own['seconds']:>9.2f}{own['seconds'] / clock:>8.2f}{spent}{own['memory']:>7.0f}{own['load']:>7}"
        )
        if "columns" not in own:
            collected.row(
                "dossiers", f"{name}: {rows} dossiers", own["seconds"], clock, "s", "duckdb's scan of the columns used",
                **{"memory MiB": round(own["memory"])},
            )  # fmt: skip
    own = facts["duckdb"]
    print(
        f"{own['dossiers']:,} of the quarter, {own['figures']:,} figures, {own['faulty']:,} left out, {own['digest']}"
    )
    if spark:
        print("spark: equal counts" if facts["spark"]["digest"] == own["digest"] else "spark: OTHER COUNTS")


if __name__ == "__main__":
    main()
