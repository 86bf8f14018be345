"""Putting on record what happens around events and actions: every act is a filing, made like any list.

What a plan rests on must still be so when it is filed: the lists carry a look at the tables that is taken again under the lock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from chains.events.agenda import Proposal, hall_of, mended, places_of, proposed
from chains.events.clashing import clash_said
from chains.events.moving import clashes, cleared, moved
from chains.events.reading import CANCELLED, EVENT, HELD, PLANNED, Occasion, occasion
from chains.events.timetable import Placed
from registry.filing import Listed, Outcome, file_list
from registry.forms import listed_from_form
from registry.house import House
from registry.kind import Note
from registry.refusals import OvertakenError, RefusedError
from registry.said import SaidError

Rows = Sequence[Mapping[str, Any]]


class NotTakenError(SaidError):
    """A form has cells that cannot be taken; nothing was filed. ``notes`` say which and why."""

    code, status = "not_taken", 409

    def __init__(self, notes: Sequence[tuple[int, Note]]) -> None:
        self.notes = [note for _row, note in notes if note.fate != "note"]
        codes = ", ".join(dict.fromkeys(f"{note.field or '–'}: {note.code}" for note in self.notes))
        super().__init__(
            f"nothing was filed; mend these and send again: {codes}",
            f"未入库；请更正后再提交：{codes}",
        )


class NoEventError(SaidError):
    code, status = "unknown_event", 404

    def __init__(self, id: str) -> None:
        super().__init__(
            f"there is no event {id}; the list of events has all of them",
            f"没有活动“{id}”，请在活动列表中查看",
        )


def put(
    house: House, kind: str, rows: Rows, what: str, by: str, only_if: Callable[[Connection], None] | None = None
) -> Outcome:  # fmt: skip
    """File rows of a kind, all or none. Raises NotTakenError."""
    for rehearsal in (True, False):
        listed = listed_from_form(house, house.kinds.by_id[kind], rows, f"form: {what}", {"form": kind})
        checked = Listed(
            listed.kind, listed.rows, listed.file, listed.sha256, None, listed.options, listed.cells_of, only_if=only_if
        )  # fmt: skip
        outcome = file_list(house, checked, by, dry_run=rehearsal)
        if outcome.fates["refused"] or outcome.fates["review"]:
            raise NotTakenError(outcome.problems)
    return outcome


def look(house: House, id: str) -> Occasion:
    """The event with its guests. Raises NoEventError."""
    with house.store.read() as connection:
        held = occasion(connection, id, house.clock.today())
    if held is None:
        raise NoEventError(id)
    return held


class UnknownGuestsError(SaidError):
    code, status = "unknown_firm", 404

    def __init__(self, typed: Sequence[str]) -> None:
        shown = ", ".join(typed[:5])
        super().__init__(
            f"no firm of the register, or more than one, has the code or name {shown}; look it up under Enterprises, "
            "nobody was invited",
            f"企业库中没有代码或全称为 {shown} 的企业（或不止一家）；请在企业库中查找，本次未邀请任何企业",
        )


class NothingNamedError(SaidError):
    code, status = "nothing_named", 400

    def __init__(self) -> None:
        super().__init__(
            "choose a meeting, a slot and a table; nothing moved", "请选择洽谈、场次和桌号；日程未变"
        )


# Events ----------------------------------------------------------------------------------------------------


def new_event(house: House, values: Mapping[str, Any], by: str) -> str:
    """Put a new event on record; gives its id, which is made from its day where none is typed."""
    with house.store.read() as connection:
        known = set(connection.execute(select(EVENT.c.event)).scalars())
    id = str(values.get("event") or "").strip() or _free_id(str(values.get("held_on") or ""), known, house)

    def unused(connection: Connection) -> None:
        if connection.execute(select(EVENT.c.event).where(EVENT.c.event == id)).first():
            raise RefusedError(
                f"an event {id} is on record already; give this one another number",
                f"已有编号为 {id} 的活动；请换一个编号",
            )

    put(house, "events", [{"state": "planned", **values, "event": id}], f"event {id}", by, unused)
    return id


def _free_id(held_on: str, known: Collection[str], house: House) -> str:
    digits = re.sub(r"\D", "", held_on)
    stem = f"DJ{digits if len(digits) == 8 else house.clock.today().strftime('%Y%m%d')}"
    return next(id for n in range(1, len(known) + 2) if (id := f"{stem}-{n}") not in known)


def change_event(house: House, id: str, values: Mapping[str, Any], by: str) -> Outcome:
    look(house, id)
    return put(house, "events", [{**values, "event": id}], f"event {id}", by)


def invite(
    house: House, id: str, demands: Collection[str], firms: Collection[str], state: str, by: str, wanted_by: str = ""
) -> Outcome:  # fmt: skip
    """Say of demands and firms that they are invited, come, or do not. ``wanted_by``: the demand that the firms are invited for.
    What was said of a firm before, for whichever demand, is said anew."""
    held, today = look(house, id), house.clock.today().isoformat()
    rows = [{"event": id, "demand": demand, "state": state, "on": today} for demand in sorted(demands)]
    for firm in sorted(firms):
        guest = held.firms.get(firm)
        asked = {*(guest.wanted_by if guest else ()), *([wanted_by] if wanted_by else [])} or {""}
        rows += [
            {"event": id, "demand": demand, "uscc": firm, "state": state, "on": today}
            for demand in sorted(asked)
        ]
    if not rows:
        raise RefusedError(
            "nobody is named; tick somebody or type a code", "没有选中任何对象；请勾选或填写编号"
        )
    return put(house, "invitations", rows, f"invitations {id}", by)


def invite_for(house: House, id: str, pairs: Collection[tuple[str, str]], by: str) -> Outcome:
    """Invite firms for demands, as (demand, firm); who was invited before keeps its answer."""
    held, today = look(house, id), house.clock.today().isoformat()
    rows = [
        {
            "event": id, "demand": demand, "uscc": firm, "on": today,
            "state": held.firms[firm].state if firm in held.firms else "invited",
        }
        for demand, firm in sorted(pairs)
        if demand in held.demands
    ]  # fmt: skip
    if not rows:
        raise RefusedError("nobody is named; tick somebody", "没有选中任何对象；请勾选")
    return put(house, "invitations", rows, f"invitations {id}", by)


# The agenda ------------------------------------------------------------------------------------------------


def plan(house: House, id: str, by: str, open_too: bool = False) -> Proposal:
    """Make the agenda and put it on record; meetings that are no longer planned are cancelled. Meetings that were held stay.
    ``open_too``: plan for those, too, who have not answered yet."""
    held = _to_come(look(house, id))
    found = proposed(house, held, open_too)
    _file_agenda(house, held, found, by)
    return found


def mend(house: House, id: str, by: str) -> Proposal:
    """Bring the agenda up to what was said since: meetings of those who do not come are cancelled, free places given to
    others; nobody else moves. A meeting that has no place yet waits for one."""
    held = look(house, id)
    found = mended(house, held)
    waiting = {
        (seat.demand, seat.firm)
        for seat in held.standing
        if not seat.place and not held.away & {seat.demand, seat.firm}
    }
    _file_agenda(house, held, found, by, waiting)
    return found


def cancel(house: House, id: str, demands: Collection[str], firms: Collection[str], by: str) -> Proposal:
    """Somebody cancels: said of the invitation, then the agenda is mended, where there is one."""
    invite(house, id, demands, firms, CANCELLED, by)
    return mend(house, id, by)


def _file_agenda(
    house: House, held: Occasion, found: Proposal, by: str, waiting: Collection[tuple[str, str]] = ()
) -> None:
    """Put the difference to the agenda on record. ``waiting``: pairs that stay, though they have no place. So does whoever
    met already, wherever that was."""
    id = held.event.id
    keep = {(m.demand, m.firm): m for m in found.meetings}
    rows: list[dict[str, Any]] = [
        {"event": id, "demand": seat.demand, "uscc": seat.firm, "state": CANCELLED}
        for seat in held.standing
        if seat.state == PLANNED and (seat.demand, seat.firm) not in keep.keys() | waiting
    ]
    before = {(s.demand, s.firm): (s.slot, s.table) for s in held.standing}
    rows += [
        {"event": id, "demand": m.demand, "uscc": m.firm, "slot": str(m.slot), "table": str(m.table), "state": PLANNED}
        for (demand, firm), m in keep.items()
        if before.get((demand, firm)) != (m.slot, m.table)
    ]  # fmt: skip
    if rows:
        put(house, "meetings", rows, f"agenda {id}", by, _unchanged(held))


def move(
    house: House, id: str, pair: tuple[str, str], slot: int, table: int, by: str, *, exchange: bool = False,
    seen: int | None = None,
) -> None:  # fmt: skip
    """Put the meeting of a (demand, firm) at another slot and table; ``exchange``: who sits there takes its old place. Nobody
    else moves. ``seen``: the version of the agenda that whoever moves it looked at. Raises OvertakenError where it is another
    by now, RefusedError where somebody would be in two places, or the hall has no such place."""
    held = _as_seen(house, id, seen)
    hall, before = hall_of(held), places_of(held)
    if pair not in {(seat.demand, seat.firm) for seat in held.standing if seat.state == PLANNED}:
        raise RefusedError(
            "that meeting is not planned any more; look at the agenda again",
            "该洽谈已不在待开日程中；请重新查看日程",
        )
    after = moved(before, pair, slot, table, exchange)
    if any(one not in after for one in held.past):
        raise RefusedError(
            "the meeting that sits there was held already and stays; choose another place",
            "该位置的洽谈已经举行，不能调换；请另选位置",
        )
    changed = {(one.demand, one.firm) for one in after if one not in before}
    if not changed:
        raise RefusedError("the meeting is there already", "该洽谈已在此位置")
    new = set(after) - set(before)
    for clash in clashes(after, held.buyers, hall):
        if clash.meeting in new or clash.other in new:
            raise RefusedError(*clash_said(held, clash, moving=new))
    _file_places(house, held, new, by)


def clear_table(house: House, id: str, table: int, by: str, seen: int | None = None) -> int:
    """Move the planned meetings of a table that cannot be used to others; how many. ``seen``: as in ``move``. Raises
    OvertakenError, RefusedError where they do not all find a place: then none moves."""
    held = _as_seen(house, id, seen)
    hall, before = hall_of(held), places_of(held)
    past = {(one.demand, one.firm) for one in held.past}
    after, stuck = cleared(before, table, held.buyers, hall, past)
    if stuck:
        n, some = len(stuck), stuck[:3]
        en = "; ".join(f"{held.name(one.firm)} in slot {one.slot}" for one in some)
        zh = "；".join(f"第 {one.slot} 场 {held.name(one.firm)}" for one in some)
        raise RefusedError(
            f"{n} meetings of table {table} find no other place ({en}); nothing moved: add a table or a slot to the event first",
            f"{table} 号桌有 {n} 场洽谈没有其他位置（{zh}），日程未变；请先为活动增加桌数或场次",
        )
    new = set(after) - set(before)
    if not new:
        raise RefusedError(f"table {table} has no meeting that is planned", f"{table} 号桌没有待开的洽谈")
    _file_places(house, held, new, by)
    return len(new)


def _to_come(held: Occasion) -> Occasion:
    """Of an event that was held or called off no agenda is made or moved."""
    if held.event.state in (HELD, CANCELLED):
        raise RefusedError(
            "the event was held or called off; what came of its meetings is said of each",
            "活动已举办或已取消，日程不再调整；洽谈结果请逐场登记",
        )
    return held


def _as_seen(house: House, id: str, seen: int | None) -> Occasion:
    held = _to_come(look(house, id))
    if seen is not None and seen != held.version:
        raise OvertakenError
    return held


def _file_places(house: House, held: Occasion, meetings: Collection[Placed], by: str) -> None:
    id = held.event.id
    rows = [
        {"event": id, "demand": m.demand, "uscc": m.firm, "slot": str(m.slot), "table": str(m.table), "state": PLANNED}
        for m in sorted(meetings)
    ]  # fmt: skip
    put(house, "meetings", rows, f"agenda {id}", by, _unchanged(held))


def _unchanged(held: Occasion) -> Callable[[Connection], None]:
    """Refuses where guests, meetings or the event itself changed since they were looked at."""
    id = held.event.id
    seen = _last_words(held)

    def check(connection: Connection) -> None:
        now = occasion(connection, id, date.max)
        if now is None or _last_words(now) != seen:
            raise OvertakenError

    return check


def _last_words(held: Occasion) -> set[tuple[Any, ...]]:
    return {
        (held.event.filing, held.event.row),
        *((one.id, one.filing, one.row) for one in (*held.demands.values(), *held.firms.values())),
        *((one.demand, one.firm, one.filing, one.row) for one in held.meetings),
    }


def say_of_meetings(house: House, id: str, meetings: Collection[tuple[str, str]], state: str, by: str) -> Outcome:  # fmt: skip
    """Meetings were held, or somebody did not come."""
    known = {(seat.demand, seat.firm) for seat in look(house, id).standing}
    rows = [
        {"event": id, "demand": demand, "uscc": firm, "state": state}
        for demand, firm in sorted(known & set(meetings))
    ]
    if not rows:
        raise RefusedError("no meeting of the agenda is ticked", "没有选中日程中的洽谈")
    return put(house, "meetings", rows, f"meetings {id}", by)


# Actions and outcomes --------------------------------------------------------------------------------------


def open_action(house: House, values: Mapping[str, Any], by: str) -> Outcome:
    """Put on record what a leader opened."""
    return put(house, "actions", [values], f"action {values.get('title', '')}", by)


def say_outcome(house: House, values: Mapping[str, Any], by: str) -> Outcome:
    """Put on record how far two firms came."""
    return put(house, "outcomes", [values], f"outcome {values.get('product') or values.get('stage', '')}", by)
