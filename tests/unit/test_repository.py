"""What the repository promises about itself: no trace of one machine, exact pins, current settings, no loose ends."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {
    ".git",
    ".venv",
    "wheels",
    "runtime",
    "__pycache__",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
    ".import_linter_cache",
    "screenshots",
}
BINARY = {".woff2", ".ttf", ".png", ".pdf", ".xlsx", ".duckdb", ".pyc", ".coverage", ".parquet", ".zip"}
# Put together here so that this file does not contain them itself.
TRACES = {
    "a path of a machine": r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/|[A-Z]:\\Users\\|(?<![\w.])/"
    + r"tmp/",
    "a folder outside": r"\bsha" + r"red/",
    "a tool's name": r"\bsub-?ag" + r"ents?\b|\bAI ag" + r"ents?\b|\bhelp" + r"er session",
    "where a text came from": r"seed art" + r"icle|\b\d{3}_[0-9a-f]{6,}\w*\.txt",
}


def tracked() -> list[Path]:
    """Files of the repository; in a copy without git, everything but what is made at run time."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [
            ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()
        ]
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not LEFT_OUT & set(path.relative_to(ROOT).parts)
    ]


FILES = tracked()
# Files to be uploaded in tests are written in old encodings on purpose.
TEXT_FILES = [
    path
    for path in FILES
    if path.suffix not in BINARY and path.name != ".coverage" and path.parent != ROOT / "tests" / "uploads"
]


def test_there_is_something_to_look_at():
    assert len(FILES) > 100 and ROOT / "app.py" in FILES


@pytest.mark.parametrize("trace", TRACES)
def test_no_file_bears_a_trace_of_where_it_was_made(trace):
    pattern, found = re.compile(TRACES[trace]), []
    for path in TEXT_FILES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if pattern.search(line) and path != Path(__file__).resolve():
                found.append(f"{path.relative_to(ROOT).as_posix()}:{number} {line.strip()[:80]}")
    assert not found


def test_no_file_names_this_copy():
    own = str(ROOT)
    if len(ROOT.parts) > 2:
        assert not [path for path in TEXT_FILES if own in path.read_text(encoding="utf-8")]


def test_nothing_made_at_run_time_is_kept():
    names = {path.relative_to(ROOT).as_posix() for path in FILES}
    assert not [
        name
        for name in names
        if name.startswith(("data/runtime/", ".venv/")) or name.endswith((".pyc", ".duckdb"))
    ]


@pytest.mark.parametrize(
    ("name", "least"),
    [("requirements.txt", 20), ("requirements-test.txt", 20), ("requirements-spark.txt", 2)],
)
def test_every_pin_is_exact_and_hashed(name, least):
    text = re.sub(r"\\\n", " ", (ROOT / name).read_text(encoding="utf-8"))
    lines = [
        line.strip()
        for line in text.splitlines()
        if line.strip() and not line.strip().startswith(("#", "--"))
    ]
    assert len(lines) >= least
    for line in lines:
        assert re.match(r"[A-Za-z0-9_.-]+(\[[\w,]+\])?==[\w.!+]+(\s|$)", line), line[:80]
        assert "--hash=sha256:" in line, line[:80]


def test_the_pins_hold_what_the_product_declares():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    tested = (ROOT / "requirements-test.txt").read_text(encoding="utf-8")
    for need in project["dependencies"]:
        name = re.match(r"[\w-]+", need)[0]
        for text in (pinned, tested):
            assert re.search(rf"(?mi)^{name}==", text), name
        version = need.partition("==")[2]
        if version:
            assert re.search(rf"(?mi)^{name}=={re.escape(version)}\b", pinned), need


def test_the_faces_and_their_licence_ship():
    fonts = ROOT / "static" / "fonts"
    assert (
        len(list(fonts.glob("*.woff2"))) >= 2
        and "OFL" in (fonts / "LICENSE-OFL.txt").read_text(encoding="utf-8").upper()
    )


def test_nothing_of_the_product_asks_the_network_for_parts():
    """No content delivery network, tile server or remote face in code, styles or settings."""
    for path in FILES:
        if path.suffix in (".py", ".toml", ".svg") and path.relative_to(ROOT).parts[0] in (
            "app.py",
            "views",
            "pages",
            "static",
            ".streamlit",
        ):
            text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"https?://", text), path.name


def test_only_the_settings_read_the_environment():
    readers = [
        path.name
        for folder in ("etl", "metrics", "pages", "reports", "store", "views")
        for path in (ROOT / folder).rglob("*.py")
        if "os.environ" in path.read_text(encoding="utf-8") or "getenv" in path.read_text(encoding="utf-8")
    ]
    assert readers == ["settings.py"]


@pytest.mark.parametrize("folder", ["views", "store", "reports", "metrics", "etl"])
def test_no_module_is_called_by_what_it_is_not(folder):
    assert not [
        path
        for path in (ROOT / folder).rglob("*.py")
        if path.stem in ("util", "utils", "helpers", "misc", "common_functions")
    ]


def test_what_stays_inaccessible_is_told_in_the_guide():
    """Each finding of axe-core that the browser tests allow, and no other."""
    from tests.browser.accessible import ALLOWED

    told = (ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8")
    rows = [line for line in told.splitlines() if re.match(r"\| `[a-z-]+` \|", line)]
    assert len(rows) == len(ALLOWED)
    for item in ALLOWED:
        assert any(f"`{item.rule}`" in row and item.element in row and item.why in row for row in rows)
