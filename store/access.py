"""Who may do what: pure functions of a person and what is about to be written.

Whoever writes calls ``require`` at the place where the writing happens; hiding a button is a courtesy, not a permission.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from store.errors import NotPermitted

VIEWER, REPORTER, APPRAISER, ADMINISTRATOR = ROLES = ("viewer", "reporter", "appraiser", "administrator")


@dataclass(frozen=True)
class User:
    """A person as the log records them. ``areas``: ids of the communes a reporter answers for; the other roles need
    none: appraisers and administrators may send figures of every commune, viewers of none."""

    name: str
    role: str
    areas: tuple[str, ...] = ()
    display: str = ""

    @property
    def shown(self) -> str:
        """How pages call the person."""
        return self.display or self.name


def may_read(user: User | None, reading: str) -> bool:
    """``reading`` as in the settings: open to all, or to whoever has signed in."""
    return reading == "open" or user is not None


def require_read(user: User | None, reading: str) -> None:
    """NotPermitted unless the person may read; None is somebody who has not signed in."""
    if not may_read(user, reading):
        raise NotPermitted("access.read")


def may_send(user: User | None) -> bool:
    """Whether the person may send anything at all."""
    return user is not None and user.role in (REPORTER, APPRAISER, ADMINISTRATOR)


def may_arrange(user: User | None, accounts: bool) -> bool:
    """Whether the person may save shows: whoever has signed in; everybody where the installation has no accounts yet."""
    return user is not None or not accounts


def not_theirs(user: User, areas: Iterable[str]) -> list[str]:
    """Those of ``areas`` that the person may not report for, sorted."""
    if user.role in (APPRAISER, ADMINISTRATOR):
        return []
    own: Collection[str] = user.areas if user.role == REPORTER else ()
    return sorted(set(areas) - set(own))


def may_decide(user: User | None) -> bool:
    """Whether the person accepts or returns files, publishes and rolls back."""
    return user is not None and user.role in (APPRAISER, ADMINISTRATOR)


def may_manage(user: User | None) -> bool:
    """Whether the person manages accounts."""
    return user is not None and user.role == ADMINISTRATOR


def require_send(user: User, areas: Iterable[str]) -> None:
    """NotPermitted unless the person may send figures of all these communes; none sent is nothing to refuse."""
    if not may_send(user):
        raise NotPermitted("access.send", user=user.name)
    foreign = not_theirs(user, areas)
    if foreign:
        raise NotPermitted("access.area", user=user.name, areas=foreign)


def require_decide(user: User, submitted_by: str | None = None, *, second_person: bool = False) -> None:
    """NotPermitted unless the person may decide; where a second person is asked for, not about their own file."""
    if not may_decide(user):
        raise NotPermitted("access.decide", user=user.name)
    if second_person and submitted_by == user.name:
        raise NotPermitted("access.same_person", user=user.name)


def require_manage(user: User) -> None:
    """NotPermitted unless the person manages accounts."""
    if not may_manage(user):
        raise NotPermitted("access.manage", user=user.name)


def require_arrange(user: User | None, accounts: bool) -> None:
    """NotPermitted unless the person may save shows."""
    if not may_arrange(user, accounts):
        raise NotPermitted("access.arrange")
