"""How every number is made: formulas with their sources, signs, sending figures, what is proposed, glossary."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from views import format as fmt
from views import load, tables
from views.screens.common import about

if TYPE_CHECKING:
    from views.frame import Context

SECTIONS = (
    *("reading", "hiding", "mergers", "groups", "change", "many", "comparison", "funnel", "trend", "targets"),
    *("places", "tiers", "index", "sensitivity", "gaps", "alike", "spaces", "map", "sending", "limits"),
)


@dataclass(frozen=True)
class Section:
    """A heading and its HTML."""

    key: str
    title: str
    body: str
    export: Callable[[Context], Export] | None = None


def sections(ctx: Context) -> list[Section]:
    """The page's sections, in reading order."""
    cited = ctx.citation.code if ctx.citation else ""  # it stands in the links
    return load.made(("method", *ctx.data, cited, ctx.language.code), lambda: _sections(ctx))


def _sections(ctx: Context) -> list[Section]:
    found = [
        Section(key, ctx.text(f"method.{key}.title"), _prose(ctx.text(f"method.{key}.text")))
        for key in SECTIONS
    ]
    return [
        *found,
        Section("files", ctx.text("method.files.title"), _files(ctx), _files_export),
        Section("glossary", ctx.text("method.glossary.title"), _glossary(ctx), _glossary_export),
    ]


def _prose(text: str) -> str:
    """Lines -> paragraphs; lines that begin with a dash -> list; `code` lines keep their shape. All escaped."""
    parts: list[str] = []
    for line in (line.strip() for line in text.strip().splitlines()):
        if line.startswith("- "):
            if not parts or not parts[-1].endswith("</ul>"):
                parts.append("<ul></ul>")
            parts[-1] = parts[-1].removesuffix("</ul>") + f"<li>{tables.esc(line[2:])}</li></ul>"
        elif line.startswith("> "):
            parts.append(f"<p><code>{tables.esc(line[2:])}</code></p>")
        elif line:
            parts.append(f"<p>{tables.esc(line)}</p>")
    return "".join(parts)


def _files(ctx: Context) -> str:
    """The files behind the figures on show, in order of arrival."""
    table = load.uploads(*ctx.data)
    columns = ("file", "provenance", "received", "by", "rows")
    head = [tables.th(ctx.text(f"column.{key}"), number=key == "rows") for key in columns]
    rows = [
        tables.row(
            [
                tables.td(ctx.text(f"provenance.{row['provenance']}")),
                tables.td(fmt.day(_known(row["received"]), ctx.language) or "–"),
                tables.td(_known(row["submitted_by"]) or "–"),
                tables.td(fmt.number(row["rows"], ctx.language), number=True),
            ],
            tables.esc(_file_name(ctx, row)),
        )
        for _, row in table.iterrows()
    ]
    return tables.table(head, rows)


def _file_name(ctx: Context, row: pd.Series) -> str:
    """A file of published figures by its source, any other by its name."""
    return (
        tables.source_text(ctx, row["file"].removesuffix(".csv"))
        if row["provenance"] == "published"
        else row["file"]
    )


def _files_export(ctx: Context) -> Export:
    table = load.uploads(*ctx.data)
    return Export(
        title=ctx.text("method.files.title"),
        columns=[ctx.text(f"column.{key}") for key in ("file", "provenance", "received", "by", "rows")],
        rows=[
            [_file_name(ctx, row), ctx.text("provenance." + row["provenance"]), _known(row["received"]),
             _known(row["submitted_by"]), row["rows"]]
            for _, row in table.iterrows()
        ],
        about=about(ctx, []),
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )  # fmt: skip


def _glossary_export(ctx: Context) -> Export:
    rows = list(csv.DictReader(io.StringIO(ctx.catalogue.files["glossary.csv"])))
    return Export(
        title=ctx.text("method.glossary.title"),
        columns=["Tiếng Việt", "English", ctx.text("column.note")],
        rows=[[row["term_vi"], row["term_en"], row.get(f"note_{ctx.language.code}", "")] for row in rows],
        about=about(ctx, []),
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )


def _known(value: object) -> str:
    """Text of a cell that may be empty in the database."""
    return "" if fmt.is_missing(value) else str(value)


def _glossary(ctx: Context) -> str:
    """Terms as the programme uses them, in both languages."""
    rows = csv.DictReader(io.StringIO(ctx.catalogue.files["glossary.csv"]))
    lines = []
    for row in rows:
        note = row.get(f"note_{ctx.language.code}") or row.get("note_vi", "")
        words = row.get("term_en", "")
        lines.append(f"<dt>{tables.esc(row['term_vi'])}</dt><dd>{tables.esc(words)}")
        lines.append(f'<span class="unit">{tables.esc(note)}</span></dd>' if note else "</dd>")
    return f'<dl class="terms">{"".join(lines)}</dl>'
