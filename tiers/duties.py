"""The table of what titles ask of their holders (``data/codes/lifecycle``), and which of its rows speaks. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache

from registry import codes


def one_of(titles: Collection[str], tier: str, level: str) -> bool:
    """Whether a title is among some, each ``tier`` or ``tier:level``."""
    return tier in titles or f"{tier}:{level}" in titles


@dataclass(frozen=True)
class Rule:
    """One row of the table; ``titles`` are ``tier`` or ``tier:level``."""

    matter: str
    titles: tuple[str, ...]
    first: date
    last: date
    value: str
    opens: str
    closes: str
    misses: int
    effect: str
    reasons: tuple[str, ...]
    document: str
    provenance: str

    def binds(self, tier: str, level: str) -> bool:
        return one_of(self.titles, tier, level)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def due(self, year: int) -> date | None:
        """The day on which the update of a year is due under this row."""
        day = date.fromisoformat(f"{year:04d}-{self.value}")
        return day if self.holds(day) else None


@cache
def rules(matter: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            matter,
            codes.several(row["titles"]),
            date.fromisoformat(row["from"] or "0001-01-01"),
            date.fromisoformat(row["to"] or "9999-12-31"),
            row["value"],
            row["opens"],
            row["closes"],
            int(row["misses"] or 0),
            row["effect"],
            codes.several(row["reasons"]),
            row["document"],
            row["provenance"],
        )
        for row in codes.load("codes/lifecycle").rows
        if row["matter"] == matter
    )


def rule(matter: str, tier: str, level: str, day: date) -> Rule | None:
    """The row that speaks of a title on a day; None where no rule is known."""
    return next((r for r in rules(matter) if r.binds(tier, level) and r.holds(day)), None)
