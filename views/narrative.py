"""Tested facts -> sentences. Each sentence carries its n/N, and its caveat where the source gives no counts.

No sentence praises, blames or guesses a cause; a change is called clear only when its interval excludes zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from store.definitions import Area, Indicator
from views import boards, tables
from views import format as fmt

if TYPE_CHECKING:
    from views.frame import Context


def lower_first(text: str) -> str:
    """``Phường Sông Cầu`` inside a sentence: ``phường Sông Cầu``."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def figure_with_counts(ctx: Context, row: pd.Series, indicator: Indicator, suffix: str) -> str:
    """A figure with its n/N in brackets where there is one."""
    text = tables.figure_text(ctx, row, indicator, suffix)
    counts = fmt.fraction_text(row[f"numerator{suffix}"], row[f"denominator{suffix}"], ctx.language)
    return f"{text} ({counts})" if counts and indicator.is_rate else text


def largest_rise(ctx: Context, board: pd.DataFrame, areas: dict[str, Area], indicator: Indicator) -> str:
    """Who rose most, from what to what; empty when nobody rose, and where more is not better."""
    if indicator.higher_is_better is False:
        return ""
    sure = boards.certain(board, "_before").notna() & boards.certain(board, "_after").notna()
    rises = board[(board["direction"] == "up") & sure].sort_values("change", ascending=False)
    if rises.empty:
        return ""
    first = rises.iloc[0]
    key = {"rise": "say.rise_clear", "unclear": "say.rise_unclear"}.get(first["verdict"], "say.rise_plain")
    if indicator.is_rate and not tables.counted(first, "_before", "_after"):
        key = "say.rise_half" if tables.counted(first, "_after") else "say.rise_printed"
    return ctx.text(
        key,
        area=fmt.area_full(areas[rises.index[0]], ctx.language),
        indicator=lower_first(indicator.short.to(ctx.language.code)),
        before=figure_with_counts(ctx, first, indicator, "_before"),
        after=figure_with_counts(ctx, first, indicator, "_after"),
        change=fmt.change(first["change"], indicator, ctx.language),
    )


def pooled_change(ctx: Context, pooled: dict[str, float], indicator: Indicator) -> str:
    """The pilot as a whole, over the communes known in both periods."""
    if not pooled.get("areas"):
        return ""
    return ctx.text(
        f"say.pooled_{pooled['verdict']}",
        areas=int(pooled["areas"]),
        indicator=lower_first(indicator.short.to(ctx.language.code)),
        before=fmt.percent(pooled["share_before"], ctx.language),
        after=fmt.percent(pooled["share_after"], ctx.language),
        counts_before=fmt.fraction_text(
            pooled["numerator_before"], pooled["denominator_before"], ctx.language
        ),
        counts_after=fmt.fraction_text(pooled["numerator_after"], pooled["denominator_after"], ctx.language),
    )


def tally(ctx: Context, board: pd.DataFrame, indicator: Indicator) -> str:
    """How many communes rose clearly, how many not clearly, how many cannot be judged."""
    if not indicator.is_rate or (board["verdict"] == "unknown").all():
        return ""
    return ctx.text("say.tally", parts=tally_parts(ctx, board), total=len(board))


def tally_parts(ctx: Context, board: pd.DataFrame) -> str:
    """``6 tăng rõ, 1 chưa rõ``."""
    counts = board["verdict"].value_counts()
    parts = [
        ctx.text(f"say.tally_{verdict}", count=int(counts[verdict]))
        for verdict in ("rise", "fall", "unclear", "unknown")
        if counts.get(verdict, 0)
    ]
    return ", ".join(parts)


def without_figures(ctx: Context, names: list[str]) -> str:
    """Which communes have no figure: an answer, not a blame."""
    if not names:
        return ""
    return ctx.text("say.without", count=len(names), names=join(ctx, names))


def names(ctx: Context, areas: list[Area]) -> list[str]:
    """Names for the beginning of a sentence: the first with a capital, the others as inside it."""
    return [(fmt.area_inline if n else fmt.area_full)(area, ctx.language) for n, area in enumerate(areas)]


def join(ctx: Context, names: list[str]) -> str:
    """``A, B và C``."""
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + f" {ctx.text('say.and')} " + names[-1]
