"""The widgets of the show's page: the list of slides, saved shows, and the button that opens the show.

The file is made here and lies in the browser before the button is pressed: it opens without asking the server again.
While the page stands open it tells the show which figures are published now; the show says so on its last slide.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from reports import show as writer
from reports.story import Story
from store import accounts, shows
from store.access import may_arrange
from store.errors import SnapshotError
from store.settings import SPACES, Settings
from store.shows import ADVANCES, LONGEST_LINE, LONGEST_NAME, Plan
from store.snapshot import current_id
from views import choices, citing, desk, frame, load, story, tables
from views.memory import Memory
from views.screens import hall as screen
from views.theme import css_variables

if TYPE_CHECKING:
    from views.frame import Context

said = desk.said
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
FIXED, BY_PLACE = ORDERS = ("fixed", "place")
# Made files, by what is on them: a megabyte or two each.
_FILES = Memory(24, lane=load.LANE)
LOOK_EVERY_S = 15  # how often the open page looks whether other figures were published

LIST_JS = """
export default function ({ data, parentElement, setStateValue }) {
  const list = parentElement.querySelector("ol");
  const part = (kind, text, parent, set = {}) => {
    const made = Object.assign(document.createElement(kind), set);
    if (text) made.textContent = text;
    parent.append(made);
    return made;
  };
  const tell = () => {
    const items = [...list.children];
    list.querySelectorAll("button").forEach((button) => {
      const item = button.closest("li");
      button.disabled = button.dataset.step === "-1" ? item === items[0] : item === items[items.length - 1];
    });
    setStateValue("arranged", {
      stamp: list.dataset.stamp,
      order: items.map((item) => item.dataset.key),
      hidden: items.filter((item) => !item.querySelector("[type=checkbox]").checked).map((item) => item.dataset.key),
      lines: Object.fromEntries(items.map((item) => [item.dataset.key, item.querySelector("[type=text]").value])),
    });
  };
  if (list.dataset.stamp === data.stamp) return;
  list.dataset.stamp = data.stamp;
  list.setAttribute("style", data.variables);
  list.textContent = "";
  for (const row of data.rows) {
    const item = part("li", "", list);
    item.dataset.key = row.key;
    for (const [step, sign, words] of [[-1, "↑", data.words.up], [1, "↓", data.words.down]]) {
      const button = part("button", sign, item, { type: "button", title: words });
      button.setAttribute("aria-label", `${words}: ${row.title}`);
      button.dataset.step = step;
      button.onclick = () => {
        const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
        if (!other) return;
        if (step < 0) other.before(item); else other.after(item);
        tell();
        if (button.disabled) item.querySelector("button:not(:disabled)")?.focus(); else button.focus();
      };
    }
    const label = part("label", "", item);
    part("input", "", label, { type: "checkbox", checked: row.shown, onchange: () => { mark(); tell(); } });
    part("span", row.title, label);
    const line = part("input", "", item, { type: "text", value: row.line, maxLength: data.longest, onchange: tell });
    line.placeholder = data.words.line;
    line.setAttribute("aria-label", `${data.words.line}: ${row.title}`);
    const mark = () => item.classList.toggle("hidden", !label.firstChild.checked);
    mark();
  }
  list.querySelectorAll("button").forEach((button) => {
    const item = button.closest("li");
    button.disabled = button.dataset.step === "-1" ? !item.previousElementSibling : !item.nextElementSibling;
  });
}
"""
LIST_CSS = """
ol { list-style: none; margin: 0; padding: 0; font-family: var(--face); font-size: 15px; color: var(--ink); }
li { display: grid; grid-template-columns: 34px 34px minmax(220px, 1fr) minmax(220px, 1.2fr); gap: 8px; align-items: center;
     padding: 5px 0; border-bottom: 1px solid var(--line); }
button { font: inherit; width: 34px; height: 34px; border: 1px solid var(--line); border-radius: 5px; cursor: pointer;
         background: var(--raised); color: var(--ink); }
