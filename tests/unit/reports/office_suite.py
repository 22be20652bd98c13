"""LibreOffice without a screen: a file -> PDF -> its words and pages. Skips where the programs are not installed, and
fails instead where ``BOARD_REQUIRE_OFFICE=1`` says that they must be."""

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

PROGRAMS = ("soffice", "pdftotext", "pdftoppm")


def require() -> None:
    """Leave the test unless every program is here."""
    lacking = [name for name in PROGRAMS if not shutil.which(name)]
    if lacking:
        _leave(f"not installed: {', '.join(lacking)}")


def _leave(reason: str) -> None:
    if os.environ.get("BOARD_REQUIRE_OFFICE") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@cache
def profile() -> str:
    """One profile for all conversions of a run, and not the user's own: making one takes most of the first."""
    return f"-env:UserInstallation=file://{tempfile.mkdtemp(prefix='board-office-')}"


def pdf(data: bytes, name: str, folder: Path) -> Path:
    """Convert a document; its page count and words are read from the result."""
    require()
    source = folder / name
    source.write_bytes(data)
    done = subprocess.run(
        [
            "soffice",
            profile(),
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(source),
        ],
        capture_output=True,
        text=True,
        timeout=180,
    )
    made = source.with_suffix(".pdf")
    if not made.exists() and "source file could not be loaded" in done.stderr and name.endswith(".pptx"):
        probe = shutil.which("soffice")
        program = Path(probe or "").resolve().parent
        if not (program / "libsdlo.so").exists():
            _leave("LibreOffice is here without Impress, its part for slides")
    assert made.exists(), done.stdout + done.stderr
    return made


def pages(path: Path) -> list[str]:
    """The words of each page."""
    done = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return done.stdout.split("\f")[:-1]


def pictures(path: Path, dots: int = 40):
    """Each page as a picture."""
    from PIL import Image

    stem = path.with_suffix("")
    subprocess.run(["pdftoppm", "-r", str(dots), "-png", str(path), str(stem)], check=True)
    return [Image.open(file).convert("L") for file in sorted(path.parent.glob(f"{stem.name}-*.png"))]


def words(path: Path) -> list[tuple[int, float, float, float, float, str, float, float]]:
    """(page, left, top, right, bottom, word, page width, page height) of every word, in points."""
    import re

    done = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True)
    found, page, size = [], 0, (0.0, 0.0)
    for line in done.stdout.splitlines():
        head = re.search(r'<page width="([\d.]+)" height="([\d.]+)"', line)
        if head:
            page, size = page + 1, (float(head[1]), float(head[2]))
        one = re.search(
            r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*)</word>', line
        )
        if one:
            found.append((page, *(float(one[n]) for n in range(1, 5)), one[5], *size))
    return found
