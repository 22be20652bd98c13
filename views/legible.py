"""Style for what the framework draws too faint, too small or without a visible focus; what it is measured by stands in
``docs/accessibility.md``. Colours come from the palette, whose contrasts a test measures."""

from __future__ import annotations

from views.theme import theme


def style(mode: str) -> str:
    """The style sheet of one page, as HTML; ``mode``: the colours it is drawn in."""
    palette = theme(mode)
    return f"""<style>
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {{
  color: {palette["muted"]}; opacity: 1 }}
[data-testid^="stBaseButton-primary"], [data-testid^="stBaseButton-primary"] p {{ color: {palette["paper"]} }}
.stApp ::placeholder {{ color: {palette["muted"]}; -webkit-text-fill-color: {palette["muted"]}; opacity: 1 }}
.stApp :is(a, button, summary, [tabindex="0"]):focus-visible {{
  outline: 2px solid {palette["now"]}; outline-offset: 2px }}
[data-testid="stMain"] {{ scroll-padding: 4.5rem 0 2rem }}
#board-skip {{ position: fixed; left: 12px; top: -80px; z-index: 1000000; padding: 9px 16px; border-radius: 6px;
  background: {palette["raised"]}; color: {palette["now"]}; border: 2px solid {palette["now"]};
  font: 600 15px {palette.font} }}
#board-skip:focus {{ top: 10px }}
@media print {{ #board-skip {{ display: none }} }}
</style>"""
