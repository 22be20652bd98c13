"""Hostile stored texts on every page and in every file: ``python tests/benchmark/fuzz_text.py --count 10000``.

An installation is built whose every stored text is hostile (``hostile_world``); every page is opened in both languages
and spaces, by a reader and at the desk, every table is taken away and every document made, and what comes out is parsed.
A case is one stored text in one of these. Passes when there is no element, attribute, address, formula or directive
beyond the product's own, and every text stands there as text. The next seed is the next installation.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmark import fuzzing, hostile_world, markup  # noqa: E402

MARKDOWN = {
    "title", "header", "subheader", "markdown", "caption", "error", "warning", "info", "success", "toast", "button",
    "download_button", "checkbox", "toggle", "radio", "button_group", "expander", "expandable", "tab", "metric",
    "text_input", "text_area", "selectbox", "multiselect", "slider", "file_uploader", "form_submit_button", "page_link",
}  # fmt: skip
FILES = {
    "slides": ".pptx",
    "show": ".html",
    "workbook": ".xlsx",
    "document": ".docx",
    "print": ".pdf",
    "package": ".zip",
}
WORK = ("upload", "publish", "boundaries", "accounts")
ALLOWED = 60.0  # seconds: a document of an installation is made in one piece


class Outputs:
    """Checks one thing after another that the product made, and counts the stored texts in it."""

    def __init__(self, cases: fuzzing.Cases, given: dict[str, str]) -> None:
        self.cases, self.given, self.seen = cases, given, set()

    def check(
        self, name: str, data: str | bytes, found: tuple[list[str], str], *, whole: bool = True
    ) -> None:
        """``found``: faults and text; ``whole``: whether texts must stand there in full."""
        faults, text = found
        inside = markup.tokens(text)
        self.seen |= inside
        faults = [*faults, *(markup.lost(text, self.given) if whole else ())]
        self.cases.add(len(inside))
        for fault in faults[:5]:
            raw = data if isinstance(data, bytes) else data.encode("utf-8", "replace")
            self.cases.fail(name.replace("/", "-"), raw, fault)


@contextmanager
def opened(settings: object) -> Iterator[None]:
    """The product's own reading of its settings leads to this installation."""
    from tests.pages import office

    own = {
        "BOARD_RUNTIME": str(settings.runtime_dir),
        "BOARD_DATA": str(settings.reference_dir.parent),
        "BOARD_SECOND_PERSON": "1",
    }
    with mock.patch.dict(os.environ, own):
        office.forget()
        try:
            yield
        finally:
            office.forget()


def run(count: int, seed: int, out: Path, minutes: float = 0.0, short: bool = False) -> fuzzing.Tally:
    """Installations of the seeds from ``seed`` on, until ``count`` texts were met."""
    warnings.simplefilter("ignore")
    cases = fuzzing.Cases("text", seed, count, out, minutes)
    until = time.monotonic() + minutes * 60 if minutes else float("inf")
    places = 0
    for number in cases:
        folder = Path(tempfile.mkdtemp(prefix="board-fuzz-"))
        try:
            with cases.one(f"world-{seed + number}", b"", ALLOWED):
                settings, texts = hostile_world.make(folder, seed + number, short=short)
            cases.tally.cases -= 1
            outputs = Outputs(cases, texts.given)
            with opened(settings):
                for name, act in everything(outputs, settings, folder, random.Random(seed + number)):
                    with cases.one(name, b"", ALLOWED):
                        act()
                    cases.tally.cases -= 1  # what counts are the texts in it
                    places += 1
                    if cases.tally.cases >= count or time.monotonic() > until:
                        break
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    cases.tally.said = f"texts in {places} pages and files"
    return cases.tally


