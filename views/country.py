"""Maps of hundreds or thousands of areas: shapes that the browser fetches by address, or dots; and the archipelagos.

The shapes are drawn by plotly's tile map on an empty ground: no tiles, no network, and a zoom that stays quick.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from views import charts, tables
from views.maps import Class

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from views.drawings import Static
    from views.frame import Context

HEIGHT = 760
CROWDED = 800  # areas: with lines between more of them there is no colour left to see
DOT = 9  # pixels across, for some hundred areas; fewer for more
_WORLD = {
    "type": "Feature",
    "properties": {},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]]],
    },
}
_TILE = 512  # pixels of the whole earth at zoom 0
_PHONE = 360
# Where the archipelagos lie, and to which province they belong; their marks are a sketch, in degrees from the middle.
ISLANDS = {
    "hoang_sa": (112.0, 16.5, ((-0.5, 0.25), (-0.28, 0.4), (-0.1, 0.05), (0.3, 0.42), (0.42, 0.2), (0.1, -0.35))),
    "truong_sa": (
        114.0, 10.0,
        ((-1.6, 0.3), (-1.0, 1.2), (-0.4, 0.5), (0.2, 1.3), (0.9, 0.6), (-0.7, -0.9), (0.1, -0.4), (0.8, -1.1), (1.5, 0.1)),
    ),
}  # fmt: skip
BOXES = {"hoang_sa": (0.56, 0.98, 0.47, 0.66), "truong_sa": (0.56, 0.98, 0.1, 0.4)}  # parts of the drawing


def classed(board: pd.DataFrame, classes: Sequence[Class]) -> pd.Series:
    """Number of each area's class, by its colour; missing where there is no figure."""
    places = {item.colour: number for number, item in enumerate(classes)}
    return board["colour"].map(lambda colour: places.get(colour) if isinstance(colour, str) else None)


def tiled(
    ctx: Context, static: Static, board: pd.DataFrame, classes: Sequence[Class], islands: Sequence[str]
) -> go.Figure:
    """Areas coloured by class on the tile map; ``board`` as in ``maps.draw``. Areas without a figure are quiet land."""
    palette = ctx.palette
    there = board[[name in static.index for name in board.index]]
    numbers = classed(there, classes)
    figure = charts.blank(ctx, height=HEIGHT)
    missing, known = there[numbers.isna()], there[numbers.notna()]
    if len(missing):
        _areas(ctx, figure, static, missing, [0] * len(missing), [palette["region"]], 0.55)
    if len(known):
        colours = [item.colour for item in classes]
        _areas(ctx, figure, static, known, [int(n) for n in numbers.dropna()], colours, 1.0)
    ground = {
        "sourcetype": "geojson",
        "source": _WORLD,
        "type": "fill",
        "color": palette["paper"],
        "below": "traces",
    }
    if static.outlines:
        _outlines(ctx, figure, static)
    middle, zoom = _view([static.index[name][1:3] for name in there.index], bool(islands))
    figure.update_layout(
        map={
            "style": "white-bg",
            "center": {"lon": middle[0], "lat": middle[1]},
            "zoom": zoom,
            "layers": [ground],
        },
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        dragmode="pan",
        uirevision=static.areas,
    )
    insets(ctx, figure, islands)
    return figure


def _areas(
    ctx: Context,
    figure: go.Figure,
    static: Static,
    board: pd.DataFrame,
    numbers: list[int],
    colours: Sequence[str],
    opacity: float,
) -> None:
    """One trace: discrete steps of colour."""
    steps = len(colours)
    scale = [(edge / steps, colour) for place, colour in enumerate(colours) for edge in (place, place + 1)]
    figure.add_choroplethmap(
        geojson=static.areas,
        locations=list(board.index),
        z=numbers,
        zmin=-0.5,
        zmax=steps - 0.5,
        colorscale=scale,
        showscale=False,
        hoverinfo="text",
        text=list(board["hover"]),
        marker={
            "line": {"color": ctx.palette["paper"], "width": 0 if len(board) > CROWDED else 0.5},
            "opacity": opacity,
        },
    )


def _outlines(ctx: Context, figure: go.Figure, static: Static) -> None:
    """Lines of the provinces, as a trace without fill: a layer of the map would fetch from an address of its own."""
    provinces = list(dict.fromkeys(area.province_id for area in ctx.areas))
    figure.add_choroplethmap(
        geojson=static.outlines,
        locations=provinces,
        z=[0] * len(provinces),
        colorscale=[(0, "rgba(0,0,0,0)"), (1, "rgba(0,0,0,0)")],
        showscale=False,
        hoverinfo="skip",
        marker={"line": {"color": ctx.palette["muted"], "width": 1.1}},
    )


def _view(points: Sequence[Sequence[float]], national: bool) -> tuple[tuple[float, float], float]:
    """(middle, zoom) that hold the areas on a phone too; the insets want room to the east of the country."""
    if not points:
        return (106.0, 16.2), 4.0
    west, east = min(point[0] for point in points), max(point[0] for point in points)
    south, north = min(point[1] for point in points), max(point[1] for point in points)
    if national:
        east += 0.75 * (east - west) if east - west > 2 else 0.5 * (east - west)
    wide, tall = max(east - west, 0.05) * 1.12, max(north - south, 0.05) * 1.12
    middle = ((west + east) / 2, (south + north) / 2)
    flat = math.cos(math.radians(middle[1]))
    zoom = min(
        math.log2(_PHONE * 1.1 * 360 / (_TILE * wide)),
        math.log2(HEIGHT * 360 * flat / (_TILE * tall)),
    )
    return middle, round(zoom, 2)


