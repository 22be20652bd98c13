"""Every page and every commune opens with two to five sentences that can be read out, in every period, both spaces."""

import itertools

import pytest

from store.snapshot import current_id
from tests.said import faults
from views.frame import Context
from views.screens import answers, change, index, indicator, overview, plan, tiers
from views.screens import area as profile
from views.screens import map as maps
from views.text import languages
from views.theme import theme

FEWEST, MOST = 2, 5
PLACES = ("overview", "map", "change", "tiers", "plan", "index", "area", "indicator")
KEYS = list(itertools.product(("vi", "en"), ("official", "demo")))


class Pages:
    """Calls the pages' own builders in one language and space."""

    def __init__(self, settings, language, space):
        from types import SimpleNamespace

        from views import load

        snapshot_id = current_id(settings, space)
        pages = {name: SimpleNamespace(url_path=name) for name in (*PLACES, "upload", "method")}
        self.ctx = Context(
            settings=settings,
            language=languages(settings.reference_dir / "texts")[language],
            palette=theme("light"),
            space=space,
            snapshot_id=snapshot_id,
            catalogue=load.catalogue(space, snapshot_id),
            meta={},
            pages=pages,
        )
        known = load.periods(space, snapshot_id, self.ctx.area_ids)["period"].tolist()
        self.periods, self.pairs = known, list(itertools.combinations(known, 2))
        # A whole page takes a fifth of a second: neighbours, and everything up to the newest.
        self.some = [pair for pair in self.pairs if pair[1] == known[-1] or pair in itertools.pairwise(known)]
        if (
            language != "vi"
        ):  # the second language: every kind of figure is tried in the unit tests, here the newest
            self.some = [pair for pair in self.some if pair[1] == known[-1]]
            self.periods, self.pairs = known[-2:], self.some

    @property
    def lead(self):
        return self.ctx.catalogue.headline[0]

    def of(self, page):
        """(what was chosen, sentences) of a page in all its periods."""
        ctx, items = self.ctx, self.ctx.catalogue.indicators
        if page == "overview":
            return [(pair, overview.build(ctx, *pair).sentences) for pair in self.some]
        if page == "map":
            last = self.periods[-1]
            shown = [("value", item, None, last) for item in ctx.catalogue.headline]
            shown += [("value", self.lead, None, period) for period in self.periods[:-1]]
            shown += [("change", self.lead, *pair) for pair in self.some]
            shown += [("index", None, None, period) for period in self.periods]
            schemes = [scheme for scheme in ctx.catalogue.schemes if scheme.kind == "criteria"]
            shown += [("tier", scheme, None, last) for scheme in schemes]
            return [(one, maps.build(ctx, *one, "tiles").sentences) for one in shown]
        if page == "change":
            every = [(self.lead, *pair) for pair in self.some] + [(item, *self.pairs[-1]) for item in items]
            return [(one, change.build(ctx, *one).sentences) for one in every]
        if page == "plan":
            every = [(item, *self.pairs[-1]) for item in plan.indicators(ctx)]
            return [(one, plan.build(ctx, *one).sentences) for one in every]
        if page == "tiers":
            every = [(scheme, period) for scheme in ctx.catalogue.schemes for period in self.periods[-2:]]
            return [(one, tiers.build(ctx, *one).sentences) for one in every]
        if page == "index":
            return [(period, index.build(ctx, period).sentences) for period in self.periods]
        if page == "indicator":
            every = [(item, indicator.definitions(ctx, item)[0]) for item in items]
            return [(one, indicator.build(ctx, *one).sentences) for one in every]
        return [
            ((area.id, pair), profile.sentences(ctx, area, *pair))
            for area in ctx.areas
            for pair in self.pairs
        ]

    def answered(self):
        """(what was chosen, answers): every commune and pair of periods for one indicator, every indicator once."""
        ctx = self.ctx
        wanted = [(self.lead, pair) for pair in self.pairs]
        wanted += [(item, self.some[0]) for item in ctx.catalogue.indicators]
        for item, pair in wanted:
            table = profile.facts(ctx, item, *pair)
            for area in ctx.areas:
                yield (item.id, area.id, *pair), answers.build(ctx, area, item, table, *pair)


@pytest.fixture(scope="module")
def pages(board):
    made = {}

    def give(language, space):
        if (language, space) not in made:
            made[language, space] = Pages(board, language, space)
        return made[language, space]

    return give


@pytest.mark.parametrize("page", PLACES)
@pytest.mark.parametrize(("language", "space"), KEYS)
def test_a_page_opens_with_sentences_that_can_be_said(pages, language, space, page):
    shown = pages(language, space).of(page)
    assert shown
    for chosen, sentences in shown:
        assert FEWEST <= len(sentences) <= MOST, (chosen, sentences)
        assert [(text, faults(text, language)) for text in sentences if faults(text, language)] == [], chosen
        assert len(set(sentences)) == len(sentences), chosen


@pytest.mark.parametrize(("language", "space"), KEYS)
def test_the_four_answers_can_be_said(pages, language, space):
    seen = 0
    for chosen, found in pages(language, space).answered():
        assert [item.key for item in found] == ["real", "faster", "when", "short"]
        for item in found:
            assert item.question.endswith("?") and item.word, chosen
            for text in (item.sentence, *item.caveats):
                assert faults(text, language) == [], (chosen, text)
                seen += 1
    assert seen > (300 if language == "vi" else 150)
