"""Before and after of one indicator over hundreds or thousands of communes: how the changes spread, by province, and the
communes at either end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store.definitions import Indicator
from views import boards, certainty, many, narrative, spread, tables
from views import format as fmt
from views.screens import Screen
from views.screens.common import (
    about,
    definition_name,
    kinds_warning,
    legend,
    pair_columns,
    pair_row,
    periods_text,
)

if TYPE_CHECKING:
    from views.frame import Context


def build(
    ctx: Context,
    figures: pd.DataFrame,
    indicator: Indicator,
    before: str,
    after: str,
    marked: tuple[str, ...],
) -> Screen:
    """The page, of the figures of one indicator in both periods."""
    board = boards.pair(figures, indicator, before, after, ctx.area_ids)
    rising = indicator.higher_is_better is not False
    board = board.sort_values("change", ascending=not rising, na_position="last", kind="stable")
    known = board[board["direction"] != "unknown"]
    alike = boards.comparable(before, after)
    pooled = boards.pooled(board) if indicator.is_rate and alike else {"areas": 0}
    write = spread.change_writer(ctx)
    first = {name: ctx.catalogue.area_by_id[name] for name in known.index[:1]}
    finding = _finding(ctx, known, indicator)
    unit = ctx.text("unit.name.points" if indicator.unit == "percent" else f"unit.name.{indicator.unit}")
    way = definition_name(ctx, indicator, boards.definition_in_use(figures, indicator))
    found = [
        spread.sentence(ctx, board["change"], write, "many.changes", unit=unit),
        narrative.tally(ctx, board, indicator),
        certainty.comparisons(ctx, board) if alike and indicator.is_rate else "",
        narrative.pooled_change(ctx, pooled, indicator),
        narrative.largest_rise(ctx, board.loc[list(first)], first, indicator) if alike and first else "",
    ]
    return Screen(
        finding=finding,
        subtitle=ctx.text(
            "change.subtitle",
            indicator=indicator.name.to(ctx.language.code),
            definition=f" ({way})" if way else "",
            unit=unit,
            periods=periods_text(ctx, before, after),
        ),
        sentences=narrative.enough(
            ctx, found, narrative.pairs_known(ctx, board, indicator), ctx.text("say.not_zero")
        ),
        figure=None
        if len(known) < 2
        else spread.draw(
            ctx,
            known["change"],
            write,
            _marks(ctx, known, indicator, marked),
            zero=True,
            line_at=0.0,
            line_label=ctx.text("many.no_change"),
        ),
        alt=finding,
        legend=legend(spread.legend(ctx)),
        matrix=_provinces(ctx, board, indicator, before, after),
        table=_table(ctx, board, indicator, before, after, marked),
        export=lambda ctx: _export(ctx, board, indicator, before, after),
        warning=kinds_warning(ctx, before, after),
        sources=[
            tables.source_line(ctx, figures),
            tables.definition_line(ctx, indicator),
            tables.esc(ctx.text("source.interval")),
            tables.esc(ctx.text("many.quantiles")),
        ],
    )


def _finding(ctx: Context, known: pd.DataFrame, indicator: Indicator) -> str:
    """How many rose, of how many that can be compared."""
    if known.empty:
        return ctx.text("change.nothing")
    up = "up" if indicator.higher_is_better is not False else "down"
    return ctx.text(
        f"many.finding_{up}",
        count=fmt.number(int((known["direction"] == up).sum()), ctx.language),
        total=fmt.number(len(known), ctx.language),
    )


def _marks(
    ctx: Context, known: pd.DataFrame, indicator: Indicator, marked: tuple[str, ...]
) -> list[spread.Mark]:
    """The chosen communes with their changes, the largest first."""
    by_id = ctx.catalogue.area_by_id
    return [
        spread.Mark(
            fmt.area_name(by_id[name], ctx.language),
            float(row["change"]),
            fmt.change(row["change"], indicator, ctx.language, short=True),
            name,
        )
        for name, row in known.loc[[item for item in known.index if item in set(marked)]].iterrows()
    ]


def _provinces(ctx: Context, board: pd.DataFrame, indicator: Indicator, before: str, after: str) -> str:
    """One row per province of a country: its communes together, before and after, and how many rose; each name leads to
    its own communes. Empty for the communes of one province."""
    own = many.by_province(ctx)
    if len(own) < 2:
        return ""
    head = [
        tables.th(ctx.text("column.province")),
        tables.th(ctx.text("many.compared"), number=True),
        tables.th(fmt.period(before, ctx.language), number=True),
        tables.th(fmt.period(after, ctx.language), number=True),
        tables.th(ctx.text("column.change_interval")),
        tables.th(ctx.text("many.middle_change"), number=True),
    ]
    made = [
        (province, board.loc[names], boards.pooled(board.loc[names]) if indicator.is_rate else {"areas": 0})
        for province, names in own.items()
    ]
    rows = [_province(ctx, province, part, pooled, indicator) for province, part, pooled in made]
    title = f"<h2>{tables.esc(ctx.text('many.by_province'))}</h2>"
    note = f'<p class="subtitle">{tables.esc(ctx.text("many.by_province_note"))}</p>'
    return title + note + tables.table(head, rows)


def _province(ctx: Context, province: str, part: pd.DataFrame, pooled: dict, indicator: Indicator) -> str:
    """One province: pooled over its communes whose counts are known in both periods."""
    known = part["change"].dropna()
    ends, change = [tables.td("–", number=True)] * 2, tables.td("–")
    if pooled["areas"]:
        ends = [
            f'<td class="number">{tables.esc(fmt.percent(pooled[f"share_{end}"], ctx.language))}<span class="unit">'
            f"{tables.esc(fmt.fraction_text(pooled[f'numerator_{end}'], pooled[f'denominator_{end}'], ctx.language))}"
            "</span></td>"
            for end in ("before", "after")
        ]
        said = tables.esc(fmt.points(pooled["change"], ctx.language, short=True))
        word = tables.esc(ctx.text(f"verdict.{pooled['verdict']}"))
        sure = tables.esc(tables.interval_text(ctx, pd.Series(pooled), indicator))
        change = f'<td class="text">{said} <span class="small nowrap">{word}</span><span class="unit">{sure}</span></td>'
    middle = fmt.change(float(known.median()), indicator, ctx.language, short=True) if len(known) else "–"
    counted = f"{fmt.number(len(known), ctx.language)}/{fmt.number(len(part), ctx.language)}"
    cells = [tables.td(counted, number=True), *ends, change, tables.td(middle, number=True)]
    return tables.row(cells, many.province_link(ctx, province, len(part)))


def _table(
    ctx: Context, board: pd.DataFrame, indicator: Indicator, before: str, after: str, marked: tuple[str, ...]
) -> str:
    """Largest and smallest changes, and the communes pointed out between their neighbours."""
    known = board[board["direction"] != "unknown"]
    absent = [name for name in marked if name in board.index and name not in known.index]
    head = [
        tables.th(ctx.text("column.standing"), number=True),
        tables.th(ctx.text("column.area")),
        tables.th(fmt.period(before, ctx.language), number=True),
        tables.th(fmt.period(after, ctx.language), number=True),
        tables.th(ctx.text("column.change_interval")),
    ]
    places = known["change"].rank(method="min", ascending=indicator.higher_is_better is False)
    by_id = ctx.catalogue.area_by_id

    def draw(name: str) -> str:
        row, chosen = board.loc[name], name in marked
        place = (
            f"{fmt.number(places[name], ctx.language, 0)}/{fmt.number(len(known), ctx.language)}"
            if name in known.index
            else "–"
        )
        sure = tables.interval_text(ctx, row, indicator) if indicator.is_rate and name in known.index else ""
        under = f'<span class="unit">{tables.esc(sure)}</span>' if sure else ""
        cells = [
            tables.td(place, number=True),
            f'<th scope="row">{many.area_head(ctx, by_id[name])}</th>',
            tables.cell(ctx, row, indicator, "_before"),
            tables.cell(ctx, row, indicator, "_after"),
            f'<td class="text">{tables.change_text(ctx, row, indicator)}{under}</td>',
        ]
        return tables.row(cells, kind="chosen" if chosen else "")

    rows = many.rows(ctx, list(known.index), marked, len(head), draw) + [draw(name) for name in absent]
    title = f"<h2>{tables.esc(ctx.text('many.ends'))}</h2>"
    return title + tables.table(head, rows) if rows else ""


def _export(ctx: Context, board: pd.DataFrame, indicator: Indicator, before: str, after: str) -> Export:
    """Every commune, at full precision."""
    by_id = ctx.catalogue.area_by_id
    return Export(
        title=f"{indicator.name.to(ctx.language.code)}, {periods_text(ctx, before, after)}",
        columns=pair_columns(ctx, before, after),
        rows=[pair_row(ctx, by_id[name], indicator, row) for name, row in board.iterrows()],
        about=about(ctx, [indicator]),
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
