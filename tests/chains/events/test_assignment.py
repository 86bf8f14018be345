"""Who meets whom: the choice against brute force, fairness, and why somebody is left out."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from chains.events.assignment import Hall, Pair, choose, cost_of, left_out, possible

DEMANDS, FIRMS = "abcd", "wxyz"


@st.composite
def events(draw: st.DrawFn) -> tuple[list[Pair], dict[str, str], list[str], Hall]:
    ends = [(demand, firm) for demand in DEMANDS for firm in FIRMS]
    chosen = draw(st.lists(st.sampled_from(ends), unique=True, max_size=9))
    pairs = [Pair(demand, firm, draw(st.integers(1, 10)) / 10) for demand, firm in chosen]
    buyer_of = {demand: draw(st.sampled_from("PQR")) for demand in DEMANDS}
    hall = Hall(draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    return pairs, buyer_of, list(FIRMS), hall


def fits(chosen: tuple[Pair, ...], buyer_of: dict[str, str], hall: Hall) -> bool:
    met = Counter((buyer_of[p.demand], p.firm) for p in chosen)
    buyers, firms = Counter(buyer_of[p.demand] for p in chosen), Counter(p.firm for p in chosen)
    return (
        len(chosen) <= hall.places
        and max(met.values(), default=0) <= 1
        and max(buyers.values(), default=0) <= hall.slots
        and max(firms.values(), default=0) <= min(hall.per_firm, hall.slots)
    )


@given(events())
@settings(max_examples=80, deadline=None)
def test_the_choice_is_the_best_of_all_that_fit(
    event: tuple[list[Pair], dict[str, str], list[str], Hall],
) -> None:
    pairs, buyer_of, firms, hall = event
    chosen = choose(pairs, buyer_of, firms, hall)
    assert fits(tuple(chosen), buyer_of, hall)
    best = min(
        (-n, *cost_of(some))
        for n in range(len(pairs) + 1)
        for some in combinations(pairs, n)
        if fits(some, buyer_of, hall)
    )
    assert (-len(chosen), *cost_of(chosen)) == best


@given(events(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_what_is_given_does_not_matter(
    event: tuple[list[Pair], dict[str, str], list[str], Hall], dice: random.Random
) -> None:
    pairs, buyer_of, firms, hall = event
    mixed = dice.sample(pairs, len(pairs))
    others = dict(dice.sample(sorted(buyer_of.items()), len(buyer_of)))
    assert choose(mixed, others, firms[::-1], hall) == choose(pairs, buyer_of, firms, hall)


def test_everybody_has_a_first_meeting_before_others_have_a_third() -> None:
    pairs = [Pair("d1", f"f{n}", 1.0) for n in range(6)] + [Pair("d2", "f0", 0.1)]
    chosen = choose(pairs, {"d1": "P", "d2": "Q"}, [f"f{n}" for n in range(6)], Hall(1, 6, 1))
    assert Pair("d2", "f0", 0.1) in chosen
    chosen = choose(pairs, {"d1": "P", "d2": "Q"}, [f"f{n}" for n in range(6)], Hall(1, 2, 3))
    assert {pair.demand for pair in chosen} == {"d1", "d2"}


def test_more_demands_than_places_says_who_is_left_out_and_why() -> None:
    buyer_of = {"d1": "P", "d2": "Q", "d3": "R", "d4": "f3"}
    pairs = [Pair("d1", "f1", 0.9), Pair("d2", "f2", 0.8), Pair("d2", "f1", 0.3), Pair("d1", "f3", 1.0)]
    firms, hall = ["f1", "f2", "f3", "f4"], Hall(1, 1, 2)
    chosen = choose(pairs, buyer_of, firms, hall)
    assert chosen == [Pair("d1", "f1", 0.9)]
    demands, others = left_out(chosen, possible(pairs, buyer_of, firms), buyer_of, firms, hall)
    assert demands == {"d2": "places_full", "d3": "no_candidate", "d4": "no_candidate"}
    assert others == {"f2": "places_full", "f3": "comes_as_buyer", "f4": "not_wanted"}
    # Room enough, but the only firm has no meeting left.
    hall = Hall(2, 2, 1)
    pairs = [Pair("d1", "f1", 0.9), Pair("d2", "f1", 0.8)]
    chosen = choose(pairs, {"d1": "P", "d2": "Q"}, ["f1"], hall)
    demands, _others = left_out(chosen, pairs, {"d1": "P", "d2": "Q"}, ["f1"], hall)
    assert demands == {"d2": "firms_taken"}


def test_a_buyer_with_two_demands_meets_a_firm_once() -> None:
    pairs = [Pair("d1", "f1", 0.4), Pair("d2", "f1", 0.9)]
    assert choose(pairs, {"d1": "P", "d2": "P"}, ["f1"], Hall(2, 4, 4)) == [Pair("d2", "f1", 0.9)]


def test_an_event_without_room_pairs_or_firms_has_no_meetings() -> None:
    pair = Pair("d1", "f1", 0.5)
    assert choose([], {"d1": "P"}, ["f1"], Hall(1, 1, 1)) == []
    assert choose([pair], {"d1": "P"}, ["f1"], Hall(0, 5, 1)) == []
    assert choose([pair], {"d1": "P"}, [], Hall(1, 1, 1)) == []
