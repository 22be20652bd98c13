"""The accounts' widgets: one's own password, and for administrators everybody's role, communes and state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from store import accounts, sessions
from store.access import REPORTER, ROLES, User, may_manage
from views import desk, frame, signin, tables
from views import format as fmt
from views.tables import esc

if TYPE_CHECKING:
    from store.accounts import Account
    from store.definitions import Area
    from views.frame import Context

said = desk.said
manages = may_manage


def own(ctx: Context, user: User) -> None:
    """Who has signed in, and the two things a person does about their own account."""
    facts = [
        ("accounts.name", user.name),
        ("accounts.role", ctx.text(f"accounts.roles.{user.role}")),
        ("accounts.areas", _areas(ctx, user)),
    ]
    body = "".join(
        f"<div><dt>{esc(ctx.text(key))}</dt><dd>{esc(text)}</dd></div>" for key, text in facts if text
    )
    frame.show(ctx, f'<h2>{esc(user.shown)}</h2><dl class="facts">{body}</dl>', "own")
    frame.flush(ctx)
    if st.button(ctx.text("accounts.sign_out"), key="sign_out"):
        signin.sign_out(ctx.settings)
        desk.forget()  # whoever signs in next here is not shown this person's files
        st.rerun()
    if ctx.settings.sign_in == "local":
        with st.form("password", width=460, clear_on_submit=True):
            old = st.text_input(
                ctx.text("accounts.old_password"), type="password", autocomplete="current-password"
            )
            new = st.text_input(ctx.text("signin.new_password"), type="password", autocomplete="new-password")
            if st.form_submit_button(ctx.text("accounts.change_password")) and desk.attempt(
                ctx, lambda: _renew(ctx, user, old, new)
            ):
                desk.say(ctx, "accounts.password_changed")
                st.rerun()


def _renew(ctx: Context, user: User, old: str, new: str) -> None:
    """A new password ends every session of the person, this one too: it is opened anew."""
    sessions.change_password(ctx.settings, user.name, old, new)
    st.session_state[signin.TOKEN] = st.session_state[signin.KEEP] = sessions.sign_in(
        ctx.settings, user.name, new
    )


def _areas(ctx: Context, user: User) -> str:
    known = ctx.catalogue.area_by_id
    return ", ".join(fmt.area_full(known[name], ctx.language) for name in user.areas if name in known)


def everybody(ctx: Context) -> None:
    """Every account with its role, communes and last sign-in."""
    frame.heading(ctx, ctx.text("accounts.all"), ctx.text("accounts.all_note"), "all_heading")
    head = [tables.th(ctx.text(f"accounts.{name}")) for name in ("person", "role", "areas", "state")]
    frame.show(ctx, tables.table(head, [_row(ctx, item) for item in accounts.listed(ctx.settings)]), "all")
    frame.flush(ctx)


def _row(ctx: Context, item: Account) -> str:
    state = ctx.text("accounts.active" if item.active else "accounts.inactive")
    if item.locked_until:
        state = ctx.text("accounts.locked", until=fmt.moment(item.locked_until.isoformat(), ctx.language))
    last = item.last_sign_in
    seen = (
        ctx.text("accounts.last", moment=fmt.moment(last.isoformat(), ctx.language))
        if last
        else ctx.text("accounts.never")
    )
    name = " · ".join(part for part in (item.user.name, item.identity) if part)
    return (
        f'<tr><td class="text">{esc(item.user.shown)}<span class="unit">{esc(name)}</span></td>'
        f"<td>{esc(ctx.text(f'accounts.roles.{item.user.role}'))}</td>"
        f'<td class="text">{esc(_areas(ctx, item.user) or "–")}</td>'
        f'<td>{esc(state)}<span class="unit">{esc(seen)}</span></td></tr>'
    )


def add(ctx: Context, user: User) -> None:
    """A new account."""
    frame.heading(ctx, ctx.text("accounts.add"), "", "add_heading")
    frame.flush(ctx)
    with st.form("add", width=620):
        name = st.text_input(ctx.text("signin.name"), help=ctx.text("signin.name_help"), autocomplete="off")
        display = st.text_input(ctx.text("signin.display"), autocomplete="off")
        role = st.selectbox(ctx.text("accounts.role"), ROLES, format_func=_role(ctx), index=1)
        areas = _choose_areas(ctx, "add_areas", ())
        identity = st.text_input(ctx.text("accounts.identity"), autocomplete="off")
        password = st.text_input(
            ctx.text("accounts.first_password"), type="password", autocomplete="new-password"
        )
        if st.form_submit_button(ctx.text("accounts.add_do"), type="primary") and desk.attempt(
            ctx,
            lambda: accounts.add(
                ctx.settings, user, name, display, role, areas, password or None, identity.strip()
            ),
        ):
            desk.say(ctx, "accounts.added", name=name)
            st.rerun()


def change(ctx: Context, user: User) -> None:
    """Role, communes, state or password of an account."""
    frame.heading(ctx, ctx.text("accounts.change"), "", "change_heading")
    frame.flush(ctx)
    by_name = {item.user.name: item for item in accounts.listed(ctx.settings)}
    chosen = st.selectbox(
        ctx.text("accounts.which"), by_name, format_func=lambda name: by_name[name].user.shown, key="changing"
    )
    item = by_name[chosen]
    with st.form(f"change:{chosen}", width=620):
        role = st.selectbox(
            ctx.text("accounts.role"), ROLES, format_func=_role(ctx), index=ROLES.index(item.user.role)
        )
        areas = _choose_areas(ctx, f"areas:{chosen}", item.user.areas)
        active = st.checkbox(ctx.text("accounts.is_active"), value=item.active)
        password = st.text_input(
            ctx.text("accounts.reset_password"), type="password", autocomplete="new-password"
        )
        if st.form_submit_button(ctx.text("accounts.change_do")) and desk.attempt(
            ctx, lambda: _apply(ctx, user, item, role, areas, active, password)
        ):
            desk.say(ctx, "accounts.changed", name=item.user.shown)
            st.rerun()


def _apply(
    ctx: Context, user: User, item: Account, role: str, areas: list[str], active: bool, password: str
) -> None:
    """Only what differs is changed, so the log says only that."""
    wanted = {
        "role": role if role != item.user.role else None,
        "areas": areas if role == REPORTER and tuple(areas) != item.user.areas else None,
        "active": active if active != item.active else None,
    }
    wanted = {key: value for key, value in wanted.items() if value is not None}
    if wanted:
        accounts.change(ctx.settings, user, item.user.name, **wanted)
    if password:
        accounts.set_password(ctx.settings, user, item.user.name, password)


def _role(ctx: Context):
    return lambda role: ctx.text(f"accounts.roles.{role}")


def _dated(ctx: Context, area: Area) -> str:
    """A unit with its code and the year it began: the old and the new one often share a name."""
    name = fmt.area_full(area, ctx.language)
    if area.valid_from is None:
        return f"{name} ({area.code})"
    return ctx.text("accounts.area_since", area=name, code=area.code, year=area.valid_from.year)


def _choose_areas(ctx: Context, key: str, chosen: tuple[str, ...]) -> list[str]:
    """Communes of a reporter: the compared ones, and what they became."""
    found = dict.fromkeys(area.id for area in ctx.areas)
    for area in ctx.areas:
        found |= dict.fromkeys(link.new_area_id for link in ctx.catalogue.successors(area.id))
    found |= dict.fromkeys(chosen)
    known = ctx.catalogue.area_by_id
    options = [name for name in found if name in known]
    return st.multiselect(
        ctx.text("accounts.areas"),
        options,
        default=[name for name in chosen if name in known],
        format_func=lambda name: _dated(ctx, known[name]),
        help=ctx.text("accounts.areas_help"),
        placeholder=ctx.text("accounts.areas_none"),
        key=key,
    )
