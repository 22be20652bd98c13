"""Adding up the parts of a whole: exact sums, and no sum where any part is unknown or hidden."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.lineage import add_parts


def parts(*rows):
    table = pd.DataFrame(rows, columns=["numerator", "denominator", "status"])
    return table.astype({"numerator": float, "denominator": float})


def one(expected, *rows):
    """The only whole of these parts, as a Series."""
    table = parts(*rows)
    return add_parts(table, pd.Series("a", index=table.index), pd.Series({"a": expected})).loc["a"]


@pytest.mark.parametrize(
    ("expected", "rows", "found"),
    [
        (2, [(2, 60, "reported"), (9, 90, "reported")], (11, 150, "reported", "")),
        (1, [(0, 60, "reported")], (0, 60, "reported", "")),
        (2, [(2, 60, "reported"), (None, None, "no_cases")], (2, 60, "reported", "")),
        (2, [(None, None, "no_cases"), (None, None, "no_cases")], (None, None, "no_cases", "")),
        (2, [(2, 60, "reported")], (None, None, "missing", "lacking")),
        (2, [(2, 60, "reported"), (None, 90, "reported")], (None, None, "missing", "uncounted")),
        (2, [(2, 60, "reported"), (None, None, "suppressed")], (None, None, "suppressed", "suppressed")),
        (3, [(2, 60, "reported"), (None, None, "suppressed")], (None, None, "missing", "lacking")),
        (2, [(None, None, "suppressed"), (None, None, "no_cases")], (None, None, "suppressed", "suppressed")),
        (2, [(5, 5, "suppressed"), (9, 90, "reported")], (None, None, "suppressed", "suppressed")),
    ],
)
def test_one_whole(expected, rows, found):
    row = one(expected, *rows)
    assert (row["status"], row["reason"]) == found[2:]
    assert row["parts"] == len(rows)
    assert row[["numerator", "denominator"]].astype(object).where(row.notna(), None).tolist()[:2] == list(
        found[:2]
    )


def test_wholes_do_not_touch_one_another_and_keep_their_order():
    table = parts((1, 10, "reported"), (2, 20, "reported"), (4, 40, "reported"))
    found = add_parts(table, pd.Series(["b", "a", "b"]), pd.Series({"c": 1, "a": 1, "b": 2}))
    assert found.index.tolist() == ["c", "a", "b"]
    assert found["status"].tolist() == ["missing", "reported", "reported"]
    assert found["numerator"].tolist()[1:] == [2, 5] and np.isnan(found["numerator"].iloc[0])


def test_nothing_in_nothing_out():
    found = add_parts(parts(), pd.Series([], dtype=object), pd.Series([], dtype=int))
    assert found.empty and list(found) == ["numerator", "denominator", "parts", "status", "reason"]


@pytest.mark.parametrize(
    ("rows", "wholes", "expected", "words"),
    [
        ([(1, 2, "late")], ["a"], {"a": 1}, "status"),
        ([(1, 2, "reported")], ["b"], {"a": 1}, "not expected"),
        ([(1, 2, "reported")] * 2, ["a", "a"], {"a": 1}, "more figures than parts"),
        ([(np.inf, 2, "reported")], ["a"], {"a": 1}, "infinite"),
        ([], [], {"a": 0}, "at least one part"),
    ],
)
def test_what_cannot_be_is_refused(rows, wholes, expected, words):
    table = parts(*rows)
    with pytest.raises(ValueError, match=words):
        add_parts(table, pd.Series(wholes, index=table.index, dtype=object), pd.Series(expected))


def test_a_row_without_its_whole_and_a_whole_named_twice_are_refused():
    table = parts((1, 2, "reported"))
    with pytest.raises(ValueError, match="indexes differ"):
        add_parts(table, pd.Series(["a"], index=[7]), pd.Series({"a": 1}))
    with pytest.raises(ValueError, match="twice"):
        add_parts(table, pd.Series(["a"]), pd.Series([1, 1], index=["a", "a"]))


counts = st.integers(0, 10**9)
row = st.tuples(
    counts, counts, st.sampled_from(["reported", "reported", "reported", "no_cases", "suppressed"])
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(row, min_size=1, max_size=4), min_size=1, max_size=5), st.randoms())
def test_against_plain_arithmetic_in_any_order_of_rows(groups, chance):
    flat = [(whole, *part) for whole, own in enumerate(groups) for part in own]
    chance.shuffle(flat)
    table = parts(*[part[1:] for part in flat])
    found = add_parts(
        table,
        pd.Series([part[0] for part in flat], index=table.index),
        pd.Series({whole: len(own) for whole, own in enumerate(groups)}),
    )
    for whole, own in enumerate(groups):
        said = [status for *_, status in own]
        if "suppressed" in said:
            assert found.loc[whole, "status"] == "suppressed" and np.isnan(found.loc[whole, "numerator"])
        elif "reported" not in said:
            assert found.loc[whole, "status"] == "no_cases"
        else:
            reported = [part for part in own if part[2] == "reported"]
            assert found.loc[whole, "numerator"] == sum(part[0] for part in reported)
            assert found.loc[whole, "denominator"] == sum(part[1] for part in reported)
