"""What the numbers can bear, said in words: comparisons made, places that chance leaves open, trends that quarters allow,
gaps between communes, rates that check each other, communes that are alike. Frames in, HTML or sentences out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from metrics.change import benjamini_hochberg, difference_p_value
from metrics.disparity import coefficient_of_variation, gini, spread_points, theil
from metrics.margins import holds
from metrics.neighbours import nearest
from metrics.ranks import rank_uncertainty, told_apart
from metrics.trend import QuarterlyTrend, quarterly_trend
from store import periods
from store.definitions import Area, Indicator, SchemeSpec
from views import boards, merger, narrative, standings, tables
from views import format as fmt
from views.tables import esc

if TYPE_CHECKING:
    from views.frame import Context

RATE = 0.05  # of the changes called clear, so many may be chance
EXAMPLES = 3  # pairs named in a sentence


# ---------------------------------------------------------------- changes


def comparisons(ctx: Context, board: pd.DataFrame, near: pd.DataFrame | None = None) -> str:
    """How many changes were tested at once, how many of those called clear chance alone would give, and how many stay
    clear when that is controlled (Benjamini-Hochberg). ``near``: the same communes against another period, whose words
    stand on the same page and count as comparisons too. Empty below two comparisons."""
    boards_shown = [board] if near is None else [board, near]
    p = pd.concat([_p_values(shown) for shown in boards_shown], ignore_index=True)
    made = [int(_p_values(shown).notna().sum()) for shown in boards_shown]
    if sum(made) < 2:
        return ""
    words = {
        "made": sum(made),
        "clear": sum(int(shown["verdict"].isin(["rise", "fall"]).sum()) for shown in boards_shown),
        "chance": fmt.number(RATE * sum(made), ctx.language, 1),
        "left": int(benjamini_hochberg(p, RATE)["clear"].fillna(False).sum()),
    }
    if len(made) == 1 or not made[1]:
        return ctx.text("say.comparisons", **words)
    return ctx.text("say.comparisons_two", first=made[0], second=made[1], **words)


def _p_values(board: pd.DataFrame) -> pd.Series:
    """The p value of every change that carries a word for its certainty; missing elsewhere."""
    counts = [
        board[f"{part}_{end}"].astype(float)
        for end in ("after", "before")
        for part in ("numerator", "denominator")
    ]
    tested = board["verdict"].isin(["rise", "fall", "unclear"])
    return difference_p_value(*(count.where(tested) for count in counts))


# ---------------------------------------------------------------- places


def places(board: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """``low`` and ``high`` place that chance leaves open to each area, and ``top_three``; missing without counts."""
    fit = counted(board, indicator)
    return rank_uncertainty(
        board["numerator"].astype(float).where(fit),
        board["denominator"].astype(float).where(fit),
        higher_is_better=indicator.higher_is_better is not False,
    )


def counted(board: pd.DataFrame, indicator: Indicator) -> pd.Series:
    """Rows whose rate is a share of its denominator."""
    n, N = board["numerator"].astype(float), board["denominator"].astype(float)
    return (n <= N) & (N > 0) & indicator.is_rate


def not_told_apart(
    ctx: Context,
    board: pd.DataFrame,
    indicator: Indicator,
    areas: Mapping[str, Area],
    key: str = "say.not_apart",
) -> str:
    """Which communes the figures cannot put in order, in a sentence (worded as ``key``); empty when none has counts."""
    fit = counted(board, indicator)
    if fit.sum() < 2:
        return ""
    counts = (board[part].astype(float).where(fit) for part in ("numerator", "denominator"))
    pairs = told_apart(*counts)
    alike = pairs[~pairs["apart"]]
    if alike.empty:
        return ctx.text("say.all_apart", pairs=len(pairs))
    closest = alike.iloc[(alike["probability"] - 0.5).abs().argsort(kind="stable")].head(EXAMPLES)
    named = [
        ctx.text(
            "say.two",
            one=fmt.area_inline(areas[row.one], ctx.language),
            other=fmt.area_inline(areas[row.other], ctx.language),
        )
        for row in closest.itertuples()
    ]
    return ctx.text(key, count=len(alike), pairs=len(pairs), names="; ".join(named))


# ---------------------------------------------------------------- tiers


def borderline(weighed: pd.DataFrame) -> pd.DataFrame:
    """Criteria whose answer chance could turn: ``area_id``, ``criterion``, of those decided by counts."""
    return weighed.loc[weighed["word"] == "borderline", ["area_id", "criterion"]]


def without_counts(weighed: pd.DataFrame) -> pd.DataFrame:
    """Criteria on rates that were printed without counts, so that chance cannot be reckoned for their answer:
    ``area_id``, ``criterion``."""
    return weighed.loc[weighed["word"] == "missing", ["area_id", "criterion"]]


def weighed(figures: pd.DataFrame, spec: SchemeSpec, ctx: Context, areas: Sequence[str] = ()) -> pd.DataFrame:
    """Criteria on rates with a figure: ``area_id``, ``criterion``, and the ``word`` that ``metrics.margins.holds`` says.
    ``areas``: some of the compared communes instead of all."""
    inside = pd.Index(list(areas or ctx.area_ids)).get_indexer(figures["area_id"]) >= 0
    own = figures[["area_id", "indicator_id", "definition", "numerator", "denominator"]][inside]
    areas = own["area_id"].to_numpy(dtype=object)
    rows = own.groupby(["indicator_id", "definition"]).indices if len(own) else {}
    parts: dict[str, list] = {"area_id": [], "criterion": [], "word": []}
    for criterion in standings.scheme_of(spec, ctx.catalogue).criteria:
        at = rows.get((criterion.indicator_id, criterion.definition))
        if at is None or criterion.threshold is None or criterion.operator not in ("ge", "gt", "le"):
            continue
        indicator = ctx.catalogue.indicator_by_id[criterion.indicator_id]
        if not indicator.is_rate:
            continue
        one = own[["numerator", "denominator"]].take(at)
        fit = counted(one, indicator)
        counts = (one[part].astype(float).where(fit) for part in ("numerator", "denominator"))
        words = holds(*counts, criterion.share, criterion.operator).to_numpy(dtype=object)
        for name, values in (
            ("area_id", areas[at]),
            ("criterion", [criterion.id] * len(at)),
            ("word", words),
        ):
            parts[name].extend(values)
    return pd.DataFrame(parts, dtype=object)


# ---------------------------------------------------------------- trends and gaps


def trends(ctx: Context, series: Mapping[str, pd.DataFrame], indicator: Indicator) -> str:
    """A table of what the quarters of each commune allow to say, since its merger where it came out of one; empty where
    there are no quarters or no rates."""
    quarters = {
        area: frame.loc[[period for period in frame.index if periods.from_id(period).kind == "quarter"]]
        for area, frame in series.items()
    }
    if indicator.unit != "percent" or not any(len(frame) for frame in quarters.values()):
        return ""
    cuts = {area.id: merger.first_after(ctx, area, list(quarters[area.id].index)) or 0 for area in ctx.areas}
    found = {area.id: _trend(quarters[area.id].iloc[cuts[area.id] :]) for area in ctx.areas}
    refused = {item.reason for item in found.values()}
    if len(refused) == 1 and "" not in refused:  # one reason for all is one sentence, not a table of refusals
        most = max(item.n for item in found.values())
        return f"<p>{esc(ctx.text(f'trend.all_refused.{refused.pop()}', n=most))}</p>"
    head = [
        tables.th(ctx.text(f"column.{key}"), number=key == "slope")
        for key in ("area", "trend_found", "slope")
    ]
    rows = []
    for area in ctx.areas:
        item = found[area.id]
        key = f"trend.refused.{item.reason}" if item.reason else f"trend.{item.verdict}"
        slope = "–" if item.reason else ctx.text("trend.slope", points=fmt.signed(item.slope, ctx.language))
        cells = [tables.td(ctx.text(key, n=item.n)), tables.td(slope, number=True)]
        rows.append(tables.row(cells, tables.area_link(ctx, area)))
    return tables.table(head, rows)


def _trend(frame: pd.DataFrame) -> QuarterlyTrend:
    """The test of one commune's quarters (index: period ids)."""
    years, numbers = (
        pd.Series([int(part) for part in parts], index=frame.index, dtype=int)
        for parts in ([period[:4] for period in frame.index], [period[-1] for period in frame.index])
    )
    return quarterly_trend(frame["share"].astype(float), years, numbers)


