"""What follows from records in this room: when list titles end, and the cache that pages filter by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from registry.house import House, Touched
from registry.store.bulk import chunks
from tiers.models import Title
from tiers.standing import recompute
from tiers.terms import day_after, list_ends

TITLE: Any = Title.__table__  # type: ignore[attr-defined]
#: Records that the cache is made of.
BEHIND_STANDING = ("enterprise", "figures", "title", "listing", "above_scale", "doubling")


def derive(house: House, connection: Connection, touched: Touched) -> None:
    """Runs in the filing's own transaction; ``touched`` None for a record means all of it."""
    if "title" in touched:
        end_lists(connection)
    behind = [record for record in BEHIND_STANDING if record in touched]
    if not behind or not house.derives:
        return
    subjects: set[str] | None = set()
    for record in behind:
        some: Collection[str] | None = touched[record]
        if some is None:
            subjects = None
            break
        subjects = (subjects or set()) | set(some)
    recompute(house, connection, subjects, house.clock.today())


def end_lists(connection: Connection) -> None:
    """A market list's titles end the day before the next list of the same source ."""
    t = TITLE.c
    rows = connection.execute(
        select(t.uscc, t.key, t.tier, t.list_source, t.issued, t.valid_from, t.revoked_on, t.overtaken_on, t.valid_to)
        .where(t.open_term == 1)
    ).all()  # fmt: skip
    if not rows:
        return
    issues: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    lists = select(t.tier, t.list_source, t.issued).where(t.tier.in_({row.tier for row in rows})).distinct()
    for tier, source, issued in connection.execute(lists):
        issues[tier, source].add(issued.isoformat())
    ends = {group: list_ends(days) for group, days in issues.items()}
    changes = []
    for row in rows:
        last = ends[row.tier, row.list_source][row.issued.isoformat()]
        over = [d.isoformat() for d in (row.revoked_on, row.overtaken_on) if d]
        stop = max(min([day_after(last), *over]), row.valid_from.isoformat())
        changes.append({"u": row.uscc, "k": row.key, "last": last, "stop": stop})
    change = (
        update(TITLE)
        .where(t.uscc == bindparam("u"), t.key == bindparam("k"))
        .values(valid_to=bindparam("last"), ends_on=bindparam("stop"))
    )
    for chunk in chunks(changes):
        connection.execute(
            change,
            [
                {**c, "last": date.fromisoformat(c["last"]), "stop": date.fromisoformat(c["stop"])}
                for c in chunk
            ],
        )
