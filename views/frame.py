"""What surrounds every page: language, data space, snapshot, address, choices, ribbon, source note.

``app.py`` starts each run with ``start`` and ends it with ``run``. A page begins with ``enter``, which takes the context
that ``run`` laid out; a page that was reached without the frame finds none and cannot draw.
"""

from __future__ import annotations

import html
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from store import disk, groups, mirror, periods, version
from store.access import User, may_send
from store.citations import Citation
from store.definitions import Area, Catalogue
from store.errors import BoardError, SettingsError, SnapshotError
from store.groups import AreaIds, Group
from store.settings import SPACES, Settings
from store.snapshot import damages, snapshot_path
from views import choices, citing, guide, legible, load, merger, panel, paper, share, signin, standby
from views import format as fmt
from views.text import Language, as_label, languages
from views.theme import Theme, theme
from watch import counts, lines

TEXTS = Path(__file__).resolve().parent.parent / "data" / "reference" / "texts"
# Pages that stand without any figure of the compared communes.
NEED_NO_FIGURES = ("area", "reference", "method", "quality", "upload", "publish", "boundaries", "accounts")
AT_WORK = (
    "upload",
    "publish",
    "boundaries",
    "accounts",
)  # pages of what is about to happen: never as of an earlier day
LONGEST_WORD = 60  # of an address, where the page says that it knows no such choice
# What keeps one of several servers behind -> which sentence says so; others have one in common.
BEHIND = {"store.unreachable": "unreachable", "store.edition": "edition"}
CHARTS = {
    "displaylogo": False,
    "displayModeBar": False,  # a bare picture would leave without unit, source and the mark of illustrative figures
    "scrollZoom": False,
    "doubleClick": False,
    "responsive": True,
    # Without it plotly.js asks a server for a world map before it draws any geographic trace.
    "topojsonURL": 'data:application/json,{"type":"Topology","arcs":[],"objects":{}}#',
}


class PageEnded(Exception):
    """The page has drawn all that this reader gets to see."""


@dataclass(frozen=True)
class Context:
    """What a page may know: definitions, snapshot, language, colours, who reads, and the address of the other pages."""

    settings: Settings
    language: Language
    palette: Theme
    space: str
    snapshot_id: str
    catalogue: Catalogue
    meta: dict[str, str]
    pages: dict[str, Any]
    user: User | None = None
    as_of: date | None = None  # the earlier day on show
    as_shown: bool = True  # whether that is the very snapshot that was shown then
    citation: Citation | None = None  # whose figures are on show
    trouble: str = ""  # why what the address cites is not on show
    stands_for: str | None = None  # the published snapshot that cannot be shown; empty: its name was lost
    group: Group | None = None  # which communes are compared; None: the pilot
    page: str = ""  # which page this is
    base: str = ""  # address of the product as the reader sees it

    def text(self, key: str, /, **values: object) -> str:
        """The product's text for ``key`` in the reader's language."""
        return self.language.text(key, **values)

    @property
    def is_demo(self) -> bool:
        """Whether what is shown is illustrative."""
        return self.space == "demo"

    @property
    def areas(self) -> tuple[Area, ...]:
        """The communes that are compared, in the order kept on every page."""
        return self.group.areas if self.group else self.catalogue.pilots

    @property
    def area_ids(self) -> AreaIds:
        """Their ids."""
        return self.group.area_ids if self.group else AreaIds("pilot", (area.id for area in self.areas))

    @property
    def many(self) -> bool:
        """Whether there are too many communes to show each of them."""
        return bool(self.group and self.group.many)

    @property
    def groups(self) -> Mapping[str, Group]:
        """Every group of this snapshot, by id."""
        return load.groups(*self.data)

    def of(self, area_ids: Sequence[str]) -> Context:
        """The same reader before some communes of the group, in the order given."""
        own = groups.chosen(self.catalogue.area_by_id[name] for name in area_ids)
        group = self.group or next(iter(self.groups.values()))
        return replace(self, group=replace(own, within=group.named, first=group.first))

    def of_pilot(self) -> Context:
        """The same reader before the pilot communes, whichever group is on show."""
        return replace(self, group=None)

    @property
    def data(self) -> tuple[str, str]:
        """(space, snapshot id): the first two arguments of every read."""
        return self.space, self.snapshot_id

    @property
    def today(self) -> date:
        """The day it is in Viet Nam, or the earlier day on show or cited: what is overdue depends on it."""
        return self.as_of or (self.citation.day if self.citation else periods.today_in_viet_nam())

    def address(self, page: str, **choices: str) -> str:
        """Relative address of a page with some choices, for links that open in a new tab. Of this reader's own choices
        only language, space and citation go in: what a page shows is built once and shared by all readers."""
        query = {"lang": self.language.code, "space": self.space}
        query |= {"cite": self.citation.shown} if self.citation else {}
        query |= {"group": self.group.named} if self.group and not self.group.first else {}
        query |= choices
        return f"{self.pages[page].url_path or './'}?" + "&".join(
            f"{key}={value}" for key, value in query.items()
        )

    def link(self, page: str, label: str, **choices: str) -> str:
        """An HTML link to another page; ``label`` is text and is escaped here."""
        go = "|".join([page, *(f"{key}={value}" for key, value in choices.items())])
        return (
            f'<a href="{html.escape(self.address(page, **choices))}" target="_self" '
            f'data-go="{html.escape(go)}">{html.escape(label)}</a>'
        )


