"""Speed of the pages in a browser, each beside a floor measured in the same run: ``python tests/benchmark/bench_pages.py``.

Prints tables and no verdict: a machine differs from the next, and from itself an hour later; only ratios travel.
Needs what the tests need: the pinned environment with ``playwright``, and a Chromium (``BOARD_CHROMIUM`` or on the
path). Times are milliseconds; the middle of ``--runs``. All floors are started by this script from a temporary folder.

start   process start until the server answers: ``serve.py`` against ``streamlit run`` of an empty script
cold    a browser that has never been here: until the first text, and until all is drawn, against an empty script
switch  from the click in the menu until a page that was shown before is drawn, against the same frame with a title and one
        static chart; beside it the page's very first visit on this server
slider  from one step of a weight until the index page is drawn anew, against the switch to that page in the same run
widget  from the choice until the page is drawn anew, against the same choice over that one chart
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Locator, Page, TimeoutError, sync_playwright  # noqa: E402

from tests.benchmark import collected  # noqa: E402
from tests.browser import driver  # noqa: E402
from tests.browser.conftest import PAGES  # noqa: E402
from views.text import languages  # noqa: E402

TEXTS = languages(ROOT / "data" / "reference" / "texts")["vi"].texts
WIDGETS = ("choose.indicator", "choose.area", "choose.after")
EMPTY = "import streamlit as st\n\nst.title('Floor')\n"
# The same frame without content of its own: as many pages, the same two switches, one choice, one chart.
FLOOR = """\
import json
from pathlib import Path

import streamlit as st

POINTS = json.loads(Path(__file__).with_name("points.json").read_text())
st.set_page_config(page_title="Floor", layout="wide")


@st.cache_resource
def figure(points, shift):
    import plotly.graph_objects as go

    x = list(range(points))
    y = [(n * 7 + shift * 3) % 11 for n in x]
    return go.Figure(go.Scatter(x=x, y=y, mode="markers"), {"template": "none", "height": 500})


def page(name):
    def draw():
        st.title(f"Floor {name}", anchor=False)
        chosen = st.selectbox("choice", range(40), key="choice")
        st.plotly_chart(figure(POINTS[name], chosen), key="chart", theme=None)
        st.html('<div class="source">end</div>')

    draw.__name__ = name
    return st.Page(draw, title=name, url_path=name, default=name == next(iter(POINTS)))


pages = [page(name) for name in POINTS]
current = st.navigation(pages, position="hidden")
with st.sidebar:
    for item in pages:
        st.page_link(item, width="stretch")
    st.segmented_control("language", ["one", "two"], default="one", key="language", required=True)
    st.segmented_control("space", ["one", "two"], default="one", key="space", required=True)
