"""Communes by one indicator; shared places stay shared, what was not measured has no place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store.definitions import Area, Indicator
from views import boards, certainty, load, standings, tables
from views import format as fmt
from views.screens import Screen, screen
from views.screens.common import about, place_range, target_text, value_out

if TYPE_CHECKING:
    from views.frame import Context


@screen
def build(ctx: Context, indicator: Indicator, period: str) -> Screen:
    """Communes by one indicator; shared places stay shared, what was not measured has no place."""
    figures = load.figures(*ctx.data, ctx.area_ids, (indicator.id,), (period,))
    areas = {area.id: area for area in ctx.areas}
    one = boards.one(figures, indicator, period, ctx.area_ids)
    board = boards.with_interval(one, indicator).assign(rank=boards.ranked(one, indicator))
    board = board.join(
        certainty.places(one, indicator).rename(columns={"low": "place_low", "high": "place_high"})
    )
    goal = standings.target_state(one, indicator)
    board = board.join(goal).sort_values("rank", na_position="last", kind="stable")
    ranked = board[board["rank"].notna()]
    goal_text = target_text(ctx, indicator) if standings.target_applies(one, indicator) else ""
    head = [tables.th(ctx.text("column.area")), tables.th(ctx.text("column.rank"), number=True)]
    head += [
        tables.th(ctx.text("column.value_short"), number=True),
        tables.th(ctx.text("column.wilson"), number=True),
    ]
    open_places = bool(board["place_low"].notna().any()) and indicator.higher_is_better is not None
    head += [tables.th(ctx.text("column.places"), number=True)] if open_places else []
    head += [tables.th(ctx.text("column.target"))] if goal_text else []
    rows = [
        row(
            ctx,
            own,
            indicator,
            tables.area_link(ctx, areas[area_id]),
            goal_text,
            "–" if fmt.is_missing(own["rank"]) else str(int(own["rank"])),
            places=tables.td(_places(ctx, own), number=True) if open_places else "",
        )
        for area_id, own in board.iterrows()
    ]
    return Screen(
        finding=ctx.text("tiers.ranking_finding", ranked=len(ranked), total=len(board))
        if len(ranked)
        else ctx.text("tiers.ranking_nothing"),
        subtitle=ctx.text(
            "tiers.ranking_subtitle",
            indicator=indicator.name.to(ctx.language.code),
            period=fmt.period(period, ctx.language),
            target=f" {goal_text}" if goal_text else "",
        ),
        legend=_bears(ctx, one, indicator, areas) if open_places else "",
        table=tables.table(head, rows),
        export=lambda ctx: export(ctx, board, areas, indicator, period),
        sources=[tables.definition_line(ctx, indicator), tables.esc(ctx.text("source.interval"))],
    )


def _bears(ctx: Context, one: pd.DataFrame, indicator: Indicator, areas: dict[str, Area]) -> str:
    """Which communes the figures cannot put in order."""
    return f"<p>{tables.esc(certainty.not_told_apart(ctx, one, indicator, areas))}</p>"


def row(
    ctx: Context,
    row: pd.Series,
    indicator: Indicator,
    head: str,
    goal_text: str,
    place: str,
    kind: str = "",
    places: str = "",
) -> str:
    """A place in the ranking; ``places``: the cell with those that chance leaves open."""
    interval = "–"
    if not fmt.is_missing(row["lower"]):
        interval = ctx.text(
            "interval.share",
            lower=fmt.percent(row["lower"], ctx.language),
            upper=fmt.percent(row["upper"], ctx.language),
        )
    cells = [
        tables.td(place, number=True),
        tables.cell(ctx, row, indicator),
        tables.td(interval, number=True),
    ]
    if places:
        cells.append(places)
    if goal_text:
        note = ""
        if row["state"] == "not_met" and not fmt.is_missing(row["cases"]):
            note = ctx.text("tiers.cases", cases=fmt.number(row["cases"], ctx.language))
        cells.append(f"<td>{tables.state(ctx, row['state'], note)}</td>")
    return tables.row(cells, head, kind)


def _places(ctx: Context, row: pd.Series) -> str:
    """``2–5``: the places that chance leaves open in nine of ten draws."""
    if fmt.is_missing(row["place_low"]):
        return "–"
    return place_range(ctx, row["place_low"], row["place_high"])


def export(ctx, board, areas, indicator, period) -> Export:
    columns = (
        *(
            "area_code",
            "area",
            "rank",
            "numerator",
            "denominator",
            "value",
            "state",
            "lower_share",
            "upper_share",
        ),
        *("place_low", "place_high", "top_three"),
    )
    return Export(
        title=f"{indicator.name.to(ctx.language.code)}, {fmt.period(period, ctx.language)}",
        columns=[ctx.text(f"column.{key}") for key in columns],
        rows=[
            [
                areas[row.Index].code,
                fmt.area_full(areas[row.Index], ctx.language),
                row.rank,
                row.numerator,
                row.denominator,
                value_out(row.share, indicator),
                ctx.text("state." + row.status),
                row.lower * 100,
                row.upper * 100,
                row.place_low,
                row.place_high,
                row.top_three,
            ]
            for row in board.itertuples()
        ],
        about=about(ctx, [indicator]),
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
