"""The check for faulty libraries never calls silence a pass; the look for secrets finds what is put before it."""

import json
import subprocess

import pytest

from tests import audit

FAULT = {"id": "PYSEC-0-0", "fix_versions": ["2"]}


def service(**known):
    """A stand-in for the service: what it says of the libraries that it knows."""

    def ask(file, seconds):
        found = []
        for line in file.read_text(encoding="utf-8").splitlines():
            name, version = line.split("==")
            own = {"vulns": known[name]} if name in known else {"skip_reason": "unknown"}
            found.append({"name": name, "version": version, **own})
        return json.dumps({"dependencies": found})

    return ask


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(audit, "pinned", lambda: ["alpha==1", "beta==1"])


def test_every_library_of_the_product_is_asked_about():
    names = {line.split("==")[0] for line in audit.pinned()}
    assert {"streamlit", "pandas", "authlib", "pytest", "pyspark"} <= names and len(names) > 60


@pytest.mark.parametrize(
    ("ask", "said", "bad"),
    [
        (lambda *_: "", "NOT AUDITED, the service of known faults cannot be reached", False),
        (service(), "NOT AUDITED, the service here knows none of the 2", False),
        (service(alpha=[]), "1 without a known fault; NOT AUDITED, unknown there: beta", False),
        (service(alpha=[], beta=[]), "2 without a known fault", False),
        (service(alpha=[], beta=[FAULT]), "beta 1: PYSEC-0-0 (put right in 2)", True),
        (service(alpha=[FAULT]), "alpha 1: PYSEC-0-0", True),
    ],
)
def test_what_is_not_known_is_said_and_a_known_fault_fails(two, ask, said, bad):
    text, failed = audit.libraries(ask)
    assert said in text and failed is bad
    assert ("NOT AUDITED" in text) or bad or text.startswith("libraries: 2 ")


def test_a_secret_in_a_file_is_found_and_its_words_are_not_repeated(tmp_path):
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    planted = {
        "settings.py": 'api_key = "' + "q8Zr" + 'T1vNw93LkXyB5mPd"\n',
        "deploy.env": "BOARD_STORE=postgresql://board:" + "hunter22" + "@db/board\n",
        "key.pem": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\n",
        "plain.py": "def test_names_of_functions_may_be_very_long_indeed():\n    return None\n",
    }
    for name, text in planted.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    none = tmp_path / "none.toml"
    none.write_text("known = []\n", encoding="utf-8")
    said, bad = audit.secrets(tmp_path, none)
    assert bad and [name for name in planted if f"{name}:1" in said] == [
        "settings.py",
        "deploy.env",
        "key.pem",
    ]
    assert "hunter22" not in said and "q8Zr" not in said
    found = audit.leaks(tmp_path, audit.tracked(tmp_path))
    rows = [f'[[known]]\nfile = "{leak.file}"\nsha256 = "{leak.sha256}"\nwhy = "x"\n' for leak in found]
    none.write_text("\n".join(rows), encoding="utf-8")
    assert not audit.secrets(tmp_path, none)[1]
