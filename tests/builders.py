"""Small worlds for tests: definitions, settings and files written out below a temporary folder.

Nothing here reads the product's own data folder, and no test may touch the real runtime folder.
"""

import csv
import io
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from unittest import mock

from etl import plain_table
from etl.check import Report, check
from store import catalogue as definitions
from store.access import ADMINISTRATOR, User
from store.settings import Settings, read_settings

STORE = "files"  # of the installations made here; see the fixture ``each_store``
LAN, HOA = User("Lan", ADMINISTRATOR), User("Hoa", ADMINISTRATOR)
COLUMNS = ("commune", "indicator", "period", "numerator", "denominator", "value", "note")
AREA_COLUMNS = [
    "area_id",
    "area_code",
    "kind",
    "level",
    "name_vi",
    "name_en",
    "parent_id",
    "province_id",
    "area_km2",
    "area_km2_source",
    "label_lon",
    "label_lat",
    "valid_from",
    "valid_to",
    "role",
    "tile_col",
    "tile_row",
    "aliases",
    "note_vi",
    "note_en",
]
_OLD = {"valid_from": "2020-02-01", "valid_to": "2025-06-30"}
_NEW = {"valid_from": "2025-07-01"}


def _area(
    area_id: str, kind: str, level: int, name: str, parent: str, province: str, **more: str
) -> dict[str, str]:
    code = area_id.split("-")[0]
    own = {"area_code": code if code.isdigit() else "", "kind": kind, "level": str(level), "name_vi": name}
    return {"area_id": area_id, **own, "parent_id": parent, "province_id": province, "role": "other", **more}


AREAS = (
    _area("vn", "country", 0, "Việt Nam", "", "", area_code=""),
    _area(
        "06-2020",
        "province",
        1,
        "Bắc Kạn",
        "vn",
        "",
        valid_to="2025-06-30",
        area_km2="300",
        aliases="Bắc Cạn",
    ),
    _area("19-2025", "province", 1, "Thái Nguyên", "vn", "", **_NEW),
    _area("37-2020", "province", 1, "Tỉnh Khác", "vn", "", **_OLD),
    _area("058-2020", "city", 2, "Bắc Kạn", "06-2020", "06-2020", valid_to="2025-06-30", area_km2="121"),
    _area("063-2020", "district", 2, "Bạch Thông", "06-2020", "06-2020", valid_to="2025-06-30"),
    _area(
        "01837-2020",
        "ward",
        3,
        "Sông Cầu",
        "058-2020",
        "06-2020",
        **{**_OLD, "role": "pilot"},
        name_en="Song Cau",
        area_km2="4.06",
        label_lon="105.05",
        label_lat="22.05",
        aliases="Song Cau|P.Sông Cầu",
    ),
    _area(
        "02017-2020",
        "commune",
        3,
        "Quang Thuận",
        "063-2020",
        "06-2020",
        **{**_OLD, "role": "pilot"},
        label_lon="105.25",
        label_lat="22.05",
    ),
    _area("01912-2020", "commune", 3, "Thượng Giáo", "063-2020", "06-2020", **{**_OLD, "role": "pilot"}),
    _area("01951-2020", "commune", 3, "Đức Vân", "063-2020", "06-2020", **{**_OLD, "role": "pilot"}),
    _area(
        "01840-2020",
        "ward",
        3,
        "Phùng Chí Kiên",
        "058-2020",
        "06-2020",
        **_OLD,
        label_lon="105.15",
        label_lat="22.05",
    ),
    _area("02100-2020", "commune", 3, "Tân Lập", "063-2020", "06-2020", **_OLD),
    _area("05656-2020", "township", 3, "Sông Cầu", "37-2020", "37-2020", **_OLD),
    _area("30001-2020", "commune", 3, "Tân Lập", "37-2020", "37-2020", **_OLD),
    _area("30002-2020", "commune", 3, "Hòa Bình", "37-2020", "37-2020", **_OLD),
    _area("30003-2020", "commune", 3, "Hoa Binh", "37-2020", "37-2020", **_OLD),
    _area("30004-2020", "commune", 3, "Xã Lũng", "37-2020", "37-2020", **_OLD),
    _area("30005-2020", "commune", 3, "Đồng Tâm", "058-2020", "37-2020", **_OLD),
    _area("30006-2020", "commune", 3, "Đồng Tâm", "37-2020", "37-2020", **_OLD),
    _area("01843-2025", "ward", 3, "Bắc Kạn", "19-2025", "19-2025", **_NEW),
    _area("01912-2025", "commune", 3, "Chợ Rã", "19-2025", "19-2025", **_NEW),
    _area("yb-minh-tan", "ward", 3, "Minh Tân", "vn", "", area_code="", role="reference"),
)

