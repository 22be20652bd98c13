"""Importing boundaries as an administrator does it, and the map page before and after, in both languages."""

from datetime import date

import pytest

from store import boundaries
from store.snapshot import Snapshot, current_id, snapshot_path
from tests.maps import make_maps as make
from tests.pages import visit
from tests.pages.office import at_work, button, field, press, words
from views import load

TERMS = {"boundaries.source": "Sở Nông nghiệp và Môi trường", "boundaries.licence": "nội bộ"}


@pytest.fixture
def pilots(place):
    return load.catalogue("official", current_id(place, "official")).pilots


def calm(at):
    shown = visit.read(at)
    assert not at.exception and shown.problems == [] and visit.slips(shown) == []
    return shown


def state(at, own, tmp_path):
    """Choose a file and say what must be said about it."""
    path = make.write(own, tmp_path / "ranh-gioi.geojson")
    at.file_uploader[0].set_value([(path.name, path.read_bytes(), "application/geo+json")]).run()
    for key, text in TERMS.items():
        field(at, words(at, key)).set_value(text)
    at.main.date_input[0].set_value(date(2024, 6, 30))
    return at.run()


@pytest.mark.parametrize("language", sorted(visit.TEXTS))
def test_a_map_by_code_is_read_accepted_and_drawn(place, pilots, tmp_path, language):
    at = at_work("boundaries", "quantri", language)
    before = current_id(place, "demo")
    assert words(at, "boundaries.none") in calm(at).text
    state(at, make.of_areas(pilots), tmp_path)
    shown = calm(at)
    assert ">8<" in shown.panels["counts"] and words(at, "boundaries.preview", count=8) in shown.text
    sure = next(box for box in at.main.checkbox if box.label == words(at, "boundaries.sure"))
    assert button(at, words(at, "boundaries.accept")).disabled
    sure.check().run()
    press(at, words(at, "boundaries.accept"))
    assert "ranh-gioi.geojson" in calm(at).text and current_id(place, "demo") != before
    assert boundaries.standing(place)[0]["by"] == "quantri"
    visit.go(at, "map", layer="boundary", space="demo")
    drawn = calm(at)
    assert TERMS["boundaries.source"] in drawn.text and TERMS["boundaries.licence"] in drawn.text
    visit.go(at, "publish")
    assert visit.TEXTS[language]["delivery.act.boundaries"] in calm(at).text


def test_what_was_matched_by_name_is_confirmed_and_the_rest_settled(place, pilots, tmp_path):
    at = state(at_work("boundaries", "quantri"), make.of_areas(pilots, names=True, extra=1), tmp_path)
    shown = calm(at)
    assert all(area.name.to("vi") in shown.panels["named"] for area in pilots)
    assert "Khu 1" in shown.panels["findings"]
    at.session_state["_map_table"] = "feature,area\n9,-\n"
    at.run()
    assert "Khu 1" not in visit.read(at).panels["findings"]
    at.session_state["_map_table"] = "feature,area\n9,xx\n"
    at.run()
    assert button(at, words(at, "boundaries.accept")) is None, "a table with mistakes accepts nothing"


def test_a_map_of_another_day_is_refused(place, pilots, tmp_path):
    at = state(at_work("boundaries", "quantri"), make.of_areas(pilots), tmp_path)
    at.main.date_input[0].set_value(date(2025, 8, 1))
    at.run()
    shown = calm(at)
    assert words(at, "boundaries.blocked") in shown.text and "01912" in shown.panels["findings"]
    assert button(at, words(at, "boundaries.accept")) is None and boundaries.standing(place) == []


@pytest.mark.parametrize("name", ["thamdinh", "songcau", "nguoixem", ""])
def test_only_administrators_come_in(place, name):
    at = at_work("boundaries", name)
    assert not at.file_uploader and calm(at)


def test_old_snapshots_keep_the_map_they_were_published_with(place, pilots, tmp_path):
    at = state(at_work("boundaries", "quantri"), make.of_areas(pilots), tmp_path)
    next(box for box in at.main.checkbox if box.label == words(at, "boundaries.sure")).check().run()
    press(at, words(at, "boundaries.accept"))
    with_map = current_id(place, "demo")
    press(at, words(at, "boundaries.withdraw_do"))
    assert boundaries.standing(place) == [] and current_id(place, "demo") != with_map
    visit.go(at, "map", space="demo")
    assert TERMS["boundaries.source"] not in calm(at).text
    opened = Snapshot(snapshot_path(place, "demo", with_map))
    opened.close()
    assert load.boundaries("demo", with_map), "the files stay for whoever cites that snapshot"
