"""The show for the hall: what is shown in which order, saved by name, opened in a window that needs no server."""

import streamlit as st

from views import choices, frame, guide, hall

ctx = frame.of_marked(frame.enter("hall"))
hall.said(ctx)
columns = st.columns([1, 1, 1, 1])
before, after = choices.choose_periods(ctx, columns)
by_place, advance = hall.choose_settings(ctx, columns[2:])

stock = hall.stock(ctx, before, after, by_place)
frame.sentences(ctx, hall.sentences(ctx, stock))
frame.show(ctx, guide.links(ctx), "guide")
frame.flush(ctx)
top = st.container()
plan = hall.arrange(ctx, stock, by_place, advance)
with top:
    hall.launch(ctx, stock, plan)
hall.keep(ctx, plan)
frame.show(ctx, hall.keys(ctx, stock), "keys")
frame.source_note(ctx, hall.sources(ctx, stock))
