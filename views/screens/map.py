"""The map: a value, a change, the index or a tier, one colour a commune, and the table beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from metrics.rates import pooled_rate
from reports.story import Picture
from reports.workbook import Export
from store.definitions import Indicator, SchemeSpec
from views import boards, country, drawings, load, many, maps, merger, narrative, standings, tables
from views import format as fmt
from views.drawings import BOUNDARY, SKETCH
from views.screens import Screen, common, screen, tiers, tiers_many
from views.screens.common import about, legend, periods_text, value_out

if TYPE_CHECKING:
    from views.frame import Context


@screen
def build(
    ctx: Context,
    measure: str,
    subject: Indicator | SchemeSpec | None,
    before: str | None,
    after: str,
    layer: str,
) -> Screen:
    """The page for one measure, one or two periods and one drawing."""
    make = {"value": _value, "change": _change, "index": _index, "tier": _tier}[measure]
    board, classes, words, about_indicators, figures = make(ctx, subject, before, after)
    pair = None
    if measure == "change":  # few communes share the pairs of all indicators with other pages
        few = None if ctx.many else common.pairs(ctx, before, after)[subject.id]
        pair = boards.pair(figures, subject, before, after, ctx.area_ids) if few is None else few
    note = drawings.note(ctx, layer) if layer else ctx.text("map.note_none")
    board["hover"] = _hover(ctx, board)
    board["why"] = _why(ctx, subject, board.index, before, after) if measure in ("value", "change") else ""
    below = f'<p class="small">{tables.esc(note)}</p>'
    known = int(board["colour"].map(lambda colour: isinstance(colour, str)).sum())
    return Screen(
        finding=words["finding"],
        subtitle=words["subtitle"],
        sentences=_sentences(ctx, measure, subject, board, after, pair),
        figure=_figure(ctx, layer, board, classes),
        alt=ctx.text("map.alt", name=words["name"], known=known, total=len(board)),
        warning=tiers.warning(ctx, subject) if measure == "tier" else "",
        legend=_legend(ctx, classes if known else [], known < len(board), layer) + below,
        table=_table(ctx, board, words),
        matrix=_provinces(ctx, board, words, subject if measure == "value" else None, after),
        export=lambda ctx: _export(ctx, board, words, about_indicators),
        picture=(lambda ctx: _picture(ctx, make, subject, before, after)) if known else None,
        sources=[
            tables.source_line(ctx, figures),
            *(tables.definition_line(ctx, item) for item in about_indicators[:1]),
        ],
    )


def _why(ctx: Context, indicator: Indicator, areas: pd.Index, before: str | None, after: str) -> list[str]:
    """HTML of the reasons why communes have no figure in a period in which they did not exist; where there are too many
    to name each, none."""
    times = [item for item in (after, before) if item]
    found = {} if ctx.many else merger.why(ctx, [indicator.id], times)
    refused = ([found.get((area, indicator.id, item)) for item in times] for area in areas)
    return [merger.reason(ctx, next(filter(None, reasons), None)) for reasons in refused]


def _sentences(
    ctx: Context,
    measure: str,
    subject: Indicator | SchemeSpec | None,
    board: pd.DataFrame,
    after: str,
    pair: pd.DataFrame | None,
) -> list[str]:
    """Who is highest and lowest, with n/N, and who has no figure; for a change who rose most and how many clearly."""
    areas = {area.id: area for area in ctx.areas}
    unknown = board["sort"].isna() & board["text"].ne(
        ctx.text("state.suppressed")
    )  # what is hidden was reported
    missing = [fmt.area_inline(areas[key], ctx.language) for key in board.index[unknown]]
    if pair is not None:
        found = [
            narrative.largest_rise(ctx, pair, areas, subject),
            narrative.tally(ctx, pair, subject),
            narrative.no_pair(ctx, missing, len(board)),
        ]
        spare = [narrative.nobody_rose(ctx, pair, subject), narrative.pairs_known(ctx, pair, subject)]
        return narrative.enough(ctx, found, *spare)
    said = board["text"] + board["counts"].map(lambda words: f" ({words})" if words else "")
    name = {"index": ctx.text("map.measure.index"), "tier": ctx.text("map.criteria")}.get(measure)
    name = name or subject.short.to(ctx.language.code)
    found = [
        narrative.now_known(ctx, int(board["sort"].notna().sum()), len(board), after, name),
        narrative.ends(ctx, board["sort"].astype(float), said, areas),
        narrative.without_now(ctx, missing, len(board)),
    ]
    return narrative.enough(ctx, found, ctx.text("say.not_zero"))


def _picture(ctx: Context, make, subject, before: str | None, after: str) -> Picture:
    """The same communes in the same classes, on the sketch or the installation's boundaries."""
    from views.story import parts

    board, classes, words, _, figures = make(ctx, subject, before, after)
    known = int(board["colour"].map(lambda colour: isinstance(colour, str)).sum())
    alt = ctx.text("map.alt", name=words["name"], known=known, total=len(board))
    drawing = parts.coloured(ctx, board["colour"], board["text"], classes, alt)
    note = drawing.note if drawing.note not in words["subtitle"] else ""
    return Picture(
        drawing, words["finding"], f"{words['subtitle']} {note}".strip(), parts.source(ctx, figures)
    )