_RATE = {"kind": "rate", "unit": "percent", "min": 0, "max": 100, "can_exceed_100": "no"}
INDICATORS = {
    "pay_rate": {
        **_RATE, "vi": "Tỷ lệ thanh toán trực tuyến", "en": "Online payment rate", "short": "Thanh toán trực tuyến",
        "definitions": (("local_report", "Báo cáo của xã"), ("766_portal", "Cổng 766")), "jump": 30,
    },
    "device_rate": {
        **_RATE, "vi": "Tỷ lệ điện thoại thông minh", "en": "Smart phones", "max": 200, "can_exceed_100": "yes",
    },
    "job_rate": {
        **_RATE, "vi": "Tỷ lệ việc qua mạng", "en": "Online work", "max": 150, "can_exceed_100": "by_definition",
    },
    "doc_count": {"vi": "Số văn bản", "en": "Documents", "kind": "count", "unit": "count", "min": 0, "max": 5000},
    "fee_amount": {"vi": "Số tiền phí", "en": "Fees", "kind": "amount", "unit": "vnd", "min": 0, "max": 1e9},
    "balance": {"vi": "Chênh lệch", "en": "Balance", "kind": "amount", "unit": "vnd", "min": -100, "max": 100},
    "portal_score": {
        "vi": "Điểm 766", "en": "Score 766", "kind": "score", "unit": "score", "min": 0, "max": 100, "uploaded": False,
    },
    "gov_dossiers_received": {
        "vi": "Số hồ sơ tiếp nhận", "en": "Dossiers received", "kind": "count", "unit": "count", "min": 0, "max": 100000,
        "definitions": (("received", "Hồ sơ tiếp nhận"), ("online", "Hồ sơ tiếp nhận trực tuyến")),
    },
    "gov_online_filing_rate": {
        **_RATE, "vi": "Tỷ lệ hồ sơ nộp trực tuyến", "en": "Filed online",
        "numerator": "Số hồ sơ tiếp nhận trực tuyến trong kỳ", "denominator": "Tổng số hồ sơ tiếp nhận trong kỳ",
    },
    "twin_one": {**_RATE, "vi": "Tỷ lệ trùng tên", "en": "Twin one"},
    "twin_two": {**_RATE, "vi": "Tỷ lệ trùng tên", "en": "Twin two"},
}  # fmt: skip

IDENTITIES = """
[[identity]]
relation = "equal"
whole = { indicator = "gov_dossiers_received", definition = "received", measure = "value" }
part = { indicator = "gov_online_filing_rate", measure = "denominator" }

[[identity]]
relation = "at_most"
whole = { indicator = "gov_dossiers_received", definition = "received", measure = "value" }
part = { indicator = "gov_dossiers_received", definition = "online", measure = "value" }
"""


def indicator_toml(indicator_id: str, order: int, facts: Mapping[str, object]) -> str:
    """One indicator definition; ``facts`` as in INDICATORS."""
    lines = [
        f'id = "{indicator_id}"',
        f"order = {order}",
        f'name = {{ vi = "{facts["vi"]}", en = "{facts["en"]}" }}',
        f'short = {{ vi = "{facts.get("short", facts["vi"])}", en = "{facts["en"]}" }}',
        'pillar = "gov"',
        f'kind = "{facts["kind"]}"',
        f'unit = "{facts["unit"]}"',
        'direction = "higher_better"',
        f'numerator = {{ vi = "{facts.get("numerator", "tử")}" }}',
        f'denominator = {{ vi = "{facts.get("denominator", "mẫu")}" }}',
        f"valid = {{ min = {facts['min']}, max = {facts['max']} }}",
        f'can_exceed_100 = "{facts.get("can_exceed_100", "no")}"',
        f"uploaded = {str(facts.get('uploaded', True)).lower()}",
    ]
    if "jump" in facts:
        lines.append(f"jump_to_acknowledge = {facts['jump']}")
    for name, words in facts.get("definitions", ()):  # type: ignore[attr-defined]
        lines += ["[[definitions]]", f'id = "{name}"', f'name = {{ vi = "{words}" }}']
    return "\n".join(lines) + "\n"


