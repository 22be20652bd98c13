"""A citation shows what was shown: after a revision the old figures on every page and in every file, with a line that
says how today's differ; and what is gone, hidden, mistyped or not meant says so."""

import html
import io
import json
import re
import zipfile

import pytest

from etl import keep, publish
from reports import story
from reports.workbook import to_csv, to_xlsx
from store import citations, disclosure
from store.access import ADMINISTRATOR, User
from store.errors import BoardError
from store.snapshot import current_id, snapshot_path
from tests.pages import office, visit
from tests.pages.office import PAY, QUANG_THUAN, SONG_CAU
from views import citing, frame, share
from views import story as stories

LAN = User("lan", ADMINISTRATOR, (), "Lan")
OLD, NEW = "97/907", "100/907"
VIEW = {"indicator": PAY, "before": "2022-Q4", "after": "2023-Q4"}
CITED = [page for page in visit.OF_FIGURES if page not in ("method", "hall")]  # no tables to take away


@pytest.fixture
def place(office_of):
    """An office of its own, whose figures may be corrected."""
    return office_of()


def correct(settings, *lines: str, space: str = "demo") -> str:
    """Publish a file of corrections; gives the new snapshot."""
    lines = lines or (f"Phường Sông Cầu,{PAY},2023-Q4,100,907,,",)
    (loaded,) = publish.load_bytes(settings, space, [("sua.csv", office.csv(*lines))], LAN)
    assert loaded.snapshot_id == current_id(settings, space)
    return loaded.snapshot_id


def cite(settings, page="change", space="demo", user=LAN, language="vi", **choices):
    return citations.cite(settings, user, space, current_id(settings, space), page, choices or VIEW, language)


def opened(citation, page: str = "", **address: str):
    """Somebody new opens the short link, and goes on to a page."""
    at = visit.start(cite=citation.shown, **address)
    return visit.go(at, page) if page else at


def ribbon(shown) -> str:
    return visit.plain(shown.panels["cited"])


@pytest.fixture
def taken(monkeypatch):
    """The files that a page offers, made as the download makes them."""
    offered = []
    monkeypatch.setattr(frame, "downloads", lambda ctx, name, make: offered.append((ctx, name, make)))

    def take(at, page: str, **address: str) -> dict[str, tuple[bytes, str]]:
        offered.clear()
        shown = visit.read(visit.go(at, page, **address))
        assert shown.problems == []
        made = [(name, make(ctx)) for ctx, name, make in offered]
        assert made or page == "method"
        return {name: (to_csv(export), repr((export.columns, export.rows))) for name, export in made}

    return take


# ---------------------------------------------------------------- frozen


def test_every_file_of_every_cited_page_is_the_same_byte_for_byte_after_a_revision(place, taken):
    def today(page):
        return taken(visit.start(lang="vi", space="demo", **VIEW), page, **VIEW)

    before = {page: today(page) for page in CITED}
    cited = {page: cite(place, page) for page in CITED}
    correct(place)
    for page in CITED:
        assert taken(opened(cited[page]), page) == before[page], page
        now = today(page)
        assert now.keys() == before[page].keys()
        assert now != before[page], f"the revision would have changed {page}"


def test_the_sheets_of_the_workbook_too(place, monkeypatch):
    made = []
    monkeypatch.setattr(frame, "downloads", lambda ctx, name, make: made.append(sheets(to_xlsx(make(ctx)))))
    visit.go(visit.start(lang="vi", space="demo", **VIEW), "change")
    first = made[-1]
    citation = cite(place)
    correct(place)
    opened(citation)
    assert made[-1] == first and len(first) >= 3
    visit.go(visit.start(lang="vi", space="demo", **VIEW), "change")
    assert made[-1] != first


