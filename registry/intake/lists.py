"""A list as the desk takes it: read from a file or from pasted text, with what it says about itself."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.intake import announced, listing
from registry.intake.announced import Guesses
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

    ``sha256`` is that of the file, or of the pasted text as UTF-8.
    """

    name: str
    sha256: str
    grids: tuple[Grid, ...]
    guesses: Guesses
    warnings: tuple[Said, ...]


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
    guesses = announced.read(name, source.around, ordered[0].rows)
    warnings = [*source.warnings]
    return ReadList(name, digest, tuple(ordered), guesses, tuple(warnings))


def firms_on(grid: Grid) -> int:
    """How many rows hold the name of a firm in the column that holds most of them."""
    width = max(map(len, grid.rows), default=0)
    return max((_names(grid.rows, at) for at in range(width)), default=0)


def _names(rows: Sequence[Sequence[object]], at: int) -> int:
    cells = [row[at] for row in rows if at < len(row) and isinstance(row[at], str) and row[at]]
    if len(cells) > _LOOKED_AT and not any(listing.is_firm(str(cell)) for cell in cells[:_LOOKED_AT]):
        return 0
    return sum(listing.is_firm(listing.entry(str(cell)).name) for cell in cells)
