"""Published figures of other places beside the pilot's published figures, with source and definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store.definitions import Indicator
from views import boards, charts, load, tables
from views import format as fmt
from views.screens import Screen, screen
from views.screens.common import about, definition_name, legend, qualifier_name, value_out

if TYPE_CHECKING:
    from views.frame import Context


def published_indicators(ctx: Context) -> list[Indicator]:
    """Indicators with any published figure."""
    found = set(load.published(*ctx.data)["indicator_id"])
    return [indicator for indicator in ctx.catalogue.indicators if indicator.id in found]


@screen
def build(ctx: Context, indicator: Indicator) -> Screen:
    """The page for one indicator."""
    rows = load.published(*ctx.data)
    rows = rows[rows["indicator_id"] == indicator.id].copy()
    rows["share"] = boards.shares(rows, indicator)
    by_id = ctx.catalogue.area_by_id
    rows["pilot"] = rows["area_id"].map(lambda key: by_id[key].role == "pilot")
    order = ["pilot", "definition", "area_id", "sort_key"]
    rows = rows.sort_values(order, ascending=[False, True, True, True], kind="stable")
    ways = rows["definition"].nunique()
    drawn = rows[rows["share"].notna()]
    name = indicator.name.to(ctx.language.code)
    return Screen(
        sentences=[ctx.text("reference.lead")],
        finding=ctx.text("reference.finding", count=len(rows), places=rows["area_id"].nunique()),
        subtitle=ctx.text("reference.subtitle", indicator=name, unit=ctx.text(f"unit.name.{indicator.unit}")),
        figure=charts.dots(ctx, _dots(ctx, drawn, indicator), indicator) if len(drawn) else None,
        alt=ctx.text("reference.alt", indicator=name, count=len(drawn)),
        legend=_legend(ctx, drawn),
        warning=_warning(ctx, indicator, ways),
        table=_table(ctx, rows, indicator),
        export=lambda ctx: _export(ctx, rows, indicator),
        sources=[tables.definition_line(ctx, indicator)],
    )


def _place(ctx: Context, area_id: str) -> str:
    """A place with the province it lies in."""
    area = ctx.catalogue.area_by_id[area_id]
    province = ctx.catalogue.area_by_id.get(area.province_id)
    name = fmt.area_full(area, ctx.language)
    return (
        f"{name} ({fmt.area_name(province, ctx.language)})" if province and province.id != area.id else name
    )


def _dots(ctx: Context, rows: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """Rows of the chart."""
    items = []
    for _, row in rows.iterrows():
        goal = row["role"] == "target"
        text = tables.figure_text(ctx, row, indicator)
        period = fmt.period(row["period"], ctx.language)
        way = definition_name(ctx, indicator, row["definition"])
        area = ctx.catalogue.area_by_id[row["area_id"]]
        province = ctx.catalogue.area_by_id.get(area.province_id)
        where = f"{fmt.area_name(province, ctx.language)} · " if province and province.id != area.id else ""
        below = f"<span style='font-size:13px'>{tables.esc(where + period)}</span>"
        label = f"{tables.esc(fmt.area_full(area, ctx.language))}<br>{below}"
        hover = [f"<b>{tables.esc(_place(ctx, row['area_id']))}</b>", tables.esc(f"{period}: {text}")]
        hover += [tables.esc(way)] if way else []
        hover.append(tables.esc(tables.source_text(ctx, row["source"])[:90]))
        counts = fmt.fraction_text(row["numerator"], row["denominator"], ctx.language)
        items.append(
            {
                "label": label,
                "share": row["share"],
                "text": f"{text} ({counts})" if counts and "?" not in counts else text,
                "hover": "<br>".join(hover),
                "kind": "goal" if goal else "pilot" if row["pilot"] else "place",
            }
        )
    return pd.DataFrame(items)


def _legend(ctx: Context, rows: pd.DataFrame) -> str:
    """Which marks occur."""
    looks = {
        "pilot": '<circle cx="9" cy="9" r="6" fill="var(--now)"/>',
        "place": '<circle cx="9" cy="9" r="6" fill="var(--before)"/>',
        "goal": '<path d="M9 2v14" stroke="var(--ink)" stroke-width="3"/>',
    }
    goal = rows["role"] == "target"
    kinds = {
        "pilot": rows["pilot"].any(),
        "place": (~rows["pilot"].astype(bool) & ~goal).any(),
        "goal": goal.any(),
    }
    return legend(
        [
            (
                f'<svg class="mark" viewBox="0 0 18 18" aria-hidden="true">{looks[kind]}</svg>',
                ctx.text(f"reference.{kind}"),
            )
            for kind, present in kinds.items()
            if present
        ]
    )


def _warning(ctx: Context, indicator: Indicator, ways: int) -> str:
    """Where figures were counted in different ways, they are beside each other but not compared."""
    lines = []
    if ways > 1:
        lines.append(ctx.text("reference.warning_definitions", count=ways))
    if indicator.note.to(ctx.language.code):
        lines.append(indicator.note.to(ctx.language.code))
    if not lines:
        return ""
    return f'<div class="ribbon" role="note">{"<br>".join(tables.esc(line) for line in lines)}</div>'


def _table(ctx: Context, rows: pd.DataFrame, indicator: Indicator) -> str:
    """Every figure with place, period, definition, source and what the source literally says."""
    head = [
        tables.th(ctx.text(f"column.{key}"), number=key == "value_short")
        for key in ("place", "value_short", "period", "definition", "source", "quote")
    ]
    lines = []
    for _, row in rows.iterrows():
        figure = tables.figure_text(ctx, row, indicator) if not fmt.is_missing(row["share"]) else "–"
        counts = fmt.fraction_text(row["numerator"], row["denominator"], ctx.language) or ctx.text(
            "counts.not_printed"
        )
        goal = (
            f' <span class="small">{tables.esc(ctx.text("reference.goal"))}</span>'
            if row["role"] == "target"
            else ""
        )
        lines.append(
            tables.row(
                [
                    f'<td class="number"><span class="strong">{tables.esc(figure)}</span>{goal}'
                    f'<span class="unit">{tables.esc(counts)}</span></td>',
                    tables.td(fmt.period(row["period"], ctx.language)),
                    tables.td(definition_name(ctx, indicator, row["definition"]) or "–"),
                    tables.td(_source(ctx, row["source"]), raw=True, long=True),
                    f'<td class="small text">{tables.esc(row["note"] if isinstance(row["note"], str) else "")}</td>',
                ],
                tables.esc(_place(ctx, row["area_id"])),
                "chosen" if row["pilot"] else "",
            )
        )
    return tables.table(head, lines)


def _source(ctx: Context, source_id: str) -> str:
    """The publication behind a figure."""
    source = ctx.catalogue.source_by_id.get(source_id)
    day = tables.esc(fmt.day(source.published, ctx.language)) if source else ""
    day = f'<span class="unit">{day}</span>' if day else ""
    return tables.esc(tables.source_text(ctx, source_id)) + day


def _export(ctx: Context, rows: pd.DataFrame, indicator: Indicator) -> Export:
    columns = (
        "place",
        "period",
        "definition",
        "role",
        "numerator",
        "denominator",
        "value",
        "qualifier",
        "source",
        "quote",
    )
    return Export(
        title=indicator.name.to(ctx.language.code),
        columns=[ctx.text(f"column.{key}") for key in columns],
        rows=[
            [
                _place(ctx, row["area_id"]),
                fmt.period(row["period"], ctx.language),
                definition_name(ctx, indicator, row["definition"]),
                ctx.text(f"role.{row['role']}"),
                row["numerator"],
                row["denominator"],
                value_out(row["share"], indicator),
                qualifier_name(ctx, row["qualifier"]),
                tables.source_text(ctx, row["source"]),
                row["note"] or "",
            ]
            for _, row in rows.iterrows()
        ],
        about=about(ctx, [indicator]),
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
