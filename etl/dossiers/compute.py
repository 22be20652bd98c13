"""Files of dossiers -> the figures of one period, with everything that is wrong or worth knowing about them.

Counts add up, so a dossier with several rows is put right by sums: all rows, less all rows of such dossiers, plus the
newest of each. The large table is read once for the counts and once, its numbers alone, to look for repetitions.
"""

import csv
import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from etl.dossiers import compose, files, said
from etl.dossiers.compose import Plan
from etl.dossiers.engine import Engine, Unreadable
from etl.dossiers.said import Said
from etl.dossiers.table import NUMBER, Table
from etl.dossiers.units import SPLIT, UNKNOWN, Units, eras
from etl.findings import Severity
from store import periods
from store.definitions import Catalogue, Words
from store.errors import BoardError
from store.periods import Period

COLUMNS = (
    "commune",
    "indicator",
    "definition",
    "period",
    "numerator",
    "denominator",
    "value",
    "source",
    "note",
)
NAMED_FILES = 4  # in the note of every figure; more are named by one hash over all
CODES_NAMED = 3
Key = tuple[str, str, str]
_ORDER = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.NOTE: 2}


@dataclass(frozen=True)
class Computed:
    """Outcome: ``figures`` by (area, indicator, definition) as {numerator, denominator} or {value}; ``rows`` of the files,
    ``dossiers`` of the period that count. ``hashes``: SHA-256 by file name; ``definitions``: digest of table and SQL."""

    period: Period
    figures: Mapping[Key, Mapping[str, int]]
    findings: tuple[Said, ...]
    rows: int
    dossiers: int
    hashes: tuple[tuple[str, str], ...]
    definitions: str
    engine: str

    @property
    def blocked(self) -> bool:
        """Whether nothing may enter."""
        return any(item.severity is Severity.BLOCK for item in self.findings)

    @property
    def areas(self) -> int:
        """How many communes have figures."""
        return len({area for area, _, _ in self.figures})


def compute(
    paths: Sequence[Path], period_id: str, table: Table, catalogue: Catalogue, engine: Engine, today: date
) -> Computed:
    """Compute a period. BoardError for a period without days, or when the engine fails; whatever is wrong with the files
    is a finding."""
    period = _period(period_id, catalogue)
    with ThreadPoolExecutor(1) as beside:  # hashing leaves the interpreter free
        hashes = beside.submit(lambda: tuple((path.name, files.sha256(path)) for path in paths))
        sources, found = files.sources(paths, table)
        counted = _Counted(table, catalogue, period, today)
        if not any(item.severity is Severity.BLOCK for item in found):
            try:
                counted.count(sources, engine)
            except Unreadable as error:
                names = ", ".join(path.name for path in paths[:NAMED_FILES])
                found.append(said.say(table, "unreadable_file", file=names, reason=str(error)))
        findings = tuple(sorted((*found, *counted.findings), key=lambda item: _ORDER[item.severity]))
        blocked = any(item.severity is Severity.BLOCK for item in findings)
        return Computed(
            period, {} if blocked else counted.figures, findings, counted.rows, counted.dossiers, hashes.result(),
            table.digest, f"{engine.name} {engine.version}",
        )  # fmt: skip


def _period(period_id: str, catalogue: Catalogue) -> Period:
    try:
        period = periods.parse(period_id, catalogue.administrative_quarters)
    except ValueError:
        raise BoardError("dossiers.period", period=period_id) from None
    if period.start is None or period.end is None:
        raise BoardError("dossiers.period", period=period_id)
    return period


