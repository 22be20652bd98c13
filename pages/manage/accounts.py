"""Signing in and out, one's own password, and the accounts of the installation."""

from views import frame, people

ctx = frame.enter("accounts", role="member")
people.said(ctx)
people.own(ctx, ctx.user)
if people.manages(ctx.user):
    people.everybody(ctx)
    people.add(ctx, ctx.user)
    people.change(ctx, ctx.user)
frame.source_note(ctx, [ctx.text("accounts.rules")])
