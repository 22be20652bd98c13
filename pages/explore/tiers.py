"""Ranking and recognition tiers: criteria met, what is short, and ranks only of what was measured."""

import streamlit as st

from views import choices, frame
from views.screens import ranking, ranking_many, tiers_many
from views.screens import tiers as screen

ctx = frame.enter("tiers")
columns = st.columns([3, 2])
scheme = choices.choose_scheme(ctx, columns[0])
period = choices.choose_period(ctx, "after", columns[1])
marked = choices.choose_marked(ctx)

board = tiers_many.build(ctx, scheme, period, marked) if ctx.many else screen.build(ctx, scheme, period)
frame.sentences(ctx, board.sentences)
frame.show(ctx, board.warning, "warning")
frame.heading(ctx, board.finding, board.subtitle, "tiers_heading")
if board.figure is not None:
    frame.follow(ctx, frame.chart(ctx, board.figure, "criteria", board.alt, clickable=True))
    frame.show(ctx, board.legend, "legend")
frame.show(ctx, board.cards, "provinces")
if board.figure is not None or ctx.many:
    frame.show(ctx, board.table, "tiers_table")
if board.figure is not None and not ctx.many:
    frame.heading(ctx, ctx.text("tiers.matrix"), ctx.text("tiers.matrix_subtitle"), "matrix_heading")
frame.show(ctx, board.matrix, "matrix")
frame.downloads(ctx, f"phan-hang-{scheme.id}-{period}", board.export)
frame.pictures(ctx, f"phan-hang-{scheme.id}-{period}", board.picture)

frame.header(ctx, ctx.text("tiers.ranking"))
indicator = choices.choose_indicator(ctx, only=lambda item: item.higher_is_better is not None)
order = (
    ranking_many.build(ctx, indicator, period, marked) if ctx.many else ranking.build(ctx, indicator, period)
)
frame.heading(ctx, order.finding, order.subtitle, "ranking_heading")
frame.sentences(ctx, order.sentences, "ranking_lead")
if order.figure is not None:
    frame.follow(ctx, frame.chart(ctx, order.figure, "ranking_spread", order.alt, clickable=True))
frame.show(ctx, order.legend, "ranking_bears")
frame.show(ctx, order.matrix, "ranking_marked")
frame.show(ctx, order.table, "ranking")
frame.downloads(ctx, f"xep-hang-{indicator.id}-{period}", order.export)
frame.source_note(ctx, [*board.sources, *order.sources])
