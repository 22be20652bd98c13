"""Whether the process answers (``/healthz``), and whether it can show what is published (``/readyz``)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from store.errors import BoardError
from store.settings import SPACES, Settings

FRESH_S = 2.0  # a balancer that asks every moment is told the same
_said: tuple[float, list[dict[str, str]]] = (-FRESH_S, [])
_lock = threading.Lock()


def spaces_open(settings: Settings) -> list[dict[str, str]]:
    """Why a data space of this installation cannot be shown: its pointer, its snapshot, its definitions."""
    from store.snapshot import current_id, snapshot_path
    from views import load

    reasons = []
    present = [space for space in SPACES if settings.space_dir(space).is_dir()]
    if not present:
        reasons.append({"code": "snapshot.none"})
    for space in present:
        try:
            name = current_id(settings, space)
            if not snapshot_path(settings, space, name).is_file():
                reasons.append({"space": space, "code": "snapshot.unknown"})
                continue
            load.snapshot(space, name).cursor().execute("SELECT count(*) FROM meta").fetchone()
            load.catalogue(space, name)
        except BoardError as error:
            reasons.append({"space": space, "code": error.code})
        except Exception:  # what the engine says of a spoiled file names paths
            reasons.append({"space": space, "code": "snapshot.unreadable"})
    return reasons


def store_reachable(settings: Settings) -> list[dict[str, str]]:
    """Why the log of uploads cannot be read in the folder of the installation; read anew only when it has changed."""
    from store import mirror

    reasons = []
    for space in SPACES:
        try:
            mirror.local_head(settings.space_dir(space) / "ledger.jsonl")
        except (OSError, ValueError, KeyError, BoardError):
            reasons.append({"space": space, "code": "store.unreachable"})
    return reasons


# A store of another kind adds its own question here; each gives the reasons why not, with codes and without secrets.
CHECKS: list[Callable[[Settings], list[dict[str, str]]]] = [store_reachable, spaces_open]


def reasons() -> list[dict[str, str]]:
    """Why this process is not ready; empty when it is."""
    from views import load

    try:
        settings = load.settings()
    except BoardError as error:
        return [{"code": error.code}]
    return [reason for check in CHECKS for reason in check(settings)]


def _recent() -> list[dict[str, str]]:
    global _said
    with _lock:
        if time.monotonic() - _said[0] >= FRESH_S:
            _said = (time.monotonic(), reasons())
        return _said[1]


async def healthz(request: Request) -> Response:
    """The process answers; asks nobody else."""
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


def readyz(request: Request) -> Response:
    """200, or 503 with the reasons. Not async: opening a snapshot may take a while, so it runs beside the answers."""
    found = _recent()
    return JSONResponse(
        {"ready": not found, "reasons": found},
        status_code=503 if found else 200,
        headers={"Cache-Control": "no-store"},
    )


ROUTES: list[BaseRoute] = [
    Route("/healthz", healthz, methods=["GET"]),
    Route("/readyz", readyz, methods=["GET"]),
]
