"""Small multiples as plain drawings: one small chart per commune on the same axes, reflowing from a wall to a phone.

A chart library lays out a fixed grid for one width; a grid of drawings follows the screen. Others stand behind as grey
lines, a gap in the figures stays a gap, and the last figure is written at the end of the line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from store.definitions import Area, Indicator
from views import charts, maps, merger, sums, tables
from views import format as fmt

if TYPE_CHECKING:
    from views.frame import Context

WIDTH, HEIGHT = 300, 170
LEFT, RIGHT, TOP, BOTTOM = 38, 14, 26, 22


def grid(
    ctx: Context,
    series: dict[str, pd.DataFrame],
    areas: Sequence[Area],
    indicator: Indicator,
    periods: Sequence[str],
    revised: Mapping[tuple[str, str, str, str], str],
) -> str:
    """HTML of the grid. ``series``: per area a frame indexed by period with ``share`` and the figure's parts;
    ``revised``: (area, indicator, definition, period) -> what a corrected figure was before. Where an area came out of a
    merger its line breaks, the day is written at the break, and why stands below the grid."""
    everything = pd.concat([frame["share"] for frame in series.values()])
    top = charts.top_of(everything, indicator) * 1.04
    lines = {area.id: _points(series[area.id]["share"].tolist(), top) for area in areas}
    breaks = merger.breaks(ctx, areas, periods)
    cells = [
        _cell(ctx, area, series[area.id], lines, indicator, periods, top, revised, breaks) for area in areas
    ]
    shown = {(key[0], key[3]) for key in revised if key[1] == indicator.id}
    marked = any((area.id, period) in shown for area in areas for period in periods)
    note = f'<p class="small">◎ {tables.esc(ctx.text("revised.legend"))}</p>' if marked else ""
    why = merger.broken_line(ctx, [area for area in areas if area.id in breaks]) if breaks else ""
    return f'<div class="multiples">{"".join(cells)}</div>{why}{note}'


def _points(values: Sequence[float], top: float) -> list[tuple[float, float] | None]:
    """Places on the drawing; None where there is no figure."""
    step = (WIDTH - LEFT - RIGHT) / max(len(values) - 1, 1)
    offset = 0 if len(values) > 1 else (WIDTH - LEFT - RIGHT) / 2
    return [
        None if fmt.is_missing(value) else (LEFT + offset + n * step, _y(value, top))
        for n, value in enumerate(values)
    ]


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)


def runs(
    points: Sequence[tuple[float, float] | None], broken: int | None = None
) -> list[list[tuple[float, float]]]:
    """Unbroken stretches of a line; none leads to the point at place ``broken``."""
    found: list[list[tuple[float, float]]] = [[]]
    for n, point in enumerate(points):
        if point is None or n == broken:
            found.append([])
        if point is not None:
            found[-1].append(point)
    return [run for run in found if run]


def _path(points: Sequence[tuple[float, float] | None], style: str, broken: int | None = None) -> str:
    return "".join(
        f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in run)}" fill="none" {style}/>'
        for run in runs(points, broken)
        if len(run) > 1
    )


def _cut(ctx: Context, area: Area, place: int | None, count: int) -> str:
    """The break before the point at ``place``: a dashed line with the day of the merger."""
    if place is None:
        return ""
    x = LEFT + (place - 0.5) * (WIDTH - LEFT - RIGHT) / max(count - 1, 1)
    day = tables.esc(merger.break_day(ctx, area))
    anchor = "end" if x > WIDTH / 2 else "start"
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 10}" y2="{HEIGHT - BOTTOM}" stroke="var(--muted)" '
        f'stroke-dasharray="3 4" class="broken"/><text x="{x + (4 if anchor == "start" else -4):.1f}" y="{TOP - 12}" '
        f'text-anchor="{anchor}" class="tick">{day}</text>'
    )


def _axes(ctx: Context, indicator: Indicator, periods: Sequence[str], top: float) -> str:
    """Quiet lines at round values, labels of the first, middle and last period."""
    ticks = charts.ticks(top, indicator)
    parts = []
    for tick in ticks:
        y = _y(tick, top)
        words = (
            fmt.number(round(tick * 100, 6), ctx.language) + "%"
            if indicator.unit == "percent"
            else maps.short_number(ctx, tick)
        )
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="var(--line)"/>'
        )
        parts.append(
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" class="tick">{tables.esc(words)}</text>'
        )
    places = sorted({0, (len(periods) - 1) // 2, len(periods) - 1})
    step = (WIDTH - LEFT - RIGHT) / max(len(periods) - 1, 1)
    for n in places:
        x = LEFT + n * step if len(periods) > 1 else WIDTH / 2
        anchor = "middle" if 0 < n < len(periods) - 1 or len(periods) == 1 else "start" if n == 0 else "end"
        words = fmt.period_short(periods[n], ctx.language)
        parts.append(
            f'<text x="{x:.1f}" y="{HEIGHT - 5}" text-anchor="{anchor}" class="tick">{tables.esc(words)}</text>'
        )
    return "".join(parts)


def _cell(ctx, area, frame, lines, indicator, periods, top, revised, breaks) -> str:
    """One commune's drawing under its name."""
    own = lines[area.id]
    behind = "".join(
        _path(points, 'stroke="var(--before)" stroke-opacity="0.33" stroke-width="1.2"', breaks.get(key))
        for key, points in lines.items()
        if key != area.id and any(own)  # an empty panel shows nobody else's lines as if they were its own
    )
    dots = []
    for point, period, (_, row) in zip(own, periods, frame.iterrows(), strict=True):
        if point:
            figure = f"{fmt.period(period, ctx.language)}: {tables.figure_text(ctx, row, indicator)}"
            counts = f" ({tables.counts_text(ctx, row)})" if indicator.is_rate else ""
            mark = sums.mark(ctx, row.get("source"))
            counts += f", {mark}" if mark else ""
            said = revised.get((area.id, indicator.id, str(row["definition"]), period), "")
            if said:  # a ring: told by shape, also in print
                counts += f". {said}"
                dots.append(
                    f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="7" fill="none" stroke="var(--now)" '
                    'stroke-width="1.4" class="revised"/>'
                )
            dots.append(
                f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="3.4" fill="var(--now)">'
                f"<title>{tables.esc(figure + counts)}</title></circle>"
            )
    known = [n for n, point in enumerate(own) if point]
    if known:
        x, y = own[known[-1]]
        text = tables.figure_text(ctx, frame.iloc[known[-1]], indicator)
        end = f'<text x="{min(x + 6, WIDTH - 2):.1f}" y="{y - 9:.1f}" text-anchor="end" class="last">{tables.esc(text)}</text>'
    else:
        states = set(frame["status"])  # one word for all the quarters: what is hidden was reported
        words = tables.esc(
            ctx.text(f"state.{next((s for s in ('suppressed', 'no_cases') if s in states), 'missing')}")
        )
        end = f'<text x="{WIDTH / 2}" y="{HEIGHT / 2}" text-anchor="middle" class="tick">{words}</text>'
    label = tables.esc(f"{fmt.area_full(area, ctx.language)}: {indicator.short.to(ctx.language.code)}")
    line = _path(own, 'stroke="var(--now)" stroke-width="2.2"', breaks.get(area.id))
    cut = _cut(ctx, area, breaks.get(area.id), len(periods))
    return (
        f'<figure><figcaption>{tables.area_link(ctx, area)}</figcaption><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{label}">{_axes(ctx, indicator, periods, top)}{behind}{cut}{line}{"".join(dots)}{end}</svg></figure>'
    )
