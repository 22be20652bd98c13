"""The overview: eight communes by headline indicators, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store.definitions import Area, Indicator
from views import boards, load, many, narrative, standings, tables
from views import format as fmt
from views.goals import judges
from views.screens import Screen, common, overview_many, screen
from views.screens.common import about, kinds_warning, pair_columns, pair_row, periods_text

if TYPE_CHECKING:
    from views.frame import Context


@screen
def build(ctx: Context, before: str, after: str, marked: tuple[str, ...] = ()) -> Screen:
    """The page for two periods; ``marked``: communes that a page about many points out."""
    indicators = ctx.catalogue.headline
    figures = load.figures(*ctx.data, ctx.area_ids, tuple(item.id for item in indicators), (before, after))
    if ctx.many:
        pairs = boards.pairs(figures, indicators, before, after, ctx.area_ids)
        parts = {"cards": _cards, "export": _export, "table": _marked}
        return overview_many.build(ctx, pairs, figures, before, after, marked, parts)
    everything = load.figures(*ctx.data, ctx.area_ids, None, (after,))
    every = common.pairs(ctx, before, after)
    pairs = {item.id: every[item.id] for item in indicators}
    goals = {item.id: _goal(ctx, figures, item, after) for item in indicators}
    lead, areas = indicators[0], {area.id: area for area in ctx.areas}
    coverage = boards.coverage(everything, ctx.catalogue, after, ctx.area_ids)
    silent = [
        fmt.area_inline(areas[area_id], ctx.language) for area_id in coverage.index[coverage["known"] == 0]
    ]
    alike = boards.comparable(before, after)
    sentences = narrative.enough(
        ctx,
        [
            narrative.largest_rise(ctx, pairs[lead.id], areas, lead) if alike else "",
            narrative.pooled_change(ctx, boards.pooled(pairs[lead.id]), lead) if alike else "",
            narrative.without_figures(ctx, silent, len(areas)),
        ],
        narrative.pairs_known(ctx, pairs[lead.id], lead),
        narrative.nobody_rose(ctx, pairs[lead.id], lead) if alike else "",
        ctx.text("say.not_zero"),
    )
    return Screen(
        finding=ctx.text("overview.finding"),
        subtitle=ctx.text("overview.subtitle", periods=periods_text(ctx, before, after)),
        sentences=sentences,
        cards=_cards(ctx, pairs, coverage),
        table=_table(ctx, pairs, goals),
        reporting=_reporting(ctx, coverage, after),
        export=lambda ctx: _export(ctx, pairs, before, after),
        warning=kinds_warning(ctx, before, after),
        sources=[tables.source_line(ctx, figures), tables.esc(ctx.text("source.interval"))],
    )


def _cards(ctx: Context, pairs: dict[str, pd.DataFrame], coverage: pd.DataFrame) -> str:
    """The pilot as a whole for the first indicators, and how complete the reports are. Where counts are not printed
    nothing can be pooled: then the communes' own printed figures stand on the cards."""
    cards = []
    for indicator in ctx.catalogue.headline[:3]:
        pooled = boards.pooled(pairs[indicator.id])
        title = tables.indicator_head(ctx, indicator, unit=False)
        if pooled["areas"]:
            cards.append(_pooled_card(ctx, title, pooled))
        elif not ctx.many:
            cards += _printed_cards(ctx, indicator, title, pairs[indicator.id])
    full = int((coverage["known"] > 0).sum())
    cards.append(
        tables.card(
            tables.esc(ctx.text("overview.reporting")),
            tables.esc(f"{full}/{len(coverage)}"),
            [tables.esc(ctx.text("overview.reporting_note"))],
        )
    )
    head = f'<h2 class="heard">{tables.esc(ctx.text("overview.cards"))}</h2>'
    return f'{head}<div class="cards">{"".join(cards)}</div>'


def _pooled_card(ctx: Context, title: str, pooled: dict[str, float]) -> str:
    """All files of the communes known in both periods."""
    language = ctx.language
    figure = tables.arrow(
        fmt.percent(pooled["share_before"], language), fmt.percent(pooled["share_after"], language)
    )
    counts = " → ".join(
        fmt.fraction_text(pooled[f"numerator_{end}"], pooled[f"denominator_{end}"], language)
        for end in ("before", "after")
    )
    word = ctx.text("verdict." + pooled["verdict"])
    change = f"{fmt.points(pooled['change'], language)}, {word}"
    return tables.card(
        title,
        figure,
        [
            f'<span class="small">{tables.esc(ctx.text("pooled.note", areas=int(pooled["areas"]), counts=counts))}</span>',
            tables.esc(change),
        ],
    )


def _printed_cards(ctx: Context, indicator: Indicator, title: str, pair: pd.DataFrame) -> list[str]:
    """One card per commune with a printed figure."""
    cards = []
    for area in ctx.areas:
        row = pair.loc[area.id]
        if row["status_after"] != "reported":
            continue
        name = tables.area_link(ctx, area)
        after = tables.figure_text(ctx, row, indicator, "_after")
        if row["direction"] == "unknown":
            figure, change = tables.esc(after), tables.esc(ctx.text("verdict.no_pair"))
        else:
            figure = tables.arrow(tables.figure_text(ctx, row, indicator, "_before"), after)
            change = tables.esc(fmt.change(row["change"], indicator, ctx.language))
        known = tables.counted(row, "_after")
        words = tables.counts_text(ctx, row, "_after") if known else ctx.text("counts.not_printed")
        note = f'<span class="small">{tables.esc(words)}</span>'
        cards.append(tables.card(f'{name}<span class="unit">{title}</span>', figure, [change, note]))
    return cards


