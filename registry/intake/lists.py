"""A list as the desk takes it: read from a file or from pasted text, with what it says about itself."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.intake import announced
from registry.intake.announced import Guesses
from registry.intake.headless import is_name
from registry.intake.pasted import NAMED, read_text
from registry.intake.sheets import Grid, UnreadableError, is_empty
from registry.intake.sources import Progress, Source, read_source
from registry.said import Said
from registry.settings import Limits

#: Rows looked at to tell which columns hold names.
_LOOKED_AT = 200


@dataclass(frozen=True)
class ReadList:
    """A list as read. ``grids``: the best one first (most firms), the others in the order of the source.

    ``guesses`` speak of the best one. ``around``: the lines around the tables. ``sha256`` is that of the file, or of the
    pasted text as UTF-8.
    """

    name: str
    sha256: str
    grids: tuple[Grid, ...]
    guesses: Guesses
    warnings: tuple[Said, ...]
    around: tuple[str, ...] = ()

    def guesses_on(self, grid: Grid) -> Guesses:
        """What is said about another of the tables."""
        return announced.read(self.name, self.around, grid.rows, grid.above)


def read_list(path: Path, name: str, limits: Limits, progress: Progress | None = None) -> ReadList:
    """Read a file that is called ``name`` on record. Raises UnreadableError."""
    source = read_source(path, limits, None, progress)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return _settled(name, digest, source)


def read_pasted(text: str) -> ReadList:
    """Read pasted text. Raises UnreadableError where it names nothing."""
    read = read_text(text)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return _settled(NAMED, digest, Source(read.grids, read.around))


def _settled(name: str, digest: str, source: Source) -> ReadList:
    grids = [grid for grid in source.grids if any(not is_empty(cell) for row in grid.rows for cell in row)]
    if not grids:
        raise UnreadableError(
            f"{name}: holds no list, neither a table nor lines that name firms; check the file, or paste the names",
            "没有找到名单：既没有表格，也没有写企业名称的行；请核对文件，或把名称粘贴进来",
        )
    many = [firms_on(grid) for grid in grids]
    best = max(range(len(grids)), key=lambda at: (many[at], -at))
    ordered = (grids[best], *grids[:best], *grids[best + 1 :])
    guesses = announced.read(name, source.around, ordered[0].rows, ordered[0].above)
    warnings = [*source.warnings]
    if guesses.firms and int(guesses.firms.value) != many[best]:
        warnings.append(
            Said(
                f"The text speaks of {guesses.firms.value} firms (“{guesses.firms.text}”), {many[best]} were read. "
                "Compare the list with its source.",
                f"文中称 {guesses.firms.value} 家（“{guesses.firms.text}”），读到 {many[best]} 家；请与原件核对。",
            )
        )
    return ReadList(name, digest, tuple(ordered), guesses, tuple(warnings), source.around)


def firms_on(grid: Grid) -> int:
    """How many rows name a firm: those filled in the column that holds most names, from the first name to the last."""
    width = max(map(len, grid.rows), default=0)
    columns = [
        [str(row[at]) if at < len(row) and not is_empty(row[at]) else "" for row in grid.rows]
        for at in range(width)
    ]
    return max(map(_named, columns), default=0)


def _named(cells: Sequence[str]) -> int:
    if not any(map(is_name, [cell for cell in cells if cell][:_LOOKED_AT])):
        return 0
    names = [at for at, cell in enumerate(cells) if is_name(cell)]
    filled = sum(bool(cell) for cell in cells[names[0] : names[-1] + 1])
    return filled if len(names) * 2 > filled else len(names)
