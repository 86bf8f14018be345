"""The course of the counts over months, by one sweep over events: every stretch of days that a firm counts for begins and
ends once, so the value of any day is how many have begun less how many are over.

The same as the count of each day; what is told beside a count (unknown, pending) has no course.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from registry import codes, words
from registry.house import House
from registry.kind import Record
from registry.store.clock import instant_text
from tiers.asking import remembered, view
from tiers.frames import counted_targets
from tiers.members import Question
from tiers.publishing import target_named
from tiers.spells import Days, day_number, spells, title_condition
from tiers.targets import Target
from tiers.title_spells import TitleSpells, numbers_of, pending, title_spells

#: Months of a series that says nothing else.
MONTHS = 24


def month_ends(first: date, last: date) -> list[date]:
    """The last days of the months from that of ``first`` on, up to ``last``, which closes the series. Pure."""
    found: list[date] = []
    year, month = first.year, first.month
    while True:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        end = date(year, month, 1) - timedelta(days=1)
        if end >= last:
            return [*found, last]
        found.append(end)


def series(
    house: House, first: date, last: date, known_at: datetime | None = None, target: str | None = None
) -> Record:
    """``{"known_at", "days", "targets": {id: [value]}, "tiers": [{"tier", "level", "firms_valid": [value]}]}``.

    A value for each month's end from ``first`` on, and for ``last``. ``target``: that one alone, without tiers.
    """
    if target is not None:
        target_named(house.settings, target)
    days = month_ends(first, last)

    def made() -> Record:
        with view(house, known_at) as connection:
            return courses(connection, Question(last, house.settings), days, target)

    printed = instant_text(known_at or house.clock.now())
    asked = ("series", first, last, target)
    found = made() if known_at else remembered(house, asked, made)
    return {"known_at": printed, **found}


def courses(
    connection: Connection, question: Question, days: Sequence[date], only: str | None = None
) -> Record:
    """``{"days", "targets", "tiers"}`` of ``series``; ``connection`` holds what was known."""
    at = np.array([day_number(day) for day in days])
    targets = [target for target in counted_targets(question) if only in (None, target.id)]
    condition = next((title_condition(question, target) for target in targets), None) if only else "1 = 1"
    held = title_spells(connection, question, condition) if condition else None
    found = {target.id: _course(connection, question, target, held, at) for target in targets}
    tiers: list[Record] = []
    if only is None and held is not None:
        order = [row["id"] for row in codes.load("codes/tiers").rows]
        levels = list(words.vocabulary("level"))
        for tier, level in sorted(held.titles, key=lambda k: (order.index(k[0]), levels.index(k[1]))):
            course = _firms_on(at, [held.of({(tier, level)})])
            tiers.append({"tier": tier, "level": level, "firms_valid": course})
    return {"days": [day.isoformat() for day in days], "targets": found, "tiers": tiers}


#: Targets that titles in force make.
_OF_TITLES = ("quality-firms", "high-tech")


def _course(
    connection: Connection, question: Question, target: Target, held: TitleSpells | None, at: Days
) -> list[int]:
    if target.id in _OF_TITLES and held is not None:
        quality = target.id == "quality-firms"
        chosen = {
            (tier, level)
            for tier, level in held.titles
            if (question.is_quality(tier, level) if quality else tier == "high_tech")
        }
        parts = [held.of(chosen)]
        if quality and question.settings.review.include_review_pending:
            parts.append(held.numbered(pending(connection, question)))
        return _firms_on(at, parts)
    found = spells(connection, question, target)
    if target.source == "tags":
        return _on(at, found.begins, found.ends)
    return _firms_on(at, [(numbers_of(found.firms), found.begins, found.ends)])


def _on(at: Days, begins: Days, ends: Days) -> list[int]:
    """How many stretches contain each day."""
    begun = np.searchsorted(np.sort(begins), at, side="right")
    over = np.searchsorted(np.sort(ends), at, side="right")
    return [int(value) for value in begun - over]


#: More than any two days lie apart.
_APART = 4_000_000


def _firms_on(at: Days, parts: Sequence[tuple[NDArray[np.int64], Days, Days]]) -> list[int]:
    """How many firms have a stretch that contains each day; stretches of one firm may overlap."""
    firms, begins, ends = (np.concatenate(column) for column in zip(*parts, strict=True))
    if not len(firms):
        return [0] * len(at)
    shift = firms * _APART  # firm by firm on one line, so that one order and one running maximum serve all
    order = np.argsort(begins + shift)
    shift = shift[order]
    begins, until = begins[order] + shift, np.maximum.accumulate(ends[order] + shift)
    first = np.concatenate(([True], begins[1:] > until[:-1]))
    last = np.concatenate((first[1:], [True]))
    return _on(at, begins[first] - shift[first], until[last] - shift[last])
