"""How a target of the plan stands on a day: against its goal, its pace, and from its due day on for good. Pure.

The pace is a straight line from the value on the eve of the plan to the goal on the due day; of a yearly target from
nothing on 1 January to the goal on 31 December. A value that nobody knew on the eve leaves the target without a pace,
and a goal that is not set without a judgement: neither is taken for zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from tiers.judging import met
from tiers.targets import Target

State = Literal["met", "on_pace", "behind", "open", "missed", "pending", "unknown", "overdue", "unset"]
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stand:
    """``expected``: where the value should stand on the day; ``final``: what it was on the due day, once that is reached."""

    state: State
    expected: Decimal | None = None
    final: Decimal | None = None
    judged: bool = False


def eve(target: Target) -> date | None:
    """The day before the first year of the target's plan."""
    return date(target.first_year, 1, 1) - ONE_DAY if target.first_year else None


def stand(
    entry: Mapping[str, Any], day: date, since: date | None, opening: Any = None, at_due: Any = None
) -> Stand:
    """How a target of the count document of ``day`` stands. ``opening``: its value on ``since``, the eve of the plan;
    ``at_due``: its value on the due day, asked where that has passed."""
    if entry["goal"] is None:
        return Stand("unset")
    goal, due = Decimal(entry["goal"]), date.fromisoformat(entry["due"])
    if day >= due:
        value = entry["value"] if day == due else at_due
        if value is None:
            return Stand("overdue", judged=True)
        final = Decimal(value)
        return Stand("met" if met(final, goal, entry["direction"]) else "missed", None, final, True)
    if entry["value"] is None:
        return Stand("unknown")
    value, expected = Decimal(entry["value"]), _expected(entry, goal, day, due, since, opening)
    if entry["pending"]:
        return Stand("pending", expected)
    if met(value, goal, entry["direction"]):
        return Stand("met", expected)
    if expected is None:
        return Stand("open")
    # Goals below the value of the eve are reached downwards.
    falling = opening is not None and goal < Decimal(opening)
    return Stand("on_pace" if (value <= expected if falling else value >= expected) else "behind", expected)


def _expected(
    entry: Mapping[str, Any], goal: Decimal, day: date, due: date, since: date | None, opening: Any
) -> Decimal | None:
    if entry["basis"] == "year":
        return goal * _share(date(day.year - 1, 12, 31), day, date(day.year, 12, 31))
    if since is None or opening is None or day <= since or due <= since:
        return None
    first = Decimal(opening)
    return first + (goal - first) * _share(since, day, due)


def _share(first: date, day: date, last: date) -> Decimal:
    return Decimal((day - first).days) / Decimal((last - first).days)
