"""What happens when the process begins and ends to serve."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import streamlit as st

from server import upkeep
from store.errors import SettingsError
from store.settings import read_settings
from watch import lines

WARM_UP_AFTER_S = 1.5  # by then the server answers; started at once, the imports would hold it up


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Say that the product declares its pages, read the heavy libraries beside the first visitor, open the browser."""
    # Streamlit takes a folder named ``pages`` beside the script for its old automatic menu until the first visitor has
    # run ``st.navigation``: a first visitor with a deep link would be told that the page does not exist.
    from streamlit.runtime.pages_manager import PagesManager

    PagesManager.uses_pages_directory = False
    _begin_log()
    stop = threading.Event()
    later = [threading.Timer(WARM_UP_AFTER_S, _warm_up)]
    if not st.get_option("server.headless"):
        later.append(threading.Timer(0.5, webbrowser.open, [_own_address()]))
    keeper = threading.Thread(target=upkeep.collect_now_and_then, args=[stop], name="upkeep", daemon=True)
    for thread in (*later, keeper):
        thread.daemon = True
        thread.start()
    yield
    stop.set()
    for timer in later:
        timer.cancel()


def _warm_up() -> None:
    """Read the heavy libraries; one of several servers begins to keep up with the others, visited or not."""
    upkeep.warm_up()
    with suppress(SettingsError):  # wrong settings are told to whoever opens a page
        settings = read_settings()
        if settings.is_shared:
            from etl import follow

            follow.start(settings)


def _begin_log() -> None:
    try:
        settings = read_settings()
    except SettingsError as error:  # said to every reader by the frame; the log says it in its default form
        lines.set_up("text", "info")
        lines.error(error.code, "", error.details)
        return
    lines.set_up(settings.log, settings.log_level)


def _own_address() -> str:
    """Where a browser on this machine finds the product."""
    host = st.get_option("server.address") or "localhost"
    host = "localhost" if host in ("0.0.0.0", "::", "") else host
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{scheme}://{host}:{st.get_option('server.port')}/{base}"
