"""Pilot and comparison communes: what changed in both, the difference of the two, and their paths before the pilot."""

import streamlit as st

from views import choices, frame
from views.screens import compared, groups, parallel
from views.screens import comparison as screen

ctx = frame.enter("comparison", pilot=True)
top = st.columns([2, 1])
indicator = choices.choose_indicator(ctx, top[0], only=lambda item: item.is_rate)
before, after = choices.choose_periods(ctx, st.columns(2))
known = groups.known(ctx, indicator, before, after)
how, chosen = choices.choose_compared(ctx, known, top[1]) if known else ("all", ())

board = screen.build(ctx, indicator, before, after, how, chosen)
frame.sentences(ctx, board.sentences)
frame.show(ctx, board.warning, "warning")
frame.heading(ctx, board.finding, board.subtitle, "comparison_heading")
frame.show(ctx, board.matrix, "sums")
frame.show(ctx, board.cards, "needed")
if board.export:
    frame.downloads(ctx, f"doi-chung-can-nap-{indicator.id}", board.export)

paths = parallel.through_time(ctx, indicator, before, after, how, chosen)
if paths.finding:
    frame.heading(ctx, paths.finding, paths.subtitle, "paths_heading")
    if paths.figure is not None:
        frame.chart(ctx, paths.figure, "paths", paths.alt)
    frame.show(ctx, paths.legend + paths.warning, "paths_legend")
    frame.sentences(ctx, paths.sentences, "paths_lead")
    frame.show(ctx, paths.table, "paths_table")
    if paths.export:
        frame.downloads(ctx, f"doi-chung-tung-quy-{indicator.id}", paths.export)

communes = compared.communes(ctx, indicator, before, after, how, chosen)
frame.header(ctx, communes.finding)
frame.sentences(ctx, communes.sentences, "communes_lead")
frame.show(ctx, communes.table, "communes")
frame.downloads(ctx, f"doi-chung-tung-xa-{indicator.id}-{before}-{after}", communes.export)
frame.show(ctx, communes.cards, "mind")
frame.source_note(ctx, communes.sources)
