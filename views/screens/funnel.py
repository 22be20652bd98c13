"""One indicator in one period: which communes differ more than chance could explain at their size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from metrics.rates import dispersion, pooled_rate
from reports.workbook import Export
from store import periods as calendar
from store.definitions import Area, Indicator
from views import boards, funnel, load, many, narrative, tables
from views import format as fmt
from views.screens import Screen, screen
from views.screens.common import about, definition_name, legend, value_out

if TYPE_CHECKING:
    from views.frame import Context

WIDE = 2.0  # times as far apart as chance: from here on the note says that limits are too narrow


def times(ctx: Context, indicator: Indicator, definition: str) -> list[str]:
    """Periods in which a rate has figures in this way of counting, oldest first; none for what is no rate."""
    if not indicator.is_rate:
        return []

    def make() -> list[str]:
        figures = _all(ctx, indicator)
        rows = figures[(figures["definition"] == definition) & (figures["status"] == "reported")]
        return [
            time for time in dict.fromkeys(rows.sort_values("sort_key")["period"])
            if calendar.from_id(time).kind != "undated"
        ]  # fmt: skip

    return load.made(("funnel_times", *ctx.data, ctx.area_ids, indicator.id, definition), make)


def drawable(ctx: Context, indicator: Indicator, definition: str, known: list[str]) -> str | None:
    """The newest of these periods with enough communes for a funnel; None where there is no such period."""

    def make() -> str | None:
        figures = _all(ctx, indicator)
        rows = figures[(figures["definition"] == definition) & (figures["denominator"] > 0)]
        counts = rows[rows["numerator"].notna()].groupby("period", observed=True)["area_id"].nunique()
        return next((time for time in known[::-1] if counts.get(time, 0) >= funnel.LEAST_AREAS), None)

    return load.made(("funnel_newest", *ctx.data, ctx.area_ids, indicator.id, definition), make)


def _all(ctx: Context, indicator: Indicator) -> pd.DataFrame:
    """Every period's figures of the indicator, as little of them as there are many communes."""
    if ctx.many:
        return load.series(*ctx.data, ctx.area_ids, indicator.id)
    return load.figures(*ctx.data, ctx.area_ids, (indicator.id,), None, True)


@screen
def build(ctx: Context, indicator: Indicator, definition: str, period: str, chosen: Area) -> Screen:
    """The funnel of one indicator in one way of counting and one period; a sentence where it cannot be drawn."""
    figures = load.figures(*ctx.data, ctx.area_ids, (indicator.id,), (period,), True)
    areas = {area.id: area for area in ctx.areas}
    board = funnel.places(boards.one(figures, indicator, period, ctx.area_ids, definition), indicator)
    return show(ctx, board, areas, indicator, definition, period, chosen)


def show(
    ctx: Context,
    board: pd.DataFrame,
    areas: dict[str, Area],
    indicator: Indicator,
    definition: str,
    period: str,
    chosen: Area,
) -> Screen:
    """The parts of the page for a board with its places; limits that hold nowhere are not drawn."""
    known = board[board["place"] != "unknown"]
    when = fmt.period_inline(period, ctx.language)
    if len(known) < funnel.LEAST_AREAS:
        text = ctx.text(
            "funnel.too_few", known=len(known), total=len(board), least=funnel.LEAST_AREAS, period=when
        )
        return Screen(finding=text)
    heading, drawn = finding(ctx, board, areas), (known["place"] != "few").any()
    return Screen(
        finding=heading,
        subtitle=_subtitle(ctx, board, known, indicator, definition, period),
        figure=funnel.draw(ctx, board, areas, indicator, period, chosen.id) if drawn else None,
        alt=heading,
        legend=_legend(ctx, board) if drawn else "",
        matrix="".join(f"<p>{tables.esc(text)}</p>" for text in notes(ctx, board, areas)),
        table=_table(ctx, board, areas, indicator, chosen),
        export=lambda ctx: _export(ctx, board, areas, indicator, period),
    )


