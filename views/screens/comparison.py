"""Pilot and comparison communes: difference in differences with its counts, the paths before the pilot, a lot among
communes; where figures are lacking, what to load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from metrics.change import DoubleDifference, PermutationTest
from reports.workbook import Export
from store import periods as calendar
from store.definitions import Area, Indicator
from store.exchange import READING_COLUMNS
from views import boards, comparison, load, narrative, pathchart, tables
from views import format as fmt
from views.comparison import GROUPS, OTHER, PILOT
from views.screens import Screen, screen
from views.screens.common import (
    about,
    definition_name,
    kinds_warning,
    legend,
    pair_columns,
    pair_row,
    periods_text,
    value_out,
)

if TYPE_CHECKING:
    from views.frame import Context

FEWEST_WAYS = 40  # below so many ways to pick, no lot can come out at 5 in 100 or rarer on both sides


# ---------------------------------------------------------------- figures, read once per choice


def _others(ctx: Context) -> tuple[str, ...]:
    return tuple(area.id for area in comparison.candidates(ctx.catalogue))


def _figures(ctx: Context, indicator: Indicator) -> pd.DataFrame:
    """Every figure of the indicator, of the pilot and of all who could be held against it, in every definition."""
    return load.figures(*ctx.data, (*ctx.area_ids, *_others(ctx)), (indicator.id,), None, True)


def _definition(ctx: Context, indicator: Indicator) -> str:
    """The way of counting in which the pilot is shown on every page."""
    in_use = load.definitions_in_use(*ctx.data, ctx.area_ids)
    return in_use.get(indicator.id, indicator.default_definition)


def _board(
    ctx: Context, indicator: Indicator, before: str, after: str, chosen: Sequence[str] | None = None
) -> pd.DataFrame:
    """Both groups; between periods of two kinds nobody is compared."""
    figures, definition = _figures(ctx, indicator), _definition(ctx, indicator)
    board = comparison.members(
        figures, indicator, definition, before, after, ctx.area_ids, _others(ctx), chosen
    )
    if not boards.comparable(before, after):
        board["known"] = board["in"] = False
    return board


def known(ctx: Context, indicator: Indicator, before: str, after: str) -> tuple[str, ...]:
    """The communes outside the pilot whose counts are known in both periods."""

    def make() -> tuple[str, ...]:
        board = _board(ctx, indicator, before, after)
        return tuple(board.index[board["known"] & (board["group"] == OTHER)])

    return load.made(("comparison_known", *ctx.data, indicator.id, before, after), make)


def _chosen(
    ctx: Context, indicator: Indicator, before: str, after: str, how: str, chosen: Sequence[str]
) -> pd.DataFrame:
    """The board with the communes outside the pilot that the reader's choice leaves in."""
    if how == "alike":
        board = _board(ctx, indicator, before, after, chosen)
        pilots = board.index[board["in"] & (board["group"] == PILOT)].tolist()
        figures = load.figures(*ctx.data, (*ctx.area_ids, *_others(ctx)), None, (before,))
        table = comparison.features(figures, ctx.catalogue, [*pilots, *chosen], before)
        chosen = comparison.alike(table, pilots, chosen)
    return _board(ctx, indicator, before, after, chosen)


# ---------------------------------------------------------------- the difference


@screen
def build(
    ctx: Context, indicator: Indicator, before: str, after: str, how: str, chosen: tuple[str, ...]
) -> Screen:
    """Four sums and their double difference; or what is lacking."""
    board = _chosen(ctx, indicator, before, after, how, chosen)
    table = comparison.sums(board)
    if table.empty:
        return _nothing(ctx, indicator, before, after, board)
    found, lot = comparison.beyond(table), comparison.by_lot(board)
    return Screen(
        finding=_finding(ctx, found, lot),
        subtitle=_subtitle(ctx, indicator, before, after),
        sentences=[
            *(_group_sentence(ctx, table, group) for group in GROUPS),
            ctx.text(
                "comparison.difference",
                points=fmt.points(found.estimate, ctx.language),
                lower=fmt.signed(found.lower, ctx.language),
                upper=fmt.signed(found.upper, ctx.language),
            ),
            _lot_sentence(ctx, table, lot),
        ],
        warning=_when(ctx, before, after),
        matrix=_sums_table(ctx, table, found, before, after),
    )


