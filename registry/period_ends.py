"""The ends of months, quarters and years that lie behind a day: what people compare with, and what reports are as of."""

from __future__ import annotations

from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


def month_end(day: date) -> date:
    """The last day of the month before that of ``day``."""
    return day.replace(day=1) - ONE_DAY


def quarter_end(day: date) -> date:
    """The last day of the quarter before that of ``day``."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1) - ONE_DAY


def year_end(day: date) -> date:
    """The last day of the year before that of ``day``."""
    return date(day.year, 1, 1) - ONE_DAY
