"""The empty report of one commune and period as a workbook, made from the definitions: every sheet is one commune's form,
the last one says how to fill it in.

What is written here, the reader of reports reads back to the same figures; columns under the heading of
``READING_COLUMNS`` and the last sheet are passed over by it.
"""

import io
import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from store.definitions import Area, Catalogue, Definition, Indicator, Pillar
from store.exchange import READING_COLUMNS, READING_SHEET, worded
from store.periods import Period, from_id

Say = Callable[..., str]
FONT = "Times New Roman"
ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
NO_CASES = "KPS"
QUALIFIERS = ("exact", "gt", "lt", "approx", "approx_below", "counted", "derived")
LONGEST_CELL, LONGEST_PROMPT, LONGEST_TITLE = 32_767, 255, 32
HEAD, SUBHEAD, FIRST = 4, 5, 6  # rows from 0: two of headings, then the figures
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Column:
    """One column of the form: its key, width in characters, and whether it is filled in by the office."""

    key: str
    width: float
    input: bool = False


COLUMNS = (
    Column("ordinal", 4.5),
    Column("code", 13),
    Column("name", 31),
    Column("counted", 36),
    Column("unit_of", 8),
    Column("before_value", 10),
    Column("before_counts", 13),
    Column("definition", 16, True),
    Column("numerator", 11, True),
    Column("denominator", 11, True),
    Column("value", 13, True),
    Column("qualifier", 12, True),
    Column("note", 24, True),
)
PLACE = {column.key: place for place, column in enumerate(COLUMNS)}
LAST = len(COLUMNS) - 1
BEFORE_WORDS = {"no_cases": "form.no_cases", "suppressed": "form.suppressed"}
LISTS = 4  # the hidden column of the last sheet
ASIDE = (PLACE["name"], PLACE["before_counts"])


@dataclass(frozen=True)
class Line:
    """One row of figures: an indicator counted in one way, what is known of it now and from the period before."""

    indicator: Indicator
    definition: Definition
    now: Mapping[str, Any]
    before: Mapping[str, Any]


def blank_form(
    catalogue: Catalogue,
    areas: Sequence[Area],
    period: Period,
    say: Say,
    language: str,
    *,
    previous: pd.DataFrame | None = None,
    previous_period: Period | None = None,
    figures: pd.DataFrame | None = None,
    contact: str = "",
) -> bytes:
    """The form of ``areas`` for ``period`` as XLSX, one sheet each.

    ``previous`` and ``figures`` hold area_id, indicator_id, definition, numerator, denominator, value, status and, of
    ``figures``, value_given, qualifier and note where known: the former stand beside the empty cells, the latter in
    them. ``previous_period`` is the quarter before unless said. ``contact`` says whom to ask.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.formats[0].set_font_name(FONT)
    book.set_properties({"title": say("form.title"), "comments": ""})
    before = previous_period or _before(period, catalogue.administrative_quarters)
    names: set[str] = set()
    lists = _Lists(sheet_name(say("form.guide.title"), names))
    for area in areas:
        writer = _Sheet(book, catalogue, area, period, before, say, language, lists)
        title = _full(area, say, language) if len(areas) > 1 else say("form.sheet")
        writer.write(sheet_name(title, names), _of(figures, area), _of(previous, area))
    _guide(book, say, language, contact, lists)
    book.close()
    return buffer.getvalue()


def sheet_name(text: str, taken: set[str]) -> str:
    """A name that every program accepts and that no other sheet has; it joins ``taken``."""
    bare = _NOT_IN_NAMES.sub(" ", clean(text)).strip(" '")[:31] or "1"
    name, number = bare, 2
    while name.casefold() in taken or name.casefold() == "history":
        name = f"{bare[:26].rstrip()} ({number})"
        number += 1
    taken.add(name.casefold())
    return name


def clean(text: str) -> str:
    """Text as a cell can hold it: composed, no characters that XML forbids, no longer than a cell."""
    return _NOT_XML.sub("", unicodedata.normalize("NFC", text))[:LONGEST_CELL]


def _before(period: Period, administrative: bool) -> Period | None:
    if period.kind != "quarter" or period.number is None or period.year is None:
        return None
    year, number = (period.year, period.number - 1) if period.number > 1 else (period.year - 1, 4)
    return from_id(f"{year}-Q{number}", administrative)


def _of(figures: pd.DataFrame | None, area: Area) -> list[dict[str, Any]]:
    """One commune's figures, with nothing for what is missing."""
    if figures is None or figures.empty:
        return []
    rows = figures[figures["area_id"] == area.id].to_dict("records")
    return [{key: item for key, item in row.items() if _known(item)} for row in rows]