def _subtitle(ctx: Context, indicator: Indicator, before: str, after: str) -> str:
    way = definition_name(ctx, indicator, _definition(ctx, indicator))
    return ctx.text(
        "comparison.subtitle",
        indicator=indicator.name.to(ctx.language.code),
        definition=f" ({way})" if way else "",
        periods=periods_text(ctx, before, after),
    )


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
    if lot.exact and lot.arrangements < FEWEST_WAYS:
        return ctx.text("comparison.lot.few", ways=ways)
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


def _phases(ctx: Context, *chosen: str) -> list[str]:
    pilot, administrative = ctx.catalogue.pilot, ctx.catalogue.administrative_quarters
    return [comparison.phase(item, pilot and pilot.start, administrative) for item in chosen]


def _when(ctx: Context, before: str, after: str) -> str:
    """A ribbon when the earlier period is not before the pilot, or the later one is."""
    phases = _phases(ctx, before, after)
    key = {"during": "late", "before": "trial" if phases[1] == "before" else "", "": "unknown"}[phases[0]]
    if not key:
        return ""
    words = ctx.text(
        f"comparison.when.{key}", start=_start(ctx), period=fmt.period_inline(before, ctx.language)
    )
    return f'<div class="ribbon" role="note">{tables.esc(words)}</div>'


def _start(ctx: Context) -> str:
    pilot = ctx.catalogue.pilot
    return fmt.day(pilot.start.isoformat(), ctx.language) if pilot else "?"


def _sums_table(ctx, table: pd.DataFrame, found: DoubleDifference, before: str, after: str) -> str:
    """Four sums n/N, two changes, one difference."""
    head = [
        tables.th(ctx.text("comparison.column.group")),
        tables.th(fmt.period(before, ctx.language), number=True),
        tables.th(fmt.period(after, ctx.language), number=True),
        tables.th(ctx.text("column.change_short"), number=True),
        tables.th(ctx.text("column.interval"), number=True),
    ]
    rows = []
    for group, row in table.iterrows():
        cells = [_share_cell(ctx, row, f"_{end}") for end in ("before", "after")]
        cells += [_points_cell(ctx, row["change"]), _interval_cell(ctx, row["lower"], row["upper"])]
        rows.append(
            tables.row(cells, tables.esc(ctx.text(f"comparison.group.{group}", areas=int(row["areas"]))))
        )
    cells = ['<td colspan="2"></td>', _points_cell(ctx, found.estimate)]
    cells.append(_interval_cell(ctx, found.lower, found.upper))
    rows.append(tables.row(cells, tables.esc(ctx.text("comparison.gap")), "total"))
    return tables.table(head, rows)


def _share_cell(ctx: Context, row: pd.Series, suffix: str) -> str:
    """A pooled share with its n/N; hatched where there is none."""
    if fmt.is_missing(row[f"share{suffix}"]):
        return tables.empty(ctx)
    counts = fmt.fraction_text(row[f"numerator{suffix}"], row[f"denominator{suffix}"], ctx.language)
    return (
        f'<td class="number"><span class="strong">{fmt.percent(row[f"share{suffix}"], ctx.language)}</span>'
        f'<span class="unit">{tables.esc(counts)}</span></td>'
    )


def _points_cell(ctx: Context, value: float) -> str:
    return f'<td class="number"><span class="strong">{tables.esc(fmt.points(value, ctx.language, short=True))}</span></td>'