def everything(
    outputs: Outputs, settings: object, folder: Path, chance: random.Random
) -> Iterator[tuple[str, Callable[[], None]]]:
    """(name, act) of every page and file, those of the pages by chance so that a short run meets other ones each time."""
    from tests.pages import visit

    pages = [
        (page, language, space)
        for page in visit.PAGES
        for language in ("vi", "en")
        for space in ("official", "demo")
    ]
    chance.shuffle(pages)
    work = [(page, language) for page in WORK for language in ("vi", "en")]
    files = [
        (kind, language, space)
        for kind in FILES
        for language in ("vi", "en")
        for space in ("official", "demo")
    ]
    chance.shuffle(files)
    acts = [
        *((f"page {'-'.join(item)}", lambda item=item: _page(outputs, *item)) for item in pages),
        *((f"desk {'-'.join(item)}", lambda item=item: _desk(outputs, *item)) for item in work),
        *((f"file {'-'.join(item)}", lambda item=item: _file(outputs, folder, *item)) for item in files),
    ]
    # A page, then a file, so that a short run has some of each.
    first, rest = acts[: len(pages)], acts[len(pages) :]
    for number in range(max(len(first), len(rest))):
        yield from (part[number] for part in (first, rest) if number < len(part))


def _page(outputs: Outputs, page: str, language: str, space: str) -> None:
    """One page as a reader sees it, and the tables and pictures that it offers."""
    from tests.pages import visit
    from views import frame

    tables: list[tuple[str, Callable]] = []
    drawn: list[tuple[str, Callable]] = []
    with (
        mock.patch.object(
            frame, "downloads", lambda ctx, name, make: tables.append((name, lambda: make(ctx)))
        ),
        mock.patch.object(
            frame, "pictures", lambda ctx, name, make: drawn.append((name, make)) if make else None
        ),
    ):
        at = visit.go(visit.start(lang=language, space=space), page)
    _shown(outputs, f"{page}-{language}-{space}", at)
    from reports import workbook

    for name, make in tables:
        export = make()
        data = workbook.to_csv(export)
        outputs.check(f"{name}.csv", data, markup.table(data), whole=False)
        data = workbook.to_xlsx(export)
        outputs.check(f"{name}.xlsx", data, markup.office(data), whole=False)


def _desk(outputs: Outputs, page: str, language: str) -> None:
    """A page of the desk, to an administrator."""
    from store.access import ADMINISTRATOR, User
    from tests.pages import visit
    from views import signin

    with mock.patch.object(signin, "current", lambda _: User("quantri", ADMINISTRATOR)):
        at = visit.go(visit.start(lang=language, space="official"), page)
        _shown(outputs, f"desk-{page}-{language}", at)


def _shown(outputs: Outputs, name: str, at: object) -> None:
    """Everything on a page, each part by its own rules."""
    import json

    from tests.pages import visit

    problems = visit.read(at).problems
    assert not problems, problems
    for block in (at.main, at.sidebar):
        for element in block:
            proto = getattr(element, "proto", None)
            if element.type == visit.PANEL:
                body = json.loads(proto.json).get("html", "")
                outputs.check(f"{name}.html", body, markup.page(body))
            elif element.type == visit.CHART:
                outputs.check(f"{name}.json", proto.spec, markup.chart(proto.spec), whole=False)
            elif element.type in MARKDOWN or type(element).__name__ == "Block":
                for part in ("label", "body", "help"):
                    text = getattr(proto, part, None) or getattr(element, part, None)
                    if isinstance(text, str) and text:
                        outputs.check(f"{name}.{element.type}", text, (markup.label(text), text), whole=False)


def _file(outputs: Outputs, folder: Path, kind: str, language: str, space: str) -> None:
    """One document, made as the command line makes it."""
    import zipfile

    from reports import __main__ as reports

    path = folder / f"made{FILES[kind]}"
    path.unlink(missing_ok=True)
    with mock.patch("builtins.print"):
        code = reports.main([kind, "--out", str(path), "--space", space, "--language", language])
    assert code == 0, f"{kind} was not made"
    name, data = f"{kind}-{language}-{space}{FILES[kind]}", path.read_bytes()
    match FILES[kind]:
        case ".html":
            outputs.check(name, data, markup.alone(data.decode("utf-8")), whole=False)
        case ".pdf":
            outputs.check(name, data, markup.document(data), whole=False)
        case ".zip":
            with zipfile.ZipFile(path) as packed:
                for inside in packed.namelist():
                    assert ".." not in Path(inside).parts and not inside.startswith("/"), inside
                    if inside.endswith(".csv"):
                        outputs.check(
                            name,
                            data,
                            (markup.table(packed.read(inside))[0], packed.read(inside).decode("utf-8-sig")),
                            whole=False,
                        )
        case _:
            outputs.check(name, data, markup.office(data), whole=False)


if __name__ == "__main__":
    sys.exit(fuzzing.command(__doc__, run))
