"""Targets: where each commune stands, how far it is still, how fast it went, and when it would be there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store.definitions import Area, Indicator
from store.periods import from_id
from views import boards, charts, goals, load, narrative, tables
from views import format as fmt
from views.screens import Screen, screen
from views.screens.common import about, definition_name, periods_text, target_text, value_out

if TYPE_CHECKING:
    from views.frame import Context


def indicators(ctx: Context) -> list[Indicator]:
    """What can be chosen, the first one with figures first."""

    def make() -> list[Indicator]:
        return goals.choosable(load.figures(*ctx.data, ctx.area_ids), ctx.catalogue.indicators)

    return load.made(("goals", *ctx.data, ctx.area_ids), make)


@screen
def build(ctx: Context, indicator: Indicator, before: str, after: str) -> Screen:
    """The page for one indicator between two periods."""
    figures = load.figures(*ctx.data, ctx.area_ids, (indicator.id,), tuple(dict.fromkeys((before, after))))
    every = load.figures(*ctx.data, ctx.area_ids, (indicator.id,))
    definition = goals.way_of_counting(every, indicator)
    figures = figures[figures["definition"] == definition]
    table = goals.board(figures, indicator, before, after, ctx.area_ids)
    areas = {area.id: area for area in ctx.areas}
    return Screen(
        sentences=_sentences(ctx, indicator, table, areas, before, after),
        warning=warning(ctx, indicator, definition, before, after),
        finding=finding(ctx, indicator, table),
        subtitle=subtitle(ctx, indicator, definition, before, after),
        matrix=tracks(ctx, indicator, table, areas, before, after),
        table=_table(ctx, indicator, table, areas, before, after),
        export=lambda ctx: export(ctx, indicator, table, before, after),
        sources=[
            tables.source_line(ctx, figures),
            tables.definition_line(ctx, indicator),
            tables.esc(ctx.text("plan.method")),
        ],
    )


# ---------------------------------------------------------------- words


def _sentences(
    ctx: Context, indicator: Indicator, table: pd.DataFrame, areas: dict[str, Area], before: str, after: str
) -> list[str]:
    """The pilot as a whole, who is nearest, and how many go fast enough."""
    pooled = boards.pooled(table) if boards.comparable(before, after) else {"areas": 0}
    found = [narrative.pooled_change(ctx, pooled, indicator)]
    if not pooled["areas"] and boards.comparable(before, after):
        found.append(narrative.largest_rise(ctx, table, areas, indicator))
    found += [nearest(ctx, indicator, table, areas), fast_enough(ctx, indicator, table, after)]
    missing = [
        fmt.area_inline(areas[key], ctx.language)
        for key in table.index[table["share_after"].isna() & (table["status_after"] == "missing")]
    ]
    found.append(narrative.without_figures(ctx, missing, len(areas)))
    return narrative.enough(
        ctx, found, narrative.pairs_known(ctx, table, indicator), ctx.text("say.not_zero")
    )


def nearest(ctx: Context, indicator: Indicator, table: pd.DataFrame, areas: dict[str, Area]) -> str:
    """Which of the communes still on the way has the shortest one, with its n/N."""
    on_way = table[(table["state"] == "not_met") & table["gap"].notna()].sort_values("gap", kind="stable")
    if on_way.empty:
        return ""
    row = on_way.iloc[0]
    tied = int((on_way["gap"] == row["gap"]).sum())
    return ctx.text(
        "plan.nearest" if tied == 1 else "plan.nearest_tied",
        count=fmt.number(tied, ctx.language),
        area=fmt.area_inline(areas[on_way.index[0]], ctx.language),
        value=narrative.figure_with_counts(ctx, row, indicator, "_after"),
        distance=_distance(ctx, row),
    )


def fast_enough(ctx: Context, indicator: Indicator, table: pd.DataFrame, after: str) -> str:
    """How many of those on the way went as fast as they would have to, or why that cannot be said."""
    left = goals.steps_left(indicator, after)
    judged = goals.in_time(table).dropna()
    if left is not None and left <= 0 and (table["state"] == "not_met").any():
        return ctx.text("plan.year_over", year=indicator.target.year)
    if judged.empty:
        return ""
    return ctx.text(
        "plan.fast_enough",
        count=fmt.number(int(judged.sum()), ctx.language),
        total=fmt.number(len(judged), ctx.language),
        year=indicator.target.year,
    )


def finding(ctx: Context, indicator: Indicator, table: pd.DataFrame) -> str:
    """How many of the known communes are at the target; a proposal is called a mark and judges nobody."""
    goal, known = indicator.target, table[table["state"].isin(("met", "not_met"))]
    if goal is None:
        return ctx.text("plan.finding_no_target", indicator=indicator.short.to(ctx.language.code))
    if known.empty:
        return ctx.text("plan.finding_unknown", total=fmt.number(len(table), ctx.language))
    return ctx.text(
        "plan.finding" if goals.judges(indicator) else f"plan.finding_{goal.status}",
        met=fmt.number(int((known["state"] == "met").sum()), ctx.language),
        known=fmt.number(len(known), ctx.language),
        value=goal_value(ctx, indicator),
    )


def goal_value(ctx: Context, indicator: Indicator) -> str:
    return fmt.measure(indicator.target.value / 100, indicator, ctx.language, as_printed=True)


def subtitle(ctx: Context, indicator: Indicator, definition: str, before: str, after: str) -> str:
    """What is measured, when, and the target with its status and where it stands."""
    way = definition_name(ctx, indicator, definition)
    parts = [
        f"{indicator.name.to(ctx.language.code)}{f' ({way})' if way else ''}, "
        f"{periods_text(ctx, before, after)}.",
        target_text(ctx, indicator) or ctx.text("plan.no_target"),
    ]
    if indicator.target is not None:
        parts.append(indicator.target.basis.to(ctx.language.code))
    return " ".join(parts)


def warning(ctx: Context, indicator: Indicator, definition: str, before: str, after: str) -> str:
    """Why figures are not held against the target, why there is no pace, or what the pace mixes."""
    found, goal = [], indicator.target
    if goal is not None and definition != goal.definition:
        found.append(
            ctx.text(
                "plan.other_way",
                own=definition_name(ctx, indicator, definition),
                goal=definition_name(ctx, indicator, goal.definition),
            )
        )
    elif goal is not None and not goals.judges(indicator):
        found.append(ctx.text("plan.illustrative" if goal.status == "illustrative" else "plan.proposed"))
    ends = [fmt.period(before, ctx.language), fmt.period_inline(after, ctx.language)]
    if goals.steps_between(before, after) is None:
        found.append(ctx.text("plan.no_quarters", before=ends[0], after=ends[1]))
    elif from_id(before).number != from_id(after).number:
        found.append(ctx.text("plan.seasons", before=ends[0], after=ends[1]))
    return f'<div class="ribbon" role="note">{tables.esc(" ".join(found))}</div>' if found else ""


def _distance(ctx: Context, row: pd.Series) -> str:
    """What is still missing: points, and whole cases where the counts are known."""
    if fmt.is_missing(row["gap"]):
        return ctx.text("plan.distance_unknown")
    points = fmt.number(row["gap"], ctx.language, 1)
    if not any(digit in "123456789" for digit in points):
        points = ctx.text("plan.less_than", value=fmt.number(0.1, ctx.language, 1))
    if fmt.is_missing(row["cases"]):
        return ctx.text("plan.distance_points", points=points)
    cases = int(row["cases"])
    key = "plan.distance_one" if cases == 1 else "plan.distance"
    return ctx.text(key, points=points, cases=fmt.number(cases, ctx.language))


def arrival_text(ctx: Context, row: pd.Series, after: str) -> str:
    """When the target would be reached at the pace so far: a range of quarters, or why there is none."""
    kind = row["arrival"]
    if kind not in ("dated", "open"):
        return ctx.text(f"plan.arrival.{kind}")
    if row["earliest"] > goals.HORIZON:
        return ctx.text("plan.arrival.far")
    first, last = row["earliest"], row["latest"]
    words = {"earliest": _quarter(ctx, after, first)}
    if kind == "open" or last > goals.HORIZON:
        return ctx.text(f"plan.arrival.{'open' if kind == 'open' else 'late_open'}", **words)
    key = "dated_one" if first == last else "dated"
    return ctx.text(f"plan.arrival.{key}", latest=_quarter(ctx, after, last), **words)


def _quarter(ctx: Context, after: str, steps: float) -> str:
    return fmt.period_inline(goals.quarter_after(after, steps), ctx.language)


# ---------------------------------------------------------------- drawing and table


def tracks(
    ctx: Context, indicator: Indicator, table: pd.DataFrame, areas: dict[str, Area], before: str, after: str
) -> str:
    """A line per commune from the baseline (hollow) to the value (filled), and the target as an upright."""
    goal = indicator.target.value / 100 if (table["state"] != "none").any() else None
    ends = pd.concat([table["share_before"], table["share_after"], pd.Series([goal], dtype=float)])
    if table["share_after"].isna().all():
        return ""
    top = max(charts.top_of(ends, indicator), goal or 0.0)
    rows = "".join(_track(ctx, indicator, areas[key], row, goal, top) for key, row in table.iterrows())
    words = {
        "before": fmt.period_inline(before, ctx.language),
        "after": fmt.period_inline(after, ctx.language),
    }
    legend = [ctx.text(f"plan.legend_{key}", period=period) for key, period in words.items()]
    signs = [
        f'<span class="{tone}">{tables.mark(kind)}</span>'
        for tone, kind in (("muted", "ring"), ("rise", "full"))
    ]
    items = [f"<span>{sign}{tables.esc(text)}</span>" for sign, text in zip(signs, legend, strict=True)]
    if goal is not None:
        words = ctx.text("plan.legend_goal", value=goal_value(ctx, indicator))
        items.append(f'<span><span class="upright"></span>{tables.esc(words)}</span>')
    return f'<div class="legend">{"".join(items)}</div><div class="tracks">{rows}</div>'


def _track(
    ctx: Context, indicator: Indicator, area: Area, row: pd.Series, goal: float | None, top: float
) -> str:
    """One commune: name, line, and the words that say the same."""
    name = tables.area_link(ctx, area)
    if fmt.is_missing(row["share_after"]):
        key = "missing" if row["status_after"] == "reported" else row["status_after"]
        words = f'<div class="small">{tables.esc(ctx.text(f"state.{key}"))}</div>'
        return f'<div class="name">{name}</div><div class="hatched line" aria-hidden="true"></div>{words}'
    value = narrative.figure_with_counts(ctx, row, indicator, "_after")
    said = f'<span class="strong">{tables.esc(value)}</span>'
    words = ctx.text("plan.reached") if row["state"] == "met" else _distance(ctx, row)
    if row["state"] == "none":
        words = "" if tables.counted(row, "_after") else tables.counts_text(ctx, row, "_after")
    below = f'<span class="unit">{tables.esc(words)}</span>' if words else ""
    line = _line(row["share_before"], row["share_after"], goal, top)
    return f'<div class="name">{name}</div><div class="line">{line}</div><div>{said}{below}</div>'


def _line(before: float, after: float, goal: float | None, top: float) -> str:
    """The drawing of one line; decoration, for the words stand beside it. Places are shares of the width, inside a
    margin that keeps the marks whole."""

    def x(share: float) -> str:
        return f"{2 + 96 * min(max(share / top, 0), 1):.2f}%"

    parts = ['<line x1="2%" x2="98%" y1="14" y2="14" stroke="var(--line)"/>']
    if goal is not None and after < goal:
        parts.append(
            f'<line x1="{x(after)}" x2="{x(goal)}" y1="14" y2="14" stroke="var(--before)" stroke-width="2" '
            'stroke-dasharray="2 5"/>'
        )
    if not fmt.is_missing(before):
        parts.append(
            f'<line x1="{x(before)}" x2="{x(after)}" y1="14" y2="14" stroke="var(--before)" stroke-width="3"/>'
            f'<circle cx="{x(before)}" cy="14" r="5.5" fill="var(--raised)" stroke="var(--before)" stroke-width="2.4"/>'
        )
    if goal is not None:
        parts.append(
            f'<line x1="{x(goal)}" x2="{x(goal)}" y1="2" y2="26" stroke="var(--ink)" stroke-width="2"/>'
        )
    parts.append(f'<circle cx="{x(after)}" cy="14" r="6.5" fill="var(--now)"/>')
    return f'<svg width="100%" height="28" aria-hidden="true">{"".join(parts)}</svg>'


def _table(
    ctx: Context, indicator: Indicator, table: pd.DataFrame, areas: dict[str, Area], before: str, after: str
) -> str:
    """Every commune on a line."""
    head, line = lines(ctx, indicator, table, before, after)
    rows = [line(row, tables.area_link(ctx, areas[key])) for key, row in table.iterrows()]
    return f'<div class="goals">{tables.table(head, rows)}</div>'


def lines(
    ctx: Context, indicator: Indicator, table: pd.DataFrame, before: str, after: str
) -> tuple[list[str], Callable[..., str]]:
    """(headings, what makes the line of a commune out of its row, its heading and the kind of line): both figures with
    n/N; what is missing, pace and expected quarter where there can be any."""
    held, paced = (table["state"] != "none").any(), goals.steps_between(before, after) is not None
    year = indicator.target.year if indicator.target else None
    needed = ctx.text("plan.by_year" if year else "plan.no_year", year=year or "")
    columns = [
        (True, tables.th(fmt.period(before, ctx.language), number=True)),
        (True, tables.th(fmt.period(after, ctx.language), number=True)),
        (held, tables.th(ctx.text("column.target"))),
        (held and paced, tables.th(ctx.text("plan.column.arrival"))),
        (paced, _head(ctx.text("plan.pace"), ctx.text("plan.unit"))),
        (held and paced, _head(ctx.text("plan.required"), needed)),
    ]
    head = [tables.th(ctx.text("column.area")), *(cell for kept, cell in columns if kept)]

    def line(row: pd.Series, name: str, kind: str = "") -> str:
        cells = [
            tables.cell(ctx, row, indicator, "_before"),
            tables.cell(ctx, row, indicator, "_after"),
            _against(ctx, indicator, row),
            tables.td(arrival_text(ctx, row, after), long=True),
            _pace(ctx, row["pace"]),
            _needed(ctx, indicator, row, after),
        ]
        return tables.row([cell for cell, (kept, _) in zip(cells, columns, strict=True) if kept], name, kind)

    return head, line


def _head(title: str, below: str) -> str:
    """A heading of numbers with its unit or term under it."""
    return tables.th(
        f'{tables.esc(title)}<span class="unit">{tables.esc(below)}</span>', number=True, raw=True
    )


def _against(ctx: Context, indicator: Indicator, row: pd.Series) -> str:
    """Met or not where the target may judge; how far in any case."""
    if row["state"] == "none":
        return tables.td("–")
    if row["state"] == "unknown":
        return tables.empty(ctx, "state.unknown")
    words = "" if row["state"] == "met" else _distance(ctx, row)
    if goals.judges(indicator):
        below = f'<span class="unit">{tables.esc(words)}</span>' if words else ""
        return tables.td(tables.state(ctx, row["state"]) + below, raw=True, long=True)
    return tables.td(words or ctx.text("plan.reached"), long=True)


def _pace(ctx: Context, value: float) -> str:
    """Points for each quarter, with two decimals: paces are small."""
    if fmt.is_missing(value):
        return tables.td("–", number=True)
    return tables.td(fmt.signed(value, ctx.language, 2), number=True)


def _needed(ctx: Context, indicator: Indicator, row: pd.Series, after: str) -> str:
    """The pace needed from now on; a word where nothing is needed or no time is left."""
    if row["state"] == "met":
        return tables.td(ctx.text("plan.reached"), number=True)
    left = goals.steps_left(indicator, after)
    if row["state"] == "not_met" and left is not None and left <= 0:
        return tables.td(ctx.text("plan.over"), number=True)
    return _pace(ctx, row["required"] if row["state"] == "not_met" else None)


# ---------------------------------------------------------------- taken away


def export(ctx: Context, indicator: Indicator, table: pd.DataFrame, before: str, after: str) -> Export:
    """One line per commune, full precision."""
    areas, goal = {area.id: area for area in ctx.areas}, indicator.target
    rows = []
    for key, row in table.iterrows():
        cells: list[object] = [areas[key].code, fmt.area_full(areas[key], ctx.language)]
        for end in ("before", "after"):
            cells += [row[f"numerator_{end}"], row[f"denominator_{end}"]]
            cells.append(value_out(row[f"share_{end}"], indicator))
        judged = row["state"] if goals.judges(indicator) or row["state"] in ("unknown", "none") else "mark"
        cells += [goal.value if goal else None, ctx.text(f"plan.judged.{judged}")]
        cells += [row[name] for name in ("gap", "cases", "pace", "required")]
        cells.append(arrival_text(ctx, row, after) if row["state"] != "none" else "")
        rows.append(cells)
    columns = [ctx.text(f"column.{key}") for key in ("area_code", "area")]
    for end in (before, after):
        columns += [
            ctx.text(f"column.{key}", period=fmt.period(end, ctx.language))
            for key in ("numerator_in", "denominator_in", "value_in")
        ]
    columns += [
        ctx.text(f"plan.column.{key}")
        for key in ("goal", "state", "gap", "cases", "pace", "required", "arrival")
    ]
    return Export(
        title=f"{indicator.name.to(ctx.language.code)}, {periods_text(ctx, before, after)}",
        columns=columns,
        rows=rows,
        about=[
            *about(ctx, [indicator]),
            (ctx.text("plan.column.goal"), _about_goal(ctx, indicator)),
            (ctx.text("plan.column.arrival"), ctx.text("plan.method")),
        ],
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )


def _about_goal(ctx: Context, indicator: Indicator) -> str:
    """The target, its status and where it stands."""
    if indicator.target is None:
        return ctx.text("plan.no_target")
    return f"{target_text(ctx, indicator)} {indicator.target.basis.to(ctx.language.code)}"
