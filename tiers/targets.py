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
    """One indicator of the plan. ``basis``: stock, year or cumulative. ``source``: firms, tags or filed.

    ``goal``: None where the plan leaves it open. ``also_filed``: a department files a part beside what is counted here.
    """

    id: str
    name: str
    name_en: str
    goal: Decimal | None
    unit: str
    direction: str
    basis: str
    due: str
    clause: str
    clause_en: str
    source: str
    responsible: tuple[str, ...]
    tag: str
    also_filed: bool = False
    #: The first year of the plan.
    first_year: int = 0

    @property
    def is_filed(self) -> bool:
        """Does a department file the value, or a part of it?"""
        return self.source == "filed" or self.also_filed

    @property
    def due_on(self) -> date:
        return date.fromisoformat(self.due)

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
            row["id"], row["name"], row["name_en"], Decimal(row["goal"]) if row["goal"] else None, row["unit"],
            row["direction"], row["basis"],
            row["due"], row["clause"], row["clause_en"], row["source"], codes.several(row["responsible"]), row["tag"],
            row.get("also") == "filed", int(codes.load(name).period[:4] or 0),
        )
        for row in codes.load(name).rows
    )  # fmt: skip


def plans() -> tuple[str, ...]:
    """The plans that there are, as ``[targets] plan`` names them, the earliest first."""
    return tuple(sorted(codes.tables("plans/*"), key=plan_period))


def plan_period(name: str) -> str:
    """The years of a plan: ``2023-2025``."""
    return codes.load(name).period


def plan_named(text: str) -> str | None:
    """The plan that somebody means: by its name, its file's name, or its years. None where there is none."""
    bare = text.strip()
    return next((name for name in plans() if bare in (name, plan_id(name), plan_period(name))), None)


def plan_id(name: str) -> str:
    """What a plan is called on the command line and in addresses: ``plan-2023-2025``."""
    return name.rpartition("/")[2]


def planned(settings: Settings, name: str | None) -> Settings:
    """The settings with another plan to judge by; None: as they are."""
    if name is None or name == settings.targets.plan:
        return settings
    return settings.model_copy(update={"targets": settings.targets.model_copy(update={"plan": name})})


@cache
def indicators() -> dict[str, Target]:
    """Every indicator of any plan, as the latest plan has it."""
    return {target.id: target for name in plans() for target in plan(name)}


def revenue_year(day: date, settings: Settings) -> int:
    """The year whose accounts speak on a day: last year's from the closing day on, else the one before."""
    month, _, closing = settings.figures.closing_day.partition("-")
    closed = (day.month, day.day) >= (int(month), int(closing))
    return day.year - (1 if closed else 2)


def complete_round(day: date) -> int:
    """The latest complete yearly round on a day: a year is complete on its last day."""
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


def rate(value: int | Decimal | None, goal: Decimal | None) -> str | None:
    """Value over goal as decimal text with four places; None without either."""
    if value is None or not goal:
        return None
    return str((Decimal(value) / goal).quantize(Decimal("0.0001")))
