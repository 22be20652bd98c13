"""The journey of a file: choose it, read what was understood and found, see what would change, send it."""

from views import desk, frame, guide

ctx = frame.enter("upload", role="reporter")
frame.sentences(ctx, [ctx.text("upload.lead", space=ctx.text(f"space.{ctx.space}"))])
frame.show(ctx, guide.links(ctx), "guide")
desk.said(ctx)

files = desk.choose_files(ctx)
if files:
    replaces = desk.choose_replaced(ctx, ctx.user)
    proposal = desk.propose(ctx, files, ctx.user, replaces)
    desk.show_findings(ctx, files, proposal)
    if not proposal.blocked:
        desk.show_changes(ctx, proposal)
        desk.send(ctx, files, proposal, ctx.user)

desk.mine(ctx, ctx.user)
desk.blank_form(ctx, ctx.user)
frame.source_note(ctx, [ctx.text("upload.rules")])
