"""Reads for this room's pages, in SQL: what expires when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from tiers import members
from tiers.members import Question

WINDOWS = (30, 90, 180)
MONTHS = 12


def expiries(connection: Connection, question: Question) -> dict[str, Any]:
    """Quality titles in force that end within the windows, and by month for a year.

    ``{"windows": [(days, titles, firms)], "months": [(month, titles, firms)]}``; the day itself is the first of a
    window; a month is ``2026-01``, the first is that of the day.
    """
    # Days are ISO text on SQLite and dates on PostgreSQL; as text both begin with the year and the month.
    rows = question.ask(
        connection,
        f"""select substr(cast(t.valid_to as varchar), 1, 7) as month, count(*) as titles, count(distinct h.uscc) as firms
            from title t join home h on h.uscc = t.uscc
            where {members.IN_FORCE} and {question.quality} and t.valid_to < :horizon group by 1 order by 1""",
        horizon=_months_on(question.day, MONTHS),
    )
    by_month = {row.month: (row.titles, row.firms) for row in rows}
    months = [_months_on(question.day, ahead).isoformat()[:7] for ahead in range(MONTHS)]
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
    windows = [(days, row[2 * at], row[2 * at + 1]) for at, days in enumerate(WINDOWS)]
    return {"windows": windows, "months": [(month, *by_month.get(month, (0, 0))) for month in months]}


def month_of(text: str) -> tuple[date, date]:
    """First and last day of a month written ``2026-01``. Raises ValueError."""
    first = date.fromisoformat(f"{text}-01")
    return first, _months_on(first, 1) - timedelta(days=1)


def _months_on(day: date, months: int) -> date:
    """The first day of the month so many months on."""
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)
