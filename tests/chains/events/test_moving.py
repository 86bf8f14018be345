"""Moving meetings by hand: nobody in two places, nobody else moves, and what cannot be is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chains.events import acting
from chains.events.agenda import out_of_date, places_of
from chains.events.assignment import Hall
from chains.events.clashing import faults
from chains.events.moving import clashes, cleared, moved
from chains.events.timetable import Placed
from registry.house import House
from registry.refusals import RefusedError
from tests.chains.events.city import CASTING, EVENT, FIRMS, MOTOR, VALVE, everybody_comes, small_city
from tests.registry.house import file_rows

HALL = Hall(3, 3, 3)
BUYERS = {"a": "A", "b": "B", "c": "C"}


def agenda(*places: tuple[int, int, str, str]) -> list[Placed]:
    return [Placed(*one) for one in places]


def test_a_meeting_goes_to_a_free_place_and_the_others_stay() -> None:
    before = agenda((1, 1, "a", "f"), (1, 2, "b", "g"))
    after = moved(before, ("a", "f"), 2, 3)
    assert after == agenda((1, 2, "b", "g"), (2, 3, "a", "f"))
    assert clashes(after, BUYERS, HALL) == []


def test_two_meetings_change_places() -> None:
    before = agenda((1, 1, "a", "f"), (2, 2, "b", "g"))
    assert moved(before, ("a", "f"), 2, 2, exchange=True) == agenda((1, 1, "b", "g"), (2, 2, "a", "f"))


@pytest.mark.parametrize(
    ("place", "kind"), [((2, 2), "table"), ((2, 3), "firm"), ((3, 2), "buyer"), ((4, 1), "nowhere"), ((1, 9), "nowhere")]
)  # fmt: skip
def test_nobody_is_in_two_places(place: tuple[int, int], kind: str) -> None:
    before = agenda((1, 1, "a", "f"), (2, 2, "b", "f"), (3, 1, "a", "g"))
    found = clashes(moved(before, ("a", "f"), *place), BUYERS, HALL)
    assert kind in {clash.kind for clash in found}


def test_a_table_that_cannot_be_used_is_left_slot_by_slot() -> None:
    before = agenda((1, 1, "a", "f"), (2, 1, "a", "g"), (1, 2, "b", "h"), (2, 3, "c", "f"))
    after, stuck = cleared(before, 1, BUYERS, HALL)
    # No other table is free in both slots, so the buyer moves once; nobody changes slots.
    assert (after, stuck) == (
        agenda((1, 2, "b", "h"), (1, 3, "a", "f"), (2, 2, "a", "g"), (2, 3, "c", "f")),
        [],
    )


def test_where_every_table_is_taken_a_meeting_changes_its_slot_or_is_stuck() -> None:
    before = agenda((1, 1, "a", "f"), (1, 2, "b", "g"))
    assert cleared(before, 1, BUYERS, Hall(2, 2, 2)) == (agenda((1, 2, "b", "g"), (2, 2, "a", "f")), [])
    assert cleared(before, 1, BUYERS, Hall(2, 1, 2))[1] == agenda((1, 1, "a", "f"))


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 4), st.sampled_from("abc"), st.sampled_from("fghi")),
        max_size=12,
    )
)
@settings(max_examples=200, deadline=None)
def test_a_table_is_cleared_without_a_clash(places: list[tuple[int, int, str, str]]) -> None:
    hall = Hall(4, 4, 4)
    before: list[Placed] = []
    for one in agenda(*places):
        pairs = {(m.demand, m.firm) for m in before}
        if (one.demand, one.firm) not in pairs and not clashes([*before, one], BUYERS, hall):
            before.append(one)
    after, stuck = cleared(before, 2, BUYERS, hall)
    assert clashes(after, BUYERS, hall) == []
    assert all(one.table != 2 for one in after)
    assert {one for one in before if one.table != 2} <= set(after)
    assert len(after) + len(stuck) == len(before)


def places(house: House) -> dict[tuple[str, str], tuple[int, int]]:
    return {(m.demand, m.firm): (m.slot, m.table) for m in places_of(acting.look(house, EVENT))}


def test_two_firms_that_ask_to_change_slots_do_so_on_record(database_url: str, tmp_path: Path) -> None:
    with small_city(database_url, tmp_path) as house:
        everybody_comes(house)
        acting.plan(house, EVENT, "test")
        before = places(house)
        one, other = (MOTOR, FIRMS[0]), (MOTOR, FIRMS[1])
        with pytest.raises(RefusedError, match=r"is taken in slot .* choose a free place"):
            acting.move(house, EVENT, one, *before[other], "test")
        assert places(house) == before
        acting.move(house, EVENT, one, *before[other], "test", exchange=True)
        assert places(house) == {**before, one: before[other], other: before[one]}
        with pytest.raises(RefusedError, match="there already"):
            acting.move(house, EVENT, one, *before[other], "test")
        with pytest.raises(RefusedError, match="no table 9 in slot 1"):
            acting.move(house, EVENT, one, 1, 9, "test")
        with pytest.raises(RefusedError, match="not planned any more"):
            acting.move(house, EVENT, (MOTOR, FIRMS[4]), 1, 1, "test")
        # What people changed by hand stays when somebody cancels.
        acting.cancel(house, EVENT, [VALVE], [], "test")
        assert places(house)[one] == before[other]


def test_a_meeting_that_was_held_stays_where_it_was(database_url: str, tmp_path: Path) -> None:
    with small_city(database_url, tmp_path) as house:
        everybody_comes(house)
        acting.plan(house, EVENT, "test")
        one, other = (MOTOR, FIRMS[0]), (MOTOR, FIRMS[1])
        acting.say_of_meetings(house, EVENT, [one], "held", "test")
        with pytest.raises(RefusedError, match="not planned any more"):
            acting.move(house, EVENT, one, 3, 1, "test")
        with pytest.raises(RefusedError, match="held already"):
            acting.move(house, EVENT, other, *places(house)[one], "test", exchange=True)


def test_a_table_out_of_order_is_cleared_on_record_or_not_at_all(database_url: str, tmp_path: Path) -> None:
    with small_city(database_url, tmp_path) as house:
        everybody_comes(house)
        acting.plan(house, EVENT, "test")
        before = places(house)
        table = before[MOTOR, FIRMS[0]][1]
        n = acting.clear_table(house, EVENT, table, "test")
        assert n == sum(at == table for _slot, at in before.values())
        assert table not in {at for _slot, at in places(house).values()}
        assert faults(acting.look(house, EVENT)) == []
        with pytest.raises(RefusedError, match="no meeting that is planned"):
            acting.clear_table(house, EVENT, table, "test")
        acting.change_event(house, EVENT, {"tables": "1"}, "test")
        acting.plan(house, EVENT, "test")
        before = places(house)
        with pytest.raises(RefusedError, match="find no other place"):
            acting.clear_table(house, EVENT, 1, "test")
        assert places(house) == before


def test_a_list_of_meetings_that_clash_is_pointed_out(database_url: str, tmp_path: Path) -> None:
    with small_city(database_url, tmp_path) as house:
        everybody_comes(house)
        file_rows(house, "meetings", [
            {"event": EVENT, "demand": MOTOR, "uscc": FIRMS[0], "slot": "1", "table": "1"},
            {"event": EVENT, "demand": VALVE, "uscc": FIRMS[2], "slot": "1", "table": "1"},
            {"event": EVENT, "demand": VALVE, "uscc": FIRMS[3], "slot": "1", "table": "2"},
            {"event": EVENT, "demand": CASTING, "uscc": FIRMS[3], "slot": "7", "table": "2"},
        ])  # fmt: skip
        said = [one.zh for one in faults(acting.look(house, EVENT))]
        assert len(said) == 3
        assert "1 号桌已安排" in said[0]
        assert "济南泉城动力有限公司在第 1 场已与" in said[1]
        assert "没有第 7 场 2 号桌" in said[2]


def test_a_meeting_that_a_list_brought_without_a_place_gets_one(database_url: str, tmp_path: Path) -> None:
    with small_city(database_url, tmp_path) as house:
        everybody_comes(house)
        one, other = (MOTOR, FIRMS[0]), (VALVE, FIRMS[2])
        file_rows(house, "meetings", [
            {"event": EVENT, "demand": MOTOR, "uscc": FIRMS[0]},
            {"event": EVENT, "demand": VALVE, "uscc": FIRMS[2], "slot": "1", "table": "1"},
        ])  # fmt: skip
        for exchange in (False, True):
            with pytest.raises(RefusedError, match="is taken in slot"):
                acting.move(house, EVENT, one, 1, 1, "test", exchange=exchange)
        acting.move(house, EVENT, one, 2, 1, "test")
        assert places(house) == {one: (2, 1), other: (1, 1)}


def test_whoever_cancels_takes_no_meeting_of_others_along(database_url: str, tmp_path: Path) -> None:
    with small_city(database_url, tmp_path) as house:
        everybody_comes(house)
        file_rows(house, "meetings", [
            {"event": EVENT, "demand": MOTOR, "uscc": FIRMS[0], "state": "held"},
            {"event": EVENT, "demand": CASTING, "uscc": FIRMS[0]},
            {"event": EVENT, "demand": VALVE, "uscc": FIRMS[2], "slot": "1", "table": "1"},
        ])  # fmt: skip
        acting.cancel(house, EVENT, [VALVE], [], "test")
        standing = {(seat.demand, seat.firm, seat.state) for seat in acting.look(house, EVENT).standing}
        assert {(MOTOR, FIRMS[0], "held"), (CASTING, FIRMS[0], "planned")} <= standing
        assert all(demand != VALVE for demand, _firm, _state in standing)
        # An agenda made anew is about what is to come.
        acting.plan(house, EVENT, "test")
        standing = {(seat.demand, seat.firm, seat.state) for seat in acting.look(house, EVENT).standing}
        assert (MOTOR, FIRMS[0], "held") in standing
        assert (CASTING, FIRMS[0], "planned") not in standing


def test_a_firm_struck_off_after_the_agenda_was_made_leaves_it(database_url: str, tmp_path: Path) -> None:
    with small_city(database_url, tmp_path) as house:
        everybody_comes(house)
        acting.plan(house, EVENT, "test")
        assert (MOTOR, FIRMS[0]) in places(house)
        file_rows(house, "enterprises", [{"uscc": FIRMS[0], "status": "注销", "effective_on": "2026-03-01"}])
        assert (MOTOR, FIRMS[0]) in {(s.demand, s.firm) for s in out_of_date(acting.look(house, EVENT))}
        acting.mend(house, EVENT, "test")
        assert FIRMS[0] not in {firm for _demand, firm in places(house)}
        assert out_of_date(acting.look(house, EVENT)) == []
