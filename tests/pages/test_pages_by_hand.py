"""One commune's way from the cell of a file to its places, worked out by hand with the method page open: plain Python,
the formulas as that page prints them, the raw files and nothing of the product's own statistics."""

import csv
import io
import math
import random
from fractions import Fraction

import pytest

from reports.workbook import to_csv
from tests.pages import visit

Z = 1.959963984540054
ACCOUNTS = "eco_payment_account_rate"
BEFORE, AFTER = ("2022-Q4", "Quý IV/2022"), ("2024-Q4", "Quý IV/2024")
NAMES = {
    "Phường Sông Cầu": "01837", "Xã Giáo Hiệu": "01870", "Xã Thượng Giáo": "01912", "Xã Đức Vân": "01951",
    "Xã Quang Thuận": "02017", "Xã Nghĩa Tá": "02071", "Xã Như Cố": "02122", "Xã Côn Minh": "02173",
}  # fmt: skip
QUANG_THUAN = "02017"
NEAR = "2024-Q3"


def cells(quarter: str, indicator: str) -> dict[str, tuple[int, int]]:
    """Counts by commune, straight from the quarter's file."""
    text = (visit.ROOT / "data" / "demo" / f"{quarter}.csv").read_text(encoding="utf-8-sig")
    found = {}
    for row in csv.DictReader(io.StringIO(text)):
        if row["indicator"] == indicator and row["numerator"] and row["denominator"]:
            code = NAMES.get(row["commune"], row["commune"]).zfill(5)
            found.setdefault(code, (int(row["numerator"]), int(row["denominator"])))
    return found


def wilson(x: int, n: int) -> tuple[float, float]:
    middle = x + Z * Z / 2
    half = Z * math.sqrt(x * (n - x) / n + Z * Z / 4)
    return (middle - half) / (n + Z * Z), (middle + half) / (n + Z * Z)


def newcombe(x1: int, n1: int, x0: int, n0: int) -> tuple[float, float, float]:
    p1, p0 = x1 / n1, x0 / n0
    (l1, u1), (l0, u0) = wilson(x1, n1), wilson(x0, n0)
    d = p1 - p0
    return d, d - math.hypot(p1 - l1, u0 - p0), d + math.hypot(u1 - p1, p0 - l0)


@pytest.fixture
def taken(board, monkeypatch):
    """Rows of a page's downloads by name, as dictionaries; opened from the bytes a reader gets."""
    from views import frame

    offered: list = []
    monkeypatch.setattr(frame, "downloads", lambda ctx, name, make: offered.append((name, make, ctx)))

    def take(page: str, name: str, **choices: str) -> tuple[list[dict[str, str]], visit.Shown]:
        at = visit.start(lang="vi", space="demo")
        offered.clear()
        shown = visit.read(visit.go(at, page, lang="vi", space="demo", **choices))
        ((make, ctx),) = [(make, ctx) for own, make, ctx in offered if own.startswith(name)]
        text = to_csv(make(ctx)).decode("utf-8-sig").split("\r\n\r\n")[0]
        return list(csv.DictReader(io.StringIO(text, newline=""))), shown

    return take


def own(rows: list[dict[str, str]]) -> dict[str, str]:
    (row,) = [row for row in rows if row["Mã"] == QUANG_THUAN]
    return row


def number(text: str) -> float:
    return float(text)


