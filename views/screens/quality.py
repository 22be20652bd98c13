"""Reporting status: what the page opens with, and its parts put together."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from metrics.coverage import STATES, coverage
from reports.workbook import Export
from views import format as fmt
from views import load, narrative, tables
from views.screens import Screen, reminder, reported, screen

if TYPE_CHECKING:
    from views.frame import Context


@screen
def build(ctx: Context, quarter: str, today: date) -> Screen:
    """The page for one quarter, as things stand on a day."""
    everything = reported.states(ctx, today)
    own = everything[everything["period"] == quarter]
    total = coverage(own, ["period"]).loc[quarter]
    by_area = coverage(own, ["area_id"])
    return Screen(
        sentences=_sentences(ctx, quarter, total, by_area),
        warning=_notes(ctx, quarter, today, everything, total),
        cards=_cards(ctx, own, total) if total["sent"] else "",
        matrix=reported.matrix(ctx, quarter, own, by_area) if total["sent"] else "",
        table=reported.history(ctx, quarter, everything),
        reporting=reminder.chase(ctx, quarter, today, own, by_area),
        export=lambda ctx: _export(ctx, quarter, own),
        sources=[tables.esc(ctx.text(f"quality.{key}")) for key in ("doubt_note", "late_note")],
    )


def _sentences(ctx: Context, quarter: str, total: pd.Series, by_area: pd.DataFrame) -> list[str]:
    """How much came, from whom the rest is awaited, how much came late or is to be checked."""
    language, counts = (
        ctx.language,
        {key: int(total[key]) for key in ("sent", "expected", "missing", "late", "doubtful")},
    )
    size = {"areas": len(by_area), "indicators": counts["expected"] // max(len(by_area), 1)}
    if not counts["sent"]:
        return [ctx.text("quality.lead_none", period=fmt.period_inline(quarter, language), **size, **counts)]
    share = fmt.percent(total["share"], language)
    found = [ctx.text("quality.lead", period=fmt.period(quarter, language), share=share, **size, **counts)]
    areas = ctx.catalogue.area_by_id
    names = ", ".join(
        ctx.text("quality.lacking_one", area=fmt.area_inline(areas[key], language), count=int(row["missing"]))
        for key, row in by_area.sort_values("missing", ascending=False, kind="stable").iterrows()
        if row["missing"]
    )
    found.append(ctx.text("quality.lacking" if names else "quality.complete", names=names, **size, **counts))
    marks = [ctx.text(f"quality.{key}", **counts) for key in ("late", "doubtful") if counts[key]]
    return [*found, " ".join(marks)] if marks else found


def _notes(ctx: Context, quarter: str, today: date, everything: pd.DataFrame, total: pd.Series) -> str:
    """The due day and how sure it is, other quarters nobody reported, and what became of the communes."""
    language, due = ctx.language, reported.due_day(ctx, quarter)
    left = (due - today).days
    lines = [
        ctx.text(
            "quality.due_left" if left >= 0 else "quality.due",
            period=fmt.period_inline(quarter, language),
            day=fmt.day(due.isoformat(), language),
            days=ctx.catalogue.due_days,
            left=left,
        )
    ]
    if ctx.catalogue.calendar_status == "proposed":
        lines[0] += " " + ctx.text("quality.due_proposed")
    by_quarter = coverage(everything, ["period"])
    silent = [key for key in by_quarter.index[by_quarter["sent"] == 0] if key != quarter]
    if silent:
        names = narrative.join(ctx, [fmt.period_inline(key, language) for key in silent])
        lines.append(ctx.text("quality.silent", periods=names))
    ended = [area.valid_to for area in ctx.areas if area.valid_to]
    if len(ended) == len(ctx.areas) and max(ended) < today:
        moved = [link.effective for area in ctx.areas for link in ctx.catalogue.successors(area.id)]
        since = min(moved, default=max(ended) + timedelta(days=1))
        last = fmt.period_inline(by_quarter.index[-1], language)
        lines.append(ctx.text("quality.merged", day=fmt.day(since.isoformat(), language), period=last))
    printed = load.figures(*ctx.data, ctx.area_ids, None, None, True)["provenance"].eq("published").sum()
    if printed and not total["sent"]:
        lines.append(ctx.text("quality.published", count=int(printed)))
    return "".join(f'<p class="subtitle">{tables.esc(line)}</p>' for line in lines)


def _cards(ctx: Context, own: pd.DataFrame, total: pd.Series) -> str:
    """Each state with its sign, its meaning and how many figures are in it: the legend of everything below."""
    counts = own["state"].value_counts()
    cards = [
        tables.card(
            f'<span class="capital">{reported.sign(ctx, state)}</span>',
            tables.esc(f"{counts[state]}/{int(total['expected'])}"),
            [tables.esc(ctx.text(f"quality.about.{state}"))],
        )
        for state in STATES
        if counts.get(state, 0)
    ]
    head = f'<h2 class="heard">{tables.esc(ctx.text("quality.cards"))}</h2>'
    return f'{head}<div class="cards">{"".join(cards)}</div>'


def _export(ctx: Context, quarter: str, own: pd.DataFrame) -> Export:
    """One line per expected figure of the quarter."""
    areas, by_id = ctx.catalogue.area_by_id, ctx.catalogue.indicator_by_id
    rows = [
        [
            areas[row.area_id].code,
            fmt.area_full(areas[row.area_id], ctx.language),
            by_id[row.indicator_id].name.to(ctx.language.code),
            fmt.period(quarter, ctx.language),
            ctx.text(f"quality.about.{row.state}")
            if row.presence == "missing"
            else ctx.text(f"quality.state.{row.presence}"),
            "" if fmt.is_missing(row.received) else row.received.date().isoformat(),
            row.due.date().isoformat(),
            row.days,
            reported.why(ctx, row.why) if row.doubt else "",
        ]
        for row in own.itertuples()
    ]
    columns = (
        "area_code",
        "area",
        "indicator",
        "period",
        "state",
        "received",
        "due",
        "days_past",
        "to_check",
    )
    notes = [ctx.text(f"quality.{key}") for key in ("due_proposed", "doubt_note", "late_note")]
    if ctx.catalogue.calendar_status != "proposed":
        notes = notes[1:]
    return Export(
        title=f"{ctx.text('quality.title')}, {fmt.period(quarter, ctx.language)}",
        columns=[ctx.text(f"column.{key}") for key in columns],
        rows=rows,
        about=[
            (
                ctx.text("export.space"),
                ctx.text("ribbon.plain") if ctx.is_demo else ctx.text("space.official"),
            ),
            *((ctx.text("column.note"), note) for note in notes),
            (ctx.text("export.snapshot"), ctx.snapshot_id),
        ],
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
