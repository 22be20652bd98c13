"""The empty deck: 16:9, its own master with theme, five layouts, and how a finished one becomes bytes.

Everything that is the same on all slides stands in the master and the layouts, so that who changes a colour or a face
changes it once. The same deck gives the same bytes: no hour of making, no name of a maker goes in.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import quoteattr

FACE = "Arial"  # has Vietnamese, and is on every machine that shows slides
POINT = 12700  # of the units of Office in one point
WIDE, TALL = 960.0, 540.0  # of a slide, points
EDGE = 40.0
LEFT, ROOM = EDGE, WIDE - 2 * EDGE
CONTENT_TOP, CONTENT_END = 118.0, 484.0
LAYOUTS = ("title", "numbers", "chart", "table", "closing")
# Places of a layout's placeholders, by which slides find them.
TITLE, SUBTITLE, BODY, CHART, TABLE, MARK, SOURCE, CITATION, NUMBER = 0, 13, 14, 15, 16, 17, 18, 19, 20
Box = tuple[float, float, float, float]  # left, top, width, height in points
FOOT: dict[int, Box] = {
    MARK: (0, 0, WIDE, 24),
    SOURCE: (LEFT, 492, ROOM, 22),
    CITATION: (LEFT, 514, ROOM - 80, 18),
    NUMBER: (WIDE - EDGE - 70, 514, 70, 18),
}
HEAD: dict[int, Box] = {TITLE: (LEFT, 32, ROOM, 56), SUBTITLE: (LEFT, 88, ROOM, 24)}
_CONTENT: Box = (LEFT, CONTENT_TOP, ROOM, CONTENT_END - CONTENT_TOP)
_BODY: Box = (LEFT, CONTENT_TOP, ROOM, 60)
PLACES: dict[str, dict[int, Box]] = {
    "title": {TITLE: (LEFT, 110, ROOM, 130), SUBTITLE: (LEFT, 244, ROOM, 60), BODY: (LEFT, 312, ROOM, 160)},
    "numbers": {**HEAD, BODY: _BODY},
    "chart": {**HEAD, BODY: _BODY, CHART: _CONTENT},
    "table": {**HEAD, BODY: _BODY, TABLE: _CONTENT},
    "closing": {**HEAD, BODY: _CONTENT},
}
_KINDS = {TITLE: "title", CHART: "chart", TABLE: "tbl", CITATION: "ftr", NUMBER: "sldNum"}
# Size in points, role of the colour in the theme, weight, anchor of each placeholder.
_LOOK = {
    TITLE: (26, "tx1", True, "b"),
    SUBTITLE: (15, "tx2", False, "t"),
    BODY: (18, "tx1", False, "t"),
    CHART: (12, "tx1", False, "t"),
    TABLE: (12, "tx1", False, "t"),
    MARK: (12, "tx1", True, "ctr"),
    SOURCE: (10, "tx2", False, "ctr"),
    CITATION: (10, "tx2", False, "ctr"),
    NUMBER: (10, "tx2", False, "ctr"),
}
_SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_ROOT = (
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/>'
    '<a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
)
STILL = (1980, 1, 1, 0, 0, 0)  # the day that every file inside a package carries
MADE = datetime(1980, 1, 1, tzinfo=UTC)  # the same, where a workbook asks for one
_LANGUAGES = {"vi": "vi-VN", "en": "en-GB"}


def units(points: float) -> int:
    """Points -> units of Office."""
    return round(points * POINT)


def tag(language: str) -> str:
    """``vi`` -> ``vi-VN``, for spelling and for voices."""
    return _LANGUAGES.get(language, language)


def colour(text: str) -> str:
    """``#0A6173`` -> ``0A6173``."""
    return text.lstrip("#").upper()


def blank(
    colours: Mapping[str, str], language: str, title: str, names: Mapping[str, str], marked: bool
) -> Any:
    """A presentation without slides. ``names``: what the placeholders are called, by layout and place, for those who
    listen; ``marked``: whether the band for the mark of illustrative figures is part of the master."""
    import pptx
    from pptx.opc.constants import RELATIONSHIP_TYPE as RT

    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = units(WIDE), units(TALL)
    deck._element.sldSz.attrib.pop("type", None)
    layouts = list(deck.slide_layouts)
    for spare in layouts[len(LAYOUTS) :]:
        deck.slide_layouts.remove(spare)
    master = deck.slide_master
    _fill(master._element, _master(language, colours, marked))
    _styles(master._element, language)
    for layout, name in zip(layouts, LAYOUTS, strict=False):
        layout._element.attrib.pop("type", None)
        layout._element.set("userDrawn", "1")
        _fill(layout._element, _layout(name, language, names.get(name, name)))
    _theme(master.part.part_related_by(RT.THEME), colours)
    _about(deck, title, language)
    return deck


