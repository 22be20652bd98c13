"""What is personal goes after the time that the installation sets, and every log stays whole."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from etl import cli, commit, keep, publish
from store import accounts, accounts_file, passwords, retention, sessions
from store.access import ADMINISTRATOR, APPRAISER, REPORTER, VIEWER, User
from store.errors import AccountError, NotPermitted, SettingsError, SignInRefused
from store.settings import Settings, read_settings
from tests import builders

pytestmark = pytest.mark.usefixtures("each_store")
HOST = User("máy chủ:lan", ADMINISTRATOR)
PASSWORD = "mật khẩu đủ dài"
NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=366)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An administrator, a reporter who has left and one who works here; a figure that the first one sent."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    found = builders.settings(tmp_path)
    accounts.add(found, HOST, "quan.tri", "Anh Quản", ADMINISTRATOR, (), PASSWORD)
    for name, display in (("songcau.1", "Lan Thị Mẫu"), ("songcau.2", "Mai Thị Mẫu")):
        accounts.add(found, HOST, name, display, REPORTER, ("01837-2020",), PASSWORD, f"{name}@mau.vn")
    accounts.change(found, HOST, "songcau.1", display="Lan Thị Mẫu Mới", identity="lan.moi@mau.vn")
    sessions.sign_in(found, "songcau.1", PASSWORD)
    sender = next(item.user for item in accounts.listed(found) if item.user.name == "songcau.1")
    data = builders.rows("01837,pay_rate,2024-Q1,10,100,,")
    publish.load_bytes(found, "official", [("a.csv", data)], sender, NOW.date())
    accounts.change(found, HOST, "songcau.1", active=False)
    return found


def whole(settings: Settings) -> None:
    assert accounts_file.verify_log(settings)[0] == "whole"
    assert keep.verify_log(settings, "official")[0] == "whole"


def known(settings: Settings, name: str) -> accounts.Account:
    return next(item for item in accounts.listed(settings) if item.user.name == name)


def test_a_person_who_left_is_a_name_of_an_account_after_the_time(settings: Settings) -> None:
    assert retention.retain(settings, HOST, NOW + timedelta(days=364)).names == ()
    assert known(settings, "songcau.1").identity == "lan.moi@mau.vn"
    found = retention.retain(settings, HOST, LATER)
    assert found.names == ("songcau.1",)
    left = known(settings, "songcau.1")
    assert (left.user.display, left.identity, left.has_password, left.last_sign_in) == ("", "", False, None)
    assert left.user.areas == ("01837-2020",) and not left.active
    works = known(settings, "songcau.2")
    assert (works.user.display, works.identity, works.has_password) == (
        "Mai Thị Mẫu",
        "songcau.2@mau.vn",
        True,
    )
    whole(settings)
    assert accounts_file.entries(settings)[-1]["names"] == ["songcau.1"]
    assert retention.retain(settings, HOST, LATER + timedelta(days=900)).names == (), "once is enough"
    with pytest.raises(AccountError, match="name_taken"):
        accounts.add(settings, HOST, "songcau.1", "", VIEWER, (), PASSWORD)
    with pytest.raises(SignInRefused):
        sessions.sign_in(settings, "songcau.1", PASSWORD)


def test_nothing_of_the_person_is_left_where_the_installation_writes(settings: Settings) -> None:
    """Not in the logs, which forget nothing, nor in received files, snapshots or the account file."""
    retention.retain(settings, HOST, LATER)
    places = [*builders.everything_below(settings.runtime_dir).values(), *builders.tables(settings)]
    for personal in ("Lan Thị Mẫu", "lan.moi@mau.vn", "songcau.1@mau.vn"):
        words = (personal, personal.encode("unicode_escape").decode())
        assert not any(word.encode() in data for data in places for word in words), personal
    assert any(b"songcau.1" in data for data in places), "the log still says which account it was"
    entry = next(
        line
        for line in publish.ledger.read(commit.ledger_path(settings, "official"))
        if line["act"] == "accept"
    )
    assert entry["by"] == "songcau.1"


def test_what_ended_by_itself_is_cleared(settings: Settings) -> None:
    sessions.sign_in(settings, "quan.tri", PASSWORD)
    with pytest.raises(SignInRefused):
        sessions.sign_in(settings, "quan.tri", "sai")
    early = retention.retain(settings, HOST, NOW)
    assert (early.sessions, early.attempts) == (0, 0)
    later = retention.retain(settings, HOST, NOW + timedelta(days=3))
    assert (later.sessions, later.attempts) == (1, 1)
    whole(settings)


def test_only_administrators_erase(settings: Settings) -> None:
    with pytest.raises(NotPermitted):
        retention.retain(settings, User("tham.dinh", APPRAISER), LATER)


def test_the_command_says_what_it_erased(settings: Settings, monkeypatch, capsys) -> None:
    monkeypatch.setenv("BOARD_RUNTIME", str(settings.runtime_dir))
    monkeypatch.setenv("BOARD_REFERENCE", str(settings.reference_dir))
    monkeypatch.setenv("BOARD_DATA", str(settings.published_dir.parent))
    assert cli.main(["users", "retain"]) == 0
    assert "Không có tài khoản nào khóa quá 365 ngày" in capsys.readouterr().out
    monkeypatch.setattr(retention, "moment", lambda now: LATER)
    assert cli.main(["users", "retain"]) == 0
    said = capsys.readouterr().out
    assert "songcau.1" in said and "Lan" not in said


@pytest.mark.of_files
@pytest.mark.parametrize("value", ["", "29", "0", "-30", "10951", "1e3", "365 ", "năm"])
def test_a_time_that_means_nothing_stops(value: str) -> None:
    assert read_settings({}).keep_personal_days == 365
    assert read_settings({"BOARD_KEEP_PERSONAL_DAYS": "30"}).keep_personal_days == 30
    with pytest.raises(SettingsError) as refused:
        read_settings({"BOARD_KEEP_PERSONAL_DAYS": value})
    assert refused.value.code == "settings.keep_personal_days"
