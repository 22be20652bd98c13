"""The product as one ASGI application: the pages of app.py and the addresses of ``server.routes`` beside them.

``serve.py`` starts it. Any ASGI server can: ``uvicorn asgi:app``, with the framework's options as ``STREAMLIT_*``.
"""

import streamlit as st
from starlette.middleware import Middleware

from server import life, upkeep
from server.arrivals import Arrivals
from server.gone import Gone
from server.headers import Headers
from server.measures import Readers
from server.routes import ROUTES

upkeep.ask_nobody_outside()  # whichever server runs this
app = st.App(
    "app.py",
    routes=ROUTES,
    lifespan=life.lifespan,
    middleware=[Middleware(each) for each in (Headers, Readers, Arrivals, Gone)],
)
