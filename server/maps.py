"""The static files of imported boundaries, by address.

A version's files never change, so a browser keeps them for a year and a rerun sends none. They are packed once, when the
version is written.
"""

from __future__ import annotations

from functools import cache

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from server.base import BASE
from store import boundaries
from store.settings import Settings, read_settings

COOKIE = "board_session"  # that ``signin`` gives the browser
_YEAR = "max-age=31536000, immutable"


@cache
def _settings() -> Settings:
    """The installation's settings; read once, as the pages do."""
    return read_settings()


def shapes(request: Request) -> Response:
    """The file, packed where the reader takes that; 404 for every name that no file of a version can have."""
    return _answer(_settings(), request)


def _signed_in(settings: Settings, request: Request) -> bool:
    """Whether the reader has signed in here."""
    from store import sessions

    token = request.cookies.get(COOKIE, "")
    return bool(token) and sessions.session(settings, token) is not None


def _answer(settings: Settings, request: Request) -> Response:
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


ROUTES: list[BaseRoute] = [
    Route(
        f"{BASE}/{boundaries.ADDRESS}/{{version}}/{{file}}",
        shapes,
        methods=["GET", "HEAD"],
    )
]
