"""What is wrong with an agenda, said of it."""

from __future__ import annotations

from collections.abc import Collection

from chains.events.agenda import places_of
from chains.events.moving import Clash, clashes
from chains.events.reading import Occasion
from chains.events.timetable import Placed
from registry.said import Said


def clash_said(held: Occasion, clash: Clash, moving: Collection[Placed] = ()) -> tuple[str, str]:
    """A clash in English and Chinese. ``moving``: meetings that somebody wants to put there; the sentence is about them and
    says what to do."""
    one, other = clash.meeting, clash.other
    if other is not None and other in moving and one not in moving:
        one, other = other, one
    event = held.event
    if other is None:
        return (
            f"{_who(held, one)}: there is no table {one.table} in slot {one.slot}; the event has {event.tables} tables and "
            f"{event.slots} slots",
            f"{_who(held, one)}：没有第 {one.slot} 场 {one.table} 号桌；本活动共 {event.tables} 桌、{event.slots} 场",
        )
    place = f"slot {one.slot}", f"第 {one.slot} 场"
    if clash.kind == "table":
        en = f"table {one.table} is taken in {place[0]} by {_who(held, other)}"
        zh = f"{place[1]} {one.table} 号桌已安排 {_who(held, other)}"
        mend = "choose a free place, or exchange the two", "请选择空位，或与其调换"
    else:
        name = held.name(one.firm) if clash.kind == "firm" else held.needs[one.demand].buyer_name
        en = f"{name} is at table {other.table} in {place[0]} already, with {_with(held, other, clash.kind)}"
        zh = f"{name}在{place[1]}已与{_with(held, other, clash.kind)}在 {other.table} 号桌洽谈"
        mend = "choose another slot", "请另选场次"
    if moving:
        return f"{en}; {mend[0]}", f"{zh}；{mend[1]}"
    return (
        f"{en}, and {_who(held, one)} is to be at table {one.table}",
        f"{zh}，又安排了 {_who(held, one)}（{one.table} 号桌）",
    )


def _who(held: Occasion, one: Placed) -> str:
    return f"{held.needs[one.demand].buyer_name} – {held.name(one.firm)}"


def _with(held: Occasion, one: Placed, kind: str) -> str:
    return held.needs[one.demand].buyer_name if kind == "firm" else held.name(one.firm)


def faults(held: Occasion) -> list[Said]:
    """What cannot be as the agenda on record has it, such as one that was filed as a list."""
    hall = held.event.hall
    if hall is None:
        return []
    return [Said(*clash_said(held, one)) for one in clashes(places_of(held), held.buyers, hall)]
