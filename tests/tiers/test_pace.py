"""How targets stand: against the goal, against the pace, and for good once they are due."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tiers.pace import eve, stand
from tiers.targets import plan

EVE = date(2022, 12, 31)


def entry(value: Any, goal: Any = 8000, **more: Any) -> dict[str, Any]:
    return {"value": value, "goal": goal, "direction": "at_least", "basis": "stock", "due": "2025-12-31",
            "pending": False, **more}  # fmt: skip


def test_a_plan_begins_with_the_first_year_of_its_period() -> None:
    assert eve(plan("plans/plan-2023-2025")[0]) == EVE
    assert eve(plan("plans/plan-2026-2028")[0]) == date(2025, 12, 31)


def test_the_pace_is_a_line_from_the_eve_to_the_due_day() -> None:
    # 1 July 2024 is day 548 of 1,096.
    day = date(2024, 7, 1)
    at = stand(entry(6000), day, EVE, opening=4000)
    assert at.expected == Decimal(4000) + Decimal(4000) * 548 / 1096 == 6000
    assert (at.state, at.judged) == ("on_pace", False)
    assert stand(entry(5999), day, EVE, opening=4000).state == "behind"
    assert stand(entry(8000), day, EVE, opening=4000).state == "met"


def test_a_goal_below_the_first_value_is_approached_downwards() -> None:
    day = date(2024, 7, 1)
    falling = {"goal": "-0.20", "direction": "about"}
    assert stand(entry("-0.12", **falling), day, EVE, opening="0").state == "on_pace"
    assert stand(entry("-0.08", **falling), day, EVE, opening="0").state == "behind"


def test_without_a_first_value_there_is_no_pace_and_no_blame() -> None:
    at = stand(entry(10), date(2024, 7, 1), EVE, opening=None)
    assert (at.state, at.expected) == ("open", None)
    assert stand(entry(10), date(2024, 7, 1), None).state == "open"


def test_from_the_due_day_on_the_value_of_that_day_is_what_counts() -> None:
    due = date(2025, 12, 31)
    assert stand(entry(8000), due, EVE).state == "met"
    later = stand(entry(9000), date(2026, 5, 1), EVE, at_due=7000)
    assert (later.state, later.final, later.judged) == ("missed", Decimal(7000), True)
    assert stand(entry(7000), date(2026, 5, 1), EVE, at_due=8100).state == "met"


def test_an_unknown_value_is_not_zero() -> None:
    assert stand(entry(None), date(2024, 7, 1), EVE).state == "unknown"
    assert stand(entry(None), date(2026, 7, 1), EVE).state == "overdue"
    assert stand(entry(12, goal=None), date(2024, 7, 1), EVE).state == "unset"


def test_a_yearly_target_is_pending_until_its_year_closes() -> None:
    at = stand(entry(2, 30, basis="year", pending=True), date(2024, 7, 1), EVE, opening=0)
    assert at.state == "pending"
    assert at.expected == Decimal(30) * 183 / 366
