"""How far it is to a tier, by hand: gaps, worst and best case, and whether chance could turn the answer."""

import dataclasses

import pytest

from store import catalogue as definitions
from tests import builders
from tests.unit.views.hand import AFTER, DUC_VAN, QUANG_THUAN, SONG_CAU, THUONG_GIAO, figure, frame
from views.screens import area_tiers, tiers

HEAD = """
id = "own"
name = {{ vi = "Bộ thử", en = "Trial set" }}
kind = "criteria"
status = "published_threshold"
rule = "{rule}"
{more}
"""
CRITERION = """
[[criterion]]
no = "{no}"
name = {{ vi = "Tiêu chí {no}", en = "Criterion {no}" }}
indicator = "{indicator}"
operator = "{operator}"
threshold = "{threshold}"
status = "published_threshold"
"""
TWO = (("1", "pay_rate", "ge", "50"), ("2", "device_rate", "ge", "80"))


@pytest.fixture(params=["vi", "en"])
def ctx(request, small, changed, known_languages):
    return changed(small, language=known_languages[request.param])


def _world(ctx, *criteria, rule="all", more=""):
    keys = ("no", "indicator", "operator", "threshold")
    text = HEAD.format(rule=rule, more=more) + "".join(
        CRITERION.format(**dict(zip(keys, item, strict=True))) for item in criteria
    )
    catalogue = definitions.load(builders.definition_texts() | {"tiers/own.toml": text})
    return dataclasses.replace(ctx, catalogue=catalogue), catalogue.scheme_by_id["own"]


def _device(area, n=None, of=None, **more):
    return figure(area, AFTER, n, of, indicator="device_rate", **more)


def _assessed(ctx, rows, *criteria, **more):
    own, scheme = _world(ctx, *criteria, **more)
    return own, scheme, *tiers.assessed(own, frame(*rows), scheme)


# Wilson's 95 % interval of 48/100 is 38.5..57.7, of 20/100 13.3..28.9, of 79/100 70.0..85.8, of 90/100 82.6..94.5.
ROWS = (
    figure(SONG_CAU, AFTER, 48, 100), _device(SONG_CAU, 90, 100),
    figure(QUANG_THUAN, AFTER, 20, 100), _device(QUANG_THUAN, 79, 100),
    figure(THUONG_GIAO, AFTER, 70, 100),
    figure(DUC_VAN, AFTER, value=20), _device(DUC_VAN, 90, 100),
)  # fmt: skip


def test_worst_and_best_case_and_sureness_by_hand(small):
    _, _, states, board, close = _assessed(small, ROWS, *TWO)
    assert board["tier_state"].tolist() == ["not_reached", "not_reached", "undecidable", "not_reached"]
    assert board[["worst", "best"]].loc[THUONG_GIAO].tolist() == ["not_reached", "reached"]
    assert board[["least", "most"]].loc[THUONG_GIAO].tolist() == [1, 2]
    # 48/100 could as well be 50; 20/100 could not, though 79/100 stands near 80; a printed 20 % has no interval.
    assert board["sure"].to_dict() == {
        SONG_CAU: "borderline", QUANG_THUAN: "secure", THUONG_GIAO: "open", DUC_VAN: "unweighed",
    }  # fmt: skip
    assert close == {(SONG_CAU, "1"), (QUANG_THUAN, "2")} and board["bare"].tolist() == [0, 0, 0, 1]
    gaps = states.set_index(["area_id", "criterion"])["gap"]
    assert gaps[SONG_CAU, "1"] == pytest.approx(2) and gaps[QUANG_THUAN, "2"] == pytest.approx(1)
    assert (
        gaps[DUC_VAN, "1"] == pytest.approx(30)
        and gaps.isna()[SONG_CAU, "2"]
        and gaps.isna()[THUONG_GIAO, "2"]
    )


def test_the_counts_measure_the_gap_not_the_printed_figure(small):
    """1999/4000 is 49.975 %, printed as 50: still a quarter of a tenth short, one case."""
    _, scheme, states, _, _ = _assessed(small, [figure(SONG_CAU, AFTER, 1999, 4000, value=50)], TWO[0])
    row = states.iloc[0]
    assert row["state"] == "not_met" and row["gap"] == pytest.approx(0.025) and row["cases_short"] == 1
    assert (
        tiers.distance_text(small, row, scheme.criteria[0])
        == "thiếu chưa tới 0,1 điểm, cần thêm 1 trường hợp"
    )


@pytest.mark.parametrize(
    ("operator", "n", "in_vi", "in_en"),
    [
        ("ge", 27, "thiếu 23,0 điểm, cần thêm 23 trường hợp", "23.0 points short, 23 more cases needed"),
        ("ge", 49, "thiếu 1,0 điểm, cần thêm 1 trường hợp", "1.0 points short, 1 more case needed"),
        ("gt", 50, "bằng ngưỡng nhưng phải vượt, cần thêm 1 trường hợp",
         "at the threshold, which must be passed, 1 more case needed"),
        ("le", 53, "vượt 3,0 điểm, cần bớt 3 trường hợp", "3.0 points over, 3 fewer cases needed"),
    ],
)  # fmt: skip
def test_a_distance_in_words(ctx, operator, n, in_vi, in_en):
    rows = [figure(SONG_CAU, AFTER, n, 100)]
    own, scheme, states, _, _ = _assessed(ctx, rows, ("1", "pay_rate", operator, "50"))
    words = tiers.distance_text(own, states.iloc[0], scheme.criteria[0])
    assert words == (in_vi if ctx.language.code == "vi" else in_en)


