"""A report -> PDF (PDF/UA-1) in the layout of Decree 30/2020/NĐ-CP. Every text goes in as data, see ``typeset.escaped``."""

from collections.abc import Iterable

from reports import paper, typeset
from reports.paper import MM, Setting
from reports.story import Cell, Letterhead, Part, Report, Table
from reports.typeset import escaped

# What does not depend on the report.
FRAME = """
#set text(font: ("Tinos", "IBM Plex Sans"), hyphenate: false, top-edge: 0.891em, bottom-edge: -0.216em, overhang: false,
  kerning: false, ligatures: false)
#set par(justify: true)
#set table(stroke: 0.5pt + black)
#set table.cell(breakable: false)
#set figure(supplement: none, numbering: none)
#set figure.caption(position: top)
#show figure.caption: it => block(sticky: true, below: 4pt, text(weight: "bold", size: 12pt, it.body))
#show heading: set text(weight: "bold")
#show title: set text(weight: "bold", size: 14pt)
#let rule(length) = line(length: length, stroke: 0.7pt)
#let flat(body) = par(first-line-indent: 0pt, justify: false, body)
#let said(body, leading) = par(justify: true, leading: leading, first-line-indent: (amount: 1.27cm, all: true), body)
#let number() = context if counter(page).get().first() > 1 { text(13pt, counter(page).display()) }
"""


LINE, INK = (
    1.149,
    1.107,
)  # in letters' sizes: from line to line in Times New Roman set single; from top to foot of one


def printed(report: Report) -> bytes:
    """The report as a PDF: tagged, with a text layer, headings, heading rows, words for every drawing. A brief is one page."""
    return typeset.pdf(*source(report, paper.setting(report)))


def source(report: Report, setting: Setting, spare: float = 0.0) -> tuple[str, dict[str, bytes]]:
    """The typst text of a report set in a certain size, and the drawings it names; ``spare``: mm kept free at the foot
    of the page."""
    files: dict[str, bytes] = {}
    head = report.head
    text = [
        _page(report, setting, spare),
        _letterhead(head),
        f"#align(center)[#set par(justify: false)\n#stack(spacing: 3pt, title[#{escaped(head.kind)}], "
        f'text(14pt, weight: "bold", {escaped(head.about)}), rule(30mm))\n#v(3pt)]',
    ]
    if report.mark:  # what stands at the head of a page is not read aloud
        text.append(f'#align(center, text(weight: "bold", [(#{escaped(report.mark)})]))')
    if head.addressee:
        text.append(f"#align(center, flat[#{escaped(head.addressee)}])")
    for number, part in paper.numbered(report.parts):
        text.append(_part(part, number, report, setting, files))
    text.append(_closing(head, setting, report.kind == "brief"))
    if report.annex:
        text.append(
            f"#pagebreak()\n#align(center, heading(level: 1, text(14pt, {escaped(report.words['annex'])})))"
        )
        for number, part in paper.numbered(report.annex):
            text.append(_part(part, number, report, setting, files, deeper=1))
    return "\n".join(text), files


def _page(report: Report, setting: Setting, spare: float) -> str:
    """The paper, what stands above and under every page, and what the file says of itself."""
    head = report.head
    mark = f'text(10pt, weight: "bold", {escaped(report.mark)})' if report.mark else "none"
    return (
        f"#set document(title: {escaped(f'{head.kind}: {head.about}')})\n"
        f'{FRAME}#set text(size: {setting.text}pt, lang: "{report.language}")\n'
        f"#set par(spacing: {setting.gap}pt, leading: {LINE - INK:.3f}em)\n#set block(spacing: {setting.gap}pt)\n"
        f"#show heading: set block(above: {setting.gap + 2}pt, below: {setting.gap}pt)\n"
        f"#show heading: set text(size: {setting.text}pt)\n"
        f"#set page(width: {paper.PAGE[0]}mm, height: {paper.PAGE[1]}mm, margin: (top: {paper.TOP}mm, "
        f"bottom: {paper.BOTTOM + spare}mm, left: {paper.LEFT}mm, right: {paper.RIGHT}mm), header-ascent: 2mm, "
        f"footer-descent: 3mm, header: align(center, stack(spacing: 2pt, number(), {mark})), "
        f"footer: align(left, text(9pt, par(justify: false, {escaped(report.citation.line)}))))"
    )


