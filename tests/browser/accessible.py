"""What axe-core finds on a page as it stands: its rules for WCAG 2.2 A and AA and for good practice.

Whatever the framework causes and we cannot change is listed in ``ALLOWED`` with the element that causes it;
``docs/accessibility.md`` shows the same list. Anything else is a fault, and so is a listed one that no longer occurs.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Allowed:
    """A finding of axe-core that stays: its rule, a pattern of the element's HTML, and where it must occur."""

    rule: str
    html: str
    where: tuple[str, ...]
    element: str  # of the framework
    why: str


ALLOWED: tuple[Allowed, ...] = (
    Allowed(
        "presentation-role-conflict",
        r'^<section role="presentation" tabindex="-1" data-testid="stFileUploaderDropzone"',
        ("upload:desk", "boundaries:desk"),
        "st.file_uploader: stFileUploaderDropzone",
        "The box takes dropped files and says role=presentation and tabindex=-1 at once. The keyboard reaches the button "
        "inside it, which has a name.",
    ),
)
# The fading edge of a wide table and the sticky first column would keep axe-core from measuring the text upon them.
FLAT = ".scroll { background: var(--raised) !important }"
RUN = """async ([style, colours]) => {
  const added = [];
  document.querySelectorAll("*").forEach((node) => {
    if (!node.shadowRoot) return;
    const flat = document.createElement("style");
    flat.textContent = style;
    node.shadowRoot.append(flat);
    added.push(flat);
  });
  const found = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    rules: { "target-size": { enabled: true }, "color-contrast": { enabled: colours } },
    preload: false,
    resultTypes: ["violations", "incomplete"],
  });
  added.forEach((flat) => flat.remove());
  const told = (kind) => found[kind].flatMap((rule) => rule.nodes.map((node) => ({
    rule: rule.id,
    target: node.target.flat().join(" >> "),
    html: node.html.slice(0, 300),
    why: [...node.any, ...node.all, ...node.none].map((check) => check.message).join(" "),
  })));
  // Where axe-core itself stumbled it has measured nothing.
  return [...told("violations"), ...told("incomplete").filter((node) => node.why.includes("encountered an error"))];
}"""


@functools.cache
def _script() -> str:
    package = pytest.importorskip("axe_playwright_python")
    return Path(package.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


def look(tab, colours: bool = True) -> list[dict[str, str]]:
    """Everything axe-core finds on the page as it is drawn now; what lies outside the window it cannot measure."""
    if not tab.evaluate("() => 'axe' in window"):
        tab.evaluate(_script())
    return tab.evaluate(RUN, [FLAT, colours])


def faults(tab, where: str = "", colours: bool = True) -> list[str]:
    """What axe-core finds and nobody allowed, and what is allowed here and does not occur. ``colours``: whether
    contrasts are measured, which takes most of the time and is the same in every language."""
    allowed = [item for item in ALLOWED if where in item.where]
    found, met = [], set()
    for node in look(tab, colours):
        own = next(
            (item for item in allowed if item.rule == node["rule"] and re.search(item.html, node["html"])),
            None,
        )
        if own is None:
            found.append("{rule}: {target}\n  {html}\n  {why}".format(**node))
        else:
            met.add(own)
    return found + [f"{item.rule} no longer occurs: {item.html}" for item in allowed if item not in met]
