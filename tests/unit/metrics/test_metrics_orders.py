"""Orders of many against plain comparison of every pair."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.exact import SIGNIFICANT_DIGITS, clear_noise
from metrics.index import aggregate_arithmetic, weight_sensitivity
from metrics.orders import inversions, places_of
from metrics.places import told_from_others
from metrics.ranks import random_for, rank_range

modest = settings(max_examples=100, deadline=None)


def slow_clear(values):
    return [float(f"{value:.{SIGNIFICANT_DIGITS - 1}e}") for value in values]


numbers = st.one_of(
    st.floats(allow_nan=False),
    st.builds(
        lambda digits, power: (digits + 0.5) * 10.0**power, st.integers(0, 10**12), st.integers(-30, 30)
    ),
    st.builds(lambda power: np.nextafter(10.0**power, 0), st.integers(-300, 300)),
)


@modest
@given(st.lists(numbers, min_size=1, max_size=30))
def test_noise_is_cleared_as_the_text_says(values):
    assert clear_noise(np.array(values)).tolist() == slow_clear(values)
    assert clear_noise(np.array([values, values])).tolist() == [slow_clear(values)] * 2


@modest
@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=0, max_size=12))
def test_places_and_inversions_equal_their_slow_twins(table):
    scores = np.array(table, dtype=float).reshape(len(table), 3)
    slow = [[1 + sum(other[c] > own[c] for other in table) for c in range(3)] for own in table]
    assert places_of(scores).tolist() == slow
    order = [row[0] for row in table]
    pairs = [(a, b) for place, a in enumerate(order) for b in order[place + 1 :]]
    assert inversions(np.array(order, dtype=int)) == sum(a > b for a, b in pairs)


def test_ranges_of_places_are_those_of_counted_shares():
    """Quantiles by the share of rankings that reaches them, area by area."""
    random = np.random.default_rng(3)
    places = np.array([random.permutation(9) + 1 for _ in range(60)]).T
    found = rank_range(places, pd.Index(range(9)))
    for area, own in enumerate(places):
        for name, level in (("low", 0.05), ("median", 0.5), ("high", 0.95)):
            assert found.at[area, name] == next(
                place for place in range(1, 10) if np.mean(own <= place) >= level - 1e-12
            )
        assert found.at[area, "top_three"] == pytest.approx(np.mean(own <= 3))


def test_sensitivity_of_many_draws_is_that_of_each_draw_alone():
    """More draws than are ranked at once: the joints leave no trace."""
    random = np.random.default_rng(5)
    scores = pd.DataFrame(random.uniform(0, 100, (7, 3)), columns=list("xyz"))
    weights = pd.Series({"x": 2.0, "y": 1.0, "z": 1.0})
    found = weight_sensitivity(scores, weights, draws=230, seed=11)
    noise = {name: random_for(name, 11).uniform(0.75, 1.25, 230) for name in scores}
    places = np.empty((7, 230), dtype=int)
    for draw in range(230):
        own = pd.Series({name: weights[name] * noise[name][draw] for name in scores})
        index = aggregate_arithmetic(scores, own)
        places[:, draw] = [1 + (index > value).sum() for value in index]
    slow = rank_range(places, scores.index)
    pd.testing.assert_frame_equal(found[slow.columns.tolist()], slow)


def test_who_can_be_told_from_a_few():
    cases = pd.Series({"a": 90, "b": 50, "c": 45, "d": 5, "e": None})
    base = pd.Series({"a": 100, "b": 100, "c": 100, "d": 100, "e": 100})
    found = told_from_others(cases, base, ["b", "e", "a"])
    assert found.loc["b"].tolist() == [1, 1, 1, 2, 3] and found.loc["e"].isna().all()
    assert found.loc["a", ["first", "last"]].tolist() == [1, 1]
    low = told_from_others(cases, base, ["a"], higher_is_better=False)
    assert low.loc["a", ["better", "first", "last"]].tolist() == [3, 4, 4]
    with pytest.raises(ValueError, match="certainty"):
        told_from_others(cases, base, ["a"], certainty=0.5)
    with pytest.raises(ValueError, match="twice"):
        told_from_others(cases[["a", "a"]], base[["a", "a"]], ["a"])
