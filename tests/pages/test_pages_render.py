"""Every page, in every language and both spaces: it draws, says what it promises, and nothing it must not say."""

import itertools
import re
from pathlib import Path

import pytest

from store import version
from store.snapshot import current_id
from tests.pages import visit
from views import format as fmt
from views.text import languages

LANGUAGES = sorted(visit.TEXTS)
CASES = list(itertools.product(LANGUAGES, ("official", "demo"), visit.PAGES))
# Figures of the pilot as published, which the official pages must show: Sông Cầu 0,1% -> 10,7%, Quang Thuận 2,0% -> 8,3%.
HEADLINES = {
    "overview": ("0,1%", "10,7%", "+10,6 điểm phần trăm", "2,0%", "8,3%", "+6,3", "không ghi tử số, mẫu số"),
    "map": ("10,7%", "8,3%"),
    "change": ("0,1%", "10,7%", "+10,6", "107 lần", "2,0%", "8,3%", "+6,3"),
    "comparison": ("10,7%", "8,3%", "không ghi n/N", "0/100 xã, phường khác", "14/6/2023"),
    "tiers": ("10,7%", "8,3%"),
    "plan": ("10,7%", "8,3%", "không ghi n/N", "Kế hoạch 369/KH-UBND", "1/10 nhiệm vụ"),
    "index": ("4/160", "2/20", "1/20", "0/6"),  # published figures are far too few for an index
    "area": ("10,7%",),
    "indicator": ("10,7%", "2,0%", "8,3%"),
    "reference": ("10,7%", "2,0%"),
    "hall": ("0,1%", "10,7%", "+10,6 điểm phần trăm", "nguồn không ghi tử số, mẫu số"),
    "method": ("10,6", "Newcombe", "Wilson"),
    "report": ("0,1%", "10,7%", "+10,6 điểm phần trăm", "2,0%", "8,3%", "không ghi tử số, mẫu số"),
    "quality": ("0/344", "29/7/2025"),  # published figures are no reports
}


@pytest.fixture(scope="module")
def figures(board):
    """Observed figures of the compared communes in both spaces, as the pages read them."""
    from views import load

    found = {}
    for space in ("official", "demo"):
        snapshot_id = current_id(board, space)
        pilots = tuple(area.id for area in load.catalogue(space, snapshot_id).pilots)
        found[space] = load.figures(space, snapshot_id, pilots)
    return found


def english(figure: str) -> str:
    """A Vietnamese figure as English writes it; other words give nothing to look for."""
    return figure.replace(",", ".") if re.fullmatch(r"[+−]?\d+,\d+%?", figure) else ""


@pytest.mark.parametrize(("language", "space", "page"), CASES)
def test_a_page_draws_under_its_own_title(tours, language, space, page):
    shown = tours(language, space)[page]
    assert shown.problems == []
    assert shown.title == [visit.TEXTS[language][f"{page}.title"]]
    assert shown.panels


@pytest.mark.parametrize(("language", "space", "page"), CASES)
def test_no_key_placeholder_or_gap_shows_through(tours, language, space, page):
    shown = tours(language, space)[page]
    assert visit.slips(shown) == []
    for place, text in shown.words.items():
        if place != "main.glossary":
            assert not re.search(
                r"\b(published_\w+|higher_better|approx_below|third_party_\w+|not_met|no_cases)\b", text
            ), place


@pytest.mark.parametrize("page", visit.OF_FIGURES)
def test_the_official_pages_show_the_published_figures(tours, page):
    text = tours("vi", "official")[page].text
    for figure in HEADLINES[page]:
        assert figure in text, figure
    translated = tours("en", "official")[page].text
    for figure in filter(None, map(english, HEADLINES[page])):
        assert figure in translated, figure


@pytest.mark.parametrize(
    "page", [page for page in visit.OF_FIGURES if page not in ("reference", "method", "quality", "plan")]
)
def test_the_demo_pages_show_a_demo_figure(tours, figures, page):
    """Sông Cầu's latest online payments, as share and as n/N."""
    own = figures["demo"].query(
        "indicator_id == 'gov_online_payment_rate' and area_id == '01837-2020' and period == '2024-Q4'"
    )
    row = own.iloc[0]
    for code, language in languages(Path(visit.ROOT, "data", "reference", "texts")).items():
        text = tours(code, "demo")[page].text
        assert fmt.percent(row["numerator"] / row["denominator"], language) in text
        assert fmt.fraction_text(row["numerator"], row["denominator"], language) in text


@pytest.mark.parametrize("page", visit.PAGES)
def test_the_ribbon_stands_on_every_demo_page_and_on_no_other(tours, page):
    for language in LANGUAGES:
        words = visit.TEXTS[language]
        ribbon = visit.plain(words.get(f"ribbon.demo_{page}", words["ribbon.demo"]))
        assert visit.plain(tours(language, "demo")[page].panels["ribbon"]) == ribbon
        official = tours(language, "official")[page]
        assert "ribbon" not in official.panels
        assert ribbon[:24] not in official.text


def test_official_frames_hold_nothing_illustrative(figures):
    assert set(figures["official"]["provenance"]) <= {"published", "uploaded"}
    assert "published" in set(figures["official"]["provenance"])
    assert set(figures["demo"]["provenance"]) <= {"illustrative", "uploaded"}


