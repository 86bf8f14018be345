"""One run of a job for a period, from its claim to its end; and the runs that are missing.

Whoever starts a run (the schedule, a page, the command line) comes through here, so all of them meet at the ledger.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Event, Thread
from types import TracebackType
from typing import Any

from sqlalchemy.exc import DBAPIError

from registry.house import House
from registry.jobs import ledger
from registry.jobs.due import Patience, latest_due, open_periods, window
from registry.jobs.job import Asked, Job
from registry.jobs.ledger import Claim, LostError
from registry.jobs.models import DONE
from registry.jobs.period import EXAMPLES, Period, parse, period_of
from registry.jobs.posting import post_due, post_now, tell_of_failure
from registry.jobs.reasons import EXPECTED, reason
from registry.refusals import MisusedError
from registry.said import Said

log = logging.getLogger(__name__)
SCHEDULE = "schedule"
#: Progress is noted so often at most.
NOTED_EVERY = 1.0
ENDED = Said("the program was ended", "程序已被结束")


class StoppedError(Exception):
    """The program is being ended: the run is given up, and taken over later."""


@dataclass(frozen=True)
class Ran:
    """How it went. ``outcome``: done, failed or abandoned by this worker; already (it was done before), busy (another
    worker has it) or lost (another worker took it over). ``run`` is the row of the ledger."""

    outcome: str
    run: Any


class Kept:
    """Keeps the lease of a run while it goes on; ``lost`` says that another worker has it."""

    def __init__(self, house: House, claim: Claim) -> None:
        self.house, self.claim = house, claim
        self.lost, self._ended = Event(), Event()
        self._thread = Thread(target=self._renew, name=f"lease of {claim.name}", daemon=True)

    def _renew(self) -> None:
        while not self._ended.wait(self.house.settings.jobs.lease_seconds / 3):
            try:
                if not ledger.renew(self.house, self.claim):
                    self.lost.set()
                    return
            except DBAPIError as error:  # the next try comes before the lease is over
                log.warning("%s: the lease could not be renewed: %s", self.claim.name, error.orig)

    def __enter__(self) -> Kept:
        self._thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()


class Watched:
    """The ``progress`` of a run: notes what it is at, and ends it where it is lost or the program ends."""

    def __init__(self, house: House, claim: Claim, lost: Event, stop: Event | None) -> None:
        self.house, self.claim, self.lost, self.stop = house, claim, lost, stop
        self._stage, self._noted = "", 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self.lost.is_set():
            raise LostError(self.claim.name)
        if self.stop is not None and self.stop.is_set():
            raise StoppedError
        now = time.monotonic()
        if stage != self._stage or now - self._noted >= NOTED_EVERY:
            self._stage, self._noted = stage, now
            ledger.note_progress(self.house, self.claim, stage, done, total)


def run(
    house: House, job: Job, period: Period, by: str, *, again: bool = False, stop: Event | None = None
) -> Ran:
    """Run a job for a period, if nobody else has done so or is doing so. ``again``: also where it is done."""
    claimed = ledger.claim(house, job.id, period, by, again=again)
    if not isinstance(claimed, Claim):
        if claimed.status != DONE:
            return Ran("busy", claimed)
        post_now(house, claimed)
        return Ran("already", _newest(house, job, period))
    return carry_out(house, job, claimed, stop)


def _newest(house: House, job: Job, period: Period) -> Any:
    with house.store.read() as connection:
        return ledger.newest_run(connection, job.id, period.id)


def carry_out(house: House, job: Job, claim: Claim, stop: Event | None = None) -> Ran:
    """A claimed run, to its end. Errors of the job are kept in the ledger; only those that end the program go on."""
    try:
        with Kept(house, claim) as kept:
            watched = Watched(house, claim, kept.lost, stop)
            asked = Asked(claim.period, claim.period.last, claim.known_at, claim.number - 1, watched)
            ledger.finish(house, claim, job.run(house, asked), posts=job.post is not None)
    except LostError:
        return _ran(house, claim, "lost")
    except StoppedError:
        ledger.abandon(house, claim, ENDED)
    except Exception as error:
        if not isinstance(error, EXPECTED):
            log.exception("%s failed", claim.name)
        _fail(house, claim, error)
    except BaseException:
        with suppress(Exception):
            ledger.abandon(house, claim, ENDED)
        raise
    else:
        post_due(house)
    return _ran(house, claim)


def _fail(house: House, claim: Claim, error: Exception) -> None:
    try:
        ledger.fail(house, claim, reason(error))
        tell_of_failure(house, claim.id)
    except DBAPIError as broken:  # the database is what failed; the lease runs out
        log.warning("%s: its failure could not be kept: %s", claim.name, broken.orig)


def _ran(house: House, claim: Claim, outcome: str | None = None) -> Ran:
    with house.store.read() as connection:
        row = ledger.newest_run(connection, claim.job, claim.period.id)
    if outcome is None:
        outcome = str(row.status) if row.owner == claim.owner else "lost"
    return Ran(outcome, row)


def in_background(house: House, job: Job, claim: Claim) -> Thread:
    """Carry out a claimed run beside the requests. A program that ends meanwhile leaves it to be taken over."""
    thread = Thread(target=carry_out, args=(house, job, claim), name=f"job {claim.name}", daemon=True)
    thread.start()
    return thread


def catch_up(house: House, job: Job, stop: Event | None = None) -> Iterator[Ran]:
    """Run what is missing of a job, oldest first: what is due by now, was missed, failed, or was left by a dead worker."""
    ledger.abandon_dead(house)
    settings, now = house.settings.jobs, house.clock.now()
    newest = latest_due(settings.when(job.rhythm), now)
    patience = Patience(settings.catch_up, settings.tries, timedelta(minutes=settings.retry_minutes))
    first = window(newest, patience.catch_up)[0]
    with house.store.read() as connection:
        last_done, standing = ledger.held(connection, job.id, first.id, newest.id)
    for period in open_periods(newest, last_done, standing, now, patience):
        if stop is not None and stop.is_set():
            return
        yield run(house, job, period, SCHEDULE, stop=stop)


def newest_over(job: Job, today: date) -> Period:
    """The period that ended last: what is run where nobody says which."""
    return period_of(today, job.rhythm).previous()


def read_period(job: Job, text: str, today: date) -> Period:
    """A typed period of a job; nothing is the one that ended last. Raises MisusedError with how it is written."""
    if not text.strip():
        return newest_over(job, today)
    example = EXAMPLES[job.rhythm]
    try:
        period = parse(text)
    except ValueError as error:
        forms = ", ".join(EXAMPLES.values())
        raise MisusedError(
            f"{text!r} is no period; {job.id} wants one like {example} (days, weeks, months and quarters: {forms})",
            f"“{text}”不是周期；{job.id} 的周期写成 {example} 这样（日、周、月、季依次为 {forms}）",
        ) from error
    if period.rhythm is not job.rhythm:
        raise MisusedError(
            f"{job.id} runs by the {job.rhythm}: write a period like {example}, not {text}",
            f"{job.id} 的周期写成 {example} 这样，而不是 {text}",
        )
    if period.last > today:
        raise MisusedError(
            f"{period} is not over yet; the newest period that is over is {newest_over(job, today)}",
            f"{period} 尚未结束；最近一个已结束的周期是 {newest_over(job, today)}",
        )
    return period
