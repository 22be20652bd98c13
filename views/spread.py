"""How a measure spreads over many communes, drawn: a histogram with median and quartiles, and below it, on the same axis, one
line for each commune that is pointed out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from metrics.spread import bins, quantiles
from store.definitions import Indicator
from views import format as fmt
from views import tables
from views.charts import axis, blank

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from views.frame import Context

BULK = (
    0.005,
    0.995,
)  # the axis holds this part of the communes: one far away must not press all others together
CLASSES = 24  # at most; about twice what a histogram of some hundred values bears, and still bars on a phone
BAR, LINE, TOP = 190, 30, 34  # heights in pixels: of the histogram, of a line below it, of the words above


@dataclass(frozen=True)
class Mark:
    """One commune pointed out: its value on the axis, what stands beside its dot, and what a click leads to."""

    name: str
    value: float
    label: str
    area_id: str = ""


def measure_writer(ctx: Context, indicator: Indicator) -> Callable[[float], str]:
    """How a place on the axis of an indicator's figures is written."""

    def write(value: float) -> str:
        if indicator.unit == "percent":
            return fmt.number(round(value * 100, 6), ctx.language) + "%"
        return fmt.number(round(value, 6), ctx.language)

    return write


def figure_writer(ctx: Context, indicator: Indicator) -> Callable[[float], str]:
    """How a figure of an indicator is written in a sentence."""
    return lambda value: fmt.measure(value, indicator, ctx.language)


def change_writer(ctx: Context) -> Callable[[float], str]:
    """How a place on an axis of changes is written, in points or units."""
    return lambda value: fmt.signed(round(value, 6), ctx.language, 0 if float(value).is_integer() else 1)


def width_of(low: float, high: float) -> float:
    """The width of a class as a number people count in: 1, 2 or 5 times a power of ten, at most CLASSES of them."""
    least = (high - low) / CLASSES
    if least <= 0:
        return 1.0
    scale = 10.0 ** math.floor(math.log10(least))
    return next(step * scale for step in (1, 2, 5, 10) if step * scale >= least * (1 - 1e-9))


def draw(
    ctx: Context,
    values: pd.Series,
    write: Callable[[float], str],
    marks: Sequence[Mark] = (),
    *,
    zero: bool = True,
    line_at: float | None = None,
    line_label: str = "",
    whole: bool = False,
) -> go.Figure:
    """The spread of ``values`` (one per commune, missing ones left out). ``zero``: the axis begins at zero; ``line_at``:
    a level drawn through everything, a target or no change, with its label; ``whole``: the values are numbers of things,
    so that each has a class of its own, where there is room."""
    known = values.dropna().astype(float)
    inner = quantiles(known, BULK) if len(known) else ()
    ends = [
        *([0.0] if zero else []),
        *inner,
        *(item.value for item in marks),
        *([line_at] if line_at is not None else []),
    ]
    low, high = min(ends), max(ends)
    if high <= low:
        low, high = low - 0.5 * (abs(low) or 1.0), high + 0.5 * (abs(high) or 1.0)
    if whole:
        low, high = low - 0.5, high + 0.5
    width = max(width_of(low, high), 1.0 if whole else 0.0)
    shift = 0.5 if whole else 0.0
    low, high = (
        width * math.floor((low + shift) / width + 1e-9) - shift,
        width * math.ceil((high + shift) / width - 1e-9) - shift,
    )
    beyond = int((known < low).sum()), int((known > high).sum())
    classes = bins(known.clip(low, high), low, high, width)
    figure = blank(ctx, height=TOP + BAR + 44 + LINE * len(marks))
    _bars(ctx, figure, classes, write, len(known))
    _middle(ctx, figure, known, write, float(classes.counts.max() if len(known) else 1))
    _beyond(ctx, figure, beyond, low, high)
    most = float(classes.counts.max()) if len(known) else 1.0
    step = most / BAR * LINE  # height of one line below, in communes
    for number, mark in enumerate(marks, start=1):
        _mark(ctx, figure, mark, -step * (number + 0.35), low, high)
    if line_at is not None:
        figure.add_vline(x=line_at, line={"color": ctx.palette["ink"], "width": 1.2, "dash": "dot"})
        figure.add_annotation(
            x=line_at, y=1, yref="paper", yanchor="bottom", text=tables.esc(line_label), showarrow=False,
            font={"size": 13, "color": ctx.palette["ink"]}, xanchor="right" if line_at > (low + high) / 2 else "left",
        )  # fmt: skip
    ticks = _ticks(low, high)
    figure.update_xaxes(
        range=[low - 0.01 * (high - low), high + 0.01 * (high - low)],
        tickvals=ticks, ticktext=[write(tick) for tick in ticks], **axis(ctx),
    )  # fmt: skip
    figure.update_yaxes(
        range=[-step * (len(marks) + 0.9) if marks else 0, most * 1.02], visible=False, fixedrange=True,
    )  # fmt: skip
    figure.update_layout(bargap=0.06, margin={"t": TOP, "b": 40, "l": 12, "r": 16})
    return figure


