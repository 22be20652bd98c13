"""Accounts by the command line, and who a writing command acts for."""

import ast
import io
import string
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher

from etl import actor, cli, users_cli
from etl.findings import words
from store import accounts, accounts_file, attempts, passwords, sessions
from store.access import ADMINISTRATOR, REPORTER, ROLES, User
from store.errors import BoardError
from store.settings import Settings, read_settings
from tests import builders

PASSWORD = "mật khẩu đủ dài"
ROOT = Path(cli.__file__).resolve().parent.parent


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A small installation that the environment points to, cheap hashing and an account at the machine."""
    own = builders.settings(tmp_path)
    monkeypatch.setenv("BOARD_DATA", str(own.reference_dir.parent))
    monkeypatch.setenv("BOARD_RUNTIME", str(own.runtime_dir))
    monkeypatch.delenv("BOARD_REFERENCE", raising=False)
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setattr(actor.getpass, "getuser", lambda: "hoa")
    return own


@pytest.fixture
def users(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run ``users ...`` with what standard input holds; gives (exit code, everything said)."""

    def run(*argv: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = cli.main(["users", *argv])
        caught = capsys.readouterr()
        return code, caught.out + caught.err

    return run


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch):
    """Somebody at a terminal who types these answers, unseen; gives the prompts that were shown."""

    def sit(*answers: str) -> list[str]:
        prompts: list[str] = []
        left = list(answers)

        def getpass(prompt: str) -> str:
            prompts.append(prompt)
            if not left:
                raise EOFError
            return left.pop(0)

        monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
        monkeypatch.setattr(actor.getpass, "getpass", getpass)
        return prompts

    return sit


@pytest.mark.usefixtures("each_store")
def test_from_nothing_to_a_first_administrator(users, settings: Settings) -> None:
    code, said = users("list")
    assert code == 0 and "Chưa có tài khoản nào" in said and not settings.runtime_dir.exists()
    code, said = users("first-code")
    assert code == 0 and "trong 24 giờ" in said
    first = said.split(": ")[1][:14]
    accounts.create_first(settings, first, "lan", "Chị Lan", PASSWORD)
    code, said = users("first-code")
    assert code == 1 and "Đã có quản trị viên" in said
    code, said = users("log")
    assert code == 0 and "first_code máy chủ:hoa\n" in said and "first_administrator lan name=lan" in said


@pytest.mark.usefixtures("each_store")
def test_making_listing_and_changing(users, settings: Settings) -> None:
    facts = ("--display", "Phường Sông Cầu", "--role", "reporter", "--area", "01837", "--area", "Quang Thuận")
    code, said = users("add", "Song_Cau", *facts, "--identity", "SC@example.vn", typed=f"{PASSWORD}\n")
    assert (code, said) == (0, "Đã tạo tài khoản song_cau, vai trò: người báo cáo của xã.\n")
    assert sessions.verify(settings, "song_cau", PASSWORD).areas == ("01837-2020", "02017-2020")
    code, said = users("list")
    assert "song_cau · Phường Sông Cầu · người báo cáo của xã" in said
    assert (
        "phường Sông Cầu (01837), xã Quang Thuận (02017) · sc@example.vn" in said and "chưa đăng nhập" in said
    )
    sessions.sign_in(settings, "song_cau", PASSWORD)
    assert "đăng nhập gần nhất" in users("list")[1]
    code, said = users("change", "song_cau", "--area", "Đức Vân", "--deactivate")
    assert (code, said) == (0, "Đã sửa tài khoản song_cau.\n")
    (account,) = accounts.listed(settings)
    assert (account.user.areas, account.active, account.identity) == (("01951-2020",), False, "sc@example.vn")
    assert "ĐÃ NGỪNG DÙNG" in users("list")[1]
    users("change", "song_cau", "--activate", "--role", "viewer", "--identity", "", "--display", "")
    (account,) = accounts.listed(settings)
    assert account.user == User("song_cau", "viewer") and account.active and not account.identity
    for _ in range(5):
        with pytest.raises(BoardError):
            sessions.sign_in(settings, "song_cau", "sai")
    assert "TẠM KHÓA đến" in users("list")[1]


def test_a_password_comes_from_one_line_or_typed_twice(users, terminal, settings: Settings, capsys) -> None:
    assert users("add", "lan", "--role", "viewer", typed=f"{PASSWORD}\r\nkhông đọc\n")[0] == 0
    code, said = users("password", "lan", typed="một câu khác\n")
    assert code == 0 and "Đã đặt mật khẩu mới cho lan" in said
    assert sessions.verify(settings, "lan", "một câu khác")
    prompts = terminal("câu thứ ba đây", "câu thứ ba đây")
    assert cli.main(["users", "password", "lan"]) == 0
    assert prompts == ["Mật khẩu mới cho lan: ", "Nhập lại mật khẩu: "]
    assert sessions.verify(settings, "lan", "câu thứ ba đây")
    terminal("câu thứ tư đây", "câu thứ tư đấy")
    assert cli.main(["users", "password", "lan"]) == 1
    assert "không giống nhau" in capsys.readouterr().err
    for answers in ((), ("ngắn", "ngắn")):
        terminal(*answers)
        assert cli.main(["users", "password", "lan"]) == 1
        assert "ít nhất 10 ký tự" in capsys.readouterr().err
    assert sessions.verify(settings, "lan", "câu thứ ba đây")


