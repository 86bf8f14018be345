"""Databases and the browser, for all tests.

A test that takes ``database_url`` runs twice, on SQLite and on PostgreSQL, each time on an empty database of
its own. Environment: ``TEST_DATABASE_URL`` names a PostgreSQL server to use (its role must be allowed to
create databases), ``BROWSER_PATH`` a Chromium that is not on the PATH.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import URL, make_url

from registry.house import House
from registry.store.clock import Clock
from tests.postgres_server import NoServerError, running_server
from tests.prepared import opened
from tests.registry.house import Time, open_test_house

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks tests by the fixtures they use, so that ``-m "not browser"`` needs no care from writers."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "browser" in fixtures:
            item.add_marker(pytest.mark.browser)
        if "postgres_url" in fixtures or "new_postgres_database" in fixtures:
            item.add_marker(pytest.mark.postgres)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of a maintenance database: TEST_DATABASE_URL, else a server of this run's own, else skip."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        return
    server = running_server()
    try:
        url = server.__enter__()
    except NoServerError as reason:
        pytest.skip(f"no PostgreSQL: {reason}")
    try:
        yield url
    finally:
        server.__exit__(None, None, None)


@pytest.fixture(scope="session")
def postgres_admin(postgres_url: str) -> Iterator[psycopg.Connection]:
    """The connection that makes and drops databases, one for the whole run."""
    plain = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str, postgres_admin: psycopg.Connection) -> Iterator[str]:
    """Name of a database with the schema in it, to copy."""
    name = f"tidu_template_{os.getpid()}"
    postgres_admin.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    opened(url, Clock()).dispose()
    yield name
    postgres_admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


_numbers = itertools.count(1)


def _databases(
    postgres_url: str, postgres_admin: psycopg.Connection, postgres_template: str
) -> Iterator[Callable[..., str]]:
    """Makes databases: call it for the URL of one without a row, or of a copy of the database ``template``.

    They are dropped after the test, whoever is still connected.
    """
    made: list[str] = []
    server: URL = make_url(postgres_url)

    def make(template: str = postgres_template) -> str:
        # the process id keeps apart the workers of one run and two runs on one server
        name = f"tidu_test_{os.getpid()}_{next(_numbers)}"
        postgres_admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING \'UTF8\'')
        made.append(name)
        return server.set(database=name).render_as_string(hide_password=False)

    yield make
    for name in made:
        postgres_admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


new_postgres_database = pytest.fixture(name="new_postgres_database")(_databases)
#: The same for fixtures of a whole file: dropped after its last test.
new_postgres_database_of_file = pytest.fixture(scope="module", name="new_postgres_database_of_file")(
    _databases
)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'register.sqlite'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a database of the test's own: it runs once on SQLite, where the file is still to be made, and once on PostgreSQL,
    where the tables are there and empty."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    return str(request.getfixturevalue("new_postgres_database")())


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, kept from talking to anybody by itself; without one the test is skipped."""
    path = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        pytest.skip("no Chromium on the PATH (apt-get install chromium fonts-noto-cjk, or set BROWSER_PATH)")
    arguments = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's sandbox refuses root
    return {**browser_type_launch_args, "executable_path": path, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A desk in Jinan: Chinese first, Shanghai's clock, an ordinary screen."""
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1440, "height": 900},
    }


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A desk signed in at the application of the file's own fixture ``app``."""
    return app.test_client()


@pytest.fixture
def time() -> Time:
    """The clock of the test's house; it stands still until the test moves it."""
    return Time()


@pytest.fixture
def house(database_url: str, tmp_path: Path, time: Time) -> Iterator[House]:
    """A house over an empty database, on SQLite and on PostgreSQL. A file that needs firms in it has its own fixture
    ``house(house)``."""
    opened = open_test_house(database_url, tmp_path, time)
    yield opened
    opened.store.dispose()
