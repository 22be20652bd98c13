"""What a disk refuses, as one of our errors: full, read-only or failing. Other libraries hand such refusals on in errors of
their own, so they are also known by the system's words for them."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from store.errors import BoardError, DiskError

FULL = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))
REFUSED = (errno.EROFS, errno.EACCES, errno.EPERM)
FAILED = (errno.EIO,)
CODES = {
    number: code
    for code, numbers in (("full", FULL), ("refused", REFUSED), ("failed", FAILED))
    for number in numbers
}


def plain(error: BaseException) -> DiskError | None:
    """The error of ours for what a disk refused; None for an error of another kind.

    >>> plain(OSError(errno.ENOSPC, "x")).code, plain(OSError(errno.EROFS, "x")).code, plain(OSError(errno.ENOENT, "x"))
    ('disk.full', 'disk.refused', None)
    """
    number = error.errno if isinstance(error, OSError) else None
    if number is None:
        words = str(error).casefold()
        number = next((item for item in CODES if os.strerror(item).casefold() in words), None)
    return DiskError(f"disk.{CODES[number]}") if number in CODES else None


@contextmanager
def told() -> Iterator[None]:
    """Inside, what a disk refuses becomes one of our errors; every other error stays what it is."""
    try:
        yield
    except BoardError:
        raise
    except Exception as error:
        found = plain(error)
        if found is None:
            raise
        raise found from error
