"""The desk: what is sent waits, is accepted or returned, and whoever may not is refused where it is written."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from etl import asof, commit, desk, keep, publish
from store import ledger, periods, read
from store.access import APPRAISER, REPORTER, VIEWER, User
from store.errors import NotPermitted, StaleDiff, SubmissionError, UploadRejected
from store.settings import Settings
from store.snapshot import Snapshot, current_id, snapshot_path
from tests import builders

pytestmark = pytest.mark.usefixtures("each_store")
TODAY = date(2025, 6, 1)
SPACE = "official"
SONG_CAU = User("sc.lan", REPORTER, ("01837-2020",), "Lan")
QUANG_THUAN = User("qt.mai", REPORTER, ("02017-2020",))
TINH = User("tinh.hoa", APPRAISER)
TEN = builders.rows("01837,pay_rate,2024-Q1,10,100,,")
TWELVE = builders.rows("01837,pay_rate,2024-Q1,12,100,,")
OTHER = builders.rows("02017,pay_rate,2024-Q1,5,100,,")
BOTH = builders.rows("01837,pay_rate,2024-Q1,10,100,,", "02017,pay_rate,2024-Q1,5,100,,")
FAULTY = builders.rows("01837,pay_rate,2024-Q1,x,100,,")
DOUBTFUL = builders.rows("01837,pay_rate,2024-Q1,,,55,")


def _named(*files: bytes) -> list[tuple[str, bytes]]:
    return [(f"tep{number}.csv", data) for number, data in enumerate(files, start=1)]


def _send(settings: Settings, user: User, *files: bytes, note: str = "đính chính", **more: object) -> list:
    proposal = desk.propose(settings, SPACE, _named(*files), user, more.get("replaces", ()), TODAY)
    seen = proposal.changes.digest if proposal.changes else ""
    given = {"seen": seen, "acknowledged": proposal.warnings, "note": note, "on": TODAY, **more}
    return desk.submit(settings, SPACE, _named(*files), user, **given)


def _second(tmp_path: Path) -> Settings:
    return builders.settings(tmp_path, second_person=True)


def _values(settings: Settings) -> dict[str, float]:
    frame = publish.published_figures(settings, SPACE)
    return {} if frame is None else dict(zip(frame["area_id"].str[:5], frame["value"], strict=True))


def _log(settings: Settings) -> list[str]:
    return [entry["act"] for entry in ledger.read(commit.ledger_path(settings, SPACE))]


# ---------------------------------------------------------------- the way of a file


def test_without_a_second_person_a_file_is_published_when_it_is_sent(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    sent = _send(settings, SONG_CAU, TEN)[0]
    assert (sent.state, sent.by, sent.decided_by) == (desk.ACCEPTED, "sc.lan", "sc.lan")
    assert (sent.areas, sent.periods, sent.figures) == (("01837-2020",), ("2024-Q1",), 1)
    assert _values(settings) == {"01837": 10.0} and _log(settings) == ["submit", "accept", "publish"]
    assert keep.verify_log(settings, SPACE) == ("whole", 3)


def test_with_a_second_person_it_waits_and_somebody_else_accepts(tmp_path: Path) -> None:
    settings = _second(tmp_path)
    sent = _send(settings, SONG_CAU, TEN)[0]
    assert sent.state == desk.WAITING and _values(settings) == {}
    assert desk.original(settings, SPACE, sent) == TEN
    for user in (SONG_CAU, QUANG_THUAN, User("xem", VIEWER)):
        with pytest.raises(NotPermitted):
            desk.accept(settings, SPACE, [sent.id], user, on=TODAY)
    proposal = desk.review(settings, SPACE, [sent.id], TODAY)
    assert proposal.changes.rows["kind"].tolist() == ["added"]
    snapshot_id = desk.accept(settings, SPACE, [sent.id], TINH, seen=proposal.changes.digest, on=TODAY)
    assert snapshot_id == current_id(settings, SPACE) and _values(settings) == {"01837": 10.0}
    item = desk.submissions(settings, SPACE)[0]
    assert (item.state, item.by, item.decided_by) == (desk.ACCEPTED, "sc.lan", "tinh.hoa")
    with pytest.raises(SubmissionError, match="not_waiting"):
        desk.accept(settings, SPACE, [sent.id], TINH, on=TODAY)


def test_no_file_at_all_is_no_way_around_a_right(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    (sent,) = _send(settings, SONG_CAU, TEN)
    before = _log(settings)
    for user in (SONG_CAU, User("xem", VIEWER)):
        with pytest.raises(NotPermitted):
            desk.accept(settings, SPACE, [], user, on=TODAY)
    seen = desk.propose(settings, SPACE, [], SONG_CAU, [sent.upload_id], on=TODAY).changes.digest
    with pytest.raises(SubmissionError, match="nothing_new"):
        desk.submit(settings, SPACE, [], SONG_CAU, seen=seen, note="bỏ", replaces=[sent.upload_id], on=TODAY)
    assert _log(settings) == before and _values(settings) == {"01837": 10.0}


def test_the_log_is_replayed_once_for_all_that_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = _second(tmp_path)
    ids = [_send(settings, TINH, data)[0].id for data in (TEN, OTHER)]
    asked, replay = [], desk.submissions
    monkeypatch.setattr(desk, "submissions", lambda *given: asked.append(given) or replay(*given))
    desk.accept(settings, SPACE, ids, builders.HOA, on=TODAY)
    assert len(asked) == 1 and _values(settings) == {"01837": 10.0, "02017": 5.0}


def test_nobody_accepts_their_own_file_where_a_second_person_is_asked_for(tmp_path: Path) -> None:
    settings = _second(tmp_path)
    sent = _send(settings, TINH, TEN)[0]
    with pytest.raises(NotPermitted, match="same_person"):
        desk.accept(settings, SPACE, [sent.id], TINH, on=TODAY)
    with pytest.raises(NotPermitted, match="same_person"):
        publish.load_bytes(settings, SPACE, _named(OTHER), TINH, TODAY)
    assert desk.accept(settings, SPACE, [sent.id], builders.HOA, on=TODAY)


def test_a_file_is_returned_with_a_reason_or_taken_back_and_its_bytes_stay(tmp_path: Path) -> None:
    settings = _second(tmp_path)
    first, second = _send(settings, SONG_CAU, TEN)[0], _send(settings, SONG_CAU, TWELVE)[0]
    with pytest.raises(SubmissionError, match="reason"):
        desk.send_back(settings, SPACE, first.id, TINH, " ")
    with pytest.raises(NotPermitted):
        desk.send_back(settings, SPACE, first.id, SONG_CAU, "x")
    desk.send_back(settings, SPACE, first.id, TINH, "Thiếu chữ ký")
    with pytest.raises(NotPermitted, match="not_sender"):
        desk.take_back(settings, SPACE, second.id, QUANG_THUAN)
    desk.take_back(settings, SPACE, second.id, SONG_CAU)
    states = {item.id: (item.state, item.why) for item in desk.submissions(settings, SPACE)}
    assert states == {first.id: ("returned", "Thiếu chữ ký"), second.id: ("taken_back", "")}
    assert desk.original(settings, SPACE, first) == TEN and _values(settings) == {}
    again = _send(settings, SONG_CAU, TEN)[0]  # the same bytes a second time are a submission of their own
    assert again.id != first.id and again.state == desk.WAITING


@pytest.mark.of_files
def test_the_effect_is_named_before_it_counts(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    _send(settings, builders.LAN, BOTH)
    proposal = desk.propose(settings, SPACE, _named(TWELVE), SONG_CAU, on=TODAY)
    row = proposal.changes.rows.iloc[0]
    assert (row["kind"], row["old_value"], row["new_value"]) == ("changed", 10.0, 12.0)
    assert proposal.changes.revises and proposal.changes.same == 1
    assert proposal.warnings == ("figure.replaces",)
    assert _values(settings) == {"01837": 10.0, "02017": 5.0}


@pytest.mark.of_files
def test_an_alteration_needs_a_reason_and_a_warning_needs_a_look(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    _send(settings, SONG_CAU, TEN)
    for given, code in (({"note": " "}, "reason_missing"), ({"acknowledged": ()}, "unacknowledged")):
        before = builders.everything_below(settings.runtime_dir)
        with pytest.raises(UploadRejected, match=code):
            _send(settings, SONG_CAU, TWELVE, **given)
        assert builders.everything_below(settings.runtime_dir) == before
    _send(settings, SONG_CAU, TWELVE, note="gõ nhầm")
    snapshot = Snapshot(snapshot_path(settings, SPACE, current_id(settings, SPACE)))
    revision = read.revisions(snapshot).iloc[0]
    snapshot.close()
    assert (revision["old_value"], revision["new_value"], revision["note"]) == (10.0, 12.0, "gõ nhầm")


@pytest.mark.of_files
def test_what_changes_nothing_is_said_and_not_kept(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    _send(settings, SONG_CAU, TEN)
    before = builders.everything_below(settings.runtime_dir)
    with pytest.raises(SubmissionError, match="nothing_new"):
        _send(settings, SONG_CAU, TEN)
    assert builders.everything_below(settings.runtime_dir) == before


@pytest.mark.of_files
def test_files_of_one_delivery_may_not_contradict_one_another(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    proposal = desk.propose(settings, SPACE, _named(TEN, TWELVE), SONG_CAU, on=TODAY)
    conflict = proposal.reports[1].findings[-1]
    assert proposal.blocked and not proposal.reports[0].blocked
    assert (conflict.code, conflict.line, conflict.details["other"]) == ("row.conflict", 2, "2 (tep1.csv)")
    assert not desk.propose(settings, SPACE, _named(TEN, BOTH), builders.LAN, on=TODAY).blocked
    assert len(_send(settings, builders.LAN, TEN, OTHER)) == 2


@pytest.mark.of_files
def test_a_faulty_file_keeps_all_out_and_touches_nothing(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    with pytest.raises(UploadRejected) as refused:
        _send(settings, builders.LAN, OTHER, FAULTY)
    assert [item.code for item in refused.value.details["findings"] if item.severity == "block"]
    assert not settings.runtime_dir.exists()


def test_a_failed_build_leaves_the_file_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = builders.settings(tmp_path)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(desk, "build", fail)
    with pytest.raises(OSError, match="disk full"):
        _send(settings, SONG_CAU, TEN)
    monkeypatch.undo()
    item = desk.submissions(settings, SPACE)[0]
    assert item.state == desk.WAITING and desk.original(settings, SPACE, item) == TEN
    desk.accept(settings, SPACE, [item.id], TINH, on=TODAY)
    assert _values(settings) == {"01837": 10.0}


# ---------------------------------------------------------------- who may


@pytest.mark.of_files
def test_a_reporter_sends_for_their_own_communes_only(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    proposal = desk.propose(settings, SPACE, _named(BOTH), SONG_CAU, on=TODAY)
    assert [(item.code, item.line) for item in proposal.reports[0].findings if item.severity == "block"] == [
        ("area.not_yours", 3)
    ]
    free = desk.propose(settings, SPACE, _named(OTHER), builders.LAN, on=TODAY)
    with pytest.raises(UploadRejected):  # an altered request: the digest of somebody who may
        desk.submit(settings, SPACE, _named(OTHER), SONG_CAU, seen=free.changes.digest, on=TODAY)
    outcome = publish.load_bytes(settings, SPACE, _named(OTHER), SONG_CAU, TODAY)[0]
    assert outcome.report.blocked and not outcome.upload_id
    assert not settings.runtime_dir.exists()


def test_the_writer_refuses_even_when_the_judge_was_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = builders.settings(tmp_path)
    free = desk.propose(settings, SPACE, _named(OTHER), builders.LAN, on=TODAY)
    monkeypatch.setattr(desk, "_read", lambda *_: free)
    with pytest.raises(NotPermitted, match="area"):
        desk.submit(settings, SPACE, _named(OTHER), SONG_CAU, seen=free.changes.digest, on=TODAY)
    assert "accept" not in _log(settings)


@pytest.mark.of_files
@pytest.mark.parametrize("user", [User("xem", VIEWER), SONG_CAU])
def test_who_may_not_decide_is_refused_where_it_is_written(tmp_path: Path, user: User) -> None:
    settings = builders.settings(tmp_path)
    sent = [_send(settings, builders.LAN, data)[0] for data in (OTHER, BOTH)]
    before = builders.everything_below(settings.runtime_dir)
    first = ledger.publications(commit.ledger_path(settings, SPACE))[0]
    for act in (
        lambda: publish.rollback(settings, SPACE, user),
        lambda: publish.publish(settings, SPACE, first, user),
        lambda: desk.withdraw(settings, SPACE, sent[0].upload_id, user, "x"),
        lambda: keep.prune(settings, SPACE, 1, user),
    ):
        with pytest.raises(NotPermitted, match="decide"):
            act()
    if user.role == VIEWER:
        with pytest.raises(NotPermitted, match="send"):
            desk.propose(settings, SPACE, _named(TEN), user, on=TODAY)
        with pytest.raises(NotPermitted, match="send"):
            publish.load_bytes(settings, SPACE, _named(TEN), user, TODAY)
    assert builders.everything_below(settings.runtime_dir) == before


# ---------------------------------------------------------------- superseding, withdrawing, staleness


def test_a_file_may_supersede_another_as_a_whole(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    first = _send(settings, builders.LAN, BOTH)[0]
    proposal = desk.propose(settings, SPACE, _named(TWELVE), builders.LAN, [first.upload_id], TODAY)
    assert sorted(proposal.changes.rows["kind"]) == ["changed", "removed"]
    with pytest.raises(NotPermitted, match="area"):  # the other commune's figures would go
        _send(settings, SONG_CAU, TWELVE, replaces=[first.upload_id])
    _send(settings, builders.LAN, TWELVE, replaces=[first.upload_id])
    assert _values(settings) == {"01837": 12.0}
    assert [item.state for item in desk.submissions(settings, SPACE)] == ["accepted", "withdrawn"]
    with pytest.raises(SubmissionError, match="not_standing"):
        _send(settings, builders.LAN, TEN, replaces=[first.upload_id])


def test_withdrawing_lets_what_it_had_replaced_stand_again(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    _send(settings, SONG_CAU, TEN)
    second = _send(settings, SONG_CAU, TWELVE)[0]
    with pytest.raises(SubmissionError, match="reason"):
        desk.withdraw(settings, SPACE, second.upload_id, TINH, "")
    desk.withdraw(settings, SPACE, second.upload_id, TINH, "gửi nhầm kỳ")
    assert _values(settings) == {"01837": 10.0}
    item = desk.submissions(settings, SPACE)[0]
    assert (item.state, item.why, item.decided_by) == ("withdrawn", "gửi nhầm kỳ", "tinh.hoa")
    with pytest.raises(SubmissionError, match="not_standing"):
        desk.withdraw(settings, SPACE, second.upload_id, TINH, "gửi nhầm kỳ")
    assert keep.verify_log(settings, SPACE)[0] == "whole"


def test_a_stale_comparison_is_refused_and_a_publication_elsewhere_is_not_in_the_way(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    _send(settings, SONG_CAU, TEN)
    mine = desk.propose(settings, SPACE, _named(TWELVE), SONG_CAU, on=TODAY)
    given = {"acknowledged": mine.warnings, "note": "x", "on": TODAY}
    _send(settings, QUANG_THUAN, OTHER)  # another commune: my comparison says the same as before
    eleven = builders.rows("01837,pay_rate,2024-Q1,11,100,,")
    _send(settings, SONG_CAU, eleven)
    with pytest.raises(StaleDiff):
        desk.submit(settings, SPACE, _named(TWELVE), SONG_CAU, seen=mine.changes.digest, **given)
    fresh = desk.propose(settings, SPACE, _named(TWELVE), SONG_CAU, on=TODAY)
    assert fresh.changes.rows["old_value"].tolist() == [11.0]
    other = desk.propose(settings, SPACE, _named(OTHER.replace(b",5,", b",6,")), QUANG_THUAN, on=TODAY)
    desk.submit(settings, SPACE, _named(TWELVE), SONG_CAU, seen=fresh.changes.digest, **given)
    given["acknowledged"] = other.warnings
    changed = _named(OTHER.replace(b",5,", b",6,"))
    desk.submit(settings, SPACE, changed, QUANG_THUAN, seen=other.changes.digest, **given)
    assert _values(settings) == {"01837": 12.0, "02017": 6.0}


def test_accepting_is_refused_when_the_comparison_moved_or_the_file_reads_otherwise(tmp_path: Path) -> None:
    settings = _second(tmp_path)
    first, second = _send(settings, SONG_CAU, TEN)[0], _send(settings, SONG_CAU, TWELVE)[0]
    seen = desk.review(settings, SPACE, [second.id], TODAY).changes.digest
    desk.accept(settings, SPACE, [first.id], TINH, on=TODAY)
    with pytest.raises(StaleDiff):
        desk.accept(settings, SPACE, [second.id], TINH, seen=seen, on=TODAY)
    rows = commit.upload_dir(settings, SPACE, second.id) / commit.ROWS
    pd.read_parquet(rows).assign(value=99.0).to_parquet(rows, index=False)
    with pytest.raises(UploadRejected, match="read_otherwise"):
        desk.accept(settings, SPACE, [second.id], TINH, on=TODAY)


def test_an_unknown_submission_is_no_submission(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError, match="unknown"):
        desk.review(builders.settings(tmp_path), SPACE, ["../../etc"])


# ---------------------------------------------------------------- as it stood


def test_an_earlier_state_is_what_was_shown_then_or_what_had_come_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = builders.settings(tmp_path)
    first = publish.refresh(settings, SPACE)[0]
    _send(settings, SONG_CAU, TEN)
    path = commit.ledger_path(settings, SPACE)
    now = ledger.read(path)[-1]["at"]
    today = periods.day_in_viet_nam(now)
    assert asof.snapshot_of(settings, SPACE, today) == (current_id(settings, SPACE), True)
    before, very = asof.snapshot_of(settings, SPACE, date(2025, 1, 15))
    assert not very and before == first  # nothing had come in: the same inputs, the same snapshot
    snapshot_path(settings, SPACE, current_id(settings, SPACE)).rename(tmp_path / "aside.duckdb")
    rebuilt, very = asof.snapshot_of(settings, SPACE, today)
    assert very == settings.is_shared  # one of several servers builds the very one from the log
    assert rebuilt == current_id(settings, SPACE)
