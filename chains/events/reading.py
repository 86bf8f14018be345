"""What is on record about matchmaking events: who was invited, who said what, who meets whom."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, select

from chains.ends import is_outside
from chains.events.assignment import Hall
from chains.events.timetable import Placed
from chains.matching import certificates
from chains.models import Demand, Invitation, MatchEvent, Meeting
from chains.parties import joined
from registry.scope import managed
from registry.store.bulk import among, chunks
from registry.store.merges import Merges, merges_at
from registry.subjects import ENTERPRISE

EVENT: Any = MatchEvent.__table__  # type: ignore[attr-defined]
INVITATION: Any = Invitation.__table__  # type: ignore[attr-defined]
MEETING: Any = Meeting.__table__  # type: ignore[attr-defined]
DEMAND: Any = Demand.__table__  # type: ignore[attr-defined]
#: Who is expected at the event; the first also without an answer.
INVITED, ACCEPTED, DECLINED, CANCELLED = "invited", "accepted", "declined", "cancelled"
PLANNED, HELD, MISSED = "planned", "held", "missed"


@dataclass(frozen=True)
class Event:
    """A matchmaking event as it is on record; None where nothing is said."""

    id: str
    title: str | None
    chain: str | None
    held_on: date | None
    starts_at: str | None
    place: str | None
    tables: int | None
    slots: int | None
    slot_minutes: int | None
    meetings_per_firm: int | None
    state: str | None
    filing: int
    row: int

    @property
    def name(self) -> str:
        return self.title or self.id

    @property
    def hall(self) -> Hall | None:
        """None where tables or slots are not said. Without a limit a firm may have a meeting in every slot."""
        if not self.tables or not self.slots:
            return None
        return Hall(self.tables, self.slots, self.meetings_per_firm or self.slots)

    def time_of(self, slot: int) -> str | None:
        """``09:20–09:40`` of the second slot of twenty minutes from 9:00; None where the times are not said."""
        typed = re.fullmatch(r"\s*(\d{1,2})[:：时](\d{2})?\D*", self.starts_at or "")
        if not typed or not self.slot_minutes or int(typed[1]) > 23 or int(typed[2] or 0) > 59:
            return None
        length = timedelta(minutes=self.slot_minutes)
        begins = datetime(2000, 1, 1, int(typed[1]), int(typed[2] or 0)) + (slot - 1) * length  # noqa: DTZ001
        return f"{begins:%H:%M}–{begins + length:%H:%M}"


@dataclass(frozen=True)
class Guest:
    """An invited demand or firm. ``wanted_by``: the demands that a firm was invited for by name."""

    id: str
    state: str
    on: date | None
    filing: int
    row: int
    wanted_by: tuple[str, ...] = ()

    @property
    def comes(self) -> bool:
        return self.state == ACCEPTED

    @property
    def may_come(self) -> bool:
        return self.state in (INVITED, ACCEPTED)


@dataclass(frozen=True)
class Need:
    """A demand, as far as it is on record. ``buyer``: a credit code or an outside party; the demand itself where nobody is
    named. ``words``: what is looked for, the title before the first line break."""

    id: str
    buyer: str
    buyer_name: str
    title: str
    words: str
    chain: str | None
    amount: int | None
    tiers: tuple[str, ...]
    districts: tuple[str, ...]
    certificates: tuple[str, ...]
    known: bool
    quantity: str | None = None


@dataclass(frozen=True)
class Seat:
    """A meeting on record; ``slot`` and ``table`` None where none is said."""

    demand: str
    firm: str
    table: int | None
    slot: int | None
    state: str
    note: str | None
    filing: int
    row: int

    @property
    def stands(self) -> bool:
        return self.state != CANCELLED

    @property
    def place(self) -> Placed | None:
        if self.slot is None or self.table is None:
            return None
        return Placed(self.slot, self.table, self.demand, self.firm)


@dataclass(frozen=True)
class Occasion:
    """An event with everybody around it. ``demands`` and ``firms`` by id, in the order of their ids; ``names``: of firms and
    buyers; ``meetings`` by slot and table, cancelled ones at the end; ``gone``: firms that are struck off or closed."""

    event: Event
    demands: Mapping[str, Guest]
    firms: Mapping[str, Guest]
    meetings: Sequence[Seat]
    needs: Mapping[str, Need]
    names: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    @property
    def version(self) -> int:
        """Of the agenda: the last filing that speaks of a meeting, 0 where none does."""
        return max((seat.filing for seat in self.meetings), default=0)

    @property
    def standing(self) -> list[Seat]:
        return [seat for seat in self.meetings if seat.stands]

    @property
    def away(self) -> frozenset[str]:
        """Demands and firms that do not come: who says so, and who is struck off."""
        guests = (*self.demands.values(), *self.firms.values())
        return self.gone | {guest.id for guest in guests if not guest.may_come}

    @property
    def met(self) -> set[tuple[str, str]]:
        """(demand, firm) of the meetings that were held or missed, wherever that was."""
        return {(seat.demand, seat.firm) for seat in self.standing if seat.state in (HELD, MISSED)}

    @property
    def past(self) -> list[Placed]:
        """Where who met already met, or would have met."""
        return [place for seat in self.standing if seat.state in (HELD, MISSED) and (place := seat.place)]

    @property
    def buyers(self) -> dict[str, str]:
        """Demand → buyer of those that have a meeting."""
        return {seat.demand: self.needs[seat.demand].buyer for seat in self.standing}

    def buyer_of(self, open_too: bool = True) -> dict[str, str]:
        """Demand → buyer of those that come, or may come."""
        return {
            id: self.needs[id].buyer
            for id, guest in self.demands.items()
            if (guest.may_come if open_too else guest.comes)
        }

    def coming(self, open_too: bool = True) -> list[str]:
        return [id for id, guest in self.firms.items() if (guest.may_come if open_too else guest.comes)]

    def name(self, id: str) -> str:
        return self.names.get(id, id.removeprefix("~"))


def events(connection: Connection) -> list[Event]:
    """All events, the latest first; those without a day first of all."""
    found = [_event(row) for row in connection.execute(select(EVENT))]
    return sorted(found, key=lambda one: (one.held_on or date.max, one.id), reverse=True)


def _event(row: Any) -> Event:
    return Event(
        row.event, row.title, row.chain, row.held_on, row.starts_at, row.place, row.tables, row.slots, row.slot_minutes,
        row.meetings_per_firm, row.state, row.filing, row.row,
    )  # fmt: skip


def sizes(connection: Connection) -> dict[str, dict[str, int]]:
    """Event → how many demands and firms were invited and come, and meetings that stand. A firm that was invited for several
    demands is one; the last word about it holds."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    led, i, m = merges_at(connection), INVITATION.c, MEETING.c
    invited = select(i.event, i.demand, i.uscc, i.state).order_by(i.filing, i.row)
    last = {
        (event, "firms" if uscc else "demands", led.firm(uscc) if uscc else demand): state
        for event, demand, uscc, state in connection.execute(invited)
    }
    for (event, kind, _id), state in last.items():
        found[event][kind] += 1
        found[event][f"{kind}_coming"] += state == ACCEPTED
    standing = select(m.event, func.count()).where(func.coalesce(m.state, PLANNED) != CANCELLED)
    for event, n in connection.execute(standing.group_by(m.event)):
        found[event]["meetings"] = n
    return found


