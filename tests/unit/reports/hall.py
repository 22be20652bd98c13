"""A show made by hand: any number of communes, names of any length, every way of having no figure."""

from collections.abc import Sequence
from pathlib import Path

from reports.story import (
    Cell,
    Citation,
    Column,
    Dumbbell,
    Ends,
    Line,
    Lines,
    Map,
    Number,
    Shape,
    Slide,
    Stack,
    Stacks,
    Story,
    Table,
)
from views.story.slides import WORDS
from views.text import languages
from views.theme import theme

TEXTS = Path(__file__).resolve().parents[3] / "data" / "reference" / "texts"
PLACES = (
    "Phường Sông Cầu",
    "Xã Giáo Hiệu",
    "Xã Thượng Giáo",
    "Xã Đức Vân",
    "Xã Quang Thuận",
    "Xã Nghĩa Tá",
    "Xã Như Cố",
    "Xã Côn Minh",
)
LONG = "Phường Nguyễn Thị Minh Khai – Phùng Chí Kiên Thượng Quan"
HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(1)> \"'&<!-- ]]> \u202e\x00 url(#hatch) {x}"
)
LINK = "https://board.example/?cite=ACDE2345"
CITATION = Citation("ACDE-2345", LINK, "22/11/2026", f"Trích dẫn ACDE-2345 ngày 22/11/2026 {LINK}")
SOURCE = (
    "Nguồn: UBND tỉnh Bắc Kạn, Công văn 3195/UBND-VXNV ngày 15/5/2024; đưa tin 25/5/2024. Số đã công bố: nguồn không in "
    "tử số, mẫu số và ngày đo; kỳ ghi theo văn cảnh của bài."
)


def names(count: int, long: bool = False) -> list[str]:
    """Names of communes; with ``long`` every third one is as long as an official can make it."""
    return [
        LONG if long and place % 3 == 1 else PLACES[place % 8] + (f" {place // 8 + 1}" if place > 7 else "")
        for place in range(count)
    ]


def words(language: str = "vi") -> dict[str, str]:
    """The writers' own labels as the product words them."""
    return {key: languages(TEXTS)[language].text(f"leave.word.{key}") for key in WORDS}


def colours() -> dict[str, str]:
    """The light palette."""
    return {role: value for role, value in theme("light").colours.items() if isinstance(value, str)}


def dumbbell(places: Sequence[str]) -> Dumbbell:
    """Clear and unclear changes, one end missing, hidden, no cases."""
    rows = []
    for number, name in enumerate(places):
        match number % 5:
            case 2:
                rows.append(Ends(name, 0.02, None, "2,0%", state="chưa có đủ hai kỳ"))
            case 3:
                rows.append(Ends(name, None, None, state="không hiển thị"))
            case 4:
                words = ("0,1%", "10,7%", "+10,6 điểm", "chưa đủ số liệu để kết luận", "unclear")
                rows.append(Ends(name, 0.001, 0.107, *words))
            case _:
                end = 0.357 - number % 7 * 0.04
                text = f"{end * 100:.1f}%".replace(".", ",")
                told = ("0%", text, "+21,2 điểm", "tăng rõ", "rise", "", end - 0.05, min(end + 0.08, 0.4))
                rows.append(Ends(name, 0.0, end, *told))
    ticks = tuple((tick / 10, f"{tick * 10}%") for tick in range(5))
    label = "Khoảng tin cậy 95% của thay đổi"
    return Dumbbell(tuple(rows), 0.4, ticks, "Trước thí điểm 2023", "Quý IV/2024", "Trước và sau", label)


def outline(places: Sequence[str]) -> Map:
    """A province of squares."""
    shapes = [
        Shape("province", (((105.4, 21.8), (106.2, 21.8), (106.2, 22.7), (105.4, 22.7), (105.4, 21.8)),))
    ]
    for number, name in enumerate(places):
        x, y = 105.45 + number % 6 * 0.12, 21.85 + number // 6 * 0.12
        ring = ((x, y), (x + 0.05, y), (x + 0.05, y + 0.05), (x, y + 0.05), (x, y))
        fill = None if number % 4 == 3 else "#0A5566"
        shapes.append(Shape("commune", (ring,), fill, name, "chưa có số liệu" if fill is None else "35,7%"))
    classes = [("#DCEBED", "từ 0% đến 8%"), ("#0A5566", "trên 32% đến 40%"), ("", "không có số để hiển thị")]
    return Map(tuple(shapes), tuple(classes), "Sơ đồ vị trí", "Bản đồ")


def stacks(places: Sequence[str]) -> Stacks:
    """Criteria met, not met, unknown; one commune of which nothing is known."""
    rows = [
        Stack(name, 0, 0, 17, "–") if number % 6 == 5 else Stack(name, 12, 3, 2, "12/17")
        for number, name in enumerate(places)
    ]
    return Stacks(tuple(rows), ("đạt", "chưa đạt", "chưa có số liệu"), "Tiêu chí")


