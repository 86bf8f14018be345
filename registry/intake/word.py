"""Word files become tables and lines, in the document's order. Nothing of them is run, and only their text is unpacked.

A nested table is a table of its own behind the one that holds it; a merged cell's text stands in its first column, in
each of its rows; what was deleted under tracked changes is not read. Numbers that Word sets by itself before a
paragraph are no text and are not there.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from docx.oxml import parse_xml

from registry.intake.blocks import Block, Table, Text
from registry.intake.sheets import OLE, ZIP, UnreadableError, refuse_bomb
from registry.said import Said
from registry.settings import Limits

_RELATION = re.compile(rb'<Relationship [^>]*/officeDocument"[^>]*>')
_TARGET = re.compile(rb'Target="/?([^"]+)"')
#: Parts of the text that do not speak: what was deleted or moved away, fall-backs of what is read already.
_SILENT = {"del", "moveFrom", "Fallback", "pPr", "rPr", "sectPr", "tblPr", "trPr", "instrText"}
#: What may stand around paragraphs and tables without being either.
_WRAPPERS = {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"}


def read_word(path: Path, head: bytes, limits: Limits) -> list[Block]:
    """The tables and lines of a .docx. Raises UnreadableError."""
    root = _document(path, head, limits)
    body = next((child for child in root if _kind(child) == "body"), None)
    return [] if body is None else list(_blocks(body, count(1), count(1)))


def _document(path: Path, head: bytes, limits: Limits) -> Any:
    if head == OLE:
        raise UnreadableError(
            f"{path.name}: is protected by a password or in the older Word format; "
            "open it in Word or WPS, remove the password and save it as .docx",
            "文件设有密码，或是旧版 Word 格式；请在 Word 或 WPS 中打开，取消密码后另存为 .docx",
        )
    if head[:4] != ZIP:
        raise UnreadableError(
            f"{path.name}: is not a Word document in spite of its name; save it again as .docx, .xlsx or .csv",
            "扩展名是 Word，内容却不是；请在 Word 中打开后另存为 .docx，或另存为 .xlsx、.csv",
        )
    refuse_bomb(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            names = {entry.filename: entry for entry in archive.infolist()}
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise UnreadableError(
                    f"{path.name}: holds macros; save it as .docx without macros",
                    "文件含有宏；请另存为不含宏的 .docx",
                )
            relation = _RELATION.search(archive.read("_rels/.rels"))
            target = _TARGET.search(relation[0]) if relation else None
            part = names[target[1].decode() if target else "word/document.xml"]
            if part.file_size > limits.text_mb * 1_000_000:
                raise UnreadableError(
                    f"{path.name}: its text unpacks to {part.file_size // 1_000_000} MB; at most {limits.text_mb} MB are read. "
                    "Split it, or copy its table into a workbook",
                    f"正文解压后达 {part.file_size // 1_000_000} MB，最多读取 {limits.text_mb} MB；"
                    "请拆成几个文件，或把表格复制到工作簿",
                )
            return parse_xml(archive.read(part))
    except (
        zipfile.BadZipFile,
        KeyError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        SyntaxError,
    ) as error:
        raise UnreadableError(
            f"{path.name}: the document is damaged, or no Word document ({error}); open it in Word and save it again as .docx",
            "文件已损坏，或不是 Word 文档；请在 Word 中打开后另存为 .docx",
        ) from error


def _kind(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _attribute(element: Any, path: str) -> str | None:
    """The w:val of a descendant named by its local names: ``tcPr/gridSpan``; "" where it bears none, None without it."""
    for name in path.split("/"):
        element = next((child for child in element if _kind(child) == name), None)
        if element is None:
            return None
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == "val"), "")


def _blocks(parent: Any, tables: Iterator[int], lines: Iterator[int]) -> Iterator[Block]:
    for child in parent:
        kind = _kind(child)
        if kind == "p":
            number = next(lines)
            where = Said(f"paragraph {number}", f"第 {number} 段")
            for line in _text(child).splitlines():
                yield Text(line, where)
            for box in _boxes(child):
                yield from _blocks(box, tables, lines)
        elif kind == "tbl":
            yield from _table(child, tables, lines)
        elif kind in _WRAPPERS:
            yield from _blocks(child, tables, lines)


def _text(element: Any) -> str:
    """The text of a paragraph without that of boxes in it."""
    parts: list[str] = []
    for child in element:
        kind = _kind(child)
        if kind == "t":
            parts.append(child.text or "")
        elif kind in ("tab", "ptab"):
            parts.append("\t")
        elif kind in ("br", "cr"):
            parts.append("\n")
        elif kind == "noBreakHyphen":
            parts.append("-")
        elif kind not in _SILENT and kind != "txbxContent":
            parts.append(_text(child))
    return "".join(parts)


def _boxes(element: Any) -> Iterator[Any]:
    """Text boxes that hang on a paragraph."""
    for child in element:
        kind = _kind(child)
        if kind == "txbxContent":
            yield child
        elif kind not in _SILENT:
            yield from _boxes(child)


def _table(table: Any, tables: Iterator[int], lines: Iterator[int]) -> Iterator[Block]:
    number = next(tables)
    rows: list[list[str]] = []
    nested: list[Block] = []
    open_cells: dict[int, str] = {}  # column → text that a merged cell hands down
    for row in _rows(table):
        cells: list[str] = [""] * (_number(_attribute(row, "trPr/gridBefore") or "0"))
        for cell in _cells(row):
            at = len(cells)
            merge = _attribute(cell, "tcPr/vMerge")
            content = list(_blocks_of_cell(cell))
            for inner in content:
                if _kind(inner) == "tbl":
                    nested += _table(inner, tables, lines)
            text = "\n".join(_text(inner) for inner in content if _kind(inner) == "p").strip()
            if merge is not None and merge != "restart":
                text = text or open_cells.get(at, "")
            if merge is not None:
                open_cells[at] = text
            else:
                open_cells.pop(at, None)
            cells += [text, *[""] * (_number(_attribute(cell, "tcPr/gridSpan")) - 1)]
        rows.append(cells)
    width = max(map(len, rows), default=0)
    rows = [row + [""] * (width - len(row)) for row in rows]
    places = [Said(f"table {number}, row {at}", f"表 {number} 第 {at} 行") for at in range(1, len(rows) + 1)]
    if width:
        yield Table(rows, places)
    yield from nested


def _number(text: str | None) -> int:
    """A span as written, 1 without any; Word's own tables have 63 columns at most."""
    return min(int(text), 63) if text and text.isascii() and text.isdecimal() else 1


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if _kind(child) == "tr" and _attribute(child, "trPr/del") is None:
            yield child
        elif _kind(child) in _WRAPPERS:
            yield from _rows(child)


def _cells(row: Any) -> Iterator[Any]:
    for child in row:
        if _kind(child) == "tc":
            yield child
        elif _kind(child) in _WRAPPERS:
            yield from _cells(child)


def _blocks_of_cell(cell: Any) -> Iterator[Any]:
    for child in cell:
        if _kind(child) in ("p", "tbl"):
            yield child
        elif _kind(child) in _WRAPPERS:
            yield from _blocks_of_cell(child)
