"""Recognition tiers of hundreds or thousands of communes: how many reach the tier, by province and criterion by criterion,
and the communes pointed out with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store.definitions import CriterionSpec, SchemeSpec
from views import format as fmt
from views import load, many, spread, standings, tables
from views.screens import Screen, points, screen, tiers
from views.screens.common import legend

if TYPE_CHECKING:
    from views.frame import Context

TIERS = ("reached", "not_reached", "undecidable")
LOOKS = {
    "met": "background:var(--met)",
    "not_met": "background:var(--unmet);opacity:0.55",
    "unknown": "background:var(--hatch)",
}
KINDS = dict(zip(TIERS, LOOKS, strict=True))


def read(ctx: Context, scheme: SchemeSpec, period: str) -> pd.DataFrame:
    """Figures of the indicators that the set asks for, in one period."""
    asked = tuple(sorted({item.indicator for item in scheme.criteria if item.indicator}))
    return load.figures(*ctx.data, ctx.area_ids, asked, (period,), True)


def assessed(ctx: Context, scheme: SchemeSpec, period: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(states with gaps and ``close``: whether chance could turn the answer; tiers with the ``first`` and ``last`` place)."""

    def make() -> tuple[pd.DataFrame, pd.DataFrame]:
        states, board, close = tiers.assessed(ctx, read(ctx, scheme, period), scheme)
        keys = pd.MultiIndex.from_frame(states[["area_id", "criterion"]].astype(object))
        near = keys.isin(list(close)) if close else False
        return states.assign(close=near), board.join(standings.criteria_ranks(board))

    return load.frames(("tiers", *ctx.data, ctx.area_ids, scheme.id, period), make)


@screen
def build(ctx: Context, scheme: SchemeSpec, period: str, marked: tuple[str, ...]) -> Screen:
    """Counts of communes by tier, by province, by criterion; tables of their own for those pointed out."""
    if scheme.kind == "points":
        return points.build_many(ctx, scheme, period, marked)
    states, board = assessed(ctx, scheme, period)
    known = board["met"].where(standings.enough_judged(board)).astype(float)
    said = _finding(ctx, board, known)
    enough = int(known.notna().sum()) > 1
    by_id = ctx.catalogue.area_by_id
    chosen = {name: by_id[name] for name in marked if name in board.index}
    return Screen(
        finding=said,
        subtitle=ctx.text(
            "tiers.many.subtitle" if enough else "tiers.subtitle",
            scheme=scheme.name.to(ctx.language.code),
            period=fmt.period(period, ctx.language),
        ),
        sentences=[
            text
            for text in (
                ctx.text(f"tiers.rule.{scheme.rule}", share=tiers.extended_share(ctx, scheme)),
                scheme.note.to(ctx.language.code),
                tiers.judgements(ctx, board, period),
                _spread(ctx, known),
                _unsure(ctx, board),
            )
            if text
        ],
        warning=tiers.warning(ctx, scheme),
        figure=spread.draw(ctx, known, _write(ctx), _marks(ctx, board, known, marked), whole=True)
        if enough
        else None,
        alt=said,
        legend=legend(spread.legend(ctx)) if enough else "",
        cards=_provinces(ctx, board, known),
        table=_criteria(ctx, states, scheme) if scheme.criteria else tiers.no_list(ctx),
        matrix=_chosen(ctx, states, board, scheme, chosen),
        export=lambda ctx: _export(ctx, scheme, period),
        sources=[
            tables.esc(ctx.text("tiers.source", source=scheme.source.to(ctx.language.code))),
            tables.source_line(ctx, read(ctx, scheme, period)),
            tables.esc(ctx.text("many.median_note")) if enough else "",
        ],
    )


# ---------------------------------------------------------------- words and drawing


def _counts(board: pd.DataFrame) -> dict[str, int]:
    """How many communes reach the tier, do not, or cannot be told."""
    found = board["tier_state"].value_counts()
    return {key: int(found.get(key, 0)) for key in TIERS}


def _on_trial(board: pd.DataFrame) -> bool:
    """Whether nobody gets a tier because no authority has adopted the set."""
    return bool((board["tier_state"] == "trial").any())