def test_the_change_of_a_commune(taken):
    choices = {"indicator": ACCOUNTS, "before": BEFORE[0], "after": AFTER[0]}
    rows, shown = taken("change", "truoc-sau", **choices)
    row = own(rows)
    x0, n0 = cells(BEFORE[0], ACCOUNTS)[QUANG_THUAN]
    x1, n1 = cells(AFTER[0], ACCOUNTS)[QUANG_THUAN]
    assert [number(row[f"{part}, {AFTER[1]}"]) for part in ("Tử số", "Mẫu số")] == [x1, n1]
    d, low, high = newcombe(x1, n1, x0, n0)
    assert number(row["Thay đổi (điểm phần trăm hoặc đơn vị tính)"]) == pytest.approx(100 * d, rel=1e-12)
    assert number(row["Cận dưới 95% (điểm)"]) == pytest.approx(100 * low, rel=1e-9)
    assert number(row["Cận trên 95% (điểm)"]) == pytest.approx(100 * high, rel=1e-9)
    assert row["Kết luận"] == "tăng rõ" and low > 0
    said = f"{100 * d:.1f}".replace(".", ",")
    assert f"+{said} điểm" in shown.text, "what is on the page is the same number, rounded"


def test_the_comparisons_that_stay_clear(taken):
    """Benjamini-Hochberg by hand; each p by halving until the interval just touches 0."""
    _, shown = taken("change", "truoc-sau", indicator=ACCOUNTS, before=BEFORE[0], after=AFTER[0])
    after = cells(AFTER[0], ACCOUNTS)
    earlier = [cells(BEFORE[0], ACCOUNTS), cells(NEAR, ACCOUNTS)]  # both stand on the page, so both count
    made = [sorted(before.keys() & after.keys()) for before in earlier]
    global Z
    normal, values = Z, []
    try:
        for codes, before in zip(made, earlier, strict=True):
            for code in codes:
                pairs = (*after[code], *before[code])
                least, most = 0.0, 60.0
                for _ in range(200):
                    Z = (least + most) / 2
                    _, low, high = newcombe(*pairs)
                    least, most = (Z, most) if low > 0 or high < 0 else (least, Z)
                values.append(math.erfc(least / math.sqrt(2)))
    finally:
        Z = normal
    values.sort()
    m = len(values)
    q = [min(m * values[j] / (j + 1) for j in range(i, m)) for i in range(m)]
    said = visit.TEXTS["vi"]["say.comparisons_two"].format(
        made=m,
        first=len(made[0]),
        second=len(made[1]),
        clear=sum(value < 0.05 for value in values),
        chance=f"{0.05 * m:.1f}".replace(".", ",").removesuffix(",0"),
        left=sum(value <= 0.05 for value in q),
    )
    assert said in shown.text


def test_the_way_to_the_target(taken):
    rows, _ = taken("plan", "muc-tieu", indicator=ACCOUNTS, before=BEFORE[0], after=AFTER[0])
    row = own(rows)
    x0, n0 = cells(BEFORE[0], ACCOUNTS)[QUANG_THUAN]
    x1, n1 = cells(AFTER[0], ACCOUNTS)[QUANG_THUAN]
    goal = Fraction(
        row["Mục tiêu (%)"].rstrip("0").rstrip(".") if "." in row["Mục tiêu (%)"] else row["Mục tiêu (%)"]
    )
    short = math.ceil(goal / 100 * n1) - x1
    assert int(row["Cần thêm (trường hợp)"]) == short > 0
    assert number(row["Còn thiếu (điểm phần trăm)"]) == pytest.approx(float(goal) - 100 * x1 / n1, rel=1e-9)
    so_far = (100 * x1 / n1 - 100 * x0 / n0) / 8  # eight quarters
    assert number(row["Nhịp đã đi (điểm mỗi quý)"]) == pytest.approx(so_far, rel=1e-9)
    steps = math.ceil((float(goal) - 100 * x1 / n1) / so_far)
    quarter = 4 * 2024 + 3 + steps
    roman = ("I", "II", "III", "IV")[quarter % 4]
    assert f"quý {roman}/{quarter // 4}" in row["Dự kiến tới đích"]


