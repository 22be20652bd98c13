"""A first look at the XML of a workbook: how far its cells reach, and what the reading library does not tell.

The library gives values; number formats (is 0.107 a percentage?), formulas without a computed value and the size of
the table, before memory is taken for it, are read here, with the parser of the standard library, and it stops early.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

LIMIT_CELLS = 400_000
LIMIT_AREA = 4_000_000  # cells between the first and the last: the library makes room for all of them
LIMIT_COLUMNS = 1000
MOST_ROWS, MOST_POSITIONS = 1_048_576, 16_384  # the size of a sheet in every program

_BUILT_IN = {9: "percent", 10: "percent", 17: "month"}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class TooLarge(Exception):
    """The cells exceed a limit; ``args[0]`` is the code of the finding."""


@dataclass
class Look:
    """One sheet: number formats that matter by (row, position) from 0, and cells in trouble."""

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    uncomputed: list[tuple[int, int]] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    cells: int = 0
    rows: int = 0
    columns: int = 0

    def filled(self, row: int, position: int, times: int = 1, lines: int = 1) -> None:
        """Count a filled cell, or a block of repeated ones; TooLarge when a limit is passed."""
        self.cells += times * lines
        self.rows = max(self.rows, row + lines)
        self.columns = max(self.columns, position + times)
        if self.columns > LIMIT_COLUMNS:
            raise TooLarge("file.too_wide")
        if self.cells > LIMIT_CELLS or self.rows * self.columns > LIMIT_AREA:
            raise TooLarge("file.too_many_cells")


def format_kind(code: str) -> str:
    """What a number format shows: ``percent``, ``month`` (no day), ``day_first`` or nothing that matters.

    >>> [format_kind(code) for code in ("0.0%", "mm/yyyy", "dd/mm/yyyy", "m/d/yy", "0.00")]
    ['percent', 'month', 'day_first', '', '']
    """
    bare = _QUOTED.sub("", code).casefold().split(";")[0]
    if "%" in bare:
        return "percent"
    if "m" in bare and "y" in bare and "d" not in bare and "h" not in bare and "s" not in bare:
        return "month"
    first = bare.find("d")
    return "day_first" if 0 <= first < bare.find("m") < bare.find("y") else ""


def _parse(content: bytes, start: Any, end: Any, text: Any = None) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    if text:
        parser.CharacterDataHandler = text
    parser.Parse(content, True)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _styles(content: bytes) -> list[str]:
    """Kind of every cell format of an XLSX."""
    codes: dict[int, str] = {}
    kinds: list[str] = []
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        inside.append(_local(name))
        if inside[-1] == "numFmt":
            codes[_number(attributes.get("numFmtId"))] = format_kind(attributes.get("formatCode", ""))
        elif inside[-2:] == ["cellXfs", "xf"]:
            number = _number(attributes.get("numFmtId"))
            kinds.append(codes.get(number, _BUILT_IN.get(number, "")))

    _parse(content, start, lambda _: inside.pop())
    return kinds


def _number(text: str | None) -> int:
    """A count of the XML, 0 when absent; ValueError for what is none, so that no reader understands it otherwise."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise ValueError(f"not a count: {text[:20]!r}")
    return int(text)


def _place(text: str, row: int, position: int) -> tuple[int, int]:
    """(row, position) from 0 of a reference; the next place when there is none."""
    if not text:
        return row, position
    match = _REFERENCE.fullmatch(text)
    if not match:
        raise ValueError(f"not a cell: {text[:20]!r}")
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - 64
    if not 0 < int(match[2]) <= MOST_ROWS or column > MOST_POSITIONS:
        raise ValueError(f"beyond a sheet: {text[:20]!r}")
    return int(match[2]) - 1, column - 1


