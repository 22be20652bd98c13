"""Write the pages that are made from the definitions: ``python docs/generate.py``; ``--check`` only compares."""

import argparse
import csv
import os
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# The layout of argparse's help depends on the width of the terminal and on the version of Python.
os.environ["COLUMNS"] = "100"
HELP_VERSION = (3, 11)

REFERENCE = ROOT / "data" / "reference"
HEAD = "<!-- Trang này do docs/generate.py viết ra; đừng sửa tay. Generated: do not edit. -->\n\n"


# What the definitions call by a word of their own, and the screen by no text.
SIGNS = {
    "ge": "≥", "gt": ">", "le": "≤", "linear": "điểm theo tỷ lệ",
    "full_marks_ge_else_linear": "≥ thì đủ điểm, dưới thì theo tỷ lệ", "score": "số điểm được chấm",
}  # fmt: skip
UNITS = {"rank": "thứ hạng", "ha": "ha"}


def cell(text: object) -> str:
    """Text inside a Markdown table."""
    return str(text).replace("|", "\\|").replace("\n", " ")


def said(key: str) -> str:
    """How the product says it in Vietnamese."""
    from views.text import languages

    return languages(REFERENCE / "texts")["vi"].text(key)


def table(head: list[str], rows: list[list[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(cell(item) for item in row) + " |" for row in rows)]) + "\n"


def indicators() -> str:
    """All indicators: how each is counted."""
    from store import catalogue

    found = catalogue.load(catalogue.read_files(REFERENCE))
    parts = ["# Chỉ tiêu / Indicators\n"]
    for pillar in found.pillars:
        parts.append(f"## {pillar.name.to('vi')} / {pillar.name.to('en')}\n")
        rows = [
            [
                f"`{item.id}`",
                f"{item.name.to('vi')}<br>{item.name.to('en')}",
                item.numerator.to("vi"),
                item.denominator.to("vi") or "–",
                f"{item.valid_min:g} – {item.valid_max:g} ({said('unit.name.' + item.unit)})",
                ", ".join(definition.id for definition in item.definitions),
                f"{item.disclosure.threshold} ({said('status.' + item.disclosure.status)})"
                if item.disclosure
                else "–",
            ]
            for item in found.indicators
            if item.pillar == pillar.id
        ]
        parts.append(
            table(["Mã", "Tên", "Tử số", "Mẫu số", "Khoảng hợp lý", "Cách tính", "Che khi dưới"], rows)
        )
    return "\n".join(parts)


def tiers() -> str:
    """All recognition schemes with the status of knowledge of each criterion."""
    from store import catalogue

    found = catalogue.load(catalogue.read_files(REFERENCE))
    parts = ["# Bộ tiêu chí / Recognition schemes\n"]
    for scheme in found.schemes:
        parts.append(f"## {scheme.name.to('vi')}\n\n{scheme.note.to('vi')}\n")
        parts.append(f"`{scheme.id}` · {said('status.' + scheme.status)} · {scheme.source.to('vi')}\n")
        rows = [
            [item.no, item.name.to("vi"), f"`{item.indicator}`" if item.indicator else "–", SIGNS[item.operator],
             item.threshold or "–", item.max_points or "–", said(f"status.{item.status}")]
            for item in scheme.criteria
        ]  # fmt: skip
        if rows:
            parts.append(
                table(
                    ["Số", "Tiêu chí", "Chỉ tiêu", "So sánh", "Ngưỡng", "Điểm tối đa", "Mức chắc chắn"], rows
                )
            )
    return "\n".join(parts)


def findings() -> str:
    """Every code that checking a file can give, with the file that shows it."""
    register = tomllib.loads((REFERENCE / "findings.toml").read_text(encoding="utf-8"))["code"]
    cases: dict[str, str] = {}
    folder = ROOT / "tests" / "uploads"
    file_of = {path.stem: path.name for path in folder.iterdir() if not path.name.endswith((".toml", ".py"))}
    for expected in sorted((ROOT / "tests" / "uploads").glob("*.findings.toml")):
        for finding in tomllib.loads(expected.read_text(encoding="utf-8")).get("finding", ()):
            cases.setdefault(finding["code"], expected.name.removesuffix(".findings.toml"))
    rows = [
        [f"`{code}`", entry["severity"], entry["message"]["vi"], entry["remedy"]["vi"],
         f"[{cases[code]}](../tests/uploads/{file_of[cases[code]]})" if code in cases else "–"]
        for code, entry in register.items()
    ]  # fmt: skip
    intro = (
        "# Phát hiện khi kiểm tra tệp / Findings\n\n`block`: cả tệp không vào. `warn`: vào, cần người xem lại. "
        "`note`: để biết.\n\n"
    )
    return intro + table(["Mã", "Mức", "Điều sai", "Cách sửa", "Tệp ví dụ"], rows)


