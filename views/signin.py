"""Who the reader is: signing in and out, and what a page asks of them. Hiding is a courtesy; ``etl`` and ``store``
refuse by themselves whoever may not."""

from __future__ import annotations

import functools
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.errors import StreamlitAPIException

from store import accounts, sessions
from store.access import User, may_decide, may_manage, may_read, may_send
from store.errors import BoardError, SignInRefused
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
REFUSED = "_refused"  # why the sign-in service's answer opened no account, until the next try
LEAVING = "_leaving"  # signed out here, and still to be told to the service
CAME_BACK = {"refused": "accounts.refused", "unreachable": "accounts.unreachable"}
# The server sets the cookie (server/keeper.py), so that no script can read it. Pages lie beside that address.
JS = """
export default function ({ data }) {
  fetch("session", { method: "POST", body: data.token, headers: { "X-Board-Session": "1" } });
}
"""


def current(settings: Settings) -> User | None:
    """The person of this browser session; their role and communes as they stand now. None: not signed in."""
    token = st.session_state.get(TOKEN) or _kept()
    user = sessions.session(settings, token) if token else None
    if user is None and settings.sign_in == "oidc":
        token = _proved(settings)
        user = sessions.session(settings, token) if token else None
    if user is not None:
        st.session_state[TOKEN] = token
    else:
        st.session_state.pop(TOKEN, None)
    return user


def _proved(settings: Settings) -> str:
    """A new session for whom the sign-in service has vouched for; empty, with the reason kept for ``form``, where it has
    not. From here on it is a session like any other: it ends by itself, and everywhere at once."""
    if not getattr(st.user, "is_logged_in", False):
        return ""
    email, facts = str(st.user.get("email") or ""), st.user.to_dict()
    try:
        if not email:
            raise SignInRefused("accounts.no_address")
        if facts.get("email_verified") is not True:  # anybody may write another's address into a profile
            raise SignInRefused("accounts.unverified", name=email)
        proof = json.dumps([facts.get(name) for name in ("iss", "sub", "iat", "nonce", "jti")])
        at = datetime.fromtimestamp(float(facts.get("iat") or 0), UTC)
        token = sessions.sign_in_proved(settings, email, proof, at)
    except BoardError as error:  # also while the accounts cannot be reached: who may read goes on reading
        st.session_state[REFUSED] = BoardError(error.code, **{"name": email, **error.details})
        return ""
    st.session_state.pop(REFUSED, None)
    st.session_state[KEEP] = token
    remember()
    return token


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
    if st.session_state.pop(LEAVING, False):  # a run that is begun anew would take the way out with it
        st.logout()


@functools.cache
def _keeper():
    """The component that asks the server for the cookie, registered once per process."""
    return st.components.v2.component("board_keeper", js=JS)


def sign_out(settings: Settings) -> None:
    """End the session here and in the books."""
    st.session_state.pop(REFUSED, None)
    token = st.session_state.pop(TOKEN, None)
    if token:
        sessions.sign_out(settings, token)
        st.session_state[KEEP] = ""
    st.session_state[LEAVING] = settings.sign_in == "oidc"


def form(settings: Settings, language: Language) -> None:
    """Ask who it is: the installation's own sign-in service, a local account, or on the first day the one-time code."""
    if settings.sign_in == "oidc":
        _service(settings, language)
    elif accounts.exists(settings):
        _local(settings, language)
    else:
        _first(settings, language)


def _service(settings: Settings, language: Language) -> None:
    """The way to the sign-in service; above it why the last way there ended outside."""
    told = st.query_params.pop("signin", None)  # by server.arrivals, once
    if told in CAME_BACK:
        st.session_state[REFUSED] = BoardError(CAME_BACK[told])
    refused = st.session_state.get(REFUSED)
    if refused is not None:
        words = sentence(language, refused)
        if refused.code == "accounts.no_identity" and settings.reading == "open":
            words = f"{words} {language.text('signin.reads')}"
        st.warning(words, icon=":material/error:")
    st.markdown(language.text("signin.oidc"))
    if st.button(language.text("signin.button"), type="primary"):
        st.session_state.pop(REFUSED, None)
        try:
            st.login()
        except StreamlitAPIException as error:
            number = uuid.uuid4().hex[:8]
            lines.error("signin.not_set_up", number, {"reason": str(error)})
            st.error(language.text("signin.not_set_up", number=number), icon=":material/error:")


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
