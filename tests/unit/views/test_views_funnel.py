"""The funnel by hand: who lies outside, who cannot be judged, and what is said of it."""

import numpy as np
import pytest

from tests.unit.views import hand
from tests.unit.views.hand import AFTER, DUC_VAN, PILOTS, QUANG_THUAN, SONG_CAU, THUONG_GIAO, figure, frame
from views import boards, funnel
from views.screens import funnel as page


@pytest.fixture(params=["vi", "en"])
def ctx(request, small, changed, known_languages):
    return changed(small, language=known_languages[request.param])


def _areas(ctx):
    return {area.id: area for area in ctx.areas}


def _board(*rows):
    return funnel.places(boards.one(frame(*rows), hand.pay(), AFTER, PILOTS, "local_report"), hand.pay())


def _show(ctx, board, chosen=SONG_CAU):
    areas = _areas(ctx)
    return page.show(ctx, board, areas, hand.pay(), "local_report", AFTER, areas[chosen])


# Pooled 250/500 = 0.5. At N = 100 one standard deviation is 0.05: 95 % reach from 0.402 to 0.598, 99.8 % from 0.345 to 0.655.
APART = (
    figure(SONG_CAU, AFTER, 30, 100),
    figure(QUANG_THUAN, AFTER, 61, 100),
    figure(THUONG_GIAO, AFTER, 55, 100),
    figure(DUC_VAN, AFTER, 104, 200),
)


def test_places_by_hand():
    board = _board(*APART)
    assert board["place"].to_dict() == {
        SONG_CAU: "below_outer", QUANG_THUAN: "above_inner", THUONG_GIAO: "within", DUC_VAN: "within",
    }  # fmt: skip
    assert board.loc[SONG_CAU, ["average", "inner_lower", "outer_upper"]].tolist() == pytest.approx(
        [0.5, 0.4020018, 0.6545116]
    )


def test_what_has_no_share_is_not_judged():
    board = _board(
        figure(SONG_CAU, AFTER, 120, 100), figure(QUANG_THUAN, AFTER, value=40), figure(THUONG_GIAO, AFTER, status="no_cases"),
    )  # fmt: skip
    assert set(board["place"]) == {"unknown"} and board["average"].isna().all()


def test_few_cases_are_not_judged_though_far_away():
    """Pooled 7/1010: at N = 10 not one case is expected, so 2 of 10 lie "outside" limits that do not hold there."""
    board = _board(
        figure(SONG_CAU, AFTER, 3, 500), figure(QUANG_THUAN, AFTER, 2, 500), figure(THUONG_GIAO, AFTER, 2, 10)
    )
    assert board["place"].tolist() == ["few", "few", "few", "unknown"]
    assert 500 * board["average"].iloc[0] < funnel.LEAST_CASES


def test_the_title_says_who_differs_and_which_way(ctx):
    shown = _show(ctx, _board(*APART))
    vi = ctx.language.code == "vi"
    assert shown.finding == (
        "1 xã, phường khác mức chung 50,0% nhiều hơn ngẫu nhiên có thể gây ra: phường Sông Cầu (thấp hơn)"
        if vi
        else "1 commune differs from the common level of 50.0% by more than chance could explain: Song Cau ward (lower)"
    )
    assert (
        "50,0% (250/500) của 4 xã, phường" if vi else "50.0% (250/500) of the 4 communes"
    ) in shown.subtitle
    # (−20)²/25 + 11²/25 + 5²/25 + 4²/50 = 16 + 4.84 + 1 + 0.32 = 22.16, over 3
    spread = "gấp 7,4 lần" if vi else "lie 7.4 times"
    assert spread in shown.matrix
    between = "xã Quang Thuận (cao hơn)" if vi else "Quang Thuận commune (higher)"
    chance = "khoảng 0,2 trong 4 nơi" if vi else "about 0.2 of 4"
    assert between in shown.matrix and chance in shown.matrix
    assert (
        ctx.text("funnel.legend.outside") in shown.legend
        and ctx.text("funnel.legend.few") not in shown.legend
    )
    assert ("34,5% – 65,5%" if vi else "34.5% – 65.5%") in shown.table
    assert ctx.text("funnel.place.below_outer") in shown.table