def _known(item: object) -> bool:
    return item is not None and str(item) not in ("<NA>", "NaT") and item == item


def _full(area: Area, say: Say, language: str) -> str:
    return say(f"kind.{area.kind}", name=area.name.to(language))


def _day(day: date, say: Say) -> str:
    return say("period.day", day=day.day, month=day.month, year=day.year)


def _period(period: Period, say: Say) -> str:
    number = period.number or 0
    key = f"period.{period.kind}{number if period.kind == 'half' else ''}"
    roman = ROMAN[number] if period.kind == "quarter" else ""
    return say(key, year=period.year, roman=roman, number=number)


def _lines(
    catalogue: Catalogue, pillar: Pillar, now: list[dict[str, Any]], before: list[dict[str, Any]]
) -> Iterator[Line]:
    """One for every indicator of a pillar that communes report, in its default definition or in those that stand in
    the figures."""
    keyed = [{(row["indicator_id"], row["definition"]): row for row in rows} for rows in (now, before)]
    own = [item for item in catalogue.indicators if item.uploaded and item.pillar == pillar.id]
    for indicator in sorted(own, key=lambda item: item.order):
        used = [
            definition
            for definition in indicator.definitions
            if any((indicator.id, definition.id) in rows for rows in keyed)
        ]
        for definition in used or [indicator.definition(indicator.default_definition)]:
            key = (indicator.id, definition.id)
            yield Line(indicator, definition, keyed[0].get(key, {}), keyed[1].get(key, {}))


