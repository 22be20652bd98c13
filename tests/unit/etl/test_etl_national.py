"""The generator of a national set: what it writes is an installation's whole data folder, and builds."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from etl.build import build
from store import catalogue, read
from store.settings import read_settings
from store.snapshot import Snapshot, snapshot_path

MAKE = Path(__file__).resolve().parents[3] / "data" / "national" / "make_national.py"


def made(folder: Path, *words: str) -> Path:
    done = subprocess.run(
        [sys.executable, str(MAKE), str(folder), *words], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    words = ("--communes", "60", "--indicators", "5", "--quarters", "3", "--last", "2026-Q1")
    return made(tmp_path_factory.mktemp("national") / "set", *words)


def test_the_same_seed_writes_the_same_bytes_and_another_one_other_figures(small, tmp_path):
    words = ("--communes", "60", "--indicators", "5", "--quarters", "3", "--last", "2026-Q1")
    again, other = made(tmp_path / "again", *words), made(tmp_path / "other", *words, "--seed", "2")
    files = sorted(path.relative_to(small) for path in small.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert all((small / name).read_bytes() == (again / name).read_bytes() for name in files)
    assert (small / "demo/2025-Q4.csv").read_bytes() != (other / "demo/2025-Q4.csv").read_bytes()


def test_every_file_is_accepted_and_every_kind_of_figure_occurs(small, tmp_path):
    settings = read_settings({"BOARD_DATA": str(small), "BOARD_RUNTIME": str(tmp_path)})
    snapshot = Snapshot(snapshot_path(settings, "demo", build(settings, "demo")))
    asked = snapshot.cursor().execute
    sent = 0
    for path in small.glob("demo/20*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            sent += len(list(csv.DictReader(file)))
    standing = asked("SELECT count(*) FROM observation").fetchone()[0]
    revised = asked("SELECT count(*) FROM revision").fetchone()[0]
    assert standing == sent - revised
    assert 0.9 * 60 * 5 * 3 < standing < 60 * 5 * 3
    assert revised > 0
    assert {row[0] for row in asked("SELECT DISTINCT provenance FROM observation").fetchall()} == {
        "illustrative"
    }
    assert {row[0] for row in asked("SELECT DISTINCT status FROM observation").fetchall()} == {
        "reported",
        "no_cases",
    }
    assert asked("SELECT count(*) FROM observation WHERE numerator = 0").fetchone()[0] > 0
    codes = {row[0] for row in asked("SELECT DISTINCT code FROM finding WHERE severity <> 'note'").fetchall()}
    assert not codes & {"identity.differs", "identity.exceeds", "row.same_twice", "row.conflict"}
    known = catalogue.load(read.definition_files(snapshot))
    assert len(known.pilots) == 8
    assert all("minh họa" in area.name.to("vi").casefold() for area in known.areas if area.id != "vn")
    snapshot.close()


def test_the_former_list_has_districts_and_ends_in_june_2025(tmp_path):
    folder = made(tmp_path / "former", "--communes", "5200", "--indicators", "1", "--quarters", "1")
    known = catalogue.load(catalogue.read_files(folder / "reference"))
    communes = [area for area in known.areas if area.level == 3]
    assert len(communes) == 5200
    assert {area.valid_to.isoformat() for area in communes} == {"2025-06-30"}
    assert {known.area_by_id[area.parent_id].level for area in communes} == {2}
    assert len({area.code for area in communes}) == 5200
    assert all(len(area.code) == 5 for area in communes)
    assert (folder / "demo/2025-Q2.csv").exists()
