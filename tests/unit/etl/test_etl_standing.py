"""What counts after roll-backs, corrections, kills and failures; two officers at once; what is kept."""

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from etl import build as building
from etl import commit, keep, publish, replica, revise
from etl.check import check
from store import ledger, read
from store.errors import SnapshotError, StaleDiff
from store.settings import Settings
from store.snapshot import Snapshot, current_id, snapshot_path
from tests import builders

pytestmark = pytest.mark.usefixtures("each_store")
TODAY = date(2025, 6, 1)
TEN = builders.rows("01837,pay_rate,2024-Q1,10,100,,", "02017,pay_rate,2024-Q1,5,100,,")
TWELVE = builders.rows("01837,pay_rate,2024-Q1,12,100,,")
OTHER = builders.rows("01912,pay_rate,2024-Q2,7,100,,")


def _load(settings: Settings, *files: bytes, space: str = "official") -> list[publish.Loaded]:
    named = [(f"tep{number}.csv", data) for number, data in enumerate(files, start=1)]
    return publish.load_bytes(settings, space, named, builders.LAN, TODAY)


def _figures(settings: Settings, **asked: list[str]) -> pd.DataFrame:
    snapshot = Snapshot(snapshot_path(settings, "official", current_id(settings, "official")))
    every = {"areas": ["01837-2020", "02017-2020", "01912-2020"], "provenances": ["uploaded", "published"]}
    frame = read.figures(snapshot, **{**every, **asked})
    snapshot.close()
    return frame


def _values(settings: Settings) -> dict[str, float]:
    frame = _figures(settings)
    return dict(zip(frame["area_id"].str[:5], frame["value"], strict=True))


def _log(settings: Settings) -> list[dict]:
    return ledger.read(commit.ledger_path(settings, "official"))


def _acts(settings: Settings) -> list[str]:
    return [entry["act"] for entry in _log(settings)]


# ---------------------------------------------------------------- roll-backs and arrivals


