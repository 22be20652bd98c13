"""Sharing in a real browser: one click makes a citation, its link opens the same page, a chart stands inside another
page, and paper is clean."""

import os
import shutil
import subprocess

import pytest

from tests.browser import accessible, driver
from tests.browser.conftest import PAGES
from views import share
from views.theme import theme

pytestmark = pytest.mark.browser
A4_POINTS = (595, 842)
# Cards and chips, a chart, the widest tables, many parts, two ways of being no page of figures; all for whoever asks.
PRINTED = ("overview", "change", "tiers", "area", "reference", "upload")
if os.environ.get("BOARD_EVERY_LOOK") == "1":
    PRINTED = tuple(PAGES)
CHOICES = {"indicator": "gov_online_payment_rate", "before": "2023-Q3", "after": "2023-Q4"}
# Boxes wider than the sheet, told after the charts were made to fit; light text or dark fields would be told by colour.
ON_PAPER = """() => {
  const sheet = 703, wide = [], pressed = [];
  const walk = (root) => root.querySelectorAll("*").forEach((node) => {
    if (node.shadowRoot) walk(node.shadowRoot);
    const box = node.getBoundingClientRect();
    if (!box.width || !box.height || getComputedStyle(node).visibility === "hidden") return;
    if (["TABLE", "svg", "P", "H1", "H2"].includes(node.tagName) && box.right > sheet + 2 && !node.closest(".js-plotly-plot"))
      wide.push(node.tagName + " " + node.className);
    if (["BUTTON", "INPUT", "TEXTAREA"].includes(node.tagName)) pressed.push(node.tagName + " " + node.innerText);
  });
  walk(document);
  return [wide, pressed];
}"""


def test_one_click_makes_a_citation_whose_link_opens_the_same_page(site, tab, new_tab):
    driver.visit(tab, site.address("change", **CHOICES))
    assert tab.get_by_role("dialog").count() == 0
    tab.get_by_role("button", name=site.text("share.cite"), exact=True).click()
    box = tab.get_by_role("dialog")
    code = box.locator(".shown").inner_text()
    assert accessible.faults(tab) == []
    texts = box.locator(".copied code").all_inner_texts()
    assert texts[0] == f"{site.url}/?cite={code}" and len(texts) == 3
    assert box.locator(".qr svg path").count() >= 1
    for key, value in CHOICES.items():
        assert f"{key}={value}" in texts[1]
    box.get_by_role("button", name=site.text("share.copy")).first.click()
    box.get_by_text(site.text("share.copied")).first.wait_for()
    other = new_tab()
    driver.visit(other, texts[0])
    driver.arrived(other, site.text("change.title"))
    said = driver.visible_text(other)
    assert code in said and site.text("cite.same") in said
    plain = new_tab()
    driver.visit(plain, texts[1])
    assert plain.get_by_role("heading", level=1).inner_text() == site.text("change.title")
    other_table, plain_table = (one.locator("table").first.inner_text() for one in (other, plain))
    assert other_table == plain_table
    assert tab.watch.faults == other.watch.faults == plain.watch.faults == []
    assert tab.watch.outside == other.watch.outside == []


def test_a_code_from_paper_opens_its_page(site, tab):
    driver.visit(tab, site.address("area"))
    tab.get_by_role("button", name=site.text("share.cite"), exact=True).click()
    code = tab.get_by_role("dialog").locator(".shown").inner_text()
    driver.visit(tab, site.address("overview", space="official"))
    tab.get_by_role("button", name=site.text("share.share"), exact=True).click()
    field = tab.get_by_label(site.text("share.have"))
    field.fill("2222-2222")
    field.press("Enter")
    tab.get_by_text(site.text("share.no_such")).wait_for()
    field.fill(code.lower().replace("-", " "))
    field.press("Enter")
    tab.wait_for_url("**cite=**")
    driver.arrived(tab, site.text("area.title"))
    assert code in driver.visible_text(tab) and tab.watch.faults == []


def test_a_chart_stands_inside_a_page_of_another_site(site, new_tab):
    tab = new_tab(own=True)  # what a tab has visited before would make the page around the chart another one
    source = f"{site.address('change', **CHOICES)}&only=chart"
    other = f'<html lang="vi"><body><iframe src="{source}" width="100%" height="640"></iframe></body></html>'
    tab.set_content(other)
    inside = tab.frame_locator("iframe")
    inside.locator(".source").wait_for(timeout=30_000)
    inside.locator(".js-plotly-plot .main-svg").first.wait_for()
    assert inside.get_by_role("heading", level=1).count() == 0
    assert inside.get_by_test_id("stSidebar").count() == 0
    assert inside.get_by_role("combobox").count() == 0 and inside.get_by_role("button").count() == 0
    assert site.text("ribbon.plain") in inside.locator(".ribbon").first.inner_text()
    whole = inside.get_by_role("link", name=site.text("share.whole"))
    assert whole.get_attribute("target") == "_blank"
    with tab.context.expect_page() as opened:
        whole.click()
    page = opened.value
    driver.arrived(page, site.text("change.title"))
    assert "only=" not in page.url and CHOICES["after"] in page.url
    page.goto(source)
    page.locator(".source").wait_for()
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    assert accessible.faults(page) == []
    page.close()
    assert tab.watch.outside == []


@pytest.mark.parametrize("page", PRINTED)
def test_paper_is_light_and_holds_nothing_to_press(site, new_tab, tmp_path, page):
    """In dark colours, which paper does not have."""
    tab = new_tab(1280, 900, "dark")
    driver.visit(tab, site.address(page))
    tab.set_viewport_size({"width": 703, "height": 1000})
    driver.settle(tab)
    tab.emulate_media(media="print")
    wide, pressed = tab.evaluate(ON_PAPER)
    assert wide == [] and pressed == []
    ink = tab.get_by_role("heading", level=1).evaluate("(node) => getComputedStyle(node).color")
    paper = tab.evaluate("() => getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    dark = theme("light")["ink"]
    assert ink == f"rgb({', '.join(str(int(dark[place : place + 2], 16)) for place in (1, 3, 5))})"
    assert paper == "rgb(255, 255, 255)"
    assert tab.locator(".board .printed").last.is_visible()
    tab.emulate_media(media="screen")
    assert not tab.locator(".board .printed").last.is_visible()
    if page not in share.ALONE or shutil.which("pdftotext") is None:
        return
    tab.emulate_media(media="null")
    # A page of its own: in print the charts are fitted when printing begins.
    tab.set_viewport_size({"width": 1280, "height": 900})
    driver.settle(tab)
    file = tmp_path / "page.pdf"
    tab.pdf(path=file, prefer_css_page_size=True)
    facts = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    size = [round(float(word)) for word in facts.split("Page size:")[1].split()[:3:2]]
    assert tuple(size) == A4_POINTS
    text = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    sheets = text.rstrip("\f").split("\f")
    assert all(sheet.strip() for sheet in sheets), "an empty sheet"
    last = " ".join(sheets[-1].split())
    assert site.text(f"{page}.title") in sheets[0] and site.text("share.printed").split("{")[0] in last
    assert (site.text("ribbon.plain") in last) == (page != "reference")
    assert site.text("menu.manage") not in text and site.text("export.xlsx") not in text
