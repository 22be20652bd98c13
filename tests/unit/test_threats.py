"""The threat model as data: every row is whole, and names tests that exist."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KNOWN = tomllib.loads((ROOT / "tests" / "threats.toml").read_text(encoding="utf-8"))
CHAPTERS = {f"V{number}" for number in range(1, 18)}  # of ASVS 5.0


def functions(file: str) -> set[str]:
    """Tests that a file holds, by parsing it: those that would be collected."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {
        item.name for item in tree.body if isinstance(item, ast.FunctionDef) and item.name.startswith("test_")
    }


@pytest.mark.parametrize("row", KNOWN["threat"], ids=lambda row: f"{row['asvs']} {row['what'][:40]}")
def test_every_row_names_a_test_that_exists(row):
    assert row.keys() == {"asvs", "who", "what", "held", "en", "tests"} and all(row.values())
    assert re.fullmatch(r"V\d{1,2}\.\d", row["asvs"])
    for name in row["tests"]:
        file, _, test = name.partition("::")
        assert file.startswith("tests/") and Path(file).name.startswith("test_"), name
        assert test in functions(file), name


def test_every_chapter_has_a_row_or_a_reason():
    held = {row["asvs"].split(".")[0] for row in KNOWN["threat"]}
    left_out = {row["asvs"] for row in KNOWN["without"]}
    assert held | left_out == CHAPTERS and not held & left_out
    assert all(row["why"] and row["en"] for row in KNOWN["without"])


def test_every_place_of_personal_data_says_why_and_until_when():
    assert len(KNOWN["personal"]) >= 6
    for row in KNOWN["personal"]:
        assert row.keys() == {"where", "what", "why", "until"} and all(row.values())


def test_the_settings_that_protect_are_on():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["enableXsrfProtection"] is True
    assert settings["server"].get("enableCORS", True) is True, "without it any site may open a session"
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["browser"]["gatherUsageStats"] is False
    # The framework's way in for programs is off unless somebody switches it on.
    from streamlit import config

    assert config._config_options_template["server.enableAgentApi"].default_val is False
    assert "enableAgentApi" not in settings["server"]
