"""What leaves the screen says what the pages say: the same figures, the same words, nothing more."""

import re
from pathlib import Path

import pytest

from reports.story import Citation, Dumbbell, Lines, Map, Stacks
from store import read
from store.snapshot import Snapshot, current_id, snapshot_path
from tests.pages import office, visit
from views import boards, load, story
from views.choices import default_periods
from views.frame import Context
from views.text import languages
from views.theme import theme

CITATION = Citation("ABCD-2345", "https://example.org/?cite=ABCD2345", "22/11/2026", "Trích dẫn ABCD-2345")
TEXTS = Path(visit.ROOT) / "data" / "reference" / "texts"


@pytest.fixture(scope="module")
def reader(built):
    """A reader of one space and language, without a browser or a server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOARD_RUNTIME", str(built.runtime_dir))
        office.forget()

        def reader(space: str, language: str = "vi") -> Context:
            own = current_id(built, space)
            return Context(
                settings=built,
                language=languages(TEXTS)[language],
                palette=theme("light"),
                space=space,
                snapshot_id=own,
                catalogue=load.catalogue(space, own),
                meta=load.meta(space, own),
                pages={},
            )

        yield reader
        office.forget()


def every_text(thing: object) -> list[str]:
    """All texts in a nest of tuples and dataclasses."""
    if isinstance(thing, str):
        return [thing]
    if isinstance(thing, (tuple, list)):
        return [text for item in thing for text in every_text(item)]
    if hasattr(thing, "__dataclass_fields__"):
        return [text for name in thing.__dataclass_fields__ for text in every_text(getattr(thing, name))]
    return []


@pytest.mark.parametrize("space", ["official", "demo"])
@pytest.mark.parametrize("language", list(visit.TEXTS))
def test_every_text_is_final(reader, space, language):
    ctx = reader(space, language)
    before, after = default_periods(ctx)
    told = [story.show(ctx, before, after, CITATION)]
    told += [story.report(ctx, before, after, CITATION, kind) for kind in ("brief", "full")]
    told += [story.report(ctx, before, after, CITATION, "full", area) for area in ctx.areas]
    for thing in told:
        assert thing.mark == ("" if space == "official" else visit.TEXTS[language]["ribbon.plain"])
        assert thing.snapshot_id == ctx.snapshot_id
        for text in every_text(thing):
            assert not visit.NOTHING.search(text), text
            assert not visit.RAW_KEY.search(text) or visit.FILE.search(text), text
            assert "  " not in text and "<span" not in text and "&amp;" not in text, text


def test_the_headline_is_the_published_one(reader):
    ctx = reader("official")
    told = story.show(ctx, *default_periods(ctx), CITATION)
    slide = next(item for item in told.slides if item.key == "headline")
    assert slide.title == "Thanh toán trực tuyến: từ 0,1% lên 10,7%"
    said = {item.name: (item.before, item.after) for item in slide.numbers}
    assert said == {"Phường Sông Cầu": ("0,1%", "10,7%"), "Xã Quang Thuận": ("2,0%", "8,3%")}
    assert all(item.counts == visit.TEXTS["vi"]["counts.not_printed"] for item in slide.numbers)
    assert all(item.tone == "unclear" for item in slide.numbers), "without counts no change is called clear"
    assert "3195" in slide.source
    keys = [item.key for item in told.slides]
    assert keys == [
        "title", "headline", "map", "change", "area:01837-2020", "area:01951-2020", "area:02017-2020",
        "silent", "next", "code",
    ]  # fmt: skip


def test_a_show_of_the_demo_has_every_kind_of_slide_in_the_usual_order(reader):
    ctx = reader("demo")
    told = story.show(ctx, *default_periods(ctx), CITATION)
    kinds = {item.key: type(item.drawing) for item in told.slides}
    assert (kinds["map"], kinds["change"], kinds["tiers"]) == (Map, Dumbbell, Stacks)
    own = [item for item in told.slides if item.kind == "area"]
    assert [item.key.removeprefix("area:") for item in own] == list(ctx.area_ids)
    assert all(isinstance(item.drawing, Lines) for item in own)
    change = next(item.drawing for item in told.slides if item.key == "change")
    assert [row.name for row in change.rows] == [item.title for item in own], (
        "no order by places unless asked for"
    )
    placed = story.show(ctx, *default_periods(ctx), CITATION, by_place=True)
    rows = next(item.drawing for item in placed.slides if item.key == "change").rows
    known = [row.after for row in rows if row.after is not None]
    assert known == sorted(known, reverse=True)


def test_the_committees_table_holds_the_snapshots_own_numbers(reader, built):
    """Every count of the report's tables against the snapshot, read once more without the views."""
    ctx = reader("demo")
    before, after = default_periods(ctx)
    opened = Snapshot(snapshot_path(built, "demo", ctx.snapshot_id))
    raw = read.figures(opened, areas=ctx.area_ids, provenances=["illustrative", "uploaded"])
    opened.close()
    told = story.report(ctx, before, after, CITATION)
    results = [part for part in told.parts if part.level == 2]
    assert len(results) == len(ctx.catalogue.headline)
    for part, indicator in zip(results, ctx.catalogue.headline, strict=True):
        used = load.definitions_in_use(*ctx.data, ctx.area_ids)[indicator.id]
        for place, area in enumerate(ctx.areas):
            row = part.table.rows[place]
            for period, at in ((after, 2), (before, 5)):
                mine = raw[
                    (raw["area_id"] == area.id)
                    & (raw["indicator_id"] == indicator.id)
                    & (raw["period"] == period)
                    & (raw["definition"] == used)
                ]
                if mine.empty or mine.iloc[0]["status"] != "reported":
                    assert row[at].value is None and row[at + 2].state in (
                        "missing",
                        "no_cases",
                        "suppressed",
                    )
                    continue
                n, total = mine.iloc[0][["numerator", "denominator"]]
                assert (row[at].value, row[at + 1].value) == (n, total)
                assert row[at + 2].value == pytest.approx(n / total, rel=1e-12)
        if part.table.total:
            last = part.table.rows[-1]
            pooled = boards.pooled(
                boards.pair(
                    load.figures(*ctx.data, ctx.area_ids, (indicator.id,)),
                    indicator,
                    before,
                    after,
                    ctx.area_ids,
                )
            )
            assert (last[2].value, last[3].value) == (pooled["numerator_after"], pooled["denominator_after"])