def _bars(ctx: Context, figure: go.Figure, classes, write: Callable[[float], str], total: int) -> None:
    """One bar a class; pointing at it says how many communes are in it."""
    edges = classes.edges
    hovers = [
        tables.esc(
            ctx.text(
                "many.bar", lower=write(lower), upper=write(upper), count=fmt.number(int(count), ctx.language),
                total=fmt.number(total, ctx.language),
            )
        )
        for lower, upper, count in zip(edges, edges[1:], classes.counts, strict=False)
    ]  # fmt: skip
    figure.add_bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=classes.counts,
        width=np.diff(edges) * 0.94,
        marker={"color": ctx.palette["before"], "opacity": 0.55, "line": {"width": 0}},
        hoverinfo="text",
        hovertext=hovers,
    )


def _beyond(ctx: Context, figure: go.Figure, beyond: tuple[int, int], low: float, high: float) -> None:
    """How many communes lie beyond either end of the axis and are counted in its last bar there."""
    for count, x, side in ((beyond[0], low, "left"), (beyond[1], high, "right")):
        if count:
            words = ctx.text("many.beyond", count=fmt.number(count, ctx.language))
            text = f"← {words}" if side == "left" else f"{words} →"
            figure.add_annotation(
                x=x, y=0, yshift=26, text=tables.esc(text), showarrow=False, xanchor=side,
                font={"size": 12.5, "color": ctx.palette["muted"]},
            )  # fmt: skip


def _middle(
    ctx: Context, figure: go.Figure, known: pd.Series, write: Callable[[float], str], most: float
) -> None:
    """Half of the communes as a bar on the axis, the median as a rule through the histogram."""
    if len(known) < 4:
        return
    first, middle, third = quantiles(known, (0.25, 0.5, 0.75))
    words = ctx.text("many.half", lower=write(first), upper=write(third))
    figure.add_scatter(
        x=[first, third], y=[0, 0], mode="lines", line={"color": ctx.palette["now"], "width": 6},
        hoverinfo="text", hovertext=[tables.esc(words)] * 2,
    )  # fmt: skip
    figure.add_scatter(
        x=[middle, middle], y=[0, most], mode="lines", line={"color": ctx.palette["now"], "width": 2},
        hoverinfo="text", hovertext=[tables.esc(ctx.text("many.median", value=write(middle)))] * 2,
    )  # fmt: skip


def _mark(ctx: Context, figure: go.Figure, mark: Mark, y: float, low: float, high: float) -> None:
    """One commune on a line of its own: a dot under its place in the histogram, name and figure where there is room."""
    right = mark.value <= (low + high) / 2
    figure.add_scatter(
        x=[low, high],
        y=[y, y],
        mode="lines",
        line={"color": ctx.palette["line"], "width": 1},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[mark.value], y=[y], mode="markers+text", text=[f"<b>{tables.esc(mark.name)}</b> {tables.esc(mark.label)}"],
        textposition="middle right" if right else "middle left",
        marker={"size": 12, "color": ctx.palette["now"], "line": {"color": ctx.palette["raised"], "width": 1.5}},
        textfont={"size": 13.5, "color": ctx.palette["ink"]}, cliponaxis=False, hoverinfo="text",
        hovertext=f"<b>{tables.esc(mark.name)}</b><br>{tables.esc(mark.label)}",
        customdata=[f"area|area={mark.area_id}"] if mark.area_id else None,
    )  # fmt: skip


