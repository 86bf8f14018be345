"""The agenda of an event: proposed from who comes and who suits whom, mended after cancellations, and as a document."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chains.events.assignment import Hall, Pair, Reason, choose, left_out, possible
from chains.events.reading import PLANNED, Occasion, Seat, events, occasion, sizes
from chains.events.repairing import repair
from chains.events.scores import pairs_of
from chains.events.timetable import Placed, timetable
from registry.house import House
from registry.kind import Record
from registry.refusals import MisusedError, RefusedError


@dataclass(frozen=True)
class Proposal:
    """An agenda, and why demands and firms that come have no meeting in it."""

    meetings: Sequence[Placed]
    demands: Mapping[str, Reason]
    firms: Mapping[str, Reason]


def hall_of(held: Occasion) -> Hall:
    """Raises RefusedError where the event has no room yet, or is called off."""
    if held.event.state == "cancelled":
        raise RefusedError(
            f"the event {held.event.id} is called off; it needs no agenda",
            f"活动 {held.event.id} 已取消，不需要日程",
        )
    hall = held.event.hall
    if hall is None:
        raise RefusedError(
            f"the event {held.event.id} does not say how many tables and slots it has; put them on record first",
            f"活动 {held.event.id} 没有填写桌数和场次；请先补充",
        )
    return hall


def proposed(house: House, held: Occasion, open_too: bool = False) -> Proposal:
    """A new agenda for those who come. Where meetings were held already, only what is left is planned."""
    hall = hall_of(held)
    buyer_of, firms, pairs = held.buyer_of(open_too), held.coming(open_too), _unmet(house, held)
    past = held.past
    if past:
        return _told(
            held,
            repair(past, (), _of(pairs, buyer_of), _with_past(held, buyer_of), firms, hall),
            pairs,
            buyer_of,
            firms,
            hall,
        )
    chosen = choose(pairs, buyer_of, firms, hall)
    return _told(held, timetable(chosen, buyer_of, hall), pairs, buyer_of, firms, hall)


def mended(house: House, held: Occasion) -> Proposal:
    """The agenda on record without those who do not come, its free places filled with those who said that they come."""
    if not held.standing:
        return Proposal([], {}, {})
    hall, pairs = hall_of(held), _unmet(house, held)
    agenda = places_of(held)
    stays = [m for m in agenda if (m.demand, m.firm) in held.met or not held.away & {m.demand, m.firm}]
    buyer_of, firms = held.buyer_of(open_too=False), held.coming(open_too=False)
    found = repair(stays, (), _of(pairs, buyer_of), _with_past(held, buyer_of), firms, hall)
    return _told(held, found, pairs, buyer_of, firms, hall)


def _unmet(house: House, held: Occasion) -> list[Pair]:
    """The pairs that suit, without those that met already, nobody knows where: they do not meet again."""
    nowhere = held.met - {(one.demand, one.firm) for one in held.past}
    return [pair for pair in pairs_of(house, held) if (pair.demand, pair.firm) not in nowhere]


def _of(pairs: Iterable[Pair], demands: Collection[str]) -> list[Pair]:
    return [pair for pair in pairs if pair.demand in demands]


def _with_past(held: Occasion, buyer_of: Mapping[str, str]) -> dict[str, str]:
    """Buyers also of demands that only have a place in the agenda."""
    return {**held.buyers, **buyer_of}


def _told(
    held: Occasion, meetings: Sequence[Placed], pairs: Iterable[Pair], buyer_of: Mapping[str, str], firms: Sequence[str],
    hall: Hall,
) -> Proposal:  # fmt: skip
    chosen = [Pair(m.demand, m.firm, m.score) for m in meetings]
    demands, others = left_out(chosen, possible(pairs, buyer_of, firms), buyer_of, firms, hall)
    gone: Mapping[str, Reason] = dict.fromkeys(others.keys() & held.gone, "not_active")
    return Proposal(meetings, demands, {**others, **gone})


def places_of(held: Occasion) -> list[Placed]:
    """The meetings that stand and have a slot and a table."""
    return [place for seat in held.standing if (place := seat.place)]


def without_meeting(house: House, held: Occasion) -> Proposal:
    """The agenda on record with the reasons why others that come are not in it."""
    meetings = places_of(held)
    hall = held.event.hall or Hall(0, 0, 0)
    return _told(held, meetings, pairs_of(house, held), held.buyer_of(False), held.coming(False), hall)


def out_of_date(held: Occasion) -> list[Seat]:
    """Meetings still planned with somebody who does not come, or was struck off since."""
    return [seat for seat in held.standing if seat.state == PLANNED and held.away & {seat.demand, seat.firm}]


def agenda_document(house: House, event_id: str) -> Record:
    """The agenda on record, or the one that would be made now (``on_record`` false, also for those who have not answered).
    Raises MisusedError for an unknown event, RefusedError for one without tables and slots."""
    with house.store.read() as connection:
        held = occasion(connection, event_id, house.clock.today())
        if held is None:
            raise MisusedError(f"there is no event {event_id}", f"没有活动“{event_id}”")
    on_record = bool(held.standing)
    found = without_meeting(house, held) if on_record else proposed(house, held, open_too=True)
    return document(held, found, on_record)


def document(held: Occasion, found: Proposal, on_record: bool) -> Record:
    """An agenda as plain values, in the order of slots and tables; firms and demands left out in the order of their ids."""
    event = held.event
    states = {(seat.demand, seat.firm): seat.state for seat in held.standing}
    return {
        "event": event.id,
        "title": event.title,
        "chain": event.chain,
        "held_on": event.held_on and event.held_on.isoformat(),
        "place": event.place,
        "state": event.state,
        "tables": event.tables,
        "slots": event.slots,
        "meetings_per_firm": event.meetings_per_firm,
        "on_record": on_record,
        "meetings": [_meeting(held, m, states.get((m.demand, m.firm), PLANNED)) for m in sorted(found.meetings)],
        "left_out": {
            "demands": [
                {"demand": id, "title": held.needs[id].title, "buyer_name": held.needs[id].buyer_name, "reason": reason}
                for id, reason in found.demands.items()
            ],
            "firms": [{"uscc": id, "name": held.name(id), "reason": reason} for id, reason in found.firms.items()],
        },
    }  # fmt: skip


def _meeting(held: Occasion, m: Placed, state: str) -> dict[str, Any]:
    wanted = held.needs[m.demand]
    return {
        "slot": m.slot,
        "time": held.event.time_of(m.slot),
        "table": m.table,
        "demand": m.demand,
        "title": wanted.title,
        "buyer": wanted.buyer if wanted.known else None,
        "buyer_name": wanted.buyer_name,
        "uscc": m.firm,
        "name": held.name(m.firm),
        "state": state,
    }


def events_document(house: House) -> list[Record]:
    """All events with the numbers of their guests and meetings, the latest first."""
    with house.store.read() as connection:
        found, counted = events(connection), sizes(connection)
    return [
        {
            "event": one.id, "title": one.title, "chain": one.chain, "held_on": one.held_on and one.held_on.isoformat(),
            "place": one.place, "state": one.state, "tables": one.tables, "slots": one.slots,
            **{part: counted.get(one.id, {}).get(part, 0)
               for part in ("demands", "demands_coming", "firms", "firms_coming", "meetings")},
        }
        for one in found
    ]  # fmt: skip
