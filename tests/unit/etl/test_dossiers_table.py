"""Definitions of dossiers: what the product ships is whole, and every wrong file is a named mistake."""

import shutil
from pathlib import Path

import pytest

from etl.dossiers import compose, conditions, table
from etl.dossiers.conditions import WrongCondition
from store import catalogue
from store.errors import CatalogueError

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "data" / "reference"
CATALOGUE = catalogue.load(catalogue.read_files(REFERENCE))
TYPES = {
    "received_on": "date", "finished_on": "date", "fee_vnd": "whole", "paid_online": "yes_no", "channel": "word",
    "dossier_no": "text", "commune_code": "text",
}  # fmt: skip
WORDS = {"channel": frozenset({"online", "post"})}


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("paid_online", {"paid_online"}),
        ("NOT paid_online OR fee_vnd >= -5", {"paid_online", "fee_vnd"}),
        ("received_on BETWEEN {start} AND {end} AND channel = 'online'", {"received_on", "channel"}),
        ("channel NOT IN ('online', 'post')", {"channel"}),
        (
            "(finished_on IS NULL OR finished_on > {end}) AND paid_online = TRUE",
            {"finished_on", "paid_online"},
        ),
        (
            "finished_on < received_on AND dossier_no IS NOT NULL",
            {"finished_on", "received_on", "dossier_no"},
        ),
    ],
)
def test_a_condition_is_understood(text: str, columns: set[str]) -> None:
    assert conditions.read(text, TYPES, WORDS).columns == columns


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a column is expected"),
        ("fee > 0", "there is no column fee"),
        ("fee_vnd", "stands alone"),
        ("fee_vnd > '0'", "is not known"),
        ("fee_vnd > 10.7", "is not known"),
        ("fee_vnd / 2 > 1", "is not known"),
        ("channel = 'onlin'", "cannot be compared"),
        ("channel = 'online' AND", "a column is expected at the end"),
        ("(paid_online", ") is expected"),
        ("paid_online paid_online", "is not expected here"),
        ("received_on > {begin}", "cannot be compared"),
        ("received_on > fee_vnd", "cannot be compared"),
        ("dossier_no = commune_code", "cannot be compared"),
        ("paid_online = 1", "cannot be compared"),
        ("lower(channel) = 'online'", "there is no column lower"),
        ("paid_online; DROP TABLE x", "is not known"),
        ("paid_online -- x", "is not known"),
        ("fee_vnd IN (SELECT fee_vnd)", "cannot be compared"),
        ("received_on = DATE '2024-01-01'", "is not known"),
    ],
)
def test_what_engines_disagree_about_does_not_pass(text: str, reason: str) -> None:
    with pytest.raises(WrongCondition) as caught:
        conditions.read(text, TYPES, WORDS)
    assert reason in str(caught.value)