def sheets(workbook: bytes) -> dict[str, bytes]:
    """What a workbook says, part by part; its properties hold the moment it was made."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        return {name: parts.read(name) for name in parts.namelist() if name.startswith("xl/")}


@pytest.mark.parametrize("language", sorted(visit.TEXTS))
def test_the_short_link_opens_the_page_with_the_old_figures_and_says_what_differs(place, language):
    citation = cite(place, language=language)
    assert "no difference" in ribbon(visit.read(opened(citation, lang="en")))
    correct(place)
    at = opened(citation)
    shown = visit.read(at)
    words = visit.TEXTS[language]
    assert shown.problems == [] and visit.slips(shown) == []
    assert shown.title == [words["change.title"]], "the page and the language of the citation"
    assert OLD in shown.panels["change_table"] and NEW not in shown.panels["change_table"]
    mark = "," if language == "vi" else "."
    assert f"10{mark}7% (97/907) → 11{mark}0% (100/907)" in ribbon(shown)
    assert citation.shown in ribbon(shown) and citation.shown in visit.plain(shown.panels["source"])
    assert {key: at.selectbox(key=f"w:{key}").value for key in VIEW} == VIEW
    assert not [item for item in at.sidebar if getattr(item, "key", "") in ("w:space", "w:asof")]
    today = visit.read(visit.go(visit.start(lang=language, space="demo", **VIEW), "change"))
    assert NEW in today.panels["change_table"] and "cited" not in today.panels


def test_the_whole_visit_is_frozen_until_it_is_left(place):
    citation = cite(place)
    old = citation.snapshot_id
    new = correct(place)
    at = opened(citation)
    for page in (*CITED, "method"):
        shown = visit.read(visit.go(at, page))
        assert old in visit.plain(shown.panels["source"]) and new not in shown.text, page
        links = re.findall(r'href="([^"]*)"[^>]*data-go="(?!\|)', "".join(shown.panels.values()))
        inner = [html.unescape(link) for link in links if "cite=" not in link]
        assert inner == [], f"{page}: a link opened in another tab would leave the citation"
    for page in visit.AT_WORK:
        shown = visit.read(visit.go(at, page))
        assert "cited" not in shown.panels and old not in shown.text
    visit.go(at, "change", cite="")
    shown = visit.read(at)
    assert NEW in shown.panels["change_table"] and "cited" not in shown.panels
    visit.go(at, "area")
    assert "cited" not in visit.read(at).panels


def test_a_reader_may_look_at_other_things_within_a_citation(place):
    citation = cite(place)
    correct(place)
    at = opened(citation)
    at.selectbox(key="w:after").set_value("2024-Q4").run()
    shown = visit.read(at)
    assert at.selectbox(key="w:after").value == "2024-Q4" and shown.address["after"] == "2024-Q4"
    assert shown.address["cite"] == citation.shown and citation.snapshot_id in shown.text
    again = visit.go(visit.start(cite=citation.shown.lower(), lang="vi", after="2024-Q4"), "change")
    assert again.selectbox(key="w:after").value == "2024-Q4", "the address comes before the citation"


def test_the_space_of_a_citation_wins_over_the_address(place):
    at = opened(cite(place, space="demo"), space="official")
    shown = visit.read(at)
    assert "ribbon" in shown.panels and "minh họa" in ribbon(shown)
    official = visit.read(opened(cite(place, space="official"), space="demo"))
    assert "ribbon" not in official.panels and "minh họa" not in ribbon(official)


# ---------------------------------------------------------------- how today's differ


def test_new_quarters_are_counted_apart_from_changed_figures(place):
    citation = cite(place, space="official", page="overview")
    correct(place, f"Phường Sông Cầu,{PAY},2024-Q4,307,911,,", space="official")
    said = ribbon(visit.read(opened(citation)))
    assert "không khác" in said and "thêm 1 con số" in said


def test_many_differences_are_counted_and_the_first_of_the_view_named(place):
    citation = cite(place, page="area", area=QUANG_THUAN, before="2022-Q4", after="2024-Q4")
    correct(
        place,
        f"Phường Sông Cầu,{PAY},2023-Q4,100,907,,",
        f"Phường Sông Cầu,{PAY},2024-Q4,301,936,,",
        f"Xã Đức Vân,{PAY},2023-Q3,9,100,,",
        f"Xã Quang Thuận,{PAY},2024-Q4,50,182,,",
    )
    said = ribbon(visit.read(opened(citation)))
    assert "khác ở 4 con số" in said and "và 1 con số khác" in said
    assert said.index("Quang Thuận") < said.index("Sông Cầu")


@pytest.mark.parametrize("hidden_end", ["then", "now"])
def test_a_hidden_figure_is_never_said_in_the_line_of_differences(place, monkeypatch, hidden_end):
    """Sông Cầu's count is hidden on one side of the revision; the line names the figure and no number of it."""
    rule = disclosure.hidden

    def hide(figures, catalogue):
        reasons = rule(figures, catalogue)
        ours = (
            (figures["area_id"] == SONG_CAU)
            & (figures["indicator_id"] == PAY)
            & (figures["period"] == "2023-Q4")
        )
        return reasons.mask(ours, "primary")

    if hidden_end == "then":
        monkeypatch.setattr(disclosure, "hidden", hide)
        correct(place, f"Xã Đức Vân,{PAY},2023-Q3,9,100,,")
        citation = cite(place)
        monkeypatch.setattr(disclosure, "hidden", rule)
        correct(place)
    else:
        citation = cite(place)
        monkeypatch.setattr(disclosure, "hidden", hide)
        correct(place)
    said = ribbon(visit.read(opened(citation)))
    assert "Sông Cầu, Thanh toán trực tuyến, Quý IV/2023: không hiển thị" in said
    for secret in (OLD, NEW, "10,7%", "11,0%"):
        assert secret not in said


