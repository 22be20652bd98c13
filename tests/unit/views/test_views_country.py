"""Tiers, ranking, targets and index of four hundred communes: the numbers said are those of a slow count, those pointed out
are shown, and what is left out is told."""

import dataclasses
import re
from datetime import date
from statistics import median

import pandas as pd
import pytest

from metrics.places import told_from_others
from metrics.ranks import told_apart
from tests.pages.visit import plain
from tests.unit.views import country
from views import boards, certainty, composite, load, many, standings
from views import format as fmt
from views.screens import (
    change_many,
    funnel,
    index,
    index_many,
    map,
    plan_many,
    quality_many,
    ranking_many,
    tiers_many,
)

MARKED = ("c000", "c150", "c399")
MOST = 100_000  # characters of HTML on a page


@pytest.fixture(scope="module")
def world(demo):
    catalogue, communes = country.catalogue_of(demo.ctx.catalogue.for_demo())
    return catalogue, communes, country.rows(catalogue, communes)


@pytest.fixture(params=["vi", "en"])
def ctx(request, monkeypatch, demo, world, known_languages):
    catalogue, communes, figures = world
    own = dataclasses.replace(demo.ctx, language=known_languages[request.param])
    return country.opened(monkeypatch, own, catalogue, communes, figures)


def number(ctx, value):
    return fmt.number(value, ctx.language)


def html(screen):
    return "".join(getattr(screen, part) for part in ("warning", "cards", "table", "matrix", "legend"))


def rows_of(table):
    """Words of each row of a table."""
    return [plain(row) for row in re.findall(r"<tr.*?</tr>", table, re.S)]


def check_words(ctx, screen):
    """No key, no missing value in Python's words, and no more than a browser takes in one message."""
    words = [screen.finding, screen.subtitle, *screen.sentences, plain(html(screen))]
    assert all(words[:2]) and not any(re.search(r"\b(nan|None|NaN)\b|<NA>|\{\w*\}", text) for text in words)
    assert len(html(screen)) < MOST
    if screen.figure is not None:
        assert len(screen.figure.to_json()) < 20_000, "a drawing of classes, not of communes"


# ---------------------------------------------------------------- tiers


def slow_states(ctx, figures, scheme):
    """State of each commune and criterion, one after the other."""
    reported = figures[(figures["period"] == country.AFTER) & (figures["status"] == "reported")]
    by_key = {(row.area_id, row.indicator_id, row.definition): row for row in reported.itertuples()}
    found = {}
    for area in ctx.areas:
        for item in scheme.criteria:
            indicator = ctx.catalogue.indicator_by_id.get(item.indicator)
            way = item.definition or (indicator.default_definition if indicator else "")
            row = by_key.get((area.id, item.indicator, way))
            state = "unknown"
            if row is not None and item.threshold:
                limit = float(item.threshold)
                if row.numerator == row.numerator:
                    held = 100 * row.numerator / row.denominator
                    state = (
                        "met" if (held <= limit if item.operator == "le" else held >= limit) else "not_met"
                    )
                else:
                    held = row.value
                    met = held <= limit if item.operator == "le" else held >= limit
                    sure = row.qualifier == "exact" or (
                        row.qualifier == "gt" and met != (item.operator == "le")
                    )
                    state = ("met" if met else "not_met") if sure else "unknown"
            found[area.id, item.no] = state
    return found


def test_tiers_are_counted_by_province_and_criterion(ctx, world):
    scheme = ctx.catalogue.scheme_by_id["bk_base"]
    screen = tiers_many.build(ctx, scheme, country.AFTER, MARKED)
    check_words(ctx, screen)
    slow = slow_states(ctx, world[2], scheme)
    states, board = tiers_many.assessed(ctx, scheme, country.AFTER)
    fast = dict(zip(zip(states["area_id"], states["criterion"], strict=True), states["state"], strict=True))
    assert fast == slow
    tier = {}
    for area in ctx.areas:
        own = [slow[area.id, item.no] for item in scheme.criteria]
        tier[area.id] = (
            "reached" if set(own) == {"met"} else "not_reached" if "not_met" in own else "undecidable"
        )
    assert board["tier_state"].to_dict() == tier
    counts = {kind: list(tier.values()).count(kind) for kind in tiers_many.TIERS}
    words = {key: number(ctx, value) for key, value in counts.items()}
    assert screen.finding == ctx.text("tiers.many.finding", total=number(ctx, len(tier)), **words)
    provinces = rows_of(screen.cards)
    assert len(provinces) == 1 + country.PROVINCES
    for province in range(country.PROVINCES):
        own = [tier[f"c{n:03d}"] for n in range(100 * province, 100 * (province + 1))]
        row = provinces[1 + province]
        assert f"{own.count('reached')}/100" in row and f" {own.count('not_reached')} " in row
        assert f"group=p{province}" in screen.cards, "a province's name leads to its communes"
    for item, row in zip(scheme.criteria, rows_of(screen.table)[1:], strict=True):
        own = [slow[area.id, item.no] for area in ctx.areas]
        met, judged = own.count("met"), len(own) - own.count("unknown")
        assert (fmt.fraction_text(met, judged, ctx.language) if judged else "–") in row
        assert str(own.count("unknown")) in row


