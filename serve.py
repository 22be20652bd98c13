"""Start the server: ``python serve.py [streamlit options]``, the same as ``streamlit run app.py`` but for one thing.

Streamlit takes a folder named ``pages`` beside the entry file for its old automatic menu until the first visitor has run
``st.navigation``: a first visitor with a deep link would be told that the page does not exist. Saying beforehand that this
product declares its pages avoids that. The heavy libraries are read in the background while the first visitor connects.
"""

import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent
WARM_UP_AFTER_S = 1.5  # by then the server listens; started at once, the imports would hold it up


def warm_up() -> None:
    """Import what the first page needs; the server is answering meanwhile."""
    import duckdb  # noqa: F401
    import pandas  # noqa: F401
    import plotly.graph_objects as go

    go.Figure().to_plotly_json()


def own_routes(base: str) -> list:
    """What this server answers beside the pages; ``base``: path that the product lies under."""
    from store.settings import read_settings
    from views import served

    return served.routes(read_settings(), base)


def add_routes() -> None:
    """Put our routes before Streamlit's, whose last one takes every address."""
    from streamlit import config
    from streamlit.web.server.starlette import starlette_app

    streamlits = starlette_app.create_streamlit_routes

    def every(runtime: object) -> list:
        return [*own_routes(config.get_option("server.baseUrlPath") or ""), *streamlits(runtime)]

    starlette_app.create_streamlit_routes = every


def main(options: list[str]) -> int:
    """Run the server until it is stopped."""
    from streamlit.runtime.pages_manager import PagesManager
    from streamlit.web import cli

    PagesManager.uses_pages_directory = False
    add_routes()
    threading.Timer(WARM_UP_AFTER_S, warm_up).start()
    sys.argv = ["streamlit", "run", str(ROOT / "app.py"), *options]
    return cli.main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
