"""The pictures of the user's guide and of README, taken from the running product: ``python docs/screenshots.py``.

A server of its own on a fresh folder; accounts named by what they are; then the journeys of the guide in headless
Chromium: a report with mistakes, what is found, the correction, a return, the acceptance, the show, the report. All of
it in the illustrative space. Needs a Chromium (or ``BOARD_CHROMIUM``) and the test libraries; takes some three minutes.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import openpyxl  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import Locator, Page, sync_playwright  # noqa: E402

from store import accounts  # noqa: E402
from store.access import ADMINISTRATOR, APPRAISER, REPORTER, User  # noqa: E402
from store.settings import read_settings  # noqa: E402
from tests.browser import driver  # noqa: E402
from tests.browser.conftest import PAGES  # noqa: E402
from views.text import languages  # noqa: E402

GUIDE = ROOT / "docs" / "huong-dan" / "hinh"
FRONT = ROOT / "docs" / "images" / "truoc-sau.png"
SAY = languages(ROOT / "data" / "reference" / "texts")["vi"].text
PASSWORD = "một câu ngắn dễ nhớ"
PEOPLE = (
    User("quantri", ADMINISTRATOR, (), "Quản trị viên"),
    User("thamdinh", APPRAISER, (), "Người thẩm định, Sở KH&CN"),
    User("quangthuan", REPORTER, ("02017-2020",), "Cán bộ xã Quang Thuận"),
)
WIDE, TALL, USUAL = 1280, 2600, 860
MARGIN = 14
PADDING = 80  # of the page, on either side of its content
COLOURS = 128
# The quarter that is sent: (numerator, denominator) by code, as a commune of this size has them.
FIGURES = {
    "gov_online_payment_rate": (49, 169),
    "gov_full_online_filing_rate": (118, 142),
    "gov_online_filing_rate": (163, 312),
    "gov_ontime_rate": (301, 306),
    "gov_satisfaction_rate": (96, 98),
    "gov_result_digitised_rate": (141, 248),
}
WRONG = {
    "gov_online_payment_rate": ("49/169", None),
    "gov_ontime_rate": (3010, 306),
    "gov_satisfaction_rate": ("x", 98),
}


# ---------------------------------------------------------------- pictures


def keep(png: bytes, path: Path, width: int | None = None) -> None:
    """Write a picture with few colours, which is what a page has; smaller where a width is given."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if width:
        picture = picture.resize(
            (width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    print(
        f"{path.relative_to(ROOT)}: {picture.width}x{picture.height}, {path.stat().st_size // 1024} kB",
        flush=True,
    )


def still(page: Page) -> None:
    """Wait until everything is drawn, charts too, and nothing moves."""
    driver.settle(page)
    page.evaluate("() => document.fonts.ready")
    page.wait_for_timeout(900)
    driver.settle(page)


def cut(page: Page, name: str, first: Locator, last: Locator | None = None, most: int = 1150) -> None:
    """The part of a page from one element down to another, over the whole width of the content."""
    page.set_viewport_size({"width": WIDE, "height": TALL})
    still(page)
    whole = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": WIDE, "height": whole + 40})
    page.get_by_test_id("stMain").evaluate("(main) => main.scrollTo(0, 0)")
    still(page)
    top, bottom = first.bounding_box(), (last or first).bounding_box()
    block = page.get_by_test_id("stMainBlockContainer").bounding_box()
    left, right = block["x"] + PADDING - MARGIN, block["x"] + block["width"] - PADDING + MARGIN
    low = bottom["y"] + bottom["height"]
    if low > top["y"] + most:  # after a whole row, never through one
        ends = (
            (last or first)
            .locator("tr")
            .evaluate_all("(rows) => rows.map((row) => row.getBoundingClientRect().bottom)")
        )
        low = max(end for end in ends if end <= top["y"] + most)
    low += MARGIN if low == bottom["y"] + bottom["height"] else 0
    high = max(top["y"] - MARGIN, 0)
    clip = {"x": left, "y": high, "width": right - left, "height": low - high}
    keep(page.screenshot(clip=clip), GUIDE / f"{name}.png")
    page.set_viewport_size({"width": WIDE, "height": USUAL})


def window(show: Page, name: str, wait: int) -> None:
    """A window of the show, half as large, after so many milliseconds."""
    show.wait_for_timeout(wait)
    keep(show.screenshot(), GUIDE / f"{name}.png", 960)


def screen(page: Page, name: str, height: int = USUAL) -> None:
    """A page as it stands on the screen, with its menu."""
    page.set_viewport_size({"width": WIDE, "height": height})
    still(page)
    keep(page.screenshot(), GUIDE / f"{name}.png")


# ---------------------------------------------------------------- the product


class Board:
    """The running product and people in front of it."""

    def __init__(self, url: str, browser: Any) -> None:
        self.url, self.browser = url, browser

    def address(self, page: str, **choices: str) -> str:
        """Address of a page in the illustrative space."""
        path = "" if page == "overview" else PAGES[page]
        return f"{self.url}/{path}?{urlencode({'lang': 'vi', 'space': 'demo', **choices})}"

    def sit_down(self, width: int = WIDE, height: int = USUAL) -> Page:
        """Somebody with a browser of their own."""
        context = self.browser.new_context(
            locale="vi-VN",
            viewport={"width": width, "height": height},
            color_scheme="light",
            reduced_motion="reduce",
            timezone_id="Asia/Ho_Chi_Minh",
        )
        context.set_default_timeout(90_000)
        return context.new_page()

    def open(self, page: Page, name: str, **choices: str) -> None:
        """Go to a page and wait for all of it."""
        driver.visit(page, self.address(name, **choices), seconds=90)

    def sign_in(self, page: Page, name: str, where: str) -> None:
        """Fill in the form that stands on the page."""
        self.open(page, where)
        page.get_by_label(SAY("signin.name"), exact=True).fill(name)
        page.get_by_label(SAY("signin.password"), exact=True).fill(PASSWORD)
        if where == "upload":
            cut(page, "dang-nhap", page.get_by_role("heading", level=1), button(page, "signin.button"))
        page.get_by_role("button", name=SAY("signin.button")).click()
        page.get_by_label(SAY("signin.password"), exact=True).wait_for(state="detached")
        driver.arrived(page)


def part(page: Page, name: str) -> Locator:
    """A piece of the page by its own name."""
    return page.locator(f'[data-part="{name}"]')


def button(page: Page, key: str, **facts: object) -> Locator:
    """A button of the page's content by the text that stands on it."""
    return page.get_by_test_id("stMain").get_by_role("button", name=SAY(key, **facts), exact=True)


@contextmanager
def board() -> Any:
    """A fresh installation with three accounts, where a second person decides, and a browser."""
    path = driver.find_browser()
    if path is None:
        raise SystemExit("no Chromium found; name one in BOARD_CHROMIUM")
    with tempfile.TemporaryDirectory(prefix="board-guide-") as folder:
        environ = {"BOARD_RUNTIME": folder, "PYTHONUTF8": "1"}
        subprocess.run(
            [sys.executable, "-m", "etl", "init"], cwd=ROOT, env={**os.environ, **environ}, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        settings = read_settings(environ)
        for person in PEOPLE:
            accounts.add(
                settings, PEOPLE[0], person.name, person.display, person.role, person.areas, PASSWORD
            )
        server = driver.serve(Path(folder), BOARD_SECOND_PERSON="1", BOARD_SPACE="demo")
        try:
            server.wait()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=path,
                    args=list(driver.ARGUMENTS),
                    env={**os.environ, "TZ": "Asia/Ho_Chi_Minh"},
                )
                yield Board(server.url, browser)
                browser.close()
        finally:
            server.stop()


# ---------------------------------------------------------------- who sends figures


def filled(form: bytes, figures: dict[str, tuple[object, object]]) -> bytes:
    """The commune's own form with figures in it."""
    book = openpyxl.load_workbook(io.BytesIO(form))
    page = book.worksheets[0]
    heads = {
        str(cell.value).strip(): cell.column
        for row in page.iter_rows(min_row=1, max_row=8) for cell in row if cell.value is not None
    }  # fmt: skip
    codes = {page.cell(row, heads[SAY("form.code")]).value: row for row in range(1, page.max_row + 1)}
    for code, counts in figures.items():
        for key, count in zip(("form.numerator", "form.denominator"), counts, strict=True):
            page.cell(codes[code], heads[SAY(key)]).value = count
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def choose(page: Page, name: str, data: bytes) -> None:
    """Put the file chosen before away, and choose another."""
    gone = page.get_by_test_id("stFileChipDeleteBtn")
    if gone.count():
        gone.get_by_role("button").first.click()
        part(page, "understood0").wait_for(state="detached")
    box = page.get_by_test_id("stFileUploader").locator("input[type=file]")
    box.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})
    part(page, "understood0").wait_for()
    still(page)


