"""Pages of a PDF become the tables and lines of a document, in reading order. Pure.

Page numbers and what is printed on every page are left out; lines that fill the page's width go on in the next one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from registry.intake import listing
from registry.intake.blocks import Rest, Table, Text
from registry.intake.columns import Columns, Part, Stray, columns_of, fits, names_firms, split
from registry.intake.lines import Line, Page, lines_of
from registry.intake.ruled import frames
from registry.said import Said

#: Running heads and page numbers stand within so much of the page's height from its edge.
EDGE = 0.12
_PAGE_NUMBER = re.compile(
    r"[\s\-—–―·.]*(?:第|page)?\s*\d{1,4}\s*页?(?:\s*(?:[,，/|]|of)?\s*共?\s*\d{1,4}\s*页?)?[\s\-—–―·.]*",
    re.IGNORECASE,
)


def read_pages(pages: Sequence[Page]) -> Iterator[Table | Rest | Text]:
    """The tables and lines of all pages; a table at the head of a page may begin within a row of the last one."""
    read = [(page, *frames(page.rules, page.chars)) for page in pages]
    lines = {page.number: lines_of(rest) for page, _frames, rest in read}
    running = _running([(page, lines[page.number]) for page, *_ in read])
    seen: set[str] = set()
    columns: Columns = ()
    for page, found, _rest in read:
        own = [
            line
            for line in lines[page.number]
            if not _is_furniture(line, page, lines[page.number], running, seen)
        ]
        row = 0
        fresh = True
        for frame in [*found, None]:
            until = frame.y0 if frame else page.height * 2
            before, own = (
                [one for one in own if one.middle < until],
                [one for one in own if one.middle >= until],
            )
            if before:
                columns, parts = _parts(before, columns)
                for block in _free(parts, page.number, row, fresh):
                    yield block
                    fresh = False
                    row += len(block.rows) if isinstance(block, Table) else isinstance(block, Text)
            if frame:
                many = len(frame.rows)
                yield Table(
                    frame.rows, [_place(page.number, row + at) for at in range(1, many + 1)], broken=fresh
                )
                fresh = False
                row += many


def _place(page: int, row: int) -> Said:
    return Said(f"page {page}, row {row}", f"第 {page} 页第 {row} 行")


def _parts(lines: Sequence[Line], before: Columns) -> tuple[Columns, list[Part]]:
    """The lines as rows and text; in the columns of the page before where they fit."""
    for columns in (before if fits(lines, before) else (), columns_of(lines)):
        if columns and names_firms(parts := list(split(lines, columns))):
            return columns, parts
    return (), [*lines]


def _free(parts: Sequence[Part], page: int, row: int, fresh: bool) -> Iterator[Table | Rest | Text]:
    """Lines outside of rules: rows where they stand in columns, else paragraphs."""
    waiting: list[Line] = []
    for part in parts:
        if isinstance(part, Stray):
            yield Rest(part.cells, _place(page, row + 1))
        elif isinstance(part, Line):
            waiting.append(part)
        else:
            for text in _paragraphs(waiting):
                row += 1
                yield Text(text, _place(page, row))
            places = [_place(page, row + at) for at in range(1, len(part) + 1)]
            yield Table([one.texts() for one in part], places, broken=fresh and not waiting)
            row += len(part)
            waiting, fresh = [], False
    for text in _paragraphs(waiting):
        row += 1
        yield Text(text, _place(page, row))


def _paragraphs(lines: Sequence[Line]) -> Iterator[str]:
    """Lines put together where one fills the width and the next begins at the margin."""
    if not lines:
        return
    left, right = min(line.pieces[0].x0 for line in lines), max(line.pieces[-1].x1 for line in lines)
    text, before = "", None
    for line in lines:
        goes_on = (
            before is not None
            and before.pieces[-1].x1 > right - 2.5 * before.height
            and line.pieces[0].x0 < left + 0.8 * line.height
            and line.y0 - before.y1 < 1.5 * line.height
            and right - left > 12 * line.height
            and not listing.begins_entry(line.text)
            and not listing.heading(line.text)
            and not listing.entries(text)[1]
        )
        if goes_on:
            text += line.text
        else:
            if text:
                yield text
            text = line.text
        before = line
    yield text


# Furniture ---------------------------------------------------------------------------------------------------


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text)


def _apart(line: Line, page: Page, lines: Sequence[Line]) -> bool:
    """Whether a line stands at the page's edge and away from the other lines."""
    if not (line.y1 < EDGE * page.height or line.y0 > (1 - EDGE) * page.height):
        return False
    gaps = [max(line.y0 - other.y1, other.y0 - line.y1) for other in lines if other is not line]
    return not gaps or min(gaps) > 0.8 * line.height


def _running(pages: Sequence[tuple[Page, Sequence[Line]]]) -> set[str]:
    """What is printed at the edge of most pages, numbers aside."""
    many = Counter(
        shape for page, lines in pages for shape in {_shape(one) for one in lines if _apart(one, page, lines)}
    )
    return {shape for shape, times in many.items() if times >= 3 and times > 0.6 * len(pages)}


def _is_furniture(line: Line, page: Page, lines: Sequence[Line], running: set[str], seen: set[str]) -> bool:
    """Whether a line is no part of the document: a page number, or a running head after its first time."""
    if not _apart(line, page, lines):
        return False
    if _PAGE_NUMBER.fullmatch(line.text):
        return True
    if _shape(line) in running:
        if _shape(line) in seen:
            return True
        seen.add(_shape(line))
    return False
