"""From the tables of a list to its rows: which table, which column is what, what holds for all of them.

For matching, a list need not say everything yet: names are enough. What a filing of its kind needs (a tier, a day …) is
asked when it is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from registry.desk.drafts import How
from registry.desk.kept import Guessed, Kept
from registry.intake.headers import HeaderError, find_header, guess, known_headers
from registry.intake.rows import Parsed, Reading, parse
from registry.intake.sheets import Grid, as_typed
from registry.kind import Kind, Row

SEARCHED_ROWS = 40
SAMPLE_ROWS = 3
#: Longer lists are no announced lists; they go through the ordinary upload, which needs no review row by row.
LONGEST = 20_000
#: The guess that a list is a publicity list, and the kind that such lists are of.
PUBLICITY, PUBLICISED = "publicity", 2


def read(kind: Kind, kept: Kept, how: How, *, whole: bool = False) -> Parsed:
    """The rows of the chosen table. ``whole``: refuse a list that lacks what its kind needs. Raises HeaderError."""
    wanted = kind if whole else replace(kind, required=())
    sets = {id: text for id, text in how.sets.items() if text}
    parsed = parse(wanted, [grid_of(kept, how)], Reading(how.mapping, sets))
    if len(parsed.rows) > LONGEST:
        raise HeaderError(
            f"the list has {len(parsed.rows):,} rows; the desk takes {LONGEST:,} at most. Import it under Upload.",
            f"名单有 {len(parsed.rows):,} 行，名单入库最多 {LONGEST:,} 行；请改用“上传”",
        )
    return parsed


def grid_of(kept: Kept, how: How) -> Grid:
    return kept.grids[how.grid] if 0 <= how.grid < len(kept.grids) else kept.grids[0]


def best_grid(kind: Kind, kept: Kept) -> int:
    """The table with the most rows that name a firm; the first where none does."""
    found = [(named(kind, kept, at), -at) for at in range(len(kept.grids))]
    return -max(found, default=(0, 0))[1]


def named(kind: Kind, kept: Kept, grid: int) -> int:
    """How many rows of a table name a firm."""
    try:
        rows = read(kind, kept, How(grid)).rows
    except HeaderError:
        return 0
    return sum(bool(row.values.get("name") or row.values.get(kind.subject)) for row in rows)


def announced_kinds(kinds: Iterable[Kind]) -> list[Kind]:
    """The kinds that lists are announced of, the likeliest first."""
    return sorted((kind for kind in kinds if kind.announced), key=lambda kind: kind.announced)


def guessed_kind(kinds: Iterable[Kind], guesses: Mapping[str, Guessed]) -> Kind:
    """What a list is taken for: of a publicity list the rows are no titles yet."""
    known = announced_kinds(kinds)
    publicised = [kind for kind in known if kind.announced == PUBLICISED]
    return publicised[0] if PUBLICITY in guesses and publicised else known[0]


def guessed_sets(kind: Kind, guesses: Mapping[str, Guessed]) -> dict[str, Guessed]:
    """Field → guess, of the fields that a list of this kind may share. A round is what announcements call a batch."""
    found = {id: guesses[id] for id in kind.by_id if id in guesses}
    if "round" in kind.by_id and "round" not in found and "batch" in guesses:
        found["round"] = guesses["batch"]
    return found


@dataclass(frozen=True)
class Column:
    """A column as the page shows it: its header, the field it is taken for ("" for none), and first cells below."""

    header: str
    field: str
    cells: tuple[str, ...]


def columns(kind: Kind, kept: Kept, how: How) -> list[Column]:
    """The columns of the chosen table, also where they cannot be settled: then those of the likeliest header row."""
    grid = grid_of(kept, how)
    try:
        header = find_header(kind, grid.rows, how.mapping, {})
    except HeaderError:
        header = None
    if header is not None:
        below = grid.rows[header.first_row : header.first_row + SAMPLE_ROWS]
        return [
            Column(c.header, c.field.id if c.field else "", _cells(below, c.index)) for c in header.columns
        ]
    return _by_hand(kind, grid, how.mapping)


def _by_hand(kind: Kind, grid: Grid, mapping: Mapping[str, str]) -> list[Column]:
    if not grid.rows:
        return []
    known = known_headers(kind)

    def hits(at: int) -> tuple[int, int]:
        texts = [cell for cell in grid.rows[at] if isinstance(cell, str) and cell.strip()]
        return sum(guess(cell, known)[0] is not None for cell in texts), len(texts)

    best = max(range(min(SEARCHED_ROWS, len(grid.rows))), key=hits)
    below = grid.rows[best + 1 : best + 1 + SAMPLE_ROWS]
    found = []
    for at, cell in enumerate(grid.rows[best]):
        title = " ".join(str(cell or "").split())
        if title:
            field, _unit, _year = guess(title, known)
            found.append(Column(title, mapping.get(title, field.id if field else ""), _cells(below, at)))
    return found


def _cells(rows: Sequence[Sequence[Any]], at: int) -> tuple[str, ...]:
    return tuple(str(as_typed(row[at])) for row in rows if at < len(row) and row[at] not in (None, ""))


def list_day(kind: Kind, rows: Iterable[Row], today: str) -> str:
    """The day as of which the names of a list are read: the latest that its rows give, else today."""
    days = {row.values[id] for row in rows for id in kind.list_day if row.values.get(id)}
    return max((day for day in days if day <= today), default=today)
