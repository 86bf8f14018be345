"""Terms as spans, who counted when, and what a past day could know."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tiers.forecasting.worlds import records, term
from tiers.forecasting.history import (
    FAR,
    ends_after,
    ends_before,
    following,
    known_on,
    number,
    overtaken,
    presence,
    spans,
)


def held(found, *days: date) -> list[int]:  # type: ignore[no-untyped-def]
    return presence(spans(found), len(found.firms), [number(day) for day in days]).sum(axis=0).tolist()


def test_the_last_day_of_a_title_counts_and_the_next_does_not() -> None:
    found = records([term(0, date(2022, 7, 1))])
    assert held(found, date(2022, 6, 30), date(2022, 7, 1), date(2025, 6, 30), date(2025, 7, 1)) == [
        0,
        1,
        1,
        0,
    ]


def test_a_firm_with_two_titles_counts_once() -> None:
    found = records([term(0, date(2022, 7, 1)), term(0, date(2023, 1, 1), "gazelle")])
    assert held(found, date(2024, 1, 1), date(2025, 12, 31), date(2026, 1, 1)) == [1, 1, 0]


def test_a_firm_that_left_or_whose_title_was_revoked_counts_no_more() -> None:
    terms = [term(0, date(2022, 7, 1)), term(1, date(2022, 7, 1)), term(2, date(2022, 7, 1))]
    found = records(terms, gone={0: date(2023, 5, 1)}, revoked={1: date(2023, 6, 1)})
    assert held(found, date(2023, 4, 30), date(2023, 5, 1), date(2023, 6, 1)) == [3, 2, 1]
    ends = spans(found)
    assert ends.gone.tolist() == [True, True, False]


def test_a_later_issued_term_speaks_from_its_first_day() -> None:
    found = records([term(0, date(2022, 7, 1)), term(0, date(2024, 9, 1))])
    assert overtaken(found).tolist() == [number(date(2024, 9, 1)), FAR]
    assert following(found).tolist() == [1, -1]


def test_a_past_day_knows_nothing_of_what_came_later() -> None:
    terms = [term(0, date(2022, 7, 1)), term(1, date(2024, 7, 1))]
    found = records(terms, gone={0: date(2024, 2, 1)}, revoked={1: date(2025, 1, 1)})
    then = known_on(found, number(date(2023, 12, 31)))
    assert len(then.firm) == 1
    assert then.stay_to.tolist() == [FAR, FAR]
    assert known_on(found, number(date(2024, 12, 31))).revoked.tolist() == [FAR, FAR]
    assert known_on(found, number(date(2024, 2, 1))).stay_to.tolist() == [number(date(2024, 2, 1)), FAR]


@pytest.mark.parametrize(
    ("day", "after", "before"),
    [
        (date(2025, 12, 31), date(2026, 1, 31), date(2025, 12, 31)),
        (date(2025, 12, 30), date(2025, 12, 31), date(2025, 11, 30)),
        (date(2024, 2, 28), date(2024, 2, 29), date(2024, 1, 31)),
        (date(2023, 1, 31), date(2023, 2, 28), date(2023, 1, 31)),
    ],
)
def test_month_ends_around_a_day(day: date, after: date, before: date) -> None:
    assert ends_after(day, 1) == [after]
    assert ends_before(day, 1) == [before]
    assert [end.month for end in ends_after(day, 24)] == [(after.month - 1 + n) % 12 + 1 for n in range(24)]
    assert ends_before(day, 25) == sorted(ends_before(day, 25))