def occasion(connection: Connection, id: str, today: date) -> Occasion | None:
    """An event with its guests and meetings; None where there is no such event."""
    row = connection.execute(select(EVENT).where(EVENT.c.event == id)).first()
    if row is None:
        return None
    led = merges_at(connection)
    demands, firms = _guests(connection, id, led)
    m = MEETING.c
    seats = [
        Seat(r.demand, led.firm(r.uscc), r.table, r.slot, r.state or PLANNED, r.note, r.filing, r.row)
        for r in connection.execute(select(MEETING).where(m.event == id))
    ]
    seats.sort(key=lambda s: (not s.stands, s.slot or 0, s.table or 0, s.demand, s.firm))
    wanted = demands_of(connection, {*demands, *(s.demand for s in seats)}, today, led)
    buyers = {one.buyer for one in wanted.values() if not is_outside(one.buyer)}
    names = {
        code: firm.name
        for code, firm in managed(connection, {*firms, *(s.firm for s in seats), *buyers}, today).items()
    }
    names |= {one.buyer: one.buyer_name for one in wanted.values() if one.buyer not in names}
    gone = _gone(connection, {*firms, *(s.firm for s in seats)}, today)
    return Occasion(_event(row), demands, firms, seats, wanted, names, gone)


def _gone(connection: Connection, firms: Iterable[str], today: date) -> frozenset[str]:
    e = ENTERPRISE.c
    found: set[str] = set()
    for chunk in chunks(sorted(firms)):
        query = select(e.uscc).where(
            among(connection, e.uscc, chunk), e.from_day <= today, e.to_day > today, e.status != "active"
        )
        found.update(connection.execute(query).scalars())
    return frozenset(found)


