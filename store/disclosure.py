"""Which reported figures stay hidden, by each indicator's own rule; what is shown of them afterwards is only the fact.

Decided once, when a snapshot is built, and kept beside each figure, so that every page, file and link that reads a
snapshot hides the same ones. What was found in print is public already and is never hidden.
"""

from collections.abc import Container, Iterable

import numpy as np
import pandas as pd

from metrics.disclosure import few, suppress
from store import periods
from store.definitions import Catalogue, Indicator

SHOWN = ""  # beside the reasons of ``metrics.disclosure.suppress``
REASONS = [SHOWN, "primary", "secondary"]
TABLE = ["indicator_id", "definition", "period"]  # the figures of one table have a total together
COUNTS = ["numerator", "denominator", "value"]


def hidden(figures: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    """Say of every figure why it stays hidden.

    ``figures``: TABLE, area_id, role, status, provenance, numerator, denominator; any index without repeats. Returns a
    categorical Series of text with that index: "primary" (few cases, few others or a small N), "secondary" (the figure
    of a larger unit minus its shown parts would give a hidden one back) or "" (shown). Only reported counts of indicators
    that have a rule. The pilot's own sums leave hidden communes out, so they give nothing back.
    """
    rules = {item.id: item for item in catalogue.indicators if item.disclosure}
    observed = _says(figures["indicator_id"], rules) & _says(figures["role"], ("observed",))
    own = observed & ~_says(figures["provenance"], ("published",)) & _says(figures["status"], ("reported",))
    reasons = np.zeros(len(figures), dtype=np.int8)
    places = np.flatnonzero(own)
    codes, names = _codes(figures["indicator_id"])
    for number in np.unique(codes[places]):
        rows = places[codes[places] == number]
        reasons[rows] = _alone(figures[["numerator", "denominator"]].iloc[rows], rules[names[number]])
    touched = np.flatnonzero(observed & _beside_totals(figures, reasons * observed, catalogue))
    if len(touched):
        parents = _Parents(catalogue)
        words = pd.Series(np.array(REASONS, dtype=object)[reasons[touched]], index=touched)
        kept = [*TABLE, "area_id", "status", "provenance", "numerator", "denominator"]
        rows = figures[kept].iloc[touched].set_axis(touched)
        rows[kept[:6]] = rows[kept[:6]].astype(object)
        for keys, table in rows.groupby(TABLE, sort=False):
            _below_totals(table, rules[keys[0]], keys[2], parents, words)
        reasons[touched] = pd.Categorical(words, categories=REASONS).codes
    return pd.Series(pd.Categorical.from_codes(reasons, categories=REASONS), index=figures.index)


def _beside_totals(figures: pd.DataFrame, reasons: np.ndarray, catalogue: Catalogue) -> np.ndarray:
    """Which figures are of a table that has both something hidden and the figure of a larger unit."""
    number = np.zeros(len(figures), dtype=np.int64)
    totals = _says(figures["area_id"], {area.parent_id for area in catalogue.areas})
    if not totals.any() or not reasons.any():
        return np.zeros(len(figures), dtype=bool)
    for name in TABLE:
        codes, texts = _codes(figures[name])
        number = number * (len(texts) + 1) + codes
    return np.isin(number, np.intersect1d(number[reasons > 0], number[totals]))


def _codes(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """(number of every row's text, the texts) of a column, whether each text stands once or in every row."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return cells.cat.codes.to_numpy(), cells.cat.categories.to_numpy(dtype=object)
    return pd.factorize(cells.to_numpy(dtype=object))


def _says(cells: pd.Series, wanted: Container[str]) -> np.ndarray:
    """Rows whose text is one of the wanted."""
    codes, texts = _codes(cells)
    return np.array([*(text in wanted for text in texts), False], dtype=bool)[codes]


def _alone(rows: pd.DataFrame, indicator: Indicator) -> np.ndarray:
    """Each unit by its own counts: whether they are few."""
    rule, counts = indicator.disclosure, _fit(rows)
    numerator, denominator = counts["numerator"].to_numpy(), counts["denominator"].to_numpy()
    return few(numerator, denominator, rule.threshold, rule.zero)


def _below_totals(
    table: pd.DataFrame, indicator: Indicator, period: str, parents: "_Parents", reasons: pd.Series
) -> None:
    """Hide what a larger unit's own figure would give back, in ``reasons``. Only where every part of that unit has a
    figure: a part nobody reported keeps the difference unknown. If no hiding of parts suffices, the total goes too."""
    rule, known = indicator.disclosure, set(table["area_id"])
    own = table[table["provenance"].ne("published") & table["status"].eq("reported")]
    for total in (area for area in parents.of(own["area_id"]) if area in known):
        for level in sorted(set(own["area_id"].map(parents.level))):
            parts = parents.parts(total, level, period)
            below = own[own["area_id"].isin(parts)]
            if not parts or not parts <= known or not reasons[below.index].ne(SHOWN).any():
                continue
            found = suppress(_fit(below), rule.threshold, rule.zero)["reason"]
            reasons[below.index] = np.where(reasons[below.index] == SHOWN, found, reasons[below.index])
            if (found != SHOWN).all():
                rows = own.index[own["area_id"].eq(total)]
                reasons[rows] = np.where(reasons[rows] == SHOWN, "secondary", reasons[rows])


def _fit(rows: pd.DataFrame) -> pd.DataFrame:
    """More cases than N (two sources) is no share: there are no "others" that could be few."""
    counts = rows[["numerator", "denominator"]].astype(float)
    over = counts["numerator"] > counts["denominator"]
    return counts.assign(denominator=counts["denominator"].mask(over, counts["numerator"]))


class _Parents:
    """Larger units of areas and their parts, each looked up once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._areas, self._administrative = catalogue.area_by_id, catalogue.administrative_quarters
        self._above: dict[str, tuple[str, ...]] = {}
        self._parts: dict[tuple[str, int, str], frozenset[str]] = {}

    def level(self, area_id: str) -> int:
        """Country 0, province 1, district 2, commune 3."""
        return self._areas[area_id].level

    def above(self, area_id: str) -> tuple[str, ...]:
        """The unit's parent, its parent's parent and so on."""
        if area_id not in self._above:
            parent = self._areas[area_id].parent_id
            self._above[area_id] = (parent, *self.above(parent)) if parent in self._areas else ()
        return self._above[area_id]

    def of(self, area_ids: Iterable[str]) -> list[str]:
        """Every larger unit above some areas, the smallest first."""
        every = {parent for area in set(area_ids) for parent in self.above(area)}
        return sorted(every, key=lambda area: (-self.level(area), area))

    def parts(self, total: str, level: int, period: str) -> frozenset[str]:
        """The units of one level inside a larger one that existed at the period's end."""
        key = (total, level, period)
        if key not in self._parts:
            end = periods.from_id(period, self._administrative).end
            self._parts[key] = frozenset(
                area.id
                for area in self._areas.values()
                if area.level == level
                and total in self.above(area.id)
                and (end is None or area.valid_on(end))
            )
        return self._parts[key]


def masked(figures: pd.DataFrame, reasons: pd.Series) -> pd.DataFrame:
    """The figures as anybody may see them: hidden ones have status ``suppressed``, no counts, no value, no note."""
    away = reasons.ne(SHOWN)
    if not away.any():
        return figures
    shown = figures.copy()
    shown.loc[away, "status"] = "suppressed"
    for column in (*COUNTS, "note"):
        if column in shown:
            shown[column] = shown[column].mask(away)
    return shown


def masked_revisions(revisions: pd.DataFrame, figures: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Revisions as anybody may see them: where either end is small, or the figure that stands is hidden, both ends
    are hidden, for one end and the difference give the other.

    ``revisions``: as ``etl.revise.supersede`` gives them; ``figures``: the standing ones with a column ``hidden``.
    """
    if revisions.empty:
        return revisions
    rules = {item.id: item for item in catalogue.indicators if item.disclosure}
    away = pd.Series(False, index=revisions.index)
    for indicator_id, rows in revisions[revisions["indicator_id"].isin(rules)].groupby("indicator_id"):
        for side in ("old", "new"):
            end = rows[[f"{side}_numerator", f"{side}_denominator"]].set_axis(
                ["numerator", "denominator"], axis=1
            )
            away[rows.index] |= _alone(end, rules[indicator_id])
    keys = [*TABLE, "area_id", "role"]
    standing = pd.MultiIndex.from_frame(figures.loc[figures["hidden"].ne(SHOWN), keys].astype(object))
    away |= pd.MultiIndex.from_frame(revisions[keys].astype(object)).isin(standing)
    shown = revisions.copy()
    for side in ("old", "new"):
        shown.loc[away, f"{side}_status"] = "suppressed"
        for column in COUNTS:
            shown[f"{side}_{column}"] = shown[f"{side}_{column}"].mask(away)
    return shown
