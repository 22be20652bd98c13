"""What was reported, figure by figure: the states behind the reporting page, its grid of one quarter and of all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from metrics.coverage import STATES, coverage
from store import periods
from store.definitions import Area, Indicator
from views import format as fmt
from views import load, reporting, tables
from views.screens.common import legend

if TYPE_CHECKING:
    from views.frame import Context

# Sign and colour of each state; the word stands beside them.
SIGNS = {
    "reported": ("full", "met"),
    "no_cases": ("ring", "met"),
    "late": ("half", "unmet"),
    "doubtful": ("look", "unmet"),
    "missing": ("none", "muted"),
    "overdue": ("none", "muted"),
}


def states(ctx: Context, today: date) -> pd.DataFrame:
    """Every expected figure of every quarter, see ``views.reporting.states``; built once a day and snapshot."""

    def make() -> pd.DataFrame:
        figures = load.figures(*ctx.data, ctx.area_ids, None, None, True)
        warnings = load.findings(*ctx.data, ctx.area_ids)
        quarters = reporting.expected_quarters(figures, ctx.catalogue, today, ctx.areas)
        return reporting.states(figures, warnings, ctx.catalogue, quarters, today, ctx.areas)

    return load.made(("reporting", *ctx.data, ctx.area_ids, today), make)


def due_day(ctx: Context, quarter: str) -> date:
    """The last day on which a report about a quarter is on time."""
    return periods.due_day(quarter, ctx.catalogue.due_days, ctx.catalogue.administrative_quarters)


def why(ctx: Context, codes: Sequence[str]) -> str:
    """Why a figure is to be checked, in words."""
    keys = [key if ctx.language.has(key := f"quality.why.{code}") else "quality.why.other" for code in codes]
    return ", ".join(ctx.text(key) for key in dict.fromkeys(keys))


def sign(ctx: Context, state: str, word: bool = True) -> str:
    """Sign and word of a state; without the word for the eye, it is still there for the ear."""
    kind = "" if word else ' class="heard"'
    return _mark(state, f"<span{kind}>{tables.esc(ctx.text(f'quality.state.{state}'))}</span>")


def _mark(state: str, behind: str = "") -> str:
    """The sign alone, or with HTML behind it in the same colour."""
    name, tone = SIGNS[state]
    return f'<span class="{tone}">{tables.mark(name)}{behind}</span>'


def titled(ctx: Context, key: str, subtitle: str) -> str:
    """A heading and what is measured."""
    title = tables.esc(ctx.text(f"quality.{key}"))
    return f'<h2>{title}</h2><p class="subtitle">{tables.esc(subtitle)}</p>'


def matrix(ctx: Context, quarter: str, own: pd.DataFrame, by_area: pd.DataFrame) -> str:
    """Indicators down by pillar, communes across; what is as it should be has a quiet sign, the rest a word too."""
    areas, cells = ctx.areas, own.set_index(["indicator_id", "area_id"])
    pillars = {item.id: item.pillar for item in ctx.catalogue.indicators}
    by_pillar = coverage(own.assign(pillar=own["indicator_id"].map(pillars)), ["pillar", "area_id"])
    head = [tables.th(ctx.text("column.indicator"))]
    head += [tables.th(_name(ctx, area, by_area, area.id), raw=True) for area in areas]
    rows = []
    for pillar in ctx.catalogue.pillars:
        members = [item for item in ctx.catalogue.indicators if item.uploaded and item.pillar == pillar.id]
        if not members:
            continue
        names = [
            f'<th scope="col">{_name(ctx, area, by_pillar, (pillar.id, area.id), linked=False)}</th>'
            for area in areas
        ]
        title = tables.esc(pillar.name.to(ctx.language.code))
        rows.append(f'<tr class="group"><th scope="rowgroup">{title}</th>{"".join(names)}</tr>')
        rows += [
            tables.row(
                [_cell(ctx, cells, item, area) for area in areas],
                f'<span title="{tables.esc(item.name.to(ctx.language.code))}">'
                f"{tables.indicator_head(ctx, item, unit=False)}</span>",
            )
            for item in members
        ]
    subtitle = ctx.text("quality.matrix_subtitle", period=fmt.period(quarter, ctx.language))
    signs = [(_mark(key), ctx.text(f"quality.state.{key}")) for key in STATES if (own["state"] == key).any()]
    return (
        titled(ctx, "matrix", subtitle)
        + legend(signs)
        + f'<div class="dense even">{tables.table(head, rows)}</div>'
    )


def _name(ctx: Context, area: Area, counts: pd.DataFrame, key: object, linked: bool = True) -> str:
    """A commune's name over its column, leading to its profile, with n/N received."""
    text = fmt.area_name(area, ctx.language)
    name = (
        ctx.link("area", text, area=area.id)
        if linked
        else f'<span class="repeated">{tables.esc(text)}</span>'
    )
    if key not in counts.index:
        return name
    return (
        f'{name}<span class="unit">{int(counts.loc[key, "sent"])}/{int(counts.loc[key, "expected"])}</span>'
    )


