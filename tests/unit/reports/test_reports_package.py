"""The data package: what is in it is what the snapshot holds, and loading it gives the same figures."""

import csv
import io
import json
import zipfile

import pandas as pd
import pytest

from etl.cli import main
from reports.package import COLUMNS, FIGURES, Content, package
from reports.story import Citation
from store import catalogue, read
from store.settings import read_settings
from store.snapshot import Snapshot, current_id, snapshot_path
from views.text import languages

CITATION = Citation("4K7Q-2M", "https://so-sanh.example/?cite=4K7Q-2M", "22/11/2026", "Mã trích dẫn 4K7Q-2M")
MARK = {"vi": "SỐ LIỆU MINH HỌA", "en": "ILLUSTRATIVE FIGURES"}
SAME = ["area_id", "indicator_id", "definition", "period", "role", "qualifier", "status", "source", "note"]
NUMBERS = ["numerator", "denominator", "value", "value_given"]


def held(settings, space):
    """(figures of all communes, definitions, snapshot id) as they are published."""
    snapshot_id = current_id(settings, space)
    snapshot = Snapshot(snapshot_path(settings, space, snapshot_id))
    try:
        known = catalogue.load(read.definition_files(snapshot))
        areas = [area.id for area in known.areas]
        figures = read.figures(snapshot, areas=areas, provenances=("uploaded", "illustrative"))
        return figures, known, snapshot_id
    finally:
        snapshot.close()


def says(root):
    known = languages(root / "data" / "reference" / "texts")
    return {code: known[code].text for code in ("vi", "en")}


def packed(figures, known, snapshot_id, root, space="demo"):
    both = {"vi": CITATION, "en": CITATION}
    mark = MARK if space == "demo" else {}
    return package(Content(figures, known, snapshot_id, space, mark, both), says(root))


def rows(data: bytes, name: str = FIGURES) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        text = box.read(name)
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def written(data: bytes, folder):
    path = folder / FIGURES
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        path.write_bytes(box.read(FIGURES))
    return path


def sorted_for_comparison(figures: pd.DataFrame) -> pd.DataFrame:
    table = figures[SAME + NUMBERS].astype(dict.fromkeys(SAME, object))
    return table.sort_values(SAME[:5]).reset_index(drop=True)


@pytest.fixture
def empty(tmp_path, monkeypatch, root):
    """An installation with the definitions and no figures at all."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "reference").symlink_to(root / "data" / "reference")
    monkeypatch.setenv("BOARD_DATA", str(data))
    monkeypatch.setenv("BOARD_RUNTIME", str(tmp_path / "runtime"))
    return read_settings()


def test_loading_the_package_into_an_empty_space_gives_the_same_figures(built, empty, tmp_path, root, capsys):
    figures, known, snapshot_id = held(built, "demo")
    figures = figures[figures["status"].ne("suppressed")]
    path = written(packed(figures, known, snapshot_id, root), tmp_path)
    assert main(["load", "--space", "demo", str(path)]) == 0, capsys.readouterr().out
    again, _, _ = held(empty, "demo")
    assert len(again) == len(figures) > 900
    pd.testing.assert_frame_equal(
        sorted_for_comparison(again), sorted_for_comparison(figures), check_exact=True
    )
    assert set(again["provenance"]) == {"illustrative"}


def test_illustrative_figures_are_marked_everywhere_and_stay_out_of_the_official_space(
    built, empty, tmp_path, root, capsys
):
    data = packed(*held(built, "demo"), root)
    assert {row["source"] for row in rows(data)} == {"illustrative"}
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        about = json.loads(box.read("datapackage.json"))
        readme = box.read("README.vi.md").decode()
    assert about["illustrative"] is True and MARK["vi"] in about["description"] and MARK["vi"] in readme
    assert main(["load", "--space", "official", str(written(data, tmp_path))]) == 1
    assert "illustrative" in capsys.readouterr().out


# Every kind of figure: counts, a lone value that could be a thousand, words, no cases with and without counts, notes that
# a spreadsheet would run, a note with quotes.
ODD = """\ufeffcommune,indicator,period,numerator,denominator,value,qualifier,note
Phường Sông Cầu,gov_online_payment_rate,2024-Q1,1,846,,,=1+1
Phường Sông Cầu,gov_online_payment_rate,2024-Q2,0,900,,,+84 208
Xã Đức Vân,gov_online_payment_rate,2024-Q1,0,0,,,-
Xã Đức Vân,gov_online_payment_rate,2024-Q2,,,không phát sinh,,@SUM(A1)
Xã Quang Thuận,gov_online_payment_rate,2024-Q1,,,"11,072",gần,"dòng một, ""trích"" hết"
Xã Quang Thuận,gov_online_payment_rate,2024-Q2,14,112,"12,5",khoảng,
"""


def test_every_kind_of_figure_comes_back_as_it_was(empty, tmp_path, root, monkeypatch, capsys):
    first = tmp_path / "first.csv"
    first.write_text(ODD, encoding="utf-8")
    assert main(["load", str(first)]) == 0, capsys.readouterr().out
    figures, known, snapshot_id = held(empty, "official")
    assert len(figures) == 6 and set(figures["status"]) == {"reported", "no_cases"}
    data = packed(figures, known, snapshot_id, root, "official")
    assert {row["note"] for row in rows(data)} >= {" =1+1", " +84 208", " @SUM(A1)"}
    monkeypatch.setenv("BOARD_RUNTIME", str(tmp_path / "other"))
    assert main(["load", str(written(data, tmp_path))]) == 0, capsys.readouterr().out
    again, _, _ = held(read_settings(), "official")
    pd.testing.assert_frame_equal(
        sorted_for_comparison(again), sorted_for_comparison(figures), check_exact=True
    )


def test_suppressed_figures_are_counted_and_nothing_of_them_is_in_it(built, root):
    figures, known, snapshot_id = held(built, "demo")
    few = figures.head(20).copy()
    few.loc[few.index[:3], "status"] = "suppressed"
    few.loc[few.index[:3], ["numerator", "denominator", "value"]] = None
    data = packed(few, known, snapshot_id, root)
    assert len(rows(data)) == 17
    gone = few.head(3)[["area_id", "indicator_id", "period"]].apply(tuple, axis=1)
    assert not set(gone) & {(row["commune"], row["indicator"], row["period"]) for row in rows(data)}
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        assert "Có 3 số không hiển thị" in box.read("README.vi.md").decode()
        assert "3 figures are suppressed" in box.read("README.en.md").decode()


def test_the_description_fits_the_files_and_the_bytes_repeat(built, root):
    content = held(built, "demo")
    data = packed(*content, root)
    assert data == packed(*content, root)
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        about = json.loads(box.read("datapackage.json"))
        assert about["id"] == content[2] and "4K7Q-2M" in about["citation"]["vi"] and "licenses" not in about
        assert about["periods"] == [str(item) for item in dict.fromkeys(content[0]["period"])]
        for resource in about["resources"]:
            held_rows = list(
                csv.reader(io.StringIO(box.read(resource["path"]).decode("utf-8-sig"), newline=""))
            )
            assert held_rows[0] == [field["name"] for field in resource["schema"]["fields"]]
            assert len(held_rows) - 1 == resource["rows"] > 0
            assert all(len(row) == len(held_rows[0]) for row in held_rows)
    assert list(rows(data)[0]) == list(COLUMNS)
    named = {row["indicator"] for row in rows(data, "definitions.csv")}
    assert {row["indicator"] for row in rows(data)} <= named
