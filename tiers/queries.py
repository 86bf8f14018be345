"""Reads for this room's pages, in SQL: what expires when."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection

from tiers import members
from tiers.members import Question

WINDOWS = (30, 90, 180)


def windows(connection: Connection, question: Question) -> list[tuple[int, int, int]]:
    """(days, titles, firms) of quality titles in force that end within so many days, the day itself the first of them."""
    within = ", ".join(
        f"count(case when t.valid_to <= :w{days} then 1 end), count(distinct case when t.valid_to <= :w{days} then h.uscc end)"
        for days in WINDOWS
    )
    row = question.ask(
        connection,
        f"""select {within} from title t join home h on h.uscc = t.uscc
            where {members.IN_FORCE} and {question.quality} and t.valid_to <= :w{WINDOWS[-1]}""",
        **{f"w{days}": question.day + timedelta(days=days - 1) for days in WINDOWS},
    )[0]
    return [(days, row[2 * at], row[2 * at + 1]) for at, days in enumerate(WINDOWS)]


def month_of(text: str) -> tuple[date, date]:
    """First and last day of a month written ``2026-01``. Raises ValueError."""
    first = date.fromisoformat(f"{text}-01")
    return first, _months_on(first, 1) - timedelta(days=1)


def _months_on(day: date, months: int) -> date:
    """The first day of the month so many months on."""
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)
