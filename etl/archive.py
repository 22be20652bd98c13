"""The form of a backup: one ZIP of the files an installation cannot do without, and a manifest of their hashes.

What a backup may hold is said once, by name: whatever else an archive carries is refused before anything is unpacked, so no
name in it can be a path out of the folder, a link or a program.
"""

import hashlib
import json
import os
import re
import stat
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from store import layout
from store.errors import BackupError
from store.periods import VIET_NAM

FORM = 1
PRODUCT = "bac-kan-dx-board"
MANIFEST = "manifest.json"
MANIFEST_BYTES = 64 * 1024**2
MOST_FILES = 500_000
CHUNK = 1024**2
LEVEL = 3  # a snapshot shrinks to a fortieth already; writers wait meanwhile
NAMES = re.compile(
    r"LAYOUT|accounts\.(sqlite|jsonl)|citations\.jsonl"
    r"|(official|demo)/(CURRENT|ledger\.jsonl|snapshots/[0-9A-Za-z-]{1,40}-[0-9a-f]{12}\.duckdb"
    r"|uploads/[0-9a-f]{16}(-[0-9]{1,6})?/(original\.csv|rows\.parquet|meta\.json)|shows/[0-9a-f]{24}\.json)"
    r"|boundaries/(standing\.json|[0-9a-f]{16}/[0-9A-Za-z_-]{1,60}\.[0-9a-z]{1,10}"
    r"|(province|district|commune)\.(meta\.json|geojson))"
)


@dataclass(frozen=True)
class Told:
    """What a manifest says. ``made``: when, aware; ``files``: name -> (bytes, SHA-256); ``settings``: those that are no
    secret, by name; ``lines``: how many each log has."""

    made: datetime
    layout: int
    version: str
    build: str
    settings: Mapping[str, str]
    lines: Mapping[str, int]
    files: Mapping[str, tuple[int, str]]

    @property
    def size(self) -> int:
        """Bytes of all files unpacked."""
        return sum(size for size, _ in self.files.values())


class Writer:
    """Puts files into an archive and remembers their hashes."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self._zip = zipped
        self.files: dict[str, tuple[int, str]] = {}

    def add(self, name: str, source: BinaryIO) -> None:
        """One file; its name must be one that a backup may hold."""
        if not NAMES.fullmatch(name) or name in self.files:
            raise ValueError(name)
        total, size = hashlib.sha256(), 0
        with self._zip.open(_info(name), "w", force_zip64=True) as target:
            while data := source.read(CHUNK):
                total.update(data)
                size += len(data)
                target.write(data)
        self.files[name] = size, total.hexdigest()

    def close(self, facts: Mapping[str, Any]) -> None:
        """The manifest, last."""
        files = {name: {"bytes": size, "sha256": sha256} for name, (size, sha256) in self.files.items()}
        told = {"form": FORM, "product": PRODUCT, **facts, "files": files}
        with self._zip.open(_info(MANIFEST), "w") as target:
            target.write(json.dumps(told, ensure_ascii=False, indent=1).encode())


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type, info._compresslevel = zipfile.ZIP_DEFLATED, LEVEL
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    return info


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """A backup for reading; BackupError for whatever is wrong with it as an archive."""
    try:
        with zipfile.ZipFile(path) as zipped:
            yield zipped
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
    ) as error:
        raise BackupError("backup.damaged", file=path.name, name=str(error)[:80]) from None
    except OSError as error:
        if error.errno is None:  # what the reader of ZIP says of a cut one
            raise BackupError("backup.damaged", file=path.name, name=str(error)[:80]) from None
        raise


def told(zipped: zipfile.ZipFile, path: Path) -> Told:
    """What the manifest says, once the archive is known to hold just that. BackupError for anything else."""
    infos = zipped.infolist()
    names = [info.filename for info in infos]
    if names.count(MANIFEST) != 1 or zipped.getinfo(MANIFEST).file_size > MANIFEST_BYTES:
        raise BackupError("backup.none", file=path.name)
    try:
        with zipped.open(MANIFEST) as file:
            raw = json.loads(file.read(MANIFEST_BYTES + 1))
        if raw["product"] != PRODUCT:
            raise BackupError("backup.none", file=path.name)
        if int(raw["form"]) > FORM or int(raw["layout"]) > layout.NUMBER:
            raise BackupError("backup.newer", file=path.name, version=str(raw.get("version", ""))[:40])
        files = {
            str(name): (int(facts["bytes"]), str(facts["sha256"])) for name, facts in raw["files"].items()
        }
        found = Told(
            made=datetime.fromisoformat(raw["made"]).astimezone(VIET_NAM),
            layout=int(raw["layout"]),
            version=str(raw["version"])[:40],
            build=str(raw["build"])[:40],
            settings={str(key): str(word) for key, word in raw["settings"].items()},
            lines={str(book): int(count) for book, count in raw["lines"].items()},
            files=files,
        )
    except (ValueError, OverflowError, KeyError, TypeError, AttributeError):
        raise BackupError("backup.none", file=path.name) from None
    _require_own(path, infos, found)
    return found


def _require_own(path: Path, infos: list[zipfile.ZipInfo], found: Told) -> None:
    """Only files that a backup holds, each once, of the size that the manifest says, none of them a link or locked."""
    if len(infos) > MOST_FILES:
        raise BackupError("backup.foreign", file=path.name, name=f"{len(infos)}")
    seen: set[str] = set()
    for info in infos:
        kind = stat.S_IFMT(info.external_attr >> 16)
        strange = info.flag_bits & 1 or info.is_dir() or kind not in (0, stat.S_IFREG)
        named = info.filename == MANIFEST or (
            NAMES.fullmatch(info.filename) and found.files.get(info.filename, (-1,))[0] == info.file_size
        )
        if strange or not named or info.filename in seen:
            raise BackupError("backup.foreign", file=path.name, name=ascii(info.filename)[1:81])
        seen.add(info.filename)
    lost = sorted(set(found.files) - seen)
    if lost:
        raise BackupError("backup.damaged", file=path.name, name=ascii(lost[0])[1:81])


def read(
    zipped: zipfile.ZipFile, path: Path, name: str, wanted: tuple[int, str], target: BinaryIO | None
) -> None:
    """Copy one file out, never more than its size; BackupError when its bytes are not those of the manifest."""
    total, left = hashlib.sha256(), wanted[0]
    try:
        with zipped.open(name) as source:
            while data := source.read(min(CHUNK, left + 1)):
                left -= len(data)
                if left < 0:
                    break
                total.update(data)
                if target is not None:
                    target.write(data)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise BackupError("backup.damaged", file=path.name, name=name) from error
    except Exception as error:  # zlib.error, lzma.LZMAError: each of them a spoiled byte
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise BackupError("backup.damaged", file=path.name, name=name) from error
    if left != 0 or total.hexdigest() != wanted[1]:
        raise BackupError("backup.damaged", file=path.name, name=name)


def check(path: Path) -> Told:
    """Read a whole backup and compare every hash; what its manifest says."""
    with opened(path) as zipped:
        found = told(zipped, path)
        for name, wanted in found.files.items():
            read(zipped, path, name, wanted, None)
    return found


def flush_folder(folder: Path) -> None:
    """Make sure that what was renamed in a folder is on the disk, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
