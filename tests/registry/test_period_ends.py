"""The ends of the periods behind a day."""

from __future__ import annotations

from datetime import date

import pytest

from registry.period_ends import month_end, quarter_end, year_end


@pytest.mark.parametrize(
    ("day", "month", "quarter", "year"),
    [("2026-07-01", "2026-06-30", "2026-06-30", "2025-12-31"),
     ("2026-01-01", "2025-12-31", "2025-12-31", "2025-12-31"),
     ("2025-12-31", "2025-11-30", "2025-09-30", "2024-12-31"),
     ("2024-03-15", "2024-02-29", "2023-12-31", "2023-12-31")],
)  # fmt: skip
def test_the_ends_lie_before_the_day(day: str, month: str, quarter: str, year: str) -> None:
    on = date.fromisoformat(day)
    assert [str(end(on)) for end in (month_end, quarter_end, year_end)] == [month, quarter, year]
