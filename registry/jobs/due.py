"""When a period's run is due, and which periods are open: pure, from days, instants and what the ledger holds.

A period is due some time after it is over, at an hour of Shanghai's clock: the month of December at ``"1 02:30"`` is due on
1 January at half past two. Which period is due follows from the schedule and the instant alone, never from what an
alarm clock says, so a clock that stops, leaps or goes back leads to the same periods.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from registry.jobs.period import Period, Rhythm, period_of
from registry.store.clock import SHANGHAI, day_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_SHAPES = {
    Rhythm.DAY: (re.compile(f"(){_TIME}", re.ASCII), "01:30"),
    Rhythm.WEEK: (re.compile(f"({'|'.join(WEEKDAYS)}) {_TIME}", re.ASCII), "mon 03:00"),
    Rhythm.MONTH: (re.compile(f"([1-9]|1\\d|2[0-8]) {_TIME}", re.ASCII), "1 02:30"),
    Rhythm.QUARTER: (re.compile(f"([1-9]|1\\d|2[0-8]) {_TIME}", re.ASCII), "1 03:30"),
}


@dataclass(frozen=True)
class When:
    """The time at which the runs of a rhythm are due: so many days after the period's last day plus one, at ``at``."""

    rhythm: Rhythm
    days: int
    at: time

    def of(self, period: Period) -> datetime:
        """The instant at which a period is due."""
        day = period.next().first + timedelta(days=self.days)
        return datetime.combine(day, self.at, SHANGHAI)

    @property
    def text(self) -> str:
        """As in the settings: ``01:30``, ``mon 03:00``, ``1 02:30``."""
        clock = f"{self.at:%H:%M}"
        match self.rhythm:
            case Rhythm.DAY:
                return clock
            case Rhythm.WEEK:
                return f"{WEEKDAYS[self.days]} {clock}"
            case _:
                return f"{self.days + 1} {clock}"


def read_when(rhythm: Rhythm, text: str) -> When:
    """A time as the settings give it. Raises ValueError with how it is written."""
    shape, example = _SHAPES[rhythm]
    found = shape.fullmatch(text.strip().lower())
    if found is None:
        what = {Rhythm.DAY: "a time", Rhythm.WEEK: "a weekday and a time"}.get(
            rhythm, "a day from 1 to 28 and a time"
        )
        raise ValueError(f"expected {what} such as {example!r}")
    place = found[1]
    days = 0 if not place else WEEKDAYS.index(place) if place in WEEKDAYS else int(place) - 1
    return When(rhythm, days, time(int(found[2]), int(found[3])))


def latest_due(when: When, now: datetime) -> Period:
    """The newest period that is due."""
    period = period_of(day_of(now), when.rhythm).previous()
    while when.of(period) > now:
        period = period.previous()
    return period


def next_due(when: When, now: datetime) -> datetime:
    """When the schedule has something to do again."""
    return when.of(latest_due(when, now).next())


def window(newest: Period, most: int) -> list[Period]:
    """``most`` periods up to and with the newest one, oldest first."""
    periods = [newest]
    while len(periods) < most:
        periods.append(periods[-1].previous())
    return periods[::-1]


@dataclass(frozen=True)
class Standing:
    """How the newest run of a period stands: ``status``, how often it was tried, when it ended, whether a person put its
    failure aside."""

    status: str
    tries: int = 1
    finished_at: datetime | None = None
    aside: bool = False


@dataclass(frozen=True)
class Patience:
    """How many missed periods are made up for, how often the schedule tries one by itself, and the pause after a failure."""

    catch_up: int
    tries: int
    pause: timedelta


def open_periods(
    newest: Period, last_done: str | None, held: Mapping[str, Standing], now: datetime, patience: Patience
) -> list[Period]:
    """The periods that the schedule is to run now, oldest first.

    ``last_done``: the newest period up to ``newest`` that is done. ``held``: period → its newest run. What was never run since
    the last done one is missing; what failed or was abandoned is tried again, also between done ones. A job that never ran
    begins with the newest period: a fresh register does not run its past.
    """
    periods = window(newest, max(1, patience.catch_up))
    since = last_done or min((period.id for period in periods if period.id in held), default=None)
    if since is None:
        return periods[-1:]
    return [
        period
        for period in periods
        if (_again(held[period.id], now, patience) if period.id in held else period.id > since)
    ]


def _again(run: Standing, now: datetime, patience: Patience) -> bool:
    if run.aside or run.tries >= patience.tries:
        return False
    if run.status != "failed" or run.finished_at is None:
        return run.status == "abandoned"
    waited = now - run.finished_at
    return waited >= patience.pause or waited < timedelta(0)  # it ended in the future: the clock went back
