"""Addresses beside the framework's own. To add some: a list of Starlette routes in ``ROUTES``."""

from __future__ import annotations

from starlette.routing import BaseRoute

from server import health

ROUTES: list[BaseRoute] = [*health.ROUTES]
