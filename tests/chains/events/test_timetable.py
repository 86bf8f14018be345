"""When and where: no clash, every table once in a slot, and after a cancellation nobody else moves."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chains.events.assignment import Hall, Pair, choose
from chains.events.repairing import repair
from chains.events.timetable import Placed, timetable


def event(seed: int) -> tuple[list[Pair], dict[str, str], list[str], Hall]:
    dice = random.Random(seed)
    demands, firms = (
        [f"d{n}" for n in range(dice.randint(1, 12))],
        [f"f{n}" for n in range(dice.randint(1, 15))],
    )
    buyer_of = {demand: f"b{dice.randint(0, 9)}" for demand in demands}
    pairs = [
        Pair(demand, firm, dice.randint(1, 10) / 10)
        for demand in demands
        for firm in firms
        if dice.random() < 0.5
    ]
    return pairs, buyer_of, firms, Hall(dice.randint(1, 5), dice.randint(1, 6), dice.randint(1, 5))


def assert_no_clash(agenda: Sequence[Placed], buyer_of: dict[str, str], hall: Hall) -> None:
    for people in (
        [(m.slot, m.table) for m in agenda],
        [(m.slot, buyer_of[m.demand]) for m in agenda],
        [(m.slot, m.firm) for m in agenda],
        [(buyer_of[m.demand], m.firm) for m in agenda],
    ):
        assert max(Counter(people).values(), default=1) == 1
    assert all(1 <= m.slot <= hall.slots and 1 <= m.table <= hall.tables for m in agenda)
    assert max(Counter(m.firm for m in agenda).values(), default=0) <= hall.per_firm


@given(st.integers(0, 10**9))
@settings(max_examples=150, deadline=None)
def test_no_clash_and_nobody_is_lost(seed: int) -> None:
    pairs, buyer_of, firms, hall = event(seed)
    chosen = choose(pairs, buyer_of, firms, hall)
    agenda = timetable(chosen, buyer_of, hall)
    assert_no_clash(agenda, buyer_of, hall)
    assert sorted((m.demand, m.firm) for m in agenda) == [(p.demand, p.firm) for p in chosen]
    assert timetable(chosen[::-1], buyer_of, hall) == agenda
    tables = defaultdict(set)
    for meeting in agenda:
        tables[buyer_of[meeting.demand]].add(meeting.table)
    if len(tables) <= hall.tables:
        assert all(len(of) == 1 for of in tables.values())


@given(st.integers(0, 10**9), st.integers(0, 10**6))
@settings(max_examples=150, deadline=None)
def test_after_a_cancellation_no_other_meeting_moves(seed: int, who: int) -> None:
    pairs, buyer_of, firms, hall = event(seed)
    agenda = timetable(choose(pairs, buyer_of, firms, hall), buyer_of, hall)
    everybody = [*firms, *buyer_of, *set(buyer_of.values())]
    gone = everybody[who % len(everybody)]
    mended = repair(agenda, [gone], pairs, buyer_of, firms, hall)
    assert_no_clash(mended, buyer_of, hall)
    others = [m for m in agenda if gone not in (m.demand, m.firm, buyer_of[m.demand])]
    assert set(others) <= set(mended)
    assert all(gone not in (m.demand, m.firm, buyer_of[m.demand]) for m in mended)


def test_a_freed_place_goes_to_the_firm_that_has_no_meeting_yet() -> None:
    pairs = [Pair("d1", "f1", 0.9), Pair("d1", "f2", 0.8), Pair("d1", "f3", 0.2)]
    buyer_of, hall = {"d1": "P"}, Hall(1, 2, 2)
    agenda = timetable(choose(pairs, buyer_of, ["f1", "f2", "f3"], hall), buyer_of, hall)
    assert {m.firm for m in agenda} == {"f1", "f2"}
    mended = repair(agenda, ["f1"], pairs, buyer_of, ["f1", "f2", "f3"], hall)
    place = next((m.slot, m.table) for m in agenda if m.firm == "f1")
    assert next((m.slot, m.table) for m in mended if m.firm == "f3") == place


def test_buyers_share_a_table_where_there_are_more_buyers_than_tables() -> None:
    buyer_of = {f"d{n}": f"b{n}" for n in range(4)}
    pairs = [Pair(f"d{n}", f"f{m}", 0.5) for n in range(4) for m in range(2)]
    agenda = timetable(pairs, buyer_of, Hall(2, 4, 4))
    tables = defaultdict(set)
    for meeting in agenda:
        tables[meeting.demand].add(meeting.table)
    assert len(agenda) == 8
    assert all(len(of) == 1 for of in tables.values())


def test_pairs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="more meetings than places"):
        timetable([Pair("d1", "f1", 1.0), Pair("d1", "f2", 1.0)], {"d1": "P"}, Hall(1, 1, 1))
