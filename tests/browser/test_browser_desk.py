"""The desk in a browser: an official corrects and sends a report, the committee sees it, and nobody sends for others."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from etl import desk
from store.errors import NotPermitted, UploadRejected
from store.settings import Settings, read_settings
from tests import builders
from tests.browser import accessible, driver
from tests.browser.conftest import Site, Watch
from tests.pages import office
from tests.pages.office import PASSWORD, PAY, PEOPLE

pytestmark = pytest.mark.browser
PAID = "Tỷ lệ hồ sơ TTHC thanh toán phí, lệ phí trực tuyến"
ON_TIME = "Tỷ lệ hồ sơ TTHC giải quyết đúng hạn, trước hạn"
WRONG, MISSPELT = "E7", "B8"  # 307 became 3007, and Sông Cầu became Xông Cầu
HOSTILE = "[x](javascript:alert(1)) :material|bolt: $x$ a--b -> www.evil.example a@b.example.csv"


@dataclass
class House:
    """An installation with people, its server, and where it writes."""

    site: Site
    settings: Settings

    def official(self) -> dict[str, bytes]:
        """Everything that is kept of the official figures."""
        return builders.everything_below(self.settings.space_dir("official"))


@pytest.fixture(scope="module")
def house(chromium, built, texts, tmp_path_factory):
    runtime = tmp_path_factory.mktemp("desk") / "runtime"
    shutil.copytree(built.runtime_dir, runtime)
    settings = read_settings({"BOARD_RUNTIME": str(runtime)})
    office.hire(settings)
    before = [("truoc.csv", office.csv(f"Phường Sông Cầu,{PAY},2024-Q4,250,911,,"))]
    seen = desk.propose(settings, "official", before, PEOPLE["songcau"]).changes.digest
    desk.submit(settings, "official", before, PEOPLE["songcau"], seen=seen)
    server = driver.serve(runtime)
    try:
        server.wait()
        yield House(Site(server.url, texts), settings)
        written = server.text()
    finally:
        server.stop()
    assert "Traceback" not in written, written[-6000:]


@pytest.fixture
def person(chromium):
    """A browser of one's own: ``person()`` opens its first tab, and further tabs are opened from its context."""
    opened = []

    def arrive(scheme="light"):
        context = chromium.new_context(
            locale="vi-VN",
            viewport={"width": 1280, "height": 1000},
            reduced_motion="reduce",
            color_scheme=scheme,
        )
        context.set_default_timeout(20_000)
        opened.append(context)
        return another(context)

    def another(context):
        tab = context.new_page()
        tab.watch = Watch()
        tab.watch.listen(tab)
        return tab

    arrive.another = another
    yield arrive
    for context in opened:
        context.close()


def sign_in(tab, site, name, password=PASSWORD, page="upload", space="official"):
    tab.goto(site.address(page, space=space))
    tab.get_by_label(site.text("signin.name"), exact=True).fill(name)
    tab.get_by_label(site.text("signin.password"), exact=True).fill(password)
    tab.get_by_role("button", name=site.text("signin.button")).click()


def at_the_desk(tab, site, name, **more):
    sign_in(tab, site, name, **more)
    tab.get_by_test_id("stFileUploader").wait_for()
    driver.settle(tab)


def choose(tab, *files):
    tab.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(
        [str(file) if isinstance(file, Path) else file for file in files]
    )


def put_away(tab):
    tab.get_by_test_id("stFileChipDeleteBtn").get_by_role("button").first.click()
    tab.locator('[data-part="understood0"]').wait_for(state="detached")


def part(tab, name):
    return tab.locator(f'[data-part="{name}"]')


