"""Every file of tests/uploads gives exactly the findings written beside it; a new case is two files, no code."""

import ast
import io
import re
import tomllib
import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from etl import decode, findings, publish
from etl.check import check
from etl.revise import FIGURES
from etl.sheet import KEY
from tests import builders
from tests.uploads import workbook_cases

CASES = Path(__file__).resolve().parents[2] / "uploads"
ETL = Path(findings.__file__).parent
NAMES = sorted(path.name.removesuffix(".findings.toml") for path in CASES.glob("*.findings.toml"))


def _previous(figures: list[dict]) -> pd.DataFrame:
    """What the published snapshot shows, as far as the case says it."""
    return pd.DataFrame(figures).reindex(columns=[*KEY, *FIGURES, "provenance"])


def file_of(name: str) -> Path:
    """The one file of a case, whatever its extension."""
    return next(path for path in CASES.glob(f"{name}.*") if path.name != f"{name}.findings.toml")


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = tomllib.loads((CASES / f"{name}.findings.toml").read_text(encoding="utf-8"))
    monkeypatch.setattr(decode, "LIMIT_BYTES", wanted.get("limit_bytes", decode.LIMIT_BYTES))
    limit = wanted.get("limit_findings", findings.LIMIT_PER_CODE)
    monkeypatch.setattr(findings.Collector.__init__, "__defaults__", (limit,))
    report = check(
        file_of(name).name,
        file_of(name).read_bytes(),
        builders.catalogue(),
        wanted.get("space", "official"),
        date.fromisoformat(wanted.get("today", "2025-06-01")),
        _previous(wanted["previous"]) if "previous" in wanted else None,
        wanted.get("committed", False),
        wanted.get("own_areas"),
    )
    seen = sorted((item.code, item.line or 0, item.column or "") for item in report.findings)
    assert seen == sorted(
        (item["code"], item.get("line", 0), item.get("column", "")) for item in wanted.get("finding", ())
    )
    assert (report.encoding, report.rows, report.accepted) == (
        wanted["encoding"],
        wanted["rows"],
        wanted["accepted"],
    )
    for item in wanted.get("finding", ()):
        own = [
            other
            for other in report.findings
            if (other.code, other.line or 0) == (item["code"], item.get("line", 0))
        ]
        for part in ("sheet", "cell", "value"):
            assert part not in item or item[part] in {getattr(other, part) for other in own}, (item, own)
    for item in report.findings:
        for language in ("vi", "en"):
            sentence = findings.message(item, language)
            assert sentence and not re.search(r"[{}]", sentence)


def test_the_written_files_are_those_that_their_script_writes() -> None:
    for name, content in workbook_cases.files().items():
        assert same_content((CASES / name).read_bytes(), content), (
            f"python tests/uploads/make_workbooks.py: {name}"
        )


def same_content(one: bytes, other: bytes) -> bool:
    """Equal bytes, or archives with equal members: packing differs between versions of zlib."""
    if one == other or not zipfile.is_zipfile(io.BytesIO(one)):
        return one == other
    with zipfile.ZipFile(io.BytesIO(one)) as first, zipfile.ZipFile(io.BytesIO(other)) as second:
        names = first.namelist()
        return names == second.namelist() and all(first.read(name) == second.read(name) for name in names)


def test_refused_files_leave_the_store_as_it_was(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    first = ("x.csv", builders.rows("01837,pay_rate,2024-Q1,10,100,,"))
    publish.load_bytes(settings, "official", [first], builders.LAN, date(2025, 6, 1))
    before = builders.everything_below(settings.runtime_dir)
    names = [name for name in NAMES if _blocks(name)]
    for name in names:
        sent = (file_of(name).name, file_of(name).read_bytes())
        day = date.fromisoformat(_wanted(name).get("today", "2025-06-01"))
        outcome = publish.load_bytes(settings, "official", [sent], builders.LAN, day)[0]
        assert outcome.report.blocked and not outcome.upload_id, name
    assert len(names) > 80 and builders.everything_below(settings.runtime_dir) == before


def _wanted(name: str) -> dict:
    return tomllib.loads((CASES / f"{name}.findings.toml").read_text(encoding="utf-8"))


def _blocks(name: str) -> bool:
    wanted = _wanted(name)
    severities = findings.codes()
    plain = not {"limit_bytes", "space", "own_areas"} & wanted.keys()
    return plain and any(severities[item["code"]] == "block" for item in wanted.get("finding", ()))


def test_the_corpus_is_large_enough() -> None:
    assert len(NAMES) >= 120


def _codes_in_source() -> set[str]:
    """Every text in etl that looks like a code of the register: ``group.name``."""
    groups = {code.split(".")[0] for code in findings.codes()}
    texts = set()
    for path in ETL.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
    return {text for text in texts if re.fullmatch(rf"({'|'.join(groups)})\.[a-z0-9_]+", text)}


def test_every_code_raised_is_registered_and_every_registered_code_is_raised() -> None:
    assert _codes_in_source() == set(findings.codes())


def test_every_code_has_a_case() -> None:
    shown = set()
    for name in NAMES:
        wanted = tomllib.loads((CASES / f"{name}.findings.toml").read_text(encoding="utf-8"))
        shown |= {item["code"] for item in wanted.get("finding", ())}
    codes = set(findings.codes())
    assert not shown ^ codes


def test_every_case_has_its_file() -> None:
    files = [path for path in CASES.iterdir() if not path.name.endswith((".findings.toml", ".py", ".pyc"))]
    assert sorted(path.stem for path in files if path.is_file()) == NAMES


def test_every_code_says_what_is_wrong_in_every_language() -> None:
    for code, entry in findings._register()["code"].items():
        for part in ("message", "remedy"):
            assert set(entry[part]) == {"vi", "en"}, code
        assert entry["message"]["vi"], code
        if entry["severity"] == "block":
            assert entry["remedy"]["vi"], code
