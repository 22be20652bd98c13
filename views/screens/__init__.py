"""What each page shows, put together: figures -> boards -> sentences, chart, table, export. One module per page."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from store.definitions import Area, Indicator, SchemeSpec
from views import load

if TYPE_CHECKING:
    from reports.story import Picture
    from reports.workbook import Export
    from views.frame import Context


@dataclass(frozen=True)
class Screen:
    """The parts of a page; an empty part is not drawn. Texts in ``sentences``, ``finding``, ``subtitle`` and ``alt`` are
    plain; the others are HTML made by ``views.tables``."""

    finding: str = ""
    subtitle: str = ""
    sentences: Sequence[str] = ()
    figure: Any = None
    alt: str = ""
    legend: str = ""
    warning: str = ""
    cards: str = ""
    table: str = ""
    matrix: str = ""
    reporting: str = ""
    export: Callable[[Context], Export] | None = None  # given the reader's context: what is kept holds none
    picture: Callable[[Context], Picture] | None = None  # likewise; in the light palette
    sources: Sequence[str] = field(default=())


def _key(argument: object) -> object:
    """What names an argument in the cache: definitions by id."""
    return argument.id if isinstance(argument, (Area, Indicator, SchemeSpec)) else argument


def screen(build: Callable[..., Screen]) -> Callable[..., Screen]:
    """Build once per snapshot, citation, language, palette and arguments; what is kept is shared and never changed."""
    return _once(build, load.made)


def tried(build: Callable[..., Screen]) -> Callable[..., Screen]:
    """The same for what depends on weights that a reader tries out."""
    return _once(build, load.tried)


def _once(build: Callable[..., Screen], made: Callable[..., Screen]) -> Callable[..., Screen]:
    @functools.wraps(build)
    def cached(ctx: Context, *arguments: Any) -> Screen:
        chosen = [_key(argument) for argument in arguments]
        cited = (
            ctx.citation.code if ctx.citation else ""
        )  # it stands in every link, and decides what day it is
        own = (*ctx.data, ctx.area_ids, cited, ctx.language.code, ctx.palette.mode)
        key = (build.__module__, build.__name__, *own, *chosen)
        return made(key, lambda: build(ctx, *arguments))

    return cached
