"""Reporting status: who has reported what in a quarter, what is late or to be checked, and whom to remind."""

import streamlit as st

from views import choices, frame
from views.screens import quality as screen
from views.screens import quality_many, reminder

ctx = frame.enter("quality")
columns = st.columns([2, 3])
quarter = choices.choose_quarter(ctx, columns[0])
today = ctx.today
if not quarter:
    frame.sentences(ctx, [ctx.text("quality.none_due")])
    frame.source_note(ctx, [])
    raise frame.PageEnded

if ctx.many:
    marked = choices.choose_marked(ctx)
    whole = quality_many.build(ctx, quarter, today, marked)
    frame.sentences(ctx, whole.sentences, "many_lead")
    frame.show(ctx, whole.cards, "many_cards")
    frame.show(ctx, whole.table, "provinces")
    frame.show(ctx, whole.matrix, "communes")
    frame.downloads(ctx, f"so-chi-tieu-da-bao-cao-{quarter}", whole.export)
    if not marked:
        frame.source_note(ctx, whole.sources)
        raise frame.PageEnded
    frame.header(ctx, ctx.text("many.marked"))
    ctx = ctx.of(marked)

board = screen.build(ctx, quarter, today)
frame.sentences(ctx, board.sentences)
frame.show(ctx, board.warning, "notes")
frame.show(ctx, board.cards, "cards")

frame.show(ctx, board.matrix, "matrix")
frame.show(ctx, board.reporting, "chase")
asked = reminder.to_remind(ctx, quarter, today)
if asked:
    frame.heading(ctx, ctx.text("quality.letter"), ctx.text("quality.letter_subtitle"), "letter_heading")
    frame.flush(ctx)
    whom = choices.choose_reminded(ctx, asked, st.columns([2, 3])[0])
    frame.show(ctx, reminder.panel(ctx, quarter, whom, today), "letter")

frame.show(ctx, board.table, "history")
frame.downloads(ctx, f"tinh-hinh-bao-cao-{quarter}", board.export)
frame.source_note(ctx, board.sources)
