"""Time and memory of check and build beside DuckDB's own reading of the same file: ``python tests/benchmark/bench_build.py``.

Prints a table and no verdict. Each line is a file of one quarter, so many communes x all uploaded rates and counts, in a
process of its own; peak memory is the whole process with its libraries. Needs only the pinned environment. The communes
are invented and stand beside the real ones in a copy of the definitions; nothing of the installation is touched.
"""

from __future__ import annotations

import csv
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmark import collected  # noqa: E402

if TYPE_CHECKING:
    from store.definitions import Indicator

SIZES = (8, 100, 1000)


def definitions(folder: Path, codes: Sequence[str]) -> list[Indicator]:
    """A copy of the definitions below ``folder / "data"`` with invented communes of these codes; the indicators that
    communes report."""
    from store import catalogue

    data = folder / "data"
    shutil.copytree(ROOT / "data" / "reference", data / "reference")
    for name in ("published", "demo"):
        (data / name).mkdir()
    path = data / "reference" / "areas.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    pilot = next(row for row in rows if row["role"] == "pilot")
    blank = {"aliases": "", "note_vi": "", "note_en": "", "tile_col": "", "tile_row": "", "role": "other"}
    rows += [
        {
            **pilot,
            **blank,
            "area_id": f"{code}-2020",
            "area_code": code,
            "name_vi": f"Thử {code}",
            "name_en": f"Thu {code}",
        }
        for code in codes
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return [
        item for item in catalogue.load(catalogue.read_files(data / "reference")).indicators if item.uploaded
    ]


def make(folder: Path, communes: int) -> Path:
    """A copy of the definitions with enough communes, and the file they would send. Returns the file."""
    codes = [f"{90000 + n}" for n in range(communes)]
    indicators = definitions(folder, codes)
    upload = folder / "upload.csv"
    with upload.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["commune", "indicator", "period", "numerator", "denominator", "value", "note"])
        for n, code in enumerate(codes):
            for k, item in enumerate(indicators):
                if item.is_rate:
                    whole = 100 + (n * 7 + k * 13) % 900
                    writer.writerow(
                        [code, item.id, "2024-Q1", whole * (30 + (n + k) % 60) // 100, whole, "", ""]
                    )
                else:
                    writer.writerow(
                        [code, item.id, "2024-Q1", "", "", max(1, int(item.valid_min or 0) + 1), ""]
                    )
    return upload


def child(task: str, folder: Path, upload: Path) -> None:
    """One task in this process; prints seconds and peak memory as JSON."""
    os.environ |= {"BOARD_DATA": str(folder / "data"), "BOARD_RUNTIME": str(folder / f"runtime-{task}")}
    facts: dict[str, float] = {}
    if task == "floor":
        import duckdb

        began = time.perf_counter()
        facts["rows"] = len(duckdb.connect().execute("SELECT * FROM read_csv(?)", [str(upload)]).fetchall())
        facts["seconds"] = time.perf_counter() - began
    else:
        from datetime import date

        from etl import publish
        from store.settings import read_settings

        settings = read_settings()
        began = time.perf_counter()
        report = publish.check_files(
            settings, "official", [(upload.name, upload.read_bytes())], date(2026, 1, 1)
        )[0]
        facts["check"] = time.perf_counter() - began
        began = time.perf_counter()
        outcome = publish.load(settings, "official", [upload], "benchmark", date(2026, 1, 1))[0]
        facts["load"] = time.perf_counter() - began
        facts["rows"], facts["accepted"] = report.rows, outcome.report.accepted
        facts["blocking"] = sum(finding.severity.value == "block" for finding in outcome.report.findings)
        if report.blocked:
            facts["first"] = str(
                next(finding for finding in report.findings if finding.severity.value == "block")
            )
    print(json.dumps({**facts, "memory": peak_memory()}))


def peak_memory() -> float:
    """Largest memory this process has held, in MiB; 0 where the system does not say (Windows)."""
    try:
        import resource
    except ImportError:
        return 0.0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def run(task: str, folder: Path, upload: Path) -> dict[str, float]:
    """``child`` in a process of its own, the better of two."""
    results = []
    for _ in range(2):
        shutil.rmtree(folder / f"runtime-{task}", ignore_errors=True)
        done = subprocess.run(
            [sys.executable, __file__, task, str(folder), str(upload)],
            cwd=ROOT,
            check=True,
            capture_output=True,
            encoding="utf-8",
        )
        results.append(json.loads(done.stdout))
    return min(results, key=lambda item: item.get("load", item.get("seconds")))


def main() -> None:
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}; better of two")
    print("load = check + keep the file + build the snapshot + publish; floor = duckdb.read_csv of the file")
    line = "{:>8} {:>7} {:>8} {:>8} {:>8} {:>6} {:>7} {:>6} {:>9}"
    print(
        line.format("communes", "rows", "check s", "load s", "floor s", "ratio", "rows/s", "MiB", "floor MiB")
    )
    for communes in SIZES:
        folder = Path(tempfile.mkdtemp(prefix="board-benchmark-"))
        try:
            upload = make(folder, communes)
            ours, floor = run("load", folder, upload), run("floor", folder, upload)
            if ours["blocking"] or ours["accepted"] != ours["rows"]:
                sys.exit(f"the generated file was refused: {ours.get('first', ours)}")
            seconds = [f"{value:.3f}" for value in (ours["check"], ours["load"], floor["seconds"])]
            rates = [f"{ours['load'] / floor['seconds']:.1f}", f"{ours['rows'] / ours['load']:.0f}"]
            memory = [f"{ours['memory']:.0f}", f"{floor['memory']:.0f}"]
            print(line.format(communes, ours["rows"], *seconds, *rates, *memory), flush=True)
            collected.row(
                "build", f"load of {ours['rows']} rows ({communes} communes)",
                ours["rows"] / ours["load"], ours["rows"] / floor["seconds"], "rows/s", "duckdb.read_csv",
                **{"memory MiB": ours["memory"]},
            )  # fmt: skip
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        child(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
