"""The Word template that comes with the program: plain head, the type of official documents (GB/T 9704), ready to be edited."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from tiers.bulletins.archive import fixed

#: Name of a style → (font of Chinese text, points, alignment, first line indented by so many characters, line in points).
BODY, TITLE, PERIOD, TO, NOTE, SIGNER, DAY, CAPTION, CELL, MARK = (
    "通报正文", "通报标题", "通报时期", "通报主送", "通报注释", "通报落款", "通报日期", "通报表题", "通报表格", "通报标记",
)  # fmt: skip
SONG, HEI, KAI, FANG, XIAOBIAO = "宋体", "黑体", "楷体", "仿宋", "方正小标宋简体"
_L, _C, _R, _J = (
    WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY,
)  # fmt: skip
STYLES: dict[str, tuple[str, float, Any, int, float]] = {
    BODY: (FANG, 16, _J, 2, 28),
    TITLE: (XIAOBIAO, 22, _C, 0, 34),
    PERIOD: (KAI, 16, _C, 0, 28),
    TO: (FANG, 16, _L, 0, 28),
    NOTE: (FANG, 10.5, _L, 0, 16),
    SIGNER: (FANG, 16, _R, 0, 28),
    DAY: (FANG, 16, _R, 0, 28),
    CAPTION: (HEI, 12, _C, 0, 20),
    CELL: (FANG, 10.5, _L, 0, 15),
    MARK: (HEI, 10.5, _C, 0, 16),
}
#: Fonts that a machine may lack, with what stands in for them.
SUBSTITUTES = {XIAOBIAO: "小标宋;宋体", FANG: "仿宋_GB2312;FangSong", KAI: "楷体_GB2312;KaiTi", HEI: "SimHei"}
LATIN = "Times New Roman"


@cache
def default_template(language: str = "zh") -> bytes:
    """The template's bytes, always the same."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    add_styles(document)
    for heading, font in (("Heading 1", HEI), ("Heading 2", KAI)):
        _dress(document.styles[heading], font, 16, _L, 2, 28)
        document.styles[heading].paragraph_format.keep_with_next = True
    for text, style in (("{{ title }}", TITLE), ("{{ period }}", PERIOD), ("{{ body }}", BODY)):
        shown = text if style != PERIOD or language != "zh" else "（{{ period }}）"
        document.add_paragraph(shown, style=style)
    document.styles[TITLE].paragraph_format.space_before = Pt(14)
    document.styles[PERIOD].paragraph_format.space_after = Pt(14)
    document.styles[SIGNER].paragraph_format.space_before = Pt(28)
    for name, right in ((SIGNER, 32), (DAY, 64)):
        document.styles[name].paragraph_format.right_indent = Pt(right)
    document.styles[CAPTION].paragraph_format.keep_with_next = True
    document.styles[CAPTION].paragraph_format.space_before = Pt(10)
    section.header.paragraphs[0].text = "{{ sample_mark }}"
    section.header.paragraphs[0].style = document.styles[MARK]
    _foot(section.footer.paragraphs[0], document)
    name_fonts(document)
    document.core_properties.author = document.core_properties.title = document.core_properties.comments = ""
    out = BytesIO()
    document.save(out)
    return fixed(out.getvalue())


def add_styles(document: Any) -> None:
    """The styles that a bulletin is set in, those that the document has not yet."""
    held = {style.name for style in document.styles}
    for name, (font, points, side, indent, line) in STYLES.items():
        if name not in held:
            style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.quick_style = True
            _dress(style, font, points, side, indent, line)


def _dress(style: Any, font: str, points: float, side: Any, indent: int, line: float) -> None:
    style.font.name, style.font.size = LATIN, Pt(points)
    style.font.bold = style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(name), LATIN)
    fonts.set(qn("w:eastAsia"), font)
    layout = style.paragraph_format
    layout.alignment, layout.space_before, layout.space_after = side, Pt(0), Pt(0)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    if indent:
        layout.first_line_indent = Pt(points * indent)
        style.element.pPr.ind.set(qn("w:firstLineChars"), str(indent * 100))


def _foot(paragraph: Any, document: Any) -> None:
    """— 1 / 4 —, and beneath it which published count this is."""
    paragraph.style = document.styles[MARK]
    paragraph.add_run("— ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" / ")
    _field(paragraph, "NUMPAGES")
    paragraph.add_run(" —")
    below = paragraph._parent.add_paragraph("{{ source }}", style=document.styles[MARK])
    for run in below.runs:
        run.font.size = Pt(7.5)


def _field(paragraph: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def name_fonts(document: Any) -> None:
    """What stands in for a font on machines without it (Word's alternative names)."""
    part = next(
        (one for one in document.part.package.iter_parts() if str(one.partname) == "/word/fontTable.xml"),
        None,
    )
    if part is None:
        return
    said = part.blob.decode("utf-8")
    more = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for name, other in SUBSTITUTES.items()
        if f'w:name="{name}"' not in said
    )
    part._blob = said.replace("</w:fonts>", f"{more}</w:fonts>").encode()
