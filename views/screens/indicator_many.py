"""One indicator over hundreds or thousands of communes: how it spreads in each period, and the communes pointed out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from metrics.spread import FIVE
from reports.workbook import Export
from store.definitions import Indicator
from views import bands, boards, load, narrative, spread, tables
from views import format as fmt
from views.screens import Screen
from views.screens.common import about, definition_name, legend, value_out

if TYPE_CHECKING:
    from views.frame import Context

SHOWN = 9  # periods of the table, the newest ones


def build(
    ctx: Context,
    indicator: Indicator,
    definition: str,
    marked: tuple[str, ...],
    own: Screen | None,
    time_line: Callable[[Sequence[str]], list[str]],
) -> Screen:
    """The page; ``own``: the page of the communes pointed out, each with its line."""
    figures = load.series(*ctx.data, ctx.area_ids, indicator.id)
    figures = figures[figures["definition"] == definition]
    times = list(dict.fromkeys(figures["period"].astype(str)))
    shares = boards.shares(figures, indicator)
    reported = figures.loc[figures["status"] == "reported", "area_id"].nunique()
    if not times:
        return Screen(
            finding=ctx.text("indicator.nothing"),
            sentences=[narrative.nobody_sent(ctx, len(ctx.areas)), ctx.text("say.not_zero")],
            cards=own.cards if own else "",
        )
    line = time_line(times)
    table = bands.through_time(shares, figures["period"].astype(str), line)
    way = definition_name(ctx, indicator, definition)
    span = f"{fmt.period(times[0], ctx.language)} – {fmt.period(times[-1], ctx.language)}"
    finding = ctx.text(
        "indicator.finding",
        reported=fmt.number(reported, ctx.language),
        total=fmt.number(len(ctx.areas), ctx.language),
        periods=len(times),
    )
    chosen = f"<h2>{tables.esc(ctx.text('many.marked'))}</h2>{own.table}" if own else ""
    return Screen(
        finding=finding,
        subtitle=ctx.text(
            "many.trend_subtitle",
            indicator=indicator.name.to(ctx.language.code),
            definition=f" ({way})" if way else "",
            unit=ctx.text(f"unit.name.{indicator.unit}"),
            span=span,
        ),
        sentences=_sentences(ctx, figures, shares, indicator, line, table),
        figure=bands.draw(ctx, table, _lines(ctx, indicator, definition, marked, line), indicator)
        if line
        else None,
        legend=legend(_keys(ctx)),
        alt=ctx.text("indicator.alt", indicator=indicator.name.to(ctx.language.code), finding=finding),
        table=_table(ctx, table, indicator) + chosen,
        cards=own.cards if own else "",
        export=lambda ctx: _export(ctx, figures, indicator),
        sources=[tables.esc(ctx.text("many.quantiles_now")), tables.definition_line(ctx, indicator)],
    )


def _sentences(
    ctx: Context,
    figures: pd.DataFrame,
    shares: pd.Series,
    indicator: Indicator,
    line: list[str],
    table: pd.DataFrame,
) -> list[str]:
    """The newest period: how far the communes lie apart, and how the median moved since the first."""
    if not line:
        return [ctx.text("say.not_zero")]
    newest, write = line[-1], spread.figure_writer(ctx, indicator)
    now = shares[figures["period"] == newest]
    every = pd.concat([now, pd.Series([float("nan")] * max(len(ctx.areas) - len(now), 0))])
    said = spread.sentence(
        ctx,
        every,
        write,
        "many.levels",
        indicator=indicator.short.to(ctx.language.code),
        period=fmt.period(newest, ctx.language),
    )
    known = table[table["known"] > 0]
    moved = ""
    if len(known) > 1:
        first, last = known.iloc[0], known.iloc[-1]
        moved = ctx.text(
            "many.median_moved",
            first=fmt.period_inline(known.index[0], ctx.language),
            last=fmt.period_inline(known.index[-1], ctx.language),
            before=write(first[FIVE[2]]),
            after=write(last[FIVE[2]]),
            known_before=fmt.number(int(first["known"]), ctx.language),
            known_after=fmt.number(int(last["known"]), ctx.language),
        )
    return narrative.enough(ctx, [said, moved], ctx.text("say.not_zero"))


def _lines(
    ctx: Context, indicator: Indicator, definition: str, marked: tuple[str, ...], line: list[str]
) -> dict[str, pd.Series]:
    """Shares by time of each commune pointed out, by its name; with its code where two have one name."""
    if not marked:
        return {}
    rows = load.figures(*ctx.data, marked, (indicator.id,), None, True)
    rows = rows[rows["definition"] == definition]
    areas = [ctx.catalogue.area_by_id[name] for name in marked]
    names = [fmt.area_name(area, ctx.language) for area in areas]
    found = {}
    for area, name in zip(areas, names, strict=True):
        own = rows[rows["area_id"] == area.id].set_index("period")
        shown = f"{name} ({area.code})" if names.count(name) > 1 else name
        found[shown] = boards.shares(own, indicator).reindex(line)
    return found


def _table(ctx: Context, table: pd.DataFrame, indicator: Indicator) -> str:
    """The newest periods: how many communes have a figure, and how they spread."""
    head = [tables.th(ctx.text("column.period")), tables.th(ctx.text("many.known"), number=True)]
    head += [tables.th(ctx.text(f"many.q{round(share * 100)}"), number=True) for share in FIVE]
    total = fmt.number(len(ctx.areas), ctx.language)
    rows = []
    for time, row in table.iloc[::-1][:SHOWN].iterrows():
        values = [fmt.measure(row[share], indicator, ctx.language) if row["known"] else "–" for share in FIVE]
        known = f"{fmt.number(int(row['known']), ctx.language)}/{total}"
        cells = [tables.td(known, number=True), *(tables.td(value, number=True) for value in values)]
        rows.append(tables.row(cells, tables.esc(fmt.period(time, ctx.language))))
    return tables.table(head, rows)


def _keys(ctx: Context) -> list[tuple[str, str]]:
    """What bands and lines are."""
    line = (
        '<svg class="mark" viewBox="0 0 18 18" aria-hidden="true">'
        '<path d="M1 9h16" stroke="var(--{})" stroke-width="2.4"/></svg>'
    )
    return [
        ("background: var(--panel); border: 1px solid var(--line)", ctx.text("many.key_eighty")),
        ("background: var(--region)", ctx.text("many.key_half")),
        (line.format("ink"), ctx.text("many.key_median")),
        (line.format("now"), ctx.text("many.key_mark")),
    ]


def _export(ctx: Context, figures: pd.DataFrame, indicator: Indicator) -> Export:
    """Every figure of every commune, at full precision."""
    by_id = ctx.catalogue.area_by_id
    shares = boards.shares(figures, indicator)
    rows = [
        [
            by_id[row.area_id].code,
            fmt.area_full(by_id[row.area_id], ctx.language),
            row.period,
            row.numerator,
            row.denominator,
            value_out(share, indicator),
            ctx.text("state." + row.status),
        ]
        for row, share in zip(figures.itertuples(), shares, strict=True)
    ]
    columns = ("area_code", "area", "period", "numerator", "denominator", "value", "state")
    return Export(
        title=indicator.name.to(ctx.language.code),
        columns=[ctx.text(f"column.{key}") for key in columns],
        rows=rows,
        about=about(ctx, [indicator]),
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
