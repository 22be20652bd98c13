"""Before and after: one indicator, every commune against its own past, with what the numbers can bear."""

import streamlit as st

from views import choices, frame
from views.screens import change as screen

ctx = frame.enter("change")
columns = st.columns([2, 1, 1])
indicator = choices.choose_indicator(ctx, columns[0])
before, after = choices.choose_periods(ctx, columns[1:])
marked = choices.choose_marked(ctx)

board = screen.build(ctx, indicator, before, after, marked)
frame.sentences(ctx, board.sentences)
frame.show(ctx, board.warning, "warning")
frame.heading(ctx, board.finding, board.subtitle, "change_heading")
if board.figure is not None:
    frame.follow(ctx, frame.chart(ctx, board.figure, "dumbbell", board.alt, clickable=True))
    frame.show(ctx, board.legend, "legend")
frame.show(ctx, board.matrix, "provinces")
frame.show(ctx, board.table, "change_table")
frame.downloads(ctx, f"truoc-sau-{indicator.id}-{before}-{after}", board.export)
frame.pictures(ctx, f"truoc-sau-{indicator.id}-{before}-{after}", board.picture)
frame.source_note(ctx, board.sources)