def _goal(ctx: Context, figures: pd.DataFrame, indicator: Indicator, after: str) -> pd.Series:
    """Met or not against a target that somebody has adopted and that counts the same way; ``none`` otherwise."""
    one = boards.one(figures, indicator, after, ctx.area_ids)
    if not standings.target_applies(one, indicator) or not judges(indicator):
        return pd.Series("none", index=one.index)
    return standings.target_state(one, indicator)["state"]


def _marked(ctx: Context, pairs: dict[str, pd.DataFrame], marked: tuple[str, ...]) -> str:
    """The communes pointed out, as in the table of few."""
    areas = overview_many.chosen_areas(ctx, marked)
    goals = {item.id: pd.Series("none", index=list(marked)) for item in ctx.catalogue.headline}
    return _table(ctx, pairs, goals, areas)


def _table(
    ctx: Context,
    pairs: dict[str, pd.DataFrame],
    goals: dict[str, pd.Series],
    areas: Sequence[Area] | None = None,
) -> str:
    """Communes down, headline indicators across; each cell before -> after with n/N, the word for the change, and
    whether a printed target is met."""
    indicators = ctx.catalogue.headline
    head = [tables.th(ctx.text("column.area"))]
    head += [tables.th(_head(ctx, item, (goals[item.id] != "none").any()), raw=True) for item in indicators]
    rows = []
    for area in ctx.areas if areas is None else areas:
        cells = [
            _cell(ctx, pairs[item.id].loc[area.id], item, goals[item.id].loc[area.id]) for item in indicators
        ]
        rows.append(tables.row(cells, many.area_head(ctx, area)))
    return tables.table(head, rows)


def _head(ctx: Context, indicator: Indicator, judged: bool) -> str:
    """Name, unit, and the target where figures are held against one."""
    goal = indicator.target
    if not judged:
        return tables.indicator_head(ctx, indicator)
    value = goal.value / 100 if indicator.unit == "percent" else goal.value
    text = ctx.text("overview.target", value=fmt.measure(value, indicator, ctx.language, as_printed=True))
    below = f'<span class="unit">{tables.esc(text)}</span>'
    return tables.indicator_head(ctx, indicator, unit=False) + below


def _cell(ctx: Context, row: pd.Series, indicator: Indicator, goal: str) -> str:
    """One commune, one indicator."""
    met = f'<span class="change">{tables.state(ctx, goal)}</span>' if goal in ("met", "not_met") else ""
    if row["status_after"] != "reported" or fmt.is_missing(row["share_after"]):
        key = row["status_after"] if row["status_after"] != "reported" else "rate_unknown"
        return tables.empty(ctx, f"state.{key}")
    after = tables.figure_text(ctx, row, indicator, "_after")
    counts = f'<span class="unit nowrap">{tables.esc(tables.counts_text(ctx, row, "_after"))}</span>'
    if row["direction"] == "unknown":
        return f'<td><span class="strong">{tables.esc(after)}</span>{counts}{met}</td>'
    figure = tables.arrow(tables.figure_text(ctx, row, indicator, "_before"), after)
    known = [
        fmt.fraction_text(row[f"numerator_{end}"], row[f"denominator_{end}"], ctx.language)
        for end in ("before", "after")
    ]
    if indicator.is_rate and all(known):
        counts = f'<span class="unit nowrap">{tables.esc(" → ".join(known))}</span>'
    return f'<td><span class="strong nowrap">{figure}</span>{counts}{tables.change_text(ctx, row, indicator)}{met}</td>'


def _reporting(ctx: Context, coverage: pd.DataFrame, after: str) -> str:
    """Who reported how much in the later period, and when it came."""
    areas = {area.id: area for area in ctx.areas}
    chips = []
    for area_id, row in coverage.iterrows():
        kind = "met" if row["sent"] == row["expected"] else "unknown" if row["known"] == 0 else "same"
        tone = "unmet" if row["known"] == 0 or row["late"] else "muted"
        chips.append(
            f'<span class="chip"><span class="{tone}">{tables.mark(kind)}</span>{tables.area_link(ctx, areas[area_id])} '
            f'<span class="{tone}">{tables.esc(_reported(ctx, row))}</span></span>'
        )
    period = fmt.period_inline(after, ctx.language)
    how = ctx.link("upload", ctx.text("overview.how_to_send"))
    return (
        f"<h2>{tables.esc(ctx.text('overview.who_reported', period=period))}</h2>"
        f'<p class="subtitle">{tables.esc(ctx.text("overview.who_reported_note"))} {how}</p>'
        f'<div class="chips">{"".join(chips)}</div>'
    )


def _reported(ctx: Context, row: pd.Series) -> str:
    """How much is known, whether it is a report or print, and when the report came."""
    words = ctx.text("overview.reported", reported=int(row["known"]), expected=int(row["expected"]))
    if row["known"] and not row["sent"]:
        return f"{words} · {ctx.text('overview.printed_only')}"
    if fmt.is_missing(row["received"]) or not row["received"]:
        return words
    key = "overview.received_late" if row["late"] else "overview.received"
    return f"{words} · {ctx.text(key, day=fmt.day(str(row['received']), ctx.language))}"


def _export(ctx: Context, pairs: dict[str, pd.DataFrame], before: str, after: str) -> Export:
    """All headline indicators, one line per commune and indicator."""
    rows = [
        pair_row(ctx, area, item, pairs[item.id].loc[area.id])
        for item in ctx.catalogue.headline
        for area in ctx.areas
    ]
    return Export(
        title=f"{ctx.text('overview.title')}, {periods_text(ctx, before, after)}",
        columns=pair_columns(ctx, before, after),
        rows=rows,
        about=about(ctx, list(ctx.catalogue.headline)),
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
