"""Pages across the mergers of 1 July 2025, in an office whose communes reported on both sides of it."""

from datetime import date

import pytest

from etl import publish
from store.settings import read_settings
from tests import builders
from tests.pages import office, visit

PAY = office.PAY
HALVES = {"02173-2020": (4, 100), "02185-2020": (6, 120), "02188-2020": (5, 80)}  # Côn Minh's former communes
REPORTS = (
    *(f"{area},{PAY},2025-Q1,{n},{of},," for area, (n, of) in HALVES.items()),
    f"02185,{PAY},2025-Q4,90,300,,",
    f"02071,{PAY},2025-Q1,7,70,,",  # the only one of Nghĩa Tá's three
    f"02071,{PAY},2025-Q4,60,200,,",
    f"01957,{PAY},2025-Q4,8,50,,",
)


@pytest.fixture(scope="module")
def merged_office(built, tmp_path_factory):
    """An installation with published figures and these reports."""
    import shutil

    folder = tmp_path_factory.mktemp("merged") / "runtime"
    shutil.copytree(built.runtime_dir, folder)
    settings = read_settings({"BOARD_RUNTIME": str(folder)})
    file = [("sap-nhap.csv", office.csv(*REPORTS))]
    publish.load_bytes(settings, "official", file, builders.LAN, date(2026, 1, 20))
    return settings


@pytest.fixture
def look(merged_office, monkeypatch):
    """A page of it, by its address."""
    monkeypatch.setenv("BOARD_RUNTIME", str(merged_office.runtime_dir))
    office.forget()

    def seen(page: str, language: str = "vi", **address: str) -> visit.Shown:
        at = visit.start(lang=language, space="official")
        shown = visit.read(visit.go(at, page, lang=language, space="official", indicator=PAY, **address))
        assert shown.problems == [] and visit.slips(shown) == []
        return shown

    yield seen
    office.forget()


def test_a_code_given_again_opens_the_unit_of_the_period_and_else_asks(look):
    asked = look("area", area="02185")
    for area_id, name in (("02185-2020", "Xã Quang Phong"), ("02185-2025", "Xã Côn Minh")):
        assert f"area={area_id}" in asked.panels["which"] and name in asked.panels["which"]
    assert "facts" not in asked.panels
    assert "Côn Minh" in look("area", area="02185", after="2025-Q4").panels["area_heading"]
    assert "Quang Phong" in look("area", area="02185", after="2025-Q1").panels["area_heading"]


def test_a_successors_profile_shows_its_sums_broken_from_its_own_figures(look):
    shown = look("area", area="02185-2025", before="2025-Q1", after="2025-Q4")
    assert "15/300" in shown.text and "90/300" in shown.text  # 4 + 6 + 5 of 100 + 120 + 80
    for old in HALVES:
        assert f"area={old}" in shown.panels["facts"]
    drawing = shown.panels["series"]
    assert 'class="broken"' in drawing and "1/7/2025" in drawing and "<polyline" not in drawing
    assert "1683/NQ-UBTVQH15" in drawing and "1683/NQ-UBTVQH15" in shown.panels["profile"]
    assert "xã Côn Minh cũ" in shown.panels["source"]


def test_a_former_communes_profile_ends_and_leads_on(look):
    shown = look("area", "en", area="02188-2020")
    assert "5/80" in shown.text and "series" not in shown.panels
    assert "area=02185-2025" in shown.panels["facts"] and "area=02185-2025" in shown.panels["profile"]


def test_a_unit_without_any_figure_has_a_page_too(look):
    shown = look("area", area="02194-2020")
    assert "Đổng Xá" in shown.panels["area_heading"] and "area=" in shown.panels["facts"]


def test_before_and_after_goes_through_the_sums_or_says_why_not(look):
    shown = look("change", group="pilot-after", before="2025-Q1", after="2025-Q4")
    table = shown.panels["change_table"]
    assert "15/300" in table and "cộng từ 3 xã cũ" in visit.plain(table)
    assert "thiếu số liệu của" in table and "area=02062-2020" in table  # Lương Bằng, part of Nghĩa Tá
    chart = look(
        "map", group="pilot-after", measure="change", before="2025-Q1", after="2025-Q4", layer="sketch"
    )
    assert "+25,0" in chart.text and "thiếu số liệu của" in chart.text


def test_former_communes_are_refused_after_the_merger_with_their_successors(look):
    shown = look("change", group="pilot", before="2025-Q1", after="2025-Q4")
    said = shown.panels["beyond"]
    assert "1683/NQ-UBTVQH15" in said and "Quý IV/2025" in said
    assert "area=02185-2025" in said and "area=02071-2025" in said
    assert "beyond" not in look("change", group="pilot").panels


def test_the_lines_of_new_communes_break_on_the_indicators_page(look):
    shown = look("indicator", group="pilot-after")
    assert shown.panels["trend"].count('class="broken"') == 8 and "1/7/2025" in shown.panels["trend"]
    assert "cộng từ 3 xã cũ" in shown.text