def test_the_place_and_the_places_that_chance_leaves_open(taken):
    rows, _ = taken("tiers", "xep-hang", indicator=ACCOUNTS, after=AFTER[0])
    counts = {
        row["Mã"]: (int(float(row["Tử số"])), int(float(row["Mẫu số"]))) for row in rows if row["Tử số"]
    }
    assert {code: pair for code, pair in cells(AFTER[0], ACCOUNTS).items() if code in counts} == counts
    rates = {code: Fraction(x, n) for code, (x, n) in counts.items()}
    for row in rows:
        if row["Mã"] in rates:
            assert int(row["Thứ"]) == 1 + sum(rate > rates[row["Mã"]] for rate in rates.values())
    row = own(rows)
    low, high = wilson(*counts[QUANG_THUAN])
    assert number(row["Cận dưới 95% (%)"]) == pytest.approx(100 * low, rel=1e-9)
    assert number(row["Cận trên 95% (%)"]) == pytest.approx(100 * high, rel=1e-9)
    draw = random.Random(7)  # other random numbers than the product's: the answer must not hang on them
    places = []
    for _ in range(4000):
        drawn = {code: draw.betavariate(x + 0.5, n - x + 0.5) for code, (x, n) in counts.items()}
        places.append(1 + sum(rate > drawn[QUANG_THUAN] for rate in drawn.values()))
    places.sort()
    assert int(row["Từ hạng (5%)"]) == places[200 - 1] or int(row["Từ hạng (5%)"]) == places[200]
    assert int(row["Đến hạng (95%)"]) in (places[3800 - 1], places[3800])
    top = sum(place <= 3 for place in places) / len(places)
    assert number(row["Xác suất trong ba nơi đầu"]) == pytest.approx(top, abs=0.03)


def test_the_index_from_its_cells_to_its_place(taken):
    """Scores from the counts in the file, pillars, index and place of every ranked commune."""
    steps, _ = taken("index", "chi-so-tung-buoc", after=AFTER[0])
    board, _ = taken("index", "chi-so-tong-hop", after=AFTER[0])
    wanted = {row["Chỉ tiêu"] for row in steps if row["Bước"] == "Chỉ tiêu"}
    ids = {
        visit_name(path.stem): path.stem for path in (visit.ROOT / "data/reference/indicators").glob("*.toml")
    }
    raw = {name: cells(AFTER[0], ids[name]) for name in wanted}
    totals = {}
    for code in {row["Mã"] for row in steps}:
        mine = [row for row in steps if row["Mã"] == code]
        pillars: dict[str, list[tuple[float, float]]] = {}
        for row in mine:
            if row["Bước"] == "Chỉ tiêu" and row["Điểm"]:
                x, n = raw[row["Chỉ tiêu"]][code]
                worst, best = float(row["Mốc thấp"]), float(row["Mốc cao"])
                score = min(100.0, max(0.0, (100 * x / n - worst) / (best - worst) * 100))
                assert number(row["Điểm"]) == pytest.approx(score, rel=1e-9)
                weight = number(row["Trọng số trong cấp trên (0–1)"])
                pillars.setdefault(row["Trụ cột"], []).append((weight, score))
        of_pillar = {row["Trụ cột"]: row for row in mine if row["Bước"] == "Trụ cột" and row["Điểm"]}
        total = 0.0
        for name, parts in pillars.items():
            assert sum(weight for weight, _ in parts) == pytest.approx(1)
            score = sum(weight * value for weight, value in parts)
            assert number(of_pillar[name]["Điểm"]) == pytest.approx(score, rel=1e-9)
            total += number(of_pillar[name]["Trọng số trong cấp trên (0–1)"]) * score
        totals[code] = total
    ranked = [row for row in board if row["Thứ"]]
    assert QUANG_THUAN in {row["Mã"] for row in ranked}
    for row in ranked:
        assert number(row["Điểm (0–100)"]) == pytest.approx(totals[row["Mã"]], rel=1e-9)
        higher = sum(totals[other["Mã"]] > totals[row["Mã"]] + 1e-9 for other in ranked)
        assert int(row["Thứ"]) == 1 + higher


def visit_name(indicator_id: str) -> str:
    import tomllib

    path = visit.ROOT / "data" / "reference" / "indicators" / f"{indicator_id}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))["name"]["vi"]
