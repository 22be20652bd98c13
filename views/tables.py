"""Boards -> HTML: cells, marks, cards and tables. Every text that came from a file or a definition is escaped here."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from store.definitions import Area, Indicator, Source
from views import format as fmt
from views import sums

if TYPE_CHECKING:
    from views.frame import Context

MARKS = {
    # Told by shape first: tick, cross, dotted ring, upward and downward arrow, level bar.
    "met": '<path d="M3 9.5l4 4 8-9" fill="none" stroke="currentColor" stroke-width="2.4"/>',
    "not_met": '<path d="M4 4l10 10M14 4L4 14" fill="none" stroke="currentColor" stroke-width="2.2"/>',
    "unknown": '<circle cx="9" cy="9" r="6" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="2 2.7"/>',
    "up": '<path d="M9 15V4M4 8.5L9 3.5l5 5" fill="none" stroke="currentColor" stroke-width="2.2"/>',
    "down": '<path d="M9 3v11M4 9.5l5 5 5-5" fill="none" stroke="currentColor" stroke-width="2.2"/>',
    "full": '<circle cx="9" cy="9" r="5.5" fill="currentColor"/>',
    "ring": '<circle cx="9" cy="9" r="5" fill="none" stroke="currentColor" stroke-width="2.2"/>',
    "half": '<circle cx="9" cy="9" r="5" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="M9 4a5 5 0 0 0 0 10z" fill="currentColor"/>',
    "look": '<path d="M9 3v7.5M9 13v2.4" fill="none" stroke="currentColor" stroke-width="2.6"/>',
    "none": '<path d="M5.5 9h7" fill="none" stroke="currentColor" stroke-width="2"/>',
    "same": '<path d="M3 9h12" fill="none" stroke="currentColor" stroke-width="2.4"/>',
}
TONES = {"met": "met", "not_met": "unmet", "unknown": "unknown"}


def esc(text: object) -> str:
    """Text as data: never markup."""
    return html.escape(str(text))


def mark(kind: str) -> str:
    """A small drawn sign; the word beside it says the same."""
    return f'<svg class="mark" viewBox="0 0 18 18" aria-hidden="true">{MARKS[kind]}</svg>'


def state(ctx: Context, kind: str, note: str = "") -> str:
    """✓ đạt / × chưa đạt / ◌ chưa có số liệu, with an optional note behind it."""
    extra = f' <span class="small">{esc(note)}</span>' if note else ""
    return f'<span class="{TONES[kind]} nowrap">{mark(kind)}{esc(ctx.text(f"state.{kind}"))}</span>{extra}'


def empty(ctx: Context, key: str = "state.missing", tag: str = "td", below: str = "") -> str:
    """A cell without a figure: hatched, and saying why; ``below`` is HTML under it."""
    return f'<{tag} class="empty"><span>{esc(ctx.text(key))}</span>{below}</{tag}>'


def figure_text(ctx: Context, row: pd.Series | dict, indicator: Indicator, suffix: str = "") -> str:
    """A figure as its source gives it: ``hơn 26%``; no unit guessed, a dash when missing."""
    share = row[f"share{suffix}"]
    counted = not (fmt.is_missing(row[f"numerator{suffix}"]) or fmt.is_missing(row[f"denominator{suffix}"]))
    text = fmt.measure(share, indicator, ctx.language, as_printed=not counted)
    return fmt.qualified(text, str(row[f"qualifier{suffix}"] or ""), ctx.language)


def counts_text(ctx: Context, row: pd.Series | dict, suffix: str = "") -> str:
    """n/N, or the words for counts that the source does not print."""
    text = fmt.fraction_text(row[f"numerator{suffix}"], row[f"denominator{suffix}"], ctx.language)
    return text or ctx.text("counts.unknown")


def cell(
    ctx: Context, row: pd.Series, indicator: Indicator, suffix: str = "", revised: str = "", why: str = ""
) -> str:
    """One figure with n/N under it, as a table cell; ``revised`` says what it was before it was corrected, ``why`` (HTML)
    why it is missing. A sum of former units' figures says so."""
    status = row[f"status{suffix}"]
    if status == "missing" and why:
        return f'<td class="empty why"><span>{why}</span></td>'
    summed = row.get(f"source{suffix}")
    mark = sums.mark(ctx, summed)
    marked = f'<span class="unit" title="{esc(sums.names(ctx, summed))}">{esc(mark)}</span>' if mark else ""
    if status != "reported":
        return empty(ctx, f"state.{status}", below=marked)
    if fmt.is_missing(row[f"share{suffix}"]):
        return empty(ctx, "state.rate_unknown")
    under = counts_text(ctx, row, suffix) if indicator.is_rate else ""
    below = f'<span class="unit">{esc(under)}</span>' if under else ""
    if revised:
        word = esc(ctx.text("revised.mark"))
        below += f'<span class="unit revised" title="{esc(revised)}">◎ {word}</span>'
    below += marked
    return f'<td class="number"><span class="strong">{esc(figure_text(ctx, row, indicator, suffix))}</span>{below}</td>'


