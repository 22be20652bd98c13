"""The address: every choice lands in it, a choice in it is made, and nonsense in it is ignored."""

import re

import pytest

from tests.pages import visit

WIDGETS = {
    "overview": ("after", "before"),  # what stands before is always earlier, so after comes first
    "map": ("measure", "indicator", "after"),
    "change": ("indicator", "after", "before"),
    "comparison": ("indicator", "after", "before", "compare"),
    "tiers": ("scheme", "after", "indicator"),
    "index": ("after", "area"),
    "area": ("area", "after", "before", "scheme"),
    "indicator": ("indicator", "counted", "area"),
    "reference": ("indicator",),
    "report": ("after", "before", "of", "kind"),
    "quality": ("quarter", "remind"),
}


def box(at, key):
    return at.selectbox(key=f"w:{key}")


@pytest.mark.parametrize("page", WIDGETS)
def test_a_choice_lands_in_the_address_and_comes_back_from_it(board, page):
    at = visit.go(visit.start(lang="vi", space="demo"), page)
    chosen = {}
    for key in WIDGETS[page]:
        widget = box(at, key)
        assert len(widget.options) > 1, key
        was = widget.value
        # The map's third way of colouring needs no indicator.
        widget.select_index(1 if key == "measure" else (widget.index + 2) % len(widget.options)).run()
        if box(at, key).value == was:
            box(at, key).select_index((box(at, key).index + 1) % len(widget.options)).run()
        assert not at.exception and not at.error
        chosen[key] = box(at, key).value
        assert chosen[key] != was and at.query_params[key] == chosen[key], key
    assert all(at.query_params[key] == value for key, value in chosen.items()), "earlier choices stay"
    again = visit.go(visit.start(lang="vi", space="demo"), page, **chosen)
    assert not again.exception and not again.error
    for key, value in chosen.items():
        assert box(again, key).value == value, key


@pytest.mark.parametrize("page", visit.PAGES)
def test_nonsense_in_the_address_is_ignored(board, page):
    bad = dict.fromkeys(
        (
            "indicator",
            "area",
            "before",
            "after",
            "scheme",
            "measure",
            "layer",
            "quarter",
            "remind",
            "of",
            "kind",
            "weights",
            "counted",
            "compare",
            "communes",
            "definition_gov_online_payment_rate",
            "other",
        ),
        "../../etc/passwd'><script>",
    )
    at = visit.go(visit.start(lang="xx", space="elsewhere"), page, **bad)
    shown = visit.read(at)
    assert shown.problems == [] and shown.title == [visit.TEXTS["vi"][f"{page}.title"]]
    switches = {widget.key: widget.value for widget in at.sidebar if getattr(widget, "key", None)}
    assert switches["w:lang"] == "vi" and switches["w:space"] in ("official", "demo")
    for key in WIDGETS.get(page, ()):
        assert box(at, key).value != bad[key]
    assert "<script" not in "".join(shown.panels.values())


def test_language_and_space_are_choices_like_the_others(board):
    at = visit.start(lang="en", space="demo")
    assert at.title[0].value == visit.TEXTS["en"]["overview.title"]
    switches = {widget.key: widget for widget in at.sidebar if getattr(widget, "key", None)}
    assert {"w:lang", "w:space"} <= set(switches)
    switches["w:lang"].set_value("vi").run()
    assert at.title[0].value == visit.TEXTS["vi"]["overview.title"] and at.query_params["lang"] == "vi"
    switches = {widget.key: widget for widget in at.sidebar if getattr(widget, "key", None)}
    switches["w:space"].set_value("official").run()
    assert at.query_params["space"] == "official" and not at.exception
    assert "ribbon" not in visit.read(at).panels


def test_choices_go_along_from_page_to_page(board):
    """What was chosen on one page holds on the next, also straight from one page to another with the same choice."""
    at = visit.start(lang="vi", space="official")
    before, after = box(at, "before").value, box(at, "after").value
    assert before != after
    for page in ("change", "area", "overview", "map", "change", "indicator", "change"):
        visit.go(at, page)
        if page in ("change", "area", "overview"):
            assert (box(at, "before").value, box(at, "after").value) == (before, after), page
        at.run()  # and it stays when something else is clicked
        if page in ("change", "area", "overview"):
            assert (box(at, "before").value, box(at, "after").value) == (before, after), page


