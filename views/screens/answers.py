"""Four questions that are asked first about a commune, answered in sentences that can be read out.

Is the change real, is it faster than elsewhere, when is the target reached, how many cases are short. Every answer has a
mark, a word, a sentence with n/N and period, and what it does not know. A figure that is hidden, missing or in doubt
gives no number and no verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from metrics.change import difference_in_differences
from store.definitions import Area, Indicator
from views import boards, goals, narrative, tables
from views import format as fmt
from views.screens.common import target_text
from views.tables import esc

if TYPE_CHECKING:
    from views.frame import Context

ENDS = ("before", "after")
MOST_DECIMALS = 3  # of an end of an interval that would else read 0,0


@dataclass(frozen=True)
class Answer:
    """``tone``: rise, fall, unclear, met or unknown; ``mark``: one of ``tables.MARKS``. All texts are plain."""

    key: str
    question: str
    tone: str
    mark: str
    word: str
    sentence: str
    caveats: tuple[str, ...]


class Case(NamedTuple):
    """What is asked about: one commune, one indicator, two periods, and its row of ``goals.board``."""

    ctx: Context
    area: Area
    indicator: Indicator
    row: pd.Series
    periods: dict[str, str]

    def say(self, key: str, /, **values: object) -> str:
        """A text of this page."""
        return self.ctx.text(f"answers.{key}", **values)

    @property
    def name(self) -> str:
        """The commune inside a sentence."""
        return fmt.area_inline(self.area, self.ctx.language)

    def period(self, end: str) -> str:
        """A period inside a sentence."""
        return fmt.period_inline(self.periods[end], self.ctx.language)

    def case_word(self, count: int) -> str:
        """What the numerator counts, in the number that goes with ``count``."""
        code, words = self.ctx.language.code, self.indicator.case
        several = words.get(f"{code}_many", "") if count != 1 else ""
        return several or words.to(code) or self.say("case_one" if count == 1 else "case")


def build(
    ctx: Context, area: Area, indicator: Indicator, table: pd.DataFrame, before: str, after: str
) -> list[Answer]:
    """The four answers; ``table``: ``goals.board`` of the compared communes (``boards.pair`` where it is no rate)."""
    case = Case(ctx, area, indicator, table.loc[area.id], {"before": before, "after": after})
    return [_real(case), _faster(case, table), _when(case), _short(case)]


def block(ctx: Context, answers: list[Answer]) -> str:
    """The answers as HTML, one box each."""
    boxes = "".join(
        f'<div class="answer" data-answer="{item.key}"><h3>{esc(item.question)}</h3>'
        f'<p class="word capital {item.tone}">{tables.mark(item.mark)}<span>{esc(item.word)}</span></p>'
        f'<p class="said">{esc(item.sentence)}</p>'
        + "".join(f'<p class="small">{esc(text)}</p>' for text in item.caveats)
        + "</div>"
        for item in answers
    )
    return f'<div class="answers">{boxes}</div>'


# ---------------------------------------------------------------- what is known


def _lack(case: Case, end: str) -> str:
    """What keeps a figure from being used, in a word of ours; empty where nothing does."""
    status = case.row[f"status_{end}"]
    if status != "reported":
        return status
    if fmt.is_missing(case.row[f"share_{end}"]):
        return "rate_unknown"
    return "implausible" if case.row[f"qualifier_{end}"] == "implausible" else ""


def _gap(case: Case, end: str) -> str:
    """Why there is no figure to go by at one end; empty where there is one."""
    lack = _lack(case, end)
    return case.say(f"gap.{lack}", period=case.period(end)) if lack else ""


def _gaps(case: Case) -> str:
    """Both ends' reasons in one; empty where both figures are there."""
    lacks = [_lack(case, end) for end in ENDS]
    if lacks[0] and lacks[0] == lacks[1]:
        both = narrative.join(case.ctx, [case.period(end) for end in ENDS])
        return case.say(f"gap.{lacks[0]}", period=both)
    return narrative.join(case.ctx, [text for text in (_gap(case, end) for end in ENDS) if text])


