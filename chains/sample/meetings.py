"""Matchmaking: events with who came and who sat at which table, and what buyers answered to proposals."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from chains.sample.makers import Makers
from chains.sample.parts import sheet
from chains.sample.wants import Demand
from registry.sample import Row
from tiers.sample.filing import Step
from tiers.sample.firms import LAST, Firm

ANSWERED = (date(2024, 11, 19), date(2025, 6, 17), date(2025, 12, 16), date(2026, 5, 27))
_FILED_BEFORE, _FILED_AFTER = timedelta(days=21), timedelta(days=5)
_REASONS = ("产能不足", "技术指标达不到", "价格偏高", "交期过长", "已有稳定供应商")
_PLACES = ("济南国际会展中心（样例）", "高新区企业服务中心（样例）", "章丘工业园会议中心（样例）")
_LEAST = 3
_TOLD = date(2026, 6, 29)  # what is known of the answers to the event that is planned


@dataclass(frozen=True)
class Event:
    id: str
    title: str
    held_on: date
    tables: int
    slots: int
    place: str
    chain: str = ""

    @property
    def held(self) -> bool:
        return self.held_on < LAST


@dataclass(frozen=True)
class Meeting:
    event: Event
    demand: Demand
    firm: Firm
    table: int
    slot: int
    held: bool


@dataclass
class Fair:
    """Everything about events: who was invited with what answer, who met whom."""

    events: list[Event]
    invited: list[tuple[Event, Demand | Firm, str]] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)


def fair(makers: Makers, demands: list[Demand]) -> Fair:
    """Three events that were held and one that is planned; demands come that were open and listed before the invitation."""
    rng = makers.scale.rng("chains/events")
    n = makers.scale.n
    found = Fair(
        [
            Event("DJ2024-01", "2024年产业链供需对接会", date(2024, 10, 22), n(6), 6, _PLACES[0]),
            Event("DJ2025-01", "2025年春季融链固链对接会", date(2025, 4, 24), n(8), 6, _PLACES[1]),
            Event("DJ2025-02", "大中小企业“携手行动”对接会", date(2025, 11, 20), n(8), 6, _PLACES[2]),
            Event("DJ2026-01", "2026年夏季产业链供需对接会", date(2026, 7, 16), n(10), 6, _PLACES[0]),
        ]
    )
    for event in found.events:
        day = event.held_on - _FILED_BEFORE
        open_then = [d for d in demands if d.asked_on < day and d.due_on >= event.held_on]
        some = [d for d in open_then if d.closed_on is None or d.closed_on > event.held_on]
        some = rng.sample(some, min(len(some), event.tables * 3))
        wanted = {demand: _wanted(makers, rng, demand, day) for demand in some}
        for demand in some:
            found.invited.append(
                (event, demand, "accepted" if event.held or rng.random() < 0.5 else "invited")
            )
        coming = set[Firm]()
        for firm in dict.fromkeys(f for firms in wanted.values() for f in firms):
            states, weights = ("accepted", "declined", "cancelled"), (84, 11, 5)
            if not event.held:
                states, weights = ("accepted", "invited", "declined"), (50, 40, 10)
            state = rng.choices(states, weights)[0]
            found.invited.append((event, firm, state))
            if state == "accepted":
                coming.add(firm)
        if event.held:
            found.meetings += _sit(rng, event, wanted, coming)
    return found


def _wanted(makers: Makers, rng: random.Random, demand: Demand, day: date) -> list[Firm]:
    """Who is asked to meet a buyer: those who fit, and others of the trade."""
    trade = (f for code in demand.product.trades for f in makers.of_trade.get(code, ()))
    others = [f for f in trade if f.standing(day) and f not in demand.fits and f is not demand.buyer]
    fit = [f for f in demand.fits if f.standing(day)][:3]
    return fit + rng.sample(others, min(len(others), max(1, _LEAST - len(fit))))


def _sit(
    rng: random.Random, event: Event, wanted: dict[Demand, list[Firm]], coming: set[Firm]
) -> list[Meeting]:
    """Buyers keep a table, firms go round: nobody sits at two tables in one slot."""
    busy: set[tuple[int | Firm, int]] = set()
    made = []
    for number, (demand, firms) in enumerate(wanted.items()):
        table = 1 + number % event.tables
        for firm in (f for f in firms if f in coming and f is not demand.buyer):
            free = (
                slot
                for slot in range(1, event.slots + 1)
                if not {(table, slot), (firm, slot), (demand.buyer, slot)} & busy
            )
            slot = next(free, None)
            if slot is not None:
                busy |= {(table, slot), (firm, slot), (demand.buyer, slot)}
                made.append(Meeting(event, demand, firm, table, slot, rng.random() < 0.93))
    return made


def fair_steps(found: Fair) -> list[Step]:
    """An event is announced with its invitations, and afterwards reported with its meetings."""
    steps = []
    for event in found.events:
        announced, told = event.held_on - _FILED_BEFORE, event.held_on if event.held else _TOLD
        asked = [(one, state) for e, one, state in found.invited if e is event]
        first = [_invitation(event, one, "invited", announced) for one, _ in asked]
        on = told - timedelta(days=1)
        answers = [_invitation(event, one, state, on) for one, state in asked if state != "invited"]
        label, title = f"invitations-{event.id}", event.title
        steps += [
            sheet(announced, f"events-{event.id}", "events", title, [_event(event, "planned")]),
            sheet(announced, label, "invitations", f"{title}邀请名单", first),
            sheet(told, f"{label}-answers", "invitations", f"{title}回执", answers),
        ]
        if event.held:
            after = event.held_on + _FILED_AFTER
            rows = [_meeting(m) for m in found.meetings if m.event is event]
            steps += [
                sheet(after, f"events-{event.id}-held", "events", f"{title}情况", [_event(event, "held")]),
                sheet(after, f"meetings-{event.id}", "meetings", f"{title}洽谈记录", rows),
            ]
    return steps


def _event(event: Event, state: str) -> Row:
    return {
        "event": event.id,
        "title": event.title,
        "held_on": event.held_on,
        "starts_at": "09:30",
        "place": event.place,
        "tables": event.tables,
        "slots": event.slots,
        "slot_minutes": 20,
        "meetings_per_firm": 4,
        "state": state,
    }


def _invitation(event: Event, one: Demand | Firm, state: str, on: date) -> Row:
    who: Row = {"demand": one.id} if isinstance(one, Demand) else {"uscc": one.uscc}
    return {"event": event.id, **who, "state": state, "on": on}


def _meeting(meeting: Meeting) -> Row:
    return {
        "event": meeting.event.id,
        "demand": meeting.demand.id,
        "uscc": meeting.firm.uscc,
        "table": meeting.table,
        "slot": meeting.slot,
        "state": "held" if meeting.held else "missed",
    }


def answer_steps(makers: Makers, demands: list[Demand]) -> list[Step]:
    """What buyers said to firms that were proposed. Only firms that do not fit are declined."""
    rng = makers.scale.rng("chains/answers")
    days: dict[date, list[Row]] = {day: [] for day in ANSWERED}
    for demand in demands:
        day = next((d for d in ANSWERED if d > demand.asked_on + timedelta(days=10)), None)
        if day is None or (rng.random() < 0.4 and makers.scale.firms >= 2_000):
            continue
        for firm in _wanted(makers, rng, demand, demand.asked_on):
            fits = firm in demand.fits
            taken = fits and demand.closed_on is not None and demand.closed_on < day
            answer = "accepted" if taken else "shortlisted" if fits or rng.random() < 0.3 else "declined"
            row: Row = {
                "demand": demand.id,
                "uscc": firm.uscc,
                "answer": answer,
                "on": day - timedelta(days=rng.randrange(1, 9)),
            }
            if answer == "declined":
                row["reason"] = rng.choice(_REASONS)
            days[day].append(row)
    return [sheet(d, f"answers-{d:%Y-%m}", "answers", f"供需匹配答复{d:%Y-%m}", rows) for d, rows in days.items()]  # fmt: skip