# ---------------------------------------------------------------- the frame itself


def _language(settings: Settings, citation: Citation | None) -> Language:
    """The reader's language: from the address, else as chosen before, else that of the citation, else the
    installation's."""
    known = languages(settings.reference_dir / "texts")
    wanted = citation.language if citation else settings.language
    code = choices.settle("lang", list(known), wanted if wanted in known else "vi")
    return known[code]


def _space(settings: Settings) -> str:
    """The data space on show. ``auto`` opens in demo until the first accepted upload of official figures."""
    default = settings.space
    if default == "auto":
        default = "official" if load.has_reports("official") else "demo"
    return choices.settle("space", list(SPACES), default)


def start(follow: Callable[[Settings], None]) -> tuple[Language, str]:
    """Page settings, language and space: everything the menu needs, and nothing heavier. ``follow`` makes one of several
    servers keep up with the others, see ``etl.follow``."""
    st.session_state["_began"] = time.perf_counter()
    try:
        settings = load.settings()
    except SettingsError as error:
        lines.error(error.code, "", error.details)
        st.error(languages(TEXTS)["vi"].text(f"error.{error.code}"), icon=":material/error:")
        st.stop()
    if settings.is_shared:
        follow(settings)
    st.session_state.pop("_run", None)  # what an interrupted run left
    st.session_state["_citing"] = citation, _ = _cited(settings)
    language = _language(settings, citation)
    icon = settings.root / "static" / "icon.svg"
    st.set_page_config(
        page_title=language.text("app.title"),
        page_icon=str(icon),
        layout="wide",
        initial_sidebar_state="auto",
    )
    return language, _space(settings)


def _cited(settings: Settings) -> tuple[Citation | None, tuple[str, dict[str, str]] | None]:
    """(the citation on show, why there is none although one is asked for: key of a text and its facts)."""
    try:
        found, word = choices.cited(settings)
    except BoardError as error:
        lines.error(error.code, "", error.details)
        return None, (f"error.{error.code}", {})
    if word:
        return None, ("cite.unknown", {"code": word[:40]})
    if found is not None and not citing.is_there(settings, found):
        return found, ("cite.gone", {"code": found.shown, "snapshot": found.snapshot_id})
    return found, None


def _wording(language: Language) -> str:
    """The framework's own English words on the file box, in the reader's language; hints about keys go."""
    limit = st.get_option("server.maxUploadSize")
    words = {
        '[data-testid="stFileUploaderDropzone"] > span button p': language.text("upload.browse"),
        '[data-testid="stFileUploaderDropzoneInstructions"] span': language.text("upload.limit", limit=limit),
    }
    rules = [
        f"{place} {{ font-size: 0 }} {place}::after {{ content: {json.dumps(text, ensure_ascii=False)}; font-size: 15px }}"
        for place, text in words.items()
    ]
    return f'<style>{" ".join(rules)} [data-testid="InputInstructions"] {{ display: none }}</style>'


