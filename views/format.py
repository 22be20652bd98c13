"""Numbers, shares, periods and names as the reader's language writes them. The only place where anything is rounded.

Shares come in as fractions (0.107) and go out as percentages (10,7%). Rounding is half up on the decimal text
of the exact value, so that 0.1065 reads 10,7% and not what binary fractions make of it.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from store import periods
from store.definitions import Area, Indicator
from store.groups import Group
from views.text import Language

ROMAN = ("", "I", "II", "III", "IV")
MINUS = "−"


def is_missing(value: object) -> bool:
    """None, NaN or pandas' NA."""
    return value is None or str(value) in ("<NA>", "nan", "NaT")


def number(value: float, language: Language, decimals: int | None = None) -> str:
    """1234567.5 -> 1.234.567,5; ``decimals`` None keeps the digits that are there. Missing gives an en dash."""
    if is_missing(value):
        return "–"
    exact = Decimal(repr(float(value)))
    if decimals is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    elif exact == exact.to_integral_value():
        exact = exact.to_integral_value()
    text = f"{abs(exact):,f}"
    text = text.replace(",", "\0").replace(".", language.decimal).replace("\0", language.thousands)
    return (MINUS if exact < 0 else "") + text


def _decimals_given(value: float) -> int:
    """How many decimals a printed number has; a number below ten is printed with one at least (2,0%)."""
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return max(-exponent, 1 if abs(value) < 10 and value != 0 else 0)


def percent(fraction: float, language: Language, *, as_printed: bool = False) -> str:
    """0.107 -> 10,7%. One decimal; a share that is not whole is never shown as 100% and one above nothing never
    as 0%. ``as_printed`` keeps the decimals of a published figure (86,17%)."""
    if is_missing(fraction):
        return "–"
    points = float(f"{fraction * 100:.12g}")  # 0.0045 * 100 is 0.45000000000000001
    if as_printed:
        return number(points, language, _decimals_given(points)) + "%"
    if points in (0.0, 100.0):
        return number(points, language, 0) + "%"
    if 99.95 <= points < 100:
        return ">" + number(99.9, language, 1) + "%"
    if 100 < points < 100.05:
        return ">" + number(100, language, 0) + "%"
    if 0 < points < 0.05:
        return "<" + number(0.1, language, 1) + "%"
    return number(points, language, 1) + "%"


def printed_range(fraction: float) -> tuple[float, float]:
    """Which shares a printed percentage can stand for: 0,1% is anything from 0,05% to 0,15%. Fractions in and out."""
    points = float(f"{fraction * 100:.12g}")
    half = 0.5 * 10.0 ** -_decimals_given(points)
    return max(points - half, 0.0) / 100, (points + half) / 100


def signed(value: float, language: Language, decimals: int = 1) -> str:
    """+10,6 or −3,0; a change that rounds to nothing is written 0,0 without a sign."""
    if is_missing(value):
        return "–"
    text = number(abs(value), language, decimals)
    if not any(digit in text for digit in "123456789"):
        return text
    return ("+" if value > 0 else MINUS) + text


def points(change: float, language: Language, *, short: bool = False) -> str:
    """+10,6 điểm phần trăm (``short``: +10,6 điểm)."""
    if is_missing(change):
        return "–"
    return language.text("unit.points_short" if short else "unit.points", value=signed(change, language))


def fraction_text(numerator: float, denominator: float, language: Language) -> str:
    """119/1.112; a part that is unknown is written as a question mark, and nothing known as empty text."""
    if is_missing(numerator) and is_missing(denominator):
        return ""
    parts = ("?" if is_missing(part) else number(part, language) for part in (numerator, denominator))
    return "/".join(parts)


def measure(value: float, indicator: Indicator, language: Language, *, as_printed: bool = False) -> str:
    """A figure in its unit: shares as fractions, everything else as it is."""
    if is_missing(value):
        return "–"
    if indicator.unit == "percent":
        return percent(value, language, as_printed=as_printed)
    decimals = None if float(value).is_integer() or indicator.unit == "score" else 1
    return language.text(f"unit.{indicator.unit}", value=number(value, language, decimals))


