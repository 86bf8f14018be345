"""Tables without rules: columns are where no line of the table has a character. Pure.

Where the first column numbers the rows, a number begins one; else a line that fills several columns or names a firm. Any
other line is the rest of a cell: the nearest row has it. What runs across the columns is text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from registry.intake import listing
from registry.intake.asides import aside
from registry.intake.lines import Line

#: Narrower gaps between columns, in points, are none.
NARROWEST = 3.0
#: A line so many times its height away from a row is no part of it.
FAR = 1.9
#: A page with more lines is no list; its loose lines stay text.
MOST_LINES = 400
Columns = tuple[tuple[float, float], ...]


@dataclass
class Row:
    """One row as it is put together: the texts of its columns, line by line with their heights on the page.

    ``middle`` is that of the line that it began with, ``lines`` those of all its lines.
    """

    middle: float
    height: float
    cells: list[list[tuple[float, str]]]
    lines: list[float]

    def texts(self) -> list[str]:
        return ["\n".join(text for _at, text in sorted(cell)) for cell in self.cells]


@dataclass(frozen=True)
class Stray:
    """A line above the first row of a page that stands in its columns."""

    cells: list[str]


Part = list[Row] | Stray | Line


def columns_of(lines: Sequence[Line]) -> Columns:
    """The columns that lines with several pieces have in common; empty where there are not two."""
    several = [line for line in lines if len(line.pieces) > 1]
    ends = sorted(
        [(p.x0, 1) for line in several for p in line.pieces]
        + [(p.x1, -1) for line in several for p in line.pieces]
    )
    few = len(several) // 12  # a line or two may run across, such as a remark
    found: list[tuple[float, float]] = []
    depth, start = 0, 0.0
    for x, step in ends:
        if depth <= few < depth + step:
            start = x
        if depth + step <= few < depth:
            if found and start - found[-1][1] < NARROWEST:
                found[-1] = (found[-1][0], x)
            else:
                found.append((start, x))
        depth += step
    return tuple(found) if len(found) > 1 else ()


def fits(lines: Sequence[Line], columns: Columns) -> bool:
    """Whether the lines of another page stand in the same columns."""
    several = [line for line in lines if len(line.pieces) > 1] if columns else []
    good = sum(_placed(line, columns) is not None for line in several)
    return bool(several) and good >= 0.9 * len(several)


def names_firms(parts: Sequence[Part]) -> bool:
    """Whether any row names a firm: what merely looks like columns, such as two signatures side by side, does not."""
    rows = (row for part in parts if isinstance(part, list) for row in part)
    return any(
        listing.is_firm(listing.entry(text.replace("\n", "")).name) for row in rows for text in row.texts()
    )


def split(lines: Sequence[Line], columns: Columns) -> Iterator[Part]:
    """Runs of rows, strays that may be the rest of a row on the page before, and lines of text, in order."""
    placed = [_placed(line, columns) for line in lines]
    rows: dict[int, Row] = {}
    for at in _beginnings(lines, placed, columns):
        line, cells = lines[at], placed[at] or []
        filled = [[(line.y0, text)] if text else [] for text in cells]
        rows[at] = Row(line.middle, line.height, filled, [line.middle])
    rest, strays = _shared_out(lines, placed, rows)
    run: list[Row] = []
    for at, line in enumerate(lines):
        if at in rows:
            run.append(rows[at])
        elif at not in rest:
            if run:
                yield run
                run = []
            yield strays.get(at, line)
    if run:
        yield run


def _beginnings(lines: Sequence[Line], placed: Sequence[list[str] | None], columns: Columns) -> Iterator[int]:
    """The lines that begin rows. Where the first column numbers the rows, what has no number is the rest of a row."""
    several = [cells for cells in placed if cells and sum(map(bool, cells)) > 1]
    numbers = sum(cells[0].isdecimal() for cells in several)
    numbered = numbers > 1 and numbers >= 0.4 * sum(bool(cells[0]) for cells in several)
    open_texts: list[str] = []
    before: Line | None = None
    for at, (line, cells) in enumerate(zip(lines, placed, strict=True)):
        if cells is None or listing.heading(line.text):
            before = None
            continue
        if numbered:
            number = cells[0].isdecimal()
            worded = bool(cells[0]) and not number  # a header, the second line of one, a heading
            near = before is not None and line.middle - before.middle <= FAR * line.height
            if number or aside(cells) or (worded and not near):
                yield at
            before = line if worded or (near and not number) else None
            continue
        near = (
            before is not None and line.middle - before.middle <= FAR * line.height and _alike(before, line)
        )
        if near and _goes_on(open_texts, cells):
            open_texts = [a + b for a, b in zip(open_texts, cells, strict=True)]
        else:
            if sum(map(bool, cells)) > 1 or any(map(listing.is_firm, cells)):
                yield at
            open_texts = list(cells)
        open_texts = [
            text if cell and _end(line, column) > column[1] - 2.5 * line.height else ""
            for text, cell, column in zip(open_texts, cells, columns, strict=True)
        ]
        before = line


def _end(line: Line, column: tuple[float, float]) -> float:
    """Where a line's text in a column ends; a name that goes on in the next line fills the column."""
    return max(
        (piece.x1 for piece in line.pieces if piece.x0 < column[1] - 1 and piece.x1 > column[0] + 1),
        default=0.0,
    )


