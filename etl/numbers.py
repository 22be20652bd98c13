"""Numbers as Vietnamese offices write them, decided per column and never guessed.

``1.234`` is 1234 in Vietnamese and 1.234 in an English spreadsheet; only its neighbours in the column can tell.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from etl import distinct
from etl.findings import Collector
from etl.origins import TYPED
from etl.spelling import plain

NO_CASES = ("khong phat sinh", "kps", "khong phat sinh ho so", "no cases")
PLACEHOLDERS = ("x", "na", "n a", "khong co", "khong", "chua co", "nan", "null", "none")
_SPACES = re.compile("[\u00a0\u2007\u2009\u202f\\s]+")
_WORDED = re.compile(r"(?:hon|tren|duoi|gan|khoang|uoc|uoc tinh|tu|den) [0-9 ]+|[<>~≥≤≈].*[0-9].*")
_FRACTION = re.compile(r"[0-9.]+ ?/ ?[0-9.]+")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")
_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_READABLE = (
    (re.compile(r"[+-]?[0-9]+"), ""),
    (re.compile(r"[+-]?[0-9]{1,3}(?: [0-9]{3})+"), ""),
    (re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,3}(?:\.[0-9]{3})+),[0-9]+"), ","),
    (re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3}){2,}"), ","),
    (re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+)\.[0-9]+"), "."),
    (re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3}){2,}"), "."),
)
_DATE = re.compile(
    r"[0-3]?[0-9][-/](?:[01]?[0-9]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|thg[0-9]{1,2})[-/][0-9]{2,4}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?: 00:00:00)?"
    r"|[0-3]?[0-9]-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|thg[0-9]{1,2})"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|thg[0-9]{1,2})-[0-9]{2,4}",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"[-+<>~≥≤]?[0-9][0-9.,/ \u00a0]*%?\*?")
MOST_DIGITS = 15  # beyond that a float no longer holds what was written


def tidy(text: str) -> str:
    """One kind of space, one kind of minus."""
    return _SPACES.sub(" ", text.replace("\u2212", "-")).strip()


def looks_like_figure(text: str) -> bool:
    """Whether a cell holds a figure, or the words that stand for one; headings and signatures do not."""
    bare = text.replace(TYPED, "")
    return bool(_FIGURE.fullmatch(bare)) or plain(bare) in NO_CASES or bare in ("-", "…", "...")


def decimal_mark(text: str) -> str | None:
    """The decimal mark that the writing of one number proves: ``,``, ``.``, empty (proves nothing), ``?`` where
    it can be read both ways, None when it is no number."""
    if text.isdecimal() and text.isascii():
        return ""
    if _AMBIGUOUS.fullmatch(text):
        return "?"
    for pattern, mark in _READABLE:
        if pattern.fullmatch(text):
            return mark
    return None


def read(text: str, mark: str) -> tuple[float, int]:
    """(number, decimals printed) of a readable text under a decimal mark."""
    digits = text.replace(" ", "").replace("." if mark == "," else ",", "").replace(mark or ",", ".")
    return float(digits), len(digits.partition(".")[2])


def _agreed(proofs: Iterable[str | None]) -> str:
    """The decimal mark a column's unambiguous cells agree on; empty when none tells or when they disagree."""
    marks = set(proofs) & {",", "."}
    return marks.pop() if len(marks) == 1 else ""


def whole_mark(grouped: Sequence[str], proofs: Iterable[str | None]) -> str:
    """The decimal mark of a column of whole numbers in which only groups of thousands, the texts ``grouped``, can tell:
    with one sign between the groups it is the other one; empty with two signs, or where a cell proves a mark."""
    signs = {char for text in grouped for char in text if char in ",."}
    if len(signs) != 1 or {",", "."} & set(proofs) or not all(_GROUPED.fullmatch(text) for text in grouped):
        return ""
    return "," if signs == {"."} else "."


