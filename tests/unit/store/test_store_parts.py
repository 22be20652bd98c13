"""Settings, periods, log, snapshots: what the rest of the product leans on."""

import json
import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

from etl import publish
from etl.inputs import SCHEMA
from store import ledger, periods, read, snapshot
from store.errors import BoardError, SettingsError, SnapshotError
from store.settings import read_settings
from store.snapshot import Snapshot, current_id, point_to, pointer_path, snapshot_path
from tests import builders

TODAY = date(2025, 6, 1)


def test_settings_come_from_the_environment_only() -> None:
    own = read_settings(
        {"BOARD_RUNTIME": "/r", "BOARD_DATA": "/d", "BOARD_SPACE": "demo", "BOARD_LANGUAGE": "en"}
    )
    assert (own.runtime_dir, own.published_dir, own.space, own.language) == (
        Path("/r"),
        Path("/d/published"),
        "demo",
        "en",
    )
    assert own.space_dir("demo") == Path("/r/demo")
    assert read_settings({}).space == "auto"
    assert read_settings().root == Path(publish.__file__).resolve().parent.parent


def test_a_space_is_one_of_two() -> None:
    with pytest.raises(SettingsError):
        read_settings({"BOARD_SPACE": "all"})
    with pytest.raises(SettingsError, match="space"):
        read_settings({}).space_dir("../evil")


@pytest.mark.parametrize(
    ("text", "period_id"),
    [
        ("Quý I/2024", "2024-Q1"),
        ("quý IV năm 2023", "2023-Q4"),
        ("Q2/2024", "2024-Q2"),
        ("2024 Q3", "2024-Q3"),
        ("2024-Q3", "2024-Q3"),
        ("năm 2023", "2023"),
        ("2023", "2023"),
        ("6 tháng đầu năm 2024", "2024-H1"),
        ("6 tháng cuối năm 2024", "2024-H2"),
        ("9 tháng đầu năm 2024", "2024-9M"),
        ("tháng 9-2021", "2021-09"),
        ("03/2024", "2024-03"),
        ("tháng 7 năm 2024", "2024-07"),
        ("ngày 27/12/2023", "2023-12-27"),
        ("27-12-2023", "2023-12-27"),
        ("trước thí điểm 2023", "2023-before"),
        ("khoảng 2023", "2023-about"),
        ("không ghi ngày", "undated"),
    ],
)
def test_periods_as_people_write_them(text: str, period_id: str) -> None:
    assert periods.parse(text).id == period_id
    assert periods.from_id(period_id).id == period_id


@pytest.mark.parametrize(
    "text", ["", "11/13", "quý V/2024", "13/2024", "31/02/2024", "2024-13", "2024-Q5", "24", "tuần 3"]
)
def test_periods_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a|out of range|must be in"):
        periods.parse(text)


@pytest.mark.parametrize(
    ("period_id", "administrative", "start", "end"),
    [
        ("2024-Q1", True, "2023-12-15", "2024-03-14"),
        ("2024-Q4", True, "2024-09-15", "2024-12-14"),
        ("2024-Q1", False, "2024-01-01", "2024-03-31"),
        ("2024-H2", False, "2024-07-01", "2024-12-31"),
        ("2024-9M", True, "2023-12-15", "2024-09-14"),
        ("2024", True, "2024-01-01", "2024-12-31"),
        ("2024-02", True, "2024-02-01", "2024-02-29"),
    ],
)
def test_days_of_a_period(period_id: str, administrative: bool, start: str, end: str) -> None:
    period = periods.from_id(period_id, administrative)
    assert (str(period.start), str(period.end)) == (start, end)


def test_periods_in_time_order() -> None:
    ids = ["undated", "2023-before", "2023-Q1", "2023-H1", "2023-Q4", "2023", "2024-Q1"]
    shuffled = sorted(ids, key=len)
    assert sorted(shuffled, key=lambda name: periods.from_id(name).sort_key) == ids
    assert periods.from_id("2023-about").sort_key == "2023-12-31"
    assert periods.from_id("2024-Q3").previous_quarter() == "2024-Q2"
    assert periods.from_id("2024-Q1").previous_quarter() == "2023-Q4"
    assert periods.from_id("2024-H1").previous_quarter() is None
    assert [
        periods.from_id(name).number for name in ("2024-Q3", "2024-H2", "2024-07", "2024-07-01", "undated")
    ] == [
        3,
        2,
        7,
        None,
        None,
    ]
    assert periods.from_id("undated").year is None


