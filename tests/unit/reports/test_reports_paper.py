"""The DOCX and the PDF of a report, read back: every text and number of the model, the Decree's measures, headings, heading
rows, words for drawings; one page where one page is promised; texts that are code elsewhere stay texts."""

import io
import os
import re
import shutil
import subprocess
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from reports import paper, typeset
from reports.document import document
from reports.paper import Setting
from reports.printed import printed
from reports.story import Cell, Column, Dumbbell, Ends, Report, Table
from tests.unit.reports import sample

MARK = "Số liệu minh họa do máy tạo ra, không phải kết quả thật"
CASES = {
    "eight": sample.full(8, MARK),
    "one": sample.full(1),
    "many": sample.full(37),
    "brief": sample.brief(8, MARK),
    "brief of many": sample.brief(37, MARK),
    "hostile": sample.hostile(),
}
NEED = os.environ.get("BOARD_REQUIRE_OFFICE") == "1"


def tool(name: str) -> str:
    """A program of the machine; the test is left out where there is none, unless it must be there."""
    found = shutil.which(name)
    if not found and not NEED:
        pytest.skip(f"{name} is not on this machine")
    assert found, f"{name} is required here"
    return found


def squeezed(text: str) -> str:
    """Without spaces, and with the signs that no face has as the box they become."""
    return re.sub(r"\s+", "", typeset.showable(text))


