"""One indicator: the trend of the eight communes, its definition, formula, source and data."""

import streamlit as st

from views import choices, frame
from views.screens import indicator as screen

ctx = frame.enter("indicator")
columns = st.columns([3, 1])
indicator = choices.choose_indicator(ctx, columns[0])
definition = choices.choose_definition(ctx, indicator, screen.definitions(ctx, indicator), columns[1])

board = screen.build(ctx, indicator, definition)
frame.sentences(ctx, board.sentences)
frame.heading(ctx, board.finding, board.subtitle, "trend_heading")
frame.show(ctx, board.matrix, "trend")
frame.show(ctx, board.table, "trend_table")
frame.downloads(ctx, f"chi-tieu-{indicator.id}", board.export)
frame.show(ctx, board.reporting, "trends")
frame.show(ctx, board.warning, "gaps")
frame.header(ctx, ctx.text("indicator.about"))
frame.show(ctx, board.cards, "definition")
frame.source_note(ctx, board.sources)
