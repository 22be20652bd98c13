"""The way to a target: how much is done, how fast, and when it might end."""

import numpy as np
import pandas as pd
import pytest

from metrics.change import newcombe_interval
from metrics.targets import arrival, pace, progress

NONE = None


@pytest.mark.parametrize(
    ("value", "base", "target", "higher", "share", "state"),
    [
        (0.65, 0.5, 0.8, True, 0.5, "nearer"),
        (0.5, 0.5, 0.8, True, 0.0, "still"),
        (0.4, 0.5, 0.8, True, -1 / 3, "farther"),
        (0.8, 0.5, 0.8, True, 1.0, "met"),
        (0.95, 0.5, 0.8, True, 1.5, "met"),
        (0.9, 0.8, 0.8, True, np.nan, "met"),
        (0.7, 0.85, 0.8, True, np.nan, "lost"),
        (0.1 + 0.2, 0.0, 0.3, True, 1.0, "met"),
        (0.9, NONE, 0.8, True, np.nan, "met"),
        (0.7, NONE, 0.8, True, np.nan, "unknown"),
        (NONE, 0.5, 0.8, True, np.nan, "unknown"),
        (0.7, 0.5, NONE, True, np.nan, "unknown"),
        (15, 20, 10, False, 0.5, "nearer"),
        (25, 20, 10, False, -0.5, "farther"),
        (9, 20, 10, False, 1.1, "met"),
        (12, 9, 10, False, np.nan, "lost"),
    ],
)
def test_progress(value, base, target, higher, share, state):
    found = progress(value, base, target, higher)
    assert found.state == state
    np.testing.assert_allclose(found.share, share, rtol=1e-12)
    series = progress(pd.Series([value], index=["a"], dtype=float), base, target, higher)
    assert series.state.to_dict() == {"a": state} and series.share.index.tolist() == ["a"]


def test_pace():
    found = pace(pd.Series([60.0, 85.0, 40.0, None]), 50, 80, steps=4, steps_left=pd.Series([4.0, 4, 0, 4]))
    np.testing.assert_allclose(found.so_far, [2.5, 8.75, -2.5, np.nan])
    np.testing.assert_allclose(found.required, [5.0, 0.0, np.nan, np.nan])
    np.testing.assert_allclose(found.ratio, [0.5, np.nan, np.nan, np.nan])
    assert pace(30, 40, 20, 5, 2, higher_is_better=False) == (-2.0, -5.0, 0.4)
    for steps in (0, -1):
        with pytest.raises(ValueError, match="steps"):
            pace(1, 2, 3, steps, 1)


@pytest.mark.parametrize(
    ("counts", "options", "state", "dates"),
    [
        ((600, 1000, 500, 1000), {}, "dated", (8, 6, 15)),
        ((800, 1000, 500, 1000), {}, "reached", (0, 0, 0)),
        ((800, 1000, None, None), {}, "reached", (0, 0, 0)),
        ((799, 1000, None, 1000), {}, "unknown", (np.nan,) * 3),
        ((None, 1000, 5, 1000), {}, "unknown", (np.nan,) * 3),
        ((600, 1000, 500, 1000), {"steps": 3}, "too_early", (np.nan,) * 3),
        ((600, 1000, 500, 1000), {"steps": 3, "least_steps": 2}, "dated", (6, 5, 11)),
        ((6, 10, 5, 10), {}, "open", (8, 2, np.nan)),
        ((5, 10, 5, 10), {}, "never", (np.nan, 4, np.nan)),
        ((400, 1000, 600, 1000), {}, "never", (np.nan,) * 3),
        ((400, 1000, 500, 1000), {"target": "0.2", "higher_is_better": False}, "dated", (8, 6, 15)),
        ((200, 1000, 500, 1000), {"target": "0.2", "higher_is_better": False}, "reached", (0, 0, 0)),
    ],
)
def test_arrival(counts, options, state, dates):
    options = {"target": "0.8", "steps": 4, **options}
    found = arrival(*counts, **options)
    assert found.state == state
    np.testing.assert_equal(tuple(found[1:]), tuple(map(float, dates)))
    series = arrival(*(pd.Series([count], index=["a"], dtype=float) for count in counts), **options)
    assert series.state.to_dict() == {"a": state}
    np.testing.assert_equal([figure["a"] for figure in series[1:]], list(map(float, dates)))


def test_dates_come_from_the_interval_of_the_change():
    lower, upper = newcombe_interval(600, 1000, 500, 1000)
    found = arrival(600, 1000, 500, 1000, 0.8, steps=8)
    assert found.latest == np.ceil(0.2 * 8 / lower) and found.earliest == np.ceil(0.2 * 8 / upper)


def test_a_target_is_reached_by_cases_not_by_rounding():
    assert arrival(7, 9, 1, 9, "0.7778", steps=4).state != "reached"
    assert arrival(7, 100, 1, 100, 0.07, steps=4).state == "reached"


@pytest.mark.parametrize(("target", "steps"), [("1.2", 4), ("-0.1", 4), ("0.8", 0)])
def test_impossible_arrivals_are_refused(target, steps):
    with pytest.raises(ValueError):
        arrival(6, 10, 5, 10, target, steps)
