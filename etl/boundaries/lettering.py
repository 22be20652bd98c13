"""Letters of a layer's columns: old fonts (TCVN3, VNI) and wrong code pages, converted where the list of areas proves it."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace

from etl.boundaries.findings import Collector
from etl.boundaries.reading import Layer
from etl.legacy import from_tcvn3, from_vni, is_vietnamese
from etl.spelling import folded

_PROOF = 3  # so many different names of the list, or all names of a small file, leave no doubt


def _again(wrong: str, right: str) -> Callable[[str], str]:
    """Bytes that were read in one code page, read in another; a cell that cannot be meant so stays."""

    def convert(text: str) -> str:
        try:
            return text.encode(wrong).decode(right)
        except UnicodeError:
            return text

    return convert


TABLES: dict[str, Callable[[str], str]] = {
    "UTF-8": lambda text: _again("cp1252", "utf-8")(_again("latin-1", "utf-8")(text)),
    "Windows-1258": lambda text: _again("latin-1", "cp1258")(_again("cp1252", "cp1258")(text)),
    "TCVN3 (ABC)": from_tcvn3,
    "VNI": from_vni,
}


def lettered(layer: Layer, names: Iterable[str], told: Collector) -> Layer:
    """The layer with every column of text in Unicode (NFC). ``names``: those of the list of areas, with accents.

    A conversion is taken when it gives names of the list that were not there before; what looks broken and cannot be
    proved is told.
    """
    known = {word for name in names for word in _words(name) if not word.isascii()}
    table = layer.table.copy()
    for column in table.columns:
        cells = table[column].map(lambda text: unicodedata.normalize("NFC", text))
        odd = sorted({text for text in cells if not text.isascii() and _suspicious(text)})
        table[column] = cells
        if not odd:
            continue
        name, convert = _proved(odd, known)
        if name:
            # All of the column's cells were typed in one font: those that look fine are converted with the others.
            typed = cells.map(lambda text, convert=convert: _nfc(convert(text)))
            table[column] = cells.where(cells.map(lambda text: any(map(is_vietnamese, text))), typed)
            told.add("text.converted", None, column, table=name, before=odd[0], after=_nfc(convert(odd[0])))
        elif _broken(odd):
            told.add("text.broken", None, column, odd[0])
    return replace(layer, table=table)


def _suspicious(text: str) -> bool:
    """Letters beyond ASCII and none that only Unicode Vietnamese has: perhaps an old font, perhaps a plain "Bà"."""
    return not any(map(is_vietnamese, text)) or any("\u0080" <= char <= "\u009f" for char in text)


def _proved(cells: list[str], known: set[str]) -> tuple[str, Callable[[str], str]]:
    """(name of the table, conversion) that gives the most Vietnamese words of the list; empty where none is proved."""
    before = _hits(cells, known)
    best, gained, chosen = "", 0, lambda text: text
    for name, convert in TABLES.items():
        after = _hits([_nfc(convert(text)) for text in cells], known)
        if after - before > gained:
            best, gained, chosen = name, after - before, convert
    return (best, chosen) if gained >= min(_PROOF, len(cells)) else ("", chosen)


def _hits(cells: Iterable[str], known: set[str]) -> int:
    """How many different words of the cells are words of the list."""
    return len({word for text in cells for word in _words(text) if word in known})


def _broken(cells: Iterable[str]) -> bool:
    """Signs that no Vietnamese word has: a currency, a control code, a lone mark between letters."""
    odd = set("¡¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿Ã×÷\ufffd?") | {chr(code) for code in range(0x80, 0xA0)}
    return any(
        sign in odd and 0 < place < len(text) - 1 and text[place - 1].isalpha()
        for text in cells
        for place, sign in enumerate(text)
    )


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _words(text: str) -> list[str]:
    return folded(text).split()
