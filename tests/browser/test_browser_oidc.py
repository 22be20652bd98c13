"""Signing in through an organisation's service, which here is a real provider on this machine."""

import shutil
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from store import accounts, accounts_file
from store.access import ADMINISTRATOR, APPRAISER, REPORTER
from store.settings import Settings, read_settings
from tests.browser import driver
from tests.browser.conftest import Site, Watch
from tests.oidc_provider import Person, Provider
from tests.pages import office

pytestmark = pytest.mark.browser
FAULTS = ("signature", "audience", "issuer", "expired", "nonce", "unsigned", "token", "denied")
LAN, HOA, UNKNOWN = "lan@coquan.example", "hoa@coquan.example", "la@coquan.example"
PEOPLE = {
    "lan": Person(LAN.upper()),
    "hoa": Person(HOA),
    "stranger": Person(UNKNOWN),
    "unverified": Person(LAN, verified=False),
    "unsaid": Person(LAN, verified=None),
    "nameless": Person(None),
    **{fault: Person(LAN, fault=fault) for fault in FAULTS},
}


@dataclass
class House:
    """An installation that trusts the provider."""

    site: Site
    settings: Settings
    provider: Provider
    server: driver.Server


@pytest.fixture(scope="module")
def house(chromium, built, texts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("oidc")
    runtime = folder / "runtime"
    shutil.copytree(built.runtime_dir, runtime)
    settings = read_settings({"BOARD_RUNTIME": str(runtime), "BOARD_SIGN_IN": "oidc"})
    accounts.add(settings, office.ROOT, "goc", "", ADMINISTRATOR, ())
    accounts.add(settings, office.ROOT, "lan", "Nông Thị Lan", REPORTER, (office.SONG_CAU,), identity=LAN)
    accounts.add(settings, office.ROOT, "hoa", "Hà Thị Hoa", APPRAISER, (), identity=HOA)
    with Provider(PEOPLE) as provider:
        file = folder / "secrets.toml"
        server = driver.serve(runtime, BOARD_SIGN_IN="oidc", STREAMLIT_SECRETS_FILES=str(file))
        redirect = f"{server.url}/oauth2callback"
        provider.returns.append(redirect)
        file.write_text(provider.secrets_toml(redirect), encoding="utf-8")
        try:
            server.wait()
            yield House(Site(server.url, texts), settings, provider, server)
        finally:
            server.stop()
    assert provider.wrong == [], "the product asks as the standard says"


@pytest.fixture
def tab(chromium):
    context = chromium.new_context(
        locale="vi-VN", viewport={"width": 1280, "height": 1000}, reduced_motion="reduce"
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.watch = Watch()
    page.watch.listen(page)
    yield page
    context.close()


def arrive(tab, house, person, page="upload"):
    """From a page of the product to the service and back, as the person."""
    if page:
        tab.goto(house.site.address(page, space="official"))
    tab.get_by_role("button", name=house.site.text("signin.button"), exact=True).click()
    tab.get_by_role("button", name=person, exact=True).click()
    tab.wait_for_url(f"{house.site.url}/**")
    driver.settle(tab)


def told(tab):
    tab.get_by_test_id("stAlert").first.wait_for()
    return " ".join(tab.get_by_test_id("stAlert").all_inner_texts())


def test_a_verified_address_opens_its_account_and_signing_out_ends_it_everywhere(house, tab):
    site = house.site
    arrive(tab, house, "lan")
    tab.get_by_test_id("stFileUploader").wait_for()
    assert urlsplit(tab.url).path == "/gui-so-lieu", "back where one came from"
    second = tab.context.new_page()
    driver.visit(second, site.address("accounts", space="official"))
    own = second.locator('[data-part="own"]').inner_text()
    assert "Nông Thị Lan" in own and site.text("accounts.roles.reporter") in own and "Sông Cầu" in own
    second.close()
    driver.menu_link(tab, site.text("publish.menu")).click()
    driver.arrived(tab, site.text("publish.title"))
    role = site.text("accounts.roles.reporter")
    assert site.text("signin.not_for.appraiser").format(role=role) in driver.visible_text(tab)

    kept = tab.context.cookies()
    assert next(one for one in kept if one["name"] == "_streamlit_user")["httpOnly"]
    driver.menu_link(tab, site.text("accounts.menu")).click()
    driver.arrived(tab, site.text("accounts.title"))
    tab.get_by_role("button", name=site.text("accounts.sign_out")).click()
    tab.wait_for_url(f"{site.url}/")
    driver.arrived(tab)
    assert house.provider.signed_out == 1, "the service is told too"
    left = {one["name"] for one in tab.context.cookies()}
    assert not left & {"_streamlit_user", "_streamlit_user_tokens", "board_session"}
    tab.context.add_cookies(kept)  # as somebody who copied them, within the minutes that an answer is fresh
    tab.goto(site.address("upload", space="official"))
    assert site.text("error.accounts.proof") in told(tab)
    assert tab.get_by_test_id("stFileUploader").count() == 0
    assert [line["act"] for line in accounts_file.entries(house.settings) if line["by"] == "lan"] == [
        "sign_in"
    ]

    arrive(tab, house, "hoa", page=None)
    assert urlsplit(tab.url).path == "/gui-so-lieu" and tab.get_by_test_id("stAlert").count() == 0
    driver.menu_link(tab, site.text("publish.menu")).click()
    driver.arrived(tab, site.text("publish.title"))
    assert tab.locator('[data-part="log"]').count() == 1, "an appraiser decides"
    accounts.change(house.settings, office.ROOT, "hoa", active=False)
    tab.reload()
    assert HOA in told(tab).replace("\u2060", "")
    assert tab.locator('[data-part="log"]').count() == 0
    assert tab.watch.faults == [] and tab.watch.outside == []


def test_who_is_not_vouched_for_is_refused_in_plain_words_and_goes_on_reading(house, tab):
    site = house.site
    before = len(accounts_file.entries(house.settings))
    expected = {
        "stranger": ("no_identity", UNKNOWN),
        "unverified": ("unverified", LAN),
        "nameless": ("no_address", ""),
        "signature": ("refused", ""),
    }
    ways = []
    tab.on("request", lambda request: ways.append(request.url) if "/auth/login" in request.url else None)
    page = "upload"
    for person, (code, name) in expected.items():
        arrive(tab, house, person, page=page)
        page = None  # the next one tries where this one was refused
        words = told(tab).replace("\u2060", "")
        assert site.text(f"error.accounts.{code}").format(name=name) in words, person
        assert (site.text("signin.reads") in words) == (person == "stranger")
        assert tab.get_by_test_id("stFileUploader").count() == 0, person
        assert urlsplit(tab.url).path == "/gui-so-lieu" and "signin=" not in tab.url
    for fault in ("lan", *FAULTS):  # each on the same way, without drawing the page again
        asked = tab.request.get(ways[-1], headers={"referer": tab.url})
        back = tab.request.get(f"{house.provider.url}/choose?{urlsplit(asked.url).query}&person={fault}")
        assert urlsplit(back.url).path == "/gui-so-lieu", fault
        assert ("signin=refused" in back.url) == (fault in FAULTS), fault
    left = {one["name"] for one in tab.context.cookies()}
    assert not left & {"_streamlit_user", "board_session"}
    arrive(tab, house, "unsaid", page=None)
    assert site.text("error.accounts.unverified").format(name=LAN) in told(tab).replace("\u2060", "")
    driver.menu_link(tab, site.text("overview.menu")).click()
    driver.arrived(tab, site.text("overview.title"))
    assert len(accounts_file.entries(house.settings)) == before, (
        "nothing was opened, and nobody outside makes the log grow"
    )
    assert tab.watch.faults == [] and tab.watch.outside == []
