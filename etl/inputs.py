"""Everything a snapshot is made of, in order of arrival, and one hash over it."""

import csv
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from etl import commit
from store import boundaries, catalogue
from store.settings import Settings

CODE_ROOT = Path(__file__).resolve().parent.parent
SCHEMA = CODE_ROOT / "store" / "schema.sql"
NOT_FIGURES = "left_out.csv"
SKETCH = "map/sketch.geojson"


@dataclass(frozen=True)
class InputFile:
    """One file of figures. ``path`` is a CSV, or the Parquet of an accepted upload (``meta`` set)."""

    upload_id: str
    file: str
    sha256: str
    path: Path
    provenance: str
    received: str | None
    submitted_by: str
    note: str
    meta: dict | None = None


@dataclass(frozen=True)
class Inputs:
    """Definitions, files of figures in order of arrival, map files by (layer, path), facts of the imported boundaries,
    and their common hash."""

    definitions: dict[str, str]
    files: tuple[InputFile, ...]
    maps: tuple[tuple[str, Path], ...]
    boundaries: tuple[dict, ...]
    digest: str


def gather(
    settings: Settings,
    space: str,
    pending: Sequence[str] = (),
    without: Collection[str] = (),
    until: date | None = None,
    standing: Mapping[str, str] | None = None,
) -> Inputs:
    """Collect the inputs of a space; ``pending`` names folders of uploads stored but not yet in the ledger, ``without``
    uploads that are to be withdrawn. ``until``: only what had come in by the end of that day in Viet Nam. ``standing``:
    uploads that count and their folders, in place of those that the ledger names."""
    definitions = catalogue.read_files(settings.reference_dir)
    first: dict[str, InputFile] = {}
    for file in committed(settings, space):
        if until is None or file.received is None or file.received[:10] <= until.isoformat():
            first.setdefault(file.upload_id, file)  # the same bytes a second time change nothing
    arrived: dict[str, InputFile] = {}
    standing = commit.accepted_folders(settings, space, until) if standing is None else standing
    for folder in (*(item for name, item in standing.items() if name not in without), *pending):
        file = _uploaded(settings, space, folder)
        arrived.pop(file.upload_id, None)  # the same bytes a second time arrive last
        arrived[file.upload_id] = file
    files = (*first.values(), *(file for name, file in arrived.items() if name not in first))
    maps = tuple(_maps(settings))
    imported = tuple(boundaries.standing(settings))
    digest = _digest(definitions, files, maps, [facts["version"] for facts in imported], space)
    return Inputs(definitions, files, maps, imported, digest)


def edition(settings: Settings, space: str) -> str:
    """12 hex digits over all that comes with the product: definitions, code, maps, printed and invented figures. Servers
    whose editions differ would build different snapshots from the same uploads."""
    return gather(settings, space, standing={}).digest


def committed(settings: Settings, space: str) -> list[InputFile]:
    """Files of figures that come with the product: those from print and, in the demo, the invented ones."""
    return [*_published(settings), *(_demo(settings) if space == "demo" else ())]


def _committed(path: Path, provenance: str, received: str | None, by: str, note: str) -> InputFile:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return InputFile(sha256[:16], path.name, sha256, path, provenance, received, by, note)


def _published(settings: Settings) -> Iterator[InputFile]:
    for path in sorted(settings.published_dir.glob("*.csv")):
        if path.name != NOT_FIGURES:
            yield _committed(path, "published", None, "", "")


def _demo(settings: Settings) -> Iterator[InputFile]:
    manifest = settings.demo_dir / "manifest.csv"
    if manifest.exists():
        with manifest.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                path = settings.demo_dir / row["file"]
                yield _committed(path, "illustrative", row["received"], row["by"], row["note_vi"])


def _uploaded(settings: Settings, space: str, folder: str) -> InputFile:
    meta = commit.read_meta(settings, space, folder)
    return InputFile(
        meta["sha256"][:16],
        meta["file"],
        meta["sha256"],
        commit.upload_dir(settings, space, folder) / commit.ROWS,
        meta["provenance"],
        meta["received"],
        meta["submitted_by"],
        meta["note"],
        meta,
    )


def _maps(settings: Settings) -> Iterator[tuple[str, Path]]:
    sketch = settings.reference_dir / SKETCH
    if sketch.exists():
        yield "sketch", sketch


def _digest(
    definitions: dict[str, str],
    files: Sequence[InputFile],
    maps: Sequence[tuple[str, Path]],
    imported: Sequence[str],
    space: str,
) -> str:
    """12 hex digits over all inputs and the code that turns them into a snapshot; line ends do not count."""
    total = hashlib.sha256()

    def add(name: str, content: bytes) -> None:
        total.update(f"{name}\n{len(content)}\n".encode() + content)

    add("space", space.encode())
    for name, text in definitions.items():
        add(name, text.encode())
    for place, file in enumerate(files):
        add(
            f"{place} {file.upload_id} {file.provenance}",
            f"{file.file}|{file.received}|{file.submitted_by}|{file.note}".encode(),
        )
    for layer, path in maps:
        add(f"{layer} {path.name}", path.read_bytes().replace(b"\r\n", b"\n"))
    for version in imported:  # the name is a hash of the content
        add("boundaries", version.encode())
    for package in ("etl", "metrics", "store"):
        for path in sorted((CODE_ROOT / package).glob("*.py")):
            add(f"{package}/{path.name}", path.read_bytes().replace(b"\r\n", b"\n"))
    path = (
        CODE_ROOT / "etl" / "boundaries" / "folder.py"
    )  # of the import only this makes anything of a snapshot
    add("etl/boundaries/folder.py", path.read_bytes().replace(b"\r\n", b"\n"))
    add("schema.sql", SCHEMA.read_bytes().replace(b"\r\n", b"\n"))
    return total.hexdigest()[:12]
