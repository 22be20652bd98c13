"""The report's page: what is inside before it is taken away, its files, and all communes' reports together."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reports import paper
from reports.story import Citation, Part, Report, Table
from reports.workbook import Export
from store.definitions import Area
from views import citing, load, story, tables
from views import format as fmt
from views.screens import Screen, common
from views.screens.common import about, kinds_warning, pair_columns, pair_row, periods_text
from views.story import parts
from views.story.report import letterhead

if TYPE_CHECKING:
    from views.frame import Context

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP_UNDATED = (1980, 1, 1, 0, 0, 0)
SHOWN = 10  # rows of a table in the preview


@dataclass(frozen=True)
class Chosen:
    """Which report: two periods, ``brief`` or ``full``, one commune or (None) all of them."""

    before: str
    after: str
    kind: str
    area: Area | None = None


def citation(ctx: Context, chosen: Chosen) -> Citation:
    """The code of the frozen figures that the report was made from, one for the reports of all communes: it opens the
    overview, and every other page from there."""
    return citing.for_story(ctx, "overview", {"before": chosen.before, "after": chosen.after})


def report(ctx: Context, chosen: Chosen, fields: Mapping[str, str]) -> Report:
    """The report; everything but its letterhead is built once for all readers."""
    cited = citation(ctx, chosen)
    key = (
        "report",
        *ctx.data,
        ctx.area_ids,
        ctx.language.code,
        ctx.today,
        chosen.before,
        chosen.after,
        chosen.kind,
        cited,
    )
    ends = (chosen.before, chosen.after)

    def make() -> Report:
        return story.report(ctx, *ends, cited, chosen.kind, chosen.area)

    own = load.made((*key, chosen.area.id if chosen.area else ""), make)
    return replace(own, head=letterhead(ctx, *ends, chosen.area, dict(fields)))


def file_name(ctx: Context, chosen: Chosen, extension: str) -> str:
    """``bao-cao-day-du-01837-2024-Q4.docx``, marked where the figures are illustrative; no ending: the stem alone."""
    who = (
        (chosen.area.code or chosen.area.id)
        if chosen.area and extension != "zip"
        else ctx.text("report.file_all")
    )
    stem = f"{ctx.text(f'report.file_{chosen.kind}')}-{who}-{chosen.after}"
    if not extension:
        return stem
    mark = f"{ctx.text('export.demo_prefix')}-" if ctx.is_demo else ""
    return f"{mark}{stem}.{extension}"


def writers(
    ctx: Context, chosen: Chosen, fields: Mapping[str, str]
) -> tuple[tuple[str, str, Callable[[], bytes]], ...]:
    """Ending, type and maker of each file; a file is made when it is asked for, and its writer loaded only then."""
    kept = dict(fields)

    def docx() -> bytes:
        from reports.document import document

        return document(report(ctx, chosen, kept))

    def pdf() -> bytes:
        from reports.printed import printed

        return printed(report(ctx, chosen, kept))

    def xlsx() -> bytes:
        from reports.book import book

        return book(report(ctx, chosen, kept))

    return (("docx", DOCX, docx), ("pdf", PDF, pdf), ("xlsx", XLSX, xlsx))


def data_package(ctx: Context) -> bytes:
    """Every figure of the snapshot on show, to be computed with or loaded elsewhere."""
    from views.story.figures import packed
    from views.text import languages

    known = languages(ctx.settings.reference_dir / "texts")
    return packed(ctx.settings, known, *ctx.data, ctx.language.code)


def batch_key(ctx: Context, chosen: Chosen, fields: Mapping[str, str]) -> tuple:
    """What a batch was made for: another choice asks for another batch."""
    ends = (chosen.before, chosen.after, chosen.kind)
    return (*ctx.data, ctx.language.code, ctx.today, *ends, *sorted(fields.items()))


def batch(
    ctx: Context, chosen: Chosen, fields: Mapping[str, str], step: Callable[[float, str], object]
) -> bytes:
    """ZIP of every commune's report as DOCX and PDF, one made after the other; ``step`` is told how far it is."""
    out, areas = io.BytesIO(), ctx.areas
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:  # its parts are packed already
        for number, area in enumerate(areas):
            name = fmt.area_full(area, ctx.language)
            step(number / len(areas), ctx.text("report.batch_step", done=number, total=len(areas), area=name))
            one = replace(chosen, area=area)
            for extension, _, make in writers(ctx, one, fields):
                made.writestr(zipfile.ZipInfo(file_name(ctx, one, extension), ZIP_UNDATED), make())
    step(1.0, "")
    return out.getvalue()


