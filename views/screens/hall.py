"""The show as its presenter arranged it: pure functions of the stock show and the plan."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from reports.story import Slide, Story
from store.shows import Plan


def in_order(slides: tuple[Slide, ...], plan: Plan) -> list[Slide]:
    """All slides in the plan's order. One that the plan does not know follows the one it follows in the stock show."""
    by_key = {slide.key: slide for slide in slides}
    ordered = [by_key[key] for key in plan.order if key in by_key]
    for place, slide in enumerate(slides):
        if slide not in ordered:
            before = slides[place - 1] if place else None
            ordered.insert(ordered.index(before) + 1 if before in ordered else 0, slide)
    return ordered


def arranged(story: Story, plan: Plan) -> Story:
    """The show without what is hidden, in the plan's order, with the presenter's lines."""
    slides = [
        replace(slide, remark=plan.lines.get(slide.key, ""))
        for slide in in_order(story.slides, plan)
        if slide.key not in plan.hidden
    ]
    return replace(story, slides=tuple(slides))


def rows(story: Story, plan: Plan) -> list[dict[str, object]]:
    """What the list of slides needs: key, title, whether it is shown, the presenter's line."""
    return [
        {
            "key": slide.key,
            "title": slide.title,
            "shown": slide.key not in plan.hidden,
            "line": plan.lines.get(slide.key, ""),
        }
        for slide in in_order(story.slides, plan)
    ]


def key_list(signs: list[tuple[str, str]], title: str) -> str:
    """Keys and what they do, as HTML."""
    terms = "".join(f"<dt>{escape(sign)}</dt><dd>{escape(words)}</dd>" for sign, words in signs)
    return f'<h2>{escape(title)}</h2><dl class="terms">{terms}</dl>'
