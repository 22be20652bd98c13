# ruff: noqa: E501 - paragraphs of the card stand as they are read
"""The two-page quick card for officials: ``python docs/quick_card.py`` shows its typst text, ``docs/generate.py`` writes
the PDF. What it quotes (findings, words on the screen, codes of communes) is read from the definitions, so it cannot
say something else than the product."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
REFERENCE = ROOT / "data" / "reference"
CARD = "huong-dan/the-nhanh.pdf"

# A code of data/reference/findings.toml and what a sender of figures would have written.
MISTAKES: tuple[tuple[str, dict[str, str]], ...] = (
    ("number.fraction", {"value": "119/1112"}),
    ("number.placeholder", {"value": "x"}),
    ("number.words_in_count", {"column": "tử số", "value": "không phát sinh"}),
    ("number.percent_in_count", {"column": "tử số", "value": "10,7%"}),
    ("number.ambiguous", {"value": "1.234", "whole": "1234", "decimal": "1,234"}),
    ("count.numerator_over_denominator", {"numerator": "911", "denominator": "250", "rate": "364,4"}),
    ("count.incomplete", {}),
    ("value.over_100", {"value": "107"}),
    ("area.unknown", {"value": "Xông Cầu"}),
    ("period.unknown", {"value": "Quý 1-25"}),
)
# Three lines of a file: a rate, a quarter without cases, a count that came out as nought.
EXAMPLE = (
    ("Xã Quang Thuận", "Thanh toán trực tuyến", "Quý I/2025", "49", "169", "", ""),
    ("02017", "gov_full_online_filing_rate", "Quý I/2025", "", "", "KPS", "không có hồ sơ nào"),
    ("Xã Quang Thuận", "Nộp hồ sơ trực tuyến", "Quý I/2025", "0", "312", "", "đường truyền hỏng cả quý"),
)
FRAME = """
#set document(title: "Thẻ nhanh: gửi số liệu và đọc bảng")
#set page(paper: "a4", margin: (top: 14mm, bottom: 12mm, left: 15mm, right: 15mm), footer-descent: 3mm,
  footer: text(7.5pt, fill: grey, grid(columns: (1fr, auto), foot, context counter(page).display("1/1", both: true))))