class _Counted:
    """The sums of one computation, and what is to be said about them."""

    def __init__(self, table: Table, catalogue: Catalogue, period: Period, today: date) -> None:
        self._table, self._period = table, period
        self._days = {"start": period.start, "end": period.end, "earliest": table.earliest, "today": today}
        self._eras = eras(catalogue, table.earliest, period.end)
        self._units = Units(catalogue, self._eras, table.earliest, period.end)
        self.figures: dict[Key, dict[str, int]] = {}
        self.findings: list[Said] = []
        self.rows = self.dossiers = 0

    def count(self, sources: Sequence[files.Source], engine: Engine) -> None:
        plan = compose.plan(self._table, sources, self._days, self._eras)
        engine.open(sources)
        engine.view("typed", compose.typed(plan))
        sums: dict[tuple[str | None, int], Counter[int]] = defaultdict(Counter)
        _add(sums, engine.rows(compose.tally(plan, "typed")), 1)
        self.rows = sum(own[0] for own in sums.values())
        repeated = _repeated(plan, engine, self.rows)
        if repeated:
            engine.view("again", compose.again(plan))
            engine.view("latest", compose.latest(plan))
            _add(sums, engine.rows(compose.tally(plan, "again")), -1)
            _add(sums, engine.rows(compose.tally(plan, "latest", conflicts=True)), 1)
            older = self.rows - sum(own[0] for own in sums.values())
            self.findings.append(said.say(self._table, "superseded", older))
        self._columns(plan, sources)
        self._judge(plan, engine, sums, bool(repeated))

    def _columns(self, plan: Plan, sources: Sequence[files.Source]) -> None:
        """What the files lack and what they hold beyond the table."""
        present = {name for source in sources for name in source.types}
        for column in self._table.columns:
            needed = [item.indicator for item in self._table.measures if column.name in item.columns]
            if column.name not in present and needed:
                names = list(dict.fromkeys(needed))
                self.findings.append(
                    said.say(self._table, "column_absent", column=column.name, indicators=names)
                )
        extra = sorted(present - self._table.by_name.keys())
        if extra:
            self.findings.append(said.say(self._table, "column_ignored", columns=extra))

    def _judge(self, plan: Plan, engine: Engine, sums: Mapping, repeated: bool) -> None:
        faults = [*(fault.code for fault in plan.faults), compose.CONFLICT]
        first = 2 + len(faults)  # behind the rows, those left out, and each fault
        total = sum(sums.values(), Counter())
        scope = self._communes(plan, sums, first)
        by_rule = {code: total[2 + place] for place, code in enumerate(faults) if total[2 + place]}
        if by_rule:
            if repeated:
                engine.view("standing", compose.standing(plan))
            shown = engine.rows(compose.examples(plan, "standing" if repeated else "typed"))
            self._say_faults(plan, by_rule, shown)
        for place, rule in enumerate(plan.notes):
            if total[first + 1 + place]:
                self.findings.append(
                    said.about_dossiers(
                        self._table, rule.id, rule.message, rule.remedy, total[first + 1 + place], (), False
                    )
                )
        self._say_whole(total, scope)

    def _communes(self, plan: Plan, sums: Mapping, first: int) -> Counter[str]:
        """Add what each code counted to its unit; how many dossiers could not be placed, by fault."""
        lost: Counter[str] = Counter()
        codes: dict[str, Counter[str]] = {UNKNOWN: Counter(), SPLIT: Counter()}
        restored: Counter[tuple[str, str]] = Counter()
        carried = 0
        for (code, era), own in sums.items():
            of_period = own[first]
            if not of_period:  # nothing that counts here
                continue
            unit = self._units.find(code, era)
            if unit.fault:
                lost[unit.fault] += of_period
                codes[unit.fault][str(code)] += of_period
                continue
            self.dossiers += of_period
            carried += of_period * unit.carried
            if unit.restored:
                restored[str(code), unit.restored] += of_period
            self._sum(plan, unit.area.id, own, first)
        for fault, number in lost.items():
            named = sorted(codes[fault].items(), key=lambda item: (-item[1], item[0]))[:CODES_NAMED]
            self._about(fault, {}, number, tuple(f"{code} ({count})" for code, count in named))
        if restored:
            (value, read_as), _ = restored.most_common(1)[0]
            number = restored.total()
            self.findings.append(said.say(self._table, "zero_restored", number, value=value, read_as=read_as))
        if carried:
            self.findings.append(said.say(self._table, "successor", carried))
        return lost

    def _sum(self, plan: Plan, area_id: str, own: Mapping[int, int], first: int) -> None:
        place = first + 1 + len(plan.notes)
        for measure in plan.measures:
            figure = self.figures.setdefault(
                (area_id, measure.indicator, measure.definition), dict.fromkeys(measure.counts, 0)
            )
            for name in measure.counts:
                figure[name] += own[place]
                place += 1

    def _say_faults(self, plan: Plan, by_rule: Mapping[str, int], shown: Sequence[tuple]) -> None:
        faults = [*plan.faults, compose.Fault(compose.CONFLICT, "", ())]
        cells: dict[str, list[str]] = defaultdict(list)
        for row in shown:
            fault, number, texts = faults[row[0]], row[1], dict(zip(plan.columns, row[2:], strict=False))
            values = [f"{name} = {_cut(texts[name])}" for name in fault.columns if name != NUMBER]
            cells[fault.code].append(f"{_cut(number)} ({', '.join(values)})" if values else _cut(number))
        for fault in faults:
            if fault.code in by_rule:
                own = (fault.rule.message, fault.rule.remedy) if fault.rule else None
                code, _, column = fault.code.partition(".")
                facts = (
                    {"column": column, "words": ", ".join(self._table.by_name[column].words)}
                    if column
                    else {}
                )
                self._about(code, facts, by_rule[fault.code], tuple(cells[fault.code]), own, fault.code)

    def _about(
        self,
        code: str,
        facts: Mapping[str, str],
        number: int,
        examples: tuple[str, ...],
        own: tuple[Words, Words] | None = None,
        full_code: str = "",
    ) -> None:
        """A fault of dossiers, in the rule's own words or those that every column shares."""
        if own is None:
            entry = self._table.said["fault"][code]
            own = tuple(
                Words({name: text.format_map(facts) for name, text in entry[part].items()})
                for part in ("message", "remedy")
            )
        self.findings.append(
            said.about_dossiers(self._table, full_code or code, *own, number, examples, left_out=True)
        )

    def _say_whole(self, total: Counter[int], lost: Counter[str]) -> None:
        left_out, rows = total[1] + lost.total(), total[0]
        limit = self._table.most_left_out_percent
        if 100 * left_out > limit * rows:
            self.findings.append(
                said.say(self._table, "too_many", left_out=left_out, total=rows, limit=f"{limit:g}")
            )
        elif not self.dossiers:
            self.findings.append(said.say(self._table, "no_rows", period=self._period.id))


