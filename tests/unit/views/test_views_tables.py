"""Boards as HTML: what comes from data is never markup, and no sign stands without its word."""

import re

import pandas as pd
import pytest

from store.definitions import Source, Words
from tests.unit.views import hand
from views import boards, tables

EVIL = "<script>alert('x')</script> \"Sông\" & 'Cầu'"


def words_of(html: str) -> str:
    """What a reader without pictures gets."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def hostile(ctx, changed):
    """The small world with hostile names for a place, an indicator and a source."""
    own = ctx.catalogue
    bad = Words(vi=EVIL, en=EVIL)
    areas = tuple(changed(area, name=bad) if area.id == hand.SONG_CAU else area for area in own.areas)
    indicators = tuple(
        changed(item, name=bad, short=bad, numerator=bad, denominator=bad) if item.id == "pay_rate" else item
        for item in own.indicators
    )
    sources = (Source("paper", "press", bad, bad, EVIL, EVIL, bad),)
    return changed(ctx, catalogue=changed(own, areas=areas, indicators=indicators, sources=sources))


def a_row(ctx, **more):
    figures = hand.frame(
        hand.figure(hand.SONG_CAU, hand.BEFORE, 1, 100, **more),
        hand.figure(hand.SONG_CAU, hand.AFTER, 30, 100, **more),
    )
    board = boards.pair(
        figures, ctx.catalogue.indicator_by_id["pay_rate"], hand.BEFORE, hand.AFTER, hand.PILOTS
    )
    return figures, board.loc[hand.SONG_CAU]


def test_everything_from_data_is_escaped(small, changed):
    ctx = hostile(small, changed)
    area, rate = ctx.catalogue.area_by_id[hand.SONG_CAU], ctx.catalogue.indicator_by_id["pay_rate"]
    figures, row = a_row(ctx, source="paper")
    free = figures.assign(source=EVIL)
    parts = [
        tables.area_link(ctx, area),
        tables.indicator_head(ctx, rate),
        tables.source_line(ctx, figures),
        tables.source_line(ctx, free),
        tables.definition_line(ctx, rate),
        tables.definition_line(ctx, ctx.catalogue.indicator_by_id["doc_count"]),
        tables.state(ctx, "met", EVIL),
        tables.th(EVIL),
        tables.td(EVIL),
        tables.table([tables.th(EVIL)], [], EVIL),
        tables.arrow(EVIL, EVIL),
        tables.cell(ctx, row, rate, "_after"),
        tables.change_text(ctx, row, rate),
        ctx.link("area", EVIL, area=EVIL),
        ctx.link("area", EVIL, area='" onmouseover="alert(1)'),
    ]
    for html in parts:
        assert "<script" not in html and "alert('x')" not in html
        assert ' onmouseover="' not in html
    assert tables.esc(EVIL) in "".join(parts)


def test_an_attribute_stays_one_attribute(small, changed):
    link = hostile(small, changed).link("area", EVIL, area=EVIL)
    assert re.fullmatch(r'<a href="[^"<>]*" target="_self" data-go="[^"<>]*">[^<>]*</a>', link)


@pytest.mark.parametrize("kind", ["met", "not_met", "unknown"])
def test_a_state_is_told_by_shape_and_word(small, kind):
    html = tables.state(small, kind)
    assert words_of(html) == small.text(f"state.{kind}")
    assert 'aria-hidden="true"' in html


def test_every_sign_has_a_shape_of_its_own():
    drawn = [tables.mark(kind) for kind in tables.MARKS]
    assert len(set(drawn)) == len(drawn) == 11
    assert not re.search(r"#[0-9a-fA-F]{6}", "".join(drawn))  # colour comes from the theme


def test_a_change_says_how_sure_it_is(small):
    rate = small.catalogue.indicator_by_id["pay_rate"]
    _, row = a_row(small)
    assert row["verdict"] == "rise"
    assert words_of(tables.change_text(small, row, rate)) == "+29,0 điểm tăng rõ"
    flat = row.copy()
    flat["direction"] = "unknown"
    assert words_of(tables.change_text(small, flat, rate)) == small.text("verdict.no_pair")
    unclear = row.copy()
    unclear["verdict"] = "unclear"
    assert words_of(tables.change_text(small, unclear, rate)).endswith("chưa rõ")


def test_a_figure_always_has_its_counts(small):
    rate = small.catalogue.indicator_by_id["pay_rate"]
    _, row = a_row(small)
    assert words_of(tables.cell(small, row, rate, "_after")) == "30,0% 30/100"
    printed = boards.one(
        hand.frame(hand.figure(hand.SONG_CAU, hand.AFTER, value=26, qualifier="gt")),
        rate,
        hand.AFTER,
        hand.PILOTS,
    )
    assert words_of(tables.cell(small, printed.loc[hand.SONG_CAU], rate)) == "hơn 26% không ghi n/N"


@pytest.mark.parametrize("status", ["missing", "no_cases", "suppressed"])
def test_an_empty_cell_says_why(small, status):
    rate = small.catalogue.indicator_by_id["pay_rate"]
    row = pd.Series(
        {"status": status, "share": None, "numerator": None, "denominator": None, "qualifier": ""}
    )
    assert words_of(tables.cell(small, row, rate)) == small.text(f"state.{status}")
    assert "0" not in words_of(tables.cell(small, row, rate))


def test_a_numerator_alone_is_no_rate(small):
    rate = small.catalogue.indicator_by_id["pay_rate"]
    board = boards.one(hand.frame(hand.figure(hand.SONG_CAU, hand.AFTER, 17)), rate, hand.AFTER, hand.PILOTS)
    assert words_of(tables.cell(small, board.loc[hand.SONG_CAU], rate)) == small.text("state.rate_unknown")


def test_the_interval_or_why_there_is_none(small):
    rate = small.catalogue.indicator_by_id["pay_rate"]
    _, row = a_row(small)
    text = tables.interval_text(small, row, rate)
    assert text.startswith("+") and " đến " in text
    printed = hand.frame(
        hand.figure(hand.SONG_CAU, hand.BEFORE, value=1), hand.figure(hand.SONG_CAU, hand.AFTER, value=2)
    )
    board = boards.pair(printed, rate, hand.BEFORE, hand.AFTER, hand.PILOTS)
    assert tables.interval_text(small, board.loc[hand.SONG_CAU], rate) == small.text("interval.none")


def test_counts_that_are_printed_are_not_denied(small):
    """137 of 100 has counts, so the reason for no interval cannot be that the source prints none."""
    rate = small.catalogue.indicator_by_id["pay_rate"]
    figures = hand.frame(
        hand.figure(hand.SONG_CAU, hand.BEFORE, 137, 100), hand.figure(hand.SONG_CAU, hand.AFTER, 140, 100)
    )
    row = boards.pair(figures, rate, hand.BEFORE, hand.AFTER, hand.PILOTS).loc[hand.SONG_CAU]
    assert "không ghi" not in tables.interval_text(small, row, rate)


def test_sources_are_named_once_and_only_where_a_figure_stands(small):
    figures, _ = a_row(small)
    assert tables.sources_of(small, figures) == ["Báo"]
    assert tables.source_line(small, figures).endswith(" Báo")
    assert tables.source_line(small, figures.assign(status="suppressed")) == ""
    assert tables.source_line(small, hand.frame()) == ""
    many = pd.concat([figures.assign(source=f"Nguồn {n}") for n in range(9)])
    assert tables.source_line(small, many).endswith("…")


def test_a_link_names_its_choice_for_a_click_and_for_a_new_tab(small):
    html = tables.area_link(small, small.catalogue.area_by_id[hand.SONG_CAU])
    for part in (f"area={hand.SONG_CAU}", f'data-go="area|area={hand.SONG_CAU}"'):
        assert part in html


def test_a_gap_in_a_trend_stays_a_gap():
    svg = tables.sparkline([0.1, 0.2, None, 0.4, 0.5, None, 0.6], 0, 1)
    assert svg.count("<polyline") == 2 and "nan" not in svg.lower()
    assert tables.sparkline([None, None], 0, 1).count("<circle") == 0
    assert "nan" not in tables.sparkline([0.0, 0.0], 0, 0)


def test_the_range_draws_one_tick_for_each_measured_commune():
    svg = tables.spine(0.4, [0.1, None, 0.4, float("nan"), 0.9], 0, 1)
    assert svg.count('stroke-width="1.6"') == 3 and "nan" not in svg
    assert tables.spine(None, [0.1], 0, 1) == "" and tables.spine(0.1, [], 0, 1) == ""


def test_tables_can_be_read_by_a_screen_reader(small):
    html = tables.table(
        [tables.th("Xã")], [tables.row([tables.td("1")], "a"), tables.row([tables.td("2")], "b", "total")]
    )
    assert '<th scope="col">' in html and html.count('<th scope="row">') == 2
    assert "class='total'" in html or 'class="total"' in html
    assert tables.card("a", "b", ["c", ""]).count("<p>") == 1
