"""The SQL that an engine runs, the same for all of them: typed rows, faults, and every indicator in one pass.

Nothing of a file's content enters the text: only names and literals of the definitions, and validated days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

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
        cells = ", ".join(_cell(plan.table, name, source.types[name]) for name in plan.columns)
        parts.append(f"SELECT {cells}, 0 AS {CONFLICT} FROM source_{number}")
    return "\nUNION ALL\n".join(parts)


def _cell(table: Table, name: str, kind: str) -> str:
    """``x AS x, text of x AS raw_x``; engines are told nothing but what they agree about."""
    wanted = table.by_name[name].type
    text = f"NULLIF(CAST({name} AS STRING), '')" if kind != "text" else f"NULLIF({name}, '')"
    if wanted in ("text", "word"):
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


def tally(plan: Plan, relation: str, conflicts: bool = False) -> str:
    """One pass: per commune code and era the rows, those left out (in all and by fault), the dossiers of the period, those
    with each note, and every measure. ``conflicts``: the relation knows of contradicting rows of one number."""
    faults = [*plan.faults, *([Fault(CONFLICT, f"({CONFLICT} = 1)", (NUMBER,))] if conflicts else [])]
    bad = " OR ".join(fault.sql for fault in faults) or "FALSE"
    sums = ["COUNT(*)", _sum("left_out = 1")]
    one_row = (
        f"{CONFLICT} = 0 AND " if conflicts else ""
    )  # of contradicting rows nobody knows whose cells count
    sums += [_sum(one_row + fault.sql) for fault in plan.faults]
    sums.append(_sum(f"{CONFLICT} = 1") if conflicts else "CAST(0 AS BIGINT)")
    sums.append(_sum(f"left_out = 0 AND NOT {_outside(plan)}"))
    of_period = f" AND NOT {_outside(plan)}"
    sums += [
        _sum(f"left_out = 0 AND {rule.when.on(plan.days)}{'' if rule.outside else of_period}")
        for rule in plan.notes
    ]
    for measure in plan.measures:
        sums += [
            _sum(f"left_out = 0 AND {count.when.on(plan.days)}", count.what)
            for count in measure.counts.values()
        ]
    listed = ",\n  ".join(f"{sql} AS s{place}" for place, sql in enumerate(sums))
    return (
        f"SELECT {COMMUNE}, {_era(plan)} AS era,\n  {listed}\n"
        f"FROM (SELECT *, CASE WHEN {bad} THEN 1 ELSE 0 END AS left_out FROM {relation}) AS judged\n"
        f"GROUP BY {COMMUNE}, {_era(plan)}"
    )


def _sum(condition: str, what: str = "1") -> str:
    return f"CAST(SUM(CASE WHEN {condition} THEN {what} ELSE 0 END) AS BIGINT)"


def _outside(plan: Plan) -> str:
    """Whether a dossier is not of the period; never unknown."""
    rules = [f"COALESCE({rule.when.on(plan.days)}, FALSE)" for rule in plan.notes if rule.outside]
    return f"({' OR '.join(rules)})" if rules else "FALSE"


def _era(plan: Plan) -> str:
    """Number of the era in which a dossier was received; -1 where the day is not known."""
    cases = " ".join(f"WHEN {RECEIVED} < {literal(day)} THEN {place}" for place, day in enumerate(plan.eras))
    return f"CASE WHEN {RECEIVED} IS NULL THEN -1 {cases} ELSE {len(plan.eras)} END"


# ---------------------------------------------------------------- dossiers with several rows


def hashes_that_repeat(hashed: str, part: int, parts: int) -> str:
    """Hashes of numbers that stand several times; ``parts`` > 1 bounds the memory by looking at one part of them."""
    only = f" AND {hashed} % {parts} = {part}" if parts > 1 else ""
    return (
        f"SELECT h FROM (SELECT {hashed} AS h FROM typed WHERE {NUMBER} IS NOT NULL{only}) AS hashes "
        "GROUP BY h HAVING COUNT(*) > 1"
    )


def numbers_that_repeat(hashed: str) -> str:
    """The numbers themselves: equal hashes may be chance."""
    return (
        f"SELECT {NUMBER} FROM typed JOIN candidates ON {hashed} = candidates.h "
        f"GROUP BY {NUMBER} HAVING COUNT(*) > 1"
    )


def again(plan: Plan) -> str:
    """Every row of the numbers that stand several times."""
    return f"SELECT {_all(plan, 'typed.')} FROM typed JOIN repeated ON typed.{NUMBER} = repeated.{NUMBER}"


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
    """Every dossier once."""
    return (
        f"SELECT {_all(plan, 'typed.')} FROM typed LEFT JOIN repeated ON typed.{NUMBER} = repeated.{NUMBER} "
        f"WHERE repeated.{NUMBER} IS NULL\nUNION ALL\nSELECT {_all(plan, '')} FROM latest"
    )


def _all(plan: Plan, prefix: str) -> str:
    columns = ", ".join(f"{prefix}{name}, {prefix}raw_{name}" for name in plan.columns)
    return f"{columns}, {prefix}{CONFLICT}"


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
