"""Reports made by hand for the tests of the writers: eight communes, one, thirty-seven; long names; every way of having
no figure; texts that would be code elsewhere."""

from dataclasses import replace

from reports.story import (
    Cell,
    Citation,
    Column,
    Dumbbell,
    Ends,
    Letterhead,
    Line,
    Lines,
    Map,
    Part,
    Report,
    Shape,
    Stack,
    Stacks,
    Table,
)
from views.theme import theme

COLOURS = {role: value for role, value in theme("light").colours.items() if isinstance(value, str)}
WORDS = {"annex": "PHỤ LỤC: ĐỊNH NGHĨA VÀ NGUỒN", "no_figure": "Chưa có số liệu để vẽ biểu đồ."}
NAMES = (
    "Phường Sông Cầu",
    "Xã Quang Thuận",
    "Xã Thượng Giáo",
    "Xã Nghĩa Tá",
    "Xã Như Cố",
    "Xã Đức Vân",
    "Xã Côn Minh",
    "Xã Giáo Hiệu",
)
LONG = "Phường Nguyễn Thị Minh Khai – Phùng Chí Kiên Thượng Quan"
HOSTILE = "#pagebreak() $x^2$ *đậm* _nghiêng_ `mã` \"kép\" 'đơn' \\ \\u{41} <a> @b & [c] {d} // ~ =1+1 😀"
CITATION = Citation(
    "BK-1234-5678",
    "https://example.invalid/?v=BK-1234-5678",
    "22/11/2026",
    "Trích dẫn: Bảng so sánh chuyển đổi số cấp xã, bản BK-1234-5678, ngày 22/11/2026, https://example.invalid/?v=BK-1234-5678",
)
HEAD = Letterhead(
    parent="Ủy ban nhân dân tỉnh Bắc Kạn",
    issuer="……………………………",
    number="Số: …………/BC-………",
    nation="Cộng hòa xã hội chủ nghĩa Việt Nam",
    motto="Độc lập - Tự do - Hạnh phúc",
    place_day="……………, ngày …… tháng …… năm ……",
    kind="BÁO CÁO",
    about="Kết quả chuyển đổi số của tám xã, phường thí điểm, Quý IV/2022 → Quý IV/2023",
    addressee="Kính gửi: Ban Chỉ đạo Chuyển đổi số tỉnh",
    signer_title="……………………………",
    signer_hint="(Ký, ghi rõ họ tên, đóng dấu)",
    receivers_label="Nơi nhận:",
    receivers=("- Như trên;", "- ……………………;", "- Lưu: VT, ………"),
)


def names(count: int) -> list[str]:
    """So many communes: the pilot's own first, one long name among many."""
    more = [f"Xã Số {number} Thượng Bằng La" for number in range(9, count + 1)]
    found = [*NAMES, *more][:count]
    return [*found[:-1], LONG] if count > 8 else found


def committee(count: int = 8, caption: str = "Tỷ lệ thanh toán trực tuyến") -> Table:
    """The table committees expect; among its rows missing, no cases, hidden and a rate without counts."""
    columns = (
        Column("STT", "count"),
        Column("Tên đơn vị"),
        Column("n", "count"),
        Column("N", "count"),
        Column("Tỷ lệ", "rate", (2, 3)),
        Column("Kỳ trước", "rate"),
        Column("Tăng/giảm (điểm phần trăm)", "points", (4, 5)),
        Column("Mục tiêu", "rate"),
        Column("Đạt/chưa đạt"),
        Column("Ghi chú"),
    )
    none = {
        2: Cell("chưa có số liệu", state="missing"),
        3: Cell("không phát sinh", state="no_cases"),
        4: Cell("không hiển thị", state="suppressed"),
    }
    rows = []
    for number, name in enumerate(names(count), start=1):
        n, of = 150 + 13 * number, 10749 + number
        figure = none.get(number % 8, Cell(f"{n / of * 100:.1f}%".replace(".", ","), n / of))
        known = not figure.state
        rows.append(
            (
                Cell(str(number), float(number)),
                Cell(name),
                Cell(f"{n:,}".replace(",", "."), float(n)) if known else Cell("–"),
                Cell(f"{of:,}".replace(",", "."), float(of)) if known else Cell("–"),
                figure,
                Cell("0,1%", 0.001, under="8/7.654"),
                Cell("+1,4", 1.4, tone="rise", under="tăng rõ")
                if known
                else Cell("chưa đủ hai kỳ", state="missing"),
                Cell("50%", 0.5),
                Cell("chưa đạt", tone="unmet") if known else Cell("chưa rõ", tone="unknown"),
                Cell("Số đã công bố, không ghi tử số, mẫu số" if number == 1 else ""),
            )
        )
    total = tuple(
        Cell(text) for text in ("", "Chung", "1.604", "86.020", "1,9%", "0,1%", "+1,8", "50%", "chưa đạt", "")
    )
    return Table(caption, columns, (*rows, total), total=True)


def dumbbell(count: int = 8, alt: str = "Trước và sau của từng xã, phường") -> Dumbbell:
    """Before and after; every fifth commune has one figure only, every seventh none."""
    rows = []
    for number, name in enumerate(names(count), start=1):
        before = None if number % 7 == 0 else 0.5 + number % 4
        after = None if number % 5 == 0 or number % 7 == 0 else 4.0 + number % 8
        rows.append(
            Ends(
                name,
                before,
                after,
                "" if before is None else f"{before:.1f}%".replace(".", ","),
                "" if after is None else f"{after:.1f}%".replace(".", ","),
                "" if before is None or after is None else f"+{after - before:.1f}".replace(".", ","),
                "tăng rõ" if before is not None and after is not None else "",
                "rise",
                "" if before is not None and after is not None else "chưa có số liệu",
            )
        )
    ticks = ((0, "0%"), (4, "4%"), (8, "8%"), (12, "12%"))
    return Dumbbell(tuple(rows), 12.0, ticks, "Quý IV/2022", "Quý IV/2023", alt)


