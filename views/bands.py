"""How a measure of many communes moved through time: the middle half and the inner eighty per cent as bands, the median as a
line, and a line of its own for each commune that is pointed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from metrics.spread import FIVE, quantiles
from store.definitions import Indicator
from views import format as fmt
from views import tables
from views.charts import axis, blank, top_of, value_axis

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from views.frame import Context

HEIGHT = 430
NAME = 0.045  # of the axis: the height of a name
LABELS = 9  # periods written under the axis at most


def through_time(shares: pd.Series, periods: pd.Series, times: list[str]) -> pd.DataFrame:
    """Quantiles FIVE and ``known`` of each period, a row per time; missing where nobody has a figure."""
    rows = {}
    groups = dict(list(shares.dropna().groupby(periods, observed=True)))
    for time in times:
        values = groups.get(time, pd.Series(dtype=float))
        rows[time] = [*quantiles(values), len(values)]
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*FIVE, "known"])


def draw(
    ctx: Context, table: pd.DataFrame, lines: Mapping[str, pd.Series], indicator: Indicator
) -> go.Figure:
    """``table``: of ``through_time``; ``lines``: name -> shares by time. A period without figures is a gap."""
    figure = blank(ctx, height=HEIGHT)
    every = pd.concat([table[FIVE[-1]], *lines.values()]) if lines else table[FIVE[-1]]
    top = top_of(every.astype(float), indicator)
    x = list(range(len(table)))
    hover = [_hover(ctx, time, row, indicator) for time, row in table.iterrows()]
    for low, high, colour in ((FIVE[0], FIVE[-1], "panel"), (FIVE[1], FIVE[-2], "region")):
        for start, end in _runs(table[low]):
            part = x[start:end]
            figure.add_scatter(
                x=part + part[::-1], y=[*table[high].iloc[start:end], *table[low].iloc[start:end][::-1]],
                mode="lines", line={"width": 0}, fill="toself", fillcolor=ctx.palette[colour], hoverinfo="skip",
            )  # fmt: skip
    figure.add_scatter(
        x=x, y=table[FIVE[2]], mode="lines+markers", line={"color": ctx.palette["ink"], "width": 2.2},
        marker={"size": 6, "color": ctx.palette["ink"]}, hoverinfo="text", hovertext=hover, connectgaps=False,
    )  # fmt: skip
    for name, values in lines.items():
        _line(ctx, figure, name, values.reindex(table.index).astype(float), indicator)
    _names(ctx, figure, {name: values.reindex(table.index) for name, values in lines.items()}, top)
    step = max(1, -(-len(x) // LABELS))
    shown = x[::-1][::step][::-1]
    figure.update_xaxes(
        tickvals=shown, ticktext=[fmt.period_short(table.index[place], ctx.language) for place in shown],
        range=[-0.4, len(x) - 0.6 + 0.16 * len(x) * bool(lines)], **axis(ctx), tickangle=0,
    )  # fmt: skip
    figure.update_yaxes(**value_axis(ctx, top, indicator), automargin=True)
    figure.update_layout(margin={"t": 10, "b": 40, "r": 20})
    return figure


def _line(ctx: Context, figure: go.Figure, name: str, values: pd.Series, indicator: Indicator) -> None:
    """One commune: its line, and its name where the line ends."""
    figure.add_scatter(
        x=list(range(len(values))), y=values, mode="lines+markers", line={"color": ctx.palette["now"], "width": 1.6},
        marker={"size": 5, "color": ctx.palette["now"]}, connectgaps=False, hoverinfo="text",
        hovertext=[
            f"<b>{tables.esc(name)}</b><br>{tables.esc(fmt.period(time, ctx.language))}: "
            f"{tables.esc(fmt.measure(value, indicator, ctx.language))}"
            for time, value in values.items()
        ],
    )  # fmt: skip


def _names(ctx: Context, figure: go.Figure, lines: Mapping[str, pd.Series], top: float) -> None:
    """The name of each line where it ends, moved up where another name stands already."""
    ends = {
        name: (values.index.get_loc(known.index[-1]), float(known.iloc[-1]))
        for name, values in lines.items()
        if len(known := values.dropna())
    }
    lowest = float("-inf")
    for name, (x, y) in sorted(ends.items(), key=lambda item: item[1][1]):
        lowest = max(y, lowest + NAME * top)
        figure.add_annotation(
            x=x, y=lowest, text=tables.esc(name), showarrow=False, xanchor="left", xshift=8,
            font={"size": 12.5, "color": ctx.palette["now"]},
        )  # fmt: skip


def _runs(values: pd.Series) -> list[tuple[int, int]]:
    """Stretches without a gap, as (first, one past the last)."""
    runs, start = [], None
    for place, known in enumerate([*values.notna(), False]):
        if known and start is None:
            start = place
        elif not known and start is not None:
            runs.append((start, place))
            start = None
    return runs


def _hover(ctx: Context, time: str, row: pd.Series, indicator: Indicator) -> str:
    """What a period says: median, middle half, how many have a figure."""
    if not row["known"]:
        return ""
    write = [fmt.measure(row[share], indicator, ctx.language) for share in (FIVE[2], FIVE[1], FIVE[3])]
    words = ctx.text(
        "many.band", period=fmt.period(time, ctx.language), median=write[0], lower=write[1], upper=write[2],
        known=fmt.number(int(row["known"]), ctx.language),
    )  # fmt: skip
    return tables.esc(words)