class _Lists:
    """Words to choose from, kept in a hidden column of the last sheet: a list inside a cell's rule is cut at commas."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        self.words: list[str] = []
        self._known: dict[tuple[str, ...], str] = {}

    def reference(self, words: Sequence[str]) -> str:
        """Where these words stand."""
        key = tuple(words)
        if key not in self._known:
            first = len(self.words) + 1
            self.words += key
            column = chr(65 + LISTS)
            self._known[key] = f"='{self.sheet}'!${column}${first}:${column}${len(self.words)}"
        return self._known[key]


class _Sheet:
    """One commune's sheet."""

    def __init__(
        self,
        book: Any,
        catalogue: Catalogue,
        area: Area,
        period: Period,
        before: Period | None,
        say: Say,
        language: str,
        lists: _Lists,
    ) -> None:
        self._lists = lists
        self._book, self._catalogue, self._area = book, catalogue, area
        self._period, self._before, self._say, self._language = period, before, say, language
        self._formats: dict[tuple, Any] = {}

    def write(self, name: str, now: list[dict[str, Any]], before: list[dict[str, Any]]) -> None:
        self._page = self._book.add_worksheet(name)
        for place, column in enumerate(COLUMNS):
            self._page.set_column(place, place, column.width)
        self._title()
        self._headings()
        row, ordinal = FIRST, 0
        for number, pillar in enumerate(self._catalogue.pillars, start=1):
            lines = list(_lines(self._catalogue, pillar, now, before))
            if not lines:
                continue
            self._group(row, number, pillar)
            row += 1
            for line in lines:
                ordinal += 1
                self._line(row, ordinal, line)
                row += 1
        self._signatures(row + 1)
        self._setup(row + 4)

    def _format(self, **facts: Any) -> Any:
        key = tuple(sorted(facts.items()))
        if key not in self._formats:
            base = {"font_name": FONT, "font_size": 11, "valign": "vcenter", "text_wrap": True}
            self._formats[key] = self._book.add_format({**base, **facts})
        return self._formats[key]

    def _text(self, row: int, place: int, text: str, form: Any) -> None:
        self._page.write_string(row, place, clean(text), form)

    def _span(self, row: int, first: int, last: int, text: str, form: Any) -> None:
        self._page.merge_range(row, first, row, last, "", form)
        self._text(row, first, text, form)

    def _title(self) -> None:
        say, half = self._say, PLACE["unit_of"]
        title = self._format(bold=True, font_size=15, align="center")
        bold, plain = self._format(bold=True), self._format()
        self._span(0, 0, LAST, say("form.title").upper(), title)
        self._page.set_row(0, 26)
        name = _full(self._area, say, self._language)
        code = self._area.code
        unit = say("form.unit_coded", name=name, code=code) if code else say("form.unit", name=name)
        self._span(1, 0, half, unit, bold)
        self._span(1, half + 1, LAST, self._dated(), bold)
        due = self._period.end and self._period.end + timedelta(days=self._catalogue.due_days)
        self._span(2, 0, half, say("form.due", day=_day(due, say)) if due else "", plain)
        hint = say("form.hint", guide=say("form.guide.title"))
        self._span(2, half + 1, LAST, hint, self._format(italic=True))
        self._page.set_row(3, 6)

    def _dated(self) -> str:
        """The period, with its days where quarters do not follow the calendar."""
        say, period = self._say, self._period
        named = _period(period, say)
        if not (self._catalogue.administrative_quarters and period.kind == "quarter"):
            return say("form.period", period=named)
        return say("form.period_days", period=named, start=_day(period.start, say), end=_day(period.end, say))

    def _heading_text(self, key: str) -> str:
        if key in ("before_value", "before_counts"):
            before = _period(self._before, self._say) if self._before else self._say("form.before_none")
            return self._say(f"form.{key}", period=before)
        return self._say(f"form.{key}")

    def _headings(self) -> None:
        facts = {"bold": True, "align": "center", "border": 1}
        aside, own = self._format(bg_color="#D9D9D9", **facts), self._format(bg_color="#DDEBF7", **facts)
        for place, column in enumerate(COLUMNS):
            if place < ASIDE[0]:
                self._page.merge_range(HEAD, place, SUBHEAD, place, "", aside)
                self._text(HEAD, place, self._heading_text(column.key), aside)
            else:
                self._text(SUBHEAD, place, self._heading_text(column.key), own if column.input else aside)
        self._span(HEAD, ASIDE[0], ASIDE[1], worded(READING_COLUMNS, self._language), aside)
        self._span(HEAD, ASIDE[1] + 1, LAST, self._say("form.this_period"), own)
        self._page.set_row(HEAD, 20)
        self._page.set_row(SUBHEAD, 48)

    def _group(self, row: int, number: int, pillar: Pillar) -> None:
        form = self._format(bold=True, bg_color="#F2F2F2", border=1)
        self._text(
            row, 0, ROMAN[number], self._format(bold=True, bg_color="#F2F2F2", border=1, align="center")
        )
        self._span(row, 1, LAST, pillar.name.to(self._language), form)
        self._page.set_row(row, 20)

    def _line(self, row: int, ordinal: int, line: Line) -> None:
        indicator, language = line.indicator, self._language
        grey = {"border": 1, "bg_color": "#F2F2F2"}
        read = self._format(indent=1, **grey)
        small = self._format(font_size=7, font_color="#595959", **grey)
        counted = self._counted(indicator)
        self._page.write_number(row, 0, ordinal, self._format(align="center", **grey))
        self._text(row, PLACE["code"], indicator.id, small)
        self._text(row, PLACE["name"], indicator.name.to(language), read)
        self._text(row, PLACE["counted"], counted, self._format(font_size=9, indent=1, **grey))
        self._text(row, PLACE["unit_of"], self._unit(indicator), self._format(align="center", **grey))
        self._before_cells(row, line)
        self._definition(row, line)
        self._counts(row, line)
        self._value(row, line)
        self._words(row, line)
        longest = max(len(indicator.name.to(language)) / 30, len(counted) / 42, 2)
        self._page.set_row(row, 15.5 * math.ceil(longest))

    def _counted(self, indicator: Indicator) -> str:
        words = {
            "numerator": indicator.numerator.to(self._language),
            "denominator": indicator.denominator.to(self._language),
        }
        if indicator.is_rate:
            return self._say("form.explain_rate", **words)
        return self._say("form.explain_ratio" if words["denominator"] else "form.explain_value", **words)

    def _unit(self, indicator: Indicator) -> str:
        return self._say(f"unit.name.{indicator.unit}")

    def _before_cells(self, row: int, line: Line) -> None:
        """The figures of the period before, in full; how they are shown is the cell's format."""
        known, say = line.before, self._say
        facts = {"border": 1, "bg_color": "#F2F2F2", "font_color": "#595959", "align": "right", "indent": 1}
        grey = self._format(**facts)
        place, numerator, denominator = (
            PLACE["before_value"],
            known.get("numerator"),
            known.get("denominator"),
        )
        if "value" in known:
            shown = '#,##0.0"%"' if line.indicator.unit == "percent" else "#,##0.##"
            if line.indicator.unit != "percent" and float(known["value"]).is_integer():
                shown = "#,##0"
            self._page.write_number(row, place, known["value"], self._format(num_format=shown, **facts))
        else:
            key = BEFORE_WORDS.get(known.get("status"), "form.not_reported")
            self._text(row, place, say(key), grey)
        counts = "" if numerator is None or denominator is None else f"{numerator:.15g}/{denominator:.15g}"
        self._text(row, PLACE["before_counts"], counts, grey)

    def _input(self, **facts: Any) -> Any:
        return self._format(border=1, locked=False, **facts)

    def _ask(self, row: int, place: int, title: str, prompt: str, **rule: Any) -> None:
        """What may stand in a cell, said when it is chosen and when something else is written."""
        self._page.data_validation(
            row,
            place,
            row,
            place,
            {
                "ignore_blank": True,
                "input_title": title[:LONGEST_TITLE],
                "input_message": _shortened(prompt),
                "error_title": self._say("form.number_wrong")[:LONGEST_TITLE],
                **rule,
            },
        )

    def _definition(self, row: int, line: Line) -> None:
        """The way of counting: a choice where there are several, else nothing to be said."""
        place, choices = PLACE["definition"], _definition_words(line.indicator, self._language)
        if len(choices) < 2:
            self._page.write_blank(row, place, None, self._format(border=1, bg_color="#F2F2F2"))
            return
        self._text(row, place, choices[line.definition.id], self._input(font_size=10, indent=1))
        self._ask(
            row,
            place,
            self._say("form.definition"),
            self._say("form.choose_definition"),
            validate="list",
            source=self._lists.reference(list(choices.values())),
            error_message=_shortened(self._say("form.choose_definition")),
        )

    def _counts(self, row: int, line: Line) -> None:
        indicator, say = line.indicator, self._say
        for key in ("numerator", "denominator"):
            place, words = PLACE[key], getattr(indicator, key).to(self._language)
            if key in line.now:
                self._page.write_number(row, place, line.now[key], self._input(num_format="#,##0"))
            elif indicator.is_rate or (indicator.denominator and indicator.denominator.to(self._language)):
                self._page.write_blank(row, place, None, self._input(num_format="#,##0"))
            else:
                self._page.write_blank(row, place, None, self._format(border=1, bg_color="#D9D9D9"))
                continue
            prompt = f"{words}. " if words else ""
            never = indicator.is_rate and indicator.can_exceed_100 == "no"
            if key == "denominator" and never:
                own, other = _cell(row, place), _cell(row, PLACE["numerator"])
                rule = f"=AND(ISNUMBER({own}),{own}>=0,{own}=INT({own}),OR(NOT(ISNUMBER({other})),{own}>={other}))"
                prompt += say("form.not_larger")
                facts = {"validate": "custom", "value": rule, "error_type": "warning"}
                facts["error_message"] = _shortened(say("form.not_larger"))
            else:
                prompt += say("form.whole")
                facts = {"validate": "integer", "criteria": ">=", "value": 0}
                facts["error_message"] = _shortened(say("form.whole"))
            self._ask(row, place, say(f"form.{key}"), prompt, **facts)
        if indicator.is_rate and indicator.can_exceed_100 == "no":
            first, second = _cell(row, PLACE["numerator"]), _cell(row, PLACE["denominator"])
            rule = f"=AND(ISNUMBER({first}),ISNUMBER({second}),{first}>{second})"
            amber = self._book.add_format({"bg_color": "#FFE699"})
            self._page.conditional_format(
                row,
                PLACE["numerator"],
                row,
                PLACE["denominator"],
                {"type": "formula", "criteria": rule, "format": amber},
            )

    def _value(self, row: int, line: Line) -> None:
        indicator, say, place = line.indicator, self._say, PLACE["value"]
        shown = self._input(num_format="#,##0" if indicator.kind == "count" else "General", align="right")
        written = _value_written(line)
        if written is None:
            self._page.write_blank(row, place, None, shown)
        elif isinstance(written, str):
            self._text(row, place, written, shown)
        else:
            self._page.write_number(row, place, written, shown)
        own, words = _cell(row, place), f'UPPER(TRIM({_cell(row, place)}))="{NO_CASES}"'
        lowest, highest = indicator.valid_min, indicator.valid_max
        whole = f",{own}=INT({own})" if indicator.kind == "count" else ""
        rule = f"=OR({words},AND(ISNUMBER({own}),{own}>={lowest:.15g},{own}<={highest:.15g}{whole}))"
        wrong = say("form.value_wrong", lowest=_grouped(lowest, say), highest=_grouped(highest, say))
        percent = indicator.is_rate and indicator.unit == "percent"
        prompt = say("form.value_rate") if percent else say("form.value_other", unit=self._unit(indicator))
        self._ask(
            row,
            place,
            say("form.value"),
            prompt,
            validate="custom",
            value=rule,
            error_type="warning",
            error_message=_shortened(wrong),
        )

    def _words(self, row: int, line: Line) -> None:
        """Qualifier and note."""
        qualifier = line.now.get("qualifier", "exact")
        word = "" if qualifier == "exact" else self._say(f"qualifier_name.{qualifier}")
        self._text(row, PLACE["qualifier"], word, self._input(font_size=10, indent=1))
        self._ask(
            row,
            PLACE["qualifier"],
            self._say("form.qualifier"),
            self._say("form.choose_qualifier"),
            validate="list",
            source=self._lists.reference([self._say(f"qualifier_name.{name}") for name in QUALIFIERS]),
            error_message=_shortened(self._say("form.choose_qualifier")),
        )
        note = self._format(border=1, locked=False, quote_prefix=True, font_size=10, indent=1)
        self._text(row, PLACE["note"], str(line.now.get("note", "")), note)

    def _signatures(self, row: int) -> None:
        say = self._say
        bold, italic = self._format(bold=True, align="center"), self._format(italic=True, align="center")
        for first, last, head, below in (
            (PLACE["name"], PLACE["name"], "form.prepared", "form.sign"),
            (PLACE["definition"], LAST, "form.approved", "form.seal"),
        ):
            for step, key, form in ((0, head, bold), (1, below, italic)):
                if first == last:
                    self._text(row + step, first, say(key), form)
                else:
                    self._span(row + step, first, last, say(key), form)

    def _setup(self, last: int) -> None:
        page = self._page
        page.freeze_panes(FIRST, PLACE["counted"])
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(9)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.fit_to_pages(1, 0)
        page.repeat_rows(HEAD, SUBHEAD)
        page.print_area(0, 0, last, LAST)
        page.center_horizontally()
        page.set_footer(f'&L&"{FONT}"&9&A&R&"{FONT}"&9{self._say("form.page")} &P/&N')
        page.protect("", {"format_columns": True, "format_rows": True})
        page.set_selection(FIRST + 1, PLACE["numerator"], FIRST + 1, PLACE["numerator"])


