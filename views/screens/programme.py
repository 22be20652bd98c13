"""Objectives and tasks of the programme: how many are done, what is overdue, who answers for it, by which evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from reports.workbook import Export
from store.definitions import ProgrammeItem
from views import format as fmt
from views import tables
from views.screens import Screen, screen

if TYPE_CHECKING:
    from views.frame import Context

STATES = ("late", "ongoing", "not_started", "done", "unknown")
KINDS = ("objective", "task")
# Told by mark and word first: tick, cross, dotted ring, half ring, bar.
SIGNS = {
    "done": ("met", "met"),
    "late": ("not_met", "unmet"),
    "ongoing": ("half", "muted"),
    "not_started": ("none", "muted"),
    "unknown": ("unknown", "unknown"),
}


def items(ctx: Context) -> list[ProgrammeItem]:
    """The programme of the space on show."""
    return [item for item in ctx.catalogue.programme if item.space == ctx.space]


def day_of(ctx: Context) -> date:
    """The day as of which items are overdue: the one the reader looks back to, else today."""
    return ctx.as_of or ctx.today


def counts(found: Sequence[ProgrammeItem], day: date) -> dict[str, int]:
    """How many items are in each state on a day."""
    states = [item.state_on(day) for item in found]
    return {state: states.count(state) for state in STATES}


def states(ctx: Context) -> dict[str, int]:
    """The states that occur, for the choice above the table, each with its number of items; ``all`` first."""
    found = items(ctx)
    return {
        "all": len(found),
        **{state: count for state, count in counts(found, day_of(ctx)).items() if count},
    }


@screen
def build(ctx: Context, chosen: str, day: date) -> Screen:
    """The programme as it stands on a day; ``chosen``: one state, or ``all``."""
    found = items(ctx)
    shown = [item for item in found if chosen in ("all", item.state_on(day))]
    return Screen(
        sentences=sentences(ctx, found, day),
        warning=f'<p class="subtitle">{tables.esc(ctx.text(f"programme.about_{ctx.space}"))}</p>',
        cards=_cards(ctx, found, day),
        table=_table(ctx, shown, day) if shown else "",
        export=lambda ctx: _export(ctx, found, day),
    )


def sentences(ctx: Context, found: Sequence[ProgrammeItem], day: date) -> list[str]:
    """Done of all for each kind, and what is overdue on the day."""
    if not found:
        return [ctx.text("programme.nothing")]
    parts = []
    for kind in KINDS:
        own = [item for item in found if item.kind == kind]
        if own:
            done = counts(own, day)["done"]
            parts.append(ctx.text(f"programme.{kind}_done", done=done, total=len(own)))
    total = counts(found, day)
    text = ctx.text("programme.lead", parts=f" {ctx.text('say.and')} ".join(parts))
    more = [
        ctx.text(
            f"programme.{key}_count",
            count=total[key],
            total=len(found),
            day=fmt.day(day.isoformat(), ctx.language),
        )
        for key in ("late", "unknown")
        if total[key]
    ]
    return [text, " ".join(more)] if more else [text]


def _cards(ctx: Context, found: Sequence[ProgrammeItem], day: date) -> str:
    """One card per kind: done of all, and the other states under it; a single kind is told by the sentence."""
    cards = []
    for kind in KINDS:
        own = [item for item in found if item.kind == kind]
        if not own:
            continue
        number = counts(own, day)
        lines = [
            f"{sign(ctx, state)}: {count}" for state, count in number.items() if count and state != "done"
        ]
        cards.append(
            tables.card(
                tables.esc(ctx.text(f"programme.card_{kind}")),
                tables.esc(f"{number['done']}/{len(own)}"),
                [" · ".join(lines)],
            )
        )
    return f'<div class="cards">{"".join(cards)}</div>' if len(cards) > 1 else ""


def sign(ctx: Context, state: str) -> str:
    """Mark and word of a state."""
    kind, tone = SIGNS[state]
    word = tables.esc(ctx.text(f"programme.state.{state}"))
    return f'<span class="{tone} nowrap">{tables.mark(kind)}{word}</span>'


def _table(ctx: Context, shown: Sequence[ProgrammeItem], day: date) -> str:
    """Items by kind, in the order of the list."""
    columns = ("item", "state", "due", "owner", "evidence", "source")
    head = [tables.th(ctx.text(f"programme.column.{key}")) for key in columns]
    rows = []
    for kind in KINDS:
        own = [item for item in shown if item.kind == kind]
        if own:
            words = tables.esc(ctx.text(f"programme.group_{kind}"))
            rows.append(f'<tr class="group"><th scope="rowgroup" colspan="{len(columns)}">{words}</th></tr>')
        rows += [_row(ctx, item, day) for item in own]
    return tables.table(head, rows)


def _row(ctx: Context, item: ProgrammeItem, day: date) -> str:
    """One item; the indicator that shows its result leads to its page."""
    language = ctx.language.code
    indicator = ctx.catalogue.indicator_by_id.get(item.indicator)
    name = tables.esc(item.name.to(language))
    if indicator is not None:
        link = ctx.link("indicator", indicator.short.to(language), indicator=indicator.id)
        name += f'<span class="unit">{link}</span>'
    unknown = ctx.text("programme.not_known")
    due = fmt.day(item.due.isoformat(), ctx.language) if item.due else unknown
    return tables.row(
        [
            tables.td(_state(ctx, item, day), raw=True),
            tables.td(f'<span class="nowrap">{tables.esc(due)}</span>', raw=True),
            tables.td(item.owner.to(language) or unknown, long=True),
            tables.td(item.evidence.to(language) or ctx.text("programme.no_evidence"), long=True),
            tables.td(
                f'<span class="small criterion">{tables.esc(tables.source_text(ctx, item.source))}</span>',
                raw=True,
                long=True,
            ),
        ],
        name,
    )


def _state(ctx: Context, item: ProgrammeItem, day: date) -> str:
    """The state, and under it since when: the day it was done, days overdue, days done late."""
    state, note = item.state_on(day), _note(ctx, item, day)
    return sign(ctx, state) + (f'<span class="unit">{tables.esc(note)}</span>' if note else "")


def _note(ctx: Context, item: ProgrammeItem, day: date) -> str:
    state = item.state_on(day)
    if state == "late":
        return ctx.text("programme.days_late", days=fmt.number((day - item.due).days, ctx.language))
    if state != "done" or item.done_on is None:
        return ""
    done = fmt.day(item.done_on.isoformat(), ctx.language)
    if item.due and item.done_on > item.due:
        return ctx.text("programme.done_late", day=done, days=(item.done_on - item.due).days)
    return ctx.text("programme.done_on", day=done)


def _export(ctx: Context, found: Sequence[ProgrammeItem], day: date) -> Export:
    """Every item, whatever is chosen on the page."""
    language = ctx.language.code
    rows = [
        [
            ctx.text(f"programme.kind.{item.kind}"),
            item.name.to(language),
            item.owner.to(language),
            item.due.isoformat() if item.due else "",
            ctx.text(f"programme.state.{item.state_on(day)}"),
            item.done_on.isoformat() if item.done_on and item.done_on <= day else "",
            item.evidence.to(language),
            tables.source_text(ctx, item.source),
        ]
        for item in found
    ]
    columns = ("kind", "item", "owner", "due", "state", "done_on", "evidence", "source")
    space = ctx.text("ribbon.plain") if ctx.is_demo else ctx.text("space.official")
    return Export(
        title=ctx.text("programme.title"),
        columns=[ctx.text(f"programme.column.{key}") for key in columns],
        rows=rows,
        about=[
            (ctx.text("export.space"), space),
            (ctx.text("programme.as_of"), fmt.day(day.isoformat(), ctx.language)),
            (ctx.text("programme.title"), ctx.text(f"programme.about_{ctx.space}")),
            (ctx.text("export.snapshot"), ctx.snapshot_id),
        ],
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
