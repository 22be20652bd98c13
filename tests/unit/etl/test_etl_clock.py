"""A clock that goes back, or was ahead for a while, and machines in other time zones: order, days and sessions stay sound."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from etl import asof, check, cli, commit, publish, users_cli
from store import accounts, attempts, citations, ledger, periods, sessions
from store.access import ADMINISTRATOR
from store.errors import CitationError, SignInRefused
from store.periods import VIET_NAM
from store.settings import Settings
from tests import builders

SPACE = "official"
TODAY = date(2025, 6, 1)
PASSWORD = "một câu ngắn dễ nhớ"
NOON = datetime(2025, 3, 1, 5, tzinfo=UTC)


class Clock:
    """What ``datetime`` is called by in a module; ``now`` is what the test says."""

    moment = NOON

    @classmethod
    def now(cls, zone: object = None) -> datetime:
        return cls.moment.astimezone(zone) if zone else cls.moment.replace(tzinfo=None)

    fromisoformat = staticmethod(datetime.fromisoformat)
    fromtimestamp = staticmethod(datetime.fromtimestamp)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    for module in (ledger, commit, citations, periods):
        monkeypatch.setattr(module, "datetime", Clock)
    monkeypatch.setattr(Clock, "moment", NOON)
    return Clock


def _entries(*days: int) -> list[dict]:
    return [{"at": (NOON + timedelta(days=day)).isoformat()} for day in days]


@pytest.mark.parametrize(
    ("days", "believed", "wrong"),
    [
        ((0, 1, 1, 3), (0, 1, 1, 3), []),
        ((0, 900, 2, 3), (0, 0, 2, 3), [2]),  # ahead for one line
        ((5, 6, -900, 7), (5, 6, 6, 7), [3]),  # behind for one line
        ((-900, -899, 3, 4, 5), (-900, -899, 3, 4, 5), []),
        ((400, 1, 2), (1, 1, 2), [1]),  # wrong at the very beginning
        ((), (), []),
    ],
)
def test_the_order_of_the_log_is_believed_over_a_time_that_contradicts_it(
    days: tuple[int, ...], believed: tuple[int, ...], wrong: list[int]
) -> None:
    entries = _entries(*days)
    assert ledger.days(entries) == [(NOON + timedelta(days=day)).date() for day in believed]
    assert ledger.out_of_order(entries) == wrong


def _load(settings: Settings, count: int) -> str:
    data = builders.rows(f"01837,pay_rate,2024-Q1,{count},100,,")
    return publish.load_bytes(settings, SPACE, [("tep.csv", data)], builders.LAN, TODAY)[0].snapshot_id


def test_earlier_states_are_told_by_the_order_and_the_log_says_so(
    tmp_path: Path, clock: type[Clock], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = builders.settings(tmp_path)
    made = []
    for place, days in enumerate((0, 1, 2000, 3, -500, 5)):  # two wrong moments among six
        clock.moment = NOON + timedelta(days=days)
        made.append(_load(settings, 10 + place))
    path = commit.ledger_path(settings, SPACE)
    assert ledger.verify(path) is None and ledger.publications(path) == made
    # The third came on an unknown day between the second and the fourth: told with the second.
    for days, place in ((0, 0), (1, 2), (3, 4), (4, 4), (5, 5), (30, 5)):
        day = (NOON + timedelta(days=days)).date()
        assert asof.snapshot_of(settings, SPACE, day) == (made[place], True), days
        standing = list(commit.accepted_folders(settings, SPACE, day))
        assert standing == commit.accepted_ids(settings, SPACE)[: place + 1]
    monkeypatch.setenv("BOARD_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BOARD_RUNTIME", str(tmp_path / "runtime"))
    capsys.readouterr()
    assert cli.main(["log", "--space", SPACE]) == 0
    said = capsys.readouterr().out.splitlines()[0]
    assert "dòng 5, 6, 9, 10 " in said and "đồng hồ máy đã từng sai" in said


def test_sessions_locks_and_codes_of_a_clock_that_was_put_back(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    ahead = NOON + timedelta(days=300)
    code = accounts.new_first_code(settings, "máy chủ", now=ahead)
    with pytest.raises(SignInRefused):
        accounts.create_first(settings, code, "goc", "", PASSWORD, now=NOON)
    accounts.add(settings, builders.LAN, "lan", "", ADMINISTRATOR, (), PASSWORD, "")
    token = sessions.sign_in(settings, "lan", PASSWORD, now=ahead)
    assert sessions.session(settings, token, now=ahead + timedelta(minutes=1)).name == "lan"
    assert sessions.session(settings, token, now=ahead - timedelta(minutes=4)).name == "lan", "clocks differ"
    assert sessions.session(settings, token, now=NOON) is None, "nobody knows how old it is"
    for _ in range(attempts.TRIES):
        with pytest.raises(SignInRefused, match=r"accounts\.sign_in"):
            sessions.sign_in(settings, "lan", "sai", now=ahead)
    with pytest.raises(SignInRefused, match=r"accounts\.locked"):
        sessions.sign_in(settings, "lan", PASSWORD, now=ahead)
    assert sessions.sign_in(settings, "lan", PASSWORD, now=NOON), "a lock of a wrong clock ends with it"


def test_citations_of_a_clock_that_was_put_back_are_found_and_made(
    tmp_path: Path, clock: type[Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = builders.settings(tmp_path)
    snapshot_id = _load(settings, 10)
    monkeypatch.setattr(citations, "HOURLY", 2)
    clock.moment = NOON + timedelta(days=90)
    made = [citations.cite(settings, None, SPACE, snapshot_id, page, {}, "vi") for page in ("map", "change")]
    with pytest.raises(CitationError, match="many"):
        citations.cite(settings, None, SPACE, snapshot_id, "tiers", {}, "vi")
    clock.moment = NOON
    made.append(citations.cite(settings, None, SPACE, snapshot_id, "tiers", {}, "vi"))
    assert [citations.find(settings, item.code) for item in made] == made
    assert ledger.verify(citations.file_path(settings)) is None


@pytest.fixture(params=["America/Los_Angeles", "Pacific/Kiritimati", "Asia/Ho_Chi_Minh"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The machine's own time zone."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system's zone is not a process's own")
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


# (moment in UTC, day in Viet Nam, quarters closed by then): the last minute of a quarter and the first after it.
TURNS = (
    (datetime(2025, 3, 14, 16, 59, 59, tzinfo=UTC), date(2025, 3, 14), ["2024-Q4"]),
    (datetime(2025, 3, 14, 17, 0, 0, tzinfo=UTC), date(2025, 3, 15), ["2024-Q4", "2025-Q1"]),
)


@pytest.mark.parametrize(("moment", "day", "closed"), TURNS)
def test_the_day_and_the_quarter_turn_by_viet_nam_s_clock_wherever_the_machine_stands(
    zone: str, tmp_path: Path, clock: type[Clock], moment: datetime, day: date, closed: list[str]
) -> None:
    clock.moment = moment
    settings = builders.settings(tmp_path)
    assert periods.today_in_viet_nam() == check.today() == day
    assert periods.closed_quarters("2024-Q4", check.today()) == closed
    shown = users_cli.shown(moment, {"moment": "{at:%H:%M} {at:%d/%m/%Y}"})
    assert shown == f"{moment.astimezone(VIET_NAM):%H:%M} {day:%d/%m/%Y}"
    snapshot_id = publish.load_bytes(
        settings, SPACE, [("tep.csv", builders.rows("01837,pay_rate,2024-Q1,10,100,,"))], builders.LAN
    )[0].snapshot_id
    assert asof.snapshot_of(settings, SPACE, day) == (snapshot_id, True)
    assert ledger.days(ledger.read(commit.ledger_path(settings, SPACE))) == [day, day]
    assert commit.accepted_folders(settings, SPACE, day - timedelta(days=1)) == {}
    assert citations.cite(settings, None, SPACE, snapshot_id, "map", {}, "vi").made == day
