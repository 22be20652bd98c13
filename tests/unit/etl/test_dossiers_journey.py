"""Figures computed from dossiers go the way of every upload: findings, comparison, a second person; nothing else is kept."""

import csv
import io
from pathlib import Path

import pytest

from etl import cli, commit, desk
from store import ledger
from store.settings import Settings, read_settings
from tests import dossiers
from tests.dossiers import dossier

ROOT = Path(__file__).resolve().parents[3]
SPACE = "official"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation without any figures."""
    for folder in ("published", "demo"):
        (tmp_path / "data" / folder).mkdir(parents=True)
    own = {
        "BOARD_DATA": str(tmp_path / "data"),
        "BOARD_REFERENCE": str(ROOT / "data" / "reference"),
        "BOARD_RUNTIME": str(tmp_path / "runtime"),
    }
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def _quarter(path: Path, paid: int = 3, **cells: str) -> Path:
    rows = [dossier(dossier_no=f"BÍ-MẬT-{n}", paid_online=str(int(n < paid)), **cells) for n in range(10)]
    return dossiers.write_csv(path, rows)


def _run(*words: object) -> int:
    return cli.main(["dossiers", *map(str, words), "--period", "2024-Q4"])


def _acts(settings: Settings) -> list[str]:
    return [entry["act"] for entry in ledger.read(commit.ledger_path(settings, SPACE))]


def test_a_quarter_is_computed_written_and_judged_but_not_kept(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / "quy.csv"
    assert _run(_quarter(tmp_path / "a.csv"), "--out", out) == 0
    said = capsys.readouterr().out
    assert "10 hồ sơ trong kỳ 2024-Q4 (15/09/2024 – 14/12/2024), bộ máy duckdb" in said
    assert "Tính được 11 số của 1 xã, phường" in said and "quy.csv: 11 dòng số liệu" in said
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    own = next(row for row in rows if row["indicator"] == "gov_online_payment_rate")
    assert (own["commune"], own["numerator"], own["denominator"], own["value"]) == (
        "01837-2020",
        "3",
        "10",
        "",
    )
    assert "10 hồ sơ" in own["note"] and "a.csv" in own["note"] and "duckdb" in own["note"]
    assert "BÍ-MẬT" not in out.read_text(encoding="utf-8") and not settings.runtime_dir.exists()


def test_it_enters_as_an_upload_with_its_provenance(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture
) -> None:
    assert _run(_quarter(tmp_path / "a.csv"), "--submit", "--as", "Lan", "--acknowledge") == 0
    assert "thêm 11, sửa 0" in capsys.readouterr().out
    sent = desk.submissions(settings, SPACE)[0]
    assert (sent.state, sent.by, sent.file, sent.figures) == (desk.ACCEPTED, "Lan", "ho-so-2024-Q4.csv", 11)
    assert "10 hồ sơ" in sent.note and "a.csv" in sent.note
    kept = b"".join(path.read_bytes() for path in settings.runtime_dir.rglob("*") if path.is_file())
    assert "BÍ-MẬT".encode() not in kept
    # The same dossiers again change nothing; others alter what is published, and that takes a reason.
    assert _run(tmp_path / "a.csv", "--submit", "--as", "Lan", "--acknowledge") == 1
    assert "không có gì thay đổi" in capsys.readouterr().err
    more = _quarter(tmp_path / "b.csv", paid=5)
    assert _run(more, "--submit", "--as", "Lan", "--acknowledge") == 1
    assert "Cần ghi lý do" in capsys.readouterr().err
    assert _run(more, "--submit", "--as", "Lan", "--acknowledge", "--note", "bổ sung hồ sơ") == 0
    sent = desk.submissions(settings, SPACE)[0]
    assert sent.note.startswith("bổ sung hồ sơ. Tính từ 10 hồ sơ")


def test_where_a_second_person_decides_it_waits(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOARD_SECOND_PERSON", "1")
    assert _run(_quarter(tmp_path / "a.csv"), "--submit", "--as", "Lan", "--acknowledge") == 0
    sent = desk.submissions(settings, SPACE)[0]
    assert sent.state == desk.WAITING and _acts(settings) == ["submit"]
    assert cli.main(["accept", sent.id, "--as", "Lan"]) == 1
    assert cli.main(["accept", sent.id, "--as", "Hoa"]) == 0
    assert desk.submissions(settings, SPACE)[0].decided_by == "Hoa"


def test_what_is_wrong_is_said_and_keeps_it_out(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture
) -> None:
    rows = [dossier(dossier_no=f"A{n}") for n in range(200)]
    doubtful = dossiers.write_csv(tmp_path / "a.csv", [*rows, dossier(dossier_no="B", fee_vnd="-1")])
    assert _run(doubtful, "--submit", "--as", "Lan") == 1
    told = capsys.readouterr()
    assert "XEM LẠI: 1 hồ sơ có phí, lệ phí là số âm: bị loại" in told.out and "fee_negative" in told.err
    assert _run(_quarter(tmp_path / "b.csv", fee_vnd="-1"), "--submit", "--as", "Lan", "--acknowledge") == 1
    assert "LỖI: Bị loại 10 trên 10 hồ sơ" in capsys.readouterr().out
    assert cli.main(["dossiers", str(doubtful), "--period", "trước 2023"]) == 1
    assert "không phải kỳ có ngày đầu" in capsys.readouterr().err
    assert cli.main(["dossiers", str(doubtful), "--period", "2024-Q4", "--engine", "duckdb"]) == 0
    assert _acts(settings) == [] and not (settings.runtime_dir / SPACE / "uploads").exists()


def test_the_settings_know_engines() -> None:
    from store.errors import SettingsError

    assert read_settings({}).engine == "duckdb"
    own = read_settings({"BOARD_ENGINE": "spark", "BOARD_SPARK_MASTER": "spark://127.0.0.1:7077"})
    assert (own.engine, own.spark_master) == ("spark", "spark://127.0.0.1:7077")
    for wrong in ({"BOARD_ENGINE": "polars"}, {"BOARD_SPARK_MASTER": "http://x"}):
        with pytest.raises(SettingsError):
            read_settings(wrong)
