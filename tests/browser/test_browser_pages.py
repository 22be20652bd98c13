"""Every page in every language and data space: drawn to its end, without an error, without the network."""

import os
import re

import pytest

from tests.browser import accessible, driver
from tests.browser.conftest import LANGUAGES, NO_PAGE, PAGES, SPACES
from tests.pages.visit import AT_WORK

pytestmark = pytest.mark.browser
SHOTS = driver.ROOT / "tests" / "browser" / "screenshots"
WIDE, PHONE = (1920, 1080), (390, 844)
# Each size and each colour once; all four for whoever looks at the pictures.
EVERY_LOOK = os.environ.get("BOARD_EVERY_LOOK") == "1"
LEAKS = {"None", "nan", "NaN", "NaT", "undefined", "null", "Infinity"}


def leaks(text: str, texts: dict[str, str]) -> list[str]:
    """Lines that show the machine: missing values in Python's words, keys instead of texts, unfilled placeholders."""
    words = set(re.findall(r"\w+", " ".join(texts.values())))
    forbidden = re.compile(rf"(?<![\w.])({'|'.join(sorted(LEAKS - words))})(?![\w.])")
    found = [line for line in text.splitlines() if forbidden.search(line) or re.search(r"\{[a-z_]+\}", line)]
    return found + sorted(set(re.findall(r"[a-z_]+(?:\.[a-z0-9_]+)+", text)) & set(texts))


# Fractions with long denominators are as good as fingerprints. Worked examples, printed figures and how many figures are
# expected are the same in both spaces.
FRACTION = re.compile(r"(?<![\d.,/])[\d.,]+/\d[\d.,]{3,}(?![\d/])")
SAME_IN_BOTH = ("method", "reference", "quality")


# How far the page, and what scrolls in it, is wider than the window.
SIDEWAYS = """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
  .map((node) => [node.scrollWidth, node.clientWidth])
  .filter(([wide, room]) => wide > Math.min(room, window.innerWidth) + 1)"""
# Enlarged to 200 % a screen of 1920 px is 960 px wide, at 400 % one of 1280 px is 320 px wide.
TWICE, FOUR_TIMES = (960, 540), (320, 640)


# Charts follow a new width a moment after the page.
FOLLOWED = """() => [...document.querySelectorAll(".js-plotly-plot")].every((plot) =>
  [...plot.querySelectorAll(".main-svg")].every((drawn) => drawn.clientWidth <= plot.parentElement.clientWidth + 1))"""


def resize(tab, width, height):
    """The same page in another window, with its charts drawn anew."""
    tab.set_viewport_size({"width": width, "height": height})
    driver.settle(tab)
    tab.wait_for_function(FOLLOWED, polling=30)


def enlarge(tab, size):
    """The same page in the room that is left when it is enlarged: how far it is too wide."""
    resize(tab, *size)
    return tab.evaluate(SIDEWAYS)


def look(tab, page, size, scheme):
    """The page in its whole length: looked at by axe-core, and kept as a picture for whoever asks for pictures."""
    tall = tab.evaluate("""() => document.querySelector('[data-testid="stMain"]').scrollHeight""")
    resize(tab, size[0], max(tall, size[1]))
    assert accessible.faults(tab, page) == []
    if EVERY_LOOK:
        SHOTS.mkdir(exist_ok=True)
        tab.screenshot(path=SHOTS / f"{page}-{size[0]}-{scheme}.png")
    tab.set_viewport_size({"width": size[0], "height": size[1]})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_page_is_whole_in_both_spaces(site, standing, page, language):
    """Arrived at by its address in one space, reached by the switch in the other, which keeps nothing of the first. The
    first language on a large screen."""
    title = site.text(f"{page}.title", language)
    wide = language == LANGUAGES[0]
    fractions = {}
    size = WIDE if wide else (1280, 900)
    with standing(site.address(page, language, SPACES[0]), title, *size, anew=True) as tab:
        for space in SPACES:
            if space != SPACES[0]:
                tab.get_by_test_id("stSidebar").get_by_role(
                    "radio", name=site.text(f"space.{space}", language)
                ).click()
                tab.wait_for_url(f"**space={space}**")
                driver.arrived(tab, title)
                # The snapshot's line at the end of the page names the space: the new page is there down to its end.
                driver.seen(tab, f"({site.text(f'space.{space}', language)}).")
            text = driver.visible_text(tab)
            assert tab.get_by_role("heading", level=1).all_inner_texts() == [title]
            assert tab.watch.faults == []
            assert tab.watch.outside == []
            assert leaks(text, site.texts[language]) == []
            assert (site.ribbon(page, language) in text.replace("\n", " ")) == (space == "demo")
            # An empty chart or table would still end in a source note: there must be something to read on the page.
            assert tab.locator('[data-testid="stMain"] .board').count() >= 1
            assert len(text) > (600 if page in AT_WORK else 900)
            fractions[space] = set(FRACTION.findall(text))
            assert tab.evaluate("() => document.documentElement.lang") == language
            assert tab.title().startswith(site.text(f"{page}.menu", language))
            if space == SPACES[0]:
                if wide:
                    look(tab, page, WIDE, "light")
                else:
                    assert accessible.faults(tab, page, colours=False) == []
                    assert enlarge(tab, TWICE) == []
                    resize(tab, *size)
                assert tab.watch.faults == []
    if page not in SAME_IN_BOTH:
        assert fractions["demo"] & fractions["official"] == set()
    if page == next(iter(PAGES)):
        assert len(fractions["demo"]) > 20, "there is something to tell the spaces apart by"


def test_declared_address_of_the_first_page_opens_it_too(site, tab):
    """The first page answers without a path; the path that app.py names for it must not lead astray."""
    page = next(iter(PAGES))
    driver.visit(tab, f"{site.url}/{PAGES[page]}?lang=vi&space=demo")
    assert tab.get_by_role("heading", level=1).inner_text() == site.text(f"{page}.title")
    assert [fault for fault in tab.watch.faults if NO_PAGE in fault] == []
    assert tab.get_by_role("dialog").count() == 0


@pytest.mark.parametrize("page", PAGES)
def test_phone_scrolls_only_down_and_keeps_quiet(site, standing, page):
    """In the dark; moved to in the open product, as a reader does."""
    with standing(site.address(page), site.text(f"{page}.title"), *PHONE, "dark") as tab:
        assert tab.evaluate(SIDEWAYS) == []
        wider = tab.locator(".scroll").evaluate_all(
            """(boxes) => boxes.filter((box) => box.scrollWidth > box.clientWidth)
            .map((box) => { box.scrollLeft = 40; const moved = box.scrollLeft; box.scrollLeft = 0; return moved; })"""
        )
        assert all(wider), "a wide table does not scroll inside its box"
        if page == next(iter(PAGES)):
            assert wider, "the overview's table is expected to be wider than a phone"
        look(tab, page, PHONE, "dark")
        assert enlarge(tab, FOUR_TIMES) == []
        assert tab.watch.faults == []


if EVERY_LOOK:

    @pytest.mark.parametrize(
        ("size", "scheme"), [(WIDE, "dark"), (PHONE, "light")], ids=["1920-dark", "390-light"]
    )
    @pytest.mark.parametrize("page", PAGES)
    def test_page_keeps_quiet_in_the_other_looks(site, new_tab, page, size, scheme):
        tab = new_tab(*size, scheme)
        driver.visit(tab, site.address(page))
        look(tab, page, size, scheme)
        assert tab.watch.faults == []
