"""DuckDB: reads the files where they lie, on all processors, in bounded memory."""

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from etl.dossiers.engine import TIME_ZONE, Unreadable, failed
from etl.dossiers.files import CSV, Source

HASHES_AT_ONCE = 50_000_000  # 1.5 GB


class DuckEngine:
    """One database in memory, gone with this object."""

    name, version = "duckdb", duckdb.__version__

    def __enter__(self) -> "DuckEngine":
        self._database = duckdb.connect()
        self._database.execute(f"SET TimeZone = '{TIME_ZONE}'; SET preserve_insertion_order = false")
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def open(self, sources: Sequence[Source]) -> None:
        """Views over the files; nothing is copied."""
        for number, source in enumerate(sources):
            files = ", ".join(_quoted(path) for path in source.paths)
            if source.kind == CSV:
                names = {name: f"c{place}" for place, (name, _) in enumerate(source.columns)}
                columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names.values())
                rows = (
                    f"read_csv([{files}], auto_detect = false, header = true, delim = {_text(source.delimiter)}, "
                    f"quote = '\"', escape = '\"', columns = {{{columns}}}, nullstr = '', strict_mode = true)"
                )
                own = ", ".join(f"{column} AS {_name(name)}" for name, column in names.items())
                self.view(f"source_{number}", f"SELECT {own} FROM {rows}")
            else:
                self.view(f"source_{number}", f"SELECT * FROM read_parquet([{files}])")

    def view(self, name: str, sql: str) -> None:
        """A view of the database."""
        self._run(f"CREATE VIEW {name} AS {sql}")

    def table(self, name: str, sql: str) -> int:
        """A table of the database."""
        self._run(f"CREATE TABLE {name} AS {sql}")
        return self.rows(f"SELECT COUNT(*) FROM {name}")[0][0]

    def rows(self, sql: str) -> list[tuple]:
        """All rows at once."""
        return self._run(sql).fetchall()

    def hashed(self, column: str) -> str:
        """Its own hash."""
        return f"HASH({column})"

    def parts(self, rows: int) -> int:
        """So many that a part fits in memory."""
        return max(1, -(-rows // HASHES_AT_ONCE))

    def _run(self, sql: str) -> duckdb.DuckDBPyConnection:
        try:
            return self._database.execute(sql)
        except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
            raise Unreadable(str(error).strip().splitlines()[0]) from error
        except duckdb.Error as error:
            raise failed(self.name, str(error)) from error


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(path: Path) -> str:
    """A path as SQL text; signs that DuckDB would expand are escaped."""
    return _text(re.sub(r"([\[*?])", r"[\1]", str(path.resolve())))


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
