"""The composite index: who stands where, which choices the places can bear, other weights, and every step of it."""

import streamlit as st

from views import choices, frame
from views.screens import index as screen
from views.screens import index_many

ctx = frame.enter("index")
columns = st.columns([2, 2, 1])
period = choices.choose_period(ctx, "after", columns[0])
placed = screen.placed(ctx, period)
marked = choices.choose_marked(ctx)
area = choices.choose_area(ctx, columns[1]) if placed else None

board = index_many.build(ctx, period, marked) if ctx.many else screen.build(ctx, period)
frame.sentences(ctx, board.sentences)
frame.show(ctx, board.warning, "warning")
frame.heading(ctx, board.finding, board.subtitle, "index_heading")
if board.figure is not None:
    frame.follow(ctx, frame.chart(ctx, board.figure, "index_spread", board.alt, clickable=True))
frame.show(ctx, board.legend, "legend")
frame.show(ctx, board.cards, "provinces")
frame.show(ctx, board.table, "index_table")
frame.downloads(ctx, f"chi-so-tong-hop-{period}", board.export)

if placed:
    frame.header(ctx, ctx.text("index.try"))
    frame.sentences(ctx, [ctx.text("index.try_lead")], "try_lead")
    frame.flush(ctx)
    names = screen.pillar_names(ctx)
    marks = choices.choose_weights(ctx, screen.proposed(ctx), names, st.columns(len(names) + 1, gap="medium"))
    trial = screen.trial(ctx, period, marks, marked)
    frame.sentences(ctx, trial.sentences, "trial_lead")
    frame.show(ctx, trial.warning, "trial_ribbon")
    frame.show(ctx, trial.table, "trial_table")

    own = screen.commune(ctx, area, period, marks, marked)
    frame.header(ctx, own.finding)
    frame.sentences(ctx, own.sentences, "own_lead")
    frame.show(ctx, own.cards, "own_parts")
    if own.export:
        frame.heading(ctx, ctx.text("index.steps"), own.subtitle, "steps_heading")
        frame.show(ctx, own.table, "own_steps")
        frame.downloads(ctx, f"chi-so-tung-buoc-{period}", own.export)
frame.source_note(ctx, board.sources)
