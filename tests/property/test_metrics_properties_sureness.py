"""Rank ranges, margins, targets, suppression, disparity and neighbours against slow twins in plain Python."""

from fractions import Fraction
from itertools import combinations, product
from math import ceil, fsum, isnan, log, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.disclosure import suppress
from metrics.disparity import shortfall_ratio, theil
from metrics.index import aggregate_arithmetic, decompose, weight_sensitivity
from metrics.margins import best_and_worst, holds
from metrics.neighbours import nearest
from metrics.ranks import kendall_tau, largest_shift, random_for, rank_range, rank_uncertainty, told_apart
from metrics.rates import funnel_limits, wilson_interval
from metrics.targets import arrival, pace, progress
from metrics.tiers import Criterion, Scheme, assess, criterion_state

modest = settings(max_examples=100, deadline=None)  # a busy machine must not fail a test
few = settings(max_examples=30, deadline=None)

proportions = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
rows = st.lists(st.one_of(st.just((None, 5)), proportions), min_size=1, max_size=6)
scores = st.lists(st.integers(0, 5), min_size=0, max_size=9)


def columns(pairs, index=None):
    index = [f"area-{place}" for place in range(len(pairs))] if index is None else index
    return pd.DataFrame(pairs, index=index, columns=["numerator", "denominator"], dtype=float)


@few
@given(rows, st.randoms(use_true_random=False), st.booleans())
def test_rank_ranges_equal_their_slow_twin(pairs, random, higher):
    table = columns(pairs)
    found = rank_uncertainty(table["numerator"], table["denominator"], 60, 3, higher)
    known = table.dropna()
    drawn = {
        area: random_for(area, 3).beta(x + 0.5, n - x + 0.5, size=60) for area, x, n in known.itertuples()
    }
    for area in table.index.difference(known.index):
        assert found.loc[area].isna().all()
    for area, own in drawn.items():
        better = (lambda a, b: a > b) if higher else (lambda a, b: a < b)
        places = sorted(1 + sum(better(other[i], own[i]) for other in drawn.values()) for i in range(60))
        assert found.loc[area, ["low", "median", "high"]].tolist() == [
            places[ceil(60 * q) - 1] for q in (0.05, 0.5, 0.95)
        ]
        assert found.loc[area, "first"] == pytest.approx(places.count(1) / 60)
        assert found.loc[area, "top_three"] == pytest.approx(sum(place <= 3 for place in places) / 60)
    mixed = table.sample(frac=1, random_state=random.randrange(2**32))
    again = rank_uncertainty(mixed["numerator"], mixed["denominator"], 60, 3, higher)
    pd.testing.assert_frame_equal(again.reindex(table.index), found)


@few
@given(rows)
def test_pairs_are_complete_and_agree_with_the_draws(pairs):
    table = columns(pairs)
    found = told_apart(table["numerator"], table["denominator"], draws=40)
    known = table.dropna().index
    assert list(zip(found["one"], found["other"], strict=True)) == list(combinations(known, 2))
    assert found["probability"].between(0, 1).all()
    turned = told_apart(table["numerator"][::-1], table["denominator"][::-1], draws=40).set_index(
        ["one", "other"]
    )
    for row in found.itertuples():
        assert turned.loc[(row.other, row.one), "probability"] == pytest.approx(1 - row.probability)
        assert turned.loc[(row.other, row.one), "apart"] == row.apart


@few
@given(st.lists(st.permutations([1, 2, 3, 4]), min_size=1, max_size=30))
def test_shares_of_places_add_up(rankings):
    found = rank_range(np.array(rankings).T, pd.Index(list("abcd")))
    assert found["first"].sum() == pytest.approx(1) and found["top_three"].sum() == pytest.approx(3)
    assert (found["low"] <= found["median"]).all() and (found["median"] <= found["high"]).all()