def _hover(ctx: Context, board: pd.DataFrame) -> list[str]:
    """What pointing at an area says: its name, of a country with its province, the figure and n/N."""
    known = ctx.catalogue.area_by_id
    found = []
    for area_id, text, counts in zip(board.index, board["text"], board["counts"], strict=True):
        area = known[area_id]
        name = ", ".join(filter(None, (fmt.area_full(area, ctx.language), many.province_name(ctx, area))))
        found.append(
            f"<b>{tables.esc(name)}</b><br>{tables.esc(text)}"
            + (f" · {tables.esc(counts)}" if counts else "")
        )
    return found


def _figure(ctx: Context, layer: str, board: pd.DataFrame, classes: list[maps.Class]) -> Any:
    """The drawing: shapes or tiles of few areas, static files or dots of many; None where there is nothing to draw."""
    if not layer:
        return None
    islands = drawings.islands(ctx)
    static = drawings.static(ctx, layer) if drawings.large(ctx) else None
    if static:
        return country.tiled(ctx, static, board, classes, islands)
    if layer == drawings.DOTS:
        return country.dotted(ctx, drawings.spots(ctx), board, classes, islands)
    areas = {area.id: area for area in ctx.areas}
    if layer == drawings.TILES:
        return maps.draw(ctx, maps.tiles(ctx.areas), areas, board, square=True)
    figure = maps.draw(ctx, drawings.shapes(ctx, layer), areas, board, square=False)
    country.insets(ctx, figure, islands)
    return figure


def _value(ctx: Context, indicator: Indicator, before: None, after: str):
    """Level of one indicator."""
    figures = load.figures(*ctx.data, ctx.area_ids, (indicator.id,), (after,))
    one = boards.one(figures, indicator, after, ctx.area_ids)
    colour, classes = maps.sequential_classes(ctx, one["share"], indicator.unit == "percent")
    board = pd.DataFrame(
        {
            "colour": colour,
            "text": [
                _state_or(ctx, row, tables.figure_text(ctx, row, indicator)) for _, row in one.iterrows()
            ],
            "counts": [
                tables.counts_text(ctx, row) if _has(row) and indicator.is_rate else ""
                for _, row in one.iterrows()
            ],
            "out": [value_out(share, indicator) for share in one["share"]],
            "sort": one["share"],
        }
    )
    name = indicator.name.to(ctx.language.code)
    return (
        board,
        classes,
        _words(ctx, board, name, fmt.period(after, ctx.language), indicator.unit),
        [indicator],
        figures,
    )


def _change(ctx: Context, indicator: Indicator, before: str, after: str):
    """Change of one indicator."""
    figures = load.figures(*ctx.data, ctx.area_ids, (indicator.id,), (before, after))
    pair = boards.pair(figures, indicator, before, after, ctx.area_ids)
    colour, classes = maps.change_classes(ctx, pair["change"], indicator.higher_is_better)
    known = pair["direction"] != "unknown"
    board = pd.DataFrame(
        {
            "colour": colour,
            "text": [
                fmt.change(row["change"], indicator, ctx.language, short=True)
                if ok
                else ctx.text("state.suppressed" if tables.hidden_end(row) else "verdict.no_pair")
                for ok, (_, row) in zip(known, pair.iterrows(), strict=True)
            ],
            "counts": [
                ctx.text("verdict." + row["verdict"]) if ok and indicator.is_rate else ""
                for ok, (_, row) in zip(known, pair.iterrows(), strict=True)
            ],
            "out": pair["change"],
            "sort": pair["change"],
        }
    )
    name = ctx.text("map.change_of", name=indicator.name.to(ctx.language.code))
    unit = "points" if indicator.unit == "percent" else indicator.unit
    return (
        board,
        classes,
        _words(ctx, board, name, periods_text(ctx, before, after), unit),
        [indicator],
        figures,
    )