def finding(ctx: Context, board: pd.DataFrame, areas: dict[str, Area]) -> str:
    """Who differs from the common level by more than chance could explain, and which way; or that nobody does."""
    judged = board[~board["place"].isin(("unknown", "few"))]
    if judged.empty:
        known = board[board["place"] == "few"]
        if known["average"].iloc[0] not in (0.0, 1.0):
            return ctx.text("funnel.finding_few")
        level = fmt.percent(float(known["average"].iloc[0]), ctx.language)
        return ctx.text("funnel.finding_same", count=len(known), average=level)
    average = fmt.percent(float(judged["average"].iloc[0]), ctx.language)
    outside = judged[judged["place"].isin(funnel.OUTSIDE)]
    if outside.empty:
        key = (
            "funnel.finding_between" if judged["place"].isin(funnel.BETWEEN).any() else "funnel.finding_none"
        )
        return ctx.text(key, count=len(judged), average=average)
    key = "funnel.finding_one" if len(outside) == 1 else "funnel.finding"
    return ctx.text(key, count=len(outside), average=average, names=_named(ctx, outside, areas))


def _named(ctx: Context, rows: pd.DataFrame, areas: dict[str, Area]) -> str:
    """Names with the side on which they lie."""
    if ctx.many:  # the furthest from the limits first: not all of them can be named
        rows = rows.loc[funnel.beyond(rows).sort_values(ascending=False, kind="stable").index]
    names = [
        ctx.text(f"funnel.{place.split('_')[0]}", name=fmt.area_inline(areas[area_id], ctx.language))
        for area_id, place in rows["place"].items()
    ]
    return narrative.listed(ctx, names) if ctx.many else narrative.join(ctx, names)


def notes(ctx: Context, board: pd.DataFrame, areas: dict[str, Area]) -> list[str]:
    """Who lies between the limits, who has too few cases, how far the rates lie apart, and how to read it."""
    judged = board[~board["place"].isin(("unknown", "few"))]
    between, few = board[board["place"].isin(funnel.BETWEEN)], board[board["place"] == "few"]
    texts = []
    if len(between):
        chance = fmt.number(0.05 * len(judged), ctx.language, 1)
        names = _named(ctx, between, areas)
        texts.append(ctx.text("funnel.between", names=names, chance=chance, judged=len(judged)))
    if len(few) and few["average"].iloc[0] not in (0.0, 1.0):
        names = [fmt.area_inline(areas[area_id], ctx.language) for area_id in few.index]
        said = narrative.listed(ctx, names) if ctx.many else narrative.join(ctx, names)
        texts.append(ctx.text("funnel.few", names=said, least=funnel.LEAST_CASES))
    if len(judged) >= funnel.LEAST_AREAS:
        spread = dispersion(judged["numerator"].astype(float), judged["denominator"].astype(float))
        if not fmt.is_missing(spread):
            key = "funnel.spread_wide" if spread >= WIDE else "funnel.spread"
            texts.append(ctx.text(key, times=fmt.number(spread, ctx.language, 1)))
    return [*texts, ctx.text("funnel.note")]


def _subtitle(
    ctx: Context, board: pd.DataFrame, known: pd.DataFrame, indicator: Indicator, definition: str, period: str
) -> str:
    """What is measured, when, the common level with its counts, and where the axis begins if not at 0."""
    way = definition_name(ctx, indicator, definition)
    n, N = known["numerator"].astype(float), known["denominator"].astype(float)
    words = ctx.text(
        "funnel.subtitle",
        indicator=indicator.name.to(ctx.language.code),
        definition=f" ({way})" if way else "",
        period=fmt.period(period, ctx.language),
        average=fmt.percent(pooled_rate(n, N), ctx.language),
        counts=fmt.fraction_text(n.sum(), N.sum(), ctx.language),
        areas=len(known),
    )
    return words if funnel.from_zero(board) else f"{words} {ctx.text('funnel.not_from_zero')}"


