"""The box in which a page is shared: its address, its citation with a code to photograph, and a chart for other pages.

Nothing of it is made before somebody opens it.
"""

from __future__ import annotations

import html
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from store import citations
from store.citations import Citation
from store.errors import BoardError
from views import citing, panel, signin

if TYPE_CHECKING:
    from views.frame import Context

ACTS = ("share", "cite")  # what the two buttons of every page ask for
EMBEDDED_HEIGHT = 640
# What stands alone when a page is shown inside another one: its chart, or its table where it has none. Beside it always
# ALWAYS: what kind of figures they are, and where they come from.
ALONE = {
    "overview": ("board_heading", "board"),
    "map": ("map_heading", "map", "legend"),
    "change": ("change_heading", "dumbbell", "legend"),
    "comparison": ("comparison_heading", "sums"),
    "tiers": ("tiers_heading", "criteria", "legend"),
    "plan": ("goal_heading", "goal_spread", "legend", "goals"),
    "index": ("index_heading", "index_spread", "legend", "index_table"),
    "area": ("profile_heading", "profile"),
    "indicator": ("trend_heading", "bands", "bands_legend", "trend"),
    "reference": ("reference_heading", "places", "legend"),
    "quality": ("communes", "matrix"),
}
ALWAYS = ("ribbon", "standby", "behind", "as_of", "cited", "trouble", "warning", "empty", "signin", "source")


def buttons(ctx: Context) -> str:
    """The two small buttons beside the source note; HTML."""
    words = {act: html.escape(ctx.text(f"share.{act}")) for act in ACTS}
    return (
        '<div class="share">'
        + "".join(
            f'<button type="button" class="copy" data-go="{act}|">{word}</button>'
            for act, word in words.items()
        )
        + "</div>"
    )


def open_box(ctx: Context, act: str, chosen: Mapping[str, str]) -> None:
    """Open the box over the page; ``act`` cite: with a citation of what is on show, made now if there was none."""
    citation, trouble = None, ""
    try:
        citation = (
            citing.cite(ctx, ctx.page, chosen) if act == "cite" else citing.cited(ctx, ctx.page, chosen)
        )
    except BoardError as error:
        trouble = signin.sentence(ctx.language, error)
    st.dialog(ctx.text("share.title"), width="medium")(_box)(ctx, dict(chosen), citation, trouble)


def _box(ctx: Context, chosen: dict[str, str], citation: Citation | None, trouble: str) -> None:
    """What the box holds; runs alone while it is open."""
    if trouble:
        st.error(trouble, icon=":material/error:")
    made = st.session_state.get("_made")
    if citation is None and made and made[0] == (ctx.data, ctx.page, chosen):
        citation = made[1]
    # The button stands where its answer will stand, so the page below does not jump.
    if (
        citation is None
        and not trouble
        and st.button(
            ctx.text("share.make"), icon=":material/bookmark_add:", type="primary", key="share_make"
        )
    ):
        try:
            citation = citing.cite(ctx, ctx.page, chosen)
        except BoardError as error:
            st.error(signin.sentence(ctx.language, error), icon=":material/error:")
        else:
            st.session_state["_made"] = (ctx.data, ctx.page, chosen), citation
            st.rerun(scope="fragment")
    panel.show(_parts(ctx, chosen, citation), ctx.palette, ctx.language.code, "share_box")
    _open_another(ctx)


def _open_another(ctx: Context) -> None:
    """A code from paper, typed here, opens its page."""
    typed = st.text_input(ctx.text("share.have"), key="share_code", placeholder="ACDE-2345", max_chars=24)
    if typed.strip():
        try:
            found = citations.find(ctx.settings, typed)
        except BoardError as error:
            st.error(signin.sentence(ctx.language, error), icon=":material/error:")
            return
        if found is None or found.page not in ctx.pages:
            st.caption(ctx.text("share.no_such"))
            return
        st.switch_page(ctx.pages[found.page], query_params={"cite": found.shown})


def address(ctx: Context, chosen: Mapping[str, str], **more: str) -> str:
    """The whole address of the page as it is: every choice in it, and the day or citation on show."""
    query = {"lang": ctx.language.code, "space": ctx.space}
    query |= {key: value for key, value in chosen.items() if value and key not in citing.ELSEWHERE}
    if ctx.citation is not None:
        query["cite"] = ctx.citation.shown
    elif ctx.as_of is not None:
        query["asof"] = ctx.as_of.isoformat()
    path = ctx.pages[ctx.page].url_path
    return f"{ctx.base or ctx.settings.address or '.'}/{path}?{urlencode(query | more)}"


def _parts(ctx: Context, chosen: Mapping[str, str], citation: Citation | None) -> str:
    """Citation, link and snippet, each with its own button to copy it; HTML."""
    parts = []
    if citation is not None:
        parts.append(_citation(ctx, citation))
    else:
        parts.append(f'<p class="small">{html.escape(ctx.text("share.why"))}</p>')
    here = address(ctx, chosen)
    note = "share.link_frozen" if ctx.citation else "share.link_as_of" if ctx.as_of else "share.link_note"
    parts.append(_copyable(ctx, "share.link", here, ctx.text(note)))
    if citation is None:
        parts.append(f'<div class="qr">{_qr(here, ctx.text("share.qr_link"))}</div>')
    if ctx.page in ALONE:
        frozen = {"cite": citation.shown} if citation else {}
        inside = address(ctx, chosen, only="chart", **frozen)
        title = html.escape(ctx.text(f"{ctx.page}.title"))
        snippet = (
            f'<iframe src="{html.escape(inside)}" title="{title}" width="100%" height="{EMBEDDED_HEIGHT}" '
            'loading="lazy" style="border:0"></iframe>'
        )
        note = "share.embed_frozen" if citation else "share.embed_note"
        parts.append(_copyable(ctx, "share.embed", snippet, ctx.text(note)))
    return "".join(f"<section>{part}</section>" for part in parts)


def _citation(ctx: Context, citation: Citation) -> str:
    """Code, day, link, and the code to photograph."""
    link = citing.link(ctx, citation)
    said = html.escape(citing.line(ctx, citation))
    return (
        f'<div class="cited"><div class="qr">{_qr(link, ctx.text("share.qr"))}</div>'
        f'<div><p class="shown">{html.escape(citation.shown)}</p><p>{said}</p>'
        f"{_copyable(ctx, 'share.cite_link', link, ctx.text('share.cite_note'))}</div></div>"
    )


def _copyable(ctx: Context, key: str, text: str, note: str) -> str:
    """A heading, a text in a field of its own and a button that copies it, and what it is good for."""
    return (
        f"<h3>{html.escape(ctx.text(key))}</h3>"
        f'<div class="copied"><code tabindex="0">{html.escape(text)}</code>'
        f'<button type="button" class="copy" data-copy="" data-done="{html.escape(ctx.text("share.copied"))}">'
        f'{html.escape(ctx.text("share.copy"))}</button></div><p class="small">{html.escape(note)}</p>'
    )


def _qr(text: str, title: str) -> str:
    """A code for cameras, drawn as SVG: dark on white in either colour of the page."""
    import segno

    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn,
        kind="svg",
        border=3,
        dark="#1C2126",
        light="#FFFFFF",
        xmldecl=False,
        svgns=True,
        title=title,
        omitsize=True,
    )
    return drawn.getvalue().decode()
