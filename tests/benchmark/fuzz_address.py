"""Addresses with nonsense in them: ``python tests/benchmark/fuzz_address.py --count 10000``.

Every choice of every page is read from addresses of valid, damaged and hostile values, up to three in one sitting, as the
pages read them, on widgets that only hold their values; one address in a hundred is opened as a whole page. Passes when no
case raises, every choice is one of those offered, what is written back into the address is made of plain words, and
every page stands with its title and without an element beyond the product's own.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
import tempfile
import warnings
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmark import fuzz_text, fuzzing, hostile, markup  # noqa: E402

PLAIN = re.compile(r"[A-Za-z0-9_.-]*")
WHOLE = 100  # one in so many is opened as a page
KEYS = (
    "lang", "space", "asof", "cite", "group", "indicator", "area", "before", "after", "scheme", "measure", "layer", "quarter",
    "remind", "of", "kind", "weights", "counted", "compare", "communes", "marked", "province", "progress", "only", "other",
)  # fmt: skip
VALUES = (
    "vi", "en", "official", "demo", "2024-Q4", "2024-Q1", "2023", "2023-before", "undated", "2025-Q3", "2024-01-15", "15/01/2025",
    "9999-12-31", "0001-01-01", "2024-02-30", "20240101", "2024-W01-1", "01837-2020", "02017-2020", "01837", "01843", "Sông Cầu",
    "Xã Quang Thuận", "06-2020", "19-2025", "vn", "pilot", "country", "gov_online_payment_rate", "inf_hh_fibre_rate", "bk_base",
    "nat2025", "qd766", "tiles", "sketch", "value", "change", "index", "tier", "all", "alike", "own", "brief", "full", "chart",
    "40-20-20-20", "0-0-0-0", "100-0-0-0", "-1-2-3-4", "٤٠-20-20-20", "1e2-0-0-0", "01843-02011", "01837-2020.02017-2020",
    "01837-01837-02017", "01837-2020.01837-2020", "..", ".",
    "-", "", " ", "0", "None", "nan", "true", "ACDE-2345", "acde 23 45", "A" * 5000, "01837-2020." * 400, "01843-" * 900,
)  # fmt: skip


class Boxes:
    """Widgets without a page: each gives what the session holds for it, as the framework does."""

    def __init__(self) -> None:
        self.session_state: dict = {}
        self.query_params = Address()
        self.context = SimpleNamespace(headers={}, theme=None, url="http://127.0.0.1")

    def selectbox(self, label: str, options: list, *, key: str, format_func: object, **_: object) -> str:
        held = self.session_state[key]
        assert held in options, f"{key} holds {held!r}"
        for option in options[:3]:
            assert isinstance(format_func(option), str)
        assert isinstance(format_func(held), str)
        return held

    segmented_control = selectbox

    def multiselect(
        self, label: str, options: list, *, key: str, format_func: object, **more: object
    ) -> list:
        held = self.session_state[key]
        assert set(held) <= set(options), f"{key} holds {held!r}"
        assert len(held) <= more.get("max_selections", len(options))
        assert len(set(held)) == len(held), f"{key} holds one twice"
        for option in held:
            assert isinstance(format_func(option), str)
        return held

    def slider(self, label: str, low: int, high: int, *, key: str, **_: object) -> int:
        held = self.session_state[key]
        assert low <= held <= high, f"{key} holds {held!r}"
        return held

    def text_input(self, label: str, *, key: str, **_: object) -> str:
        assert isinstance(self.session_state[key], str)
        return self.session_state[key]

    def columns(self, sizes: object) -> list:
        return [self] * (sizes if isinstance(sizes, int) else len(sizes))

    def expander(self, *_: object) -> object:
        return nullcontext()

    def _nothing(self, *_: object, **__: object) -> None:
        return None

    caption = button = _nothing


class Address(dict):
    """The address's parameters."""

    def to_dict(self) -> dict:
        return dict(self)

    def from_dict(self, other: dict) -> None:
        self.clear()
        self.update(other)


def address(chance: random.Random, codes: list[str]) -> dict[str, str]:
    """One address."""
    found = {}
    for key in chance.sample(KEYS, chance.randint(1, 7)):
        act = chance.randrange(5)
        value = chance.choice(VALUES) if act < 3 else hostile.text(chance)
        if key == "communes" and chance.random() < 0.5:
            found["compare"], value = "own", "-".join(chance.choices(("01837", "02017", "01912", "x"), k=4))
        if act == 2 and value:
            place = chance.randrange(len(value))
            value = (
                value[:place]
                + chance.choice("09-._~%&=+;<'\"\x00\u0301Ạ")
                + value[place + chance.randint(0, 2) :]
            )
        if key == "cite" and chance.random() < 0.5:
            value = chance.choice(codes) + chance.choice(("", "", " ", "x"))
        found[key if chance.random() < 0.97 else hostile.text(chance)[:50]] = value
    return found