def _finding(ctx: Context, board: pd.DataFrame, known: pd.Series) -> str:
    """How many reach the tier; on trial how many criteria the communes meet; or that nothing can be judged."""
    if not (board["met"] + board["not_met"]).any():
        return ctx.text("tiers.nothing")
    if _on_trial(board):
        words = spread.sentence(ctx, known, _write(ctx), "tiers.many.finding_trial")
        return words or ctx.text("tiers.many.finding_few")
    counts = {key: fmt.number(value, ctx.language) for key, value in _counts(board).items()}
    return ctx.text("tiers.many.finding", total=fmt.number(len(board), ctx.language), **counts)


def _write(ctx: Context):
    """A number of criteria; the median of an even number of communes may lie between two."""
    return lambda value: fmt.number(round(value, 6), ctx.language, 0 if float(value).is_integer() else 1)


def _spread(ctx: Context, known: pd.Series) -> str:
    return spread.sentence(ctx, known, _write(ctx), "tiers.many.spread")


def _unsure(ctx: Context, board: pd.DataFrame) -> str:
    """How many of the tiers decided chance could turn, and of how many that cannot be reckoned."""
    decided = board[board["tier_state"].isin(TIERS[:2])]
    if decided.empty:
        return ""
    counts = {key: int((decided["sure"] == key).sum()) for key in ("borderline", "unweighed")}
    key = "tiers.many.unsure_bare" if counts["unweighed"] else "tiers.many.unsure"
    words = {name: fmt.number(count, ctx.language) for name, count in counts.items()}
    return ctx.text(key, decided=fmt.number(len(decided), ctx.language), **words)


def _marks(ctx: Context, board: pd.DataFrame, known: pd.Series, marked: Sequence[str]) -> list[spread.Mark]:
    """The communes pointed out that can be placed, those with most criteria first."""
    by_id = ctx.catalogue.area_by_id
    shown = known[[name for name in marked if name in known.index]].dropna()
    return [
        spread.Mark(
            fmt.area_name(by_id[name], ctx.language),
            float(value),
            ctx.text("tiers.many.mark", met=int(value), total=int(board.at[name, "total"])),
            name,
        )
        for name, value in shown.sort_values(ascending=False, kind="stable").items()
    ]


def bar(ctx: Context, counts: dict[str, int]) -> str:
    """Met, not met and unknown as one bar; the numbers stand beside it."""
    total = sum(counts.values())
    if not total:
        return "<td></td>"
    pieces = "".join(
        f'<span style="width:{100 * count / total:.2f}%;{LOOKS[kind]}"></span>'
        for kind, count in counts.items()
        if count
    )
    return f'<td><div class="bar" aria-hidden="true">{pieces}</div></td>'


# ---------------------------------------------------------------- tables


def _provinces(ctx: Context, board: pd.DataFrame, known: pd.Series) -> str:
    """Each province of a country: how many of its communes reach the tier, do not, cannot be told. Empty for one."""
    own = many.by_province(ctx)
    if len(own) < 2:
        return ""
    board, trial = board[["tier_state"]], _on_trial(board)
    head = [tables.th(ctx.text("column.province"))]
    if not trial:
        head += [tables.th(ctx.text("tiers.many.bar"))]
        head += [tables.th(ctx.text(f"tier.{key}"), number=True) for key in TIERS]
    head += [
        tables.th(ctx.text("tiers.many.judged"), number=True),
        tables.th(ctx.text("tiers.many.median"), number=True),
    ]
    rows = []
    for province, names in own.items():
        part, met = board.loc[names], known[names].dropna()
        cells = []
        if not trial:
            counts = _counts(part)
            cells = [bar(ctx, {KINDS[key]: count for key, count in counts.items()})]
            cells += [many.share_cell(ctx, counts["reached"], len(part))]
            cells += [tables.td(fmt.number(counts[key], ctx.language), number=True) for key in TIERS[1:]]
        cells += [
            tables.td(fmt.fraction_text(len(met), len(part), ctx.language), number=True),
            tables.td(_write(ctx)(float(met.median())) if len(met) else "–", number=True),
        ]
        rows.append(tables.row(cells, many.province_link(ctx, province, len(names))))
    note = ctx.text("tiers.many.province_trial" if trial else "tiers.many.province_note")
    title = f"<h2>{tables.esc(ctx.text('many.by_province'))}</h2>"
    body = f'<div class="heads">{tables.table(head, rows)}</div>'
    return f'{title}<p class="subtitle">{tables.esc(note)}</p>{body}'


