"""``/metrics``: what ``watch.counts`` counted, the published snapshots and the process, for Prometheus.

For who asks from this machine, not through a proxy; with ``BOARD_METRICS_TOKEN`` for who carries it, from anywhere.
"""

from __future__ import annotations

import hmac
import shutil
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from store import version
from store.errors import BoardError
from store.settings import SPACES, Settings
from watch import counts

LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
_BEGAN = time.time()


def _settings() -> Settings:
    from views import (
        load,
    )  # brings the libraries of figures, which the server must not wait for when it starts

    return load.settings()


def _snapshots() -> Iterable[counts.Reading]:
    from store.snapshot import current_id

    for space in SPACES:
        try:
            name = current_id(_settings(), space)
        except (BoardError, OSError):
            continue
        yield {"space": space, "snapshot_id": name}, 1


def _ages() -> Iterable[counts.Reading]:
    from store.snapshot import pointer_path

    for space in SPACES:
        try:
            moved = pointer_path(_settings(), space).stat().st_mtime
        except (BoardError, OSError):
            continue
        yield {"space": space}, time.time() - moved


def _free() -> Iterable[counts.Reading]:
    try:
        yield {}, shutil.disk_usage(_settings().runtime_dir).free
    except (BoardError, OSError):
        return


def memory_bytes() -> int | None:
    """Resident memory of this process; None where the system does not tell without further libraries."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))
    except (OSError, StopIteration):
        return None


def _memory() -> Iterable[counts.Reading]:
    found = memory_bytes()
    return [({}, found)] if found is not None else []


counts.Measured("board_snapshot_info", "Published snapshot of each space.", _snapshots)
counts.Measured("board_snapshot_age_seconds", "Since the pointer of a space was last moved.", _ages)
counts.Measured("board_disk_free_bytes", "Room left for snapshots and uploads.", _free)
counts.Measured("process_resident_memory_bytes", "Resident memory.", _memory)
counts.Measured(
    "process_cpu_seconds_total", "Processor time.", lambda: [({}, time.process_time())], kind="counter"
)
counts.Measured("process_start_time_seconds", "When the process began.", lambda: [({}, _BEGAN)])
counts.Measured(
    "board_info",
    "Version and build of the product, version of Python.",
    lambda: [
        (
            {
                "version": version.version(),
                "build": version.build(),
                "python": ".".join(map(str, sys.version_info[:3])),
            },
            1,
        )
    ],
)


def allowed(request: Request, token: str) -> bool:
    """Who may read the counts."""
    if token:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    forwarded = any(name in request.headers for name in FORWARDED)
    return not forwarded and request.client is not None and request.client.host in LOOPBACK


def metrics(request: Request) -> Response:
    """The counts as text."""
    try:
        token = _settings().metrics_token
    except BoardError:
        token = ""
    if not allowed(request, token):
        return PlainTextResponse("not found\n", status_code=404)
    return PlainTextResponse(
        counts.text(), media_type="text/plain; version=0.0.4", headers={"Cache-Control": "no-store"}
    )


class Readers:
    """Counts the open connections of readers as they come and go."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; while it lasts, one more reader."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        counts.SESSIONS.add(1)
        try:
            await self._app(scope, receive, send)
        finally:
            counts.SESSIONS.add(-1)


ROUTES: list[BaseRoute] = [Route("/metrics", metrics, methods=["GET"])]