def report() -> bytes:
    """A commune's own form with its head, a title, a heading over two columns, and two mistakes."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Báo cáo"
    for row in (
        ["UBND PHƯỜNG SÔNG CẦU", None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        [],
        ["BÁO CÁO CHUYỂN ĐỔI SỐ QUÝ IV NĂM 2024"],
        [],
        ["STT", "Xã, phường", "Chỉ tiêu", "Kỳ", "Kết quả", None, "Ghi chú"],
        [None, None, None, None, "Tử số", "Mẫu số", None],
        [1, "Phường Sông Cầu", PAID, "Quý IV/2024", 3007, 911, None],
        [2, "Phường Xông Cầu", ON_TIME, "Quý IV/2024", 900, 911, None],
    ):
        page.append(row)
    for cells in ("A3:G3", "E5:F5", *(f"{column}5:{column}6" for column in "ABCDG")):
        page.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def etl(settings, *words, password):
    """A command of the product with the password on standard input: (exit code, what it says)."""
    environ = {**os.environ, "BOARD_RUNTIME": str(settings.runtime_dir), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "etl", *map(str, words)],
        cwd=driver.ROOT, env=environ, input=password + "\n", capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_from_a_faulty_report_to_the_figure_on_the_committees_page(house, person, tmp_path):
    site = house.site
    committee, official = person(), person()
    driver.visit(committee, site.address("indicator", space="official", indicator=PAY))
    committee.evaluate("window.sameSession = true")
    assert "250/911" in driver.visible_text(committee)

    at_the_desk(official, site, "songcau")
    faulty = tmp_path / "bao-cao-quy-4.xlsx"
    faulty.write_bytes(report())
    choose(official, faulty)
    driver.seen(official, site.text("upload.findings_blocked"))
    assert accessible.faults(official, "upload:desk") == []
    found = part(official, "findings").inner_text()
    for words in (f"({WRONG})", "3007", f"({MISSPELT})", "Phường Xông Cầu", "Báo cáo"):
        assert words in found, "every fault with its sheet, cell and content"
    assert official.get_by_role("button", name=site.text("upload.send"), exact=True).count() == 0

    with official.expect_download() as started:
        official.get_by_role("button", name=re.compile(site.text("upload.marked").split(" {")[0])).click()
    assert started.value.suggested_filename == "bao-cao-quy-4-danh-dau.xlsx"
    marked = tmp_path / started.value.suggested_filename
    started.value.save_as(marked)
    book = openpyxl.load_workbook(marked)
    page = book["Báo cáo"]
    for cell, value in ((WRONG, 3007), (MISSPELT, "Phường Xông Cầu")):
        assert page[cell].value == value and page[cell].comment is not None
        assert page[cell].fill.fgColor.rgb.endswith("FFC7CE")
    assert page["F8"].comment is None and "E5:F5" in map(str, page.merged_cells.ranges)
    page[WRONG], page[MISSPELT] = 307, "Phường Sông Cầu"
    book.save(marked)

    put_away(official)
    choose(official, marked)
    part(official, "changes").wait_for()
    driver.settle(official)
    change = part(official, "changes").inner_text()
    assert change.index("27,4%") < change.index("33,7%") and "250/911" in change and "307/911" in change
    assert site.text("delivery.effect.pooled").split(", ")[1] in part(official, "effects").inner_text()
    send = official.get_by_role("button", name=site.text("upload.send"), exact=True)
    assert accessible.faults(official, "upload:desk") == []
    assert send.is_disabled(), "an alteration is looked at and has a reason first"
    for box in official.get_by_test_id("stMain").get_by_test_id("stCheckbox").all():
        box.locator("label").click()
        driver.settle(official)
    official.get_by_label(site.text("upload.note_needed")).fill("Gõ thừa một chữ số không")
    official.keyboard.press("Tab")
    send.and_(official.locator("button:enabled")).wait_for()
    assert "307/911" not in driver.visible_text(committee)
    send.click()
    driver.seen(official, "Đã gửi và công bố")
    mine = part(official, "mine").inner_text()
    assert marked.name in mine and site.text("delivery.state.accepted") in mine and "Gõ thừa" in mine
    driver.menu_link(official, site.text("indicator.menu")).click()
    driver.arrived(official, site.text("indicator.title"))
    driver.seen(official, "307/911")

    assert "250/911" in driver.visible_text(committee), (
        "an open page changes at its next click, not under the eyes"
    )
    english = site.text("language.name", "en")
    committee.get_by_test_id("stSidebar").get_by_role("radio", name=english).click()
    driver.arrived(committee, site.text("indicator.title", "en"))
    text = driver.visible_text(committee)
    assert "33.7%" in text and "307/911" in text and "27.4%" not in text
    assert text.count("250/911") == 1, "the former figure stands in the note about the correction only"
    assert committee.evaluate("window.sameSession === true"), "the page was loaded anew"
    assert committee.watch.faults == [] and official.watch.faults == []
    assert committee.watch.outside == [] and official.watch.outside == []


def test_a_reporter_of_song_cau_cannot_send_for_quang_thuan(house, person, tmp_path):
    """By page, by altered request, or by command: refused, and nothing of it is kept."""
    site, settings = house.site, house.settings
    theirs = tmp_path / "quang-thuan.csv"
    theirs.write_bytes(office.csv(f"Xã Quang Thuận,{PAY},2024-Q4,41,173,,"))
    before = house.official()

    tab = person()
    at_the_desk(tab, site, "songcau")
    choose(tab, theirs)
    driver.seen(tab, site.text("upload.findings_blocked"))
    assert "area.not_yours" in part(tab, "findings").inner_html()
    assert tab.get_by_role("button", name=site.text("upload.send"), exact=True).count() == 0
    assert part(tab, "changes").count() == 0
    assert house.official() == before

    files = [(theirs.name, theirs.read_bytes())]
    seen = desk.propose(settings, "official", files, PEOPLE["quantri"]).changes.digest
    with pytest.raises((UploadRejected, NotPermitted)):
        desk.submit(settings, "official", files, PEOPLE["songcau"], seen=seen)
    assert house.official() == before

    code, said = etl(settings, "submit", theirs, "--as", "songcau", password=PASSWORD)
    assert code == 1 and "không báo cáo cho xã Quang Thuận" in said
    code, said = etl(settings, "load", theirs, "--as", "songcau", "--json", password=PASSWORD)
    findings = json.loads(said.splitlines()[-1])["findings"]
    assert code == 1 and [item["code"] for item in findings if item["severity"] == "block"] == [
        "area.not_yours"
    ]
    code, said = etl(settings, "submit", theirs, "--as", "quangthuan", password="không phải mật khẩu")
    assert code == 1 and site.text("error.accounts.sign_in") in said
    assert house.official() == before
    assert tab.watch.faults == []


def test_a_reload_keeps_one_signed_in_and_signing_out_ends_it_everywhere(house, person):
    site = house.site
    tab = person()
    at_the_desk(tab, site, "thamdinh")
    tab.reload()
    tab.get_by_test_id("stFileUploader").wait_for()
    kept = next(item for item in tab.context.cookies() if item["name"] == "board_session")
    assert kept["sameSite"] == "Strict" and kept["expires"] == -1, (
        "gone with the browser, and for no other site"
    )
    assert kept["httpOnly"] and "board_session" not in tab.evaluate("document.cookie"), "no script reads it"
    second = person.another(tab.context)
    driver.visit(second, site.address("publish", space="official"))
    assert part(second, "log").count() == 1

    driver.menu_link(tab, site.text("accounts.menu")).click()
    driver.arrived(tab, site.text("accounts.title"))
    tab.get_by_role("button", name=site.text("accounts.sign_out")).click()
    tab.get_by_role("button", name=site.text("signin.button")).wait_for()
    driver.settle(tab)
    assert not [item for item in tab.context.cookies() if item["name"] == "board_session"]
    driver.menu_link(second, site.text("upload.menu")).click()
    driver.arrived(second, site.text("upload.title"))
    assert second.get_by_role("button", name=site.text("signin.button")).count() == 1
    assert second.get_by_test_id("stFileUploader").count() == 0 and part(second, "log").count() == 0
    tab.context.add_cookies([kept])
    tab.reload()
    driver.arrived(tab, site.text("accounts.title"))
    assert tab.get_by_role("button", name=site.text("signin.button")).count() == 1, (
        "an old token opens nothing"
    )
    assert tab.watch.faults == [] and second.watch.faults == []


def test_one_signs_in_with_the_keyboard_alone(house, person):
    site = house.site
    tab = person()
    driver.visit(tab, site.address("accounts", space="official"))

    def focus_on(label):
        for _ in range(40):
            if tab.evaluate("document.activeElement?.getAttribute('aria-label')") == label:
                return
            tab.keyboard.press("Tab")
        raise AssertionError(f"{label} is not reached by Tab")

    focus_on(site.text("signin.name"))
    tab.keyboard.type("nguoixem")
    focus_on(site.text("signin.password"))
    tab.keyboard.insert_text("sai mật khẩu rồi")
    tab.keyboard.press("Enter")
    driver.seen(tab, site.text("error.accounts.sign_in"))
    focus_on(site.text("signin.password"))
    tab.keyboard.press("Control+a")
    tab.keyboard.insert_text(PASSWORD)
    tab.keyboard.press("Enter")
    part(tab, "own").wait_for()
    assert PEOPLE["nguoixem"].display in part(tab, "own").inner_text()
    assert tab.watch.faults == []


def test_a_files_name_is_text_wherever_a_browser_draws_it(house, person):
    """Streamlit makes links of bare addresses and arrows of signs even where they are escaped. In the dark, and each
    page as an administrator sees it is looked at by axe-core."""
    site = house.site
    tab = person("dark")
    at_the_desk(tab, site, "quantri", space="demo")

    def harmless():
        main = tab.get_by_test_id("stMain")
        outside = main.locator("a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
        assert not [
            link for link in outside if link and re.match(r"(https?://(?!127)|mailto:|javascript:)", link)
        ]
        assert main.locator("[data-testid=stMarkdownContainer] b, .katex, script").count() == 0

    data = office.csv(f"Xã Quang Thuận,{PAY},2025-Q1,41,173,,<script>alert(1)</script>")
    choose(tab, {"name": HOSTILE, "mimeType": "text/csv", "buffer": data})
    part(tab, "changes").wait_for()
    driver.settle(tab)
    harmless()
    driver.menu_link(tab, site.text("overview.menu")).click()
    driver.arrived(tab, site.text("overview.title"))
    driver.menu_link(tab, site.text("upload.menu")).click()
    part(tab, "changes").wait_for()
    driver.settle(tab)
    harmless()
    tab.get_by_role("button", name=site.text("upload.send"), exact=True).click()
    said = tab.get_by_test_id("stAlert")
    said.wait_for()
    driver.settle(tab)
    assert HOSTILE in said.inner_text().replace("\u2060", "")
    harmless()
    driver.menu_link(tab, site.text("publish.menu")).click()
    driver.arrived(tab, site.text("publish.title"))
    harmless()
    assert HOSTILE in part(tab, "log").inner_text()
    assert accessible.faults(tab) == []
    for page in ("boundaries", "accounts"):
        driver.menu_link(tab, site.text(f"{page}.menu")).click()
        driver.arrived(tab, site.text(f"{page}.title"))
        assert accessible.faults(tab, f"{page}:desk") == []
    assert tab.watch.faults == [] and tab.watch.outside == []


def test_an_earlier_day_and_back_to_the_newest_by_the_link(house, person):
    site = house.site
    tab = person()
    driver.visit(tab, site.address("area", area="02071-2020", after="2024-Q3"))
    day = tab.get_by_test_id("stSidebar").get_by_role("textbox", name=site.text("choose.as_of"))
    day.fill("21/11/2024")
    day.press("Enter")
    tab.wait_for_url("**asof=2024-11-21**")
    part(tab, "as_of").wait_for()
    driver.arrived(tab)
    assert not re.search(r"(?<!\d)3/79", driver.visible_text(tab)), "Nghĩa Tá's report came the day after"
    part(tab, "as_of").get_by_text(site.text("ribbon.newest")).click()
    part(tab, "as_of").wait_for(state="detached")
    driver.arrived(tab)
    assert "asof=2" not in tab.url and day.input_value() == ""
    assert tab.watch.faults == []
