"""How long it takes to plan 2,000 demands and 20,000 firms, beside peers on events that they can plan."""

from __future__ import annotations

import random
import time

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from chains.events.assignment import Hall, Pair, choose
from chains.events.repairing import repair
from chains.events.timetable import timetable

pytestmark = pytest.mark.bench
DEMANDS, FIRMS, EACH = 2_000, 20_000, 20


def candidates(demands: int, firms: int, each: int) -> tuple[list[Pair], dict[str, str], list[str]]:
    dice = random.Random(7)
    names = [f"f{n:05}" for n in range(firms)]
    buyer_of = {f"d{n:04}": f"b{dice.randrange(demands)}" for n in range(demands)}
    pairs = [
        Pair(demand, firm, dice.randint(1, 1000) / 1000)
        for demand in buyer_of
        for firm in dice.sample(names, each)
    ]
    return pairs, buyer_of, names


@pytest.mark.parametrize("hall", [Hall(400, 12, 5), Hall(2_000, 12, 5)], ids=["few tables", "own tables"])
def test_a_city_wide_event(hall: Hall, capsys: pytest.CaptureFixture[str]) -> None:
    pairs, buyer_of, firms = candidates(DEMANDS, FIRMS, EACH)
    started = time.perf_counter()
    chosen = choose(pairs, buyer_of, firms, hall)
    planned = time.perf_counter()
    agenda = timetable(chosen, buyer_of, hall)
    placed = time.perf_counter()
    repair(agenda, [agenda[0].firm], pairs, buyer_of, firms, hall)
    mended = time.perf_counter()
    with capsys.disabled():
        print(
            f"\n{len(pairs)} pairs, {hall}: {len(agenda)} meetings, choice {planned - started:.2f} s, "
            f"timetable {placed - planned:.2f} s, a cancellation {mended - placed:.2f} s"
        )
    assert placed - started < 5


def test_beside_the_assignment_of_scipy(capsys: pytest.CaptureFixture[str]) -> None:
    """One meeting for each demand and firm: there the dense assignment answers the same question."""
    pairs, _buyers, firms = candidates(800, 2_000, EACH)
    buyer_of = {pair.demand: pair.demand for pair in pairs}
    started = time.perf_counter()
    chosen = choose(pairs, buyer_of, firms, Hall(800, 1, 1))
    ours = time.perf_counter() - started
    demands = {id: n for n, id in enumerate(sorted(buyer_of))}
    column = {id: n for n, id in enumerate(firms)}
    worth = np.zeros((len(demands), len(firms)))
    for pair in pairs:
        worth[demands[pair.demand], column[pair.firm]] = 1_000_000 + pair.score * 1000
    started = time.perf_counter()
    rows, columns = linear_sum_assignment(worth, maximize=True)
    theirs = time.perf_counter() - started
    best = worth[rows, columns]
    with capsys.disabled():
        print(f"\n800 × 2,000: flow {ours:.2f} s, dense assignment {theirs:.2f} s, ratio {ours / theirs:.2f}")
    assert len(chosen) == int((best > 0).sum())
    assert round(sum(pair.score for pair in chosen) * 1000) == round(sum(value % 1_000_000 for value in best))
