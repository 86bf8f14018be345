"""From the tables and lines of a document to grids: what one list is, wherever its pages and tables break. Pure.

Tables with one header are one list; headers printed again are dropped; a heading that names a place gives it to the rows
beneath, in the table or below it; lists set in several columns side by side are laid under each other; lines that name
firms are rows too. What is no row stays as the text around the lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from registry.intake import listing
from registry.intake.asides import aside
from registry.intake.headers import fold
from registry.intake.sheets import Grid
from registry.said import Said

NUMBER, NAME, PLACE = "序号", "企业名称", "区县"
_PLACE_TITLE = re.compile(
    r"区县|县区|市区|区\(?市|所在区|所属区|所在地|属地|辖区|功能区|县\(市|^(?:地区|地市|市|district|area)$"
)
_NUMBER_TITLE = re.compile(r"^(?:序号?|编号|no\.?)$")
_DIGITS = re.compile(r"\s*[(（]?\d{1,5}[)）.、．]?\s*")


@dataclass(frozen=True)
class Table:
    """One table: ``rows`` of cell texts and where each stands.

    ``broken``: it may begin in the middle of a row of the table before it, as where a page ends within a row.
    """

    rows: Sequence[Sequence[str]]
    places: Sequence[Said]
    broken: bool = False


@dataclass(frozen=True)
class Text:
    """One line or paragraph between tables."""

    text: str
    place: Said


@dataclass(frozen=True)
class Rest:
    """A row that is the rest of the last one if that has not ended, as where a page ends within a row; else a line."""

    cells: Sequence[str]
    place: Said


Block = Table | Rest | Text


@dataclass
class _Growing:
    """A list as it grows from table to table. ``head`` rows of it are the header."""

    rows: list[list[str]]
    places: list[Said]
    head: int
    above: tuple[str, ...] = ()
    sections: list[str] = field(default_factory=list)

    def add(self, row: list[str], place: Said, section: str) -> None:
        self.rows.append(row)
        self.places.append(place)
        self.sections.append(section)

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


@dataclass(frozen=True)
class Assembled:
    """The lists of a document and the lines around them, each in the document's order."""

    grids: tuple[Grid, ...]
    around: tuple[str, ...]


def assemble(blocks: Iterable[Block]) -> Assembled:
    """Grids named 表1, 表2 … in the document's order; a list given in lines of text comes last, as 文中名单."""
    gathered = _Gathered()
    for block in blocks:
        if isinstance(block, Table):
            gathered.take_table(block)
        elif isinstance(block, Rest):
            gathered.take_rest(block)
        elif block.text.strip():
            gathered.take_text(block)
    grids = [_finished(one, f"表{at}") for at, one in enumerate(gathered.lists, start=1)]
    if gathered.lines:
        grids.append(_of_lines(gathered.lines))
    return Assembled(tuple(grid for grid in grids if grid.rows), tuple(gathered.around))


