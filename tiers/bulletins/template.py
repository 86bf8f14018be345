"""Word templates of bulletins: the one that comes with the program, the bureau's own, and what is wrong with one."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from jinja2 import TemplateError

from registry.intake.sheets import OLE, ZIP, UnreadableError, refuse_bomb
from registry.refusals import MisusedError
from registry.said import Said
from registry.settings import Settings
from tiers.bulletins.default_template import default_template
from tiers.bulletins.placeholders import Line, Problem, problems
from tiers.bulletins.reports import report_of
from tiers.targets import plan

_MACROS = b"macroEnabled"
#: Fields that read a file, an address or another program when the document is opened or printed.
_FETCHING = frozenset(
    ("INCLUDEPICTURE", "INCLUDETEXT", "INCLUDE", "IMPORT", "LINK", "DDE", "DDEAUTO", "DATABASE", "RD")
)


class TemplateRefusedError(MisusedError):
    """A template cannot be used; ``problems`` says what is wrong, and where."""

    def __init__(self, name: str, found: Sequence[Problem]) -> None:
        self.problems = list(found)
        en = "\n".join(one.in_language("en") for one in found)
        zh = "\n".join(one.in_language("zh") for one in found)
        super().__init__(f"{name}: the template cannot be used:\n{en}", f"{name}：模板不能使用：\n{zh}")


def file_name(report: str, language: str) -> str:
    return f"{report}.docx" if language == "zh" else f"{report}.{language}.docx"


def own_template(settings: Settings, report: str, language: str) -> Path | None:
    """The bureau's own template of a report, where it has one."""
    path = settings.templates / file_name(report_of(report).id, language)
    return path if path.is_file() else None


def template_of(settings: Settings, report: str, language: str) -> tuple[str, bytes]:
    """The template to use with its name: the bureau's own, checked, else that of the program. Raises TemplateRefusedError."""
    own = own_template(settings, report, language)
    if own is None:
        return "", default_template(language)
    content = own.read_bytes()
    check_template(settings, own.name, content)
    return own.name, content


def check_template(settings: Settings, name: str, content: bytes) -> None:
    """Raises TemplateRefusedError with everything that is wrong with a template."""
    _refuse_unsafe(settings, name, content)
    try:
        document = Document(BytesIO(content))
        parts = list(_parts(document))
    except Exception as error:
        raise _refused(name, f"it is damaged, or no Word document ({error}); save it again as .docx",
                       "文件已损坏，或不是 Word 文档；请在 Word 或 WPS 中另存为 .docx") from error  # fmt: skip
    _refuse_fetching(name, document)
    indicators = [target.id for target in plan(settings.targets.plan)]
    if found := problems(parts, indicators):
        raise TemplateRefusedError(name, found)
    _try(name, content, indicators)


def _try(name: str, content: bytes, indicators: Sequence[str]) -> None:
    """Fill it with words once: what the reading of tags does not see is seen here."""
    from tiers.bulletins.word import fill, sample_values

    try:
        fill(content, sample_values(indicators), "")
    except (TemplateError, ValueError, KeyError, AttributeError, TypeError, SyntaxError) as error:
        raise _refused(name, f"it cannot be filled ({error}); compare it with the template that comes with the program",
                       f"无法填充（{error}）；请对照系统自带模板修改") from error  # fmt: skip


def _refused(name: str, en: str, zh: str) -> TemplateRefusedError:
    return TemplateRefusedError(name, [Problem(Said("the file", "文件"), Said(en, zh))])


def _refuse_unsafe(settings: Settings, name: str, content: bytes) -> None:
    """Old formats, passwords, macros and bombs."""
    most = settings.bulletins.template_mb
    if len(content) > most * 1_000_000:
        raise _refused(
            name,
            f"it is larger than {most} MB; make its pictures smaller",
            f"超过 {most} MB；请压缩其中的图片",
        )
    if content[:4] == OLE[:4] or content[:4] != ZIP:
        raise _refused(name, "it is protected by a password, of the older format, or no Word document; save it as .docx",
                       "文件设有密码、是旧版格式，或不是 Word 文档；请在 Word 或 WPS 中另存为 .docx")  # fmt: skip
    try:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "template.docx"
            path.write_bytes(content)
            refuse_bomb(path, settings.limits)
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            types = archive.read("[Content_Types].xml")
    except (
        UnreadableError,
        KeyError,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
    ) as error:
        raise _refused(name, f"it is damaged, or no Word document ({error}); save it again as .docx",
                       "文件已损坏，或不是 Word 文档；请在 Word 或 WPS 中另存为 .docx") from error  # fmt: skip
    if _MACROS in types or any(one.lower().endswith("vbaproject.bin") for one in names):
        raise _refused(
            name, "it holds macros; save it as .docx without macros", "文件含有宏；请另存为不含宏的 .docx"
        )


