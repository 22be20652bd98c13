"""Write invented dossiers: ``python tests/benchmark/make_dossiers.py OUT --rows 1000000 --seed 1``.

OUT is a folder; it gets ``--files`` files of Parquet or CSV in the form of ``docs/dossiers.md``, the same bytes for the same
words and libraries. A million rows take 1–2 s, some 200 MB of memory whatever the number of rows, and 20 MB of disk as
Parquet (100 million: 2 GB; 500 million: 10 GB) or 110 MB as CSV. Communes are those of ``--areas`` that were valid on the
day of receipt, large and small ones; some dossiers lie before and behind the period. ``--faults 0.001`` makes that share of
the dossiers faulty, every kind in turn, repeated numbers among them.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from store import periods  # noqa: E402

CHUNK = 1_000_000
MOST = 500_000_000
BEFORE, BEHIND = 30, 7  # days around the period
FAULTS = (
    *(
        "fee_negative",
        "fee_implausible",
        "finished_before_received",
        "due_before_received",
        "date_implausible",
    ),
    *("commune_unknown", "unknown_word", "missing", "paid_without_fee", "repeated", "number_conflict"),
)
EPOCH = date(1970, 1, 1)


def communes(path: Path, first: date, last: date) -> list[tuple[int, list[str]]]:
    """(first day of an era as a number, codes valid in it), oldest first, for the days from ``first`` to ``last``."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] == "3" and row["area_code"]]
    begins = [(date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min) for row in rows]
    ends = [(date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max) for row in rows]
    starts = {first} | {day for day in begins if first < day <= last}
    starts |= {day + timedelta(days=1) for day in ends if first <= day < last}
    return [
        (
            (start - EPOCH).days,
            sorted(
                row["area_code"]
                for row, begin, end in zip(rows, begins, ends, strict=True)
                if begin <= start <= end
            ),
        )
        for start in sorted(starts)
    ]


class Maker:
    """Chunks of dossiers; each depends on the seed and its own number alone."""

    def __init__(self, seed: int, period: periods.Period, areas: Path, faults: float) -> None:
        self.seed, self.faults = seed, faults
        self.start, self.end = (period.start - EPOCH).days, (period.end - EPOCH).days
        self.first, self.last = self.start - BEFORE, self.end + BEHIND
        span = (EPOCH + timedelta(days=self.first), EPOCH + timedelta(days=self.last))
        self.eras = communes(areas, *span)

    def chunk(self, number: int, rows: int) -> pa.Table:
        """So many dossiers."""
        lot = np.random.default_rng([self.seed, number])
        received = lot.integers(self.first, self.last, rows, dtype=np.int32, endpoint=True)
        code = self._codes(lot, received)
        allowed = np.array([1, 3, 5, 10, 15, 20], np.int32)[lot.integers(0, 6, rows)]
        took = np.minimum(lot.gamma(2.0, 0.35, rows) * allowed, 60).astype(np.int32)
        finished = received + took
        open_still = finished > self.last
        habit = np.random.default_rng([self.seed, 7]).random(len(code.dictionary))  # of each commune
        online = lot.random(rows) < 0.25 + 0.6 * habit[code.indices.to_numpy()]
        channel = np.where(online, 0, np.where(lot.random(rows) < 0.9, 1, 2)).astype(np.int8)
        level = lot.choice(np.array([0, 1, 2], np.int8), rows, p=(0.5, 0.3, 0.2))
        fee = np.array([0, 0, 0, 0, 3000, 8000, 15000, 50000, 100000, 350000], np.int64)[
            lot.integers(0, 10, rows)
        ]
        document = lot.random(rows) < 0.8
        digitised = ~open_still & (lot.random(rows) < 0.45)
        updated = np.where(open_still, received, finished).astype(np.int64) * 86_400 + lot.integers(
            28_800, 61_200, rows
        )
        columns = {
            "dossier_no": self._numbers(code, received, number),
            "commune_code": code,
            "received_on": pa.array(received, pa.date32()),
            "due_on": pa.array(received + allowed, pa.date32()),
            "finished_on": pa.array(finished, pa.date32(), mask=open_still),
            "channel": _words(channel, ("online", "counter", "post")),
            "service_level": _words(level, ("full", "partial", "none")),
            "fee_vnd": pa.array(fee),
            "paid_online": pa.array((fee > 0) & (lot.random(rows) < 0.35)),
            "result_document": pa.array(document),
            "result_digitised": pa.array(digitised),
            "parts_digitised": pa.array(lot.random(rows) < 0.5),
            "updated_at": pa.array(updated, pa.timestamp("s")).cast(pa.timestamp("us")),
        }
        return self._faulty(pa.table(columns), lot)

    def _codes(self, lot: np.random.Generator, received: np.ndarray) -> pa.DictionaryArray:
        every = sorted({code for _, codes in self.eras for code in codes})
        place = {code: number for number, code in enumerate(every)}
        sizes = np.random.default_rng(self.seed).lognormal(0, 0.8, len(every))  # the same ones in every chunk
        drawn = lot.random(len(received))
        chosen = np.zeros(len(received), np.int32)
        for begin, codes in self.eras:  # a later era writes over an earlier one
            own = np.array([place[code] for code in codes], np.int32)
            reach = np.cumsum(sizes[own])
            within = received >= begin
            chosen[within] = own[
                np.searchsorted(reach, drawn[within] * reach[-1], side="right").clip(0, len(own) - 1)
            ]
        return pa.DictionaryArray.from_arrays(pa.array(chosen), pa.array(every))

    def _numbers(self, code: pa.DictionaryArray, received: np.ndarray, chunk: int) -> pa.Array:
        serial = pa.array(np.arange(len(received), dtype=np.int64) + chunk * CHUNK).cast(pa.string())
        days = pa.array(
            [(EPOCH + timedelta(days=day)).strftime("%y%m%d") for day in range(self.first, self.last + 1)]
        ).take(pa.array(received - self.first))
        return pc.binary_join_element_wise(code.cast(pa.string()), days, serial, "-")

    def _faulty(self, table: pa.Table, lot: np.random.Generator) -> pa.Table:
        """Spoil some rows, each in one way; repeated ones are told again as they were and as they became."""
        count = round(self.faults * len(table))
        if not count:
            return table
        rows = np.sort(lot.choice(len(table), count, replace=False))
        good = table.take(pa.array(np.setdiff1d(np.arange(len(table)), rows)))
        spoiled = table.take(pa.array(rows)).to_pylist()
        again = []
        for place, row in enumerate(spoiled):
            fault = FAULTS[place % len(FAULTS)]
            again += list(_spoil(row, fault))
        return pa.concat_tables([good, pa.Table.from_pylist(spoiled + again, schema=table.schema)])


