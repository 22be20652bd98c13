"""The user's guide as pages of the product: ``docs/huong-dan`` by address, so that it is there without a network.

The pages are the same Markdown that stands in the repository; only what they use is understood. They hold no figure
but illustrative ones, so that nobody has to sign in to learn how one signs in.
"""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from server.base import BASE

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "huong-dan"
ADDRESS = "huong-dan"
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; font-src 'self'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
STYLE = (Path(__file__).with_suffix(".css")).read_text(encoding="utf-8")
_ITEM = re.compile(r"(?P<indent> *)(?P<sign>\d+\.|-) (?P<text>.*)")
_INLINE = (
    (re.compile(r"!\[([^]]*)\]\(([^)\s]+)\)"), r'<img src="\2" alt="\1" loading="lazy">'),
    (re.compile(r"\[([^]]+)\]\(([^)\s]+)\)"), r'<a href="\2">\1</a>'),
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\*(\S(?:.*?\S)?)\*"), r"<em>\1</em>"),
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
)


def anchor(title: str) -> str:
    """A heading's name in an address, as the sites that show Markdown make it.

    >>> anchor("Sửa tệp có lỗi, rồi gửi")
    'sửa-tệp-có-lỗi-rồi-gửi'
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


def _inline(text: str) -> str:
    """Words of a line; what is not markup is text. Links between the guides lose the name of the file's kind."""
    made = html.escape(text, quote=False)
    for sign, shape in _INLINE:
        made = sign.sub(shape, made)
    return re.sub(
        r'href="(?:README|([\w-]+))\.md(#[^"]*)?"', lambda m: f'href="{m[1] or "./"}{m[2] or ""}"', made
    )


def _rows(lines: list[str]) -> str:
    """A table; its second line only parts the heading from the rest."""
    cells = [[_inline(cell.strip()) for cell in line.strip().strip("|").split("|")] for line in lines]
    head = "".join(f'<th scope="col">{cell}</th>' for cell in cells[0])
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells[2:])
    return f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _items(lines: list[str]) -> str:
    """A list, with lists inside; a line without a sign goes on with the item before it."""
    found: list[tuple[int, str, str]] = []
    for line in lines:
        if made := _ITEM.fullmatch(line):
            found.append((len(made["indent"]), made["sign"], made["text"]))
        else:
            indent, sign, text = found[-1]
            found[-1] = (indent, sign, f"{text} {line.strip()}")
    out, at = [], 0

    def level(indent: int) -> None:
        nonlocal at
        kind = "ul" if found[at][1] == "-" else "ol"
        out.append(f"<{kind}>")
        while at < len(found) and found[at][0] >= indent:
            out.append(f"<li>{_inline(found[at][2])}")
            at += 1
            if at < len(found) and found[at][0] > indent:
                level(found[at][0])
            out.append("</li>")
        out.append(f"</{kind}>")

    level(found[0][0])
    return "".join(out)


def body(text: str) -> str:
    """Markdown as the guides use it -> HTML: headings, paragraphs, lists, tables, pictures, links, bold, italics, code."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.split("\n")
        if made := re.fullmatch(r"(#{1,3}) (.*)", block):
            size = len(made[1])
            parts.append(f'<h{size} id="{html.escape(anchor(made[2]))}">{_inline(made[2])}</h{size}>')
        elif block.startswith("|"):
            parts.append(_rows(lines))
        elif _ITEM.fullmatch(lines[0]):
            parts.append(_items(lines))
        else:
            parts.append(f"<p>{_inline(' '.join(line.strip() for line in lines))}</p>")
    return "\n".join(parts)


@cache
def _shelf() -> dict[str, Path]:
    """address below the guide -> its file; nothing else can be asked for."""
    pages = {"" if path.stem == "README" else path.stem: path for path in FOLDER.glob("*.md")}
    return pages | {
        path.relative_to(FOLDER).as_posix(): path
        for path in [*FOLDER.glob("*.pdf"), *FOLDER.glob("hinh/*.png")]
    }


@cache
def page(name: str) -> str:
    """One guide as a whole page, with the way to the others above it."""
    text = _shelf()[name].read_text(encoding="utf-8")
    title = text.split("\n", 1)[0].removeprefix("# ")
    ways = {"./": "Hướng dẫn", **{key: _title(key) for key in ("ban-chi-dao", "can-bo", "trinh-chieu")}}
    links = "".join(f'<a href="{way}">{html.escape(label)}</a>' for way, label in ways.items())
    links += '<a href="the-nhanh.pdf">Thẻ nhanh (PDF)</a><a href="../">Bảng số liệu</a>'
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body><main><nav>{links}</nav>\n{body(text)}</main></body></html>"
    )


def _title(name: str) -> str:
    return _shelf()[name].read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ")


def answer(request: Request) -> Response:
    """A guide, a picture of one, or the quick card; 404 for every other name."""
    name = request.path_params.get("name", "")
    path = _shelf().get(name)
    if path is None:
        return PlainTextResponse("Not Found", 404)
    if path.suffix == ".md":
        return HTMLResponse(page(name), headers=HEADERS)
    return FileResponse(path, headers=HEADERS)


def _home(request: Request) -> Response:
    """The address without its last stroke, from which the pictures would not be found."""
    return RedirectResponse(f"{request.url.path}/")


_HERE = f"{BASE}/{ADDRESS}"
ROUTES: list[BaseRoute] = [
    Route(_HERE, _home, methods=["GET", "HEAD"]),
    Route(f"{_HERE}/", answer, methods=["GET", "HEAD"]),
    Route(f"{_HERE}/{{name:path}}", answer, methods=["GET", "HEAD"]),
]
