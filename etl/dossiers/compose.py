"""The SQL that an engine runs, the same for all of them: typed rows, faults, and every indicator in one pass.

Nothing of a file's content enters the text: only names and literals of the definitions, and validated days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from etl.dossiers.conditions import Condition
from etl.dossiers.files import Source
from etl.dossiers.table import COMMUNE, LEAVE_OUT, NUMBER, RECEIVED, UPDATED, Measure, Rule, Table

CONFLICT = "number_conflict"
_DIGITS = "0123456789"
_MOMENTS = tuple("____-__-__" + time for time in ("", "___:__:__", "___:__:__.___", "___:__:__.______"))


@dataclass(frozen=True)
class Fault:
    """A condition on typed rows that leaves a dossier out. ``columns``: whose cells an example shows."""

    code: str
    sql: str
    columns: tuple[str, ...]
    rule: Rule | None = None


CONFLICTING = Fault(CONFLICT, f"{CONFLICT} = 1", (NUMBER,))


@dataclass(frozen=True)
class Plan:
    """All that is asked of the typed rows: faults in the order of their naming, notes, measures; ``eras`` are the first
    days of the times between which the units of the country changed."""

    table: Table
    sources: tuple[Source, ...]
    columns: tuple[str, ...]
    faults: tuple[Fault, ...]
    notes: tuple[Rule, ...]
    measures: tuple[Measure, ...]
    days: Mapping[str, str]
    eras: tuple[date, ...]


def literal(day: date) -> str:
    """A day as SQL."""
    return f"DATE '{day.isoformat()}'"


def plan(table: Table, sources: Sequence[Source], days: Mapping[str, date], eras: Sequence[date]) -> Plan:
    """What can be asked of these files: rules and measures whose columns they have."""
    present = {name for source in sources for name in source.types}
    measures = tuple(item for item in table.measures if item.columns <= present)
    rules = [item for item in table.rules if item.when.columns <= present]
    used = set().union(
        *(item.columns for item in measures), *(item.when.columns for item in rules), {COMMUNE, RECEIVED}
    )
    used |= {UPDATED} & present
    columns = tuple(column.name for column in table.columns if column.name in used | {NUMBER})
    literals = {name: literal(day) for name, day in days.items()}
    faults = (
        *(fault for name in columns for fault in _of_column(table, sources, name)),
        *(
            Fault(rule.id, rule.when.on(literals), _in_order(columns, rule.when.columns), rule)
            for rule in rules
            if rule.severity == LEAVE_OUT
        ),
    )
    notes = tuple(rule for rule in rules if rule.severity != LEAVE_OUT)
    return Plan(table, tuple(sources), columns, faults, notes, measures, literals, tuple(eras))


def _in_order(columns: Sequence[str], some: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in columns if name in some)


def _of_column(table: Table, sources: Sequence[Source], name: str) -> list[Fault]:
    """Faults that any cell of a column may have; what the files vouch for is not asked."""
    column = table.by_name[name]
    found = []
    if not column.blank and not all(name in source.filled for source in sources):
        found.append(Fault(f"missing.{name}", f"({name} IS NULL AND raw_{name} IS NULL)", (name,)))
    read_as_text = any(source.types[name] != column.type for source in sources)
    if read_as_text and column.type not in ("text", "word"):
        found.append(Fault(f"unreadable.{name}", f"({name} IS NULL AND raw_{name} IS NOT NULL)", (name,)))
    if column.type == "word":
        found.append(Fault(f"unknown_word.{name}", f"({name} NOT IN ({_list(column.words)}))", (name,)))
    return found


def _list(words: Sequence[str] | Mapping[str, object]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def typed(plan: Plan) -> str:
    """Every row of every file in the table's types, with ``raw_`` texts of the cells that had to be read."""
    parts = []
    for number, source in enumerate(plan.sources):
        cells = ", ".join(
            _cell(plan.table, name, source.types[name], name in source.filled) for name in plan.columns
        )
        parts.append(f"SELECT {cells}, 0 AS {CONFLICT} FROM source_{number}")
    return "\nUNION ALL\n".join(parts)


