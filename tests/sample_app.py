"""The whole application over a small sample city, for tests of pages. The city is filed once per run and copied."""

from __future__ import annotations

import atexit
import re
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

import cli
from registry.house import House
from registry.room import Room
from registry.settings import Settings, load
from registry.shell.app import create_app
from registry.store.clock import fixed_clock
from tests.prepared import opened
from tests.signed_in import signing_in
from tiers.sampling import file_sample, is_sample

CLOCK = fixed_clock(datetime(2026, 7, 1, 2, 0, tzinfo=UTC))
FIRMS, SEED = 200, 7
#: Hashing that costs nothing.
CHEAP = "scrypt:256:8:1"


def settings_in(folder: Path, url: str | None = None) -> Settings:
    return load(
        environment={
            "DATABASE_URL": url or f"sqlite:///{folder / 'city.sqlite'}",
            "TIDU_PATHS_VAR": str(folder / "var"),
            "TIDU_ACCOUNTS_HASHING": CHEAP,
        }
    )


def house_in(folder: Path, rooms: tuple[Room, ...] = cli.ROOMS, url: str | None = None) -> House:
    """A house over the database in ``folder`` or at ``url``, which is made where there is none."""
    settings = settings_in(folder, url)
    return House(settings, opened(settings.database.url, CLOCK), rooms)


@cache
def sample_file() -> Path:
    """The database of the sample city."""
    folder = Path(mkdtemp(prefix="tidu-city-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    house = house_in(folder)
    file_sample(house, FIRMS, SEED)
    with house.store.read() as connection:
        connection.exec_driver_sql("commit")
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    house.store.dispose()
    return folder / "city.sqlite"


def as_its_own(copy: Path) -> None:
    """Give a copy of a register a name of its own: what is kept of two registers of one name is told apart by the instants
    of their filings, which a clock that stands still makes the same."""
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("update tick set identity = ?", (secrets.token_hex(8),))


@contextmanager
def app_in(
    folder: Path, rooms: tuple[Room, ...] = cli.ROOMS, *, empty: bool = False, url: str | None = None
) -> Iterator[Flask]:
    """An application over a copy of the sample city, or over an empty register."""
    if not empty:
        shutil.copy(sample_file(), folder / "city.sqlite")
        as_its_own(folder / "city.sqlite")
    house = house_in(folder, rooms, url)
    yield signing_in(
        create_app(house.settings, house.store, house.rooms, house.clock, sample=lambda: is_sample(house))
    )
    house.store.dispose()


def house_of(app: Flask) -> House:
    house: House = app.extensions["tidu"].house
    return house


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/style").text)
    assert found
    return found[1]


def post(client: FlaskClient, path: str, **data: Any) -> Any:
    """A post as the page's own form sends it."""
    return client.post(path, data={"csrf_token": token(client), **data}, content_type="multipart/form-data")


@contextmanager
def counted_queries(app: Flask) -> Iterator[list[str]]:
    """The statements that the application sends meanwhile."""
    engine, seen = house_of(app).store.engine, list[str]()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def words_of(html: str) -> str:
    """The text of a page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
