"""Sentences out of every kind of figure: filled in, in number, short enough, and silent about what is not known."""

import dataclasses
import itertools
import re

import numpy as np
import pytest

from store.definitions import TargetSpec, Words
from tests.said import VERDICTS, faults
from tests.unit.views import hand
from tests.unit.views.hand import DUC_VAN, PILOTS, QUANG_THUAN, SONG_CAU, THUONG_GIAO, figure, frame
from views import boards, goals, narrative
from views.screens import answers

FROM, TO = "2023-Q1", "2024-Q1"
NOTHING = {"n": None, "of": None}
# One end of a pair: n, N, and what else the row carries. Hidden figures come without numbers.
KINDS = {
    "many": {"n": 300, "of": 1000},
    "more": {"n": 700, "of": 1000},
    "few": {"n": 2, "of": 7},
    "one case": {"n": 1, "of": 1},
    "one of many": {"n": 1, "of": 2000},
    "zero": {"n": 0, "of": 40},
    "whole": {"n": 40, "of": 40},
    "nearly": {"n": 799, "of": 1000},
    "printed": {"value": 12.5},
    "printed more": {"value": 26, "qualifier": "gt"},
    "nearly printed": {"value": 79.9, "qualifier": "approx_below"},
    "over": {"n": 137, "of": 100},
    "implausible": {"n": 90, "of": 100, "qualifier": "implausible"},
    "no cases": {"n": 0, "of": 0, "status": "no_cases"},
    "suppressed": {**NOTHING, "status": "suppressed"},
    "missing": None,
}
ENDS = list(itertools.product(KINDS, KINDS))
FEW_ENDS = list(itertools.product(("many", "more", "few", "nearly", "printed", "suppressed"), repeat=2))
TARGETS = {
    "none": None,
    "printed": TargetSpec(
        80.0, 2025, "published_threshold", Words({"vi": "Kế hoạch.", "en": "A plan."}), "local_report"
    ),
    "proposed": TargetSpec(80.0, None, "proposed", Words({}), "local_report"),
    "illustrative": TargetSpec(80.0, 2025, "illustrative", Words({}), "local_report"),
    "other way": TargetSpec(80.0, 2025, "published_threshold", Words({}), "766_portal"),
}
MARKED = {
    "vi": {"proposed": "đề xuất", "illustrative": "minh họa"},
    "en": {"proposed": "proposed", "illustrative": "illustrative"},
}
COUNTS = re.compile(r"\d[\d.,]*/\d[\d.,]*")


@pytest.fixture(params=["vi", "en"])
def world(request, small, changed, known_languages):
    """The small world in each language."""
    return changed(small, language=known_languages[request.param])


def rate(target=None, **more):
    case = Words({"vi": "hồ sơ", "en": "dossier", "en_many": "dossiers"})
    return dataclasses.replace(hand.pay(), target=target, case=case, **more)


def rows(area, before, after):
    """The figures of one commune at both ends."""
    for period, kind in ((FROM, before), (TO, after)):
        if KINDS[kind] is not None:
            yield figure(area, period, **KINDS[kind])


def table_of(indicator, before, after, *others):
    found = [*rows(QUANG_THUAN, before, after), *others]
    return goals.board(frame(*found), indicator, FROM, TO, PILOTS)


def asked(world, indicator, table, area=QUANG_THUAN):
    place = world.catalogue.area_by_id[area]
    return answers.build(world, place, indicator, table, FROM, TO)


OTHERS = {
    "nobody": (),
    "one": (figure(SONG_CAU, FROM, 10, 100), figure(SONG_CAU, TO, 30, 100)),
    "three": tuple(
        figure(area, period, n, 200)
        for area in (SONG_CAU, THUONG_GIAO, DUC_VAN)
        for period, n in ((FROM, 20), (TO, 21))
    ),
    "falling": (figure(SONG_CAU, FROM, 900, 1000), figure(SONG_CAU, TO, 100, 1000)),
}


def every_pair(indicator, others, ends_of=ENDS):
    """(before, after, table) of all kinds of figures, out of one board: as many communes as there are pairs of kinds."""
    own = {f"{before}>{after}": (before, after) for before, after in ends_of}
    found = [row | {"area_id": key} for key, ends in own.items() for row in rows(key, *ends)]
    rest = [area for area in PILOTS if area != QUANG_THUAN]
    board = goals.board(frame(*found, *others), indicator, FROM, TO, [*own, *rest])
    for key, ends in own.items():
        yield *ends, board.loc[[key, *rest]].rename(index={key: QUANG_THUAN})


