"""What a citation says on a page, in a report and on a slide: the code, the day, and how today's figures differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pandas as pd

from reports import story
from store import citations, periods, read
from store.citations import Citation
from store.definitions import Indicator
from store.settings import Settings
from store.snapshot import current_id, snapshot_path
from views import boards, load, tables
from views import format as fmt

if TYPE_CHECKING:
    from views.frame import Context

KEYS = ["area_id", "indicator_id", "definition", "period"]
FACTS = ["status", "numerator", "denominator", "value", "qualifier"]
NAMED = 3  # figures that the line of a citation names; the others are counted
# These pages depend on the day as well: what is overdue, what is due.
DAY_MATTERS = ("plan", "quality")
ELSEWHERE = ("lang", "space", "cite", "asof")  # of an address, these are no choices of a view


@dataclass(frozen=True)
class Difference:
    """How the figures of today differ from those cited. ``changed``: one row per figure that was on show and is
    another today or none, KEYS and FACTS of both ends (``_then``, ``_now``); ``added``: figures that came since;
    ``definitions``: whether ways of counting, targets or criteria were changed."""

    changed: pd.DataFrame
    added: int
    definitions: bool


def view(ctx: Context, page: str, chosen: Mapping[str, str]) -> dict[str, str]:
    """The choices that make up what is on show: those of the page, and the day where it matters."""
    choices = {key: value for key, value in chosen.items() if value and key not in ELSEWHERE}
    day = ctx.as_of.isoformat() if ctx.as_of else ""
    if ctx.citation is not None:
        day = dict(ctx.citation.choices).get("asof", "")
    if not day and page in DAY_MATTERS:
        day = ctx.today.isoformat()
    return {**choices, "asof": day} if day else choices


def cite(ctx: Context, page: str, chosen: Mapping[str, str]) -> Citation:
    """Cite what is on show; the citation that was made before for what was cited before."""
    choices = view(ctx, page, chosen)
    return citations.cite(ctx.settings, ctx.user, *ctx.data, page, choices, ctx.language.code)


def cited(ctx: Context, page: str, chosen: Mapping[str, str]) -> Citation | None:
    """The citation of what is on show, if there is one."""
    return citations.same(ctx.settings, *ctx.data, page, view(ctx, page, chosen))


def link(ctx: Context, citation: Citation) -> str:
    """The address that opens a citation: whole where the reader's own or the installation's is known."""
    return f"{ctx.base or ctx.settings.address or '.'}/?{urlencode({'cite': citation.shown})}"


def illustrative(ctx: Context, space: str, page: str) -> bool:
    """Whether what a page shows in a space is illustrative; a page that holds other figures there says so itself."""
    return space == "demo" and not ctx.language.has(f"ribbon.demo_{page}")


def line(ctx: Context, citation: Citation, page: str = "") -> str:
    """Code and day in one line, marked where the figures are illustrative; ``page``: on which it stands, else its own."""
    key = "cite.line_demo" if illustrative(ctx, citation.space, page or citation.page) else "cite.line"
    return ctx.text(key, code=citation.shown, day=_day(ctx, citation.made))


def for_story(
    ctx: Context, page: str = "overview", chosen: Mapping[str, str] | None = None
) -> story.Citation:
    """What a show or a report prints of its frozen figures: the citation on show, else one made for this snapshot."""
    found = ctx.citation or cite(ctx, page, {**(chosen or {}), **_group(ctx)})
    # Without an address of its own a link would lead nowhere from paper: then the code alone is printed.
    address = link(ctx, found) if ctx.base or ctx.settings.address else ""
    words = f"{line(ctx, found)} {address}".strip()
    return story.Citation(code=found.shown, link=address, day=_day(ctx, found.made), line=words)


def _group(ctx: Context) -> dict[str, str]:
    """The choice of communes, where it is not the one to begin with."""
    if ctx.group is None or (ctx.group.first and not ctx.group.within):
        return {}
    marked = {"marked": ".".join(ctx.area_ids)} if ctx.group.within else {}
    return {"group": ctx.group.named, **marked}


def reopened(ctx: Context, citation: Citation) -> Context:
    """The same reader before the cited figures: what a report is made of again."""
    data = citation.space, citation.snapshot_id
    return replace(
        ctx,
        space=citation.space,
        snapshot_id=citation.snapshot_id,
        catalogue=load.catalogue(*data),
        meta=load.meta(*data),
        as_of=None,
        as_shown=True,
        citation=citation,
        trouble="",
    )


def is_there(settings: Settings, citation: Citation) -> bool:
    """Whether the snapshot of a citation can still be shown."""
    return snapshot_path(settings, citation.space, citation.snapshot_id).exists()


def _day(ctx: Context, day: date) -> str:
    return fmt.day(day.isoformat(), ctx.language)


# ---------------------------------------------------------------- then and now


def ribbon(ctx: Context, page: str) -> str:
    """What every page of a citation says on top; HTML."""
    key = "cite.ribbon_demo" if illustrative(ctx, ctx.space, page) else "cite.ribbon"
    words = ctx.text(key, code=ctx.citation.shown, day=_day(ctx, ctx.citation.made))
    way = ctx.link(page, ctx.text("cite.leave"), cite="")
    return f'<div class="ribbon" role="note"><b>{tables.esc(words)}</b> {tables.esc(today(ctx))} {way}</div>'


def today(ctx: Context) -> str:
    """Whether the figures of today differ from those cited, and how."""
    present = current_id(ctx.settings, ctx.space)
    if present == ctx.snapshot_id:
        return ctx.text("cite.same")
    found = difference(ctx, present)
    sentences = []
    if len(found.changed):
        sentences.append(_changed(ctx, found.changed))
    elif not found.definitions:
        sentences.append(ctx.text("cite.same"))
    if found.added:
        sentences.append(ctx.text("cite.added", count=fmt.number(found.added, ctx.language)))
    if found.definitions:
        sentences.append(ctx.text("cite.definitions"))
    if ctx.many:
        sentences.append(ctx.text("cite.view_only"))
    return " ".join(sentences)


def difference(ctx: Context, present: str) -> Difference:
    """The snapshot on show against another one of its space; computed once for both."""

    def make() -> Difference:
        then, now = (
            _figures(ctx, name).add_suffix(end)
            for name, end in ((ctx.snapshot_id, "_then"), (present, "_now"))
        )
        both = then.join(now, how="outer")
        was = both["status_then"].notna()
        other = pd.Series(False, index=both.index)
        for fact in FACTS:
            then, now = both[f"{fact}_then"], both[f"{fact}_now"]
            other |= (then != now) & ~(then.isna() & now.isna())
        return Difference(
            changed=both[was & other].reset_index(),
            added=int((~was).sum()),
            definitions=_definitions(ctx, ctx.snapshot_id) != _definitions(ctx, present),
        )

    view = ctx.citation.choices if ctx.citation and ctx.many else ()
    return load.set_down(("cited", *ctx.data, present, ctx.area_ids, view), make)


def _figures(ctx: Context, snapshot_id: str) -> pd.DataFrame:
    """FACTS by KEYS of what the compared communes have; of a hidden figure nothing but that it is hidden. Of many communes
    only the indicator and periods of the cited view, the headline indicators where it names none."""
    chosen = dict(ctx.citation.choices) if ctx.citation and ctx.many else {}
    times = tuple(chosen[key] for key in ("before", "after") if key in chosen) or None
    wanted = (chosen["indicator"],) if "indicator" in chosen else None
    if ctx.many and wanted is None:
        wanted = tuple(item.id for item in ctx.catalogue.headline)
    table = load.figures(ctx.space, snapshot_id, ctx.area_ids, wanted, times, True).set_index(KEYS)[FACTS]
    table["qualifier"] = table["qualifier"].astype(object).where(table["status"] != "suppressed", None)
    return table


def _definitions(ctx: Context, snapshot_id: str) -> dict[str, str]:
    return read.definition_files(load.snapshot(ctx.space, snapshot_id))


def _changed(ctx: Context, changed: pd.DataFrame) -> str:
    """How many figures are other ones today, and the first of them: those of the cited view, then the headlines, the
    newest first."""
    indicators, areas = ctx.catalogue.indicator_by_id, list(ctx.area_ids)
    rows = changed[changed["indicator_id"].isin(indicators)].to_dict("records")
    chosen, headline = set(dict(ctx.citation.choices).values()), [item.id for item in ctx.catalogue.headline]

    def far(row: dict) -> tuple[int, int]:
        asked = sum(row[key] in chosen for key in ("indicator_id", "period", "area_id"))
        leading = row["indicator_id"] in headline
        return -asked, headline.index(row["indicator_id"]) if leading else len(headline)

    place = {name: number for number, name in enumerate(areas)}
    rows.sort(key=lambda row: (place[row["area_id"]], row["indicator_id"], row["definition"]))
    rows.sort(key=lambda row: periods.from_id(row["period"]).sort_key, reverse=True)
    rows.sort(key=far)
    names = "; ".join(_one(ctx, row, indicators[row["indicator_id"]]) for row in rows[:NAMED])
    if len(changed) > NAMED:
        names += ctx.text("cite.more", count=fmt.number(len(changed) - NAMED, ctx.language))
    key = "cite.differs_one" if len(changed) == 1 else "cite.differs"
    return ctx.text(key, count=fmt.number(len(changed), ctx.language), names=names)


def _one(ctx: Context, row: Mapping, indicator: Indicator) -> str:
    """Sông Cầu, Thanh toán trực tuyến, Quý IV/2023: 10,7% (97/907) → 11,0% (100/907)."""
    ends = [_end(ctx, row, indicator, side) for side in ("then", "now")]
    hidden = ctx.text("state.suppressed")
    # Where one end is hidden the other one stays unsaid too: the small number would be looked for between them.
    said = hidden if hidden in ends else " → ".join(ends)
    place = fmt.area_name(ctx.catalogue.area_by_id[row["area_id"]], ctx.language)
    name = indicator.short.to(ctx.language.code)
    return f"{place}, {name}, {fmt.period(row['period'], ctx.language)}: {said}"


def _end(ctx: Context, row: Mapping, indicator: Indicator, side: str) -> str:
    """The figure of one end with its counts, or why there is none."""
    facts = {fact: row[f"{fact}_{side}"] for fact in FACTS}
    status = facts["status"] if isinstance(facts["status"], str) else "missing"
    if status != "reported":
        return ctx.text(f"state.{status}")
    frame = pd.DataFrame([facts])
    frame["share"] = boards.shares(frame, indicator)
    one = frame.iloc[0].to_dict()
    if fmt.is_missing(one["share"]):
        return ctx.text("state.rate_unknown")
    counts = (
        fmt.fraction_text(one["numerator"], one["denominator"], ctx.language) if indicator.is_rate else ""
    )
    return tables.figure_text(ctx, one, indicator) + (f" ({counts})" if counts else "")