def test_nobody_outside_is_said_and_two_are_not_enough(ctx):
    alike = _board(*(figure(area, AFTER, 50, 100) for area in PILOTS))
    assert _show(ctx, alike).finding == ctx.text(
        "funnel.finding_none", count=4, average="50,0%" if ctx.language.code == "vi" else "50.0%"
    )
    shown = _show(ctx, _board(figure(SONG_CAU, AFTER, 30, 100), figure(DUC_VAN, AFTER, 50, 100)))
    assert shown.figure is None and not shown.table and shown.export is None
    assert ("2 trong 4 xã, phường" if ctx.language.code == "vi" else "2 of 4 communes") in shown.finding
    between = _board(
        figure(SONG_CAU, AFTER, 40, 100), figure(QUANG_THUAN, AFTER, 51, 100),
        figure(THUONG_GIAO, AFTER, 53, 100), figure(DUC_VAN, AFTER, 57, 100),
    )  # fmt: skip
    assert between["place"].tolist()[0] == "below_inner"
    assert "99" in _show(ctx, between).finding


@pytest.mark.parametrize(("cases", "level"), [(0, "0%"), (100, "100%")])
def test_all_at_one_end_is_said_and_not_drawn(ctx, cases, level):
    shown = _show(ctx, _board(*(figure(area, AFTER, cases, 100) for area in PILOTS)))
    assert shown.finding == ctx.text("funnel.finding_same", count=4, average=level)
    assert shown.figure is None and ctx.text("funnel.place.few") in shown.table
    assert ctx.text("funnel.note") in shown.matrix.replace("&#x27;", "'") and shown.matrix.count("<p>") == 1


def test_too_few_cases_everywhere_is_no_finding(ctx):
    board = _board(
        figure(SONG_CAU, AFTER, 3, 40), figure(QUANG_THUAN, AFTER, 2, 50), figure(THUONG_GIAO, AFTER, 2, 10)
    )
    shown = _show(ctx, board)
    assert shown.finding == ctx.text("funnel.finding_few") and shown.figure is None
    assert shown.matrix.count("<p>") == 2 and shown.table.count(ctx.text("funnel.place.few")) == 3


def test_the_drawing_names_those_apart_and_the_chosen_one(ctx):
    drawn = funnel.draw(ctx, _board(*APART), _areas(ctx), hand.pay(), AFTER, DUC_VAN)
    names = {note.text for note in drawn.layout.annotations}
    vi = ctx.language.code == "vi"
    assert names == (
        {"Sông Cầu", "Quang Thuận", "<b>Đức Vân</b>"} if vi else {"Song Cau", "Quang Thuận", "<b>Đức Vân</b>"}
    )
    marks = drawn.data[-1]
    assert list(marks.x) == [100, 100, 100, 200] and list(marks.y) == pytest.approx([0.3, 0.61, 0.55, 0.52])
    assert marks.customdata[0] == f"area|area={SONG_CAU}" and list(marks.marker.symbol)[:3] == [
        "diamond",
        "circle",
        "circle",
    ]
    assert (
        "30/100" in marks.hovertext[0] and ("40,2% – 59,8%" if vi else "40.2% – 59.8%") in marks.hovertext[0]
    )
    places = {note.text: note.x for note in drawn.layout.annotations}
    assert places["Sông Cầu" if vi else "Song Cau"] == pytest.approx(2)  # a logarithmic axis takes exponents
    assert drawn.layout.yaxis.range[0] <= 0 and funnel.from_zero(_board(*APART))
    for trace in drawn.data:
        assert np.isfinite(np.array(trace.x, dtype=float)).all()


def test_an_axis_of_high_rates_does_not_begin_at_zero_and_says_so(ctx):
    board = _board(
        *(figure(area, AFTER, x, 1000) for area, x in zip(PILOTS, (960, 970, 950, 955), strict=True))
    )
    assert not funnel.from_zero(board)
    assert ctx.text("funnel.not_from_zero") in _show(ctx, board).subtitle


def test_the_file_holds_limits_and_words(ctx):
    export = _show(ctx, _board(*APART[:3])).export(ctx)
    row = dict(zip(export.columns, export.rows[0], strict=True))
    assert row[ctx.text("column.numerator")] == 30 and row[
        ctx.text("funnel.column.average")
    ] == pytest.approx(146 / 3)
    assert row[ctx.text("column.verdict")] == ctx.text("funnel.place.below_outer")
    missing = dict(zip(export.columns, export.rows[3], strict=True))
    assert (
        missing[ctx.text("funnel.column.outer_lower")] is None and missing[ctx.text("column.verdict")] == "–"
    )
