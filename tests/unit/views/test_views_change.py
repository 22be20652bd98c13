"""The words about the quarter just before, by hand."""

import pytest

from tests.unit.views import hand
from tests.unit.views.hand import AFTER, DUC_VAN, PILOTS, QUANG_THUAN, SONG_CAU, THUONG_GIAO, figure, frame
from views.screens import change

BESIDE = "2023-Q4"


@pytest.fixture(params=["vi", "en"])
def ctx(request, small, changed, known_languages):
    return changed(small, language=known_languages[request.param])


def _near(*rows):
    return change._near(frame(*rows), hand.pay(), BESIDE, AFTER, list(PILOTS))


def test_a_quarter_without_any_figure_is_a_sentence_and_no_column(ctx):
    near = _near(figure(SONG_CAU, AFTER, 10, 100))
    assert near is None
    words = {
        "vi": "Quý liền trước (quý IV/2023) chưa xã, phường nào có số liệu của chỉ tiêu này.",
        "en": "No commune has figures of this indicator for the quarter just before (Q4 2023).",
    }
    assert change._near_said(ctx, near, hand.pay(), BESIDE) == f"<p>{words[ctx.language.code]}</p>"
    assert change._near_said(ctx, None, hand.pay(), None) == ""


def test_the_cell_says_change_start_and_interval_or_the_sign(ctx):
    near = _near(
        figure(SONG_CAU, BESIDE, 50, 100), figure(SONG_CAU, AFTER, 70, 100),
        figure(QUANG_THUAN, BESIDE, value=20), figure(QUANG_THUAN, AFTER, 30, 100),
        figure(THUONG_GIAO, BESIDE, status="suppressed"), figure(THUONG_GIAO, AFTER, 1, 100),
        figure(DUC_VAN, BESIDE, 4, 10),
    )  # fmt: skip
    cell = {area: change._near_cell(ctx, near.loc[area], hand.pay()) for area in PILOTS}
    vi = ctx.language.code == "vi"
    # Newcombe's interval for 50/100 -> 70/100, with Wilson 0.4038..0.5962 and 0.6042..0.7811.
    assert ("từ 50,0% (50/100)" if vi else "from 50.0% (50/100)") in cell[SONG_CAU]
    assert ("+6,4 đến +32,6 điểm" if vi else "+6.4 to +32.6 points") in cell[SONG_CAU]
    assert ctx.text("verdict.rise") in cell[SONG_CAU]
    assert ctx.text("interval.before") in cell[QUANG_THUAN]
    assert ctx.text("state.suppressed") in cell[THUONG_GIAO] and "%" not in cell[THUONG_GIAO]
    assert ctx.text("verdict.no_pair") in cell[DUC_VAN] and "4/10" in cell[DUC_VAN]
    said = change._near_said(ctx, near, hand.pay(), BESIDE)
    assert ("(quý IV/2023): 1 tăng rõ, 3 chưa đủ số liệu." if vi else "(Q4 2023): ") in said