def hidden_end(row: pd.Series | dict) -> bool:
    """Whether either end of a change is hidden: the change would give it back."""
    return "suppressed" in (row["status_before"], row["status_after"])


def change_text(ctx: Context, row: pd.Series, indicator: Indicator) -> str:
    """Mark, change and the plain word for its certainty, as HTML."""
    if row["direction"] == "unknown":
        word = "state.suppressed" if hidden_end(row) else "verdict.no_pair"
        return f'<span class="muted">{esc(ctx.text(word))}</span>'
    verdict = row["verdict"]
    better = {"rise": True, "fall": False}.get(verdict)
    if indicator.higher_is_better is False and better is not None:
        better = not better
    tone = "unclear" if better is None else "rise" if better else "fall"
    word = ctx.text(f"verdict.{verdict}" if indicator.is_rate else f"direction.{row['direction']}")
    change = fmt.change(row["change"], indicator, ctx.language, short=True)
    return (
        f'<span class="change{"" if verdict == "unknown" else " sure"}">'
        f'<span class="{tone} strong nowrap">{mark(row["direction"])}{esc(change)}</span> '
        f'<span class="small nowrap">{esc(word)}</span></span>'
    )


def counted(row: pd.Series, *suffixes: str) -> bool:
    """Whether both counts are known, in every period named."""
    parts = (row[f"{part}{suffix}"] for part in ("numerator", "denominator") for suffix in suffixes)
    return not any(fmt.is_missing(part) for part in parts)


def why_unsure(row: pd.Series, indicator: Indicator) -> str:
    """Why a change has no interval: ``not_applicable``, ``not_a_share``, ``before``, ``after`` or ``none``."""
    if not indicator.is_rate:
        return "not_applicable"
    ends = counted(row, "_before"), counted(row, "_after")
    return {(True, True): "not_a_share", (False, True): "before", (True, False): "after"}.get(ends, "none")


def interval_text(ctx: Context, row: pd.Series, indicator: Indicator) -> str:
    """The 95 % interval of a change in points, or why there is none."""
    if fmt.is_missing(row["lower"]):
        return ctx.text(f"interval.{why_unsure(row, indicator)}")
    return ctx.text(
        "interval.points",
        lower=fmt.signed(row["lower"], ctx.language),
        upper=fmt.signed(row["upper"], ctx.language),
    )


def area_link(ctx: Context, area: Area) -> str:
    """A commune's name, leading to its profile."""
    return ctx.link("area", fmt.area_full(area, ctx.language), area=area.id)


def indicator_head(ctx: Context, indicator: Indicator, unit: bool = True) -> str:
    """An indicator's short name with its pillar's colour and its unit, leading to its page."""
    colour = f'<span class="pillar" style="background:var(--pillar-{esc(indicator.pillar)})"></span>'
    below = f'<span class="unit">{esc(ctx.text(f"unit.name.{indicator.unit}"))}</span>' if unit else ""
    return (
        colour + ctx.link("indicator", indicator.short.to(ctx.language.code), indicator=indicator.id) + below
    )


