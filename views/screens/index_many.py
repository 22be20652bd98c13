"""The composite index of hundreds or thousands of communes: how it spreads, by province, what the places can bear, and the
communes pointed out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from views import composite, many, narrative, spread, tables
from views import format as fmt
from views.screens import Screen, index, screen
from views.screens.common import legend

if TYPE_CHECKING:
    from views.frame import Context


@screen
def build(ctx: Context, period: str, marked: tuple[str, ...]) -> Screen:
    """The spread of the index with the communes pointed out; or what is missing for an index."""
    parts, board = index.parts_of(ctx, period)
    if board["rank"].isna().all():
        return _nothing(ctx, period, parts, marked)
    values = board["index"].where(board["rank"].notna()).astype(float)
    said = spread.sentence(ctx, values, _write(ctx), "index.many.finding") or ctx.text("index.many.few")
    signs = [(index.colour(name), words) for name, words in index.pillar_names(ctx).items()]
    return Screen(
        finding=said,
        subtitle=ctx.text("index.many.subtitle", period=fmt.period(period, ctx.language)),
        sentences=_sentences(ctx, period, board),
        warning=index.proposed_ribbon(ctx, ctx.text("index.proposed_places")),
        figure=spread.draw(ctx, values, _write(ctx), _marks(ctx, board, marked)),
        alt=said,
        legend=legend(spread.legend(ctx)),
        cards=_provinces(ctx, values),
        table=_table(ctx, board, marked) + legend(signs),
        export=lambda ctx: index.export_places(ctx, period, index.parts_of(ctx, period)[1]),
        sources=[*index.sources(ctx), tables.esc(ctx.text("many.median_note"))],
    )


def _write(ctx: Context):
    return lambda value: fmt.number(value, ctx.language, 0 if float(value).is_integer() else 1)


def _place(ctx: Context, place: object, total: int) -> str:
    return fmt.fraction_text(int(place), total, ctx.language)


def _sentences(ctx: Context, period: str, board: pd.DataFrame) -> list[str]:
    """Who is first, how many have a place, how many places stand and how wide the others are, and how many have none."""
    by_id, ranked = ctx.catalogue.area_by_id, board[board["rank"].notna()]
    top = ranked.index[ranked["rank"] == 1]
    firm = int((ranked["first"] == ranked["last"]).sum())
    width = (ranked["last"] - ranked["first"]).astype(float)
    numbers = {"firm": firm, "ranked": len(ranked), "total": len(board), "none": len(board) - len(ranked)}
    words = {key: fmt.number(value, ctx.language) for key, value in numbers.items()}
    lead = ctx.text(
        "index.lead",
        period=fmt.period(period, ctx.language),
        names=narrative.listed(ctx, [fmt.area_inline(by_id[name], ctx.language) for name in top]),
        points=index.points_text(ctx, ranked.at[top[0], "index"]),
        ranked=words["ranked"],
        total=words["total"],
        weight=fmt.percent(ranked["weight"].min(), ctx.language),
    )
    found = [lead, ctx.text("index.many.firm", **words)]
    found.append(spread.sentence(ctx, width, _write(ctx), "index.many.width"))
    if numbers["none"]:
        found.append(ctx.text("index.many.none", **words))
    return [text for text in found if text]


def _marks(ctx: Context, board: pd.DataFrame, marked: Sequence[str]) -> list[spread.Mark]:
    """The communes pointed out that have a place, best first, with points and place."""
    by_id, total = ctx.catalogue.area_by_id, int(board["rank"].notna().sum())
    own = board.loc[[name for name in marked if name in board.index]]
    return [
        spread.Mark(
            fmt.area_name(by_id[name], ctx.language),
            float(row["index"]),
            ctx.text(
                "index.many.mark",
                points=index.points_text(ctx, row["index"]),
                place=_place(ctx, row["rank"], total),
            ),
            name,
        )
        for name, row in own[own["rank"].notna()].sort_values("rank").iterrows()
    ]


def _provinces(ctx: Context, values: pd.Series) -> str:
    """Each province of a country: how many of its communes have an index, and the middle of it. Empty for one."""
    own = many.by_province(ctx)
    if len(own) < 2:
        return ""
    head = [tables.th(ctx.text("column.province"))]
    head += [tables.th(ctx.text(f"index.many.{key}"), number=True) for key in ("placed", "half", "middle")]
    rows = []
    for province, names in own.items():
        known = values[names].dropna()
        half = middle = "–"
        if len(known):
            first, center, third = (
                _write(ctx)(round(float(known.quantile(q)), 9)) for q in (0.25, 0.5, 0.75)
            )
            half, middle = f"{first} – {third}", center
        cells = [fmt.fraction_text(len(known), len(names), ctx.language), half, middle]
        rows.append(
            tables.row(
                [tables.td(cell, number=True) for cell in cells],
                many.province_link(ctx, province, len(names)),
            )
        )
    title = f"<h2>{tables.esc(ctx.text('many.by_province'))}</h2>"
    note = f'<p class="subtitle">{tables.esc(ctx.text("index.many.province_note"))}</p>'
    return title + note + tables.table(head, rows)


def _table(ctx: Context, board: pd.DataFrame, marked: Sequence[str]) -> str:
    """Both ends, and the communes pointed out between their neighbours or without a place."""
    by_id, order = ctx.catalogue.area_by_id, index.best_first(board)
    ranked = order.index[order["rank"].notna()]
    touched = composite.overlaps(board)

    def like(name: str) -> str:
        others = int(touched[name])
        return ctx.text("index.many.like", count=fmt.number(others, ctx.language)) if others else ""

    head, line = index.lines(ctx, board, like)

    def draw(name: str) -> str:
        return line(name, many.area_head(ctx, by_id[name]), "chosen" if name in marked else "")

    rows = many.rows(ctx, list(ranked), marked, len(head), draw)
    rows += [draw(name) for name in marked if name in order.index and name not in ranked]
    title = f"<h2>{tables.esc(ctx.text('many.ends'))}</h2>"
    return f'{title}<div class="heads">{tables.table(head, rows)}</div>'


def _nothing(ctx: Context, period: str, parts: pd.DataFrame, marked: Sequence[str]) -> Screen:
    """No commune has enough figures: how many have any and all of a pillar's, and what those pointed out have."""
    by_id, names, sizes = ctx.catalogue.area_by_id, index.pillar_names(ctx), composite.sizes(ctx.catalogue)
    counts = composite.gaps(parts, ctx.catalogue)
    known, total = int(counts["all"].sum()), sizes["all"] * len(counts)
    words = {
        "period": fmt.period(period, ctx.language),
        "known": fmt.number(known, ctx.language),
        "total": fmt.number(total, ctx.language),
        "least": index.weight_text(ctx, ctx.catalogue.index.least_weight),
    }
    some = int((counts["all"] > 0).sum())
    sentences = [
        ctx.text("index.none_lead", **words),
        ctx.text(
            "index.many.some",
            count=fmt.number(some, ctx.language),
            total=fmt.number(len(counts), ctx.language),
        ),
    ]
    head = [tables.th(ctx.text("column.area")), tables.th(ctx.text("index.column.all"), number=True)]
    head += [tables.th(word, number=True) for word in names.values()]
    rows = [
        tables.row(
            [tables.td(f"{int(counts.at[name, key])}/{sizes[key]}", number=True) for key in ("all", *names)],
            many.area_head(ctx, by_id[name]),
        )
        for name in marked
        if name in counts.index
    ]
    return Screen(
        finding=ctx.text("index.none_finding"),
        subtitle=ctx.text("index.none_subtitle", period=words["period"]),
        sentences=sentences,
        warning=index.proposed_ribbon(ctx),
        table=tables.table(head, rows) if rows else "",
        export=lambda ctx: index.export_gaps(
            ctx, period, composite.gaps(index.parts_of(ctx, period)[0], ctx.catalogue)
        ),
        sources=index.sources(ctx),
    )
