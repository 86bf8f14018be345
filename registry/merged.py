"""Merges as people see them: the other codes of a firm, and every judgement that was ever taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from registry.house import House
from registry.kind import Record
from registry.scope import own
from registry.store import statements
from registry.store.clock import instant_text
from registry.store.fold import speaking
from registry.store.known import last_filing
from registry.store.merges import MERGE, Merges, merges_at, standing
from registry.subjects import ENTERPRISE


def spoken_alone(
    house: House, connection: Connection, codes: Iterable[str], day: date, known_at: datetime | None = None
) -> dict[str, Record]:
    """Code → the profile's values on a day, from what was filed with this very code."""
    where = statements.held_at(known_at, None if known_at is None else last_filing(connection, known_at))
    found = statements.as_filed(connection, house.kinds.by_record["enterprise"], codes, where)
    return {
        code: {name: spoken.value for name, spoken in speaking(held, day.isoformat()).items()}
        for code, keys in found.items()
        for held in keys.values()
    }


def other_codes(
    house: House, connection: Connection, firm: str, day: date, known_at: datetime | None, led: Merges
) -> list[Record]:
    """The codes that lead to a firm: ``uscc name into by at reason``, the first merged first. ``into``: the code that
    it was merged into, the firm's own or another that leads there."""
    m = MERGE.c
    codes = [code for code in led.codes[firm] if code != firm]
    query = select(MERGE).where(m.loser.in_(codes), standing(known_at)).order_by(m.id)
    names = spoken_alone(house, connection, codes, day, known_at)
    return [
        {
            "uscc": row.loser,
            "name": names.get(row.loser, {}).get("name"),
            "into": row.survivor,
            "by": row.by,
            "at": instant_text(row.at),
            "reason": row.reason or None,
        }
        for row in connection.execute(query)
    ]


def judgements(connection: Connection, unit: str | None, day: date) -> Sequence[Any]:
    """Every merge, the newest first, split ones included. ``unit``: only those of its own firms, as managed on the day."""
    rows = connection.execute(select(MERGE).order_by(MERGE.c.id.desc())).all()
    if unit is None or not rows:
        return rows
    led, e = merges_at(connection), ENTERPRISE.c
    firms = {led.firm(row.survivor) for row in rows}
    owned = select(e.uscc).where(e.uscc.in_(firms), e.from_day <= day, e.to_day > day, own(unit))
    mine = set(connection.execute(owned).scalars())
    return [row for row in rows if led.firm(row.survivor) in mine]