def test_who_signs_in_elsewhere_needs_no_password(users, terminal, settings: Settings, capsys) -> None:
    assert users("add", "lan", "--role", "viewer", "--identity", "lan@example.vn")[0] == 0
    prompts = terminal("")
    assert cli.main(["users", "add", "hoa", "--role", "viewer", "--identity", "hoa@example.vn"]) == 0
    assert len(prompts) == 1 and "bỏ trống" in prompts[0]
    assert [account.has_password for account in accounts.listed(settings)] == [False, False]
    assert "không có mật khẩu" in users("list")[1]
    code, said = users("add", "mai", "--role", "viewer")
    assert code == 1 and "ít nhất 10 ký tự" in said


def test_refusals_are_sentences(users) -> None:
    users("add", "lan", "--role", "administrator", typed=f"{PASSWORD}\n")
    for argv, sentence in (
        (("add", "lân", "--role", "viewer"), "Tên tài khoản “lân” không dùng được"),
        (("add", "lan", "--role", "viewer"), "Đã có tài khoản tên lan"),
        (("add", "mai", "--role", "reporter"), "thêm --area"),
        (("add", "mai", "--role", "viewer", "--area", "01837"), "hãy bỏ --area"),
        (("add", "mai", "--role", "viewer", "--identity", "mai"), "“mai” không phải địa chỉ thư điện tử"),
        (("change", "lan", "--deactivate"), "lan là quản trị viên cuối cùng"),
        (("change", "mai", "--activate"), "Không có tài khoản mai"),
        (("password", "mai"), "Không có tài khoản mai"),
    ):
        code, said = users(*argv, typed=f"{PASSWORD}\n")
        assert code == 1 and sentence in said, argv


def test_wrong_use_is_exit_code_two(users) -> None:
    for argv in (
        (),
        ("add", "lan"),
        ("add", "lan", "--role", "root"),
        ("add", "lan", "--role", "viewer", "--password", "x"),
        ("change", "lan", "--activate", "--deactivate"),
    ):
        with pytest.raises(SystemExit) as left:
            users(*argv)
        assert left.value.code == 2


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("01837-2020", "01837-2020"),
        ("01837", "01837-2020"),
        ("1837", "01837-2020"),
        ("phường Sông Cầu", "01837-2020"),
        ("quang thuan", "02017-2020"),
        ("Bắc Kạn", "01843-2025"),  # in 2024 a city and a province, since 2025 a ward
        ("Chợ Rã", "01912-2025"),
        ("01912-2020", "01912-2020"),
        ("Thượng Giáo", "01912-2020"),
    ],
)
def test_a_commune_by_id_code_or_name(text: str, area: str) -> None:
    assert users_cli.commune_ids(builders.catalogue(), [text], date(2026, 11, 21)) == [area]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("01912", "xã Thượng Giáo (01912) = 01912-2020, xã Chợ Rã (01912) = 01912-2025"),
        ("Hòa Binh", "“Hòa Binh” có thể là nhiều đơn vị"),
        ("Quang Thuậnn", "Có phải: xã Quang Thuận (02017)?"),
        ("Bạch Thông", "Không có xã, phường nào có mã hoặc tên “Bạch Thông”."),
        ("063-2020", "Không có xã, phường nào có mã hoặc tên “063-2020”."),
        ("99999", "Không có xã, phường nào có mã hoặc tên “99999”."),
        ("", "Không có xã, phường nào có mã hoặc tên “”."),
    ],
)
def test_a_commune_is_never_guessed(users, text: str, sentence: str) -> None:
    code, said = users("add", "lan", "--role", "reporter", "--area", text, typed=f"{PASSWORD}\n")
    assert code == 1 and sentence in said


def test_an_area_the_catalogue_no_longer_has_is_listed_by_its_id(users, settings: Settings) -> None:
    accounts.add(settings, actor.server(), "lan", "", REPORTER, ("gone-2020",))
    assert "gone-2020" in users("list")[1]


def test_the_log_is_verified(users, settings: Settings) -> None:
    assert "còn trống" in users("log")[1]
    users("add", "lan", "--role", "viewer", typed=f"{PASSWORD}\n")
    users("add", "mai", "--role", "viewer", typed=f"{PASSWORD}\n")
    assert users("log", "--verify") == (0, "Nhật ký tài khoản nguyên vẹn, 2 dòng.\n")
    path = accounts_file.log_path(settings)
    whole = path.read_bytes()
    path.write_bytes(whole.splitlines(keepends=True)[0])
    code, said = users("log", "--verify")
    assert code == 1 and "mất phần cuối, từ dòng 2" in said
    path.write_bytes(whole.replace(b"mai", b"may"))
    code, said = users("log", "--verify")
    assert code == 1 and "bị sửa từ dòng 2" in said
    path.write_bytes(b"?\n")
    code, said = users("change", "lan", "--display", "x")
    assert code == 1 and "users log --verify" in said


