"""The difference in differences of pilot and comparison communes: four sums, two changes, one difference, a lot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from metrics.change import DoubleDifference, PermutationTest
from store.definitions import Indicator
from views import comparison, tables
from views import format as fmt
from views.comparison import GROUPS
from views.screens import Screen, groups, lacking, screen

if TYPE_CHECKING:
    from views.frame import Context


@screen
def build(
    ctx: Context, indicator: Indicator, before: str, after: str, how: str, chosen: tuple[str, ...]
) -> Screen:
    """Four sums and their double difference; or what is lacking."""
    board = groups.chosen_board(ctx, indicator, before, after, how, chosen)
    table = comparison.sums(board)
    if table.empty:
        return lacking.build(ctx, indicator, before, after, board)
    found, lot = comparison.beyond(table), comparison.by_lot(board)
    return Screen(
        finding=_finding(ctx, found, lot),
        subtitle=groups.subtitle(ctx, indicator, before, after),
        sentences=_results(ctx, table, found, lot),
        warning=_when(ctx, before, after),
        matrix=_cards(ctx, table, found, lot),
    )


def results(ctx: Context, board: pd.DataFrame) -> list[str]:
    """What was found, in sentences; nothing where nothing can be compared."""
    table = comparison.sums(board)
    if table.empty:
        return []
    return _results(ctx, table, comparison.beyond(table), comparison.by_lot(board))


def _results(ctx: Context, table: pd.DataFrame, found: DoubleDifference, lot: PermutationTest) -> list[str]:
    return [
        *(_group_sentence(ctx, table, group) for group in GROUPS),
        ctx.text(
            "comparison.difference",
            points=fmt.points(found.estimate, ctx.language),
            lower=fmt.signed(found.lower, ctx.language),
            upper=fmt.signed(found.upper, ctx.language),
        ),
        _lot_sentence(ctx, table, lot),
    ]


def _finding(ctx: Context, found: DoubleDifference, lot: PermutationTest) -> str:
    key = comparison.verdict(found, lot)
    return ctx.text(f"comparison.finding.{key}", points=fmt.number(abs(found.estimate), ctx.language, 1))


def _group_sentence(ctx: Context, table: pd.DataFrame, group: str) -> str:
    """One group: from which share to which, with the counts."""
    row = table.loc[group]
    return ctx.text(
        "comparison.lead",
        group=ctx.text(f"comparison.group.{group}", areas=int(row["areas"])),
        before=fmt.percent(row["share_before"], ctx.language),
        counts_before=fmt.fraction_text(row["numerator_before"], row["denominator_before"], ctx.language),
        after=fmt.percent(row["share_after"], ctx.language),
        counts_after=fmt.fraction_text(row["numerator_after"], row["denominator_after"], ctx.language),
        change=fmt.points(row["change"], ctx.language),
    )


def _lot_sentence(ctx: Context, table: pd.DataFrame, lot: PermutationTest) -> str:
    """The permutation in words: how often a lot would give as much."""
    pilots, others = (int(table.loc[group, "areas"]) for group in GROUPS)
    ways = ctx.text(
        f"comparison.lot.{'all' if lot.exact else 'drawn'}", count=fmt.number(lot.arrangements, ctx.language)
    )
    least = comparison.rarest(pilots, others, lot)
    if least > comparison.LEVEL:
        return ctx.text("comparison.lot.few", ways=ways, often=often(ctx, least))
    return ctx.text(
        "comparison.lot.text",
        pilots=pilots,
        areas=pilots + others,
        often=often(ctx, lot.p),
        ways=ways,
        mean=fmt.points(lot.difference, ctx.language),
    )


def often(ctx: Context, p: float) -> str:
    """0.012 -> khoảng 1 lần trong 100 (p = 0,012)."""
    number = "<" + fmt.number(0.001, ctx.language) if p < 0.001 else "= " + fmt.number(p, ctx.language, 3)
    if p < 0.001:
        return ctx.text("comparison.lot.rarely", p=number)
    of = 100 if p >= 0.01 else 1000
    return ctx.text(
        "comparison.lot.often",
        count=fmt.number(p * of, ctx.language, 0),
        of=fmt.number(of, ctx.language),
        p=number,
    )


def _when(ctx: Context, before: str, after: str) -> str:
    """A ribbon when the earlier period is not before the pilot, or the later one is."""
    pilot, administrative = ctx.catalogue.pilot, ctx.catalogue.administrative_quarters
    phases = [comparison.phase(item, pilot and pilot.start, administrative) for item in (before, after)]
    key = {"during": "late", "before": "trial" if phases[1] == "before" else "", "": "unknown"}[phases[0]]
    if not key:
        return ""
    words = ctx.text(
        f"comparison.when.{key}", start=groups.start(ctx), period=fmt.period_inline(before, ctx.language)
    )
    return f'<div class="ribbon" role="note">{tables.esc(words)}</div>'


def _cards(ctx: Context, table: pd.DataFrame, found: DoubleDifference, lot: PermutationTest) -> str:
    """Four sums n/N, two changes, one difference."""
    cards = []
    for group, row in table.iterrows():
        shares = [fmt.percent(row[f"share_{end}"], ctx.language) for end in ("before", "after")]
        counts = [
            fmt.fraction_text(row[f"numerator_{end}"], row[f"denominator_{end}"], ctx.language)
            for end in ("before", "after")
        ]
        change = fmt.points(row["change"], ctx.language, short=True)
        cards.append(
            tables.card(
                tables.esc(ctx.text(f"comparison.group.{group}", areas=int(row["areas"]))),
                tables.arrow(*shares),
                [
                    tables.esc(" → ".join(counts)),
                    f'<span class="strong">{tables.esc(change)}</span>',
                    _interval(ctx, row["lower"], row["upper"]),
                ],
            )
        )
    gap = tables.esc(fmt.points(found.estimate, ctx.language, short=True))
    by_lot = ctx.text("comparison.lot.card", often=often(ctx, lot.p))
    lines = [_interval(ctx, found.lower, found.upper), f'<span class="small">{tables.esc(by_lot)}</span>']
    cards.append(tables.card(tables.esc(ctx.text("comparison.gap")), gap, lines))
    return f'<div class="cards">{"".join(cards)}</div>'


def _interval(ctx: Context, lower: float, upper: float) -> str:
    ends = {"lower": fmt.signed(lower, ctx.language), "upper": fmt.signed(upper, ctx.language)}
    return f'<span class="small">{tables.esc(ctx.text("comparison.interval", **ends))}</span>'
