"""The cache of what pages filter by: size and revenue class, highest tier, next expiry. Recomputed, never typed in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import compress
from typing import Any

from sqlalchemy import Connection, String, and_, cast, delete, func, or_, select

from registry import codes, words
from registry.house import House
from registry.models import Figures
from registry.store.bulk import among, chunks, insert_rows
from registry.subjects import ENTERPRISE
from tiers.models import AboveScale, Doubling, Listing, Standing, Title
from tiers.targets import REVENUE_FLOORS, revenue_year

STANDING: Any = Standing.__table__  # type: ignore[attr-defined]
TITLE: Any = Title.__table__  # type: ignore[attr-defined]
FIGURES: Any = Figures.__table__  # type: ignore[attr-defined]
ABOVE: Any = AboveScale.__table__  # type: ignore[attr-defined]
LISTING: Any = Listing.__table__  # type: ignore[attr-defined]
DOUBLING: Any = Doubling.__table__  # type: ignore[attr-defined]
COLUMNS = (
    "uscc", "as_of", "size_class", "revenue_class", "revenue", "highest_tier", "tiers", "next_expiry", "above_scale", "listed",
    "levels", "stages", "missing", "doubling",
)  # fmt: skip
#: Facts without which a firm cannot be classed, counted by place or assessed; figures are those of the revenue year.
FACTS = ("industry", "place", "founded_on", "revenue", "employees")
BATCH = 20_000


def recompute(house: House, connection: Connection, subjects: Collection[str] | None, day: date) -> None:
    """Bring ``standing`` up to ``day`` for some firms, or for all (None)."""
    if subjects is None:
        connection.execute(delete(STANDING))
        everyone = (
            connection.execute(select(ENTERPRISE.c.uscc).distinct().order_by(ENTERPRISE.c.uscc))
            .scalars()
            .all()
        )
        batches: Iterator[list[str]] = chunks(everyone, BATCH)
    else:
        batches = chunks(sorted(subjects), BATCH)
    for batch in batches:
        if subjects is not None:
            connection.execute(delete(STANDING).where(among(connection, STANDING.c.uscc, batch)))
        insert_rows(connection, STANDING, COLUMNS, _rows(house, connection, batch, day))


def _rows(house: House, connection: Connection, batch: Sequence[str], day: date) -> list[tuple[Any, ...]]:
    e, f, t = ENTERPRISE.c, FIGURES.c, TITLE.c
    year = revenue_year(day, house.settings)
    firms = connection.execute(
        select(
            e.uscc, e.industry, f.revenue, f.employees, f.total_assets,
            cast(e.founded_on, String), func.coalesce(e.area, e.district),
        )
        .join_from(ENTERPRISE, FIGURES, and_(f.uscc == e.uscc, f.year == year), isouter=True)
        .where(among(connection, e.uscc, batch), e.from_day <= day, e.to_day > day)
    ).all()  # fmt: skip
    if not firms:
        return []
    # pandas takes a second to load, and most commands never come here.
    import pandas as pd

    from tiers.size import size_classes

    # By columns: from rows, pandas would ask each of them what it is.
    usccs, *columns, founded, places = zip(*firms, strict=True)
    frame = pd.DataFrame(
        dict(zip(("industry", "revenue", "employees", "total_assets"), columns, strict=True))
    )
    sizes = size_classes(frame)
    classes = revenue_classes(pd.to_numeric(frame["revenue"], errors="coerce").to_numpy(dtype=float)).tolist()
    industries, revenues, employees, _assets = columns
    # A bare section letter is no industry: it tells neither size nor trade.
    sections = [None if industry is None or len(industry) < 2 else industry for industry in industries]
    facts = (sections, places, founded, revenues, employees)
    missing = map(_lacking, zip(*([value is None for value in fact] for fact in facts), strict=True))
    held: dict[str, list[tuple[str, str, str]]] = {}
    for uscc, tier, level, valid_to in connection.execute(
        select(t.uscc, t.tier, t.level, t.valid_to).where(
            among(connection, t.uscc, batch), t.valid_from <= day, t.ends_on > day
        )
    ):
        held.setdefault(uscc, []).append((tier, level, valid_to.isoformat()))
    above, doubling = (_members(connection, table, batch, day) for table in (ABOVE, DOUBLING))
    listed, stages = _listings(house, connection, batch, day)
    today = day.isoformat()
    rows = []
    for uscc, size, revenue_class, revenue, lacks in zip(
        usccs, sizes, classes, revenues, missing, strict=True
    ):
        highest = marks = expiry = levels = None
        if titles := held.get(uscc):
            tiers = sorted({tier for tier, _level, _end in titles}, key=_ladder().index)
            highest = highest_tier(tiers, house.settings.quality.order)
            expiry = min(end for _tier, _level, end in titles)
            marks = ",".join(tiers)
            levels = ",".join(sorted({level for _tier, level, _end in titles}))
        rows.append((
            uscc, today, size, revenue_class, revenue, highest, marks, expiry, int(uscc in above), int(uscc in listed),
            levels, stages.get(uscc), lacks, int(uscc in doubling),
        ))  # fmt: skip
    return rows


@cache
def _lacking(gaps: tuple[bool, ...]) -> str | None:
    """Those of FACTS that a firm lacks, ``gaps`` telling of each whether it does."""
    return ",".join(compress(FACTS, gaps)) or None


def _members(connection: Connection, table: Any, batch: Sequence[str], day: date) -> set[str]:
    """The firms that are in a membership (above scale, doubling) on a day."""
    c = table.c
    on_day = and_(c.entered_on <= day, or_(c.left_on.is_(None), c.left_on > day))
    return set(connection.execute(select(c.uscc).where(among(connection, c.uscc, batch), on_day)).scalars())


def _listings(
    house: House, connection: Connection, batch: Sequence[str], day: date
) -> tuple[set[str], dict[str, str]]:
    """(firms listed on a board that counts, firm → its latest stage on each board)."""
    order = list(words.vocabulary("stage_listing"))
    found = connection.execute(
        select(LISTING.c.uscc, LISTING.c.board, LISTING.c.stage, LISTING.c.stage_on)
        .where(among(connection, LISTING.c.uscc, batch), LISTING.c.stage_on <= day)
    ).all()  # fmt: skip
    found = sorted(found, key=lambda row: (row.stage_on, order.index(row.stage)))
    last = {(row.uscc, row.board): row.stage for row in found}
    ends = {(row.uscc, row.board): row.stage for row in found if row.stage in ("listed", "delisted")}
    boards = house.settings.listed.boards
    listed = {uscc for (uscc, board), stage in ends.items() if stage == "listed" and board in boards}
    stages: dict[str, set[str]] = {}
    for (uscc, _board), stage in last.items():
        stages.setdefault(uscc, set()).add(stage)
    return listed, {uscc: ",".join(sorted(several, key=order.index)) for uscc, several in stages.items()}


def highest_tier(tiers: Collection[str], order: Sequence[str]) -> str | None:
    """The first tier of the configured order that is held; else the highest of the ladder's others."""
    for tier in order:
        if tier in tiers:
            return tier
    return max(tiers, key=_ladder().index, default=None)


@cache
def _ladder() -> list[str]:
    return [row["id"] for row in codes.load("codes/tiers").rows]


def revenue_classes(revenue: Any) -> Any:
    """Class per revenue in yuan (NaN: unknown)."""
    import numpy as np

    names = [*REVENUE_FLOORS, "below"]
    conditions = [revenue >= floor for floor in REVENUE_FLOORS.values()] + [~np.isnan(revenue)]
    return np.select(conditions, names, "unknown")


def stale(connection: Connection, day: date) -> bool:
    """Whether any firm's standing was computed for another day than ``day``."""
    return (
        connection.execute(select(STANDING.c.uscc).where(STANDING.c.as_of != day).limit(1)).first()
        is not None
    )
