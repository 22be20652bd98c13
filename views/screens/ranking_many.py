"""Hundreds or thousands of communes by one indicator: how they spread, both ends of the order, and what can be told of the
communes pointed out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from metrics.places import told_from_others
from reports.workbook import Export
from store.definitions import Indicator
from views import boards, certainty, load, many, narrative, spread, standings, tables
from views import format as fmt
from views.screens import Screen, ranking, screen
from views.screens.common import legend, place_range, target_text

if TYPE_CHECKING:
    from views.frame import Context


def read(ctx: Context, indicator: Indicator, period: str) -> pd.DataFrame:
    """``boards.one`` with interval, rank, and state against the printed target; best first."""

    def make() -> pd.DataFrame:
        figures = load.figures(*ctx.data, ctx.area_ids, (indicator.id,), (period,))
        one = boards.one(figures, indicator, period, ctx.area_ids)
        board = boards.with_interval(one, indicator).assign(rank=boards.ranked(one, indicator))
        board = board.join(standings.target_state(one, indicator))
        return board.sort_values("rank", na_position="last", kind="stable")

    return load.frames(("ranking", *ctx.data, ctx.area_ids, indicator.id, period), make)


@screen
def build(ctx: Context, indicator: Indicator, period: str, marked: tuple[str, ...]) -> Screen:
    """The spread with the communes pointed out, what chance leaves open to them, and both ends of the order."""
    board = read(ctx, indicator, period)
    ranked = board[board["rank"].notna()]
    goal_text = target_text(ctx, indicator) if standings.target_applies(board, indicator) else ""
    said = (
        ctx.text(
            "tiers.ranking_finding",
            ranked=fmt.number(len(ranked), ctx.language),
            total=fmt.number(len(board), ctx.language),
        )
        if len(ranked)
        else ctx.text("tiers.ranking_nothing")
    )
    return Screen(
        finding=said,
        subtitle=ctx.text(
            "tiers.ranking_subtitle",
            indicator=indicator.name.to(ctx.language.code),
            period=fmt.period(period, ctx.language),
            target=f" {goal_text}" if goal_text else "",
        ),
        sentences=_sentences(ctx, board, indicator, marked),
        figure=_figure(ctx, ranked, indicator, marked, bool(goal_text)),
        alt=said,
        legend=legend(spread.legend(ctx)),
        matrix=_chosen(ctx, board, indicator, marked),
        table=_table(ctx, board, indicator, goal_text, marked),
        export=lambda ctx: export(ctx, indicator, period),
        sources=[
            tables.definition_line(ctx, indicator),
            tables.esc(ctx.text("source.interval")),
            tables.esc(ctx.text("many.median_note")),
        ],
    )


def place_text(ctx: Context, place: object, total: int) -> str:
    """``123/3.201``; a dash where there is no place."""
    return "–" if fmt.is_missing(place) else fmt.fraction_text(int(place), total, ctx.language)


def _sentences(ctx: Context, board: pd.DataFrame, indicator: Indicator, marked: Sequence[str]) -> list[str]:
    """The spread in words, and which of the communes pointed out cannot be told from one another."""
    by_id, shown = ctx.catalogue.area_by_id, [name for name in marked if name in board.index]
    found = [
        spread.sentence(ctx, board["share"].astype(float), spread.figure_writer(ctx, indicator)),
        certainty.not_told_apart(ctx, board.loc[shown], indicator, by_id, "tiers.many.pairs"),
    ]
    return [text for text in found if text]


def _chosen(ctx: Context, board: pd.DataFrame, indicator: Indicator, marked: Sequence[str]) -> str:
    """Of each commune pointed out its place, how many others cannot be told from it, and the places left to it."""
    shown = [name for name in board.index if name in set(marked)]
    fit = certainty.counted(board, indicator)
    if not shown or not fit.any():
        return ""
    counts = (board[part].astype(float).where(fit) for part in ("numerator", "denominator"))
    told = told_from_others(*counts, shown, higher_is_better=indicator.higher_is_better is not False)
    total, others = int(board["rank"].notna().sum()), int(fit.sum()) - 1
    head = [tables.th(ctx.text("column.area"))]
    head += [tables.th(ctx.text(f"column.{key}"), number=True) for key in ("rank", "value_short")]
    head += [tables.th(ctx.text(f"tiers.many.{key}"), number=True) for key in ("alike", "left")]
    rows = []
    for name, row in told.iterrows():
        known = not fmt.is_missing(row["alike"])
        left = place_range(ctx, row["first"], row["last"]) if known else "–"
        cells = [
            tables.td(place_text(ctx, board.at[name, "rank"], total), number=True),
            tables.cell(ctx, board.loc[name], indicator),
            tables.td(fmt.fraction_text(row["alike"], others, ctx.language) if known else "–", number=True),
            tables.td(left, number=True),
        ]
        rows.append(tables.row(cells, many.area_head(ctx, ctx.catalogue.area_by_id[name])))
    title = f"<h2>{tables.esc(ctx.text('many.marked'))}</h2>"
    note = f'<p class="subtitle">{tables.esc(ctx.text("tiers.many.told"))}</p>'
    return title + note + tables.table(head, rows)


def _figure(
    ctx: Context, ranked: pd.DataFrame, indicator: Indicator, marked: Sequence[str], goal: bool
) -> object:
    """The spread of the figures that can be put in order, with the printed target where they are counted its way."""
    if len(ranked) < 2:
        return None
    by_id, total = ctx.catalogue.area_by_id, len(ranked)
    chosen = set(marked)
    marks = [
        spread.Mark(
            fmt.area_name(by_id[name], ctx.language),
            float(row["share"]),
            ctx.text(
                "tiers.many.placed",
                figure=narrative.figure_with_counts(ctx, row, indicator, ""),
                place=place_text(ctx, row["rank"], total),
            ),
            name,
        )
        for name, row in ranked[[name in chosen for name in ranked.index]].iterrows()
    ]
    level = None
    if goal:
        level = indicator.target.value / 100 if indicator.unit == "percent" else float(indicator.target.value)
    write = spread.measure_writer(ctx, indicator)
    return spread.draw(
        ctx,
        ranked["share"],
        write,
        marks,
        line_at=level,
        line_label=ctx.text("plan.legend_goal", value=write(level)) if goal else "",
    )


def _table(
    ctx: Context, board: pd.DataFrame, indicator: Indicator, goal_text: str, marked: Sequence[str]
) -> str:
    """Both ends of the order, and the communes pointed out between their neighbours or without a place."""
    by_id = ctx.catalogue.area_by_id
    ranked = board.index[board["rank"].notna()]
    head = [tables.th(ctx.text("column.area")), tables.th(ctx.text("column.rank"), number=True)]
    head += [tables.th(ctx.text(f"column.{key}"), number=True) for key in ("value_short", "wilson")]
    head += [tables.th(ctx.text("column.target"))] if goal_text else []

    def draw(name: str) -> str:
        area = by_id[name]
        place = place_text(ctx, board.at[name, "rank"], len(ranked))
        link = many.area_head(ctx, area)
        return ranking.row(
            ctx, board.loc[name], indicator, link, goal_text, place, "chosen" if name in marked else ""
        )

    absent = [name for name in marked if name in board.index and name not in ranked]
    rows = many.rows(ctx, list(ranked), marked, len(head), draw) + [draw(name) for name in absent]
    if not rows:
        return ""
    return f"<h2>{tables.esc(ctx.text('many.ends'))}</h2>{tables.table(head, rows)}"


def export(ctx: Context, indicator: Indicator, period: str) -> Export:
    """Every commune at full precision; which places chance leaves open is reckoned for small groups only."""
    board = read(ctx, indicator, period).assign(place_low=pd.NA, place_high=pd.NA, top_three=pd.NA)
    return ranking.export(ctx, board, {area.id: area for area in ctx.areas}, indicator, period)