def _index(ctx: Context, subject: None, before: None, after: str):
    """Composite index by goalposts: proposed weights, said so."""
    figures = load.figures(*ctx.data, ctx.area_ids, tuple(ctx.catalogue.index.weights), (after,))
    index = standings.index_board(figures, ctx.catalogue, after, ctx.area_ids)
    colour, classes = maps.sequential_classes(ctx, index["index"], percent=False)
    board = pd.DataFrame(
        {
            "colour": colour,
            "text": [
                ctx.text("index.too_little") if fmt.is_missing(value) else fmt.number(value, ctx.language, 1)
                for value in index["index"]
            ],
            "counts": [
                ctx.text("index.weight", weight=fmt.percent(share, ctx.language)) for share in index["weight"]
            ],
            "out": index["index"],
            "sort": index["index"],
        }
    )
    words = _words(ctx, board, ctx.text("index.name"), fmt.period(after, ctx.language), "score")
    return board, classes, words, [], figures


def _tier(ctx: Context, scheme: SchemeSpec, before: None, after: str):
    """Whether a tier is reached, and how many criteria are met; what cannot be decided is a class of its own."""
    figures = tiers_many.read(ctx, scheme, after)
    _, standing = standings.tier_board(figures, scheme, ctx.catalogue, ctx.area_ids)
    standing = tiers.on_trial(ctx, scheme, standing)
    known = (standing["met"] + standing["not_met"]) > 0
    looks = {
        "reached": ctx.palette["sequential"][3],
        "not_reached": ctx.palette["sequential"][1],
        "undecidable": ctx.palette["raised"],
        "trial": ctx.palette["raised"],
    }
    looks = {state: colour for state, colour in looks.items() if (standing["tier_state"] == state).any()}
    board = pd.DataFrame(
        {
            "colour": [
                looks[state] if seen else None
                for state, seen in zip(standing["tier_state"], known, strict=True)
            ],
            "text": [
                f"{int(row['met'])}/{int(row['total'])}" if seen else ctx.text("state.missing")
                for seen, (_, row) in zip(known, standing.iterrows(), strict=True)
            ],
            "counts": [ctx.text(f"tier.{state}") for state in standing["tier_state"]],
            "out": standing["met"],
            "sort": standing["met"].astype(float).where(known),
        }
    )
    classes = [maps.Class(colour, ctx.text(f"tier.{state}")) for state, colour in looks.items()]
    words = _words(ctx, board, scheme.name.to(ctx.language.code), fmt.period(after, ctx.language), "criteria")
    areas = {area.id: area for area in ctx.areas}
    return board, classes, {**words, "finding": tiers.finding(ctx, standing, areas)}, [], figures


def _has(row: pd.Series) -> bool:
    """Whether there is a figure to show."""
    return row["status"] == "reported" and not fmt.is_missing(row["share"])


def _state_or(ctx: Context, row: pd.Series, text: str) -> str:
    """The figure, or why there is none."""
    if row["status"] != "reported":
        return ctx.text("state." + row["status"])
    return text if _has(row) else ctx.text("state.rate_unknown")


def _words(ctx: Context, board: pd.DataFrame, name: str, period: str, unit: str) -> dict[str, str]:
    """Heading, subtitle and column name."""
    known = board["sort"].dropna()
    areas = {area.id: area for area in ctx.areas}
    if known.empty:
        finding = ctx.text("map.nothing")
    else:
        best = known.index[known == known.max()]
        named = narrative.names(ctx, [areas[area_id] for area_id in best])
        names = narrative.listed(ctx, named) if ctx.many else narrative.join(ctx, named)
        key = "map.finding_least" if known.max() < 0 else "map.finding"
        finding = ctx.text(key, area=names, value=board.loc[best[0], "text"])
    return {
        "name": name,
        "finding": finding,
        "period": period,
        "unit": ctx.text(f"unit.name.{unit}"),
        "subtitle": ctx.text("map.subtitle", name=name, period=period, unit=ctx.text(f"unit.name.{unit}")),
    }


def _legend(ctx: Context, classes: list[maps.Class], gaps: bool, layer: str) -> str:
    """Colours with their limits in words, and how it is drawn when something is missing: hatched among few, quiet among
    many, a ring among dots."""
    few = not drawings.large(ctx)
    others = (
        layer in (BOUNDARY, SKETCH)
        and few
        and (ctx.group is None or ctx.group.kind in ("pilot", "successors"))
    )
    items = [(f"background:{item.colour}", item.label) for item in classes]
    items += [("background:var(--region)", ctx.text("map.other_land"))] if others else []
    quiet = {
        drawings.DOTS: "background:none",
        SKETCH: "background:var(--region)",
        BOUNDARY: "background:var(--region)",
    }
    hatched = layer == drawings.TILES or (layer != drawings.DOTS and few)
    items += [(quiet.get(layer, ""), ctx.text("map.no_data"))] if gaps and not hatched else []
    body = legend(items)
    if gaps and hatched:
        hatch = f'<span><span class="swatch hatched"></span>{tables.esc(ctx.text("map.no_data"))}</span>'
        body = body.replace("</div>", hatch + "</div>")
    return body


