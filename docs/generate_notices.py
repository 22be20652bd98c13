"""THIRD_PARTY.md: every pinned package with its licence, and what is no package (``docs/third-party.toml``).

Which packages, and in which versions, is read from the pins; what a package says of itself from its own metadata where
that version is installed. Some are for another system or another Python and never installed here: for these the line that
stands in the file is kept, so that every machine can check the file and any test environment can write it.
"""

import re
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "THIRD_PARTY.md"
PARTS = ROOT / "docs" / "third-party.toml"
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)
UNKNOWN = "?"
HEAD = ["Tên", "Bản", "Giấy phép", "Trang"]
# What is needed for what; a package stands once, where it is needed first.
FILES = {
    "requirements.txt": "Để chạy / to run",
    "requirements-test.txt": "Chỉ để kiểm thử, và PostgreSQL (psycopg) / tests only, and PostgreSQL (psycopg)",
    "requirements-spark.txt": "Chỉ khi dùng Spark / only with Spark",
}
INTRO = """# Phần của bên khác / Third-party notices

Chương trình theo giấy phép [Apache 2.0](LICENSE) ([vì sao](docs/adr/0028-licence.md), [không gồm gì](NOTICE)). Những phần
dưới đây theo giấy phép riêng. Các gói Python không nằm trong kho mã; `start.py` cài đúng bản đã ghim, mỗi gói mang theo văn bản
giấy phép của nó trong `.venv`, thư mục `….dist-info`.

*The program is under the Apache License 2.0; what follows has terms of its own. The Python packages are not in the repository:
they are installed at their pinned versions and bring the texts of their licences with them, in `.venv` under `….dist-info`. The
licence is what each package's metadata says.*
"""


def pins() -> dict[str, dict[str, list[str]]]:
    """File of pins -> package -> versions (one for each Python it is pinned for)."""
    seen: set[str] = set()
    found = {}
    for file in FILES:
        packages: dict[str, list[str]] = {}
        for name, version in PINNED.findall((ROOT / file).read_text(encoding="utf-8")):
            if name not in seen:
                packages.setdefault(name, []).append(version)
        seen |= set(packages)
        found[file] = packages
    return found


def licence(facts: metadata.PackageMetadata) -> str:
    """As short as the package says it: an SPDX expression, a short word, or the classifier."""
    kinds = [
        text.split(" :: ")[-1] for text in facts.get_all("Classifier") or () if text.startswith("License")
    ]
    word = facts["License"] or ""
    short = word if 0 < len(word) <= 40 and "\n" not in word and "Copyright" not in word else ""
    return facts["License-Expression"] or short or ", ".join(kinds) or UNKNOWN


def home(facts: metadata.PackageMetadata) -> str:
    """Where the package lives."""
    links = dict(text.split(", ", 1) for text in facts.get_all("Project-URL") or ())
    links = {name.lower(): link for name, link in links.items()}
    wanted = (
        "homepage",
        "home",
        "github",
        "source",
        "sources",
        "source code",
        "source-code",
        "repository",
        "code",
    )
    return facts["Home-page"] or next((links[name] for name in wanted if name in links), "–")


def rows(packages: dict[str, list[str]], kept: dict[tuple[str, str], list[str]]) -> list[list[str]]:
    """A line for each package; a line that stands is kept where none of its versions is installed."""
    made, unsaid = [], tomllib.loads(PARTS.read_text(encoding="utf-8"))["unsaid"]
    for name, versions in sorted(packages.items(), key=lambda item: item[0].lower()):
        shown = ", ".join(versions)
        try:
            facts = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            facts = None
        told = None
        if facts is not None and facts["Version"] in versions:
            said = licence(facts)
            told = [name, shown, unsaid.get(name, said) if said == UNKNOWN else said, home(facts)]
        # Of several versions the first one speaks, so that every Python makes the same line.
        if told and facts["Version"] == versions[0]:
            made.append(told)
        else:
            made.append(kept.get((name, shown)) or told or [name, shown, UNKNOWN, "–"])
    return made


def standing() -> dict[tuple[str, str], list[str]]:
    """(package, versions) -> the line as it stands in the file."""
    if not PAGE.exists():
        return {}
    lines = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    return {(line[0], line[1]): line for line in lines if len(line) == len(HEAD)}


def parts() -> list[dict]:
    """What is no package: faces, icons, maps, figures; without what a package would bring that is not pinned."""
    pinned = {name for packages in pins().values() for name in packages}
    found = tomllib.loads(PARTS.read_text(encoding="utf-8"))["part"]
    return [part for part in found if part.get("inside", "") in {"", *pinned}]


def page(table) -> str:
    """The whole page; ``table`` writes a Markdown table."""
    own = [
        [part["name"], part["what"],
         " ".join(f"`{path}`" for path in part.get("where", ())) or f"trong gói / inside `{part['inside']}`",
         f"[{part['licence']}]({part['text']})" if "text" in part else part["licence"], part["home"] or "–"]
        for part in parts()
    ]  # fmt: skip
    kept = standing()
    made = [INTRO, "## Chữ, biểu tượng, bản đồ, số liệu / Faces, icons, maps, figures\n"]
    made.append(table(["Phần", "Dùng để", "Ở đâu", "Giấy phép", "Trang"], own))
    for file, packages in pins().items():
        made += [f"## {FILES[file]}\n", table(HEAD, rows(packages, kept))]
    return "\n".join(made)
