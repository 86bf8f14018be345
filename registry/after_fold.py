"""What the register keeps beside the fold: former and short names, which keep finding the firm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, or_, select

from registry.house import House, Touched
from registry.naming.normal import normal_form, split_names
from registry.store.bulk import among, chunks, insert_rows
from registry.subjects import ENTERPRISE, KNOWN_NAME

COLUMNS = ("uscc", "role", "key", "name")


def index_names(_house: House, connection: Connection, touched: Touched) -> None:
    """Keep ``known_name`` equal to the former and short names of the touched firms."""
    if "enterprise" not in touched:
        return
    subjects = touched["enterprise"]
    e = ENTERPRISE.c
    named = select(e.uscc, e.former_names, e.short_name).where(
        or_(e.former_names.is_not(None), e.short_name.is_not(None))
    )
    if subjects is None:
        connection.execute(delete(KNOWN_NAME))
        _index(connection, connection.execute(named))
        return
    for chunk in chunks(sorted(subjects)):
        connection.execute(delete(KNOWN_NAME).where(among(connection, KNOWN_NAME.c.uscc, chunk)))
        _index(connection, connection.execute(named.where(among(connection, e.uscc, chunk))))


def _index(connection: Connection, rows: Iterable[Any]) -> None:
    found: dict[tuple[str, str, str], str] = {}
    for uscc, former, short in rows:
        for role, names in (("former", split_names(former or "")), ("short", [short] if short else [])):
            for name in names:
                found[uscc, role, normal_form(name)] = name
    insert_rows(connection, KNOWN_NAME, COLUMNS, [(*key, name) for key, name in found.items()])
