"""Readers who leave in the midst of sending: nothing of theirs is kept, and the log has one line for it."""

from __future__ import annotations

import logging

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from watch import lines


class Gone:
    """Ends a request whose sender is gone; the framework would write a traceback for each."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        try:
            await self._app(scope, receive, send)
        except ClientDisconnect:
            lines.say("cut_off", logging.WARNING)
