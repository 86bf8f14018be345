"""Who is signed in where. The browser holds a random token, the database its hash; ending a session here ends it there.

Beginning, ending and "last seen" are bookkeeping (``Store.note``): they move nothing that is known about firms.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from registry.accounts.models import Account, SignedIn
from registry.settings import Accounts
from registry.store.engine import Store

ACCOUNT: Any = Account.__table__  # type: ignore[attr-defined]
SESSION: Any = SignedIn.__table__  # type: ignore[attr-defined]
#: "Last seen" is kept to this, so that a busy page writes nothing.
SEEN_EVERY = timedelta(minutes=1)
#: Ended sessions are shown no more, and forgotten after so long.
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Person:
    """The account behind a request. ``session``: the id of its session; ``token``: the name of the API token used."""

    id: int
    login: str
    display: str
    role: str
    unit: str | None
    must_change: bool
    session: int | None = None
    token: str | None = None
    reads_only: bool = False


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def begin(connection: Connection, account: int, now: datetime, user_agent: str, address: str) -> str:
    """A new session; gives the token that the browser is to hold."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(SESSION).values(
            token_hash=hash_of(token), account_id=account, made_at=now, seen_at=now,
            user_agent=user_agent[:200], address=address[:64],
        )
    )  # fmt: skip
    connection.execute(delete(SESSION).where(SESSION.c.seen_at < now - KEPT))
    return token


def _live(now: datetime, settings: Accounts) -> tuple[Any, ...]:
    s = SESSION.c
    return (
        s.ended_at.is_(None),
        s.made_at > now - timedelta(hours=settings.absolute_hours),
        s.seen_at > now - timedelta(hours=settings.idle_hours),
    )


def find(store: Store, token: str, now: datetime, settings: Accounts) -> Person | None:
    """The active account whose live session this is; notes that it was seen, where nothing is in the way."""
    s, a = SESSION.c, ACCOUNT.c
    query = (
        select(s.id.label("session"), s.seen_at, a.id, a.login, a.display, a.role, a.unit, a.must_change)
        .join_from(SESSION, ACCOUNT, s.account_id == a.id)
        .where(s.token_hash == hash_of(token), a.active.is_(True), *_live(now, settings))
    )
    with store.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    if now - row.seen_at > SEEN_EVERY:
        with suppress(DBAPIError), store.note(wait=False) as connection:
            connection.execute(update(SESSION).where(s.id == row.session).values(seen_at=now))
    return Person(row.id, row.login, row.display, row.role, row.unit, row.must_change, row.session)


def open_sessions(connection: Connection, account: int, now: datetime, settings: Accounts) -> list[Any]:
    """(id, made_at, seen_at, user_agent, address) of an account's live sessions, the last seen first."""
    s = SESSION.c
    query = select(s.id, s.made_at, s.seen_at, s.user_agent, s.address).where(
        s.account_id == account, *_live(now, settings)
    )
    return list(connection.execute(query.order_by(s.seen_at.desc(), s.id.desc())))


def end(connection: Connection, account: int, now: datetime, *, only: int | None = None,
        but: int | None = None) -> int:  # fmt: skip
    """End sessions of an account: all, ``only`` one, or all ``but`` one. Gives how many were open."""
    s = SESSION.c
    query = update(SESSION).where(s.account_id == account, s.ended_at.is_(None))
    if only is not None:
        query = query.where(s.id == only)
    if but is not None:
        query = query.where(s.id != but)
    return connection.execute(query.values(ended_at=now)).rowcount
