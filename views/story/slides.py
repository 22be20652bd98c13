"""The stock show of the pilot: title, headline, map, before and after, criteria, a slide per commune, what next, the code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from reports.story import Cell, Citation, Column, Number, Slide, Story, Table
from store.definitions import Area, Indicator
from views import boards, load, narrative, tables
from views import format as fmt
from views.screens import common, programme
from views.screens.common import periods_text
from views.story import parts
from views.story.judged import by_scheme
from views.theme import theme

if TYPE_CHECKING:
    from views.frame import Context

WORDS = (
    "source", "page", "mark", "citation", "notes", "next", "end", "timer", "clock", "list", "black", "print",
    "no_figure", "contents", "definitions", "sheet", "about", "chart", "area",
    "annex", "before", "after", "series_before", "series_after",
    "keys", "key_on", "key_back", "key_ends", "key_jump", "key_full", "key_timer", "key_advance",
    "others", "last", "running", "stopped", "unchanged", "revised", "unknown", "blocked",
)  # fmt: skip
LINES = 8  # indicators on a commune's slide
NUMBERS = 3  # headline figures


def show(ctx: Context, before: str, after: str, citation: Citation, by_place: bool = False) -> Story:
    """Every slide the snapshot can bear. ``by_place``: communes by their later figure instead of the usual order."""
    lead = ctx.catalogue.headline[0]
    pairs = common.pairs(ctx, before, after)
    board = pairs[lead.id]
    areas = parts.ordered(ctx, board, by_place)
    slides = [
        _title(ctx, before, after),
        *_headline(ctx, board, lead, before, after),
        *_map(ctx, board, lead, after),
        *_change(ctx, board, lead, before, after, areas),
        *_tiers(ctx, after, areas),
        *_areas(ctx, pairs, lead, before, after, areas),
        *_next(ctx, pairs, after),
        Slide(
            "code",
            "closing",
            ctx.text("leave.code_title"),
            sentences=(ctx.text("leave.code_text"), citation.line),
        ),
    ]
    return Story(
        title=ctx.text("app.title"),
        subtitle=periods_text(ctx, before, after),
        language=ctx.language.code,
        snapshot_id=ctx.snapshot_id,
        mark=ctx.text("ribbon.plain") if ctx.is_demo else "",
        citation=citation,
        slides=tuple(slides),
        words=words(ctx),
        colours=colours(),
    )


def words(ctx: Context) -> Mapping[str, str]:
    """The writers' own labels."""
    return MappingProxyType({key: ctx.text(f"leave.word.{key}") for key in WORDS})


def colours() -> Mapping[str, str]:
    """The light palette by role: paper and projectors are light."""
    return MappingProxyType(
        {role: value for role, value in theme("light").colours.items() if isinstance(value, str)}
    )


def _title(ctx: Context, before: str, after: str) -> Slide:
    names = narrative.join(ctx, [fmt.area_inline(area, ctx.language) for area in ctx.areas])
    return Slide(
        "title",
        "title",
        ctx.text("leave.title"),
        periods_text(ctx, before, after),
        (ctx.text("leave.title_names", count=len(ctx.areas), names=names),),
        notes=(ctx.text("leave.title_note"),),
    )


def _source(ctx: Context, indicator: Indicator, *periods: str) -> str:
    figures = load.figures(*ctx.data, ctx.area_ids, (indicator.id,), tuple(dict.fromkeys(periods)))
    return parts.source(ctx, figures)


