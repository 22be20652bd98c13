"""Two looks at what is shipped: libraries with known faults, and secrets left in files. ``python tests/audit.py``

The first asks a service of the network. Where that cannot be reached, or does not know our libraries, nothing is known:
that is said in so many words and is no failure; a fault that it names is one. The second needs no network.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KNOWN = ROOT / "tests" / "secrets_known.toml"
PINS = ("requirements-test.txt", "requirements-spark.txt")  # the first holds those of the product
SECONDS = 60  # for all of them, where the service answers; it is asked about one first
FIRST_SECONDS = 8

# ---------------------------------------------------------------- libraries with known faults


@dataclass(frozen=True)
class Audit:
    """How many libraries the service knew, which it did not, and the faults that it named."""

    judged: int
    unknown: tuple[str, ...]
    faults: tuple[str, ...]


Ask = Callable[[Path, int], str]


def pinned(root: Path = ROOT) -> list[str]:
    """Every pinned library once, as ``name==version``."""
    found = {}
    for name in PINS:
        for line in (root / name).read_text(encoding="utf-8").splitlines():
            if match := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([\w.!+]+)", line):
                found[match[1].lower()] = f"{match[1]}=={match[2]}"
    return sorted(found.values())


def ask(file: Path, seconds: int) -> str:
    """What pip-audit says of a list of libraries, as JSON; empty when it comes to no answer."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(file), "--disable-pip", "--no-deps", "--format", "json",
               "--progress-spinner", "off", "--timeout", "4"]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return ""
    if "No module named pip_audit" in done.stderr:
        raise LookupError("pip-audit is not installed: make the environment anew")
    return done.stdout if done.stdout.startswith("{") else ""


def audited(names: Iterable[str], ask: Ask = ask) -> Audit | None:
    """What is known of these libraries; None when the service cannot be reached."""
    names = list(names)
    answers = []
    with tempfile.TemporaryDirectory() as folder:
        for part, seconds in ((names[:1], FIRST_SECONDS), (names[1:], SECONDS)):
            file = Path(folder) / "list.txt"
            file.write_text("\n".join(part), encoding="utf-8")
            answer = ask(file, seconds) if part else ""
            if not answer and part:
                return None
            found = json.loads(answer)["dependencies"] if part else []
            answers += found
            if not any("vulns" in item for item in found):
                break  # a mirror without the service's answers: it will not know the others either
    unknown = [item["name"] for item in answers if "vulns" not in item]
    faults = [
        f"{item['name']} {item['version']}: {fault['id']} "
        f"(put right in {', '.join(fault['fix_versions']) or 'no version yet'})"
        for item in answers
        for fault in item.get("vulns", ())
    ]
    judged = len(answers) - len(unknown)
    told = {item["name"].lower() for item in answers}
    unasked = [name for name in names if name.split("==")[0].lower() not in told]
    return Audit(judged, tuple(unknown + unasked), tuple(faults))


def libraries(ask: Ask = ask) -> tuple[str, bool]:
    """(what to say, whether it is bad)."""
    try:
        found = audited(pinned(), ask)
    except LookupError as error:
        return f"libraries: NOT AUDITED, {error}", True
    if found is None:
        return (
            "libraries: NOT AUDITED, the service of known faults cannot be reached; nothing is known",
            False,
        )
    if found.faults:
        return "libraries with known faults:\n  " + "\n  ".join(found.faults), True
    if not found.judged:
        count = len(found.unknown)
        return f"libraries: NOT AUDITED, the service here knows none of the {count}; nothing is known", False
    left = f"; NOT AUDITED, unknown there: {', '.join(found.unknown)}" if found.unknown else ""
    return f"libraries: {found.judged} without a known fault{left}", False


# ---------------------------------------------------------------- secrets in files

