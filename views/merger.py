"""Areas that merged, in words and links: what a unit was made of and became, where its series breaks, and why a figure is
missing before or after a merger.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from store import lineage
from store import periods as calendar
from store.definitions import Area, Lineage
from store.merged import Refusal
from views import format as fmt
from views import load, narrative, sums
from views.tables import esc

if TYPE_CHECKING:
    from views.frame import Context

NAMED = 3  # units named where a reason stands in a table's cell; the rest are counted
Key = tuple[str, str, str]


def linked(ctx: Context, key: str, parts: dict[str, str], **values: object) -> str:
    """A text as HTML in which ``parts`` (HTML by placeholder) stand among escaped words."""
    holes = {name: f"\x02{name}\x03" for name in parts}
    words = esc(ctx.text(key, **holes, **values))
    for name, hole in holes.items():
        words = words.replace(hole, parts[name])
    return words


def link(ctx: Context, area: Area, code: bool = False) -> str:
    """A unit's name inside a sentence, leading to its page; with its code where names alone could be mixed up."""
    name = sums.unit(ctx, area)
    return ctx.link("area", f"{name} ({area.code})" if code and area.code else name, area=area.id)


def links(ctx: Context, area_ids: Sequence[str], most: int | None = None, code: bool = False) -> str:
    """Several of them; beyond ``most`` the others are counted."""
    by_id = ctx.catalogue.area_by_id
    found = [link(ctx, by_id[name], code) for name in area_ids[:most] if name in by_id]
    left = len(area_ids) - len(found)
    return narrative.join(ctx, [*found, esc(ctx.text("merger.more", count=left))] if left else found)


# ---------------------------------------------------------------- what became of whom


def facts(ctx: Context, area: Area) -> list[tuple[str, str]]:
    """(key of the label, HTML) of what a unit became and what it was made of, each of them with its link."""
    found = []
    for item in ctx.catalogue.successors(area.id):
        beside = [one.old_area_id for one in ctx.catalogue.predecessors(item.new_area_id)]
        parts = {
            "name": link(ctx, ctx.catalogue.area_by_id[item.new_area_id], code=True),
            "names": links(ctx, beside),
        }
        found.append(("area.fact.successor", linked(ctx, "merger.successor", parts, **_when(ctx, item))))
    before = ctx.catalogue.predecessors(area.id)
    if before:
        parts = {"names": links(ctx, [item.old_area_id for item in before], code=True)}
        words = linked(ctx, "merger.predecessors", parts, count=len(before), **_when(ctx, before[0]))
        divided = [item.old_area_id for item in before if item.share != 1]
        if divided:
            words += " " + linked(ctx, "merger.partly", {"names": links(ctx, divided)})
        found.append(("area.fact.predecessors", words))
    return found


def _when(ctx: Context, item: Lineage) -> dict[str, str]:
    return {
        "day": fmt.day(item.effective.isoformat(), ctx.language),
        "basis": item.legal_basis.to(ctx.language.code),
    }


def namesakes(ctx: Context, areas: Sequence[Area]) -> str:
    """That a code means several units, each with its years and its link: nobody guesses which was meant."""
    items = "".join(
        f"<li>{ctx.link('area', fmt.area_full(area, ctx.language), area=area.id)} "
        f'<span class="small">{esc(years(ctx, area))}</span></li>'
        for area in areas
    )
    note = esc(ctx.text("merger.namesakes_note"))
    title = esc(ctx.text("merger.namesakes", code=areas[0].code, count=len(areas)))
    return f'<h2>{title}</h2><p>{note}</p><ul class="namesakes">{items}</ul>'


def years(ctx: Context, area: Area) -> str:
    """From when to when the unit existed."""
    start, end = (
        fmt.day(day.isoformat(), ctx.language) if day else "…" for day in (area.valid_from, area.valid_to)
    )
    return f"{start} – {end}"


# ---------------------------------------------------------------- where a series breaks


def first_after(ctx: Context, area: Area, times: Sequence[str]) -> int | None:
    """Place of the first period after the merger that a unit came out of: no line leads there."""
    return lineage.first_after(ctx.catalogue, area.id, times)


