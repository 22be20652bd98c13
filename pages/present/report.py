"""The report to the committee: for all compared communes or one, on one page or in full, as DOCX and PDF."""

import streamlit as st

from views import choices, frame
from views.screens import report as screen

ctx = frame.enter("report")
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
places = st.columns([1, 1, 1, 3])
for place, (extension, mime, make) in zip(places, screen.writers(ctx, chosen, fields), strict=False):
    place.download_button(
        ctx.text(f"report.take_{extension}"),
        data=make,
        file_name=screen.file_name(ctx, chosen, extension),
        mime=mime,
        key=f"report_{extension}",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )
frame.downloads(ctx, screen.file_name(ctx, chosen, ""), board.export)

frame.heading(ctx, ctx.text("report.batch"), ctx.text("report.batch_subtitle"), "batch_heading")
frame.flush(ctx)
left, right, _ = st.columns([1, 1, 4])
made_for = screen.batch_key(ctx, chosen, fields)
if left.button(
    ctx.text("report.batch_make"), key="batch_make", icon=":material/folder_zip:", width="stretch"
):
    bar = st.progress(0.0)
    packed = screen.batch(ctx, chosen, fields, lambda share, words: bar.progress(share, text=words))
    st.session_state["batch"] = (made_for, packed)
    bar.empty()
held = st.session_state.get("batch")
if held and held[0] == made_for:
    right.download_button(
        ctx.text("report.batch_take"),
        data=held[1],
        file_name=screen.file_name(ctx, chosen, "zip"),
        mime="application/zip",
        key="batch_take",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )

frame.show(ctx, board.table, "preview")
frame.source_note(ctx, board.sources)