def _headline(ctx: Context, board: pd.DataFrame, lead: Indicator, before: str, after: str) -> list[Slide]:
    """The pilot as a whole where counts allow, and who rose most; nothing where nobody has both ends."""
    if not boards.comparable(before, after):
        return []
    areas = {area.id: area for area in ctx.areas}
    sure = boards.certain(board, "_before").notna() & boards.certain(board, "_after").notna()
    rows = board[(board["direction"] == "up") & sure].sort_values("change", ascending=False)
    pooled = boards.pooled(board)
    numbers = [_pooled(ctx, pooled)] if pooled["areas"] > 1 else []
    for area_id, row in rows.head(NUMBERS - len(numbers)).iterrows():
        numbers.append(
            Number(
                fmt.area_full(areas[area_id], ctx.language),
                tables.figure_text(ctx, row, lead, "_before"),
                tables.figure_text(ctx, row, lead, "_after"),
                _both_counts(ctx, row),
                f"{fmt.change(row['change'], lead, ctx.language)}, {ctx.text('verdict.' + row['verdict'])}",
                parts.tone(row, lead),
            )
        )
    if not numbers:
        return []
    first = (
        numbers[-1]
        if len(rows) == 0
        else numbers[0 if pooled["areas"] <= 1 else 1 if len(numbers) > 1 else 0]
    )
    title = ctx.text(
        "leave.headline", indicator=lead.short.to(ctx.language.code), before=first.before, after=first.after
    )
    sentences = (narrative.largest_rise(ctx, board, areas, lead), narrative.pooled_change(ctx, pooled, lead))
    return [
        Slide(
            "headline",
            "numbers",
            title,
            f"{lead.name.to(ctx.language.code)}. {periods_text(ctx, before, after)}",
            numbers=tuple(numbers),
            source=_source(ctx, lead, before, after),
            notes=(*[text for text in sentences if text], *parts.notes(ctx, [lead])),
        )
    ]


def _pooled(ctx: Context, pooled: dict[str, float]) -> Number:
    counts = " → ".join(
        fmt.fraction_text(pooled[f"numerator_{end}"], pooled[f"denominator_{end}"], ctx.language)
        for end in ("before", "after")
    )
    verdict = pooled["verdict"]
    return Number(
        ctx.text("pooled.name", areas=int(pooled["areas"])),
        fmt.percent(pooled["share_before"], ctx.language),
        fmt.percent(pooled["share_after"], ctx.language),
        counts,
        f"{fmt.points(pooled['change'], ctx.language)}, {ctx.text('verdict.' + verdict)}",
        verdict if verdict in ("rise", "fall") else "unclear",
    )


def _both_counts(ctx: Context, row: pd.Series) -> str:
    ends = [
        fmt.fraction_text(row[f"numerator_{end}"], row[f"denominator_{end}"], ctx.language)
        or ctx.text("counts.not_printed")
        for end in ("before", "after")
    ]
    return ends[0] if ends[0] == ends[1] else " → ".join(ends)


def _map(ctx: Context, board: pd.DataFrame, lead: Indicator, after: str) -> list[Slide]:
    if board["share_after"].isna().all():
        return []
    known = int(board["share_after"].notna().sum())
    name = lead.name.to(ctx.language.code)
    title = ctx.text(
        "leave.map_title",
        indicator=lead.short.to(ctx.language.code),
        period=fmt.period_inline(after, ctx.language),
    )
    alt = ctx.text("map.alt", name=name, known=known, total=len(board))
    drawing = parts.outline(ctx, board, lead, alt)
    return [
        Slide(
            "map",
            "drawing",
            title,
            f"{name}. {drawing.note}",
            drawing=drawing,
            source=_source(ctx, lead, after),
            notes=parts.notes(ctx, [lead]),
        )
    ]


def _change(
    ctx: Context, board: pd.DataFrame, lead: Indicator, before: str, after: str, areas: list[Area]
) -> list[Slide]:
    if board["share_after"].isna().all() or not boards.comparable(before, after):
        return []
    by_id = {area.id: area for area in ctx.areas}
    title = ctx.text("leave.change_title", indicator=lead.short.to(ctx.language.code))
    sentences = (narrative.largest_rise(ctx, board, by_id, lead), narrative.tally(ctx, board, lead))
    alt = sentences[0] or title
    return [
        Slide(
            "change",
            "drawing",
            title,
            f"{lead.name.to(ctx.language.code)}. {periods_text(ctx, before, after)}",
            drawing=parts.dumbbell(ctx, board, lead, before, after, areas, alt),
            source=_source(ctx, lead, before, after),
            notes=(
                *[text for text in sentences if text],
                ctx.text("source.interval"),
                *parts.notes(ctx, [lead]),
            ),
        )
    ]


def _tiers(ctx: Context, after: str, areas: list[Area]) -> list[Slide]:
    judged = by_scheme(ctx, after)
    if judged is None:
        return []
    return [
        Slide(
            "tiers",
            "drawing",
            ctx.text("leave.tiers_title"),
            ctx.text(
                "tiers.subtitle",
                scheme=judged.scheme.name.to(ctx.language.code),
                period=fmt.period(after, ctx.language),
            ),
            judged.proposed(ctx),
            drawing=parts.stacks(ctx, judged.board, areas, judged.finding),
            source=parts.source(ctx, judged.figures),
            notes=(judged.finding, judged.source(ctx)),
        )
    ]


