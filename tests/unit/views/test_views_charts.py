"""Charts: built for every indicator, in the product's colours, hollow before and filled after, n/N in every hover."""

import json
import re

import pandas as pd
import pytest

from tests.unit.views import hand
from tests.unit.views.hand import AFTER, BEFORE, PILOTS, QUANG_THUAN, SONG_CAU, figure, frame
from views import boards, charts, dumbbell, multiples

# The colours plotly and plotly.js give to what nobody coloured.
DEFAULTS = [
    "#636efa",
    "#ef553b",
    "#00cc96",
    "#ab63fa",
    "#ffa15a",
    "#19d3f3",
    "#ff6692",
    "#b6e880",
    "#ff97ff",
    "#fecb52",
    "#e5ecf6",
    "#2a3f5f",
    "#c8d4e3",
    "#1f77b4",
    "#ff7f0e",
    "#2ca02c",
    "#d62728",
    "#9467bd",
    "#8c564b",
    "#e377c2",
    "#7f7f7f",
    "#bcbd22",
    "#17becf",
]
COUNTS = re.compile(r"(\d[\d.]*|\?)/(\d[\d.]*|\?)")


def plain_colours(figure) -> None:
    """Every trace and text has a colour of ours; nothing is left to plotly."""
    text = figure.to_json().lower()
    assert not [colour for colour in DEFAULTS if colour in text]
    for trace in json.loads(figure.to_json())["data"]:
        if trace["type"] == "bar":
            assert trace["marker"]["color"]
            continue
        assert trace["type"] == "scatter"
        if "lines" in trace["mode"]:
            assert trace["line"]["color"]
        if "markers" in trace["mode"]:
            assert trace["marker"].get("color") or trace["marker"]["line"]["color"]


def hovers(figure) -> list[str]:
    found = []
    for trace in figure.data:
        if trace.hovertext is not None:
            found += (
                [trace.hovertext]
                if isinstance(trace.hovertext, str)
                else [text for text in trace.hovertext if text]
            )
    return found


def say_counts(ctx, texts) -> None:
    """Every hover carries n/N or says that the source does not print them."""
    assert texts
    for text in texts:
        assert COUNTS.search(text) or ctx.text("counts.unknown") in text, text


def test_a_dumbbell_for_every_indicator(demo):
    ctx, areas = demo.ctx, {area.id: area for area in demo.ctx.areas}
    drawn = 0
    for indicator in ctx.catalogue.indicators:
        board = boards.pair(demo.figures, indicator, "2022-Q4", "2024-Q4", ctx.area_ids)
        known = board[board["direction"] != "unknown"]
        if known.empty:
            continue
        pooled = boards.pooled(board) if indicator.is_rate else {"areas": 0}
        built = dumbbell.draw(
            ctx, known, areas, indicator, "2022-Q4", "2024-Q4", pooled if pooled["areas"] > 1 else None
        )
        plain_colours(built)
        if indicator.is_rate:
            say_counts(ctx, [text for text in hovers(built) if "<br>" in text])  # the others are intervals
        assert len(built.layout.yaxis.ticktext) == len(known) + (pooled["areas"] > 1)
        drawn += 1
    assert drawn >= 30


def test_small_multiples_for_every_indicator(demo):
    ctx, drawn = demo.ctx, 0
    for indicator in ctx.catalogue.indicators:
        own = demo.figures[demo.figures["indicator_id"] == indicator.id]
        if own.empty:
            continue
        definition = boards.definition_in_use(own, indicator)
        times = list(dict.fromkeys(own.sort_values("sort_key")["period"]))
        by_time = {time: boards.one(own, indicator, time, ctx.area_ids, definition) for time in times}
        series = {
            area.id: pd.DataFrame([by_time[time].loc[area.id] for time in times], index=times)
            for area in ctx.areas
        }
        html = multiples.grid(ctx, series, ctx.areas, indicator, times, {})
        assert html.count("<svg") == len(ctx.areas) and "nan" not in html and "None" not in html
        assert not re.search(r"#[0-9a-fA-F]{6}", html), "colours come from the theme"
        said = re.findall("<title>(.*?)</title>", html)
        known = sum(int(frame["share"].notna().sum()) for frame in series.values())
        assert len(said) == known
        if indicator.is_rate:
            say_counts(ctx, said)
        drawn += 1
    assert drawn >= 30


def test_a_gap_in_the_trend_is_not_bridged(small):
    rows = {"a": pd.DataFrame({"share": [0.1, 0.2, None, 0.4, None, 0.3]})}
    points = multiples._points(rows["a"]["share"].tolist(), 1.0)
    assert [len(run) for run in multiples.runs(points)] == [2, 1, 1]


def a_pair(*rows):
    return boards.pair(frame(*rows), hand.pay(), BEFORE, AFTER, PILOTS)


