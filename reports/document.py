"""A report -> DOCX in the layout of Decree 30/2020/NĐ-CP: real headings and heading rows, words for every drawing, its
language said; the same bytes from the same report."""

import io
import zipfile
from datetime import datetime
from typing import Any

from reports import paper, typeset
from reports.paper import Setting, plain
from reports.story import Cell, Drawing, Letterhead, Part, Report, Table
from store import version

FACE = "Times New Roman"
DOTS = 220  # of a drawing, to the inch
SPARE = 10.0  # mm a brief keeps free at its foot: word processors do not break lines quite alike
UNDATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a document carries no hour of its own making
ZIP_UNDATED = (1980, 1, 1, 0, 0, 0)
MODE = 15  # of Word 2013 and later; without it the file opens in compatibility mode
INDENT = 12.7  # mm, first line of a paragraph


def document(report: Report) -> bytes:
    """The report as a DOCX, which an office can go on writing in. A brief is one page."""
    from docx import Document

    own = Document()
    setting = paper.setting(report, SPARE)
    _defaults(own, report, setting)
    _page(own, report)
    head = report.head
    _letterhead(own, head)
    _said(own, head.kind, "Title")
    _said(own, head.about, "Subtitle")
    _rule(own, paper.ROOM, 30.0)
    if report.mark:  # what stands at the head of a page is not read aloud
        _said(own, f"({report.mark})", "Centred").runs[0].bold = True
    if head.addressee:
        _said(own, head.addressee, "Centred")
    for number, part in paper.numbered(report.parts):
        _part(own, part, number, report, setting)
    _closing(own, head, setting, report.kind == "brief")
    if report.annex:
        heading = _said(own, report.words["annex"], "Heading 1")
        heading.paragraph_format.page_break_before = True
        heading.paragraph_format.alignment = _sides()["center"]
        for number, part in paper.numbered(report.annex):
            _part(own, part, number, report, setting, deeper=1)
    return _saved(own)


def _saved(own: Any) -> bytes:
    """The package written anew, in one order and without a clock."""
    raw, out = io.BytesIO(), io.BytesIO()
    own.save(raw)
    with zipfile.ZipFile(raw) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(given.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, ZIP_UNDATED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, given.read(name))
    return out.getvalue()


# ---------------------------------------------------------------- styles and page


def _sides() -> dict[str, Any]:
    from docx.enum.text import WD_ALIGN_PARAGRAPH as SIDE

    return {"left": SIDE.LEFT, "right": SIDE.RIGHT, "center": SIDE.CENTER, "justify": SIDE.JUSTIFY}


def _add(parent: Any, tag: str, **attributes: object) -> Any:
    """A new element of the word processor's own names at the end of another."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    parent.append(element)
    return element


def _faces(properties: Any) -> None:
    """Times New Roman for every script: without it Vietnamese letters may come from the theme's face."""
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FACE)


