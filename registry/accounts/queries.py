"""Reads about accounts: all of them, one with what was done to it, who holds a role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from registry.accounts.actions import EVENT
from registry.accounts.naming import key_of
from registry.accounts.sessions import ACCOUNT, SESSION

_COLUMNS = (
    "id", "login", "display", "role", "unit", "must_change", "active", "made_at", "made_by", "oidc_subject",
)  # fmt: skip


def accounts(connection: Connection) -> Sequence[Any]:
    """Every account with ``has_password`` and ``seen_at``, by login; disabled ones last."""
    a = ACCOUNT.c
    seen = (
        select(SESSION.c.account_id, func.max(SESSION.c.seen_at).label("seen_at"))
        .group_by(SESSION.c.account_id)
        .subquery()
    )
    query = (
        select(*(a[name] for name in _COLUMNS), a.password_hash.is_not(None).label("has_password"), seen.c.seen_at)
        .outerjoin_from(ACCOUNT, seen, seen.c.account_id == a.id)
        .order_by(a.active.desc(), a.login_key)
    )  # fmt: skip
    return connection.execute(query).all()


def account(connection: Connection, id: int) -> Any | None:
    a = ACCOUNT.c
    query = select(*(a[name] for name in _COLUMNS), a.password_hash.is_not(None).label("has_password"))
    return connection.execute(query.where(a.id == id)).first()


def by_login(connection: Connection, login: str) -> Any | None:
    """With ``password_hash``: for signing in, never for a page."""
    return connection.execute(select(ACCOUNT).where(ACCOUNT.c.login_key == key_of(login))).first()


def by_subject(connection: Connection, subject: str) -> Any | None:
    return connection.execute(select(ACCOUNT).where(ACCOUNT.c.oidc_subject == subject)).first()


def events(connection: Connection, account: int, most: int = 200) -> Sequence[Any]:
    """What was done to an account, the newest first."""
    e = EVENT.c
    query = select(e.at, e.by, e.what, e.detail).where(e.account_id == account)
    return connection.execute(query.order_by(e.id.desc()).limit(most)).all()


def holders(connection: Connection) -> Mapping[str, Sequence[Any]]:
    """Role → (login, display) of the active accounts that have it."""
    a = ACCOUNT.c
    found: dict[str, list[Any]] = defaultdict(list)
    query = select(a.role, a.login, a.display, a.unit).where(a.active.is_(True)).order_by(a.login_key)
    for row in connection.execute(query):
        found[row.role].append(row)
    return found


def any_password(connection: Connection) -> bool:
    """Can anybody sign in with a password?"""
    a = ACCOUNT.c
    query = select(a.id).where(a.active.is_(True), a.password_hash.is_not(None)).limit(1)
    return connection.execute(query).first() is not None


def any_account(connection: Connection) -> bool:
    return connection.execute(select(ACCOUNT.c.id).limit(1)).first() is not None
