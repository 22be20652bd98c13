"""Spark by configuration: ``BOARD_ENGINE=spark`` and ``BOARD_SPARK_MASTER``. The library (``requirements-spark.txt``) and
Java 17 are asked for only here; files must lie where every worker reads them under the same path."""

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from etl.dossiers import compose
from etl.dossiers.engine import TIME_ZONE, Unreadable, failed
from etl.dossiers.files import CSV, Source
from store.errors import BoardError

try:
    from pyspark import __version__ as VERSION
    from pyspark.sql import SparkSession
except ImportError:
    VERSION = ""

LOOPBACK = "127.0.0.1"
ROWS_IN_A_PART = 2_000_000
BROKEN_FILE = ("MALFORMED_RECORD", "FAILED_READ_FILE", "malformed")


class SparkEngine:
    """One session, given back when left (one that was there before stays)."""

    name, version = "spark", VERSION

    def __init__(self, master: str) -> None:
        if not VERSION:
            raise BoardError("dossiers.no_spark")
        self._master = master

    def __enter__(self) -> "SparkEngine":
        self._own = SparkSession.getActiveSession() is None
        builder = SparkSession.builder.master(self._master).appName("board dossiers")
        settings = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.session.timeZone": TIME_ZONE,
            "spark.sql.ansi.enabled": "true",
            "spark.sql.csv.parser.columnPruning.enabled": "false",  # or broken lines pass unseen
        }
        if self._master.startswith("local"):
            settings |= {"spark.driver.host": LOOPBACK, "spark.driver.bindAddress": LOOPBACK}
        for key, value in settings.items():
            builder = builder.config(key, value)
        try:
            self._session = builder.getOrCreate()
        except Exception as error:  # no Java, no master: whatever the gateway makes of it
            raise failed(self.name, str(error)) from error
        self._session.sparkContext.setLogLevel("ERROR")
        self._divide(0)
        self._names: list[str] = []
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Exception):  # what is gone cannot be given back, and must not hide why it went
            if self._own:
                self._session.stop()
                return
            for name in self._names:
                self._session.catalog.dropTempView(name)
            self._session.catalog.clearCache()

    def open(self, sources: Sequence[Source]) -> None:
        """Views over the files; nothing is copied."""
        for number, source in enumerate(sources):
            paths = [_literal(path) for path in source.paths]
            if source.kind == CSV:
                names = ", ".join(f"`{name.replace('`', '``')}` STRING" for name, _ in source.columns)
                reader = self._session.read.schema(names).options(
                    header=True,
                    sep=source.delimiter,
                    quote='"',
                    escape='"',
                    mode="FAILFAST",
                    encoding="UTF-8",
                )
                frame = reader.csv(paths)
            else:
                frame = self._session.read.parquet(*paths)
            frame.createOrReplaceTempView(f"source_{number}")
            self._names.append(f"source_{number}")

    def view(self, name: str, sql: str) -> None:
        """A view of the session."""
        try:
            self._session.sql(sql).createOrReplaceTempView(name)
        except Exception as error:  # also when the gateway is gone
            raise failed(self.name, str(error)) from error
        self._names.append(name)

    def table(self, name: str, sql: str) -> int:
        """Rows kept by the workers; what a lost worker held is computed again."""
        self.view(name, sql)
        try:
            self._session.catalog.cacheTable(name)
        except Exception as error:
            raise failed(self.name, str(error)) from error
        return self.rows(f"SELECT COUNT(*) FROM {name}")[0][0]

    def rows(self, sql: str) -> list[tuple]:
        """All rows at once."""
        try:
            return [tuple(row) for row in self._session.sql(sql).collect()]
        except Exception as error:  # py4j hands on what Java throws in several classes
            text = str(error)
            if any(word in text for word in BROKEN_FILE):
                place = next(
                    (line for line in text.splitlines() if BROKEN_FILE[0] in line), text.splitlines()[0]
                )
                raise Unreadable(place.strip()[:300]) from error
            raise failed(self.name, text) from error

    def hashed(self, column: str) -> str:
        """Its own hash."""
        return f"XXHASH64({column})"

    def repeated(self, column: str, rows: int) -> int:
        """By grouping; Spark divides and spills by itself."""
        self._divide(rows)
        return self.table("candidates", compose.repeated_hashes(self.hashed(column)))

    def _divide(self, rows: int) -> None:
        """As many parts as there are processors, more where these would be too large to be sorted in memory."""
        processors = self._session.sparkContext.defaultParallelism
        self._session.conf.set("spark.sql.shuffle.partitions", max(processors, rows // ROWS_IN_A_PART))


def _literal(path: Path) -> str:
    """A path of which nothing is expanded."""
    return "file://" + re.sub(r"([\[\]{}*?\\])", r"\\\1", path.resolve().as_posix())