@pytest.mark.parametrize(
    ("target", "others", "ends"),
    [("printed", "one", ENDS)]
    + [(target, "three", FEW_ENDS) for target in TARGETS]
    + [("printed", others, FEW_ENDS) for others in OTHERS],
)
def test_answers_out_of_every_pair_of_figures(world, target, others, ends):
    code = world.language.code
    indicator = rate(TARGETS[target])
    for before, after, table in every_pair(indicator, OTHERS[others], ends):
        row = table.loc[QUANG_THUAN]
        hidden = "suppressed" in (before, after)
        for item in asked(world, indicator, table):
            for text in (item.sentence, *item.caveats):
                assert faults(text, code) == [], (before, after, item.key, text)
            said = " ".join((item.sentence, item.word, *item.caveats))
            if item.key == "real":
                verdict = row["verdict"] if "implausible" not in (before, after) else "unknown"
                assert (item.tone in ("rise", "fall")) == (verdict in ("rise", "fall")), (before, after)
                assert bool(VERDICTS[code].search(f"{item.sentence} {item.word}")) == (
                    verdict in ("rise", "fall")
                ), said
                if verdict != "unknown":
                    assert len(COUNTS.findall(item.sentence)) == 2, item.sentence
            if item.key == "faster" and (row["verdict"] == "unknown" or others == "nobody"):
                assert item.tone == "unknown" and not VERDICTS[code].search(said), (before, after, said)
            if hidden and item.key in ("real", "faster"):
                assert item.tone == "unknown" and "%" not in item.sentence, (before, after, item.sentence)
            if after in ("suppressed", "missing", "no cases", "implausible") and item.key in (
                "when",
                "short",
            ):
                assert item.tone == "unknown" and not COUNTS.search(item.sentence), (after, item.sentence)


@pytest.mark.parametrize(
    ("before", "after", "tone"),
    [
        ("many", "more", "rise"),
        ("more", "many", "fall"),
        ("many", "many", "unclear"),
        ("printed", "many", "unknown"),
    ],
)
def test_the_rise_is_called_real_only_when_its_interval_leaves_zero(world, before, after, tone):
    table = table_of(rate(), before, after)
    assert asked(world, rate(), table)[0].tone == tone


def test_its_change_is_held_against_that_of_the_others_together(small):
    """(700 − 300)/1000 beside three communes that went from 60/600 to 63/600: +40 against +0.5 points."""
    item = asked(small, rate(), table_of(rate(), "many", "more", *OTHERS["three"]))[1]
    assert item.tone == "rise" and "+40,0 so với +0,5 điểm phần trăm" in item.sentence
    assert "3/3 nơi khác" in item.caveats[0] and "60/600" in item.caveats[0] and "63/600" in item.caveats[0]


@pytest.mark.parametrize(
    ("others", "before", "after", "words"),
    [
        ("falling", "more", "many", "giảm ít hơn"),
        ("three", "more", "many", "giảm nhiều hơn"),
        ("three", "many", "more", "tăng nhanh hơn"),
        ("one", "many", "many", "tăng chậm hơn"),
        ("one", "few", "few", "chưa rõ nhanh hay chậm hơn"),
    ],
)
def test_faster_and_slower_fit_the_signs(small, others, before, after, words):
    item = asked(small, rate(), table_of(rate(), before, after, *OTHERS[others]))[1]
    assert item.word == words


def test_a_commune_that_is_hidden_or_in_doubt_is_not_among_the_others(small):
    for odd in ({"status": "suppressed"}, {"qualifier": "implausible"}):
        more = (figure(DUC_VAN, FROM, 5, 10, **odd), figure(DUC_VAN, TO, 6, 10, **odd))
        table = table_of(rate(), "many", "more", *OTHERS["one"], *more)
        assert answers.others(table, QUANG_THUAN)[:6] == (30, 100, 10, 100, 1, 3)


@pytest.mark.parametrize(
    ("n", "in_vietnamese", "in_english"),
    [(799, "còn thiếu 1 hồ sơ để", "needs 1 more dossier to"), (798, "còn thiếu 2 hồ sơ để", "needs 2 more dossiers to"),
     (800, "không còn thiếu hồ sơ nào", "needs no more dossiers")],
)  # fmt: skip
def test_the_cases_short_are_counted_in_the_indicators_own_noun(
    small, changed, known_languages, n, in_vietnamese, in_english
):
    indicator = rate(TARGETS["printed"])
    table = goals.board(frame(figure(QUANG_THUAN, TO, n, 1000)), indicator, FROM, TO, PILOTS)
    for code, words in (("vi", in_vietnamese), ("en", in_english)):
        world = changed(small, language=known_languages[code])
        assert words in asked(world, indicator, table)[3].sentence


def test_a_target_is_called_what_it_is(world):
    words = {}
    for name in ("printed", "proposed", "illustrative"):
        indicator = rate(TARGETS[name])
        found = asked(world, indicator, table_of(indicator, "many", "more"))
        words[name] = found[3].sentence
        mark = MARKED[world.language.code]
        for other, word in mark.items():
            assert (word in found[3].sentence) == (word in found[2].sentence) == (other == name)
    assert len(set(words.values())) == 3