def tally(states: pd.DataFrame) -> pd.DataFrame:
    """Per criterion how many communes are in each state, told apart by ``why`` where it is not known."""
    return states.groupby(["criterion", "why"], sort=False).size().unstack(fill_value=0)


def _criteria(ctx: Context, states: pd.DataFrame, scheme: SchemeSpec) -> str:
    """Each criterion: share of the communes judged that meet it, how many do not, and of how many it cannot be told."""
    counts = tally(states)
    head = [
        tables.th(ctx.text("column.criterion")),
        tables.th(ctx.text("column.threshold"), number=True),
        tables.th(ctx.text("tiers.many.bar")),
        tables.th(ctx.text("tiers.many.met"), number=True),
        tables.th(ctx.text("tiers.many.not_met"), number=True),
        tables.th(ctx.text("tiers.many.unknown"), number=True),
    ]
    rows = [_criterion(ctx, item, counts.loc[item.no]) for item in scheme.criteria]
    title = f"<h2>{tables.esc(ctx.text('tiers.matrix'))}</h2>"
    note = f'<p class="subtitle">{tables.esc(ctx.text("tiers.many.criteria_note"))}</p>'
    return f'{title}{note}<div class="heads">{tables.table(head, rows)}</div>'


def _criterion(ctx: Context, item: CriterionSpec, counts: pd.Series) -> str:
    """One row: name with how sure it is itself, threshold, bar, share that meets it, and the others in numbers."""
    indicator = ctx.catalogue.indicator_by_id.get(item.indicator)
    met, not_met = (int(counts.get(key, 0)) for key in ("met", "not_met"))
    open_still = {key: int(counts.get(key, 0)) for key in ("unknown", "no_cases", "suppressed")}
    unknown = sum(open_still.values())
    parts = [
        f"{fmt.number(count, ctx.language)} {ctx.text(f'state.{key}')}"
        for key, count in open_still.items()
        if count and key != "unknown"
    ]
    under = f'<span class="unit">{tables.esc(", ".join(parts))}</span>' if parts else ""
    status = ctx.text(f"status.{item.status}")
    words = tables.esc(f"{item.no}. {item.name.to(ctx.language.code)}")
    cells = [
        tables.td(tiers.threshold_text(ctx, item, indicator), number=True),
        bar(ctx, {"met": met, "not_met": not_met, "unknown": unknown}),
        many.share_cell(ctx, met, met + not_met),
        tables.td(fmt.number(not_met, ctx.language), number=True),
        f'<td class="number">{tables.esc(fmt.number(unknown, ctx.language))}{under}</td>',
    ]
    return tables.row(
        cells, f'<span class="criterion">{words}<span class="unit">{tables.esc(status)}</span></span>'
    )


def _chosen(ctx, states, board, scheme, chosen) -> str:
    """The communes pointed out: place, tier and what is short, then every criterion with its figure."""
    if not chosen:
        return ""
    own = states[states["area_id"].isin(list(chosen))]
    part = board.loc[list(chosen)]
    ranks = board[["first", "last"]]
    close = set(own.loc[own["close"], ["area_id", "criterion"]].itertuples(index=False, name=None))
    title = f"<h2>{tables.esc(ctx.text('many.marked'))}</h2>"
    made = tiers.table(ctx, part.drop(columns=["first", "last"]), own, scheme, chosen, ranks)
    if not scheme.criteria:
        return title + made
    note = f'<p class="subtitle">{tables.esc(ctx.text("tiers.matrix_subtitle"))}</p>'
    return title + made + note + tiers.matrix(ctx, own, scheme, chosen, close)


def _export(ctx: Context, scheme: SchemeSpec, period: str) -> Export:
    """Every criterion of every commune."""
    states, _ = assessed(ctx, scheme, period)
    close = set(states.loc[states["close"], ["area_id", "criterion"]].itertuples(index=False, name=None))
    return tiers.export(ctx, states, scheme, {area.id: area for area in ctx.areas}, period, close)
