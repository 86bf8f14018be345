"""The geometry of the small pictures that pages draw as inline SVG.

Pure: values and days in, percentages and paths out. Positions are percentages of the picture's width, so a
picture stretches with its cell and its text does not; the macros in ``shell/chart.html`` draw them with
attributes and classes only, because the content policy forbids inline styles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Value = int | Decimal | float
Standing = Literal["reached", "on_pace", "behind", "unknown"]
HEAT_LEVELS = 6


def share(part: Value, whole: Value) -> str:
    """``part`` of ``whole`` as an SVG length, ``37.5%``, kept between 0 % and 100 %."""
    if whole <= 0:
        return "0%"
    return f"{min(max(float(part) / float(whole), 0.0), 1.0) * 100:.4g}%"


@dataclass(frozen=True)
class Bullet:
    """A value against its goal; ``pace`` marks where the value should stand by now."""

    filled: str
    goal: str
    pace: str | None
    standing: Standing


def bullet(
    value: Value | None, goal: Value, pace: Value | None = None, direction: str = "at_least"
) -> Bullet:
    """Place value, goal and pace on one scale that leaves a margin beyond the larger of value and goal.

    ``direction`` is ``at_least``, ``more_than``, ``about`` or ``at_most``; *about* counts as reached within 5 % of the
    goal, *at_most* while the value does not exceed it. Where the goal is below zero, both are drawn by their size.
    """
    kept = standing(value, goal, pace, direction) if value is not None else "unknown"
    if float(goal) < 0:
        goal, value = -goal, None if value is None else max(-float(value), 0.0)
    top = max(float(goal), float(value or 0), 1e-9) * 1.06
    mark = None if pace is None else share(pace, top)
    if value is None:
        return Bullet("0%", share(goal, top), mark, "unknown")
    return Bullet(share(value, top), share(goal, top), mark, kept)


def standing(value: Value, goal: Value, pace: Value | None, direction: str) -> Standing:
    if direction == "at_most":
        return "reached" if value <= goal else "behind"
    if direction == "about" and abs(float(value) - float(goal)) <= abs(float(goal)) * 0.05:
        return "reached"
    if direction == "about":
        return "on_pace" if pace is not None and pace <= value < goal else "behind"
    if value > goal or (value == goal and direction != "more_than"):
        return "reached"
    return "on_pace" if pace is not None and value >= pace else "behind"


def level(value: Value | None, top: Value) -> int | None:
    """The heat step of a value: 0 for none, 1 … 6 in equal steps up to ``top``; None where unknown."""
    if value is None:
        return None
    if value <= 0 or top <= 0:
        return 0
    return min(HEAT_LEVELS, int(float(value) / float(top) * HEAT_LEVELS * 0.9999) + 1)


@dataclass(frozen=True)
class Column:
    """One column of a row of columns: ``x`` and ``width`` of its place, ``middle`` of it; ``y`` and ``height`` in pixels."""

    x: str
    width: str
    middle: str
    y: float
    height: float


def standing_columns(values: Sequence[int], height: int) -> tuple[Column, ...]:
    """Columns side by side in a picture ``height`` pixels tall, the largest filling it; whatever is there is seen."""
    top, share_of = max(values, default=0), 100 / max(len(values), 1)
    found = []
    for place, value in enumerate(values):
        tall = max(value / top * height, 2.0) if value > 0 else 0.0
        found.append(
            Column(
                f"{(place + 0.12) * share_of:.4g}%", f"{0.76 * share_of:.4g}%", f"{(place + 0.5) * share_of:.4g}%",
                round(height - tall, 1), round(tall, 1),
            )
        )  # fmt: skip
    return tuple(found)


@dataclass(frozen=True)
class Span:
    """One term on a strip: both days belong to it; ``last`` None means open. ``tone`` names its CSS class."""

    first: date
    last: date | None
    text: str
    tone: str = "now"


@dataclass(frozen=True)
class Bar:
    x: str
    width: str
    span: Span


@dataclass(frozen=True)
class Tick:
    x: str
    text: str


@dataclass(frozen=True)
class Strip:
    """A gantt strip: named rows of bars over one axis of years, with a line at today."""

    rows: tuple[tuple[str, tuple[Bar, ...]], ...]
    ticks: tuple[Tick, ...]
    today: str | None
    first: date
    last: date
    tones: frozenset[str]


def strip(rows: Sequence[tuple[str, Sequence[Span]]], today: date) -> Strip | None:
    """Lay terms out from the January of the first to the December of the last; None without any term."""
    spans = [span for _, row in rows for span in row]
    if not spans:
        return None
    first = date(min(min(span.first for span in spans), today).year, 1, 1)
    last = date(max(max(span.last or today for span in spans), today).year, 12, 31)
    days = (last - first).days + 1

    def x(day: date, after: int = 0) -> float:
        return ((day - first).days + after) / days * 100

    years = range(first.year, last.year + 1)
    step = 1 if len(years) <= 12 else 2 if len(years) <= 24 else 5
    laid = tuple(
        (
            name,
            tuple(
                Bar(f"{x(span.first):.4g}%", f"{x(span.last or last, 1) - x(span.first):.4g}%", span)
                for span in row
            ),
        )
        for name, row in rows
    )
    ticks = tuple(Tick(f"{x(date(year, 1, 1)):.4g}%", str(year)) for year in years if year % step == 0)
    return Strip(laid, ticks, f"{x(today):.4g}%", first, last, frozenset(span.tone for span in spans))


@dataclass(frozen=True)
class Line:
    """A sparkline in a fixed box: ``path`` breaks where a value is missing; ``end`` is the last known point."""

    path: str
    area: str
    end: tuple[str, str] | None
    width: int
    height: int


def line(values: Sequence[Value | None], width: int = 120, height: int = 28) -> Line:
    """Scale values into the box with a margin for the stroke; a single known value becomes a dot."""
    known = [float(value) for value in values if value is not None]
    if not known:
        return Line("", "", None, width, height)
    low, high = min(known), max(known)
    margin = 3.0
    run = (width - 2 * margin) / max(len(values) - 1, 1)

    def point(place: int, value: Value) -> tuple[str, str]:
        level = 0.5 if high == low else (float(value) - low) / (high - low)
        return f"{margin + place * run:.1f}", f"{height - margin - level * (height - 2 * margin):.1f}"

    pieces: list[list[tuple[str, str]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(point(place, value))
    pieces = [piece for piece in pieces if piece]
    path = " ".join("M" + " L".join(f"{x} {y}" for x, y in piece) for piece in pieces)
    area = " ".join(
        f"M{piece[0][0]} {height} L"
        + " L".join(f"{x} {y}" for x, y in piece)
        + f" L{piece[-1][0]} {height} Z"
        for piece in pieces
        if len(piece) > 1
    )
    return Line(path, area, pieces[-1][-1], width, height)


@dataclass(frozen=True)
class Node:
    """One state on one side: ``y`` and ``height`` of its bar, ``middle`` for its label."""

    id: str
    value: int
    y: float
    height: float
    middle: float


@dataclass(frozen=True)
class Ribbon:
    """What flows from one node to another; ``path`` is in a box 100 wide, to be stretched."""

    source: str
    target: str
    value: int
    path: str


@dataclass(frozen=True)
class Sankey:
    left: tuple[Node, ...]
    right: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]
    height: int


def sankey(
    moves: Mapping[tuple[str, str], int], order: Sequence[str], height: int = 460, gap: float = 20
) -> Sankey | None:
    """Lay flows between two columns of states, in proportion, the large ones first drawn; None without any.

    Between nodes lies a gap that leaves each label a line of its own.
    """
    moves = {move: value for move, value in moves.items() if value > 0}
    if not moves:
        return None
    sums = [{state: sum(v for m, v in moves.items() if m[side] == state) for state in order} for side in (0, 1)]  # fmt: skip
    most = max(sum(1 for value in side.values() if value) for side in sums)
    scale = (height - gap * most) / sum(moves.values())
    left, right = (_column(side, scale, gap) for side in sums)
    at = [{node.id: node.y for node in column} for column in (left, right)]
    ribbons = []
    for source in order:
        for target in order:
            if value := moves.get((source, target)):
                thick = value * scale
                ribbons.append(
                    Ribbon(source, target, value, _ribbon(at[0][source], at[1][target], max(thick, 0.8)))
                )
                at[0][source] += thick
                at[1][target] += thick
    ribbons.sort(key=lambda ribbon: -ribbon.value)
    return Sankey(left, right, tuple(ribbons), height)


def _column(sums: Mapping[str, int], scale: float, gap: float) -> tuple[Node, ...]:
    nodes, y = [], gap / 2
    for state, value in sums.items():
        if value:
            tall = value * scale
            nodes.append(Node(state, value, round(y, 2), round(max(tall, 1), 2), round(y + tall / 2, 2)))
            y += tall + gap
    return tuple(nodes)


def _ribbon(left: float, right: float, thick: float) -> str:
    a, b, c, d = (f"{y:.2f}" for y in (left, right, right + thick, left + thick))
    return f"M0 {a}C50 {a} 50 {b} 100 {b}L100 {c}C50 {c} 50 {d} 0 {d}Z"


@dataclass(frozen=True)
class Mark:
    """A labelled place on an axis; ``at`` is a length along it."""

    at: str
    text: str


@dataclass(frozen=True)
class Fan:
    """What was and how it may go on, in a box 100 wide and ``height`` high, to be stretched: ``outer`` and ``inner`` are the
    areas of the wide and the narrow interval, ``middle`` the median, ``past`` the line of what was. ``goal`` is the y of
    the goal, ``now`` and ``due`` the x of two days; ``across`` and ``up`` are the marks of the axes."""

    past: str
    middle: str
    outer: str
    inner: str
    goal: str | None
    now: str
    due: str | None
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    height: int


#: One day of a forecast: the wide interval, the narrow one and the median, from the lowest value to the highest.
Ray = tuple[date, Sequence[Value]]


def fan(
    past: Sequence[tuple[date, Value]],
    rays: Sequence[Ray],
    goal: Value | None = None,
    due: date | None = None,
    height: int = 240,
) -> Fan | None:
    """Lay out values of the past and five quantiles (5, 25, 50, 75, 95 %) of days to come; None without any of the latter.

    The goal is on the scale; the scale need not begin at zero.
    """
    if not rays:
        return None
    start = past[-1] if past else (rays[0][0], rays[0][1][2])
    first, last = (past[0][0] if past else rays[0][0]), rays[-1][0]
    days = max((last - first).days, 1)
    values = [float(v) for _d, v in past] + [float(v) for _d, five in rays for v in five]
    low, high = min(values), max(values)
    if goal is not None:
        low, high = min(low, float(goal)), max(high, float(goal))
    step = _round_step((high - low) / 4 or max(high, 1.0) / 4)
    low, high = step * (low // step), step * -(-high // step)

    def x(day: date) -> float:
        return (day - first).days / days * 100

    def y(value: Value) -> float:
        return height - (float(value) - low) / max(high - low, 1e-9) * height

    def line_of(points: Sequence[tuple[date, Value]]) -> str:
        return "M" + "L".join(f"{x(day):.2f} {y(value):.1f}" for day, value in points) if points else ""

    def area(under: int, over: int) -> str:
        there = [start, *((day, five[over]) for day, five in rays)]
        back = [(day, five[under]) for day, five in reversed(rays)]
        return line_of([*there, *back]) + "Z"

    years = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    ticks = int((high - low) / step + 0.5) + 1
    return Fan(
        line_of(past),
        line_of([start, *((day, five[2]) for day, five in rays)]),
        area(0, 4),
        area(1, 3),
        None if goal is None else f"{y(goal):.1f}",
        f"{x(start[0]):.2f}%",
        None if due is None or not first <= due <= last else f"{x(due):.2f}%",
        tuple(Mark(f"{x(day):.2f}%", str(day.year)) for day in years),
        tuple(Mark(f"{y(low + n * step):.1f}", f"{low + n * step:,.0f}") for n in range(ticks)),
        height,
    )


def _round_step(least: float) -> float:
    """1, 2 or 5 times a power of ten, at least ``least`` and at least one."""
    step = 1.0
    while True:
        for times in (1, 2, 5):
            if step * times >= least:
                return step * times
        step *= 10


@dataclass(frozen=True)
class Interval:
    """A wide and a narrow interval and a value on one scale, as lengths."""

    wide: tuple[str, str]
    narrow: tuple[str, str]
    middle: str
    mark: str


def interval(five: Sequence[Value], mark: Value, low: Value, high: Value) -> Interval:
    """Five quantiles and what came, between the ends of a scale that several share."""
    span = float(high) - float(low)

    def at(value: Value) -> str:
        return share(float(value) - float(low), span)

    def width(first: Value, last: Value) -> str:
        return share(float(last) - float(first), span)

    return Interval(
        (at(five[0]), width(five[0], five[4])), (at(five[1]), width(five[1], five[3])), at(five[2]), at(mark)
    )


@dataclass(frozen=True)
class Fall:
    """One row of a waterfall: a bar from ``x``, the level before and after it as positions. ``kind``: total up down same."""

    kind: Literal["total", "up", "down", "same"]
    value: int
    x: str
    width: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Waterfall:
    """``cut``: where the axis begins, if not at 0; the totals are then longer than they are drawn."""

    rows: tuple[Fall, ...]
    cut: int


def waterfall(first: int, deltas: Sequence[int], last: int) -> Waterfall:
    """Lay a value before, its steps, and the value after on one scale, which begins at 0 only where that leaves the steps
    large enough to be seen. ``first`` and all steps make ``last``."""
    levels = [first]
    for delta in deltas:
        levels.append(levels[-1] + delta)
    low, high = min(levels), max(levels)
    room = (high - low) or max(high, 1)
    start = low - room * 0.6
    cut = 0 if start <= high * 0.25 else int(start)
    whole = (high - cut) * 1.02 or 1

    def at(level: float) -> str:
        return share(level - cut, whole)

    rows = [Fall("total", first, "0%", at(first), None, at(first))]
    for delta, before, after in zip(deltas, levels, levels[1:], strict=False):
        kind: Literal["up", "down", "same"] = "up" if delta > 0 else "down" if delta < 0 else "same"
        width = share(abs(delta), whole)
        rows.append(Fall(kind, delta, at(min(before, after)), width, at(before), at(after)))
    rows.append(Fall("total", last, "0%", at(last), at(levels[-1]), at(last)))
    return Waterfall(tuple(rows), cut)
