"""How a figure that was added up from those of former units is marked, and what its source is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from store import merged
from store.definitions import Area
from views import format as fmt

if TYPE_CHECKING:
    from views.frame import Context


def former(ctx: Context, area_ids: Sequence[str]) -> str:
    """How many units of which kind: "3 xã cũ", "2 phường cũ"; "4 đơn vị cũ" where kinds are mixed."""
    by_id = ctx.catalogue.area_by_id
    kinds = {by_id[name].kind for name in area_ids if name in by_id}
    kind = kinds.pop() if len(kinds) == 1 else "unit"
    key = f"merger.former.{kind}"
    count = fmt.number(len(area_ids), ctx.language)
    return ctx.text(key if ctx.language.has(key) else "merger.former.unit", count=count)


def unit(ctx: Context, area: Area) -> str:
    """A unit's name inside a sentence; one that ended in another of the same name is called the former one."""
    name, by_id = fmt.area_inline(area, ctx.language), ctx.catalogue.area_by_id
    became = (by_id[link.new_area_id] for link in ctx.catalogue.successors(area.id))
    alike = any(fmt.area_inline(new, ctx.language) == name for new in became)
    return ctx.text("merger.namesake", name=name) if alike else name


def mark(ctx: Context, source: object) -> str:
    """ "cộng từ 3 xã cũ" for a figure that is a sum; empty for others."""
    parts, _ = merged.summed_of(source)
    return ctx.text("merger.sum", former=former(ctx, parts)) if parts else ""


def names(ctx: Context, source: object) -> str:
    """The units that a sum adds up, named; empty for others."""
    by_id = ctx.catalogue.area_by_id
    parts, _ = merged.summed_of(source)
    return ", ".join(unit(ctx, by_id[name]) for name in parts if name in by_id)


def source(ctx: Context, text: str, named: Callable[[str], str]) -> str:
    """The source of a sum in words: which units, and the sources of their figures, which ``named`` puts into words;
    empty for what is none."""
    _, sources = merged.summed_of(text)
    units = names(ctx, text)
    if not units:
        return ""
    said = "; ".join(dict.fromkeys(named(item) for item in sources if item))
    return ctx.text("merger.source" if said else "merger.source_alone", names=units, sources=said)
