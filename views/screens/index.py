"""The composite index: places, what they can bear, other weights, and one commune's points step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from reports.workbook import Export
from store.definitions import Area, Indicator
from views import composite, load, many, narrative, standings, tables
from views import format as fmt
from views.screens import Screen, screen, tried
from views.screens.common import legend, place_range

if TYPE_CHECKING:
    from views.frame import Context

NEARLY_SAME, PARTLY_SAME = (
    0.8,
    0.5,
)  # Kendall's tau from which an order is said to be nearly, or partly, the same
NAMED = 3  # indicators that a sentence names
MOST_PLACES = 3  # communes with their place that a sentence names
MOST_SENTENCES = 5


def parts_of(ctx: Context, period: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(scores, board of places) of a period, made once and shared by everything on the page."""

    def make() -> tuple[pd.DataFrame, pd.DataFrame]:
        parts = standings.scores(_figures(ctx, period), ctx.catalogue, period, ctx.area_ids)
        return parts, composite.places(parts, ctx.catalogue, draws(ctx))

    return load.frames(("index_parts", *ctx.data, ctx.area_ids, period), make)


def _figures(ctx: Context, period: str) -> pd.DataFrame:
    return load.figures(*ctx.data, ctx.area_ids, tuple(ctx.catalogue.index.weights), (period,))