def _interval_cell(ctx: Context, lower: float, upper: float) -> str:
    ends = {"lower": fmt.signed(lower, ctx.language), "upper": fmt.signed(upper, ctx.language)}
    return tables.td(ctx.text("interval.points", **ends), number=True)


# ---------------------------------------------------------------- through time


@screen
def through_time(
    ctx: Context, indicator: Indicator, before: str, after: str, how: str, chosen: tuple[str, ...]
) -> Screen:
    """Both groups in every quarter, and what the quarters before the pilot allow to say."""
    board = _chosen(ctx, indicator, before, after, how, chosen)
    sums = comparison.sums(board)
    if sums.empty:
        return Screen()
    pilot = ctx.catalogue.pilot
    paths = comparison.paths(
        _figures(ctx, indicator),
        indicator,
        _definition(ctx, indicator),
        board,
        pilot and pilot.start,
        ctx.catalogue.administrative_quarters,
    )
    if paths is None:
        return Screen(
            finding=ctx.text("comparison.paths.nothing"),
            sentences=[ctx.text("comparison.paths.few", count=0)],
        )
    past = comparison.earlier(paths)
    key = "unknown" if past is None else "together" if comparison.together(past) else "apart"
    finding = ctx.text(f"comparison.paths.{key}")
    return Screen(
        finding=finding,
        subtitle=ctx.text(
            "comparison.paths.subtitle",
            indicator=indicator.short.to(ctx.language.code),
            pilots=len(paths.areas[PILOT]),
            others=len(paths.areas[OTHER]),
            start=_start(ctx),
        ),
        sentences=_past_sentences(ctx, paths, past, comparison.beyond(sums)),
        figure=pathchart.draw(ctx, paths, indicator),
        alt=finding,
        legend=_legend(ctx, paths),
        table=_paths_table(ctx, paths),
        export=lambda ctx: _paths_export(ctx, indicator, paths),
    )


def _past_sentences(
    ctx: Context, paths: comparison.Paths, past: DoubleDifference | None, found: DoubleDifference
) -> list[str]:
    """Whether the paths before the pilot moved together, and who is not in the chart."""
    quarters = paths.before
    if past is None:
        words = [ctx.text("comparison.paths.few", count=len(quarters))]
    else:
        key = "did" if comparison.together(past) else "did_not"
        words = [
            ctx.text(
                f"comparison.paths.{key}",
                count=len(quarters),
                first=fmt.period_inline(quarters[0], ctx.language),
                last=fmt.period_inline(quarters[-1], ctx.language),
                points=fmt.points(past.estimate, ctx.language),
                lower=fmt.signed(past.lower, ctx.language),
                upper=fmt.signed(past.upper, ctx.language),
            )
        ]
        if comparison.together(past) and max(abs(past.lower), abs(past.upper)) >= abs(found.estimate):
            words.append(ctx.text("comparison.paths.wide"))
    if paths.left_out:
        names = _names(ctx, paths.left_out)
        words.append(ctx.text("comparison.paths.left_out", names=names))
    return words


def _names(ctx: Context, areas: Sequence[str]) -> str:
    by_id = ctx.catalogue.area_by_id
    return narrative.join(ctx, [fmt.area_inline(by_id[area], ctx.language) for area in areas])


def _legend(ctx: Context, paths: comparison.Paths) -> str:
    drawings = {
        PILOT: '<path d="M1 9h16" stroke="var(--now)" stroke-width="2.4"/><circle cx="9" cy="9" r="4.5" fill="var(--now)"/>',
        OTHER: '<path d="M0 9h4M14 9h4" stroke="var(--before)" stroke-width="2.4"/>'
        '<rect x="5" y="5" width="8" height="8" fill="none" stroke="var(--before)" stroke-width="2.4"/>',
    }
    return legend(
        [
            (
                f'<svg class="mark" viewBox="0 0 18 18">{drawings[group]}</svg>',
                ctx.text(f"comparison.group.{group}", areas=len(paths.areas[group])),
            )
            for group in GROUPS
        ]
    )


