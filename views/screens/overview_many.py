"""The overview of hundreds or thousands of communes: how each headline indicator spreads and has moved, by province, and the
communes pointed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from metrics.spread import quantiles
from store.definitions import Area, Indicator
from views import boards, load, many, narrative, spread, tables
from views import format as fmt
from views.screens import Screen
from views.screens.common import kinds_warning, periods_text

if TYPE_CHECKING:
    from views.frame import Context

PROVINCE_INDICATORS = 3  # columns of the table by province


def coverage(ctx: Context, after: str) -> pd.DataFrame:
    """``boards.coverage`` out of counts that the database made: nobody reads a million figures to count them."""
    counts = load.reported(*ctx.data, ctx.area_ids, after)
    return boards.coverage_of(counts, ctx.catalogue, after, ctx.area_ids)


def build(
    ctx: Context,
    pairs: dict[str, pd.DataFrame],
    figures: pd.DataFrame,
    before: str,
    after: str,
    marked: tuple[str, ...],
    parts: dict,
) -> Screen:
    """The page; ``parts`` are those that do not depend on how many communes there are: cards, table of the marked ones,
    export."""
    lead = ctx.catalogue.headline[0]
    cover, alike = coverage(ctx, after), boards.comparable(before, after)
    silent = int((cover["known"] == 0).sum())
    board = pairs[lead.id]
    write = spread.figure_writer(ctx, lead)
    levels = spread.sentence(
        ctx,
        board["share_after"],
        write,
        "many.levels",
        indicator=lead.short.to(ctx.language.code),
        period=fmt.period(after, ctx.language),
    )
    found = [
        narrative.pooled_change(ctx, boards.pooled(board), lead) if alike else "",
        levels,
        narrative.tally(ctx, board, lead) if alike else "",
        ctx.text(
            "many.silent",
            count=fmt.number(silent, ctx.language),
            total=fmt.number(len(cover), ctx.language),
            period=fmt.period_inline(after, ctx.language),
        )
        if silent
        else "",
    ]
    table = parts["table"](ctx, pairs, marked) if marked else ""
    chosen = f"<h2>{tables.esc(ctx.text('many.marked'))}</h2>{table}" if table else ""
    return Screen(
        finding=ctx.text("many.overview_finding"),
        subtitle=ctx.text("many.overview_subtitle", period=fmt.period_inline(after, ctx.language)),
        sentences=narrative.enough(
            ctx, found, narrative.pairs_known(ctx, board, lead), ctx.text("say.not_zero")
        ),
        cards=parts["cards"](ctx, pairs, cover),
        table=_spreads(ctx, pairs, marked, before, after) + chosen,
        reporting=_provinces(ctx, pairs, cover, before, after),
        export=lambda ctx: parts["export"](ctx, pairs, before, after),
        warning=kinds_warning(ctx, before, after),
        sources=[
            tables.source_line(ctx, figures),
            tables.esc(ctx.text("source.interval")),
            tables.esc(ctx.text("many.quantiles")),
        ],
    )


def _spreads(
    ctx: Context, pairs: dict[str, pd.DataFrame], marked: tuple[str, ...], before: str, after: str
) -> str:
    """A row per headline indicator: the drawing of its spread, the middle half, the median before and after, and all
    communes together."""
    head = [
        tables.th(ctx.text("column.indicator")),
        tables.th(ctx.text("many.drawing")),
        tables.th(ctx.text("many.middle_half"), number=True),
        tables.th(ctx.text("many.median_head"), number=True),
        tables.th(ctx.text("many.together")),
    ]
    rows = [_spread(ctx, item, pairs[item.id], marked) for item in ctx.catalogue.headline]
    caption = periods_text(ctx, before, after)
    return tables.table(head, rows, caption)


def _spread(ctx: Context, indicator: Indicator, board: pd.DataFrame, marked: tuple[str, ...]) -> str:
    """One indicator over all communes."""
    values, earlier = board["share_after"].astype(float), board["share_before"].astype(float)
    name = tables.indicator_head(ctx, indicator)
    known = values.dropna()
    total = f"{fmt.number(len(known), ctx.language)}/{fmt.number(len(values), ctx.language)}"
    if len(known) < 4:
        cells = [
            tables.empty(ctx, "state.missing"),
            tables.td(total, number=True),
            *[tables.td("–", number=True)] * 2,
        ]
        return tables.row(cells, name)
    low, high = _ends(values, indicator)
    chosen = [float(values[item]) for item in marked if item in values.index]
    first, middle, third = quantiles(known, (0.25, 0.5, 0.75))

    def write(value: float) -> str:
        return fmt.measure(value, indicator, ctx.language)

    half = f"{write(first)} – {write(third)}"
    was = quantiles(earlier, (0.5,))[0]
    medians = (
        tables.arrow(write(was), write(middle)) if not fmt.is_missing(was) else tables.esc(write(middle))
    )
    count = tables.esc(ctx.text("many.of", count=total))
    cells = [
        f"<td>{spread.small(values, low, high, chosen)}</td>",
        f'<td class="number">{tables.esc(half)}<span class="unit">{count}</span></td>',
        f'<td class="number"><span class="strong nowrap">{medians}</span></td>',
        _together(ctx, indicator, board),
    ]
    return tables.row(cells, name)


def _ends(values: pd.Series, indicator: Indicator) -> tuple[float, float]:
    """Ends of the axis of a small drawing: from zero; a share has at most the whole."""
    high = quantiles(values.astype(float), (spread.BULK[1],))[0]
    return min(0.0, float(values.min())), max(high, 0.05 if indicator.unit == "percent" else 1.0)


def _together(ctx: Context, indicator: Indicator, board: pd.DataFrame) -> str:
    """All communes with counts in both periods taken together, with the word for the change; a dash without them."""
    pooled = boards.pooled(board) if indicator.is_rate else {"areas": 0}
    if not pooled["areas"]:
        return tables.td("–")
    ends = [fmt.percent(pooled[f"share_{end}"], ctx.language) for end in ("before", "after")]
    counts = " → ".join(
        fmt.fraction_text(pooled[f"numerator_{end}"], pooled[f"denominator_{end}"], ctx.language)
        for end in ("before", "after")
    )
    change = f"{fmt.points(pooled['change'], ctx.language, short=True)}, {ctx.text('verdict.' + pooled['verdict'])}"
    return (
        f'<td class="text"><span class="strong nowrap">{tables.arrow(*ends)}</span>'
        f'<span class="unit">{tables.esc(counts)}</span><span class="unit">{tables.esc(change)}</span></td>'
    )


def _provinces(
    ctx: Context, pairs: dict[str, pd.DataFrame], cover: pd.DataFrame, before: str, after: str
) -> str:
    """Each province of a country: who has figures, and its communes together for the first headline indicators; of one
    province how many communes have figures."""
    own = many.by_province(ctx)
    title = f"<h2>{tables.esc(ctx.text('many.reporting'))}</h2>"
    if len(own) < 2:
        return title + _reporting(ctx, cover)
    rates = [item for item in ctx.catalogue.headline if item.is_rate][:PROVINCE_INDICATORS]
    head = [
        tables.th(ctx.text("column.province")),
        tables.th(ctx.text("many.known"), number=True),
        tables.th(ctx.text("many.sent"), number=True),
        *(tables.th(tables.indicator_head(ctx, item), raw=True) for item in rates),
    ]
    rows = []
    for province, names in own.items():
        part = cover.loc[names]
        counts = [
            tables.td(
                f"{fmt.number(int((part[key] > 0).sum()), ctx.language)}/{fmt.number(len(names), ctx.language)}",
                number=True,
            )
            for key in ("known", "sent")
        ]
        cells = [_together(ctx, item, pairs[item.id].loc[names]) for item in rates]
        rows.append(tables.row([*counts, *cells], many.province_link(ctx, province, len(names))))
    head_line = f"<h2>{tables.esc(ctx.text('many.by_province'))}</h2>"
    words = f"{ctx.text('many.by_province_note')} {periods_text(ctx, before, after)}."
    note = f'<p class="subtitle">{tables.esc(words)}</p>'
    return head_line + note + tables.table(head, rows)


def _reporting(ctx: Context, cover: pd.DataFrame) -> str:
    """How many communes have all, some or none of the figures asked for."""
    full = int((cover["sent"] == cover["expected"]).sum())
    none = int((cover["known"] == 0).sum())
    late = int(cover["late"].sum())
    total = fmt.number(len(cover), ctx.language)
    items = [
        ctx.text(f"many.report_{key}", count=fmt.number(count, ctx.language), total=total)
        for key, count in (("full", full), ("part", len(cover) - full - none), ("none", none), ("late", late))
    ]
    return "<ul>" + "".join(f"<li>{tables.esc(item)}</li>" for item in items) + "</ul>"


def chosen_areas(ctx: Context, marked: tuple[str, ...]) -> list[Area]:
    """The communes pointed out, in the order of the group."""
    by_id = ctx.catalogue.area_by_id
    return [by_id[name] for name in marked if name in by_id]
