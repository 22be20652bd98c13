"""Time and memory of ``check`` beside DuckDB's own typed reading of the same file: ``python tests/benchmark/bench_check.py``.

Prints a table and no verdict. The floor reads every column as its type (text, text, text, number, number, number, text)
into a table of its own. Each task runs in a process of its own, the median of three; peak memory is the whole process with
its libraries. The file holds tidy rows of invented communes, which stand in a copy of the definitions; some notes are
quoted and some are Vietnamese. ``quarter`` is what one commune sends.

More words choose lines of the table: ``quarter million large other``; ``large`` is a tidy file of 200 MB, ``other`` a file
of the same size that the general reader would have to take, because a note breaks its line.
"""

from __future__ import annotations

import csv
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).parent))
from bench_build import definitions, peak_memory  # noqa: E402

from tests.benchmark import collected  # noqa: E402

COLUMNS = {
    "commune": "VARCHAR",
    "indicator": "VARCHAR",
    "period": "VARCHAR",
    "numerator": "DOUBLE",
    "denominator": "DOUBLE",
    "value": "DOUBLE",
    "note": "VARCHAR",
}
QUARTERS = [f"{year}-Q{quarter}" for year in range(2021, 2025) for quarter in (1, 2, 3, 4)][1:14]
NOTES = ("Số liệu của Tổ công nghệ số cộng đồng", "Nguồn: báo cáo của xã, chưa đối chiếu", "Số tạm tính", "x")
SIZES = {"quarter": 0.002, "million": 47, "large": 200, "other": 200}  # MB, of which 47 are a million rows
MILLION = 1_000_000


def rows(codes: list[str], indicators: list) -> Iterator[list]:
    """Tidy rows without end: quarter by quarter, commune by commune, every indicator; figures move slowly."""
    for time_, quarter in enumerate(QUARTERS):
        for place, code in enumerate(codes):
            dossiers = 100 + (place * 7 + time_ * 3) % 900
            for kind, item in enumerate(indicators):
                note = NOTES[(place // 4 + kind) % 4] if (place + kind * 5) % 20 == 0 else ""
                if item.is_rate:
                    whole = dossiers if "filing" in item.id else 100 + (place * 7 + kind * 13) % 900
                    part = whole * (30 + (place + kind) % 50 + time_) // 100
                    value = f"{100 * part / whole:.1f}" if kind % 3 == 0 else ""
                    yield [code, item.id, quarter, part, whole, value, note]
                else:
                    value = dossiers if item.id == "gov_dossiers_received" else 1 + (place + time_) % 9
                    yield [code, item.id, quarter, "", "", value, note]


def make(folder: Path, size: str) -> Path:
    """The definitions and one file."""
    codes = [f"{90000 + n}" for n in range({"quarter": 1, "million": 2907}.get(size, 8000))]
    indicators = definitions(folder, codes)
    upload = folder / "upload.csv"
    limit = len(indicators) if size == "quarter" else MILLION if size == "million" else None
    with upload.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number, row in enumerate(rows(codes, indicators)):
            if number == limit or (number % 1000 == 0 and file.tell() > SIZES[size] * 1e6 and limit is None):
                break
            if size == "other" and number == 1000:
                row[-1] = "hai\ndòng"
            writer.writerow(row)
    return upload


def child(task: str, folder: Path, upload: Path) -> None:
    """One task in this process; prints seconds and peak memory as JSON."""
    os.environ |= {"BOARD_DATA": str(folder / "data"), "BOARD_RUNTIME": str(folder / "runtime")}
    facts: dict[str, object] = {}
    if task == "floor":
        import duckdb

        began = time.perf_counter()
        connection = duckdb.connect()
        connection.execute(
            "CREATE TABLE upload AS SELECT * FROM read_csv(?, header = true, columns = ?)",
            [str(upload), COLUMNS],
        )
        facts["seconds"] = time.perf_counter() - began
        facts["rows"] = connection.execute("SELECT count(*) FROM upload").fetchone()[0]
    else:
        from datetime import date

        from etl.check import check
        from store import catalogue

        known = catalogue.load(catalogue.read_files(folder / "data" / "reference"))
        day = date(2026, 1, 1)
        check("first.csv", b"commune,indicator,period,value\n", known, "official", day)  # what is read once
        data = upload.read_bytes()
        began = time.perf_counter()
        report = check(upload.name, data, known, "official", day)
        facts["seconds"] = time.perf_counter() - began
        facts["rows"], facts["accepted"] = report.rows, report.accepted
        facts["codes"] = sorted({finding.code for finding in report.findings})
    print(json.dumps({**facts, "memory": peak_memory()}))


def run(task: str, folder: Path, upload: Path, times: int) -> dict:
    """``child`` in processes of its own: the one of median time."""
    results = []
    for _ in range(times):
        done = subprocess.run(
            [sys.executable, __file__, task, str(folder), str(upload)],
            cwd=ROOT,
            check=True,
            capture_output=True,
            encoding="utf-8",
        )
        results.append(json.loads(done.stdout))
    middle = statistics.median_low(item["seconds"] for item in results)
    return next(item for item in results if item["seconds"] == middle)


def main() -> None:
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    line = "{:>8} {:>6} {:>8} {:>8} {:>8} {:>8} {:>6} {:>6} {:>9}  {}"
    print(
        line.format(
            "file", "MB", "rows", "accepted", "check s", "floor s", "ratio", "MiB", "floor MiB", "findings"
        )
    )
    for size in sys.argv[1:] or SIZES:
        folder = Path(tempfile.mkdtemp(prefix="board-benchmark-"))
        try:
            upload = make(folder, size)
            times = 1 if size in ("large", "other") else 3
            ours, floor = run("check", folder, upload, times), run("floor", folder, upload, times)
            ratio = ours["seconds"] / floor["seconds"]
            shown = [f"{upload.stat().st_size / 1e6:.1f}", floor["rows"], ours["accepted"]]
            shown += [f"{ours['seconds']:.3f}", f"{floor['seconds']:.3f}", f"{ratio:.1f}"]
            shown += [f"{ours['memory']:.0f}", f"{floor['memory']:.0f}", ", ".join(ours["codes"])]
            print(line.format(size, *shown), flush=True)
            collected.row(
                "check", f"{size}: {floor['rows']} rows",
                floor["rows"] / ours["seconds"], floor["rows"] / floor["seconds"], "rows/s", "duckdb's typed read_csv",
                **{"memory MiB": ours["memory"]},
            )  # fmt: skip
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] in ("check", "floor"):
        child(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