#set text(font: ("IBM Plex Sans", "Tinos"), size: 10pt, lang: "vi", hyphenate: false, fill: ink)
#set par(leading: 0.56em, spacing: 0.62em)
#set list(spacing: 0.5em, indent: 0pt, body-indent: 5pt)
#set enum(spacing: 0.5em, indent: 0pt, body-indent: 5pt)
#set table(stroke: (x, y) => (bottom: 0.4pt + pale, top: if y == 0 { 0.8pt + ink }), inset: (x: 4pt, y: 3.1pt))
#show table.cell.where(y: 0): set text(font: strong-face, weight: 600)
#show strong: it => text(font: strong-face, weight: 600, it.body)
#show heading.where(level: 1): it => block(below: 7pt, text(18pt, font: strong-face, weight: 600, it.body))
#show heading.where(level: 2): it => block(above: 9pt, below: 5pt, text(11.5pt, font: strong-face, weight: 600, fill: now, it.body))
#let chip(body) = box(fill: pale.lighten(55%), inset: (x: 3pt), outset: (y: 2.2pt), radius: 2pt, body)
"""
COLOURS = """
#let ink = rgb("#1C2126")
#let now = rgb("#0A6173")
#let grey = rgb("#5C6268")
#let pale = rgb("#DAD7CE")
#let strong-face = ("IBM Plex Sans SmBld", "IBM Plex Sans")
#let foot = [Hướng dẫn đủ: cuối cột bên của bảng, “Hướng dẫn”]
"""
# Two changes with their intervals on one axis, drawn to scale: a point is 1.5 mm.
INTERVALS = """
#let row(name, before, after, low, high, word) = (
  [#name], box(width: 62mm, height: 10mm, {
    let at(value) = (value + 5) * 1.5mm
    place(dy: 0mm, dx: at(before), line(angle: 90deg, length: 8mm, stroke: (paint: pale, thickness: 0.7pt, dash: "dashed")))
    place(dy: 3mm, dx: at(before), line(length: (after - before) * 1.5mm, stroke: 1.4pt + grey))
    place(dy: 3mm - 1.3mm, dx: at(before) - 1.3mm, circle(radius: 1.3mm, fill: white, stroke: 1pt + grey))
    place(dy: 3mm - 1.3mm, dx: at(after) - 1.3mm, circle(radius: 1.3mm, fill: now))
    place(dy: 6.6mm, dx: at(low), line(length: (high - low) * 1.5mm, stroke: 0.8pt + ink))
    place(dy: 5.6mm, dx: at(low), line(angle: 90deg, length: 2mm, stroke: 0.8pt + ink))
    place(dy: 5.6mm, dx: at(high), line(angle: 90deg, length: 2mm, stroke: 0.8pt + ink))
  }), [#word])
"""


def lines(rows: Sequence[Sequence[str]], columns: str, head: Sequence[str] = ()) -> str:
    """A table; every cell is text, never markup."""
    from reports.typeset import escaped

    body = "".join(f"[#{escaped(cell)}], " for row in rows for cell in row)
    top = f"table.header({''.join(f'[#{escaped(cell)}], ' for cell in head)})," if head else ""
    return f"#table(columns: {columns}, align: left, {top} {body})\n"


def mistakes() -> list[list[str]]:
    """What the product says of ten mistakes, and what to write instead."""
    known = tomllib.loads((REFERENCE / "findings.toml").read_text(encoding="utf-8"))["code"]
    rows = []
    for number, (code, facts) in enumerate(MISTAKES, start=1):
        said, remedy = (known[code][part]["vi"].format(**facts) for part in ("message", "remedy"))
        rows.append([str(number), said, remedy])
    return rows


def communes() -> list[list[str]]:
    """The pilot communes with the code of a report until the merger, and of the unit that reports since."""
    from store import catalogue
    from views import format

    found = catalogue.load(catalogue.read_files(REFERENCE))
    after = {link.old_area_id: found.area_by_id[link.new_area_id] for link in found.lineage}
    return [
        [cell for one in (area, after[area.id]) for cell in (format.area_full(one, speak()), one.code)]
        for area in found.pilots
    ]


def speak() -> Any:
    """The product's own words in Vietnamese."""
    from views.text import languages

    return languages(REFERENCE / "texts")["vi"]


def source() -> str:
    """The card as a typst text."""
    say = speak().text

    def quoted(key: str) -> str:
        return f"*“{say(key)}”*"

    eight = communes()
    half = (len(eight) + 1) // 2
    pairs = [
        eight[place] + (eight[place + half] if place + half < len(eight) else [""] * 4)
        for place in range(half)
    ]
    columns = ", ".join(
        [
            "xã/phường",
            "chỉ tiêu",
            "kỳ",
            *(say(f"form.{key}").lower() for key in ("numerator", "denominator", "value", "note")),
        ]
    )
    signs = [
        ["0", "đã đếm, không có trường hợp nào", "tử số 0, mẫu số là số đã đếm", "0% (0/62)"],
        [say("state.no_cases"), "trong kỳ không có hồ sơ, không có tỷ lệ", "KPS ở cột giá trị, để trống hai số kia", say("state.no_cases")],
        [say("state.missing"), "chưa ai báo cáo; không phải bằng 0", "để trống cả dòng", f"{say('state.missing')} (ô gạch chéo)"],
        [say("state.suppressed"), "số quá nhỏ, được che để bảo vệ người dân", "cứ ghi số thật, bảng tự che", say("state.suppressed")],
    ]  # fmt: skip
    first = f"""
= Gửi số liệu của quý

+ Bấm {quoted("upload.menu")} ở cột bên, đăng nhập. Nhìn ô {quoted("choose.space")}: gửi thật chọn {quoted("space.official")}.
+ Dưới {quoted("upload.form")} chọn xã và quý, bấm {quoted("upload.form_get")}. Điền các ô nền trắng, lưu kiểu Excel (.xlsx).
+ Bấm {quoted("upload.browse")}. Trang nêu mọi chỗ sai cùng lúc; chưa bấm gửi thì chưa ghi gì.
+ Có lỗi: tải bản đánh dấu, sửa ngay trong tệp đó, chọn lại. Còn một lỗi thì cả tệp không vào.
+ Xem {quoted("upload.changes")} và {quoted("upload.effects")}, bấm {quoted("upload.send")}.
+ Theo dõi ở {quoted("upload.mine")}: {quoted("delivery.state.waiting")}, {quoted("delivery.state.accepted")} hay {quoted("delivery.state.returned")} (kèm lý do).

== Cột và mã

Không dùng biểu mẫu thì tệp cần các cột: {columns}. Ghi tên hoặc mã xã, tên hoặc mã chỉ tiêu; kỳ ghi như Quý I/2025. Mã chỉ tiêu
có sẵn trong biểu mẫu. Kỳ kết thúc trước 1/7/2025 ghi xã cũ, kỳ sau ghi đơn vị mới.

{lines(pairs, "(1.35fr, auto, 1.2fr, auto, 1.35fr, auto, 1.2fr, auto)", ["Đến 30/6/2025", "Mã", "Nay thuộc", "Mã", "Đến 30/6/2025", "Mã", "Nay thuộc", "Mã"])}
{lines(EXAMPLE, "(1.1fr, 1.7fr, auto, auto, auto, auto, 1.5fr)", [word.strip() for word in columns.split(",")])}
== Bốn dấu hiệu không được lẫn

{lines(signs, "(auto, 1.25fr, 1.25fr, auto)", ["Dấu hiệu", "Nghĩa là", "Ghi trong tệp", "Trên bảng"])}
== Mười chỗ hay phải sửa

{lines(mistakes(), "(auto, 1.15fr, 1fr)", ["", "Trang nói", "Ghi lại thế nào"])}
"""
    reading = [
        [say("overview.menu"), "Mọi xã cạnh nhau, trước và sau"],
        [say("change.menu"), "Ai tăng nhiều nhất, có chắc không"],
        [say("area.menu"), "Một xã: tăng thật không, khi nào tới mục tiêu, còn thiếu bao nhiêu"],
        [say("indicator.menu"), "Một chỉ tiêu qua các quý; khác mức chung do ngẫu nhiên hay hơn thế"],
        [say("tiers.menu"), "Đạt bao nhiêu tiêu chí, thiếu gì"],
        [say("quality.menu"), "Ai chưa gửi, lời nhắc soạn sẵn"],
        [say("publish.menu"), "Nhận, trả lại, rút tệp, quay lại bản trước"],
        [say("report.menu"), "Word, PDF, Excel cho cuộc họp"],
        [say("method.menu"), "Mọi công thức và thuật ngữ"],
    ]
    second = f"""
#pagebreak()
#set text(size: 11.2pt)
#set table(inset: (x: 4pt, y: 4pt))
= Đọc bảng

== Một ô nói gì

#block(stroke: 0.6pt + pale, radius: 3pt, inset: 8pt, width: 100%, grid(columns: (auto, 1fr), column-gutter: 14pt, align: horizon,
  stack(spacing: 5pt, text(14pt)[2,0% → #strong[25,3%]], text(9pt, fill: grey)[3/151 → 46/182],
    text(9pt, fill: now)[*↑ +23,3 điểm phần trăm* {say("verdict.rise")}]),
  [Kỳ trước → kỳ so sánh. Dòng nhỏ là *n/N*: tử số/mẫu số, 46 trên 182 hồ sơ. Từ 2,0% lên 25,3% là tăng 23,3 *điểm phần trăm*, không phải
   tăng hơn 1.000%. Tỷ lệ không kèm n/N thì trang ghi “{say("counts.not_printed")}”.]))

Số làm tròn chỉ để đọc; mọi phép so dùng số đầy đủ. Số của ví dụ là số minh họa.

== Có chắc không: khoảng tin cậy

{INTERVALS}
#grid(columns: (auto, auto, 1fr), align: left + horizon, column-gutter: 6pt, row-gutter: 4pt,
  ..row("Xã A", 2, 25.3, 18.4, 32.2, [*{say("verdict.rise")}*: vạch không chạm mức kỳ trước: khó do ngẫu nhiên.]),
  ..row("Xã B", 0, 3, -2.5, 10.4, [*{say("verdict.unclear")}*: vạch kéo qua mức kỳ trước: thay đổi có thể bằng 0, vài hồ sơ cũng đủ làm tỷ lệ đổi như vậy.]))

Chấm rỗng là kỳ trước, chấm đặc là kỳ so sánh, vạch mảnh là khoảng tin cậy 95%. Vạch càng dài thì con số càng kém chắc: thường là nơi ít hồ sơ.
*{say("verdict.unknown").capitalize()}*: nguồn không ghi tử số, mẫu số. “Rõ” nghĩa là khó do ngẫu nhiên, không nói lên nguyên nhân.

== Chính thức và minh họa

- {quoted("space.official")}: số đã công bố, mỗi số kèm nguồn, và báo cáo của xã đã được nhận.
- {quoted("space.demo")}: số do máy tạo ra để thử; trang có dải màu vàng, tệp tải về mang chữ “{say("export.demo_prefix")}” ở tên. Không dùng để kết luận.
- Hai loại không bao giờ nằm chung một biểu đồ hay thứ tự.

== Những chữ hay gặp

- *{say("pooled.name", areas=7)}*: tổng tử số chia tổng mẫu số của bảy nơi có đủ hai số, không phải bình quân các tỷ lệ.
- *{say("revised.mark")}*: số đã được sửa sau khi công bố; số cũ vẫn lưu. Đính chính không phải là thay đổi kết quả.
- *{say("tiers.close")}*: ngẫu nhiên có thể đổi kết luận đạt hay chưa đạt.
- *sản phẩm đề xuất*: ngưỡng, trọng số hay hạn chưa cơ quan nào thông qua.
- *Bản số liệu*: mã ở cuối mỗi trang; mỗi lần công bố là một mã mới, bản cũ không bị sửa.

== Trích dẫn

+ Cuối trang bấm {quoted("share.cite")}: có mã như #chip[ACDE-2345], liên kết và mã QR. Ghi mã vào văn bản.
+ Mở lại: bấm {quoted("share.share")}, nhập mã ở ô {quoted("share.have")}.
+ Trang mở đúng số đã trình bày và nói số hôm nay có khác không, khác ở đâu.

== Hỏi gì, mở trang nào

{lines(reading, "(auto, 1fr)", ["Trang", "Trả lời"])}
"""
    return COLOURS + FRAME + first + second


def card() -> bytes:
    """The card as PDF."""
    from reports import typeset

    return typeset.pdf(source())


if __name__ == "__main__":
    print(source())
