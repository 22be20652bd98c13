"""The show in a hall: by keyboard alone, with the network cut, large, strong, and nothing out of its place."""

import os
import shutil

import pytest

from reports.show import CONTRAST, LEAST, show
from store.settings import read_settings
from store.snapshot import current_id, point_to, snapshot_path
from tests.browser import accessible, driver
from tests.unit.reports import hall

pytestmark = pytest.mark.browser
STAGES = {"wide": (1920, 1080), "square": (1024, 768)}
SHOTS = driver.ROOT / "tests" / "browser" / "screenshots"
# Each slide is put on the stage in turn; every piece of text on it is measured as it is painted.
LOOK = """([least, ratio]) => {
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const parts = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const clear = (colour) => { const p = parts(colour); return p.length === 4 && p[3] === 0; };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!clear(colour)) return parts(colour);
    }
    return [255, 255, 255];
  };
  const faults = [];
  let seen = 0;
  const slides = [...document.querySelectorAll(".deck.now .slide")];
  for (const slide of slides) {
    slides.forEach((other) => other.classList.toggle("now", other === slide));
    const stage = slide.getBoundingClientRect();
    const foot = slide.querySelector("footer").getBoundingClientRect();
    const tell = (what, text) => faults.push(`${slide.dataset.key}: ${what}: ${text.trim().slice(0, 60)}`);
    const boxes = [];
    const walk = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (!node.data.trim()) continue;
      const parent = node.parentElement;
      if (parent.closest("title")) continue;
      const style = getComputedStyle(parent);
      const drawn = parent.closest("svg");
      const scale = drawn ? parent.getScreenCTM().a : stage.width / slide.offsetWidth;
      seen += 1;
      if (parseFloat(style.fontSize) * scale < least - 0.01) tell(`small ${style.fontSize}`, node.data);
      const [one, two] = [light(parts(drawn ? style.fill : style.color)), light(ground(parent))].sort((a, b) => b - a);
      if ((one + 0.05) / (two + 0.05) < ratio) tell(`weak ${((one + 0.05) / (two + 0.05)).toFixed(2)}`, node.data);
      const range = document.createRange();
      range.selectNodeContents(node);
      const room = drawn ? drawn.getBoundingClientRect() : stage;
      for (const box of range.getClientRects()) {
        if (box.left < room.left - 2 || box.right > room.right + 2 || box.top < room.top - 6 || box.bottom > room.bottom + 6)
          tell("out of its place", node.data);
        if (!parent.closest("footer") && box.bottom > foot.top + 5) tell("on the footer", node.data);
        const trim = box.height * 0.2;
        boxes.push([box.left + 1, box.top + trim, box.right - 1, box.bottom - trim, node.data]);
      }
    }
    boxes.forEach((a, n) => boxes.slice(n + 1).forEach((b) => {
      if (a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]) tell("one on the other", `${a[4]} / ${b[4]}`);
    }));
    for (const box of [slide, ...slide.querySelectorAll("*")]) {
      if (box.closest("svg")) continue;
      if (box.scrollWidth > box.clientWidth + 1 && box.clientWidth) tell("too wide", box.textContent);
      if (box.scrollHeight > box.clientHeight + 6 && box.clientHeight) tell("too tall", box.textContent);
    }
  }
  slides.forEach((slide, n) => slide.classList.toggle("now", n === 0));
  return { faults, seen, slides: slides.length };
}"""
NOW = "() => document.querySelector('.deck.now .slide.now .place').textContent"


def kept(folder, told, **own) -> str:
    """Address of the show as a file."""
    path = folder / "trinh-chieu.html"
    path.write_bytes(show(told, **own))
    return path.as_uri()


def shot(page, name: str) -> None:
    """A picture of every slide, for whoever asks to look at them."""
    if os.environ.get("BOARD_EVERY_LOOK") != "1":
        return
    SHOTS.mkdir(exist_ok=True)
    for number in range(page.locator(".deck.now .slide").count()):
        page.keyboard.type(str(number + 1))
        page.keyboard.press("Enter")
        page.screenshot(path=SHOTS / f"hall-{name}-{number + 1:02d}.png")
    page.keyboard.press("Home")


