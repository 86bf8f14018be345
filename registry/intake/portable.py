"""PDF files: a program of its own opens them, within limits, and its pages become tables and lines.

The opening runs apart (pages_of_pdf) because it reads bytes from anywhere with native code: if it fails, grows or hangs,
only that program ends.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from registry.intake.blocks import Block
from registry.intake.layout import read_pages
from registry.intake.lines import Char, Page
from registry.intake.sheets import UnreadableError
from registry.said import Said
from registry.settings import Limits

_PROGRAM = Path(__file__).with_name("pages_of_pdf.py")
#: A page with fewer characters beside a picture is a picture of a page.
FEWEST = 8
#: All pages together; a page of text has some 1,500.
MOST_CHARS = 2_000_000


def read_pdf(
    path: Path, limits: Limits, progress: Callable[[str, int, int], None] | None = None
) -> tuple[list[Block], tuple[Said, ...]]:
    """The tables and lines of a PDF, and what could not be read of it. Raises UnreadableError."""
    with path.open("rb") as file:
        if b"%PDF-" not in file.read(1024):
            raise UnreadableError(
                f"{path.name}: is not a PDF in spite of its name; save it again as .pdf, .xlsx or .csv",
                "扩展名是 PDF，内容却不是；请另存为 .pdf、.xlsx 或 .csv",
            )
    pages = list(_pages(path, limits, progress))
    scanned = [page.number for page in pages if _is_picture(page)]
    written = [page for page in pages if page.chars and not _is_picture(page)]
    if not written:
        raise UnreadableError(
            f"{path.name}: is scanned: its {len(pages)} pages are pictures without any text. Ask for the Word or Excel "
            "original, or have its text recognised (OCR) and check it, or paste the names",
            f"是扫描件：{len(pages)} 页都是图片，没有文字。请索取 Word 或 Excel 原件，"
            "或先做文字识别（OCR）并核对，或把名称粘贴进来",
        )
    warnings: tuple[Said, ...] = ()
    if scanned:
        numbers = ", ".join(map(str, scanned))
        warnings = (
            Said(
                f"Of {len(pages)} pages these are scanned pictures and could not be read: {numbers}. "
                "Ask for the original, or add the firms on them by hand.",
                f"共 {len(pages)} 页，其中第 {numbers.replace(', ', '、')} 页是扫描图片，没有读到文字；"
                "请索取原件，或手工补上这几页的企业。",
            ),
        )
    return list(read_pages(written)), warnings


def _is_picture(page: Page) -> bool:
    """A page that shows something but says nothing: a scan, or a font that tells no characters."""
    unknown = sum(1 for c in page.chars if c.text == "\ufffd" or "\ue000" <= c.text <= "\uf8ff")
    return (len(page.chars) < FEWEST and page.images > 0) or unknown * 3 > len(page.chars) > 0


def _pages(path: Path, limits: Limits, progress: Callable[[str, int, int], None] | None) -> Iterator[Page]:
    asked = [sys.executable, "-I", str(_PROGRAM), str(path.resolve())]
    asked += map(str, (limits.pages, limits.pdf_memory_mb, limits.pdf_seconds))
    program = subprocess.Popen(
        asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    assert program.stdout is not None
    many = number = chars = 0
    try:
        for line in program.stdout:
            said = json.loads(line)
            if "error" in said:
                raise _refused(path, said["error"], limits, many)
            if "pages" in said:
                many = said["pages"]
            elif "end" in said:
                return
            else:
                number += 1
                chars += len(said["chars"])
                if chars > MOST_CHARS:
                    raise _gave_up(path, 0, number - 1, many, limits)
                if progress:
                    progress("pages", number, many)
                yield _page(number, said)
        raise _gave_up(path, program.wait(), number, many, limits)
    except json.JSONDecodeError as error:  # it ended within a line
        raise _gave_up(path, program.wait(), number, many, limits) from error
    finally:
        program.kill()
        program.stdout.close()
        program.wait()


def _page(number: int, said: dict[str, Any]) -> Page:
    return Page(
        number,
        said["width"],
        said["height"],
        [Char(*char) for char in said["chars"]],
        [tuple(rule) for rule in said["rules"]],
        said["images"],
    )


def _refused(path: Path, error: str, limits: Limits, many: int) -> UnreadableError:
    if error == "password":
        return UnreadableError(
            f"{path.name}: is protected by a password; remove the password and save it again",
            "PDF 设有密码；请取消密码后另存",
        )
    if error == "pages":
        return UnreadableError(
            f"{path.name}: has {many} pages; at most {limits.pages} are read. Split it and read the parts",
            f"有 {many} 页，最多读取 {limits.pages} 页；请拆成几个文件",
        )
    return UnreadableError(
        f"{path.name}: the PDF is damaged; open it and save or print it as a new PDF",
        "PDF 已损坏；请打开后另存或打印为新的 PDF",
    )


def _gave_up(path: Path, status: int, number: int, many: int, limits: Limits) -> UnreadableError:
    return UnreadableError(
        f"{path.name}: reading stopped at page {number + 1} of {many} (status {status}): it takes more than "
        f"{limits.pdf_memory_mb} MB or {limits.pdf_seconds} s, or is damaged. "
        "Print it as a new PDF, or ask for the Word or Excel original",
        f"读到第 {number + 1} 页（共 {many} 页）时中止：所需内存超过 {limits.pdf_memory_mb} MB，"
        f"或用时超过 {limits.pdf_seconds} 秒，或文件已损坏。请打印为新的 PDF，或索取 Word、Excel 原件",
    )