def place(count: int = 4) -> Map:
    """Square communes beside one another, the last without a figure."""
    shapes = [
        Shape(
            "commune",
            (
                (
                    (105.6 + n * 0.1, 22.2),
                    (105.68 + n * 0.1, 22.2),
                    (105.68 + n * 0.1, 22.28),
                    (105.6 + n * 0.1, 22.28),
                ),
            ),
            None if n == count - 1 else "#6FB0BA",
            NAMES[n],
            "chưa có số liệu" if n == count - 1 else "10,7%",
        )
        for n in range(count)
    ]
    return Map(tuple(shapes), (("#6FB0BA", "10% đến 20%"), ("", "chưa có số liệu")), "Sơ đồ", "Bản đồ bốn xã")


def criteria(count: int = 8) -> Stacks:
    """Criteria met, not met, not known."""
    rows = tuple(
        Stack(name, 6 + n % 5, 4, 7 - n % 5, f"{6 + n % 5}/17") for n, name in enumerate(names(count))
    )
    return Stacks(rows, ("đạt", "chưa đạt", "chưa có số liệu"), "Số tiêu chí đạt của từng xã, phường")


def path() -> Lines:
    """One commune through four quarters, with a gap, among others."""
    lines = (
        Line("Phường Sông Cầu", (0.1, 2.0, None, 10.7), ("0,1%", "2,0%", "", "10,7%"), chosen=True),
        Line("Xã Quang Thuận", (2.0, 4.0, 6.0, 8.3), ("2,0%", "4,0%", "6,0%", "8,3%")),
    )
    periods = ("Quý I/2023", "Quý II/2023", "Quý III/2023", "Quý IV/2023")
    return Lines(periods, lines, 12.0, ((0, "0%"), (6, "6%"), (12, "12%")), "Sông Cầu qua bốn quý")


LEAD = (
    "Phường Sông Cầu tăng mạnh nhất: từ 0,1% lên 10,7% hồ sơ được thanh toán trực tuyến, tức +10,6 điểm phần trăm.",
    "Tính chung các xã, phường có số liệu, tỷ lệ là 1,9% (1.604/86.020), kỳ trước là 0,1%.",
    "Năm xã chưa có số liệu: Thượng Giáo, Nghĩa Tá, Như Cố, Đức Vân, Côn Minh.",
)
SOURCE = "Nguồn: UBND tỉnh Bắc Kạn, Công văn 3195/UBND-VXNV, 15/5/2024. Số liệu tính đến ngày 14/12/2023."


def full(count: int = 8, mark: str = "") -> Report:
    """A full report for so many communes."""
    definitions = Table(
        "Định nghĩa các chỉ tiêu",
        (Column("Chỉ tiêu"), Column("Tử số"), Column("Mẫu số"), Column("Căn cứ")),
        tuple(
            (
                Cell(f"Chỉ tiêu số {number}"),
                Cell("Số hồ sơ thủ tục hành chính được thanh toán phí, lệ phí trực tuyến trong kỳ báo cáo"),
                Cell("Tổng số hồ sơ phải nộp phí, lệ phí đã tiếp nhận trong kỳ báo cáo tại bộ phận một cửa"),
                Cell("Quyết định 766/QĐ-TTg"),
            )
            for number in range(1, 16)
        ),
    )
    parts = [
        Part("Tình hình chung", 1, LEAD),
        Part("Kết quả theo chỉ tiêu"),
        Part("Thanh toán trực tuyến", 2, LEAD[:1], committee(count), dumbbell(count), SOURCE),
        Part("Nộp hồ sơ trực tuyến", 2, LEAD[1:], committee(count, "Tỷ lệ hồ sơ trực tuyến"), None, SOURCE),
        Part("Bản đồ", 2, (), None, place()),
        Part("Thử xét tiêu chí", 1, (), None, criteria(count), "Nguồn: bộ tiêu chí do sản phẩm đề xuất."),
        Part("Diễn biến", 1, (), None, path()),
    ]
    annex = (Part("Định nghĩa", 1, (), definitions), Part("Nguồn", 1, (SOURCE,)))
    return Report("full", "vi", "s-0123456789", mark, CITATION, HEAD, tuple(parts), annex, WORDS, COLOURS)


def brief(count: int = 8, mark: str = "") -> Report:
    """A one-page report."""
    parts = (
        Part("Tình hình chung", 1, LEAD),
        Part("Kết quả", 1, (), committee(count), dumbbell(count), SOURCE),
    )
    return replace(full(count, mark), kind="brief", parts=parts, annex=())


def hostile() -> Report:
    """The same with every text a trap."""
    bad = Cell(HOSTILE, under=HOSTILE)
    table = Table(
        HOSTILE,
        (Column(HOSTILE), Column("N", "count")),
        ((bad, Cell("1", 1.0)), (Cell("=cmd|' /C'!A0"), Cell("–"))),
    )
    part = Part(HOSTILE, 1, (HOSTILE, "dòng một\ndòng hai"), table, dumbbell(2, HOSTILE), HOSTILE)
    fields = {name: HOSTILE for name in HEAD.__dataclass_fields__ if name != "receivers"}
    head = Letterhead(**fields, receivers=(HOSTILE,))
    citation = replace(CITATION, line=HOSTILE)
    return replace(full(), head=head, mark=HOSTILE, citation=citation, parts=(part,), annex=(part,))
