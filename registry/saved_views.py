"""Saved views: what a person narrowed and sorted the register to, under a name. They say nothing about firms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from registry.house import House
from registry.models import SavedView
from registry.refusals import MisusedError, RefusedError

VIEW: Any = SavedView.__table__  # type: ignore[attr-defined]
NAME_CHARS = 60
#: One person's views; more would be a list nobody reads.
MOST = 200


def views_of(connection: Connection, owner: str) -> Sequence[Any]:
    """(id, name, query, owner, shared, made_at) of a person's own views, then of those that others share."""
    v = VIEW.c
    own_first = (v.owner != owner, v.name, v.id)
    return connection.execute(
        select(VIEW).where(or_(v.owner == owner, v.shared == 1)).order_by(*own_first)
    ).all()


def save_view(house: House, by: str, name: str, query: str, shared: bool = False) -> int:
    """Keep a view under a name that the person has no other view of. Gives its id."""
    name = _name(name)
    with house.store.note() as connection:
        _refuse_taken(connection, by, name)
        mine = select(func.count()).where(VIEW.c.owner == by)
        if (connection.execute(mine).scalar() or 0) >= MOST:
            raise RefusedError(
                f"you have {MOST} views; delete one that you no longer need",
                f"您已有 {MOST} 个视图，请先删除不再需要的",
            )
        values = {
            "name": name,
            "query": query,
            "owner": by,
            "shared": int(shared),
            "made_at": house.clock.now(),
        }
        made: Any = connection.execute(insert(VIEW).values(values)).inserted_primary_key
        return int(made[0])


def change_view(house: House, id: int, by: str, *, name: str | None = None, shared: bool | None = None,
                query: str | None = None) -> None:  # fmt: skip
    """Rename an own view, share it or take it back, or let it show something else."""
    changes: dict[str, Any] = {}
    with house.store.note() as connection:
        view = _own(connection, id, by)
        if name is not None and (name := _name(name)) != view.name:
            _refuse_taken(connection, by, name)
            changes["name"] = name
        if shared is not None:
            changes["shared"] = int(shared)
        if query is not None:
            changes["query"] = query
        if changes:
            connection.execute(update(VIEW).where(VIEW.c.id == id).values(changes))


def delete_view(house: House, id: int, by: str, *, shared_too: bool = False) -> str:
    """Delete an own view; ``shared_too``: also one that somebody else shares. Gives its name."""
    with house.store.note() as connection:
        view = _own(connection, id, by, shared_too)
        connection.execute(delete(VIEW).where(VIEW.c.id == id))
        return str(view.name)


def _own(connection: Connection, id: int, by: str, shared_too: bool = False) -> Any:
    mine = VIEW.c.owner == by
    fitting = and_(VIEW.c.id == id, or_(mine, VIEW.c.shared == 1) if shared_too else mine)
    view = connection.execute(select(VIEW).where(fitting)).first()
    if view is None:
        raise MisusedError("you have no such view; it may have been deleted", "您没有这个视图，可能已被删除")
    return view


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > NAME_CHARS or not name.isprintable():
        raise RefusedError(
            f"give the view a name of up to {NAME_CHARS} characters",
            f"请给视图起一个不超过 {NAME_CHARS} 字的名称",
        )
    return name


def _refuse_taken(connection: Connection, owner: str, name: str) -> None:
    if connection.execute(select(VIEW.c.id).where(VIEW.c.owner == owner, VIEW.c.name == name)).first():
        raise RefusedError(
            f"you have a view called “{name}” already; choose another name, or delete that one first",
            f"您已有名为“{name}”的视图；请换一个名称，或先删除原来的",
        )
