"""What was counted when a snapshot was built, and snapshots from before it was."""

import shutil

import duckdb
import pytest
from pandas.testing import assert_frame_equal

from etl.build import build
from store import read
from store.settings import read_settings
from store.snapshot import Snapshot, snapshot_path

COUNTED = ("coverage", "way", "doubt")


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The illustration's snapshot, and the same one as it would have been built before anything was counted."""
    folder = tmp_path_factory.mktemp("counted")
    settings = read_settings({"BOARD_RUNTIME": str(folder)})
    path = snapshot_path(settings, "demo", build(settings, "demo"))
    older = path.with_name("2024-Q4-000000000000.duckdb")
    shutil.copy(path, older)
    with duckdb.connect(str(older)) as connection:
        for name in COUNTED:
            connection.execute(f"DROP TABLE {name}")
    snapshots = Snapshot(path), Snapshot(older)
    yield snapshots
    for snapshot in snapshots:
        snapshot.close()


def areas_of(snapshot):
    return [
        row[0] for row in snapshot.cursor().execute("SELECT DISTINCT area_id FROM observation").fetchall()
    ]


@pytest.mark.parametrize(
    "provenances",
    [
        ("published",),
        ("uploaded",),
        ("illustrative", "uploaded"),
        ("published", "uploaded", "illustrative"),
        (),
    ],
)
def test_an_older_snapshot_gives_the_same_answers(both, provenances):
    now, older = both
    every = areas_of(now)
    for areas in (every, every[:3], every[::4], ["nowhere"], []):
        asked = {"areas": areas, "provenances": provenances}
        assert read.definitions(now, **asked) == read.definitions(older, **asked)
        assert_frame_equal(read.periods(now, **asked), read.periods(older, **asked))
        assert_frame_equal(read.findings(now, **asked), read.findings(older, **asked))


def test_the_illustration_has_something_to_count(both):
    now, _ = both
    asked = {"areas": areas_of(now), "provenances": ("illustrative", "uploaded", "published")}
    assert len(read.periods(now, **asked)) > 9
    assert len(read.definitions(now, **asked)) > 40
    assert len(read.findings(now, **asked)) > 0


def test_a_snapshot_knows_which_tables_and_columns_it_has(both):
    now, older = both
    assert now.has("observation", "hidden") and now.has("coverage", "figures")
    assert older.has("observation", "hidden") and not older.has("coverage", "figures")
    assert not now.has("observation", "figures")