def test_the_log_is_a_chain(tmp_path: Path) -> None:
    path = tmp_path / "a" / "ledger.jsonl"
    assert ledger.read(path) == [] and ledger.verify(path) is None
    for number in range(3):
        ledger.append(path, "publish", "Lan", snapshot_id=str(number))
    assert [entry["snapshot_id"] for entry in ledger.read(path)] == ["0", "1", "2"]
    assert ledger.verify(path) is None
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    changes = {
        2: [lines[0], lines[1].replace("Lan", "Hoa"), lines[2]],
        1: ["x\n", *lines[1:]],
        3: [*lines[:2], json.dumps([1]) + "\n"],
    }
    for broken, content in {**changes, 2.0: [lines[0], lines[2]]}.items():
        path.write_text("".join(content), encoding="utf-8")
        assert ledger.verify(path) == broken


def test_a_line_that_was_never_finished_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger.append(path, "publish", "Lan")
    with path.open("a", encoding="utf-8") as log:
        log.write('{"act": "acc')
    assert len(ledger.read(path)) == 1 and ledger.verify(path) is None
    ledger.append(path, "accept", "Lan")
    assert [entry["act"] for entry in ledger.read(path)] == ["publish", "accept"]
    assert ledger.verify(path) is None


def test_errors_say_their_code_and_facts() -> None:
    assert str(BoardError("a.b", file="x")) == "a.b: file=x"


def test_nothing_is_published_at_first(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    with pytest.raises(SnapshotError, match="none"):
        current_id(settings, "official")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "x", "2024-Q1-zzzzzzzzzzzz", "a" * 60 + "-0123456789ab"]
)
def test_only_ids_become_paths(tmp_path: Path, name: str) -> None:
    with pytest.raises(SnapshotError, match="unknown"):
        snapshot_path(builders.settings(tmp_path), "official", name)


def test_a_pointer_never_names_what_is_absent(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    with pytest.raises(SnapshotError, match="unknown"):
        point_to(settings, "official", "2024-Q1-0123456789ab")
    assert not pointer_path(settings, "official").exists()


@pytest.mark.parametrize("refusals", [2, 99])
def test_a_pointer_that_is_held_open_for_an_instant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusals: int
) -> None:
    settings = builders.settings(tmp_path)
    path = snapshot_path(settings, "official", "2024-Q1-0123456789ab")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    monkeypatch.setattr(snapshot, "PAUSE_SECONDS", 0)
    for name in ("replace", "read_text"):
        _refuse(monkeypatch, name, refusals)
    if refusals > snapshot.ATTEMPTS:
        with pytest.raises(PermissionError):
            point_to(settings, "official", path.stem)
    else:
        point_to(settings, "official", path.stem)
        assert current_id(settings, "official") == path.stem


def _refuse(monkeypatch: pytest.MonkeyPatch, name: str, times: int) -> None:
    """As Windows does while a virus scanner or a reader holds the file."""
    real, left = getattr(Path, name), [times]

    def act(self: Path, *words: object, **more: object) -> object:
        if left[0]:
            left[0] -= 1
            raise PermissionError
        return real(self, *words, **more)

    monkeypatch.setattr(Path, name, act)


def test_a_snapshot_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "2024-Q1-0123456789ab.duckdb"
    with pytest.raises(SnapshotError, match="unknown"):
        Snapshot(path)
    path.write_bytes(b"no database, but long enough to be looked at" * 100)
    with pytest.raises(SnapshotError, match="unreadable"):
        Snapshot(path)


