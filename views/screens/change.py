"""Before and after of one indicator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from metrics.change import times
from reports.story import Picture
from reports.workbook import Export
from store.definitions import Area, Indicator
from views import boards, certainty, dumbbell, load, merger, narrative, tables
from views import format as fmt
from views.screens import Screen, change_many, screen
from views.screens.common import (
    about,
    definition_name,
    kinds_warning,
    legend,
    pair_columns,
    pair_row,
    periods_text,
    value_out,
)

if TYPE_CHECKING:
    from views.frame import Context


LEAST_CASES = (
    10  # earlier cases below which "302 times as much" rests on a handful of dossiers and is not said
)

NEAR_FIGURE = ("numerator_in", "denominator_in", "value_in", "status_in")
NEAR = ("near_change", "near_lower", "near_upper", "near_verdict")


@screen
def build(
    ctx: Context, indicator: Indicator, before: str, after: str, marked: tuple[str, ...] = ()
) -> Screen:
    """The page for one indicator and two periods; ``marked``: communes that a page about many points out."""
    beside = boards.quarter_beside(before, after)
    times = tuple(dict.fromkeys(item for item in (before, beside, after) if item))
    figures = load.figures(*ctx.data, ctx.area_ids, (indicator.id,), times)
    if ctx.many:
        return change_many.build(ctx, figures, indicator, before, after, marked)
    areas = {area.id: area for area in ctx.areas}
    board = boards.pair(figures, indicator, before, after, ctx.area_ids)
    near = _near(figures, indicator, beside, after, list(board.index))
    rising = indicator.higher_is_better is not False  # where less is better the largest fall comes first
    board = board.sort_values("change", ascending=not rising, na_position="last", kind="stable")
    known = board[board["direction"] != "unknown"]
    alike = boards.comparable(before, after)
    pooled = boards.pooled(board) if indicator.is_rate else {"areas": 0}
    missing = [
        fmt.area_inline(areas[area_id], ctx.language)
        for area_id, row in board.iterrows()
        if area_id not in known.index and not tables.hidden_end(row)  # what is hidden was reported
    ]
    found = [
        narrative.largest_rise(ctx, board, areas, indicator) if alike else "",
        narrative.tally(ctx, board, indicator),
        narrative.pooled_change(ctx, pooled, indicator) if indicator.is_rate and alike else "",
        narrative.no_pair(ctx, missing, len(areas)),
        certainty.comparisons(ctx, board, near) if alike and indicator.is_rate else "",
    ]
    sentences = narrative.enough(
        ctx,
        found,
        narrative.nobody_rose(ctx, board, indicator) if alike else "",
        narrative.pairs_known(ctx, board, indicator),
        ctx.text("say.not_zero"),
    )
    used = boards.definition_in_use(figures, indicator)
    way = definition_name(ctx, indicator, used)
    return Screen(
        finding=_finding(ctx, known, areas, indicator, alike),
        subtitle=ctx.text(
            "change.subtitle",
            indicator=indicator.name.to(ctx.language.code),
            definition=f" ({way})" if way else "",
            unit=ctx.text(f"unit.name.{indicator.unit}"),
            periods=periods_text(ctx, before, after),
        ),
        sentences=sentences,
        figure=None
        if known.empty
        else dumbbell.draw(
            ctx, known, areas, indicator, before, after, pooled if pooled["areas"] > 1 else None
        ),
        alt=_finding(ctx, known, areas, indicator, alike),
        legend=_legend(ctx, before, after, pooled["areas"] > 1, bool(known["lower"].notna().any()))
        + _near_said(ctx, near, indicator, beside),
        table=_table(ctx, board, areas, indicator, before, after, pooled, near, beside),
        export=lambda ctx: _export(ctx, board, areas, indicator, before, after, near, beside),
        picture=None
        if known.empty or not alike
        else lambda ctx: _picture(ctx, board, indicator, before, after, figures),
        warning=kinds_warning(ctx, before, after),
        sources=[
            tables.source_line(ctx, figures),
            tables.definition_line(ctx, indicator),
            _other_ways(ctx, indicator, used, before, after),
            tables.esc(ctx.text("source.interval")),
        ],
    )


def _picture(ctx, board, indicator, before, after, figures) -> Picture:
    """The chart of the page, with every commune: who lacks a period says why."""
    from views.story import parts

    areas = {area.id: area for area in ctx.areas}
    known = board[board["direction"] != "unknown"]
    title = _finding(ctx, known, areas, indicator, True)
    drawing = parts.dumbbell(ctx, board, indicator, before, after, [areas[key] for key in board.index], title)
    subtitle = f"{indicator.name.to(ctx.language.code)}. {periods_text(ctx, before, after)}"
    return Picture(drawing, title, subtitle, parts.source(ctx, figures))


def _near(
    figures: pd.DataFrame, indicator: Indicator, beside: str | None, after: str, areas: list[str]
) -> pd.DataFrame | None:
    """The same later figures against the quarter just before them; None where that quarter has none at all."""
    if beside is None or figures[figures["period"] == beside].empty:
        return None
    return boards.pair(figures, indicator, beside, after, areas)


def _near_said(ctx: Context, near: pd.DataFrame | None, indicator: Indicator, beside: str | None) -> str:
    """How the communes stand against the quarter just before, or that it has no figures; HTML."""
    if beside is None:
        return ""
    quarter = fmt.period_inline(beside, ctx.language)
    if near is None:
        text = ctx.text("say.near_nothing", quarter=quarter)
    elif not indicator.is_rate or (near["verdict"] == "unknown").all():
        return ""
    else:
        text = ctx.text("say.near", quarter=quarter, parts=narrative.tally_parts(ctx, near))
    return f"<p>{tables.esc(text)}</p>"


def _finding(
    ctx: Context, known: pd.DataFrame, areas: dict[str, Area], indicator: Indicator, alike: bool
) -> str:
    """The heading says what was found, or that nothing can be compared; between periods of two kinds (not ``alike``)
    figures stand side by side and nobody is said to have risen."""
    if known.empty:
        return ctx.text("change.nothing")
    first = known.iloc[0]
    key = "finding" if first["change"] > 0 else "finding_none"
    if not alike:
        key = "finding_kinds"
    elif indicator.higher_is_better is False:
        key = "finding_fall" if first["change"] < 0 else "finding_no_fall"
    return ctx.text(
        f"change.{key}",
        area=fmt.area_full(areas[known.index[0]], ctx.language),
        before=tables.figure_text(ctx, first, indicator, "_before"),
        after=tables.figure_text(ctx, first, indicator, "_after"),
    )


def _legend(ctx: Context, before: str, after: str, pooled: bool, counted: bool) -> str:
    """Which mark is which period."""
    ring, dot, diamond, bar = (
        f'<svg class="mark" viewBox="0 0 18 18" aria-hidden="true">{drawing}</svg>'
        for drawing in (
            '<circle cx="9" cy="9" r="5.5" fill="none" stroke="var(--before)" stroke-width="2.4"/>',
            '<circle cx="9" cy="9" r="6" fill="var(--now)"/>',
            '<path d="M9 2l7 7-7 7-7-7z" fill="var(--ink)"/>',
            '<path d="M2 9h14M2 5v8M16 5v8" stroke="var(--muted)" stroke-width="1.6" fill="none"/>',
        )
    )
    items = [(ring, fmt.period(before, ctx.language)), (dot, fmt.period(after, ctx.language))]
    items += [(diamond, ctx.text("pooled.legend"))] if pooled else []
    return legend(items + ([(bar, ctx.text("column.interval"))] if counted else []))


def _table(ctx, board, areas, indicator, before, after, pooled, near, beside) -> str:
    """The numbers behind the chart; beside the change, where known, the change against the quarter just before."""
    alike, why = boards.comparable(before, after), _why(ctx, indicator, before, after)
    head = [
        tables.th(ctx.text("column.area")),
        tables.th(fmt.period(before, ctx.language), number=True),
        tables.th(fmt.period(after, ctx.language), number=True),
        tables.th(ctx.text("column.change_interval")),
    ]
    if near is not None:
        quarter = fmt.period_inline(beside, ctx.language)
        head.append(tables.th(ctx.text("column.near", quarter=quarter)))
    head.append(tables.th(ctx.text("column.times"), number=True))

    def said(area_id: str, period: str) -> str:
        return merger.reason(ctx, why.get((area_id, indicator.id, period)))

    rows = []
    for area_id, row in board.iterrows():
        known = row["direction"] != "unknown"
        rows.append(
            tables.row(
                [
                    tables.cell(ctx, row, indicator, "_before", why=said(area_id, before)),
                    tables.cell(ctx, row, indicator, "_after", why=said(area_id, after)),
                    _change_cell(ctx, row, indicator, []),
                    *([] if near is None else [_near_cell(ctx, near.loc[area_id], indicator)]),
                    f'<td class="number">{_ratio(ctx, row) if known and alike else "–"}</td>',
                ],
                tables.area_link(ctx, areas[area_id]),
            )
        )
    if pooled["areas"] > 1:
        rows.append(_pooled_row(ctx, pooled, indicator, near))
    return tables.table(head, rows)


def _why(ctx: Context, indicator: Indicator, before: str, after: str) -> dict[merger.Key, merger.Refusal]:
    """Why communes have no figure in a period in which they did not exist; where there are too many to name each, none."""
    return {} if ctx.many else merger.why(ctx, [indicator.id], (before, after))


def _near_cell(ctx: Context, row: pd.Series, indicator: Indicator) -> str:
    """Change against the quarter just before with its interval, and the figure it starts from; else why there is none."""
    status = row["status_before"]
    if status != "reported":
        return tables.empty(ctx, f"state.{status}")
    figure = narrative.figure_with_counts(ctx, row, indicator, "_before")
    return _change_cell(ctx, row, indicator, [ctx.text("change.near_from", figure=figure)])


def _change_cell(ctx: Context, row: pd.Series, indicator: Indicator, under: list[str]) -> str:
    """A change with its word, and under it the lines given and its interval or why there is none."""
    if indicator.is_rate and row["direction"] != "unknown":
        under = [*under, tables.interval_text(ctx, row, indicator)]
    lines = "".join(f'<span class="unit">{tables.esc(line)}</span>' for line in under)
    return f'<td class="text">{tables.change_text(ctx, row, indicator)}{lines}</td>'


def _ratio(ctx: Context, row: pd.Series) -> str:
    """How many times as much, as HTML; beside a printed base the range that its rounding leaves open."""
    ratio = times(row["share_after"], row["share_before"])
    if fmt.is_missing(ratio) or ratio < 1:
        return "–"
    if tables.counted(row, "_before") and row["numerator_before"] < LEAST_CASES:
        return f'<span class="small">{tables.esc(ctx.text("change.few_cases"))}</span>'
    text = ctx.text("unit.times", value=fmt.number(ratio, ctx.language, 1 if ratio < 10 else 0))
    if tables.counted(row, "_before", "_after"):
        return tables.esc(text)
    low, high = fmt.printed_range(row["share_before"])
    small, large = (times(row["share_after"], base) for base in (high, low))
    if fmt.is_missing(large):
        return tables.esc(text)
    span = ctx.text(
        "unit.times_range", low=fmt.number(small, ctx.language, 0), high=fmt.number(large, ctx.language, 0)
    )
    return (
        f'{tables.esc(text)}<span class="unit">{tables.esc(span)}</span>'
        if large > 1.5 * small
        else tables.esc(text)
    )


def _other_ways(ctx: Context, indicator: Indicator, used: str, before: str, after: str) -> str:
    """Says when figures counted in other ways exist for these periods; they are not compared with the ones shown."""
    rows = load.figures(*ctx.data, ctx.area_ids, (indicator.id,), (before, after), True)
    others = [item for item in rows["definition"].unique() if item != used]
    if not others:
        return ""
    names = "; ".join(definition_name(ctx, indicator, item) or item for item in others)
    return tables.esc(ctx.text("change.other_ways", names=names))


def _pooled_change(ctx: Context, pooled: dict[str, float], indicator: Indicator, under: list[str]) -> str:
    """Change of the pilot as a whole with its word and interval; ``under``: lines between them."""
    change = tables.esc(fmt.points(pooled["change"], ctx.language, short=True))
    word = tables.esc(ctx.text(f"verdict.{pooled['verdict']}"))
    under = [*under, tables.interval_text(ctx, pd.Series(pooled), indicator)]
    lines = "".join(f'<span class="unit">{tables.esc(line)}</span>' for line in under)
    return f'<td class="text">{change} <span class="small nowrap">{word}</span>{lines}</td>'


def _pooled_near(ctx: Context, near: pd.DataFrame, indicator: Indicator) -> str:
    """The pilot against the quarter just before, over the communes known in both, which may be others than in the line."""
    found = boards.pooled(near)
    if not found["areas"]:
        return tables.td("–")
    counts = fmt.fraction_text(found["numerator_before"], found["denominator_before"], ctx.language)
    figure = f"{fmt.percent(found['share_before'], ctx.language)} ({counts})"
    under = [ctx.text("pooled.name", areas=int(found["areas"])), ctx.text("change.near_from", figure=figure)]
    return _pooled_change(ctx, found, indicator, under)


def _pooled_row(
    ctx: Context, pooled: dict[str, float], indicator: Indicator, near: pd.DataFrame | None
) -> str:
    """The line of the pilot as a whole."""
    language = ctx.language
    ends = [
        f'<td class="number">{tables.esc(fmt.percent(pooled[f"share_{end}"], language))}<span class="unit">'
        f"{tables.esc(fmt.fraction_text(pooled[f'numerator_{end}'], pooled[f'denominator_{end}'], language))}</span></td>"
        for end in ("before", "after")
    ]
    return tables.row(
        [
            *ends,
            _pooled_change(ctx, pooled, indicator, []),
            *([] if near is None else [_pooled_near(ctx, near, indicator)]),
            tables.td("–", number=True),
        ],
        tables.esc(ctx.text("pooled.name", areas=int(pooled["areas"]))),
        "total",
    )


def _export(ctx, board, areas, indicator, before, after, near, beside) -> Export:
    columns = pair_columns(ctx, before, after)
    rows = [pair_row(ctx, areas[area_id], indicator, row) for area_id, row in board.iterrows()]
    if near is not None:
        quarter = fmt.period(beside, ctx.language)
        columns += [ctx.text(f"column.{key}", period=quarter) for key in NEAR_FIGURE]
        columns += [
            ctx.text(f"column.{key}", quarter=fmt.period_inline(beside, ctx.language)) for key in NEAR
        ]
        rows = [
            line + _near_out(ctx, near.loc[area_id], indicator)
            for area_id, line in zip(board.index, rows, strict=True)
        ]
    return Export(
        title=f"{indicator.name.to(ctx.language.code)}, {periods_text(ctx, before, after)}",
        columns=columns,
        rows=rows,
        about=about(ctx, [indicator]),
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )


def _near_out(ctx: Context, row: pd.Series, indicator: Indicator) -> list[object]:
    """The quarter just before and the change against it, at full precision."""
    word = f"verdict.{row['verdict']}" if indicator.is_rate else f"direction.{row['direction']}"
    return [
        row["numerator_before"],
        row["denominator_before"],
        value_out(row["share_before"], indicator),
        ctx.text("state." + row["status_before"]),
        row["change"],
        row["lower"],
        row["upper"],
        ctx.text(word),
    ]
