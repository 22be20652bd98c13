"""Who was to report what, and what came: figures and warnings -> one row per expected figure.

Expected is every indicator that communes upload, of every compared commune that existed when the quarter ended, from
the first quarter anybody reported to the newest one that is over. A figure found in print is no report.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from metrics.coverage import due_state, figure_state
from store import periods
from store.definitions import Area, Catalogue

KEY = ["period", "area_id", "indicator_id"]


def reported_quarters(figures: pd.DataFrame) -> set[str]:
    """Quarters with at least one report."""
    sent = figures.loc[figures["provenance"] != "published", "period"].unique()
    return {item for item in sent if periods.from_id(item).kind == "quarter"}


def expected_quarters(
    figures: pd.DataFrame, catalogue: Catalogue, today: date, areas: Sequence[Area] | None = None
) -> list[str]:
    """Quarters that the ``areas`` (None: the pilot) report about, oldest first; before the first report of all only the
    newest one."""
    return quarters_to_report(reported_quarters(figures), catalogue, today, areas)


def quarters_to_report(
    known: set[str], catalogue: Catalogue, today: date, areas: Sequence[Area] | None = None
) -> list[str]:
    """``expected_quarters`` where the quarters with a report are ``known``."""
    areas = catalogue.pilots if areas is None else areas
    ended = [area.valid_to.year for area in areas if area.valid_to]
    # Without any report the search starts early enough to meet the last quarter of communes that are no more.
    start = min(known, default=f"{min([today.year, *ended]) - 1}-Q1")
    closed = periods.closed_quarters(start, today, catalogue.administrative_quarters)
    found = [item for item in closed if existing(catalogue, item, areas)]
    return found if known else found[-1:]


def existing(catalogue: Catalogue, quarter: str, areas: Sequence[Area] | None = None) -> list[Area]:
    """Those of the ``areas`` (None: the pilot) that existed when a quarter ended: nobody else is asked about it."""
    end = periods.from_id(quarter, catalogue.administrative_quarters).end
    return [area for area in (catalogue.pilots if areas is None else areas) if area.valid_on(end)]


def states(
    figures: pd.DataFrame,
    warnings: pd.DataFrame,
    catalogue: Catalogue,
    quarters: Sequence[str],
    today: date,
    areas: Sequence[Area] | None = None,
) -> pd.DataFrame:
    """One row per expected figure of the ``areas`` (None: the pilot), in the order of quarters, communes and indicators:
    KEY, ``presence``, ``received`` (the day it first came in), ``due``, ``timeliness``, ``days``, ``doubt``, ``why``
    (codes of the warnings) and ``state``, see ``metrics.coverage``. An indicator reported in any definition is
    reported."""
    asked = [indicator.id for indicator in catalogue.indicators if indicator.uploaded]
    rows = pd.DataFrame(
        [
            (item, area.id, key)
            for item in quarters
            for area in existing(catalogue, item, areas)
            for key in asked
        ],
        columns=KEY,
        dtype=object,
    )
    came = figures[figures["provenance"] != "published"].astype({"period": object})
    came = came.assign(counted=came["status"].ne("no_cases"), received=pd.to_datetime(came["received"]))
    came = came.groupby(KEY).agg(counted=("counted", "any"), received=("received", "min"))
    why = warnings.groupby(KEY)["code"].agg(lambda codes: tuple(sorted(set(codes))))
    rows = rows.join(came, on=KEY).join(why.rename("why"), on=KEY)
    counted = rows.pop("counted")
    rows["presence"] = counted.map({True: "reported", False: "no_cases"}).astype(object).fillna("missing")
    rows["why"] = [item if isinstance(item, tuple) else () for item in rows["why"]]
    rows["doubt"] = rows["why"].map(bool).astype(bool) & rows["presence"].ne("missing")
    due = {
        item: periods.due_day(item, catalogue.due_days, catalogue.administrative_quarters)
        for item in quarters
    }
    rows["due"] = pd.to_datetime(rows["period"].map(due))
    rows[["timeliness", "days"]] = due_state(rows["presence"], rows["received"], rows["due"], today)
    rows["state"] = figure_state(rows["presence"], rows["timeliness"], rows["doubt"])
    return rows
