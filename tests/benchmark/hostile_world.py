"""An installation whose every stored text is hostile: names of areas, indicators, sources, files, people, shows and maps,
notes and reasons. Built by the product's own functions; a text that they refuse is replaced by the next.

Texts carry a number (``q0042z``) in front of what is hostile, by which they are found again.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import shutil
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from etl import desk, publish
from etl.boundaries import journey
from store import accounts, shows
from store.access import ADMINISTRATOR, APPRAISER, User
from store.errors import BoardError
from store.settings import SPACES, Settings, read_settings
from tests.benchmark import hostile

ROOT = Path(__file__).resolve().parents[2]
TEXT = re.compile(r'\b((?:vi|en|short|abbr)\s*=\s*)"((?:[^"\\]|\\.)*)"')
TOKEN = re.compile(r"q\d{5}z")
CSV_TEXTS = {
    "areas.csv": ("name_vi", "name_en", "area_km2_source", "area_km2_source_en", "note_vi", "note_en"),
    "areas_reference.csv": ("name_vi", "name_en", "note_vi", "note_en"),
    "sources.csv": (
        "title_vi",
        "title_en",
        "publisher_vi",
        "publisher_en",
        "published",
        "note_vi",
        "note_en",
    ),
    "programme.csv": ("name_vi", "name_en", "owner_vi", "owner_en", "evidence_vi", "evidence_en"),
    "glossary.csv": ("term_vi", "term_en", "note_vi", "note_en"),
    "lineage.csv": ("legal_basis", "legal_basis_en"),
}
DAY = date(2025, 6, 1)
STATES = ("accepted", "accepted", "returned", "waiting", "waiting", "taken back", "withdrawn")
PASSWORD = "một câu ngắn dễ nhớ"


class Texts:
    """Gives hostile texts, each with its number; remembers them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.given: dict[str, str] = {}

    def one(
        self, longest: int = 400, behind: str = "", *, one_line: bool = False, first: bool = False
    ) -> str:
        """A text; ``behind``: what stands before it, so that a name stays one of its kind and none is twice. ``first``:
        the hostile part comes first, as a formula would."""
        token = f"q{len(self.given):05d}z"
        text = hostile.text(self.chance)[:longest]
        if one_line:
            text = " ".join(text.split())
        text = text.encode("utf-8", "replace").decode()
        whole = f"{text} {token}" if first else " ".join(part for part in (behind, token, text) if part)
        self.given[token] = whole
        return whole


def make(folder: Path, seed: int, *, short: bool = False) -> tuple[Settings, Texts]:
    """Build one below ``folder``: data with hostile definitions, both spaces, uploads, people, shows and a map. ``short``: fewer
    files, and no map."""
    texts = Texts(seed)
    data = folder / "data"
    for name in ("reference", "published", "demo"):
        shutil.copytree(ROOT / "data" / name, data / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, columns in CSV_TEXTS.items():
        _table(data / "reference" / name, columns, texts)
    for path in sorted((data / "reference").glob("*.toml")) + sorted(
        (data / "reference").glob("[it]*s/*.toml")
    ):
        if path.parent.name != "texts" and path.name not in (
            "findings.toml",
            "map_findings.toml",
            "theme.toml",
        ):
            _definition(path, texts)
    for path in sorted((data / "published").glob("*.csv")) + sorted((data / "demo").glob("2*.csv")):
        _table(path, ("note", "reason_vi", "reason_en", "indicator_vi"), texts)
    _table(data / "demo" / "manifest.csv", ("by", "note_vi", "note_en"), texts)
    settings = read_settings(
        {"BOARD_DATA": str(data), "BOARD_RUNTIME": str(folder / "runtime"), "BOARD_SECOND_PERSON": "1"}
    )
    for space in SPACES:
        publish.refresh(settings, space)
    with suppress(BoardError):
        _people(settings, texts)
    _sent(settings, texts, ("waiting", "returned") if short else STATES)
    _shows(settings, texts)
    if not short:
        _map(settings, texts, folder)
    return settings, texts


def _table(path: Path, columns: tuple[str, ...], texts: Texts) -> None:
    """The cells of some columns of a table. Names keep their beginning: files of figures go by them."""
    raw = path.read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(raw.removeprefix("\ufeff"), newline="")))
    if not rows:
        return
    for row in rows:
        for column in columns:
            if column.startswith("name") and row.get(column):
                old = row[column]
                row[column] = texts.one(120, old, one_line=True)
                if path.name.startswith("areas") and column == "name_vi":
                    row["aliases"] = "|".join(filter(None, [row.get("aliases"), old]))
            elif column in row and (row[column] or texts.chance.random() < 0.3):
                definition = path.parent.name == "reference"
                text = texts.one(one_line=not definition, first=texts.chance.random() < 0.5)
                row[column] = text.replace("\x00", "") if definition else _printable(text)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(
        ("\ufeff" if raw.startswith("\ufeff") else "") + out.getvalue(), encoding="utf-8", newline=""
    )


