"""HTML made by ourselves (tables, cards, small drawings) shown inside the page, with links that stay in the session.

``show`` mounts one component whose only data is a string of HTML; every text in it was escaped by the code that built
it (``views.tables``). A link carries a real address, so it can be opened in a new tab, and ``data-go``, which a plain
click hands to Python instead, so that moving to another page does not start a new session.
"""

import functools

import streamlit as st

from views.paper import light_swatches
from views.theme import Theme, css_variables, theme

JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  // On a phone the menu lies over the page: once it has led somewhere it makes way.
  const path = window.location.pathname;
  if (window.boardPath && window.boardPath !== path && window.innerWidth < 768) {
    document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  }
  window.boardPath = path;
  // The framework's page is in English whatever is written on it; a reading voice goes by this.
  document.documentElement.lang = data.lang;
  // The framework names its own buttons in English. Whatever is reached by the keyboard is named in the reader's language
  // at the latest when it is reached; ``views.legible`` brings the words.
  const speak = (node) => {
    const words = JSON.parse(getComputedStyle(document.documentElement).getPropertyValue("--board-words") || "{}");
    const said = (text) => {
      const begin = Object.keys(words).find((word) => word === text || (word.endsWith(" ") && text.startsWith(word)));
      return begin ? words[begin] + text.slice(begin.length) : text;
    };
    node.querySelectorAll("[aria-label]").forEach((one) => {
      const now = one.getAttribute("aria-label");
      if (one.dataset.named !== now) one.dataset.own = now;
      one.dataset.named = said(one.dataset.own);
      if (one.dataset.named !== now) one.setAttribute("aria-label", one.dataset.named);
    });
    // A note that passes is named by an element that is not there.
    document.querySelectorAll('[data-testid="stToast"]').forEach((one) => {
      one.setAttribute("aria-label", one.querySelector('[data-testid="stMarkdownContainer"]')?.textContent || "");
    });
    const skip = document.querySelector('[data-testid="stSkipToContent"]');
    if (skip) {
      skip.dataset.own = skip.dataset.own || skip.textContent;
      if (skip.textContent !== said(skip.dataset.own)) skip.firstChild.data = said(skip.dataset.own);
    }
  };
  if (!window.boardSpeaks) {
    window.boardSpeaks = true;
    document.addEventListener("focusin", (event) => speak(event.target.parentElement || document.body));
  }
  clearTimeout(window.boardSpeak);
  window.boardSpeak = setTimeout(() => speak(document.body), 250);
  // A chart is as wide as the window: on paper it is made smaller, not cut. 186 mm between the margins of A4.
  if (!window.boardPaper) {
    window.boardPaper = true;
    const fit = (width) => document.querySelectorAll(".js-plotly-plot").forEach((chart) => {
      chart.style.zoom = width && chart.offsetWidth > width ? width / chart.offsetWidth : "";
    });
    window.addEventListener("beforeprint", () => fit(700));
    window.addEventListener("afterprint", () => fit(0));
  }
  const root = parentElement.querySelector(".board");
  if (root.dataset.stamp !== data.stamp) {
    root.innerHTML = data.html;
    root.dataset.stamp = data.stamp;
    root.lang = data.lang;
    root.setAttribute("style", data.variables);
  }
  // A box is a stop for the keyboard, with a name, where its table is wider than it.
  const stops = () => root.querySelectorAll(".scroll").forEach((box) => {
    const wide = box.scrollWidth > box.clientWidth, heads = [...root.querySelectorAll("h2, h3")];
    const above = heads.filter((head) => head.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING).pop();
    const name = (box.querySelector("caption") || above)?.textContent;
    for (const [key, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", name]]) {
      if (wide && value) box.setAttribute(key, value); else box.removeAttribute(key);
    }
  });
  stops();
  if (!root.watched) {
    root.watched = new ResizeObserver(() => root.stops());
    root.watched.observe(root);
  }
  root.stops = stops;
  root.onclick = (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const text = copy.previousElementSibling.textContent;
      const done = () => { copy.textContent = copy.dataset.done; };
      // The clipboard is closed to a page that came without encryption, as inside an office: then by selection.
      const bySelection = () => {
        const box = document.createElement("textarea");
        box.value = text;
        document.body.append(box);
        box.select();
        if (document.execCommand("copy")) done();
        box.remove();
      };
      if (window.isSecureContext && navigator.clipboard) navigator.clipboard.writeText(text).then(done, bySelection);
      else bySelection();
      return;
    }
    const link = event.target.closest("[data-go]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    setTriggerValue("go", link.dataset.go);
  };
}
"""

CSS = """
.board { color: var(--ink); font-family: var(--face); font-size: 15px; line-height: 1.45;
         font-variant-numeric: tabular-nums; }
