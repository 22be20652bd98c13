"""The report to the committee: for all compared communes or one of them, in full or on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from reports.story import Cell, Citation, Column, Letterhead, Part, Report, Table
from store.definitions import Area, Indicator
from views import boards, load, narrative
from views import format as fmt
from views.screens import common, programme
from views.screens.common import periods_text
from views.story import parts
from views.story.judged import by_scheme
from views.story.slides import colours, words

if TYPE_CHECKING:
    from views.frame import Context

KINDS = ("brief", "full")
BRIEF = 10  # indicators of one commune on a page


def report(
    ctx: Context,
    before: str,
    after: str,
    citation: Citation,
    kind: str = "full",
    area: Area | None = None,
    fields: dict[str, str] | None = None,
) -> Report:
    """``fields``: what the office fills in of the letterhead (parent, issuer, number, place_day, signer_title,
    receivers); what is left out stays a dotted blank."""
    pairs = common.pairs(ctx, before, after)
    if area is not None:
        body = _one(ctx, area, pairs, before, after, kind)
        used = parts.known(pairs, area, ctx.catalogue.indicators)
    else:
        body = _all(ctx, pairs, before, after, kind)
        used = _shown(ctx, pairs)
    annex = () if kind == "brief" else _annex(ctx, used)
    return Report(
        kind=kind,
        language=ctx.language.code,
        snapshot_id=ctx.snapshot_id,
        mark=ctx.text("ribbon.plain") if ctx.is_demo else "",
        citation=citation,
        head=letterhead(ctx, before, after, area, fields or {}),
        parts=tuple(body),
        annex=annex,
        words=words(ctx),
        colours=colours(),
    )


def letterhead(
    ctx: Context, before: str, after: str, area: Area | None, fields: dict[str, str]
) -> Letterhead:
    """The frame of an official document; nothing in it is invented."""

    def said(key: str) -> str:
        return fields.get(key, "").strip() or ctx.text(f"leave.head.{key}")

    who = fmt.area_inline(area, ctx.language) if area else ctx.text("leave.head.all", count=len(ctx.areas))
    receivers = fields.get("receivers", "").strip() or ctx.text("leave.head.receivers")
    return Letterhead(
        parent=said("parent"),
        issuer=said("issuer"),
        number=said("number"),
        nation=ctx.text("leave.head.nation"),
        motto=ctx.text("leave.head.motto"),
        place_day=said("place_day"),
        kind=ctx.text("leave.head.kind"),
        # No line of the title breaks inside a period.
        about=ctx.text(
            "leave.head.about", who=who, periods=periods_text(ctx, before, after).replace(" ", "\u00a0")
        ),
        addressee=said("addressee"),
        signer_title=said("signer_title"),
        signer_hint=ctx.text("leave.head.signer_hint"),
        receivers_label=ctx.text("leave.head.receivers_label"),
        receivers=tuple(line.strip() for line in receivers.split("\n") if line.strip()),
    )


def _shown(ctx: Context, pairs: dict[str, pd.DataFrame]) -> list[Indicator]:
    """The main indicators of which anything is known."""
    found = [
        item
        for item in ctx.catalogue.headline
        if (pairs[item.id][["status_before", "status_after"]] != "missing").any(axis=None)
    ]
    return found or [ctx.catalogue.headline[0]]


def _all(ctx: Context, pairs: dict[str, pd.DataFrame], before: str, after: str, kind: str) -> list[Part]:
    lead, areas = ctx.catalogue.headline[0], list(ctx.areas)
    by_id = {area.id: area for area in areas}
    coverage = _coverage(ctx, after)
    silent = [area for area in areas if coverage.loc[area.id, "known"] == 0]
    situation = [
        narrative.largest_rise(ctx, pairs[lead.id], by_id, lead) if boards.comparable(before, after) else "",
        narrative.pooled_change(ctx, boards.pooled(pairs[lead.id]), lead)
        if boards.comparable(before, after)
        else "",
        narrative.tally(ctx, pairs[lead.id], lead),
        narrative.without_figures(ctx, [fmt.area_inline(area, ctx.language) for area in silent]),
    ]
    opening = Part(ctx.text("leave.part.situation"), sentences=tuple(text for text in situation if text))
    if kind == "brief":
        table = parts.compared(ctx, pairs[lead.id], lead, before, after, areas)
        return [
            opening,
            Part(lead.name.to(ctx.language.code), 1, table=table, source=_source(ctx, [lead], before, after)),
            *_programme(ctx, brief=True),
        ]
    results = [
        _result(ctx, item, pairs[item.id], before, after, areas, by_id, drawn=item is lead)
        for item in _shown(ctx, pairs)
    ]
    return [
        opening,
        Part(ctx.text("leave.part.results")),
        *results,
        *_tiers(ctx, after, areas),
        *_programme(ctx, brief=False),
        _reported(ctx, coverage, after),
    ]


def _result(ctx, item, board, before, after, areas, by_id, drawn) -> Part:
    sentences = [
        narrative.largest_rise(ctx, board, by_id, item) if boards.comparable(before, after) else "",
        narrative.pooled_change(ctx, boards.pooled(board), item) if boards.comparable(before, after) else "",
        narrative.tally(ctx, board, item),
    ]
    sentences = [text for text in sentences if text]
    drawing = None
    if drawn and boards.comparable(before, after) and board["share_after"].notna().any():
        alt = sentences[0] if sentences else item.name.to(ctx.language.code)
        drawing = parts.dumbbell(ctx, board, item, before, after, areas, alt)
    return Part(
        item.name.to(ctx.language.code),
        2,
        tuple(sentences),
        parts.compared(ctx, board, item, before, after, areas),
        drawing,
        _source(ctx, [item], before, after),
    )


def _source(ctx: Context, indicators: list[Indicator], before: str, after: str) -> str:
    """Where a table's figures of the earlier and the later period come from, and what its letters stand for."""
    figures = load.figures(
        *ctx.data, ctx.area_ids, tuple(item.id for item in indicators), tuple(dict.fromkeys((before, after)))
    )
    return f"{_letters(ctx, before, after)} {parts.source(ctx, figures)}"


