"""Pilot and comparison communes through the quarters, and whether they moved together before the pilot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metrics.change import DoubleDifference
from reports.workbook import Export
from store import periods as calendar
from store.definitions import Indicator
from views import comparison, pathchart, tables
from views import format as fmt
from views.comparison import GROUPS, OTHER, PILOT
from views.screens import Screen, groups, screen
from views.screens.common import (
    legend,
    value_out,
)

if TYPE_CHECKING:
    from views.frame import Context


@screen
def through_time(
    ctx: Context, indicator: Indicator, before: str, after: str, how: str, chosen: tuple[str, ...]
) -> Screen:
    """Both groups in every quarter, and what the quarters before the pilot allow to say."""
    board = groups.chosen_board(ctx, indicator, before, after, how, chosen)
    sums = comparison.sums(board)
    if sums.empty:
        return Screen()
    pilot = ctx.catalogue.pilot
    paths = comparison.paths(
        groups.figures_of(ctx, indicator),
        indicator,
        groups.definition_of(ctx, indicator),
        board,
        pilot and pilot.start,
        ctx.catalogue.administrative_quarters,
    )
    if paths is None:
        return Screen(
            finding=ctx.text("comparison.paths.nothing"),
            sentences=[ctx.text("comparison.paths.few", count=0)],
        )
    past = comparison.earlier(paths)
    key = "unknown" if past is None else "together" if comparison.together(past) else "apart"
    finding = ctx.text(f"comparison.paths.{key}")
    return Screen(
        finding=finding,
        subtitle=ctx.text(
            "comparison.paths.subtitle",
            indicator=indicator.short.to(ctx.language.code),
            pilots=len(paths.areas[PILOT]),
            others=len(paths.areas[OTHER]),
            start=groups.start(ctx),
        ),
        sentences=_past_sentences(ctx, paths, past, comparison.beyond(sums)),
        figure=pathchart.draw(ctx, paths, indicator),
        alt=finding,
        legend=_legend(ctx, paths),
        warning=_cut(ctx, paths),
        table=_paths_table(ctx, paths),
        export=lambda ctx: _paths_export(ctx, indicator, paths),
    )


def _past_sentences(
    ctx: Context, paths: comparison.Paths, past: DoubleDifference | None, found: DoubleDifference
) -> list[str]:
    """Whether the paths before the pilot moved together, and who is not in the chart."""
    quarters = paths.before
    if past is None:
        words = [ctx.text("comparison.paths.few", count=len(quarters))]
    else:
        key = "did" if comparison.together(past) else "did_not"
        words = [
            ctx.text(
                f"comparison.paths.{key}",
                count=len(quarters),
                first=fmt.period_inline(quarters[0], ctx.language),
                last=fmt.period_inline(quarters[-1], ctx.language),
                points=fmt.points(past.estimate, ctx.language),
                lower=fmt.signed(past.lower, ctx.language),
                upper=fmt.signed(past.upper, ctx.language),
            )
        ]
        if comparison.together(past) and max(abs(past.lower), abs(past.upper)) >= abs(found.estimate):
            words.append(ctx.text("comparison.paths.wide"))
    if paths.left_out:
        names = groups.names(ctx, paths.left_out)
        words.append(ctx.text("comparison.paths.left_out", names=names))
    return words


def _legend(ctx: Context, paths: comparison.Paths) -> str:
    drawings = {
        PILOT: '<path d="M1 9h16" stroke="var(--now)" stroke-width="2.4"/><circle cx="9" cy="9" r="4.5" fill="var(--now)"/>',
        OTHER: '<path d="M0 9h4M14 9h4" stroke="var(--before)" stroke-width="2.4"/>'
        '<rect x="5" y="5" width="8" height="8" fill="none" stroke="var(--before)" stroke-width="2.4"/>',
    }
    return legend(
        [
            (
                f'<svg class="mark" viewBox="0 0 18 18" aria-hidden="true">{drawings[group]}</svg>',
                ctx.text(f"comparison.group.{group}", areas=len(paths.areas[group])),
            )
            for group in GROUPS
        ]
    )


def _cut(ctx: Context, paths: comparison.Paths) -> str:
    """Says when the axis does not begin at nothing."""
    floor = pathchart.floor_of(paths.shares)
    words = ctx.text("comparison.paths.cut", value=fmt.percent(floor, ctx.language, as_printed=True))
    return f'<p class="small">{tables.esc(words)}</p>' if floor else ""


def _paths_table(ctx: Context, paths: comparison.Paths) -> str:
    """A row per quarter: when, n/N of both groups, and the gap between them."""
    head = [tables.th(ctx.text("column.period")), tables.th(ctx.text("comparison.column.phase"))]
    head += [
        tables.th(ctx.text(f"comparison.group.{group}", areas=len(paths.areas[group])), number=True)
        for group in GROUPS
    ]
    head.append(tables.th(ctx.text("comparison.column.gap"), number=True))
    rows = []
    for quarter, row in paths.table.iterrows():
        cells = [tables.td(_phase(ctx, row["phase"]))]
        cells += [groups.share_cell(ctx, row, f"_{group}") for group in GROUPS]
        cells.append(groups.points_cell(ctx, row["gap"]))
        rows.append(tables.row(cells, tables.esc(fmt.period(quarter, ctx.language))))
    return f'<div class="dense">{tables.table(head, rows)}</div>'


def _phase(ctx: Context, phase: str) -> str:
    return ctx.text(f"comparison.phase.{phase or 'unknown'}")


def _paths_export(ctx: Context, indicator: Indicator, paths: comparison.Paths) -> Export:
    """One line per quarter, full precision."""
    columns = [ctx.text(f"column.{key}") for key in ("period", "period_start", "period_end")]
    columns.append(ctx.text("comparison.column.phase"))
    for group in GROUPS:
        name = ctx.text(f"comparison.group.{group}", areas=len(paths.areas[group]))
        columns += [f"{ctx.text(f'column.{key}')}, {name}" for key in ("numerator", "denominator", "value")]
    columns.append(ctx.text("comparison.column.gap"))
    rows = []
    for quarter, row in paths.table.iterrows():
        when = calendar.from_id(quarter, ctx.catalogue.administrative_quarters)
        line: list[object] = [
            quarter,
            when.start.isoformat(),
            when.end.isoformat(),
            _phase(ctx, row["phase"]),
        ]
        for group in GROUPS:
            line += [
                row[f"numerator_{group}"],
                row[f"denominator_{group}"],
                value_out(row[f"share_{group}"], indicator),
            ]
        rows.append([*line, row["gap"]])
    return groups.file(ctx, indicator, groups.title(ctx, indicator), columns, rows)