def _menu(place: Any, menu: dict[str, Sequence[Any]], help_label: str) -> None:
    """The menu; its links carry all choices along, so it is drawn after the page has made them. Under everything in the
    sidebar the way to the guide."""
    carried = dict(sorted(choices.kept().items()))
    with place:
        for group, members in menu.items():
            st.caption(group)
            for page in members:
                st.page_link(page, query_params=carried, width="stretch")
        st.divider()
    st.sidebar.link_button(help_label, guide.HOME, icon=":material/help:", type="tertiary")


def _sidebar(language: Language, settings: Settings, citation: Citation | None) -> tuple[Any, Any]:
    """(place of the menu, place of the group), and the switches of every page: language, data space and day. A citation
    has its own space and day."""
    known = languages(settings.reference_dir / "texts")
    with st.sidebar:
        place = st.container()
        choices.choose(
            "lang", language.text("choose.language"), known, lambda key: known[key].name, segmented=True
        )
        if citation is not None:
            st.caption(language.text("cite.beside", code=citation.shown))
            group = st.container()
            _version(language)
            return place, group
        choices.choose(
            "space",
            language.text("choose.space"),
            SPACES,
            lambda key: language.text(f"space.{key}"),
            segmented=True,
        )
        group = st.container()
        choices.choose_day(language)
        _version(language)
    return place, group


def _version(language: Language) -> None:
    """What runs here, small and last: the first thing whoever helps asks for."""
    unknown = language.text("frame.unknown")
    facts = {"version": version.version() or unknown, "build": version.build() or unknown}
    # Not a caption: the framework's are too pale on the side bar's ground.
    st.html(
        f'<p style="font-size:0.8rem;margin:0">{html.escape(language.text("frame.version", **facts))}</p>'
    )


AsOf = Callable[[Settings, str, date], tuple[str, bool]]


def run(
    language: Language, space: str, pages: dict[str, Any], menu: dict[str, Sequence[Any]], as_of: AsOf
) -> None:
    """Lay out the context, draw the page, and turn one of our errors into one sentence. ``as_of`` finds the snapshot of
    an earlier day, see ``etl.asof``."""
    page = st.navigation(menu, position="hidden")
    name = next(key for key, known in pages.items() if known is page)
    for leftover in ("_parts", "_share"):
        st.session_state.pop(leftover, None)
    settings = load.settings()
    citation, trouble = st.session_state.pop("_citing", (None, None))
    if name in AT_WORK:
        citation = trouble = None
    _to_cited_page(pages, name, citation)
    mode = (st.context.theme.type if st.context.theme else None) or "light"
    st.session_state["_alone"] = alone = name in share.ALONE and st.query_params.get("only") == "chart"
    st.set_page_config(page_title=f"{pages[name].title} – {language.text('app.title')}")
    st.html(_wording(language) + legible.style(mode, language) + paper.style(mode, alone))
    if trouble:
        citation = None
    space = citation.space if citation else space
    place, beside = (None, None) if alone else _sidebar(language, settings, citation)
    snapshot_id = ""
    try:
        signin.remember()
        user = signin.current(settings)
        if not signin.may_read(user, settings.reading) and name != "accounts":
            st.title(language.text("app.title"), anchor=False)
            panel.show("", theme(mode), language.code, "closed")  # which language it is read in
            signin.form(settings, language)
            choices.write_address()
            return
        snapshot_id, stands_for, shown = "", None, True
        if citation is None:
            snapshot_id, stands_for = standby.shown(settings, space)
        day = choices.day() if name not in AT_WORK else None
        if citation is not None:
            snapshot_id, day = citation.snapshot_id, None
        elif day is not None:
            key = ("as_of", space, snapshot_id, day, periods.today_in_viet_nam())
            snapshot_id, shown = load.set_down(key, lambda: as_of(settings, space, day))
            if not snapshot_path(
                settings, space, snapshot_id
            ).exists():  # removed since somebody asked for it
                snapshot_id, shown = as_of(settings, space, day)
        defined = load.catalogue(space, snapshot_id)
        if name == "area":
            choices.follow_area(defined, load.groups(space, snapshot_id))
        st.session_state["_context"] = ctx = Context(
            settings=settings,
            language=language,
            palette=theme(mode),
            space=space,
            snapshot_id=snapshot_id,
            catalogue=defined,
            meta=load.meta(space, snapshot_id),
            pages=pages,
            user=user,
            as_of=day,
            as_shown=shown,
            citation=citation,
            trouble=language.text(trouble[0], **trouble[1]) if trouble else "",
            group=choices.choose_group(language, load.groups(space, snapshot_id), beside),
            page=name,
            base=_base(pages, name),
            stands_for=stands_for if day is None else None,
        )
        with suppress(PageEnded):
            page.run()
        flush(ctx)
        chosen = choices.chosen()
        choices.write_address()
        if "_share" in st.session_state:
            share.open_box(ctx, st.session_state.pop("_share"), chosen)
        for word in st.session_state.pop("_odd", []):
            st.toast(
                language.text("choose.unknown", word=as_label(word[:LONGEST_WORD])), icon=":material/info:"
            )
    except BoardError as error:
        number = uuid.uuid4().hex[:8]
        lines.error(error.code, number, error.details, page=name)
        st.error(signin.sentence(language, error, number), icon=":material/error:")
    except Exception as error:  # whatever else goes wrong: logged whole, and one sentence for the reader
        number = uuid.uuid4().hex[:8]
        lines.unexpected(number, page=name)
        if damages(error) and citation is None and standby.spoiled(settings, space, snapshot_id):
            st.rerun()  # once: from now on an earlier publication stands in its place
        refused = disk.plain(error)
        words = signin.sentence(language, refused) if refused else ""
        st.error(words or language.text("error.unknown", number=number), icon=":material/error:")
    finally:
        st.session_state.pop("_context", None)
        if place is not None:
            _menu(place, menu, language.text("guide.menu"))
        _told(name, space, snapshot_id)


