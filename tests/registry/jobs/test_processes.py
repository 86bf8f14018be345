"""Several processes on one database, killed at any moment: every period has its effect exactly once."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event

import pytest

from registry.house import House
from registry.jobs.clock import scheduled
from registry.jobs.due import latest_due, window
from registry.jobs.job import Asked
from registry.jobs.running import run
from registry.store.clock import Clock
from tests.registry.jobs.worked import effects, house_with, job_of, ledger_of, rows_of

PERIODS = 30
SETTINGS = {"catch_up": PERIODS, "tries": 1000, "lease_seconds": 1, "look_seconds": 1}
FORK = get_context("fork")


def tread_water(_house: House, asked: Asked) -> None:
    """A little work between the claim and the end, in which to be killed."""
    for step in range(4):
        asked.progress("count", step, 4)
        Event().wait(0.04)


JOB = job_of(before=tread_water)


def opened(url: str, folder: Path, new: bool = False) -> House:
    house = house_with(url, folder, JOB, new=new, jobs=SETTINGS)
    house.store.clock = Clock()  # leases are of real time here
    return house


def serve(url: str, folder: Path) -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    house = opened(url, folder)
    with scheduled(house):
        Event().wait()


def started(url: str, folder: Path) -> BaseProcess:
    process = FORK.Process(target=serve, args=(url, folder), daemon=True)
    process.start()
    return process


@pytest.mark.timeout(180)
def test_two_schedules_killed_at_random_do_every_period_exactly_once(
    database_url: str, tmp_path: Path
) -> None:
    house = opened(database_url, tmp_path, new=True)
    newest = latest_due(house.settings.jobs.when(JOB.rhythm), house.clock.now())
    expected = [period.id for period in window(newest, PERIODS)]
    # The day before them all was done: everything since was missed.
    assert run(house, job_of(), window(newest, PERIODS + 1)[0], "test").outcome == "done"
    chance = random.Random(20251231)
    processes = [started(database_url, tmp_path) for _ in range(2)]
    killed, pause, until = 0, Event(), time.monotonic() + 60
    try:
        while len(effects(house)) <= PERIODS and time.monotonic() < until:
            pause.wait(chance.uniform(0.05, 0.5))
            if killed < 10:
                victim = chance.randrange(2)
                processes[victim].kill()
                processes[victim].join(10)
                processes[victim] = started(database_url, tmp_path)
                killed += 1
    finally:
        for process in processes:
            process.kill()
            process.join(10)
    assert killed > 3
    assert max(row.tries for row in rows_of(house)) > 1, "none was killed at work"
    assert [period for period, _again in effects(house)][1:] == expected
    runs = ledger_of(house)[1:]
    assert runs == [(period, 1, "done") for period in expected]
    assert all(row.finished_at - row.started_at < timedelta(seconds=60) for row in rows_of(house))
    house.store.dispose()


def claim_and(url: str, folder: Path, go: object, said: object) -> None:
    house = opened(url, folder)
    go.wait(30)  # type: ignore[attr-defined]
    newest = latest_due(house.settings.jobs.when(JOB.rhythm), house.clock.now())
    for period in window(newest, 5):
        said.put((period.id, run(house, JOB, period, "test").outcome))  # type: ignore[attr-defined]
    house.store.dispose()


def test_several_processes_that_claim_the_same_periods(database_url: str, tmp_path: Path) -> None:
    house = opened(database_url, tmp_path, new=True)
    go, said = FORK.Event(), FORK.Queue()
    processes = [FORK.Process(target=claim_and, args=(database_url, tmp_path, go, said)) for _ in range(3)]
    for process in processes:
        process.start()
    go.set()
    answers = [said.get(timeout=60) for _ in range(15)]
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
    done = sorted(period for period, outcome in answers if outcome == "done")
    assert done == sorted({period for period, _outcome in answers})
    assert [period for period, _again in effects(house)] == done
    house.store.dispose()
