"""What one commune lacks to a tier: the criteria not met, how far each is, and what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from store.definitions import Area, CriterionSpec, SchemeSpec
from views import format as fmt
from views import load, narrative, tables
from views.screens import Screen, screen, tiers

if TYPE_CHECKING:
    from views.frame import Context


@screen
def build(ctx: Context, area: Area, scheme: SchemeSpec, period: str) -> Screen:
    """The part of a profile for one scheme and one period."""
    if ctx.many:
        own = (area.id,)
        states, board, close = tiers.assessed(
            ctx, load.figures(*ctx.data, own, None, (period,), True), scheme, own
        )
    else:  # a few communes are read together for all pages
        states, board, close = tiers.assessed_in(ctx, scheme, period)
    return show(ctx, area, scheme, period, states, board, close)


def show(
    ctx: Context,
    area: Area,
    scheme: SchemeSpec,
    period: str,
    states: pd.DataFrame,
    board: pd.DataFrame,
    close: set[tuple[str, str]],
) -> Screen:
    """The parts of the page for assessed criteria; only a sentence where nothing could be judged."""
    own, row = states[states["area_id"] == area.id], board.loc[area.id]
    subtitle = ctx.text(
        "tiers.own.subtitle",
        scheme=scheme.name.to(ctx.language.code),
        period=fmt.period(period, ctx.language),
    )
    name = fmt.area_full(area, ctx.language)
    if not row["met"] + row["not_met"]:
        return Screen(finding=ctx.text("tiers.own.nothing", area=name), subtitle=subtitle)
    counts = {key: int(row[key]) for key in ("met", "total", "not_met", "unknown")}
    near = {criterion for area_id, criterion in close if area_id == area.id}
    return Screen(
        finding=ctx.text("tiers.own.finding", area=name, **counts),
        subtitle=subtitle,
        warning=tiers.warning(ctx, scheme),
        matrix="".join(f"<p>{tables.esc(text)}</p>" for text in _said(ctx, own, row, scheme)),
        table=_table(ctx, own, scheme, near, bool(row["bare"])),
        export=lambda ctx: tiers.export(ctx, own, scheme, {area.id: area}, period, close),
    )


def elsewhere(ctx: Context, scheme: SchemeSpec, period: str) -> str:
    """The way to the same scheme for all communes."""
    return f"<p>{ctx.link('tiers', ctx.text('tiers.own.all'), scheme=scheme.id, after=period)}</p>"


def _said(ctx: Context, own: pd.DataFrame, row: pd.Series, scheme: SchemeSpec) -> list[str]:
    """The tier now and how sure that is, what it may become, the nearest criterion, and those without figures."""
    state = narrative.lower_first(ctx.text("tier." + row["tier_state"]))
    sure = tiers.sure_text(ctx, row)
    texts = [ctx.text("tiers.own.now_sure" if sure else "tiers.own.now", state=state, sure=sure)]
    if row["unknown"]:
        ends = [narrative.lower_first(text) for text in tiers.outlook_texts(ctx, row)]
        texts.append(ctx.text("tiers.own.outlook", ends="; ".join(ends)))
    specs = {item.no: item for item in scheme.criteria}
    missed = tiers.lacking(own)
    if len(missed) and not fmt.is_missing(missed["cases_short"].iloc[0]):
        first = missed.iloc[0]
        words = tiers.distance_text(ctx, first, specs[first["criterion"]])
        name = narrative.lower_first(_short(ctx, specs[first["criterion"]]))
        texts.append(ctx.text("tiers.own.cases", name=name, distance=words))
    unknown = [_short(ctx, specs[item]) for item in own.loc[own["state"] == "unknown", "criterion"]]
    if unknown:
        texts.append(ctx.text("tiers.own.unknown", names="; ".join(map(narrative.lower_first, unknown))))
    return texts


def _name(ctx: Context, spec: CriterionSpec) -> str:
    return spec.name.to(ctx.language.code)


def _short(ctx: Context, spec: CriterionSpec) -> str:
    """The indicator's short name where the criterion has one: a sentence may hold many of them."""
    indicator = ctx.catalogue.indicator_by_id.get(spec.indicator)
    return indicator.short.to(ctx.language.code) if indicator else _name(ctx, spec)


def _table(ctx: Context, own: pd.DataFrame, scheme: SchemeSpec, near: set[str], bare: bool) -> str:
    """The criteria not met, nearest first, and under them those met whose answer chance could turn."""
    specs = {item.no: item for item in scheme.criteria}
    shaky = own[(own["state"] == "met") & own["criterion"].isin(near)]
    shown = pd.concat([tiers.lacking(own), shaky])
    if shown.empty:
        return f'<p class="muted">{tables.esc(ctx.text("tiers.none_short" if bare else "tiers.own.all_met"))}</p>'
    head = [
        tables.th(ctx.text(f"column.{key}"), number=key in ("value_short", "threshold"))
        for key in ("criterion", "value_short", "threshold", "distance", "state")
    ]
    rows = [_line(ctx, row, specs[row["criterion"]], near) for _, row in shown.iterrows()]
    return tables.table(head, rows)


def _line(ctx: Context, row: pd.Series, spec: CriterionSpec, near: set[str]) -> str:
    """One criterion: figure with n/N, threshold, distance, and its state with whether chance could turn it."""
    indicator = ctx.catalogue.indicator_by_id[spec.indicator]
    counts = fmt.fraction_text(row["numerator"], row["denominator"], ctx.language)
    share = row["value"] / 100 if indicator.unit == "percent" else row["value"]
    figure = fmt.measure(share, indicator, ctx.language, as_printed=not counts)
    under = counts or (ctx.text("counts.unknown") if indicator.is_rate else "")
    distance = tiers.distance_text(ctx, row, spec) if row["state"] == "not_met" else "–"
    note = ctx.text("tiers.close") if row["criterion"] in near else ""
    words = tables.esc(f"{spec.no}. {_name(ctx, spec)}")
    return tables.row(
        [
            f'<td class="number"><span class="strong">{tables.esc(figure)}</span>'
            f'<span class="unit">{tables.esc(under)}</span></td>',
            tables.td(tiers.threshold_text(ctx, spec, indicator), number=True),
            tables.td(distance, long=True),
            f"<td>{tables.state(ctx, row['state'], note)}</td>",
        ],
        f'<span class="criterion">{words}</span>',
    )
