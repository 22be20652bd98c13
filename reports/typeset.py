"""The one way into the typesetter: documents with tags and a text layer, and drawings as pictures, without a browser.

Only the product's own faces are used, so that a page looks the same on every machine; nothing is fetched. The same source
gives the same bytes: a document carries no hour of its own making.
"""

import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).resolve().parent / "fonts"
UNDATED = 0
BOX = "□"


@cache
def _faces() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def pdf(source: str, files: Mapping[str, bytes] | None = None) -> bytes:
    """A typst text with the files it names -> PDF/UA: tagged, with a text layer, for those who see and those who listen."""
    import typst

    try:
        return _compiled(source, files or {}, format="pdf", pdf_standards=["ua-1"], timestamp=UNDATED)
    except typst.TypstError as error:
        if "PDF/UA" not in str(error):
            raise
        # A stored text that cannot be read out costs the standard's seal, not the document: it is tagged all the same.
        return _compiled(source, files or {}, format="pdf", timestamp=UNDATED)


def png(svg: str, width: int, height: int, ppi: int = 300) -> bytes:
    """An SVG drawing of ``width`` x ``height`` pixels (96 to the inch) -> PNG of ``ppi`` dots an inch."""
    source = (
        f"#set page(width: {width / 96}in, height: {height / 96}in, margin: 0pt, fill: white)\n"
        '#image("drawing.svg", width: 100%, height: 100%)\n'
    )
    return _compiled(source, {"drawing.svg": svg.encode()}, format="png", ppi=ppi)


def escaped(text: str) -> str:
    """Text as data: a typst string literal, never markup."""
    return '"' + showable(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def showable(text: str) -> str:
    """Text as our faces can set it: composed; a sign that none of them has becomes an empty box, for one such sign
    would cost the whole document. Signs without a place on paper (controls) go."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        char if char in "\n\t" or _has(char) else BOX
        for char in composed
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn", "Cf", "Zl", "Zp")
    )


@cache
def _has(char: str) -> bool:
    """Whether a face draws something else for it than for a sign that no face has."""
    return any(bytes(face.getmask(char)) != nothing for face, nothing in _drawers())


@cache
def _drawers() -> list[tuple[Any, bytes]]:
    from PIL import ImageFont

    faces = [ImageFont.truetype(str(path), 20) for path in sorted(FONTS.glob("*Regular.ttf"))]
    return [(face, bytes(face.getmask("\uffff"))) for face in faces]


def pages(source: str, files: Mapping[str, bytes] | None = None) -> int:
    """How many pages a typst text with the files it names takes."""
    last = "\n#context [#metadata(counter(page).final().first()) <pages>]\n"
    with _compiler(source + last, files or {}) as compiler:
        return int(compiler.query("<pages>", field="value", one=True))


def _compiled(source: str, files: Mapping[str, bytes], **options: Any) -> bytes:
    with _compiler(source, files) as compiler:
        return compiler.compile(**options)


@contextmanager
def _compiler(source: str, files: Mapping[str, bytes]) -> Iterator[Any]:
    import typst

    with tempfile.TemporaryDirectory(prefix="board-") as folder:
        root = Path(folder)
        (root / "main.typ").write_text(source, encoding="utf-8")
        for name, content in files.items():
            (root / name).write_bytes(content)
        yield typst.Compiler(str(root / "main.typ"), root=str(root), font_paths=_faces())