@pytest.mark.parametrize("page", visit.PAGES)
def test_no_illustrative_number_or_source_in_the_official_space(tours, board, figures, page):
    from store import catalogue as definitions

    sources = definitions.load(definitions.read_files(board.reference_dir)).sources
    illustrative = [source for source in sources if source.kind == "illustrative"]
    assert illustrative
    texts = languages(Path(visit.ROOT, "data", "reference", "texts"))
    for code, language in texts.items():
        shown = tours(code, "official")[page]
        for source in illustrative:
            assert source.title.to(code) not in shown.text and source.id not in shown.text
        rows = figures["demo"]
        rows = rows[rows["denominator"] >= 1000]
        made_up = {
            fmt.fraction_text(n, of, language)
            for n, of in zip(rows["numerator"], rows["denominator"], strict=True)
        }
        seen = set(re.findall(r"\d[\d.,]*/\d[\d.,]*\d", shown.text))
        assert len(made_up) > 400 and not made_up & seen


def fragments(language: str, other: str) -> set[str]:
    """Stretches of one language's texts, longer than 12 letters, that the other language does not contain."""
    elsewhere = "\n".join(str(text) for text in visit.TEXTS[other].values())
    found = set()
    for key, text in visit.TEXTS[language].items():
        if key.startswith("language."):
            continue
        for piece in re.split(r"\{[^}]*\}|\n", visit.plain(text)):
            words = piece.strip(" .,;:()–→-")
            if len(words) > 12 and words not in elsewhere:
                found.add(words)
    return found


@pytest.mark.parametrize("space", ["official", "demo"])
@pytest.mark.parametrize("page", visit.PAGES)
def test_no_language_leaks_into_another(tours, space, page):
    for language, other in itertools.permutations(("vi", "en")):
        words = tours(language, space)[page].words
        own = "\n".join(
            text for place, text in words.items() if place != "main.glossary"
        )  # it names both languages
        leaked = [piece for piece in fragments(other, language) if piece in own]
        assert not leaked, f"{other} in {language}: {leaked[:5]}"


@pytest.mark.parametrize("page", visit.PAGES)
def test_every_page_names_its_snapshot_and_its_version(tours, board, page):
    for space in ("official", "demo"):
        assert current_id(board, space) in tours("vi", space)[page].text
        assert f"Phiên bản {version.version()}, bản dựng" in tours("vi", space)[page].text


@pytest.mark.parametrize("page", [page for page in visit.OF_FIGURES if page != "method"])
def test_every_page_of_figures_can_be_taken_away(tours, page):
    labels = tours("vi", "official")[page].text
    if page == "hall":  # as the show itself
        assert visit.TEXTS["vi"]["hall.download"] in labels
        return
    assert visit.TEXTS["vi"]["export.csv"] in labels and visit.TEXTS["vi"]["export.xlsx"] in labels


def test_the_official_space_is_mostly_empty_and_says_so(tours):
    for page in ("overview", "map", "change", "indicator"):
        assert (
            "chưa có số liệu" in tours("vi", "official")[page].text.lower()
            or "chưa có đủ" in tours("vi", "official")[page].text.lower()
        )
    # No commune without figures is ranked or given a zero.
    ranking = visit.plain(tours("vi", "official")["tiers"].panels["ranking"])
    assert ranking.count("chưa có số liệu") >= 5 and "0%" not in ranking.replace("10,7%", "").replace(
        "00%", ""
    )


# ---------------------------------------------------------------- for who cannot see it

WITH_CHARTS = {"map", "change", "comparison", "tiers", "indicator", "reference"}
DECIMAL = {"vi": re.compile(r"(?<![\d.])\d+,\d+%?"), "en": re.compile(r"(?<![\d,])\d+\.\d+%?")}


def charts(shown):
    """(alternative text, everything written in it) of each chart of a page."""
    for place, words in shown.words.items():
        if place.endswith(visit.CHART):
            said, _, written = words.partition("\n")
            yield said, written


def markup(shown) -> str:
    """All HTML of our own on the page."""
    return "\n".join(shown.panels.values())


@pytest.mark.parametrize(("language", "space", "page"), CASES)
def test_a_chart_has_a_title_a_sentence_and_a_table_of_its_figures(tours, language, space, page):
    shown = tours(language, space)[page]
    tables = visit.plain(" ".join(re.findall(r"<table.*?</table>", markup(shown), re.S)))
    for said, written in charts(shown):
        assert len(said) > 25 and "<" not in said
        assert re.search(r"<h2>[^<]{15,}", markup(shown))
        assert [figure for figure in set(DECIMAL[language].findall(written)) if figure not in tables] == []


def test_there_are_charts_with_figures_to_look_for(tours):
    shown = tours("vi", "demo")
    assert {page for page in shown if any(charts(shown[page]))} == WITH_CHARTS
    written = [text for page in shown for _, text in charts(shown[page])]
    assert sum(len(set(DECIMAL["vi"].findall(text))) for text in written) > 60


@pytest.mark.parametrize(("language", "space", "page"), CASES)
def test_drawings_have_a_name_and_tables_have_headings(tours, language, space, page):
    """A drawing without a name of its own stands beside the words that say the same."""
    body = markup(tours(language, space)[page])
    assert body
    for drawing in re.findall(r"<svg[^>]*>", body):
        assert 'aria-hidden="true"' in drawing or re.search(r'aria-label="[^"]{12,}"', drawing), drawing
    for table in re.findall(r"<table.*?</table>", body, re.S):
        heads = re.findall(r"<th\b[^>]*>", table)
        assert heads and all(re.search(r'scope="(col|row|colgroup|rowgroup)"', head) for head in heads), heads
