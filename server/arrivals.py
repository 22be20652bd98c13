"""On the way to the organisation's sign-in service and back: the page one came from, and why one was not let in.

The framework does the signing in. It comes back to the first page whatever happened, and says nothing of a refusal: here
the reader is sent to the page they came from, with a word in its address that ``views.signin`` turns into a sentence.
"""

from __future__ import annotations

import logging
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from server.base import BASE, encrypted
from server.maps import COOKIE

ACCOUNTS = "/tai-khoan"  # where one lands who came from nowhere
BACK = "board_back"
_LOG = logging.getLogger("board")


class Arrivals:
    """Stands before the framework's three addresses of signing in; everything else passes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._does = {
            f"{BASE}/auth/login": self._leaving,
            f"{BASE}/auth/logout": self._ending,
            f"{BASE}/oauth2callback": self._coming,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer in the framework's place after asking it."""
        act = self._does.get(scope["path"]) if scope["type"] == "http" else None
        if act is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        answer = await act(request, *await self._asked(scope, receive))
        await answer(scope, receive, send)

    async def _asked(self, scope: Scope, receive: Receive) -> tuple[str, list[str]]:
        """Where the framework sends the reader, and the cookies it sets; nowhere when it fails."""
        found: list[Message] = []

        async def hear(message: Message) -> None:
            found.append(message)

        try:
            await self._app(scope, receive, hear)
        except Exception:
            _LOG.exception("signin.failed")
            return "", []
        headers = [(name.lower(), value.decode("latin-1")) for name, value in found[0].get("headers", ())]
        place = next((value for name, value in headers if name == b"location"), "")
        return place, [value for name, value in headers if name == b"set-cookie"]

    async def _leaving(self, request: Request, place: str, cookies: list[str]) -> RedirectResponse:
        """To the service, remembering the page; back to it when the service cannot be asked."""
        came = _page(request)
        if not urlsplit(place).netloc:
            return _to(_with(came, "unreachable"), cookies)
        answer = _to(place, cookies)
        more = {"httponly": True, "samesite": "lax", "secure": encrypted(request)}
        answer.set_cookie(BACK, quote(came, safe=""), 600, path=f"{BASE}/", **more)
        return answer

    async def _coming(self, request: Request, place: str, cookies: list[str]) -> RedirectResponse:
        """Signed in, or not; a reader who only comes back from signing out is sent on."""
        if not {"code", "error"} & set(request.query_params):
            return _to(place or f"{BASE}/", cookies)
        came = _own(unquote(request.cookies.get(BACK, ""))) or BASE + ACCOUNTS
        answer = _to(came if _let_in(cookies) else _with(came, "refused"), cookies)
        answer.delete_cookie(BACK, path=f"{BASE}/")
        return answer

    async def _ending(self, request: Request, place: str, cookies: list[str]) -> RedirectResponse:
        """The page goes away before it can drop its own cookie."""
        answer = _to(place or f"{BASE}/", cookies)
        answer.delete_cookie(COOKIE, path="/", samesite="strict")
        return answer


def _to(place: str, cookies: list[str]) -> RedirectResponse:
    answer = RedirectResponse(place, status_code=302, headers={"Cache-Control": "no-store"})
    answer.raw_headers.extend((b"set-cookie", cookie.encode("latin-1")) for cookie in cookies)
    return answer


def _let_in(cookies: list[str]) -> bool:
    """Whether the framework took the service's answer: it then sets its cookie, and else clears it."""
    kept = [SimpleCookie(cookie).get(USER_COOKIE_NAME) for cookie in cookies]
    return any(cookie is not None and cookie.value and cookie["max-age"] != "0" for cookie in kept)


def _page(request: Request) -> str:
    """The page of ours that asks to sign in, as the browser names it."""
    named = urlsplit(request.headers.get("referer", ""))
    ours = named.netloc == request.headers.get("host", "")
    page = _own(f"{named.path}?{named.query}".rstrip("?")) if ours else ""
    return page or BASE + ACCOUNTS


def _own(page: str) -> str:
    """The address if it is one of this site's; empty otherwise: nobody is sent elsewhere from here."""
    parts = urlsplit(page)
    plain = page.isascii() and page.isprintable() and "\\" not in page
    ours = page.startswith(f"{BASE}/") and not page.startswith("//")
    return page if plain and ours and not parts.scheme and not parts.netloc else ""


def _with(page: str, word: str) -> str:
    """The page's address with the word, in place of an earlier one."""
    parts = urlsplit(page)
    asked = [(key, value) for key, value in parse_qsl(parts.query) if key != "signin"]
    return parts._replace(query=urlencode([*asked, ("signin", word)])).geturl()