def _printable(text: str) -> str:
    """What a file of figures may hold: a control character makes it no text."""
    return "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cn", "Cs"))


def _definition(path: Path, texts: Texts) -> None:
    """Every sentence of a definition."""

    def other(found: re.Match) -> str:
        if not found[2] or found[1].startswith("en_many"):
            return found[0]
        text = texts.one(200, json.loads(f'"{found[2]}"')[:60], one_line=texts.chance.random() < 0.8)
        quoted = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f").replace("\u0085", "\\u0085")
        return found[1] + quoted

    path.write_text(TEXT.sub(other, path.read_text(encoding="utf-8")), encoding="utf-8")


def _people(settings: Settings, texts: Texts) -> None:
    root = User("goc", ADMINISTRATOR)
    for name, role in (("quantri", ADMINISTRATOR), ("thamdinh", APPRAISER)):
        _taken(
            lambda name=name, role=role: accounts.add(
                settings, root, name, texts.one(60, one_line=True), role, (), PASSWORD
            )
        )


def _taken(act: Callable[[], object], times: int = 12) -> object:
    """What an act gives that the product may refuse with one of its own errors; each time with other texts."""
    for _ in range(times):
        with suppress(BoardError):
            return act()
    return None


def _sent(settings: Settings, texts: Texts, states: tuple[str, ...]) -> None:
    """Files in every state: accepted, waiting, returned, taken back, withdrawn; names, notes and reasons hostile."""
    sender, other = User(texts.one(60), ADMINISTRATOR), User(texts.one(60), ADMINISTRATOR)
    areas = ("01837", "02017", "01912", "01951")
    for number, state in enumerate(states):
        commune, figure = areas[number % len(areas)], 100 + number

        def send(commune=commune, figure=figure, number=number):
            note = texts.one(200, first=True).replace('"', '""')
            line = f'{commune},gov_online_payment_rate,2024-Q{number % 4 + 1},{figure},1000,,"{note}"'
            data = (
                "\ufeffcommune,indicator,period,numerator,denominator,value,note\n" + line + "\n"
            ).encode()
            files = [(texts.one(120) + ".csv", data)]
            seen = desk.propose(settings, "official", files, sender, on=DAY)
            digest = seen.changes.digest if seen.changes else ""
            given = {"seen": digest, "acknowledged": seen.warnings, "note": texts.one(300), "on": DAY}
            return desk.submit(settings, "official", files, sender, **given)[0]

        item = _taken(send)
        if item is None:
            continue
        match state:
            case "accepted" | "withdrawn":
                desk.accept(settings, "official", [item.id], other, on=DAY)
                if state == "withdrawn":
                    _taken(
                        lambda item=item: desk.withdraw(
                            settings, "official", item.upload_id, other, texts.one(300)
                        )
                    )
            case "returned":
                _taken(lambda item=item: desk.send_back(settings, "official", item.id, other, texts.one(300)))
            case "taken back":
                desk.take_back(settings, "official", item.id, sender)


def _shows(settings: Settings, texts: Texts) -> None:
    for space in SPACES:
        for _ in range(6):
            lines = {"title": texts.one(200), "headline": texts.one(200), "map": texts.one(200)}
            plan = shows.plan_of({"lines": lines})
            _taken(
                lambda space=space, plan=plan: shows.save(
                    settings, space, User(texts.one(60), ADMINISTRATOR), texts.one(80), plan, accounts=False
                )
            )


def _map(settings: Settings, texts: Texts, folder: Path) -> None:
    """A map whose terms and file name are hostile."""
    from store import catalogue
    from tests.maps import make_maps as make_map

    known = catalogue.load(catalogue.read_files(settings.reference_dir))
    own = make_map.of_areas([area for area in known.pilots if area.label_lon and area.area_km2])
    path = make_map.write(own, folder / "xa.geojson")
    asked = journey.Asked(date(2024, 6, 30), texts.one(100), texts.one(60), texts.one(100), name_column="-")
    _taken(
        lambda: journey.accept(
            settings,
            journey.examine(settings, path, asked, texts.one(100)),
            User(texts.one(60), ADMINISTRATOR),
        )
    )


def plain(text: str) -> str:
    """A text without what is not seen, to look for in another."""
    return "".join(
        char for char in unicodedata.normalize("NFC", text) if char.isprintable() and not char.isspace()
    )