def gaps(ctx: Context, series: Mapping[str, pd.DataFrame], indicator: Indicator, times: Sequence[str]) -> str:
    """Distance between the communes over time: is one left behind? Only periods with three communes or more."""
    shares = pd.DataFrame({area: frame["share"].astype(float) for area, frame in series.items()}).reindex(
        times
    )
    shares = shares[shares.notna().sum(axis=1) >= 3]
    if shares.empty or (shares.min(axis=None) < 0):
        return ""
    keys = ("period", "areas_known", "spread", "cv", "gini", "theil")
    head = [tables.th(ctx.text(f"column.{key}"), number=key != "period") for key in keys]
    rows = []
    for period, row in shares.iterrows():
        values = row.dropna()
        spread = (
            fmt.number(spread_points(values), ctx.language, 1)
            if indicator.unit == "percent"
            else fmt.number(float(values.max() - values.min()), ctx.language)
        )
        cells = [str(len(values)), spread]
        cells += [
            fmt.number(measure(values), ctx.language, 2)
            for measure in (coefficient_of_variation, gini, theil)
        ]
        rows.append(
            tables.row(
                [tables.td(cell, number=True) for cell in cells], esc(fmt.period(str(period), ctx.language))
            )
        )
    return tables.table(head, rows)


# ---------------------------------------------------------------- beside one another