def commands() -> str:
    """The command line's own help: every command and every act of one."""
    from etl import arguments, cli

    parts = ["# Dòng lệnh / Command line\n"]

    def tell(grammar: argparse.ArgumentParser) -> None:
        parts.append(f"## {grammar.prog}\n\n```\n{grammar.format_help().strip()}\n```\n")
        for action in grammar._actions:
            for below in action.choices.values() if isinstance(action.choices, dict) else ():
                tell(below)

    tell(arguments.parser(cli.RUNS, ""))
    parts.append("Mã kết thúc: 0 không có gì chặn; 1 có lỗi và chưa ghi gì; 2 dùng sai lệnh.\n")
    return "\n".join(parts)


def dossiers() -> str:
    """The table of dossiers, its rules, every indicator's SQL, and how to compute a quarter."""
    from etl.dossiers import table as tables
    from store import catalogue

    known = catalogue.load(catalogue.read_files(REFERENCE))
    own = tables.read(REFERENCE, known)
    parts = [
        (ROOT / "docs" / "dossiers.head.md").read_text(encoding="utf-8"),
        "## Bảng `dossier` / The table\n",
    ]
    rows = [
        [f"`{item.name}`", item.type, "luôn có" if item.always else "–", "được" if item.blank else "–",
         "<br>".join((item.meaning.to("vi"), item.meaning.to("en"),
                      *(f"`{word}`: {text.to('vi')} / {text.to('en')}" for word, text in item.words.items())))]
        for item in own.columns
    ]  # fmt: skip
    parts.append(table(["Cột", "Kiểu", "Tệp nào cũng phải có", "Ô trống", "Ý nghĩa"], rows))
    parts.append("## Quy tắc / Rules\n")
    severity = {tables.LEAVE_OUT: "loại", tables.NOTE: "ghi chú"}
    rows = [
        [f"`{rule.id}`", severity[rule.severity], f"`{rule.when.sql}`", f"{rule.message.to('vi')}<br>{rule.message.to('en')}"]
        for rule in own.rules
    ]  # fmt: skip
    rows += [
        [f"`{name}`", "loại", "–", f"{text['message']['vi']}<br>{text['message']['en']}"]
        for name, text in own.said["fault"].items()
    ]
    parts.append(table(["Mã", "Mức", "Điều kiện", "Hồ sơ …"], rows))
    parts.append(
        f"Hồ sơ bị loại không được tính ở đâu. Nếu quá {own.most_left_out_percent:g}% số hồ sơ bị loại (mức do sản phẩm đề "
        "xuất, `most_left_out_percent`) thì không số nào được nhận.\n"
    )
    parts.append("## Chỉ tiêu / Indicators\n")
    for item in own.measures:
        indicator = known.indicator_by_id[item.indicator]
        name = indicator.definition(item.definition).name.to("vi")
        title = f"### {indicator.name.to('vi')}: {name}\n"
        parts.append(
            f"{title}\n`{item.indicator}.{item.definition}.sql`\n\n```sql\n{item.text.strip()}\n```\n"
        )
    parts.append("## Chỉ tiêu về hồ sơ mà bảng này không tính được / What the table cannot give\n")
    rows = [
        [f"`{name}`", known.indicator_by_id[name].name.to("vi"), f"{why.to('vi')}<br>{why.to('en')}"]
        for name, why in own.cannot.items()
    ]
    parts.append(table(["Mã", "Chỉ tiêu", "Vì sao"], rows))
    parts.append("Các chỉ tiêu còn lại của danh mục không đếm hồ sơ TTHC.\n")
    return "\n".join(parts)


def security() -> str:
    """What could happen, how it is held and which test shows it; where something about people lies."""
    known = tomllib.loads((ROOT / "tests" / "threats.toml").read_text(encoding="utf-8"))
    parts = [(ROOT / "docs" / "security.head.md").read_text(encoding="utf-8"), "## Mối nguy / Threats\n"]
    rows = [
        [item["asvs"], item["who"], item["what"], f"{item['held']}<br>*{item['en']}*", "<br>".join(map(_test, item["tests"]))]
        for item in sorted(known["threat"], key=lambda item: [int(part) for part in item["asvs"][1:].split(".")])
    ]  # fmt: skip
    parts.append(table(["ASVS", "Ai", "Điều có thể xảy ra", "Giữ bằng", "Kiểm thử"], rows))
    parts.append("Chương không có dòng nào / chapters without a row:\n")
    parts.append(
        table(
            ["ASVS", "Vì sao"],
            [[item["asvs"], f"{item['why']}<br>*{item['en']}*"] for item in known["without"]],
        )
    )
    parts.append("## Dữ liệu cá nhân / Personal data\n")
    columns = ("where", "what", "why", "until")
    rows = [[item[column] for column in columns] for item in known["personal"]]
    parts.append(table(["Ở đâu", "Gì", "Để làm gì", "Đến khi nào"], rows))
    parts.append((ROOT / "docs" / "security.tail.md").read_text(encoding="utf-8"))
    return "\n".join(parts)


