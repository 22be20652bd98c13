"""Where nothing can be compared: who has what, what to load and where, and a file to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store.definitions import Indicator
from store.exchange import READING_COLUMNS
from views import boards, comparison, load, narrative, tables
from views import format as fmt
from views.comparison import GROUPS, OTHER, PILOT
from views.screens import Screen, groups
from views.screens.common import (
    kinds_warning,
)

if TYPE_CHECKING:
    from views.frame import Context


def build(ctx: Context, indicator: Indicator, before: str, after: str, board: pd.DataFrame) -> Screen:
    """Nothing to compare: who has what, and what to load."""
    pilots, others = (board[board["group"] == group] for group in GROUPS)
    alike = boards.comparable(before, after)
    lacking = "kinds" if not alike else "others" if not others["known"].any() else "pilots"
    if lacking == "pilots" and pilots["known"].any():
        lacking = "choice"
    sentences = [
        ctx.text(
            "comparison.nothing.lead",
            pilots=int(pilots["known"].sum()),
            all_pilots=len(pilots),
            others=int(others["known"].sum()),
            all_others=len(others),
            province=groups.province(ctx),
        )
    ]
    if lacking == "choice":
        return Screen(finding=ctx.text("comparison.nothing.choice"), sentences=sentences)
    quarters = _asked(ctx, before, after)
    return Screen(
        finding=ctx.text(f"comparison.nothing.{lacking}"),
        subtitle=groups.subtitle(ctx, indicator, before, after),
        sentences=sentences,
        warning=kinds_warning(ctx, before, after),
        cards=_needed(ctx, indicator, before, after, quarters, board),
        export=lambda ctx: _fill_in(ctx, indicator, quarters, board),
    )


def _asked(ctx: Context, before: str, after: str) -> list[str]:
    pilot = ctx.catalogue.pilot
    chosen = (before, after) if boards.comparable(before, after) else ()
    return comparison.asked_quarters(
        pilot and pilot.start, ctx.catalogue.administrative_quarters, chosen, ctx.today
    )


def _needed(
    ctx: Context, indicator: Indicator, before: str, after: str, quarters: Sequence[str], board: pd.DataFrame
) -> str:
    """What to load and where: a list in words, the communes by district, and where something can be compared already."""
    language, esc = ctx.language.code, tables.esc
    words = {
        "name": indicator.name.to(language),
        "numerator": narrative.lower_first(indicator.numerator.to(language)),
        "denominator": narrative.lower_first(indicator.denominator.to(language)),
        "quarters": narrative.join(ctx, [fmt.period_inline(item, ctx.language) for item in quarters]),
        "start": groups.start(ctx),
        "pilots": len(ctx.areas),
        "total": int((board["group"] == OTHER).sum()),
    }
    lines = [esc(ctx.text(f"comparison.needed.{key}", **words)) for key in ("what", "when", "who", "columns")]
    lines.append(f"{esc(ctx.text('comparison.needed.where'))} {ctx.link('upload', ctx.text('upload.menu'))}.")
    items = "".join(f"<li>{line}</li>" for line in lines)
    parts = [
        f"<h2>{esc(ctx.text('comparison.needed.title'))}</h2>",
        f'<ol style="max-width:100ch">{items}</ol>',
    ]
    ready = _comparable_already(ctx, before, after)
    if ready:
        links = ", ".join(
            ctx.link("comparison", item.short.to(language), indicator=item.id) for item in ready
        )
        parts.append(f"<p>{esc(ctx.text('comparison.needed.ready'))} {links}.</p>")
    return "".join(parts) + _districts(ctx, board)


def _comparable_already(ctx: Context, before: str, after: str) -> list[Indicator]:
    """Indicators with counts on both sides in both periods."""
    if not boards.comparable(before, after):
        return []
    areas = (*ctx.area_ids, *groups.others(ctx))
    rows = load.figures(*ctx.data, areas, None, (before, after), True)
    rows = rows[rows["denominator"] > 0]
    found = []
    for item in ctx.catalogue.indicators:
        if (
            item.is_rate
            and (rows["indicator_id"] == item.id).any()
            and groups.known(ctx, item, before, after)
        ):
            own = groups.board_of(ctx, item, before, after)
            if not comparison.sums(own).empty:
                found.append(item)
    return found


def _districts(ctx: Context, board: pd.DataFrame) -> str:
    """Which communes there are: a row per district."""
    by_id = ctx.catalogue.area_by_id
    head = [tables.th(ctx.text(f"comparison.column.{key}")) for key in ("district", "other")]
    rows = []
    for district in dict.fromkeys(by_id[area].parent_id for area in board.index):
        own = {
            group: [
                fmt.area_name(by_id[area], ctx.language)
                for area in board.index[board["group"] == group]
                if by_id[area].parent_id == district
            ]
            for group in GROUPS
        }
        name = tables.esc(fmt.area_full(by_id[district], ctx.language)) if district in by_id else "–"
        if own[PILOT]:
            words = ctx.text("comparison.needed.pilots", names=narrative.join(ctx, own[PILOT]))
            name += f'<span class="unit">{tables.esc(words)}</span>'
        rows.append(tables.row([tables.td(", ".join(own[OTHER]) or "–", long=True)], name))
    return tables.table(head, rows, ctx.text("comparison.needed.districts"))


def _fill_in(ctx: Context, indicator: Indicator, quarters: Sequence[str], board: pd.DataFrame) -> Export:
    """One line per commune and quarter that has no counts yet, with the headings that the upload page reads."""
    by_id, figures = ctx.catalogue.area_by_id, groups.figures_of(ctx, indicator)
    counted = figures[
        figures["denominator"].notna() & (figures["definition"] == groups.definition_of(ctx, indicator))
    ]
    there = set(zip(counted["area_id"], counted["period"], strict=True))
    columns = [
        ctx.text("comparison.column.code"),
        READING_COLUMNS[ctx.language.code if ctx.language.code in READING_COLUMNS else "vi"],
    ]
    columns += [ctx.text(f"column.{key}") for key in ("indicator", "period", "numerator", "denominator")]
    rows: list[list[object]] = [
        [
            by_id[area].code,
            f"{fmt.area_full(by_id[area], ctx.language)} ({fmt.area_name(by_id[by_id[area].parent_id], ctx.language)})",
            indicator.id,
            quarter,
            None,
            None,
        ]
        for area in board.index
        for quarter in quarters
        if (area, quarter) not in there
    ]
    return groups.file(ctx, indicator, groups.title(ctx, indicator), columns, rows)