current.run()
"""
# Runs in the page. A measurement begins with the click (or with the navigation) and ends with the last change of the page
# after which it is complete - right title, end reached, no run in progress - and stays unchanged for a quarter second.
WATCH = """(want) => {
  const m = { begin: want.click ? null : 0, ran: !want.click, text: null, changed: 0, complete: null, end: null };
  window.measured = m;
  const main = () => document.querySelector('[data-testid="stMain"]');
  const hasEnd = () => !!main().querySelector(".source")
    || [...main().querySelectorAll("*")].some((node) => node.shadowRoot && node.shadowRoot.querySelector(".source"));
  const complete = () => {
    const app = document.querySelector('[data-testid="stApp"]');
    if (!app || !main() || app.dataset.testScriptState !== "notRunning") return false;
    const title = main().querySelector("h1");
    return title && title.textContent === want.title && (!want.end || hasEnd())
      && !main().querySelector('[data-stale="true"], [data-testid="stSpinner"], [data-testid="stSkeleton"]')
      && (!want.chart || !!main().querySelector(".js-plotly-plot svg.main-svg"));
  };
  const observers = [
    new MutationObserver(() => { if (m.begin !== null) m.ran = true; }),
    new MutationObserver((changes) => {
      m.changed = performance.now();
      // A very short run never shows as running; then the first change outside the control itself tells that it came.
      m.ran ||= m.begin !== null && changes.some(({ target }) => main() && main().contains(target)
        && !(target.closest ? target : target.parentElement)?.closest('[data-testid="stSelectbox"]'));
    }),
  ];
  if (want.click) {
    for (const kind of ["click", "keydown"]) {
      document.addEventListener(kind, () => { m.begin ??= performance.now(); }, { capture: true, once: true });
    }
    observers[0].observe(document.querySelector('[data-testid="stApp"]'), { attributeFilter: ["data-test-script-state"] });
  }
  observers[1].observe(document, { subtree: true, childList: true, characterData: true });
  const look = () => {
    const now = performance.now();
    if (m.begin !== null && m.text === null && main() && main().querySelector("h1")) m.text = now;
    if (m.begin !== null && m.ran && complete()) {
      m.complete ??= now;
      if (now - Math.max(m.changed, m.complete) > 250) {
        m.end = Math.max(m.changed, m.complete);
        observers.forEach((observer) => observer.disconnect());
        return;
      }
    } else m.complete = null;
    requestAnimationFrame(look);
  };
  look();
}"""


def result(page: Page) -> tuple[float, float]:
    """(milliseconds to the first text, milliseconds to the end) of the measurement in progress."""
    try:
        page.wait_for_function("() => window.measured && window.measured.end !== null", timeout=20_000)
    except TimeoutError:
        raise RuntimeError(f"never complete: {page.url} {page.evaluate('() => window.measured')}") from None
    m = page.evaluate("() => window.measured")
    return m["text"] - m["begin"], m["end"] - m["begin"]


def cold(browser: Browser, address: str, title: str, end: bool) -> tuple[float, float]:
    """A browser without cache opens an address."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    want = json.dumps({"click": False, "title": title, "end": end, "chart": False})
    page.add_init_script(f"({WATCH})({want})")
    page.goto(address, wait_until="commit")
    times = result(page)
    context.close()
    return times


def clicked(page: Page, title: str, chart: bool, click: Callable[[], None]) -> float:
    """Milliseconds from a click until the page with this title is complete."""
    page.bring_to_front()  # a tab behind another one is drawn once a second only
    page.evaluate(f"(want) => ({WATCH})(want)", {"click": True, "title": title, "end": True, "chart": chart})
    click()
    return result(page)[1]


def switch(page: Page, menu: str, title: str, chart: bool) -> float:
    """Move to another page through the menu; a click that the framework swallowed is made, and measured, once more."""
    try:
        return clicked(page, title, chart, driver.menu_link(page, menu).click)
    except RuntimeError:
        return clicked(page, title, chart, driver.menu_link(page, menu).click)


def choose(page: Page, label: str, title: str, chart: bool, turn: int) -> float:
    """Choose another value, once more where the framework swallowed the click; only the choice itself is timed, not the
    opening of the list."""
    try:
        return clicked(page, title, chart, opened(page, label, turn).click)
    except RuntimeError:
        page.keyboard.press("Escape")
        return clicked(page, title, chart, opened(page, label, turn).click)


def opened(page: Page, label: str, turn: int) -> Locator:
    """An option of a box that is not chosen, its list open."""
    box = page.get_by_role("combobox", name=label).first
    options = page.locator('[role="option"]:not([aria-selected="true"])')
    for _ in range(3):  # a list that opens while the page is still being drawn may close again
        box.scroll_into_view_if_needed()
        box.click()
        page.keyboard.press("ArrowDown")
        try:
            options.first.wait_for(timeout=2_000)
            break
        except TimeoutError:
            page.keyboard.press("Escape")
            page.locator("h1").click()
    return options.nth(min(turn, options.count() - 1))


def slide(page: Page, title: str) -> float:
    """Move the first weight one step by the keyboard."""
    thumb = page.get_by_role("slider").first
    thumb.scroll_into_view_if_needed()
    thumb.focus()
    return clicked(page, title, False, lambda: page.keyboard.press("ArrowRight"))


