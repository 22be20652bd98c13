"""The command line: a whole file or none, one sentence either way, nothing else on the screen."""

import csv
import io
import json
import subprocess
import sys
import zipfile

import pytest

from reports.__main__ import main


@pytest.fixture
def at(built, monkeypatch):
    monkeypatch.setenv("BOARD_RUNTIME", str(built.runtime_dir))
    return built


def figures(path):
    with zipfile.ZipFile(path) as box:
        return list(csv.DictReader(io.StringIO(box.read("figures.csv").decode("utf-8-sig"), newline="")))


def test_a_package_is_written_and_said_so(at, tmp_path, capsys):
    path = tmp_path / "goi.zip"
    assert main(["package", "--space", "demo", "--out", str(path)]) == 0
    assert capsys.readouterr().out.strip() == f"Đã viết tệp {path}."
    assert len(figures(path)) > 900 and [item.name for item in tmp_path.iterdir()] == ["goi.zip"]
    with zipfile.ZipFile(path) as box:
        assert "Số liệu minh họa" in box.read("README.vi.md").decode()


def test_one_commune_alone_and_english_first(at, tmp_path, capsys):
    path = tmp_path / "one.zip"
    wanted = ["package", "--space", "demo", "--area", "01837", "--language", "en", "--out", str(path)]
    assert main(wanted) == 0
    assert capsys.readouterr().out.startswith("Wrote ")
    assert {row["commune"] for row in figures(path)} == {"01837-2020"}
    with zipfile.ZipFile(path) as box:
        about = json.loads(box.read("datapackage.json"))
    assert about["description"].startswith("Illustrative figures") and list(about["citation"]) == ["en", "vi"]


def test_printed_figures_lie_apart_from_what_can_be_loaded(at, tmp_path):
    path = tmp_path / "official.zip"
    assert main(["package", "--out", str(path)]) == 0
    assert figures(path) == []
    with zipfile.ZipFile(path) as box:
        assert b"backan-2024-05-25" in box.read("printed.csv")
        assert "minh họa" not in box.read("README.vi.md").decode()


def test_what_cannot_be_written_leaves_the_old_file(at, tmp_path, capsys):
    assert main(["package", "--out", str(tmp_path / "no" / "x.zip")]) == 1
    assert "Không viết được tệp" in capsys.readouterr().err
    folder = tmp_path / "folder"
    folder.mkdir()
    assert main(["package", "--out", str(folder)]) == 1
    assert [item.name for item in tmp_path.iterdir()] == ["folder"]


def test_an_installation_without_figures_is_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BOARD_RUNTIME", str(tmp_path / "nothing"))
    assert main(["package", "--out", str(tmp_path / "x.zip")]) == 1
    said = capsys.readouterr().err
    assert said.strip() and "Traceback" not in said and not (tmp_path / "x.zip").exists()


def test_wrong_use_ends_with_two(tmp_path):
    with pytest.raises(SystemExit) as ended:
        main(["poem", "--out", str(tmp_path / "x")])
    assert ended.value.code == 2


def test_as_a_command_it_says_nothing_on_the_side(at, root, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "reports", "package", "--space", "demo", "--out", "x.zip"],
        cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": str(root), "BOARD_RUNTIME": str(at.runtime_dir), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "") and (tmp_path / "x.zip").exists()


@pytest.mark.parametrize("kind, opening", [("slides", b"PK"), ("workbook", b"PK")])
def test_a_deck_and_a_workbook_of_the_published_snapshot(at, tmp_path, capsys, kind, opening):
    path = tmp_path / "file"
    assert main([kind, "--space", "demo", "--out", str(path)]) == 0
    assert path.read_bytes().startswith(opening) and zipfile.is_zipfile(path)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("more", [("--citation", "ACDE-2345"), ("--area", "99999")])
def test_what_is_not_there_is_named_in_a_sentence(at, tmp_path, capsys, more):
    assert main(["workbook", "--space", "demo", "--out", str(tmp_path / "x"), *more]) == 1
    assert more[1] in capsys.readouterr().err and not (tmp_path / "x").exists()