def _cell(row: int, place: int) -> str:
    return f"${chr(65 + place)}${row + 1}"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_PROMPT else text[: LONGEST_PROMPT - 1] + "…"


def _grouped(number: float, say: Say) -> str:
    """The ends of a range, which are whole or short in every definition."""
    text = f"{number:,.15g}"
    return (
        text.replace(",", "\0").replace(".", say("language.decimal")).replace("\0", say("language.thousands"))
    )


def _definition_words(indicator: Indicator, language: str) -> dict[str, str]:
    """Id -> what stands in the cell: the name, or the id where two names are alike."""
    names = [definition.name.to(language) for definition in indicator.definitions]
    return {
        definition.id: name if name and names.count(name) == 1 else definition.id
        for definition, name in zip(indicator.definitions, names, strict=True)
    }


def _value_written(line: Line) -> float | str | None:
    """What stands in the value's cell: nothing where the counts give it."""
    now = line.now
    counts = {"numerator", "denominator"} <= now.keys()
    if now.get("status") == "no_cases" and "value" not in now:
        return None if counts else NO_CASES
    if "value" not in now:
        return None
    percent = line.indicator.is_rate and line.indicator.unit == "percent"
    given = now.get("value_given", not (counts and percent))
    return float(now["value"]) if given else None