def _told(page: str, space: str, snapshot_id: str) -> None:
    """Count this run and write its line. A session's name in the log is drawn by lot and stands nowhere else."""
    state = st.session_state
    took = time.perf_counter() - state.pop("_began", time.perf_counter())
    counts.RERUNS.observe(took, page=page)
    session = state.setdefault("_pseudonym", uuid.uuid4().hex[:8])
    lines.say(
        "rerun", page=page, space=space, snapshot_id=snapshot_id, ms=round(took * 1000), session=session
    )


def _to_cited_page(pages: dict[str, Any], name: str, citation: Citation | None) -> None:
    """The short address of a citation names no page: go where the view was."""
    if citation and name != citation.page in pages and set(st.query_params) <= {"cite", "lang"}:
        st.switch_page(pages[citation.page], query_params=choices.kept())


def _base(pages: dict[str, Any], name: str) -> str:
    """Address of the product as the reader's browser sees it, without the page; empty where there is no browser."""
    address = (st.context.url or "").rstrip("/")
    return address.removesuffix(f"/{pages[name].url_path}") if pages[name].url_path else address


def enter(page: str, role: str = "reader", *, pilot: bool = False) -> Context:
    """Take the context for ``page`` and draw its heading; SnapshotError when the frame did not start the page. Who lacks
    the ``role`` (see ``signin.ASKS``) is asked to sign in, or told why the page is not theirs. ``pilot``: the page is
    about the pilot communes, whichever group is on show."""
    ctx = st.session_state.pop("_context", None)
    if ctx is None:
        raise SnapshotError("frame.bypassed", page=page)
    if pilot:
        ctx = ctx.of_pilot()
    if ctx.is_demo:
        own = f"ribbon.demo_{page}"  # a page that holds other than illustrative figures says so
        words = ctx.text(own if ctx.language.has(own) else "ribbon.demo")
        if choices.alone():  # there is no menu beside it to speak of
            plain = citing.illustrative(ctx, ctx.space, page)
            words = (
                f"<b>{html.escape(ctx.text('ribbon.plain'))}.</b>"
                if plain
                else words.partition("</b>")[0] + "</b>"
            )
        show(ctx, f'<div class="ribbon" role="note">{words}</div>', "ribbon")
        flush(ctx)
    if ctx.stands_for is not None:
        key = "ribbon.standby" if ctx.stands_for else "ribbon.standby_lost"
        words = html.escape(ctx.text(key, published=ctx.stands_for, snapshot=ctx.snapshot_id))
        show(ctx, f'<div class="ribbon" role="alert">{words}</div>', "standby")
        flush(ctx)
    if ctx.as_of is not None:
        key = "ribbon.as_shown" if ctx.as_shown else "ribbon.as_known"
        day = fmt.day(ctx.as_of.isoformat(), ctx.language)
        words = html.escape(ctx.text(key, day=day, snapshot=ctx.snapshot_id))
        back = ctx.link(page, ctx.text("ribbon.newest"), asof="")
        show(ctx, f'<div class="ribbon" role="note">{words} {back}</div>', "as_of")
        flush(ctx)
    if ctx.citation is not None:
        show(ctx, citing.ribbon(ctx, page), "cited")
        flush(ctx)
    behind = mirror.trouble(ctx.settings)
    if behind.since and may_send(ctx.user):
        at = fmt.moment(behind.since.isoformat(), ctx.language)
        words = html.escape(ctx.text(f"behind.{BEHIND.get(behind.code, 'other')}", at=at))
        show(ctx, f'<div class="ribbon" role="alert">{words}</div>', "behind")
        flush(ctx)
    if ctx.trouble:
        show(ctx, f'<div class="ribbon" role="alert">{html.escape(ctx.trouble)}</div>', "trouble")
        flush(ctx)
    if not choices.alone():
        st.title(_title(ctx, page), anchor=False)
    if not signin.ASKS[role](ctx.user):
        _ask(ctx, role)
    if page not in NEED_NO_FIGURES and not choices.period_ids(ctx):
        show(ctx, _empty(ctx), "empty")
        raise PageEnded
    if page not in NEED_NO_FIGURES or page == "area":
        show(ctx, merger.beyond(ctx, choices.asked("after", "before")), "beyond")
    return ctx


