"""Commune profile: who it is, all its indicators against the pilot's range, what stands out and what is short."""

import streamlit as st

from views import choices, frame, merger
from views.screens import area as screen
from views.screens import area_tiers

ctx = choices.stranger(frame.enter("area"))
named = choices.namesakes(ctx)
if named:
    frame.ask_which(ctx, merger.namesakes(ctx, named))
columns = st.columns([1.3, 1.7, 1.2, 1.2])
area = choices.choose_area(ctx, columns[0])
if not choices.period_ids(ctx):
    frame.only(ctx, screen.alone(ctx, area))
indicator = choices.choose_indicator(ctx, columns[1])
before, after = choices.choose_periods(ctx, columns[2:])

board = screen.build(ctx, area, before, after)
asked = screen.asked(ctx, area, indicator, before, after)
series = screen.through_time(ctx, area, indicator)
frame.heading(ctx, board.finding, board.subtitle, "area_heading")
frame.heading(ctx, "", asked.subtitle, "answers_about")
frame.show(ctx, asked.cards, "answers")
frame.sentences(ctx, board.sentences)
frame.show(ctx, board.cards, "facts")
frame.heading(ctx, series.finding, series.subtitle, "series_heading")
frame.show(ctx, series.matrix, "series")
frame.show(ctx, board.reporting, "standing")
frame.show(ctx, board.matrix, "checks")
frame.heading(ctx, ctx.text("area.table"), ctx.text("area.table_subtitle"), "profile_heading")
frame.show(ctx, board.table, "profile")
frame.downloads(ctx, f"ho-so-{area.code}-{after}", board.export)
frame.show(ctx, board.legend, "alike")

frame.header(ctx, ctx.text("tiers.own.title"))
scheme = choices.choose_scheme(ctx, judged=True)
tier = area_tiers.build(ctx, area, scheme, after)
frame.show(ctx, tier.warning, "tier_warning")
frame.heading(ctx, tier.finding, tier.subtitle, "tier_heading")
frame.show(ctx, tier.matrix, "tier_said")
frame.show(ctx, tier.table, "tier_table")
if tier.export is not None:
    frame.downloads(ctx, f"tieu-chi-{area.code}-{scheme.id}-{after}", tier.export)
frame.show(ctx, area_tiers.elsewhere(ctx, scheme, after), "tier_all")
frame.source_note(ctx, board.sources)
