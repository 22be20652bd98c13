"""What waits for a decision, what was decided, what is published, and the log of all of it."""

from views import desk, frame, guide

ctx = frame.enter("publish", role="appraiser")
frame.show(ctx, guide.links(ctx), "guide")
desk.said(ctx)
desk.decide(ctx, ctx.user)
desk.withdraw(ctx, ctx.user)
desk.history(ctx, ctx.user)
frame.source_note(ctx, [ctx.text("publish.rules")])
