"""What runs the SQL: DuckDB inside this process, or Spark, here or on a cluster. They differ in reading files and in the
name of a hash; everything else is one text for both."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from etl.dossiers.files import Source
from store.errors import BoardError
from store.settings import Settings

TIME_ZONE = "Asia/Ho_Chi_Minh"


class Unreadable(Exception):
    """A file does not hold what its heading promises; the text says what."""


class Engine(AbstractContextManager, Protocol):
    """Names are those of the SQL: ``source_0`` … are the files, views and tables come after them."""

    name: str
    version: str

    def open(self, sources: Sequence[Source]) -> None:
        """Make ``source_0`` and so on."""

    def view(self, name: str, sql: str) -> None:
        """Give a query a name."""

    def table(self, name: str, sql: str) -> int:
        """Keep the rows of a query under a name; their number."""

    def rows(self, sql: str) -> list[tuple]:
        """The rows of a query. Unreadable where a file is broken, BoardError where the engine fails."""

    def hashed(self, column: str) -> str:
        """SQL of a 64-bit hash."""

    def repeated(self, column: str, rows: int) -> int:
        """Make ``candidates`` (h): hashes that stand several times among so many of ``typed``; their number."""


def engine(settings: Settings) -> Engine:
    """The engine of this installation, ready to be entered."""
    if settings.engine == "spark":
        from etl.dossiers.spark import SparkEngine  # the library is not everywhere

        return SparkEngine(settings.spark_master)
    from etl.dossiers.duck import DuckEngine

    return DuckEngine()


def failed(name: str, reason: str) -> BoardError:
    """The engine itself could not do it."""
    return BoardError("dossiers.engine", engine=name, reason=(reason.strip().splitlines() or ["?"])[0][:300])
