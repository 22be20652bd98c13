"""Who may do what: every role against every right."""

import pytest

from store import access
from store.access import ADMINISTRATOR, APPRAISER, REPORTER, ROLES, VIEWER, User
from store.errors import NotPermitted

OWN, OTHER = "01837-2020", "02017-2020"
PEOPLE = {role: User(role, role, (OWN,) if role == REPORTER else ()) for role in ROLES}


def test_reading_is_open_or_for_members() -> None:
    assert access.may_read(None, "open") and not access.may_read(None, "members")
    assert all(access.may_read(user, reading) for user in PEOPLE.values() for reading in ("open", "members"))


@pytest.mark.parametrize(
    ("right", "allowed"),
    [
        (access.may_send, {REPORTER, APPRAISER, ADMINISTRATOR}),
        (access.may_decide, {APPRAISER, ADMINISTRATOR}),
        (access.may_manage, {ADMINISTRATOR}),
    ],
)
def test_rights_follow_the_role(right, allowed) -> None:
    assert {role for role, user in PEOPLE.items() if right(user)} == allowed
    assert not right(None) and not right(User("x", "root"))


def test_a_reporter_sends_for_own_communes_only() -> None:
    access.require_send(PEOPLE[REPORTER], [OWN, OWN])
    access.require_send(PEOPLE[REPORTER], [])
    with pytest.raises(NotPermitted) as refused:
        access.require_send(PEOPLE[REPORTER], [OTHER, OWN, "a"])
    assert (refused.value.code, refused.value.details["areas"]) == ("access.area", [OTHER, "a"])
    for role in (APPRAISER, ADMINISTRATOR):
        access.require_send(PEOPLE[role], [OTHER, OWN])
    with pytest.raises(NotPermitted, match=r"access\.send"):
        access.require_send(PEOPLE[VIEWER], [])


def test_communes_of_another_role_give_nothing() -> None:
    assert access.not_theirs(User("x", VIEWER, (OWN,)), [OWN]) == [OWN]


def test_a_second_person_decides_where_it_is_asked_for() -> None:
    appraiser = PEOPLE[APPRAISER]
    access.require_decide(appraiser, appraiser.name)
    access.require_decide(appraiser, "somebody", second_person=True)
    with pytest.raises(NotPermitted, match=r"access\.same_person"):
        access.require_decide(appraiser, appraiser.name, second_person=True)
    with pytest.raises(NotPermitted, match=r"access\.decide"):
        access.require_decide(PEOPLE[REPORTER], "somebody")


def test_only_administrators_manage() -> None:
    access.require_manage(PEOPLE[ADMINISTRATOR])
    for role in (VIEWER, REPORTER, APPRAISER):
        with pytest.raises(NotPermitted, match=r"access\.manage"):
            access.require_manage(PEOPLE[role])


def test_a_person_is_called_by_the_display_name() -> None:
    assert (User("lan", VIEWER).shown, User("lan", VIEWER, (), "Chị Lan").shown) == ("lan", "Chị Lan")