@dataclass
class _Gathered:
    """What was read so far. ``section`` is the place of the last heading; ``spent``: a list stood beneath it already.

    ``seen``: how many of the lines around stood above the last table.
    """

    lists: list[_Growing] = field(default_factory=list)
    lines: list[tuple[listing.Entry, Said]] = field(default_factory=list)
    around: list[str] = field(default_factory=list)
    section: str = ""
    spent: bool = False
    seen: int = 0

    def take_text(self, block: Text) -> None:
        text = block.text.strip()
        if here := listing.heading(text):
            self.head(here.place, text)
            return
        before, found = listing.entries(text)
        if before:
            self.head(before.place, text)
        self.lines += [(one._replace(place=one.place or self.section), block.place) for one in found]
        if not found:
            self.around.append(text)
            if re.match(r"附\s*件|.*名\s*单$", text):
                self.section = ""  # another list begins

    def take_rest(self, block: Rest) -> None:
        last = self.lists[-1] if self.lists else None
        cells = [_tidy(cell) for cell in block.cells]
        if last and last.width == len(cells) and _is_rest(last, cells):
            last.rows[-1] = [_glued(a, b) for a, b in zip(last.rows[-1], cells, strict=True)]
        else:
            self.take_text(Text(" ".join(filter(None, cells)), block.place))

    def head(self, place: str, text: str) -> None:
        self.section, self.spent = place, False
        self.around.append(text)

    def take_table(self, block: Table) -> None:
        """Add a table to the list that it continues, or begin one."""
        pairs = [
            ([_tidy(cell) for cell in row], at) for row, at in zip(block.rows, block.places, strict=True)
        ]
        pairs = [pair for pair in pairs if any(pair[0])]
        while (
            pairs and (title := _only(pairs[0][0])) and not listing.is_firm(title)
        ):  # within the table's frame
            pairs.pop(0)
            if here := listing.heading(title):
                self.head(here.place, title)
            else:
                self.around.append(title)
        if not pairs:
            return
        rows = [row for row, _at in pairs]
        if _names_only(rows):
            self.lines += [
                (one._replace(place=one.place or self.section), at)
                for row, at in pairs
                for one in map(listing.entry, filter(None, row))
            ]
            return
        last = self.lists[-1] if self.lists else None
        if last and last.width == len(rows[0]) and (_repeated(last, rows) or _goes_on(last, rows)):
            pairs = pairs[_repeated(last, rows) :]
            if block.broken and pairs and _is_rest(last, pairs[0][0]):
                rest, _at = pairs.pop(0)
                last.rows[-1] = [_glued(a, b) for a, b in zip(last.rows[-1], rest, strict=True)]
        else:
            if self.spent:
                self.section = ""
            last = _Growing([], [], _head(rows), tuple(self.around[self.seen :]))
            self.lists.append(last)
            for row, at in pairs[: last.head]:
                last.add(row, at, "")
            pairs = pairs[last.head :]
        for row, at in pairs:
            if (only := _only(row)) and (here := listing.heading(only)):
                self.head(here.place, only)
            elif not _is_head(last, row):
                last.add(row, at, self.section)
        self.spent, self.seen = True, len(self.around)


def _names_only(rows: Sequence[Sequence[str]]) -> bool:
    """Names and nothing else, in as many columns as fit the page: lines set side by side rather than a table."""
    cells = [cell for row in rows for cell in row if cell]
    return sum(listing.is_firm(listing.entry(cell).name) for cell in cells) >= 0.9 * len(cells)


def _of_lines(lines: Sequence[tuple[listing.Entry, Said]]) -> Grid:
    if all(one.number.isascii() and one.number.isdecimal() for one, _place in lines):
        lines = sorted(
            lines, key=lambda line: int(line[0].number)
        )  # columns are read across, numbers run down them
    head = [NUMBER, NAME, PLACE]
    rows: list[list[Any]] = [head, *([one.number, one.name, one.place] for one, _place in lines)]
    return Grid("文中名单", rows, [lines[0][1], *(place for _one, place in lines)])


# Tables ------------------------------------------------------------------------------------------------------


def _tidy(cell: str) -> str:
    """A cell's text on one line: breaks between Chinese characters vanish, others are blanks."""
    text = "\n".join(filter(None, (part.strip() for part in str(cell or "").splitlines())))
    text = re.sub(r"(?<=[^\x00-\x7f])\n|\n(?=[^\x00-\x7f])", "", text).replace("\n", " ")
    return text.replace("\t", " ").strip()


def _glued(a: str, b: str) -> str:
    return _tidy(f"{a}\n{b}") if a and b and a != b else a or b


def _only(row: Sequence[str]) -> str:
    """The text of a row that has just one, perhaps spread over merged cells; else ""."""
    filled = {cell for cell in row if cell}
    return filled.pop() if len(filled) == 1 and len(row) > 1 else ""


def _head(rows: Sequence[Sequence[str]]) -> int:
    """How many of the first rows are a header: rows of words before the first that numbers or names a firm."""
    for at, row in enumerate(rows[:3]):
        if any(_DIGITS.fullmatch(cell) or listing.is_firm(cell) for cell in row if cell):
            return at
        if any(len(cell) > 30 for cell in row) or _only(row):
            return at
    return min(1, len(rows))


def _same(a: Sequence[str], b: Sequence[str]) -> bool:
    return [fold(cell) for cell in a] == [fold(cell) for cell in b]


def _is_head(grown: _Growing, row: Sequence[str]) -> bool:
    return any(_same(row, head) for head in grown.rows[: grown.head])


