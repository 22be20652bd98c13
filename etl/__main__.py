"""Command line: ``python -m etl check|load|publish|rollback|status|log|init|backup|restore|upgrade`` and more, see ``--help``.

Exit code 0: nothing blocks; 1: something blocks and nothing was written; 2: wrong use.
"""

import os
import sys

from etl.cli import main

if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader (head, less) has gone; everything was written before the printing
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)
