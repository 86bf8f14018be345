"""Is a goal reached, and does a value come in time? Pure.

``met`` and ``unmet`` are judged; ``pending`` is open still; ``overdue`` should have a value and has none; ``missing`` has none
yet and is not due; ``not_set`` has no goal.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

State = Literal["met", "unmet", "pending", "overdue", "missing", "not_set"]
STATES: tuple[State, ...] = ("met", "unmet", "pending", "overdue", "missing", "not_set")
#: ``about`` is met within this share of the goal, above or below.
ABOUT = Decimal("0.05")


def met(value: Decimal, goal: Decimal, direction: str) -> bool:
    match direction:
        case "more_than":
            return value > goal
        case "at_most":
            return value <= goal
        case "about":
            return abs(value - goal) <= abs(goal) * ABOUT
    return value >= goal


def state(value: Decimal | None, goal: Decimal | None, direction: str, day: date, due: date, *, closed: bool = True,
          owed: bool | None = None) -> State:  # fmt: skip
    """``closed``: the year that the value is of is over (a yearly goal is judged only then). ``owed``: whether a value
    should have come by ``day``; by default whether ``due`` has passed."""
    if value is None:
        return "overdue" if (day > due if owed is None else owed) else "missing"
    if goal is None:
        return "not_set"
    if not closed:
        return "pending"
    if met(value, goal, direction):
        return "met"
    return "pending" if day < due else "unmet"
