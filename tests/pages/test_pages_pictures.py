"""A chart taken away as a picture stands by itself: title, source, snapshot and mark are part of it."""

import re

import pytest

from store.snapshot import current_id
from tests.pages import visit


@pytest.fixture
def offered(board, monkeypatch):
    """Downloads of a page by key, with what they were given."""
    import streamlit as st

    found: dict[str, dict] = {}

    def button(self, label, data=None, **more):
        found[more["key"].split(":")[0]] = {"label": label, "data": data, **more}
        return False

    monkeypatch.setattr(st.delta_generator.DeltaGenerator, "download_button", button)
    return found


@pytest.mark.parametrize("space", ["official", "demo"])
@pytest.mark.parametrize("page", ["change", "map", "tiers"])
def test_a_chart_leaves_with_all_that_belongs_to_it(offered, board, page, space):
    for language, words in visit.TEXTS.items():
        offered.clear()
        shown = visit.read(visit.go(visit.start(lang=language, space=space), page))
        assert shown.problems == []
        if page == "tiers" and space == "official" and "svg" not in offered:
            continue  # nothing can be judged there, so there is nothing to draw
        svg = offered["svg"]["data"]().decode()
        text = re.sub(r"<[^>]+>", " ", svg)
        assert (words["ribbon.plain"].split(".")[0] in text) == (space == "demo")
        assert (
            offered["svg"]["file_name"].startswith("minh-hoa-" if language == "vi" else "")
            or space == "official"
        )
        assert current_id(board, space) in text and words["source.label"] in text
        assert not visit.NOTHING.search(text) and not visit.RAW_KEY.search(text)
        assert not re.search(r"(href|src)=|url\((?!#)", svg), "nothing is fetched"
        png = offered["png"]["data"]()
        assert png.startswith(b"\x89PNG") and len(png) > 20_000


@pytest.mark.parametrize("measure", ["value", "change", "index", "tier"])
def test_the_map_leaves_in_every_measure(offered, measure):
    shown = visit.read(visit.go(visit.start(lang="vi", space="demo"), "map", measure=measure))
    assert shown.problems == []
    svg = offered["svg"]["data"]().decode()
    assert "Quang Thuận" in svg and "Côn Minh" in svg
