"""What several pages put into their tables and exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from store.definitions import Area, Indicator
from views import boards, load, tables
from views import format as fmt

if TYPE_CHECKING:
    from views.frame import Context


def periods_text(ctx: Context, before: str, after: str) -> str:
    """``Quý IV/2022 → Quý IV/2023``."""
    return f"{fmt.period(before, ctx.language)} → {fmt.period(after, ctx.language)}"


def pairs(ctx: Context, before: str, after: str) -> dict[str, pd.DataFrame]:
    """``boards.pair`` of every indicator, built once per snapshot and pair of periods and shared by the pages."""

    def make() -> dict[str, pd.DataFrame]:
        figures = load.figures(*ctx.data, ctx.area_ids, None, tuple(dict.fromkeys((before, after))))
        return boards.pairs(figures, ctx.catalogue.indicators, before, after, ctx.area_ids)

    return load.made(("pairs", *ctx.data, ctx.area_ids, before, after), make)


def ranks(ctx: Context, before: str, after: str) -> dict[str, pd.Series]:
    """By indicator the ranks of those measured in the later period."""

    def make() -> dict[str, pd.Series]:
        every = pairs(ctx, before, after)
        return {
            item.id: boards.ranked(every[item.id], item, "_after").dropna()
            for item in ctx.catalogue.indicators
        }

    # of the later period alone: whatever it is compared with, the places are the same
    return load.made(("ranks", *ctx.data, ctx.area_ids, after), make)


Figure = tuple[str, str, str, str]


def revised(ctx: Context) -> dict[Figure, str]:
    """(area, indicator, definition, period) -> old and new value, when, who and why, of every observed figure that a
    later file corrected. A revision is not a change."""

    def make() -> dict[Figure, str]:
        table = load.revisions(*ctx.data)
        table = table[(table["role"] == "observed") & table["area_id"].isin(ctx.area_ids)]
        found: dict[Figure, str] = {}
        for row in table.to_dict("records"):
            key = (row["area_id"], row["indicator_id"], row["definition"], row["period"])
            said = revision_text(ctx, row)
            found[key] = f"{found[key]} {said}" if key in found else said
        return found

    return load.made(("revised", *ctx.data, ctx.area_ids, ctx.language.code), make)


def revision_text(ctx: Context, row: dict) -> str:
    """One revision in a sentence."""
    old, new = (_said(ctx, row, side) for side in ("old", "new"))
    day, by, why = fmt.day(str(row["received"]), ctx.language), row["submitted_by"], row["note"]
    words = ctx.text("revised.figure", old=old, new=new, day=day)
    words += f" {ctx.text('revised.by', by=by)}" if by else ""
    return words + (f" {ctx.text('revised.why', why=why)}" if why else "")


def _said(ctx: Context, row: dict, side: str) -> str:
    """One end of a revision: counts where there are any, else the value, else the state."""
    counts = fmt.fraction_text(row[f"{side}_numerator"], row[f"{side}_denominator"], ctx.language)
    if counts:
        return counts
    if row[f"{side}_status"] != "reported":
        return ctx.text(f"state.{row[f'{side}_status']}")
    return fmt.number(row[f"{side}_value"], ctx.language)


def kinds_warning(ctx: Context, before: str, after: str) -> str:
    """A ribbon when a quarter would be held against a year."""
    if boards.comparable(before, after):
        return ""
    return f'<div class="ribbon" role="note">{tables.esc(ctx.text("change.kinds"))}</div>'


def pair_columns(ctx: Context, before: str, after: str) -> list[str]:
    """Headings of a before/after export, units in the heading."""
    ends = (fmt.period(before, ctx.language), fmt.period(after, ctx.language))
    columns = [ctx.text(f"column.{key}") for key in ("area_code", "area", "indicator", "definition", "unit")]
    for end in ends:
        columns += [
            ctx.text(f"column.{key}", period=end)
            for key in ("numerator_in", "denominator_in", "value_in", "status_in")
        ]
    return columns + [ctx.text(f"column.{key}") for key in ("change", "lower", "upper", "verdict", "source")]


def value_out(share: float, indicator: Indicator) -> float | None:
    """A share as it is exported: per cent as a number of per cent, with binary dust (0.9000000000000001) cleared."""
    if fmt.is_missing(share):
        return None
    return float(f"{share * 100:.12g}") if indicator.unit == "percent" else share


def pair_row(ctx: Context, area: Area, indicator: Indicator, row: pd.Series) -> list[object]:
    """One commune and indicator of a before/after export; full precision."""
    definition = (
        row["definition_after"] if isinstance(row["definition_after"], str) else row["definition_before"]
    )
    cells: list[object] = [
        area.code,
        fmt.area_full(area, ctx.language),
        indicator.name.to(ctx.language.code),
        definition_name(ctx, indicator, definition),
        ctx.text(f"unit.name.{indicator.unit}"),
    ]
    for end in ("before", "after"):
        cells += [
            row[f"numerator_{end}"],
            row[f"denominator_{end}"],
            value_out(row[f"share_{end}"], indicator),
            ctx.text("state." + row[f"status_{end}"]),
        ]
    sources = {
        tables.source_text(ctx, row[f"source_{end}"])
        for end in ("before", "after")
        if isinstance(row[f"source_{end}"], str)
    }
    word = f"verdict.{row['verdict']}" if indicator.is_rate else f"direction.{row['direction']}"
    word = "state.suppressed" if tables.hidden_end(row) else word
    return [*cells, row["change"], row["lower"], row["upper"], ctx.text(word), "; ".join(sorted(sources))]


def definition_name(ctx: Context, indicator: Indicator, definition: object) -> str:
    """A definition's name in words; empty for indicators that are counted in one way only."""
    if not isinstance(definition, str) or definition == "standard":
        return ""
    try:
        return indicator.definition(definition).name.to(ctx.language.code)
    except KeyError:
        return definition