button:disabled { opacity: 0.35; cursor: default; }
label { display: flex; gap: 9px; align-items: center; cursor: pointer; overflow-wrap: anywhere; }
[type=checkbox] { width: 18px; height: 18px; flex: none; accent-color: var(--now); }
[type=text] { font: inherit; color: var(--ink); background: var(--raised); border: 1px solid var(--line); border-radius: 5px;
              padding: 6px 9px; min-width: 0; width: 100%; box-sizing: border-box; }
[type=text]::placeholder { color: var(--muted); opacity: 1; }
.hidden span { color: var(--muted); text-decoration: line-through; }
:focus-visible { outline: 2px solid var(--now); outline-offset: 1px; }
@media (max-width: 640px) { li { grid-template-columns: 34px 34px 1fr; } [type=text] { grid-column: 1 / -1; } }
"""
OPEN_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".open");
  root.setAttribute("style", data.variables);
  const button = root.querySelector("button");
  const note = root.querySelector("p");
  button.textContent = data.words.open;
  button.disabled = !data.show;
  if (note.dataset.stamp !== data.stamp) note.textContent = data.words.help;
  note.dataset.stamp = data.stamp;
  button.onclick = () => {
    const bytes = Uint8Array.from(atob(data.show), (sign) => sign.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes], { type: "text/html" }));
    const size = `popup,left=0,top=0,width=${screen.availWidth},height=${screen.availHeight}`;
    const opened = window.open(address, "board-show", size);
    note.textContent = opened ? data.words.help : data.words.blocked;
    if (opened) { opened.focus(); setTriggerValue("opened", true); }
  };
}
"""
OPEN_CSS = """
.open { font-family: var(--face); color: var(--ink); }
button { font: inherit; font-size: 20px; font-weight: 600; color: var(--paper); background: var(--now); border: 0;
         border-radius: 6px; padding: 13px 34px; cursor: pointer; }
button:disabled { opacity: 0.4; cursor: default; }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
p { margin: 8px 0 0; font-size: 14.5px; color: var(--muted); }
"""
TELL_JS = """
export default function ({ data }) {
  if (!("BroadcastChannel" in window)) return;
  const channel = new BroadcastChannel("board-show");
  channel.postMessage({ current: data.current });
  channel.close();
}
"""


@functools.cache
def _list() -> Any:
    return st.components.v2.component("board_slides", html="<ol></ol>", css=LIST_CSS, js=LIST_JS)


@functools.cache
def _opener() -> Any:
    html = '<div class="open"><button type="button"></button><p role="status"></p></div>'
    return st.components.v2.component("board_opener", html=html, css=OPEN_CSS, js=OPEN_JS)


@functools.cache
def _teller() -> Any:
    return st.components.v2.component("board_teller", js=TELL_JS)


# ---------------------------------------------------------------- the stock show


def choose_settings(ctx: Context, where: Sequence[Any]) -> tuple[bool, int]:
    """Whether communes stand by their results (not unless somebody asks for it), and seconds to the next slide."""
    order = choices.choose(
        "order", ctx.text("hall.order"), ORDERS, lambda key: ctx.text(f"hall.order_{key}"), where=where[0]
    )
    advance = choices.choose(
        "advance",
        ctx.text("hall.advance"),
        [str(seconds) for seconds in ADVANCES],
        lambda key: ctx.text("hall.advance_0") if key == "0" else ctx.text("hall.advance_s", seconds=key),
        where=where[1],
    )
    return order == BY_PLACE, int(advance)


def stock(ctx: Context, before: str, after: str, by_place: bool) -> Story:
    """Every slide of the show, as nobody has arranged it yet; made once for all readers."""
    citation = citing.for_story(ctx, "overview", {"before": before, "after": after})
    key = ("show", *ctx.data, ctx.area_ids, ctx.language.code, before, after, by_place, ctx.today, citation)
    return load.made(key, lambda: story.show(ctx, before, after, citation, by_place))


