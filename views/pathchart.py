"""Two lines through the quarters, the time before the pilot shaded: a filled dot for the pilot, a hollow square for the
communes it is held against. Told apart by shape and stroke first, by colour second.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

import pandas as pd

from store.definitions import Indicator
from views import charts, tables
from views import format as fmt
from views.comparison import GROUPS, Paths

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from views.frame import Context

STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)  # of an axis that does not begin at nothing; never finer than a point
MOST_TICKS = 5  # labels that fit below the chart on a phone
APART = 0.07  # of the axis: what two labels at the ends need between them


def floor_of(shares: pd.Series) -> float:
    """Where the axis begins: at nothing, unless all shares lie close together far above it, so that two lines that move
    apart are seen to."""
    low, high = float(shares.min()), float(shares.max())
    if low <= 2 * (high - low):
        return 0.0
    step = _step(high - low)
    found = round(floor(low / step + 1e-9) * step, 2)  # 0.95 / 0.01 is 94.99999999999999
    return found if found > 0.2 else 0.0


def _step(span: float) -> float:
    return next((step for step in STEPS if span <= (MOST_TICKS - 1) * step), STEPS[-1])


def draw(ctx: Context, paths: Paths, indicator: Indicator) -> go.Figure:
    """Pooled share of both groups per quarter; a quarter without figures breaks the line."""
    palette, table = ctx.palette, paths.table
    shares = paths.shares
    figure = charts.blank(ctx, height=380)
    _shade(ctx, figure, table)
    looks = {
        "other": {
            "line": {"color": palette["before"], "width": 2.5, "dash": "dash"},
            "marker": {
                "symbol": "square",
                "size": 10,
                "color": palette["paper"],
                "line": {"color": palette["before"], "width": 2.5},
            },
        },
        "pilot": {
            "line": {"color": palette["now"], "width": 3},
            "marker": {"size": 11, "color": palette["now"]},
        },
    }
    for group in reversed(GROUPS):  # the pilot is drawn last, above the other
        figure.add_scatter(
            x=list(range(len(table))),
            y=table[f"share_{group}"].tolist(),
            mode="lines+markers",
            connectgaps=False,
            cliponaxis=False,
            hovertext=[_hover(ctx, paths, group, quarter) for quarter in table.index],
            hoverinfo="text",
            **looks[group],
        )
    bottom, top = _upright(ctx, figure, shares, indicator, floor_of(shares))
    _ends(ctx, figure, table, top - bottom)
    step = -(-len(table) // MOST_TICKS)
    ticks = list(range(len(table) - 1, -1, -step))[::-1]
    figure.update_xaxes(
        **charts.axis(ctx) | {"showgrid": False, "tickangle": 0},
        tickvals=ticks,
        ticktext=[fmt.period_short(table.index[n], ctx.language) for n in ticks],
        range=[-0.5, len(table) - 0.5],
    )
    figure.update_layout(margin={"t": 30, "b": 34, "r": 66})
    return figure


def _upright(
    ctx: Context, figure: go.Figure, shares: pd.Series, indicator: Indicator, bottom: float
) -> tuple[float, float]:
    """The upright axis; its two ends."""
    top = charts.top_of(shares, indicator)
    if not bottom:
        figure.update_yaxes(**charts.value_axis(ctx, top, indicator), automargin=True)
        return 0.0, top
    step = _step(float(shares.max()) - bottom)
    count = ceil((float(shares.max()) - bottom) / step - 1e-9)
    values = [round(bottom + step * n, 2) for n in range(count + 1)]
    figure.update_yaxes(
        **charts.axis(ctx),
        tickvals=values,
        ticktext=[fmt.number(round(value * 100, 6), ctx.language) + "%" for value in values],
        range=[bottom - 0.03 * (values[-1] - bottom), values[-1] + 0.03 * (values[-1] - bottom)],
        automargin=True,
    )
    return bottom, values[-1]


def _shade(ctx: Context, figure: go.Figure, table: pd.DataFrame) -> None:
    """The quarters before the pilot on a quiet ground, with the word for it."""
    count = int((table["phase"] == "before").sum())
    if not count:
        return
    figure.add_vrect(
        x0=-0.5, x1=count - 0.5, fillcolor=ctx.palette["region"], opacity=0.55, layer="below", line_width=0
    )
    figure.add_annotation(
        x=-0.42,
        y=1,
        yref="paper",
        text=tables.esc(ctx.text("comparison.paths.before")),
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
        font={"size": 13, "color": ctx.palette["muted"]},
    )


def _ends(ctx: Context, figure: go.Figure, table: pd.DataFrame, height: float) -> None:
    """The newest share at the end of each line; two that would cover one another are moved apart."""
    last = table[table["gap"].notna()].iloc[-1]
    shares = {group: float(last[f"share_{group}"]) for group in GROUPS}
    high, low = sorted(GROUPS, key=lambda group: -shares[group])
    push = max(APART * height - (shares[high] - shares[low]), 0) / 2
    for group, move in ((high, push), (low, -push)):
        figure.add_annotation(
            x=table.index.get_loc(last.name),
            y=shares[group] + move,
            text=fmt.percent(shares[group], ctx.language),
            showarrow=False,
            xanchor="left",
            xshift=12,
            font={
                "size": 14.5,
                "color": ctx.palette["now" if group == "pilot" else "muted"],
                "weight": 600 if group == "pilot" else 400,
            },
        )


def _hover(ctx: Context, paths: Paths, group: str, quarter: str) -> str:
    """Who, when, how much, n/N."""
    row = paths.table.loc[quarter]
    counts = fmt.fraction_text(row[f"numerator_{group}"], row[f"denominator_{group}"], ctx.language)
    name = ctx.text(f"comparison.group.{group}", areas=len(paths.areas[group]))
    return "<br>".join(
        [
            f"<b>{tables.esc(name)}</b>",
            f"{tables.esc(fmt.period(quarter, ctx.language))}: {fmt.percent(row[f'share_{group}'], ctx.language)}",
            tables.esc(ctx.text("hover.counts", counts=counts)),
        ]
    )
