"""Brings a runtime folder of an earlier release to the present layout, after a backup of it: ``python -m etl upgrade``.

``init`` does it by itself, and every way of starting the product begins with ``init``. Each step may be done again, so that
whoever is killed in between is finished next time; the number is written last. Logs, uploads, accounts and cited snapshots
are not changed by any step: what was signed with a hash stays as it was.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from filelock import FileLock

from etl import commit, turnover
from etl.backup import backup
from etl.publish import PRODUCT
from store import boundaries, catalogue, layout, ledger
from store.errors import BoardError, SnapshotError
from store.settings import SPACES, Settings
from store.snapshot import point_to, pointed

FOLDER = "backups"  # of the product itself; those of people lie where they want them
Said = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Upgraded:
    """``found``: the layout's number before, ``backup``: the file made of it, ``said``: keys of sentences and their facts."""

    found: int
    backup: Path | None
    said: tuple[Said, ...] = ()


def upgrade(settings: Settings) -> Upgraded | None:
    """Bring the folder to the present layout; None when it is. LayoutError for one of a newer program. A restore that was
    killed past its checks is finished first."""
    runtime = settings.runtime_dir
    if not runtime.is_dir():
        return None
    if not (turnover.staging(runtime) / layout.READY).exists():
        layout.require(settings, older=True)
        if layout.found(settings) in (0, layout.NUMBER):
            return None
    with FileLock(runtime / "restore.lock"):
        turnover.finish(runtime)
        layout.require(settings, older=True)
        number = layout.found(settings)
        if number in (0, layout.NUMBER):
            return None
        # One of several servers has a copy of what others keep; what is shared has a number of its own.
        made = None if settings.is_shared else _backed_up(settings)
        steps = (step for past in range(number, layout.NUMBER) for step in STEPS[past])
        said = [item for step in steps for item in step(settings)]
        layout.stamp(settings)
        return Upgraded(number, made, tuple(said))


def _backed_up(settings: Settings) -> Path:
    folder = settings.runtime_dir / FOLDER
    folder.mkdir(exist_ok=True)
    return backup(settings, folder)[0]


def _point_by_line(settings: Settings) -> Iterator[Said]:
    """Pointers of the first release named a snapshot alone; with the line that published it, a cut log is noticed."""
    for space in SPACES:
        try:
            present, line = pointed(settings, space)
        except SnapshotError:
            continue
        if line:
            continue
        with commit.space_lock(settings, space):
            entries = enumerate(ledger.read(commit.ledger_path(settings, space)), start=1)
            turns = [number for number, entry in entries if entry["act"] in ledger.TURNS]
            if turns:
                point_to(settings, space, present, turns[-1])
                yield "upgrade_pointer", {"space": space}


def _import_maps(settings: Settings) -> Iterator[Said]:
    """Maps imported before they had versions: one file per level with the ids of areas. Imported anew with the same source,
    terms and day; where that cannot be, the file stays where it was and somebody is told to import the original."""
    for level in ("commune", "district", "province"):
        shapes = boundaries.root(settings) / f"{level}.geojson"
        facts = boundaries.root(settings) / f"{level}.meta.json"
        if not shapes.exists():
            continue
        try:
            meta = json.loads(facts.read_text(encoding="utf-8"))
            if not meta.get("derived_from"):
                _import_map(settings, level, shapes, meta)
        except (BoardError, OSError, ValueError, KeyError, TypeError):
            yield "upgrade_map_left", {"file": shapes.name}
            continue
        shapes.unlink()
        facts.unlink()
        if not meta.get("derived_from"):
            yield "upgrade_map", {"file": meta["file"]}


def _import_map(settings: Settings, level: str, shapes: Path, meta: dict) -> None:
    from etl.boundaries import journey  # its libraries take a second to import

    codes = {
        area.id: area.code for area in catalogue.load(catalogue.read_files(settings.reference_dir)).areas
    }
    content = json.loads(shapes.read_text(encoding="utf-8"))
    for feature in content["features"]:
        feature["properties"] = {"code": codes[feature["properties"]["area_id"]]}
    with tempfile.TemporaryDirectory(prefix="board-upgrade-") as folder:
        path = Path(folder) / "map.geojson"
        path.write_text(json.dumps(content), encoding="utf-8")
        asked = journey.Asked(
            vintage=date.fromisoformat(meta["valid_on"]), source=meta["source"], licence=meta["licence"],
            attribution=meta["attribution"], level=level, code_column="code", name_column="-",
        )  # fmt: skip
        journey.accept(settings, journey.examine(settings, path, asked, meta["file"]), PRODUCT)


# From each number to the next.
STEPS: dict[int, tuple[Callable[[Settings], Iterator[Said]], ...]] = {
    layout.UNNUMBERED: (_point_by_line, _import_maps)
}
