"""Who counts on a day, firm by firm: the same membership queries as the count, with the records that make each firm count.

A *frame* is everybody behind one target on one day, in one reading of the register. Bridges compare frames, a published
count freezes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import Connection

from registry.kind import Record
from tiers import members
from tiers.count import counts_as_listed, dimension_sql
from tiers.members import Question
from tiers.targets import Target, plan

#: What is kept of a record that makes a firm count, beside its filing and row.
DETAILS = {
    "title": ("tier", "level", "kind", "valid_from", "valid_to"),
    "listing": ("board", "stage_on"),
    "above_scale": ("entered_on",),
    "figures": ("year", "revenue"),
    "honour": ("honour", "level", "title", "on"),
}


class Counted(NamedTuple):
    """A firm that counts: its name and management unit (``unknown`` without one) on the day, and why.

    ``why``: records as ``{"record", "filing", "row", …}`` with the fields of ``DETAILS``, ordered by filing and row.
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


def frame(connection: Connection, question: Question, target: Target) -> Frame:
    """Who counts for ``target`` on the question's day. Raises ValueError where a department files the figure."""
    sql = members.members(target, question)
    if sql is None:
        raise ValueError(f"{target.id} is filed, no firms stand behind it")
    record = record_of(target)
    details = DETAILS[record]
    picked = ", ".join(f'd."{name}"' for name in details)
    rows = question.ask(
        connection,
        f"""select h.uscc, h.name, {dimension_sql("area")}, h.industry, h.digital_core, m.filing, m.row, {picked}
            from ({sql}) m join {members.whose(sql)} h on h.uscc = m.uscc
            join {record} d on d.uscc = m.uscc and d.filing = m.filing and d.row = m.row""",
    )
    listed = target.id == "listed"
    found: dict[str, tuple[str, str, list[Record]]] = {}
    for uscc, name, unit, industry, mark, filing, row, *said in rows:
        if listed and counts_as_listed(industry, mark) != "yes":
            continue
        why = {"record": record, "filing": filing, "row": row}
        for field, value in zip(details, said, strict=True):
            why[field] = value if value is None or isinstance(value, int) else str(value)
        if (held := found.get(uscc)) is None:
            found[uscc] = (name, unit, [why])
        else:
            held[2].append(why)
    firms = {}
    for uscc in sorted(found):  # not by the database: collations differ
        name, unit, whys = found[uscc]
        if len(whys) > 1:
            whys.sort(key=lambda one: (one["filing"], one["row"]))
        firms[uscc] = Counted(uscc, name, unit, tuple(whys))
    return Frame(firms, target.source == "tags")


def record_of(target: Target) -> str:
    """The kind of record that makes firms count for a target."""
    if target.source == "tags":
        return "honour"
    fixed = {"above-scale": "above_scale", "listed": "listing"}
    return fixed.get(target.id, "figures" if target.id.startswith("revenue-") else "title")
