"""Spark gives the counts that DuckDB gives. Skipped without its library or Java, unless ``BOARD_REQUIRE_SPARK=1``."""

import importlib.util
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from etl.dossiers import compute, engine, table
from etl.dossiers.compute import Computed
from etl.dossiers.duck import DuckEngine
from store import catalogue
from store.errors import BoardError
from store.settings import read_settings
from tests import dossiers
from tests.dossiers import dossier

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "data" / "reference"
CATALOGUE = catalogue.load(catalogue.read_files(REFERENCE))
TABLE = replace(table.read(REFERENCE, CATALOGUE), most_left_out_percent=100.0)
TODAY = date(2026, 2, 1)
MISSING = [
    name
    for name, there in (
        (
            "pyspark (pip install --require-hashes -r requirements-spark.txt)",
            importlib.util.find_spec("pyspark"),
        ),
        ("Java 17 (java)", shutil.which("java")),
    )
    if not there
]
needs_spark = pytest.mark.skipif(
    bool(MISSING) and os.environ.get("BOARD_REQUIRE_SPARK") != "1", reason=f"not here: {', '.join(MISSING)}"
)
STRANGE = (
    *(
        "",
        " ",
        "x",
        "10.7",
        "1_000",
        " 5",
        "1e3",
        "-0",
        "+5",
        "0x10",
        "NaN",
        "inf",
        "null",
        "9223372036854775808",
    ),
    *(
        "2024-9-15",
        "2024-13-01",
        "2024-02-30",
        "0000-01-01",
        "9999-12-31",
        "15/10/2024",
        "2024-10-01T00:00:00",
    ),
    *(
        "2024-10-01 25:00:00",
        "2024-10-01 08:00:00.123456",
        "2024-10-01 08:00:00+07",
        "CÓ",
        "Không",
        "True",
        "ONLINE",
    ),
    *("online ", "ĐÚNG", "'", '"', "\\", "a,b", "–", "01837 ", "1837", "00001837"),
)


@pytest.fixture(scope="session")
def session() -> Iterator[object]:
    """One small Spark for all tests here: two threads, loopback, no pages."""
    if MISSING:
        pytest.fail(f"BOARD_REQUIRE_SPARK=1, but not here: {', '.join(MISSING)}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own, about newer versions of pandas
        from pyspark.sql import SparkSession

        own = (
            SparkSession.builder.master("local[2]")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.csv.parser.columnPruning.enabled", "false")
            .config("spark.sql.session.timeZone", engine.TIME_ZONE)
            .getOrCreate()
        )
    yield own
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        own.stop()


def _both(paths: list[Path], period: str = "2024-Q4") -> tuple[Computed, Computed]:
    """(DuckDB's outcome, Spark's)."""
    results = []
    with DuckEngine() as running:
        results.append(compute.compute(paths, period, TABLE, CATALOGUE, running, TODAY))
    own = engine.engine(read_settings({"BOARD_ENGINE": "spark", "BOARD_SPARK_MASTER": "local[2]"}))
    with warnings.catch_warnings(), own as running:
        warnings.simplefilter("ignore")
        results.append(compute.compute(paths, period, TABLE, CATALOGUE, running, TODAY))
    return results[0], results[1]


def _said(result: Computed) -> list[tuple]:
    return [(item.code, item.count, item.examples, item.to("vi")) for item in result.findings]


@needs_spark
def test_counts_and_sentences_are_equal(session: object, tmp_path: Path) -> None:
    """A generated quarter across the merger with every fault, as Parquet, beside a file of texts in which one cell at a time
    holds whatever engines might read differently. One run of both: starting a query is what takes Spark its time."""
    sys.path.insert(0, str(ROOT / "tests" / "benchmark"))
    import make_dossiers

    paths = make_dossiers.write(tmp_path, 3000, 7, faults=0.05, files=2, period="2025-Q3")
    usual = {
        "received_on": "2025-07-02",
        "due_on": "2025-07-09",
        "finished_on": "2025-07-08",
        "commune_code": "01843",
    }
    usual["updated_at"] = "2025-07-08"
    strange = [
        dossier(**{**usual, "dossier_no": f"{column} {n}", column: text})
        for column in dossiers.COLUMNS[1:]
        for n, text in enumerate(STRANGE)
    ]
    paths.append(dossiers.write_csv(tmp_path / "lạ [1] (2).csv", strange, delimiter=";"))
    duck, spark = _both(paths, "2025-Q3")
    assert _said(spark) == _said(duck)
    assert spark.figures == duck.figures and len(duck.figures) > 300
    codes = {item.code for item in duck.findings}
    assert {"number_conflict", "superseded", "successor", "commune_unknown", "unknown_word.channel"} <= codes
    assert {
        f"unreadable.{name}" for name in (*dossiers.DAYS, *dossiers.FLAGS, "fee_vnd", "updated_at")
    } <= codes
    assert spark.engine.startswith("spark ") and spark.hashes == duck.hashes


@needs_spark
def test_a_ragged_line_keeps_the_file_out_on_both(session: object, tmp_path: Path) -> None:
    path = dossiers.write_csv(tmp_path / "a.csv", [dossier()])
    path.write_text(path.read_text(encoding="utf-8") + "A,B\n", encoding="utf-8")
    for result in _both([path]):
        assert result.blocked and {item.code for item in result.findings} == {"unreadable_file"}


def test_without_the_library_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from etl.dossiers import spark

    monkeypatch.setattr(spark, "VERSION", "")
    with pytest.raises(BoardError, match="no_spark"):
        engine.engine(read_settings({"BOARD_ENGINE": "spark"}))


class Lost:
    """A session whose gateway is gone: whatever is asked of it fails as py4j does."""

    def __getattr__(self, name: str) -> object:
        raise ConnectionRefusedError(111, "Connection refused")


def test_a_cluster_that_goes_in_mid_work_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from etl.dossiers import spark

    monkeypatch.setattr(spark, "VERSION", "4")
    for ask in (
        lambda running: running.rows("SELECT 1"),
        lambda running: running.view("v", "SELECT 1"),
        lambda running: running.table("t", "SELECT 1"),
    ):
        running = spark.SparkEngine("spark://gone:7077")
        running._session, running._own, running._names = Lost(), True, ["v"]
        with pytest.raises(BoardError, match=r"dossiers\.engine") as told:
            try:
                ask(running)
            finally:
                running.__exit__()  # as leaving does, and it must not hide the first error
        assert told.value.details["reason"].startswith("[Errno 111]")