.board a { color: var(--now); text-decoration: underline 1px; text-underline-offset: 0.18em; }
.board :is(th, h3) a { text-decoration: none; }
.board a:hover, .board a:focus-visible { text-decoration: underline; }
.board a:focus-visible, .board summary:focus-visible { outline: 2px solid var(--now); outline-offset: 2px; }
.board section + section { margin-top: 16px; }
.board p { margin: 0 0 8px; max-width: 72ch; text-wrap: pretty; }
.board .lead p { font-size: 18px; line-height: 1.5; max-width: 70ch; margin: 0 0 4px; text-wrap: pretty; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; background:
  linear-gradient(to left, var(--raised) 35%, transparent) right / 46px 100% no-repeat local,
  linear-gradient(to left, var(--before), transparent) right / 9px 100% no-repeat scroll, var(--raised); }
.criterion { display: block; min-width: 270px; } .wide { display: block; min-width: 270px; }
.unit.narrow { white-space: normal; min-width: 110px; }
table { border-collapse: collapse; width: 100%; font-size: 15px; }
caption { text-align: left; padding: 10px 12px 0; color: var(--muted); font-size: 13px; }
th { text-align: left; font-weight: 600; font-size: 13.5px; color: var(--ink); vertical-align: bottom;
     padding: 10px 12px 8px; border-bottom: 1px solid var(--line); line-height: 1.3; }
td { padding: 9px 12px; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child td, tbody tr:last-child th { border-bottom: 0; }
tbody th { font-size: 15px; vertical-align: top; padding: 9px 12px; }
th.number, td.number { text-align: right; white-space: nowrap; }
th:first-child, td:first-child { position: sticky; left: 0; background: var(--raised); z-index: 1; }
tr.total td, tr.total th { background: var(--panel); font-weight: 600; }
tr.group th { background: var(--panel); font-size: 13.5px; }
tr.chosen td, tr.chosen th { background: var(--panel); }
tbody th > a { white-space: nowrap; }
.unit { display: block; font-weight: 400; color: var(--muted); font-size: 13px; }
.change { display: block; } .change.sure { white-space: nowrap; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(290px, 100%), 1fr)); gap: 14px 18px; }
.multiples figure { margin: 0; } .multiples svg { width: 100%; height: auto; display: block; overflow: visible; }
.multiples figcaption { font-weight: 600; font-size: 15px; }
.tick { font-size: 12.5px; fill: var(--muted); } .last { font-size: 14.5px; font-weight: 600; fill: var(--ink); }
.board code { font-family: var(--face); background: var(--panel); padding: 3px 9px; border-radius: 4px;
              display: inline-block; }
.small { font-size: 13px; color: var(--muted); }
.strong { font-weight: 600; }
.muted { color: var(--muted); }
.nowrap { white-space: nowrap; } .place { overflow-wrap: anywhere; }
@media (min-width: 641px) { .place { white-space: nowrap; } }
td.empty { background-image: repeating-linear-gradient(135deg, var(--hatch) 0 1px, transparent 1px 7px);
           color: var(--muted); font-size: 13px; }
td.empty span { background: var(--raised); padding: 1px 5px; border-radius: 3px; }
td.empty:not([colspan]) span { white-space: nowrap; }
td.empty.why:not([colspan]) span { white-space: normal; display: inline-block; min-width: 170px; font-size: 13.5px; }
.single { max-width: 460px; } .merger { margin-top: 10px; } .single .multiples { grid-template-columns: 1fr; }
.namesakes li { margin: 4px 0; }
.mark { display: inline-block; width: 1.05em; height: 1.05em; vertical-align: -0.16em; margin-right: 4px; flex: none; }
.met { color: var(--met); } .unmet { color: var(--unmet); } .unknown { color: var(--unknown); }
.rise { color: var(--now); } .fall { color: var(--unmet); } .unclear { color: var(--muted); }
.before { color: var(--muted); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(205px, 1fr)); gap: 14px; }
.card { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 14px 16px 13px; }
.card h3 { font-size: 14px; font-weight: 600; margin: 0 0 7px; line-height: 1.3; }
.card .figure { font-size: 25px; font-weight: 600; line-height: 1.2; letter-spacing: -0.01em; }
.card .figure .before { font-weight: 400; }
.card p { margin: 5px 0 0; font-size: 14px; }
.card .small { font-size: 13px; }
.pillar { display: inline-block; width: 9px; height: 9px; border-radius: 2px; margin-right: 6px; }
.chips { display: flex; flex-wrap: wrap; gap: 6px 8px; }
.chip { border: 1px solid var(--line); background: var(--raised); border-radius: 999px; padding: 2px 11px; font-size: 14px;
        white-space: nowrap; }