def sentences(ctx: Context, told: Story) -> list[str]:
    """What the page is for, what the show says first, and that it needs nobody."""
    headline = next((slide for slide in told.slides if slide.key == "headline"), None)
    return [
        ctx.text("hall.lead", count=len(told.slides) + 1),
        *(headline.notes[:1] if headline else ()),
        ctx.text("hall.lead_offline"),
    ]


def sources(ctx: Context, told: Story) -> list[str]:
    """Sources of the slides, each once, and what happens when figures are published meanwhile."""
    lines = dict.fromkeys(slide.source for slide in told.slides if slide.source)
    return [*(tables.esc(line) for line in lines), tables.esc(ctx.text("hall.after_cut"))]


def keys(ctx: Context, told: Story) -> str:
    """The keys of the show, as its own list of them."""
    signs = [(sign, told.words[key]) for sign, key in writer.KEYS]
    return screen.key_list(signs, ctx.text("hall.keys"))


# ---------------------------------------------------------------- arranging


def _slot(ctx: Context) -> str:
    return f"_plan:{ctx.space}"


def arrange(ctx: Context, told: Story, by_place: bool, advance: int) -> Plan:
    """The list of slides; gives the plan as it stands now."""
    state = st.session_state
    plan: Plan = state.get(_slot(ctx), Plan())
    version = state.setdefault("_plan_version", 0)
    frame.header(ctx, ctx.text("hall.slides"))
    st.caption(ctx.text("hall.slides_help", longest=LONGEST_LINE))
    titles = "\n".join(f"{slide.key} {slide.title}" for slide in told.slides)
    stamp = hashlib.sha256(f"{version} {ctx.space} {ctx.language.code} {ctx.palette.mode}\n{titles}".encode())
    result = _list()(
        data={
            "rows": screen.rows(told, plan),
            "words": {key: ctx.text(f"hall.{key}") for key in ("up", "down", "line")},
            "longest": LONGEST_LINE,
            "stamp": stamp.hexdigest(),
            "variables": _variables(ctx),
        },
        key="slides",
        on_arranged_change=_ignore,
    )
    sent = result.arranged if isinstance(result.arranged, dict) else {}
    if sent.get("stamp") == stamp.hexdigest():
        plan = shows.plan_of(sent)
    plan = Plan(plan.order, plan.hidden, plan.lines, by_place, advance)
    state[_slot(ctx)] = plan
    if st.button(ctx.text("hall.back"), key="plan_back", icon=":material/restart_alt:"):
        _use(ctx, Plan(by_place=by_place, advance=advance))
        st.rerun()
    return plan


def _use(ctx: Context, plan: Plan) -> None:
    """Take a plan over: the list is drawn anew from it, and the two settings follow."""
    state = st.session_state
    state[_slot(ctx)] = plan
    state["_plan_version"] = state.get("_plan_version", 0) + 1
    for key, value in (("order", BY_PLACE if plan.by_place else FIXED), ("advance", str(plan.advance))):
        state.pop(f"w:{key}", None)
        choices.remember(key, value)


def _variables(ctx: Context) -> str:
    return css_variables(ctx.palette) + f"--face:{ctx.palette.font};"


def _ignore() -> None:
    """What was changed is read from the result of the run it causes."""


# ---------------------------------------------------------------- opening