def _refuse_fetching(name: str, document: Any) -> None:
    """Links are for people to follow; anything else that Word would fetch by itself when it opens the bulletin, or read
    from its reader's disk, is refused."""
    package = document.part.package
    found = next((str(rel.reltype).rpartition("/")[2] for rel in package.iter_rels()
                  if rel.is_external and rel.reltype != RELATIONSHIP_TYPE.HYPERLINK), None)  # fmt: skip
    for part in package.iter_parts() if found is None else ():
        if part.content_type.endswith("xml"):
            try:
                found = found or _fetched(parse_xml(part.blob))
            except (SyntaxError, ValueError) as error:
                raise _refused(name, f"{part.partname} is damaged ({error}); save it again as .docx",
                               f"{part.partname} 已损坏；请在 Word 或 WPS 中另存为 .docx") from error  # fmt: skip
    if found is not None:
        raise _refused(name, f"it fetches something from elsewhere ({found}): put pictures into the file, detach its own template, "
                       "turn fields into text",
                       f"文件引用了外部内容（{found}）；请把图片嵌入文件，取消附加的模板，并把域转为文字")  # fmt: skip


def _fetched(root: Any) -> str | None:
    """The field, foreign part or picture by address that a part of the document holds."""
    fields = [str(node.get(qn("w:instr"))) for node in root.iter(qn("w:fldSimple"))]
    for node in root.iter(qn("w:fldChar"), qn("w:instrText")):
        if node.get(qn("w:fldCharType")) == "begin":
            fields.append("")
        elif fields:
            fields[-1] += node.text or ""
    for field in fields:
        if (word := next(iter(field.upper().split()), "")) in _FETCHING:
            return word
    if next(root.iter(qn("w:altChunk")), None) is not None:
        return "altChunk"
    pictures = (node.get("src") for node in root.iter("{*}imagedata", "{*}fill"))
    return next((src for src in pictures if src), None)


# Where a tag stands --------------------------------------------------------------------------------


def _parts(document: Any) -> Iterator[list[Line]]:
    """The paragraphs of the text, then those of headers, footers and footnotes."""
    yield list(_lines(document.element.body, Said("", "")))
    for section, one in enumerate(document.sections, start=1):
        for said, part in (
            (Said("header", "页眉"), one.header), (Said("footer", "页脚"), one.footer),
            (Said("header of the first page", "首页页眉"), one.first_page_header),
            (Said("footer of the first page", "首页页脚"), one.first_page_footer),
            (Said("header of even pages", "偶数页页眉"), one.even_page_header),
            (Said("footer of even pages", "偶数页页脚"), one.even_page_footer),
        ):  # fmt: skip
            if not part.is_linked_to_previous:
                place = (
                    said
                    if section == 1
                    else Said(f"{said.en} of section {section}", f"第 {section} 节{said.zh}")
                )
                yield list(_lines(part._element, place))


def _lines(root: Any, part: Said) -> Iterator[Line]:
    number = 0
    tables = list(root.iter(qn("w:tbl")))
    for paragraph in root.iter(qn("w:p")):
        text = "".join(
            node.text or "" for node in paragraph.iter(qn("w:t")) if _holder(node, "w:p") is paragraph
        )
        table = _holder(paragraph, "w:tbl")
        if table is None:
            number += 1
            yield Line(text, _placed(part, f"paragraph {number}", f"第 {number} 段"))
            continue
        row, cell = _holder(paragraph, "w:tr"), _holder(paragraph, "w:tc")
        at = tables.index(table) + 1
        r = 1 + sum(1 for _ in row.itersiblings(qn("w:tr"), preceding=True)) if row is not None else 1
        c = 1 + sum(1 for _ in cell.itersiblings(qn("w:tc"), preceding=True)) if cell is not None else 1
        where = _placed(part, f"table {at}, row {r}, cell {c}", f"表格 {at} 第 {r} 行第 {c} 格")
        yield Line(text, where, in_table=True)


def _placed(part: Said, en: str, zh: str) -> Said:
    return Said(f"{part.en}, {en}" if part.en else en, f"{part.zh}{zh}")


def _holder(node: Any, tag: str) -> Any:
    return next(node.iterancestors(qn(tag)), None)
