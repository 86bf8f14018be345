"""The only place that asks what time it is.

Instants are aware UTC datetimes; days are days in Shanghai, because that is where the bureau signs.
Everything else takes a :class:`Clock` or a day as an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
TICK = timedelta(microseconds=1)

#: A value that was never dated holds "from the beginning"; an open end is "for ever".
BEGINNING = date.min
FOREVER = date.max
BEGINNING_TEXT = BEGINNING.isoformat()
FOREVER_TEXT = FOREVER.isoformat()


def _system_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """``now`` gives the present instant in UTC; tests and the sample city pass their own."""

    read: Callable[[], datetime] = _system_now

    def now(self) -> datetime:
        return self.read()

    def today(self) -> date:
        return day_of(self.now())


def fixed_clock(instant: datetime) -> Clock:
    return Clock(lambda: instant)


def day_of(instant: datetime) -> date:
    """The day in Shanghai on which a UTC instant falls."""
    return instant.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """The last microsecond of a Shanghai day, in UTC."""
    return datetime.combine(day, time.max, SHANGHAI).astimezone(UTC)


def instant_text(instant: datetime) -> str:
    """UTC with Z and microseconds, so that printed instants order and parse back exactly."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_instant(text: str) -> datetime:
    """An instant from ISO text; a bare day means its end in Shanghai. Raises ValueError."""
    if len(text) == 10:
        return end_of_day(date.fromisoformat(text))
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)
