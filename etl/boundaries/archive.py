"""What may be opened: a file's kind by its content, and archives looked at before anything in them is read."""

import lzma
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from etl.boundaries.findings import Collector, MapRefused

LIMIT_BYTES = 2 * 1024**3
MOST_ENTRIES = 500
MOST_PACKED = 200  # times: coordinates as text pack some ten times, zeros a thousand times
SMALL_BYTES = 50 * 1024**2  # below this no archive is a bomb
INSIDE = (".shp", ".gpkg", ".geojson", ".json")
AS_JSON = (".geojson", ".json")
PACKED = (".zip", ".gz", ".7z", ".rar", ".tar", ".bz2", ".xz", ".kmz")
_HEAD = 4096
# What unpacking says of an archive that was damaged, on its way or on purpose.
UNPACKING = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error),
    *(RuntimeError, NotImplementedError, OSError, ValueError, IndexError),
)


def datasets(path: Path, told: Collector) -> list[str]:
    """What GDAL is to open: the file itself, or every map inside an archive, by an address that reads it in place.

    The content is looked at, not only the ending: the reading library goes by content and knows kinds that point to
    other files. Raises MapRefused with the reason told.
    """
    if path.suffix.lower() == ".zip":
        return [_address(f"/vsizip/{path.resolve().as_posix()}/{name}") for name in _inside(path, told)]
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not _is_kind(path.name, head):
        told.add("file.kind", value=path.suffix or path.name)
        raise MapRefused
    return [_address(path.resolve().as_posix())]


def _address(place: str) -> str:
    """JSON is opened as GeoJSON and as nothing else: the library also knows JSON that is a command to read other files."""
    return f"GeoJSON:{place}" if place.lower().endswith(AS_JSON) else place


def _is_kind(name: str, head: bytes) -> bool:
    """Whether a file begins as its ending says."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    match PurePosixPath(name).suffix.lower():
        case ".geojson" | ".json":
            return text.startswith(b"{")
        case ".gpkg":
            return head.startswith(b"SQLite format 3\0")
        case ".shp":
            return head.startswith(b"\x00\x00\x27\x0a")
        case ".osm":
            return text.startswith((b"<?xml", b"<osm")) and b"<osm" in head
        case ".pbf":
            return b"OSMHeader" in head[:64]
    return False


def _inside(path: Path, told: Collector) -> list[str]:
    """Names of the maps in an archive, once nothing in it is suspicious."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _refuse_suspicious(entries, told)
            found = [entry for entry in entries if _is_map(entry.filename)]
            for entry in found:
                with archive.open(entry) as file:
                    if not _is_kind(entry.filename, file.read(_HEAD)):
                        told.add("file.kind", value=entry.filename)
    except UNPACKING:
        told.add("archive.broken")
    if told.blocked:
        raise MapRefused
    if not found:
        told.add("archive.empty")
        raise MapRefused
    return [entry.filename for entry in found]


def _is_map(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() in INSIDE and "__MACOSX" not in path.parts


def _refuse_suspicious(entries: list[zipfile.ZipInfo], told: Collector) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    bomb = unpacked > SMALL_BYTES and unpacked / packed > MOST_PACKED
    if bomb or unpacked > LIMIT_BYTES or len(entries) > MOST_ENTRIES:
        told.add(
            "archive.too_large",
            megabytes=round(unpacked / 1024**2),
            entries=len(entries),
            limit=LIMIT_BYTES // 1024**2,
            most=MOST_ENTRIES,
        )
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        link = entry.external_attr >> 28 == 0xA
        if link or name.startswith("/") or ":" in name or ".." in PurePosixPath(name).parts:
            told.add("archive.path", value=entry.filename)
        if name.lower().endswith(PACKED):
            told.add("archive.nested", value=entry.filename)
        if entry.flag_bits & 1:
            told.add("archive.broken")
    if told.blocked:
        raise MapRefused