def send(page: Page, note: str, picture: str = "") -> None:
    """Tick what is asked about, say why, send."""
    for box in page.get_by_test_id("stMain").get_by_test_id("stCheckbox").all():
        box.locator("label").click()
        driver.settle(page)
    page.get_by_role("textbox", name=SAY("upload.note")).fill(note)
    page.keyboard.press("Tab")
    ready = button(page, "upload.send").and_(page.locator("button:enabled"))
    ready.wait_for()
    if picture:
        cut(page, picture, part(page, "send_title_heading"), ready)
    ready.click()
    driver.seen(page, "Tệp đang chờ duyệt", seconds=90)


def official(desk: Board) -> tuple[Page, bytes, bytes]:
    """From the empty form to a file that waits."""
    page = desk.sit_down()
    desk.sign_in(page, "quangthuan", "upload")
    screen(page, "gui-so-lieu", 900)
    page.get_by_test_id("stMain").get_by_role("combobox").last.click()
    page.get_by_role("option").filter(has_text="Quý I/2025").first.click()
    driver.settle(page)
    with page.expect_download() as started:
        button(page, "upload.form_get").click()
    form = Path(started.value.path()).read_bytes()
    cut(page, "bieu-mau", part(page, "form_heading"), button(page, "upload.form_get"))
    right, wrong = filled(form, FIGURES), filled(form, {**FIGURES, **WRONG})
    choose(page, "quang-thuan-quy-1.xlsx", wrong)
    cut(page, "co-loi", part(page, "understood0"), part(page, "findings"), most=700)
    choose(page, "quang-thuan-quy-1.xlsx", right)
    cut(page, "so-thay-doi", part(page, "changes_heading"), part(page, "changes"))
    cut(page, "tac-dong", part(page, "effects_heading"), part(page, "effects"), most=520)
    send(page, "Số liệu Quý I/2025", "bam-gui")
    cut(page, "cho-duyet", part(page, "mine_heading"), button(page, "upload.take_back"))
    return page, right, form