def table(rows: Iterable[Mapping[str, object]], columns: Iterable[str]) -> str:
    """Rows as CSV text."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def definition_texts() -> dict[str, str]:
    """Every definition file of the small world, by path."""
    sources = (
        {"source_id": "paper", "kind": "press", "title_vi": "Báo"},
        {"source_id": "invented", "kind": "illustrative", "title_vi": "Minh họa"},
    )
    texts = {
        "areas.csv": table(AREAS, AREA_COLUMNS),
        "lineage.csv": "old_area_id,new_area_id,effective,share,legal_basis\n01837-2020,01843-2025,2025-07-01,1.0,NQ\n",
        "sources.csv": table(
            sources,
            [
                "source_id",
                "kind",
                "title_vi",
                "title_en",
                "publisher_vi",
                "publisher_en",
                "published",
                "url",
                "note_vi",
                "note_en",
            ],
        ),
        "pillars.toml": '[[pillar]]\nid = "gov"\nname = { vi = "Chính quyền số" }\n',
        "index.toml": '[index]\nmean = "arithmetic"\n',
        "periods.toml": 'quarter = "administrative"\n',
        "identities.toml": IDENTITIES,
    }
    for order, (indicator_id, facts) in enumerate(INDICATORS.items(), start=1):
        texts[f"indicators/{indicator_id}.toml"] = indicator_toml(indicator_id, order, facts)
    return texts


def catalogue() -> definitions.Catalogue:
    """The small world, loaded."""
    return definitions.load(definition_texts())


def rows(*lines: str, columns: Iterable[str] = COLUMNS) -> bytes:
    """An upload: heading and lines, UTF-8 with BOM as the product writes it."""
    return ("\ufeff" + "\n".join([",".join(columns), *lines]) + "\n").encode()


def settings(
    tmp_path: Path,
    published: Mapping[str, bytes] | None = None,
    demo: Mapping[str, bytes] | None = None,
    **more: object,
) -> Settings:
    """Settings of a small installation below ``tmp_path``; ``published`` and ``demo`` are committed files by name,
    ``more`` other settings."""
    data = tmp_path / "data"
    for name, text in definition_texts().items():
        path = data / "reference" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for folder, files in (("published", published or {}), ("demo", demo or {})):
        (data / folder).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (data / folder / name).write_bytes(content)
    if demo:
        manifest = [{"file": name, "received": "2024-04-15", "by": "Sở", "note_vi": "đợt 1"} for name in demo]
        text = table(manifest, ("file", "received", "by", "note_vi", "note_en"))
        (data / "demo" / "manifest.csv").write_text(text, encoding="utf-8")
    own = read_settings({"BOARD_DATA": str(data), "BOARD_RUNTIME": str(tmp_path / "runtime")})
    return replace(own, store=STORE, **more)


def both_readers(*arguments: object) -> tuple[Report, Report]:
    """(report of the general reader alone, report where the reader of plain tables takes what it can), for the
    arguments of ``check``."""
    reports = []
    for smallest in (sys.maxsize, 0):
        with mock.patch.object(plain_table, "FROM_BYTES", smallest):
            reports.append(check(*arguments))
    return reports[0], reports[1]


def same_report(one: Report, other: Report) -> bool:
    """Whether two reports say the same in every part, the findings and the rows in the same order."""
    return replace(one, table=None) == replace(other, table=None) and (
        one.table.equals(other.table) and one.table.dtypes.equals(other.table.dtypes)
    )


def everything_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes: to prove that nothing changed."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def tables(settings: Settings) -> list[bytes]:
    """Every table that several servers share, as text; nothing for files."""
    if not settings.is_shared:
        return []
    from store import postgres

    with postgres.server(settings).connection() as db:
        names = db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'board'").fetchall()
        return [str(db.execute(f'SELECT t::text FROM "{name}" t').fetchall()).encode() for (name,) in names]