def breaks(ctx: Context, areas: Sequence[Area], times: Sequence[str]) -> dict[str, int]:
    """``first_after`` of those units whose line breaks."""
    found = {area.id: first_after(ctx, area, times) for area in areas}
    return {name: place for name, place in found.items() if place is not None}


def break_day(ctx: Context, area: Area) -> str:
    """The day on which a unit's series breaks, as it is written at the break; empty where it has none."""
    item = lineage.merged_on(ctx.catalogue, area.id)
    return fmt.day(item.effective.isoformat(), ctx.language) if item else ""


def broken(ctx: Context, area: Area) -> str:
    """Why a unit's series breaks or ends and where it goes on, as a paragraph; empty where it does neither."""
    before, after = ctx.catalogue.predecessors(area.id), ctx.catalogue.successors(area.id)
    words = []
    if before:
        parts = {"names": links(ctx, [item.old_area_id for item in before])}
        words.append(linked(ctx, "merger.breaks", parts, **_when(ctx, before[0])))
    if after:
        parts = {"names": links(ctx, [item.new_area_id for item in after], code=True)}
        last = fmt.day(area.valid_to.isoformat(), ctx.language) if area.valid_to else "…"
        words.append(linked(ctx, "merger.ends", parts, last=last, **_when(ctx, after[0])))
    return "".join(f'<p class="subtitle merger">{text}</p>' for text in words)


def broken_line(ctx: Context, areas: Sequence[Area]) -> str:
    """Why the lines of several units break, in one paragraph."""
    item = next((lineage.merged_on(ctx.catalogue, area.id) for area in areas), None)
    return (
        f'<p class="subtitle merger">{esc(ctx.text("merger.breaks_many", **_when(ctx, item)))}</p>'
        if item
        else ""
    )


# ---------------------------------------------------------------- why there is no figure


def why(ctx: Context, indicators: Sequence[str], periods: Sequence[str]) -> dict[Key, Refusal]:
    """(area, indicator, period) -> why the compared communes have no figure where they did not exist."""
    return load.refusals(*ctx.data, ctx.area_ids, tuple(indicators), tuple(dict.fromkeys(periods)))


def reason(ctx: Context, refusal: Refusal | None, most: int | None = NAMED) -> str:
    """The reason in a sentence, as HTML with links to the units it is about; empty for none."""
    if refusal is None:
        return ""
    parts = {"names": links(ctx, refusal.areas, most)}
    if refusal.reason != "ended":
        return linked(ctx, f"merger.why.{refusal.reason}", parts)
    ended = next((item for item in ctx.catalogue.lineage if item.new_area_id in refusal.areas), None)
    return linked(ctx, "merger.why.ended", parts, **_when(ctx, ended)) if ended else ""


def plain_reason(ctx: Context, refusal: Refusal | None) -> str:
    """The same in words alone, for a file."""
    return html.unescape(re.sub(r"<[^<>]*>", "", reason(ctx, refusal, None)))


def beyond(ctx: Context, asked: Sequence[str | None]) -> str:
    """A ribbon where the address asks for a period in which none of the compared communes existed any more: what they
    became, each with its link, in that period. Empty where nothing of the kind is asked for."""
    late = [item for item in asked if item and _after_all(ctx, item)]
    if not late:
        return ""
    found = dict.fromkeys(
        item.new_area_id for area in ctx.areas for item in ctx.catalogue.successors(area.id)
    )
    ended = next(item for area in ctx.areas for item in ctx.catalogue.successors(area.id))
    words = linked(
        ctx,
        "merger.beyond",
        {"names": links(ctx, list(found), 8)},
        period=fmt.period(late[0], ctx.language),
        **_when(ctx, ended),
    )
    return f'<div class="ribbon" role="note">{words}</div>'


def _after_all(ctx: Context, item: str) -> bool:
    """Whether a period is one, and every compared commune had merged into another before its last day."""
    try:
        day = lineage.last_day(calendar.from_id(item, ctx.catalogue.administrative_quarters))
    except ValueError:
        return False
    return (
        day is not None
        and bool(ctx.areas)
        and all(
            area.valid_to and area.valid_to < day and ctx.catalogue.successors(area.id) for area in ctx.areas
        )
    )