def _defaults(own: Any, report: Report, setting: Setting) -> None:
    """Styles of the document, its language, and what the file says of itself."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    styles, sides = own.styles, _sides()
    for name in ("Centred", "Cell"):
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
    gap = setting.gap
    # name: size, bold, italic, side, points above and below, lines, first line in mm
    looks = {
        "Normal": (setting.text, False, False, "left", 0, 0, 1.0, 0),
        "Body Text": (setting.text, False, False, "justify", 0, gap, setting.lines, INDENT),
        "Centred": (setting.text, False, False, "center", 0, gap, 1.0, 0),
        "Cell": (setting.table, False, False, "left", 0, 0, 1.0, 0),
        "Title": (14, True, False, "center", 6, 0, 1.0, 0),
        "Subtitle": (14, True, False, "center", 0, 2, 1.0, 0),
        "Heading 1": (setting.text, True, False, "left", gap + 2, gap, 1.0, 0),
        "Heading 2": (setting.text, True, False, "left", gap + 2, gap, 1.0, 0),
        "Heading 3": (setting.text, True, True, "left", gap + 2, gap, 1.0, 0),
        "Caption": (min(12, setting.text), True, False, "center", 3, 3, 1.0, 0),
        "Header": (10, True, False, "center", 0, 0, 1.0, 0),
        "Footer": (9, False, False, "left", 0, 0, 1.0, 0),
    }
    for name, (size, bold, italic, side, above, below, lines, first) in looks.items():
        style = styles[name]
        shape = style.paragraph_format
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, italic
        style.font.color.rgb = RGBColor(0, 0, 0)
        shape.space_before, shape.space_after, shape.line_spacing = Pt(above), Pt(below), lines
        shape.first_line_indent, shape.alignment = Mm(first), sides[side]
        _faces(style.element.get_or_add_rPr())
        for border in style.element.findall(f"{qn('w:pPr')}/{qn('w:pBdr')}"):
            border.getparent().remove(border)
        for odd in style.element.findall(f"{qn('w:rPr')}/{qn('w:spacing')}"):
            odd.getparent().remove(odd)
    for name in ("Caption", "Heading 1", "Heading 2", "Heading 3"):
        styles[name].paragraph_format.keep_with_next = True
    code = {"vi": "vi-VN", "en": "en-GB"}.get(report.language, report.language)
    common = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    _faces(common)
    for language in common.findall(qn("w:lang")):
        common.remove(language)
    _add(common, "w:lang", val=code, eastAsia=code, bidi=code)
    compat = _compat(own.settings.element)
    _add(
        compat,
        "w:compatSetting",
        name="compatibilityMode",
        uri="http://schemas.microsoft.com/office/word",
        val=MODE,
    )
    about = own.core_properties
    about.title, about.language = plain(f"{report.head.kind}: {report.head.about}"), code
    about.author = about.comments = about.last_modified_by = ""
    about.subject, about.keywords = plain(report.mark), plain(report.citation.code)
    about.version = version.version()
    about.created = about.modified = UNDATED
    for key, link in list(own.part.package.rels.items()):  # a picture of somebody else's empty page
        if link.reltype.endswith("/thumbnail"):
            own.part.package.rels.pop(key)


def _compat(settings: Any) -> Any:
    from docx.oxml.ns import qn

    found = settings.find(qn("w:compat"))
    if found is None:
        found = _add(settings, "w:compat")
        later = settings.find(qn("w:rsids"))
        if later is not None:  # the format wants its parts in one order
            later.addprevious(found)
    return found


def _page(own: Any, report: Report) -> None:
    """The paper; above every page the mark of illustrative figures, from the second on its number; below, what to cite."""
    from docx.shared import Mm, Pt

    section = own.sections[0]
    section.page_width, section.page_height = Mm(paper.PAGE[0]), Mm(paper.PAGE[1])
    section.top_margin, section.bottom_margin = Mm(paper.TOP), Mm(paper.BOTTOM)
    section.left_margin, section.right_margin = Mm(paper.LEFT), Mm(paper.RIGHT)
    section.header_distance, section.footer_distance = Mm(8), Mm(8)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    for kind in ("begin", None, "end"):
        run = number.add_run()
        run.font.size, run.bold = Pt(13), False
        if kind:
            _add(run._r, "w:fldChar", fldCharType=kind)
        else:
            _add(run._r, "w:instrText").text = "PAGE"
    if report.mark:
        section.header.add_paragraph(plain(report.mark), "Header")
    section.first_page_header.paragraphs[0].add_run(plain(report.mark))
    for footer in (section.footer, section.first_page_footer):
        footer.paragraphs[0].add_run(plain(report.citation.line))


# ---------------------------------------------------------------- the parts


def _said(place: Any, text: str, style: str) -> Any:
    return place.add_paragraph(plain(text), style)


def _rule(place: Any, room: float, length: float, paragraph: Any = None) -> None:
    """A line of so many mm in the middle of so many, drawn as the border of a paragraph without words."""
    from docx.shared import Mm, Pt

    paragraph = paragraph or place.add_paragraph(style="Cell")
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = Mm(max(room - length, 0) / 2)
    shape.line_spacing, shape.space_before, shape.space_after = Pt(4), Pt(1), Pt(0)
    border = _add(paragraph._p.get_or_add_pPr(), "w:pBdr")
    _add(border, "w:top", val="single", sz=6, space=0, color="000000")
    _ordered(paragraph._p.pPr, border)


def _ordered(properties: Any, border: Any) -> None:
    """The format wants borders before spacing and indents."""
    from docx.oxml.ns import qn

    for name in ("w:spacing", "w:ind", "w:jc"):
        later = properties.find(qn(name))
        if later is not None:
            later.addprevious(border)
            return


def _frame(own: Any, widths: tuple[float, ...], rows: int) -> Any:
    """A table without lines that holds the letterhead or the signature; its cells have no padding."""
    from docx.enum.table import WD_TABLE_ALIGNMENT

    table = own.add_table(rows, len(widths))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _widths(table, widths)
    _padding(table, 0, 0)
    for row in table.rows:
        _add(row._tr.get_or_add_trPr(), "w:cantSplit")
    return table


def _widths(table: Any, widths: tuple[float, ...]) -> None:
    from docx.shared import Mm

    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def _padding(table: Any, across: float, down: float) -> None:
    """Space inside cells: mm left and right, points above and below."""
    inside = _add(table._tbl.tblPr, "w:tblCellMar")
    for side, size in (
        ("top", down * 20),
        ("left", across * paper.MM * 20),
        ("bottom", down * 20),
        ("right", across * paper.MM * 20),
    ):
        _add(inside, f"w:{side}", w=round(size), type="dxa")
    from docx.oxml.ns import qn

    look = table._tbl.tblPr.find(qn("w:tblLook"))
    if look is not None:
        look.addprevious(inside)


def _into(
    cell: Any, text: str, size: float, bold: bool = False, italic: bool = False, side: str = "center"
) -> Any:
    """A paragraph in a cell; the first takes the one that every cell is born with."""
    from docx.shared import Pt

    first = cell.paragraphs[0]
    paragraph = (
        first if not first.runs and len(cell.paragraphs) == 1 and not cell.tables else cell.add_paragraph()
    )
    paragraph._p.style = "Cell"  # its id: looking a name up takes longer than all the rest
    paragraph.alignment = _sides()[side]
    run = paragraph.add_run(plain(text))
    run.font.size, run.bold, run.italic = Pt(size), bold or None, italic or None
    return paragraph


def _letterhead(own: Any, head: Letterhead) -> None:
    """The issuing body on the left, the nation on the right, each with its rule, and a line of number and day."""
    from docx.shared import Pt

    table = _frame(own, paper.LETTERHEAD, 2)
    left, right = paper.LETTERHEAD
    body, nation = table.rows[0].cells
    if head.parent:
        _into(body, head.parent.upper(), 12)
    _into(body, head.issuer.upper(), 12, bold=True)
    _rule(body, left, 25.0)
    _into(nation, head.nation.upper(), 12, bold=True)
    _into(nation, head.motto, 13, bold=True)
    _rule(nation, right, min(paper.wide(plain(head.motto), 13, True), right))
    number, day = table.rows[1].cells
    _into(number, head.number, 13).paragraph_format.space_before = Pt(4)
    _into(day, head.place_day, 13, italic=True).paragraph_format.space_before = Pt(4)


def _part(own: Any, part: Part, number: str, report: Report, setting: Setting, deeper: int = 0) -> None:
    from docx.shared import Pt

    _said(own, f"{number} {part.heading}".strip(), f"Heading {min(part.level + deeper, 3)}")
    for sentence in part.sentences:
        _said(own, sentence, "Body Text")
    if part.drawing is not None and setting.drawing:
        _drawing(own, part.drawing, report, setting)
    if part.table is not None:
        _table(own, part.table, setting)
    if part.source:
        source = _said(own, part.source, "Normal")
        source.runs[0].italic, source.runs[0].font.size = True, Pt(min(setting.text, 11))
        source.paragraph_format.space_before = Pt(min(setting.gap, 3))
        source.paragraph_format.space_after = Pt(setting.gap)
    elif part.table is not None:
        own.add_paragraph(style="Cell").paragraph_format.line_spacing = Pt(max(setting.gap, 2))


def _drawing(own: Any, drawing: Drawing, report: Report, setting: Setting) -> None:
    """A drawing as wide as the text, with its words; a sentence where there is nothing to draw."""
    from docx.oxml.ns import qn
    from docx.shared import Mm

    found = paper.drawn(drawing, report.colours, setting)
    if found is None:
        _said(own, report.words["no_figure"], "Body Text").runs[0].italic = True
        return
    svg, height = found
    picture = typeset.png(svg, paper.WIDE, height, round(DOTS * paper.ROOM / 25.4 / paper.WIDE * 96))
    paragraph = own.add_paragraph(style="Cell")
    paragraph.add_run().add_picture(io.BytesIO(picture), width=Mm(paper.ROOM))
    inline = paragraph._p.find(f".//{qn('wp:inline')}")
    for side in "TBLR":  # unsaid, a reader may take an eighth of an inch and push the picture over the margin
        inline.set(f"dist{side}", "0")
    inline.find(qn("wp:docPr")).set("descr", plain(drawing.alt))


def _table(own: Any, table: Table, setting: Setting) -> None:
    """A table whose heading row comes again on every page; rows are not divided, short tables neither."""
    from docx.oxml.ns import qn

    fit = paper.fitted(table, setting)
    _said(own, table.caption, "Caption")
    made = own.add_table(len(table.rows) + 1, len(table.columns), "Table Grid")
    made.autofit = False
    _widths(made, fit.widths)
    _padding(made, paper.PAD - 0.1, setting.pad)
    for tag in ("w:tblCaption", "w:tblDescription"):
        _add(made._tbl.tblPr, tag, val=plain(table.caption))
    look = made._tbl.tblPr.find(qn("w:tblLook"))
    if look is not None:
        made._tbl.tblPr.find(qn("w:tblCaption")).addprevious(look)
    sides = [paper.aligned(column, paper.is_ordinal(table, n)) for n, column in enumerate(table.columns)]
    rows = list(made.rows)
    for row in rows:
        _add(row._tr.get_or_add_trPr(), "w:cantSplit")
    _add(rows[0]._tr.trPr, "w:tblHeader")
    for cell, column in zip(rows[0].cells, table.columns, strict=True):
        _fill(cell, Cell(column.label), fit.size, True, "center", setting, True)
    together = paper.together(table, fit, setting)
    for place, (row, cells) in enumerate(zip(rows[1:], table.rows, strict=True), start=1):
        last = place == len(table.rows)
        for cell, content, side in zip(row.cells, cells, sides, strict=True):
            _fill(cell, content, fit.size, table.total and last, side, setting, together and not last)


def _fill(cell: Any, content: Cell, size: float, bold: bool, side: str, setting: Setting, keep: bool) -> None:
    """One cell of a table: what is read, and the smaller line under it."""
    from docx.enum.table import WD_ALIGN_VERTICAL
    from docx.shared import Pt

    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    paragraph = _into(cell, content.text, size, bold, side=side)
    paragraph.paragraph_format.keep_with_next = keep or None
    if content.under:
        under = paragraph.add_run()
        if setting.close:
            under.add_text(" ")
        else:
            under.add_break()
        under.add_text(plain(content.under))
        under.font.size = Pt(size * paper.UNDER)


def _closing(own: Any, head: Letterhead, setting: Setting, brief: bool) -> None:
    """Receivers on the left, the signature on the right, never parted."""
    from docx.shared import Mm, Pt

    gap = own.add_paragraph(style="Cell")
    gap.paragraph_format.line_spacing, gap.paragraph_format.keep_with_next = Pt(8), True
    left, right = _frame(own, paper.CLOSING, 1).rows[0].cells
    _into(left, head.receivers_label, 12, True, True, "left")
    for line in head.receivers:
        _into(left, line, 11, side="left")
    _into(right, head.signer_title.upper(), 13, True)
    last = _into(right, head.signer_hint, 12, italic=True)
    last.paragraph_format.space_after = Mm(paper.signature(setting, brief))
