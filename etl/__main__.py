"""Command line: ``python -m etl check|load|publish|rollback|status|log|doctor|init|backup|restore|upgrade`` and more.

Exit code 0: nothing blocks; 1: something blocks and nothing was written; 2: wrong use.
"""

import os
import sys


def main() -> int:
    """Run what the words ask for. The doctor begins first: it must speak also where libraries are missing."""
    if sys.argv[1:2] == ["doctor"]:
        from etl import doctor

        return doctor.main(sys.argv[2:])
    from etl import cli

    return cli.main()


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader (head, less) has gone; everything was written before the printing
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)
