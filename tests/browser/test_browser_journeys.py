"""What people do: arrive by a link, switch language and data, choose, follow links, go back, use the keyboard, take data away."""

import csv
import io
import re
import tomllib
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest

from tests.browser import driver
from tests.browser.conftest import PAGES

pytestmark = pytest.mark.browser
SONG_CAU, QUANG_THUAN = "01837-2020", "02017-2020"
DEEP_FOCUS = """() => {
  let node = document.activeElement;
  while (node && node.shadowRoot && node.shadowRoot.activeElement) node = node.shadowRoot.activeElement;
  return node ? [node.getAttribute("role") || "", node.dataset.go || "", node.textContent.trim()] : ["", "", ""];
}"""


def query(tab):
    """The choices in the address."""
    return {key: values[0] for key, values in parse_qs(urlsplit(tab.url).query).items()}


def switch(tab, name):
    """Press one of the sidebar's switches (language, data)."""
    tab.get_by_test_id("stSidebar").get_by_role("radio", name=name).click()


def go_by_menu(tab, site, page, language="vi"):
    """Move to another page through the menu."""
    driver.menu_link(tab, site.text(f"{page}.menu", language)).click()
    driver.arrived(tab, site.text(f"{page}.title", language))


def go_back(tab, site, page):
    """Press the browser's back button once: opening a page is one step, and drawing it adds none."""
    tab.go_back()
    driver.arrived(tab, site.text(f"{page}.title"))
    assert urlsplit(tab.url).path == ("/" if page == next(iter(PAGES)) else f"/{PAGES[page]}")


def mark(tab):
    """Leave a sign in the window that a full load of a page would wipe out."""
    tab.evaluate("window.sameSession = true")


def unmarked(tab):
    return not tab.evaluate("window.sameSession === true")


def option(indicator, language="vi"):
    """Name of an indicator from its definition."""
    path = driver.ROOT / "data" / "reference" / "indicators" / f"{indicator}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))["name"][language]


def test_first_visitor_of_a_server_may_come_by_a_deep_link(fresh, tab):
    """On a server nobody has visited, Streamlit could take the folder of pages for its own menu and bypass app.py."""
    site, _ = fresh()
    page = "map"
    driver.visit(tab, site.address(page, area=QUANG_THUAN))
    assert tab.get_by_role("heading", level=1).all_inner_texts() == [site.text(f"{page}.title")]
    assert tab.get_by_role("dialog").count() == 0
    assert site.ribbon(page) in driver.visible_text(tab).replace("\n", " ")
    sidebar = tab.get_by_test_id("stSidebar")
    assert sidebar.get_by_role("radio", name=site.text("space.official")).count() == 1
    assert sidebar.get_by_role("radio", name=site.text("language.name", "en")).count() == 1
    assert all(driver.menu_link(tab, site.text(f"{name}.menu")).count() == 1 for name in PAGES)
    assert tab.watch.faults == []


def test_language_and_space_switch_and_stay(site, tab):
    driver.visit(tab, f"{site.url}/?space=demo")
    assert tab.get_by_role("heading", level=1).inner_text() == site.text("overview.title")
    switch(tab, site.text("language.name", "en"))
    driver.arrived(tab, site.text("overview.title", "en"))
    assert query(tab)["lang"] == "en"
    assert site.ribbon("overview", "en") in driver.visible_text(tab).replace("\n", " ")
    switch(tab, site.text("space.official", "en"))
    tab.get_by_text(site.text("ribbon.demo", "en").split("</b>")[0].removeprefix("<b>")).wait_for(
        state="detached"
    )
    driver.arrived(tab, site.text("overview.title", "en"))
    assert query(tab)["space"] == "official"
    assert site.ribbon("overview", "en") not in driver.visible_text(tab).replace("\n", " ")
    go_by_menu(tab, site, "tiers", "en")
    assert (query(tab)["lang"], query(tab)["space"]) == ("en", "official")
    tab.reload()
    driver.arrived(tab, site.text("tiers.title", "en"))
    assert (query(tab)["lang"], query(tab)["space"]) == ("en", "official")
    assert tab.watch.faults == []