def _known(ctx: Context, period: str, areas: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Figures of some communes by indicator."""

    def make() -> dict[str, pd.DataFrame]:
        figures = _figures(ctx, period)
        if areas is not ctx.area_ids:
            figures = figures[figures["area_id"].isin(list(areas))]
        return composite.measured(figures, ctx.catalogue, period, areas)

    return load.frames(("index_known", *ctx.data, areas, period), make)


def draws(ctx: Context) -> int:
    """How many sets of weights are drawn."""
    return composite.DRAWS_MANY if ctx.many else composite.DRAWS


def placed(ctx: Context, period: str) -> bool:
    """Whether any commune has a place."""
    return bool(parts_of(ctx, period)[1]["rank"].notna().any())


def proposed(ctx: Context) -> dict[str, int]:
    """Where the sliders begin."""
    return composite.proposed(ctx.catalogue)


def pillar_names(ctx: Context) -> dict[str, str]:
    """Pillars of the index and their names."""
    by_id = {pillar.id: pillar.name.to(ctx.language.code) for pillar in ctx.catalogue.pillars}
    return {name: by_id[name] for name in composite.pillars(ctx.catalogue)}


# ---------------------------------------------------------------- who stands where


@screen
def build(ctx: Context, period: str) -> Screen:
    """Places by the proposed weights, and the range that other choices leave open; or what is missing for an index."""
    parts, board = parts_of(ctx, period)
    if board["rank"].isna().all():
        return _nothing(ctx, period, parts)
    areas = {area.id: area for area in ctx.areas}
    groups = composite.groups(board)
    ranked = board["rank"].notna()
    firm = [group[0] for group in groups if len(group) == 1]
    return Screen(
        finding=ctx.text("index.finding", firm=len(firm), ranked=int(ranked.sum())),
        subtitle=ctx.text("index.subtitle", period=fmt.period(period, ctx.language)),
        sentences=_sentences(ctx, period, board, groups, areas),
        warning=proposed_ribbon(ctx, ctx.text("index.proposed_places")),
        legend=legend([(colour(name), words) for name, words in pillar_names(ctx).items()]),
        table=_table(ctx, board, groups, areas),
        export=lambda ctx: export_places(ctx, period, board),
        sources=sources(ctx),
    )


def colour(pillar: str) -> str:
    return f"background:var(--pillar-{tables.esc(pillar)})"


def proposed_ribbon(ctx: Context, *more: str) -> str:
    """What is proposed is said to be proposed, above everything it decides."""
    if ctx.catalogue.index.status != "proposed":
        return ""
    words = " ".join([ctx.text("index.proposed"), *more])
    return f'<div class="ribbon" role="note">{tables.esc(words)}</div>'


def points_text(ctx: Context, value: float, decimals: int = 1) -> str:
    return fmt.number(value, ctx.language, decimals)


def _sentences(ctx, period, board, groups, areas) -> list[str]:
    """The first, how many have a place, whose place stands, who cannot be told apart, who has none and why."""
    ranked = board[board["rank"].notna()]
    top = ranked[ranked["rank"] == 1]
    share = ranked["weight"].min()
    lead = ctx.text(
        "index.lead",
        period=fmt.period(period, ctx.language),
        names=narrative.join(ctx, [fmt.area_inline(areas[key], ctx.language) for key in top.index]),
        points=points_text(ctx, top["index"].iloc[0]),
        ranked=len(ranked),
        total=len(board),
        weight=fmt.percent(share, ctx.language),
    )
    found = [lead]
    firm = [
        ctx.text(
            "index.with_place",
            area=fmt.area_inline(areas[group[0]], ctx.language),
            place=int(board.loc[group[0], "rank"]),
        )
        for group in groups
        if len(group) == 1
    ]
    found.append(
        ctx.text("index.firm", names=narrative.listed(ctx, firm, MOST_PLACES))
        if firm
        else ctx.text("index.none_firm")
    )
    for group in groups:
        if len(group) > 1:
            own = board.loc[group]
            kinds = [
                kind
                for kind in composite.CHOICES
                if any(kind in composite.movers(row) for _, row in own.iterrows())
            ]
            found.append(
                ctx.text(
                    "index.not_apart" if kinds else "index.same_place",
                    names=narrative.listed(ctx, [fmt.area_inline(areas[key], ctx.language) for key in group]),
                    first=int(own["first"].min()),
                    last=int(own["last"].max()),
                    choices=narrative.join(ctx, [ctx.text(f"index.choice.{kind}") for kind in kinds]),
                )
            )
    for key, row in board[board["rank"].isna()].iterrows():
        found.append(
            ctx.text("index.no_place", area=fmt.area_full(areas[key], ctx.language), why=_why(ctx, row))
        )
    left = len(found) - MOST_SENTENCES
    if left > 0:  # one more makes room for the sentence that says so
        found = [*found[: MOST_SENTENCES - 1], ctx.text("index.more", count=left + 1)]
    return found


def _why(ctx: Context, row: pd.Series) -> str:
    """Why a commune has no place."""
    names = pillar_names(ctx)
    missing = composite.lacking(row, ctx.catalogue)
    if len(missing) == len(names):
        return ctx.text("index.why_all")
    return ctx.text(
        "index.why_pillars",
        names=narrative.join(ctx, [narrative.lower_first(names[name]) for name in missing]),
    )


def _bar(ctx: Context, given: pd.Series) -> str:
    """The index as a bar from 0 to 100, a piece per pillar."""
    pieces = "".join(
        f'<span style="width:{value:.2f}%;{colour(str(name))}"></span>'
        for name, value in given.dropna().items()
    )
    return f'<div class="bar" aria-hidden="true">{pieces}</div>'


def _table(ctx, board, groups, areas) -> str:
    """One line per commune, best first; without a place last, with the reason."""
    peers = {key: [other for other in group if other != key] for group in groups for key in group}

    def like(key: str) -> str:
        others = [fmt.area_name(areas[other], ctx.language) for other in peers[key]]
        return ctx.text("index.like", names=narrative.join(ctx, others)) if others else ""

    head, line = lines(ctx, board, like)
    rows = [line(key, tables.area_link(ctx, areas[key])) for key in best_first(board).index]
    return f'<div class="heads">{tables.table(head, rows)}</div>'


def best_first(board: pd.DataFrame) -> pd.DataFrame:
    """By place, those without one last."""
    return board.sort_values(["rank", "index"], ascending=[True, False], na_position="last")


def lines(
    ctx: Context, board: pd.DataFrame, like: Callable[[str], str]
) -> tuple[list[str], Callable[..., str]]:
    """(headings, what makes the line of a commune out of its id, its heading and the kind of line). ``like`` says from whom
    the index does not tell it apart."""
    heads = ("range", "points", "observed", "weights", "mean", "scale", "moves")
    head = [tables.th(ctx.text("column.area")), tables.th(ctx.text("column.rank"), number=True)]
    head += [
        tables.th(ctx.text(f"index.column.{key}"), number=key not in ("moves", "points")) for key in heads
    ]
    given = composite.pillar_points(board, ctx.catalogue)

    def line(key: str, name: str, kind: str = "") -> str:
        row = board.loc[key]
        score = f'<td><span class="strong">{points_text(ctx, row["index"])}</span>{_bar(ctx, given.loc[key])}</td>'
        share = tables.td(fmt.percent(row["weight"], ctx.language), number=True)
        if pd.isna(row["rank"]):
            score = tables.td("–") if pd.isna(row["index"]) else score
            why = f'<td class="empty" colspan="4"><span>{tables.esc(_why(ctx, row))}</span></td>'
            return tables.row(
                [tables.td("–", number=True), tables.td("–", number=True), score, share, why], name, kind
            )
        kinds = [ctx.text(f"index.choice.{kind}") for kind in composite.movers(row)]
        places = [
            f'<td class="number"><span class="strong">{place_range(ctx, row["first"], row["last"])}</span></td>',
            score,
            share,
            tables.td(place_range(ctx, row["weights_first"], row["weights_last"]), number=True),
            *(tables.td(fmt.number(row[part], ctx.language), number=True) for part in ("mean", "scale")),
            f'<td class="text">{tables.esc(", ".join(kinds) or ctx.text("index.stands"))}'
            f'<span class="unit">{tables.esc(like(key))}</span></td>',
        ]
        return tables.row(
            [tables.td(fmt.number(row["rank"], ctx.language), number=True), *places], name, kind
        )

    return head, line


def _nothing(ctx: Context, period: str, parts: pd.DataFrame) -> Screen:
    """No commune has enough figures: what is there and what is needed, by pillar."""
    areas = {area.id: area for area in ctx.areas}
    names, sizes = pillar_names(ctx), composite.sizes(ctx.catalogue)
    counts = composite.gaps(parts, ctx.catalogue)
    most = counts["all"].max()
    best = [fmt.area_inline(areas[key], ctx.language) for key in counts.index[counts["all"] == most]]
    words = {
        "period": fmt.period(period, ctx.language),
        "known": int(counts["all"].sum()),
        "total": sizes["all"] * len(counts),
        "least": weight_text(ctx, ctx.catalogue.index.least_weight),
    }
    sentences = [ctx.text("index.none_lead", **words)]
    if most:
        sentences.append(
            ctx.text("index.none_most", names=narrative.listed(ctx, best), count=int(most), size=sizes["all"])
        )
    head = [tables.th(ctx.text("column.area")), tables.th(ctx.text("index.column.all"), number=True)]
    head += [tables.th(word, number=True) for word in names.values()]
    rows = [
        tables.row(
            [tables.td(f"{int(row[key])}/{sizes[key]}", number=True) for key in ("all", *names)],
            tables.area_link(ctx, areas[area_id]),
        )
        for area_id, row in counts.iterrows()
    ]
    send = f"<p>{ctx.link('upload', ctx.text('overview.how_to_send'))}</p>"
    return Screen(
        finding=ctx.text("index.none_finding"),
        subtitle=ctx.text("index.none_subtitle", period=words["period"]),
        sentences=narrative.enough(ctx, sentences, ctx.text("say.not_zero")),
        warning=proposed_ribbon(ctx),
        table=tables.table(head, rows) + send,
        export=lambda ctx: export_gaps(ctx, period, counts),
        sources=sources(ctx),
    )


def how(ctx: Context) -> str:
    """How the index and the ranges of places are computed."""
    return ctx.text("index.how", draws=fmt.number(draws(ctx), ctx.language))


def sources(ctx: Context) -> list[str]:
    lines = [
        ctx.catalogue.index.note.to(ctx.language.code),
        how(ctx),
        ctx.text("index.not_chance"),
    ]
    return [tables.esc(line) for line in lines if line]


# ---------------------------------------------------------------- other weights


def weight_text(ctx: Context, share: float) -> str:
    """A weight: 25%, 33,3%."""
    exact = float(f"{share * 100:.12g}")
    return fmt.number(exact, ctx.language, 0 if exact.is_integer() else 1) + "%"


def weights_text(ctx: Context, weights: pd.Series) -> str:
    """``chính quyền số 40%, kinh tế số 20%...``"""
    names = pillar_names(ctx)
    return ", ".join(
        f"{narrative.lower_first(names[name])} {weight_text(ctx, value)}" for name, value in weights.items()
    )


@tried
def trial(ctx: Context, period: str, marks: Mapping[str, int], marked: tuple[str, ...] = ()) -> Screen:
    """The places by the reader's own weights beside the proposed ones; made anew in every run, only the sums again."""
    parts, board = parts_of(ctx, period)
    weights = composite.shares(ctx.catalogue, marks)
    own = composite.moved(ctx.catalogue, marks)
    tried = standings.combine(parts, ctx.catalogue, pillar_weights=weights.to_dict())
    sentences = [ctx.text("index.weights_are", weights=weights_text(ctx, weights))]
    if not sum(marks.values()):
        sentences = [ctx.text("index.all_zero")]
    elif own:
        sentences += _agreement(ctx, board, tried)
    ribbon = f'<div class="ribbon" role="note">{tables.esc(ctx.text("index.trial"))}</div>' if own else ""
    return Screen(warning=ribbon, sentences=sentences, table=_trial_table(ctx, board, tried, weights, marked))


def _agreement(ctx: Context, board: pd.DataFrame, tried: pd.DataFrame) -> list[str]:
    """Kendall's tau and the largest shift, in words."""
    areas = ctx.catalogue.area_by_id
    found = composite.agreement(board, tried)
    sentences = []
    tau = found["tau"]
    if not pd.isna(tau):
        level = (
            "same"
            if tau == 1
            else "nearly"
            if tau >= NEARLY_SAME
            else "partly"
            if tau >= PARTLY_SAME
            else "other"
        )
        sentences.append(ctx.text(f"index.tau.{level}", tau=fmt.number(tau, ctx.language, 2)))
    if found["places"] and not pd.isna(found["places"]):
        moves = [
            ctx.text(
                "index.from_to",
                area=fmt.area_inline(areas[key], ctx.language),
                before=_place(ctx, board.loc[key, "rank"]),
                after=_place(ctx, tried.loc[key, "rank"]),
            )
            for key in found["areas"]
        ]
        names = narrative.listed(ctx, moves) if ctx.many else narrative.join(ctx, moves)
        places = fmt.number(int(found["places"]), ctx.language)
        sentences.append(ctx.text("index.shift", places=places, names=names))
    return sentences


def _trial_table(
    ctx: Context, board: pd.DataFrame, tried: pd.DataFrame, weights: pd.Series, marked: tuple[str, ...]
) -> str:
    """Place and points by the weights of the sliders, the proposed place beside them, and the pillars they rest on; of
    many communes both ends and those ``marked``."""
    areas, names = ctx.catalogue.area_by_id, pillar_names(ctx)
    change = composite.changed_places(board, tried)
    head = [tables.th(ctx.text("column.area"))]
    head += [
        tables.th(ctx.text(f"index.column.{key}"), number=True)
        for key in ("tried", "proposed", "won", "tried_points")
    ]
    head += [
        tables.th(
            f'{tables.esc(name)}<span class="unit">{tables.esc(weight_text(ctx, weights[key]))}</span>',
            number=True,
            raw=True,
        )
        for key, name in names.items()
    ]
    order = tried.sort_values("rank", na_position="last", kind="stable")

    def line(key: str) -> str:
        row = tried.loc[key]
        cells = [f'<td class="number"><span class="strong">{_place(ctx, row["rank"])}</span></td>']
        cells += [tables.td(_place(ctx, board.loc[key, "rank"]), number=True)]
        cells += [f'<td class="number">{_won(ctx, change[key])}</td>']
        cells += [tables.td(points_text(ctx, row["index"]), number=True)]
        cells += [tables.td(points_text(ctx, board.loc[key, name]), number=True) for name in names]
        return tables.row(cells, many.area_head(ctx, areas[key]), "chosen" if key in marked else "")

    if ctx.many:
        ranked = order.index[order["rank"].notna()]
        rows = many.rows(ctx, list(ranked), marked, len(head), line)
        rows += [line(key) for key in marked if key in order.index and key not in ranked]
    else:
        rows = [line(key) for key in order.index]
    return f'<div class="heads">{tables.table(head, rows)}</div>'


def _place(ctx: Context, rank: object) -> str:
    return "–" if pd.isna(rank) else fmt.number(int(rank), ctx.language)


def _won(ctx: Context, change: object) -> str:
    """Places won or lost: an arrow and a word."""
    if pd.isna(change):
        return "–"
    if not change:
        return f'<span class="muted">{tables.esc(ctx.text("index.stays"))}</span>'
    kind, key = ("up", "index.up") if change > 0 else ("down", "index.down")
    words = ctx.text(key, places=fmt.number(abs(int(change)), ctx.language))
    return f'<span class="nowrap">{tables.mark(kind)}{tables.esc(words)}</span>'


# ---------------------------------------------------------------- one commune


@tried
def commune(
    ctx: Context, area: Area, period: str, marks: Mapping[str, int], marked: tuple[str, ...] = ()
) -> Screen:
    """Where one commune's points come from, and every step of its index, by the weights of the sliders. The file has the
    steps of all communes, of many only those of this one and the ``marked``."""
    shared = tuple(dict.fromkeys((area.id, *marked))) if ctx.many else ctx.area_ids
    parts, _ = parts_of(ctx, period)
    known = _known(ctx, period, (area.id,) if ctx.many else ctx.area_ids)
    name = fmt.area_full(area, ctx.language)
    if ctx.catalogue.index.mean != "arithmetic":  # points of a geometric mean do not add up
        return Screen(finding=name, sentences=[ctx.text("index.not_additive")])
    weights = composite.shares(ctx.catalogue, marks)
    steps = composite.steps(known, parts, ctx.catalogue, area.id, weights)
    key = "index.steps_tried" if composite.moved(ctx.catalogue, marks) else "index.steps_proposed"
    whole = steps.iloc[-1]
    return Screen(
        finding=ctx.text("index.own", area=fmt.area_inline(area, ctx.language)),
        subtitle=ctx.text(
            key, area=name, period=fmt.period(period, ctx.language), weights=weights_text(ctx, weights)
        ),
        sentences=_own_sentences(ctx, area, steps, whole),
        cards="" if pd.isna(whole["score"]) else _contributions(ctx, steps),
        table=_steps_table(ctx, steps, whole),
        export=lambda ctx: _export_steps(
            ctx, period, _known(ctx, period, shared), parts.loc[list(shared)], weights
        ),
    )


def _indicator(ctx: Context, key: str) -> Indicator:
    return ctx.catalogue.indicator_by_id[key]


def _own_sentences(ctx: Context, area: Area, steps: pd.DataFrame, whole: pd.Series) -> list[str]:
    """How far from 100, and which indicators cost and give most."""
    name = fmt.area_full(area, ctx.language)
    if pd.isna(whole["score"]):
        return [ctx.text("index.own_none", area=name)]
    single = steps[(steps["kind"] == "indicator") & steps["points"].notna()]

    def named(column: str) -> str:
        order = single[single[column] > 0].sort_values(column, ascending=False, kind="stable").head(NAMED)
        return narrative.join(
            ctx,
            [
                ctx.text(
                    "index.with_points",
                    indicator=narrative.lower_first(
                        _indicator(ctx, row["indicator"]).short.to(ctx.language.code)
                    ),
                    points=points_text(ctx, row[column]),
                )
                for _, row in order.iterrows()
            ],
        )

    found = [
        ctx.text(
            "index.own_lead",
            area=name,
            points=points_text(ctx, whole["score"]),
            lost=points_text(ctx, whole["lost"]),
        )
    ]
    for column in ("lost", "points"):
        if words := named(column):
            found.append(ctx.text(f"index.own_{column}", names=words))
    return found


def _contributions(ctx: Context, steps: pd.DataFrame) -> str:
    """Every indicator, the costliest first: what it gives and what it leaves open, on one scale."""
    single = steps[(steps["kind"] == "indicator") & steps["points"].notna()]
    single = single.sort_values("lost", ascending=False, kind="stable")
    longest = (single["points"] + single["lost"]).max()
    head = [tables.th(ctx.text("column.indicator"))]
    head += [tables.th(ctx.text(f"index.column.{key}"), number=True) for key in ("rate", "lost", "given")]
    head += [tables.th(ctx.text("index.column.of"))]
    rows = []
    for _, row in single.iterrows():
        indicator, most = _indicator(ctx, row["indicator"]), row["points"] + row["lost"]
        counted = not (fmt.is_missing(row["numerator"]) or fmt.is_missing(row["denominator"]))
        value = row["value"] / 100 if indicator.unit == "percent" else row["value"]
        bar = (
            f'<div class="bar" aria-hidden="true" style="width:{100 * most / longest:.2f}%;min-width:0">'
            f'<span style="width:{100 * row["points"] / most:.2f}%;{colour(row["pillar"])}"></span></div>'
        )
        rows.append(
            tables.row(
                [
                    tables.td(
                        fmt.measure(value, indicator, ctx.language, as_printed=not counted), number=True
                    ),
                    f'<td class="number"><span class="strong">{points_text(ctx, row["lost"], 2)}</span></td>',
                    tables.td(points_text(ctx, row["points"], 2), number=True),
                    f"<td>{bar}</td>",
                ],
                tables.indicator_head(ctx, indicator, unit=False),
            )
        )
    return f'<div class="dense">{tables.table(head, rows)}</div>'


def _percent2(ctx: Context, share: float) -> str:
    return fmt.number(share * 100, ctx.language, 2) + "%"


def _steps_table(ctx: Context, steps: pd.DataFrame, whole: pd.Series) -> str:
    """n/N -> rate -> goalposts -> score x weight -> pillar x weight -> index, two decimals; the files have all digits."""
    names = pillar_names(ctx)
    head = [tables.th(ctx.text("column.indicator"))]
    head += [
        tables.th(ctx.text(f"index.column.{key}"), number=True)
        for key in ("counts", "rate", "ends", "score", "weight", "product")
    ]
    rows = []
    for _, row in steps.iterrows():
        if row["kind"] == "indicator":
            rows.append(_indicator_step(ctx, row))
        elif row["kind"] == "pillar":
            words = tables.esc(
                ctx.text("index.pillar_sum", pillar=narrative.lower_first(names[row["pillar"]]))
            )
            cells = [
                '<td colspan="3"></td>',
                tables.td(points_text(ctx, row["score"], 2), number=True),
                tables.td(
                    "–" if pd.isna(row["weight"]) else "× " + _percent2(ctx, row["weight"]), number=True
                ),
                tables.td(points_text(ctx, row["given"], 2), number=True),
            ]
            sign = f'<span class="pillar" style="{colour(row["pillar"])}"></span>'
            rows.append(tables.row(cells, sign + words, "total"))
    cells = ['<td colspan="5"></td>', tables.td(points_text(ctx, whole["score"], 2), number=True)]
    rows.append(tables.row(cells, tables.esc(ctx.text("index.sum")), "total"))
    return f'<div class="dense">{tables.table(head, rows)}</div>'


def _indicator_step(ctx: Context, row: pd.Series) -> str:
    """One indicator's way into its pillar; without a score what stands in the way."""
    indicator = _indicator(ctx, row["indicator"])
    name = tables.indicator_head(ctx, indicator, unit=False)
    if pd.isna(row["score"]):
        unsure = row["status"] == "reported"
        text = ctx.text(
            "index.not_exact" if unsure else "index.not_scored", state=ctx.text(f"state.{row['status']}")
        )
        return tables.row([f'<td class="empty" colspan="6"><span>{tables.esc(text)}</span></td>'], name)
    percent = "%" if indicator.unit == "percent" else ""
    counts = fmt.fraction_text(row["numerator"], row["denominator"], ctx.language)
    ends = "–".join(fmt.number(row[end], ctx.language) for end in ("worst", "best"))
    given = not (fmt.is_missing(row["numerator"]) or fmt.is_missing(row["denominator"]))
    value = fmt.number(float(f"{row['value']:.12g}"), ctx.language, 2 if given else None)
    return tables.row(
        [
            tables.td(counts or ctx.text("counts.unknown"), number=True),
            tables.td(value + percent, number=True),
            tables.td(ends + percent, number=True),
            tables.td(points_text(ctx, row["score"], 2), number=True),
            tables.td("–" if pd.isna(row["weight"]) else "× " + _percent2(ctx, row["weight"]), number=True),
            tables.td(points_text(ctx, row["given"], 2), number=True),
        ],
        name,
    )


# ---------------------------------------------------------------- to take away


def _about(ctx: Context, weights: pd.Series) -> list[tuple[str, str]]:
    spec = ctx.catalogue.index
    lines = [
        (ctx.text("export.space"), ctx.text("ribbon.plain") if ctx.is_demo else ctx.text("space.official")),
        (ctx.text("index.weights_label"), weights_text(ctx, weights)),
        (ctx.text("export.method"), how(ctx)),
    ]
    if spec.status == "proposed":
        lines.append((ctx.text("column.note"), ctx.text("index.proposed")))
    return [*lines, (ctx.text("export.snapshot"), ctx.snapshot_id)]


def _file(
    ctx: Context, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], weights
) -> Export:
    return Export(
        title=title,
        columns=columns,
        rows=rows,
        about=_about(ctx, weights),
        sheet=ctx.text("export.sheet"),
        about_sheet=ctx.text("export.about"),
    )


