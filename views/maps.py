"""Shapes and a board -> a map without network, tiles or WebGL: filled outlines in a plain plane.

Two drawings ship with the product: the *location sketch* (computed cells, not boundaries) and the *equal tiles*, on which
the smallest ward is as visible as the largest commune. Real boundaries are drawn when the installation imported them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from store.definitions import Area
from views import charts, tables
from views import format as fmt

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from views.frame import Context


ROOM = 0.54  # of the drawing's width, on either side of it: what a label needs on a phone
LABELLED = 20  # areas, at most ten on either side of the drawing
GAP = 0.2  # of the drawing's height, between two labels of a column: as much as a label is high on a phone


@dataclass(frozen=True)
class Class:
    """One class of the legend: colour and its limits in words."""

    colour: str
    label: str


def rings(geometry: dict) -> Iterable[list[list[float]]]:
    """Exterior rings of a GeoJSON Polygon or MultiPolygon."""
    if geometry["type"] == "Polygon":
        yield geometry["coordinates"][0]
    else:
        for polygon in geometry["coordinates"]:
            yield polygon[0]


def path(geometries: Iterable[dict]) -> tuple[list[float | None], list[float | None]]:
    """Rings as one pen path with gaps."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for geometry in geometries:
        for ring in rings(geometry):
            xs += [point[0] for point in ring] + [None]
            ys += [point[1] for point in ring] + [None]
    return xs, ys


def tiles(areas: Sequence[Area]) -> list[dict]:
    """Equal squares as shapes, from the places given in the areas file."""
    shapes = []
    for area in areas:
        if area.tile_col is not None:
            x, y = area.tile_col, -area.tile_row
            ring = [[x + 0.03, y + 0.03], [x + 0.03, y + 0.97], [x + 0.97, y + 0.97], [x + 0.97, y + 0.03]]
            shapes.append(
                {
                    "level": "commune",
                    "area_id": area.id,
                    "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
                }
            )
    return shapes


def draw(
    ctx: Context,
    shapes: Sequence[dict],
    areas: dict[str, Area],
    board: pd.DataFrame,
    *,
    square: bool,
    height: int = 700,
) -> go.Figure:
    """The map of few areas. ``board``: index area_id, columns colour (None: no data, hatched), text, hover. Where there are
    more than a column of labels can name, pointing at a shape says its name."""
    palette = ctx.palette
    figure = charts.blank(ctx, height=height)
    quiet = [s["geometry"] for s in shapes if s["level"] == "commune" and s["area_id"] not in board.index]
    if quiet:
        x, y = path(quiet)
        figure.add_scatter(
            x=x,
            y=y,
            mode="lines",
            fill="toself",
            fillcolor=palette["region"],
            line={"color": palette["paper"], "width": 1},
            hoverinfo="skip",
        )
    for shape in shapes:
        if shape["level"] == "commune" and shape["area_id"] in board.index:
            _commune(ctx, figure, shape, board.loc[shape["area_id"]])
    for level, width in (("district", 1.3), ("province", 2.2)):
        x, y = path(s["geometry"] for s in shapes if s["level"] == level)
        if x:
            figure.add_scatter(
                x=x, y=y, mode="lines", line={"color": palette["muted"], "width": width}, hoverinfo="skip"
            )
    compared = [s for s in shapes if s["level"] == "commune" and s["area_id"] in board.index]
    centres = {shape["area_id"]: _centre(shape["geometry"]) for shape in compared}
    places: dict[str, tuple[float, float]] = {}
    room = None
    labelled = len(compared) <= LABELLED
    if not square:
        xs, ys = ([item for item in part if item is not None] for part in path(s["geometry"] for s in shapes))
        west, east, south, north = min(xs), max(xs), min(ys), max(ys)
        places = _callouts(centres, west, east, south, north) if labelled else {}
        aside = (ROOM if labelled else 0.02) * (east - west)
        room = [west - aside, east + aside]
    for area_id, centre in centres.items() if labelled else ():
        _label(ctx, figure, centre, areas[area_id], board.loc[area_id], places.get(area_id))
    ratio = 1.0 if square else 1 / _east(centres.values())
    hidden = {"visible": False, "fixedrange": True}
    figure.update_xaxes(**hidden, range=room)
    figure.update_yaxes(**hidden, scaleanchor="x", scaleratio=ratio)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0})
    return figure