def change(value: float, indicator: Indicator, language: Language, *, short: bool = False) -> str:
    """A difference: points for shares, units for the rest."""
    if indicator.unit == "percent":
        return points(value, language, short=short)
    if is_missing(value):
        return "–"
    decimals = 0 if float(value).is_integer() else 1
    return language.text(f"unit.{indicator.unit}", value=signed(value, language, decimals))


def qualified(text: str, qualifier: str, language: Language) -> str:
    """``hơn 26%`` where the source says so; an exact figure stays bare."""
    if qualifier in ("exact", "counted", "derived", "") or text == "–":
        return text
    return language.text(f"qualifier.{qualifier}", value=text)


def period(period_id: str, language: Language) -> str:
    """2023-Q4 -> Quý IV/2023."""
    found = periods.from_id(period_id)
    if found.kind == "day":
        return language.text(
            "period.day", day=found.start.day, month=found.start.month, year=found.start.year
        )
    index = found.number or 0
    return language.text(
        f"period.{found.kind}{index if found.kind == 'half' else ''}",
        year=found.year,
        roman=ROMAN[index] if found.kind == "quarter" else "",
        number=index,
    )


def period_dated(period_id: str, language: Language, administrative: bool) -> str:
    """A quarter with the days it covers, for where periods are chosen: Quý IV/2024 (15/9 – 14/12/2024)."""
    found = periods.from_id(period_id, administrative)
    if found.kind != "quarter":
        return period(period_id, language)
    start = f"{found.start.day}/{found.start.month}"
    if found.start.year != found.end.year:
        start += f"/{found.start.year}"
    return f"{period(period_id, language)} ({start} – {day(found.end.isoformat(), language)})"


def period_short(period_id: str, language: Language) -> str:
    """A label for an axis: QIV/23; other kinds than quarters as in full."""
    found = periods.from_id(period_id)
    if found.kind == "quarter":
        return language.text(
            "period.quarter_short", roman=ROMAN[found.number], number=found.number, year=found.year % 100
        )
    return period(period_id, language)


def day(text: str, language: Language) -> str:
    """ISO day or time -> 15/5/2024; other text is left as it is."""
    parts = (text or "")[:10].split("-")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        return language.text("period.day", day=int(parts[2]), month=int(parts[1]), year=int(parts[0]))
    return text or ""


def moment(text: str, language: Language) -> str:
    """ISO moment with its zone -> 14:05 ngày 15/1/2025 in Viet Nam; a day alone stays a day."""
    if len(text or "") <= 10:
        return day(text, language)
    at = datetime.fromisoformat(text).astimezone(periods.VIET_NAM)
    return language.text("period.moment", time=at.strftime("%H:%M"), day=day(at.date().isoformat(), language))


def area_name(area: Area, language: Language) -> str:
    """Name without its kind: Sông Cầu."""
    return area.name.to(language.code)


def area_full(area: Area, language: Language) -> str:
    """Name with its kind: Phường Sông Cầu."""
    key = f"kind.{area.kind}"
    name = area_name(area, language)
    return language.text(key, name=name) if language.has(key) else name


def area_inline(area: Area, language: Language) -> str:
    """Name with its kind inside a sentence: phường Sông Cầu."""
    key = f"kind_inline.{area.kind}"
    name = area_name(area, language)
    return language.text(key, name=name) if language.has(key) else name


def group(group: Group, language: Language) -> str:
    """What the communes of a group are called together: "8 xã, phường thí điểm"."""
    count = number(len(group.areas), language)
    place = group.province.name.to(language.code) if group.province else ""
    words = language.text(f"group.{group.kind}", count=count, **({"province": place} if place else {}))
    if group.kind in ("pilot", "successors"):
        return words
    if group.until:
        return language.text("group.until", group=words, day=day(group.until.isoformat(), language))
    return (
        language.text("group.since", group=words, day=day(group.since.isoformat(), language))
        if group.since
        else words
    )


def period_inline(period_id: str, language: Language) -> str:
    """A period inside a sentence: quý IV/2023, before the 2023 pilot; an abbreviation keeps its capital (Q4 2023)."""
    text = period(period_id, language)
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def square_km(value: float | None, language: Language) -> str:
    """4.06 -> 4,06 km²."""
    return "–" if value is None or math.isnan(value) else number(value, language) + " km²"


def label(words: Mapping[str, str], language: Language) -> str:
    """A definition's text in the reader's language (falls back to Vietnamese)."""
    return words.get(language.code) or words.get("vi", "")
