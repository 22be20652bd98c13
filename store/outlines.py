"""Outlines of units that others merged into: the outlines of the old ones, made one, where a layer has none of its own."""

from collections.abc import Iterable, Sequence

import shapely
from shapely.geometry import mapping, shape

from store.definitions import Catalogue


def with_merged(shapes: Sequence[dict], catalogue: Catalogue, areas: Iterable[str]) -> list[dict]:
    """The features of a layer (see ``store.read.shapes``), and one for each of the ``areas`` that has none there but was
    made of whole units that all have one. Exterior rings run clockwise, as the drawings want them."""
    known = {item["area_id"]: item for item in shapes}
    found = list(shapes)
    for area_id in areas:
        links = catalogue.predecessors(area_id)
        if area_id in known or not links or any(link.share != 1 for link in links):
            continue
        parts = [known.get(link.old_area_id) for link in links]
        if all(parts):
            whole = shapely.union_all([shape(part["geometry"]) for part in parts])
            outline = mapping(shapely.orient_polygons(whole, exterior_cw=True))
            found.append({**parts[0], "area_id": area_id, "geometry": outline})
    return found
