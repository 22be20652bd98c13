"""Boards -> the cells, tables and drawings of ``reports.story``, in the words of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from reports.story import Cell, Column, Dumbbell, Ends, Line, Lines, Map, Shape, Stack, Stacks, Table
from store import periods
from store.definitions import Area, Indicator
from views import boards, charts, country, drawings, maps, merger, standings, tables
from views import format as fmt
from views.screens.common import about, target_text
from views.screens.indicator import time_line

if TYPE_CHECKING:
    from views.frame import Context


def ordered(ctx: Context, board: pd.DataFrame, by_place: bool) -> list[Area]:
    """The compared communes in the order kept on every page, or by their later figure where places are wanted."""
    areas = list(ctx.areas)
    if not by_place:
        return areas
    shares = board["share_after"].reindex([area.id for area in areas])
    return sorted(areas, key=lambda area: (pd.isna(shares[area.id]), -shares.fillna(0)[area.id]))


def tone(row: pd.Series, indicator: Indicator) -> str:
    """rise where the change is clear and for the better, fall where clear and for the worse."""
    found = row["verdict"] if row["verdict"] in ("rise", "fall") else "unclear"
    if indicator.higher_is_better is False and found != "unclear":
        return "fall" if found == "rise" else "rise"
    return found


def word(ctx: Context, row: pd.Series, indicator: Indicator) -> str:
    """The plain word for a change, or why there is none."""
    if row["direction"] == "unknown":
        return ctx.text("state.suppressed" if tables.hidden_end(row) else "verdict.no_pair")
    return ctx.text(f"verdict.{row['verdict']}" if indicator.is_rate else f"direction.{row['direction']}")


def figure(ctx: Context, row: pd.Series, indicator: Indicator, suffix: str, counts: bool = True) -> Cell:
    """One figure, with n/N under it; where there is none, the word that says why."""
    status = row[f"status{suffix}"]
    if status != "reported":
        return Cell(ctx.text(f"state.{status}"), state=status)
    if fmt.is_missing(row[f"share{suffix}"]):
        return Cell(ctx.text("state.rate_unknown"), state="rate_unknown")
    under = tables.counts_text(ctx, row, suffix) if indicator.is_rate and counts else ""
    return Cell(tables.figure_text(ctx, row, indicator, suffix), float(row[f"share{suffix}"]), under=under)


def count(ctx: Context, row: pd.Series, part: str, suffix: str) -> Cell:
    """A numerator or denominator; an unknown one is a dash, for the figure beside it says why."""
    value = row[f"{part}{suffix}"]
    return Cell("–") if fmt.is_missing(value) else Cell(fmt.number(value, ctx.language), float(value))


def change(ctx: Context, row: pd.Series, indicator: Indicator) -> Cell:
    """A change in points or units with its word under it."""
    said = word(ctx, row, indicator)
    if row["direction"] == "unknown":
        return Cell(said, state="suppressed" if tables.hidden_end(row) else "missing")
    text = fmt.change(row["change"], indicator, ctx.language, short=True)
    return Cell(text, float(row["change"]), tone=tone(row, indicator), under=said)


def compared(
    ctx: Context, board: pd.DataFrame, indicator: Indicator, before: str, after: str, areas: Sequence[Area]
) -> Table:
    """The table committees expect: number, unit, n, N, rate, earlier rate, change, target, met or not, remark."""
    goals = _goals(ctx, board, indicator)
    rate = indicator.unit == "percent"
    columns = (
        Column(ctx.text("leave.column.number"), "count"),
        Column(ctx.text("leave.column.unit")),
        Column("n", "count"),
        Column("N", "count"),
        Column(f"{fmt.period(after, ctx.language)}", "rate" if rate else "value", (2, 3) if rate else None),
        Column("n₀", "count"),
        Column("N₀", "count"),
        Column(f"{fmt.period(before, ctx.language)}", "rate" if rate else "value", (5, 6) if rate else None),
        Column(ctx.text("leave.column.change"), "points" if rate else "value", (4, 7) if rate else None),
        Column(ctx.text("leave.column.target")),
        Column(ctx.text("leave.column.met")),
        Column(ctx.text("leave.column.remark")),
    )
    rows = []
    for number, area in enumerate(areas, start=1):
        row = board.loc[area.id]
        goal, state = goals
        met = Cell(ctx.text(f"state.{state[area.id]}"), tone=tables.TONES.get(state[area.id], ""))
        rows.append(
            (
                Cell(str(number), float(number)),
                Cell(fmt.area_full(area, ctx.language)),
                *_both_ends(ctx, row, indicator),
                Cell(goal or "–"),
                met if goal else Cell("–"),
                _remark(ctx, row, indicator),
            )
        )
    pooled = boards.pooled(board) if boards.comparable(before, after) else {"areas": 0}
    if pooled["areas"] > 1:
        rows.append(_pooled(ctx, pooled, len(columns)))
    return Table(indicator.name.to(ctx.language.code), columns, tuple(rows), total=pooled["areas"] > 1)


def _both_ends(ctx: Context, row: pd.Series, indicator: Indicator) -> list[Cell]:
    """n, N and figure of the later period, the same of the earlier one, and the change without its word."""
    cells = []
    for end in ("_after", "_before"):
        cells += [
            count(ctx, row, "numerator", end),
            count(ctx, row, "denominator", end),
            figure(ctx, row, indicator, end, counts=False),
        ]
    moved = change(ctx, row, indicator)
    return [*cells, Cell(moved.text, moved.value, moved.state, moved.tone)]


def _remark(ctx: Context, row: pd.Series, indicator: Indicator) -> Cell:
    """The word for the change; where none is known the change's own cell says why."""
    return Cell("" if row["direction"] == "unknown" else word(ctx, row, indicator))


