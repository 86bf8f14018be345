"""Which numbers of the editions the tables try where they decide: exactly on the line, and one small step beside it.

Collected from the editions themselves, so a threshold or a rung that is added, or moved away from its rows, is missed at
once. A row counts for a number only where it says what the answer about that number, or about something above it, is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

import numpy as np

from tests.rules.tables import Row, answer, lines, rows
from tiers.rules.editions import (
    BestOf,
    Cases,
    Criterion,
    Edition,
    Gathered,
    Holds,
    Honoured,
    Item,
    Judged,
    Located,
    Measured,
    Rungs,
    Scored,
    Steps,
    Trade,
    parts_of,
)
from tiers.rules.evaluation import asked as asks_for
from tiers.rules.evaluation import years_before
from tiers.rules.explain import Asked
from tiers.rules.layout import says
from tiers.rules.library import library
from tiers.rules.metrics import METRICS
from tiers.rules.verdicts import NAMES

#: How far "just beside" reaches, by unit; money: a thousandth.
STEP = {"ratio": Fraction(1, 1000), "points": Fraction(1)}
#: How far beside a score's line a firm may stand: lines of a table give several points at once.
POINTS = 5
#: Numbers that no firm can stand beside, and why.
BEYOND_REACH = {
    # What people judge alone gives up to 80 points, what data give at most 18: the score is always theirs to settle.
    ("hightech-2016", "innovation"),
}


@dataclass(frozen=True)
class Number:
    """Something that decides, and the sides on which it wants to be tried. ``above``: targets that speak of it."""

    edition: str
    id: str
    what: Any
    above: tuple[str, ...]
    sides: frozenset[str]


def numbers(edition: Edition) -> Iterator[Number]:
    for criterion in edition.criteria:
        yield from _under(edition.id, criterion, ())
    items = [item for table in edition.tables for part in table.classes for item in part.items]
    items += [line for replaced in edition.replaces.values() for line in replaced]
    for item in items:
        for line in lines((item,)):
            # The better of two lines speaks of either.
            whole = (f"得分 {item.id}",) if isinstance(item, BestOf) else ()
            yield from _line(edition.id, line, whole)


def _line(edition: str, item: Item, above: tuple[str, ...]) -> Iterator[Number]:
    above = (*above, f"得分 {item.id}")
    if isinstance(item, Rungs | Gathered):
        for rung in item.rungs:
            if rung.condition is not None:
                yield from _under(edition, rung.condition, above)
    elif isinstance(item, Steps):
        full = int(item.most / item.points)
        sides = frozenset(f"{side} {k}" for k in range(1, full + 1) for side in ("full", "short of"))
        yield Number(edition, item.id, item, above, sides)


def _under(edition: str, criterion: Criterion, above: tuple[str, ...]) -> Iterator[Number]:
    above = (*above, criterion.id)
    for part in parts_of(criterion):
        yield from _under(edition, part, above)
    sides: set[str] = set()
    if isinstance(criterion, Measured | Scored):
        sides = {"on it", "beside it"}
    elif isinstance(criterion, Cases):
        for n, case in enumerate(criterion.cases):
            sides |= {f"on band {n}", f"beside band {n}"} if case.bound is not None else set()
        above = (*above, *(c for part in criterion.cases for c in _ids(part.then)))
    elif isinstance(criterion, Honoured):
        sides = {"met", "unmet"}
        if criterion.rank_at_most:
            sides |= {"last rank", "next rank"}
        if criterion.within:
            sides |= {"first day", "day before"}
    elif isinstance(criterion, Holds | Located | Trade):
        sides = {"met", "unmet"}
    elif isinstance(criterion, Judged):
        return
    if sides:
        yield Number(edition, criterion.id, criterion, above, frozenset(sides))


def _ids(criterion: Criterion) -> list[str]:
    return [criterion.id, *(id for part in parts_of(criterion) for id in _ids(part))]


def tried(number: Number, asked: Asked) -> Iterator[str]:
    """The sides of a number that the one firm of a question stands on."""
    what = number.what
    if isinstance(what, Measured):
        value = asked.value(what, 0)
        if value is not None:
            yield from _side(value, what.threshold, what.op, METRICS[what.metric].unit)
    elif isinstance(what, Scored):
        found = asked.evaluation.points(asked.edition, what.table, asked.purpose)
        for end in (found.low[0], found.high[0]):
            gap = Fraction(float(end)) - what.threshold
            outer = gap > 0 if what.op == "more_than" else gap < 0
            if gap == 0:
                yield "on it"
            elif outer and abs(gap) <= POINTS:
                yield "beside it"
    elif isinstance(what, Cases):
        by = asked.evaluation.measures.over(METRICS[what.by], "last", 1).value[0]
        for n, case in enumerate(what.cases):
            if case.bound is not None and not np.isnan(by):
                op = "more_than" if case.above else "at_least"
                for side in _side(Fraction(float(by)), case.bound, op, METRICS[what.by].unit):
                    yield f"{side.removesuffix(' it')} band {n}"
    elif isinstance(what, Steps):
        value = asked.evaluation.measures.over(METRICS[what.metric], "last", 1).value[0]
        if not np.isnan(value):
            for k in range(1, int(what.most / what.points) + 1):
                if value == float(what.every * k):
                    yield f"full {k}"
                elif value == float(what.every * k - 1):
                    yield f"short of {k}"
    else:
        yield NAMES[asked.verdict_of(what, 0)]
        if isinstance(what, Honoured):
            yield from _honour(what, asked)


def _side(value: Fraction, limit: Fraction, op: str, unit: str) -> Iterator[str]:
    gap = value - limit
    if abs(gap) < Fraction(1, 10**12):
        yield "on it"
        return
    near = STEP.get(unit) or (max(abs(limit) / 1000, Fraction(1)) if unit in ("yuan", "usd") else Fraction(1))
    outer = {"at_least": gap < 0, "at_most": gap > 0, "more_than": gap > 0, "less_than": gap < 0, "is": True}[
        op
    ]
    if outer and abs(gap) <= near:
        yield "beside it"


def _honour(what: Honoured, asked: Asked) -> Iterator[str]:
    records, day = asked.evaluation.facts.honours, asked.evaluation.facts.day
    for name, level, rank, on in zip(records.honour, records.level, records.rank, records.on, strict=True):
        if name not in what.honours or (what.levels and level not in what.levels):
            continue
        if what.rank_at_most and rank in (what.rank_at_most, what.rank_at_most + 1):
            yield "last rank" if rank == what.rank_at_most else "next rank"
        if what.within:
            edge = years_before(day, what.within)
            if on.item() in (edge, edge + timedelta(days=1)):
                yield "day before" if on.item() == edge else "first day"


def _speaks(row: Row, number: Number) -> bool:
    return any(target in number.above for target in row.then)


def untouched() -> list[str]:
    """Numbers of the editions that no row tries, with the sides that are missing."""
    wanted = {
        edition.id: list(numbers(edition)) for edition in library().editions.values() if not edition.groups
    }
    seen: dict[tuple[str, int], set[str]] = {}
    for row in rows():
        composed = row.composed()
        if composed is None:
            continue
        asked = row.asked()
        answer(asked, "结论")
        for edition in (composed.base, *composed.overlays):
            for at, number in enumerate(wanted[edition.id]):
                if _speaks(row, number) and _asked(number, row):
                    seen.setdefault((edition.id, at), set()).update(tried(number, asked))
    return [
        f"{id}: {number.id} ({_written(number.what)}): {', '.join(sorted(missing))}"
        for id, of in wanted.items()
        for at, number in enumerate(of)
        if (id, number.id) not in BEYOND_REACH
        if (missing := number.sides - seen.get((id, at), set()))
    ]


def _asked(number: Number, row: Row) -> bool:
    return not isinstance(number.what, Criterion) or asks_for(number.what, row.purpose)


def _written(what: Any) -> str:
    return says(what) if isinstance(what, Criterion) else type(what).__name__