def test_choice_goes_to_the_address_survives_reload_and_back_returns(site, tab):
    driver.visit(tab, site.address("indicator"))
    name = option("soc_vneid_rate")
    box = tab.get_by_role("combobox", name=site.text("choose.indicator"))
    assert box.input_value() != name
    box.click()
    box.fill(name)
    tab.get_by_role("option", name=name, exact=True).click()
    tab.wait_for_url("**indicator=soc_vneid_rate**")
    driver.arrived(tab)
    assert name in tab.locator('[data-testid="stMain"] .subtitle').all_inner_texts()[0]
    tab.reload()
    driver.arrived(tab)
    assert query(tab)["indicator"] == "soc_vneid_rate"
    assert tab.get_by_role("combobox", name=site.text("choose.indicator")).input_value() == name
    go_by_menu(tab, site, "change")
    assert query(tab)["indicator"] == "soc_vneid_rate"
    assert box.input_value() == name
    go_back(tab, site, "indicator")
    assert query(tab)["indicator"] == "soc_vneid_rate"
    assert box.input_value() == name
    assert tab.watch.faults == []


def test_an_address_that_names_nothing_is_ignored(site, tab):
    driver.visit(
        tab, site.address("indicator", language="xx", space="secret", indicator="<b>no</b>", after="2999-Q9")
    )
    sidebar = tab.get_by_test_id("stSidebar")
    assert sidebar.get_by_role("radio", name=site.text("language.name"), checked=True).count() == 1
    assert sidebar.get_by_role("radio", checked=True).count() == 2
    assert tab.get_by_role("heading", level=1).inner_text() == site.text("indicator.title")
    assert tab.locator("b", has_text=re.compile("^no$")).count() == 0, "what the address says is text"


def test_commune_in_the_table_leads_to_its_profile_without_a_new_session(site, tab):
    driver.visit(tab, site.address("overview"))
    mark(tab)
    link = tab.locator(f'table a[data-go="area|area={QUANG_THUAN}"]').first
    name = link.inner_text()
    link.click()
    driver.arrived(tab, site.text("area.title"))
    assert not unmarked(tab), "the whole page was loaded again"
    assert (query(tab)["area"], query(tab)["lang"], query(tab)["space"]) == (QUANG_THUAN, "vi", "demo")
    assert name in driver.visible_text(tab)
    go_back(tab, site, "overview")
    assert tab.watch.faults == []


def test_four_questions_about_a_commune_are_answered_within_three_clicks(site, tab):
    """From the overview: is Quang Thuận's rise real, is it faster, when is the target reached, how many are short."""
    driver.visit(tab, site.address("overview"))
    mark(tab)
    clicks = [tab.locator(f'table a[data-go="area|area={QUANG_THUAN}"]').first]
    for link in clicks:
        link.click()
    driver.arrived(tab, site.text("area.title"))
    assert len(clicks) <= 3 and not unmarked(tab) and query(tab)["area"] == QUANG_THUAN
    said = {
        key: " ".join(tab.locator(f'[data-answer="{key}"]').inner_text().split())
        for key in ("real", "faster", "when", "short")
    }
    assert site.text("answers.question.real.up") in said["real"] and "46/182" in said["real"]
    assert site.text("answers.real.rise").split("{area}")[1].split(",")[0] in said["real"]
    assert "6/7" in said["faster"] and "465/1.686" in said["faster"]
    assert "quý IV/2025 đến quý IV/2026" in said["when"] and "minh họa" in said["when"]
    assert "27 hồ sơ" in said["short"] and "46/182" in said["short"]
    boxes = [tab.locator(f'[data-answer="{key}"]').bounding_box() for key in said]
    assert all(box["y"] + box["height"] < 1100 for box in boxes), "they stand at the top of the page"
    box = tab.get_by_role("combobox", name=site.text("choose.indicator"))
    box.click()
    box.fill(option("soc_vneid_rate"))
    tab.get_by_role("option", name=option("soc_vneid_rate"), exact=True).click()
    tab.wait_for_url("**indicator=soc_vneid_rate**")
    driver.arrived(tab, site.text("area.title"))
    assert "tài khoản" in tab.locator('[data-answer="short"]').inner_text()
    assert tab.watch.faults == []