def _goals(ctx: Context, board: pd.DataFrame, indicator: Indicator) -> tuple[str, pd.Series]:
    """The target's value in words and each commune's state against it; empty where nobody adopted one that counts alike."""
    one = board[[name for name in board if name.endswith("_after")]]
    one = one.rename(columns=lambda name: name.removesuffix("_after"))
    if not standings.target_applies(one, indicator) or indicator.target.status == "proposed":
        return "", pd.Series("none", index=board.index)
    goal = indicator.target
    value = goal.value / 100 if indicator.unit == "percent" else goal.value
    text = fmt.measure(value, indicator, ctx.language, as_printed=True)
    return text, standings.target_state(one, indicator)["state"]


def _pooled(ctx: Context, pooled: dict[str, float], width: int) -> tuple[Cell, ...]:
    """The pilot as a whole, over the communes with counts at both ends."""
    language = ctx.language
    ends = []
    for end in ("after", "before"):
        n, total, share = (float(pooled[f"{part}_{end}"]) for part in ("numerator", "denominator", "share"))
        ends += [
            Cell(fmt.number(n, language), n),
            Cell(fmt.number(total, language), total),
            Cell(fmt.percent(share, language), share),
        ]
    verdict = pooled["verdict"] if pooled["verdict"] in ("rise", "fall") else "unclear"
    row = (
        Cell(""),
        Cell(ctx.text("pooled.name", areas=int(pooled["areas"]))),
        *ends,
        Cell(fmt.points(pooled["change"], language, short=True), float(pooled["change"]), tone=verdict),
        Cell("–"),
        Cell("–"),
        Cell(ctx.text(f"verdict.{pooled['verdict']}")),
    )
    return (*row, *[Cell("")] * (width - len(row)))