# Who a command acts for


def actor_of(
    settings: Settings, by: str | None, monkeypatch: pytest.MonkeyPatch, typed: str = PASSWORD
) -> User:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return actor.signed_in_actor(settings, by)


def test_without_accounts_everybody_may(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)  # nobody is asked
    assert actor.signed_in_actor(settings, None) == User("hoa", ADMINISTRATOR)
    assert actor.signed_in_actor(settings, "Sở TT&TT") == User("Sở TT&TT", ADMINISTRATOR)
    accounts.add(settings, actor.server(), "song_cau", "", REPORTER, ("01837-2020",), PASSWORD)
    assert actor.signed_in_actor(settings, None) == User("hoa", ADMINISTRATOR)
    assert not settings.space_dir("official").exists()


@pytest.mark.usefixtures("each_store")
def test_with_accounts_a_name_and_its_password_are_needed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, terminal
) -> None:
    accounts.add(settings, actor.server(), "lan", "", ADMINISTRATOR, (), PASSWORD)
    accounts.add(settings, actor.server(), "song_cau", "", REPORTER, ("01837-2020",), PASSWORD)
    own = User("song_cau", REPORTER, ("01837-2020",))
    assert actor_of(settings, "Song_Cau", monkeypatch, f"{PASSWORD}\n") == own
    for by, typed, code in (
        (None, PASSWORD, "access.sign_in_needed"),
        ("", PASSWORD, "access.sign_in_needed"),
        ("lan", "", "access.sign_in_needed"),
        ("lan", "sai mật khẩu", "accounts.sign_in"),
        ("ai đó", PASSWORD, "accounts.sign_in"),
        ("máy chủ:hoa", PASSWORD, "accounts.sign_in"),
    ):
        with pytest.raises(BoardError) as refused:
            actor_of(settings, by, monkeypatch, typed)
        assert refused.value.code == code
    prompts = terminal(PASSWORD)
    assert actor.signed_in_actor(settings, "lan").role == ADMINISTRATOR and prompts == ["Mật khẩu của lan: "]


def test_a_job_without_a_password_locks_nobody(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.add(settings, actor.server(), "lan", "", ADMINISTRATOR, (), PASSWORD)
    for _ in range(attempts.TRIES + 1):
        with pytest.raises(BoardError, match=r"access\.sign_in_needed"):
            actor_of(settings, "lan", monkeypatch, "\n")
    assert actor_of(settings, "lan", monkeypatch).name == "lan"


@pytest.mark.usefixtures("each_store")
def test_a_lock_says_until_when(settings: Settings) -> None:
    accounts.add(settings, actor.server(), "lan", "", ADMINISTRATOR, (), PASSWORD)
    with pytest.raises(BoardError) as refused:
        for _ in range(6):
            try:
                sessions.verify(settings, "lan", "sai mật khẩu")
            except BoardError as error:
                if error.code != "accounts.sign_in":
                    raise
    reason = cli._reason(refused.value, words("vi"))
    assert users_cli.shown(refused.value.details["until"], words("vi")) in reason and "ngày" in reason


def test_every_refusal_of_accounts_has_its_sentences() -> None:
    """Codes that the code raises, in the command line's words and, for those of the store, in the pages' texts."""
    from views.text import languages

    spoken = {"vi": words("vi"), "en": words("en")}
    pages = languages(ROOT / "data" / "reference" / "texts")
    seen = set()
    files = [*(ROOT / "store").glob("*.py"), ROOT / "etl" / "actor.py", ROOT / "etl" / "users_cli.py"]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args):
                continue
            code = getattr(node.exc.args[0], "value", "")
            if isinstance(code, str) and code.startswith(("access.", "accounts.")):
                given = {keyword.arg for keyword in node.exc.keywords}
                for texts in spoken.values():
                    asked = {name for _, name, _, _ in string.Formatter().parse(texts[code]) if name}
                    assert asked <= given, code
                if path.parent.name == "store":
                    assert all(f"error.{code}" in language.texts for language in pages.values()), code
                seen.add(code)
    assert len(seen) > 25
    for texts in spoken.values():
        assert all(f"role_{role}" in texts for role in ROLES)


@pytest.mark.parametrize("name", ["READING", "SECOND_PERSON", "SIGN_IN"])
def test_a_wrong_setting_is_one_sentence(
    name: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"BOARD_{name}", "gì đó")
    assert cli.main(["status"]) == 1
    assert f"Cấu hình BOARD_{name} là gì đó" in capsys.readouterr().err
    assert read_settings({}).sign_in == "local"
