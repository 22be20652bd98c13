"""Citations: one code per view, for good; what cannot be cited, and what a crowd, a kill or a stranger does to the book."""

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import citations
from store.access import VIEWER, User
from store.errors import BoardError, CitationError, NotPermitted, SettingsError, SnapshotError
from store.settings import Settings, read_settings
from tests import builders

ROOT = Path(__file__).resolve().parents[3]
SNAPSHOT, LATER = "2024-Q4-0123456789ab", "2025-Q1-ba9876543210"
CHOICES = {"indicator": "gov_online_payment_rate", "before": "2022-Q4", "after": "2024-Q4"}
LAN = User("lan", VIEWER)
pytestmark = pytest.mark.usefixtures("each_store")


def world(folder, **environ: str) -> Settings:
    """An installation with two snapshots of each space; no figure of them is read here."""
    settings = read_settings({"BOARD_RUNTIME": str(folder), "BOARD_STORE": builders.STORE, **environ})
    for space in ("official", "demo"):
        snapshots = settings.space_dir(space) / "snapshots"
        snapshots.mkdir(parents=True)
        for name in (SNAPSHOT, LATER):
            (snapshots / f"{name}.duckdb").touch()
    return settings


@pytest.fixture
def settings(tmp_path) -> Settings:
    return world(tmp_path)


def cite(settings: Settings, choices=CHOICES, user=None, space="official", snapshot=SNAPSHOT, page="change"):
    return citations.cite(settings, user, space, snapshot, page, choices, "vi")


def refusal(act, *arguments, **named) -> BoardError:
    with pytest.raises(BoardError) as refused:
        act(*arguments, **named)
    return refused.value


def written(settings: Settings) -> bytes:
    path = citations.file_path(settings)
    return path.read_bytes() if path.exists() else b""


# ---------------------------------------------------------------- one code per view


def test_the_same_view_has_one_code_and_the_first_day(settings):
    first = cite(settings)
    line = json.loads(written(settings))
    line["at"] = "2025-01-14T20:00:00+00:00"  # already the 15th in Viet Nam
    citations.file_path(settings).write_text(json.dumps(line) + "\n", encoding="utf-8")
    again = citations.cite(
        settings, LAN, "official", SNAPSHOT, "change", dict(reversed(CHOICES.items())), "en"
    )
    assert again.code == first.code and again.made == date(2025, 1, 15) and again.language == "vi"
    assert written(settings).count(b"\n") == 1
    assert citations.find(settings, first.shown) == again
    assert citations.same(settings, "official", SNAPSHOT, "change", CHOICES) == again


@pytest.mark.parametrize(
    "other",
    [
        {"choices": {**CHOICES, "after": "2024-Q3"}},
        {"choices": {}},
        {"space": "demo"},
        {"snapshot": LATER},
        {"page": "map"},
    ],
)
def test_another_view_has_another_code(settings, other):
    first, second = cite(settings), cite(settings, **other)
    assert first.code != second.code
    assert citations.find(settings, first.code) == first and citations.find(settings, second.code) == second


def test_two_views_never_share_a_code(settings, monkeypatch):
    """With a single letter to choose from, every view begins with the code of the one before."""
    real = citations._codes
    monkeypatch.setattr(
        citations, "_codes", lambda *view: ("A" * 7 + code[0] for code in (code[7:] for code in real(*view)))
    )
    periods = [f"2024-{number:02}" for number in range(1, 13)]
    made = {period: cite(settings, {"after": period}) for period in periods}
    assert len({item.code for item in made.values()}) == len(periods)
    for period, item in made.items():
        assert cite(settings, {"after": period}) == item
        assert citations.find(settings, item.code).choices == (("after", period),)


def test_the_day_of_a_view_is_the_earlier_day_it_shows(settings):
    today = cite(settings)
    assert today.day == today.made
    assert cite(settings, {"asof": "2025-01-15"}).day == date(2025, 1, 15)


@given(st.text(max_size=60))
def test_what_somebody_types_is_a_code_or_nothing(text):
    code = citations.code_of(text)
    assert code == "" or (len(code) == citations.LENGTH and set(code) <= set(citations.ALPHABET))


def test_a_code_survives_being_read_out_and_typed(settings):
    made = cite(settings)
    for typed in (
        made.shown.lower(),
        f" {made.code[:2]} {made.code[2:]} ",
        made.shown.replace("-", "\u2013"),
    ):
        assert citations.find(settings, typed) == made
    mistaken = made.code.translate(str.maketrans({"8": "B", "5": "S", "2": "Z", "V": "U"}))
    assert citations.find(settings, mistaken) == made
    for wrong in ("", "ACDE", made.code + "A", "0" * 8, "../../etc", "<script>", "ACDE-234O"):
        assert citations.find(settings, wrong) is None


# ---------------------------------------------------------------- who, what, how many


def test_whoever_may_read_may_cite(tmp_path):
    closed = world(tmp_path, BOARD_READING="members")
    assert isinstance(refusal(cite, closed), NotPermitted) and written(closed) == b""
    made = cite(closed, user=LAN)
    assert json.loads(written(closed))["by"] == "lan" and citations.find(closed, made.code) == made


@pytest.mark.parametrize(
    "bad",
    [
        {"choices": {"after": "<b>"}},
        {"choices": {"after": "../x"}},
        {"choices": {"after": "a/b"}},
        {"choices": {"after": "=1+1"}},
        {"choices": {"after": "x" * 401}},
        {"choices": {"after": ""}},
        {"choices": {"a b": "x"}},
        {"choices": {"After": "x"}},
        {"choices": {"asof": "yesterday"}},
        {"choices": {f"key{number}": "x" for number in range(citations.MOST_CHOICES + 1)}},
        {"page": "../app"},
        {"page": ""},
        {"space": "elsewhere"},
    ],
    ids=str,
)
def test_only_plain_words_are_cited(settings, bad):
    assert refusal(cite, settings, **bad).code == "citations.invalid" and written(settings) == b""