def checks(ctx: Context, figures: pd.DataFrame, period: str, area: Area) -> str:
    """Rates that check each other and stand far apart in this commune and period, with the question they raise."""
    items = []
    for pair in ctx.catalogue.pairs:
        ends = []
        for name in (pair.high, pair.low):
            indicator = ctx.catalogue.indicator_by_id[name]
            row = boards.one(figures, indicator, period, [area.id]).loc[area.id]
            ends.append((indicator, row))
        (high, above), (low, below) = ends
        gap = 100 * (above["share"] - below["share"])
        if fmt.is_missing(gap) or gap <= pair.gap:
            continue
        words = [
            f"{item.short.to(ctx.language.code)} {_with_counts(ctx, row, item)}"
            for item, row in ((high, above), (low, below))
        ]
        text = ctx.text(
            "checks.pair",
            high=words[0],
            low=narrative.lower_first(words[1]),
            gap=fmt.number(gap, ctx.language, 1),
        )
        items.append(f"<li>{esc(text)} <b>{esc(pair.question.to(ctx.language.code))}</b></li>")
    if not items:
        return ""
    title, note = ctx.text("checks.title"), ctx.text("checks.note")
    return f'<h2>{esc(title)}</h2><p class="subtitle">{esc(note)}</p><ul>{"".join(items)}</ul>'


def _with_counts(ctx: Context, row: pd.Series, indicator: Indicator) -> str:
    figure = tables.figure_text(ctx, row, indicator)
    return f"{figure} ({tables.counts_text(ctx, row)})"


def alike(ctx: Context, figures: pd.DataFrame, area: Area, count: int = 3) -> str:
    """The communes most like this one by area, kind and where they stood at first; says on how much that rests."""
    features = _features(ctx, figures)
    if features.empty or len(features) < 3:
        return ""
    found = nearest(features, area.id, count)
    by_id = {item.id: item for item in ctx.areas}
    items = [
        f"<li>{tables.area_link(ctx, by_id[name])} "
        f'<span class="small">{esc(ctx.text("alike.rests", used=int(row["features"]), total=len(features.columns)))}</span></li>'
        for name, row in found.iterrows()
    ]
    if not items:
        return ""
    return (
        f"<h2>{esc(ctx.text('alike.title'))}</h2>"
        f'<p class="subtitle">{esc(ctx.text("alike.note"))}</p><ul>{"".join(items)}</ul>'
    )


def _features(ctx: Context, figures: pd.DataFrame) -> pd.DataFrame:
    """Area in km² (logarithm), whether a ward, and the first known share of each headline rate; missing where unknown."""
    rows = {area.id: {"area": area.area_km2, "ward": float(area.kind == "ward")} for area in ctx.areas}
    table = pd.DataFrame.from_dict(rows, orient="index").astype(float)
    for indicator in ctx.catalogue.headline:
        if indicator.unit != "percent":
            continue
        own = figures[(figures["indicator_id"] == indicator.id) & (figures["status"] == "reported")]
        own = own.sort_values("sort_key")
        first = own.drop_duplicates("area_id").set_index("area_id")
        if len(first):
            table[indicator.id] = boards.shares(first, indicator).reindex(table.index)
    return table
