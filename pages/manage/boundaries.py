"""Boundaries: the maps in use, and importing one: choose a file, read what was found, settle what is open, accept."""

from views import frame, mapdesk

ctx = frame.enter("boundaries", role="administrator")
frame.sentences(ctx, [ctx.text("boundaries.lead"), ctx.text("boundaries.lead_terms")])
mapdesk.said(ctx)
mapdesk.standing(ctx, ctx.user)

file = mapdesk.choose_file(ctx)
if file:
    wanted = mapdesk.asked(ctx, mapdesk.seen())
    if wanted:
        examined = mapdesk.examine(ctx, file, wanted)
        mapdesk.report(ctx, examined)
        mapdesk.settle(ctx, examined)
        mapdesk.accept(ctx, examined, ctx.user)
frame.source_note(ctx, [ctx.text("boundaries.rules")])
