"""Personal values stand apart: records and kept cells hold tokens, and what is shown is masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from registry.store.bulk import among
from registry.store.models import Personal

PERSONAL: Any = Personal.__table__  # type: ignore[attr-defined]
#: Before the token of a personal cell that is kept with a row in review or refused.
MARK = "personal:"


def values_of(connection: Connection, tokens: Iterable[str]) -> dict[str, str | None]:
    """Token → value; erased ones give None."""
    query = select(PERSONAL.c.id, PERSONAL.c.value).where(among(connection, PERSONAL.c.id, tokens))
    return {row.id: row.value for row in connection.execute(query)}


def revealed(connection: Connection, cells: Mapping[str, Any]) -> dict[str, Any]:
    """Kept cells with the personal ones as they were typed, for reading the row again."""
    tokens = [_token(value) for value in cells.values() if _token(value)]
    known = values_of(connection, tokens) if tokens else {}
    return {header: known.get(_token(value)) if _token(value) else value for header, value in cells.items()}


def veiled(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Kept cells as they may be shown: that something was typed, not what."""
    return {header: "****" if _token(value) else value for header, value in cells.items()}


def masked(value: str | None) -> str | None:
    """Enough to recognise, not to use: ``138****5678``, ``张*``."""
    if not value:
        return None
    return f"{value[:3]}****{value[-4:]}" if len(value) >= 11 else value[0] + "*" * max(1, len(value) - 1)


def _token(value: Any) -> str:
    return value.removeprefix(MARK) if isinstance(value, str) and value.startswith(MARK) else ""