def _fill(element: Any, tree: str) -> None:
    """Replace what stands on a master or layout."""
    from pptx.oxml import parse_xml

    data = element.find(_q("p:cSld"))
    data.getparent().replace(data, parse_xml(tree))


def _q(name: str) -> str:
    from pptx.oxml.ns import qn

    return qn(name)


def _placeholder(place: int, box: Box | None, language: str, number: int, words: str, own: bool) -> str:
    """One placeholder; ``own``: with its look, as on a master or where a layout departs from it."""
    size, role, bold, anchor = _LOOK[place]
    kind = _KINDS.get(place, "body")
    where = ""
    if box:
        x, y, w, h = (units(part) for part in box)
        where = (
            f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        )
    side = 'algn="r"' if place == NUMBER else 'algn="ctr"' if place == MARK else 'algn="l"'
    inset = (
        'lIns="0" tIns="0" rIns="0" bIns="0"'
        if place != MARK
        else 'lIns="91440" tIns="0" rIns="91440" bIns="0"'
    )
    levels = "".join(
        f'<a:lvl{level}pPr marL="0" indent="0" {side}><a:buNone/><a:defRPr sz="{size * 100}" b="{int(bold)}">'
        f'<a:solidFill><a:schemeClr val="{role}"/></a:solidFill></a:defRPr></a:lvl{level}pPr>'
        for level in ((1, 2, 3, 4, 5) if place == BODY else (1,))
    )
    text = (
        '<a:fld id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}" type="slidenum">'
        f'<a:rPr lang="{tag(language)}"/><a:t>‹#›</a:t></a:fld>'
        if place == NUMBER
        else f'<a:r><a:rPr lang="{tag(language)}"/><a:t>{words}</a:t></a:r>'
    )
    known = f'type="{kind}"' + ("" if place == TITLE else f' idx="{place}"')
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(words)}/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f"<p:nvPr><p:ph {known}/></p:nvPr></p:nvSpPr><p:spPr>{where}</p:spPr><p:txBody>"
        f'<a:bodyPr vert="horz" {inset} rtlCol="0" anchor="{anchor}"><a:normAutofit/></a:bodyPr>'
        f"<a:lstStyle>{levels if own else ''}</a:lstStyle><a:p>{text}</a:p></p:txBody></p:sp>"
    )


def _master(language: str, colours: Mapping[str, str], marked: bool) -> str:
    """Title, text, footer and number, the line above the foot, and the band of the mark."""
    shapes = [
        _band(colours) if marked else "",
        _rule(),
        _placeholder(TITLE, HEAD[TITLE], language, 2, "Title", True),
        _placeholder(BODY, _CONTENT, language, 3, "Text", True).replace(f' idx="{BODY}"', ' idx="1"'),
        _placeholder(CITATION, FOOT[CITATION], language, 4, "Citation", True).replace(
            f' idx="{CITATION}"', ' sz="quarter" idx="3"'
        ),
        _placeholder(NUMBER, FOOT[NUMBER], language, 5, "Number", True).replace(
            f' idx="{NUMBER}"', ' sz="quarter" idx="4"'
        ),
    ]
    return (
        f'<p:cSld {_SPACES}><p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>'
        f"<p:spTree>{_ROOT}{''.join(shapes)}</p:spTree></p:cSld>"
    )


def _band(colours: Mapping[str, str]) -> str:
    x, y, w, h = (units(part) for part in FOOT[MARK])
    return (
        '<p:sp><p:nvSpPr><p:cNvPr id="8" name="Band"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>'
        f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:srgbClr val="{colour(colours["ribbon"])}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>'
        "<p:txBody><a:bodyPr/><a:lstStyle/><a:p/></p:txBody></p:sp>"
    )


def _rule() -> str:
    return (
        '<p:cxnSp><p:nvCxnSpPr><p:cNvPr id="9" name="Rule"/><p:cNvCxnSpPr/><p:nvPr userDrawn="1"/></p:nvCxnSpPr><p:spPr>'
        f'<a:xfrm><a:off x="{units(LEFT)}" y="{units(489)}"/><a:ext cx="{units(ROOM)}" cy="0"/></a:xfrm>'
        '<a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="9525"><a:solidFill><a:schemeClr val="bg2"/></a:solidFill>'
        "</a:ln></p:spPr></p:cxnSp>"
    )


def _layout(name: str, language: str, shown: str) -> str:
    boxes = {**PLACES[name], **FOOT}
    shapes = []
    for number, (place, box) in enumerate(boxes.items(), start=2):
        shape = _placeholder(place, box, language, number, _NAMES[place], True)
        if name == "title" and place in (TITLE, SUBTITLE):
            shape = shape.replace('sz="2600"', 'sz="4000"').replace('sz="1500"', 'sz="2200"')
        shapes.append(shape)
    return f"<p:cSld {_SPACES} name={quoteattr(shown)}><p:spTree>{_ROOT}{''.join(shapes)}</p:spTree></p:cSld>"


