"""Reporting periods: one grammar for ids, for what officials write, and for order in time.

A period is a label first: many published figures do not print the days they cover, so ``start`` and
``end`` may be unknown. Administrative quarters close on the 14th of their last month (Quý I/2024 is
15/12/2023 to 14/3/2024); which rule holds is data (``periods.toml``), not code.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

VIET_NAM = timezone(timedelta(hours=7))
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_ID = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<nine>9M)|(?P<before>before)"
    r"|(?P<about>about)|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?"
)


@dataclass(frozen=True)
class Period:
    """One reporting period. ``kind``: quarter, half, nine_months, year, month, day, before, about, undated."""

    id: str
    kind: str
    start: date | None
    end: date | None

    @property
    def sort_key(self) -> str:
        """Text that orders periods in time; a baseline comes before its year, an undated figure first."""
        if self.kind == "undated":
            return "0000"
        if self.kind in ("before", "about"):
            return self.id[:4] + ("-00" if self.kind == "before" else "-12-31")
        return self.end.isoformat() + ("~" if self.kind == "year" else "")

    @property
    def number(self) -> int | None:
        """Quarter, half or month number inside its year; None for other kinds."""
        match = _ID.fullmatch(self.id)
        text = match and (match["quarter"] or match["half"] or match["month"])
        return int(text) if text and self.kind in ("quarter", "half", "month") else None

    @property
    def year(self) -> int | None:
        """Calendar year in the label; None when undated."""
        return None if self.kind == "undated" else int(self.id[:4])

    def previous_quarter(self) -> str | None:
        """Id of the quarter just before; None for other kinds."""
        if self.kind != "quarter":
            return None
        return f"{self.year - 1}-Q4" if self.number == 1 else f"{self.year}-Q{self.number - 1}"


def _months(year: int, first: int, count: int, administrative: bool) -> tuple[date, date]:
    """First and last day of ``count`` months; administrative periods run from the 15th to the 14th."""
    last = first + count - 1
    if administrative:
        start = date(year - 1, 12, 15) if first == 1 else date(year, first - 1, 15)
        return start, date(year, last, 14)
    following = date(year + 1, 1, 1) if last == 12 else date(year, last + 1, 1)
    return date(year, first, 1), following - timedelta(days=1)


@lru_cache(maxsize=4096)
def from_id(period_id: str, administrative: bool = True) -> Period:
    """Build a period from its id; ValueError when the id is not one (``2024-Q1``, ``2023``, ``2024-07``,
    ``2024-H1``, ``2024-9M``, ``2023-12-27``, ``2023-before``, ``2023-about``, ``undated``)."""
    if period_id == "undated":
        return Period(period_id, "undated", None, None)
    match = _ID.fullmatch(period_id)
    if not match:
        raise ValueError(f"not a period: {period_id!r}")
    year = int(match["year"])
    if match["quarter"]:
        return Period(period_id, "quarter", *_months(year, 3 * int(match["quarter"]) - 2, 3, administrative))
    if match["half"]:
        return Period(period_id, "half", *_months(year, 6 * int(match["half"]) - 5, 6, administrative))
    if match["nine"]:
        return Period(period_id, "nine_months", *_months(year, 1, 9, administrative))
    if match["before"] or match["about"]:
        return Period(period_id, "before" if match["before"] else "about", None, None)
    if match["day"]:
        day = date(year, int(match["month"]), int(match["day"]))
        return Period(period_id, "day", day, day)
    if match["month"]:
        if not 1 <= int(match["month"]) <= 12:
            raise ValueError(f"not a month: {period_id!r}")
        return Period(period_id, "month", *_months(year, int(match["month"]), 1, administrative=False))
    return Period(period_id, "year", *_months(year, 1, 12, administrative=False))


def today_in_viet_nam() -> date:
    """The day it is in Viet Nam, wherever the server stands."""
    return datetime.now(VIET_NAM).date()


def day_in_viet_nam(text: str) -> date:
    """The day it was in Viet Nam at an ISO moment; a plain day is that day.

    >>> day_in_viet_nam("2025-01-28T17:30:00+00:00"), day_in_viet_nam("2025-01-28")
    (datetime.date(2025, 1, 29), datetime.date(2025, 1, 28))
    """
    moment = datetime.fromisoformat(text)
    return (moment.astimezone(VIET_NAM) if moment.tzinfo else moment).date()


def closed_quarters(first: str, day: date, administrative: bool = True) -> list[str]:
    """Quarters from ``first`` to the newest one that was over before ``day``, oldest first; empty when none was.

    >>> closed_quarters("2024-Q3", date(2025, 3, 15))
    ['2024-Q3', '2024-Q4', '2025-Q1']
    >>> closed_quarters("2024-Q3", date(2025, 3, 15), administrative=False)
    ['2024-Q3', '2024-Q4']
    """
    found = []
    year, number = int(first[:4]), int(first[-1])
    while from_id(f"{year}-Q{number}", administrative).end < day:
        found.append(f"{year}-Q{number}")
        year, number = (year + 1, 1) if number == 4 else (year, number + 1)
    return found


def due_day(period_id: str, days: int, administrative: bool = True) -> date | None:
    """The last day on which a report about a period is on time, ``days`` after its end; None where that is not known.

    >>> due_day("2024-Q4", 45)
    datetime.date(2025, 1, 28)
    """
    end = from_id(period_id, administrative).end
    return end + timedelta(days=days) if end else None


def _plain(text: str) -> str:
    """Lower case, no accents, single spaces: how people's spellings of a period are compared."""
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    bare = "".join(char for char in bare if not unicodedata.combining(char))
    return re.sub(r"\s+", " ", bare.replace("–", "-")).strip(" .")


