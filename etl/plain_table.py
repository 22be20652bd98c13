"""A large text file in which nothing is unusual, read column by column; any other is left to the general reader.

The general reader makes a text of every cell and a tuple of every row: 8 s and 1.2 GB for a million rows, of which most
say the same few thousand texts. Here each distinct text of a column is looked at once, and rows are numbers. What may be
said of a file (old fonts, notes, totals, ragged rows, lines that break inside a cell ...) is said by the general reader
alone: wherever it might have anything to say, ``read`` gives None, so that both give one answer.
"""

import csv
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, read_csv

from etl import container, decode, distinct, legacy
from etl.body import TOTALS, UNUSUAL, bare_label
from etl.grid import Grid
from etl.headings import COLUMN_OF, COLUMNS, MEASURES, REQUIRED, Words
from etl.layout import Tidy
from etl.numbers import all_digits, looks_like_figure
from etl.origins import TYPED
from etl.region import find, headings
from etl.spelling import plain
from store.definitions import Catalogue

FROM_BYTES = 256 * 1024  # a smaller file is read in a tenth of a second either way
MOST_ROWS = 5_000_000  # 40 bytes each in a file of 200 MB; a hostile one has 25 million
MOST_TEXTS = 2_000_000  # different ones, of all columns
_BEGINNING = 8  # rows below the heading in which the general reader looks for more of it
_QUOTE = ord('"')


def read(data: bytes, catalogue: Catalogue) -> tuple[str, Tidy] | None:
    """(encoding, the rows of figures); None for a file that the general reader must see."""
    if not FROM_BYTES <= len(data) <= decode.LIMIT_PLAIN_BYTES or container.kind(data) != "text":
        return None
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    stop = data.find(b"\n", start) + 1
    cut = _heading(data[start:stop])
    if not cut:
        return None
    heading, delimiter = cut
    table = _parsed(data, stop, heading, delimiter)
    if table is None:
        return None
    filled = _filled(table)
    columns = table if filled.all() else [_rows(cells, filled) for cells in table]
    lines = np.flatnonzero(filled) + 2
    places = _places(heading, columns, lines, catalogue) if len(lines) else None
    if not places or not _all_figures(heading, columns, places):
        return None
    tidy = Tidy(rows=len(lines), tables=1)
    tidy.columns = {
        name: columns[places[name]] if name in places else distinct.constant("", len(lines))
        for name in COLUMNS
    }
    tidy.origins.append("", lines, [places])
    return "utf-8-sig" if start else "utf-8", tidy


def _heading(line: bytes) -> tuple[list[str], str] | None:
    """(cells, separator) of a first line that names columns of ours, each once, and nothing else."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if '"' in text or "\r" in text[:-2] or not _harmless([text]):
        return None
    delimiter = decode.sniff_delimiter(text)
    cells = [cell.strip() for cell in text.rstrip("\r\n").split(delimiter)]
    named = [COLUMN_OF.get(plain(cell)) for cell in cells]
    if len(cells) < len(REQUIRED) + 1 or None in named or len(set(named)) < len(named):
        return None
    return cells, delimiter


def _parsed(data: bytes, start: int, heading: Sequence[str], delimiter: str) -> list[pd.Categorical] | None:
    """Every column of the lines from ``start`` on; None where the lines are no plain rows."""
    ends = data.count(b"\n", start) + (not data.endswith(b"\n"))
    if ends > MOST_ROWS:
        return None
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return None
    if b'"' in data and not (_plainly_quoted(data, delimiter) and _closed(data, delimiter)):
        return None
    names = [str(place) for place in range(len(heading))]
    try:
        table = read_csv(
            pa.BufferReader(pa.py_buffer(data).slice(start)),
            ReadOptions(column_names=names),
            ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
            ConvertOptions(
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowException:
        return None
    if table.num_rows != ends:  # a line breaks inside a cell
        return None
    columns = []
    chunks = [cells.chunk(0) for cells in table.unify_dictionaries().combine_chunks().columns]
    if sum(len(chunk.dictionary) for chunk in chunks) > MOST_TEXTS:
        return None
    for chunk in chunks:
        texts = chunk.dictionary.to_pylist()
        if not _harmless(texts):
            return None
        columns.append(distinct.renamed(chunk.indices.to_numpy(), [text.strip() for text in texts]))
    return columns if _no_old_font([heading, *(cells.categories for cells in columns)]) else None


def _plainly_quoted(data: bytes, delimiter: str) -> bool:
    """Whether quotes stand only around cells and, doubled, inside them: elsewhere one reader asks, another guesses."""
    whole = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(whole == _QUOTE)
    apart = np.diff(quotes) > 1
    firsts, lasts = quotes[np.r_[True, apart]], quotes[np.r_[apart, True]]
    border = np.zeros(256, dtype=bool)
    border[[ord(char) for char in "\r\n" + delimiter]] = True
    opens = border[whole[firsts - 1]]
    closes = border[whole[np.minimum(lasts + 1, len(whole) - 1)]] | (lasts + 1 == len(whole))
    odd = (lasts - firsts) % 2 == 0
    return not (~closes & (opens != odd)).any()


def _closed(data: bytes, delimiter: str) -> bool:
    """Whether the last line, taken for a row of its own, leaves no quote open at the end of the file."""
    line = data[data.rfind(b"\n", 0, len(data) - 1) + 1 :].decode("utf-8", "replace")
    try:
        next(csv.reader([line], delimiter=delimiter, strict=True), None)
    except csv.Error:
        return False
    return True


def _harmless(texts: Sequence[str]) -> bool:
    """Whether no cell needs a repair, a question or a look at its letters."""
    joined = "\n".join(texts)
    return (
        max(map(len, texts), default=0) <= decode.LIMIT_CELL
        and TYPED not in joined
        and not decode.CONTROL.search(joined)
        and (joined.isascii() or (unicodedata.is_normalized("NFC", joined) and not decode.mojibake(joined)))
    )


def _no_old_font(texts: Iterable[Iterable[str]]) -> bool:
    """Whether the letters are certainly Unicode, so that nobody need ask for old fonts."""
    joined = ["".join(group) for group in texts]
    letters = {char for group in joined if not group.isascii() for char in group}
    return all(char.isascii() for char in letters) or any(map(legacy.is_vietnamese, letters))


def _filled(columns: Sequence[pd.Categorical]) -> np.ndarray:
    """Whether each row holds anything."""
    return np.logical_or.reduce([(cells.categories != "")[cells.codes] for cells in columns])


def _each(cells: pd.Categorical, fact: Callable[[str], bool]) -> np.ndarray:
    """A fact of every row's text."""
    return distinct.answers([fact(text) for text in cells.categories], cells.codes, bool)