def _repeated(last: _Growing, rows: Sequence[Sequence[str]]) -> int:
    """How many rows of the list's header are printed again at the top of a table."""
    many = 0
    while many < min(last.head, len(rows)) and _same(last.rows[many], rows[many]):
        many += 1
    return many


def _goes_on(last: _Growing, rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table without the list's header continues it: it has no header of its own."""
    return _head(rows) == 0 or (last.head > 0 and len(rows) == 1 and not _looks_like_head(rows[0]))


def _looks_like_head(row: Sequence[str]) -> bool:
    return any(_NUMBER_TITLE.match(fold(cell)) or fold(cell).endswith(("名称", "name")) for cell in row)


def _is_rest(last: _Growing, row: Sequence[str]) -> bool:
    """Whether a row is the rest of the one before it: the column that numbers all rows is empty here, and the name is, or
    the name above it has not ended."""
    body = last.rows[last.head :]
    if not body or aside(row):
        return False
    columns = range(last.width)
    numbers = [at for at in columns if sum(bool(_DIGITS.fullmatch(one[at])) for one in body) * 2 > len(body)]
    if not numbers or row[numbers[0]]:
        return False
    names = [at for at in columns if _is_name_column(body, at)]
    return not any(row[at] and listing.is_firm(body[-1][at]) for at in names)


def _finished(grown: _Growing, name: str) -> Grid:
    rows, places = [list(row) for row in grown.rows], list(grown.places)
    if any(grown.sections):
        _write_sections(rows, grown)
    rows, places = _side_by_side(rows, places, grown.head)
    used = [at for at in range(max(map(len, rows), default=0)) if any(row[at] for row in rows)]
    return Grid(name, [[row[at] for at in used] for row in rows], places, grown.above)


def _write_sections(rows: list[list[str]], grown: _Growing) -> None:
    """The places of headings go to the column for places, or to one of their own where there is none."""
    at = next(
        (
            c
            for row in rows[: grown.head]
            for c, cell in enumerate(row)
            if cell and _PLACE_TITLE.search(fold(cell))
        ),
        None,
    )
    for index, (row, section) in enumerate(zip(rows, grown.sections, strict=True)):
        if at is None:
            row.append(PLACE if index < grown.head and index == grown.head - 1 else section)
        elif index >= grown.head and not row[at]:
            row[at] = section


# Lists side by side ------------------------------------------------------------------------------------------


def _side_by_side(rows: list[list[str]], places: list[Said], head: int) -> tuple[list[list[str]], list[Said]]:
    """``序号 名称 序号 名称``: the second half is laid below the first, in the order of the numbers where there are any."""
    width = max(map(len, rows), default=0)
    body = rows[head:]
    names = [at for at in range(width) if _is_name_column(body, at)]
    if len(names) < 2 or not body:
        return rows, places
    step = names[1] - names[0]
    if any(b - a != step for a, b in pairwise(names)):
        return rows, places
    first = names[0] - min(names[0], step - 1)
    groups = [range(start, min(start + step, width)) for start in range(first, width, step)]
    groups = [group for group in groups if any(at in group for at in names)]
    for row in rows[:head]:
        titles = [[fold(row[at]) for at in group] for group in groups]
        if any(title != titles[0][: len(title)] for title in titles):
            return rows, places  # two kinds of firms beside each other: buyer and supplier
    found: list[tuple[list[str], Said]] = []
    for group in groups:
        for row, place in zip(body, places[head:], strict=True):
            cells = [row[at] for at in group]
            if any(cells):
                found.append((cells + [""] * (step - len(cells)), place))
    key = next((at for at in range(step) if all(_DIGITS.fullmatch(cells[at]) for cells, _ in found)), None)
    if key is not None:
        found.sort(key=lambda one: int(re.sub(r"\D", "", one[0][key])))
    above = [[row[at] for at in groups[0]] for row in rows[:head]]
    return [*above, *(cells for cells, _ in found)], [*places[:head], *(place for _, place in found)]


def _is_name_column(rows: Sequence[Sequence[str]], at: int) -> bool:
    cells = [row[at] for row in rows if row[at]]
    return bool(cells) and sum(listing.is_firm(listing.entry(cell).name) for cell in cells) * 2 > len(cells)
