"""Start the server: ``python serve.py [streamlit options]``; it serves the application of ``asgi.py``.

The options are those of ``streamlit run``. What the framework would do slowly is put right before it starts, see
``server.upkeep``; the heavy libraries are read in the background while the first visitor connects, see ``server.life``.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main(options: list[str]) -> int:
    """Run the server until it is stopped; refuses a runtime folder that another program's layout has."""
    from streamlit.web import cli

    from server import folder, upkeep

    refusal = folder.refusal()
    if refusal:
        print(refusal, file=sys.stderr)
        return 1

    upkeep.answer_at_once()
    upkeep.ask_nobody_outside()  # before asgi.py is read: the framework asks while it tells its addresses
    sys.argv = ["streamlit", "run", str(ROOT / "asgi.py"), *options]
    return cli.main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