@media (max-width: 640px) { .chip { white-space: normal; border-radius: 14px; } }
.ribbon { background: var(--ribbon); color: var(--ribbon-ink); border-radius: 6px; padding: 7px 14px; font-size: 14px;
          line-height: 1.4; }
.ribbon b { font-weight: 600; }
.source { font-size: 13px; color: var(--muted); border-top: 1px solid var(--line); padding-top: 9px; line-height: 1.5; }
.board .source p { max-width: 100ch; margin: 0 0 3px; }
.legend { display: flex; flex-wrap: wrap; gap: 5px 18px; font-size: 13.5px; color: var(--muted); align-items: center; }
.swatch { display: inline-block; width: 15px; height: 12px; border-radius: 2px; margin-right: 6px; vertical-align: -1px;
          border: 1px solid var(--line); }
.hatched { background-image: repeating-linear-gradient(135deg, var(--muted) 0 1px, transparent 1px 5px); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 10px 24px; margin: 0; }
.facts dt { font-size: 13px; color: var(--muted); } .facts dd { margin: 0 0 4px; font-size: 15.5px; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(290px, 100%), 1fr)); gap: 16px 28px; }
.two h3 { font-size: 15px; margin: 0 0 6px; font-weight: 600; }
.two ul { margin: 0; padding-left: 18px; } .two li { margin-bottom: 5px; }
.bar { display: flex; height: 14px; border-radius: 3px; overflow: hidden; border: 1px solid var(--line); min-width: 120px; }
.bar span { display: block; height: 100%; }
svg text { font-family: var(--face); }
h2, .h2 { font-size: 19px; font-weight: 600; margin: 4px 0 2px; line-height: 1.35; }
.board p.subtitle { color: var(--muted); font-size: 14.5px; margin: 0 0 4px; max-width: 100ch; }
details summary { cursor: pointer; font-weight: 600; font-size: 15px; }
dl.terms { display: grid; grid-template-columns: minmax(150px, 1fr) 2fr; gap: 6px 18px; margin: 0; }
dl.terms dt { font-weight: 600; } dl.terms dd { margin: 0; }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.dense td, .dense tbody th { padding: 4px 10px; font-size: 14px; } .dense th { padding: 7px 10px 5px; }
.dense td, .dense th .unit { white-space: nowrap; } .dense td > span { position: relative; }
.dense td.empty span { background: none; padding: 0; }
.heads th, .heads td { padding-left: 8px; padding-right: 8px; } .heads .bar { min-width: 90px; }
.heads thead th { white-space: nowrap; } .heads thead th.number { white-space: normal; min-width: 54px; }
.heads td.text { min-width: 145px; }
td.chosen, th.chosen { background: var(--panel); }
.dense.even table { table-layout: fixed; min-width: 1100px; } .dense.even thead th:first-child { width: 215px; }
.dense.even td { white-space: normal; }
.repeated { font-weight: 400; color: var(--muted); } .capital .mark + span { display: inline-block; }
.capital .mark + span::first-letter { text-transform: uppercase; }
.letter { white-space: pre-wrap; background: var(--raised); border: 1px solid var(--line); border-radius: 6px;
          padding: 14px 18px; max-width: 78ch; max-height: 26em; overflow-y: auto; font-size: 15px; }
.copy { margin-top: 10px; font: inherit; font-weight: 600; color: var(--now); background: var(--raised); cursor: pointer;
        border: 1px solid var(--now); border-radius: 6px; padding: 7px 16px; }
.copy:focus-visible, .letter:focus-visible { outline: 2px solid var(--now); outline-offset: 2px; }
.tracks { display: grid; grid-template-columns: max-content minmax(160px, 1fr) minmax(0, max-content); gap: 7px 20px;
          align-items: center; } .tracks .line { min-height: 28px; } .tracks .line svg { display: block; overflow: visible; }