def test_columns_that_are_computed_name_what_they_are_computed_from(reader):
    ctx = reader("demo")
    table = next(
        part for part in story.report(ctx, *default_periods(ctx), CITATION).parts if part.level == 2
    ).table
    kinds = [(column.kind, column.of) for column in table.columns]
    assert kinds[4] == ("rate", (2, 3)) and kinds[7] == ("rate", (5, 6)) and kinds[8] == ("points", (4, 7))
    for row in table.rows:
        if row[4].value is not None and row[2].value is not None:
            assert row[4].value == pytest.approx(row[2].value / row[3].value)
        if row[8].value is not None:
            assert row[8].value == pytest.approx(100 * (row[4].value - row[7].value), abs=1e-9)


def test_nothing_of_the_letterhead_is_invented(reader):
    ctx = reader("official")
    head = story.report(ctx, *default_periods(ctx), CITATION, "brief").head
    for blank in (head.parent, head.issuer, head.signer_title):
        assert re.fullmatch("…+", blank)
    filled = {"issuer": "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "receivers": "- Ban Chỉ đạo;\n- Lưu: VT."}
    own = story.report(ctx, *default_periods(ctx), CITATION, "brief", fields=filled).head
    assert own.issuer == filled["issuer"] and own.receivers == ("- Ban Chỉ đạo;", "- Lưu: VT.")


def test_one_commune_has_a_report_of_its_own(reader):
    ctx = reader("demo")
    area = ctx.catalogue.area_by_id["02017-2020"]
    told = story.report(ctx, *default_periods(ctx), CITATION, "full", area)
    tables = [part.table for part in told.parts if part.table]
    assert len(tables) >= 3 and "xã Quang Thuận" in told.head.about
    hidden = [cell for table in tables for row in table.rows for cell in row if cell.state == "suppressed"]
    assert all(cell.value is None for cell in hidden)
    brief = story.report(ctx, *default_periods(ctx), CITATION, "brief", area)
    assert len(brief.parts) == 2 and not brief.annex
