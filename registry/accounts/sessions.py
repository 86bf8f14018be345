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

from sqlalchemy import Connection, bindparam, delete, insert, select, update
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

S, A = SESSION.c, ACCOUNT.c
#: Not ended, and neither too old nor too long unused: see ``_limits``.
LIVE = (S.ended_at.is_(None), S.made_at > bindparam("made_after"), S.seen_at > bindparam("seen_after"))
#: Asked by every page, so it is put together once.
FIND = (
    select(S.id.label("session"), S.seen_at, A.id, A.login, A.display, A.role, A.unit, A.must_change)
    .join_from(SESSION, ACCOUNT, S.account_id == A.id)
    .where(S.token_hash == bindparam("token"), A.active.is_(True), *LIVE)
)


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


def _limits(now: datetime, settings: Accounts) -> dict[str, datetime]:
    return {
        "made_after": now - timedelta(hours=settings.absolute_hours),
        "seen_after": now - timedelta(hours=settings.idle_hours),
    }


def find(store: Store, token: str, now: datetime, settings: Accounts) -> Person | None:
    """The active account whose live session this is; notes that it was seen, where nothing is in the way."""
    with store.read() as connection:
        row = connection.execute(FIND, {"token": hash_of(token), **_limits(now, settings)}).first()
    if row is None:
        return None
    if now - row.seen_at > SEEN_EVERY:
        with suppress(DBAPIError), store.note(wait=False) as connection:
            connection.execute(update(SESSION).where(S.id == row.session).values(seen_at=now))
    return Person(row.id, row.login, row.display, row.role, row.unit, row.must_change, row.session)


def open_sessions(connection: Connection, account: int, now: datetime, settings: Accounts) -> list[Any]:
    """(id, made_at, seen_at, user_agent, address) of an account's live sessions, the last seen first."""
    query = select(S.id, S.made_at, S.seen_at, S.user_agent, S.address).where(S.account_id == account, *LIVE)
    in_order = query.order_by(S.seen_at.desc(), S.id.desc())
    return list(connection.execute(in_order, _limits(now, settings)))


def end(connection: Connection, account: int, now: datetime, *, only: int | None = None,
        but: int | None = None) -> int:  # fmt: skip
    """End sessions of an account: all, ``only`` one, or all ``but`` one. Gives how many were open."""
    query = update(SESSION).where(S.account_id == account, S.ended_at.is_(None))
    if only is not None:
        query = query.where(S.id == only)
    if but is not None:
        query = query.where(S.id != but)
    return connection.execute(query.values(ended_at=now)).rowcount
