"""Where the product lies and how it is reached, as its own addresses need to know."""

from __future__ import annotations

from starlette.requests import Request
from streamlit import config

_PLACE = (config.get_option("server.baseUrlPath") or "").strip("/")
BASE = f"/{_PLACE}" if _PLACE else ""  # path that the product lies under: /board; empty for a whole site


def encrypted(request: Request) -> bool:
    """Whether the browser's way to us is encrypted, as the proxy before us says."""
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", ""))