def _cell(ctx: Context, cells: pd.DataFrame, indicator: Indicator, area: Area) -> str:
    """One expected figure; the full story is in the cell's title."""
    if (indicator.id, area.id) not in cells.index:
        return tables.td(ctx.text("quality.not_expected"))
    row = cells.loc[(indicator.id, area.id)]
    story = (
        f"{indicator.name.to(ctx.language.code)} · {fmt.area_full(area, ctx.language)}: {_story(ctx, row)}"
    )
    kind = ' class="empty"' if row["presence"] == "missing" else ""
    shown = sign(ctx, row["state"], word=row["state"] != "reported")
    return f'<td{kind} title="{tables.esc(story)}"><span>{shown}</span></td>'


def _story(ctx: Context, row: pd.Series) -> str:
    """Presence, day of receipt and doubt of one figure in words."""
    if row["presence"] == "missing":
        return ctx.text(f"quality.about.{row['state']}")
    parts = [ctx.text(f"quality.state.{row['presence']}")]
    if not fmt.is_missing(row["received"]):
        key = "was_late" if row["timeliness"] == "late" else "was_received"
        day = fmt.day(row["received"].date().isoformat(), ctx.language)
        parts.append(ctx.text(f"quality.{key}", day=day, days=row["days"]))
    if row["doubt"]:
        parts.append(f"{ctx.text('quality.state.doubtful')}: {why(ctx, row['why'])}")
    return "; ".join(parts)


def history(ctx: Context, quarter: str, everything: pd.DataFrame) -> str:
    """Communes down, quarters across: received/expected, and how much of it came late; nothing for a single quarter,
    which the list to chase tells already."""
    counts = coverage(everything, ["area_id", "period"])
    totals = coverage(everything, ["period"])
    if len(totals) < 2:
        return ""
    head = [tables.th(ctx.text("column.area"))]
    for key in totals.index:
        link = ctx.link("quality", fmt.period_short(key, ctx.language), quarter=key)
        chosen = " chosen" if key == quarter else ""
        head.append(f'<th scope="col" class="number{chosen}">{link}</th>')
    rows = [
        tables.row(
            [_past(ctx, counts, (area.id, key), key == quarter) for key in totals.index],
            tables.area_link(ctx, area),
        )
        for area in ctx.areas
    ]
    if len(ctx.areas) > 1:
        whole = [_past(ctx, totals, key, key == quarter) for key in totals.index]
        rows.append(tables.row(whole, tables.esc(ctx.text("quality.history_all")), "total"))
    title = titled(ctx, "history", ctx.text("quality.history_subtitle"))
    return title + f'<div class="dense">{tables.table(head, rows)}</div>'


def _past(ctx: Context, counts: pd.DataFrame, key: object, chosen: bool) -> str:
    """One commune and quarter."""
    if key not in counts.index:
        return tables.td(ctx.text("quality.not_expected"))
    row = counts.loc[key]
    text = tables.esc(f"{int(row['sent'])}/{int(row['expected'])}")
    if not row["sent"]:
        return f'<td class="number empty"><span>{text}</span></td>'
    words = tables.esc(ctx.text("quality.history_late", count=int(row["late"])))
    late = f'<span class="unit">{_mark("late", words)}</span>'
    full = f'<span class="met" title="{tables.esc(ctx.text("quality.full"))}">{tables.mark("met")}</span>'
    kind = "number chosen" if chosen else "number"
    return f'<td class="{kind}">{full if not row["missing"] else ""}{text}{late if row["late"] else ""}</td>'
