"""Hostile stored texts before a real browser: ``python tests/benchmark/fuzz_dom.py``.

A server shows an installation whose every stored text is hostile (``hostile_world``); Chromium opens every page in both
languages and spaces, signed in, with a hostile word in the address. A case is one stored text that stands on one page.
Passes when no script of a text ran, no element or attribute of one came to be, also inside shadow roots, no Markdown,
formula or icon was made of one, and no request left for another place than the server.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmark import fuzzing, hostile, hostile_world, markup  # noqa: E402

FOUND = """() => {
  const found = [];
  const walk = (root) => root.querySelectorAll("*").forEach((node) => {
    if (/fuzz/i.test(node.tagName)) found.push("element " + node.tagName);
    for (const { name, value } of node.attributes) {
      if (/fuzz|^on/i.test(name)) found.push("attribute " + name + " of " + node.tagName);
      if (["href", "src", "srcset", "xlink:href"].includes(name) && /outside\\.invalid|^\\s*javascript:/i.test(value))
        found.push(node.tagName + " " + name + "=" + value.slice(0, 80));
    }
    if (node.matches(".katex, math, iframe, object, embed")) found.push("element " + node.tagName + "." + node.className);
    if (node.dataset && node.dataset.testid === "stIconMaterial" && node.textContent.trim() === "delete") found.push("an icon");
    if (node.shadowRoot) walk(node.shadowRoot);
  });
  walk(document);
  if (window.fuzzed !== undefined) found.push("a script ran");
  return [...new Set(found)];
}"""
WORDS = (
    f"![x]({hostile.OUTSIDE}/p.png)", "<img data-fuzz=1 src=x onerror=window.fuzzed=1>", f"[x]({hostile.OUTSIDE})",
    "$x$ :material/delete: :red[x]", "'\"><x-fuzz data-fuzz=1>",
)  # fmt: skip


def run(
    count: int, seed: int, out: Path, minutes: float = 0.0, short: bool = False, browser: object = None
) -> fuzzing.Tally:
    """Open pages until ``count`` texts were met, or all were opened once; ``browser``: one that is open already."""
    from tests.browser import driver
    from tests.browser.conftest import PAGES

    warnings.simplefilter("ignore")
    cases, chance = fuzzing.Cases("dom", seed, count, out, minutes), random.Random(seed)
    folder = Path(tempfile.mkdtemp(prefix="board-fuzz-"))
    server = None
    try:
        with mock.patch.dict(os.environ):
            settings, _ = hostile_world.make(folder, seed, short=short)
        server = driver.serve(
            settings.runtime_dir, BOARD_DATA=str(settings.reference_dir.parent), BOARD_SECOND_PERSON="1"
        )
        server.wait(90)
        pages = [
            (page, language, space)
            for space in ("demo", "official")
            for language in ("vi", "en")
            for page in PAGES
        ]
        chance.shuffle(pages)
        with ExitStack() as stack:
            own = browser or stack.enter_context(_browser())
            context = own.new_context(locale="vi-VN", reduced_motion="reduce")
            stack.callback(context.close)
            tab = context.new_page()
            tab.set_default_timeout(60_000)
            outside: list[str] = []
            tab.on("request", lambda request: _note(request.url, outside))
            tab.on("websocket", lambda socket: _note(socket.url, outside))
            _sign_in(tab, server.url, PAGES["upload"])
            opened = 0
            for _, (page, language, space) in zip(cases, pages, strict=False):
                path = "" if page == next(iter(PAGES)) else PAGES[page]
                odd = {key: chance.choice(WORDS) for key in ("indicator", "area", "after", "other")}
                address = f"{server.url}/{path}?{urlencode({'lang': language, 'space': space, **odd})}"
                with cases.one(f"{page}-{language}-{space}.txt", address.encode(), 60):
                    outside.clear()
                    driver.visit(tab, address, 60)
                    _hover(tab)
                    faults = [*tab.evaluate(FOUND), *(f"request to {url[:80]}" for url in outside)]
                    assert not faults, faults[:8]
                    cases.add(len(markup.tokens(driver.visible_text(tab))))
                opened += 1
        assert "Traceback" not in server.text(), server.text()[-2000:]
        cases.tally.said = f"texts on {opened} pages in a browser"
        return cases.tally
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _browser() -> Iterator[object]:
    """A browser of our own."""
    from playwright.sync_api import sync_playwright

    from tests.browser import driver

    with sync_playwright() as playwright:
        own = playwright.chromium.launch(executable_path=driver.find_browser(), args=list(driver.ARGUMENTS))
        yield own
        own.close()


def _note(url: str, outside: list[str]) -> None:
    from tests.browser import driver

    if not driver.is_local(url):
        outside.append(url)


def _sign_in(tab: object, url: str, page: str) -> None:
    """As the administrator of the world, so that the pages of the desk show what they hold."""
    from tests.browser import driver

    driver.visit(tab, f"{url}/{page}?lang=vi&space=official", 90)
    boxes = tab.locator('[data-testid="stForm"] input')
    boxes.nth(0).fill("quantri")
    boxes.nth(1).fill(hostile_world.PASSWORD)
    tab.locator('[data-testid="stForm"] button').last.click()
    tab.locator('[data-testid="stForm"] input[type="password"]').wait_for(state="detached", timeout=60_000)
    driver.settle(tab, 60)


def _hover(tab: object) -> None:
    """Point at the middle of each chart: its label is made only then."""
    for chart in tab.locator(".js-plotly-plot").all()[:3]:
        box = chart.bounding_box()
        if box:
            chart.scroll_into_view_if_needed()
            box = chart.bounding_box()
            tab.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5)
            tab.wait_for_timeout(60)


if __name__ == "__main__":
    sys.exit(fuzzing.command(__doc__, run))