def _guests(connection: Connection, id: str, led: Merges) -> tuple[dict[str, Guest], dict[str, Guest]]:
    """The last word about each demand and each firm."""
    demands: dict[str, Guest] = {}
    firms: dict[str, Guest] = {}
    i = INVITATION.c
    rows = connection.execute(select(INVITATION).where(i.event == id).order_by(i.filing, i.row)).all()
    for row in rows:
        guests = demands if row.uscc is None else firms
        key = str(row.demand) if row.uscc is None else led.firm(row.uscc)
        asked = {row.demand} if row.uscc and row.demand else set()
        by = tuple(sorted(asked | set(guests[key].wanted_by if key in guests else ())))
        guests[key] = Guest(key, row.state, row.on, row.filing, row.row, by)
    return dict(sorted(demands.items())), dict(sorted(firms.items()))


def demands_of(
    connection: Connection, ids: Iterable[str], today: date, led: Merges | None = None
) -> dict[str, Need]:
    """Demands by id, also those of which nothing but the id is known."""
    led = merges_at(connection) if led is None else led
    found: dict[str, Need] = {}
    rows: list[Any] = []
    for chunk in chunks(sorted(set(ids))):
        found |= {id: Need(id, id, id, id, "", None, None, (), (), (), False) for id in chunk}
        rows += connection.execute(select(DEMAND).where(among(connection, DEMAND.c.id, chunk))).all()
    ends = {row.buyer for row in rows if row.buyer}
    parties = joined(connection, connection, filter(is_outside, ends), led, None).firm
    lead = {end: parties.get(end, led.firm(end)) for end in ends}
    firms = managed(connection, [code for code in lead.values() if not is_outside(code)], today)
    for row in rows:
        buyer = lead[row.buyer] if row.buyer else row.id
        name = firms[buyer].name if buyer in firms else row.buyer_name or buyer.removeprefix("~")
        found[row.id] = Need(
            row.id, buyer, name, row.title or row.detail or row.id,
            f"{row.title or ''}\n{row.detail or ''}", row.chain, row.amount,
            _entries(row.tiers_wanted), _entries(row.districts), certificates.several(row.certificates or ""), True, row.quantity,
        )  # fmt: skip
    return found


def open_demands(connection: Connection, day: date) -> list[str]:
    """Ids of the demands that are open on a day."""
    d = DEMAND.c
    still = and_(
        func.coalesce(d.due_on, date.max) >= day,
        func.coalesce(d.closed_on, date.max) > day,
    )
    return list(connection.execute(select(d.id).where(still).order_by(d.id)).scalars())


def _entries(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split(";") if part)
