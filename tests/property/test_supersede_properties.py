"""The fast ways through many figures say what the plain ones say: which figure counts, what is hidden, what was counted.

The plain ones below look at texts in every row, as one would write it down; they are slow and easy to believe.
"""

import duckdb
import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl import distinct
from etl.revise import FIGURES, ORDER, same, supersede
from etl.sheet import KEY
from etl.tallies import tallies
from metrics.disclosure import suppress
from store import catalogue as definitions
from store import disclosure
from store.read import COUNTED, OBSERVED
from tests import builders

RULE = 'disclosure = { threshold = 5, zero = "show", status = "proposed", basis = { vi = "Vì ít người." } }\n'
AREAS = ("02017-2020", "01912-2020", "01951-2020", "02100-2020", "063-2020")  # the last one holds the others
NUMBER = st.sampled_from([None, 0.0, 1.0, 3.0, 6.0, 40.0, 90.0])
ROW = st.fixed_dictionaries(
    {
        "area_id": st.sampled_from(AREAS),
        "indicator_id": st.sampled_from(["pay_rate", "device_rate"]),
        "definition": st.sampled_from(["local_report", "766_portal"]),
        "period": st.sampled_from(["2024-Q3", "2024-Q4"]),
        "role": st.sampled_from(["observed", "observed", "target"]),
        "numerator": NUMBER,
        "denominator": NUMBER,
        "status": st.sampled_from(["reported", "reported", "no_cases"]),
        "provenance": st.sampled_from(["published", "uploaded"]),
        "arrival": st.integers(0, 4),
    }
)
LONG = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def catalogue() -> definitions.Catalogue:
    texts = builders.definition_texts()
    name = "indicators/pay_rate.toml"
    return definitions.load(texts | {name: RULE + texts[name]})


CATALOGUE = catalogue()


def table(rows: list[dict]) -> pd.DataFrame:
    """Figures as they are read: each arrival is a file, and has each key once."""
    columns = [*KEY, "numerator", "denominator", "status", "provenance", "arrival"]
    found = pd.DataFrame(rows, columns=columns).drop_duplicates([*KEY, "provenance", "arrival"])
    found = found.astype({"numerator": float, "denominator": float, "arrival": "int64"})
    found["value"] = found["numerator"]
    found["upload_id"] = "upload-" + found["arrival"].astype(str)
    return found.reset_index(drop=True)


def coded(figures: pd.DataFrame) -> pd.DataFrame:
    texts = [name for name in figures if figures[name].dtype.kind not in "fiub"]
    return figures.assign(**{name: distinct.coded_again(figures[name].astype(object)) for name in texts})