def _table(ctx: Context, board: pd.DataFrame, words: dict[str, str]) -> str:
    """The same figures as a table: highest first, missing last."""
    areas = {area.id: area for area in ctx.areas}
    board = board.sort_values("sort", ascending=False, na_position="last", kind="stable")

    def draw(area_id: str) -> str:
        row = board.loc[area_id]
        counts = f'<span class="unit">{tables.esc(row["counts"])}</span>' if row["counts"] else ""
        if row["why"] and fmt.is_missing(row["sort"]):
            counts = f'<span class="unit">{row["why"]}</span>'
        known = isinstance(row["colour"], str)
        look = f' style="background:{row["colour"]}"' if known else ""
        swatch = f'<span class="swatch{"" if known else " hatched"}"{look}></span>'
        cell = f'<td class="number">{tables.esc(row["text"])}{counts}</td>'
        return tables.row([cell], swatch + many.area_head(ctx, areas[area_id]))

    if ctx.many:  # the ends of those with a figure; who has none is counted above
        rows = many.rows(ctx, list(board.index[board["sort"].notna()]), (), 2, draw)
    else:
        rows = [draw(area_id) for area_id in board.index]
    head = [tables.th(ctx.text("column.area")), tables.th(words["unit"], number=True)]
    return tables.table(head, rows)


def _provinces(
    ctx: Context, board: pd.DataFrame, words: dict[str, str], subject: Indicator | None, after: str
) -> str:
    """A row per province of a country, leading to the map of its communes: how many have a figure, of a rate all of them
    together with n/N, and the median commune. Empty where one province is on show."""
    own = many.by_province(ctx)
    if len(own) < 2 or not ctx.many:
        return ""
    rate = subject is not None and subject.is_rate
    figures = load.figures(*ctx.data, ctx.area_ids, (subject.id,), (after,)) if rate else None
    one = boards.one(figures, subject, after, ctx.area_ids) if rate else None
    together = [tables.th(ctx.text("many.together"), number=True)] if rate else []
    head = [
        tables.th(ctx.text("column.province")),
        tables.th(ctx.text("many.known"), number=True),
        *together,
        tables.th(ctx.text("many.median_head"), number=True),
    ]
    rows = []
    for province, names in own.items():
        part = board.loc[names, "sort"].astype(float).dropna()
        counted = f"{fmt.number(len(part), ctx.language)}/{fmt.number(len(names), ctx.language)}"
        cells = [tables.td(counted, number=True)]
        cells += [_together(ctx, one.loc[names])] if rate else []
        middle = _middle(ctx, board, part)
        rows.append(
            tables.row(
                [*cells, tables.td(middle, number=True)], many.province_link(ctx, province, len(names))
            )
        )
    title = f"<h2>{tables.esc(ctx.text('many.by_province'))}</h2>"
    note = f'<p class="subtitle">{tables.esc(words["subtitle"])}</p>'
    return title + note + tables.table(head, rows)


def _together(ctx: Context, rows: pd.DataFrame) -> str:
    """The communes of one province together: sum over sum, of those whose counts are known."""
    known = rows[rows["numerator"].notna() & (rows["denominator"] > 0) & (rows["status"] == "reported")]
    if known.empty:
        return tables.td("–", number=True)
    share = fmt.percent(pooled_rate(known["numerator"], known["denominator"]), ctx.language)
    sums = fmt.fraction_text(known["numerator"].sum(), known["denominator"].sum(), ctx.language)
    return f'<td class="number">{tables.esc(share)}<span class="unit">{tables.esc(sums)}</span></td>'


def _middle(ctx: Context, board: pd.DataFrame, part: pd.Series) -> str:
    """What the middle commune has, in the words of its own figure: of two in the middle the lower one, so that it is
    some commune's."""
    if part.empty:
        return "–"
    at = part.sort_values(kind="stable").index[(len(part) - 1) // 2]
    return str(board.loc[at, "text"])


def _export(ctx: Context, board: pd.DataFrame, words: dict[str, str], indicators: list[Indicator]) -> Export:
    areas = {area.id: area for area in ctx.areas}
    return Export(
        title=f"{words['name']}, {words['period']}",
        columns=[
            ctx.text("column.area_code"),
            ctx.text("column.area"),
            words["name"],
            ctx.text("column.note"),
        ],
        rows=[
            [
                areas[area_id].code,
                fmt.area_full(areas[area_id], ctx.language),
                row["out"],
                row["counts"] or row["text"],
            ]
            for area_id, row in board.iterrows()
        ],
        about=about(ctx, indicators),
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
