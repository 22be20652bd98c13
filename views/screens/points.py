"""A sheet of points (Decision 766): marks where figure, definition and maximum are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store.definitions import CriterionSpec, SchemeSpec
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
        cells = [tables.td(fmt.number(item.max_points, ctx.language), number=True)]
        cells += [_mark(ctx, mark) for mark in board[item.no]]
        rows.append(tables.row(cells, _line_name(ctx, item)))
    totals = [tables.td(fmt.number(sum(maxima.values()), ctx.language), number=True)]
    for area in ctx.areas:
        marks = board.loc[area.id].dropna()
        most = sum(maxima[no] for no in marks.index)
        text = ctx.text(
            "tiers.of", got=fmt.number(marks.sum(), ctx.language, 2), most=fmt.number(most, ctx.language)
        )
        totals.append(tables.td(text if len(marks) else "–", number=True))
    rows.append(tables.row(totals, tables.esc(ctx.text("tiers.known_part")), "total"))
    return _screen(
        ctx,
        scheme,
        period,
        figures,
        known,
        tables.table(head, rows),
        lambda ctx: _export(ctx, scheme, board, period),
    )


def build_many(ctx: Context, scheme: SchemeSpec, period: str, marked: tuple[str, ...]) -> Screen:
    """The sheet over hundreds or thousands: of each line how many communes have a mark and the median, and the marks of
    the communes pointed out."""
    figures, board = _board(ctx, scheme, period)
    by_id, chosen = ctx.catalogue.area_by_id, [name for name in marked if name in board.index]
    counts = board.notna().sum()
    head = [tables.th(ctx.text("column.criterion")), tables.th(ctx.text("column.max_points"), number=True)]
    head += [
        tables.th(ctx.text(f"tiers.many.{key}"), number=True) for key in ("marked_known", "marked_median")
    ]
    head += [tables.th(fmt.area_name(by_id[name], ctx.language), number=True) for name in chosen]
    rows = []
    for item in scheme.criteria:
        marks, known = board[item.no], int(counts[item.no])
        cells = [
            tables.td(fmt.number(item.max_points, ctx.language), number=True),
            tables.td(fmt.fraction_text(known, len(board), ctx.language), number=True),
            tables.td(fmt.number(float(marks.median()), ctx.language, 2) if known else "–", number=True),
        ]
        cells += [_mark(ctx, marks[name]) for name in chosen]
        rows.append(tables.row(cells, _line_name(ctx, item)))
    return _screen(
        ctx,
        scheme,
        period,
        figures,
        int((counts > 0).sum()),
        tables.table(head, rows),
        lambda ctx: _export_many(ctx, scheme, period),
    )


def _board(ctx: Context, scheme: SchemeSpec, period: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(figures of the lines' indicators, marks of every commune)."""
    asked = tuple(sorted({item.indicator for item in scheme.criteria if item.indicator}))
    figures = load.figures(*ctx.data, ctx.area_ids, asked, (period,), True)
    return figures, load.frames(
        ("points", *ctx.data, ctx.area_ids, scheme.id, period),
        lambda: standings.points_board(figures, scheme, ctx.catalogue, ctx.area_ids),
    )


def _mark(ctx: Context, mark: float) -> str:
    return (
        tables.empty(ctx)
        if fmt.is_missing(mark)
        else tables.td(fmt.number(mark, ctx.language, 2), number=True)
    )


def _line_name(ctx: Context, item: CriterionSpec) -> str:
    status = f'<span class="unit">{tables.esc(ctx.text("status." + item.status))}</span>'
    return f"{tables.esc(item.no)}. {tables.esc(item.name.to(ctx.language.code))}{status}"


def _screen(
    ctx: Context,
    scheme: SchemeSpec,
    period: str,
    figures: pd.DataFrame,
    known: int,
    matrix: str,
    export: Callable[[Context], Export],
) -> Screen:
    """What a sheet of points says besides its table: the lines known, the rule, the bands."""
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
        matrix=matrix,
        export=export,
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


def _export_many(ctx: Context, scheme: SchemeSpec, period: str) -> Export:
    """One line per commune: a table of thousands of columns opens nowhere."""
    _, board = _board(ctx, scheme, period)
    names = [f"{item.no}. {item.name.to(ctx.language.code)}" for item in scheme.criteria]
    return Export(
        title=f"{scheme.name.to(ctx.language.code)}, {fmt.period(period, ctx.language)}",
        columns=[*(ctx.text(f"column.{key}") for key in ("area_code", "area")), *names],
        rows=[
            [area.code, fmt.area_full(area, ctx.language), *marks]
            for area, marks in zip(ctx.areas, board.to_numpy().tolist(), strict=True)
        ],
        about=[(ctx.text("column.scheme_source"), scheme.source.to(ctx.language.code)), *about(ctx, [])],
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
