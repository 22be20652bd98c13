"""By the keyboard alone: Tab comes to everything that can be pressed or filled in, shows where it is, and gets out again."""

import pytest

from tests.browser import accessible, driver

pytestmark = pytest.mark.browser
# What Tab should come to: seen, not switched off, not taken out of the order. Of radio buttons one: arrows lead to the others.
EXPECTED = """() => {
  window.stops = new Map();
  const walk = (root) => root.querySelectorAll("*").forEach((node) => {
    if (node.shadowRoot) walk(node.shadowRoot);
    if (node.tabIndex < 0 || node.disabled) return;
    if (!node.matches("a[href], button, input, select, textarea, summary, [tabindex]")) return;
    const box = node.getBoundingClientRect(), style = getComputedStyle(node);
    if (!box.width || !box.height || style.visibility !== "visible") return;
    window.stops.set(node, false);
  });
  walk(document);
  return window.stops.size;
}"""
# Where Tab is: what it is, whether it has a name, whether it is marked, and whether its middle is seen and not covered.
STOP = """() => {
  let node = document.activeElement, root = document;
  while (node && node.shadowRoot && node.shadowRoot.activeElement) {
    root = node.shadowRoot;
    node = root.activeElement;
  }
  if (!node || node === document.body) return null;
  const again = window.stops.get(node) === true;
  window.stops.set(node, true);
  const box = node.getBoundingClientRect(), style = getComputedStyle(node);
  const x = Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 2);
  const y = Math.min(Math.max(box.y + box.height / 2, 1), innerHeight - 2);
  const above = root.elementFromPoint(x, y);
  const seen = !!above && (node.contains(above) || above.contains(node) || node.parentElement.contains(above));
  const field = node.closest("[data-testid] [data-baseweb], [data-testid=stTextInput], [data-testid=stSelectbox]");
  const marked = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
  const labels = node.labels ? [...node.labels].map((label) => label.textContent).join(" ") : "";
  const name = (node.getAttribute("aria-label") || labels || node.textContent || "").trim();
  return { again, seen, marked: marked || !!field, name, what: `${node.tagName} ${name.slice(0, 40)}`,
           inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth };
}"""
MISSED = """() => [...window.stops]
  .filter(([node, met]) => !met && node.isConnected && !(node.matches('[role="radio"]') &&
    [...node.closest('[role="radiogroup"]').querySelectorAll('[role="radio"]')].some((one) => window.stops.get(one))))
  .map(([node]) => `${node.tagName} ${(node.getAttribute("aria-label") || node.textContent || "").trim().slice(0, 40)}`)"""


@pytest.mark.parametrize("page", ["overview", "map", "upload"])
def test_tab_comes_to_everything_and_out_again(site, new_tab, page):
    tab = new_tab()
    driver.visit(tab, site.address(page))
    first = tab.evaluate(EXPECTED)
    assert first > 25, "the menu alone has as many"
    met = []
    for _ in range(2 * first):
        tab.keyboard.press("Tab")
        stop = tab.evaluate(STOP)
        if stop is None or stop["again"]:
            break
        met.append(stop)
    assert stop is None or stop["what"] == met[0]["what"], f"Tab does not get past {stop['what']}"
    assert tab.evaluate(MISSED) == []
    assert [one["what"] for one in met if not one["name"]] == []
    assert [one["what"] for one in met if not one["marked"]] == []
    assert [one["what"] for one in met if not (one["seen"] and one["inside"])] == []
    assert met[0]["name"] == site.text("framework.skip")
    assert tab.watch.faults == []


def test_past_the_menu_and_a_wide_table_moves_by_arrows(site, new_tab):
    """The first stop leads past the menu; a table wider than a phone is a stop of its own, with a name."""
    tab = new_tab(390, 844, "dark")
    driver.visit(tab, site.address("overview"))
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.evaluate("() => document.activeElement.dataset.testid") == "stMain"
    table = tab.locator('.scroll[tabindex="0"]').first
    assert table.get_attribute("role") == "group" and table.get_attribute("aria-label")
    table.focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("(box) => box.scrollLeft > 0", arg=table.element_handle())
    assert tab.locator(".scroll:not([tabindex])").evaluate_all(
        "(boxes) => boxes.every((box) => box.scrollWidth <= box.clientWidth)"
    )
    wide = new_tab(1920, 1080)
    driver.visit(wide, site.address("change"))
    assert wide.locator('.scroll[tabindex="0"]').count() == 0, "nothing to move, so no stop"
    chosen = wide.get_by_role("radio", name=site.text("language.name"))
    chosen.focus()
    wide.keyboard.press("ArrowRight")
    english = wide.get_by_role("radio", name=site.text("language.name", "en"))
    assert english.evaluate("(node) => node === document.activeElement")


def test_a_note_about_a_choice_that_nobody_knows_has_a_name_and_stands_beside_the_page(site, new_tab):
    tab = new_tab()
    driver.visit(tab, site.address("change", indicator="khong_co"))
    tab.locator('[data-testid="stToast"][aria-label*="khong_co"]').wait_for()
    assert accessible.faults(tab, "change") == []