def test_only_communes_pointed_out_have_reasons(ctx):
    scheme = ctx.catalogue.scheme_by_id["bk_base"]
    screen = tiers_many.build(ctx, scheme, country.AFTER, MARKED)
    assert set(re.findall(r"area=(c\d{3})", screen.matrix)) == set(MARKED)
    assert "area=c0" not in screen.table + screen.cards
    nobody = tiers_many.build(ctx, scheme, country.AFTER, ())
    assert nobody.matrix == "" and nobody.figure is not None
    export = screen.export(ctx)
    assert len(export.rows) == len(ctx.areas) * len(scheme.criteria), "the file has all of them"


def test_sets_without_a_list_and_sheets_of_points_say_so(ctx):
    for name in ("yb_base", "yb2024_base", "qd766"):
        screen = tiers_many.build(ctx, ctx.catalogue.scheme_by_id[name], country.AFTER, MARKED)
        check_words(ctx, screen)
    marks = standings.points_board(
        tiers_many.read(ctx, ctx.catalogue.scheme_by_id["qd766"], country.AFTER),
        ctx.catalogue.scheme_by_id["qd766"], ctx.catalogue, ctx.area_ids,
    )  # fmt: skip
    line = next(name for name in marks if marks[name].notna().any())
    row = next(row for row in rows_of(screen.matrix) if row.startswith(f"{line}. "))
    known = [value for value in marks[line] if value == value]
    assert f"{len(known)}/400" in row and fmt.number(median(known), ctx.language, 2) in row
    assert len(screen.export(ctx).rows) == 400


def test_places_by_criteria_equal_their_slow_twin(ctx):
    _, board = tiers_many.assessed(ctx, ctx.catalogue.scheme_by_id["bk_base"], country.AFTER)
    judged = board[standings.enough_judged(board)]
    for name in [*MARKED, "c010", "c222"]:
        if name not in judged.index:
            assert pd.isna(board.at[name, "first"])
            continue
        own, others = judged.loc[name], judged.drop(name)
        assert board.at[name, "first"] == 1 + (others["met"] > own["met"] + own["unknown"]).sum()
        assert board.at[name, "last"] == 1 + (others["met"] + others["unknown"] > own["met"]).sum()


# ---------------------------------------------------------------- one indicator


def test_the_ranking_shows_both_ends_and_those_pointed_out(ctx):
    indicator = ctx.catalogue.headline[0]
    screen = ranking_many.build(ctx, indicator, country.AFTER, MARKED)
    check_words(ctx, screen)
    board = ranking_many.read(ctx, indicator, country.AFTER)
    ranked = board[board["rank"].notna()]
    shown = list(dict.fromkeys(re.findall(r"area=(c\d{3})", screen.table)))
    assert shown[:10] == ranked.index[:10].tolist()
    assert set(MARKED) | set(ranked.index[-10:]) <= set(shown)
    left = [item for item in many.shown(list(ranked.index), MARKED) if isinstance(item, int)]
    for count in left:
        assert ctx.text("many.left_out", count=number(ctx, count)) in plain(screen.table)
    for name in MARKED:
        if name in ranked.index:
            place = fmt.fraction_text(int(ranked.at[name, "rank"]), len(ranked), ctx.language)
            assert place in screen.table and place in screen.matrix
    assert len(screen.export(ctx).rows) == 400


def test_what_chance_leaves_open_is_near_what_draws_say(ctx):
    """The interval of a difference instead of ten thousand rankings: the places left agree to a few."""
    indicator = ctx.catalogue.headline[0]
    board = ranking_many.read(ctx, indicator, country.AFTER)
    fit = certainty.counted(board, indicator)
    few = board[fit].iloc[::9]
    found = told_from_others(few["numerator"], few["denominator"], list(few.index))
    pairs = told_apart(few["numerator"], few["denominator"], draws=4_000)
    alike = pd.concat([pairs.loc[~pairs["apart"], side] for side in ("one", "other")]).value_counts()
    drawn = alike.reindex(few.index, fill_value=0)
    assert ((found["alike"] - drawn).abs() <= 4).all() and (found["alike"] - drawn).abs().mean() < 1


# ---------------------------------------------------------------- targets


def test_targets_are_counted_by_province(ctx):
    indicator = plan_many.indicators(ctx, country.AFTER)[0]
    screen = plan_many.build(ctx, indicator, country.BEFORE, country.AFTER, MARKED)
    check_words(ctx, screen)
    figures, table, _ = plan_many.read(ctx, indicator, country.BEFORE, country.AFTER)
    now = boards.one(figures, indicator, country.AFTER, ctx.area_ids)
    state = {}
    for name in now.index:
        share = boards.certain(now.loc[[name]]).iloc[0]
        state[name] = (
            "unknown" if share != share else "met" if 100 * share >= indicator.target.value else "not_met"
        )
    exact = now.index[now["qualifier"].isin(["exact", ""])]
    assert table["state"][exact].to_dict() == {name: state[name] for name in exact}
    counts = {key: number(ctx, int((table["state"] == key).sum())) for key in ("met", "not_met", "unknown")}
    assert ctx.text("plan.many.counts", total="400", **counts) in screen.sentences
    for province, row in enumerate(rows_of(screen.cards)[1:]):
        own = table["state"][[f"c{n:03d}" for n in range(100 * province, 100 * (province + 1))]]
        met, known = int((own == "met").sum()), int((own != "unknown").sum())
        assert f"{met}/{known}" in row
    assert set(MARKED) <= set(re.findall(r"area=(c\d{3})", screen.table))
    assert set(re.findall(r"area=(c\d{3})", screen.matrix)) == set(MARKED)
    assert len(screen.export(ctx).rows) == 400


