"""The test run's own footing: databases are without rows and apart, the browser is kept at home."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from pytest_socket import SocketConnectBlockedError
from sqlalchemy import create_engine, inspect, text

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_database_without_rows(database_url: str, turn: int) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        tables = inspect(connection).get_table_names()
        assert "firm" not in tables
        counts = {name: connection.scalar(text(f'select count(*) from "{name}"')) for name in tables}
        assert {name: rows for name, rows in counts.items() if rows and name != "alembic_version"} == {}
        connection.execute(text("create table firm (name text)"))
        connection.execute(text("insert into firm values (:name)"), {"name": f"济南第{turn}厂"})
    with engine.connect() as connection:
        assert connection.scalars(text("select name from firm")).all() == [f"济南第{turn}厂"]
    engine.dispose()


def test_a_copied_database_has_its_template_s_rows(new_postgres_database: Callable[..., str]) -> None:
    source = new_postgres_database()
    engine = create_engine(source)
    with engine.begin() as connection:
        connection.execute(text("create table firm (name text)"))
    engine.dispose()
    copy = create_engine(new_postgres_database(template=source.rpartition("/")[2].partition("?")[0]))
    assert "firm" in inspect(copy).get_table_names()
    copy.dispose()


def test_no_test_reaches_beyond_this_machine() -> None:
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_browser_speaks_chinese(page: Page) -> None:
    page.set_content("<p>梯度</p>")
    assert page.inner_text("p") == "梯度"
    assert page.evaluate("navigator.language") == "zh-CN"
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Shanghai"