def _cell(table: Table, name: str, kind: str, filled: bool) -> str:
    """``x AS x, text of x AS raw_x``; engines are told nothing but what they agree about. A ``filled`` text is taken as it is:
    its dictionary stays, and rows are grouped by it several times as fast."""
    wanted = table.by_name[name].type
    text = f"NULLIF(CAST({name} AS STRING), '')" if kind != "text" else f"NULLIF({name}, '')"
    if wanted in ("text", "word"):
        text = name if filled and kind == "text" else text
        return f"{text} AS {name}, CAST(NULL AS STRING) AS raw_{name}"
    if kind == wanted or (kind == "moment" and wanted == "date") or (kind == "date" and wanted == "moment"):
        sql = {"date": "DATE", "moment": "TIMESTAMP", "whole": "BIGINT", "yes_no": "BOOLEAN"}[wanted]
        return f"CAST({name} AS {sql}) AS {name}, CAST(NULL AS STRING) AS raw_{name}"
    return f"{_read(table, wanted, text)} AS {name}, {text} AS raw_{name}"


def _read(table: Table, wanted: str, text: str) -> str:
    """A text as a type; NULL where it is not exactly in the table's form (engines differ about 10.7, 1_000, 2024-1-5)."""
    signs = f"TRANSLATE({text}, '{_DIGITS}', '')"
    if wanted == "date":
        return f"CASE WHEN {signs} = '--' AND {text} LIKE '____-__-__' THEN TRY_CAST({text} AS DATE) END"
    if wanted == "whole":
        return f"CASE WHEN {signs} IN ('', '-') THEN TRY_CAST({text} AS BIGINT) END"
    if wanted == "moment":
        forms = " OR ".join(f"{text} LIKE '{form}'" for form in _MOMENTS)
        known = f"{signs} IN ('--', '-- ::', '--T::', '-- ::.', '--T::.')"
        return f"CASE WHEN {known} AND ({forms}) THEN TRY_CAST({text} AS TIMESTAMP) END"
    return (
        f"CASE WHEN LOWER({text}) IN ({_list(table.yes)}) THEN TRUE"
        f" WHEN LOWER({text}) IN ({_list(table.no)}) THEN FALSE END"
    )


@dataclass(frozen=True)
class Tally:
    """A query that counts, and where in its rows (behind code and era) each count stands; equal counts are made once."""

    sql: str
    places: Mapping[str, int]

    def of(self, row: Sequence[int], sql: str) -> int:
        """One count of a row."""
        return row[self.places[sql]]


ROWS, FAULTY, COUNTED, EARLIER = "COUNT(*)", "faulty", "counted", "NOT faulty AND NOT outside AND earlier"


def tally(plan: Plan, relation: str, earlier: bool = False) -> Tally:
    """One pass: per commune code the rows, those with a fault, the dossiers of the period, those with each note, and every
    measure. Each comparison is made once per row; the sums only join what it gave.

    Nearly all dossiers were received in the last era. Those of earlier ones are passed over, but for their number; with
    ``earlier`` they alone are looked at, by code and era: a second key would cost every row a tenth of the time.
    """
    tests = _tests(plan)
    wholes = sorted({count.what for item in plan.measures for count in item.counts.values()} - {"1"})
    leading = dict.fromkeys(own[0] for own in _conditions(plan) if own)
    cells = [COMMUNE, f"{_era(plan)} AS era", *wholes] if earlier else [COMMUNE, *wholes]
    cells += [f"{sql} AS {name}" for sql, name in tests.values()]
    begins = literal(plan.eras[-1]) if plan.eras else ""
    before = f"COALESCE({RECEIVED} < {begins}, FALSE)" if begins else "FALSE"
    cells.append(f"{before} AS earlier")
    shared = [f"counted AND {tests[test][1]} AS c{tests[test][1]}" for test in leading]
    wanted = {name: _sum(name) for name in (FAULTY, COUNTED, EARLIER)} | {ROWS: ROWS}
    for when, what in _asked(plan):
        wanted[key(when, what)] = _sum(_named(when, tests), what)
    distinct = list(dict.fromkeys(wanted.values()))
    listed = ",\n  ".join(f"{sql} AS s{place}" for place, sql in enumerate(distinct))
    bad = " OR ".join(fault.sql for fault in (*plan.faults, CONFLICTING))
    of_era = "earlier" if earlier else "NOT earlier"
    era = "era" if earlier else f"{len(plan.eras)} AS era"
    sql = f"""SELECT {COMMUNE}, {era},
  {listed}
FROM (SELECT *{"".join(f", {sql}" for sql in shared)}
  FROM (SELECT *, NOT faulty AND NOT outside AND {of_era} AS counted
    FROM (SELECT *, {_outside(plan, tests)} AS outside
      FROM (SELECT {", ".join(cells)}, CASE WHEN {bad} THEN TRUE ELSE FALSE END AS faulty FROM {relation}{
        f" WHERE {RECEIVED} < {begins}" if earlier else ""
    }) AS compared
    ) AS placed) AS judged) AS joined
GROUP BY {COMMUNE}{", era" if earlier else ""}"""
    return Tally(sql, {name: distinct.index(own) for name, own in wanted.items()})


