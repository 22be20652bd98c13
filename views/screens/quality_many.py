"""Reporting status of hundreds or thousands of communes in one quarter: counts, by province, and who lacks most."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from views import boards, load, many, narrative, tables
from views import format as fmt
from views.screens import Screen, reported, screen

if TYPE_CHECKING:
    from views.frame import Context

GROUPS = ("all", "part", "not", "late")


@screen
def build(ctx: Context, quarter: str, today: date, marked: tuple[str, ...]) -> Screen:
    """The page for one quarter, as things stand on a day."""
    counts = load.reported(*ctx.data, ctx.area_ids, quarter)
    cover = boards.coverage_of(counts, ctx.catalogue, quarter, ctx.area_ids)
    sizes = _sizes(cover)
    language, due = ctx.language, reported.due_day(ctx, quarter)
    lead = ctx.text(
        "many.quality_lead",
        period=fmt.period(quarter, language),
        full=fmt.number(sizes["all"], language),
        part=fmt.number(sizes["part"], language),
        none=fmt.number(sizes["not"], language),
        total=fmt.number(len(cover), language),
        indicators=len(boards.asked_of(ctx.catalogue)),
    )
    late = ctx.text(
        "many.quality_late",
        count=fmt.number(sizes["late"], language),
        day=fmt.day(due.isoformat(), language),
    )
    left = (due - today).days
    when = ctx.text(
        "quality.due_left" if left >= 0 else "quality.due",
        period=fmt.period_inline(quarter, language),
        day=fmt.day(due.isoformat(), language),
        days=ctx.catalogue.due_days,
        left=left,
    )
    return Screen(
        sentences=narrative.enough(ctx, [lead, late if sizes["late"] else "", when]),
        cards=_cards(ctx, sizes, len(cover)),
        table=_provinces(ctx, cover),
        matrix=_communes(ctx, cover, marked),
        export=lambda ctx: _export(ctx, cover, quarter),
        sources=[tables.esc(ctx.text("quality.late_note"))],
    )


def _sizes(cover: pd.DataFrame) -> dict[str, int]:
    """How many communes reported everything, a part, nothing, and late."""
    full, none = cover["sent"] >= cover["expected"], cover["sent"] == 0
    return {
        "all": int(full.sum()),
        "part": int((~full & ~none).sum()),
        "not": int(none.sum()),
        "late": int(cover["late"].sum()),
    }


def _cards(ctx: Context, sizes: dict[str, int], total: int) -> str:
    cards = [
        tables.card(
            tables.esc(ctx.text(f"many.{key}_sent")),
            tables.esc(f"{fmt.number(sizes[key], ctx.language)}/{fmt.number(total, ctx.language)}"),
            [],
        )
        for key in GROUPS
    ]
    head = f'<h2 class="heard">{tables.esc(ctx.text("quality.cards"))}</h2>'
    return f'{head}<div class="cards">{"".join(cards)}</div>'


def _provinces(ctx: Context, cover: pd.DataFrame) -> str:
    """The same counts for each province of a country; empty for one province."""
    own = many.by_province(ctx)
    if len(own) < 2:
        return ""
    head = [tables.th(ctx.text("column.province"))]
    head += [tables.th(ctx.text(f"many.{key}_sent"), number=True) for key in GROUPS]
    rows = []
    for province, names in own.items():
        sizes, total = _sizes(cover.loc[names]), fmt.number(len(names), ctx.language)
        cells = [tables.td(f"{fmt.number(sizes[key], ctx.language)}/{total}", number=True) for key in GROUPS]
        rows.append(tables.row(cells, many.province_link(ctx, province, len(names))))
    return f"<h2>{tables.esc(ctx.text('many.by_province'))}</h2>" + tables.table(head, rows)


def _communes(ctx: Context, cover: pd.DataFrame, marked: tuple[str, ...]) -> str:
    """Who lacks most, and the communes pointed out."""
    order = cover.sort_values("sent", kind="stable")
    by_id = ctx.catalogue.area_by_id
    head = [
        tables.th(ctx.text("column.area")),
        tables.th(ctx.text("many.sent_count"), number=True),
        tables.th(ctx.text("many.received"), number=True),
    ]

    def draw(name: str) -> str:
        row = order.loc[name]
        received = fmt.day(str(row["received"]), ctx.language) if not fmt.is_missing(row["received"]) else "–"
        late = f" · {ctx.text('many.late_sent')}" if row["late"] else ""
        cells = [
            tables.td(f"{row['sent']}/{row['expected']}", number=True),
            tables.td(received + late, number=True),
        ]
        return tables.row(cells, many.area_head(ctx, by_id[name]), "chosen" if name in marked else "")

    rows = many.rows(ctx, list(order.index), marked, len(head), draw)
    return f"<h2>{tables.esc(ctx.text('many.quality_first'))}</h2>" + tables.table(head, rows)


def _export(ctx: Context, cover: pd.DataFrame, quarter: str) -> Export:
    """Every commune with how much it reported and when."""
    by_id = ctx.catalogue.area_by_id
    rows = [
        [
            by_id[name].code,
            fmt.area_full(by_id[name], ctx.language),
            quarter,
            int(row["sent"]),
            int(row["expected"]),
            row["received"] if isinstance(row["received"], str) else "",
            ctx.text("many.late_sent") if row["late"] else "",
        ]
        for name, row in cover.iterrows()
    ]
    keys = ("column.area_code", "column.area", "column.period", "many.sent_count", "many.expected")
    return Export(
        title=f"{ctx.text('quality.title')}, {fmt.period(quarter, ctx.language)}",
        columns=[*(ctx.text(key) for key in keys), ctx.text("many.received"), ctx.text("column.state")],
        rows=rows,
        about=[],
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
