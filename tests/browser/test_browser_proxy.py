"""Every page behind the proxy of the guide, under its content security policy: nothing that a page needs is forbidden."""

import os
import urllib.request
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from tests.benchmark.proxied import Proxy, nginx
from tests.browser import driver
from tests.browser.conftest import PAGES, Site

pytestmark = pytest.mark.browser
# What the policy forbade, also where the browser's console says nothing.
NOTE = """window.forbidden = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.forbidden.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));"""


@pytest.fixture(scope="module")
def proxied(site, tmp_path_factory):
    """The product behind nginx, by the file of the guide."""
    if nginx() is None:
        reason = "nginx is not installed"
        assert os.environ.get("BOARD_REQUIRE_NGINX") != "1", reason
        pytest.skip(reason)
    proxy = Proxy([SimpleNamespace(port=urlsplit(site.url).port)], tmp_path_factory.mktemp("proxy") / "own")
    try:
        proxy.wait()
        yield Site(proxy.url, site.texts)
    finally:
        proxy.stop()


def test_the_policy_forbids_nothing_that_a_page_needs(proxied, new_tab):
    tab = new_tab(own=True)
    tab.add_init_script(NOTE)
    said = {}
    for page, address in PAGES.items():
        if not said:
            driver.visit(tab, proxied.address(page))
        else:  # as a reader goes, by the menu: the policy is that of the first page
            driver.menu_link(tab, proxied.text(f"{page}.menu")).click()
            driver.arrived(tab, proxied.text(f"{page}.title"))
        assert urlsplit(tab.url).path.strip("/") in (address, ""), page
        said[page] = tab.evaluate("window.forbidden")
    assert all(not found for found in said.values()), said
    assert tab.watch.faults == [] and tab.watch.outside == []
    # The policy is there and is obeyed: what it forbids is forbidden.
    tab.evaluate("() => { new Image().src = 'http://127.0.0.2/x.png'; }")
    tab.wait_for_function("window.forbidden.length > 0")
    assert tab.evaluate("window.forbidden[0]").startswith("img-src http://127.0.0.2")


def test_the_headings_come_once_and_whole_pages_stay_out_of_frames(proxied):
    for query, framed in (("", False), ("?only=chart", True)):
        with urllib.request.urlopen(f"{proxied.url}/chi-tieu{query}", timeout=20) as answer:
            headers = answer.headers
        found = headers.get_all("Content-Security-Policy")
        own, theirs = found
        assert "sha256-" in own and ("frame-ancestors" not in own) is framed
        assert "default-src 'self'" in theirs and "'unsafe-eval'" not in theirs
        for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin")):
            assert headers.get_all(name) == [value]
        assert "max-age" in headers["Strict-Transport-Security"] and "HttpOnly" in headers["Set-Cookie"]
