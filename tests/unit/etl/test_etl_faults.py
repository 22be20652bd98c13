"""Kills, crowds and what comes between two readings. The long form is ``python tests/benchmark/faults.py``."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from etl import build as building
from etl import commit, desk, keep, publish
from store import ledger
from store.errors import SnapshotError, StaleDiff, UploadRejected
from store.settings import Settings
from store.snapshot import current_id
from tests import builders

TODAY = date(2025, 6, 1)
SPACE = "official"
TEN = builders.rows("01837,pay_rate,2024-Q1,10,100,,")
TWELVE = builders.rows("01837,pay_rate,2024-Q1,12,100,,")
PRINTED = builders.rows('02017,pay_rate,2023,,,"10,7",')


def _load(settings: Settings, data: bytes) -> str:
    return publish.load_bytes(settings, SPACE, [("tep.csv", data)], builders.LAN, TODAY)[0].snapshot_id


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills and crowds are forked, which Windows cannot")
def test_kills_leave_the_state_before_or_after_and_a_crowd_loses_nothing(root: Path) -> None:
    """In a process of its own: what forks may have no threads, and a test process has some. A sample; see above."""
    script = root / "tests" / "benchmark" / "faults.py"
    amount = ["--kills", "3", "--points", "6", "--processes", "3", "--uploads", "2", "--seed", "2"]
    acts = ["--acts", "submit", "accept", "rollback"]
    done = subprocess.run(
        [sys.executable, str(script), *amount, *acts],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("; 0 promises broken") == 2


def test_a_snapshot_with_a_file_that_nobody_accepted_is_not_published(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path, second_person=True)
    files = [("tep.csv", TEN)]
    seen = desk.propose(settings, SPACE, files, builders.LAN, on=TODAY).changes.digest
    sent = desk.submit(settings, SPACE, files, builders.LAN, seen=seen, on=TODAY)[0]
    left = building.build(
        settings, SPACE, [sent.id]
    )  # as an acceptance that was killed before its line leaves it
    before = builders.everything_below(settings.runtime_dir)
    with pytest.raises(SnapshotError, match="unaccepted") as refused:
        publish.publish(settings, SPACE, left, builders.LAN)
    assert refused.value.details["uploads"] == [sent.upload_id]
    assert builders.everything_below(settings.runtime_dir) == before
    assert (
        desk.accept(settings, SPACE, [sent.id], builders.HOA, on=TODAY) == left == current_id(settings, SPACE)
    )


def test_a_warning_that_a_publication_brought_is_a_stale_comparison(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    files = [("tep.csv", TWELVE)]
    mine = desk.propose(settings, SPACE, files, builders.LAN, on=TODAY)
    _load(settings, TEN)
    given = {"seen": mine.changes.digest, "acknowledged": mine.warnings, "on": TODAY}
    with pytest.raises(StaleDiff):  # and neither a warning nor a reason that nobody could have given
        desk.submit(settings, SPACE, files, builders.LAN, **given)


def test_a_neighbouring_figure_that_makes_the_same_change_doubtful_is_shown_first(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    _load(settings, builders.rows("01912,pay_rate,2024-Q1,5,100,,"))
    files = [("tep.csv", builders.rows("01837,pay_rate,2024-Q2,90,100,,"))]
    mine = desk.propose(settings, SPACE, files, builders.LAN, on=TODAY)
    _load(settings, TEN)  # the quarter before: from 10 % to 90 %
    given = {"acknowledged": mine.warnings, "on": TODAY}
    with pytest.raises(StaleDiff):
        desk.submit(settings, SPACE, files, builders.LAN, seen=mine.changes.digest, **given)
    fresh = desk.propose(settings, SPACE, files, builders.LAN, on=TODAY)
    assert (mine.warnings, fresh.warnings) == ((), ("value.jump",))
    assert fresh.changes.rows.to_csv() == mine.changes.rows.to_csv()
    with pytest.raises(UploadRejected, match="unacknowledged"):
        desk.submit(settings, SPACE, files, builders.LAN, seen=fresh.changes.digest, **given)


def test_the_proof_of_the_log_looks_again_when_somebody_published_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = builders.settings(tmp_path)
    _load(settings, TEN)
    whole, looks = keep.ledger.read, []

    def slow(path: Path) -> list[dict]:
        looks.append(1)
        if len(looks) == 1:  # the log as it was, the pointer as it is now, or the other way round
            _load(settings, TWELVE)
        return whole(path)

    monkeypatch.setattr(keep.ledger, "read", slow)
    assert keep.verify_log(settings, SPACE) == ("whole", 4)
    monkeypatch.undo()
    path = commit.ledger_path(settings, SPACE)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    assert keep.verify_log(settings, SPACE) == ("cut", 3)
    path.unlink()
    assert keep.verify_log(settings, SPACE) == ("cut", 1)
    assert ledger.length(path) == 0


def test_files_that_come_with_the_product_are_judged_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    building._judged.cache_clear()
    judged, whole = [], building.check

    def counted(*given: object, **more: object) -> object:
        judged.append(given[0])
        return whole(*given, **more)

    monkeypatch.setattr(building, "check", counted)
    settings = builders.settings(tmp_path, published={"bao.csv": PRINTED})
    first = publish.refresh(settings, SPACE)[0]
    _load(settings, TEN)
    assert judged == ["bao.csv"]
    (settings.reference_dir / "index.toml").write_text('[index]\nmean = "geometric"\n', encoding="utf-8")
    assert building.build(settings, SPACE) != first
    assert judged == ["bao.csv"] * 2, "other definitions are another judgement"
    monkeypatch.setattr(building, "today", lambda: TODAY)
    _load(settings, TWELVE)
    assert judged == ["bao.csv"] * 3, "on another day a period may have closed"
    (settings.published_dir / "bao.csv").write_bytes(PRINTED.replace(b"10,7", b"11,7"))
    building.build(settings, SPACE)
    assert judged == ["bao.csv"] * 4
