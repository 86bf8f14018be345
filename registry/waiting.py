"""Rows that wait for a decision, and the counts of their filing: changing hands under the lock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from registry.refusals import RefusedError
from registry.store.models import Filing, FilingRow, Problem

FILING: Any = Filing.__table__  # type: ignore[attr-defined]
FILING_ROW: Any = FilingRow.__table__  # type: ignore[attr-defined]
PROBLEM: Any = Problem.__table__  # type: ignore[attr-defined]


def take_from_review(connection: Connection, filing: int, number: int, **values: Any) -> None:
    """Settle a waiting row, under the lock. Raises RefusedError where somebody was faster or the filing is withdrawn."""
    r = FILING_ROW.c
    stands = select(FILING.c.id).where(FILING.c.id == filing, FILING.c.withdrawn_at.is_(None))
    waiting = (r.filing_id == filing, r.row == number, r.fate == "review", r.filing_id.in_(stands))
    if connection.execute(update(FILING_ROW).where(*waiting).values(**values)).rowcount != 1:
        raise RefusedError(
            f"row {number} of filing {filing} does not wait for a decision any more",
            f"入库记录 {filing} 第 {number} 行已不在待核之列",
        )


def shift(connection: Connection, filing: int, by: Mapping[str, int]) -> None:
    """Adjust a filing's fate counts after rows changed hands."""
    change = {FILING.c[fate]: FILING.c[fate] + n for fate, n in by.items() if n}
    if change:
        connection.execute(update(FILING).where(FILING.c.id == filing).values(change))
