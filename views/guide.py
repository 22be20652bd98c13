"""Ways from a page to what the user's guide says of it; the guide's pages are served beside the product's, see
``server.guide``."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from views.frame import Context

HOME = "huong-dan/"
# page -> key of what the link says, and where in the guide it leads.
PARTS = {
    "upload": (("guide.upload", "can-bo"), ("guide.card", "the-nhanh.pdf")),
    "publish": (("guide.publish", "ban-chi-dao#duyệt-và-công-bố"),),
    "hall": (("guide.hall", "trinh-chieu"),),
}


def links(ctx: Context) -> str:
    """The page's own parts of the guide, each in a new tab so that nothing chosen here is lost; HTML."""
    made = [
        f'<a href="{html.escape(HOME + where)}" target="_blank" rel="noopener">{html.escape(ctx.text(key))}</a>'
        for key, where in PARTS[ctx.page]
    ]
    return f"<p>{' · '.join(made)}</p>"
