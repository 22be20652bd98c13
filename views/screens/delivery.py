"""A delivery as a person reads it: what was understood, what is wrong, what would change, where it stands. HTML only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from etl.findings import Finding, Severity, column_label, message
from etl.sheet import KEY
from views import format as fmt
from views import tables
from views.effects import Effect
from views.tables import esc

if TYPE_CHECKING:
    from etl.check import Report
    from etl.desk import Proposal, Submission
    from etl.revise import Changes
    from store.definitions import Area, Indicator
    from views.frame import Context

FIRST_ROWS = 6  # new figures, and effects, seen without a click
MOST_ROWS = 200  # of one table on the screen; the download has all
TONES = {Severity.BLOCK: "unmet", Severity.WARN: "unclear", Severity.NOTE: "muted"}
MARKS = {Severity.BLOCK: "not_met", Severity.WARN: "unknown", Severity.NOTE: "same"}
STATES = {
    "waiting": "unknown",
    "accepted": "met",
    "returned": "not_met",
    "taken_back": "same",
    "withdrawn": "same",
}


# ---------------------------------------------------------------- understood


def understood(ctx: Context, report: Report) -> str:
    """One file in a few facts: how it was read, which communes, periods and how many figures."""
    table = report.table
    facts = [
        ("delivery.kind", _kind(ctx, report)),
        ("delivery.rows", fmt.number(report.rows, ctx.language)),
        ("delivery.figures", fmt.number(len(table), ctx.language)),
        ("delivery.communes", _some(_area_names(ctx, table["area_id"].unique()), ctx)),
        (
            "delivery.periods",
            _some([fmt.period(name, ctx.language) for name in sorted(table["period"].unique())], ctx),
        ),
        ("delivery.indicators", fmt.number(table["indicator_id"].nunique(), ctx.language)),
    ]
    body = "".join(
        f"<div><dt>{esc(ctx.text(key))}</dt><dd>{esc(text)}</dd></div>" for key, text in facts if text
    )
    key = "delivery.refused" if report.blocked else "delivery.readable"
    kind = "not_met" if report.blocked else "met"
    tone = tables.TONES[kind]
    verdict = f'<span class="{tone} strong">{tables.mark(kind)}{esc(ctx.text(key))}</span>'
    return f'<h2>{esc(report.file)}</h2><p>{verdict}</p><dl class="facts">{body}</dl>'


def _kind(ctx: Context, report: Report) -> str:
    """The container or the encoding, in words where there are words for it."""
    kind = report.encoding.split(",")[0].strip().lower()
    key = f"delivery.kinds.{kind}"
    return ctx.text(key) if kind and ctx.language.has(key) else report.encoding.upper()


def _area_names(ctx: Context, ids: Sequence[str]) -> list[str]:
    areas = ctx.catalogue.area_by_id
    return [fmt.area_full(areas[name], ctx.language) for name in ids if name in areas]


def _some(names: Sequence[str], ctx: Context, most: int = 4) -> str:
    """The first few names, and how many more."""
    shown = ", ".join(names[:most])
    more = len(names) - most
    return f"{shown} {ctx.text('delivery.more', count=more)}" if more > 0 else shown


# ---------------------------------------------------------------- findings


def findings(ctx: Context, reports: Sequence[Report], weights: Collection[Severity] = tuple(Severity)) -> str:
    """Every finding of these weights at once: the weightiest first, within it file by file in the order of the lines."""
    every = [
        (report.file, item) for report in reports for item in report.findings if item.severity in weights
    ]
    if not every:
        return f'<p class="muted">{esc(ctx.text("delivery.no_findings"))}</p>'
    order = list(Severity)
    every.sort(key=lambda pair: order.index(pair[1].severity))
    many = len({report.file for report in reports}) > 1
    head = [tables.th(ctx.text(f"delivery.column.{name}")) for name in ("place", "cell", "wrong")]
    folded = _folded(ctx, every)
    rows = [_finding(ctx, file if many else "", item, lines) for file, item, lines in folded[:MOST_ROWS]]
    more = sum(max(len(lines), 1) for _, _, lines in folded[MOST_ROWS:])
    left = f'<p class="small">{esc(ctx.text("delivery.findings_more", count=more))}</p>' if more > 0 else ""
    return tables.table(head, rows) + left


def _folded(ctx: Context, every: Sequence[tuple[str, Finding]]) -> list[tuple[str, Finding, list[int]]]:
    """Each finding with no further lines; notes that say the same of many lines once, with all of them: forty empty rows
    of a form are one thing to know."""
    found: list[tuple[str, Finding, list[int]]] = []
    seen: dict[tuple, list[int]] = {}
    for file, item in every:
        if item.severity is not Severity.NOTE or not item.line:
            found.append((file, item, []))
            continue
        key = (file, item.sheet, item.column, item.code, message(item, ctx.language.code))
        if key not in seen:
            seen[key] = []
            found.append((file, item, seen[key]))
        seen[key].append(item.line)
    return found


def _runs(lines: Sequence[int]) -> str:
    """Lines as ranges: 5–12, 14."""
    runs: list[list[int]] = []
    for line in sorted(set(lines)):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def totals(ctx: Context, reports: Sequence[Report]) -> str:
    """How many of each weight."""
    counts = Counter(item.severity for report in reports for item in report.findings)
    chips = [
        f'<span class="chip"><span class="{TONES[severity]}">{tables.mark(MARKS[severity])}'
        f"{esc(ctx.text(f'delivery.severity.{severity.value}', count=counts[severity]))}</span></span>"
        for severity in Severity
        if counts[severity]
    ]
    return f'<div class="chips">{"".join(chips)}</div>' if chips else ""


def _finding(ctx: Context, file: str, item: Finding, lines: Sequence[int] = ()) -> str:
    """One row; ``lines``: all that it is said of, where they are several."""
    several = len(set(lines)) > 1
    where = [item.sheet or "", ctx.text("delivery.line", line=_runs(lines))] if several else _where(ctx, item)
    parts = [part for part in (file, *where) if part]
    place = " · ".join(f'<span class="place">{esc(part)}</span>' for part in parts)
    mark = f'<span class="{TONES[item.severity]}">{tables.mark(MARKS[item.severity])}</span>'
    column = (
        f'<span class="unit">{esc(column_label(item.column, ctx.language.code))}</span>'
        if item.column
        else ""
    )
    value = (item.value or "")[:120]
    cell = (
        f"<code>{esc(value)}</code>"
        if value.strip()
        else f'<span class="muted">{esc(ctx.text("delivery.blank"))}</span>'
    )
    shown = cell if item.line and item.value is not None and not several else ""
    said = message(item, ctx.language.code)
    return (
        f"<tr><td>{mark}{place}{column}</td><td>{shown}</td>"
        f'<td class="text" title="{esc(item.code)}">{esc(said)}</td></tr>'
    )


def _where(ctx: Context, item: Finding) -> list[str]:
    if not item.line:
        return [ctx.text("delivery.whole_file")]
    line = ctx.text("delivery.line", line=item.line)
    return [item.sheet or "", f"{line} ({item.cell})" if item.cell else line]


def first_of(reports: Sequence[Report], code: str) -> tuple[Finding, int]:
    """The first finding of a code, and how many there are."""
    every = [item for report in reports for item in report.findings if item.code == code]
    return every[0], len(every)


def said(ctx: Context, finding: Finding) -> str:
    """What a finding says, in the reader's language."""
    return message(finding, ctx.language.code)


