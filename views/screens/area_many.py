"""One commune among hundreds or thousands: its place in each indicator, and those of its province that are most like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from store.definitions import Area
from views import boards, certainty, load, many, tables
from views import format as fmt

if TYPE_CHECKING:
    from views.frame import Context

LEAST = 4  # communes measured, below which a place says nothing
QUARTER = 0.25  # of the order: what counts as ahead or behind
LISTED = 5


def levels(ctx: Context, after: str) -> dict[str, pd.Series]:
    """By indicator the shares of all communes in a period, by area; made once for all profiles."""

    def make() -> dict[str, pd.Series]:
        table = load.levels(*ctx.data, ctx.area_ids, after)
        indicators = ctx.catalogue.indicator_by_id
        found = {}
        for name, rows in table.groupby("indicator_id", observed=True):
            board = rows.astype({"status": object, "qualifier": object}).set_index("area_id")
            board.index = board.index.astype(object)
            board["share"] = boards.shares(board, indicators[name])
            found[str(name)] = boards.certain(board)
        return found

    return load.made(("levels", *ctx.data, ctx.area_ids, after), make)


def standing(ctx: Context, area: Area, pairs: dict[str, pd.DataFrame], shares: dict[str, pd.Series]) -> str:
    """The indicators in which the commune is in the first and the last quarter of those measured, furthest out first."""
    ahead, behind, compared = [], [], 0
    for indicator in ctx.catalogue.indicators:
        known = shares.get(indicator.id, pd.Series(dtype=float)).dropna()
        if indicator.higher_is_better is None or len(known) < LEAST or area.id not in known.index:
            continue
        if known.nunique() == 1:
            continue
        compared += 1
        better = known > known[area.id] if indicator.higher_is_better else known < known[area.id]
        rank = int(better.sum()) + 1
        row = pairs[indicator.id].loc[area.id]
        counts = tables.counts_text(ctx, row, "_after") if indicator.is_rate else ""
        place = ctx.text(
            "area.rank", rank=fmt.number(rank, ctx.language), total=fmt.number(len(known), ctx.language)
        )
        text = (
            f"{ctx.link('indicator', indicator.short.to(ctx.language.code), indicator=indicator.id)}: "
            f"<b>{tables.esc(tables.figure_text(ctx, row, indicator, '_after'))}</b> "
            f'<span class="small">{tables.esc(counts)} · {tables.esc(place)}</span>'
        )
        if rank <= QUARTER * len(known):
            ahead.append((rank / len(known), text))
        elif rank > (1 - QUARTER) * len(known):
            behind.append((-rank / len(known), text))
    columns = []
    for key, found in (("area.ahead", ahead), ("area.behind", behind)):
        items = "".join(f"<li>{text}</li>" for _, text in sorted(found, key=lambda item: item[0])[:LISTED])
        nothing = tables.esc(ctx.text("area.nothing_stands_out" if compared else "area.too_few"))
        body = f"<ul>{items}</ul>" if items else f'<p class="muted">{nothing}</p>'
        columns.append(f"<div><h3>{tables.esc(ctx.text(key))}</h3>{body}</div>")
    note = tables.esc(ctx.text("many.standing_note"))
    return f'<div class="two">{"".join(columns)}</div><p class="small">{note}</p>'


def alike(ctx: Context, area: Area) -> str:
    """The communes of its province that are most like this one."""
    peers = many.by_province(ctx).get(area.province_id, [area.id])
    if len(peers) < LEAST:
        return ""
    near = ctx.of(peers)
    headline = tuple(item.id for item in ctx.catalogue.headline)
    found = certainty.alike(near, load.figures(*ctx.data, near.area_ids, headline), area)
    return found and found + f'<p class="small">{tables.esc(ctx.text("many.alike_note"))}</p>'
