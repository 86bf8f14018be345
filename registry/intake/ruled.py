"""Tables with rules: straight lines that cross make a grid, and the characters fall into its cells. Pure.

A side without an outer rule ends where the rules across it end. Cells between which no rule runs are one cell; its text
stands in its first column, in each of its rows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from registry.intake.lines import Char, lines_of, text_of

#: Rules no farther apart are one; ends no farther from a rule touch it. Points.
NEAR = 3.0
#: A rule that reaches so far beyond the outermost one across it shows where the table ends.
OVER = 8.0
MOST_CELLS = 20_000
MOST_CROSSINGS = 1_000_000


class _Rule(NamedTuple):
    """A rule at ``at`` (its x or y) from ``start`` to ``end``."""

    at: float
    start: float
    end: float


@dataclass(frozen=True)
class Frame:
    """A table with rules on a page: its box, and the texts of its cells row by row."""

    x0: float
    y0: float
    x1: float
    y1: float
    rows: list[list[str]]


def frames(
    rules: Sequence[tuple[float, float, float, float]], chars: Sequence[Char]
) -> tuple[list[Frame], list[Char]]:
    """The tables with rules of a page from top to bottom, and the characters outside of all of them."""
    across, down = _straight(rules)
    if len(across) * len(down) > MOST_CROSSINGS:  # a drawing
        return [], list(chars)
    found: list[Frame] = []
    rest = list(chars)
    for these_across, these_down in _crossing(across, down):
        ys, xs = _edges(these_across, these_down), _edges(these_down, these_across)
        if len(xs) < 2 or len(ys) < 2 or not 2 <= (len(xs) - 1) * (len(ys) - 1) <= MOST_CELLS:
            continue
        inside = [
            c for c in rest if xs[0] <= (c.x0 + c.x1) / 2 <= xs[-1] and ys[0] <= (c.y0 + c.y1) / 2 <= ys[-1]
        ]
        if not inside:
            continue
        taken = set(map(id, inside))
        rest = [c for c in rest if id(c) not in taken]
        found.append(Frame(xs[0], ys[0], xs[-1], ys[-1], _cells(xs, ys, these_across, these_down, inside)))
    return sorted(found, key=lambda frame: (round(frame.y0), frame.x0)), rest


def _straight(rules: Sequence[tuple[float, float, float, float]]) -> tuple[list[_Rule], list[_Rule]]:
    across = [_Rule((y0 + y1) / 2, x0, x1) for x0, y0, x1, y1 in rules if y1 - y0 <= NEAR and x1 - x0 > NEAR]
    down = [_Rule((x0 + x1) / 2, y0, y1) for x0, y0, x1, y1 in rules if x1 - x0 <= NEAR and y1 - y0 > NEAR]
    return _merged(across), _merged(down)


def _merged(rules: list[_Rule]) -> list[_Rule]:
    """Rules drawn piece by piece, cell by cell or twice, as one."""
    groups: list[list[_Rule]] = []
    for rule in sorted(rules):
        if groups and rule.at - groups[-1][0].at <= NEAR:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    merged: list[_Rule] = []
    for group in groups:
        at = sum(rule.at for rule in group) / len(group)
        start, end = None, 0.0
        for rule in sorted(group, key=lambda r: r.start):
            if start is None:
                start, end = rule.start, rule.end
            elif rule.start <= end + NEAR:
                end = max(end, rule.end)
            else:
                merged.append(_Rule(at, start, end))
                start, end = rule.start, rule.end
        if start is not None:
            merged.append(_Rule(at, start, end))
    return merged


def _crossing(across: list[_Rule], down: list[_Rule]) -> list[tuple[list[_Rule], list[_Rule]]]:
    """Groups of rules that hang together by crossing or touching."""
    parent = list(range(len(across) + len(down)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for i, h in enumerate(across):
        for j, v in enumerate(down, start=len(across)):
            if h.start - NEAR <= v.at <= h.end + NEAR and v.start - NEAR <= h.at <= v.end + NEAR:
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[_Rule], list[_Rule]]] = {}
    for i, h in enumerate(across):
        groups.setdefault(root(i), ([], []))[0].append(h)
    for j, v in enumerate(down, start=len(across)):
        groups.setdefault(root(j), ([], []))[1].append(v)
    return [group for group in groups.values() if len(group[0]) >= 2 and group[1]]


def _edges(rules: list[_Rule], crossing: list[_Rule]) -> list[float]:
    """Where rules of one direction stand, with the ends of those across where they reach beyond."""
    found: list[float] = []
    for at in sorted(rule.at for rule in rules):
        if not found or at - found[-1] > NEAR:
            found.append(at)
    first, last = min(rule.start for rule in crossing), max(rule.end for rule in crossing)
    if not found or first < found[0] - OVER:
        found.insert(0, first)
    if last > found[-1] + OVER:
        found.append(last)
    return found


def _cells(
    xs: list[float], ys: list[float], across: list[_Rule], down: list[_Rule], chars: list[Char]
) -> list[list[str]]:
    ys = _with_rows_by_number(xs, ys, chars)
    many = len(xs) - 1
    whole = list(range(many * (len(ys) - 1)))

    def root(one: int) -> int:
        while whole[one] != one:
            whole[one] = whole[whole[one]]
            one = whole[one]
        return one

    by_x = [[v for v in down if abs(v.at - x) <= NEAR] for x in xs]
    by_y = [[h for h in across if abs(h.at - y) <= NEAR] for y in ys]
    for row in range(len(ys) - 1):
        middle = (ys[row] + ys[row + 1]) / 2
        for column in range(many - 1):
            if not any(v.start - 1 <= middle <= v.end + 1 for v in by_x[column + 1]):
                whole[root(row * many + column + 1)] = root(row * many + column)
    for row in range(len(ys) - 2):
        if not by_y[row + 1]:
            continue  # rows parted by their numbers, not by a rule
        for column in range(many):
            middle = (xs[column] + xs[column + 1]) / 2
            if not any(h.start - 1 <= middle <= h.end + 1 for h in by_y[row + 1]):
                whole[root((row + 1) * many + column)] = root(row * many + column)
    inside: dict[int, list[Char]] = {}
    for char in chars:
        row = min(max(bisect_right(ys, (char.y0 + char.y1) / 2) - 1, 0), len(ys) - 2)
        column = min(max(bisect_right(xs, (char.x0 + char.x1) / 2) - 1, 0), many - 1)
        inside.setdefault(root(row * many + column), []).append(char)
    rows = [[""] * many for _ in range(len(ys) - 1)]
    first_column: dict[int, int] = {}
    for at in range(len(whole)):
        first_column[root(at)] = min(first_column.get(root(at), many), at % many)
    texts = {one: text_of(found) for one, found in inside.items()}
    for at in range(len(whole)):
        if at % many == first_column[root(at)]:
            rows[at // many][at % many] = texts.get(root(at), "")
    return rows


def _with_rows_by_number(xs: list[float], ys: list[float], chars: list[Char]) -> list[float]:
    """A table whose rows are parted by no rule: where its first column numbers them, each number begins a row."""
    more: list[float] = []
    for top, bottom in pairwise(ys):
        band = [c for c in chars if top < (c.y0 + c.y1) / 2 < bottom]
        first = lines_of(c for c in band if (c.x0 + c.x1) / 2 < xs[1])
        if len(first) < 2 or not all(line.text.isdecimal() for line in first):
            continue
        others = lines_of(c for c in band if (c.x0 + c.x1) / 2 >= xs[1])
        hanging = (
            bool(others) and abs(others[0].y0 - first[0].y0) <= NEAR
        )  # a row's lines hang from its number
        for above, below in pairwise(first):
            more.append(below.y0 - 1 if hanging else (above.middle + below.middle) / 2)
    return sorted([*ys, *more])
