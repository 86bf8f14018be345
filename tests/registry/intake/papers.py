"""Announced lists as files, made on the spot: Word by python-docx, PDF by typst. All names in them are the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import docx
import pylopdf_fonts_zh_cn
import pypdfium2
import typst

Rows = Sequence[Sequence[str]]
FONT = "Noto Serif SC"


def word_list(
    path: Path,
    title: str,
    paragraphs: Sequence[str],
    header: Sequence[str],
    rows: Rows,
    behind: Sequence[str] = (),
) -> Path:
    """A Word file: title, paragraphs, one table (none where ``header`` is empty), paragraphs behind it."""
    document = docx.Document()
    for text in filter(None, (title, *paragraphs)):
        document.add_paragraph(text)
    if header:
        word_table(document, header, rows)
    for text in behind:
        document.add_paragraph(text)
    document.save(str(path))
    return path


def word_table(document: docx.document.Document, header: Sequence[str], rows: Rows) -> docx.table.Table:
    """A table at the end of a document."""
    table = document.add_table(rows=0, cols=len(header))
    table.style = "Table Grid"
    for texts in (header, *rows):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text
    return table


def pdf_list(
    path: Path,
    title: str,
    paragraphs: Sequence[str],
    header: Sequence[str],
    rows: Rows,
    *,
    ruled: bool = True,
    widths: Sequence[str] = (),
    behind: Sequence[str] = (),
    numbered_pages: bool = True,
) -> Path:
    """A PDF: title, paragraphs, one table that runs over as many pages as it needs, its header on each of them.

    ``ruled`` False: columns are kept apart by blanks alone. ``widths``: typst widths such as ``"1cm"`` or ``"1fr"``.
    """
    columns = ", ".join(widths or ["auto"] * len(header))
    cells = ", ".join(f"[{_escaped(text)}]" for row in rows for text in row)
    head = ", ".join(f"[{_escaped(text)}]" for text in header)
    table = (
        f"#table(columns: ({columns},), stroke: {'0.5pt' if ruled else 'none'}, "
        f"table.header({head}), {cells})"
        if header
        else ""
    )
    body = "\n\n".join((*map(_escaped, paragraphs), table, *map(_escaped, behind)))
    heading = f"#align(center)[#text(size: 18pt)[{_escaped(title)}]]\n\n" if title else ""
    return pdf(path, heading + body, numbered_pages=numbered_pages)


def pdf(path: Path, markup: str, *, numbered_pages: bool = False) -> Path:
    """A PDF of typst markup, on A4 in a Chinese font."""
    numbering = '"— 1 —"' if numbered_pages else "none"
    setting = (
        f'#set page(paper: "a4", margin: 2cm, numbering: {numbering})\n'
        f'#set text(font: "{FONT}", size: 10.5pt, lang: "zh", region: "cn")\n'
    )
    fonts = str(pylopdf_fonts_zh_cn.serif_path().parent)
    typst.compile((setting + markup).encode(), output=str(path), font_paths=[fonts], ignore_system_fonts=True)
    return path


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\#$*_`<>@[]=-+/~\"'" else c for c in text)


def scanned_list(path: Path, pages: int = 1) -> Path:
    """A PDF whose pages are pictures of pages, as scanners write them."""
    source = pdf(path.with_suffix(".source.pdf"), "#pagebreak()\n".join(["文字"] * pages))
    with pypdfium2.PdfDocument(source) as document:
        images = [page.render(scale=0.5).to_pil() for page in document]
    images[0].save(path, save_all=True, append_images=images[1:])
    source.unlink()
    return path