def pdf_text(data: bytes, tmp_path: Path, *options: str) -> str:
    """The text layer."""
    path = tmp_path / "read.pdf"
    path.write_bytes(data)
    done = subprocess.run([tool("pdftotext"), *options, str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def pages(data: bytes, tmp_path: Path) -> int:
    return pdf_text(data, tmp_path).count("\f")


def texts(report: Report) -> list[str]:
    """Every text that must stand in the body of the document."""
    head = report.head
    found = [head.number, head.motto, head.place_day, head.kind, head.about, head.addressee, head.signer_hint]
    found += [head.parent.upper(), head.issuer.upper(), head.nation.upper(), head.signer_title.upper()]
    found += [head.receivers_label, *head.receivers, report.mark]
    for part in (*report.parts, *report.annex):
        found += [part.heading, *part.sentences, part.source]
        if part.table:
            found += [part.table.caption, *(column.label for column in part.table.columns)]
            found += [text for row in part.table.rows for cell in row for text in (cell.text, cell.under)]
    return [text for text in found if text]


@pytest.fixture(scope="module")
def made():
    """Every case once as DOCX and PDF."""
    return {name: (document(report), printed(report)) for name, report in CASES.items()}


# ---------------------------------------------------------------- read back


def body_tables(own) -> list:
    """Tables of figures; the frames of letterhead and signature have no heading row."""
    return [table for table in own.tables if table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None]


@pytest.mark.parametrize("case", CASES)
def test_the_docx_says_what_the_report_says(made, case):
    report, own = CASES[case], Document(io.BytesIO(made[case][0]))
    told = [part for part in (*report.parts, *report.annex) if part.table]
    tables = body_tables(own)
    assert len(tables) == len(told)
    close = paper.setting(report, 10.0).close
    for table, part in zip(tables, told, strict=True):
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        apart = " " if close else "\n"
        assert rows[0] == [column.label for column in part.table.columns]
        assert rows[1:] == [
            [f"{cell.text}{apart}{cell.under}" if cell.under else cell.text for cell in row]
            for row in part.table.rows
        ]
    whole = "\n".join(node.text or "" for node in own.element.body.iter(qn("w:t")))
    lines = [paragraph.text for paragraph in own.paragraphs]
    for part in (*report.parts, *report.annex):
        assert all(sentence in lines for sentence in part.sentences)
        assert not part.source or part.source in lines
    for text in texts(report):
        assert squeezed(text) in squeezed(whole), text


@pytest.mark.parametrize("case", CASES)
def test_the_pdf_says_what_the_report_says(made, case, tmp_path):
    """Reading order of cells is theirs, so each text is looked for as a whole run of words in the raw layer."""
    report = CASES[case]
    read = pdf_text(made[case][1], tmp_path, "-raw")
    assert unicodedata.normalize("NFC", read) == read
    # A text that goes over to the next page has the foot and the head of a page inside.
    for between in (report.citation.line, report.mark):
        if between:
            read = (
                re.sub(r"\s+".join(map(re.escape, typeset.showable(between).split())), " ", read)
                if case != "hostile"
                else read
            )
    read = squeezed(re.sub(r"\n\d{1,2}\n(?=\f|$)|\f\s*\d{1,2}\s", "", read))
    wanted = [text for text in texts(report) if text != report.mark]
    missing = [text for text in wanted if squeezed(text) not in read]
    assert not missing


@pytest.mark.parametrize("case", CASES)
def test_every_page_bears_the_mark_and_the_citation(made, case, tmp_path):
    report = CASES[case]
    for page in pdf_text(made[case][1], tmp_path, "-raw").split("\f")[:-1]:
        assert squeezed(report.citation.line) in squeezed(page)
        assert squeezed(report.mark) in squeezed(page)
    section = Document(io.BytesIO(made[case][0])).sections[0]
    for head, foot in (
        (section.first_page_header, section.first_page_footer),
        (section.header, section.footer),
    ):
        said = "".join(paragraph.text for paragraph in head.paragraphs)
        assert squeezed(report.mark) in squeezed(said)
        assert squeezed(foot.paragraphs[0].text) == squeezed(report.citation.line)
    fields = [node.text for node in section.header._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE"] and not list(section.first_page_header._element.iter(qn("w:instrText")))


def test_figures_without_a_mark_have_none(made, tmp_path):
    assert MARK not in pdf_text(made["one"][1], tmp_path)
    assert MARK.encode() not in zipfile.ZipFile(io.BytesIO(made["one"][0])).read("word/document.xml")


# ---------------------------------------------------------------- one page


@pytest.mark.parametrize("count", [1, 3, 8, 13, 20, 30, 37])
def test_a_brief_is_one_page(count, tmp_path):
    report = sample.brief(count, MARK)
    assert pages(printed(report), tmp_path) == 1
    assert paper.setting(report) in paper.BRIEF


def test_a_brief_keeps_the_decrees_sizes_where_it_can():
    short = replace(sample.brief(1), parts=sample.brief(1).parts[:1])
    assert paper.setting(short) == Setting() and paper.setting(sample.full(37)) == Setting()
    assert paper.setting(sample.brief(8)).text >= 13
    assert paper.setting(sample.brief(37)).text < 13, "or the test above shows nothing"


# ---------------------------------------------------------------- the Decree's measures


def test_the_page_is_as_the_decree_asks(made):
    section = Document(io.BytesIO(made["eight"][0])).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert Mm(20) - 999 <= section.top_margin <= Mm(25) and Mm(20) - 999 <= section.bottom_margin <= Mm(25)
    assert Mm(30) - 999 <= section.left_margin <= Mm(35) and Mm(15) - 999 <= section.right_margin <= Mm(20)
    assert section.different_first_page_header_footer


def test_faces_sizes_and_indents(made):
    own = Document(io.BytesIO(made["eight"][0]))
    for name in ("Normal", "Body Text", "Heading 1", "Heading 2", "Title", "Subtitle", "Caption", "Cell"):
        fonts = own.styles[name].element.rPr.rFonts
        assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")} == {
            "Times New Roman"
        }
        assert not [key for key in fonts.attrib if "heme" in key]
    body = own.styles["Body Text"]
    assert 13 <= body.font.size.pt <= 14 and body.paragraph_format.space_after.pt >= 6
    assert 10 <= body.paragraph_format.first_line_indent.mm <= 12.71
    assert body.paragraph_format.alignment == 3, "justified"
    assert own.styles["Heading 1"].font.bold and str(own.styles["Heading 1"].font.color.rgb) == "000000"


def test_letterhead(made):
    frame = Document(io.BytesIO(made["eight"][0])).tables[0]
    body, nation = frame.rows[0].cells
    assert [p.text for p in body.paragraphs][:2] == [sample.HEAD.parent.upper(), sample.HEAD.issuer.upper()]
    assert body.paragraphs[1].runs[0].bold and not body.paragraphs[0].runs[0].bold
    assert [p.text for p in nation.paragraphs][:2] == [sample.HEAD.nation.upper(), sample.HEAD.motto]
    rule = nation.paragraphs[2].paragraph_format
    long = paper.LETTERHEAD[1] - rule.left_indent.mm - rule.right_indent.mm
    assert long == pytest.approx(paper.wide(sample.HEAD.motto, 13, True), abs=0.2), "as long as the words"
    assert nation.paragraphs[2]._p.find(f".//{qn('w:pBdr')}") is not None
    assert frame.rows[1].cells[1].paragraphs[0].runs[0].italic


def test_headings_language_title_and_rows(made):
    own = Document(io.BytesIO(made["eight"][0]))
    heads = [(p.style.name, p.text) for p in own.paragraphs if p.style.name.startswith("Heading")]
    assert heads[:4] == [
        ("Heading 1", "I. Tình hình chung"),
        ("Heading 1", "II. Kết quả theo chỉ tiêu"),
        ("Heading 2", "1. Thanh toán trực tuyến"),
        ("Heading 2", "2. Nộp hồ sơ trực tuyến"),
    ]
    assert own.core_properties.title == "BÁO CÁO: " + sample.HEAD.about
    assert own.core_properties.language == "vi-VN" and own.core_properties.author == ""
    assert {node.get(qn("w:val")) for node in own.styles.element.iter(qn("w:lang"))} == {"vi-VN"}
    english = Document(io.BytesIO(document(replace(sample.full(1), language="en"))))
    assert english.core_properties.language == "en-GB"
    for table in body_tables(own):
        rows = table.rows
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)
        assert sum(row._tr.trPr.find(qn("w:tblHeader")) is not None for row in rows) == 1
        assert table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))


