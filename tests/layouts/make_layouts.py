"""Makes the archives beside this file: one runtime folder for each released layout, written by that release's own program.

    python tests/layouts/make_layouts.py [NAME ...]

For each name the commit is checked out into a temporary worktree, its own commands run there with this interpreter
(build, load a file, correct it, accounts, a map, a citation, a show: as far as that release had them), and what lies in
the folder afterwards is packed. The figures are made up for the purpose and belong to nobody. Archives are made once per
release and then kept: made again they would hold other days and other hashes.
"""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Where each release ended on the main branch; the number is that of store.layout.
RELEASES = {
    "1-first-board": "358df86",
    "2-upload-desk": "1f4e5f8",
    "3-statistics": "8400715",
    "4-citations-shows": "d11444a",
    "5-many-areas": "3ecada3",
}
PASSWORD = "mật khẩu đủ dài"
HEADING = "commune,indicator,period,numerator,denominator,value,note\n"
FIRST = (
    HEADING
    + "01837,gov_online_filing_rate,2024-Q3,812,1204,,\n02017,gov_online_filing_rate,2024-Q3,405,700,,\n"
)
SECOND = HEADING + "01837,gov_online_filing_rate,2024-Q3,815,1204,,\n"  # the first file's figure, corrected
# Two squares about the communes' own points, enough for a map.
MAP = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, y], [x + 0.05, y], [x + 0.05, y + 0.05], [x, y + 0.05], [x, y]]],
            },
        }
        for code, name, x, y in (("01837", "Sông Cầu", 105.79, 22.12), ("02017", "Quang Thuận", 105.74, 22.1))
    ],
}
# Run in the release's own tree: what has no command there, or asks at a terminal.
ACTS = """
import sys
from store.settings import read_settings
from store.snapshot import current_id
settings = read_settings()
password = sys.stdin.readline().rstrip("\\n")
try:
    from store import accounts
    from store.access import ADMINISTRATOR, User
    code = accounts.new_first_code(settings)
    accounts.create_first(settings, code, "lan", "Lan", password)
except ImportError:
    pass
try:
    from store import citations, shows
    by = User("lan", ADMINISTRATOR)
    choices = {"indicator": "gov_online_filing_rate"}
    citations.cite(settings, by, "official", current_id(settings, "official"), "indicator", choices, "vi")
    plan = shows.plan_of({"order": ["title"], "lines": {"title": "Sơ kết quý III"}, "advance": 20})
    shows.save(settings, "official", by, "Sơ kết", plan, accounts=True)
except ImportError:
    pass
"""


def make(name: str, commit: str, work: Path) -> Path:
    """One release's archive."""
    tree, runtime = work / "tree", work / "runtime"
    subprocess.run(
        ["git", "worktree", "add", "--detach", str(tree), commit], cwd=ROOT, check=True, capture_output=True
    )
    try:
        run = _runner(tree, runtime)
        (work / "quy-3.csv").write_text(FIRST, encoding="utf-8")
        (work / "dinh-chinh.csv").write_text(SECOND, encoding="utf-8")
        (work / "ranh-gioi.geojson").write_text(json.dumps(MAP), encoding="utf-8")
        run("-m", "etl", "init")
        vintage = ("--vintage", "2024-06-30") if name >= "5" else ()
        run(
            *(
                "-m",
                "etl",
                "boundaries",
                str(work / "ranh-gioi.geojson"),
                "--source",
                "Bản đồ thử",
                "--licence",
                "thử",
            ),
            *("--code-column", "code", *vintage),
        )
        run("-m", "etl", "load", str(work / "quy-3.csv"), "--as", "lan")
        run("-m", "etl", "load", str(work / "dinh-chinh.csv"), "--as", "lan")
        run("-c", ACTS, said=PASSWORD)
        run("-m", "etl", "log", "--verify")
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=True)
    return _pack(runtime, HERE / f"{name}.zip")


def _runner(tree: Path, runtime: Path):
    env = {key: value for key, value in os.environ.items() if not key.startswith("BOARD_")}
    env |= {"BOARD_RUNTIME": str(runtime), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}

    def run(*words: str, said: str = "") -> None:
        subprocess.run([sys.executable, *words], cwd=tree, env=env, check=True, input=f"{said}\n", text=True)

    return run


def _pack(runtime: Path, target: Path) -> Path:
    """The folder without what any program builds anew: snapshots of made-up figures, those nobody shows or cites."""
    kept = {(runtime / "official" / "CURRENT").read_text().split()[0]}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(runtime.rglob("*")):
            inside = path.relative_to(runtime)
            spare = inside.parts[0] == "demo" or path.name == "lock" or path.suffix == ".lock"
            if path.is_file() and not spare and (path.suffix != ".duckdb" or path.stem in kept):
                archive.write(path, inside.as_posix())
    return target


if __name__ == "__main__":
    for wanted in sys.argv[1:] or RELEASES:
        with tempfile.TemporaryDirectory() as folder:
            made = make(wanted, RELEASES[wanted], Path(folder))
            print(made.name, made.stat().st_size)
