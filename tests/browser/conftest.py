"""One browser and one server for all browser tests, and tabs that write down everything that goes wrong in them."""

from __future__ import annotations

import ast
import os
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.browser import driver
from views.text import flatten

LANGUAGES = ("vi", "en")
SPACES = ("demo", "official")
# Streamlit asks for these two beside the page's own address before it looks at the root, and gets 404 on a deep link.
PROBES = ("_stcore/health", "_stcore/host-config")
# Room for what scripts make and drop at once: half of the collecting of garbage goes, and axe-core makes much of it.
ROOMY = "--js-flags=--min-semi-space-size=64"
NO_PAGE = "The page that you have requested does not seem to exist"


def declared_pages() -> dict[str, str]:
    """page id -> address as ``app.py`` declares them, so that a new page is tested without a new test."""
    tree = ast.parse((driver.ROOT / "app.py").read_text(encoding="utf-8"))
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == "PAGES":
            groups = ast.literal_eval(statement.value)
            return {name: address for group in groups.values() for name, _, address in group}
    raise LookupError("app.py declares no PAGES")


PAGES = declared_pages()


@dataclass
class Site:
    """Where the pages are, and what they promise to say."""

    url: str
    texts: dict[str, dict[str, str]]

    def address(self, page: str, language: str = "vi", space: str = "demo", **choices: str) -> str:
        """Full address of a page. The first page is the one that answers without a path."""
        path = "" if page == next(iter(PAGES)) else PAGES[page]
        return f"{self.url}/{path}?{urlencode({'lang': language, 'space': space, **choices})}"

    def text(self, key: str, language: str = "vi") -> str:
        """A text of the product by its key."""
        return self.texts[language][key]

    def ribbon(self, page: str, language: str = "vi") -> str:
        """What the ribbon of the illustrative space says on a page, without its marks."""
        own = f"ribbon.demo_{page}"
        return re.sub(
            r"<[^>]+>", "", self.text(own if own in self.texts[language] else "ribbon.demo", language)
        )


@dataclass
class Watch:
    """What a tab did that a reader would not want."""

    faults: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def listen(self, page: Any) -> None:
        """Follow one tab."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("request", lambda request: self._request(request.url))
        page.on("websocket", lambda socket: self._request(socket.url))

    def forget(self) -> None:
        """Begin anew."""
        self.faults, self.outside = [], []

    def _request(self, url: str) -> None:
        if not driver.is_local(url):
            self.outside.append(url)

    def _console(self, message: Any) -> None:
        if message.type != "error":
            return
        path = urlsplit(message.location.get("url", "")).path
        probes = {f"/{address}/{probe}" for address in PAGES.values() for probe in PROBES}
        if "404" in message.text and path in probes:
            return
        self.faults.append(f"console: {message.text} ({path})")


def _unavailable(reason: str) -> None:
    """No browser: skip, but fail where the browser tests have to run."""
    if os.environ.get("BOARD_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{reason}, and BOARD_REQUIRE_BROWSER=1 asks for one", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _unavailable("playwright is not installed")
    path = driver.find_browser()
    if path is None:
        named = os.environ.get("BOARD_CHROMIUM")
        _unavailable(
            f"BOARD_CHROMIUM={named} is no file"
            if named
            else f"no browser found (looked for {', '.join(driver.NAMES)})"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*driver.ARGUMENTS, ROOMY])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def texts() -> dict[str, dict[str, str]]:
    """Texts of the product by language and dotted key."""
    folder = driver.ROOT / "data" / "reference" / "texts"
    return {
        name: flatten(tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8")))
        for name in LANGUAGES
    }


@pytest.fixture(scope="session")
def site(chromium: Any, built: Any, texts: dict[str, dict[str, str]]) -> Iterator[Site]:
    """The product on the built runtime, for every test that only reads."""
    server = driver.serve(built.runtime_dir)
    try:
        server.wait()
        yield Site(server.url, texts)
        written = server.text()
    finally:
        server.stop()
    # The page tells a reader only that something went wrong; the log says what.
    assert "Traceback" not in written, written[-6000:]


@pytest.fixture
def fresh(
    chromium: Any, built: Any, texts: dict[str, dict[str, str]], tmp_path: Path
) -> Iterator[Callable[[], tuple[Site, Path]]]:
    """Starts a server that nobody has visited, on a copy of the runtime that may be changed."""
    servers = []

    def start() -> tuple[Site, Path]:
        runtime = tmp_path / f"runtime-{len(servers)}"
        shutil.copytree(built.runtime_dir, runtime)
        server = driver.serve(runtime)
        servers.append(server)
        server.wait()
        return Site(server.url, texts), runtime

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def contexts(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Browser contexts by their options; tabs of the same kind share one, and so its cache. Nothing moves in them, as for
    readers who ask for that: drawing every step of a movement without a graphics card is a third of a visit."""
    made: dict[tuple, Any] = {}

    def give(width: int, height: int, scheme: str) -> Any:
        key = (width, height, scheme)
        if key not in made:
            made[key] = chromium.new_context(
                locale="vi-VN",
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                reduced_motion="reduce",
                is_mobile=width < 600,
                has_touch=width < 600,
            )
            made[key].set_default_timeout(20_000)
        return made[key]

    yield give
    for context in made.values():
        context.close()