def table(head: Sequence[str], rows: Iterable[str], caption: str = "") -> str:
    """A table that scrolls inside itself; ``head`` are whole ``<th>`` elements, ``rows`` whole ``<tr>``."""
    title = f"<caption>{esc(caption)}</caption>" if caption else ""
    return (
        f'<div class="scroll"><table>{title}<thead><tr>{"".join(head)}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def th(text: str, *, number: bool = False, raw: bool = False) -> str:
    """A column heading; ``raw`` when the text is HTML already."""
    kind = ' class="number"' if number else ""
    return f'<th scope="col"{kind}>{text if raw else esc(text)}</th>'


def row(cells: Iterable[str], head: str = "", kind: str = "") -> str:
    """A table row: an optional row heading (HTML) and whole ``<td>`` cells."""
    first = f'<th scope="row">{head}</th>' if head else ""
    return f"<tr{f' class={kind!r}' if kind else ''}>{first}{''.join(cells)}</tr>"


def td(text: str, *, number: bool = False, raw: bool = False, long: bool = False) -> str:
    """A plain cell; ``long`` text keeps a readable width on a phone."""
    kind = ' class="number"' if number else ' class="text"' if long else ""
    return f"<td{kind}>{text if raw else esc(text)}</td>"


def card(title: str, figure: str, lines: Iterable[str]) -> str:
    """A card for one of the few figures that deserve it; all arguments are HTML."""
    below = "".join(f"<p>{line}</p>" for line in lines if line)
    return f'<div class="card"><h3>{title}</h3><div class="figure">{figure}</div>{below}</div>'


def arrow(before: str, after: str) -> str:
    """``0,1% → 10,7%`` with the old figure quiet; both escaped here."""
    return f'<span class="before">{esc(before)} →</span> <span class="nowrap">{esc(after)}</span>'


def source_text(ctx: Context, source_id: str) -> str:
    """A source as words: publisher and title, never a file name; unknown ids are shown as the text they are."""
    if source_id.startswith("upload:"):
        day, _, file = source_id.removeprefix("upload:").partition("|")
        return ctx.text("source.report", day=fmt.day(day, ctx.language) or "?", file=file)
    summed = sums.source(ctx, source_id, lambda part: source_text(ctx, part))
    if summed:
        return summed
    source: Source | None = ctx.catalogue.source_by_id.get(source_id)
    if source is None:
        return source_id
    title, publisher = source.title.to(ctx.language.code), source.publisher.to(ctx.language.code)
    return f"{publisher}: {title}" if publisher and publisher not in title else title


def sources_of(ctx: Context, figures: pd.DataFrame) -> list[str]:
    """The sources behind some figures, each once, as escaped text; uploads by file and day."""
    found = figures.loc[figures["status"].isin(("reported", "no_cases")), "source"].dropna().unique()
    return [esc(source_text(ctx, str(source))) for source in found if str(source)]


def source_line(ctx: Context, figures: pd.DataFrame) -> str:
    """``Nguồn: ...`` for the figures on show."""
    names = sources_of(ctx, figures)
    if not names:
        return ""
    line = esc(ctx.text("source.label")) + " " + "; ".join(names[:6]) + ("…" if len(names) > 6 else "")
    printed = figures[(figures["provenance"] == "published") & figures["denominator"].isna()]
    return line + (". " + esc(ctx.text("source.printed")) if len(printed) else "")


def definition_line(ctx: Context, indicator: Indicator) -> str:
    """How an indicator is computed, in words: numerator over denominator."""
    language = ctx.language.code
    if not indicator.denominator:
        return esc(indicator.name.to(language)) + ": " + esc(indicator.numerator.to(language)) + "."
    words = ctx.text(
        "source.rate",
        name=indicator.name.to(language),
        numerator=indicator.numerator.to(language),
        denominator=indicator.denominator.to(language),
    )
    return esc(" ".join([words, disclosure_text(ctx, indicator)]).strip())


def disclosure_text(ctx: Context, indicator: Indicator) -> str:
    """Which counts are not shown and why; empty where every count is."""
    rule = indicator.disclosure
    if rule is None or rule.threshold < 2:
        return ""
    return ctx.text(
        f"disclosure.zero_{rule.zero}",
        threshold=fmt.number(rule.threshold, ctx.language),
        basis=rule.basis.to(ctx.language.code),
    )


def sparkline(
    values: Sequence[float],
    low: float,
    high: float,
    width: int = 120,
    height: int = 30,
    broken: int | None = None,
) -> str:
    """A line of one commune through the periods; a gap stays a gap, and no line leads to the value at place ``broken``:
    a dashed one stands before it. Decoration: the numbers stand beside it."""
    span = (high - low) or 1.0
    step = (width - 8) / max(len(values) - 1, 1)
    places = [
        None if fmt.is_missing(value) else (4 + n * step, height - 4 - (value - low) / span * (height - 8))
        for n, value in enumerate(values)
    ]
    runs, current = [], []
    for n, dot in enumerate([*places, None]):
        if dot is None or n == broken:
            if current:
                runs.append(current)
            current = []
        if dot is not None:
            current.append(dot)
    lines = "".join(
        f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in run)}" fill="none" stroke="var(--now)" '
        'stroke-width="1.8"/>'
        for run in runs
        if len(run) > 1
    )
    known = [dot for dot in places if dot]
    ends = [(*run[0], 1.8) for run in runs if len(run) == 1] + ([(*known[-1], 3.0)] if known else [])
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}" fill="var(--now)"/>' for x, y, r in ends)
    cut = ""
    if broken is not None:
        x = 4 + (broken - 0.5) * step
        ends = f'x1="{x:.1f}" x2="{x:.1f}" y1="1" y2="{height - 1}"'
        cut = f'<line {ends} stroke="var(--muted)" stroke-dasharray="2 3" class="broken"/>'
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg {size} aria-hidden="true">{cut}{lines}{dots}</svg>'


def spine(value: float, others: Sequence[float], low: float, high: float, width: int = 190) -> str:
    """Where one commune stands among all: a grey range, a tick per commune, a filled dot for this one."""
    known = [other for other in others if not fmt.is_missing(other)]
    if not known or fmt.is_missing(value):
        return ""
    span = (high - low) or 1.0

    def x(number: float) -> float:
        return 7 + (number - low) / span * (width - 14)

    ticks = "".join(
        f'<line x1="{x(other):.1f}" x2="{x(other):.1f}" y1="8" y2="18" stroke="var(--before)" stroke-width="1.6"/>'
        for other in known
    )
    left, right = x(min(known)), x(max(known))
    return (
        f'<svg width="{width}" height="26" viewBox="0 0 {width} 26" aria-hidden="true">'
        f'<line x1="7" x2="{width - 7}" y1="13" y2="13" stroke="var(--line)" stroke-width="1"/>'
        f'<rect x="{left:.1f}" y="10" width="{max(right - left, 1):.1f}" height="6" rx="3" fill="var(--region)"/>{ticks}'
        f'<circle cx="{x(value):.1f}" cy="13" r="5.5" fill="var(--now)" stroke="var(--raised)" stroke-width="1.5"/></svg>'
    )
