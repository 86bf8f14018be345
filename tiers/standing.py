"""The cache of what pages filter by: size and revenue class, highest tier, next expiry. Recomputed, never typed in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, delete, or_, select

from registry import codes
from registry.house import House
from registry.models import Figures
from registry.store.bulk import among, chunks, insert_rows
from registry.subjects import ENTERPRISE
from tiers.models import AboveScale, Listing, Standing, Title
from tiers.targets import REVENUE_FLOORS, revenue_year

STANDING: Any = Standing.__table__  # type: ignore[attr-defined]
TITLE: Any = Title.__table__  # type: ignore[attr-defined]
FIGURES: Any = Figures.__table__  # type: ignore[attr-defined]
ABOVE: Any = AboveScale.__table__  # type: ignore[attr-defined]
LISTING: Any = Listing.__table__  # type: ignore[attr-defined]
COLUMNS = (
    "uscc", "as_of", "size_class", "revenue_class", "revenue", "highest_tier", "tiers", "next_expiry", "above_scale", "listed",
)  # fmt: skip
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
        select(e.uscc, e.industry, f.revenue, f.employees, f.total_assets)
        .join_from(ENTERPRISE, FIGURES, and_(f.uscc == e.uscc, f.year == year), isouter=True)
        .where(among(connection, e.uscc, batch), e.from_day <= day, e.to_day > day)
    ).all()
    if not firms:
        return []
    # pandas takes a second to load, and most commands never come here.
    import pandas as pd

    from tiers.size import size_classes

    # By columns: from rows, pandas would ask each of them what it is.
    frame = pd.DataFrame(
        dict(
            zip(
                ("uscc", "industry", "revenue", "employees", "total_assets"),
                zip(*firms, strict=True),
                strict=True,
            )
        )
    )
    sizes = size_classes(frame)
    classes = revenue_classes(pd.to_numeric(frame["revenue"], errors="coerce").to_numpy(dtype=float))
    held: dict[str, list[tuple[str, str]]] = {}
    for uscc, tier, valid_to in connection.execute(
        select(t.uscc, t.tier, t.valid_to).where(
            among(connection, t.uscc, batch), t.valid_from <= day, t.ends_on > day
        )
    ):
        held.setdefault(uscc, []).append((tier, valid_to.isoformat()))
    a = ABOVE.c
    member = and_(a.entered_on <= day, or_(a.left_on.is_(None), a.left_on > day))
    above = set(connection.execute(select(a.uscc).where(among(connection, a.uscc, batch), member)).scalars())
    boards = house.settings.listed.boards
    stages = connection.execute(
        select(LISTING.c.uscc, LISTING.c.board, LISTING.c.stage)
        .where(among(connection, LISTING.c.uscc, batch), LISTING.c.stage_on <= day, LISTING.c.stage.in_(("listed", "delisted")))
        .order_by(LISTING.c.stage_on)
    ).all()  # fmt: skip
    last = {(uscc, board): stage for uscc, board, stage in stages if board in boards}
    listed = {uscc for (uscc, _board), stage in last.items() if stage == "listed"}
    today = day.isoformat()
    rows = []
    for (uscc, _industry, revenue, _employees, _assets), size, revenue_class in zip(
        firms, sizes, classes, strict=True
    ):
        highest = marks = expiry = None
        if titles := held.get(uscc):
            tiers = sorted({tier for tier, _end in titles}, key=_ladder().index)
            highest = highest_tier(tiers, house.settings.quality.order)
            expiry = min(end for _tier, end in titles)
            marks = ",".join(tiers)
        rows.append(
            (
                uscc,
                today,
                size,
                revenue_class,
                revenue,
                highest,
                marks,
                expiry,
                int(uscc in above),
                int(uscc in listed),
            )
        )
    return rows


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