# Names of files whose long words are hashes or figures by their nature.
PASSED_OVER = re.compile(
    r"^requirements.*\.txt$|^tests/secrets_known\.toml$|\.(png|woff2|ttf|xlsx?|ods|parquet|duckdb|docx|pptx|pdf|gz|zip|shp|dbf|shx)$"
)
# Only lines that could hold one are given to the library, which takes a second for forty files.
WORD = re.compile(r"[A-Za-z0-9+/_=-]{20,}")
CANDIDATE = re.compile(
    r"-----BEGIN|://[^/\s:]*:[^/\s]*@"
    r"|(?:pass|pwd|secret|token|api_?key|credential|private)\w{0,20}[\"']?\]?\s{0,20}(?::|=|\bis\b)",
    re.I,
)
PLUGINS = ("ArtifactoryDetector", "AWSKeyDetector", "AzureStorageKeyDetector", "Base64HighEntropyString",
           "BasicAuthDetector", "GitHubTokenDetector", "GitLabTokenDetector", "HexHighEntropyString",
           "JwtTokenDetector", "KeywordDetector", "NpmDetector", "OpenAIDetector", "PrivateKeyDetector",
           "PypiTokenDetector", "SendGridDetector", "SlackDetector", "StripeDetector",
           "TelegramBotTokenDetector")  # fmt: skip
FILTERS = ("is_sequential_string", "is_potential_uuid", "is_templated_secret", "is_indirect_reference")


@dataclass(frozen=True)
class Leak:
    """Something that looks like a secret; of itself only the hash."""

    file: str
    line: int
    kind: str
    sha256: str


def tracked(root: Path = ROOT) -> list[str]:
    """Files of the repository as git lists them; in a copy without git all but what is made at run time."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        names = listed.stdout.decode().split("\0")
    else:
        out = {
            ".git",
            ".venv",
            "runtime",
            "__pycache__",
            ".ruff_cache",
            ".hypothesis",
            ".import_linter_cache",
        }
        paths = (path.relative_to(root) for path in root.rglob("*"))
        names = [path.as_posix() for path in paths if not out & set(path.parts)]
    return [name for name in names if name and (root / name).is_file() and not PASSED_OVER.search(name)]


def is_candidate(line: str) -> bool:
    """Whether a line holds a long word with a figure in it, or speaks of secrets.

    >>> is_candidate("PASSWORD = 'x'"), is_candidate("test_what_is_asked_of_passwords()"), is_candidate("postgresql://a:b@c/d")
    (True, False, True)
    """
    return bool(CANDIDATE.search(line)) or any(re.search(r"\d", word) for word in WORD.findall(line))


def leaks(root: Path, names: Iterable[str]) -> list[Leak]:
    """Everything in these files that looks like a secret."""
    from detect_secrets.core import scan
    from detect_secrets.settings import transient_settings

    found = []
    chosen = {
        "plugins_used": [{"name": name} for name in PLUGINS],
        "filters_used": [{"path": f"detect_secrets.filters.heuristic.{name}"} for name in FILTERS],
    }
    with transient_settings(chosen), tempfile.TemporaryDirectory() as folder:
        for name in names:
            lines = (root / name).read_text(encoding="utf-8", errors="replace").splitlines()
            kept = [line if is_candidate(line) else "" for line in lines]
            if not any(kept):
                continue
            copy = Path(folder) / f"looked_at{Path(name).suffix}"  # the kind of file decides how it is read
            copy.write_text("\n".join(kept) + "\n", encoding="utf-8")
            for item in scan.scan_file(str(copy)):
                if item.type == "Secret Keyword" and " " in (item.secret_value or ""):
                    continue  # a sentence
                digest = hashlib.sha256((item.secret_value or "").encode()).hexdigest()
                found.append(Leak(name, item.line_number, item.type, digest))
    return sorted(set(found), key=lambda leak: (leak.file, leak.line, leak.kind))


def secrets(root: Path = ROOT, known: Path = KNOWN) -> tuple[str, bool]:
    """(what to say, whether it is bad)."""
    try:
        found = leaks(root, tracked(root))
    except ImportError:
        return "secrets: NOT LOOKED FOR, detect-secrets is not installed: make the environment anew", True
    excused = {
        (item["file"], item["sha256"]) for item in tomllib.loads(known.read_text(encoding="utf-8"))["known"]
    }
    new = [leak for leak in found if (leak.file, leak.sha256) not in excused]
    if new:
        lines = [f"{leak.file}:{leak.line} {leak.kind} sha256 {leak.sha256}" for leak in new]
        return "\n  ".join(
            ["secrets that may have been left in files (tests/secrets_known.toml excuses):", *lines]
        ), True
    return f"secrets: none, {len(excused)} lookalikes are excused", False


def main() -> int:
    """Say both; 1 when one of them is bad."""
    answers = [libraries(), secrets()]
    for said, _ in answers:
        print(said, flush=True)
    return int(any(bad for _, bad in answers))


if __name__ == "__main__":
    sys.exit(main())