def _paths_table(ctx: Context, paths: comparison.Paths) -> str:
    """A row per quarter: when, n/N of both groups, and the gap between them."""
    head = [tables.th(ctx.text("column.period")), tables.th(ctx.text("comparison.column.phase"))]
    head += [
        tables.th(ctx.text(f"comparison.group.{group}", areas=len(paths.areas[group])), number=True)
        for group in GROUPS
    ]
    head.append(tables.th(ctx.text("comparison.column.gap"), number=True))
    rows = []
    for quarter, row in paths.table.iterrows():
        cells = [tables.td(_phase(ctx, row["phase"]))]
        cells += [_share_cell(ctx, row, f"_{group}") for group in GROUPS]
        cells.append(_points_cell(ctx, row["gap"]))
        rows.append(tables.row(cells, tables.esc(fmt.period(quarter, ctx.language))))
    return f'<div class="dense">{tables.table(head, rows)}</div>'


def _phase(ctx: Context, phase: str) -> str:
    return ctx.text(f"comparison.phase.{phase or 'unknown'}")


# ---------------------------------------------------------------- who is compared


@screen
def communes(
    ctx: Context, indicator: Indicator, before: str, after: str, how: str, chosen: tuple[str, ...]
) -> Screen:
    """Every commune with a figure, in which group, and why it is left out; the rule, and what to keep in mind."""
    board = _chosen(ctx, indicator, before, after, how, chosen)
    shown = board[(board["group"] == PILOT) | _seen(board)]
    return Screen(
        finding=ctx.text("comparison.communes.title"),
        sentences=_who(ctx, board, shown, how, before, after),
        table=_communes_table(ctx, shown, indicator, before, after),
        cards=_mind(ctx),
        export=lambda ctx: _communes_export(ctx, board, indicator, before, after),
        sources=[
            tables.source_line(
                ctx,
                _figures(ctx, indicator).query("period in @wanted", local_dict={"wanted": (before, after)}),
            ),
            tables.definition_line(ctx, indicator),
            tables.esc(ctx.text("comparison.method")),
        ],
    )


def _seen(board: pd.DataFrame) -> pd.Series:
    """Who has any figure in either period, in whatever way of counting."""
    return (board["why_before"] != "missing") | (board["why_after"] != "missing")


def _province(ctx: Context) -> str:
    by_id = ctx.catalogue.area_by_id
    found = dict.fromkeys(area.province_id for area in ctx.areas)
    return narrative.join(
        ctx, [fmt.area_inline(by_id[item], ctx.language) for item in found if item in by_id]
    )


def _who(ctx, board: pd.DataFrame, shown: pd.DataFrame, how: str, before: str, after: str) -> list[str]:
    """How many are in each group, by which rule, and who is left out and why."""
    counts = {group: board[board["group"] == group] for group in GROUPS}
    words = [
        ctx.text(
            "comparison.communes.count",
            pilots=int(counts[PILOT]["in"].sum()),
            all_pilots=len(counts[PILOT]),
            others=int(counts[OTHER]["in"].sum()),
            all_others=len(counts[OTHER]),
            province=_province(ctx),
        ),
        ctx.text(f"comparison.rule.{how}"),
    ]
    out = shown[~shown["known"]]
    if len(out) and board["in"].any():  # where nobody is compared the table says why
        by_id = ctx.catalogue.area_by_id
        named = [
            ctx.text(
                "comparison.communes.one_out",
                area=fmt.area_inline(by_id[area], ctx.language),
                why=_why(ctx, row, before, after),
            )
            for area, row in out.iterrows()
        ]
        words.append(ctx.text("comparison.communes.out", count=len(out), names="; ".join(named)))
    silent = len(board) - len(shown)
    if silent:
        words.append(ctx.text("comparison.communes.silent", count=silent))
    return words


