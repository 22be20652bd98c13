"""A delivery in HTML: what a file or a person wrote stays text, long lists say how much they leave out."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from etl.desk import STATES, Submission
from etl.findings import Severity, found
from etl.revise import FIGURES
from etl.sheet import KEY
from tests.unit.views.hand import AFTER, SONG_CAU
from views.effects import Effect
from views.screens import delivery

EVIL = "<script>alert(1)</script>\"'&"


def report(*findings, file="tep.csv"):
    return SimpleNamespace(findings=findings, file=file)


def change(kind, old=None, new=None, area=SONG_CAU, indicator="pay_rate"):
    row = dict(zip(KEY, (area, indicator, "local_report", AFTER, "observed"), strict=True)) | {"kind": kind}
    for side, counts in (("old", old), ("new", new)):
        n, of = counts or (np.nan, np.nan)
        values = (n, of, 100 * n / of, "reported" if counts else None)
        row |= {f"{side}_{name}": value for name, value in zip(FIGURES, values, strict=True)}
    return row


def changes(*rows):
    return pd.DataFrame(list(rows))


def names(name):
    return name


def bodies(html):
    return re.findall(r"<tr>(?!<th)(.*?)</tr>", html)


def test_the_weightiest_finding_stands_first_and_each_names_its_place(small):
    warn = found("figure.replaces", 2, "value", "12", old="10")
    block = found("number.unreadable", 7, "numerator", EVIL)
    assert (warn.severity, block.severity) == (Severity.WARN, Severity.BLOCK)
    rows = bodies(delivery.findings(small, [report(warn, block)]))
    assert "number.unreadable" in rows[0] and "dòng 7" in rows[0] and "figure.replaces" in rows[1]
    assert "&lt;script&gt;" in rows[0] and "<script" not in "".join(rows)
    assert "tep.csv" not in "".join(rows), "one file needs no name beside every line"
    several = bodies(delivery.findings(small, [report(warn), report(block, file=EVIL)]))
    assert "&lt;script&gt;" in several[0] and "tep.csv" in several[1]


def test_a_long_list_says_how_many_are_left(small):
    many = [
        found("number.unreadable", line, "numerator", "x") for line in range(2, 2 + delivery.MOST_ROWS + 7)
    ]
    html = delivery.findings(small, [report(*many)])
    assert len(bodies(html)) == delivery.MOST_ROWS and small.text("delivery.findings_more", count=7) in html
    rows = [change("added", None, (n, 1000)) for n in range(delivery.MOST_ROWS + 3)]
    html = delivery.changes(small, changes(*rows))
    assert len(bodies(html)) == delivery.MOST_ROWS and small.text("delivery.changes_more", count=3) in html


def test_notes_that_say_the_same_of_many_lines_are_one_row_and_faults_never_are(small):
    notes = [found("row.not_reported", line, "numerator", "") for line in (4, 5, 6, 9, 11, 12)]
    faults = [found("number.unreadable", line, "numerator", "x") for line in (7, 8)]
    rows = bodies(delivery.findings(small, [report(*notes, *faults)]))
    assert len(rows) == 3 and "dòng 7" in rows[0] and "dòng 8" in rows[1]
    assert "dòng 4–6, 9, 11–12" in rows[2] and "row.not_reported" in rows[2]
    assert len(bodies(delivery.findings(small, [report(*notes, *faults)], (Severity.NOTE,)))) == 1
    one = bodies(delivery.findings(small, [report(notes[0])]))
    assert "dòng 4" in one[0] and "–" not in one[0].split("row.not_reported")[0]


def test_no_findings_are_a_sentence(small):
    assert small.text("delivery.no_findings") in delivery.findings(small, [report()])
    assert delivery.totals(small, [report()]) == ""


def test_what_is_altered_or_goes_stands_before_what_is_new(small):
    rows = (
        change("added", None, (1, 10)),
        change("changed", (10, 100), (12, 100)),
        change("removed", (3, 10)),
    )
    first, rest = delivery.in_order(changes(*rows))
    assert rest.empty
    shown = bodies(delivery.changes(small, first))
    kinds = [small.text(f"delivery.change.{kind}") for kind in ("changed", "removed", "added")]
    assert [next(kind for kind in kinds if f"<td>{kind}</td>" in row) for row in shown] == kinds
    assert shown[0].index("10,0%") < shown[0].index("12,0%") and "10/100" in shown[0] and "12/100" in shown[0]
    assert "–" in shown[1].rsplit("<td", 1)[1] and "–" in shown[2].rsplit("<td", 2)[1], "nothing is no zero"
    assert "nan" not in "".join(shown) and "None" not in "".join(shown)


def test_nothing_altered_is_folded_away_however_many_there_are():
    new = [change("added", None, (n, 1000)) for n in range(40)]
    first, rest = delivery.in_order(changes(*new))
    assert (len(first), len(rest)) == (delivery.FIRST_ROWS, 40 - delivery.FIRST_ROWS)
    altered = [change("changed", (n, 1000), (n + 1, 1000)) for n in range(30)]
    first, rest = delivery.in_order(changes(*new, *altered))
    assert set(first["kind"]) == {"changed"} and len(first) == 30 and set(rest["kind"]) == {"added"}


def test_what_the_definitions_no_longer_know_is_shown_as_it_is_called(small):
    html = delivery.changes(small, changes(change("removed", (3, 10), area=EVIL, indicator="old<b>")))
    assert "&lt;script&gt;" in html and "old&lt;b&gt;" in html and "<script" not in html


@pytest.mark.parametrize("kind", ["pooled", "rank", "criteria", "index_rank"])
def test_every_kind_of_effect_has_its_words_and_an_end_that_is_nothing(small, kind):
    area = "" if kind == "pooled" else SONG_CAU
    indicator = "pay_rate" if kind in ("pooled", "rank") else ""
    end = (1.0, 4.0, 3, 8) if kind == "pooled" else (1.0, 4.0)
    html = delivery.effects(small, [Effect(kind, AFTER, area, indicator, "", None, end)])
    assert small.text("delivery.none") in html and "1/4" in html and "{" not in html
    assert ("25,0%" in html) == ("3/8 xã, phường" in html) == (kind == "pooled")
    assert (small.text("delivery.pilot") in html) == (kind == "pooled")


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_a_file_reads_well_with_hostile_names(small, state):
    decided = (
        {}
        if state == "waiting"
        else {"decided_by": EVIL, "decided_at": "2025-01-15T07:05:00+00:00", "why": EVIL}
    )
    item = Submission(
        "f", "u", EVIL, EVIL, "2025-01-15T07:00:00+00:00", state, EVIL, (SONG_CAU,), (AFTER,), 3, **decided
    )
    html = delivery.submissions(small, [item], names)
    assert small.text(f"delivery.state.{state}") in html and "14:00" in html and "<script" not in html
    assert ("14:05" in html) == bool(decided)
    assert small.text("delivery.none_sent") in delivery.submissions(small, [], names)


def test_the_log_shows_its_newest_line_first_with_its_number(small):
    moment = {"at": "2025-01-15T07:00:00+00:00", "by": EVIL}
    entries = [
        {"act": "accept", "file": EVIL, **moment},
        {"act": "withdraw", "files": ["a.csv", "b.csv"], "why": EVIL, **moment},
        {"act": "publish", "snapshot_id": "2024-Q1-0123456789ab", **moment},
    ]
    rows = bodies(delivery.log(small, entries, names))
    assert ["3" in rows[0], "a.csv, b.csv" in rows[1], "0123456789ab" in rows[0]] == [True, True, True]
    assert "<script" not in "".join(rows) and all("14:00" in row for row in rows)
