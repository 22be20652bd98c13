"""On the way to a sign-in service and back; the whole way is in tests/browser/test_browser_oidc.py."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from server import arrivals
from tests.browser.conftest import PAGES

SERVICE = "https://dang-nhap.example/authorize?client_id=x"


def test_where_one_lands_is_the_page_of_accounts():
    assert f"/{PAGES['accounts']}" == arrivals.ACCOUNTS


def visitor(login=SERVICE, user="signed"):
    """A browser before a framework that answers as said; ``user``: its cookie after coming back."""

    def leave(request: Request) -> Response:
        if login is None:
            raise ModuleNotFoundError("a library of the way is missing")
        return RedirectResponse(login, 302) if login else Response("Authentication error", 400)

    def come(request: Request) -> Response:
        answer = RedirectResponse("/", 302)
        answer.set_cookie("other", "x")
        if user:
            answer.set_cookie(arrivals.USER_COOKIE_NAME, user)
        else:
            answer.delete_cookie(arrivals.USER_COOKIE_NAME)
        return answer

    routes = [Route("/auth/login", leave), Route("/oauth2callback", come), Route("/auth/logout", come)]
    app = Starlette(routes=routes, middleware=[Middleware(arrivals.Arrivals)])
    return TestClient(app, "http://board.example", follow_redirects=False)


@pytest.mark.parametrize(
    "came, back",
    [
        ("http://board.example/gui-so-lieu?lang=en", "/gui-so-lieu?lang=en"),
        ("http://evil.example/gui-so-lieu", arrivals.ACCOUNTS),
        ("http://board.example//evil.example/", arrivals.ACCOUNTS),
        ("", arrivals.ACCOUNTS),
    ],
)
def test_one_comes_back_to_the_page_one_left_and_to_no_other_site(came, back):
    browser = visitor()
    out = browser.get("/auth/login?provider=x", headers={"referer": came} if came else {})
    assert out.headers["location"] == SERVICE
    again = browser.get("/oauth2callback?code=a&state=b")
    assert again.headers["location"] == back
    cookies = again.headers.get_list("set-cookie")
    assert any(cookie.startswith(f"{arrivals.USER_COOKIE_NAME}=signed") for cookie in cookies)
    assert arrivals.BACK not in browser.cookies


@pytest.mark.parametrize(
    "forged", ["//evil.example", "/\\evil.example", "https://evil.example", "%2F%2Fevil.example"]
)
def test_a_forged_way_back_leads_nowhere_else(forged):
    browser = visitor()
    browser.cookies.set(arrivals.BACK, forged)
    assert browser.get("/oauth2callback?code=a&state=b").headers["location"] == arrivals.ACCOUNTS


def test_why_one_was_not_let_in_stands_in_the_address_once():
    for broken in ("", None, "/"):
        answer = visitor(login=broken).get(
            "/auth/login", headers={"referer": "http://board.example/?signin=refused&lang=vi"}
        )
        assert (answer.status_code, answer.headers["location"]) == (302, "/?lang=vi&signin=unreachable")
    refused = visitor(user="").get("/oauth2callback?error=access_denied&state=b")
    assert refused.headers["location"] == f"{arrivals.ACCOUNTS}?signin=refused"
    assert visitor(user="").get("/oauth2callback").headers["location"] == "/", "back from signing out"


def test_leaving_takes_the_boards_own_cookie_along():
    browser = visitor(user="")
    browser.cookies.set(arrivals.COOKIE, "token", domain="board.example", path="/")
    browser.get("/auth/logout")
    assert arrivals.COOKIE not in browser.cookies


def test_everything_else_passes_untouched():
    seen = []

    async def app(scope, receive, send):
        seen.append((scope, receive, send))

    for scope in (
        {"type": "http", "path": "/"},
        {"type": "websocket", "path": "/auth/login"},
        {"type": "lifespan", "path": ""},
    ):
        with pytest.raises(StopIteration):  # to its end in one step: it waits for nothing
            arrivals.Arrivals(app)(scope, "receive", "send").send(None)
        assert seen.pop() == (scope, "receive", "send")
