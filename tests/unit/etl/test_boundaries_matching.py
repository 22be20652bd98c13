"""Which area a feature is: by code, by name where only one can be meant, by hand; and whether the shapes are right."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Geod

from etl.boundaries import cleaning, naming
from etl.boundaries.findings import message
from tests import builders
from tests.maps import make_maps as make
from tests.unit.etl.test_boundaries_reading import looked_at, matched, told


def _geojson(tmp_path: Path, columns: dict, shapes: object = None, name: str = "map.geojson") -> Path:
    return make.write(make.frame(columns, shapes), tmp_path / name)


def _said(examined, code: str) -> list[str]:
    return [message(item, "vi") for item in examined.findings if item.code == code]


def test_leading_zeros_come_back_and_are_told(tmp_path: Path) -> None:
    examined = looked_at(tmp_path, _geojson(tmp_path, {"MA": [1837, 1840, 2017]}))
    assert matched(examined) == {"01837": "code", "01840": "code", "02017": "code"}
    assert "1837" in _said(examined, "code.zeros")[0] and "01837" in _said(examined, "code.zeros")[0]
    decimals = looked_at(tmp_path, _geojson(tmp_path, {"ma": [1837.0, 1840.5, None]}))
    assert matched(decimals) == {"01837": "code"}


def test_a_code_column_is_found_by_what_stands_in_it(tmp_path: Path) -> None:
    columns = {"fid_1": [1, 2, 3], "so_ho": [1837, 500, 600], "K1": ["01837", "01840", "02017"]}
    assert len(matched(looked_at(tmp_path, _geojson(tmp_path, columns)))) == 3
    nothing = looked_at(tmp_path, _geojson(tmp_path, {"fid_1": [1, 2, 3]}))
    assert "column.none" in told(nothing) and nothing.blocked
    assert "column.unknown" in told(looked_at(tmp_path, _geojson(tmp_path, columns), code_column="K2"))


def test_a_reused_code_with_another_name_is_refused(tmp_path: Path) -> None:
    path = _geojson(tmp_path, {"ma_xa": ["01912"], "ten_xa": ["Xã Chợ Rã"]})
    wrong = looked_at(tmp_path, path)
    assert wrong.blocked and "Thượng Giáo" in _said(wrong, "match.name_differs")[0]
    right = looked_at(tmp_path, path, vintage=date(2025, 8, 1))
    assert matched(right) == {"01912": "code"} and right.pairs[0].area_id == "01912-2025"
    spelt = {"ma_xa": ["02017", "01951"], "ten_xa": ["QUANG THUAN", "Xã Đức Vân"]}
    assert len(matched(looked_at(tmp_path, _geojson(tmp_path, spelt, [make.square(2), make.square(4)])))) == 2


def test_names_match_only_where_one_can_be_meant(tmp_path: Path) -> None:
    cases = [
        ({"ten_xa": ["Phường Sông Cầu"]}, {"01837": "name"}),
        ({"ten_xa": ["P. Sông Cầu"]}, {"01837": "name"}),
        ({"ten_xa": ["song cau"], "loai": ["Phường"]}, {"01837": "name"}),
        ({"ten_xa": ["Sông Cầu"]}, {}),  # a ward and a township
        ({"ten_xa": ["Xã Sông Cầu"]}, {}),  # no commune is called so
        ({"ten_xa": ["Xã Tân Lập"]}, {}),  # two of them
        ({"ten_xa": ["Xã Tân Lập"], "ten_huyen": ["H. Bạch Thông"]}, {"02100": "name"}),
        ({"ten_xa": ["Xã Tân Lập"], "ten_tinh": ["Tỉnh Khác"]}, {"30001": "name"}),
        (
            {"ten_xa": ["Xã Tân Lập"], "ten_tinh": ["Lạng Sơn"]},
            {},
        ),  # a province of which the list has nothing
        ({"ten_xa": ["Xã Hoà Bình"]}, {"30002": "name"}),  # tone placement, and accents decide
        ({"ten_xa": ["Hoa Bình"]}, {}),
        ({"ten_xa": ["Xã Lũng"]}, {"30004": "name"}),  # a name that begins with a kind word
        ({"ten_xa": ["Đức Văn"]}, {"01951": "name"}),  # accents ignored, and told
    ]
    for number, (columns, wanted) in enumerate(cases):
        path = _geojson(tmp_path, columns, name=f"{number}.geojson")
        examined = looked_at(tmp_path, path)
        assert matched(examined) == wanted, columns
        assert len(_said(examined, "match.by_name")) == len(wanted), "everything matched by name is listed"
    assert "không xét dấu" in _said(examined, "match.by_name")[0]


def test_two_features_of_one_name_are_not_guessed(tmp_path: Path) -> None:
    examined = looked_at(
        tmp_path,
        _geojson(
            tmp_path,
            {"ten_xa": ["Đức Vân", "Xã Đức Vân", "Phường Sông Cầu"]},
            [make.square(4), make.square(6), make.square(0)],
        ),
    )
    assert matched(examined) == {"01837": "name"} and len(_said(examined, "match.ambiguous")) == 2
    elsewhere = looked_at(
        tmp_path,
        _geojson(tmp_path, {"ten_xa": ["Phường Sông Cầu", "Xã Đức Vân"]}, [make.square(5), make.square(0)]),
    )
    assert matched(elsewhere) == {"01951": "name"}  # the label point of Sông Cầu lies elsewhere
    assert "match.ambiguous" in told(elsewhere)


def test_a_table_of_assignments_settles_the_rest(tmp_path: Path) -> None:
    path = _geojson(tmp_path, {"ten_xa": ["Khu 1", "Khu 2", "Quang Thuận"]})
    asked = looked_at(tmp_path, path)
    assert "điểm nhãn của phường Sông Cầu" in _said(asked, "match.unmatched")[0]
    settled = looked_at(tmp_path, path, match="feature,area\n1,01837\n2,01840-2020\n3,-\n")
    assert matched(settled) == {"01837": "hand", "01840": "hand"} and settled.pairs[2].how == "hand"
    semicolons = looked_at(tmp_path, path, match="\ufeffHình;Đơn vị\n1;1837\n;\n")
    assert matched(semicolons) == {"01837": "hand", "02017": "name"}
    wrong = looked_at(tmp_path, path, match="feature,area\n9,01837\n1,Sông Cầu\n")
    assert len(_said(wrong, "match.row")) == 2 and wrong.blocked
    assert "match.table" in told(looked_at(tmp_path, path, match="a,b\n1,2\n"))


def test_parts_are_joined_and_doubles_refused(tmp_path: Path) -> None:
    columns = {"ma_xa": ["01837", "01837"]}
    parts = looked_at(tmp_path, _geojson(tmp_path, columns, [make.square(0), make.square(0, 2)]))
    assert "match.parts" in told(parts) and len(parts.shapes.area_ids) == 1
    assert shapely.get_num_geometries(parts.shapes.full[0]) == 2
    double = looked_at(tmp_path, _geojson(tmp_path, columns, [make.square(0), make.square(0).buffer(-0.01)]))
    assert double.blocked and "hình 1" in _said(double, "match.twice")[0]


def test_what_lacks_and_what_differs_is_told(tmp_path: Path) -> None:
    examined = looked_at(tmp_path, _geojson(tmp_path, {"ma_xa": ["01837", "77777"]}))
    lacking = _said(examined, "area.missing")[0]
    assert "Quang Thuận" in lacking and "Xã Lũng" not in lacking, "only of the provinces in the file"
    assert "77777" in _said(examined, "match.unmatched")[0]
    assert "4,1 km²" in _said(examined, "area.differs")[0]  # published 4.06, the square has 115
    assert _said(looked_at(tmp_path, _geojson(tmp_path, {"ma_xa": ["99999", "77777"]})), "match.none")


def test_broken_and_overlapping_shapes_become_one_coverage(tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(105, 22), (105.1, 22.1), (105.1, 22), (105, 22.1), (105, 22)])
    over = shapely.box(105.08, 22.0, 105.2, 22.1)
    examined = looked_at(tmp_path, _geojson(tmp_path, {"ma_xa": ["01837", "01840"]}, [bow_tie, over]))
    assert "shape.repaired" in told(examined) and "shape.overlaps" in told(examined)
    assert shapely.coverage_is_valid(examined.shapes.full) and shapely.is_valid(examined.shapes.full).all()


def test_simplified_neighbours_keep_their_border_and_run_clockwise() -> None:
    random = np.random.default_rng(7)
    line = [(105.1 + float(x), 22.0 + y / 200) for y, x in enumerate(random.normal(0, 0.001, 21))]
    west = shapely.Polygon([(105.0, 22.0), *line, (105.0, 22.1)])
    east = shapely.Polygon([*line, (105.2, 22.1), (105.2, 22.0)])
    high = shapely.force_3d(np.array([west, east], dtype=object), 7.0)
    found = cleaning.cleaned(high, ("a", "b"))
    assert not shapely.has_z(found.full).any()
    counts = []
    for metres, shapes in found.coarse.items():
        assert shapely.coverage_is_valid(shapes), metres
        assert not any(shapely.is_ccw(shapely.get_exterior_ring(shape)) for shape in shapes)
        points = shapely.get_coordinates(shapes)
        assert (points == points.round(5)).all()
        counts.append(len(points))
        assert (
            shapely.area(shapely.symmetric_difference(shapes, found.full)).max() < 0.1 * 0.1 * metres / 1000
        )
    assert counts[0] > counts[1] > counts[2]
    round_earth = [abs(Geod(ellps="WGS84").geometry_area_perimeter(shape)[0]) / 1e6 for shape in (west, east)]
    assert found.km2 == pytest.approx(round_earth, rel=1e-4)


def test_names_are_compared_as_officials_write_them() -> None:
    areas = {area.code: area for area in builders.catalogue().areas if area.code}
    assert naming.same(areas["01837"], "P.Sông Cầu") and naming.same(areas["01837"], "SONG CAU")
    assert naming.same(areas["30002"], "Xã Hoà Bình") and naming.same(areas["01837"], "")
    assert not naming.same(areas["01837"], "Xã Sông Cầu") and not naming.same(areas["01837"], "Đức Vân")
