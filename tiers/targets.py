"""The plan's indicators, and which year or day each is judged on. Pure, over the plan's table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from registry import codes
from registry.settings import Settings

REVENUE_FLOORS = {"100bn": 100_000_000_000, "10bn": 10_000_000_000, "1bn": 1_000_000_000, "100m": 100_000_000}


@dataclass(frozen=True)
class Target:
    """One indicator of the plan. ``basis``: stock, year or cumulative. ``source``: firms, tags or filed."""

    id: str
    name: str
    name_en: str
    goal: Decimal
    unit: str
    direction: str
    basis: str
    due: str
    clause: str
    clause_en: str
    source: str
    responsible: tuple[str, ...]
    tag: str

    @property
    def tags(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Honours counted, each with the levels that count (empty: all): ``platform:provincial+``."""
        found = []
        for part in codes.several(self.tag):
            honour, _, level = part.partition(":")
            found.append((honour, levels_from(level)))
        return tuple(found)


LEVELS = ("zone", "city", "provincial", "national")


def levels_from(text: str) -> tuple[str, ...]:
    """``provincial`` alone, ``provincial+`` for it and all above, empty for every level."""
    if not text:
        return ()
    if text.endswith("+"):
        return LEVELS[LEVELS.index(text[:-1]) :]
    return (text,)


@cache
def plan(name: str) -> tuple[Target, ...]:
    """The indicators of one plan in its order."""
    return tuple(
        Target(
            row["id"], row["name"], row["name_en"], Decimal(row["goal"]), row["unit"], row["direction"], row["basis"],
            row["due"], row["clause"], row["clause_en"], row["source"], codes.several(row["responsible"]), row["tag"],
        )
        for row in codes.load(name).rows
    )  # fmt: skip


def revenue_year(day: date, settings: Settings) -> int:
    """The year whose accounts speak on a day: last year's from the closing day on, else the one before."""
    month, _, closing = settings.figures.closing_day.partition("-")
    closed = (day.month, day.day) >= (int(month), int(closing))
    return day.year - (1 if closed else 2)


def complete_round(day: date) -> int:
    """The latest complete yearly round on a day: a year is complete on its last day."""
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


def rate(value: int | Decimal | None, goal: Decimal) -> str | None:
    """Value over goal as decimal text with four places; None without a value."""
    if value is None or not goal:
        return None
    return str((Decimal(value) / goal).quantize(Decimal("0.0001")))
