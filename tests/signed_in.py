"""Clients that are signed in: what ``app.test_client()`` gives once an application was passed through ``signing_in``.

``app.test_client()`` is an administrator; ``app.test_client(role="district", unit="370171")`` an officer of the High-tech
Zone; ``app.test_client(role=None)`` a stranger. No password is hashed: the session is put where the browser keeps it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from registry.accounts import actions, signing
from registry.accounts.queries import by_login
from registry.house import House
from registry.shell.access import SESSION_KEY
from registry.shell.roles import ADMINISTRATOR

#: Names besides localhost under which tests call the application.
OTHER_NAMES = ("127.0.0.1", "::1", "bureau.example")


class Visitor(FlaskClient):
    """A client of an account of its role, which is made at the first visit. It signs in again as the test's clock turns."""

    def __init__(
        self, app: Flask, *args: Any, role: str | None = ADMINISTRATOR, unit: str | None = None, **named: Any
    ) -> None:
        super().__init__(app, *args, **named)
        self.role, self.unit = role, unit
        self.login = (
            "-".join(filter(None, ("desk" if role == ADMINISTRATOR else role, unit))) if role else None
        )
        self._since: datetime | None = None
        self._come_in()

    def _come_in(self) -> None:
        if self.role is None:
            return
        house: House = self.application.extensions["tidu"].house
        now = house.clock.now()
        if self._since is not None and now - self._since < timedelta(hours=1):
            return
        self._since = now
        account = account_of(house, str(self.login), self.role, self.unit)
        token = signing.begin_session(house, account, "test", "127.0.0.1")
        with self.session_transaction() as kept:
            kept[SESSION_KEY] = token
        cookie = self.get_cookie("tidu")
        for name in OTHER_NAMES if cookie else ():
            self.set_cookie("tidu", cookie.value, domain=name)

    def open(self, *args: Any, **named: Any) -> Any:
        self._come_in()
        return super().open(*args, **named)


def account_of(house: House, login: str, role: str, unit: str | None = None) -> int:
    with house.store.read() as connection:
        row = by_login(connection, login)
    if row is not None:
        return int(row.id)
    made = actions.add(house, login, role, "test", unit=unit)
    assert made is not None
    return made


def signing_in(app: Flask) -> Flask:
    app.test_client_class = Visitor
    return app


def cookie_of(app: Flask, **who: Any) -> str:
    """The value of the browser's cookie of somebody who is signed in."""
    cookie = app.test_client(**who).get_cookie("tidu")
    assert cookie is not None
    return cookie.value
