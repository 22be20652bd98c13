"""Who the reader is: signing in and out, and what a page asks of them. Hiding is a courtesy; ``etl`` and ``store``
refuse by themselves whoever may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from store import accounts, sessions
from store.access import User, may_decide, may_manage, may_read, may_send
from store.errors import AccountError, NotPermitted, SignInRefused
from store.settings import Settings

if TYPE_CHECKING:
    from views.text import Language

ASKS: dict[str, Callable[[User | None], bool]] = {
    "reader": lambda user: may_read(user, "open"),
    "member": lambda user: user is not None,
    "reporter": may_send,
    "appraiser": may_decide,
    "administrator": may_manage,
}
TOKEN = "_token"


def current(settings: Settings) -> User | None:
    """The person of this browser session; their role and communes as they stand now. None: not signed in."""
    if settings.sign_in == "oidc":
        email = st.user.get("email") if getattr(st.user, "is_logged_in", False) else None
        return accounts.by_identity(settings, email) if email else None
    token = st.session_state.get(TOKEN)
    user = sessions.session(settings, token) if token else None
    if token and user is None:
        del st.session_state[TOKEN]
    return user


def sign_out(settings: Settings) -> None:
    """End the session here and in the books."""
    if settings.sign_in == "oidc":
        st.logout()
    token = st.session_state.pop(TOKEN, None)
    if token:
        sessions.sign_out(settings, token)


def form(settings: Settings, language: Language) -> None:
    """Ask who it is: the installation's own sign-in service, a local account, or on the first day the one-time code."""
    if settings.sign_in == "oidc":
        st.markdown(language.text("signin.oidc"))
        st.button(language.text("signin.button"), on_click=st.login, type="primary")
        if getattr(st.user, "is_logged_in", False):
            st.warning(language.text("signin.no_account", name=str(st.user.get("email", ""))))
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
        st.session_state[TOKEN] = act()
    except (SignInRefused, AccountError, NotPermitted) as error:
        st.error(sentence(language, error), icon=":material/error:")
        return
    st.rerun()


def sentence(language: Language, error: Exception) -> str:
    """What an error of ours says to the person."""
    details = {
        key: ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
        for key, value in error.details.items()
    }
    key = f"error.{error.code}"
    return language.text(key, **details) if language.has(key) else language.text("error.unknown", number="")
