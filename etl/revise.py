"""Files that speak about the same figure: which one counts, and what a new file would change."""

from typing import Any

import numpy as np
import pandas as pd

from etl.findings import Collector
from etl.sheet import KEY

FIGURES = ["numerator", "denominator", "value", "status"]
PRINTED = "printed"  # class of provenance; uploaded and illustrative figures are the other


def same(new: pd.DataFrame, old: pd.DataFrame) -> np.ndarray:
    """Row by row, whether two tables of one length say the same; two missing numbers are the same."""
    own, before = ([frame[column].to_numpy(dtype=object) for column in FIGURES] for frame in (new, old))
    equal = [(a == b) | (pd.isna(a) & pd.isna(b)) for a, b in zip(own, before, strict=True)]
    return np.logical_and.reduce(equal).astype(bool)


def supersede(figures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(figures that count, figures that a later file changed): the last arrival of each key wins.

    What was printed and what was uploaded are different figures, and neither replaces the other. A later file that
    repeats the same figure replaces it without a revision; ``first_upload_id`` keeps the file that first had the key.
    """
    figures = figures.assign(**{PRINTED: figures["provenance"] == "published"})
    group = figures.groupby([*KEY, PRINTED], sort=False).ngroup().to_numpy()
    order = np.lexsort((figures["arrival"].to_numpy(dtype="int64"), group))
    ordered, group = figures.iloc[order], group[order]
    follows = np.r_[False, group[1:] == group[:-1]] if len(group) else np.zeros(0, dtype=bool)
    last = np.r_[~follows[1:], True] if len(group) else np.zeros(0, dtype=bool)
    new, old = ordered[follows], ordered[np.r_[follows[1:], False] if len(group) else follows]
    changed = ~same(new, old)
    new, old = new[changed], old[changed]
    revision = new[KEY].reset_index(drop=True)
    for prefix, frame in (("old", old), ("new", new)):
        for column in (*FIGURES, "upload_id"):
            revision[f"{prefix}_{column}"] = frame[column].to_numpy()
    standing = ordered[last].assign(first_upload_id=ordered["upload_id"].to_numpy()[~follows])
    standing = standing.sort_values([*KEY, PRINTED]).drop(columns=["arrival", PRINTED])
    return standing.reset_index(drop=True), revision


def _paired(table: pd.DataFrame, present: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of ``table`` beside the uploaded figure of the same key in ``present``, each as one frame."""
    own = present[present["provenance"] != "published"]
    wanted, known = (pd.MultiIndex.from_frame(frame[KEY].astype(object)) for frame in (table, own))
    place = known.get_indexer(wanted)
    return table[place >= 0], own.iloc[place[place >= 0]]


def stands(table: pd.DataFrame, present: pd.DataFrame | None) -> bool:
    """Whether every figure of a file is already the uploaded one of ``present`` (KEY, FIGURES, provenance)."""
    if present is None:
        return False
    new, old = _paired(table, present)
    return len(new) == len(table) and bool(same(new, old).all())


def report_replaced(table: pd.DataFrame, present: pd.DataFrame, found: Collector) -> None:
    """One ``figure.replaces`` for each figure of a file (index: row key) that differs from the one uploaded before."""
    new, old = _paired(table, present)
    changed = ~same(new, old)
    figures = (frame.loc[changed, FIGURES].itertuples(index=False) for frame in (new, old))
    for key, own, before in zip(new.index[changed], *figures, strict=True):
        found.add("figure.replaces", int(key), "value", _said(own), old=_said(before))


def _said(row: Any) -> str:
    """A figure as the office writes it: ``12 (12/100)``, ``KPS``."""
    if row.status == "no_cases":
        return "KPS"
    numerator, denominator, value = (
        "" if pd.isna(number) else f"{number:.10g}".replace(".", ",")
        for number in (row.numerator, row.denominator, row.value)
    )
    counts = f"{numerator or '…'}/{denominator or '…'}" if numerator or denominator else ""
    return f"{value} ({counts})" if value and counts else value or counts
