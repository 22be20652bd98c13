"""The command line: exit codes, one JSON object per file, plain sentences."""

import io
import json
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from etl import actor, cli
from tests import builders

GOOD = builders.rows("01837,pay_rate,2024-Q1,10,100,,", '02017,pay_rate,2024-Q1,,,"8,3",')
BAD = builders.rows("01837,pay_rate,2024-Q1,x,100,,")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small installation that the environment points to, with a good and a bad file."""
    settings = builders.settings(tmp_path)
    monkeypatch.setenv("BOARD_DATA", str(settings.reference_dir.parent))
    monkeypatch.setenv("BOARD_RUNTIME", str(settings.runtime_dir))
    for name in ("BOARD_REFERENCE", "BOARD_SPACE", "BOARD_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "good.csv").write_bytes(GOOD)
    (tmp_path / "bad.csv").write_bytes(BAD)
    return tmp_path


def test_check_speaks_vietnamese_and_writes_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(place / "good.csv")]) == 0
    said = capsys.readouterr().out
    assert "2 dòng số liệu" in said and "Nhận được: 2 số liệu." in said and "dòng 3, giá trị" in said
    assert cli.main(["check", str(place / "bad.csv")]) == 1
    assert "Hãy ghi KPS" in capsys.readouterr().out
    assert not (place / "runtime").exists()


def test_check_of_bytes_that_are_no_text(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "x.csv").write_bytes(b"")
    assert cli.main(["check", str(place / "x.csv")]) == 1
    said = capsys.readouterr().out
    assert "không đọc được" in said and "cả tệp" in said


def test_json_is_one_object_per_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["load", str(place / "good.csv"), "--json", "--as", "Lan"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert list(said) == ["file", "encoding", "rows", "accepted", "findings", "upload_id", "snapshot_id"]
    assert (said["file"], said["encoding"], said["rows"], said["accepted"]) == ("good.csv", "utf-8-sig", 2, 2)
    finding = said["findings"][0]
    assert list(finding) == ["code", "severity", "line", "column", "value", "message", "sheet", "cell"]
    assert (finding["code"], finding["severity"], finding["line"]) == ("value.without_counts", "note", 3)
    assert cli.main(["check", str(place / "good.csv"), str(place / "bad.csv"), "--json"]) == 1
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [item["accepted"] for item in objects] == [2, 0]
    assert objects[0]["upload_id"] is None


def test_load_says_what_happened(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["load", str(place / "good.csv"), str(place / "bad.csv")]) == 1
    assert "trong các tệp gửi cùng còn lỗi" in capsys.readouterr().out
    assert not (place / "runtime").exists()
    assert cli.main(["load", str(place / "good.csv")]) == 0
    assert "Đã nhận 2 số liệu" in capsys.readouterr().out
    assert cli.main(["load", str(place / "good.csv")]) == 0
    assert "không có gì thay đổi" in capsys.readouterr().out


def test_the_whole_life_of_a_space(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["status"]) == 0
    assert capsys.readouterr().out.count("chưa công bố") == 2
    assert cli.main(["log"]) == 0
    assert capsys.readouterr().out.count("nhật ký còn trống") == 2
    assert cli.main(["init"]) == 0
    assert capsys.readouterr().out.count("đã công bố") == 2
    assert cli.main(["init"]) == 0
    assert capsys.readouterr().out.count("đang dùng") == 2
    assert cli.main(["rollback"]) == 1
    assert "Chưa có bản số liệu nào trước" in capsys.readouterr().err
    cli.main(["load", str(place / "good.csv")])
    first = capsys.readouterr().out
    assert cli.main(["rollback", "--as", "Lan"]) == 0
    said = capsys.readouterr().out
    assert "quay lại" in said and "Đã rút lại, không còn tính: good.csv" in said
    assert cli.main(["status", "--space", "official"]) == 0
    said = capsys.readouterr().out
    assert "bởi Lan" in said and "0 tệp đã nhận" in said and "chưa công bố" not in said
    assert cli.main(["build"]) == 0
    assert "đã dựng" in capsys.readouterr().out
    snapshot_id = first.split("bản số liệu ")[1].split(".")[0]
    assert cli.main(["publish", snapshot_id]) == 0
    assert "đã công bố" in capsys.readouterr().out
    assert cli.main(["publish"]) == 0
    assert "đang dùng" in capsys.readouterr().out
    assert cli.main(["log", "--space", "official"]) == 0
    said = capsys.readouterr().out
    assert "official rollback Lan" in said and "files=good.csv" in said
    assert cli.main(["log", "--verify"]) == 0
    assert "nguyên vẹn, 7 dòng" in capsys.readouterr().out
    log = place / "runtime" / "official" / "ledger.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    assert cli.main(["log", "--verify"]) == 1
    assert "mất phần cuối, từ dòng 6" in capsys.readouterr().out


def test_a_file_sent_again_is_said(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.main(["init"])
    cli.main(["load", str(place / "good.csv")])
    cli.main(["rollback"])
    capsys.readouterr()
    assert cli.main(["load", str(place / "good.csv")]) == 0
    assert "nay nhận lại như lần nộp mới: 2 số liệu" in capsys.readouterr().out
    monkeypatch.setenv("BOARD_LANGUAGE", "en")
    cli.main(["rollback"])
    assert "Withdrawn, no longer counted: good.csv." in capsys.readouterr().out
    cli.main(["load", str(place / "good.csv")])
    assert "it now counts as a new arrival: 2 figures" in capsys.readouterr().out
    cli.main(["load", str(place / "good.csv")])
    assert "all its figures still stand; nothing changed" in capsys.readouterr().out


def test_status_says_that_inputs_have_changed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["init"])
    (place / "data" / "reference" / "index.toml").write_text(
        '[index]\nmean = "geometric"\n', encoding="utf-8"
    )
    capsys.readouterr()
    assert cli.main(["status", "--space", "official"]) == 0
    assert "mới chưa công bố" in capsys.readouterr().out


def test_prune_says_what_it_removed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["init"])
    cli.main(["load", str(place / "good.csv")])
    capsys.readouterr()
    assert cli.main(["prune", "--keep", "1", "--as", "Lan"]) == 0
    assert "đã xóa 1 bản số liệu cũ: none-" in capsys.readouterr().out
    assert cli.main(["prune", "--keep", "1", "--space", "official"]) == 0
    assert "không có bản số liệu cũ nào để xóa" in capsys.readouterr().out
    for number in ("0", "-1", "x"):
        with pytest.raises(SystemExit) as left:
            cli.main(["prune", "--keep", number])
        assert left.value.code == 2


def test_json_has_an_object_per_file_when_an_error_stops(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "data" / "reference" / "index.toml").write_text("= broken", encoding="utf-8")
    for command in ("check", "load"):
        assert cli.main([command, str(place / "good.csv"), str(place / "bad.csv"), "--json"]) == 1
        caught = capsys.readouterr()
        objects = [json.loads(line) for line in caught.out.splitlines()]
        assert [item["file"] for item in objects] == ["good.csv", "bad.csv"]
        assert [(item["findings"], item["error"]["code"]) for item in objects] == [
            ([], "catalogue.mistakes")
        ] * 2
        assert "Danh mục có lỗi" in objects[0]["error"]["message"] and "index.toml" in caught.err


def test_a_changed_log_is_found(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["load", str(place / "good.csv"), "--as", "Lan"])
    log = place / "runtime" / "official" / "ledger.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"publish", "by": "Lan"', b'"publish", "by": "Hoa"'))
    assert cli.main(["log", "--verify", "--space", "official"]) == 1
    assert "bị sửa từ dòng 2" in capsys.readouterr().out


def test_wrong_use_is_exit_code_two(place: Path) -> None:
    for argv in (
        [],
        ["check"],
        ["check", str(place / "none.csv")],
        ["load", str(place)],
        ["check", "x", "--space", "y"],
    ):
        with pytest.raises(SystemExit) as left:
            cli.main(argv)
        assert left.value.code == 2


def test_errors_are_one_sentence(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["publish", "../evil"]) == 1
    assert "Không có bản số liệu ../evil" in capsys.readouterr().err
    assert not (place / "runtime").exists()
    (place / "data" / "reference" / "index.toml").write_text("= broken", encoding="utf-8")
    assert cli.main(["init"]) == 1
    said = capsys.readouterr().err
    assert "Danh mục có lỗi" in said and "index.toml" in said
    monkeypatch.setenv("BOARD_SPACE", "everything")
    assert cli.main(["status"]) == 1
    assert "everything" in capsys.readouterr().err


def test_a_path_that_is_wrong_is_one_sentence(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = str(place / "khong-co" / "a.csv")
    wanted = [
        "boundaries",
        str(place / "good.csv"),
        "--vintage",
        "2024-06",
        "--source",
        "x",
        "--licence",
        "x",
    ]
    assert cli.main([*wanted, "--match", nowhere]) == 1
    assert f"Không thấy tệp {nowhere}" in capsys.readouterr().err
    assert cli.main(["restore", str(place)]) == 1 and "Không có tệp" in capsys.readouterr().err
    assert cli.main(["restore", nowhere, "--into", str(place / "into")]) == 1
    assert not (place / "into").exists() and not (place / "runtime").exists()


@pytest.mark.parametrize(
    "words, said",
    [
        (["prune", "--keep", "0"], "number from 1 value: '0'"),
        (["as-of", "2024-99-01"], "day value: '2024-99-01'"),
    ],
)
def test_a_wrong_word_is_named_by_what_it_should_be(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main(words)
    assert said in capsys.readouterr().err


def test_committed_faults_are_listed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "data" / "published" / "a.csv").write_bytes(BAD)
    assert cli.main(["build"]) == 1
    assert "a.csv · number.placeholder · block · 2 · numerator · x" in capsys.readouterr().err


def test_english_when_the_installation_says_so(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOARD_LANGUAGE", "en")
    cli.main(["check", str(place / "bad.csv")])
    assert "[ERROR] line 2, numerator" in capsys.readouterr().out


def test_an_account_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise OSError

    monkeypatch.setattr(actor.getpass, "getuser", nobody)
    assert actor.os_account() == "?"


def test_a_stream_that_cannot_change_its_encoding(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert cli.main(["status"]) == 0


@pytest.mark.parametrize("reader_stays", [True, False])
def test_a_reader_that_leaves_is_no_error(monkeypatch: pytest.MonkeyPatch, reader_stays: bool) -> None:
    def run() -> int:
        if not reader_stays:
            raise BrokenPipeError
        return 1

    moved = []
    monkeypatch.setattr(cli, "main", run)
    monkeypatch.setattr("os.dup2", lambda *ends: moved.append(ends))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(flush=lambda: None, fileno=lambda: 1))
    with pytest.raises(SystemExit) as left:
        runpy.run_module("etl", run_name="__main__")
    assert (left.value.code, len(moved)) == ((1, 0) if reader_stays else (0, 1))


def test_as_a_program(place: Path) -> None:
    root = Path(cli.__file__).resolve().parent.parent
    run = subprocess.run(
        [sys.executable, "-m", "etl", "status"], cwd=root, capture_output=True, timeout=60, check=True
    )
    assert "chưa công bố" in run.stdout.decode("utf-8")
