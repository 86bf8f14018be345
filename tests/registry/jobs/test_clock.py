"""The alarm clock: it rings when a period is due, and starts afresh where the system's clock was set."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from registry.house import House
from registry.jobs import clock
from registry.jobs.clock import Due, leapt, scheduled
from registry.jobs.due import read_when
from registry.jobs.job import Asked
from registry.jobs.period import Rhythm
from tests.registry.house import Time
from tests.registry.jobs.worked import effects, house_with, job_of


def test_it_rings_when_the_next_period_is_due() -> None:
    trigger = Due(read_when(Rhythm.MONTH, "1 02:30"))
    due = datetime(2025, 12, 31, 18, 30, tzinfo=UTC)
    assert trigger.get_next_fire_time(None, due - timedelta(seconds=1)) == due
    after = datetime(2026, 1, 31, 18, 30, tzinfo=UTC)
    assert trigger.get_next_fire_time(due, due) == after
    assert trigger.get_next_fire_time(due, due - timedelta(milliseconds=3)) == after, "it rang a little early"


def test_a_clock_that_was_set_is_told_from_time_that_passed() -> None:
    noon = datetime(2026, 3, 1, 4, tzinfo=UTC)
    assert not leapt(noon, noon + timedelta(seconds=16), 15)
    assert leapt(noon, noon + timedelta(hours=3), 15), "the machine slept, or the clock was set"
    assert leapt(noon, noon - timedelta(days=300), 15)


def test_a_machine_that_slept_through_the_hour_runs_what_it_missed_on_waking(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The alarms are a day away, so only the leap of the clock can have woken it."""
    monkeypatch.setattr(clock, "COMPARED_EVERY", 0.05)
    time, ran = Time(), {day: Event() for day in ("2026-02-28", "2026-03-01", "2026-03-02")}

    def note(_house: House, asked: Asked) -> None:
        ran[str(asked.period)].set()

    looked = Event()
    house = house_with(sqlite_url, tmp_path, job_of(before=note), time=time, jobs={"look_seconds": 86_400})
    monkeypatch.setattr(clock, "post_due", lambda _house: looked.set())
    with caplog.at_level(logging.WARNING), scheduled(house):
        assert ran["2026-02-28"].wait(30)
        assert looked.wait(30)
        looked.clear()
        time.pass_days(2)
        assert ran["2026-03-02"].wait(30)
        assert looked.wait(30)  # the run is at its end before the clock is set back
        looked.clear()
        time.pass_days(-300)
        assert looked.wait(30)
    assert [period for period, _again in effects(house)][-3:] == ["2026-02-28", "2026-03-01", "2026-03-02"]
    assert "the schedule starts afresh" in caplog.text
    house.store.dispose()


def test_an_error_of_one_job_keeps_no_other_from_its_time(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good = job_of(id="broken"), job_of(id="good")
    house = house_with(sqlite_url, tmp_path, broken, good, time=Time())
    real = clock.catch_up

    def half(house: House, job: Any, stop: Event) -> Any:
        if job.id == "broken":
            raise OSError("the database is away")
        return real(house, job, stop)

    monkeypatch.setattr(clock, "catch_up", half)
    clock.Schedule(house).look()
    assert effects(house) == [("2026-02-28", 0)]
    house.store.dispose()


def test_who_starts_the_pages_is_not_held_up_by_what_was_missed(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = [100.0]
    monkeypatch.setattr(clock.time, "monotonic", lambda: passed[0])
    house = house_with(sqlite_url, tmp_path, job_of(), time=Time())
    schedule = clock.Schedule(house, rest=180)
    schedule.look()
    assert effects(house) == []
    passed[0] += 181
    schedule.look()
    assert [period for period, _again in effects(house)] == ["2026-02-28"]
    house.store.dispose()
