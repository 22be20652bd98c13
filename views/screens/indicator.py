"""One indicator: trend of the communes, definition, formula, legal basis, target, data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store import periods as calendar
from store.definitions import Area, Indicator
from views import boards, certainty, load, multiples, narrative, tables
from views import format as fmt
from views.screens import Screen, indicator_many, screen
from views.screens.common import about, definition_name, qualifier_name, revised, target_text, value_out

if TYPE_CHECKING:
    from views.frame import Context


def definitions(ctx: Context, indicator: Indicator) -> list[str]:
    """Definitions in which the communes have figures, the default one first; the default alone when none has."""

    def make() -> list[str]:
        if ctx.many:
            found = set(load.series(*ctx.data, ctx.area_ids, indicator.id)["definition"].unique())
        else:
            found = set(load.figures(*ctx.data, ctx.area_ids, (indicator.id,), None, True)["definition"])
        known = [definition.id for definition in indicator.definitions if definition.id in found]
        return sorted(known, key=lambda item: item != indicator.default_definition) or [
            indicator.default_definition
        ]

    return load.made(("definitions", *ctx.data, ctx.area_ids, indicator.id), make)


@screen
def build(ctx: Context, indicator: Indicator, definition: str, marked: tuple[str, ...] = ()) -> Screen:
    """The page for one indicator in one way of counting; ``marked``: communes that a page about many points out."""
    if ctx.many:
        own = few(ctx.of(marked), indicator, definition) if marked else None
        return indicator_many.build(ctx, indicator, definition, marked, own, time_line)
    return few(ctx, indicator, definition)


def few(ctx: Context, indicator: Indicator, definition: str) -> Screen:
    """The page about communes each of which has a line of its own."""
    figures = load.figures(*ctx.data, ctx.area_ids, (indicator.id,), None, True)
    figures = figures[figures["definition"] == definition]
    times = list(dict.fromkeys(figures.sort_values("sort_key")["period"]))
    series = _series(figures, indicator, times, ctx, definition)
    line = time_line(times)
    drawn = _series(figures, indicator, line, ctx, definition)
    reported = figures.loc[figures["status"] == "reported", "area_id"].nunique()
    span = (
        f"{fmt.period(times[0], ctx.language)} – {fmt.period(times[-1], ctx.language)}"
        if len(times) > 1
        else "".join(fmt.period(time, ctx.language) for time in times)
    )
    finding = (
        ctx.text("indicator.finding", reported=reported, total=len(ctx.areas), periods=len(times))
        if times
        else ctx.text("indicator.nothing")
    )
    way = definition_name(ctx, indicator, definition)
    return Screen(
        finding=finding,
        subtitle=ctx.text(
            "indicator.subtitle" if times else "indicator.subtitle_empty",
            indicator=indicator.name.to(ctx.language.code),
            definition=f" ({way})" if way else "",
            unit=ctx.text(f"unit.name.{indicator.unit}"),
            span=span or "–",
        ),
        sentences=_sentences(ctx, series, indicator, times),
        matrix=multiples.grid(ctx, drawn, ctx.areas, indicator, line, revised(ctx)) if line else "",
        alt=ctx.text("indicator.alt", indicator=indicator.name.to(ctx.language.code), finding=finding),
        table=_table(ctx, series, indicator, times) if times else _nothing(ctx),
        cards=_definition(ctx, indicator),
        reporting=_trends(ctx, drawn, indicator) if line else "",
        warning=_gaps(ctx, series, indicator, times) if times else "",
        export=lambda ctx: _export(ctx, series, indicator, times),
        sources=[tables.source_line(ctx, figures), _revised(ctx, indicator)],
    )


def _sentences(
    ctx: Context, series: dict[str, pd.DataFrame], indicator: Indicator, times: Sequence[str]
) -> list[str]:
    """The newest period: who has figures, who is highest and lowest, who has none."""
    if not times:
        return [narrative.nobody_sent(ctx, len(ctx.areas)), ctx.text("say.not_zero")]
    areas, newest = {area.id: area for area in ctx.areas}, times[-1]
    now = pd.DataFrame({key: frame.loc[newest] for key, frame in series.items()}).T
    values = now["share"].astype(float)
    texts = pd.Series({key: narrative.figure_said(ctx, row, indicator) for key, row in now.iterrows()})
    missing = [fmt.area_inline(areas[key], ctx.language) for key in now.index[now["status"] == "missing"]]
    found = [
        narrative.now_known(
            ctx, int(values.notna().sum()), len(now), newest, indicator.short.to(ctx.language.code)
        ),
        narrative.ends(ctx, values, texts, areas),
        narrative.without_now(ctx, missing, len(now)),
    ]
    return narrative.enough(ctx, found, ctx.text("say.not_zero"))


def time_line(times: Sequence[str]) -> list[str]:
    """The periods of one line: of the kind that most of them have, so that a year never joins a quarter, and for
    quarters every one from the first to the last, so that a quarter nobody reported shows as a gap."""
    known = [calendar.from_id(time) for time in times if time != "undated"]
    kinds = Counter("year" if item.kind in boards.YEAR_LIKE else item.kind for item in known)
    if not kinds:
        return []
    kind = max(kinds, key=lambda item: (kinds[item], item == "quarter"))
    chosen = [item for item in known if ("year" if item.kind in boards.YEAR_LIKE else item.kind) == kind]
    if kind != "quarter":
        return [item.id for item in chosen]
    numbers = [4 * item.year + item.number - 1 for item in chosen]
    return [f"{n // 4}-Q{n % 4 + 1}" for n in range(min(numbers), max(numbers) + 1)]


def _series(figures, indicator, times, ctx, definition) -> dict[str, pd.DataFrame]:
    """One frame per commune, a row per period."""
    boards_by_time = {time: boards.one(figures, indicator, time, ctx.area_ids, definition) for time in times}
    return {
        area.id: pd.DataFrame([boards_by_time[time].loc[area.id] for time in times], index=times)
        if times
        else pd.DataFrame({"share": pd.Series(dtype=float)})
        for area in ctx.areas
    }


def _nothing(ctx: Context) -> str:
    """An empty indicator says so, and how to fill it."""
    return f"<p>{tables.esc(ctx.text('indicator.empty'))} {ctx.link('upload', ctx.text('overview.how_to_send'))}</p>"


def _table(ctx: Context, series: dict[str, pd.DataFrame], indicator: Indicator, times: list[str]) -> str:
    """Communes down, periods across, newest at the right."""
    shown = times[-9:]
    head = [tables.th(ctx.text("column.area"))]
    head += [tables.th(fmt.period(time, ctx.language), number=True) for time in shown]
    rows = [
        tables.row(
            [_cell(ctx, area, series[area.id].loc[time], indicator, time) for time in shown],
            tables.area_link(ctx, area),
        )
        for area in ctx.areas
    ]
    return tables.table(head, rows)


def _cell(ctx: Context, area: Area, row: pd.Series, indicator: Indicator, time: str) -> str:
    """One figure, with what it was before a correction."""
    said = revised(ctx).get((area.id, indicator.id, str(row["definition"]), time), "")
    return tables.cell(ctx, row, indicator, revised=said)


def _trends(ctx: Context, drawn: dict[str, pd.DataFrame], indicator: Indicator) -> str:
    """What the quarters of each commune allow to say."""
    table = certainty.trends(ctx, drawn, indicator)
    return table and _part(ctx, "trend.title", "trend.note", table)


def _gaps(ctx: Context, series: dict[str, pd.DataFrame], indicator: Indicator, times: Sequence[str]) -> str:
    """Whether the communes move apart."""
    table = certainty.gaps(ctx, series, indicator, times)
    return table and _part(ctx, "gaps.title", "gaps.note", table)


def _part(ctx: Context, title: str, note: str, body: str) -> str:
    """A heading, what is shown, and the table."""
    words = tables.esc(ctx.text(note))
    return f'<h2>{tables.esc(ctx.text(title))}</h2><p class="subtitle">{words}</p>{body}'


def _definition(ctx: Context, indicator: Indicator) -> str:
    """Everything one must know to read the figure."""
    language = ctx.language.code
    pillar = next(item for item in ctx.catalogue.pillars if item.id == indicator.pillar)
    ends = indicator.goalposts
    facts = [
        ("indicator.fact.numerator", indicator.numerator.to(language)),
        ("indicator.fact.denominator", indicator.denominator.to(language)),
        ("indicator.fact.pillar", pillar.name.to(language)),
        ("indicator.fact.direction", ctx.text(f"indicator.{indicator.direction}")),
        ("indicator.fact.range", _range(ctx, indicator)),
        ("indicator.fact.target", _target(ctx, indicator)),
        (
            "indicator.fact.goalposts",
            ctx.text(
                "indicator.goalposts",
                worst=fmt.number(ends.worst, ctx.language),
                best=fmt.number(ends.best, ctx.language),
                status=ctx.text(f"status.{ends.status}"),
            )
            if ends
            else ctx.text("indicator.no_goalposts"),
        ),
        ("indicator.fact.legal", indicator.legal_basis.to(language)),
        ("indicator.fact.reported_by", indicator.reported_by.to(language)),
        (
            "indicator.fact.definitions",
            "; ".join(item.name.to(language) for item in indicator.definitions if item.name.to(language)),
        ),
        ("indicator.fact.merges", ctx.text(f"merger.adds.{indicator.merges}")),
        ("indicator.fact.note", indicator.note.to(language)),
    ]
    rows = "".join(
        f"<dt>{tables.esc(ctx.text(key))}</dt><dd>{tables.esc(text)}</dd>" for key, text in facts if text
    )
    return f'<dl class="terms">{rows}</dl>'


def _range(ctx: Context, indicator: Indicator) -> str:
    """The plausible range, and that beyond it a figure is flagged and kept."""
    unit = "%" if indicator.unit == "percent" else ""
    return ctx.text(
        "indicator.range",
        low=fmt.number(indicator.valid_min, ctx.language) + unit,
        high=fmt.number(indicator.valid_max, ctx.language) + unit,
    )


def _target(ctx: Context, indicator: Indicator) -> str:
    """The printed target with where it stands."""
    text = target_text(ctx, indicator)
    return f"{text} {indicator.target.basis.to(ctx.language.code)}" if text else ctx.text("target.none")


def _revised(ctx: Context, indicator: Indicator) -> str:
    """Which of these figures replaced earlier ones: a correction is not a change."""
    areas = ctx.catalogue.area_by_id
    notes = [
        ctx.text(
            "indicator.revised",
            area=fmt.area_full(areas[area], ctx.language),
            period=fmt.period(period, ctx.language),
            what=said,
        )
        for (area, name, _, period), said in revised(ctx).items()
        if name == indicator.id
    ]
    return tables.esc(" ".join(notes))


def _export(ctx: Context, series: dict[str, pd.DataFrame], indicator: Indicator, times: list[str]) -> Export:
    rows = []
    for area in ctx.areas:
        for time in times:
            row, when = (
                series[area.id].loc[time],
                calendar.from_id(time, ctx.catalogue.administrative_quarters),
            )
            rows.append(
                [
                    area.code,
                    fmt.area_full(area, ctx.language),
                    time,
                    when.start.isoformat() if when.start else "",
                    when.end.isoformat() if when.end else "",
                    row["numerator"],
                    row["denominator"],
                    value_out(row["share"], indicator),
                    qualifier_name(ctx, row["qualifier"]),
                    ctx.text("state." + row["status"]),
                    tables.source_text(ctx, row["source"]) if isinstance(row["source"], str) else "",
                    row["note"] if isinstance(row["note"], str) else "",
                ]
            )
    columns = (
        "area_code",
        "area",
        "period",
        "period_start",
        "period_end",
        "numerator",
        "denominator",
        "value",
    )
    return Export(
        title=indicator.name.to(ctx.language.code),
        columns=[ctx.text(f"column.{key}") for key in (*columns, "qualifier", "state", "source", "note")],
        rows=rows,
        about=about(ctx, [indicator]),
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )
