"""A target's entry in the count: what was filed laid beside what was counted, and the goal judged.

Keys that this adds: ``value`` and ``period`` of filed figures with ``reported_by``, ``document`` and ``why`` (record, filing,
row), ``missing_units`` where the units' figures do not add up to a city yet, ``counted`` and ``filed`` where the value is the
sum of both; ``goal_why`` where the goal was filed, ``allocated`` and ``unallocated`` where it is broken down by unit, ``state``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from registry.kind import Record
from tiers.amounts import ADDS_UP, RATIO
from tiers.filed import Filed, Value, judged_year
from tiers.judging import State, state
from tiers.targets import Target, complete_round, rate


def number(amount: Decimal | None, unit: str = "") -> int | str | None:
    """Whole amounts as integers (money, firms), ratios as decimal text."""
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() and unit != RATIO else str(amount)


def with_filed(entry: Record, target: Target, day: date, filed: Filed) -> None:
    """Take the value that a department filed."""
    found = filed.value(target, day)
    if target.also_filed:
        part = None if found is None else found.amount
        entry.update(counted=entry["value"], filed=number(part, target.unit))
        if part is not None:
            entry["value"] = number(entry["value"] + part, target.unit)
    else:
        entry["value"] = None if found is None else number(found.amount, target.unit)
        entry["period"] = (
            found.period if found else str(judged_year(target, day)) if target.basis == "year" else None
        )
        if target.basis == "year":
            entry["pending"] = complete_round(day) < judged_year(target, day)
    entry.update(_source(found))


def _source(found: Value | None) -> Record:
    return {
        "reported_by": found and found.reported_by,
        "document": found and found.document,
        "why": [one.why for one in found.sources] if found else [],
        "missing_units": list(found.missing) if found else [],
    }


def with_goal(entry: Record, target: Target, day: date, filed: Filed) -> None:
    """The goal that holds, how much of it is broken down by unit, the rate and the state."""
    said = filed.goal(target, day)
    goal = said.amount if said else target.goal
    shares = filed.unit_goals(target, day)
    allocated = None
    if shares and target.unit in ADDS_UP:
        allocated = sum((share.amount for share in shares.values()), Decimal(0))
    entry.update(
        goal=number(goal),
        goal_why=said and said.why,
        allocated=number(allocated),
        unallocated=None if allocated is None or goal is None else number(goal - allocated),
        rate=rate(_exact(entry["value"]), goal),
        state=_state(entry, target, goal, day, filed),
    )


def _exact(value: int | str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _state(entry: Record, target: Target, goal: Decimal | None, day: date, filed: Filed) -> State:
    value, due = _exact(entry["value"]), target.due_on
    if target.basis != "year":
        return state(value, goal, target.direction, day, due)
    year = judged_year(target, day) if target.source == "filed" else day.year
    owed = day.year > year or (_asked(target, year - 1) and not filed.has_year(target, year - 1))
    return state(
        value, goal, target.direction, day, date(year, 12, 31), closed=not entry["pending"], owed=owed
    )


def _asked(target: Target, year: int) -> bool:
    """Whether the plan asks for a yearly figure of that year."""
    return target.first_year <= year <= target.due_on.year


def unit_cells(targets: Mapping[str, Target], day: date, filed: Filed) -> dict[str, dict[str, Record]]:
    """Management unit → target → ``{"goal", "value"}`` as filed; value only of figures that departments file."""
    found: dict[str, dict[str, Record]] = {}
    for target in targets.values():
        for unit, said in filed.unit_goals(target, day).items():
            found.setdefault(unit, {}).setdefault(target.id, {})["goal"] = said.amount
        for unit, said in filed.of_units(target, day).items() if target.is_filed else ():
            cell = found.setdefault(unit, {}).setdefault(target.id, {})
            cell.update(value=said.amount, period=said.period, why=[said.why])
    return found


def laid_out(cell: Record, target: Target, said: Record) -> Record:
    """A cell of the breakdown by management unit with its ``goal`` and ``rate`` (None where none is set)."""
    value = _exact(cell.get("value"))
    if "value" in said:
        value = said["value"] + (value or 0) if target.also_filed else said["value"]
        cell = {**cell, "value": number(value, target.unit), "unknown": cell.get("unknown", 0),
                "period": said["period"], "why": said["why"]}  # fmt: skip
    goal = said.get("goal")
    return {"value": None, "unknown": None, **cell, "goal": number(goal), "rate": rate(value, goal)}


def without_place(
    cells: dict[str, Record],
    targets: Iterable[Target],
    day: date,
    filed: Filed,
    said: Mapping[str, Mapping[str, Record]],
) -> None:
    """Lay what the city filed beside what is counted, less what units filed of it (``said``, see ``unit_cells``), into the
    cells of the row ``unknown``: a breakdown adds up to the city's value."""
    for target in targets:
        found = filed.value(target, day) if target.also_filed else None
        if found is None or found.amount is None:
            continue
        placed = sum((unit.get(target.id, {}).get("value", Decimal(0)) for unit in said.values()), Decimal(0))
        if found.amount > placed:
            cell = cells[target.id]
            cell["value"] = number((cell["value"] or 0) + found.amount - placed, target.unit)
