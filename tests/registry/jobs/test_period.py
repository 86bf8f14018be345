"""Periods: their ids, days and neighbours, and when they are due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.jobs.due import Patience, Standing, latest_due, next_due, open_periods, read_when, window
from registry.jobs.period import EXAMPLES, Period, Rhythm, parse, period_of
from registry.store.clock import SHANGHAI

DAYS = st.dates(date(1950, 1, 1), date(2190, 1, 1))
RHYTHMS = st.sampled_from(list(Rhythm))
EARLY, LATE = datetime(1985, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001
SHIPPED = {"day": "01:30", "week": "mon 03:00", "month": "1 02:30", "quarter": "1 03:30"}


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-12-31", "2025-12-31", "2025-12-31"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        ("2025-W52", "2025-12-22", "2025-12-28"),
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-12", "2025-12-01", "2025-12-31"),
        ("2025-Q4", "2025-10-01", "2025-12-31"),
        ("2025-Q1", "2025-01-01", "2025-03-31"),
        (" 2025-q2 ", "2025-04-01", "2025-06-30"),
    ],
)
def test_a_written_period_has_its_days(text: str, first: str, last: str) -> None:
    period = parse(text)
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)
    assert period.id == text.strip().upper()


@pytest.mark.parametrize(
    "text",
    ["", "2025", "2025-13", "2025-00", "2025-W53", "2025-W00", "2025-Q5", "2025-02-29", "25-12", "2025-12-31T00:00",
     "2025/12", "２０２５-12", "0000-01", "9999-12", "soon"],
)  # fmt: skip
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match=r"period|month|day|week|range"):
        parse(text)


@given(DAYS, RHYTHMS)
def test_every_day_lies_in_one_period_of_a_rhythm(day: date, rhythm: Rhythm) -> None:
    period = period_of(day, rhythm)
    assert period.first <= day <= period.last
    assert parse(period.id) == period
    assert period.next().previous() == period.previous().next() == period
    assert period.next().first == period.last + timedelta(days=1)
    assert period.previous().id < period.id < period.next().id, "ids order as text"
    assert period.previous() < period < period.next()


def test_the_examples_are_of_their_rhythm() -> None:
    assert {parse(text).rhythm: text for text in EXAMPLES.values()} == EXAMPLES


@pytest.mark.parametrize(
    ("rhythm", "period", "due"),
    [
        ("day", "2025-12-31", "2026-01-01T01:30"),
        ("week", "2025-W52", "2025-12-29T03:00"),
        ("month", "2025-12", "2026-01-01T02:30"),
        ("quarter", "2025-Q4", "2026-01-01T03:30"),
    ],
)
def test_a_period_is_due_after_it_is_over_by_shanghai_s_clock(rhythm: str, period: str, due: str) -> None:
    when = read_when(Rhythm(rhythm), SHIPPED[rhythm])
    at = datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)
    assert when.of(parse(period)) == at
    assert latest_due(when, at).id == period
    assert latest_due(when, at - timedelta(seconds=1)) == parse(period).previous()
    assert next_due(when, at - timedelta(seconds=1)) == at
    assert next_due(when, at) > at


def test_a_utc_evening_is_the_next_day_in_shanghai() -> None:
    when = read_when(Rhythm.MONTH, "1 02:30")
    assert latest_due(when, datetime(2025, 12, 31, 18, 29, tzinfo=UTC)).id == "2025-11"
    assert latest_due(when, datetime(2025, 12, 31, 18, 30, tzinfo=UTC)).id == "2025-12"


@given(st.datetimes(min_value=EARLY, max_value=LATE), RHYTHMS)
def test_what_is_due_is_the_newest_over_also_through_the_summer_times_of_1986_to_1991(
    wall: datetime, rhythm: Rhythm
) -> None:
    when, now = read_when(rhythm, SHIPPED[rhythm]), wall.replace(tzinfo=UTC)
    period = latest_due(when, now)
    assert when.of(period) <= now < when.of(period.next())
    assert next_due(when, now) == when.of(period.next())


@pytest.mark.parametrize(
    ("rhythm", "text"),
    [
        ("day", "1:30"), ("day", "24:00"), ("day", "mon 01:30"), ("week", "01:30"), ("week", "monday 01:30"),
        ("month", "29 02:30"), ("month", "0 02:30"), ("month", "02:30"), ("quarter", "1"), ("quarter", "mon 02:30"),
    ],
)  # fmt: skip
def test_an_unreadable_time_says_how_it_is_written(rhythm: str, text: str) -> None:
    with pytest.raises(ValueError, match="such as"):
        read_when(Rhythm(rhythm), text)


@pytest.mark.parametrize(("rhythm", "text"), list(SHIPPED.items()))
def test_a_time_is_written_as_it_was_read(rhythm: str, text: str) -> None:
    assert read_when(Rhythm(rhythm), f" {text.upper()} ").text == text


# -- what is open -----------------------------------------------------------------------------------------------

NOW = datetime(2026, 1, 1, 0, 0, tzinfo=UTC)
PATIENCE = Patience(catch_up=5, tries=3, pause=timedelta(minutes=30))
NEWEST = parse("2025-12")


def is_open(last_done: str | None, newest: Period = NEWEST, **held: Standing) -> list[str]:
    standing = {name.replace("_", "-").removeprefix("m"): run for name, run in held.items()}
    return [period.id for period in open_periods(newest, last_done, standing, NOW, PATIENCE)]


DONE = Standing("done")


def test_a_fresh_register_does_not_run_its_past() -> None:
    assert is_open(None) == ["2025-12"]


def test_what_was_missed_is_open_oldest_first() -> None:
    assert is_open("2025-09", m2025_09=DONE) == ["2025-10", "2025-11", "2025-12"]


def test_of_a_long_absence_the_newest_are_made_up_for() -> None:
    assert is_open("2024-03") == ["2025-08", "2025-09", "2025-10", "2025-11", "2025-12"]
    assert [p.id for p in window(NEWEST, 5)] == is_open("2024-03")


def test_nothing_is_open_where_the_newest_is_done() -> None:
    assert is_open("2025-12", m2025_12=DONE) == []


def test_what_failed_between_done_ones_is_tried_again_after_a_pause() -> None:
    ended = NOW - timedelta(minutes=29)
    assert is_open("2025-12", m2025_11=Standing("failed", 1, ended), m2025_12=DONE) == []
    ended = NOW - timedelta(minutes=30)
    assert is_open("2025-12", m2025_11=Standing("failed", 1, ended), m2025_12=DONE) == ["2025-11"]
    ended = NOW + timedelta(days=300)  # the clock was wrong when it failed
    assert is_open("2025-12", m2025_11=Standing("failed", 1, ended), m2025_12=DONE) == ["2025-11"]


def test_what_a_dead_worker_left_is_taken_at_once() -> None:
    assert is_open("2025-12", m2025_11=Standing("abandoned", 2, NOW), m2025_12=DONE) == ["2025-11"]


def test_what_failed_too_often_or_was_put_aside_waits_for_a_person() -> None:
    assert is_open("2025-11", m2025_12=Standing("failed", 3, NOW - timedelta(days=1))) == []
    assert is_open("2025-11", m2025_12=Standing("abandoned", 3, NOW)) == []
    assert is_open("2025-11", m2025_12=Standing("failed", 1, NOW - timedelta(days=1), aside=True)) == []


def test_a_first_run_that_failed_does_not_open_the_past() -> None:
    assert is_open(None, m2025_12=Standing("failed", 1, NOW - timedelta(hours=1))) == ["2025-12"]


def test_what_somebody_is_at_is_not_open() -> None:
    assert is_open("2025-11", m2025_12=Standing("running")) == []