def _asked(plan: Plan) -> list[tuple[Condition, str]]:
    """Every condition to be counted and what is summed: notes, then measures."""
    notes = [(rule.when, "1") for rule in plan.notes if not rule.outside]
    return [*notes, *((own.when, own.what) for item in plan.measures for own in item.counts.values())]


def key(when: Condition, what: str) -> str:
    """Name of a count."""
    return f"{what}: {when.sql}"


def _conditions(plan: Plan) -> list[tuple[str, ...]]:
    """The tests of every condition that is counted, where they are joined by AND alone; else nothing."""
    return [when.tests if when.only_and else () for when, _ in _asked(plan)]


def _tests(plan: Plan) -> dict[str, tuple[str, str]]:
    """Test -> (SQL, name). Where no NOT could turn it round, an unknown outcome is a plain no: engines join those faster."""
    every = [*(rule.when for rule in plan.notes if rule.outside), *(when for when, _ in _asked(plan))]
    turned = {test for when in every if when.negates for test in when.tests}
    found: dict[str, tuple[str, str]] = {}
    for when in every:
        for test in when.tests:
            sql = f"({test.format_map(plan.days)})"
            known = sql if test in turned else f"COALESCE({sql}, FALSE)"
            found.setdefault(test, (known, f"q{len(found)}"))
    return found


def _named(when: Condition, tests: Mapping[str, tuple[str, str]]) -> str:
    """A condition by the names of its tests, for the dossiers that count."""
    if when.only_and:
        first, *others = when.tests
        return " AND ".join([f"c{tests[first][1]}", *(tests[test][1] for test in others)])
    return f"counted AND ({_joined(when, tests)})"


def _joined(when: Condition, tests: Mapping[str, tuple[str, str]]) -> str:
    return " ".join(tests[text][1] if is_test else text for is_test, text in when.pieces)


def _sum(condition: str, what: str = "1") -> str:
    """``SUM(CASE WHEN … THEN 1 ELSE 0 END)`` in the form that both engines have and DuckDB counts fastest."""
    if what == "1":
        return f"CAST(COUNT_IF({condition}) AS BIGINT)"
    return f"CAST(SUM(CASE WHEN {condition} THEN {what} ELSE 0 END) AS BIGINT)"


def _outside(plan: Plan, tests: Mapping[str, tuple[str, str]]) -> str:
    """Whether a dossier is not of the period; never unknown."""
    rules = [f"({_joined(rule.when, tests)})" for rule in plan.notes if rule.outside]
    return f"COALESCE({' OR '.join(rules)}, FALSE)" if rules else "FALSE"


def _era(plan: Plan) -> str:
    """Number of the era in which a dossier was received."""
    cases = " ".join(f"WHEN {RECEIVED} < {literal(day)} THEN {place}" for place, day in enumerate(plan.eras))
    return f"CASE {cases} ELSE {len(plan.eras)} END"


# ---------------------------------------------------------------- the few rows that need a second look