def profile(
    ctx: Context,
    area: Area,
    pairs: dict[str, pd.DataFrame],
    indicators: Sequence[Indicator],
    before: str,
    after: str,
) -> Table:
    """One commune's indicators: number, indicator, n, N, figure, earlier counts and figure, change, remark."""
    columns = (
        Column(ctx.text("leave.column.number"), "count"),
        Column(ctx.text("column.indicator")),
        Column("n", "count"),
        Column("N", "count"),
        Column(fmt.period(after, ctx.language), "rate", (2, 3)),
        Column("n₀", "count"),
        Column("N₀", "count"),
        Column(fmt.period(before, ctx.language), "rate", (5, 6)),
        Column(ctx.text("leave.column.change"), "points", (4, 7)),
        Column(ctx.text("leave.column.remark")),
    )
    rows = []
    for number, indicator in enumerate(indicators, start=1):
        row = pairs[indicator.id].loc[area.id]
        rows.append(
            (
                Cell(str(number), float(number)),
                Cell(indicator.name.to(ctx.language.code)),
                *_both_ends(ctx, row, indicator),
                _remark(ctx, row, indicator),
            )
        )
    return Table(fmt.area_full(area, ctx.language), columns, tuple(rows))


def known(pairs: dict[str, pd.DataFrame], area: Area, indicators: Sequence[Indicator]) -> list[Indicator]:
    """Indicators of which something is known of this commune at either end: also that it is hidden, or did not arise."""
    return [
        item
        for item in indicators
        if {pairs[item.id].loc[area.id, f"status_{end}"] for end in ("before", "after")} != {"missing"}
    ]


def definitions(ctx: Context, indicators: Sequence[Indicator]) -> Table:
    """What each indicator counts, and by whom it is reported and which rule it follows."""
    language = ctx.language.code
    columns = tuple(
        Column(ctx.text(f"leave.column.{key}")) for key in ("indicator", "definition", "basis", "reported_by")
    )
    rows = []
    for item in indicators:
        words = item.numerator.to(language)
        if item.denominator:
            words = ctx.text(
                "source.rate", name="", numerator=words, denominator=item.denominator.to(language)
            )
            words = words.removeprefix(" = ")
        said = " ".join(
            part for part in (words, tables.disclosure_text(ctx, item), target_text(ctx, item)) if part
        )
        rows.append(
            (
                Cell(item.name.to(language)),
                Cell(said),
                Cell(item.legal_basis.to(language)),
                Cell(item.reported_by.to(language)),
            )
        )
    return Table(ctx.text("leave.definitions"), columns, tuple(rows))


# ---------------------------------------------------------------- drawings


def _axis(ctx: Context, top: float, indicator: Indicator) -> tuple[float, tuple[tuple[float, str], ...]]:
    """Upper end and ticks of an axis from zero, in words."""
    ticks = charts.ticks(top, indicator)
    words = [
        fmt.number(round(tick * 100, 6), ctx.language) + "%"
        if indicator.unit == "percent"
        else fmt.number(tick, ctx.language)
        for tick in ticks
    ]
    return max(top, ticks[-1], 1e-9), tuple(zip(ticks, words, strict=True))


