"""The deck: what it holds is what the story says, in parts that PowerPoint calls its own, and every rendered page is whole."""

import io
import unicodedata
import zipfile

import openpyxl
import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER
from pptx.util import Emu

from reports import deck, measure, native
from reports.slides import slides
from tests.unit.reports import office_suite, told

COUNTS = (1, 8, 37)


def opened(story):
    return Presentation(io.BytesIO(slides(story)))


def texts(shapes) -> list[str]:
    """All texts on a slide, also in groups and tables."""
    found = []
    for shape in shapes:
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            found += texts(shape.shapes)
        elif shape.has_text_frame:
            found.append(shape.text_frame.text)
        elif getattr(shape, "has_table", False) and shape.has_table:
            found += [cell.text_frame.text for row in shape.table.rows for cell in row.cells]
    return found


def charts(made):
    return [shape for page in made.slides for shape in page.shapes if getattr(shape, "has_chart", False)]


def tables(made):
    return [shape for page in made.slides for shape in page.shapes if getattr(shape, "has_table", False)]


@pytest.mark.parametrize("count", COUNTS)
def test_every_slide_carries_mark_source_citation_and_number(count):
    for page in opened(told.story(count)).slides:
        own = texts(page.shapes)
        assert told.MARK in own and told.CITATION.line in own
        assert any(text.startswith("Nguồn: báo cáo quý") for text in own)
        kinds = {shape.placeholder_format.type for shape in page.placeholders}
        assert {PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.TITLE} <= kinds
        assert told.MARK in page.notes_slide.notes_text_frame.text


def test_real_figures_carry_no_mark():
    data = slides(told.story(8, mark=""))
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        assert not any("MINH HỌA".encode() in box.read(name) for name in box.namelist())


def test_notes_hold_definitions():
    notes = opened(told.story()).slides[1].notes_slide.notes_text_frame.text
    assert "Tỷ lệ = hồ sơ thanh toán trực tuyến" in notes and told.CITATION.line in notes


@pytest.mark.parametrize("count", COUNTS)
def test_charts_are_native_named_and_hold_the_numbers_of_the_story(count):
    story = told.story(count)
    made = opened(story)
    assert not [s for page in made.slides for s in page.shapes if s.shape_type == MSO_SHAPE_TYPE.PICTURE]
    before, after, met = [], [], []
    for frame in charts(made):
        assert told.MARK in frame._element.nvGraphicFramePr.cNvPr.get("descr")
        assert frame.chart.chart_title.text_frame.text == told.MARK
        named = {one.name: one for one in frame.chart.plots[0].series}
        if "Quý IV/2022" in named:
            for series, out in ((named["Quý IV/2022"], before), (named["Quý IV/2024"], after)):
                points = series._element.xVal.iter(f"{{{series._element.nsmap['c']}}}pt")
                out += [float(point.findtext("{*}v")) for point in points]
        if "đạt" in named:
            met += list(named["đạt"].values)
    rows = told.ends(count)
    assert before == [row.before for row in rows if row.before is not None]
    assert after == [row.after for row in rows if row.after is not None]
    assert met == [row.met for row in told.stacks(count).rows]


def test_the_sheet_behind_a_chart_names_each_row_and_follows_a_changed_number():
    frame = charts(opened(told.story()))[0]
    blob = frame.chart.part.chart_workbook.xlsx_part.blob
    sheet = openpyxl.load_workbook(io.BytesIO(blob)).active
    assert [sheet.cell(row, 1).value for row in range(2, 10)] == list(told.NAMES)
    assert (sheet["B2"].value, sheet["C2"].value) == (3.0, 25.0)
    assert (sheet["G2"].value, sheet["G3"].value) == ("=B2", "=C2")
    assert sheet["B4"].value is None and sheet["C5"].value is None
    space = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
    for series in frame.chart._chartSpace.iter(f"{space}ser"):
        for values in ("xVal", "yVal"):
            own = series.find(f"{space}{values}")
            column = next(own.iter(f"{space}f")).text.split("$")[1]
            for point in own.iter(f"{space}pt"):
                cell = sheet[f"{column}{int(point.get('idx')) + 2}"].value
                if not str(cell).startswith("="):
                    assert cell == float(point.findtext(f"{space}v"))


def test_a_gap_stays_a_gap():
    frame = next(f for f in charts(opened(told.story())) if len(f.chart.plots[0].categories) == 12)
    chosen = list(frame.chart.plots[0].series)[-1]
    assert (
        chosen.name == told.NAMES[1] and chosen.values[2:4] == (None, None) and chosen.values[4] is not None
    )
    assert 'dispBlanksAs val="gap"' in frame.chart._chartSpace.xml


@pytest.mark.parametrize("count", COUNTS)
def test_tables_are_native_with_headings_and_lose_no_row(count):
    story = told.story(count)
    found = tables(opened(story))
    rows = []
    for frame in found:
        assert frame.table.first_row and told.MARK in frame._element.nvGraphicFramePr.cNvPr.get("descr")
        head, *rest = [[cell.text_frame.text for cell in row.cells] for row in frame.table.rows]
        assert head == [column.label for column in told.table().columns]
        rows += rest
    wanted = [["\n".join(t for t in (c.text, c.under) if t) for c in row] for row in told.table(count).rows]
    assert rows == wanted
    assert [frame.table.last_row for frame in found] == [False] * (len(found) - 1) + [True]