def _title(ctx: Context, period: str) -> str:
    return f"{ctx.text('index.title')}, {fmt.period(period, ctx.language)}"


def export_places(ctx: Context, period: str, board: pd.DataFrame) -> Export:
    """One line per commune: place, ranges, index, pillars."""
    areas, names = ctx.catalogue.area_by_id, pillar_names(ctx)
    keys = ("points", "observed", "first", "last", "weights_first", "weights_last", "mean", "scale")
    columns = [ctx.text(f"column.{key}") for key in ("area_code", "area", "rank")]
    columns += [ctx.text(f"index.column.{key}") for key in keys] + [*names.values(), ctx.text("column.note")]
    parts = ("rank", "index", "weight", *keys[2:], *names)
    numbers = zip(*(board[part].tolist() for part in parts), strict=True)
    whole = board["rank"].notna().tolist()
    rows = [
        [
            areas[key].code,
            fmt.area_full(areas[key], ctx.language),
            *own,
            "" if placed else _why(ctx, board.loc[key]),
        ]
        for key, own, placed in zip(board.index, numbers, whole, strict=True)
    ]
    return _file(ctx, _title(ctx, period), columns, rows, composite.shares(ctx.catalogue))


def export_gaps(ctx: Context, period: str, counts: pd.DataFrame) -> Export:
    """One line per commune: how many indicators are there, by pillar."""
    areas, names, sizes = ctx.catalogue.area_by_id, pillar_names(ctx), composite.sizes(ctx.catalogue)
    columns = [ctx.text("column.area_code"), ctx.text("column.area")]
    columns += [
        f"{word} (/{sizes[key]})" for key, word in (("all", ctx.text("index.column.all")), *names.items())
    ]
    rows = [
        [
            areas[key].code,
            fmt.area_full(areas[key], ctx.language),
            *(int(row[part]) for part in ("all", *names)),
        ]
        for key, row in counts.iterrows()
    ]
    return _file(ctx, _title(ctx, period), columns, rows, composite.shares(ctx.catalogue))