@modest
@given(scores, st.randoms(use_true_random=False))
def test_tau_and_shift_equal_their_slow_twins(values, random):
    other = [random.randrange(6) for _ in values]
    pairs = list(combinations(zip(values, other, strict=True), 2))
    products = [(a[0] - b[0]) * (a[1] - b[1]) for a, b in pairs]
    sides = [sum(a[side] != b[side] for a, b in pairs) for side in (0, 1)]
    x, y = pd.Series(values, dtype=float), pd.Series(other, dtype=float)
    tau = kendall_tau(x, y)
    if 0 in sides:
        assert isnan(tau)
    else:
        agreed = sum(p > 0 for p in products) - sum(p < 0 for p in products)
        assert tau == pytest.approx(agreed / sqrt(sides[0] * sides[1])) and -1 <= tau <= 1
        assert kendall_tau(y, x) == tau and kendall_tau(-x, y) == pytest.approx(-tau)
        assert kendall_tau(x, x) == 1
    shift = largest_shift(x, y)
    moved = [
        abs(sum(v > values[i] for v in values) - sum(v > other[i] for v in other)) for i in range(len(values))
    ]
    if not values:
        assert isnan(shift.places)
    else:
        assert shift.places == max(moved)
        assert shift.areas == tuple(i for i, m in enumerate(moved) if m == max(moved) and m)


@modest
@given(proportions, st.decimals(0, 1, places=3).map(str), st.sampled_from(["ge", "gt", "le"]))
def test_a_criterion_holds_where_both_ends_agree(count, threshold, operator):
    ends = wilson_interval(*count)
    goal = Fraction(threshold)
    answers = [
        {"ge": value >= goal, "gt": value > goal, "le": value <= goal}[operator]
        for value in (Fraction(*count), Fraction(repr(ends.lower)), Fraction(repr(ends.upper)))
    ]
    assert holds(*count, threshold, operator) == ("secure" if len(set(answers)) == 1 else "borderline")
    state = criterion_state(Criterion("1", operator, 100 * goal), None, *count)
    assert state == ("met" if answers[0] else "not_met")
    if holds(*count, threshold, operator, 0.99) == "secure":
        assert holds(*count, threshold, operator, 0.9) == "secure"


@modest
@given(
    st.lists(st.tuples(st.sampled_from("+-?"), st.booleans()), min_size=1, max_size=6),
    st.sampled_from(["all", "mandatory_and_share"]),
)
def test_best_and_worst_equal_trying_every_answer(marks, rule):
    words = {"+": "met", "-": "not_met", "?": "unknown"}
    criteria = [
        Criterion(str(i), "ge", 1, group="extended" if extra else "mandatory")
        for i, (_, extra) in enumerate(marks)
    ]
    scheme = Scheme("s", rule, criteria, extended_share="0.5" if rule != "all" else None)
    states = pd.DataFrame(
        [("a", str(i), words[mark]) for i, (mark, _) in enumerate(marks)],
        columns=["area_id", "criterion", "state"],
    )
    open_rows = np.flatnonzero(states["state"] == "unknown")
    outcomes = set()
    for answer in product(["met", "not_met"], repeat=len(open_rows)):
        tried = states.copy()
        tried.loc[open_rows, "state"] = list(answer)
        outcomes.add(assess(tried, scheme).loc["a", "tier_state"])
    found = best_and_worst(states, scheme).loc["a"]
    assert found["best"] == ("reached" if "reached" in outcomes else "not_reached")
    assert found["worst"] == ("not_reached" if "not_reached" in outcomes else "reached")


whole = st.integers(-20, 120)