def _empty(ctx: Context) -> str:
    """That none of the compared communes has any figure, how to send some, and the way back to those shown at first."""
    words, how = html.escape(ctx.text("frame.no_figures")), ctx.text("overview.how_to_send")
    ways = [ctx.link("upload", how)]
    if ctx.group and not ctx.group.first:
        first = next(iter(ctx.groups.values()))
        back = ctx.text("group.back", group=fmt.group(first, ctx.language))
        ways.append(ctx.link(ctx.page, back, group=first.id))
    return f"<p>{words} {' · '.join(ways)}</p>"


def only(ctx: Context, screen: Any) -> None:
    """End the page with what can be said of a commune without any figure."""
    heading(ctx, screen.finding, screen.subtitle, f"{ctx.page}_heading")
    show(ctx, screen.cards, "facts")
    show(ctx, _empty(ctx), "empty")
    source_note(ctx, [])
    raise PageEnded


def ask_which(ctx: Context, body: str) -> None:
    """End the page with what the address may mean; ``body`` is HTML with a link to each."""
    show(ctx, body, "which")
    source_note(ctx, [])
    raise PageEnded


def _title(ctx: Context, page: str) -> str:
    """The page's title; one that speaks of the pilot has another wording for other groups."""
    key = f"{page}.title_group"
    if ctx.group and ctx.group.kind != "pilot" and ctx.language.has(key):
        return ctx.text(key, group=as_label(fmt.group(ctx.group, ctx.language)))
    return ctx.text(f"{page}.title")


def of_marked(ctx: Context) -> Context:
    """For pages on which every commune has a part of its own: of many communes those that the reader points out. Who points
    out none is asked to, and the page ends there."""
    marked = choices.choose_marked(ctx)
    if not ctx.many:
        return ctx
    if not marked:
        sentences(ctx, [ctx.text("many.choose", count=choices.MARKED)], "choose")
        source_note(ctx, [])
        raise PageEnded
    flush(ctx)
    return ctx.of(marked)


