"""Start the server: ``python serve.py [streamlit options]``, the same as ``streamlit run app.py`` but for one thing.

Streamlit takes a folder named ``pages`` beside the entry file for its old automatic menu until the first visitor has run
``st.navigation``: a first visitor with a deep link would be told that the page does not exist. Saying beforehand that this
product declares its pages avoids that. The heavy libraries are read in the background while the first visitor connects.
"""

import sys
import threading
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent
WARM_UP_AFTER_S = 1.5  # by then the server listens; started at once, the imports would hold it up


def warm_up() -> None:
    """Import what the first page needs; the server is answering meanwhile."""
    import duckdb  # noqa: F401
    import pandas  # noqa: F401
    import plotly.graph_objects as go

    go.Figure().to_plotly_json()
    follow()


def follow() -> None:
    """One of several servers keeps up with the others also while nobody visits it."""
    from etl import follow
    from store.errors import BoardError
    from store.settings import read_settings

    with suppress(BoardError):  # wrong settings are told to whoever opens a page
        follow.start(read_settings())


def main(options: list[str]) -> int:
    """Run the server until it is stopped."""
    from streamlit.runtime.pages_manager import PagesManager
    from streamlit.web import cli

    PagesManager.uses_pages_directory = False
    threading.Timer(WARM_UP_AFTER_S, warm_up).start()
    sys.argv = ["streamlit", "run", str(ROOT / "app.py"), *options]
    return cli.main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
