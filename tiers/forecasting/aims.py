"""What a forecast is judged by: the goal that holds, of the plan that is asked for and of the one that follows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from registry.house import House
from registry.kind import Record
from tiers.asking import view
from tiers.filed import Filed, filed
from tiers.targets import Target, plan, plan_id, plan_period, plans


@dataclass(frozen=True)
class Aim:
    """One target of a plan with the goal that holds on a day: filed for the whole city, else the plan's; None: not set."""

    plan: str
    target: Target
    goal: Decimal | None

    @property
    def due(self) -> date:
        return self.target.due_on

    @property
    def direction(self) -> str:
        return self.target.direction

    @property
    def wanted(self) -> int | None:
        """The least whole number that meets the goal."""
        return None if self.goal is None else int(self.goal) + (self.direction == "more_than")

    def document(self) -> Record:
        return {
            "plan": plan_id(self.plan), "period": plan_period(self.plan), "due": self.target.due,
            "goal": None if self.goal is None else int(self.goal), "direction": self.direction,
        }  # fmt: skip


@dataclass(frozen=True)
class Aims:
    """``asked``: of the plan that judges; None where it does not hold the target. ``following``: of the plan after it,
    where the first one's day is over."""

    asked: Aim | None = None
    following: Aim | None = None

    @property
    def ahead(self) -> Aim | None:
        """The goal that the days to come are judged by: the next plan's where the first one is over and the next is set,
        else the first (it may still be reached late); None where no goal is set."""
        for one in (self.following, self.asked):
            if one is not None and one.goal is not None:
                return one
        return None


def aims_of(
    house: House, target: str, day: date, known_at: datetime | None, plan_name: str | None = None
) -> Aims:
    """The goals of a target as the count of the day says them. ``plan_name``: the settings' plan by default."""
    name = plan_name or house.settings.targets.plan
    with view(house, known_at) as connection:
        reported = filed(connection, house.places.names)
    asked = _aim(target, day, reported, name)
    if asked is None or asked.due > day:
        return Aims(asked)
    order = sorted(plans(), key=plan_period)
    later = order[order.index(name) + 1 :] if name in order else []
    following = next(
        (aim for one in later if (aim := _aim(target, day, reported, one)) and aim.due > day), None
    )
    return Aims(asked, following)


def _aim(target: str, day: date, reported: Filed, name: str) -> Aim | None:
    known = next((one for one in plan(name) if one.id == target), None)
    if known is None:
        return None
    said = reported.goal(known, day)
    return Aim(name, known, said.amount if said else known.goal)
