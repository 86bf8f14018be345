"""Lists on the desk: begun, changed, found again by anybody who may, dropped by a person, never silently."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, insert, select, update

from registry.desk import kept
from registry.desk.models import DROPPED, FILED, OPEN, Draft, DraftRow
from registry.house import House
from registry.refusals import RefusedError

DRAFT: Any = Draft.__table__  # type: ignore[attr-defined]
DRAFT_ROW: Any = DraftRow.__table__  # type: ignore[attr-defined]
#: Decisions that settle a row; ``open`` is none of them.
SETTLED = ("certain", "chosen", "create", "left_open", "dropped")


@dataclass(frozen=True)
class How:
    """How a list is read. ``grid``: which of its tables; ``mapping``: header → field where a person said so; ``sets``:
    field → what holds for all rows; ``matched``: the rows were matched as this stands (a digest of the rest)."""

    grid: int = 0
    mapping: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, str] = field(default_factory=dict)
    matched: str = ""


@dataclass(frozen=True)
class Found:
    """A list on the desk."""

    id: int
    token: str
    kind: str
    file: str
    sha256: str
    made_by: str
    made_at: datetime
    changed_at: datetime
    revision: int
    unit: str | None
    state: str
    filing_id: int | None
    how: How


def begin(house: House, kind: str, read: kept.Kept, how: How, token: str, by: str, unit: str | None) -> int:
    """Put a list on the desk. Gives its number."""
    now = house.clock.now()
    with house.store.note() as connection:
        key: Any = connection.execute(
            insert(DRAFT).values(
                token=token, kind=kind, file=read.name, sha256=read.sha256, made_by=by, made_at=now, changed_at=now,
                unit=unit, state=OPEN, revision=0, options=text_of(how),
            )
        ).inserted_primary_key  # fmt: skip
    return int(key[0])


def find(connection: Connection, id: int, unit: str | None = None) -> Found | None:
    """A list by its number; None where there is none, or where it is not of the unit that one is limited to."""
    row = connection.execute(select(DRAFT).where(DRAFT.c.id == id, _of(unit))).first()
    return None if row is None else _found(row)


def _found(row: Any) -> Found:
    how = How(**json.loads(row.options))
    return Found(
        row.id, row.token, row.kind, row.file, row.sha256, row.made_by, row.made_at, row.changed_at,
        row.revision, row.unit, row.state, row.filing_id, how,
    )  # fmt: skip


def _of(unit: str | None) -> Any:
    return DRAFT.c.unit == unit if unit else DRAFT.c.id.is_not(None)


def on_the_desk(connection: Connection, unit: str | None = None) -> list[tuple[Found, int, int]]:
    """The open lists, the one worked on last first, each with (rows, rows decided)."""
    r = DRAFT_ROW.c
    rows = func.count(r.row)
    done = func.coalesce(func.sum(case((r.decision.in_(SETTLED), 1), else_=0)), 0)
    counted = select(r.draft_id, rows.label("rows"), done.label("done")).group_by(r.draft_id).subquery()
    query = (
        select(DRAFT, counted.c.rows, counted.c.done)
        .join_from(DRAFT, counted, counted.c.draft_id == DRAFT.c.id, isouter=True)
        .where(DRAFT.c.state == OPEN, _of(unit))
        .order_by(DRAFT.c.changed_at.desc(), DRAFT.c.id.desc())
    )
    return [(_found(row), int(row.rows or 0), int(row.done or 0)) for row in connection.execute(query)]


def same_file(connection: Connection, draft: Found) -> list[int]:
    """Other open lists that hold the very same file: somebody else may be at it."""
    d = DRAFT.c
    query = select(d.id).where(d.sha256 == draft.sha256, d.state == OPEN, d.id != draft.id, _of(draft.unit))
    return list(connection.execute(query.order_by(d.id)).scalars())


def change(house: House, draft: Found, how: How, kind: str | None = None) -> Found:
    """Keep how a list is read. The rows have to be matched anew where that is another way than before."""
    kind = kind or draft.kind
    if kind != draft.kind or how.matched != reading_of(kind, how):
        how = replace(how, matched="")
    with house.store.note() as connection:
        touch(connection, house, draft.id, kind=kind, options=text_of(how))
        found = find(connection, draft.id)
    assert found is not None
    return found


def reading_of(kind: str, how: How) -> str:
    """What matching rests on, as text: two readings that are alike need no second matching."""
    return json.dumps([kind, how.grid, dict(how.mapping), dict(how.sets)], ensure_ascii=False, sort_keys=True)


def touch(connection: Connection, house: House, id: int, **values: Any) -> None:
    """Note that a list changed. Raises RefusedError where it is not open any more."""
    changed = {"changed_at": house.clock.now(), "revision": DRAFT.c.revision + 1, **values}
    done = connection.execute(update(DRAFT).where(DRAFT.c.id == id, DRAFT.c.state == OPEN).values(changed))
    if done.rowcount != 1:
        raise RefusedError(
            "this list was filed or put away meanwhile; nothing was changed",
            "这份名单已被入库或放弃，未作任何改动",
        )


def drop(house: House, draft: Found) -> None:
    """Put a list away: nothing was filed, its file goes, what was decided about its rows goes with it."""
    with house.store.note() as connection:
        touch(connection, house, draft.id, state=DROPPED)
        connection.execute(DRAFT_ROW.delete().where(DRAFT_ROW.c.draft_id == draft.id))
    kept.forget(house.settings.var, draft.token)


def filed(connection: Connection, draft: Found, filing: int) -> None:
    """In the filing's own transaction: the list is on record, unless somebody changed or filed it meanwhile."""
    d = DRAFT.c
    still = (d.id == draft.id, d.state == OPEN, d.revision == draft.revision)
    done = connection.execute(update(DRAFT).where(*still).values(state=FILED, filing_id=filing))
    if done.rowcount != 1:
        raise RefusedError(
            "somebody changed or filed this list meanwhile; nothing was filed by you: look at it again",
            "另有人改动或提交了这份名单，您这一次没有入库；请重新核对",
        )


def text_of(how: How) -> str:
    """How a list is read, as ``Draft.options`` keeps it."""
    return json.dumps(
        {"grid": how.grid, "mapping": dict(how.mapping), "sets": dict(how.sets), "matched": how.matched},
        ensure_ascii=False,
    )
