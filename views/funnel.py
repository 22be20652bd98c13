"""Rates against their base, with the limits that chance alone would leave: the funnel, its places and its drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from metrics.rates import funnel_curve, funnel_limits
from store.definitions import Area, Indicator
from views import format as fmt
from views import tables
from views.charts import axis, blank, hover

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from views.frame import Context

LEAST_AREAS = 3  # two communes have no common level of which one could lie apart
LEAST_CASES = (
    5  # cases met and not met to be expected at the common level: below, the limits are a poor approximation
)
OUTSIDE = ("above_outer", "below_outer")
BETWEEN = ("above_inner", "below_inner")
HEIGHT = 420
# A phone's plot in pixels: labels that find room there find room everywhere.
ROOM = (250, 340)
SIGN, LINE = 7.2, 17  # width of a letter and height of a line of a label


def places(board: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """The board of one period with limits and ``place`` (see ``metrics.rates.PLACES``, and ``few``: too few cases for
    limits); "unknown" where a rate is no share of its base or its counts are not known."""
    n, N = board["numerator"].astype(float), board["denominator"].astype(float)
    fit = (n <= N) & (N > 0) & (board["status"] == "reported") & indicator.is_rate
    found = funnel_limits(n.where(fit), N.where(fit))
    expected = N * np.minimum(found["average"], 1 - found["average"])
    few = fit & (expected < LEAST_CASES)
    return board.join(found.assign(place=found["place"].mask(few, "few")))


def limits_text(ctx: Context, row: pd.Series, ring: str) -> str:
    """``24,6% – 30,3%``: the inner (95 %) or outer (99.8 %) limits at this base."""
    lower, upper = (fmt.percent(row[f"{ring}_{end}"], ctx.language) for end in ("lower", "upper"))
    return ctx.text("interval.share", lower=lower, upper=upper)


def draw(
    ctx: Context, board: pd.DataFrame, areas: dict[str, Area], indicator: Indicator, period: str, chosen: str
) -> go.Figure:
    """Communes by base (logarithmic) and rate; those outside and the chosen one carry their names."""
    known = board[board["place"] != "unknown"]
    bases = known["denominator"].astype(float)
    grid = pd.Series(np.geomspace(bases.min() / 1.5, bases.max() * 1.35, 80))
    average = float(known["average"].iloc[0])
    curve = funnel_curve(average, grid)
    low, high = _span(known)
    figure = blank(ctx, HEIGHT)
    _limits(ctx, figure, grid, curve, average)
    _marks(ctx, figure, known, areas, indicator, period, chosen)
    _names(ctx, figure, known, areas, chosen, (np.log10(grid.iloc[0]), np.log10(grid.iloc[-1])), (low, high))
    ticks = _base_ticks(float(grid.iloc[0]), float(grid.iloc[-1]))
    figure.update_xaxes(
        **axis(ctx),
        type="log",
        tickvals=ticks,
        ticktext=[fmt.number(tick, ctx.language) for tick in ticks],
        tickangle=0,
        title={
            "text": tables.esc(ctx.text("funnel.base")),
            "font": {"size": 13, "color": ctx.palette["muted"]},
            "standoff": 6,
        },
        range=[float(np.log10(grid.iloc[0])), float(np.log10(grid.iloc[-1]))],
    )
    rates = _rate_ticks(low, high)
    figure.update_yaxes(
        **axis(ctx),
        tickvals=rates,
        ticktext=[fmt.number(round(100 * rate, 6), ctx.language) + "%" for rate in rates],
        range=[low - 0.03 * (high - low), high + 0.03 * (high - low)],
        automargin=True,
    )
    figure.update_layout(margin={"t": 10, "b": 50, "r": 24})
    return figure


def from_zero(board: pd.DataFrame) -> bool:
    """Whether the axis of rates begins at 0; the drawing says so where it does not."""
    return _span(board[board["place"] != "unknown"])[0] == 0


def _span(known: pd.DataFrame) -> tuple[float, float]:
    """Lowest and highest rate on the axis: all marks and their limits; from 0 unless that would press them together."""
    low = float(min(known["rate"].min(), known["outer_lower"].min()))
    high = float(max(known["rate"].max(), known["outer_upper"].max(), 0.01))
    return (0.0 if low < 0.5 * high else min(low, high - 0.02)), high


def _base_ticks(low: float, high: float) -> list[float]:
    """1, 2, 5, 10, 20 ... within the axis; powers of ten alone where that would be many."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    ticks = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    inside = [tick for tick in ticks if low <= tick <= high]
    tens = [tick for tick in inside if np.log10(tick).is_integer()]
    return tens if len(inside) > 6 and len(tens) > 1 else inside