def build(ctx: Context, chosen: Chosen) -> Screen:
    """What the page says of the chosen report."""
    own = report(ctx, chosen, {})
    return Screen(
        sentences=list(own.parts[0].sentences[:2]),
        finding=ctx.text(f"report.kind.{chosen.kind}"),
        subtitle=ctx.text("report.inside", about=own.head.about, holds=_holds(ctx, *own.parts, *own.annex)),
        warning=kinds_warning(ctx, chosen.before, chosen.after),
        table=_preview(ctx, own),
        export=lambda ctx: _export(ctx, chosen),
        sources=[tables.esc(part.source) for part in own.parts if part.source][:1],
    )


def _preview(ctx: Context, own: Report) -> str:
    """The headings of the report with what stands under each, and its first table."""
    rows = [
        _line(ctx, f"{number} {part.heading}", part.level, part) for number, part in paper.numbered(own.parts)
    ]
    if own.annex:
        rows.append(_line(ctx, own.words["annex"], 1, *own.annex))
    first = next((part.table for part in own.parts if part.table is not None), None)
    body = f'<h2>{tables.esc(ctx.text("report.preview"))}</h2><ul style="list-style: none; padding: 0">{"".join(rows)}</ul>'
    return body + (_first_rows(ctx, first) if first is not None else "")


def _line(ctx: Context, heading: str, level: int, *inside: Part) -> str:
    """A heading, and after a dash what stands under it."""
    words = " – ".join(filter(None, (heading, _holds(ctx, *inside))))
    return f'<li style="padding-left: {1.4 * (level - 1):.1f}em">{tables.esc(words)}</li>'


def _holds(ctx: Context, *inside: Part) -> str:
    """How many tables and drawings some parts have."""
    counts = {
        "tables": sum(part.table is not None for part in inside),
        "drawings": sum(part.drawing is not None for part in inside),
    }
    return ", ".join(
        ctx.text(f"report.holds_{key}" if count > 1 else f"report.holds_{key[:-1]}", count=count)
        for key, count in counts.items()
        if count
    )


def _first_rows(ctx: Context, table: Table) -> str:
    """The first rows of a table as they will stand in the report."""
    head = [tables.th(column.label, number=column.kind != "text") for column in table.columns]
    rows = []
    for row in table.rows[:SHOWN]:
        cells = []
        for cell, column in zip(row, table.columns, strict=True):
            if cell.state:
                cells.append(f'<td class="empty"><span>{tables.esc(cell.text)}</span></td>')
                continue
            under = f'<br><span class="counts">{tables.esc(cell.under)}</span>' if cell.under else ""
            cells.append(tables.td(tables.esc(cell.text) + under, number=column.kind != "text", raw=True))
        rows.append(tables.row(cells))
    more = len(table.rows) - SHOWN
    after = (
        f'<p class="subtitle">{tables.esc(ctx.text("report.more_rows", count=more))}</p>' if more > 0 else ""
    )
    return tables.table(head, rows, table.caption) + after


def _export(ctx: Context, chosen: Chosen) -> Export:
    """The figures of the report in full precision, one line per commune and indicator."""
    pairs = common.pairs(ctx, chosen.before, chosen.after)
    if chosen.area is None:
        indicators, areas = list(ctx.catalogue.headline), list(ctx.areas)
    else:
        indicators = parts.known(pairs, chosen.area, ctx.catalogue.indicators)
        areas = [chosen.area]
    return Export(
        title=f"{ctx.text('report.title')}, {periods_text(ctx, chosen.before, chosen.after)}",
        columns=pair_columns(ctx, chosen.before, chosen.after),
        rows=[
            pair_row(ctx, area, item, pairs[item.id].loc[area.id]) for item in indicators for area in areas
        ],
        about=about(ctx, indicators),
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