def returned(desk: Board, page: Page, file: bytes) -> None:
    """The sender reads why the file came back, and sends it again."""
    desk.open(page, "upload")
    cut(page, "bi-tra-lai", part(page, "mine_heading"), part(page, "mine"))
    choose(page, "quang-thuan-quy-1-sua.xlsx", file)
    send(page, "Từ tháng 1 nhận thanh toán bằng mã QR tại một cửa, nên tỷ lệ tăng")


# ---------------------------------------------------------------- who decides


def appraiser(desk: Board) -> Page:
    """What waits, and its return."""
    page = desk.sit_down()
    desk.sign_in(page, "thamdinh", "publish")
    cut(page, "cho-quyet-dinh", part(page, "waiting_heading"), part(page, "totals"))
    page.get_by_role("textbox", name=SAY("publish.why")).fill(
        "Thanh toán trực tuyến tăng nhiều so với quý trước; đề nghị ghi lý do."
    )
    page.keyboard.press("Tab")
    cut(page, "nhan-hay-tra", button(page, "publish.accept"), button(page, "publish.return"))
    button(page, "publish.return").click()
    driver.seen(page, "Đã trả lại", seconds=90)
    return page


def accepted(desk: Board, page: Page) -> None:
    """The file that came again is accepted; then what can be undone."""
    desk.open(page, "publish")
    still(page)
    button(page, "publish.accept").click()
    driver.seen(page, "Đã nhận và công bố", seconds=90)
    cut(page, "rut-lai", part(page, "decided_heading"), button(page, "publish.withdraw"))
    cut(page, "nhat-ky", part(page, "log_heading"), button(page, "publish.back_do"))


