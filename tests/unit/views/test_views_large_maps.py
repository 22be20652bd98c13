"""Maps of many areas: every area has the colour of its class, no shape travels with the page, the islands are there."""

import dataclasses
import json

import pandas as pd
import pytest

from store.groups import AreaIds, Group
from tests import builders
from views import country, drawings, maps
from views.drawings import Static

COUNT = 500


@pytest.fixture
def many(small):
    """A country of 500 invented communes in twelve provinces."""
    first = builders.catalogue().areas[-2]
    areas = tuple(
        dataclasses.replace(
            first, id=f"{n:05d}-x", code=f"{n:05d}", province_id=f"p{n % 12}", label_lon=105 + n % 20 / 10, label_lat=9 + n / 40
        )
        for n in range(COUNT)
    )  # fmt: skip
    group = Group("vn-now", "country", areas, AreaIds("vn-now", (area.id for area in areas)))
    return dataclasses.replace(small, group=group)


@pytest.fixture
def board(many):
    classes = [maps.Class("#111111", "ít"), maps.Class("#222222", "nhiều")]
    colours = [None if n % 10 == 0 else classes[n % 2].colour for n in range(COUNT)]
    table = pd.DataFrame(
        {"colour": colours, "hover": [f"nơi {n}" for n in range(COUNT)]}, index=list(many.area_ids)
    )
    return table.astype(object), classes


def test_shapes_stay_behind_their_address(many, board):
    table, classes = board
    index = {area.id: ["p", area.label_lon, area.label_lat, 1.0] for area in many.areas}
    static = Static(
        "maps/0123456789abcdef/all-400.geojson", "maps/0123456789abcdef/outlines-400.geojson", index
    )
    figure = country.tiled(many, static, table, classes, drawings.islands(many))
    missing, known, outlines = figure.data
    assert missing.geojson == known.geojson == static.areas and outlines.geojson == static.outlines
    assert len(missing.locations) == COUNT / 10 and len(known.locations) == COUNT * 9 / 10
    for name, number in zip(known.locations, known.z, strict=True):
        assert classes[number].colour == table.loc[name, "colour"]
        lower, upper = known.colorscale[2 * number : 2 * number + 2]
        assert (lower[0], upper[0]) == (number / 2, (number + 1) / 2)
        assert lower[1] == upper[1] == classes[number].colour
    assert "coordinates" not in json.dumps([trace.to_plotly_json() for trace in figure.data], default=str)
    assert figure.layout.map.style == "white-bg", "any other style asks a server for tiles"


def test_dots_show_every_area_once(many, board):
    table, classes = board
    figure = country.dotted(many, drawings.spots(many), table, classes, ())
    shown = [place for trace in figure.data for place in trace.customdata]
    assert sorted(shown) == sorted(f"area|area={name}" for name in many.area_ids)
    colours = {trace.marker.color for trace in figure.data}
    assert colours == {"rgba(0,0,0,0)", "#111111", "#222222"}
    assert len(country.cells(drawings.spots(many))) == COUNT


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_national_map_has_both_archipelagos(many, board, known_languages, language):
    ctx = dataclasses.replace(many, language=known_languages[language])
    assert drawings.islands(ctx) == ("hoang_sa", "truong_sa")
    table, classes = board
    figure = country.dotted(ctx, drawings.spots(ctx), table, classes, drawings.islands(ctx))
    said = " ".join(item.text for item in figure.layout.annotations)
    assert all(name in said for name in ("Hoàng Sa", "Đà Nẵng", "Trường Sa", "Khánh Hòa"))
    assert sum(shape.type == "rect" for shape in figure.layout.shapes) == 2
    for key, (lon, lat, _) in country.ISLANDS.items():
        assert (round(lon), round(lat)) == {"hoang_sa": (112, 16), "truong_sa": (114, 10)}[key]


def test_a_province_map_has_no_islands_but_its_own(small):
    assert drawings.islands(small) == ()