def _letters(ctx: Context, before: str, after: str) -> str:
    """What n and N stand for in the heads of a table."""
    ends = {"before": before, "after": after}
    return ctx.text(
        "leave.counts", **{key: fmt.period_inline(item, ctx.language) for key, item in ends.items()}
    )


def _tiers(ctx: Context, after: str, areas: list[Area]) -> list[Part]:
    judged = by_scheme(ctx, after)
    if judged is None:
        return []
    return [
        Part(
            ctx.text("leave.part.tiers"),
            1,
            (f"{judged.finding}.".replace("..", "."), *judged.proposed(ctx)),
            parts.criteria(ctx, judged.board, areas, judged.scheme.name.to(ctx.language.code)),
            parts.stacks(ctx, judged.board, areas, judged.finding),
            judged.source(ctx),
        )
    ]


def _programme(ctx: Context, brief: bool) -> list[Part]:
    found = programme.items(ctx)
    if not found:
        return []
    day = programme.day_of(ctx)
    sentences = tuple(programme.sentences(ctx, found, day))
    if brief:
        return [Part(ctx.text("leave.part.programme"), 1, sentences)]
    columns = tuple(
        Column(text, kind)
        for text, kind in (
            (ctx.text("leave.column.number"), "count"),
            (ctx.text("programme.column.item"), "text"),
            (ctx.text("programme.column.owner"), "text"),
            (ctx.text("programme.column.due"), "text"),
            (ctx.text("programme.column.state"), "text"),
        )
    )
    language = ctx.language.code
    rows = []
    for number, item in enumerate(found, start=1):
        state = item.state_on(day)
        due = fmt.day(item.due.isoformat(), ctx.language) if item.due else ctx.text("programme.not_known")
        rows.append(
            (
                Cell(str(number), float(number)),
                Cell(item.name.to(language)),
                Cell(item.owner.to(language) or ctx.text("programme.not_known")),
                Cell(due),
                Cell(
                    ctx.text(f"programme.state.{state}"),
                    tone={"done": "met", "late": "unmet"}.get(state, "unknown"),
                ),
            )
        )
    table = Table(ctx.text("programme.title"), columns, tuple(rows))
    about = (ctx.text(f"programme.about_{ctx.space}"),)
    return [Part(ctx.text("leave.part.programme"), 1, (*sentences, *about), table)]


def _coverage(ctx: Context, after: str) -> pd.DataFrame:
    figures = load.figures(*ctx.data, ctx.area_ids, None, (after,))
    return boards.coverage(figures, ctx.catalogue, after, ctx.area_ids)


