#!/usr/bin/env python3
"""Set up and start the dashboard, on any system with Python 3.11 or newer. Standard library only.

    python start.py            make the environment, build the figures, open the dashboard
    python start.py test       make the environment, run every check and every test
    python start.py check      only style, import rules, generated pages, libraries with known faults, secrets in files
    python start.py docs       write the generated pages anew
    python start.py wheels     bring the pinned libraries into the folder wheels, for machines without network: where that folder
                               lies beside this file, libraries are installed from it and nothing is asked of the network
    python start.py promises   check every promise of the product and say which hold; --long measures too
    python start.py bench      measure pages, sessions, checks and builds against floors of the same run; with --write
                               the table goes into docs/benchmark.md

More words after the first go to the server or to pytest: ``start.py run --server.port 8600``, ``start.py test -k map``.
The environment lies in ``.venv`` and is made again only when the pinned requirements change.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
OLDEST = (3, 11)
PINS = {"run": "requirements.txt", "test": "requirements-test.txt"}
SPARK = "requirements-spark.txt"
WHEELS = ROOT / "wheels"


def python_of(environment):
    """The environment's own interpreter."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def usable(python):
    """Whether the environment is whole: a moved or half-made one has no interpreter that runs, or no pip."""
    if not python.exists():
        return False
    return subprocess.run([str(python), "-c", "import pip"], check=False, capture_output=True).returncode == 0


def make_environment():
    """A virtual environment with pip; some systems ship Python without the part that makes one."""
    try:
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
    except subprocess.CalledProcessError:
        print(
            "Thiếu gói tạo môi trường / the venv package is missing: sudo apt install python3-venv",
            flush=True,
        )
        raise
    except OSError as error:
        print(
            "Không ghi được vào .venv; hãy đóng mọi cửa sổ của bảng / cannot write .venv; close all windows of the board",
            error,
            flush=True,
        )
        sys.exit(1)


def set_up(purpose):
    """Make or bring up to date the environment; returns its interpreter. The test pins contain the run pins."""
    python = python_of(ENVIRONMENT)
    wanted = {name: hashlib.sha256((ROOT / file).read_bytes()).hexdigest() for name, file in PINS.items()}
    marks = {name: ENVIRONMENT / f"installed-{name}" for name in PINS}
    current = usable(python) and any(
        marks[name].exists() and marks[name].read_text() == wanted[name] for name in (purpose, "test")
    )
    if current:
        return python
    if not usable(python):
        print("Tạo môi trường riêng trong .venv / making the environment in .venv", flush=True)
        make_environment()
    print(
        "Cài các thư viện đã ghim phiên bản, lần đầu mất vài phút / installing the pinned libraries",
        flush=True,
    )
    install(python, PINS[purpose])
    for mark in [*marks.values(), spark_mark()]:
        mark.unlink(missing_ok=True)
    marks[purpose].write_text(wanted[purpose])
    return python


def pip(python, *words):
    """pip of the environment, every file proved by its hash."""
    subprocess.run(
        [str(python), "-m", "pip", words[0], "--quiet", "--disable-pip-version-check", "--require-hashes", *words[1:]],
        check=True, cwd=ROOT, env=environment(),
    )  # fmt: skip


def install(python, pins):
    """Install what is pinned: from the folder of wheels where one was brought along, else from the network."""
    brought = ["--no-index", "--find-links", str(WHEELS)] if WHEELS.is_dir() else []
    pip(python, "install", *brought, "-r", str(ROOT / pins))


def bring_wheels():
    """Fetch what the product needs to run, for this kind of system and this version of Python, into a folder that can be
    carried to a machine without network."""
    if not usable(python_of(ENVIRONMENT)):
        make_environment()
    WHEELS.mkdir(exist_ok=True)
    pip(
        python_of(ENVIRONMENT),
        "download",
        "--only-binary",
        ":all:",
        "-d",
        str(WHEELS),
        "-r",
        str(ROOT / PINS["run"]),
    )
    version = ".".join(map(str, sys.version_info[:2]))
    print(f"Đã chép thư viện cho / libraries for Python {version}, {sys.platform}: {WHEELS}", flush=True)
    return 0


