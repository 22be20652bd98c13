"""Pilot against comparison communes: what holds whatever the counts are."""

from fractions import Fraction
from math import isclose

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from views import comparison

modest = settings(max_examples=60, deadline=None)  # a busy machine must not fail a test

proportions = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
groups = st.lists(st.tuples(proportions, proportions), min_size=1, max_size=5)


def board(pilots, others):
    """The columns that the sums read."""
    rows = [
        {
            "group": group,
            "in": True,
            "numerator_before": before[0],
            "denominator_before": before[1],
            "numerator_after": after[0],
            "denominator_after": after[1],
            "change": 100 * (after[0] / after[1] - before[0] / before[1]),
        }
        for group, members in (("pilot", pilots), ("other", others))
        for before, after in members
    ]
    return pd.DataFrame(rows, index=[f"area-{n}" for n in range(len(rows))])


def pooled(members, end) -> Fraction:
    return Fraction(sum(item[end][0] for item in members), sum(item[end][1] for item in members))


@modest
@given(groups, groups)
def test_the_difference_is_that_of_the_exact_fractions_and_lies_in_its_interval(pilots, others):
    found = comparison.beyond(comparison.sums(board(pilots, others)))
    exact = 100 * (pooled(pilots, 1) - pooled(pilots, 0) - pooled(others, 1) + pooled(others, 0))
    assert isclose(found.estimate, float(exact), abs_tol=1e-9)
    assert found.lower <= found.estimate <= found.upper


@modest
@given(groups, groups)
def test_groups_that_change_places_turn_the_sign(pilots, others):
    one, two = (
        comparison.beyond(comparison.sums(board(*pair))) for pair in ((pilots, others), (others, pilots))
    )
    assert isclose(one.estimate, -two.estimate, abs_tol=1e-9)
    assert isclose(one.lower, -two.upper, abs_tol=1e-9) and isclose(one.upper, -two.lower, abs_tol=1e-9)
    lots = [comparison.by_lot(board(*pair)) for pair in ((pilots, others), (others, pilots))]
    assert isclose(lots[0].p, lots[1].p) and 0 < lots[0].p <= 1


@modest
@given(groups, groups, st.randoms(use_true_random=False))
def test_the_order_of_communes_changes_nothing(pilots, others, random):
    table = board(pilots, others)
    order = list(table.index)
    random.shuffle(order)
    one, two = (comparison.by_lot(frame) for frame in (table, table.loc[order]))
    assert one.p == two.p
    assert isclose(
        *(comparison.beyond(comparison.sums(item)).estimate for item in (table, table.loc[order])),
        abs_tol=1e-9,
    )