def qualifier_name(ctx: Context, qualifier: str) -> str:
    """How exact a figure is, in a word; empty where there is no figure."""
    return ctx.text(f"qualifier_name.{qualifier}") if qualifier else ""


def about(ctx: Context, indicators: Sequence[Indicator]) -> list[tuple[str, str]]:
    """Label and text pairs that travel with an export: definitions, method, space, snapshot."""
    language = ctx.language.code
    lines = [
        (ctx.text("export.space"), ctx.text("ribbon.plain") if ctx.is_demo else ctx.text("space.official"))
    ]
    for indicator in indicators:
        words = indicator.numerator.to(language)
        if indicator.denominator:
            words += " / " + indicator.denominator.to(language)
        lines.append((indicator.name.to(language), words))
    lines.append((ctx.text("export.method"), ctx.text("source.interval")))
    lines.append((ctx.text("export.snapshot"), ctx.snapshot_id))
    return lines


def place_range(ctx: Context, first: int, last: int) -> str:
    """``2–5``, or one place."""
    ends = [fmt.number(int(place), ctx.language) for place in (first, last)]
    return ends[0] if first == last else "–".join(ends)


def legend(items: Sequence[tuple[str, str]]) -> str:
    """A legend in words: (style of the swatch or ready HTML, label)."""
    cells = []
    for look, label in items:
        sign = look if look.startswith("<") else f'<span class="swatch" style="{look}"></span>'
        cells.append(f"<span>{sign}{tables.esc(label)}</span>")
    return f'<div class="legend">{"".join(cells)}</div>'


def target_text(ctx: Context, indicator: Indicator) -> str:
    """A printed target as words: value, year and where it comes from; empty when there is none."""
    goal = indicator.target
    if goal is None:
        return ""
    value = goal.value / 100 if indicator.unit == "percent" else goal.value
    key = "target.by_year" if goal.year else "target.no_year"
    return ctx.text(
        key,
        value=fmt.measure(value, indicator, ctx.language, as_printed=True),
        year=goal.year or "",
        status=ctx.text(f"status.{goal.status}"),
    )
