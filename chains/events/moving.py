"""Moving meetings by hand: to another slot or table, in exchange with who sits there, or all of a table that cannot be used.
Nobody else moves. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from chains.events.assignment import Hall
from chains.events.timetable import Placed


class Clash(NamedTuple):
    """Two meetings that cannot both be: at one table (``table``), of one buyer or firm in one slot; or one alone whose slot
    or table the hall does not have (``nowhere``)."""

    kind: Literal["table", "buyer", "firm", "nowhere"]
    meeting: Placed
    other: Placed | None = None


def clashes(agenda: Iterable[Placed], buyer_of: Mapping[str, str], hall: Hall) -> list[Clash]:
    """What is wrong with an agenda, in the order of its slots and tables."""
    seen: dict[tuple[Any, ...], Placed] = {}
    found: list[Clash] = []
    for meeting in sorted(agenda):
        if not (1 <= meeting.slot <= hall.slots and 1 <= meeting.table <= hall.tables):
            found.append(Clash("nowhere", meeting))
        for kind, who in _taken(meeting, buyer_of):
            other = seen.setdefault((kind, who, meeting.slot), meeting)
            if other is not meeting:
                found.append(Clash(kind, meeting, other))
    return found


def _taken(
    meeting: Placed, buyer_of: Mapping[str, str]
) -> tuple[tuple[Literal["table", "buyer", "firm"], str | int], ...]:
    """Whom and what a meeting keeps busy in its slot."""
    buyer = buyer_of.get(meeting.demand, meeting.demand)
    return ("table", meeting.table), ("buyer", buyer), ("firm", meeting.firm)


def moved(
    agenda: Sequence[Placed], pair: tuple[str, str], slot: int, table: int, exchange: bool = False
) -> list[Placed]:
    """The agenda with the meeting of a (demand, firm) at another place, or at its first; who sits there takes its old one, if
    there is one and they are to change places (``exchange``). Whether that can be is for ``clashes`` to say."""
    old = next((one for one in agenda if (one.demand, one.firm) == pair), None)
    found = [one for one in agenda if one is not old]
    if exchange and old:
        found = [
            replace(one, slot=old.slot, table=old.table) if (one.slot, one.table) == (slot, table) else one
            for one in found
        ]
    return sorted([*found, replace(old or Placed(0, 0, *pair), slot=slot, table=table)])


def cleared(
    agenda: Sequence[Placed], table: int, buyer_of: Mapping[str, str], hall: Hall, past: Collection[tuple[str, str]] = ()
) -> tuple[list[Placed], list[Placed]]:  # fmt: skip
    """(the agenda with the meetings of a table at others, those that fit nowhere). Each keeps its slot where a table is free
    then, a buyer's together where one has room for all; else it goes to the nearest slot in which both are free. ``past``:
    pairs that met already and stay."""
    leaving = [one for one in agenda if one.table == table and (one.demand, one.firm) not in past]
    kept = [one for one in agenda if one not in leaving]
    busy = {(kind, who, one.slot) for one in kept for kind, who in _taken(one, buyer_of)}
    others = [at for at in range(1, hall.tables + 1) if at != table]
    by_buyer: dict[str, list[Placed]] = defaultdict(list)
    for one in sorted(leaving):
        by_buyer[buyer_of.get(one.demand, one.demand)].append(one)
    stuck: list[Placed] = []
    # Who keeps its slot goes first, so that nobody who has to change takes the place.
    waiting: list[Placed] = []
    for mine in by_buyer.values():
        room = {at: sum(("table", at, one.slot) not in busy for one in mine) for at in others}
        for one in mine:
            free = [at for at in others if ("table", at, one.slot) not in busy]
            if not free:
                waiting.append(one)
                continue
            kept.append(_sit(one, one.slot, min(free, key=lambda at: (-room[at], at)), busy, buyer_of))
    for one in waiting:
        place = next(
            (
                (slot, at)
                for slot in sorted(range(1, hall.slots + 1), key=lambda slot: (abs(slot - one.slot), slot))
                for at in others
                if not any((kind, who, slot) in busy for kind, who in _taken(replace(one, table=at), buyer_of))
            ),
            None,
        )  # fmt: skip
        if place is None:
            stuck.append(one)
        else:
            kept.append(_sit(one, *place, busy, buyer_of))
    return sorted(kept), stuck


def _sit(
    one: Placed, slot: int, table: int, busy: set[tuple[Any, ...]], buyer_of: Mapping[str, str]
) -> Placed:
    seated = replace(one, slot=slot, table=table)
    busy |= {(kind, who, slot) for kind, who in _taken(seated, buyer_of)}
    return seated
