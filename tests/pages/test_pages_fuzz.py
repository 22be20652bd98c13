"""A few seconds of each fuzz, and the cases that a long run once found; the long runs are in tests/benchmark/fuzz_all.py."""

from pathlib import Path

import pytest

from store.definition_files import printable
from tests.benchmark import fuzz_address, fuzz_boundaries, fuzz_text, hostile, markup
from tests.pages import visit
from views import text


def fine(tally, least: int) -> None:
    assert tally.failed == 0, tally.kept
    assert tally.cases >= least, tally


def test_damaged_maps_end_in_findings(tmp_path: Path) -> None:
    fine(fuzz_boundaries.run(12, 1, tmp_path, bounded=False), 12)
    assert not list(tmp_path.iterdir())


def test_odd_addresses_end_in_pages(tmp_path: Path, built) -> None:
    fine(fuzz_address.run(60, 1, tmp_path, runtime=built.runtime_dir), 60)


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    fine(fuzz_text.run(150, 1, tmp_path, short=True), 150)


@pytest.mark.parametrize("word", hostile.TEXTS[:40:7])
def test_a_word_of_the_address_is_told_as_text(board, word: str) -> None:
    """It stands in a passing note, which the framework reads as Markdown: a picture in it would be fetched."""
    at = visit.start(lang="vi", space="demo", after=word)
    said = "".join(item.value for item in at.toast)
    assert markup.SIGNS.search(markup.ESCAPED.sub("", said)) is None and len(said) < 500


def test_a_commune_named_twice_in_an_address_is_chosen_once(board) -> None:
    at = visit.go(
        visit.start(lang="vi", space="official"), "comparison", compare="own", communes="02011-02011"
    )
    assert not at.exception and not at.error


def test_what_the_checks_would_find() -> None:
    """The checks themselves see what they are for."""
    assert markup.page("<p>a<x-fuzz>b</p>")[0] and markup.page('<p onclick="x">a</p>')[0]
    assert markup.page('<a href="JavaScript:x">a</a>')[0] and not markup.page('<a href="?a=1">a</a>')[0]
    assert markup.label("q00001z [a](b)") and not markup.label(
        "q00001z " + text.as_label("[a](b) $x$ :red[c]")
    )
    assert markup.table(b"a,=1+1 q00001z\r\n")[0] and not markup.table(b"a,'=1+1 q00001z\r\n")[0]
    assert (
        markup.chart('{"text": "q00001z <img src=x>"}')[0]
        and not markup.chart('{"text": "q00001z &lt;img"}')[0]
    )
    assert markup.lost("q00001z ", {"q00001z": "q00001z <b>"})
    assert not markup.lost("q00001z <b>", {"q00001z": "q00001z <b>"})


def test_definitions_hold_nothing_that_no_document_can() -> None:
    assert printable({"a": ["x\x0by\u2028z\ufffe\n", 1, True]}) == {"a": ["x y z \n", 1, True]}


def test_links_of_a_document_are_told_from_its_words() -> None:
    assert markup.document(b"<</S/URI/URI (javascript:x)>>")[0] and markup.document(b"/S /JavaScript")[0]
    assert not markup.document(b"/Title(1. [x]\\(javascript:window)/Dest 1")[0]