# ---------------------------------------------------------------- changes


def changes_summary(ctx: Context, changes: Changes) -> str:
    """Added, changed, removed, the same: in one sentence."""
    counts = changes.rows["kind"].value_counts()
    facts = {kind: int(counts.get(kind, 0)) for kind in ("added", "changed", "removed")} | {
        "same": changes.same
    }
    return ctx.text(
        "delivery.changes", **{kind: fmt.number(count, ctx.language) for kind, count in facts.items()}
    )


def in_order(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What would change, for two tables: first every figure that is altered or goes, filled up to ``FIRST_ROWS`` with new
    ones; then the other new ones."""
    order = rows["kind"].map({"changed": 0, "removed": 1, "added": 2})
    rows = rows.assign(order=order).sort_values("order", kind="stable")
    first = max(FIRST_ROWS, int((order < 2).sum()))
    return rows.iloc[:first], rows.iloc[first:]


def changes(ctx: Context, rows: pd.DataFrame) -> str:
    """Old and new value of figures that would change."""
    head = [
        tables.th(ctx.text(f"delivery.column.{name}"), number=name in ("old", "new"))
        for name in ("figure", "kind", "old", "new")
    ]
    body = [_change(ctx, row) for row in rows.head(MOST_ROWS).to_dict("records")]
    more = len(rows) - MOST_ROWS
    left = f'<p class="small">{esc(ctx.text("delivery.changes_more", count=more))}</p>' if more > 0 else ""
    return tables.table(head, body) + left


def _change(ctx: Context, row: dict) -> str:
    area, indicator = (
        ctx.catalogue.area_by_id.get(row["area_id"]),
        ctx.catalogue.indicator_by_id.get(row["indicator_id"]),
    )
    name = esc(indicator.short.to(ctx.language.code)) if indicator else esc(row["indicator_id"])
    where = fmt.area_full(area, ctx.language) if area else row["area_id"]
    below = f"{where}, {fmt.period_inline(row['period'], ctx.language)}"
    definition = _definition(ctx, indicator, row["definition"])
    target = ctx.text("delivery.target") if row["role"] == "target" else ""
    details = " · ".join(part for part in (below, definition, target) if part)
    kind = ctx.text(f"delivery.change.{row['kind']}")
    old, new = (_figure(ctx, row, side, indicator) for side in ("old", "new"))
    return (
        f'<tr><td class="text">{name}<span class="unit">{esc(details)}</span></td><td>{esc(kind)}</td>'
        f'<td class="number">{old}</td><td class="number"><span class="strong">{new}</span></td></tr>'
    )


def _definition(ctx: Context, indicator: Indicator | None, definition: str) -> str:
    """The way of counting, where there are several."""
    if indicator is None or len(indicator.definitions) < 2:
        return ""
    return indicator.definition(definition).name.to(ctx.language.code)


def _figure(ctx: Context, row: dict, side: str, indicator: Indicator | None) -> str:
    """A figure with n/N under it; a dash where there is none."""
    status = row[f"{side}_status"]
    if fmt.is_missing(status):
        return '<span class="muted">–</span>'
    if status != "reported":
        return esc(ctx.text(f"state.{status}"))
    value = row[f"{side}_value"]
    counts = fmt.fraction_text(row[f"{side}_numerator"], row[f"{side}_denominator"], ctx.language)
    if indicator is not None and indicator.unit == "percent":
        value = value / 100 if not fmt.is_missing(value) else value
    text = fmt.measure(value, indicator, ctx.language) if indicator else fmt.number(value, ctx.language)
    return f'{esc(text)}<span class="unit">{esc(counts)}</span>' if counts else esc(text)


# ---------------------------------------------------------------- effects


def effects(ctx: Context, found: Sequence[Effect]) -> str:
    """What the change does to the pilot's rates, places and criteria; a sentence when it does nothing to them."""
    if not found:
        return f'<p class="muted">{esc(ctx.text("delivery.no_effect"))}</p>'
    head = [
        tables.th(ctx.text(f"delivery.column.{name}"), number=name in ("old", "new"))
        for name in ("effect", "old", "new")
    ]
    return tables.table(head, [_effect(ctx, item) for item in found])


def _effect(ctx: Context, item: Effect) -> str:
    of = ""
    if item.indicator:
        of = ctx.catalogue.indicator_by_id[item.indicator].short.to(ctx.language.code)
    elif item.scheme:
        of = ctx.catalogue.scheme_by_id[item.scheme].name.to(ctx.language.code)
    area = ctx.catalogue.area_by_id.get(item.area)
    who = fmt.area_full(area, ctx.language) if area else ctx.text("delivery.pilot")
    what = ctx.text(f"delivery.effect.{item.kind}", of=of)
    period = fmt.period(item.period, ctx.language)
    ends = [_end(ctx, item.kind, end) for end in (item.before, item.after)]
    return (
        f'<tr><td class="text">{esc(who)}: {esc(what)}<span class="unit">{esc(period)}</span></td>'
        f'<td class="number">{ends[0]}</td><td class="number"><span class="strong">{ends[1]}</span></td></tr>'
    )


def _end(ctx: Context, kind: str, end: tuple[float, ...] | None) -> str:
    if end is None:
        return f'<span class="muted">{esc(ctx.text("delivery.none"))}</span>'
    pair = fmt.fraction_text(*end[:2], ctx.language)
    if kind == "pooled":
        pair = (
            f"{pair}, {ctx.text('delivery.of_communes', communes=fmt.fraction_text(*end[2:], ctx.language))}"
        )
        return f'{esc(fmt.percent(end[0] / end[1], ctx.language))}<span class="unit">{esc(pair)}</span>'
    return esc(pair)


# ---------------------------------------------------------------- where it stands


def submissions(
    ctx: Context, items: Sequence[Submission], names: Callable[[str], str], key: str = "delivery.none_sent"
) -> str:
    """Files that were sent, with their state; ``names`` turns an account's name into a person's."""
    if not items:
        return f'<p class="muted">{esc(ctx.text(key))}</p>'
    head = [tables.th(ctx.text(f"delivery.column.{name}")) for name in ("file", "about", "state")]
    return tables.table(head, [_submission(ctx, item, names) for item in items[:MOST_ROWS]])


def _submission(ctx: Context, item: Submission, names: Callable[[str], str]) -> str:
    sent = ctx.text("delivery.sent", day=moment(item.at, ctx), by=names(item.by))
    about = [
        _some(_area_names(ctx, item.areas), ctx, 3),
        _some([fmt.period(name, ctx.language) for name in item.periods], ctx, 3),
        ctx.text("delivery.figures_count", count=item.figures),
    ]
    state = state_text(ctx, item, names)
    note = f'<span class="unit">{esc(item.note)}</span>' if item.note else ""
    return (
        f'<tr><td class="text">{esc(item.file)}<span class="unit">{esc(sent)}</span></td>'
        f'<td class="text">{esc(", ".join(part for part in about if part))}{note}</td><td class="text">{state}</td></tr>'
    )


def state_text(ctx: Context, item: Submission, names: Callable[[str], str]) -> str:
    """The state with who decided, when and why."""
    kind = STATES[item.state]
    tone = tables.TONES.get(kind, "muted")
    word = f'<span class="{tone} nowrap">{tables.mark(kind)}{esc(ctx.text(f"delivery.state.{item.state}"))}</span>'
    if not item.decided_by:
        return word
    by = ctx.text("delivery.decided", day=moment(item.decided_at, ctx), by=names(item.decided_by))
    why = f'<span class="unit">{esc(ctx.text("delivery.why", why=item.why))}</span>' if item.why else ""
    return f'{word}<span class="unit">{esc(by)}</span>{why}'


def moment(text: str, ctx: Context) -> str:
    """An ISO moment as the day and minute it was in Viet Nam: 14:05 ngày 15/1/2025."""
    return fmt.moment(text, ctx.language)


def log(ctx: Context, entries: Sequence[dict], names: Callable[[str], str]) -> str:
    """The audit log, the newest line first."""
    head = [tables.th(ctx.text(f"delivery.column.{name}")) for name in ("when", "act", "who", "of_what")]
    rows = []
    for number, entry in list(enumerate(entries, start=1))[::-1][:MOST_ROWS]:
        of = entry.get("file") or ", ".join(entry.get("files", ())) or entry.get("snapshot_id", "")
        why = f'<span class="unit">{esc(entry["why"])}</span>' if entry.get("why") else ""
        act = ctx.text("delivery.act." + entry["act"])
        line = ctx.text("delivery.line", line=number)
        rows.append(
            f'<tr><td>{esc(moment(entry["at"], ctx))}<span class="unit">{esc(line)}</span></td>'
            f"<td>{esc(act)}</td><td>{esc(names(entry['by']))}</td>"
            f'<td class="text">{esc(of)}{why}</td></tr>'
        )
    return tables.table(head, rows)


def shown_figures(proposal: Proposal) -> pd.DataFrame:
    """Every figure of the files once, for the effects: two files may say the same."""
    every = pd.concat([report.table for report in proposal.reports], ignore_index=True)
    return every.drop_duplicates(KEY, keep="last", ignore_index=True)


def area_names(ctx: Context, areas: Sequence[Area]) -> str:
    """Communes in a sentence."""
    return ", ".join(fmt.area_full(area, ctx.language) for area in areas)