def test_every_drawing_has_its_words_and_its_place(made):
    report = CASES["eight"]
    own = Document(io.BytesIO(made["eight"][0]))
    drawings = [part.drawing for part in report.parts if part.drawing]
    assert [node.get("descr") for node in own.element.body.iter(qn("wp:docPr"))] == [
        one.alt for one in drawings
    ]
    for shape in own.inline_shapes:
        assert shape.width.mm == pytest.approx(paper.ROOM, abs=0.1) and shape.height.mm < paper.TALL
    from PIL import Image

    with zipfile.ZipFile(io.BytesIO(made["eight"][0])) as parts:
        pictures = [name for name in parts.namelist() if name.startswith("word/media/")]
        assert len(pictures) == len(drawings)
        for name in pictures:
            image = Image.open(io.BytesIO(parts.read(name))).convert("RGB")
            assert image.width / (paper.ROOM / 25.4) >= 200, "dots to the inch"
            assert len(image.resize((200, 200)).getcolors(40_000)) > 20, "something is drawn"


def test_nothing_to_draw_is_said():
    chart = Dumbbell((Ends("Xã A", None, None),), 1.0, ((0, "0%"),), "trước", "sau", "trống")
    part = replace(sample.full(1).parts[0], drawing=chart)
    own = Document(io.BytesIO(document(replace(sample.full(1), parts=(part,), annex=()))))
    assert not own.inline_shapes and sample.WORDS["no_figure"] in [p.text for p in own.paragraphs]
    assert paper.drawn(sample.dumbbell(), sample.COLOURS, Setting()) is not None


def test_the_pdf_is_tagged(made):
    for case in CASES:
        data = made[case][1]
        assert b"/MarkInfo" in data and b"pdfuaid" in data and b"/StructTreeRoot" in data
        assert b"/Lang" in data


def test_the_same_report_gives_the_same_bytes(made):
    for case in ("eight", "brief"):
        assert document(CASES[case]) == made[case][0] and printed(CASES[case]) == made[case][1]
    with zipfile.ZipFile(io.BytesIO(made["eight"][0])) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert parts.namelist()[0] == "[Content_Types].xml"


# ---------------------------------------------------------------- columns