def test_printed_figures_tell_points_and_no_cases(ctx):
    own, scheme, states, _, _ = _assessed(ctx, [figure(SONG_CAU, AFTER, value=45.5)], TWO[0])
    words = tiers.distance_text(own, states.iloc[0], scheme.criteria[0])
    assert words == ("thiếu 4,5 điểm" if ctx.language.code == "vi" else "4.5 points short")


def test_what_was_not_reported_counts_as_no_printed_figure(small):
    rows = [figure(SONG_CAU, AFTER, 90, 100), _device(SONG_CAU, status="no_cases")]
    _, _, _, board, close = _assessed(small, rows, *TWO)
    assert board["bare"].tolist() == [0] * 4 and not close
    assert tiers.sure_text(small, board.loc[SONG_CAU]) == "không tiêu chí nào sát ngưỡng"
    assert tiers.sure_text(small, board.loc[DUC_VAN]) == ""


def test_the_row_of_a_commune_says_all_of_it(ctx):
    own, scheme, states, board, _ = _assessed(ctx, ROWS, *TWO)
    vi = ctx.language.code == "vi"
    table = tiers.table(own, board, states, scheme, {area.id: area for area in own.areas})
    for words in (
        ("chưa vững: 1 tiêu chí sát ngưỡng, ngẫu nhiên có thể đổi hạng", "vững: dù 1 tiêu chí sát ngưỡng, hạng không đổi",
         "Kém nhất 1/2: chưa đạt hạng", "Tốt nhất 2/2: đạt hạng", "Đã biết cả 2 tiêu chí", "Còn thiếu 1 tiêu chí. Gần nhất:",
         "thiếu 2,0 điểm, cần thêm 2 trường hợp", "nguồn không ghi tử số, mẫu số")
        if vi
        else ("not secure: 1 criteria near their threshold", "secure: 1 criteria near their threshold cannot turn the tier",
              "At worst 1/2: tier not reached", "At best 2/2: tier reached", "All 2 criteria are known",
              "Criteria lacking: 1. Nearest:",
              "2.0 points short, 2 more cases needed", "the source prints no counts")
    ):  # fmt: skip
        assert words in table, words


def test_a_profile_says_what_the_commune_lacks(ctx):
    own, scheme, states, board, close = _assessed(ctx, ROWS, *TWO)
    by_id = {area.id: area for area in own.areas}
    vi = ctx.language.code == "vi"

    def show(area):
        return area_tiers.show(own, by_id[area], scheme, AFTER, states, board, close)

    song_cau = show(SONG_CAU)
    assert (
        "đạt 1/2 tiêu chí; 1 chưa đạt, 0 chưa có số liệu"
        if vi
        else "meets 1/2 criteria; 1 not met, 0 without figures"
    ) in song_cau.finding
    assert (
        "48/100" in song_cau.table
        and own.text("tiers.close") in song_cau.table
        and "90/100" not in song_cau.table
    )
    assert (
        "thiếu 2,0 điểm, cần thêm 2 trường hợp." if vi else "2.0 points short, 2 more cases needed."
    ) in song_cau.matrix
    thuong_giao = show(THUONG_GIAO)
    ends = (
        "kém nhất 1/2: chưa đạt hạng; tốt nhất 2/2: đạt hạng"
        if vi
        else "at worst 1/2: tier not reached; at best 2/2: tier reached"
    )
    assert ends in thuong_giao.matrix and own.text("tiers.own.all_met") in thuong_giao.table
    unknown = own.catalogue.indicator_by_id["device_rate"].short.to(own.language.code)
    assert unknown[1:] in thuong_giao.matrix
    export = song_cau.export(own)
    assert [row[0] for row in export.rows] == [by_id[SONG_CAU].code] * 2
    assert dict(zip(export.columns, export.rows[0], strict=True))[own.text("column.gap")] == pytest.approx(2)
    nobody = _assessed(ctx, [], *TWO)
    empty = area_tiers.show(nobody[0], by_id[SONG_CAU], nobody[1], AFTER, *nobody[2:])
    assert empty.table == "" and empty.export is None
    assert ("chưa có số liệu để xét" if vi else "no figures to judge") in empty.finding


def test_a_proposed_set_gives_no_tier_on_real_figures(small):
    """A criterion met on a printed figure: no tier, no claim about chance, and cases as counts of criteria only."""
    own, scheme = _world(small, *TWO)
    scheme = dataclasses.replace(scheme, status="proposed")
    states, board, close = tiers.assessed(own, frame(figure(SONG_CAU, AFTER, value=60)), scheme)
    row = board.loc[SONG_CAU]
    assert tiers.outlook_texts(small, row) == ["Kém nhất 1/2", "Tốt nhất 2/2"]
    assert tiers.sure_text(small, row) == small.text("tiers.sure.unweighed")
    shown = area_tiers.show(own, small.areas[0], scheme, AFTER, states, board, close)
    assert "chưa xét: bộ tiêu chí chưa được ban hành" in shown.matrix and shown.warning


def test_a_set_without_published_criteria_has_no_outlook(small):
    _, _, states, board, close = _assessed(small, ROWS, rule="counts_only", more="size = 17")
    assert (
        states.empty
        and not close
        and set(board["worst"]) == {"undecidable"}
        and set(board["sure"]) == {"open"}
    )
    assert tiers.outlook_texts(small, board.iloc[0]) == [] and tiers.sure_text(small, board.iloc[0]) == ""