class _Xlsx:
    """Handlers for one worksheet."""

    def __init__(self, kinds: list[str]) -> None:
        self.look, self._kinds = Look(), kinds
        self._row, self._position = -1, -1
        self._kind = self._type = ""
        self._formula = self._value = self._reading = False
        self._text = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        if name == "row":
            self._row = max(_number(attributes.get("r")) - 1, -1) if "r" in attributes else self._row + 1
            self._position = -1
        elif name == "c":
            place = _place(attributes.get("r", ""), max(self._row, 0), self._position + 1)
            self._row, self._position = place
            style = _number(attributes.get("s"))
            self._kind = self._kinds[style] if style < len(self._kinds) else ""
            self._type = attributes.get("t", "")
            self._formula = self._value = False
        elif name == "f":
            self._formula = True
        elif name in ("v", "is"):
            number = self._formula and self._type in ("", "n")  # some programs write an empty result
            self._value, self._reading, self._text = True, number or self._type == "e", ""

    def text(self, data: str) -> None:
        if self._reading:
            self._text += data

    def end(self, name: str) -> None:
        name = _local(name)
        if name == "v":
            self._value = bool(self._text.strip()) if self._reading and self._type != "e" else True
            self._reading = False
        if name != "c" or not (self._formula or self._value):
            return
        place = (self._row, self._position)
        self.look.filled(*place)
        if self._kind and self._type in ("", "n"):
            self.look.formats[place] = self._kind
        if self._type == "e":
            self.look.errors[place] = self._text[:20]
        elif self._formula and not self._value:
            self.look.uncomputed.append(place)


def _sheets(members: dict[str, bytes]) -> dict[str, str]:
    """Sheet name -> member of an XLSX."""
    targets: dict[str, str] = {}
    named: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            target = attributes.get("Target", "").replace("\\", "/")
            path = target.lstrip("/") if target.startswith("/") else "xl/" + target.removeprefix("./")
            targets[attributes.get("Id", "")] = path

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet":
            relation_id = next((text for key, text in attributes.items() if _local(key) == "id"), "")
            named[attributes.get("name", "")] = targets.get(relation_id, "")

    _parse(members["xl/_rels/workbook.xml.rels"], relation, lambda _: None)
    _parse(members["xl/workbook.xml"], sheet, lambda _: None)
    return named


def look_at_xlsx(members: dict[str, bytes]) -> dict[str, Look]:
    """Every sheet by name. TooLarge, KeyError (a part is missing) or expat.ExpatError."""
    styles = members.get("xl/styles.xml")
    kinds = _styles(styles) if styles else []
    looks = {}
    for name, path in _sheets(members).items():
        if path in members and "/worksheets/" in path:
            sheet = _Xlsx(kinds)
            _parse(members[path], sheet.start, sheet.end, sheet.text)
            looks[name] = sheet.look
    for path, content in members.items():  # no sheet may escape the limits by a name of its own
        if "/worksheets/" in path and path.endswith(".xml") and path not in _sheets(members).values():
            sheet = _Xlsx(kinds)
            _parse(content, sheet.start, sheet.end, sheet.text)
    return looks


class _Ods:
    """Handlers for the content of an OpenDocument spreadsheet; repeated rows and cells are counted, not unrolled."""

    def __init__(self) -> None:
        self.looks: dict[str, Look] = {}
        self._look = Look()
        self._row = self._position = 0
        self._lines = 1
        self._cells: list[tuple[int, int, dict[str, str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self._look = self.looks.setdefault(attributes.get("table:name", ""), Look())
            self._row = 0
        elif name == "table:table-row":
            self._lines = max(_number(attributes.get("table:number-rows-repeated", "1")), 1)
            self._position, self._cells = 0, []
        elif name in ("table:table-cell", "table:covered-table-cell"):
            times = max(_number(attributes.get("table:number-columns-repeated", "1")), 1)
            self._cells.append((self._position, times, attributes))
            self._position += times
            if self._position > MOST_POSITIONS or self._row + self._lines > MOST_ROWS:
                raise TooLarge("file.too_many_cells")  # the library may make room for empty cells, too
        elif name == "text:p" and self._cells:
            self._cells[-1][2]["text"] = "1"

    def end(self, name: str) -> None:
        if name != "table:table-row":
            return
        for position, times, attributes in self._cells:
            kind, formula = attributes.get("office:value-type", ""), "table:formula" in attributes
            if kind or formula or "text" in attributes:
                self._look.filled(self._row, position, times, self._lines)
                place = (self._row, position)
                if kind == "percentage":
                    for line in range(self._lines):
                        for step in range(times):
                            self._look.formats[(self._row + line, position + step)] = "percent"
                elif formula and not kind:
                    self._look.uncomputed.append(place)
        self._row += self._lines


def look_at_ods(members: dict[str, bytes]) -> dict[str, Look]:
    """Every sheet by name. TooLarge, KeyError or expat.ExpatError."""
    handlers = _Ods()
    _parse(members["content.xml"], handlers.start, handlers.end)
    return handlers.looks
