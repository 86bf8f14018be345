"""Keys for programs that use the HTTP API: ``Authorization: Bearer tidu_…``. Shown once, kept as a hash.

A token does what its account may do, or only reads; it ends on its day, when it is revoked, or when the account is
disabled.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.exc import DBAPIError

from registry.accounts.models import ApiToken
from registry.accounts.sessions import ACCOUNT, Person, hash_of
from registry.store.clock import day_of
from registry.store.engine import Store

TOKEN: Any = ApiToken.__table__  # type: ignore[attr-defined]
PREFIX = "tidu_"
SHOWN = 12
USED_EVERY = timedelta(hours=1)


def make(connection: Connection, account: int, name: str, expires_on: date, reads_only: bool,
         now: datetime) -> str:  # fmt: skip
    """A new token; this is the only time that it is seen whole."""
    token = PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        insert(TOKEN).values(
            token_hash=hash_of(token), prefix=token[:SHOWN], name=name, account_id=account, reads_only=reads_only,
            made_at=now, expires_on=expires_on,
        )
    )  # fmt: skip
    return token


def find(store: Store, token: str, now: datetime) -> Person | None:
    """The active account whose good token this is. One whose password must be changed first is not served."""
    t, a = TOKEN.c, ACCOUNT.c
    query = (
        select(t.id.label("token"), t.name, t.reads_only, t.used_at, a.id, a.login, a.display, a.role, a.unit, a.must_change)
        .join_from(TOKEN, ACCOUNT, t.account_id == a.id)
        .where(t.token_hash == hash_of(token), t.revoked_at.is_(None), a.active.is_(True), a.must_change.is_(False),
               or_(t.expires_on.is_(None), t.expires_on >= day_of(now)))
    )  # fmt: skip
    with store.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    if row.used_at is None or now - row.used_at > USED_EVERY:
        with suppress(DBAPIError), store.note(wait=False) as connection:
            connection.execute(update(TOKEN).where(t.id == row.token).values(used_at=now))
    return Person(
        row.id, row.login, row.display, row.role, row.unit, row.must_change, None, row.name, row.reads_only
    )


def held(connection: Connection, account: int) -> list[Any]:
    """An account's tokens that were not revoked, the newest first."""
    t = TOKEN.c
    query = select(t.id, t.prefix, t.name, t.reads_only, t.made_at, t.expires_on, t.used_at)
    query = query.where(t.account_id == account, t.revoked_at.is_(None))
    return list(connection.execute(query.order_by(t.id.desc())))


def revoke(connection: Connection, account: int, token: int, now: datetime) -> str | None:
    """Gives the name of the token, or None where the account has no such token."""
    t = TOKEN.c
    return connection.execute(
        update(TOKEN)
        .where(t.id == token, t.account_id == account, t.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(t.name)
    ).scalar()