def _why(ctx: Context, row: pd.Series, before: str, after: str) -> str:
    """Why a commune is not compared, by period; empty when it is."""
    reasons = [
        (period, row[f"why_{end}"])
        for end, period in (("before", before), ("after", after))
        if row[f"why_{end}"]
    ]
    if len(reasons) == 2 and reasons[0][1] == reasons[1][1]:
        return ctx.text("comparison.why.both", why=ctx.text(f"comparison.why.{reasons[0][1]}"))
    if reasons:
        return ", ".join(
            ctx.text(
                "comparison.why.one",
                period=fmt.period_inline(period, ctx.language),
                why=ctx.text(f"comparison.why.{why}"),
            )
            for period, why in reasons
        )
    if not boards.comparable(before, after):
        return ctx.text("comparison.why.kinds")
    return "" if row["in"] else ctx.text("comparison.why.not_chosen")


def _place(ctx: Context, area: Area, group: str) -> str:
    """A commune's name, a link where it has a profile, and its district."""
    district = ctx.catalogue.area_by_id.get(area.parent_id)
    name = tables.area_link(ctx, area) if group == PILOT else tables.esc(fmt.area_full(area, ctx.language))
    return name + (
        f'<span class="unit">{tables.esc(fmt.area_full(district, ctx.language))}</span>' if district else ""
    )


def _communes_table(ctx, shown: pd.DataFrame, indicator: Indicator, before: str, after: str) -> str:
    head = [tables.th(ctx.text("column.area")), tables.th(ctx.text("comparison.column.group"))]
    head += [tables.th(fmt.period(period, ctx.language), number=True) for period in (before, after)]
    head += [
        tables.th(ctx.text(key))
        for key in ("column.change_short", "column.interval", "comparison.column.why")
    ]
    rows = []
    for area_id, row in shown.iterrows():
        paired = row["direction"] != "unknown"
        cells = [
            f'<td class="nowrap">{tables.esc(ctx.text("comparison.group_one." + row["group"]))}</td>',
            tables.cell(ctx, row, indicator, "_before"),
            tables.cell(ctx, row, indicator, "_after"),
            tables.td(tables.change_text(ctx, row, indicator), raw=True),
            tables.td(tables.interval_text(ctx, row, indicator) if paired else "–"),
            tables.td(_why(ctx, row, before, after) or ctx.text("comparison.counted"), long=True),
        ]
        rows.append(tables.row(cells, _place(ctx, ctx.catalogue.area_by_id[area_id], row["group"])))
    return tables.table(head, rows)


def _mind(ctx: Context) -> str:
    """What the method rests on and does not show."""
    lines = [line.strip() for line in ctx.text("comparison.mind").strip().splitlines()]
    pilot = ctx.catalogue.pilot
    if pilot:
        lines.append(
            ctx.text(
                "comparison.start",
                day=_start(ctx),
                basis=pilot.basis.to(ctx.language.code),
                status=ctx.text(f"status.{pilot.status}"),
            )
        )
    items = "".join(f"<li>{tables.esc(line)}</li>" for line in lines)
    return f"<h2>{tables.esc(ctx.text('comparison.mind_title'))}</h2><ul>{items}</ul>"


# ---------------------------------------------------------------- what is lacking


def _nothing(ctx: Context, indicator: Indicator, before: str, after: str, board: pd.DataFrame) -> Screen:
    """Nothing to compare: who has what, and what to load."""
    pilots, others = (board[board["group"] == group] for group in GROUPS)
    alike = boards.comparable(before, after)
    lacking = "kinds" if not alike else "others" if not others["known"].any() else "pilots"
    if lacking == "pilots" and pilots["known"].any():
        lacking = "choice"
    sentences = [
        ctx.text(
            "comparison.nothing.lead",
            pilots=int(pilots["known"].sum()),
            all_pilots=len(pilots),
            others=int(others["known"].sum()),
            all_others=len(others),
            province=_province(ctx),
        )
    ]
    if lacking == "choice":
        return Screen(finding=ctx.text("comparison.nothing.choice"), sentences=sentences)
    quarters = _asked(ctx, before, after)
    return Screen(
        finding=ctx.text(f"comparison.nothing.{lacking}"),
        subtitle=_subtitle(ctx, indicator, before, after),
        sentences=sentences,
        warning=kinds_warning(ctx, before, after),
        cards=_needed(ctx, indicator, before, after, quarters, board),
        export=lambda ctx: _fill_in(ctx, indicator, quarters, board),
    )