def test_a_rolled_back_file_does_not_return_with_the_next_load(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    first = _load(settings, TEN)[0]
    second = _load(settings, TWELVE)[0]
    publish.rollback(settings, "official", builders.HOA)
    assert _acts(settings)[-2:] == ["withdraw", "rollback"]
    line = _log(settings)[-2]
    assert (line["upload_ids"], line["files"], line["by"]) == ([second.upload_id], ["tep1.csv"], "Hoa")
    assert commit.accepted_ids(settings, "official") == [first.upload_id]
    _load(settings, OTHER)
    assert _values(settings) == {"01837": 10.0, "02017": 5.0, "01912": 7.0}


@pytest.mark.of_files
def test_a_withdrawn_file_sent_again_is_a_new_arrival(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    _load(settings, TEN)
    before = _load(settings, TWELVE)[0]
    publish.rollback(settings, "official", builders.HOA)
    again = _load(settings, TWELVE)[0]
    assert (again.upload_id, again.new, again.again) == (before.upload_id, True, True)
    assert _values(settings)["01837"] == 12.0 and _acts(settings)[-2:] == ["accept", "publish"]
    assert _log(settings)[-2]["folder"] == f"{before.upload_id}-2"  # what was accepted once stays as it was


@pytest.mark.of_files
def test_a_superseded_file_sent_again_arrives_last(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    first, second = _load(settings, TEN)[0], _load(settings, TWELVE)[0]
    again = _load(settings, TEN)[0]
    assert again.again and _values(settings) == {"01837": 10.0, "02017": 5.0}
    assert commit.accepted_ids(settings, "official") == [second.upload_id, first.upload_id]
    before = builders.everything_below(settings.runtime_dir)
    assert not _load(settings, TEN)[0].new  # now all its figures stand
    assert builders.everything_below(settings.runtime_dir) == before
    assert not publish.status(settings, "official")["newer"]


def test_a_roll_back_to_another_order_restores_the_order(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    first, second = _load(settings, TEN)[0], _load(settings, TWELVE)[0]
    _load(settings, TEN)
    assert publish.rollback(settings, "official", builders.HOA) == second.snapshot_id
    assert commit.accepted_ids(settings, "official") == [first.upload_id, second.upload_id]
    _load(settings, OTHER)
    assert _values(settings)["01837"] == 12.0


def test_publishing_an_older_snapshot_settles_what_counts_too(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    first, second = _load(settings, TEN)[0], _load(settings, TWELVE)[0]
    publish.publish(settings, "official", first.snapshot_id, builders.HOA)
    assert commit.accepted_ids(settings, "official") == [first.upload_id]
    publish.publish(settings, "official", second.snapshot_id, builders.HOA)
    assert commit.accepted_ids(settings, "official") == [first.upload_id, second.upload_id]
    assert publish.refresh(settings, "official") == (second.snapshot_id, False)


@pytest.mark.of_files
def test_the_replay_of_the_log(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    assert ledger.accepted_uploads(path) == [] and ledger.head(path) == (0, ledger.GENESIS)
    for name in ("a", "b", "a", "c"):
        ledger.append(path, "accept", "Lan", upload_id=name)
    ledger.append(path, "withdraw", "Lan", upload_ids=["b", "absent"])
    ledger.append(path, "publish", "Lan", snapshot_id="x")
    assert ledger.accepted_uploads(path) == ["a", "c"]
    assert ledger.publications(path) == ["x"]


# ---------------------------------------------------------------- print and uploads


@pytest.mark.of_files
def test_a_printed_figure_is_never_superseded_by_an_upload(tmp_path: Path) -> None:
    printed = builders.rows('01837,pay_rate,2024-Q1,,,"10,7",', "02017,pay_rate,2023,,,8,")
    settings = builders.settings(tmp_path, published={"bao.csv": printed})
    outcome = _load(settings, TWELVE)[0]
    assert outcome.report.findings == ()  # a printed figure is not replaced, so nothing warns
    frame = _figures(settings)
    own = frame[frame["area_id"] == "01837-2020"]
    assert own[["value", "provenance"]].to_numpy().tolist() == [[12.0, "uploaded"]]
    assert _figures(settings, provenances=["published"])["value"].tolist() == [8.0, 10.7]
    snapshot = Snapshot(snapshot_path(settings, "official", outcome.snapshot_id))
    assert read.published(snapshot)["value"].tolist() == [8.0, 10.7]
    assert read.revisions(snapshot).empty
    counted = read.periods(snapshot, areas=["01837-2020"], provenances=["uploaded", "published"])
    assert counted["figures"].tolist() == [1]
    snapshot.close()


@pytest.mark.of_files
def test_later_print_and_later_uploads_still_supersede_their_own(tmp_path: Path) -> None:
    columns = [*building.TABLE, "upload_id", "arrival", "provenance"]
    base = ["a", "i", "d", "2023", "observed", 1.0, 2.0, 50.0, "reported", False, "exact", "", "", 2]
    rows = [
        [*base, name, arrival, kind]
        for arrival, (name, kind) in enumerate(
            [("p1", "published"), ("u1", "uploaded"), ("p2", "published"), ("i1", "illustrative")]
        )
    ]
    observation, revision = revise.supersede(pd.DataFrame(rows, columns=columns))
    assert observation["upload_id"].tolist() == ["i1", "p2"] and revision.empty
    assert observation["first_upload_id"].tolist() == ["u1", "p1"], "who had the key first is remembered"


@pytest.mark.of_files
def test_the_committed_file_may_name_its_publication_and_the_same_bytes_may_be_sent(tmp_path: Path) -> None:
    columns = (*builders.COLUMNS, "source")
    printed = builders.rows('01837,pay_rate,2023,,,"10,7",,paper', columns=columns)
    forged = builders.rows("01837,pay_rate,2023,,,90,,paper", columns=columns)
    settings = builders.settings(tmp_path, published={"bao.csv": printed})
    publish.refresh(settings, "official")
    assert not _load(settings, printed)[0].new
    refused = _load(settings, forged)[0]
    assert [item.code for item in refused.report.findings if item.severity == "block"] == ["source.reserved"]
    assert _values(settings) == {"01837": 10.7}


@pytest.mark.of_files
def test_a_figure_that_would_be_replaced_is_said_with_both_values(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    _load(settings, TEN)
    new = builders.rows("01837,pay_rate,2024-Q1,,,KPS,", "02017,pay_rate,2024-Q1,,,10,")
    findings = _load(settings, new)[0].report.findings
    seen = [(item.value, item.details["old"]) for item in findings if item.code == "figure.replaces"]
    assert seen == [("KPS", "10 (10/100)"), ("10", "5 (5/100)")]


@pytest.mark.of_files
def test_before_anything_is_published_nothing_stands() -> None:
    report = check("x.csv", TEN, builders.catalogue(), "official", TODAY)
    assert not revise.stands(report.table, None)
    assert revise.stands(report.table, report.table.assign(provenance="uploaded"))
    assert not revise.stands(report.table, report.table.assign(provenance="published"))


# ---------------------------------------------------------------- kills and failures


class Killed(BaseException):
    """As if the process had ended here."""


def _killed_before_pointing(*_: object) -> None:
    raise Killed


def test_a_kill_between_log_and_pointer_is_put_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = builders.settings(tmp_path)
    first = _load(settings, TEN)[0].snapshot_id
    monkeypatch.setattr(publish, "point_to", _killed_before_pointing)
    with pytest.raises(Killed):
        _load(settings, TWELVE)
    monkeypatch.undo()
    assert current_id(settings, "official") == first and _acts(settings)[-1] == "publish"
    assert keep.verify_log(settings, "official")[0] == "whole"
    with commit.space_lock(settings, "official"):
        second = current_id(settings, "official")
    assert second != first and _values(settings)["01837"] == 12.0
    assert publish.rollback(settings, "official", builders.HOA) == first == current_id(settings, "official")
    assert keep.verify_log(settings, "official")[0] == "whole"


def test_a_kill_inside_a_roll_back_is_put_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = builders.settings(tmp_path)
    first = _load(settings, TEN)[0]
    _load(settings, TWELVE)
    third = _load(settings, OTHER)[0].snapshot_id
    monkeypatch.setattr(publish, "point_to", _killed_before_pointing)
    with pytest.raises(Killed):
        publish.rollback(settings, "official", builders.HOA)
    monkeypatch.undo()
    assert current_id(settings, "official") == third
    assert publish.rollback(settings, "official", builders.LAN) == first.snapshot_id
    assert _acts(settings)[-4:] == ["withdraw", "rollback", "withdraw", "rollback"]
    assert _log(settings)[-3]["by"] == "Hoa"
    assert commit.accepted_ids(settings, "official") == [first.upload_id]


def test_a_kill_in_the_midst_of_writing_several_lines_writes_none(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    _load(settings, TEN)
    path = commit.ledger_path(settings, "official")
    before, lines = path.read_bytes(), ledger.length(path)
    _load(settings, TWELVE, OTHER)
    added = path.read_bytes()[len(before) :]
    for length in range(0, len(added), 40):
        path.write_bytes(before + added[:length])
        assert ledger.length(path) == lines
    ledger.append(path, "prune", "Hoa")
    assert ledger.length(path) == lines + 1 and ledger.verify(path) is None


def test_a_roll_back_cut_from_the_log_is_no_unfinished_publication(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    for data in (TEN, TWELVE):
        _load(settings, data)
    first = publish.rollback(settings, "official", builders.HOA)
    _cut(settings, 4)
    assert keep.verify_log(settings, "official") == ("cut", 5)
    with commit.space_lock(settings, "official"):
        assert current_id(settings, "official") == first


def test_a_failed_build_leaves_nothing_and_the_next_judgement_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = builders.settings(tmp_path)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(building, "_write", fail)
    with pytest.raises(OSError, match="disk full"):
        _load(settings, TEN)
    assert not list(settings.space_dir("official").glob("uploads/*"))
    assert commit.accepted_ids(settings, "official") == []


def test_a_folder_the_log_does_not_name_is_replaced(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    report = check("x.csv", TEN, builders.catalogue(), "official", TODAY)
    with replica.writing(settings, "official"):
        folder = commit.upload_dir(
            settings, "official", commit.write(settings, "official", report, TEN, "Lan")
        )
    report.table.assign(value=99.0).to_parquet(folder / commit.ROWS, index=False)  # as judged at another time
    assert not _load(settings, TEN)[0].again
    assert _values(settings) == {"01837": 10.0, "02017": 5.0}


def test_what_was_written_aside_is_cleared_by_the_next_lock(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    _load(settings, TEN)
    place = settings.space_dir("official")
    (place / "uploads" / ".abc.123").mkdir()
    for name in ("snapshots/.2024-Q1-x.123", "CURRENT.123"):
        (place / name).write_text("x", encoding="ascii")
    with commit.space_lock(settings, "official"):
        assert not list(place.rglob("*.123"))


# ---------------------------------------------------------------- two officers


def test_a_publication_meanwhile_is_judged_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = builders.settings(tmp_path)
    whole = publish.check_files
    calls = []

    def slow(*words: object) -> list:
        reports = whole(*words)
        calls.append(len(reports))
        if len(calls) == 1:  # the other officer is done while this one still looks
            _load(settings, TEN)
        return reports

    monkeypatch.setattr(publish, "check_files", slow)
    outcome = _load(settings, TWELVE)[0]
    assert [item.code for item in outcome.report.findings] == ["figure.replaces"]
    assert outcome.new and _values(settings) == {"01837": 12.0, "02017": 5.0}
    assert len(calls) == 3


@pytest.mark.of_files
def test_a_judgement_that_blocks_the_second_time_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = builders.settings(tmp_path)
    whole = publish.check_files
    calls = []

    def slow(*words: object) -> list:
        calls.append(1)
        if len(calls) == 1:
            reports = whole(*words)
            _load(settings, TEN)
            return reports
        if len(calls) == 3:
            named = [("x.csv", builders.rows("01837,pay_rate,2024-Q1,x,100,,"))]
            return whole(settings, "official", named, TODAY)
        return whole(*words)

    monkeypatch.setattr(publish, "check_files", slow)
    assert _load(settings, TWELVE)[0].upload_id == ""
    assert _values(settings) == {"01837": 10.0, "02017": 5.0}


@pytest.mark.of_files
def test_a_publication_names_what_it_compared_with(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    first = _load(settings, TEN)[0].snapshot_id
    with pytest.raises(StaleDiff):
        publish.publish(settings, "official", first, builders.LAN, expected_current="")


# ---------------------------------------------------------------- the log's end, and what is kept


def _cut(settings: Settings, lines: int) -> None:
    path = commit.ledger_path(settings, "official")
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:lines]))


@pytest.mark.of_files
@pytest.mark.parametrize("lines", [0, 1, 2, 3])
def test_a_log_cut_at_the_end_is_found(tmp_path: Path, lines: int) -> None:
    settings = builders.settings(tmp_path)
    for data in (TEN, TWELVE):
        _load(settings, data)
    assert keep.verify_log(settings, "official") == ("whole", 4)
    _cut(settings, lines)
    assert ledger.verify(commit.ledger_path(settings, "official")) is None  # the chain alone cannot tell
    whole = lines - lines % 2  # an acceptance and its publication were written together: neither counts alone
    assert keep.verify_log(settings, "official") == ("cut", whole + 1)


@pytest.mark.of_files
def test_a_cut_log_that_was_written_on_is_found(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    for data in (TEN, TWELVE):
        _load(settings, data)
    published = current_id(settings, "official")
    path = commit.ledger_path(settings, "official")
    _cut(settings, 0)
    for _ in range(2):
        ledger.append(path, "publish", "Hoa", snapshot_id=published, replaces="")
    assert keep.verify_log(settings, "official") == ("broken", 2)
    _cut(settings, 0)
    assert ledger.verify(path, (2, "x")) == 1


@pytest.mark.of_files
def test_an_accepted_upload_without_its_line_is_found(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    published = _load(settings, TEN)[0].snapshot_id
    _cut(settings, 0)
    ledger.append(
        commit.ledger_path(settings, "official"), "publish", "Hoa", snapshot_id=published, replaces=""
    )
    assert keep.verify_log(settings, "official") == ("cut", 2)


def test_an_empty_log_of_an_empty_space_is_whole(tmp_path: Path) -> None:
    assert keep.verify_log(builders.settings(tmp_path), "official") == ("whole", 0)


@pytest.mark.of_files
def test_prune_keeps_the_newest_publications_and_the_current_one(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    ids = [_load(settings, data)[0].snapshot_id for data in (TEN, TWELVE, OTHER)]
    (settings.reference_dir / "index.toml").write_text('[index]\nmean = "geometric"\n', encoding="utf-8")
    stray = building.build(settings, "official")  # built and never published
    assert keep.prune(settings, "official", 2, builders.HOA) == sorted([ids[0], stray])
    assert (_log(settings)[-1]["act"], _log(settings)[-1]["by"]) == ("prune", "Hoa")
    before = builders.everything_below(settings.runtime_dir)
    assert keep.prune(settings, "official", 2, builders.HOA) == []
    assert builders.everything_below(settings.runtime_dir) == before
    assert publish.rollback(settings, "official", builders.HOA) == ids[1]
    with pytest.raises(SnapshotError, match="no_previous"):  # it was removed, and nothing was written
        publish.rollback(settings, "official", builders.HOA)
    assert _acts(settings)[-1] == "rollback"
    assert keep.verify_log(settings, "official")[0] == "whole"


def test_prune_leaves_what_somebody_holds_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = builders.settings(tmp_path)
    for data in (TEN, TWELVE):
        _load(settings, data)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)
    assert keep.prune(settings, "official", 1, builders.HOA) == []


@pytest.mark.of_files
def test_a_snapshot_that_is_gone_has_no_uploads(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    first = _load(settings, TEN)[0].snapshot_id
    shutil.rmtree(settings.space_dir("official") / "snapshots")
    assert publish.uploads_of(settings, "official", first) == []
    assert keep.verify_log(settings, "official") == ("whole", 2)