def test_two_hidden_figures_that_differ_are_no_difference(place, monkeypatch):
    rule = disclosure.hidden

    def hide(figures, catalogue):
        ours = (figures["area_id"] == SONG_CAU) & (figures["indicator_id"] == PAY)
        return rule(figures, catalogue).mask(ours, "primary")

    monkeypatch.setattr(disclosure, "hidden", hide)
    correct(place, f"Xã Đức Vân,{PAY},2023-Q3,9,100,,")
    citation = cite(place)
    correct(place)
    assert "không khác" in ribbon(visit.read(opened(citation)))


# ---------------------------------------------------------------- what cannot be shown


@pytest.mark.parametrize("language", sorted(visit.TEXTS))
@pytest.mark.parametrize("typed", ["ACDE-2345", "không phải mã", "<script>alert(1)</script>", "../../etc"])
def test_an_unknown_code_says_so_and_shows_todays(place, typed, language):
    shown = visit.read(visit.start(cite=typed, lang=language, space="demo"))
    assert shown.problems == [] and visit.slips(shown) == []
    said = visit.plain(shown.panels["trouble"])
    assert typed[:40] in said and "ACDE-2345" in said
    assert "<script" not in shown.panels["trouble"] and current_id(place, "demo") in shown.text


@pytest.mark.parametrize("language", sorted(visit.TEXTS))
def test_a_snapshot_deleted_by_hand_is_missed_aloud(place, language):
    citation = cite(place, language=language)
    correct(place)
    snapshot_path(place, "demo", citation.snapshot_id).unlink()
    at = opened(citation)
    for page in ("change", "overview", "quality"):
        shown = visit.read(visit.go(at, page))
        said = visit.plain(shown.panels["trouble"])
        assert citation.shown in said and citation.snapshot_id in said and "cited" not in shown.panels
        assert current_id(place, "demo") in visit.plain(shown.panels["source"]) and shown.problems == []


def test_a_spoiled_book_is_said_once_and_hides_nothing(place):
    citation = cite(place)
    citations.file_path(place).write_text("xxx\n", encoding="utf-8")
    shown = visit.read(opened(citation, lang="vi", space="demo"))
    assert shown.problems == [] and "hỏng" in visit.plain(shown.panels["trouble"])
    with pytest.raises(BoardError) as refused:
        keep.prune(place, "demo", 0, LAN)
    assert refused.value.code == "citations.unreadable"


def test_who_may_not_read_sees_no_citation(place, monkeypatch):
    citation = cite(place)
    monkeypatch.setenv("BOARD_READING", "members")
    office.forget()
    office.hire(place)
    at = opened(citation, lang="vi")
    shown = visit.read(at)
    assert "cited" not in shown.panels and OLD not in shown.text
    assert [item.label for item in at.main.button] == [visit.TEXTS["vi"]["signin.button"]]


def test_prune_keeps_what_is_cited(place):
    citation = cite(place)
    other = correct(place)
    correct(place, f"Phường Sông Cầu,{PAY},2023-Q4,101,907,,")
    assert keep.prune(place, "demo", 1, LAN) == [other]
    assert snapshot_path(place, "demo", citation.snapshot_id).exists()
    assert OLD in visit.read(opened(citation)).panels["change_table"]


# ---------------------------------------------------------------- the same for shows and reports


def test_a_show_prints_the_code_the_day_and_the_whole_address(place, monkeypatch):
    seen = []
    monkeypatch.setattr(frame, "downloads", lambda ctx, name, make: seen.append(ctx))
    monkeypatch.setenv("BOARD_ADDRESS", "https://so.example.vn/bang/")
    office.forget()
    visit.go(visit.start(lang="vi", space="demo", **VIEW), "change")
    first = citing.for_story(seen[-1], "overview", {"before": "2022-Q4", "after": "2023-Q4"})
    assert (
        isinstance(first, story.Citation) and first.link == f"https://so.example.vn/bang/?cite={first.code}"
    )
    assert first.code in first.line and first.day in first.line and first.link in first.line
    assert "minh họa" in first.line
    made = citations.find(place, first.code)
    book = citations.file_path(place).read_bytes()
    correct(place)
    seen.clear()
    visit.go(opened(made), "change")
    again = citing.for_story(seen[-1], "overview", {"before": "2022-Q4", "after": "2023-Q4"})
    assert again == first, "made again from the citation it prints the same code and day"
    assert citations.file_path(place).read_bytes() == book, "nothing was cited anew"


