"""The show as one file: whole, closed to the outside, and every slide says what it is and where it comes from."""

import base64
import hashlib
import json
import re
from dataclasses import fields, is_dataclass, replace
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.show import CONTRAST, LEAST, _strong, contrast, show
from reports.story import Cell, Slide, Table
from tests.unit.reports import hall

SLIDE = re.compile(r'<section class="slide[^"]*" data-key="([^"]*)">(.*?)</section>', re.S)


def parts(page: str) -> list[tuple[str, str]]:
    """(key, HTML) of every slide of both decks."""
    return SLIDE.findall(page)


def decks(page: str) -> dict[str, list[tuple[str, str]]]:
    """The slides of each stage."""
    wide, square = page.split('<div class="deck square">')
    return {"wide": parts(wide), "square": parts(square)}


def data(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="told">(.*?)</script>', page, re.S)[1])


def plain(markup: str) -> str:
    """What is read, without marks."""
    return unescape(re.sub(r"<[^<>]*>", " ", markup))


class Outside(HTMLParser):
    """Everything a browser would load, run or follow."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts, self.found = 0, []

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "action", "data", "poster") or name.startswith("on"):
                self.found.append((tag, name, value))
        if tag in ("img", "iframe", "object", "embed", "link", "base", "form", "a"):
            self.found.append((tag, "", ""))


@pytest.mark.parametrize("count", [1, 8, 37])
@pytest.mark.parametrize("long", [False, True])
def test_every_slide_carries_mark_source_and_citation(count, long):
    told = hall.story(count, long=long)
    page = show(told).decode()
    found = parts(page)
    assert {key for key, _ in found} == {slide.key for slide in told.slides} | {"end"}
    sources = {slide.key: slide.source for slide in told.slides}
    for key, body in found:
        words = plain(body)
        assert told.mark in words, key
        assert told.citation.code in words and told.citation.day in words, key
        assert ("15/5/2024" in words) == bool(sources.get(key)), key


def test_real_figures_carry_no_mark():
    page = show(hall.story(3, mark="")).decode()
    assert 'class="mark"' not in page and "minh họa" not in plain(page.split("<main")[1])


def test_nothing_is_cut_without_standing_in_the_notes():
    told = hall.story(8, long=True)
    page = show(told).decode()
    for name, slides in decks(page).items():
        notes = {item["key"]: " ".join(item["notes"]) for item in data(page)["decks"][name]}
        shown = {key: plain(body) for key, body in slides}
        for slide in told.slides:
            if slide.source:
                assert slide.source in shown[slide.key] or slide.source in notes[slide.key]


@pytest.mark.parametrize("count", [1, 8, 37])
def test_every_commune_is_drawn_on_some_slide(count):
    places = hall.names(count)
    page = show(hall.story(count)).decode()
    for slides in decks(page).values():
        for key in ("map", "change", "tiers"):
            words = " ".join(plain(body) for own, body in slides if own == key)
            words = " ".join(words.split())
            for place in places:
                assert place in words, (key, place)


def test_the_file_asks_nobody_for_anything():
    page = show(hall.story(8)).decode()
    reader = Outside()
    reader.feed(page)
    assert reader.found == [] and reader.scripts == 2
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none';") and "http" not in policy and "unsafe-eval" not in policy
    script = re.search(r"<script>(.*?)</script>", page, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    bare = page.replace("http://www.w3.org/2000/svg", "")
    assert {found.rstrip("\"'<") for found in re.findall(r"https?://[^\s\"'<,]+", bare)} == {hall.LINK}
    assert not re.search(r"url\((?!data:font/woff2|#hatch\d)", bare)
    assert not re.search(r"@import|fetch\(|XMLHttpRequest|WebSocket|importScripts", bare)


def test_a_link_that_nobody_could_open_makes_no_code():
    told = hall.story(2)
    page = show(replace(told, citation=replace(told.citation, link="./?cite=ACDE2345", line="Bản ACDE-2345")))
    assert 'shape-rendering="crispEdges"' not in page.decode()
    assert 'shape-rendering="crispEdges"' in show(told).decode()


def test_the_colours_of_words_are_strong_enough():
    told = hall.colours()
    strong = _strong(told)
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast(told["met"], "#FFFFFF") < CONTRAST, "the palette of the pages alone would not do"
    for role in ("ink", "muted", "now", "met", "unmet", "unknown"):
        assert contrast(strong[role], strong["paper"]) >= CONTRAST
    assert contrast(strong["ribbon_ink"], strong["ribbon"]) >= CONTRAST


def test_no_size_is_written_below_the_least():
    page = show(hall.story(37, long=True)).decode()
    sizes = [float(size) for size in re.findall(r'font-size(?:="|:)\s*([\d.]+)', page[page.index("<main") :])]
    assert len(sizes) > 100 and min(sizes) >= LEAST


def test_each_hatching_is_its_own():
    page = show(hall.story(8)).decode()
    made = re.findall(r'id="(hatch\d+)"', page)
    assert len(made) == len(set(made)) > 4
    assert set(re.findall(r"url\(#(hatch\w*)\)", page)) <= set(made)


def test_seconds_and_what_is_published_travel_with_the_file():
    told = data(show(hall.story(1), 20, "demo:2024-Q4-x").decode())
    assert (told["advance"], told["published"]) == (20, "demo:2024-Q4-x")
    assert data(show(hall.story(1)).decode())["published"] == ""


def test_the_same_story_gives_the_same_bytes():
    assert show(hall.story(8)) == show(hall.story(8))


def spoilt(thing, text: str):
    """The same story with ``text`` put into every text of it but keys, kinds, colours and the code's link."""
    if isinstance(thing, str):
        return thing + text
    if isinstance(thing, tuple):
        return tuple(spoilt(item, text) for item in thing)
    if is_dataclass(thing):
        left = ("key", "kind", "level", "tone", "state", "fill", "link", "colours", "words", "language", "snapshot_id",
                "classes", "rings")  # fmt: skip
        return replace(
            thing,
            **{
                item.name: spoilt(getattr(thing, item.name), text)
                for item in fields(thing)
                if item.name not in left
            },
        )
    return thing


def check_harmless(page: str, text: str) -> None:
    clean = Outside()
    clean.feed(page)
    assert clean.scripts == 2, text
    assert [item for item in clean.found if item[0] not in ("",)] == [], text
    assert data(page)["decks"]["wide"]


def test_a_text_that_is_code_elsewhere_is_only_read():
    told = spoilt(hall.story(3), hall.HOSTILE)
    page = show(told).decode()
    check_harmless(page, hall.HOSTILE)
    assert "\x00" not in page
    assert "<script>alert" not in page.replace("\\u003c", "")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_text_anywhere_leaves_the_file_whole(text):
    told = spoilt(hall.story(2), text)
    told = replace(told, slides=(told.slides[0], told.slides[1], told.slides[5], told.slides[-1]))
    check_harmless(show(told).decode(), text)


def test_a_slide_of_any_kind_without_its_thing_still_stands():
    bare = [
        Slide(f"s{kind}", kind, "Tên", sentences=("Câu.",))
        for kind in ("drawing", "area", "numbers", "closing")
    ]
    empty = Table("Trống", hall.table(1).columns, ())
    bare.append(Slide("none", "area", "Bảng trống", table=empty))
    page = show(hall.story(1, slides=tuple(bare))).decode()
    assert len(parts(page)) == 2 * (len(bare) + 1)


def test_a_long_table_goes_on_on_another_slide():
    long = replace(
        hall.table(1), rows=tuple((Cell(f"Chỉ tiêu {n}"), *hall.table(1).rows[0][1:]) for n in range(30))
    )
    page = show(hall.story(1, slides=(Slide("area:1", "area", "Xã Dài", table=long),))).decode()
    titles = [item["title"] for item in data(page)["decks"]["square"]]
    assert titles[0].startswith("Xã Dài (1/") and len(titles) > 3
    for slides in decks(page).values():
        words = " ".join(plain(body) for _, body in slides)
        assert all(f"Chỉ tiêu {n} " in words for n in range(30))
