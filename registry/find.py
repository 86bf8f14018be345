"""Find a firm by what was typed: a credit code, a name, a former or short name, or part of one."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from registry.kind import Record
from registry.naming.normal import normal_form
from registry.subjects import ENTERPRISE, KNOWN_NAME

MIN_PART = 2


def find(connection: Connection, text: str, day: date, limit: int = 20) -> list[Record]:
    """Firms in order of how well they fit: exact before part, present name before former ."""
    typed = normal_form(text)
    if not typed:
        return []
    found: dict[str, Record] = {}
    steps: list[tuple[str, Any]] = [
        ("code", ENTERPRISE.c.uscc == typed),
        ("name", ENTERPRISE.c.name_key == typed),
    ]
    for by, condition in steps:
        _take(connection, found, by, condition, day, limit)
    _take_known(connection, found, "code", KNOWN_NAME.c.key == typed, day, limit)
    _take_past(connection, found, ENTERPRISE.c.name_key == typed, day, limit)
    for role in ("former", "short"):
        _take_known(connection, found, role, KNOWN_NAME.c.key == typed, day, limit)
    if len(found) < limit and len(typed) >= MIN_PART:
        if typed.isascii() and len(typed) >= 4:
            _take(connection, found, "code", ENTERPRISE.c.uscc.startswith(typed, autoescape=True), day, limit)
            beginning = KNOWN_NAME.c.key.startswith(typed, autoescape=True)
            _take_known(connection, found, "code", beginning, day, limit)
        part = ENTERPRISE.c.name_key.contains(typed, autoescape=True)
        _take(connection, found, "name", part, day, limit)
        for role in ("former", "short"):
            _take_known(
                connection, found, role, KNOWN_NAME.c.key.contains(typed, autoescape=True), day, limit
            )
    return list(found.values())[:limit]


def _columns() -> tuple[Any, ...]:
    e = ENTERPRISE.c
    return e.uscc, e.name, e.district, e.area, e.city


def on_day(day: date) -> Any:
    return and_(ENTERPRISE.c.from_day <= day, ENTERPRISE.c.to_day > day)


def _take(
    connection: Connection, found: dict[str, Record], by: str, condition: Any, day: date, limit: int
) -> None:
    order = func.length(ENTERPRISE.c.name_key)
    query = select(*_columns()).where(condition, on_day(day)).order_by(order, ENTERPRISE.c.uscc).limit(limit)
    for row in connection.execute(query):
        _put(found, row, row.uscc if by == "code" else row.name, by)


def _take_past(
    connection: Connection, found: dict[str, Record], condition: Any, day: date, limit: int
) -> None:
    """Names that a firm bore on other days keep finding it for ever."""
    past = select(ENTERPRISE.c.uscc, ENTERPRISE.c.name).where(
        condition, or_(ENTERPRISE.c.to_day <= day, ENTERPRISE.c.from_day > day)
    )
    for uscc, name in connection.execute(past.limit(limit)).all():
        for row in connection.execute(select(*_columns()).where(ENTERPRISE.c.uscc == uscc, on_day(day))):
            _put(found, row, name, "former")


def _take_known(
    connection: Connection, found: dict[str, Record], role: str, condition: Any, day: date, limit: int
) -> None:
    query = (
        select(*_columns(), KNOWN_NAME.c.name.label("matched"))
        .join_from(KNOWN_NAME, ENTERPRISE, ENTERPRISE.c.uscc == KNOWN_NAME.c.uscc)
        .where(KNOWN_NAME.c.role == role, condition, on_day(day))
        .order_by(func.length(KNOWN_NAME.c.key), ENTERPRISE.c.uscc)
        .limit(limit)
    )
    for row in connection.execute(query):
        _put(found, row, row.matched, role)


def _put(found: dict[str, Record], row: Any, matched: str, by: str) -> None:
    entry = {
        "uscc": row.uscc,
        "name": row.name,
        "matched": matched,
        "by": by,
        "district": row.district,
        "area": row.area,
    }
    found.setdefault(row.uscc, entry)
