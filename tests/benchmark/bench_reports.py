"""What leaves the screen: time and memory of deck, workbook and data package, each beside a floor of the same run.

Run: ``python tests/benchmark/bench_reports.py``. Each figure comes from a process that has made nothing yet, imports of
the writer's libraries included, as the first person who asks waits for them.

slides   8 and 37 communes, against the library's own empty deck with as many slides
book     37 communes, against an empty workbook of as many sheets
package  three thousand figures, against packing the same text without making it
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

HEAD = """
import io, resource, sys, time, zipfile
from tests.unit.reports import told
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
def told_of(work):
    before, begin = peak(), time.perf_counter()
    size = len(work())
    print(1000 * (time.perf_counter() - begin), peak() - before, size / 1024)
"""
FLOOR_DECK = """
def work():
    import pptx
    deck = pptx.Presentation()
    for _ in range({pages}):
        deck.slides.add_slide(deck.slide_layouts[6])
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()
"""
DECK = """
def work():
    from reports.slides import slides
    return slides(told.story({count}))
"""
FLOOR_BOOK = """
def work():
    import xlsxwriter
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for _ in range(6):
        book.add_worksheet()
    book.close()
    return buffer.getvalue()
"""
BOOK = """
def work():
    from reports.book import book
    return book(told.report(37))
"""
FIGURES = """
import pandas as pd
from pathlib import Path
from store import catalogue
from reports.package import Content, package
from views.text import languages
folder = Path("data/reference")
known = catalogue.load(catalogue.read_files(folder))
texts = languages(folder / "texts")
areas, indicators = [area.id for area in known.pilots], [item for item in known.indicators][:45]
rows = [(area, item.id, item.default_definition, f"{year}-Q{quarter}", f"{year}{quarter}", "observed", n % 90 + 1.0, 100.0,
         float(n % 90 + 1), False, "exact", "reported", "illustrative", "illustrative", None)
        for n, (area, item, year, quarter) in enumerate((a, i, y, q) for a in areas for i in indicators
        for y in (2023, 2024) for q in (1, 2, 3, 4))]
names = ["area_id", "indicator_id", "definition", "period", "sort_key", "role", "numerator", "denominator", "value",
         "value_given", "qualifier", "status", "provenance", "source", "note"]
both = {"vi": told.CITATION, "en": told.CITATION}
content = Content(pd.DataFrame(rows, columns=names), known, "2024-Q4-000000000000", "demo", {"vi": "x", "en": "x"}, both)
say = {code: texts[code].text for code in ("vi", "en")}
"""
PACKAGE = """
def work():
    return package(content, say)
"""
FLOOR_PACKAGE = """
parts = zipfile.ZipFile(io.BytesIO(package(content, say)))
parts = {name: parts.read(name) for name in parts.namelist()}
def work():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as box:
        for name, text in parts.items():
            box.writestr(name, text)
    return buffer.getvalue()
"""
CASES = (
    ("slides, 8 communes", DECK.format(count=8), FLOOR_DECK.format(pages=9)),
    ("slides, 37 communes", DECK.format(count=37), FLOOR_DECK.format(pages=19)),
    ("workbook, 37 communes", BOOK, FLOOR_BOOK),
    ("data package, 2,880 figures", FIGURES + PACKAGE, FIGURES + FLOOR_PACKAGE),
)


def measured(source: str, runs: int) -> list[float]:
    """Middle of (milliseconds, MiB more at the peak, KiB of the file)."""
    found = []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, "-c", HEAD + source + "told_of(work)"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        found.append([float(number) for number in done.stdout.split()])
    return [statistics.median(row) for row in zip(*found, strict=True)]


def main(runs: int) -> None:
    print(f"{platform.platform()}, Python {platform.python_version()}, {runs} runs, middle of them\n")
    print("| | ms | floor ms | ratio | MiB | KiB of file |\n|---|---|---|---|---|---|")
    for name, own, floor in CASES:
        (time, memory, size), (least, _, _) = measured(own, runs), measured(floor, runs)
        print(f"| {name} | {time:.0f} | {least:.0f} | {time / least:.1f} | {memory:.0f} | {size:.0f} |")
        collected.row(
            "reports", name, time, least, "ms", "the library's empty file", **{"memory MiB": memory}
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    main(parser.parse_args().runs)