def test_the_map_is_made_of_named_shapes():
    made = opened(told.story())
    group = next(s for s in made.slides[2].shapes if s.shape_type == MSO_SHAPE_TYPE.GROUP)
    assert told.MARK in group._element.nvGrpSpPr.cNvPr.get("descr")
    outlines = {s.name: s for s in group.shapes if s.shape_type == MSO_SHAPE_TYPE.FREEFORM}
    assert set(told.NAMES) <= set(outlines)
    said = outlines["Xã Quang Thuận"]._element.nvSpPr.cNvPr.get("descr")
    assert said == "Xã Quang Thuận: không hiển thị"
    assert "pattFill" in outlines["Xã Quang Thuận"]._element.xml
    assert told.MARK in texts(group.shapes)


def test_the_same_story_gives_the_same_bytes_and_nobodys_name():
    data = slides(told.story())
    assert data == slides(told.story())
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        about = box.read("docProps/core.xml").decode()
        assert box.testzip() is None and len(set(box.namelist())) == len(box.namelist())
        assert {info.date_time for info in box.infolist()} == {deck.STILL}
        assert b"Calibri" not in b"".join(box.read(n) for n in box.namelist() if n.startswith("ppt/theme"))
    assert "Steve" not in about and "vi-VN" in about and "Chuyển đổi số" in about


def test_masters_and_layouts_hold_real_places():
    made = opened(told.story())
    assert (made.slide_width, made.slide_height) == (Emu(12192000), Emu(6858000))
    assert len(made.slide_layouts) == 5
    for layout in made.slide_layouts:
        places = {shape.placeholder_format.idx for shape in layout.placeholders}
        assert {deck.TITLE, deck.MARK, deck.SOURCE, deck.CITATION, deck.NUMBER} <= places
    for page in made.slides:
        ids = [item.get("id") for item in page.shapes._spTree.iter() if item.tag.endswith("}cNvPr")]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("story", [*(told.story(n) for n in COUNTS), told.crowded(told.story(8))])
def test_nothing_leaves_its_slide_and_texts_fit_their_boxes(story):
    made = opened(story)
    for page in made.slides:
        for shape in page.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= made.slide_width + 1
            assert shape.top + shape.height <= deck.units(deck.TALL) + 1
            if getattr(shape, "has_table", False):
                assert shape.top + shape.height <= deck.units(deck.CONTENT_END) + 1
            if shape.has_text_frame and shape.is_placeholder and shape.text_frame.text:
                place = shape.placeholder_format.idx
                runs = [(p.text, p.runs[0].font.size) for p in shape.text_frame.paragraphs if p.runs]
                sizes = {size.pt for _, size in runs if size}
                if sizes:
                    room, tall = shape.width / deck.POINT, shape.height / deck.POINT
                    after = 0.3 if place == deck.BODY else 0.0
                    need = measure.height([t for t, _ in runs], max(sizes), room, place == deck.TITLE, after)
                    assert need <= tall + 1, (shape.name, runs[0])


def test_no_sentence_is_lost_where_there_are_too_many():
    story = told.crowded(told.story(8))
    said = [text for page in opened(story).slides for text in texts(page.shapes)]
    everything = "\n".join(said)
    for slide in story.slides:
        for sentence in slide.sentences:
            assert sentence.strip() in everything


def test_rows_are_shared_out_evenly():
    sizes = [len(part.rows) for part in native.parts(told.dumbbell(37))]
    assert sum(sizes) == 37 and max(sizes) <= native.ROWS and max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize(
    "name, story",
    [*((str(n), told.story(n)) for n in COUNTS), ("crowded", told.crowded(told.story(8)))],
)
def test_rendered_pages_are_whole(name, story, tmp_path):
    data = slides(story)
    path = office_suite.pdf(data, f"{name}.pptx", tmp_path)
    pages = office_suite.pages(path)
    assert len(pages) == len(Presentation(io.BytesIO(data)).slides)
    for page, picture in zip(pages, office_suite.pictures(path), strict=True):
        plain = unicodedata.normalize("NFC", " ".join(page.split()))
        assert "SỐ LIỆU MINH HỌA" in plain and "4K7Q-2M" in plain and "\ufffd" not in plain
        middle = picture.crop((20, 60, picture.width - 20, int(picture.height * 0.88)))
        assert middle.getextrema()[0] < 120  # something dark stands between head and foot
    everything = unicodedata.normalize("NFC", " ".join(" ".join(pages).split()))
    for row in told.ends(37 if name == "37" else 1 if name == "1" else 8):
        for text in (row.before_text, row.after_text):
            assert text in everything
    for word in office_suite.words(path):
        _, left, top, right, bottom, text, wide, tall = word
        assert left >= -1 and top >= -1 and right <= wide + 1 and bottom <= tall + 1, text
        if bottom > tall * (deck.CONTENT_END + 4) / deck.TALL:  # below the content only the foot
            assert top >= tall * (deck.CONTENT_END + 2) / deck.TALL, text


@pytest.mark.parametrize(
    "ticks, written",
    [
        (((0.0, "0%"), (0.2, "20%"), (0.4, "40%")), "#,##0%"),
        (((0.0, "0%"), (20.0, "20%"), (100.0, "100%")), '#,##0"%"'),
        (((0.0, "0%"), (0.005, "0,5%"), (0.01, "1%")), "#,##0.0%"),
        (((0.0, "0"), (50.0, "50")), "#,##0"),
    ],
)
def test_an_axis_is_written_as_its_ticks_say(ticks, written):
    assert native._written(ticks) == written