# ---------------------------------------------------------------- index


def test_the_index_spreads_and_those_pointed_out_are_named(ctx):
    screen = index_many.build(ctx, country.AFTER, MARKED)
    check_words(ctx, screen)
    _, board = index.parts_of(ctx, country.AFTER)
    ranked = board[board["rank"].notna()]
    assert set(MARKED) | set(ranked.sort_values("rank").index[:10]) <= set(
        re.findall(r"area=(c\d{3})", screen.table)
    )
    for province, row in enumerate(rows_of(screen.cards)[1:]):
        own = [name for name in ranked.index if name.startswith(f"c{province}")]
        assert f"{len(own)}/100" in row
        middle = median(board.loc[own, "index"].tolist())
        assert fmt.number(round(middle, 9), ctx.language, 1) in row
    touched = composite.overlaps(board)
    for name in [name for name in MARKED if name in ranked.index]:
        own = ranked.loc[name]
        others = ranked.drop(name)
        slow = ((others["first"] <= own["last"]) & (others["last"] >= own["first"])).sum()
        assert touched[name] == slow
    assert len(screen.export(ctx).rows) == 400


def test_trial_weights_and_steps_of_one_commune(ctx):
    marks = index.proposed(ctx)
    moved = {**marks, next(iter(marks)): 80}
    screen = index.trial(ctx, country.AFTER, moved, MARKED)
    assert set(MARKED) <= set(re.findall(r"area=(c\d{3})", screen.table)) and len(screen.table) < MOST
    assert ctx.text("index.trial") in plain(screen.warning)
    area = ctx.catalogue.area_by_id["c150"]
    own = index.commune(ctx, area, country.AFTER, marks, MARKED)
    parts, board = index.parts_of(ctx, country.AFTER)
    known = composite.measured(index._figures(ctx, country.AFTER), ctx.catalogue, country.AFTER, ctx.area_ids)
    steps = composite.steps(known, parts, ctx.catalogue, area.id, composite.shares(ctx.catalogue))
    assert steps.iloc[-1]["score"] == pytest.approx(board.at["c150", "index"], nan_ok=True)
    shown = fmt.number(steps.iloc[-1]["score"], ctx.language, 2)
    assert shown in plain(own.table)
    assert {row[0] for row in own.export(ctx).rows} == {"00000", "00150", "00399"}


def test_without_figures_the_index_says_what_is_missing(ctx, monkeypatch, world):
    catalogue, communes, figures = world
    few = figures[figures["indicator_id"] == next(iter(catalogue.index.weights))]
    empty = country.opened(monkeypatch, ctx, catalogue, communes, few)
    screen = index_many.build(empty, country.AFTER, MARKED)
    check_words(empty, screen)
    assert screen.finding == ctx.text("index.none_finding") and screen.figure is None
    assert "area=c150" in screen.table


# ---------------------------------------------------------------- names


def test_communes_of_a_country_stand_with_their_province(ctx, monkeypatch):
    """A country has dozens of communes of one name: no long table names one without its province."""
    indicator, times = ctx.catalogue.headline[0], (country.BEFORE, country.AFTER)
    figures = load.figures(*ctx.data, ctx.area_ids, (indicator.id,), times)
    sent = pd.DataFrame({"known": 1, "sent": 1, "received": "2025-01-10"}, index=list(ctx.area_ids))
    monkeypatch.setattr(load, "reported", lambda *_: sent)
    chosen = ctx.catalogue.area_by_id["c150"]
    way = indicator.default_definition
    tables = {
        "change": change_many.build(ctx, figures, indicator, *times, MARKED).table,
        "quality": quality_many.build(ctx, country.AFTER, date(2025, 2, 1), MARKED).matrix,
        "map": map.build(ctx, "value", indicator, None, country.AFTER, "").table,
        "funnel": funnel.build(ctx, indicator, way, country.AFTER, chosen).table,
        "ranking": ranking_many.build(ctx, indicator, country.AFTER, MARKED).table,
    }
    for page, html in tables.items():
        rows = [row for row in re.findall(r"<tr.*?</tr>", html, re.S) if "area=c" in row]
        assert len(rows) > 10, page
        for row in rows:
            province = f"p{re.search(r'area=c(.)', row)[1]}"
            name = ctx.catalogue.area_by_id[province].name.to(ctx.language.code)
            assert f'<span class="unit">{name}</span>' in row, page
