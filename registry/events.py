"""What happens to a firm, as forms of their own: it is renamed, moves, is struck off, is absorbed.

Each event is one row of the firm's profile from a day on, so it is one filing with the checks of any list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from registry.editing import CLEARED, NEEDED, Proposal, Sheet
from registry.house import House
from registry.intake.cells import CLEAR_WORDS, read_day
from registry.kind import Row
from registry.subjects import ENTERPRISE

#: What a move takes away unless it is given anew: the old place says nothing about the new one.
PLACE = ("city", "district", "area", "street", "address")
SAME, UNKNOWN_FIRM, SAME_FIRM, NO_PLACE = "nothing_changed", "unknown_successor", "own_successor", "no_place"


@dataclass(frozen=True)
class Event:
    """``fields``: what the form asks, ``needed`` among them; ``states``: what the event itself says."""

    id: str
    zh: str
    fields: tuple[str, ...]
    needed: tuple[str, ...] = ()
    states: tuple[tuple[str, str], ...] = ()


EVENTS: Mapping[str, Event] = {
    event.id: event
    for event in (
        Event("rename", "更名", ("name",), ("name",)),
        Event("move", "迁移", PLACE),
        Event("strike-off", "注销或吊销", ("status",), ("status",)),
        Event("absorption", "吸收合并", ("successor_uscc",), ("successor_uscc",), (("status", "cancelled"),)),
    )
}
#: How a firm's licence may end.
ENDS = ("cancelled", "revoked")


def gather(
    house: House, connection: Connection, event: Event, sheet: Sheet, texts: Mapping[str, str]
) -> Proposal:
    """The row that an event makes. ``texts``: field id → what was typed, ``effective_on`` the day."""
    given = {id: text.strip() for id, text in texts.items() if text.strip() and id in event.fields}
    found = Proposal({**given, **dict(event.states)}, {})
    day = texts.get("effective_on", "").strip()
    found.errors += [(id, NEEDED, None) for id in event.needed if id not in given]
    if not day:
        found.errors.append(("effective_on", NEEDED, None))
    if event.id == "move" and not given:
        found.errors.append((None, NO_PLACE, None))
    if event.id == "absorption" and "successor_uscc" in given:
        _check_successor(connection, sheet, given["successor_uscc"], found)
    if event.id == "strike-off" and given.get("status", ENDS[0]) not in ENDS:
        found.errors.append(("status", NEEDED, None))
    found.row.update({sheet.kind.subject: sheet.uscc, "effective_on": day})
    found.from_day = read_day(day) or ""
    if event.id == "move" and not found.errors:
        _clear_old_place(house, sheet, found)
    return found


def _check_successor(connection: Connection, sheet: Sheet, code: str, found: Proposal) -> None:
    code = code.upper()
    e = ENTERPRISE.c
    if code == sheet.uscc:
        found.errors.append(("successor_uscc", SAME_FIRM, None))
    elif (
        len(code) == len(sheet.uscc) and not connection.execute(select(e.uscc).where(e.uscc == code)).first()
    ):
        found.errors.append(("successor_uscc", UNKNOWN_FIRM, None))


def _clear_old_place(house: House, sheet: Sheet, found: Proposal) -> None:
    """What the new place leaves open is unknown, not what it was before."""
    row = Row(0, {id: text for id, text in found.row.items() if text not in CLEAR_WORDS})
    if sheet.kind.check:
        sheet.kind.check(row, sheet.today)
    if row.values.get("city") is None:
        row.values["city"] = house.settings.city.code
    for id in PLACE:
        if id not in found.row and row.values.get(id) is None and sheet.by_id[id].value is not None:
            found.row[id] = CLEARED


def unit_of(values: Mapping[str, Any], home: str) -> str | None:
    """The management unit that a profile's place means: the area, else the district; None outside the city."""
    if (values.get("city") or home) != home:
        return None
    unit: str | None = values.get("area") or values.get("district")
    return unit
