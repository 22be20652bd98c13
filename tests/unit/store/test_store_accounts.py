"""Accounts, signing in and sessions: what is refused, what is kept, what ends when."""

import os
import signal
import subprocess
import sys
import threading
import unicodedata
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from filelock import FileLock

from store import access, account_rows, accounts, accounts_file, attempts, passwords, sessions
from store.access import ADMINISTRATOR, APPRAISER, REPORTER, VIEWER, User
from store.errors import AccountError, BoardError, NotPermitted, SettingsError, SignInRefused
from store.settings import Settings, read_settings
from tests import builders

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
HOST = User("máy chủ:lan", ADMINISTRATOR)
PASSWORD, OTHER = "mật khẩu đủ dài", "một câu khác hẳn"
OWN = "01837-2020"
pytestmark = pytest.mark.usefixtures("each_store")


def after(**time: float) -> datetime:
    """A moment after ``NOW``."""
    return NOW + timedelta(**time)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing that costs nothing."""
    monkeypatch.setattr(passwords, "HASHER", CHEAP)


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    """An installation nobody has an account of."""
    return read_settings({"BOARD_RUNTIME": str(tmp_path / "runtime"), "BOARD_STORE": builders.STORE})


@pytest.fixture
def settings(empty: Settings) -> Settings:
    """An administrator ``quan.tri``, an appraiser ``tham.dinh`` and a reporter ``song_cau``."""
    accounts.add(empty, HOST, "quan.tri", "Anh Quản", ADMINISTRATOR, (), PASSWORD, now=NOW)
    accounts.add(empty, HOST, "tham.dinh", "", APPRAISER, (), PASSWORD, "Tham.Dinh@example.vn", now=NOW)
    accounts.add(empty, HOST, "song_cau", "", REPORTER, (OWN,), PASSWORD, now=NOW)
    return empty


def refusal(act, *arguments, **named) -> str:
    """The code with which something is refused."""
    with pytest.raises(BoardError) as refused:
        act(*arguments, **named)
    return refused.value.code


def acts(settings: Settings) -> list[str]:
    """What the log says was done."""
    return [entry["act"] for entry in accounts_file.entries(settings)]


def fail(settings: Settings, name: str, times: int, now: datetime = NOW) -> list[str]:
    """Wrong passwords, one after another; how each was refused."""
    return [
        refusal(sessions.sign_in, settings, name, f"sai mật khẩu {number}", now) for number in range(times)
    ]


# Nothing there yet


def test_asking_makes_no_file(empty: Settings) -> None:
    assert not accounts.exists(empty) and accounts.listed(empty) == []
    assert accounts.by_identity(empty, "a@b.vn") is None and sessions.session(empty, "x") is None
    sessions.sign_out(empty, "x")
    assert refusal(sessions.sign_in, empty, "lan", PASSWORD) == "accounts.sign_in"
    assert refusal(accounts.create_first, empty, "AAAA", "lan", "", PASSWORD) == "accounts.first_code"
    assert accounts_file.verify_log(empty) == ("whole", 0)
    assert not empty.runtime_dir.exists()


@pytest.mark.of_files
def test_a_file_whose_making_was_cut_off_is_no_accounts(empty: Settings) -> None:
    empty.runtime_dir.mkdir()
    accounts_file.file_path(empty).touch()
    assert not accounts.exists(empty) and accounts.listed(empty) == []
    accounts.add(empty, HOST, "lan", "", ADMINISTRATOR, (), PASSWORD)
    assert accounts.exists(empty)


# The first administrator


def test_the_first_administrator_needs_the_code_once(empty: Settings) -> None:
    code = accounts.new_first_code(empty, now=NOW)
    groups = code.split("-")
    assert [len(group) for group in groups] == [4, 4, 4] and set("".join(groups)) <= set(
        accounts.CODE_LETTERS
    )
    assert len(set(accounts.CODE_LETTERS)) ** 12 >= 2**60
    assert not accounts.exists(empty)
    typed = code.lower().replace("-", " ")
    user = accounts.create_first(empty, typed, " Quan.Tri ", " Anh \n Quản ", PASSWORD, NOW)
    assert user == User("quan.tri", ADMINISTRATOR, (), "Anh Quản") and accounts.exists(empty)
    assert refusal(accounts.create_first, empty, code, "khac", "", PASSWORD, NOW) == "accounts.first_exists"
    assert refusal(accounts.new_first_code, empty) == "accounts.first_exists"
    assert acts(empty) == ["first_code", "first_administrator"]


def test_a_code_ends_after_a_day_and_with_the_next_one(empty: Settings) -> None:
    old, code = accounts.new_first_code(empty, now=NOW), accounts.new_first_code(empty, now=NOW)
    assert refusal(accounts.create_first, empty, old, "lan", "", PASSWORD, NOW) == "accounts.first_code"
    late = after(hours=24)
    assert refusal(accounts.create_first, empty, code, "lan", "", PASSWORD, late) == "accounts.first_code"
    assert accounts.create_first(empty, code, "lan", "", PASSWORD, after(hours=23)).name == "lan"


def test_a_bad_name_or_password_does_not_use_the_code_up(empty: Settings) -> None:
    code = accounts.new_first_code(empty, now=NOW)
    assert refusal(accounts.create_first, empty, code, "l n", "", PASSWORD, NOW) == "accounts.name"
    assert refusal(accounts.create_first, empty, code, "lan", "", "ngắn", NOW) == "accounts.password_short"
    accounts.add(empty, HOST, "lan", "", VIEWER, (), now=NOW)
    assert refusal(accounts.create_first, empty, code, "lan", "", PASSWORD, NOW) == "accounts.name_taken"
    accounts.create_first(empty, code, "hoa", "", PASSWORD, NOW)


def test_wrong_codes_lock_and_a_new_code_opens(empty: Settings) -> None:
    code = accounts.new_first_code(empty, now=NOW)
    for _ in range(5):
        wrong = refusal(accounts.create_first, empty, "2222-2222-2222", "lan", "", PASSWORD, NOW)
        assert wrong == "accounts.first_code"
    assert refusal(accounts.create_first, empty, code, "lan", "", PASSWORD, NOW) == "accounts.locked"
    code = accounts.new_first_code(empty, now=NOW)
    accounts.create_first(empty, code, "lan", "", PASSWORD, NOW)


def test_without_a_code_none_is_right(empty: Settings) -> None:
    accounts.add(empty, HOST, "lan", "", VIEWER, (), now=NOW)
    for code in ("", "2222-2222-2222", "\udc80"):
        assert refusal(accounts.create_first, empty, code, "hoa", "", PASSWORD, NOW) == "accounts.first_code"


# Making and changing


@pytest.mark.of_files
@pytest.mark.parametrize("name", ["ab", "a" * 41, "lan hoa", "lân", "-lan", "lan/..", "", "\udc80abc"])
def test_names_are_plain(settings: Settings, name: str) -> None:
    assert refusal(accounts.add, settings, HOST, name, "", VIEWER, ()) == "accounts.name"


def test_a_name_is_taken_whatever_its_case(settings: Settings) -> None:
    assert accounts.add(settings, HOST, " LAN ", "", VIEWER, ()).name == "lan"
    assert refusal(accounts.add, settings, HOST, "Lan", "", VIEWER, ()) == "accounts.name_taken"


@pytest.mark.of_files
@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("123456789", "password_short"),
        (unicodedata.normalize("NFD", "mậtkhẩuư9"), "password_short"),
        ("x" * 1001, "password_long"),
        ("Nguyen.Thi.Lan ", "password_is_name"),
    ],
)
def test_what_is_asked_of_passwords(settings: Settings, password: str, code: str) -> None:
    name = "nguyen.thi.lan"
    assert refusal(accounts.add, settings, HOST, name, "", VIEWER, (), password) == f"accounts.{code}"
    accounts.add(settings, HOST, name, "", VIEWER, (), PASSWORD)
    assert refusal(accounts.set_password, settings, HOST, name, password) == f"accounts.{code}"
    assert refusal(sessions.change_password, settings, name, PASSWORD, password) == f"accounts.{code}"


def test_a_password_is_the_same_however_its_letters_are_composed(settings: Settings) -> None:
    assert sessions.sign_in(settings, "quan.tri", unicodedata.normalize("NFD", PASSWORD))
    accounts.set_password(settings, HOST, "quan.tri", "\udc80 không giải được")
    assert sessions.sign_in(settings, "quan.tri", "\udc80 không giải được")


@pytest.mark.of_files
def test_roles_and_communes_belong_together(settings: Settings) -> None:
    add = accounts.add
    assert refusal(add, settings, HOST, "lan", "", "root", ()) == "accounts.role"
    assert refusal(add, settings, HOST, "lan", "", REPORTER, ()) == "accounts.areas_missing"
    assert refusal(add, settings, HOST, "lan", "", VIEWER, (OWN,)) == "accounts.areas_unused"
    change = accounts.change
    assert refusal(change, settings, HOST, "song_cau", areas=()) == "accounts.areas_missing"
    assert refusal(change, settings, HOST, "tham.dinh", role=REPORTER) == "accounts.areas_missing"
    assert change(settings, HOST, "song_cau", areas=("b", "a", "b")).areas == ("a", "b")
    assert change(settings, HOST, "song_cau", role=APPRAISER).areas == ()
    assert refusal(change, settings, HOST, "nobody", role=VIEWER) == "accounts.unknown"


def test_addresses_are_one_persons(settings: Settings) -> None:
    assert accounts.by_identity(settings, " THAM.dinh@Example.vn").name == "tham.dinh"
    for identity in ("tham", "a b@c", "@", "a@b@c", "\udc80@c"):
        assert refusal(accounts.change, settings, HOST, "song_cau", identity=identity) == "accounts.identity"
        assert accounts.by_identity(settings, identity) is None
    taken = refusal(accounts.add, settings, HOST, "lan", "", VIEWER, (), None, "tham.dinh@example.vn")
    assert taken == "accounts.identity_taken"
    accounts.change(settings, HOST, "tham.dinh", identity="tham.dinh@example.vn", display="Chị Thẩm")
    accounts.change(settings, HOST, "tham.dinh", active=False)
    assert accounts.by_identity(settings, "tham.dinh@example.vn") is None
    accounts.change(settings, HOST, "tham.dinh", identity="")
    assert accounts.by_identity(settings, "") is None


def test_an_answer_of_a_sign_in_service_opens_one_session_while_it_is_fresh(settings: Settings) -> None:
    def enter(address: str = "THAM.dinh@example.vn", proof: str = "a", **later: float) -> str:
        return sessions.sign_in_proved(settings, address, proof, NOW, after(**later))

    for late in ({"minutes": 6}, {"minutes": -6}, {"days": 20}):
        assert refusal(enter, **late) == "accounts.proof"
    for nobody in ("lan@example.vn", "", "tham.dinh"):
        assert refusal(enter, nobody) == "accounts.no_identity"
    token = enter(minutes=1)
    assert sessions.session(settings, token, after(minutes=50)).name == "tham.dinh"
    assert acts(settings)[-1] == "sign_in" and sessions.session(settings, "a", after(minutes=2)) is None
    assert refusal(enter, minutes=2) == "accounts.proof"
    sessions.sign_out(settings, token)
    assert sessions.session(settings, token, after(minutes=2)) is None
    assert refusal(enter, minutes=2) == "accounts.proof", "copied from the browser, it opens nothing again"
    assert sessions.session(settings, enter(proof="b", minutes=2), after(minutes=3)) is not None
    accounts.change(settings, HOST, "tham.dinh", active=False)
    assert refusal(enter, proof="c") == "accounts.no_identity"


@pytest.mark.parametrize("name", ["tham.dinh", "song_cau"])
def test_only_administrators_manage(settings: Settings, name: str) -> None:
    (actor,) = [account.user for account in accounts.listed(settings) if account.user.name == name]
    before = builders.everything_below(settings.runtime_dir)
    for act in (
        lambda: accounts.add(settings, actor, "lan", "", VIEWER, ()),
        lambda: accounts.change(settings, actor, name, role=ADMINISTRATOR),
        lambda: accounts.set_password(settings, actor, name, OTHER),
    ):
        assert refusal(act) == "access.manage"
    assert builders.everything_below(settings.runtime_dir) == before


def test_the_last_administrator_stays(settings: Settings) -> None:
    for new in ({"active": False}, {"role": VIEWER}, {"role": APPRAISER, "active": True}):
        assert refusal(accounts.change, settings, HOST, "quan.tri", **new) == "accounts.last_administrator"
    accounts.add(settings, HOST, "thu.hai", "", ADMINISTRATOR, (), PASSWORD)
    accounts.change(settings, HOST, "quan.tri", active=False)
    assert refusal(accounts.change, settings, HOST, "thu.hai", active=False) == "accounts.last_administrator"
    accounts.change(settings, HOST, "quan.tri", display="Anh Q")  # nothing about an inactive one
    accounts.change(settings, HOST, "quan.tri", active=True)
    accounts.change(settings, HOST, "thu.hai", role=VIEWER)
    assert accounts.exists(settings)


def test_two_administrators_cannot_demote_each_other_at_once(settings: Settings) -> None:
    accounts.add(settings, HOST, "thu.hai", "", ADMINISTRATOR, ())
    outcomes: list[str] = []

    def demote(name: str) -> None:
        try:
            accounts.change(settings, HOST, name, role=VIEWER)
            outcomes.append("done")
        except NotPermitted as error:
            outcomes.append(error.code)

    run_together([lambda: demote("quan.tri"), lambda: demote("thu.hai")])
    assert sorted(outcomes) == ["accounts.last_administrator", "done"]


def test_the_list_says_what_an_administrator_needs(settings: Settings) -> None:
    sessions.sign_in(settings, "tham.dinh", PASSWORD, NOW)
    accounts.add(settings, HOST, "qua.mang", "", VIEWER, (), None, "a@b.vn")
    fail(settings, "song_cau", 5)
    found = {account.user.name: account for account in accounts.listed(settings, NOW)}
    assert list(found) == ["qua.mang", "quan.tri", "song_cau", "tham.dinh"]
    assert found["song_cau"].user == User("song_cau", REPORTER, (OWN,))
    assert (found["song_cau"].locked_until, found["song_cau"].created) == (after(minutes=15), NOW)
    assert (found["tham.dinh"].last_sign_in, found["quan.tri"].last_sign_in) == (NOW, None)
    assert (found["qua.mang"].has_password, found["quan.tri"].has_password) == (False, True)
    assert found["tham.dinh"].identity == "tham.dinh@example.vn" and found["tham.dinh"].active
    assert accounts.listed(settings, after(hours=1))[2].locked_until is None


# Signing in


def test_a_refusal_tells_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.change(settings, HOST, "tham.dinh", active=False)
    accounts.add(settings, HOST, "qua.mang", "", VIEWER, (), None, "a@b.vn")
    compared: Counter[str] = Counter()

    class Counting(PasswordHasher):
        def verify(self, kept, password):
            compared["verify"] += 1
            return super().verify(kept, password)

    counting = Counting(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", counting)
    for name, password in (
        ("quan.tri", OTHER),
        ("nobody", PASSWORD),
        ("tham.dinh", PASSWORD),
        ("qua.mang", PASSWORD),
        ("qua.mang", ""),
        ("\udc80' OR 1", PASSWORD),
        ("quan.tri", "x" * 5000),
    ):
        before = compared["verify"]
        with pytest.raises(SignInRefused) as refused:
            sessions.sign_in(settings, name, password, NOW)
        assert (refused.value.code, refused.value.details) == ("accounts.sign_in", {})
        assert compared["verify"] == before + 1


@pytest.mark.parametrize("name", ["song_cau", "nobody", "tham.dinh", "NoBody ", "có dấu cách"])
def test_five_failures_lock_every_name_alike(settings: Settings, name: str) -> None:
    accounts.change(settings, HOST, "tham.dinh", active=False)
    assert fail(settings, name, 7) == ["accounts.sign_in"] * 5 + ["accounts.locked"] * 2
    with pytest.raises(SignInRefused) as refused:
        sessions.sign_in(settings, name.upper(), PASSWORD, after(minutes=14))
    assert (refused.value.code, refused.value.details) == ("accounts.locked", {"until": after(minutes=15)})
    assert fail(settings, name, 6, after(minutes=15)) == ["accounts.sign_in"] * 5 + ["accounts.locked"]
    with pytest.raises(SignInRefused) as refused:
        sessions.sign_in(settings, name, PASSWORD, after(minutes=16))
    assert refused.value.details["until"] == after(minutes=45)


@pytest.mark.of_files
def test_the_lock_doubles_up_to_a_day() -> None:
    hours = [attempts.lock_after(5 * times) / timedelta(hours=1) for times in range(1, 11)]
    assert hours == [0.25, 0.5, 1, 2, 4, 8, 16, 24, 24, 24]
    assert attempts.lock_after(10**9) == timedelta(hours=24)


def test_success_and_a_quiet_day_forget_failures(settings: Settings) -> None:
    fail(settings, "song_cau", 4)
    sessions.sign_in(settings, "song_cau", PASSWORD, NOW)
    assert fail(settings, "song_cau", 5) == ["accounts.sign_in"] * 5
    assert fail(settings, "song_cau", 1) == ["accounts.locked"]
    fail(settings, "nobody", 4)
    assert fail(settings, "nobody", 5, after(hours=25)) == ["accounts.sign_in"] * 5
    fail(settings, "stranger", 1, after(days=3))
    with accounts_file.reading(settings) as db:  # strangers' names do not pile up
        assert db.execute("SELECT count(*) FROM attempt").fetchone()[0] == 1


def test_the_right_password_at_the_fifth_try_opens(settings: Settings) -> None:
    fail(settings, "song_cau", 4)
    assert sessions.verify(settings, "song_cau", PASSWORD, NOW).areas == (OWN,)
    assert fail(settings, "song_cau", 4) == ["accounts.sign_in"] * 4


def test_an_administrator_opens_a_lock(settings: Settings) -> None:
    fail(settings, "song_cau", 5)
    accounts.set_password(settings, HOST, "song_cau", OTHER)
    assert sessions.sign_in(settings, "song_cau", OTHER, NOW)
    fail(settings, "song_cau", 5)
    accounts.change(settings, HOST, "song_cau", active=True)
    assert sessions.sign_in(settings, "song_cau", OTHER, NOW)


def run_together(tasks) -> None:
    """Start everything at the same moment and wait for all of it."""
    gate = threading.Barrier(len(tasks))

    def run(task) -> None:
        gate.wait()
        task()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_no_more_tries_for_those_who_try_at_once(settings: Settings) -> None:
    outcomes: list[str] = []

    def attack() -> None:
        outcomes.extend(fail(settings, "song_cau", 5))

    run_together([attack] * 4)
    assert Counter(outcomes) == {"accounts.sign_in": 5, "accounts.locked": 15}
    assert acts(settings).count("lock") == 1
    assert accounts_file.verify_log(settings)[0] == "whole"


GUESS = """
import os, sys
from argon2 import PasswordHasher
from store import passwords, sessions
from store.errors import SignInRefused
from store.settings import read_settings
passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
settings = read_settings({**os.environ, "BOARD_RUNTIME": sys.argv[1]})
print("ready", flush=True)
sys.stdin.readline()
for _ in range(4):
    try:
        sessions.sign_in(settings, "song_cau", "sai mật khẩu rồi")
    except SignInRefused as error:
        print(error.code)