@pytest.mark.parametrize("count", [1, 8, 37])
def test_columns_fill_the_width_and_cut_no_word(count):
    table = sample.committee(count)
    fit = paper.fitted(table, Setting())
    assert sum(fit.widths) == pytest.approx(paper.ROOM)
    for number, width in enumerate(fit.widths):
        words = [word for row in table.rows for word in row[number].text.split()]
        words += table.columns[number].label.split()
        assert (
            max(paper.wide(word, fit.size, word in table.columns[number].label) for word in words)
            <= width - 2 * paper.PAD + 0.01
        )
    assert fit.size >= paper.READABLE


def test_words_longer_than_the_page_are_broken_not_lost(tmp_path):
    table = Table("Dài", (Column("Tên"), Column("N", "count")), ((Cell("a" * 400), Cell("1", 1.0)),))
    assert sum(paper.fitted(table, Setting()).widths) == pytest.approx(paper.ROOM)


def test_a_high_table_is_divided_between_its_rows(tmp_path):
    """A table that is kept together must fit on a page, or its foot would be lost."""
    wordy = "Số hồ sơ thủ tục hành chính được thanh toán phí, lệ phí trực tuyến trong kỳ báo cáo " * 6
    rows = tuple((Cell(f"Chỉ tiêu {n}"), Cell(wordy), Cell(f"cuối {n}")) for n in range(11))
    table = Table("Cao", (Column("Chỉ tiêu"), Column("Cách tính"), Column("Cuối")), rows)
    report = sample.full(1)
    part = replace(report.parts[0], table=table)
    read = pdf_text(printed(replace(report, parts=(part,), annex=())), tmp_path, "-layout")
    assert len(read.split("\f")) > 2
    for page in read.split("\f")[:-1]:
        foot = page.rindex("Trích dẫn")
        assert not [n for n in range(11) if f"cuối {n}" in page[foot:]]
    assert read.count("Cách tính") >= 2, "the heading row comes again"


def test_signs_without_a_face_become_boxes():
    assert typeset.showable("a😀ậ\u0302") and "😀" not in typeset.showable("a😀")
    assert typeset.showable("\x00\x1b\u200bĐ") == "Đ"
    assert typeset.showable("a\u0302\u0323") == "ậ"
    assert paper.plain("a\x00b\ufffec") == "abc"


# ---------------------------------------------------------------- in an office


@pytest.fixture(scope="module")
def by_office(made, tmp_path_factory):
    """Every case as LibreOffice prints it, in one go: starting it takes longer than printing. The faces that ship with
    the product stand in for Times New Roman, whose widths they have."""
    folder = tmp_path_factory.mktemp("office")
    files = {case: folder / f"report{number}.docx" for number, case in enumerate(CASES)}
    for case, file in files.items():
        file.write_bytes(made[case][0])
    fonts = folder / "fonts.conf"
    fonts.write_text(
        f'<?xml version="1.0"?><fontconfig><dir>{paper.FONTS}</dir><cachedir>{folder}/fonts</cachedir><alias binding="same">'
        "<family>Times New Roman</family><prefer><family>Tinos</family></prefer></alias></fontconfig>",
        encoding="utf-8",
    )
    profile = f"-env:UserInstallation=file://{folder}/profile"
    done = subprocess.run(
        [tool("soffice"), profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *files.values()],
        capture_output=True, env={**os.environ, "FONTCONFIG_FILE": str(fonts)}, timeout=300, check=False,
    )  # fmt: skip
    if b"could not be loaded" in done.stdout + done.stderr and not NEED:
        pytest.skip("this LibreOffice has no Writer")
    return {case: file.with_suffix(".pdf") for case, file in files.items()}


@pytest.mark.parametrize("case", CASES)
def test_an_office_opens_the_docx(by_office, case, tmp_path):
    """LibreOffice makes the same pages of it: nothing lost, one page where one is promised."""
    report, made_by_office = CASES[case], by_office[case]
    assert made_by_office.exists()
    data = made_by_office.read_bytes()
    if report.kind == "brief":
        assert pages(data, tmp_path) == 1
    read = squeezed(unicodedata.normalize("NFC", pdf_text(data, tmp_path, "-raw")))
    for row in (row for part in report.parts if part.table for row in part.table.rows):
        for cell in row:
            for text in cell.text.split() if case != "hostile" else []:
                assert squeezed(text) in read, text
    assert squeezed(report.head.motto) in read
