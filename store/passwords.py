"""Passwords: what is asked of them, how they are kept, and a comparison that takes as long when there is none.

Kept as Argon2id with the library's own costs (RFC 9106's second choice: 64 MiB, three passes, four lanes).
"""

import threading
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from store.errors import AccountError

HASHER = PasswordHasher()
SHORTEST, LONGEST = 10, 1000  # characters after composition; the upper end only stops whole files

# Each comparison takes 64 MiB: many people (or one stranger) at once must wait rather than exhaust the machine.
_AT_ONCE = threading.BoundedSemaphore(2)


def _composed(password: str) -> str:
    """NFC: the same Vietnamese letters typed on two systems are the same password."""
    return unicodedata.normalize("NFC", password)


def _bytes(password: str) -> bytes:
    """UTF-8, also for what a terminal could not decode."""
    return _composed(password).encode("utf-8", "surrogatepass")


def require_good(name: str, password: str) -> None:
    """AccountError for a password that is too short, too long, or the account's own name."""
    composed = _composed(password)
    if len(composed) < SHORTEST:
        raise AccountError("accounts.password_short", shortest=SHORTEST)
    if len(composed) > LONGEST:
        raise AccountError("accounts.password_long", longest=LONGEST)
    if composed.strip().casefold() == name.casefold():
        raise AccountError("accounts.password_is_name")


def hashed(password: str) -> str:
    """What is kept of a password: Argon2id with its costs and a salt of its own."""
    with _AT_ONCE:
        return HASHER.hash(_bytes(password))


@lru_cache(maxsize=1)
def _nobodys(hasher: PasswordHasher) -> str:
    """A hash that no password has, of the same cost as the real ones."""
    return hasher.hash(b"\xff" * SHORTEST)  # no UTF-8 text has these bytes


def matches(kept: str, password: str) -> bool:
    """Whether ``password`` is the one of which ``kept`` is kept; an empty ``kept`` (no account, no password) is False
    after the same work."""
    with _AT_ONCE:
        nobodys = _nobodys(HASHER)
        try:
            return HASHER.verify(kept or nobodys, _bytes(password) if len(password) <= LONGEST else b"")
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Whether the library's costs have risen since ``kept`` was made."""
    return HASHER.check_needs_rehash(kept)
