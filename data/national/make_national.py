"""Viết bộ số liệu minh họa cỡ cả nước: KHÔNG phải số liệu thật, không phải xã, phường thật.

A seeded national set in the upload format, as a whole data folder of an installation: definitions, areas, a sketch, one
CSV file for each quarter, one of corrections for each year, and the manifest. Every unit is made up and says so in its
name ("Minh họa 00124"), every row has the source ``illustrative``. See README.md for what is in it and what is not.

Usage: python data/national/make_national.py OUT [--communes 3321] [--indicators 60] [--quarters 40] [--seed 1]
                                                 [--last 2026-Q3]
       BOARD_DATA=OUT python -m etl init
"""

import argparse
import csv
import io
import shutil
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from national_areas import Country, make, write
from national_figures import Figures, Kind, Quarter, kinds
from pyarrow import csv as arrow_csv

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
REPLACED = ("areas.csv", "areas_reference.csv", "lineage.csv", "map")
HEADER = "commune,indicator,period,numerator,denominator,value,note,source\n"
OFFICE = "Cơ quan tổng hợp (minh họa)"
LAST = {True: "2025-Q2", False: "2026-Q3"}  # the last quarter of the former list of units, of today's
PILLARS = ("gov", "economy", "society", "foundation")
EXTRA = """id = "{id}"
order = {order}
name = {{ vi = "Tỷ lệ minh họa {n:02d}", en = "Illustrative rate {n:02d}" }}
pillar = "{pillar}"
topic = {{ vi = "Minh họa", en = "Illustrative" }}
kind = "rate"
unit = "percent"
direction = "higher_better"
numerator = {{ vi = "Số trường hợp minh họa", en = "Illustrative cases" }}
denominator = {{ vi = "Tổng số minh họa", en = "All, illustrative" }}
valid = {{ min = 0, max = 100 }}
can_exceed_100 = "no"
jump_to_acknowledge = 30
legal_basis = {{ vi = "Không có: chỉ tiêu do máy tạo ra để thử cỡ cả nước.", en = "None: made up to try the size of a country." }}
status = "proposed"
version = 1
"""


def first_day(quarter: str) -> date:
    """The day an administrative quarter begins: the 15th of the month before its first."""
    year, number = int(quarter[:4]), int(quarter[-1])
    return date(year - 1, 12, 15) if number == 1 else date(year, 3 * number - 3, 15)


def last_day(quarter: str) -> date:
    """The day it ends: the 14th of its third month."""
    return date(int(quarter[:4]), 3 * int(quarter[-1]), 14)


def quarters_until(last: str, count: int) -> list[str]:
    """So many quarters, oldest first."""
    end = int(last[:4]) * 4 + int(last[-1]) - 1
    return [f"{number // 4}-Q{number % 4 + 1}" for number in range(end - count + 1, end + 1)]


def definitions(folder: Path, wanted: int) -> list[dict]:
    """Copy the product's definitions, add indicators until there are enough; the parsed ones in their order."""
    shutil.copytree(REFERENCE, folder, ignore=shutil.ignore_patterns(*REPLACED))
    own = folder / "indicators"
    sent = sum(tomllib.loads(path.read_text("utf-8")).get("uploaded", True) for path in own.glob("*.toml"))
    for number in range(1, wanted - sent + 1):
        name = f"minh_hoa_{number:02d}"
        text = EXTRA.format(id=name, order=5000 + number, n=number, pillar=PILLARS[number % len(PILLARS)])
        (own / f"{name}.toml").write_text(text, encoding="utf-8", newline="\n")
    parsed = [tomllib.loads(path.read_text("utf-8")) for path in own.glob("*.toml")]
    return sorted(parsed, key=lambda item: (item["order"], item["id"]))