def test_questions_to_a_snapshot(tmp_path: Path) -> None:
    printed = builders.rows("yb-minh-tan,pay_rate,2023,17,17,,")
    settings = builders.settings(tmp_path, published={"bao.csv": printed})
    lines = [
        "01837,pay_rate,2024-Q2,20,100,,",
        "01837,pay_rate,2024-Q1,10,100,,",
        "02017,doc_count,2024-Q1,,,5,",
    ]
    publish.load_bytes(settings, "official", [("q.csv", builders.rows(*lines))], builders.LAN, TODAY)
    opened = Snapshot(snapshot_path(settings, "official", current_id(settings, "official")))
    every = {"areas": ["01837-2020", "02017-2020"], "provenances": ["uploaded", "published"]}
    assert read.figures(opened, **every)["period"].tolist() == ["2024-Q1", "2024-Q1", "2024-Q2"]
    own = read.figures(opened, **every, indicators=["pay_rate"], periods=["2024-Q2"])
    assert own["value"].tolist() == [20.0]
    assert read.published(opened)["area_id"].tolist() == ["yb-minh-tan"]
    assert read.periods(opened, **every)["figures"].tolist() == [2, 1]
    assert read.revisions(opened).empty and read.shapes(opened, "sketch") == []
    assert opened.id == current_id(settings, "official")
    assert read.findings(opened, **every).empty
    with pytest.raises(Exception, match=r"disabled|Permission|read-only"):
        opened.cursor().execute(f"COPY meta TO '{tmp_path.as_posix()}/out.csv'")
    opened.close()


def test_warnings_stand_while_their_figure_stands(tmp_path: Path) -> None:
    """A jump is doubted until a later file replaces it; that it replaces something is no doubt, and the figure keeps
    the day on which it came in first."""
    settings = builders.settings(tmp_path)
    every = {"areas": ["01837-2020"], "provenances": ["uploaded"]}

    def load(line: str, day: date) -> Snapshot:
        publish.load_bytes(settings, "official", [(f"{day}.csv", builders.rows(line))], builders.LAN, day)
        return Snapshot(snapshot_path(settings, "official", current_id(settings, "official")))

    load("01837,pay_rate,2023-Q4,10,100,,", date(2024, 1, 10)).close()
    first = load("01837,pay_rate,2024-Q1,90,100,,", date(2024, 4, 10))
    warned = read.findings(first, **every)
    assert warned[["area_id", "indicator_id", "period", "code"]].to_numpy().tolist() == [
        ["01837-2020", "pay_rate", "2024-Q1", "value.jump"]
    ]
    first.close()
    second = load("01837,pay_rate,2024-Q1,12,100,,", date(2024, 9, 1))
    assert read.findings(second, **every).empty
    own = read.figures(second, **every, periods=["2024-Q1"]).iloc[0]
    assert own["numerator"] == 12 and date.fromisoformat(own["received"])
    came = second.cursor().execute(
        "SELECT f.file, u.file FROM observation o JOIN upload u USING (upload_id) "
        "JOIN upload f ON f.upload_id = o.first_upload_id WHERE o.period = '2024-Q1'"
    )
    assert came.fetchall() == [("2024-04-10.csv", "2024-09-01.csv")]
    second.close()


def test_a_snapshot_of_an_earlier_build_still_opens(tmp_path: Path) -> None:
    """It does not know which file came first: the day of the standing file is what it can say."""
    path = tmp_path / "2024-Q1-0123456789ab.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            re.sub(
                r"(?m)^ *(first_upload_id|hidden) VARCHAR NOT NULL.*$", "", SCHEMA.read_text(encoding="utf-8")
            )
        )
        connection.execute("INSERT INTO period VALUES ('2024-Q1', 'quarter', NULL, NULL, '2024-03-14')")
        connection.execute(
            "INSERT INTO upload VALUES ('u', 'a.csv', 'x', '2024-04-10', 'Lan', 'uploaded', '', 0, 1)"
        )
        connection.execute(
            "INSERT INTO observation VALUES ('a', 'i', 'd', '2024-Q1', 'observed', 1, 2, 50, false, 'exact', "
            "'reported', 'uploaded', '', NULL, 'u', 2)"
        )
    opened = Snapshot(path)
    assert read.figures(opened, areas=["a"], provenances=["uploaded"])["received"].tolist() == ["2024-04-10"]
    opened.close()
