"""A snapshot as bulletins read it: targets with their state, units, tiers, bridges, and the names of things. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from registry.kind import Record
from tiers.bulletins.saying import Speech, decimal
from tiers.judging import met
from tiers.snapshot import Snapshot

#: Firms of a target as they are frozen: ``{"uscc", "name", "unit", "why"}`` each.
Firms = Callable[[str], Sequence[Record]]
QUALITY, UNKNOWN = "quality-firms", "unknown"


def state_of(entry: Mapping[str, Any], day: date) -> str:
    """``met unmet open pending overdue missing not_set``: what a count says of a target on a day.

    ``open``: not reached, and its due day is still to come; ``pending``: judged when its year is over.
    """
    if said := entry.get("state"):
        if said == "pending":
            return "pending" if entry.get("pending") else "open"
        return str(said)
    value, goal = decimal(entry["value"]), decimal(entry["goal"])
    if value is None:
        return "overdue" if (entry.get("due") or "9999") < day.isoformat() else "missing"
    if goal is None:
        return "not_set"
    if entry.get("pending"):
        return "pending"
    if met(value, goal, entry["direction"]):
        return "met"
    return "open" if day.isoformat() < (entry.get("due") or "") else "unmet"


@dataclass(frozen=True)
class Facts:
    """``own``: the firms that lists may name (None: all). ``parts``: what was frozen beside the count."""

    snapshot: Snapshot
    parts: Mapping[str, Record]
    firms: Firms
    speech: Speech
    own: Collection[str] | None = None

    @property
    def day(self) -> date:
        return self.snapshot.as_of

    @cached_property
    def names(self) -> Record:
        return self.parts["names"]

    def called(self, pair: Sequence[str]) -> str:
        """One of ``[zh, en]``."""
        return str(pair[0 if self.speech.is_chinese else 1])

    @property
    def city(self) -> str:
        return self.called(self.names["city"])

    def unit(self, id: str | None) -> str:
        if id is None or id == UNKNOWN:
            return self.speech.say("区县不详", "place unknown")
        return self.called(self.names["units"].get(id, [id, id]))

    def tier(self, tier: str, level: str = "", *, short: bool = False) -> str:
        name = self.called(self.names["shorts" if short else "tiers"].get(tier, [tier, tier]))
        if not level or tier not in self.names["levelled"]:
            return name
        at = self.called(self.names["levels"].get(level, [level, level]))
        return self.speech.say(f"{name}（{at}）", f"{name} ({at})")

    def indicator(self, entry: Mapping[str, Any]) -> str:
        return str(self.called([entry["name"], entry.get("name_en") or entry["name"]]))

    # Targets -------------------------------------------------------------------------------------

    @cached_property
    def targets(self) -> Mapping[str, Record]:
        return {entry["id"]: entry for entry in self.snapshot.count["targets"]}

    @cached_property
    def counted(self) -> Sequence[Record]:
        """Those that are counted from firms or tags, in the plan's order."""
        return [entry for entry in self.targets.values() if entry["source"] != "filed"]

    @cached_property
    def filed(self) -> Sequence[Record]:
        return [entry for entry in self.targets.values() if entry["source"] == "filed"]

    def state(self, entry: Mapping[str, Any]) -> str:
        return state_of(entry, self.day)

    def responsible(self, id: str) -> list[str]:
        return [self.called(pair) for pair in self.parts["plan"].get(id, {}).get("responsible", ())]

    def bridge(self, id: str) -> Record | None:
        """The bridge of a target, where both of its ends are known."""
        found = self.snapshot.bridges.get(id)
        if found is None or found["from"]["value"] is None or found["to"]["value"] is None:
            return None
        return found

    def counted_name(self, entry: Mapping[str, Any]) -> str:
        """A target as its bridge has it: of one that a department files a part of, the part that firms stand behind."""
        said = entry.get("filed") is not None
        return self.indicator(entry) + (self.speech.say("（企业部分）", " (held by firms)") if said else "")

    def delta(self, id: str) -> int | None:
        """The change of the value; None also where a part of it is filed, whose change no bridge knows."""
        bridge = self.bridge(id)
        if self.targets[id].get("filed") is not None:
            return None
        return None if bridge is None else int(bridge["to"]["value"]) - int(bridge["from"]["value"])

    def earlier(self, id: str) -> date | None:
        bridge = self.bridge(id)
        return None if bridge is None else date.fromisoformat(bridge["from"]["as_of"])

    # Units ---------------------------------------------------------------------------------------

    @cached_property
    def units(self) -> Sequence[Record]:
        """The rows of management units that have anything; the unknown and what is not broken down are left out."""
        return [
            row for row in self.snapshot.count.get("by", ())
            if row["key"] in self.names["units"] and any(cell.get("value") for cell in row["targets"].values())
        ]  # fmt: skip

    def of_unit(self, unit: str) -> Record | None:
        return next((row for row in self.snapshot.count.get("by", ()) if row["key"] == unit), None)

    def in_unit(self, row: Mapping[str, Any], id: str) -> int | None:
        value = row["targets"].get(id, {}).get("value")
        return None if value is None else int(value)

    def ranked(self, id: str) -> list[tuple[Record, int]]:
        """Units by their number of a target, the largest first; equal ones in the order of the places."""
        found = [(row, value) for row in self.units if (value := self.in_unit(row, id)) is not None]
        return sorted(found, key=lambda pair: -pair[1])

    def rank(self, id: str, unit: str) -> int | None:
        """The place of a unit; equal numbers share it."""
        values = {row["key"]: value for row, value in self.ranked(id)}
        return None if unit not in values else 1 + sum(value > values[unit] for value in values.values())

    @cached_property
    def unplaced(self) -> int:
        """Quality firms of which no management unit is known."""
        row = self.of_unit(UNKNOWN)
        return 0 if row is None else self.in_unit(row, QUALITY) or 0

    # What ends -----------------------------------------------------------------------------------

    @cached_property
    def expiring(self) -> Sequence[Record]:
        """The frozen titles that end soon, of all firms: numbers are everybody's."""
        found: Sequence[Record] = self.parts["expiring"]["titles"]
        return found

    def names_firm(self, uscc: str) -> bool:
        """May lists name this firm?"""
        return self.own is None or uscc in self.own

    @property
    def ahead(self) -> int:
        return int(self.parts["expiring"]["days"])
