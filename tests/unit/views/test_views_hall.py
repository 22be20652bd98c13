"""The show as its presenter arranged it."""

from store.shows import Plan
from tests.unit.reports import hall as told
from views.screens import hall

STOCK = told.story(3)
KEYS = [slide.key for slide in STOCK.slides]


def keys(plan: Plan) -> list[str]:
    return [slide.key for slide in hall.arranged(STOCK, plan).slides]


def test_without_a_plan_the_show_is_the_stock_one():
    assert keys(Plan()) == KEYS
    assert hall.arranged(STOCK, Plan()).slides[2:] == STOCK.slides[2:]


def test_slides_stand_in_the_presenters_order_and_hidden_ones_are_left_out():
    plan = Plan(order=("code", *KEYS[:-1]), hidden=frozenset({"map", "title"}))
    assert keys(plan) == ["code", *[key for key in KEYS[:-1] if key not in ("map", "title")]]
    assert [row["key"] for row in hall.rows(STOCK, plan)] == ["code", *KEYS[:-1]]
    assert [row["key"] for row in hall.rows(STOCK, plan) if not row["shown"]] == ["title", "map"]


def test_a_slide_that_the_plan_does_not_know_stands_after_the_one_it_follows():
    plan = Plan(order=("code", "change", "title"))
    assert keys(plan)[0] == "code"
    assert keys(plan).index("headline") == keys(plan).index("title") + 1
    assert keys(plan).index("tiers") == keys(plan).index("change") + 1
    assert sorted(keys(plan)) == sorted(KEYS)


def test_a_slide_that_is_gone_is_forgotten():
    assert keys(Plan(order=("area:99999", "title"), hidden=frozenset({"area:99999"}))) == KEYS


def test_lines_stand_on_their_slides_and_the_snapshot_stays():
    shown = hall.arranged(STOCK, Plan(lines={"map": "Xin xem phía bắc", "gone": "x"}))
    assert {slide.key: slide.remark for slide in shown.slides if slide.remark} == {"map": "Xin xem phía bắc"}
    assert (shown.snapshot_id, shown.mark, shown.citation) == (STOCK.snapshot_id, STOCK.mark, STOCK.citation)


def test_keys_are_only_read():
    html = hall.key_list([("<b>", "a & b")], "<i>")
    assert "<b>" not in html and "&lt;b&gt;" in html and "a &amp; b" in html