def _at(case: Case, end: str) -> str:
    """A figure with its period and n/N: ``2,0% (quý IV/2022: 3/151)``."""
    row, ctx = case.row, case.ctx
    value = tables.figure_text(ctx, row, case.indicator, f"_{end}")
    counts = fmt.fraction_text(row[f"numerator_{end}"], row[f"denominator_{end}"], ctx.language)
    inside = f"{case.period(end)}: {counts}" if counts and case.indicator.is_rate else case.period(end)
    return f"{value} ({inside})"


def _points(case: Case, value: float) -> str:
    """A signed number of points that never reads 0,0 unless it is nothing."""
    decimals = 1
    while (
        value
        and decimals < MOST_DECIMALS
        and not any(digit in "123456789" for digit in fmt.signed(value, case.ctx.language, decimals))
    ):
        decimals += 1
    return fmt.signed(value, case.ctx.language, decimals)


def _why_no_verdict(case: Case) -> str:
    """Why two figures that are there allow no verdict; empty where they do."""
    if not boards.comparable(*(case.periods[end] for end in ENDS)):
        return case.say("why.kinds")
    if case.row["verdict"] != "unknown":
        return ""
    return case.say(f"why.{tables.why_unsure(case.row, case.indicator)}")


def _cannot(case: Case, key: str, question: str, why: str, *caveats: str) -> Answer:
    """Nothing can be said, and why."""
    return Answer(
        key, question, "unknown", "unknown", case.say("cannot_word"), case.say("cannot", why=why), caveats
    )


# ---------------------------------------------------------------- is it real


def _real(case: Case) -> Answer:
    """Whether chance alone could explain the change."""
    row, ctx = case.row, case.ctx
    question = case.say(f"question.real.{row['direction']}")
    if why := _gaps(case):
        return _cannot(case, "real", question, why, case.say("caveat.needs_both"))
    values = {
        "indicator": case.indicator.short.to(ctx.language.code),
        "area": case.name,
        "before": _at(case, "before"),
        "after": _at(case, "after"),
    }
    if why := _why_no_verdict(case):
        sentence = case.say("real.unknown", why=why, **values)
        note = case.say("caveat.needs_counts" if case.indicator.is_rate else "caveat.no_rate")
        return Answer("real", question, "unknown", "unknown", case.say("cannot_word"), sentence, (note,))
    verdict = row["verdict"]
    interval = case.say(
        "caveat.interval", lower=_points(case, row["lower"]), upper=_points(case, row["upper"])
    )
    note = case.say("caveat.holds_zero" if verdict == "unclear" else "caveat.clear")
    return Answer(
        "real",
        question,
        verdict,
        {"rise": "up", "fall": "down"}.get(verdict, "ring"),
        ctx.text(f"verdict.{verdict}"),
        case.say(f"real.{verdict}", **values),
        (interval, note),
    )


# ---------------------------------------------------------------- is it faster


class Others(NamedTuple):
    """The other communes with counts in both periods, taken together, and how many others there are."""

    numerator_after: float
    denominator_after: float
    numerator_before: float
    denominator_before: float
    areas: int
    total: int


def others(table: pd.DataFrame, area_id: str) -> Others:
    """Sums over the communes other than ``area_id`` whose change is a change of proportions."""
    rest = table.drop(index=area_id)
    fit = rest["verdict"] != "unknown"
    for end in ENDS:
        fit &= (rest[f"status_{end}"] == "reported") & (rest[f"qualifier_{end}"] != "implausible")
    columns = [f"{part}_{end}" for end in ("after", "before") for part in ("numerator", "denominator")]
    sums = rest.loc[fit, columns].astype(float).sum()
    return Others(*(float(sums[column]) for column in columns), int(fit.sum()), len(rest))