def chosen(ctx: object, settings: object, boxes: Boxes) -> None:
    """Every choice that some page makes, read from the address; ``ctx``: a reader before the first group."""
    from store.settings import SPACES
    from views import choices, load
    from views.screens import index

    boxes.session_state.pop("_run", None)
    citation, word = choices.cited(settings)
    assert citation is None or not word
    boxes.session_state["w:lang"] = choices.settle("lang", ["vi", "en"], "vi")
    space = choices.settle("space", list(SPACES), "demo")
    assert space in SPACES
    choices.choose("space", "", SPACES, str, segmented=True)
    choices.choose_day(ctx.language)
    choices.day()
    known = load.groups(*ctx.data)
    choices.follow_area(ctx.catalogue, known)
    ctx = choices.stranger(replace(ctx, group=choices.choose_group(ctx.language, known)))
    choices.namesakes(ctx)
    choices.asked(*KEYS)
    indicator = choices.choose_indicator(ctx)
    choices.choose_marked(ctx)
    area = choices.choose_area(ctx)
    assert area.id in ctx.catalogue.area_by_id
    if len(choices.period_ids(ctx)) > 1:
        before, after = choices.choose_periods(ctx, [boxes, boxes])
        assert {before, after} <= set(choices.period_ids(ctx))
        choices.choose_counted(ctx, choices.period_ids(ctx), after)
        choices.choose_quarter(ctx)
    choices.choose_reminded(ctx, [item.id for item in ctx.areas[:8]])
    choices.choose_report(ctx, [boxes, boxes])
    if indicator.definitions:
        choices.choose_definition(ctx, indicator, [item.id for item in indicator.definitions])
    own = [item.id for item in ctx.areas if item.code][:40]
    choices.choose_compared(ctx, own)
    choices.choose_progress(ctx, {"all": 3, "done": 1})
    choices.choose_layer(ctx)
    choices.choose_scheme(ctx)
    names = index.pillar_names(ctx)
    weights = choices.choose_weights(ctx, index.proposed(ctx), names, [boxes] * (len(names) + 1))
    assert sum(weights.values()) > 0
    made = boxes.session_state["_run"]["choices"]
    for key, value in made.items():
        assert PLAIN.fullmatch(value) and PLAIN.fullmatch(key), f"{key}={value!r} would be written"
    boxes.session_state["_run"]["made"] = True
    choices.write_address()
    for word in boxes.session_state.pop("_odd", []):
        assert isinstance(word, str)


def opened(page: str, asked: dict[str, str]) -> None:
    """The page as a whole."""
    from tests.pages import visit

    at = visit.start()
    for key, value in asked.items():
        at.query_params[key] = value
    shown = visit.read(visit.go(at, page))
    assert not shown.problems, shown.problems
    assert shown.title, "no title"
    faults = [fault for body in shown.panels.values() for fault in markup.page(body)[0]]
    assert not faults, faults
    for said in at.toast:
        bare = markup.ESCAPED.sub("", said.value)
        assert not re.search(r"[\[\]<>`*$]", bare), said.value


def run(count: int, seed: int, out: Path, minutes: float = 0.0, runtime: Path | None = None) -> fuzzing.Tally:
    """Read ``count`` addresses; ``runtime``: of an installation to be copied rather than built."""
    from etl import publish
    from store import citations
    from store.settings import SPACES, read_settings
    from store.snapshot import current_id
    from tests.pages import visit
    from views import choices, frame, load
    from views.text import languages
    from views.theme import theme

    warnings.simplefilter("ignore")
    folder = Path(tempfile.mkdtemp(prefix="board-fuzz-"))
    chance, cases, whole = random.Random(seed), fuzzing.Cases("address", seed, count, out, minutes), 0
    try:
        settings = read_settings({"BOARD_RUNTIME": str(folder / "runtime")})
        if runtime:
            shutil.copytree(runtime, settings.runtime_dir)
        for space in SPACES:
            publish.refresh(settings, space)
        codes = [
            citations.cite(settings, None, space, current_id(settings, space), page, {"after": "2024-Q1"}, "vi").shown
            for space in SPACES for page in ("overview", "change", "area")
        ]  # fmt: skip
        with fuzz_text.opened(settings):
            readers = [
                _reader(settings, space, code, frame, load, languages, theme)
                for space in SPACES
                for code in ("vi", "en")
            ]
            for _ in cases:
                sitting = [address(chance, codes) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
                page = chance.choice(visit.PAGES)
                if chance.randrange(WHOLE) == 0:
                    whole += 1
                    with cases.one(f"{page}.json", json.dumps([page, sitting[0]]).encode(), 20):
                        opened(page, sitting[0])
                    continue
                ctx, boxes = chance.choice(readers), Boxes()
                data = json.dumps([ctx.space, ctx.language.code, sitting]).encode()
                with cases.one("sitting.json", data), mock.patch.object(choices, "st", boxes):
                    for asked in sitting:
                        boxes.query_params.update(asked)
                        chosen(ctx, settings, boxes)
        cases.tally.said = f"{whole} as whole pages"
        return cases.tally
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reader(
    settings: object, space: str, code: str, frame: object, load: object, languages: object, theme: object
) -> object:
    """What a page would know."""
    from store.snapshot import current_id

    snapshot_id = current_id(settings, space)
    return frame.Context(
        settings=settings,
        language=languages(settings.reference_dir / "texts")[code],
        palette=theme("light"),
        space=space,
        snapshot_id=snapshot_id,
        catalogue=load.catalogue(space, snapshot_id),
        meta=load.meta(space, snapshot_id),
        pages={},
    )


if __name__ == "__main__":
    sys.exit(fuzzing.command(__doc__, run))