def test_one_readers_choices_do_not_travel_in_anothers_links(board):
    """Screens are built once for all readers; an address on them must not carry what somebody else chose."""
    import streamlit as st

    first = visit.go(visit.start(lang="vi", space="demo"), "indicator", indicator="inf_hh_fibre_rate")
    st.cache_resource.clear()
    visit.go(first, "overview")
    second = visit.read(visit.start(lang="vi", space="demo"))
    links = re.findall(r'<a href="([^"]*)"[^>]*data-go="area\|', "".join(second.panels.values()))
    assert links and not [link for link in links if "inf_hh_fibre_rate" in link]


def test_the_chosen_indicator_goes_along(board):
    at = visit.go(visit.start(lang="vi", space="demo"), "indicator", indicator="inf_hh_fibre_rate")
    for page in ("change", "map", "indicator"):
        visit.go(at, page)
        assert box(at, "indicator").value == "inf_hh_fibre_rate"


def test_a_choice_that_a_space_does_not_know_gives_way(board):
    """2024-Q4 exists in the demo space only."""
    at = visit.start(lang="vi", space="demo", after="2024-Q4")
    assert box(at, "after").value == "2024-Q4"
    switch = next(widget for widget in at.sidebar if getattr(widget, "key", None) == "w:space")
    switch.set_value("official").run()
    assert not at.exception and not at.error
    assert box(at, "after").value != "2024-Q4"


@pytest.mark.parametrize(
    ("measure", "scheme"),
    [("value", ""), ("change", ""), ("index", ""), ("tier", "bk_base"), ("tier", "nat2025")],
)
@pytest.mark.parametrize("layer", ["sketch", "tiles"])
def test_every_way_of_colouring_the_map(board, measure, scheme, layer):
    for space in ("official", "demo"):
        more = {"scheme": scheme} if scheme else {}
        at = visit.go(visit.start(lang="vi", space=space), "map", measure=measure, layer=layer, **more)
        shown = visit.read(at)
        assert (
            shown.problems == [] and shown.address["measure"] == measure and shown.address["layer"] == layer
        )
        assert visit.CHART in {element.type for element in at.main}
        assert len(shown.panels["legend"]) > 40


def test_every_scheme_reads_well(board):
    for space in ("official", "demo"):
        at = visit.go(visit.start(lang="vi", space=space), "tiers")
        for number in range(len(box(at, "scheme").options)):
            box(at, "scheme").select_index(number).run()
            shown = visit.read(at)
            assert shown.problems == [], box(at, "scheme").value
            assert shown.panels["tiers_heading"] and "nan" not in shown.text


def test_every_indicator_reads_well(board):
    at = visit.go(visit.start(lang="vi", space="demo"), "indicator")
    for number in range(len(box(at, "indicator").options)):
        box(at, "indicator").select_index(number).run()
        shown = visit.read(at)
        assert shown.problems == [], box(at, "indicator").value
        assert "nan" not in shown.text.replace("nan giải", "")


def test_every_published_indicator_has_its_reference(board):
    at = visit.go(visit.start(lang="vi", space="official"), "reference")
    for number in range(len(box(at, "indicator").options)):
        box(at, "indicator").select_index(number).run()
        shown = visit.read(at)
        assert shown.problems == [], box(at, "indicator").value
        assert visit.plain(shown.panels["places_table"])


def test_the_reference_places_stand_with_their_own_words(board):
    """Thạnh Xuân printed 9.636 accounts and 86,17%, Bắc Kạn "hơn" or "trên" where it says so."""
    at = visit.go(visit.start(lang="vi", space="official"), "reference", indicator="soc_vneid_rate")
    text = visit.read(at).text
    assert "86,17%" in text and "9.636" in text and "Thạnh Xuân" in text


def test_every_commune_has_a_profile(board):
    at = visit.go(visit.start(lang="vi", space="official"), "area")
    names = box(at, "area").options
    assert len(names) == 8
    for number, name in enumerate(names):
        box(at, "area").select_index(number).run()
        shown = visit.read(at)
        assert shown.problems == [] and name in shown.text
