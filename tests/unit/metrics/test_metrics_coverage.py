"""Presence, timeliness and doubt of expected figures, worked by hand."""

from datetime import date

import pandas as pd
import pytest

from metrics.coverage import PRESENCE, STATES, TIMELINESS, coverage, due_state, figure_state

DUE = "2025-01-28"


def days(*texts: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(texts)))


def judged(presence: str, received: str | None, today: str, due: str | None = DUE) -> tuple[str, object]:
    row = due_state(pd.Series([presence]), days(received), days(due), date.fromisoformat(today)).iloc[0]
    return row["timeliness"], None if pd.isna(row["days"]) else row["days"]


@pytest.mark.parametrize(
    ("presence", "received", "today", "wanted"),
    [
        ("reported", "2025-01-28", "2025-06-01", ("on_time", None)),
        ("reported", "2025-01-29", "2025-06-01", ("late", 1)),
        ("no_cases", "2025-03-01", "2025-06-01", ("late", 32)),
        ("reported", None, "2025-06-01", ("unknown", None)),
        ("missing", None, "2025-01-28", ("not_due", None)),
        ("missing", None, "2025-01-29", ("overdue", 1)),
        ("missing", "2025-01-01", "2025-01-20", ("not_due", None)),
    ],
)
def test_the_due_day_itself_is_on_time(presence, received, today, wanted):
    assert judged(presence, received, today) == wanted


def test_without_a_due_day_nothing_is_late_or_overdue():
    assert judged("reported", "2030-01-01", "2031-01-01", None) == ("unknown", None)
    assert judged("missing", None, "2031-01-01", None) == ("unknown", None)


@pytest.mark.parametrize(
    ("presence", "timeliness", "doubt", "wanted"),
    [
        ("reported", "on_time", False, "reported"),
        ("reported", "unknown", False, "reported"),
        ("no_cases", "on_time", False, "no_cases"),
        ("no_cases", "late", False, "late"),
        ("reported", "late", True, "doubtful"),
        ("missing", "overdue", True, "overdue"),
        ("missing", "not_due", False, "missing"),
        ("missing", "unknown", False, "missing"),
    ],
)
def test_one_word_for_what_asks_most_for_attention(presence, timeliness, doubt, wanted):
    assert presence in PRESENCE and timeliness in TIMELINESS and wanted in STATES
    own = figure_state(pd.Series([presence]), pd.Series([timeliness]), pd.Series([doubt]))
    assert own.tolist() == [wanted]


def test_counts_by_commune_and_by_period():
    states = pd.DataFrame(
        [
            ("b", "q1", "reported", "on_time", False),
            ("b", "q1", "no_cases", "late", True),
            ("a", "q1", "missing", "overdue", True),
            ("a", "q2", "missing", "not_due", False),
        ],
        columns=["area", "period", "presence", "timeliness", "doubt"],
    )
    own = coverage(states, ["area"])
    assert own.index.tolist() == ["b", "a"], "the order they came in"
    assert own.loc["b"].to_dict() == {
        "expected": 2, "sent": 2, "no_cases": 1, "late": 1, "doubtful": 1, "missing": 0, "overdue": 0, "share": 1.0,
    }  # fmt: skip
    assert own.loc["a", ["sent", "missing", "overdue", "doubtful", "share"]].tolist() == [0, 2, 1, 0, 0.0]
    assert coverage(states, ["area", "period"]).loc[("a", "q2"), "overdue"] == 0
    assert coverage(states.iloc[:0], ["area"]).empty


def test_impossible_arguments_are_refused():
    one, other = pd.Series(["reported"]), pd.Series(["reported"], index=[7])
    with pytest.raises(ValueError, match="no such presence"):
        due_state(pd.Series(["sent"]), days(None), days(DUE), date(2025, 1, 1))
    with pytest.raises(ValueError, match="one index"):
        due_state(other, days(None), days(DUE), date(2025, 1, 1))
    with pytest.raises(ValueError, match="one index"):
        figure_state(one, pd.Series(["late"]), pd.Series([True], index=[7]))
