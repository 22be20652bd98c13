"""The cookie of a session, set by the server so that no script of a page can read it.

A page that signed somebody in hands the token here once; from then on only the browser and the server know it. Only a
page of the same site can ask: the request carries a heading that no form of another site may send.
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from server.base import BASE, encrypted
from server.maps import COOKIE

ADDRESS = "session"
HEADING = "x-board-session"  # not one that forms can send, so another site would have to ask first, and gets no leave
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # as ``secrets.token_urlsafe(32)`` writes it
MOST_BYTES = 200


async def keep(request: Request) -> Response:
    """Keep the token that the body holds until the browser is closed; an empty body drops it."""
    if not _from_here(request):
        return PlainTextResponse("Forbidden", 403)
    token = await _body(request)
    if token is None or (token and not TOKEN.fullmatch(token)):
        return PlainTextResponse("Bad Request", 400)
    answer = Response(status_code=204, headers={"Cache-Control": "no-store"})
    more = {"path": "/", "httponly": True, "samesite": "strict", "secure": encrypted(request)}
    if token:
        answer.set_cookie(COOKIE, token, **more)
    else:
        answer.delete_cookie(COOKIE, **more)
    return answer


async def _body(request: Request) -> str | None:
    """The text; None for one that is longer than a token can be."""
    found = b""
    async for piece in request.stream():
        found += piece
        if len(found) > MOST_BYTES:
            return None
    return found.decode("latin-1")


def _from_here(request: Request) -> bool:
    """Whether a page of this very site asks. Browsers that say where a request comes from are believed to say so."""
    return (
        request.headers.get(HEADING) == "1"
        and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    )


ROUTES: list[BaseRoute] = [Route(f"{BASE}/{ADDRESS}", keep, methods=["POST"])]
