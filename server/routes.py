"""Addresses beside the framework's own. To add some: a list of Starlette routes in ``ROUTES``; they come before the
framework's, and may not begin with ``/_stcore/``, ``/media/``, ``/component/`` or ``/static/``."""

from __future__ import annotations

from starlette.routing import BaseRoute
from streamlit import config

from server import health, measures
from store.settings import read_settings
from views import served

BASE = config.get_option("server.baseUrlPath") or ""  # path that the product lies under
ROUTES: list[BaseRoute] = [*health.ROUTES, *measures.ROUTES, *served.routes(read_settings(), BASE)]