def _add(sums: dict, rows: Sequence[tuple], sign: int) -> None:
    for code, era, *numbers in rows:
        own = sums[code, era]
        for place, number in enumerate(numbers):
            own[place] += sign * int(number)


def _repeated(plan: Plan, engine: Engine, rows: int) -> int:
    """Find numbers that stand several times (relation ``repeated``); how many there are. Equal numbers have equal hashes,
    so usually a pass over 64-bit hashes ends it."""
    hashed, parts = engine.hashed(NUMBER), engine.parts(rows)
    found = 0
    for part in range(parts):
        found += engine.table(f"hashes_{part}", compose.hashes_that_repeat(hashed, part, parts))
    if not found:
        return 0
    engine.view("candidates", " UNION ALL ".join(f"SELECT h FROM hashes_{part}" for part in range(parts)))
    return engine.table("repeated", compose.numbers_that_repeat(hashed))


def _cut(text: object, length: int = 40) -> str:
    whole = " ".join(str("" if text is None else text).split())
    return whole if len(whole) <= length else whole[: length - 1] + "…"


def provenance(computed: Computed, table: Table, language: str) -> str:
    """Where the figures come from, in one line: so many dossiers, these files, these definitions, this engine."""
    if len(computed.hashes) <= NAMED_FILES:
        named = ", ".join(f"{name} {digest[:12]}" for name, digest in computed.hashes)
    else:
        whole = hashlib.sha256("\n".join(sorted(digest for _, digest in computed.hashes)).encode())
        named = f"{len(computed.hashes)} ({whole.hexdigest()[:12]})"
    return said.sentence(
        table, "provenance", language, dossiers=computed.dossiers, files=named, definitions=computed.definitions,
        engine=computed.engine,
    )  # fmt: skip


def upload(computed: Computed, table: Table, language: str) -> bytes:
    """The figures in the form of an upload: UTF-8 with its mark, one line per commune and measure."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    note = provenance(computed, table, language)
    source = said.sentence(table, "source", language)
    for (area, indicator, definition), figure in sorted(computed.figures.items()):
        numbers = [figure.get(name, "") for name in ("numerator", "denominator", "value")]
        writer.writerow([area, indicator, definition, computed.period.id, *numbers, source, note])
    return text.getvalue().encode("utf-8-sig")
