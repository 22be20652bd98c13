"""Three habits of the framework, put right where the process starts: two cost each rerun more than the page itself.

After every run Streamlit collects all garbage of the process: with our libraries and caches 40 to 100 ms under the one lock
of Python. ``.streamlit/config.toml`` switches that off; here it is done now and then instead, and what lives as long as
the process is taken out of the collector's sight. And the listening socket is opened without TCP_NODELAY, so that the
last small messages of a run wait for the reader's delayed acknowledgement (40 ms on Linux, 200 ms on Windows).
The third is to ask a server of somebody else which address this machine has in the world: when it starts on all addresses,
and whenever a page of another site knocks.
"""

from __future__ import annotations

import gc
import logging
import socket
import threading

LOG = logging.getLogger("board")
COLLECT_EVERY_S = 60.0
# Young objects are looked at less often than by default (700): a page makes tens of thousands of them and drops nearly all.
YOUNG = 10_000


def answer_at_once() -> bool:
    """Let the framework's listening socket hand TCP_NODELAY on to every connection; False where its maker of sockets has
    another name by now: then answers are only slower."""
    from streamlit.web.server.starlette import starlette_server

    bind = getattr(starlette_server, "_bind_socket", None)
    if bind is None:
        return False

    def bound(*given: object, **more: object) -> socket.socket:
        made = bind(*given, **more)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    starlette_server._bind_socket = bound
    return True


def ask_nobody_outside() -> None:
    """Let the framework believe that this machine has no address in the world: it would ask a server outside for it, and wait
    for the answer. No reader is lost: a page's own address is compared with the one it was asked for."""
    from streamlit import net_util

    net_util.get_external_ip = lambda: None


def settle_memory() -> None:
    """Take what is loaded by now (modules, definitions) out of the collector's sight; it lives as long as the process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)


def collect_now_and_then(stop: threading.Event, seconds: float = COLLECT_EVERY_S) -> None:
    """Collect what sessions that ended left behind in circles, until told to stop."""
    while not stop.wait(seconds):
        gc.collect()


def warm_up() -> None:
    """Import what the first page needs; the server is answering meanwhile."""
    import duckdb  # noqa: F401
    import pandas  # noqa: F401
    import plotly.graph_objects as go

    go.Figure().to_plotly_json()
    settle_memory()
