"""Tiers, targets and index of all 108 communes of the former province: the page as a reader meets it."""

import pytest

from tests.pages import visit

MOST = 100_000


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_of_a_province_stand_without_a_line_for_everybody(board, language):
    at = visit.start(lang=language, space="demo", group="06-2020")
    for page in ("tiers", "plan", "index"):
        shown = visit.read(visit.go(at, page))
        assert not shown.problems and not visit.slips(shown), page
        assert sum(map(len, shown.panels.values())) < MOST, page
        assert any(visit.CHART in key for key in shown.words), page
        assert shown.panels["source"]
    assert at.slider, "weights can be tried"
    at.slider[0].set_value(70).run()
    moved = visit.read(at)
    assert not moved.problems and "trial_ribbon" in moved.panels
    first = next(box for box in at.multiselect if box.key == "w:marked")
    first.set_value([*first.value[:2]]).run()
    assert not visit.read(at).problems and at.query_params["marked"] == ".".join(first.value[:2])


@pytest.mark.parametrize(("page", "part"), [("indicator", visit.CHART), ("quality", "communes")])
def test_what_stands_alone_of_a_province_is_drawn(page, part, board):
    """In another site's page too: the pages that show many by other parts than few."""
    shown = visit.read(visit.go(visit.start(lang="vi", space="demo", group="06-2020", only="chart"), page))
    assert part in shown.panels or any(key.endswith(part) for key in shown.words)
    assert not shown.problems and "source" in shown.panels


@pytest.mark.parametrize("day", ["2025-06-04", "2022-06-01"])
@pytest.mark.parametrize("space", ["demo", "official"])
def test_units_that_were_not_there_yet_on_an_earlier_day_leave_no_page_without_an_answer(board, space, day):
    at = visit.start(lang="vi", space=space, group="pilot-after", asof=day)
    for page in visit.OF_FIGURES:
        shown = visit.read(visit.go(at, page, group="pilot-after", asof=day))
        assert not shown.problems and not visit.slips(shown), page
        assert "source" in shown.panels or "empty" in shown.panels, page
    visit.go(at, "quality", group="pilot-after", asof=day)
    assert visit.TEXTS["vi"]["quality.none_due"] in visit.read(at).text
