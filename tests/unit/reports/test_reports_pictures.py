"""A picture stands by itself: everything that says what it is, is in it."""

import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

from reports.pictures import DOTS, WIDE, picture
from tests.unit.reports import told

TITLE = "Sáu nơi tăng rõ, một nơi giảm rõ & còn <một> nơi"
DRAWINGS = {
    "dumbbell": told.dumbbell(),
    "many": told.dumbbell(37),
    "one": told.dumbbell(1),
    "map": told.chart_map(),
    "stacks": told.stacks(),
    "lines": told.lines(),
}


def made(drawing, kind, mark=told.MARK, title=TITLE):
    return picture(
        drawing, title, "phần trăm hồ sơ", told.SOURCE, mark, told.CITATION.line, told.COLOURS, kind
    )


@pytest.mark.parametrize("name", DRAWINGS)
def test_an_svg_carries_title_source_citation_and_mark_inside_its_frame(name):
    root = ET.fromstring(made(DRAWINGS[name], "svg"))
    said = [item.text for item in root.iter("{http://www.w3.org/2000/svg}text")]
    whole = " ".join(text for text in said if text)
    for text in (told.MARK, told.SOURCE, told.CITATION.line, "còn <một> nơi"):
        assert text in whole
    assert root.get("font-family").startswith("IBM Plex Sans")
    height = float(root.get("height"))
    inner = root.find("{http://www.w3.org/2000/svg}svg")
    assert float(inner.get("y")) + float(inner.get("height")) < height
    for item in root.findall("{http://www.w3.org/2000/svg}text"):
        assert 0 < float(item.get("y")) < height
    for item in inner.iter("{http://www.w3.org/2000/svg}text"):
        assert 0 <= float(item.get("y")) <= float(inner.get("height"))


def test_a_long_title_is_broken_and_real_figures_carry_no_mark():
    svg = made(DRAWINGS["one"], "svg", mark="", title="Tỷ lệ hồ sơ thanh toán trực tuyến " * 8).decode()
    assert svg.count("Tỷ lệ hồ sơ") >= 8 and "MINH HỌA" not in svg


@pytest.mark.parametrize("name", ("dumbbell", "map"))
def test_a_png_has_the_dots_that_printers_ask_for(name):
    data = made(DRAWINGS[name], "png")
    assert data == made(DRAWINGS[name], "png")
    image = Image.open(io.BytesIO(data))
    image.load()
    assert image.width == WIDE * DOTS / 96 and image.info["dpi"] == pytest.approx((300, 300), abs=0.01)
    assert image.convert("L").getextrema()[0] < 80


def test_another_kind_is_refused():
    with pytest.raises(ValueError):
        made(DRAWINGS["one"], "gif")