@modest
@given(whole, whole, whole, st.booleans(), st.integers(1, 8), st.integers(1, 8))
def test_progress_and_pace_equal_their_slow_twins(value, base, target, higher, steps, left):
    found = progress(value / 10, base / 10, target / 10, higher)
    met, met_before = ((v >= target) if higher else (v <= target) for v in (value, base))
    assert (found.state == "met") == met
    assert isnan(found.share) == met_before
    if not met_before:
        assert found.share == pytest.approx(float(Fraction(value - base, target - base)))
        if not met:
            assert found.state == ("nearer" if found.share > 0 else "farther" if found.share < 0 else "still")
    elif not met:
        assert found.state == "lost"
    speed = pace(value, base, target, steps, left, higher)
    assert speed.so_far == pytest.approx((value - base) / steps)
    assert speed.required == pytest.approx(0 if met else (target - value) / left)
    mirrored = progress(-value / 10, -base / 10, -target / 10, not higher)
    assert mirrored.state == found.state
    np.testing.assert_allclose(mirrored.share, found.share)


@modest
@given(proportions, proportions, st.decimals(0, 1, places=2), st.integers(4, 12))
def test_dates_are_in_order_and_mirror(after, before, target, steps):
    found = arrival(*after, *before, str(target), steps)
    assert (found.state == "reached") == (Fraction(*after) >= Fraction(target))
    if found.state == "dated":
        assert 1 <= found.earliest <= found.expected <= found.latest
        slow = (Fraction(target) - Fraction(*after)) * steps / (Fraction(*after) - Fraction(*before))
        assert found.expected == ceil(slow) or abs(slow - round(slow)) < 1e-9
    elif found.state == "open":
        assert found.earliest <= found.expected and isnan(found.latest)
    elif found.state == "never":
        assert isnan(found.expected) and isnan(found.latest)
    others = [(n - x, n) for x, n in (after, before)]
    mirrored = arrival(*others[0], *others[1], str(1 - target), steps, higher_is_better=False)
    assert mirrored.state == found.state


@modest
@given(st.lists(proportions, min_size=1, max_size=8), st.integers(1, 20), st.booleans(), st.booleans())
def test_nothing_small_is_shown_or_given_back(pairs, threshold, zeros, total):
    table = columns(pairs)
    found = suppress(table, threshold, "show" if zeros else "hide", total)
    least = 1 if zeros else 0
    hidden = found["status"] == "suppressed"
    for (x, n), row in zip(pairs, found.itertuples(), strict=True):
        small = any(least <= part < threshold for part in (x, n - x, n))
        assert (row.reason == "primary") == small
        assert (row.status == "shown") == (not isnan(row.numerator)) == (row.reason == "")
    if not total:
        assert "secondary" not in set(found["reason"])
        return
    if hidden.any() and not hidden.all():
        left = [pair for pair, out in zip(pairs, hidden, strict=True) if out]
        assert (
            len(left) > 1
            and sum(x for x, _ in left) >= threshold
            and sum(n - x for x, n in left) >= threshold
        )
    if not (found["reason"] == "primary").any():
        assert not hidden.any()


@modest
@given(st.lists(proportions, min_size=1, max_size=8))
def test_the_funnel_equals_its_slow_twin(pairs):
    table = columns(pairs)
    found = funnel_limits(table["numerator"], table["denominator"])
    average = sum(x for x, _ in pairs) / sum(n for _, n in pairs)
    for (_, n), row in zip(pairs, found.itertuples(), strict=True):
        reach = 1.959964 * sqrt(average * (1 - average) / n)
        assert (row.inner_lower, row.inner_upper) == pytest.approx(
            (max(0, average - reach), min(1, average + reach))
        )
        assert 0 <= row.outer_lower <= row.inner_lower <= row.inner_upper <= row.outer_upper <= 1