def spark_mark():
    """Where it is noted that the distributed engine is installed."""
    return ENVIRONMENT / "installed-spark"


def add_spark(python):
    """The distributed engine, some 400 MB, only for who asks for it: its tests skip without it."""
    wanted = hashlib.sha256((ROOT / SPARK).read_bytes()).hexdigest()
    if spark_mark().exists() and spark_mark().read_text() == wanted:
        return
    install(python, SPARK)
    spark_mark().write_text(wanted)


def run(python, options):
    """Build both data spaces where something changed, then serve until stopped."""
    built = subprocess.call([str(python), "-m", "etl", "init"], cwd=ROOT, env=environment(keep_board=True))
    if built:
        print(
            "Không dựng được số liệu mới; mở bản đang công bố nếu có / showing what was published before",
            flush=True,
        )
    subprocess.call(
        [str(python), "-m", "etl", "users", "first-code", "--if-needed"],
        cwd=ROOT,
        env=environment(keep_board=True),
    )
    if not any(option.startswith("--server.address") for option in options):
        options = ["--server.address", "localhost", *options]
    return subprocess.call(
        [str(python), str(ROOT / "serve.py"), *options], cwd=ROOT, env=environment(keep_board=True)
    )


def check(python):
    """Style, import rules, generated pages, libraries with known faults, secrets left in files; every one runs even when one
    before it failed."""
    commands = [
        [str(python), "-m", "ruff", "check", "."],
        [str(python_of(ENVIRONMENT).with_name("lint-imports" + (".exe" if os.name == "nt" else "")))],
        [str(python), "-m", "views.theme"],
        [str(python), "docs/generate.py", "--check"],
        [str(python), "tests/audit.py"],
    ]
    return max([subprocess.call(command, cwd=ROOT, env=environment()) for command in commands])


def environment(keep_board=False):
    """The process environment without anything that would lend this one another's libraries; tests also run without
    the installation's own settings."""
    left_out = ("PYTHON",) if keep_board else ("PYTHON", "BOARD_RUNTIME", "BOARD_DATA", "BOARD_REFERENCE")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
    return {**clean, "PYTHONUTF8": "1", "PYTHONNOUSERSITE": "1"}


def test(python, options):
    """All checks and all tests; on two processors unless told otherwise."""
    if os.environ.get("BOARD_REQUIRE_SPARK") == "1":
        add_spark(python)
    failed = check(python)
    workers = [] if any(option.startswith("-n") for option in options) else ["-n", "2", "--dist", "loadgroup"]
    tests = subprocess.call(
        [str(python), "-m", "pytest", "-q", *workers, *options], cwd=ROOT, env=environment()
    )
    return failed or tests


def promises(python, options):
    """What the product promises, line by line: docs/promises.toml."""
    command = [str(python), "-m", "tests.promises", *options]
    return subprocess.call(command, cwd=ROOT, env=environment())


def main(words):
    """Read the first word and do it; returns the exit code."""
    if sys.version_info < OLDEST:
        print("Cần Python 3.11 trở lên / Python 3.11 or newer is needed: https://www.python.org/downloads/")
        return 2
    command, options = (words[0], words[1:]) if words else ("run", [])
    if command == "run":
        return run(set_up("run"), options)
    if command == "test":
        return test(set_up("test"), options)
    if command == "check":
        return check(set_up("test"))
    if command == "docs":
        return subprocess.call([str(set_up("test")), "docs/generate.py"], cwd=ROOT, env=environment())
    if command == "wheels":
        return bring_wheels()
    if command == "bench":
        bench = [str(set_up("test")), str(ROOT / "tests" / "benchmark" / "bench_all.py"), *options]
        return subprocess.call(bench, cwd=ROOT, env=environment())
    if command == "promises":
        return promises(set_up("test"), options)
    print(__doc__)
    return 2


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):  # a redirected console on Windows knows no Vietnamese letters
        stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except subprocess.CalledProcessError as error:
        print(
            f"Không chạy được / failed: {' '.join(error.cmd[:4])} … (exit {error.returncode})",
            file=sys.stderr,
        )
        sys.exit(error.returncode or 1)
