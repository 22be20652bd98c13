"""The full report for the eight communes as DOCX and PDF: time and peak memory, each beside a floor of the same run.

Run: ``python tests/benchmark/bench_documents.py``. Aim: both files within 10 s, memory under 600 MB.

The floor of the DOCX is the library writing and reading as many empty paragraphs as the report has cells, and its drawings
as pictures; that of the PDF is the typesetter setting the same texts as plain lines. Each run is a new process, so that
nothing is warm; memory is the highest of the process with everything it has loaded, the snapshot too.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmark import collected  # noqa: E402

ONE = """
import io, logging, resource, time
logging.disable(logging.WARNING)
from store.settings import read_settings
from store.snapshot import current_id
from views import load
from views.choices import default_periods
from views.frame import Context
from views.screens import report as screen
from views.text import languages
from views.theme import theme
settings = read_settings()
own = current_id(settings, "demo")
ctx = Context(settings, languages(settings.reference_dir / "texts")["vi"], theme("light"), "demo", own,
              load.catalogue("demo", own), load.meta("demo", own), {})
chosen = screen.Chosen(*default_periods(ctx), "full")
def timed(work):
    begin = time.perf_counter()
    made = work()
    return 1000 * (time.perf_counter() - begin), made
model, told = timed(lambda: screen.report(ctx, chosen, {}))
(_, _, docx), (_, _, pdf), _ = screen.writers(ctx, chosen, {})
first, _ = timed(docx)
second, _ = timed(pdf)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
parts = (*told.parts, *told.annex)
cells = [cell.text for part in parts if part.table for row in part.table.rows for cell in row]
drawings = [part.drawing for part in parts if part.drawing]
def plain():
    from docx import Document
    from reports import paper, typeset
    page = Document()
    for text in cells:
        page.add_paragraph(text)
    for one in drawings:
        svg, height = paper.drawn(one, told.colours, paper.Setting())
        page.add_picture(io.BytesIO(typeset.png(svg, paper.WIDE, height, 110)))
    page.save(io.BytesIO())
def lines():
    from reports import typeset
    typeset.pdf('#set document(title: "x")\\n' + "\\n".join(f"#par({typeset.escaped(text)})" for text in cells))
print(model, first, second, timed(plain)[0], timed(lines)[0], peak)
"""


def main(runs: int) -> None:
    """Each run in a new process; the middle of them is printed."""
    found = []
    with tempfile.TemporaryDirectory(prefix="board-bench-") as folder:
        environ = {**os.environ, "BOARD_RUNTIME": folder}
        subprocess.run(
            [sys.executable, "-m", "etl", "init"], cwd=ROOT, env=environ, check=True, capture_output=True
        )
        for _ in range(runs):
            done = subprocess.run(
                [sys.executable, "-c", ONE], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
            )
            found.append([float(number) for number in done.stdout.split()])
    model, docx, pdf, docx_floor, pdf_floor, peak = (
        statistics.median(row) for row in zip(*found, strict=True)
    )
    print(f"{platform.platform()}, Python {platform.python_version()}, {runs} runs, middle of them\n")
    print("| | ours, ms | floor, ms | ratio |\n|---|---|---|---|")
    print(f"| figures to report | {model:.0f} | | |")
    for name, own, floor in (("DOCX", docx, docx_floor), ("PDF", pdf, pdf_floor)):
        print(f"| {name} | {own:.0f} | {floor:.0f} | {own / floor:.1f} |")
        collected.row("documents", name, own, floor, "ms", "plain text by the same library")
    print(
        f"\nTogether {(model + docx + pdf) / 1000:.1f} s (aim: 10), highest memory {peak:.0f} MB (aim: 600)"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    main(parser.parse_args().runs)
