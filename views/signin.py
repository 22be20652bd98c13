"""Who the reader is: signing in and out, and what a page asks of them. Hiding is a courtesy; ``etl`` and ``store``
refuse by themselves whoever may not."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from store import accounts, sessions
from store.access import User, may_decide, may_manage, may_read, may_send
from store.errors import BoardError
from store.settings import Settings
from views.text import as_label
from watch import lines

if TYPE_CHECKING:
    from views.text import Language

ASKS: dict[str, Callable[[User | None], bool]] = {
    "reader": lambda user: may_read(user, "open"),
    "member": lambda user: user is not None,
    "reporter": may_send,
    "appraiser": may_decide,
    "administrator": may_manage,
}
TOKEN, KEEP, COOKIE = "_token", "_keep_token", "board_session"
# The server sets the cookie (server/keeper.py), so that no script can read it. Pages lie beside that address.
JS = """
export default function ({ data }) {
  fetch("session", { method: "POST", body: data.token, headers: { "X-Board-Session": "1" } });
}
"""


def current(settings: Settings) -> User | None:
    """The person of this browser session; their role and communes as they stand now. None: not signed in."""
    if settings.sign_in == "oidc":
        email = _proved_address()
        return accounts.by_identity(settings, email) if email else None
    token = st.session_state.get(TOKEN) or _kept()
    user = sessions.session(settings, token) if token else None
    if user is not None:
        st.session_state[TOKEN] = token
    else:
        st.session_state.pop(TOKEN, None)
    return user


def _proved_address() -> str:
    """The address that the sign-in service calls verified; empty without one: an address anybody may write into their
    profile opens no account."""
    if not getattr(st.user, "is_logged_in", False) or st.user.get("email_verified") is not True:
        return ""
    return str(st.user.get("email") or "")


def _kept() -> str:
    """The token that this browser kept, for a page that was loaded anew."""
    token = st.context.cookies.get(COOKIE, "")
    return token if isinstance(token, str) else ""  # without a browser there is a stand-in, which is nobody's


def remember() -> None:
    """Right after signing in or out, tell the browser to keep or drop the token until it is closed: a page loaded anew
    stays signed in. The session itself ends in the books, whatever the browser keeps."""
    token = st.session_state.pop(KEEP, None)
    if token is not None:
        _keeper()(data={"token": token}, key="keeper")


@functools.cache
def _keeper():
    """The component that asks the server for the cookie, registered once per process."""
    return st.components.v2.component("board_keeper", js=JS)


def sign_out(settings: Settings) -> None:
    """End the session here and in the books."""
    if settings.sign_in == "oidc":
        st.logout()
    token = st.session_state.pop(TOKEN, None)
    if token:
        sessions.sign_out(settings, token)
        st.session_state[KEEP] = ""


def form(settings: Settings, language: Language) -> None:
    """Ask who it is: the installation's own sign-in service, a local account, or on the first day the one-time code."""
    if settings.sign_in == "oidc":
        st.markdown(language.text("signin.oidc"))
        st.button(language.text("signin.button"), on_click=st.login, type="primary")
        if getattr(st.user, "is_logged_in", False):
            email = as_label(str(st.user.get("email", "")))
            st.warning(language.text("signin.no_account", name=email))
    elif accounts.exists(settings):
        _local(settings, language)
    else:
        _first(settings, language)


def _local(settings: Settings, language: Language) -> None:
    with st.form("signin", width=460):
        name = st.text_input(language.text("signin.name"), autocomplete="username")
        password = st.text_input(
            language.text("signin.password"), type="password", autocomplete="current-password"
        )
        if st.form_submit_button(language.text("signin.button"), type="primary"):
            _try(language, settings, lambda: sessions.sign_in(settings, name, password))
    st.caption(language.text("signin.help"))


def _first(settings: Settings, language: Language) -> None:
    st.markdown(language.text("signin.first"))
    with st.form("first", width=460):
        code = st.text_input(language.text("signin.code"), autocomplete="off")
        name = st.text_input(language.text("signin.name"), help=language.text("signin.name_help"))
        display = st.text_input(language.text("signin.display"))
        password = st.text_input(
            language.text("signin.new_password"), type="password", autocomplete="new-password"
        )
        if st.form_submit_button(language.text("signin.create"), type="primary"):

            def begin() -> str:
                accounts.create_first(settings, code, name, display, password)
                return sessions.sign_in(settings, name, password)

            _try(language, settings, begin)


def _try(language: Language, settings: Settings, act: Callable[[], str]) -> None:
    """Sign in, or say in one sentence why not."""
    try:
        st.session_state[TOKEN] = st.session_state[KEEP] = act()
    except BoardError as error:
        st.error(sentence(language, error), icon=":material/error:")
        return
    st.rerun()


def sentence(language: Language, error: BoardError, number: str = "") -> str:
    """What an error of ours says to the person, as Markdown in which its facts are data; a fact that it does not carry
    stays empty. ``number``: under which it stands in the log; a sentence that names one gets one, and is logged."""
    key = f"error.{error.code}"
    key = key if language.has(key) else "error.unknown"
    asked = language.asks(key)
    if "number" in asked and not number:
        number = uuid.uuid4().hex[:8]
        lines.error(error.code, number, error.details)
    facts = {name: as_label(_words(error.details.get(name, ""))) for name in asked}
    return language.text(key, **{**facts, "number": number})


def _words(fact: object) -> str:
    return ", ".join(map(str, fact)) if isinstance(fact, (list, tuple)) else str(fact)
