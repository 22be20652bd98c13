"""What every answer tells the browser: take nothing for what it is not, tell other sites no address, stay out of their
frames. A proxy may ask for more (``deploy/nginx.conf``); an office without one has at least this.

One chart may stand in another site's page (``only=chart``, docs/adr/0017); a whole page may not: a click meant for that
site must not land on a button of ours. Scripts come from this server alone. Of those written into a page only two may run,
by their hashes: the framework's own, and that of the show, whose window inherits the policy of the page that opens it. So
markup that slipped through every other net would still run nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
FRAMES = "; frame-ancestors 'self'"
INLINE = re.compile(r"<script>(.*?)</script>", re.S)
SHOW = Path(__file__).resolve().parent.parent / "reports" / "show.js"
WHOLE_PAGES = "text/html"


def is_chart_alone(query: bytes) -> bool:
    """Whether the address asks for one chart without the page around it."""
    return parse_qs(query.decode("latin-1")).get("only") == ["chart"]


@cache
def policy() -> str:
    """What a page may run and where it may send forms; read once, for it is that of this release."""
    index = Path(streamlit.__file__).parent / "static" / "index.html"
    inline = [*INLINE.findall(index.read_text(encoding="utf-8")), SHOW.read_text(encoding="utf-8")]
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inline)
    own = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"script-src 'self' 'wasm-unsafe-eval' blob: {own}; object-src 'none'; base-uri 'self'; form-action 'self'"


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
                if headers.get("content-type", "").startswith(WHOLE_PAGES):
                    alone = is_chart_alone(scope.get("query_string", b""))
                    headers.setdefault("Content-Security-Policy", policy() + ("" if alone else FRAMES))
            await send(message)

        await self._app(scope, receive, told)