@pytest.fixture
def stand(chromium):
    """Opens windows of their own: the network of one is cut without touching the others."""
    made = []

    def open_window(size: tuple[int, int]):
        context = chromium.new_context(
            locale="vi-VN", viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        context.set_default_timeout(20_000)
        made.append(context)
        return context

    yield open_window
    for context in made:
        context.close()


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    ("count", "long", "mark"), [(1, True, ""), (8, False, "Số liệu minh họa"), (37, True, "Minh họa")]
)
def test_every_text_is_large_strong_and_in_its_place(stand, tmp_path, stage, count, long, mark):
    context = stand(STAGES[stage])
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda request: None if request.url.startswith(("file:", "data:")) else errors.append(request.url),
    )
    page.goto(kept(tmp_path, hall.story(count, mark, long)))
    page.evaluate("() => document.fonts.ready")
    found = page.evaluate(LOOK, [LEAST, CONTRAST])
    assert found["faults"] == []
    assert found["slides"] >= count + 8 and found["seen"] > 80
    assert errors == []
    if stage == "wide":
        assert accessible.faults(page) == []
    assert page.evaluate("() => document.fonts.check('600 40px \"IBM Plex Sans\"', 'Ợ')")
    shot(page, f"{count}-{stage}")


def test_by_keyboard_from_the_first_slide_to_the_last_and_back(stand, tmp_path):
    page = stand(STAGES["wide"]).new_page()
    page.goto(kept(tmp_path, hall.story(3)))
    count = page.locator(".deck.now .slide").count()
    heard = page.locator("#heard")
    for number in range(1, count + 1):
        assert page.evaluate(NOW) == f"{number}/{count}"
        assert page.locator(".deck.now .slide.now:visible").count() == 1
        assert heard.inner_text().startswith(f"Trang {number}/{count}: ")
        page.keyboard.press(["ArrowRight", "Space", "PageDown", "ArrowDown", "Enter"][number % 5])
    assert page.evaluate(NOW) == f"{count}/{count}", "the last slide stays"
    for number in range(count, 0, -1):
        assert page.evaluate(NOW) == f"{number}/{count}"
        page.keyboard.press(["ArrowLeft", "PageUp", "ArrowUp"][number % 3])
    page.keyboard.press("End")
    assert page.evaluate(NOW) == f"{count}/{count}"
    page.keyboard.press("Home")
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    assert page.evaluate(NOW) == f"4/{count}"

    page.keyboard.press("b")
    assert page.locator("#black").is_visible()
    page.keyboard.press("PageDown")
    assert page.locator("#black").is_hidden() and page.evaluate(NOW) == f"4/{count}", (
        "first the light, then the next"
    )
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement !== null")
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement === null")
    page.keyboard.press("t")
    assert page.locator(".deck.now .slide.now .time").inner_text().startswith("00:0")


