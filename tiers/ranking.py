"""Management units against the things that the plan counts: numbers, shares of the city, changes since earlier days. Pure.

Built from count documents by management unit, so every number is one that the count gives and a list stands behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from registry.kind import Record

UNKNOWN = "unknown"
QUALITY = "quality-firms"
#: Columns of firms by their highest tier are called ``highest:srdi``.
HIGHEST = "highest:"
UNIT = "unit"


@dataclass(frozen=True)
class Cell:
    """``since``: the change since each earlier day, None where that day has no such number. ``share``: of the city's
    number, None where that is zero. ``goal`` and ``rate``: where the city's goal is broken down."""

    value: int
    share: Decimal | None
    since: tuple[int | None, ...]
    goal: int | str | None = None
    rate: str | None = None


@dataclass(frozen=True)
class Line:
    """A management unit; ``rank`` by the column that the table is sorted by, equals sharing one; None for the row of
    unknown place and where the units stand in their own order."""

    key: str
    rank: int | None
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Ranking:
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    total: Mapping[str, Cell]
    sort: str

    def top(self, column: str) -> int:
        """The largest number of a column, to colour it by."""
        return max((line.cells[column].value for line in self.lines), default=0)

    @property
    def broken_down(self) -> bool:
        """Has any unit a goal of its own?"""
        return any(line.cells[QUALITY].goal is not None for line in self.lines)


def ranking(
    document: Record, earlier: Sequence[Record], targets: Sequence[str], order: Sequence[str], sort: str
) -> Ranking:
    """``document`` and the ``earlier`` ones are counts by area; ``targets``: columns beside quality firms; ``order``: the
    tiers of the firms' highest; ``sort``: a column, ``-`` before it for the largest first, or ``unit``."""
    columns = (QUALITY, *(f"{HIGHEST}{tier}" for tier in order), *targets)
    by = [{row["key"]: row for row in one["by"]} for one in earlier]
    whole = {column: _of_city(document, column) for column in columns}
    before = [{column: _of_city(one, column) for column in columns} for one in earlier]
    lines = []
    for row in document["by"]:
        rows = [one.get(row["key"]) for one in by]
        cells = {
            column: _cell(
                row, column, whole[column], [None if one is None else _value(one, column) for one in rows]
            )
            for column in columns
        }
        lines.append(Line(row["key"], None, cells))
    total = {
        column: Cell(
            whole[column],
            Decimal("1.0000") if whole[column] else None,
            tuple(whole[column] - one[column] for one in before),
        )
        for column in columns
    }
    if sort.removeprefix("-") not in columns and sort != UNIT:
        sort = f"-{QUALITY}"
    return Ranking(columns, tuple(_sorted(lines, sort)), total, sort)


def _cell(row: Record, column: str, whole: int, earlier: Sequence[int | None]) -> Cell:
    value = _value(row, column)
    target = row["targets"].get(column, {})
    return Cell(
        value,
        (Decimal(value) / whole).quantize(Decimal("0.0001")) if whole else None,
        tuple(None if then is None else value - then for then in earlier),
        target.get("goal"),
        target.get("rate"),
    )


def _value(row: Record, column: str) -> int:
    if column.startswith(HIGHEST):
        return int(row["quality"]["firms_by_highest_tier"].get(column.removeprefix(HIGHEST), 0))
    return int(row["targets"].get(column, {}).get("value") or 0)


def _of_city(document: Record, column: str) -> int:
    if column.startswith(HIGHEST):
        return _value(document, column)
    entry: Any = next((target for target in document["targets"] if target["id"] == column), {})
    return int(entry.get("value") or 0)


def _sorted(lines: list[Line], sort: str) -> list[Line]:
    """Units of unknown place always stand last and have no rank."""
    last = [line for line in lines if line.key == UNKNOWN]
    known = [line for line in lines if line.key != UNKNOWN]
    if sort == UNIT:
        return known + last
    column, largest_first = sort.removeprefix("-"), sort.startswith("-")
    values = [line.cells[column].value for line in known]
    ranked = [
        Line(line.key, 1 + sum(value > line.cells[column].value for value in values), line.cells)
        for line in known
    ]
    ranked.sort(key=lambda line: line.cells[column].value, reverse=largest_first)
    return ranked + last
