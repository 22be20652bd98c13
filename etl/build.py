"""Definitions and accepted files -> a new snapshot file. The same inputs give the same id and build nothing."""

import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from etl import commit, distinct
from etl.boundaries.folder import place_sketch
from etl.check import TABLE, TEXTS, Report, judge, today
from etl.inputs import SCHEMA, InputFile, Inputs, gather
from etl.revise import supersede
from etl.tallies import tallies
from store import boundaries, catalogue, disclosure, ledger, periods
from store.definitions import Catalogue
from store.errors import CatalogueError, UploadRejected
from store.read import DOUBTS
from store.settings import Settings
from store.snapshot import patiently, snapshot_path

SCHEMA_VERSION = "1"
REMEMBERED_BYTES = (
    1_000_000  # a larger file is judged anew: the memory of a country's files is not to be kept
)
NUMBERS = {
    **dict.fromkeys(("numerator", "denominator", "value"), np.float64),
    "value_given": np.bool_,
    "line": np.int32,
    "arrival": np.int32,
}
PART = (
    122_880  # rows of one row group: handed over whole, groups need not be put together again (half the time)
)
KNOWN_JUDGEMENTS = 256  # some sets of the files that come with the product: two spaces, yesterday and today


@dataclass(frozen=True)
class _Question:
    """All that the judgement of a file that comes with the product depends on; ``stated`` names the definitions."""

    file: str
    data: bytes
    space: str
    day: date
    stated: str
    definitions: Catalogue = field(compare=False)


@lru_cache(maxsize=KNOWN_JUDGEMENTS)
def _judged(asked: _Question) -> Report:
    """The judgement, remembered: these files change with the product only, and judging them anew takes most of the time
    that a building keeps others waiting for the lock."""
    return _judgement(asked)


def _judgement(asked: _Question) -> Report:
    return judge(asked.file, asked.data, asked.definitions, asked.space, asked.day, committed=True)


def build(
    settings: Settings,
    space: str,
    pending: Sequence[str] = (),
    without: Collection[str] = (),
    until: date | None = None,
    standing: Mapping[str, str] | None = None,
) -> str:
    """Build the snapshot of a space (unless it exists) and return its id; publishes nothing.

    ``pending``: folders of stored uploads that count although the log does not name them yet; ``without``: uploads that
    count no longer; ``until``: the state at the end of that day, by today's definitions; ``standing``: as in ``gather``.
    Raises CatalogueError for wrong definitions, UploadRejected when a committed file has a blocking finding.
    """
    with commit.space_lock(settings, space):
        inputs = gather(settings, space, pending, without, until, standing)
        existing = built(settings, space, inputs.digest)
        if existing:
            return existing
        definitions = catalogue.load(inputs.definitions)
        figures, uploads, findings = _read_all(inputs, definitions, space)
        observation, revision = supersede(figures)
        observation["hidden"] = disclosure.hidden(observation, definitions)
        revision = disclosure.masked_revisions(revision, observation, definitions)
        snapshot_id = f"{_newest_period(observation, definitions)}-{inputs.digest}"
        tables = {
            "observation": observation,
            "revision": revision,
            "upload": uploads,
            "finding": findings,
            **tallies(observation),
            "period": _periods(observation, definitions),
            "map_shape": _shapes(inputs),
            "definition_file": pd.DataFrame(inputs.definitions.items(), columns=["path", "content"]),
            "meta": _meta(inputs, settings, space, snapshot_id, len(observation)),
        }
        _write(settings, space, snapshot_id, tables)
        return snapshot_id


def built(settings: Settings, space: str, digest: str) -> str:
    """Id of the snapshot with this hash, or empty."""
    folder = settings.space_dir(space) / "snapshots"
    return next((path.stem for path in folder.glob(f"*-{digest}.duckdb")), "")


