"""Columns of text in which each distinct text stands once: a file of a million rows holds a few thousand.

Such a column is a ``pd.Categorical`` whose categories stand in the order in which they first appear, so that what is
asked of each text once is asked in the order of the file. -1 stands for a missing text.
"""

from collections.abc import Container, Sequence
from typing import Any

import numpy as np
import pandas as pd

from etl.findings import Collector


def column(texts: Sequence[str | None]) -> pd.Categorical:
    """The column of these texts."""
    return coded(*pd.factorize(_objects(texts)))


def coded(codes: np.ndarray, texts: Sequence[str]) -> pd.Categorical:
    """The column in which ``codes`` point into ``texts``; no text stands twice."""
    categories = pd.Index(_objects(texts), dtype=object)
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(categories), validate=False)


def constant(text: str, length: int) -> pd.Categorical:
    """A column that says the same in every row."""
    return coded(np.zeros(length, dtype=np.int8), [text])


def parts(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """(code of every row, texts) of a column, also of one that is a plain list of texts."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return cells.cat.codes.to_numpy(), cells.cat.categories.to_numpy(dtype=object)
    return pd.factorize(cells.to_numpy(dtype=object))


def answers(results: Sequence[Any], codes: np.ndarray, kind: type = object) -> np.ndarray:
    """What was found out about each text, for every row, as an array of objects or of another kind."""
    return (_objects(results) if kind is object else np.array(results, dtype=kind))[codes]


def renamed(codes: np.ndarray, texts: Sequence[str | None]) -> pd.Categorical:
    """The column in which ``codes`` point into ``texts`` that may stand several times or be missing."""
    own, names = pd.factorize(_objects(texts))
    smallest = np.min_scalar_type(-len(names) - 1)
    return coded(own.astype(smallest)[codes] if len(own) else codes, names)


def spelled(cells: pd.Series, kind: str | type) -> pd.Series:
    """The column with every row's text written out, as ``str`` or as object."""
    codes, texts = parts(cells)
    return pd.Series(pd.array(texts, dtype=kind).take(codes, allow_fill=True), index=cells.index, dtype=kind)


def among(cells: pd.Series, wanted: Container[str]) -> np.ndarray:
    """Rows whose text is one of the wanted."""
    codes, texts = parts(cells)
    return answers([*(text in wanted for text in texts), False], codes, bool)


def coded_again(cells: pd.Series) -> pd.Categorical:
    """The column with each text once, also of one that is a plain list of texts; None is a missing text."""
    codes, texts = parts(cells)
    return coded(codes, texts)


def stacked(columns: Sequence[pd.Categorical]) -> pd.Categorical:
    """Columns one below the other; the texts stand in order, those that no row says are left out."""
    used = [np.unique(cells.codes) for cells in columns]
    texts = [
        cells.categories.to_numpy(dtype=object)[own[own >= 0]]
        for cells, own in zip(columns, used, strict=True)
    ]
    every = sorted(set().union(*map(set, texts)))
    place = {text: number for number, text in enumerate(every)}
    kind = np.min_scalar_type(-len(every) - 1)
    codes = np.empty(sum(map(len, columns)), dtype=kind)
    start = 0
    for cells in columns:
        own = np.array([place.get(text, -1) for text in cells.categories] + [-1], dtype=kind)
        np.take(own, cells.codes, out=codes[start : start + len(cells)], mode="wrap")  # -1 is the last
        start += len(cells)
    return coded(codes, every)


def pairs(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(number of every row's pair, the one side of each pair, its other side), in the order in which pairs appear."""
    width = int(other.max(initial=0)) + 2  # other codes begin at -1
    numbers, keys = pd.factorize(one.astype(np.int64) * width + (other.astype(np.int64) + 1))
    return numbers, keys // width, keys % width - 1


def combined(columns: Sequence[pd.Series]) -> np.ndarray:
    """One number for each row that is equal where all columns are; -1 where a text is missing."""
    number = np.zeros(len(columns[0]), dtype=np.int64)
    whole = np.ones(len(number), dtype=bool)
    for cells in columns:
        codes, texts = parts(cells)
        whole &= codes >= 0
        number *= len(texts) + 1
        number += codes
    number[~whole] = -1
    return number


def report(
    cells: pd.Series, of_text: np.ndarray, faults: Sequence[tuple[str, str, dict]], found: Collector
) -> None:
    """One finding for each row at fault. ``of_text`` says for every row which of ``faults`` holds, each (code of the
    finding or empty, the text, details); codes are told in the order in which they first appear in the rows."""
    names = np.array([code for code, _, _ in faults], dtype=object)
    for name in dict.fromkeys(code for code in names if code):
        places = np.flatnonzero((names == name)[of_text])

        def one(number: int, places: np.ndarray = places) -> tuple[str, str, dict]:
            _, text, details = faults[of_text[places[number]]]
            return cells.name, text, details

        found.add_rows(name, cells.index.to_numpy()[places], one)


def _objects(items: Sequence[Any]) -> np.ndarray:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array
