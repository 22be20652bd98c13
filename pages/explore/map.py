"""Map: one indicator, its change, the index or a tier over the communes compared, with the table beside it."""

import streamlit as st

from views import choices, drawings, frame
from views.screens import map as screen

ctx = frame.enter("map")
columns = st.columns([1.2, 2, 1.2, 1.2])
measure = choices.choose(
    "measure",
    ctx.text("choose.measure"),
    ("value", "change", "index", "tier"),
    lambda key: ctx.text(f"map.measure.{key}"),
    where=columns[0],
)
subject = (
    choices.choose_scheme(ctx, columns[1], judged=True)
    if measure == "tier"
    else None
    if measure == "index"
    else choices.choose_indicator(ctx, columns[1])
)
before = choices.choose_period(ctx, "before", columns[2]) if measure == "change" else None
after = choices.choose_period(ctx, "after", columns[3] if before else columns[2])
layer = choices.choose_layer(ctx)

board = screen.build(ctx, measure, subject, before, after, layer)
frame.sentences(ctx, board.sentences)
frame.show(ctx, board.warning, "warning")
frame.heading(ctx, board.finding, board.subtitle, "map_heading")
frame.flush(ctx)
left, right = st.columns([3, 2], gap="medium")
with frame.column(ctx, left):
    if board.figure is not None:
        zoom = drawings.large(ctx) and layer in (drawings.BOUNDARY, drawings.SKETCH)
        frame.follow(ctx, frame.chart(ctx, board.figure, "map", board.alt, clickable=True, zoom=zoom))
    frame.show(ctx, board.legend, "legend")
with frame.column(ctx, right):
    frame.show(ctx, board.table, "map_table")
frame.show(ctx, board.matrix, "provinces")
frame.downloads(ctx, f"ban-do-{measure}-{after}", board.export)
frame.pictures(ctx, f"ban-do-{measure}-{after}", board.picture)
frame.source_note(ctx, board.sources)
