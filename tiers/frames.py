"""Who counts on a day, firm by firm: the same membership queries as the count, with the records that make each firm count.

A *frame* is everybody behind one target on one day, in one reading of the register. Bridges compare frames, a published
count freezes them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import Connection

from registry.kind import Record
from tiers import members
from tiers.count import counts_as_listed, dimension_sql
from tiers.members import Question
from tiers.targets import Target, plan


class Counted(NamedTuple):
    """A firm that counts: its name and management unit (``unknown`` without one) on the day, and why.

    ``why``: records as ``{"record", "filing", "row", …}`` with the fields of ``members.DETAILS``, ordered by filing and row.
    """

    uscc: str
    name: str
    unit: str
    why: tuple[Record, ...]


@dataclass(frozen=True)
class Frame:
    """Everybody behind one target. ``records``: the target counts records (tags), not firms."""

    firms: Mapping[str, Counted]
    records: bool = False

    @property
    def value(self) -> int:
        return sum(map(self.weight, self.firms.values()))

    def weight(self, firm: Counted) -> int:
        """What a firm adds to the number."""
        return len(firm.why) if self.records else 1

    def narrowed(self, unit: str) -> Frame:
        """The part of one management unit."""
        return replace(self, firms={uscc: firm for uscc, firm in self.firms.items() if firm.unit == unit})


#: Nobody.
EMPTY = Frame({})


def counted_targets(question: Question) -> list[Target]:
    """The plan's targets that are counted from firms or from their tags, in its order."""
    return [
        target
        for target in plan(question.settings.targets.plan)
        if members.members(target, question) is not None
    ]


class City:
    """The city's firms on one day in one reading of the register, read once for all targets."""

    def __init__(self, connection: Connection, question: Question) -> None:
        self.connection, self.question = connection, question
        self._read: dict[str, dict[str, tuple[str, str, str | None, str | None]]] = {}

    def firms(self, whose: str) -> Mapping[str, tuple[str, str, str | None, str | None]]:
        """Credit code → name, unit, industry, digital mark; of ``home`` or ``resident`` firms (see ``members``)."""
        if whose not in self._read:
            rows = self.question.tuples(
                self.connection,
                f"select h.uscc, h.name, {dimension_sql('area')}, h.industry, h.digital_core from {whose} h",
            )
            self._read[whose] = {row[0]: row[1:] for row in rows}
        return self._read[whose]

    def frame(self, target: Target) -> Frame:
        """Who counts for a target. Raises ValueError where a department files the figure."""
        sql = members.members(target, self.question, detailed=True)
        if sql is None:
            raise ValueError(f"{target.id} is filed, no firms stand behind it")
        names = ("record", "filing", "row", *members.DETAILS[members.record_of(target)])
        rows = self.question.tuples(self.connection, sql)
        if not rows:
            return Frame({}, target.source == "tags")
        here = self.firms("resident" if target.id == "above-scale" else "home")
        whys: dict[str, list[Record]] = defaultdict(list)
        for uscc, *values in rows:
            if uscc in here:
                whys[uscc].append(dict(zip(names, values, strict=True)))
        firms = {}
        for uscc in sorted(whys):  # not by the database: collations differ
            name, unit, industry, mark = here[uscc]
            if target.id == "listed" and counts_as_listed(industry, mark) != "yes":
                continue
            why = whys[uscc]
            if len(why) > 1:
                why.sort(key=_place)
            firms[uscc] = Counted(uscc, name, unit, tuple(why))
        return Frame(firms, target.source == "tags")


def _place(why: Record) -> tuple[int, int]:
    return why["filing"], why["row"]


def frame(connection: Connection, question: Question, target: Target) -> Frame:
    """Who counts for one target on the question's day."""
    return City(connection, question).frame(target)
