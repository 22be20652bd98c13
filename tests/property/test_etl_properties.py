"""What must hold for every file, not only for the examples."""

import csv
import io
import tempfile
import unicodedata
from datetime import date
from pathlib import Path

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl import decode, legacy, numbers, publish
from etl.check import check
from etl.findings import Collector, message
from etl.origins import TYPED
from etl.spelling import plain
from store.snapshot import Snapshot, current_id, snapshot_path
from tests import builders

CATALOGUE = builders.catalogue()
TODAY = date(2025, 6, 1)
LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy" + "áàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
WORDS = st.text(alphabet=LETTERS + LETTERS.upper() + " 0123456789.,;-", min_size=1, max_size=30).filter(
    str.strip
)


def _cp1258(text: str) -> bytes:
    """As a Vietnamese Windows writes it: the letter with its hat, the tone as a mark of its own."""
    parts = []
    for char in text:
        pieces = unicodedata.normalize("NFD", char)
        tones = "".join(mark for mark in pieces if mark in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", "".join(mark for mark in pieces if mark not in tones))
        parts.append(base + tones)
    return "".join(parts).encode("cp1258")


ENCODERS = {
    "utf-8": lambda text: text.encode(),
    "utf-8-sig": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "windows-1258": _cp1258,
    "nfd": lambda text: unicodedata.normalize("NFD", text).encode(),
}


@given(WORDS, st.sampled_from(sorted(ENCODERS)))
def test_decode_of_encode_is_the_text(text: str, encoding: str) -> None:
    read, _, found = decode.to_text(ENCODERS[encoding]("phường đủ " + text))
    assert found == [] and read == "phường đủ " + text


CELLS = st.text(alphabet=LETTERS + ' ,;\t|"\n1', max_size=8).map(str.strip)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_rows_of_written_rows_are_the_rows(rows: list[list[str]], delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([["một", "hai", "ba"], *rows])
    read, found = decode.to_rows(text.getvalue())
    assert found == [] and read.delimiter == delimiter
    filled = [(line, tuple(row)) for line, row in enumerate(rows, start=2) if any(row)]
    assert list(zip(read.lines, read.cells, strict=True)) == filled


@given(st.integers(-(10**10), 10**10), st.integers(0, 4), st.booleans())
def test_a_number_written_the_vietnamese_way_reads_back(digits: int, decimals: int, grouped: bool) -> None:
    number = digits / 10**decimals
    text = f"{number:,.{decimals}f}" if grouped else f"{number:.{decimals}f}"
    text = text.translate(str.maketrans(",.", ".,"))
    cells = pd.Series([text, "1.234.567,5"], name="value", index=[2, 3], dtype=object)
    frame = numbers.read_column(cells, Collector(), allow_words=True)
    assert frame["number"].iloc[0] == float(f"{number:.{decimals}f}")
    assert frame["decimals"].iloc[0] == decimals


@given(st.text(max_size=20))
@example(TYPED)
def test_any_cell_gives_a_number_or_a_finding_or_is_blank(text: str) -> None:
    found = Collector()
    frame = numbers.read_column(
        pd.Series([text], name="value", index=[2], dtype=object), found, allow_words=True
    )
    blank = not numbers.tidy(text.removesuffix(TYPED))  # nobody sees the mark of a typed cell
    assert (
        frame["number"].notna().iloc[0] + frame["no_cases"].iloc[0] + bool(found.blocked_lines) + blank == 1
    )


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(data: bytes) -> None:
    report = check("x.csv", data, CATALOGUE, "official", TODAY)
    assert report.blocked and report.accepted == 0
    assert all(message(item, language) for item in report.findings for language in ("vi", "en"))


FIELD = st.one_of(
    st.sampled_from(
        ["01837", "Sông Cầu", "pay_rate", "doc_count", "2024-Q1", "KPS", "10,7", "1.234", "10", "100", ""]
    ),
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=6),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(FIELD, min_size=7, max_size=7), max_size=5), st.sampled_from(["official", "demo"]))
def test_any_table_is_answered_and_keeps_its_promises(rows: list[list[str]], space: str) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([builders.COLUMNS, *rows])
    report = check("x.csv", text.getvalue().encode(), CATALOGUE, space, TODAY)
    assert report.accepted == (0 if report.blocked else len(report.table))
    assert not report.table.duplicated(["area_id", "indicator_id", "definition", "period", "role"]).any()
    assert set(report.table["status"]) <= {"reported", "no_cases"}
    lines = {item.line for item in report.findings if item.severity == "block"}
    assert not lines & set(report.table["line"])


@given(WORDS)
def test_plain_ignores_form_case_and_accents(text: str) -> None:
    assert plain(unicodedata.normalize("NFD", text.upper())) == plain(
        unicodedata.normalize("NFC", text.lower())
    )


FIGURE = st.tuples(
    st.sampled_from(["01837", "02017", "01912"]), st.sampled_from(["2024-Q1", "2024-Q2"]), st.integers(0, 50)
)
FILES = st.lists(
    st.lists(FIGURE, min_size=1, max_size=4, unique_by=lambda item: item[:2]), min_size=1, max_size=3
)


@settings(max_examples=6, deadline=None)
@given(FILES)
def test_incremental_build_equals_full_build_and_twice_changes_nothing(files: list) -> None:
    contents = [
        (
            f"{number}.csv",
            builders.rows(*(f"{area},pay_rate,{period},{count},50,," for area, period, count in file)),
        )
        for number, file in enumerate(files)
    ]
    with tempfile.TemporaryDirectory() as folder:
        one, other = builders.settings(Path(folder) / "one"), builders.settings(Path(folder) / "other")
        for content in contents:
            publish.load_bytes(one, "official", [content], builders.LAN, TODAY)
        publish.load_bytes(other, "official", contents, builders.LAN, TODAY)
        assert _figures(one) == _figures(other)
        before = builders.everything_below(one.runtime_dir)
        publish.load_bytes(one, "official", contents[-1:], builders.LAN, TODAY)
        assert builders.everything_below(one.runtime_dir) == before


def _figures(place: builders.Settings) -> list[tuple]:
    snapshot = Snapshot(snapshot_path(place, "official", current_id(place, "official")))
    rows = [
        snapshot.cursor().execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
        for table in ("observation", "revision", "period")
    ]
    snapshot.close()
    return rows


OLD_FONTS = {"tcvn3": legacy.from_tcvn3, "vni": legacy.from_vni}


@given(
    st.text(
        alphabet="aăâeêioôơuưyđbcghklmnpqrstvxàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ ,10",
        max_size=40,
    )
)
def test_text_in_an_old_font_converts_back(text: str) -> None:
    for name, convert in OLD_FONTS.items():
        table = {letter: own for own, letter in getattr(legacy, name.upper()).items()}
        assert convert("".join(table.get(char, char) for char in text)) == text


@given(st.text(alphabet=LETTERS + " ,;0123456789éñçüö", max_size=60))
def test_unicode_text_is_never_taken_for_an_old_font(text: str) -> None:
    assert legacy.recognise("phường, đủ\n" + text) == ("", "")
