"""How a figure that was added up from those of former units is marked, and what its source is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from store import merged
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


def mark(ctx: Context, source: object) -> str:
    """ "cộng từ 3 xã cũ" for a figure that is a sum; empty for others."""
    parts, _ = merged.summed_of(source)
    return ctx.text("merger.sum", former=former(ctx, parts)) if parts else ""


def names(ctx: Context, source: object) -> str:
    """The units that a sum adds up, named; empty for others."""
    by_id = ctx.catalogue.area_by_id
    parts, _ = merged.summed_of(source)
    return ", ".join(fmt.area_inline(by_id[name], ctx.language) for name in parts if name in by_id)


def source(ctx: Context, text: str, named: Callable[[str], str]) -> str:
    """The source of a sum in words: which units, and the sources of their figures, which ``named`` puts into words;
    empty for what is none."""
    _, sources = merged.summed_of(text)
    units = names(ctx, text)
    if not units:
        return ""
    said = "; ".join(dict.fromkeys(named(item) for item in sources if item))
    return ctx.text("merger.source" if said else "merger.source_alone", names=units, sources=said)
