"""Who may come in, and the store that several servers share."""

from collections.abc import Iterator

from etl.doctor import Said, bad, good, warn
from store import accounts, accounts_file
from store.access import ADMINISTRATOR
from store.errors import BoardError, StoreError
from store.settings import Settings


def _accounts(settings: Settings) -> Iterator[Said]:
    """Somebody can manage accounts. No password comes with the product: the first is set with a code that works once."""
    try:
        found = accounts.listed(settings)
    except StoreError:  # said of the store itself
        return
    except BoardError:
        yield bad("accounts_spoiled", file=accounts_file.file_path(settings))
        return
    if not found:
        yield warn("accounts_none")
        return
    ready = [item for item in found if item.user.role == ADMINISTRATOR and item.active]
    open_ones = [item for item in ready if item.has_password or item.identity]
    if not open_ones:
        yield bad("accounts_no_administrator")
    else:
        yield good("accounts", count=len(found), administrators=len(open_ones))
    shut = [item.user.name for item in found if item.active and not (item.has_password or item.identity)]
    if shut:
        yield warn("accounts_no_way_in", names=", ".join(shut))
    if settings.sign_in == "oidc" and not any(item.identity for item in open_ones):
        yield bad("accounts_no_identity")


def _accounts_log(settings: Settings) -> Iterator[Said]:
    if settings.is_shared or not accounts_file.file_path(settings).exists():
        return
    try:
        state, line = accounts_file.verify_log(settings)
    except (BoardError, ValueError):
        state, line = "broken", "?"
    if state != "whole":
        yield bad(f"accounts_log_{state}", line=line)


def _store(settings: Settings) -> Iterator[Said]:
    """PostgreSQL: the driver, the way to it, its schema, and whether this server's copy and what is shared agree."""
    if not settings.is_shared:
        return
    from etl import migrate

    try:
        said = migrate.checked(settings)
    except StoreError as error:
        known = ("store.unreachable", "store.driver", "store.newer", "store.spoiled")
        key = error.code.replace(".", "_") if error.code in known else "store_failed"
        yield bad(key, **{"found": "?", "known": "?", **error.details}, code=error.code)
        return
    wrong = [key for state, key, _ in said if state == "bad"]
    yield bad("store_wrong", count=len(wrong)) if wrong else good("store", count=len(said))


CHECKS = (_accounts, _accounts_log, _store)
