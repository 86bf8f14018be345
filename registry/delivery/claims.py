"""Who sends what: a row is claimed with a lease, and only its claimant may write what became of it.

Two senders never hold one row at once. A sender that dies leaves its row behind; after the lease it is sent again under
the same key. States are bookkeeping (``Store.note``): they change no record and take no instant of the register.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, false, or_, select, update
from sqlalchemy.exc import OperationalError

from registry.delivery.models import FAILED, GIVEN_UP, OPEN, SENDING, SENT, WAITING
from registry.delivery.outbox import DELIVERY
from registry.delivery.outcome import Outcome, wait_after
from registry.delivery.parcel import CHANNELS, WEBHOOK
from registry.house import House
from registry.store.engine import BUSY_MS

#: A receipt that cannot be written means a second delivery, so it is tried again where a long import holds the database.
PATIENCE = 5
#: What a lease has room for beside the sending itself: writing the receipt, and clocks that do not quite agree.
MARGIN = timedelta(milliseconds=PATIENCE * BUSY_MS, minutes=2)


def any_due(connection: Connection, now: datetime) -> bool:
    return connection.execute(select(DELIVERY.c.id).where(_due(now)).limit(1)).first() is not None


def claim(
    house: House, owner: str, only: Collection[int] | None, blocked: Collection[tuple[str, str]]
) -> Any:
    """The next due row, now held by ``owner``; None where there is none. ``blocked``: ways not to be tried now."""
    d, now = DELIVERY.c, house.clock.now()
    lease = timedelta(seconds=house.settings.delivery.longest_seconds) + MARGIN
    fitting = [_due(now), ~or_(false(), *(_takes(way) for way in blocked))]
    if only is not None:
        fitting.append(d.id.in_(list(only)))
    # On PostgreSQL two claimants pass each other by; on SQLite the second comes after the first has written.
    first = select(d.id).where(*fitting).order_by(d.next_at, d.id).limit(1).with_for_update(skip_locked=True)
    taken = (
        update(DELIVERY)
        .where(d.id == first.scalar_subquery(), _due(now))
        .values(status=SENDING, owner=owner, lease_until=now + lease, tries=d.tries + 1)
        .returning(*d)
    )
    with house.store.note() as connection:
        return connection.execute(taken).first()


def settle(house: House, row: Any, outcome: Outcome) -> str | None:
    """Write what became of a claimed row. Gives its status; None where it is no longer the claimant's."""
    d, now, settings = DELIVERY.c, house.clock.now(), house.settings.delivery
    values: dict[str, Any] = {"owner": None, "lease_until": None}
    if outcome.receipt is not None:
        values |= {"status": SENT, "sent_at": now, "next_at": None, "receipt": outcome.receipt}
        values |= {"reason": None, "message": None}
    else:
        over = outcome.final or row.tries >= settings.tries
        longest = timedelta(minutes=settings.longest_wait_minutes)
        wait = wait_after(row.tries, timedelta(minutes=settings.first_wait_minutes), longest)
        asked = min(outcome.wait or timedelta(), longest)
        values |= {
            "status": GIVEN_UP if over else FAILED,
            "next_at": None if over else now + max(wait, asked),
        }
        values |= {"reason": outcome.reason, "message": outcome.detail or None}
    mine = and_(d.id == row.id, d.owner == row.owner, d.tries == row.tries, d.status == SENDING)
    return str(values["status"]) if _written(house, update(DELIVERY).where(mine).values(values)) else None


def _written(house: House, change: Any) -> int:
    for left in reversed(range(PATIENCE)):
        try:
            with house.store.note() as connection:
                return connection.execute(change).rowcount
        except OperationalError:
            if not left:
                raise
    raise AssertionError


def give_up_lost(house: House) -> int:
    """Rows whose sender died at the last try: nobody knows whether they arrived, and nobody tries again unasked."""
    d, now = DELIVERY.c, house.clock.now()
    lost = and_(d.status == SENDING, d.lease_until <= now, d.tries >= house.settings.delivery.tries)
    with house.store.read() as connection:
        if connection.execute(select(d.id).where(lost).limit(1)).first() is None:
            return 0
    with house.store.note() as connection:
        return _give_up(connection, lost, "died")


def hold_back(connection: Connection) -> int:
    """After a restore: what had not arrived when the backup was made may have arrived since, so it is not sent unasked.
    Gives how many were held back."""
    return _give_up(connection, DELIVERY.c.status.in_([*OPEN, SENDING]), "restored")


def again(connection: Connection, id: int, now: datetime) -> bool:
    """Let a failed or given-up row be tried at once. False where it is neither."""
    d = DELIVERY.c
    stopped = and_(d.id == id, d.status.in_([FAILED, GIVEN_UP]))
    return (
        connection.execute(update(DELIVERY).where(stopped).values(status=WAITING, next_at=now)).rowcount == 1
    )


def _give_up(connection: Connection, which: Any, reason: str) -> int:
    values = {
        "status": GIVEN_UP,
        "owner": None,
        "lease_until": None,
        "next_at": None,
        "reason": reason,
        "message": None,
    }
    return connection.execute(update(DELIVERY).where(which).values(values)).rowcount


def _due(now: datetime) -> Any:
    d = DELIVERY.c
    lost = and_(d.status == SENDING, d.lease_until <= now)
    return or_(and_(d.status.in_(OPEN), d.next_at <= now), lost)


def way_of(row: Any) -> tuple[str, str]:
    """What a row shares with others: one mail server, one folder, but each webhook is a server of its own."""
    return (row.channel, row.address if row.channel == WEBHOOK else "")


def _takes(way: tuple[str, str]) -> Any:
    channel, address = way
    assert channel in CHANNELS
    there = DELIVERY.c.channel == channel
    return and_(there, DELIVERY.c.address == address) if address else there
