"""How sure a rank, a criterion, a tier and an index are."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy.special import betainc
from scipy.stats import kendalltau

from metrics.index import (
    aggregate_arithmetic,
    aggregate_geometric,
    aggregate_harmonic,
    decompose,
    weight_sensitivity,
)
from metrics.margins import best_and_worst, holds
from metrics.ranks import kendall_tau, largest_shift, rank_uncertainty, rank_uncertainty_many, told_apart
from metrics.tiers import Criterion, Scheme

X = pd.Series({"a": 97.0, "b": 1, "c": 11, "d": None, "e": 14, "f": 0})
N = pd.Series({"a": 907.0, "b": 62, "c": 259, "d": 104, "e": 169, "f": 0})


def test_ranks_have_a_range_and_missing_areas_none():
    found = rank_uncertainty(X, N)
    assert found.index.tolist() == list("abcdef")
    assert found["median"].tolist() == [1, 4, 3, pd.NA, 2, pd.NA]
    assert (found["low"].dropna() <= found["median"].dropna()).all()
    assert (found["median"].dropna() <= found["high"].dropna()).all()
    assert found["first"].sum() == pytest.approx(1) and found["top_three"].sum() == pytest.approx(3)
    assert found.loc["d", ["first", "top_three"]].isna().all()


def test_the_chance_to_be_first_is_the_integral():
    """Two areas: P(one > other) by quadrature over the Jeffreys posterior of the other (SciPy)."""
    middle = (np.arange(20_000) + 0.5) / 20_000
    steps = np.diff(betainc(7.5, 14.5, np.arange(20_001) / 20_000))
    above = float(((1 - betainc(9.5, 12.5, middle)) * steps).sum())
    x, n = pd.Series({"p": 9, "q": 7}), pd.Series({"p": 21, "q": 21})
    assert rank_uncertainty(x, n).loc["p", "first"] == pytest.approx(above, abs=0.015)
    pair = told_apart(x, n).loc[0]
    assert pair["probability"] == pytest.approx(above, abs=0.015) and not pair["apart"]


def test_ranks_do_not_depend_on_rows_or_company():
    found = rank_uncertainty(X, N)
    turned = rank_uncertainty(X[::-1], N[::-1])[::-1]
    pd.testing.assert_frame_equal(found, turned)
    assert not found.equals(rank_uncertainty(X, N, seed=1))
    alone = told_apart(X[["c", "e"]], N[["c", "e"]]).loc[0, "probability"]
    pairs = told_apart(X, N).set_index(["one", "other"])
    assert pairs.loc[("c", "e"), "probability"] == alone and len(pairs) == 6
    assert (
        pairs.loc[("a", "b"), "apart"]
        and pairs.loc[("a", "c"), "apart"]
        and not pairs.loc[("a", "e"), "apart"]
    )


def test_low_is_good_turns_the_ranks_round():
    up, down = (rank_uncertainty(X, N, higher_is_better=higher) for higher in (True, False))
    assert (up["low"] + down["high"]).dropna().tolist() == [5] * 4
    assert down.loc["b", "first"] > 0.5 > up.loc["b", "first"]


def test_many_indicators_are_what_each_is():
    x, n = (
        pd.DataFrame({"up": X, "down": X[::-1].to_numpy()}),
        pd.DataFrame({"up": N, "down": N[::-1].to_numpy()}),
    )
    found = rank_uncertainty_many(x, n, pd.Series({"down": False, "up": True}), draws=500)
    pd.testing.assert_frame_equal(found.loc["up"], rank_uncertainty(x["up"], n["up"], 500))
    pd.testing.assert_frame_equal(
        found.loc["down"], rank_uncertainty(x["down"], n["down"], 500, higher_is_better=False)
    )
    assert len(rank_uncertainty_many(x, n)) == 12 and len(rank_uncertainty_many(x[[]], n[[]])) == 0
    with pytest.raises(ValueError, match="labels"):
        rank_uncertainty_many(x, n[::-1])
    with pytest.raises(ValueError, match="direction"):
        rank_uncertainty_many(x, n, pd.Series({"up": True}))


def test_nothing_to_rank():
    nothing = rank_uncertainty(X * np.nan, N)
    assert nothing.isna().all(axis=None) and len(nothing) == 6
    assert told_apart(X[["a", "d"]], N[["a", "d"]]).empty
    alone = rank_uncertainty(X[["a"]], N[["a"]]).loc["a"]
    assert alone.tolist() == [1, 1, 1, 1.0, 1.0]


def test_impossible_ranks_are_refused():
    twice = pd.Series([1, 2], index=["a", "a"])
    for call in (
        lambda: rank_uncertainty(twice, twice),
        lambda: rank_uncertainty(-X, N),
        lambda: rank_uncertainty(N, X),
        lambda: rank_uncertainty(X, N, draws=0),
        lambda: told_apart(X, N, certainty=0.5),
    ):
        with pytest.raises(ValueError):
            call()


@pytest.mark.parametrize(
    ("one", "other", "tau"),
    [
        ([12, 2, 1, 12, 2], [1, 4, 7, 1, 0], -0.47140452079103173),  # SciPy's example of kendalltau
        # Hollander & Wolfe (1973), p. 187, as in R's example of cor.test.
        (
            [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1],
            [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8],
            0.4444444,
        ),
        ([1, 2, None, 3], [1, 2, 9, None], 1.0),
        ([1, 1], [1, 2], np.nan),
        ([1, None], [1, 2], np.nan),
    ],
)
def test_agreement_of_rankings(one, other, tau):
    assert kendall_tau(pd.Series(one, dtype=float), pd.Series(other, dtype=float)) == pytest.approx(
        tau, abs=5e-8, nan_ok=True
    )


def test_agreement_equals_scipys():
    random = np.random.default_rng(5)
    for _ in range(20):
        one, other = random.integers(0, 6, (2, 12)).astype(float)
        assert kendall_tau(pd.Series(one), pd.Series(other)) == pytest.approx(
            kendalltau(one, other).statistic
        )


def test_largest_shift():
    one, other = pd.Series([9.0, 8, 7, None], list("abcd")), pd.Series([7.0, 9, 8, 1], list("abcd"))
    assert largest_shift(one, other) == (2.0, ("a",))
    assert largest_shift(one, one) == (0.0, ())
    assert largest_shift(one, other, higher_is_better=False) == (2.0, ("a",))
    assert np.isnan(largest_shift(one[3:], other[3:]).places)


@pytest.mark.parametrize(
    ("x", "n", "threshold", "operator", "word"),
    [
        (95, 100, "0.8", "ge", "secure"),
        (81, 100, "0.8", "ge", "borderline"),
        (79, 100, "0.8", "ge", "borderline"),
        (10, 100, "0.8", "ge", "secure"),
        (5, 5, "0", "ge", "secure"),
        (0, 5, "0", "ge", "secure"),
        (0, 5, "0", "gt", "borderline"),
        (5, 5, 1, "ge", "borderline"),
        (3, 5, Fraction(6, 5), "le", "secure"),
        (8, 100, 0.05, "le", "borderline"),
        (90, 100, 0.05, "le", "secure"),
        (None, 5, 0.5, "ge", "missing"),
        (0, 0, 0.5, "ge", "missing"),
    ],
)
def test_a_criterion_holds_or_not(x, n, threshold, operator, word):
    assert holds(x, n, threshold, operator) == word
    series = holds(pd.Series([x], index=["a"], dtype=float), n, threshold, operator)
    assert series.to_dict() == {"a": word}


def test_a_narrow_interval_is_more_secure():
    assert holds(84, 100, "0.8") == "borderline" and holds(84, 100, "0.8", confidence=0.5) == "secure"


@pytest.mark.parametrize(("threshold", "operator"), [("-1", "ge"), ("0.5", "linear")])
def test_impossible_criteria_are_refused(threshold, operator):
    with pytest.raises(ValueError):
        holds(1, 2, threshold, operator)


def test_best_and_worst():
    criteria = [Criterion("1", "ge", 80), Criterion("2", "ge", 50), Criterion("3", "ge", 50)]
    rows = [
        ("a", "1", "met"),
        ("a", "2", "met"),
        ("b", "1", "not_met"),
        *(("c", name, "met") for name in "123"),
    ]
    states = pd.DataFrame(rows, columns=["area_id", "criterion", "state"])
    found = best_and_worst(states, Scheme("s", "all", criteria), ["a", "b", "c", "d"])
    assert found["worst"].tolist() == ["not_reached", "not_reached", "reached", "not_reached"]
    assert found["best"].tolist() == ["reached", "not_reached", "reached", "reached"]
    longer = best_and_worst(states, Scheme("s", "all", criteria, size=4), ["c"]).loc["c"]
    assert longer.tolist() == ["not_reached", "reached"]
    for scheme in (Scheme("s", "counts_only", criteria), Scheme("s", "all", [])):
        known = states if scheme.criteria else states[:0]
        assert best_and_worst(known, scheme, ["c"]).loc["c"].tolist() == ["undecidable"] * 2


SCORES = pd.DataFrame({"x": [90.0, 60, 20, 90], "y": [50.0, 79, 20, None]}, index=list("abcd"))
WEIGHTS = pd.Series({"y": 1.0, "x": 1.0})


@pytest.mark.parametrize("mean", [aggregate_arithmetic, aggregate_geometric, aggregate_harmonic])
def test_weights_leave_places_open(mean):
    found = weight_sensitivity(SCORES, WEIGHTS, mean=mean)
    pd.testing.assert_series_equal(found["score"], mean(SCORES, WEIGHTS), check_names=False)
    assert found.loc["c", ["rank", "median", "low", "high"]].tolist() == [3, 3, 3, 3]
    assert found.loc["d"].isna().all() and found["first"].sum() == pytest.approx(1)
    pd.testing.assert_frame_equal(
        found, weight_sensitivity(SCORES[["y", "x"]][::-1], WEIGHTS[::-1] * 7, mean=mean)[::-1]
    )


def test_weights_that_cannot_move_leave_nothing_open():
    found = weight_sensitivity(SCORES, WEIGHTS, share=0, draws=3, least_weight=0.5)
    for name in ("median", "low", "high"):
        assert found[name].tolist() == found["rank"].tolist() == [2, 3, 4, 1]
    two = pd.DataFrame({"x": [60.0, 50.0], "y": [50.0, 60.0]}, index=["p", "q"])
    even = weight_sensitivity(two, WEIGHTS, draws=4_000)
    assert even["rank"].tolist() == [1, 1] and even.loc["p", "first"] == pytest.approx(0.5, abs=0.04)


def test_impossible_sensitivities_are_refused():
    for options in ({"share": 1.1}, {"draws": 0}, {"mean": np.mean}):
        with pytest.raises(ValueError):
            weight_sensitivity(SCORES, WEIGHTS, **options)
    with pytest.raises(ValueError, match="twice"):
        weight_sensitivity(SCORES.set_axis(list("aabc")), WEIGHTS)


def test_parts_add_up_to_the_index():
    given, lost = decompose(SCORES, WEIGHTS * [3, 1], least_weight=0.2)
    index = aggregate_arithmetic(SCORES, WEIGHTS * [3, 1], least_weight=0.2)
    assert given.sum(axis=1).tolist() == pytest.approx(index.tolist())
    assert lost.sum(axis=1).tolist() == pytest.approx((100 - index).tolist())
    assert np.isnan(given.loc["d", "y"]) and given.loc["d", "x"] == 90.0
    assert decompose(SCORES, WEIGHTS).given.loc["d"].isna().all()
