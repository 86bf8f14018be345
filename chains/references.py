"""Rows that name a demand or an event by its number: one that is not on record is noted, as the row would count for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, select

from chains.ends import Resolve
from chains.models import Demand, MatchEvent
from registry.kind import Row
from registry.places import Places
from registry.store.bulk import among, chunks
from registry.store.merges import Merges

_DEMANDS: Any = Demand.__table__  # type: ignore[attr-defined]
_EVENTS: Any = MatchEvent.__table__  # type: ignore[attr-defined]
#: Field → where the number is on record.
COLUMNS: Mapping[str, Column[str]] = {"demand": _DEMANDS.c.id, "event": _EVENTS.c.event}


def referring(resolve: Resolve) -> Resolve:
    """``resolve``, and then a note at each number of a demand or event that nothing on record bears."""

    def resolved(connection: Connection, rows: Sequence[Row], today: str, home: Places, led: Merges) -> None:
        resolve(connection, rows, today, home, led)
        for field, column in COLUMNS.items():
            named = {row.values[field] for row in rows if row.values.get(field)}
            known: set[str] = set()
            for chunk in chunks(sorted(named)):
                known.update(
                    connection.execute(select(column).where(among(connection, column, chunk))).scalars()
                )
            for row in rows if named - known else ():
                number = row.values.get(field)
                if number and number not in known and not row.stopped:
                    row.note("number_unknown", field, number)

    return resolved
