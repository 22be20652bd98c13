"""Overview: the eight communes side by side for the headline indicators, before and after, and who has not reported."""

import streamlit as st

from views import choices, frame
from views.screens import overview as screen

ctx = frame.enter("overview")
columns = st.columns([3, 3, 2])
before, after = choices.choose_periods(ctx, columns[:2])
marked = choices.choose_marked(ctx)

board = screen.build(ctx, before, after, marked)
frame.sentences(ctx, board.sentences)
frame.show(ctx, board.warning, "warning")
frame.show(ctx, board.cards, "cards")
frame.heading(ctx, board.finding, board.subtitle, "board_heading")
frame.show(ctx, board.table, "board")
frame.show(ctx, board.reporting, "reporting")
frame.downloads(ctx, f"tong-quan-{after}", board.export)
frame.source_note(ctx, board.sources)
