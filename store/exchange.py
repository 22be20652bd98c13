"""What the files that the product writes and its own reader agree on: forms and marked copies go out and come back.

A sheet that begins with READING_SHEET, and a column under READING_COLUMNS, are there to be read by people; the reader
passes over them without a word.
"""

from dataclasses import dataclass

FIRST_LANGUAGE = "vi"
READING_SHEET = {
    "vi": "Trang này để đọc, không phải số liệu.",
    "en": "This sheet is for reading; it holds no figures.",
}
READING_COLUMNS = {"vi": "Để đọc, không điền", "en": "For reading, not to be filled in"}

# Stands behind a text that a workbook held as a typed number or date: nothing about it needs guessing.
TYPED = "\u2063"


@dataclass(frozen=True)
class Mark:
    """One finding as it is shown to the sender: ``severity`` block, warn or note; ``sheet``, ``line``, ``cell`` as far
    as known; ``value`` the cell's text, ``message`` what is wrong, ``remedy`` what to write instead."""

    severity: str
    sheet: str | None
    line: int | None
    cell: str | None
    value: str
    code: str
    message: str
    remedy: str = ""


def worded(texts: dict[str, str], language: str) -> str:
    """The wording in one language, Vietnamese where that language has none."""
    return texts.get(language) or texts[FIRST_LANGUAGE]


def is_for_reading(first: str) -> bool:
    """Whether a sheet whose first filled cell is ``first`` holds no figures by its own word."""
    return first.casefold().startswith(tuple(text.casefold() for text in READING_SHEET.values()))
