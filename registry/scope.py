"""Whose firms an officer sees and writes: those of the own management unit now. City-wide accounts have no unit."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select, true

from registry.subjects import ENTERPRISE


def own(unit: str | None) -> Any:
    """The condition "is managed by ``unit``" on a row of ``enterprise`` (narrow it to today's); None: every firm.

    The management unit is the functional area where there is one, else the district.
    """
    if unit is None:
        return true()
    return func.coalesce(ENTERPRISE.c.area, ENTERPRISE.c.district) == unit


def manages(connection: Connection, uscc: str, unit: str | None, today: date) -> bool:
    """Is the firm managed by ``unit`` today? Of None, who acts for the whole city, every firm is."""
    if unit is None:
        return True
    e = ENTERPRISE.c
    query = select(e.uscc).where(e.uscc == uscc, e.from_day <= today, e.to_day > today, own(unit))
    return connection.execute(query).first() is not None