def _figures(cells: pd.Categorical) -> np.ndarray:
    """Whether every row's text is a figure."""
    texts = cells.categories.to_numpy(dtype=object)
    figures = all_digits(texts)
    figures[~figures] = [looks_like_figure(text) for text in texts[~figures]]
    return figures[cells.codes]


def _rows(cells: pd.Categorical, kept: np.ndarray) -> pd.Categorical:
    """Some rows of a column; its texts stand in the order of these rows."""
    codes, own = pd.factorize(cells.codes[kept])
    return distinct.coded(codes, cells.categories[own])


def _places(
    heading: Sequence[str], columns: Sequence[pd.Categorical], lines: np.ndarray, catalogue: Catalogue
) -> dict[str, int] | None:
    """Our column -> position, as the general reader finds them; None where it sees anything but one heading line."""
    beginning = zip(*(cells[:_BEGINNING] for cells in columns), strict=True)
    grid = Grid("", (tuple(heading), *beginning), (1, *lines[:_BEGINNING].tolist()), ragged=True)
    words = Words(catalogue)
    region = find(grid, words)
    if region is None or (region.start, region.body) != (0, 1):
        return None
    read = headings(region, words, "")
    places = {item.role: item.position for item in read if item.role in COLUMNS and not item.choices}
    counted = "value" in places or {"numerator", "denominator"} <= places.keys()
    return places if len(places) == len(heading) and {*REQUIRED} <= places.keys() and counted else None


def _all_figures(
    heading: Sequence[str], columns: Sequence[pd.Categorical], places: Mapping[str, int]
) -> bool:
    """Whether ``BodyReader`` takes every row for figures: no totals, notes, groups and repeated headings."""
    keys = [places[name] for name in REQUIRED]
    labels = columns[: max(*keys, 1) + 1]
    if any(bare_label(text) in TOTALS for cells in labels for text in cells.categories):
        return False
    if plain(heading[0]) in map(plain, columns[0].categories):
        return False
    starred = [columns[places[name]].categories for name in (*REQUIRED, *MEASURES) if name in places]
    if any("*" in "".join(texts) for texts in starred):
        return False
    measured = [_figures(columns[places[name]]) for name in MEASURES if name in places]
    figures = np.logical_or.reduce(measured)
    named = np.logical_and.reduce([_each(columns[place], bool) for place in keys])
    named &= _each(columns[0], lambda text: len(text) > 1)
    for cells in (columns[0], columns[min(keys)]):
        named &= _each(cells, lambda text: not text[:3].casefold().startswith(UNUSUAL))
    return bool(figures[-1] and (figures | named).all())  # below the last figure notes may stand
