"""Every promise of the product, checked by one command: ``python3 start.py promises``; what is promised is data,
docs/promises.toml.

Without more words the tests that stand for the promises run, all in one go. ``--long`` runs the measurements and long commands
too (hours), ``--place`` names installations of many communes for them as for ``bench_sizes.py``; ``--only ID`` takes some
promises; ``--report FILE`` judges by a run of the tests that was made already (``start.py test --junitxml FILE
-o junit_family=xunit1``); ``--list`` runs nothing. Prints one line for each promise: holds, does not hold, or not checked here
and why, or that only its short part was checked. Ends with 0 when nothing that was checked failed, and with 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "promises.toml"
BENCHES = ROOT / "tests" / "benchmark"
HOLDS, BROKEN, OPEN = "giữ được", "KHÔNG GIỮ ĐƯỢC", "chưa kiểm tra ở đây"
SHORT = "phần ngắn giữ được"  # its tests pass; what must be measured was not measured in this run
LONG = "phần dài chỉ chạy với --long"
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"

Outcomes = Mapping[str, list[tuple[str, str]]]


def read(path: Path = FILE) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Names of the groups, and the promises in their order."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return found["groups"], found["promise"]


def tests_of(promises: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every test that stands for one of them, once; a file takes its single tests along."""
    wanted = sorted({node for promise in promises for node in promise.get("tests", ())})
    return [node for node in wanted if not any(node != other and within(node, other) for other in wanted)]


def within(node: str, wanted: str) -> bool:
    """Whether a test is the wanted one, a case of it, or lies in the wanted file or folder."""
    return node == wanted or node.startswith((f"{wanted}::", f"{wanted}/", f"{wanted}["))