def _reported(ctx: Context, coverage: pd.DataFrame, after: str) -> Part:
    """Who has how many of the figures that communes are asked for, and when the last one came."""
    columns = (
        Column(ctx.text("leave.column.number"), "count"),
        Column(ctx.text("leave.column.unit")),
        Column(ctx.text("leave.column.known"), "count"),
        Column(ctx.text("leave.column.expected"), "count"),
        Column(ctx.text("leave.column.share"), "rate", (2, 3)),
        Column(ctx.text("leave.column.received")),
    )
    rows = []
    for number, area in enumerate(ctx.areas, start=1):
        row = coverage.loc[area.id]
        share = row["known"] / row["expected"] if row["expected"] else 0.0
        rows.append(
            (
                Cell(str(number), float(number)),
                Cell(fmt.area_full(area, ctx.language)),
                Cell(fmt.number(row["known"], ctx.language), float(row["known"])),
                Cell(fmt.number(row["expected"], ctx.language), float(row["expected"])),
                Cell(fmt.percent(share, ctx.language), float(share)),
                Cell(_received(ctx, row)),
            )
        )
    title = ctx.text("overview.who_reported", period=fmt.period_inline(after, ctx.language))
    return Part(
        ctx.text("leave.part.coverage"),
        1,
        (ctx.text("overview.who_reported_note"),),
        Table(title, columns, tuple(rows)),
    )


def _received(ctx: Context, row: pd.Series) -> str:
    """The day of the last report, and whether it was late; print is no report."""
    if row["known"] and not row["sent"]:
        return ctx.text("overview.printed_only")
    if fmt.is_missing(row["received"]) or not row["received"]:
        return "–"
    day = fmt.day(str(row["received"]), ctx.language)
    return f"{day} ({ctx.text('leave.late')})" if row["late"] else day


def _one(
    ctx: Context, area: Area, pairs: dict[str, pd.DataFrame], before: str, after: str, kind: str
) -> list[Part]:
    """One commune: what is reported, the main figure, every known indicator by pillar."""
    lead = ctx.catalogue.headline[0]
    known = parts.known(pairs, area, ctx.catalogue.indicators)
    asked = [item for item in ctx.catalogue.indicators if item.uploaded]
    count = sum(pairs[item.id].loc[area.id, "status_after"] != "missing" for item in asked)
    name, period = fmt.area_full(area, ctx.language), fmt.period_inline(after, ctx.language)
    row = pairs[lead.id].loc[area.id]
    sentences = [
        ctx.text("area.reported", area=name, count=count, total=len(asked), period=period)
        if count
        else ctx.text("area.silent", area=name, period=period)
    ]
    if row["direction"] != "unknown":
        sentences.append(
            ctx.text(
                "leave.lead",
                indicator=lead.short.to(ctx.language.code),
                before=narrative.figure_with_counts(ctx, row, lead, "_before"),
                after=narrative.figure_with_counts(ctx, row, lead, "_after"),
                verdict=ctx.text("verdict." + row["verdict"]),
            )
        )
    figures = load.figures(*ctx.data, ctx.area_ids)
    own = figures[(figures["area_id"] == area.id) & figures["period"].isin([before, after])]
    source = f"{_letters(ctx, before, after)} {parts.source(ctx, own)}"
    opening = Part(
        ctx.text("leave.part.situation"),
        1,
        tuple(sentences),
        drawing=parts.path(ctx, area, lead, parts.series(ctx, lead, figures, after))
        if kind == "full"
        else None,
    )
    if not known:
        return [opening]
    if kind == "brief":
        main = ([item for item in known if item.headline] or known)[:BRIEF]
        table = parts.profile(ctx, area, pairs, main, before, after)
        return [opening, Part(ctx.text("leave.part.results"), 1, (), table, None, source)]
    groups = []
    for pillar in ctx.catalogue.pillars:
        inside = [item for item in known if item.pillar == pillar.id]
        if inside:
            table = parts.profile(ctx, area, pairs, inside, before, after)
            groups.append(Part(pillar.name.to(ctx.language.code), 2, (), table, None, source))
    return [opening, Part(ctx.text("leave.part.results")), *groups]


def _annex(ctx: Context, used: list[Indicator]) -> tuple[Part, ...]:
    """Definitions of what was shown, how it was computed, and where it came from."""
    method = tuple(
        " ".join(line.strip(" ->").split())
        for key in ("reading", "change")
        for line in ctx.text(f"method.{key}.text").strip().splitlines()
        if line.strip()
    )
    return (
        Part(ctx.text("leave.definitions"), 1, table=parts.definitions(ctx, used)),
        Part(ctx.text("leave.part.method"), 1, method),
    )
