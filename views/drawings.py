"""Which drawings of the compared areas there are, and what each is made of: imported boundaries, the product's sketch, dots
at the label points, equal tiles."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from store import boundaries
from store.boundaries import ALL, COARSE, OUTLINES, SMALL
from views import format as fmt
from views import load

if TYPE_CHECKING:
    from views.frame import Context

BOUNDARY, SKETCH, DOTS, TILES = "boundary", "sketch", "dots", "tiles"
PART = 0.5  # of the areas: a drawing that lacks more than this is none of them
NATIONAL = 10  # provinces from which on a drawing is one of the country
FINE, MIDDLE = boundaries.TOLERANCES[:2]


@dataclass(frozen=True)
class Static:
    """Shapes that the browser fetches by itself: addresses, and what they hold."""

    areas: str
    outlines: str
    index: dict[str, list]


def kinds(ctx: Context) -> tuple[str, ...]:
    """What can be drawn of the areas on show, the one to begin with first."""

    def make() -> tuple[str, ...]:
        found = []
        if version(ctx) or BOUNDARY in load.layers(*ctx.data):
            found.append(BOUNDARY)
        sketched = {
            item["area_id"] for item in load.outlines(*ctx.data, SKETCH) if item["level"] == "commune"
        }
        if _enough(sum(area.id in sketched for area in ctx.areas), ctx):
            found.append(SKETCH)
        elif _enough(len(spots(ctx)), ctx):
            found.append(DOTS)
        if _enough(sum(area.tile_col is not None for area in ctx.areas), ctx):
            found.append(TILES)
        return tuple(found)

    return load.made(("drawings", *ctx.data, ctx.area_ids), make)


def _enough(count: int, ctx: Context) -> bool:
    return count > 0 and count >= PART * len(ctx.areas)


def version(ctx: Context) -> str:
    """The imported version that shows most of the areas on show; of equals the newest; empty where none shows enough."""

    def make() -> str:
        best, most = "", 0
        for name, facts in load.boundaries(*ctx.data).items():
            if facts["level"] == "commune":
                index = load.boundary_index(name)
                count = sum(area.id in index for area in ctx.areas)
                best, most = (name, count) if count >= most and count else (best, most)
        return best if _enough(most, ctx) else ""

    return load.made(("boundary version", *ctx.data, ctx.area_ids), make)


def large(ctx: Context) -> bool:
    """Whether there are too many areas to send their shapes with the page."""
    return len(ctx.areas) > SMALL


def static(ctx: Context, kind: str) -> Static | None:
    """Static shapes of many areas; None where the drawing has none."""
    name = version(ctx) if kind == BOUNDARY else ctx.meta.get(boundaries.SKETCH, "")
    if kind not in (BOUNDARY, SKETCH) or not name:
        return None
    index = load.boundary_index(name)
    files = Counter(index[area.id][0] for area in ctx.areas if area.id in index)
    file, metres = (next(iter(files)), MIDDLE) if len(files) == 1 and kind == BOUNDARY else (ALL, COARSE)
    outlined = f"{OUTLINES}-{COARSE}" in facts_of(ctx, name).get("files", ())
    return Static(
        boundaries.address(name, file, metres),
        boundaries.address(name, OUTLINES, COARSE) if outlined else "",
        index,
    )


def facts_of(ctx: Context, name: str) -> dict:
    """Facts of a version as its folder has them."""
    return load.made(("facts", name), lambda: boundaries.meta(ctx.settings, name))


def shapes(ctx: Context, kind: str) -> list[dict]:
    """Shapes of a drawing for few areas: those on show, the others of their provinces, and the outlines above them."""
    provinces = {area.province_id for area in ctx.areas}
    if kind == SKETCH:
        return _near(ctx, load.outlines(*ctx.data, SKETCH), provinces)
    name = version(ctx)
    if not name:  # a snapshot from before versions holds its shapes itself
        return load.shapes(*ctx.data, BOUNDARY)
    index = load.boundary_index(name)
    files = sorted({index[area.id][0] for area in ctx.areas if area.id in index})
    metres = FINE if len(ctx.areas) <= SMALL else COARSE
    own = load.boundary_shapes(name, (*files, OUTLINES), metres)
    return _near(ctx, own, provinces)


def _near(ctx: Context, found: list[dict], provinces: set[str]) -> list[dict]:
    """What belongs to these provinces; a shape of an area that is not in the list stays."""
    known = ctx.catalogue.area_by_id

    def inside(name: str) -> bool:
        area = known.get(name)
        return area is None or bool({area.id, area.parent_id, area.province_id} & provinces)

    return [item for item in found if inside(item["area_id"])]


def spots(ctx: Context) -> dict[str, tuple[float, float]]:
    """Where the areas on show lie, as far as the list says: id -> degrees east and north."""
    return {
        area.id: (area.label_lon, area.label_lat)
        for area in ctx.areas
        if area.label_lon is not None and area.label_lat is not None
    }


def islands(ctx: Context) -> tuple[str, ...]:
    """Which archipelagos belong on this drawing: both on one of the country, each on that of its province."""
    own = {area.province_id for area in ctx.areas}
    if len(own) >= NATIONAL:
        return "hoang_sa", "truong_sa"
    known = ctx.catalogue.area_by_id
    names = {known[name].name.to("vi") for name in own if name in known}
    return tuple(key for key, name in (("hoang_sa", "Đà Nẵng"), ("truong_sa", "Khánh Hòa")) if name in names)


def note(ctx: Context, kind: str) -> str:
    """What stands under a drawing: what it is, whose it is, and that the islands are a sketch."""
    words = [attribution(ctx)] if kind == BOUNDARY else []
    words.append(ctx.text("map.note_sketch_many" if kind == SKETCH and large(ctx) else f"map.note_{kind}"))
    if kind != TILES and islands(ctx):
        words.append(ctx.text("map.note_islands"))
    return " ".join(word for word in words if word)


def attribution(ctx: Context) -> str:
    """Source and licence of the imported boundaries on show, as the installation stated them, with the day they show."""
    facts = load.boundaries(*ctx.data).get(version(ctx), {})
    if not facts:
        return ""
    return ctx.text(
        "map.attribution",
        attribution=facts["attribution"].rstrip(". "),
        licence=facts["licence"],
        day=fmt.day(facts["vintage"], ctx.language),
    )
