"""How the plan stands on a day: every target with its value beside the one on its due day, and the figures that
departments still owe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from registry.house import House
from registry.kind import Record
from registry.periods import last_day
from tiers.asking import ask_count
from tiers.judging import State
from tiers.targets import Target, plan, plan_id, plan_period

#: Judged on the due day and kept beside today's.
AT_DUE = ("period", "value", "goal", "rate", "state", "unknown")


@dataclass(frozen=True)
class Line:
    """One target: the count's entry, what the plan says of it, and its value on the due day where that has passed."""

    entry: Record
    target: Target
    at_due: Record | None
    #: A value was filed, but of a period that ended before the due day, which has passed.
    stale: bool

    @property
    def id(self) -> str:
        return self.target.id

    @property
    def state(self) -> State:
        """A yearly figure that the register counts is judged by the plan's last year once the plan is over."""
        if self.at_due and self.target.basis == "year":
            last: State = self.at_due["state"]
            return last
        found: State = self.entry["state"]
        return found

    @property
    def value(self) -> Decimal | None:
        return None if self.entry["value"] is None else Decimal(self.entry["value"])

    @property
    def goal(self) -> Decimal | None:
        return None if self.entry["goal"] is None else Decimal(self.entry["goal"])

    @property
    def owed(self) -> bool:
        """Does a department still owe a figure?"""
        return self.state in ("overdue", "missing") or self.stale

    @property
    def lead(self) -> str:
        return self.target.responsible[0] if self.target.responsible else ""


def progress(house: House, day: date, known_at: datetime | None, year: int | None = None,
             plan_name: str | None = None) -> list[Line]:  # fmt: skip
    """Every target of a plan in its order. A plan that is over costs a second count, of its due day, which is kept."""
    name = plan_name or house.settings.targets.plan
    document = ask_count(house, day, known_at, year, "area", name)
    targets = {target.id: target for target in plan(name)}
    then = {
        due: {entry["id"]: entry for entry in ask_count(house, due, known_at, None, "area", name)["targets"]}
        for due in {target.due_on for target in targets.values() if target.due_on < day}
    }
    return [
        _line(entry, targets[entry["id"]], then.get(targets[entry["id"]].due_on), day)
        for entry in document["targets"]
    ]


def _line(entry: Record, target: Target, then: dict[str, Record] | None, day: date) -> Line:
    if then is None:
        return Line(entry, target, None, False)
    at_due = {name: then[target.id][name] for name in AT_DUE}
    if at_due["state"] == "missing":  # on the due day itself it was not late yet
        at_due["state"] = "overdue"
    late = target.source == "filed" and entry["value"] is not None and entry["period"] is not None
    return Line(entry, target, at_due, late and last_day(entry["period"]) < min(target.due_on, day))


def waiting(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Leading department → the figures that it owes, the overdue ones first; "" where the plan names no department."""
    found: dict[str, list[Line]] = {}
    for line in sorted((line for line in lines if line.owed), key=lambda line: line.state != "overdue"):
        found.setdefault(line.lead, []).append(line)
    return found


#: Asked for as the leading department: where the plan names none.
NOBODY = "none"


def narrowed(lines: Iterable[Line], state: str = "", department: str = "", lead: str = "") -> list[Line]:
    """The lines of one state (``owed``: whatever a department owes), of one responsible department, of one that leads."""
    return [
        line
        for line in lines
        if (not state or line.state == state or (state == "owed" and line.owed))
        and (not department or department in line.target.responsible)
        and (not lead or (line.lead or NOBODY) == lead)
    ]


def departments(lines: Iterable[Line]) -> list[str]:
    """The responsible bodies in the order in which the plan names them."""
    return list(dict.fromkeys(body for line in lines for body in line.target.responsible))


def document(name: str, day: date, printed: str, lines: Sequence[Line]) -> Record:
    """The lines as the command line and the API print them."""
    return {
        "plan": plan_id(name),
        "period": plan_period(name),
        "as_of": day.isoformat(),
        "known_at": printed,
        "targets": [
            {**line.entry, "state": line.state, "stale": line.stale, "clause": line.target.clause,
             "responsible": list(line.target.responsible), "at_due": line.at_due}
            for line in lines
        ],
    }  # fmt: skip
