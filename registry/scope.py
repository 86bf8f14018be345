"""Whose firms an officer sees and writes: those of the own management unit now. City-wide accounts have no unit.

The management unit is the functional area where there is one, else the district. Of a firm that moved away its former
unit keeps the history up to the day before the move.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, or_, select, true

from registry.store.bulk import among, chunks
from registry.store.clock import TICK, end_of_day
from registry.store.merges import merges_at
from registry.store.statements import STATEMENT
from registry.subjects import ENTERPRISE
from registry.waiting import FILING

#: The fields of a profile that say who manages a firm.
PLACE = {"city", "district", "area"}


class Managed(NamedTuple):
    """A firm as it is managed on a day; ``unit`` None where its place is unknown or lies outside the city."""

    name: str
    district: str | None
    area: str | None

    @property
    def unit(self) -> str | None:
        return self.area or self.district


def own(unit: str | None) -> Any:
    """The condition "is managed by ``unit``" on a row of ``enterprise`` (narrow it to today's); None: every firm."""
    if unit is None:
        return true()
    return func.coalesce(ENTERPRISE.c.area, ENTERPRISE.c.district) == unit


def manages(connection: Connection, uscc: str, unit: str | None, today: date) -> bool:
    """Is the firm managed by ``unit`` today? Of None, who acts for the whole city, every firm is."""
    if unit is None:
        return True
    return connection.execute(own_firms(unit, today).where(ENTERPRISE.c.uscc == uscc)).first() is not None


def own_firms(unit: str | None, today: date) -> Select[Any]:
    """The credit codes of the unit's firms now, as a query."""
    e = ENTERPRISE.c
    return select(e.uscc).where(e.from_day <= today, e.to_day > today, own(unit))


def managed(connection: Connection, codes: Iterable[str], today: date) -> dict[str, Managed]:
    """Credit code → how the firm is managed now, of those that are on the register."""
    e = ENTERPRISE.c
    found: dict[str, Managed] = {}
    for chunk in chunks(sorted(set(codes))):
        query = select(e.uscc, e.name, e.district, e.area).where(
            among(connection, e.uscc, chunk), e.from_day <= today, e.to_day > today
        )
        found.update(
            {row.uscc: Managed(row.name, row.district, row.area) for row in connection.execute(query)}
        )
    return found


def last_own_day(connection: Connection, uscc: str, unit: str, today: date) -> date | None:
    """The last day, before today, on which the unit managed the firm; None where it never did."""
    e = ENTERPRISE.c
    moved = connection.execute(
        select(func.max(e.to_day)).where(e.uscc == uscc, e.to_day <= today, own(unit))
    ).scalar()
    return None if moved is None else moved - timedelta(days=1)


def known_until(connection: Connection, uscc: str, last_day: date) -> datetime:
    """The last instant at which the former unit still had the firm in its hands: the end of its last day, or, where the
    move was put on record later than that, just before it was."""
    s, moved = STATEMENT.c, last_day + timedelta(days=1)
    said = (
        select(FILING.c.recorded_at, s.payload)
        .join_from(STATEMENT, FILING, s.filing_id == FILING.c.id)
        .where(s.subject.in_(sorted(merges_at(connection).codes_of([uscc]))), s.kind == "enterprise",
               s.valid_from == moved, s.closed_at.is_(None))
        .order_by(FILING.c.recorded_at)
    )  # fmt: skip
    recorded = (at for at, payload in connection.execute(said) if PLACE & json.loads(payload).keys())
    return max(end_of_day(last_day), next(recorded, end_of_day(last_day)) - TICK)


def same_person(one: str, other: str) -> bool:
    """Do two "filed by" name one account, be it at a page or by a token of it?"""
    return one.partition(" (token ")[0] == other.partition(" (token ")[0]


def filed_by(column: Any, login: str) -> Any:
    """The condition that a "filed by" column names this account."""
    return or_(column == login, column.startswith(f"{login} (token ", autoescape=True))
