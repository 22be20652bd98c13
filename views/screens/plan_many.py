"""Targets of hundreds or thousands of communes: how many are there, how far the others are, by province, and the communes
pointed out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store.definitions import Indicator
from views import boards, goals, load, many, narrative, spread, tables
from views import format as fmt
from views.screens import Screen, plan, screen
from views.screens.common import legend

if TYPE_CHECKING:
    from views.frame import Context


def indicators(ctx: Context, period: str) -> list[Indicator]:
    """What can be chosen, out of what the database counts in one period: nobody reads a million figures for a list."""
    return goals.choosable_of(load.counted(*ctx.data, ctx.area_ids, period), ctx.catalogue.indicators)


def read(
    ctx: Context, indicator: Indicator, before: str, after: str
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """(figures, ``goals.board`` with the highest figure first, way of counting)."""
    in_use = load.definitions_in_use(*ctx.data, ctx.area_ids).get(indicator.id)
    own = indicator.target.definition if indicator.target else indicator.default_definition
    definition = in_use or own
    figures = load.figures(*ctx.data, ctx.area_ids, (indicator.id,), tuple(dict.fromkeys((before, after))))
    figures = figures[figures["definition"] == definition]

    def make() -> pd.DataFrame:
        table = goals.board(figures, indicator, before, after, ctx.area_ids)
        return table.sort_values("share_after", ascending=False, na_position="last", kind="stable")

    key = ("plan", *ctx.data, ctx.area_ids, indicator.id, before, after)
    return figures, load.frames(key, make), definition


@screen
def build(ctx: Context, indicator: Indicator, before: str, after: str, marked: tuple[str, ...]) -> Screen:
    """The page for one indicator between two periods."""
    figures, table, definition = read(ctx, indicator, before, after)
    by_id = ctx.catalogue.area_by_id
    chosen = table.loc[[name for name in table.index if name in set(marked)]]
    areas = {name: by_id[name] for name in chosen.index}
    said = plan.finding(ctx, indicator, table)
    known = table["share_after"].dropna()
    return Screen(
        sentences=_sentences(ctx, indicator, table, before, after),
        warning=plan.warning(ctx, indicator, definition, before, after),
        finding=said,
        subtitle=plan.subtitle(ctx, indicator, definition, before, after),
        figure=_figure(ctx, indicator, table, chosen) if len(known) > 1 else None,
        alt=said,
        legend=legend(spread.legend(ctx)) if len(known) > 1 else "",
        cards=_provinces(ctx, indicator, table),
        matrix=plan.tracks(ctx, indicator, chosen, areas, before, after),
        table=_table(ctx, indicator, table, marked, before, after),
        export=lambda ctx: _export(ctx, indicator, before, after),
        sources=[
            tables.source_line(ctx, figures),
            tables.definition_line(ctx, indicator),
            tables.esc(ctx.text("plan.method")),
            tables.esc(ctx.text("many.median_note")),
        ],
    )


def _points(ctx: Context):
    return lambda value: fmt.number(value, ctx.language, 1)


def _counts(table: pd.DataFrame) -> dict[str, int]:
    """How many communes are at the target, still on the way, or cannot be held against it."""
    found = table["state"].value_counts()
    return {key: int(found.get(key, 0)) for key in ("met", "not_met", "unknown")}


def _sentences(ctx: Context, indicator: Indicator, table: pd.DataFrame, before: str, after: str) -> list[str]:
    """All together, how many are there, how far the others are, who is nearest, how many go fast enough."""
    pooled = boards.pooled(table) if boards.comparable(before, after) else {"areas": 0}
    counts = {key: fmt.number(count, ctx.language) for key, count in _counts(table).items()}
    on_way = table["gap"].where(table["state"] == "not_met").dropna()
    held = (table["state"] != "none").any()
    first = on_way.idxmin() if len(on_way) else ""
    nearest = {first: ctx.catalogue.area_by_id[first]} if first else {}
    found = [
        ctx.text("plan.many.counts", total=fmt.number(len(table), ctx.language), **counts) if held else "",
        narrative.pooled_change(ctx, pooled, indicator),
        spread.sentence(
            ctx, table["share_after"].astype(float), spread.figure_writer(ctx, indicator), "many.levels",
            indicator=indicator.short.to(ctx.language.code), period=fmt.period(after, ctx.language),
        ),
        spread.sentence(ctx, on_way, _points(ctx), "plan.many.distances"),
        plan.nearest(ctx, indicator, table, nearest) if first else "",
        plan.fast_enough(ctx, indicator, table, after),
    ]  # fmt: skip
    return narrative.enough(
        ctx, found, narrative.pairs_known(ctx, table, indicator), ctx.text("say.not_zero")
    )


def _figure(ctx: Context, indicator: Indicator, table: pd.DataFrame, chosen: pd.DataFrame) -> object:
    """The spread of the figures, the target as a line through it: what lies left of it is the distance."""
    by_id = ctx.catalogue.area_by_id
    marks = [
        spread.Mark(
            fmt.area_name(by_id[name], ctx.language),
            float(row["share_after"]),
            narrative.figure_with_counts(ctx, row, indicator, "_after"),
            name,
        )
        for name, row in chosen[chosen["share_after"].notna()].iterrows()
    ]
    held = bool((table["state"] != "none").any())
    return spread.draw(
        ctx,
        table["share_after"],
        spread.measure_writer(ctx, indicator),
        marks,
        line_at=indicator.target.value / 100 if held else None,
        line_label=ctx.text("plan.legend_goal", value=plan.goal_value(ctx, indicator)) if held else "",
    )


def _provinces(ctx: Context, indicator: Indicator, table: pd.DataFrame) -> str:
    """Each province of a country: how many of its communes are at the target, on the way, or cannot be held against it,
    and the middle of their figures and distances. Empty for the communes of one province."""
    own = many.by_province(ctx)
    if len(own) < 2:
        return ""
    table = table[["state", "gap", "share_after"]]
    held = bool((table["state"] != "none").any())
    head = [tables.th(ctx.text("column.province"))]
    if held:
        head += [
            tables.th(ctx.text(f"plan.many.{key}"), number=True) for key in ("met", "not_met", "unknown")
        ]
    head += [
        tables.th(ctx.text(f"plan.many.{key}"), number=True)
        for key in ("level", "distance")
        if held or key == "level"
    ]
    rows = []
    for province, names in own.items():
        part, cells = table.loc[names], []
        counts = _counts(part)
        if held:
            cells = [many.share_cell(ctx, counts["met"], counts["met"] + counts["not_met"])]
            cells += [
                tables.td(fmt.number(counts[key], ctx.language), number=True)
                for key in ("not_met", "unknown")
            ]
        level, gaps = part["share_after"].dropna(), part["gap"].where(part["state"] == "not_met").dropna()
        cells.append(
            tables.td(fmt.percent(float(level.median()), ctx.language) if len(level) else "–", number=True)
        )
        if held:
            cells.append(tables.td(_points(ctx)(float(gaps.median())) if len(gaps) else "–", number=True))
        rows.append(tables.row(cells, many.province_link(ctx, province, len(names))))
    note = ctx.text("plan.many.province_note" if held else "plan.many.province_plain")
    title = f"<h2>{tables.esc(ctx.text('many.by_province'))}</h2>"
    return f'{title}<p class="subtitle">{tables.esc(note)}</p>{tables.table(head, rows)}'


def _table(
    ctx: Context, indicator: Indicator, table: pd.DataFrame, marked: Sequence[str], before: str, after: str
) -> str:
    """Highest and lowest figures and the communes pointed out, with what is missing, pace and expected quarter."""
    by_id = ctx.catalogue.area_by_id
    known = table.index[table["share_after"].notna()]
    head, line = plan.lines(ctx, indicator, table, before, after)

    def draw(name: str) -> str:
        return line(table.loc[name], many.area_head(ctx, by_id[name]), "chosen" if name in marked else "")

    rows = many.rows(ctx, list(known), marked, len(head), draw)
    rows += [draw(name) for name in marked if name in table.index and name not in known]
    if not rows:
        return ""
    title = f"<h2>{tables.esc(ctx.text('many.ends'))}</h2>"
    return f'{title}<div class="goals">{tables.table(head, rows)}</div>'


def _export(ctx: Context, indicator: Indicator, before: str, after: str) -> Export:
    """Every commune."""
    _, table, _ = read(ctx, indicator, before, after)
    return plan.export(ctx, indicator, table, before, after)
