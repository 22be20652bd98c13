"""DuckDB: reads the files where they lie, on all processors, in bounded memory."""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from etl.dossiers.engine import TIME_ZONE, Unreadable, failed
from etl.dossiers.files import CSV, Source

HASHES_AT_ONCE = 200_000_000  # 8 bytes each
BATCH = 1_000_000


class DuckEngine:
    """One database in memory, gone with this object."""

    name, version = "duckdb", duckdb.__version__

    def __enter__(self) -> "DuckEngine":
        self._aside = tempfile.TemporaryDirectory(prefix="dossiers-")  # for what does not fit in memory
        self._database = duckdb.connect()
        self._database.execute(f"SET TimeZone = '{TIME_ZONE}'; SET preserve_insertion_order = false")
        self._database.execute("SET temp_directory = ?", [self._aside.name])
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()
        self._aside.cleanup()

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

    def repeated(self, column: str, rows: int) -> int:
        """By sorting plain numbers, which takes a tenth of the time of grouping them, in parts that fit in memory."""
        parts = max(1, -(-rows // HASHES_AT_ONCE))
        found = [self._sorted_part(column, rows, part, parts) for part in range(parts)]
        self._database.register("hashes", pa.table({"h": np.concatenate(found)}))
        return self.table("candidates", "SELECT h FROM hashes")

    def _sorted_part(self, column: str, rows: int, part: int, parts: int) -> np.ndarray:
        """The hashes of one part that stand several times, each once."""
        only = f" AND {self.hashed(column)} % {parts} = {part}" if parts > 1 else ""
        sql = f"SELECT {self.hashed(column)} AS h FROM typed WHERE {column} IS NOT NULL{only}"
        own, count = np.empty(rows if parts == 1 else 0, np.uint64), 0
        batches = []
        try:
            for batch in self._database.sql(sql).to_arrow_reader(BATCH):
                numbers = batch.column(0).to_numpy()
                if parts == 1:
                    own[count : count + len(numbers)] = numbers
                else:
                    batches.append(numbers)
                count += len(numbers)
        except duckdb.Error as error:
            raise failed(self.name, str(error)) from error
        own = own[:count] if parts == 1 else np.concatenate([*batches, own])
        own.sort()
        return np.unique(own[1:][own[1:] == own[:-1]])

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
