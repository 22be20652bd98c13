"""Who a command acts for: the machine's account while there are no accounts, and from then on who has signed in."""

import getpass
import sys

from etl.findings import words
from store import accounts, sessions
from store.access import ADMINISTRATOR, User
from store.errors import NotPermitted
from store.settings import Settings


def os_account() -> str:
    """The account at the machine; a question mark when it has no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "?"


def server() -> User:
    """Who manages accounts from the command line: whoever may write to the folder could replace the file anyway, so
    nothing is gained by asking for a password, and somebody locked out must be able to get back in. No account can
    have such a name."""
    return User(f"{accounts.SERVER}:{os_account()}", ADMINISTRATOR)


def typed() -> bool:
    """Whether somebody sits at a terminal, and not a file or a program."""
    return sys.stdin.isatty()


def asked_secret(prompt: str) -> str:
    """A secret typed unseen, or one line of standard input when that is no terminal; empty when nothing comes.
    Never an argument or a variable: both are seen by others on the machine."""
    if not typed():
        return sys.stdin.readline().rstrip("\r\n")
    try:
        return getpass.getpass(prompt)
    except EOFError:
        return ""


def signed_in_actor(settings: Settings, by: str | None) -> User:
    """Who a writing command acts for; ``by`` is what stands behind ``--as``.

    Without accounts it is whoever is named, or the machine's account, and may do everything. With accounts it is the
    account of that name, proved by its password: NotPermitted without a name or a password, SignInRefused for a
    wrong one.
    """
    if not accounts.exists(settings):
        return User(by or os_account(), ADMINISTRATOR)
    # A job without a password must not count as a failure: it would lock the account.
    password = asked_secret(words(settings.language)["ask_password"].format(name=by)) if by else ""
    if not by or not password:
        raise NotPermitted("access.sign_in_needed")
    return sessions.verify(settings, by, password)
