"""One indicator: the trend of the eight communes, its definition, formula, source and data."""

import streamlit as st

from views import choices, frame
from views.screens import funnel
from views.screens import indicator as screen

ctx = frame.enter("indicator")
columns = st.columns([3, 1])
indicator = choices.choose_indicator(ctx, columns[0])
definition = choices.choose_definition(ctx, indicator, screen.definitions(ctx, indicator), columns[1])

marked = choices.choose_marked(ctx)

board = screen.build(ctx, indicator, definition, marked)
frame.sentences(ctx, board.sentences)
frame.heading(ctx, board.finding, board.subtitle, "trend_heading")
if board.figure is not None:
    frame.chart(ctx, board.figure, "bands", board.alt)
    frame.show(ctx, board.legend, "bands_legend")
frame.show(ctx, board.matrix, "trend")
frame.show(ctx, board.table, "trend_table")
frame.downloads(ctx, f"chi-tieu-{indicator.id}", board.export)
frame.show(ctx, board.reporting, "trends")
frame.show(ctx, board.warning, "gaps")

times = funnel.times(ctx, indicator, definition)
if times:
    frame.header(ctx, ctx.text("funnel.title"))
    newest = funnel.drawable(ctx, indicator, definition, times)
    period, area = times[-1], ctx.areas[0]
    if newest is not None:  # nothing to choose where no period has enough counts
        columns = st.columns([1, 1, 1])
        period = choices.choose_counted(ctx, times, newest, columns[0])
        area = choices.choose_area(ctx, columns[1])
    apart = funnel.build(ctx, indicator, definition, period, area)
    frame.heading(ctx, apart.finding, apart.subtitle, "funnel_heading")
    if apart.figure is not None:
        frame.follow(ctx, frame.chart(ctx, apart.figure, "funnel", apart.alt, clickable=True))
    if apart.table:
        frame.show(ctx, apart.legend, "funnel_legend")
        frame.show(ctx, apart.matrix, "funnel_notes")
        frame.show(ctx, apart.table, "funnel_table")
        frame.downloads(ctx, f"bieu-do-pheu-{indicator.id}-{period}", apart.export)

frame.header(ctx, ctx.text("indicator.about"))
frame.show(ctx, board.cards, "definition")
frame.source_note(ctx, board.sources)
