"""What reports and shows say about the criteria: the same board and the same leading sentence in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from store.definitions import SchemeSpec
from views import load, standings
from views.screens import tiers

if TYPE_CHECKING:
    from views.frame import Context


@dataclass(frozen=True)
class Judged:
    """The communes by the criteria of one scheme in one period, and the sentence that leads."""

    scheme: SchemeSpec
    figures: pd.DataFrame
    board: pd.DataFrame
    finding: str

    def proposed(self, ctx: Context) -> tuple[str, ...]:
        """What has to be said of thresholds that nobody has adopted yet."""
        return (ctx.text("tiers.proposed"),) if self.scheme.status == "proposed" else ()

    def source(self, ctx: Context) -> str:
        """Where the thresholds are written."""
        return ctx.text("tiers.source", source=self.scheme.source.to(ctx.language.code))


def by_scheme(ctx: Context, after: str) -> Judged | None:
    """The communes by the scheme that reports judge by; None where no criterion can be decided for any of them."""
    scheme = _scheme(ctx)
    if scheme is None:
        return None
    figures = load.figures(*ctx.data, ctx.area_ids, None, (after,), True)
    _, board = standings.tier_board(figures, scheme, ctx.catalogue, ctx.area_ids)
    if (board["met"] + board["not_met"]).sum() == 0:
        return None
    board = tiers.on_trial(ctx, scheme, board)
    return Judged(scheme, figures, board, tiers.finding(ctx, board, {area.id: area for area in ctx.areas}))


def _scheme(ctx: Context) -> SchemeSpec | None:
    """The first scheme figures can be held against; in the official space a proposed one judges nobody."""
    return next(
        (
            item
            for item in ctx.catalogue.schemes
            if standings.judges(item) and (ctx.is_demo or item.status != "proposed")
        ),
        None,
    )
