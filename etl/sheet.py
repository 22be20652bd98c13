"""The normalised rows with what the definitions say about each: what every rule looks at."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from etl import distinct
from etl.findings import Collector
from metrics.rates import rate
from store.definitions import Catalogue, Indicator

SLACK = 1e-9
KEY = ["area_id", "indicator_id", "definition", "period", "role"]
FIGURES = ["numerator", "denominator", "value", "no_cases"]


class Sheet:
    """The rows with what the definitions say about each, and a way to report all lines of a mask."""

    def __init__(self, rows: pd.DataFrame, catalogue: Catalogue, found: Collector) -> None:
        self.rows, self.catalogue, self.found = rows, catalogue, found
        ids, names = distinct.parts(rows["indicator_id"])
        self._ids = ids
        self._indicators = [catalogue.indicator_by_id[name] for name in names]
        self.rate = self.of(lambda indicator: indicator.is_rate, False)
        self.percent = self.of(lambda indicator: indicator.unit == "percent", False)
        self.known = ids >= 0
        # Rows a cell already blocks: an unreadable number must not be called a missing one as well.
        self.unread = rows.index.isin(list(found.blocked_lines))
        self.observed = distinct.among(rows["role"], ("observed",))
        self.numerator, self.denominator, self.value = (
            rows[column].to_numpy(dtype="float64") for column in ("numerator", "denominator", "value")
        )
        self.rate_percent = percent(rows["numerator"], rows["denominator"]).to_numpy()

    @cached_property
    def key(self) -> np.ndarray:
        """One number for each row that is equal where KEY is; -1 where a part of it was not understood."""
        return distinct.combined([self.rows[column] for column in KEY])

    def of(self, read: Callable[[Indicator], Any], unknown: bool | float) -> np.ndarray:
        """A property of each row's indicator; ``unknown``, which is of its kind, where that was not understood."""
        results = [*(read(indicator) for indicator in self._indicators), unknown]
        return distinct.answers(results, self._ids, type(unknown))

    def exceeds(self, answer: str) -> np.ndarray:
        """Whether ``can_exceed_100`` of each row's indicator gives this answer; what is not understood cannot."""
        return self.of(lambda indicator: indicator.can_exceed_100 == answer, answer == "no")

    def report(
        self, mask: np.ndarray, code: str, column: str, details: Mapping[str, np.ndarray] | None = None
    ) -> None:
        """One finding per true row, with the row's own details."""
        places = np.flatnonzero(mask)
        if not len(places):
            return
        cells = self.rows.get(column)

        def one(number: int) -> tuple[str, str, dict[str, str]]:
            place = places[number]
            own = {key: written(values[place]) for key, values in (details or {}).items()}
            return column, written(None if cells is None else cells.iat[place]), own

        self.found.add_rows(code, self.rows.index.to_numpy()[places], one)


def percent(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """100 n/N; missing where N is 0 or a count is negative (which has a finding of its own).

    Multiplied before it is divided: 100 x 29/100 is 29, and a threshold of 29 is met.
    """
    return rate(100 * numerator.where(numerator >= 0), denominator.where(denominator >= 0))


def written(item: Any) -> str:
    """A number as the findings print it: decimal comma, no trailing zeros; nothing for a missing one."""
    if item is None or (isinstance(item, (float, np.floating)) and np.isnan(item)):
        return ""
    if isinstance(item, (float, np.floating)):
        return f"{item:.10g}".replace(".", ",")
    return str(item)