def _guide(book: Any, say: Say, language: str, contact: str, lists: _Lists) -> None:
    """How to fill in; its first cell tells the reader of reports to pass over it."""
    page = book.add_worksheet(lists.sheet)
    base = {"font_name": FONT, "font_size": 12, "valign": "top", "text_wrap": True}
    grey = book.add_format({**base, "italic": True, "font_color": "#595959", "text_wrap": False})
    title = book.add_format({**base, "bold": True, "font_size": 15, "text_wrap": False})
    head, text = book.add_format({**base, "bold": True, "bottom": 4}), book.add_format({**base, "bottom": 4})
    words = ", ".join(say(f"qualifier_name.{name}") for name in QUALIFIERS[1:])
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 95)
    page.write_string(0, 0, worded(READING_SHEET, language), grey)
    page.write_string(1, 0, say("form.guide.heading"), title)
    page.set_row(1, 28)
    row = 3
    parts = (
        "cells", "counts", "value", "decimal", "blank", "no_cases", "zero",
        "qualifier", "definition", "note", "send",
    )  # fmt: skip
    for key in parts:
        sentence = (
            say("form.guide.qualifier_text", words=words)
            if key == "qualifier"
            else say(f"form.guide.{key}_text")
        )
        page.write_string(row, 0, say(f"form.guide.{key}"), head)
        page.write_string(row, 1, sentence, text)
        page.set_row(row, 18 * math.ceil(len(sentence) / 92) + 4)
        row += 1
    if contact:
        page.write_string(row, 0, say("form.guide.contact"), head)
        page.write_string(row, 1, clean(contact), text)
    for place, word in enumerate(lists.words):
        page.write_string(place, LISTS, clean(word))
    page.set_column(LISTS, LISTS, 20, None, {"hidden": True})
    page.print_area(0, 0, row, 1)
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.protect("")
