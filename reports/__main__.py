"""Command line: ``python -m reports KIND --out FILE``: what leaves the screen, without one.

The pages' own context is built without a page; of their framework only its memory is used, which is told to be silent.

Exit code 0: the file is written, whole; 1: it is not, and why is said in one sentence; 2: wrong use.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reports import book, document, printed, show, slides
from reports.story import Report, Story
from store import citations
from store.access import VIEWER, User
from store.errors import BoardError
from store.settings import SPACES, Settings, read_settings
from store.snapshot import current_id, patiently
from views.text import Language, languages

if TYPE_CHECKING:
    from views.frame import Context

LANGUAGES = ("vi", "en")
Maker = Callable[[argparse.Namespace, Settings, dict[str, Language]], bytes]


def package(arguments: argparse.Namespace, settings: Settings, known: dict[str, Language]) -> bytes:
    """The data package of the published snapshot of a space; the chosen language leads."""
    from views.story.figures import packed

    snapshot_id = current_id(settings, arguments.space)
    return packed(settings, known, arguments.space, snapshot_id, arguments.language, arguments.area)


def _context(arguments: argparse.Namespace, settings: Settings, known: dict[str, Language]) -> "Context":
    """What a page would know that shows the published snapshot of the space."""
    from views import citing, load
    from views.frame import Context
    from views.theme import theme

    snapshot_id = current_id(settings, arguments.space)
    ctx = Context(
        settings=settings,
        language=known[arguments.language],
        palette=theme("light"),
        space=arguments.space,
        snapshot_id=snapshot_id,
        catalogue=load.catalogue(arguments.space, snapshot_id),
        meta=load.meta(arguments.space, snapshot_id),
        pages={},
        user=User("python -m reports", VIEWER),
    )
    if not arguments.citation:
        return ctx
    found = citations.find(settings, arguments.citation)
    if found is None or not citing.is_there(settings, found):
        raise BoardError("citations.not_here", cited=arguments.citation)
    return citing.reopened(ctx, found)


def _periods(ctx: "Context") -> tuple[str, str]:
    """Those that were cited, else the ones that every page begins with."""
    from views import choices

    known = choices.period_ids(ctx)
    if not known:
        raise BoardError("reports.no_figures")
    chosen = dict(ctx.citation.choices) if ctx.citation else {}
    before, after = choices.default_periods(ctx)
    before, after = chosen.get("before", before), chosen.get("after", after)
    if not {before, after} <= set(known):
        raise BoardError("reports.no_figures")
    return before, after


def _told(write: Callable[[Story], bytes]) -> Maker:
    """A writer of stories as a maker of files."""

    def make(arguments: argparse.Namespace, settings: Settings, known: dict[str, Language]) -> bytes:
        from views import citing
        from views.story import show as told

        ctx = _context(arguments, settings, known)
        return write(told(ctx, *_periods(ctx), citing.for_story(ctx)))

    return make


def _reported(write: Callable[[Report], bytes]) -> Maker:
    """A writer of reports as a maker of files."""

    def make(arguments: argparse.Namespace, settings: Settings, known: dict[str, Language]) -> bytes:
        from views import citing
        from views.story import report

        ctx = _context(arguments, settings, known)
        area = next((one for one in ctx.areas if arguments.area in (one.id, one.code)), None)
        if arguments.area and area is None:
            raise BoardError("reports.area", unit=arguments.area)
        return write(report(ctx, *_periods(ctx), citing.for_story(ctx), area=area))

    return make


# Each kind of file and what makes its bytes.
MAKERS: dict[str, Maker] = {
    "slides": _told(slides.slides),
    "show": _told(show.show),
    "workbook": _reported(book.book),
    "document": _reported(document.document),
    "print": _reported(printed.printed),
    "package": package,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Make one file; returns the exit code (argparse itself leaves with 2 for wrong use)."""
    # The framework of the pages warns of every memory that lives outside a page; here that is meant.
    logging.disable(logging.WARNING)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console may not be UTF-8
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    grammar = argparse.ArgumentParser(prog="python -m reports", description="Xuất tệp / make a file")
    grammar.add_argument("kind", choices=sorted(MAKERS), metavar="|".join(sorted(MAKERS)))
    grammar.add_argument("--out", required=True, type=Path, metavar="FILE")
    grammar.add_argument("--space", choices=SPACES, default="official", help="data space (official)")
    grammar.add_argument("--area", default="", metavar="CODE", help="one unit only, by its code")
    grammar.add_argument("--citation", default="", metavar="CODE", help="the figures that were cited")
    grammar.add_argument("--language", choices=LANGUAGES, default="vi")
    arguments = grammar.parse_args(argv)
    try:
        settings = read_settings()
    except BoardError as error:  # nothing is known yet, not even where the sentences stand
        print(error, file=sys.stderr)
        return 1
    known = languages(settings.reference_dir / "texts")
    own = known[arguments.language]
    try:
        data = MAKERS[arguments.kind](arguments, settings, known)
        _write(arguments.out, data)
    except BoardError as error:
        key = f"error.{error.code}"
        print(own.text(key, **error.details) if own.has(key) else str(error), file=sys.stderr)
        return 1
    except OSError:
        print(own.text("package.not_written", file=arguments.out), file=sys.stderr)
        return 1
    print(own.text("package.written", file=arguments.out))
    return 0


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing: under another name first, then renamed."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_bytes(data)
        patiently(lambda: aside.replace(path))
    finally:
        aside.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