def _legend(ctx: Context, board: pd.DataFrame) -> str:
    """What each mark and line is; only of the marks on show."""
    drawings = {
        "outside": (funnel.OUTSIDE, '<path d="M9 2l7 7-7 7-7-7z" fill="var(--ink)"/>'),
        "between": (
            funnel.BETWEEN,
            '<circle cx="9" cy="9" r="5.5" fill="none" stroke="var(--ink)" stroke-width="2.4"/>',
        ),
        "within": (("within",), '<circle cx="9" cy="9" r="6" fill="var(--before)"/>'),
        "few": (
            ("few",),
            '<path d="M4 4l10 10M14 4L4 14" stroke="var(--muted)" stroke-width="2" fill="none"/>',
        ),
    }
    items = [
        (
            f'<svg class="mark" viewBox="0 0 18 18" aria-hidden="true">{drawing}</svg>',
            ctx.text(f"funnel.legend.{key}"),
        )
        for key, (kinds, drawing) in drawings.items()
        if board["place"].isin(kinds).any()
    ]
    lines = {
        "average": '<path d="M1 9h16" stroke="var(--ink)" stroke-width="1.8"/>',
        "inner": '<path d="M1 9h16" stroke="var(--before)" stroke-width="1.8"/>',
        "outer": '<path d="M1 9h16" stroke="var(--before)" stroke-width="1.8" stroke-dasharray="2 2.5"/>',
        "chosen": '<circle cx="9" cy="9" r="7" fill="none" stroke="var(--now)" stroke-width="2.4"/>',
    }
    items += [
        (
            f'<svg class="mark" viewBox="0 0 18 18" aria-hidden="true">{drawing}</svg>',
            ctx.text(f"funnel.legend.{key}"),
        )
        for key, drawing in lines.items()
    ]
    return legend(items)


def _table(
    ctx: Context, board: pd.DataFrame, areas: dict[str, Area], indicator: Indicator, chosen: Area
) -> str:
    """Figure with n/N, both limits at that base, and what follows; in the order of every page."""
    head = [
        tables.th(ctx.text("column.area")),
        tables.th(ctx.text("column.value_short"), number=True),
        tables.th(ctx.text("funnel.column.inner"), number=True),
        tables.th(ctx.text("funnel.column.outer"), number=True),
        tables.th(ctx.text("column.verdict")),
    ]

    def draw(area_id: str) -> str:
        row = board.loc[area_id]
        bare = row["place"] == "unknown"
        limits = ["–" if bare else funnel.limits_text(ctx, row, ring) for ring in ("inner", "outer")]
        return tables.row(
            [
                tables.cell(ctx, row, indicator),
                *(tables.td(text, number=True) for text in limits),
                tables.td(_word(ctx, row, indicator), long=True),
            ],
            many.area_head(ctx, areas[area_id]),
            "chosen" if area_id == chosen.id else "",
        )

    if not ctx.many:
        return tables.table(head, [draw(area_id) for area_id in board.index])
    known = board[board["place"] != "unknown"].sort_values("share", ascending=False, kind="stable")
    return tables.table(head, many.rows(ctx, list(known.index), [chosen.id], len(head), draw))


def _word(ctx: Context, row: pd.Series, indicator: Indicator) -> str:
    """What follows for one commune, or why nothing does."""
    if row["place"] != "unknown":
        return ctx.text(f"funnel.place.{row['place']}")
    if row["status"] != "reported":
        return "–"
    return ctx.text("funnel.place.unknown")


def _export(
    ctx: Context, board: pd.DataFrame, areas: dict[str, Area], indicator: Indicator, period: str
) -> Export:
    ends = [f"{ring}_{end}" for ring in ("inner", "outer") for end in ("lower", "upper")]
    columns = [
        ctx.text(f"column.{key}")
        for key in ("area_code", "area", "period", "numerator", "denominator", "value")
    ]
    columns += [ctx.text(f"funnel.column.{key}") for key in ("average", *ends)]
    columns += [ctx.text(f"column.{key}") for key in ("verdict", "state")]
    rows = [
        [
            areas[area_id].code,
            fmt.area_full(areas[area_id], ctx.language),
            period,
            row["numerator"],
            row["denominator"],
            value_out(row["share"], indicator),
            *(value_out(row[key], indicator) for key in ("average", *ends)),
            _word(ctx, row, indicator),
            ctx.text("state." + row["status"]),
        ]
        for area_id, row in board.iterrows()
    ]
    return Export(
        title=f"{indicator.name.to(ctx.language.code)}, {fmt.period(period, ctx.language)}",
        columns=columns,
        rows=rows,
        about=[*about(ctx, [indicator]), (ctx.text("column.note"), ctx.text("funnel.note"))],
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