def _spoil(row: dict, fault: str) -> Iterator[dict]:
    """Make one dossier wrong; gives further rows of it."""
    day = timedelta(days=1)
    if fault == "fee_negative":
        row["fee_vnd"] = -5000
    elif fault == "fee_implausible":
        row["fee_vnd"] = 10**12
    elif fault == "finished_before_received":
        row["finished_on"] = row["received_on"] - 3 * day
    elif fault == "due_before_received":
        row["due_on"] = row["received_on"] - day
    elif fault == "date_implausible":
        row["received_on"] = date(1924, 10, 1)
    elif fault == "commune_unknown":
        row["commune_code"] = "99999"
    elif fault == "unknown_word":
        row["channel"] = "zalo"
    elif fault == "missing":
        row["service_level"] = None
    elif fault == "paid_without_fee":
        row |= {"fee_vnd": 0, "paid_online": True}
    elif fault == "repeated":  # the state before, in which nothing was done yet
        yield {
            **row,
            "finished_on": None,
            "result_digitised": False,
            "updated_at": row["updated_at"] - 40 * day,
        }
    else:
        yield {**row, "fee_vnd": row["fee_vnd"] + 1000}


def _words(codes: np.ndarray, words: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(words))


def write(
    out: Path,
    rows: int,
    seed: int,
    kind: str = "parquet",
    files: int = 1,
    faults: float = 0.0,
    period: str = "2024-Q4",
    areas: Path = ROOT / "data" / "reference" / "areas.csv",
) -> list[Path]:
    """Write the files and give their paths; the folder is made where it is missing."""
    out.mkdir(parents=True, exist_ok=True)
    maker = Maker(seed, periods.from_id(period), areas, faults)
    chunks = [min(CHUNK, rows - begin) for begin in range(0, rows, CHUNK)]
    if len(chunks) < files:  # small sets in several files
        size = -(-rows // files)
        chunks = [min(size, rows - begin) for begin in range(0, rows, size)]
    paths = []
    for number, own in enumerate(np.array_split(np.arange(len(chunks)), min(files, len(chunks)))):
        path = out / f"dossiers-{number:03d}.{kind}"
        paths.append(path)
        writer = None
        for chunk in own.tolist():
            table = maker.chunk(chunk, chunks[chunk])
            if kind == "csv":
                for name in (
                    "commune_code",
                    "channel",
                    "service_level",
                ):  # the CSV writer knows no dictionaries
                    place = table.schema.get_field_index(name)
                    table = table.set_column(place, name, table.column(name).cast(pa.string()))
            if writer is None:
                writer = (
                    pq.ParquetWriter(path, table.schema, compression="zstd")
                    if kind == "parquet"
                    else pyarrow.csv.CSVWriter(path, table.schema)
                )
            if kind == "parquet":
                writer.write_table(table, row_group_size=250_000)
            else:
                writer.write_table(table)
        writer.close()
    return paths


def main() -> None:
    """Read the words and write."""
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("out", type=Path)
    words.add_argument("--rows", type=int, default=CHUNK, help="1 to 500 million")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    words.add_argument("--files", type=int, default=1)
    words.add_argument("--faults", type=float, default=0.0, help="share of faulty dossiers, 0 to 1")
    words.add_argument("--period", default="2024-Q4")
    words.add_argument("--areas", type=Path, default=ROOT / "data" / "reference" / "areas.csv")
    given = words.parse_args()
    if not 1 <= given.rows <= MOST or not 0 <= given.faults <= 1 or given.files < 1:
        words.error(f"--rows 1 to {MOST}, --faults 0 to 1, --files from 1")
    for path in write(
        given.out, given.rows, given.seed, given.format, given.files, given.faults, given.period, given.areas
    ):
        print(path)


if __name__ == "__main__":
    main()