def test_without_a_target_it_says_so_and_who_writes_one_in(world):
    found = asked(world, rate(), table_of(rate(), "many", "more"))
    assert found[2].mark == found[3].mark == "none"
    who = {"vi": "quản trị viên", "en": "the administrator"}[world.language.code]
    assert who in found[2].caveats[0] and ".toml" not in found[2].caveats[0]
    assert "700/1" in found[3].sentence


def test_periods_of_two_kinds_and_numbers_that_are_no_rate(world):
    code, area = world.language.code, world.catalogue.area_by_id[QUANG_THUAN]
    mixed = frame(figure(QUANG_THUAN, "2023", 1, 10), figure(QUANG_THUAN, TO, 900, 1000))
    counts = frame(
        figure(QUANG_THUAN, FROM, value=1, indicator="doc_count"),
        figure(QUANG_THUAN, TO, value=20, indicator="doc_count"),
    )
    number = world.catalogue.indicator_by_id["doc_count"]
    for item in (
        *answers.build(world, area, rate(), goals.board(mixed, rate(), "2023", TO, PILOTS), "2023", TO),
        *answers.build(world, area, number, boards.pair(counts, number, FROM, TO, PILOTS), FROM, TO),
    ):
        assert item.tone == "unknown" and not VERDICTS[code].search(item.sentence)
        assert faults(item.sentence, code) == []


def test_an_end_of_an_interval_near_zero_keeps_its_sign(small):
    case = answers.Case(small, None, rate(), None, {})
    assert answers._points(case, 0.04) == "+0,04" and answers._points(case, 0.0) == "0,0"
    assert answers._points(case, -0.004) == "−0,004" and answers._points(case, 12.345) == "+12,3"


@pytest.mark.parametrize("count", range(5))
def test_lists_and_numbers_of_communes(world, count):
    code = world.language.code
    names = [answers.fmt.area_inline(area, world.language) for area in world.areas][:count]
    for text in (
        narrative.without_figures(world, names, len(PILOTS)),
        narrative.without_now(world, names, len(PILOTS)),
        narrative.no_pair(world, names, len(PILOTS)),
        narrative.now_known(
            world, count, len(PILOTS), TO, "Online payment" if code == "en" else "Thanh toán"
        ),
    ):
        assert text == "" or faults(text, code) == [], text
    eight = [f"{name} {number}" for number in range(2) for name in names]
    assert len(eight) <= narrative.MOST_NAMES + 1 or str(
        len(eight) - narrative.MOST_NAMES
    ) in narrative.listed(world, eight)


def test_page_sentences_out_of_every_pair_of_figures(world):
    code, indicator = world.language.code, rate()
    areas = {area.id: area for area in world.areas}
    twin = world.catalogue.indicator_by_id["twin_one"]
    for before, after, board in every_pair(indicator, OTHERS["one"]):
        own = board.loc[[QUANG_THUAN, THUONG_GIAO]].set_axis([indicator.id, "twin_one"])
        said = {key: narrative.figure_said(world, row, indicator, "_after") for key, row in board.iterrows()}
        pooled = narrative.pooled_change(world, boards.pooled(board), indicator)
        texts = [
            narrative.largest_rise(world, board, areas, indicator),
            pooled,
            narrative.tally(world, board, indicator),
            narrative.pairs_known(world, board, indicator),
            narrative.nobody_rose(world, board, indicator),
            narrative.ends(
                world, board["share_after"].astype(float), board.index.to_series().map(said), areas
            ),
            *narrative.own_changes(world, own, [indicator, twin], FROM, TO),
        ]
        for text in filter(None, texts):
            assert [fault for fault in faults(text, code) if not english_name(fault, code)] == [], (
                before,
                after,
                text,
            )
        if board["verdict"].eq("unknown").all():
            assert not any(VERDICTS[code].search(text) for text in texts)
        assert (len(COUNTS.findall(pooled)) == 2) if pooled else True


def english_name(fault, code):
    """The small world names its indicators in one language only."""
    return code == "en" and fault == "Vietnamese"


def test_a_figure_that_is_not_shown_gives_no_number_even_where_one_came_along(world):
    """Hidden figures come without numbers; should one come with them, the sentence still keeps silent."""
    table = table_of(rate(), "many", "more")
    for column in ("status_before", "status_after"):
        table.loc[QUANG_THUAN, column] = "suppressed"
    table.loc[QUANG_THUAN, ["share_before", "share_after"]] = np.nan
    for item in asked(world, rate(TARGETS["printed"]), table):
        assert not re.search(r"300|700|30[.,]0|70[.,]0", item.sentence + " ".join(item.caveats)), item
    assert not re.search(r"\d", narrative.figure_with_counts(world, table.loc[QUANG_THUAN], rate(), "_after"))