@modest
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), min_size=2, max_size=8), st.integers(2, 9))
def test_theil_equals_its_slow_twin_and_ignores_units(pairs, factor):
    values, weights = [float(v) for v, _ in pairs], [float(w) for _, w in pairs]
    found = theil(pd.Series(values), pd.Series(weights))
    mean = fsum(v * w for v, w in pairs) / fsum(weights)
    if mean == 0:
        assert isnan(found)
        return
    slow = fsum(w * (v / mean) * log(v / mean) for v, w in pairs if v) / fsum(weights)
    assert (
        found == pytest.approx(slow, abs=1e-12)
        and -1e-12 <= found <= log(fsum(weights) / min(weights)) + 1e-9
    )
    assert theil(pd.Series(values[::-1]) * factor, pd.Series(weights[::-1]) * factor) == pytest.approx(
        found, abs=1e-12
    )
    one_by_one = pd.Series(np.repeat(values, [int(w) for w in weights]))
    assert theil(one_by_one) == pytest.approx(found, abs=1e-12)
    shares = pd.Series(values) / 51
    assert shortfall_ratio(shares) == pytest.approx((51 - min(values)) / (51 - max(values)))


parts = st.lists(
    st.lists(st.one_of(st.none(), st.integers(1, 100)), min_size=3, max_size=3), min_size=1, max_size=5
)


@few
@given(parts, st.lists(st.integers(0, 9), min_size=3, max_size=3).filter(any))
def test_parts_and_places_of_an_index(table, weights):
    frame = pd.DataFrame(table, columns=list("xyz"), dtype=float)
    weight = pd.Series(weights, index=list("xyz"), dtype=float)
    index = aggregate_arithmetic(frame, weight, 0.5)
    given_points, lost = decompose(frame, weight, 0.5)
    known = index.notna()
    assert given_points[known].sum(axis=1).tolist() == pytest.approx(index[known].tolist())
    assert lost[known].sum(axis=1).tolist() == pytest.approx((100 - index[known]).tolist())
    assert given_points[~known].isna().all(axis=None)
    found = weight_sensitivity(frame, weight, draws=20, least_weight=0.5, share=0.3)
    noise = {name: random_for(name, 20240525).uniform(0.7, 1.3, 20) for name in "xyz"}
    drawn = {}
    for area in frame.index[known]:
        own = [name for name in "xyz" if not isnan(frame.loc[area, name])]
        drawn[area] = [
            round(
                sum(weight[p] * noise[p][i] * frame.loc[area, p] for p in own)
                / sum(weight[p] * noise[p][i] for p in own),
                9,
            )
            for i in range(20)
        ]
    for area, own in drawn.items():
        places = sorted(1 + sum(other[i] > own[i] for other in drawn.values()) for i in range(20))
        assert found.loc[area, ["low", "median", "high"]].tolist() == [places[0], places[9], places[18]]


features = st.lists(
    st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=2, max_size=2), min_size=1, max_size=7
)


@modest
@given(features, st.randoms(use_true_random=False), st.integers(2, 9))
def test_neighbours_equal_their_slow_twin(table, random, factor):
    names = [f"area-{place}" for place in range(len(table))]
    frame = pd.DataFrame(table, index=names, columns=["p", "q"], dtype=float)
    found = nearest(frame, names[0], 9)
    spread = [name for name in frame if frame[name].nunique() > 1]
    slow = {}
    for name in names[1:]:
        both = [c for c in spread if frame.loc[[names[0], name], c].notna().all()]
        if both:
            gaps = [(frame.loc[names[0], c] - frame.loc[name, c]) / frame[c].std() for c in both]
            slow[name] = (sqrt(len(spread) / len(both) * fsum(gap**2 for gap in gaps)), len(both))
    assert found["features"].to_dict() == {name: count for name, (_, count) in slow.items()}
    # Compared as numbers: two ways of adding may stand on either side of any place where digits are cut.
    assert found["distance"].to_dict() == pytest.approx({name: far for name, (far, _) in slow.items()})
    order = list(zip(found["distance"], found.index, strict=True))
    assert order == sorted(order)
    mixed = frame.sample(frac=1, random_state=random.randrange(2**32))[["q", "p"]] * factor
    again = nearest(mixed, names[0], 9)
    assert again.index.tolist() == found.index.tolist()