def read_column(
    cells: pd.Series, found: Collector, allow_words: bool, whole: np.ndarray | None = None
) -> pd.DataFrame:
    """Read one column of text (index = line, name = column) and report every cell that cannot be read.

    Returns ``number`` (NaN where blank or unreadable), ``decimals`` printed, ``percent`` (a % sign was there) and
    ``no_cases`` (the office wrote that nothing arose). ``allow_words`` is for columns where % and words make sense.
    ``whole`` marks the cells that can only hold whole numbers: where all doubtful cells do, ``1.072`` is 1072.
    """
    codes, every = distinct.parts(cells)
    simple = all_digits(every)
    texts = every[~simple]  # the others prove nothing, have no fault and no decimals
    typed = [text.endswith(TYPED) for text in texts]
    tidied = [tidy(text.removesuffix(TYPED)) for text in texts]
    bare = [text.removesuffix("%").rstrip() for text in tidied]
    proofs = [None if known else decimal_mark(text) for known, text in zip(typed, bare, strict=True)]
    mark = _agreed(proofs)
    doubtful = np.zeros(len(every), dtype=bool)
    doubtful[~simple] = [proof == "?" for proof in proofs]
    if whole is not None and not mark and bool(np.asarray(whole)[doubtful[codes]].all()):
        mark = whole_mark([bare[place] for place in np.flatnonzero(doubtful[~simple])], proofs)
    results = [
        (
            (np.nan, 0, False, False, "number.date", {})
            if known and "/" in raw
            else _cell(raw, number, "," if known else mark, allow_words)
        )
        for raw, number, known in zip(tidied, bare, typed, strict=True)
    ]
    rest = np.cumsum(~simple) - 1  # number of each text among the others
    if any(result[4] for result in results):
        faults = [("", "", {})] * len(every)
        for place, result in zip(np.flatnonzero(~simple), results, strict=True):
            faults[place] = (result[4], every[place], result[5])
        distinct.report(cells, codes, faults, found)
    if {",", "."} <= set(proofs):
        all_proofs = ["" if plainly else proofs[place] for plainly, place in zip(simple, rest, strict=True)]
        _report_mixed(cells, codes, every, all_proofs, found)
    kinds = {"number": np.float64, "decimals": np.int64, "percent": bool, "no_cases": bool}
    columns = {}
    for place, (name, kind) in enumerate(kinds.items()):
        answers = np.zeros(len(every), dtype=kind)
        answers[~simple] = [result[place] for result in results]
        if name == "number":
            answers[simple] = every[simple].astype(np.float64)
        columns[name] = answers[codes]
    return pd.DataFrame(columns, index=cells.index, copy=False)


def all_digits(texts: Sequence[str]) -> np.ndarray:
    """Which texts are a plain whole number that a float holds: nearly all cells of nearly all files."""
    facts = (
        (map(fact, texts), kind) for fact, kind in ((str.isdecimal, bool), (str.isascii, bool), (len, int))
    )
    decimal, plainly, length = (np.fromiter(each, kind, len(texts)) for each, kind in facts)
    return decimal & plainly & (length <= MOST_DIGITS)


def _cell(raw: str, text: str, mark: str, allow_words: bool) -> tuple[float, int, bool, bool, str, dict]:
    """(number, decimals, percent, no_cases, code of the finding or empty, its details) of one cell."""
    if raw.isdecimal() and raw.isascii() and len(raw) <= MOST_DIGITS:
        return float(raw), 0, False, False, "", {}
    percent = raw.endswith("%")
    wrong = (np.nan, 0, percent, False)
    if not raw:
        return (*wrong, "", {})
    if plain(raw) in NO_CASES:
        return (np.nan, 0, False, True, "", {}) if allow_words else (*wrong, "number.words_in_count", {})
    if not plain(text) or plain(text) in PLACEHOLDERS:
        return (*wrong, "number.placeholder", {})
    if percent and not allow_words:
        return (*wrong, "number.percent_in_count", {})
    if _DATE.fullmatch(text):
        return (*wrong, "number.date", {})
    if _FRACTION.fullmatch(text):
        return (*wrong, "number.fraction", {})
    if _WORDED.fullmatch(plain(text)) or _WORDED.fullmatch(text):
        return (*wrong, "number.with_word", {})
    proven = decimal_mark(text)
    if proven is None or sum(char.isdigit() for char in text) > MOST_DIGITS:
        return (*wrong, "number.unreadable", {})
    if proven == "?" and not mark:
        whole = re.sub("[.,]", "", text)
        return (*wrong, "number.ambiguous", {"whole": whole, "decimal": text.replace(".", ",") + "0"})
    return (*read(text, mark if proven == "?" else proven), percent, False, "", {})


def _report_mixed(
    cells: pd.Series, codes: np.ndarray, texts: np.ndarray, proofs: list[str | None], found: Collector
) -> None:
    """Decimal commas and decimal points in one column can each be read, yet somebody should look."""
    marks = distinct.answers(proofs, codes)
    commas, points = int((marks == ",").sum()), int((marks == ".").sum())
    if commas and points:
        place = int(np.argmax(marks == ("." if points <= commas else ",")))
        found.add(
            "number.mixed",
            int(cells.index[place]),
            cells.name,
            texts[codes[place]],
            commas=commas,
            points=points,
        )