@pytest.mark.parametrize("space", ["demo", "official"])
def test_a_report_made_again_from_its_citation_says_the_same_to_the_letter(place, monkeypatch, space):
    seen, ends = [], ("2022-Q4", "2023-Q4") if space == "demo" else ("2022", "2023")
    monkeypatch.setattr(frame, "downloads", lambda ctx, name, make: seen.append(ctx))

    def told(ctx) -> list[str]:
        citation = citing.for_story(ctx, "overview", dict(zip(("before", "after"), ends, strict=True)))
        made = [
            stories.report(ctx, *ends, citation),
            stories.report(ctx, *ends, citation, "full", ctx.areas[0]),
        ]
        return [repr(thing) for thing in (*made, stories.show(ctx, *ends, citation))]

    visit.start(lang="vi", space=space)
    first = told(seen[-1])
    code = re.search(r"code='([^']+)'", first[0])[1]
    correct(place, f"Phường Sông Cầu,{PAY},{ends[1]},100,907,,", space=space)
    visit.start(lang="vi", space=space)
    today = told(seen[-1])
    again = told(citing.reopened(seen[-1], citations.find(place, code)))
    assert again == first and code in first[2]
    assert all(new != old for new, old in zip(today, first, strict=True)) and (NEW in today[1]) == (
        space == "demo"
    )


def test_what_depends_on_the_day_is_cited_with_its_day(place, monkeypatch):
    seen = []
    monkeypatch.setattr(frame, "downloads", lambda ctx, name, make: seen.append(ctx))
    at = visit.go(visit.start(lang="vi", space="demo", asof="2025-01-20"), "quality")
    assert not at.exception
    citation = citing.cite(seen[-1], "quality", {"quarter": "2024-Q4"})
    assert dict(citation.choices)["asof"] == "2025-01-20"
    before = visit.read(at).panels["cards"]
    again = visit.go(opened(citation), "quality")
    assert visit.read(again).panels["cards"] == before
    assert "as_of" not in visit.read(again).panels


# ---------------------------------------------------------------- one chart alone


@pytest.mark.parametrize("page", share.ALONE)
@pytest.mark.parametrize("language", sorted(visit.TEXTS))
def test_one_chart_alone_has_its_source_its_mark_and_the_way_back(board, page, language):
    at = visit.go(visit.start(lang=language, space="demo"), page, only="chart")
    shown = visit.read(at)
    words = visit.TEXTS[language]
    assert shown.problems == [] and visit.slips(shown) == []
    assert shown.title == [] and not at.sidebar.children
    assert not at.selectbox and not at.main.get("download_button") and not at.main.get("button_group")
    mark = visit.plain(shown.panels["ribbon"])
    if page == "reference":  # published figures in either space
        assert (
            words["ribbon.demo_reference"].startswith(f"<b>{mark}</b>")
            and words["ribbon.plain"] not in shown.text
        )
    else:
        assert mark == words["ribbon.plain"] + "."
    assert current_id(board, "demo") in shown.panels["source"] and words["share.whole"] in shown.text
    own = set(share.ALONE[page])
    assert set(shown.panels) <= own | set(share.ALWAYS)
    assert own & set(shown.panels) or visit.CHART in {item.type for item in at.main}
    links = re.findall(r"<a [^>]*>", "".join(_drawn(at)))
    assert links and not [link for link in links if '"_blank"' not in link or "data-go" in link]


def _drawn(at) -> list[str]:
    return [json.loads(item.proto.json).get("html", "") for item in at.main if item.type == visit.PANEL]


def test_an_official_chart_alone_bears_no_mark(board):
    shown = visit.read(visit.go(visit.start(lang="vi", space="official"), "change", only="chart"))
    assert "ribbon" not in shown.panels and "10,7%" in shown.text


def test_a_cited_chart_alone_stays_as_it_was(place):
    citation = cite(place)
    correct(place)
    shown = visit.read(
        visit.go(visit.start(cite=citation.shown, only="chart", lang="vi", space="demo"), "change")
    )
    assert "10,7%" in shown.text and citation.shown in visit.plain(shown.panels["source"])
    assert f"cite={citation.shown}" in html.unescape(shown.panels["source"])
