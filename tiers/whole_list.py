"""A file that is the whole list on a day (``--complete-on``): who is not on it leaves, or is a finding."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, or_, select
from sqlmodel import SQLModel

from registry.kind import Row
from registry.refusals import RefusedError
from tiers.models import Title

Whole = Callable[[Connection, Sequence[Row], Collection[str], str], tuple[list[Row], int]]


def whole(model: type[SQLModel], same: tuple[str, ...]) -> Whole:
    """For memberships: firms held on the day and not named leave on it, with reason ``unknown``.

    ``same``: fields that all rows share and that tell which list it is (a programme).
    """
    table: Any = model.__table__  # type: ignore[attr-defined]

    def leavers(
        connection: Connection, rows: Sequence[Row], named: Collection[str], day: str
    ) -> tuple[list[Row], int]:
        on = date.fromisoformat(day)
        query = select(table).where(
            table.c.entered_on <= on, or_(table.c.left_on.is_(None), table.c.left_on > on)
        )
        for part in same:
            shared = {row.values.get(part) for row in rows}
            if len(shared) != 1:
                raise RefusedError(
                    f"a whole list is of one {part}; this one has {len(shared)}",
                    f"完整名单只能有一个 {part}，这份有 {len(shared)} 个",
                    f"--complete-on {day}",
                )
            query = query.where(table.c[part] == shared.pop())
        gone: list[Row] = []
        members = 0
        for member in connection.execute(query.order_by(table.c.uscc)).mappings():
            members += 1
            if member["uscc"] in named:
                continue
            keys = {part: member[part] for part in same}
            values = {
                **keys,
                "entered_on": member["entered_on"].isoformat(),
                "left_on": day,
                "exit_reason": "unknown",
            }
            gone.append(Row(0, values, subject=member["uscc"]))
        return gone, members

    return leavers


TITLE: Any = Title.__table__  # type: ignore[attr-defined]


def titles_whole(
    connection: Connection, rows: Sequence[Row], named: Collection[str], day: str
) -> tuple[list[Row], int]:
    """For titles of one tier and level: nobody loses a title by absence; the absent are noted on the first row."""
    if len(lists := {(row.values["tier"], row.values["level"]) for row in rows}) != 1:
        raise RefusedError(
            f"a whole list is of one tier and level; this one has {len(lists)}",
            f"完整名单只能是一种称号、一个级别，这份有 {len(lists)} 种",
            f"--complete-on {day}",
        )
    tier, level = lists.pop()
    on = date.fromisoformat(day)
    t = TITLE.c
    held = (
        select(t.uscc).where(t.tier == tier, t.level == level, t.valid_from <= on, t.ends_on > on).distinct()
    )
    members = connection.execute(held.order_by(t.uscc)).scalars().all()
    for uscc in members:
        if uscc not in named:
            rows[0].note("absent_from_list", None, uscc)
    return [], len(members)