def _faster(case: Case, table: pd.DataFrame) -> Answer:
    """Its change beside that of the other communes together."""
    row, ctx, rest = case.row, case.ctx, others(table, case.area.id)
    question = case.say("question.faster_up" if row["direction"] == "up" else "question.faster")
    why = _gaps(case) or _why_no_verdict(case)
    if not why and not rest.areas:
        why = case.say("why.no_others", total=rest.total)
    if why:
        known = case.say("caveat.others_known", count=rest.areas, total=rest.total)
        return _cannot(case, "faster", question, why, *([known] if case.indicator.is_rate else []))
    own_counts = [
        float(row[f"{part}_{end}"]) for end in ("after", "before") for part in ("numerator", "denominator")
    ]
    found = difference_in_differences(*own_counts, *rest[:4])
    own, pace = row["change"], row["change"] - found.estimate
    key = "unclear"
    if found.lower > 0:
        key = "rise_more" if own > 0 else "fall_less"
    elif found.upper < 0:
        key = "rise_less" if own >= 0 else "fall_more"
    ends = [
        f"{fmt.percent(x / n, ctx.language)} ({case.period(end)}: {fmt.fraction_text(x, n, ctx.language)})"
        for end, x, n in (("before", *rest[2:4]), ("after", *rest[:2]))
    ]
    one = "_one" if rest.areas == 1 else ""
    return Answer(
        "faster",
        question,
        {"rise_more": "rise", "fall_less": "rise", "unclear": "unclear"}.get(key, "fall"),
        {"rise_more": "up", "fall_less": "up", "unclear": "ring"}.get(key, "down"),
        case.say(f"faster_word.{key}"),
        case.say(
            f"faster.{key}{one}",
            area=case.name,
            capital=fmt.area_full(case.area, ctx.language),
            count=rest.areas,
            own=_points(case, own),
            others=_points(case, pace),
        ),
        (
            case.say("caveat.others", count=rest.areas, total=rest.total, before=ends[0], after=ends[1]),
            case.say("caveat.gap", lower=_points(case, found.lower), upper=_points(case, found.upper)),
            case.say("caveat.chance_only"),
        ),
    )


# ---------------------------------------------------------------- when, and how many


def _goal(case: Case) -> str:
    """The target inside a sentence, called what it is: a target, a proposed mark, an illustrative target."""
    goal = case.indicator.target
    value = fmt.measure(goal.value / 100, case.indicator, case.ctx.language, as_printed=True)
    key = goal.status if goal.status in ("proposed", "illustrative") else "printed"
    return case.say(f"goal.{key}", value=value)


def _about_goal(case: Case) -> tuple[str, ...]:
    """Where the target comes from."""
    return tuple(
        text
        for text in (
            target_text(case.ctx, case.indicator),
            case.indicator.target.basis.to(case.ctx.language.code),
        )
        if text
    )


def _no_goal(case: Case) -> tuple[str, tuple[str, ...]]:
    """Why there is nothing to hold the figures against, and what would change that; empty where there is a target."""
    if not case.indicator.is_rate:
        return case.say("why.no_rate"), ()
    if case.indicator.target is None:
        return case.say("why.no_target"), (case.say("caveat.where"),)
    if case.row["state"] == "none":
        return case.say("why.other_way"), _about_goal(case)
    return "", ()


def _there(case: Case) -> tuple[str, str]:
    """Tone and mark of being there: a tick only for a target that somebody has printed."""
    return ("met", "met") if goals.judges(case.indicator) else ("rise", "full")


