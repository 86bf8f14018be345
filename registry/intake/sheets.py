"""Files become sheets: .xlsx, .xls, .csv, .tsv as bureaus have them, with limits before anything is unpacked."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum, load_workbook

from registry.said import Said, SaidError
from registry.settings import Limits

# Cells name their place: r="AB12". More letters, or later ones, mean a wider sheet; long numbers a longer one.
_ROW = re.compile(rb'<row [^>]*?r="(\d+)"')
_FAR = re.compile(rb' r="(?:[A-Z]{3}|[B-Z][A-Z]|[A-Z]{1,2}\d{6})')
_FAR_ROW = re.compile(rb' r="[A-Z]{1,3}(\d{6,7})"')
_ALL = re.compile(rb' r="[A-Z]{3}\d')
_WIDE = re.compile(rb' r="[B-Z][A-Z]\d')
EXCEL = {".xlsx", ".xlsm", ".xls"}
TEXT = {".csv", ".tsv"}
ENCODINGS = ("utf-8-sig", "gb18030")
#: How archives (.xlsx, .docx) and the older compound files (.xls, .doc, anything with a password) begin.
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class UnreadableError(SaidError):
    """The file cannot be read at all; the message says what it is and what to do. Exit code 2."""


@dataclass(frozen=True)
class Grid:
    """One table as typed: ``rows[i]`` are the cells of row ``i + 1``; "" and None are empty.

    ``places``: where each row stands in the source, for sources whose rows bear no numbers that people can see.
    ``above``: the lines of text right above the table, as far up as the table before it.
    """

    name: str
    rows: list[list[Any]]
    places: Sequence[Said] | None = None
    above: tuple[str, ...] = ()

    def place(self, number: int) -> Said | None:
        """Where row ``number`` (from 1) stands in the source, such as page 3, row 12; None where the number says it."""
        if self.places is None or not 0 < number <= len(self.places):
            return None
        return self.places[number - 1]


def read_sheets(path: Path, head: bytes, limits: Limits, sheet: str | None = None) -> Iterator[Grid]:
    """The visible sheets of a workbook or text file in order, or the one named; ``head`` are its first 8 bytes.

    Raises UnreadableError.
    """
    if path.suffix.lower() in EXCEL or head[:4] == ZIP or head == OLE:
        yield from _excel(path, head, limits, sheet)
    else:
        yield _delimited(path, limits)


def _excel(path: Path, head: bytes, limits: Limits, sheet: str | None) -> Iterator[Grid]:
    if head[:4] == ZIP:
        refuse_bomb(path, limits)
        _refuse_sprawl(path, limits)
    elif head == OLE and path.suffix.lower() in (".xlsx", ".xlsm"):
        raise UnreadableError(
            f"{path.name}: the workbook is protected by a password; remove the password and save it again",
            "工作簿设有密码；请取消密码后另存",
        )
    elif head[:4] != ZIP and head != OLE:
        raise UnreadableError(
            f"{path.name}: is not an Excel workbook in spite of its name; save it again as .xlsx",
            "扩展名是 Excel，内容却不是；请在 Excel 中打开后另存为 .xlsx",
        )
    try:
        book = load_workbook(str(path))
        names = [
            m.name for m in book.sheets_metadata
            if m.typ == SheetTypeEnum.WorkSheet and (m.visible == SheetVisibleEnum.Visible or m.name == sheet)
        ]  # fmt: skip
    except CalamineError as error:
        locked = "password" in str(error).lower() or "encrypt" in str(error).lower()
        hint = "remove the password and save it again" if locked else "open it in Excel and save it again"
        mend = "工作簿设有密码；请取消密码后另存" if locked else "工作簿无法读取；请在 Excel 中打开后另存"
        raise UnreadableError(f"{path.name}: the workbook cannot be read ({error}); {hint}", mend) from error
    if sheet is not None and sheet not in names:
        raise UnreadableError(
            f"{path.name}: has no sheet {sheet!r}; it has {', '.join(names)}",
            f"没有名为“{sheet}”的工作表；现有 {'、'.join(names)}",
        )
    for name in [sheet] if sheet is not None else names:
        yield Grid(name, _sheet_rows(path, book, name, limits))


def _sheet_rows(path: Path, book: CalamineWorkbook, name: str, limits: Limits) -> list[list[Any]]:
    try:
        found = book.get_sheet_by_name(name)
        if found.height > limits.rows + 100:
            raise _too_many(path, limits)
        if found.width > limits.columns:
            raise UnreadableError(
                f"{path.name}: sheet {name} has {found.width} columns; at most {limits.columns} are read",
                f"工作表“{name}”有 {found.width} 列，最多读取 {limits.columns} 列；请删去多余的列",
            )
        rows = found.to_python(skip_empty_area=False)
        _spread_merged(rows, found)
    except (CalamineError, MemoryError, ValueError) as error:
        raise UnreadableError(
            f"{path.name}: sheet {name} cannot be read ({error}); save it again in Excel",
            f"工作表“{name}”无法读取；请在 Excel 中打开后另存",
        ) from error
    return rows


def _spread_merged(rows: list[list[Any]], sheet: Any) -> None:
    """A value merged downwards over data rows holds for each of them (a district written once for ten firms)."""
    for (top, left), (bottom, right) in getattr(sheet, "merged_cell_ranges", None) or ():
        if left == right and top < bottom < len(rows):
            for row in rows[top + 1 : bottom + 1]:
                if row[left] in ("", None):
                    row[left] = rows[top][left]


def refuse_bomb(path: Path, limits: Limits) -> None:
    """Look at what the archive declares before unpacking any of it."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise UnreadableError(
            f"{path.name}: the file is damaged ({error}); open it in Excel or Word and save it again",
            "文件已损坏；请在 Excel 或 Word 中打开后另存",
        ) from error
    total = sum(entry.file_size for entry in entries)
    worst = max(
        (e.file_size / max(e.compress_size, 1) for e in entries if e.file_size > 10_000_000), default=0
    )
    if total > limits.unpacked_mb * 1_000_000 or len(entries) > 10_000 or worst > limits.unpack_ratio:
        raise UnreadableError(
            f"{path.name}: would unpack to {total // 1_000_000} MB from {path.stat().st_size // 1000} KB; refused as unsafe. "
            "If it is a real list, copy its cells into a new workbook, or save it as .csv.",
            f"解压后将达 {total // 1_000_000} MB，出于安全不予读取；如确是名单，请把单元格复制到新工作簿，或另存为 .csv",
        )