def test_before_is_hollow_and_after_is_filled(small, palette, changed):
    ctx, areas = changed(small, palette=palette), {area.id: area for area in small.areas}
    board = a_pair(
        figure(SONG_CAU, BEFORE, 1, 1000), figure(SONG_CAU, AFTER, 119, 1112),
        figure(QUANG_THUAN, BEFORE, 9, 10), figure(QUANG_THUAN, AFTER, 2, 10),
    )  # fmt: skip
    built = dumbbell.draw(ctx, board, areas, hand.pay(), BEFORE, AFTER, boards.pooled(board))
    marks = [trace for trace in built.data if trace.mode == "markers"]
    circles = [mark for mark in marks if mark.marker.symbol is None]
    diamonds = [mark for mark in marks if mark.marker.symbol == "diamond"]
    (hollow, filled), (pool,) = circles, diamonds
    assert hollow.marker.color == palette["paper"] and hollow.marker.line.color == palette["before"]
    assert filled.marker.color == palette["now"]
    assert all("Quý I/2023" in text for text in hollow.hovertext)
    assert all("Quý I/2024" in text for text in filled.hovertext)
    assert list(pool.marker.color) == [palette["paper"], palette["ink"]]
    assert "119/1.112" in filled.hovertext[0] and "121/1.122" in pool.hovertext[1]
    written = [trace for trace in built.data if trace.mode == "text"]
    labels = {text.strip("\u00a0") for trace in written for text in trace.text}
    assert {"0,1%", "10,7%", "90,0%", "20,0%"} <= labels, "both ends are written beside their marks"
    assert list(built.layout.yaxis.tickvals) == sorted(built.layout.yaxis.tickvals, reverse=True)


def test_printed_figures_say_that_no_counts_are_printed(small):
    areas = {area.id: area for area in small.areas}
    board = a_pair(figure(SONG_CAU, BEFORE, value=0.1), figure(SONG_CAU, AFTER, value=10.7, qualifier="gt"))
    built = dumbbell.draw(small, board, areas, hand.pay(), BEFORE, AFTER)
    assert all(small.text("counts.unknown") in text for text in hovers(built))
    assert any("hơn 10,7%" in text for text in hovers(built)) and any("Báo" in text for text in hovers(built))


def test_text_from_data_is_no_markup_in_a_hover(small, changed):
    areas = {area.id: changed(area, name=type(area.name)(vi="<b>x</b><script>")) for area in small.areas}
    board = a_pair(
        figure(SONG_CAU, BEFORE, 1, 2, source="<i>s</i>"), figure(SONG_CAU, AFTER, 2, 2, source="<i>s</i>")
    )
    text = "".join(hovers(dumbbell.draw(small, board, areas, hand.pay(), BEFORE, AFTER)))
    assert "<script" not in text and "<i>" not in text


@pytest.mark.parametrize("top", [0.004, 0.02, 0.083, 0.107, 0.5, 0.7, 1.0, 1.37, 2.0, 5.9, 9.5, 40.0])
def test_an_axis_starts_at_zero_holds_everything_and_stays_quiet(small, top):
    """137% is real and 4.000% can be typed: the page must still draw."""
    axis = charts.value_axis(small, top, hand.pay())
    assert axis["range"][0] <= 0 and axis["range"][1] >= top
    assert axis["tickvals"][0] == 0 and 1 <= len(axis["tickvals"]) <= 7
    assert all(text.endswith("%") for text in axis["ticktext"])
    assert len(set(axis["ticktext"])) == len(axis["ticktext"])


def test_the_scale_is_fit_for_the_unit(small):
    own = small.catalogue.indicator_by_id
    rate, count = own["pay_rate"], own["doc_count"]
    assert charts.top_of(pd.Series([0.75, None]), rate) == 1.0
    assert 0.001 < charts.top_of(pd.Series([0.001]), rate) <= 0.1
    assert charts.top_of(pd.Series([1.37]), rate) >= 1.37
    assert charts.top_of(pd.Series([None], dtype=float), count) == 1.0
    assert "ticktext" not in charts.value_axis(small, 900, count)


def test_criteria_bars_tell_states_by_pattern_too(small, palette, changed):
    ctx, areas = changed(small, palette=palette), {area.id: area for area in small.areas}
    tiers = pd.DataFrame(
        {"met": [3, 0], "not_met": [1, 0], "unknown": [0, 4], "total": [4, 4]}, index=[SONG_CAU, QUANG_THUAN]
    )
    built = charts.criteria_bars(ctx, tiers, areas)
    plain_colours(built)
    assert len({trace.marker.pattern.shape for trace in built.data}) == 3
    assert any(small.text("state.not_met") in text and "1/4" in text for text in hovers(built))
    assert [str(text) for text in built.data[0].text] == ["3", ""]


def test_dots_show_pilot_place_and_goal_differently(small):
    rows = pd.DataFrame(
        {
            "label": ["a", "b", "c"], "share": [0.1, 0.9, 0.8], "text": ["10%", "90%", "80%"], "hover": ["a", "b", "c"],
            "kind": ["pilot", "place", "goal"],
        }
    )  # fmt: skip
    built = charts.dots(small, rows, hand.pay())
    plain_colours(built)
    marks = [trace.marker for trace in built.data if trace.mode == "markers"]
    assert len({(mark.symbol, mark.color) for mark in marks}) == 3


def test_figures_follow_the_language(small, en, changed):
    assert charts.blank(small, 100).layout.separators == ",."
    assert charts.blank(changed(small, language=en), 100).layout.separators == ".,"


def test_an_empty_figure_has_our_face_and_no_toolbar_of_its_own(small, palette, changed):
    layout = charts.blank(changed(small, palette=palette), 100).layout
    assert layout.font.family.startswith('"IBM Plex Sans"') and layout.font.color == palette["ink"]
    assert layout.showlegend is False and layout.paper_bgcolor == "rgba(0,0,0,0)"