def _commune(ctx: Context, figure: go.Figure, shape: dict, row: pd.Series) -> None:
    """One compared commune: its class colour, or hatching where there is no figure."""
    palette = ctx.palette
    x, y = path([shape["geometry"]])
    known = isinstance(row["colour"], str)
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        fill="toself",
        hoveron="fills",
        hoverinfo="text",
        text=row["hover"],
        fillcolor=row["colour"] if known else palette["raised"],
        fillpattern=None
        if known
        else {"shape": "/", "fgcolor": palette["before"], "size": 7, "solidity": 0.18},
        line={"color": palette["ink"], "width": 1.6},
    )
    # Fills carry no selection in plotly: an invisible point in the middle takes the click.
    centre = _centre(shape["geometry"])
    figure.add_scatter(
        x=[centre[0]],
        y=[centre[1]],
        mode="markers",
        marker={"size": 34, "color": "rgba(0,0,0,0)"},
        hoverinfo="text",
        hovertext=row["hover"],
        customdata=[f"area|area={shape['area_id']}"],
    )


def short_number(ctx: Context, value: float) -> str:
    """A number for a legend or an axis: 1.500.000 is 1,5 tr."""
    if abs(value) >= 1_000_000:
        return ctx.text("unit.million_short", value=fmt.number(value / 1_000_000, ctx.language))
    return fmt.number(value, ctx.language)


def _centre(geometry: dict) -> tuple[float, float]:
    """Area-weighted centre of the largest ring."""
    found = max((_weigh(ring) for ring in rings(geometry)), key=lambda item: abs(item[0]))
    twice, cx, cy = found
    if not twice:
        x, y, *_ = next(iter(rings(geometry)))[0]
        return x, y
    return cx / (3 * twice), cy / (3 * twice)


def _weigh(ring: list[list[float]]) -> tuple[float, float, float]:
    """Twice the signed area of a ring, and its moments."""
    twice = cx = cy = 0.0
    for (x0, y0, *_), (x1, y1, *_) in itertools.pairwise(ring):
        cross = x0 * y1 - x1 * y0
        twice, cx, cy = twice + cross, cx + (x0 + x1) * cross, cy + (y0 + y1) * cross
    return twice, cx, cy


def _east(centres: Iterable[tuple[float, float]]) -> float:
    """How long a degree east is beside one north, in the middle of the drawing."""
    latitudes = [y for _, y in centres] or [0.0]
    return math.cos(math.radians(sum(latitudes) / len(latitudes)))


def _callouts(
    centres: dict[str, tuple[float, float]], west: float, east: float, south: float, north: float
) -> dict[str, tuple[float, float]]:
    """Where labels stand, in degrees: in a column on either side of the drawing, in the order of their shapes from north
    to south, so that at any width of the window they hide neither a shape nor each other."""
    places = {}
    by_east = sorted(centres, key=lambda area_id: centres[area_id][0])
    half = (len(by_east) + 1) // 2
    for side, x in (
        (by_east[:half], west - ROOM / 2 * (east - west)),
        (by_east[half:], east + ROOM / 2 * (east - west)),
    ):
        gap = min(GAP, 1 / max(len(side), 1)) * (north - south)
        rows = sorted(side, key=lambda area_id: -centres[area_id][1])
        y = north + gap
        for number, area_id in enumerate(rows):
            lowest = south + gap * (len(rows) - 1 - number)  # leaves room for those further south
            y = min(y - gap, max(centres[area_id][1], lowest))
            places[area_id] = (x, y)
    return places