def points_on(page: Page) -> int:
    """How many points the page's chart holds; pages without one are given as many as their tables have cells."""
    drawn = page.evaluate(
        """() => [...document.querySelectorAll(".js-plotly-plot")].flatMap((chart) => chart.data)
        .reduce((sum, trace) => sum + ((trace._length ?? (trace.x || []).length) || 0), 0)"""
    )
    return drawn or max(64, page.locator("td").count())


def start_times(empty: Path, runtime: Path, runs: int) -> tuple[list[float], list[float]]:
    """Seconds from process start to the answer: ours, and an empty script."""
    ours, floor = [], []
    for _ in range(runs):
        for times, make in (
            (ours, lambda: driver.serve(runtime)),
            (
                floor,
                lambda: driver.Server(
                    [sys.executable, "-m", "streamlit", "run", str(empty)], {}, empty.parent
                ),
            ),
        ):
            server = make()
            try:
                times.append(server.wait() * 1000)
            finally:
                server.stop()
    return ours, floor


def middle(values: Sequence[float]) -> float:
    return statistics.median(values)


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in fixed columns."""
    widths = [max(len(str(row[n])) for row in (head, *rows)) for n in range(len(head))]
    print(f"\n{title}")
    for row in (head, *rows):
        print(
            "  ".join(
                str(cell).ljust(width) if n == 0 else str(cell).rjust(width)
                for n, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
        )


def against(own: Sequence[float], floor: Sequence[float]) -> list[str]:
    """Own, floor and ratio as text."""
    return [f"{middle(own):.0f}", f"{middle(floor):.0f}", f"{middle(own) / middle(floor):.2f}"]


def write_floor(folder: Path, points: dict[str, int]) -> Path:
    """The floor app with the product's own theme and fonts, so that only the pages differ."""
    for name in (".streamlit", "static"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "points.json").write_text(json.dumps(points), encoding="utf-8")
    (folder / "empty.py").write_text(EMPTY, encoding="utf-8")
    (folder / "floor.py").write_text(FLOOR, encoding="utf-8")
    return folder


