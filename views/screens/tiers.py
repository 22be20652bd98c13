"""Recognition tiers (criteria first) and the ranking by one indicator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from reports.story import Picture
from reports.workbook import Export
from store.definitions import Area, CriterionSpec, Indicator, SchemeSpec
from views import certainty, charts, load, narrative, standings, tables
from views import format as fmt
from views.screens import Screen, points, screen
from views.screens.common import about, legend, place_range

if TYPE_CHECKING:
    from views.frame import Context


@screen
def build(ctx: Context, scheme: SchemeSpec, period: str) -> Screen:
    """Criteria met per commune, tier reached or not, what is short."""
    if scheme.kind == "points":
        return points.build(ctx, scheme, period)
    figures = load.figures(*ctx.data, ctx.area_ids, None, (period,), True)
    areas = {area.id: area for area in ctx.areas}
    states, tiers, close = assessed_in(ctx, scheme, period)
    judged = tiers[(tiers["met"] + tiers["not_met"]) > 0]
    return Screen(
        finding=finding(ctx, tiers, areas),
        subtitle=ctx.text(
            "tiers.subtitle",
            scheme=scheme.name.to(ctx.language.code),
            period=fmt.period(period, ctx.language),
        ),
        sentences=[
            text
            for text in (
                ctx.text(f"tiers.rule.{scheme.rule}", share=extended_share(ctx, scheme)),
                scheme.note.to(ctx.language.code),
                judgements(ctx, tiers, period),
            )
            if text
        ],
        warning=warning(ctx, scheme),
        figure=None if judged.empty else charts.criteria_bars(ctx, tiers, areas),
        alt=finding(ctx, tiers, areas),
        legend=legend([(sign(kind), ctx.text(f"state.{kind}")) for kind in ("met", "not_met", "unknown")]),
        table=table(ctx, tiers, states, scheme, areas),
        matrix=matrix(ctx, states, scheme, areas, close),
        export=lambda ctx: export(ctx, states, scheme, areas, period, close),
        picture=None if judged.empty else lambda ctx: _picture(ctx, tiers, areas, scheme, period, figures),
        sources=[
            tables.esc(ctx.text("tiers.source", source=scheme.source.to(ctx.language.code))),
            tables.source_line(ctx, figures),
        ],
    )


def assessed_in(
    ctx: Context, scheme: SchemeSpec, period: str
) -> tuple[pd.DataFrame, pd.DataFrame, set[tuple[str, str]]]:
    """``assessed`` for a period, once for every page that speaks of it."""

    def make() -> tuple[pd.DataFrame, pd.DataFrame, set[tuple[str, str]]]:
        return assessed(ctx, load.figures(*ctx.data, ctx.area_ids, None, (period,), True), scheme)

    return load.made(("assessed", *ctx.data, ctx.area_ids, ctx.language.code, scheme.id, period), make)


def assessed(
    ctx: Context, figures: pd.DataFrame, scheme: SchemeSpec, areas: Sequence[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame, set[tuple[str, str]]]:
    """(states with gaps, tiers with what they would be, answers near their threshold as (area, criterion)) of all compared
    communes, or of some ``areas``."""
    areas = areas or ctx.area_ids
    states, tiers = standings.tier_board(figures, scheme, ctx.catalogue, areas)
    decided = states.loc[states["state"] != "unknown", ["area_id", "criterion"]]
    weighed = certainty.weighed(figures, scheme, ctx, areas).merge(decided)
    close, bare = certainty.borderline(weighed), certainty.without_counts(weighed)
    outlook = standings.outlook(states, tiers, scheme, ctx.catalogue, close, bare)
    keys = set(zip(close["area_id"], close["criterion"], strict=True))
    states = standings.with_gap(states, scheme, ctx.catalogue)
    return states, on_trial(ctx, scheme, tiers.join(outlook)), keys


def judgements(ctx: Context, tiers: pd.DataFrame, period: str) -> str:
    """How many judgements the figures allow, one for each commune and criterion; empty where there is no list."""
    total, met = int(tiers["total"].sum()), int(tiers["met"].sum())
    known = met + int(tiers["not_met"].sum())
    if not total:
        return ""
    return narrative.in_number(
        ctx,
        "tiers.judged",
        known,
        **{
            key: fmt.number(count, ctx.language)
            for key, count in (("known", known), ("total", total), ("met", met))
        },
        period=fmt.period(period, ctx.language),
    )


def on_trial(ctx: Context, scheme: SchemeSpec, tiers: pd.DataFrame) -> pd.DataFrame:
    """A scheme nobody adopted may count criteria on real figures, but it gives no commune a tier."""
    if ctx.is_demo or scheme.status != "proposed":
        return tiers
    return tiers.assign(tier_state="trial", sure="open")


def sign(kind: str) -> str:
    return f'<span class="{tables.TONES[kind]}">{tables.mark(kind)}</span>'


def extended_share(ctx: Context, scheme: SchemeSpec) -> str:
    return (
        fmt.percent(float(scheme.extended_share), ctx.language, as_printed=True)
        if scheme.extended_share
        else ""
    )


def finding(ctx: Context, tiers: pd.DataFrame, areas: dict[str, Area]) -> str:
    """Who meets most, or that nothing can be judged yet."""
    judged = tiers[(tiers["met"] + tiers["not_met"]) > 0]
    if judged.empty:
        return ctx.text("tiers.nothing")
    compared = judged[standings.enough_judged(judged)]
    if compared.empty:
        known = int((judged["met"] + judged["not_met"]).sum())
        return ctx.text("tiers.few", known=known, total=int(tiers["total"].sum()))
    most = compared["met"].max()
    names = [
        fmt.area_full(areas[area_id], ctx.language) for area_id in compared.index[compared["met"] == most]
    ]
    return ctx.text(
        "tiers.finding",
        names=narrative.join(ctx, names),
        met=int(most),
        total=int(tiers["total"].iloc[0]),
        count=len(names),
    )


def warning(ctx: Context, scheme: SchemeSpec) -> str:
    """What is proposed is said to be proposed, above everything it decides."""
    if scheme.status != "proposed":
        return ""
    return f'<div class="ribbon" role="note">{tables.esc(ctx.text("tiers.proposed"))}</div>'


def table(ctx, tiers, states, scheme, areas, ranks: pd.DataFrame | None = None) -> str:
    """One line per commune: place, criteria, tier now, at worst and at best, and what is nearest to be met. ``ranks``: the
    places among all communes, where ``tiers`` are some of them."""
    among = "" if ranks is None else f"/{fmt.number(int(ranks['first'].notna().sum()), ctx.language)}"
    ranks = standings.criteria_ranks(tiers) if ranks is None else ranks
    head = [
        tables.th(ctx.text(f"column.{key}"), number=key in ("criteria_met", "rank"))
        for key in ("area", "rank", "criteria_met", "tier", "short")
    ]
    order = tiers.join(ranks).sort_values(["first", "last"], na_position="last", kind="stable")
    rows = []
    for area_id, row in order.iterrows():
        rank = "–" if fmt.is_missing(row["first"]) else place_range(ctx, row["first"], row["last"]) + among
        split = ctx.text("tiers.split", not_met=int(row["not_met"]), unknown=int(row["unknown"]))
        own = states[states["area_id"] == area_id]
        rows.append(
            tables.row(
                [
                    tables.td(rank, number=True),
                    f'<td class="number"><span class="strong">{met_text(row)}</span>'
                    f'<span class="unit narrow">{tables.esc(split)}</span></td>',
                    f"<td class='text'>{state_html(ctx, row)}{_sure(ctx, row)}</td>",
                    f'<td><span class="wide">{_short(ctx, own, row, scheme)}</span></td>',
                ],
                tables.area_link(ctx, areas[area_id]),
            )
        )
    return tables.table(head, rows)


def met_text(row: pd.Series) -> str:
    """``14/17``; a dash where nothing could be judged: 0/17 would read as failure."""
    return f"{int(row['met'])}/{int(row['total'])}" if row["met"] + row["not_met"] else "–"


def state_html(ctx: Context, row: pd.Series) -> str:
    """The tier as it is now: mark and word."""
    kind = {"reached": "met", "not_reached": "not_met"}.get(row["tier_state"], "unknown")
    word = tables.esc(ctx.text("tier." + row["tier_state"]))
    return f'<span class="{tables.TONES[kind]} nowrap">{tables.mark(kind)}{word}</span>'


def sure_text(ctx: Context, row: pd.Series) -> str:
    """How the tier stands against chance, with the number of answers near their threshold; empty where none is known."""
    if not row["met"] + row["not_met"]:
        return ""
    near, bare = int(row["near"]), int(row["bare"])
    if row["sure"] == "open":
        key = "tiers.borderline" if near else "tiers.sure.unweighed" if bare else "tiers.secure"
        return ctx.text(key, count=near)
    key = row["sure"]
    if key == "secure" and bare:
        key = "secure_bare"
    elif key == "secure" and not near:
        key = "secure_all"
    return ctx.text(f"tiers.sure.{key}", count=near)


def _sure(ctx: Context, row: pd.Series) -> str:
    """Under the tier: how it stands against chance, and what it may become."""
    lines = [line for line in (sure_text(ctx, row), *outlook_texts(ctx, row)) if line]
    return "".join(f'<span class="unit">{tables.esc(line)}</span>' for line in lines)


def outlook_texts(ctx: Context, row: pd.Series) -> list[str]:
    """The worst and the best that the criteria without figures leave open, worst first; one line where none is left."""
    if not row["met"] + row["not_met"]:
        return []
    if not row["unknown"]:
        return [ctx.text("tiers.outlook.known", total=int(row["total"]))]
    lines = []
    for key, column in (("worst", "least"), ("best", "most")):
        words = ctx.text(f"tiers.outlook.{key}", met=int(row[column]), total=int(row["total"]))
        decided = row["tier_state"] != "trial" and row[key] != "undecidable"
        lines.append(f"{words}: {narrative.lower_first(ctx.text('tier.' + row[key]))}" if decided else words)
    return lines


def lacking(states: pd.DataFrame) -> pd.DataFrame:
    """The criteria of one commune that are not met, those with fewest missing cases first."""
    return states[states["state"] == "not_met"].sort_values(
        ["cases_short", "gap"], na_position="last", kind="stable"
    )


def distance_text(ctx: Context, row: pd.Series, spec: CriterionSpec) -> str:
    """How far one criterion is from being met: points or units, and whole cases where the counts are known."""
    if fmt.is_missing(row["gap"]):
        return ctx.text("tiers.short_unknown")
    indicator = ctx.catalogue.indicator_by_id[spec.indicator]
    down = spec.operator == "le"
    parts = [_gap(ctx, float(row["gap"]), indicator, down)]
    if not fmt.is_missing(row["cases_short"]):
        cases = int(row["cases_short"])
        key = f"tiers.{'fewer' if down else 'need'}{'_one' if cases == 1 else ''}"
        parts.append(ctx.text(key, cases=fmt.number(cases, ctx.language)))
    return ", ".join(parts)


def _gap(ctx: Context, gap: float, indicator: Indicator, down: bool) -> str:
    """``thiếu 4,3 điểm``; what is reached but must be passed says so, and a sliver is never written as 0,0."""
    if gap == 0:
        return ctx.text("tiers.must_pass")
    if indicator.unit != "percent":
        return ctx.text(
            "tiers.over_units" if down else "tiers.gap_units", gap=fmt.measure(gap, indicator, ctx.language)
        )
    points = fmt.number(gap, ctx.language, 1)
    if not any(digit in "123456789" for digit in points):
        points = ctx.text("plan.less_than", value=fmt.number(0.1, ctx.language, 1))
    return ctx.text("tiers.over" if down else "tiers.gap", gap=points)


def _short(ctx: Context, states: pd.DataFrame, row: pd.Series, scheme: SchemeSpec) -> str:
    """How many criteria lack, and the nearest of them with their distance; at most three, the rest counted."""
    if (states["state"] == "unknown").all():
        return f'<span class="muted">{tables.esc(ctx.text("state.missing"))}</span>'
    names = {item.no: item for item in scheme.criteria}
    missed = lacking(states)
    lines = []
    if not fmt.is_missing(row["criteria_short"]) and row["criteria_short"]:
        lines.append(ctx.text("tiers.lacks", count=int(row["criteria_short"])))
    if missed.empty:
        lines.append(ctx.text("tiers.none_short"))
        return f'<span class="muted">{"<br>".join(tables.esc(line) for line in lines)}</span>'
    for _, item in missed.head(3).iterrows():
        spec = names[item["criterion"]]
        name = ctx.catalogue.indicator_by_id[spec.indicator].short.to(ctx.language.code)
        lines.append(f"{name}: {distance_text(ctx, item, spec)}")
    if len(missed) > 3:
        lines.append(ctx.text("tiers.more", count=len(missed) - 3))
    return "<br>".join(tables.esc(line) for line in lines)


def matrix(ctx, states, scheme, areas, close) -> str:
    """Every criterion against every commune: mark, figure, cases short; and how sure the criterion itself is."""
    head = [tables.th(ctx.text("column.criterion")), tables.th(ctx.text("column.threshold"), number=True)]
    head += [tables.th(fmt.area_name(area, ctx.language)) for area in areas.values()]
    grid = states.set_index(["criterion", "area_id"])
    rows = []
    for item in scheme.criteria:
        indicator = ctx.catalogue.indicator_by_id.get(item.indicator)
        status = ctx.text(f"status.{item.status}")
        words = tables.esc(f"{item.no}. {item.name.to(ctx.language.code)}")
        name = f'<span class="criterion">{words}<span class="unit">{tables.esc(status)}</span></span>'
        cells = [tables.td(threshold_text(ctx, item, indicator), number=True)]
        cells += [
            _judged(ctx, grid.loc[(item.no, area_id)], indicator, (area_id, item.no) in close)
            for area_id in areas
        ]
        rows.append(tables.row(cells, name))
    return tables.table(head, rows) if rows else no_list(ctx)


def no_list(ctx: Context) -> str:
    """That nobody can be judged by a set whose criteria are not known."""
    return f'<p class="muted">{tables.esc(ctx.text("tiers.no_list"))}</p>'


def threshold_text(ctx: Context, item: CriterionSpec, indicator: Indicator | None) -> str:
    """``từ 80%``, with the marks it earns on a points sheet."""
    points = (
        ctx.text("tiers.points", points=fmt.number(item.max_points, ctx.language)) if item.max_points else ""
    )
    if not item.threshold or item.operator in ("linear", "score"):
        return points or "–"
    value = float(item.threshold)
    unit = indicator.unit if indicator else "percent"
    text = fmt.number(value, ctx.language) + ("%" if unit == "percent" else "")
    limit = ctx.text(f"operator.{'ge' if item.operator.startswith('full') else item.operator}", value=text)
    return f"{limit}; {points}" if points else limit


def _judged(ctx: Context, row: pd.Series, indicator: Indicator | None, close: bool) -> str:
    """One criterion of one commune; ``close``: chance could turn the answer."""
    if row["state"] == "unknown" and fmt.is_missing(row["value"]):
        return tables.empty(ctx, f"state.{row['why']}")
    share = row["value"] / 100 if indicator and indicator.unit == "percent" else row["value"]
    counts = fmt.fraction_text(row["numerator"], row["denominator"], ctx.language)
    figure = fmt.measure(share, indicator, ctx.language, as_printed=not counts) if indicator else ""
    short = ""
    if row["state"] == "not_met" and not fmt.is_missing(row["cases_short"]):
        words = ctx.text("tiers.cases", cases=fmt.number(row["cases_short"], ctx.language))
        short = f'<span class="unit">{tables.esc(words)}</span>'
    if close:
        short += f'<span class="unit nowrap">≈ {tables.esc(ctx.text("tiers.close"))}</span>'
    return (
        f'<td><span class="{tables.TONES[row["state"]]} nowrap">{tables.mark(row["state"])}{tables.esc(figure)}</span>'
        f'<span class="unit">{tables.esc(counts)}</span>{short}</td>'
    )


def _picture(ctx, tiers, areas, scheme, period, figures) -> Picture:
    """The criteria of every commune as one drawing."""
    from views.story import parts

    said = finding(ctx, tiers, areas)
    subtitle = ctx.text(
        "tiers.subtitle", scheme=scheme.name.to(ctx.language.code), period=fmt.period(period, ctx.language)
    )
    proposed = f" {ctx.text('tiers.proposed')}" if scheme.status == "proposed" else ""
    source = ctx.text("tiers.source", source=scheme.source.to(ctx.language.code))
    drawing = parts.stacks(ctx, tiers, list(areas.values()), said)
    return Picture(drawing, said, subtitle + proposed, f"{source} {parts.source(ctx, figures)}".strip())


def export(ctx, states, scheme, areas, period, close) -> Export:
    """Every criterion of these communes, at full precision."""
    names = {item.no: item for item in scheme.criteria}
    full = {name: fmt.area_full(area, ctx.language) for name, area in areas.items()}
    parts = ("area_id", "criterion", "numerator", "denominator", "value", "why", "gap", "cases_short")
    rows = []
    for area_id, number, numerator, denominator, value, why, gap, cases in zip(
        *(states[part].tolist() for part in parts), strict=True
    ):
        spec = names[number]
        rows.append(
            [
                areas[area_id].code,
                full[area_id],
                spec.no,
                spec.name.to(ctx.language.code),
                spec.threshold,
                ctx.text(f"status.{spec.status}"),
                numerator,
                denominator,
                value,
                ctx.text("state." + why),
                gap,
                cases,
                ctx.text("tiers.close") if (area_id, number) in close else "",
            ]
        )
    columns = (
        "area_code",
        "area",
        "criterion_no",
        "criterion",
        "threshold",
        "knowledge",
        "numerator",
        "denominator",
    )
    return Export(
        title=f"{scheme.name.to(ctx.language.code)}, {fmt.period(period, ctx.language)}",
        columns=[
            ctx.text(f"column.{key}")
            for key in (*columns, "value", "state", "gap", "cases_short", "near_threshold")
        ],
        rows=rows,
        about=[
            (ctx.text("column.scheme_source"), scheme.source.to(ctx.language.code)),
            (ctx.text("column.note"), scheme.note.to(ctx.language.code)),
            *about(ctx, []),
        ],
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