def _when(case: Case) -> Answer:
    """In which quarter the target is reached at the pace so far: a range, or why there is none."""
    row, ctx, question = case.row, case.ctx, case.say("question.when")
    why, note = _no_goal(case)
    if why:
        word = case.say("no_target_word") if case.indicator.is_rate and not case.indicator.target else None
        answer = _cannot(case, "when", question, why, *note)
        return answer if word is None else _reworded(answer, word, case.say("no_target"))
    if why := _gap(case, "after"):
        return _cannot(case, "when", question, why, *_about_goal(case))
    if row["state"] == "unknown":
        return _cannot(
            case, "when", question, case.say("why.not_exact", after=_at(case, "after")), *_about_goal(case)
        )
    values = {
        "area": case.name,
        "capital": fmt.area_full(case.area, ctx.language),
        "goal": _goal(case),
        "after": _at(case, "after"),
    }
    if row["state"] == "met":
        sentence = case.say("when.reached", **values)
        return Answer(
            "when", question, *_there(case), case.say("when_word.reached"), sentence, _about_goal(case)
        )
    if goals.steps_between(*(case.periods[end] for end in ENDS)) is None:
        return _cannot(case, "when", question, case.say("why.no_quarters"), *_about_goal(case))
    if why := _gap(case, "before"):
        return _cannot(case, "when", question, why, *_about_goal(case))
    kind = row["arrival"]
    if kind == "unknown":
        return _cannot(
            case, "when", question, _why_no_verdict(case) or case.say("why.none"), *_about_goal(case)
        )
    if kind in ("dated", "open") and row["earliest"] > goals.HORIZON:
        kind = "far"
    elif kind == "dated" and row["latest"] > goals.HORIZON:
        kind = "late_open"
    elif kind == "dated" and row["earliest"] == row["latest"]:
        kind = "dated_one"
    for end in ("earliest", "latest"):
        known = row[end] <= goals.HORIZON  # a missing one is not
        values[end] = (
            fmt.period_inline(goals.quarter_after(case.periods["after"], row[end]), ctx.language)
            if known
            else ""
        )
    tone, mark = {
        "never": ("unclear", "none"),
        "far": ("unclear", "none"),
        "too_early": ("unknown", "unknown"),
    }.get(kind, ("unclear", "ring") if kind in ("open", "late_open") else ("rise", "full"))
    pace = case.say("caveat.pace", pace=fmt.signed(row["pace"], ctx.language, 2))
    return Answer(
        "when",
        question,
        tone,
        mark,
        case.say(f"when_word.{kind}", **values),
        case.say(f"when.{kind}", **values),
        (pace, *_about_goal(case)),
    )


def _reworded(answer: Answer, word: str, sentence: str) -> Answer:
    """The same answer in other words, with the dash for what does not exist."""
    return Answer(answer.key, answer.question, answer.tone, "none", word, sentence, answer.caveats)


def _short(case: Case) -> Answer:
    """How many further cases would lift the rate to the target, the denominator as it is."""
    row, ctx = case.row, case.ctx
    question = case.say("question.short", cases=case.case_word(2))
    why, _ = _no_goal(case)
    if why:
        answer = _cannot(case, "short", question, why)
        if case.indicator.is_rate and case.indicator.target is None:
            now = _gap(case, "after") or case.say("now", after=_at(case, "after"))
            sentence = case.say("short.no_target", cases=case.case_word(2), now=now)
            return _reworded(answer, case.say("no_target_word"), sentence)
        return answer
    if why := _gap(case, "after"):
        return _cannot(case, "short", question, why)
    values = {"area": case.name, "capital": fmt.area_full(case.area, ctx.language), "goal": _goal(case)}
    values["after"] = _at(case, "after")
    if row["state"] == "unknown":
        return _cannot(case, "short", question, case.say("why.not_exact", after=values["after"]))
    if row["state"] == "met":
        word = case.say("short_word.none")
        sentence = case.say("short.none", cases=case.case_word(0), **values)
        return Answer("short", question, *_there(case), word, sentence, ())
    if fmt.is_missing(row["cases"]):
        gap = fmt.number(row["gap"], ctx.language, 1)
        sentence = case.say("short.points", gap=gap, cases=case.case_word(2), **values)
        return Answer(
            "short",
            question,
            "unknown",
            "unknown",
            case.say("cannot_word"),
            sentence,
            (case.say("caveat.no_counts"),),
        )
    count = int(row["cases"])
    words = {"count": fmt.number(count, ctx.language), "cases": case.case_word(count)}
    return Answer(
        "short",
        question,
        "unclear",
        "half",
        case.say("short_word.some", **words),
        case.say("short.some", **words, **values),
        (case.say("caveat.denominator", denominator=fmt.number(row["denominator_after"], ctx.language)),),
    )
