"""A commune's profile: key facts, all indicators against the pilot's range, trends, strengths and gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store.definitions import Area, Indicator
from views import boards, certainty, goals, load, merger, multiples, narrative, tables
from views import format as fmt
from views import spread as spreads
from views.screens import Screen, answers, area_many, common, screen
from views.screens.common import about, definition_name, pair_columns, pair_row, periods_text
from views.screens.indicator import time_line

if TYPE_CHECKING:
    from views.frame import Context


@screen
def build(ctx: Context, area: Area, before: str, after: str) -> Screen:
    """The page for one commune and two periods."""
    if ctx.many:
        return _among_many(ctx, area, before, after)
    figures = load.figures(*ctx.data, ctx.area_ids)
    pairs = common.pairs(ctx, before, after)
    own = pd.DataFrame({key: pair.loc[area.id] for key, pair in pairs.items()}).T
    return Screen(
        finding=fmt.area_full(area, ctx.language),
        subtitle=_lede(ctx, area),
        sentences=sentences(ctx, area, before, after),
        cards=_facts(ctx, area),
        reporting=_standing(ctx, area, pairs, common.ranks(ctx, before, after)),
        table=_profile(ctx, area, pairs, figures, after) + merger.broken(ctx, area),
        matrix=certainty.checks(ctx, figures, after, area),
        legend=certainty.alike(ctx, figures, area),
        export=lambda ctx: _export(ctx, area, own, before, after),
        sources=[
            tables.source_line(ctx, figures[figures["area_id"] == area.id]),
            tables.esc(ctx.text("source.interval")),
        ],
    )


def _among_many(ctx: Context, area: Area, before: str, after: str) -> Screen:
    """The page of one of hundreds or thousands: its own figures whole, of the others no more than their levels."""
    own = ctx.of((area.id,))
    figures = load.figures(*ctx.data, own.area_ids)
    pairs = common.pairs(own, before, after)
    shares = area_many.levels(ctx, after)
    row = pd.DataFrame({key: pair.loc[area.id] for key, pair in pairs.items()}).T
    return Screen(
        finding=fmt.area_full(area, ctx.language),
        subtitle=_lede(ctx, area),
        sentences=sentences(own, area, before, after),
        cards=_facts(ctx, area),
        reporting=area_many.standing(ctx, area, pairs, shares),
        table=_profile(own, area, pairs, figures, after, shares) + merger.broken(ctx, area),
        matrix=certainty.checks(ctx, figures, after, area),
        legend=area_many.alike(ctx, area),
        export=lambda ctx: _export(ctx, area, row, before, after),
        sources=[tables.source_line(ctx, figures), tables.esc(ctx.text("source.interval"))],
    )


@screen
def alone(ctx: Context, area: Area) -> Screen:
    """The page where no compared commune has any figure: who it is, what it was made of and became."""
    return Screen(
        finding=fmt.area_full(area, ctx.language),
        subtitle=_lede(ctx, area),
        cards=_facts(ctx, area) + merger.broken(ctx, area),
    )


@screen
def through_time(ctx: Context, area: Area, indicator: Indicator) -> Screen:
    """One indicator of a commune that others merged into: the sums before the merger, its own figures after it, broken
    between them. Nothing for a commune that was made of none, or without any figure."""
    if not ctx.catalogue.predecessors(area.id):
        return Screen()
    own = load.figures(*ctx.data, (area.id,) if ctx.many else ctx.area_ids, (indicator.id,))
    own = own[own["area_id"] == area.id]
    times = time_line(list(dict.fromkeys(own.sort_values("sort_key")["period"])))
    if not times:
        return Screen()
    series = pd.DataFrame(
        [boards.one(own, indicator, time, (area.id,)).loc[area.id] for time in times], index=times
    )
    drawn = multiples.grid(ctx, {area.id: series}, [area], indicator, times, common.revised(ctx))
    return Screen(
        finding=ctx.text("merger.series"),
        subtitle=indicator.name.to(ctx.language.code),
        matrix=f'<div class="single">{drawn}</div>',
    )


def _lede(ctx: Context, area: Area) -> str:
    """Where the commune lies and what became of it."""
    by_id = ctx.catalogue.area_by_id
    found = [by_id[key] for key in dict.fromkeys((area.parent_id, area.province_id)) if key in by_id]
    return ", ".join(narrative.names(ctx, found))


@screen
def asked(ctx: Context, area: Area, indicator: Indicator, before: str, after: str) -> Screen:
    """Is it real, is it faster, when is it there, how many are short: for one indicator."""
    times = tuple(dict.fromkeys((before, after))) if ctx.many else None
    figures = load.figures(*ctx.data, ctx.area_ids, (indicator.id,), times)
    way = definition_name(ctx, indicator, boards.definition_in_use(figures, indicator))
    table = facts(ctx, indicator, before, after)
    return Screen(
        subtitle=ctx.text(
            "answers.subtitle",
            name=indicator.name.to(ctx.language.code),
            definition=f" ({way})" if way else "",
            periods=periods_text(ctx, before, after),
        ),
        cards=answers.block(ctx, answers.build(ctx, area, indicator, table, before, after)),
    )


def facts(ctx: Context, indicator: Indicator, before: str, after: str) -> pd.DataFrame:
    """What the answers rest on, a row per commune: change and target of a rate, the change alone of anything else."""
    times = tuple(dict.fromkeys((before, after))) if ctx.many else None  # few are read once for all periods
    figures = load.figures(*ctx.data, ctx.area_ids, (indicator.id,), times)
    make = goals.board if indicator.is_rate else boards.pair
    return make(figures, indicator, before, after, ctx.area_ids)


def sentences(ctx: Context, area: Area, before: str, after: str) -> list[str]:
    """How much is reported, and how many of the rates changed clearly."""
    pairs = common.pairs(ctx, before, after)
    own = pd.DataFrame({key: pair.loc[area.id] for key, pair in pairs.items()}).T
    asked_for = [item.id for item in ctx.catalogue.indicators if item.uploaded]
    name = fmt.area_full(area, ctx.language)
    count = int((own.loc[asked_for, "status_after"] == "reported").sum())
    period = fmt.period_inline(after, ctx.language)
    if not count:
        return [ctx.text("area.silent", area=name, period=period), ctx.text("say.not_zero")]
    first = ctx.text("area.reported", area=name, count=count, total=len(asked_for), period=period)
    return [first, *narrative.own_changes(ctx, own, ctx.catalogue.indicators, before, after)]


def _facts(ctx: Context, area: Area) -> str:
    """Codes, area, dates, what it was made of and became: what identifies the commune."""
    size = ""
    if area.area_km2:
        size = f"{fmt.square_km(area.area_km2, ctx.language)}; {area.area_km2_source.to(ctx.language.code)}"
    facts = [
        ("area.fact.code", tables.esc(area.code)),
        ("area.fact.area", tables.esc(size)),
        ("area.fact.valid", tables.esc(merger.years(ctx, area))),
        *merger.facts(ctx, area),
        ("area.fact.note", tables.esc(area.note.to(ctx.language.code))),
    ]
    rows = "".join(
        f"<div><dt>{tables.esc(ctx.text(key))}</dt><dd>{body}</dd></div>" for key, body in facts if body
    )
    return f'<dl class="facts">{rows}</dl>'


def _standing(ctx: Context, area: Area, pairs: dict[str, pd.DataFrame], every: dict[str, pd.Series]) -> str:
    """Where the commune leads the pilot and where it trails it, by rank among those measured (at least four)."""
    first, last, compared = [], [], 0
    for indicator in ctx.catalogue.indicators:
        pair, ranks = pairs[indicator.id], every[indicator.id]
        if len(ranks) < 4 or area.id not in ranks.index or ranks.nunique() == 1:
            continue
        compared += 1
        row = pair.loc[area.id]
        text = (
            f"{ctx.link('indicator', indicator.short.to(ctx.language.code), indicator=indicator.id)}: "
            f"<b>{tables.esc(tables.figure_text(ctx, row, indicator, '_after'))}</b> "
            f'<span class="small">{tables.esc(tables.counts_text(ctx, row, "_after") if indicator.is_rate else "")} · '
            f"{tables.esc(ctx.text('area.rank', rank=int(ranks[area.id]), total=len(ranks)))}</span>"
        )
        if ranks[area.id] <= 2:
            first.append((int(ranks[area.id]), text))
        elif ranks[area.id] >= ranks.max() and ranks[area.id] >= len(ranks) - 1:
            last.append((-int(ranks[area.id]), text))
    columns = []
    for key, found in (("area.ahead", first), ("area.behind", last)):
        items = "".join(f"<li>{text}</li>" for _, text in sorted(found, key=lambda item: item[0])[:5])
        body = (
            f"<ul>{items}</ul>"
            if items
            else f'<p class="muted">{tables.esc(ctx.text("area.nothing_stands_out" if compared else "area.too_few"))}</p>'
        )
        columns.append(f"<div><h3>{tables.esc(ctx.text(key))}</h3>{body}</div>")
    return f'<div class="two">{"".join(columns)}</div><p class="small">{tables.esc(ctx.text("area.standing_note"))}</p>'


def _profile(
    ctx: Context,
    area: Area,
    pairs: dict[str, pd.DataFrame],
    figures: pd.DataFrame,
    after: str,
    shares: Mapping[str, pd.Series] | None = None,
) -> str:
    """All indicators by pillar: figure, change, place among the communes compared, trend. ``shares``: by indicator the
    figures of all of them, where ``pairs`` hold this commune alone."""
    head = [
        tables.th(ctx.text(f"column.{key}"), number=key == "value_short")
        for key in ("indicator", "value_short", "change_short", "range", "trend")
    ]
    times = time_line(list(dict.fromkeys(figures.sort_values("sort_key")["period"])))
    trends = boards.trends(figures[figures["area_id"] == area.id], ctx.catalogue.indicators, times)
    lacking = [
        item.id
        for item in ctx.catalogue.indicators
        if pairs[item.id].at[area.id, "status_after"] == "missing"
    ]
    why = load.refusals(*ctx.data, (area.id,), tuple(lacking), (after,)) if lacking else {}
    cut, rows = merger.first_after(ctx, area, times), []
    for pillar in ctx.catalogue.pillars:
        members = [item for item in ctx.catalogue.indicators if item.pillar == pillar.id]
        known = [
            item
            for item in members
            if pairs[item.id]["status_after"].ne("missing").any() or item.id in (shares or {})
        ]
        if not members:
            continue
        name = tables.esc(pillar.name.to(ctx.language.code))
        rows.append(f'<tr class="group"><th colspan="5" scope="colgroup">{name}</th></tr>')
        rows += [
            _line(
                ctx,
                area,
                item,
                pairs[item.id],
                trends[item.id],
                after,
                why.get((area.id, item.id, after)),
                cut,
                None if shares is None else shares.get(item.id, pd.Series(dtype=float)),
            )
            for item in known
        ]
        left = len(members) - len(known)
        if left:
            names = narrative.join(
                ctx, [item.short.to(ctx.language.code) for item in members if item not in known]
            )
            words = tables.esc(ctx.text("area.no_figures", count=left, names=names))
            rows.append(f'<tr><td colspan="5" class="empty"><span>{words}</span></td></tr>')
    return tables.table(head, rows)


def _line(ctx, area, indicator, pair, trend, after, why, cut, every=None) -> str:
    """One indicator of the commune; ``trend``: its figures in all periods; ``why`` it has none where it did not exist; its
    line breaks at place ``cut``; ``every``: the shares of all communes where ``pair`` holds this one alone."""
    row = pair.loc[area.id]
    shares = pair["share_after"] if every is None else every
    top = (
        1.0
        if indicator.unit == "percent" and (shares.max() or 0) <= 1
        else max(float(shares.max() or 0), 1e-9)
    )
    spread = ""
    if shares.notna().sum() > 1 and not fmt.is_missing(row["share_after"]):
        low, high = (fmt.measure(value, indicator, ctx.language) for value in (shares.min(), shares.max()))
        drawn = (
            tables.spine(row["share_after"], shares.tolist(), 0.0, top)
            if every is None
            else spreads.small(shares, 0.0, top, [float(row["share_after"])], 190)
        )
        spread = drawn + (
            f'<span class="unit">{tables.esc(ctx.text("area.range", low=low, high=high, count=int(shares.notna().sum())))}</span>'
        )
    known = [value for value in trend if not fmt.is_missing(value)]
    line = tables.sparkline(trend, 0.0, max(top, *known), broken=cut) if len(known) > 1 else ""
    said = common.revised(ctx).get((area.id, indicator.id, str(row["definition_after"]), after), "")
    return tables.row(
        [
            tables.cell(ctx, row, indicator, "_after", said, merger.reason(ctx, why)),
            tables.td(tables.change_text(ctx, row, indicator), raw=True),
            tables.td(spread or "–", raw=bool(spread)),
            tables.td(line or "–", raw=bool(line)),
        ],
        tables.indicator_head(ctx, indicator, unit=False),
    )


def _export(ctx: Context, area: Area, own: pd.DataFrame, before: str, after: str) -> Export:
    indicators = [item for item in ctx.catalogue.indicators if item.id in own.index]
    return Export(
        title=f"{fmt.area_full(area, ctx.language)}, {periods_text(ctx, before, after)}",
        columns=pair_columns(ctx, before, after),
        rows=[pair_row(ctx, area, item, own.loc[item.id]) for item in indicators],
        about=about(ctx, indicators),
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
