"""Whose firms an officer sees and writes: those of the own management unit now. City-wide accounts have no unit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, true

from registry.subjects import ENTERPRISE


def own(unit: str | None) -> Any:
    """The condition "is managed by ``unit``" on a row of ``enterprise`` (narrow it to today's); None: every firm.

    The management unit is the functional area where there is one, else the district.
    """
    if unit is None:
        return true()
    return func.coalesce(ENTERPRISE.c.area, ENTERPRISE.c.district) == unit
