"""What the parts of the comparison page share: the two groups, read once per choice, and how their figures are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store.definitions import Indicator
from views import boards, comparison, load, narrative, tables
from views import format as fmt
from views.comparison import OTHER, PILOT
from views.screens.common import (
    about,
    definition_name,
    periods_text,
)

if TYPE_CHECKING:
    from views.frame import Context


def others(ctx: Context) -> tuple[str, ...]:
    """Ids of the communes that could be held against the pilot."""
    return tuple(area.id for area in comparison.candidates(ctx.catalogue))


def figures_of(ctx: Context, indicator: Indicator) -> pd.DataFrame:
    """Every figure of the indicator, of the pilot and of all who could be held against it, in every definition."""
    return load.figures(*ctx.data, (*ctx.area_ids, *others(ctx)), (indicator.id,), None, True)


def definition_of(ctx: Context, indicator: Indicator) -> str:
    """The way of counting in which the pilot is shown on every page."""
    in_use = load.definitions_in_use(*ctx.data, ctx.area_ids)
    return in_use.get(indicator.id, indicator.default_definition)


def board_of(
    ctx: Context, indicator: Indicator, before: str, after: str, chosen: Sequence[str] | None = None
) -> pd.DataFrame:
    """Both groups; between periods of two kinds nobody is compared. The parts of the page share what is kept."""

    def make() -> pd.DataFrame:
        return _board(ctx, indicator, before, after, chosen)

    key = ("comparison", *ctx.data, ctx.area_ids, indicator.id, before, after, chosen and tuple(chosen))
    return load.frames(key, make).copy(deep=False)


def _board(
    ctx: Context, indicator: Indicator, before: str, after: str, chosen: Sequence[str] | None
) -> pd.DataFrame:
    figures, definition = figures_of(ctx, indicator), definition_of(ctx, indicator)
    board = comparison.members(
        figures, indicator, definition, before, after, ctx.area_ids, others(ctx), chosen
    )
    if not boards.comparable(before, after):
        board["known"] = board["in"] = False
    return board


def known(ctx: Context, indicator: Indicator, before: str, after: str) -> tuple[str, ...]:
    """The communes outside the pilot whose counts are known in both periods."""

    def make() -> tuple[str, ...]:
        board = board_of(ctx, indicator, before, after)
        return tuple(board.index[board["known"] & (board["group"] == OTHER)])

    return load.made(("comparison_known", *ctx.data, ctx.area_ids, indicator.id, before, after), make)


def chosen_board(
    ctx: Context, indicator: Indicator, before: str, after: str, how: str, chosen: Sequence[str]
) -> pd.DataFrame:
    """The board with the communes outside the pilot that the reader's choice leaves in."""
    if how == "alike":
        board = board_of(ctx, indicator, before, after, chosen)
        pilots = board.index[board["in"] & (board["group"] == PILOT)].tolist()
        figures = load.figures(*ctx.data, (*ctx.area_ids, *others(ctx)), None, (before,))
        table = comparison.features(figures, ctx.catalogue, [*pilots, *chosen], before)
        chosen = comparison.alike(table, pilots, chosen)
    return board_of(ctx, indicator, before, after, chosen)


def subtitle(ctx: Context, indicator: Indicator, before: str, after: str) -> str:
    """What is measured, counted in which way, between which periods."""
    way = definition_name(ctx, indicator, definition_of(ctx, indicator))
    return ctx.text(
        "comparison.subtitle",
        indicator=indicator.name.to(ctx.language.code),
        definition=f" ({way})" if way else "",
        periods=periods_text(ctx, before, after),
    )


def start(ctx: Context) -> str:
    """The day from which the pilot counts, as it is written."""
    pilot = ctx.catalogue.pilot
    return fmt.day(pilot.start.isoformat(), ctx.language) if pilot else ctx.text("comparison.day_unknown")


def province(ctx: Context) -> str:
    """The pilot's province, inside a sentence."""
    by_id = ctx.catalogue.area_by_id
    found = dict.fromkeys(area.province_id for area in ctx.areas)
    return narrative.join(
        ctx, [fmt.area_inline(by_id[item], ctx.language) for item in found if item in by_id]
    )


def names(ctx: Context, areas: Sequence[str]) -> str:
    """Communes named inside a sentence."""
    by_id = ctx.catalogue.area_by_id
    return narrative.join(ctx, [fmt.area_inline(by_id[area], ctx.language) for area in areas])


def share_cell(ctx: Context, row: pd.Series, suffix: str) -> str:
    """A pooled share with its n/N; hatched where there is none."""
    if fmt.is_missing(row[f"share{suffix}"]):
        return tables.empty(ctx)
    counts = fmt.fraction_text(row[f"numerator{suffix}"], row[f"denominator{suffix}"], ctx.language)
    return (
        f'<td class="number"><span class="strong">{fmt.percent(row[f"share{suffix}"], ctx.language)}</span>'
        f'<span class="unit">{tables.esc(counts)}</span></td>'
    )


def points_cell(ctx: Context, value: float) -> str:
    """A difference in points."""
    return f'<td class="number"><span class="strong">{tables.esc(fmt.points(value, ctx.language, short=True))}</span></td>'


def title(ctx: Context, indicator: Indicator) -> str:
    """Title of a file taken away."""
    return f"{ctx.text('comparison.title')}. {indicator.name.to(ctx.language.code)}"


def file(
    ctx: Context,
    indicator: Indicator,
    title: str,
    columns: Sequence[str],
    rows: list[list[object]],
    results: Sequence[str] = (),
) -> Export:
    """A file taken away, with what was found and how."""
    lines = [*about(ctx, [indicator]), (ctx.text("export.method"), ctx.text("comparison.method"))]
    lines += [(ctx.text("comparison.result"), words) for words in results]
    return Export(
        title=title,
        columns=columns,
        rows=rows,
        about=lines,
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
