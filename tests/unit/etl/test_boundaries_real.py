"""The import on real boundaries, which lie beside the repository and never in it; skipped where they are not there."""

import csv
import io
import json
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely

from etl.boundaries.journey import Asked, Examined, examine
from store.settings import Settings, read_settings

FILES = Path(__file__).resolve().parents[4] / "shared" / "boundaries"
OLD, NEW = date(2024, 6, 30), date(2025, 7, 1)
pytestmark = pytest.mark.skipif(
    not FILES.exists(), reason=f"real boundaries are not in the repository, and {FILES} is absent"
)


def _examined(settings: Settings, file: str, vintage: date, **more: str) -> Examined:
    return examine(settings, FILES / f"{file}.geojson", Asked(vintage, "NXB", "MIT", **more))


def _codes(examined: Examined) -> Counter:
    return Counter(item.code for item in examined.findings)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"BOARD_RUNTIME": str(tmp_path)})


def test_all_108_former_communes(settings: Settings) -> None:
    found = _examined(settings, "bac-kan-communes-2020", OLD)
    assert (
        len(found.shapes.area_ids) == 108
        and {pair.how for pair in found.pairs} == {"code"}
        and not found.blocked
    )
    # Four differ by more than 10 %: resolution 855 moved parts between the first three, the fourth is small.
    assert _codes(found) == {"area.differs": 4, "column.used": 1, "crs.used": 1}
    assert found.shapes.km2.sum() == pytest.approx(4853, abs=5)  # published: 4,861
    for shapes in found.shapes.coarse.values():
        assert shapely.is_valid(shapes).all() and not shapely.is_empty(shapes).any()


def test_the_same_108_by_name_alone(settings: Settings) -> None:
    found = _examined(settings, "bac-kan-communes-2020", OLD, code_column="-")
    assert Counter(pair.how for pair in found.pairs)["name"] == 108
    by_code = _examined(settings, "bac-kan-communes-2020", OLD)
    assert [pair.area_id for pair in found.pairs] == [pair.area_id for pair in by_code.pairs]


def test_all_37_successors_and_not_on_another_day(settings: Settings) -> None:
    found = _examined(settings, "former-bac-kan-communes-2025", NEW)
    assert len(found.shapes.area_ids) == 37 and _codes(found) == {"column.used": 1, "crs.used": 1}
    wrong = _examined(settings, "former-bac-kan-communes-2025", OLD)
    assert (
        wrong.blocked and _codes(wrong)["match.name_differs"] == 21
    )  # codes that were given to another name
    back = _examined(settings, "bac-kan-communes-2020", NEW)
    assert back.blocked and _codes(back)["match.name_differs"] == 21


def test_all_92_of_the_new_province(settings: Settings, tmp_path: Path) -> None:
    """The list of areas holds the 37 on the land of former Bắc Kạn; the others come from the file's own facts."""
    reference = tmp_path / "reference"
    shutil.copytree(settings.reference_dir, reference)
    listed = reference / "areas.csv"
    rows = list(csv.DictReader(io.StringIO(listed.read_text(encoding="utf-8"))))
    known = {row["area_id"] for row in rows}
    features = json.loads((FILES / "thai-nguyen-communes-2025.geojson").read_text(encoding="utf-8"))[
        "features"
    ]
    for own in (feature["properties"] for feature in features):
        if (area_id := f"{own['gso_code']}-2025") not in known:
            row = dict.fromkeys(rows[0], "") | {
                "area_id": area_id, "area_code": own["gso_code"], "kind": "ward" if own["type_vi"] == "Phường" else "commune",
                "level": "3", "name_vi": own["name_vi"], "name_en": own["name_en"], "parent_id": "19-2025",
                "province_id": "19-2025", "area_km2": own["area_km2_published"], "label_lon": own["label_lon"],
                "label_lat": own["label_lat"], "valid_from": "2025-07-01", "role": "other",
            }  # fmt: skip
            rows.append(row)
    with listed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    found = _examined(replace(settings, reference_dir=reference), "thai-nguyen-communes-2025", NEW)
    assert len(found.shapes.area_ids) == 92 and not found.blocked
    assert (
        set(_codes(found)) <= {"column.used", "crs.used", "area.differs"}
        and _codes(found)["area.differs"] <= 2
    )


def test_the_eight_pilots_lie_among_their_neighbours(settings: Settings) -> None:
    found = _examined(settings, "pilot-communes", OLD)
    assert len(found.shapes.area_ids) == 8 and _codes(found)["area.missing"] == 1
    published = [found.definitions.area_by_id[name].area_km2 for name in found.shapes.area_ids]
    assert found.shapes.km2 == pytest.approx(published, rel=0.06)
    districts = _examined(settings, "bac-kan-districts-2020", OLD, level="district")
    assert len(districts.shapes.area_ids) == 8 and not districts.blocked