def run_tests(nodes: list[str], words: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Test -> how its cases ended, each with a reason. One run for all: what is dear is made once."""
    if not nodes:
        return {}
    with tempfile.TemporaryDirectory(prefix="board-promises-") as folder:
        report = Path(folder) / "report.xml"
        workers = [] if any(word.startswith("-n") for word in words) else ["-n", "2", "--dist", "loadgroup"]
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            f"--junitxml={report}",
            "-o",
            "junit_family=xunit1",
            *workers,
        ]
        subprocess.run([*command, *words, *nodes], cwd=ROOT, check=False)
        return outcomes(report.read_bytes()) if report.exists() else {}


def outcomes(report: bytes) -> dict[str, list[tuple[str, str]]]:
    """What pytest's own report says of each test."""
    found: dict[str, list[tuple[str, str]]] = {}
    for case in ElementTree.fromstring(report).iter("testcase"):
        file = (case.get("file") or f"{case.get('classname', '').replace('.', '/')}.py").replace("\\", "/")
        trouble = next((part for part in case if part.tag in ("failure", "error", "skipped")), None)
        ended = PASSED if trouble is None else SKIPPED if trouble.tag == "skipped" else FAILED
        why = "" if trouble is None else (trouble.get("message") or "").strip().split("\n")[0][:160]
        found.setdefault(f"{file}::{case.get('name')}", []).append((ended, why))
    return found


def run_measures(
    promises: Iterable[Mapping[str, Any]], places: list[str]
) -> dict[tuple[str, ...], list[dict[str, Any]] | None]:
    """Bench with its words -> the rows that it measured; None where it failed. Each runs once for all promises."""
    runs: dict[tuple[str, ...], bool] = {}
    for promise in promises:
        for measure in promise.get("measures", ()):
            runs[tuple(measure["run"])] = measure.get("place", False)
    done: dict[tuple[str, ...], list[dict[str, Any]] | None] = {}
    for words, with_places in runs.items():
        if with_places and not places:
            continue
        more = [word for place in places for word in ("--place", place)] if with_places else []
        with tempfile.TemporaryDirectory(prefix="board-promises-") as folder:
            rows = Path(folder) / "rows.jsonl"
            code = run_command([*words, *more], {"BOARD_BENCH_ROWS": str(rows)})
            lines = rows.read_text(encoding="utf-8").splitlines() if rows.exists() else []
            done[words] = [json.loads(line) for line in lines] if code == 0 else None
    return done


def run_command(words: list[str], environ: Mapping[str, str] | None = None) -> int:
    """A program of the folder of benches; gives its exit code."""
    path = BENCHES / Path(words[0]).name
    print(f"\n=== {path.relative_to(ROOT)} {' '.join(words[1:])}", flush=True)
    command = [sys.executable, str(path), *words[1:]]
    return subprocess.run(command, cwd=ROOT, check=False, env={**os.environ, **(environ or {})}).returncode


def judge_measure(measure: Mapping[str, Any], rows: list[dict[str, Any]]) -> tuple[bool | None, str]:
    """Whether what was measured lies within the limit, and its worst; None where nothing of the kind was measured."""
    values = []
    for row in rows:
        floor = measure.get("floor")
        if not re.fullmatch(measure["case"], row["case"]) or (floor and row["floor_is"] != floor):
            continue
        own = row["facts"].get(measure["fact"]) if "fact" in measure else row["own"]
        if own is None:
            continue
        value = own if "most_own" in measure else row["own"] / row["floor"] if row["floor"] else None
        if value is not None:
            values.append((float(value), row["case"]))
    if not values:
        return None, f"không đo được {measure['case']}"
    limit = measure.get("least", measure.get("most", measure.get("most_own")))
    worst, case = min(values) if "least" in measure else max(values)
    holds = worst >= limit if "least" in measure else worst <= limit
    return holds, f"{case}: {worst:.3g} (giới hạn {limit:g})"


def judge(
    promise: Mapping[str, Any],
    ended: Outcomes,
    measured: Mapping[tuple[str, ...], list[dict[str, Any]] | None],
    commands: Mapping[tuple[str, ...], int],
    long: bool,
) -> tuple[str, list[str]]:
    """How the promise stands, and why: one of its checks failed; all that ran hold; nothing of it could run here."""
    broken, whole, left = [], 0, []
    for node in promise.get("tests", ()):
        cases = [case for name, of in ended.items() if within(name, node) for case in of]
        bad = [why for state, why in cases if state == FAILED]
        passed = sum(state == PASSED for state, _ in cases)
        if bad:
            broken.append(f"{node}: {bad[0]}")
        elif passed:
            whole += 1
        else:
            left.append(f"{node}: {next((why for _, why in cases), 'không chạy')}")
    dear = [*promise.get("measures", ()), *promise.get("commands", ())]
    if dear and not long:
        left.append(LONG)
    for measure in promise.get("measures", ()) if long else ():
        rows = measured.get(tuple(measure["run"]), [])
        holds, why = (False, f"{measure['run'][0]} hỏng") if rows is None else judge_measure(measure, rows)
        if holds is None:
            left.append(f"{why}{'; cần --place' if measure.get('place') else ''}")
        elif holds:
            whole += 1
        else:
            broken.append(why)
    for words in promise.get("commands", ()) if long else ():
        code = commands.get(tuple(words), 1)
        if code:
            broken.append(f"{words[0]}: mã kết thúc {code}")
        else:
            whole += 1
    left += [promise["unchecked"]] if "unchecked" in promise else []
    if broken:
        return BROKEN, broken
    if not whole:
        return OPEN, left
    return (SHORT if LONG in left else HOLDS), left


def main(words: list[str]) -> int:
    """Check and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--long", action="store_true", help="measurements and long commands too")
    parser.add_argument("--only", nargs="+", metavar="ID", help="these promises alone")
    parser.add_argument("--place", action="append", default=[], help="as for bench_sizes.py")
    parser.add_argument("--list", action="store_true", help="say what is promised and run nothing")
    parser.add_argument(
        "--report", type=Path, help="pytest's own report (junit_family=xunit1) of a run that was made already"
    )
    asked, more = parser.parse_known_args(words)
    groups, promises = read()
    unknown = set(asked.only or ()) - {promise["id"] for promise in promises}
    if unknown:
        parser.error(f"no promise is called {', '.join(sorted(unknown))}")
    promises = [promise for promise in promises if not asked.only or promise["id"] in asked.only]
    if asked.list:
        print("\n".join(f"{promise['id']}: {promise['says']}" for promise in promises))
        return 0
    ended = outcomes(asked.report.read_bytes()) if asked.report else run_tests(tests_of(promises), more)
    if tests_of(promises) and not ended:
        print("phép thử không chạy được: không điều nào được kiểm tra")
        return 1
    measured = run_measures(promises, asked.place) if asked.long else {}
    dear = {tuple(line) for promise in promises for line in promise.get("commands", ())} if asked.long else ()
    commands = {line: run_command(list(line)) for line in sorted(dear)}
    states = []
    for promise in promises:
        state, why = judge(promise, ended, measured, commands, asked.long)
        if not states or promise["group"] != promises[len(states) - 1]["group"]:
            print(f"\n{groups[promise['group']]}")
        states.append(state)
        print(f"  {state}: {promise['id']} – {promise['says']}")
        for line in why:
            print(f"      {line}")
    counts = ", ".join(f"{states.count(state)} {state}" for state in (HOLDS, SHORT, BROKEN, OPEN))
    print(f"\n{len(states)} điều hứa: {counts}")
    return 1 if BROKEN in states else 0


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main(sys.argv[1:]))
