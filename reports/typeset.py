"""The one way into the typesetter: documents with tags and a text layer, and drawings as pictures, without a browser.

Only the product's own faces are used, so that a page looks the same on every machine; nothing is fetched. The same source
gives the same bytes: a document carries no hour of its own making.
"""

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).resolve().parent / "fonts"
UNDATED = 0


@cache
def _faces() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def pdf(source: str, files: Mapping[str, bytes] | None = None) -> bytes:
    """A typst text with the files it names -> PDF/UA: tagged, with a text layer, for those who see and those who listen."""
    return _compiled(source, files or {}, format="pdf", pdf_standards=["ua-1"], timestamp=UNDATED)


def png(svg: str, width: int, height: int, ppi: int = 300) -> bytes:
    """An SVG drawing of ``width`` x ``height`` pixels (96 to the inch) -> PNG of ``ppi`` dots an inch."""
    source = (
        f"#set page(width: {width / 96}in, height: {height / 96}in, margin: 0pt, fill: white)\n"
        '#image("drawing.svg", width: 100%, height: 100%)\n'
    )
    return _compiled(source, {"drawing.svg": svg.encode()}, format="png", ppi=ppi)


def escaped(text: str) -> str:
    """Text as data: a typst string literal, never markup."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _compiled(source: str, files: Mapping[str, bytes], **options: Any) -> bytes:
    import typst

    with tempfile.TemporaryDirectory(prefix="board-") as folder:
        root = Path(folder)
        (root / "main.typ").write_text(source, encoding="utf-8")
        for name, content in files.items():
            (root / name).write_bytes(content)
        compiler = typst.Compiler(str(root / "main.typ"), root=str(root), font_paths=_faces())
        return compiler.compile(**options)
