"""docs/adr/README.md: the decisions by number, and docs/README.md: every page of this folder, each with its heading."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DECISIONS = ROOT / "docs" / "adr"
_TITLE = re.compile(r"^# (?:(?:ADR )?\d+[.:] )?(.+)$", re.MULTILINE)
_STATUS = re.compile(r"^\*\*Status:\*\* ([a-z]+)|^(Accepted|Proposed)\.$", re.MULTILINE)
_REPLACED = re.compile(r"in part replaced by \[(\d+)\]")


def title(text: str) -> str:
    """The page's heading, without a number."""
    found = _TITLE.search(text)
    return found[1] if found else "–"


def status(text: str) -> str:
    """accepted, proposed …, and what replaced a part of it."""
    found, later = _STATUS.search(text), _REPLACED.search(text)
    said = (found[1] or found[2]).lower() if found else "–"
    return f"{said}; in part replaced by {later[1]}" if later else said


def decisions(table) -> str:
    """The index of ``docs/adr``."""
    rows = []
    for path in sorted(DECISIONS.glob("[0-9]*.md")):
        text = path.read_text(encoding="utf-8")
        rows.append([f"[{path.name[:4]}]({path.name})", title(text), status(text)])
    head = (
        "# Quyết định / Decisions\n\nHalf a page each: why, what was decided, what else was thought of. A decision that was "
        "replaced stays, with a word on what replaced it.\n\n"
    )
    return head + table(["No.", "Decision", "Status"], rows)


def pages(table) -> str:
    """The index of ``docs``: what was written by hand and what was generated."""
    rows = []
    own = ROOT / "docs"
    for path in sorted(own.rglob("*.md")):
        name = path.relative_to(own).as_posix()
        if name == "README.md" or name.endswith((".head.md", ".tail.md")) or name.startswith("adr/"):
            continue
        rows.append([f"[{name}]({name})", title(path.read_text(encoding="utf-8"))])
    rows.append(["[adr/](adr/README.md)", "Quyết định / Decisions"])
    return "# Tài liệu / Documentation\n\n" + table(["Trang / Page", "Về / About"], rows)
