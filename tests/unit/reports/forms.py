"""What the tests of forms and marked copies share: the product's own definitions and texts."""

from datetime import date
from functools import cache
from pathlib import Path

from etl.check import Report, check
from store import catalogue as definitions
from store.definitions import Catalogue
from views.text import Language, languages

REFERENCE = Path(__file__).resolve().parents[3] / "data" / "reference"
TODAY = date(2025, 6, 1)


@cache
def catalogue(administrative: bool = True) -> Catalogue:
    """The product's definitions, with either rule of quarters."""
    files = dict(definitions.read_files(REFERENCE))
    if not administrative:
        rule = files["periods.toml"]
        files["periods.toml"] = rule.replace('quarter = "administrative"', 'quarter = "calendar"')
    return definitions.load(files)


def language(code: str) -> Language:
    """One of the product's languages."""
    return languages(REFERENCE / "texts")[code]


def judged(data: bytes, own: Catalogue | None = None, name: str = "bieu-mau.xlsx") -> Report:
    """What the reader of reports says of a file."""
    return check(name, data, own or catalogue(), "official", TODAY)