def _rate_ticks(low: float, high: float) -> list[float]:
    """Round rates within the axis, six at most."""
    step = next(
        step
        for step in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
        if (high - low) / step <= 5 or step == 0.2
    )
    return [n * step for n in range(int(np.ceil(low / step - 1e-9)), int(high / step + 1e-9) + 1)]


def _limits(ctx: Context, figure: go.Figure, grid: pd.Series, curve: pd.DataFrame, average: float) -> None:
    """Two bands with their edges, the common level, and what each of them is."""
    palette = ctx.palette
    for ring, fill, dash in (("outer", palette["panel"], "dot"), ("inner", palette["region"], "solid")):
        line = {"color": palette["before"], "width": 1.2, "dash": dash}
        figure.add_scatter(x=grid, y=curve[f"{ring}_lower"], mode="lines", line=line, hoverinfo="skip")
        figure.add_scatter(
            x=grid, y=curve[f"{ring}_upper"], mode="lines", line=line, hoverinfo="skip",
            fill="tonexty", fillcolor=fill,
        )  # fmt: skip
    figure.add_scatter(
        x=[grid.iloc[0], grid.iloc[-1]],
        y=[average, average],
        mode="lines",
        line={"color": palette["ink"], "width": 1.4},
        hoverinfo="skip",
    )


def look(ctx: Context, place: str) -> dict[str, object]:
    """Told by shape first: a diamond outside both limits, a ring between them, a grey dot within, a cross for too few."""
    palette = ctx.palette
    if place in OUTSIDE:
        return {"symbol": "diamond", "size": 14, "color": palette["ink"], "line": {"width": 0}}
    if place in BETWEEN:
        return {
            "symbol": "circle",
            "size": 12,
            "color": palette["paper"],
            "line": {"width": 2.5, "color": palette["ink"]},
        }
    if place == "few":
        return {
            "symbol": "x-thin",
            "size": 10,
            "color": palette["muted"],
            "line": {"width": 2, "color": palette["muted"]},
        }
    return {"symbol": "circle", "size": 12, "color": palette["before"], "line": {"width": 0}}


def beyond(board: pd.DataFrame) -> pd.Series:
    """How far each rate lies beyond its nearer outer limit, in widths between the limits; below zero within them."""
    width = (board["outer_upper"] - board["outer_lower"]).clip(lower=1e-12)
    return (
        pd.concat([board["rate"] - board["outer_upper"], board["outer_lower"] - board["rate"]], axis=1).max(
            axis=1
        )
        / width
    )


def _cloud(ctx: Context, figure: go.Figure, known: pd.DataFrame) -> None:
    """Hundreds or thousands of communes as small dots, those that would lie on one another drawn once: shape and shade
    say where most of them are, and the table names those furthest out."""
    grid = pd.DataFrame(
        {
            "x": np.log10(known["denominator"].astype(float)).mul(120).round(),
            "y": known["rate"].astype(float).mul(500).round(),
            "out": known["place"].isin(OUTSIDE + BETWEEN),
        }
    )
    first = known.loc[grid.drop_duplicates().index]
    for out, colour, size in ((False, ctx.palette["before"], 4), (True, ctx.palette["ink"], 5)):
        part = first[first["place"].isin(OUTSIDE + BETWEEN) == out]
        figure.add_scatter(
            x=part["denominator"], y=part["rate"], mode="markers", hoverinfo="skip", cliponaxis=False,
            marker={"size": size, "color": colour, "opacity": 0.55, "symbol": "diamond" if out else "circle"},
        )  # fmt: skip


