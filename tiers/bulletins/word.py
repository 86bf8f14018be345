"""A bulletin as a Word document that a clerk can edit: headings, tables with repeated heads, pictures with their words.

The template gives the page; ``{{ body }}`` and the placeholders of tables and pictures become what the bulletin says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches, Mm
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined

from tiers.bulletins import charts
from tiers.bulletins.archive import fixed
from tiers.bulletins.blocks import Block, Bulletin, Heading, PageBreak, Paragraph, Picture, Table
from tiers.bulletins.default_template import (
    BODY,
    CAPTION,
    CELL,
    DAY,
    NOTE,
    SIGNER,
    TITLE,
    TO,
    add_styles,
)
from tiers.bulletins.placeholders import BLOCKS, TARGET_PARTS, TEXTS, UNIT_PARTS, environment

#: Twentieths of a point: the width of the text between the margins of the default template.
TEXT_WIDTH = 8845
_STYLE = {"body": BODY, "to": TO, "note": NOTE, "signer": SIGNER, "day": DAY}
#: Characters for private use, so that no text can look like the mark of a block.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARKED = re.compile(f"{_OPEN}(\\w+){_CLOSE}")
#: XML knows no such characters; a name may still bring one.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def word(bulletin: Bulletin, template: bytes) -> bytes:
    """The .docx. ``template`` has been checked; equal bulletins and templates give equal bytes."""
    filled = fill(template, {**bulletin.values, **_marks()}, bulletin.mark)
    document = filled.docx
    add_styles(document)
    blocks: dict[str, Sequence[Block]] = {"body": bulletin.blocks}
    blocks |= {id: [table] for id, table in bulletin.tables.items()}
    blocks |= {id: [picture] for id, picture in bulletin.pictures.items()}
    nothing = Paragraph((), "body")
    for paragraph in list(document.element.body.iter(qn("w:p"))):
        marked = _MARKED.fullmatch("".join(node.text or "" for node in paragraph.iter(qn("w:t"))).strip())
        if marked:
            for block in blocks.get(marked[1], [nothing]):
                for element in _elements(document, block):
                    paragraph.addprevious(element)
            _remove(paragraph)
    properties = document.core_properties
    issuer, said = (UNWRITABLE.sub("", text) for text in (bulletin.issuer, bulletin.source))
    properties.title = UNWRITABLE.sub("", f"{bulletin.title} {bulletin.period}")
    properties.author = properties.last_modified_by = issuer
    properties.revision, properties.comments = 1, said
    published = bulletin.published_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties.created = properties.modified = published
    properties.language = "zh-CN" if bulletin.language == "zh" else "en"
    out = BytesIO()
    document.save(out)
    return fixed(out.getvalue())


def fill(template: bytes, values: Mapping[str, Any], mark: str) -> Any:
    """The template with its placeholders filled. Raises jinja2.TemplateError. ``mark`` goes onto every page."""
    filled = DocxTemplate(BytesIO(template))
    filled.init_docx()
    properties = filled.docx.core_properties
    # The document's properties are filled too: what stands there is nobody's text.
    for name in ("author", "comments", "identifier", "language", "subject", "title"):
        setattr(properties, name, "")
    if mark:
        _mark_pages(filled.docx, mark)
    env = environment()
    env.undefined = StrictUndefined
    filled.render(_written(dict(values)), env)
    return filled


def sample_values(indicators: Sequence[str]) -> dict[str, Any]:
    """Words for every placeholder, to try a template with."""
    target, unit = (dict.fromkeys(item, "×") for item in (TARGET_PARTS, UNIT_PARTS))
    return {**dict.fromkeys(TEXTS, "×"), **_marks(), "targets": [target] * 2, "units": [unit] * 2,
            "n": {id.replace("-", "_"): target for id in indicators}}  # fmt: skip


def _marks() -> dict[str, str]:
    return {name: f"{_OPEN}{name}{_CLOSE}" for name in BLOCKS}


def _written(value: Any) -> Any:
    """Without characters that a document cannot hold."""
    if isinstance(value, str):
        return UNWRITABLE.sub("", value)
    if isinstance(value, Mapping):
        return {key: _written(one) for key, one in value.items()}
    return [_written(one) for one in value] if isinstance(value, list) else value


def _mark_pages(document: Any, mark: str) -> None:
    """Invented data are marked on every page, also where a template forgot to ask for it."""
    both = document.settings.odd_and_even_pages_header_footer
    for at, section in enumerate(document.sections):
        headers = [section.header]
        if section.different_first_page_header_footer:
            headers.append(section.first_page_header)
        if both:
            headers.append(section.even_page_header)
        for header in headers:
            if header.is_linked_to_previous and at:
                continue
            if not any("sample_mark" in one.text for one in header.paragraphs):
                header.add_paragraph(mark)


def _remove(paragraph: Any) -> None:
    """A cell of a table keeps one paragraph at its end: Word wants it."""
    parent = paragraph.getparent()
    following = paragraph.getnext()
    if parent.tag == qn("w:tc") and following is None and (
        paragraph.getprevious() is None or paragraph.getprevious().tag != qn("w:p")
    ):  # fmt: skip
        for run in list(paragraph.iter(qn("w:r"))):
            run.getparent().remove(run)
        return
    parent.remove(paragraph)


# Blocks as elements --------------------------------------------------------------------------------


def _elements(document: Any, block: Block) -> list[Any]:
    match block:
        case Heading():
            style = TITLE if block.level == 0 else f"Heading {block.level}"
            return [_paragraph(document, block.text, style)]
        case Paragraph():
            return [_paragraph(document, block.text, _STYLE[block.style])]
        case Table():
            made = [_paragraph(document, block.caption, CAPTION), table_element(document, block)]
            # Two tables in a row would become one.
            return [*made, _paragraph(document, block.note, NOTE)]
        case Picture():
            return [_paragraph(document, block.caption, CAPTION), _picture(document, block)]
        case PageBreak():
            made = _paragraph(document, "", BODY)
            run, broken = OxmlElement("w:r"), OxmlElement("w:br")
            broken.set(qn("w:type"), "page")
            run.append(broken)
            made.append(run)
            return [made]


def _paragraph(document: Any, text: str, style: str) -> Any:
    made = document.add_paragraph(UNWRITABLE.sub("", text))
    made.style = document.styles[style if _has(document, style) else BODY]
    made._p.getparent().remove(made._p)
    return made._p


def _has(document: Any, style: str) -> bool:
    try:
        document.styles[style]
    except KeyError:
        return False
    return True


def table_element(document: Any, table: Table) -> Any:
    """Written as XML at once: a document's own way of adding cells takes minutes for a thousand firms."""
    cell_style = document.styles[CELL].style_id
    whole = sum(column.width for column in table.columns)
    widths = [round(TEXT_WIDTH * column.width / whole) for column in table.columns]
    sides = ["right" if column.number else "center" if column.middle else "left" for column in table.columns]

    def cell(text: str, at: int, side: str, bold: bool = False) -> str:
        strong = "<w:rPr><w:b/></w:rPr>" if bold else ""
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{widths[at]}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
            f'<w:pStyle w:val="{cell_style}"/><w:jc w:val="{side}"/></w:pPr><w:r>{strong}'
            f'<w:t xml:space="preserve">{escape(UNWRITABLE.sub("", text))}</w:t></w:r></w:p></w:tc>'
        )

    head = "".join(cell(column.label, at, "center", bold=True) for at, column in enumerate(table.columns))
    rows = "".join(
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cell(one.text, at, sides[at]) for at, one in enumerate(row))}</w:tr>"
        for row in table.rows
    )
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'
        for side, size, colour in (("top", 8, "000000"), ("bottom", 8, "000000"), ("insideH", 4, "808080"))
    )
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="57" w:type="dxa"/>'
        f'<w:right w:w="57" w:type="dxa"/></w:tblCellMar><w:tblLook w:val="0020" w:firstRow="1"/>'
        f'<w:tblCaption w:val="{escape(table.caption, {chr(34): "&quot;"})}"/></w:tblPr>'
        f"<w:tblGrid>{''.join(f'<w:gridCol w:w={chr(34)}{width}{chr(34)}/>' for width in widths)}</w:tblGrid>"
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{rows}</w:tbl>"
    )


def _picture(document: Any, picture: Picture) -> Any:
    made = document.add_paragraph()
    made.alignment = 1
    wide = min(Inches(charts.size(picture.chart)[0]), Mm(156))
    made.add_run().add_picture(BytesIO(charts.png(picture.chart)), width=wide)
    for about in made._p.iter(qn("wp:docPr")):
        about.set("descr", UNWRITABLE.sub("", picture.alt))
        about.set("title", picture.caption)
    for about in made._p.iter(qn("pic:cNvPr")):
        about.set("name", f"{picture.chart.id}.png")
    made._p.getparent().remove(made._p)
    return made._p
