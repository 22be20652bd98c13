"""What the composite index can bear, and one commune's index by hand."""

from fractions import Fraction

import pandas as pd
import pytest

from store import catalogue as definitions
from tests import builders
from tests.unit.views.hand import AFTER, DUC_VAN, PILOTS, QUANG_THUAN, SONG_CAU, THUONG_GIAO, figure, frame
from views import composite, standings

ENDS = '[goalposts]\nworst = {worst}\nbest = {best}\nstatus = "proposed"\n'


def world(mean="arithmetic", weights=(0.75, 0.25)):
    """Two pillars: pay_rate (weight 3, goalposts 0-50) and device_rate (1, 0-100); job_rate alone (20-100)."""
    files = builders.definition_texts()
    for name, worst, best in (("pay_rate", 0, 50), ("device_rate", 0, 100), ("job_rate", 20, 100)):
        text, ends = files[f"indicators/{name}.toml"], ENDS.format(worst=worst, best=best)
        text = (
            text.replace("[[definitions]]", ends + "[[definitions]]", 1) if "[[def" in text else text + ends
        )
        files[f"indicators/{name}.toml"] = text.replace(
            'pillar = "gov"', f'pillar = "{"economy" if name == "job_rate" else "gov"}"'
        )
    files["pillars.toml"] += '[[pillar]]\nid = "economy"\nname = { vi = "Kinh tế số" }\n'
    files["index.toml"] = (
        f'[index]\nmean = "{mean}"\nleast_weight = 0.5\nstatus = "proposed"\n'
        f'[[pillar]]\nid = "gov"\nweight = {weights[0]}\n'
        'indicators = [{ id = "pay_rate", weight = 3 }, { id = "device_rate", weight = 1 }]\n'
        f'[[pillar]]\nid = "economy"\nweight = {weights[1]}\nindicators = [{{ id = "job_rate", weight = 1 }}]\n'
    )
    return definitions.load(files)


ROWS = frame(
    figure(SONG_CAU, AFTER, 12, 40), figure(SONG_CAU, AFTER, 70, 100, indicator="device_rate"),
    figure(SONG_CAU, AFTER, 3, 5, indicator="job_rate"),
    figure(QUANG_THUAN, AFTER, 10, 40), figure(QUANG_THUAN, AFTER, 60, 100, indicator="device_rate"),
    figure(QUANG_THUAN, AFTER, 4, 5, indicator="job_rate"),
    figure(THUONG_GIAO, AFTER, 8, 40), figure(THUONG_GIAO, AFTER, 2, 5, indicator="job_rate"),
    figure(DUC_VAN, AFTER, 20, 40),
)  # fmt: skip


@pytest.fixture(scope="module")
def own():
    return world()


@pytest.fixture(scope="module")
def parts(own):
    return standings.scores(ROWS, own, AFTER, PILOTS)


def steps(own, parts, area, marks=None):
    known = composite.measured(ROWS, own, AFTER, PILOTS)
    return composite.steps(known, parts, own, area, composite.shares(own, marks))


def test_one_commune_by_hand(own, parts):
    """12/40 = 30 % between 0 and 50 is 60 points, 70/100 is 70; 3 to 1 makes 62.5. 3/5 = 60 % between 20 and 100 is 50.
    Three quarters of 62.5 and one quarter of 50 make 59.375."""
    found = steps(own, parts, SONG_CAU)
    assert found["kind"].tolist() == ["indicator", "indicator", "pillar", "indicator", "pillar", "index"]
    first = found.iloc[0]
    assert (first["numerator"], first["denominator"], first["value"]) == (12, 40, pytest.approx(30))
    assert (first["worst"], first["best"]) == (0, 50)
    assert found["score"].tolist() == pytest.approx([60, 70, 62.5, 50, 50, 59.375])
    assert found["weight"].tolist()[:5] == pytest.approx([0.75, 0.25, 0.75, 1, 0.25])
    assert found["given"].tolist()[:5] == pytest.approx([45, 17.5, 46.875, 50, 12.5])
    assert found["points"].tolist() == pytest.approx([33.75, 13.125, 46.875, 12.5, 12.5, 59.375])
    assert found["lost"].tolist() == pytest.approx([22.5, 5.625, 28.125, 12.5, 12.5, 40.625])
    assert standings.combine(parts, own).loc[SONG_CAU, "index"] == pytest.approx(59.375)


@pytest.mark.parametrize("area", PILOTS)
@pytest.mark.parametrize("marks", [None, {"gov": 25, "economy": 75}, {"gov": 0, "economy": 5}])
def test_the_steps_add_up_to_the_index(own, parts, area, marks):
    found = steps(own, parts, area, marks)
    board = standings.combine(parts, own, pillar_weights=composite.shares(own, marks).to_dict())
    whole, single = found.iloc[-1], found[found["kind"] == "indicator"]
    if pd.isna(board.loc[area, "index"]):
        assert pd.isna(whole["score"]) and single["points"].isna().all()
        return
    assert whole["score"] == pytest.approx(board.loc[area, "index"])
    assert single["points"].sum() == pytest.approx(whole["score"])
    assert single["lost"].sum() == pytest.approx(100 - whole["score"])
    pillars = found[found["kind"] == "pillar"]
    assert pillars["weight"].sum() == pytest.approx(1) and pillars["given"].sum() == pytest.approx(
        whole["score"]
    )