def _alike(one: Row | Line, other: Line) -> bool:
    """Whether two are written in letters of the same size."""
    return abs(one.height - other.height) < 0.2 * other.height


def _goes_on(above: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether a name that fills its column has not ended above and does so here."""
    return any(
        a and b and not listing.is_firm(a) and listing.is_firm(a + b)
        for a, b in zip(above, cells, strict=True)
    )


def _shared_out(
    lines: Sequence[Line], placed: Sequence[list[str] | None], rows: dict[int, Row]
) -> tuple[set[int], dict[int, Stray]]:
    """Give the lines between rows to the nearest ones, the nearest lines first; gives which were, and the strays.

    Rows grow by it: the third line of a cell is near its second. Of two rows as near the one above has the line.
    """
    rest: set[int] = set()
    strays: dict[int, Stray] = {}
    first = min(rows, default=len(lines))
    loose = {
        at
        for at, cells in enumerate(placed)
        if cells and at not in rows and not listing.heading(lines[at].text)
    }
    while loose and rows and len(lines) <= MOST_LINES:
        away, _below, at, beginning = min(
            (round(abs(one - lines[at].middle)), one > lines[at].middle, at, beginning)
            for at in loose
            for beginning, row in rows.items()
            for one in row.lines
        )
        line, cells, near = lines[at], placed[at] or [], rows[beginning]
        loose.discard(at)
        if away > FAR * line.height or not _alike(near, line):
            continue
        above = near.middle - line.middle
        if at < first and any(text and near.cells[column] for column, text in enumerate(cells)):
            below = [other.middle - near.middle for other in lines[first + 1 :]]
            if not any(
                abs(one - above) < 3 for one in below
            ):  # nothing hangs below: the row is whole without it
                strays[at] = Stray(cells)
                continue
        for column, text in enumerate(cells):
            if text:
                near.cells[column].append((line.y0, text))
        near.lines.append(line.middle)
        rest.add(at)
    return rest, strays


def _placed(line: Line, columns: Columns) -> list[str] | None:
    """The line's text by column; None where a piece runs across two of them."""
    cells = [""] * len(columns)
    for piece in line.pieces:
        touched = [at for at, (x0, x1) in enumerate(columns) if piece.x0 < x1 - 1 and piece.x1 > x0 + 1]
        if len(touched) > 1:
            return None
        middle = (piece.x0 + piece.x1) / 2
        at = (
            touched[0]
            if touched
            else min(range(len(columns)), key=lambda c: abs(sum(columns[c]) / 2 - middle))
        )
        cells[at] = f"{cells[at]} {piece.text}".strip()
    return cells
