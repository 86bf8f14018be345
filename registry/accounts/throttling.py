"""Wrong passwords in a row make the next try wait, for the account and for the address. Kept in the database, so that all
workers of a server count together and a restart forgives nothing.

A try is counted *before* the password is looked at, so that many at once cannot slip through; a right one is taken
back.
"""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from registry.accounts.models import Attempt
from registry.accounts.naming import key_of
from registry.settings import Accounts

ATTEMPT: Any = Attempt.__table__  # type: ignore[attr-defined]
#: A row of failures is forgotten after so long without another.
FORGOTTEN = timedelta(days=1)


def account_key(login: str) -> str:
    return _key("account", key_of(login))


def address_key(address: str) -> str:
    """One machine; of IPv6 the network of 64 bits, which one machine may choose from freely."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return _key("address", address)
    if read.version == 6:
        if read.ipv4_mapped:
            return _key("address", str(read.ipv4_mapped))
        return _key("address", str(ipaddress.ip_network((int(read), 64), strict=False)))
    return _key("address", str(read))


def _key(kind: str, of: str) -> str:
    return f"{kind}:{hashlib.sha256(of.encode()).hexdigest()[:40]}"


def delay(failures: int, allowed: int, settings: Accounts) -> timedelta | None:
    """How long to wait after so many failures in a row; None while there are tries left. Doubles up to the longest."""
    if failures < allowed:
        return None
    minutes = settings.wait_minutes * 2 ** min(failures - allowed, 20)
    return timedelta(minutes=min(minutes, settings.longest_wait_minutes))


def take(
    connection: Connection, key: str, allowed: int, now: datetime, settings: Accounts
) -> datetime | None:
    """Count a try. None: go ahead. Else nothing is counted, and the instant is when the next one may be made."""
    a = ATTEMPT.c
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    first = dialect.insert(ATTEMPT).values(key=key, failures=1, last_at=now, until=None)
    counted = case((a.last_at < now - FORGOTTEN, 1), else_=a.failures + 1)
    again = first.on_conflict_do_update(
        index_elements=[a.key],
        set_={"failures": counted, "last_at": now, "until": None},
        where=(a.until.is_(None)) | (a.until <= now),
    ).returning(a.failures)
    failures = connection.execute(again).scalar()
    if failures is None:
        until: datetime = connection.execute(select(a.until).where(a.key == key)).scalar_one()
        return until
    if wait := delay(failures, allowed, settings):
        connection.execute(update(ATTEMPT).where(a.key == key).values(until=now + wait))
    return None


def forgive(connection: Connection, account: str, address: str, now: datetime) -> None:
    """The password was right: the account begins afresh, the address gets its try back (not more: one good account must
    not open the door for guessing at others)."""
    a = ATTEMPT.c
    connection.execute(delete(ATTEMPT).where((a.key == account) | (a.last_at < now - FORGOTTEN)))
    connection.execute(update(ATTEMPT).where(a.key == address).values(failures=a.failures - 1, until=None))


def clear(connection: Connection, login: str) -> None:
    """Somebody who may do so gave the account a new password: it may be tried at once."""
    connection.execute(delete(ATTEMPT).where(ATTEMPT.c.key == account_key(login)))