def path(places: Sequence[str], chosen: int) -> Lines:
    """Nine quarters with a gap; one commune in front."""
    periods = tuple(f"{quarter}/{year}" for year in (22, 23, 24) for quarter in ("II", "III", "IV"))
    lines = []
    for number, name in enumerate(places):
        values = tuple(None if (number + n) % 6 == 5 else 0.03 * n + 0.01 * (number % 5) for n in range(9))
        texts = tuple("" if value is None else f"{value:.1%}".replace(".", ",") for value in values)
        lines.append(Line(name, values, texts, number == chosen))
    ticks = tuple((tick / 10, f"{tick * 10}%") for tick in range(4))
    return Lines(periods, tuple(lines), 0.3, ticks, "Qua các kỳ")


def table(rows: int = 7) -> Table:
    """Figures with counts, and every reason for none."""
    columns = (
        Column("Chỉ tiêu"),
        Column("Quý IV/2022", "rate"),
        Column("Quý IV/2024", "rate"),
        Column("Tăng, giảm"),
    )
    every = (
        (Cell("0,1%", 0.001, under="1/846"), Cell("35,7%", 0.357, under="334/936"),
         Cell("+35,6 điểm", 35.6, tone="rise", under="tăng rõ")),
        (Cell("98,6%", 0.986, under="1.408/1.414"), Cell("89,7%", 0.897, under="1.382/1.426"),
         Cell("−8,9 điểm", -8.9, tone="fall", under="giảm rõ")),
        (Cell("không phát sinh", state="no_cases"), Cell("không hiển thị", state="suppressed"),
         Cell("chưa có đủ hai kỳ", state="missing")),
        (Cell("0%", 0.0, under="không ghi n/N"), Cell("chưa có số liệu", state="missing"),
         Cell("chưa đủ số liệu để kết luận", tone="unclear")),
    )  # fmt: skip
    heads = (
        "Thanh toán trực tuyến",
        "Nộp trực tuyến (toàn trình)",
        "Tiểu thương dùng mã QR",
        "Có điện thoại thông minh",
    )
    return Table(
        "Kết quả",
        columns,
        tuple((Cell(heads[number % 4]), *every[number % 4]) for number in range(rows)),
    )


def numbers() -> tuple[Number, ...]:
    """The headline."""
    return (
        Number("Gộp 7 xã, phường", "0,4%", "27,4%", "6/1.673 → 511/1.868", "+27,0 điểm phần trăm, tăng rõ", "rise"),
        Number("Phường Sông Cầu", "0,1%", "10,7%", "nguồn không ghi tử số, mẫu số",
               "+10,6 điểm phần trăm, chưa đủ số liệu để kết luận", "unclear"),
    )  # fmt: skip


def story(
    count: int = 8, mark: str = "Số liệu minh họa do máy tạo ra", long: bool = False, **own: object
) -> Story:
    """The stock show of so many communes."""
    places = names(count, long)
    said = "Tỷ lệ hồ sơ TTHC thanh toán phí, lệ phí trực tuyến. Trước thí điểm 2023 → Quý IV/2024"
    lead = "Thanh toán trực tuyến: 0,1% (1/846) → 35,7% (334/936); tăng rõ."
    slides = [
        Slide("title", "title", "Thí điểm chuyển đổi số cấp xã", "Quý IV/2022 → Quý IV/2024",
              (f"{count} xã, phường: {', '.join(places)}.",), notes=("Chào hội nghị.",)),
        Slide("headline", "numbers", "Thanh toán trực tuyến: từ 0,1% lên 10,7%", said, numbers=numbers(), source=SOURCE,
              notes=("Nêu nguồn.",), remark="Đây là kết quả của năm đầu, xin các đồng chí xem cùng mẫu số của từng nơi."),
        Slide("map", "drawing", "Thanh toán trực tuyến trên bản đồ", said, drawing=outline(places), source=SOURCE),
        Slide("change", "drawing", "Thanh toán trực tuyến: trước và sau", said, drawing=dumbbell(places), source=SOURCE),
        Slide("tiers", "drawing", "Tiêu chí xã chuyển đổi số đã đạt", "Xã chuyển đổi số (đề xuất)",
              ("Bộ tiêu chí này do sản phẩm đề xuất để thử cách phân hạng. Đây không phải quy định của tỉnh.",),
              drawing=stacks(places), source=SOURCE),
        *(Slide(f"area:{number:05d}", "area", name, "Quý IV/2022 → Quý IV/2024", (lead,), drawing=path(places, number),
                table=table(1 + number % 8), source=SOURCE) for number, name in enumerate(places)),
        Slide("next", "closing", "Việc tiếp theo", sentences=("Đã xong 10/12 mục tiêu.", "7/29 việc quá hạn.")),
        Slide("code", "closing", "Xem số liệu này", sentences=("Quét mã để mở đúng những con số vừa trình bày.",)),
    ]  # fmt: skip
    given = {
        "title": "Chuyển đổi số cấp xã – Bắc Kạn",
        "subtitle": "Quý IV/2022 → Quý IV/2024",
        "slides": tuple(slides),
    }
    return Story(
        language="vi",
        snapshot_id="2024-Q4-cbf2bda11774",
        mark=mark,
        citation=CITATION,
        words=words(),
        colours=colours(),
        **{**given, **own},
    )