def _label(
    ctx: Context,
    figure: go.Figure,
    centre: tuple[float, float],
    area: Area,
    row: pd.Series,
    place: tuple[float, float] | None,
) -> None:
    """Name and figure: on the shape where it is large enough (tiles), else beside it with a line."""
    palette = ctx.palette
    name = tables.esc(fmt.area_name(area, ctx.language))
    known = isinstance(row["colour"], str)
    text = tables.esc(row["text"]) if known else "–"  # the hatching and its key say why
    beside = {"axref": "x", "ayref": "y", "ax": place[0], "ay": place[1]} if place else {}
    figure.add_annotation(
        x=centre[0], y=centre[1], text=f"<b>{name}</b><br>{text}", align="center",
        font={"size": 14, "color": palette["ink"]}, bgcolor=palette["raised"], borderpad=3,
        bordercolor=palette["line"], showarrow=place is not None, arrowhead=0, arrowwidth=1.2, arrowcolor=palette["ink"],
        captureevents=False, **beside,
    )  # fmt: skip


def sequential_classes(ctx: Context, values: pd.Series, percent: bool) -> tuple[pd.Series, list[Class]]:
    """Colour per value and the legend: at most five equal classes from zero; limits in words.

    ``values``: fractions for percentages. A missing value has no colour.
    """
    colours = ctx.palette["sequential"]
    highest = float(values.max()) if values.notna().any() else 0.0
    width = _round_up(highest / len(colours), percent)
    edges = [width * n for n in range(len(colours) + 1)]

    def write(number: float) -> str:
        if percent:
            return fmt.number(round(number * 100, 9), ctx.language) + "%"
        return short_number(ctx, round(number, 9))

    # Upper limits belong to their class, as the words say; float noise is cleared before it can move a value.
    place = values.map(lambda x: None if pd.isna(x) else max(math.ceil(round(x / width, 9)), 1) - 1)
    needed = 1 + int(place.max()) if place.notna().any() else 0
    legend = [
        Class(
            colour,
            ctx.text("legend.range" if n else "legend.from_zero", lower=write(lower), upper=write(upper)),
        )
        for n, (colour, lower, upper) in enumerate(zip(colours, edges, edges[1:], strict=False))
        if n < needed
    ]
    colour = place.map(lambda n: None if pd.isna(n) else colours[min(int(n), len(colours) - 1)])
    return colour.astype(object), legend


def _round_up(width: float, percent: bool) -> float:
    """The class width as a number people count in: 1, 2, 3, 4, 5, 6 or 8 times a power of ten (per cent, or units)."""
    unit = 0.01 if percent else 1.0
    scale = unit
    while scale * 10 < width:
        scale *= 10
    return next(
        (step * scale for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * scale >= width * (1 - 1e-9)), width
    )


def change_classes(
    ctx: Context, points: pd.Series, higher_is_better: bool | None = True
) -> tuple[pd.Series, list[Class]]:
    """Colour per change (points or units) around zero, five classes: fall, slight, about level, slight rise, rise."""
    colours = ctx.palette["diverging"]
    if higher_is_better is False:
        colours = colours[::-1]  # where less is better a fall is the good end
    largest = float(points.abs().max()) if points.notna().any() else 1.0
    step = _round_up(largest / 4, percent=False)
    limits = [-2.5 * step, -0.5 * step, 0.5 * step, 2.5 * step]
    words = [short_number(ctx, abs(limit)) for limit in limits]
    labels = [
        ctx.text("legend.fall_over", limit=words[0]),
        ctx.text("legend.fall", lower=words[1], upper=words[0]),
        ctx.text("legend.level", limit=words[1]),
        ctx.text("legend.rise", lower=words[2], upper=words[3]),
        ctx.text("legend.rise_over", limit=words[3]),
    ]
    place = points.map(lambda x: None if pd.isna(x) else _around_zero(round(x, 9), limits))
    colour = place.map(lambda n: None if pd.isna(n) else colours[int(n)]).astype(object)
    return colour, [Class(colours[n], labels[n]) for n in range(5)]


def _around_zero(value: float, limits: Sequence[float]) -> int:
    """Class 0..4 of a change; limits belong to the class "từ … đến …", whichever sign."""
    far_down, down, up, far_up = limits
    if value < 0:
        return 0 if value < far_down else 1 if value <= down else 2
    return 4 if value > far_up else 3 if value >= up else 2
