"""What answers tell the browser, and the cookie that only the server can read."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from server import headers, keeper, routes
from views import signin

TOKEN = "t" * 43
BODY = TOKEN.encode()


async def _page(request):
    return HTMLResponse("<p>")


async def _data(request):
    return JSONResponse({}, headers={"Referrer-Policy": "no-referrer"})


APP = headers.Headers(Starlette(routes=[Route("/", _page), Route("/data", _data), *keeper.ROUTES]))


def asked(path="/", query=b"", method="GET", body=b"", scheme="http", **told):
    """(status, headers) of one request to the small application."""
    said = [(name.replace("_", "-").encode(), text.encode()) for name, text in told.items()]
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query,
             "headers": said, "scheme": scheme, "server": ("127.0.0.1", 80), "root_path": ""}  # fmt: skip
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    with ThreadPoolExecutor(1) as pool:  # another test of this process may keep a loop running in this thread
        pool.submit(asyncio.run, APP(scope, receive, send)).result()
    start = sent[0]
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}


def keep(body=BODY, **told):
    """The request of a page that signed somebody in."""
    return asked("/session", method="POST", body=body, **{"x_board_session": "1", **told})


def test_every_answer_forbids_guessing_telling_and_framing():
    _, page = asked()
    assert page["x-content-type-options"] == "nosniff" and page["referrer-policy"] == "same-origin"
    policy = page["content-security-policy"]
    assert policy.endswith("; frame-ancestors 'self'") and "camera=()" in page["permissions-policy"]
    assert "script-src 'self'" in policy and "unsafe-inline" not in policy and "'unsafe-eval'" not in policy
    assert policy.count("'sha256-") == 2, "the framework's one inline script and the show's"
    _, data = asked("/data")
    assert data["referrer-policy"] == "no-referrer" and "content-security-policy" not in data


@pytest.mark.parametrize(
    ("query", "framed"),
    [(b"only=chart", True), (b"lang=vi&only=chart", True), (b"only=page", False), (b"xonly=chart", False),
     (b"only=page&only=chart", False), (b"only=chart&only=page", False), (b"only=%63hart", True)],
)  # fmt: skip
def test_only_one_chart_alone_may_stand_in_another_sites_page(query, framed):
    assert ("frame-ancestors" not in asked(query=query)[1]["content-security-policy"]) is framed


def test_the_cookie_of_a_session_is_not_for_scripts():
    status, told = keep()
    cookie = {part.strip().lower() for part in told["set-cookie"].split(";")}
    assert status == 204 and told["cache-control"] == "no-store"
    assert {f"board_session={TOKEN}", "httponly", "samesite=strict", "path=/"} <= cookie
    assert not any(part.startswith(("max-age", "expires")) for part in cookie), "gone with the browser"
    assert "secure" not in cookie and "Secure" in keep(x_forwarded_proto="https")[1]["set-cookie"]
    assert "Secure" in keep(scheme="https")[1]["set-cookie"]
    status, told = keep(b"")
    assert status == 204 and 'board_session=""' in told["set-cookie"] and "Max-Age=0" in told["set-cookie"]
    assert "document.cookie" not in signin.JS and keeper.ADDRESS in signin.JS


@pytest.mark.parametrize(
    "body", [b"short", b"t" * 44, b"t" * 42 + b";", b"t" * 42 + b"\n", b"\xff" * 43, b"t" * 5000]
)
def test_what_is_no_token_sets_no_cookie(body):
    status, told = keep(body)
    assert status == 400 and "set-cookie" not in told


@pytest.mark.parametrize(
    "told", [{"x_board_session": ""}, {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}]
)
def test_no_other_site_signs_anybody_in_or_out(told):
    for body in (TOKEN.encode(), b""):
        status, answer = keep(body, **told)
        assert status == 403 and "set-cookie" not in answer
    assert asked("/session", query=TOKEN.encode())[0] == 405, "no link signs anybody in"


def test_the_route_is_served_with_the_others():
    [own] = keeper.ROUTES
    assert own in routes.ROUTES and own.path == "/session" and own.methods == {"POST"}
