"""The page of the show without a browser: settings, saved shows, and who may save."""

from store import shows
from store.shows import Plan
from tests.pages import office, visit

TEXTS = visit.TEXTS["vi"]


def opened(space: str = "demo", **address: str):
    return visit.go(visit.start(lang="vi", space=space), "hall", **address)


def named(at) -> list[str]:
    """Names in the list of saved shows."""
    boxes = [box for box in at.main.selectbox if box.label == TEXTS["hall.choose"]]
    return list(boxes[0].options) if boxes else []


def plan(at) -> Plan:
    return at.session_state["_plan:demo"]


def file(at) -> str:
    return at.session_state["_show_file"][1].decode()


def test_communes_are_not_put_in_order_of_their_results_unless_asked(board):
    first, asked = opened(), opened(order="place")
    assert not plan(first).by_place and plan(asked).by_place
    orders = []
    for at in (first, asked):
        page = file(at).split('<div class="deck square">')[0]
        orders.append([key for key in page.split('data-key="') if key.startswith("area:")])
    usual, placed = ([key.split('"')[0] for key in keys] for keys in orders)
    assert sorted(usual) == sorted(placed) and usual != placed
    assert usual == [f"area:{area}" for area in board_areas(board)]


def board_areas(board) -> list[str]:
    """The compared communes in the order of every page."""
    from store.snapshot import current_id
    from views import load

    return [area.id for area in load.catalogue("demo", current_id(board, "demo")).pilots]


def test_a_show_is_saved_used_again_and_deleted(office_of):
    settings = office_of()
    at = opened(order="place", advance="20")
    assert named(at) == []
    office.field(at, TEXTS["hall.name"]).input("Giao ban")
    at = office.press(at, TEXTS["hall.save"])
    assert not at.error and named(at) == ["Giao ban"]
    assert shows.saved(settings, "demo")[0].plan.advance == 20

    again = opened()
    assert (plan(again).by_place, plan(again).advance) == (False, 0)
    again = office.press(again, TEXTS["hall.load"])
    assert (plan(again).by_place, plan(again).advance) == (True, 20)
    assert '"advance": 20' in file(again)
    again = office.press(again, TEXTS["hall.back"])
    again = office.press(again, TEXTS["hall.delete"])
    assert named(again) == [] and shows.saved(settings, "demo") == []


def test_where_there_are_accounts_one_signs_in_to_save(office_of):
    settings = office_of()
    office.hire(settings, "quantri", "nguoixem")
    shows.save(settings, "demo", office.PEOPLE["quantri"], "Của quản trị", Plan(advance=10), accounts=True)
    at = opened()
    assert TEXTS["hall.saved_sign_in"] in [item.value for item in at.main.caption]
    assert office.button(at, TEXTS["hall.save"]) is None and office.button(at, TEXTS["hall.delete"]) is None
    at = office.press(at, TEXTS["hall.load"])
    assert plan(at).advance == 10, "whoever may read may use it"

    at = visit.go(office.at_work("accounts", "nguoixem", space="demo"), "hall")
    at = office.press(at, TEXTS["hall.delete"])
    assert [item.value for item in at.error] == [TEXTS["error.access.show"]]
    office.field(at, TEXTS["hall.name"]).input("Của quản trị")
    at = office.press(at, TEXTS["hall.save"])
    assert "Đã có người khác" in at.error[0].value
    assert shows.saved(settings, "demo")[0].by == "quantri"


def test_a_show_of_nothing_is_not_offered(board):
    at = visit.start(lang="vi", space="demo")
    keys = [
        "title",
        "headline",
        "map",
        "change",
        "tiers",
        "next",
        "code",
        *(f"area:{i}" for i in board_areas(board)),
    ]
    at.session_state["_plan:demo"] = Plan(hidden=frozenset(keys))
    at = visit.go(at, "hall")
    assert [item.value for item in at.main.warning] == [TEXTS["hall.nothing"]]
    assert "_show_file" not in at.session_state
