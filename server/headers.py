"""What every answer tells the browser: take nothing for what it is not, tell other sites no address, stay out of their
frames. A proxy may ask for more (``deploy/nginx.conf``); an office without one has at least this.

One chart may stand in another site's page (``only=chart``, docs/adr/0017); a whole page may not: a click meant for that
site must not land on a button of ours. The Content-Security-Policy for scripts is the proxy's matter, since only there it
is tried with every page.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
FRAMES = "frame-ancestors 'self'"
WHOLE_PAGES = "text/html"


def is_chart_alone(query: bytes) -> bool:
    """Whether the address asks for one chart without the page around it."""
    return parse_qs(query.decode("latin-1")).get("only") == ["chart"]


class Headers:
    """Adds them to each answer that does not say otherwise itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; the answer's beginning is told more."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
                whole = headers.get("content-type", "").startswith(WHOLE_PAGES)
                if whole and not is_chart_alone(scope.get("query_string", b"")):
                    headers.setdefault("Content-Security-Policy", FRAMES)
            await send(message)

        await self._app(scope, receive, told)