def launch(ctx: Context, told: Story, plan: Plan) -> None:
    """The button that opens the show, the same file to take away, and the look at what is published now."""
    arranged = screen.arranged(told, plan)
    if not arranged.slides:
        st.warning(ctx.text("hall.nothing"), icon=":material/visibility_off:")
        return
    file, encoded, stamp = _file(ctx, arranged, plan.advance)
    st.session_state["_show_file"] = (stamp, file)
    left, right = st.columns([3, 1], vertical_alignment="top")
    with left:
        result = _opener()(
            data={
                "show": encoded,
                "stamp": stamp,
                "words": {
                    "open": ctx.text("hall.open"),
                    "help": ctx.text("hall.open_help"),
                    "blocked": ctx.text("hall.blocked"),
                },
                "variables": _variables(ctx),
            },
            key="opener",
            on_opened_change=_ignore,
        )
    prefix = f"{ctx.text('export.demo_prefix')}-" if ctx.is_demo else ""
    right.download_button(
        ctx.text("hall.download"),
        data=file,
        file_name=f"{prefix}{ctx.text('hall.file')}-{told.citation.code}.html",
        mime="text/html",
        key="show_download",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )
    right.download_button(
        ctx.text("hall.powerpoint"),
        data=lambda: _slides(arranged),
        file_name=f"{prefix}{ctx.text('hall.file')}-{told.citation.code}.pptx",
        mime=PPTX,
        key="slides_download",
        on_click="ignore",
        icon=":material/co_present:",
        width="stretch",
    )
    st.session_state["_show_open"] = st.session_state.get("_show_open", False) or bool(result.opened)
    every = LOOK_EVERY_S if st.session_state["_show_open"] else None
    st.fragment(_tell, run_every=every)(ctx.settings)


def _file(ctx: Context, arranged: Story, advance: int) -> tuple[bytes, str, str]:
    """The show as one file, the same for the page, and what names it; readers with the same slides share it."""
    published = f"{ctx.space}:{current_id(ctx.settings, ctx.space)}"
    what = hashlib.sha256(repr((arranged.slides, arranged.citation, advance, published)).encode()).hexdigest()

    def make() -> tuple[bytes, str, str]:
        file = writer.show(arranged, advance, published)
        return file, base64.b64encode(file).decode(), hashlib.sha256(file).hexdigest()

    return _FILES.get((what, ctx.language.code), make)


def _slides(told: Story) -> bytes:
    """The same show for other programs; its writer is loaded when somebody asks."""
    from reports.slides import slides

    return slides(told)


def _tell(settings: Settings) -> None:
    """Tell an open show which figures are published now."""
    current = []
    for space in SPACES:
        with suppress(SnapshotError):
            current.append(f"{space}:{current_id(settings, space)}")
    _teller()(data={"current": current, "at": datetime.now().astimezone().isoformat()}, key="teller")


# ---------------------------------------------------------------- saved shows


def keep(ctx: Context, plan: Plan) -> None:
    """Shows saved by name: save this one, use or delete one."""
    in_use = ctx.settings.sign_in == "oidc" or accounts.exists(ctx.settings)
    frame.header(ctx, ctx.text("hall.saved"))
    st.caption(ctx.text("hall.saved_help"))
    left, right = st.columns(2)
    found = {item.name: item for item in shows.saved(ctx.settings, ctx.space)}
    with left:
        if found:
            name = st.selectbox(
                ctx.text("hall.choose"), list(found), key=f"show_chosen:{ctx.space}", format_func=str
            )
            use, drop, _ = st.columns([2, 1, 2])
            if use.button(ctx.text("hall.load"), key="show_load", width="stretch"):
                _use(ctx, found[name].plan)
                desk.say(ctx, "hall.said_loaded", name=name)
                st.rerun()
            if may_arrange(ctx.user, in_use) and drop.button(
                ctx.text("hall.delete"), key="show_delete", width="stretch"
            ):
                settings, space = ctx.settings, ctx.space
                if desk.attempt(ctx, lambda: shows.delete(settings, space, ctx.user, name, accounts=in_use)):
                    desk.say(ctx, "hall.said_deleted", name=name)
                    st.rerun()
        else:
            st.caption(ctx.text("hall.none"))
    with right:
        if not may_arrange(ctx.user, in_use):
            st.caption(ctx.text("hall.saved_sign_in"))
            return
        with st.form("show_save", border=False):
            name = st.text_input(ctx.text("hall.name"), max_chars=LONGEST_NAME, key="show_name")
            if st.form_submit_button(ctx.text("hall.save")) and desk.attempt(
                ctx,
                lambda: shows.save(ctx.settings, ctx.space, ctx.user, name, plan, accounts=in_use),
            ):
                desk.say(ctx, "hall.said_saved", name=shows.tidy(name, LONGEST_NAME))
                st.rerun()