def main(runs: int) -> None:
    chromium = driver.find_browser()
    if chromium is None:
        sys.exit("no Chromium found: set BOARD_CHROMIUM to one")
    folder = Path(tempfile.mkdtemp(prefix="board-benchmark-"))
    servers: list[driver.Server] = []
    try:
        runtime = folder / "runtime"
        subprocess.run(
            [sys.executable, "-m", "etl", "init"],
            cwd=ROOT, env={**os.environ, "BOARD_RUNTIME": str(runtime)}, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(driver.ARGUMENTS))
            print(
                f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, Chromium {browser.version}"
            )
            print(f"{runs} runs, middle of them; times in milliseconds")
            measure(browser, folder, runtime, runs, servers)
            browser.close()
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measure(browser: Browser, folder: Path, runtime: Path, runs: int, servers: list[driver.Server]) -> None:
    """All four measurements, floors and pages by turns so that a noisy moment meets both."""
    ours = driver.serve(runtime)
    servers.append(ours)
    ours.wait()
    first = next(iter(PAGES))
    titles = {page: TEXTS[f"{page}.title"] for page in PAGES}
    addresses = {
        page: f"{ours.url}/{'' if page == first else PAGES[page]}?lang=vi&space=demo" for page in PAGES
    }

    # A page's first visit of all is measured on the server that has shown nothing yet.
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    own = context.new_page()
    driver.visit(own, addresses["method"])
    points, labels, newly = {}, {}, {}
    for page in [*[name for name in PAGES if name != "method"], "method"]:
        newly[page] = switch(own, TEXTS[f"{page}.menu"], titles[page], False)
        own.wait_for_timeout(500)
        points[page] = points_on(own)
        labels[page] = next(
            (TEXTS[key] for key in WIDGETS if own.get_by_role("combobox", name=TEXTS[key]).count()), None
        )

    place = write_floor(folder / "floor", {page: points[page] for page in PAGES})
    floor = driver.Server([sys.executable, "-m", "streamlit", "run", str(place / "floor.py")], {}, place)
    empty = driver.Server([sys.executable, "-m", "streamlit", "run", str(place / "empty.py")], {}, place)
    servers += [floor, empty]
    floor.wait()
    empty.wait()
    beside = browser.new_context(viewport={"width": 1280, "height": 900})
    under = beside.new_page()
    driver.visit(under, floor.url)

    switches: dict[str, tuple[list[float], list[float]]] = {page: ([], []) for page in PAGES}
    widgets: dict[str, tuple[list[float], list[float]]] = {page: ([], []) for page in PAGES}
    for turn in range(runs + 1):
        for page in PAGES:
            a = switch(own, TEXTS[f"{page}.menu"], titles[page], False)
            b = switch(under, page, f"Floor {page}", True)
            if turn:  # the first round fills the caches of both
                switches[page][0].append(a)
                switches[page][1].append(b)
    # Apart from the switches: what is chosen on one page comes along to the next, which would be built for the first time.
    for turn in range(1, runs + 1):
        for page in PAGES:
            if labels[page]:
                # It may also leave a page without its chart.
                switch(own, TEXTS[f"{page}.menu"], titles[page], False)
                switch(under, page, f"Floor {page}", True)
                widgets[page][0].append(choose(own, labels[page], titles[page], False, turn))
                widgets[page][1].append(choose(under, "choice", f"Floor {page}", True, turn))
    slides = []
    for turn in range(runs + 1):
        switch(own, TEXTS["method.menu"], titles["method"], False)
        moved = switch(own, TEXTS["index.menu"], titles["index"], False)
        answered = slide(own, titles["index"])
        if turn:
            slides.append((answered, moved))
    context.close()
    beside.close()

    visits: dict[str, list[tuple[float, float]]] = {page: [] for page in PAGES}
    bare: list[tuple[float, float]] = []
    for _ in range(runs):
        bare.append(cold(browser, empty.url, "Floor", False))
        for page in PAGES:
            visits[page].append(cold(browser, addresses[page], titles[page], True))
    for server in servers:
        server.stop()
    own_start, floor_start = start_times(place / "empty.py", runtime, runs)

    for name, own_ones, floors in (
        ("process start until it answers", own_start, floor_start),
        ("first text, overview, new browser", [a for a, _ in visits[first]], [a for a, _ in bare]),
    ):
        collected.row("pages", name, middle(own_ones), middle(floors), "ms", "an empty Streamlit page")
    for page in PAGES:
        beside = "the same frame with one static chart"
        collected.row("pages", f"{page}: switch", *map(middle, switches[page]), "ms", beside)
        if labels[page]:
            collected.row("pages", f"{page}: widget", *map(middle, widgets[page]), "ms", beside)
    table(
        "start: process start to answer",
        ["", "ours", "floor", "ratio"],
        [["serve.py / empty script", *against(own_start, floor_start)]],
    )
    rows = []
    for page in PAGES:
        cells = [against([pair[n] for pair in visits[page]], [pair[n] for pair in bare]) for n in (0, 1)]
        rows.append([page, *cells[0], *cells[1]])
    table(
        "cold: new browser / empty script",
        ["page", "text", "floor", "ratio", "settled", "floor", "ratio"],
        rows,
    )
    rows = [[page, points[page], *against(*switches[page]), f"{newly[page]:.0f}"] for page in PAGES]
    table(
        "switch: click in the menu / one static chart (built: the page's very first visit on this server)",
        ["page", "points", "ours", "floor", "ratio", "built"],
        rows,
    )
    table(
        "slider: one step of a weight / the switch to the page",
        ["", "ours", "floor", "ratio"],
        [["weights of the index", *against(*zip(*slides, strict=True))]],
    )
    rows = [[page, *(against(*widgets[page]) if labels[page] else ("–", "–", "–"))] for page in PAGES]
    table(
        "widget: a choice not made before / the choice over one chart",
        ["page", "ours", "floor", "ratio"],
        rows,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    main(parser.parse_args().runs)
