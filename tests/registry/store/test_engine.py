"""Reading while others write: a reader holds one picture of the register, on both databases."""

from __future__ import annotations

import zipfile
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select

from registry.house import House
from registry.personal import PERSONAL
from registry.store.backup import backup
from registry.store.bulk import among, insert_rows
from registry.store.statements import STATEMENT
from registry.subjects import ENTERPRISE
from registry.waiting import FILING
from tests.registry.house import code, file_rows, open_test_house


@pytest.fixture
def house(house: House) -> House:
    file_firms(house, 1, 2)
    return house


def file_firms(house: House, *numbers: int) -> None:
    rows = [{"uscc": code(n), "name": f"济南{n}机械有限公司", "district": "历下区"} for n in numbers]
    file_rows(house, "enterprises", rows, f"{numbers}.csv")


def beside(house: House, *numbers: int) -> None:
    """A filing commits on a connection and in a thread of its own."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            file_firms(house, *numbers)
        except BaseException as error:
            failed.append(error)

    thread = Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive(), "the writer waits for the reader"
    assert failed == []


def picture(house: House, connection: Connection) -> tuple[Any, ...]:
    """The last write, and how much there is of everything."""
    tables = (FILING, STATEMENT, ENTERPRISE)
    numbers = [connection.execute(select(func.count()).select_from(table)).scalar() for table in tables]
    return (house.store.last_write(connection), *numbers)


def test_a_reader_holds_one_picture_while_a_filing_commits_beside_it(house: House) -> None:
    with house.store.read() as reader:
        first = picture(house, reader)
        assert first[1] == 1
        beside(house, 3, 4, 5)
        assert picture(house, reader) == first
        with house.store.read() as later:
            second = picture(house, later)
        assert picture(house, reader) == first
    assert second[0] > first[0]
    assert (second[1], second[3]) == (2, 5)
    with house.store.read() as again:
        assert picture(house, again) == second, "the same connection, taken up again, sees the last commit"


def test_a_picture_begins_with_its_first_question(house: House) -> None:
    with house.store.read() as reader:
        beside(house, 3)
        first = picture(house, reader)
        assert first[1] == 2
        beside(house, 4)
        assert picture(house, reader) == first


def test_a_writer_sees_the_last_commit_after_reading_on_the_same_connection(house: House) -> None:
    """What readers ask of a connection must be gone when it comes back from the pool."""
    with house.store.read() as reader:
        picture(house, reader)
    with house.store.write("test") as unit:
        level = unit.connection.get_isolation_level()
        assert picture(house, unit.connection)[1] == 1
    assert level == ("SERIALIZABLE" if house.store.is_sqlite else "READ COMMITTED")


def test_a_backup_is_one_picture_though_a_filing_commits_while_it_is_written(
    house: House, tmp_path: Path
) -> None:
    """The filing comes when filings are copied and their rows are not: a backup of both would not restore."""
    filed: list[bool] = []

    def between(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "from filing_row" in statement.lower() and not filed:
            filed.append(True)
            beside(house, 3)

    event.listen(house.store.engine, "before_cursor_execute", between)
    try:
        backup(house.store, tmp_path / "copy.backup")
    finally:
        event.remove(house.store.engine, "before_cursor_execute", between)
    assert filed
    with zipfile.ZipFile(tmp_path / "copy.backup") as archive:
        held = {
            name: archive.read(f"{name}.jsonl").count(b"\n") - 1
            for name in ("filing", "filing_row", "statement")
        }
    assert held == {"filing": 1, "filing_row": 2, "statement": 2}


def test_half_a_character_is_looked_for_like_any_other_text(tmp_path: Path) -> None:
    house = open_test_house(f"sqlite:///{tmp_path}/half.sqlite", tmp_path)
    file_firms(house, 1)
    with house.store.read() as connection:
        found = connection.execute(
            select(ENTERPRISE.c.uscc).where(among(connection, ENTERPRISE.c.uscc, ["\ud800", code(1)]))
        ).scalars()
        assert list(found) == [code(1)]
    house.store.dispose()


@pytest.mark.parametrize("number", [0, 1, 99, 100, 101, 250])
def test_however_many_rows_are_written_all_are_there_in_order(house: House, number: int) -> None:
    rows = [(f"{n:05}", code(n), "contact_name", None if n % 3 else f"张{n}") for n in range(number)]
    with house.store.write("test") as unit:
        insert_rows(unit.connection, PERSONAL, ("id", "subject", "field", "value"), rows)
    with house.store.read() as connection:
        assert [tuple(row) for row in connection.execute(select(PERSONAL).order_by(PERSONAL.c.id))] == rows
