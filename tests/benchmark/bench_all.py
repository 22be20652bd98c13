"""Every bench of this folder, one after the other, and their ratios in one table: ``python tests/benchmark/bench_all.py``.

``--write`` stores the tables in docs/benchmark.md with machine and versions, in place of older ones of the same benches;
``--full`` takes the long forms (hours); ``--only sessions check`` takes some; ``--minutes`` ends a bench that takes longer.
A bench that fails or is not there is named in the table. A bench adds a row with ``collected.row``; whatever it prints
goes through.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmark import collected  # noqa: E402

HERE = Path(__file__).parent
PAGE = ROOT / "docs" / "benchmark.md"
LIBRARIES = ("streamlit", "pandas", "plotly", "duckdb", "pyarrow", "numpy", "uvicorn")
# In this order; words for the usual and for the long form. Benches that stand here alone are found by their names too.
WORDS: dict[str, tuple[list[str], list[str]]] = {
    "pages": ([], ["--runs", "5"]),
    "sizes": ([], []),
    "sessions": (["--readers", "1", "10", "25", "50"], ["--full"]),
    "check": (["quarter", "million"], []),
    "build": ([], []),
    "national": ([], ["--full"]),
    "reports": ([], []),
    "documents": ([], []),
    "statistics": ([], []),
    "dossiers": ([], ["--rows", "100000000"]),
}


def names() -> list[str]:
    """Benches of this folder, those named above first."""
    there = [path.stem.removeprefix("bench_") for path in sorted(HERE.glob("bench_*.py"))]
    known = [name for name in WORDS if name in there]
    return [*known, *(name for name in there if name not in (*known, "all"))]


def run(name: str, words: list[str], file: Path, minutes: float) -> str:
    """Run one; how it ended where it did not end well."""
    command = [sys.executable, str(HERE / f"bench_{name}.py"), *words]
    print(f"\n=== {' '.join(command[1:])}", flush=True)
    environ = {**os.environ, collected.FILE: str(file)}
    try:
        code = subprocess.run(command, cwd=ROOT, env=environ, check=False, timeout=minutes * 60).returncode
    except subprocess.TimeoutExpired:
        return f"ended after {minutes:.0f} minutes"
    return f"exit {code}" if code else ""


def number(value: float) -> str:
    """Three figures that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def machine() -> list[str]:
    """What it was measured on."""
    found = []
    for library in LIBRARIES:
        try:
            found.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            continue
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    return [
        f"{time.strftime('%d/%m/%Y')}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores{memory}",
        f"Python {platform.python_version()}, {', '.join(found)}",
        *([f"commit {commit}"] if commit else []),
    ]


HEAD = """# Đo tốc độ / Benchmark

Mỗi dòng là một việc của sản phẩm đặt cạnh mức sàn đo trong cùng lượt chạy. Máy khác nhau thì số khác nhau; chỉ so được tỷ số.
Mỗi phần nói lệnh đã ghi ra nó, ngày, máy và phiên bản.

Each line holds one task of the product beside a floor measured in the same run. Machines differ; only ratios travel.
Each part names the command that wrote it, day, machine and versions.
"""


def section(name: str, rows: list[dict], trouble: str, words: list[str]) -> str:
    """What one bench measured, as Markdown."""
    parts = [
        f"## {name}",
        "",
        f"`python3 start.py bench {' '.join(words)}`".replace(" `", "`"),
        "",
        *(f"- {line}" for line in machine()),
        "",
        "| task | own | floor | unit | ratio | floor is | more |",
        "|---|---:|---:|---|---:|---|---|",
    ]
    for row in rows:
        more = ", ".join(
            f"{key} {number(value) if isinstance(value, float) else value}"
            for key, value in row["facts"].items()
        )
        ratio = f"{row['own'] / row['floor']:.2f}" if row["floor"] else "–"
        cells = [
            row["case"],
            number(row["own"]),
            number(row["floor"]),
            row["unit"],
            ratio,
            row["floor_is"],
            more,
        ]
        parts.append("| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |")
    if trouble:
        parts += ["", f"Không đo được / not measured: {trouble}"]
    return "\n".join(parts) + "\n"


def merged(old: str, new: dict[str, str]) -> str:
    """The page with the parts measured now in place of their older ones; the others stay as they are."""
    found = {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in old.split("\n## ")[1:]} | new
    order = [name for name in names() if name in found]
    return "\n".join([HEAD, *(found[name] for name in order)])


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="store the table in docs/benchmark.md")
    parser.add_argument("--full", action="store_true", help="the long form of each bench")
    parser.add_argument("--only", nargs="+", choices=names(), help="these alone")
    parser.add_argument(
        "--place", action="append", default=[], help="an installation of many communes for the bench of sizes"
    )
    parser.add_argument("--minutes", type=float, default=30, help="the longest a bench may take")
    asked = parser.parse_args(words)
    trouble: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="board-bench-") as folder:
        file = Path(folder) / "rows.jsonl"
        for name in asked.only or names():
            usual, full = WORDS.get(name, ([], []))
            given = [*(full if asked.full else usual)]
            if name == "sizes":
                given += [word for place in asked.place for word in ("--place", place)]
            ended = run(name, given, file, asked.minutes)
            if ended:
                trouble[name] = ended
        # A folder of this machine says nothing to who reads the page.
        shown = [re.sub(r"(?<==)[^=?]*[/\\][^?]*", "FOLDER", word) for word in words]
        shown = [f'"{word}"' if "?" in word else word for word in shown]
        rows = collected.rows(file)
        parts = {
            name: section(name, [row for row in rows if row["bench"] == name], trouble.get(name, ""), shown)
            for name in asked.only or names()
        }
    print("\n".join(["", *parts.values()]))
    if asked.write:
        old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        PAGE.write_text(merged(old, parts), encoding="utf-8", newline="\n")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
