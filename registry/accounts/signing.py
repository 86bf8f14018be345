"""Signing in with a password: count the try, look, begin a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from registry.accounts import passwords, sessions, throttling
from registry.accounts.actions import add
from registry.accounts.queries import any_account, by_login
from registry.house import House
from registry.shell.roles import ADMINISTRATOR

FIRST_LOGIN = "admin"


@dataclass(frozen=True)
class SignIn:
    """``token``: of the new session. Else ``until``: when the next try may be made (None: the answer was just wrong)."""

    token: str | None = None
    until: datetime | None = None
    must_change: bool = False


def sign_in(house: House, login: str, password: str, user_agent: str, address: str) -> SignIn:
    """The answer takes as long, and says as much, whether the account is unknown, disabled, or the password wrong."""
    wanted, now = house.settings.accounts, house.clock.now()
    account, place = throttling.account_key(login), throttling.address_key(address)
    with house.store.note() as connection:
        until = throttling.take(connection, place, wanted.address_attempts, now, wanted)
        until = until or throttling.take(connection, account, wanted.attempts, now, wanted)
    if until is not None:
        return SignIn(until=until)
    with house.store.read() as connection:
        row = by_login(connection, login)
    right = passwords.fits(row.password_hash if row else None, password, wanted.hashing)
    if row is None or not right or not row.active:
        return SignIn()
    with house.store.note() as connection:
        again = by_login(connection, login)
        if again is None or not again.active or again.password_hash != row.password_hash:
            return SignIn()  # changed meanwhile, and the sessions of the old password were ended
        throttling.forgive(connection, account, place, now)
        token = sessions.begin(connection, row.id, now, user_agent, address)
    return SignIn(token, must_change=row.must_change)


def begin_session(house: House, account: int, user_agent: str, address: str) -> str:
    """For somebody who has shown who it is in another way. Gives the token."""
    with house.store.note() as connection:
        return sessions.begin(connection, account, house.clock.now(), user_agent, address)


def first_administrator(house: House) -> tuple[str, str] | None:
    """Where there is no account at all: the first one, with a password that it must change. (login, password)."""
    with house.store.read() as connection:
        if any_account(connection):
            return None
    password = passwords.generated()
    made = add(
        house, FIRST_LOGIN, ADMINISTRATOR, "cli:local", password=password, must_change=True, first=True
    )
    return (FIRST_LOGIN, password) if made else None