def _asked(ctx: Context, before: str, after: str) -> list[str]:
    pilot = ctx.catalogue.pilot
    chosen = (before, after) if boards.comparable(before, after) else ()
    return comparison.asked_quarters(
        pilot and pilot.start, ctx.catalogue.administrative_quarters, chosen, ctx.today
    )


def _needed(
    ctx: Context, indicator: Indicator, before: str, after: str, quarters: Sequence[str], board: pd.DataFrame
) -> str:
    """What to load and where: a list in words, the communes by district, and where something can be compared already."""
    language, esc = ctx.language.code, tables.esc
    words = {
        "name": indicator.name.to(language),
        "numerator": narrative.lower_first(indicator.numerator.to(language)),
        "denominator": narrative.lower_first(indicator.denominator.to(language)),
        "quarters": narrative.join(ctx, [fmt.period_inline(item, ctx.language) for item in quarters]),
        "start": _start(ctx),
        "pilots": len(ctx.areas),
        "total": int((board["group"] == OTHER).sum()),
    }
    lines = [esc(ctx.text(f"comparison.needed.{key}", **words)) for key in ("what", "when", "who", "columns")]
    lines.append(f"{esc(ctx.text('comparison.needed.where'))} {ctx.link('upload', ctx.text('upload.menu'))}.")
    parts = [
        f"<h2>{esc(ctx.text('comparison.needed.title'))}</h2>",
        f"<ol>{''.join(f'<li>{line}</li>' for line in lines)}</ol>",
    ]
    ready = _comparable_already(ctx, before, after)
    if ready:
        links = ", ".join(
            ctx.link("comparison", item.short.to(language), indicator=item.id) for item in ready
        )
        parts.append(f"<p>{esc(ctx.text('comparison.needed.ready'))} {links}.</p>")
    return "".join(parts) + _districts(ctx, board)


def _comparable_already(ctx: Context, before: str, after: str) -> list[Indicator]:
    """Indicators with counts on both sides in both periods."""
    if not boards.comparable(before, after):
        return []
    areas = (*ctx.area_ids, *_others(ctx))
    rows = load.figures(*ctx.data, areas, None, (before, after), True)
    rows = rows[rows["denominator"] > 0]
    found = []
    for item in ctx.catalogue.indicators:
        if item.is_rate and (rows["indicator_id"] == item.id).any() and known(ctx, item, before, after):
            own = _board(ctx, item, before, after)
            if not comparison.sums(own).empty:
                found.append(item)
    return found


def _districts(ctx: Context, board: pd.DataFrame) -> str:
    """Which communes there are: a row per district."""
    by_id = ctx.catalogue.area_by_id
    head = [tables.th(ctx.text(f"comparison.column.{key}")) for key in ("district", "pilot", "other")]
    rows = []
    for district in dict.fromkeys(by_id[area].parent_id for area in board.index):
        own = {
            group: [
                fmt.area_name(by_id[area], ctx.language)
                for area in board.index[board["group"] == group]
                if by_id[area].parent_id == district
            ]
            for group in GROUPS
        }
        name = fmt.area_full(by_id[district], ctx.language) if district in by_id else "–"
        cells = [
            tables.td(", ".join(own[PILOT]) or "–", long=True),
            tables.td(", ".join(own[OTHER]) or "–", long=True),
        ]
        rows.append(tables.row(cells, tables.esc(name)))
    return tables.table(head, rows, ctx.text("comparison.needed.districts"))


