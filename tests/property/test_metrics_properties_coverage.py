"""Coverage against a slow twin that looks at one figure at a time."""

from datetime import date, timedelta

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.coverage import PRESENCE, SENT, coverage, due_state, figure_state

modest = settings(max_examples=80, deadline=None)  # a busy machine must not fail a test
dates = st.dates(date(2024, 1, 1), date(2024, 3, 1))
figures = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.sampled_from(PRESENCE), st.none() | dates, st.none() | dates, st.booleans()
    ),
    min_size=1,
    max_size=12,
)


def twin(
    presence: str, received: date | None, due: date | None, doubt: bool, today: date
) -> tuple[str, str, int | None]:
    """(timeliness, state, days past the due day) of one figure, in plain Python."""
    at = today if presence == "missing" else received
    past = (at - due) // timedelta(days=1) if at and due else None
    late = past is not None and past > 0
    if presence == "missing":
        timeliness = "unknown" if past is None else "overdue" if late else "not_due"
        return timeliness, "overdue" if late else "missing", past if late else None
    timeliness = "unknown" if past is None else "late" if late else "on_time"
    state = "doubtful" if doubt else "late" if late else presence
    return timeliness, state, past if late else None


@modest
@given(figures, dates)
def test_every_figure_is_judged_like_its_twin(rows, today):
    table = pd.DataFrame(rows, columns=["area", "presence", "received", "due", "doubt"])
    timing = due_state(
        table["presence"], pd.to_datetime(table["received"]), pd.to_datetime(table["due"]), today
    )
    state = figure_state(table["presence"], timing["timeliness"], table["doubt"])
    wanted = [twin(*row[1:], today) for row in rows]
    found = [
        (when, word, None if pd.isna(past) else past)
        for when, word, past in zip(timing["timeliness"], state, timing["days"], strict=True)
    ]
    assert found == wanted
    counts = coverage(table.assign(timeliness=timing["timeliness"]), ["area"])
    assert (counts["sent"] + counts["missing"] == counts["expected"]).all()
    for area, row in counts.iterrows():
        own = [item for item, line in zip(wanted, rows, strict=True) if line[0] == area]
        assert row["sent"] == sum(word in SENT for _, word, _ in own)
        assert row["overdue"] == sum(word == "overdue" for _, word, _ in own)
        assert row["late"] == sum(when == "late" for when, _, _ in own)
