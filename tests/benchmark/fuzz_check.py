"""Mutates every file of tests/uploads and checks the result: ``python tests/benchmark/fuzz_check.py --count 100000``.

Passes when no check raises, none takes more than five seconds, memory stays below the limit (which the system enforces
where it can), and every file that the reader of plain tables takes gives the same report by the general reader. The
seed decides everything; a failing file is written beside the report.
"""

import argparse
import faulthandler
import io
import os
import random
import sys
import time
import traceback
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmark import fuzzing  # noqa: E402

MEMORY = 512 * 1024**2  # beside what the libraries reserve when they are first used
SECONDS = 5.0
DAY = date(2025, 6, 1)
JUNK = (
    *(
        b"\x00",
        b"\xff",
        b'"',
        b",",
        b";",
        b"\t",
        b"\r\n",
        b"\n\n",
        b"%",
        b"*",
        b"/",
        b"=",
        b"<",
        b"&lt;",
        b"]]>",
    ),
    *(b"999999999999", b"-1", b"1e308", b"1.234", b"10,7%", b"11/13", b"KPS", b"2024", b"01837", b"AA", b"I"),
    *("Tổng cộng".encode(), "Quý I/2024".encode(), "Kỳ báo cáo: ".encode(), "xã".encode(), "tử số".encode()),
    *(
        b"<row r='9999999'>",
        b"<c r='ZZZ1'><v>1</v></c>",
        b'number-columns-repeated="99999"',
        b"<table>",
        b"<td colspan=99>",
    ),
)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A few small damages: flips, cuts, repeats, junk."""
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(data) + 1)
        length = chance.choice((1, 2, 4, 16, 64, 512))
        act = chance.randrange(5)
        if act == 0 and data:
            place = min(place, len(data) - 1)
            data = data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]
        elif act == 1:
            data = data[:place] + data[place + length :]
        elif act == 2:
            data = data[:place] + data[place : place + length] * chance.randint(1, 8) + data[place:]
        elif act == 3:
            data = data[:place] + chance.choice(JUNK) + data[place:]
        else:
            lines = data.split(b"\n")
            chance.shuffle(lines)
            data = b"\n".join(lines)
    return data


def repacked(data: bytes, chance: random.Random) -> bytes:
    """The same archive with one member damaged, so that the damage passes the checksum."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        chosen = chance.choice(old.namelist())
        for name in dict.fromkeys(old.namelist()):
            content = old.read(name)
            new.writestr(name, mutated(content, chance) if name == chosen else content)
    return out.getvalue()


def sample(files: dict[str, bytes], chance: random.Random) -> tuple[str, bytes]:
    """One mutated file."""
    name = chance.choice(sorted(files))
    data = files[name]
    if zipfile.is_zipfile(io.BytesIO(data)) and chance.random() < 0.8:
        try:
            return name, repacked(data, chance)
        except (
            zipfile.BadZipFile,
            RuntimeError,
            NotImplementedError,
            EOFError,
            ValueError,
            OSError,
            IndexError,
        ):
            pass  # the hostile ones cannot be unpacked
    return name, mutated(data, chance)


def bound_memory() -> None:
    """Let the system refuse more memory than the limit, where it can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    if not Path("/proc/self/statm").exists():
        return
    reserved = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (reserved + MEMORY, reserved + MEMORY))


def main() -> int:
    """Run and report; 0 when all promises held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=0.0, help="end after so many, whatever is done")
    parser.add_argument("--out", type=Path, default=Path(), help="where failing files are kept")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    from etl import container, plain_table
    from etl.check import check
    from tests import builders

    os.environ["RUST_BACKTRACE"] = "0"  # a printed one takes more memory than the file
    folder = ROOT / "tests" / "uploads"
    files = {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and not path.name.endswith((".toml", ".py"))
    }
    catalogue, chance = builders.catalogue(), random.Random(arguments.seed)
    codes: Counter[str] = Counter()
    check("x.xlsx", files["container_xlsx.xlsx"], catalogue, "official", DAY)
    bound_memory()
    last = arguments.out / "fuzz-last"
    plain, accepted, slowest, started, failed = 0, 0, (0.0, ""), time.monotonic(), 0
    until, done = started + arguments.minutes * 60 if arguments.minutes else float("inf"), 0
    for number in range(arguments.count):
        if time.monotonic() > until:
            break
        done += 1
        name, data = sample(files, chance)
        faulthandler.dump_traceback_later(60, exit=True)
        last.write_bytes(data)  # what a killed process leaves behind
        begun = time.monotonic()
        try:
            report = check(name, data, catalogue, "official", DAY)
            took = time.monotonic() - begun
            with mock.patch.object(plain_table, "FROM_BYTES", 0):
                if container.kind(data) == "text" and plain_table.read(data, catalogue) is not None:
                    plain += 1
                    assert builders.same_report(report, check(name, data, catalogue, "official", DAY))
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            failed += 1
            (arguments.out / f"fuzz-{number}-{name}").write_bytes(data)
            traceback.print_exception(error, limit=-3)
            print(f"{number} {name}: {type(error).__name__}: {error}", flush=True)
            continue
        slowest = max(slowest, (took, f"{number} {name}"))
        if took > SECONDS:
            failed += 1
            print(f"{number} {name}: {took:.1f} s", flush=True)
        accepted += not report.blocked
        codes.update({item.code for item in report.findings})
    faulthandler.cancel_dump_traceback_later()
    last.unlink(missing_ok=True)
    took = time.monotonic() - started
    said = f"{accepted} accepted, {plain} read by both readers, {len(codes)} different codes"
    print(f"{done} files, {took:.0f} s, {said}, {failed} failed")
    print(f"slowest {slowest[0]:.2f} s ({slowest[1]}), memory {fuzzing.peak():.0f} MB")
    tally = fuzzing.Tally("uploads", arguments.seed, done, failed, took, slowest, fuzzing.peak(), [], said)
    print(tally.told())
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