def repeated_hashes(hashed: str) -> str:
    """Hashes of numbers that stand several times: equal numbers have equal hashes, others hardly ever."""
    return (
        f"SELECT h FROM (SELECT {hashed} AS h FROM typed WHERE {NUMBER} IS NOT NULL) AS hashes "
        "GROUP BY h HAVING COUNT(*) > 1"
    )


def doubtful(plan: Plan, hashed: str, candidates: bool) -> str:
    """Every row with a fault, and every row whose number may stand several times."""
    bad = " OR ".join(fault.sql for fault in plan.faults) or "FALSE"
    if not candidates:
        return f"SELECT * FROM typed WHERE {bad}"
    return f"SELECT * FROM typed WHERE {bad} OR {hashed} IN (SELECT h FROM candidates)"


def again() -> str:
    """Every row of the numbers that stand several times."""
    return (
        f"SELECT doubtful.* FROM doubtful JOIN (SELECT {NUMBER} AS own FROM doubtful WHERE {NUMBER} IS NOT NULL "
        f"GROUP BY {NUMBER} HAVING COUNT(*) > 1) AS repeated ON {NUMBER} = own"
    )


def latest(plan: Plan) -> str:
    """One row for each of them: the newest. Newest rows that differ contradict one another: ``number_conflict``."""
    newest = f"{UPDATED} DESC NULLS LAST" if UPDATED in plan.columns else f"{NUMBER}"
    everything = ", ".join(f"{name} NULLS LAST" for name in plan.columns)
    own = f"PARTITION BY {NUMBER} ORDER BY {newest}"
    columns = ", ".join(f"{name}, raw_{name}" for name in plan.columns)
    return f"""SELECT {columns}, conflict AS {CONFLICT} FROM (
  SELECT {columns}, place, MAX(CASE WHEN new = 1 AND other > 1 THEN 1 ELSE 0 END) OVER (PARTITION BY {NUMBER}) AS conflict
  FROM (SELECT {columns}, RANK() OVER ({own}) AS new, RANK() OVER ({own}, {everything}) AS other,
    ROW_NUMBER() OVER ({own}, {everything}) AS place FROM again) AS ranked) AS judged
WHERE place = 1"""


def standing(plan: Plan) -> str:
    """The doubtful dossiers, each once."""
    columns = ", ".join(f"{name}, raw_{name}" for name in plan.columns) + f", {CONFLICT}"
    return (
        f"SELECT {columns} FROM doubtful LEFT JOIN (SELECT DISTINCT {NUMBER} AS own FROM again) AS repeated "
        f"ON {NUMBER} = own WHERE own IS NULL\nUNION ALL\nSELECT {columns} FROM latest"
    )


def by_fault(plan: Plan, relation: str) -> str:
    """How many dossiers have each fault; of contradicting rows nobody knows whose cells count."""
    sums = [
        f"CAST(SUM(CASE WHEN {CONFLICT} = 0 AND {fault.sql} THEN 1 ELSE 0 END) AS BIGINT)"
        for fault in plan.faults
    ]
    return f"SELECT {', '.join([*sums, f'CAST(SUM({CONFLICT}) AS BIGINT)'])} FROM {relation}"


def examples(plan: Plan, relation: str) -> str:
    """Some dossiers of each fault, the same ones on every engine: (fault's place, number, cells as text)."""
    which = f"WHEN {CONFLICT} = 1 THEN {len(plan.faults)} "
    which += " ".join(f"WHEN {fault.sql} THEN {place}" for place, fault in enumerate(plan.faults))
    cells = ", ".join(
        f"COALESCE(raw_{name}, CAST({name} AS STRING)) AS t{place}" for place, name in enumerate(plan.columns)
    )
    sorted_by = (NUMBER, *(f"t{place}" for place in range(len(plan.columns))))
    order = ", ".join(f"{name} NULLS LAST" for name in sorted_by)
    return f"""SELECT * FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY fault ORDER BY {order}) AS place FROM (
    SELECT CASE {which} ELSE -1 END AS fault, {NUMBER}, {cells} FROM {relation}) AS named
  WHERE fault >= 0) AS ranked
WHERE place <= {plan.table.examples} ORDER BY fault, place"""