def _refuse_sprawl(path: Path, limits: Limits) -> None:
    """A few cells far apart make a reader lay out all the empty ones between: measure before laying out."""
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", entry.filename):
                continue
            rows, columns = _extent(archive, entry, counted=False)
            if rows * columns > limits.cells:
                rows, columns = _extent(archive, entry, counted=True)
            if rows * columns > limits.cells:
                raise UnreadableError(
                    f"{path.name}: a sheet spans {rows:,} rows and {columns:,} columns; at most {limits.cells:,} cells are read. "
                    "Delete what stands far outside the table, or copy the table into a new workbook.",
                    f"工作表跨 {rows:,} 行、{columns:,} 列，超出可读取的范围；请删去表格以外的单元格，或把表格复制到新工作簿",
                )


def _extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, counted: bool) -> tuple[int, int]:
    """The last row of a sheet, and an upper bound of its columns by the letters of its cells: 52, 702 or all.

    Not ``counted``, which is quicker: rows whose numbers have fewer than six digits are taken for 99,999.
    """
    rows, columns, before = (0 if counted else 99_999), 52, b""
    with archive.open(entry) as file:
        while chunk := file.read(1 << 20):
            text = before + chunk
            if counted:
                rows = max(rows, *map(int, _ROW.findall(text)), 0)
            if _FAR.search(text):
                rows = max(rows, *(int(number) for number in _FAR_ROW.findall(text)), 0)
                columns = max(columns, 16_384 if _ALL.search(text) else 702 if _WIDE.search(text) else 52)
            before = chunk[-32:]
    return rows, columns


def _too_many(path: Path, limits: Limits) -> UnreadableError:
    return UnreadableError(
        f"{path.name}: has more than {limits.rows:,} rows; split the file and import the parts",
        f"超过 {limits.rows:,} 行；请拆成几个文件分别导入",
    )


def decoded(path: Path, limits: Limits) -> str:
    """The text of a text file: UTF-8, GB18030 or UTF-16. Raises UnreadableError."""
    data = path.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ENCODINGS
        if data.count(b"\0"):
            raise UnreadableError(
                f"{path.name}: is not a text file in spite of its name; save it again as .xlsx or .csv",
                "扩展名是文本，内容却不是；请另存为 .xlsx 或 .csv",
            )
    if data.count(b"\n") > limits.rows + 100:
        raise _too_many(path, limits)
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError(
        f"{path.name}: is neither UTF-8 nor GB18030 text; save it again as UTF-8",
        "文本编码既不是 UTF-8 也不是 GB18030；请另存为 UTF-8",
    )


def _delimited(path: Path, limits: Limits) -> Grid:
    text = decoded(path, limits)
    csv.field_size_limit(max(limits.cell_chars, 131_072))
    try:
        rows = [
            row[: limits.columns]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        ]
    except csv.Error as error:
        raise UnreadableError(
            f"{path.name}: cannot be read as a table ({error})", "不是表格形式的文本；请在 Excel 中打开后另存"
        ) from error
    return Grid(path.stem, rows)


def _delimiter(text: str) -> str:
    """The mark that splits the first lines into most columns: a tab under the name .csv is common."""
    head = [line for line in text[:20_000].splitlines() if line.strip()][:10]
    return max(",\t;|", key=lambda mark: (max((line.count(mark) for line in head), default=0), mark == ","))


def is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def as_typed(value: Any) -> Any:
    """A cell as it can be kept in JSON and shown again."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, (int, float, str, bool)) or value is None else str(value)