def _ask(ctx: Context, role: str) -> None:
    """The way in for who has not signed in, a sentence for who has another role; the page ends here."""
    if ctx.user is None:
        key = "signin.lead" if ctx.settings.reading == "open" else "signin.lead_members"
        sentences(ctx, [ctx.text(key)], "signin")
        flush(ctx)
        signin.form(ctx.settings, ctx.language)
    else:
        words = ctx.text(f"signin.not_for.{role}", role=ctx.text(f"accounts.roles.{ctx.user.role}"))
        sentences(ctx, [words], "signin")
    source_note(ctx, [])
    raise PageEnded


def show(ctx: Context, body: str, key: str) -> None:
    """Lay a piece of HTML out for drawing; nothing for an empty piece. Neighbouring pieces are drawn as one panel: each
    panel costs the browser a message and a mount."""
    if body and (not choices.alone() or key in (*share.ALONE[ctx.page], *share.ALWAYS)):
        parts = st.session_state.setdefault("_parts", [])
        parts.append((key, f'<section data-part="{html.escape(key)}">{body}</section>'))


def flush(ctx: Context) -> None:
    """Draw the pieces laid out so far, here, and follow their links; everything else that draws calls it first."""
    parts = st.session_state.pop("_parts", [])
    if parts:
        body = "".join(part for _, part in parts)
        if choices.alone():  # inside another page a link opens the whole page beside it
            body = re.sub(r' target="_self" data-go="[^"]*"', ' target="_blank" rel="noopener"', body)
        follow(ctx, panel.show(body, ctx.palette, ctx.language.code, parts[0][0]))


def header(ctx: Context, text: str) -> None:
    """A section of the page; plain text."""
    flush(ctx)
    if choices.alone():
        return
    st.header(as_label(text), anchor=False)


@contextmanager
def column(ctx: Context, place: Any) -> Iterator[None]:
    """Draw inside ``place``."""
    flush(ctx)
    with place:
        yield
        flush(ctx)


def follow(ctx: Context, go: str | None) -> None:
    """Go where a link or a click on a chart points: ``page|choice=value|...``; what is not a page is ignored."""
    if not isinstance(go, str):
        return
    page, *words = go.split("|")
    if page in share.ACTS:
        st.session_state["_share"] = page
    elif page in ctx.pages:
        chosen = dict(word.split("=", 1) for word in words if "=" in word)
        st.switch_page(ctx.pages[page], query_params={**choices.kept(), **chosen})


def sentences(ctx: Context, texts: Sequence[str], key: str = "lead") -> None:
    """The two or three sentences a page opens with; plain text, escaped here."""
    if texts:
        body = "".join(f"<p>{html.escape(text)}</p>" for text in texts)
        show(ctx, f'<div class="lead">{body}</div>', key)


def chart(
    ctx: Context, figure: Any, key: str, alt: str, *, clickable: bool = False, zoom: bool = False
) -> Any:
    """Draw a Plotly figure in the product's own style; returns where the selected point leads when clickable: its
    ``customdata``, for a shape of a map the profile of its area. ``zoom``: the wheel zooms."""
    flush(ctx)
    if choices.alone():
        if key not in share.ALONE[ctx.page]:
            return None
        clickable = False
    result = st.plotly_chart(
        figure,
        key=key,
        height="stretch" if key == "map" else "content",
        theme=None,
        config={**CHARTS, "scrollZoom": zoom},
        alt=alt,
        on_select="rerun" if clickable else "ignore",
        selection_mode="points",
    )
    if not clickable:
        return None
    chosen = result.selection.points if result and result.selection else []
    if not chosen:
        return None
    place = chosen[0].get("location")
    return chosen[0].get("customdata") or (f"area|area={place}" if place else None)


def heading(ctx: Context, finding: str, subtitle: str, key: str) -> None:
    """A chart's heading: the finding, then what is measured, unit, period and n; a part without one has none."""
    below = f'<p class="subtitle">{html.escape(subtitle)}</p>' if subtitle else ""
    above = f"<h2>{html.escape(finding)}</h2>" if finding else ""
    show(ctx, above + below, key)


