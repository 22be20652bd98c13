"""A sheet of points (Decision 766): marks where figure, definition and maximum are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store.definitions import SchemeSpec
from views import format as fmt
from views import load, narrative, standings, tables
from views.screens import Screen
from views.screens.common import about

if TYPE_CHECKING:
    from views.frame import Context


def build(ctx: Context, scheme: SchemeSpec, period: str) -> Screen:
    """A sheet of points: marks where figure, definition and maximum are known; no total out of half a sheet."""
    figures = load.figures(*ctx.data, ctx.area_ids, None, (period,), True)
    board = standings.points_board(figures, scheme, ctx.catalogue, ctx.area_ids)
    maxima = {item.no: item.max_points or 0.0 for item in scheme.criteria}
    known = int(board.notna().any(axis=0).sum())
    head = [tables.th(ctx.text("column.criterion")), tables.th(ctx.text("column.max_points"), number=True)]
    head += [tables.th(fmt.area_name(area, ctx.language), number=True) for area in ctx.areas]
    rows = []
    for item in scheme.criteria:
        status = f'<span class="unit">{tables.esc(ctx.text("status." + item.status))}</span>'
        cells = [tables.td(fmt.number(item.max_points, ctx.language), number=True)]
        cells += [
            tables.empty(ctx)
            if fmt.is_missing(mark)
            else tables.td(fmt.number(mark, ctx.language, 2), number=True)
            for mark in board[item.no]
        ]
        rows.append(
            tables.row(cells, f"{tables.esc(item.no)}. {tables.esc(item.name.to(ctx.language.code))}{status}")
        )
    totals = [tables.td(fmt.number(sum(maxima.values()), ctx.language), number=True)]
    for area in ctx.areas:
        marks = board.loc[area.id].dropna()
        most = sum(maxima[no] for no in marks.index)
        text = ctx.text(
            "tiers.of", got=fmt.number(marks.sum(), ctx.language, 2), most=fmt.number(most, ctx.language)
        )
        totals.append(tables.td(text if len(marks) else "–", number=True))
    rows.append(tables.row(totals, tables.esc(ctx.text("tiers.known_part")), "total"))
    bands = [
        ctx.text(
            "tiers.band", lower=fmt.number(band.lower, ctx.language), name=band.name.to(ctx.language.code)
        )
        for band in scheme.bands
    ]
    line = "; ".join([*bands[:1], *(narrative.lower_first(text) for text in bands[1:])])
    said = f"{line}." if line else ""
    return Screen(
        finding=ctx.text("tiers.points_finding", known=known, total=len(scheme.criteria)),
        subtitle=ctx.text(
            "tiers.subtitle",
            scheme=scheme.name.to(ctx.language.code),
            period=fmt.period(period, ctx.language),
        ),
        sentences=[
            text for text in (ctx.text("tiers.rule.points"), scheme.note.to(ctx.language.code), said) if text
        ],
        matrix=tables.table(head, rows),
        export=lambda ctx: _export(ctx, scheme, board, period),
        sources=[
            tables.esc(ctx.text("tiers.source", source=scheme.source.to(ctx.language.code))),
            tables.source_line(ctx, figures),
        ],
    )


def _export(ctx: Context, scheme: SchemeSpec, board: pd.DataFrame, period: str) -> Export:
    return Export(
        title=f"{scheme.name.to(ctx.language.code)}, {fmt.period(period, ctx.language)}",
        columns=[
            *(ctx.text(f"column.{key}") for key in ("criterion_no", "criterion", "max_points", "knowledge")),
            *(fmt.area_full(area, ctx.language) for area in ctx.areas),
        ],
        rows=[
            [
                item.no,
                item.name.to(ctx.language.code),
                item.max_points,
                ctx.text("status." + item.status),
                *board[item.no].tolist(),
            ]
            for item in scheme.criteria
        ],
        about=[(ctx.text("column.scheme_source"), scheme.source.to(ctx.language.code)), *about(ctx, [])],
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
