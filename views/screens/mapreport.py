"""What is drawn of a map file that is being looked at: counts, findings, pairs by name, the shapes; and the maps in use."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from etl.boundaries import findings as register
from etl.boundaries.journey import Examined
from etl.findings import Severity
from store.boundaries import COARSE
from views import charts, country, maps, tables
from views import format as fmt
from views.screens import delivery
from views.tables import esc

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from views.frame import Context

MOST_ROWS = 200
MOST_SHAPES = 400  # of a preview: more are dots
PREVIEW = 460


def counts(ctx: Context, examined: Examined) -> str:
    """How many features were matched, and how."""
    how = Counter(pair.how for pair in examined.pairs)
    number = lambda value: fmt.number(value, ctx.language)  # noqa: E731
    facts = [
        ("features", number(len(examined.pairs))),
        ("by_code", number(how["code"])),
        ("by_name", number(how["name"])),
        ("by_hand", number(how["hand"])),
        ("left", number(how[""])),
    ]
    body = "".join(
        f"<div><dt>{esc(ctx.text(f'boundaries.count.{key}'))}</dt><dd>{esc(text)}</dd></div>"
        for key, text in facts
    )
    return f'<dl class="facts">{body}</dl>'


def totals(ctx: Context, examined: Examined) -> str:
    """How many findings of each weight."""
    found = Counter(item.severity for item in examined.findings)
    chips = [
        f'<span class="chip"><span class="{delivery.TONES[severity]}">{tables.mark(delivery.MARKS[severity])}'
        f"{esc(ctx.text(f'delivery.severity.{severity.value}', count=found[severity]))}</span></span>"
        for severity in Severity
        if found[severity]
    ]
    return f'<div class="chips">{"".join(chips)}</div>' if chips else ""


def findings(ctx: Context, examined: Examined) -> str:
    """Every finding but those by name, which have a table of their own."""
    shown = [item for item in examined.findings if item.code != "match.by_name"]
    head = [tables.th(ctx.text(f"delivery.column.{name}")) for name in ("place", "wrong")]
    rows = [_finding(ctx, item) for item in shown[:MOST_ROWS]]
    more = len(shown) - MOST_ROWS
    left = f'<p class="small">{esc(ctx.text("delivery.findings_more", count=more))}</p>' if more > 0 else ""
    return tables.table(head, rows) + left if rows else ""


def _finding(ctx: Context, item: register.Finding) -> str:
    place = (
        ctx.text("boundaries.feature", number=item.feature) if item.feature else ctx.text("boundaries.whole")
    )
    wrong, remedy = register.wording(item, ctx.language.code)
    mark = (
        f'<span class="{delivery.TONES[item.severity]}">{tables.mark(delivery.MARKS[item.severity])}</span>'
    )
    below = f'<span class="unit">{esc(remedy)}</span>' if remedy else ""
    cell = " · ".join(part for part in (item.column or "", item.value or "") if part)
    where = esc(place) + (f'<span class="unit">{esc(cell)}</span>' if cell else "")
    return f'<tr><td class="text">{where}</td><td class="text">{mark}{esc(wrong)}{below}</td></tr>'


def by_name(ctx: Context, examined: Examined) -> str:
    """Everything matched by name, to be looked at."""
    named = [pair for pair in examined.pairs if pair.how == "name"]
    known = examined.definitions.area_by_id
    head = [tables.th(ctx.text(f"boundaries.{key}")) for key in ("in_file", "in_list")]
    rows = [
        f'<tr><td class="text">{esc(pair.name)}<span class="unit">'
        f"{esc(ctx.text('boundaries.feature', number=pair.feature))}</span></td>"
        f'<td class="text">{esc(area_label(ctx, known[pair.area_id]))}</td></tr>'
        for pair in named
    ]
    return tables.table(head, rows) if rows else ""


def area_label(ctx: Context, area) -> str:
    """Name with kind and code."""
    return f"{fmt.area_full(area, ctx.language)} ({area.code})"


def preview(ctx: Context, examined: Examined) -> go.Figure | None:
    """The shapes as they would be drawn, in a plain plane; of very many their middles."""
    import shapely

    cleaned = examined.shapes
    if cleaned is None:
        return None
    figure = charts.blank(ctx, height=PREVIEW)
    palette, shapes = ctx.palette, cleaned.coarse[COARSE]
    if len(shapes) <= MOST_SHAPES:
        x, y = maps.path(json.loads(text) for text in shapely.to_geojson(shapes))
        figure.add_scatter(
            x=x, y=y, mode="lines", fill="toself", fillcolor=palette["region"], hoverinfo="skip",
            line={"color": palette["muted"], "width": 1},
        )  # fmt: skip
    known = examined.definitions.area_by_id
    middles = shapely.get_coordinates(shapely.point_on_surface(shapes))
    figure.add_scatter(
        x=middles[:, 0], y=middles[:, 1], mode="markers", hoverinfo="text",
        marker={"size": 5, "color": palette["now"]},
        hovertext=[esc(area_label(ctx, known[name])) for name in cleaned.area_ids],
    )  # fmt: skip
    hidden = {"visible": False, "fixedrange": True}
    figure.update_xaxes(**hidden)
    figure.update_yaxes(**hidden, scaleanchor="x", scaleratio=country.ratio(middles[:, 1].mean()))
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0})
    return figure


def standing(ctx: Context, items: list[dict], names: Callable[[str], str]) -> str:
    """The maps in use, with their terms."""
    if not items:
        return f'<p class="muted">{esc(ctx.text("boundaries.none"))}</p>'
    head = [tables.th(ctx.text(f"boundaries.column.{key}")) for key in ("what", "terms", "file")]
    rows = []
    for item in items:
        what = ctx.text(
            "boundaries.what",
            level=ctx.text(f"boundaries.level.{item['level']}"),
            day=fmt.day(item["vintage"], ctx.language),
            areas=fmt.number(item["areas"], ctx.language),
        )
        who = ctx.text(
            "boundaries.by", who=names(item["by"]), when=fmt.moment(item["imported"], ctx.language)
        )
        rows.append(
            f'<tr><td class="text">{esc(what)}<span class="unit">{esc(item["version"])}</span></td>'
            f'<td class="text">{esc(item["attribution"])}<span class="unit">{esc(item["licence"])}</span></td>'
            f'<td class="text">{esc(item["file"])}<span class="unit">{esc(who)}</span></td></tr>'
        )
    return tables.table(head, rows)