def downloads(ctx: Context, name: str, make: Callable[[Context], Any]) -> None:
    """CSV and XLSX of what the page shows; the files are made when asked for, not on every run.

    ``make`` gives a ``reports.workbook.Export``; it is called in the download, outside the page's run. Illustrative
    figures are marked in the file's name and in a column of every row.
    """
    from reports import workbook

    flush(ctx)
    if choices.alone():
        return

    def tables() -> workbook.Export:
        stamp = (ctx.text("export.space"), ctx.text("space.demo")) if ctx.is_demo else None
        return replace(make(ctx), stamp=stamp)

    name = f"{ctx.text('export.demo_prefix')}-{name}" if ctx.is_demo else name

    left, right, _ = st.columns([1, 1, 4])
    left.download_button(
        ctx.text("export.csv"),
        data=lambda: workbook.to_csv(tables()),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"csv:{name}",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )
    right.download_button(
        ctx.text("export.xlsx"),
        data=lambda: workbook.to_xlsx(tables()),
        file_name=f"{name}.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        key=f"xlsx:{name}",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )


def pictures(ctx: Context, name: str, make: Callable[[Context], Any] | None) -> None:
    """The page's drawing as PNG at print resolution and as SVG, with title, source, citation and mark on it.

    ``make`` gives a ``reports.story.Picture``, called in the download; None where there is nothing to draw.
    """
    if make is None or choices.alone():
        return
    light = replace(ctx, palette=theme("light"))
    cited = citing.line(ctx, ctx.citation) if ctx.citation else ""
    below = cited or ctx.text(
        "source.snapshot", snapshot=ctx.snapshot_id, space=ctx.text(f"space.{ctx.space}")
    )
    name = f"{ctx.text('export.demo_prefix')}-{name}" if ctx.is_demo else name

    def made(kind: str) -> bytes:
        from reports.pictures import picture

        own = make(light)
        mark = ctx.text("ribbon.plain") if ctx.is_demo else ""
        roles = {role: value for role, value in light.palette.colours.items() if isinstance(value, str)}
        return picture(own.drawing, own.title, own.subtitle, own.source, mark, below, roles, kind)

    columns = st.columns([1, 1, 4])
    for place, kind, mime in zip(columns, ("png", "svg"), ("image/png", "image/svg+xml"), strict=False):
        place.download_button(
            ctx.text(f"export.{kind}"),
            data=lambda kind=kind: made(kind),
            file_name=f"{name}.{kind}",
            mime=mime,
            key=f"{kind}:{name}",
            on_click="ignore",
            icon=":material/image:",
            width="stretch",
        )


def source_note(ctx: Context, lines: Sequence[str], key: str = "source") -> None:
    """Source, definition and snapshot under everything shown; lines are HTML made by ``views.tables``."""
    snapshot = html.escape(
        ctx.text("source.snapshot", snapshot=ctx.snapshot_id, space=ctx.text(f"space.{ctx.space}"))
    )
    cited = html.escape(citing.line(ctx, ctx.citation, ctx.page)) if ctx.citation else ""
    body = "".join(f"<p>{line}</p>" for line in [*lines, snapshot, cited] if line)
    show(ctx, f'<div class="source">{body}{_last(ctx)}</div>', key)


def _last(ctx: Context) -> str:
    """What ends a page: on screen the way to share it, on paper what was chosen and when it was printed, inside another
    page the way to the whole."""
    if choices.alone():
        chosen = {key: value for key, value in choices.chosen().items() if key not in citing.ELSEWHERE}
        return f"<p>{ctx.link(ctx.page, ctx.text('share.whole'), **chosen)}</p>"
    named = html.escape("; ".join(choices.named()))
    day = fmt.day(periods.today_in_viet_nam().isoformat(), ctx.language)
    marked = ""
    if citing.illustrative(ctx, ctx.space, ctx.page):
        marked = f"<b>{html.escape(ctx.text('ribbon.plain'))}.</b> "
    words = html.escape(ctx.text("share.printed", day=day))
    lines = f'<p class="printed">{named}</p>' if named else ""
    lines += f'<p class="printed">{marked}{words}</p>'
    return lines + ("" if ctx.page in AT_WORK else share.buttons(ctx))