@pytest.fixture(scope="session")
def idle(contexts: Callable[..., Any]) -> dict[tuple, list[Any]]:
    """Tabs that no test is using, by size and colours: opening one costs more than what a test does in it."""
    return {}


@pytest.fixture(scope="module")
def standing(contexts: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """``with standing(address, title) as tab``: a watched tab that has come to a page. The first test of a size and
    colours loads the product; the others find it open and only move, unless they ask to load it ``anew``, because loading
    takes longer than most of what a test does then. A tab in which a test failed is not used again."""
    kept: dict[tuple, Any] = {}

    @contextmanager
    def come(
        address: str,
        title: str,
        width: int = 1280,
        height: int = 900,
        scheme: str = "light",
        anew: bool = False,
    ) -> Iterator[Any]:
        kind = (width, height, scheme)
        tab = kept.pop(kind, None)
        try:
            if tab is None:
                tab = contexts(*kind).new_page()
                tab.watch = Watch()
                tab.watch.listen(tab)
                driver.visit(tab, address)
            elif anew:
                tab.evaluate("sessionStorage.clear()")
                driver.visit(tab, address)
            else:
                driver.move(tab, address, title)
            yield tab
        except BaseException:
            tab.close()
            raise
        tab.set_viewport_size({"width": width, "height": height})
        tab.watch.forget()
        kept[kind] = tab

    yield come
    for tab in kept.values():
        tab.close()


@pytest.fixture
def new_tab(contexts: Callable[..., Any], idle: dict[tuple, list[Any]]) -> Iterator[Callable[..., Any]]:
    """Gives a watched tab without a page; ``tab.watch`` holds what went wrong. It is emptied and kept after the test,
    or closed where the test asked for a tab of its ``own`` to change what stays with a tab."""
    given = []

    def open_tab(width: int = 1280, height: int = 900, scheme: str = "light", own: bool = False) -> Any:
        kind = (width, height, scheme)
        if idle.get(kind) and not own:
            tab = idle[kind].pop()
        else:
            tab = contexts(*kind).new_page()
            tab.watch = Watch()
            tab.watch.listen(tab)
        given.append((tab, kind, own))
        return tab

    yield open_tab
    for tab, kind, own in given:
        if own or tab.is_closed():
            tab.close()
            continue
        if tab.url.startswith("http"):
            tab.evaluate("sessionStorage.clear()")
        tab.goto("about:blank")
        tab.emulate_media(media="null")
        tab.set_viewport_size({"width": kind[0], "height": kind[1]})
        tab.watch.forget()
        idle.setdefault(kind, []).append(tab)


@pytest.fixture
def tab(new_tab: Callable[..., Any]) -> Any:
    """One tab on a common desktop size."""
    return new_tab()
