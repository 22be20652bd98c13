"""Whether this program may open the runtime folder, asked before the server starts."""

from __future__ import annotations

from store import layout
from store.errors import LayoutError, SettingsError
from store.settings import read_settings


def refusal() -> str:
    """Why not, in one sentence; empty when it may. Wrong settings are told to whoever opens a page."""
    try:
        settings = read_settings()
    except SettingsError:
        return ""
    try:
        layout.require(settings)
    except LayoutError as error:
        from etl.findings import words  # with all that words are needed for: not on the usual way

        say = words(settings.language)
        return say[error.code].format_map(error.details)
    return ""
