"""A story and a report by hand: eight communes, one, thirty-seven; long names, all four signs, both languages' letters."""

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
    Number,
    Part,
    Report,
    Shape,
    Slide,
    Stack,
    Stacks,
    Story,
    Table,
)

COLOURS = {
    "paper": "#FBFAF7",
    "panel": "#F2F0EA",
    "raised": "#FFFFFF",
    "ink": "#1C2126",
    "muted": "#565E66",
    "line": "#DAD7CE",
    "now": "#0A6173",
    "before": "#868C93",
    "met": "#1F6F4A",
    "unmet": "#A14A00",
    "unknown": "#6B7178",
    "ribbon": "#FFF1CC",
    "ribbon_ink": "#5A4300",
    "hatch": "#DDD9CF",
    "region": "#E7E4DB",
}
MARK = "SỐ LIỆU MINH HỌA – không phải số đo thật, không dùng để báo cáo"
CITATION = Citation(
    "4K7Q-2M",
    "https://so-sanh.example.gov.vn/?cite=4K7Q-2M",
    "22/11/2026",
    "Mã trích dẫn 4K7Q-2M · bản số liệu 2024-Q4-0123456789ab, lập ngày 22/11/2026",
)
SOURCE = "Nguồn: báo cáo quý của các xã, phường; kỳ Quý IV/2022 và Quý IV/2024"
NAMES = (
    "Phường Sông Cầu",
    "Phường Phùng Chí Kiên",
    "Xã Đức Vân",
    "Xã Quang Thuận",
    "Xã Thượng Giáo",
    "Xã Nghĩa Tá",
    "Xã Côn Minh",
    "Xã Văn Lang",
)
LONG = "Xã Nguyễn Thượng Phường Khương Trung Nghĩa Đường Xuyên Thượng Hạ (huyện Bạch Thông cũ)"
WORDS = {
    "contents": "Mục lục",
    "definitions": "Định nghĩa và nguồn",
    "sheet": "Trang",
    "about": "Nội dung",
    "chart": "Biểu đồ",
}


def vi(number: float, places: int = 1) -> str:
    """10.7 -> 10,7."""
    return f"{number:.{places}f}".replace(".", ",")


def ends(count: int = 8) -> tuple[Ends, ...]:
    """Rising, falling, unclear; the third has no earlier figure, the fourth is hidden, the fifth had no cases."""
    rows = []
    for place in range(count):
        name = NAMES[place] if place < len(NAMES) else f"{NAMES[place % 8]} {place}"
        before, after = 3.0 + place * 1.5, 25.0 + (place * 7) % 60
        if place == 7:
            before, after = 40.0, 12.5
        row = Ends(
            name,
            before,
            after,
            f"{vi(before)}%",
            f"{vi(after)}%",
            f"{'+' if after > before else '−'}{vi(abs(after - before))} điểm phần trăm",
            "tăng rõ" if after > before else "giảm rõ",
            "rise" if after > before else "fall",
            low=max(0.0, after - 4),
            high=after + 4,
        )
        if place == 2:
            row = Ends(name, None, after, "", f"{vi(after)}%", state="chưa có số kỳ trước")
        if place == 3:
            row = Ends(name, None, None, state="không hiển thị")
        if place == 4:
            row = Ends(name, None, None, state="không phát sinh")
        rows.append(row)
    return tuple(rows)


def dumbbell(count: int = 8) -> Dumbbell:
    return Dumbbell(
        ends(count),
        100.0,
        tuple((float(v), f"{v}%") for v in (0, 20, 40, 60, 80, 100)),
        "Quý IV/2022",
        "Quý IV/2024",
        "Tỷ lệ hồ sơ thanh toán trực tuyến của từng xã, trước và sau thí điểm.",
    )


def stacks(count: int = 8) -> Stacks:
    rows = [
        Stack(NAMES[p % 8] + (f" {p}" if p > 7 else ""), 12 - p % 5, 3, 2 + p % 5, f"{12 - p % 5}/17")
        for p in range(count)
    ]
    return Stacks(tuple(rows), ("đạt", "chưa đạt", "chưa rõ"), "Số tiêu chí đạt của từng xã.")


def lines(count: int = 8) -> Lines:
    periods = tuple(f"Quý {q}/{y}" for y in (2022, 2023, 2024) for q in ("I", "II", "III", "IV"))
    made = []
    for p in range(count):
        values = tuple(None if n in (2, 3) else 5.0 + n * (2 + p % 4) for n in range(len(periods)))
        made.append(
            Line(
                NAMES[p % 8],
                values,
                tuple("" if v is None else f"{vi(v)}%" for v in values),
                chosen=p == 1 or count == 1,
            )
        )
    ticks = tuple((float(v), f"{v}%") for v in (0, 20, 40, 60))
    return Lines(periods, tuple(made), 60.0, ticks, "Tỷ lệ theo quý; quý III, IV/2022 chưa có số.")