def committee(desk: Board) -> None:
    """Who reads and decides: the pages of figures, a citation, a report."""
    page = desk.sit_down()
    desk.open(page, "overview")
    screen(page, "tong-quan", 1000)
    desk.open(page, "change")
    cut(page, "truoc-sau", part(page, "lead"), part(page, "legend"))
    desk.open(page, "indicator")
    cut(page, "khac-muc-chung", part(page, "funnel_heading"), part(page, "funnel_notes"))
    desk.open(page, "area", area="02017-2020")
    cut(page, "bon-cau-hoi", part(page, "area_heading"), part(page, "answers"))
    desk.open(page, "quality")
    cut(page, "tinh-hinh", part(page, "lead"), part(page, "matrix"))
    cut(page, "loi-nhac", part(page, "letter_heading"), part(page, "letter"))
    desk.open(page, "change")
    page.locator('button[data-go="cite|"]').click()
    page.get_by_role("dialog").locator(".shown").wait_for()
    still(page)
    keep(page.get_by_role("dialog").screenshot(), GUIDE / "trich-dan.png")
    code = page.get_by_role("dialog").locator(".shown").inner_text()
    page.goto(f"{desk.url}/?cite={code}")
    driver.arrived(page)
    screen(page, "mo-trich-dan", 520)
    page.context.clear_cookies()
    page = desk.sit_down()
    desk.open(page, "report")
    screen(page, "bao-cao", 900)


# ---------------------------------------------------------------- who presents


def presenter(desk: Board) -> None:
    """The page of the show, the show itself, its keys, the speaker's window, and what it says without a network."""
    page = desk.sit_down()
    desk.open(page, "hall")
    screen(page, "trinh-chieu", 1000)
    with page.expect_popup() as opened:
        page.get_by_role("button", name=SAY("hall.open"), exact=True).click()
    show = opened.value
    show.set_viewport_size({"width": 1920, "height": 1080})
    show.evaluate("() => document.fonts.ready")
    window(show, "trang-dau", 600)
    show.keyboard.press("PageDown")
    show.keyboard.press("PageDown")
    window(show, "trang-chieu", 500)
    for key, name in (("h", "cac-phim"), ("o", "danh-sach-trang")):
        show.keyboard.press(key)
        window(show, name, 400)
        show.keyboard.press("Escape")
    with show.expect_popup() as beside:
        show.keyboard.press("n")
    notes = beside.value
    notes.set_viewport_size({"width": 1100, "height": 700})
    window(notes, "loi-nguoi-trinh-bay", 600)
    page.close()
    show.context.set_offline(True)
    show.keyboard.press("End")
    window(show, "mat-mang", 600)


def front(desk: Board) -> None:
    """The one picture of README: who rose most, and how sure that is."""
    page = desk.sit_down(1600, 1100)
    desk.open(page, "change")
    still(page)
    legend = part(page, "legend").bounding_box()
    page.set_viewport_size({"width": 1600, "height": round(legend["y"] + legend["height"]) + 8})
    still(page)
    keep(page.screenshot(), FRONT)


def main(words: list[str]) -> int:
    """Every picture; with a word only the walks whose names contain it, to look at one thing again."""
    walks: dict[str, Callable[[Board], object]] = {
        "committee": committee,
        "presenter": presenter,
        "front": front,
    }
    with board() as desk:
        if not words or "desk" in words:
            reporter, file, _ = official(desk)
            decider = appraiser(desk)
            returned(desk, reporter, file)
            accepted(desk, decider)
        for name, walk in walks.items():
            if not words or name in words:
                walk(desk)
    size = sum(path.stat().st_size for path in [*GUIDE.iterdir(), FRONT] if path.is_file())
    print(f"{size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
