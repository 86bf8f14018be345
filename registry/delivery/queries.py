"""What is in the outbox: lists for people and programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select, true

from registry.delivery.models import STATUSES
from registry.delivery.outbox import DELIVERY
from registry.store.clock import instant_text


def deliveries(
    connection: Connection,
    status: str | None = None,
    channel: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Sequence[Any]:
    """The rows of ``delivery``, newest first."""
    query = select(DELIVERY).where(_fits(status, channel)).order_by(DELIVERY.c.id.desc())
    return connection.execute(query.limit(limit).offset(offset)).all()


def numbers(connection: Connection, channel: str | None = None) -> dict[str, int]:
    """Status → how many deliveries, for every status."""
    d = DELIVERY.c
    query = select(d.status, func.count().label("number")).where(_fits(None, channel)).group_by(d.status)
    counted = {row.status: row.number for row in connection.execute(query)}
    return {status: counted.get(status, 0) for status in STATUSES}


def delivery(connection: Connection, id: int) -> Any:
    """One row, or None."""
    return connection.execute(select(DELIVERY).where(DELIVERY.c.id == id)).first()


def ids_of(connection: Connection, parcel: str) -> list[int]:
    return list(connection.execute(select(DELIVERY.c.id).where(DELIVERY.c.parcel == parcel)).scalars())


def document(row: Any) -> Mapping[str, Any]:
    """One delivery for programs: instants in UTC with Z, absent as null, its text left out."""
    return {
        "id": row.id, "parcel": row.parcel, "channel": row.channel, "address": row.address, "to": row.purpose,
        "subject": row.subject, "files": json.loads(row.files), "status": row.status, "tries": row.tries,
        "next_at": row.next_at and instant_text(row.next_at), "sent_at": row.sent_at and instant_text(row.sent_at),
        "receipt": row.receipt, "reason": row.reason, "message": row.message, "created_at": instant_text(row.created_at),
    }  # fmt: skip


def _fits(status: str | None, channel: str | None) -> Any:
    wanted: Any = true()
    if status:
        wanted = wanted & (DELIVERY.c.status == status)
    if channel:
        wanted = wanted & (DELIVERY.c.channel == channel)
    return wanted
