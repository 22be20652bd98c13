"""Which communes are compared, which are not and why, by which rule, and what to keep in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store.definitions import Area, Indicator
from views import boards, tables
from views import format as fmt
from views.comparison import GROUPS, OTHER, PILOT
from views.screens import Screen, comparison, groups, screen
from views.screens.common import (
    pair_columns,
    pair_row,
    periods_text,
)

if TYPE_CHECKING:
    from views.frame import Context


@screen
def communes(
    ctx: Context, indicator: Indicator, before: str, after: str, how: str, chosen: tuple[str, ...]
) -> Screen:
    """Every commune with a figure, in which group, and why it is left out; the rule, and what to keep in mind."""
    board = groups.chosen_board(ctx, indicator, before, after, how, chosen)
    shown = board[(board["group"] == PILOT) | _seen(board)]
    return Screen(
        finding=ctx.text("comparison.communes.title"),
        sentences=_who(ctx, board, shown, how, before, after),
        table=_communes_table(ctx, shown, indicator, before, after),
        cards=_mind(ctx),
        export=lambda ctx: _communes_export(ctx, board, indicator, before, after),
        sources=[
            tables.source_line(
                ctx,
                groups.figures_of(ctx, indicator).query(
                    "period in @wanted", local_dict={"wanted": (before, after)}
                ),
            ),
            tables.definition_line(ctx, indicator),
            tables.esc(ctx.text("comparison.method")),
        ],
    )


def _seen(board: pd.DataFrame) -> pd.Series:
    """Who has any figure in either period, in whatever way of counting."""
    return (board["why_before"] != "missing") | (board["why_after"] != "missing")


def _who(ctx, board: pd.DataFrame, shown: pd.DataFrame, how: str, before: str, after: str) -> list[str]:
    """How many are in each group, by which rule, and who is left out and why."""
    counts = {group: board[board["group"] == group] for group in GROUPS}
    words = [
        ctx.text(
            "comparison.communes.count",
            pilots=int(counts[PILOT]["in"].sum()),
            all_pilots=len(counts[PILOT]),
            others=int(counts[OTHER]["in"].sum()),
            all_others=len(counts[OTHER]),
            province=groups.province(ctx),
        ),
        ctx.text(f"comparison.rule.{how}"),
    ]
    out = shown[~shown["known"]]
    if len(out) and board["in"].any():  # where nobody is compared the table says why
        by_id = ctx.catalogue.area_by_id
        named = [
            ctx.text(
                "comparison.communes.one_out",
                area=fmt.area_inline(by_id[area], ctx.language),
                why=_why(ctx, row, before, after),
            )
            for area, row in out.iterrows()
        ]
        words.append(ctx.text("comparison.communes.out", count=len(out), names="; ".join(named)))
    silent = len(board) - len(shown)
    if silent:
        words.append(ctx.text("comparison.communes.silent", count=silent))
    return words


def _why(ctx: Context, row: pd.Series, before: str, after: str) -> str:
    """Why a commune is not compared, by period; empty when it is."""
    reasons = [
        (period, row[f"why_{end}"])
        for end, period in (("before", before), ("after", after))
        if row[f"why_{end}"]
    ]
    if len(reasons) == 2 and reasons[0][1] == reasons[1][1]:
        return ctx.text("comparison.why.both", why=ctx.text(f"comparison.why.{reasons[0][1]}"))
    if reasons:
        return ", ".join(
            ctx.text(
                "comparison.why.one",
                period=fmt.period_inline(period, ctx.language),
                why=ctx.text(f"comparison.why.{why}"),
            )
            for period, why in reasons
        )
    if not boards.comparable(before, after):
        return ctx.text("comparison.why.kinds")
    return "" if row["in"] else ctx.text("comparison.why.not_chosen")


def _place(ctx: Context, area: Area, group: str) -> str:
    """A commune's name, a link where it has a profile, and its district."""
    district = ctx.catalogue.area_by_id.get(area.parent_id)
    name = tables.area_link(ctx, area) if group == PILOT else tables.esc(fmt.area_full(area, ctx.language))
    return name + (
        f'<span class="unit">{tables.esc(fmt.area_full(district, ctx.language))}</span>' if district else ""
    )


def _communes_table(ctx, shown: pd.DataFrame, indicator: Indicator, before: str, after: str) -> str:
    head = [tables.th(ctx.text("column.area")), tables.th(ctx.text("comparison.column.group"))]
    head += [tables.th(fmt.period(period, ctx.language), number=True) for period in (before, after)]
    head += [
        tables.th(ctx.text(key))
        for key in ("column.change_short", "column.interval", "comparison.column.why")
    ]
    rows = []
    for area_id, row in shown.iterrows():
        paired = row["direction"] != "unknown"
        cells = [
            f'<td class="nowrap">{tables.esc(ctx.text("comparison.group_one." + row["group"]))}</td>',
            tables.cell(ctx, row, indicator, "_before"),
            tables.cell(ctx, row, indicator, "_after"),
            tables.td(tables.change_text(ctx, row, indicator), raw=True),
            tables.td(tables.interval_text(ctx, row, indicator) if paired else "–"),
            tables.td(_why(ctx, row, before, after) or ctx.text("comparison.counted"), long=True),
        ]
        rows.append(tables.row(cells, _place(ctx, ctx.catalogue.area_by_id[area_id], row["group"])))
    return tables.table(head, rows)


def _mind(ctx: Context) -> str:
    """What the method rests on and does not show."""
    lines = [line.strip() for line in ctx.text("comparison.mind").strip().splitlines()]
    pilot = ctx.catalogue.pilot
    if pilot:
        lines.append(
            ctx.text(
                "comparison.start",
                day=groups.start(ctx),
                basis=pilot.basis.to(ctx.language.code),
                status=ctx.text(f"status.{pilot.status}"),
            )
        )
    items = "".join(f"<li>{tables.esc(line)}</li>" for line in lines)
    return f"<h2>{tables.esc(ctx.text('comparison.mind_title'))}</h2><ul>{items}</ul>"


def _communes_export(
    ctx: Context, board: pd.DataFrame, indicator: Indicator, before: str, after: str
) -> Export:
    """One line per commune of the province, full precision."""
    columns = [*pair_columns(ctx, before, after)]
    columns += [ctx.text(f"comparison.column.{key}") for key in ("group", "why")]
    rows = [
        [
            *pair_row(ctx, ctx.catalogue.area_by_id[area], indicator, row),
            ctx.text(f"comparison.group_one.{row['group']}"),
            _why(ctx, row, before, after) or ctx.text("comparison.counted"),
        ]
        for area, row in board.iterrows()
    ]
    title = f"{groups.title(ctx, indicator)}, {periods_text(ctx, before, after)}"
    return groups.file(ctx, indicator, title, columns, rows, comparison.results(ctx, board))
