"""Workbooks that people get: refused rows with reasons, and templates to fill in."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from registry import words
from registry.filing import Outcome
from registry.intake.problems import message
from registry.intake.rows import Parsed
from registry.intake.sheets import is_empty
from registry.kind import Kind

REASON = "退回原因 Reason"
#: Templates offer word lists for so many rows.
TEMPLATE_ROWS = 2_000


def write_cell(sheet: Any, row: int, column: int, value: Any, format: Any = None) -> None:
    """Strings stay strings: a cell that begins with ``=`` must never become a live formula."""
    if is_empty(value):
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        if isinstance(value, (date, datetime)):
            value = value.isoformat()
        sheet.write_string(row, column, str(value), format)
    else:
        sheet.write_number(row, column, value, format)


def write_rejects(path: Path, parsed: Parsed, outcome: Outcome) -> int:
    """Refused rows in the original columns, all of them, with the reasons in a last one; gives their number.

    The header row is the original one, so the file imports again once mended.
    """
    reasons: dict[int, list[str]] = defaultdict(list)
    for number, note in outcome.problems:
        if note.fate == "refused":
            reasons[number].append(message(note.code, note.value, note.field, note.detail))
    numbers = sorted(n for n, fate in outcome.fate_of.items() if fate == "refused")
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet(parsed.sheet[:31] or "退回")
        bold = book.add_format({"bold": True, "bottom": 1})
        titles = {c.index: c.header for c in parsed.header.columns}
        width = max(titles, default=-1) + 1
        for at, title in titles.items():
            write_cell(sheet, 0, at, title, bold)
        write_cell(sheet, 0, width, REASON, bold)
        for line, number in enumerate(numbers, start=1):
            for at, value in enumerate(parsed.grid.rows[number - 1][:width]):
                write_cell(sheet, line, at, value)
            write_cell(sheet, line, width, "；".join(reasons[number]))
    return len(numbers)


def write_template(path: Path, kind: Kind) -> None:
    """Headers with units, text format where digits must survive, word lists as drop-downs."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet(kind.zh)
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        text = book.add_format({"num_format": "@"})
        for at, field in enumerate(kind.fields):
            unit = "（元）" if field.type in ("money", "capital") and not field.zh.endswith("）") else ""
            sheet.write_string(0, at, field.zh + unit, bold)
            sheet.write_comment(0, at, f"{field.id}: {field.en}")
            sheet.set_column(
                at,
                at,
                max(12, len(field.zh) * 2 + 4),
                text if field.type in ("code", "text", "names") else None,
            )
            if field.type == "word":
                listed = [word.zh for word in words.vocabulary(field.vocabulary).values()]
                if len(",".join(listed)) <= 255:
                    sheet.data_validation(1, at, TEMPLATE_ROWS, at, {"validate": "list", "source": listed})
        sheet.freeze_panes(1, 0)
