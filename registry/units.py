"""Rows of a filer who is limited to one management unit: own firms are written, all others wait for the city's desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from registry.kind import FIRM, Kind, Row
from registry.places import Places
from registry.scope import Managed, managed


def keep_to_unit(connection: Connection, places: Places, kind: Kind, rows: Sequence[Row], created: Sequence[Row],
                 unit: str, today: str) -> None:  # fmt: skip
    """Note ``other_unit`` on each resolved row whose firm is managed elsewhere, or would be after it.

    Rows that are about no firm say themselves which unit they are of.
    A firm that a row brings onto the register becomes the unit's own where the row names no place.
    """
    live = [row for row in rows if row.subject and not row.stopped]
    if kind.about != FIRM:
        for row in live:
            named = row.values.get(kind.unit or "")
            if named != unit:
                row.note(
                    "other_unit", kind.unit or kind.subject, row.subject, "review", places.label(named) or "–"
                )
        return
    held = managed(connection, (row.subject for row in live if row.subject), date.fromisoformat(today))
    closed: set[str] = set()  # new firms whose founding row waits: no other row may speak of them
    for row in created:
        if row.stopped or row.subject is None:
            continue
        named = _named_place(places, kind, row)
        if named is None:
            _settle(places, kind, row, unit)
        elif named != unit:
            closed.add(row.subject)
            _send_on(places, kind, row, row.values.get("name"), named)
    new = {row.subject for row in created}
    for row in live:
        if row.stopped or row.subject is None:
            continue
        firm = held.get(row.subject)
        if firm is None:
            if row.subject in closed or row.subject not in new:
                _send_on(places, kind, row, row.values.get("name") or row.subject, None)
        elif firm.unit != unit:
            _send_on(places, kind, row, firm.name, firm.unit)
        elif kind.founding and _moved_to(firm, row) != unit:
            _send_on(places, kind, row, firm.name, _moved_to(firm, row))


def _moved_to(firm: Managed, row: Row) -> str | None:
    """The firm's unit once the row holds."""
    return row.values.get("area", firm.area) or row.values.get("district", firm.district)


def _named_place(places: Places, kind: Kind, row: Row) -> str | None:
    """The unit that a row about a new firm names; a city elsewhere counts as its own; None where it names no place."""
    values = row.values
    if kind.founding:
        city = values.get("city")
        elsewhere = city if city and city != places.home else None
        return values.get("area") or values.get("district") or elsewhere
    place = places.read_district(values.get("district") or "")
    elsewhere = place.city if place.city != places.home else None
    return place.area or place.district or elsewhere


def _settle(places: Places, kind: Kind, row: Row, unit: str) -> None:
    if not kind.founding:
        row.values["district"] = places.names[unit]["name"]
    else:
        row.values["district" if unit in places.districts else "area"] = unit


def _send_on(places: Places, kind: Kind, row: Row, name: str | None, unit: str | None) -> None:
    row.note("other_unit", kind.subject, name, "review", places.label(unit) or "–")