def chart_map(count: int = 8) -> Map:
    shapes = [Shape("province", (((105.4, 21.9), (106.3, 21.9), (106.3, 22.7), (105.4, 22.7)),))]
    for p in range(count + 4):
        x, y = 105.45 + (p % 8) * 0.1, 21.95 + (p // 8) * 0.14
        ring = ((x, y), (x + 0.09, y + 0.01), (x + 0.08, y + 0.12), (x + 0.01, y + 0.11))
        if p >= count:
            shapes.append(Shape("quiet", (ring,)))
        else:
            fill = None if p == 3 else ("#DCEBED", "#6FB0BA", "#0A5566")[p % 3]
            name = NAMES[p % 8] + (f" {p}" if p > 7 else "")
            shapes.append(
                Shape("commune", (ring,), fill, name, "không hiển thị" if p == 3 else f"{vi(p * 2.5)}%")
            )
    classes = (
        ("#DCEBED", "dưới 10%"),
        ("#6FB0BA", "10% đến dưới 30%"),
        ("#0A5566", "từ 30%"),
        ("", "chưa có số"),
    )
    return Map(
        tuple(shapes), classes, "Sơ đồ vị trí, không phải ranh giới.", "Bản đồ tỷ lệ quý IV/2024 của các xã."
    )


def table(count: int = 8) -> Table:
    """Counts, rates and changes; one row for each sign; the last row is the pilot."""
    columns = (
        Column("Xã, phường"),
        Column("Hồ sơ thanh toán trực tuyến, Quý IV/2022", "count"),
        Column("Hồ sơ phải thanh toán, Quý IV/2022", "count"),
        Column("Tỷ lệ Quý IV/2022", "rate", (1, 2)),
        Column("n Quý IV/2024", "count"),
        Column("N Quý IV/2024", "count"),
        Column("Tỷ lệ Quý IV/2024", "rate", (4, 5)),
        Column("Thay đổi", "points", (6, 3)),
        Column("Kết luận"),
    )

    def number(value: int) -> Cell:
        return Cell(f"{value:,}".replace(",", "."), float(value))

    def rate(n: int, total: int) -> Cell:
        return Cell(f"{vi(100 * n / total)}%", n / total, under=f"{n}/{total}")

    def row(name: str, n0: int, d0: int, n1: int, d1: int) -> tuple[Cell, ...]:
        change = 100 * (n1 / d1 - n0 / d0)
        sign = "+" if change >= 0 else "−"
        return (
            Cell(name),
            number(n0),
            number(d0),
            rate(n0, d0),
            number(n1),
            number(d1),
            rate(n1, d1),
            Cell(f"{sign}{vi(abs(change))}", change, tone="rise" if change > 0 else "fall"),
            Cell("tăng rõ" if change > 0 else "giảm rõ"),
        )

    rows = [row(NAMES[0], 1, 846, 334, 936), row(LONG, 0, 1207, 61, 1112)]
    rows.append((Cell(NAMES[2]), *(Cell("chưa có số", state="missing"),) * 8))
    rows.append((Cell(NAMES[3]), *(Cell("không hiển thị", state="suppressed"),) * 8))
    zero = Cell("không phát sinh", state="no_cases")
    rows.append(
        (
            Cell(NAMES[4]),
            number(0),
            number(0),
            zero,
            number(5),
            number(40),
            rate(5, 40),
            Cell("–", state="missing"),
            Cell("chưa so sánh được"),
        )
    )
    only = Cell("10,7%", 0.107, tone="")
    rows.append(
        (
            Cell(NAMES[5]),
            Cell("chưa rõ", state="rate_unknown"),
            Cell("chưa rõ", state="rate_unknown"),
            only,
            number(9),
            number(30),
            rate(9, 30),
            Cell("+19,3", 19.3, tone="rise"),
            Cell("chưa rõ"),
        )
    )
    for place in range(len(rows), count):
        name = NAMES[place % 8] + (f" {place}" if place > 7 else "")
        rows.append(row(name, 40 + place, 900, 12 + place * 9, 1000 + place))
    rows = rows[:count]
    rows.append(row("Cả vùng thí điểm", 118, 9000, 1402, 9411))
    return Table("Thanh toán trực tuyến, trước và sau", columns, tuple(rows), total=True)


def slides(count: int = 8) -> tuple[Slide, ...]:
    notes = (
        "Tỷ lệ = hồ sơ thanh toán trực tuyến trên hồ sơ phải thanh toán.",
        "Hai kỳ cách nhau tám quý; không kết luận nguyên nhân.",
    )
    numbers = (
        Number("Thanh toán trực tuyến", "0,1%", "10,7%", "1/846 → 119/1.112", "tăng rõ", "rise"),
        Number(
            "Hồ sơ toàn trình nộp trực tuyến trên tổng số hồ sơ toàn trình",
            "58,6%",
            "96,1%",
            "416/710 → 734/764",
            "tăng rõ",
            "rise",
        ),
        Number(
            "Trả kết quả đúng hạn",
            "97,1%",
            "chưa có số",
            "1.484/1.528 → chưa có số",
            "chưa so sánh được",
            "empty",
        ),
        Number("Số hóa kết quả", "12,0%", "9,5%", "30/250 → 24/252", "giảm, chưa rõ", "unclear"),
    )
    sentences = (
        "Tỷ lệ thanh toán trực tuyến chung tăng từ 1,3% lên 14,9%.",
        "Sáu xã tăng rõ, một xã giảm rõ, một xã chưa so sánh được.",
    )
    return (
        Slide(
            "title",
            "title",
            "Chuyển đổi số ở các xã, phường thí điểm tỉnh Bắc Kạn",
            "Trước và sau thí điểm: Quý IV/2022 – Quý IV/2024",
            ("Báo cáo tại phiên họp Ban Chỉ đạo.",),
            source=SOURCE,
            notes=notes,
        ),
        Slide(
            "headline",
            "numbers",
            "Thanh toán trực tuyến tăng rõ, số hóa kết quả chưa đổi",
            "Toàn vùng thí điểm",
            sentences,
            numbers,
            source=SOURCE,
            notes=notes,
        ),
        Slide(
            "map",
            "drawing",
            "Các phường đi trước các xã vùng xa",
            "Thanh toán trực tuyến, Quý IV/2024",
            sentences[:1],
            drawing=chart_map(count),
            source=SOURCE,
            notes=notes,
        ),
        Slide(
            "change",
            "drawing",
            "Sáu nơi tăng rõ, một nơi giảm rõ",
            "Thanh toán trực tuyến, phần trăm hồ sơ",
            sentences,
            drawing=dumbbell(count),
            table=table(count),
            source=SOURCE,
            notes=notes,
        ),
        Slide(
            "tiers",
            "drawing",
            "Chưa nơi nào đạt đủ 17 tiêu chí",
            "Bộ tiêu chí xã chuyển đổi số (đề xuất)",
            sentences[1:],
            drawing=stacks(count),
            source=SOURCE,
            notes=notes,
        ),
        Slide(
            "area:02017-2020",
            "area",
            LONG,
            "Một xã qua mười hai quý",
            sentences,
            numbers[:2],
            lines(count),
            source=SOURCE,
            notes=notes,
        ),
        Slide(
            "next",
            "closing",
            "Việc cần làm tiếp",
            "",
            (
                "Bổ sung số quý III/2024 của xã Đức Vân.",
                "Kiểm tra mẫu số của xã Thượng Giáo.",
                "Họp lại sau quý I/2025.",
            ),
            source=SOURCE,
            notes=notes,
        ),
        Slide(
            "code",
            "closing",
            "Mở lại đúng các số này",
            "",
            (CITATION.line, "Ai mở đường dẫn cũng thấy đúng các số trên trang chiếu này."),
            source=SOURCE,
        ),
    )


def story(count: int = 8, mark: str = MARK) -> Story:
    return Story(
        "Chuyển đổi số ở các xã, phường thí điểm tỉnh Bắc Kạn",
        "Trước và sau",
        "vi",
        "2024-Q4-0123456789ab",
        mark,
        CITATION,
        slides(count),
        WORDS,
        COLOURS,
    )


def crowded(one: Story) -> Story:
    """The same story with a title, a subtitle and sentences far longer than anybody should write."""
    title = "Tỷ lệ hồ sơ thủ tục hành chính thanh toán trực tuyến trên tổng số hồ sơ phải thanh toán " * 3
    many = tuple(f"Câu {n}: " + "các xã, phường thí điểm đã báo cáo đủ số liệu " * 4 for n in range(1, 15))
    made = [
        replace(
            slide,
            title=title,
            subtitle=title,
            sentences=(*slide.sentences, *many),
            source=SOURCE + "; " + title,
        )
        for slide in one.slides
    ]
    return replace(one, slides=tuple(made))


def report(count: int = 8, mark: str = MARK) -> Report:
    head = Letterhead(*("…",) * 12, receivers=("Như trên",))
    parts = (
        Part("Thay đổi từng xã", 1, ("Sáu xã tăng rõ.",), table(count), dumbbell(count), SOURCE),
        Part("Tiêu chí", 1, ("Chưa nơi nào đạt đủ.",), None, stacks(count), SOURCE),
        Part("Nhận xét", 1, ("=1+1 là chữ, không phải công thức.",)),
    )
    annex = (
        Part(
            "Thanh toán trực tuyến",
            2,
            ("Tử số: hồ sơ thanh toán trực tuyến.", "Mẫu số: hồ sơ phải thanh toán."),
        ),
        Part("Nguồn", 2, (SOURCE,)),
    )
    return Report("full", "vi", "2024-Q4-0123456789ab", mark, CITATION, head, parts, annex, WORDS, COLOURS)