# ---------------------------------------------------------------- to take away


def _file(
    ctx: Context, indicator: Indicator, title: str, columns: Sequence[str], rows: list[list[object]]
) -> Export:
    lines = [*about(ctx, [indicator]), (ctx.text("export.method"), ctx.text("comparison.method"))]
    return Export(
        title=title,
        columns=columns,
        rows=rows,
        about=lines,
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )


def _title(ctx: Context, indicator: Indicator) -> str:
    return f"{ctx.text('comparison.title')}. {indicator.name.to(ctx.language.code)}"


def _paths_export(ctx: Context, indicator: Indicator, paths: comparison.Paths) -> Export:
    """One line per quarter, full precision."""
    columns = [ctx.text(f"column.{key}") for key in ("period", "period_start", "period_end")]
    columns.append(ctx.text("comparison.column.phase"))
    for group in GROUPS:
        name = ctx.text(f"comparison.group.{group}", areas=len(paths.areas[group]))
        columns += [f"{ctx.text(f'column.{key}')}, {name}" for key in ("numerator", "denominator", "value")]
    columns.append(ctx.text("comparison.column.gap"))
    rows = []
    for quarter, row in paths.table.iterrows():
        when = calendar.from_id(quarter, ctx.catalogue.administrative_quarters)
        line: list[object] = [
            quarter,
            when.start.isoformat(),
            when.end.isoformat(),
            _phase(ctx, row["phase"]),
        ]
        for group in GROUPS:
            line += [
                row[f"numerator_{group}"],
                row[f"denominator_{group}"],
                value_out(row[f"share_{group}"], indicator),
            ]
        rows.append([*line, row["gap"]])
    return _file(ctx, indicator, _title(ctx, indicator), columns, rows)


def _communes_export(
    ctx: Context, board: pd.DataFrame, indicator: Indicator, before: str, after: str
) -> Export:
    """One line per commune of the province, full precision."""
    columns = [*pair_columns(ctx, before, after)]
    columns += [ctx.text(f"comparison.column.{key}") for key in ("group", "why")]
    rows = [
        [
            *pair_row(ctx, ctx.catalogue.area_by_id[area], indicator, row),
            ctx.text(f"comparison.group_one.{row['group']}"),
            _why(ctx, row, before, after) or ctx.text("comparison.counted"),
        ]
        for area, row in board.iterrows()
    ]
    title = f"{_title(ctx, indicator)}, {periods_text(ctx, before, after)}"
    return _file(ctx, indicator, title, columns, rows)


def _fill_in(ctx: Context, indicator: Indicator, quarters: Sequence[str], board: pd.DataFrame) -> Export:
    """One line per commune and quarter that has no counts yet, with the headings that the upload page reads."""
    by_id, figures = ctx.catalogue.area_by_id, _figures(ctx, indicator)
    counted = figures[figures["denominator"].notna() & (figures["definition"] == _definition(ctx, indicator))]
    there = set(zip(counted["area_id"], counted["period"], strict=True))
    columns = [
        ctx.text("comparison.column.code"),
        READING_COLUMNS[ctx.language.code if ctx.language.code in READING_COLUMNS else "vi"],
    ]
    columns += [ctx.text(f"column.{key}") for key in ("indicator", "period", "numerator", "denominator")]
    rows: list[list[object]] = [
        [
            by_id[area].code,
            f"{fmt.area_full(by_id[area], ctx.language)} ({fmt.area_name(by_id[by_id[area].parent_id], ctx.language)})",
            indicator.id,
            quarter,
            None,
            None,
        ]
        for area in board.index
        for quarter in quarters
        if (area, quarter) not in there
    ]
    return _file(ctx, indicator, _title(ctx, indicator), columns, rows)