def test_the_list_leads_to_a_slide_by_keyboard(stand, tmp_path):
    page = stand(STAGES["square"]).new_page()
    page.goto(kept(tmp_path, hall.story(8)))
    page.keyboard.press("o")
    assert (
        page.get_by_role("dialog").get_by_role("button").count() == page.locator(".deck.now .slide").count()
    )
    sizes = page.locator("#list button").evaluate_all(
        "(all) => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= LEAST
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate(NOW).startswith("4/") and page.get_by_role("dialog").count() == 0
    page.keyboard.press("h")
    assert "PageDown" in page.get_by_role("dialog").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("PageDown")
    assert page.evaluate(NOW).startswith("5/")


def test_the_speakers_window_follows_and_leads(stand, tmp_path):
    page = stand(STAGES["wide"]).new_page()
    page.goto(kept(tmp_path, hall.story(3)))
    with page.expect_popup() as opened:
        page.keyboard.press("n")
    notes = opened.value
    notes.get_by_text("Chào hội nghị.").wait_for()
    assert "Thanh toán trực tuyến: từ 0,1% lên 10,7%" in notes.locator(".next").inner_text()
    notes.keyboard.press("PageDown")
    assert page.evaluate(NOW).startswith("2/")
    notes.get_by_text("Nêu nguồn.").wait_for()
    assert (
        notes.locator("b.timer").inner_text().startswith("00:0")
        and ":" in notes.locator("b.clock").inner_text()
    )
    assert "Chào hội nghị." not in page.locator(".deck.now .slide.now").inner_text(), (
        "notes are the speaker's alone"
    )


def test_a_finger_turns_the_slides(stand, tmp_path):
    page = stand(STAGES["wide"]).new_page()
    page.goto(kept(tmp_path, hall.story(2)))
    page.mouse.click(1500, 500)
    assert page.evaluate(NOW).startswith("2/")
    page.mouse.click(100, 500)
    assert page.evaluate(NOW).startswith("1/")
    page.mouse.move(1500, 500)
    page.mouse.down()
    page.mouse.move(900, 510, steps=4)
    page.mouse.up()
    assert page.evaluate(NOW).startswith("2/")


def test_on_a_stand_slides_turn_by_themselves_and_begin_anew(stand, tmp_path):
    page = stand(STAGES["wide"]).new_page()
    page.clock.install()
    page.goto(kept(tmp_path, hall.story(1), advance=10))
    count = page.locator(".deck.now .slide").count()
    page.clock.run_for(10_500)
    assert page.evaluate(NOW) == f"2/{count}"
    page.keyboard.press("PageDown")
    page.clock.run_for(30_000)
    assert page.evaluate(NOW) == f"3/{count}", "a hand on the keys holds the slides for a while"
    page.clock.run_for(31_000)
    assert page.evaluate(NOW) == f"4/{count}"
    page.keyboard.press("End")
    page.clock.run_for(61_000)
    assert page.evaluate(NOW) == f"1/{count}"
    page.keyboard.press("a")
    page.clock.run_for(200_000)
    assert page.evaluate(NOW) == f"1/{count}", "A stops them for good"


def test_paper_gets_one_slide_a_page(stand, tmp_path):
    page = stand(STAGES["square"]).new_page()
    page.goto(kept(tmp_path, hall.story(3)))
    count = page.locator(".deck.wide .slide").count() - 1  # the last one is about the screen
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") == count


def test_a_window_of_another_shape_shows_the_other_stage_at_the_same_slide(stand, tmp_path):
    page = stand(STAGES["wide"]).new_page()
    page.goto(kept(tmp_path, hall.story(37, long=True)))
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    key = page.locator(".deck.now .slide.now").get_attribute("data-key")
    page.set_viewport_size({"width": 1024, "height": 768})
    page.locator(".deck.square.now").wait_for()
    assert page.locator(".deck.now .slide.now:visible").get_attribute("data-key") == key


@pytest.mark.parametrize("space", ["demo", "official"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_opens_the_show_and_the_network_is_cut(site, stand, space, language):
    """Opened from the page; then nothing answers any more, and every slide still turns on both stages."""
    context = stand((1366, 900))
    page = context.new_page()
    driver.visit(page, site.address("hall", language, space))
    with page.expect_popup() as opened:
        page.get_by_role("button", name=site.text("hall.open", language)).click()
    stage = opened.value
    stage.locator(".deck.now .slide.now").wait_for()
    context.set_offline(True)
    requests = []
    stage.on("request", lambda request: requests.append(request.url))
    for name, (width, height) in STAGES.items():
        stage.set_viewport_size({"width": width, "height": height})
        stage.locator(f".deck.{name}.now").wait_for()
        stage.keyboard.press("Home")
        count = stage.locator(".deck.now .slide").count()
        assert count >= 11
        for number in range(1, count):
            stage.keyboard.press("PageDown")
            assert stage.evaluate(NOW) == f"{number + 1}/{count}"
            words = stage.locator(".deck.now .slide.now").inner_text()
            mark = site.text("ribbon.plain", language)
            assert (mark in words) == (space == "demo")
        found = stage.evaluate(LOOK, [LEAST, CONTRAST])
        assert found["faults"] == [] and found["seen"] > 80
        shot(stage, f"{space}-{language}-{name}")
    assert [url for url in requests if not url.startswith(("blob:", "data:"))] == []


def test_a_revision_in_mid_show_changes_no_slide_and_is_told_at_the_end(fresh, stand):
    site, runtime = fresh()
    context = stand((1366, 900))
    page = context.new_page()
    driver.visit(page, site.address("hall"))
    with page.expect_popup() as opened:
        page.get_by_role("button", name=site.text("hall.open")).click()
    stage = opened.value
    stage.locator(".deck.now .slide.now").wait_for()
    stage.keyboard.press("End")
    status = stage.locator(".deck.now .slide.now .status")
    stage.wait_for_function(
        "(words) => document.querySelector('.deck.now .status').textContent.startsWith(words)",
        arg=site.text("leave.word.unchanged"),
    )
    before = stage.evaluate(
        "() => [...document.querySelectorAll('.slide:not(.last)')].map((one) => one.textContent)"
    )
    settings = read_settings({"BOARD_RUNTIME": str(runtime)})
    old = current_id(settings, "demo")
    new = f"{old[:-12]}{'0' * 12}"
    shutil.copyfile(snapshot_path(settings, "demo", old), snapshot_path(settings, "demo", new))
    point_to(settings, "demo", new)
    stage.keyboard.press("PageUp")
    stage.wait_for_function(
        "(words) => document.querySelector('.deck.now .status').textContent === words",
        arg=site.text("leave.word.revised"),
        timeout=40_000,
    )
    after = stage.evaluate(
        "() => [...document.querySelectorAll('.slide:not(.last)')].map((one) => one.textContent)"
    )
    assert after == before
    stage.keyboard.press("End")
    assert status.inner_text() == site.text("leave.word.revised")


def test_a_presenter_reorders_hides_annotates_and_saves(fresh, stand):
    site, _ = fresh()
    page = stand((1366, 900)).new_page()
    driver.visit(page, site.address("hall"))
    titles = page.locator("ol li label")
    first, second = titles.nth(0).inner_text(), titles.nth(1).inner_text()
    page.locator("ol li").nth(1).get_by_role("button", name=f"{site.text('hall.up')}: ").click()
    driver.settle(page)
    assert titles.nth(0).inner_text() == second
    page.locator("ol li").nth(2).get_by_role("checkbox").uncheck()
    hidden = titles.nth(2).inner_text()
    line = "Xin <b>cảm ơn</b> các xã, phường"
    box = page.locator("ol li").nth(0).get_by_role("textbox")
    box.fill(line)
    box.press("Tab")
    driver.settle(page)
    page.get_by_role("textbox", name=site.text("hall.name"), exact=True).fill("Hội nghị quý IV")
    page.get_by_role("button", name=site.text("hall.save"), exact=True).click()
    driver.seen(page, "Đã lưu")

    page.reload()
    driver.arrived(page)
    assert titles.nth(0).inner_text() == first, "a new visit begins with the stock show"
    page.get_by_role("button", name=site.text("hall.load")).click()
    driver.seen(page, "Đang dùng")
    titles.filter(has_text=second).first.wait_for()
    assert titles.nth(0).inner_text() == second
    with page.expect_popup() as opened:
        page.get_by_role("button", name=site.text("hall.open")).click()
    stage = opened.value
    stage.locator(".deck.now .slide.now").wait_for()
    assert stage.locator(".deck.now .slide.now .remark").inner_text() == line
    assert stage.locator(".deck.wide .slide h2", has_text=hidden).count() == 0