.tracks .hatched.line { min-height: 12px; opacity: 0.35; } .tracks { max-width: 1250px; }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(310px, 100%), 1fr)); gap: 14px; }
.answer { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 13px 16px 10px; }
.answer h3 { font-size: 13.5px; font-weight: 400; color: var(--muted); margin: 0 0 4px; }
.board .answer .word { font-size: 18px; font-weight: 600; margin: 0 0 6px; line-height: 1.3; }
.board .answer .said { font-size: 15.5px; margin: 0 0 7px; } .board .answer .small { margin: 0 0 3px; }
.goals td.text { min-width: 165px; }
.upright { display: inline-block; width: 2px; height: 14px; background: var(--ink); margin: 0 8px 0 4px; vertical-align: -2px; }
@media (max-width: 640px) {
  .tracks { grid-template-columns: 1fr; gap: 0; } .tracks .name { margin-top: 12px; font-weight: 600; }
  .board .lead p { font-size: 16.5px; } td, th, tbody th { padding: 8px 9px; } .cards { grid-template-columns: 1fr; }
  dl.terms { grid-template-columns: 1fr; } .card .figure { font-size: 23px; }
  th:first-child, td:first-child { min-width: 98px; max-width: 132px; }
  tbody th > a { white-space: normal; } td { min-width: 92px; }
  td.text { min-width: 215px; } .criterion { min-width: 170px; } .multiples { grid-template-columns: 1fr; }
}
@media (max-width: 400px) { .chip { white-space: normal; border-radius: 14px; } }
.printed { display: none; }
.share { display: flex; gap: 8px; } .share .copy { margin-top: 8px; padding: 4px 13px; font-size: 14px; }
.cited { display: flex; flex-wrap: wrap; gap: 8px 22px; } .cited > div:last-child { flex: 1; min-width: 230px; }
.qr svg { width: 148px; height: 148px; display: block; border: 1px solid var(--line); border-radius: 4px; }
.shown { font-size: 27px; font-weight: 600; letter-spacing: 0.04em; }
h3 { font-size: 15px; font-weight: 600; margin: 6px 0 4px; }
.copied { display: flex; gap: 8px; align-items: flex-start; margin-bottom: 4px; }
.copied .copy { margin: 0; padding: 4px 12px; flex: none; }
.copied code { flex: 1; min-width: 0; overflow-wrap: anywhere; font-size: 13.5px; user-select: all; max-height: 7.5em;
               overflow-y: auto; }
/* On paper: light colours, nothing to press, no table wider than the sheet, no row cut in two. */
@media print {
  .board { PAPER font-size: 9.5pt; }
  .board a { color: inherit; } .copy, .share { display: none !important; } .printed { display: block; }
  .board p, .board .source p { max-width: none; } .board .lead p { font-size: 11pt; }
  .scroll { overflow: visible; background: none; } .letter { max-height: none; overflow: visible; }
  table { font-size: 8.5pt; } th, tbody th, td.empty, .unit, .small { font-size: 8pt; } tbody th { font-size: 8.5pt; }
  td, th, tbody th { padding: 3px 5px !important; min-width: 0 !important; max-width: none !important;
    position: static !important; white-space: normal !important; }
  .unit, .change, .small, .place, .nowrap, .change.sure, tbody th > a { min-width: 0 !important; white-space: normal; }
  td.empty span, td.empty:not([colspan]) span { white-space: normal; background: none; padding: 0; }
  tbody th:first-child, tbody td:first-child { min-width: 24mm !important; }
  .criterion { min-width: 35mm !important; }
  table:has(.criterion) :is(td, th) { font-size: 7.5pt; padding: 2px 3px !important; }
  td.text { min-width: 30mm !important; } .heads .bar, .bar { min-width: 18mm; }
  .dense td, .dense tbody th { font-size: 7.5pt; padding: 2px 3px !important; } .dense th { font-size: 7.5pt; }
  .dense.even table { min-width: 0; } .dense.even thead th:first-child { width: 22%; }
  thead { display: table-header-group; } tr, .card, .chip, figure, .facts > div { break-inside: avoid; }
  h2, .subtitle { break-after: avoid; } .card .figure { font-size: 15pt; } .cards { gap: 7px; }
  .multiples { grid-template-columns: repeat(3, 1fr); gap: 8px 12px; } .source { break-inside: avoid; }
  SWATCHES
  details > summary { list-style: none; } details::details-content { content-visibility: visible; }
}
""".replace("SWATCHES", light_swatches()).replace(
    "PAPER", css_variables(theme("light")).replace(";", " !important;")
)


@functools.cache
def _component():
    """The component, registered once per process."""
    return st.components.v2.component(
        "board_panel", html='<div class="board"></div>', css=CSS, js=JS, isolate_styles=True
    )


def show(html: str, palette: Theme, language: str, key: str) -> str | None:
    """Draw ``html``; returns what a link's ``data-go`` carried when the reader clicked it in this run."""
    variables = css_variables(palette) + f"--face:{palette.font};"
    stamp = f"{palette.mode}-{language}-{hash(html)}"
    result = _component()(
        data={"html": html, "variables": variables, "lang": language, "stamp": stamp},
        key=key,
        on_go_change=_ignore,
    )
    return result.go


def _ignore() -> None:
    """The click is read from the result of the run it causes."""