def _read_all(
    inputs: Inputs, definitions: Catalogue, space: str
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """(figures with arrival, upload rows, findings) of all files; every file with a fault is named at once."""
    frames, uploads, findings, faults = [], [], [], []
    stated = hashlib.sha256(json.dumps(inputs.definitions).encode()).hexdigest()
    for arrival, file in enumerate(inputs.files):
        table, own, rows = _read(file, definitions, stated, space)
        faults += [(file.file, *item[1:]) for item in own if item[2] == "block"]
        findings += own
        uploads.append(
            (
                file.upload_id,
                file.file,
                file.sha256,
                file.received,
                file.submitted_by,
                file.provenance,
                file.note,
                arrival,
                rows,
            )
        )
        if len(table):
            frames.append(
                table.assign(
                    upload_id=distinct.constant(file.upload_id, len(table)),
                    arrival=np.full(len(table), arrival, dtype=np.int32),
                    provenance=_provenance(table, file, definitions, space),
                )
            )
    if faults:
        raise UploadRejected("build.committed_file", findings=faults)
    figures = _stacked(frames)
    _refuse_strangers(figures, definitions)
    return (
        figures,
        pd.DataFrame(
            uploads,
            columns=[
                "upload_id",
                "file",
                "sha256",
                "received",
                "submitted_by",
                "provenance",
                "note",
                "arrival",
                "rows",
            ],
        ),
        pd.DataFrame(findings, columns=["upload_id", "code", "severity", "line", "column_name", "cell"]),
    )


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """All tables in one, column by column, so that no more than one column is there twice; empties ``frames``."""
    parts = [dict(frame.items()) for frame in frames]  # a frame rebuilds itself whenever a column leaves it
    frames.clear()
    columns = {}
    for name in [*TABLE, "upload_id", "arrival", "provenance"]:
        cells = [part.pop(name) for part in parts]
        if name in (*TEXTS, "upload_id", "provenance"):
            columns[name] = distinct.stacked([item.array for item in cells])
        else:
            columns[name] = np.concatenate([item.to_numpy(dtype=NUMBERS[name]) for item in cells] or [[]])
    return pd.DataFrame(columns, copy=False)


def _read(
    file: InputFile, definitions: Catalogue, stated: str, space: str
) -> tuple[pd.DataFrame, list[tuple], int]:
    """(table in which each text of a column stands once, findings, rows) of one file: an accepted upload as it was
    accepted, a committed one by ``judge``."""
    if file.meta is not None:
        own = [
            (file.upload_id, item["code"], item["severity"], item["line"], item["column"], item["value"])
            for item in file.meta["findings"]
        ]
        return _accepted(file.path), own, file.meta["rows"]
    question = _Question(file.file, file.path.read_bytes(), space, today(), stated, definitions)
    report = _judged(question) if len(question.data) <= REMEMBERED_BYTES else _judgement(question)
    own = [
        (file.upload_id, item.code, item.severity.value, item.line, item.column, item.value)
        for item in report.findings
    ]
    return report.table, own, report.rows


def _accepted(path: Path) -> pd.DataFrame:
    """The rows of an accepted upload."""
    table = parquet.read_table(path, read_dictionary=TEXTS).unify_dictionaries().combine_chunks()
    columns = {}
    for name in TABLE:
        cells = table.column(name)
        if name in TEXTS:
            chunk = (
                cells.chunk(0)
                if cells.num_chunks
                else pa.DictionaryArray.from_arrays([], pa.array([], "str"))
            )
            codes = chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            columns[name] = distinct.renamed(codes, chunk.dictionary.to_pylist())
        else:
            columns[name] = cells.to_numpy()
    return pd.DataFrame(columns, copy=False)


def _provenance(table: pd.DataFrame, file: InputFile, definitions: Catalogue, space: str) -> pd.Categorical:
    """The file's own, except that an illustrative source stays illustrative when it is uploaded to the demo."""
    if file.provenance != "uploaded" or space != "demo":
        return distinct.constant(file.provenance, len(table))
    invented = {source.id for source in definitions.sources if source.kind == "illustrative"}
    made_up = distinct.among(table["source"], invented)
    return distinct.coded(made_up.astype(np.int8), ["uploaded", "illustrative"])


def _refuse_strangers(figures: pd.DataFrame, definitions: Catalogue) -> None:
    """A definition that figures still use may not vanish: the figures would silently go with it."""
    known = (("area_id", definitions.area_by_id), ("indicator_id", definitions.indicator_by_id))
    mistakes = [
        (f"upload {upload_id}", column, f"{name!r} is used by figures but no longer defined")
        for column, names in known
        for upload_id, name in figures.loc[~distinct.among(figures[column], names), ["upload_id", column]]
        .drop_duplicates()
        .itertuples(index=False)
    ]
    if mistakes:
        raise CatalogueError("catalogue.mistakes", mistakes=mistakes)


def _newest_period(observation: pd.DataFrame, definitions: Catalogue) -> str:
    """The latest quarter or year in which a pilot commune (any unit where there is no pilot) has an observed figure;
    ``none`` without any."""
    kept = distinct.among(observation["role"], ("observed",))
    if definitions.pilots:
        kept &= distinct.among(observation["area_id"], {area.id for area in definitions.pilots})
    own = observation.loc[kept, ["period"]]
    read = [periods.from_id(name, definitions.administrative_quarters) for name in own["period"].unique()]
    closed = [period for period in read if period.kind in ("quarter", "year")]
    return max(closed, key=lambda period: period.sort_key).id if closed else "none"


def _periods(observation: pd.DataFrame, definitions: Catalogue) -> pd.DataFrame:
    read = [
        periods.from_id(name, definitions.administrative_quarters)
        for name in sorted(observation["period"].unique())
    ]
    return pd.DataFrame(
        [(period.id, period.kind, period.start, period.end, period.sort_key) for period in read],
        columns=["period", "kind", "period_start", "period_end", "sort_key"],
    )


def _shapes(inputs: Inputs) -> pd.DataFrame:
    """GeoJSON features of every map file; ``level`` (or ``layer``) is the feature's own, else the file's name."""
    rows = []
    for layer, path in inputs.maps:
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            own = feature["properties"]
            geometry = json.dumps(feature["geometry"], separators=(",", ":"))
            rows.append((layer, own.get("level") or own.get("layer") or path.stem, own["area_id"], geometry))
    return pd.DataFrame(rows, columns=["layer", "level", "area_id", "geometry"])


def _meta(inputs: Inputs, settings: Settings, space: str, snapshot_id: str, figures: int) -> pd.DataFrame:
    """Facts about the snapshot; the log's length and end so far, so that a log cut later can be told."""
    lines, last = ledger.head(commit.ledger_path(settings, space))
    facts = {
        "space": space,
        "newest_period": snapshot_id.rpartition("-")[0],
        "figures": str(figures),
        "schema": SCHEMA_VERSION,
        "digest": inputs.digest,
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "ledger_lines": str(lines),
        "ledger_head": last,
    }
    sketch = next((place_sketch(settings, path) for layer, path in inputs.maps if layer == "sketch"), "")
    facts |= {boundaries.SKETCH: sketch} if sketch else {}
    for imported in inputs.boundaries:
        facts[boundaries.KEY + imported["version"]] = json.dumps(imported, ensure_ascii=False)
    return pd.DataFrame(facts.items(), columns=["key", "value"])


def _write(settings: Settings, space: str, snapshot_id: str, tables: dict[str, pd.DataFrame]) -> None:
    """Write under a temporary name, then rename: a snapshot's name never stands for half a file."""
    path = snapshot_path(settings, space, snapshot_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{snapshot_id}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    try:
        _fill(aside, tables)
        commit.flush(aside)
        patiently(lambda: aside.replace(path))
    except BaseException:  # a full disk has no room for half a snapshot
        for left in (aside, aside.with_name(f"{aside.name}.wal")):
            with suppress(OSError):
                left.unlink(missing_ok=True)
        raise


def _fill(path: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """A database of these tables, with what is counted from them."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "SET enable_progress_bar = false"
        )  # it would stand in the middle of what a command prints
        connection.execute(SCHEMA.read_text(encoding="utf-8"))
        for name, frame in tables.items():
            if len(frame):
                connection.register("incoming", _columnar(frame))
                connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM incoming")
                connection.unregister("incoming")
        connection.execute(f"INSERT INTO doubt BY NAME {DOUBTS} ORDER BY ALL")
        connection.execute("CHECKPOINT")


def _columnar(frame: pd.DataFrame) -> pa.Table | pd.DataFrame:
    """A table of coded columns without writing out its texts, in parts."""
    if not any(isinstance(kind, pd.CategoricalDtype) for kind in frame.dtypes):
        return frame
    columns = {}
    for name, cells in frame.items():
        if isinstance(cells.dtype, pd.CategoricalDtype):
            codes, texts = distinct.parts(cells)
            columns[name] = pa.DictionaryArray.from_arrays(
                pa.array(codes, mask=codes < 0), pa.array(texts, pa.string())
            )
        else:
            values = cells.to_numpy()
            columns[name] = pa.array(values, from_pandas=True)
    return pa.Table.from_batches(pa.table(columns).to_batches(max_chunksize=PART))
