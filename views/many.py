"""What a page shows of hundreds or thousands of communes: the ends of an order, those pointed out and their neighbours, and
how many stay out; by province, with the way into each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from store.definitions import Area
from views import format as fmt
from views import load, tables

if TYPE_CHECKING:
    from views.frame import Context

ENDS = 10  # rows of an order that are shown at either end
BESIDE = 1  # neighbours of a commune that is pointed out, on either side


def shown(order: Sequence[str], marked: Iterable[str] = (), ends: int = ENDS) -> list[str | int]:
    """Which of these ids a table shows, in their order, with the number of those left out (an int) in their place."""
    places = {name: number for number, name in enumerate(order)}
    wanted = set(range(min(ends, len(order)))) | set(range(max(len(order) - ends, 0), len(order)))
    for name in marked:
        if name in places:
            wanted |= set(range(max(places[name] - BESIDE, 0), min(places[name] + BESIDE + 1, len(order))))
    found: list[str | int] = []
    last = -1
    for place in sorted(wanted):
        if place - last > 1:
            found.append(place - last - 1)
        found.append(order[place])
        last = place
    if len(order) - 1 - last > 0:
        found.append(len(order) - 1 - last)
    return found


def rows(
    ctx: Context,
    order: Sequence[str],
    marked: Sequence[str],
    columns: int,
    draw: Callable[[str], str],
) -> list[str]:
    """Table rows of a long order: ``draw`` makes the row of one area; where rows are left out one row says how many and
    that the file has them."""
    made = []
    for item in shown(order, marked):
        if isinstance(item, int):
            words = ctx.text("many.left_out", count=fmt.number(item, ctx.language))
            made.append(
                f'<tr class="gap"><td colspan="{columns}" class="text muted">{tables.esc(words)}</td></tr>'
            )
        else:
            made.append(draw(item))
    return made


def province_name(ctx: Context, area: Area) -> str:
    """The province that tells a commune from others of its name; empty where the group is not a country, whose communes
    alone lie in several."""
    province = ctx.catalogue.area_by_id.get(area.province_id)
    if province is None or ctx.group is None or ctx.group.kind != "country":
        return ""
    return fmt.area_name(province, ctx.language)


def area_head(ctx: Context, area: Area) -> str:
    """A commune's name leading to its profile; in a country with its province under it, for names repeat. HTML."""
    province = province_name(ctx, area)
    below = f'<span class="unit">{tables.esc(province)}</span>' if province else ""
    return tables.area_link(ctx, area) + below


def provinces(ctx: Context) -> dict[str, tuple[Area, ...]]:
    """Communes of the group by province, in the order of the provinces' codes; shared, so never changed."""

    def make() -> dict[str, tuple[Area, ...]]:
        found: dict[str, list[Area]] = {}
        for area in ctx.areas:
            found.setdefault(area.province_id, []).append(area)
        known = ctx.catalogue.area_by_id
        order = sorted(found, key=lambda name: (known[name].code or name) if name in known else name)
        return {name: tuple(found[name]) for name in order}

    return load.made(("provinces", *ctx.data, ctx.area_ids), make)


def by_province(ctx: Context) -> dict[str, list[str]]:
    """Ids of ``provinces``."""
    return {name: [area.id for area in areas] for name, areas in provinces(ctx).items()}


def share_cell(ctx: Context, count: int, total: int) -> str:
    """``45,2%`` with its n/N under it, as a table cell; a dash of none."""
    if not total:
        return tables.td("–", number=True)
    share = fmt.percent(count / total, ctx.language)
    counts = fmt.fraction_text(count, total, ctx.language)
    return (
        f'<td class="number"><span class="strong">{tables.esc(share)}</span>'
        f'<span class="unit">{tables.esc(counts)}</span></td>'
    )


def province_link(ctx: Context, province_id: str, count: int) -> str:
    """A province's name, leading to the page on show for its communes alone, with how many there are; HTML."""
    area = ctx.catalogue.area_by_id.get(province_id)
    name = fmt.area_name(area, ctx.language) if area else province_id
    below = ctx.text("many.communes", count=fmt.number(count, ctx.language))
    group = province_group(ctx, province_id)
    head = ctx.link(ctx.page, name, group=group) if group and ctx.page in ctx.pages else tables.esc(name)
    return f'{head}<span class="unit">{tables.esc(below)}</span>'


def province_group(ctx: Context, province_id: str) -> str:
    """Id of the group of a province's communes on the same list of units as the group on show."""
    until = ctx.group.until if ctx.group else None
    for name, group in ctx.groups.items():
        if group.kind == "province" and group.province.id == province_id and group.until == until:
            return name
    return ""
