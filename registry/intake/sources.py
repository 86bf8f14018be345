"""Which reader reads which file: the one place where a suffix and the first bytes decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from registry.intake.blocks import Assembled, assemble
from registry.intake.pasted import read_text
from registry.intake.portable import read_pdf
from registry.intake.sheets import EXCEL, OLE, TEXT, ZIP, Grid, UnreadableError, decoded, read_sheets
from registry.intake.word import read_word
from registry.said import Said
from registry.settings import Limits

#: (what, done, of how many)
Progress = Callable[[str, int, int], None]
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".docx", ".pdf", ".csv", ".tsv", ".txt")
_OLDER = {".doc": ".docx", ".wps": ".docx", ".docm": ".docx", ".et": ".xlsx"}


@dataclass(frozen=True)
class Source:
    """What a file holds: its tables and lists, the lines around them, and what the reader of it should know."""

    grids: tuple[Grid, ...]
    around: tuple[str, ...] = ()
    warnings: tuple[Said, ...] = ()


def read_grids(
    path: Path, limits: Limits, sheet: str | None = None, progress: Progress | None = None
) -> list[Grid]:
    """The tables of a file in its order, or the one named. Raises UnreadableError.

    A file of which only a part can be read is refused: what is imported is a whole list.
    """
    source = read_source(path, limits, sheet, progress)
    if source.warnings:
        raise UnreadableError(
            f"{path.name}: {' '.join(said.en for said in source.warnings)}",
            "".join(said.zh for said in source.warnings),
        )
    return list(source.grids)


def read_source(
    path: Path, limits: Limits, sheet: str | None = None, progress: Progress | None = None
) -> Source:
    """Everything that a file holds. Raises UnreadableError."""
    if not path.exists():
        raise UnreadableError(f"{path}: there is no such file", f"{path}：没有这个文件")
    if path.stat().st_size == 0:
        raise UnreadableError(f"{path.name}: the file is empty", "文件是空的")
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(8)
    if suffix in _OLDER:
        raise UnreadableError(
            f"{path.name}: files of type {suffix} are not read; open it in Word, Excel or WPS and save it as {_OLDER[suffix]}",
            f"不能读取 {suffix} 文件；请在 Word、Excel 或 WPS 中打开后另存为 {_OLDER[suffix]}",
        )
    if suffix in EXCEL or suffix in TEXT:
        return Source(tuple(read_sheets(path, head, limits, sheet)))
    if suffix == ".docx":
        return _one_of(path, assemble(read_word(path, head, limits)), sheet)
    if suffix == ".pdf":
        blocks, warnings = read_pdf(path, limits, progress)
        return _one_of(path, assemble(blocks), sheet, warnings)
    if suffix == ".txt" and head[:4] != ZIP and head != OLE:
        return _one_of(path, read_text(decoded(path, limits)), sheet)
    raise UnreadableError(
        f"{path.name}: cannot read files of type {suffix or '(none)'}; use .xlsx, .xls, .docx, .pdf, .csv or .tsv",
        f"不能读取 {suffix or '无扩展名'} 文件；请用 .xlsx、.xls、.docx、.pdf、.csv 或 .tsv",
    )


def _one_of(path: Path, assembled: Assembled, sheet: str | None, warnings: tuple[Said, ...] = ()) -> Source:
    """The tables of a document, or the one named."""
    names = [grid.name for grid in assembled.grids]
    if sheet is not None and sheet not in names:
        raise UnreadableError(
            f"{path.name}: has no table {sheet!r}; it has {', '.join(names) or 'none'}",
            f"没有名为“{sheet}”的表；现有 {'、'.join(names) or '无'}",
        )
    grids = tuple(grid for grid in assembled.grids if sheet in (None, grid.name))
    return Source(grids, assembled.around, warnings)