def _marks(ctx, figure, known, areas, indicator, period, chosen) -> None:
    """One mark per commune; a click leads to its profile. The chosen one has a ring in the accent around it."""
    if ctx.many:
        _cloud(ctx, figure, known)
        known = known.loc[[chosen] if chosen in known.index else []]
    looks = [look(ctx, place) for place in known["place"]]
    if chosen in known.index:
        figure.add_scatter(
            x=[known.loc[chosen, "denominator"]],
            y=[known.loc[chosen, "rate"]],
            mode="markers",
            cliponaxis=False,
            hoverinfo="skip",
            marker={
                "size": 23,
                "color": "rgba(0,0,0,0)",
                "line": {"width": 2.5, "color": ctx.palette["now"]},
            },
        )
    figure.add_scatter(
        x=known["denominator"],
        y=known["rate"],
        mode="markers",
        cliponaxis=False,
        marker={
            "symbol": [item["symbol"] for item in looks],
            "size": [item["size"] for item in looks],
            "color": [item["color"] for item in looks],
            "line": {
                "width": [item["line"]["width"] for item in looks],
                "color": [item["line"].get("color", ctx.palette["ink"]) for item in looks],
            },
            "opacity": 1,
        },
        hovertext=[_hover(ctx, row, areas[area_id], indicator, period) for area_id, row in known.iterrows()],
        hoverinfo="text",
        customdata=[f"area|area={area_id}" for area_id in known.index],
    )


def _hover(ctx: Context, row: pd.Series, area: Area, indicator: Indicator, period: str) -> str:
    """Who, how much of how many, the limits at this base, and what that means."""
    lines = [
        ctx.text("funnel.hover_inner", limits=limits_text(ctx, row, "inner")),
        ctx.text("funnel.hover_outer", limits=limits_text(ctx, row, "outer")),
        ctx.text(f"funnel.place.{row['place']}"),
    ]
    return "<br>".join([hover(ctx, row, area, indicator, period), *map(tables.esc, lines)])


Box = tuple[float, float, float, float]
SIDES = {
    "top center": (0.0, 19.0),
    "bottom center": (0.0, -19.0),
    "middle right": (1.0, 0.0),
    "middle left": (-1.0, 0.0),
}


def _names(ctx, figure, known, areas, chosen, across, up) -> None:
    """Names of those outside, between, and of the chosen one, each on the side of its mark where most room is left; of
    many communes the chosen one alone is named."""
    if ctx.many:
        known = known.loc[[chosen] if chosen in known.index else []]
    spots = {
        area_id: (
            (np.log10(row["denominator"]) - across[0]) / (across[1] - across[0]) * ROOM[0],
            (row["rate"] - up[0]) / (up[1] - up[0]) * ROOM[1],
        )
        for area_id, row in known.iterrows()
    }
    taken: list[Box] = [(x - 8, y - 8, x + 8, y + 8) for x, y in spots.values()]
    named = [
        area_id
        for area_id in known.index
        if known.loc[area_id, "place"] in OUTSIDE + BETWEEN or area_id == chosen
    ]
    for area_id in named:
        name = fmt.area_name(areas[area_id], ctx.language)
        boxes = {side: _box(spots[area_id], SIGN * len(name), side) for side in SIDES}
        side = min(SIDES, key=lambda side: _crowding(boxes[side], taken))
        taken.append(boxes[side])
        gap = 17 if area_id == chosen else 12  # the ring around the chosen one needs room
        figure.add_annotation(
            x=float(np.log10(known.loc[area_id, "denominator"])),
            y=float(known.loc[area_id, "rate"]),
            text=f"<b>{tables.esc(name)}</b>" if area_id == chosen else tables.esc(name),
            showarrow=False,
            xanchor={"middle right": "left", "middle left": "right"}.get(side, "center"),
            yanchor={"top center": "bottom", "bottom center": "top"}.get(side, "middle"),
            xshift={"middle right": gap, "middle left": -gap}.get(side, 0),
            yshift={"top center": gap - 3, "bottom center": 3 - gap}.get(side, 0),
            font={"size": 14, "color": ctx.palette["now" if area_id == chosen else "ink"]},
        )


def _box(spot: tuple[float, float], width: float, side: str) -> Box:
    """Where a label of this width would stand, in pixels."""
    dx, dy = SIDES[side]
    x, y = spot[0] + dx * (12 + width / 2), spot[1] + dy
    return x - width / 2, y - LINE / 2, x + width / 2, y + LINE / 2


def _crowding(box: Box, taken: list[Box]) -> float:
    """Area of a label that lies on others or outside the plot."""
    overlap = sum(
        max(0.0, min(box[2], other[2]) - max(box[0], other[0]))
        * max(0.0, min(box[3], other[3]) - max(box[1], other[1]))
        for other in taken
    )
    outside = (
        max(0.0, -box[0]) + max(0.0, box[2] - ROOM[0] - 20) + max(0.0, -box[1]) + max(0.0, box[3] - ROOM[1])
    )
    return overlap + LINE * outside
