"""The report to the committee: for all compared communes or one, on one page or in full, as DOCX and PDF."""

import streamlit as st

from views import choices, frame, taking
from views.screens import report as screen

ctx = frame.of_marked(frame.enter("report"))
columns = st.columns([1, 1, 1, 1])
before, after = choices.choose_periods(ctx, columns[:2])
area, kind = choices.choose_report(ctx, columns[2:])

chosen = screen.Chosen(before, after, kind, area)
board = screen.build(ctx, chosen)
frame.sentences(ctx, board.sentences)
frame.show(ctx, board.warning, "warning")
frame.flush(ctx)
fields = choices.letterhead(ctx)

frame.heading(ctx, board.finding, board.subtitle, "take_heading")
frame.flush(ctx)
taking.files(ctx, chosen, fields)
frame.downloads(ctx, screen.file_name(ctx, chosen, ""), board.export)

frame.heading(ctx, ctx.text("report.batch"), ctx.text("report.batch_subtitle"), "batch_heading")
frame.flush(ctx)
taking.batch(ctx, chosen, fields)

frame.show(ctx, board.table, "preview")
frame.source_note(ctx, board.sources)
