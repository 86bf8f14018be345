"""Periods of the calendar, as jobs count them: ``2025-12-31``, ``2025-W52`` (ISO weeks), ``2025-12``, ``2025-Q4``.

A period is told by its first day, so neither a clock nor a time zone enters here. Ids of one rhythm order as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import total_ordering

ONE_DAY = timedelta(days=1)
YEARS = range(1949, 2200)


class Rhythm(StrEnum):
    """How often a job has something to do."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


#: How the periods of a rhythm are written.
EXAMPLES = {
    Rhythm.DAY: "2025-12-31",
    Rhythm.WEEK: "2025-W52",
    Rhythm.MONTH: "2025-12",
    Rhythm.QUARTER: "2025-Q4",
}
_SHAPES = {
    Rhythm.DAY: re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII),
    Rhythm.WEEK: re.compile(r"(\d{4})-W(\d\d)", re.ASCII),
    Rhythm.MONTH: re.compile(r"(\d{4})-(\d\d)", re.ASCII),
    Rhythm.QUARTER: re.compile(r"(\d{4})-Q([1-4])", re.ASCII),
}


@total_ordering
@dataclass(frozen=True)
class Period:
    """One day, ISO week, month or quarter. ``first`` is its first day; see ``period_of``."""

    rhythm: Rhythm
    first: date

    @property
    def id(self) -> str:
        match self.rhythm:
            case Rhythm.DAY:
                return self.first.isoformat()
            case Rhythm.WEEK:
                year, week, _day = self.first.isocalendar()
                return f"{year:04d}-W{week:02d}"
            case Rhythm.MONTH:
                return f"{self.first:%Y-%m}"
            case Rhythm.QUARTER:
                return f"{self.first.year:04d}-Q{(self.first.month + 2) // 3}"

    @property
    def last(self) -> date:
        return self.next().first - ONE_DAY

    def next(self) -> Period:
        match self.rhythm:
            case Rhythm.DAY:
                first = self.first + ONE_DAY
            case Rhythm.WEEK:
                first = self.first + 7 * ONE_DAY
            case Rhythm.MONTH:
                first = _months_on(self.first, 1)
            case Rhythm.QUARTER:
                first = _months_on(self.first, 3)
        return Period(self.rhythm, first)

    def previous(self) -> Period:
        return period_of(self.first - ONE_DAY, self.rhythm)

    def __str__(self) -> str:
        return self.id

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Period) or other.rhythm is not self.rhythm:
            return NotImplemented
        return self.first < other.first


def _months_on(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def period_of(day: date, rhythm: Rhythm) -> Period:
    """The period that a day lies in. The first days of January may belong to the last ISO week of the year before."""
    match rhythm:
        case Rhythm.DAY:
            first = day
        case Rhythm.WEEK:
            first = day - timedelta(days=day.weekday())
        case Rhythm.MONTH:
            first = day.replace(day=1)
        case Rhythm.QUARTER:
            first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return Period(rhythm, first)


def parse(text: str) -> Period:
    """The period that is written. Raises ValueError for anything that is none, such as ``2025-13`` or ``2025-W53``."""
    written = text.strip().upper()
    for rhythm, shape in _SHAPES.items():
        if found := shape.fullmatch(written):
            numbers = [int(part) for part in found.groups()]
            if numbers[0] not in YEARS:
                break
            return Period(rhythm, _first_day(rhythm, numbers))
    raise ValueError(f"{text!r} is no period")


def _first_day(rhythm: Rhythm, numbers: list[int]) -> date:
    match rhythm:
        case Rhythm.DAY:
            return date(*numbers)
        case Rhythm.WEEK:
            return date.fromisocalendar(numbers[0], numbers[1], 1)
        case Rhythm.MONTH:
            return date(numbers[0], numbers[1], 1)
        case Rhythm.QUARTER:
            return date(numbers[0], numbers[1] * 3 - 2, 1)
