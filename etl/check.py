"""The one judgement of a file: the page and the command line both call ``check``."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from etl import distinct, layout, plain_table, reading
from etl.findings import Collector, Finding, blocks
from etl.normalise import normalise
from etl.revise import FIGURES, report_replaced
from etl.sheet import KEY, percent
from etl.validate import validate
from store import periods
from store.definitions import Catalogue

TABLE = [
    *KEY,
    *FIGURES,
    "value_given",
    "qualifier",
    "source",
    "note",
    "line",
]
# What the published snapshot shows of some areas; None: there is no snapshot.
Previous = Callable[[Collection[str]], pd.DataFrame | None]
TEXTS = [*KEY, "status", "qualifier", "source", "note"]


def today() -> date:
    """The day it is in Viet Nam: it decides whether a period has closed."""
    return periods.today_in_viet_nam()


@dataclass(frozen=True)
class Report:
    """What was understood of one file. ``encoding`` is that of a text, or the kind of a workbook; ``rows`` counts rows
    of figures under the headings; ``accepted`` the figures that would enter, 0 when anything blocks. ``table`` holds
    the rows that nothing blocks, as in ``schema.sql``."""

    file: str
    sha256: str
    encoding: str
    rows: int
    accepted: int
    findings: tuple[Finding, ...]
    table: pd.DataFrame

    @property
    def upload_id(self) -> str:
        """Name of the file's content: the same bytes are the same upload."""
        return self.sha256[:16]

    @property
    def blocked(self) -> bool:
        """Whether the file may not enter."""
        return blocks(self.findings)


def check(
    file_name: str,
    data: bytes,
    catalogue: Catalogue,
    space: str,
    today: date,
    previous: pd.DataFrame | Previous | None = None,
    committed: bool = False,
    own_areas: Collection[str] | None = None,
) -> Report:
    """Judge one file, and give its rows with every text written out; see ``judge``."""
    report = judge(file_name, data, catalogue, space, today, previous, committed, own_areas)
    return replace(report, table=_spelled(report.table))


def judge(
    file_name: str,
    data: bytes,
    catalogue: Catalogue,
    space: str,
    today: date,
    previous: pd.DataFrame | Previous | None = None,
    committed: bool = False,
    own_areas: Collection[str] | None = None,
) -> Report:
    """Judge one file; never raises for its content. In the report's table each text of a column stands once (see
    ``distinct``): a tenth of the memory, and of the time, of a table in which it stands in every row.

    ``previous``: what the published snapshot shows (see ``publish.published_figures``), for jumps between periods and
    for figures that the file would replace; or who is to be asked for the areas that the file names, for a country
    has more figures than a file is compared with. ``committed``: the file comes with the product, so it may name
    the publication it was copied from. ``own_areas``: ids of the communes its sender may report for; None: all.
    """
    found = Collector()
    count, table = 0, _empty()
    kind, tidy = plain_table.read(data, catalogue) or _tidy(data, catalogue, found)
    if tidy:
        count = tidy.rows
        if count and tidy.whole:
            found.bind(tidy.origins)
            read = normalise(tidy.frame(), catalogue, found)
            if callable(previous):
                previous = previous(_named(read["area_id"]))
            validate(
                read,
                catalogue,
                found,
                space=space,
                today=today,
                previous=previous,
                committed=committed,
                own_areas=own_areas,
            )
            table = _table(read, catalogue, found)
            if previous is not None and not committed:
                report_replaced(table, previous, found)
            table = table.reset_index(drop=True)
    every = found.all()
    return Report(
        file=file_name.encode("utf-8", "replace").decode(),  # a name from a disk may hold undecodable bytes
        sha256=hashlib.sha256(data).hexdigest(),
        encoding=kind,
        rows=count,
        accepted=0 if blocks(every) else len(table),
        findings=every,
        table=table,
    )


def _tidy(data: bytes, catalogue: Catalogue, found: Collector) -> tuple[str, layout.Tidy | None]:
    """(kind of file or encoding, its tables), by the reader that takes every kind of file."""
    kind, grids = reading.read(data, found)
    if not grids:
        if not found.blocked:
            found.add("file.no_table")
        return kind, None
    tidy = layout.read_sheets(grids, catalogue, found)
    if not tidy.rows and tidy.tables:
        found.add("file.no_rows", grids[0].lines[0] if grids[0].lines else 1)
    return kind, tidy


def _named(areas: pd.Series) -> list[str]:
    codes, texts = distinct.parts(areas)
    return texts[np.unique(codes[codes >= 0])].tolist()


def _empty() -> pd.DataFrame:
    return pd.DataFrame({column: [] for column in TABLE})


def _spelled(table: pd.DataFrame) -> pd.DataFrame:
    kinds = dict.fromkeys(TEXTS, "str") | dict.fromkeys(("source", "note"), object)
    coded = [name for name in TEXTS if isinstance(table[name].dtype, pd.CategoricalDtype)]
    return table.assign(**{name: distinct.spelled(table[name], kinds[name]) for name in coded})


def _table(read: pd.DataFrame, catalogue: Catalogue, found: Collector) -> pd.DataFrame:
    """Figures of the rows that nothing blocks, once each, by row key; a rate's value is 100 n/N where the
    file gave none."""
    keep = ~read["blank"].to_numpy() & ~read.index.isin(list(found.blocked_lines))
    if found.count("row.same_twice"):
        key = distinct.combined([read[column] for column in KEY])[keep]
        keep[keep] = ~pd.Series(key).duplicated().to_numpy()
    table = read if keep.all() else read[keep]
    rates = {item.id for item in catalogue.indicators if item.is_rate and item.unit == "percent"}
    computed = percent(table["numerator"], table["denominator"])
    given = table["value"].notna()
    no_cases = table["no_cases"] | ((table["denominator"] == 0) & ~given)
    status = distinct.coded(no_cases.to_numpy(dtype=np.int8), ["reported", "no_cases"])
    columns = {
        **{name: distinct.coded_again(table[name]) for name in TEXTS if name != "status"},
        **{name: table[name] for name in ("numerator", "denominator")},
        "status": status,
        "value": table["value"].where(given, computed.where(distinct.among(table["indicator_id"], rates))),
        "value_given": given,
        "line": found.origins.lines(table.index.to_numpy()),
    }
    return pd.DataFrame(columns, columns=TABLE, index=table.index)
