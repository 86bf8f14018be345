"""Standings speak of a day: the first visit of a later day makes them anew, beside the pages."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.house import House
from registry.shell.app import create_app
from registry.store import schema
from tests.registry.house import Time, code, file_rows, open_test_house
from tests.signed_in import signing_in
from tiers.standing import STANDING

COMPUTING = "正在计算今天的企业状态"


@dataclass
class Desk:
    """A register, its clock, and somebody who looks at its list of firms."""

    house: House
    time: Time
    client: FlaskClient

    def visit(self, asked: str = "") -> set[str]:
        """The firms on the page."""
        answer = self.client.get(f"/firms?{asked}")
        assert answer.status_code == 200
        return set(re.findall(r'href="/firms/([0-9A-Z]{18})"', answer.text))

    def is_fresh(self) -> bool:
        return COMPUTING not in self.client.get("/firms").text

    def days(self) -> set[date]:
        """The days that standings speak of."""
        with self.house.store.read() as connection:
            return set(connection.execute(select(STANDING.c.as_of)).scalars())

    def last_write(self) -> Any:
        with self.house.store.read() as connection:
            return self.house.store.last_write(connection)


def running() -> list[threading.Thread]:
    """The threads that make standings anew; a thread bears the name of what it runs."""
    return [thread for thread in threading.enumerate() if "_recompute" in thread.name]


def wait() -> None:
    for thread in running():
        thread.join(30)
        assert not thread.is_alive()


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """Two firms on 2026-03-01: the first holds a title until the day after, the second one that begins then."""
    time = Time()
    house = open_test_house(database_url, tmp_path, time)
    firms = [{"uscc": code(n), "name": f"济南{n}机械有限公司", "district": "历下区"} for n in (1, 2)]
    file_rows(house, "enterprises", firms)
    first = {"uscc": code(1), "tier": "srdi", "issued_on": "2023-03-03", "valid_to": "2026-03-02"}
    second = {"uscc": code(2), "tier": "gazelle", "issued_on": "2026-02-01", "valid_from": "2026-03-03"}
    file_rows(house, "titles", [first, second])
    app = signing_in(create_app(house.settings, house.store, house.rooms, house.clock))
    yield Desk(house, time, app.test_client())
    wait()
    house.store.dispose()


def test_the_first_visit_of_a_later_day_makes_the_standings_anew(desk: Desk) -> None:
    assert (desk.visit("tier=srdi"), desk.visit("tier=none")) == ({code(1)}, {code(2)})
    assert desk.days() == {date(2026, 3, 1)}
    desk.time.pass_days(2)
    assert not desk.is_fresh()
    wait()
    assert desk.is_fresh()
    assert desk.days() == {date(2026, 3, 3)}
    assert desk.visit("tier=srdi") == set()
    assert (desk.visit("tier=gazelle"), desk.visit("highest=gazelle")) == ({code(2)}, {code(2)})
    assert desk.visit("tier=none") == {code(1)}


def test_the_day_is_the_day_in_shanghai(desk: Desk) -> None:
    desk.visit()
    desk.time.now = desk.time.now.replace(hour=15, minute=59)
    assert desk.is_fresh()
    desk.time.now = desk.time.now.replace(hour=16, minute=0)
    assert not desk.is_fresh()
    wait()
    assert desk.days() == {date(2026, 3, 2)}


def test_they_are_made_once_a_day(desk: Desk) -> None:
    desk.time.pass_days(2)
    desk.visit()
    wait()
    assert desk.days() == {date(2026, 3, 3)}
    written = desk.last_write()
    for asked in ("", "tier=srdi", "expiring=30"):
        desk.visit(asked)
    wait()
    assert desk.last_write() == written


def test_pages_are_answered_while_the_standings_wait_for_a_writer(desk: Desk) -> None:
    """One thread waits, however many visit; until it is done they see the day before and are told so."""
    desk.visit()
    desk.time.pass_days(2)
    desk.client.get("/healthz")  # signed in for the new day before the writer comes
    with desk.house.store.write("somebody"):
        for _visit in range(3):
            assert not desk.is_fresh()
            assert desk.visit("tier=srdi") == {code(1)}
        assert len(running()) == 1
    wait()
    assert desk.is_fresh()
    assert desk.visit("tier=srdi") == set()


def test_a_filing_on_a_new_day_before_any_visit_leaves_nobody_behind(desk: Desk) -> None:
    """The filing brings its own firms up to the day; the others still speak of the day before."""
    desk.visit()
    desk.time.pass_days(2)
    file_rows(desk.house, "enterprises", [{"uscc": code(2), "district": "历城区"}], "move.csv")
    assert desk.days() == {date(2026, 3, 1), date(2026, 3, 3)}
    assert not desk.is_fresh()
    wait()
    assert desk.days() == {date(2026, 3, 3)}
    assert desk.visit("tier=none") == {code(1)}


def test_they_are_tried_again_where_making_them_failed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.visit()
    desk.time.pass_days(2)
    failed: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", lambda what: failed.append(what.exc_type))

    def fail(*_given: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr("tiers.register.recompute", fail)
        assert not desk.is_fresh()
        wait()
    assert failed == [ZeroDivisionError]
    assert desk.days() == {date(2026, 3, 1)}
    assert not desk.is_fresh()
    wait()
    assert desk.is_fresh()
    assert desk.days() == {date(2026, 3, 3)}


def standing(desk: Desk, number: int) -> Any:
    with desk.house.store.read() as connection:
        return connection.execute(select(STANDING).where(STANDING.c.uscc == code(number))).one()


def test_what_a_firm_lacks_is_named(desk: Desk) -> None:
    """A bare section is no industry; figures are those of the revenue year, here 2024."""
    assert standing(desk, 1).missing == "industry,founded_on,revenue,employees"
    file_rows(
        desk.house, "enterprises", [{"uscc": code(1), "industry": "C", "founded_on": "2010-05-01"}], "a.csv"
    )
    file_rows(desk.house, "figures", [{"uscc": code(1), "year": 2023, "revenue": 1, "employees": 5}], "b.csv")
    assert standing(desk, 1).missing == "industry,revenue,employees"
    file_rows(desk.house, "enterprises", [{"uscc": code(1), "industry": "C2912"}], "c.csv")
    file_rows(desk.house, "figures", [{"uscc": code(1), "year": 2024, "revenue": 0, "employees": 5}], "d.csv")
    assert standing(desk, 1).missing is None
    assert desk.visit("missing=none") == {code(1)}
    assert desk.visit("missing=revenue&missing=place") == {code(2)}


def test_levels_stages_and_doubling_follow_their_records(desk: Desk) -> None:
    assert (standing(desk, 1).levels, standing(desk, 2).levels) == ("provincial", None)
    stages = [
        {"uscc": code(1), "board": board, "stage": stage, "stage_on": day}
        for board, stage, day in (
            ("bse", "tutoring", "2025-01-01"),
            ("bse", "filed", "2025-06-01"),
            ("neeq_base", "quoted", "2024-01-01"),
            ("sse_star", "reserve", "2026-02-28"),
        )
    ]
    file_rows(desk.house, "listings", stages)
    assert standing(desk, 1).stages == "reserve,filed,quoted"
    assert desk.visit("stage=filed") == desk.visit("stage=quoted") == {code(1)}
    assert desk.visit("stage=tutoring") == set()
    file_rows(desk.house, "doubling", [{"uscc": code(2), "programme": "2024", "entered_on": "2024-05-01"}])
    assert desk.visit("doubling=yes") == {code(2)}
    desk.time.pass_days(1)
    left = {"uscc": code(2), "programme": "2024", "entered_on": "2024-05-01", "left_on": "2026-03-01"}
    file_rows(desk.house, "doubling", [left], "left.csv")
    assert desk.visit("doubling=yes") == set()


def test_an_upgrade_has_standings_made_anew(database_url: str, tmp_path: Path) -> None:
    house = open_test_house(database_url, tmp_path, Time())
    file_rows(house, "enterprises", [{"uscc": code(1), "name": "济南1机械有限公司"}])
    with house.store.engine.connect().execution_options(tidu_write=True) as connection:
        command.downgrade(schema.config(connection), "0001")
        connection.commit()
    schema.upgrade(house.store)
    client = signing_in(create_app(house.settings, house.store, house.rooms, house.clock)).test_client()
    assert COMPUTING in client.get("/firms").text
    wait()
    assert code(1) in client.get("/firms?missing=revenue").text
    house.store.dispose()
