"""What the framework draws too faint or without a visible focus, and names in English: style and words. What it is
measured by stands in ``docs/accessibility.md``. Colours come from the palette, whose contrasts a test measures."""

from __future__ import annotations

import json

from views.text import OWN, Language, languages
from views.theme import theme

# What the framework names itself, as keys of texts; the English text is its own wording.
NAMES = (
    "skip", "sidebar", "expand", "collapse", "open", "close", "clear", "clear_all", "selected", "show", "hide", "help",
    "upload", "remove", "told",
)  # fmt: skip

# A row of three boxes or more stands on one line from this width of the window; below it two stand side by side, and of
# three the first has a line of its own: a quarter's days are not cut off.
ONE_LINE = 1800
CHOICES = '[data-testid="stMain"] [data-testid="stHorizontalBlock"]:has(> :nth-child(3) [data-testid="stSelectbox"])'


def style(mode: str, language: Language) -> str:
    """The style sheet of one page, as HTML; ``mode``: the colours it is drawn in. And the words that its script needs."""
    palette = theme(mode)
    return f"""<style>
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {{
  color: {palette["muted"]}; opacity: 1 }}
[data-testid^="stBaseButton-primary"], [data-testid^="stBaseButton-primary"] p {{ color: {palette["paper"]} }}
.stApp ::placeholder {{ color: {palette["muted"]}; -webkit-text-fill-color: {palette["muted"]}; opacity: 1 }}
.stApp :is(a, button, summary, [tabindex="0"]):not(input):focus-visible {{
  outline: 2px solid {palette["now"]}; outline-offset: 2px }}
[data-testid="stMain"] {{ scroll-padding: 4.5rem 0 2rem }}
@media (min-width: 641px) and (max-width: {ONE_LINE - 1}px) {{
  {CHOICES} {{ display: grid; grid-template-columns: 1fr 1fr }}
  {CHOICES} > * {{ width: auto; min-width: 0 }}
  {CHOICES}:not(:has(> :nth-child(4))) > :first-child {{ grid-column: 1 / -1 }}
}}
[data-testid="stMain"]:focus-visible {{ outline-offset: -3px }}
:root {{ --board-words: {_words(language)} }}
</style>"""


def _words(language: Language) -> str:
    """The framework's names of its buttons and ours, for the page's script (``views.panel``) to put in their place; they
    ride in the style sheet, because anything else would take room on the page."""
    own = languages(OWN)["en"]
    words = {own.text(f"framework.{name}"): language.text(f"framework.{name}") for name in NAMES}
    return json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