def _areas(
    ctx: Context, pairs: dict[str, pd.DataFrame], lead: Indicator, before: str, after: str, areas: list[Area]
) -> list[Slide]:
    """A slide for each commune with figures; those without share one, that says what is missing."""
    figures = load.figures(*ctx.data, ctx.area_ids)
    series = parts.series(ctx, lead, figures, after)
    slides, silent = [], []
    for area in areas:
        own = parts.known(pairs, area, ctx.catalogue.headline)
        if not own:
            silent.append(area)
            continue
        about = figures[(figures["area_id"] == area.id) & figures["period"].isin([before, after])]
        row = pairs[lead.id].loc[area.id]
        name = fmt.area_full(area, ctx.language)
        slides.append(
            Slide(
                f"area:{area.id}",
                "area",
                name,
                periods_text(ctx, before, after),
                _area_words(ctx, row, lead),
                drawing=parts.path(ctx, area, lead, series),
                table=_area_table(ctx, area, pairs, own[:LINES], before, after),
                source=parts.source(ctx, about),
                notes=(*_area_notes(ctx, area, pairs, after), *parts.notes(ctx, own[:LINES])),
            )
        )
    if silent:
        names = narrative.join(ctx, narrative.names(ctx, silent))
        slides.append(
            Slide(
                "silent",
                "closing",
                ctx.text("leave.silent_title", count=len(silent)),
                sentences=(
                    ctx.text("leave.silent_text", names=names, period=fmt.period_inline(after, ctx.language)),
                ),
            )
        )
    return slides


def _area_words(ctx: Context, row: pd.Series, lead: Indicator) -> tuple[str, ...]:
    if row["direction"] == "unknown":
        return ()
    return (
        ctx.text(
            "leave.lead",
            indicator=lead.short.to(ctx.language.code),
            before=narrative.figure_with_counts(ctx, row, lead, "_before"),
            after=narrative.figure_with_counts(ctx, row, lead, "_after"),
            verdict=ctx.text("verdict." + row["verdict"]),
        ),
    )


def _area_notes(ctx: Context, area: Area, pairs: dict[str, pd.DataFrame], after: str) -> tuple[str, ...]:
    asked = [item for item in ctx.catalogue.indicators if item.uploaded]
    count = sum(pairs[item.id].loc[area.id, "status_after"] != "missing" for item in asked)
    return (
        ctx.text(
            "area.reported",
            area=fmt.area_full(area, ctx.language),
            count=count,
            total=len(asked),
            period=fmt.period_inline(after, ctx.language),
        ),
    )


def _area_table(
    ctx: Context,
    area: Area,
    pairs: dict[str, pd.DataFrame],
    indicators: list[Indicator],
    before: str,
    after: str,
) -> Table:
    columns = (
        Column(ctx.text("column.indicator")),
        Column(fmt.period(before, ctx.language), "rate"),
        Column(fmt.period(after, ctx.language), "rate"),
        Column(ctx.text("leave.column.change"), "points"),
    )
    rows = []
    for item in indicators:
        row = pairs[item.id].loc[area.id]
        rows.append(
            (
                Cell(item.short.to(ctx.language.code)),
                parts.figure(ctx, row, item, "_before"),
                parts.figure(ctx, row, item, "_after"),
                parts.change(ctx, row, item),
            )
        )
    return Table(fmt.area_full(area, ctx.language), columns, tuple(rows))


def _next(ctx: Context, pairs: dict[str, pd.DataFrame], after: str) -> list[Slide]:
    """Where the work stands and what is still missing."""
    found = programme.items(ctx)
    sentences = list(programme.sentences(ctx, found, programme.day_of(ctx))) if found else []
    lead = ctx.catalogue.headline[0]
    absent = [area for area in ctx.areas if pairs[lead.id].loc[area.id, "status_after"] == "missing"]
    sentences.append(narrative.without_figures(ctx, [fmt.area_inline(area, ctx.language) for area in absent]))
    sentences = [text for text in sentences if text]
    return (
        [Slide("next", "closing", ctx.text("leave.next_title"), sentences=tuple(sentences))]
        if sentences
        else []
    )
