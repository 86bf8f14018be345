"""Periods as people write them, and the days that they span."""

from __future__ import annotations

from datetime import date

import pytest

from registry.periods import first_day, last_day, read_period


@pytest.mark.parametrize(
    ("text", "period", "first", "last"),
    [
        ("2025", "2025", "2025-01-01", "2025-12-31"),
        ("2025年度", "2025", "2025-01-01", "2025-12-31"),
        ("2025-12", "2025-12", "2025-12-01", "2025-12-31"),
        ("2024年2月", "2024-02", "2024-02-01", "2024-02-29"),
        ("202506", "2025-06", "2025-06-01", "2025-06-30"),
        ("2025-Q4", "2025-Q4", "2025-10-01", "2025-12-31"),
        ("2025年第一季度", "2025-Q1", "2025-01-01", "2025-03-31"),
        ("2025q2", "2025-Q2", "2025-04-01", "2025-06-30"),
        ("2025年上半年", "2025-06", "2025-06-01", "2025-06-30"),
        ("2025H1", "2025-06", "2025-06-01", "2025-06-30"),
        ("2025年前三季度", "2025-09", "2025-09-01", "2025-09-30"),
        ("2025年1-11月", "2025-11", "2025-11-01", "2025-11-30"),
        ("2025-12-31", "2025-12-31", "2025-12-31", "2025-12-31"),
        ("2025年底", "2025-12-31", "2025-12-31", "2025-12-31"),
        ("2023—2025年", "2023-2025", "2023-01-01", "2025-12-31"),
        ("2025-2025", "2025", "2025-01-01", "2025-12-31"),
    ],
)
def test_periods_that_are_understood(text: str, period: str, first: str, last: str) -> None:
    assert read_period(text) == period
    assert read_period(period) == period
    assert (first_day(period), last_day(period)) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text", ["", "年", "25", "2025-13", "2025-02-30", "2025-Q5", "2025-2023", "2025下半年", "1700", "soon"]
)
def test_what_names_no_period(text: str) -> None:
    assert read_period(text) is None
