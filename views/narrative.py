"""Tested facts -> sentences. Each sentence carries its n/N, and its caveat where the source gives no counts.

No sentence praises, blames or guesses a cause; a change is called clear only when its interval excludes zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from store.definitions import Area, Indicator
from views import boards, tables
from views import format as fmt

if TYPE_CHECKING:
    from views.frame import Context


LONGEST = 200  # characters of a sentence that can still be said in one breath
MOST_NAMES = 4  # names in one sentence; the rest is counted
CHANCE = 0.05  # of the changes that are none, so many are called clear


def in_number(ctx: Context, key: str, count: int, **values: object) -> str:
    """A text in the number that goes with ``count``: under ``<key>_one`` the form for one."""
    return ctx.text(f"{key}_one" if count == 1 else key, count=count, **values)


def enough(ctx: Context, sentences: list[str], *more: str) -> list[str]:
    """The sentences that say something; where they are fewer than two, also from ``more``."""
    found = [text for text in sentences if text]
    spare = [text for text in more if text]
    return found + spare[: max(2 - len(found), 0)]


def lower_first(text: str) -> str:
    """``Phường Sông Cầu`` inside a sentence: ``phường Sông Cầu``."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def figure_with_counts(ctx: Context, row: pd.Series, indicator: Indicator, suffix: str) -> str:
    """A figure with its n/N in brackets where there is one; a figure that is hidden or missing is said to be so."""
    if row[f"status{suffix}"] != "reported":
        return ctx.text(f"state.{row[f'status{suffix}']}")
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
        areas=fmt.number(int(pooled["areas"]), ctx.language),
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


def own_changes(
    ctx: Context, own: pd.DataFrame, indicators: Sequence[Indicator], before: str, after: str
) -> list[str]:
    """How many rates of one commune rose or fell clearly, and how many of them may be chance. ``own``: its row of each
    indicator's ``boards.pair``, by indicator."""
    rates = own.loc[[item.id for item in indicators if item.is_rate]]
    if not boards.comparable(before, after):
        return [ctx.text("say.own_kinds")]
    counts = rates["verdict"].value_counts()
    known = int(len(rates) - counts.get("unknown", 0))
    if not known:
        return [ctx.text("say.own_changes_none", total=len(rates))]
    parts = [
        ctx.text(f"say.own_{verdict}", count=int(counts[verdict]))
        for verdict in ("rise", "fall", "unclear")
        if counts.get(verdict, 0)
    ]
    found = [in_number(ctx, "say.own_changes", known, known=known, total=len(rates), parts=", ".join(parts))]
    if known > 1:
        chance = fmt.number(CHANCE * known, ctx.language, 1)
        found.append(ctx.text("say.own_chance", known=known, chance=chance))
    return found


def pairs_known(ctx: Context, board: pd.DataFrame, indicator: Indicator) -> str:
    """How many communes can be compared with themselves at all."""
    count = int((board["direction"] != "unknown").sum())
    name = lower_first(indicator.short.to(ctx.language.code))
    return in_number(ctx, "say.pairs_known", count, total=len(board), indicator=name)


def nobody_rose(ctx: Context, board: pd.DataFrame, indicator: Indicator) -> str:
    """That no commune rose; empty where one did, where none is known, and where less is better."""
    known = board[board["direction"] != "unknown"]
    if known.empty or (known["direction"] == "up").any() or indicator.higher_is_better is False:
        return ""
    return in_number(
        ctx, "say.nobody_rose", len(known), indicator=lower_first(indicator.short.to(ctx.language.code))
    )


def now_known(ctx: Context, known: int, total: int, period: str, name: str) -> str:
    """How many communes have a figure in one period."""
    when = fmt.period(period, ctx.language)
    return in_number(ctx, "say.now_known", known, total=total, period=when, indicator=lower_first(name))


def ends(ctx: Context, values: pd.Series, texts: pd.Series, areas: dict[str, Area]) -> str:
    """The highest and the lowest, each with what is written beside it (``texts``, n/N included); empty without any."""
    known = values.dropna()
    if known.empty:
        return ""

    def named(value: float) -> str:
        at = known.index[known == value]
        return (
            fmt.area_inline(areas[at[0]], ctx.language)
            if len(at) == 1
            else ctx.text("say.tied", count=len(at))
        )

    def written(value: float) -> str:
        at = known.index[known == value]
        return str(texts[at[0]])

    high, low = known.max(), known.min()
    if len(known) > 1 and high == low:
        return ctx.text("say.ends_same", high_value=written(high))
    return ctx.text(
        "say.ends" if len(known) > 1 else "say.ends_one",
        high=named(high),
        high_value=written(high),
        low=named(low),
        low_value=written(low),
    )


def figure_said(ctx: Context, row: pd.Series, indicator: Indicator, suffix: str = "") -> str:
    """A figure with its n/N, or with the words that the source gives none."""
    text = figure_with_counts(ctx, row, indicator, suffix)
    if row[f"status{suffix}"] != "reported" or not indicator.is_rate or tables.counted(row, suffix):
        return text
    return f"{text} ({ctx.text('counts.unknown')})"


def nobody_sent(ctx: Context, total: int) -> str:
    """No commune has any figure of an indicator."""
    return ctx.text("say.nobody_sent", total=total)


def without_now(ctx: Context, names: list[str], total: int) -> str:
    """Which communes have no figure in the one period on show; empty where none or all lack it, which is said already."""
    if not names or len(names) == total:
        return ""
    return ctx.text("say.without_now", count=len(names), names=listed(ctx, names))


def without_figures(ctx: Context, names: list[str], total: int = 0) -> str:
    """Which communes have no figure: an answer, not a blame. ``total``: how many there are, to say when it is all."""
    if not names:
        return ""
    if len(names) == total:
        return ctx.text("say.without_all", total=total)
    return ctx.text("say.without", count=len(names), names=listed(ctx, names))


def no_pair(ctx: Context, names: list[str], total: int) -> str:
    """Which communes cannot be compared with themselves; empty when all can."""
    if not names:
        return ""
    if len(names) == total:
        return ctx.text("say.no_pair_all", total=total)
    return ctx.text("say.no_pair", count=len(names), names=listed(ctx, names))


def listed(ctx: Context, names: list[str], most: int = MOST_NAMES) -> str:
    """``A, B, C và 3 nơi khác``: as many names as can be said in one breath; pages show all of them in their tables."""
    if len(names) <= most + 1:
        return join(ctx, names)
    return join(ctx, [*names[:most], in_number(ctx, "say.others", len(names) - most)])


def names(ctx: Context, areas: list[Area]) -> list[str]:
    """Names for the beginning of a sentence: the first with a capital, the others as inside it."""
    return [(fmt.area_inline if n else fmt.area_full)(area, ctx.language) for n, area in enumerate(areas)]


def join(ctx: Context, names: list[str]) -> str:
    """``A, B và C``."""
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + f" {ctx.text('say.and')} " + names[-1]