@pytest.mark.parametrize("layer", ["sketch", "tiles"])
def test_commune_on_the_map_leads_to_its_profile(site, tab, layer):
    driver.visit(tab, site.address("map", layer=layer))
    mark(tab)
    shape = tab.locator(".js-plotly-plot .scatterlayer .point").nth(2)
    shape.scroll_into_view_if_needed()
    box = shape.bounding_box()
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    driver.arrived(tab, site.text("area.title"))
    assert re.fullmatch(r"\d{5}-2020", query(tab)["area"])
    assert not unmarked(tab), "the whole page was loaded again"


def test_link_has_an_address_of_its_own_for_a_new_tab(site, tab):
    driver.visit(tab, site.address("overview", language="en", after="2024-Q1"))
    link = tab.locator(f'table a[data-go="area|area={SONG_CAU}"]').first
    with tab.context.expect_page() as opened:
        link.click(modifiers=["ControlOrMeta"])
    other = opened.value
    driver.arrived(other, site.text("area.title", "en"))
    assert (query(other)["area"], query(other)["lang"], query(other)["space"]) == (SONG_CAU, "en", "demo")
    assert tab.get_by_role("heading", level=1).inner_text() == site.text("overview.title", "en")
    other.close()


def test_keyboard_reaches_the_switch_and_a_commune_and_enter_follows_it(site, tab):
    driver.visit(tab, site.address("overview"))
    mark(tab)
    reached = set()
    for _ in range(120):
        tab.keyboard.press("Tab")
        role, go, words = tab.evaluate(DEEP_FOCUS)
        if role == "radio" and words == site.text("language.name"):
            reached.add("switch")
        if go.startswith("area|"):
            reached.add("commune")
            break
    assert reached == {"switch", "commune"}
    tab.keyboard.press("Enter")
    driver.arrived(tab, site.text("area.title"))
    assert query(tab)["area"] == go.removeprefix("area|area=")
    assert not unmarked(tab)


def test_official_overview_has_the_published_figures(site, tab):
    driver.visit(tab, site.address("overview", space="official"))
    words = " ".join(driver.visible_text(tab).split())
    assert re.search(r"0,1%\s*→?\s*10,7%", words) and re.search(r"2,0%\s*→?\s*8,3%", words)
    assert tab.locator("td.empty").count() > 20
    assert tab.watch.faults == []


def download(tab, name):
    """Press a download button and give name and bytes of the file, once nothing is drawn any more: a button that is about
    to be drawn anew has lost its file."""
    driver.settle(tab)
    with tab.expect_download() as started:
        tab.get_by_role("button", name=name).first.click()
    return started.value.suggested_filename, started.value.path().read_bytes()


def test_table_downloads_as_csv_and_workbook(site, tab):
    driver.visit(tab, site.address("overview", space="official"))
    name, content = download(tab, site.text("export.csv"))
    assert name.endswith(".csv") and content.startswith(b"\xef\xbb\xbf")
    cells = {cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row}
    assert {"0.1", "10.7", "2", "8.3"} <= {cell.replace(",", ".").removesuffix(".0") for cell in cells}
    assert any("2023" in cell and site.text("overview.title") in cell for cell in cells)
    name, content = download(tab, site.text("export.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert name.endswith(".xlsx") and book.sheetnames == [
        site.text("export.sheet"),
        site.text("export.about"),
    ]
    values = {cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row}
    assert {0.1, 10.7, 2, 8.3} <= {round(cell, 9) if isinstance(cell, float) else cell for cell in values}
    book.close()


@pytest.mark.parametrize("secure", [True, False], ids=["clipboard", "selection"])
def test_the_reminder_is_copied(site, new_tab, secure):
    """With the browser's clipboard, and by selection where a page without encryption has none."""
    tab = new_tab(own=True)
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    if not secure:
        tab.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    driver.visit(tab, site.address("quality", remind="02173-2020"))
    letter = tab.locator(".letter").text_content()
    tab.get_by_role("button", name=site.text("quality.copy")).click()
    tab.get_by_role("button", name=site.text("quality.copied")).wait_for()
    assert tab.evaluate("navigator.clipboard.readText()").replace("\r", "") == letter
    assert letter.rstrip().endswith(site.text("letter.close"))