"""


def python(script: str, settings: Settings) -> subprocess.Popen:
    """Another process of the product."""
    root = Path(accounts.__file__).resolve().parent.parent
    command = [sys.executable, "-c", script, str(settings.runtime_dir)]
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONUTF8": "1"}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=root, env=environment, stdin=pipe, stdout=pipe, text=True)


def test_failures_of_several_processes_are_all_counted(settings: Settings) -> None:
    running = [python(GUESS, settings) for _ in range(2)]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [line for process in running for line in process.communicate(timeout=60)[0].split()]
    assert Counter(said) == {"accounts.sign_in": 5, "accounts.locked": 3}


KILLED = """
import sys, time
from store import accounts_file
from store.settings import read_settings
settings = read_settings({"BOARD_RUNTIME": sys.argv[1]})
with accounts_file.writing(settings) as db:
    db.execute("PRAGMA cache_size = 1")
    db.execute("DELETE FROM account")
    db.executemany("INSERT INTO attempt VALUES (?, 1, 0, 0)", [(f"{number:0500}",) for number in range(3000)])
    print("written", flush=True)
    time.sleep(60)
"""


@pytest.mark.of_files
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 on this system")
def test_a_kill_in_the_middle_leaves_the_state_before(settings: Settings) -> None:
    before = accounts.listed(settings)
    process = python(KILLED, settings)
    assert process.stdout.readline() == "written\n"
    process.kill()
    process.communicate(timeout=60)
    assert accounts_file.file_path(settings).with_name("accounts.sqlite-journal").exists()
    assert accounts.listed(settings) == before
    assert sessions.sign_in(settings, "quan.tri", PASSWORD)


def test_a_hash_of_former_costs_is_renewed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def kept() -> str:
        with accounts_file.reading(settings) as db:
            return account_rows.find(db, "quan.tri")["password"]

    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    sessions.sign_in(settings, "quan.tri", PASSWORD)
    assert "t=1" in kept()
    monkeypatch.setattr(passwords, "HASHER", dearer)
    sessions.sign_in(settings, "quan.tri", PASSWORD)
    assert "t=2" in kept() and sessions.verify(settings, "quan.tri", PASSWORD).name == "quan.tri"


@pytest.mark.of_files
def test_the_library_decides_the_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert (passwords.HASHER.time_cost, passwords.HASHER.memory_cost) == (3, 65536)


def test_a_change_in_the_middle_of_signing_in_counts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = passwords.matches

    def slowly(kept: str, password: str) -> bool:
        monkeypatch.setattr(passwords, "matches", real)
        accounts.change(settings, HOST, "song_cau", active=False)
        return real(kept, password)

    monkeypatch.setattr(passwords, "matches", slowly)
    assert refusal(sessions.sign_in, settings, "song_cau", PASSWORD) == "accounts.sign_in"


# Sessions


def test_a_session_ends_when_idle_or_old(settings: Settings) -> None:
    token = sessions.sign_in(settings, "song_cau", PASSWORD, NOW)
    assert sessions.session(settings, token, after(minutes=59)) == User("song_cau", REPORTER, (OWN,))
    assert sessions.session(settings, token, after(minutes=118)) is not None
    assert sessions.session(settings, token, after(minutes=178)) is None
    token = sessions.sign_in(settings, "song_cau", PASSWORD, NOW)
    for minutes in range(30, 600, 30):
        assert sessions.session(settings, token, after(minutes=minutes)) is not None
    assert sessions.session(settings, token, after(minutes=600)) is None
    assert (
        sessions.session(settings, token[:-1], NOW) is None
        and sessions.session(settings, "\udc80", NOW) is None
    )


@pytest.mark.of_files
def test_use_is_written_at_most_once_a_minute(settings: Settings) -> None:
    token = sessions.sign_in(settings, "song_cau", PASSWORD, NOW)
    before = accounts_file.file_path(settings).read_bytes()
    sessions.session(settings, token, after(seconds=59))
    assert accounts_file.file_path(settings).read_bytes() == before
    sessions.session(settings, token, after(seconds=60))
    assert accounts_file.file_path(settings).read_bytes() != before


def test_a_page_is_shown_while_somebody_writes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts_file, "PATIENCE_SECONDS", 0.05)
    token = sessions.sign_in(settings, "song_cau", PASSWORD, NOW)
    with accounts_file.writing(settings):
        assert sessions.session(settings, token, after(minutes=5)) is not None
        assert refusal(accounts.change, settings, HOST, "song_cau", display="x") == "accounts.busy"
    if settings.is_shared:
        return
    with FileLock(settings.runtime_dir / "accounts.lock"):
        assert refusal(accounts.set_password, settings, HOST, "song_cau", OTHER) == "accounts.busy"


def test_signing_out_ends_one_session(settings: Settings) -> None:
    first, second = (sessions.sign_in(settings, "song_cau", PASSWORD, NOW) for _ in range(2))
    sessions.sign_out(settings, first)
    sessions.sign_out(settings, first)
    assert sessions.session(settings, first, NOW) is None
    assert sessions.session(settings, second, NOW) is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda settings: accounts.change(settings, HOST, "song_cau", role=VIEWER),
        lambda settings: accounts.change(settings, HOST, "song_cau", areas=("02017-2020",)),
        lambda settings: accounts.change(settings, HOST, "song_cau", active=False),
        lambda settings: accounts.set_password(settings, HOST, "song_cau", OTHER),
        lambda settings: sessions.change_password(settings, "song_cau", PASSWORD, OTHER, NOW),
    ],
    ids=["role", "areas", "inactive", "password", "own password"],
)
def test_what_ends_somebodys_sessions(settings: Settings, change) -> None:
    token = sessions.sign_in(settings, "song_cau", PASSWORD, NOW)
    other = sessions.sign_in(settings, "tham.dinh", PASSWORD, NOW)
    change(settings)
    assert sessions.session(settings, token, NOW) is None
    assert sessions.session(settings, other, NOW) is not None


def test_another_display_name_ends_nothing_and_shows_at_once(settings: Settings) -> None:
    token = sessions.sign_in(settings, "song_cau", PASSWORD, NOW)
    accounts.change(settings, HOST, "song_cau", display="Phường Sông Cầu")
    assert sessions.session(settings, token, NOW).shown == "Phường Sông Cầu"


def test_rights_are_read_afresh_and_dead_sessions_are_cleared(settings: Settings) -> None:
    token = sessions.sign_in(settings, "song_cau", PASSWORD, NOW)
    with accounts_file.writing(settings) as db:
        db.execute("UPDATE account SET role = 'viewer' WHERE name = 'song_cau'")
    assert sessions.session(settings, token, NOW).role == VIEWER
    sessions.sign_in(settings, "tham.dinh", PASSWORD, after(hours=11))
    with accounts_file.reading(settings) as db:
        assert db.execute("SELECT count(*) FROM session").fetchone()[0] == 1


def test_ones_own_password_needs_the_old_one(settings: Settings) -> None:
    change = sessions.change_password
    codes = [refusal(change, settings, "song_cau", OTHER, OTHER, NOW) for _ in range(6)]
    assert codes == ["accounts.sign_in"] * 5 + ["accounts.locked"]
    change(settings, "song_cau", PASSWORD, OTHER, after(minutes=15))
    assert refusal(sessions.sign_in, settings, "song_cau", PASSWORD, after(minutes=15)) == "accounts.sign_in"
    assert sessions.sign_in(settings, "song_cau", OTHER, after(minutes=15))


# What is written


def test_no_secret_is_on_the_disk(empty: Settings) -> None:
    code = accounts.new_first_code(empty)
    accounts.create_first(empty, code, "lan", "", PASSWORD)
    token = sessions.sign_in(empty, "lan", PASSWORD)
    sessions.change_password(empty, "lan", PASSWORD, OTHER)
    accounts.set_password(empty, HOST, "lan", PASSWORD)
    token_two = sessions.sign_in(empty, "lan", PASSWORD)
    typed_into_the_wrong_box = "lỡ gõ mật khẩu vào ô tên"
    fail(empty, typed_into_the_wrong_box, 6)
    everything = b"".join([*builders.everything_below(empty.runtime_dir).values(), *builders.tables(empty)])
    secrets = (code, code.replace("-", ""), token, token_two, PASSWORD, OTHER, typed_into_the_wrong_box)
    for secret in secrets:
        for form in ("NFC", "NFD"):
            assert unicodedata.normalize(form, secret).encode() not in everything
            escaped = unicodedata.normalize(form, secret).encode("unicode-escape")
            assert escaped not in everything
    assert b"$argon2id$" in everything


@pytest.mark.of_files
@pytest.mark.skipif(os.name == "nt", reason="rights of files are POSIX's")
def test_the_file_is_nothing_for_other_accounts_of_the_machine(settings: Settings) -> None:
    assert accounts_file.file_path(settings).stat().st_mode & 0o007 == 0


def test_every_act_has_its_line(settings: Settings) -> None:
    accounts.change(settings, HOST, "song_cau", display="Phường", active=True)
    accounts.change(settings, HOST, "song_cau", display="Phường")  # nothing new, no line
    sessions.sign_in(settings, "song_cau", PASSWORD)
    sessions.verify(settings, "song_cau", PASSWORD)
    sessions.change_password(settings, "song_cau", PASSWORD, OTHER)
    accounts.set_password(settings, HOST, "song_cau", PASSWORD)
    fail(settings, "song_cau", 5)
    fail(settings, "nobody", 5)
    said = ["add"] * 3 + ["change", "sign_in", "verify", "password", "password", "lock"]
    assert acts(settings) == said
    entries = accounts_file.entries(settings)
    assert (entries[0]["by"], entries[0]["name"], entries[0]["role"]) == (
        HOST.name,
        "quan.tri",
        ADMINISTRATOR,
    )
    assert (entries[3]["display"], "role" in entries[3]) == (True, False)
    assert [entry["by"] for entry in entries[4:]] == ["song_cau"] * 3 + [HOST.name, "song_cau"]
    assert accounts_file.verify_log(settings) == ("whole", 9)


@pytest.mark.of_files
def test_an_altered_or_cut_log_is_seen(settings: Settings) -> None:
    path = accounts_file.log_path(settings)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"song_cau", b"song_dau"))
    assert accounts_file.verify_log(settings) == ("broken", 3)
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    assert accounts_file.verify_log(settings) == ("cut", 3)
    path.unlink()
    assert accounts_file.verify_log(settings) == ("cut", 1)


@pytest.mark.of_files
def test_an_act_whose_line_cannot_be_written_does_not_happen(settings: Settings) -> None:
    path = accounts_file.log_path(settings)
    path.write_bytes(b"no json\n")
    before = accounts.listed(settings)
    assert refusal(accounts.change, settings, HOST, "song_cau", role=VIEWER) == "accounts.log_broken"
    assert accounts.listed(settings) == before
    assert fail(settings, "nobody", 5) == ["accounts.sign_in"] * 5


@pytest.mark.of_files
def test_a_file_that_is_no_database_is_said(settings: Settings) -> None:
    accounts_file.file_path(settings).write_bytes(b"x" * 5000)
    for act in (accounts.exists, accounts.listed):
        assert refusal(act, settings) == "accounts.unreadable"
    assert refusal(sessions.sign_in, settings, "lan", PASSWORD) == "accounts.unreadable"


def test_a_wrong_statement_is_undone(settings: Settings) -> None:
    with pytest.raises(BoardError), accounts_file.writing(settings) as db:
        db.execute("DELETE FROM account")
        db.execute("SELECT nothing FROM nowhere")
    assert len(accounts.listed(settings)) == 3


@pytest.mark.of_files
def test_no_role_is_unknown_to_accounts() -> None:
    for role in access.ROLES:
        account_rows.require_role(role, (OWN,) if role == REPORTER else ())
    with pytest.raises(AccountError):
        account_rows.require_role("", ())


# Settings


@pytest.mark.of_files
def test_settings_of_access() -> None:
    plain = read_settings({})
    assert (plain.reading, plain.second_person, plain.sign_in) == ("open", False, "local")
    own = {"BOARD_READING": "members", "BOARD_SECOND_PERSON": "1", "BOARD_SIGN_IN": "oidc"}
    found = read_settings(own)
    assert (found.reading, found.second_person, found.sign_in) == ("members", True, "oidc")
    assert read_settings({"BOARD_SECOND_PERSON": "0"}).second_person is False


@pytest.mark.parametrize("name", ["reading", "second_person", "sign_in"])
@pytest.mark.of_files
@pytest.mark.parametrize("value", ["", "yes", "Open", "01"])
def test_a_setting_that_means_nothing_stops(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({f"BOARD_{name.upper()}": value})
    assert (refused.value.code, refused.value.details["value"]) == (f"settings.{name}", value)
