"""Adding an indicator, a tier scheme, a commune or a language needs data files only: each is added here and seen."""

import csv
import io
import shutil
import tomllib
from pathlib import Path

import pytest
import streamlit as st

from etl import publish
from store import catalogue
from store.errors import CatalogueError
from store.settings import read_settings
from tests import builders
from tests.pages import visit

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "data" / "reference"
EVIL = "<script>alert(1)</script>\"'&"

INDICATOR = """
id = "eco_drone_rate"
order = 9000
name = { vi = "Tỷ lệ hộ phun thuốc bằng thiết bị bay", en = "Households spraying by drone" }
short = { vi = "Thiết bị bay", en = "Drones" }
pillar = "economy"
kind = "rate"
unit = "percent"
direction = "higher_better"
numerator = { vi = "Số hộ dùng thiết bị bay", en = "Households using a drone" }
denominator = { vi = "Tổng số hộ", en = "All households" }
valid = { min = 0, max = 100 }
definitions = [{ id = "standard", name = { vi = "" } }]
default_definition = "standard"
status = "proposed"
"""
SCHEME = """
id = "thu_nghiem"
order = 1
name = { vi = "Bộ tiêu chí thử nghiệm mới", en = "A new trial set" }
place = { vi = "Bắc Kạn" }
kind = "criteria"
status = "published_threshold"
rule = "all"
note = { vi = "Chỉ để thử." }
source = { vi = "Đề xuất" }
[[criterion]]
no = "1"
name = { vi = "Thanh toán trực tuyến từ một phần trăm", en = "Online payment from one per cent" }
indicator = "gov_online_payment_rate"
operator = "ge"
threshold = "1"
status = "published_threshold"
"""
LANGUAGE = """
[language]
name = "Tày"
decimal = ","
thousands = "."
[overview]
title = "Tổng quan bằng tiếng Tày"
menu = "Tổng quan Tày"
"""
COMMUNE = {
    "area_id": "99999-2020", "area_code": "99999", "kind": "commune", "level": "3", "name_vi": "Thử Chín",
    "name_en": "Trial Nine", "parent_id": "063-2020", "province_id": "06-2020", "area_km2": "12.5",
    "area_km2_source": "đo thử", "label_lon": "105.80", "label_lat": "22.20", "valid_from": "2020-02-01",
    "valid_to": "2025-06-30", "role": "pilot", "tile_col": "9", "tile_row": "9",
}  # fmt: skip


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A copy of the product's data, to be added to; ``world()`` builds a space and forgets what was read before."""
    data = tmp_path / "data"
    for folder in ("reference", "published", "demo"):
        shutil.copytree(ROOT / "data" / folder, data / folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("BOARD_DATA", str(data))
    monkeypatch.setenv("BOARD_RUNTIME", str(tmp_path / "runtime"))

    def build(space: str = "official") -> str:
        st.cache_resource.clear()
        st.cache_data.clear()
        return publish.refresh(read_settings(), space)[0]

    build.data = data
    yield build
    st.cache_resource.clear()
    st.cache_data.clear()


def add(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def append(path: Path, *rows: dict[str, str]) -> None:
    """More lines at the end of a CSV file, in its own columns."""
    text = path.read_text(encoding="utf-8-sig")
    columns = next(csv.reader(io.StringIO(text)))
    out = io.StringIO()
    csv.DictWriter(out, columns, restval="", lineterminator="\n").writerows(rows)
    path.write_text(
        text.rstrip("\n") + "\n" + out.getvalue(),
        encoding="utf-8-sig" if path.parent.name != "reference" else "utf-8",
    )


def upload(world, *lines: str, space: str = "official") -> None:
    """Figures as a commune sends them."""
    file = world.data.parent / f"tep-{len(lines)}.csv"
    heading = "xã/phường,chỉ tiêu,kỳ,tử số,mẫu số,giá trị,ghi chú"
    file.write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8-sig")
    loaded = publish.load(read_settings(), space, [file], builders.LAN)
    assert all(item.upload_id for item in loaded), [item.report for item in loaded]
    st.cache_resource.clear()


def test_an_indicator_is_one_file(world):
    add(world.data / "reference" / "indicators" / "eco_drone_rate.toml", INDICATOR)
    world()
    upload(world, "Phường Sông Cầu,Tỷ lệ hộ phun thuốc bằng thiết bị bay,2023,37,1234,,")
    at = visit.go(visit.start(lang="vi", space="official"), "indicator", indicator="eco_drone_rate")
    shown = visit.read(at)
    assert shown.problems == []
    assert (
        "Tỷ lệ hộ phun thuốc bằng thiết bị bay" in shown.text
        and "3,0%" in shown.text
        and "37/1.234" in shown.text
    )
    shown = visit.read(visit.go(at, "area", area="01837-2020"))
    assert shown.problems == [] and "Thiết bị bay" in shown.text
    at = visit.go(visit.start(lang="en", space="official"), "map", indicator="eco_drone_rate", after="2023")
    assert "Households spraying by drone" in visit.read(at).text


def test_a_tier_scheme_is_one_file(world):
    add(world.data / "reference" / "tiers" / "thu_nghiem.toml", SCHEME)
    world()
    at = visit.go(visit.start(lang="vi", space="official"), "tiers", scheme="thu_nghiem", after="2023")
    shown = visit.read(at)
    assert shown.problems == []
    assert (
        "Bộ tiêu chí thử nghiệm mới" in shown.text and "Thanh toán trực tuyến từ một phần trăm" in shown.text
    )
    assert (
        visit.TEXTS["vi"]["tier.reached"] in shown.text
        and visit.TEXTS["vi"]["tier.undecidable"] in shown.text
    )
    at = visit.go(at, "map", measure="tier", scheme="thu_nghiem", after="2023")
    assert visit.read(at).problems == [] and "Bộ tiêu chí thử nghiệm mới" in visit.read(at).text


def test_a_commune_is_one_line_of_the_areas_file(world):
    append(world.data / "reference" / "areas.csv", COMMUNE)
    world()
    upload(world, "Xã Thử Chín,gov_online_payment_rate,2023,5,40,,")
    at = visit.start(lang="vi", space="official", after="2023")
    assert "Xã Thử Chín" in visit.read(at).text and "12,5%" in visit.read(at).text
    shown = visit.read(visit.go(at, "area", area="99999-2020"))
    assert shown.problems == [] and "Xã Thử Chín" in shown.text and "12,5 km²" in shown.text
    shown = visit.read(visit.go(at, "map", layer="tiles", indicator="gov_online_payment_rate"))
    assert shown.problems == [] and "Thử Chín" in shown.text
    for page in ("map", "change", "tiers", "indicator"):
        shown = visit.read(visit.go(at, page, indicator="gov_online_payment_rate", layer="sketch"))
        assert shown.problems == [] and "Thử Chín" in shown.text, page


def test_a_language_is_one_file_with_as_many_texts_as_are_ready(world):
    add(world.data / "reference" / "texts" / "tyz.toml", LANGUAGE)
    world()
    at = visit.start(lang="tyz", space="official")
    shown = visit.read(at)
    assert shown.problems == [] and shown.title == ["Tổng quan bằng tiếng Tày"]
    assert "Tày" in shown.text and "10,7%" in shown.text
    for page in visit.PAGES:
        shown = visit.read(visit.go(at, page))
        assert shown.problems == []
        assert page == "overview" or shown.title == [visit.TEXTS["vi"][f"{page}.title"]], (
            "what is not ready is Vietnamese"
        )


def test_no_text_of_a_data_file_becomes_markup(world):
    """Names, notes and sources written by others, on every page: they are shown, never run."""
    reference = world.data / "reference"
    append(
        reference / "areas.csv",
        COMMUNE | {"name_vi": EVIL, "note_vi": EVIL, "area_km2_source": EVIL, "aliases": "Chin"},
    )
    evil = EVIL.replace('"', '\\"')
    hostile = (
        INDICATOR.replace("Thiết bị bay", evil).replace("Tỷ lệ hộ phun", evil).replace("Số hộ dùng", evil)
    )
    add(
        reference / "indicators" / "eco_drone_rate.toml",
        hostile + f'note = {{ vi = "{evil}" }}\nlegal_basis = {{ vi = "{evil}" }}\n',
    )
    scheme = (
        SCHEME.replace("Bộ tiêu chí", evil)
        .replace("Thanh toán", evil)
        .replace("Chỉ để thử", evil)
        .replace("Đề xuất", evil)
    )
    add(reference / "tiers" / "thu_nghiem.toml", scheme)
    quoted = '"' + EVIL.replace('"', '""') + '"'
    lines = [f"{name},eco_drone_rate,2023,5,40,,{quoted},{quoted}" for name in ("Chin", "Phường Sông Cầu")]
    heading = "commune,indicator,period,numerator,denominator,value,note,source"
    add(world.data / "published" / "thu-nghiem.csv", "\ufeff" + "\n".join([heading, *lines]) + "\n")
    world()
    choices = {"indicator": "eco_drone_rate", "scheme": "thu_nghiem", "area": "99999-2020", "after": "2023"}
    at = visit.start(lang="vi", space="official", **choices)
    for page in visit.PAGES:
        shown = visit.read(visit.go(at, page, **choices))
        assert shown.problems == [], page
        for key, panel in shown.panels.items():
            assert "<script" not in panel, (page, key)
        if page not in ("method", *visit.AT_WORK):
            assert "&lt;script&gt;" in "".join(shown.panels.values()), (
                f"{page} does not show the hostile name: test it otherwise"
            )


def test_new_figures_reach_the_pages_without_a_restart(world):
    world()
    at = visit.start(lang="vi", space="official", after="2023")
    assert "37,5%" not in visit.read(at).text
    file = world.data.parent / "moi.csv"
    file.write_text(
        "xã/phường,chỉ tiêu,kỳ,tử số,mẫu số\nXã Đức Vân,gov_online_payment_rate,2023,15,40\n",
        encoding="utf-8-sig",
    )
    publish.load(read_settings(), "official", [file], builders.LAN)
    shown = visit.read(at.run())
    assert shown.problems == [] and "37,5%" in shown.text and "15/40" in shown.text


# ---------------------------------------------------------------- the definitions themselves


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return catalogue.read_files(REFERENCE)


def test_every_definition_file_loads(files):
    own = catalogue.load(files)
    assert len(own.indicators) == sum(name.startswith("indicators/") for name in files) >= 45
    assert len(own.schemes) == sum(name.startswith("tiers/") for name in files)
    assert len(own.pilots) == 8
    for name in files:
        if name.endswith(".toml"):
            tomllib.loads(files[name])


def test_every_definition_speaks_both_languages(files):
    own = catalogue.load(files)
    for language in ("vi", "en"):
        for item in own.indicators:
            assert item.name.get(language) and item.short.get(language), (item.id, language)
            if item.is_rate:
                assert item.numerator.get(language) and item.denominator.get(language), (item.id, language)
        for scheme in own.schemes:
            assert scheme.name.get(language), (scheme.id, language)
            assert all(criterion.name.get(language) for criterion in scheme.criteria), (scheme.id, language)
        for pillar in own.pillars:
            assert pillar.name.get(language), (pillar.id, language)


def test_every_id_used_by_a_definition_is_known(files):
    """What the screen would look up and not find: statuses, kinds, operators, definitions, rules."""
    own = catalogue.load(files)
    texts = visit.TEXTS["vi"]
    for item in own.indicators:
        assert len(item.short["vi"]) <= 40
        for status in filter(
            None, (item.goalposts and item.goalposts.status, item.target and item.target.status)
        ):
            assert f"status.{status}" in texts, item.id
        if item.target:
            item.definition(item.target.definition)
    for scheme in own.schemes:
        assert f"tiers.rule.{scheme.rule}" in texts and f"status.{scheme.status}" in texts, scheme.id
        assert scheme.kind in ("criteria", "points", "counts"), scheme.id
        numbers = [criterion.no for criterion in scheme.criteria]
        assert len(set(numbers)) == len(numbers), scheme.id
        for criterion in scheme.criteria:
            assert f"status.{criterion.status}" in texts, (scheme.id, criterion.no)
            if criterion.indicator and criterion.definition:
                own.indicator_by_id[criterion.indicator].definition(criterion.definition)
            if criterion.threshold:
                float(criterion.threshold)
            shown = "ge" if criterion.operator.startswith("full") else criterion.operator
            assert shown in ("linear", "score") or f"operator.{shown}" in texts, (scheme.id, criterion.no)
    for area in own.areas:
        assert area.kind == "country" or f"kind.{area.kind}" in texts, area.id


def test_the_766_sheet_adds_to_a_hundred(files):
    sheet = catalogue.load(files).scheme_by_id["qd766"]
    assert sum(criterion.max_points or 0 for criterion in sheet.criteria) == pytest.approx(100)


RATE, TIER = "indicators/gov_online_payment_rate.toml", "tiers/bk_base.toml"
MISTAKES = [
    (RATE, 'kind = "rate"', 'kind = "ratio"', RATE, "kind"),
    (RATE, 'unit = "percent"', 'unit = "per cent"', RATE, "unit"),
    (RATE, 'direction = "higher_better"', 'direction = "up"', RATE, "direction"),
    (RATE, 'pillar = "gov"', 'pillar = "government"', RATE, "pillar"),
    (RATE, 'id = "gov_online_payment_rate"', 'id = "other"', RATE, "id"),
    (RATE, "\norder = ", "\nrank = ", RATE, "order"),
    (RATE, "\norder = ", "\norder = = ", RATE, ""),
    (RATE, "worst = 0", "worst = 200", RATE, "goalposts"),
    (RATE, "worst = 0", 'worst = "nothing"', RATE, "worst"),
    (TIER, 'status = "proposed"', 'status = "sure"', TIER, "status"),
    (TIER, 'rule = "all"', 'rule = "some"', TIER, "rule"),
    (TIER, 'kind = "criteria"', 'kind = "list"', TIER, "kind"),
    (TIER, 'operator = "ge"', 'operator = "at least"', TIER, "operator"),
    (TIER, 'indicator = "gov_', 'indicator = "goverment_', TIER, "criterion"),
    (TIER, 'threshold = "', 'threshold = "about ', TIER, "threshold"),
    (TIER, 'id = "bk_base"', 'id = "other"', TIER, "id"),
    ("areas.csv", "01837-2020,01837,ward,3,", "01837-2020,01837,ward,three,", "areas.csv", "level"),
    ("areas.csv", ",058-2020,06-2020,3.97", ",958-2020,06-2020,3.97", "areas.csv", "parent_id"),
    ("areas.csv", "area_id,area_code,", "area_id,code,", "areas.csv", "area_code"),
    ("lineage.csv", "01837-2020,", "91837-2020,", "lineage.csv", "old_area_id"),
    ("index.toml", 'id = "gov_ontime_rate"', 'id = "gov_unknown_rate"', "index.toml", "gov_unknown_rate"),
    ("index.toml", 'mean = "arithmetic"', 'mean = "harmonic"', "index.toml", "mean"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "named", "key"), MISTAKES, ids=[f"{m[0]}:{m[4] or 'syntax'}" for m in MISTAKES]
)
def test_a_mistake_in_a_definition_is_named_with_file_and_key(files, file, old, new, named, key):
    assert old in files[file], "the mistake can still be made"
    with pytest.raises(CatalogueError) as wrong:
        catalogue.load(files | {file: files[file].replace(old, new, 1)})
    found = wrong.value.details["mistakes"]
    assert [item for item in found if item[0].startswith(named) and key in item[1]], found
    assert all(reason for _, _, reason in found)


def test_all_mistakes_are_named_at_once(files):
    easy = [
        item
        for item in MISTAKES
        if item[4] in ("kind", "unit", "direction", "parent_id", "old_area_id", "gov_unknown_rate")
    ]
    broken = dict(files)
    for file, old, new, _, _ in easy:
        if not file.startswith("tiers/"):
            broken[file] = broken[file].replace(old, new, 1)
    with pytest.raises(CatalogueError) as wrong:
        catalogue.load(broken)
    named = {item[0].split(":")[0] for item in wrong.value.details["mistakes"]}
    assert {RATE, "areas.csv", "lineage.csv", "index.toml"} <= named
    assert len(wrong.value.details["mistakes"]) >= 6


def test_a_missing_file_is_named(files):
    for name in ("pillars.toml", "index.toml"):
        with pytest.raises(CatalogueError) as wrong:
            catalogue.load({key: text for key, text in files.items() if key != name})
        assert name in [item[0] for item in wrong.value.details["mistakes"]]