def test_a_missing_figure_hands_its_weight_on(own, parts):
    found = steps(own, parts, THUONG_GIAO).set_index("indicator")
    assert found.loc["pay_rate", "weight"] == 1 and pd.isna(found.loc["device_rate", "weight"])
    assert found.loc["device_rate", "status"] == "missing"


def test_without_a_pillar_there_is_no_place_and_the_reason_is_known(own, parts):
    board = composite.places(parts, own)
    assert board["rank"].isna().tolist() == [False, False, False, True]
    assert composite.lacking(board.loc[DUC_VAN], own) == ["economy"]
    assert (
        board.loc[DUC_VAN, list(composite.PLACES)].isna().all() and composite.movers(board.loc[DUC_VAN]) == []
    )
    counts = composite.gaps(parts, own)
    assert counts.loc[DUC_VAN].to_dict() == {"gov": 1, "economy": 0, "all": 1}
    assert composite.sizes(own) == {"gov": 2, "economy": 1, "all": 3}


def test_nobody_has_a_place_where_there_is_nothing(own):
    board = composite.places(standings.scores(frame(), own, AFTER, PILOTS), own)
    assert board[["rank", *composite.PLACES]].isna().all(axis=None) and composite.groups(board) == []


def test_places_span_every_choice(own, parts):
    """Sông Cầu 59.4 and Quang Thuận 0.75 x 52.5 + 0.25 x 75 = 58.1 swap when economy weighs a little more."""
    board = composite.places(parts, own)
    assert board["rank"].tolist()[:3] == [1, 2, 3]
    assert board.loc[SONG_CAU, ["weights_first", "weights_last"]].tolist() == [1, 2]
    assert board.loc[[SONG_CAU, QUANG_THUAN, THUONG_GIAO], "mean"].tolist() == [1, 2, 3]
    assert (board["first"] <= board["rank"]).dropna().all() and (
        board["rank"] <= board["last"]
    ).dropna().all()
    assert composite.movers(board.loc[SONG_CAU]) == ["weights"]
    assert composite.movers(board.loc[THUONG_GIAO]) == []
    assert composite.groups(board) == [[SONG_CAU, QUANG_THUAN], [THUONG_GIAO]]
    again = composite.places(parts, own)
    pd.testing.assert_frame_equal(board, again)


def test_the_scale_of_the_period_is_minmax_of_the_ranked(own, parts):
    """pay 60 50 40, device 70 60, job 50 75 25 -> 100 50 0, 100 0, 50 100 0."""
    board = composite.places(parts, own)
    gov = {SONG_CAU: 100, QUANG_THUAN: 37.5, THUONG_GIAO: 0}
    job = {SONG_CAU: 50, QUANG_THUAN: 100, THUONG_GIAO: 0}
    index = {area: 0.75 * gov[area] + 0.25 * job[area] for area in gov}
    order = sorted(index, key=index.get, reverse=True)
    assert board.loc[order, "scale"].tolist() == [1, 2, 3]


def test_groups_join_where_ranges_touch():
    board = pd.DataFrame(
        {"rank": [1, 2, 3, 4, 5, None], "first": [1, 2, 2, 4, 4, None], "last": [1, 3, 3, 5, 5, None]},
        index=list("abcdef"),
    )
    assert composite.groups(board) == [["a"], ["b", "c"], ["d", "e"]]


def test_sliders_say_shares(own):
    assert composite.proposed(own) == {"gov": 75, "economy": 25}
    assert composite.shares(own).to_dict() == {"gov": 0.75, "economy": 0.25}
    assert not composite.moved(own, {"gov": 30, "economy": 10}), "three to one is three to one"
    assert composite.moved(own, {"gov": 50, "economy": 50})
    assert composite.shares(own, {"gov": 50, "economy": 30}).to_dict() == {"gov": 0.625, "economy": 0.375}
    nothing = {"gov": 0, "economy": 0}
    assert not composite.moved(own, nothing) and composite.shares(own, nothing)["gov"] == 0.75


def test_odd_proposed_weights_are_used_exactly():
    own = world(weights=(1, 2))
    assert composite.proposed(own) == {"gov": 33, "economy": 67}
    assert composite.shares(own, composite.proposed(own))["gov"] == float(Fraction(1, 3))


def test_agreement_in_numbers(own, parts):
    board = composite.places(parts, own)
    tried = standings.combine(parts, own, pillar_weights={"gov": 0.25, "economy": 0.75})
    found = composite.agreement(board, tried)
    assert found["tau"] == pytest.approx(1 / 3) and found["places"] == 1
    assert found["areas"] == (SONG_CAU, QUANG_THUAN)
    assert composite.changed_places(board, tried).tolist()[:3] == [-1, 1, 0]
    assert composite.agreement(board, board)["tau"] == 1 and composite.agreement(board, board)["areas"] == ()


@pytest.mark.parametrize("mean", ["arithmetic", "geometric"])
def test_the_pieces_of_the_bar_are_as_long_as_the_index(mean, parts):
    own = world(mean)
    board = composite.places(parts, own)
    pieces = composite.pillar_points(board, own)
    assert pieces.sum(axis=1).tolist()[:3] == pytest.approx(board["index"].tolist()[:3])
