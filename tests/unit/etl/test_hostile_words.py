"""Words that would be a command elsewhere: in file names, notes and cells they stay words, in the database and on the disk."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from etl import commit, desk, publish
from store import read, shows
from store.access import ADMINISTRATOR, User
from store.snapshot import Snapshot, current_id, snapshot_path
from tests import builders

TODAY, SPACE = date(2025, 6, 1), "official"
WORDS = (
    "'; DROP TABLE observation; --",
    "../../../ngoai.csv",
    "/etc/ngoai.csv",
    "..\\..\\ngoai.csv",
    "%2e%2e%2fngoai",
    "ngoai.csv\x00.png",
    "$(touch ngoai)",
    "{settings}",
    ":red[x] :material/home: $x^2$ <script>alert(1)</script>",
)


@pytest.mark.parametrize("words", WORDS)
def test_names_and_notes_reach_the_snapshot_word_for_word_and_nothing_else(
    tmp_path: Path, words: str
) -> None:
    settings = builders.settings(tmp_path / "own")
    sender = User("lan", ADMINISTRATOR, (), words)
    note = words.replace("\x00", "").replace('"', "")
    data = builders.rows(f'01837,pay_rate,2024-Q1,10,100,,"{note}"')
    proposal = desk.propose(settings, SPACE, [(words, data)], sender, on=TODAY)
    given = {"seen": proposal.changes.digest, "acknowledged": proposal.warnings, "note": words, "on": TODAY}
    [sent] = desk.submit(settings, SPACE, [(words, data)], sender, **given)
    shows.save(settings, SPACE, None, words, shows.Plan(), accounts=False)
    snapshot = Snapshot(snapshot_path(settings, SPACE, current_id(settings, SPACE)))
    uploads = read.uploads(snapshot)
    [(kept,)] = snapshot.cursor().execute("SELECT note FROM observation").fetchall()
    snapshot.close()
    own = uploads[uploads["provenance"] == "uploaded"].iloc[0]
    assert (own["file"], own["note"], kept) == (words, words, note)
    assert commit.read_meta(settings, SPACE, sent.id)["file"] == words
    names = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")]
    assert not [name for name in names if "ngoai" in name or "DROP" in name or not name.startswith("own")]
    assert publish.published_figures(settings, SPACE)["numerator"].tolist() == [10.0]


def test_the_database_of_figures_opens_no_file_and_no_address(tmp_path: Path) -> None:
    """Even a statement of somebody's own could read nothing but the snapshot."""
    settings = builders.settings(tmp_path)
    publish.refresh(settings, SPACE)
    snapshot = Snapshot(snapshot_path(settings, SPACE, current_id(settings, SPACE)))
    outside = tmp_path / "ngoai.csv"
    outside.write_text("a\n1\n", encoding="utf-8")
    for statement in (
        f"SELECT * FROM read_csv('{outside.as_posix()}')",
        f"COPY (SELECT 1) TO '{(tmp_path / 'out.csv').as_posix()}'",
        f"ATTACH '{(tmp_path / 'x.duckdb').as_posix()}'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "DELETE FROM observation",
    ):
        with pytest.raises(duckdb.Error):
            snapshot.cursor().execute(statement)
    snapshot.close()