@pytest.mark.parametrize("snapshot", ["2024-Q4-ffffffffffff", "../../x", ""])
def test_only_a_snapshot_that_is_there_is_cited(settings, snapshot):
    assert isinstance(refusal(cite, settings, snapshot=snapshot), SnapshotError) and written(settings) == b""


def test_strangers_cannot_flood_the_book_nor_keep_the_office_from_citing(settings, monkeypatch):
    monkeypatch.setattr(citations, "HOURLY", 3)
    made = [cite(settings, {"after": f"2024-{number:02}"}) for number in (1, 2, 3)]
    assert refusal(cite, settings).code == "citations.many"
    assert cite(settings, {"after": "2024-02"}) == made[1], "what was cited before costs nothing"
    assert cite(settings, user=LAN).code
    monkeypatch.setattr(citations, "ALTOGETHER", 4)
    assert refusal(cite, settings, {"after": "2024-05"}, user=LAN).code == "citations.full"
    assert written(settings).count(b"\n") == 4


# ---------------------------------------------------------------- a crowd, a kill, a stranger's hand


def test_many_at_once_lose_nothing_and_make_no_code_twice(settings):
    periods, found, faults = [f"2024-{number:02}" for number in range(1, 7)], [], []

    def work():
        try:
            found.extend(cite(settings, {"after": period}).code for period in periods)
        except BaseException as error:
            faults.append(error)

    crowd = [threading.Thread(target=work) for _ in range(6)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(60)
    assert not faults and len(found) == 36 and len(set(found)) == 6
    assert written(settings).count(b"\n") == 6


def test_processes_wait_for_one_another(settings):
    work = (
        "from tests.unit.store.test_store_citations import cite; from store.settings import read_settings; import sys\n"
        "print(*[cite(read_settings(), {'after': f'2024-{n:02}'}).code for n in range(1, 9)])"
    )
    environ = {**os.environ, "BOARD_RUNTIME": str(settings.runtime_dir), "PYTHONPATH": str(ROOT)}
    crowd = [
        subprocess.Popen([sys.executable, "-c", work], env=environ, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = {one.communicate(timeout=120)[0] for one in crowd}
    assert len(said) == 1 and all(one.returncode == 0 for one in crowd)
    assert written(settings).count(b"\n") == 8


@pytest.mark.parametrize("torn", [b"{", b'{"act": "cite", "by": "", "co', b"\xff\xfe"])
def test_a_line_torn_by_a_kill_counts_for_nothing(settings, torn):
    first = cite(settings)
    with citations.file_path(settings).open("ab") as book:
        book.write(torn)
    assert citations.find(settings, first.code) == first
    second = cite(settings, {})
    assert citations.find(settings, first.code) == first and citations.find(settings, second.code) == second
    assert [json.loads(line)["code"] for line in written(settings).splitlines()] == [first.code, second.code]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_kill_leaves_the_lock_free_and_whole_lines(settings):
    work = (
        "from tests.unit.store.test_store_citations import cite; from store.settings import read_settings\n"
        "import itertools, sys\n"
        "for n in itertools.count():\n"
        "    cite(read_settings(), {'after': f'y{n}'}); print(n, flush=True)"
    )
    environ = {**os.environ, "BOARD_RUNTIME": str(settings.runtime_dir), "PYTHONPATH": str(ROOT)}
    one = subprocess.Popen([sys.executable, "-c", work], env=environ, stdout=subprocess.PIPE, text=True)
    for _ in range(5):
        assert one.stdout.readline()
    one.send_signal(signal.SIGKILL)
    one.communicate(timeout=20)
    after = cite(settings)
    for number in range(5):
        assert citations.same(settings, "official", SNAPSHOT, "change", {"after": f"y{number}"})
    assert citations.find(settings, after.code) == after


@pytest.mark.parametrize(
    "change",
    [
        lambda line: "no JSON at all",
        lambda line: json.dumps({**line, "choices": {"after": "<script>"}}),
        lambda line: json.dumps({**line, "snapshot_id": 3, "space": "nowhere"}),
        lambda line: json.dumps({**line, "code": "../../x"}),
        lambda line: json.dumps([1]),
        lambda line: json.dumps({key: line[key] for key in line if key != "at"}),
    ],
)
def test_a_book_that_somebody_spoiled_says_so(settings, change):
    made = cite(settings)
    line = json.loads(written(settings))
    citations.file_path(settings).write_text(change(line) + "\n", encoding="utf-8")
    for act in (citations.find, lambda settings, code: cite(settings, {})):
        error = refusal(act, settings, made.code)
        assert isinstance(error, CitationError) and error.code == "citations.unreadable"


def test_asking_writes_nothing(settings):
    assert citations.find(settings, "ACDE-2345") is None
    assert citations.same(settings, "official", SNAPSHOT, "change", CHOICES) is None
    assert not citations.file_path(settings).exists()


@pytest.mark.parametrize(
    "address", ["board.example.vn", "ftp://x", "https://x y", "javascript:alert(1)", "https://a?b"]
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(SettingsError):
        read_settings({"BOARD_ADDRESS": address})


def test_an_address_loses_its_last_slash():
    assert (
        read_settings({"BOARD_ADDRESS": "https://so.example.vn/bang/"}).address
        == "https://so.example.vn/bang"
    )
