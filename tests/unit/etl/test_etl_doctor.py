"""Every check of the doctor: the thing is broken, and the sentence is read in both languages."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock

from etl import cli, commit, doctor, publish
from etl.doctor import figures, machine, people
from store import accounts, boundaries, layout, ledger
from store import settings as reading
from store.access import ADMINISTRATOR, REPORTER
from store.settings import Settings
from store.snapshot import current_id, pointer_path, snapshot_path
from tests import builders

SPACE = "official"
PASSWORD = "một câu ngắn dễ nhớ"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation with two publications and an administrator."""
    settings = builders.settings(tmp_path_factory.mktemp("doctor"))
    for count in (10, 12):
        data = builders.rows(f"01837,pay_rate,2024-Q1,{count},100,,")
        publish.load_bytes(settings, SPACE, [("tep.csv", data)], builders.LAN, date(2025, 6, 1))
    accounts.add(settings, builders.LAN, "lan", "", ADMINISTRATOR, (), PASSWORD, "")
    return settings


@pytest.fixture
def place(whole: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy of it that may be broken; no variable of this process is its own."""
    shutil.copytree(whole.runtime_dir, tmp_path / "runtime")
    settings = replace(whole, runtime_dir=tmp_path / "runtime")
    given = {"BOARD_DATA": str(whole.demo_dir.parent), "BOARD_RUNTIME": str(settings.runtime_dir)}
    others = {key: value for key, value in os.environ.items() if not key.startswith(("BOARD_", "STREAMLIT_"))}
    monkeypatch.setattr(machine, "environment", lambda: {**others, **given})
    for name in [name for name in os.environ if name.startswith("BOARD_")]:
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return settings


def said(settings: Settings, check: Callable, state: str, language: str = "vi") -> str:
    """What one check says in a state; no other check speaks."""
    found = doctor.examined(settings, [check])
    assert "failed" not in {item.key for item in found}, found
    for other in doctor.LANGUAGES:  # every sentence has its facts in both
        assert len(doctor.told(found, other)) == len(found) + 1
    return "\n".join(doctor.told([item for item in found if item.state == state], language)[:-1])


def test_a_whole_installation_is_good_in_both_languages(
    place: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor.main([]) == 0
    vietnamese = capsys.readouterr().out
    assert cli.main(["doctor", "--lang", "en"]) == 0
    english = capsys.readouterr().out
    assert "[HỎNG]" not in vietnamese and "Không có gì hỏng" in vietnamese
    assert "[WRONG]" not in english and "Nothing is wrong" in english
    assert current_id(place, SPACE) in vietnamese and current_id(place, SPACE) in english
    assert "1 tài khoản, 1 quản trị viên" in vietnamese


def test_nothing_is_changed_by_looking(place: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    before = builders.everything_below(place.runtime_dir)
    doctor.main([])
    assert builders.everything_below(place.runtime_dir) == before and capsys.readouterr().out


def test_every_sentence_is_there_in_both_languages_and_is_said_somewhere() -> None:
    assert doctor.sentences("vi").keys() == doctor.sentences("en").keys()
    code = "".join(path.read_text(encoding="utf-8") for path in Path(doctor.__file__).parent.glob("*.py"))
    made = ("log_", "accounts_log_", "store_", "layout_")
    lost = [key for key in doctor.sentences("vi") if f'"{key}"' not in code and not key.startswith(made)]
    assert lost == []


def test_names_and_values_that_mean_nothing(
    place: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"BOARD_SPCE": "demo", "BOARD_XYZZY_QQ": "1", "BOARD_REQUIRE_BROWSER": "1"}
    monkeypatch.setattr(machine, "environment", lambda: given)
    assert doctor.main([]) == 0, "a name without effect is a note"
    out = capsys.readouterr().out
    assert "Không có cấu hình BOARD_SPCE; có lẽ là BOARD_SPACE?" in out
    assert "Không có cấu hình BOARD_XYZZY_QQ; nó không có tác dụng" in out and "REQUIRE" not in out
    monkeypatch.setenv("BOARD_LANGUAGE", "fr")
    assert doctor.main([]) == 0 and "BOARD_LANGUAGE là “fr”" in capsys.readouterr().out
    monkeypatch.setenv("BOARD_SPACE", "offical")
    assert doctor.main(["--lang", "en"]) == 1
    assert "The setting BOARD_SPACE is wrong: “offical”" in capsys.readouterr().out
    monkeypatch.delenv("BOARD_SPACE")
    monkeypatch.setenv("BOARD_STORE", "mysql://u:geheim@h/d")
    assert doctor.main([]) == 1
    out = capsys.readouterr().out
    assert "Cấu hình BOARD_STORE không đúng" in out and "geheim" not in out


def test_the_known_names_are_those_that_the_settings_ask_for(root: Path) -> None:
    table = "".join((root / name).read_text(encoding="utf-8") for name in ("README.md", "docs/deployment.md"))
    assert {"BOARD_RUNTIME", "BOARD_STORE_FILE", "BOARD_SPARK_MASTER"} <= reading.known_names()
    assert [name for name in reading.known_names() if name not in table] == []


def test_python_and_libraries(place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(machine.pins()) > 20 and "streamlit" in machine.pins()
    pinned = {"streamlit": "0.1", "no-such-library": "1.0", "pandas": machine.metadata.version("pandas")}
    monkeypatch.setattr(machine, "pins", lambda: pinned)
    assert "Thiếu thư viện: no-such-library. Hãy chạy: python3 start.py" in said(
        place, machine._libraries, "bad"
    )
    assert "(0.1)" in said(place, machine._libraries, "warn")
    monkeypatch.setattr(machine, "OLDEST", (9, 0))
    assert "quá cũ. Hãy cài Python 9.0" in said(place, machine._python, "bad")


def test_folders_disk_and_fonts(place: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone = replace(place, runtime_dir=tmp_path / "nowhere", reference_dir=tmp_path / "nothing")
    out = said(gone, machine._folders, "bad")
    assert "Chưa có thư mục dữ liệu" in out and "Không có thư mục định nghĩa" in out
    free = machine.shutil.disk_usage(place.runtime_dir)
    for left, state, words in ((10, "bad", "không đủ để công bố"), (2**30, "warn", "nên có 2 GB")):
        monkeypatch.setattr(machine.shutil, "disk_usage", lambda _, left=left: free._replace(free=left))
        assert words in said(place, machine._disk, state)

    def refused(**_: object) -> None:
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr(machine.tempfile, "TemporaryFile", refused)
    assert "Không ghi được vào" in said(place, machine._folders, "bad")
    monkeypatch.setattr(machine, "FONTS", ("Missing.woff2",))
    assert "Thiếu tệp chữ trong static/fonts: Missing.woff2" in said(place, machine._fonts, "bad")


def test_a_folder_that_the_product_refuses(place: Settings) -> None:
    assert doctor.examined(place, [machine._layout]) == []
    number, ready = layout.path(place), place.runtime_dir / layout.RESTORING / layout.READY
    number.write_text(f"{layout.NUMBER + 1}\n", encoding="ascii")
    assert "phiên bản mới hơn ghi" in said(place, machine._layout, "bad")
    number.write_text("x", encoding="ascii")
    assert "Tệp LAYOUT" in said(place, machine._layout, "bad")
    number.unlink()
    assert "python -m etl upgrade" in said(place, machine._layout, "bad")
    ready.parent.mkdir()
    ready.write_text("{}", encoding="utf-8")
    assert "khôi phục trước bị ngắt" in said(place, machine._layout, "bad")


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_secrets(place: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    file = tmp_path / machine.SECRETS
    file.parent.mkdir()
    file.write_text("[auth]\nredirect_uri = 'http://x'\n", encoding="utf-8")
    file.chmod(0o644)
    told = said(place, machine._secrets, "warn")
    assert str(file) in told and "chmod o-rwx" in told
    file.chmod(0o640)  # as the guide has it: the administrator's, and the product's group reads
    assert said(place, machine._secrets, "warn") == ""
    (place.runtime_dir / "accounts.sqlite").chmod(0o664)
    assert "accounts.sqlite" in said(place, machine._secrets, "warn")
    oidc, shared = replace(place, sign_in="oidc"), replace(place, store="postgresql://x@127.0.0.1:1/x")
    assert "thiếu trong phần [auth]: cookie_secret" in said(oidc, machine._secrets, "bad")
    elsewhere = tmp_path / "etc" / "secrets.toml"
    elsewhere.parent.mkdir()
    elsewhere.write_text("[auth]\nredirect_uri = 'http://x'\ncookie_secret = 'x'\n", encoding="utf-8")
    elsewhere.chmod(0o644)
    with monkeypatch.context() as patch:
        patch.setattr(machine, "environment", lambda: {"STREAMLIT_SECRETS_FILES": str(elsewhere)})
        assert said(oidc, machine._secrets, "bad") == "" and "đã được khai báo" in said(
            oidc, machine._secrets, "good"
        )
        assert str(elsewhere) in said(oidc, machine._secrets, "warn")
    assert "STREAMLIT_SERVER_COOKIE_SECRET" in said(shared, machine._secrets, "bad")
    monkeypatch.setattr(machine, "environment", lambda: {"STREAMLIT_SERVER_COOKIE_SECRET": "x" * 40})
    assert said(shared, machine._secrets, "bad") == ""


def test_spark(place: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert doctor.examined(place, [machine._engine]) == [], "nobody asks for Java where DuckDB computes"
    spark = replace(place, engine="spark")

    def without(name: str) -> str:
        raise machine.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(machine.metadata, "version", without)
    assert "thiếu thư viện pyspark" in said(spark, machine._engine, "bad")
    monkeypatch.setattr(machine.metadata, "version", lambda name: "4.0")
    monkeypatch.setattr(machine, "environment", lambda: {"JAVA_HOME": str(tmp_path)})
    assert "không thấy Java" in said(spark, machine._engine, "bad")
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n", encoding="utf-8")
    java.chmod(0o755)
    if os.name == "posix":
        assert "Java 8 quá cũ" in said(spark, machine._engine, "bad")


def test_snapshots(place: Settings) -> None:
    name, pointer = current_id(place, SPACE), pointer_path(place, SPACE)
    path, kept = snapshot_path(place, SPACE, name), pointer.read_bytes()
    content = path.read_bytes()
    path.unlink()
    assert f"thiếu bản số liệu đang công bố {name}" in said(place, figures._snapshots, "bad")
    path.write_bytes(content[: len(content) // 2])
    assert f"bản số liệu {name} bị hỏng" in said(place, figures._snapshots, "bad")
    path.write_bytes(content)
    pointer.write_bytes(b"\xff")
    assert "không đọc được" in said(place, figures._snapshots, "bad")
    pointer.write_bytes(b"")
    assert "chưa công bố bản số liệu nào" in said(place, figures._snapshots, "bad")
    pointer.write_bytes(kept)
    other = next(item for item in path.parent.glob("*.duckdb") if item != path)
    path.write_bytes(other.read_bytes())  # whole, and not what it is called
    assert "bị hỏng" in said(place, figures._snapshots, "bad")
    shutil.rmtree(place.space_dir(SPACE))
    assert "Chưa có số liệu nào. Hãy chạy: python -m etl init" in said(place, figures._snapshots, "bad")


def test_logs_and_uploads(place: Settings) -> None:
    path = commit.ledger_path(place, SPACE)
    lines = path.read_bytes().splitlines(keepends=True)
    for spoiled, number in ((b"{x\n", 2), (lines[1].replace(b"Lan", b"Ban"), 2)):
        path.write_bytes(b"".join([lines[0], spoiled, *lines[2:]]))
        assert f"bị sửa hoặc hỏng từ dòng {number}" in said(place, figures._logs, "bad")
    path.write_bytes(b"".join(lines[:2]))
    assert "bị mất phần cuối, từ dòng 3" in said(place, figures._logs, "bad")
    path.write_bytes(b"".join(lines))
    snapshot_path(place, SPACE, current_id(place, SPACE)).write_bytes(b"")
    assert "chưa đối chiếu được" in said(place, figures._logs, "warn")
    (place.runtime_dir / "citations.jsonl").write_bytes(b"{x\n")
    assert "citations.jsonl bị sửa hoặc hỏng từ dòng 1" in said(place, figures._logs, "bad")
    folder = sorted((place.space_dir(SPACE) / "uploads").iterdir())[0]
    (folder / commit.ORIGINAL).write_bytes(b"other")
    assert f"1 tệp báo cáo bị mất hoặc bị sửa: {folder.name}" in said(place, figures._uploads, "bad")


def test_boundaries_that_are_named_and_gone(place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    version = "0123456789abcdef"
    monkeypatch.setattr(boundaries, "standing", lambda settings: [{"version": version}])
    assert f"Thiếu bộ ranh giới {version}" in said(place, figures._maps, "bad")
    boundaries.folder(place, version).mkdir(parents=True)
    assert "Có đủ" in said(place, figures._maps, "good")


def test_locks_and_what_is_left(place: Settings) -> None:
    aside = place.space_dir(SPACE) / "snapshots" / ".2024-Q1-0123456789ab.77"
    aside.write_bytes(b"half")
    assert said(place, figures._left, "warn") == "", "somebody may be writing it"
    os.utime(aside, (time.time() - 9999, time.time() - 9999))
    assert "1 tệp ghi dở" in said(place, figures._left, "warn")
    hold = (
        f"from filelock import FileLock; lock = FileLock({str(place.space_dir(SPACE) / 'lock')!r}); lock.acquire();"
        "print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        other.stdout.readline()
        assert f"Đang có người hoặc chương trình ghi vào không gian {SPACE}" in said(
            place, figures._left, "warn"
        )
        other.communicate("\n")
    with FileLock(place.space_dir(SPACE) / "lock", timeout=0):
        pass


def test_the_clock(place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ahead(figures.datetime):
        @classmethod
        def now(cls, zone: object = None) -> figures.datetime:
            return super().now(zone).replace(year=2099)

    monkeypatch.setattr(ledger, "datetime", Ahead)
    ledger.append(commit.ledger_path(place, SPACE), "prune", "Lan", snapshot_ids=[], keep=1)
    assert "chậm hơn dòng mới nhất trong nhật ký" in said(place, figures._clock, "bad")
    monkeypatch.undo()
    for _ in range(2):
        ledger.append(commit.ledger_path(place, SPACE), "prune", "Lan", snapshot_ids=[], keep=1)
    assert "giờ ở dòng 5 của nhật ký không khớp thứ tự" in said(place, figures._clock, "warn")
    monkeypatch.setattr(figures, "YEAR", 3000)
    shutil.rmtree(place.space_dir(SPACE))
    assert "chắc chắn sai" in said(place, figures._clock, "bad")


def test_accounts(place: Settings) -> None:
    accounts.change(place, builders.LAN, "lan", identity="lan@x.vn")
    assert said(replace(place, sign_in="oidc"), people._accounts, "bad") == ""
    accounts.add(place, builders.LAN, "hoa", "", ADMINISTRATOR, (), None, "hoa@x.vn")
    accounts.add(place, builders.LAN, "minh", "", REPORTER, ("01837-2020",), PASSWORD, "")
    accounts.change(place, builders.LAN, "lan", identity="")
    accounts.change(place, builders.LAN, "hoa", identity="")
    assert "chưa có mật khẩu hay địa chỉ đăng nhập: hoa" in said(place, people._accounts, "warn")
    assert "chưa quản trị viên nào có địa chỉ" in said(
        replace(place, sign_in="oidc"), people._accounts, "bad"
    )
    log = place.runtime_dir / "accounts.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:-1]))
    assert f"bị mất phần cuối, từ dòng {len(lines)}" in said(place, people._accounts_log, "bad")
    log.write_bytes(b"".join([b"{}\n", *lines[1:]]))
    assert "bị sửa hoặc hỏng từ dòng 1" in said(place, people._accounts_log, "bad")
    file = place.runtime_dir / "accounts.sqlite"
    file.write_bytes(b"no database" * 400)
    assert "Không đọc được tệp tài khoản" in said(place, people._accounts, "bad")
    file.unlink()
    assert "python -m etl users first-code" in said(place, people._accounts, "warn")


def test_no_administrator_who_can_sign_in(place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = accounts.listed(place)
    monkeypatch.setattr(accounts, "listed", lambda settings: [replace(found, active=False)])
    assert "Không có quản trị viên nào đăng nhập được" in said(place, people._accounts, "bad")


def test_a_store_that_is_gone(place: Settings) -> None:
    gone = replace(place, store="postgresql://board:geheim@127.0.0.1:1/board")
    out = said(gone, people._store, "bad")
    assert "Không kết nối được PostgreSQL" in out and "geheim" not in out
    assert doctor.examined(gone, [people._accounts, people._accounts_log]) == []
    assert doctor.examined(place, [people._store]) == []


def test_a_check_that_fails_hides_no_other(place: Settings) -> None:
    def broken(settings: Settings) -> list:
        raise RuntimeError("unforeseen")

    found = doctor.examined(place, [broken, machine._python])
    assert [item.state for item in found] == ["bad", "good"]
    assert "Không kiểm tra được mục “broken” (RuntimeError)" in doctor.told(found, "vi")[0]


def test_it_speaks_where_a_library_is_missing(place: Settings, root: Path, tmp_path: Path) -> None:
    """As a program, without the libraries that the rest of the command line needs."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('duckdb', 'pandas', 'filelock')));"
        "sys.argv = ['etl', 'doctor']; import runpy; runpy.run_module('etl', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=root, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr and "Python 3." in done.stdout, done.stderr
    assert "chưa kiểm tra được vì thiếu thư viện filelock" in done.stdout and done.returncode == 1, (
        done.stdout
    )