def plain_supersede(figures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Key by key in order of arrival."""
    standing, revisions = [], []
    printed = figures["provenance"] == "published"
    for _, group in figures.groupby([*(figures[name] for name in KEY), printed], sort=False):
        ordered = group.sort_values("arrival", kind="stable")
        standing.append({**ordered.iloc[-1], "first_upload_id": ordered.iloc[0]["upload_id"]})
        for place in range(1, len(ordered)):
            old, new = ordered.iloc[[place - 1]], ordered.iloc[[place]]
            if not same(new, old)[0]:
                sides = {f"old_{name}": old.iloc[0][name] for name in (*FIGURES, "upload_id")}
                sides |= {f"new_{name}": new.iloc[0][name] for name in (*FIGURES, "upload_id")}
                revisions.append({**new.iloc[0][KEY], **sides})
    return pd.DataFrame(standing), pd.DataFrame(revisions)


def facts(frame: pd.DataFrame, columns: list[str]) -> list[tuple]:
    rows = frame[columns].astype(object).where(frame[columns].notna(), "missing")
    return sorted(tuple(map(str, row)) for row in rows.itertuples(index=False))


@LONG
@given(st.lists(ROW, max_size=40), st.booleans())
def test_which_figure_counts_is_what_going_key_by_key_says(rows, as_codes):
    figures = table(rows)
    standing, revision = supersede(coded(figures) if as_codes else figures)
    wanted, changed = plain_supersede(figures) if len(figures) else (standing, revision)
    columns = [*KEY, *FIGURES, "provenance", "upload_id", "first_upload_id"]
    assert facts(standing, columns) == (facts(wanted, columns) if len(wanted) else [])
    assert len(revision) == len(changed)
    if len(changed):
        assert facts(revision, list(changed.columns)) == facts(changed, list(changed.columns))
    order = list(standing[ORDER].astype(object).itertuples(index=False, name=None))
    assert order == sorted(order)


def plain_hidden(figures: pd.DataFrame, known: definitions.Catalogue) -> list[str]:
    """Every table of figures by itself, then every larger unit of it."""
    rules = {item.id: item.disclosure for item in known.indicators if item.disclosure}
    reasons = [""] * len(figures)
    for (indicator_id, _, _), group in figures.groupby(disclosure.TABLE, sort=False):
        rule = rules.get(indicator_id)
        seen = group[group["role"] == "observed"]
        if rule is None or seen.empty:
            continue
        own = seen[(seen["provenance"] != "published") & (seen["status"] == "reported")]
        fitted = own[["numerator", "denominator"]].copy()
        over = fitted["numerator"] > fitted["denominator"]
        fitted.loc[over, "denominator"] = fitted.loc[over, "numerator"]
        for place, reason in suppress(fitted, rule.threshold, rule.zero, total_shown=False)["reason"].items():
            reasons[place] = reason
        total = own[own["area_id"] == AREAS[-1]]
        parts = {
            area.id
            for area in known.areas
            if area.parent_id == AREAS[-1] and area.valid_on(pd.Timestamp("2024-12-14").date())
        }
        below = own[own["area_id"].isin(parts)]
        if AREAS[-1] not in set(seen["area_id"]) or not parts <= set(seen["area_id"]):
            continue
        if not any(reasons[place] for place in below.index):
            continue
        found = suppress(fitted.loc[below.index], rule.threshold, rule.zero)["reason"]
        for place, reason in found.items():
            reasons[place] = reasons[place] or reason
        if (found != "").all():
            for place in total.index:
                reasons[place] = reasons[place] or "secondary"
    return reasons


ONE_TABLE = ROW.map(
    lambda row: (
        row
        | {"indicator_id": "pay_rate", "definition": "local_report", "period": "2024-Q4", "role": "observed"}
    )
)


@LONG
@given(st.lists(ONE_TABLE, max_size=30) | st.lists(ROW, max_size=30), st.booleans())
def test_what_is_hidden_is_what_going_table_by_table_says(rows, as_codes):
    figures, _ = supersede(table(rows)) if rows else (table(rows), None)
    standing = figures.reset_index(drop=True)
    found = disclosure.hidden(coded(standing) if as_codes else standing, CATALOGUE)
    assert found.astype(object).tolist() == plain_hidden(standing, CATALOGUE)


@LONG
@given(
    st.lists(ROW, max_size=40),
    st.sets(st.sampled_from(AREAS)),
    st.sets(st.sampled_from(["published", "uploaded"])),
)
def test_what_was_counted_beforehand_is_what_counting_gives(rows, areas, provenances):
    standing, _ = supersede(table(rows))
    connection = duckdb.connect()
    names = {"observation": standing.astype(dict.fromkeys((*KEY, "provenance"), "str")), **tallies(standing)}
    for name, frame in names.items():
        connection.register(
            name, frame.astype({item: "str" for item in frame if frame[item].dtype == object})
        )
    bound = {"areas": sorted(areas), "provenances": sorted(provenances)}

    def asked(query: str) -> list[tuple]:
        return connection.execute(query, bound).fetchall()

    assert asked(
        f"SELECT period, sum(figures)::BIGINT, count(DISTINCT area_id) FROM coverage WHERE {COUNTED} "
        "GROUP BY period ORDER BY period"
    ) == asked(
        "SELECT period, count(DISTINCT (area_id, indicator_id, definition)), count(DISTINCT area_id) "
        f"FROM observation WHERE {OBSERVED} GROUP BY period ORDER BY period"
    )
    assert asked(
        f"SELECT indicator_id, definition, sum(periods)::BIGINT FROM way WHERE {COUNTED} GROUP BY ALL ORDER BY ALL"
    ) == asked(
        "SELECT indicator_id, definition, count(DISTINCT (area_id, period)) "
        f"FROM observation WHERE {OBSERVED} GROUP BY ALL ORDER BY ALL"
    )


def test_columns_one_below_the_other_keep_every_rows_text():
    one, other = distinct.column(["b", "a", None, "b"]), distinct.column(["c", "a"])
    both = distinct.stacked([one, other])
    assert both.categories.tolist() == ["a", "b", "c"]
    assert [both.categories[code] if code >= 0 else None for code in both.codes] == [
        "b",
        "a",
        None,
        "b",
        "c",
        "a",
    ]
    assert both.codes.dtype == np.int8
    assert len(distinct.stacked([])) == 0
