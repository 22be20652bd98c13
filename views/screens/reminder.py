"""The reminder of the reporting page: a short, courteous letter, ready to be copied."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from store.definitions import Area
from views import format as fmt
from views import load, tables
from views.screens import reported

if TYPE_CHECKING:
    from views.frame import Context

NAMED = 8  # indicators named in the list to chase; the reminder names them all


def to_remind(ctx: Context, quarter: str, today: date) -> list[str]:
    """Communes with figures to send or to check in a quarter, in the order kept everywhere."""

    def make() -> list[str]:
        everything = reported.states(ctx, today)
        own = everything[
            (everything["period"] == quarter) & (everything["presence"].eq("missing") | everything["doubt"])
        ]
        return list(own["area_id"].unique())

    return load.made(("to_remind", *ctx.data, ctx.area_ids, quarter, today), make)


def chase(ctx: Context, quarter: str, today: date, own: pd.DataFrame, by_area: pd.DataFrame) -> str:
    """Per commune what has not come and what is to be checked; how long it is due is said once, above."""
    open_ones = by_area[(by_area["missing"] > 0) | (by_area["doubtful"] > 0)]
    if open_ones.empty:
        words = ctx.text("quality.chase_none", period=fmt.period_inline(quarter, ctx.language))
        return f"<h2>{tables.esc(ctx.text('quality.chase'))}</h2><p>{tables.esc(words)}</p>"
    rows = []
    for area_id, counts in open_ones.iterrows():
        mine = own[own["area_id"] == area_id]
        # One below the other: side by side, a phone would show the one and hide the other.
        cell = "<br>".join(
            line for line in (_awaited(ctx, mine, counts), _doubted(ctx, mine, counts)) if line
        )
        head = tables.area_link(ctx, ctx.catalogue.area_by_id[area_id])
        rows.append(tables.row([tables.td(cell, raw=True, long=True)], head))
    days = (today - reported.due_day(ctx, quarter)).days
    when = ctx.text("quality.chase_overdue" if days > 0 else "quality.chase_left", days=abs(days))
    subtitle = ctx.text("quality.chase_subtitle", period=fmt.period(quarter, ctx.language), when=when)
    head = [tables.th(ctx.text(key)) for key in ("column.area", "quality.chase_what")]
    return reported.titled(ctx, "chase", subtitle) + tables.table(head, rows)


def _awaited(ctx: Context, mine: pd.DataFrame, counts: pd.Series) -> str:
    """How many of how many, and the indicators by name; the reminder has all of them."""
    if not counts["missing"]:
        return ""
    names = ctx.text("quality.chase_all")
    if counts["sent"]:
        names = _named(ctx, mine.loc[mine["presence"] == "missing", "indicator_id"])
    return _counted(ctx, "chase_missing", counts["missing"], counts["expected"], names)


def _doubted(ctx: Context, mine: pd.DataFrame, counts: pd.Series) -> str:
    """The figures to check, by name and reason."""
    if not counts["doubtful"]:
        return ""
    by_id = ctx.catalogue.indicator_by_id
    lines = [
        f"{by_id[row.indicator_id].short.to(ctx.language.code)} ({reported.why(ctx, row.why)})"
        for row in mine[mine["doubt"]].itertuples()
    ]
    return _counted(ctx, "chase_doubtful", counts["doubtful"], counts["sent"], _listed(ctx, lines))


def _counted(ctx: Context, key: str, count: int, of: int, names: str) -> str:
    """``Chưa có 2/43: ...`` as HTML."""
    words = tables.esc(f"{ctx.text(f'quality.{key}')} {int(count)}/{int(of)}")
    return f'<span class="strong">{words}</span>: {tables.esc(names)}'


def _named(ctx: Context, indicator_ids: pd.Series) -> str:
    """Short names, the first ones, and how many more."""
    by_id = ctx.catalogue.indicator_by_id
    return _listed(ctx, [by_id[key].short.to(ctx.language.code) for key in indicator_ids])


def _listed(ctx: Context, names: list[str]) -> str:
    """The first names, and how many more."""
    more = [ctx.text("quality.chase_more", count=len(names) - NAMED)] if len(names) > NAMED else []
    return "; ".join([*names[:NAMED], *more])


def panel(ctx: Context, quarter: str, whom: str, today: date) -> str:
    """The letter as it will be sent, and a button that copies it."""

    def make() -> str:
        done, words = (tables.esc(ctx.text(f"quality.{key}")) for key in ("copied", "copy"))
        name = tables.esc(ctx.text("quality.letter"))
        return (
            f'<div class="letter" tabindex="0" role="region" aria-label="{name}">'
            f"{tables.esc(letter(ctx, quarter, whom, today))}</div>"
            f'<button type="button" class="copy" data-copy data-done="{done}">{words}</button>'
        )

    return load.made(("letter", *ctx.data, ctx.area_ids, ctx.language.code, quarter, whom, today), make)


def letter(ctx: Context, quarter: str, whom: str, today: date) -> str:
    """Text to one commune, or to all with something to send or to check (``whom`` is ``all``)."""
    everything = reported.states(ctx, today)
    own = everything[everything["period"] == quarter]
    asked = to_remind(ctx, quarter, today) if whom == "all" else [whom]
    areas = [ctx.catalogue.area_by_id[key] for key in asked]
    own = own[own["area_id"].isin(asked)]
    to = [_addressee(ctx, area, today, "former" if whom == "all" else "successor") for area in areas]
    lines = [ctx.text("ribbon.plain") + ".", ""] if ctx.is_demo else []
    lines += [
        ctx.text("letter.to_many", names="; ".join(to))
        if whom == "all"
        else ctx.text("letter.to", name=to[0]),
        ctx.text("letter.subject", period=_period(ctx, quarter)),
        "",
        _state(ctx, quarter, own, today, None if whom == "all" else areas[0]),
    ]
    lines += _many(ctx, own, areas) if whom == "all" else _one(ctx, own)
    lines += ["", ctx.text("letter.how")]
    if own["doubt"].any():
        lines += [ctx.text("letter.resend")]
    return "\n".join([*lines, "", ctx.text("letter.close")])


def _period(ctx: Context, quarter: str) -> str:
    """The quarter with its days, inside a sentence."""
    text = fmt.period_dated(quarter, ctx.language, ctx.catalogue.administrative_quarters)
    return fmt.period_inline(quarter, ctx.language) + text[len(fmt.period(quarter, ctx.language)) :]


def _addressee(ctx: Context, area: Area, today: date, key: str) -> str:
    """The commune, or the unit it is part of by now; ``key``: how the old one is named beside it."""
    name = fmt.area_inline(area, ctx.language)
    links = ctx.catalogue.successors(area.id)
    if area.valid_on(today) or not links:
        return name
    units = [fmt.area_inline(ctx.catalogue.area_by_id[link.new_area_id], ctx.language) for link in links]
    day = fmt.day(links[0].effective.isoformat(), ctx.language)
    return ctx.text(f"letter.{key}", name=", ".join(units), old=name, day=day)


def _state(ctx: Context, quarter: str, own: pd.DataFrame, today: date, area: Area | None) -> str:
    """How much has not come, out of how much, and until when it was asked for."""
    missing = int(own["presence"].eq("missing").sum())
    key = "nothing_missing" if not missing else "missing" if area else "missing_many"
    proposed = ctx.catalogue.calendar_status == "proposed"
    if not missing and area is None:
        return ctx.text("letter.doubtful")
    return ctx.text(
        f"letter.{key}",
        today=fmt.day(today.isoformat(), ctx.language),
        missing=missing,
        expected=len(own),
        area=fmt.area_inline(area, ctx.language) if area else "",
        due=fmt.day(reported.due_day(ctx, quarter).isoformat(), ctx.language),
        proposed=ctx.text("letter.proposed") if proposed else "",
    )


def _one(ctx: Context, own: pd.DataFrame) -> list[str]:
    """Every indicator by its full name, those without a figure first, then those to be checked."""
    by_id, code = ctx.catalogue.indicator_by_id, ctx.language.code
    awaited = [by_id[key].name.to(code) for key in own.loc[own["presence"] == "missing", "indicator_id"]]
    doubted = [
        ctx.text(
            "letter.doubtful_one",
            indicator=by_id[row.indicator_id].name.to(code),
            why=reported.why(ctx, row.why),
        )
        for row in own[own["doubt"]].itertuples()
    ]
    lines: list[str] = []
    for key, names in (("lacking", awaited), ("doubtful", doubted)):
        if names:
            lines += [
                "",
                ctx.text(f"letter.{key}"),
                *(f"{n}. {name}" for n, name in enumerate(names, start=1)),
            ]
    return lines


def _many(ctx: Context, own: pd.DataFrame, areas: list[Area]) -> list[str]:
    """Commune by commune: how much has not come and, where some has, what."""
    by_id, code = ctx.catalogue.indicator_by_id, ctx.language.code
    lines = [""]
    for area in areas:
        mine = own[own["area_id"] == area.id]
        awaited = mine.loc[mine["presence"] == "missing", "indicator_id"]
        numbers = {"missing": len(awaited), "expected": len(mine), "count": int(mine["doubt"].sum())}
        key = "area_doubtful" if awaited.empty else "area_all" if len(awaited) == len(mine) else "area"
        lines += [ctx.text(f"letter.{key}", area=fmt.area_full(area, ctx.language), **numbers)]
        if key == "area":
            lines += [f"- {by_id[item].name.to(code)}" for item in awaited]
        lines += [
            "- "
            + ctx.text(
                "letter.doubtful_one",
                indicator=by_id[row.indicator_id].name.to(code),
                why=reported.why(ctx, row.why),
            )
            for row in mine[mine["doubt"]].itertuples()
        ]
    return lines
