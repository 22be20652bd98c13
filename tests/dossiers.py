"""Dossiers for tests: writers of small files, and a slow twin in plain Python that counts them once more.

The twin is written from the words of the catalogue and of the documentation, not from the SQL: it reads cells, finds units
and counts one dossier after another.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from store.definitions import Area, Catalogue
from store.periods import Period

COLUMNS = (
    *(
        "dossier_no",
        "commune_code",
        "received_on",
        "due_on",
        "finished_on",
        "channel",
        "service_level",
        "fee_vnd",
    ),
    *("paid_online", "result_document", "result_digitised", "parts_digitised", "updated_at"),
)
GOOD = {
    "dossier_no": "A1", "commune_code": "01837", "received_on": "2024-10-01", "due_on": "2024-10-08",
    "finished_on": "2024-10-07", "channel": "online", "service_level": "full", "fee_vnd": "15000", "paid_online": "1",
    "result_document": "1", "result_digitised": "1", "parts_digitised": "0", "updated_at": "2024-10-07 09:00:00",
}  # fmt: skip
YES, NO = ("1", "true", "yes", "có"), ("0", "false", "no", "không")
DAYS = ("received_on", "due_on", "finished_on")
EVER = datetime(1, 1, 1)  # noqa: DTZ001
FLAGS = ("paid_online", "result_document", "result_digitised", "parts_digitised")
WORDS = {"channel": ("online", "counter", "post"), "service_level": ("full", "partial", "none")}
MAY_BE_BLANK = ("finished_on", "updated_at")


def dossier(**cells: str) -> dict[str, str]:
    """A dossier without fault, but for these cells."""
    return {**GOOD, **cells}


def write_csv(
    path: Path, rows: Iterable[Mapping[str, str]], columns: Sequence[str] = COLUMNS, delimiter: str = ","
) -> Path:
    """Texts as they are."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(
            file, columns, delimiter=delimiter, extrasaction="ignore", lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_parquet(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Cells in the types of the table; only for rows that can be read."""
    typed = [_read(row)[0] for row in rows]
    types = {**dict.fromkeys(DAYS, pa.date32()), **dict.fromkeys(FLAGS, pa.bool_())}
    types |= {"fee_vnd": pa.int64(), "updated_at": pa.timestamp("us")}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS])
    pq.write_table(pa.Table.from_pylist(typed, schema), path)
    return path


# ---------------------------------------------------------------- the twin


def _read(row: Mapping[str, str]) -> tuple[dict, set[str]]:
    """(typed cells, faults of cells) of one row."""
    cells: dict[str, object] = {}
    faults = set()
    for name in COLUMNS:
        text = row[name]
        cells[name] = _cell(name, text)
        if text == "" and name not in MAY_BE_BLANK:
            faults.add(f"missing.{name}")
        elif text != "" and cells[name] is None:
            faults.add(f"unreadable.{name}")
        elif text != "" and name in WORDS and text not in WORDS[name]:
            faults.add(f"unknown_word.{name}")
    return cells, faults


def _cell(name: str, text: str) -> object:
    if name in FLAGS:
        return True if text.lower() in YES else False if text.lower() in NO else None
    if name == "fee_vnd":
        digits = text.removeprefix("-")
        return int(text) if digits.isascii() and digits.isdigit() and abs(int(text)) < 2**63 else None
    if name in DAYS or name == "updated_at":
        plain = len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdigit()
        try:
            if name == "updated_at" and len(text) == 19:
                return datetime.strptime(text.replace("T", " "), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
            if plain:
                day = date.fromisoformat(text)
                return datetime(day.year, day.month, day.day) if name == "updated_at" else day  # noqa: DTZ001
        except ValueError:
            pass
        return None
    return text or None


def _unit(catalogue: Catalogue, code: str | None, received: date, end: date) -> Area | str:
    """The unit that a dossier counts for, or the fault."""
    whole = code.zfill(5) if code and code.isdigit() else code
    areas = [
        area for area in catalogue.areas if area.level == 3 and area.code == whole and area.valid_on(received)
    ]
    if len(areas) != 1:
        return "commune_unknown"
    area = areas[0]
    while area.valid_to and area.valid_to < end:
        heirs = [link for link in catalogue.lineage if link.old_area_id == area.id and link.effective <= end]
        if len(heirs) != 1 or heirs[0].share < 1:
            return "commune_split"
        area = catalogue.area_by_id[heirs[0].new_area_id]
    return area


def _judged(cells: dict, faults: set[str], today: date) -> set[str]:
    received, due, finished, fee = (
        cells[name] for name in ("received_on", "due_on", "finished_on", "fee_vnd")
    )
    found = set(faults)
    early, late = date(2015, 1, 1), today
    if (
        (received and not early <= received <= late)
        or (finished and finished > late)
        or (due and due < early)
    ):
        found.add("date_implausible")
    if finished and received and finished < received:
        found.add("finished_before_received")
    if due and received and due < received:
        found.add("due_before_received")
    if fee is not None and fee < 0:
        found.add("fee_negative")
    if fee is not None and fee > 10**9:
        found.add("fee_implausible")
    return found


def _newest(rows: list[dict[str, str]]) -> tuple[list[tuple[dict, set[str]]], int]:
    """(one row per number with its faults, rows that were passed over)."""
    single, several = [], defaultdict(list)
    for row in rows:
        cells, faults = _read(row)
        if cells["dossier_no"] is None:
            single.append((cells, faults))
        else:
            several[cells["dossier_no"]].append((cells, faults))
    for own in several.values():
        newest = max((cells["updated_at"] or EVER for cells, _ in own))
        top = [item for item in own if (item[0]["updated_at"] or EVER) == newest]
        different = any(item[0] != top[0][0] for item in top)
        single.append((top[0][0], {"number_conflict"} if different else top[0][1]))
    return single, len(rows) - len(single)


def twin(
    rows: list[dict[str, str]], catalogue: Catalogue, period: Period, today: date
) -> tuple[dict, Counter]:
    """(figures by area, indicator and definition; how often each fault and note)."""
    start, end = period.start, period.end
    figures: dict[tuple[str, str, str], dict[str, int]] = {}
    said: Counter[str] = Counter()
    dossiers, older = _newest(rows)
    said["superseded"] = older
    for cells, cell_faults in dossiers:
        conflict = cell_faults == {"number_conflict"}
        faults = cell_faults if conflict else _judged(cells, cell_faults, today)
        if faults:
            said.update(faults)
            continue
        received, due, finished = (cells[name] for name in DAYS)
        if received > end or (finished and finished < start):
            said["outside_period"] += 1
            continue
        if cells["paid_online"] and cells["fee_vnd"] == 0:
            said["paid_without_fee"] += 1
        unit = _unit(catalogue, cells["commune_code"], received, end)
        if isinstance(unit, str):
            said[unit] += 1
            continue
        came, online = start <= received <= end, cells["channel"] == "online"
        full, pays = cells["service_level"] == "full", cells["fee_vnd"] > 0
        done = finished is not None and start <= finished <= end
        pending = finished is None or finished > end
        paper, digital = cells["result_document"], cells["result_digitised"]
        counted = {
            ("gov_dossiers_received", "received"): {"value": came},
            ("gov_dossiers_received", "online"): {"value": came and online},
            ("gov_dossiers_received", "resolved"): {"value": done},
            ("gov_online_filing_rate", "local_report"): {"numerator": came and online, "denominator": came},
            ("gov_full_online_filing_rate", "standard"): {
                "numerator": came and full and online, "denominator": came and full,
            },
            ("gov_online_payment_rate", "local_report"): {
                "numerator": came and pays and cells["paid_online"], "denominator": came and pays,
            },
            ("gov_online_payment_amount", "standard"): {
                "value": cells["fee_vnd"] if came and cells["paid_online"] else 0
            },
            ("gov_ontime_rate", "resolved_only"): {"numerator": done and finished <= due, "denominator": done},
            ("gov_ontime_rate", "resolved_and_pending"): {
                "numerator": (done and finished <= due) or (pending and due >= end), "denominator": done or pending,
            },
            ("gov_result_digitised_rate", "standard"): {
                "numerator": done and paper and digital, "denominator": done and paper,
            },
            ("gov_dossier_digitised_rate", "standard"): {
                "numerator": done and cells["parts_digitised"] and digital, "denominator": done,
            },
        }  # fmt: skip
        for (indicator, definition), parts in counted.items():
            own = figures.setdefault((unit.id, indicator, definition), dict.fromkeys(parts, 0))
            for name, number in parts.items():
                own[name] += int(number)
    return figures, +said
