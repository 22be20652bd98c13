"""What the framework draws too faint or without a visible focus, and names in English: style and words. What it is
measured by stands in ``docs/accessibility.md``. Colours come from the palette, whose contrasts a test measures."""

from __future__ import annotations

import json

from views.text import OWN, Language, languages
from views.theme import theme


def style(mode: str, language: Language) -> str:
    """The style sheet of one page, as HTML; ``mode``: the colours it is drawn in. And the words that its script needs."""
    palette = theme(mode)
    return f"""<style>
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {{
  color: {palette["muted"]}; opacity: 1 }}
[data-testid^="stBaseButton-primary"], [data-testid^="stBaseButton-primary"] p {{ color: {palette["paper"]} }}
.stApp ::placeholder {{ color: {palette["muted"]}; -webkit-text-fill-color: {palette["muted"]}; opacity: 1 }}
.stApp :is(a, button, summary, [tabindex="0"]):focus-visible {{
  outline: 2px solid {palette["now"]}; outline-offset: 2px }}
[data-testid="stMain"] {{ scroll-padding: 4.5rem 0 2rem }}
[data-testid="stMain"]:focus-visible {{ outline-offset: -3px }}
:root {{ --board-words: {_words(language)} }}
</style>"""


def _words(language: Language) -> str:
    """The framework's names of its buttons and ours, for the page's script (``views.panel``) to put in their place; they
    ride in the style sheet, because anything else would take room on the page."""
    own = {key: text for key, text in languages(OWN)["en"].texts.items() if key.startswith("framework.")}
    words = {text: language.text(key) for key, text in own.items()}
    return json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
