"""Saved shows: whose they are, what is kept of what a browser sends, and that no name reaches the disk."""

import json
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store import mirror, shows
from store.access import User
from store.errors import NotPermitted, SettingsError, ShowError
from store.settings import read_settings
from store.shows import LONGEST_LINE, LONGEST_NAME, MOST, Plan
from tests import builders

AN, BINH, CHI = User("an", "viewer"), User("binh", "reporter"), User("chi", "appraiser")
pytestmark = pytest.mark.usefixtures("each_store")
PLAN = Plan(("code", "title"), frozenset({"map"}), {"title": "Xin chào"}, True, 20)


@pytest.fixture
def office(tmp_path):
    return read_settings({"BOARD_RUNTIME": str(tmp_path), "BOARD_STORE": builders.STORE})


def names(office, space="demo"):
    return [item.name for item in shows.saved(office, space)]


def test_what_is_saved_comes_back(office):
    assert shows.saved(office, "demo") == []
    shows.save(office, "demo", AN, "  Hội nghị\nquý IV ", PLAN, accounts=True)
    (found,) = shows.saved(office, "demo")
    assert (found.name, found.by) == ("Hội nghị quý IV", "an")
    assert found.plan == PLAN
    assert names(office, "official") == [], "spaces are kept apart"


def test_who_has_not_signed_in_saves_nothing_where_there_are_accounts(office):
    with pytest.raises(NotPermitted, match=r"access\.arrange"):
        shows.save(office, "demo", None, "A", PLAN, accounts=True)
    with pytest.raises(NotPermitted):
        shows.delete(office, "demo", None, "A", accounts=True)
    assert names(office) == []
    shows.save(office, "demo", None, "A", PLAN, accounts=False)
    assert names(office) == ["A"]


def test_a_name_of_somebody_else_is_neither_replaced_nor_deleted(office):
    shows.save(office, "demo", AN, "Giao ban", PLAN, accounts=True)
    with pytest.raises(ShowError, match=r"shows\.taken"):
        shows.save(office, "demo", BINH, "giao ban", Plan(), accounts=True)
    with pytest.raises(NotPermitted, match=r"access\.show"):
        shows.delete(office, "demo", BINH, "Giao ban", accounts=True)
    assert shows.saved(office, "demo")[0].plan == PLAN
    shows.save(office, "demo", AN, "Giao ban", Plan(), accounts=True)
    assert shows.saved(office, "demo")[0].plan == Plan()
    shows.delete(office, "demo", CHI, "Giao ban", accounts=True)
    assert names(office) == []
    shows.delete(office, "demo", AN, "Giao ban", accounts=True)


@pytest.mark.parametrize("name", ["", "   ", "\n\t", "\x00"])
def test_a_show_needs_a_name(office, name):
    with pytest.raises(ShowError, match=r"shows\.name"):
        shows.save(office, "demo", AN, name, PLAN, accounts=True)


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "CON", "a" * 500, "<b>", "tên: *?", "\ud800x"])
def test_a_name_is_data(office, tmp_path, name):
    shows.save(office, "demo", AN, name, PLAN, accounts=True)
    assert len(names(office)[0]) <= LONGEST_NAME
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != ".lock"]
    assert [path.parent for path in written] == [tmp_path / "demo" / "shows"]
    shows.delete(office, "demo", AN, name, accounts=True)
    assert names(office) == []


def test_who_saves_waits_for_whoever_changes_a_show(office):
    given = {"target": shows.save, "args": (office, "demo", AN, "A", PLAN), "kwargs": {"accounts": True}}
    saving = threading.Thread(**given)
    with mirror.shows_lock(shows.folder(office, "demo")):
        saving.start()
        saving.join(0.3)
        assert saving.is_alive() and names(office) == []
    saving.join(20)
    assert names(office) == ["A"]


def test_there_is_an_end_to_how_many(office):
    for number in range(MOST):
        shows.save(office, "demo", AN, f"Bản {number}", Plan(), accounts=True)
    with pytest.raises(ShowError, match=r"shows\.full"):
        shows.save(office, "demo", AN, "Một bản nữa", Plan(), accounts=True)
    shows.save(office, "demo", AN, "Bản 1", PLAN, accounts=True)
    assert len(names(office)) == MOST


def test_a_spoilt_file_does_not_hide_the_others(office, tmp_path):
    shows.save(office, "demo", AN, "Còn tốt", PLAN, accounts=True)
    folder = tmp_path / "demo" / "shows"
    (folder / "a.json").write_text("{", encoding="utf-8")
    (folder / "b.json").write_text("[1]", encoding="utf-8")
    (folder / "c.json").write_text(json.dumps({"name": 5, "plan": []}), encoding="utf-8")
    (folder / "d.json").write_bytes(b"\xff\xfe")
    assert names(office) == ["Còn tốt"]


def test_no_other_folder_is_a_space(office):
    with pytest.raises(SettingsError):
        shows.saved(office, "../demo")


def test_what_a_browser_sends_is_cut_to_size():
    raw = {
        "order": ["title", "area:01837-2020", "title", "../x", 5, None],
        "hidden": "title",
        "lines": {"title": " a \n b " + "x" * 500, "map": 7, "no key!": "x", "code": "  "},
        "by_place": "yes",
        "advance": 7,
    }
    plan = shows.plan_of(raw)
    assert plan.order == ("title", "area:01837-2020") and plan.hidden == frozenset()
    assert set(plan.lines) == {"title"} and plan.lines["title"].startswith("a b x")
    assert len(plan.lines["title"]) == LONGEST_LINE
    assert (plan.by_place, plan.advance) == (False, 0)
    assert shows.plan_of({"by_place": True, "advance": True}) == Plan(by_place=True)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["order", "hidden", "lines", "by_place", "advance"]), ANYTHING) | ANYTHING
)
def test_anything_sent_gives_a_plan_that_can_be_saved(raw):
    plan = shows.plan_of(raw)
    again = {"order": list(plan.order), "hidden": sorted(plan.hidden), "lines": dict(plan.lines),
             "by_place": plan.by_place, "advance": plan.advance}  # fmt: skip
    assert shows.plan_of(json.loads(json.dumps(again))) == plan
