"""The expiry calendar: titles in force on a day by the month of their last day, and the days on which many end at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from registry import codes
from registry.kind import Record
from tiers import members
from tiers.members import Question, word
from tiers.terms import ONE_DAY

MONTHS = 24
#: The row of all quality titles, and the columns beyond the months and of everything.
QUALITY, LATER, ALL = "quality", "later", "all"
#: A cliff: a last day of so large a share of a tier's titles, and of all titles.
OF_TIER, OF_ALL = 0.10, 0.01
CLIFFS = 6


@dataclass(frozen=True)
class Cliff:
    tier: str
    last: date
    titles: int
    of: int


@dataclass(frozen=True)
class Calendar:
    """``rows``: tier (and ``quality``) → month or ``later`` → titles. A month is ``2026-07``; the first is that of the day."""

    months: tuple[str, ...]
    rows: Mapping[str, Mapping[str, int]]
    cliffs: tuple[Cliff, ...]

    @property
    def years(self) -> Mapping[str, int]:
        """Year → how many of the months lie in it."""
        return Counter(month[:4] for month in self.months)

    def total(self, row: str) -> int:
        return sum(self.rows[row].values())


def first_of(day: date, months: int) -> date:
    """The first day of the month so many months on."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def calendar(connection: Connection, question: Question) -> Calendar:
    months = tuple(first_of(question.day, ahead).isoformat()[:7] for ahead in range(MONTHS))
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    days: Counter[tuple[str, str]] = Counter()
    for tier, last, quality, titles in question.ask(
        connection,
        f"""select t.tier, cast(t.valid_to as varchar), case when {question.quality} then 1 else 0 end, count(*)
            from title t where {members.IN_FORCE} and t.uscc not in (select uscc from away) group by 1, 2, 3""",
    ):
        month = last[:7] if last[:7] in months else LATER
        rows[tier][month] += titles
        days[tier, last] += titles
        if quality:
            rows[QUALITY][month] += titles
    order = [row["id"] for row in codes.load("codes/tiers").rows]
    named = {tier: rows[tier] for tier in (*order, QUALITY) if tier in rows}
    every = sum(days.values())
    cliffs = [
        Cliff(tier, date.fromisoformat(last), titles, rows[tier].total())
        for (tier, last), titles in days.most_common()
        if titles >= rows[tier].total() * OF_TIER and titles >= every * OF_ALL and last[:7] in months
    ]
    return Calendar(
        months, named, tuple(sorted(cliffs[:CLIFFS], key=lambda cliff: (cliff.last, -cliff.titles)))
    )


def ending(question: Question, tier: str, when: str) -> str | None:
    """The titles of one cell: of a tier or ``quality``, by when they end: month, day, ``later``, ``all``; else None."""
    span = _span(question.day, when)
    if span is None:
        return None
    which = question.quality if tier == QUALITY else f"t.tier = '{word(tier)}'"
    first, last = (day.isoformat() for day in span)
    return members.titles(f"{which} and t.valid_to >= '{first}' and t.valid_to <= '{last}'")


def _span(day: date, when: str) -> tuple[date, date] | None:
    if when == LATER:
        return first_of(day, MONTHS), date.max
    if when == ALL:
        return date.min, date.max
    try:
        if len(when) == 7:
            first = date.fromisoformat(f"{when}-01")
            return first, first_of(first, 1) - ONE_DAY
        return date.fromisoformat(when), date.fromisoformat(when)
    except (ValueError, OverflowError):
        return None


def as_json(found: Calendar) -> Record:
    return {
        "months": list(found.months),
        "tiers": [{"tier": tier, "titles": {m: n for m, n in row.items() if n}} for tier, row in found.rows.items()],
        "cliffs": [{"tier": c.tier, "day": c.last.isoformat(), "titles": c.titles, "of": c.of} for c in found.cliffs],
    }  # fmt: skip
