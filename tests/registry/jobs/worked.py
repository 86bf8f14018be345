"""A house with a job of the test's own, whose effects stand in a table that its finishing transaction writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import column, insert, select, table, text

from registry.house import House
from registry.jobs.job import Asked, Done, Job
from registry.jobs.ledger import RUN
from registry.jobs.period import Rhythm
from registry.room import Room
from registry.store.engine import Write
from tests.registry.house import Time, open_test_house

EFFECT = table("effect", column("job"), column("period"), column("again"))
Before = Callable[[House, Asked], object]


def job_of(
    rhythm: Rhythm = Rhythm.DAY, before: Before = lambda _house, _asked: None, id: str = "counted"
) -> Job:
    """A job that leaves one row in ``effect`` for each run that is done. ``before`` happens while it runs."""

    def run(house: House, asked: Asked) -> Done:
        before(house, asked)
        row = {"job": id, "period": str(asked.period), "again": asked.again}

        def write(unit: Write) -> int:
            unit.connection.execute(insert(EFFECT).values(row))
            return 1

        return Done(7, 0, (f"counted {asked.period}", f"已统计 {asked.period}"), write)

    return Job(id, lambda: "Counted", rhythm, run)


def house_with(
    url: str, var: Path, *jobs: Job, time: Time | None = None, new: bool = True, **sections: Any
) -> House:
    """A house on ``url`` whose last room has ``jobs``, and only them."""
    house = open_test_house(url, var, time, **sections)
    rooms = tuple(replace(room, jobs=()) for room in house.rooms)
    house = replace(house, rooms=(*rooms, Room("test", jobs=jobs)))
    if new:
        with house.store.note() as connection:
            connection.execute(text("create table effect (job text, period text, again integer)"))
    return house


def effects(house: House) -> list[tuple[str, int]]:
    """(period, again) of every effect, in order."""
    with house.store.read() as connection:
        rows = connection.execute(
            select(EFFECT.c.period, EFFECT.c.again).order_by(EFFECT.c.period, EFFECT.c.again)
        )
        return [(period, again) for period, again in rows]


def ledger_of(house: House) -> list[tuple[str, int, str]]:
    """(period, number, status) of every run, in order."""
    with house.store.read() as connection:
        rows = connection.execute(RUN.select().order_by(RUN.c.job, RUN.c.period, RUN.c.number))
        return [(row.period, row.number, row.status) for row in rows]


def rows_of(house: House) -> list[Any]:
    with house.store.read() as connection:
        return list(connection.execute(RUN.select().order_by(RUN.c.job, RUN.c.period, RUN.c.number)))
