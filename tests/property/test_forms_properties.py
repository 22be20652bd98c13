"""What the product writes into a form it reads back to the same figures."""

import math
import unicodedata

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl import decode, legacy
from reports.template import blank_form
from store import periods
from store.definitions import Indicator
from tests.unit.reports import forms

QUALIFIERS = ("exact", "gt", "lt", "approx", "approx_below", "counted", "derived", "implausible")
COMPARED = ["numerator", "denominator", "value", "status", "qualifier", "note"]
KEY = ["area_id", "indicator_id", "definition"]


def _note(text: str) -> str:
    """A note as a cell holds it: composed, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _plain_unicode(text: str) -> bool:
    """Letters that are no sign of a file opened in the wrong encoding."""
    return decode.mojibake(text) is None and not legacy.recognise(text)[0]


NOTES = st.one_of(
    st.just(""),
    st.builds(
        lambda start, text: _note(start + text),
        st.sampled_from(
            ["", "=", "+", "-", "@", "'", "=1+1 ", "#DIV/0! ", "KPS ", "_x0041_", "<b>&amp;", "Tổng cộng "]
        ),
        st.text(
            st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2063\ufffe\uffff"),
            max_size=30,
        ),
    ),
).filter(_plain_unicode)


def _decimal(highest: int) -> st.SearchStrategy[float]:
    return st.builds(
        lambda digits, places: min(round(digits / 10**places, places), float(highest)),
        st.integers(0, highest * 1000),
        st.integers(0, 4),
    )


@st.composite
def _figures_of(draw: st.DrawFn, indicator: Indicator) -> dict:
    """What one row may hold without being refused."""
    given_words = {"qualifier": draw(st.sampled_from(QUALIFIERS)), "note": draw(NOTES)}
    nothing = {
        "numerator": None,
        "denominator": None,
        "value": None,
        "status": "reported",
        "value_given": False,
    }
    if draw(st.integers(0, 5)) == 0:
        return nothing | given_words | {"status": "no_cases"}
    if not indicator.is_rate:
        whole = st.integers(0, 10**12).map(float)
        value = draw(whole if indicator.kind == "count" else st.one_of(whole, _decimal(10**6)))
        return nothing | given_words | {"value": value, "value_given": True}
    kind = draw(st.sampled_from(["counts", "counts", "none", "value", "both"]))
    if kind == "none":
        return nothing | given_words | {"numerator": 0.0, "denominator": 0.0, "status": "no_cases"}
    if kind == "value":
        return nothing | given_words | {"value": draw(_decimal(100)), "value_given": True}
    denominator = draw(st.integers(1, 10**9))
    over = 2 if indicator.can_exceed_100 != "no" else 1
    numerator = draw(st.integers(0, denominator * over))
    counts = {"numerator": float(numerator), "denominator": float(denominator)}
    exact = 100 * numerator / denominator
    if kind == "both":
        return (
            nothing
            | given_words
            | counts
            | {"value": round(exact, draw(st.integers(0, 4))), "value_given": True}
        )
    return nothing | given_words | counts | {"value": exact}


@st.composite
def _reports(draw: st.DrawFn) -> pd.DataFrame:
    """Figures of one or two communes; what is left out is blank in the form."""
    catalogue = forms.catalogue()
    choices = [
        (indicator.id, definition.id)
        for indicator in catalogue.indicators
        if indicator.uploaded
        for definition in indicator.definitions
    ]
    rows = []
    pilots = [area.id for area in catalogue.pilots]
    for area in draw(st.lists(st.sampled_from(pilots), min_size=1, max_size=2, unique=True)):
        for name, definition in draw(st.lists(st.sampled_from(choices), max_size=8, unique=True)):
            own = {"area_id": area, "indicator_id": name, "definition": definition}
            rows.append(own | draw(_figures_of(catalogue.indicator_by_id[name])))
    return pd.DataFrame(rows, columns=[*KEY, *COMPARED, "value_given"])


@pytest.mark.parametrize("administrative", [True, False])
@pytest.mark.parametrize("code", ["vi", "en"])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(figures=_reports(), previous=_reports())
def test_a_form_with_figures_reads_back_to_them(
    figures: pd.DataFrame, previous: pd.DataFrame, code: str, administrative: bool
) -> None:
    catalogue = forms.catalogue(administrative)
    period = periods.from_id("2024-Q4", administrative)
    areas = [area for area in catalogue.pilots if area.id in set(figures["area_id"])] or catalogue.pilots[:1]
    say = forms.language(code).text
    data = blank_form(catalogue, areas, period, say, code, previous=previous, figures=figures)
    report = forms.judged(data, catalogue)
    assert not [item for item in report.findings if item.severity == "block"]
    assert not [item.code for item in report.findings if item.code.startswith(("header.", "sheet.", "file."))]
    read = report.table
    assert set(read["period"]) <= {"2024-Q4"} and report.accepted == len(figures)
    wanted = {tuple(row[key] for key in KEY): row for row in figures.to_dict("records")}
    assert {tuple(row) for row in read[KEY].to_numpy()} == set(wanted)
    for row in read.to_dict("records"):
        own = wanted[tuple(row[key] for key in KEY)]
        for column in COMPARED:
            assert _same(row[column], own[column]), (column, row[column], own[column])


def _same(one: object, other: object) -> bool:
    missing = [item is None or item != item for item in (one, other)]
    if any(missing):
        return all(missing)
    if isinstance(one, float):
        return math.isclose(one, float(other), rel_tol=1e-14, abs_tol=0)
    return one == other