_NAMES = {
    TITLE: "Title",
    SUBTITLE: "Subtitle",
    BODY: "Text",
    CHART: "Chart",
    TABLE: "Table",
    MARK: "Mark",
    SOURCE: "Source",
    CITATION: "Citation",
    NUMBER: "Number",
}


def _styles(master: Any, language: str) -> None:
    """No bullets, left, our sizes; the rest of the master's own styles stays."""
    from pptx.oxml import parse_xml

    styles = master.find(_q("p:txStyles"))

    def level(number: int, size: int, role: str, bold: bool) -> str:
        return (
            f'<a:lvl{number}pPr marL="0" indent="0" algn="l" defTabSz="914400" rtl="0">'
            f'<a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/>'
            f'<a:defRPr lang="{tag(language)}" sz="{size}" b="{int(bold)}" kern="1200">'
            f'<a:solidFill><a:schemeClr val="{role}"/></a:solidFill><a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/>'
            f'<a:cs typeface="+mn-cs"/></a:defRPr></a:lvl{number}pPr>'
        )

    title = level(1, 2600, "tx1", True).replace("+mn-", "+mj-")
    body = "".join(level(number, 1800, "tx1", False) for number in range(1, 10))
    for old, name, levels in zip(
        list(styles), ("titleStyle", "bodyStyle", "otherStyle"), (title, body, body), strict=True
    ):
        styles.replace(old, parse_xml(f"<p:{name} {_SPACES}>{levels}</p:{name}>"))
    foot = master.find(_q("p:hf"))
    if foot is not None:
        master.remove(foot)


def _theme(part: Any, colours: Mapping[str, str]) -> None:
    """Our colours and face in the theme, so that what is added later by hand has them too."""
    roles = {
        "dk1": "ink",
        "lt1": "raised",
        "dk2": "muted",
        "lt2": "line",
        "accent1": "now",
        "accent2": "before",
        "accent3": "met",
        "accent4": "unmet",
        "accent5": "unknown",
        "accent6": "ribbon_ink",
        "hlink": "now",
        "folHlink": "before",
    }
    scheme = "".join(
        f'<a:{name}><a:srgbClr val="{colour(colours[role])}"/></a:{name}>' for name, role in roles.items()
    )
    text = part.blob.decode("utf-8")
    text = re.sub(
        r"<a:clrScheme.*?</a:clrScheme>",
        f'<a:clrScheme name="Board">{scheme}</a:clrScheme>',
        text,
        flags=re.S,
    )
    part._blob = _faces(text).encode("utf-8")


def _faces(text: str) -> str:
    """Both faces of a theme."""
    for kind in ("majorFont", "minorFont"):
        own = f'<a:{kind}><a:latin typeface="{FACE}"/><a:ea typeface=""/><a:cs typeface=""/></a:{kind}>'
        text = re.sub(rf"<a:{kind}>.*?</a:{kind}>", own, text, flags=re.S)
    return text


def _about(deck: Any, title: str, language: str) -> None:
    """Title and language; the maker, the hour and the picture of the empty model go."""
    from pptx.opc.constants import RELATIONSHIP_TYPE as RT

    about = deck.core_properties
    about.title, about.language = title, tag(language)
    about.author = about.comments = about.last_modified_by = ""
    root = about._element
    for child in list(root):
        if child.tag.rpartition("}")[2] in (
            "created",
            "modified",
            "creator",
            "description",
            "lastModifiedBy",
        ):
            root.remove(child)
    package = deck.part.package
    for key, relation in list(package._rels.items()):
        if relation.reltype == RT.THUMBNAIL:
            package._rels.pop(key)
    for key, relation in list(deck.part.rels.items()):
        if relation.reltype.endswith("/printerSettings"):
            deck.part.rels.pop(key)


def settled(deck: Any) -> bytes:
    """The deck as bytes that depend on nothing but what is in it."""
    buffer = io.BytesIO()
    deck.save(buffer)
    return repacked(buffer.getvalue(), _at_rest)


def _at_rest(name: str, content: bytes) -> bytes:
    """What the library writes of its own: other faces, and the maker of its empty model."""
    if name.startswith("ppt/theme/"):
        return _faces(content.decode("utf-8")).encode("utf-8")
    if name == "docProps/app.xml":
        return (
            b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.openxmlformats.org/'
            b'officeDocument/2006/extended-properties"><PresentationFormat>On-screen Show (16:9)</PresentationFormat>'
            b"</Properties>"
        )
    return content


def repacked(data: bytes, change: Any = lambda name, content: content) -> bytes:
    """A ZIP with the same parts in the same order, each of one still day."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, STILL)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            new.writestr(info, change(name, old.read(name)))
    return buffer.getvalue()
