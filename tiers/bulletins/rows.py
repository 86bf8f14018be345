"""Long lists of texts in a workbook: whole rows at a step, the same bytes as cell by cell in a fraction of the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

#: What a text must not hold to be written as it is: marks of XML, what the writer escapes, and (between bars) outer blanks.
_MARKS = ("&", "<", ">", "_x", "| ", " |")
#: Longer rows may hold a text that the writer has to cut.
_LONG = 16_000


class TextSheet(Worksheet):
    """A worksheet of a workbook in constant memory, where rows go straight to the file."""

    def write_texts(self, first: int, rows: Sequence[Sequence[str]], how: Any) -> None:
        """Write ``rows`` of equally many texts in one format from row ``first`` (from zero) on, below all others."""
        if not rows:
            return
        width = len(rows[0])
        for corner in ((first, 0), (first + len(rows) - 1, width - 1)):
            self._check_dimensions(*corner)
        self._write_single_row(first)  # formats are numbered as they come, so those above go before
        style = how._get_xf_index()
        cells = (
            f'<c r="{xl_col_to_name(at)}{{0}}" s="{style}" t="inlineStr"><is><t>{{{at + 1}}}</t></is></c>'
            for at in range(width)
        )
        row = f'<row r="{{0}}">{"".join(cells)}</row>'.format
        for number, texts in enumerate(rows, start=first):
            if _plain(f"|{'|'.join(texts)}|"):
                self.fh.write(row(number + 1, *texts))
                continue
            self.previous_row = number
            for at, text in enumerate(texts):
                self.write_string(number, at, text, how)
            self._write_single_row(number + 1)
        self.previous_row = first + len(rows)


def _plain(row: str) -> bool:
    """Texts between bars that stand in XML as they are. A bar of their own makes no odd text plain."""
    return len(row) < _LONG and row.isprintable() and not any(mark in row for mark in _MARKS)
