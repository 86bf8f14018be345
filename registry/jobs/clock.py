"""The alarm clock of the schedule: APScheduler wakes it, and what is to be done then is read from the ledger.

Nothing depends on its being right. It may ring late, twice, or in several processes at once: each time the open periods
are computed from the house's clock and claimed in the ledger, so a period is run once whoever rings.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from registry.house import House
from registry.jobs.due import When, next_due
from registry.jobs.job import Job
from registry.jobs.posting import post_due
from registry.jobs.running import Ran, catch_up
from registry.refusals import MisusedError
from registry.store.clock import SHANGHAI

log = logging.getLogger(__name__)
#: The system's clock is compared with the time that has really passed so often, and may differ by so much.
COMPARED_EVERY, LEAP = 15.0, 5.0
Say = Callable[[Ran], None]


class Due(BaseTrigger):
    """Rings when the next period of a rhythm is due."""

    __slots__ = ("when",)

    def __init__(self, when: When) -> None:
        self.when = when

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        return next_due(self.when, now if previous is None else max(now, previous))


def scheduled_jobs(house: House) -> list[Job]:
    """The jobs that the schedule runs. Raises MisusedError where ``[jobs] off`` names one that there is not."""
    off = house.settings.jobs.off
    for id in off:
        if id not in house.jobs:
            known = ", ".join(house.jobs)
            raise MisusedError(
                f"[jobs] off: there is no job {id!r}; the jobs are {known}",
                f"[jobs] off：没有任务 {id}；任务有 {known}",
            )
    return [job for job in house.jobs.values() if job.id not in off]


def leapt(before: datetime, now: datetime, passed: float) -> bool:
    """Was the clock set meanwhile, or the machine asleep? ``passed``: the seconds that really went by."""
    return abs((now - before).total_seconds() - passed) > LEAP


class Schedule:
    """The running schedule of one process. One worker thread: a process runs one job at a time.

    ``rest``: seconds in which it does not look for what was missed; what falls due meanwhile is run.
    """

    def __init__(self, house: House, say: Say | None = None, rest: float = 0) -> None:
        self.house, self.jobs = house, scheduled_jobs(house)
        self._rests_until = time.monotonic() + rest
        self._say: Say = say or (lambda _ran: None)
        self._ending = Event()
        self._scheduler = BackgroundScheduler(
            timezone=SHANGHAI,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self._comparing = Thread(target=self._compare, name="schedule: clock", daemon=True)

    def start(self) -> None:
        """Make up for what was missed, then wait for what comes."""
        # It warns each time that it would look while a long job is still running.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._set()
        self._scheduler.start()
        self._comparing.start()

    def stop(self) -> None:
        """End cleanly: a run that asks for its progress is given up, another one is waited for."""
        self._ending.set()
        self._scheduler.shutdown(wait=True)
        self._comparing.join()

    def _set(self) -> None:
        """Set the alarms from the present time, and look at once."""
        settings = self.house.settings.jobs
        for job in self.jobs:
            trigger = Due(settings.when(job.rhythm))
            self._scheduler.add_job(self._one, trigger, args=[job], id=job.id, replace_existing=True)
        every = IntervalTrigger(seconds=settings.look_seconds, timezone=SHANGHAI)
        self._scheduler.add_job(self.look, every, id="look", replace_existing=True)
        self._scheduler.add_job(self.look, id="first look", replace_existing=True)

    def look(self) -> None:
        """Run whatever is missing, job by job, and carry out what waits; nothing while it rests."""
        if time.monotonic() < self._rests_until:
            return
        for job in self.jobs:
            self._one(job)
        if not self._ending.is_set():
            post_due(self.house)

    def _one(self, job: Job) -> None:
        try:
            for ran in catch_up(self.house, job, self._ending):
                self._say(ran)
        except Exception:  # the next look tries again
            log.exception("the schedule could not see to %s", job.id)

    def _compare(self) -> None:
        before, mark = self.house.clock.now(), time.monotonic()
        while not self._ending.wait(COMPARED_EVERY):
            now, here = self.house.clock.now(), time.monotonic()
            if leapt(before, now, here - mark):
                log.warning("the clock went from %s to %s; the schedule starts afresh", before, now)
                self._set()
            before, mark = now, here


@contextmanager
def scheduled(house: House, say: Say | None = None, rest: float = 0) -> Iterator[Schedule]:
    """The schedule, running until one leaves."""
    schedule = Schedule(house, say, rest)
    schedule.start()
    try:
        yield schedule
    finally:
        schedule.stop()


def end_on_sigterm() -> None:
    """Let the service manager's signal end the program as Ctrl+C does."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _leave)


def _leave(_number: int, _frame: Any) -> None:
    sys.exit(0)