def _ticks(low: float, high: float) -> list[float]:
    """Five round places at most, few enough for a phone."""
    step = (high - low) / 5
    scale = 10.0 ** math.floor(math.log10(step))
    step = next(item * scale for item in (1, 2, 2.5, 5, 10) if item * scale >= step * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 12) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def sentence(
    ctx: Context, values: pd.Series, write: Callable[[float], str], key: str = "many.spread", **more: str
) -> str:
    """``Một nửa số nơi từ 12,3% đến 27,5%, trung vị 18,9% (3.201/3.321 nơi có số).``; empty below four known values.
    ``key``: another wording of it, with values of its own in ``more``."""
    known = values.dropna()
    if len(known) < 4:
        return ""
    first, middle, third = quantiles(known.astype(float), (0.25, 0.5, 0.75))
    return ctx.text(
        key,
        **more,
        lower=write(first),
        upper=write(third),
        median=write(middle),
        known=fmt.number(len(known), ctx.language),
        total=fmt.number(len(values), ctx.language),
    )


def legend(ctx: Context) -> list[tuple[str, str]]:
    """What the marks of the drawing mean, for ``views.screens.common.legend``."""
    bar, rule, half, dot = (
        f'<svg class="mark" viewBox="0 0 18 18" aria-hidden="true">{drawing}</svg>'
        for drawing in (
            '<rect x="4" y="3" width="10" height="13" fill="var(--before)" opacity="0.55"/>',
            '<path d="M9 2v14" stroke="var(--now)" stroke-width="2.4"/>',
            '<path d="M1 9h16" stroke="var(--now)" stroke-width="5"/>',
            '<circle cx="9" cy="9" r="6" fill="var(--now)"/>',
        )
    )
    return [
        (bar, ctx.text("many.key_bar")),
        (rule, ctx.text("many.key_median")),
        (half, ctx.text("many.key_half")),
        (dot, ctx.text("many.key_mark")),
    ]


def small(values: pd.Series, low: float, high: float, marked: Sequence[float] = (), width: int = 220) -> str:
    """The spread as a small drawing for a table: bars, the middle half, the median, a dot for each value pointed out; SVG.
    Decoration: the numbers stand beside it."""
    known = values.dropna().astype(float)
    if len(known) < 4 or high <= low:
        return ""
    classes = bins(known.clip(low, high), low, high, (high - low) / CLASSES)
    most = max(float(classes.counts.max()), 1.0)

    def x(value: float) -> float:
        return 5 + (min(max(value, low), high) - low) / (high - low) * (width - 10)

    step = (width - 10) / len(classes.counts)
    bars = "".join(
        f'<rect x="{5 + number * step:.1f}" y="{32 - 28 * count / most:.1f}" width="{max(step - 1, 1):.1f}" '
        f'height="{28 * count / most:.1f}" fill="var(--before)" opacity="0.55"/>'
        for number, count in enumerate(classes.counts)
        if count
    )
    first, middle, third = quantiles(known, (0.25, 0.5, 0.75))
    dots = "".join(
        f'<circle cx="{x(value):.1f}" cy="42" r="4" fill="var(--now)"/>'
        for value in marked
        if not fmt.is_missing(value)
    )
    return (
        f'<svg width="{width}" height="48" viewBox="0 0 {width} 48" aria-hidden="true">{bars}'
        f'<line x1="5" x2="{width - 5}" y1="33" y2="33" stroke="var(--line)"/>'
        f'<line x1="{x(first):.1f}" x2="{x(third):.1f}" y1="33" y2="33" stroke="var(--now)" stroke-width="4"/>'
        f'<line x1="{x(middle):.1f}" x2="{x(middle):.1f}" y1="3" y2="33" stroke="var(--now)" stroke-width="2"/>{dots}</svg>'
    )
