"""Small pure parts of the rules: whole years, amounts as they are typed and printed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from tiers.rules.evaluation import years_before
from tiers.rules.facts import full_years
from tiers.rules.quantities import decimal, plain, read_amount


@pytest.mark.parametrize(
    "since,until,years",
    [
        ("2023-01-01", date(2025, 12, 31), 3), ("2023-01-02", date(2025, 12, 31), 2), ("2022-12-31", date(2025, 12, 31), 3),
        ("2025-12-31", date(2025, 12, 31), 0), ("2026-05-01", date(2025, 12, 31), 0), ("2020-02-29", date(2025, 2, 27), 4),
        ("2020-02-29", date(2025, 2, 28), 5), ("2020-02-29", date(2024, 2, 28), 4), ("2020-02-29", date(2024, 2, 27), 3),
        ("2015-06-15", date(2025, 6, 13), 9), ("2015-06-15", date(2025, 6, 14), 10), ("2015-06-15", date(2025, 6, 15), 10),
        ("2015-06-15", date(2025, 5, 31), 9), ("2015-06-15", date(2025, 7, 1), 10), ("1969-03-01", date(2025, 3, 1), 56),
        ("1969-12-31", date(2025, 1, 1), 55),
    ],
)  # fmt: skip
def test_full_years(since: str, until: date, years: int) -> None:
    """A year is full at the end of the day before its anniversary."""
    assert full_years(np.array([since], dtype="datetime64[D]"), until).tolist() == [years]


def test_full_years_since_an_unknown_day() -> None:
    assert np.isnan(full_years(np.array(["NaT", "2020-01-01"], dtype="datetime64[D]"), date(2025, 12, 31))).tolist() == [
        True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text,unit,value",
    [
        ("1000万元", "yuan", 10_000_000), ("1亿元", "yuan", 100_000_000), ("0元", "yuan", 0), ("1.5万元", "yuan", 15_000),
        ("3%", "ratio", Fraction(3, 100)), ("-2.5%", "ratio", Fraction(-1, 40)), ("2年", "years", 2), ("365天", "days", 365),
        ("1000万美元", "usd", 10_000_000), ("10亿美元", "usd", 10**9), ("5美元", "usd", 5), ("4件", "items", 4),
        ("4项", "items", 4), ("50人", "persons", 50), ("60分", "points", 60), ("3名", "rank", 3), ("2级", "grade", 2),
        ("3 %", "ratio", Fraction(3, 100)), ("yes", "yes_no", 1), ("no", "yes_no", 0), ("provincial", "institution", 3),
        ("none", "institution", 0), ("national", "institution", 4),
    ],
)  # fmt: skip
def test_amounts_are_read_exactly(text: str, unit: str, value: Fraction) -> None:
    assert read_amount(text, unit) == value


@pytest.mark.parametrize(
    "text,unit,said",
    [
        ("1000", "yuan", "no amount with a unit; write one such as 3元"), ("much", "ratio", "write one such as 3%"),
        ("3%", "yuan", "'3%' is in ratio, wanted is yuan, such as 3元"), ("3公里", "yuan", "no amount with a unit"),
        ("maybe", "yes_no", "'maybe' is none of no, yes"), ("1e3元", "yuan", "no amount"),
        ("3%%", "ratio", "no amount"), ("", "ratio", "no amount"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str, unit: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_amount(text, unit)


@pytest.mark.parametrize(
    "value,places,text",
    [
        (Fraction(3, 100), 6, "0.03"), (Fraction(1, 3), 6, "0.333333"), (Fraction(2, 3), 6, "0.666667"), (Fraction(0), 6, "0"),
        (Fraction(-1, 10**9), 6, "0"), (Fraction(-5, 4), 6, "-1.25"), (Fraction(10), 6, "10"), (Fraction(100), 2, "100"),
        (Fraction(1, 8), 2, "0.12"), (Fraction(3, 8), 2, "0.38"), (Fraction(10**40), 6, "1" + "0" * 40),
        (Fraction(999_999_999, 10**9), 6, "1"), (Fraction(-3), 0, "-3"),
    ],
)  # fmt: skip
def test_numbers_are_printed_plainly(value: Fraction, places: int, text: str) -> None:
    assert decimal(value, places) == text


@pytest.mark.parametrize(
    "value,unit,shown",
    [
        (None, "yuan", None), (1e7, "yuan", 10_000_000), (Fraction(3, 100), "ratio", "0.03"), (1.0, "ratio", "1"),
        (0.1, "ratio", "0.1"), (2.5, "points", "2.5"), (60.0, "points", 60), (1.0, "yes_no", "yes"), (0.0, "yes_no", "no"),
        (3.0, "institution", "provincial"), (Fraction(1, 2), "years", "0.5"),
    ],
)  # fmt: skip
def test_values_as_json_has_them(value: float | Fraction | None, unit: str, shown: int | str | None) -> None:
    assert plain(value, unit) == shown
    assert type(plain(value, unit)) is type(shown)


def test_the_same_day_years_before() -> None:
    assert years_before(date(2026, 6, 1), 3) == date(2023, 6, 1)
    assert years_before(date(2024, 2, 29), 3) == date(2021, 2, 28)
    assert years_before(date(2024, 2, 29), 4) == date(2020, 2, 29)