def test_every_indicator_about_dossiers_is_computed_or_the_reason_is_given() -> None:
    own = table.read(REFERENCE, CATALOGUE)
    computed = {(item.indicator, item.definition) for item in own.measures}
    about = {
        item.id
        for item in CATALOGUE.indicators
        if item.case.to("vi") == "hồ sơ" or "hồ sơ TTHC" in item.name.to("vi")
    }
    assert len(about) >= 8 and about <= {name for name, _ in computed} | own.cannot.keys()
    assert not {name for name, _ in computed} & own.cannot.keys()
    for item in own.measures:  # the definition that a blank cell of an upload means is among them
        assert (item.indicator, CATALOGUE.indicator_by_id[item.indicator].default_definition) in computed
    for words in own.cannot.values():
        assert words["vi"] and words["en"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the definitions to be spoiled."""
    shutil.copytree(REFERENCE / "dossiers", tmp_path / "dossiers")
    return tmp_path


def _mistakes(folder: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(CatalogueError) as caught:
        table.read(folder, CATALOGUE)
    return caught.value.details["mistakes"]


SQL = "SELECT commune_code, SUM(CASE WHEN {} THEN {} ELSE 0 END) AS value FROM dossier GROUP BY commune_code"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("gov_unknown.standard.sql", SQL.format("paid_online", 1), "is no indicator"),
        ("gov_score_766.total.sql", SQL.format("paid_online", 1), "is no indicator that is reported"),
        ("gov_dossiers_received.other.sql", SQL.format("paid_online", 1), "is no definition"),
        ("gov_dossiers_received.received.sql", SQL.format("paid", 1), "there is no column paid"),
        ("gov_dossiers_received.received.sql", SQL.format("paid_online", "due_on"), "cannot be summed"),
        ("gov_dossiers_received.received.sql", SQL.format("paid_online", 2), "is not SUM(CASE WHEN"),
        ("gov_online_filing_rate.local_report.sql", SQL.format("paid_online", 1), "gives value and not"),
        ("gov_dossiers_received.received.sql", "SELECT COUNT(*) FROM dossier", "is not SELECT commune_code"),
        ("gov_dossiers_received.received.sql", SQL.format("paid_online", 1) + " HAVING 1", "is not SELECT"),
    ],
)
def test_a_wrong_file_is_a_named_mistake(folder: Path, name: str, text: str, reason: str) -> None:
    (folder / "dossiers" / name).write_text(text, encoding="utf-8")
    mistakes = _mistakes(folder)
    assert [(file, reason in why) for file, _, why in mistakes] == [(f"dossiers/{name}", True)], mistakes


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('type = "whole"', 'type = "number"', "fee_vnd"),
        ('when = "fee_vnd < 0"', 'when = "fee_vnd < x"', "fee_negative"),
        ("most_left_out_percent = 1", "most_left_out_percent = 101", "most_left_out_percent"),
        ('yes = ["1"', 'yes = ["0"', "yes, no"),
        ('name = "received_on"', 'name = "came_on"', "received_on"),
        ("[cannot.gov_score_766]", "[cannot.gov_score]", "cannot.gov_score"),
        ('severity = "leave_out"', 'severity = "block"', "date_implausible"),
    ],
)
def test_a_wrong_table_is_a_named_mistake(folder: Path, before: str, after: str, key: str) -> None:
    path = folder / "dossiers" / table.TABLE
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    assert key in {place for _, place, _ in _mistakes(folder)}


def test_all_mistakes_come_together(folder: Path) -> None:
    for name in ("gov_a.x.sql", "gov_b.x.sql"):
        (folder / "dossiers" / name).write_text(SQL.format("paid", 1), encoding="utf-8")
    assert {file for file, _, _ in _mistakes(folder)} == {"dossiers/gov_a.x.sql", "dossiers/gov_b.x.sql"}
    (folder / "dossiers" / table.TABLE).unlink()
    assert _mistakes(folder)[0][0] == "dossiers/table.toml"


def test_an_indicator_is_added_by_adding_a_file(folder: Path) -> None:
    before = table.read(folder, CATALOGUE)
    (folder / "dossiers" / "gov_docs_processed.e_results.sql").write_text(
        "-- kết quả điện tử\n" + SQL.format("finished_on BETWEEN {start} AND {end} AND result_digitised", 1),
        encoding="utf-8",
    )
    after = table.read(folder, CATALOGUE)
    assert len(after.measures) == len(before.measures) + 1 and after.digest != before.digest


def test_all_indicators_are_one_pass(tmp_path: Path) -> None:
    """However many indicators there are, the rows are asked for once."""
    from datetime import date

    from etl.dossiers import files
    from tests import dossiers

    own = table.read(REFERENCE, CATALOGUE)
    sources, _ = files.sources([dossiers.write_csv(tmp_path / "a.csv", [dossiers.dossier()])], own)
    day = date(2024, 10, 1)
    plan = compose.plan(own, sources, dict.fromkeys(("start", "end", "earliest", "today"), day), ())
    text = compose.tally(plan, "typed")
    assert text.count("FROM typed") == 1 and len(plan.measures) == len(own.measures) == 11
    assert "{" not in text and "DATE '2024-10-01'" in text
