"""Addresses beside the framework's own. To add some: a list of Starlette routes in ``ROUTES``; they come before the
framework's, and may not begin with ``/_stcore/``, ``/media/``, ``/component/`` or ``/static/``."""

from __future__ import annotations

from starlette.routing import BaseRoute

from server import guide, health, keeper, maps, measures

ROUTES: list[BaseRoute] = [
    *health.ROUTES,
    *measures.ROUTES,
    *maps.ROUTES,
    *keeper.ROUTES,
    *guide.ROUTES,
]
