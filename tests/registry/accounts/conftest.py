"""A desk with two accounts, for the tests of coming in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.accounts import actions
from registry.house import House
from registry.shell.app import create_app
from tests.registry.house import Time, open_test_house
from tests.sample_app import token
from tests.signed_in import signing_in

PASSWORD = "四月的趵突泉水声很大"


class Desk:
    """A house with two accounts, its application, and a clock to turn."""

    def __init__(self, url: str, folder: Path, **sections: Any) -> None:
        self.time = Time()
        self.house: House = open_test_house(url, folder, self.time, **sections)
        self.app: Flask = signing_in(
            create_app(self.house.settings, self.house.store, self.house.rooms, self.house.clock)
        )
        self.chief = actions.add(self.house, "chief", "administrator", "test", password=PASSWORD)
        self.clerk = actions.add(self.house, "wang.li", "editor", "test", display="王丽", password=PASSWORD)

    def stranger(self) -> FlaskClient:
        return self.app.test_client(role=None)

    def sign_in(
        self, client: FlaskClient, login: str = "wang.li", password: str = PASSWORD, **more: Any
    ) -> Any:
        wanted = {"csrf_token": token(client), "login": login, "password": password, **more}
        return client.post("/sign-in", data=wanted)

    def inside(self, login: str = "wang.li") -> FlaskClient:
        client = self.stranger()
        assert self.sign_in(client, login).status_code == 303
        return client


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(sqlite_url, tmp_path)
    yield desk
    desk.house.store.dispose()


@pytest.fixture
def both(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """On SQLite and on PostgreSQL."""
    desk = Desk(database_url, tmp_path)
    yield desk
    desk.house.store.dispose()