def _letterhead(head: Letterhead) -> str:
    """The issuing body on the left, the nation on the right, each with its rule, and a line of number and day."""
    left, right = paper.LETTERHEAD
    parent = f"text(12pt, upper({escaped(head.parent)})), " if head.parent else ""
    issuer = f'text(12pt, weight: "bold", upper({escaped(head.issuer)}))'
    motto = f'text(13pt, weight: "bold", {escaped(head.motto)})'
    return (
        f"#let motto = {motto}\n"
        f"#[#set par(justify: false)\n#grid(columns: ({left}mm, {right}mm), align: center, row-gutter: 8pt,\n"
        f"stack(spacing: 2pt, {parent}{issuer}, 1pt, rule(25mm)),\n"
        f'stack(spacing: 2pt, text(12pt, weight: "bold", upper({escaped(head.nation)})), motto, 1pt, '
        f"context rule(calc.min(measure(motto).width, {right}mm))),\n"
        f'text(13pt, {escaped(head.number)}), text(13pt, style: "italic", {escaped(head.place_day)}))\n#v(6pt)]'
    )


def _part(
    part: Part, number: str, report: Report, setting: Setting, files: dict[str, bytes], deeper: int = 0
) -> str:
    text = [f"#heading(level: {part.level + deeper}, {escaped(f'{number} {part.heading}'.strip())})"]
    apart = f"{LINE * setting.lines - INK:.3f}em"
    text += [f"#said([#{escaped(sentence)}], {apart})" for sentence in part.sentences]
    if part.drawing is not None and setting.drawing:
        found = paper.drawn(part.drawing, report.colours, setting)
        if found is None:
            text.append(f"#said([#emph({escaped(report.words['no_figure'])})], {apart})")
        else:
            name = f"{len(files) + 1}.svg"
            files[name] = found[0].encode()
            text.append(
                f"#figure(kind: image, image({escaped(name)}, width: 100%, alt: {escaped(part.drawing.alt)}))"
            )
    if part.table is not None:
        text.append(_table(part.table, setting))
    if part.source:
        text.append(f"#flat(text({min(setting.text, 11)}pt, emph({escaped(part.source)})))")
    return "\n".join(text)


def _table(table: Table, setting: Setting) -> str:
    """A table whose heading row comes again on every page; a short one stays on one."""
    fit = paper.fitted(table, setting)
    aligned = [paper.aligned(column, paper.is_ordinal(table, n)) for n, column in enumerate(table.columns)]
    heads = ", ".join(
        f'table.cell(align: center + horizon, text(weight: "bold", {escaped(column.label)}))'
        for column in table.columns
    )
    rows = []
    for place, row in enumerate(table.rows):
        bold = table.total and place == len(table.rows) - 1
        rows.append(", ".join(_cell(cell, bold, setting.close) for cell in row))
    inside = (
        f"table(columns: ({_listed(f'{width:.3f}mm' for width in fit.widths)}), "
        f"align: ({_listed(f'{side} + horizon' for side in aligned)}), inset: (x: {paper.PAD - 0.1}mm, y: {setting.pad}pt),\n"
        f"table.header({heads}),\n" + ",\n".join(rows) + ")"
    )
    whole = "false" if paper.together(table, fit, setting) else "true"
    return (
        f"#[#show figure: set block(breakable: {whole}, width: 100%)\n#set text({fit.size}pt)\n#set par(justify: false)\n"
        f"#figure(kind: table, caption: [#{escaped(table.caption)}], {inside})]"
    )


def _listed(parts: Iterable[str]) -> str:
    """Parts of a typst array, also of one."""
    return "".join(f"{part}, " for part in parts)


def _cell(cell: Cell, bold: bool, close: bool) -> str:
    weight = 'weight: "bold", ' if bold else ""
    apart = "#sym.space" if close else "#linebreak()"
    under = f"{apart}#text(size: {paper.UNDER}em, {escaped(cell.under)})" if cell.under else ""
    return f"[#text({weight}{escaped(cell.text)}){under}]"


def _closing(head: Letterhead, setting: Setting, brief: bool) -> str:
    """Receivers on the left, the signature on the right, never parted."""
    left, right = paper.CLOSING
    receivers = "".join(f"text(11pt, {escaped(line)}), " for line in head.receivers)
    gap = paper.signature(setting, brief) * MM
    return (
        f"#[#set par(justify: false)\n#block(breakable: false, above: 10pt, grid(columns: ({left}mm, {right}mm), "
        f"align: (left, center),\n"
        f'stack(spacing: 2pt, text(12pt, weight: "bold", style: "italic", {escaped(head.receivers_label)}), {receivers}),\n'
        f'stack(spacing: 2pt, text(13pt, weight: "bold", upper({escaped(head.signer_title)})), '
        f'text(12pt, style: "italic", {escaped(head.signer_hint)}), v({gap:.1f}pt))))]'
    )