_YEAR = r"(?P<year>(?:19|20)\d\d)"
_SPOKEN = (
    (rf"(?:quy|q)\s*(?P<n>[1-4]|iv|i{{1,3}})\s*(?:/|-|nam|,)?\s*(?:nam\s*)?{_YEAR}", "{year}-Q{n}"),
    (rf"{_YEAR}\s*[-/]?\s*(?:quy|q)\s*(?P<n>[1-4]|iv|i{{1,3}})", "{year}-Q{n}"),
    (rf"(?:nam\s*)?{_YEAR}", "{year}"),
    (rf"6 thang dau\s*(?:cua\s*)?(?:nam\s*)?{_YEAR}", "{year}-H1"),
    (rf"6 thang cuoi\s*(?:cua\s*)?(?:nam\s*)?{_YEAR}", "{year}-H2"),
    (rf"9 thang(?: dau)?\s*(?:cua\s*)?(?:nam\s*)?{_YEAR}", "{year}-9M"),
    (rf"(?:thang\s*)?(?P<n>0?[1-9]|1[0-2])\s*[-/]\s*{_YEAR}", "{year}-{n:02d}"),
    (rf"thang\s*(?P<n>0?[1-9]|1[0-2])\s*nam\s*{_YEAR}", "{year}-{n:02d}"),
    (rf"(?:ngay\s*)?(?P<d>\d{{1,2}})[-/](?P<n>\d{{1,2}})[-/]{_YEAR}", "{year}-{n:02d}-{d:02d}"),
    (rf"(?:truoc thi diem|truoc)\s*(?:nam\s*)?{_YEAR}", "{year}-before"),
    (rf"(?:khoang|uoc)\s*(?:nam\s*)?{_YEAR}", "{year}-about"),
)


def parse(text: str, administrative: bool = True) -> Period:
    """Read a period as a commune office writes it; ValueError when it cannot be read with certainty.

    >>> [parse(text).id for text in ("Quý I/2024", "Q1/2024", "2024-Q1", "6 tháng đầu năm 2024", "03/2024")]
    ['2024-Q1', '2024-Q1', '2024-Q1', '2024-H1', '2024-03']
    >>> parse("trước thí điểm 2023").id
    '2023-before'
    """
    try:
        return from_id(text.strip(), administrative)
    except ValueError:
        pass
    plain = _plain(text)
    if plain in ("khong ghi ngay", "khong ro", "undated"):
        return from_id("undated")
    for pattern, shape in _SPOKEN:
        match = re.fullmatch(pattern, plain)
        if match:
            parts = match.groupdict()
            number = parts.get("n") or "0"
            filled = shape.format(
                year=parts["year"],
                n=ROMAN.get(number) or int(number),
                d=int(parts.get("d") or 0),
            )
            return from_id(filled, administrative)
    raise ValueError(f"not a period: {text!r}")


def spoken(period_id: str) -> str:
    """How an office says a period in the midst of a sentence; a text that is no id stays.

    >>> [spoken(item) for item in ("2024-Q3", "2024-H1", "2024-03", "2023", "2023-before", "x")]
    ['quý III/2024', '6 tháng đầu năm 2024', 'tháng 3/2024', 'năm 2023', 'trước thí điểm 2023', 'x']
    """
    try:
        found = from_id(period_id)
    except ValueError:
        return period_id
    roman = {number: name.upper() for name, number in ROMAN.items()}
    year = period_id[:4]
    words = {
        "quarter": lambda: f"quý {roman[found.number]}/{year}",
        "half": lambda: f"6 tháng {'đầu' if found.number == 1 else 'cuối'} năm {year}",
        "nine_months": lambda: f"9 tháng đầu năm {year}",
        "month": lambda: f"tháng {found.number}/{year}",
        "year": lambda: f"năm {year}",
        "before": lambda: f"trước thí điểm {year}",
    }
    return words[found.kind]() if found.kind in words else period_id
