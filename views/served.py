"""Own addresses of the server beside Streamlit's: the static files of imported boundaries.

A version's files never change, so a browser keeps them for a year and a rerun sends none. They are packed once, when the
version is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from store import boundaries

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from store.settings import Settings

ADDRESS = "maps"
COOKIE = "board_session"  # that ``signin`` gives the browser
_YEAR = "max-age=31536000, immutable"


def address(version: str, name: str, tolerance: int) -> str:
    """Address of a file, relative to any page of the product."""
    return f"{ADDRESS}/{version}/{name}-{tolerance}.geojson"


def routes(settings: Settings, base: str = "") -> list[BaseRoute]:
    """Routes for the server's app; ``base``: path that the product lies under."""
    from starlette.routing import Route

    def shapes(request: Request) -> Response:
        return _answer(settings, request)

    prefix = f"/{base.strip('/')}" if base.strip("/") else ""
    return [Route(f"{prefix}/{ADDRESS}/{{version}}/{{file}}", shapes, methods=["GET", "HEAD"])]


def _signed_in(settings: Settings, request: Request) -> bool:
    """Whether the reader has signed in here. A sign-in service has a cookie of its own, which only its library reads:
    there the version's name, which only the pages tell, is the key."""
    from store import sessions

    token = request.cookies.get(COOKIE, "")
    return settings.sign_in == "oidc" or (bool(token) and sessions.session(settings, token) is not None)


def _answer(settings: Settings, request: Request) -> Response:
    """The file, packed where the reader takes that; 404 for every name that no file of a version can have."""
    from starlette.responses import FileResponse, PlainTextResponse, Response

    if settings.reading == "members" and not _signed_in(settings, request):
        return PlainTextResponse("Forbidden", 403)
    version, file = request.path_params["version"], request.path_params["file"]
    if not boundaries.VERSION.fullmatch(version) or not boundaries.FILE.fullmatch(file):
        return PlainTextResponse("Not Found", 404)
    path = boundaries.folder(settings, version) / file
    if not path.is_file():
        return PlainTextResponse("Not Found", 404)
    packed = path.with_name(f"{file}.gz")
    take = "gzip" in request.headers.get("accept-encoding", "") and packed.is_file()
    mark = f'"{version}-{file.removesuffix(".geojson")}{"-gz" if take else ""}"'
    keeper = "private" if settings.reading == "members" else "public"
    headers = {"Cache-Control": f"{keeper}, {_YEAR}", "ETag": mark, "Vary": "Accept-Encoding"}
    known = {item.strip().removeprefix("W/") for item in request.headers.get("if-none-match", "").split(",")}
    if mark in known:
        return Response(status_code=304, headers=headers)
    if take:
        headers["Content-Encoding"] = "gzip"
    return FileResponse(packed if take else path, media_type="application/geo+json", headers=headers)