def dotted(
    ctx: Context,
    spots: Mapping[str, tuple[float, float]],
    board: pd.DataFrame,
    classes: Sequence[Class],
    islands: Sequence[str],
) -> go.Figure:
    """A dot for each area at its label point, coloured by class; a ring where there is no figure."""
    palette = ctx.palette
    figure = charts.blank(ctx, height=HEIGHT)
    there = board[[name in spots for name in board.index]]
    numbers = classed(there, classes)
    size = max(3.5, DOT * min(1.0, 14 / math.sqrt(max(len(there), 1))))
    layers = [(None, "rgba(0,0,0,0)"), *((number, item.colour) for number, item in enumerate(classes))]
    points = figure.add_scattergl if len(there) > 1000 else figure.add_scatter
    for number, colour in layers:
        own = there[numbers.isna()] if number is None else there[numbers == number]
        if len(own):
            points(
                x=[spots[name][0] for name in own.index],
                y=[spots[name][1] for name in own.index],
                mode="markers",
                marker={
                    "size": size,
                    "color": colour,
                    "line": {"color": palette["muted"], "width": 1.0 if number is None else 0.4},
                },
                hoverinfo="text",
                hovertext=list(own["hover"]),
                customdata=[f"area|area={name}" for name in own.index],
            )
    ys = [spots[name][1] for name in there.index] or [16.0]
    xs = [spots[name][0] for name in there.index] or [106.0]
    room = 0.05 * max(max(xs) - min(xs), max(ys) - min(ys), 0.1)
    east = max(xs) + (0.9 * (max(xs) - min(xs)) if islands else 0) + room
    hidden = {"visible": False, "fixedrange": True}
    figure.update_xaxes(**hidden, range=[min(xs) - room, east])
    tall = ratio((min(ys) + max(ys)) / 2)
    figure.update_yaxes(**hidden, range=[min(ys) - room, max(ys) + room], scaleanchor="x", scaleratio=tall)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0})
    insets(ctx, figure, islands)
    return figure


def ratio(latitude: float) -> float:
    """How long a degree north is beside one east."""
    return 1 / math.cos(math.radians(latitude))


def cells(spots: Mapping[str, tuple[float, float]]) -> list[dict]:
    """Dots as small squares, for drawings on paper, which know shapes only."""
    points = list(spots.values())
    if not points:
        return []
    tall = max(max(y for _, y in points) - min(y for _, y in points), 0.1)
    half = tall / max(40.0, 2.2 * math.sqrt(len(points)))
    found = []
    for name, (x, y) in spots.items():
        ring = [[x - half, y - half], [x - half, y + half], [x + half, y + half], [x + half, y - half]]
        geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        found.append({"level": "commune", "area_id": name, "geometry": geometry})
    return found


def insets(ctx: Context, figure: go.Figure, islands: Sequence[str]) -> None:
    """The archipelagos in boxes of their own, with name and province: marks of where they lie, no outline of any island."""
    palette = ctx.palette
    for key in islands:
        lon, lat, marks = ISLANDS[key]
        left, right, low, high = BOXES[key]
        paper = {"xref": "paper", "yref": "paper"}
        figure.add_shape(
            type="rect", x0=left, x1=right, y0=low, y1=high, **paper,
            line={"color": palette["muted"], "width": 1}, fillcolor=palette["raised"], opacity=0.92, layer="above",
        )  # fmt: skip
        name = tables.esc(ctx.text(f"map.islands.{key}"))
        place = tables.esc(ctx.text(f"map.islands.{key}_place"))
        figure.add_annotation(
            x=(left + right) / 2, y=high, **paper, xanchor="center", yanchor="top", showarrow=False, align="center",
            text=f"<b>{name}</b><br>{place}", font={"size": 12, "color": palette["ink"]},
        )  # fmt: skip
        figure.add_annotation(
            x=(left + right) / 2, y=low, **paper, xanchor="center", yanchor="bottom", showarrow=False,
            text=tables.esc(ctx.text("map.islands.at", lon=_degrees(ctx, lon), lat=_degrees(ctx, lat))),
            font={"size": 10, "color": palette["muted"]},
        )  # fmt: skip
        spread = 2.2 * max(max(abs(x), abs(y)) for x, y in marks)
        room = high - low
        for east, north in marks:
            figure.add_annotation(
                x=(left + right) / 2 + east / spread * (right - left) * 0.8,
                y=low + 0.36 * room + north / spread * room * 0.5,
                **paper, xanchor="center", showarrow=False, text="●", font={"size": 8, "color": palette["now"]},
            )  # fmt: skip


def _degrees(ctx: Context, value: float) -> str:
    from views import format as fmt

    return fmt.number(value, ctx.language, 1)
