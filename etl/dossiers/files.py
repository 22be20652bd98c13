"""What the files of dossiers hold, by their headings and footers alone: columns, types, and what is wrong with them."""

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from etl.dossiers.said import Said, say
from etl.dossiers.table import Table

CSV, PARQUET = "csv", "parquet"
DELIMITERS = (",", ";", "\t")
# Which types of a file can be read as which type of the table.
READABLE = {
    "text": ("text", "whole"),
    "word": ("text",),
    "date": ("date", "moment", "text"),
    "moment": ("moment", "date", "text"),
    "whole": ("whole", "text"),
    "yes_no": ("yes_no", "whole", "text"),
}


@dataclass(frozen=True)
class Source:
    """Files of one form, read together. ``columns``: (name, type) in the order of the file; ``filled``: columns in which
    no cell is empty, as far as the files themselves vouch for it."""

    kind: str
    paths: tuple[Path, ...]
    columns: tuple[tuple[str, str], ...]
    filled: frozenset[str]
    delimiter: str = ","

    @property
    def types(self) -> dict[str, str]:
        """Column -> type."""
        return dict(self.columns)


def sources(paths: Sequence[Path], table: Table) -> tuple[list[Source], list[Said]]:
    """The files grouped by form, and what is wrong with their columns."""
    groups: dict[tuple, list[tuple[Path, frozenset[str]]]] = {}
    found: list[Said] = []
    for path in paths:
        try:
            kind, columns, delimiter, filled = _looked_at(path)
        except (OSError, UnicodeDecodeError, csv.Error, pa.ArrowException) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            found.append(say(table, "unreadable_file", file=path.name, reason=reason))
            continue
        found += _mistakes(path.name, columns, table)
        groups.setdefault((kind, columns, delimiter), []).append((path, filled))
    read = [
        Source(
            kind,
            tuple(path for path, _ in items),
            columns,
            frozenset.intersection(*(filled for _, filled in items)),
            delimiter,
        )
        for (kind, columns, delimiter), items in groups.items()
    ]
    return read, [*found, *_uneven(read, table)]


def _looked_at(path: Path) -> tuple[str, tuple[tuple[str, str], ...], str, frozenset[str]]:
    with path.open("rb") as file:
        if file.read(4) == b"PAR1":
            return _parquet(path)
        file.seek(0)
        line = file.readline(1_000_000).decode("utf-8-sig")
    delimiter = max(DELIMITERS, key=line.count)
    names = next(csv.reader([line], delimiter=delimiter), [])
    return CSV, tuple((name.strip().lower(), "text") for name in names), delimiter, frozenset()


def _parquet(path: Path) -> tuple[str, tuple[tuple[str, str], ...], str, frozenset[str]]:
    with pq.ParquetFile(path) as file:
        columns = tuple((field.name.lower(), _type(field.type)) for field in file.schema_arrow)
        groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
        flat = file.metadata.num_columns == len(columns)  # a nested column shifts the places
        filled = {
            name
            for place, (name, _) in enumerate(columns)
            if flat and all(_filled(group.column(place).statistics) for group in groups)
        }
    return PARQUET, columns, "", frozenset(filled)


def _filled(statistics: pq.Statistics | None) -> bool:
    """Whether a column's footer vouches that no cell is empty."""
    known = statistics is not None and statistics.has_null_count and statistics.has_min_max
    return known and statistics.null_count == 0 and statistics.min not in ("", b"")


def _type(kind: pa.DataType) -> str:
    """A type of Arrow in the table's words; its own name where the table has none."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "text"
    if pa.types.is_integer(kind) and kind != pa.uint64():
        return "whole"
    if pa.types.is_boolean(kind):
        return "yes_no"
    if pa.types.is_date(kind):
        return "date"
    return "moment" if pa.types.is_timestamp(kind) else str(kind)


def _mistakes(file: str, columns: Sequence[tuple[str, str]], table: Table) -> list[Said]:
    found = []
    names = [name for name, _ in columns]
    for column in table.columns:
        if names.count(column.name) > 1:
            found.append(say(table, "column_twice", file=file, column=column.name))
        elif column.name not in names and column.always:
            found.append(say(table, "column_missing", file=file, column=column.name))
        for name, kind in columns:
            if name == column.name and kind not in READABLE[column.type]:
                found.append(
                    say(table, "column_type", file=file, column=name, found=kind, wanted=column.type)
                )
    return found


def _uneven(read: Sequence[Source], table: Table) -> list[Said]:
    """Columns that only some of the files have."""
    found = []
    for column in table.columns:
        lacking = [source for source in read if column.name not in source.types]
        if lacking and len(lacking) < len(read) and not column.always:
            found.append(say(table, "column_uneven", file=lacking[0].paths[0].name, column=column.name))
    return found


def sha256(path: Path) -> str:
    """Hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
