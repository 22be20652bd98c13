"""Bytes -> text -> rows of text with their spreadsheet line. Says what it recognised; never guesses an encoding."""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass

from etl import legacy
from etl.findings import Finding, found

LIMIT_BYTES = 50 * 1024 * 1024
LIMIT_PLAIN_BYTES = (
    200 * 1024 * 1024
)  # of what plain_table.py reads, with a quarter of the memory for each byte
LIMIT_CELL = 32_767  # the longest text an Excel cell holds
DELIMITERS = ",;\t|"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SUSPECT = re.compile("[\x80-\u2122]{2,}")
_LETTERS = "aăâeêioôơuưyđ"
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_VIETNAMESE = frozenset(
    unicodedata.normalize("NFC", case(letter) + tone)
    for letter in _LETTERS
    for tone in ("", *_TONES)
    for case in (str.lower, str.upper)
) | set("\u00a0–—‘’“”…•°±²³½¼¾×÷§«»₫€·©®´¨¿¡")


@dataclass(frozen=True)
class Rows:
    """Cells as text. ``lines[i]`` is the spreadsheet line of ``cells[i]``; ``blank`` counts skipped empty lines."""

    header: tuple[str, ...]
    header_line: int
    cells: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    delimiter: str
    blank: int


def to_text(data: bytes) -> tuple[str, str, list[Finding]]:
    """Text (NFC), the name of its encoding and findings; with a blocking finding the text is empty."""
    if not data:
        return "", "", [found("file.empty")]
    text, encoding = _decoded(data)
    if text is None:
        return _old_font(data)
    control = CONTROL.search(text)
    if control:
        return "", encoding, [found("file.not_text", text.count("\n", 0, control.start()) + 1)]
    if not text.strip():
        return "", encoding, [found("file.empty")]
    text = unicodedata.normalize("NFC", text)
    damaged = mojibake(text)
    if damaged:
        word, repaired = damaged
        line = text.count("\n", 0, text.find(word)) + 1
        return "", encoding, [found("encoding.mojibake", line, None, word, repaired=repaired)]
    return _converted(text, encoding) if not text.isascii() else (text, encoding, [])


def _converted(text: str, encoding: str) -> tuple[str, str, list[Finding]]:
    """Text of an old font that a program has saved as Unicode or Windows-1258: converted where certain."""
    name, converted = legacy.recognise(text)
    if not name:
        return text, encoding, []
    sample, result = next(
        (old, new) for old, new in zip(text.splitlines(), converted.splitlines(), strict=True) if old != new
    )
    return converted, name, [found("encoding.converted", value=sample, font=name.upper(), converted=result)]


def _old_font(data: bytes) -> tuple[str, str, list[Finding]]:
    """Bytes that are no known encoding: an old font where that is certain, else a refusal."""
    text, encoding, findings = _converted(data.decode("latin-1"), "")
    if not findings or CONTROL.search(text):
        return "", "", [found("encoding.unknown")]
    return text, encoding, findings


def too_large(data: bytes) -> Finding | None:
    """What can be refused before anything is read."""
    if len(data) > LIMIT_BYTES:
        limit, plain = LIMIT_BYTES // 1024**2, LIMIT_PLAIN_BYTES // 1024**2
        return found("file.too_large", megabytes=round(len(data) / 1024**2), limit=limit, plain=plain)
    return None


def _decoded(data: bytes) -> tuple[str | None, str]:
    """(text, encoding); text None when no supported encoding fits."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), "utf-16"
        except UnicodeDecodeError:
            return None, ""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _windows_1258(data)
    return text, "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"


def _windows_1258(data: bytes) -> tuple[str | None, str]:
    """Windows-1258 only when every letter comes out Vietnamese: old font encodings give other letters."""
    try:
        text = unicodedata.normalize("NFC", data.decode("cp1258"))
    except UnicodeDecodeError:
        return None, ""
    foreign = {char for char in text if char > "\x7f"} - _VIETNAMESE
    return (None, "") if foreign else (text, "windows-1258")


def _as_bytes(word: str, codec: str) -> bytes:
    """The bytes that, read in ``codec``, look like ``word``; programs pass undefined bytes through as they are."""
    parts = []
    for char in word:
        try:
            parts.append(char.encode(codec))
        except UnicodeEncodeError:
            parts.append(char.encode("latin-1"))
    return b"".join(parts)


def mojibake(text: str) -> tuple[str, str] | None:
    """First run of letters that is UTF-8 read in the wrong table (``Ã´`` for ``ô``), with the repair."""
    for word in sorted(set(_SUSPECT.findall(text))):
        for codec in ("cp1252", "cp1258"):
            try:
                repaired = _as_bytes(word, codec).decode("utf-8")
            except UnicodeError:
                continue
            if any(char.isalpha() and char in _VIETNAMESE for char in repaired):
                return word, unicodedata.normalize("NFC", repaired)
    return None


def _header_cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def sniff_delimiter(line: str) -> str:
    """The separator that cuts the heading line into most cells; comma when there is none."""
    return max(DELIMITERS, key=lambda mark: (len(_header_cells(line, mark)), -DELIMITERS.index(mark)))


def to_rows(text: str) -> tuple[Rows, list[Finding]]:
    """Cut text into rows. One record is one spreadsheet line, also when a quoted cell holds a line break, and
    empty lines count as lines: the numbers are those that a spreadsheet program shows at the left."""
    lines = io.StringIO(text, newline="")
    first = next((line for line in lines if line.strip()), "")
    named = re.fullmatch(r'"?sep=([,;\t|])"?\s*', first)
    delimiter = named[1] if named else sniff_delimiter(first)
    csv.field_size_limit(LIMIT_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: tuple[str, ...] = ()
    header_line = number = blank = 0
    cells, places, findings = [], [], []
    try:
        for number, record in enumerate(reader, start=1):
            row = tuple(cell.strip() for cell in record)
            if not any(row) or (named and not header and row[0].startswith("sep=")):
                blank += 1
            elif not header:
                header, header_line = row, number
            else:
                cells.append(row)
                places.append(number)
    except csv.Error as error:
        code = "row.cell_too_long" if "field larger" in str(error) else "row.quotes"
        findings.append(found(code, number + 1, limit=LIMIT_CELL))
    return Rows(header, header_line, tuple(cells), tuple(places), delimiter, blank), findings