def _export_steps(ctx: Context, period: str, known, parts: pd.DataFrame, weights: pd.Series) -> Export:
    """One line per commune and step, all digits: what is needed to do the sum again by hand."""
    areas, names = ctx.catalogue.area_by_id, pillar_names(ctx)
    numbers = (
        "numerator",
        "denominator",
        "value",
        "worst",
        "best",
        "score",
        "weight",
        "given",
        "points",
        "lost",
    )
    shared = {"numerator": "column.numerator", "denominator": "column.denominator", "value": "column.value"}
    own = {"given": "product_out", "points": "points_out", "lost": "lost_out", "weight": "weight_out"}
    columns = [ctx.text(f"column.{key}") for key in ("area_code", "area")]
    columns += [ctx.text(f"index.column.{key}") for key in ("step", "pillar")]
    columns += [ctx.text("column.indicator"), ctx.text("column.unit")]
    columns += [
        ctx.text(shared[key] if key in shared else f"index.column.{own.get(key, key)}") for key in numbers
    ]
    columns += [ctx.text("column.state")]
    rows = []
    for area_id in parts.index:
        for _, row in composite.steps(known, parts, ctx.catalogue, area_id, weights).iterrows():
            indicator = _indicator(ctx, row["indicator"]) if row["kind"] == "indicator" else None
            rows.append(
                [
                    areas[area_id].code,
                    fmt.area_full(areas[area_id], ctx.language),
                    ctx.text(f"index.step.{row['kind']}"),
                    names.get(row["pillar"], ""),
                    indicator.name.to(ctx.language.code) if indicator else "",
                    ctx.text(f"unit.name.{indicator.unit}") if indicator else "",
                    *(row[key] for key in numbers),
                    ctx.text(f"state.{row['status']}") if indicator else "",
                ]
            )
    return _file(ctx, f"{ctx.text('index.steps')}. {_title(ctx, period)}", columns, rows, weights)