def dumbbell(
    ctx: Context,
    board: pd.DataFrame,
    indicator: Indicator,
    before: str,
    after: str,
    areas: Sequence[Area],
    alt: str,
) -> Dumbbell:
    """Before and after of each commune; who lacks an end says why."""
    scale = 100 if indicator.unit == "percent" else 1
    upper = (board["share_before"] + board["upper"] / scale).clip(
        upper=1.0 if indicator.unit == "percent" else None
    )
    top = charts.top_of(pd.concat([board["share_before"], board["share_after"], upper]), indicator)
    rows = []
    for area in areas:
        row = board.loc[area.id]
        ends = {
            end: None if fmt.is_missing(row[f"share_{end}"]) else float(row[f"share_{end}"])
            for end in ("before", "after")
        }
        pair = row["direction"] != "unknown"
        low, high = (
            float(ends["before"] + row[edge] / scale) if pair and not fmt.is_missing(row[edge]) else None
            for edge in ("lower", "upper")
        )
        states = [row[f"status_{end}"] for end in ("after", "before") if ends[end] is None]
        why = "suppressed" if "suppressed" in states else states[0] if states else ""
        if not pair and not states:  # two periods of two kinds
            why = "missing"
        rows.append(
            Ends(
                fmt.area_full(area, ctx.language),
                ends["before"],
                ends["after"],
                tables.figure_text(ctx, row, indicator, "_before") if ends["before"] is not None else "",
                tables.figure_text(ctx, row, indicator, "_after") if ends["after"] is not None else "",
                fmt.change(row["change"], indicator, ctx.language, short=True) if pair else "",
                word(ctx, row, indicator) if pair else "",
                tone(row, indicator) if pair else "",
                _why(ctx, why, ends) if not pair else "",
                low,
                high,
            )
        )
    top, ticks = _axis(ctx, top, indicator)
    return Dumbbell(
        tuple(rows),
        top,
        ticks,
        fmt.period(before, ctx.language),
        fmt.period(after, ctx.language),
        alt,
        ctx.text("column.interval"),
    )


def _why(ctx: Context, status: str, ends: dict[str, float | None]) -> str:
    """Why there is no pair: the state of the missing end, or that one of the two is missing."""
    if status == "missing" and any(value is not None for value in ends.values()):
        return ctx.text("verdict.no_pair")
    return ctx.text(f"state.{status if status != 'reported' else 'rate_unknown'}")


def outline(ctx: Context, board: pd.DataFrame, indicator: Indicator, alt: str) -> Map:
    """The later figure of an indicator on the map."""
    colour, classes = maps.sequential_classes(ctx, board["share_after"], indicator.unit == "percent")
    text = {area.id: figure(ctx, board.loc[area.id], indicator, "_after").text for area in ctx.areas}
    return coloured(ctx, colour, pd.Series(text), classes, alt)


def coloured(
    ctx: Context, colour: pd.Series, text: pd.Series, classes: Sequence[maps.Class], alt: str
) -> Map:
    """Communes in a colour (None: no figure) with a text each, on the location sketch or on the installation's own
    boundaries."""
    kinds = [kind for kind in drawings.kinds(ctx) if kind != drawings.TILES]
    layer = kinds[0] if kinds else drawings.SKETCH
    by_id = {area.id: area for area in ctx.areas}
    shapes = []
    found = country.cells(drawings.spots(ctx)) if layer == drawings.DOTS else drawings.shapes(ctx, layer)
    for item in found:
        rings = tuple(
            tuple((float(x), float(y)) for x, y, *_ in ring) for ring in maps.rings(item["geometry"])
        )
        area = by_id.get(item["area_id"]) if item["level"] == "commune" else None
        if area is None:
            shapes.append(Shape("quiet" if item["level"] == "commune" else item["level"], rings))
            continue
        fill = colour.get(area.id)
        shapes.append(
            Shape(
                "commune",
                rings,
                fill if isinstance(fill, str) else None,
                fmt.area_full(area, ctx.language),
                str(text[area.id]),
            )
        )
    unknown = not all(isinstance(colour.get(area.id), str) for area in ctx.areas)
    legend = [(item.colour, item.label) for item in classes] + (
        [("", ctx.text("leave.no_figure"))] if unknown else []
    )
    return Map(tuple(shapes), tuple(legend), drawings.note(ctx, layer), alt)


def stacks(ctx: Context, tiers: pd.DataFrame, areas: Sequence[Area], alt: str) -> Stacks:
    """Criteria met, not met, not known."""
    rows = []
    for area in areas:
        row = tiers.loc[area.id]
        judged = row["met"] + row["not_met"] > 0
        text = f"{int(row['met'])}/{int(row['total'])}" if judged else "–"
        rows.append(
            Stack(
                fmt.area_full(area, ctx.language),
                int(row["met"]),
                int(row["not_met"]),
                int(row["unknown"]),
                text,
            )
        )
    labels = tuple(ctx.text(f"state.{kind}") for kind in ("met", "not_met", "unknown"))
    return Stacks(tuple(rows), labels, alt)


