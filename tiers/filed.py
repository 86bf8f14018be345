"""What departments filed about the plan, as held on a connection: values of indicators, and goals beside the plan's own.

There are few of them, so a count reads them all at once and chooses here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from registry.kind import Record
from registry.periods import first_day, last_day
from tiers.amounts import ADDS_UP
from tiers.models import Goal, Indicator
from tiers.targets import Target

INDICATOR: Any = Indicator.__table__  # type: ignore[attr-defined]
GOAL: Any = Goal.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Said:
    """One value or goal that was filed; ``unit`` None: of the whole city. ``last``: the last day of its period."""

    record: str
    period: str
    unit: str | None
    amount: Decimal
    reported_by: str | None
    document: str | None
    filing: int
    row: int
    first: date
    last: date

    @property
    def why(self) -> Record:
        return {"record": self.record, "filing": self.filing, "row": self.row}


@dataclass(frozen=True)
class Value:
    """A figure with what it comes from. ``amount`` None: ``missing`` are the units that did not file ``period``."""

    amount: Decimal | None
    period: str
    sources: tuple[Said, ...]
    missing: tuple[str, ...] = ()

    @property
    def reported_by(self) -> str | None:
        return _joined(one.reported_by for one in self.sources)

    @property
    def document(self) -> str | None:
        return _joined(one.document for one in self.sources)


def _joined(texts: Iterable[str | None]) -> str | None:
    return "；".join(dict.fromkeys(text for text in texts if text)) or None


@dataclass(frozen=True)
class Filed:
    """All of it: indicator (or tier) → what was filed, in the order of filing. ``units``: the city's management units."""

    values: Mapping[str, Sequence[Said]]
    goals: Mapping[str, Sequence[Said]]
    units: tuple[str, ...]

    def value(self, target: Target, day: date) -> Value | None:
        """The city's value on a day: what was filed for the city in the newest period over by then that suits the target,
        or, where that is newer, the sum of what every management unit filed for one period (shares do not add up).

        None where nothing was filed; a Value without amount where units filed, but no period is whole.
        """
        suiting = self._suiting(target, day)
        city = _newest([one for one in suiting if one.unit is None])
        found = None if city is None else Value(city.amount, city.period, (city,))
        by_end = _by_end([one for one in suiting if one.unit is not None])
        if target.unit not in ADDS_UP or not by_end:
            return found
        ends = sorted(by_end, reverse=True)
        whole = next((end for end in ends if by_end[end].keys() >= set(self.units)), None)
        if whole is not None and (city is None or whole > city.last):
            parts = tuple(by_end[whole][unit] for unit in self.units)
            return Value(sum((one.amount for one in parts), Decimal(0)), _name(parts), parts)
        if found is not None:
            return found
        said = by_end[ends[0]]
        return Value(None, _name(said.values()), (), tuple(unit for unit in self.units if unit not in said))

    def of_units(self, target: Target, day: date) -> dict[str, Said]:
        """Management unit → its newest value on a day."""
        by_unit = defaultdict(list)
        for one in self._suiting(target, day):
            if one.unit is not None:
                by_unit[one.unit].append(one)
        return {unit: newest for unit, some in by_unit.items() if (newest := _newest(some))}

    def _suiting(self, target: Target, day: date) -> list[Said]:
        """What was filed for periods that are over; of a yearly figure for its year alone."""
        over = [one for one in self.values.get(target.id, ()) if one.last <= day]
        if target.basis != "year":
            return over
        year = judged_year(target, day)
        return [one for one in over if one.first.year == one.last.year == year]

    def has_year(self, target: Target, year: int) -> bool:
        """Was any value filed for the city, or by every unit, for a year of a yearly figure?"""
        value = self.value(target, date(year, 12, 31))
        return value is not None and value.amount is not None

    def goal(self, target: Target, day: date) -> Said | None:
        """The city's goal as filed, where one was: it goes before the plan's own."""
        return _newest([one for one in self._goals(target, day) if one.unit is None])

    def unit_goals(self, target: Target, day: date) -> dict[str, Said]:
        """Management unit → its goal."""
        by_unit = defaultdict(list)
        for one in self._goals(target, day):
            if one.unit is not None:
                by_unit[one.unit].append(one)
        return {unit: newest for unit, some in by_unit.items() if (newest := _newest(some))}

    def _goals(self, target: Target, day: date) -> list[Said]:
        """Goals for the target's due day, whatever its period is called; a yearly one may have a goal for each year, which
        goes before that of the whole plan: of the city and of each unit by itself."""
        said = self.goals.get(target.id, ())
        own: list[Said] = []
        if target.basis == "year":
            year = judged_year(target, day)
            own = [one for one in said if one.first.year == one.last.year == year]
        settled = {one.unit for one in own}
        return [*own, *(one for one in said if one.last == target.due_on and one.unit not in settled)]


def judged_year(target: Target, day: date) -> int:
    """The year that a yearly figure is judged on: the day's, or the plan's last one after its end."""
    return min(day.year, target.due_on.year)


def _newest(said: Sequence[Said]) -> Said | None:
    return max(said, key=lambda one: (one.last, one.filing, one.row), default=None)


def _by_end(said: Iterable[Said]) -> dict[date, dict[str, Said]]:
    """Last day → unit → what was filed last for a period that ends on it: one unit says 2025, another 2025-12."""
    found: dict[date, dict[str, Said]] = defaultdict(dict)
    for one in sorted(said, key=lambda one: (one.filing, one.row)):
        found[one.last][one.unit or ""] = one
    return found


def _name(said: Iterable[Said]) -> str:
    """What a period is called that several filed: as most of them called it, of equals as the first did."""
    return Counter(one.period for one in said).most_common(1)[0][0]


def filed(connection: Connection, units: Iterable[str]) -> Filed:
    """Read what departments filed."""
    return Filed(_read(connection, INDICATOR, "value"), _read(connection, GOAL, "goal"), tuple(units))


def _read(connection: Connection, table: Any, amount: str) -> Mapping[str, Sequence[Said]]:
    found: dict[str, list[Said]] = defaultdict(list)
    query = select(table).where(table.c[amount].is_not(None)).order_by(table.c.filing, table.c.row)
    for row in connection.execute(query).mappings():
        found[row["indicator"]].append(
            Said(table.name, row["period"], row["unit"], Decimal(row[amount]), row.get("reported_by"), row["document"],
                 row["filing"], row["row"], first_day(row["period"]), last_day(row["period"]))
        )  # fmt: skip
    return found
