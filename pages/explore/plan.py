"""Targets and tasks: how far each commune is from a target, and what of the programme is done."""

import streamlit as st

from views import choices, frame
from views.screens import plan as screen
from views.screens import plan_many, programme

ctx = frame.enter("plan")
columns = st.columns([2, 1, 1])
newest = choices.default_periods(ctx)[1]
among = plan_many.indicators(ctx, newest) if ctx.many else screen.indicators(ctx)
indicator = choices.choose_indicator(ctx, columns[0], among=among)
before, after = choices.choose_periods(ctx, columns[1:])
marked = choices.choose_marked(ctx)

if ctx.many:
    board = plan_many.build(ctx, indicator, before, after, marked)
else:
    board = screen.build(ctx, indicator, before, after)
frame.sentences(ctx, board.sentences)
frame.show(ctx, board.warning, "warning")
frame.heading(ctx, board.finding, board.subtitle, "goal_heading")
if board.figure is not None:
    frame.follow(ctx, frame.chart(ctx, board.figure, "goal_spread", board.alt, clickable=True))
    frame.show(ctx, board.legend, "legend")
frame.show(ctx, board.matrix, "goals")
frame.show(ctx, board.cards, "provinces")
frame.show(ctx, board.table, "goals_table")
frame.downloads(ctx, f"muc-tieu-{indicator.id}-{after}", board.export)

frame.header(ctx, ctx.text("programme.title"))
day = programme.day_of(ctx)
work = programme.build(ctx, "all", day)
frame.sentences(ctx, work.sentences, "programme_lead")
frame.show(ctx, work.warning, "programme_about")
frame.show(ctx, work.cards, "programme_cards")
frame.flush(ctx)
chosen = choices.choose_progress(ctx, programme.states(ctx))
frame.show(ctx, programme.build(ctx, chosen, day).table, "programme")
frame.downloads(ctx, "nhiem-vu", work.export)
frame.source_note(ctx, board.sources)
