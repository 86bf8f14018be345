"""Lists of whom to cultivate: the order, where the list stops, and what is learnt of near misses."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tiers.forecasting.worlds import records, rounds, term
from tiers.forecasting.cultivation import NEAR, RENEWAL, Candidate, by_unit, conversion, ordered
from tiers.forecasting.subjects import Titles


def near(uscc: str, distance: float, probability: float, unit: str | None = "370102") -> Candidate:
    return Candidate(uscc, unit, NEAR if distance else RENEWAL, "srdi", "provincial", distance, probability)


def test_the_nearest_come_first_and_each_firm_once() -> None:
    found = ordered(
        [near("c", 0.4, 0.2), near("b", 0.1, 0.2), near("a", 0.4, 0.5), near("c", 0.0, 0.9)], 0, None
    )
    assert [(one.uscc, one.distance) for one in found.firms] == [("c", 0.0), ("b", 0.1), ("a", 0.4)]
    assert found.cumulative == pytest.approx([0.9, 1.1, 1.6])


def test_the_list_stops_where_the_goal_is_expected() -> None:
    firms = [near(str(n), n / 10, 0.5) for n in range(10)]
    assert ordered(firms, 100, 102).cut == 4
    assert ordered(firms, 100, 100).cut == 0
    assert ordered(firms, 100, 105).cut == 10
    assert ordered(firms, 100, None).cut is None


def test_a_list_that_cannot_reach_the_goal_says_by_how_much() -> None:
    found = ordered([near("a", 0.1, 0.5), near("b", 0.2, 0.25)], 100, 110)
    assert found.cut is None
    assert found.short == pytest.approx(9.25)
    assert ordered([], 100, 110).short == 10


def test_units_add_up_to_the_list() -> None:
    found = by_unit([near("a", 0.1, 0.5), near("b", 0.2, 0.25), near("c", 0.1, 0.1, None)])
    assert found == {"370102": (2, 0.75), None: (1, 0.1)}
    assert list(found)[-1] is None


def test_nearer_firms_got_there_more_often() -> None:
    then = [(n / 300, n < 100) for n in range(300)]
    found = conversion(then, 0.3)
    rates = [rate for _upto, rate in found.bands]
    assert rates == sorted(rates, reverse=True)
    assert found.seen == (300, 100)
    assert found.within(0.1, 12) > 0.8
    assert found.within(5.0, 12) < 0.1
    assert found.within(0.1, 6) < found.within(0.1, 12)


def test_without_a_past_the_stated_rate_holds() -> None:
    assert conversion([], 0.3).within(0.5, 12) == pytest.approx(0.3)


@given(st.lists(st.tuples(st.floats(0, 3), st.booleans()), max_size=60), st.floats(0.05, 0.95))
def test_rates_are_chances_and_never_rise_with_the_distance(
    then: list[tuple[float, bool]], stated: float
) -> None:
    found = conversion(then, stated)
    rates = [found.within(d / 10, 12) for d in range(40)]
    assert all(0 < rate < 1 for rate in rates)
    assert rates == sorted(rates, reverse=True)


def test_firms_at_stake_are_those_that_hold_nothing_beyond_the_day() -> None:
    day, until = date(2024, 6, 30), date(2024, 12, 31)
    terms = rounds(range(2012, 2024), 100, 0.5)
    first = 12 * 100
    terms += [
        term(first, date(2021, 9, 1)),  # ends, and holds nothing else
        term(first + 1, date(2021, 9, 1)), term(first + 1, date(2023, 9, 1), "gazelle"),  # holds another beyond
        term(first + 2, date(2022, 9, 1)),  # does not end in time
        term(first + 3, date(2021, 9, 1)), term(first + 3, date(2024, 5, 1)),  # renewed already
    ]  # fmt: skip
    subject = Titles(records(terms), 365, {})
    found = subject.at_stake(day, until)
    mine = {uscc: chance for uscc, (chance, _row) in found.items() if int(uscc[4:]) >= first}
    assert list(mine) == [f"firm{first:06d}"]
    assert 0.35 <= mine[f"firm{first:06d}"] <= 0.65
