"""Files that speak about the same figure: which one counts, and what a new file would change."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from etl import distinct
from etl.findings import Collector, Finding, found
from etl.sheet import KEY

FIGURES = ["numerator", "denominator", "value", "status"]
ORDER = [
    *("role", "indicator_id", "definition", "area_id", "period")
]  # in which figures lie: a question names few periods and indicators, and many areas


def same(new: pd.DataFrame, old: pd.DataFrame) -> np.ndarray:
    """Row by row, whether two tables of one length say the same; two missing numbers are the same."""
    own, before = ([frame[column].to_numpy(dtype=object) for column in FIGURES] for frame in (new, old))
    equal = [(a == b) | (pd.isna(a) & pd.isna(b)) for a, b in zip(own, before, strict=True)]
    return np.logical_and.reduce(equal).astype(bool)


def supersede(figures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(figures that count, figures that a later file changed): the last arrival of each key wins.

    What was printed and what was uploaded are different figures, and neither replaces the other. A later file that
    repeats the same figure replaces it without a revision; ``first_upload_id`` keeps the file that first had the key.
    The figures that count stand in the order of ``ORDER``, a printed one behind another of its key.
    """
    printed = distinct.among(figures["provenance"], ("published",))
    key = _numbered(figures, printed)
    order = _by_arrival(key, figures["arrival"].to_numpy(dtype="int64"))
    ordered = key[order]
    follows = np.r_[False, ordered[1:] == ordered[:-1]] if len(order) else np.zeros(0, dtype=bool)
    last = np.r_[~follows[1:], True] if len(order) else follows
    before = np.flatnonzero(follows) - 1
    new, old = figures.iloc[order[before + 1]], figures.iloc[order[before]]
    changed = ~same(new, old)
    new, old = new[changed], old[changed]
    revision = _plain(new[KEY])
    for prefix, frame in (("old", old), ("new", new)):
        for column in (*FIGURES, "upload_id"):
            revision[f"{prefix}_{column}"] = frame[column].to_numpy()
    standing = figures.drop(columns="arrival").iloc[order[last]]
    first = figures["upload_id"].iloc[order[~follows]]
    return standing.reset_index(drop=True).assign(first_upload_id=first.array), revision


def _numbered(figures: pd.DataFrame, printed: np.ndarray) -> np.ndarray:
    """One number for each row: equal for figures of which one replaces the other, and in the order of ``ORDER``."""
    number = np.zeros(len(figures), dtype=np.int64)
    for name in ORDER:
        codes, texts = distinct.parts(figures[name])
        rank = np.empty(len(texts), dtype=np.int64)
        rank[np.argsort(texts, kind="stable")] = np.arange(len(texts))
        number *= max(len(texts), 1)
        number += rank[codes] if len(texts) else 0
    return 2 * number + printed


def _by_arrival(key: np.ndarray, arrival: np.ndarray) -> np.ndarray:
    """Places in the order of the keys, of one key in the order of arrival."""
    if len(key) and (arrival[1:] < arrival[:-1]).any():
        return np.lexsort((arrival, key))
    length = max(len(key), 1)
    if (
        len(key) and int(key.max()) < np.iinfo(np.int64).max // length - 1
    ):  # both in one number: sorted much faster
        return np.sort(key * length + np.arange(length)) % length
    return np.argsort(key, kind="stable")


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """With every row's text written out."""
    coded = [name for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    return frame.assign(**{name: frame[name].astype(object) for name in coded}).reset_index(drop=True)


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


def report_replaced(table: pd.DataFrame, present: pd.DataFrame, collector: Collector) -> None:
    """One ``figure.replaces`` for each figure of a file (index: row key) that differs from the one uploaded before."""
    new, old = _paired(table, present)
    changed = ~same(new, old)
    figures = (frame.loc[changed, FIGURES].itertuples(index=False) for frame in (new, old))
    for key, own, before in zip(new.index[changed], *figures, strict=True):
        collector.add("figure.replaces", int(key), "value", _said(own), old=_said(before))


@dataclass(frozen=True)
class Changes:
    """What some files would change. ``rows``: KEY, ``kind`` (added, changed, removed), ``old_`` and ``new_`` numerator,
    denominator, value, status; ``same`` counts figures that stand already. ``snapshot_id``: compared with.
    ``warnings``: codes of what is doubtful about the files beside these figures."""

    rows: pd.DataFrame
    same: int
    snapshot_id: str
    warnings: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the figures stay as they are."""
        return self.rows.empty

    @property
    def revises(self) -> bool:
        """Whether a figure that was reported before is altered or goes."""
        return bool((self.rows["kind"] != "added").any())

    @property
    def digest(self) -> str:
        """Name of this comparison: another state of the published figures gives another one where it matters, which
        is also where a neighbouring figure makes the same change doubtful."""
        said = self.rows.to_csv(index=False) + " ".join(self.warnings)
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def compare(before: pd.DataFrame | None, after: pd.DataFrame, snapshot_id: str) -> Changes:
    """Uploaded figures as they stand and as they would: frames with KEY and FIGURES, one row per key."""
    if before is None:
        before = after.iloc[:0]
    both = before[[*KEY, *FIGURES]].merge(
        after[[*KEY, *FIGURES]], on=KEY, how="outer", suffixes=("_old", "_new"), indicator="side"
    )
    equal = same(*(_side(both, side) for side in ("_new", "_old"))) & (both["side"] == "both").to_numpy()
    kinds = {"left_only": "removed", "right_only": "added", "both": "changed"}
    rows = both[KEY].assign(kind=both["side"].astype(str).map(kinds))
    for side in ("old", "new"):
        for column in FIGURES:
            rows[f"{side}_{column}"] = both[f"{column}_{side}"]
    rows = rows[~equal].sort_values(["kind", *KEY]).reset_index(drop=True)
    return Changes(rows, int(equal.sum()), snapshot_id)


def _side(both: pd.DataFrame, suffix: str) -> pd.DataFrame:
    return both[[f"{column}{suffix}" for column in FIGURES]].set_axis(FIGURES, axis=1)


def contradictions(tables: Sequence[tuple[str, pd.DataFrame]]) -> list[tuple[int, Finding]]:
    """Figures that two files of one delivery give differently: (number of the later file, finding). ``tables``: the
    file's name and its rows (KEY, FIGURES, line)."""
    every = pd.concat(
        [table.assign(place=place) for place, (_, table) in enumerate(tables)] or [pd.DataFrame()]
    ).reset_index(drop=True)
    if every.empty:
        return []
    earlier = every[KEY].merge(every.drop_duplicates(KEY), on=KEY, how="left")
    differs = ~same(every, earlier)
    places = (every["place"], every["line"], earlier["place"], earlier["line"])
    return [
        (own, found("row.conflict", int(line), "value", None, other=f"{there} ({tables[other][0]})"))
        for own, line, other, there in zip(*(item[differs] for item in places), strict=True)
    ]


def _said(row: Any) -> str:
    """A figure as the office writes it: ``12 (12/100)``, ``KPS``; a rate beside its counts to two decimals."""
    if row.status == "no_cases":
        return "KPS"
    counted = not (pd.isna(row.numerator) or pd.isna(row.denominator))
    numerator, denominator, value = (
        "" if pd.isna(number) else f"{number:.10g}".replace(".", ",")
        for number in (row.numerator, row.denominator, round(row.value, 2) if counted else row.value)
    )
    counts = f"{numerator or '…'}/{denominator or '…'}" if numerator or denominator else ""
    return f"{value} ({counts})" if value and counts else value or counts