def _test(name: str) -> str:
    """A test as a link to its file, called by its own name."""
    file, _, test = name.partition("::")
    return f"[`{test}`](../{file})"


def left_out() -> str:
    """Published figures that no indicator of the catalogue can hold, and why."""
    with (ROOT / "data" / "published" / "left_out.csv").open(encoding="utf-8-sig", newline="") as file:
        columns = ("area", "indicator_vi", "value", "unit", "period", "reason_vi")
        rows = [[row[column] for column in columns] for row in csv.DictReader(file)]
    for row in rows:
        row[3] = UNITS.get(row[3]) or said(f"unit.name.{row[3]}")
    head = ["Nơi", "Số liệu", "Giá trị", "Đơn vị", "Kỳ", "Vì sao không nạp"]
    return "# Số liệu đã công bố nhưng không nạp / Published figures left out\n\n" + table(head, rows)


def architecture() -> str:
    """What is written by hand, then the imports as they are."""
    import generate_architecture

    return (ROOT / "docs" / "architecture.head.md").read_text(encoding="utf-8") + generate_architecture.page(
        table
    )


def notices() -> str:
    """Whose work the product is made of, under which terms."""
    import generate_notices

    return generate_notices.page(table)


def decisions() -> str:
    """The decisions by number."""
    import generate_decisions

    return generate_decisions.decisions(table)


def pages() -> str:
    """Every page of this folder; the last to be written, as it names the others."""
    import generate_decisions

    return generate_decisions.pages(table)


def current(name: str, standing: str, made: str) -> bool:
    """Whether a page is what it would be made anew; the sizes on the architecture page may lie a little off."""
    import generate_architecture

    return standing == made or (name == "architecture.md" and generate_architecture.close(standing, made))


def promises() -> str:
    """Everything the product promises, and what checks it."""
    found = tomllib.loads((ROOT / "docs" / "promises.toml").read_text(encoding="utf-8"))
    parts = [
        "# Điều sản phẩm hứa / Promises\n",
        "`python3 start.py promises` chạy mọi phép thử nêu dưới đây và nói từng điều giữ được hay không; thêm `--long` để chạy "
        "cả phép đo và lệnh dài (nhiều giờ); `--only MÃ` cho một vài điều. Danh sách: [promises.toml](promises.toml).\n",
    ]
    for group, name in found["groups"].items():
        parts.append(f"## {name}\n")
        rows = []
        for item in found["promise"]:
            if item["group"] != group:
                continue
            checks = [f"`{node}`" for node in item.get("tests", ())]
            for measure in item.get("measures", ()):
                what = f"`{' '.join(measure['run'])}`: {measure.get('fact', measure['case'])}"
                sign, limit = next((sign, measure[key]) for key, sign in LIMITS.items() if key in measure)
                checks.append(f"{what} {sign} {limit:g}")
            checks += [f"`{' '.join(words)}`" for words in item.get("commands", ())]
            rows.append(
                [
                    f"`{item['id']}`",
                    item["says"],
                    "<br>".join(checks) or "–",
                    item.get("measured", "–"),
                    item.get("unchecked", "–"),
                ]
            )
        parts.append(
            table(
                ["Mã", "Điều hứa", "Kiểm tra bằng", "Lần đo gần nhất", "Phần không lệnh nào kiểm tra"], rows
            )
        )
    return "\n".join(parts)


LIMITS = {"most": "≤ (lần)", "least": "≥ (lần)", "most_own": "≤"}
PAGES = {
    "indicators.md": indicators,
    "tiers.md": tiers,
    "findings.md": findings,
    "cli.md": commands,
    "dossiers.md": dossiers,
    "published-left-out.md": left_out,
    "architecture.md": architecture,
    "adr/README.md": decisions,
    "../THIRD_PARTY.md": notices,
    "promises.md": promises,
    "security.md": security,
    "README.md": pages,
}


def main(words: list[str]) -> int:
    """Write the pages, or with ``--check`` name those that are not current."""
    stale = []
    for name, make in PAGES.items():
        if "--check" in words and name == "cli.md" and sys.version_info[:2] != HELP_VERSION:
            continue
        path, text = ROOT / "docs" / name, HEAD + make()
        if "--check" in words:
            if not path.exists() or not current(name, path.read_text(encoding="utf-8"), text):
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
    from docs import quick_card

    path, drawn = ROOT / "docs" / quick_card.CARD, quick_card.card()
    if "--check" not in words:
        path.write_bytes(drawn)
    elif not path.exists() or path.read_bytes() != drawn:
        stale.append(quick_card.CARD)
    if stale:
        print("docs not current, run: python start.py docs:", ", ".join(stale))
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
