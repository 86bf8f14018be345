"""Numbers and days read as official Chinese writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tiers.bulletins.reports import REPORTS, last_period
from tiers.bulletins.saying import Speech, numeral

ZH, EN = Speech("zh"), Speech("en")


@pytest.mark.parametrize(
    ("number", "said"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (23, "二十三"), (99, "九十九")]
)
def test_headings_count_in_chinese(number: int, said: str) -> None:
    assert numeral(number) == said


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (8000, "firms", "8000家", "8,000 firms"),
        (1, "firms", "1家", "1 firm"),
        (0, "items", "0项", "0 items"),
        ("0.70", "ratio", "70%", "70%"),
        ("-0.17", "ratio", "−17%", "−17%"),
        ("0.3333", "ratio", "33.3%", "33.3%"),
        (1_000_000_000_000, "yuan", "10000亿元", "1,000 billion yuan"),
        (125_000, "yuan", "12.50万元", "0.13 million yuan"),
        (4_300_000, "kw", "430万千瓦", "4,300 MW"),
        (2500, "pflops", "2500PFLOPS", "2,500 PFLOPS"),
        (None, "firms", "未知", "unknown"),
    ],
)
def test_amounts_have_their_unit(value: object, unit: str, zh: str, en: str) -> None:
    assert (ZH.amount(value, unit), EN.amount(value, unit)) == (zh, en)


def test_what_falls_short_of_the_goal_never_reads_a_hundred_percent() -> None:
    assert ZH.percent(Decimal("0.9997")) == "99.9%"
    assert ZH.percent(Decimal(1)) == "100%"


@pytest.mark.parametrize(
    ("every", "day", "zh", "en"),
    [
        ("month", date(2026, 6, 30), "2026年6月", "June 2026"),
        ("month", date(2026, 6, 15), "截至2026年6月15日", "as of 15 June 2026"),
        ("quarter", date(2025, 12, 31), "2025年第四季度", "Quarter 4 of 2025"),
        ("quarter", date(2025, 11, 30), "截至2025年11月30日", "as of 30 November 2025"),
        ("day", date(2026, 6, 30), "截至2026年6月30日", "as of 30 June 2026"),
    ],
)
def test_periods(every: str, day: date, zh: str, en: str) -> None:
    assert (ZH.period(every, day), EN.period(every, day)) == (zh, en)


@pytest.mark.parametrize(
    ("earlier", "day", "said"),
    [
        (date(2026, 5, 31), date(2026, 6, 30), "上月末"),
        (date(2026, 3, 31), date(2026, 6, 30), "上季度末"),
        (date(2025, 12, 31), date(2026, 6, 30), "上年末"),
        (date(2025, 12, 31), date(2026, 1, 31), "上月末"),
        (date(2026, 5, 31), date(2026, 6, 15), "2026年5月31日"),
    ],
)
def test_what_a_number_is_compared_with(earlier: date, day: date, said: str) -> None:
    assert ZH.since(earlier, day) == said


@pytest.mark.parametrize(
    ("report", "today", "last"),
    [
        ("monthly", date(2026, 1, 1), date(2025, 12, 31)),
        ("monthly", date(2026, 3, 31), date(2026, 2, 28)),
        ("quarterly", date(2026, 1, 1), date(2025, 12, 31)),
        ("quarterly", date(2026, 5, 20), date(2026, 3, 31)),
        ("district", date(2026, 7, 1), date(2026, 6, 30)),
        ("expiry", date(2026, 7, 1), date(2026, 6, 30)),
    ],
)
def test_a_report_speaks_of_its_last_complete_period(report: str, today: date, last: date) -> None:
    assert last_period(REPORTS[report], today) == last