def criteria(ctx: Context, tiers: pd.DataFrame, areas: Sequence[Area], caption: str) -> Table:
    """Criteria per commune as a table."""
    columns = (
        Column(ctx.text("leave.column.number"), "count"),
        Column(ctx.text("leave.column.unit")),
        *(Column(ctx.text(f"state.{kind}"), "count") for kind in ("met", "not_met", "unknown")),
        Column(ctx.text("leave.column.total"), "count"),
        Column(ctx.text("column.tier")),
    )
    rows = []
    for number, area in enumerate(areas, start=1):
        row = tiers.loc[area.id]
        counts = [Cell(str(int(row[key])), float(row[key])) for key in ("met", "not_met", "unknown", "total")]
        kind = {"reached": "met", "not_reached": "unmet"}.get(row["tier_state"], "unknown")
        rows.append(
            (
                Cell(str(number), float(number)),
                Cell(fmt.area_full(area, ctx.language)),
                *counts,
                Cell(ctx.text(f"tier.{row['tier_state']}"), tone=kind),
            )
        )
    return Table(caption, columns, tuple(rows))


def series(ctx: Context, indicator: Indicator, figures: pd.DataFrame, until: str) -> dict[str, pd.Series]:
    """Each commune's figures of an indicator over the periods of one line, the last one ``until``: the line ends in the
    figure that stands in the words and table beside it."""
    last = periods.from_id(until).sort_key
    own = figures[(figures["indicator_id"] == indicator.id) & (figures["sort_key"] <= last)]
    times = time_line(list(dict.fromkeys(own.sort_values("sort_key")["period"])))
    found = {}
    for area in ctx.areas:
        rows = own[own["area_id"] == area.id].drop_duplicates("period", keep="last").set_index("period")
        found[area.id] = boards.shares(rows, indicator).reindex(times)
    return found


def path(ctx: Context, area: Area, indicator: Indicator, series: dict[str, pd.Series]) -> Lines | None:
    """The commune through the periods before the others (``series``); None where it has fewer than three."""
    times = list(series[area.id].index)
    if series[area.id].notna().sum() < 3:
        return None
    top = charts.top_of(pd.concat(list(series.values())), indicator)
    top, ticks = _axis(ctx, top, indicator)
    names, cut = (
        [fmt.period_short(item, ctx.language) for item in times],
        merger.first_after(ctx, area, times),
    )
    if (
        cut is not None
    ):  # an empty place under the day of the merger: every kind of drawing leaves a gap there
        names.insert(cut, merger.break_day(ctx, area))

    def line(item: Area) -> Line:
        shares = series[item.id].tolist()
        if cut is not None:
            shares.insert(cut, float("nan"))
        return Line(
            fmt.area_full(item, ctx.language),
            tuple(None if pd.isna(value) else float(value) for value in shares),
            tuple("" if pd.isna(value) else fmt.measure(value, indicator, ctx.language) for value in shares),
            item.id == area.id,
        )

    lines = tuple(line(item) for item in ctx.areas)
    alt = ctx.text(
        "leave.alt_path",
        area=fmt.area_full(area, ctx.language),
        indicator=indicator.name.to(ctx.language.code),
        periods=len(times),
    )
    return Lines(tuple(names), lines, top, ticks, alt)


# ---------------------------------------------------------------- words


def source(ctx: Context, figures: pd.DataFrame) -> str:
    """``Nguồn: …`` as plain text."""
    import html

    return html.unescape(tables.source_line(ctx, figures))


def notes(ctx: Context, indicators: Sequence[Indicator]) -> tuple[str, ...]:
    """What a speaker should know of the figures on a slide: definitions, method, space and snapshot."""
    return tuple(f"{label}: {text}" for label, text in about(ctx, indicators))
