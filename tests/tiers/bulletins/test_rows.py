"""Rows written at once are what the writer writes cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tiers.bulletins.rows import TextSheet

ODD = [
    ("91370100MA3C0000X1", "济南市某某科技有限公司", "历下区"),
    ("", "", ""),
    ("=1+1", "a & b", "<r>x</r>"),
    ("_x0041_", "|", "a|b"),
    (" front", "back ", "\u3000blank\u3000"),
    ("two\nlines", "bell\x07", "tab\t"),
    ("\ufffe", '"quoted"', "'"),
    ("𠮷" * 17_000, "长" * 32_768, "plain"),
]


def made(rows: Sequence[Sequence[str]], at_once: bool) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        book.set_properties(
            {"created": datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)}
        )  # not the present second
        sheet = book.add_worksheet("a", TextSheet)
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet.write_string(0, 1, "title", bold)
        sheet.write_string(2, 0, "head", book.add_format({"italic": True}))
        if at_once:
            sheet.write_texts(3, rows, text)
        else:
            for number, row in enumerate(rows, start=3):
                for at, value in enumerate(row):
                    sheet.write_string(number, at, value, text)
        sheet.autofilter(2, 0, 2 + len(rows), 2)
        sheet.write_string(5 + len(rows), 0, "below", bold)
    return out.getvalue()


def test_they_are_the_same_bytes_whatever_stands_in_them() -> None:
    for rows in ([], ODD[:1], ODD[3:4], ODD, ODD[::-1], [*ODD, ODD[0]]):
        assert made(rows, at_once=True) == made(rows, at_once=False)


@given(st.lists(st.tuples(*[st.text(st.characters(exclude_categories=["Cs"]), max_size=8)] * 3), max_size=4))
def test_they_are_the_same_bytes_of_any_text(rows: list[tuple[str, str, str]]) -> None:
    assert made(rows, at_once=True) == made(rows, at_once=False)


def test_a_sheet_program_reads_them() -> None:
    sheet = openpyxl.load_workbook(BytesIO(made([*ODD[:2], ("=1+1", "a & b", "<x>")], at_once=True)))["a"]
    found = [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=4, max_row=6, max_col=3)]
    assert found == [ODD[0], ("", "", ""), ("=1+1", "a & b", "<x>")]
    assert sheet["A6"].data_type == "s"