def rows(
    country: Country, made: list[Kind], period: str, figures: Quarter, chosen: np.ndarray, corrected: bool
) -> pa.Table:
    """Rows of the chosen cells in the upload format, commune by commune."""
    places, columns = np.nonzero(chosen)
    count, whole = figures.count[chosen], figures.whole[chosen]
    empty = figures.empty[chosen]
    rate = np.array([bool(kind.denominator) for kind in made])[columns]
    if not corrected:
        count = np.where(figures.wrong[chosen], figures.first[chosen], count)
    value = pa.array(count, mask=rate).cast(pa.string())
    if empty.any():
        value = pa.compute.if_else(pa.array(empty), "KPS", value)
    counted = rate & ~empty
    size = len(places)
    note = "đính chính (minh họa)" if corrected else ""
    return pa.table(
        {
            "commune": pa.array(country.codes).take(pa.array(places)),
            "indicator": pa.array([kind.id for kind in made]).take(pa.array(columns)),
            "period": pa.repeat(period, size),
            "numerator": pa.array(count, mask=~counted),
            "denominator": pa.array(whole, mask=~counted),
            "value": value,
            "note": pa.repeat(note, size),
            "source": pa.repeat("illustrative", size),
        }
    )


def write_rows(path: Path, tables: list[pa.Table]) -> int:
    """A file of the upload format: UTF-8 with BOM, comma, LF. Returns the number of rows."""
    plain = arrow_csv.WriteOptions(include_header=False, quoting_style="none")
    with path.open("wb") as file:
        file.write(("\ufeff" + HEADER).encode())
        for table in tables:
            arrow_csv.write_csv(table, file, plain)
    return sum(len(table) for table in tables)


def make_set(out: Path, communes: int, indicators: int, quarters: int, seed: int, last: str) -> int:
    """Write everything below ``out``, which must be new or empty; returns the number of rows."""
    if out.exists() and any(out.iterdir()):
        raise SystemExit(f"{out} is not empty")
    for name in ("published", "demo"):
        (out / name).mkdir(parents=True)
    names = quarters_until(last or LAST[communes > 5000], quarters)
    rng = np.random.Generator(np.random.PCG64((seed, 0)))
    country = make(communes, rng, first_day(names[0]))
    made = kinds(definitions(out / "reference", indicators), indicators)
    write(country, out / "reference", rng)
    figures, manifest, total = Figures(made, country.province, seed), [], 0
    corrections: list[pa.Table] = []
    for place, name in enumerate(names):
        quarter = figures.quarter(place, quarters, name)
        first = rows(country, made, name, quarter, quarter.sent, corrected=False)
        total += write_rows(out / "demo" / f"{name}.csv", [first])
        manifest.append((f"{name}.csv", last_day(name) + timedelta(30), "Số liệu minh họa.", "Illustrative."))
        corrections.append(rows(country, made, name, quarter, quarter.wrong, corrected=True))
        if name.endswith("Q4") or name == names[-1]:
            file = f"{name[:4]}-dinh-chinh.csv"
            total += write_rows(out / "demo" / file, corrections)
            sent = last_day(name) + timedelta(45)
            manifest.append((file, sent, "Đính chính minh họa.", "Illustrative corrections."))
            corrections = []
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("file", "received", "by", "note_vi", "note_en"))
    writer.writerows((file, day.isoformat(), OFFICE, *notes) for file, day, *notes in manifest)
    (out / "demo" / "manifest.csv").write_text(text.getvalue(), encoding="utf-8", newline="\n")
    return total


def main() -> int:
    """Read the command line, write the set, say how many rows."""
    parser = argparse.ArgumentParser(description="A seeded, illustrative national data set.")
    parser.add_argument("out", type=Path, help="a folder that is new or empty")
    parser.add_argument(
        "--communes", type=int, default=3321, help="over 5000: the list before July 2025, with districts"
    )
    parser.add_argument("--indicators", type=int, default=60)
    parser.add_argument("--quarters", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--last", default="", help="the last quarter, such as 2025-Q4")
    said = parser.parse_args()
    total = make_set(said.out, said.communes, said.indicators, said.quarters, said.seed, said.last)
    print(f"{said.out}: {total} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
