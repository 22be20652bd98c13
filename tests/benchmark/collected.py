"""What a bench measured, beside its printed table: a row for ``bench_all``, where ``BOARD_BENCH_ROWS`` names a file."""

from __future__ import annotations

import json
import os
from pathlib import Path

FILE = "BOARD_BENCH_ROWS"


def row(bench: str, case: str, own: float, floor: float, unit: str, floor_is: str, **facts: object) -> None:
    """One thing measured, beside its floor of the same run; ``facts`` say more (memory, errors, rows)."""
    if path := os.environ.get(FILE):
        line = {
            "bench": bench, "case": case, "own": own, "floor": floor, "unit": unit, "floor_is": floor_is, "facts": facts,
        }  # fmt: skip
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")


def rows(path: Path) -> list[dict]:
    """All rows of a file; none where nothing was written."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
